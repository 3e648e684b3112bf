#!/usr/bin/env bash
# What the prober's figures are worth and what they cost, beside `curl -Z` with the same requests.
#
#     tests/bench/bench_probe.sh [PROBE_TOOL]   (default: build/bench/tests/probe_tool)
#
# Not a test: it measures the machine as much as the program. Where it may, it runs at real-time
# priority, so that the figures are the program's and not those of whatever else the machine is
# busy with. Needs what the lab needs.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
if [ $# = 0 ] && [ -n "${MW_BIN:-}" ]; then
	set -- "$(dirname "$MW_BIN")/tests/probe_tool"
elif [ $# = 0 ]; then
	"$source/bootstrap.sh" deps run test
	cmake -S "$source" -B "$source/build/bench" -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
	cmake --build "$source/build/bench" --target probe_tool >/dev/null
	set -- "$source/build/bench/tests/probe_tool"
fi
tool=$(realpath "$1")
export PYTHONDONTWRITEBYTECODE=1
priority=()
if chrt --rr 1 true 2>/dev/null; then priority=(chrt --rr 1); fi
exec "${priority[@]}" "$source/tests/lab/lab.sh" run -- python3 "$source/tests/bench/bench_probe.py" "$tool"
