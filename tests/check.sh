#!/usr/bin/env bash
# What a reviewer wants beside the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
if cargo deny --version >/dev/null 2>&1; then
    # Advisories need their database from the network; licences, bans and sources do not.
    cargo deny check licenses bans sources
else
    echo "cargo-deny is not installed: licences were not checked (cargo install cargo-deny)" >&2
fi
