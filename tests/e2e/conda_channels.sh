#!/usr/bin/env bash
# conda has no channels at all where its file names none (since 25.9): with the mirror's channels come
# `defaults`, unless somebody has chosen channels already, and only if the mirror has them. And what
# becomes of other tools' parts that a mirror lacks.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3 jq
python3 -c 'import yaml' 2>/dev/null || skip "needs PyYAML"
scratch
mkdir -p "$T/bin"
printf '#!/bin/sh\nexit 1\n' >"$T/bin/conda" && chmod +x "$T/bin/conda"
apply() { # CONTENT MIRROR: what conda's own reader has afterwards
	rm -rf "${T:?}/home" "$T/state" && mkdir "$T/home"
	[ -z "$1" ] || printf '%b' "$1" >"$T/home/.condarc"
	env -i PATH="$T/bin:/usr/bin:/bin" HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" \
		"$MW_BIN" --lang en --no-network -p dev --apply --only conda --mirror "conda=$2" >"$T/out" 2>&1 || fail "$(cat "$T/out")"
	python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1])), sort_keys=True))' "$T/home/.condarc"
}
at=https://mirrors.bfsu.edu.cn/anaconda
main="\"default_channels\": [\"$at/pkgs/main\", \"$at/pkgs/r\", \"$at/pkgs/msys2\"]"
expect "no file" "$(apply '' bfsu)" "{\"channels\": [\"defaults\"], \"custom_channels\": {\"conda-forge\": \"$at/cloud\"}, $main}"
expect "a file without channels" "$(apply 'show_channel_urls: true\n' bfsu)" \
	"{\"channels\": [\"defaults\"], \"custom_channels\": {\"conda-forge\": \"$at/cloud\"}, $main, \"show_channel_urls\": true}"
expect "chosen ones stay as they are" "$(apply 'channels:\n  - conda-forge\n' bfsu | jq -c .channels)" '["conda-forge"]'
expect "none chosen is a choice" "$(apply 'channels: []\n' bfsu | jq -c .channels)" '[]'
lacking=$(jq -r '[.mirrors[] | select(.lacks != null and (.lacks | index("pkgs/main"))) | .id][0] // ""' "$MW_SOURCE/assets/mirrors/conda.json")
[ -z "$lacking" ] || expect "a mirror without them" "$(apply '' "$lacking" | jq -c .channels)" null
lacking=$(jq -r '[.mirrors[] | select(.lacks != null and (.lacks | index("pkgs/r")) and (.lacks | index("pkgs/main") | not)) | .id][0] // ""' "$MW_SOURCE/assets/mirrors/conda.json")
[ -n "$lacking" ] || fail "no mirror lacks pkgs/r"
expect "no channel that the mirror lacks: one 404 ends every install" "$(apply '' "$lacking" | jq -r '.default_channels[] | select(endswith("/pkgs/r"))')" ""

# What lies in a part that the mirror lacks goes from the mirror of before to the tool's default, a
# company's address stays, and either is said.
mkdir "$T/brew" && cp "$T/bin/conda" "$T/brew/brew"
part() { # ADDRESS: what is left of the part, and what is said
	rm -rf "${T:?}/home" "$T/state" && mkdir -p "$T/home/.homebrew"
	printf 'HOMEBREW_BOTTLE_DOMAIN=%s\nHOMEBREW_API_DOMAIN=%s/api\n' "$1" "$1" >"$T/home/.homebrew/brew.env"
	for lang in en zh_CN; do
		env -i PATH="$T/brew:/usr/bin:/bin" HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" "$MW_BIN" --lang $lang \
			--no-network -p dev --apply --only homebrew --mirror "homebrew=$lacking" >"$T/out.$lang" 2>&1 || fail "$(cat "$T/out.$lang")"
	done
	sed -n 's/^HOMEBREW_API_DOMAIN=//p' "$T/home/.homebrew/brew.env"
	grep -qF "homebrew: the mirror $lacking has no api: HOMEBREW_API_DOMAIN is left $2" "$T/out.en" || fail "not said: $(cat "$T/out.en")"
	grep -qF "镜像 $lacking 没有 api" "$T/out.zh_CN" || fail "not said in Chinese: $(cat "$T/out.zh_CN")"
}
lacking=$(jq -r '[.mirrors[] | select(.lacks != null and (.lacks | index("api"))) | .id][0] // ""' "$MW_SOURCE/assets/mirrors/homebrew.json")
[ -n "$lacking" ] || fail "no mirror lacks api"
expect "a part of the mirror of before" "$(part https://mirrors.ustc.edu.cn/homebrew-bottles "to the tool's default")" ""
expect "a company's" "$(part https://brew.corp.example "as it is")" https://brew.corp.example/api
passed
