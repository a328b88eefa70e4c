#!/usr/bin/env bash
# Measures platen beside its peers (benches/render.rs): a copy of the provisioned Odoo's database; zpl2 and the addon printer_zpl2
# from PyPI, and Debian's bindings to CUPS that the addon wants, all in a folder of their own below .cache.
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=$PWD/.cache/peers
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --disable-pip-version-check zpl2==1.2.1
if ! [ -d "$peers/addons/odoo/addons/printer_zpl2" ]; then
    mkdir -p "$peers/addons" "$peers/cups"
    "$peers/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$peers/wheels" \
        odoo-addon-base_report_to_printer==19.0.1.2.5 odoo-addon-base_report_to_printer_cups==19.0.0.2.0.2 \
        odoo-addon-printer_zpl2==19.0.1.0.0.3
    for wheel in "$peers"/wheels/*.whl; do
        python3 -m zipfile -e "$wheel" "$peers/addons"
    done
    (cd "$peers/cups" && apt-get download python3-cups && dpkg -x python3-cups_*.deb .)
fi
database=${BENCH_DATABASE:-bench_render}
tests/odoo/odoo.sh new-db "$database"
trap 'tests/odoo/odoo.sh drop-db "$database"' EXIT
export BENCH_ZPL2="$peers/bin/python -"
export BENCH_QWEB="tests/odoo/odoo.sh shell $database"
eval "$(tests/odoo/odoo.sh env | grep ODOO_SITE)"
export BENCH_CUPS=$peers/cups/usr/lib/python3/dist-packages
export BENCH_PRINTER_ZPL2="tests/odoo/odoo.sh shell $database -- --addons-path $ODOO_SITE/odoo/addons,$ODOO_SITE/addons,$peers/addons/odoo/addons"
cargo bench --locked --bench render
