#!/bin/bash
# The checklist, from a failing item to a passing one; what is chosen is remembered; the clicks.
. "$(dirname "$0")/lib.sh"

settings=$work/home/.config/mirrorwise/interface.ini
go_env=$work/home/.config/go/env

open_terminal 120 40
keys -l 'export MIRRORWISE_PROFILE=prod'
keys Enter
run --no-network --only go,pip
wait_for 'Plan: prod'
check "the head names the proxy" grep -q 'proxy: none' <(screen)
keys c
wait_for ' fail ─'
keys /
keys -l 'has GOPROXY'
wait_for 'search: has GOPROXY'
keys Enter
wait_for '╭─ Go has GOPROXY'
check "a failing item has a remedy" grep -q 'f does it here' <(screen)
keys Enter
wait_for 'go-settings.GOPROXY'
keys f
wait_for 'Write these changes?'
check "only that tool is asked about" grep -q 'Apply prod, only Go ─' <(screen)
check "nothing is written before yes" test ! -e "$go_env"
keys y
wait_for 'This is generation 1'
check "it is written" grep -q 'GOPROXY=https://goproxy.cn' "$go_env"
check "the other tool is left alone" test ! -e "$work/home/.config/pip/pip.conf"
keys Escape
wait_for '✓ pass'
keys Escape Escape
wait_for 'Plan: prod'

# What changes a text is mended here, too: shown, asked about, written, and undone.
keys q
wait_for '<0>'
mkdir -p "$work/home/.config/pip"
printf '[global]\ntimeout = abc\n[install]\nno-deps = true\n' >"$work/home/.config/pip/pip.conf"
cp "$work/home/.config/pip/pip.conf" "$work/pip.before"
run --no-network --only go,pip
wait_for 'Plan: prod'
keys c
wait_for ' fail ─'
keys /
keys -l 'accepts its values'
wait_for 'search: accepts its values'
keys Enter
wait_for '╭─ pip: the tool accepts its values'
check "it has a remedy here" grep -q 'f does it here' <(screen)
keys f
wait_for 'Write these changes?'
check "the finding is named" grep -q '╭─ Mend pip-values.global.timeout ─' <(screen)
check "the diff is shown" grep -q -e '│ -timeout = abc' <(screen)
check "nothing else is" test "$(screen | grep -c 'nothing was measured')" = 0
keys n
wait_for 'nothing was written'
check "no leaves the file" cmp -s "$work/home/.config/pip/pip.conf" "$work/pip.before"
keys f
wait_for 'Write these changes?'
keys y
wait_for 'Mended: 1 file written. This is generation 2'
check "only that line is gone" test "$(grep -v timeout "$work/pip.before")" = "$(cat "$work/home/.config/pip/pip.conf")"
keys u
wait_for 'Go back?'
keys y
wait_for 'generation 3'
check "undo gives every byte back" cmp -s "$work/home/.config/pip/pip.conf" "$work/pip.before"
rm "$work/home/.config/pip/pip.conf"
keys Escape Escape Escape
wait_for 'Plan: prod'

# A risk is taken by name, once.
keys q
wait_for '<0>'
run --no-network --only go --set go.GOSUMDB=off
wait_for 'something stands in the way'
keys a
wait_for 'dangerous (go-sumdb-off)'
keys y
wait_for 'y: something stands in the way'
keys A
wait_for 'risk taken (go-sumdb-off)'
wait_for 'Write these changes?  [ No ]'
keys Escape
wait_for 'something stands in the way'
check "a risk is not remembered" test "$(grep -c 'GOSUMDB=off' "$go_env")" = 0
check "nothing was chosen, nothing is kept" test ! -e "$settings"

# Theme, interval, family and language come back; an option and a variable win.
keys t i f L
wait_for '计划'
keys q
wait_for '<0>'
check "all four are kept" test "$(grep -cE '^(theme = light|interval = 5|family = 4|language = zh_CN)$' "$settings")" = 4
run --no-network --only go
wait_for '计划'
check "the language is Chinese" grep -q '检查清单' <(screen)
check "family and interval are back" grep -q 'IPv4' <(screen)
keys q
wait_for '<0>'
run --no-network --only go --lang en -6
wait_for 'Plan: prod'
check "an option wins" grep -q 'IPv6' <(screen)
keys q
wait_for '<0>'
# Where the characters are not UTF-8, Chinese would be question marks, remembered or asked for by a key.
before=$(cat "$settings")
keys -l 'export LC_ALL=C'
keys Enter
run --no-network --only go
wait_for 'Plan: prod'
keys L
wait_for 'L: the characters of this locale are not UTF-8'
check "it stays English" grep -q 'Plan: prod' <(screen)
keys q
wait_for '<0>'
check "what was remembered stays" test "$(cat "$settings")" = "$before"
keys -l 'export LC_ALL=C.UTF-8'
keys Enter

# What nobody chose here stays: a comment, a newer version's key, another interface's choice.
printf '# mine\ntheme = light\nsparkle = on\nlanguage = zh_CN\n' >"$settings"
run --no-network --only go --lang en
wait_for 'Plan: prod'
printf 'family = 6\n' >>"$settings"
keys i
wait_for 'measured every 5 s'
keys q
wait_for '<0>'
check "the rest of the file stays" test "$(tr '\n' , <"$settings")" = \
    '# mine,theme = light,sparkle = on,language = zh_CN,family = 6,interval = 5,'
keys -l 'export MIRRORWISE_LANG=en'
keys Enter
printf 'theme = pink\nlanguage = zh_CN\n' >"$settings"
run --no-network --only go
wait_for 'does not understand "theme = pink"'
wait_for 'Plan: prod'
keys M
wait_for 'Messages'
check "it is in the messages" grep -q 'interface.ini:1' <(screen)
keys q
wait_for '<0>'
check "nothing was chosen, nothing is written" grep -q pink "$settings"

finish
