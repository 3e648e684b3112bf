#!/usr/bin/env python3
"""A machine with many tools, to look at: their programs are stand-ins, their mirrors the lab's.

    tests/lab/lab.sh run -- bash -c 'python3 tests/tui/machine.py DIR 10 && . DIR/environment && $SHELL'

Makes DIR/home and DIR/root for the first so many tools of assets/tools/order.txt (beyond
those, made-up ones), some of them set up already, one on a mirror that is gone. Every mirror of the
catalogues gets an address in the lab; without a lab they keep their own. DIR/environment is for a
shell: it sets what the program looks at, and MW_ARGS, what it has to be called with.
"""
import json
import os
import sys

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "tests", "lab"))
import content  # noqa: E402

ROUND_TRIPS = (12, 15, 25, 27, 40, 50, 65, 90, 120, 150, 190, 220)
LAB_TOOLS = ("go", "pip", "docker")
# What stands for mirrors that do not work, by their place in a catalogue.
BAD = {6: "bad-404", 9: "bad-blackhole"}
# Of the machine that somebody sits at: files of the user, with lines that are his.
FILES = {
    "pip": (".config/pip/pip.conf",
            "# the office's proxy wants this\n[global]\nindex-url = {second}\ntimeout = 60\n"),
    "npm": (".npmrc", "registry=https://registry.npm.taobao.org/\n"
                      "//npm.example.com/:_authToken=npm_0123456789abcdefghij0123456789abcdef\n"),
    "cargo": (".cargo/config.toml", "[net]\ngit-fetch-with-cli = true\n"),
    "maven": (".m2/settings.xml",
              "<settings>\n  <!-- ours -->\n  <offline>false</offline>\n</settings>\n"),
    "gem": (".gemrc", "---\n:verbose: true\n"),
}
MADE_UP = {
    "group": "language", "prepare": False,
    "keys": {"address": {"type": "url", "summary": "where things come from",
                         "summary_zh": "来源"}},
}


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def load(kind, name):
    with open(f"{SOURCE}/assets/{kind}/{name}.json", encoding="utf-8") as file:
        return json.load(file)


def lab_service(service, at):
    """The catalogue of a service with the lab's addresses; `at` turns the table of round trips."""
    of = service["tool"] if service["tool"] in LAB_TOOLS else LAB_TOOLS[0]
    mirrors = []
    living = [row for row in service["mirrors"] if row.get("status") != "dead"]
    for i, row in enumerate(living):
        trip = ROUND_TRIPS[(i + at) % (len(ROUND_TRIPS) - 1)]
        if row.get("default"):
            trip = ROUND_TRIPS[-1]
        name = BAD.get(i, f"m{trip}") if len(living) > 4 and not row.get("default") else f"m{trip}"
        url = f"https://{name}.{of}.lab" + ("/simple" if of == "pip" else "")
        mirrors.append({**row, "url": url, "aliases": row.get("aliases", [])})
    lab = {**service, "mirrors": mirrors, "canary": content.CANARIES[of]}
    if service["tool"] not in LAB_TOOLS:
        lab["probe"] = [{"path": content.GO_MOD_PATH, "status": 200}]
        lab["canary"] = {"path": content.GO_MOD_PATH, "sha256": content.GO_MOD_SHA256}
    lab.pop("age", None)
    return lab


def made_up(number):
    tool = {"tool": f"tool{number}", "title": f"Tool {number}", "programs": [f"tool{number}"],
            "sources": [{"scope": "user", "path": f"~/.tool{number}rc", "format": "npmrc"}],
            "mirror": [{"set": "address", "to": "{url}/", "from": f"tool{number}"}], **MADE_UP}
    rows = [{"id": f"mirror{i}", "name": f"Mirror {i}", "operator": "lab", "region": "lab",
             "url": f"https://m{trip}.go.lab", "verified": "2026-01-01", "status": "active",
             "source": "tests/tui/machine.py"} for i, trip in enumerate(ROUND_TRIPS[:6])]
    service = {"tool": f"tool{number}", "title": f"Tool {number}", "mirrors": rows,
               "probe": [{"path": content.GO_MOD_PATH, "status": 200}],
               "canary": {"path": content.GO_MOD_PATH, "sha256": content.GO_MOD_SHA256}}
    return tool, service


def make(directory, count):
    """Returns the environment and the arguments of a program that runs on that machine."""
    directory = os.path.abspath(directory)
    home, root, programs = (os.path.join(directory, name) for name in ("home", "root", "root/usr/bin"))
    with open(f"{SOURCE}/assets/tools/order.txt", encoding="utf-8") as file:
        order = [word for word in file.read().split()
                 if os.path.exists(f"{SOURCE}/assets/tools/{word}.json")]
    for path in (home, root, programs):
        os.makedirs(path, exist_ok=True)
    catalogues = {}
    for tool in (load("tools", name) for name in order[:count]):
        program = tool["programs"][0]
        path = f"{programs}/{program}" if program[0] not in "~/" else home + program[1:]
        write(path, "#!/bin/sh\n", 0o755)
        for row in tool["mirror"]:
            if row["from"] not in catalogues:
                catalogues[row["from"]] = lab_service(load("mirrors", row["from"]),
                                                      len(catalogues) * 5)
        if tool["tool"] in FILES:
            path, text = FILES[tool["tool"]]
            rows = catalogues[tool["mirror"][0]["from"]]["mirrors"]
            write(f"{home}/{path}", text.format(second=rows[4 % len(rows)]["url"]),
                  0o600 if "_authToken" in text else 0o644)
    for number in range(1, count - len(order) + 1):
        tool, catalogues[f"tool{number}"] = made_up(number)
        write(f"{home}/.config/mirrorwise/tools/tool{number}.json", json.dumps(tool, indent=1))
        write(f"{programs}/tool{number}", "#!/bin/sh\n", 0o755)
    arguments = ["--root", root]
    lab = os.environ.get("LAB_DIR")
    for name, service in catalogues.items():
        if not lab and name in (row["from"] for tool in order for row in load("tools", tool)["mirror"]):
            continue
        path = f"{directory}/catalogues/{name}.json"
        write(path, json.dumps(service, indent=1, ensure_ascii=False))
        arguments += ["--catalog", path]
    environment = {"HOME": home, "PATH": os.environ["PATH"],
                   "MIRRORWISE_STATE_DIR": f"{directory}/state", "LC_ALL": "C.UTF-8"}
    if lab:
        environment["SSL_CERT_FILE"] = os.environ["SSL_CERT_FILE"]
    return environment, arguments


def main():
    if len(sys.argv) != 3 or not sys.argv[2].isdigit():
        sys.exit(__doc__)
    environment, arguments = make(sys.argv[1], int(sys.argv[2]))
    lines = [f"export {name}='{value}'\n" for name, value in environment.items()]
    words = " ".join(f"'{word}'" for word in arguments)
    write(f"{sys.argv[1]}/environment", "".join(lines) + f'MW_ARGS="{words}"\n')


if __name__ == "__main__":
    main()
