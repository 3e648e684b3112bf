#!/usr/bin/env bash
# An engine that answers on a socket here and runs elsewhere (Docker Desktop in WSL, a socket lent to
# a container): what it uses is in effect, whatever our file says, and nobody is told to install a
# second one.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root jq python3 unshare
if [ -z "${MW_ELSEWHERE_INSIDE:-}" ]; then
	unshare -m true 2>/dev/null || skip "needs mount namespaces"
	MW_ELSEWHERE_INSIDE=1 exec unshare -m --propagation private bash "$0"
fi
pgrep -x dockerd >/dev/null && skip "a dockerd is running here"
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(XDG_|DOCKER_)' || true)
unset MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 DOCKER_HOST="unix://$T/docker.sock"
mkdir -p "$HOME" "$T/over" /etc/docker
mount -t tmpfs none "$T/over"
mount -t tmpfs none /etc/docker
for folder in /usr/local/bin /usr/local/sbin /usr/bin /usr/sbin; do # this machine's own is out of the way
	[ -e "$folder/dockerd" ] || continue
	mkdir -p "$T/over$folder" "$T/over/work$folder"
	mount -t overlay overlay -o "lowerdir=$folder,upperdir=$T/over$folder,workdir=$T/over/work$folder" "$folder" 2>/dev/null ||
		skip "cannot hide dockerd"
	rm "$folder/dockerd"
done
cat >"$T/engine.py" <<'END'
import http.server, json, socketserver, sys
class Engine(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"RegistryConfig": {"Mirrors": ["https://theirs.example/"], "IndexConfigs": {}}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def address_string(self):
        return "client"
socketserver.ThreadingUnixStreamServer(sys.argv[1], Engine).serve_forever()
END
background "$T/engine.log" python3 "$T/engine.py" "$T/docker.sock"
wait_for 30 test -S "$T/docker.sock" || fail "the engine did not start: $(cat "$T/engine.log")"

profile() { printf '[profile]\nname = team\n[docker]\nregistry-mirrors = %s\n' "$1" >"$T/team.ini"; }
mw() { "$MW_BIN" "$@" --only docker --no-network -p "$T/team.ini"; }
item() { jq -r --arg id "$1" --arg key "$2" '.checks[] | select(.id | startswith($id)) | .[$key]' "$T/list.json"; }

profile https://ours.example
set +e
mw --apply >"$T/apply" 2>&1
expect "written and not in effect" $? 6
set -e
grep -q "$T/docker.sock" "$T/apply" || fail "it does not say which engine answers: $(cat "$T/apply")"
grep -q "takes effect when" "$T/apply" && fail "nothing here will start: $(cat "$T/apply")"
mw --checklist --json >"$T/list.json" 2>/dev/null || true
expect "what is in effect" "$(item docker-effective status)" fail
case $(item docker-effective observed) in *theirs.example*) ;; *) fail "$(item docker-effective observed)" ;; esac
expect "the running engine" "$(item docker-live status)" fail
expect "no second engine" "$(item docker-installed status) $(item docker-installed fix)" "skip "

profile https://theirs.example
mw --apply >"$T/apply" 2>&1 || fail "the engine uses it already: $(cat "$T/apply")"
mw --checklist --json >"$T/list.json" 2>/dev/null || true
expect "the engine's own" "$(item docker-effective status) $(item docker-live status)" "pass pass"

# One that takes the question and says nothing keeps nobody waiting who wants to stop.
cat >"$T/silent.py" <<'END'
import signal, socket, subprocess, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(8)
best = None
for _ in range(5):
    run = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    listener.settimeout(30)
    asked, _ = listener.accept()
    begun = time.monotonic()
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=20)
    took = time.monotonic() - begun
    if run.returncode != 130:
        sys.exit(f"{run.returncode} instead of 130: {said.decode()}")
    best = took if best is None else min(best, took)
    asked.close()
    if best < 0.4:
        sys.exit(0)
sys.exit(f"it took {best:.2f} s")
END
profile https://ours.example
export DOCKER_HOST="unix://$T/silent.sock"
for args in --apply --checklist; do
	[ "$args" = --apply ] || profile https://theirs.example
	rm -f "$T/silent.sock"
	cp /etc/docker/daemon.json "$T/before"
	python3 "$T/silent.py" "$T/silent.sock" "$MW_BIN" "$args" -o docker --no-network -p "$T/team.ini" || fail "$args goes on after SIGINT"
	cmp -s /etc/docker/daemon.json "$T/before" || fail "$args was stopped and has written"
done
passed
