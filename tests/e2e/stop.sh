#!/usr/bin/env bash
# Ctrl-C ends every action at once, whatever it waits for. (See stop.py.)
# lock: attention
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG|SUDO|DOCKER)[A-Z_]*' || true)
unset SSL_CERT_FILE
export LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=0
python3 "$MW_SOURCE/tests/e2e/stop.py" "$MW_BIN" "$T"
echo "passed: stop.sh"
