#!/usr/bin/env bash
# The one static program: no dependency, an empty root, small, quick, and it measures over TLS with
# certificates of names and of addresses; two builds of it are equal.
# lock: static
# cost: 600
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
. "$MW_SOURCE/tests/support/static.sh"
need root git jq unshare setpriv openssl python3 dpkg-source autoreconf libtoolize tic
[ "$(uname -m)" = x86_64 ] || skip "made for x86_64"
scratch
export HOME=$T/home MIRRORWISE_STATE_DIR=$T/state
mkdir "$HOME"

build_static x86_64
looks_static x86_64

# It mostly waits: musl's resolver gives up late where there is no network.
background "$T/contact.txt" env MW_BIN="$program" bash "$MW_SOURCE/tests/e2e/first_contact.sh"
contact=$!

# Bit for bit: our own code once more, of a tree and in a folder elsewhere. The libraries are those
# of the first build: what of a path gets into them would get into the program, which is looked for.
(
	copy=$T/quite/another/place
	umask 077
	mkdir -p "$copy"
	cd "$MW_SOURCE"
	tar -cf - CMakeLists.txt CMakePresets.json src include profiles assets LICENSE | tar -C "$copy" -xf -
	TZ=Asia/Shanghai LC_ALL=C.UTF-8 bash "$copy/assets/packaging/static.sh" "$copy" "$MW_BUILD/static" x86_64 "$T/dist" "$T/out"
) >"$T/again.txt" 2>&1 || fail "once more: $(tail -n 20 "$T/again.txt")"
cmp "$program" "$T/dist/${program##*/}" || fail "two builds differ"

SOURCE_DATE_EPOCH=0 bash "$MW_SOURCE/assets/packaging/sbom.sh" "$MW_SOURCE" "$MW_BUILD/static-dist" "$MW_BUILD/static"
expect "what is inside" "$(jq -r -f "$MW_SOURCE/tests/support/sbom.jq" "$program.cdx.json")" true
for library in $("$program" --version | sed -n 's/.*static, //p' | tr , '\n' | awk '{print $1 "=" $2}'); do
	expect "${library%=*} in the SBOM" \
		"$(jq -r --arg name "${library%=*}" '.components[] | select(.name == $name) | .version' "$program.cdx.json")" "${library#*=}"
done

# An empty root with only /proc, and with not even that.
mkdir -p "$T/root/proc" "$T/root/home"
cp "$program" "$T/root/mirrorwise"
in_root() { # ARGUMENTS
	unshare -m -p -f --propagation private sh -c 'root=$1; shift
		[ -n "${NOPROC:-}" ] || mount -t proc proc "$root/proc"
		exec env -i HOME=/home TERM=xterm-256color LC_ALL=C.UTF-8 \
			"$(command -v chroot)" "$root" /mirrorwise "$@"' - "$T/root" "$@"
}
expect "version" "$(in_root --version | head -n 1)" "$("$MW_BIN" --version | head -n 1)"
expect "it speaks Chinese" "$(in_root --lang zh_CN --version | grep -c 构建方式)" 1
in_root --profile prod --apply --only go,pip >"$T/apply.txt" 2>&1 || fail "apply: $(cat "$T/apply.txt")"
grep -q '^GOPROXY=https://goproxy.cn' "$T/root/home/.config/go/env" || fail "go's file: $(cat "$T/root/home/.config/go/env")"
in_root --rollback >"$T/back.txt" 2>&1 || fail "rollback: $(cat "$T/back.txt")"
expect "nothing of go is left" "$([ -e "$T/root/home/.config/go/env" ] || echo gone)" gone
status=0
NOPROC=1 in_root --profile prod --diff >"$T/diff.txt" 2>&1 || status=$?
expect "a diff without /proc: $(tail -n 1 "$T/diff.txt")" $status 2

# The lines of README.md: an empty folder, and an account without rights.
line_of() { grep -oE "install -D mirrorwise-[^|]*$1[^|]*" "$MW_SOURCE/README.md" | head -n 1 | tr -d '\140'; }
cd "$(dirname "$program")"
line=$(line_of chroot)
[ -n "$line" ] || fail "README.md has no line for an empty root"
PATH=$PATH:/usr/sbin HOME=/root bash -c "${line//ROOT/$T/bare}" >"$T/bare.txt" 2>&1 || fail "$line: $(cat "$T/bare.txt")"
grep -q 'Applied prod' "$T/bare.txt" || fail "$line: $(cat "$T/bare.txt")"
line=$(line_of .local/bin)
[ -n "$line" ] || fail "README.md has no line for an account without rights"
mkdir -m 755 "$T/ada"
chown 4242:4242 "$T/ada"
chmod 755 "$T"
cp "$program" "$T/"
(cd "$T" && setpriv --reuid=4242 --regid=4242 --clear-groups env -i HOME="$T/ada" PATH=/usr/bin:/bin bash -c "$line") \
	>"$T/ada.txt" 2>&1 || fail "$line: $(cat "$T/ada.txt")"
[ -x "$T/ada/.local/bin/mirrorwise" ] || fail "$line: no program"
grep -q goproxy.cn "$T/ada/.config/go/env" || fail "$line: $(cat "$T/ada.txt")"
cd "$T"
if command -v hyperfine >/dev/null; then
	hyperfine -N --warmup 10 --runs 200 --style none --export-json "$T/start.json" "$program --version" >/dev/null 2>&1
	expect "starts within 1 ms" "$(jq '.results[0].min <= 0.001' "$T/start.json")" true
fi

serve_tls
# A bundle as large as a system's.
{
	cat "$T/cert.pem"
	cat /etc/ssl/certs/ca-certificates.crt 2>/dev/null || true
} >"$T/ca.pem"
expect "TLS 1.3 and a certificate of an address" "$(blames_certificate "$T/ca.pem" "$program")" false
expect "another's certificate" "$(blames_certificate "$T/other.pem" "$program")" true
# Certificates in the usual places of an otherwise empty root.
cp "$T/lab.json" "$T/root/"
root_blames_certificate() { in_root --probe --only go --catalog /lab.json -m go=lab --json --timeout 5000 |
	jq -r '.mirrors[] | select(.id == "lab") | .reason | test("certificate")'; }
expect "without certificates" "$(root_blames_certificate)" true
for place in etc/ssl/certs/ca-certificates.crt etc/pki/tls/certs/ca-bundle.crt etc/ssl/ca-bundle.pem etc/ssl/cert.pem; do
	mkdir -p "$T/root/${place%/*}"
	cp "$T/cert.pem" "$T/root/$place"
	expect "certificates in $place" "$(root_blames_certificate)" false
	rm "$T/root/$place"
done
peak=$(SSL_CERT_FILE=$T/ca.pem python3 - "$program" "$T/lab.json" <<'PY'
import re, subprocess, sys, time
# VmHWM, not ru_maxrss, which counts what the parent had before the exec.
run = subprocess.Popen([sys.argv[1], "--probe", "--only", "go", "--catalog", sys.argv[2], "-m", "go=lab",
                        "--samples", "20", "--json"], stdout=subprocess.DEVNULL)
peak = 0
for _ in range(2000):
    if run.poll() is not None:
        break
    found = re.search(r"Name:\s*mirrorwise.*VmHWM:\s*(\d+)", open("/proc/%d/status" % run.pid).read(), re.S)
    peak = max(peak, int(found.group(1)) if found else 0)
    time.sleep(0.005)
print(peak)
PY
)
wait "$contact" || fail "first contact: $(tail -n 30 "$T/contact.txt")"
expect "measures in 6 MiB: $peak KiB" "$([ "$peak" -gt 1000 ] && [ "$peak" -le 6144 ] && echo yes)" yes
passed
