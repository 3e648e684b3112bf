"""The contract at its edges: run by contract_edges.sh."""
import json, os, re, resource, subprocess, sys
import xml.etree.ElementTree

from contract import BIN, NOBODY, Result, expect, expect_true, main, read

SOURCE = os.environ["MW_SOURCE"]
ESCAPE = "\x1b["


def run_with(m, words, **more):
    """Like m.run(), with the arguments of subprocess.run()."""
    done = subprocess.run([BIN] + words.split() + ["--root", m.root], env=m.env, cwd=m.work,
                          stdin=subprocess.DEVNULL, timeout=60,
                          **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more})
    return Result(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())


# ---- words ------------------------------------------------------------------------------------

VALUED = ("profile", "set", "only", "skip", "mirror", "scope", "root", "format", "samples", "timeout",
          "deadline", "catalog", "accept-risk", "color", "lang", "output")


def test_usage_is_64_in_text_and_json(m):
    rows = ["--apply --diff", "--list tools --probe", "--diff -- extra", "-yZ", "--app", "--prof dev",
            "--diff --no-network=", "--rollback -1", "--rollback=", "--rollback 1 2", "--watch",
            "--list profile", "--show go.", "--diff -p prod --mirror go=", "--diff --mirror =x",
            "--diff -p prod --mirror go=ftp://x.example", "--diff --set nokey=1", "--diff --only go,ant",
            "--diff --only go --skip go", "--checklist --format xml", "--diff --format md"]
    rows += [f"--probe --{name} {value}" for name in ("samples", "timeout", "deadline")
             for value in ("0", "-1", "1x", "1.5", "0x10", "+1", "99999999999999999999")]
    lists = [row.split() for row in rows]
    lists += [["--diff", f"--{name}", ""] for name in VALUED] + [["--diff", f"--{name}="] for name in VALUED]
    lists += [["--list", ""], ["--show="]]
    for words in lists:
        text = m.run(words)
        expect(f"{words}", (text.status, text.out, text.err.count("error: ")), (64, "", 1))
        for place, both in (("first", ["--json"] + words), ("last", words + ["--json"])):
            if place == "last" and "--" in words:
                continue
            result = m.run(both)
            document = result.json
            expect(f"{words}, --json {place}", (result.status, document.get("exit_code"), result.err,
                                                document.get("changed")), (64, 64, "", False))
            expect_true(f"{words}: the same sentence", document.get("message", "?") in text.err, text.err)
    for name in VALUED:
        result = m.run(["--diff", f"--{name}"], root=False)
        expect(f"--{name} without a value", (result.status, f"--{name}" in result.err), (64, True))
    expect("the action is told, though its value is wrong",
           m.run("--list nothing --json").json.get("action"), "list")


def test_what_an_alias_brings_along(m):
    for action, status in (("--diff -p prod", 2), ("--history", 0), ("--list tools", 0),
                           ("--apply -p prod", 0), ("--rollback", 0)):
        expect(action, m.run("--plain --no-mouse --ascii --color never --lang en -q", action).status, status)


def test_help(m):
    """Every option of the contract, in both languages and the README, and none that is hidden."""
    wanted = "apply diff probe checklist doctor history rollback recover list show watch help version"
    wanted = ["--" + name for name in wanted.split() + list(VALUED) + (
        "yes force json no-network plain ascii no-mouse".split())]
    wanted += "-p -s -o -m -y -f -4 -6 -q -v -h".split()
    readme = read(SOURCE + "/README.md")
    helps = {lang: m.run("--help --lang", lang).out for lang in ("en", "zh_CN")}
    for lang, text in helps.items():
        for option in wanted:
            expect_true(f"--help in {lang}: {option}", re.search(rf"(?m)(^|\s){option}(\s|,|$)", text))
    for option in set(re.findall(r"(?m)^ +(?:-\w, )?(--[a-z0-9-]+)", helps["en"])) | set(wanted):
        expect_true(f"README: {option}", re.search(rf"(?<![\w-]){option}(?![\w-])", readme))
    for name in ("MIRRORWISE_PROFILE", "MIRRORWISE_LANG", "MIRRORWISE_STATE_DIR", "MIRRORWISE_CONFIG_DIR"):
        expect_true(f"README: {name}", name in readme)


# ---- output ------------------------------------------------------------------------------------

def test_colour(m):
    """The option beats NO_COLOR beats CLICOLOR_FORCE beats CLICOLOR=0 beats whether it is a terminal."""
    rows = [("", {}, False), ("--color always", {}, True), ("--color auto", {}, False),
            ("--color always", {"NO_COLOR": "1"}, True), ("--color never", {"CLICOLOR_FORCE": "1"}, False),
            ("", {"CLICOLOR_FORCE": "1"}, True), ("", {"CLICOLOR_FORCE": "0"}, False),
            ("", {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
            ("", {"CLICOLOR_FORCE": "1", "NO_COLOR": ""}, True),
            ("", {"CLICOLOR_FORCE": "1", "CLICOLOR": "0"}, True), ("", {"CLICOLOR": "1"}, False),
            ("--color always --color never", {}, False)]
    for args, env, wanted in rows:
        expect(f"{args} {env}", ESCAPE in m.run("--diff -p prod", args, env=env).out, wanted)
    for args, env, wanted in (("", {}, True), ("", {"NO_COLOR": "1"}, False), ("", {"CLICOLOR": "0"}, False),
                              ("--color never", {}, False), ("", {"TERM": "dumb"}, False)):
        expect(f"terminal: {args} {env}", ESCAPE in m.terminal(b"", "--diff -p prod", args, env=env).out,
               wanted)
    expect("JSON has none", "\\u001b" in m.run("--diff -p prod --json --color always").out, False)


def test_output_that_goes_nowhere(m):
    m.run("--apply -p prod")
    m.profile("x", "[go]\nGOPRIVATE = x.example\n")
    for action, status in (("--help", 0), ("--version", 0), ("--list mirrors", 0), ("--history", 0),
                           ("--diff -p x", 2), ("--diff -p x --json", 2), ("--show go.GOPROXY -p x", 0),
                           ("--doctor --no-network", None), ("--checklist --no-network -p x", None)):
        with open("/dev/full", "w") as full:
            result = run_with(m, action, stdout=full)
            expect(f"{action} > /dev/full", (result.status, "error: " in result.err), (74, True))
            result = run_with(m, action, stderr=full)
            expect_true(f"{action} 2> /dev/full", result.status in (0, 2), result.status)
        reader, writer = os.pipe()
        os.close(reader)
        result = run_with(m, action, stdout=writer)
        os.close(writer)
        expect_true(f"{action} | true", result.status == status or (status is None and
                    result.status in (0, 2)), (result.status, result.err))
        expect_true(f"{action}: a reader that has seen enough is no error", "error: " not in result.err)
    with open("/dev/full", "w") as full:
        result = run_with(m, "--apply -p x", stdout=full)
    expect("apply > /dev/full", (result.status, "x.example" in read(m.go)), (74, True))
    expect_true("and says that the files are written", "are written" in result.err, result.err)


def test_formats(m):
    m.write(m.pip, "no header\n")
    for action in ("--checklist -p prod --no-network", "--doctor --no-network"):
        for form in ("text", "md", "json", "junit", "tap"):
            result = m.run(action, "--format", form)
            expect(f"{action} {form}", (result.status, ESCAPE in result.out), (2, False))
            if form == "json":
                expect("the same as --json", result.json.get("exit_code"), 2)
            if form == "junit":
                xml.etree.ElementTree.fromstring(result.out)
            if form == "tap":
                expect_true("TAP 14", re.search(r"^TAP version 14\n(.*\n)*1\.\.\d+$", result.out, re.M))


def test_output_into_a_file(m):
    path = m.work + "/report"
    for words, begin in (("--list tools --json", "{"), ("--diff -p nothing --json", "{"),
                         ("--doctor --no-network --only go --format junit --color always", "<?xml"),
                         ("--doctor --no-network --only go --format md", "## ")):
        m.write(path, "old")
        result = m.run(words, "--output report")
        expect(words, (result.out, result.err, read(path).startswith(begin)), ("", "", True))
        if begin == "{":
            expect("its code", json.loads(read(path))["exit_code"], result.status)
    expect("readable as the umask says", oct(os.stat(path).st_mode & 0o777), "0o644")
    os.symlink(path, m.work + "/link")
    before = read(path)
    for place in ("/dev/null", "link", ".", "no/such/folder/x"):
        result = m.run("--history --json --output", place)
        expect(place, (result.status, result.out, result.err.startswith("error: ")), (73, "", True))
    expect("nothing is left behind", (sorted(os.listdir(m.work)), os.path.islink(m.work + "/link"), read(path)),
           (["link", "report"], True, before))
    expect("what is to be written is said", m.run("--history --output report").status, 64)


# ---- profiles -----------------------------------------------------------------------------------

def test_text_of_profiles(m):
    good = "[profile]\nname = t\nsummary = s\n\n[go]\nGOPROXY = https://go.example,direct\n"
    rows = [("\ufeff" + good, 1), (good + "GOPROXY = direct\n", 7), (good + "goproxy = direct\n", 7),
            (good + "[go]\nGOSUMDB = off\n", 7), (good + "justaword\n", 7), ("GOFLAGS = -v\n" + good, 1),
            (good + "[pip\n", 7), (good + "GOSUMDB : off\n", 7), (good.encode() + b"GOSUMDB = a\0b\n", 7),
            (good.encode() + b"GOPRIVATE = a\xffb\n", 7), (good + "GOPRIVATE = ${env:X\n", 7),
            (good + "[pip]\nglobal.index-url = @fastest:2\n", 8)]
    rows += [(good + f"[policy]\nmax-latency = {v}\n", 8) for v in ("-5ms", "0ms", "ms", "1e9ms", "3 m s")]
    rows += [(good + f"[policy]\nmax-age = {v}\n", 8) for v in ("6", "6x", "h")]
    rows += [(good + f"[docker]\nregistry-mirrors = {v}\n", 8) for v in (
        "h.example:5000", "https://h.example/?x=1", "@fastest:0", "@fastest:-1", "@fastest:", "@goproxy.cn")]
    rows += [(good.replace("https://go.example", v), 6) for v in ("gopher://go.example", "word", "@")]
    for text, line in rows:
        m.write("t.ini", text)
        for action in ("--diff", "--apply"):
            result = m.run(action, "-p ./t.ini")
            expect(f"{action} {text[-50:]!r}", (result.status, result.out, f"t.ini:{line}" in result.err),
                   (65, "", True))
    for text in (good, good.rstrip("\n"), good.replace("\n", "\r\n"), "# c\n; c\n" + good,
                 good.replace("direct\n", "direct ; c\n"), good.replace("direct\n", "direct\t# c\n"),
                 good.replace("https://go.example,direct", '"https://go.example,direct"')):
        m.write("t.ini", text)
        document = m.run("--show go.GOPROXY -p ./t.ini --json").json
        expect(f"{text!r}", [s["want"] for s in document.get("settings", [])], ["https://go.example,direct"])
    # A comment behind a section, too, whatever it holds; the section counts.
    for comment in (" ; Go", "; Go", "\t# [pip] ]", "   "):
        m.write("t.ini", good.replace("[go]\n", f"[go]{comment}\n"))
        document = m.run("--show go.GOPROXY -p ./t.ini --json").json
        expect(f"[go]{comment}", [s["want"] for s in document.get("settings", [])], ["https://go.example,direct"])


SAMPLE = """\
[profile]
name    = pinned
summary = Production and build hosts: pinned mirrors, checksums on, nothing measured
extends = base                      ; any depth, a cycle is an error

[policy]
select      = ordered               ; ordered | fastest
metric      = latency               ; latency | throughput | balanced
max-latency = 300ms
max-age     = 6h                    ; a mirror that syncs later than this is not used
require     = https, integrity      ; what a mirror must pass to be chosen

[go]                                ; the tool's own key names, case kept for it
GOPROXY   = @goproxy.cn,@aliyun,direct
GOSUMDB   = sum.golang.google.cn
GOPRIVATE = git.example.com

[pip]
global.index-url = @fastest
global.timeout   = 30

[docker]
registry-mirrors = @fastest:3
"""


def test_the_profile_of_the_documentation(m):
    m.write("t.ini", SAMPLE)
    result = m.run("--diff -p ./t.ini --json")
    wanted = {f"{s['tool']}.{s['key']}": s["want"] for s in result.json["settings"]}
    expect("it is read", (result.status, result.json["profile"]), (2, "pinned"))
    expect("nothing is measured", [x["samples"] for x in result.json["mirrors"] if x["samples"]], [])
    expect("GOPROXY", wanted["go.GOPROXY"], "https://goproxy.cn,https://mirrors.aliyun.com/goproxy,direct")
    expect("GOPRIVATE", wanted["go.GOPRIVATE"], "git.example.com")
    expect("timeout", wanted["pip.global.timeout"], "30")
    expect_true("an index", wanted["pip.global.index-url"].startswith("https://"))
    expect_true("mirrors", wanted["docker.registry-mirrors"])


def test_root_and_others(m):
    """Root follows no profile that others can write."""
    if os.geteuid() != 0:
        return
    path = m.profile("team", "[go]\nGOPRIVATE = x.example\n")
    m.profile("child", "extends = team\n")
    os.chmod(path, 0o646)
    for args in ("--apply -p team", "--diff -p child",
                 "--show go.GOPRIVATE -p config/profiles/team.ini"):
        result = m.run(args)
        expect(args, (result.status, "config/profiles/team.ini" in result.err,
                      "chmod go-w" in result.err), (76, True, True))
    expect("as a document", m.run("--apply -p team --json").json.get("result"), "untrusted")
    expect("nothing is written", os.path.exists(m.go), False)
    expect("the others do not suffer", m.run("--diff -p prod").status, 2)
    os.chmod(path, 0o664)
    expect("root's own group is root", m.run("--diff -p team").status, 2)
    os.chown(path, 0, NOBODY)
    expect("another group is not", m.run("--diff -p team").status, 76)
    os.chmod(path, 0o644)
    os.chown(path, NOBODY, NOBODY)
    expect("a stranger's in a trusted place", m.run("--diff -p team").status, 76)
    mirrors = m.write("mirrors.json", json.dumps({"tool": "go", "mirrors": [{"id": "x", "url": "https://x.example"}]}))
    for mode, owner, status in ((0o644, NOBODY, 0), (0o646, 0, 76)):
        os.chown(mirrors, owner, owner)
        os.chmod(mirrors, mode)
        expect("a catalogue that is named", m.run(f"--list mirrors --catalog {mirrors}").status, status)


def test_repository(m):
    """./.mirrorwise is a stranger's until somebody trusts it, whoever owns it."""
    ran = m.top + "/ran"
    m.env["TEAM"] = "corp"
    text = ("[go]\nGOPRIVATE = ${env:TEAM}.example\n[policy]\nselect = fastest\n"
            f"[pip]\nglobal.index-url = @fastest\n[check.x]\ncommand = /usr/bin/touch {ran}\n")
    path = m.profile("repo", text, m.work + "/.mirrorwise")
    m.profile("prod", "[go]\nGOPROXY = https://evil.example\n", m.work + "/.mirrorwise")
    result = m.run("--diff -p prod")
    expect("none shadows a profile", (result.status, "evil" in result.out), (2, False))
    result = m.run("--diff -p repo")
    expect("--diff shows it as written",
           (result.status, result.err.startswith("warning: "), "a stranger's" in result.err,
            "+GOPRIVATE=${env:TEAM}.example" in result.out), (2, True, True, True))
    expect("in JSON", m.run("--diff -p repo --json").json["trusted"], False)
    for args in ("--diff -p repo -q", "--doctor -p repo -q", "--show profile.repo -q",
                 "--show profile.repo", "--doctor -p repo"):
        result = m.run(args + " --no-network")
        expect(f"{args} says it first, once",
               (result.err.startswith("warning: "), result.err.count("a stranger's")), (True, 1))
    result = m.run("--show go.GOPRIVATE -p repo")
    expect("--show", (result.status, "${env:TEAM}" in result.out, "stranger" in result.err),
           (0, True, True))
    listed = m.run("--list profiles --json").json
    expect("--list", (listed["trusted"], [p["trusted"] for p in listed["profiles"]
                                          if p["name"] == "repo"]), (False, [False]))
    for args in ("--apply -p repo", "--checklist -p repo", "--probe -p repo"):
        result = m.run(args)
        expect(args, (result.status, f"`{BIN} --root {m.root} --trust " in result.err or f"`{BIN} --trust " in result.err), (76, True))
    m.profile("mine", "extends = repo\n")
    result = m.run("--apply -p mine")
    expect("of one's own that extends it", (result.status, f"{path} belongs to a repository" in result.err, f"--trust {path}`" in result.err),
           (76, True, True))
    expect("without a terminal", m.run("--trust .", root=False).status, 76)
    expect("nothing ran", os.path.exists(ran), False)
    shown = m.run("--trust . --yes", root=False)
    for part in ("go.GOPRIVATE", "${env:TEAM}", "/usr/bin/touch", "this name already"):
        expect_true(f"--trust tells {part}", part in shown.out, shown.out)
    expect("--trust", shown.status, 0)
    expect("trusted", m.run("--diff -p repo --no-network --json").json["trusted"], True)
    expect("expanded", "${env" in m.run("--diff -p repo --no-network").out, False)
    expect("again", "already" in m.run("--trust .", root=False).out, True)
    m.profile("repo", text + "expected = x\n", m.work + "/.mirrorwise")
    result = m.run("--trust .mirrorwise/repo.ini", root=False)
    expect("changed bytes are shown", (result.status, "+expected = x" in result.out), (76, True))
    expect("and a stranger's", m.run("--apply -p repo").status, 76)
    m.profile("repo", text, m.work + "/.mirrorwise")
    expect("--untrust", m.run("--untrust", path, root=False).status, 0)
    expect("a stranger's again", m.run("--diff -p repo --json").json["trusted"], False)
    result = m.run("--diff --no-network -p", path)
    expect("named by its path", (result.status, "reads ${env:TEAM}" in result.err), (2, True))
    expect("but not its commands", m.run("--checklist --no-network -p", path, root=False).status, 76)


def test_lint_and_diff(m):
    m.profile("risky", "[go]\nGOSUMDB = off\n")
    result = m.run("--diff -p risky")
    expect("a look at it is allowed", (result.status, "+GOSUMDB=off" in result.out), (2, True))
    expect_true("and says what --apply will", "--accept-risk go-sumdb-off" in result.err, result.err)
    warnings = m.run("--diff -p risky --json").json["warnings"]
    expect_true("in JSON, too", any("go-sumdb-off" in text for text in warnings), warnings)
    expect("--apply stops", m.run("--apply -p risky").status, 65)


def test_types_of_values(m):
    """A wish is of its key's type, for every tool; 65 in a profile, 64 on the command line."""
    rows = (("url", "npm.registry npm.mirror cargo.mirror maven.central.url gem.mirror node.mirror rustup.mirror",
             "nosuch htps:/x https:// javascript:alert https://x.example:0", "https://ok.example/p"),
            ("bool", "npm.strict-ssl cargo.net.offline maven.offline gem.verbose bundler.frozen", "maybe 1 yes", "true"),
            ("number", "npm.fetch-retries cargo.net.retry rustup.RUSTUP_MAX_RETRIES bundler.jobs", "x -1 1.5 1x", "3"))
    for kind, keys, wrong, right in rows:
        for key in keys.split():
            tool, name = key.split(".", 1)
            run = lambda value: m.run(f"--diff -p prod --no-network --only {tool} --set {key}={value}").status
            expect(f"{key} = {right}", run(right), 2)
            for value in wrong.split():
                expect(f"{key} = {value}: no {kind}", run(value), 64)
            m.profile("wrong", f"[{tool}]\n{name} = {wrong.split()[0]}\n")
            result = m.run(f"--apply -p wrong --no-network --only {tool}")
            expect(f"{key} in a profile", (result.status, bool(re.search(r"wrong\.ini:\d+: ", result.err))), (65, True))
    m.run("--apply -p prod --only gem --set gem.update_sources=false --set gem.bulk_threshold=7")
    expect_true("YAML has types", "\n:update_sources: false\n" in "\n" + read(m.home + "/.gemrc")
                and ":bulk_threshold: 7\n" in read(m.home + "/.gemrc"), read(m.home + "/.gemrc"))


def test_a_profile_that_expired(m):
    m.profile("old", "expires = 2020-01-01\n[go]\nGOPRIVATE = a.example\n")
    result = m.run("--diff -p old")
    expect("a look is allowed, and told", (result.status, "too old to follow" in result.err, "refuses" in result.err),
           (2, True, True))
    expect("--apply", (m.run("--apply -p old").status, os.path.exists(m.go)), (76, False))
    checks = m.run("--checklist -p old --only go --no-network --json").json["checks"]
    expect("--checklist", [c["status"] for c in checks if c["id"] == "profile.expires"], ["fail"])
    for time, status in (("2020-01-01T00:00:00+02:00", 76), ("9999-01-01T00:00:00-02:00", 0), ("2030-01-01T00:00", 65)):
        m.profile("old", f"expires = {time}\n[go]\nGOPRIVATE = a.example\n")
        expect(f"any time of RFC 3339: {time}", m.run("--apply -p old").status, status)


def test_files_of_a_check(m):
    """A path that starts with / is one of the tree, another one is one's own."""
    m.write("here", "")
    for path, status in (("here", "pass"), ("~/here", "fail"), ("/here", "fail")):
        m.profile("ours", f"[check.x]\nfile = {path}\n")
        checks = m.run("--checklist -p ours --only go --no-network --json").json["checks"]
        expect(path, [c["status"] for c in checks if c["id"] == "team.x"], [status])


def test_conditions_and_shell_of_a_tool(m):
    """As section 9 spells them: "if" in two forms, the shared file of the shell without a word more."""
    tool = {"tool": "ours", "title": "Ours", "group": "language", "programs": ["ours"], "prepare": True,
            "sources": [{"shell": True}], "keys": {"OURS_U": {"type": "url"}, "OURS_V": {"type": "text"}}}
    here = m.work + "/config/env.sh"
    for condition, status, written in (
            ({"absent": "OURS_V"}, 0, True), ({"key": "OURS_V", "has": "x"}, 0, False), ({"absent": "OURS_W"}, 65, False),
            ({"absent": True}, 65, False), ({"key": "OURS_V"}, 65, False), ({"has": "x"}, 65, False),
            ({"key": "OURS_V", "absent": "OURS_V"}, 65, False), ({"key": "OURS_V", "has": "x", "not": "y"}, 65, False)):
        tool["mirror"] = [{"set": "OURS_U", "to": "{url}/", "from": "npm", "if": condition}]
        m.write("config/tools/ours.json", json.dumps(tool, indent=1))
        result = m.run("--apply -p dev --only ours --no-network --mirror ours=npmmirror")
        expect(str(condition), (result.status, os.path.exists(here)), (status, written))
        expect_true("where", status == 0 or re.search(r"ours\.json:\d+:\d+: ", result.err), result.err)
        m.run("--rollback --yes")
    system = m.root + "/etc/profile.d/mirrorwise.sh"
    del tool["mirror"]
    m.write("config/tools/ours.json", json.dumps(tool))
    result = m.run("--apply -p dev --only ours --no-network --scope system -s ours.OURS_U=https://a.example/")
    expect("--scope system", (result.status, os.path.exists(system)), (0, True))


def test_lists_and_types_of_a_tool(m):
    """A list where the file holds texts alone is one text; what a mirror row sets has the key's type."""
    def row(key, **more):
        return {"set": key, "to": "{url}", "from": "npm", "each": True, "join": "|", "last": "direct", **more}
    one, two = "https://registry.npmmirror.com", "https://mirrors.huaweicloud.com/repository/npm"
    for source, key, kind, more, text in (
            ({"format": "env"}, "U", {"type": "url-list"}, {}, f"U='{one}|{two}|direct'\n"),
            ({"format": "go-env"}, "U", {"type": "list", "split": ", "}, {"join": None}, f"U={one},{two},direct\n"),
            ({"own": True, "content": ["u {U}"]}, "U", {"type": "list"}, {"join": None}, f"u {one} {two} direct\n"),
            ({"format": "ini"}, "U", {"type": "list", "as": '"a.b".u'}, {}, f"[a.b]\nu =\n    {one}\n    {two}\n    direct\n"),
            ({"format": "json"}, "U", {"type": "bool"}, {"to": "true", "each": False, "last": None}, '{\n  "U": true\n}\n')):
        tool = {"tool": "ours", "title": "Ours", "group": "language", "programs": ["ours"], "prepare": True,
                "sources": [{"scope": "user", "path": "~/.ours", **source}, {"environment": "OURS_{KEY}"}],
                "keys": {"U": kind}, "mirror": [{k: v for k, v in row("U", **more).items() if v is not None}]}
        m.write("config/tools/ours.json", json.dumps(tool))
        here = m.home + "/.ours"
        for profile, status in (("@npmmirror,@huawei", 0), ("@upstream", 0)):
            if "last" not in tool["mirror"][0]:
                profile = profile.split(",")[0]
            m.profile("lists", f"[ours]\nmirror = {profile}\n")
            result = m.run("--apply -p lists --only ours --no-network")
            expect(f"{text!r}: {profile}", (result.status, read(here)), (status, text if "up" not in profile else "{}\n" if "{" in text else None))
            if "|" in text and "up" not in profile:
                same = m.run("--apply -p lists --only ours --no-network", env={"OURS_U": f"{one}|{two}|direct"})
                expect("the same in the environment", same.status, 0)


def test_content_of_a_tool(m):
    """Each line of "content" has one key, each key a line; else the file is wrong, not its result."""
    tool = {"tool": "ours", "title": "Ours", "group": "language", "programs": ["ours"], "prepare": True,
            "keys": {"u": {"type": "text"}, "v": {"type": "text"}}}
    for lines, status in ((["url = {u}", "{ braces }", "v = {v}"], 0), (["both {u} {v}", "v = {v}"], 65),
                          (["url = {u}"], 65), (["url = {w}", "v = {v}"], 65)):
        tool["sources"] = [{"scope": "user", "path": "~/.ours", "own": True, "content": lines}]
        m.write("config/tools/ours.json", json.dumps(tool))
        result = m.run("--apply -p prod --only ours --set ours.u=1")
        expect(f"{lines}", (result.status, os.path.exists(m.home + "/.ours")), (status, status == 0))
        if status == 0:
            expect("what is written", read(m.home + "/.ours"), "url = 1\n{ braces }\n")
            m.run("--rollback")
        elif "ours.json" not in result.err:
            expect_true("the file is named", False, result.err)


def test_lists_that_only_lose(m):
    """Who takes an item out answers for nothing that others left in."""
    m.write(m.pip, "[global]\nextra-index-url =\n    https://one.example/simple\n    https://two.example/simple\n")
    m.profile("less", "[pip]\nglobal.extra-index-url -= https://one.example/simple\n")
    expect("-=", m.run("--apply -p less").status, 0)
    expect_true("the other one stays", "two.example" in read(m.pip) and "one.example" not in read(m.pip))
    m.profile("more", "[pip]\nglobal.extra-index-url += https://three.example/simple\n")
    expect("+= is still dangerous", m.run("--apply -p more").status, 65)


def test_credentials_that_others_can_read(m):
    m.write(m.home + "/.npmrc", "//r.example/:_authToken=${TOKEN}\n; _auth = sample\n")
    m.write(m.home + "/.m2/settings.xml", "<settings>\n<!-- <password>sample</password> -->\n</settings>\n")
    m.write(m.home + "/.cargo/config.toml", '[registries.x]\ntoken = "t0ps3cret"\n')
    for path in ("/.npmrc", "/.m2/settings.xml", "/.cargo/config.toml"):
        os.chmod(m.home + path, 0o644)
    status = lambda: {c["id"]: c["status"] for c in m.run(
        "--doctor --no-network --only npm,maven,cargo --json").json["checks"] if c["id"].endswith("-secrets")}
    expect("references and samples are none", status(),
           {"npm-secrets": "pass", "maven-secrets": "pass", "cargo-secrets": "fail"})
    os.chmod(m.home + "/.cargo/config.toml", 0o600)
    expect("private", status()["cargo-secrets"], "pass")


def test_secrets_in_every_form(m):
    secret = "s3cr3tT0ken"
    m.profile("s", "[pip]\nglobal.index-url = https://me:${env:TOKEN}@i.example/simple\n")
    m.env["TOKEN"] = secret
    risk = "--accept-risk url-credentials"
    expect("apply", m.run("--apply -p s", risk).status, 0)
    seen = ""
    for action in ("--diff -p s -v", "--diff -p s --json", "--apply -p s --json", "--history -v",
                   "--history --json", "--show pip.global.index-url -p s --json"):
        seen += m.run(action).all
    for form in ("text", "md", "json", "junit", "tap"):
        seen += m.run("--checklist --no-network -p s --format", form).all
        seen += m.run("--doctor --no-network --format", form).all
    seen += m.run(f"--diff -p prod --set pip.global.index-url=https://u:{secret}@x.example/simple").all
    seen += m.run(f"--diff -p prod --mirror pip=https://u:{secret}@x.example/simple").all
    del m.env["TOKEN"]
    seen += m.run("--rollback -v").all
    expect_true("the secret is nowhere to be seen", secret not in seen,
                [line for line in seen.splitlines() if secret in line])
    for directory, _, files in os.walk(m.state):
        for name in files:
            path = os.path.join(directory, name)
            expect_true(f"{path}", secret not in read(path) or "/generations/" in path)


# ---- codes -------------------------------------------------------------------------------------

def test_foreign_lines_outlive_two_rollbacks(m):
    m.run("--apply -p prod --only pip")
    m.write(m.pip, read(m.pip) + "# mine\n[install]\nuser = yes\n")
    m.run("--apply -p prod --only pip -m pip=tuna")
    for turn in ("first", "second"):
        expect(f"the {turn} --rollback 0", m.run("--rollback 0").status, 0)
        expect_true("our line is gone, theirs stay", "user = yes" in read(m.pip) and "index-url" not in read(m.pip))


def test_json_rows(m):
    """Every mirror says whether it is in use; every tool of a shared file has its row."""
    m.run("--apply -p prod --only pip")
    for action in ("--list mirrors --only pip", "--diff -p prod --only pip", "--apply -p prod --only pip"):
        rows = m.run(action, "--json").json["mirrors"]
        expect(action, [row["id"] for row in rows if row["in_use"]], ["tencent"])
    rows = m.run("--apply -p prod --only pip -m pip=tuna --json").json["mirrors"]
    expect("what was just written is in use", [row["id"] for row in rows if row["in_use"]], ["tuna"])
    rows = m.run("--apply -p prod --only rustup,node --json").json["tools"]
    expect("a shared file", sorted((row["tool"], row["state"]) for row in rows), [("node", "done"), ("rustup", "done")])
    for row in m.run("--list tools --json").json["tools"]:
        expect_true(f"{row}", {"tool", "installed", "state", "reason", "exit_code"} <= set(row))
    found = m.run("--show pip.global.timeout -p prod --json").json
    expect("not set, by nobody", (found["message"], found["settings"][0]["from"]["layer"]),
           ("pip.global.timeout = (not set)", "default"))


def test_what_diff_says_of_apply(m):
    """It does not promise what --apply refuses, nor shows what --keep-going leaves."""
    m.write(m.home + "/.npmrc", "registry=https://npm.company.example/\n")
    result = m.run("--diff -p prod --only npm --no-network", root=False)
    expect("a company's address is left", (result.status, "as prod wants" in result.err.split("within reach is ")[0]), (0, False))
    m.profile("named", "[conda]\nmirror = @bfsu\n")
    result = m.run("--apply -p named --no-network")
    expect("nor is a missing tool that is named", (result.status, "machine is as" in result.out), (0, False))
    if os.geteuid() == 0 and not os.path.exists("/etc/docker/daemon.json"):
        subprocess.run(["chown", "-R", str(NOBODY), m.top], check=True)
        result = m.run("--diff -p prod --only go,docker", root=False, uid=NOBODY)
        if result.status == 2 and "blocked" in result.err:
            expect_true("no rights", "--apply refuses" in result.err, result.err)
            result = m.run("--diff -p prod --only go,docker --keep-going", root=False, uid=NOBODY)
            expect_true("left out", "daemon.json" not in result.out and "go/env" in result.out, result.out)


def test_codes_of_files(m):
    os.makedirs(os.path.dirname(m.pip))
    os.symlink("/nonexistent/deeper/pip.conf", m.pip)
    result = m.run("--apply -p prod")
    expect("a dangling link", (result.status, "/nonexistent/deeper/pip.conf" in result.err), (78, True))
    os.remove(m.pip)
    for text in ("no header\n", "[global]\na = 1\na = 2\n", "[global]\n[global]\n", "\ufeff[global]\n"):
        m.write(m.pip, text)
        result = m.run("--apply -p prod --json")
        expect(f"{text!r}", (result.status, read(m.pip), os.path.exists(m.go)), (78, text, False))
        expect_true("file and line", re.search(r"pip\.conf:\d+", result.json["message"]), result.out)
    os.remove(m.pip)
    for text in ('{ // c\n}', '{"a": 1,}', "{} {}", "[]", '{"a": 01}'):
        m.write(m.docker, text)
        expect(f"{text!r}", (m.run("--apply -p prod").status, read(m.docker)), (78, text))
    os.remove(m.docker)
    m.write(m.docker, json.dumps({"note": "x" * 5000}))
    before = m.all()
    result = run_with(m, "--apply -p prod --json", preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (4096, 4096)))
    expect_true("files may not grow", result.status in (3, 73, 74), result.all)
    expect("everything is as it was", m.all(), before)
    expect("and works later", m.run("--apply -p prod").status, 0)


if __name__ == "__main__":
    main(globals())
