#!/usr/bin/env bash
# Set-ups that a careless doctor judges or mends wrongly: weaker layers, private modules, characters
# that nobody sees, proxies and mirrors of one's own.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|DOCKER_|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export LC_ALL=C.UTF-8 HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state"
export PATH="$T/bin:$PATH"
env="$HOME/.config/go/env" pip="$HOME/.config/pip/pip.conf" json="$T/root/etc/docker/daemon.json"
fresh() {
	rm -rf "$HOME" "$T/root" "$T/state" "${T:?}/bin" "$T/goroot"
	mkdir -p "$HOME/.config/go" "$HOME/.config/pip" "$HOME/.pip" "$T/root/etc/docker" "$T/bin" "$T/cwd"
	cd "$T/cwd"
	ln -s "$MW_BIN" "$T/bin/mirrorwise"
}
mw() { "$MW_BIN" --no-network --deadline 60000 "$@"; }
rows() { # ARGS...: "ID STATUS FIX", one a line, of what is odd
	{ mw --json "$@" 2>/dev/null || true; } |
		jq -r '.checks[] | select(.status == "fail" or .status == "warn") | "\(.id) \(.status) \(.fix)"'
}
paste() { rows "$@" | cut -d' ' -f3- | while IFS= read -r fix; do [ -z "$fix" ] || eval "$fix" >/dev/null 2>&1 || true; done; }

# ---- a weaker layer is never edited: a value of the user's own file is stronger ------------------
fresh
mkdir -p "$T/goroot/bin" "$T/root/etc"
printf '#!/bin/sh\necho go version go1.24.4 linux/amd64\n' >"$T/goroot/bin/go"
chmod +x "$T/goroot/bin/go"
printf 'GOPROXY=https://proxy.golang.org,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n' >"$T/goroot/go.env"
cp "$T/goroot/go.env" "$T/go.env"
PATH="$T/goroot/bin:$PATH" rows --checklist -p prod --only go >"$T/rows"
grep -q 'go-settings.GOPROXY fail .*--apply' "$T/rows" || fail "stock Go: $(cat "$T/rows")"
! grep 'go[.]env' "$T/rows" || fail "a remedy names the defaults of Go"
(PATH="$T/goroot/bin:$PATH" paste --checklist -p prod --only go)
cmp "$T/go.env" "$T/goroot/go.env" || fail "Go's own defaults were edited"
grep -q '^GOPROXY=' "$env" || fail "nothing was applied"
printf '[global]\nindex-url = https://weak.example/simple\n' >"$T/root/etc/pip.conf"
cp "$T/root/etc/pip.conf" "$HOME/.pip/pip.conf"
paste --checklist -p prod --only pip --root "$T/root"
grep -q weak.example "$T/root/etc/pip.conf" || fail "/etc/pip.conf was edited"
grep -q weak.example "$HOME/.pip/pip.conf" 2>/dev/null || grep -q weak.example "$HOME/.pip/pip.conf.old" ||
	fail "the old file was edited"

# ---- a variable that names /dev/null hides the file: told, and the device left alone ----------------
while read -r variable key file; do
	fresh
	export "$variable=/dev/null"
	mw --show "$key" >"$T/shown" || fail "$variable=/dev/null: --show $key ends with $?: $(cat "$T/shown")"
	grep -q "effective.*no: environment variable $variable=/dev/null wins" "$T/shown" ||
		fail "$variable=/dev/null: $(cat "$T/shown")"
	rows --doctor --only "${key%%.*}" >"$T/rows"
	! grep /dev/null "$T/rows" || fail "$variable=/dev/null: a remedy touches the device"
	mw --apply --profile prod --only "${key%%.*}" >/dev/null 2>&1 || [ $? = 6 ] || fail "$variable=/dev/null: --apply"
	[ -f "$HOME/$file" ] || fail "$variable=/dev/null: the file is not where it is without the variable"
	unset "$variable"
done <<'EOF'
NPM_CONFIG_USERCONFIG npm.registry .npmrc
BUNDLE_USER_CONFIG bundler.mirror.rubygems.org .bundle/config
CONDARC conda.channel_alias .condarc
EOF
fresh
(umask 077 && ln -s /dev/null "$HOME/.npmrc")
rows --doctor --only npm >"$T/rows"
! grep 'mv /dev/null' "$T/rows" || fail "a remedy moves the device: $(cat "$T/rows")"

# ---- a plan that fails says nothing of tools that nobody named ------------------------------------
fresh
mkdir -p "$HOME/.config/mirrorwise/profiles"
printf '[profile]\nname = fails\n[all]\nmirror = @fastest\n[go]\nGOPROXY = @nosuch\n' \
	>"$HOME/.config/mirrorwise/profiles/fails.ini"
(PATH="$T/bin:/usr/sbin:/usr/bin:/sbin:/bin" rows --checklist -p fails) >"$T/rows"
{ mw --checklist -p fails --only go 2>/dev/null || true; } | grep -q 'no mirror @nosuch' || fail "the plan did not fail"
! grep -E '^(conda|homebrew)-installed' "$T/rows" || fail "tools that nobody named are missed"

# ---- a program's version is a line of its own, or among colours -----------------------------------
for said in '\n------\nGradle 4.4.1\n------\n' '\033[1mGradle 4.4.1\033[m\nMaven home: /x\n'; do
	printf '#!/bin/sh\nprintf '"'%s'"'\n' "$said" >"$T/bin/gradle"
	chmod +x "$T/bin/gradle"
	expect "the version" "$(mw --checklist -p prod --only gradle --json 2>/dev/null |
		jq -r '.checks[] | select(.id == "gradle-installed") | .observed')" "Gradle 4.4.1 ($T/bin/gradle)"
done

# ---- no remedy sends more names away than before --------------------------------------------------
while IFS='|' read -r before kept; do
	fresh
	printf '%b' "$before" >"$env"
	paste --doctor --only go
	grep -q "$kept" "$env" || fail "$before became: $(cat "$env")"
done <<'EOF'
GOPRIVATE=git.one.example,git.two.example:8443\n|^GOPRIVATE=.*git[.]one[.]example
GOPRIVATE=HTTPS://git.two.example,git.one.example/team\n|^GOPRIVATE=.*git[.]one[.]example/team
GONOPROXY=git.one.example\nGOPRIVATE=Git.Two.example\n|^GO\(NOPROXY\|PRIVATE\)=git[.]one[.]example
GONOSUMDB=git.one.example,*.com\n|^GONOSUMDB=git[.]one[.]example
EOF

# ---- GONOPROXY=none beside a proxy of one's own is the documented set-up -------------------------
fresh
printf 'GOPROXY=https://proxy.office.example\nGOPRIVATE=git.office.example\nGONOPROXY=none\nGONOSUMDB=git.office.example\n' >"$env"
! rows --checklist -p prod --set go.GOPROXY=https://proxy.office.example --set go.GOPRIVATE=git.office.example --only go | grep go-private ||
	fail "the office's own proxy is no stranger"
sed -i 's/^GOPROXY=.*/GOPROXY=https:\/\/goproxy.cn/' "$env"
rows --checklist -p prod --set go.GOPROXY=https://goproxy.cn --set go.GOPRIVATE=git.office.example --only go | grep -q '^go-private' ||
	fail "a public proxy is one"

# ---- characters that look like others, or like nothing, are named --------------------------------
while IFS='|' read -r bytes name; do
	fresh
	printf "{\n  ${bytes}\"debug\": true\n}\n" >"$json"
	said=$({ mw --doctor --root "$T/root" --only docker --json || true; } | jq -r '[.checks[] | select(.id | startswith("docker-file."))][0] | .observed')
	grep -qi "$name" <<<"$said" || fail "$bytes in daemon.json: $said"
	paste --doctor --root "$T/root" --only docker
	expect "$name is gone" "$(jq -c . "$json")" '{"debug":true}'
done <<'EOF'
\xc2\xa0|U+00A0
\xe3\x80\x80|U+3000
\xe2\x80\x8b|U+200B
\xef\xbb\xbf|U+FEFF
EOF
fresh
printf '{\n  "registry-mirrors": ["https://one.example"]，\n  “debug”: true\n}\n' >"$json"
paste --doctor --root "$T/root" --only docker
paste --doctor --root "$T/root" --only docker
expect "full width and curly" "$(jq -c . "$json")" '{"registry-mirrors":["https://one.example"],"debug":true}'

# ---- a file that ends too early ------------------------------------------------------------------
printf '{"registry-mirrors": ["https://one.example/]"\n' >"$json"
paste --doctor --root "$T/root" --only docker
expect "its brackets are closed" "$(jq -c . "$json")" '{"registry-mirrors":["https://one.example/]"]}'
printf '{"data-root": "/srv\n' >"$json"
expect "where a string should have ended is not to be known" "$({ mw --doctor --root "$T/root" --only docker --json || true; } |
	jq -c '[.checks[] | select(.id | startswith("docker-file.")) | .id, .fix]')" '["docker-file.syntax.1",""]'

printf 'GOPRIVATE=git.one.example，git.two.example\n' >"$env"
paste --doctor --only go
expect "a comma of another script" "$(cat "$env")" "GOPRIVATE=git.one.example,git.two.example"

# ---- mirrors of one's own machine, and equal ones ------------------------------------------------
fresh
printf '{"registry-mirrors": ["http://127.0.0.1:5000", "http://[::1]:5000/"]}\n' >"$json"
printf 'GOPROXY=http://localhost:3000,direct\nGOPRIVATE=git.example.com\n' >"$env"
printf '[global]\nindex-url = http://127.0.0.1:3141/root/pypi/+simple/\n' >"$pip"
expect "loopback is no risk" "$(rows --doctor --root "$T/root" --only go,pip,docker | grep -- -risks || true)" ""
fresh
printf '{"registry-mirrors": ["https://one.example", "https://one.example/"]}\n' >"$json"
expect "the same mirror twice stops nobody" "$(rows --doctor --root "$T/root" --only docker | grep -v docker-live || true)" ""

# ---- a key that is forgotten by the file is not forgotten by a running daemon --------------------
fresh
printf '{"debug": false}\n' >"$json"
mw --root "$T/root" -p prod --only docker --set docker.registry-mirrors= --apply >"$T/out" 2>&1 || fail "$(cat "$T/out")"
expect "an empty list is written" "$(jq -c '."registry-mirrors"' "$json")" '[]'

# ---- a proxy in a comment is none ------------------------------------------------------------------
fresh
mkdir -p "$T/root/usr/bin" "$T/root/etc/default"
printf '#!/bin/sh\n' >"$T/root/usr/bin/dockerd"
chmod +x "$T/root/usr/bin/dockerd"
printf '# If you need a proxy:\n#export http_proxy="http://127.0.0.1:3128/"\n' >"$T/root/etc/default/docker"
(
	export https_proxy=http://proxy.office.example:3128
	rows --doctor --root "$T/root" --only docker | grep -q '^docker-proxy warn' || fail "a comment counts as a proxy"
	printf 'HTTPS_PROXY="http://proxy.office.example:3128"\n' >>"$T/root/etc/default/docker"
	! rows --doctor --root "$T/root" --only docker | grep -q '^docker-proxy' || fail "a proxy does not count"
	rm "$T/root/etc/default/docker"
	export https_proxy=http://user:p%40ss@proxy.office.example:3128
	drop_in="$T/root/etc/systemd/system/docker.service.d/proxy.conf"
	"$MW_BIN" --root "$T/root" --only docker --no-network --fix docker-proxy >"$T/fix.log" 2>&1 || fail "$(cat "$T/fix.log")"
	! grep -q p%40ss "$T/fix.log" || fail "a password: $(cat "$T/fix.log")"
	expect "the drop-in" "$(cat "$drop_in")" '[Service]
Environment="HTTP_PROXY=http://user:p%%40ss@proxy.office.example:3128" "HTTPS_PROXY=http://user:p%%40ss@proxy.office.example:3128"'
	expect "who may read the password" "$(stat -c %a "$drop_in")" 600
	! rows --doctor --root "$T/root" --only docker | grep -q '^docker-proxy' || fail "the drop-in does not count"
	"$MW_BIN" --root "$T/root" --rollback >"$T/fix.log" 2>&1 || fail "$(cat "$T/fix.log")"
	[ ! -e "$(dirname "$drop_in")" ] || fail "the way back leaves $(ls -R "$T/root/etc/systemd")"
)

# ---- settings that a project names in place of the user's ------------------------------------------
fresh
mkdir -p "$HOME/.m2" "$T/project/.mvn" "$T/project/below"
mirror() { printf '<settings><mirrors><mirror><id>a</id><mirrorOf>central</mirrorOf><url>%s</url></mirror></mirrors></settings>\n' "$1"; }
mirror https://maven.aliyun.com/repository/public >"$HOME/.m2/settings.xml"
mirror https://nexus.office.example/maven >"$T/project/ci.xml"
for words in '-T4\n-s ci.xml\n' '-s\nci.xml\n' '-sci.xml\n' '-s=ci.xml\n' '--settings ci.xml\n' '--settings=ci.xml\n'; do
	printf '%b' "$words" >"$T/project/.mvn/maven.config"
	(cd "$T/project" && mw --show maven.central.url) >"$T/out" || fail "$words: $(cat "$T/out")"
	grep -q 'in use *https://nexus.office.example/maven' "$T/out" || fail "$words: $(cat "$T/out")"
	grep -q 'effective *no: .*/maven.config:[0-9]*: -s .*ci.xml wins' "$T/out" || fail "$words: $(cat "$T/out")"
	expectations=$((expectations + 1))
done
printf -- '-T4 --strict-checksums\n' >"$T/project/.mvn/maven.config"
(cd "$T/project/below" && mw --show maven.central.url) >"$T/out" || fail "$(cat "$T/out")"
grep -q 'effective *yes' "$T/out" || fail "no option of that name: $(cat "$T/out")"

# ---- --fix of what --apply mends -------------------------------------------------------------------
fresh
printf '[global]\nindex-url = https://pypi.douban.com/simple\n' >"$pip"
fix=$(rows --doctor --only pip -p prod | grep '^pip-dead-mirror' | cut -d' ' -f3-)
[ -n "$fix" ] || fail "no remedy for a dead mirror"
eval "$fix" >"$T/out" 2>&1 || fail "$fix: $(cat "$T/out")"
! grep -q douban "$pip" || fail "$fix left: $(cat "$pip")"
status=0
mw --fix pip-dead-mirror.douban --only pip -p prod >"$T/out" 2>&1 || status=$?
expect "done is done" "$status" 0
passed
