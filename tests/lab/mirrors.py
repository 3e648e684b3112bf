"""The lab's mirrors: one table, a row a mirror, and every file that is made from it.

A row says where a mirror stands (round trip, jitter, loss, rate), how its name resolves, which
certificate it shows, how it behaves (a name in servers.BEHAVIOURS) and what a prober has to say
about it. Names are NAME.TOOL.lab; the id in catalogues and truth.tsv is NAME.TOOL.
"""

import dataclasses
import json
import os

import content
import languages

TOOLS = ("go", "pip", "docker")
EVERY_SERVICE = TOOLS + languages.SERVICES
RESOLVER = "10.88.250.53"
RESOLVER_RTT_MS = 2
# The far end of the link, which says that an address is unreachable.
ROUTER = "10.77.0.2"
HTTPS_PORT = 443
# The third byte of the addresses which the server's namespace has no route to.
UNREACHABLE_SUBNET = 254


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    rtt_ms: float
    # What is wrong, in words; empty for a mirror that deserves to be chosen.
    wrong: str = ""
    # The classes of failure that tell the truth about it, "ok" for an honest one.
    expect: str = "ok"
    # What `curl CANARY` says to it, for the self-test: exit code and HTTP status.
    curl: tuple = (0, 200)
    behaviour: str = "honest"
    tools: tuple = TOOLS
    jitter_ms: float = 0
    loss_percent: float = 0
    rate_kbit: float = 0
    port: int = HTTPS_PORT
    cert: str = "good"  # good, other-name, expired, untrusted
    dns: str = "hosts"  # hosts, missing (NXDOMAIN), dead (no answer, ever)
    reach: str = "local"  # local, unreachable (a router says so)
    family: str = "4"  # 4, 6, 46, 4 with a blackholed 6 ("4!6")


# Neighbours 2 and 3 ms apart are there to be told apart. Listed out of order, so that a prober
# which merely keeps the catalogue's order fails.
HONEST = tuple(
    Row(f"m{rtt}", rtt, tools=EVERY_SERVICE if rtt not in (50, 190) else TOOLS)
    for rtt in (65, 12, 190, 27, 220, 40, 15, 150, 25, 90, 50, 120)
)

# The only one to choose among the bad is slower than all of them.
SLOW_RTT_MS = 180
BAD_RTT_MS = 20
LYING_RTT_MS = 2


def bad(name, wrong, expect, curl, **more):
    more.setdefault("rtt_ms", BAD_RTT_MS)
    more.setdefault("behaviour", name)
    return Row("bad-" + name, wrong=wrong, expect=expect, curl=curl, **more)


BAD = (
    Row("slow", SLOW_RTT_MS),
    # No connection.
    bad("dead-dns", "the resolver never answers", "dns|timeout", (28, 0),
        behaviour="honest", dns="dead"),
    bad("no-name", "the name does not exist", "dns", (6, 0), behaviour="honest", dns="missing"),
    bad("refuse", "nobody listens", "refused", (7, 0), behaviour="honest", port=444),
    bad("blackhole", "packets vanish", "timeout", (28, 0),
        behaviour="honest", loss_percent=100),
    bad("unreachable", "a router says unreachable", "unreachable", (7, 0),
        behaviour="honest", reach="unreachable"),
    # No session.
    bad("silent", "accepts and says nothing", "timeout|tls", (28, 0)),
    bad("reset-tls", "resets in the TLS handshake", "tls|refused|unreachable|http", (35, 0)),
    bad("plain", "speaks HTTP on the TLS port", "tls", (35, 0)),
    bad("other-name", "certificate of another name", "tls", (60, 0),
        behaviour="honest", cert="other-name"),
    bad("expired", "certificate expired", "tls", (60, 0), behaviour="honest", cert="expired"),
    bad("untrusted", "certificate of an unknown CA", "tls", (60, 0),
        behaviour="honest", cert="untrusted"),
    # No end.
    bad("stall", "takes the request and never answers", "timeout", (28, 0)),
    bad("reset", "resets in the middle of the body", "http|unreachable|content", (56, 200)),
    bad("cut", "closes before the announced length", "http|content|integrity", (18, 200)),
    bad("drip", "one byte a second", "timeout", (28, 200)),
    bad("endless", "a body without end", "content|integrity|timeout|policy", (28, 200)),
    bad("endless-header", "headers without end", "http|content|timeout|policy", (56, 200)),
    # No.
    bad("403", "403 with a page", "http", (0, 403)),
    bad("404", "404 for everything", "http", (0, 404)),
    bad("418", "418", "http", (0, 418)),
    bad("429", "429 with Retry-After: 30", "rate-limited", (0, 429)),
    bad("503", "503 with Retry-After: 30", "rate-limited|http", (0, 503)),
    # Yes, but.
    bad("html", "captive portal: 200 with HTML for everything", "content|integrity", (0, 200)),
    bad("login", "captive portal: redirect to a login page", "redirected|content|integrity",
        (0, 302)),
    bad("empty", "200 with nothing", "content|integrity", (0, 200)),
    bad("wrong-hash", "canary with one bit flipped", "integrity", (0, 200)),
    bad("lying", "the fastest, with forged content and a matching page", "integrity|content",
        (0, 200), rtt_ms=LYING_RTT_MS),
    bad("gzip-bomb", "1 GiB of zeros as gzip nobody asked for",
        "content|integrity|timeout|policy", (0, 200)),
    # Elsewhere.
    bad("redirect-loop", "redirects to itself without end", "redirected", (0, 302)),
    bad("redirect-http", "redirects to http, where all is well", "redirected|policy", (0, 302)),
    bad("redirect-file", "redirects to file:///etc/hostname", "redirected|policy", (0, 302)),
    bad("redirect-loopback", "redirects to 127.0.0.1", "redirected|policy|refused", (0, 302)),
    bad("redirect-metadata", "redirects to 169.254.169.254",
        "redirected|policy|unreachable|timeout", (0, 302)),
    # Hostile text.
    bad("escapes", "escape sequences, bidi, invalid UTF-8 in reason and headers", "http",
        (0, 403)),
    bad("escapes-type", "escape sequences in the content type", "content|integrity", (0, 200)),
    bad("long-reason", "a reason phrase of 1 MiB", "http|content|policy", (27, 0)),
    bad("long-header", "a header of 1 MiB", "http|content|policy", (27, 200)),
    # npm's own.
    bad("other-host", "says that its tarballs are on another host", "content|policy", (0, 404),
        tools=("npm",)),
    # Docker's own.
    bad("no-challenge", "401 without a challenge", "http|content", (0, 401), tools=("docker",)),
    bad("basic-challenge", "401 that wants a password", "http|content", (0, 401),
        tools=("docker",)),
    bad("dead-token", "a proper challenge whose token server is a blackhole",
        "timeout|http|content|unreachable", (0, 401), tools=("docker",)),
    bad("no-token", "a proper challenge whose token server refuses", "http", (0, 401),
        tools=("docker",)),
)

RACE = (
    Row("far", 220),
    bad("race-blackhole", "packets vanish", "timeout", (28, 0), behaviour="honest",
        loss_percent=100),
    Row("best", 12),
    bad("race-dead-dns", "the resolver never answers", "dns|timeout", (28, 0),
        behaviour="honest", dns="dead"),
)

MANY_COUNT = 1000
MANY = tuple(
    # 7919 is prime to 1000: a fixed shuffle, each round trip of the range once.
    Row(f"k{i:04}", round(12 + 208 * (i * 7919 % MANY_COUNT) / (MANY_COUNT - 1), 3), tools=("go",))
    for i in range(MANY_COUNT)
)

# The nearest is not the quickest to deliver.
RATE = (
    Row("r15-1m", 15, rate_kbit=1_000, tools=("go",)),
    Row("r30-60m", 30, rate_kbit=60_000, tools=("go",)),
    Row("r45-20m", 45, rate_kbit=20_000, tools=("go",)),
    Row("r60-4m", 60, rate_kbit=4_000, tools=("go",)),
)

# Honest, each in its own way.
ODD = (
    Row("dual", 30, family="46"),
    Row("six", 25, family="6"),
    Row("half-six", 20, family="4!6"),
    Row("jitter", 35, jitter_ms=20),
    Row("loss", 45, loss_percent=3),
    Row("close", 50, behaviour="close"),
    Row("chunked", 55, behaviour="chunked"),
    Row("stale", 22, behaviour="stale", tools=("pip",) + languages.SERVICES),
    Row("ageless", 24, behaviour="ageless", tools=languages.SERVICES),
    Row("redirect", 16, behaviour="redirect-honest", expect="ok|redirected", curl=(0, 302)),
)

GROUPS = {
    "": HONEST,
    "bad-": BAD,
    "race-": RACE,
    "many-": MANY,
    "rate-": RATE,
    "odd-": ODD,
}


@dataclasses.dataclass(frozen=True)
class Mirror:
    row: Row
    tool: str
    group: str
    ipv4: str
    ipv6: str

    @property
    def id(self):
        return f"{self.row.name}.{self.tool}"

    @property
    def host(self):
        return self.id + ".lab"

    @property
    def url(self):
        port = "" if self.row.port == HTTPS_PORT else f":{self.row.port}"
        return f"https://{self.host}{port}" + ("/simple" if self.tool == "pip" else "")

    @property
    def addresses(self):
        family = self.row.family
        return [self.ipv4] * ("4" in family) + [self.ipv6] * ("6" in family)


def all_mirrors():
    """Every mirror of the lab with its addresses; the same ones in every run."""
    found = []
    next_subnet = 1
    for prefix, rows in GROUPS.items():
        for tool_at, tool in enumerate(EVERY_SERVICE):
            mine = [row for row in rows if tool in row.tools]
            for at, row in enumerate(mine):
                subnet, host = next_subnet + at // 250, at % 250 + 1
                if row.reach == "unreachable":
                    subnet, host = UNREACHABLE_SUBNET, at + 1 + 80 * tool_at
                found.append(Mirror(row, tool, prefix, f"10.88.{subnet}.{host}",
                                    f"fd88::{subnet:x}:{host:x}"))
            next_subnet += (len(mine) + 249) // 250
    assert next_subnet <= int(RESOLVER.split(".")[2]), "the resolver's own"
    return found


def catalogue(tool, mirrors):
    return {
        "tool": tool,
        "mirrors": [
            {
                "id": mirror.id,
                "name": mirror.id,
                "operator": "lab",
                "url": mirror.url,
                "region": "lab",
                "verified": "2026-01-01",
                "source": "tests/lab/mirrors.py",
                "status": "active",
            }
            for mirror in mirrors
        ],
        "canary": content.CANARIES[tool],
        "bulk": content.BULK_ENTRY,
    }


def write_catalogues(directory, mirrors):
    for prefix in GROUPS:
        for tool in EVERY_SERVICE:
            mine = [m for m in mirrors if m.group == prefix and m.tool == tool]
            if mine:
                text = json.dumps(catalogue(tool, mine), indent=1)
                write(directory, f"{prefix}{tool}.json", text)
    for short in ("race", "many", "rate"):
        os.symlink(f"{short}-go.json", os.path.join(directory, f"{short}.json"))


def write_truth(directory, mirrors):
    lines = ["#id\trtt_ms\twrong\texpect\ttool\tcatalogue\turl"]
    for m in mirrors:
        lines.append(f"{m.id}\t{m.row.rtt_ms}\t{m.row.wrong or '-'}\t{m.row.expect}\t{m.tool}"
                     f"\t{m.group}{m.tool}.json\t{m.url}")
    write(directory, "truth.tsv", "\n".join(lines) + "\n")


def write_hosts(directory, mirrors):
    lines = ["127.0.0.1 localhost", "::1 localhost"]
    for m in mirrors:
        if m.row.dns == "hosts":
            lines += [f"{address} {m.host}" for address in m.addresses]
    write(directory, "hosts", "\n".join(lines) + "\n")
    write(directory, "resolv.conf", f"nameserver {RESOLVER}\n")
    write(directory, "nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")


def write_links(directory, mirrors):
    lines = [f"{RESOLVER} {RESOLVER_RTT_MS} 0 0 0", f"{ROUTER} {BAD_RTT_MS} 0 0 0"]
    for m in mirrors:
        row = m.row
        for address in m.addresses:
            lost = 100 if row.family == "4!6" and ":" in address else row.loss_percent
            lines.append(f"{address} {row.rtt_ms} {row.jitter_ms} {lost} {row.rate_kbit}")
    write(directory, "links", "\n".join(lines) + "\n")


def write(directory, name, text):
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        file.write(text)


def write_all(directory):
    mirrors = all_mirrors()
    assert len({m.ipv4 for m in mirrors}) == len(mirrors) == len({m.id for m in mirrors})
    write_catalogues(directory, mirrors)
    write_truth(directory, mirrors)
    write_hosts(directory, mirrors)
    write_links(directory, mirrors)
    return mirrors
