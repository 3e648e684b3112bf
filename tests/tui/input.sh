#!/bin/bash
# Sizes, mouse, paste and noise.
. "$(dirname "$0")/lib.sh"

resize() { t resize-window -x "$1" -y "$2"; }

# The text that the row with PATTERN shows where the selection is.
selected() { screen | grep '▌'; }

report() { # BUTTON COLUMN ROW, from 1: the mouse as this TERM reports it
    t send-keys -l "$(printf '\033[M')"
    t send-keys -H "$(printf '%02x' $((32 + $1)))" "$(printf '%02x' $((32 + $2)))" \
        "$(printf '%02x' $((32 + $3)))"
}
click() { # COLUMN ROW: press and release
    report 0 "$1" "$2"
    report 3 "$1" "$2"
}

open_terminal 80 24
run --no-network
wait_for 'q quit'

for size in 200x60 40x10 120x40 39x9 20x3 81x25 10x10 160x15 60x70 80x24; do
    resize "${size%x*}" "${size#*x}"
    [ $((RANDOM % 2)) = 0 ] || command sleep 0.05
done
command sleep 1
wait_for 'q quit'
check "after the storm the frame is whole" test "$(screen | grep -c '╭.*╮')" = 3
resize 39 9
wait_for 'needs 40 x 10'
keys a
wait_for 'has 39 x 9'
resize 120 40
wait_for 'Plan: dev'

check "the first row is selected" grep -q 'Goproxy.cn' <(selected)
click 12 5
command sleep 0.3
check "a click selects" grep -q 'Alibaba' <(selected)
report 65 12 5
command sleep 0.3
check "the wheel scrolls" test "$(selected | grep -c Alibaba)" = 0
row=$(screen | grep -n 'q quit' | cut -d: -f1)
column=$(screen | grep 'q quit' | grep -bo '? help' | cut -d: -f1)
click $((column + 1)) "$row"
wait_for 'Keys of the view'
keys Escape
wait_for 'Plan: dev'

# Pasted text must not act as keys: this would quit, apply and say yes.
t set-buffer "$(printf 'q\rayyy\rHu\r\t\033[2J')"
t paste-buffer -p
command sleep 0.3
check "a paste does nothing" grep -q 'Plan: dev' <(screen)
check "a paste writes nothing" test ! -e "$work/home/.config/go/env"
keys /
t set-buffer 'ali'
t paste-buffer -p
wait_for 'filter: ali'
keys Escape

# A burst of keys acts as the same keys one by one, before anything of it was drawn: a search that is
# kept at once, the end of a text.
resize 80 24
wait_for 'q quit'
keys -l "$(printf '?/Columns\r')"
wait_for 'round trip of the connection'
keys Escape
keys -l '?G'
wait_for 'Hold Shift'
keys Escape
resize 120 40
wait_for 'Plan: dev'

# Noise: whatever comes, it lives, and leaves when told to.
for _ in $(seq 40); do
    t send-keys -l "$(head -c 2000 /dev/urandom | tr -dc 'a-pr-zA-Z0-9 /?.\t' | tr -d yY | head -c 250)"
done
keys Escape
command sleep 2
keys Escape
keys Escape
check "10,000 keys later it lives" program
resize 80 24
kill -TERM "$(program)"
check_given_back "noise" 143

# Nothing to read, nothing to count.
keys -l "'$MW_BIN' --no-network --root $work/nowhere"
keys Enter
wait_for 'is no directory'
check "no mirrors are counted where there are none" test "$(screen | grep -c ' mirrors ')" = 0
keys q
wait_for '<0>'

finish
