#!/usr/bin/env bash
# A real dockerd and a real docker-registry on loopback: apply, reload by SIGHUP, a pull that comes
# through the mirror, rollback, and the mirrors are gone again without a restart.
# lock: dockerd
# label: real
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root dockerd docker docker-registry jq curl pgrep
scratch
export HOME="$T/home" XDG_CONFIG_HOME="$T/home/.config" MIRRORWISE_STATE_DIR="$T/state"
mkdir -p "$HOME" "$T/etc"
[ -e /etc/docker/daemon.json ] && skip "this machine has a daemon.json of its own"
for pid in $(pgrep -x dockerd); do # a dead one that nobody buries has no program any more
	[ ! -e "/proc/$pid/exe" ] || skip "a dockerd is running here"
done

port=$(free_port)
cat >"$T/registry.yml" <<EOF
version: 0.1
storage: {filesystem: {rootdirectory: $T/registry}}
http: {addr: "127.0.0.1:$port"}
EOF
background "$T/registry.log" docker-registry serve "$T/registry.yml"

# The daemon's own file, with a comment-like key order and a number that must survive.
config="$T/etc/daemon.json"
printf '{\n    "max-concurrent-downloads": 3,\n    "labels": ["keep=1"]\n}' >"$config"
cp -p "$config" "$T/daemon.json.before"
sock="$T/docker.sock"
background "$T/dockerd.log" dockerd --config-file "$config" --iptables=false --ip6tables=false \
	--bridge=none --storage-driver=vfs --data-root "$T/data" --exec-root "$T/exec" \
	--pidfile "$T/docker.pid" -H "unix://$sock"
dockerd_pid=$!
export DOCKER_HOST="unix://$sock"
wait_for 60 docker info >/dev/null 2>&1 || { cat "$T/dockerd.log"; fail "dockerd did not start"; }
wait_for 20 curl -sf "http://127.0.0.1:$port/v2/" || fail "the registry did not start"
mirrors() { docker info --format "{{json .RegistryConfig.Mirrors}}" | jq -c ". // []"; }
expect "no mirrors at first" "$(mirrors)" "[]"

# An image that only the registry has.
mkdir "$T/image" && echo "through the mirror" >"$T/image/proof"
tar -C "$T/image" -c proof | docker import - "127.0.0.1:$port/library/mwproof:1" >/dev/null
docker push -q "127.0.0.1:$port/library/mwproof:1" >/dev/null
docker rmi -f "127.0.0.1:$port/library/mwproof:1" >/dev/null

cat >"$T/team.ini" <<EOF
[profile]
name = team
summary = One mirror on loopback
[docker]
registry-mirrors = http://127.0.0.1:$port
EOF
"$MW_BIN" --profile "$T/team.ini" --apply --only docker --json >"$T/apply.json" || {
	cat "$T/apply.json" "$T/dockerd.log"
	fail "apply"
}
expect "apply says it changed something" "$(jq -r .changed "$T/apply.json")" true
expect "the running daemon uses the mirror" "$(mirrors)" "[\"http://127.0.0.1:$port/\"]"
expect "the same process" "$(cat "$T/docker.pid")" "$dockerd_pid"
expect "other members stay" "$(jq -c '[."max-concurrent-downloads",.labels]' "$config")" '[3,["keep=1"]]'

docker pull -q mwproof:1 >/dev/null || { cat "$T/dockerd.log"; fail "pull through the mirror"; }
expect "the image came" "$(docker image inspect -f '{{len .RootFS.Layers}}' mwproof:1)" 1
grep -q '"HEAD /v2/library/mwproof/manifests/1' "$T/registry.log" || fail "the registry saw no request"

"$MW_BIN" --profile "$T/team.ini" --apply --only docker --json >"$T/again.json"
expect "a second apply changes nothing" "$(jq -r .changed "$T/again.json")" false

"$MW_BIN" --rollback --json >"$T/rollback.json" || { cat "$T/rollback.json"; fail "rollback"; }
cmp "$config" "$T/daemon.json.before" || fail "rollback did not return every byte"
expect "the running daemon forgot the mirror" "$(mirrors)" "[]"
expect "still the same process" "$(cat "$T/docker.pid")" "$dockerd_pid"

# What dockerd would refuse never reaches the file.
printf '[profile]\nname = bad\nsummary = bad\n[docker]\nregistry-mirrors = https://h.example/?q=1\n' >"$T/bad.ini"
set +e
"$MW_BIN" --profile "$T/bad.ini" --apply --only docker >"$T/bad.txt" 2>&1
status=$?
set -e
expect "a mirror that dockerd refuses is a bad profile" "$status" 65
cmp "$config" "$T/daemon.json.before" || fail "the refused profile changed the file"
passed
