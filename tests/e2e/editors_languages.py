"""Compares the editors of npmrc, env, TOML, YAML and XML files with other readers on generated files.

Usage: editors_languages.py EDIT_TOOL INI, in a directory that may be littered; INI is the folder of
npm's package `ini`, or empty. The files are the same in every run; MW_TEST_SEED makes others.
"""

import copy
import json
import os
import random
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

try:
    import tomllib
except ImportError:  # before Python 3.11
    tomllib = None
try:
    import yaml
except ImportError:
    yaml = None

TOOL, INI = sys.argv[1:3]
SEED = os.environ.get("MW_TEST_SEED", "1")
BAD_CONFIG = 78


class Differs(Exception):
    pass


def expect(what, found, wanted, *texts):
    if found != wanted:
        shown = "".join(f"\n  text   {text!r}" for text in texts)
        raise Differs(f"{what}\n  found  {found!r}\n  wanted {wanted!r}{shown}")


def edit(editor, text, verb, *args):
    """The exit status and stdout of edit_tool."""
    done = subprocess.run([TOOL, editor, verb, *args], input=text, capture_output=True, timeout=60)
    if done.returncode not in (0, 64, BAD_CONFIG):
        raise Differs(f"edit_tool {editor} {verb} {args}: {done.stderr.decode()}\n  text {text!r}")
    return done.returncode, done.stdout


def get(editor, text, key):
    """Our value as Python's: None, a string, a list of strings; a literal is ("literal", text)."""
    code, out = edit(editor, text, "get", key)
    if code != 0:
        return ("refused", code)
    value = json.loads(out)
    items = value["items"]
    return {"absent": lambda: None, "string": lambda: items[0], "list": lambda: items,
            "literal": lambda: ("literal", items[0])}[value["kind"]]()


def kept(what, before, after, text, changed):
    """Lines that a change did not concern are there in the same order: a diff has one place."""
    old, new = text.splitlines(keepends=True), changed.splitlines(keepends=True)
    while old and new and old[0] == new[0]:
        old.pop(0), new.pop(0)
    while old and new and old[-1] == new[-1]:
        old.pop(), new.pop()
    if len(old) > before or len(new) > after:
        raise Differs(f"{what} changes too much\n  text   {text!r}\n  after  {changed!r}")


def soup(rng, tokens, most):
    return "".join(rng.choice(tokens) for _ in range(rng.randrange(most))).encode()


# ---- npmrc: npm's ini ------------------------------------------------------------------------------

NPM_KEYS = ["registry", "@team:registry", "omit", "cafile"]
NPM_TOKENS = ["registry", "@team:registry", "omit[]", "omit", "cafile", '"omit"', "=", "=", "=", " = ",
              '"', "'", ";", "#", "\\", " ", "\n", "\n", "\n", "\r\n", "\r", "https://a/", "\n[x]\n",
              "[y", "例", "\xa0", "\ufeff", "\n# c\n", "\u2028", "true", "$\\{A}", "\u3000", "\\u0041"]
NPM_VALUES = [["put", "https://b.example/"], ["put", "a;b#c"], ["put", " a "], ["put", '"q'], ["put", ""],
              ["put", "a\\"], ["put-list", "a"], ["put-list", "a;", "b ", "'c"], ["remove"]]


def ini_reads(texts):
    with open("all.json", "w", encoding="utf-8") as file:
        json.dump([text.decode() for text in texts], file)
    program = ("const ini = require(process.argv[1]); const texts = JSON.parse("
               "require('fs').readFileSync('all.json', 'utf8'));"
               "console.log(JSON.stringify(texts.map(text => ini.parse(text))))")
    done = subprocess.run(["node", "-e", program, INI], capture_output=True, timeout=300)
    expect("node runs ini", done.returncode, 0, done.stderr)
    return json.loads(done.stdout)


def from_ini(value):
    """Strings as we read them: npm's true is "true"."""
    if isinstance(value, list):
        return [from_ini(item) for item in value]
    return value if isinstance(value, str) or value is None else json.dumps(value)


def npmrc_job(number):
    rng = random.Random(f"npmrc {SEED} {number}")
    text = soup(rng, NPM_TOKENS, 30)
    key, (verb, *args) = rng.choice(NPM_KEYS), rng.choice(NPM_VALUES)
    code, after = edit("npmrc", text, verb, key, *args)
    expect(f"npmrc {verb} {args}", code, 0, text)
    wanted = {"put": lambda: args[0], "put-list": lambda: args, "remove": lambda: None}[verb]()
    return text, key, wanted, after, {name: get("npmrc", text, name) for name in NPM_KEYS}


def compare_npmrc(pool, count):
    jobs = list(pool.map(npmrc_job, range(count)))
    befores, afters = ini_reads([job[0] for job in jobs]), ini_reads([job[3] for job in jobs])
    for (text, key, wanted, after, ours), before_ini, after_ini in zip(jobs, befores, afters):
        for name in NPM_KEYS:
            expect(f"get {name} as npm", ours[name], from_ini(before_ini.get(name)), text)
            if name != key:
                expect(f"{name} stays", after_ini.get(name), before_ini.get(name), text, after)
        expect(f"npm reads {key}", from_ini(after_ini.get(key)), wanted, text, after)
        for line in text.decode().splitlines():
            if line.strip().startswith((";", "#")) and line not in after.decode():
                raise Differs(f"a comment is lost: {line!r}\n  text {text!r}\n  after {after!r}")
    print(f"npm's ini agrees on {count} npmrc")


# ---- env files: a shell, brew's loop ---------------------------------------------------------------

ENV_KEYS = ["A", "HF_ENDPOINT", "RUSTUP_DIST_SERVER"]
ENV_VALUES = ["https://m.example/x", "it's", 'say "x"', "a b", "$HOME `x`", "\\", "", "例", "a;b&c"]


def shell_reads(text, program):
    print_all = "".join(f'[ -n "${{{key}+x}}" ] && printf "%s=%s\\0" {key} "${key}";' for key in ENV_KEYS)
    done = subprocess.run(["bash", "-c", f"{program}; {print_all} true"], input=text, capture_output=True,
                          timeout=60, env={"PATH": os.environ["PATH"]})
    pairs = [pair.split("=", 1) for pair in done.stdout.decode(errors="replace").split("\0") if pair]
    return dict(pairs)


def env_line(rng, brew):
    key = rng.choice(ENV_KEYS)
    value = rng.choice(["x", "https://a.example", '"a b"', "'c d'", "'it'\\''s'", "a\\ b", '"q\\"r"', "", '"例"'])
    tail = rng.choice(["", "", "", " # tail", "  ", ";" if not brew else ""])
    head = rng.choice(["", "", "export ", " ", "\t"] if not brew else ["", "", " ", "\t"])
    over_lines = [f"B='\n{key}=1\n'", f'B="\\"\n{key}=1\n"', f"B=x\\\n{key}=1", "# it's"] if not brew else []
    return rng.choice([f"{head}{key}={value}{tail}", f"{head}{key}={value}{tail}", "# comment", "", f"#{key}=1"] + over_lines)


def env_job(job):
    editor, program, number = job
    rng = random.Random(f"{editor} {SEED} {number}")
    lines = [env_line(rng, editor == "brew-env") for _ in range(rng.randrange(8))]
    text = "\n".join(lines).encode() + (b"\n" if rng.random() < 0.8 else b"")
    key = rng.choice(ENV_KEYS)
    value = rng.choice(ENV_VALUES + [None])
    before = shell_reads(text, program)
    for name in ENV_KEYS:
        expect(f"{editor}: get {name}", get(editor, text, name), before.get(name), text)
    args = ["remove", key] if value is None else ["put", key, value]
    code, after = edit(editor, text, *args)
    expect(f"{editor} {args}", code, 0, text)
    wanted = {**before, key: value}
    if value is None:
        del wanted[key]
    expect(f"{editor}: the shell reads {args}", shell_reads(after, program), wanted, text, after)


def compare_env(pool, editor, count, program):
    list(pool.map(env_job, [(editor, program, number) for number in range(count)]))
    print(f"bash agrees on {count} files for {editor}")


# ---- TOML: tomllib ---------------------------------------------------------------------------------

TOML_KEYS = {  # ours: the way there in what tomllib reads; a dict picks a list item
    "source.crates-io.replace-with": ["source", "crates-io", "replace-with"],
    "source.m.registry": ["source", "m", "registry"], "net.offline": ["net", "offline"],
    "top": ["top"], "index[name=ours].url": ["index", {"name": "ours"}, "url"],
    'a."b.c".d': ["a", "b.c", "d"]}
TOML_LINES = [
    "[source.crates-io]", "replace-with = 'm'", "[source.m] # c", 'registry = "x"', "[net]",
    "offline = false", "top = [\"a\", 'b'] # c", "[[index]]", 'name = "ours"', 'name = "b"',
    'url = [\n  "a", # 1\n  "b",\n]', 'url = "u"', "", "", "# c", "source.m.x = 1", '[a."b.c"]',
    'd = """\nx \\\n y"""', "[a]", "t = {offline = 1, x.y = []}", "[source]", "z = [ [1], {a = 2} ]",
    "net = {offline = true}", "  indented = 1e3", 'replace-with = [ "a", "c" ]', "d = 07:32:00",
    "when = 1979-05-27 07:32:00.5Z", "n = 0xFF_F", "n = 01", "n = +1_0.5e-3", "n = 1__0", "n = inf",
    "e = \"\\u00e9\\U0001F600\\t\"", 'e = "\\x"', "e = '''a''b''''", "[[source]]", "b.c = 1", "[index.sub]",
    "'q k' = 1", "= 1", "x", "[x", "a = 1 b = 2", "bad = nope", "[ source . m ]", "source.crates-io.y = 2",
    "d = 1979-05-27", "l = [1,\n\n2 , # c\n]", "i = { a = 1,, }", "u = 1.", "u = .5", "u = 0b12", "u = -0"]
TOML_VALUES = [["put", "https://b.example/"], ["put", 'q"\\\'\n例'], ["put-list"], ["put-list", "a"],
               ["put-list", "b", "c"], ["put-literal", "true"], ["put-literal", "12"], ["remove"]]


def toml_reads(text):
    try:
        return tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None


def walk(data, way):
    """What is there; None if nothing is."""
    for step in way:
        if isinstance(step, dict):
            found = [item for item in data if isinstance(item, dict) and step.items() <= item.items()] \
                if isinstance(data, list) else []
            data = found[0] if found else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
        if data is None:
            return None
    return data


def with_value(data, way, value):
    """A copy with the value set; of None: without it."""
    data = copy.deepcopy(data)
    at = data
    for i, step in enumerate(way[:-1]):
        below = walk(at, [step])
        if below is None:
            if value is None:
                return data
            below = [] if isinstance(way[i + 1], dict) else {}
            if isinstance(step, dict):
                below = dict(step)
                at.append(below)
            else:
                at[step] = below
        at = below
    if value is None:
        if isinstance(at, dict):
            at.pop(way[-1], None)
    else:
        at[way[-1]] = value
    return data


def pruned(data, picks=({"name": "ours"}, {"id": "ours"})):
    """Without what is empty, which may come and go."""
    if isinstance(data, dict):
        data = {name: pruned(value) for name, value in data.items()}
        return {name: value for name, value in data.items() if value not in ({}, [], None)}
    if isinstance(data, list):
        return [item for item in map(pruned, data) if item != {} and item not in picks]
    return data


def compare_nested(job):
    """One file of a nested format; what became of it."""
    editor, number, make, keys, values, reads, as_read = job
    rng = random.Random(f"{editor} {SEED} {number}")
    text = make(rng)
    before = reads(text)
    code = edit(editor, text, "check")[0]
    if before is None:
        expect(f"{editor}: check refuses", code, BAD_CONFIG, text)
        return "refused"
    if code != 0 and editor == "yaml":
        return "not understood"
    expect(f"{editor}: check accepts", code, 0, text)
    for key, way in keys.items():
        ours = get(editor, text, key)
        there = as_read(walk(before, way))
        if editor == "yaml" and isinstance(ours, tuple) and ("\n" in str(ours[1]) or str(ours[1])[:1] in "|>&!*"):
            continue  # a form that is only read as it is spelled
        if ours in (("literal", "null"), ("literal", "~")):
            ours = None
        if there is not NotImplemented and (not isinstance(ours, tuple) or ours[0] != "refused"):
            expect(f"{editor}: get {key}", ours, there, text)
    key, (verb, *args) = rng.choice(list(keys)), rng.choice(values)
    code, after = edit(editor, text, verb, key, *args)
    if code != 0:
        return "not edited"
    wanted = {"put": lambda: args[0], "put-list": lambda: args, "remove": lambda: None,
              "put-literal": lambda: json.loads(args[0])}[verb]()
    read = reads(after)
    if read is None:
        raise Differs(f"{editor} {verb} {key} {args} breaks it\n  text  {text!r}\n  after {after!r}")
    what = f"{editor} {verb} {key} {args}"
    if wanted is None and not isinstance(as_read(walk(before, keys[key])), (str, list)):
        return "nothing to remove"
    expect(what, pruned(read), pruned(with_value(before, keys[key], wanted)), text, after)
    if wanted is not None:
        expect(what, walk(read, keys[key]), wanted, text, after)
    return "edited"


def compare_nested_all(pool, editor, count, *rest):
    states = list(pool.map(compare_nested, [(editor, number, *rest) for number in range(count)]))
    tally = {state: states.count(state) for state in sorted(set(states))}
    print(f"{editor}: {tally}")
    expect(f"{editor}: enough of the files are edited", tally.get("edited", 0) > count / 5, True)


def toml_text(rng):
    end = rng.choice(["\n", "\n", "\r\n"])
    lines = [rng.choice(TOML_LINES[:28] if rng.random() < 0.9 else TOML_LINES) for _ in range(rng.randrange(9))]
    return (end.join(lines) + rng.choice(["", end])).encode()


def as_toml(value):
    if value is None:
        return None
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        return value
    return NotImplemented  # a table, or a literal in its own spelling


# ---- YAML: PyYAML ----------------------------------------------------------------------------------

YAML_KEYS = {"npmRegistryServer": ["npmRegistryServer"], "channels": ["channels"], ":sources": [":sources"],
             "custom_channels.conda-forge": ["custom_channels", "conda-forge"], "a.b.c": ["a", "b", "c"],
             "list[name=ours].url": ["list", {"name": "ours"}, "url"], "list[name=ours].k": ["list", {"name": "ours"}, "k"]}
YAML_LINES = [
    'npmRegistryServer: "x" # c', "npmRegistryServer: https://b/", "channels:", "  - a", "  - 'b' # c", "- c",
    "custom_channels:", "  conda-forge: x", "  other: 1", ':sources: [a, "b"]', ":sources:\n- a\n# c\n- d", "list:",
    "  - name: ours\n    url: x", "  - name: b", "", "# c", "a:\n  b:\n    c: |\n      x", "a: {b: {c: 1}}",
    "list: []", "  - url: x # c\n    name: ours\n    k: 1", "a: {}", "a:\n  b: { } # c", "a: null\nlist: ~",
    "  - url: x\n    # c\n    k: 1\n    name: ours",
    "z: plain\n  goes on\n\n  and on", "k: ~", "a:\n  b: y", "a:\n  b:\n    c: yes", "z: [1,\n 2]", "c: 1.5", "d: 2001-01-01",
    "e: 'it''s'", 'f: "\\u00e9\\x41\\n"', "g: a:b#c", "h: - x", "i: a: b", "\tj: 1", "l: 'open", "m: &n [1]", "n: &m 1\no: *m",
    "p: !!str 5", "? q", "r", "s: [", "---", "...", "t: @x", "u:\n    v: 1\n   w: 2", "'q k': 1", "x: 0x1F", "y: 1:20"]
YAML_VALUES = [["put", "https://b.example/"], ["put", 'q"\\\'\n例: #'], ["put", "yes"], ["put", " x"], ["put", ""],
               ["put-list"], ["put-list", "a"], ["put-list", "b", "1.0", "c: d"], ["put-literal", "true"],
               ["put-literal", "12"], ["remove"]]


def yaml_text(rng):
    end = rng.choice(["\n", "\n", "\r\n"])
    lines = [rng.choice(YAML_LINES[:29] if rng.random() < 0.93 else YAML_LINES) for _ in range(rng.randrange(7))]
    return (rng.choice(["", "", "---" + end]) + end.join(lines).replace("\n", end).replace("\r\r", "\r") +
            (end if lines and lines[-1].endswith("|\n      x") else rng.choice(["", end]))).encode()


def yaml_reads(text):
    try:
        data = yaml.safe_load(text.decode())
    except (yaml.YAMLError, ValueError):
        return None
    return {} if data is None else data


# ---- gemrc: Ruby's own YAML ------------------------------------------------------------------------

GEM_KEYS = [":sources", ":verbose", ":ssl_ca_cert", ":concurrent_downloads", "gem"]
GEM_LINES = [
    ":sources:\n- https://a.example/\n- 'https://b.example/' # c", ':sources: ["https://a.example/", https://b.example/]',
    ":sources:\n  - https://a.example/\n  # c\n  - https://d.example/", ":sources: []", ":sources: https://a.example/",
    "sources:\n- https://dead.example/", ":verbose: true", ":verbose: false # c", ":verbose: :loud", ":backtrace: false",
    ":concurrent_downloads: 8", ":concurrent_downloads: 1_0", ":ssl_ca_cert: /etc/ssl/ca.pem", ":ssl_ca_cert: '/a b'",
    "gem: --no-document", 'gem: "--no-document --http-proxy http://p:1"', "install: --no-rdoc # c", "# c", "",
    ":update_sources: yes", ":bulk_threshold: 1000", ":gempath:\n- /a\n- /b", "gem: ''", ":verbose:", "k: ~"]
GEM_BAD = [":sources: [", "\t:verbose: true", "gem: 'open", "a: b: c"]
GEM_VALUES = [["put", "https://m.example/"], ["put", "it's: # x"], ["put", ":sym"], ["put", "yes"], ["put", "010"],
              ["put-list", "https://m.example/"], ["put-list", "a", ":b", "1.0", "~"], ["put-literal", "true"],
              ["put-literal", "12"], ["remove"]]


def ruby_reads(texts):
    """Of each text its mapping with symbols spelled as they are written, or None."""
    with open("gems.json", "w", encoding="utf-8") as file:
        json.dump([text.decode() for text in texts], file)
    program = """require "yaml"; require "json"
plain = lambda do |value|
  case value
  when Hash then value.to_h { |name, below| [plain.(name), plain.(below)] }
  when Array then value.map(&plain)
  when Symbol then ":#{value}"
  when nil, true, false, String, Numeric then value
  else "#<#{value.class}>"
  end
end
puts JSON.generate(JSON.parse(File.read("gems.json")).map { |text|
  begin
    read = YAML.respond_to?(:unsafe_load) ? YAML.unsafe_load(text) : YAML.load(text)
    read.is_a?(Hash) ? plain.(read) : (read ? nil : {})
  rescue Psych::Exception
    nil
  end })"""
    done = subprocess.run(["ruby", "-e", program], capture_output=True, timeout=300)
    expect("ruby reads YAML", done.returncode, 0, done.stderr)
    return json.loads(done.stdout)


def gemrc_job(number):
    rng = random.Random(f"gemrc {SEED} {number}")
    end = rng.choice(["\n", "\n", "\n", "\r\n"])
    lines = [rng.choice(GEM_LINES) for _ in range(rng.randrange(7))]
    if rng.random() < 0.05:
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(GEM_BAD))
    text = (rng.choice(["", "---\n"]) + "\n".join(lines) + rng.choice(["", "\n"])).replace("\n", end).encode()
    key, (verb, *args) = rng.choice(GEM_KEYS), rng.choice(GEM_VALUES)
    checked = edit("yaml", text, "check")[0]
    code, after = edit("yaml", text, verb, key, *args)
    wanted = {"put": lambda: args[0], "put-list": lambda: args, "remove": lambda: None,
              "put-literal": lambda: json.loads(args[0])}[verb]()
    return text, checked, key, wanted, code, after, {name: get("yaml", text, name) for name in GEM_KEYS}


def compare_gemrc(pool, count):
    jobs = list(pool.map(gemrc_job, range(count)))
    befores, afters = ruby_reads([job[0] for job in jobs]), ruby_reads([job[5] for job in jobs])
    edited = 0
    for (text, checked, key, wanted, code, after, ours), before, read in zip(jobs, befores, afters):
        if checked != 0:
            continue  # a form that is not understood, or Ruby refuses it, too
        if before is None:
            raise Differs(f"Ruby cannot read what we can\n  text {text!r}")
        for name in GEM_KEYS:
            there = before.get(name)
            if isinstance(ours[name], tuple):  # a literal, or what is not edited
                expect(f"gemrc: {name} is no text", isinstance(there, str), False, text)
            else:
                expect(f"gemrc: get {name}", ours[name], there, text)
        if code == 0:
            edited += after != text
            left = {name: value for name, value in {**before, key: wanted}.items() if value is not None}
            expect(f"gemrc {key} = {wanted}", {name: value for name, value in (read or {}).items() if value is not None},
                   left, text, after)
    print(f"Ruby agrees on {count} gemrc, {edited} of them edited")
    expect("gemrc: enough of the files are edited", edited > count / 3, True)


# ---- XML: ElementTree ------------------------------------------------------------------------------

XML_KEYS = {"s.mirrors.mirror[id=ours].url": ["mirrors", "mirror[id='ours']", "url"],
            "s.p": ["p"], "s.list.add[@key=k].@value": ["list", "add[@key='k']", "@value"], "s.@v": ["@v"]}
XML_PARTS = ["<mirrors/>", "<mirrors>\n    <mirror>\n      <id>ours</id>\n      <url>x</url>\n    </mirror>\n  </mirrors>",
             "<mirrors><mirror><id>b</id></mirror></mirrors>", "<p><![CDATA[x<]]></p>", "<p/>", "<p> a &amp; b </p>", "\n",
             "\n  ", "<!-- c -->", '<list>\n    <add key="k" value=\'v&lt;\' />\n  </list>', '<list><add key="k"/></list>',
             "<p>&#x4f8b;</p>", "<q a='1' b=\"2\"/>", "<?pi x?>", "\r\n", "<list>\n\t</list>", "<r>text<i/>tail</r>"]
XML_BAD = ["<p>", "</p>", "&nbsp;", "<q a='1' a='2'/>", "<q a=1/>", "<!DOCTYPE s>", "<!-- a -- b -->", "]]>", "<1/>", "\x01"]


def xml_text(rng):
    parts = [rng.choice(XML_PARTS) for _ in range(rng.randrange(6))]
    if rng.random() < 0.15:
        parts.insert(rng.randrange(len(parts) + 1), rng.choice(XML_BAD))
    head = rng.choice(["", '<?xml version="1.0" encoding="UTF-8"?>\n', "<!-- head -->\n"])
    return (head + rng.choice(["<s>", "<s v='1'>\n  "]) + "".join(parts) + "</s>" + rng.choice(["", "\n"])).encode()


def xml_canonical(text):
    """All elements, attributes and texts without blanks around them; None if it is not well-formed."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None

    def plain(node):
        below = [plain(child) for child in node]
        return (node.tag, sorted(node.attrib.items()), (node.text or "").strip(), below, (node.tail or "").strip())

    return root, plain(root)


def xml_find(root, way):
    at = [root]
    for step in way:
        if step.startswith("@"):
            return [node.get(step[1:]) for node in at if node.get(step[1:]) is not None]
        at = [child for node in at for child in node.findall(step)]
    return [(node.text or "").strip() for node in at if len(node) == 0]


def xml_job(number):
    rng = random.Random(f"xml {SEED} {number}")
    text = xml_text(rng)
    before = xml_canonical(text)
    code = edit("xml", text, "check")[0]
    if before is None or b"<!DOCTYPE" in text:
        expect("xml: check refuses", code, BAD_CONFIG, text)
        return "refused"
    expect("xml: check accepts", code, 0, text)
    for key, way in XML_KEYS.items():
        found = xml_find(before[0], way)
        if len(found) < 2 and get("xml", text, key) is not None:
            expect(f"xml: get {key}", [get("xml", text, key)], found, text)
    key, value = rng.choice(list(XML_KEYS)), rng.choice(["https://b.example/?a=1&b=2", "<\"'>例]]>", "", None])
    code, after = edit("xml", text, *(["remove", key] if value is None else ["put", key, value]))
    if code != 0:
        return "not edited"
    if after == text:
        return "same"
    read = xml_canonical(after)
    if read is None:
        raise Differs(f"xml {key} = {value} breaks it\n  text  {text!r}\n  after {after!r}")
    expect(f"xml {key} = {value}", xml_find(read[0], XML_KEYS[key]), [] if value is None else [value], text, after)
    for comment in (b"<!-- c -->", b"<?pi x?>", b"<!-- head -->"):
        expect(f"xml {key}: comments stay", after.count(comment), text.count(comment), text, after)
    return "edited"


def compare_xml(pool, count):
    states = list(pool.map(xml_job, range(count)))
    print("xml:", {state: states.count(state) for state in sorted(set(states))})
    expect("xml: enough of the files are edited", states.count("edited") > count / 4, True)


def main(pool):
    compare_xml(pool, 300)
    if yaml:
        compare_nested_all(pool, "yaml", 400, yaml_text, YAML_KEYS, YAML_VALUES, yaml_reads, as_toml)
    else:
        print("no PyYAML: YAML is not compared")
    if shutil.which("ruby"):
        compare_gemrc(pool, 200)
    else:
        print("no Ruby: gemrc is not compared")
    if tomllib:
        compare_nested_all(pool, "toml", 400, toml_text, TOML_KEYS, TOML_VALUES, toml_reads, as_toml)
    else:
        print("no tomllib: TOML is not compared")
    if INI:
        compare_npmrc(pool, 250)
    else:
        print("no npm: its ini is not compared")
    compare_env(pool, "env", 100, ". /dev/stdin")
    loop = 'while read -r line; do [[ $line =~ ^[A-Z_a-z0-9]+= ]] || continue; export "${line?}"; done'
    compare_env(pool, "brew-env", 100, loop)


try:
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        main(workers)
except Differs as difference:
    sys.exit(f"differs: {difference}")
