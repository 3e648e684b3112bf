"""A registry of everything, for the real package managers: npm, crates.io, Maven, rustup, node.

    languages_server.py DIR

writes DIR/port when it listens (https, with DIR/server.crt and DIR/server.key), DIR/log (METHOD
PATH, one line a request) and DIR/catalogue.json, in which every built-in mirror is dead but this."""

import base64
import gzip
import hashlib
import http.server
import io
import json
import os
import ssl
import sys
import tarfile
import threading

DIR = sys.argv[1]


def tar_gz(files):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(text.encode()))
    return gzip.compress(raw.getvalue(), mtime=0)


NPM = tar_gz({"package/package.json": '{"name":"isarray","version":"1.0.0","main":"index.js"}',
              "package/index.js": "module.exports = 1\n"})
CRATE = tar_gz({"demo-0.1.0/Cargo.toml": '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n',
                "demo-0.1.0/src/lib.rs": "pub fn one() -> i32 { 1 }\n"})
PARENT = """<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId>
<artifactId>parent</artifactId><version>1</version><packaging>pom</packaging></project>"""


def packument(base):
    version = {"name": "isarray", "version": "1.0.0",
               "dist": {"tarball": f"{base}/npm/isarray/-/isarray-1.0.0.tgz",
                        "shasum": hashlib.sha1(NPM).hexdigest(),
                        "integrity": "sha512-" + base64.b64encode(hashlib.sha512(NPM).digest()).decode()}}
    return {"name": "isarray", "dist-tags": {"latest": "1.0.0"},
            "time": {"1.0.0": "2014-01-01T00:00:00.000Z"}, "versions": {"1.0.0": version}}


def answer(path, base):
    if path == "/npm/isarray":
        return packument(base)
    if path == "/npm/isarray/1.0.0":
        return packument(base)["versions"]["1.0.0"]
    if path == "/npm/isarray/-/isarray-1.0.0.tgz":
        return NPM
    if path == "/index/config.json":
        return {"dl": f"{base}/crates"}
    if path == "/index/de/mo/demo":
        return json.dumps({"name": "demo", "vers": "0.1.0", "deps": [], "features": {}, "yanked": False,
                           "cksum": hashlib.sha256(CRATE).hexdigest()}) + "\n"
    if path.startswith("/index/"):  # what the prober asks for
        name = path.rsplit("/", 1)[1]
        return json.dumps({"name": name, "vers": "0.1.1", "deps": [], "features": {}, "yanked": False,
                           "cksum": hashlib.sha256(CRATE).hexdigest()}) + "\n"
    if path.startswith("/crates/"):
        return CRATE
    if path == "/m2/org/example/parent/1/parent-1.pom":
        return PARENT
    if path.startswith("/m2/aopalliance/"):
        return PARENT
    if path.startswith("/plugins/"):
        return '<?xml version="1.0"?><metadata/>'
    if path == "/rust/dist/channel-rust-stable.toml.sha256":
        return "0" * 64 + "  channel-rust-stable.toml\n"
    if path == "/node/index.tab":
        return ("version\tdate\tfiles\tnpm\tv8\tuv\tzlib\topenssl\tmodules\tlts\tsecurity\n"
                "v20.9.0\t2023-10-24\tlinux-x64\t10.1.0\t11.3\t1.46\t1.2\t3.0\t115\tIron\tfalse\n")
    return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with lock, open(f"{DIR}/log", "a", encoding="utf-8") as log:
            log.write(f"{self.command} {self.path}\n")
        body = answer(self.path.split("?")[0], f"https://127.0.0.1:{port}")
        status = 404 if body is None else 200
        kind = "application/json" if isinstance(body, dict) else "application/octet-stream"
        data = json.dumps(body) if isinstance(body, dict) else body or ""
        data = data if isinstance(data, bytes) else data.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def catalogue(mirrors):
    """One file a service: ours alone is alive."""
    here = {"npm": "npm", "cargo": "index", "maven": "m2", "gradle-plugins": "plugins", "rustup": "rust",
            "node-dist": "node"}
    for service, path in here.items():
        with open(f"{mirrors}/{service}.json", encoding="utf-8") as file:
            known = json.load(file)
        rows = [dict(row, status="dead", reason="not here") for row in known["mirrors"]]
        rows.append({"id": "near", "name": "Near", "url": f"https://127.0.0.1:{port}/{path}"})
        with open(f"{DIR}/{service}.json", "w", encoding="utf-8") as file:
            json.dump({"tool": service, "mirrors": rows, "canary": None}, file)


lock = threading.Lock()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{DIR}/server.crt", f"{DIR}/server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
port = server.server_port
catalogue(os.path.join(os.environ["MW_SOURCE"], "assets/mirrors"))
with open(f"{DIR}/port.new", "w", encoding="utf-8") as file:
    file.write(str(port))
os.rename(f"{DIR}/port.new", f"{DIR}/port")
server.serve_forever()
