#!/usr/bin/env bash
# One user's life with the command line: look, apply, again, shadowed, drifted, blocked, back.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq patch
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" MIRRORWISE_CONFIG_DIR="$T/work"/config LC_ALL=C.UTF-8
env_file=$HOME/.config/go/env pip_conf=$HOME/.config/pip/pip.conf daemon=$T/root/etc/docker/daemon.json
mkdir -p "$HOME/.config/pip" "$T/root/etc/docker" "$T/work"
cd "$T/work"
printf '# mine\n[global]\ntimeout = 5\nindex-url = https://old.example/simple\n' >"$pip_conf"
printf '{\n\t"debug": false\n}\n' >"$daemon"
cp -a "$T/home" "$T/root" "$T/work" "$(mkdir "$T/before" && echo "$T/before")"

# run NAME ARGS...: status in $status, output in $T/NAME.out and $T/NAME.err
run() {
	local name=$1
	shift
	set +e
	"$MW_BIN" --root "$T/root" "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null
	status=$?
	set -e
}
unchanged() { diff -r "$T/home" "$T/before/home" && diff -r "$T/root" "$T/before/root"; }
says() { grep -qF -- "$2" "$T/$1" || { cat "$T/$1"; fail "$1 does not say '$2'"; }; }

run diff --profile prod
expect "a profile alone is --diff: changes pending" "$status" 2
unchanged || fail "--diff wrote something"
[ -e "$T/state" ] && fail "--diff made the state directory"
says diff.err "set by someone else; the old value is kept for rollback"

run unnamed --apply
expect "an unattended --apply wants its profile named" "$status" 64
says unnamed.err "--profile dev"
unchanged || fail "it wrote all the same"

run apply --profile prod --apply
expect "apply" "$status" 0
says apply.out "To undo: "
# What --diff printed is what --apply did.
cp "$T/before/home/.config/pip/pip.conf" "$T/patched.conf"
awk -v want="--- $pip_conf" '/^--- /{on = $0 == want} on' "$T/diff.out" >"$T/pip.patch"
patch -s "$T/patched.conf" "$T/pip.patch"
expect "--diff is a patch of what --apply does" "$(cat "$T/patched.conf")" "$(cat "$pip_conf")"
expect "tabs stay tabs" "$(grep -c "$(printf '^\t"registry-mirrors"')" "$daemon")" 1

stat -c '%i %Z' "$env_file" "$pip_conf" "$daemon" >"$T/inodes"
run again --profile prod --apply --json
expect "again" "$status" 0
expect "again changes nothing" "$(jq -r .changed "$T/again.out")" false
stat -c '%i %Z' "$env_file" "$pip_conf" "$daemon" | cmp - "$T/inodes" || fail "it wrote all the same"
run unnamed --apply
expect "the last profile, nothing to do" "$status" 0
says unnamed.out "as prod wants it"

GOPROXY=https://shadow.example run shadow --profile prod --apply
expect "shadowed" "$status" 6
says shadow.err "environment variable GOPROXY wins"
GOPROXY=https://shadow.example run shadow --show go.goproxy
expect "--show of a shadowed value" "$status" 0
says shadow.out "https://shadow.example"
run show --show pip.global.index_url --json
expect "--show names file and line" \
	"$(jq -r '.settings[0].from | "\(.layer) \(.file) \(.line > 0)"' "$T/show.out")" \
	"profile builtin:profiles/prod.ini true"

sed -i 's/^index-url.*/index-url = https:\/\/drift.example\/simple/' "$pip_conf"
cp "$pip_conf" "$T/drifted.conf"
run drift --profile prod --apply
expect "drifted" "$status" 5
says drift.err "--force"
says drift.out "-index-url = https://drift.example/simple"
cmp "$pip_conf" "$T/drifted.conf" || fail "a conflict was overwritten"
run force --profile prod --apply --force
expect "forced" "$status" 0

printf '{ "a": 01 }' >"$daemon"
run blocked --profile dev --apply --no-network
expect "an invalid file stops everything" "$status" 78
says blocked.err "daemon.json:1:"
grep -q '|direct' "$env_file" && fail "another file was written"
run skipped --profile dev --apply --no-network --skip docker
expect "--skip goes around it" "$status" 0
expect "--skip leaves it alone" "$(cat "$daemon")" '{ "a": 01 }'
run only --profile test --diff --only docker --json
expect "--only sees only that" "$(jq -r '[.files[].tool] | unique | join(" ")' "$T/only.out")" docker
cp "$T/before/root/etc/docker/daemon.json" "$daemon"

run history --history --json
expect "three generations, newest first" "$(jq -c '[.generations[].id]' "$T/history.out")" "[3,2,1]"
run back --rollback 0 --force -v
says back.err "restored "
expect "back to the start" "$status" 0
unchanged || fail "rollback did not return every byte"
run forth --rollback 1 --json
expect "and forth" "$status" 0
expect "forth is a change" "$(jq -r .changed "$T/forth.out")" true
run nowhere --rollback 77
expect "no such generation" "$status" 64
run recover --recover
expect "nothing to recover" "$status" 0

mkdir -p config/profiles
printf '[profile]\nname = team\nextends = prod\n[go]\nGOPRIVATE = ${env:TEAM}\n' >config/profiles/team.ini
TEAM=very.secret.example run team --profile team --apply --only go -v
expect "a profile of one's own" "$status" 0
expect "the secret arrives" "$(grep -c '^GOPRIVATE=very.secret.example$' "$env_file")" 1
TEAM=very.secret.example run teamjson --profile team --diff --json
run history --history --json
grep -rlF very.secret "$T"/*.out "$T"/*.err "$T/state/audit.jsonl" && fail "the secret leaks"

run set --profile prod --set go.GOPRIVATE=x.example --mirror pip=tuna --diff --json
expect "--set and --mirror are the command line's" \
	"$(jq -r '[.settings[] | select(.from.layer == "command-line").key] | sort | join(" ")' "$T/set.out")" \
	"GOPRIVATE global.index-url"
passed
