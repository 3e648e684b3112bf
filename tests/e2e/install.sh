#!/usr/bin/env bash
# The release build installs below any prefix and runs from elsewhere without the tree; the program
# is hardened, free of the paths it was built in, and does not load libcurl before it needs it.
# lock: release
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need cmake readelf
scratch
export HOME="$T/home" XDG_CONFIG_HOME="$T/home/.config" MIRRORWISE_STATE_DIR="$T/state"
mkdir "$HOME"

build_release
prefix=$T/prefix
cmake --install "$build" --prefix "$prefix" >"$T/install.txt" || fail "$(tail -n 30 "$T/install.txt")"
program=$prefix/bin/mirrorwise
[ -x "$program" ] || fail "nothing at bin/mirrorwise: $(cd "$prefix" && find . -type f)"

# The data, as it is in the tree, each once.
for file in "$MW_SOURCE"/profiles/*.ini "$MW_SOURCE"/assets/mirrors/*.json; do
	copies=$(find "$prefix/share/mirrorwise" -name "$(basename "$file")")
	expect "copies of $(basename "$file")" "$(grep -c . <<<"$copies")" 1
	cmp "$file" "$copies" || fail "$copies is not what the tree has"
done

# From elsewhere, with nothing of the tree in reach.
mkdir "$T/elsewhere"
cd "$T/elsewhere"
version=$(sed -n 's/^project(mirrorwise VERSION \([0-9.]*\).*/\1/p' "$MW_SOURCE/CMakeLists.txt")
said=$("$program" --version)
case $said in
*"$version"*) ;;
*) fail "--version says '$said', not $version" ;;
esac
profiles=$("$program" --list profiles)
for name in base dev test prod; do
	grep -qw "$name" <<<"$profiles" || fail "no profile $name: $profiles"
done
mirrors=$("$program" --list mirrors)
for id in $(sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' "$MW_SOURCE"/assets/mirrors/*.json); do
	expectations=$((expectations + 1))
	grep -qwF "$id" <<<"$mirrors" || fail "no mirror $id: $mirrors"
done
[ -z "$(ls -A)" ] || fail "left behind: $(ls -A)"

# Hardening (OpenSSF compiler guide).
headers=$(readelf -W -l -d -h "$program")
has() { # WHAT REGEX
	expectations=$((expectations + 1))
	grep -Eq "$2" <<<"$headers" || fail "$1: $(grep -E 'Type:|STACK|RELRO|FLAGS' <<<"$headers")"
}
has "position independent" 'Type: +DYN'
has "relocations read-only" 'GNU_RELRO'
has "bound at start" '\(FLAGS\).*BIND_NOW|\(BIND_NOW\)'
has "stack not executable" 'GNU_STACK +([^ ]+ +){5}RW '
grep -E '^ +LOAD' <<<"$headers" | grep -q 'RWE' && fail "a segment is writable and executable"
symbols=$(readelf -W --dyn-syms "$program")
grep -q '__stack_chk_fail' <<<"$symbols" || fail "no stack protector"
case $(uname -m)-$(readelf -W -l "$program" | grep -c 'ld-linux') in
*-1) grep -Eq '__[a-z]+_chk' <<<"$symbols" || fail "no _FORTIFY_SOURCE" ;; # glibc only
esac
grep -qE '\(NEEDED\).*(curl|ssl)' <<<"$headers" &&
	fail "loaded at every start: $(grep NEEDED <<<"$headers")"
grep -qaF "$MW_SOURCE" "$program" && fail "the program knows where it was built"

# As README.md takes it away again: only what was installed goes.
mkdir -p "$prefix/share/mirrorwise/profiles"
: >"$prefix/share/mirrorwise/profiles/ours.ini"
expect "the line of README.md" "$(grep -c 'xargs rm -f <build/release/install_manifest.txt' "$MW_SOURCE/README.md")" 1
xargs rm -f <"$build/install_manifest.txt"
expect "what is left" "$(find "$prefix" -type f)" "$prefix/share/mirrorwise/profiles/ours.ini"
passed
