#!/usr/bin/env bash
# The packages: lintian is silent, two builds in different folders are equal bit for bit, dpkg
# installs and purges without a trace, and the files are those of cmake --install.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need root git cmake dpkg-deb dpkg-shlibdeps lintian unshare
git -C "$MW_SOURCE" rev-parse HEAD >/dev/null 2>&1 || skip "needs the history, whose time is that of the packages"
scratch

# The tree as it is, as a commit, in folders of different depth, with other umasks and time zones.
copy() { # DIR
	mkdir -p "$1"
	(cd "$MW_SOURCE" && git ls-files -z --cached --others --exclude-standard |
		while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
		tar --null -T - -cf -) | tar -C "$1" -xf -
	git -C "$1" init -q
	git -C "$1" add -A
	GIT_AUTHOR_DATE='2026-11-30T00:00:00Z' GIT_COMMITTER_DATE='2026-11-30T00:00:00Z' \
		git -C "$1" -c user.name=test -c user.email=test@example.com commit -qm tree
}
copy "$T/one"
copy "$T/quite/another/place"
(umask 077 && cd "$T/one" && TZ=Asia/Shanghai bash assets/packaging/package.sh deb tar) >"$T/one.log" 2>&1 ||
	fail "$(tail -n 20 "$T/one.log")"
(cd "$T/quite/another/place" && LC_ALL=C.UTF-8 bash assets/packaging/package.sh deb tar) >"$T/two.log" 2>&1 ||
	fail "$(tail -n 20 "$T/two.log")"
for file in "$T"/one/build/dist/*; do
	expectations=$((expectations + 1))
	cmp "$file" "$T/quite/another/place/build/dist/${file##*/}" || fail "${file##*/} differs"
done
deb=$(echo "$T"/one/build/dist/*.deb)
expect "lintian" "$(lintian -E --pedantic --fail-on warning "$deb" 2>&1 | grep -v 'root privileges')" ""

# The same files in the package, the tarball and cmake --install.
dpkg-deb -c "$deb" | awk '$1 !~ /^d/ {print substr($6, 2)}' | sort >"$T/deb.txt"
tar -tzf "$T"/one/build/dist/*-linux-*.tar.gz | grep -v '/$' | sed 's/^[.]//' | sort >"$T/tar.txt"
expect "the tarball's files" "$(diff "$T/deb.txt" "$T/tar.txt")" ""
for path in /usr/bin/mirrorwise /usr/share/man/man1/mirrorwise.1.gz /usr/share/man/zh_CN/man5/mirrorwise-profile.5.gz \
	/usr/share/bash-completion/completions/mirrorwise; do
	expect "$path" "$(grep -cxF "$path" "$T/deb.txt")" 1
done

# dpkg in a root of its own, without the dependencies; the user's files stay.
root=$T/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/etc/mirrorwise/profiles"
: >"$root/var/lib/dpkg/status"
printf '[profile]\nname = ours\n' >"$root/etc/mirrorwise/profiles/ours.ini"
find "$root" -path "$root/var/lib/dpkg" -prune -o -print | sort >"$T/before.txt"
dpkg_in() { dpkg --root="$root" --force-script-chrootless --force-depends --log="$T/dpkg.log" "$@" >>"$T/dpkg.out" 2>&1; }
dpkg_in -i "$deb" || fail "$(tail -n 5 "$T/dpkg.out")"
expect "installed" "$("$root/usr/bin/mirrorwise" --version | head -n 1)" "$("$MW_BIN" --version | head -n 1)"
HOME=$T/home MIRRORWISE_STATE_DIR=$T/state "$root/usr/bin/mirrorwise" --root "$root" --profile prod --diff >"$T/diff.txt" 2>&1 || expect "a diff" $? 2
dpkg_in -P mirrorwise || fail "$(tail -n 5 "$T/dpkg.out")"
find "$root" -path "$root/var/lib/dpkg" -prune -o -print | sort >"$T/after.txt"
expect "nothing is left but the user's" "$(diff "$T/before.txt" "$T/after.txt")" ""
passed
