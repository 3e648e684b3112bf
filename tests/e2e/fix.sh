#!/usr/bin/env bash
# --fix: what the doctor offers to mend is shown, written by the transaction, and undone by --rollback;
# nothing that worked is lost; and a remedy is the same in both languages.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq iconv
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|DOCKER_|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export LC_ALL=C.UTF-8 HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state"
mkdir -p "$HOME/.config/pip" "$HOME/.config/go" "$T/root/etc/docker" "$T/cwd"
cd "$T/cwd"
json="$T/root/etc/docker/daemon.json" pip="$HOME/.config/pip/pip.conf"
mw() { "$MW_BIN" --root "$T/root" --no-network "$@"; }
odd() { { mw --doctor --json || true; } | jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .id' | xargs; }
code() { local status=0; "$@" >"$T/out" 2>"$T/err" || status=$?; echo "$status"; }

# ---- a comma that is missing and one too many, in one file --------------------------------------
printf '{\n  "data-root": "/srv/d"\n  "registry-mirrors": ["https://hub.office.example"],\n}\n' >"$json"
cp "$json" "$T/before"
expect "both are named" "$(odd)" "docker-file.comma.3 docker-file.comma.3.2"
expect "an apply stops at it" "$(code mw --profile prod --apply --only docker)" 78
grep -q -- "--doctor --only docker. says what mends it" "$T/err" || fail "no way on: $(cat "$T/err")"
expect "a look writes nothing" "$(code mw --fix all --diff)" 2
cmp "$json" "$T/before" || fail "--diff wrote"
grep -q '^+  "data-root": "/srv/d",$' "$T/out" || fail "no diff: $(cat "$T/out")"
expect "both are mended" "$(code mw --fix all)" 0
jq -e '."data-root" == "/srv/d"' "$json" >/dev/null || fail "not mended: $(cat "$json")"
expect "nothing is left" "$(odd)" ""
expect "what is not found any more is done" "$(code mw --fix docker-file.comma.3.2)" 0
mw --fix docker-tpyo >"$T/out" 2>&1
grep -q 'under docker-tpyo' "$T/out" || fail "which one it was is not said: $(cat "$T/out")"
expect "back" "$(code mw --rollback)" 0
cmp "$json" "$T/before" || fail "--rollback left: $(cat "$json")"

# ---- names ---------------------------------------------------------------------------------------
expect "the beginning of two" "$(code mw --fix docker-file.comma)" 64
rm "$json"

# ---- of a list, what is over plain http gets its https, and what is dead elsewhere in it stays ----
printf '{"registry-mirrors": ["http://docker.m.daocloud.io", "https://hub.rat.dev", "http://dockerpull.org"]}\n' >"$json"
expect "plain http" "$(code mw --fix docker-risks.docker-http-mirror)" 0
expect "only its own items" "$(jq -c '."registry-mirrors"' "$json")" '["https://docker.m.daocloud.io","https://hub.rat.dev"]'
for id in docker-risks.docker-http-mirror docker-dead-mirror all; do
	printf '{"registry-mirrors": ["http://dockerpull.org", "https://hub.office.example"]}\n' >"$json"
	rm -r "$MIRRORWISE_STATE_DIR"
	expect "a dead one over plain http: $id" "$(code mw --fix "$id")" 0
	expect "$id: the company's stays" "$(jq -c '."registry-mirrors"' "$json")" '["https://hub.office.example"]'
done
rm "$json"

# ---- an option that is there twice, lists with one bad item --------------------------------------
printf '[global]\nindex-url = https://pypi.tuna.tsinghua.edu.cn/simple\nindex-url = https://pypi.douban.com/simple\n' >"$pip"
expect "of two the one that works" "$(code mw --fix pip-file.duplicate)" 0
grep -q '^index-url = https://pypi.tuna' "$pip" && ! grep -q '^index-url = https://pypi.douban' "$pip" ||
	fail "the dead one stayed: $(cat "$pip")"
printf '{"registry-mirrors": ["https://hub.office.example", "", "ftp://bad.example"]}\n' >"$json"
expect "a list loses what is bad" "$(code mw --fix docker-values)" 0
expect "and only that" "$(jq -c '."registry-mirrors"' "$json")" '["https://hub.office.example"]'
rm "$json"

# ---- a remedy repeats what the command line said -------------------------------------------------
rm -f "$pip"
fix=$({ mw --checklist --profile prod --only pip --mirror pip=tuna --set 'pip.global.timeout=77' --json || true; } |
	jq -r '.checks[] | select(.id == "pip-settings.global.index-url") | .fix')
expect "pasted: $fix" "$(code eval "$fix")" 0
expect "the mirror of the command line" "$(grep -c '^index-url = https://mirrors.tuna.*\|^timeout = 77$' "$pip")" 2
rm -r "$MIRRORWISE_STATE_DIR"

# ---- another encoding is written again ------------------------------------------------------------
printf '[global]\ntimeout = 30\n' | iconv -f UTF-8 -t UTF-16 >"$pip"
expect "UTF-16" "$(odd)" "pip-file.encoding"
expect "mended" "$(code mw --fix pip-file.encoding)" 0
expect "every setting is there" "$(cat "$pip")" "[global]
timeout = 30"

# ---- names that never match are written as they were meant, what means nothing is told ----------
printf 'GOPROXY=https://goproxy.cn,direct\nGOPRIVATE=git.corp.example:8443,https://git.b.example/*,Git.Corp.example,${CORP}/x\n' >"$HOME/.config/go/env"
expect "names as they were meant" "$(code mw --fix all)" 0
grep -qx 'GOPRIVATE=git.corp.example,git.b.example/\*' "$HOME/.config/go/env" ||
	fail "not as meant: $(cat "$HOME/.config/go/env")"
printf 'GOPROXY=https://goproxy.cn,direct\nGOPRIVATE=${CORP}/x\n' >"$HOME/.config/go/env"
expect "nothing to be told of it" "$(code mw --fix all)" 0
grep -q 'left for you to mend: go-values.GOPRIVATE' "$T/err" || fail "not told: $(cat "$T/err")"
rm "$HOME/.config/go/env"

# ---- what is not ours -----------------------------------------------------------------------------
export PIP_TIMEOUT=5
expect "a variable of the shell" "$(code mw --fix pip-shadowed.global.timeout)" 64
grep -q 'unset PIP_TIMEOUT' "$T/err" || fail "no command: $(cat "$T/err")"
unset PIP_TIMEOUT

# ---- a tool that is not here, and a dead mirror over plain http --------------------------------------
printf 'registry=http://registry.npm.taobao.org\n' >"$HOME/.npmrc"
expect "the mirror that lives, not the dead one over https" "$(PATH=/nowhere code mw --fix all)" 0
expect "what stands there" "$(cat "$HOME/.npmrc")" "registry=https://registry.npmmirror.com/"
expect "back" "$(code mw --rollback)" 0
expect "the finding about plain http by itself" "$(PATH=/nowhere code mw --fix npm-risks.npm-plain-http)" 0
expect "no dead mirror over https" "$(cat "$HOME/.npmrc")" "registry=https://registry.npmmirror.com/"
rm "$HOME/.npmrc"
pip_conf=$HOME/.config/pip/pip.conf
mkdir -p "$HOME/.config/pip"
[ ! -e "$pip_conf" ] || mv "$pip_conf" "$T/pip.conf"
printf '[global]\nindex-url = http://pypi.douban.com/simple/\ntrusted-host = pypi.douban.com\n' >"$pip_conf"
expect "the same of an index" "$(code mw --fix pip-risks.pip-http-index)" 0
grep -q '^index-url = https://' "$pip_conf" || fail "no index: $(cat "$pip_conf")"
expect "the dead index is gone" "$(grep -c 'index-url.*douban' "$pip_conf" || true)" 0
rm "$pip_conf"
[ ! -e "$T/pip.conf" ] || mv "$T/pip.conf" "$pip_conf"

# ---- a mirror of everything is not mended by a second mirror -----------------------------------------
mkdir -p "$HOME/.m2"
printf '<settings><mirrors><mirror><id>a</id><mirrorOf>*</mirrorOf><url>http://maven.office.example/all</url></mirror></mirrors></settings>\n' >"$HOME/.m2/settings.xml"
cp "$HOME/.m2/settings.xml" "$T/before"
expect "it is named" "$(odd)" "maven-risks.maven-plain-http"
expect "and left" "$(code mw --fix all)" 0
cmp "$HOME/.m2/settings.xml" "$T/before" || fail "a second mirror: $(cat "$HOME/.m2/settings.xml")"
rm "$HOME/.m2/settings.xml"

# ---- a file that nobody here can mend ------------------------------------------------------------
rm -f "$pip"
printf '{ "a": 01 }' >"$json"
expect "it stands in the way of all" "$(code mw --profile prod --only pip,docker --fix all)" 78
grep -q -e '--keep-going does the rest' "$T/err" || fail "no way on: $(cat "$T/err")"
[ ! -e "$pip" ] || fail "some was written"
expect "the way on is one" "$(code mw --profile prod --only pip,docker --fix all --keep-going)" 78
grep -q '^index-url = ' "$pip" || fail "the rest was not done: $(cat "$T/err")"
expect "what is past mending stays" "$(cat "$json")" '{ "a": 01 }'
rm -f "$pip" "$json"

# ---- both languages -------------------------------------------------------------------------------
compared=0
for scenario in "$MW_SOURCE"/tests/golden/check/*/; do
	M="$T/m"
	rm -rf "$M"
	mkdir -p "$M/home" "$M/root" "$M/cwd"
	for part in home root cwd; do [ -d "$scenario/$part.in" ] && cp -r "$scenario/$part.in/." "$M/$part/"; done
	for lang in en zh_CN; do
		(
			set -a
			[ -e "$scenario/env" ] && while IFS= read -r line; do export "${line?}"; done <"$scenario/env"
			cd "$M/cwd"
			HOME=$M/home MIRRORWISE_STATE_DIR=$M/state "$MW_BIN" --doctor --root "$M/root" --no-network \
				--deadline 60000 --lang "$lang" --format md >"$M.$lang" || true
		)
		grep -oE '`[^`]*(--fix|--apply|unset|sed|mv)[^`]*`' "$M.$lang" >"$M.$lang.fixes" || true
	done
	cmp "$M.en.fixes" "$M.zh_CN.fixes" || fail "$(basename "$scenario"): another remedy: $(diff "$M.en.fixes" "$M.zh_CN.fixes")"
	compared=$((compared + $(wc -l <"$M.en.fixes")))
done
[ "$compared" -ge 30 ] || fail "only $compared remedies were compared"
expectations=$((expectations + 1))
passed
