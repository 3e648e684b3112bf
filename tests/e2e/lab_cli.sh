#!/usr/bin/env bash
# Measuring from the command line, among the lab's mirrors: --probe tells the truth, select =
# fastest picks the right mirror at once and remembers why, and nothing bad is ever chosen.
# lock: lab
# cost: 115
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

if [ -z "${LAB_DIR:-}" ]; then
	need jq python3
	exec "$MW_SOURCE/tests/lab/lab.sh" run -- bash "$MW_SOURCE/tests/e2e/lab_cli.sh"
fi
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG|CLICOLOR|NO_COLOR)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 TERM=xterm
mkdir -p "$HOME" "$T/root" "$T/work"
cd "$T/work"
env_file=$HOME/.config/go/env last=$T/state/last-ranking.json

# run NAME ARGS...: status in $status, output in $T/NAME.out and $T/NAME.err, milliseconds in $ms
run() {
	local name=$1 begun
	shift
	begun=$(date +%s%N)
	status=0
	"$MW_BIN" --root "$T/root" "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null || status=$?
	ms=$((($(date +%s%N) - begun) / 1000000))
}
says() { grep -qF -- "$2" "$T/$1" || { cat "$T/$1"; fail "$1 does not say '$2'"; }; }
truth() { grep -P "\t$1\t[^\t]*\$" "$LAB_DIR/truth.tsv"; } # of a catalogue
# Ids of the lab in the order of --probe; the built-in mirrors have no address here.
ranked() { jq -r '.mirrors | map(select(.usable)) | sort_by(.tool, .rank) | .[].id' "$T/$1.out" | xargs; }

# ---- --probe -----------------------------------------------------------------------------------

for tool in go pip docker; do
	run "$tool" --probe --only "$tool" --catalog "$LAB_DIR/$tool.json" --json
	expect "--probe $tool" "$status" 0
	expect "$tool: the order is the truth" "$(ranked "$tool")" \
		"$(truth "$tool.json" | sort -t"$(printf '\t')" -k2 -n | cut -f1 | xargs)"
	truth "$tool.json" | cut -f1,2 | jq -R 'split("\t") | {(.[0]): (.[1] | tonumber * 1000)}' |
		jq -s add >"$T/truth.json"
	jq --slurpfile truth "$T/truth.json" '[.mirrors[] | select(.usable) |
		(.rtt_us - $truth[0][.id] | fabs)] | sort' "$T/$tool.out" >"$T/errors"
	echo "$tool: error of the round trip: median $(jq '.[length / 2 | floor]' "$T/errors") us, worst $(jq last "$T/errors") us; whole table $ms ms"
	expect "$tool: the worst error is below 3 ms" "$(jq 'last < 3000' "$T/errors")" true
	expect "$tool: the built-in ones have no address, and say so" \
		"$(jq '[.mirrors[] | select(.file | startswith("builtin:")) | .class == "dns" and .rank == null and .rtt_us == null and .reason != ""] | all' "$T/$tool.out")" true
done
expect "the ranking is saved" "$(jq -r '[.mirrors[] | select(.usable)][0].id' "$last")" m12.docker
expect "each tool with what was measured of it" "$(jq -r '[.mirrors[].tool] | unique | join(",")' "$last")" docker,go,pip
expect "and when" "$(jq '[.mirrors[] | select(.tool == "go") | .measured_at != null and .network != null] | all' "$last")" true
expect "with its time and network" "$(jq '.measured_at != null and .network != null' "$last")" true

until=$(date -u -d "$(openssl x509 -in "$LAB_DIR/good.crt" -noout -enddate | cut -d= -f2)" +%FT%TZ)
expect "certificates end when they do" "$(jq -r '[.mirrors[] | select(.usable) | .cert_expires] | unique[]' "$T/go.out")" "$until"
expect "the address in use was tried" \
	"$(jq '[.mirrors[] | select(.usable) | .address as $a | .addresses | index($a) != null] | all' "$T/go.out")" true
run expired --probe --only go --catalog "$LAB_DIR/bad-go.json" --json
expect "an expired certificate is said" \
	"$(jq -r '.mirrors[] | select(.id == "bad-expired.go") | "\(.usable) \(.class) \(.reason | test("expired"))"' "$T/expired.out")" "false tls true"

mkfifo "$T/stop"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$MW_SOURCE/tests/support" python3 -c '
import proxies, sys
with proxies.serving(proxies.HttpProxy) as proxy:
    print(proxy.port, flush=True)
    sys.stdin.read()' <"$T/stop" >"$T/port" &
exec 9>"$T/stop"
until [ -s "$T/port" ]; do sleep 0.05; done
https_proxy="http://me:secret@127.0.0.1:$(cat "$T/port")"
export https_proxy
run proxy --probe --only go --catalog "$LAB_DIR/go.json" --samples 1 --json
unset https_proxy
exec 9>&-
expect "a proxy is seen" "$(jq '[.mirrors[] | select(.usable) | .proxied] | all' "$T/proxy.out")" true
expect "and said" "$(jq -r '.warnings[]' "$T/proxy.out" | grep -o 'through the proxy [^:]*:[0-9]*')" \
	"through the proxy 127.0.0.1:$(cat "$T/port")"
expect "but not its password" "$(grep -c secret "$T/proxy.out" "$T/proxy.err" | cut -d: -f2 | xargs)" "0 0"

run table --probe --only go --catalog "$LAB_DIR/go.json" --samples 2
expect "in a pipe" "$status" 0
expect "only the table: no escapes" "$(grep -c "$(printf '\033')" "$T/table.out" || true)" 0
expect "the best one first, with a star" "$(sed -n 2p "$T/table.out" | awk '{print $1, $2, $3}')" "★ 1 m12.go"
expect "two samples each" "$(grep -c ' 2/2  verified$' "$T/table.out")" 12
[ "$(wc -L <"$T/table.out")" -le 80 ] || fail "wider than 80 columns"

run family --probe --only go --catalog "$LAB_DIR/odd-go.json" -6 --json --samples 1
expect "-6 asks nobody over IPv4" "$(jq '[.mirrors[] | select(.usable) | .family == 6] | all' "$T/family.out")" true
expect "-6 finds who is there" "$(ranked family)" "six.go dual.go"

run named --probe --only go --mirror go=https://m15.go.lab --json --samples 1
expect "--mirror measures what no catalogue has" "$(ranked named)" https://m15.go.lab

for tool in go pip docker; do
	run "bad-$tool" --probe --only "$tool" --catalog "$LAB_DIR/bad-$tool.json" --json
	expect "bad $tool: only the honest slow one is usable" "$(ranked "bad-$tool")" "slow.$tool"
	expect "bad $tool: no reason carries an escape" "$(grep -c "$(printf '[\033\302\233]')" "$T/bad-$tool.out" || true)" 0
done

jq '.mirrors |= map(select(.id != "slow.go"))' "$LAB_DIR/bad-go.json" >"$T/worse.json"
run none --probe --only go --catalog "$T/worse.json"
expect "nothing usable" "$status" 69
expect "and the last good ranking stays" "$(jq -r '[.mirrors[] | select(.usable)][0].id' "$last")" slow.docker

# Somebody looks: the table moves in its place, and Ctrl-C ends it with what is known.
cat >"$T/watch.py" <<'PYTHON'
"""watch.py OUTPUT SECONDS COMMAND...: on a terminal of 24 lines; Ctrl-C so many SECONDS after it has
drawn something."""
import fcntl, os, pty, select, signal, struct, sys, termios, time

output, seconds, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execv(command[0], command)
seen, end, is_stopped = b"", None, False
while True:
    if end is None and seen:
        end = time.monotonic() + seconds
    if end is not None and not is_stopped and time.monotonic() > end:
        os.write(fd, b"\x03")
        is_stopped = True
    try:
        if select.select([fd], [], [], 0.05)[0]:
            data = os.read(fd, 65536)
            if not data:
                break
            seen += data
    except OSError:
        break
open(output, "wb").write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
PYTHON
status=0
python3 "$T/watch.py" "$T/live" 60 "$MW_BIN" --probe --only go --catalog "$LAB_DIR/go.json" || status=$?
expect "live" "$status" 0
frames=$(grep -oP "\033\[\d+A" "$T/live" | wc -l)
[ "$frames" -ge 4 ] || fail "live: it was drawn $frames times"
expect "live: never taller than the terminal" "$(grep -oP "\033\[\K\d+(?=A)" "$T/live" | awk '$1 > 23' | wc -l)" 0
status=0
python3 "$T/watch.py" "$T/stopped" 0.7 "$MW_BIN" --probe --samples 100 --catalog "$LAB_DIR/go.json" || status=$?
expect "Ctrl-C" "$status" 130
grep -q 'verified' "$T/stopped" || fail "Ctrl-C: what was known is not shown"

# ---- select = fastest --------------------------------------------------------------------------

cat >team.ini <<'INI'
[profile]
name = team
[policy]
select = fastest
[go]
GOPROXY = @fastest,direct
INI
team() { run "$1" --profile ./team.ini --only go --catalog "$LAB_DIR/race.json" "${@:2}"; }
rm -f "$last"

team diff --diff
echo "select = fastest: plan after $ms ms"
expect "--diff measures" "$status" 2
says diff.out "+GOPROXY=https://best.go.lab,direct"
[ ! -e "$last" ] || fail "--diff wrote something"
[ "$ms" -lt 4500 ] || fail "it waited for the blackhole: $ms ms"

team apply --apply --json
expect "--apply" "$status" 0
expect "the file" "$(cat "$env_file")" "GOPROXY=https://best.go.lab,direct"
expect "the document" "$(jq -r '.mirrors[0] | "\(.id) \(.rtt_us > 11000 and .rtt_us < 15000)"' "$T/apply.out")" "best.go true"
run history --history --json
expect "the generation knows the measurement" \
	"$(jq -r '.generations[0] | "\(.measured_at != null) \(.ranking[0].id) \(.ranking[0].rtt_us > 11000 and .ranking[0].rtt_us < 15000)"' "$T/history.out")" "true best.go true"
expect "so does the audit log" "$(tail -1 "$T/state/audit.jsonl" | jq -r '.measurement.mirrors[0].id')" best.go
team again --apply
expect "again" "$status" 0
says again.out "as team wants them"

team offline --apply --no-network
expect "--no-network goes by the last ranking" "$status" 0
says offline.err "nothing was measured now; the ranking of "
sed -i 's/"network":[^,]*/"network": "elsewhere"/' "$last"
team elsewhere --diff --no-network
says elsewhere.err "on another network"

# A little better is no reason to move; clearly better is.
hold() { # NAME RTT
	echo "GOPROXY=https://m$2.go.lab,direct" >"$env_file"
	run "$1" --profile ./team.ini --only go --catalog "$LAB_DIR/go.json" --diff --force
}
hold near 15
expect "15 ms in use, 12 ms offered" "$status" 0
hold much 40
expect "40 ms in use, 12 ms offered" "$status" 2
says much.out "+GOPROXY=https://m12.go.lab,direct"
rm "$env_file"

run refused --profile ./team.ini --apply --force --catalog "$T/worse.json" --json
expect "all are bad" "$status" 69
[ ! -e "$env_file" ] || fail "all are bad, and it wrote"
expect "all are bad: each has its reason" "$(jq '.mirrors | length > 30 and all(.usable == false and .reason != "")' "$T/refused.out")" true
expect "all are bad: the ranking is not saved" "$(jq -r '.network' "$last")" elsewhere

run forced --profile ./team.ini --apply --force --only go --mirror go=https://m15.go.lab --json
expect "a named mirror is not measured" "$status $(cat "$env_file")" "0 GOPROXY=https://m15.go.lab,direct"
run history --history --json
expect "and no measurement is recorded" "$(jq -r '.generations[0].measured_at' "$T/history.out")" null

rm "$env_file" # what is in use is kept
run dev --profile dev --apply --force --json --catalog "$LAB_DIR/go.json" --catalog "$LAB_DIR/pip.json" --catalog "$LAB_DIR/docker.json"
expect "dev: all three tools, among 36 mirrors and the built-in ones" "$status" 0
echo "dev: three tools applied after $ms ms"
expect "dev: go" "$(cat "$env_file" | grep GOPROXY)" "GOPROXY=https://m12.go.lab|https://m15.go.lab|direct"
expect "dev: pip" "$(grep index-url "$HOME/.config/pip/pip.conf")" "index-url = https://m12.pip.lab/simple"
expect "dev: docker" "$(jq -c '."registry-mirrors"' "$T/root/etc/docker/daemon.json")" '["https://m12.docker.lab","https://m15.docker.lab"]'
# A company's CA that only the profile names.
printf '[profile]\nname = ca\nsummary = The CA of the lab\n[policy]\nselect = fastest\nca-file = %s\n[go]\nGOPROXY = @fastest,direct\n' "$LAB_CA" >ca.ini
saved_ca=$SSL_CERT_FILE
unset SSL_CERT_FILE
run without-ca --profile ./ca.ini --set go.GOPROXY=@fastest --diff --catalog "$LAB_DIR/go.json" --samples 1
expect "the CA of the profile is used" "$status" 2
sed -i '/^ca-file/d' ca.ini
run without-ca --profile ./ca.ini --set go.GOPROXY=@fastest --diff --catalog "$LAB_DIR/go.json" --samples 1
expect "and without it no certificate holds" "$status" 69
export SSL_CERT_FILE=$saved_ca
run stable --profile dev --diff --catalog "$LAB_DIR/go.json" --catalog "$LAB_DIR/pip.json" --catalog "$LAB_DIR/docker.json"
expect "dev: and so it stays" "$status" 0
passed
