#!/usr/bin/env bash
# A machine broken in more than twenty ways at once: the doctor names them all, writes nothing, is
# quick; every remedy works when pasted; afterwards it says that all is well.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq sed
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_|DOCKER_|.*_proxy$|.*_PROXY$)' || true)
unset VIRTUAL_ENV MIRRORWISE_STATE_DIR MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" PATH="$T/bin:$PATH" LC_ALL=C.UTF-8
mkdir -p "$T"/{home,root,cwd,bin} "$HOME/.config/"{go,pip,mirrorwise/mirrors} "$HOME/.pip" \
	"$T/root/etc/docker" "$T/root/usr/sbin" "$T/state"
export MIRRORWISE_STATE_DIR="$T/state"
ln -s "$MW_BIN" "$T/bin/mirrorwise"
cd "$T/cwd"

# ---- the damage -------------------------------------------------------------------------------
printf '\xef\xbb\xbf# ours\nGOPRIVATE=git.example.com\r\nGONOSUMDB="git.example.com"\nGOFLAGS = -mod=mod\ngovcs=public:git|hg\nGOTOOLCHAIN=auto\nGOTOOLCHAIN=local\nGO111MODULE=off\nGOSUMDB=off\nGOINSECURE=*.example.com\nGOPROXY=https://goproxy.cn,direct\n' \
	>"$HOME/.config/go/env"
chmod 0666 "$HOME/.config/go/env"
printf '\xef\xbb\xbf[global]\ntimeout = 30\nretries = 2\ntimeout = 60\njust words\n' >"$HOME/.config/pip/pip.conf"
printf '[global]\nretries = 1\n' >"$HOME/.pip/pip.conf"
printf '[global]\nindex-url = https://pypi.douban.com/simple\nextra-index-url = https://me:hunter2@two.example/simple\n' \
	>"$T/root/etc/pip.conf"
chmod 0644 "$T/root/etc/pip.conf"
printf '{\n  // mirrors\n  "registry-mirrors": ["https://docker.m.daocloud.io"],\n}\n' >"$T/root/etc/docker/daemon.json"
printf '#!/bin/sh\n' >"$T/root/usr/sbin/dockerd"
chmod +x "$T/root/usr/sbin/dockerd"
printf 'requests\n--index-url https://pypi.org/simple\n' >"$T/cwd/requirements.txt"
printf '{"tool":"go","mirrors":[{"id":1}]}\n' >"$HOME/.config/mirrorwise/mirrors/broken.json"
chmod 0755 "$T/state"
printf 'half a journal' >"$T/state/journal"
export GOPROXY=https://shell.example PIP_CONFIG_FILE=/nowhere/pip.conf
export https_proxy=http://one.example:3128 HTTPS_PROXY=http://two.example:3128
printf '#!/bin/sh\nfor file; do :; done\nprintf %s >"$file"\n' "'{\"tool\":\"go\",\"mirrors\":[]}'" >"$T/bin/editor"
chmod +x "$T/bin/editor"
# The tree is ours whoever we are; without root a remedy may ask for rights that it does not need.
printf '#!/bin/sh\ncase $1 in --*) shift ;; esac\nexec "$@"\n' >"$T/bin/sudo"
chmod +x "$T/bin/sudo"
export EDITOR=editor

wanted="
go-lines.env-bom.1 go-lines.env-cr.2 go-lines.env-quotes.3 go-lines.env-space.4
go-lines.env-lower-case.5 go-lines.env-duplicate.6 go-modules go-risks.go-sumdb-off
go-risks.go-insecure go-shadowed.GOPROXY go-owner.mode
pip-file.bom.1 pip-file.duplicate.4 pip-file.line.5 pip-old-file pip-dead-mirror.douban
pip-risks.pip-extra-index pip-secrets pip-named-file pip-project.requirements.txt.2
docker-file.comment.2 docker-file.comma.3 docker-proxy
own-files.1 state recovery proxies.https_proxy"
if [ "$(id -u)" = 0 ]; then
	chown 65534 "$HOME/.config/go"
	wanted="$wanted go-owner.owner"
fi

# ---- named, all of them, at once --------------------------------------------------------------
doctor() { mirrorwise --doctor --no-network --root "$T/root" "$@"; }
cp -a "$T" "$T.before"
_remove_copy() { rm -rf "${T:?}".*; }
trap '_remove_copy; _clean_up' EXIT
set +e
doctor --json >"$T.report.json"
expect "something failed" $? 2
set -e
diff -r "$T" "$T.before" || fail "the doctor wrote something"
[ "$(stat -c '%a %u' "$T/state" "$HOME/.config/go/env")" = "$(stat -c '%a %u' "$T.before/state" "$T.before/home/.config/go/env")" ] ||
	fail "the doctor changed a mode or an owner"

count=0
for id in $wanted; do
	jq -e --arg id "$id" '.checks[] | select(.id == $id) | select(.status != "pass" and .status != "skip") | select(.fix != "" and .why != "" and .observed != "")' \
		"$T.report.json" >/dev/null || fail "$id is not named: $(jq -r '.checks[] | select(.status == "fail" or .status == "warn").id' "$T.report.json" | xargs)"
	count=$((count + 1))
done
[ "$count" -ge 20 ] || fail "only $count ways"
grep -q hunter2 "$T.report.json" && fail "a password is shown"

# ---- without a network, with nothing at all ---------------------------------------------------
if unshare -rn true 2>/dev/null; then
	set +e
	unshare -rn "$MW_BIN" --doctor --root "$T/root" --json >"$T.offline.json"
	set -e
	expect "the same offline" \
		"$(jq -r '[.checks[] | select(.status == "fail") | .id | select(startswith("go-owner") or . == "state" | not)] | sort | join(" ")' "$T.offline.json")" \
		"$(jq -r '[.checks[] | select(.status == "fail") | .id | select(startswith("go-owner") or . == "state" | not)] | sort | join(" ")' "$T.report.json")"
fi
set +e
env -i "$MW_BIN" --doctor --root "$T/root" --json >"$T.bare.json" 2>"$T.bare.err"
[ $? -le 2 ] || fail "without an environment: $(cat "$T.bare.err")"
set -e
jq -e '.checks | length > 10' "$T.bare.json" >/dev/null || fail "a list without an environment"

# ---- the remedies, as they stand, pasted one after the other ----------------------------------
# A file that nothing could read may hold more than could be seen: a few rounds.
cat >"$T.paste" <<'EOF'
report=$T.report.json round=0
while :; do
	mirrorwise --doctor --no-network --root "$T/root" --json >"$report"
	code=$?
	jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .fix' "$report" >"$T.fixes"
	[ -s "$T.fixes" ] || break
	round=$((round + 1))
	if [ "$round" -gt 3 ]; then
		echo "not mended after three rounds: $(jq -r '.checks[] | select(.status == "fail" or .status == "warn") | .id + " [" + .fix + "]"' "$report")"
		exit 1
	fi
	while IFS= read -r fix <&3; do
		eval "$fix" >"$T.log" 2>&1 || { echo "remedy '$fix': $(cat "$T.log")"; exit 1; }
	done 3<"$T.fixes"
done
[ "$code" = 0 ] || { echo "nothing is named and the status is $code"; exit 1; }
mirrorwise --doctor --root "$T/root" | grep "All is well" || exit 1
EOF
export T
sed=$(command -v sed)

paste_with() { # NAME SED SHELL...: SED is what the remedies find as sed
	local name=$1 with=$2
	shift 2
	find "${T:?}" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
	cp -a "$T.before/." "$T"
	cd "$T/cwd"
	printf '#!/bin/sh\nexec %s "$@"\n' "$with" >"$T/bin/sed"
	chmod +x "$T/bin/sed"
	"$@" "$T.paste" >"$T.said" 2>&1 || fail "$name: $(cat "$T.said")"
	expectations=$((expectations + 1))
	echo "$name: $(tail -1 "$T.said")"
	# What was good is still there.
	grep -q '^GOPRIVATE=git.example.com$' "$HOME/.config/go/env" || fail "$name: GOPRIVATE got lost"
	grep -q '^GOVCS=public:git|hg$' "$HOME/.config/go/env" || fail "$name: GOVCS got lost"
	grep -q '^timeout = 60$' "$HOME/.config/pip/pip.conf" || fail "$name: timeout got lost"
	jq -e '."registry-mirrors"[0] == "https://docker.m.daocloud.io"' "$T/root/etc/docker/daemon.json" >/dev/null ||
		fail "$name: the mirrors got lost"
}
paste_with bash "$sed" bash
paste_with "sh, and of GNU sed only what is POSIX" "$sed --posix" sh
for shell in dash ksh mksh yash zsh; do
	command -v "$shell" >/dev/null || continue
	paste_with "$shell" "$sed" "$shell"
done
if command -v busybox >/dev/null; then
	paste_with busybox "busybox sed" busybox sh
fi
passed
