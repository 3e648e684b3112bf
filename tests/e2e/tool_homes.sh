#!/usr/bin/env bash
# Files as they are found on machines that people have used for years: put on a mirror they keep
# comments, order, spelling and everything that is not ours, and a rollback returns every byte.
# tests/golden/tools/TOOL/: home.in is the home before, home.want after, `mirror` the mirror's id.
set -euo pipefail
# shellcheck source=tests/support/e2e.sh
. "$MW_SOURCE/tests/support/e2e.sh"
need jq diff
scratch

at() { # ACTION...: sets $rc
	rc=0
	env -i HOME="$box/home" PATH="$box/bin:/usr/bin:/bin" MIRRORWISE_STATE_DIR="$box/state" \
		"$MW_BIN" --no-network --root "$box/root" "$@" >"$box/log" 2>&1 || rc=$?
	[ "$rc" = 0 ] || cat "$box/log"
}
differences() { diff -r "$1" "$2" && echo none || true; }

for folder in "$MW_SOURCE"/tests/golden/tools/*/; do
	tool=$(basename "$folder")
	box=$T/$tool
	mkdir -p "$box/bin" "$box/root"
	cp -r "$folder/home.in" "$box/home"
	chmod -R go-rwx "$box/home"
	for program in $(jq -r '.programs[]' "$MW_SOURCE/assets/tools/$tool.json"); do
		case $program in */*) continue ;; esac
		printf '#!/bin/sh\nexit 1\n' >"$box/bin/$program"
		chmod +x "$box/bin/$program"
	done
	mirror=$(cat "$folder/mirror")
	at --apply --profile dev --only "$tool" --mirror "$tool=$mirror"
	expect "$tool: --apply" "$rc" 0
	if [ -n "${MW_REWRITE_GOLDENS:-}" ]; then
		rm -rf "$folder/home.want"
		cp -r "$box/home" "$folder/home.want"
	fi
	expect "$tool: the files" "$(differences "$folder/home.want" "$box/home")" none
	expect "$tool: files that others may read now" \
		"$(cd "$folder/home.in" && find . -type f | while read -r file; do find "$box/home/$file" -perm /077; done)" ""
	at --diff --profile dev --only "$tool" --mirror "$tool=$mirror"
	expect "$tool: --diff afterwards" "$rc" 0
	at --rollback
	expect "$tool: --rollback" "$rc" 0
	expect "$tool: the bytes afterwards" "$(differences "$folder/home.in" "$box/home")" none
done
for tool in npm yarn-berry cargo rustup maven gradle conda homebrew node gem bundler composer; do
	[ -d "$MW_SOURCE/tests/golden/tools/$tool" ] || fail "$tool has no home"
done
passed
