#!/usr/bin/env bash
# What is given both as a flag and in daemon.json keeps dockerd from starting: of every flag the
# doctor says so where the real dockerd does, and its remedy takes out that flag and no other.
# lock: dockerd
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root dockerd jq
case "$(dockerd --version)" in *" 20.10."*) ;; *) skip "knows 20.10's answers only" ;; esac
scratch
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME" "$T/root/etc/docker" "$T/root/lib/systemd/system"
file="$T/root/etc/docker/daemon.json" unit="$T/root/lib/systemd/system/docker.service"

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
	printf '[Service]\nExecStart=/usr/bin/dockerd --raw-logs %s --selinux-enabled\n' "$flags" >"$unit"
	read -ra words <<<"$flags"
	theirs=$(dockerd_says "${words[@]}")
	expect "$json and $flags ($(tail -1 "$T/dockerd.log" | cut -c1-160))" "$(we_say)" "$theirs"
	rows=$((rows + 1))
	[ "$theirs" = both ] || continue
	fix=$(jq -r '.checks[] | select(.id | startswith("docker-shadowed.")) | .fix' "$T/doctor.json" | head -1)
	sh -c "${fix%%&& *}" || fail "$fix"
	expect "after $fix" "$(we_say)" "not both"
	grep -q 'dockerd --raw-logs.* --selinux-enabled$' "$unit" || fail "$fix took more than $flags: $(cat "$unit")"
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
passed
