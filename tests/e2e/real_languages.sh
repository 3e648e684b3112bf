#!/usr/bin/env bash
# npm, yarn 1 and 2, cargo, rustup, Maven, Gradle and n, as they are: from an empty home one apply puts
# all that are installed on a mirror, each one's own command asks it, one rollback returns every byte.
# label: real
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3 jq openssl
scratch
tools=$MW_SOURCE/build/tools/node_modules
there=() missing=()

# Programs that would read the user's own home are told where their own things are.
mkdir -p "$T/bin" "$T/home" "$T/work"
wrap() { # NAME COMMAND...
	local name=$1
	shift
	if [ -e "$1" ] || command -v "$1" >/dev/null; then
		printf '#!/bin/sh\nexec %s "$@"\n' "$*" >"$T/bin/$name"
		chmod +x "$T/bin/$name"
		there+=("$name")
	else
		missing+=("$name")
	fi
}
node=$(command -v node || command -v nodejs || echo /no/node)
wrap npm "$(command -v npm || echo /no/npm)"
wrap cargo "$(command -v cargo || echo "$HOME/.cargo/bin/cargo")"
wrap rustup "$(command -v rustup || echo "$HOME/.cargo/bin/rustup")"
wrap mvn "$(command -v mvn || echo /no/mvn)"
wrap gradle "$(command -v gradle || echo /no/gradle)"
wrap n "$tools/.bin/n"
yarn1=$tools/yarn/bin/yarn.js yarn2=$tools/@yarnpkg/cli-dist/bin/yarn.js
if [ -e "$yarn2" ]; then wrap yarn "$node" "$yarn2"; else missing+=(yarn); fi
echo "there: ${there[*]:-none}; not there: ${missing[*]:-none}"
[ ${#there[@]} -gt 0 ] || fail "none of the tools is installed: ./bootstrap.sh test installs them"
rustc=$(command -v rustc || echo "$HOME/.cargo/bin/rustc")
[ ! -e "$rustc" ] || printf '#!/bin/sh\nexec %s "$@"\n' "$rustc" >"$T/bin/rustc"
chmod +x "$T/bin/"*
has() { [ -e "$T/bin/$1" ]; }

make_certificates() { # an authority, and a server that it vouches for: some clients insist on two
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=Loopback authority" \
		-keyout "$T/ca.key" -out "$T/ca.crt"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=loopback -keyout "$T/server.key" -out "$T/server.csr"
	printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' >"$T/extensions"
	openssl x509 -req -in "$T/server.csr" -CA "$T/ca.crt" -CAkey "$T/ca.key" -days 2 -extfile "$T/extensions" -out "$T/server.crt"
}
make_certificates 2>/dev/null
background "$T/server.out" python3 "$MW_SOURCE/tests/support/languages_server.py" "$T"
wait_for 10 test -e "$T/port" || fail "the server does not start: $(cat "$T/server.out")"
at=https://127.0.0.1:$(cat "$T/port")
real_rustup=${RUSTUP_HOME:-$HOME/.rustup}
clean() { # COMMAND...: with the empty home and nothing else that the tools would read
	env -i PATH="$T/bin:/usr/local/bin:/usr/bin:/bin" HOME="$T/home" LANG=C.UTF-8 MIRRORWISE_STATE_DIR="$T/state" \
		SSL_CERT_FILE="$T/ca.crt" NODE_EXTRA_CA_CERTS="$T/ca.crt" CURL_CA_BUNDLE="$T/ca.crt" \
		CARGO_HTTP_CAINFO="$T/ca.crt" RUSTUP_HOME="$real_rustup" "$@"
}
npm_clean() { clean env npm_config_cafile="$T/ca.crt" npm_config_fetch_retries=0 "$@"; }
mw() {
	local catalogues=()
	for file in npm cargo maven gradle-plugins rustup node-dist; do catalogues+=(--catalog "$T/$file.json"); done
	(cd "$T/work" && clean "$MW_BIN" --lang en --profile dev --only npm,yarn-berry,cargo,rustup,maven,gradle,node "${catalogues[@]}" "$@")
}
asked() { grep -qE "$1" "$T/log" || fail "nobody asked for $1: $(cat "$T/log")"; }

find "$T/home" | sort >"$T/before"
mw --apply --samples 1 >"$T/apply.out" 2>&1 || fail "apply: $(cat "$T/apply.out")"
mw --checklist --samples 1 >"$T/list.out" 2>&1 || fail "checklist: $(cat "$T/list.out")"
mw --diff >"$T/again.out" 2>&1 || fail "a second time: $(cat "$T/again.out")"
: >"$T/log"
cd "$T/work"

if has npm; then
	expect "npm says so" "$(clean npm config get registry)" "$at/npm/"
	(mkdir npm && cd npm && npm_clean npm install --no-audit --no-fund isarray >"$T/npm.out" 2>&1) || fail "$(cat "$T/npm.out")"
	asked '^GET /npm/isarray/-/isarray-1.0.0.tgz'
	expect "its lock file names the mirror" "$(jq -r '.packages["node_modules/isarray"].resolved' npm/package-lock.json)" \
		"$at/npm/isarray/-/isarray-1.0.0.tgz"
fi
if has npm && [ -e "$yarn1" ]; then
	: >"$T/log"
	mkdir yarn1
	echo '{"name":"x","version":"1.0.0","dependencies":{"isarray":"1.0.0"}}' >yarn1/package.json
	(cd yarn1 && npm_clean "$node" "$yarn1" install --no-progress >"$T/yarn1.out" 2>&1) || fail "$(cat "$T/yarn1.out")"
	asked '^GET /npm/isarray'
fi
if has yarn; then
	: >"$T/log"
	mkdir yarn2
	echo '{"name":"x","version":"1.0.0","dependencies":{"isarray":"1.0.0"}}' >yarn2/package.json
	touch yarn2/yarn.lock
	(cd yarn2 && clean env YARN_ENABLE_TELEMETRY=0 YARN_HTTPS_CA_FILE_PATH="$T/ca.crt" "$T/bin/yarn" install >"$T/yarn2.out" 2>&1) ||
		fail "$(cat "$T/yarn2.out")"
	asked '^GET /npm/isarray'
fi
if has cargo; then
	mkdir -p crate/src
	printf '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\ndemo = "0.1"\n' >crate/Cargo.toml
	touch crate/src/lib.rs
	(cd crate && clean cargo fetch >"$T/cargo.out" 2>&1) || fail "$(cat "$T/cargo.out")"
	asked '^GET /index/de/mo/demo'
	asked '^GET /crates/demo'
fi
if has rustup; then
	mkdir rust
	clean sh -c '. "$HOME/.profile"; RUSTUP_HOME=$PWD/rust timeout 20 rustup toolchain install 1.70.0 --profile minimal --no-self-update' >"$T/rustup.out" 2>&1 || true
	asked '^GET /rust/dist/channel-rust-1.70.0'
fi
if has n; then
	clean sh -c '. "$HOME/.profile"; n ls-remote 20' >"$T/n.out" 2>&1 || fail "$(cat "$T/n.out")"
	expect "n lists what the mirror has" "$(tail -1 "$T/n.out")" "20.9.0"
	asked '^GET /node/index.tab'
fi
if has mvn || has gradle; then
	keytool -importcert -noprompt -alias here -file "$T/ca.crt" -keystore "$T/trust" -storepass changeit >/dev/null 2>&1
	trust="-Djavax.net.ssl.trustStore=$T/trust -Djavax.net.ssl.trustStorePassword=changeit"
fi
if has mvn; then
	mkdir maven
	echo '<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.example</groupId><artifactId>parent</artifactId>
<version>1</version><relativePath/></parent><artifactId>x</artifactId><packaging>pom</packaging></project>' >maven/pom.xml
	(cd maven && clean env MAVEN_OPTS="$trust -Duser.home=$T/home" mvn -B -q validate >"$T/mvn.out" 2>&1) || fail "$(cat "$T/mvn.out")"
	asked '^GET /m2/org/example/parent/1/parent-1.pom'
fi
if has gradle; then
	mkdir gradle
	printf 'repositories { mavenCentral() }\nconfigurations { x }\ndependencies { x "org.example:parent:1@pom" }\ntask get { doLast { println configurations.x.files } }\n' >gradle/build.gradle
	(cd gradle && clean env GRADLE_OPTS="$trust -Duser.home=$T/home" gradle --no-daemon -q get >"$T/gradle.out" 2>&1) || fail "$(cat "$T/gradle.out")"
	asked '^GET /m2/org/example/parent/1/parent-1.pom'
fi

# What the tools made is theirs; what we wrote goes.
rm -rf "$T/home/.npm" "$T/home/.cache" "$T/home/.yarn" "$T/home/.cargo/registry" "$T/home/.cargo/.package-cache"* \
	"$T/home/.cargo/.global-cache" "$T/home/.m2/repository" "$T/home/.gradle/"{caches,daemon,native,4.4.1,notifications} "$T/home/.config/yarn" "$T/home/.yarnrc" "$T/home/.java" "$T/home/.config/configstore"
clean "$MW_BIN" --lang en --rollback >"$T/rollback.out" 2>&1 || fail "rollback: $(cat "$T/rollback.out")"
find "$T/home" | sort >"$T/after"
diff "$T/before" "$T/after" || fail "something is left"
passed
