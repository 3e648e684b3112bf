"""Mirrors of package managers on loopback: https://localhost:PORT/SERVICE, as lab/services.py has
them. Writes PORT, a catalogue a service, and every request into the folder named."""
import functools
import http.server
import json
import os
import ssl
import sys
from email.utils import formatdate

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab"))
import services  # noqa: E402

FOLDER = sys.argv[1]


class Mirror(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with open(f"{FOLDER}/requests", "a", encoding="utf-8") as file:
            file.write(f"{self.command} {self.path}\n")
        _, service, *rest = self.path.partition("?")[0].split("/", 2)
        path = "/" + "".join(rest)
        base = f"https://localhost:{self.server.server_port}/{service}"
        found = services.find(service, base, path) if service in services.SERVICES else None
        content_type, body = found or ("text/plain", b"not found\n")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", formatdate(usegmt=True))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET
    log_message = functools.partialmethod(lambda *_: None)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{FOLDER}/ca.pem", f"{FOLDER}/key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    for name, service in services.SERVICES.items():
        mirror = {"id": "loopback", "name": "loopback", "operator": "test", "region": "test",
                  "url": f"https://localhost:{server.server_port}/{name}", "status": "active",
                  "verified": "2026-01-01", "source": "test"}
        with open(f"{FOLDER}/{name}.json", "w", encoding="utf-8") as file:
            json.dump({"tool": name, "mirrors": [mirror], "canary": service["canary"]}, file)
    with open(f"{FOLDER}/port", "w", encoding="utf-8") as file:
        file.write(str(server.server_port))
    server.serve_forever()


main()
