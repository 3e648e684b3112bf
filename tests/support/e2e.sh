# shellcheck shell=bash
# Shared by the e2e scripts: scratch directory, background processes that are always ended,
# expectations that say what they saw. Sourced.

fail() {
	echo "FAILED: $*" >&2
	exit 1
}
skip() {
	echo "skipped: $*"
	exit 77
}
passed() {
	echo "passed: $(basename "$0") ($expectations expectations)"
}
expectations=0
expect() { # WHAT SAW WANTED
	expectations=$((expectations + 1))
	[ "$2" = "$3" ] || fail "$1: saw '$2', wanted '$3'"
}
need() { # root PROGRAM...
	for what in "$@"; do
		if [ "$what" = root ]; then
			[ "$(id -u)" = 0 ] || skip "needs root"
		else
			command -v "$what" >/dev/null || skip "needs $what"
		fi
	done
}

_pids=()
_clean_up() {
	local pid
	for pid in "${_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	for pid in "${_pids[@]}"; do
		for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null && sleep 0.1 || break; done
		kill -KILL "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	if [ -n "${T:-}" ]; then
		grep -s " $T/" /proc/mounts | cut -d' ' -f2 | sort -r | xargs -r -n1 umount -l 2>/dev/null || true
		chattr -R -i -a "$T" 2>/dev/null || true
		rm -rf "$T"
	fi
}
# Sets T to a directory that goes away with the script.
scratch() {
	T=$(mktemp -d "${TMPDIR:-/tmp}/mirrorwise-e2e.XXXXXX")
	trap _clean_up EXIT
	trap 'exit 143' TERM INT HUP
}
background() { # LOG COMMAND...
	local log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null &
	_pids+=($!)
}
wait_for() { # SECONDS COMMAND...
	local tries=$(($1 * 10))
	shift
	for _ in $(seq "$tries"); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
# Sets build to that of a release, which is kept, so that the next run compiles only what changed.
# For scripts with "# lock: release".
build_release() {
	build=$MW_BUILD/release-check
	{
		cmake -S "$MW_SOURCE" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
			-DMW_WERROR="${CI:-OFF}" -DCMAKE_INSTALL_PREFIX=/opt/mirrorwise &&
			cmake --build "$build"
	} >"$T/build.txt" 2>&1 || fail "$(tail -n 30 "$T/build.txt")"
}
