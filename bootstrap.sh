#!/bin/sh
# From a bare machine to a running mirrorwise: install what is missing, build, run or test.
# Anything but the program's own output goes to stderr, so that `run ... --json | jq` works.
set -eu

usage() {
	cat <<'EOF'
usage: ./bootstrap.sh run [ARGS]        install what is missing, build, run mirrorwise with ARGS
       ./bootstrap.sh test [ARGS]       the same with sanitizers, run all tests but "-L slow"; ARGS go to ctest
       ./bootstrap.sh build PRESET      build one preset: release dev tsan coverage fuzz
       ./bootstrap.sh package [KIND...] deb rpm tar static, or all of them, into build/dist
       ./bootstrap.sh deps [GROUP...]   only install: run test real lint bench package static arm64
       ./bootstrap.sh help
EOF
}

# What the project needs: the group, how to see that it is there, and its package by manager.
# '-': comes with something else or is not packaged (tests that need it are skipped).
needs() {
	cat <<'EOF'
# in  check                 apt                   dnf                pacman            zypper             apk
run   cmd:cc                gcc,libc6-dev         gcc                gcc               gcc                build-base
run   cmd:cmake             cmake                 cmake              cmake             cmake              cmake
run   cmd:ninja,samu        ninja-build           ninja-build        ninja             ninja              samurai
run   cmd:pkg-config        pkg-config            pkgconf-pkg-config pkgconf           pkg-config         pkgconf
run   cmd:msgfmt            gettext               gettext            gettext           gettext-tools      gettext
run   lib:libcurl           libcurl4-openssl-dev  libcurl-devel      curl              libcurl-devel      curl-dev
run   lib:libcjson          libcjson-dev          cjson-devel        cjson             cJSON-devel        cjson-dev
run   lib:libsodium         libsodium-dev         libsodium-devel    libsodium         libsodium-devel    libsodium-dev
run   lib:ncursesw          libncurses-dev        ncurses-devel      ncurses           ncurses-devel      ncurses-dev
run   header:iniparser.h    libiniparser-dev      iniparser-devel    iniparser         libiniparser-devel iniparser-dev
run   dir:/etc/ssl/certs    ca-certificates       ca-certificates    ca-certificates   ca-certificates    ca-certificates
test  sanitizers:cc         -                     libasan,libubsan   -                 -                  -
test  lib:cmocka            libcmocka-dev         libcmocka-devel    cmocka            libcmocka-devel    cmocka-dev
test  header:linux/if_tun.h linux-libc-dev        kernel-headers     linux-api-headers linux-glibc-devel  linux-headers
test  cmd:bash              bash                  bash               bash              bash               bash
test  cmd:python3           python3               python3            python            python3            python3
test  python:yaml           python3-yaml          python3-pyyaml     python-yaml       python3-PyYAML    py3-yaml
test  cmd:npm               npm                   npm                npm               npm               npm
test  cmd:pip3              python3-pip           python3-pip        python-pip        python3-pip        py3-pip
test  cmd:go                golang-go             golang             go                go                 go
test  cmd:jq                jq                    jq                 jq                jq                 jq
test  cmd:curl              curl                  curl               curl              curl               curl
test  cmd:openssl           openssl               openssl            openssl           openssl            openssl
test  cmd:tmux              tmux                  tmux               tmux              tmux               tmux
test  cmd:git               git                   git                git               git                git
test  cmd:strace            strace                strace             strace            strace             strace
test  cmd:readelf           binutils              binutils           binutils          binutils           binutils
test  cmd:pgrep             procps                procps-ng          procps-ng         procps             procps-ng
test  cmd:patch             patch                 patch              patch             patch              patch
test  cmd:setpriv           util-linux            util-linux         util-linux        util-linux         util-linux,setpriv
test  cmd:ip                iproute2              iproute            iproute2          iproute2           iproute2
test  cmd:getfattr          attr                  attr               attr              attr               attr
test  cmd:getfacl           acl                   acl                acl               acl                acl
test  cmd:chattr            e2fsprogs             e2fsprogs          e2fsprogs         e2fsprogs          e2fsprogs-extra
test  cmd:dockerd           docker.io             moby-engine        docker            docker             docker-engine
test  cmd:docker            docker.io,docker-cli  docker-cli         docker            docker             docker-cli
test  cmd:docker-registry   docker-registry       -                  -                 -                  docker-registry
lint  cmd:shellcheck        shellcheck            ShellCheck         shellcheck        ShellCheck         shellcheck
lint  cmd:clang-format      clang-format          clang-tools-extra  clang             clang-tools        -
lint  cmd:clang-tidy        clang-tidy            clang-tools-extra  clang             clang-tools        -
lint  cmd:cppcheck          cppcheck              cppcheck           cppcheck          cppcheck           cppcheck
lint  fuzzer:clang          clang,libclang-rt-dev clang,compiler-rt  clang             clang              clang,compiler-rt
bench cmd:hyperfine         hyperfine             hyperfine          hyperfine         hyperfine          hyperfine
bench cmd:valgrind          valgrind              valgrind           valgrind          valgrind           valgrind
bench cmd:htop              htop                  htop               htop              htop               htop
test  cmd:mandoc            mandoc                mandoc             mandoc            mandoc             mandoc
test  cmd:fish              fish                  fish               fish              fish               fish
real  cmd:mvn               maven                 maven              maven             maven              maven
real  cmd:cargo             cargo                 cargo              rust              cargo              cargo
real  cmd:gradle            gradle                -                  gradle            -                  -
real  cmd:gem               ruby                  rubygems           ruby              ruby               ruby
real  cmd:bundle            ruby-bundler          rubygem-bundler    ruby-bundler      -                  ruby-bundler
real  cmd:composer          composer              composer           composer          -                  composer
test  cmd:zsh               zsh                   zsh                zsh               zsh                zsh
test  cmd:lintian           lintian               -                  -                 -                  -
test  cmd:debootstrap       debootstrap           -                  -                 -                  -
test  cmd:sudo              sudo                  sudo               sudo              sudo               sudo
package cmd:git             git                   git                git               git                git
package cmd:bash            bash                  bash               bash              bash               bash
package cmd:jq              jq                    jq                 jq                jq                 jq
package cmd:dpkg-shlibdeps  dpkg-dev              dpkg-dev           dpkg              dpkg               dpkg-dev
package cmd:rpmbuild        rpm                   rpm-build          rpm-tools         rpm-build          rpm
static cmd:dpkg-source      dpkg-dev              -                  -                 -                  -
static cmd:git              git                   -                  -                 -                  -
static cmd:jq               jq                    -                  -                 -                  -
static cmd:autoreconf       autoconf,automake     -                  -                 -                  -
static cmd:libtoolize       libtool               -                  -                 -                  -
static cmd:tic              ncurses-bin           -                  -                 -                  -
arm64 cmd:aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu,linux-libc-dev-arm64-cross - - - -
EOF
}

say() { echo "bootstrap: $*" >&2; }
die() {
	say "$*"
	exit 1
}
is_root() { [ "$(id -u)" = 0 ]; }
has() { command -v "$1" >/dev/null 2>&1; }

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# --- what is missing ---------------------------------------------------------------------------

links() { # COMPILER FLAG: does a program built with the flag link?
	echo 'int LLVMFuzzerTestOneInput(const char *, unsigned long);
	int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d != 0 && n == 9; }
	#ifndef FUZZER
	int main(void) { return 0; }
	#endif' | "$1" -x c "$2" ${3+"$3"} -o /dev/null - >/dev/null 2>&1
}

is_met() ( # CHECK, in a subshell: dockerd, ip and chattr live where users do not look
	PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
	what=${1#*:}
	case $1 in
	cmd:*) # any of them
		for name in $(echo "$what" | tr , ' '); do ! has "$name" || exit 0; done
		exit 1
		;;
	lib:*) pkg-config --exists "$what" 2>/dev/null ;;
	header:*)
		for dir in /usr/include /usr/local/include; do
			[ ! -e "$dir/$what" ] && [ ! -e "$dir/${what%.h}/$what" ] || exit 0
		done
		exit 1
		;;
	dir:*) [ -n "$(ls -A "$what" 2>/dev/null)" ] ;;
	python:*) has python3 && python3 -c "import $what" 2>/dev/null ;;
	sanitizers:*) links "$what" -fsanitize=address,undefined ;;
	fuzzer:*) has "$what" && links "$what" -fsanitize=fuzzer -DFUZZER ;;
	*) die "no such check: $1" ;;
	esac
)

missing_of() { # GROUP...: lines "check packages" of what is not there
	needs | while read -r group check apt dnf pacman zypper apk; do
		case " $* " in *" $group "*) ;; *) continue ;; esac
		! is_met "$check" || continue
		case $manager in
		apt-get) packages=$apt ;;
		dnf) packages=$dnf ;;
		pacman) packages=$pacman ;;
		zypper) packages=$zypper ;;
		apk) packages=$apk ;;
		*) packages=- ;;
		esac
		echo "$group $check $packages"
	done
}

loudly_if_failing() { # COMMAND...: its output only if it fails, on stderr
	log=$(mktemp)
	failed=0
	"$@" >"$log" 2>&1 </dev/null || failed=1
	[ $failed = 0 ] || cat "$log" >&2
	rm -f "$log"
	return $failed
}

# --- installing --------------------------------------------------------------------------------

find_manager() {
	for manager in apt-get dnf pacman zypper apk; do
		! has "$manager" || return 0
	done
	manager=none
}

privileged() { if is_root; then "$@"; else sudo "$@"; fi; }

is_known() { # PACKAGE: not every release has every one; apt would refuse them all
	[ "$manager" != apt-get ] || apt-cache show "$1" >/dev/null 2>&1
}

install_packages() { # PACKAGE...
	case $manager in
	apt-get)
		privileged env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
			install --no-install-recommends "$@"
		;;
	dnf) privileged dnf -q -y install --setopt=install_weak_deps=False "$@" ;;
	pacman) privileged pacman -S --noconfirm --needed "$@" ;;
	zypper) privileged zypper --non-interactive install --no-recommends "$@" ;;
	apk) privileged apk add "$@" ;;
	esac
}

refresh_lists() {
	case $manager in
	apt-get) privileged apt-get -q -o DPkg::Lock::Timeout=300 update ;;
	# Only the first time: newer lists than the system is of would make it a mixture.
	pacman) [ -e /var/lib/pacman/sync/core.db ] || privileged pacman -Sy ;;
	apk) privileged apk update ;;
	esac
}

install_missing() { # PACKAGE...
	say "installing $*"
	loudly_if_failing refresh_lists || say "the package lists are old; trying all the same"
	known=
	for package in "$@"; do ! is_known "$package" || known="$known $package"; done
	# A package that cannot be had, or a service that cannot start in a container, must not keep
	# the others away: then one by one.
	# shellcheck disable=SC2086 # a list of words
	loudly_if_failing install_packages $known || for package in $known; do
		loudly_if_failing install_packages "$package" || say "no $package"
	done
}

# Makes everything of the groups be there. What only tests want may stay missing, because not every
# system has every package; what the build wants may not.
ensure() { # GROUP...
	find_manager
	missing=$(missing_of "$@")
	[ -n "$missing" ] || return 0
	packages=$(echo "$missing" | while read -r _ _ names; do
		[ "$names" = - ] || echo "$names" | tr , '\n'
	done | sort -u | tr '\n' ' ')
	if [ -z "$packages" ]; then
		:
	elif is_root || has sudo; then
		# shellcheck disable=SC2086 # a list of words
		install_missing $packages
	else
		say "no root and no sudo to install $packages"
	fi
	missing=$(missing_of "$@")
	[ -n "$missing" ] || return 0
	say "still missing:" "$(echo "$missing" | while read -r _ check _; do printf '%s ' "$check"; done)"
	case "$missing" in
	run* | *'
run'*) die "install these by hand (README.md names the libraries), then try again" ;;
	esac
	say "the tests that need them are skipped"
}

# Programs for the tests that only npm's registry has. Without them those parts are left out.
install_npm_tools() {
	[ ! -e "$here/build/tools/node_modules" ] && has npm || return 0
	say "installing yarn 1, Yarn, pnpm, bun, npm 12 and n into build/tools"
	loudly_if_failing as_owner npm install --silent --no-audit --no-fund --prefix "$here/build/tools" \
		yarn@1 @yarnpkg/cli-dist pnpm@10 bun npm-12@npm:npm@12 n || say "not installed: what needs them is not tested"
}

# --- building ----------------------------------------------------------------------------------

# A build under sudo belongs to who called sudo, or their next build could not write there.
as_owner() {
	if is_root && [ "${SUDO_UID:-0}" != 0 ] && has sudo; then
		sudo -u "#$SUDO_UID" "$@"
	else
		"$@"
	fi
}

must() { # COMMAND...
	loudly_if_failing "$@" || die "failed: $*"
}

build() { # PRESET
	dir=$here/build/$1
	# A configuration that stopped half way, or belongs to where the tree was before, is begun anew.
	if [ ! -e "$dir/build.ninja" ] ||
		! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$here" "$dir/CMakeCache.txt"; then
		say "building in build/$1, once; later only what changed"
		werror=OFF
		[ -z "${CI:-}" ] || werror=ON
		(cd "$here" && must as_owner cmake --fresh --preset "$1" -DMW_WERROR=$werror)
	fi
	must as_owner cmake --build "$dir"
}

cores() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

command=${1:-help}
[ $# = 0 ] || shift
case $command in
run)
	ensure run
	build release
	exec "$here/build/release/mirrorwise" "$@"
	;;
test)
	ensure run test real
	install_npm_tools
	build dev
	cd "$here/build/dev"
	# Without ARGS all but the slow ones, `-L slow`. No more than there are cores: some measure.
	[ $# != 0 ] || set -- -LE slow
	exec ctest --output-on-failure -j "$(cores)" "$@"
	;;
build)
	ensure run test
	[ "${1:-}" != fuzz ] || ensure lint
	build "${1:?the preset is missing: release, dev, tsan, coverage or fuzz}"
	;;
package)
	[ $# != 0 ] || set -- deb rpm tar static
	groups='run package'
	case " $* " in *" static "*) groups="$groups static arm64" ;; esac
	# shellcheck disable=SC2086 # a list of words
	ensure $groups
	exec bash "$here/assets/packaging/package.sh" "$@"
	;;
deps)
	[ $# != 0 ] || set -- run test lint bench
	ensure "$@"
	;;
help | -h | --help) usage ;;
*)
	usage >&2
	exit 64
	;;
esac
