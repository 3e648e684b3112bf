"""Every action of --help, in a world where all that it may wait for is silent.

    stop.py MIRRORWISE DIR

The proxy takes a connection and says nothing, every tool hangs and ignores signals, another process
holds the lock, a person does not answer (Docker's socket: docker_elsewhere.sh). Each action is begun, sent SIGINT
when it waits, and has to end with 130, in the best of some tries within LIMIT_S. What is promised is
0.2 s, which is measured and printed; a build with sanitisers on a busy machine takes longer, and who
does not hear the signal waits for 30 s at least.
"""
import fcntl
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time

PROGRAM, WORK = sys.argv[1:]
LIMIT_S = 1.0
TRIES = 5
PATIENCE_S = 0.5  # who does not run for so long waits

HOME = f"{WORK}/home"
STATE = f"{WORK}/state"
TREE = f"{WORK}/tree"

# What is called, whether it waits for ever in this world, and what for.
PERSON, LOCK, REST = "a person", "the lock", ""
ROWS = [
    (["--apply", "-p", "dev", "--timeout", "60000"], True, REST),
    (["--apply", "-p", "pinned"], True, LOCK),
    (["--apply", "-p", "pinned"], True, PERSON),
    (["--diff", "-p", "dev", "--timeout", "60000"], True, REST),
    (["--diff", "-v", "-p", "pinned", "-o", "go"], False, REST),
    (["--diff", "-v", "-p", "pinned"], True, REST),
    (["-p", "pinned", "-v"], True, REST),
    (["--probe", "--timeout", "60000"], True, REST),
    (["--probe", "--timeout", "60000", "--json"], True, REST),
    (["--checklist", "-p", "commands"], True, REST),
    (["--checklist", "-p", "pinned", "-v"], True, REST),
    (["--doctor", "--timeout", "60000"], True, REST),
    (["--doctor", "-v", "--json"], True, REST),
    (["--history"], False, REST),
    (["--rollback"], True, LOCK),
    (["--rollback", "--diff"], False, LOCK),
    (["--fix", "all", "--timeout", "60000"], True, REST),
    (["--fix", "all"], True, LOCK),
    (["--recover"], True, LOCK),
    (["--list", "tools"], True, REST),
    (["--list", "mirrors"], False, REST),
    (["--list", "profiles"], False, REST),
    (["--show", "go.GOPROXY", "-v"], True, REST),
    (["--show", "pip.global.index-url", "-v"], True, REST),
    (["--generate", "man"], False, REST),
    (["--trust", "theirs.ini"], True, PERSON),
    (["--untrust", "theirs.ini"], False, REST),
    (["--help"], False, REST),
    (["--version", "-v"], False, REST),
    (["--plain"], True, PERSON),
]  # fmt: skip
NOT_THERE = {"--watch"}


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def make_world():
    for program in ("go pip pip3 python3 docker npm node yarn pnpm cargo rustup mvn gradle "
                    "conda gem bundle composer uv pdm dotnet R julia podman").split():
        write(f"{WORK}/bin/{program}", "#!/bin/sh\ntrap '' INT TERM HUP\nexec /bin/sleep 30\n",
              0o755)
    profiles = f"{HOME}/.config/mirrorwise/profiles"
    write(f"{profiles}/pinned.ini",
          "[profile]\nname = pinned\n[go]\nGOPROXY = https://go.example\n"
          "[pip]\nglobal.index-url = https://pip.example/simple\n")
    write(f"{profiles}/commands.ini",
          "[profile]\nname = commands\n[check.a]\ncommand = /bin/sleep 30\n")
    write(f"{WORK}/there/theirs.ini",
          "[profile]\nname = theirs\n[check.a]\ncommand = /bin/true\n")
    write(f"{HOME}/.config/go/env", "GOPROXY=https://other.example\n")
    os.makedirs(STATE, 0o700)
    os.makedirs(TREE)


def environment(proxy):
    names = {name: os.environ[name] for name in ("LC_ALL", "ASAN_OPTIONS") if name in os.environ}
    return names | {
        "HOME": HOME, "MIRRORWISE_STATE_DIR": STATE, "PATH": f"{WORK}/bin", "TERM": "xterm",
        "http_proxy": proxy, "https_proxy": proxy, "all_proxy": proxy,
    }  # fmt: skip


def wait_until_it_waits(process):
    """Or has ended: its CPU time stands still."""
    before, since = None, time.monotonic()
    end = since + 10
    while process.poll() is None and time.monotonic() < min(since + PATIENCE_S, end):
        try:
            with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
                now = file.read().rpartition(")")[2].split()[11:13]
        except OSError:
            break
        if now != before:
            before, since = now, time.monotonic()
        time.sleep(0.02)


def drain(fd, seconds):
    """What comes until nothing came for so long, or the end."""
    said = b""
    while select.select([fd], [], [], seconds)[0]:
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        said += got
    return said


def run(args, needs, env):
    """The exit code, the seconds that it took from the signal on (None: it ended before), and what
    it said."""
    master = slave = None
    output = open(f"{WORK}/said", "w+b")  # a pipe that nobody empties would be waited for
    stdio = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
    if needs == PERSON:
        master, slave = pty.openpty()
        stdio = {"stdin": slave, "stdout": slave, "stderr": slave}
    process = subprocess.Popen([PROGRAM, *args], env=env, cwd=f"{WORK}/there", **stdio)
    said = b""
    try:
        if needs == PERSON:
            os.close(slave)
            said = drain(master, PATIENCE_S)
        wait_until_it_waits(process)
        took = None
        if process.poll() is None:
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.wait(20)
            took = time.monotonic() - begun
        output.seek(0)
        said += drain(master, 0.1) if needs == PERSON else output.read()
    finally:
        process.kill()
        process.wait()
        output.close()
        if master is not None:
            os.close(master)
    return process.returncode, took, said.decode(errors="replace")


def main():
    make_world()
    proxy = socket.create_server(("127.0.0.1", 0), backlog=64)
    env = environment(f"http://127.0.0.1:{proxy.getsockname()[1]}")
    lock = os.open(f"{STATE}/lock", os.O_RDWR | os.O_CREAT, 0o600)
    listed = subprocess.run([PROGRAM, "--help"], env=env, capture_output=True, text=True, check=True)
    actions = set(re.findall(r"^ +(?:-\w, )?(--[a-z]+)", listed.stdout.split("\n\n")[2], re.M))
    walked = {args[0] for args, _, _ in ROWS}
    failures = [f"{action}: no row" for action in sorted(actions - walked - NOT_THERE)]
    for args, waits, needs in ROWS:
        if needs == LOCK:
            fcntl.flock(lock, fcntl.LOCK_EX)
        name = " ".join(args) + (f" (waits for {needs})" if needs else "")
        best = None
        for _ in range(TRIES):
            code, took, said = run(args, needs, env)
            if took is None:
                if waits:
                    failures.append(f"{name}: ended with {code} by itself: {said[-400:]}")
                break
            best = took if best is None else min(best, took)
            if code != 130:
                failures.append(f"{name}: {code} instead of 130: {said[-400:]}")
                break
            if best <= LIMIT_S:
                break
        if best is not None and best > LIMIT_S:
            failures.append(f"{name}: {best:.2f} s after the signal")
        print(f"{name}: " + ("ended by itself" if best is None else f"{best * 1000:.0f} ms"))
        if needs == LOCK:
            fcntl.flock(lock, fcntl.LOCK_UN)
    if failures:
        sys.exit("\n".join(failures))


main()
