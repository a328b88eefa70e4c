# Shared by provision.sh and odoo.sh: where everything lies, and the private PostgreSQL. Source it, do not run it.
# shellcheck shell=bash disable=SC2034 # the names are for those who source this

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$HERE/../.." && pwd)
CACHE=${PLATEN_ODOO_CACHE:-$REPO/.cache/odoo}
mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd)

DEBS=$CACHE/debs
ROOT=$CACHE/root
VENV=$CACHE/venv
TOOLS=$CACHE/tools
DATA=$CACHE/data
LOGS=$CACHE/logs
STAMPS=$CACHE/stamps
TEMPLATE=platen_template
MODULES=mrp,stock,web
SITE=$ROOT/usr/lib/python3/dist-packages
# Raise it when provision.sh makes something else from the same packages and requirements.
RECIPE=1

say() { printf 'odoo: %s\n' "$*" >&2; }
die() { printf 'odoo: %s\n' "$*" >&2; exit 1; }

is_root() { [ "$(id -u)" -eq 0 ]; }

# stamped NAME KEY: was this step finished for exactly this key? Stamps are written last, so an interrupted step runs again.
stamped() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }
stamp() { mkdir -p "$STAMPS" && printf '%s\n' "$2" >"$STAMPS/$1.new" && mv "$STAMPS/$1.new" "$STAMPS/$1"; }
unstamp() { rm -f "$STAMPS/$1"; }

hash_of() { sha256sum | cut -c1-16; }

# quietly LOG TITLE COMMAND…: a line before, the time after, and the end of the log when it fails.
quietly() {
    local log=$LOGS/$1.log title=$2 began=$SECONDS
    shift 2
    mkdir -p "$LOGS"
    say "$title …"
    local code
    # A subshell outside any condition: within one, bash would ignore set -e and walk on after a failure.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1 </dev/null
    code=$?
    set -e
    if [ "$code" -eq 0 ]; then
        say "$title: $((SECONDS - began)) s"
    else
        tail -n 40 "$log" >&2
        die "$title failed; the whole story is in $log"
    fi
}

free_port() {
    PYTHONPATH=$HERE/journeys python3 -c 'from kit.process import free_port; print(free_port())'
}

# --- PostgreSQL: a cluster of our own, for nobody else ---------------------------------------------------------

pg_bin() {
    local dir
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
        [ -x "$dir/initdb" ] && { printf '%s\n' "$dir"; return; }
    done
    return 1
}

# PostgreSQL refuses to run as root, so root lends it the account Debian's package made.
as_pg() {
    if is_root; then
        (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups \
            env HOME=/ LC_ALL=C.UTF-8 "$@")
    else
        env LC_ALL=C.UTF-8 "$@"
    fi
}

# The data lie in the cache, unless PostgreSQL's account cannot walk there (a clone under /root, say).
pg_places() {
    [ -n "${PG_HOME:-}" ] && return
    PG_BIN=$(pg_bin) || die "PostgreSQL's server programs are missing; run provision.sh"
    local id
    id=$(printf '%s' "$CACHE" | sha256sum | cut -c1-12)
    PG_HOME=$CACHE/pg
    if is_root && ! as_pg test -x "$CACHE"; then
        PG_HOME=/var/tmp/platen-odoo-$id
    fi
    mkdir -p "$PG_HOME"
    if is_root; then
        chown postgres:postgres "$PG_HOME"
    fi
    [ -O "$PG_HOME" ] || is_root || die "$PG_HOME belongs to somebody else"
    chmod 700 "$PG_HOME"
    PG_DATA=$PG_HOME/data
    PG_SOCKET=$PG_HOME/socket
    PG_LOG=$PG_HOME/log
    # A socket's path may hold 107 bytes.
    if [ ${#PG_SOCKET} -gt 85 ]; then
        PG_SOCKET=/tmp/platen-pg-$id
    fi
}

pg_port() { cat "$PG_HOME/port" 2>/dev/null; }

pg_export() {
    pg_places
    PGHOST=$PG_SOCKET PGPORT=$(pg_port) PGUSER=odoo
    export PGHOST PGPORT PGUSER
}

pg_alive() {
    pg_places
    [ -s "$PG_HOME/port" ] && "$PG_BIN/pg_isready" -q -h "$PG_SOCKET" -p "$(pg_port)"
}

pg_create() {
    pg_places
    local password secret
    password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    secret=$PG_HOME/password
    rm -rf "$PG_DATA.new" "$PG_DATA"
    (umask 077 && printf '%s\n' "$password" >"$secret")
    if is_root; then
        chown postgres:postgres "$secret"
    fi
    as_pg "$PG_BIN/initdb" -D "$PG_DATA.new" -U odoo --pwfile="$secret" --encoding=UTF8 --locale=C.UTF-8 \
        --auth-local=trust --auth-host=scram-sha-256 --no-sync
    # Nothing in here is worth a disk's patience: a lost cluster is made again.
    as_pg tee -a "$PG_DATA.new/postgresql.conf" >/dev/null <<CONF
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 256MB
wal_level = minimal
max_wal_senders = 0
autovacuum_naptime = 1h
unix_socket_permissions = 0700
CONF
    mv "$PG_DATA.new" "$PG_DATA"
}

# A postmaster.pid whose process is dead, or is by now somebody else's, would keep PostgreSQL from starting.
pg_forget_stale() {
    local file=$PG_DATA/postmaster.pid pid
    [ -f "$file" ] || return 0
    pid=$(head -n 1 "$file")
    if ! tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$PG_DATA"; then
        say "removing a stale $file"
        rm -f "$file"
    fi
}

# pg_start: 0 running (already or now), 1 it will not start
pg_start() {
    pg_places
    pg_alive && return 0
    [ -f "$PG_DATA/PG_VERSION" ] || return 1
    pg_forget_stale
    mkdir -p "$PG_SOCKET"
    if is_root; then
        chown postgres:postgres "$PG_SOCKET"
    fi
    chmod 700 "$PG_SOCKET" || die "$PG_SOCKET belongs to somebody else"
    local try port
    for try in 1 2 3; do
        port=$(free_port)
        rm -f "$PG_SOCKET"/.s.PGSQL.*
        if as_pg "$PG_BIN/pg_ctl" start -s -w -t 60 -D "$PG_DATA" -l "$PG_LOG" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$PG_SOCKET'" </dev/null >/dev/null 2>&1 9>&-; then
            printf '%s\n' "$port" >"$PG_HOME/port"
            return 0
        fi
        say "PostgreSQL did not start on port $port (try $try)"
        sleep 1 # a killed server's children may still hold its memory
    done
    tail -n 20 "$PG_LOG" >&2 || true
    return 1
}

pg_stop() {
    pg_places
    [ -f "$PG_DATA/postmaster.pid" ] || return 0
    as_pg "$PG_BIN/pg_ctl" stop -s -w -m fast -D "$PG_DATA" || true
    rm -f "$PG_HOME/port"
}

# --- databases and Odoo ----------------------------------------------------------------------------------------

sql() { "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -At "$@"; }

db_drop() {
    PGOPTIONS='-c client_min_messages=warning' sql -d postgres -c "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)"
    rm -rf "${DATA:?}/filestore/$1"
}

# db_copy NAME: the template once more, under another name and with an identity of its own.
db_copy() {
    db_drop "$1"
    sql -d postgres -c "CREATE DATABASE \"$1\" TEMPLATE \"$TEMPLATE\" STRATEGY file_copy"
    mkdir -p "$DATA/filestore"
    if [ -d "$DATA/filestore/$TEMPLATE" ]; then
        cp -a --reflink=auto "$DATA/filestore/$TEMPLATE" "$DATA/filestore/$1"
    fi
    sql -d "$1" -c "UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key = 'database.uuid'"
}

# odoo_python ARGS…: Odoo's own interpreter, seeing Odoo
odoo_python() { PYTHONPATH=$SITE PYTHONUNBUFFERED=1 "$VENV/bin/python" "$@"; }

# odoo_args DB [ADDONS]: what every start of Odoo has in common, one argument a line
odoo_args() {
    local path=$SITE/odoo/addons
    if [ -n "${2:-}" ]; then
        path=$path,$2
    fi
    printf '%s\n' "$ROOT/usr/bin/odoo" -c "$CACHE/odoo.conf" -d "$1" --db-filter "^$1\$" --addons-path "$path" \
        --http-interface 127.0.0.1 --workers 0 --max-cron-threads 2 --limit-time-real 900 --limit-time-real-cron 900 \
        --log-handler odoo.addons.rpc.controllers.xmlrpc:ERROR --log-handler odoo.addons.rpc.controllers.jsonrpc:ERROR
}
