#!/usr/bin/env bash
# A quiet checklist is what is not in order and nothing else; an error of the profile is told once.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME/.config/go" "$T/root"
printf 'GOPROXYY=a\n' >"$HOME/.config/go/env"
mw() { "$MW_BIN" --no-network --root "$T/root" --only go,pip,docker "$@" 2>&1 || true; }
count() { # NAME WANTED PATTERN
	expect "$1" "$(grep -c -- "$3" "$T/out" || true)" "$2"
}

for list in "--checklist -p dev" --doctor; do
	# shellcheck disable=SC2086 # words
	mw $list -q >"$T/out"
	count "quiet $list: what is odd" 1 ') *go-lines.env-unknown-key.1'
	count "quiet $list: the sum" 1 ' passed, '
	count "quiet $list: what is in order" 0 ': no dead mirror in use: '
	count "quiet $list: what was not checked" 0 '(not checked)'
done
mw --checklist -p dev >"$T/out"
count "what is in order, for who wants it" 3 ': no dead mirror in use: '
grep -q '(not checked)' "$T/out" || fail "nothing was left out, or it is not said"

# Tools that are not here and that nobody asked for share one line; what has a file is looked at.
mkdir -p "$T/bin"
printf 'registry=http://127.0.0.1:1/\n' >"$HOME/.npmrc"
PATH="$T/bin" "$MW_BIN" --no-network --root "$T/root" --checklist -p dev >"$T/out" 2>&1 || true
count "those that are not here" 1 '^– other tools (not checked): not here'
count "and no other line of one" 0 '^. Yarn'
count "the one with a file" 1 '^. npm: the tool accepts its values'
PATH="$T/bin" "$MW_BIN" --no-network --root "$T/root" --checklist -p dev --only cargo >"$T/out" 2>&1 || true
count "the one that was asked for" 1 'cargo-installed'

printf '[profile]\nname = x\n[go]\nNOSUCHKEY = 1\n' >"$T/x.ini"
mw --checklist -p "$T/x.ini" >"$T/out"
count "the error of the profile" 1 NOSUCHKEY
count "checks of the team are not known" 0 'adds no checks'
grep -q 'the reason stands above' "$T/out" || fail "$(cat "$T/out")"
passed
