#!/usr/bin/env bash
# The contract with scripts, teams and fleets, from outside: options, exit codes, the document,
# profiles, catalogue, state, rights. contract.py says how; arguments choose tests by name.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need python3
scratch
chmod 755 "$T"
MW_T=$T python3 "$MW_SOURCE/tests/e2e/contract.py" "$@"
