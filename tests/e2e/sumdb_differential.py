"""Generates GOPROXY lists of servers on this machine and compares the checklist's account of the
checksum database with what go does:

    sumdb_differential.py PROGRAM DIRECTORY ROUNDS

Every server serves one module as a good proxy does; they differ in how they answer below /sumdb.
The database's name is the address of a server with TLS, so that "directly" can be seen as well.
The generator is seeded, so a failing round fails again.
"""
import base64
import hashlib
import http.server
import io
import json
import os
import random
import re
import ssl
import subprocess
import sys
import threading
import zipfile

MODULE = "example.com/m"
MOD = b"module example.com/m\n"
# How a server answers /sumdb/NAME/supported; None: it closes without an answer.
WAYS = [200, 200, 404, 410, 403, 500, 302, None]


def build_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(MODULE + "@v1.0.0/go.mod", MOD)
    return out.getvalue()


FILES = {
    "/v1.0.0.info": b'{"Version":"v1.0.0","Time":"2020-01-02T03:04:05Z"}',
    "/v1.0.0.mod": MOD,
    "/v1.0.0.zip": build_zip(),
    "/list": b"v1.0.0\n",
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, body=b"", location=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location is not None:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        server = self.server
        server.asked.append(self.path)
        module = "/%s/@v" % MODULE
        path = self.path.removeprefix("/moved")
        if path.startswith(module) and path[len(module):] in FILES:
            return self.reply(200, FILES[path[len(module):]])
        if path.endswith("/supported"):
            if server.way is None:
                self.close_connection = True
                return None
            if server.way == 302 and path == self.path:
                return self.reply(302, location="/moved" + path)
            return self.reply(200 if server.way == 302 else server.way)
        if path.endswith("/latest"):
            return self.reply(200, server.tree)
        return self.reply(404, b"not found\n")


def serve(way, tree=b"", context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.way, server.tree, server.asked = way, tree, []
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def openssl(*args, text=None):
    return subprocess.run(["openssl", *args], input=text, capture_output=True, check=True).stdout


class Database:
    """A key pair and the tree that it signs (x/mod/sumdb/note)."""

    def __init__(self, directory):
        self.key_file = os.path.join(directory, "sumdb.pem")
        openssl("genpkey", "-algorithm", "ed25519", "-out", self.key_file)
        public = openssl("pkey", "-in", self.key_file, "-pubout", "-outform", "DER")[-32:]
        self.public = b"\x01" + public
        self.directory = directory

    def name_it(self, name):
        self.name = name
        self.id = hashlib.sha256(name.encode() + b"\n" + self.public).digest()[:4]
        self.key = "%s+%s+%s" % (name, self.id.hex(), base64.b64encode(self.public).decode())
        text = b"go.sum database tree\n42\n" + base64.b64encode(bytes(32)) + b"\n"
        path = os.path.join(self.directory, "tree")
        with open(path, "wb") as file:
            file.write(text)
        signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.key_file, "-in", path)
        line = "\u2014 %s %s\n" % (name, base64.b64encode(self.id + signature).decode())
        self.tree = text + b"\n" + line.encode()


def make_certificate(directory):
    cert, key = os.path.join(directory, "cert.pem"), os.path.join(directory, "cert.key")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-keyout", key, "-out", cert, "-subj", "/CN=lab",
            "-addext", "subjectAltName=IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def address(server):
    return "127.0.0.1:%d" % server.server_address[1]


class World:
    def __init__(self, directory):
        self.directory = directory
        self.certificate, context = make_certificate(directory)
        self.database = Database(directory)
        self.direct = serve(404, context=context)
        self.database.name_it(address(self.direct))
        self.direct.tree = self.database.tree
        self.proxies = [serve(way, self.database.tree) for way in WAYS]

    def everybody(self):
        return [self.direct, *self.proxies]

    def forget(self):
        for server in self.everybody():
            server.asked.clear()


def make_list(rng, world):
    chosen = rng.sample(world.proxies, rng.randrange(1, 4))
    text = ""
    for server in chosen:
        text += "http://" + address(server) + rng.choice(["", "", "/"]) + rng.choice([",", "|"])
    return text + rng.choice(["direct", "direct", "off", ""]) if rng.random() < 0.9 else text[:-1]


def environment(world, home, proxies, sumdb):
    return {"HOME": home, "PATH": os.environ["PATH"], "GOPROXY": proxies, "GOSUMDB": sumdb,
            "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local", "SSL_CERT_FILE": world.certificate,
            "GOPATH": home + "/go", "GOCACHE": home + "/cache", "LC_ALL": "C.UTF-8",
            "MIRRORWISE_STATE_DIR": home + "/state"}


def what_go_does(world, env, home):
    """The base of the lookup that go sends, or "nowhere"."""
    world.forget()
    subprocess.run(["go", "mod", "download", MODULE + "@v1.0.0"], env=env, cwd=home,
                   capture_output=True, check=False, timeout=60)
    for server in world.everybody():
        for path in server.asked:
            if "/lookup/" in path:
                scheme = "https" if server is world.direct else "http"
                return scheme + "://" + address(server) + path.split("/lookup/")[0]
    return "nowhere"


def what_we_say(program, env, home):
    done = subprocess.run([program, "--checklist", "--json", "-p", "base", "--only", "go"],
                          env=env, cwd=home, capture_output=True, check=False, timeout=60)
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    check = checks["go-sumdb.reachable"]
    match = re.search(r"go asks (\S+?)(, a relay)?: ", check["observed"])
    way = match.group(1) if match else "nowhere"
    assert (check["status"] == "pass") == (way != "nowhere"), check
    assert way != "nowhere" or "gives up" in check["observed"], check
    assert check["status"] == "pass" or check["fix"], check
    return way, check


def apply_fix(check):
    """The value that the remedy exports, to be tried on go."""
    match = re.fullmatch(r"export '?GOSUMDB=([^']*)'?", check["fix"])
    assert match, check
    return match.group(1)


def main():
    program, directory, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    world = World(directory)
    wrong = 0
    seen = {"nowhere": 0, "directly": 0, "relayed": 0, "mended": 0}
    for seed in range(rounds):
        rng = random.Random(seed)
        home = os.path.join(directory, "round%d" % seed)
        os.makedirs(home)
        proxies = make_list(rng, world)
        own = " https://" + address(world.direct) if rng.random() < 0.1 else ""
        env = environment(world, home, proxies, world.database.key + own)
        theirs = what_go_does(world, env, home)
        ours, check = what_we_say(program, env, home)
        kind = {True: "nowhere", False: "relayed" if "/sumdb/" in theirs else "directly"}
        seen[kind[theirs == "nowhere"]] += 1
        if ours != theirs:
            wrong += 1
            print("round %d: GOPROXY=%s: we say %s, go asks %s" % (seed, proxies, ours, theirs))
        if ours == "nowhere":
            env = environment(world, home + "/again", proxies, apply_fix(check))
            os.makedirs(home + "/again")
            if what_go_does(world, env, home + "/again") == "https://" + address(world.direct):
                seen["mended"] += 1
            else:
                wrong += 1
                print("round %d: the remedy [%s] does not help go" % (seed, check["fix"]))
    print("%d lists, %d wrong: %s" % (rounds, wrong, seen))
    sys.exit(1 if wrong or rounds >= 20 and not all(seen.values()) else 0)


main()
