#!/usr/bin/env bash
# Draws and reads bar codes of every symbology (prove.py says how). What it needs is fetched into .cache/symbols by
# npm and pip, at fixed versions. SYMBOL_LABELS: labels per symbology and resolution, 20 unless told.
set -euo pipefail
cd "$(dirname "$0")/../.."
packages=$PWD/.cache/symbols
mkdir -p "$packages"
[ -d "$packages/node_modules/zpl-renderer-js" ] ||
    npm install --prefix "$packages" --no-audit --no-fund --ignore-scripts zpl-renderer-js@3.4.0
[ -x "$packages/venv/bin/python" ] || python3 -m venv "$packages/venv"
"$packages/venv/bin/pip" install --quiet --disable-pip-version-check -r tests/symbol_proof/requirements.txt
export SYMBOL_LABELS=${SYMBOL_LABELS:-20}
SYMBOL_CORPUS=$packages/corpus.jsonl cargo test --locked --test templates -- --quiet every_bar_code
exec "$packages/venv/bin/python" tests/symbol_proof/prove.py "$packages/corpus.jsonl" \
    --platen "$PWD/target/debug/platen" --packages "$packages"
