#!/usr/bin/env bash
# `mirror` as a key of a tool, [all] mirror, --mirror without a wish to fill, groups of tools, and
# --keep-going.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
env_file=$HOME/.config/go/env pip_conf=$HOME/.config/pip/pip.conf daemon=$T/root/etc/docker/daemon.json
mkdir -p "$T/work"
cd "$T/work"

fresh() { rm -rf "${T:?}/home" "$T/root" "$T/state" && mkdir -p "$HOME/.config/pip" "$HOME/.config/go" "$T/root/etc/docker"; }
run() { # NAME ARGS...
	local name=$1
	shift
	set +e
	"$MW_BIN" --root "$T/root" --no-network "$@" >"$T/$name.out" 2>"$T/$name.err" </dev/null
	status=$?
	set -e
}
says() { grep -qF -- "$2" "$T/$1" || { cat "$T/$1"; fail "$1 does not say '$2'"; }; }
profile() { printf '%b' "$1" >p.ini; }
wants() { jq -r '[.settings[] | "\(.tool).\(.key)=\(.want)"] | join(" ")' "$T/$1.out"; }

# ---- [all] ----
fresh
profile '[all]\nmirror = @fastest\n'
run all --profile ./p.ini --diff --json
expect "[all] speaks for every tool" "$status $(wants all)" \
	'2 go.GOPROXY=https://goproxy.cn,direct pip.global.index-url=https://mirrors.cloud.tencent.com/pypi/simple docker.registry-mirrors=["https://docker.m.daocloud.io"]'
expect "and says which line of which file" "$(jq -r '[.settings[].from.line] | unique | join(" ")' "$T/all.out")" 2
run apply --profile ./p.ini --apply
expect "apply" "$status" 0
run again --profile ./p.ini --diff
expect "nothing to do" "$status" 0

profile '[all]\nmirror = @tuna\n'
run id --profile ./p.ini --diff --json
expect "an id: services without it are left" "$status $(wants id)" \
	"2 pip.global.index-url=https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple"
expect "and said" "$(jq -r '[.warnings[] | select(contains("no mirror @tuna"))] | length' "$T/id.out")" 2
expect "tools[] has them" "$(jq -c '[.tools[] | select(.reason != "not installed" and .state == "left" and .exit_code == 0) | .tool] | sort' "$T/id.out")" \
	'["docker","go","pip"]'

profile '[all]\nmirror = @ustc\n'
run dead --profile ./p.ini --diff --only pip,docker --json
expect "nor does it put a tool on a dead one" "$status $(wants dead)" \
	"2 pip.global.index-url=https://mirrors.ustc.edu.cn/pypi/simple"
expect "which is said" "$(jq -r '[.warnings[] | select(contains("@ustc of docker is dead"))] | length' "$T/dead.out")" 1

fresh
printf '[global]\nindex-url = http://pypi.tuna.tsinghua.edu.cn/simple\n' >"$pip_conf"
printf 'GOPROXY=https://goproxy.corp.example,direct\n' >"$env_file"
printf '{"registry-mirrors": ["https://hub.corp.example", "https://docker.1ms.run/"]}\n' >"$daemon"
profile '[all]\nmirror = @fastest\n'
run mixed --profile ./p.ini --apply
expect "a company's address stays" "$(cat "$env_file")" "GOPROXY=https://goproxy.corp.example,direct"
says mixed.err "go: left as it is: https://goproxy.corp.example is no known mirror of go"
expect "of a list only the known item goes" "$(jq -c '."registry-mirrors"' "$daemon")" \
	'["https://hub.corp.example","https://docker.m.daocloud.io"]'
run named --profile ./p.ini --mirror go=aliyun --apply
expect "--mirror takes it" "$status $(cat "$env_file")" "0 GOPROXY=https://mirrors.aliyun.com/goproxy,direct"

fresh
printf 'GOPROXY=off\n' >"$env_file"
GOPROXY='' run off --profile ./p.ini --diff --json --only go
expect "so does a decision" "$status $(wants off)" "0 "
profile '[profile]\nname=p\nextends=dev\n[all]\nmirror = @tuna\n'
run own --profile ./p.ini --diff --json
expect "a tool with a wish at any level is not [all]'s" \
	"$(jq -r '[.settings[] | select(.from.line == 5) | .tool] | length' "$T/own.out")" 0

# ---- a tool's own ----
fresh
printf '{"registry-mirrors": ["https://hub.corp.example", "https://docker.m.daocloud.io"]}\n' >"$daemon"
profile '[go]\nmirror = @fastest:2\n[pip]\nMirror = https://pypi.corp.example/simple/\n[docker]\nmirror = @1ms\n'
run tools --profile ./p.ini --diff --json
expect "each in its own way" "$status $(wants tools)" \
	'2 go.GOPROXY=https://goproxy.cn,https://mirrors.aliyun.com/goproxy,direct pip.global.index-url=https://pypi.corp.example/simple docker.registry-mirrors=["https://hub.corp.example","https://docker.1ms.run"]'
profile '[pip]\nmirror = @fastest:2\n'
run two --profile ./p.ini --diff
expect "one where one fits" "$status" 65
says two.err "p.ini:2: pip.mirror"
profile '[pip]\nmirror = @nobody\n[go]\nmirror = @goproxi.cn\n'
run nobody --profile ./p.ini --diff
expect "no such mirror" "$status" 65
printf '[global]\nindex-url = https://pypi.tuna.tsinghua.edu.cn/simple\n' >"$pip_conf"
profile '[pip]\nmirror = @upstream\n'
run upstream --profile ./p.ini --apply
expect "the default is what is left without a setting" "$status $(grep -c index-url "$pip_conf")" "0 0"
profile '[pip]\nmirror = @tuna\nglobal.index-url = https://mine.example/simple\n'
run both --profile ./p.ini --diff --json
expect "the key itself is nearer" "$(wants both)" "pip.global.index-url=https://mine.example/simple"
mkdir -p "$HOME/.config/mirrorwise/profiles"
printf '[profile]\nname = far\n[pip]\nglobal.index-url = https://mine.example/simple\n' >"$HOME/.config/mirrorwise/profiles/far.ini"
profile '[profile]\nname=near\nextends = far\n[pip]\nmirror = @tuna\n'
run near --profile ./p.ini --diff --json
expect "unless it is said farther away" "$(wants near)" \
	"pip.global.index-url=https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple"
run set --profile prod --set pip.mirror=@tuna --only pip --diff --json
expect "--set" "$(wants set)" "pip.global.index-url=https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple"
profile '[policy]\nselect = ordered\n'
run mirror --profile ./p.ini --mirror pip=@tuna --mirror go=https://goproxy.corp.example --diff --json
expect "--mirror acts as mirror" "$(wants mirror)" \
	"go.GOPROXY=https://goproxy.corp.example,direct pip.global.index-url=https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple"
profile '[all]\nmirror = https://x.example\n'
run url --profile ./p.ini --diff
expect "[all] takes no address" "$status" 65
says url.err "p.ini:2: 'https://x.example' is no value for mirror; allowed: @fastest, @ID"

# ---- the default in a list, and mirrors that were measured as bad ----
ranked() { # TIME ID=URL=CLASS...
	local time=$1 one id url class
	shift
	mkdir -p "$MIRRORWISE_STATE_DIR"
	for one in "$@"; do
		IFS='=' read -r id url class <<<"$one"
		jq -n --arg id "$id" --arg url "$url" --arg class "$class" --arg tool "$tool" '{tool: $tool, id: $id, url: $url,
			usable: ($class == "ok"), reason: "", class: $class, rtt_us: 1000, ttfb_us: 1}'
	done | jq -s --arg time "$time" '{schema_version: 1, measured_at: $time, network: null, mirrors: .}' \
		>"$MIRRORWISE_STATE_DIR/last-ranking.json"
	chmod 600 "$MIRRORWISE_STATE_DIR/last-ranking.json"
}
hub=upstream=https://registry-1.docker.io=ok cloud=daocloud=https://docker.m.daocloud.io=ok ms=1ms=https://docker.1ms.run=ok
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
tool=docker
for wish in registry-mirrors mirror; do
	fresh
	profile "[policy]\nselect = fastest\n[docker]\n$wish = @fastest:3\n"
	ranked "$now" $cloud $hub $ms
	run list --profile ./p.ini --diff --json
	expect "$wish: Docker asks its default by itself" "$(wants list)" \
		'docker.registry-mirrors=["https://docker.m.daocloud.io","https://docker.1ms.run"]'
	ranked "$now" $hub $cloud $ms
	run best --profile ./p.ini --diff
	expect "$wish: whom the default serves best is left alone" "$status $(ls "$T/root/etc/docker")" "0 "
	printf '{"registry-mirrors": ["https://docker.1ms.run"]}\n' >"$daemon"
	run best --profile ./p.ini --apply
	expect "$wish: or put back on it" "$status $(jq -c '."registry-mirrors"' "$daemon")" "0 []"
done
tool=pip
fresh
tuna=tuna=https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple ali=aliyun=https://mirrors.aliyun.com/pypi/simple=ok
profile '[pip]\nglobal.index-url = @tuna\n'
for class in integrity timeout old; do
	ranked "$now" $tuna=$class $ali
	run bad --profile ./p.ini --apply
	expect "measured as $class" "$status" 65
	says bad.err "dangerous (mirror-untrusted): pip.global.index-url"
	MIRRORWISE_LANG=zh_CN run zh --profile ./p.ini --apply --json
	expect "in Chinese too" "$(jq -r .exit_code "$T/zh.out") $(jq -r .hint "$T/zh.out" | grep -c 'accept-risk mirror-untrusted')" "65 1"
	[ ! -e "$pip_conf" ] || fail "$class was written"
done
run bad --mirror pip=tuna --profile dev --only pip --apply
expect "--mirror, too" "$status" 65
ranked 2020-01-01T00:00:00Z $tuna=timeout $ali
run "then" --profile ./p.ini --diff --json
expect "of long ago it says nothing" "$(jq '[.warnings[] | select(contains("mirror-untrusted"))] | length' "$T/then.out")" 0
ranked 2020-01-01T00:00:00Z $tuna=integrity $ali
run "then" --profile ./p.ini --apply
expect "but of tampering" "$status" 65
ranked "$now" $tuna=integrity $ali
run yes --profile ./p.ini --apply --accept-risk mirror-untrusted
expect "the second key" "$status $(grep -c tuna "$pip_conf")" "0 1"
run again --profile ./p.ini --apply
expect "what stands there is no news" "$status" 0

# ---- a team's tool with a file for each of two settings ----
fresh
mkdir -p "$HOME/.config/mirrorwise/tools"
cat >"$HOME/.config/mirrorwise/tools/two.json" <<'JSON'
{"tool": "two", "title": "Two", "group": "language", "programs": ["sh"], "prepare": true,
 "sources": [
   {"scope": "user", "path": "~/two/a.ini", "format": "ini", "keys": {"one.url": "one.url"}},
   {"scope": "user", "path": "~/two/b.json", "format": "json", "keys": {"other": "other"}}],
 "keys": {"one.url": {"type": "url", "summary": "where from"}, "other": {"type": "text", "summary": "how"}},
 "mirror": [{"set": "one.url", "to": "{url}/", "from": "pip"}, {"set": "other", "to": "via {url}", "from": "pip"}]}
JSON
profile '[two]\nmirror = @tuna\n'
run two --profile ./p.ini --apply --json
expect "two files of one tool" "$status $(jq -r '[.files[].verdict] | join(" ")' "$T/two.out")" "0 create create"
expect "with a final slash" "$(grep -c 'simple/$' "$HOME/two/a.ini")" 1
expect "and without" "$(jq -r .other "$HOME/two/b.json")" "via https://mirrors.tuna.tsinghua.edu.cn/pypi/web/simple"
run back --rollback
expect "both go" "$status $(find "$HOME" -name two -type d | wc -l)" "0 0"
rm -r "$HOME/.config/mirrorwise/tools"

# ---- groups ----
profile '[all]\nmirror = @fastest\n'
run group --profile ./p.ini --only container --diff --json
expect "--only a group" "$(jq -r '[.files[].tool] | join(" ")' "$T/group.out")" docker
run group --profile ./p.ini --skip container,pip --diff --json
expect "--skip a group" "$(jq -r '[.files[].tool] | join(" ")' "$T/group.out")" go
run show --profile ./p.ini --show pip.global.index-url
grep -q '^  wanted  *https://' "$T/show.out" || fail "a mirror's key is wanted by the profile: $(cat "$T/show.out")"
grep -q '^  from .*p.ini.* (@' "$T/show.out" || fail "and it is said who wants it: $(cat "$T/show.out")"
run group --profile ./p.ini --only containers --diff
expect "no such group" "$status" 64
says group.err "Did you mean container?"

# A tool of several services: those without that mirror are left, and one that nobody has is wrong.
profile '[gradle]\nmirror = @tencent\n'
run some --profile ./p.ini --only gradle --diff --json
expect "a mirror of one service" "$status $(wants some)" "2 gradle.central=https://mirrors.cloud.tencent.com/nexus/repository/maven-public"
expect "the other is named" "$(jq -r '.warnings[]' "$T/some.out")" "gradle: left as it is: gradle-plugins has no mirror @tencent"
profile '[gradle]\nmirror = @nobody\n'
run none --profile ./p.ini --only gradle --diff
expect "a mirror of none" "$status" 65

# ---- missing ----
profile '[policy]\nmissing = skip\n[all]\nmirror = @fastest\n'
PATH=/nowhere run missing --profile ./p.ini --diff --json
expect "tools that are not there" "$status $(wants missing)" "0 "
PATH=/nowhere run missing --profile ./p.ini --only pip --diff --json
expect "--only names one" "$(wants missing | cut -d= -f1)" "pip.global.index-url"
PATH=/nowhere run missing --profile ./p.ini --only language --diff --json
expect "a group does not" "$(wants missing)" ""

# ---- --keep-going ----
fresh
profile '[all]\nmirror = @fastest\n'
printf '{ "a": 01 }' >"$daemon"
run stop --profile ./p.ini --apply
expect "an invalid file stops all" "$status" 78
says stop.err "--keep-going does the rest"
run go --profile ./p.ini --apply --keep-going --json
expect "the others are done, and the code is its" "$status" 78
expect "all is said of each" "$(jq -c '[.tools[] | select(.reason != "not installed") | [.tool, .state, .exit_code]]' "$T/go.out")" \
	'[["go","done",0],["pip","done",0],["docker","left",78]]'
expect "changed" "$(jq -r .changed "$T/go.out")" true
expect "the invalid file stays" "$(cat "$daemon")" '{ "a": 01 }'
run same --profile ./p.ini --diff --keep-going --json
expect "a look, too" "$status $(jq -r '.pending, (.tools[] | select(.reason != "not installed") | .state)' "$T/same.out" | tr '\n' ' ')" "78 false same same left "
passed
