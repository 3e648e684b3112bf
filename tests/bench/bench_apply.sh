#!/usr/bin/env bash
# What an apply costs, against the tools' own commands in the same run; whether big files cost in
# proportion to their size; what loading libcurl at start would cost.
#
#     tests/bench/bench_apply.sh [PROGRAM]      (default: build/release/mirrorwise)
#
# Not a test: it measures the machine as much as the program. Says at the end what was wanted.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
"$source/bootstrap.sh" deps run test bench
if [ $# = 0 ] && [ -n "${MW_BIN:-}" ]; then
	set -- "$MW_BIN"
elif [ $# = 0 ]; then
	"$source/bootstrap.sh" build release
	set -- "$source/build/release/mirrorwise"
fi
program=$(realpath "$1")
runs=${RUNS:-50}

T=$(mktemp -d "${TMPDIR:-/tmp}/mirrorwise-bench.XXXXXX")
trap 'rm -rf "$T"' EXIT
cc -O2 -o "$T/peak" "$source/tests/bench/peak.c"
# The distribution's pip: a version manager's shim would add its own time.
pip=/usr/bin/pip3
[ -x "$pip" ] || pip=pip3
# Variables that would win over what is written, or lead elsewhere.
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP_|GO|XDG_)[A-Z0-9_]*')
export HOME=$T/home MIRRORWISE_STATE_DIR=$T/home/state

# Every run starts from nothing: no file, no state, no history.
cat >"$T/fresh" <<EOF
#!/bin/sh
rm -rf "$T/home" "$T/root" && mkdir -p "$T/home" "$T/root/etc/docker" && echo '{}' >"$T/root/etc/docker/daemon.json"
EOF
ours=("$program" --profile prod --apply --root "$T/root" --set go.GOPRIVATE=git.example.com --set pip.global.timeout=30 --json)
cat >"$T/natives" <<EOF
#!/bin/sh
set -e
go env -w GOPROXY=https://goproxy.cn,https://mirrors.aliyun.com/goproxy/,direct
go env -w GOSUMDB=sum.golang.google.cn
go env -w GOPRIVATE=git.example.com
$pip config set global.index-url https://mirrors.cloud.tencent.com/pypi/simple
$pip config set global.timeout 30
jq '."registry-mirrors" = ["https://docker.m.daocloud.io"]' "$T/root/etc/docker/daemon.json" >"$T/root/new"
mv "$T/root/new" "$T/root/etc/docker/daemon.json"
EOF
# The natives at their best: one call of go instead of three.
sed -e '/GOSUMDB/d' -e '/GOPRIVATE/d' -e 's/^go env -w.*/& GOSUMDB=sum.golang.google.cn GOPRIVATE=git.example.com/' \
	"$T/natives" >"$T/natives-best"
chmod +x "$T/fresh" "$T/natives" "$T/natives-best"

times_of() { # RUNS PREPARATION COMMAND...: seconds, one a line
	local count=$1 prepare=$2
	shift 2
	hyperfine -N --warmup 2 --runs "$count" --prepare "$prepare" --style none \
		--export-json "$T/times.json" "$(printf '%q ' "$@")" >/dev/null 2>"$T/hyperfine.txt" || {
		cat "$T/hyperfine.txt" >&2
		return 1
	}
	jq '.results[0].times[]' "$T/times.json"
}
median() { # of lines of seconds, in ms
	sort -n | awk '{ t[NR] = $1 * 1000 } END { printf "%.2f", (t[int((NR + 1) / 2)] + t[int(NR / 2) + 1]) / 2 }'
}
median_ms() { times_of "$@" | median; }
peak_kib() {
	"$T/fresh"
	"$T/peak" "$@" 2>&1 >/dev/null | tail -n 1
}
calc() { awk "BEGIN { printf \"$1\", ($2) }"; }

"$T/fresh"
"${ours[@]}" >"$T/once.json" || {
	cat "$T/once.json"
	exit 1
}
written=$(jq -r '[.files[] | select(.verdict != "same") | .tool] | sort | join(",")' "$T/once.json")
[ "$written" = docker,go,pip ] || {
	echo "expected three files to be written, not: $written"
	exit 1
}
"$T/fresh"
"$T/natives" >/dev/null

echo "== apply three tools, fsyncs included: median of $runs runs from nothing"
# In turns, so that a busy moment of the machine or its disk hits all of them.
for _ in 1 2 3 4 5; do
	times_of $((runs / 5)) "$T/fresh" "${ours[@]}" >>"$T/ours.times"
	times_of $((runs / 25 + 1)) "$T/fresh" "$T/natives" >>"$T/natives.times"
	times_of $((runs / 25 + 1)) "$T/fresh" "$T/natives-best" >>"$T/best.times"
done
ours_ms=$(median <"$T/ours.times")
natives_ms=$(median <"$T/natives.times")
best_ms=$(median <"$T/best.times")
ours_kib=$(peak_kib "${ours[@]}")
natives_kib=$(peak_kib "$T/natives")
printf '%-44s %9s ms %8s MiB\n' \
	"mirrorwise --profile prod --apply" "$ours_ms" "$(calc %.1f "$ours_kib / 1024")" \
	"go env -w x3, pip config set x2, jq" "$natives_ms" "$(calc %.1f "$natives_kib / 1024")"
printf '%-44s %9s ms\n' "the same with one go env -w for all" "$best_ms"
"$T/fresh"
"${ours[@]}" >/dev/null
printf '%-44s %9s ms\n' "a second apply, nothing to do" "$(median_ms "$runs" true "${ours[@]}")"

echo "== big files: instructions (callgrind) of one apply"
big_pip() { # KIB
	echo "[global]"
	awk -v n="$1" 'BEGIN { for (i = 0; i * 64 < n * 1024; i++)
		printf "# comment number %07d about the next key\nkey-%07d = value\n", i, i }'
	printf '[install]\nno-compile = true\n'
}
big_docker() {
	printf '{\n  "debug": false,\n  "labels": [\n'
	awk -v n="$1" 'BEGIN { for (i = 0; i * 64 < n * 1024; i++)
		printf "    \"org.example.label.number.%07d=a value of some length here\",\n", i }'
	printf '    "last=1"\n  ]\n}\n'
}
instructions() { # TOOL KIB
	"$T/fresh"
	mkdir -p "$HOME/.config/pip"
	big_pip "$2" >"$HOME/.config/pip/pip.conf"
	big_docker "$2" >"$T/root/etc/docker/daemon.json"
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		"${ours[@]}" --only "$1" 2>"$T/callgrind.txt" >"$T/big.json" || {
		cat "$T/big.json" "$T/callgrind.txt" >&2
		return 1
	}
	sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$T/callgrind.txt"
}
linear=yes
for tool in pip docker; do
	small=$(instructions $tool 10) middle=$(instructions $tool 100) large=$(instructions $tool 1000)
	growth=$(calc %.1f "($large - $middle) / ($middle - $small)")
	echo "$tool: 10 KiB $small, 100 KiB $middle, 1000 KiB $large; ten times more costs $growth times more"
	[ "$(calc %d "$growth < 13")" = 1 ] || linear=no
	"$T/fresh"
	mkdir -p "$HOME/.config/pip"
	"big_$tool" 1000 >"$T/big"
	cat >"$T/fresh-big" <<-EOF
		#!/bin/sh
		"$T/fresh"; mkdir -p "$HOME/.config/pip"
		cp "$T/big" "$([ $tool = pip ] && echo "$HOME/.config/pip/pip.conf" || echo "$T/root/etc/docker/daemon.json")"
	EOF
	chmod +x "$T/fresh-big"
	echo "$tool: 1000 KiB in $(median_ms 10 "$T/fresh-big" "${ours[@]}" --only $tool) ms"
done

echo "== start: --list profiles, and with libcurl loaded as if it were linked"
as_is=$(median_ms $((runs * 4)) true env A=1 "$program" --list profiles)
linked=$(median_ms $((runs * 4)) true env LD_PRELOAD=libcurl.so.4 "$program" --list profiles)
as_is_kib=$(peak_kib env A=1 "$program" --list profiles)
linked_kib=$(peak_kib env LD_PRELOAD=libcurl.so.4 "$program" --list profiles)
printf '%-44s %9s ms %8s MiB\n' "loaded when needed" "$as_is" "$(calc %.1f "$as_is_kib / 1024")" \
	"linked" "$linked" "$(calc %.1f "$linked_kib / 1024")"

echo "== wanted"
verdict() { # WHAT SAW CONDITION
	printf '%-44s %9s  %s\n' "$1" "$2" "$([ "$(calc %d "$3")" = 1 ] && echo reached || echo MISSED)"
}
ratio=$(calc %.1f "$natives_ms / $ours_ms")
verdict "at least 30 times faster than the natives" "$ratio x" "$ratio >= 30"
verdict "under 12 MiB" "$(calc %.1f "$ours_kib / 1024")" "$ours_kib < 12 * 1024"
verdict "linear in the size of the file" "$linear" "\"$linear\" == \"yes\""
