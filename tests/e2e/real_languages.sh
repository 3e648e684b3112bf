#!/usr/bin/env bash
# The languages' tools as they are, among the lab's mirrors: from an empty home one apply puts all
# that are installed on one, each tool's own command or what the mirror was asked shows it, the
# checklist passes, one rollback returns every byte. Says which tools were not there.
# label: real
# lock: lab
# cost: 66
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
. "$MW_SOURCE/tests/support/real_tools.sh"
there=() missing=()
mkdir -p "$T/bin" "$T/home" "$T/work"

# ---- which are there ----
# Each is started by its whole path: its own things stay where they are, in whatever home.
wrap() { # NAME COMMAND...
	local name=$1
	shift
	if [ -e "$1" ]; then
		printf '#!/bin/sh\nexec %s "$@"\n' "$*" >"$T/bin/$name"
		chmod +x "$T/bin/$name"
		there+=("$name")
	else
		missing+=("$name")
	fi
}
node=$(find_program node)
for name in npm cargo rustup mvn gradle gem bundle composer conda brew fnm go; do
	wrap $name "$(find_program $name "$HOME/.cargo/bin/$name")"
done
wrap pip3 "$(ls /usr/bin/pip3 2>/dev/null || find_program pip3)"
wrap n "$modules/.bin/n"
wrap bun "$modules/.bin/bun"
if [ -n "$node" ]; then
	for pair in npm-12:npm-12/bin/npm-cli.js yarn-1:yarn/bin/yarn.js pnpm:pnpm/bin/pnpm.cjs yarn:@yarnpkg/cli-dist/bin/yarn.js; do
		if [ -e "$modules/${pair#*:}" ]; then wrap "${pair%%:*}" "$node" "$modules/${pair#*:}"; else missing+=("${pair%%:*}"); fi
	done
fi
[ -e "$HOME/.nvm/nvm.sh" ] || missing+=(nvm)
echo "there: ${there[*]:-none}; not there: ${missing[*]:-none}"
# go and pip have tests of their own; a gate without any of the others has tested nothing here.
printf '%s\n' "${there[@]}" | grep -qvxE 'go|pip3|' || none_is_there
rustc=$(find_program rustc "$HOME/.cargo/bin/rustc")
[ -z "$rustc" ] || { printf '#!/bin/sh\nexec %s "$@"\n' "$rustc" >"$T/bin/rustc" && chmod +x "$T/bin/rustc"; }
has() { [ -e "$T/bin/$1" ]; }

# ---- running them ----
# Tools keep caches in their home: they run in a copy of it, so that what is left in the other is ours.
at_home() { # HOME COMMAND...
	local home=$1
	shift
	env -i PATH="$T/bin:/usr/local/bin:/usr/bin:/bin" HOME="$home" LANG=C.UTF-8 MIRRORWISE_STATE_DIR="$T/state" \
		SSL_CERT_FILE="$LAB_CA" NODE_EXTRA_CA_CERTS="$LAB_CA" CURL_CA_BUNDLE="$LAB_CA" PIP_CERT="$LAB_CA" \
		CARGO_HTTP_CAINFO="$LAB_CA" RUSTUP_HOME="$rustup_home" GOTOOLCHAIN=local GOFLAGS=-mod=mod \
		YARN_ENABLE_TELEMETRY=0 YARN_HTTPS_CA_FILE_PATH="$LAB_CA" npm_config_fetch_retries=0 \
		npm_config_update_notifier=false COMPOSER_ALLOW_SUPERUSER=1 BUNDLE_SILENCE_ROOT_WARNING=1 \
		JAVA_TOOL_OPTIONS="-Duser.home=$home ${trust:-}" "$@"
}
tool() { at_home "$T/tools" env npm_config_cafile="$LAB_CA" timeout 120 "$@"; }
# A near one and a far one of each: the nearest of ten is measured elsewhere.
catalogues=()
for file in npm cargo rustup maven gradle-plugins conda homebrew node-dist rubygems composer go pip; do
	jq '.mirrors |= map(select(.id | test("^m(12|220)[.]")))' "$LAB_DIR/$file.json" >"$T/$file.json"
	catalogues+=(--catalog "$T/$file.json")
done
mw() { # the checksum database that Go mirrors relay: there is no other one in the lab
	(cd "$T/work" && at_home "$T/home" "$MW_BIN" --lang en --skip container --set go.GOSUMDB=sum.golang.org "${catalogues[@]}" "$@")
}
work() { # NAME COMMAND...: in a folder of that name, with what the mirrors were asked meanwhile
	name=$1
	shift
	mkdir -p "$T/work/$name"
	: >"$LAB_DIR/requests"
	(cd "$T/work/$name" && tool "$@") >"$T/$name.out" 2>&1
}
works() { work "$@" || fail "$1: $(cat "$T/$1.out")"; }
asked() { # SERVICE PATH
	grep -qE "^m12\.$1\.lab GET $2" "$LAB_DIR/requests" || fail "$name: no mirror of $1 was asked for $2: $(cat "$LAB_DIR/requests" "$T/$name.out")"
}
says() { grep -qE -- "$2" "$T/$1.out" || fail "$1 does not say '$2': $(cat "$T/$1.out")"; }
if has mvn || has gradle; then trust_lab; fi

# ---- one apply ----
find "$T/home" | sort >"$T/before"
mw --profile dev --apply >"$T/apply.out" 2>&1 || fail "apply: $(cat "$T/apply.out")"
mw --profile dev --checklist >"$T/list.out" 2>&1 || fail "checklist: $(cat "$T/list.out")"
mw --profile dev --diff --no-network >"$T/again.out" 2>&1 || fail "a second time: $(cat "$T/again.out")"
cp -r "$T/home" "$T/tools"

# ---- npm's: one line for five programs ----
for name in npm npm-12 pnpm bun yarn-1 yarn; do
	has $name || continue
	mkdir -p "$T/work/$name"
	(cd "$T/work/$name" && npm_project)
	touch "$T/work/$name/yarn.lock"
	case $name in npm* | bun) rm "$T/work/$name/yarn.lock" ;; esac
	works $name env npm_config_cache="$T/cache/$name" YARN_CACHE_FOLDER="$T/cache/$name" \
		BUN_INSTALL_CACHE_DIR="$T/cache/$name" npm_config_audit=false $name install
	asked npm /isarray
	asked npm /isarray/-/isarray-1.0.0.tgz
done
# What only one of them reads wins for that one, and is said.
if has pnpm && has bun; then
	mkdir -p "$T/work/own"
	(cd "$T/work/own" && npm_project)
	printf '[install]\nregistry = "https://m220.npm.lab/"\n' | tee "$T/tools/.bunfig.toml" >"$T/home/.bunfig.toml"
	echo 'registry: https://m220.npm.lab/' >"$T/work/pnpm-workspace.yaml"
	printf 'packages:\n  - own\n' >>"$T/work/pnpm-workspace.yaml"
	mw --profile dev --only npm,go --diff --no-network >"$T/own.out" 2>&1 || fail "$(cat "$T/own.out")"
	for name in bun pnpm; do
		grep -q "npm: $name uses https://m220.npm.lab/ for itself alone: " "$T/own.out" || fail "$name is not told: $(cat "$T/own.out")"
	done
	works own env BUN_INSTALL_CACHE_DIR="$T/cache/own" bun install
	grep -q '^m220.npm.lab GET /isarray' "$LAB_DIR/requests" || fail "bun asks another: $(cat "$LAB_DIR/requests")"
	rm -rf "$T/home/.bunfig.toml" "$T/tools/.bunfig.toml" "$T/work/pnpm-workspace.yaml" "$T/work/own"
fi
# Yarn 1's .yarnrc and pnpm 10's rc are the weakest of all, whatever `yarn config get` says.
mkdir -p "$T/apart/.config/pnpm"
apart() { at_home "$T/apart" env npm_config_cafile="$LAB_CA" YARN_CACHE_FOLDER="$T/cache/apart" timeout 120 "$@"; }
while IFS='|' read -r program file line; do
	has "$program" || continue
	printf '%s\n' "$line" >"$T/apart/$file"
	for mirror in m220 m12; do
		[ $mirror = m220 ] || echo 'registry=https://m12.npm.lab/' >"$T/apart/.npmrc"
		rm -rf "$T/work/apart" "$T/cache/apart" "$T/apart/.cache" "$T/apart/.local"
		mkdir "$T/work/apart"
		(cd "$T/work/apart" && npm_project)
		: >"$LAB_DIR/requests"
		(cd "$T/work/apart" && apart "$program" install) >"$T/apart.out" 2>&1 || fail "$program: $(cat "$T/apart.out")"
		expect "whom $program asks" "$(grep -o '^m[0-9]*[.]npm.lab GET /isarray' "$LAB_DIR/requests" | cut -d. -f1 | sort -u)" $mirror
	done
	rm "$T/apart/$file" "$T/apart/.npmrc"
done <<'EOF'
yarn-1|.yarnrc|registry "https://m220.npm.lab"
yarn-1|.yarnrc|registry: "https://m220.npm.lab/"
yarn-1|.yarnrc|registry: https://m220.npm.lab/ # as YAML
pnpm|.config/pnpm/rc|registry=https://m220.npm.lab/
EOF
rm -rf "$T/work/apart"
! has npm || { works npm-says npm config get registry && says npm-says '^https://m12\.npm\.lab/$'; }
! has yarn || { works yarn-says yarn config get npmRegistryServer && says yarn-says '^https://m12\.npm\.lab$'; }

# ---- Rust ----
if has cargo; then
	mkdir -p "$T/work/cargo"
	(cd "$T/work/cargo" && cargo_project)
	works cargo cargo fetch
	asked cargo /de/mo/demo
	asked cargo /crates/demo
fi
if has rustup; then
	work rustup sh -c '. "$HOME/.profile"; RUSTUP_HOME=$PWD/rust rustup toolchain install 1.70.0 --profile minimal --no-self-update' || true
	asked rustup /dist/channel-rust-1.70.0
fi

# ---- the JVM's ----
if has mvn; then
	mkdir -p "$T/work/mvn"
	(cd "$T/work/mvn" && maven_project)
	works mvn mvn -B -q validate
	asked maven /org/example/parent/1/parent-1.pom
fi
if has gradle; then
	mkdir -p "$T/work/gradle"
	cat >"$T/work/gradle/build.gradle" <<-'EOT'
		buildscript {
			repositories { gradlePluginPortal() }
			dependencies { classpath "org.example:plugin:1@pom" }
		}
		repositories { mavenCentral() }
		configurations { x }
		dependencies { x "org.example:parent:1@pom" }
		task get { doLast { println configurations.x.files } }
	EOT
	works gradle gradle --no-daemon -q get
	asked maven /org/example/parent/1/parent-1.pom
	asked gradle-plugins /org/example/plugin/1/plugin-1.pom
fi

# ---- Ruby, PHP, Node, Go, Python ----
if has gem; then
	works gem gem list --remote base64
	says gem '^base64 \(0\.2\.0\)'
	asked rubygems /
fi
if has bundle; then
	mkdir -p "$T/work/bundle"
	printf 'source "https://rubygems.org"\ngem "base64", "0.2.0"\n' >"$T/work/bundle/Gemfile"
	works bundle bundle install --path vendor
	asked rubygems /gems/base64-0.2.0.gem
	grep -q '^  remote: https://rubygems.org/$' "$T/work/bundle/Gemfile.lock" || fail "Bundler's lock names the mirror"
fi
if has composer; then
	mkdir -p "$T/work/composer"
	(cd "$T/work/composer" && composer_project)
	works composer composer update --no-interaction --no-progress
	asked composer /p2/acme/demo.json
	asked composer /dists/acme/demo/
fi
if has n; then
	works n sh -c '. "$HOME/.profile"; n ls-remote 20'
	says n '^20\.9\.0$'
	asked node-dist /index.tab
fi
if has go; then
	works go sh -c 'go mod init x && go list -m rsc.io/quote@v1.5.2'
	asked go /rsc.io/quote/@v/v1.5.2.info
fi
if has pip3; then
	works pip pip3 download --no-deps iniconfig
	asked pip /simple/iniconfig/
fi

# ---- and back ----
rm -rf "$T/home/.gradle/native" # Gradle's own, unpacked when the checklist asks for its version
(cd "$T/work" && at_home "$T/home" "$MW_BIN" --lang en --rollback) >"$T/rollback.out" 2>&1 || fail "rollback: $(cat "$T/rollback.out")"
find "$T/home" | sort >"$T/after"
diff "$T/before" "$T/after" || fail "something is left"

# ---- settings beside the mirror: caches, and the network left alone ----
own=$T/own
cat >"$T/caches.ini" <<EOT
[npm]
cache = $own/npm
prefer-offline = true
store-dir = $own/pnpm
[go]
GOMODCACHE = $own/go
[pip]
global.cache-dir = $own/pip
[cargo]
net.offline = true
[maven]
mirror = @m12.maven
localRepository = $own/m2
[policy]
missing = configure
EOT
mkdir -m 700 "$own"
mw --profile "$T/caches.ini" --apply --no-network >"$T/apply.out" 2>&1 || fail "caches: $(cat "$T/apply.out")"
rm -rf "$T/tools" && cp -r "$T/home" "$T/tools"
tells() { # NAME WHAT COMMAND...
	local who=$1 what=$2
	shift 2
	! has "$who" || { works "$who-cache" "$@" && expect "$who tells it" "$(tail -1 "$T/$who-cache.out")" "$what"; }
}
tells npm "$own/npm" npm config get cache
tells npm true npm config get prefer-offline
tells pnpm "$own/pnpm" pnpm config get store-dir
tells go "$own/go" go env GOMODCACHE
tells pip3 "$own/pip" pip3 cache dir
if has cargo; then
	rm -rf "$T/work/cargo/Cargo.lock"
	! work cargo cargo fetch || fail "Cargo asks the network all the same"
	says cargo 'offline'
	expect "Cargo asked nobody" "$(cat "$LAB_DIR/requests")" ""
fi
! has mvn || { works mvn mvn -B -q validate && [ -e "$own/m2/org/example/parent/1/parent-1.pom" ] || fail "Maven keeps its downloads elsewhere"; }
(cd "$T/work" && at_home "$T/home" "$MW_BIN" --rollback) >"$T/rollback.out" 2>&1 || fail "rollback: $(cat "$T/rollback.out")"
find "$T/home" | sort >"$T/after"
diff "$T/before" "$T/after" || fail "something of the caches is left"
passed
