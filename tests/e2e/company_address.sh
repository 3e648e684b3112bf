#!/usr/bin/env bash
# A company's address is nobody's to replace but the tool's own section: for each tool [all] leaves
# the file as it is, says so and ends with 0.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need jq
scratch
printf '[all]\nmirror = @fastest\n' >"$T/all.ini"
done_with=
company() { # TOOL FILE CONTENT
	local tool=$1 rc=0
	rm -rf "${T:?}/home" "$T/state" "$T/root" "${T:?}/bin" && mkdir -p "$T/home/$(dirname "$2")" "$T/root/etc/docker" "$T/bin"
	printf '%b' "$3" >"$T/home/$2"
	[ "$tool" != docker ] || mv "$T/home/$2" "$T/root/etc/docker/"
	chmod -R go-rwx "$T/home"
	for program in $(jq -r '.programs[]' "$MW_SOURCE/assets/tools/$tool.json"); do
		case $program in */*) continue ;; esac
		printf '#!/bin/sh\nexit 1\n' >"$T/bin/$program" && chmod +x "$T/bin/$program"
	done
	cp -r "$T/home" "$T/before"
	env -i PATH="$T/bin:/usr/bin:/bin" HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" "$MW_BIN" --lang en --no-network \
		--root "$T/root" -p "$T/all.ini" --apply --only "$tool" >"$T/out" 2>&1 || rc=$?
	expect "$tool: [all]" "$rc" 0
	diff -r "$T/before" "$T/home" || fail "$tool: the company's address is gone"
	grep -q "^warning: .*$tool: left as it is: .*corp\.example" "$T/out" || fail "$tool: not said: $(cat "$T/out")"
	rm -rf "$T/before"
	done_with="$done_with $tool"
}
company go .config/go/env 'GOPROXY=https://goproxy.corp.example,direct\n'
company pip .config/pip/pip.conf '[global]\nindex-url = https://pypi.corp.example/simple\n'
company docker daemon.json '{"registry-mirrors": ["https://hub.corp.example"]}\n'
company npm .npmrc 'registry=https://npm.corp.example/\n'
company yarn-berry .yarnrc.yml 'npmRegistryServer: "https://npm.corp.example"\n'
company cargo .cargo/config.toml '[source.crates-io]\nreplace-with = "corp"\n[source.corp]\nregistry = "sparse+https://cargo.corp.example/"\n'
company cargo .cargo/config.toml '[source.crates-io]\nregistry = "sparse+https://cargo.corp.example/"\n'
company cargo .cargo/config '[source]\ncrates-io = {replace-with = "corp"}\ncorp = {registry = "sparse+https://cargo.corp.example/"}\n'
own='# Written by mirrorwise: variables of tools that know only the environment.\n'
company rustup .config/mirrorwise/env.sh "${own}export RUSTUP_DIST_SERVER='https://rust.corp.example'\n"
company maven .m2/settings.xml '<settings><mirrors><mirror><id>c</id><mirrorOf>central</mirrorOf><url>https://maven.corp.example</url></mirror></mirrors></settings>\n'
company maven .m2/settings.xml '<settings><mirrors><mirror><id>c</id><mirrorOf>*</mirrorOf><url>https://maven.corp.example</url></mirror></mirrors></settings>\n'
company conda .condarc 'channels:\n  - defaults\ndefault_channels:\n  - https://conda.corp.example/main\ncustom_channels:\n  conda-forge: https://conda.corp.example/cloud\n'
company homebrew .homebrew/brew.env 'HOMEBREW_BOTTLE_DOMAIN=https://brew.corp.example\nHOMEBREW_API_DOMAIN=https://brew.corp.example/api\n'
company node .config/mirrorwise/env.sh "${own}export NVM_NODEJS_ORG_MIRROR='https://node.corp.example'\n"
company gem .gemrc ':sources:\n- https://gems.corp.example/\n'
company bundler .bundle/config '---\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: "https://gems.corp.example/"\n'
company bundler .bundle/config '---\nBUNDLE_MIRROR__ALL: "https://gems.corp.example/"\n'
company composer .config/composer/config.json '{"repositories": {"packagist.org": {"type": "composer", "url": "https://php.corp.example"}}}\n'
company gradle .gradle/init.d/mirrorwise.init.gradle "$(sed "s#'https://maven.aliyun.com/[^']*'#'https://maven.corp.example'#" "$MW_SOURCE/tests/golden/tools/gradle/home.want/.gradle/init.d/mirrorwise.init.gradle")\n"
for tool in $(jq -r .tool "$MW_SOURCE"/assets/tools/*.json); do
	case "$done_with " in *" $tool "*) ;; *) fail "no company's address for $tool" ;; esac
done
passed
