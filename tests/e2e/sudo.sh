#!/usr/bin/env bash
# Root through sudo: the invoking user's files are read and written as that user and stay theirs;
# the journal stays root's. A user of our own is put into a private copy of the password database.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root unshare jq
scratch
chmod 755 "$T"
if [ "${1:-}" != inside ]; then
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	mkdir -p "$T/home/dev"
	chown 4242:4242 "$T/home/dev"
	{
		cat /etc/passwd
		echo "mwdev:x:4242:4242::$T/home/dev:/bin/sh"
	} >"$T/passwd"
	chmod 644 "$T/passwd"
	MW_T=$T unshare -m bash "$0" inside
	exit $?
fi
rm -rf "$T"
T=$MW_T
trap - EXIT
mount --bind "$T/passwd" /etc/passwd
unset GOPROXY GOENV PIP_INDEX_URL PIP_CONFIG_FILE VIRTUAL_ENV
mkdir -p "$T/root/etc"
# What sudo keeps or not, the home comes from the password database.
export SUDO_UID=4242 SUDO_GID=4242 SUDO_USER=mwdev HOME=/nowhere XDG_CONFIG_HOME=/nowhere/.config
mw() { "$MW_BIN" --root "$T/root" "$@"; }

mw --profile prod --apply --json >"$T/apply.json" || { cat "$T/apply.json"; fail "apply"; }
expect "the user's files are the user's" \
	"$(cd "$T/home/dev" && find . -mindepth 1 -printf '%U:%G ' | tr ' ' '\n' | sort -u | xargs)" 4242:4242
[ -f "$T/home/dev/.config/go/env" ] || fail "no env file in the user's home"
[ -e /nowhere ] && fail "something went to HOME"
expect "docker's file is root's" "$(stat -c %u:%g "$T/root/etc/docker/daemon.json")" 0:0
expect "the state is root's, and private" "$(stat -c '%u %a' "$T/root/var/lib/mirrorwise")" "0 700"

# A user whom nobody knows has no home, whatever HOME says.
set +e
SUDO_UID=4999 SUDO_GID=4999 mw --profile prod --diff --only go >"$T/unknown.txt" 2>&1
status=$?
set -e
expect "nobody's files are guessed" "$status" 64
grep -q SUDO_UID "$T/unknown.txt" || fail "it does not say whose id is unknown: $(cat "$T/unknown.txt")"

# A link that the user planted leads root nowhere.
rm -rf "$T/home/dev/.config/pip" "$T/secret"
mkdir -p "$T/secret" && chmod 700 "$T/secret"
printf '[global]\n' >"$T/secret/pip.conf"
ln -s "$T/secret" "$T/home/dev/.config/pip"
set +e
mw --profile prod --apply >/dev/null 2>"$T/planted.txt"
status=$?
set -e
expect "pip, which is not installed below this root, is left out" "$status" 0
grep -q "left out: .*pip.conf.*Permission denied" "$T/planted.txt" ||
	fail "root followed a link that its owner could not have followed"
expect "and wrote nothing there" "$(cat "$T/secret/pip.conf")" "[global]"
rm "$T/home/dev/.config/pip"

mw --rollback --force -q
expect "rollback leaves the user's home as it was" "$(find "$T/home/dev" -mindepth 1 -not -path "*/.local*" | wc -l)" 0
passed
