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
GOPATH=:/srv/go
GOPATH=/srv/go:$HOME
GOROOT=go
GO111MODULE=yes
GOFLAGS=-ldflags="-w -s"
GOFLAGS=-no-such-flag
GOFLAGS=-mod=sometimes
GOEXPERIMENT=perpetuum
GOEXPERIMENT=noregabi,perpetuum
GOEXPERIMENT=nonone
GOFIPS140=v1
GOOS=js
GOARCH=wasm
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
	GOFLAGS="'-ldflags=-s -w'" GOEXPERIMENT=noregabi,,fieldtrack $'GOOS=js\nGOARCH=wasm' GOOS=windows; do
	go_line "$line"
	silent "$line" go
done

# What a carriage return breaks is told of the key that it stands behind.
while IFS='|' read -r line says; do
	go_line "$line"$'\r'
	expect "$line with a CR" "$("$MW_BIN" --no-network --root "$T/root" --doctor --only go --json 2>/dev/null |
		jq -r '.checks[] | select(.id == "go-lines.env-cr.1") | .observed' | grep -c "${says:-.}" || true)" "$([ -z "$says" ] && echo 0 || echo 1)"
done <<'EOF'
GOSUMDB=off|no longer off
GOPRIVATE=git.example.com|private module paths
CC=/usr/bin/cc|
EOF

# What the version that is installed knows. Only what is here says so, not what a tree of --root holds.
mkdir "$T/bin"
while read -r version odd line; do
	printf '#!/bin/sh\necho "go version go%s linux/amd64"\n' "$version" >"$T/bin/go"
	chmod 755 "$T/bin/go"
	printf '%b\n' "$line" >"$HOME/.config/go/env"
	expectations=$((expectations + 1))
	saw=$(PATH=$T/bin:$PATH "$MW_BIN" --no-network --doctor --only go --json 2>/dev/null |
		jq -r '.checks[] | select(.id | startswith("go-values.")) | .id' || true)
	[ "$saw" = "${odd#-}" ] || fail "$version: $line: $saw"
done <<'EOF'
1.24.4 go-values.GOEXPERIMENT GOEXPERIMENT=jsonv2
1.24.4 go-values.GOEXPERIMENT GOEXPERIMENT=loopvar,nojsonv2
1.26.1 - GOEXPERIMENT=loopvar,nojsonv2
1.26.1 go-values.GOEXPERIMENT GOEXPERIMENT=swissmap
1.24.4 - GOEXPERIMENT=swissmap
1.24.4 go-values.GOFIPS140 GOFIPS140=v9.9.9
1.24.4 go-values.GOFIPS140 GOFIPS140=v1.26.0
1.24.4 - GOFIPS140=v1.0.0
1.27.0 - GOFIPS140=v1.27.0
1.19.8 go-values.GOFIPS140 GOFIPS140=v1.0.0
1.26.1 go-values.GOEXPERIMENT GOEXPERIMENT=arenas, loopvar
1.19.8 go-values.GOARCH GOOS=freebsd\nGOARCH=riscv64
1.24.4 - GOOS=freebsd\nGOARCH=riscv64
1.26.1 go-values.GOARCH GOOS=windows\nGOARCH=arm
1.24.4 go-values.GOARCH GOOS=linux\nGOARCH=wasm
1.24.4 go-values.GOOS GOOS=aix
1.19.8 go-values.GOAMD64 GOAMD64=v5
1.24.4 - GOAMD64=v5
1.19.8 go-values.GOARM GOARM=8
1.24.4 - GOARM=8
EOF
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
# What one command has the other has not, or has of another kind; what wins is not all that is read.
while IFS='|' read -r pattern text; do
	printf '%b' "$text" >"$HOME/.config/pip/pip.conf"
	found "$text" pip "^pip-$pattern"
done <<'EOF'
values[.]cache[.]format|[global]\nformat = columns\n
values[.]global[.]format|[global]\nformat = human\n
values[.]list[.]editable|[global]\neditable = ./here\n
values[.]list[.]timeout|[list]\ntimeout = fast\n[install]\ntimeout = 5\n
values[.]global[.]timeout|[global]\ntimeout = fast\n[install]\ntimeout = 5\n
values[.]global[.]timeout|[:env:]\ntimeout = fast\n
values[.]global[.]index-url|[global]\nindex-url =\n  https://pypi.example/simple\n
values[.]global[.]no-index|[install]\nno-index =\n  false\n
values[.]global[.]only-binary|[global]\nonly-binary = -x\n
values[.]global[.]platform|[global]\nplatform = any\n
values[.]global[.]platform|[install]\nplatform = any\nno-deps = yes\ndry-run = no\n
values[.]download[.]python-version|[download]\npython-version = 3.11\n[global]\nonly-binary = x\n
values[.]global[.]constraint|[global]\nconstraint = ~/constraints.txt\n
values[.]global[.]target|[install]\ntarget = /srv/lib\nuser = yes\n
values[.]global[.]version|[global]\nversion = yes\n
values[.]global[.]proxy|[global]\nproxy = ftp://proxy.example:21\n
values[.]global[.]proxy|[global]\nproxy = none\n
values[.]global[.]proxy|[global]\nproxy = socks://proxy.example:1080\n
lines[.]unread-option[.]2|[list]\nalgorithm = sha1\n
EOF
while read -r text; do
	printf '%b' "$text" >"$HOME/.config/pip/pip.conf"
	silent "$text" pip
done <<'EOF'
[list]\nformat = columns\neditable = yes\n[cache]\nformat = human\n
[index]\npython-version = 3.11\n[list]\ntimeout =\n  1_5.5\n
[install]\nplatform = any\nno-deps = yes\ntarget = /srv/lib\n
[download]\nabi = none\nonly-binary = :all:\n
[global]\ntimeout = 0\nretries = -1\n
[global]\ntimeout = １２\nretries = １２\n
[global]\ntimeout = 1e2\nretries = 0x5\nquiet = +1\n[:env:]\nno-color = 1\n
EOF
# What a package of Python brings, where the files of the program are.
mkdir -p "$T/py/bin" "$T/py/lib/python3.11/site-packages/pip-22.3.dist-info"
printf '#!/usr/bin/python3\nprint("pip 22.3 from /x (python 3.11)")\n' >"$T/py/bin/pip3"
chmod 755 "$T/py/bin/pip3"
of_package() { # PACKAGE LINE KEY
	printf '[global]\n%s\n' "$2" >"$HOME/.config/pip/pip.conf"
	PATH=$T/py/bin:$PATH "$MW_BIN" --no-network --doctor --only pip --json 2>/dev/null |
		jq -r --arg id "pip-values.global.$3" '.checks[] | select(.id == $id) | .observed' | grep -o "needs the package $1" || true
}
for row in 'PySocks|proxy = socks5h://127.0.0.1:1080|proxy' 'truststore|use-feature = truststore|use-feature'; do
	IFS='|' read -r package line key <<<"$row"
	if ! compgen -G "/usr/lib/python3*/*-packages/[Pp]y[Ss]ocks-*" >/dev/null && ! compgen -G "/usr/local/lib/python3*/*-packages/[Pp]y[Ss]ocks-*" >/dev/null; then
		expect "$package is not there" "$(of_package "$package" "$line" "$key")" "needs the package $package"
	fi
	mkdir "$T/py/lib/python3.11/site-packages/$package-1.0.dist-info"
	expect "$package is there" "$(of_package "$package" "$line" "$key")" ""
done
# A file that is not there is told of where it is named, and not of the weaker file that names one.
mkdir "$HOME/.pip"
printf '[global]\ncert = /etc/passwd\n' >"$HOME/.pip/pip.conf"
printf '[global]\ncert = /srv/absent.pem\n' >"$HOME/.config/pip/pip.conf"
expect "one of two files" "$(PATH=$T/py/bin:$PATH "$MW_BIN" --no-network --doctor --only pip --json 2>/dev/null |
	jq -r '.checks[] | select(.id | startswith("pip-values.global.cert")) | .id')" pip-values.global.cert
rm -r "$HOME/.pip"
printf '%b' '[global]\ntimeout = fast\n' >"$HOME/.config/pip/pip.conf"
export PIP_TIMEOUT=5
found "pip reads a number that another one wins over" pip '^pip-values[.]global[.]timeout'
unset PIP_TIMEOUT
rm "$HOME/.config/pip/pip.conf"

printf 'root:x:0:0::/root:/bin/sh\nalone:x:9:0::/:/bin/sh\nbare:x:8:0::/:/bin/sh\n' >"$T/root/etc/passwd"
printf 'alone:100000:65536\n' | tee "$T/root/etc/subuid" >"$T/root/etc/subgid"
printf 'root:x:0:\n' >"$T/root/etc/group"
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
mtu {"mtu": 9223372036854775808}
graph {"graph": "/x", "data-root": "/y"}
debug {"debug": "x", "debug": true}
default-runtime {"default-runtime": "kata"}
runtimes {"runtimes": {"runc": {"path": "/bin/x"}}}
builder {"builder": {"gc": {"policy": [{"keepStorage": 10}]}}}
builder {"builder": {"gc": {"policy": [{"all": "yes"}]}}}
dns-search {"dns-search": ["a_b"]}
labels {"labels": ["a=b", "a=c"]}
labels {"labels": ["com.docker.x=y"]}
node-generic-resources {"node-generic-resources": ["a=1", "a=2"]}
node-generic-resources {"node-generic-resources": ["a=-1"]}
exec-opts {"exec-opts": ["native.cgroupdriver=x"]}
log-opts {"log-opts": {"foo": "bar"}}
log-opts {"log-driver": "local", "log-opts": {"labels": "x"}}
log-opts {"log-opts": {"max-buffer-size": "1m"}}
default-address-pools {"default-address-pools": [{"base": "10.0.0.0/24", "size": 8}]}
default-address-pools {"default-address-pools": [{"base": "10.0.0.0/8"}]}
default-address-pools {"default-address-pools": [null]}
hosts {"hosts": ["http://x"]}
tls {"tls": true}
tlsverify {"tlsverify": true, "tlscert": "/nosuch/cert.pem", "tlskey": "/nosuch/key.pem"}
userns-remap {"userns-remap": "nosuch"}
group {"group": "nosuch"}
insecure-registries {"insecure-registries": ["a_b:1"]}
seccomp-profile {"seccomp-profile": "/nosuch.json"}
metrics-addr {"metrics-addr": "x"}
default-shm-size {"default-shm-size": ""}
icc {"icc": false, "iptables": false}
bip {"bip": "10.9.0.1/16", "bridge": "br0"}
bip {"bip": "172.30.0.0/24"}
bip {"bip": "10.0.0.0/8"}
bip {"bip": "172.30.0.255/24"}
bip {"bip": "172.30.0.1"}
bridge {"bridge": "a-very-long-bridge-name"}
containerd {"containerd": "containerd.sock"}
ignored[.]builder {"builder": {"gc": {"enabeld": true}}}
ignored[.]builder {"builder": {"gc": {"policy": [{"keepStorag": "1GB"}]}}}
ignored[.]default-ulimits {"default-ulimits": {"nofile": {"Name": "nofile", "Hard": 10, "Sof": 10}}}
default-gateway {"default-gateway": "fd00::1"}
default-gateway {"default-gateway": "0.0.0.0"}
host-gateway-ips {"host-gateway-ips": ["10.9.0.1", "10.9.0.2"]}
host-gateway-ips {"host-gateway-ips": ["fd00::1", "10.9.0.2", "fd00::2"]}
cgroup-parent {"cgroup-parent": "x", "exec-opts": ["native.cgroupdriver=systemd"]}
storage-opts {"storage-driver": "vfs", "storage-opts": ["overlay2.size=1G"]}
storage-opts {"storage-driver": "overlay2", "storage-opts": ["overlay2.size=x"]}
log-opts {"log-driver": "syslog", "log-opts": {"syslog-address": "x"}}
log-opts {"log-driver": "syslog", "log-opts": {"syslog-facility": "nosuch"}}
log-opts {"log-driver": "gelf", "log-opts": {"gelf-address": "log.example:12201"}}
log-opts {"log-driver": "awslogs", "log-opts": {"awslogs-region": "x"}}
proxies {"proxies": {"HTTP-PROXY": "http://p.example:1"}}
metrics-addr {"metrics-addr": "127.0.0.1:99999"}
builder {"builder": {"gc": {"policy": [{"keepStorage": "1GB", "filter": ["unused-for=x"]}]}}}
builder {"builder": {"history": {"maxAge": "two days"}}}
ignored[.]validate {"validate": false}
userns-remap {"userns-remap": "alone"}
userns-remap {"userns-remap": "bare:root"}
EOF
expect "what is allowed" "$(
	echo '{"registry-mirrors": "https://a.example", "live-restore": "true"}' >"$T/root/etc/docker/daemon.json"
	"$MW_BIN" --no-network --root "$T/root" --doctor --only docker --json 2>/dev/null |
		jq -r '.checks[] | select(.id | startswith("docker-values")) | .observed' | grep -o 'it must be .*' | xargs
)" "it must be a list in [] it must be true or false, without quotes"
while IFS='|' read -r name status; do
	printf '{"bridge": "%s"}\n' "$name" >"$T/daemon.json"
	expect "the bridge $name" "$(PATH=$T/bin:$PATH unshare -rm sh -c 'mount -t tmpfs none /etc && mkdir /etc/docker && cp "$1" /etc/docker/ &&
		exec "$2" --no-network --doctor --only docker --json' sh "$T/daemon.json" "$MW_BIN" 2>/dev/null |
		jq -r '.checks[] | select(.id == "docker-keys.bridge") | .status')" "$status"
done <<'EOF'
docker0|
mw-no-such|fail
EOF
expect "the line in an object" "$(
	printf '{"log-opts": {\n"max-size": "1m",\n"foo": "bar"}}' >"$T/root/etc/docker/daemon.json"
	"$MW_BIN" --no-network --root "$T/root" --doctor --only docker --json 2>/dev/null |
		jq -r '.checks[] | select(.id == "docker-keys.log-opts") | .observed' | grep -o 'daemon.json:3: foo'
)" "daemon.json:3: foo"
# A value of another type is written as the right one, wherever that can be told.
while IFS=';' read -r text right; do
	printf '%s\n' "$text" >"$T/root/etc/docker/daemon.json"
	"$MW_BIN" --no-network --root "$T/root" --only docker --fix all >/dev/null 2>&1 || fail "$text: --fix ended with $?"
	expect "$text, mended" "$(cat "$T/root/etc/docker/daemon.json")" "$right"
	silent "$right" docker
	"$MW_BIN" --no-network --root "$T/root" --rollback >/dev/null 2>&1
	expect "$text, and back" "$(cat "$T/root/etc/docker/daemon.json")" "$text"
done <<'EOF'
{"dns": "9.9.9.9"};{"dns": ["9.9.9.9"]}
{"debug": true,;{"debug": true}
{"dns": ["9.9.9.9",;{"dns": ["9.9.9.9"]}
{"mtu": "1400"};{"mtu": 1400}
{"icc": "false"};{"icc": false}
{"log-opts": {"max-file": 3, "max-size": "1m", "compress": true}};{"log-opts": {"max-file": "3", "max-size": "1m", "compress": "true"}}
{"features":{"a":"true"},"default-address-pools":[{"base":"10.0.0.0/8","size":"24"}]};{"features":{"a":true},"default-address-pools":[{"base":"10.0.0.0/8","size":24}]}
EOF
for text in '{"mtu": "wide"}' '{"dns": [8]}' '{"storage-opts": {"a": "b"}}'; do
	printf '%s\n' "$text" >"$T/root/etc/docker/daemon.json"
	"$MW_BIN" --no-network --root "$T/root" --only docker --fix all >/dev/null 2>&1 || true
	expect "$text: nobody knows what is meant" "$(cat "$T/root/etc/docker/daemon.json")" "$text"
done
while IFS= read -r text; do
	printf '%s\n' "$text" >"$T/root/etc/docker/daemon.json"
	silent "$text" docker
done <<'EOF'
{"default-runtime": "kata", "runtimes": {"kata": {"path": "/usr/bin/kata-runtime"}}}
{"default-runtime": "/kata.two", "runtimes": {"/kata.two": {"path": "/usr/bin/kata-runtime"}}}
{"default-runtime": "io.containerd.runsc.v1"}
{"default-address-pools": [{"base": "10.0.0.0/8", "size": 24}]}
{"log-driver": "local", "log-opts": {"max-size": "1m", "mode": "non-blocking", "max-buffer-size": "1m"}}
{"log-driver": "a-plugin", "log-opts": {"foo": "bar"}}
{"log-opts": {"max-size": "1m", "tag": "x"}}
{"labels": ["a=b", "a=b", "c=d"], "node-generic-resources": ["a=x", "a=y", "b=1"]}
{"builder": {"gc": {"enabled": true, "policy": [{"keepStorage": "10GB", "filter": ["unused-for=2200h"]}]}}}
{"builder": {"gc": {"policy": [{"filter": {"unused-for": {"2200h": true}}}]}}}
{"dns-search": [".", "example.com", "x."]}
{"exec-opts": ["native.cgroupdriver=systemd"]}
{"hosts": ["unix:///run/docker.sock", "fd://", ""]}
{"userns-remap": "default"}
{"shutdown-timeout": -2, "max-concurrent-downloads": 2147483648}
{"storage-driver": "overlay2", "storage-opts": ["overlay2.size=10G"]}
{"proxies": {}, "labels": null}
{"bip": "172.30.0.1/24", "host-gateway-ips": ["10.9.0.1", "fd00::1"], "bridge": ""}
{"cgroup-parent": "x.slice", "exec-opts": ["native.cgroupdriver=systemd"]}
{"cgroup-parent": "/x", "exec-opts": ["native.cgroupdriver=cgroupfs"]}
{"storage-driver": "overlay2", "storage-opts": ["overlay2.override_kernel_check=true", "OVERLAY2.SIZE=10 GB"]}
{"log-driver": "syslog", "log-opts": {"syslog-address": "udp://10.9.0.1:514", "syslog-facility": "local3", "syslog-format": "rfc5424"}}
{"log-driver": "gelf", "log-opts": {"gelf-address": "udp://10.9.0.1:12201"}}
{"log-driver": "awslogs", "log-opts": {"awslogs-group": "g", "awslogs-region": "x"}}
{"builder": {"history": {"maxAge": "48h30m"}}, "metrics-addr": "127.0.0.1:9323"}
{"userns-remap": "alone:root"}
{"userns-remap": "root"}
{"default-gateway": "172.17.0.254"}
{"bip": "172.30.0.1/24", "default-gateway": "::ffff:172.30.0.2"}
{"bridge": "none", "default-gateway": "fd00::1"}
{"labels": ["a=b\u007f", "c=\u0001"], "containerd": "/run/containerd/containerd.sock"}
EOF
printf '%s\n' '{"dns": ["9.9.9.9", "::1"], "ipv6": true, "log-opts": {"max-file": "5"}, "mtu": 1400, "hosts": null}' \
	>"$T/root/etc/docker/daemon.json"
silent "right types" docker
passed
