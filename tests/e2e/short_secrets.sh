#!/usr/bin/env bash
# A secret of three characters could stand in any sentence by chance. Where values stand it is masked
# all the same: no action shows it, in no format, before and after it is written.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(XDG_|GO|PIP|npm_|SUDO_|DOCKER_)' || true)
unset MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 SHORT=q.z
mkdir -p "$HOME/.config/mirrorwise/profiles" "$T/root"
# shellcheck disable=SC2016 # the profile expands them
printf '%s\n' '[profile]' 'name = s' '[go]' 'GOPRIVATE = ${env:SHORT},corp.example' \
	'GOPROXY = https://h.example/${env:SHORT}/x,direct' 'GONOSUMDB = ${env:SHORT}' \
	'[pip]' 'global.index-url = https://bob:${env:SHORT}@pip.example/simple' \
	'[docker]' 'registry-mirrors = https://d${env:SHORT}.example' >"$HOME/.config/mirrorwise/profiles/s.ini"

look() { # ARGUMENTS...
	expectations=$((expectations + 1))
	"$MW_BIN" -p s --root "$T/root" -o go,pip,docker "$@" >"$T/out" 2>"$T/err" </dev/null || true
	grep -nF "$SHORT" "$T/out" "$T/err" >"$T/seen" && fail "$* shows it: $(head -3 "$T/seen")"
	[ -s "$T/out" ] || [ -s "$T/err" ] || fail "$* says nothing"
}
all() {
	for form in "--format text" "--format json" "--format md" "--format junit" "--format tap"; do
		# shellcheck disable=SC2086 # two words
		look --checklist --no-network $form
		# shellcheck disable=SC2086
		look --doctor -v --no-network $form
	done
	look --diff --no-network -v
	look --diff --no-network --json
	look --fix all --diff -v
	for key in go.GOPRIVATE go.GONOSUMDB go.GOPROXY pip.global.index-url docker.registry-mirrors profile.s; do
		look --show "$key"
		look --show "$key" --json
	done
	look --list tools --json
	look --history --json
}
all
look --apply --no-network --keep-going -v
grep -qF "$SHORT" "$HOME/.config/go/env" || fail "it is not written"
all
look --rollback --diff
look --rollback -v
grep -rlF "$SHORT" "$T/state/audit.jsonl" && fail "the audit log holds it"

# What a program is called with that says a token, and a token that was put into a wrong place.
mkdir -p "$HOME/.cargo"
SHORT=T0ken.z
printf '[registry]\nglobal-credential-providers = ["cargo:token-from-stdout", "echo", "%s"]\n' "$SHORT" >"$HOME/.cargo/config.toml"
"$MW_BIN" --root "$T/root" --doctor --only cargo >"$T/out" 2>&1 || true
grep -qF "$SHORT" "$T/out" && fail "the doctor shows it"
grep -qF "holds credentials" "$T/out" || fail "the doctor does not see it: $(cat "$T/out")"
SHORT=aB3dE5fG7hI9kL1m
printf 'registry=%s\nfetch-retries=%s\n' "$SHORT" "$SHORT" >"$HOME/.npmrc"
for action in "--doctor --only npm" "--show npm.registry --json" "--show npm.fetch-retries" \
	"--diff -p dev --set npm.mirror=@npmmirror --only npm --no-network"; do
	# shellcheck disable=SC2086 # words
	"$MW_BIN" --root "$T/root" $action >"$T/out" 2>&1 </dev/null || true
	grep -qF "$SHORT" "$T/out" && fail "$action shows a token: $(cat "$T/out")"
	expectations=$((expectations + 1))
done
passed
