#!/usr/bin/env bash
# Lock files that have kept a mirror's address are told, each mirror once, with its place; a dead one
# fails. A dead mirror in use is found whatever its service is called and however it is spelled.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need jq
scratch
mkdir -p "$T/home" "$T/work" "$T/bin"
for program in npm composer bundle gem pip cargo mvn gradle conda n; do printf '#!/bin/sh\nexit 1\n' >"$T/bin/$program" && chmod +x "$T/bin/$program"; done
cd "$T/work"
doctor() { # TOOLS KIND: lines "ID STATUS OBSERVED" of a kind of finding
	env -i PATH="$T/bin:/usr/bin:/bin" HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" \
		"$MW_BIN" --lang en --no-network --doctor --only "$1" --json >"$T/out" 2>"$T/err" || true
	jq -r --arg kind "$2" '.checks[] | select((.id | contains($kind)) and .status != "pass") | "\(.id) \(.status) \(.observed)"' "$T/out"
}

# ---- lock files ----
cat >package-lock.json <<'J'
{"lockfileVersion": 3, "packages": {
  "node_modules/a": {"resolved": "https://registry.npmjs.example/a/-/a-1.0.0.tgz"},
  "node_modules/b": {"resolved": "https://registry.npmmirror.com/b/-/b-1.0.0.tgz"},
  "node_modules/c": {"resolved": "https://registry.npmmirror.com.evil.example/c"},
  "node_modules/d": {"resolved": "http://registry.npm.taobao.org/d/download/d-1.0.0.tgz"},
  "node_modules/e": {"resolved": "https://registry.npmmirror.com/e/-/e-1.0.0.tgz"}}}
J
printf '# yarn lockfile v1\n\na@^1:\n  version "1.0.0"\n  resolved "https://registry.npmmirror.com/a/-/a-1.0.0.tgz#abc"\n' >yarn.lock
printf '{"packages": [{"dist": {"mirrors": [{"url": "https://mirrors.aliyun.com/composer/dists/%%package%%"}]}}]}\n' >composer.lock
printf 'GEM\n  remote: https://rubygems.org/\n  specs:\n' >Gemfile.lock
expect "npm's" "$(doctor npm npm-locks)" "npm-locks.package-lock.json.npmmirror warn $T/work/package-lock.json:3: https://registry.npmmirror.com (2 times)
npm-locks.package-lock.json.taobao fail $T/work/package-lock.json:5: https://registry.npm.taobao.org, which is dead (1 times)
npm-locks.yarn.lock.npmmirror warn $T/work/yarn.lock:5: https://registry.npmmirror.com (1 times)"
expect "Composer's" "$(doctor composer composer-locks)" \
	"composer-locks.composer.lock.aliyun warn $T/work/composer.lock:1: https://mirrors.aliyun.com/composer (1 times)"
fix() { jq -r --arg id "$1" '.checks[] | select(.id == $id) | .fix' "$T/out"; }
doctor npm npm-locks >/dev/null
expect "the tool's own command" "$(fix npm-locks.package-lock.json.taobao)" "(cd $T/work && npm install --package-lock-only --omit-lockfile-registry-resolved)"
expect "where it has none" "$(fix npm-locks.yarn.lock.npmmirror)" "\${EDITOR:-vi} +5 $T/work/yarn.lock"
mkdir -p a/b a/own/.git
cd a/b
expect "from below" "$(doctor npm npm-locks | cut -d' ' -f1,3)" "npm-locks.package-lock.json.npmmirror $T/work/package-lock.json:3:
npm-locks.package-lock.json.taobao $T/work/package-lock.json:5:
npm-locks.yarn.lock.npmmirror $T/work/yarn.lock:5:"
cd ../own
expect "not of another project's" "$(doctor npm npm-locks)" ""
cp ../../yarn.lock "$T/home/"
mkdir "$T/home/project"
cd "$T/home/project"
expect "nor of a home's" "$(doctor npm npm-locks)" ""
rm -r "$T/home/yarn.lock" "$T/home/project"
cd "$T/work"
expect "one that names none" "$(doctor bundler bundler-locks)" ""
rm -r ./*
mkfifo yarn.lock
expect "what is no file keeps nobody waiting" "$(doctor npm npm-locks | cut -d' ' -f1,2)" "npm-locks.yarn.lock skip"
rm yarn.lock
expect "no lock file" "$(doctor npm npm-locks)" ""

# ---- dead mirrors in use ----
dead() { # TOOL FILE CONTENT ID
	rm -rf "${T:?}/home" && mkdir -p "$T/home/$(dirname "$2")"
	printf '%b' "$3" >"$T/home/$2"
	chmod 600 "$T/home/$2"
	expect "$1: $3" "$(doctor "$1" "$1-dead-mirror" | cut -d' ' -f1,2)" "$1-dead-mirror.$4 fail"
}
dead npm .npmrc 'registry=http://registry.npm.taobao.org\n' taobao
dead gem .gemrc ':sources:\n- https://mirrors.aliyun.com/rubygems/\n' aliyun
dead bundler .bundle/config '---\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: "https://mirrors.aliyun.com/rubygems/"\n' aliyun
dead bundler .bundle/config '---\nBUNDLE_MIRROR__ALL: "https://mirrors.aliyun.com/rubygems/"\n' aliyun
dead cargo .cargo/config.toml '[source.crates-io]\nreplace-with = "nju"\n[source.nju]\nregistry = "https://mirror.nju.edu.cn/git/crates.io-index.git"\n' nju
dead cargo .cargo/config.toml '[source.crates-io]\nregistry = "sparse+https://mirrors.hust.edu.cn/crates.io-index/"\n' hust
dead maven .m2/settings.xml '<settings><mirrors><mirror><id>x</id><mirrorOf>central</mirrorOf><url>http://mirrors.163.com/maven/repository/maven-public/</url></mirror></mirrors></settings>\n' netease
dead node .config/mirrorwise/env.sh '# Written by mirrorwise: variables of tools that know only the environment.\nexport NVM_NODEJS_ORG_MIRROR='"'https://npm.taobao.org/mirrors/node'"'\n' taobao
passed
