#!/usr/bin/env bash
# How old a mirror of each service is, among the lab's: one that tells nobody is never too old, one
# that was synced long ago is, wherever the service has a place that tells.
# lock: lab
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
if [ -z "${LAB_DIR:-}" ]; then
	need jq python3
	exec "$MW_SOURCE/tests/lab/lab.sh" run -- bash "$MW_SOURCE/tests/e2e/lab_ages.sh"
fi
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(MIRRORWISE_|XDG_)' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir "$HOME"
printf '[policy]\nselect = fastest\nmax-age = 1d\n[all]\nmirror = @fastest\n' >"$T/day.ini"
tool_of() { case $1 in maven | cargo | npm | conda | homebrew | rustup | composer) echo "$1" ;; gradle-plugins) echo gradle ;; node-dist) echo node ;; rubygems) echo gem ;; esac; }
probed() { jq -r --arg id "$1" '.mirrors[] | select(.id == $id) | "\(.usable) \(if .age_s == null or .age_s < 0 then "unknown" else "known" end)"' "$T/out"; }
for service in npm cargo rustup maven gradle-plugins conda homebrew node-dist rubygems composer; do
	jq '.mirrors |= map(select(.id | test("^m12[.]")))' "$LAB_DIR/$service.json" >"$T/near.json"
	"$MW_BIN" --lang en --probe -p "$T/day.ini" --only "$(tool_of $service)" --samples 1 --json \
		--catalog "$T/near.json" --catalog "$LAB_DIR/odd-$service.json" >"$T/out" 2>"$T/err" || fail "$service: $(cat "$T/err")"
	case $service in
	# Told by a date.
	npm | rustup | conda | homebrew | rubygems | composer) wanted="true known, true unknown, false known" ;;
	# Told by being as upstream is, which is not in the lab; or not at all.
	*) wanted="true unknown, true unknown, true unknown" ;;
	esac
	expect "$service: of now, ageless, of 2020" "$(probed m12.$service), $(probed ageless.$service), $(probed stale.$service)" "$wanted"
done
passed
