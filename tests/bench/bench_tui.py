#!/usr/bin/env python3
"""The interface beside htop, on a terminal of 120 x 40.

    tests/lab/lab.sh run -- python3 tests/bench/bench_tui.py PROGRAM [SECONDS]

In the lab about a hundred mirrors are live; without it nothing is measured. Prints, for each
program: time to the first byte on the terminal, to the first frame and to what it is about, memory,
CPU and bytes to the terminal while nobody types, and the time from a key to the screen.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import tempfile
import termios
import time

ROWS, COLS = 40, 120
KEYS = 40


class Terminal:
    def __init__(self, argv, env):
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
            os.execvpe(argv[0], argv, env)
        os.set_blocking(self.fd, False)
        self.text = b""

    def read(self, seconds):
        """Bytes within so many seconds; returns them with the time of the first and last."""
        end = time.monotonic() + seconds
        got, first, last = b"", None, None
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                break
            try:
                more = os.read(self.fd, 65536)
            except OSError:
                break
            last = time.monotonic()
            first = first or last
            got += more
        self.text += got
        return got, first, last

    def wait_for(self, pattern, seconds=10):
        """Milliseconds from the start until the text has it; None: never."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text) and time.monotonic() < end:
            self.read(0.002)
        return (time.monotonic() - self.started) * 1000 if re.search(pattern, self.text) else None

    def cpu_ticks(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def resident_mib(self):
        """Now, and the most there ever was."""
        with open(f"/proc/{self.pid}/status") as file:
            text = file.read()
        return [int(re.search(rf"{name}:\s+(\d+)", text).group(1)) / 1024
                for name in ("VmRSS", "VmHWM")]

    def key_ms(self, key):
        """From a key to the first byte that answers it. What comes by itself counts too, so the
        quickest of a few keys is told beside the median."""
        self.read(0.02)
        begin = time.monotonic()
        os.write(self.fd, key)
        _, first, _ = self.read(0.2)
        return (first - begin) * 1000 if first else None

    def quit(self, key):
        begin = time.monotonic()
        os.write(self.fd, key)
        while time.monotonic() - begin < 5:
            self.read(0.01)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return (time.monotonic() - begin) * 1000
        return None


def milliseconds(value):
    return "    -" if value is None else f"{value:5.1f}"


def measure(name, argv, env, frame, content, seconds):
    terminal = Terminal(argv, env)
    first = terminal.wait_for(b".")
    whole = terminal.wait_for(frame)
    filled = terminal.wait_for(content)
    terminal.read(15)  # the first rounds of measuring are not the idle state
    ticks, begin = terminal.cpu_ticks(), time.monotonic()
    size = len(terminal.read(seconds)[0])
    spent = time.monotonic() - begin
    cpu = (terminal.cpu_ticks() - ticks) / os.sysconf("SC_CLK_TCK") / spent * 100
    resident, peak = terminal.resident_mib()
    keys = sorted(ms for i in range(KEYS)
                  if (ms := terminal.key_ms(b"jk"[i % 2:i % 2 + 1] if name != "htop"
                                            else (b"\033OB", b"\033OA")[i % 2])) is not None)
    if not keys:
        keys = [None]
    over = terminal.quit(b"q")
    print(f"{name:<11} first byte {milliseconds(first)} ms, frame {milliseconds(whole)} ms, "
          f"content {milliseconds(filled)} ms; memory {resident:.1f} MiB, "
          f"at most {peak:.1f}; CPU {cpu:.2f} %; {size / spent:.0f} B/s; "
          f"key to screen {milliseconds(keys[len(keys) // 2])} ms (best {milliseconds(keys[0])}); quit {milliseconds(over)} ms")


def main():
    program = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory() as home:
        env = {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-256color",
               "LC_ALL": "C.UTF-8", "MIRRORWISE_STATE_DIR": home + "/state"}
        argv = [program, "--root", home]
        lab = os.environ.get("LAB_DIR")
        if lab:
            env["SSL_CERT_FILE"] = os.environ["SSL_CERT_FILE"]
            for name in ("go", "pip", "docker", "bad-go"):
                argv += ["--catalog", f"{lab}/{name}.json"]
        else:
            argv.append("--no-network")
        measure("mirrorwise", argv, env, b"quit", b"Docker", seconds)
        try:
            measure("htop", ["htop"], env, b"Quit", b"Mem", seconds)
        except (OSError, TypeError):
            print("htop is not installed")


if __name__ == "__main__":
    main()
