#!/usr/bin/env bash
# Whether dockerd would start with a daemon.json: the doctor's opinion against the real dockerd's.
# One that takes the file goes on to a containerd that is not there, and is ended then.
# lock: dockerd
# cost: 78
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need root dockerd jq
case "$(dockerd --version)" in *" 20.10."*) ;; *) skip "knows 20.10's answers only" ;; esac
scratch
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
mkdir -p "$HOME" "$T/root/etc/docker"
file="$T/root/etc/docker/daemon.json"

dockerd_says() {
	local status=0
	timeout -s KILL 3 dockerd --config-file "$file" --data-root "$T/data" --exec-root "$T/exec" \
		--pidfile "$T/docker.pid" --host "unix://$T/docker.sock" --bridge none --iptables=false \
		--ip6tables=false --storage-driver vfs --containerd /nonexistent.sock \
		>"$T/dockerd.log" 2>&1 || status=$?
	rm -f "$T/docker.pid"
	case $status in
	137) echo yes ;;
	*) grep -q 'nonexistent.sock' "$T/dockerd.log" && echo yes || echo no ;;
	esac
}
we_say() {
	"$MW_BIN" --doctor --root "$T/root" --only docker --json >"$T/doctor.json" || true
	jq -r '[.checks[] | select(.status == "fail" or .status == "warn")
		| select(.id | test("^docker-(file|keys|values|shadowed)"))
		| select(.id | startswith("docker-keys.ignored.") | not)] | if length > 0 then "no" else "yes" end' \
		"$T/doctor.json"
}

# Left out, because the version of another root is not known: two documents in a row, of which 20.10 reads
# the first and later ones refuse both, and 0 download attempts, which later ones take.
while IFS= read -r text; do
	printf '%b' "$text" >"$file"
	ours=$(we_say)
	theirs=$(dockerd_says)
	expect "would dockerd start with '$text' ($(tail -1 "$T/dockerd.log" | cut -c1-200))" "$ours" "$theirs"
done <<'EOF'
{}
{"registry-mirrors": ["https://a.example"]}
{"registry-mirrors": [], "debug": true, "max-concurrent-downloads": 3}
null
{"registry-mirrors": ["a.example"]}
{"registry-mirrors": ["ftp://a.example"]}
{"registry-mirrors": ["https://a.example?x=1"]}
{"registry-mirrors": ["https://me:pw@a.example"]}
{"registry-mirrors": [""]}
{"registry-mirrors": "https://a.example"}
{"registry-mirrors": ["https://a.example",]}
{"registry-mirrors": ["https://a.example"],}
{// comment\n"debug": true}
# comment\n{}
{"Registry-Mirrors": []}
{"registry-mirror": []}
{"debug": "true"}
{"registry-mirors": []}
{"nosuchkey": 1}
{"max-download-attempts": -1}
{"max-concurrent-downloads": -1}
{"insecure-registries": ["ftp://x"]}
{"insecure-registries": ["registry.example:5000", "10.0.0.0/8"]}
[]
{"debug": true
\xef\xbb\xbf{}
\n
{"debug": true, "debug": false}
EOF
umount -R "$T/data" 2>/dev/null || true

# Every flag of this dockerd is an option that we know, or one that we know to be passed over. With a
# null two of them stop it for what they are.
we_know() {
	case "$1" in
	default-shm-size) echo '{"default-shm-size": "64M"}' >"$file" ;;
	tlsverify) printf '{"tlsverify": true, "tlscert": "%s", "tlskey": "%s"}' /pem /pem >"$file" ;;
	*) jq -n --arg key "$1" '{($key): null}' >"$file" ;;
	esac
	[ "$(we_say)" = yes ]
}
: >"$T/root/pem"
while read -r flag; do
	we_know "$flag" || fail "--$flag is not among the options that we know"
done < <(dockerd --help | grep -oE '^ +(-., +)?--[a-z0-9-]+' | grep -oE '[a-z0-9][a-z0-9-]+$' |
	grep -vE '^(add-runtime|config-file|help|version|validate)$')
passed
