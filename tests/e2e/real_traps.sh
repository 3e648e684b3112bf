#!/usr/bin/env bash
# Where a mirror breaks the real tools, among the lab's mirrors: what we say of it is what they do.
# label: real
# lock: lab
# cost: 180
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
. "$MW_SOURCE/tests/support/real_tools.sh"
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
	npm_project
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
		mkdir -p "$HOME/.cargo"
		cargo_project
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
	says "config.toml:1:26: source.crates-io"

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
	trust_lab
	jq '.mirrors |= map(select(.id != "m220.maven"))' "$LAB_DIR/maven.json" >"$T/maven.json"
	others=("${catalogues[@]}")
	catalogues=(--catalog "$T/maven.json")
	while read -r pattern; do
		begin
		mkdir -p "$HOME/.m2"
		printf '<settings>\n  <mirrors>\n    <mirror><id>company</id><mirrorOf>%s</mirrorOf><url>https://m220.maven.lab</url></mirror>\n  </mirrors>\n</settings>\n' "$pattern" >"$HOME/.m2/settings.xml"
		cp "$HOME/.m2/settings.xml" "$T/before"
		maven_project
		mw --apply -p dev --only maven
		expect "$pattern" "$rc" 0
		cmp "$HOME/.m2/settings.xml" "$T/before" || fail "$pattern: the company's mirror lost Maven Central"
		says "maven: left as it is: https://m220.maven.lab is no known mirror of maven"
		mw --show maven.central.url
		says "https://m220.maven.lab"
		# What Maven itself makes of it.
		MAVEN_OPTS=$trust \
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
	catalogues=("${others[@]}")
fi

# ---- the command that is offered takes another mirror's address out of a lock file ----
locked() { # TOOL FILE WANTED PROGRAM...: with the file as PROGRAM has made it by the mirror m40, here
	local tool=$1 file=$2 wanted=$3
	shift 3
	mw --apply -p dev --only "$tool" --mirror "$tool=m40.$tool"
	expect "$tool: on one mirror" "$rc" 0
	"$@" >"$T/tool.out" 2>&1 || fail "$tool: $(cat "$T/tool.out")"
	grep -q "m40\.$tool\.lab" "$file" || fail "$file has not kept the mirror: $(cat "$file")"
	cp "$file" "$T/locked"
	mw --apply -p dev --only "$tool" --mirror "$tool=m12.$tool"
	mkdir -p deep/down
	(cd deep/down && mw --doctor --only "$tool" --json)
	fix=$(jq -r --arg id "$tool-locks.$file.m40.$tool" '.checks[] | select(.id == $id) | .fix' "$T/out")
	expect "$file: from a folder below it, a command" "${fix%% && *}" "(cd $T/work"
	sh -c "$fix" >"$T/tool.out" 2>&1 || fail "$fix: $(cat "$T/tool.out")"
	! grep -q "m40\.$tool\.lab" "$file" || fail "$fix: the address is still there: $(cat "$file")"
	expect "$file: what else differs" "$(diff "$T/locked" "$file" | grep '^>' | tr -d ' >,' || true)" "$wanted"
	mw --doctor --only "$tool" --json
	expect "$file: the finding is gone" "$(finding "$tool-locks.$file.m40.$tool")" ""
}
export npm_config_cafile=$LAB_CA npm_config_audit=false npm_config_cache=$T/npm.cache SSL_CERT_FILE=$LAB_CA COMPOSER_ALLOW_SUPERUSER=1
if command -v npm >/dev/null; then
	begin
	npm_project
	locked npm package-lock.json "" npm install
	if [ -e "$modules/npm-12" ]; then npm_of 12 https://m12.npm.lab/ || fail "npm 12 by the new lock file: $(cat "$T/npm.out")"; fi
fi
if command -v composer >/dev/null; then
	begin
	composer_project
	locked composer composer.lock '"url":"https://m12.composer.lab/dists/%package%/%version%/r%reference%.%type%"' composer update --no-interaction
	(cd "$T/work" && mw --doctor --only composer --json)
	expect "the mirror in use stands there again: no command" \
		"$(jq -r '.checks[] | select(.id == "composer-locks.composer.lock.m12.composer") | .fix' "$T/out" | cut -d' ' -f1)" '${EDITOR:-vi}'
fi
[ "$count" -gt 0 ] || none_is_there
passed
