#!/usr/bin/env bash
# A ranking remembers on which network it was made: by the link address of the gateway, since
# 192.168.1.1 is everywhere.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need root unshare ip jq python3
if [ "${1:-}" != inside ]; then
	scratch
	unshare -n true 2>/dev/null || skip "needs network namespaces"
	status=0
	MW_T=$T unshare -n bash "$0" inside || status=$?
	exit "$status"
fi
T=$MW_T
trap _clean_up EXIT # what runs in here
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME" "$T/root"
cd "$T"
ip link set lo up
ip link add v0 type veth peer name v1 2>/dev/null || skip "needs veth"
ip addr add 192.168.1.2/24 dev v0
ip link set v0 up
ip link set v1 up
gateway() { # ADDRESS LINK-ADDRESS
	ip route replace default via "$1" dev v0
	ip neigh replace "$1" lladdr "$2" dev v0 nud permanent
}
mkdir here
echo 'module here' >here/go.mod
background "$T/log" python3 -u -m http.server --bind 127.0.0.1 --directory here 8080
wait_for 10 grep -q 8080 "$T/log"
printf '{"tool":"go","mirrors":[{"id":"here","url":"http://127.0.0.1:8080"}],"canary":{"path":"/go.mod","sha256":"%s","bytes":12}}' \
	"$(sha256sum <here/go.mod | cut -d' ' -f1)" >"$T/here.json"
network() {
	"$MW_BIN" --probe -o go --catalog "$T/here.json" --timeout 100 --samples 1 --root "$T/root" >"$T/out" 2>&1 </dev/null || true
	jq -r .network "$T/state/last-ranking.json" || { cat "$T/out" >&2; fail "nothing is kept"; }
}
gateway 192.168.1.1 02:00:00:00:00:01
home=$(network)
expect "the same network" "$(network)" "$home"
gateway 192.168.1.1 02:00:00:00:00:02
cafe=$(network)
[ "$cafe" != "$home" ] || fail "another gateway of the same address counts as the same"
gateway 192.168.1.1 02:00:00:00:00:01
expect "at home again" "$(network)" "$home"
gateway 192.168.1.254 02:00:00:00:00:01
expect "the same gateway under another address" "$(network)" "$home"
ip route add default via 192.168.1.77 dev v0 metric 500
expect "a second way that is not taken" "$(network)" "$home"
ip route flush default
ip route add default dev v0
[ "$(network)" != "$home" ] || fail "a link without a gateway counts as the gateway"
ip route flush default
if ip -6 addr add fd00::2/64 dev v0 nodad 2>/dev/null; then
	ip -6 route add default via fd00::1 dev v0
	ip -6 neigh replace fd00::1 lladdr 02:00:00:00:00:01 dev v0 nud permanent
	expect "the same gateway over IPv6" "$(network)" "$home"
fi

# What was measured elsewhere is said to be.
gateway 192.168.1.1 02:00:00:00:00:01
expect "measured at home" "$(network)" "$home"
gateway 192.168.1.1 02:00:00:00:00:02
diff() { "$MW_BIN" -p dev --diff --no-network -o go --catalog "$T/here.json" --root "$T/root" 2>&1 </dev/null || true; }
there=$(diff)
gateway 192.168.1.1 02:00:00:00:00:01
grep -q "another network" <<<"$there" || fail "does not say that another network was measured: $there"
grep -q "another network" <<<"$(diff)" && fail "says so at home: $(diff)"
passed
