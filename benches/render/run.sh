#!/usr/bin/env bash
# Measures platen beside its peers (benches/render.rs): a copy of the provisioned Odoo's database, and zpl2 from PyPI in a
# virtual environment of its own below .cache.
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=$PWD/.cache/peers
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check zpl2==1.2.1
database=${BENCH_DATABASE:-bench_render}
tests/odoo/odoo.sh new-db "$database"
trap 'tests/odoo/odoo.sh drop-db "$database"' EXIT
export BENCH_ZPL2="$peers/bin/python -"
export BENCH_QWEB="tests/odoo/odoo.sh shell $database"
cargo bench --locked --bench render
