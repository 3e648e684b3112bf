#!/usr/bin/env bash
# A file of any length is read, edited and judged in time that grows with its length. (See linear.py.)
# cost: 110
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG|SUDO|NPM|CARGO)[A-Z_]*' || true)
export LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=0
python3 "$MW_SOURCE/tests/e2e/linear.py" "$MW_BIN" "$T"
echo "passed: linear.sh"
