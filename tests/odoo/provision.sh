#!/usr/bin/env bash
# Makes a real Odoo 19 Community, its PostgreSQL and its browser, in a cache folder; the second run takes seconds.
#
#   tests/odoo/provision.sh [--refresh]
#
# --refresh asks Debian again for its newest odoo-19. The cache is $PLATEN_ODOO_CACHE, or .cache/odoo in the repository.
# Needs Debian 12. As root it installs what is missing; else it says which packages to ask the administrator for.
set -euo pipefail
# shellcheck source=tests/odoo/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# odoo-19, and the packages that own the assets its web client links to.
PACKAGES=(odoo-19 libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-font-awesome-legacy
    fonts-roboto-unhinted fonts-inconsolata fonts-montserrat fonts-ocr-b)

find_python() {
    local name
    for name in /usr/bin/python3 python3.11 python3.12 python3.13 python3.10 python3; do
        if "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

need_machine() {
    local missing=()
    # shellcheck source=/dev/null
    if ! (. /etc/os-release && [ "$ID" = debian ] && [ "${VERSION_ID%%.*}" -ge 12 ]) 2>/dev/null; then
        die "this needs Debian 12 (its packages and its apt); the addon's tests cannot run here"
    fi
    pg_bin >/dev/null || missing+=(postgresql)
    [ -x /usr/bin/chromium ] || missing+=(chromium)
    find_python >/dev/null || missing+=(python3 python3-venv)
    command -v python3 >/dev/null || missing+=(python3)
    [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring)
    command -v flock >/dev/null || missing+=(util-linux)
    [ ${#missing[@]} -eq 0 ] && return 0
    if ! is_root; then
        die "these Debian packages are missing: ${missing[*]}. Install them as root (apt-get install ${missing[*]}) and run this again"
    fi
    quietly apt-system "installing ${missing[*]}" install_packages "${missing[@]}"
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y --no-install-recommends "$@"
}

# The Debian mirror this machine already uses; its address is never written into the project.
mirrors() {
    local codename
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-bookworm}")
    # shellcheck disable=SC2016 # apt's own placeholders
    apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
        awk -v c="$codename" '$2 == c || $2 == "stable" { print $1 }' | awk '!seen[$0]++'
}

# An apt that knows only Debian's unstable, and touches nothing of the system's.
private_apt() {
    apt-get -q -oDir::Etc::sourcelist="$CACHE/apt/sources.list" -oDir::Etc::sourceparts=/dev/null \
        -oDir::Etc::preferences=/dev/null -oDir::Etc::preferencesparts=/dev/null \
        -oDir::State::Lists="$CACHE/apt/lists" -oDir::Cache="$CACHE/apt/cache" \
        -oAPT::Sandbox::User="$(id -un)" -oAcquire::Retries=3 -oAcquire::http::Timeout=60 \
        -oAcquire::AllowInsecureRepositories=false -oAPT::Get::AllowUnauthenticated=false "$@"
}

update_from() {
    rm -rf "$CACHE/apt"
    mkdir -p "$CACHE/apt/lists/partial" "$CACHE/apt/cache/archives/partial"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' "$1" >"$CACHE/apt/sources.list"
    private_apt -oAPT::Update::Error-Mode=any update
}

update_private() {
    local mirror
    for mirror in $(mirrors); do
        update_from "$mirror" && return 0
    done
    echo "no Debian mirror of this machine's apt offers the suite sid"
    return 1
}

# The file of every package, at the version apt would take; apt checks each against the signed index.
download_debs() {
    local package
    for package in "${PACKAGES[@]}"; do
        private_apt --print-uris download "$package" >/dev/null 2>&1 ||
            { echo "Debian's unstable no longer has the package $package"; return 1; }
    done
    if ! private_apt --print-uris download odoo-19 | grep -q "odoo-19_19\.0\."; then
        echo "Debian's unstable no longer has Odoo 19.0 in odoo-19:"
        private_apt --print-uris download odoo-19
        return 1
    fi
    rm -rf "$DEBS.new"
    mkdir -p "$DEBS.new"
    (cd "$DEBS.new" && private_apt download "${PACKAGES[@]}")
    rm -rf "$DEBS"
    mv "$DEBS.new" "$DEBS"
}

get_debs() {
    local key="${PACKAGES[*]}"
    if [ "$REFRESH" = no ] && stamped debs "$key"; then
        return 0
    fi
    quietly apt-update "reading Debian's unstable index" update_private
    quietly apt-download "downloading Odoo 19 and its assets" download_debs
    rm -rf "$CACHE/apt"
    stamp debs "$key"
}

unpack_debs() {
    local deb
    rm -rf "$ROOT.new" "$ROOT"
    mkdir -p "$ROOT.new"
    for deb in "$DEBS"/*.deb; do
        dpkg-deb -x "$deb" "$ROOT.new"
    done
    # Debian ships no selfie_segmentation.js (camera backgrounds); its absence is a console error on every page, and
    # a console error fails every tour.
    local lib=$ROOT.new/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation
    if [ ! -e "$lib/selfie_segmentation.js" ]; then
        mkdir -p "$lib"
        echo '// Not in the Debian package; nothing here uses it.' >"$lib/selfie_segmentation.js"
    fi
    mv "$ROOT.new" "$ROOT"
}

make_root() {
    ODOO_KEY="$RECIPE $(basename "$DEBS"/odoo-19_*.deb) $(cd "$DEBS" && printf '%s\n' * | hash_of)"
    if stamped root "$ODOO_KEY" && [ -f "$ROOT/usr/bin/odoo" ]; then
        return 0
    fi
    quietly unpack "unpacking Odoo" unpack_debs
    stamp root "$ODOO_KEY"
}

fill_venv() {
    rm -rf "$1"
    "$PYTHON" -m venv "$1"
    # wheel first: what has no wheel of its own is built into one, which needs no compiler here.
    "$1/bin/python" -m pip install --disable-pip-version-check -q wheel 'setuptools<80'
    "$1/bin/python" -m pip install --disable-pip-version-check -q -r "$2"
    "$1/bin/python" -m pip check
}

# make_venv DIR REQUIREMENTS TITLE
make_venv() {
    local key name
    name=$(basename "$1")
    key="$RECIPE $("$PYTHON" --version) $1 $(hash_of <"$2")"
    if stamped "$name" "$key" && [ -x "$1/bin/python" ]; then
        return 0
    fi
    quietly "$name" "$3" fill_venv "$1" "$2"
    stamp "$name" "$key"
}

write_conf() {
    local conf=$CACHE/odoo.conf key="2 $DATA"
    mkdir -p "$DATA" "$LOGS"
    if stamped conf "$key" && [ -s "$conf" ]; then
        return 0
    fi
    cat >"$conf.new" <<CONF
[options]
data_dir = $DATA
admin_passwd = $(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
list_db = False
publisher_warranty_url = http://127.0.0.1:9
limit_memory_soft = 0
limit_memory_hard = 0
CONF
    chmod 600 "$conf.new"
    mv "$conf.new" "$conf"
    stamp conf "$key"
}

start_cluster() {
    pg_places
    local key
    key="$RECIPE $PG_HOME $("$PG_BIN/initdb" --version)"
    if ! stamped cluster "$key"; then
        pg_stop
        unstamp template
        quietly initdb "making a private PostgreSQL" pg_create
        stamp cluster "$key"
    fi
    if ! pg_start; then
        say "the private PostgreSQL is broken; making it anew"
        pg_stop
        unstamp template
        quietly initdb "making a private PostgreSQL" pg_create
        pg_start || die "PostgreSQL does not start; see $PG_LOG"
    fi
    pg_export
}

fill_template() {
    sql -d postgres -c "UPDATE pg_database SET datallowconn = true WHERE datname = '$TEMPLATE'"
    db_drop "$TEMPLATE"
    local args
    mapfile -t args < <(odoo_args "$TEMPLATE")
    odoo_python "${args[@]}" -i "$MODULES" --with-demo --stop-after-init --no-http
    # Nothing may call out of this machine by itself: the greeting to Odoo's maker, mail, SMS and the like stay off, and Odoo's
    # paid services are looked for on a port where nobody answers.
    sql -d "$TEMPLATE" <<'SQL'
UPDATE ir_cron SET active = false WHERE id IN (
    SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND (
        name IN ('ir_cron_module_update_notification', 'ir_cron_mail_scheduler_action', 'ir_cron_sms_scheduler_action')
        OR name ~ '(fetchmail|snail|iap|digest|publisher|web_push|discuss_channel)'));
INSERT INTO ir_config_parameter (key, value)
    SELECT key, 'http://127.0.0.1:9' FROM unnest(ARRAY['iap.endpoint', 'enrich.endpoint', 'sms.endpoint',
        'iap.partner_autocomplete.endpoint', 'snailmail.endpoint']) AS key
    ON CONFLICT (key) DO UPDATE SET value = excluded.value;
UPDATE res_company SET iap_enrich_auto_done = true;
SQL
    sql -d postgres -c "UPDATE pg_database SET datallowconn = false WHERE datname = '$TEMPLATE'"
}

make_template() {
    local key
    # The number: raise it when fill_template makes something else.
    key="2 $ODOO_KEY $MODULES $(hash_of <"$HERE/requirements.txt") $(cat "$STAMPS/cluster")"
    if stamped template "$key" && [ "$(sql -d postgres -c "SELECT 1 FROM pg_database WHERE datname = '$TEMPLATE'")" = 1 ]; then
        return 0
    fi
    unstamp template
    quietly template "installing $MODULES with demo data into the template database (about a minute)" fill_template
    stamp template "$key"
}

REFRESH=no
case ${1:-} in
    '') ;;
    --refresh) REFRESH=yes ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

mkdir -p "$CACHE" "$LOGS" "$STAMPS"
need_machine
# Two runs on one cache take turns.
exec 9>"$CACHE/lock"
flock -n 9 || { say "another run is filling $CACHE; waiting for it"; flock 9; }
PYTHON=$(find_python) || die "no Python 3.10 to 3.13 with venv was found; install python3-venv"
get_debs
make_root
make_venv "$VENV" "$HERE/requirements.txt" "installing Odoo's Python packages"
make_venv "$TOOLS" "$HERE/requirements-tools.txt" "installing pytest, playwright and pylint-odoo"
write_conf
start_cluster
make_template
say "ready: $(basename "$DEBS"/odoo-19_*.deb .deb), PostgreSQL on port $(pg_port), cache $CACHE"
