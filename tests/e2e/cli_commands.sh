#!/usr/bin/env bash
# Commands that are printed work as they stand and from anywhere: the program as it was started,
# --root, words for a shell. Whole profiles; a team's checks side by side, each for its own time; a
# file of nothing but wrong lines is told in twenty of them.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
scratch
mkdir -p "$T/a b/bin" "$T/home/.config/go" "$T/root dir/etc/docker" "$T/config/profiles" "$T/else"
ln -s "$MW_BIN" "$T/a b/bin/mw"
export HOME=$T/home MIRRORWISE_CONFIG_DIR=$T/config MIRRORWISE_STATE_DIR=$T/state LC_ALL=C.UTF-8
export MIRRORWISE_LANG=en
unset MIRRORWISE_PROFILE SUDO_UID
cd "$T/a b"

# Undo, started by a relative path with a blank in it.
said=$(./bin/mw --profile prod --only go --root "$T/root dir" --apply)
undo=$(sed -n 's/.*To undo: //p' <<<"$said")
expect "undo is whole" "$undo" "'$T/a b/./bin/mw' --root '$T/root dir' --rollback"
(cd "$T/else" && eval "$undo" >/dev/null) || fail "undo: $undo"
expect "undone" "$([ -e "$T/home/.config/go/env" ] || echo gone)" gone
said=$(./bin/mw --nonsense-word 2>&1) && fail "--nonsense-word"
expect "help is named by how it was started" "$(grep -cF "'./bin/mw' --help" <<<"$said")$(grep -cF "./bin/mw --help" <<<"$said")" "01"

# Remedies of the doctor, too.
seq -f 'K%.0f no equals sign' 3000 >"$T/home/.config/go/env"
./bin/mw --doctor --root "$T/root dir" --format json >"$T/d.json" || true
rows=$(grep -c '"id":.*"go-lines' "$T/d.json")
expect "twenty of 3000 lines, and how many more" "$rows $(grep -c '2980 more lines' "$T/d.json")" "21 1"
said=$(./bin/mw --diff --profile prod --only go --root "$T/root dir" 2>&1) || true
expect "the plan as well" "$(grep -c '! line ' <<<"$said") $(grep -c '2980 more lines' <<<"$said")" "20 1"
rm "$T/home/.config/go/env"

# Words that agree.
said=$(./bin/mw --profile prod --only go --set go.GONOSUMDB='*' --diff 2>&1) || true
if grep -q 'will refuse' <<<"$said"; then
	expect "refused, so not written" "$(grep -c 'writes' <<<"$said")" 0
fi
./bin/mw --profile prod --only go --apply >/dev/null
said=$(./bin/mw --profile prod --only go --apply)
expect "chosen tools" "$said" "Nothing to do: the tools chosen are as prod wants them."

# A whole profile, readable again, with who said what.
# shellcheck disable=SC2016
printf '[profile]\nname = child\nextends = prod\n[go]\nGOSUMDB = sum.golang.org\nGOPRIVATE = ${env:MW_TOKEN}\n' >"$T/config/profiles/child.ini"
MW_TOKEN=very-secret ./bin/mw --show profile.child >"$T/merged" || fail "--show profile.child"
expect "its own" "$(grep -c '^GOSUMDB = sum.golang.org  *; .*child.ini:5' "$T/merged")" 1
expect "what it replaces" "$(grep -c 'in place of sum.golang.google.cn (.*base.ini' "$T/merged")" 1
expect "of the one it extends" "$(grep -c '^GOPROXY = @goproxy.cn,@aliyun,direct .*; .*prod.ini:' "$T/merged")" 1
expect "who said how to choose" "$(grep -c '^select = ordered  *; prod.ini:' "$T/merged") $(grep -c '^require = https, integrity  *; base.ini:' "$T/merged")" "1 1"
expect "no secret" "$(grep -c very-secret "$T/merged") $(grep -c 'GOPRIVATE = \*\*\*\*' "$T/merged")" "0 1"
expect "as JSON" "$(MW_TOKEN=x1y2z3 ./bin/mw --show profile.child --json | grep -c x1y2z3)" 0
code=0 && ./bin/mw --show profile.nobody >/dev/null 2>&1 || code=$?
expect "no such profile" "$code" 65
./bin/mw --generate profile >"$T/config/profiles/team.ini"
code=0 && ./bin/mw --no-network --profile team --diff >/dev/null 2>&1 || code=$?
expect "a profile to begin with can be loaded" "$code" 2
sed 's/^;//' "$T/config/profiles/team.ini" | sed '/^ /d' >"$T/config/profiles/all.ini"
code=0 && ./bin/mw --no-network --profile "$T/config/profiles/all.ini" --show profile.team >/dev/null 2>&1 || code=$?
expect "and so can all of it" "$code" 0

# Checks side by side: four that wait for each other all pass; one that hangs does so for its own time.
mkdir "$T/met"
cat >"$T/meet" <<'END'
#!/bin/sh
: >"$1/$2"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
	[ "$(ls "$1" | wc -l)" -ge 4 ] && exit 0
	sleep 0.5
done
exit 1
END
chmod +x "$T/meet"
{
	printf '[profile]\nname = checks\nextends = base\n'
	for i in 1 2 3 4; do printf '[check.s%s]\ncommand = %s %s s%s\n' $i "$T/meet" "$T/met" $i; done
	printf '[check.slow]\ncommand = sleep 1\n'
	printf '[check.hangs]\ncommand = sleep 60\ntimeout = 1s\n[check.says]\ncommand = echo hello\n'
	printf '[check.fails]\ncommand = false\n'
} >"$T/config/profiles/checks.ini"
./bin/mw --no-network --profile checks --checklist --format junit >"$T/junit" || true
expect "side by side" "$(grep -c 'failure message="status 1' "$T/junit")" 1
expect "it has a limit of its own" "$(grep -c 'did not end within 1000 ms' "$T/junit")" 1
expect "in the order of the file" "$(grep -o 'name="[^"]*\.\(s[1-4]\|slow\|hangs\|says\|fails\)"' "$T/junit" | sed 's/.*\.//;s/"//' | tr '\n' ' ')" "s1 s2 s3 s4 slow hangs says fails "
expect "each with its time" "$(grep '<testcase' "$T/junit" | grep -vc ' time="[0-9]*\.[0-9][0-9][0-9]"')" 0
expect "a second is one" "$(grep -c 'slow" .*time="[1-9][0-9]*\.' "$T/junit")" 1
./bin/mw --no-network --profile checks --checklist --format md >"$T/md" || true
expect "silent success reads well" "$(grep -c '\[x\] slow: it ended well, without a word' "$T/md")" 1
expect "failed" "$(grep -c '^- \[ \] fails \*\*(failed)\*\*' "$T/md")" 1
expect "silent failure" "$(grep -c 'status 1, without a word' "$T/md")" 1
expect "skipped is not failed" "$(grep '(not checked)' "$T/md" | grep -c 'failed')" 0
passed
