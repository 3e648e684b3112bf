#!/usr/bin/env python3
"""The interface with twenty tools beside htop, on a terminal of 120 x 40.

    tests/bench/bench_tui.py [PROGRAM [SECONDS]]  (default: build/release/mirrorwise, 30; needs root)

More than a hundred mirrors of the lab are live. Prints, for both and beside what is wanted: the time to the first byte on the terminal, to
the first frame and to what it is about; memory, CPU and bytes to the terminal while nobody types;
the time from a key to the screen and from q to the end.
"""
import fcntl
import os
import pty
import re
import select
import shutil
import struct
import sys
import tempfile
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tui"))
import bench  # noqa: E402
import machine  # noqa: E402

ROWS, COLS = 40, 120
TOOLS = 20
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


def measure(argv, env, frame, content, keys, seconds):
    """What ROWS_OF_TABLE prints, by its names; None: did not happen."""
    terminal = Terminal(argv, env)
    seen = {"first byte": terminal.wait_for(b"."), "first frame": terminal.wait_for(frame),
            "content": terminal.wait_for(content)}
    terminal.read(40)  # the first rounds of measuring are not the idle state
    ticks, begin = terminal.cpu_ticks(), time.monotonic()
    size = len(terminal.read(seconds)[0])
    spent = time.monotonic() - begin
    seen["CPU"] = (terminal.cpu_ticks() - ticks) / os.sysconf("SC_CLK_TCK") / spent * 100
    seen["to the terminal"] = size / spent
    seen["resident"], seen["resident at most"] = terminal.resident_mib()
    answers = sorted(ms for i in range(KEYS)
                     if (ms := terminal.key_ms(keys[i % 2])) is not None) or [None]
    seen["key to screen, median"] = answers[len(answers) // 2]
    seen["key to screen, best"] = answers[0]
    seen["quit"] = terminal.quit(b"q")
    return seen


# What is measured, its unit, and what we want of ours at most.
ROWS_OF_TABLE = (
    ("first byte", "ms", None),
    ("first frame", "ms", 20),
    ("content", "ms", None),
    ("resident", "MiB", 20),
    ("resident at most", "MiB", None),
    ("CPU", "%", 1),
    ("to the terminal", "B/s", None),
    ("key to screen, median", "ms", 5),
    ("key to screen, best", "ms", None),
    ("quit", "ms", None),
)


def print_table(ours, htop):
    print(f"{'':<28}{'mirrorwise':>12}{'htop':>12}{'wanted':>12}")
    for name, unit, most in ROWS_OF_TABLE:
        cells = ["-" if seen.get(name) is None else f"{seen[name]:.2f}" for seen in (ours, htop)]
        wanted = "" if most is None else f"<= {most}"
        print(f"{name + ', ' + unit:<28}{cells[0]:>12}{cells[1]:>12}{wanted:>12}")


def main():
    program = bench.program()
    bench.enter_lab(program)
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory() as directory:
        env, arguments = machine.make(directory, TOOLS)
        env["TERM"] = "xterm-256color"
        argv = [program, *arguments]
        ours = measure(argv, env, b"quit", b"Docker", (b"j", b"k"), seconds)
        htop = {}
        if shutil.which("htop"):
            htop = measure(["htop"], env, b"Quit", b"Mem", (b"\033OB", b"\033OA"), seconds)
        else:
            print("htop is missing: ./bootstrap.sh deps bench")
    print_table(ours, htop)


if __name__ == "__main__":
    main()
