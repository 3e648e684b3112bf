#!/usr/bin/env bash
# A dead mirror is known to every tool that draws on its service, whatever the service is called, in
# whatever form the tool writes its address; and --fix leads away from it.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
home=$T/home
mkdir -p "$home/.cargo" "$home/.bundle" "$home/.m2" "$T/bin" "$T/work"
for program in npm yarn cargo gem bundle; do
	printf '#!/bin/sh\necho %s >>"%s"\nexit 1\n' $program "$T/asked" >"$T/bin/$program"
	chmod +x "$T/bin/$program"
done
cd "$T/work"
# Stand-ins for the catalogue's own: what is dead today may be gone tomorrow.
mkdir -p "$home/.config/mirrorwise/mirrors"
for service in npm cargo rubygems; do
	printf '{"tool":"%s","mirrors":[{"id":"gone","url":"https://gone.example/%s","status":"dead","reason":"it is gone"}]}\n' \
		$service $service >"$home/.config/mirrorwise/mirrors/$service.json"
done
printf 'registry=http://gone.example/npm/\n' >"$home/.npmrc"
printf 'npmRegistryServer: "https://gone.example/npm"\n' >"$home/.yarnrc.yml"
printf '[source.crates-io]\nreplace-with = "old"\n\n[source.old]\nregistry = "sparse+https://gone.example/cargo/"\n' >"$home/.cargo/config.toml"
printf -- '---\n:sources:\n- https://gone.example/rubygems/\n' >"$home/.gemrc"
printf -- '---\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: "http://gone.example/rubygems/"\n' >"$home/.bundle/config"

tools=npm,yarn-berry,cargo,gem,bundler
doctor() {
	env -i PATH="$T/bin:/usr/bin:/bin" HOME="$home" MIRRORWISE_STATE_DIR="$T/state" \
		"$MW_BIN" --no-network --deadline 60000 --only $tools --json "$@" || true
}
doctor --doctor >"$T/before.json"
for tool in npm yarn-berry cargo gem bundler; do
	found=$(jq -r --arg id "$tool-dead-mirror.gone" '.checks[] | select(.id == $id) | .status' "$T/before.json")
	expect "the dead mirror of $tool" "$found" fail
	fix=$(jq -r --arg id "$tool-dead-mirror.gone" '.checks[] | select(.id == $id) | .fix' "$T/before.json")
	[ -n "$fix" ] || fail "$tool: no remedy"
	: >"$T/asked"
	env -i PATH="$T/bin:/usr/bin:/bin" HOME="$home" MIRRORWISE_STATE_DIR="$T/state" sh -c "$fix --yes" >"$T/fix.txt" 2>&1 ||
		fail "$tool: $fix: $(cat "$T/fix.txt")"
	# Nobody else is looked at, which took seconds where slow tools are installed.
	[ "$tool" != npm ] || ! grep cargo "$T/asked" || fail "--fix of npm's looked at others"
done
# What only one of npm's programs reads: its line goes, for a profile may want nothing in its place.
printf '#!/bin/sh\nexit 1\n' | tee "$T/bin/pnpm" >"$T/bin/bun"
chmod +x "$T/bin/pnpm" "$T/bin/bun"
mkdir -p "$home/.config/pnpm"
own() { doctor --doctor | jq -r '.checks[] | select((.id | test("npm-(dead-mirror.gone|shadowed.registry)$")) and .status != "pass") | .id' | paste -sd' ' -; }
while IFS='|' read -r file line beside; do
	printf 'registry=https://good.example/\n' >"$home/.npmrc"
	printf '%b' "$line" >"$home/$file"
	expect "$file beside a good one" "$(own)" "$beside"
	rm "$home/.npmrc"
	expect "$file alone" "$(own)" npm-dead-mirror.gone
	doctor --fix npm-dead-mirror.gone --yes >"$T/fix.txt" 2>&1
	expect "$file mended" "$(own)" ""
	! grep -q gone "$home/$file" || fail "$file keeps its line: $(cat "$T/fix.txt")"
	[ ! -e "$home/.npmrc" ] || fail "another file was made: $(cat "$T/fix.txt")"
	rm -f "$home/$file" "$home/.npmrc"
done <<'EOF'
.yarnrc|registry "https://gone.example/npm"\n|
../work/.yarnrc|registry "https://gone.example/npm"\n|
.config/pnpm/rc|registry=https://gone.example/npm/\n|
.config/pnpm/auth.ini|registry=https://gone.example/npm/\n|npm-shadowed.registry npm-dead-mirror.gone
.config/pnpm/config.yaml|registry: https://gone.example/npm\n|npm-shadowed.registry npm-dead-mirror.gone
.bunfig.toml|[install]\nregistry = "https://gone.example/npm"\n|npm-shadowed.registry npm-dead-mirror.gone
EOF
# The person in the home folder: there its files are found twice, and told once.
printf 'registry=https://good.example/\n' >"$home/.npmrc"
printf 'registry "https://gone.example/npm"\n' >"$home/.yarnrc"
(cd "$home" && env -i PATH="$T/bin:/usr/bin:/bin" HOME="$home" MIRRORWISE_STATE_DIR="$T/state" "$MW_BIN" --show npm.registry --json) >"$T/show.json" ||
	fail "$(cat "$T/show.json")"
expect "--show tells a place once" "$(jq '[.settings[0].places[] | select(.file | endswith(".yarnrc"))] | length' "$T/show.json")" 1
rm "$home/.npmrc" "$home/.yarnrc"
expect "dead mirrors afterwards" "$(doctor --doctor | jq -c '[.checks[] | select((.id | contains("dead-mirror.")) and .status == "fail") | .id]')" "[]"
passed
