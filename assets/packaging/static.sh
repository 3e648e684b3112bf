#!/usr/bin/env bash
# Builds the one static program: build/dist/mirrorwise-VERSION-linux-ARCH.
#     static.sh SOURCE BUILD [ARCH [DIST [OUT]]]   ARCH: x86_64 or aarch64, else this machine's
# SOURCE is the tree, BUILD a folder that keeps what was fetched and compiled, DIST where the program
# goes, OUT where our own code is compiled, else in BUILD. musl, curl, mbedTLS, ncurses, libsodium,
# cJSON and iniparser come from Debian's source packages: the archives that this machine's apt
# already uses, of later releases, with the checksums of their signed lists. A version that an archive
# lists and does not have is passed over for the next newer one.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC
source=$(realpath "$1")
mkdir -p "$2"
build=$(realpath "$2")
arch=${3:-$(uname -m)}
jobs=$(getconf _NPROCESSORS_ONLN)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct 2>/dev/null || echo 0)}

say() { echo "static: $*" >&2; }
die() {
	say "$*"
	exit 1
}

# NAME MINIMUM: mbedTLS before 3.6 has no TLS 1.3 by default and does not match IP addresses in
# certificates; curl before 8.10 does not speak to 3.6 in full.
needs() {
	cat <<-EOT
		musl 1.2.5
		mbedtls 3.6
		curl 8.10
		ncurses 6.4
		libsodium 1.0.18
		cjson 1.7.17
		iniparser 4.2
	EOT
}
SUITES=${MW_STATIC_SUITES:-"trixie forky sid"}
# What a terminal without terminfo may call itself.
FALLBACKS=xterm-256color,xterm,screen-256color,screen,tmux-256color,tmux,linux,vt100,vt220,rxvt,rxvt-unicode-256color,dumb

case $arch in
x86_64) host=x86_64-linux-musl headers=/usr/include/x86_64-linux-gnu general=/usr/include ;;
aarch64) host=aarch64-linux-musl headers=/usr/aarch64-linux-gnu/include general=/usr/aarch64-linux-gnu/include ;;
*) die "no such architecture: $arch (x86_64 or aarch64)" ;;
esac
if [ "$arch" = "$(uname -m)" ]; then
	tools=
else
	tools=${host%-musl}-gnu-
fi
for program in "${tools}gcc" dpkg-source tic infocmp cmake pkg-config autoreconf libtoolize; do
	command -v "$program" >/dev/null || die "$program is missing: ./bootstrap.sh deps static"
done
[ -e "$headers/asm/types.h" ] || die "the kernel's headers for $arch are missing: ./bootstrap.sh deps static"

# --- sources -----------------------------------------------------------------------------------

sources=$build/sources
apt_options() {
	printf '%s\n' -o "Dir::Etc::sourcelist=$sources/apt/sources.list" -o Dir::Etc::sourceparts=- \
		-o "Dir::State::lists=$sources/apt/lists" -o "Dir::Cache=$sources/apt/cache" \
		-o APT::Sandbox::User=root
}

prepare_apt() {
	mkdir -p "$sources/apt/lists/partial" "$sources/apt/cache/archives/partial"
	apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' | sort -u |
		while read -r uri label; do
			[ "$label" = Debian ] || continue
			for suite in $SUITES; do
				echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
			done
		done >"$sources/apt/sources.list"
	[ -s "$sources/apt/sources.list" ] || die "apt knows no Debian archive"
	mapfile -t options < <(apt_options)
	apt-get "${options[@]}" -qq update
}

versions_of() { # NAME MINIMUM: oldest first
	apt-cache "${options[@]}" showsrc --only-source "$1" 2>/dev/null |
		sed -n 's/^Version: //p' | sort -V -u |
		while read -r version; do
			! dpkg --compare-versions "$version" ge "$2" || echo "$version"
		done
}

fetch() { # NAME MINIMUM
	local version
	[ ! -e "$sources/$1/.version" ] || return 0
	for version in $(versions_of "$1" "$2"); do
		rm -rf "${sources:?}/$1"
		mkdir "$sources/$1"
		if (cd "$sources/$1" && apt-get "${options[@]}" -qq source --download-only "$1=$version") \
			>"$sources/$1.log" 2>&1 &&
			(cd "$sources/$1" && dpkg-source --no-check -x ./*.dsc tree) >>"$sources/$1.log" 2>&1; then
			say "$1 $version"
			echo "$version" >"$sources/$1/.version"
			return 0
		fi
	done
	tail -n 5 "$sources/$1.log" >&2 || true
	die "no source of $1 $2 or newer"
}

# --- building ----------------------------------------------------------------------------------

# Paths of this machine must not get into the program.
prefix=$build/$arch
work=$build/work-$arch
flags="-Os -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong -ffile-prefix-map=$build=."
mkdir -p "$prefix/include" "$prefix/lib/pkgconfig" "$work"

step() { # NAME FUNCTION: once, until the function is another
	[ "$(cat "$work/$1.done" 2>/dev/null)" != "$(declare -f "$2")" ] || return 0
	say "building $1"
	rm -rf "${work:?}/$1"
	cp -r "$sources/$1/tree" "$work/$1"
	local status=0
	set +e # in a condition it would not hold inside
	(set -e; cd "$work/$1"; "$2") >"$work/$1.log" 2>&1
	status=$?
	set -e
	if [ $status != 0 ]; then
		tail -n 25 "$work/$1.log" | cut -c 1-200 >&2
		die "$1 did not build: $work/$1.log"
	fi
	declare -f "$2" >"$work/$1.done"
}

build_musl() {
	CC=${tools}gcc CROSS_COMPILE=$tools CFLAGS="$flags" ./configure --prefix="$prefix" \
		--syslibdir="$prefix/lib" --target="$arch" --disable-shared --enable-wrapper=gcc
	make -j"$jobs" CROSS_COMPILE="$tools" install
	for dir in linux asm-generic; do ln -sfn "$general/$dir" "$prefix/include/$dir"; done
	ln -sfn "$headers/asm" "$prefix/include/asm"
}

write_pc() { # NAME VERSION LIBS
	cat >"$prefix/lib/pkgconfig/$1.pc" <<-EOT
		Name: $1
		Description: $1
		Version: $2
		Cflags: -I$prefix/include ${4:-}
		Libs: -L$prefix/lib $3
	EOT
}

compile() { # ARCHIVE SOURCE...
	local archive=$1 file objects=()
	shift
	for file in "$@"; do
		"$cc" $flags -c "$file" -o "${file%.c}.o" -I.
		objects+=("${file%.c}.o")
	done
	"${tools}ar" rcsD "$prefix/lib/$archive" "${objects[@]}"
}

build_cjson() {
	compile libcjson.a cJSON.c
	mkdir -p "$prefix/include/cjson"
	cp cJSON.h "$prefix/include/cjson/"
	write_pc libcjson "$(version_of cjson)" -lcjson "-I$prefix/include/cjson"
}

build_iniparser() {
	(cd src && compile libiniparser.a iniparser.c dictionary.c)
	cp src/iniparser.h src/dictionary.h "$prefix/include/"
}

build_libsodium() {
	[ -x configure ] || autoreconf -fi
	./configure --host="$host" --prefix="$prefix" --disable-shared --enable-static \
		--disable-dependency-tracking --enable-minimal
	make -j"$jobs" install
}

build_ncurses() {
	./configure --host="$host" --build="$(uname -m)-linux-gnu" --prefix="$prefix" --with-build-cc=gcc \
		--enable-widec --without-shared --with-normal --without-debug --without-ada --without-cxx \
		--without-cxx-binding --without-manpages --without-progs --without-tests --without-gpm \
		--disable-stripping --disable-db-install --enable-pc-files --with-pkg-config-libdir="$prefix/lib/pkgconfig" \
		--with-fallbacks=$FALLBACKS --with-tic-path="$(command -v tic)" --with-infocmp-path="$(command -v infocmp)" \
		--with-default-terminfo-dir=/usr/share/terminfo \
		--with-terminfo-dirs=/etc/terminfo:/lib/terminfo:/usr/share/terminfo:/usr/lib/terminfo
	make -j"$jobs" libs
	make install.libs install.includes
}

build_mbedtls() {
	# It knows getrandom(2) of glibc only; without /dev/urandom it would have no entropy with musl.
	sed -i 's/(defined(__linux__) && defined(__GLIBC__))/defined(__linux__)/' library/entropy_poll.c
	grep -q 'if (defined(__linux__) ||' library/entropy_poll.c
	cmake -S . -B out -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$arch" -DCMAKE_C_COMPILER="$cc" \
		-DCMAKE_AR="$(command -v "${tools}ar")" -DCMAKE_RANLIB="$(command -v "${tools}ranlib")" \
		-DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_BUILD_TYPE=MinSizeRel -DCMAKE_C_FLAGS="$flags" \
		-DENABLE_TESTING=OFF -DENABLE_PROGRAMS=OFF -DGEN_FILES=OFF -DMBEDTLS_FATAL_WARNINGS=OFF
	cmake --build out -j"$jobs" --target install
}

build_curl() {
	[ -x configure ] || autoreconf -fi
	./configure --host="$host" --prefix="$prefix" --disable-shared --enable-static --with-mbedtls="$prefix" \
		--without-ca-bundle --without-ca-path --without-libpsl --without-zlib --without-brotli --without-zstd \
		--without-nghttp2 --without-libidn2 --without-libgsasl --disable-ldap --disable-ftp --disable-dict \
		--disable-gopher --disable-imap --disable-pop3 --disable-smtp --disable-telnet --disable-tftp \
		--disable-rtsp --disable-smb --disable-mqtt --disable-ipfs --disable-websockets --disable-manual \
		--disable-docs --disable-ntlm --disable-kerberos-auth --disable-negotiate-auth --disable-aws \
		--disable-dependency-tracking --enable-threaded-resolver
	make -j"$jobs" -C lib install
	make -C include install
	make install-pkgconfigDATA
}

version_of() { cat "$sources/$1/.version"; }

cc=$prefix/bin/musl-gcc
export PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig PKG_CONFIG_PATH=

if needs | while read -r name _; do [ -e "$sources/$name/.version" ] || exit 1; done; then
	:
else
	prepare_apt
	while read -r name minimum; do fetch "$name" "$minimum"; done < <(needs)
fi
step musl build_musl
export CC=$cc CFLAGS=$flags AR=${tools}ar RANLIB=${tools}ranlib NM=${tools}nm LDFLAGS="-static"
step cjson build_cjson
step iniparser build_iniparser
step libsodium build_libsodium
step ncurses build_ncurses
step mbedtls build_mbedtls
step curl build_curl
unset CFLAGS LDFLAGS

# --- the program -------------------------------------------------------------------------------

out=${5:-$build/mirrorwise-$arch}
# A configuration belongs to the tree it was made of.
grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$source" "$out/CMakeCache.txt" 2>/dev/null || rm -rf "$out"
versions=$(needs | while read -r name _; do printf ', %s %s' "$name" "$(version_of "$name")"; done)
cmake -S "$source" -B "$out" -G Ninja -DCMAKE_BUILD_TYPE=MinSizeRel -DBUILD_TESTING=OFF -DMW_STATIC=ON \
	-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$arch" -DCMAKE_C_COMPILER="$cc" \
	-DCMAKE_AR="$(command -v "${tools}ar")" -DCMAKE_RANLIB="$(command -v "${tools}ranlib")" \
	-DCMAKE_FIND_ROOT_PATH="$prefix" -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY \
	-DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER \
	-DCMAKE_INSTALL_PREFIX=/usr -DMW_BUILT_WITH="static$versions" >"$work/cmake.log" 2>&1 || {
	tail -n 20 "$work/cmake.log" >&2
	die "cmake failed"
}
cmake --build "$out" >"$work/mirrorwise.log" 2>&1 || {
	grep -E 'error|undefined' "$work/mirrorwise.log" >&2 || tail -n 20 "$work/mirrorwise.log" >&2
	die "mirrorwise did not build"
}
version=$(sed -n 's/^project(mirrorwise VERSION \([^ ]*\).*/\1/p' "$source/CMakeLists.txt")
folder=${4:-$source/build/dist}
mkdir -p "$folder"
dist=$folder/mirrorwise-$version-linux-$arch
"${tools}strip" -s -o "$dist.new" "$out/mirrorwise"
mv "$dist.new" "$dist"
say "$dist ($(stat -c %s "$dist") bytes)"
