#!/usr/bin/env bash
# SIGKILL at every system call that writes, of the real program over three real files: after the
# next run every file is old or every file is new, and nothing else is left.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need strace jq
scratch
calls=openat,write,fsync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fchown,fchmod,fsetxattr,flock,ftruncate
export ASAN_OPTIONS=detect_leaks=0
unset GOPROXY GOENV PIP_INDEX_URL PIP_CONFIG_FILE VIRTUAL_ENV XDG_CONFIG_HOME
strace -qq -e trace=write -e inject=write:retval=1 true 2>/dev/null || skip "strace may not trace here"

fresh() {
	rm -rf "$T/run"
	mkdir -p "$T/run/home/.config/go" "$T/run/root/etc/docker"
	printf 'GOFLAGS=-mod=mod\n' >"$T/run/home/.config/go/env"
	printf '{\n  "debug": false\n}\n' >"$T/run/root/etc/docker/daemon.json"
	export HOME="$T/run/home" MIRRORWISE_STATE_DIR="$T/run/state"
}
files() { (cd "$T/run" && find home root -printf '%y %m %p\n' | grep -v ' root/var' | sort && find home root/etc -type f -exec sha256sum {} + | sort); }
apply() { "$MW_BIN" --root "$T/run/root" --profile prod --apply "$@"; }

fresh
old=$(files)
apply -q
new=$(files)
[ "$old" != "$new" ] || fail "apply changed nothing"

n=0 killed=0 recovered=0
while :; do
	n=$((n + 1))
	[ "$n" -lt 2000 ] || fail "no end of system calls"
	fresh
	status=0
	strace -qq -o "$T/trace" -e "trace=$calls" -e "inject=$calls:signal=KILL:when=$n" \
		"$MW_BIN" --root "$T/run/root" --profile prod --apply -q >/dev/null 2>&1 || status=$?
	[ "$status" = 0 ] && break
	killed=$((killed + 1))
	[ -e "$T/run/state/journal" ] && recovered=$((recovered + 1))
	find "$T/run" -name '.mw-*' -path '*/state/*' -exec touch -d @0 {} +
	"$MW_BIN" --root "$T/run/root" --recover -q >/dev/null || fail "call $n: --recover: $?"
	now=$(files)
	[ "$now" = "$old" ] || [ "$now" = "$new" ] || {
		diff <(echo "$old") <(echo "$now") || true
		fail "call $n ($(tail -1 "$T/trace")): neither old nor new"
	}
	[ -e "$T/run/state/journal" ] && fail "call $n: the journal is still there"
	[ -z "$(find "$T/run" -name '.mw-*')" ] || fail "call $n: temporary files are still there"
done
echo "killed at $killed calls, $recovered of them with a journal to undo"
[ "$killed" -gt 40 ] && [ "$recovered" -gt 10 ] || fail "too few calls to mean anything"
expectations=$killed
passed
