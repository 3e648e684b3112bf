#!/usr/bin/env bash
# ./bootstrap.sh package [deb|rpm|tar|static]...: into build/dist, all four without a word.
# Two builds of one commit are equal bit for bit, wherever the tree lies.
set -euo pipefail
umask 022
cd "$(dirname "$0")/../.."
source=$PWD
dist=$source/build/dist
export LC_ALL=C TZ=UTC
version=$(sed -n 's/^project(mirrorwise VERSION \([^ ]*\).*/\1/p' CMakeLists.txt)
# The commit's time; without git the release's.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null ||
	date -d "$(sed -n 's/^set(MW_RELEASE_DATE "\(.*\)")/\1/p' CMakeLists.txt)" +%s)
export SOURCE_DATE_EPOCH
[ $# != 0 ] || set -- deb rpm tar static
mkdir -p "$dist"

say() { echo "package: $*" >&2; }
quietly() { # LOG COMMAND...
	local log=$1
	shift
	"$@" >"$log" 2>&1 || {
		tail -n 20 "$log" | cut -c 1-200 >&2
		say "failed: $*"
		exit 1
	}
}

# Debian's zsh looks in a folder of its own.
build() { # ZSH-FOLDER
	mkdir -p build/package
	quietly build/package/configure.log cmake -S . -B build/package -G Ninja -DCMAKE_BUILD_TYPE=Release \
		-DBUILD_TESTING=OFF -DCMAKE_INSTALL_PREFIX=/usr -DMW_ZSH_DIR="share/zsh/$1" -DMW_WERROR=OFF
	quietly build/package/build.log cmake --build build/package
}

pack() { # GENERATOR PATTERN ZSH-FOLDER
	build "$3"
	rm -rf build/package/out
	quietly build/package/pack.log cpack -G "$1" --config build/package/CPackConfig.cmake -B build/package/out
	find build/package/out -maxdepth 1 -name "$2" -exec mv -f {} "$dist/" \;
}

for kind; do
	case $kind in
	deb) pack DEB '*.deb' vendor-completions ;;
	rpm) pack RPM '*.rpm' site-functions ;;
	tar)
		# Sources as committed; programs as cmake --install lays them.
		if git rev-parse HEAD >/dev/null 2>&1; then
			git archive --format=tar --prefix="mirrorwise-$version/" HEAD | gzip -9n >"$dist/mirrorwise-$version.tar.gz"
		else
			say "no git: the source tarball is left out"
		fi
		build site-functions
		rm -rf build/package/tree
		quietly build/package/install.log env DESTDIR="$source/build/package/tree" cmake --install build/package --strip
		tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
			-C build/package/tree -cf - . | gzip -9n >"$dist/mirrorwise-$version-linux-$(uname -m).tar.gz"
		;;
	static)
		bash assets/packaging/static.sh "$source" "$source/build/static" "$(uname -m)"
		[ "$(uname -m)" = aarch64 ] || ! command -v aarch64-linux-gnu-gcc >/dev/null ||
			bash assets/packaging/static.sh "$source" "$source/build/static" aarch64
		;;
	*)
		say "no such package: $kind; there are deb, rpm, tar and static"
		exit 64
		;;
	esac
done
bash assets/packaging/sbom.sh "$source" "$dist"
(cd "$dist" && find . -maxdepth 1 -type f ! -name 'SHA256SUMS*' -printf '%f\n' | sort | xargs sha256sum >SHA256SUMS)
say "in $dist:"
(cd "$dist" && cat SHA256SUMS)
