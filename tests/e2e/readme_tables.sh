#!/usr/bin/env bash
# The README's tables of tools and services say what the program's own files say: a row each, with
# the file that is written, the services, and how many mirrors are fallbacks or known dead.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need jq
scratch
readme=$MW_SOURCE/README.md
mkdir "$T/home" "$T/root"
env -i PATH=/nowhere HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" "$MW_BIN" --lang en --list tools --json >"$T/tools.json"
jq -r --arg home "$T/home" '.tools[] | "| \(.title) | `\(.tool)` | `\(.path | if startswith($home) then "~" + .[$home | length:] else . end)` | \([.mirrors[].service] | unique_by(.) | map("`\(.)`") | join(", ")) |"' \
	"$T/tools.json" >"$T/rows"
[ "$(wc -l <"$T/rows")" = "$(ls "$MW_SOURCE"/assets/tools/*.json | wc -l)" ] || fail "--list tools lists not every tool"
while read -r row; do
	# Services of one tool may stand in any order.
	name=$(cut -d'|' -f3 <<<"$row")
	said=$(grep -F "|$name|" "$readme" | head -1)
	[ -n "$said" ] || fail "no row for$name: $row"
	expect "the row of$name" "$(tr ',' '\n' <<<"${said//[ |]/,}" | sort | xargs)" "$(tr ',' '\n' <<<"${row//[ |]/,}" | sort | xargs)"
done <"$T/rows"
jq -rs '.[] | (.mirrors | map(select(.default | not))) as $all | "| `\(.tool)` \(.title) | \([$all[] | select(.status == "active").id] | join(", ")) | \([$all[] | select(.status == "fallback")] | length) | \([$all[] | select(.status == "dead")] | length) |"' \
	"$MW_SOURCE"/assets/mirrors/*.json >"$T/services"
while read -r row; do
	grep -qxF "$row" "$readme" || fail "the README has no such row: $row"
done <"$T/services"
passed
