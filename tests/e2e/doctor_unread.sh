#!/usr/bin/env bash
# Settings where nobody reads them: options for a unit that does not ask for them, files under names
# of other systems. What is read is not named.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(PIP_|XDG_|DOCKER_)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
root=$T/root units=$T/root/lib/systemd/system
mkdir -p "$HOME" "$root/etc/default" "$units"

unread() { # TOOL
	"$MW_BIN" --doctor --root "$root" --only "$1" --deadline 30000 --json >"$T/list.json" || true
	jq -r --arg row "$1-unread" '.checks[] | select(.id | startswith($row)) | select(.status == "warn")
		| select(.fix != "") | .observed | sub(": .*|,? (is|and) .*"; "")' "$T/list.json" | xargs
}

# ---- Docker's options -------------------------------------------------------------------------
printf '# flags\nDOCKER_OPTS="--mtu=1400"\n' >"$root/etc/default/docker"
expect "nothing starts dockerd" "$(unread docker)" ""
unit() { printf '[Service]\n%s\nExecStart=/usr/bin/dockerd %s\n' "$1" "$2" >"$units/docker.service"; }
unit "" "-H fd://"
expect "neither file nor variable" "$(unread docker)" "$root/etc/default/docker:2"
unit "EnvironmentFile=-/etc/default/docker" "-H fd://"
expect "the file alone" "$(unread docker)" "$root/etc/default/docker:2"
unit "" '-H fd:// $DOCKER_OPTS'
expect "the variable alone" "$(unread docker)" "$root/etc/default/docker:2"
unit "EnvironmentFile=-/etc/default/docker" '-H fd:// $DOCKER_OPTS'
expect "both" "$(unread docker)" ""
unit "" "-H fd://"
printf '# DOCKER_OPTS="--mtu=1400"\nDOCKER_OPTS=\n' >"$root/etc/default/docker"
expect "a comment and nothing" "$(unread docker)" ""

# ---- files ------------------------------------------------------------------------------------
if [ "$(uname)" = Linux ]; then
	mkdir "$HOME/.docker"
	echo '{}' >"$HOME/.docker/daemon.json"
	expect "the file of macOS" "$(unread docker)" "$HOME/.docker/daemon.json"
	mkdir "$HOME/.docker/desktop"
	expect "Docker Desktop's" "$(unread docker)" ""
fi
mkdir -p "$HOME/.config/pip"
: >"$HOME/.config/pip/pip.conf"
expect "pip's own" "$(unread pip)" ""
: >"$HOME/.config/pip/pip.ini"
: >"$HOME/.pip.conf"
: >"$root/etc/pip.ini"
expect "the files of others" "$(unread pip)" "$HOME/.pip.conf $HOME/.config/pip/pip.ini $root/etc/pip.ini"
mkdir -p "$HOME/.cargo"
: >"$HOME/.cargo/config.toml"
expect "Cargo's own" "$(unread cargo)" ""
: >"$HOME/.cargo/config"
expect "of two names the old one is read" "$(unread cargo)" "$HOME/.cargo/config.toml"
export PIP_CONFIG_FILE="$HOME/.pip.conf"
expect "one that is named" "$(unread pip)" "$HOME/.config/pip/pip.ini $root/etc/pip.ini"
passed
