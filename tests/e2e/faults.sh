#!/usr/bin/env bash
# What can be wrong with a file, its directory, its disk, its owner or the run itself, each made for
# real around a sandbox of three files: the exit code, the sentence, and what is left on the disk.
# Most rows say: refused, with this code, and every file as it was. SIGKILL at every call is
# killed.sh, sudo is sudo.sh, the network is lab_*.sh.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

# group | needs | function of the row, whose name is its title
rows='
1|-|a_relative_link_into_dotfiles_is_kept
2|mount|a_link_into_a_package_store
3|-|a_dangling_link
4|-|links_in_a_circle_or_too_many
5|mount|a_file_that_is_a_mount_point
6|mount|a_file_that_is_bound_elsewhere
7|-|a_directory_in_place_of_the_file
8|root|fifo_socket_and_device
9|mount|a_read_only_file_system
10|mount|a_full_disk
11|mount|no_inodes_left
12|-|a_file_size_limit
13|strace|fsync_fails
14|strace|write_and_close_fail
16|strace|signals_undo
16|strace|a_second_signal_leaves_a_journal_at_most
17|-|the_lock_is_held
17|-|several_at_once
18|-|a_lock_that_a_dead_run_left
18|-|a_lock_that_is_a_link
19|strace|a_file_system_that_cannot_lock
20|strace|somebody_writes_before_our_rename
20|strace|somebody_writes_over_ours
21|-|edited_since_the_last_apply
23|root|another_owner
25|nobody|a_directory_without_write_permission
26|nobody|a_sticky_directory
27|chattr|immutable_and_append_only
28|acl|acl_and_attributes_are_kept
28|xattr strace|attributes_that_cannot_be_kept
29|-|hard_links
30|-|any_umask
31|-|a_name_of_250_bytes
32|-|missing_parents_come_and_go
32|strace|a_parent_vanishes
33|-|broken_pip_conf
34|-|odd_env_file
35|-|broken_daemon_json
35|-|odd_daemon_json
36|-|the_flag_of_a_drop_in
37|-|something_else_wins
38|-|hostile_strings
41|-|closed_descriptors
42|-|an_output_that_cannot_be_written
43|nobody|no_home
44|-|odd_surroundings
45|-|a_state_directory_that_will_not_do
46|-|a_damaged_state
'

need jq
scratch
if [ "${1:-}" != inside ]; then
	isolate=()
	if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then isolate=(unshare -m); fi
	MW_T=$T MW_ISOLATED=${#isolate[@]} "${isolate[@]}" bash "$0" inside
	exit $?
fi
rm -rf "$T"
T=$MW_T
trap - EXIT
chmod 755 "$T"
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|XDG|MIRRORWISE)[A-Z_]*' || true)
unset VIRTUAL_ENV
export LC_ALL=C.UTF-8
W=$T/w
home=$W/home root=$W/root state=$W/state
go=$home/.config/go/env pip=$home/.config/pip/pip.conf docker=$root/etc/docker/daemon.json

# ---- the sandbox -----------------------------------------------------------------------------

fresh() {
	chattr -R -i -a "$W" 2>/dev/null || true
	rm -rf "$W"
	mkdir -p "$home/.config/go" "$home/.config/pip" "$root/etc/docker" "$root/usr/bin" "$W/work"
	# Installed tools: none may be left out because its file is out of reach.
	for tool in go pip3 dockerd; do
		printf '#!/bin/sh\n' >"$root/usr/bin/$tool"
		chmod 755 "$root/usr/bin/$tool"
	done
	printf '# mine\nGOFLAGS=-mod=mod\n' >"$go"
	printf '# mine\n[global]\ntimeout = 5\n' >"$pip"
	printf '{\n  "debug": false\n}\n' >"$docker"
	export HOME=$home MIRRORWISE_STATE_DIR=$state
	cd "$W/work"
}
as=()
mw() { # ARGS...: status, $T/out, $T/err
	status=0
	timeout 300 "${as[@]}" "${program:-$MW_BIN}" --root "$root" "$@" \
		>"$T/out" 2>"$T/err" </dev/null || status=$?
}
apply() { mw --profile prod --apply "$@"; }
# As a user of no rights, to whom all of the sandbox belongs.
as_nobody() {
	install -m 755 "$MW_BIN" "$W/mirrorwise"
	chown -R 65534:65534 "$W"
	program=$W/mirrorwise
	as=(env ASAN_OPTIONS=detect_leaks=0 setpriv --reuid 65534 --regid 65534 --clear-groups)
}
traced() { # STRACE_ARGS... -- ARGS...
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	as=(env ASAN_OPTIONS=detect_leaks=0 strace -qq -o "$T/trace" "${options[@]}")
	apply "$@"
	as=()
}
tree() {
	find "$home" "$root" ! -path "$root/var/*" -printf '%P %y %m %U:%G %n %l\n' | sort
	find "$home" "$root" -type f -exec sha256sum {} + | sort
}
before() { tree >"$T/before"; }
unchanged() { # WHAT
	tree | diff "$T/before" - || fail "$1: not as it was before"
	[ ! -f "$state/journal" ] || fail "$1: a journal is left"
}
says() { grep -qF -- "$1" "$T/err" || fail "it does not say '$1'"; }
refused() { # WHAT CODE SENTENCE
	before
	apply
	expect "$1" "$status" "$2"
	says "$3"
	unchanged "$1"
}
applied() { # WHAT
	expect "$1" "$status" 0
	grep -q '^GOPROXY=https' "$go" && grep -q '^ *index-url = https' "$pip" &&
		grep -q 'registry-mirrors' "$docker" || fail "$1: not all is written"
	find "$home" "$root" -name '.mw-*' | grep . && fail "$1: a temporary file is left"
	return 0
}
and_back() {
	mw --rollback
	expect "rollback" "$status" 0
	unchanged "rollback"
}

# ---- the rows --------------------------------------------------------------------------------

a_relative_link_into_dotfiles_is_kept() {
	mkdir "$home/dotfiles"
	mv "$pip" "$home/dotfiles/pip.conf"
	ln -s ../../dotfiles/pip.conf "$pip"
	before
	apply
	applied "through the link"
	expect "the link" "$(readlink "$pip")" ../../dotfiles/pip.conf
	and_back
}
a_link_into_a_package_store() {
	mkdir -p "$root/nix/store/abc"
	printf '{}\n' >"$root/nix/store/abc/daemon.json"
	ln -sf /nix/store/abc/daemon.json "$docker"
	mount --bind "$root/nix/store" "$root/nix/store"
	mount -o remount,bind,ro "$root/nix/store"
	refused "a package store" 77 "change the declaration"
	umount "$root/nix/store"
}
a_dangling_link() {
	ln -sf ../../nowhere/pip.conf "$pip"
	refused "a dangling link" 78 "$home/nowhere"
}
links_in_a_circle_or_too_many() {
	ln -sf pip.conf "$pip"
	refused "a circle" 78 "circle"
	rm "$pip"
	for i in $(seq 45); do ln -s "l$((i + 1))" "$root/etc/docker/l$i"; done
	mv "$docker" "$root/etc/docker/l46"
	ln -s l1 "$docker"
	refused "46 links" 78 "daemon.json"
}
a_file_that_is_a_mount_point() {
	cp "$pip" "$W/outside"
	mount --bind "$W/outside" "$pip"
	refused "a mount point" 77 "mount point"
	umount "$pip"
}
# Allowed, and known: who has the file bound elsewhere keeps the old one.
a_file_that_is_bound_elsewhere() {
	: >"$W/view"
	cp "$pip" "$W/old"
	mount --bind "$pip" "$W/view"
	apply
	applied "bound elsewhere"
	cmp "$W/view" "$W/old" || fail "the view changed"
	umount "$W/view"
}
a_directory_in_place_of_the_file() {
	rm "$go"
	mkdir "$go"
	refused "a directory" 78 "not a regular file"
}
fifo_socket_and_device() {
	rm "$go"
	mkfifo "$go"
	refused "a FIFO" 78 "not a regular file"
	rm "$go"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$go"
	refused "a socket" 78 "not a regular file"
	rm "$go"
	mknod "$go" c 1 5
	refused "a device" 78 "not a regular file"
}
a_read_only_file_system() {
	mount --bind "$root/etc" "$root/etc"
	mount -o remount,bind,ro "$root/etc"
	refused "read-only" 77 "Read-only file system"
	if grep -q sudo "$T/err"; then fail "sudo does not help here"; fi
	umount "$root/etc"
}
large() { python3 -c 'import sys; print("{\"x\": \"" + "a" * int(sys.argv[1]) + "\"}")' "$1"; }
a_full_disk() {
	mount -t tmpfs -o size=64k none "$root/etc/docker"
	large 30000 >"$docker"
	head -c 12000 /dev/zero >"$root/etc/docker/fill"
	refused "a full disk" 3 "cannot write the 300"
	umount "$root/etc/docker"
	fresh
	large 30000 >"$docker"
	mkdir -m 700 "$state"
	mount -t tmpfs -o size=8k,mode=700 none "$state"
	refused "a full disk of the journal" 3 "No space left"
	umount "$state"
}
no_inodes_left() {
	mount -t tmpfs -o size=64k,nr_inodes=2 none "$root/etc/docker"
	printf '{}\n' >"$docker"
	refused "no inodes" 3 "temporary file"
	umount "$root/etc/docker"
}
a_file_size_limit() {
	large 30000 >"$docker"
	before
	# In a shell of its own: the limit must not hit the script.
	status=0
	(
		ulimit -f 16
		"$MW_BIN" --root "$root" --profile prod --apply 2>&1 >/dev/null | cat >/dev/null
		exit "${PIPESTATUS[0]}"
	) || status=$?
	expect "a limit, which is not SIGXFSZ" "$status" 3
	unchanged "a limit"
}
fsync_fails() {
	for n in 2 4 6 7 9; do # the journal; the first and the last temp; the first and the last directory
		fresh
		before
		traced -e inject=fsync:error=EIO:when=$n -- --profile prod
		expect "fsync $n" "$status" 3
		unchanged "fsync $n"
	done
}
# The calls that matter are counted from the end: a sanitizer and the linker have their own.
write_and_close_fail() {
	before
	traced -e inject=write:error=EDQUOT:when=5 --
	case $status in
	0) applied "an error that hit something else" ;;
	3 | 74) unchanged "write" ;;
	*) fail "write: $status" ;;
	esac
	fresh
	before
	traced -e trace=openat,close --
	applied "without a fault"
	n=$(awk '/openat.*"\.mw-.*O_CREAT/ { fd = $NF }
		/^close/ { calls++ }
		/^close/ && $0 ~ "close\\(" fd "\\)" { hit = calls; fd = "-" }
		END { print hit }' "$T/trace")
	fresh
	before
	traced -e "inject=close:error=EIO:when=$n" --
	expect "close $n" "$status" 3
	unchanged "close"
}
signals_undo() {
	for row in INT:130:fsync:4 TERM:143:renameat:2 HUP:129:renameat:4 INT:130:fsync:9; do
		IFS=: read -r signal code call n <<<"$row"
		fresh
		before
		traced -e "inject=$call:signal=$signal:when=$n" --
		expect "SIG$signal at $call $n" "$status" "$code"
		unchanged "SIG$signal at $call $n"
	done
}
a_second_signal_leaves_a_journal_at_most() {
	before
	traced -e inject=fsync:signal=INT:when=7+ --
	expect "two signals" "$status" 130
	mw --recover
	expect "the next run" "$status" 0
	unchanged "the next run"
}
the_lock_is_held() {
	mkdir -m 700 "$state"
	exec 9>"$state/lock"
	flock 9
	echo "pid 4711 since yesterday: the other one" >"$state/lock"
	before
	apply
	exec 9>&-
	expect "held" "$status" 75
	says "pid 4711 since yesterday: the other one"
	unchanged "held"
}
several_at_once() {
	for i in 1 2 3; do
		"$MW_BIN" --root "$root" --profile prod --apply >"$T/$i.out" 2>&1 </dev/null &
		pids[$i]=$!
	done
	for i in 1 2 3; do wait "${pids[$i]}" || fail "one of three: $?, $(cat "$T/$i.out")"; done
	mw --history --json
	expect "one of them wrote" "$(jq '.generations | length' "$T/out")" 1
	status=0
	applied "all of it"
}
a_lock_that_a_dead_run_left() {
	mkdir -m 700 "$state"
	echo "pid $$ since yesterday: long dead" >"$state/lock"
	apply
	applied "a stale lock"
}
a_lock_that_is_a_link() {
	mkdir -m 700 "$state"
	echo precious >"$W/victim"
	ln -s "$W/victim" "$state/lock"
	refused "a link" 73 "lock"
	expect "where it leads" "$(cat "$W/victim")" precious
}
a_file_system_that_cannot_lock() {
	before
	traced -e inject=flock:error=ENOLCK --
	expect "ENOLCK" "$status" 75
	says "MIRRORWISE_STATE_DIR"
	unchanged "ENOLCK"
}
# Starts an apply that stops at its N-th fsync: 1 state, 2-3 journal, 4-6 temps, 7-9 renames.
stopped_at() { # N
	rm -f "$T/pid" "$T/trace"
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o "$T/trace" -e trace=fsync \
		-e "inject=fsync:signal=STOP:when=$1" sh -c 'echo $$ >"$0"; exec "$@"' "$T/pid" \
		"$MW_BIN" --root "$root" --profile prod --apply >"$T/out" 2>"$T/err" </dev/null &
	job=$!
	wait_for 10 grep -q "stopped by SIGSTOP" "$T/trace" && return
	kill -KILL "$(cat "$T/pid")" $job 2>/dev/null || true
	fail "it did not stop at fsync $1"
}
goes_on() {
	kill -CONT "$(cat "$T/pid")"
	status=0
	wait $job || status=$?
}
somebody_writes_before_our_rename() {
	before
	for file in "$go" "$docker"; do
		fresh
		stopped_at 6
		echo '{"theirs": true}' >"$file"
		goes_on
		expect "written" "$status" 5
		says "$file: somebody changed it meanwhile; everything is as it was before"
		expect "theirs stays" "$(cat "$file")" '{"theirs": true}'
		tree | diff "$T/before" - | grep '^[<>]' | grep -v "$(basename "$file")" && fail "another file differs"
	done
	fresh
	rm "$docker"
	stopped_at 6
	echo '{}' >"$docker"
	goes_on
	expect "made" "$status" 5
	expect "theirs" "$(cat "$docker")" '{}'
	fresh
	stopped_at 6
	chmod 600 "$docker"
	goes_on
	expect "another mode" "$status" 5
	fresh
	stopped_at 6
	mv "$docker" "$docker.x"
	ln -s daemon.json.x "$docker"
	goes_on
	expect "a link" "$status" 5
	expect "what is behind the link" "$(jq -c . "$docker.x")" '{"debug":false}'
	fresh
	stopped_at 6
	ln "$docker" "$docker.y"
	goes_on
	expect "a second name" "$status" 5
	[ "$docker" -ef "$docker.y" ] || fail "the second name is of another file now"
	if setfattr -n user.theirs -v 1 "$docker" 2>/dev/null; then
		fresh
		stopped_at 6
		setfattr -n user.theirs -v 1 "$docker"
		goes_on
		expect "an attribute" "$status" 5
		expect "it stays" "$(getfattr --only-values -n user.theirs "$docker" 2>/dev/null)" 1
	fi
	if setfacl -m u:65534:r "$docker" 2>/dev/null; then
		fresh
		stopped_at 6
		setfacl -m u:65534:r "$docker"
		goes_on
		expect "an access list" "$status" 5
		getfacl -cn "$docker" 2>/dev/null | grep -qx "user:65534:r--" || fail "the access list is lost"
	fi
	# What cannot be read as a file is somebody's, too; the others go back, and it is told as it is.
	for kind in fifo folder dangling; do
		for file in "$go" "$pip" "$docker"; do
			fresh
			stopped_at 6
			rm "$file"
			case $kind in
			fifo) mkfifo "$file" ;;
			folder) mkdir "$file" ;;
			dangling) ln -s nowhere "$file" ;;
			esac
			goes_on
			expect "a $kind in the place of $(basename "$file")" "$status" 5
			[ ! -e "$state/journal" ] || fail "a $kind: a journal is left"
			rm -r "$file"
			mw --profile prod --diff
			expect "and without it all goes on" "$status" 2
		done
	done
}
somebody_writes_over_ours() {
	cp "$go" "$W/old"
	stopped_at 9
	echo GOPROXY=off >"$go"
	goes_on
	expect "over ours" "$status" 5
	says "that stays, everything else is as it was before"
	says "generation 1"
	expect "theirs stays" "$(cat "$go")" GOPROXY=off
	grep -q index-url "$pip" && fail "pip.conf is not undone"
	[ ! -e "$state/journal" ] || fail "a journal is left"
	mw --rollback
	expect "what was there comes back" "$status" 0
	cmp "$go" "$W/old" || fail "not what was there"
}
edited_since_the_last_apply() {
	apply
	sed -i 's/^index-url.*/index-url = https:\/\/drift.example\/simple/' "$pip"
	refused "edited" 5 "--force"
	apply --force
	applied "forced"
	and_back
}
another_owner() {
	chown 1234:4321 "$go" "$docker"
	chmod 640 "$docker"
	before
	apply
	applied "another owner"
	expect "owner and mode" "$(stat -c %u:%g:%a "$go" "$docker" | xargs)" "1234:4321:644 1234:4321:640"
	and_back
}
a_directory_without_write_permission() {
	as_nobody
	chmod 555 "$home/.config/pip"
	refused "the user's own" 77 "Permission denied"
	if grep -q sudo "$T/err"; then fail "sudo does not help: it writes as the user"; fi
	says "--skip pip"
	mw --profile prod --diff
	expect "looking is allowed" "$status" 2
	if grep -q sudo "$T/err"; then fail "nor in --diff"; fi
	chmod 755 "$home/.config/pip"
	chown -R 0:0 "$root/etc"
	refused "the system's" 77 "Permission denied"
	says "sudo"
	says "--skip docker"
	chown 65534 "$root/etc/docker"
	refused "root's file in our directory" 77 "belongs to user 0"
}
a_sticky_directory() {
	as_nobody
	chown 0:0 "$root/etc/docker" "$docker"
	chmod 1777 "$root/etc/docker"
	refused "sticky" 77 "sticky"
}
immutable_and_append_only() {
	for flag in i a; do
		chattr +$flag "$docker"
		refused "+$flag" 77 "chattr -i -a"
		chattr -$flag "$docker"
	done
	chattr +i "$home/.config/pip"
	refused "the directory" 77 "chattr -i -a"
	chattr -i "$home/.config/pip"
}
acl_and_attributes_are_kept() {
	setfacl -m u:65534:rw "$docker"
	setfacl -d -m u:65534:rw "$home/.config/pip" # would be inherited by a new file
	getfacl -p "$docker" "$pip" >"$T/acl"
	before
	apply
	applied "with an ACL"
	getfacl -p "$docker" "$pip" | diff "$T/acl" - || fail "the ACL differs"
	and_back
	getfacl -p "$docker" "$pip" | diff "$T/acl" - || fail "the ACL differs after the rollback"
}
attributes_that_cannot_be_kept() {
	setfattr -n user.note -v hello "$docker"
	before
	apply
	applied "with an attribute"
	expect "the attribute" "$(getfattr --only-values -n user.note --absolute-names "$docker")" hello
	and_back
	rm -r "$state"
	traced -e inject=fsetxattr:error=EOPNOTSUPP --
	expect "not supported" "$status" 3
	says "cannot keep user.note"
	unchanged "not supported"
	traced -e inject=fsetxattr:retval=0 --
	expect "a file system that forgets" "$status" 77
	unchanged "a file system that forgets"
}
hard_links() {
	ln "$docker" "$root/other"
	refused "two names" 77 "2 names"
}
any_umask() {
	for mask in 077:600 002:664 000:666; do
		fresh
		chmod 664 "$go"
		chmod 600 "$pip"
		rm "$docker"
		modes=$(stat -c %a "$go" "$pip" "$root/etc/docker" | xargs)
		umask "${mask%:*}"
		apply
		applied "umask $mask"
		expect "umask $mask: what was there" "$(stat -c %a "$go" "$pip" "$root/etc/docker" | xargs)" "$modes"
		expect "umask $mask: what is new" "$(stat -c %a "$docker")" "${mask#*:}"
		expect "umask $mask: ours" "$(stat -c %a "$state" "$state/audit.jsonl" | xargs)" "700 600"
		mw --profile prod --diff
		expect "umask $mask: nothing more to do" "$status" 0
		umask 022
	done
}
a_name_of_250_bytes() {
	go=$home/.config/go/$(printf 'x%.0s' $(seq 250))
	export GOENV=$go
	before
	apply
	applied "a long name"
	and_back
}
missing_parents_come_and_go() {
	rm -r "$home/.config" "$root/etc/docker"
	before
	apply
	applied "without parents"
	and_back
	apply
	touch "$home/.config/pip/keep"
	mw --rollback
	expect "only empty ones go" "$(cd "$home" && find . -mindepth 1 | sort | xargs)" \
		"./.config ./.config/pip ./.config/pip/keep"
}
a_parent_vanishes() {
	for n in 3 6; do # before its temp is made, and after
		fresh
		stopped_at $n
		rm -r "$home/.config/pip"
		before
		rm -f "$T/temps"
		goes_on
		expect "vanished at $n" "$status" 5
		says "meanwhile"
		grep -q GOPROXY "$go" && fail "the env file is not undone"
		find "$home" "$root" -name '.mw-*' | grep . && fail "a temporary file is left"
		[ ! -e "$home/.config/pip" ] || fail "the directory came back"
	done
}
# What pip itself cannot read is not touched, and its own complaint is quoted with the place.
broken_pip_conf() {
	while IFS='|' read -r what text place words; do
		fresh
		printf "$text" >"$pip"
		refused "$what" 78 "pip.conf:$place"
		says "$words"
	done <<'ROWS'
an option twice|[global]\ntimeout = 5\ntimeout = 6\n|3:1|option already exists
a section twice|[global]\na = 5\n[global]\nb = 6\n|3:1|section already exists
a byte order mark|\xef\xbb\xbf[global]\n|1:1|no section headers
no section|timeout = 5\n|1:1|no section headers
an open bracket|[global\ntimeout = 5\n|1:1|no section headers
not UTF-8|[global]\ntimeout = \xff\n|2:11|invalid utf-8
neither|[global]\ntimeout\n|2:1|parsing errors
ROWS
}
# Go ignores what it does not understand: so do we, and say it.
odd_env_file() {
	while IFS='|' read -r what text kept words; do
		fresh
		printf "$text" >"$go"
		before
		apply
		applied "$what"
		[ "$(grep -c '^GOPROXY=https://goproxy.cn' "$go")" = 1 ] || fail "$what: not written once"
		grep -qF -- "$(printf "$kept")" "$go" || fail "$what: '$kept' is gone"
		tr -s ' \n' ' ' <"$T/out" | grep -qF -- "$words" || fail "$what: it does not say '$words'"
		and_back
	done <<'ROWS'
Windows lines|GOPROXY=https://a.example\r\nGOFLAGS=-x\r\n|GOFLAGS=-x\r|
a byte order mark|\xef\xbb\xbfGOPROXY=x\nGOFLAGS=-x\n|\xef\xbb\xbfGOPROXY=x|its first line is ignored
quotes|GOPROXY="x"\nGOFLAGS="-x"\n|GOFLAGS="-x"|starts with a quote
blanks| GOPROXY=x\nGOPROXY =x\n| GOPROXY=x|this line is ignored
twice|GOPROXY=x\n# c\nGOPROXY=y\n|# c|is set again on line 3
no line break at the end|# c\nGOFLAGS=-x|GOFLAGS=-x|
ROWS
}
broken_daemon_json() {
	while IFS='|' read -r what text place; do
		fresh
		printf "$text" >"$docker"
		refused "$what" 78 "daemon.json:$place"
	done <<'ROWS'
a comment|{\n // x\n "debug": false}\n|2:2: a comment
a comment of a shell|# x\n{}\n|1:1: a comment
a trailing comma|{"debug": false,}\n|1:16: a comma before }
two documents|{}\n{}\n|2:1: a second value
an array|[]|1:1: the text is not an object
a byte order mark|\xef\xbb\xbf{}|1:1: a byte order mark
not UTF-8|{"debug": "\xff"}|1:12: a byte that is not UTF-8
a leading zero|{"x": 01}|1:7: a number
a line break in a string|{"x": "a\nb"}|1:9: a control character
cut off|{"x": "a|1:7: a string that is never closed
ROWS
	fresh
	python3 -c 'print("{\"x\": " + "[" * 10000 + "]" * 10000 + "}")' >"$docker"
	refused "depth 10 000" 78 "nested more than 64 deep"
	fresh
	head -c 20000000 /dev/zero | tr '\0' ' ' >"$docker"
	refused "20 MB" 78 "larger than"
}
# What dockerd loads is edited, and nothing else in it changes.
odd_daemon_json() {
	while IFS='|' read -r what text rest; do
		fresh
		printf "$text" >"$docker"
		before
		apply
		applied "$what"
		expect "$what: the rest" "$(jq -c 'del(.["registry-mirrors"])' "$docker")" "$rest"
		and_back
	done <<'ROWS'
an empty file||{}
blanks| \n\n|{}
another type for our key|{"registry-mirrors": "x", "a": 1}|{"a":1}
our key twice|{"registry-mirrors": [], "registry-mirrors": ["https://x.example"]}|{}
ROWS
	fresh
	printf '{"x": 1e400, "y": 9007199254740993, "z": "a\\u0000b"}' >"$docker"
	apply
	applied "numbers that no double holds"
	grep -qF '{"x": 1e400, "y": 9007199254740993, "z": "a\u0000b", "reg' "$docker" || fail "they differ"
	fresh
	large 10485760 >"$docker"
	apply
	applied "10 MiB"
	expect "10 MiB: the rest" "$(jq '.x | length' "$docker")" 10485760
}
the_flag_of_a_drop_in() {
	mkdir -p "$root/etc/systemd/system/docker.service.d" "$root/lib/systemd/system"
	printf '[Service]\nExecStart=/usr/bin/dockerd -H fd://\n' >"$root/lib/systemd/system/docker.service"
	drop_in=$root/etc/systemd/system/docker.service.d/10-mirror.conf
	printf '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd --registry-mirror=https://x.example\n' \
		>"$drop_in"
	refused "the same as a flag" 5 "$drop_in:3"
}
something_else_wins() {
	while IFS='|' read -r variable words; do
		fresh
		export "${variable?}"
		apply
		unset "${variable%%=*}"
		expect "$variable" "$status" 6
		says "not effective"
		says "$words"
	done <<'ROWS'
GOPROXY=off|environment variable GOPROXY wins
PIP_INDEX_URL=https://x.example|environment variable PIP_INDEX_URL wins
GOENV=off|GOENV=off
PIP_CONFIG_FILE=/dev/null|PIP_CONFIG_FILE=/dev/null
XDG_CONFIG_HOME=relative|a relative path
ROWS
	fresh
	printf '[install]\nindex-url = https://x.example/simple\n' >>"$pip"
	apply
	expect "another section" "$status" 6
	says "pip.conf:6 [install] index-url wins"
}
# No byte of it may reach the terminal.
harmless() { # WHAT
	grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xaa-\xae]' "$T/out" "$T/err" &&
		fail "$1: it passes $(cat -v "$T/out" "$T/err" | head -5)"
	return 0
}
hostile_strings() {
	local evil=$'\e]52;c;eA==\a\e[2J\r\u202e\u200b'
	local LC_ALL=C # bytes
	printf '[profile]\nname = x\nsummary = %s\n' "$evil" >evil.ini
	mw --profile ./evil.ini --diff
	expect "a profile" "$status" 65
	harmless "a profile"
	printf '[go]\nGOFLAGS = %s\n' "$(head -c 1048576 /dev/zero | tr '\0' x)" >evil.ini
	mw --profile ./evil.ini --diff
	expect "a profile of 1 MiB" "$status" 65
	for words in "--profile $evil" "--set go.GOFLAGS=$evil --profile prod" "--set go.$evil=x" \
		"--mirror go=$evil --profile prod" "--$evil"; do
		IFS=' ' read -r -d '' -a words <<<"$words" || true
		mw "${words[@]%$'\n'}" --diff
		case $status in 64 | 65) ;; *) fail "the command line: $status" ;; esac
		harmless "the command line"
	done
	printf '{"tool":"go","mirrors":[{"id":"x","name":"%s","operator":"%s","url":"%s","status":"active"}]}' \
		'\u001b[2J' '\u202e' https://x.example >evil.json
	mw --catalog evil.json --list mirrors
	harmless "a catalogue"
	printf 'GOFLAGS=%s\xff\n' "$evil" >>"$go"
	printf 'x = \u202e\u200b\e[2J\n' >>"$pip"
	for action in "--diff" "--diff --json" "--show go.GOFLAGS" "--doctor --no-network" "--apply" \
		"--apply --json"; do
		# shellcheck disable=SC2086
		mw --profile prod $action
		harmless "a file, $action"
		case $action in *json) jq -e .schema_version "$T/out" >/dev/null || fail "no JSON" ;; esac
	done
	fresh
	export HOME=$W/$'ho\e[2J\u202eme\nx'
	mkdir "$HOME"
	for action in "--profile prod --apply" "--history" "--history --json" "--rollback"; do
		# shellcheck disable=SC2086
		GOPROXY=$evil mw $action
		harmless "a path, $action"
	done
	expect "it was such a path" "$(jq '.generations | length' <(mw --history --json; cat "$T/out"))" 2
}
closed_descriptors() {
	for closed in 0 1 2 012; do
		fresh
		status=0
		(
			case $closed in *0*) exec 0<&- ;; esac
			case $closed in *1*) exec 1>&- ;; *) exec 1>"$T/out" ;; esac
			case $closed in *2*) exec 2>&- ;; *) exec 2>"$T/err" ;; esac
			exec "$MW_BIN" --root "$root" --profile prod --apply
		) || status=$?
		case $closed in
		*1*) expect "closed $closed: the report is lost" "$status" 74 ;;
		*) expect "closed $closed" "$status" 0 ;;
		esac
		status=0
		applied "closed $closed"
	done
}
an_output_that_cannot_be_written() {
	while IFS='|' read -r words code; do
		fresh
		status=0
		# shellcheck disable=SC2086
		"$MW_BIN" --root "$root" $words >/dev/full 2>"$T/err" </dev/null || status=$?
		expect "/dev/full, $words" "$status" 74
		fresh
		status=0
		# shellcheck disable=SC2086
		(
			"$MW_BIN" --root "$root" $words 2>"$T/err" </dev/null | true
			exit "${PIPESTATUS[0]}"
		) || status=$?
		expect "a closed pipe, $words" "$status" "$code"
	done <<'ROWS'
--profile prod --apply|0
--profile prod --diff|2
--profile prod --diff --json|2
--list mirrors|0
--help|0
ROWS
}
no_home() { # nor an entry in the password database
	as_nobody
	chown -R 4711:4711 "$W"
	as=(env -u HOME -u MIRRORWISE_STATE_DIR ASAN_OPTIONS=detect_leaks=0
		setpriv --reuid 4711 --regid 4711 --clear-groups)
	before
	while IFS='|' read -r words code; do
		# shellcheck disable=SC2086
		mw $words
		expect "$words" "$status" "$code"
		[ "$code" = 0 ] || [ "$code" = 2 ] || says "HOME is not set"
	done <<'ROWS'
--profile prod --apply|73
--profile prod --diff|64
--profile prod --diff --only docker|2
--history|0
--recover|73
--show go.GOPROXY|64
ROWS
	unchanged "no home"
}
odd_surroundings() {
	before
	for pair in HOME=relative HOME=/dev/null; do
		(
			export "${pair?}"
			apply
			expect "$pair" "$status" "$([ "$pair" = HOME=relative ] && echo 64 || echo 78)"
		) || exit 1
		unchanged "$pair"
	done
	unset TERM
	apply
	applied "no TERM"
	fresh
	export XDG_CONFIG_HOME=$W/elsewhere
	apply
	expect "XDG_CONFIG_HOME" "$(cd "$XDG_CONFIG_HOME" && find . -type f | sort | xargs)" \
		"./go/env ./pip/pip.conf"
}
a_state_directory_that_will_not_do() {
	mkdir -m 777 "$W/open"
	touch "$W/file"
	ln -s nowhere "$W/dangling"
	while IFS='|' read -r directory code; do
		export MIRRORWISE_STATE_DIR=$directory
		refused "$directory" "$code" "$directory"
	done <<ROWS
/proc/x|73
/dev/null|73
$W/file|73
$W/dangling|73
$W/open|77
ROWS
	mkdir -m 700 "$W/disk"
	ln -s disk "$W/link"
	export MIRRORWISE_STATE_DIR=$W/link
	apply
	applied "a link to a directory"
	[ -d "$W/disk/generations" ] || fail "it is not where the link leads"
}
a_damaged_state() {
	mkdir -m 700 "$state"
	echo garbage >"$state/journal"
	echo garbage >"$state/last-ranking.json"
	apply
	applied "a damaged journal"
	says "damaged"
	expect "it is kept" "$(cat "$state/journal.damaged")" garbage
	echo garbage >"$state/generations/000001"
	apply --set go.GOFLAGS=-v
	expect "a damaged generation" "$status" 0
	says "damaged"
	expect "it is not overwritten" "$(cat "$state/generations/000001")" garbage
	mw --rollback
	expect "the one after it is undone" "$status" 0
	rm -r "$state"
	apply
	applied "without a state"
}

# ---- running them ----------------------------------------------------------------------------

probe() { # is it permitted here?
	fresh
	case $1 in
	-) true ;;
	root) [ "$(id -u)" = 0 ] ;;
	mount) [ "$MW_ISOLATED" -gt 0 ] && mount -t tmpfs none "$W/work" && umount "$W/work" ;;
	nobody) [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --regid 65534 --clear-groups true ;;
	strace) command -v strace && strace -qq -e trace=write -e inject=write:retval=1 true ;;
	chattr) touch "$W/f" && chattr +i "$W/f" && chattr -i "$W/f" ;;
	acl) command -v getfacl && setfacl -m u:65534:rw "$docker" ;;
	xattr) command -v getfattr && setfattr -n user.x -v y "$docker" ;;
	esac >/dev/null 2>&1
}
declare -A can=()
run=0 left_out=0
while IFS='|' read -r number needs row; do
	[ -n "$row" ] || continue
	title="$number ${row//_/ }"
	missing=
	for what in $needs; do
		[ -n "${can[$what]:-}" ] || can[$what]=$(cd / && probe "$what" && echo yes || echo no)
		[ "${can[$what]}" = yes ] || missing="$missing $what"
	done
	if [ -n "$missing" ]; then
		echo "skipped: $title: needs$missing"
		left_out=$((left_out + 1))
		continue
	fi
	fresh
	set +e
	(
		set -e
		"$row"
	)
	status=$?
	set -e
	if [ "$status" != 0 ]; then
		head -5 "$T/out" "$T/err" >&2 || true
		fail "$title"
	fi
	run=$((run + 1))
done <<<"$rows"
fresh
cd /
rm -rf "$W"
echo "$run rows, $left_out left out"
[ "$run" -gt 20 ] || fail "too few rows to mean anything"
expectations=$run
passed
