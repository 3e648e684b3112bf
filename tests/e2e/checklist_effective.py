"""Generates environments and compares our "in effect" with go's and pip's own answers:

    checklist_effective.py PROGRAM DIRECTORY ROUNDS

The generator is seeded, so a failing round fails again.
"""
import contextlib
import io
import json
import os
import random
import re
import subprocess
import sys

GO_KEYS = ["GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOFLAGS"]
GO_VALUES = ["https://a.example,direct", "https://b.example|direct", "off", "x.example,y.example",
             "-mod=mod", "sum.golang.org", "", "\"quoted\"", "trailing\r", " led"]
PIP_OPTIONS = ["index-url", "extra-index-url", "trusted-host", "timeout", "retries", "proxy"]
PIP_VALUES = {
    "index-url": ["https://a.example/simple", "https://b.example/simple", ""],
    "extra-index-url": ["https://c.example/simple", "https://d.example/s\n\thttps://e.example/s"],
    "trusted-host": ["a.example", "b.example c.example:8080"],
    "timeout": ["5", "60", "7.5"],
    "retries": ["1", "9"],
    "proxy": ["http://proxy.example:3128", ""],
}
SPELLINGS = [lambda name: name, lambda name: name.replace("-", "_"), str.upper]


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def go_file(rng):
    lines = []
    for _ in range(rng.randrange(8)):
        lead = rng.choice(["", "", "", "", " ", "# ", "export "])
        lines.append(lead + rng.choice(GO_KEYS) + rng.choice(["=", "=", "=", " = "])
                     + rng.choice(GO_VALUES))
    text = "\n".join(lines) + rng.choice(["", "\n"])
    return rng.choice(["", "", "", "\ufeff"]) + text


def pip_file(rng):
    lines = []
    for section in rng.sample(["global", "install", "download"], rng.randrange(4)):
        lines.append("[%s]" % section)
        for option in rng.sample(PIP_OPTIONS, rng.randrange(4)):
            name = rng.choice(SPELLINGS)(option)
            lines.append(name + rng.choice([" = ", "=", ": "]) + rng.choice(PIP_VALUES[option]))
            if rng.random() < 0.2:
                lines.append(rng.choice(["# a comment", "", "; another"]))
    return "\n".join(lines) + "\n"


def make(rng, top):
    """A machine below `top`; returns its environment."""
    home = os.path.join(top, "home")
    os.makedirs(home, exist_ok=True)
    env = {"HOME": home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GOTOOLCHAIN": "local",
           "XDG_CONFIG_DIRS": "%s/xdg-one:%s/xdg-two" % (top, top),
           "MIRRORWISE_STATE_DIR": os.path.join(top, "state")}
    config = os.path.join(home, ".config")
    if rng.random() < 0.3:
        config = env["XDG_CONFIG_HOME"] = os.path.join(top, "config")
    if rng.random() < 0.8:
        put(os.path.join(config, "go/env"), go_file(rng))
    if rng.random() < 0.2:
        env["GOENV"] = rng.choice(["off", os.path.join(top, "other.env"), ""])
        put(os.path.join(top, "other.env"), go_file(rng))
    for key in rng.sample(GO_KEYS, rng.randrange(3)):
        env[key] = rng.choice(["https://env.example", "off", ""])
    for path in (os.path.join(top, "xdg-one/pip/pip.conf"),
                 os.path.join(top, "xdg-two/pip/pip.conf"), os.path.join(home, ".pip/pip.conf"),
                 os.path.join(config, "pip/pip.conf"), os.path.join(top, "venv/pip.conf")):
        if rng.random() < 0.5:
            put(path, pip_file(rng))
    if rng.random() < 0.4:
        env["VIRTUAL_ENV"] = os.path.join(top, "venv")
    if rng.random() < 0.3:
        named = os.path.join(top, "named.conf")
        if rng.random() < 0.7:
            put(named, pip_file(rng))
        env["PIP_CONFIG_FILE"] = rng.choice([named, named, "/dev/null", ""])
    for option in rng.sample(PIP_OPTIONS, rng.randrange(3)):
        name = "PIP_" + option.replace("-", "_")
        env[rng.choice([name.upper(), name])] = rng.choice(PIP_VALUES[option]).replace("\n\t", " ")
    return env


def ask_us(program, env, top):
    """Value of every key by our reckoning: the checklist of a profile that wants others."""
    profile = os.path.join(top, "all.ini")
    text = "[profile]\nname = all\n[policy]\nrequire = integrity\n[go]\n"
    for key, value in zip(GO_KEYS, ["https://w.example", "sum.golang.org", "w.example", "w.example",
                                     "w.example", "-x"]):
        text += "%s = %s\n" % (key, value)
    text += "[pip]\n"
    for option, value in zip(PIP_OPTIONS, ["https://w.example/s", "https://w.example/t",
                                           "w.example", "77", "77", "http://w.example:1"]):
        text += "global.%s = %s\n" % (option, value)
    put(profile, text)
    done = subprocess.run([program, "--checklist", "--json", "-p", profile, "--no-network",
                           "--only", "go,pip"], env=env, cwd="/", capture_output=True, check=False)
    document = json.loads(done.stdout)
    found = {}
    for check in document["checks"]:
        match = re.fullmatch(r"(?:go|pip)-effective\.(.*)", check["id"])
        if match:
            text = check["observed"].removeprefix("not in the file yet; in effect is ")
            found[match.group(1)] = re.sub(r", from .*", "", text, flags=re.DOTALL)
    assert len(found) == len(GO_KEYS) + len(PIP_OPTIONS), (done.stderr, document["checks"])
    return found


def go_defaults():
    env = {"HOME": "/nonexistent", "PATH": os.environ["PATH"], "GOENV": "off"}
    return json.loads(subprocess.run(["go", "env", "-json"] + GO_KEYS, env=env, cwd="/",
                                     capture_output=True, check=True).stdout)


def ask_go(env, defaults):
    answer = json.loads(subprocess.run(["go", "env", "-json"] + GO_KEYS, env=env, cwd="/",
                                       capture_output=True, check=True).stdout)
    for key in ("GONOPROXY", "GONOSUMDB"):  # go env shows the default that GOPRIVATE gives
        if answer[key] == answer["GOPRIVATE"]:
            answer[key] = None
    return {key: None if value == defaults.get(key) else value for key, value in answer.items()}


@contextlib.contextmanager
def standing_in(env):
    before, prefix = dict(os.environ), sys.prefix
    os.environ.clear()
    os.environ.update(env)
    if "VIRTUAL_ENV" in env:
        sys.prefix = env["VIRTUAL_ENV"]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.prefix = prefix


def ask_pip(env):
    """`pip install`'s defaults by pip's own parser."""
    from pip._internal.commands import create_command
    with standing_in(env), contextlib.redirect_stderr(io.StringIO()):
        values = create_command("install").parser.get_default_values()
    names = {"index-url": "index_url", "extra-index-url": "extra_index_urls",
             "trusted-host": "trusted_hosts", "timeout": "timeout", "retries": "retries",
             "proxy": "proxy"}
    return {option: getattr(values, name) for option, name in names.items()}


PIP_DEFAULTS = None


def same_pip(option, ours, theirs):
    if ours in ("(not set)", "(empty)"):
        return theirs == PIP_DEFAULTS[option]
    if option in ("extra-index-url", "trusted-host"):
        return ours.split(", ") == list(theirs)
    if option in ("timeout", "retries"):
        return float(ours) == float(theirs)
    return ours == theirs


def same_go(ours, theirs, raw, default):
    if ours in ("(not set)", "(empty)"):
        return theirs is None or theirs == ""
    return theirs == ours.replace("\\x0D", "\r") or (theirs is None and raw == ours) or (
        theirs is None and ours == default)


def main():
    global PIP_DEFAULTS
    program, directory, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    defaults = go_defaults()
    PIP_DEFAULTS = ask_pip({"HOME": "/nonexistent", "XDG_CONFIG_DIRS": "/nonexistent",
                            "PATH": os.environ["PATH"]})
    compared = wrong = told = 0
    for seed in range(rounds):
        rng = random.Random(seed)
        top = os.path.join(directory, "round%d" % seed)
        env = make(rng, top)
        ours = ask_us(program, env, top)
        go = ask_go(env, defaults)
        pip = ask_pip(env)
        for key in GO_KEYS:
            compared += 1
            told += ours[key] != "(not set)"
            private = ours["GOPRIVATE"].replace("\\x0D", "\r")
            if not same_go(ours[key], go[key], private, defaults[key]):
                wrong += 1
                print("round %d: %s: we say %r, go %r" % (seed, key, ours[key], go[key]))
        for option in PIP_OPTIONS:
            compared += 1
            value = ours["global." + option]
            told += value != "(not set)"
            if not same_pip(option, value, pip[option]):
                wrong += 1
                print("round %d: %s: we say %r, pip %r" % (seed, option, value, pip[option]))
    print("%d values compared, %d of them set, %d differ" % (compared, told, wrong))
    sys.exit(1 if wrong or told * 4 < compared else 0)


main()
