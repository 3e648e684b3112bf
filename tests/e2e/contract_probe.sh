#!/usr/bin/env bash
# What the contract says of measuring and of catalogues, against servers on loopback, good and bad.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need python3 openssl
scratch
MW_T=$T PYTHONDONTWRITEBYTECODE=1 python3 "$MW_SOURCE/tests/e2e/contract_probe.py" "$@"
