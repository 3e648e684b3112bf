#!/usr/bin/python3
"""The lab's mirrors at work: `servers.py LAB_DIR`, in a network namespace of its own.

One socket listens for all addresses; the local address of a connection says which mirror was
meant, and the mirror's row (mirrors.py) which certificate it shows and how it behaves. A new way
to misbehave is one function in BEHAVIOURS (or RAW, when it acts before TLS) and one row.

Sets up its namespace with ip(8), writes the catalogues and tables into LAB_DIR, then a line to
standard output once everything listens.
"""

import asyncio
import gc
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import zlib

import content
import mirrors
from content import Answer
from peer import Peer, Request

ACCEPTS_A_TURN = 32
NASTY = ("\x1b[2J\x1b]0;owned\x07\x1b]52;c;bWlycm9y\x07\x1b]8;;https://evil.example\x07"
         "\u202egnp.\u2066\u200b\u009b31m\tOK").encode() + b"\xff\xfe\xc0\xaf"
PORTAL = (b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Hotel Wi-Fi</h1>"
          b"<form action=/login>Room <input name=room></form></body></html>\n")


# Behaviours. Each answers one request; a true result ends the connection.


async def honest(peer, request):
    peer.send(request, content.honest(peer.mirror, request))


async def close(peer, request):
    peer.send(request, content.honest(peer.mirror, request), more=[("Connection", "close")])
    return True


async def chunked(peer, request):
    answer = content.honest(peer.mirror, request)
    peer.send_head(answer.status, [*answer.headers, ("Transfer-Encoding", "chunked")])
    for at in range(0, len(answer.body), 4096):
        part = answer.body[at:at + 4096]
        peer.write(b"%x\r\n%s\r\n" % (len(part), part))
    peer.write(b"0\r\n\r\n")


async def stall(peer, request):
    await peer.read()
    return True


async def send_half(peer, request, more=0):
    """Of a body with a length, the first half; what comes after is the caller's."""
    answer = content.honest(peer.mirror, request)
    body = answer.body or b"\0" * 64
    peer.send_head(200, [*answer.headers, ("Content-Length", str(len(body) + more))])
    peer.write(body[:len(body) // 2])
    await peer.drain()


async def reset(peer, request):
    await send_half(peer, request)
    # Time for the client to read what it has; a reset may overtake unread bytes.
    await asyncio.sleep(0.05)
    peer.reset()
    return True


async def cut(peer, request):
    await send_half(peer, request)
    return True


async def drip(peer, request):
    answer = content.honest(peer.mirror, request)
    peer.send_head(200, [*answer.headers, ("Content-Length", str(len(answer.body) or 64))])
    for byte in answer.body or b"\0" * 64:
        await peer.push(bytes([byte]))
        await asyncio.sleep(1)


async def endless(peer, request):
    """The canary first, so that a prober which stops reading at its size learns too little."""
    answer = content.honest(peer.mirror, request)
    peer.send_head(200, [*answer.headers, ("Transfer-Encoding", "chunked")])
    part = answer.body or b"\n"
    while True:
        await peer.push(b"%x\r\n%s\r\n" % (len(part), part))
        part = b"\n" * 16384


async def endless_header(peer, request):
    peer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        await peer.push(b"X-More: and more\r\n" * 1024)


def refuse_with(status, *headers):
    async def refuse(peer, request):
        body = b"<html><body><h1>%d</h1></body></html>\n" % status
        peer.send(request, Answer(status, "text/html", body, headers))
    return refuse


def redirect_to(location):
    async def redirect(peer, request):
        target = location.format(host=peer.mirror.host, tool=peer.mirror.tool, path=request.path)
        peer.send(request, Answer(302, "text/html", headers=[("Location", target)]))
    return redirect


async def html(peer, request):
    peer.send(request, Answer(200, "text/html; charset=utf-8", PORTAL))


async def login(peer, request):
    if request.path == "/login":
        return await html(peer, request)
    return await redirect_to("https://{host}/login")(peer, request)


async def empty(peer, request):
    honest_type = content.honest(peer.mirror, request).headers[0][1]
    peer.send(request, Answer(200, honest_type))


async def wrong_hash(peer, request):
    answer = content.honest(peer.mirror, request)
    if request.path == content.CANARY_PATHS[peer.mirror.tool]:
        flipped = bytes([answer.body[-2] ^ 1])
        changed = Answer(answer.status, body=answer.body[:-2] + flipped + answer.body[-1:])
        changed.headers = answer.headers
        answer = changed
    peer.send(request, answer)


async def lying(peer, request):
    peer.send(request, content.honest(peer.mirror, request, forged=True))


async def stale(peer, request):
    """Honest, and its last sync was long ago; bandersnatch says so beside "simple"."""
    if request.path == "/last-modified":
        return peer.send(request, Answer(200, body=b"20200102T03:04:05\n"))
    peer.send(request, content.honest(peer.mirror, request))


def build_gzip_bomb():
    """1 GiB of zeros. After a full flush a deflate block stands alone and can be repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    last_block = b"\x03\0"
    trailer = bytes(4) + struct.pack("<I", 1 << 30)
    return head + block * 1024 + last_block + trailer


GZIP_BOMB = build_gzip_bomb()


async def gzip_bomb(peer, request):
    answer = content.honest(peer.mirror, request)
    peer.send_head(200, [*answer.headers, ("Content-Encoding", "gzip"),
                         ("Content-Length", str(len(GZIP_BOMB)))])
    peer.write(GZIP_BOMB)
    await peer.drain()


async def escapes(peer, request):
    more = [("Server", NASTY), ("X-Mirror", NASTY)]
    peer.send(request, Answer(403, "text/plain", b"no\n"), NASTY, more)


async def escapes_type(peer, request):
    answer = Answer(200, body=PORTAL)
    answer.headers = [("Content-Type", b"text/html; x=" + NASTY)]
    peer.send(request, answer)


async def long_reason(peer, request):
    peer.send(request, Answer(403), b"no " + b"n" * (1 << 20))
    await peer.drain()


async def long_header(peer, request):
    answer = content.honest(peer.mirror, request)
    peer.send(request, answer, more=[("X-Long", "x" * (1 << 20))])
    await peer.drain()


async def other_host(peer, request):
    answer = content.answer_language(peer.mirror, request, False, tarballs="m40.npm.lab")
    peer.send(request, answer)


def token_from(realm):
    async def registry(peer, request):
        if request.path == "/token":
            return await refuse_with(403)(peer, request)
        token_url = realm.format(host=peer.mirror.host)
        peer.send(request, content.answer_docker(peer.mirror, request, False, token_url))
    return registry


BEHAVIOURS = {
    "honest": honest,
    "close": close,
    "chunked": chunked,
    "stall": stall,
    "stale": stale,
    "ageless": honest,
    "reset": reset,
    "cut": cut,
    "drip": drip,
    "endless": endless,
    "endless-header": endless_header,
    "403": refuse_with(403),
    "404": refuse_with(404),
    "418": refuse_with(418),
    "429": refuse_with(429, ("Retry-After", "30")),
    "503": refuse_with(503, ("Retry-After", "30")),
    "html": html,
    "login": login,
    "empty": empty,
    "wrong-hash": wrong_hash,
    "lying": lying,
    "gzip-bomb": gzip_bomb,
    "redirect-loop": redirect_to("https://{host}{path}"),
    "redirect-http": redirect_to("http://{host}{path}"),
    "redirect-file": redirect_to("file:///etc/hostname"),
    "redirect-loopback": redirect_to("https://127.0.0.1{path}"),
    "redirect-metadata": redirect_to("https://169.254.169.254{path}"),
    "redirect-honest": redirect_to("https://m40.{tool}.lab{path}"),
    "escapes": escapes,
    "escapes-type": escapes_type,
    "long-reason": long_reason,
    "long-header": long_header,
    "other-host": other_host,
    "no-challenge": refuse_with(401),
    "basic-challenge": refuse_with(401, ("WWW-Authenticate", 'Basic realm="lab"')),
    "dead-token": token_from("https://bad-blackhole.docker.lab/token"),
    "no-token": token_from("https://{host}/token"),
}


# Behaviours before TLS, on the bare socket; it is closed after them.


async def silent(sock):
    loop = asyncio.get_running_loop()
    while await loop.sock_recv(sock, 4096):
        pass


async def reset_tls(sock):
    await asyncio.get_running_loop().sock_recv(sock, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def plain(sock):
    await asyncio.get_running_loop().sock_recv(sock, 4096)
    sock.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


RAW = {"silent": silent, "reset-tls": reset_tls, "plain": plain}


def log(line):
    """For scripts that want to see what a program asked: LAB_DIR/requests, which they may empty."""
    os.write(requests, line.encode("ascii", "replace") + b"\n")


async def converse(mirror, sock, context):
    """HTTP/1.1 on an accepted socket until one side has had enough."""
    peer = Peer(mirror, sock, context)
    # http is there for redirects from https to end in plausible answers.
    behave = BEHAVIOURS[mirror.row.behaviour] if context is not None else honest
    is_over = False
    try:
        if context is not None:
            await peer.retry(peer.sock.do_handshake)
        while not is_over:
            request = Request(await peer.read_head())
            log(f"{mirror.host} {request.method} {request.target}")
            if request.method in ("GET", "HEAD"):
                is_over = await behave(peer, request)
            else:
                peer.send(request, Answer(405))
                is_over = True
            await peer.drain()
            if request.headers.get("connection", "").lower() == "close":
                is_over = True
    finally:
        peer.close()


async def serve(mirror, sock, context):
    try:
        if context is not None and mirror.row.behaviour in RAW:
            with sock:
                await RAW[mirror.row.behaviour](sock)
        else:
            await converse(mirror, sock, context)
    except (OSError, EOFError):
        pass  # clients that break off are daily business here


class Listener:
    """Accepts for every mirror at once; certificates is None for plain HTTP."""

    def __init__(self, port, by_address, certificates):
        self.by_address = by_address
        self.certificates = certificates
        self.tasks = set()  # the loop itself holds tasks only weakly
        self.sock = socket.create_server(("::", port), family=socket.AF_INET6, backlog=4096,
                                         dualstack_ipv6=True)
        self.sock.setblocking(False)
        asyncio.get_running_loop().add_reader(self.sock, self.accept)

    def accept(self):
        for _ in range(ACCEPTS_A_TURN):
            try:
                sock, _ = self.sock.accept()
            except OSError:
                return
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            address = sock.getsockname()[0].removeprefix("::ffff:")
            mirror = self.by_address.get(address)
            if mirror is None:
                sock.close()
                continue
            context = self.certificates[mirror.row.cert] if self.certificates else None
            task = asyncio.get_running_loop().create_task(serve(mirror, sock, context))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)


class Resolver(asyncio.DatagramProtocol):
    """DNS for names that the hosts file lacks: no such name, no such address, or silence."""

    def __init__(self, by_host):
        self.by_host = by_host

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, client):
        labels, at = [], 12
        while at < len(data) and 0 < data[at] < 64:
            labels.append(data[at + 1:at + 1 + data[at]].decode("latin-1").lower())
            at += 1 + data[at]
        question = data[12:at + 5]
        kind = int.from_bytes(data[at + 1:at + 3], "big")
        mirror = self.by_host.get(".".join(labels))
        if mirror is not None and mirror.row.dns == "dead":
            return
        known = mirror is not None and mirror.row.dns != "missing"
        wanted = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
        answers = b""
        for address in mirror.addresses if known else ():
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            if family == wanted:
                packed = socket.inet_pton(family, address)
                answers += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(packed)) + packed
        flags = 0x8580 if known else 0x8583
        head = struct.pack(">HHHHH", flags, 1, 1 if answers else 0, 0, 0)
        self.transport.sendto(data[:2] + head + question + answers, client)


def load_certificates(directory):
    loaded = {}
    for kind in ("good", "other-name", "expired", "untrusted"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(os.path.join(directory, f"{kind}.pem"),
                                os.path.join(directory, f"{kind}.key"))
        context.set_alpn_protocols(["http/1.1"])
        loaded[kind] = context
    return loaded


def set_up_namespace():
    """The TUN device lab0, and every address of the mirrors as a local one."""
    commands = [
        "link set lo up",
        "tuntap add dev lab0 mode tun",
        "link set lab0 up txqueuelen 10000",
        f"addr add {mirrors.ROUTER}/24 dev lab0",
        "addr add fd77::2/64 dev lab0 nodad",
        "route add local 10.88.0.0/16 dev lo",
        f"route add unreachable 10.88.{mirrors.UNREACHABLE_SUBNET}.0/24",
        "route add local fd88::/64 dev lo",
    ]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(commands), text=True, check=True)
    for setting, value in (
        ("net/ipv4/ip_forward", "1"),  # without it no ICMP says unreachable
        ("net/ipv4/tcp_max_syn_backlog", "8192"),
        ("net/ipv4/tcp_no_metrics_save", "1"),
    ):
        with open("/proc/sys/" + setting, "w", encoding="ascii") as file:
            file.write(value)


async def main(directory):
    global requests
    requests = os.open(os.path.join(directory, "requests"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    set_up_namespace()
    every = mirrors.write_all(directory)
    by_address = {address: m for m in every for address in m.addresses}
    by_host = {m.host: m for m in every}
    known = BEHAVIOURS.keys() | RAW.keys()
    assert all(m.row.behaviour in known for m in every)
    listeners = [
        Listener(443, by_address, load_certificates(directory)),
        Listener(80, by_address, None),
    ]
    await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Resolver(by_host), local_addr=(mirrors.RESOLVER, 53))
    # What lives now lives to the end; a collection would stop all mirrors for milliseconds.
    gc.freeze()
    gc.set_threshold(100_000)
    print("ready", flush=True)
    await asyncio.Event().wait()
    del listeners


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command in the lab
    asyncio.run(main(sys.argv[1]))
