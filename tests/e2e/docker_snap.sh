#!/usr/bin/env bash
# Who is dockerd: the program that root installed and that runs here; the snap's, which has a mount
# namespace of its own, by being the very file that lies here below /snap, and then for files below
# /var/snap only. A process that merely calls itself so names no file that root writes.
# lock: dockerd
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root jq unshare
if [ -z "${MW_SNAP_INSIDE:-}" ]; then
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	MW_SNAP_INSIDE=1 exec unshare -m --propagation private bash "$0"
fi
pgrep -x dockerd >/dev/null && skip "a dockerd is running here"
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(XDG_|DOCKER_|SUDO_)' || true)
unset MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME" /snap /var/snap /etc/docker
mount -t tmpfs none /snap
mount -t tmpfs none /var/snap
mount -t tmpfs none /etc/docker
chmod 755 /snap /var/snap
mkdir -p /snap/docker/7/bin /var/snap/docker/7/config "$T/bin"
cp /bin/bash /snap/docker/7/bin/dockerd
cp /bin/bash "$T/bin/dockerd"
printf '[profile]\nname = team\n[docker]\nregistry-mirrors = https://ours.example\n' >"$T/team.ini"

runs() { # CONFIG COMMAND...: as whom --list shows the file of docker while COMMAND runs as dockerd
	local config=$1 pid
	shift
	"$@" -c 'while :; do read -r -t 5 _ <> <(:) || :; done' dockerd --config-file="$config" &
	pid=$!
	_pids+=("$pid")
	for _ in $(seq 50); do
		[ "$(cat /proc/$pid/comm 2>/dev/null)" = dockerd ] && break
		sleep 0.1
	done
	file=$("$MW_BIN" -p "$T/team.ini" --diff -o docker --no-network --json 2>/dev/null | jq -r '.files[0].path') || true
	kill -KILL $pid
	wait $pid 2>/dev/null || true
}
snap=/var/snap/docker/7/config/daemon.json
runs $snap unshare -m /snap/docker/7/bin/dockerd
expect "the snap's" "$file" $snap
runs "$T/his.json" unshare -m /snap/docker/7/bin/dockerd
expect "the snap's, with a file of elsewhere" "$file" /etc/docker/daemon.json
runs /var/snap/docker/../../../etc/passwd unshare -m /snap/docker/7/bin/dockerd
expect "the snap's, with a way out" "$file" /etc/docker/daemon.json
runs $snap unshare -m sh -c 'mount -t tmpfs none /snap && mkdir -p /snap/docker/7/bin && cp /bin/bash /snap/docker/7/bin/dockerd && exec /snap/docker/7/bin/dockerd "$@"' sh
expect "another file of that name" "$file" /etc/docker/daemon.json
runs "$T/his.json" unshare -m "$T/bin/dockerd"
expect "another namespace" "$file" /etc/docker/daemon.json
runs "$T/his.json" "$T/bin/dockerd"
expect "root's own, here" "$file" "$T/his.json"
chown 65534 "$T/bin/dockerd"
runs "$T/his.json" "$T/bin/dockerd"
expect "somebody's program" "$file" /etc/docker/daemon.json
passed
