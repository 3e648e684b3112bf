#!/usr/bin/env bash
# The contract at its edges: odd words on the command line, output that goes nowhere, profiles that
# others wrote, options in --help and README.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need python3
scratch
chmod 755 "$T"
MW_T=$T PYTHONDONTWRITEBYTECODE=1 python3 "$MW_SOURCE/tests/e2e/contract_edges.py" "$@"
