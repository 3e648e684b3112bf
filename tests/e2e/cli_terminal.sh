#!/usr/bin/env bash
# With somebody at the terminal: asks, takes No for the default, undoes nothing that it has not
# done, and says so.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need python3
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG|CLICOLOR|NO_COLOR)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 TERM=xterm
mkdir -p "$HOME" "$T/root" "$T/work"
cd "$T/work"

cat >"$T/at_terminal.py" <<'PYTHON'
"""at_terminal.py OUTPUT ANSWER COMMAND...: runs the command on a pseudo terminal, types ANSWER when
it asks, exits as it does. ANSWER ^C, ^D are those keys; - types nothing."""
import os, pty, select, signal, sys

output, answer, command = sys.argv[1], sys.argv[2], sys.argv[3:]
keys = {"^C": b"\x03", "^D": b"\x04", "-": b""}.get(answer, answer.encode() + b"\n")
pid, fd = pty.fork()
if pid == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # background jobs of a shell ignore it
    os.execv(command[0], command)
seen, asked = b"", False
while True:
    ready, _, _ = select.select([fd], [], [], 60)
    if not ready:
        os.kill(pid, 9)
        sys.exit("nothing happens")
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
    if not asked and b"[y/N] " in seen:
        asked = True
        os.write(fd, keys)
open(output, "wb").write(seen)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
PYTHON
answer() { # ANSWER ARGS...
	set +e
	python3 "$T/at_terminal.py" "$T/out" "$1" "$MW_BIN" --root "$T/root" "${@:2}"
	status=$?
	set -e
}
written() { [ -e "$HOME/.config/go/env" ] && echo yes || echo no; }

for no in n "" N nope ^D; do
	answer "$no" --profile prod --apply
	expect "answer '$no'" "$status $(written)" "1 no"
	grep -q 'nothing was written' "$T/out" || fail "'$no': it does not say that nothing was written"
done
grep -q "$(printf '\033\\[')" "$T/out" || fail "no colour on a terminal"
grep -q 'GOPROXY' "$T/out" || fail "it asks without showing the plan"
answer ^C --profile prod --apply
expect "Ctrl-C" "$status $(written)" "130 no"
answer y --apply -q --no-network
expect "yes, without naming the profile; --quiet still asks" "$status $(written)" "0 yes"
answer - --apply --no-network
expect "nothing to do, nothing to ask" "$status" 0
answer n --rollback
expect "rollback asks, too" "$status $(written)" "1 yes"
answer - --rollback --yes
expect "--yes does not ask" "$status $(written)" "0 no"
passed
