#!/bin/bash
# The whole way of a new user, among the mirrors of the lab: see them settle, read the diff, apply,
# go back.
# lock: lab
if [ -z "${LAB_DIR:-}" ]; then
    exec sh "$MW_SOURCE/tests/lab/lab.sh" run -- bash "$0"
fi
. "$(dirname "$0")/lib.sh"

open_terminal 120 40
keys -l "export SSL_CERT_FILE=$SSL_CERT_FILE"
keys Enter
run --only go,pip --catalog "$LAB_DIR/go.json" --catalog "$LAB_DIR/pip.json"
wait_for '★○ m12.go'
wait_for '★○ m12.pip'
wait_for 'live'
check "a number and its unit" grep -qE 'm12\.go +1[0-9] ms' <(screen)
check "the nearest two are planned" grep -qF 'https://m12.go.lab|https://m15.go.lab|direct' <(screen)
keys d
wait_for '+GOPROXY=https://m12.go.lab|https://m15.go.lab|direct'
keys a
wait_for 'Write these changes?  [ No ]'
keys Enter
wait_for 'apply'
check "the default is No" test ! -e "$work/home/.config/go/env"
keys Escape a
wait_for 'Write these changes?'
keys Right
wait_for '[ Yes ]'
keys Enter
wait_for 'This is generation 1'
check "go has it" grep -qF 'https://m12.go.lab|https://m15.go.lab|direct' "$work/home/.config/go/env"
check "pip has it" grep -qF 'https://m12.pip.lab/simple' "$work/home/.config/pip/pip.conf"
keys Enter Escape
wait_for 'now: m12.go ★ best'
keys H
wait_for 'before the first one'
keys u
wait_for 'Go back?'
keys y
wait_for 'This is generation 2'
check "all is as it was" test ! -e "$work/home/.config/go/env"
keys Enter Escape
keys /
keys -l m190
wait_for 'filter: m190'
keys Enter Enter
wait_for 'How it answers'
check "its round trip" grep -qE 'round trip +19[0-9] ms' <(screen)
keys q
check_given_back "live" 0

finish
