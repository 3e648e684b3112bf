#!/usr/bin/env bash
# The checklist measures, among the lab's mirrors: each chosen one reachable, honest and fresh, the
# checksum database on the way that go takes, both seen good and bad; and the doctor, whom somebody
# waits for, measures only if told to.
# lock: lab
# cost: 250
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

if [ -z "${LAB_DIR:-}" ]; then
	need jq python3
	exec "$MW_SOURCE/tests/lab/lab.sh" run -- bash "$MW_SOURCE/tests/e2e/lab_checklist.sh"
fi
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(PIP_|GO|MIRRORWISE_|XDG_|DOCKER_)' | grep -v '^GOROOT$' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME/.config/go" "$HOME/.config/pip" "$T/etc"
catalogs=()
for name in go pip docker bad-go bad-pip bad-docker odd-pip; do catalogs+=(--catalog "$LAB_DIR/$name.json"); done

# list TOOL VALUE [ARGUMENT...]: the checklist of a profile that wants this one mirror
list() {
	local tool=$1 value=$2
	shift 2
	case $tool in
	go) key=GOPROXY ;;
	pip) key=global.index-url ;;
	docker) key=registry-mirrors ;;
	esac
	printf '[profile]\nname = one\n[policy]\nmax-age = 1d\n[%s]\n%s = %s\n' "$tool" "$key" "$value" >"$T/one.ini"
	begun=$(date +%s%N)
	"$MW_BIN" --checklist -p "$T/one.ini" --only "$tool" "${catalogs[@]}" --json "$@" >"$T/list.json" 2>"$T/err" || true
	ms=$((($(date +%s%N) - begun) / 1000000))
}
item() { jq -r --arg id "$1" '.checks[] | select(.id == $id) | .status + ": " + .observed' "$T/list.json"; }
says() { # ID STATUS TEXT...
	local id=$1 status=$2 said
	shift 2
	said=$(item "$id")
	expect "$id is ${said%%:*} ($said)" "${said%%:*}" "$status"
	for text; do
		case $said in *"$text"*) ;; *) fail "$id does not say '$text': $said" ;; esac
	done
	if [ "$status" = fail ]; then
		jq -e --arg id "$id" '.checks[] | select(.id == $id) | .fix != "" and .why != ""' "$T/list.json" >/dev/null || fail "$id: no remedy"
	fi
}

# ---- each chosen mirror reachable, honest, fresh ------------------------------------------------
for tool in go pip docker; do
	case $tool in pip) path=/simple ;; *) path= ;; esac
	list $tool "https://m12.$tool.lab$path"
	says "$tool-mirrors.m12.$tool" pass "answers in 1" "byte for byte"
	while read -r bad text; do
		list $tool "https://bad-$bad.$tool.lab$path"
		says "$tool-mirrors.bad-$bad.$tool" fail "$text"
		[ "$ms" -lt 20000 ] || fail "bad-$bad: it took $ms ms"
	done <<-'EOF2'
		wrong-hash SHA-256
		lying Its
		403 403
		blackhole keeps
		expired TLS
		html It
	EOF2
done
list go https://bad-dead-dns.go.lab
says go-mirrors.bad-dead-dns.go fail "name cannot be resolved"
list pip https://stale.pip.lab/simple
says pip-mirrors.stale.pip fail "behind"
# Several, and each has its own word.
list docker "https://m12.docker.lab, https://bad-403.docker.lab"
says docker-mirrors.m12.docker pass "answers"
says docker-mirrors.bad-403.docker fail 403
# One that no catalogue knows is measured, but nothing tells whether it is honest.
catalogs=(--catalog "$LAB_DIR/go.json")
list go https://dual.go.lab
says "go-mirrors.https://dual.go.lab" warn "whether it is honest"
catalogs+=(--catalog "$LAB_DIR/bad-go.json")

list go https://m12.go.lab --no-network
says go-mirrors.m12.go skip "--no-network"
says go-sumdb.reachable skip "--no-network"

# ---- the checksum database, on go's way ---------------------------------------------------------
sumdb() { # GOPROXY GOSUMDB
	printf 'GOPROXY=%s\nGOSUMDB=%s\n' "$1" "$2" >"$HOME/.config/go/env"
	list go "$1"
}
here=https://m15.go.lab
sumdb "https://m12.go.lab,direct" sum.golang.org
says go-sumdb.reachable pass "m12.go.lab/sumdb/sum.golang.org, a relay: a signed tree of 6476701 records"
sumdb "https://bad-404.go.lab,$here,direct" sum.golang.org
says go-sumdb.reachable pass "https://bad-404.go.lab answers 404 for it" "$here/sumdb/sum.golang.org"
sumdb "https://bad-403.go.lab,$here,direct" sum.golang.org
says go-sumdb.reachable fail "https://bad-403.go.lab answers 403 for it" "gives up"
sumdb "https://bad-403.go.lab|$here|direct" sum.golang.org
says go-sumdb.reachable pass "$here"
sumdb "https://bad-refuse.go.lab:444,direct" sum.golang.org
says go-sumdb.reachable fail "refuses connections" "gives up"
sumdb "https://bad-404.go.lab,direct" sum.golang.org # and that one is not in the lab
says go-sumdb.reachable fail "go asks https://sum.golang.org: Its name cannot be resolved"
sumdb "https://bad-lying.go.lab,$here,direct" sum.golang.org
says go-sumdb.reachable fail "no tree that sum.golang.org has signed"
sumdb "https://bad-403.go.lab,direct" "sum.golang.org $here"
says go-sumdb.reachable pass "go asks $here: a signed tree"
sumdb "$here,direct" "sum.golang.org https://bad-html.go.lab"
says go-sumdb.reachable fail "https://bad-html.go.lab"
sumdb "$here,direct" off
says go-sumdb fail "GOSUMDB = off"
says go-sumdb.reachable skip "it is off"

# ---- the doctor ---------------------------------------------------------------------------------
printf 'GOPROXY=https://bad-blackhole.go.lab,https://bad-dead-dns.go.lab\n' >"$HOME/.config/go/env"
printf '[global]\nindex-url = https://bad-stall.pip.lab/simple\n' >"$HOME/.config/pip/pip.conf"
catalogs=(--catalog "$LAB_DIR/bad-go.json" --catalog "$LAB_DIR/bad-pip.json")
doctor() {
	begun=$(date +%s%N)
	https_proxy=${proxy:-} "$MW_BIN" --doctor --json "${catalogs[@]}" "$@" >"$T/list.json" 2>"$T/err" || true
	ms=$((($(date +%s%N) - begun) / 1000000))
}
for proxy in '' http://bad-blackhole.go.lab:3128; do
	doctor --only go,pip
	[ "$ms" -lt 8000 ] || fail "the doctor took $ms ms"
	echo "the doctor among dead name servers and blackholes: $ms ms"
	says go-mirrors.bad-blackhole.go skip "--samples"
	says pip-mirrors.bad-stall.pip skip "--samples"
done
proxy=
doctor --only go --samples 1 --timeout 500
says go-mirrors.bad-blackhole.go fail "keeps us waiting"
printf 'GOPROXY=https://slow.go.lab,direct\n' >"$HOME/.config/go/env"
doctor --only go --samples 1
says go-mirrors.slow.go pass "answers in 1"
passed
