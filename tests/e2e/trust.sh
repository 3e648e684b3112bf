#!/usr/bin/env bash
# Whom a run believes: what a stranger's repository, another user and odd files get it to do.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3 timeout
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG|SUDO)[A-Z_]*' || true)
unset SSL_CERT_FILE
chmod 755 "$T"
cp "$MW_BIN" "$T/mirrorwise"
chmod 755 "$T/mirrorwise"
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=1
mkdir -p "$HOME/.config/mirrorwise/profiles" "$T/repo/.mirrorwise" "$T/root" "$T/said"
chmod 777 "$T/said"

# A user who has no rights: as root somebody else, else ourselves.
user=()
[ "$(id -u)" != 0 ] || user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
give() { [ "$(id -u)" != 0 ] || chown -hR 65534:65534 "$@"; }
# try LIMIT NAME WANTED COMMAND...: the exit code, within so many seconds
try() {
	local limit=$1 name=$2 wanted=$3 status=0
	shift 3
	timeout -s KILL "$limit" "$@" >"$T/out" 2>"$T/err" </dev/null || status=$?
	[ "$status" = "$wanted" ] || { cat "$T/err"; fail "$name: exit code $status, wanted $wanted"; }
	expectations=$((expectations + 1))
}
says() { grep -qF -- "$1" "$T/err" || { cat "$T/err"; fail "does not say '$1'"; }; }

# ---- a repository that runs, sends, links ------------------------------------------------------
cd "$T/repo"
cat >.mirrorwise/dev.ini <<-INI
	[profile]
	name = dev
	[check.x]
	command = /usr/bin/touch $T/said/dev
INI
sed 's/dev/theirs/' .mirrorwise/dev.ini >.mirrorwise/theirs.ini
printf '[profile]\nname = linked\n[check.x]\ncommand = /usr/bin/touch %s/said/linked\n' "$T" >"$HOME/notes.txt"
ln -s "$HOME/notes.txt" .mirrorwise/linked.ini
give "$T/home" "$T/repo" "$T/state" 2>/dev/null || give "$T/home" "$T/repo"
mkdir -p "$T/state"
give "$T/state"
for profile in theirs linked; do
	try 20 "the checklist of $profile" 76 "${user[@]}" "$T/mirrorwise" -p $profile --checklist --no-network
	says "mirrorwise --trust"
done
"${user[@]}" timeout 60 "$T/mirrorwise" --checklist --no-network >/dev/null 2>&1 </dev/null || true
expect "nothing of it has run" "$(ls "$T/said")" ""
mkdir -p "$T/lists/.mirrorwise"
printf '%s\n' '[profile]' 'name = lists' '[pip]' 'global.extra-index-url += https://more.example/simple' \
	'global.find-links -= https://less.example/' >"$T/lists/.mirrorwise/lists.ini"
"$T/mirrorwise" --trust "$T/lists" >"$T/out" 2>&1 </dev/null || true
for line in 'global.extra-index-url += https://more.example/simple' 'global.find-links -= https://less.example/'; do
	expect "--trust shows $line" "$(grep -cF "pip.$line" "$T/out")" 1
done

python3 - "$T/port" "$T/heard" <<'PY' &
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[2], "a") as log:
            log.write(self.path + "\n")
        self.send_error(404)
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1], "w") as port:
    port.write(str(server.server_port))
server.serve_forever()
PY
_pids+=($!)
wait_for 10 test -s "$T/port"
echo tokenfile.example >"$HOME/.token"
cat >.mirrorwise/sends.ini <<-INI
	[profile]
	name = sends
	[policy]
	require = none
	select = fastest
	[go]
	GOPROXY = http://127.0.0.1:$(cat "$T/port")/\${file:~/.token}/\${env:DEPLOY},@fastest
INI
give "$HOME/.token" .mirrorwise/sends.ini
# It does not make anybody measure what he has, either.
printf '[profile]\nname = measures\n[policy]\nselect = fastest\nrequire = none\n[go]\nGOPROXY = @fastest\n' >.mirrorwise/measures.ini
printf '{"tool":"go","mirrors":[{"id":"local","url":"http://127.0.0.1:%s"}]}' "$(cat "$T/port")" >"$T/local.json"
chmod 644 "$T/local.json"
for args in --diff --checklist --apply "--show go.GOPROXY" --probe; do
	# shellcheck disable=SC2086 # one or two words
	"${user[@]}" timeout 60 "$T/mirrorwise" -p measures $args --root "$T/root" --timeout 300 --catalog "$T/local.json" >"$T/out" 2>&1 </dev/null || true
done
expect "nothing was measured" "$(cat "$T/heard" 2>/dev/null)" ""
export DEPLOY=tokenenv.example
for args in --diff --checklist --apply "--show go.GOPROXY" --probe; do
	# shellcheck disable=SC2086 # one or two words
	"${user[@]}" timeout 60 "$T/mirrorwise" -p sends $args --root "$T/root" --timeout 300 >"$T/out" 2>&1 </dev/null || true
	grep -q 'tokenfile\|tokenenv' "$T/out" && fail "$args shows what it reads: $(cat "$T/out")"
done
expect "nobody was asked" "$(cat "$T/heard" 2>/dev/null)" ""

# Trusted, it runs; with other bytes it does not.
try 20 "trust" 0 "${user[@]}" "$T/mirrorwise" --trust .mirrorwise/theirs.ini --yes
"${user[@]}" timeout 60 "$T/mirrorwise" -p theirs --checklist --no-network >/dev/null 2>&1 </dev/null || true
expect "trusted" "$(ls "$T/said")" "theirs"
rm -f "$T/said/theirs"
echo '# more' >>.mirrorwise/theirs.ini
try 20 "other bytes" 76 "${user[@]}" "$T/mirrorwise" -p theirs --checklist --no-network
expect "not again" "$(ls "$T/said")" ""
expect "its store is private" "$(stat -c %a "$T/state/trust.json")" "600"

# However a command comes to a file of the repository: other bytes are not run.
mkdir -p "$T/way/.mirrorwise/lib" "$T/way/tools"
cd "$T/way"
reach() { # NAME FILE COMMAND: the command runs FILE, which changes
	mkdir -p "$(dirname "$2")"
	printf ':\n' >"$2"
	chmod 755 "$2"
	printf '[profile]\nname = %s\n[check.x]\ncommand = %s\n' "$1" "$3" >".mirrorwise/$1.ini"
	give "$T/way"
	try 20 "$1: trust" 0 "${user[@]}" "$T/mirrorwise" --trust ".mirrorwise/$1.ini" --yes
	"${user[@]}" timeout 20 "$T/mirrorwise" -p "$1" --checklist --no-network -o go >"$T/out" 2>"$T/err" </dev/null || true
	grep -q "stranger" "$T/err" && fail "$1: trusted as it is, and a stranger's: $(cat "$T/err")"
	printf 'touch %s/said/%s\n' "$T" "$1" >"$2"
	try 20 "$1: other bytes" 76 "${user[@]}" "$T/mirrorwise" -p "$1" --checklist --no-network -o go
	expect "$1: not run" "$(ls "$T/said")" ""
	rm -r "$2" ".mirrorwise/$1.ini"
}
reach blanks "tools/a b.sh" "sh '$T/way/tools/a b.sh'"
reach from-root tools/x.sh "sh ${T#/}/way/tools/x.sh"
reach shell tools/x.sh "sh -c \"cd $T/way && . ./tools/x.sh\""
reach computed tools/x.sh "sh -c \". \$HOME/../way/tools/x.sh\""
reach pattern tools/x.sh "\"sh -c 'for f in $T/wa[y]/tools/*.sh; do . \$f; done'\""
reach env-C tools/x.sh "env -C $T/way sh tools/x.sh"
reach env-path tools/x "env PATH=$T/way/tools:$PATH x"
reach option tools/x.sh "sh --rcfile=$T/way/tools/x.sh $T/way/tools/x.sh"
reach search tools/x.sh "find $T/way -name x.sh -exec sh {} +"
reach folder tools/Makefile "make -C $T/way/tools"
reach around tools/x.sh "env -C ${T} sh way/tools/x.sh"
reach beside .mirrorwise/x.sh "./x.sh"
printf '. "%s/way/.mirrorwise/lib/y.sh"\n' "$T" >.mirrorwise/main.sh
chmod 755 .mirrorwise/main.sh
reach in-turn .mirrorwise/lib/y.sh "sh ./main.sh"
reach in-turn2 .mirrorwise/lib/y.sh "./main.sh"
ln -s x.sh tools/link.sh
reach link tools/x.sh "sh $T/way/tools/link.sh"
# What it reads, and a file more.
printf 'a.example\n' >tools/private
printf '[profile]\nname = reads\n[go]\nGOPRIVATE = ${file:../tools/private}\n' >.mirrorwise/reads.ini
give "$T/way"
try 20 "reads: trust" 0 "${user[@]}" "$T/mirrorwise" --trust .mirrorwise/reads.ini --yes
printf 'b.example\n' >tools/private
try 20 "what it reads has changed" 76 "${user[@]}" "$T/mirrorwise" -p reads --apply -o go --root "$T/root"
try 20 "reads: trust again" 0 "${user[@]}" "$T/mirrorwise" --trust .mirrorwise/reads.ini --yes
grep -qF "tools/private has other bytes now" "$T/out" || fail "does not say what has changed: $(cat "$T/out")"
touch .mirrorwise/more
try 20 "a file more" 76 "${user[@]}" "$T/mirrorwise" -p reads --apply -o go --root "$T/root"
give "$T/way"
try 20 "reads: with it" 0 "${user[@]}" "$T/mirrorwise" --trust .mirrorwise/reads.ini --yes
rm .mirrorwise/more
try 20 "a file less" 76 "${user[@]}" "$T/mirrorwise" -p reads --apply -o go --root "$T/root"
# A store that others could have written is nobody's word.
printf '[profile]\nname = kept\n' >.mirrorwise/kept.ini
try 20 "kept: trust" 0 "${user[@]}" "$T/mirrorwise" --trust .mirrorwise/kept.ini --yes
try 20 "kept" 0 "${user[@]}" "$T/mirrorwise" -p kept --diff -o go
chmod 666 "$T/state/trust.json"
"${user[@]}" "$T/mirrorwise" -p kept --diff -o go >/dev/null 2>"$T/err" </dev/null || true
says "is a stranger's profile"
chmod 600 "$T/state/trust.json"
rm .mirrorwise/kept.ini
# Nothing of the repository is behind plain words: its files may change.
printf '[profile]\nname = plain\n[check.x]\ncommand = sh --version 4.2 https://vpn.example/a?b /etc/passwd /nowhere/x\n' >.mirrorwise/plain.ini
try 20 "plain: trust" 0 "${user[@]}" "$T/mirrorwise" --trust .mirrorwise/plain.ini --yes
echo more >>tools/private
"${user[@]}" timeout 20 "$T/mirrorwise" -p plain --checklist --no-network -o go >"$T/out" 2>"$T/err" </dev/null || true
grep -q stranger "$T/err" && fail "plain words: $(cat "$T/err")"
# What is too much to look at cannot be trusted, and it says so.
printf '[profile]\nname = wide\n[check.x]\ncommand = sh -c "exit 0"\n' >.mirrorwise/wide.ini
mkdir tools/many
for i in $(seq 1001); do : >"tools/many/$i"; done
try 20 "too much" 76 "${user[@]}" "$T/mirrorwise" --trust .mirrorwise/wide.ini --yes
says "than can be looked at"
try 20 "and once" 2 "${user[@]}" "$T/mirrorwise" -p ./.mirrorwise/wide.ini --accept-risk profile-commands --checklist --no-network -o go

# ---- a stranger's profile that cannot be read ---------------------------------------------------
printf '[profile]\nname = broken\n[go]\nGOPROXY = "unfinished\n' >.mirrorwise/broken.ini
broken() { # WANTED ARGUMENTS...
	local wanted=$1
	shift
	try 20 "broken $*" "$wanted" "${user[@]}" "$T/mirrorwise" -p broken --root "$T/root" "$@"
	head -1 "$T/err" | grep -qF "is a stranger's profile" || fail "broken $*: first says $(head -1 "$T/err")"
}
for action in "--checklist --no-network" "--checklist --no-network -q" "--fix all" "--fix all -q"; do
	# shellcheck disable=SC2086 # words
	broken 76 $action
done
for action in --apply --diff "--diff -q" "--show go.GOPROXY" --probe; do
	# shellcheck disable=SC2086
	broken 65 $action
done
"${user[@]}" "$T/mirrorwise" -p broken --diff --json >"$T/out" 2>/dev/null </dev/null || true
grep -q '"trusted":	*false' "$T/out" || fail "broken, as JSON: $(cat "$T/out")"
cd "$T"

# ---- root --------------------------------------------------------------------------------------
if [ "$(id -u)" = 0 ]; then
	mkdir -m 1777 "$T/shared"
	cd /
	printf '[profile]\nname = team\n[go]\nGOFLAGS = -v\n' >"$T/shared/team.ini"
	export MIRRORWISE_STATE_DIR="$T/roots" HOME="$T/root"
	try 20 "root's own" 0 "$T/mirrorwise" -p "$T/shared/team.ini" --apply --root "$T/root" -o go
	rm "$T/shared/team.ini"
	printf '[profile]\nname = team\n[check.x]\ncommand = /usr/bin/touch %s/said/root\n' "$T" |
		"${user[@]}" tee "$T/shared/team.ini" >/dev/null
	try 20 "somebody put another one there" 76 "$T/mirrorwise" --diff --root "$T/root" -o go
	timeout 60 "$T/mirrorwise" --checklist --no-network -o go >/dev/null 2>&1 </dev/null || true
	expect "root does not follow" "$(ls "$T/said")" ""
	rm "$T/shared/team.ini"
	# A hard link to root's own file, and a link of somebody's, in a folder for all.
	printf '[profile]\nname = team\n[go]\nGOFLAGS = -x\n' >"$T/roots.ini"
	ln "$T/roots.ini" "$T/shared/team.ini"
	try 20 "a second name" 76 "$T/mirrorwise" --diff --root "$T/root" -o go
	says "second name"
	rm "$T/shared/team.ini"
	ln -s "$T/roots.ini" "$T/shared/team.ini"
	chown -h 65534 "$T/shared/team.ini"
	try 20 "somebody's link" 77 "$T/mirrorwise" --diff --root "$T/root" -o go
	rm "$T/shared/team.ini"
	# Advice that helps: an owner is not mended by a mode, a folder by no file.
	printf '[profile]\nname = own\n' >"$T/own.ini"
	chown 65534 "$T/own.ini"
	mkdir -p "$HOME/.config/mirrorwise/profiles"
	mv "$T/own.ini" "$HOME/.config/mirrorwise/profiles/own.ini"
	try 20 "an owner" 76 "$T/mirrorwise" -p own --diff --root "$T/root" -o go
	says "chown root $HOME/.config/mirrorwise/profiles/own.ini && chmod go-w"
	eval "$(sed -n 's/.*then run: //p' "$T/err")"
	try 20 "as advised" 0 "$T/mirrorwise" -p own --diff --root "$T/root" -o go
	chown 65534 "$HOME/.config/mirrorwise"
	try 20 "a folder" 76 "$T/mirrorwise" -p own --diff --root "$T/root" -o go
	says "put a copy where only root may write"
	rm -r "$HOME/.config/mirrorwise"
	# Where root keeps its state is nobody else's to choose.
	mkdir "$T/shared/roots"
	chmod 700 "$T/shared/roots"
	mkdir -p "$T/his"
	ln -s "$T/shared/roots" "$T/his/state"
	chown -h 65534 "$T/his" "$T/his/state"
	for state in "$T/his/state" "$T/his/state/below"; do
		MIRRORWISE_STATE_DIR=$state try 20 "state in $state" 77 "$T/mirrorwise" -p prod --apply --root "$T/root" -o go --no-network
		says "somebody else could change the way"
	done
	expect "nothing is written there" "$(ls -A "$T/shared/roots")" ""
	# su -p: root's ids, the user's HOME.
	export HOME="$T/home"
	mkdir -p "$HOME/.config/mirrorwise/profiles"
	printf '[profile]\nname = dev\n[check.x]\ncommand = /usr/bin/touch %s/said/su\n' "$T" >"$HOME/.config/mirrorwise/profiles/dev.ini"
	give "$HOME"
	rm -rf "$T/roots"
	timeout 60 "$T/mirrorwise" --checklist --no-network -o go >/dev/null 2>&1 </dev/null || true
	expect "a foreign HOME" "$(ls "$T/said")" ""
	rm "$HOME/.config/mirrorwise/profiles/dev.ini"
	export MIRRORWISE_STATE_DIR="$T/state"
fi

# ---- a profile inside --root -------------------------------------------------------------------
cd "$T"
export MIRRORWISE_STATE_DIR="$T/trees"
mkdir -p "$T/trees" "$T/root/etc/mirrorwise/profiles" "$T/root/etc/inner"
echo inside.example >"$T/root/etc/inner/token"
echo outside.example >"$T/outside"
ln -s "$T/outside" "$T/root/etc/inner/leak"
ln "$T/outside" "$T/root/etc/inner/hard"
tree() { # TEXT
	printf '[profile]\nname = tree\n[go]\nGOPRIVATE = %s\n' "$1" >"$T/root/etc/mirrorwise/profiles/tree.ini"
}
# shellcheck disable=SC2016 # the profile expands them
for text in '${env:DEPLOY}' '${file:~/.token}' "\${file:$T/outside}" '${file:/etc/inner/leak}' '${file:/etc/inner/hard}' '${file:../../../../outside}'; do
	tree "$text"
	try 20 "a tree wants $text" 65 "$T/mirrorwise" -p tree --root "$T/root" --diff -o go
	grep -q "outside.example\|tokenenv" "$T/out" && fail "$text: $(cat "$T/out")"
done
# shellcheck disable=SC2016
tree '${file:/etc/inner/token}'
try 20 "a tree has its own" 0 "$T/mirrorwise" -p tree --root "$T/root" --apply -o go
expect "of the tree" "$(cat "$HOME/.config/go/env")" "GOPRIVATE=inside.example"

# ---- bounds, special files, signals ------------------------------------------------------------
mkdir -p "$T/big/.mirrorwise"
cd "$T/big"
for i in $(seq 80); do truncate -s 16000000 ".mirrorwise/a$i.ini"; done
bytes=$(python3 - "$T/mirrorwise" <<'PY'
import resource, subprocess, sys
subprocess.run([sys.argv[1], "--history"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
)
[ "$bytes" -lt 200000 ] || fail "--history needs $bytes KiB for files that nobody wants"
try 20 "too many" 0 "$T/mirrorwise" --list profiles
says "only the first 64"
says "larger than 1 MiB"
cd "$T"
mkfifo "$T/fifo" "$HOME/.fifo"
[ "$(id -u)" = 0 ] && chown 0 "$HOME" && chmod -R go-w "$HOME"
mkdir -p "$HOME/.config/mirrorwise/mirrors" "$HOME/.config/mirrorwise/profiles"
[ "$(id -u)" = 0 ] && chown -R 0:0 "$HOME"
printf '[profile]\nname = c\n[policy]\nselect = fastest\nca-file = %s\n[go]\nGOPROXY = @fastest\n' "$T/fifo" >"$T/c.ini"
try 20 "a FIFO as ca-file" 74 "$T/mirrorwise" -p "$T/c.ini" --apply --root "$T/root" -o go
SSL_CERT_FILE="$T/fifo" try 20 "a FIFO as SSL_CERT_FILE" 74 "$T/mirrorwise" --probe -o go --root "$T/root" -p prod
# shellcheck disable=SC2016 # the profile expands it
printf '[profile]\nname = f\n[go]\nGOPRIVATE = ${file:%s}\n[check.f]\nfile = %s\nexpected = x\n' "$T/fifo" "$T/fifo" >"$T/f.ini"
try 20 "a FIFO as \${file:}" 65 "$T/mirrorwise" -p "$T/f.ini" --diff --root "$T/root" -o go
sed -i '/GOPRIVATE/d' "$T/f.ini"
try 60 "a FIFO to be checked" 2 "$T/mirrorwise" -p "$T/f.ini" --checklist --no-network -o go
try 20 "a FIFO as profile" 65 "$T/mirrorwise" -p "$T/fifo" --diff
try 20 "a FIFO as catalogue" 65 "$T/mirrorwise" --list mirrors --catalog "$T/fifo"
mkfifo "$HOME/.config/mirrorwise/profiles/x.ini" "$HOME/.config/mirrorwise/mirrors/x.json"
try 20 "FIFOs in the folders" 0 "$T/mirrorwise" --list profiles
rm "$HOME/.config/mirrorwise/profiles/x.ini" "$HOME/.config/mirrorwise/mirrors/x.json"

# ends SIGNAL CODE COMMAND...: how long it takes to end, in ms
ends() {
	python3 - "$@" <<'PY'
import signal, subprocess, sys, time
sig, code, limit = getattr(signal, sys.argv[1]), int(sys.argv[2]), 0.5
run = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
time.sleep(1)
begun = time.monotonic()
run.send_signal(sig)
_, said = run.communicate(timeout=20)
took = time.monotonic() - begun
if run.returncode != code or took > limit:
    sys.exit(f"exit code {run.returncode} after {took:.2f} s, wanted {code}: {said.decode()[-300:]}")
PY
	expectations=$((expectations + 1))
}
printf '[profile]\nname = slow\n[check.a]\ncommand = /bin/sleep 6\n[check.b]\ncommand = /bin/sleep 6\n' >"$HOME/.config/mirrorwise/profiles/slow.ini"
for pair in "SIGINT 130" "SIGTERM 143" "SIGHUP 129"; do
	# shellcheck disable=SC2086 # two words
	ends $pair "$T/mirrorwise" -p slow --checklist --no-network -o go
done
mkdir -p "$T/trees"
flock "$T/trees/lock" sleep 30 &
_pids+=($!)
sleep 0.2
ends SIGINT 130 "$T/mirrorwise" -p prod --apply --root "$T/root" -o go
passed
