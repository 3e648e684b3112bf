#!/usr/bin/env bash
# Files that an editor of another system wrote: in another encoding, or with characters that only look
# like ASCII. They are named, and after --fix all every setting is there.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq iconv patch
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|CARGO_|npm_config|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$T/root" "$T/cwd"
cd "$T/cwd"
mw() { "$MW_BIN" --root "$T/root" --no-network --deadline 60000 "$@"; }
odd() { { mw --doctor --only "$1" --json 2>/dev/null || true; } | jq -r '.checks[] | select(.status == "fail" or .status == "warn") | "\(.id) \(.observed)"'; }
place() { # PATH, from standard input
	rm -rf "$HOME" "$T/state"
	mkdir -p "$(dirname "$HOME/$1")"
	cat >"$HOME/$1"
	chmod 600 "$HOME/$1"
}

while IFS='|' read -r encoding name tool path text; do
	printf '%b' "$text" | iconv -f UTF-8 -t "$encoding" | place "$path"
	odd "$tool" | grep -q -- "-file.encoding .*$name" || fail "$tool in $encoding: $(odd "$tool")"
	mw --fix all --only "$tool" >"$T/out" 2>&1 || fail "$tool in $encoding: $(cat "$T/out")"
	expect "$tool in $encoding" "$(cat "$HOME/$path")" "$(printf '%b' "$text")"
done <<'ROWS'
UTF-16|UTF-16|cargo|.cargo/config.toml|[net]\nretry = 3\n
UTF-16LE|UTF-16LE|npm|.npmrc|# 镜像\nregistry=https://registry.example/\n
UTF-16BE|UTF-16BE|conda|.condarc|channels:\n  - office\n
UTF-32|UTF-32|gem|.gemrc|:verbose: true\n
GBK|GB18030|pip|.config/pip/pip.conf|# 公司的镜像\n[global]\nindex-url = https://pypi.example/simple\n
GB18030|GB18030|npm|.npmrc|; 公司的镜像\nregistry=https://registry.example/\n
GBK|GB18030|maven|.m2/settings.xml|<settings><!-- 离线 --><offline>true</offline></settings>\n
WINDOWS-1252|WINDOWS-1252|npm|.npmrc|# für das Büro\nregistry=https://registry.example/\n
ROWS

while IFS='|' read -r tool path text point after; do
	printf '%b' "$text" | place "$path"
	odd "$tool" | grep -q -- "$point" || fail "$text: no $point in: $(odd "$tool")"
	for _ in 1 2; do mw --fix all --only "$tool" >"$T/out" 2>&1 || fail "$text: $(cat "$T/out")"; done
	expect "$text" "$(cat "$HOME/$path")" "$(printf '%b' "$after")"
done <<'ROWS'
pip|.config/pip/pip.conf|［global］\nindex-url = https://pypi.example/simple\n|U+FF3B|[global]\nindex-url = https://pypi.example/simple\n
pip|.config/pip/pip.conf|[global]\nindex-url ＝ https://pypi.example/simple\n|U+FF1D|[global]\nindex-url = https://pypi.example/simple\n
pip|.config/pip/pip.conf|[global]\nindex–url = https://pypi.example/simple\n|U+2013|[global]\nindex-url = https://pypi.example/simple\n
cargo|.cargo/config.toml|【net】\nretry = 3\n|U+3010|[net]\nretry = 3\n
cargo|.cargo/config.toml|[net]\nretry　= 3\n|U+3000|[net]\nretry = 3\n
conda|.condarc|channels：\n  - office\n|U+FF1A|channels:\n  - office\n
maven|.m2/settings.xml|＜settings＞</settings>\n|U+FF1C|<settings></settings>\n
go|.config/go/env|GOPROXY=https://proxy.example，direct\n|GOPROXY|GOPROXY=https://proxy.example,direct\n
go|.config/go/env|GOPROXY＝https://proxy.example,direct\n|env-no-setting|GOPROXY=https://proxy.example,direct\n
ROWS

# ---- what --diff prints into a file is a patch ----------------------------------------------------------
home=$HOME
export HOME="$T/my home"
while IFS='|' read -r tool path set text; do
	printf '%b' "$text" | place "$path"
	cp "$HOME/$path" "$T/before"
	mw -p dev --only "$tool" --set "$set" --diff >"$T/patch" 2>"$T/err" || expect "$tool: --diff" "$? $(cat "$T/err")" "2 $(cat "$T/err")"
	{ mw -p dev --only "$tool" --set "$set" --diff --json 2>/dev/null || true; } | jq -rj '.files[].diff' |
		cmp - "$T/patch" || fail "$tool: another diff in JSON"
	mw -p dev --only "$tool" --set "$set" --apply >"$T/out" 2>&1 || fail "$tool: $(cat "$T/out")"
	cp "$HOME/$path" "$T/after"
	cp "$T/before" "$HOME/$path"
	patch -s -p1 -d / <"$T/patch" >"$T/out" 2>&1 || fail "$tool: $(cat "$T/out" "$T/patch")"
	cmp "$HOME/$path" "$T/after" || fail "$tool: patch made another file"
done <<'ROWS'
npm|.npmrc|npm.fetch_retries=4|\xef\xbb\xbffetch-retries=3\r\naudit=false\r\n
npm|.npmrc|npm.fetch_retries=4|\xef\xbb\xbfaudit=false
cargo|.cargo/config.toml|cargo.net.retry=4|\xef\xbb\xbf[net]\r\nretry = 3\r\n
conda|.condarc|conda.offline=true|\xef\xbb\xbfoffline: false\r\nchannels:\r\n  - office
maven|.m2/settings.xml|maven.offline=true|\xef\xbb\xbf<settings>\r\n\t<offline>false</offline>\r\n</settings>
pip|.config/pip/pip.conf|pip.global.timeout=30|[global]\r\ntimeout = 5\r\n
go|.config/go/env|go.GOPROXY=direct|GOSUMDB=off\r\nGOPROXY=off\r\n
composer|.config/composer/config.json|composer.config.process_timeout=5|{\r\n\t"config": {}\r\n}
ROWS
export HOME=$home

# ---- what is there twice: nothing that the other lacks is lost -----------------------------------------
twice() { # TEXT AFTER
	printf '%b' "$1" | place .config/pip/pip.conf
	mw --fix all --only pip >"$T/out" 2>&1 || fail "$1: $(cat "$T/out")"
	expect "$1" "$(cat "$HOME/.config/pip/pip.conf")" "$(printf '%b' "$2")"
}
twice '[global]\nindex-url = https://pypi.example/simple\n[global]\ntimeout = 30\n' \
	'[global]\nindex-url = https://pypi.example/simple\n# [global]\ntimeout = 30\n'
twice '[global]\nretries = 2\n[install]\nno-compile = yes\n[global]\nretries = 3\ntimeout = 30\n' \
	'[global]\nretries = 2\n# retries = 3\ntimeout = 30\n[install]\nno-compile = yes\n# [global]\n'
twice '[global]\nindex-url = https://pypi.example/simple\nindex-url = https://pypi.douban.com/simple\n' \
	'[global]\nindex-url = https://pypi.example/simple\n# index-url = https://pypi.douban.com/simple\n'

# ---- a private pattern that was written as an address stays private -----------------------------------
while IFS='|' read -r before after; do
	printf 'GOPRIVATE=%s\n' "$before" | place .config/go/env
	mw --fix all --only go >"$T/out" 2>&1 || fail "$before: $(cat "$T/out")"
	expect "$before" "$(cat "$HOME/.config/go/env")" "GOPRIVATE=$after"
done <<'ROWS'
https://git.office.example/team/|git.office.example/team
git@git.office.example:team|git.office.example/team
Git.Office.example/Team,two.example|git.office.example/Team,two.example
git.office.example:8443|git.office.example
.office.example|*.office.example
git.office.example/...|git.office.example
ROWS

# ---- daemon.json: a value of another type is what was meant --------------------------------------------
mkdir -p "$T/root/etc/docker"
while IFS='|' read -r before after; do
	printf '%s\n' "$before" >"$T/root/etc/docker/daemon.json"
	for _ in 1 2; do mw --fix all --only docker >"$T/out" 2>&1 || fail "$before: $(cat "$T/out")"; done
	expect "$before" "$(jq -c . "$T/root/etc/docker/daemon.json")" "$after"
done <<'ROWS'
{"registry-mirrors": "https://hub.example"}|{"registry-mirrors":["https://hub.example"]}
{"registry-mirrors": ["hub.example", "https://two.example "]}|{"registry-mirrors":["https://hub.example","https://two.example"]}
{"registry-mirrors": ["https://hub.example", null, 5]}|{"registry-mirrors":["https://hub.example"]}
{"debug": "true", "max-concurrent-downloads": "6"}|{"debug":true,"max-concurrent-downloads":6}
ROWS
passed
