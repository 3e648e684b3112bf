"""The CPU time of actions on a long file, and on one four times as long.

    linear.py MIRRORWISE DIR

Of work that grows with the square of the length the longer one takes sixteen times as much; LIMIT
lies between, and whatever takes less than FLOOR_S is not measured well enough to be judged.
"""
import os
import resource
import shutil
import subprocess
import sys

PROGRAM, WORK = sys.argv[1:]
SHORT = 2000
LIMIT = 9.0
FLOOR_S = 0.3


def lines(form):
    return lambda count: "".join(form.format(i) + "\n" for i in range(count))


def joined(head, form, separator, tail):
    return lambda count: head + separator.join(form.format(i) for i in range(count)) + tail


GO, PIP, DOCKER = ".config/go/env", ".config/pip/pip.conf", "etc/docker/daemon.json"
DIFF, DOCTOR, CHECKLIST = ["--diff", "-p", "prod"], ["--doctor"], ["--checklist", "-p", "prod"]
ROWS = [
    ("keys that go does not know", GO, "go", lines("K{}=1"), [DIFF, DOCTOR]),
    ("lines that end in CR LF", GO, "go", lines("K{}=1\r"), [DOCTOR]),
    ("one key again and again", GO, "go", lines("GOPROXY=https://m{}.example"), [DIFF]),
    ("private patterns", GO, "go", joined("GOPRIVATE=", "h{}.example", ",", "\n"), [CHECKLIST]),
    ("patterns past the proxy", GO, "go", lambda n: "".join(
        joined(f"{key}=", "*.h{}.example/t", ",", "\n")(n) for key in ("GOPRIVATE", "GONOPROXY")),
     [DOCTOR, ["--show", "go.GOPRIVATE"]]),
    ("proxies", GO, "go", joined("GOPROXY=", "https://m{}.example", ",", "\n"), [CHECKLIST]),
    ("flags", GO, "go", joined("GOFLAGS=", "-x{}", " ", "\n"), [DOCTOR]),
    ("sections", PIP, "pip", lines("[s{}]\nk = 1"), [DIFF, DOCTOR]),
    ("an option twice", PIP, "pip", lambda n: "[global]\n" + "timeout = 1\n" * n, [DOCTOR]),
    ("lines before a section", PIP, "pip", lines("wrong {}"), [DOCTOR]),
    ("options of no dockerd", DOCKER, "docker", joined("{", '"k{}":1', ",", "}"), [DIFF, DOCTOR]),
    ("an option twice", DOCKER, "docker", joined("{", '"registry-mirrors":["https://m{}.example"]',
                                                 ",", "}"), [DIFF, DOCTOR]),
    ("scopes", ".npmrc", "npm", lines("@s{0}:registry=https://m{0}.example"), [DIFF]),
    ("tables", ".cargo/config.toml", "cargo", lines('[source.s{}]\nregistry = "https://h.example"'),
     [DIFF]),
    ("dotted keys", ".cargo/config.toml", "cargo", lines("a.b{}.c = 1"), [DIFF]),
    ("scopes", ".yarnrc.yml", "yarn-berry",
     lambda n: "npmScopes:\n" + lines("  s{}:\n    npmRegistryServer: https://h.example")(n), [DIFF]),
    ("mirrors", ".m2/settings.xml", "maven", joined(
        "<settings><mirrors>", "<mirror><id>m{0}</id><url>https://m.example</url>"
        "<mirrorOf>x{0}</mirrorOf></mirror>", "\n", "</mirrors></settings>"), [DIFF]),
]  # fmt: skip


def run(path, tool, text, action):
    shutil.rmtree(WORK, ignore_errors=True)
    home, root = f"{WORK}/home", f"{WORK}/root"
    for folder in (home, root):
        os.makedirs(folder)
    path = f"{root if path.startswith('etc/') else home}/{path}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    env = {"HOME": home, "MIRRORWISE_STATE_DIR": f"{WORK}/state", "PATH": "/usr/bin:/bin",
           "LC_ALL": "C.UTF-8"}
    chosen = [] if action[0] == "--show" else ["-o", tool]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([PROGRAM, "--root", root, *action, "--no-network", *chosen], env=env,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 2, 78):
        sys.exit(f"{tool} {action}: {done.returncode} {done.stderr.decode()[-300:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    failures = []
    for name, path, tool, make, actions in ROWS:
        for action in actions:
            long = run(path, tool, make(4 * SHORT), action)
            if long <= FLOOR_S:
                print(f"{tool}, {name}, {action[0]}: {long:.2f} s")
                continue
            short = run(path, tool, make(SHORT), action)
            print(f"{tool}, {name}, {action[0]}: {short:.2f} s, {long:.2f} s")
            if long > LIMIT * short:
                failures.append(f"{tool}, {name}, {action[0]}: {long / short:.1f} times as much")
    if failures:
        sys.exit("\n".join(failures))


main()
