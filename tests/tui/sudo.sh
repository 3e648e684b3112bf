#!/bin/bash
# As root through sudo: the checklist is measured with the user's rights while profiles are read
# with root's and the user's, in another thread; what is remembered is the user's.
if [ -z "${MW_INSIDE:-}" ]; then
    # A user of our own, in a private copy of the password database.
    [ "$(id -u)" = 0 ] || { echo "skipped: needs root"; exit 77; }
    unshare -m true 2>/dev/null || { echo "skipped: needs mount namespaces"; exit 77; }
    exec unshare -m env MW_INSIDE=1 bash "$0"
fi
. "$(dirname "$0")/lib.sh"

home=$work/home/dev
mkdir -p "$home/.config/mirrorwise/profiles"
chmod 755 "$work" "$work/home"
printf '[profile]\nname = mine\nextends = dev\n' >"$home/.config/mirrorwise/profiles/mine.ini"
chown -R 4242:4242 "$home"
{
    cat /etc/passwd
    echo "mwdev:x:4242:4242::$home:/bin/sh"
} >"$work/passwd"
chmod 644 "$work/passwd"
mount --bind "$work/passwd" /etc/passwd

open_terminal 110 34
keys -l 'export SUDO_UID=4242 SUDO_GID=4242 SUDO_USER=mwdev'
keys Enter
run --no-network --only go,pip
wait_for 'Plan: '
# Neither waits for the other: they meet in many ways.
for round in $(seq 20); do
    keys c
    command sleep "0.0$((round % 5))"
    keys p
    wait_for '╭─ Profiles'
    command sleep "0.0$((round % 3))"
    keys Escape Escape
    wait_for 'Plan: '
done
check "the user's files are meant" grep -qF "$home/.config/go/env" <(screen)
check "nobody was refused their rights" test -z "$(screen | grep -F 'cannot act as')"
keys a
wait_for 'Write these changes?'
keys y
wait_for 'This is generation 1'
# Wrapped as it may be, it is one command, and it works as it stands: it is for sudo again.
said=$(screen | tr -d '│┃\n ')
check "the way back is for sudo, and where it was" grep -qF "sudo$MW_BIN--root$work/root--rollback" <<<"$said"
keys Escape
wait_for 'Plan: '
keys t c q
check_given_back "leaving while checks are measured" 0
settings=$home/.config/mirrorwise/interface.ini
check "what was chosen is remembered as the user's" test "$(stat -c %u:%g "$settings")" = 4242:4242
check "nothing in the home is root's" test -z "$(find "$home" -not -uid 4242)"
# What sudo does with it is what this shell is: root, for the same user.
keys -l "'$MW_BIN' --root $work/root --rollback --yes"
keys Enter
wait_for 'Went back: '
check "the printed command goes back" test ! -e "$home/.config/go/env"
finish
