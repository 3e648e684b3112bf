#!/usr/bin/env bash
# What the prober's figures are worth and what they cost, beside `curl -Z` with the same requests.
#
#     tests/bench/bench_probe.sh PROBE_TOOL     (of a release build: BUILD/tests/probe_tool)
#
# Not a test: it measures the machine as much as the program. Needs what the lab needs.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
tool=$(realpath "${1:?say which probe_tool}")
export PYTHONDONTWRITEBYTECODE=1
exec "$source/tests/lab/lab.sh" run -- python3 "$source/tests/bench/bench_probe.py" "$tool"
