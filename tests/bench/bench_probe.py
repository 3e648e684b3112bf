"""Prints the prober's table of figures; run by bench_probe.sh inside the lab."""

import json
import os
import statistics
import subprocess
import sys
import time

LAB = os.environ["LAB_DIR"]
TOOL = sys.argv[1]
RUNS = int(os.environ.get("RUNS", "5"))
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count()
# Of one mirror, thorough: connection, TLS, canary, checksum relay; then four samples more.
ROUND_TRIPS = 4 + 4
# As patient as the prober with its defaults.
CURL_MAX_S = 3


def lab_cpu_s():
    """Of everything in the lab but ourselves: the mirrors and the links."""
    total = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
                name, fields = file.read().rsplit(")", 1)
        except OSError:
            continue
        if int(pid) != os.getpid() and ("python" in name or "forwarder" in name):
            total += sum(map(int, fields.split()[11:13]))
    return total / CLOCK_TICKS


def busy_s():
    """Of the whole machine, other people's programs included."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, softirq = map(int, file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / CLOCK_TICKS


def wire_bytes():
    with open("/proc/net/dev", encoding="ascii") as file:
        for line in file:
            if "lab0:" in line:
                fields = line.split(":")[1].split()
                return int(fields[0]) + int(fields[8])
    return 0


def run(*command):
    """Output, seconds, CPU seconds, largest resident KiB, bytes on the wire."""
    before = wire_bytes()
    started = time.monotonic()
    with subprocess.Popen(command, cwd=LAB, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True) as child:
        out = child.stdout.read()
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
    wall = time.monotonic() - started
    return out, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, wire_bytes() - before


def rows(out):
    return [line.split("\t") for line in out.splitlines() if not line.startswith("#")]


def mirrors(catalogue):
    with open(f"{LAB}/{catalogue}", encoding="utf-8") as file:
        found = json.load(file)
    return [(m["id"], m["url"] + found["canary"]["path"]) for m in found["mirrors"]]


def truth_ms():
    with open(f"{LAB}/truth.tsv", encoding="utf-8") as file:
        lines = [line.split("\t") for line in file if line[0] != "#"]
    return {fields[0]: float(fields[1]) for fields in lines}


def curl(catalogue, times=1, at_once=12):
    """`curl -Z`: id and milliseconds of the TCP phase of each transfer, and what run() returns."""
    ids = {url: name for name, url in mirrors(catalogue)}
    urls = [url for url in ids for _ in range(times)]
    config = os.path.join(LAB, "curl.conf")
    with open(config, "w", encoding="ascii") as file:
        for url in urls:
            file.write(f'url = "{url}"\noutput = "/dev/null"\n')
    form = "%{url}\t%{time_namelookup}\t%{time_connect}\t%{time_starttransfer}\n"
    found = run("curl", "-sZ", "--parallel-immediate", "--parallel-max", str(at_once), "--max-time",
                str(CURL_MAX_S), "--cacert", os.environ["SSL_CERT_FILE"], "-w", form, "-K", config)
    phases = []
    for line in found[0].splitlines():
        url, lookup, connect, answer = line.split("\t")
        if float(connect) > 0:
            phases.append((ids[url], (float(connect) - float(lookup)) * 1000,
                           float(answer) * 1000))
    return phases, found


def line(what, wanted, ours, curls=""):
    print(f"{what:44} {wanted:>14} {ours:>22} {curls:>20}", flush=True)


def spread(values, unit="", digits=1):
    low, middle, high = (f"{f(values):.{digits}f}" for f in (min, statistics.median, max))
    return f"{middle} ({low}-{high}) {unit}"


def bench_table(truth):
    ours, theirs, walls, cpu, wire, order_wrong = [], [], [], [], [], 0
    curl_walls, curl_cpu = [], []
    for _ in range(RUNS):
        out, wall, used, _, sent = run(TOOL, "go.json")
        found = rows(out)
        ours += [abs(int(row[4]) / 1000 - truth[row[1]]) for row in found]
        order = [truth[row[1]] for row in found]
        order_wrong += order != sorted(order)
        walls.append(wall * 1000)
        cpu.append(used * 1000 / 60)
        wire.append(sent / 60 / 1024)
        phases, _ = curl("go.json")
        theirs += [abs(ms - truth[name]) for name, ms, _ in phases]
        _, (_, wall, used, _, _) = curl("go.json", times=5)
        curl_walls.append(wall * 1000)
        curl_cpu.append(used * 1000 / 60)
    slowest = max(truth[name] for name, _ in mirrors("go.json"))
    line("round trip, 12 TLS mirrors: median error", "<= 0.5 ms",
         f"{statistics.median(ours):.2f} ms", f"{statistics.median(theirs):.2f} ms")
    line("  worst error", "<= 3 ms", f"{max(ours):.2f} ms", f"{max(theirs):.2f} ms")
    line("  runs with a wrong order", "0", f"{order_wrong} of {RUNS}")
    line("full table, 5 samples each", f"<= {1.3 * slowest * ROUND_TRIPS:.0f} ms",
         spread(walls, "ms"), spread(curl_walls, "ms"))
    line(f"  of the slowest mirror's {ROUND_TRIPS} round trips", "<= 1.3",
         f"{statistics.median(walls) / slowest / ROUND_TRIPS:.2f}")
    line("CPU a sample, start and certificates included", "<= 5 ms", spread(cpu, "ms"),
         spread(curl_cpu, "ms"))
    line("on the wire a sample, reused ones included", "<= 12 KB", spread(wire, "KiB"))


def bench_cold():
    for tool in ("go", "pip", "docker"):
        wire = [run(TOOL, "samples=1", "thorough=0", f"{tool}.json")[4] / 12 / 1024
                for _ in range(RUNS)]
        line(f"  first samples only, {tool}", "<= 12 KB", spread(wire, "KiB"))


def bench_race():
    walls, right = [], 0
    for _ in range(2 * RUNS):
        out, wall, _, _, _ = run(TOOL, "race=1", "race.json")
        walls.append(wall * 1000)
        right += rows(out)[0][1] == "best.go"
    _, (_, wall, _, _, _) = curl("race.json", times=3)
    line("race: start to decision", "<= 300 ms", spread(walls, "ms"), f"{wall * 1000:.0f} ms")
    line("  the right winner", "always", f"{right} of {2 * RUNS}")


def bench_many(truth):
    """Three bounds, the largest counts: no prober is faster than the slowest mirror, than its own
    one thread, or than all that both sides have to compute on all cores."""
    slowest_s = 3 * max(truth[name] for name, _ in mirrors("many.json")) / 1000
    walls, cpus, alls, ratios, others, sizes, files, usable = [], [], [], [], [], [], [], []
    for _ in range(RUNS):
        lab, busy = lab_cpu_s(), busy_s()
        out, wall, cpu, rss, _ = run(TOOL, "samples=1", "thorough=0", "timeout=20000",
                                     "deadline=90000", "many.json")
        lab, busy = lab_cpu_s() - lab, busy_s() - busy
        walls.append(wall)
        cpus.append(cpu)
        alls.append((cpu + lab) / CORES)
        ratios.append(wall / max(slowest_s, cpus[-1], alls[-1]))
        others.append((busy - cpu - lab) / wall)
        sizes.append(rss / 1024)
        files.append(int(out.rsplit("files=", 1)[1]))
        usable.append(sum(row[3] == "1" for row in rows(out)))
    _, (_, curl_wall, curl_cpu, curl_rss, _) = curl("many.json", at_once=240)
    line(f"1,000 mirrors, once ({min(usable)} answered)", "", spread(walls, "s"),
         f"{curl_wall:.1f} s")
    line("  bound: 3 round trips of the slowest", "", f"{slowest_s:.1f} s")
    line("  bound: the prober's CPU, one core", "", spread(cpus, "s"))
    line(f"  bound: CPU of prober and lab, {CORES} cores", "", spread(alls, "s"))
    line("  of the largest bound", "<= 1.5", spread(ratios, digits=2))
    line(f"  cores of {CORES} that others took meanwhile", "", spread(others))
    line("  CPU a mirror", "<= 5 ms", spread(cpus, "ms"), f"{curl_cpu:.1f} ms")
    line("  resident", "<= 64 MiB", spread(sizes, "MiB", 0), f"{curl_rss / 1024:.0f} MiB")
    line("  files open at once", "<= 1000", spread(files, digits=0))


def bench_bad():
    wrong = 0
    count = 0
    for tool in ("go", "pip", "docker"):
        found = rows(run(TOOL, f"bad-{tool}.json")[0])
        count += len(found) - 1
        wrong += sum(row[3] == "1" and row[1] != f"slow.{tool}" for row in found)
    line(f"false winners among {count} bad servers", "0", str(wrong))


def bench_stop():
    walls = []
    for _ in range(RUNS):
        out = run(TOOL, "stop=300", "timeout=30000", "thread=1", "race.json")[0]
        walls.append(float(out.rsplit("wall_ms=", 1)[1].split()[0]) - 300)
    line("stopping, a dead name server under way", "<= 50 ms", spread(walls, "ms"))


def main():
    truth = truth_ms()
    if os.sched_getscheduler(0) == os.SCHED_OTHER:
        print("No real-time priority here: the figures are those of a machine shared with others.")
    line("", "wanted", "mirrorwise", "curl -Z")
    bench_table(truth)
    bench_cold()
    bench_race()
    bench_many(truth)
    bench_bad()
    bench_stop()


main()
