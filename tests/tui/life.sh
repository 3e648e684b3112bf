#!/bin/bash
# Start and quit, suspension, signals, a crash: the terminal is always given back as it was.
. "$(dirname "$0")/lib.sh"

open_terminal 80 24
run --no-network
wait_for 'q quit'
wait_for "dev ▾" # read from the disk meanwhile
check "the other screen is used" test "$(t display -p '#{alternate_on}')" = 1
keys q
check_given_back "quit" 0

run --no-network
wait_for 'q quit'
keys C-c
check_given_back "Ctrl-C" 0

run --no-network --no-mouse
wait_for 'q quit'
check "--no-mouse is off" test "$(t display -p '#{mouse_any_flag}')" = 0
keys q
check_given_back "no mouse" 0

run --no-network
wait_for 'q quit'
check "the mouse is on" test "$(t display -p '#{mouse_any_flag}')" = 1
keys C-z
wait_for 'Stopped'
check "stopped: the other screen is left" test "$(t display -p '#{alternate_on}')" = 0
keys -l 'fg'
keys Enter
wait_for 'q quit'
keys '?'
wait_for 'Keys of the view'
keys q
check_given_back "Ctrl-Z and fg" 0

for sig in TERM:143 HUP:129; do
    run --no-network
    wait_for 'q quit'
    kill -"${sig%:*}" "$(program)"
    check_given_back "SIG${sig%:*}" "${sig#*:}"
done

# A sanitizer handles the signal after us and has its own code; only the terminal is at stake.
run --no-network '2>/dev/null; (exit 42)'
wait_for 'q quit'
kill -SEGV "$(program)"
check_given_back "SIGSEGV" 42

finish
