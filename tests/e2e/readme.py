"""Runs the commands of a page; see readme.sh, which makes the machine that they run on."""
import glob
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import fcntl

SOURCE = os.environ["MW_SOURCE"]
PAGE, LANGUAGE = sys.argv[1], sys.argv[2]
UPDATE = os.environ.get("README_UPDATE") == "1"
HOME = "/home/ada"
LOCALE = "C.UTF-8" if LANGUAGE == "en" else "zh_CN.UTF-8"
LAB_CATALOGUES = "/etc/mirrorwise/mirrors"

# Commands that take a whole machine, minutes or a build: the test that runs them, and how it does.
ELSEWHERE = [
    (r"\./bootstrap\.sh run( .*)?", ".ci/run", "./bootstrap.sh deps run"),
    (r"(README_UPDATE=1 )?\./bootstrap\.sh test( .*)?", ".ci/run", "./bootstrap.sh test"),
    (r"bash \.ci/run", ".ci/run", "./bootstrap.sh test"),
    (r"\./bootstrap\.sh build (fuzz|release)", ".ci/run", "build/fuzz"),
    (r"\./bootstrap\.sh package deb( .*)?", "tests/e2e/package.sh", "package.sh deb"),
    (r"\./bootstrap\.sh package rpm", "tests/e2e/package.sh", "rpm"),
    (r"\./bootstrap\.sh package static", "tests/e2e/static.sh", "packaging/static.sh"),
    (r"\./bootstrap\.sh package", "tests/e2e/package.sh", "package.sh"),
    (r"sudo apt-get install \./.*\.deb", "tests/e2e/package.sh", "apt-get install"),
    (r"sudo apt-get purge mirrorwise", "tests/e2e/package.sh", "purge mirrorwise"),
    (r"sha256sum .*SHA256SUMS", "tests/e2e/package.sh", "sha256sum"),
    (r"install -D .*mirrorwise-.*-linux-.*", "tests/e2e/static.sh", "install -D"),
    (r"sudo chroot .*", "tests/e2e/static.sh", "chroot"),
    (r"(sudo )?cmake .*", "tests/e2e/install.sh", "cmake --install"),
    (r"(sudo )?tests/bench/\S+", "tests/e2e/benches.sh", "begins"),
    (r"mirrorwise", "tests/tui/life.sh", "run"),
]
MAY_END_WITH_2 = r"--diff|--checklist|--doctor|--profile \S+$|mirrorwise --profile (?!.*--apply)"

problems = []
stale = []  # what README_UPDATE=1 mends


def elsewhere(command):
    for pattern, path, needle in ELSEWHERE:
        if re.fullmatch(pattern, command):
            with open(f"{SOURCE}/{path}", encoding="utf-8") as file:
                if needle not in file.read():
                    problems.append(f"{command}: {path} does not run it ({needle})")
            return True
    return False


def become_ada():
    os.setgroups([])
    os.setresgid(4242, 4242, 4242)
    os.setresuid(4242, 4242, 4242)


def run(command, folder=HOME):
    """The command on a terminal of 80 columns; questions are answered with y. Output and status."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
        become_ada()
        os.chdir(folder)
        os.execve("/bin/sh", ["sh", "-c", command], {
            "HOME": HOME, "USER": "ada", "LOGNAME": "ada", "LC_ALL": LOCALE, "TERM": "xterm",
            "PATH": "/usr/local/bin:/usr/bin:/bin", "NO_COLOR": "1",
            "ASAN_OPTIONS": "detect_leaks=0",
            "SSL_CERT_FILE": os.environ["SSL_CERT_FILE"]})
    text, end, answered = b"", time.monotonic() + 120, 0
    while time.monotonic() < end:
        if select.select([fd], [], [], 0.2)[0]:
            try:
                more = os.read(fd, 65536)
            except OSError:
                break
            if not more:
                break
            text += more
        question = re.search(rb"\[y/N\][^\n]{0,2}$", text)
        if question and question.end() > answered:
            answered = len(text)
            os.write(fd, b"y\n")
    else:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]", "", text.decode("utf-8", "replace"))
    return [line.rstrip() for line in plain.replace("\r", "").split("\n")], status


def same(seen):
    """What differs from run to run: process ids, times."""
    seen = re.sub(r"\bpid \d+", "pid 1234", seen)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2026-11-30 09:00:00", seen)


def alike(line):
    """Where in a profile a line stands is no promise, nor what is aligned by it."""
    return re.sub(r" +", " ", re.sub(r"(\w\.ini):\d+", r"\1:0", line))


def fits(wanted, seen):
    """`...` alone on a line stands for any number of lines."""
    if not wanted:
        return not seen
    if wanted[0].strip() == "...":
        return any(fits(wanted[1:], seen[i:]) for i in range(len(seen) + 1))
    return bool(seen) and alike(wanted[0]) == alike(seen[0]) and fits(wanted[1:], seen[1:])


def statements(lines):
    """Commands of a block: a line, with what its here-document or its backslash adds."""
    lines = list(lines)
    while lines:
        text = lines.pop(0)
        end = re.search(r"<<'(\w+)'", text)
        while lines and (text.endswith("\\") or end and text.rsplit("\n", 1)[-1] != end.group(1)):
            text += "\n" + lines.pop(0)
        bare = text if "\n" in text else re.sub(r"\s+# .*", "", text)
        if bare.strip() and not bare.lstrip().startswith("#"):
            yield bare.strip()


def with_lab(command):
    """Commands that measure meet the lab's mirrors in place of those that are out of reach."""
    measures = re.search(r"--profile dev|--probe", command)
    os.makedirs(LAB_CATALOGUES, exist_ok=True)
    for path in glob.glob(f"{LAB_CATALOGUES}/lab-*"):
        os.unlink(path)
    if measures:
        for service in ("go", "pip", "docker"):
            with open(f"{os.environ['LAB_DIR']}/{service}.json", encoding="utf-8") as file:
                text = file.read()
            with open(f"{LAB_CATALOGUES}/lab-{service}.json", "w", encoding="utf-8") as file:
                file.write(text)


def forget_measurements():
    """Each block is of a machine that has measured nothing yet."""
    for folder in (f"{HOME}/.local/state/mirrorwise", "/var/lib/mirrorwise"):
        if os.path.exists(f"{folder}/last-ranking.json"):
            os.unlink(f"{folder}/last-ranking.json")


def run_commands(lines):
    for command in statements(lines):
        if elsewhere(command):
            continue
        with_lab(command)
        seen, status = run(command, f"{HOME}/mirrorwise")
        if status != 0 and not (status == 2 and re.search(MAY_END_WITH_2, command)):
            problems.append(f"$ {command}\nended with {status}:\n" + "\n".join(seen[-30:]))


def run_transcript(lines):
    """Returns the block as it should be."""
    true, i = [], 0
    while i < len(lines):
        command = lines[i].removeprefix("$ ")
        i += 1
        wanted = []
        while i < len(lines) and not lines[i].startswith("$ "):
            wanted.append(lines[i])
            i += 1
        with_lab(command)
        seen, _ = run(re.sub(r"\s+# .*", "", command))
        seen = [same(line) for line in seen]
        while seen and not seen[-1]:
            seen.pop()
        while seen and not seen[0]:
            seen.pop(0)
        while wanted and not wanted[-1]:
            wanted.pop()
        true.append(f"$ {command}")
        if fits(wanted, seen):
            true += wanted
        else:
            stale.append(f"$ {command}\nthe page has\n" + "\n".join(wanted) +
                            "\nthe program says\n" + "\n".join(seen))
            true += seen
    return true


def tools_table():
    """Rows for every tool and service, from their files."""
    def load(path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    zh = LANGUAGE != "en"
    tools = {t["tool"]: t for t in map(load, glob.glob(f"{SOURCE}/assets/tools/*.json"))}
    services = {s["tool"]: s for s in map(load, glob.glob(f"{SOURCE}/assets/mirrors/*.json"))}
    with open(f"{SOURCE}/assets/tools/order.txt", encoding="utf-8") as file:
        order = [name for name in file.read().split() if name in tools]
    def title(thing):
        return (zh and thing.get("title_zh")) or thing.get("title", thing["tool"])
    said = subprocess.run(["/usr/local/bin/mirrorwise", "--list", "tools", "--json"], check=True,
                          env={"HOME": HOME, "PATH": "/nowhere", "ASAN_OPTIONS": "detect_leaks=0"},
                          preexec_fn=become_ada, stdout=subprocess.PIPE).stdout
    files = {tool["tool"]: tool["path"].replace(HOME, "~", 1) for tool in json.loads(said)["tools"]}
    rows = []
    for name in order + sorted(set(tools) - set(order)):
        named = list(dict.fromkeys(row.get("from", name) for row in tools[name].get("mirror", [])))
        rows.append(f"| {title(tools[name])} | `{name}` | `{files[name]}` | "
                    f"{', '.join(f'`{n}`' for n in named)} |")
    head = ["| 工具 | 在配置方案里 | 写入的文件 | 服务 |" if zh else
            "| tool | in a profile | the file it writes | services |", "|---|---|---|---|"]
    count = ["", "| 服务 | 可用的镜像 | 备用 | 已失效 |" if zh else
             "| service | mirrors | fallbacks | known dead |", "|---|---|---|---|"]
    for name in sorted(services):
        mirrors = services[name]["mirrors"]
        states = [[m["id"] for m in mirrors if m.get("status", "active") == state
                   and not m.get("default")] for state in ("active", "fallback", "dead")]
        label = f"`{name}`" + (f" {title(services[name])}" if services[name].get("title") else "")
        count.append(f"| {label} | {', '.join(states[0])} | {len(states[1])} | {len(states[2])} |")
    return head + rows + count


def check_table(text):
    found = re.search(r"<!-- tools -->\n(.*?)<!-- /tools -->", text, re.S)
    wanted = "\n".join(tools_table()) + "\n"
    if not found or found.group(1) != wanted:
        stale.append("the table of tools and services is not that of assets/:\n" + wanted)
    return re.sub(r"(<!-- tools -->\n).*?(<!-- /tools -->)",
                  lambda m: m.group(1) + wanted + m.group(2), text, flags=re.S)


def check_named_tests(text):
    """`./bootstrap.sh test -R A|B` in the text: there is an A and a B."""
    names = [f"e2e.{os.path.basename(path)[:-3]}" for path in glob.glob(f"{SOURCE}/tests/e2e/*.sh")]
    names += [os.path.basename(path)[5:-2] for path in glob.glob(f"{SOURCE}/tests/unit/test_*.c")]
    for pattern in re.findall(r"bootstrap\.sh test -R '([^']*)'", text):
        for word in pattern.replace("\\|", "|").split("|"):
            if not any(re.search(word, name) for name in names):
                problems.append(f"-R {word}: there is no such test")


def main():
    with open(f"{SOURCE}/{PAGE}", encoding="utf-8") as file:
        text = file.read()
    for name in re.findall(r"\]\(([^)#:]+)\)", text):
        if not os.path.exists(os.path.join(SOURCE, os.path.dirname(PAGE), name)):
            problems.append(f"a link leads nowhere: {name}")
    check_named_tests(text)
    text = check_table(text)
    parts = re.split(r"(```\w*\n.*?\n```)", text, flags=re.S)
    counts = {}
    for i, part in enumerate(parts):
        block = re.fullmatch(r"```(\w*)\n(.*?)\n```", part, re.S)
        if not block:
            continue
        kind, lines = block.group(1), block.group(2).split("\n")
        forget_measurements()
        counts[kind] = counts.get(kind, 0) + 1
        if kind == "sh":
            run_commands(lines)
        elif kind == "console":
            parts[i] = "```console\n" + "\n".join(run_transcript(lines)) + "\n```"
    if counts.get("sh", 0) < 5 or counts.get("console", 0) < 2:
        problems.append(f"too little on the page: {counts}")
    if UPDATE:
        with open(f"{SOURCE}/{PAGE}", "w", encoding="utf-8") as file:
            file.write("".join(parts))
    print(f"{PAGE}: {counts}", file=sys.stderr)
    if stale:
        print("Written into the page:" if UPDATE else "README_UPDATE=1 mends:", *stale,
              sep="\n\n", file=sys.stderr)
    if problems or stale and not UPDATE:
        sys.exit("\n\n".join(problems))


main()
