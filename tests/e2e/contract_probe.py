"""Measuring, as the contract words it: run by contract_probe.sh.

One HTTPS server on loopback, its certificate from a CA made on the spot, serves every kind of
mirror; go's and pip's live below a path, docker's each on a port. The built-in mirrors are declared
dead by a catalogue of the test, so that nothing leaves this machine."""
import hashlib, http.server, json, os, re, signal, ssl, stat, subprocess, tempfile, threading, time

from contract import BIN, check_document, expect, expect_true, main, mode, read

TOOLS = ("go", "pip", "docker")
MOD, WHEEL = b'module "example.test/canary"\n', b"no wheel at all" * 9
MANIFEST = json.dumps({"schemaVersion": 2, "config": {}, "layers": []}).encode()
WHEEL_NAME = "canary-1.0-py3-none-any.whl"
BAD = ("wrong", "longer", "404", "403", "429", "500", "html", "empty", "loop", "downgrade")
# What each tool's profile key looks like when it asks for the best.
WISH = {"go": "GOPROXY = @fastest,direct", "pip": "global.index-url = @fastest",
        "docker": "registry-mirrors = @fastest:1"}
hits = []


def sha256(data):
    return hashlib.sha256(data).hexdigest()


CANARY = {
    "go": {"path": "/example.test/canary/@v/v1.0.0.mod", "sha256": sha256(MOD), "bytes": len(MOD)},
    "pip": {"project": "canary", "file": WHEEL_NAME, "sha256": sha256(WHEEL), "bytes": len(WHEEL)},
    "docker": {"repository": "library/canary", "digest": "sha256:" + sha256(MANIFEST),
               "bytes": len(MANIFEST)},
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, body=b"", kind="application/octet-stream", **headers):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def object(self, kind, data, type):
        twisted = {"wrong": data[::-1], "longer": data + b" and more"}
        self.reply(200, twisted.get(kind, data), type)

    def do_GET(self):
        hits.append(self.path)
        kind, path = self.server.kind, self.path
        if kind is None:
            kind, _, path = path[1:].partition("/")
        path = "/" + path.strip("/")
        if kind == "slow":
            time.sleep(0.25)
        if kind == "silent":
            time.sleep(8)
        if kind.isdigit():
            return self.reply(int(kind), b"no", Retry_After=60)
        if kind in ("html", "empty"):
            return self.reply(200, b"<html>Log in</html>" if kind == "html" else b"", "text/html")
        if kind in ("loop", "downgrade"):
            to = self.path if kind == "loop" else "http://127.0.0.1:1/"
            return self.reply(302, Location=to)
        if path == CANARY["go"]["path"]:
            return self.object(kind, MOD, "text/plain")
        if path == "/simple/canary":
            link = f'<a href="../../{WHEEL_NAME}">{WHEEL_NAME}</a>'
            return self.reply(200, f"<html><body>{link}</body></html>".encode(), "text/html")
        if path.endswith(WHEEL_NAME):
            return self.object(kind, WHEEL, "application/octet-stream")
        if path == "/v2":
            return self.reply(200, b"{}", "application/json",
                              Docker_Distribution_API_Version="registry/2.0")
        if path.endswith(CANARY["docker"]["digest"]):
            return self.object(kind, MANIFEST, "application/vnd.oci.image.manifest.v1+json")
        return self.reply(404, b"?")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        pass  # clients that go away, or do not trust us


def make_certificates(directory):
    def openssl(*args):
        subprocess.run(("openssl",) + args, check=True, capture_output=True, cwd=directory)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
            "-days", "2", "-subj", "/CN=test", "-addext", "basicConstraints=critical,CA:TRUE")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "other.key", "-out",
            "other.pem", "-days", "2", "-subj", "/CN=other")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "csr", "-subj",
            "/CN=localhost")
    with open(directory + "/names", "w") as file:
        file.write("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "pem", "-days", "2", "-extfile", "names")


CERTIFICATES = tempfile.mkdtemp(dir=os.environ.get("MW_T"))
make_certificates(CERTIFICATES)
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.load_cert_chain(CERTIFICATES + "/pem", CERTIFICATES + "/key")
ports = {}


def port_of(kind):
    """The port of a server that is all of that kind; None: kinds by the first part of the path."""
    if kind not in ports:
        server = Server(("127.0.0.1", 0), Handler)
        server.kind = kind
        server.socket = CONTEXT.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ports[kind] = server.server_address[1]
    return ports[kind]


def url(tool, kind):
    if tool == "docker":
        return f"https://127.0.0.1:{port_of(kind)}"
    return f"https://127.0.0.1:{port_of(None)}/{kind}" + ("/simple" if tool == "pip" else "")


def catalogues(m, tool, *kinds, status={}, canary=True):
    """The words --catalog FILE --catalog FILE: the built-in mirrors dead, those of `kinds` there."""
    m.env["SSL_CERT_FILE"] = CERTIFICATES + "/ca.pem"
    known = m.run("--list mirrors --json -o", tool).json["mirrors"]
    dead = [{"id": x["id"], "url": x["url"], "status": "dead"} for x in known]
    ours = [{"id": "t-" + k, "url": url(tool, k), "status": status.get(k, "active")} for k in kinds]
    more = {"canary": CANARY[tool]} if canary else {}
    words = []
    for name, document in (("dead", {"tool": tool, "mirrors": dead}),
                           ("ours", {"tool": tool, "mirrors": ours, **more})):
        words += ["--catalog", m.write(f"{name}-{tool}.json", json.dumps(document))]
    return words


def mirrors(result):
    return {x["id"]: x for x in result.json.get("mirrors", [])}


def wish(m, tool, policy="select = fastest"):
    m.profile("w", f"[policy]\n{policy}\n[{tool}]\n{WISH[tool]}\n")


def chosen(result):
    """What the plan wants, as a text; the whole answer if there is no plan."""
    settings = result.json.get("settings", [])
    return str(settings[0]["want"]) if settings else result.all


def test_probe(m):
    """Good mirrors have ranks and figures, every bad one its reason and none of either."""
    for tool in TOOLS:
        words = catalogues(m, tool, "slow", "good", *BAD)
        result = m.run("--probe --samples 2 --timeout 2000 --json -o", tool, words)
        check_document(m, result, "probe")
        expect(f"{tool}: status", result.status, 0)
        found = mirrors(result)
        expect(f"{tool}: everybody is there", {"t-good", "t-slow"} | {"t-" + k for k in BAD}, set(found))
        for kind in BAD:
            one = found.get("t-" + kind, {})
            expect(f"{tool} {kind}", (one.get("usable"), one.get("rank")), (False, None))
            expect_true(f"{tool} {kind}: reason", one.get("reason"))
            expect(f"{tool} {kind}: integrity", one.get("integrity"),
                   "wrong" if kind in ("wrong", "longer") else "unchecked")
        for kind, rank in (("good", 1), ("slow", 2)):
            one = found.get("t-" + kind, {})
            wanted = (True, rank, "ok", 2, 0, 4, "")
            expect(f"{tool} {kind}", tuple(one.get(k) for k in (
                "usable", "rank", "integrity", "samples", "lost", "family", "reason")), wanted)
            for figure in ("rtt_us", "tcp_us", "tls_us", "ttfb_us"):
                expect_true(f"{tool} {kind}: {figure}", type(one.get(figure)) is int and one[figure] > 0)
        expect_true(f"{tool}: it waits for the slow one's answer", found["t-slow"]["ttfb_us"] > 200000)
        expect(f"{tool}: mode of last-ranking.json", mode(m.state + "/last-ranking.json"), "0600")
        saved = json.loads(read(m.state + "/last-ranking.json"))["mirrors"]
        expect(f"{tool}: best first", [x["id"] for x in saved][:2], ["t-good", "t-slow"])
        result = m.run("--probe --samples 1 --timeout 2000 -o", tool, words)
        expect_true(f"{tool}: the table", result.status == 0 and "\x1b" not in result.all and
                    result.out.find("t-good") < result.out.find("t-wrong"), result.all)


def test_apply_what_was_measured(m):
    for tool in TOOLS:
        words = catalogues(m, tool, "wrong", "slow", "good")
        wish(m, tool)
        result = m.run("--apply -p w --json", words)
        check_document(m, result, "apply", "w")
        expect_true(f"{tool}: the best one", result.status == 0 and url(tool, "good") in chosen(result),
                    result.all)
        expect_true(f"{tool}: the measurement is told", "t-good" in mirrors(result))
        expect_true(f"{tool}: and remembered", "t-good" in m.run("--history").out)
        seen = len(hits)
        result = m.run("--diff -p w --no-network --json", words)
        expect(f"{tool}: the last ranking serves without a network",
               (result.status, url(tool, "good") in chosen(result), len(hits)), (0, True, seen))
        wish(m, tool, "select = ordered")
        result = m.run("--diff -p w --json", words)
        expect(f"{tool}: ordered asks nobody", len(hits), seen)
        result = m.run("--diff -p w --json --mirror", f"{tool}=t-slow", words)
        expect(f"{tool}: --mirror asks nobody", (url(tool, "slow") in chosen(result), len(hits)),
               (True, seen))


def test_status(m):
    for tool in TOOLS:
        wish(m, tool)
        for good, kinds, wanted in (("fallback", ("good", "slow"), "slow"),
                                    ("fallback", ("good", "wrong"), "good"),
                                    ("dead", ("good", "slow"), "slow")):
            words = catalogues(m, tool, *kinds, status={"good": good})
            result = m.run("--diff -p w --json", words)
            expect_true(f"{tool}: good is {good} among {kinds}", result.status == 2 and
                        url(tool, wanted) in chosen(result), chosen(result))
        words = catalogues(m, tool, "wrong", "500")
        for args in ("--probe --samples 1 -o " + tool, "--apply -p w"):
            expect(f"{tool}: {args}: no usable mirror", m.run(args, words).status, 69)
        expect(f"{tool}: nothing is written", [os.path.exists(p) for p in (m.go, m.pip, m.docker)],
               [False] * 3)


def test_limits(m):
    """max-latency counts what a tool waits for; deadline, family and certificate are kept."""
    words = catalogues(m, "go", "slow", "good", status={"good": "fallback"})
    wish(m, "go", "select = fastest\nmax-latency = 100ms")
    expect_true("a mirror over max-latency is not chosen",
                url("go", "good") in chosen(m.run("--diff -p w --json", words)))
    words = catalogues(m, "go", "silent", "good")
    start = time.monotonic()
    result = m.run("--probe -o go --samples 1 --deadline 1500 --timeout 20000 --json", words)
    found = mirrors(result)
    expect("a silent one holds up nobody", (found["t-good"]["usable"], found["t-silent"]["usable"],
                                            time.monotonic() - start < 4), (True, False, True))
    words = catalogues(m, "go", "good")
    expect("-6: not on IPv6", m.run("--probe -o go -6 --samples 1", words).status, 69)
    expect("-4: on IPv4", m.run("--probe -o go -4 --samples 1", words).status, 0)
    m.env["SSL_CERT_FILE"] = CERTIFICATES + "/other.pem"
    result = m.run("--probe -o go --samples 1 --json", words)
    expect_true("a CA that we do not trust", result.status == 69 and "ertificate" in
                result.json["mirrors"][0]["reason"], result.all)


def test_signals(m):
    words = catalogues(m, "go", "silent")
    wish(m, "go")
    for args, action in ((["--probe", "-o", "go"], "probe"), (["--apply", "-p", "w"], "apply")):
        for number, status in ((signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
            seen = len(hits)
            run = subprocess.Popen([BIN, *args, *words, "--timeout", "9000", "--json", "--root",
                                    m.root], env=m.env, cwd=m.work, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while len(hits) == seen and run.poll() is None:
                time.sleep(0.01)
            run.send_signal(number)
            out, err = run.communicate(timeout=20)
            document = json.loads(out or b"{}")
            expect(f"{action}, {number.name}", (run.returncode, document.get("exit_code"), err),
                   (status, status, b""))
            expect(f"{action}, {number.name}: nothing is left", (os.path.exists(m.go), os.path.exists(
                m.state + "/journal")), (False, False))


def test_catalogue_faults(m):
    one = '{"id":"a","url":"https://a.example"%s}'
    go = '{"tool":"go","mirrors":[%s]}'
    zeros = "0" * 64
    rows = [
        "", "[]", "1", "{nope", go % "" + " x", '{"tool":"go","mirrors":[],}', '{"tool":"go"}',
        '{"tool":"go","mirrors":{}}', go % '"x"', go % '{"url":"https://a.example"}',
        go % '{"id":1,"url":"https://a.example"}', go % '{"id":"","url":"https://a.example"}',
        go % (one % "" + "," + one % ""), go % '{"id":"a","url":"ftp://a.example"}',
        go % (one % ',"status":"maybe"'), go % (one % ',"verified":5'), go % (one % ',"colour":"red"'),
        '{"tool":"go","tool":"pip","mirrors":[]}', '{"tool":"go","mirrors":[],"colour":1}',
        (go % "").encode() + b"\0", go % (one % ',"name":"a\\u0000b"'),
        b'{"tool":"go","mirrors":[{"id":"a","name":"\xff","url":"https://a.example"}]}',
        '{"tool":"go","mirrors":[],"canary":5}', "[" * 5000 + "]" * 5000,
        '{"tool":"go","mirrors":[],"canary":{"path":"/x","sha256":"zz","bytes":1}}',
        '{"tool":"go","mirrors":[],"canary":{"sha256":"%s","bytes":1}}' % zeros,
        '{"tool":"go","mirrors":[],"canary":{"path":"/x","sha256":"%s","bytes":-1}}' % zeros,
    ]
    for row in rows:
        file = m.write("bad.json", row)
        for args in ("--list mirrors", "--probe --samples 1", "--diff -p prod"):
            result = m.run(args, "--catalog", file)
            expect(f"{args} with {row[:60]!r}", (result.status, result.out, "bad.json" in result.err),
                   (65, "", True))
    file = m.write("good.json", go % (one % ',"status":"dead"') )
    expect("a dead one needs no reason", m.run("--list mirrors --catalog", file).status, 0)
    file = m.write("good.json", go % (one % ',"x-ours":{"any":1}'))
    expect("x- fields are one's own", m.run("--list mirrors --catalog", file).status, 0)


if __name__ == "__main__":
    main(globals())
