"""A client of the lab's mirrors: its requests, and the connection that answers go out on."""

import asyncio
import contextlib
import socket
import ssl
import struct

HEAD_MAX_BYTES = 65536
SEND_BYTES = 65536
PUSH_EVERY_S = 0.005
REASONS = {
    200: "OK", 206: "Partial Content", 301: "Moved Permanently", 302: "Found",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    416: "Range Not Satisfiable", 418: "I'm a teapot", 429: "Too Many Requests",
    503: "Service Unavailable",
}


class Request:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = (lines[0] + "  ").split(" ", 2)
        self.path = self.target.partition("?")[0]
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()


class Peer:
    """One connection: the mirror it reached, and the client.

    The socket is non-blocking and, where there is a context, TLS. asyncio's own streams pass each
    TLS record through several layers of Python, which costs as much as the handshake does."""

    def __init__(self, mirror, sock, context):
        self.mirror = mirror
        self.sock = sock
        if context is not None:
            self.sock = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        self.received = b""
        self.unsent = []

    async def ready(self, watch, forget):
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        fd = self.sock.fileno()

        def on_ready():
            forget(fd)
            if not future.done():
                future.set_result(None)

        watch(fd, on_ready)
        await future

    async def retry(self, operation, *args):
        """What the operation returns, as soon as it need not wait any more."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return operation(*args)
            except ssl.SSLWantReadError:
                reads = True
            except ssl.SSLWantWriteError:
                reads = False
            except BlockingIOError:
                reads = operation == self.sock.recv
            if reads:
                await self.ready(loop.add_reader, loop.remove_reader)
            else:
                await self.ready(loop.add_writer, loop.remove_writer)

    async def read(self):
        """At least a byte, or an EOFError."""
        data = await self.retry(self.sock.recv, 16384)
        if not data:
            raise EOFError
        return data

    async def read_head(self):
        while b"\r\n\r\n" not in self.received:
            if len(self.received) > HEAD_MAX_BYTES:
                raise EOFError
            self.received += await self.read()
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        return head

    def write(self, data):
        """Sent by the next drain(); what is left after a behaviour goes out by itself."""
        self.unsent.append(data)

    async def drain(self):
        data = memoryview(b"".join(self.unsent))
        self.unsent.clear()
        while data:
            data = data[await self.retry(self.sock.send, data[:SEND_BYTES]):]

    def close(self):
        if isinstance(self.sock, ssl.SSLSocket):
            with contextlib.suppress(OSError, ValueError):
                self.sock.unwrap()  # says goodbye, does not wait for the answer
        self.sock.close()

    def send_head(self, status, headers, reason=None):
        reason = REASONS[status].encode() if reason is None else reason
        lines = [b"HTTP/1.1 %d %s" % (status, reason)]
        for name, value in headers:
            value = value if isinstance(value, bytes) else value.encode()
            lines.append(name.encode() + b": " + value)
        self.write(b"\r\n".join(lines) + b"\r\n\r\n")

    def send(self, request, answer, reason=None, more=()):
        length = ("Content-Length", str(len(answer.body)))
        self.send_head(answer.status, [*answer.headers, length, *more], reason)
        if request.method != "HEAD":
            self.write(answer.body)

    async def push(self, data):
        """A bit of something endless, slowly enough to leave the other mirrors alone."""
        self.write(data)
        await self.drain()
        await asyncio.sleep(PUSH_EVERY_S)

    def reset(self):
        """RST instead of FIN: closing with a linger of zero throws the connection away."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
