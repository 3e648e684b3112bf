#!/usr/bin/env bash
# README.md and assets/README.zh_CN.md: every command on them is run, by an ordinary user who may
# use sudo, on a machine with go, pip and a running dockerd, among the mirrors of the lab; or it is
# named with the test that runs it. Transcripts are what the program says, and the table of tools
# and services is complete. README_UPDATE=1 writes what it saw into the pages of MW_SOURCE.
# lock: dockerd
# cost: 136
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
if [ "${1:-}" != inside ]; then
	need root unshare python3 git sudo go pip3 dockerd docker jq msgfmt xgettext
	pgrep -x dockerd >/dev/null && skip "a dockerd is running here"
	scratch
	mkdir -m 755 "$T/machine"
	mount -t tmpfs machine "$T/machine" 2>/dev/null || skip "needs mounts"
	# The tree as it is, with its history: what somebody has who cloned it.
	(cd "$MW_SOURCE" && git ls-files -z --cached --others --exclude-standard |
		while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
		tar --null -T - -cf -) >"$T/machine/tree.tar"
	for page in README.md:en assets/README.zh_CN.md:zh_CN; do
		status=0
		MW_T=$T/machine timeout 900 "$MW_SOURCE/tests/lab/lab.sh" run -- unshare --uts bash "$0" inside "$page" 2>"$T/err" || status=$?
		[ $status != 77 ] || skip "the lab needs $(tail -n 1 "$T/err")"
		[ $status = 0 ] || { echo "$page: $(cat "$T/err")" >>"$T/failed"; }
		expectations=$((expectations + 1))
	done
	[ ! -e "$T/failed" ] || fail "$(tail -n 200 "$T/failed")"
	passed
	exit 0
fi

# Inside the lab's namespaces: its mounts, processes and network end with it.
T=$MW_T
page=${2%:*} language=${2#*:}
hostname desk
upper() { # DIR: writable, for us alone
	mkdir -p "$T/over$1/up" "$T/over$1/work"
	mount -t overlay overlay -o "lowerdir=$1,upperdir=$T/over$1/up,workdir=$T/over$1/work" "$1"
}
hosts=$(cat /etc/hosts "$LAB_DIR/hosts")
for file in hosts resolv.conf nsswitch.conf; do umount -l /etc/$file 2>/dev/null || true; done
rm -rf "$T"/over*
upper /etc
upper /var/lib
mount -t tmpfs home /home
mount -t tmpfs run /run
mkdir -p "$T/bin"
cp "$MW_BIN" "$T/bin/mirrorwise"
mount --bind "$T/bin" /usr/local/bin
printf '%s\n127.0.0.1 desk localhost\n' "$hosts" >/etc/hosts
cp "$LAB_DIR/nsswitch.conf" "$LAB_DIR/resolv.conf" /etc/
rm -rf /etc/pip.conf /etc/npmrc /etc/docker /etc/mirrorwise /var/lib/mirrorwise /var/lib/docker /etc/sudoers.d
mkdir -p /etc/docker /etc/sudoers.d /home/ada
# shellcheck disable=SC2016 # a shadow entry, no variables
{
	echo 'ada:x:4242:4242::/home/ada:/bin/sh' >>/etc/passwd
	echo 'ada:x:4242:' >>/etc/group
	echo 'ada:*:20000:0:99999:7:::' >>/etc/shadow
}
echo 'ada ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ada
chmod 440 /etc/sudoers.d/ada
mkdir /home/ada/mirrorwise
tar -C /home/ada/mirrorwise -xf "$T/tree.tar"
chown -R 4242:4242 /home/ada
dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs >"$T/dockerd.log" 2>&1 &
wait_for 60 docker info || fail "no dockerd: $(tail -n 3 "$T/dockerd.log")"
exec python3 "$MW_SOURCE/tests/e2e/readme.py" "$page" "$language"
