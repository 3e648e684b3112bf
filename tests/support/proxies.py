"""Proxies on loopback that remember what they were asked for, for the tests of the prober."""

import contextlib
import http.server
import select
import socket
import socketserver
import struct
import threading


def pipe(a, b):
    ends = {a: b, b: a}
    while True:
        for end in select.select(list(ends), [], [])[0]:
            data = end.recv(65536)
            if not data:
                return
            ends[end].sendall(data)


class Handler(socketserver.StreamRequestHandler):
    """Joins a client with whom it asks for; server.names gives names that no resolver knows."""

    rbufsize = 0

    def connect(self, host, port):
        self.server.asked.add(host)
        return socket.create_connection(self.server.names.get(host, (host, port)), 5)


class HttpProxy(Handler):
    """CONNECT for https, the whole URL in the request line for http (RFC 9112, section 3.2)."""

    def handle(self):
        method, target, version = self.rfile.readline().decode("ascii").split()
        rest = []
        while rest[-1:] not in ([b"\r\n"], [b""]):  # b"": the client is gone
            rest.append(self.rfile.readline())
        if rest[-1] == b"":
            return
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            with self.connect(host, int(port)) as server:
                self.wfile.write(b"HTTP/1.1 200 Here you are\r\n\r\n")
                pipe(self.connection, server)
            return
        authority, _, path = target.removeprefix("http://").partition("/")
        host, _, port = authority.partition(":")
        with self.connect(host, int(port or 80)) as server:
            server.sendall(f"{method} /{path} {version}\r\n".encode("ascii") + b"".join(rest))
            pipe(self.connection, server)


class SocksProxy(Handler):
    """SOCKS 5 with names (RFC 1928): the client leaves the resolving to us, or we say no."""

    def handle(self):
        count = self.rfile.read(2)[1]
        self.rfile.read(count)
        self.wfile.write(b"\x05\x00")
        kind = self.rfile.read(4)[3]
        if kind != 3:
            self.wfile.write(b"\x05\x08\x00\x01" + bytes(6))
            return
        host = self.rfile.read(self.rfile.read(1)[0]).decode("ascii")
        with self.connect(host, struct.unpack("!H", self.rfile.read(2))[0]) as server:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            pipe(self.connection, server)


@contextlib.contextmanager
def serving(handler, names=()):
    """A server of `handler`; its .port, and .asked: the hosts that were asked for."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as proxy:
        proxy.daemon_threads = True
        proxy.block_on_close = False
        proxy.asked, proxy.names, proxy.port = set(), dict(names), proxy.server_address[1]
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.shutdown()


def page(path, content):
    """A handler that serves one object by plain HTTP."""

    class Page(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            is_there = self.path.endswith(path)  # the proxy leaves the whole URL as it is
            body = content if is_there else b"no\n"
            self.send_response(200 if is_there else 404)
            self.send_header("Content-Type", "text/plain; charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Page
