"""The prober against the lab's truth; run by e2e/lab_probe.sh inside the lab. The one argument is
probe_tool. Figures that a busy machine can spoil are not judged here (bench/bench_probe.py shows
them); what is judged comes from the kernel, or must hold however slow everything is."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile

import proxies

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "lab"))
import content

LAB = os.environ["LAB_DIR"]
TOOLS = ("go", "pip", "docker")
FIELDS = ("rank id class usable rtt_us dns_us tcp_us tls_us ttfb_us jitter_us samples lost "
          "integrity bytes_per_s family proxied host reason").split()
# Two lost probes and the lab's own jitter; the truth is the kernel's on both sides.
RTT_ERROR_MAX_US = 3000
# What most systems allow a process, less what the rest of the program may need.
FILES_MAX = 1000
failures = []


def check(name, good, said=""):
    print(f"{'ok  ' if good else 'FAIL'} {name}{'' if good else ': ' + str(said)}", flush=True)
    if not good:
        failures.append(name)


def truth(catalogue):
    found = {}
    with open(f"{LAB}/truth.tsv", encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if fields[0][0] != "#" and fields[5] == catalogue:
                found[fields[0]] = (float(fields[1]), set(fields[3].split("|")))
    return found


def limit_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_MAX, FILES_MAX))


def probe(*args, code=0):
    """Rows by id, and the figures of the last line."""
    done = subprocess.run([sys.argv[1], *args], cwd=LAB, capture_output=True, check=False,
                          preexec_fn=limit_files)
    sys.stderr.buffer.write(done.stderr)
    if done.returncode != code:
        check(" ".join(args), False, f"exit {done.returncode}")
        return {}, {}
    rows, figures = {}, {}
    for line in done.stdout.decode("utf-8").splitlines():
        if line.startswith("# "):
            figures = {k: float(v) for k, v in (pair.split("=") for pair in line[2:].split())}
            continue
        row = dict(zip(FIELDS, line.split("\t")))
        for field in ("rank", "rtt_us", "samples", "bytes_per_s", "family"):
            row[field] = int(row[field])
        row["usable"] = row["usable"] == "1"
        rows[row["id"]] = row
    return rows, figures


def check_accuracy(tool, *options):
    name = f"{tool} {' '.join(options)}".strip()
    rows, _ = probe(*options, f"{tool}.json")
    wanted = truth(f"{tool}.json")
    check(f"{name}: all honest mirrors are usable and genuine",
          len(rows) == len(wanted) and all(r["usable"] and r["integrity"] == "ok"
                                           for r in rows.values()), rows)
    errors = {i: abs(rows[i]["rtt_us"] - wanted[i][0] * 1000) for i in rows}
    check(f"{name}: round trips", max(errors.values(), default=1e9) <= RTT_ERROR_MAX_US, errors)
    order = [i for i in sorted(rows, key=lambda i: rows[i]["rank"])]
    check(f"{name}: order", order == sorted(wanted, key=lambda i: wanted[i][0]), order)


def check_bad(tool):
    rows, _ = probe(f"bad-{tool}.json")
    wanted = truth(f"bad-{tool}.json")
    check(f"bad {tool}: all there", rows.keys() == wanted.keys())
    for name, row in rows.items():
        check(f"{name} is {'|'.join(sorted(wanted[name][1]))}", row["class"] in wanted[name][1],
              row)
        good = row["class"] == "ok"
        check(f"{name}: usable, ranked and without a reason, or none of these",
              good == row["usable"] == (row["rank"] > 0) == (row["reason"].strip() == ""), row)
    text = "".join(str(row) for row in rows.values())
    check(f"bad {tool}: nothing hostile is printed",
          not any(ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or c in "\u202e\u2066\u200b\u009b"
                  for c in "".join(row["reason"] for row in rows.values())), text)


def check_race(*args, winners):
    rows, _ = probe(*args)
    ranked = [i for i in sorted(rows, key=lambda i: rows[i]["rank"]) if rows[i]["rank"] > 0]
    check(f"race {' '.join(args)}", ranked[:len(winners)] == winners, ranked)
    return rows


@contextlib.contextmanager
def environment(**variables):
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


def check_proxied(kind, rows, asked, exceptions):
    through = {i for i, row in rows.items() if row["proxied"] == "1"}
    check(f"{kind}: used and said, but not for those excepted",
          rows.keys() - through == set(exceptions), rows)
    check(f"{kind}: it was asked for names, and for no excepted one", asked == through,
          asked)
    # The kernel's round trip would be the one to the proxy, next to nothing. What is taken in its
    # place, from a request to its answer, was seen 1 % short on a busy machine.
    check(f"{kind}: its own round trip is nobody's",
          all(row["usable"] and row["rtt_us"] >= int(i[1:-3]) * 970 for i, row in rows.items()),
          rows)


def check_proxies():
    excepted = "m15.go.lab,m27.go.lab"
    for kind, handler, variable, scheme in (
            ("https_proxy", proxies.HttpProxy, "https_proxy", "http"),
            ("all_proxy", proxies.HttpProxy, "all_proxy", "http"),
            ("SOCKS", proxies.SocksProxy, "all_proxy", "socks5h")):
        with proxies.serving(handler) as proxy, environment(
                **{variable: f"{scheme}://127.0.0.1:{proxy.port}", "no_proxy": excepted}):
            rows, _ = probe("go.json")
            check_proxied(kind, rows, {name.removesuffix(".lab") for name in proxy.asked},
                          {"m15.go", "m27.go"})


def check_plain_proxy():
    """A mirror without TLS, whose name only the proxy knows."""
    with proxies.serving(proxies.page(content.GO_MOD_PATH, content.GO_MOD)) as mirror, \
            proxies.serving(proxies.HttpProxy, {"plain.invalid": ("127.0.0.1", mirror.port)}) \
            as proxy, tempfile.NamedTemporaryFile("w", suffix=".json") as catalogue:
        json.dump({"tool": "go", "canary": content.CANARIES["go"],
                   "mirrors": [{"id": "plain", "url": "http://plain.invalid"}]}, catalogue)
        catalogue.flush()
        url = f"http://127.0.0.1:{proxy.port}"
        with environment(http_proxy=url):
            row = probe("http=1", catalogue.name)[0]["plain"]
            check("http_proxy: used and said", row["usable"] and row["proxied"] == "1" and
                  proxy.asked == {"plain.invalid"}, row)
        with environment(https_proxy=url):
            row = probe("http=1", catalogue.name)[0]["plain"]
            check("https_proxy is not for http", row["class"] == "dns", row)
        with environment(http_proxy=url, no_proxy="*"):
            row = probe("http=1", catalogue.name)[0]["plain"]
            check("no_proxy=* is for all", row["class"] == "dns", row)


def main():
    for tool in TOOLS:
        check_accuracy(tool)
        check_bad(tool)
        rows = check_race("race=1", f"race-{tool}.json", winners=[f"best.{tool}"])
        check(f"race {tool}: the blackhole was not waited for",
              rows and rows[f"bad-race-blackhole.{tool}"]["class"] == "none", rows)
    check_accuracy("go", "thread=1")
    check_race("race=3", "docker.json", winners=["m12.docker", "m15.docker", "m25.docker"])
    check_race("race=1", "thread=1", "pip.json", winners=["m12.pip"])
    check_race("race=1", "bad-go.json", winners=["slow.go"])

    check_proxies()
    check_plain_proxy()
    rows, _ = probe("odd-go.json")
    wanted = truth("odd-go.json")
    for name, row in rows.items():
        check(f"{name} is {'|'.join(sorted(wanted[name][1]))}", row["class"] in wanted[name][1],
              row)
    check("a redirecting mirror costs both round trips", rows["redirect.go"]["rtt_us"] > 55000,
          rows["redirect.go"])
    check("and says where to", rows["redirect.go"]["host"] == "m40.go.lab", rows["redirect.go"])
    check("IPv6 is used", rows["six.go"]["family"] == 6, rows["six.go"])
    rows, _ = probe("family=4", "odd-go.json")
    check("-4 leaves IPv6 alone", not rows["six.go"]["usable"] and rows["dual.go"]["family"] == 4)

    for metric in ("throughput", "balanced"):
        rows, _ = probe(f"metric={metric}", "samples=2", "rate.json")
        best = [i for i in rows if rows[i]["rank"] == 1]
        check(f"by {metric}", best == ["r30-60m.go"], rows)
    rows, _ = probe("samples=2", "rate.json")
    check("by latency", [i for i in rows if rows[i]["rank"] == 1] == ["r15-1m.go"], rows)
    check("by latency nothing large is fetched",
          all(row["bytes_per_s"] == -1 for row in rows.values()), rows)

    rows, figures = probe("samples=1", "thorough=0", "timeout=20000", "deadline=90000",
                          "many.json")
    check("a thousand mirrors", len(rows) == 1000 and all(r["usable"] for r in rows.values()),
          [r for r in rows.values() if not r["usable"]][:3])
    # Beyond the limit mirrors would have failed; this is for who wonders how near it came.
    print(f"     with {figures.get('files', 0):.0f} of {FILES_MAX} files seen open at once")

    # The resolver of the lab answers after no time at all, libc gives up after ten seconds.
    for thread in ("thread=0", "thread=1"):
        _, figures = probe("stop=300", "timeout=30000", thread, "race-go.json")
        check(f"stops with a dead name server under way ({thread})",
              300 <= figures.get("wall_ms", 0) < 2000, figures)

    sys.exit(1 if failures else 0)


main()
