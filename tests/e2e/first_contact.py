"""What the program answers where something is missing; see first_contact.sh."""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time

T = sys.argv[1]
HOME = f"{T}/home"
USER = ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups"]
OFFLINE = ["unshare", "-m", "-n"]
NO_PROC = ["sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "-"]
COMMON = {"HOME": HOME, "PATH": f"{T}/bin:{T}/empty", "LC_ALL": "C.UTF-8",
          "ASAN_OPTIONS": "detect_leaks=0"}
count = 0


def is_sanitized():
    with open(f"{T}/bin/mirrorwise", "rb") as file:
        return b"__asan_init" in file.read()


def fresh_home():
    shutil.rmtree(HOME, ignore_errors=True)
    os.mkdir(HOME)
    os.chown(HOME, 4242, 4242)


def fail(what, text):
    sys.exit(f"FAILED: {what}\n{text}")


def look(what, text):
    """Nothing of ours may break, whatever is missing."""
    if re.search(r"Sanitizer|Segmentation|core dumped|\(null\)|%s", text):
        fail(what, text)


def command_of(words, before, environment, changes):
    environment = {**environment, **changes}
    pairs = [f"{name}={value}" for name, value in environment.items() if value is not None]
    return [*OFFLINE, *before, *USER, "env", "-i", *pairs, f"{T}/bin/mirrorwise", *words.split()]


def run(words, status, patterns, before=(), **changes):
    """The command ends with the status (None: any) and says all patterns; returns what it said."""
    global count
    what = f"mirrorwise {words} with {changes} {list(before)[:1]}"
    done = subprocess.run(command_of(words, before, COMMON, changes), cwd=T, timeout=100,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode("utf-8", "surrogateescape")
    look(what, text)
    if status is not None and done.returncode != status:
        fail(f"{what}: ended with {done.returncode}, wanted {status}", text)
    for pattern in patterns:
        if not re.search(pattern, text):
            fail(f"{what}: does not say {pattern}", text)
        count += 1
    return text


def type_keys(words, steps, columns=80, status=0, before=(), **changes):
    """The interface: for each (pattern, keys) waits until it is on the screen, then types."""
    global count
    what = f"interface {words} at {columns} columns with {changes} {list(before)[:1]}"
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.chdir(T)
        command = command_of(words, before, {**COMMON, "TERM": "xterm-256color"}, changes)
        os.execvp(command[0], command)
    text, begin = "", 0
    for pattern, keys in steps:
        end = time.monotonic() + 60
        while not re.search(pattern, text[begin:]):
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
                fail(f"{what}: waited for {pattern}", text[-3000:])
            if select.select([fd], [], [], 0.2)[0]:
                try:
                    text += os.read(fd, 65536).decode("utf-8", "replace")
                except OSError:
                    fail(f"{what}: ended before {pattern}", text[-3000:])
        count += 1
        begin = len(text)
        os.write(fd, keys.encode())
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if select.select([fd], [], [], 0.2)[0]:
            try:
                if not os.read(fd, 65536):
                    break
            except OSError:
                break
    seen = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    look(what, text)
    if seen != status:
        fail(f"{what}: ended with {seen}, wanted {status}", text[-3000:])


PROD = "--profile prod --skip docker"
# No tool in PATH, and no network: what a new machine is like.
fresh_home()
run("", 64, [r"Usage: ", r"hint: .*--help"])
run(f"{PROD} --apply", 0, [r"not installed: configured for later", r"generation 1", r"To undo: .*--rollback"])
run("--history", 0, [r"apply prod"])
run("--show go.GOPROXY", 0, [r"goproxy\.cn"])
run(f"{PROD} --checklist", 2, [r"no go in PATH", r"wanted +it is in PATH"])
run("--rollback", 0, [r"2 files? (are|is) as|Went back"])
run("--doctor", 0, [r"."])
run("--list tools", 0, [r"not installed"])
run("--profile dev --apply", 69, [r"offline\?", r"--no-network"])
run("--profile dev --apply --no-network --skip docker", 0, [r"generation 3"])
run("--probe", 69, [r"no address", r"offline|resolved"])
run("--profile dev --checklist --skip docker", 2, [r"no usable mirror|not checked|not known"])
run("--plain", 0, [r"1\. show what apply would change", r"10\. quit"])

# No home.
for home in (None, "/nonexistent", "relative"):
    run(f"{PROD} --apply", 77 if home == "/nonexistent" else 73,
        [r"state directory", r"hint: .*MIRRORWISE_STATE_DIR"], HOME=home)
    run(f"{PROD} --checklist", 2, [r"checklist of prod"], HOME=home)
run(f"{PROD} --apply", 0, [r"generation 1"], HOME=HOME, MIRRORWISE_STATE_DIR=f"{HOME}/elsewhere")
# Nor a folder where HOME says, nor one that may be written to, nor any environment at all.
open(f"{T}/file", "w", encoding="ascii").close()
run(f"{PROD} --apply", 73, [r"not a directory", r"hint: .*MIRRORWISE_STATE_DIR"], HOME=f"{T}/file")
run(f"{PROD} --apply", 77, [r"denied", r"hint: .*MIRRORWISE_STATE_DIR"], HOME="/root")
READ_ONLY = ["sh", "-c", f'mount --bind {T} {T} && mount -o remount,ro,bind {T} && exec "$@"', "-"]
run(f"{PROD} --apply", 77, [r"Read-only", r"hint: .*MIRRORWISE_STATE_DIR"], before=READ_ONLY)
ALONE = {name: None for name in COMMON if name != "ASAN_OPTIONS"}
for words, status, said in (("", 64, r"hint: .*--help"), ("--doctor", None, r"doctor"),
                            ("--list tools", 0, r"go "), ("--history", 0, r"[Nn]o generation"),
                            (f"{PROD} --apply", 73, r"HOME is not set"), ("--plain", 0, r"quit"),
                            (f"{PROD} --diff", 64, r"hint: Set HOME")):
    run(words, status, [said], **ALONE)

# LANG=C: plain ASCII; another language only if it is asked for.
fresh_home()
for words, status in (("--help", 0), (f"{PROD} --diff", 2), (f"{PROD} --apply", 0), ("--doctor", 0),
                      ("--history", 0), (f"{PROD} --checklist", 2), ("--list mirrors", 0),
                      ("--list tools", 0), ("--probe", 69), ("--rollback", 0)):
    said = run(words, status, [r"."], LC_ALL="C")
    if not said.isascii():
        fail(f"{words} with LC_ALL=C", said)
run("--list tools", 0, ["工具|镜像"], LC_ALL="C", MIRRORWISE_LANG="zh_CN")
# Characters that we do not write, whether the machine knows that locale or not: plain English.
for locale in ("zh_CN.GBK", "zh_CN.GB18030", "nobody.ISO-8859-1"):
    said = run(f"{PROD} --diff", 2, [r"Profile prod"], LC_ALL=locale)
    if not said.isascii():
        fail(f"LC_ALL={locale}", said)
run(f"{PROD} --diff", 2, ["配置方案"], LC_ALL="zh_CN.utf8")

# The interface: narrow, in ASCII, without a terminal that anybody knows, without a home.
fresh_home()
type_keys("", [("Go", "?"), ("Keys", "q")], columns=60)
type_keys("", [("Go", "q")], columns=60, LC_ALL="C")
type_keys("", [("Go", "q")], HOME="/nonexistent")
for term in ("nobody-knows", "dumb", None):
    type_keys("", [(r"(?s)(not known here|numbered).*10\. quit", "10\n")], TERM=term)
type_keys("--plain", [(r"10\. quit", "1\n"), (r"GOPROXY", "10\n")], columns=60, MIRRORWISE_PROFILE="prod")
type_keys(f"{PROD} --apply", [(r"\[y/N\]", "n\n")], columns=60, status=1)

if not is_sanitized():  # ASan itself reads /proc
    fresh_home()
    run(f"{PROD} --apply", 0, [r"generation 1"], before=NO_PROC)
    run(f"{PROD} --checklist", 2, [r"checklist of prod"], before=NO_PROC)
    run("--doctor", 0, [r"."], before=NO_PROC)
    run("--rollback", 0, [r"generation 2"], before=NO_PROC)
    run("--profile dev --apply", 69, [r"offline\?"], before=NO_PROC)
    type_keys("", [("Go", "q")], before=NO_PROC)
    # All at once.
    type_keys("", [(r"(?s)not known here.*10\. quit", "10\n")], columns=60, before=NO_PROC, LC_ALL="C",
              TERM="nobody-knows", HOME=None)
    run("", 64, [r"hint: .*--help"], before=NO_PROC, **ALONE)
print(f"{count} answers")
