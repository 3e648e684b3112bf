#!/usr/bin/env bash
# What sixty tools built in cost a start: the program as it is against one whose tools and services
# are copied under other names until there are sixty of each, in turns, in one run.
#
#     tests/bench/start_up.sh [BUILD-FOLDER]      (a release build to compare with; default build/release)
#
# Not a test: it measures the machine as much as the program. Wanted: at most 1 ms more.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath -m "${1:-$source/build/release}")
[ -x "$build/mirrorwise" ] || {
	"$source/bootstrap.sh" build release
	build=$source/build/release
}
T=$(mktemp -d "${TMPDIR:-/tmp}/mirrorwise-start.XXXXXX")
trap 'rm -rf "$T"' EXIT
cp -r "$source"/{CMakeLists.txt,CMakePresets.json,LICENSE,README.md,bootstrap.sh,src,include,profiles,assets} "$T/"
python3 - "$T/assets" <<'END'
import json, pathlib, sys
assets = pathlib.Path(sys.argv[1])
order = assets / "tools/order.txt"
for kind, field in (("mirrors", "tool"), ("tools", "tool")):
    files = sorted((assets / kind).glob("*.json"))
    for i in range(60 - len(files)):
        file = files[i % len(files)]
        data = json.loads(file.read_text(encoding="utf-8"))
        data[field] = f"{data[field]}-{i}"
        (assets / kind / f"{data[field]}.json").write_text(json.dumps(data, ensure_ascii=False))
        if kind == "tools":
            order.write_text(order.read_text() + data[field] + "\n")
END
cmake -S "$T" -B "$T/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -G Ninja >"$T/log" 2>&1 &&
	cmake --build "$T/build" --target mirrorwise >>"$T/log" 2>&1 || {
	tail -20 "$T/log"
	exit 1
}
python3 - "$build/mirrorwise" "$T/build/mirrorwise" "$T/home" "${RUNS:-200}" <<'END'
import os, subprocess, sys, time
few, many, home, runs = sys.argv[1:]
env = {"PATH": os.environ["PATH"], "HOME": home, "MIRRORWISE_STATE_DIR": home + "/state"}
os.makedirs(home)
def once(program, args):
    begin = time.perf_counter()
    subprocess.run([program, *args], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1000
tools = len(subprocess.run([many, "--list", "tools", "--no-network", "--json"], env=env, capture_output=True,
                           text=True).stdout.split('"tool":')) - 1
print(f"{tools} tools against those of this tree")
for args in (["--version"], ["--show", "go.GOPROXY"], ["--list", "profiles"]):
    times = {few: [], many: []}
    for i in range(int(runs)):
        for program in (few, many) if i % 2 else (many, few):
            times[program].append(once(program, args))
    middle = {p: sorted(t)[len(t) // 2] for p, t in times.items()}
    least = {p: min(t) for p, t in times.items()}
    print(f"{' '.join(args):20} median {middle[few]:.2f} -> {middle[many]:.2f} ms, "
          f"least {least[few]:.2f} -> {least[many]:.2f} ms, more: {middle[many] - middle[few]:+.2f} and "
          f"{least[many] - least[few]:+.2f} ms")
END
