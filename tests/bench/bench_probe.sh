#!/usr/bin/env bash
# What the prober's figures are worth and what they cost, beside `curl -Z` with the same requests.
#
#     tests/bench/bench_probe.sh PROBE_TOOL     (of a release build: BUILD/tests/probe_tool)
#
# Not a test: it measures the machine as much as the program. Where it may, it runs at real-time
# priority, so that the figures are the program's and not those of whatever else the machine is
# busy with. Needs what the lab needs.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
tool=$(realpath "${1:?say which probe_tool}")
export PYTHONDONTWRITEBYTECODE=1
priority=()
if chrt --rr 1 true 2>/dev/null; then priority=(chrt --rr 1); fi
exec "${priority[@]}" "$source/tests/lab/lab.sh" run -- python3 "$source/tests/bench/bench_probe.py" "$tool"
