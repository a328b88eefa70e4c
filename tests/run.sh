#!/usr/bin/env bash
# Runs the tests: all of them, or `rust`, or `odoo`. What is missing is installed (as root, with apt) or named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s (%dm%02ds)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }

need_rust() {
    if ! command -v cargo >/dev/null; then
        echo "cargo is missing: install Rust 1.94 or newer, then run this again" >&2
        exit 1
    fi
    if ! command -v cc >/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev
        else
            echo "a C compiler is missing: install gcc (SQLite and the TLS library are built from source)" >&2
            exit 1
        fi
    fi
}

# The store is tested on a real PostgreSQL, which each such test starts for itself.
need_postgres() {
    if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then
        return
    fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql
    else
        echo "PostgreSQL's server is missing: install postgresql, then run this again" >&2
        exit 1
    fi
}

rust_tests() {
    say "building"
    cargo build --locked --tests
    cargo build --locked
    say "formatting and lints"
    cargo fmt --check
    cargo clippy --locked --all-targets --quiet -- -D warnings
    say "Rust tests"
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --locked --no-fail-fast --status-level fail --final-status-level slow
    else
        cargo test --locked
    fi
    say "a second simulated printer"
    tests/second_printer/run.sh
}

odoo_tests() {
    say "the addon in a real Odoo"
    tests/odoo/odoo.sh start-db
    # shellcheck disable=SC2064 # the path is known now
    trap "tests/odoo/odoo.sh stop-db" EXIT
    tests/odoo/odoo.sh lint-addon
    tests/odoo/odoo.sh test-addon
    say "journeys in a real browser"
    cargo build --locked --quiet
    tests/odoo/journeys.sh
}

what=${1:-all}
case $what in
    all | rust | odoo) ;;
    *) echo "usage: tests/run.sh [rust|odoo]" >&2 && exit 2 ;;
esac
need_rust
# Before anything else asks apt for something.
need_postgres
[ "$what" = odoo ] || tests/second_printer/run.sh --help >/dev/null

if [ "$what" = all ]; then
    # Downloading and unpacking Odoo hardly needs a processor: it goes on while the compiler works.
    mkdir -p .cache
    tests/odoo/provision.sh >.cache/provision.log 2>&1 &
    provision=$!
    rust_tests
    say "waiting for Odoo"
    if ! wait "$provision"; then
        cat .cache/provision.log >&2
        exit 1
    fi
    odoo_tests
elif [ "$what" = rust ]; then
    rust_tests
else
    tests/odoo/provision.sh
    odoo_tests
fi
say "all passed"
