#!/usr/bin/env bash
# SIGKILL at every system call that writes, of the real program over three real files, and at those
# that sync and exchange over a dozen, which it syncs side by side: after the next run every file is
# old or every file is new, and nothing else is left.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need strace jq
scratch
# What changes anything on a disk; strace counts the calls of each kind by themselves.
calls='write fsync renameat unlinkat mkdirat fchown fchmod fsetxattr flock ftruncate'
export ASAN_OPTIONS=detect_leaks=0
unset GOPROXY GOENV PIP_INDEX_URL PIP_CONFIG_FILE VIRTUAL_ENV XDG_CONFIG_HOME
strace -qq -e trace=write -e inject=write:retval=1 true 2>/dev/null || skip "strace may not trace here"

fresh() {
	rm -rf "$T/run"
	export HOME="$T/run/home" MIRRORWISE_STATE_DIR="$T/run/state"
	mkdir -p "$T/run/home/.config/go" "$T/run/root/etc/docker"
	[ -z "$follow" ] || return 0
	printf 'GOFLAGS=-mod=mod\n' >"$T/run/home/.config/go/env"
	printf '{\n  "debug": false\n}\n' >"$T/run/root/etc/docker/daemon.json"
}
files() { (cd "$T/run" && find home root -printf '%y %m %p\n' | grep -v ' root/var' | sort && find home root/etc -type f -exec sha256sum {} + | sort); }
traced='' follow='' wanted=(--profile prod)
# shellcheck disable=SC2086 # words
apply() { $traced "$MW_BIN" --root "$T/run/root" "${wanted[@]}" --apply "$@"; }

fresh
old=$(files)
apply -q
new=$(files)
[ "$old" != "$new" ] || fail "apply changed nothing"

killed=0 recovered=0
# kill_at CALL N: true if there was an N-th such call to be killed at.
kill_at() {
	fresh
	traced="strace $follow -qq -o $T/trace -e trace=$1 -e inject=$1:signal=KILL:when=$2"
	apply -q >/dev/null 2>&1 && return 1
	killed=$((killed + 1))
	[ -e "$T/run/state/journal" ] && recovered=$((recovered + 1))
	find "$T/run/state" -name '.mw-*' -exec touch -d @0 {} + 2>/dev/null || true # young ones stay
	"$MW_BIN" --root "$T/run/root" --recover -q >/dev/null || fail "$1 $2: --recover: $?"
	now=$(files)
	[ "$now" = "$old" ] || [ "$now" = "$new" ] || {
		diff <(echo "$old") <(echo "$now") || true
		fail "$1 $2 ($(tail -1 "$T/trace")): neither old nor new"
	}
	[ -e "$T/run/state/journal" ] && fail "$1 $2: the journal is still there"
	[ -z "$(find "$T/run" -name '.mw-*')" ] || fail "$1 $2: temporary files are still there"
}
for call in $calls; do
	for n in $(seq 200); do
		kill_at "$call" "$n" || break
	done
	[ "$n" -lt 200 ] || fail "no end of $call"
done
echo "killed at $killed calls, $recovered of them with a journal to undo"
[ "$killed" -gt 30 ] && [ "$recovered" -gt 10 ] || fail "too few calls to mean anything"

# ---- many files ----
many=(npm=npmmirror yarn-berry=npmmirror cargo=rsproxy rustup=rsproxy maven=aliyun conda=bfsu homebrew=tuna
	node=npmmirror gem=ruby-china bundler=ruby-china composer=aliyun)
follow=-f wanted=(--no-network --profile dev --only "$(IFS=, && echo "${many[*]%%=*}")" "${many[@]/#/--mirror=}")
traced=
fresh
old=$(files)
apply -q || fail "apply of many: $?"
new=$(files)
[ "$(echo "$new" | grep -c '^[0-9a-f]\{64\}')" -gt 10 ] || fail "too few files: $new"
three=$killed
for call in fsync renameat2 renameat; do
	for n in $(seq 200); do
		kill_at "$call" "$n" || break
	done
	[ "$n" -lt 200 ] || fail "no end of $call"
done
echo "killed at $((killed - three)) calls of many files"
[ $((killed - three)) -gt 20 ] || fail "too few calls to mean anything"
expectations=$killed
passed
