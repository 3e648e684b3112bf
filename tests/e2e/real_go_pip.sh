#!/usr/bin/env bash
# The real go and the real pip read what we wrote: apply, twice, shadowed, rolled back.
# label: real
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need go jq
PIP=$(command -v pip3 || command -v pip) || skip "needs pip"
scratch
unset GOPROXY GOSUMDB GOPRIVATE GOFLAGS GOENV PIP_INDEX_URL PIP_CONFIG_FILE VIRTUAL_ENV XDG_CONFIG_DIRS
while read -r name; do unset "$name"; done < <(env | grep -oE '^PIP_[A-Z_]+')
export HOME="$T/home" XDG_CONFIG_HOME="$T/home/.config" MIRRORWISE_STATE_DIR="$T/state" GOTOOLCHAIN=local
mkdir -p "$HOME/.config/go" "$HOME/.config/pip"
env_file=$HOME/.config/go/env pip_conf=$HOME/.config/pip/pip.conf
printf '# kept\r\nGOFLAGS=-mod=mod\nGOPROXY=https://old.example\n\n# the end' >"$env_file"
printf '; why we are slow\n[global]\ntimeout: 60\n\n[install]\n# nothing here\n' >"$pip_conf"
cp -a "$HOME" "$T/before"
mw() { "$MW_BIN" --only go,pip "$@"; }

set +e
mw --profile prod --diff >"$T/diff.txt" 2>"$T/diff.err"
expect "--diff says changes are pending" $? 2
set -e
diff -r "$HOME" "$T/before" || fail "--diff wrote something"
[ -e "$T/state" ] && fail "--diff made the state directory"
expect "--diff is a patch" "$(grep -c '^+++ ' "$T/diff.txt")" 2

mw --profile prod --apply --json >"$T/apply.json" || { cat "$T/apply.json"; fail "apply"; }
want_proxy=$(jq -r '.settings[] | select(.key == "GOPROXY").want' "$T/apply.json")
want_sumdb=$(jq -r '.settings[] | select(.key == "GOSUMDB").want' "$T/apply.json")
want_index=$(jq -r '.settings[] | select(.key == "global.index-url").want' "$T/apply.json")
expect "go reads GOPROXY" "$(cd / && go env GOPROXY)" "$want_proxy"
expect "go reads GOSUMDB" "$(cd / && go env GOSUMDB)" "$want_sumdb"
expect "go keeps the rest" "$(cd / && go env GOFLAGS)" "-mod=mod"
expect "pip reads index-url" "$("$PIP" config get global.index-url)" "$want_index"
expect "the comments stay" "$(grep -c 'why we are slow\|nothing here' "$pip_conf")" 2
expect "the CRLF comment stays" "$(head -1 "$env_file" | od -An -c | tr -d ' ')" '#kept\r\n'

before_second=$(stat -c '%i %Y %Z' "$env_file" "$pip_conf")
mw --profile prod --apply --json >"$T/second.json"
expect "the second apply changes nothing" "$(jq -r '.changed, .exit_code' "$T/second.json" | xargs)" "false 0"
expect "not even the inode" "$(stat -c '%i %Y %Z' "$env_file" "$pip_conf")" "$before_second"

set +e
GOPROXY=https://shadow.example mw --profile prod --apply --json >"$T/shadow.json"
status=$?
set -e
expect "a shadowed value is exit 6" "$status" 6
jq -r '.settings[] | select(.key == "GOPROXY").shadowed_by' "$T/shadow.json" | grep -q GOPROXY ||
	fail "the shadow is not named"

"$MW_BIN" --history --json | jq -e '.generations | length == 1' >/dev/null || fail "one generation"
"$MW_BIN" --rollback >"$T/rollback.txt"
diff -r "$HOME" "$T/before" || fail "rollback did not return every byte"
expect "go is back" "$(cd / && go env GOPROXY)" "https://old.example"

# A file with which pip works is not called faulty, one with which it stops is. What pip says of a
# file has nothing to do with what stands there by the state of the network: nothing is asked.
while IFS='|' read -r verdict command text; do
	mkdir -p "$T/values/.config/pip"
	printf '%b' "$text" >"$T/values/.config/pip/pip.conf"
	real=works
	# shellcheck disable=SC2086
	(cd "$T" && env -u XDG_CONFIG_HOME HOME="$T/values" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_BREAK_SYSTEM_PACKAGES=1 timeout 60 \
		"$PIP" $command >"$T/pip.out" 2>&1 </dev/null) || real=stops
	expect "pip and $text" "$real" "$verdict"
	said=$({ env -u XDG_CONFIG_HOME HOME="$T/values" "$MW_BIN" --no-network --doctor --only pip --json 2>/dev/null || true; } |
		jq -r 'if any(.checks[]; .status == "fail" and (.id | startswith("pip-values"))) then "stops" else "works" end')
	expect "the doctor and $text" "$said" "$verdict"
done <<'ROWS'
works|list|[list]\nformat = columns\n[cache]\nformat = human\n
stops|cache dir|[global]\nformat = columns\n
stops|list|[global]\nformat = human\n
stops|list|[global]\neditable = ./here\n
stops|list|[:env:]\ntimeout = x\n
works|list|[list]\nalgorithm = sha1\n
works|list|[hash]\nno-index = maybe\n
stops|config list|[global]\nretries = 08\n
works|config list|[global]\nretries = 0x5\ntimeout = 1e2\nquiet =\n  1_0\n
works|config list|[global]\nretries = -1\ntimeout = 0\n
works|config list|[global]\nretries = １２\ntimeout = １２\n
stops|config list|[global]\nno-color =\n  true\n
stops|config list|[global]\ntimeout = fast\n[config]\ntimeout = 5\n
stops|install --dry-run --no-index pip|[install]\nonly-binary = -x\n
stops|install --dry-run --no-index pip|[global]\nplatform = any\n
stops|install --dry-run --no-index pip|[global]\nconstraint = /nowhere/c.txt\n
works|install --dry-run --no-index pip|[global]\nno-warn-conflicts = yes\n
stops|list|[list]\noutdated = yes\nuptodate = yes\n
works|list --no-index|[list]\noutdated = no\nuptodate = yes\n
ROWS

# What go env -w and pip config set do afterwards is theirs: a conflict, not a loss.
mw --profile prod --apply -q
(cd / && go env -w GOPROXY=https://theirs.example)
set +e
mw --profile prod --apply >/dev/null 2>"$T/conflict.txt"
status=$?
set -e
expect "somebody else's edit is exit 5" "$status" 5
expect "and it stays" "$(cd / && go env GOPROXY)" "https://theirs.example"
mw --profile prod --apply --force -q
expect "--force takes it back" "$(cd / && go env GOPROXY)" "$want_proxy"
passed
