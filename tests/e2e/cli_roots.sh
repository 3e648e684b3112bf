#!/usr/bin/env bash
# One state directory, several roots: a generation belongs to the root it was written under.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME" "$T/work"
cd "$T/work"
for root in a b c; do
	mkdir -p "$T/$root/etc/docker"
	echo '{"debug": false}' >"$T/$root/etc/docker/daemon.json"
done
cp "$T/c/etc/docker/daemon.json" "$T/before.json"

# run NAME ROOT ARGS...: status in $status, output in $T/NAME.out and $T/NAME.err
run() {
	local name=$1 root=$2
	shift 2
	set +e
	"$MW_BIN" --root "$T/$root" "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null
	status=$?
	set -e
}
says() { grep -qF -- "$2" "$T/$1" || { cat "$T/$1"; fail "$1 does not say '$2'"; }; }

for root in a b; do
	run "apply-$root" "$root" --apply --profile prod --only docker
	expect "apply below $root" "$status" 0
done
cp "$T/b/etc/docker/daemon.json" "$T/b.json"

run history a --history --json
expect "history is that of the root" "$(jq -c '[.generations[].id]' "$T/history.out")" "[1]"
run foreign a --rollback 2
expect "a generation of another root is none to return to" "$status" 64
says foreign.err "generation 2 belongs to --root $T/b"
run none c --rollback
expect "nothing was written below this root" "$status" 0
says none.err "The last generation belongs to --root $T/b."
run unnamed c --apply --only docker
expect "the profile of another root is not the last one here" "$status" 64

run back a --rollback
expect "rollback" "$status" 0
cmp "$T/a/etc/docker/daemon.json" "$T/before.json" || fail "a is not as it was"
cmp "$T/b/etc/docker/daemon.json" "$T/b.json" || fail "b was changed"
run back b --rollback
expect "the other one still goes back" "$status" 0
cmp "$T/b/etc/docker/daemon.json" "$T/before.json" || fail "b is not as it was"
run forth a --rollback 1
expect "forth over what another root did" "$status" 0
cmp "$T/a/etc/docker/daemon.json" "$T/b.json" || fail "a is not as it was applied"

# All roots share a person's own files: none of them is "somebody".
for key in GOFLAGS=-v GOPRIVATE=corp.example; do
	printf '[profile]\nname = %s\n[go]\n%s\n' "${key%%=*}" "$key" >"$T/${key%%=*}.ini"
done
run first a --apply --profile "$T/GOFLAGS.ini" --only go
run second b --apply --profile "$T/GOPRIVATE.ini" --only go
run shared a --rollback
expect "goes back beneath the other" "$status" 0
says shared.out "another run of mirrorwise changed it since"
expect "what the other wrote stays" "$(cat "$HOME/.config/go/env")" "GOPRIVATE=corp.example"
run own b --rollback
expect "and so does the other" "$status" 0
expect "nothing is left" "$(cat "$HOME/.config/go/env" 2>/dev/null)" ""
passed
