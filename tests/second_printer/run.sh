#!/usr/bin/env bash
# The second simulated printer, with a Python that is new enough. Arguments as for tests/second_printer (--help).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

find_python() {
    local name
    for name in python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

if ! find_python >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3
fi
if ! python=$(find_python); then
    echo "Python 3.11 or newer is missing: install python3, then run this again" >&2
    exit 1
fi
exec "$python" -B tests/second_printer "$@"
