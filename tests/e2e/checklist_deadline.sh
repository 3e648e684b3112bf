#!/usr/bin/env bash
# A list ends in time, whoever keeps silent and whatever a team's command does, and says what it
# had no time for.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq python3
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME/.config/go" "$HOME/.config/mirrorwise/profiles"

# The backlog of a socket takes connections; nobody ever answers.
background "$T/silent" python3 -uc 'import signal, socket
sockets = [socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(6)]
print("|".join(f"https://127.0.0.1:{s.getsockname()[1]}" for s in sockets))
signal.pause()'
wait_for 10 test -s "$T/silent" || fail "no proxies: $(cat "$T/silent")"
printf 'GOPROXY=%s\n' "$(cat "$T/silent")" >"$HOME/.config/go/env"
printf '[profile]\nname = quiet\n[check.endless]\ntitle = An endless one\ncommand = tail -f /dev/null\n' >"$HOME/.config/mirrorwise/profiles/quiet.ini"
printf '[profile]\nname = none\n' >"$T/none.ini"

list() { # ARGUMENT...
	begun=$(date +%s%N)
	"$MW_BIN" --only go --json "$@" >"$T/list.json" 2>"$T/err" || true
	ms=$((($(date +%s%N) - begun) / 1000000))
	echo "$*: $ms ms"
}
status_of() { jq -r --arg id "$1" '.checks[] | select(.id == $id) | .status' "$T/list.json"; }
says() { # ID STATUS TEXT
	expect "$1" "$(status_of "$1")" "$2"
	jq -r --arg id "$1" '.checks[] | select(.id == $id) | .observed' "$T/list.json" | grep -qF -- "$3" || fail "$1: $(cat "$T/list.json")"
}
none_failed() {
	expect "what there was no time for is no fault" "$(jq -r '[.checks[] | select(.status == "fail") | .id] | join(" ")' "$T/list.json")" ""
}

list --checklist -p "$T/none.ini" --deadline 2000
[ "$ms" -lt 8000 ] || fail "the checklist took $ms ms"
none_failed
list --doctor --samples 1 --deadline 1000
[ "$ms" -lt 6000 ] || fail "the doctor took $ms ms"
none_failed
printf 'GOPROXY=%s\nGOSUMDB=off\n' "$(cat "$T/silent")" >"$HOME/.config/go/env"
list --checklist -p quiet --no-network --deadline 4000
[ "$ms" -lt 9000 ] || fail "the endless command took $ms ms"
says team.endless skip "no time was left"
passed
