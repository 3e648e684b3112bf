#!/usr/bin/env bash
# No result depends on the language: over the files of the editors' goldens and environments that
# hide them, --doctor, --checklist and --show find the same and offer the same commands.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
golden=$MW_SOURCE/tests/golden/edit
mkdir -p "$T/home/.config/go" "$T/home/.config/pip" "$T/root/etc/docker" "$T/root/lib/systemd/system" "$T/work"
cd "$T/work"
printf '[Service]\nExecStart=/usr/bin/dockerd --debug --registry-mirror=https://flag.example\n' \
	>"$T/root/lib/systemd/system/docker.service"

# Of every list the i-th file, so that each is seen once.
mapfile -t pips < <(find "$golden/ini" -maxdepth 1 -type f | sort)
mapfile -t gos < <(find "$golden/go-env" "$golden/env" -maxdepth 1 -type f | sort)
mapfile -t dockers < <(find "$golden/json" -maxdepth 1 -type f | sort)
environments=("A=b" "GOENV=off" "GOPROXY=https://env.example" "PIP_CONFIG_FILE=/dev/null"
	"PIP_INDEX_URL=https://env.example/simple" "GONOPROXY=git.example" "XDG_CONFIG_HOME=relative" "PIP_NO_INDEX=1")

# A loaded machine must not cut one of the two short.
ask() { # LANGUAGE ARGS... : one JSON document without what is meant for people
	local language=$1
	shift
	env -i PATH="$PATH" HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" "$environment" \
		"$MW_BIN" --no-network --deadline 120000 --lang "$language" --json --only go,pip,docker "$@" 2>/dev/null |
		jq -c '[.exit_code, [.checks[] | [.id, .status, .fix]], [.settings[] | [.tool, .key, .have, .want]]]' || true
}
files=0 fixes=0
for ((i = 0; i < ${#pips[@]} || i < ${#gos[@]} || i < ${#dockers[@]}; i += 7)); do
	cp "${pips[i % ${#pips[@]}]}" "$T/home/.config/pip/pip.conf"
	cp "${gos[i % ${#gos[@]}]}" "$T/home/.config/go/env"
	cp "${dockers[i % ${#dockers[@]}]}" "$T/root/etc/docker/daemon.json"
	environment=${environments[i % ${#environments[@]}]}
	for action in "--doctor --root $T/root" "--doctor" "--checklist -p prod --root $T/root" "--show pip.global.index-url" "--show go.GOPROXY"; do
		read -ra words <<<"$action"
		english=$(ask en "${words[@]}")
		[ -n "$english" ] || fail "$action prints no document"
		expect "file $i, $environment, $action" "$(ask zh_CN "${words[@]}")" "$english"
		fixes=$((fixes + $(jq '[.[1][] | select(.[2] != "")] | length' <<<"$english")))
	done
	files=$((files + 1))
done
[ $files -gt 3 ] && [ $fixes -gt 20 ] || fail "only $files files with $fixes commands: nothing was compared"
passed
