#!/usr/bin/env python3
"""All tools at once: what their mirrors and their files cost.

    tests/bench/bench_tools.py [PROGRAM]      (default: build/release/mirrorwise; needs root)

Every tool of assets/tools is installed as far as looking goes; the services of the lab are
measured. Prints, beside what is wanted: what an apply costs that measures nothing, the time from
the start of `--profile dev --apply` to its end, and that of a full `--probe`; each for twelve tools
or services, of ten mirrors, which is what the figures are wanted of, and then for all there are. Not a test: it measures the machine as much as the program.
"""
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bench

HERE = os.path.dirname(os.path.abspath(__file__))
ASSETS = os.path.join(HERE, "..", "..", "assets")
RUNS = int(os.environ.get("RUNS", "5"))
# Of a connection: TCP's and TLS's. The others are the requests that a mirror got.
HANDSHAKES = 2


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class World:
    """A machine on which every tool seems to be installed, new for each run."""

    def __init__(self, folder, program):
        self.folder, self.program = folder, program
        self.tools = [load(path) for path in sorted(glob.glob(f"{ASSETS}/tools/*.json"))]
        self.services = sorted({row.get("from", tool["tool"]) for tool in self.tools
                                for row in tool.get("mirror", [])})
        os.makedirs(f"{folder}/bin")
        for tool in self.tools:
            for name in tool["programs"]:
                if "/" not in name:
                    self.put_program(name)
        subprocess.run(["cc", "-O2", "-o", f"{folder}/peak", f"{HERE}/peak.c"], check=True)

    def put_program(self, name):
        path = f"{self.folder}/bin/{name}"
        with open(path, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nexit 1\n")
        os.chmod(path, 0o755)

    def run(self, *words):
        """Milliseconds, peak KiB and the output of a run from an empty home."""
        subprocess.run(["rm", "-rf", f"{self.folder}/home", f"{self.folder}/root"], check=True)
        os.makedirs(f"{self.folder}/home")
        os.makedirs(f"{self.folder}/root/etc/docker")
        os.makedirs(f"{self.folder}/root/usr")
        shutil.copytree(f"{self.folder}/bin", f"{self.folder}/root/usr/bin")
        environment = {"HOME": f"{self.folder}/home", "LC_ALL": "C.UTF-8",
                       "PATH": f"{self.folder}/bin:/usr/bin:/bin",
                       "MIRRORWISE_STATE_DIR": f"{self.folder}/home/state"}
        if "SSL_CERT_FILE" in os.environ:
            environment["SSL_CERT_FILE"] = os.environ["SSL_CERT_FILE"]
        command = [f"{self.folder}/peak", self.program, "--root", f"{self.folder}/root",
                   "--json", *words]
        started = time.monotonic()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        wall_ms = (time.monotonic() - started) * 1000
        document = json.loads(done.stdout)
        if done.returncode not in (0, 6):
            sys.exit(f"{' '.join(words)}: {done.returncode}: {document['message']}")
        return wall_ms, int(done.stderr.split()[-1]), document


def line(what, saw, wanted="", reached=None):
    verdict = "" if reached is None else "reached" if reached else "MISSED"
    print(f"{what:<52} {saw:>22} {wanted:>12} {verdict}", flush=True)


def spread(values):
    return f"{statistics.median(values):.0f} ({min(values):.0f}-{max(values):.0f}) ms"


def slowest_mirror(lab, truth):
    """Milliseconds of the round trips that the mirror needed which needed most."""
    with open(f"{lab}/requests", encoding="ascii") as file:
        hosts = [line.split()[0].removesuffix(".lab") for line in file]
    return max((hosts.count(name) + HANDSHAKES) * truth[name] for name in set(hosts))


def write_catalogs(world, lab, services, count):
    """The lab's catalogues with `count` mirrors each; their words for a command, and the mirrors."""
    words, mirrors = [], []
    for service in services:
        catalog = load(f"{lab}/{service}.json")
        catalog["mirrors"] = catalog["mirrors"][:count]
        mirrors += [mirror["id"] for mirror in catalog["mirrors"]]
        path = f"{world.folder}/{service}.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(catalog, file)
        words += ["--catalog", path]
    return words, mirrors


def tools_of(world, services):
    return [tool["tool"] for tool in world.tools
            if {row.get("from", tool["tool"]) for row in tool.get("mirror", [])} & set(services)]


def bench_apply(world, lab, services, count):
    catalogs, _ = write_catalogs(world, lab, services, count)
    walls, changed = [], 0
    for _ in range(RUNS):
        wall, _, document = world.run("--profile", "dev", "--apply", "--yes",
                                      "--only", ",".join(tools_of(world, services)), *catalogs)
        walls.append(wall)
        changed = sum(file["verdict"] in ("create", "change") for file in document["files"])
    line(f"--profile dev --apply, {len(services)} services of {count}, {changed} files", spread(walls),
         "<= 600 ms", statistics.median(walls) <= 600)


def bench_probe(world, lab, services, count):
    catalogs, mirrors = write_catalogs(world, lab, services, count)
    with open(f"{lab}/truth.tsv", encoding="utf-8") as file:
        truth = {row[0]: float(row[1]) for row in (each.split("\t") for each in file)
                 if row[0][0] != "#"}
    walls, usable, slowest = [], 0, 0
    for _ in range(RUNS):
        os.truncate(f"{lab}/requests", 0)
        wall, _, document = world.run("--profile", "dev", "--probe",
                                      "--only", ",".join(tools_of(world, services)), *catalogs)
        slowest = max(slowest, slowest_mirror(lab, truth))
        walls.append(wall)
        usable = sum(row["usable"] for row in document["mirrors"])
    line(f"--probe, {len(mirrors)} mirrors, {usable} usable", spread(walls),
         f"<= {1.3 * slowest:.0f} ms", statistics.median(walls) <= 1.3 * slowest)


def bench_network(world, lab):
    services = [name for name in world.services if os.path.exists(f"{lab}/{name}.json")]
    bench_apply(world, lab, services[:12], 10)
    bench_apply(world, lab, services, 12)
    bench_probe(world, lab, services[:12], 10)
    bench_probe(world, lab, services, 12)


def bench_files(world, tools):
    chosen, names = [], []
    for tool in tools:
        rows = tool.get("mirror", [])
        if rows:
            service = load(f"{ASSETS}/mirrors/{rows[0].get('from', tool['tool'])}.json")
            best = next(m for m in service["mirrors"]
                        if m["status"] == "active" and not m.get("default"))
            chosen += ["--mirror", f"{tool['tool']}={best['id']}"]
            names.append(tool["tool"])
    walls, peaks, changed = [], [], 0
    for _ in range(5 * RUNS):
        wall, peak, document = world.run("--profile", "dev", "--apply", "--yes", "--no-network",
                                         "--only", ",".join(names), *chosen)
        walls.append(wall)
        peaks.append(peak / 1024)
        changed = sum(file["verdict"] in ("create", "change") for file in document["files"])
    line(f"--apply of {len(names)} tools, {changed} files, no network", spread(walls),
         "<= 25 ms", statistics.median(walls) <= 25)
    line("  resident at most", f"{max(peaks):.1f} MiB", "<= 8 MiB", max(peaks) <= 8)


def main():
    program = bench.program()
    bench.enter_lab(program)
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder, program)
        with_mirrors = [tool for tool in world.tools if tool.get("mirror")]
        bench_files(world, with_mirrors[:12])
        bench_files(world, with_mirrors)
        bench_network(world, os.environ["LAB_DIR"])


if __name__ == "__main__":
    main()
