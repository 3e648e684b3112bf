#!/bin/bash
# Sizes, mouse, paste and noise.
. "$(dirname "$0")/lib.sh"

resize() { t resize-window -x "$1" -y "$2"; }

# The text that the row with PATTERN shows where the selection is.
selected() { screen | grep '▌'; }

sgr() { # BUTTON COLUMN ROW FINAL: a report of the mouse, from 1
    t send-keys -l "$(printf '\033[<%d;%d;%d%s' "$1" "$2" "$3" "$4")"
}

open_terminal 80 24
run --no-network
wait_for 'q quit'

for size in 200x60 40x10 120x40 39x9 20x3 81x25 10x10 160x15 60x70 80x24; do
    resize "${size%x*}" "${size#*x}"
    [ $((RANDOM % 2)) = 0 ] || command sleep 0.05
done
wait_for 'q quit'
check "after the storm the frame is whole" test "$(screen | grep -c '╭.*╮')" = 3
resize 39 9
wait_for 'needs 40 x 10'
keys a
wait_for 'has 39 x 9'
resize 120 40
wait_for 'Plan: dev'

check "the first row is selected" grep -q 'Goproxy.cn' <(selected)
keys j
wait_for 'Goproxy.cn'
sgr 0 12 5 M
sgr 0 12 5 m
command sleep 0.3
check "a click selects" grep -q 'Alibaba' <(selected)
sgr 65 12 5 M
command sleep 0.3
check "the wheel scrolls" test "$(selected | grep -c Alibaba)" = 0
row=$(screen | grep -n 'q quit' | cut -d: -f1)
column=$(screen | grep 'q quit' | grep -bo '? help' | cut -d: -f1)
sgr 0 $((column + 1)) "$row" M
sgr 0 $((column + 1)) "$row" m
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
wait_for '1 of'
keys Escape

# Noise: whatever comes, it lives, and leaves when told to.
for i in $(seq 40); do
    t send-keys -l "$(head -c 2000 /dev/urandom | tr -dc 'a-pr-zA-Z0-9 /?.\t' | tr -d yY | head -c 250)"
done
keys Escape
command sleep 1
keys Escape
keys Escape
check "10,000 keys later it lives" program
kill -TERM "$(program)"
check_given_back "noise" 143

finish
