#!/usr/bin/env bash
# What an earlier measurement left is of no use any more: the catalogue's order decides.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME/.config/go" "$T/root" "$T/work"
mkdir -m 700 "$T/state"
cd "$T/work"
echo 'GOPROXY=https://set.example' >"$HOME/.config/go/env"
mirror() { # TOOL ID URL USABLE
	printf '{"tool":"%s","id":"%s","url":"%s","usable":%s,"reason":"timeout","rtt_us":1,"ttfb_us":1}' "$@"
}
{
	printf '{"schema_version":1,"measured_at":"2026-01-01T00:00:00Z","network":null,"mirrors":['
	mirror go gone https://gone.example true
	printf ,
	mirror pip tuna https://pypi.tuna.tsinghua.edu.cn/simple false
	printf ']}\n'
} >"$T/state/last-ranking.json"
chmod 600 "$T/state/last-ranking.json"
run() {
	local name=$1
	shift
	set +e
	"$MW_BIN" --root "$T/root" "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null
	status=$?
	set -e
}
says() { grep -qF -- "$2" "$T/$1" || { cat "$T/$1"; fail "$1 does not say '$2'"; }; }

run show --profile dev --show go.GOPROXY
expect "what is set is shown" "$status" 0
says show.out "https://set.example"
says show.err "go: the last measurement left no usable mirror"
run diff --profile dev --no-network --only go,pip --diff --json
expect "a plan all the same" "$status" 2
expect "told once, of both" "$(jq -r '.warnings[] | select(startswith("go, pip: the last measurement"))' "$T/diff.out" | wc -l)" 1
first=$("$MW_BIN" --list mirrors --only go --json | jq -r '.mirrors[0].url')
expect "the first of the catalogue" \
	"$(jq -r '.settings[] | select(.key == "GOPROXY").want' "$T/diff.out" | grep -cF "$first")" 1
expect "the ranking did not choose" "$(jq -r '[.warnings[] | select(contains("decides"))] | length' "$T/diff.out")" 1
passed
