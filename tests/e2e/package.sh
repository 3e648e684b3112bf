#!/usr/bin/env bash
# The packages: lintian is silent, two builds in different folders are equal bit for bit, dpkg, apt
# on a bare Debian and rpm install and purge without a trace, and the files are those of
# cmake --install.
# cost: 300
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need root git cmake dpkg-deb dpkg-shlibdeps lintian unshare jq
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
kinds="deb tar"
! command -v rpmbuild >/dev/null || kinds="deb rpm tar"
# shellcheck disable=SC2086 # words
(umask 077 && cd "$T/one" && TZ=Asia/Shanghai bash assets/packaging/package.sh $kinds) >"$T/one.log" 2>&1 ||
	fail "$(tail -n 20 "$T/one.log")"
# shellcheck disable=SC2086 # words
(cd "$T/quite/another/place" && LC_ALL=C.UTF-8 bash assets/packaging/package.sh $kinds) >"$T/two.log" 2>&1 ||
	fail "$(tail -n 20 "$T/two.log")"
for file in "$T"/one/build/dist/*; do
	expectations=$((expectations + 1))
	cmp "$file" "$T/quite/another/place/build/dist/${file##*/}" || fail "${file##*/} differs"
done
deb=$(echo "$T"/one/build/dist/*.deb)
expect "lintian" "$(lintian -E --pedantic --fail-on warning "$deb" 2>&1 | grep -v 'root privileges')" ""

dist=$T/one/build/dist
expect "checksums" "$(cd "$dist" && sha256sum -c SHA256SUMS 2>&1 | grep -vc ': OK$')" 0
for sbom in "$dist"/*.cdx.json; do
	expect "${sbom##*/}" "$(jq -r -f "$MW_SOURCE/tests/support/sbom.jq" "$sbom")" true
done

# The same files in the packages, the tarball and cmake --install.
dpkg-deb -c "$deb" | awk '$1 !~ /^d/ {print substr($6, 2)}' | sort >"$T/deb.txt"
tar -tzf "$dist"/*-linux-*.tar.gz | grep -v '/$' | sed 's/^[.]//' | sort >"$T/tar.txt"
expect "the tarball's files" "$(diff <(sed 's/vendor-completions/site-functions/' "$T/deb.txt" | sort) "$T/tar.txt")" ""
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

# rpm, in a root of its own.
if command -v rpm >/dev/null && [ -e "$(echo "$dist"/*.rpm)" ]; then
	mkdir -p "$T/rpm"
	rpm_in() { rpm --root "$T/rpm" --dbpath /rpmdb "$@" 2>>"$T/rpm.out"; }
	rpm_in --initdb
	rpm_in -i --nodeps "$dist"/*.rpm || fail "rpm: $(tail -n 3 "$T/rpm.out")"
	expect "rpm's files" "$(cd "$T/rpm" && find usr ! -type d ! -path '*/.build-id/*' | sed 's,^,/,' | sort | diff - "$T/tar.txt")" ""
	expect "rpm's program" "$("$T/rpm/usr/bin/mirrorwise" --version | head -n 1)" "$("$MW_BIN" --version | head -n 1)"
	rpm_in -e mirrorwise || fail "rpm: $(tail -n 3 "$T/rpm.out")"
	expect "after rpm -e" "$(cd "$T/rpm" && find usr ! -type d; cd "$T/rpm" && find . -path ./rpmdb -prune -o -name '*mirrorwise*' -print)" ""
fi

# A bare Debian: the line of README.md. The archive is the one that this machine's apt has.
bare_debian() {
	local debian=$T/debian archive line options='-o Dpkg::Use-Pty=0 -o DPkg::Options::=--force-confold'
	archive=$(apt-get indextargets --format '$(REPO_URI) $(LABEL) $(CODENAME)' 'Created-By: Packages' |
		awk '$2 == "Debian" && $3 !~ /-/ {print $1, $3; exit}')
	[ -n "$archive" ] || return 0
	debootstrap --variant=minbase "${archive#* }" "$debian" "${archive% *}" >"$T/debootstrap.log" 2>&1 || {
		echo "not tried on a bare Debian: $(tail -n 1 "$T/debootstrap.log" | cut -c 1-60)"
		return 0
	}
	cp -a /etc/apt/sources.list.d/*.sources "$debian/etc/apt/sources.list.d/" 2>/dev/null || true
	cp -a /etc/apt/apt.conf.d/*artifact* "$debian/etc/apt/apt.conf.d/" 2>/dev/null || true
	cp -L /etc/resolv.conf "$debian/etc/resolv.conf" 2>/dev/null || true
	cp "$deb" "$debian/root/"
	# shellcheck disable=SC2016 # the shell inside reads it
	in_debian() {
		unshare -m -p -f sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" env -i HOME=/root TERM=dumb \
			DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c "cd; $1"' "$debian" "$1"
	}
	in_debian "apt-get -qq update" >"$T/apt.log" 2>&1 || {
		echo "not tried on a bare Debian: the archive does not answer"
		return 0
	}
	line=$(grep -oE 'apt-get install -y \./mirrorwise_[^`]*' "$MW_SOURCE/README.md" | head -n 1)
	expect "the line of README.md" "$line" "apt-get install -y ./${deb##*/}"
	in_debian "$line $options" >"$T/apt.log" 2>&1 || fail "$line: $(tail -n 20 "$T/apt.log")"
	find "$debian/usr" "$debian/etc" -name '*mirrorwise*' | grep -q . || fail "nothing was installed"
	in_debian "mirrorwise --profile prod --apply" >"$T/run.txt" 2>&1 || fail "apply: $(cat "$T/run.txt")"
	grep -q goproxy.cn "$debian/root/.config/go/env" || fail "go has no mirror"
	in_debian "mirrorwise --rollback" >"$T/run.txt" 2>&1 || fail "rollback: $(cat "$T/run.txt")"
	expect "taken back" "$([ -e "$debian/root/.config/go/env" ] || echo gone)" gone
	in_debian "apt-get purge mirrorwise -y $options" >"$T/apt.log" 2>&1 || fail "purge: $(tail -n 20 "$T/apt.log")"
	expect "left of it" "$(find "$debian" -xdev -name '*mirrorwise*' ! -name '*.deb' ! -path "$debian/var/log/*" \
		! -path "$debian/var/lib/mirrorwise*" ! -path "$debian/root/.*" | sed "s,^$debian,,")" ""
}
if command -v debootstrap >/dev/null; then bare_debian; fi
passed
