#!/usr/bin/env bash
# A team's own tool is a plan, a file and a rollback by one file of data; a wrong one is named with
# line and column, and is an error only for the run that needs it.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
scratch

tools=$T/home/.config/mirrorwise/tools
mkdir -p "$tools"
mw() {
	local status=0
	env -i PATH="$PATH" HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" "$MW_BIN" --no-network --lang en \
		"$@" >"$T/out" 2>"$T/err" || status=$?
	echo $status
}
cat >"$tools/acme.json" <<'EOT'
{"tool": "acme", "title": "Acme", "group": "system", "programs": ["acme"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.acme.ini", "format": "ini"},
             {"environment": "ACME_{KEY}"}],
 "keys": {"url": {"type": "url", "as": "net.url"}},
 "mirror": [{"set": "url", "to": "{url}"}]}
EOT

expect "applied" "$(mw --apply -p dev --only acme -s acme.url=https://a.example/x)" 0
expect "written" "$(cat "$T/home/.acme.ini")" "[net]
url = https://a.example/x"
expect "shown" "$(mw --show acme.url)" 0
grep -q 'https://a.example/x' "$T/out" || fail "not shown: $(cat "$T/out")"
expect "listed" "$(mw --list tools)" 0
grep -q '^acme .* https://a.example/x  *~/.acme.ini$' "$T/out" || fail "not listed: $(cat "$T/out")"
expect "with its mirror" "$(mw --list tools --only acme --json)" 0
grep -q '"url":.*"https://a.example/x"' "$T/out" || fail "no mirror: $(cat "$T/out")"
expect "in its group" "$(mw --list tools --only system)" 0
grep -q '^acme ' "$T/out" || fail "not in its group: $(cat "$T/out")"
expect "and out of it" "$(mw --list tools --skip system)" 0
! grep -q '^acme ' "$T/out" || fail "not left out: $(cat "$T/out")"
expect "a name by likeness" "$(mw --list tools --only acmi)" 64
grep -q 'acme' "$T/err" || fail "not suggested: $(cat "$T/err")"
expect "rolled back" "$(mw --rollback)" 0
[ ! -e "$T/home/.acme.ini" ] || fail "the file is still there"

sed -i 's/"url": {/"url": {"colour": 1, /' "$tools/acme.json"
expect "needed and wrong" "$(mw --diff -p dev --only acme)" 65
grep -q 'acme.json:4:19: ' "$T/err" || fail "no place: $(cat "$T/err")"
expect "not needed" "$(mw --list profiles)" 0
passed
