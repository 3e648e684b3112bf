# shellcheck shell=bash
# A terminal in a box: tmux holds it, the tests look at it and type. Sourced by the scripts here.
#
#   open_terminal COLS ROWS    a fresh home and a shell in it
#   run ARGS...                types the program with ARGS at the prompt
#   screen                     what is to be seen
#   wait_for TEXT              until the screen has TEXT; the test ends after a minute
#   keys KEY...                as tmux send-keys
#   check NAME COMMAND...      counts, and says what failed
set -u

for tool in tmux pgrep; do
    command -v $tool >/dev/null || { echo "skipped: needs $tool"; exit 77; }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/mw-tui.XXXXXX")
socket=$work/tmux
failed=0

cleanup() {
    tmux -S "$socket" kill-server 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT

t() { tmux -S "$socket" "$@"; }

open_terminal() { # COLS ROWS
    mkdir -p "$work/home" "$work/root"
    # The prompt says when the program is over, and with which code.
    cat >"$work/shell" <<END
export HOME='$work/home' MIRRORWISE_STATE_DIR='$work/state' LC_ALL=C.UTF-8 TERM=screen-256color
export PS1='<\$?>\$ ' ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}" PATH='$PATH'
unset XDG_CONFIG_HOME XDG_STATE_HOME MIRRORWISE_PROFILE MIRRORWISE_LANG LANGUAGE NO_COLOR
unset GOPROXY GOSUMDB GOENV PIP_CONFIG_FILE PIP_INDEX_URL SUDO_UID COLORFGBG
END
    t -f /dev/null new-session -d -x "$1" -y "$2" "exec bash --noprofile --rcfile '$work/shell' -i"
    wait_for '<0>$'
}

screen() { t capture-pane -p; }

wait_for() { # TEXT
    for _ in $(seq 600); do
        screen | grep -qF -- "$1" && return 0
        command sleep 0.1
    done
    echo "FAIL: waited for: $1"
    screen
    exit 1 # what follows stands on it
}

keys() { t send-keys "$@"; }
run() { keys -l "clear; stty -a >$work/before; '$MW_BIN' --root $work/root $*"; keys Enter; }

check() { # NAME COMMAND...
    local name=$1
    shift
    if "$@"; then
        echo "ok: $name"
    else
        echo "FAIL: $name"
        screen
        failed=$((failed + 1))
    fi
}

# After the program: the terminal is as it was, and the shell shows the code.
check_given_back() { # NAME CODE
    wait_for "<$2>"
    keys -l "stty -a >$work/after; clear"
    keys Enter
    wait_for '<0>$'
    check "$1: modes are as before" cmp -s "$work/before" "$work/after"
    check "$1: the other screen is left" test "$(t display -p '#{alternate_on}')" = 0
    check "$1: the mouse is released" test "$(t display -p '#{mouse_any_flag}')" = 0
    check "$1: the cursor is there" test "$(t display -p '#{cursor_flag}')" = 1
}

program() { pgrep -P "$(t display -p '#{pane_pid}')" -x mirrorwise; }

finish() {
    [ "$failed" = 0 ] || { echo "$failed failed"; exit 1; }
    exit 0
}
