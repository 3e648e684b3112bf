#!/usr/bin/env bash
# What is given both as a flag and in daemon.json keeps dockerd from starting: of every flag the
# doctor says so where the real dockerd does, and its remedy takes out that flag and no other: in the
# machine's own unit, or by a drop-in where the unit is a package's; --rollback brings all bytes back.
# lock: dockerd
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root dockerd docker jq
case "$(dockerd --version)" in *" 20.10."*) ;; *) skip "knows 20.10's answers only" ;; esac
scratch
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME" "$T/root/etc/docker" "$T/root/etc/systemd/system" "$T/root/lib/systemd/system"
file="$T/root/etc/docker/daemon.json"
own="$T/root/etc/systemd/system/docker.service" packaged="$T/root/lib/systemd/system/docker.service"
drop_in="$own.d/mirrorwise.conf"

# One that has no complaint begins to run: out of reach of this machine's files and network.
dockerd_says() { # FLAGS...
	timeout -s KILL 3 unshare -mn sh -c 'mount -t tmpfs none /var/lib && mount -t tmpfs none /run && exec "$@"' sh \
		dockerd --config-file "$file" --containerd /nonexistent.sock --exec-root "$T/exec" "$@" >"$T/dockerd.log" 2>&1 || true
	grep -q 'both as a flag and in the configuration file' "$T/dockerd.log" && echo both || echo "not both"
}
we_say() {
	"$MW_BIN" --doctor --root "$T/root" --only docker --no-network --json >"$T/doctor.json" || true
	jq -r '[.checks[] | select(.id | startswith("docker-shadowed.")) | select(.status == "fail")] | if length > 0 then "both" else "not both" end' "$T/doctor.json"
}
rows=0
while IFS='|' read -r json flags; do
	printf '%s' "$json" >"$file"
	rows=$((rows + 1))
	rm -f "$own" "$packaged"
	[ $((rows % 2)) = 0 ] && unit=$own written=$own || unit=$packaged written=$drop_in
	printf '[Service]\nExecStart=/usr/bin/dockerd --raw-logs %s --selinux-enabled\n' "$flags" >"$unit"
	read -ra words <<<"$flags"
	theirs=$(dockerd_says "${words[@]}")
	expect "$json and $flags ($(tail -1 "$T/dockerd.log" | cut -c1-160))" "$(we_say)" "$theirs"
	[ "$theirs" = both ] || continue
	rm -rf "$T/before"
	cp -a "$T/root" "$T/before"
	fix=$(jq -r '.checks[] | select(.id | startswith("docker-shadowed.")) | .fix' "$T/doctor.json" | head -1)
	sh -c "$fix" >"$T/fix.log" 2>&1 || fail "$fix: $(cat "$T/fix.log")"
	expect "after $fix" "$(we_say)" "not both"
	expect "after $fix" "$(grep -c 'dockerd --raw-logs --selinux-enabled$' "$written")" 1
	[ "$unit" = "$own" ] || cmp -s "$unit" "$T/before/lib/systemd/system/docker.service" || fail "$fix wrote the package's unit"
	if [ $((rows % 5)) = 1 ]; then
		expect "dockerd after $fix: $(cat "$file")" "$(dockerd_says)" "not both"
		! grep -q 'unable to configure' "$T/dockerd.log" || fail "$fix: $(cat "$T/dockerd.log")"
	fi
	"$MW_BIN" --root "$T/root" --rollback >"$T/fix.log" 2>&1 || fail "the way back: $(cat "$T/fix.log")"
	expect "the way back of $fix" "$(diff -r "$T/before" "$T/root")" ""
done <<'EOF'
{"data-root": "/srv/d"}|--data-root=/var/x
{"data-root": "/srv/d"}|-g /var/x
{"storage-driver": "vfs"}|--storage-driver overlay2
{"storage-driver": "vfs"}|-s overlay2
{"log-level": "warn"}|-l debug
{"log-opts": {"max-size": "1m"}}|--log-opt max-size=2m
{"debug": true}|-D
{"debug": true}|--debug
{"debug": true}|--debug=true
{"ipv6": false}|--ipv6
{"iptables": false}|--iptables=false
{"mtu": 1400}|--mtu 1500
{"dns": ["192.0.2.1"]}|--dns 192.0.2.2
{"dns-opts": ["ndots:1"]}|--dns-opt ndots:2
{"labels": ["a=b"]}|--label c=d
{"exec-opts": ["native.cgroupdriver=systemd"]}|--exec-opt native.cgroupdriver=cgroupfs
{"default-ulimits": {"nofile": {"Name": "nofile", "Hard": 1, "Soft": 1}}}|--default-ulimit nofile=2:2
{"default-address-pools": [{"base": "10.9.0.0/16", "size": 24}]}|--default-address-pool base=10.8.0.0/16,size=24
{"hosts": ["unix:///run/x.sock"]}|-H unix:///run/y.sock
{"runtimes": {"a": {"path": "/bin/a"}}}|--add-runtime b=/bin/b
{"live-restore": true}|--mtu 1500
{"seccomp-profile": ""}|--seccomp-profile /x.json
{"userland-proxy": false}|--userland-proxy=false
EOF
[ $rows -gt 20 ] || fail "only $rows rows"

# ---- of a dockerd that runs ---------------------------------------------------------------------
# It goes on as it was started, and no reload helps; with what is written it starts, uses both mirrors, and nothing is left
# to be said. The way back brings the contradiction back.
cat >"$T/live.sh" <<'END'
set -eu
for folder in /etc/docker /etc/systemd/system /run /root; do mkdir -p "$folder" && mount -t tmpfs none "$folder"; done
export HOME=/root DOCKER_HOST=unix:///run/d/s MIRRORWISE_STATE_DIR=/run/state
unit=/etc/systemd/system/docker.service
start() {
	command=$(sed -n 's/^ExecStart=//p' "$unit")
	setsid sh -c "exec $command" >/run/d/log 2>&1 &
	for _ in $(seq 150); do
		docker info --format '{{json .RegistryConfig.Mirrors}}' 2>/dev/null | grep . && return
		! grep -q 'both as a flag' /run/d/log || break
		sleep 0.2
	done
	sed -n 's/.*both as a flag.*/both/p' /run/d/log
}
restart() {
	kill "$(cat /run/d/pid)"
	while pgrep -x dockerd >/dev/null; do sleep 0.1; done
	start
}
odd() { "$MW_BIN" --doctor --only docker --no-network --json | jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .id + " " + .fix' | sed 's/ [^ ]*mirrorwise.* --fix / --fix /'; }
mkdir -p /run/d /run/systemd/system
printf '[Service]\nExecStart=%s\n' "/usr/sbin/dockerd --registry-mirror=https://flag.example --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs --data-root /run/d/data --exec-root /run/d/exec --pidfile /run/d/pid -H unix:///run/d/s" >"$unit"
start
printf '{"registry-mirrors": ["https://file.example"]}' >/etc/docker/daemon.json
odd
"$MW_BIN" --fix docker-shadowed.registry-mirrors --only docker --no-network 2>&1 | sed -n 's/.*\(runs with --registry-mirror and\).*/\1/p'
odd
restart
odd
"$MW_BIN" --rollback >/dev/null 2>&1
restart
END
said=$(timeout -s KILL 120 unshare -mnpf --mount-proc bash "$T/live.sh" 2>"$T/live.log") || fail "$said: $(cat "$T/live.log")"
expect "a dockerd that runs" "$said" '["https://flag.example/"]
docker-shadowed.registry-mirrors --fix docker-shadowed.registry-mirrors
docker-live systemctl restart docker
runs with --registry-mirror and
docker-live systemctl restart docker
["https://file.example/","https://flag.example/"]
both'
passed
