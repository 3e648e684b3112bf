#!/usr/bin/env bash
# The serial of a profile: shown, recorded, and compared with what was applied here.
# cost: 80
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
profiles=$HOME/.config/mirrorwise/profiles
mkdir -p "$profiles"
write() { # SERIAL PRIVATE
	printf '[profile]\nname = team\n%s\n[go]\nGOPRIVATE = %s\n' "${1:+serial = $1}" "$2" >"$profiles/team.ini"
}
mw() { "$MW_BIN" -p team --only go --no-network "$@"; }
checks() { mw --checklist --json >"$T/list.json" || true; }
says() { # STATUS TEXT: of profile.serial
	expect "profile.serial" "$(jq -r '.checks[] | select(.id == "profile.serial") | .status' "$T/list.json")" "$1"
	jq -r '.checks[] | select(.id == "profile.serial") | .observed' "$T/list.json" | grep -qF -- "$2" ||
		fail "it does not say '$2': $(jq -c '.checks[] | select(.id == "profile.serial")' "$T/list.json")"
}
source_says() {
	jq -r '.checks[] | select(.id == "profile") | .observed' "$T/list.json" | grep -qF -- "$1" ||
		fail "the profile is not '$1': $(jq -c '.checks[] | select(.id == "profile")' "$T/list.json")"
}
has_no_serial_item() { jq -e '[.checks[] | select(.id == "profile.serial")] == []' "$T/list.json" >/dev/null || fail "$1"; }

write 3 one.example
checks
source_says "team, serial 3, from $profiles/team.ini (named by --profile)"
has_no_serial_item "nothing was applied yet"
mw --apply -q
checks
says pass "serial 3 is applied"
expect "the generation has it" "$("$MW_BIN" --history --json | jq '.generations[0].profile_serial')" 3
"$MW_BIN" --history | grep -q 'apply team, serial 3' || fail "--history does not say it"
expect "so has the audit log" "$(jq .profile_serial "$T/state/audit.jsonl")" 3

write 4 two.example
checks
says warn "this machine has serial 3; the profile is at serial 4"
fix=$(jq -r '.checks[] | select(.id == "profile.serial") | .fix' "$T/list.json")
(PATH="$(dirname "$MW_BIN"):$PATH" && eval "$fix" >/dev/null) || fail "remedy '$fix'"
checks
says pass "serial 4 is applied"

# Only its number is newer: there is nothing to apply, so nothing to complain about.
write 5 two.example
checks
says pass "serial 4 was applied, and what serial 5 wants is all there"

write 2 one.example
checks
says warn "serial 4 was applied here; what is found now has serial 2"
mw --diff >/dev/null 2>"$T/err" || true
grep -q 'team is older than what was applied here: serial 2, and it was 4' "$T/err" || fail "--diff is silent: $(cat "$T/err")"
mw --doctor --json | jq -e '.checks[] | select(.id == "profile.serial" and .status == "warn")' >/dev/null || fail "the doctor is silent"
write '' two.example
checks
source_says "without a serial"
says warn "serial 4 was applied here; what is found now has serial 0"

# What was rolled back is not there any more.
write 3 one.example
"$MW_BIN" --rollback -q
checks
says pass "serial 3 is applied"
"$MW_BIN" --rollback 0 -q
checks
has_no_serial_item "everything was rolled back"

write 3.5 one.example
status=0
mw --diff >/dev/null 2>"$T/err" || status=$?
expect "no number" "$status" 65
grep -q "team.ini:3: '3.5' is no value for serial; allowed: a whole number" "$T/err" || fail "$(cat "$T/err")"

for name in base dev test prod; do
	expect "$name has one" "$("$MW_BIN" -p $name --checklist --no-network --json | jq -r '.checks[] | select(.id == "profile") | .observed | test("serial [1-9]")')" true
done
passed
