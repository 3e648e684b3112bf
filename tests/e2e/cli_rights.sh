#!/usr/bin/env bash
# Without the rights for Docker's file: stopped before anything is written, both ways on named, and
# both ways work as they are printed. A user of nobody's rights, in an empty /etc/docker of our own.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root unshare setpriv jq
scratch
chmod 755 "$T"
if [ "${1:-}" != inside ]; then
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	MW_T=$T unshare -m bash "$0" inside
	exit $?
fi
rm -rf "$T"
T=$MW_T
trap - EXIT
mkdir -p "$T/docker" "$T/bin" "$T/home" "$T/work"
if [ -d /etc/docker ]; then mount --bind "$T/docker" /etc/docker; fi
printf '#!/bin/sh\nexit 0\n' | tee "$T/bin/dockerd" >"$T/bin/go"
chmod 755 "$T/bin/dockerd" "$T/bin/go"
install -m 755 "$MW_BIN" "$T/bin/mirrorwise"
chown 65534:65534 "$T/home" "$T/work"
cd "$T/work"
mw() { # as nobody
	set +e
	env -i PATH="$T/bin:/usr/bin:/bin" HOME="$T/home" ASAN_OPTIONS=detect_leaks=0 "${more[@]}" \
		setpriv --reuid 65534 --regid 65534 --clear-groups "$T/bin/mirrorwise" "$@" \
		>"$T/out" 2>"$T/err" </dev/null
	status=$?
	set -e
}
nothing() { expect "nothing is written" "$(find "$T/home" "$T/work" "$T/docker" -type f -name '[!l]*' | wc -l)" 0; }

more=()
mw --profile prod --apply --only go,docker
expect "an installed tool without rights" "$status" 77
grep -qF "sudo $T/bin/mirrorwise --profile prod --apply --only go,docker\`" "$T/err" || fail "no way with sudo"
grep -qF "$T/bin/mirrorwise --profile prod --apply --only go,docker --skip docker\`" "$T/err" || fail "no way without docker"
nothing
mw --profile prod --apply --only docker
expect "nothing but that tool" "$status" 77
grep -q "sudo " "$T/err" || fail "no way with sudo"
! grep -q -- "--skip" "$T/err" || fail "it advises to leave out everything"
more=(MIRRORWISE_PROFILE="prod")
mw --apply --set "go.GOFLAGS=-v -x" --only go,docker --json
expect "in the document, too" "$(jq -r '.exit_code, .result' "$T/out" | xargs)" "77 no-permission"
jq -r .hint "$T/out" | grep -qF -- "--set 'go.GOFLAGS=-v -x' --only go,docker --json --profile prod\`" ||
	fail "the hint forgets quotes or the profile of the environment"
nothing
more=()
mw --profile prod --apply --only go,docker --skip docker
expect "leaving docker out" "$status" 0
mw --rollback
expect "and back" "$status" 0

# A tool that is not there and out of reach is left out with a warning, and the rest is done.
rm "$T/bin/dockerd"
PATH_HAS_DOCKER=$(PATH=/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin command -v dockerd docker || true)
if [ -z "$PATH_HAS_DOCKER" ]; then
	mw --profile prod --apply --only go,docker --json
	expect "a missing tool out of reach" "$status" 0
	expect "is said to be left out" "$(jq '.warnings | length' "$T/out")" 1
	expect "and the rest is done" "$(jq -r .changed "$T/out")" true
fi

# A finding that somebody names is mended or the run says that it was not; of all of them those of a
# missing tool out of reach are left out. In a tree of root's no tool is installed.
more=()
mkdir -p "$T/tree/etc/docker"
json=$T/tree/etc/docker/daemon.json
printf '{"registry-mirrors": ["https://docker.m.daocloud.io", ""]}\n' >"$json"
mw --root "$T/tree" --fix docker-values
expect "the finding of a missing tool, by name" "$status" 77
grep -qF "sudo $T/bin/mirrorwise --root $T/tree --fix docker-values\`" "$T/err" || fail "no way with sudo"
mw --root "$T/tree" --fix all
expect "all findings" "$status" 0
grep -q "^warning: Docker is not installed and its file is out of reach" "$T/err" || fail "left out, and not said"
mw --root "$T/tree" --fix all --fix docker-values
expect "all, and this one by name" "$status" 77
printf '{"registry-mirrors": []}\n' >"$json"
mw --root "$T/tree" --profile prod --no-network --fix docker-settings
expect "one that the profile mends, by name" "$status" 77
mw --root "$T/tree" --profile prod --no-network --fix all
expect "all, and those of the profile" "$status" 0
expect "what can be done is" "$(test -e "$T/home/.config/go/env" && echo yes)" yes
expect "and nothing else" "$(cat "$json")" '{"registry-mirrors": []}'

# A byte order mark stops a dockerd before 23.0; later ones read on, and it is only told.
more=(DOCKER_HOST="unix:///run/user/65534/docker.sock" XDG_RUNTIME_DIR="/run/user/65534")
mkdir -p "$T/home/.config/docker"
printf '\xef\xbb\xbf{}' >"$T/home/.config/docker/daemon.json"
chown -R 65534:65534 "$T/home"
for told in "20.10.24 fail" "26.1.5 warn"; do
	printf '#!/bin/sh\necho "Docker version %s, build 1"\n' "${told% *}" >"$T/bin/dockerd"
	chmod 755 "$T/bin/dockerd"
	mw --no-network --doctor --only docker --json
	expect "a byte order mark, $told" \
		"$(jq -r '.checks[] | select(.id == "docker-file.bom.1") | .status' "$T/out")" "${told#* }"
done
passed
