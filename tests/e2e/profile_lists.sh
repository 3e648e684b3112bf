#!/usr/bin/env bash
# KEY += ITEM and KEY -= ITEM: one item comes or goes, the others stay, whoever wrote them. And a
# profile with several mistakes tells them all at once.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
pip_conf=$HOME/.config/pip/pip.conf daemon=$T/root/etc/docker/daemon.json
mkdir -p "$HOME/.config/pip" "$T/root/etc/docker" "$T/work"
cd "$T/work"
printf '{\n\t"registry-mirrors": ["https://one.example", "https://two.example"]\n}\n' >"$daemon"
printf '[global]\nextra-index-url =\n    https://mine.example/simple\n' >"$pip_conf"

run() { # NAME ARGS...
	local name=$1
	shift
	set +e
	"$MW_BIN" --root "$T/root" --no-network "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null
	status=$?
	set -e
}
says() { grep -qF -- "$2" "$T/$1" || { cat "$T/$1"; fail "$1 does not say '$2'"; }; }
mirrors() { jq -c '."registry-mirrors"' "$daemon"; }

cat >lists.ini <<'INI'
[policy]
missing = configure
[docker]
registry-mirrors += @daocloud
registry-mirrors += https://two.example/
registry-mirrors -= https://one.example
[pip]
global.extra-index-url += https://wheels.example/simple
INI
run apply --profile ./lists.ini --accept-risk pip-extra-index --apply
expect "apply" "$status" 0
expect "one came, one went, none twice" "$(mirrors)" '["https://two.example","https://docker.m.daocloud.io"]'
expect "pip keeps its own" "$(grep -c 'https://.*.example/simple' "$pip_conf")" 2
run again --profile ./lists.ini --diff
expect "nothing to do" "$status" 0

# Somebody adds one of his own: it is no conflict, and stays.
jq '."registry-mirrors" += ["https://theirs.example"]' "$daemon" >d && cat d >"$daemon"
run theirs --profile ./lists.ini --diff
expect "theirs are theirs" "$status" 0
jq '."registry-mirrors" |= map(select(contains("daocloud") | not))' "$daemon" >d && cat d >"$daemon"
run theirs --profile ./lists.ini --accept-risk pip-extra-index --apply
expect "ours comes back, no conflict" "$status" 0
expect "beside theirs" "$(mirrors)" \
	'["https://two.example","https://theirs.example","https://docker.m.daocloud.io"]'

# On top of a profile that says the whole list.
printf '[profile]\nname = top\nextends = lists\n[docker]\nregistry-mirrors = @1ms\nregistry-mirrors += https://four.example\n' >top.ini
mkdir -p "$HOME/.config/mirrorwise/profiles"
cp lists.ini top.ini "$HOME/.config/mirrorwise/profiles/"
run top --profile top --accept-risk pip-extra-index --apply --force
expect "on top of a whole list" "$status $(mirrors)" '0 ["https://docker.1ms.run","https://four.example"]'
run show --profile top --show docker.mirror
head -n 1 "$T/show.out" | grep -q '^docker.registry-mirrors' || fail "mirror is not the key that it sets: $(cat "$T/show.out")"
run show --profile top --show docker.registry-mirrors
says show.out "overrides"

# A text that is a list: Go's patterns, between commas.
mkdir -p "$HOME/.config/go"
env=$HOME/.config/go/env
printf 'GOPRIVATE=git.mine.example,*.old.example\nGOFLAGS=-mod=mod\n' >"$env"
printf '[policy]\nmissing = configure\n[go]\nGOPRIVATE += git.ours.example,git.more.example\nGOPRIVATE -= *.old.example\nGOFLAGS += -tags=a,b\nGOFLAGS += -trimpath\n[bundler]\nwithout += test:docs\n' >text.ini
run text --profile ./text.ini --apply
expect "a text" "$status" 0
expect "its items" "$(sed -n 's/^GOPRIVATE=//p' "$env")" git.mine.example,git.ours.example,git.more.example
expect "its flags" "$(sed -n 's/^GOFLAGS=//p' "$env")" "-mod=mod -tags=a,b -trimpath"
sed -i 's/^GOPRIVATE=/&git.theirs.example,/' "$env"
run text --profile ./text.ini --diff
expect "what others add to a text is theirs" "$status" 0
# Whatever is odd about theirs is not the profile's doing.
printf 'GOPRIVATE=*\n' >"$env"
run text --profile ./text.ini --apply
expect "theirs stop nothing" "$status $(cat "$env" | head -n 1)" "0 GOPRIVATE=*,git.ours.example,git.more.example"
printf '[go]\nGOPRIVATE += *\n' >bad.ini
run bad --profile ./bad.ini --apply
expect "ours do" "$status" 65
says bad.err go-private-all
printf '[go]\nGOPRIVATE += https://git.example\n' >bad.ini
run bad --profile ./bad.ini --diff
expect "an item that never matches" "$status" 65

printf '[pip]\nglobal.timeout += 3\n' >bad.ini
run bad --profile ./bad.ini --diff
expect "no list" "$status" 65
says bad.err "./bad.ini:2: pip.global.timeout: it is no list"
for wish in 'pip.mirror += @aliyun' 'gradle.maven -= @aliyun'; do
	printf '[%s]\n%s\n' "${wish%%.*}" "${wish#*.}" >bad.ini
	run bad --profile ./bad.ini --diff --only pip,gradle
	expect "$wish" "$status" 65
	says bad.err "./bad.ini:2: ${wish%% *}: it is no list"
done

# ---- on the command line, too -----------------------------------------------------------------------------
printf 'GOPRIVATE=git.theirs.example\n' >"$env"
export TOKEN=hush-hush MIRRORWISE_STATE_DIR="$T/state-set"
while IFS='|' read -r sets code says; do
	# shellcheck disable=SC2086
	run set -p base --diff --only go,pip $sets --accept-risk pip-extra-index
	expect "$sets" "$status" "$code"
	grep -qF -- "$says" "$T/set.out" "$T/set.err" || fail "$sets: '$says' is not said: $(cat "$T"/set.*)"
	! grep -q 'hush-hush\|url-credentials' "$T/set.out" "$T/set.err" || fail "$sets: a secret: $(cat "$T"/set.*)"
done <<'ROWS'
-s go.GOPRIVATE+=git.a.example -s go.GOPRIVATE+=git.b.example|2|+GOPRIVATE=git.theirs.example,git.a.example,git.b.example
-s go.GOPRIVATE-=git.theirs.example|2|-GOPRIVATE=git.theirs.example
-s go.GOPRIVATE=git.a.example -s go.GOPRIVATE+=git.b.example|2|+GOPRIVATE=git.a.example,git.b.example
-s pip.global.extra-index-url+=https://u:${env:TOKEN}@a.example/simple|2|https://u:****@a.example/simple
-s go.GOPRIVATE+=|64|--set: go.GOPRIVATE: no item behind += or -=
-s pip.global.timeout+=3|64|--set: pip.global.timeout: it is no list
-s pip.mirror+=@tuna|64|--set: pip.mirror: it is no list
ROWS

printf '[go]\nGOPROXI = x\n[gop]\n[policy]\nselect = best\nmissing = never\n' >bad.ini
run bad --profile ./bad.ini --diff
expect "all mistakes" "$status" 65
for line in 2 3 5 6; do says bad.err "bad.ini:$line: "; done
passed
