#!/usr/bin/env bash
# What version 0.1.0 left is still read, shown, undone and recovered: two applies and a rollback,
# and the journal of a third apply that was cut off after its files were written.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq python3
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
golden=$MW_SOURCE/tests/golden/state-0.1
env_file=$HOME/.config/go/env pip_conf=$HOME/.config/pip/pip.conf daemon=$T/root/etc/docker/daemon.json

plant() { # SUFFIX of the files
	rm -rf "${T:?}/home" "$T/root" "$T/state"
	mkdir -p "$HOME/.config/go" "$HOME/.config/pip" "$T/root/etc/docker"
	python3 "$MW_SOURCE/tests/support/plant_state.py" "$golden" "$T"
	chmod 700 "$T/state" "$T/state/generations"
	cp "$golden/files/env$1" "$env_file"
	cp "$golden/files/pip.conf$1" "$pip_conf"
	cp "$golden/files/daemon.json$1" "$daemon"
}
run() { # NAME ARGS...
	local name=$1
	shift
	set +e
	"$MW_BIN" --root "$T/root" --no-network "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null
	status=$?
	set -e
}

plant ""
rm "$T/state/journal"
run history --history --json
expect "every generation is shown" \
	"$(jq -c '[.generations[] | [.id, .action, .profile]]' "$T/history.out")" \
	'[[3,"rollback",null],[2,"apply","prod"],[1,"apply","test"]]'
expect "without a warning" "$(jq -c .warnings "$T/history.out")" "[]"
run same --profile test --diff
expect "what it wrote is what is wanted" "$status" 0
sed -i 's/^index-url.*/index-url = https:\/\/theirs.example\/simple/' "$pip_conf"
run drift --profile test --apply
expect "what it wrote last is known" "$status" 5
cp "$golden/files/pip.conf" "$pip_conf"
run forth --rollback 2
expect "forth to a generation of then" "$status" 0
run back --rollback 0
expect "back to the start" "$status" 0
[ ! -e "$HOME/.config/go" ] || fail "what it made did not go"
expect "pip" "$(cat "$pip_conf")" "$(printf '# mine\n[global]\ntimeout = 5\nindex-url = https://old.example/simple')"
expect "docker" "$(cat "$daemon")" "$(printf '{\n\t"debug": false\n}')"

plant .journal
run recover --recover
expect "its journal is undone" "$status" 0
for name in env:$env_file pip.conf:$pip_conf daemon.json:$daemon; do
	cmp "$golden/files/${name%%:*}" "${name#*:}" || fail "${name#*:} is not as before the cut"
done
[ ! -e "$T/state/journal" ] || fail "the journal is still there"
run back --rollback 0
expect "and the generations are undone as ever" "$status" 0

# Its ranking chooses, and is shown; mirrors of then that nobody knows any more are passed over.
rm -rf "$T/state" "$HOME"
mkdir -p "$T/state" "$HOME/.config/mirrorwise/profiles"
chmod 700 "$T/state"
install -m 600 "$golden/last-ranking.json" "$T/state/last-ranking.json"
printf '[profile]\nname = fast\n[policy]\nselect = fastest\nrequire = none\n[go]\nGOPROXY = @fastest,direct\n' \
	>"$HOME/.config/mirrorwise/profiles/fast.ini"
printf '{"tool":"go","mirrors":[{"id":"near","url":"http://127.0.0.1:18181"}],"canary":null}\n' >"$T/near.json"
run ranking -p fast --catalog "$T/near.json" --only go --accept-risk go-http-proxy --diff --json
expect "the mirror that was best then" "$(jq -c '[.settings[] | select(.key == "GOPROXY") | .want]' "$T/ranking.out")" \
	'["http://127.0.0.1:18181,direct"]'
expect "its measurement is told" "$(jq -c '[.mirrors[] | select(.id == "near") | [.rank, .usable, .rtt_us]]' "$T/ranking.out")" '[[1,true,10]]'
run unknown -p fast --only go --diff --json
expect "one that is gone is not chosen" "$(jq -r '[.settings[] | select(.key == "GOPROXY") | .want] | tostring | contains("127.0.0.1")' "$T/unknown.out")" false
passed
