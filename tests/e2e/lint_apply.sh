#!/usr/bin/env bash
# A dangerous value stops --apply before anything is written, names itself, and is let through only
# by its own name.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME"
mw() { "$MW_BIN" --only go,pip --no-network "$@"; }
run() { # STATUS ARGUMENT...
	local wanted=$1 saw=0
	shift
	mw "$@" >"$T/out" 2>"$T/err" || saw=$?
	expect "$*" "$saw" "$wanted"
}

cat >"$T/risky.ini" <<'EOF'
[profile]
name = risky
extends = base

[go]
GOSUMDB = off
GOINSECURE = *.example

[pip]
global.index-url = https://pypi.example/simple
global.extra-index-url = https://me:hunter2@two.example/simple
EOF

run 65 -p "$T/risky.ini" --apply
for id in go-sumdb-off go-insecure pip-extra-index; do
	grep -q -- "$id" "$T/err" || fail "$id is not named: $(cat "$T/err")"
	grep -q -- "--accept-risk $id" "$T/err" || fail "no way on for $id: $(cat "$T/err")"
done
grep -q hunter2 "$T/out" "$T/err" && fail "a password is shown"
[ -e "$HOME/.config" ] && fail "something was written"

run 65 -p "$T/risky.ini" --apply --json
expect "the same in JSON" "$(jq -r '.exit_code, .changed' "$T/out" | xargs)" "65 false"
run 2 -p "$T/risky.ini" --diff
grep -q -- '--apply will refuse this.*--accept-risk go-sumdb-off' "$T/err" ||
	fail "--diff does not say what --apply will: $(cat "$T/err")"
run 65 -p "$T/risky.ini" --apply --accept-risk go-sumdb-off --accept-risk go-insecure
grep -q 'go-sumdb-off)' "$T/err" || fail "what was accepted is still said: $(cat "$T/err")"
[ -e "$HOME/.config" ] && fail "something was written"

run 64 -p "$T/risky.ini" --apply --accept-risk pip-extra-indx
grep -q 'Did you mean pip-extra-index' "$T/err" || fail "no suggestion: $(cat "$T/err")"
run 64 -p "$T/risky.ini" --diff --accept-risk nope
for id in go-sumdb-off pip-extra-index docker-hosts-tcp url-credentials; do
	grep -q -- "there are: .*$id" "$T/err" || fail "$id is not listed: $(cat "$T/err")"
done
expect "each once" "$(tr -c 'a-z-' '\n' <"$T/err" | grep -cx go-runs-program)" 1

run 0 -p "$T/risky.ini" --apply --accept-risk go-sumdb-off --accept-risk go-insecure --accept-risk pip-extra-index
grep -q '^GOSUMDB=off$' "$HOME/.config/go/env" || fail "it was accepted and is not there"
"$MW_BIN" --rollback -q

# Where https is not required, plain http is a warning; to this machine itself it is nothing.
cat >"$T/lenient.ini" <<'EOF'
[profile]
name = lenient

[policy]
require = integrity

[pip]
global.index-url = http://pypi.example/simple
global.trusted-host = pypi.example
EOF
run 0 -p "$T/lenient.ini" --apply
grep -q 'pip-http-index' "$T/err" || fail "no warning: $(cat "$T/err")"
"$MW_BIN" --rollback -q
sed 's/integrity/https, integrity/' "$T/lenient.ini" >"$T/strict.ini"
run 65 -p "$T/strict.ini" --apply
sed 's/pypi.example/127.0.0.1/' "$T/strict.ini" >"$T/here.ini"
run 0 -p "$T/here.ini" --apply
grep -q 'http-index' "$T/err" && fail "loopback is no risk: $(cat "$T/err")"

# What comes with the program is clean.
for profile in dev test prod; do
	run 0 -p "$profile" --apply
	grep -q 'risky (' "$T/err" && fail "$profile: $(cat "$T/err")"
done
run 65 -p prod --set go.GOFLAGS=-insecure --apply
passed
