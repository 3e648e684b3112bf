#!/usr/bin/env bash
# The one static program for arm64, built by the cross compiler and run by QEMU: no dependency,
# small, it applies and takes back, and measures over TLS.
# lock: static
# label: slow
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
. "$MW_SOURCE/tests/support/static.sh"
need git jq openssl python3 aarch64-linux-gnu-gcc dpkg-source autoreconf libtoolize tic readelf
qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64) || skip "needs qemu-aarch64"
scratch
export HOME=$T/home MIRRORWISE_STATE_DIR=$T/state
mkdir "$HOME"

build_static aarch64
looks_static
expect "for arm64" "$(readelf -h "$program" | grep -c 'Machine: *AArch64')" 1

mirrorwise() { "$qemu" "$program" "$@"; }
expect "version" "$(mirrorwise --version | head -n 1)" "$("$MW_BIN" --version | head -n 1)"
expect "it speaks Chinese" "$(mirrorwise --lang zh_CN --version | grep -c 构建方式)" 1
mirrorwise --profile prod --apply --only go,pip >"$T/apply.txt" 2>&1 || fail "apply: $(cat "$T/apply.txt")"
grep -q '^GOPROXY=https://goproxy.cn' "$HOME/.config/go/env" || fail "go's file: $(cat "$HOME/.config/go/env")"
mirrorwise --rollback >"$T/back.txt" 2>&1 || fail "rollback: $(cat "$T/back.txt")"
expect "nothing of go is left" "$([ -e "$HOME/.config/go/env" ] || echo gone)" gone

serve_tls
expect "TLS 1.3 and a certificate of an address" "$(blames_certificate "$T/cert.pem" mirrorwise)" false
expect "another's certificate" "$(blames_certificate "$T/other.pem" mirrorwise)" true
passed
