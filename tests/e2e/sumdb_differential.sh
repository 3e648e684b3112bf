#!/usr/bin/env bash
# On which way go asks the checksum database, and whether it gives up: what the checklist says
# against what the real go does, among proxies on this machine that answer /sumdb in every way.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need go jq openssl python3
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|.*_proxy$|.*_PROXY$)' | grep -v '^GOROOT$' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export LC_ALL=C.UTF-8
python3 "$MW_SOURCE/tests/e2e/sumdb_differential.py" "$MW_BIN" "$T" "${MW_ROUNDS:-40}" || fail "see above"
passed
