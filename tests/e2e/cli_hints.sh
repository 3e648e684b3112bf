#!/usr/bin/env bash
# What a new user gets wrong first, and whether the answer leads on.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" MIRRORWISE_CONFIG_DIR="$T/work"/config LC_ALL=C.UTF-8
mkdir -p "$HOME" "$T/root" "$T/work"/config/profiles
cd "$T/work"
printf '[profile]\nname = tm\nextends = prod\n' >config/profiles/team.ini
printf '[profile]\nname = short\n[pip]\nindex-url = @tuna\n' >short.ini

# answers NAME CODE SENTENCE ARGS...
answers() {
	local name=$1 code=$2 sentence=$3 status=0
	shift 3
	"$MW_BIN" "$@" >"$T/out" 2>"$T/err" </dev/null || status=$?
	expect "$name: exit code" "$status" "$code"
	grep -qF -- "$sentence" "$T/err" || { cat "$T/err"; fail "$name: does not say '$sentence'"; }
}
at="--root $T/root"
# shellcheck disable=SC2086 # $at is two words
{
	answers "a value for a tool that is left out" 64 "--set pip.global.timeout: --only or --skip" \
		$at -p prod -o go --set pip.global.timeout=30 --diff
	answers "a mirror for a tool that is left out" 64 "leaves go out" \
		$at -p prod --skip go -m go=tuna --diff
	answers "a mirror that is none, before measuring" 64 "no mirror 'tuna' of go" \
		$at -p dev -m go=tuna --diff
	answers "a key without its section" 65 "Did you mean global.index-url?" $at -p short.ini --diff
	answers "an address for a file" 65 "download it first" $at -p https://team.example/prod.ini --diff
	answers "a file that calls itself otherwise" 65 "team.ini calls itself tm" $at -p team --diff
}
answers "a profile without its option" 64 "Did you mean --profile prod?" prod
answers "a word where a number belongs" 64 "'foo' is not the number of a generation" --rollback foo
answers "no terminal, no action" 64 "The interface needs a terminal"
answers "a misplaced option" 64 "It goes with " --history --set go.GOPROXY=x
grep -q -- --watch "$T/err" && fail "--watch is offered, and is not there"

# Nothing but loopback, which is down: the same reason once, and the question that it raises.
if unshare -n true 2>/dev/null; then
	status=0
	unshare -n "$MW_BIN" --probe --only pip --root "$T/root" >"$T/out" 2>"$T/err" </dev/null || status=$?
	expect "offline: exit code" "$status" 69
	grep -qF "is this machine offline?" "$T/err" || { cat "$T/err"; fail "offline: no hint"; }
	expect "offline: the reason once" "$(sort "$T/out" | uniq -d | grep -c 'name cannot')" 0
	grep -q 'name cannot' "$T/out" || { cat "$T/out"; fail "offline: no reason"; }
fi
passed
