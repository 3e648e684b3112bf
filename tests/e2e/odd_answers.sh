#!/usr/bin/env bash
# What a hostile mirror says in place of HTTP has a sentence of its own, and a run that dies leaves
# no core dump, which would hold its secrets.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3 openssl
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG|SUDO)[A-Z_]*|^(http|https|all)_proxy' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=0
mkdir -p "$HOME" "$T/root"
cd "$T"
cat >serve.py <<'PY'
import socket, ssl, sys, threading
ANSWERS = {
    "old": b"just a text, as of 1991\r\n",
    "mail": b"220 mail.example ESMTP ready\r\n",
    "zero": b"HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n",
    "large": b"HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\nno",
    "teapot": b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n",
    "nothing": b"",
    "file": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    "plain": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "escape": b"HTTP/1.1 403 \x1b[31mNo\r\nServer: \x1b]0;x\x07\r\nContent-Length: 4\r\n\r\n\x1b[2J",
}
listener = socket.create_server(("127.0.0.1", 0))
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
with open(sys.argv[1], "w") as port:
    port.write(str(listener.getsockname()[1]))
def serve(client):
    with client:
        if len(sys.argv) > 2:
            try:
                client = context.wrap_socket(client, server_side=True)
            except OSError:
                return
        request = client.recv(65536).decode(errors="replace")
        client.sendall(ANSWERS.get(request.split("/")[1] if "/" in request else "", b""))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
PY
background "$T/log" python3 serve.py "$T/port"
wait_for 10 test -s "$T/port"
sentence() { # NAME [ADDRESS]: of the mirror http://127.0.0.1:PORT/NAME
	printf '{"tool":"go","mirrors":[{"id":"odd","url":"%s/%s"}]}' "${2:-http://127.0.0.1:$(cat port)}" "$1" >one.json
	{ "$MW_BIN" --probe -o go --catalog one.json --samples 1 --timeout 2000 --json --root "$T/root" 2>/dev/null </dev/null || true; } |
		python3 -c 'import json, sys; print(next(m["reason"] for m in json.load(sys.stdin)["mirrors"] if m["id"] == "odd"))'
}
declare -A seen=()
for name in old mail zero large teapot nothing; do
	said=$(sentence "$name")
	[ -n "$said" ] || fail "$name: nothing is said"
	grep -qiE 'unsupported|weird|libcurl|protocol is disabled' <<<"$said" && fail "$name: the library speaks: $said"
	seen[$name]=$said
	expectations=$((expectations + 1))
done
grep -q HTTP <<<"${seen[old]}" || fail "HTTP/0.9: ${seen[old]}"
expect "what is no HTTP is no HTTP" "${seen[mail]}" "${seen[old]}"
grep -q 999 <<<"${seen[large]}" || fail "status 999: ${seen[large]}"
grep -q 418 <<<"${seen[teapot]}" || fail "status 418: ${seen[teapot]}"

# An address with a password is for the tool to send, not for a measurement.
status=0
"$MW_BIN" --probe -o go --mirror "go=http://bob:hunter2222@127.0.0.1:$(cat port)/old" --timeout 500 --root "$T/root" >out 2>&1 </dev/null || status=$?
expect "a password is not sent" "$status" 64
grep -q "holds a secret" out || fail "it does not say why: $(cat out)"
grep -q hunter2222 out && fail "it shows the password"

# The same behind TLS: no certificate, none that is trusted, and with one nothing more than without.
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null
background "$T/log" python3 serve.py "$T/tls" cert.pem key.pem
wait_for 10 test -s "$T/tls"
tells() { # NAME ADDRESS WORDS
	local said
	said=$(sentence "$1" "$2")
	case $said in *"$3"*) ;; *) fail "$1 behind $2: $said" ;; esac
	case $said in *[[:cntrl:]]*) fail "$1: control characters: $said" ;; esac
	expectations=$((expectations + 1))
}
tells teapot "https://127.0.0.1:$(cat port)" "No trusted TLS session"
tells teapot "https://127.0.0.1:$(cat tls)" "No trusted TLS session"
export SSL_CERT_FILE="$T/cert.pem"
tells teapot "https://127.0.0.1:$(cat tls)" "It answers 418"
tells old "https://127.0.0.1:$(cat tls)" "not HTTP"
tells file "https://127.0.0.1:$(cat tls)" "where nobody should follow"
tells plain "https://127.0.0.1:$(cat tls)" "where nobody should follow"
tells escape "https://127.0.0.1:$(cat tls)" "It answers 403"
unset SSL_CERT_FILE

# What fails on the way fails for all of them alike: one sentence, and what helps. That a company
# signs certificates itself is for SSL_CERT_FILE, and for the tool's own setting.
cat >proxy.py <<'PY'
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1], "w") as port:
    port.write(str(listener.getsockname()[1]))
while True:
    client = listener.accept()[0]
    client.recv(65536)
    client.sendall(sys.argv[2].encode() + b"Content-Length: 0\r\nConnection: close\r\n\r\n" if len(sys.argv) > 2 else b"")
    client.close()
PY
cat >two.json <<JSON
{"tool":"go","mirrors":[{"id":"upstream","url":"https://a.example","default":true},{"id":"b","url":"https://b.example"}]}
JSON
for answer in "HTTP/1.1 407 Login" "HTTP/1.1 502 Gone" "" closed; do
	rm -f way
	if [ "$answer" = closed ]; then
		echo 1 >way
	else
		background "$T/log" python3 proxy.py "$T/way" ${answer:+"$answer"$'\r\n'}
		wait_for 10 test -s "$T/way"
	fi
	https_proxy="http://bob:hunter2222@127.0.0.1:$(cat way)"
	export https_proxy
	status=0
	"$MW_BIN" --probe -o go --catalog two.json --samples 1 --timeout 2000 --root "$T/root" >out 2>&1 </dev/null || status=$?
	expect "no mirror behind that proxy" "$status" 69
	expect "$answer: one sentence" "$(grep -c "The proxy" out)" 1
	grep -q "It is the proxy that fails" out || fail "$answer: no way out: $(cat out)"
	grep -q hunter2222 out && fail "it shows the password"
	unset https_proxy
done
for tool in go conda npm; do
	printf '{"tool":"%s","mirrors":[{"id":"ours","url":"https://127.0.0.1:%s/teapot"}]}' "$tool" "$(cat tls)" >ours.json
	HOME=$T/home "$MW_BIN" --checklist -p base -o "$tool" -m "$tool=ours" --catalog ours.json --timeout 2000 >out 2>&1 </dev/null || true
	cp out "out.$tool"
	grep -q "SSL_CERT_FILE=FILE" out || fail "$tool: no way out of a company's certificate: $(cat out)"
done
grep -q "conda reads it from ssl_verify" <<<"$(tr -s ' \n' '  ' <out.conda)" || fail "conda's own setting is not named: $(cat out.conda)"
grep -q "npm reads it from cafile" out || fail "npm's own setting is not named: $(cat out)"

# A date that is over: of every mirror the clock may be wrong, one alone is its own fault.
openssl req -new -key key.pem -subj /CN=localhost 2>/dev/null |
	openssl x509 -req -signkey key.pem -days -1 -extfile <(echo subjectAltName=IP:127.0.0.1) -out late.pem 2>/dev/null
background "$T/log" python3 serve.py "$T/late" late.pem key.pem
wait_for 10 test -s "$T/late"
sed "s/$(cat tls)/$(cat late)/; s/npm/go/" ours.json >late.json
export SSL_CERT_FILE="$T/late.pem"
"$MW_BIN" --probe -o go --catalog late.json --mirror "go=https://127.0.0.1:$(cat late)/teapot" --samples 1 --timeout 2000 --root "$T/root" >out 2>&1 </dev/null || true
grep -q "Is the clock of this machine right?" out || fail "nothing of the clock: $(cat out)"
HOME=$T/home "$MW_BIN" --checklist -p base -o go -m go=ours --catalog late.json --timeout 2000 >out 2>&1 </dev/null || true
grep -q "expired" out || fail "not said to be over: $(cat out)"
grep -q "SSL_CERT_FILE=FILE\|clock" out && fail "advice for another fault: $(cat out)"
unset SSL_CERT_FILE

# SIGQUIT is what dumps core and nobody handles. Somebody else holds the lock meanwhile.
# shellcheck disable=SC2016 # the profile expands it
printf '[profile]\nname = p\n[go]\nGOFLAGS = -tags=${file:%s/secret}\n' "$T" >p.ini
echo SECRETTAG99 >secret
mkdir -p "$T/state"
python3 - "$MW_BIN" "$T" <<'PY'
import fcntl, os, resource, signal, subprocess, sys, time
program, work = sys.argv[1:]
def dumps(argv):
    def unlimited():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    process = subprocess.Popen(argv, preexec_fn=unlimited, cwd=work, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    os.kill(process.pid, signal.SIGQUIT)
    _, status = os.waitpid(process.pid, 0)
    if not os.WIFSIGNALED(status):
        sys.exit(f"{argv[0]} ended before: {status}")
    return os.WCOREDUMP(status)
lock = os.open(f"{work}/state/lock", os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(lock, fcntl.LOCK_EX)
if not dumps(["sleep", "30"]):
    print("no core dumps here")
elif dumps([program, "-p", f"{work}/p.ini", "--apply", "--root", f"{work}/root"]):
    sys.exit("a core dump was written")
PY
expect "no file of it" "$(find "$T" -maxdepth 2 -name 'core*' -exec grep -l SECRETTAG99 {} +)" ""
passed
