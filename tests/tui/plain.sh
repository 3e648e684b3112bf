#!/bin/bash
# The plain twin: numbered lines, the same choices, no escape sequences.
. "$(dirname "$0")/lib.sh"

export HOME=$work/home MIRRORWISE_STATE_DIR=$work/state LC_ALL=C.UTF-8 \
    MIRRORWISE_PROFILE=prod
unset XDG_CONFIG_HOME XDG_STATE_HOME GOPROXY GOSUMDB GOENV PIP_CONFIG_FILE \
    PIP_INDEX_URL LANGUAGE MIRRORWISE_LANG SUDO_UID
mkdir -p "$work/home" "$work/root"
screen() { cat "$work/out"; }
plain() { # ANSWERS...
    printf '%s\n' "$@" | "$MW_BIN" --plain --no-network --only go,pip \
        --root "$work/root" >"$work/out" 2>&1
}

plain 1 10
check "it leaves with 0" test $? = 0
check "a menu in numbers" grep -q '^2\. apply it' "$work/out"
check "the diff" grep -q '^+GOPROXY=https://goproxy.cn' "$work/out"
check "no escape sequences" test "$(grep -c "$(printf '\033')" "$work/out")" = 0

plain 2 n 10
check "n writes nothing" test ! -e "$work/home/.config/go/env"
plain 2 '' 10
check "the default is no" test ! -e "$work/home/.config/go/env"
plain 2 y 10
check "y writes" grep -q goproxy.cn "$work/home/.config/go/env"
check "it says so" grep -q 'generation 1' "$work/out"

plain 5 2 2 10
check "a mirror by hand" grep -q 'Which mirror' "$work/out"
plain 3 99 x 10
check "a wrong number is no end" grep -q 'number from 1 to' "$work/out"
plain 7 2 y 10
check "the way back" test ! -e "$work/home/.config/go/env"
plain 8 y 10
check "undo" grep -q goproxy.cn "$work/home/.config/go/env"
plain 8 y 10
check "and undone again" test ! -e "$work/home/.config/go/env"
plain 9 10
check "measuring says why not" grep -q -e '--no-network: nothing is measured' "$work/out"
plain q
check "q leaves" test $? = 0
check "and is told" grep -q '^10\. quit, also q' "$work/out"
plain 5 q
check "it leaves a question, too" test "$(grep -c 'quit, also q' "$work/out")" = 1
plain
check "the end of input is the end" test $? = 0

mkdir -p "$work/home/.config/pip"
printf '[global]\ntimeout = abc\nretries = 3\n' >"$work/home/.config/pip/pip.conf"
plain 6 '' 10
row=$(sed -n 's/^\([0-9]*\)\. fail: pip: the tool accepts its values$/\1/p' "$work/out")
check "the finding has a number" test -n "$row"
plain 6 "$row" n 10
check "no mends nothing" grep -q 'timeout = abc' "$work/home/.config/pip/pip.conf"
plain 6 "$row" "$(printf '%100s' y)" 10
check "a line that is too long is no yes, nor is its rest" grep -q 'timeout = abc' "$work/home/.config/pip/pip.conf"
plain 6 "$row" y 10
check "yes mends it" test "$(cat "$work/home/.config/pip/pip.conf")" = "$(printf '[global]\nretries = 3')"
plain 6 '' 10
check "and it is in order" grep -q 'pass: pip: the tool accepts its values' "$work/out"
printf '%s\n' 6 '' 7 '' 10 | "$MW_BIN" --plain --lang zh_CN --no-network --only go,pip --root "$work/root" >"$work/out" 2>&1
check "every word of a state is translated" grep -q '^[0-9]*\. 通过：pip：工具接受各项取值' "$work/out"
check "and of the history" grep -q '1\. 第 [0-9]* 代，.*，--doctor 的修复' "$work/out"
rm "$work/home/.config/pip/pip.conf"

screen() { t capture-pane -p; }
open_terminal 80 24
keys -l "TERM=dumb '$MW_BIN' --no-network --root $work/root"
keys Enter
wait_for 'Your choice:'
keys 10 Enter
wait_for '<0>'

# Something dangerous: said, and taken only by name and only this time.
printf '%s\n' 2 n 2 y y 10 | "$MW_BIN" --plain --no-network --only go --set go.GOSUMDB=off \
    --root "$work/root" >"$work/out" 2>&1
check "the danger is said" grep -q 'go-sumdb-off' "$work/out"
check "the risk is asked about" grep -q 'Take the risk go-sumdb-off' "$work/out"
check "it is asked each time" test "$(grep -c 'Take the risk go-sumdb-off' "$work/out")" = 2
check "and then it is written" grep -q '^GOSUMDB=off' "$work/home/.config/go/env"

# Nobody answers where the profile says: told by name, and written only if that is what is wanted.
rm -rf "$work/home/.config"
catalog='{"tool": "pip", "title": "PyPI", "mirrors": [{"id": "tencent", "name": "Away", "region": "cn",
  "operator": "nobody", "url": "https://127.0.0.1:9/simple", "status": "active",
  "verified": "2026-01-01", "source": "here"}], "probe": [{"path": "/", "status": 200}]}'
printf '%s\n' "$catalog" >"$work/pip.json"
away() { # ANSWERS...
    printf '%s\n' "$@" | timeout 60 "$MW_BIN" --plain --only pip --catalog "$work/pip.json" \
        --root "$work/root" >"$work/out" 2>&1
}
away 9 2 n n q
check "a bad mirror is named" grep -q '^pip: Away: ' "$work/out"
check "it is asked about" grep -q 'Write it all the same' "$work/out"
check "n leaves it alone" test ! -e "$work/home/.config/pip/pip.conf"
away 9 2 y y q
check "y writes it" grep -q '127.0.0.1:9' "$work/home/.config/pip/pip.conf"

finish
