#!/usr/bin/env bash
# "All is well" is not said of files with which go, pip or dockerd does not do what they say: values
# that stop go, patterns that match nothing, sections and options that pip does not have, and values
# of daemon.json that have another type than dockerd decodes.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME/.config/go" "$HOME/.config/pip" "$T/root/etc/docker" "$T/cwd"
cd "$T/cwd"
findings() { # TOOL: ids of what is odd
	"$MW_BIN" --no-network --root "$T/root" --doctor --only "$1" --json 2>/dev/null |
		jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .id' || true
}
found() { # NAME TOOL PATTERN
	expectations=$((expectations + 1))
	findings "$2" >"$T/ids"
	grep -qE -- "$3" "$T/ids" || fail "$1: no $3 in: $(xargs <"$T/ids")"
}
silent() { # NAME TOOL
	expectations=$((expectations + 1))
	findings "$2" >"$T/ids"
	[ ! -s "$T/ids" ] || fail "$1: $(xargs <"$T/ids")"
}

go_line() { printf '%s\n' "$1" >"$HOME/.config/go/env"; }
while read -r line; do
	go_line "$line"
	found "$line" go "^go-values[.]${line%%=*}"
done <<'EOF'
GOPATH=~/gopath
GOPATH=/srv/go:rest
GOMODCACHE=$HOME/mod
GOCACHE=off
GOROOT=go
GO111MODULE=yes
GOFLAGS=-ldflags="-w -s"
GOFLAGS=-no-such-flag
GOFLAGS=-mod=sometimes
GOEXPERIMENT=perpetuum
GOAUTH=git
GOPROXY=https://${USER}:$PASSWORD@proxy.example,direct
GOPRIVATE=git.example:8443
GOPRIVATE=git.example|two.example
GOPRIVATE=Git.example/team
GOPRIVATE=.git.example
GOPRIVATE=${HOST}/team
GONOPROXY=git.example，two.example
GONOSUMDB=me@git.example:team
EOF
for line in GOPATH=/srv/go:/srv/more GOCACHE=/srv/cache GOFLAGS=-trimpath GOPRIVATE='*.git.example/Team,none' \
	GOFLAGS="'-ldflags=-s -w'"; do
	go_line "$line"
	silent "$line" go
done
rm "$HOME/.config/go/env"

pip_text() {
	printf '%s\n' "$@" >"$HOME/.config/pip/pip.conf"
	chmod 600 "$HOME/.config/pip/pip.conf"
}
pip_text '[site]' 'timeout = 20'
found "a section of no command" pip '^pip-lines[.]unknown-section[.]1'
pip_text '[global]' 'time-out = 20'
found "no option" pip '^pip-lines[.]unknown-option[.]2'
pip_text '[global]' 'use-feature = warp'
found "no feature" pip '^pip-values[.]global[.]use-feature'
pip_text '[global]' 'progress-bar = none'
found "no bar" pip '^pip-values[.]global[.]progress-bar'
pip_text '[global]' 'extra-index-url = https://a.example/simple,https://b.example/simple'
found "joined by a comma" pip '^pip-values[.]global[.]extra-index-url'
pip_text '[global]' 'index-url = https://${U}:${P}@pypi.example/simple'
found "variables" pip '^pip-values[.]global[.]index-url'
pip_text '[download]' 'index-url = pypi.example' '[list]' 'format = table' '[install]' 'timeout = soon'
found "a value of another section" pip '^pip-values[.]download[.]index-url'
found "a choice of another section" pip '^pip-values[.]list[.]format'
expect "one finding for [install] that wins over [global]" "$(grep -c '^pip-values[.].*[.]timeout' "$T/ids")" 1
pip_text '[global]' 'Progress_Bar = off' '[install]' 'no-compile = yes' '[list]' 'format = columns'
silent "all known" pip
rm "$HOME/.config/pip/pip.conf"

while read -r key text; do
	printf '%s\n' "$text" >"$T/root/etc/docker/daemon.json"
	found "$text" docker "^docker-(keys|values|risks)[.]$key"
done <<'EOF'
dns {"dns": "9.9.9.9"}
ipv6 {"ipv6": "yes"}
log-opts {"log-opts": {"max-file": 5}}
exec-opts {"exec-opts": "native.cgroupdriver=cgroupfs"}
labels {"labels": ["alone"]}
mtu {"mtu": 1e3}
features {"features": {"buildkit": "true"}}
runtimes {"runtimes": {"a": {"path": 1}}}
default-address-pools {"default-address-pools": [{"base": "10.9.0.0/16", "size": "24"}]}
proxies {"proxies": {"htpp-proxy": "http://p.example:1"}}
ignored[.]add-runtime {"add-runtime": {}}
docker-other-registry {"registry-mirrors": ["https://quay.io"]}
EOF
printf '%s\n' '{"dns": ["9.9.9.9", "::1"], "ipv6": true, "log-opts": {"max-file": "5"}, "mtu": 1400, "hosts": null}' \
	>"$T/root/etc/docker/daemon.json"
silent "right types" docker
passed
