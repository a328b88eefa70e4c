#!/usr/bin/env bash
# The Odoo that provision.sh made, by verbs. It provisions first when something is missing.
#
#   odoo.sh start-db | stop-db
#   odoo.sh new-db NAME                      a fresh copy of the template: mrp, stock, demo data, no label_print
#   odoo.sh drop-db NAME
#   odoo.sh install NAME [--addons PATH]     installs label_print into it, or upgrades it there
#   odoo.sh run-odoo NAME [--addons PATH] --port P [--log FILE] [-- ODOO ARGUMENTS]
#                                            in the foreground, threaded, websocket on the same port
#   odoo.sh shell NAME [--addons PATH]       Odoo's Python shell; code may come on standard input
#   odoo.sh test-addon [--addons PATH] [--tags SPEC]
#                                            installs label_print in a copy and runs its tests and tours;
#                                            stops PostgreSQL again unless it was running before
#   odoo.sh test-odoo [--with-addon] [--tags SPEC]
#                                            Odoo's own tests of mrp and stock (or SPEC), everything installed; with
#                                            --with-addon also with label_print, and compares: more failures are a failure
#   odoo.sh translations                     brings label_print.pot and the languages up to date with the addon
#   odoo.sh lint-addon [--addons PATH]       pylint-odoo
#   odoo.sh env                              shell lines: where everything is
#   odoo.sh psql DB [ARGUMENTS]
#
# PATH is the folder that holds label_print (or the addon itself); odoo_addon in the repository when not given.
# The cache is $PLATEN_ODOO_CACHE, or .cache/odoo in the repository. Logins of the demo data: admin/admin, demo/demo.
set -euo pipefail
# shellcheck source=tests/odoo/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() { sed -n '2,/^set -e/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2; }

# What is provided is used as it is; what is not is made first.
need_odoo() {
    STARTED=no
    if ! pg_bin >/dev/null || ! pg_alive; then
        STARTED=yes
    fi
    if ! [ -f "$STAMPS/template" ] || ! [ -x "$VENV/bin/python" ]; then
        "$HERE/provision.sh"
    fi
    pg_start || "$HERE/provision.sh"
    pg_export
}

take_options() {
    ADDONS='' PORT='' LOG='' TAGS='' WITH_ADDON=no REST=()
    while [ $# -gt 0 ]; do
        case $1 in
            --addons) ADDONS=${2:?} && shift 2 ;;
            --port) PORT=${2:?} && shift 2 ;;
            --log) LOG=${2:?} && shift 2 ;;
            --tags) TAGS=${2:?} && shift 2 ;;
            --with-addon) WITH_ADDON=yes && shift ;;
            --) shift && REST=("$@") && return ;;
            *) die "unknown argument $1" ;;
        esac
    done
}

# The folder for --addons-path. Odoo wants the parent of an addon; an addon itself is given a parent of links.
addons_path() {
    local path=${ADDONS:-$REPO/odoo_addon}
    [ -d "$path" ] || die "there is no folder $path; give the one that holds label_print with --addons"
    path=$(cd "$path" && pwd)
    if [ -f "$path/label_print/__manifest__.py" ]; then
        printf '%s\n' "$path"
    elif [ -f "$path/__manifest__.py" ]; then
        local links
        links=$CACHE/addons/$(printf '%s' "$path" | sha256sum | cut -c1-12)
        mkdir -p "$links"
        ln -sfn "$path" "$links/label_print"
        printf '%s\n' "$links"
    else
        die "neither $path/label_print nor $path is an addon: there is no __manifest__.py"
    fi
}

need_name() {
    [[ ${1:-} =~ ^[a-z][a-z0-9_-]*$ ]] || die "a database needs a name of a-z, 0-9, _ or -"
    [ "$1" != "$TEMPLATE" ] || die "$TEMPLATE is only to be copied"
}

db_exists() { [ "$(sql -d postgres -c "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }

odoo_once() {
    local db=$1 args
    shift
    mapfile -t args < <(odoo_args "$db" "$(addons_path)")
    odoo_python "${args[@]}" --stop-after-init "$@"
}

install_addon() {
    local verb=-i
    if [ "$(sql -d "$1" -c "SELECT 1 FROM ir_module_module WHERE name = 'label_print' AND state = 'installed'")" = 1 ]; then
        verb=-u
    fi
    odoo_once "$1" "$verb" label_print --no-http
}

test_addon() {
    local db=test_$$ log=$LOGS/test-addon-$$.log code=0 began=$SECONDS ran failures
    local tags=${TAGS:-/label_print} path
    path=$(addons_path)
    command -v chromium >/dev/null || die "chromium is missing: the tours would be skipped"
    "$VENV/bin/python" -c 'import websocket' || die "websocket-client is missing: the tours would be skipped"
    mkdir -p "$LOGS"
    # Expanded now, while the names are known.
    # shellcheck disable=SC2064
    trap "db_drop '$db'; [ '$STARTED' = no ] || pg_stop" EXIT
    db_copy "$db"
    say "running the tests of $path/label_print ($tags) …"
    odoo_once "$db" -i label_print --test-tags "$tags" --http-port "$(free_port)" \
        --screenshots "$LOGS/screenshots" >"$log" 2>&1 </dev/null || code=$?
    # What went wrong, with the lines that belong to it, and what was skipped.
    awk '/^[0-9-]+ [0-9:,]+ [0-9]+ [A-Z]+ /{ show = / (ERROR|CRITICAL) / || / WARNING .*label_print/ || /: skipped / }
        show' "$log" | head -n 200 >&2
    # "odoo.tests.result: 0 failed, 0 error(s) of 12 tests when loading database"
    ran=$(sed -nE 's/.*failed, .* error\(s\) of ([0-9]+) tests when loading.*/\1/p' "$log" | tail -n 1)
    failures=$(sed -nE 's/.*: ([0-9]+) failed, ([0-9]+) error\(s\) of [0-9]+ tests when loading.*/\1+\2/p' "$log" | tail -n 1)
    failures=$((${failures:-0}))
    if [ "${ran:-0}" -eq 0 ]; then
        say "no test ran; the whole log is $log"
        [ "$code" -ne 0 ] || code=1
    fi
    if grep -qE ': skipped .*([Cc]hrome|chromium|websocket-client)' "$log"; then
        say "tours were skipped, so they prove nothing"
        code=1
    fi
    if grep -qE ' (ERROR|CRITICAL) ' "$log" && [ "$code" -eq 0 ]; then
        say "the log holds errors"
        code=1
    fi
    [ "$code" -ne 0 ] && [ "$failures" -eq 0 ] && failures=1
    say "log: $log ($((SECONDS - began)) s)"
    printf 'addon: %s passed, %s failed\n' "$((${ran:-0} > failures ? ${ran:-0} - failures : 0))" "$failures"
    [ "$code" -eq 0 ]
}

# own_tests with|without: runs Odoo's own tests in a fresh copy; what became of each is left in $LOGS.
own_tests() {
    local setting=$1 db=own_$1_$$ args path=''
    local log=$LOGS/own-tests-$setting.log outcomes=$LOGS/own-tests-$setting.txt began=$SECONDS
    rm -f "$outcomes"
    db_copy "$db"
    if [ "$setting" = with ]; then
        path=$(addons_path)
        quietly "install-$db" "installing label_print" install_addon "$db"
    fi
    mapfile -t args < <(odoo_args "$db" "$path")
    say "running Odoo's own tests ($OWN_TAGS) $setting the addon …"
    # Red ones are compared below; only the absence of an outcome is an error here.
    odoo_python "$HERE/own_tests.py" "$outcomes" "${args[@]:1}" --stop-after-init --test-tags "$OWN_TAGS" \
        --http-port "$(free_port)" --screenshots "$LOGS/screenshots" >"$log" 2>&1 </dev/null || true
    db_drop "$db"
    if ! [ -s "$outcomes" ]; then
        tail -n 30 "$log" >&2
        die "no test ran; the whole log is $log"
    fi
    printf 'odoo %s addon: %s passed, %s failed, %s skipped (%s s)\n' "$setting" "$(grep -c '^passed' "$outcomes")" \
        "$(grep -c '^failed' "$outcomes")" "$(grep -c '^skipped' "$outcomes")" $((SECONDS - began))
}

compare_own_tests() {
    local before=$LOGS/own-tests-without.txt after=$LOGS/own-tests-with.txt more fewer
    more=$(comm -13 <(grep '^failed' "$before" | sort) <(grep '^failed' "$after" | sort))
    fewer=$(comm -23 <(cut -d' ' -f2- "$before" | sort) <(cut -d' ' -f2- "$after" | sort))
    if [ -n "$fewer" ]; then
        printf 'ran only without the addon:\n%s\n' "$fewer"
    fi
    if [ -n "$more" ]; then
        printf 'fail only with the addon:\n%s\n' "$more"
        return 1
    fi
    echo "no test fails because of the addon"
    [ -z "$fewer" ]
}

verb=${1:-}
[ -n "$verb" ] || usage
shift
case $verb in
    start-db)
        need_odoo
        say "PostgreSQL: psql -h $PGHOST -p $PGPORT -U odoo"
        ;;
    stop-db)
        pg_bin >/dev/null || exit 0
        pg_stop
        ;;
    new-db)
        need_name "${1:-}"
        need_odoo
        db_copy "$1"
        ;;
    drop-db)
        need_name "${1:-}"
        need_odoo
        db_drop "$1"
        ;;
    install)
        need_name "${1:-}"
        db=$1
        shift
        take_options "$@"
        need_odoo
        db_exists "$db" || db_copy "$db"
        quietly "install-$db" "installing label_print into $db" install_addon "$db"
        ;;
    run-odoo)
        need_name "${1:-}"
        db=$1
        shift
        take_options "$@"
        [ -n "$PORT" ] || die "say which port: --port P"
        need_odoo
        db_exists "$db" || die "there is no database $db; make it with: odoo.sh new-db $db"
        path=''
        if [ -n "$ADDONS" ] || [ -d "$REPO/odoo_addon" ]; then
            path=$(addons_path)
        fi
        mapfile -t args < <(odoo_args "$db" "$path")
        if [ -n "$LOG" ]; then
            args+=(--logfile "$LOG")
        fi
        # Deprecations inside Odoo itself fill pages of its log.
        args+=(--log-handler py.warnings:ERROR)
        export PYTHONPATH=$SITE PYTHONUNBUFFERED=1
        # The caller's child is Odoo itself, so that its process id is the one to end.
        exec "$VENV/bin/python" "${args[@]}" --http-port "$PORT" ${REST[@]+"${REST[@]}"}
        ;;
    shell)
        need_name "${1:-}"
        db=$1
        shift
        take_options "$@"
        need_odoo
        path=''
        if [ -n "$ADDONS" ] || [ -d "$REPO/odoo_addon" ]; then
            path=$(addons_path)
        fi
        mapfile -t args < <(odoo_args "$db" "$path")
        odoo_python "${args[0]}" shell "${args[@]:1}" --no-http --log-level warn ${REST[@]+"${REST[@]}"}
        ;;
    test-addon)
        take_options "$@"
        need_odoo
        test_addon
        ;;
    test-odoo)
        take_options "$@"
        need_odoo
        mkdir -p "$LOGS"
        OWN_TAGS=${TAGS:-/mrp,/stock}
        # shellcheck disable=SC2064 # the names are known now
        trap "db_drop own_with_$$; db_drop own_without_$$; [ '$STARTED' = no ] || pg_stop" EXIT
        own_tests without
        if [ "$WITH_ADDON" = yes ]; then
            own_tests with
            compare_own_tests
        fi
        ;;
    translations)
        take_options "$@"
        need_odoo
        db=translations_$$
        # shellcheck disable=SC2064 # the name is known now
        trap "db_drop '$db'; [ '$STARTED' = no ] || pg_stop" EXIT
        db_copy "$db"
        quietly translations "installing label_print" install_addon "$db"
        path=$(addons_path)
        mapfile -t args < <(odoo_args "$db" "$path")
        LABEL_PRINT_I18N=$path/label_print/i18n odoo_python "${args[0]}" shell "${args[@]:1}" --no-http \
            --log-level warn <"$HERE/translations.py"
        ;;
    lint-addon)
        take_options "$@"
        path=$(addons_path)
        [ -x "$TOOLS/bin/pylint" ] || "$HERE/provision.sh"
        # The addon is described in the repository's README, and no organisation is to be named as its author.
        "$TOOLS/bin/pylint" --rcfile "$HERE/pylintrc" --disable=missing-readme,manifest-required-author "$path/label_print"
        say "pylint-odoo: nothing to say about $path/label_print"
        ;;
    env)
        need_odoo
        printf '%s=%q\n' PGHOST "$PGHOST" PGPORT "$PGPORT" PGUSER "$PGUSER" ODOO_SITE "$SITE" \
            ODOO_PYTHON "$VENV/bin/python" TOOLS_PYTHON "$TOOLS/bin/python" ODOO_DATA "$DATA" ODOO_LOGS "$LOGS"
        ;;
    psql)
        need_odoo
        db=${1:?}
        shift
        exec "$PG_BIN/psql" -d "$db" "$@"
        ;;
    *) usage ;;
esac
