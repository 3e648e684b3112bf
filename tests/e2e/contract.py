"""What scripts, teams and fleets rely on, seen from outside: run by contract.sh. contract_*.py lend
machines and expectations from here.

Each function whose name starts with test_ gets a machine of its own: a home, a working directory
and a directory that --root treats as /. A failed expectation is noted and the rest goes on, so that
one run shows all that is wrong. Arguments: parts of the names of the tests to run; none: all."""
import fcntl, hashlib, json, os, pty, re, select, shutil, signal, stat
import subprocess, sys, tempfile, time

BIN = os.environ["MW_BIN"]
CODES = {
    0: "ok", 1: "failure", 2: "pending", 3: "rolled-back", 4: "incomplete", 5: "conflict",
    6: "shadowed", 64: "usage", 65: "bad-profile", 69: "no-mirror", 73: "cannot-create", 74: "io",
    75: "locked", 76: "untrusted", 77: "no-permission", 78: "bad-config", 129: "hangup",
    130: "interrupted", 143: "terminated",
}
NOBODY = 65534
failures = []
expectations = 0
current = ""


def expect(what, saw, wanted):
    global expectations
    expectations += 1
    if saw != wanted:
        failures.append(f"{current}: {what}: saw {saw!r}, wanted {wanted!r}")


def expect_true(what, value, saw=""):
    expect(f"{what} {str(saw)[-700:]}" if not value else what, bool(value), True)


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err, self.all = status, out, err, out + err

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            expect_true("one JSON document", False, self.all)
            return {}


class Machine:
    def __init__(self, top):
        self.top = top
        self.home, self.work, self.root = (os.path.join(top, n) for n in ("home", "work", "root"))
        for directory in (self.home, self.work, self.root + "/etc"):
            os.makedirs(directory)
        self.go = self.home + "/.config/go/env"
        self.pip = self.home + "/.config/pip/pip.conf"
        self.docker = self.root + "/etc/docker/daemon.json"
        self.state = self.top + "/state"
        self.env = {"HOME": self.home, "MIRRORWISE_CONFIG_DIR": self.work + "/config", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "xterm",
                    "LC_ALL": "C.UTF-8", "MIRRORWISE_STATE_DIR": self.state}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def run(self, *args, root=True, env=None, uid=None, cwd=None, program=BIN):
        """Runs the program without a terminal; a string is split at blanks."""
        words = []
        for arg in args:
            words += arg.split() if isinstance(arg, str) else arg
        if root:
            words += ["--root", self.root]
        more = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
        environment = {k: v for k, v in {**self.env, **(env or {})}.items() if v is not None}
        if uid is not None:
            environment["ASAN_OPTIONS"] = "detect_leaks=0"
        done = subprocess.run([program] + words, env=environment, cwd=cwd or self.work,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **more)
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def terminal(self, answer, *args, env=None):
        """Runs it on a pseudo terminal and types `answer` when it asks."""
        words = [w for arg in args for w in arg.split()] + ["--root", self.root]
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(self.work)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execve(BIN, [BIN] + words, {**self.env, **(env or {})})
        seen, asked = b"", False
        while True:
            if not select.select([fd], [], [], 30)[0]:
                os.kill(pid, signal.SIGKILL)
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data
            if not asked and b"[y/N]" in seen:
                asked = True
                os.write(fd, answer)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(fd)
        result = Result(status, seen.decode(errors="replace"), "")
        result.asked = asked
        return result

    def write(self, path, text, mode=None):
        path = os.path.join(self.work, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        if mode is not None:
            os.chmod(path, mode)
        return path

    def profile(self, name, body, where=None):
        where = where or "config/profiles"  # MIRRORWISE_CONFIG_DIR
        return self.write(f"{where}/{name}.ini", f"[profile]\nname = {name}\n{body}")

    def all(self):
        """Path -> content of everything but the state: to see whether something was written."""
        found = {}
        for base in (self.home, self.root, self.work):
            for directory, _, files in os.walk(base):
                found[directory] = None
                for name in files:
                    path = os.path.join(directory, name)
                    found[path] = os.readlink(path) if os.path.islink(path) else read(path)
        return found


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode(errors="surrogateescape")
    except FileNotFoundError:
        return None


def mode(path):
    return f"{stat.S_IMODE(os.stat(path).st_mode):04o}"


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def setting(document, tool, key):
    found = [s for s in document.get("settings", []) if (s["tool"], s["key"]) == (tool, key)]
    return found[0] if len(found) == 1 else {}


# ---- the document ---------------------------------------------------------------------------

FILE_VERDICTS = {"same", "create", "change", "conflict", "blocked"}
NUMBER_OR_NULL = (int, float, type(None))
TEXT_OR_NULL = (str, type(None))


def check_document(machine, result, action, profile=None):
    """The members of contract section 3, with their types; agreeing with the exit status."""
    name = f"document of {action}"
    expect(f"{name}: words beside it", result.err, "")
    document = result.json
    expect(f"{name}: schema_version", document.get("schema_version"), 1)
    expect_true(f"{name}: tool_version", re.fullmatch(r"\d+\.\d+\.\d+.*", document.get("tool_version", "")))
    expect(f"{name}: action", document.get("action"), action)
    expect(f"{name}: exit_code", document.get("exit_code"), result.status)
    expect(f"{name}: result", document.get("result"), CODES.get(result.status))
    expect_true(f"{name}: message", document.get("message"))
    expect_true(f"{name}: has profile", "profile" in document)
    if profile is not None:
        expect(f"{name}: profile", document.get("profile"), profile)
    expect(f"{name}: changed", type(document.get("changed")), bool)
    for member in ("files", "settings", "mirrors", "checks", "tools", "sources", "warnings"):
        expect(f"{name}: {member}", type(document.get(member)), list)
    for file in document.get("files", []):
        expect_true(f"{name}: files[].path", file["path"].startswith("/"), file)
        expect_true(f"{name}: files[].verdict", file["verdict"] in FILE_VERDICTS, file)
        expect_true(f"{name}: files[].tool", file["tool"] in ("go", "pip", "docker"), file)
        for member in ("before_sha256", "after_sha256"):
            expect_true(f"{name}: files[].{member}",
                        file[member] is None or re.fullmatch("[0-9a-f]{64}", file[member]), file)
        expect(f"{name}: files[].diff", type(file["diff"]), str)
    for one in document.get("settings", []):
        expect_true(f"{name}: settings[]", {"tool", "key", "have", "want", "from", "effective",
                                            "shadowed_by"} <= set(one), one)
        expect_true(f"{name}: settings[].from", one["from"] is None or
                    {"layer", "file", "line"} <= set(one["from"]), one)
        expect(f"{name}: settings[].effective", type(one["effective"]), bool)
        expect_true(f"{name}: settings[].shadowed_by", isinstance(one["shadowed_by"], TEXT_OR_NULL))
    for mirror in document.get("mirrors", []):
        for member in ("tool", "id", "url"):
            expect(f"{name}: mirrors[].{member}", type(mirror.get(member)), str)
        expect(f"{name}: mirrors[].usable", type(mirror.get("usable")), bool)
        for member in ("rank", "rtt_us", "dns_us", "tcp_us", "tls_us", "ttfb_us", "jitter_us",
                       "samples", "lost", "age_s", "bytes_per_s"):
            expect_true(f"{name}: mirrors[].{member}",
                        member in mirror and isinstance(mirror[member], NUMBER_OR_NULL), mirror)
        expect_true(f"{name}: mirrors[].integrity",
                    mirror.get("integrity") in ("ok", "wrong", "unchecked"), mirror)
        expect_true(f"{name}: mirrors[].family and reason",
                    {"family", "reason"} <= set(mirror), mirror)
    for text in document.get("warnings", []):
        expect(f"{name}: warnings[]", type(text), str)
    return document


def test_documents(m):
    broken = "--profile ./broken.ini"
    m.write("broken.ini", "[profile]\nname = broken\n[go]\nNOPE = 1\n")
    rows = [
        ("--help", "help", 0), ("--version", "version", 0), ("--list profiles", "list", 0),
        ("--list mirrors", "list", 0), ("--list tools", "list", 0), ("--history", "history", 0),
        ("--recover", "recover", 0), ("--rollback", "rollback", 0),
        ("--show go.GOPROXY -p prod", "show", 0), ("--show go.NOPE", "show", 64),
        ("--show go.GOPROXY " + broken, "show", 65), ("-p prod", "diff", 2),
        ("--diff -p prod", "diff", 2), ("--diff " + broken, "diff", 65),
        ("--apply " + broken, "apply", 65), ("--apply --no-network", "apply", 64),
        ("--apply -p prod", "apply", 0), ("--apply -p prod", "apply", 0),
        ("--diff -p prod", "diff", 0), ("--history", "history", 0), ("--rollback 7", "rollback", 64),
        ("--rollback", "rollback", 0), ("--history", "history", 0),
        ("--checklist -p prod --no-network", "checklist", None),
        ("--doctor --no-network", "doctor", None),
        ("--nonsense", None, 64), ("--apply --diff", "apply", 64), ("", None, 64),
        ("--list nothing", None, 64),
    ]
    for args, action, status in rows:
        result = m.run(args, "--json")
        expect(f"status of {args}", result.status, status if status is not None else result.status)
        check_document(m, result, action if action is not None else result.json.get("action"))


def test_document_of_plan(m):
    m.write(m.go, "GOPROXY=https://old.example\n")
    result = m.run("--diff -p prod --json")
    document = check_document(m, result, "diff", "prod")
    expect("diff changes nothing", document["changed"], False)
    files = {f["tool"]: f for f in document["files"]}
    expect("every tool has its file", sorted(files), ["docker", "go", "pip"])
    expect("paths", [files[t]["path"] for t in ("go", "pip", "docker")], [m.go, m.pip, m.docker])
    expect("verdicts", [files[t]["verdict"] for t in ("go", "pip", "docker")],
           ["change", "create", "create"])
    expect("before", files["go"]["before_sha256"], sha256(m.go))
    expect("no file, no sum", files["pip"]["before_sha256"], None)
    expect_true("a unified diff", files["go"]["diff"].startswith(f"--- {m.go}\n+++ {m.go}\n@@ "))
    one = setting(document, "go", "GOPROXY")
    expect("have", one["have"], "https://old.example")
    expect("want", one["want"],
           "https://goproxy.cn,https://mirrors.aliyun.com/goproxy,direct")
    expect("a list is a list", setting(document, "docker", "registry-mirrors")["want"],
           ["https://docker.m.daocloud.io"])
    expect("layer and file", [one["from"]["layer"], one["from"]["file"].endswith("prod.ini"),
                              one["from"]["line"] > 1], ["profile", True, True])
    applied = check_document(m, m.run("--apply -p prod --json"), "apply", "prod")
    expect("apply changes", applied["changed"], True)
    for file in applied["files"]:
        expect(f"after_sha256 is what was written to {file['tool']}", sha256(file["path"]),
               file["after_sha256"])
        expect(f"promised sum of {file['tool']}", files[file["tool"]]["after_sha256"],
               file["after_sha256"])
    again = check_document(m, m.run("--apply -p prod --json"), "apply", "prod")
    expect("again", [again["changed"], {f["verdict"] for f in again["files"]}], [False, {"same"}])
    history = check_document(m, m.run("--history --json"), "history")
    expect_true("history has the generation", len(history.get("generations", [])) == 1, history)
    expect_true("times are RFC 3339 UTC", all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", g["time"])
        for g in history["generations"]), history)
    back = check_document(m, m.run("--rollback --json"), "rollback")
    expect("rollback changes", back["changed"], True)
    expect("and returns every byte", read(m.go), "GOPROXY=https://old.example\n")


# ---- the command line -------------------------------------------------------------------------

def test_spellings(m):
    """Long with blank or =, short with blank, glued or bundled; in any order: the same plan."""
    wanted = m.run("--diff --profile prod --only go --set go.GOPRIVATE=a.example --json")
    for args in (
        "--diff --profile=prod --only=go --set=go.GOPRIVATE=a.example --json",
        "-p prod -o go -s go.GOPRIVATE=a.example --json",
        "-pprod -ogo -sgo.GOPRIVATE=a.example --json",
        "--json -s go.GOPRIVATE=a.example -o go --diff -p prod",
        "-o go --json -p prod --skip docker,pip -s go.GOPRIVATE=a.example",
        "-qp prod -o go -s go.GOPRIVATE=a.example --json",
        "-p dev -p prod -o go -s go.GOPRIVATE=b.example -s go.GOPRIVATE=a.example --json",
        "--skip docker --skip pip -p prod -s go.GOPRIVATE=a.example --json",
        "--only go,pip --skip pip -p prod -s go.goprivate=a.example --json",
    ):
        result = m.run(args)
        expect(args, (result.status, result.json.get("settings")), (2, wanted.json["settings"]))
    result = m.run("-p prod", env={"MIRRORWISE_PROFILE": "dev"})
    expect("a profile alone is --diff", (result.status, "+GOSUMDB" in result.out), (2, True))
    expect("after -- nothing is an option", m.run("-- --apply", root=False).status, 64)


def test_usage(m):
    before = m.all()
    rows = [
        ("--nope", "--nope"), ("-Z", "-Z"), ("stray", "stray"), ("--aply", "--apply"),
        ("--prof prod --apply", "--profile"), ("--apply --rollback", "--rollback"),
        ("--apply=yes", "--apply"), ("--json=1 --list tools", "--json"),
        ("--list", "profiles"), ("--list nothing", "profiles"), ("--show", "KEY"),
        ("--show GOPROXY", "go.GOPROXY"), ("--show go.GOPROXI", "go.GOPROXY"),
        ("--show ant.registry", "go, pip, docker"), ("--diff -p", "--profile"),
        ("--diff -s GOPROXY", "TOOL.KEY=VALUE"), ("--diff -s go.NOPE=1", "go.GOPROXY"),
        ("--diff -m go", "TOOL=ID"), ("--diff -m go=nope -p prod", "goproxy.cn"),
        ("--diff -m ant=x", "go, pip, docker"), ("--diff -o ant", "go, pip, docker"),
        ("--diff -o go --skip go", "tool"), ("--diff --scope both", "user, system"),
        ("--list tools --color maybe", "auto, always, never"), ("--list tools --lang xx", "zh_CN"),
        ("--doctor --format pdf", "junit"), ("--diff --samples 0", "--samples"),
        ("--diff --samples many", "--samples"), ("--diff --timeout -5", "--timeout"),
        ("--rollback x", "x"), ("--rollback 9", "nothing to roll back"), ("--diff --accept-risk nope -p prod", "nope"),
        ("--diff -p prod -s pip.global.timeout=soon", "pip.global.timeout"),
        ("--diff -p prod -s go.GOPROXY=ftp://x", "go.GOPROXY"),
    ]
    for args, told in rows:
        result = m.run(args)
        expect(f"status of {args}", result.status, 64)
        expect(f"{args}: stdout", result.out, "")
        expect_true(f"{args}: names {told}", told in result.err, result.err)
        expect_true(f"{args}: one error line", result.err.count("error: ") == 1, result.err)
    expect("usage errors write nothing", m.all(), before)
    result = m.run("", root=False)
    expect("no action, no terminal", (result.status, result.out), (64, ""))
    expect_true("the usage is told", "Usage:" in result.err, result.err)
    expect("no such --root", m.run("--list tools --root /nowhere/at/all", root=False).status, 64)


def test_harmless_options(m):
    """What a wrapper puts on every line must not break the actions that have no use for it."""
    m.run("--apply -p prod")
    for args in ("--history --no-network", "--recover --no-network", "--list tools --no-network",
                 "--rollback --no-network", "--recover --yes", "--version --no-network",
                 "--history -q", "--history -v", "--list profiles --ascii --color never"):
        expect(f"status of {args}", m.run(args).status, 0)


# ---- apply, diff, rollback ----------------------------------------------------------------------

def test_cycle(m):
    m.write(m.pip, "# mine\r\n[global]\r\ntimeout = 7\r\n", 0o640)
    m.write(m.docker, '{\n\t"debug": true\n}\n', 0o600)
    before = m.all()
    result = m.run("--diff -p prod")
    expect("diff", result.status, 2)
    expect("diff writes nothing", m.all(), before)
    expect_true("not even a state directory", not os.path.exists(m.state))
    for path in (m.go, m.pip, m.docker):
        expect_true(f"diff shows {path}", f"+++ {path}\n" in result.out, result.out)
    result = m.run("--apply -p prod")
    expect("apply", result.status, 0)
    expect_true("how to undo it", "--rollback" in result.out, result.out)
    expect("line ends and order stay", read(m.pip), "# mine\r\n[global]\r\ntimeout = 7\r\n"
           "index-url = https://mirrors.cloud.tencent.com/pypi/simple\r\n")
    expect("modes stay", (mode(m.pip), mode(m.docker), mode(m.go)), ("0640", "0600", "0644"))
    expect("docker reads its mirrors", json.loads(read(m.docker)),
           {"debug": True, "registry-mirrors": ["https://docker.m.daocloud.io"]})
    stamps = [(os.stat(p).st_ino, os.stat(p).st_mtime_ns) for p in (m.go, m.pip, m.docker)]
    result = m.run("--apply -p prod")
    expect("again", (result.status, "othing to do" in result.out), (0, True))
    expect("again touches nothing", stamps,
           [(os.stat(p).st_ino, os.stat(p).st_mtime_ns) for p in (m.go, m.pip, m.docker)])
    expect("and adds no generation", len(m.run("--history --json").json["generations"]), 1)
    expect("diff has nothing to do", m.run("--diff -p prod").status, 0)
    expect("rollback", m.run("--rollback").status, 0)
    expect("every byte and directory", m.all(), before)
    expect("modes after rollback", (mode(m.pip), mode(m.docker)), ("0640", "0600"))


def test_profile_choice(m):
    m.profile("mine", "[go]\nGOPRIVATE = mine.example\n")
    result = m.run("--apply --no-network")
    expect("nobody names a profile, no terminal", result.status, 64)
    expect_true("and how to", "--profile dev" in result.err and "MIRRORWISE_PROFILE" in result.err,
                result.err)
    expect_true("nothing is written", not os.path.exists(m.go))
    expect("--yes is no name", m.run("--apply --yes --no-network").status, 64)
    expect("named by the environment", m.run("--apply", env={"MIRRORWISE_PROFILE": "mine"}).status, 0)
    expect("an empty name is none", m.run("--diff --json", env={"MIRRORWISE_PROFILE": ""})
           .json["profile"], "mine")
    expect("the last one is the default", m.run("--apply --json").json["profile"], "mine")
    expect("nothing to do needs no name", m.run("--apply").status, 0)
    expect("the option beats the environment",
           m.run("--diff -p prod --json", env={"MIRRORWISE_PROFILE": "test"}).json["profile"], "prod")
    expect("the environment beats the last one",
           m.run("--diff --json", env={"MIRRORWISE_PROFILE": "test"}).json["profile"], "test")
    path = m.write("some/where.ini", "[profile]\nname = elsewhere\n[go]\nGOPRIVATE = b.example\n")
    expect("a path", m.run("--apply -p some/where.ini").status, 0)
    expect("a path is found again from anywhere",
           m.run("--diff --json", cwd=m.home).json["profile"], "elsewhere")
    os.remove(path)
    result = m.run("--diff")
    expect("a remembered profile that is gone", result.status, 65)
    expect_true("is named", path in result.err, result.err)
    expect("no such profile", m.run("--diff -p nowhere").status, 65)
    expect("no such file", m.run("--diff -p ./nowhere.ini").status, 65)
    expect("a directory", m.run("--diff -p ./").status, 65)


def test_rollback_ids(m):
    for value in ("one", "two", "three"):
        m.profile(value, f"[go]\nGOPRIVATE = {value}.example\n")
        expect(value, m.run(f"--apply -p {value}").status, 0)
    now = lambda: read(m.go)
    expect("to the end of generation 1", m.run("--rollback 1").status, 0)
    expect("it is as after 1", now(), "GOPRIVATE=one.example\n")
    expect("itself a generation", len(m.run("--history --json").json["generations"]), 4)
    expect("nothing to do is no generation", m.run("--rollback 1").status, 0)
    expect("still four", len(m.run("--history --json").json["generations"]), 4)
    expect("a rollback can be rolled back", m.run("--rollback").status, 0)
    expect("it is as after 3", now(), "GOPRIVATE=three.example\n")
    expect("=ID", m.run("--rollback=2").status, 0)
    expect("it is as after 2", now(), "GOPRIVATE=two.example\n")
    m.write(m.go, "GOPRIVATE=hand.example\n")
    result = m.run("--rollback 1")
    expect("somebody else's change is a conflict", (result.status, now()),
           (5, "GOPRIVATE=hand.example\n"))
    expect_true("it names the file and the way on", m.go in result.err and "--force" in result.err,
                result.err)
    expect("--force goes on", m.run("--rollback 1 --force").status, 0)
    expect("it is as after 1 again", now(), "GOPRIVATE=one.example\n")
    expect("no such generation", m.run("--rollback 99").status, 64)
    text = m.run("--history").out
    expect_true("history names profiles", "three" in text and "one" in text, text)


def test_conflict(m):
    m.run("--apply -p prod")
    text = read(m.pip).replace("mirrors.cloud.tencent.com", "elsewhere.example")
    m.write(m.pip, text)
    before = m.all()
    result = m.run("--apply -p test --json")
    document = check_document(m, result, "apply", "test")
    expect("drift", result.status, 5)
    expect("verdict", [f["verdict"] for f in document["files"] if f["tool"] == "pip"], ["conflict"])
    expect("nothing is written, no other file either", m.all(), before)
    m.write(m.pip, text + "timeout = 9\n# a note\n")
    m.run("--apply -p prod --force")
    expect("--force keeps what is not ours", read(m.pip).endswith("timeout = 9\n# a note\n"), True)
    m.write(m.pip, read(m.pip) + "retries = 2\n")
    expect("a key we do not own is no conflict", m.run("--apply -p prod").status, 0)


def test_bad_files(m):
    rows = [
        (m.docker, '{"a": 1,}', "daemon.json:1:8"), (m.docker, "{\n", "daemon.json:2:1"),
        (m.docker, "[]", "daemon.json:1:1"),
        (m.pip, "index-url = x\n", "pip.conf:1"), (m.pip, "[global]\na=1\na=2\n", "pip.conf:3"),
        (m.pip, "[global\n", "pip.conf:1"), (m.pip, b"[global]\nx=\xff\n", "pip.conf:2"),
    ]
    for path, text, place in rows:
        m.write(path, text)
        before = m.all()
        for action in ("--apply", "--diff"):
            result = m.run(action, "-p prod")
            expect(f"{text!r} {action}", result.status, 78)
            expect_true(f"{text!r}: the place", place in result.err, result.err)
        expect(f"{text!r}: nothing is written", m.all(), before)
        check_document(m, m.run("--apply -p prod --json"), "apply", "prod")
        os.remove(path)
    m.write(m.docker, "")
    expect("an empty daemon.json", m.run("--diff -p prod -o docker").status in (2, 78), True)


def test_only_skip(m):
    tools = lambda args: sorted({f["tool"] for f in m.run(args, "--json -p prod").json["files"]})
    expect("only", tools("--diff --only pip"), ["pip"])
    expect("only two", tools("--diff --only pip,docker"), ["docker", "pip"])
    expect("only twice", tools("--diff -o pip -o go"), ["go", "pip"])
    expect("skip", tools("--diff --skip pip"), ["docker", "go"])
    m.run("--apply -p prod --only go")
    expect("only go is written", [os.path.exists(p) for p in (m.go, m.pip, m.docker)],
           [True, False, False])
    m.write(m.docker, "{ broken")
    expect("a skipped tool's file may be broken", m.run("--apply -p prod --skip docker").status, 0)


def test_set_and_mirror(m):
    def want(args, tool, key):
        document = m.run("--diff --no-network --json", args).json
        one = setting(document, tool, key)
        return one.get("want"), one.get("from", {}).get("layer")
    expect("--set", want("-p prod -s go.GOPRIVATE=x.example,y.example", "go", "GOPRIVATE"),
           ("x.example,y.example", "command-line"))
    expect("--set with =", want("-p prod -s go.GOFLAGS=-mod=mod", "go", "GOFLAGS")[0], "-mod=mod")
    expect("--set @ID", want("-p prod -s pip.global.index-url=@tuna", "pip", "global.index-url")[0],
           "https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple")
    expect("--set a list", want("-p prod -s docker.registry-mirrors=@1ms,https://m.example",
                                "docker", "registry-mirrors")[0],
           ["https://docker.1ms.run", "https://m.example"])
    expect("-m ID keeps the rest", want("-p prod -m go=upstream", "go", "GOPROXY"),
           ("https://proxy.golang.org,direct", "command-line"))
    expect("-m URL", want("-p dev -m pip=https://i.example/simple", "pip", "global.index-url")[0],
           "https://i.example/simple")
    expect("-m docker", want("-p dev -m docker=https://d.example", "docker", "registry-mirrors")[0],
           ["https://d.example"])
    m.write(m.go, "GOPRIVATE=x\nGOPROXY=https://a.example\n")
    m.write(m.pip, "[global]\nindex-url = https://a.example/simple\n[install]\n")
    m.write(m.docker, '{"registry-mirrors": ["https://a.example"], "debug": true}')
    expect("empty values", m.run("--apply -p prod -s go.GOPRIVATE= -s pip.global.index-url="
                                 " -s docker.registry-mirrors= -s docker.debug=").status, 0)
    expect_true("the key of go is gone", "GOPRIVATE" not in read(m.go))
    expect_true("the key of pip is gone", "index-url" not in read(m.pip))
    expect("docker's list is empty, another key gone", json.loads(read(m.docker)),
           {"registry-mirrors": []})


def test_scope_and_root(m):
    document = m.run("--diff -p prod --scope system --json").json
    for file in document["files"]:
        expect_true(f"--scope system: {file['tool']}", file["path"].startswith(m.root + "/"), file)
    result = m.run("--apply -p prod --scope system")
    expect("apply", (result.status, "error:" in result.err), (0, False))
    expect_true("a go without such a file is left out, and that is told", "Go" in result.err)
    expect("alone it is an error", m.run("--apply -p prod --scope system -o go").status, 64)
    expect("pip.conf of everybody", os.path.exists(m.root + "/etc/pip.conf"), True)
    expect("nothing in the home", os.listdir(m.home), [])
    expect("another last profile in another scope",
           m.run("--diff -p prod --scope user --json").json["files"][0]["path"], m.go)
    xdg = m.top + "/xdg"
    document = m.run("--diff -p prod --json", env={"XDG_CONFIG_HOME": xdg}).json
    expect("XDG", [f["path"] for f in document["files"]][:2],
           [xdg + "/go/env", xdg + "/pip/pip.conf"])
    document = m.run("--diff -p prod -o go --json", env={"GOENV": m.top + "/goenv"}).json
    expect("GOENV", document["files"][0]["path"], m.top + "/goenv")
    other = m.write(m.top + "/p.conf", "[global]\nindex-url = https://other.example/simple\n")
    result = m.run("--apply -p prod -o pip", env={"PIP_CONFIG_FILE": other}, root=False)
    expect("pip reads PIP_CONFIG_FILE in place of the user's file",
           (result.status, "mirrors.cloud.tencent.com" in read(other), os.path.exists(m.pip)),
           (0, True, False))
    os.rename(m.root, m.root + "2")
    os.symlink(m.root + "2", m.root)
    expect("--root through a link", m.run("--diff -p prod").status, 2)


def test_shadowed(m):
    m.env["GOPROXY"] = "https://env.example"
    m.env["PIP_INDEX_URL"] = "https://env.example/simple"
    result = m.run("--apply -p prod")
    expect("written, but not effective", result.status, 6)
    for name in ("GOPROXY", "PIP_INDEX_URL"):
        expect_true(f"it names {name}", name in result.err, result.err)
    expect("written", "goproxy.cn" in read(m.go), True)
    result = m.run("--apply -p prod --json")
    document = check_document(m, result, "apply", "prod")
    expect("again", (result.status, document["changed"]), (6, False))
    one = setting(document, "go", "GOPROXY")
    expect("effective", (one["effective"], "GOPROXY" in one["shadowed_by"]), (False, True))
    result = m.run("--diff -p prod")
    expect("diff has nothing to write", result.status, 0)
    expect_true("but does not say that all is well", "is as prod wants it" not in result.all
                and "PIP_INDEX_URL" in result.err, result.all)
    m.env["GOPROXY"] = setting(document, "go", "GOPROXY")["want"]
    del m.env["PIP_INDEX_URL"]
    expect("the same value shadows nothing", m.run("--apply -p prod").status, 0)
    m.env["GOPROXY"] = ""
    expect("an empty variable shadows nothing", m.run("--apply -p prod").status, 0)


# ---- showing ----------------------------------------------------------------------------------

def test_show(m):
    m.profile("team", "extends = prod\n[go]\nGOPROXY = @aliyun,direct\n")
    result = m.run("--show go.GOPROXY -p team")
    for part in ("https://mirrors.aliyun.com/goproxy,direct", "config/profiles/team.ini:5",
                 "@goproxy.cn,@aliyun,direct", "prod.ini:"):
        expect_true(f"--show tells {part}", part in result.out, result.out)
    expect_true("not there yet is not in effect", "effective   yes" not in result.out, result.out)
    document = check_document(m, m.run("--show go.goproxy -p team --json"), "show", "team")
    one = setting(document, "go", "GOPROXY")
    expect("layer, file, line", (one["from"]["layer"], one["from"]["file"], one["from"]["line"]),
           ("profile", m.work + "/config/profiles/team.ini", 5))
    expect("have and want", (one["have"], one["want"], one["effective"]),
           (None, "https://mirrors.aliyun.com/goproxy,direct", False))
    m.run("--apply -p team")
    one = setting(m.run("--show go.GOPROXY --json").json, "go", "GOPROXY")
    expect("after apply", (one["have"], one["effective"]), (one["want"], True))
    one = setting(m.run("--show go.GOPROXY -s go.GOPROXY=direct --json").json, "go", "GOPROXY")
    expect("the command line", one["from"]["layer"], "command-line")
    result = m.run("--show go.GOFLAGS", env={"GOFLAGS": "-mod=mod"})
    expect_true("a variable alone is told", "-mod=mod" in result.out and result.status == 0,
                result.all)
    one = setting(m.run("--show go.GOFLAGS --json", env={"GOFLAGS": "-mod=mod"}).json, "go", "GOFLAGS")
    expect_true("in the document, too", "GOFLAGS" in (one.get("shadowed_by") or ""), one)
    m.write(m.pip, "[global]\nindex-url = https://user:sesame@i.example/simple\n")
    result = m.run("--show pip.global.index-url -v", env={"PATH": "/nowhere"})
    expect_true("a password is not shown", "sesame" not in result.all and "****" in result.out,
                result.all)
    for key in ("go.GOPROXY", "pip.global.index-url", "docker.registry-mirrors"):
        start = time.monotonic()
        expect(f"--show {key} of dev needs no network", m.run("--show", key, "-p dev").status, 0)
        expect_true("and no time", time.monotonic() - start < 2)


def test_lists(m):
    m.profile("team", "summary = Ours\nextends = prod\n")
    result = m.run("--list profiles")
    for name in ("base", "dev", "test", "prod", "team", "Ours"):
        expect_true(f"profiles has {name}", name in result.out, result.out)
    document = m.run("--list profiles --json").json
    expect("names", sorted(p["name"] for p in document["profiles"]),
           ["base", "dev", "prod", "team", "test"])
    document = check_document(m, m.run("--list mirrors --json"), "list")
    for mirror in document["mirrors"]:
        expect_true(f"{mirror['id']}: all members", all(mirror.get(k) for k in (
            "name", "name_zh", "operator", "url", "region", "verified", "source", "status")), mirror)
        if mirror["status"] == "dead":
            expect_true(f"{mirror['id']} is dead", mirror["reason"] and not mirror["usable"], mirror)
    expect("tools", [t["tool"] for t in m.run("--list tools --json").json["tools"]][:3],
           ["go", "pip", "docker"])
    expect("--only", {x["tool"] for x in m.run("--list mirrors -o pip --json").json["mirrors"]}, {"pip"})


# ---- profiles ---------------------------------------------------------------------------------

def test_layers(m):
    """Later places win: /etc over built-in, XDG over /etc; ./.mirrorwise over none."""
    del m.env["MIRRORWISE_CONFIG_DIR"]
    places = [
        (m.root + "/usr/share/mirrorwise/profiles", "a.example"),
        (m.root + "/etc/mirrorwise/profiles", "b.example"),
        (m.home + "/.config/mirrorwise/profiles", "c.example"),
    ]
    for place, value in places:
        m.profile("prod", f"[go]\nGOPRIVATE = {value}\n", place)
        document = m.run("--diff -p prod --json").json
        one = setting(document, "go", "GOPRIVATE")
        expect(place, (one.get("want"), one["from"]["file"], one["from"]["line"]),
               (value, place + "/prod.ini", 4))
    m.profile("prod", "[go]\nGOPRIVATE = d.example\n", m.work + "/.mirrorwise")
    expect("a repository takes no name", m.run("--diff -p prod --json").json["trusted"], True)
    for variable, place in (("XDG_CONFIG_HOME", "/x/mirrorwise"), ("MIRRORWISE_CONFIG_DIR", "/y")):
        m.profile("other", "[go]\nGOPRIVATE = x.example\n", m.top + place + "/profiles")
        directory = m.top + ("/x" if variable.startswith("XDG") else "/y")
        expect(variable, m.run("--diff -p other", env={variable: directory}).status, 2)
        shutil.rmtree(directory)


def test_extends(m):
    m.profile("p0", "[go]\nGOPRIVATE = p0.example\nGOSUMDB = sum.golang.org\n[pip]\nglobal.timeout = 10\n")
    for i in range(1, 9):
        m.profile(f"p{i}", f"extends = p{i - 1}\n[go]\nGOPRIVATE = p{i}.example\n")
    m.profile("last", "extends = p8\n[policy]\nselect = ordered\n")
    document = m.run("--diff -p last --json").json
    one = setting(document, "go", "GOPRIVATE")
    expect("the nearest wins", (one["want"], os.path.basename(one["from"]["file"])),
           ("p8.example", "p8.ini"))
    one = setting(document, "pip", "global.timeout")
    expect("the root still counts", (one["want"], os.path.basename(one["from"]["file"]),
                                     one["from"]["line"]), ("10", "p0.ini", 7))
    m.profile("a", "extends = b\n[go]\n")
    m.profile("b", "extends = c\n")
    m.profile("c", "extends = a\n")
    m.profile("self", "extends = self\n")
    m.profile("lost", "extends = nowhere\n")
    for name, place, told in (("a", "c.ini:3", "a -> b -> c -> a"), ("self", "self.ini:3", "self"),
                              ("lost", "lost.ini:3", "nowhere")):
        result = m.run("--diff -p", name)
        expect(f"cycle {name}", result.status, 65)
        expect_true(f"{name}: place and names", place in result.err and told in result.err, result.err)


def test_bad_profiles(m):
    long = "x" * 5000
    rows = [
        ("[go]\nGOPROXI = direct\n", 4, ("GOPROXI", "GOPROXY")),
        ("[gp]\nGOPROXY = direct\n", 3, ("gp", "profile", "go")),
        ("nope = 1\n", 3, ("nope", "extends")),
        ("[policy]\nselect = quickest\n", 4, ("quickest", "ordered", "fastest")),
        ("[policy]\nmetric = colour\n", 4, ("colour", "latency", "throughput", "balanced")),
        ("[policy]\nmax-latency = soon\n", 4, ("soon", "300ms")),
        ("[policy]\nmax-latency = 300\n", 4, ("300", "ms")),
        ("[policy]\nmax-age = -1h\n", 4, ("-1h",)),
        ("[policy]\nrequire = https, luck\n", 4, ("luck", "integrity")),
        ("[policy]\nspeed = 1\n", 4, ("speed", "select")),
        ("[go]\nGOPROXY = @nowhere,direct\n", 4, ("@nowhere", "@goproxy.cn")),
        ("[go]\nGOPROXY = @fastest:x\n", 4, ("@fastest:x", "@fastest:N")),
        ("[go]\nGOPROXY = nonsense,direct\n", 4, ("nonsense", "direct and off")),
        ("[pip]\nglobal.index-url = ftp://x/simple\n", 4, ("ftp://x/simple", "https")),
        ("[pip]\nglobal.index-url = https://\n", 4, ("https://",)),
        ("[pip]\nglobal.timeout = soon\n", 4, ("soon", "number")),
        ("[docker]\nregistry-mirrors = nonsense\n", 4, ("nonsense",)),
        ("[docker]\nregistry-mirrors = https://u:p@h.example\n", 4, ("docker",)),
        ("[docker]\nlive-restore = maybe\n", 4, ("maybe", "true", "false")),
        ("[docker]\nmax-concurrent-downloads = many\n", 4, ("many", "number")),
        ('[go]\nGOPRIVATE = "abc\n', 4, ("quote",)), ("[go]\nGOPRIVATE = 'abc\n", 4, ("quote",)),
        (f"[go]\nGOPRIVATE = {long}\n", 4, ("1023",)),
        ("[go]\nGOPRIVATE\n", 4, ("=",)), ("[go\n", 3, ("]",)),
        ("[go]\nGOPRIVATE = ${env:NOT_THERE}\n", 4, ("NOT_THERE",)),
        ("[go]\nGOPRIVATE = ${file:not/there}\n", 4, ("not/there",)),
        ("[go]\nGOPRIVATE = ${nonsense}\n", 4, ("${env:NAME}", "${file:PATH}")),
        ("[go]\nGOPRIVATE = a\x01b\n", 4, ("0x01",)),
    ]
    for body, line, told in rows:
        m.profile("bad", body)
        for args in ("--diff -p bad", "--apply -p bad"):
            result = m.run(args)
            shown = body[:60]
            expect(f"{shown!r} {args}", result.status, 65)
            expect_true(f"{shown!r}: file:line", f"config/profiles/bad.ini:{line}" in result.err, result.err)
            for word in told:
                expect_true(f"{shown!r}: tells {word}", word in result.err, result.err)
    expect("nothing is written", os.listdir(m.home), [])
    expect("other profiles do not suffer", m.run("--diff -p prod").status, 2)
    expect_true("the list shows the bad one", "bad" in m.run("--list profiles").out)


def test_values(m):
    m.profile("v", "; a comment\n# another\n[go]\nGOPRIVATE = a.example,b.example   ; and one here\n"
              'GOFLAGS = "-ldflags=-X=a;b#c"\n\n  GO111MODULE=\'on\'\t# tab\n'
              "GONOPROXY =\n[pip]\nglobal.index-url = @fastest\n[docker]\n"
              "registry-mirrors = @fastest:3\n")
    m.write("config/profiles/v.ini", read(m.work + "/config/profiles/v.ini").replace("\n", "\r\n"))
    m.write(m.go, "GONOPROXY=x\nCGO_ENABLED=0\n")
    result = m.run("--apply -p v")
    expect("CRLF, quotes, comments", (result.status, result.err), (0, ""))
    env = dict(line.split("=", 1) for line in read(m.go).splitlines())
    expect("what go has", env, {"CGO_ENABLED": "0", "GOPRIVATE": "a.example,b.example",
                                "GOFLAGS": "-ldflags=-X=a;b#c", "GO111MODULE": "on"})
    expect("@fastest is the first of the catalogue", "mirrors.cloud.tencent.com" in read(m.pip), True)
    expect("@fastest:3 is up to three", json.loads(read(m.docker))["registry-mirrors"][:1],
           ["https://docker.m.daocloud.io"])
    m.profile("w", "[go]\nGOPROXY = @fastest:2|@aliyun|direct\n[policy]\nselect = ordered\n")
    one = setting(m.run("--diff -p w --json").json, "go", "GOPROXY")
    expect_true("the separator stays", re.fullmatch(r"https://[^,|]+\|https://[^,|]+(\|https://[^,|]+)?"
                                                    r"\|direct", one["want"]), one)


def test_secrets(m):
    secret, token = "s3same-0pen", "t0ken-in-a-file"
    m.write("config/secrets/token", token + "\n", 0o600)
    m.profile("s", "[pip]\nglobal.index-url = https://me:${env:PIP_PASSWORD}@i.example/simple\n"
              "[go]\nGOPROXY = https://go.example/${file:../secrets/token},direct\n"
              "GOPRIVATE = ${env:PRIVATE}\n")
    m.env.update(PIP_PASSWORD=secret, PRIVATE="hush.example")
    # The lint has its own opinion of credentials in URLs; each way through must keep the secret.
    seen = ""
    accept = []
    for _ in range(6):
        result = m.run("--apply -p s -v", [w for i in accept for w in ("--accept-risk", i)])
        seen += result.all
        ids = [i for i in re.findall(r"--accept-risk ([a-z0-9.-]+)", result.err) if i not in accept]
        if result.status != 65 or not ids:
            break
        accept += ids
    expect("apply", result.status, 0)
    expect_true("pip has it", f"me:{secret}@" in (read(m.pip) or ""), result.all)
    expect_true("go has it", f"/{token},direct" in (read(m.go) or ""))
    more = [w for i in accept for w in ("--accept-risk", i)]
    for args in ("--diff -p s", "--diff -p s --json", "--show pip.global.index-url -p s",
                 "--show go.GOPROXY -p s --json", "--show go.GOPRIVATE -p s", "--history --json",
                 "--history -v", "--diff -p s -s go.GOPRIVATE=x", "--apply -p s -s go.GOPRIVATE=y"):
        seen += m.run(args, more if "-p s" in args else []).all
    seen += m.run("--rollback 1 --json").all + m.run("--rollback 0 --json").all
    seen += read(m.state + "/audit.jsonl")
    for word in (secret, token, "hush.example"):
        expect_true(f"{word} is nowhere to be seen", word not in seen,
                    [l for l in seen.splitlines() if word in l])
    expect_true("something stands for it", "****" in seen)
    expect("a new file with a secret is private", mode(m.pip) if os.path.exists(m.pip) else "0600", "0600")
    for directory, _, files in os.walk(m.state):
        expect(f"mode of {directory}", mode(directory), "0700")
        for name in files:
            expect(f"mode of {name}", mode(os.path.join(directory, name)), "0600")


def test_lint(m):
    m.profile("risky", "[go]\nGOSUMDB = off\n")
    result = m.run("--apply -p risky")
    expect("a dangerous value stops", result.status, 65)
    ids = re.findall(r"--accept-risk ([a-z0-9.-]+)", result.err)
    expect_true("and names its id and place", len(ids) == 1 and "risky.ini:4" in result.err, result.err)
    expect_true("nothing is written", not os.path.exists(m.go))
    if ids:
        expect("accepted", m.run("--apply -p risky --accept-risk", ids[0]).status, 0)


# ---- the catalogue ------------------------------------------------------------------------------

def mirror(id, url, **more):
    return {"id": id, "name": id.upper(), "name_zh": id, "operator": "Ours", "url": url,
            "region": "cn", "verified": "2026-01-01", "source": "us", "status": "active", **more}


def catalogue(tool, *mirrors, **more):
    return json.dumps({"tool": tool, "mirrors": list(mirrors), **more})


def test_catalogue(m):
    def want(*args):
        return setting(m.run("--diff --json", *args).json, "go", "GOPROXY").get("want")
    m.profile("g", "[go]\nGOPROXY = @aliyun,@ours,direct\n")
    places = [m.root + "/etc/mirrorwise/mirrors", m.work + "/config/mirrors"]
    m.write(places[0] + "/a.json", catalogue("go", mirror("ours", "https://etc.example")))
    expect("/etc adds", want("-p g"), "https://mirrors.aliyun.com/goproxy,https://etc.example,direct")
    m.write(places[1] + "/b.json", catalogue("go", mirror("ours", "https://xdg.example"),
                                             mirror("aliyun", "https://inside.example")))
    expect("XDG overrides by id", want("-p g"), "https://inside.example,https://xdg.example,direct")
    file = m.write("extra.json", catalogue("go", mirror("ours", "https://file.example")))
    expect("--catalog is strongest", want("-p g --catalog", file),
           "https://inside.example,https://file.example,direct")
    second = m.write("second.json", catalogue("go", mirror("ours", "https://second.example")))
    expect("and may be repeated", want("-p g --catalog", file, "--catalog", second),
           "https://inside.example,https://second.example,direct")
    listed = [x["url"] for x in m.run("--list mirrors -o go --json --catalog", file).json["mirrors"]]
    expect("an override is no second mirror", [listed.count("https://file.example"),
                                               "https://xdg.example" in listed], [1, False])
    os.remove(places[1] + "/b.json")
    dead = m.write("dead.json", catalogue("go", mirror("goproxy.cn", "https://goproxy.cn",
                                                       status="dead", reason="gone")))
    document = m.run("--diff -p prod --json --catalog", dead)
    expect_true("a dead mirror that is named is told", document.status in (0, 2, 65, 69) and
                "goproxy.cn" in document.out, document.all)
    m.profile("f", "[go]\nGOPROXY = @fastest,direct\n")
    expect("@fastest passes it over", want("-p f --catalog", dead),
           "https://mirrors.aliyun.com/goproxy,direct")
    for text, told in (("{", ":1:"), ('{"tool":"nmp","mirrors":[]}', "npm"),
                       ('{"mirrors":[]}', "tool"), (catalogue("go", {"id": "x"}), "url"),
                       (catalogue("go", mirror("x", "nonsense")), "nonsense"),
                       (catalogue("go", mirror("x", "https://x.example", status="tired")), "tired")):
        bad = m.write("bad.json", text)
        result = m.run("--diff -p prod --catalog", bad)
        expect(f"bad catalogue {text[:40]}", result.status, 65)
        expect_true(f"bad catalogue {text[:40]}: told", told in result.err and "bad.json" in result.err,
                    result.err)
    expect("a directory as a catalogue", m.run("--diff -p prod --catalog", m.home).status, 65)
    expect("no such catalogue", m.run("--diff -p prod --catalog nowhere.json").status, 65)
    m.write(places[0] + "/broken.json", "{")
    result = m.run("--diff -p prod --json")
    expect("one broken file of the system is a warning", result.status, 2)
    expect_true("that names it", any("broken.json" in w for w in result.json["warnings"]), result.out)


# ---- the state --------------------------------------------------------------------------------

def test_state(m):
    del m.env["MIRRORWISE_STATE_DIR"]
    is_root = os.geteuid() == 0
    m.run("--apply -p prod")
    state = m.root + "/var/lib/mirrorwise" if is_root else m.home + "/.local/state/mirrorwise"
    expect("where it is", os.path.isdir(state), True)
    expect("what is in it", sorted(set(os.listdir(state)) - {"last-ranking.json"}),
           ["audit.jsonl", "generations", "lock"])
    for directory, _, files in os.walk(state):
        expect(f"mode of {directory}", mode(directory), "0700")
        for name in files:
            expect(f"mode of {name}", mode(os.path.join(directory, name)), "0600")
    lines = read(state + "/audit.jsonl").splitlines()
    expect_true("audit.jsonl is JSON a line", lines and all(json.loads(l) for l in lines))
    m.env["MIRRORWISE_STATE_DIR"] = m.top + "/named"
    own = [g for g in m.run("--history --json").json["generations"] if "state" not in g]
    expect("MIRRORWISE_STATE_DIR is another history", own, [])
    m.run("--apply -p test")
    expect_true("and is made", os.path.isdir(m.top + "/named/generations"))


def test_lock(m):
    m.run("--apply -p prod")
    with open(m.state + "/lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        start = time.monotonic()
        result = m.run("--apply -p test")
        expect("another run holds the lock", result.status, 75)
        expect_true("soon", time.monotonic() - start < 15)
        expect("looking waits for nobody", m.run("--diff -p test").status, 2)
        expect("nor does history", m.run("--history").status, 0)
    expect("a lock without a holder is none", m.run("--apply -p test").status, 0)


# ---- somebody at the terminal -------------------------------------------------------------------

def test_terminal(m):
    for answer in (b"\n", b"n\n", b"no\n", b"what\n", b"\x04"):
        result = m.terminal(answer, "--apply -p prod")
        expect(f"answer {answer!r}", (result.status != 0, result.asked, os.path.exists(m.go)),
               (True, True, False))
        expect_true("it shows the plan first", "GOPROXY" in result.out.split("[y/N]")[0])
    result = m.terminal(b"\x03", "--apply -p prod")
    expect("Ctrl-C", (result.status, os.path.exists(m.go)), (130, False))
    result = m.terminal(b"y\n", "--apply --no-network")
    expect("at a terminal no profile need be named", (result.status, result.asked,
                                                      os.path.exists(m.go)), (0, True, True))
    expect_true("what was done and how to undo it", "--rollback" in result.out.split("[y/N]")[1])
    result = m.terminal(b"", "--apply -p dev --no-network")
    expect("nothing to do, nothing to ask", (result.status, result.asked), (0, False))
    result = m.terminal(b"n\n", "--rollback")
    expect("rollback asks", (result.asked, os.path.exists(m.go)), (True, True))
    result = m.terminal(b"", "--rollback -y")
    expect("-y does not", (result.status, result.asked, os.path.exists(m.go)), (0, False, False))
    result = m.terminal(b"", "--apply -p prod --json")
    expect("--json asks nobody", (result.status, result.asked), (0, False))
    wide = [l for l in m.terminal(b"", "--diff -p test").out.split("\r\n")
            if len(re.sub(r"\x1b\[[0-9;]*m", "", l)) > 80 and m.top not in l and "http" not in l]
    expect("80 columns", wide, [])


# ---- rights and users -----------------------------------------------------------------------------

def as_nobody(m):
    """The program where anybody may run it, and a home of nobody's own."""
    os.chmod(m.top, 0o755)
    program = shutil.copy(BIN, m.top + "/mirrorwise")
    os.chmod(program, 0o755)
    for path in (m.home, m.work):
        os.chown(path, NOBODY, NOBODY)
    del m.env["MIRRORWISE_STATE_DIR"]
    return lambda *args, **more: m.run(*args, uid=NOBODY, program=program, **more)


def test_rights(m):
    if os.geteuid() != 0:
        return
    run = as_nobody(m)
    m.write(m.root + "/usr/bin/dockerd", "#!/bin/sh\n", 0o755)
    m.write(m.docker, '{"debug": true}\n', 0o644)
    run("--history")
    before = m.all()
    result = run("--apply -p prod")
    expect("an installed tool out of reach", result.status, 77)
    expect_true("both ways on", f"sudo {m.top}/mirrorwise --apply -p prod" in result.err
                and "--skip docker" in result.err, result.err)
    expect_true("the tool is named", "Docker" in result.err.split("hint:")[0], result.err)
    written = {path for path in m.all() if not path.startswith(m.home + "/.local")}
    expect("nothing is written", written, set(before))
    document = check_document(m, run("--apply -p prod --json"), "apply", "prod")
    expect("blocked", [f["verdict"] for f in document["files"]], ["create", "create", "blocked"])
    result = run("--diff -p prod")
    expect("looking needs no rights", result.status, 2)
    expect_true("and shows docker's file, too", '"registry-mirrors"' in result.out, result.all)
    expect_true("and says what --apply will need", "sudo" in result.err and "--skip docker" in
                result.err, result.err)
    expect("the way without docker", run("--apply -p prod --skip docker").status, 0)
    expect("the state is private", mode(m.home + "/.local/state/mirrorwise"), "0700")
    expect("and back", run("--rollback").status, 0)
    os.remove(m.root + "/usr/bin/dockerd")
    result = run("--apply -p prod --json")
    document = check_document(m, result, "apply", "prod")
    expect("a missing tool out of reach is left out", (result.status, document["changed"]), (0, True))
    expect_true("with a warning", any("Docker" in w for w in document["warnings"]), document)
    expect("docker's file is as it was", read(m.docker), '{"debug": true}\n')


def test_sudo(m):
    if os.geteuid() != 0:
        return
    run = as_nobody(m)
    for name in ("SUDO_UID", "SUDO_GID"):
        m.env[name] = "0"
    expect("root's own sudo is root", m.run("--diff -p prod --json").json["files"][0]["path"], m.go)


# ---- the real tools -------------------------------------------------------------------------------

def test_real_tools(m):
    path = os.environ.get("PATH", "")
    go = shutil.which("go", path=path)
    env = {"PATH": path, "GOTOOLCHAIN": None}
    result = m.run("--apply -p prod -o go,pip", root=False, env=env)
    expect_true("apply", result.status in (0, 6), result.all)
    clean = {"HOME": m.home, "PATH": path, "GOCACHE": m.top + "/cache", "GOPATH": m.top + "/gopath"}
    if go:
        seen = subprocess.run([go, "env", "GOPROXY", "GOSUMDB"], env=clean, cwd=m.work,
                              capture_output=True, text=True).stdout.split()
        expect("go reads it", seen, ["https://goproxy.cn,https://mirrors.aliyun.com/goproxy,direct",
                                     "sum.golang.google.cn"])
    seen = subprocess.run([sys.executable, "-m", "pip", "config", "get", "global.index-url"],
                          env=clean, cwd=m.work, capture_output=True, text=True)
    if seen.returncode == 0:
        expect("pip reads it", seen.stdout.strip(), "https://mirrors.cloud.tencent.com/pypi/simple")


def main(tests):
    global current
    wanted = sys.argv[1:]
    slow = []
    for name, test in [(n, f) for n, f in tests.items() if n.startswith("test_")]:
        if wanted and not any(part in name for part in wanted):
            continue
        current = name
        top = tempfile.mkdtemp(dir=os.environ.get("MW_T"))
        start = time.monotonic()
        try:
            test(Machine(top))
        except Exception as why:  # the other tests still have something to say
            line = why.__traceback__
            while line.tb_next:
                line = line.tb_next
            failures.append(f"{name}: {type(why).__name__}: {why} (line {line.tb_lineno})")
        slow.append((time.monotonic() - start, name))
        shutil.rmtree(top, ignore_errors=True)
    for failure in failures:
        print("FAILED:", failure, file=sys.stderr)
    if os.environ.get("MW_SLOW"):
        print(*[f"{s:.1f} {n}" for s, n in sorted(slow)], sep="\n")
    if failures:
        sys.exit(1)
    print(f"passed: {os.path.basename(sys.argv[0])} ({expectations} expectations)")


if __name__ == "__main__":
    main(globals())
