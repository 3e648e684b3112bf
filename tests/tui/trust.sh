#!/bin/bash
# A repository's profile is a stranger's: it says so, what it would do, and is asked about.
. "$(dirname "$0")/lib.sh"

mkdir -p "$work/repo/.mirrorwise"
cat >"$work/repo/.mirrorwise/team.ini" <<'END'
[profile]
name = team
summary = What this repository uses
extends = prod

[check.vpn]
title = the tunnel is up
command = touch ran
END

open_terminal 80 24
keys -l "cd $work/repo"
keys Enter
run --no-network
wait_for 'files to change'
keys p
wait_for 'What this repository uses'
keys g
wait_for "a stranger's"
check "its commands are shown" grep -q 'runs: touch ran' <(screen)
check "and its file, and that nobody trusts it" grep -q 'team.ini  not trusted' <(screen)

keys Enter
wait_for 'y trusts it, any other key does not'
keys j
keys y
wait_for "pick the stranger's profile first"
check "another key is no yes" test -z "$(find "$work/state" -name trusted 2>/dev/null)"
check "nothing of it is taken" grep -q ' dev ▾' <(screen | head -1)

keys g
wait_for "a stranger's"
keys Enter
wait_for 'y trusts it'
keys y
wait_for 'team ('
check "the head says where it comes from" grep -q 'team (.*) ▾' <(screen | head -1)
keys p
wait_for 'team.ini  trusted'
check "nothing of it was run" test ! -e "$work/repo/ran"
keys q
check_given_back "quit" 0
finish
