"""Is the lab what it says? Run by `lab.sh selftest`; exits 1 if a single line says otherwise.

Round trips are the kernel's (TCP_INFO) and, for comparison, the time connect() takes here; what
a server does is what curl makes of it. Neither shares code with the program under test.
"""

import concurrent.futures
import hashlib
import http.client
import json
import os
import re
import select
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import time

import content
import mirrors

CONNECTS = 5
RTT_ERROR_MAX_MS = 0.5
CURL_MAX_S = 3
# Lost SYNs come again after 1 and 3 seconds.
HONEST_MAX_S = 10
BULK_BYTES = 1 << 18
# struct tcp_info of <linux/tcp.h>: u32 tcpi_min_rtt, in microseconds.
MIN_RTT_OFFSET = 148

TRUST = ssl.create_default_context(cafile=os.environ["LAB_CA"])
failures = []


def report(ok, line):
    print(f"{'ok  ' if ok else 'FAIL'} {line}", flush=True)
    if not ok:
        failures.append(line)


def min_rtt_ms(sock):
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return struct.unpack_from("I", info, MIN_RTT_OFFSET)[0] / 1000


def connect_once(mirror):
    started = time.monotonic()
    with socket.create_connection((mirror.ipv4, mirror.row.port), 5) as sock:
        return (time.monotonic() - started) * 1000, min_rtt_ms(sock)


def get(host, path, headers):
    connection = http.client.HTTPSConnection(host, context=TRUST, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def follow_challenge(answer, path, host):
    """The token dance of a registry, just as far as the lab's own challenges go."""
    said = dict(re.findall(r'(\w+)="([^"]*)"', answer.headers["WWW-Authenticate"]))
    where = said["realm"].removeprefix("https://")
    token_host, _, token_path = where.partition("/")
    token = json.loads(get(token_host, f"/{token_path}?scope={said['scope']}", {})[1])["token"]
    return get(host, path, {"Authorization": "Bearer " + token})


def canary_holds(mirror):
    path = content.CANARY_PATHS[mirror.tool]
    answer, body = get(mirror.host, path, {})
    if answer.status == 401:
        answer, body = follow_challenge(answer, path, mirror.host)
    sha256 = hashlib.sha256(body).hexdigest()
    return answer.status == 200 and sha256 == content.CANARY_SHA256[mirror.tool]


def check_honest(mirror):
    samples = [connect_once(mirror) for _ in range(CONNECTS)]
    connect_ms = statistics.median(sample[0] for sample in samples)
    rtt_ms = statistics.median(sample[1] for sample in samples)
    error_ms = rtt_ms - mirror.row.rtt_ms
    holds = canary_holds(mirror)
    line = (f"{mirror.id:14} truth {mirror.row.rtt_ms:7.3f}  kernel {rtt_ms:7.3f}  "
            f"error {error_ms:+6.3f}  connect {connect_ms:7.3f} ms  "
            f"canary {'holds' if holds else 'WRONG'}")
    return abs(error_ms) <= RTT_ERROR_MAX_MS and holds, line


def curl(url, name, *options):
    """Exit code, status, seconds and body of one transfer."""
    path = os.path.join(os.environ["LAB_DIR"], "body-" + name)
    done = subprocess.run(
        ["curl", "-sS", "--cacert", os.environ["LAB_CA"], "--max-time", str(CURL_MAX_S),
         "-o", path, "-w", "%{http_code} %{time_total}", *options, url],
        capture_output=True, text=True, errors="replace", check=False)
    status, seconds = done.stdout.split()
    body = b""
    if os.path.exists(path):
        with open(path, "rb") as file:
            body = file.read(1 << 20)
        os.unlink(path)
    return done.returncode, int(status), float(seconds), body


def check_answer(mirror):
    row = mirror.row
    port = "" if row.port == mirrors.HTTPS_PORT else f":{row.port}"
    url = f"https://{mirror.host}{port}{content.CANARY_PATHS[mirror.tool]}"
    patience_s = CURL_MAX_S if row.wrong else HONEST_MAX_S
    code, status, seconds, body = curl(url, mirror.id, "--max-time", str(patience_s))
    sha256 = hashlib.sha256(body).hexdigest()
    good = code == 0 and status == 200 and sha256 == content.CANARY_SHA256[mirror.tool]
    wants_token = status == 401 and not row.wrong
    fits = (code, status) == row.curl and good == (row.curl == (0, 200) and not row.wrong)
    line = (f"{mirror.id:26} curl {code:2} http {status:3} {seconds:6.3f} s  "
            f"canary {'holds' if good else '-':5}  {row.wrong or 'nothing wrong'}")
    return fits or wants_token, line


def check_many(many):
    """All at once: what the forwarder makes of a burst."""
    poll = select.epoll()
    socks = {}
    for mirror in many:
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex((mirror.ipv4, mirror.row.port))
        socks[sock.fileno()] = (sock, mirror)
        poll.register(sock, select.EPOLLOUT | select.EPOLLONESHOT)
    errors = []
    deadline = time.monotonic() + 5
    while len(errors) < len(many) and time.monotonic() < deadline:
        for fd, _ in poll.poll(0.1):
            sock, mirror = socks[fd]
            errors.append(abs(min_rtt_ms(sock) - mirror.row.rtt_ms))
            sock.close()
    errors.sort()
    line = (f"{len(errors)} of {len(many)} mirrors connected at once, error of the round trip: "
            f"median {statistics.median(errors):.3f}, worst {errors[-1]:.3f} ms")
    return len(errors) == len(many) and errors[-1] <= 3, line


def check_rate(mirror):
    url = f"https://{mirror.host}{content.BULK_PATH}"
    code, status, seconds, body = curl(url, mirror.id, "-r", f"0-{BULK_BYTES - 1}",
                                       "--max-time", str(HONEST_MAX_S))
    kbit = len(body) * 8 / 1000 / seconds
    right = (code, status) == (0, 206) and body == content.BULK[:BULK_BYTES]
    line = (f"{mirror.id:26} {BULK_BYTES >> 10} KiB of bulk in {seconds:6.3f} s: "
            f"{kbit:6.0f} of {mirror.row.rate_kbit} kbit/s")
    return right and kbit < mirror.row.rate_kbit, line


def check_redirect_to_http(mirror):
    """The trap must be a tempting one: whoever follows gets the true canary."""
    url = f"https://{mirror.host}{content.CANARY_PATHS[mirror.tool]}"
    code, status, _, body = curl(url, mirror.id, "-L")
    sha256 = hashlib.sha256(body).hexdigest()
    holds = (code, status) == (0, 200) and sha256 == content.CANARY_SHA256[mirror.tool]
    return holds, f"{mirror.id:26} followed to http: canary {'holds' if holds else 'WRONG'}"


def group(every, prefix):
    return [mirror for mirror in every if mirror.group == prefix]


def run(check, some, at_once):
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for ok, line in pool.map(check, some):
            report(ok, line)


def main():
    every = mirrors.all_mirrors()
    started = time.monotonic()
    run(check_honest, group(every, ""), 4)
    report(*check_many(group(every, "many-")))
    run(check_answer, group(every, "bad-"), 16)
    run(check_redirect_to_http,
        [mirror for mirror in every if mirror.row.behaviour == "redirect-http"], 3)
    run(check_answer, group(every, "race-"), 16)
    run(check_answer, group(every, "odd-"), 16)
    run(check_rate, group(every, "rate-"), 1)
    seconds = time.monotonic() - started
    print(f"{len(failures)} failures, {seconds:.1f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
