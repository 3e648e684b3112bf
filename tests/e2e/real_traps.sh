#!/usr/bin/env bash
# Where a mirror breaks the real tools, among the lab's mirrors: what we say of it is what they do.
# label: real
# lock: lab
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
if [ -z "${LAB_DIR:-}" ]; then
	need python3 jq
	exec "$MW_SOURCE/tests/lab/lab.sh" run -- bash "$MW_SOURCE/tests/e2e/real_traps.sh"
fi
scratch
modules=$MW_SOURCE/build/tools/node_modules
rustup_home=${RUSTUP_HOME:-$HOME/.rustup}
cargo=$(command -v cargo || ls "$HOME/.cargo/bin/cargo" 2>/dev/null || true)
while read -r name; do unset "$name"; done < <(compgen -e | grep -iE '^(npm_|CARGO|MAVEN|MIRRORWISE_|XDG_)' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" RUSTUP_HOME="$rustup_home" CARGO_HTTP_CAINFO="$LAB_CA" LC_ALL=C.UTF-8
fresh() { rm -rf "${T:?}/home" "$T/state" "$T/work" && mkdir -p "$HOME" "$T/work" && cd "$T/work" && : >"$LAB_DIR/requests"; }
catalogues=()
for file in npm bad-npm cargo maven conda composer; do catalogues+=(--catalog "$LAB_DIR/$file.json"); done
mw() { # ARGUMENT...: sets $rc
	rc=0
	"$MW_BIN" --lang en "${catalogues[@]}" "$@" >"$T/out" 2>"$T/err" || rc=$?
}
says() { grep -qF -- "$1" "$T/out" "$T/err" || fail "not said: $1: $(cat "$T/out" "$T/err")"; }
finding() { jq -r --arg id "$1" '.checks[] | select(.id == $id) | .status + ": " + .observed' "$T/out"; }
count=0
begin() { count=$((count + 1)) && fresh; }

# ---- npm 12 takes no tarball from a third host ----
if [ -e "$modules/npm-12" ] && command -v npm >/dev/null; then
	begin
	npm_of() { # 11|12 REGISTRY
		local npm=(npm)
		[ "$1" = 11 ] || npm=(node "$modules/npm-12/bin/npm-cli.js")
		rm -rf "$T/npm" && cp -r "$T/work" "$T/npm"
		(cd "$T/npm" && npm_config_cafile="$LAB_CA" npm_config_audit=false npm_config_fetch_retries=0 \
			"${npm[@]}" --cache "$T/npm.cache.$1" --registry "$2" install) >"$T/npm.out" 2>&1
	}
	echo '{"name":"x","version":"1.0.0","dependencies":{"isarray":"1.0.0"}}' >package.json
	npm_of 12 https://m12.npm.lab/ || fail "npm 12 and an honest mirror: $(cat "$T/npm.out")"
	! npm_of 12 https://bad-other-host.npm.lab/ || fail "npm 12 takes tarballs of a third host"
	grep -q EALLOWREMOTE "$T/npm.out" || fail "npm 12 refuses for another reason: $(cat "$T/npm.out")"
	npm_of 11 https://bad-other-host.npm.lab/ || fail "npm 11 does not: $(cat "$T/npm.out")"
	mw --probe --only npm --json
	expect "the probe does not like it" "$(jq -r '.mirrors[] | select(.id == "bad-other-host.npm") | "\(.usable) \(.reason)"' "$T/out")" "false Its /isarray/1.0.0 leads to another host: m40.npm.lab"
	# So it is with a lock file that has kept another mirror's address.
	npm_of 11 https://m40.npm.lab/ && cp "$T/npm/package-lock.json" .
	! npm_of 12 https://m12.npm.lab/ || fail "npm 12 takes another mirror's tarballs"
	grep -q EALLOWREMOTE "$T/npm.out" || fail "npm 12 refuses for another reason: $(cat "$T/npm.out")"
fi

# ---- Cargo dies of two sources with one address, and of a source that stands in for itself ----
if [ -n "$cargo" ]; then
	crate() {
		begin
		mkdir -p src "$HOME/.cargo"
		printf '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\ndemo = "0.1"\n' >Cargo.toml
		touch src/lib.rs
	}
	fetches() {
		rm -rf "$HOME/.cargo/registry" Cargo.lock
		: >"$LAB_DIR/requests"
		timeout 60 "$cargo" fetch >"$T/cargo.out" 2>&1 || fail "Cargo does not take it: $(cat "$T/cargo.out" "$HOME/.cargo/config.toml")"
	}
	url=https://m12.cargo.lab
	while read -r form; do
		crate
		printf '%b' "$form" >"$HOME/.cargo/config.toml"
		cp "$HOME/.cargo/config.toml" "$T/before"
		mw --apply -p dev --only cargo --mirror cargo=m12.cargo
		expect "$form" "$rc" 0
		fetches
		grep -q '^m12\.cargo\.lab GET /de/mo/demo' "$LAB_DIR/requests" || fail "$form: another was asked: $(cat "$LAB_DIR/requests")"
		mw --diff -p dev --only cargo --mirror cargo=m12.cargo
		expect "$form, again" "$rc" 0
		if ! cmp -s "$HOME/.cargo/config.toml" "$T/before"; then
			"$MW_BIN" --rollback >"$T/out" 2>&1 || fail "$form: $(cat "$T/out")"
			cmp "$HOME/.cargo/config.toml" "$T/before" || fail "$form: not as before"
		fi
	done <<-EOT
		[source.theirs]\nregistry = "sparse+$url/"\n
		[source.theirs]\nregistry = "sparse+$url"\n[source.crates-io]\nreplace-with = "theirs"\n
		[source.crates-io]\nregistry = "sparse+$url/"\n
		[source.crates-io]\nregistry = "sparse+$url/"\nreplace-with = "old"\n[source.old]\nregistry = "sparse+https://old.example/"\n
		[source.crates-io]\nregistry = "https://github.com/rust-lang/crates.io-index"\n
		[source]\ntheirs = {registry = "sparse+$url/"}\n
	EOT

	crate
	printf 'source.theirs.registry = "sparse+%s/"\n' "$url" >"$HOME/.cargo/config.toml"
	mw --apply -p dev --only cargo --mirror cargo=m12.cargo
	expect "a form that is not edited" "$rc $(wc -l <"$HOME/.cargo/config.toml")" "78 1"
	says "config.toml: Line 1: "

	# A project with copies of its own asks nobody, and is right.
	crate
	mkdir -p .cargo vendor/demo/src
	printf '[source.crates-io]\nreplace-with = "copies"\n[source.copies]\ndirectory = "vendor"\n' >.cargo/config.toml
	printf '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n' >vendor/demo/Cargo.toml
	echo '{"files":{}}' >vendor/demo/.cargo-checksum.json
	touch vendor/demo/src/lib.rs
	mw --apply -p dev --only cargo --mirror cargo=m12.cargo
	expect "a project of copies" "$rc" 0
	fetches
	expect "asks nobody" "$(cat "$LAB_DIR/requests")" ""
	mw --checklist -p dev --only cargo --mirror cargo=m12.cargo --json
	expect "and is right" "$rc $(finding cargo-effective.source.crates-io.replace-with | sed 's/, from .*:2//')" \
		"0 pass: copies: the project brings its own copies and asks no mirror"
fi

# ---- a company's mirror of everything keeps Maven Central ----
if command -v mvn >/dev/null; then
	keytool -importcert -noprompt -alias lab -file "$LAB_CA" -keystore "$T/trust" -storepass changeit >/dev/null 2>&1
	jq '.mirrors |= map(select(.id != "m220.maven"))' "$LAB_DIR/maven.json" >"$T/maven.json"
	catalogues=(--catalog "$T/maven.json")
	while read -r pattern; do
		begin
		mkdir -p "$HOME/.m2"
		printf '<settings>\n  <mirrors>\n    <mirror><id>company</id><mirrorOf>%s</mirrorOf><url>https://m220.maven.lab</url></mirror>\n  </mirrors>\n</settings>\n' "$pattern" >"$HOME/.m2/settings.xml"
		cp "$HOME/.m2/settings.xml" "$T/before"
		echo '<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.example</groupId><artifactId>parent</artifactId>
<version>1</version><relativePath/></parent><artifactId>x</artifactId><packaging>pom</packaging></project>' >pom.xml
		mw --apply -p dev --only maven
		expect "$pattern" "$rc" 0
		cmp "$HOME/.m2/settings.xml" "$T/before" || fail "$pattern: the company's mirror lost Maven Central"
		says "maven: left as it is: https://m220.maven.lab is no known mirror of maven"
		mw --show maven.central.url
		says "https://m220.maven.lab"
		# What Maven itself makes of it.
		MAVEN_OPTS="-Djavax.net.ssl.trustStore=$T/trust -Djavax.net.ssl.trustStorePassword=changeit" \
			mvn -B -q -s "$HOME/.m2/settings.xml" -Dmaven.repo.local="$T/work/m2" validate >"$T/mvn.out" 2>&1 || fail "$(cat "$T/mvn.out")"
		expect "$pattern: Maven asks the company alone" "$(grep parent-1.pom "$LAB_DIR/requests" | cut -d' ' -f1 | sort -u)" m220.maven.lab
	done <<-'EOT'
		*
		external:*
		*,!snapshots
		central,x
	EOT
	# One that does not speak for it is nobody's business.
	begin
	mkdir -p "$HOME/.m2"
	printf '<settings><mirrors><mirror><id>company</id><mirrorOf>*,!central</mirrorOf><url>https://m220.maven.lab</url></mirror></mirrors></settings>\n' >"$HOME/.m2/settings.xml"
	mw --apply -p dev --only maven
	expect "all but central" "$rc $(grep -c mirrorwise-central "$HOME/.m2/settings.xml")" "0 1"
fi
[ "$count" -gt 0 ] || fail "none of the tools is installed: ./bootstrap.sh test installs them"
passed
