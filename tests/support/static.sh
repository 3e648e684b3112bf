# shellcheck shell=bash
# What e2e.static and e2e.static_arm64 share: building the one static program, and a mirror that
# speaks TLS 1.3 with a certificate for its address. Sourced after e2e.sh.

# Sets program. Kept in the build directory, so that the next run builds only what changed.
build_static() { # ARCH
	bash "$MW_SOURCE/assets/packaging/static.sh" "$MW_SOURCE" "$MW_BUILD/static" "$1" "$MW_BUILD/static-dist" >"$T/log" 2>&1 || {
		! grep -qE 'apt knows no|no source of|Could not resolve|Failed to fetch' "$T/log" || skip "the sources cannot be had: $(tail -n 1 "$T/log")"
		fail "$(tail -n 30 "$T/log" | cut -c 1-200)"
	}
	program=$(echo "$MW_BUILD"/static-dist/mirrorwise-*-linux-"$1")
	rm -f "$program".*
}

looks_static() { # of $program
	local size path
	expect "no interpreter, no libraries" "$(readelf -ld "$program" | grep -cE 'INTERP|NEEDED')" 0
	size=$(stat -c %s "$program")
	expect "below 4 MiB: $size" "$([ "$size" -lt 4194304 ] && echo yes)" yes
	for path in "$MW_SOURCE" "$MW_BUILD"; do
		expect "no path of the build" "$(grep -aFc "$path/" "$program")" 0
	done
}

# A mirror on loopback, $T/lab.json; $T/cert.pem is its certificate, $T/other.pem that of another.
serve_tls() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 \
		-keyout "$T/key.pem" -out "$T/cert.pem" 2>/dev/null
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -addext subjectAltName=IP:127.0.0.2 \
		-keyout /dev/null -out "$T/other.pem" 2>/dev/null
	cat >"$T/server.py" <<'PY'
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = b'module rsc.io/quote\n\nrequire rsc.io/sampler v1.3.0\n'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.load_cert_chain(sys.argv[1], sys.argv[2])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
	background "$T/port" python3 "$T/server.py" "$T/cert.pem" "$T/key.pem"
	wait_for 10 test -s "$T/port" || fail "no server"
	printf '{"tool":"go","canary":null,"mirrors":[{"id":"lab","url":"https://127.0.0.1:%s"}]}' "$(head -n 1 "$T/port")" >"$T/lab.json"
}

# The server is none of Go's, so what counts is how far the program came.
blames_certificate() { # CA-FILE COMMAND...
	local bundle=$1
	shift
	SSL_CERT_FILE=$bundle "$@" --probe --only go --catalog "$T/lab.json" -m go=lab --json --timeout 5000 |
		jq -r '.mirrors[] | select(.id == "lab") | .reason | test("certificate")'
}
