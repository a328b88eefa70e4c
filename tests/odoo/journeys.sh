#!/usr/bin/env bash
# The browser journeys: a real Odoo, platen serve, platen simulate and chromium, judged by the paper that comes out.
#
#   tests/odoo/journeys.sh [PYTEST ARGUMENTS]        for example: -k split, or -m bare (Odoo alone)
#
# PLATEN_BINARY       the program, target/debug/platen when not given
# PLATEN_ADDONS       the folder that holds label_print, odoo_addon when not given
# PLATEN_SCREENSHOTS  where pictures go, .cache/screenshots when not given
# PLATEN_TEMPLATES    label templates, zpl_templates when not given
# PLATEN_ODOO_CACHE   as for provision.sh
#
# A PostgreSQL that was running already is left running (odoo.sh start-db, before several runs); else it is stopped.
set -euo pipefail
# shellcheck source=tests/odoo/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if ! pg_bin >/dev/null || ! pg_alive; then
    trap '"$HERE/odoo.sh" stop-db' EXIT
fi
"$HERE/provision.sh"
export PLATEN_ODOO_CACHE=$CACHE PYTHONDONTWRITEBYTECODE=1
cd "$HERE/journeys"
timeout --signal=INT --kill-after=60 "${PLATEN_JOURNEYS_SECONDS:-1800}" "$TOOLS/bin/python" -m pytest "$@"
