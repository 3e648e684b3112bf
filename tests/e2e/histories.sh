#!/usr/bin/env bash
# One history a person: what sudo wrote into a user's files the user's runs know, do not take for
# somebody else's and do not undo; a run through sudo that was killed is met; root's state keeps
# homes apart.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root unshare jq setpriv strace
scratch
chmod 755 "$T"
if [ "${1:-}" != inside ]; then
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	mkdir -p "$T/home/dev" "$T/bin"
	chown 4242:4242 "$T/home/dev"
	cp "$MW_BIN" "$T/bin/mirrorwise"
	chmod 755 "$T/bin" "$T/bin/mirrorwise"
	{
		cat /etc/passwd
		echo "mwdev:x:4242:4242::$T/home/dev:/bin/sh"
	} >"$T/passwd"
	chmod 644 "$T/passwd"
	MW_T=$T unshare -m --propagation private bash "$0" inside
	exit $?
fi
rm -rf "$T"
T=$MW_T
trap - EXIT
mount --bind "$T/passwd" /etc/passwd
mkdir -p /etc/docker /var/lib/mirrorwise
mount -t tmpfs -o mode=755 none /etc/docker
mount -t tmpfs -o mode=700 none /var/lib/mirrorwise
unset GOPROXY GOENV PIP_INDEX_URL PIP_CONFIG_FILE VIRTUAL_ENV XDG_CONFIG_HOME XDG_STATE_HOME
unset MIRRORWISE_STATE_DIR SUDO_UID SUDO_GID SUDO_USER
export HOME=$T/home/dev LC_ALL=C.UTF-8
cd "$T"
mw="$T/bin/mirrorwise"
user() { setpriv --reuid 4242 --regid 4242 --clear-groups "$@"; }
through_sudo() { SUDO_UID=4242 SUDO_GID=4242 SUDO_USER=mwdev HOME=/root "$@"; }
status_of() {
	local status=0
	"$@" >"$T/out.txt" 2>&1 || status=$?
	echo "$status"
}

expect "a user applies" "$(status_of user "$mw" -p prod --apply --skip docker)" 0
expect "root for the same user" "$(status_of through_sudo "$mw" -p test --apply)" 0
grep -q "set by someone else\|somebody" "$T/out.txt" && fail "sudo takes the user's own run for somebody"
grep -q "To undo: sudo .*--rollback" "$T/out.txt" || fail "the printed command lacks sudo: $(cat "$T/out.txt")"
trace=$(ls "$T"/home/dev/.local/state/mirrorwise/elsewhere/*)
expect "the trace is the user's" "$(stat -c '%u %a' "$trace")" "4242 600"
grep -q "https://" "$trace" && fail "the trace holds values"
expect "the trace is done" "$(jq -r .state "$trace")" "done"
expect "the user's history shows it" \
	"$(user "$mw" --history --json | jq -r '[.generations[] | select(.through_sudo).undo] | join(",")')" \
	"sudo $mw --rollback"
expect "the user does not undo what sudo wrote" "$(status_of user "$mw" --rollback)" 77
grep -q "sudo $mw --rollback" "$T/out.txt" || fail "no command: $(cat "$T/out.txt")"
expect "the user applies over it" "$(status_of user "$mw" -p prod --apply --skip docker)" 0
user touch "$T/home/dev/.local/state/mirrorwise/elsewhere/.mw-0123456789ab" # of a run that was killed
expect "root over that" "$(status_of through_sudo "$mw" -p test --apply)" 0
expect "what was begun is gone" "$(find "$T"/home/dev/.local/state/mirrorwise/elsewhere -name '.mw-*')" ""
expect "root goes back" "$(status_of through_sudo "$mw" --rollback)" 0
expect "and then the user can" "$(status_of user "$mw" --rollback)" 0

expect "root writes, and then the user" "$(status_of through_sudo "$mw" -p test --apply)" 0
expect "the user changes that" \
	"$(status_of user "$mw" -p prod --apply --set go.GOPROXY=https://own.example --skip docker)" 0
expect "sudo does not undo what the user wrote since" "$(status_of through_sudo "$mw" --rollback)" 5
grep -q "sudo or --root keeps apart wrote" "$T/out.txt" || fail "whose run that was: $(cat "$T/out.txt")"
! grep -q somebody "$T/out.txt" || fail "the user's run is somebody's: $(cat "$T/out.txt")"
expect "both go back, the last first" \
	"$(status_of user "$mw" --rollback) $(status_of through_sudo "$mw" --rollback)" "0 0"

# Killed between two files: the user's next run says so, and sudo mends it.
expect "root is killed" \
	"$(status_of through_sudo strace -qq -o /dev/null -e trace=renameat2 \
		-e inject=renameat2:signal=KILL:when=2 "$mw" -p prod --apply)" 137
expect "the trace is open" "$(jq -r .state "$T"/home/dev/.local/state/mirrorwise/elsewhere/* | grep -c open)" 1
expect "a reader is told" "$(status_of user "$mw" --history)" 0
grep -q "sudo $mw --recover" "$T/out.txt" || fail "a reader is not told: $(cat "$T/out.txt")"
expect "a writer waits for that" "$(status_of user "$mw" -p dev --apply --no-network --skip docker)" 77
expect "sudo mends it" "$(status_of through_sudo "$mw" --recover)" 0
expect "no trace is open" "$(cat "$T"/home/dev/.local/state/mirrorwise/elsewhere/* | grep -c '"open"' || true)" 0
expect "the user goes on" "$(status_of user "$mw" -p prod --apply --skip docker)" 0

# A tree and the machine, through sudo: the last of the machine's is the machine's to undo, whatever
# number the tree's has, and the user reads them in the order in which they were made.
mkdir -p "$T/image/etc"
expect "sudo sets up a tree" \
	"$(status_of through_sudo "$mw" --root "$T/image" -p prod --apply -o npm --set npm.fetch-retries=6)" 0
sleep 1.1 # times are of seconds
expect "and then the machine" "$(status_of through_sudo "$mw" -p prod --apply -o npm --set npm.fetch-retries=7)" 0
expect "the newest stands first" "$(user "$mw" --history --json | jq -r '.generations[0].undo')" "sudo $mw --rollback"
expect "times go down" "$(user "$mw" --history --json | jq '[.generations[].time] | . == (sort | reverse)')" true
expect "sudo goes back" "$(status_of through_sudo "$mw" --rollback)" 0
grep -q "fetch-retries=6" "$T/home/dev/.npmrc" || fail "not what the tree's run left: $(cat "$T/home/dev/.npmrc")"

# Root's own homes.
mkdir -p "$T/a" "$T/b"
expect "root in one home" "$(HOME=$T/a status_of "$mw" -p prod --apply --skip docker)" 0
expect "nothing of another home is undone" "$(HOME=$T/b status_of "$mw" --rollback)" 0
[ -f "$T/a/.config/go/env" ] || fail "a rollback for one home removed another's file"
expect "its own is" "$(HOME=$T/a status_of "$mw" --rollback)" 0
[ ! -e "$T/a/.config/go/env" ] || fail "not undone"

# A tree and the machine, the same user's files.
mkdir -p "$T/tree/etc"
expect "a tree is set up" "$(HOME=$T/b status_of "$mw" --root "$T/tree" -p prod --apply --skip docker)" 0
expect "and then the machine" "$(HOME=$T/b status_of "$mw" -p test --apply --skip docker)" 0
expect "and the tree again" "$(HOME=$T/b status_of "$mw" --root "$T/tree" -p prod --apply --skip docker)" 0
passed
