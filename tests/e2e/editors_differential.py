"""Compares the editors with go, configparser and jq on generated files.

Usage: editors_differential.py EDIT_TOOL, in a directory that may be littered. The files are the
same in every run; MW_TEST_SEED makes others.
"""

import configparser
import json
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

TOOL = sys.argv[1]
SEED = int(os.environ.get("MW_TEST_SEED", "1"))
BAD_CONFIG = 78


class Differs(Exception):
    pass


def expect(what, found, wanted, *texts):
    if found != wanted:
        shown = "".join(f"\n  text   {text!r}" for text in texts)
        raise Differs(f"{what}\n  found  {found!r}\n  wanted {wanted!r}{shown}")


def run(argv, text=b"", env=None):
    return subprocess.run(argv, input=text, env=env, capture_output=True, timeout=60)


def edit(editor, text, verb, *args):
    """The exit status and stdout of edit_tool."""
    done = run([TOOL, editor, verb, *args], text)
    if done.returncode not in (0, 64, BAD_CONFIG):
        raise Differs(f"edit_tool {editor} {verb} {args}: {done.stderr.decode()}\n  text {text!r}")
    return done.returncode, done.stdout


def edited(editor, text, verb, *args):
    code, out = edit(editor, text, verb, *args)
    expect(f"edit_tool {editor} {verb} {args} does it", code, 0, text)
    return out


def get(editor, text, key):
    value = json.loads(edited(editor, text, "get", key))
    return value["kind"], value["items"]


# ---- Go's env file -------------------------------------------------------------------------------

GO_KEYS = ["GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GOINSECURE", "GOFLAGS", "GOBIN"]


def env_text(rng):
    parts = []
    for _ in range(rng.randrange(10)):
        parts.append(rng.choice([b""] * 6 + [b" ", b"export ", b"#", b"go", b"\xef\xbb\xbf"]))
        parts.append(rng.choice(GO_KEYS + ["GOPROXY", "GOPRIVATE", "GOENV", "X"]).encode())
        parts.append(rng.choice([b"="] * 5 + [b" = ", b"==", b":", b""]))
        parts.append(rng.choice([b"", b"off", b"https://a.example,direct", b'"q"', b" x ", b"a=b",
                                 b"x # y", "例".encode(), b"\xff", b"\t", b"-v"]))
        parts.append(rng.choice([b"\n"] * 5 + [b"\r\n", b"\n\n", b"\r", b""]))
    return b"".join(parts)


def go_env(path, *args):
    return run(["go", "env", *args], env={**os.environ, "GOENV": path})


def go_reads(path):
    done = go_env(path, "-json", *GO_KEYS)
    expect("go env reads the file", done.returncode, 0, done.stderr)
    return json.loads(done.stdout)


def compare_env(number):
    rng = random.Random(f"env {SEED} {number}")
    text = env_text(rng)
    key = rng.choice(GO_KEYS)
    value = rng.choice([None, None, "off", "https://b.example|direct", "", " a b ", "'q'=\"r\"", "é",
                        "-mod=mod", "\t"])
    theirs, ours = f"go-{number}", f"our-{number}"
    with open(theirs, "wb") as file:
        file.write(text)
    before = go_reads(os.path.abspath(theirs))
    kind, items = get("go-env", text, key)
    if kind == "string" and items[0] != "":
        expect(f"get {key}", items[0], before[key], text)

    if value is None:
        done = go_env(os.path.abspath(theirs), "-u", key)
        after = edited("go-env", text, "remove", key)
    else:
        done = go_env(os.path.abspath(theirs), "-w", f"{key}={value}")
        after = edited("go-env", text, "put", key, value)
    expect(f"go env sets {key}={value}", done.returncode, 0, text, done.stderr)
    with open(ours, "wb") as file:
        file.write(after)
    expect(f"go reads after {key}={value}", go_reads(os.path.abspath(ours)),
           go_reads(os.path.abspath(theirs)), text, after)
    others = [line for line in text.split(b"\n") if not line.startswith(key.encode() + b"=")]
    kept = [line for line in after.split(b"\n") if not line.startswith(key.encode() + b"=")]
    while others and others[-1] == b"":
        others.pop()
    while kept and kept[-1] == b"":
        kept.pop()
    expect("other lines and their order stay", kept, others, text)
    return True


# ---- pip.conf ------------------------------------------------------------------------------------

PIP_KEYS = ["global.index-url", "global.trusted-host", "install.index-url", "global.timeout"]


def ini_text(rng):
    sections = ["[global]", "[install]", "[DEFAULT]", "[wheel] # x", "[GLOBAL]", "[ global ]",
                "[]]", "[global", "[]", "[DEFAULT] "]
    options = ["index-url", "index_url", "trusted-host", "TRUSTED_HOST", "timeout", "--index-url",
               "pre", "a.b", "find-lin\u212as", "é"]
    rng.shuffle(options)
    if rng.random() < 0.7:
        sections[3:] = rng.sample(sections[3:], rng.randrange(3))
    end = rng.choice(["\n"] * 4 + ["\r\n", "\r"])
    parts = [rng.choice(sections[:3]) + end] if rng.random() < 0.9 else []
    odds = 0.04 if rng.random() < 0.5 else 0.0
    used = 0
    for _ in range(rng.randrange(14)):
        pick = rng.random()
        indent = rng.choice([""] * 8 + ["  ", "\t", " ", "\u3000", "\xa0 "])
        if pick < 0.12:
            line = indent + rng.choice(sections)
        elif pick < 0.6 and used < len(options):
            option = rng.choice(options) if rng.random() < odds else options[used]
            used += 1
            line = indent + option
            line += rng.choice([" = ", " = ", "=", ": ", " :", "\t=\t", " == "])
            line += rng.choice(["", "x", "https://a.example/simple", "a # b", '"q"', "[x]", "z\xa0",
                                "例 ", ": y", "50%", "\x1c"])
        elif pick < 0.6 + odds:
            line = rng.choice(["bare", "= x", "[x", ": y", "\ufeff"])
        else:
            line = rng.choice(["  a", "    b", "\tc = d", "   [install]", "  # e", "", "", "   ",
                               "; f", "# g", "\x0c", "\x85", "\u2003m", "  ;n"])
        parts.append(line + (end if rng.random() < 0.95 else rng.choice(["\n", "\r\n", "\r"])))
    text = "".join(parts)
    if rng.random() < 0.3:
        text = text.rstrip("\r\n")
    data = text.encode()
    if rng.random() < 0.03:
        data = b"\xef\xbb\xbf" + data
    if rng.random() < 0.03:
        data += b"\n# caf\xe9\n"
    return data


def pip_reads(path, text):
    """What pip reads: configuration.py _construct_parser, _normalized_keys. None: it fails."""
    with open(path, "wb") as file:
        file.write(text)
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (UnicodeDecodeError, configparser.Error):
        return None
    config = {}
    for section in parser.sections():
        for name, value in parser.items(section):
            name = name.lower().replace("_", "-")
            if name.startswith("--"):
                name = name[2:]
            config[section + "." + name] = value
    return config


def as_ours(value):
    """pip's value as edit.h defines values: several lines are a list of those not empty."""
    if value is None:
        return "absent", []
    lines = value.split("\n")
    return ("list", [line for line in lines if line]) if len(lines) > 1 else ("string", [value])


def pip_section(parser_config, section):
    return {key: value for key, value in parser_config.items() if key.startswith(section + ".")}


def compare_ini(number):
    rng = random.Random(f"ini {SEED} {number}")
    text = ini_text(rng)
    path = f"pip-{number}.conf"
    before = pip_reads(path, text)
    expect("check agrees", edit("ini", text, "check")[0], BAD_CONFIG if before is None else 0, text)
    if before is None:
        return False
    key = rng.choice(PIP_KEYS)
    section = key.split(".")[0]
    for other in PIP_KEYS:
        expect(f"get {other}", get("ini", text, other), as_ours(before.get(other)), text)

    verb, *items = rng.choice([["put", "https://b.example/simple"], ["put", ""], ["put", "# a = [b]"],
                               ["put-list", "a"], ["put-list", "a", "b c", "[d]"],
                               ["put-list", "e = f", "g"], ["remove"]])
    after_text = edited("ini", text, verb, key, *items)
    after = pip_reads(path, after_text)
    what = f"{verb} {key} {items}"
    if after is None:
        raise Differs(f"pip cannot read the file after {what}\n  {text!r}\n  {after_text!r}")
    inherits = b"DEFAULT]" in text
    if verb == "remove":
        if not inherits:
            expect(what, after.get(key), None, text, after_text)
    else:
        kind = "list" if verb == "put-list" else "string"
        expect(what, as_ours(after.get(key)), (kind, items), text, after_text)
    # [DEFAULT] belongs to every section, so one that appears or goes brings or takes its values.
    had_section = any(name.startswith(section + ".") for name in before)
    for config in (before, after):
        config.pop(key, None)
        if inherits and (verb == "remove" or not had_section):
            for name in pip_section(config, section):
                del config[name]
    expect(f"other keys stay, {what}", after, before, text, after_text)

    expect(f"comments stay, {what}", comments(after_text), comments(text), text, after_text)
    return True


def comments(text):
    lines = re.split("\r\n|\r|\n", text.decode())
    return [line for line in lines if line.strip().startswith(("#", ";"))]


# ---- daemon.json ---------------------------------------------------------------------------------

JSON_KEYS = ["registry-mirrors", "debug", "a"]


def json_text(rng):
    wild = rng.random() < 0.5
    unit = rng.choice(["  ", "    ", "\t", ""])
    end = rng.choice(["\n", "\n", "\r\n"])
    lines = rng.random() < 0.7

    def space(depth):
        if wild:
            return rng.choice(["", "", " ", end, end + unit * depth, "\t "])
        return end + unit * depth if lines else ""

    def value(depth):
        pick = rng.random()
        if pick < 0.25 and depth < 4:
            return container("[]", [value(depth + 1) for _ in range(rng.randrange(4))], depth)
        if pick < 0.4 and depth < 4:
            return members(depth)
        return rng.choice(["1", "-0.50e+7", "1e400", "9007199254740993", "1.0", "true", "null",
                           '"x"', '"\\u00e9\\/"', '"例"', "[]", "{}", '["s", "t"]', '[ "u" ]'])

    def container(brackets, items, depth):
        inner = ",".join(space(depth + 1) + item + (space(depth) if wild else "") for item in items)
        return brackets[0] + inner + (space(depth) if items else "") + brackets[1]

    def members(depth):
        names = rng.sample(["debug", "a", "b", "c d", "log-opts", "registry-mirrors", "é"],
                           rng.randrange(6))
        if depth == 0 and names and rng.random() < 0.2:
            names.append(rng.choice(names))
        colon = rng.choice([": ", ":", " : "])
        return container("{}", [json.dumps(name, ensure_ascii=rng.random() < 0.5) + colon +
                                value(depth + 1) for name in names], depth)

    return (members(0) + rng.choice(["", end])).encode()


class Number(str):
    """A number in its own spelling."""


def spelled(text):
    """All members in their order, numbers as they are spelled."""
    return json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=list)


def jq(program, texts):
    with open("all.json", "wb") as file:
        file.write(b"\n".join(texts))
    done = run(["jq", "-cS", program, "all.json"])
    expect("jq reads all files", done.returncode, 0, done.stderr)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def json_job(number):
    rng = random.Random(f"json {SEED} {number}")
    text = json_text(rng)
    key = rng.choice(JSON_KEYS)
    verb, *args = rng.choice([["put", "https://b.example"], ["put", 'q"\\\n例'], ["put-list"],
                              ["put-list", "a"], ["put-list", "a", "b", "c"],
                              ["put-literal", "9007199254740993"], ["put-literal", "false"],
                              ["put-literal", '{"x":[1.0]}'], ["remove"]])
    wanted = {"put": lambda: ["there", args[0]], "put-list": lambda: ["there", args],
              "put-literal": lambda: ["there", json.loads(args[0])], "remove": lambda: ["absent"]}
    after = edited("json", text, verb, key, *args)
    rest = [pair for pair in spelled(text) if pair[0] != key]
    expect("other members, their order and numbers stay",
           [pair for pair in spelled(after) if pair[0] != key], rest, text, after)
    return key, text, after, get("json", text, key), wanted[verb]()


def from_ours(value):
    kind, items = value
    if kind == "absent":
        return ["absent"]
    found = {"string": lambda: items[0], "list": lambda: items,
             "literal": lambda: json.loads(items[0])}
    return ["there", found[kind]()]


def compare_json(pool, count):
    jobs = list(pool.map(json_job, range(count)))
    for key in JSON_KEYS:
        mine = [job for job in jobs if job[0] == key]
        read = f'if has("{key}") then ["there", ."{key}"] else ["absent"] end'
        rest = f'del(."{key}")'
        befores, afters = [job[1] for job in mine], [job[2] for job in mine]
        for job, before, after in zip(mine, jq(read, befores), jq(read, afters)):
            expect(f"get {key} as jq", same_numbers(from_ours(job[3])), same_numbers(before), job[1])
            expect(f"jq reads {key}", same_numbers(after), same_numbers(job[4]), job[1], job[2])
        for job, before, after in zip(mine, jq(rest, befores), jq(rest, afters)):
            expect(f"jq reads all but {key}", after, before, job[1], job[2])
    return len(jobs)


def same_numbers(value):
    """jq's numbers are doubles."""
    if isinstance(value, list):
        return [same_numbers(item) for item in value]
    if isinstance(value, dict):
        return {name: same_numbers(item) for name, item in value.items()}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return min(float(value), sys.float_info.max)
    return value


def main():
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        envs = sum(pool.map(compare_env, range(200)))
        print(f"go agrees on {envs} env files")
        results = list(pool.map(compare_ini, range(500)))
        print(f"configparser agrees on {len(results)} pip.conf, of which {sum(results)} are valid")
        expect("enough of them are", sum(results) > len(results) / 3, True)
        expect("and enough are not", sum(results) < len(results) * 0.95, True)
        print(f"jq agrees on {compare_json(pool, 300)} daemon.json")


try:
    main()
except Differs as difference:
    sys.exit(f"differs: {difference}")
