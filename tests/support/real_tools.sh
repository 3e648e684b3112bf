# shellcheck shell=bash
# shellcheck disable=SC2034 # for the scripts that source it
# Shared by the tests that start the languages' real tools: goes into the lab, sets T (a scratch
# directory), says where the tools are, and makes small projects. Sourced after e2e.sh.

if [ -z "${LAB_DIR:-}" ]; then
	need python3 jq
	exec "$MW_SOURCE/tests/lab/lab.sh" run -- bash "$MW_SOURCE/tests/e2e/$(basename "$0")"
fi
scratch
modules=$MW_SOURCE/build/tools/node_modules # what bootstrap.sh installs with npm
rustup_home=${RUSTUP_HOME:-$HOME/.rustup}
find_program() { # NAME OTHER-PLACE: its path, or nothing
	command -v "$1" || { [ ! -e "${2:-}" ] || echo "$2"; } || true
}
cargo=$(find_program cargo "$HOME/.cargo/bin/cargo")
none_is_there() { fail "none of the tools is installed: ./bootstrap.sh test installs them"; }
# Java's options that make it trust the lab.
trust_lab() {
	keytool -importcert -noprompt -alias lab -file "$LAB_CA" -keystore "$T/trust" -storepass changeit >/dev/null 2>&1
	trust="-Djavax.net.ssl.trustStore=$T/trust -Djavax.net.ssl.trustStorePassword=changeit"
}

# Projects, in the folder where we are, that want one package of the lab's mirrors.
npm_project() { echo '{"name":"x","version":"1.0.0","dependencies":{"isarray":"1.0.0"}}' >package.json; }
composer_project() { echo '{"name": "x/x", "require": {"acme/demo": "1.0.0"}}' >composer.json; }
cargo_project() {
	mkdir -p src
	printf '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\ndemo = "0.1"\n' >Cargo.toml
	touch src/lib.rs
}
maven_project() {
	echo '<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.example</groupId><artifactId>parent</artifactId>
<version>1</version><relativePath/></parent><artifactId>x</artifactId><packaging>pom</packaging></project>' >pom.xml
}
