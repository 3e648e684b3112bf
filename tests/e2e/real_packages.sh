#!/usr/bin/env bash
# label: real
# One apply of a profile puts the package managers that are installed here on mirrors of loopback,
# each tool's own command or a request to the mirror shows it, and one rollback returns every byte.
# Says which tools were not there, and fails if none is.
set -euo pipefail
# shellcheck source=tests/support/e2e.sh
. "$MW_SOURCE/tests/support/e2e.sh"
need root ip unshare python3 openssl jq
if [ -z "${MW_ALONE:-}" ]; then # the mirrors that are built in stay unasked
	# shellcheck disable=SC2016 # for the inner shell
	exec unshare --net sh -c 'ip link set lo up && MW_ALONE=1 exec bash "$0"' "$0"
fi
scratch

tools='npm cargo gem bundler composer'
here='' missing=''
for tool in $tools; do
	case $tool in bundler) program=bundle ;; *) program=$tool ;; esac
	if command -v "$program" >/dev/null; then here="$here $tool"; else missing="$missing $tool"; fi
done
echo "real tools here:${here:- none}; not here:${missing:- none}"
[ -n "$here" ] || fail "none of the real tools is installed: ./bootstrap.sh deps test"
has() { case " $here " in *" $1 "*) ;; *) return 1 ;; esac }

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$T/key" \
	-out "$T/ca.pem" -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
background "$T/server.log" python3 -u "$MW_SOURCE/tests/support/package_server.py" "$T"
wait_for 10 test -s "$T/port"
port=$(cat "$T/port")

export RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
export HOME=$T/home MIRRORWISE_STATE_DIR=$T/state SSL_CERT_FILE=$T/ca.pem
export NODE_EXTRA_CA_CERTS=$T/ca.pem CARGO_HTTP_CAINFO=$T/ca.pem COMPOSER_ALLOW_SUPERUSER=1
unset XDG_CONFIG_HOME COMPOSER_HOME BUNDLE_USER_CONFIG BUNDLE_USER_HOME GEMRC CARGO_HOME
mkdir -p "$HOME" "$T/project"
cd "$T/project"

catalogs=()
for service in npm cargo rubygems composer; do catalogs+=(--catalog "$T/$service.json"); done
only=$(echo "$here" | xargs | tr ' ' ,)
rc=0
"$MW_BIN" --profile dev --apply --yes --only "$only" "${catalogs[@]}" --deadline 5000 >"$T/log" 2>&1 || rc=$?
[ "$rc" = 0 ] || cat "$T/log"
expect "--profile dev --apply" "$rc" 0
expect "files written" "$(find "$HOME" -type f | wc -l)" "$(echo "$here" | wc -w)"
: >"$T/requests"
asked() { grep -c "^GET /$1/" "$T/requests" || true; }

! has npm || expect "npm's own word" "$(npm config get registry 2>/dev/null)" "https://localhost:$port/npm/"
if has cargo; then
	mkdir -p src
	printf '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nprecomputed-hash = "0.1.1"\n' >Cargo.toml
	: >src/lib.rs
	cargo generate-lockfile >"$T/cargo.log" 2>&1 || true
	[ "$(asked cargo)" -gt 0 ] || fail "cargo asked the mirror nothing: $(cat "$T/cargo.log")"
fi
! has gem || expect "gem's own word" "$(gem environment remotesources)" "https://localhost:$port/rubygems/"
! has bundler || expect "Bundler's own word" \
	"$(bundle config get --parseable mirror.https://rubygems.org)" \
	"mirror.https://rubygems.org=https://localhost:$port/rubygems/"
if has composer; then
	expect "Composer's own word" \
		"$(composer config --global repositories.packagist.org 2>/dev/null | jq -r .url)" \
		"https://localhost:$port/composer/"
	composer show --all --no-interaction nobody/nothing >"$T/composer.log" 2>&1 || true
	[ "$(asked composer)" -gt 0 ] || fail "Composer asked the mirror nothing: $(cat "$T/composer.log")"
fi

"$MW_BIN" --rollback --yes >"$T/log" 2>&1 || fail "--rollback: $(cat "$T/log")"
for file in .npmrc .cargo/config.toml .gemrc .bundle/config .config/composer/config.json; do
	[ ! -e "$HOME/$file" ] || fail "$file is left: $(cat "$HOME/$file")"
done
passed
