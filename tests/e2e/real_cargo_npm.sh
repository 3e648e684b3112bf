#!/usr/bin/env bash
# The real Cargo and npm read what we wrote: no address twice, the table that has it already is
# named, the default takes back what was set.
# label: real
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need cargo npm python3
scratch
RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
while read -r name; do unset "$name"; done < <(env | grep -oiE '^(npm_config|CARGO)[A-Z_]*' || true)
export RUSTUP_HOME HOME="$T/home" CARGO_HOME="$T/home/.cargo" MIRRORWISE_STATE_DIR="$T/state"
mkdir -p "$CARGO_HOME" "$T/lib/src" "$T/app/src" "$T/srv/index/to/yl" "$T/srv/crates"
timeout 60 cargo --version >/dev/null 2>&1 || skip "needs a cargo that runs"
config=$CARGO_HOME/config.toml
mw() { "$MW_BIN" --no-network --lang en -q "$@"; }

# ---- an index of one crate on loopback ----
cat >"$T/serve.py" <<'PY'
import functools, http.server, sys
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
open(sys.argv[2], "w").write(str(server.server_port))
server.serve_forever()
PY
background "$T/serve.log" python3 "$T/serve.py" "$T/srv" "$T/port"
wait_for 10 test -s "$T/port"
base=http://127.0.0.1:$(cat "$T/port")
url=$base/index
printf '[package]\nname = "toylib"\nversion = "1.0.0"\nedition = "2021"\n' >"$T/lib/Cargo.toml"
printf '[package]\nname = "app"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\ntoylib = "1"\n' >"$T/app/Cargo.toml"
touch "$T/lib/src/lib.rs"
echo 'fn main() {}' >"$T/app/src/main.rs"
(cd "$T/lib" && cargo package --no-verify --allow-dirty --offline >/dev/null 2>&1)
cp "$T/lib/target/package/toylib-1.0.0.crate" "$T/srv/crates/"
echo "{\"dl\": \"$base/crates/{crate}-{version}.crate\"}" >"$T/srv/index/config.json"
sum=$(sha256sum <"$T/srv/crates/toylib-1.0.0.crate" | cut -d' ' -f1)
echo "{\"name\":\"toylib\",\"vers\":\"1.0.0\",\"deps\":[],\"cksum\":\"$sum\",\"features\":{},\"yanked\":false}" >"$T/srv/index/to/yl/toylib"
fetched() {
	rm -rf "$T/app/Cargo.lock" "$CARGO_HOME/registry"
	(cd "$T/app" && timeout 60 cargo fetch >"$T/fetch" 2>&1) || { cat "$T/fetch"; return 1; }
}

# ---- nothing there: two tables of ours ----
mw --apply -p dev --only cargo --mirror "cargo=$url"
fetched || fail "Cargo does not take what we wrote"
expect "from the mirror" "$(grep -c 'toylib v1.0.0 (registry `mirrorwise`)' "$T/fetch")" 1
mw --apply -p dev --only cargo --mirror cargo=rsproxy
expect "another mirror in the same tables" "$(grep -c rsproxy "$config") $(grep -c 127.0.0.1 "$config" || true)" "2 0"
mw --apply -p dev --only cargo --mirror cargo=upstream
expect "the default takes all of it back" "$(cat "$config" 2>/dev/null || true)" ""

# ---- a table of somebody's has the address already ----
for slash in / ''; do
	rm -rf "$T/state"
	printf '[source.crates-io]\nreplace-with = "old"\n[source.old]\nregistry = "sparse+https://x.example/"\n\n[source.ours] # kept\nregistry = "sparse+%s%s"\n' \
		"$url" "$slash" >"$config"
	cp "$config" "$T/before"
	mw --apply -p dev --only cargo --mirror "cargo=$url"
	fetched || fail "Cargo does not take the table with '$slash'"
	expect "named" "$(grep -c '^replace-with = "ours"$' "$config")" 1
	expect "and none made" "$(grep -c '127.0.0.1' "$config") $(grep -c mirrorwise "$config" || true)" "1 0"
	mw --diff -p dev --only cargo --mirror "cargo=$url" || fail "not the same the second time"
	mw --rollback
	cmp "$config" "$T/before" || fail "not as before"
	mw --apply -p dev --only cargo --mirror cargo=upstream
	expect "their table stays" "$(grep -c 'kept' "$config") $(grep -c replace-with "$config" || true)" "1 0"
done

# ---- [all] leaves a company's ----
printf '[source.crates-io]\nreplace-with = "corp"\n[source.corp]\nregistry = "sparse+https://cargo.corp.example/"\n' >"$config"
printf '[all]\nmirror = @fastest\n' >"$T/all.ini"
mw --diff -p "$T/all.ini" --only cargo >"$T/out" 2>&1 || fail "[all] would change it: $(cat "$T/out")"
sed -i 's/cargo.corp.example/rsproxy.cn\/index/' "$config"
mw --diff -p "$T/all.ini" --only cargo >"$T/out" 2>&1 || fail "the mirror in use is known: $(cat "$T/out")"

# ---- npm ----
asked() { (cd "$T" && npm config get registry 2>/dev/null); }
before=$(asked)
mw --apply -p dev --only npm --mirror npm=npmmirror
expect "npm reads it" "$(asked)" https://registry.npmmirror.com/
mw --apply -p dev --only npm --mirror npm=upstream
expect "and its default again" "$(asked)" "$before"
passed
