#!/usr/bin/env bash
# What we call effective is what the tools use: many environments, files in every scope, variables
# set and unset, against the real go and pip's own code.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need go python3
python3 -c 'import pip._internal.commands' 2>/dev/null || skip "needs pip as a module"
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export LC_ALL=C.UTF-8
python3 "$MW_SOURCE/tests/e2e/checklist_effective.py" "$MW_BIN" "$T" "${MW_ROUNDS:-40}" || fail "see above"
passed
