#!/usr/bin/env bash
# Going back where somebody else wrote, too: our settings return, their lines stay, and --diff
# beside --rollback shows it first.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
env_file=$HOME/.config/go/env pip_conf=$HOME/.config/pip/pip.conf daemon=$T/root/etc/docker/daemon.json
mkdir -p "$HOME/.config/pip" "$T/root/etc/docker"
cd "$T"
printf '# mine\n[global]\ntimeout = 5\nindex-url = https://old.example/simple\n' >"$pip_conf"
printf '{\n\t"debug": false\n}\n' >"$daemon"

# run NAME ARGS...: status in $status, output in $T/NAME.out and $T/NAME.err
run() {
	local name=$1
	shift
	set +e
	"$MW_BIN" --root "$T/root" "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null
	status=$?
	set -e
}
says() { grep -qF -- "$2" "$T/$1" || { cat "$T/$1"; fail "$1 does not say '$2'"; }; }

run none --rollback --json
expect "nothing to roll back" "$status $(jq -r '"\(.exit_code) \(.changed) \(.pending)"' "$T/none.out")" \
	"0 0 false false"
run none --rollback 3
expect "a generation that never was" "$status" 64

run apply --profile prod --apply
expect "apply" "$status" 0
run look --rollback --diff
expect "a look at the way back" "$status" 2
says look.out "-GOSUMDB="
expect "a look writes nothing" "$(grep -c GOSUMDB "$env_file")" 1
run look --diff --rollback 0 --json
expect "as JSON, in either order" "$(jq -r '"\(.action) \(.exit_code) \(.pending) \(.changed)"' "$T/look.out")" \
	"rollback 2 true false"
run look --diff --rollback --force --yes
expect "with the options of a rollback" "$status" 2
run two --rollback --apply
expect "other actions stay apart" "$status" 64

# A line of somebody else's in each of the three.
echo 'GOFLAGS=-mod=mod' >>"$env_file"
sed -i 's/^timeout = 5/timeout = 9/' "$pip_conf"
printf '[install]\nuser = true\n' >>"$pip_conf"
jq '. + {"log-level": "warn"}' "$daemon" >"$T/d" && cat "$T/d" >"$daemon"
run look --rollback --diff
expect "a look says what stays" "$status" 2
says look.err "only our settings are put back"
run back --rollback
expect "back without --force" "$status" 0
says back.out "what others changed since stays"
expect "go: only theirs is left" "$(cat "$env_file")" "GOFLAGS=-mod=mod"
expect "pip" "$(cat "$pip_conf")" "$(printf '# mine\n[global]\ntimeout = 9\nindex-url = https://old.example/simple\n[install]\nuser = true')"
expect "docker" "$(jq -c . "$daemon")" '{"debug":false,"log-level":"warn"}'
run again --rollback --diff
expect "the way back is a generation itself" "$status" 2

# One of our own settings changed: theirs stays until --force, and then nothing else goes.
run apply --profile prod --apply
sed -i 's/^index-url.*/index-url = https:\/\/theirs.example\/simple/' "$pip_conf"
echo '# theirs' >>"$pip_conf"
cp "$pip_conf" "$T/theirs.conf"
run conflict --rollback
expect "a setting of ours was changed" "$status" 5
says conflict.err "somebody changed global.index-url since"
cmp "$pip_conf" "$T/theirs.conf" || fail "a conflict was overwritten"
grep -q GOSUMDB "$env_file" || fail "another file went back although one could not"
run force --rollback --force
expect "forced" "$status" 0
expect "the value is back" "$(grep -c '^index-url = https://old.example/simple$' "$pip_conf")" 1
expect "their line stays even so" "$(tail -n1 "$pip_conf")" "# theirs"

# Back to the newest generation there is: what somebody changed since, and only of ours.
run apply --profile prod --apply --only go,pip --json
newest=$(jq .generation "$T/apply.out")
run newest --rollback "$newest"
expect "nothing has changed since" "$status" 0
says newest.out "Nothing to do"
echo '# theirs' >>"$env_file"
run newest --rollback "$newest"
expect "nothing of ours has" "$status" 0
sed -i 's/^GOSUMDB=.*/GOSUMDB=off/' "$env_file"
run newest --rollback "$newest"
expect "one of ours has" "$status" 5
says newest.err "somebody changed GOSUMDB since"
run newest --rollback "$newest" --force
expect "forced" "$status $(grep -c '^GOSUMDB=sum.golang.google.cn$' "$env_file") $(grep -c "# theirs" "$env_file")" "0 1 1"
rm "$pip_conf"
run newest --rollback "$((newest + 1))"
expect "the file is gone" "$status" 5
run newest --rollback "$((newest + 1))" --force
expect "its settings are back" "$status $(grep -c '^index-url = ' "$pip_conf")" "0 1"

# A file that is wholly ours is written as a whole: lines of others in it would go.
gradle=$HOME/.gradle/init.d/mirrorwise.init.gradle
run gradle --profile base --no-network --only gradle --mirror gradle.maven=aliyun --apply
expect "gradle" "$status" 0
echo 'println "theirs"' >>"$gradle"
run theirs --rollback
expect "nothing of theirs goes" "$status $(tail -n1 "$gradle")" '5 println "theirs"'
run force --rollback --force
expect "unless it is said" "$status $(test -e "$gradle" || echo gone)" "0 gone"

# What was written, and nobody can read any more, is not nothing.
for record in "$MIRRORWISE_STATE_DIR"/generations/*; do echo damaged >"$record"; done
run damaged --rollback
expect "no record can be read" "$status" 74
says damaged.err "none of them can be read"
passed
