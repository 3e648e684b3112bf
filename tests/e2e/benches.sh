#!/usr/bin/env bash
# Every bench starts as README.md prints it, without arguments, finds its program and comes to its
# first figure. What it measures is nobody's business here.
# cost: 100
# label: slow
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need root unshare ip python3 hyperfine jq go pip3 setsid
[ -c /dev/net/tun ] || skip "needs /dev/net/tun"
scratch
mkdir "$T/home"
export HOME=$T/home TMPDIR=$T RUNS=1

begins() { # BENCH REGEX
	grep -qF "$1" "$MW_SOURCE/README.md" || fail "$1 is not in README.md"
	background "$T/log" setsid --wait "$MW_SOURCE/$1"
	local bench=${_pids[-1]}
	wait_for 100 grep -Eq "$2|Traceback|rror" "$T/log" || fail "$1 says nothing: $(tail -n 5 "$T/log")"
	expectations=$((expectations + 1))
	grep -Eq "$2" "$T/log" || fail "$1: $(tail -n 20 "$T/log")"
	pkill -TERM -s "$(pgrep -P "$bench" | head -n 1)" || true
	wait "$bench" 2>/dev/null || true
}
RUNS=5 begins tests/bench/bench_apply.sh '== apply three tools'
begins tests/bench/bench_tools.py '^--apply of [0-9]+ tools'
begins tests/bench/bench_probe.sh 'wanted +mirrorwise +curl'
passed
