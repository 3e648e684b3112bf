#!/usr/bin/env bash
# What a run as root leaves in a home, seen by the user whose home it is: named, with a remedy that
# gives it back.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root jq setpriv
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|DOCKER_|SUDO_)' || true)
unset VIRTUAL_ENV MIRRORWISE_STATE_DIR MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export LC_ALL=C.UTF-8 HOME="$T/home"
chmod 0755 "$T"
cp "$MW_BIN" "$T/mirrorwise" # where anybody may start it
mkdir -p "$HOME/.config/pip" "$HOME/.config/go" "$HOME/.local/state/mirrorwise" "$T/bin"
printf '[global]\ntimeout = 5\n' >"$HOME/.config/pip/pip.conf"
printf 'GOPRIVATE=git.example.com\n' >"$HOME/.config/go/env"
chmod 0700 "$HOME/.local/state/mirrorwise"
chown -R 65534:65534 "$HOME"
as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
doctor() { as_user "$T/mirrorwise" --doctor --only go,pip --json >"$T/list.json" || true; }
status_of() { jq -r --arg id "$1" '[.checks[] | select(.id == $id) | .status] | first // "none"' "$T/list.json"; }

doctor
for id in go-owner pip-owner state pip-file go-file; do expect "his own: $id" "$(status_of $id)" pass; done

chown 0:0 "$HOME/.config/go/env"                # readable, but not his to change
chown -R 0:0 "$HOME/.config/pip"                # a whole folder,
chmod 0600 "$HOME/.config/pip/pip.conf"         # and not even readable
chown -R 0:0 "$HOME/.local/state/mirrorwise"    # our own history
doctor
for id in go-owner.owner pip-owner.owner pip-file.unreadable state; do
	expect "root's: $id" "$(status_of $id)" fail
done
jq -r '.checks[] | select(.status == "fail") | .fix' "$T/list.json" >"$T/fixes"
grep -q '^sudo chown' "$T/fixes" || fail "no remedy gives it back: $(cat "$T/fixes")"
# This test is root, so that its sudo needs no password.
printf '#!/bin/sh\nexec "$@"\n' >"$T/bin/sudo"
chmod +x "$T/bin/"*
while IFS= read -r fix <&3; do
	(PATH="$T/bin:$PATH" && eval "$fix") >"$T/log" 2>&1 || fail "remedy '$fix': $(cat "$T/log")"
done 3<"$T/fixes"
doctor
expect "afterwards" "$(jq -r '[.checks[] | select(.status == "fail") | .id] | join(" ")' "$T/list.json")" ""
expect "the file is his" "$(stat -c %u "$HOME/.config/pip/pip.conf")" 65534

# What keeps him from the file may be above it; the remedy is of that, as himself where he may.
pip="$HOME/.config/pip"
while IFS='|' read -r spoil remedy; do
	as_user bash -c "$spoil" || fail "$spoil"
	as_user "$T/mirrorwise" --apply --profile prod --only pip >/dev/null 2>"$T/log" && fail "$spoil: written"
	grep -q 'hint: .*--doctor --only pip.*mends it' "$T/log" || fail "$spoil: $(cat "$T/log")"
	doctor
	fix=$(jq -r '.checks[] | select(.id == "pip-file.unreadable") | .fix' "$T/list.json")
	expect "$spoil" "$fix" "$remedy"
	as_user bash -c "$fix" || fail "remedy '$fix'"
	doctor
	expect "after $fix" "$(status_of pip-file.unreadable)" none
done <<ROWS
chmod 0 $pip/pip.conf|chmod u+r $pip/pip.conf
chmod 0 $pip|chmod u+x $pip
chmod 0600 $HOME/.config|chmod u+x $HOME/.config
chmod 0700 $HOME/.config $pip; rm -r $pip; touch $pip|mv $pip $pip.aside
ln -s nowhere $pip|mv $pip $pip.aside
ROWS
rm "$pip.aside"
as_user mkdir -m 0500 "$pip"
as_user "$T/mirrorwise" --apply --profile prod --only pip >/dev/null 2>"$T/log" && fail "written without rights"
grep -q "hint: .*chmod u+rwx $pip\$" "$T/log" || fail "his own folder: $(cat "$T/log")"
as_user chmod u+rwx "$pip"

# One home, however HOME spells it.
HOME="$HOME//" as_user "$T/mirrorwise" --apply --profile prod --only pip >/dev/null || fail "HOME with slashes"
as_user "$T/mirrorwise" --rollback | grep -q 'Went back' || fail "HOME without them is another home"
passed
