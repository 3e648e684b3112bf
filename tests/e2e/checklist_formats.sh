#!/usr/bin/env bash
# The five forms of a list say the same, and other people's parsers read them.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq python3
scratch
while read -r name; do unset "$name"; done < <(compgen -e | grep -E '^(GO|PIP_|XDG_)' || true)
unset VIRTUAL_ENV MIRRORWISE_PROFILE MIRRORWISE_CONFIG_DIR
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8
mkdir -p "$HOME/.config/go" "$HOME/.config/pip"
printf '\xef\xbb\xbf# ours\nGOPRIVATE="a<b>&c"\nGOSUMDB=off\n' >"$HOME/.config/go/env"
printf '[global]\nindex-url = https://me:hunter2@pypi.example/simple\ntimeout = 30 # \x1b[31mred\n' >"$HOME/.config/pip/pip.conf"
cat >"$T/team.ini" <<'EOF'
[profile]
name = team
extends = prod

[check.tool]
title = "A tool called <b>#1</b> & `others`"
command = /bin/sh -c 'echo version 4.2'
expected = 4.

[check.certificate]
title = The company's certificate
file = /no/such/certificate.crt
fix = sudo install -m 644 company.crt /no/such/certificate.crt
why = builds talk to our own servers
EOF

# Commands of a file that is named by its path need trust, or this.
accept=(--accept-risk profile-commands)
for list in checklist doctor; do
	[ "$list" = checklist ] || accept=()
	for format in text md json junit tap; do
		status=0
		"$MW_BIN" "--$list" "${accept[@]}" -p "$T/team.ini" --only go,pip --no-network --format "$format" \
			>"$T/$list.$format" 2>"$T/$list.$format.err" || status=$?
		expect "$list as $format" "$status" 2
		grep -q hunter2 "$T/$list.$format" "$T/$list.$format.err" && fail "$list.$format shows a password"
		grep -q $'\x1b' "$T/$list.$format" && fail "$list.$format holds an escape"
	done
	python3 "$MW_SOURCE/tests/e2e/checklist_formats.py" "$T/$list" || fail "$list"
	heading=$(sed '/^$/,$d' "$T/$list.text" | tr '\n' ' ') # a long host name makes two lines of it
	grep -q "^mirrorwise $list .*by $(id -un)," <<<"$heading" || fail "$list: who: $heading"
	head -1 "$T/$list.md" | grep -q "^## mirrorwise $list .*20[0-9][0-9]" || fail "$list: when: $(head -1 "$T/$list.md")"
	# A consumer of long standing; to this one 14 is 13 with more in it.
	if perl -MTAP::Parser -e 1 2>/dev/null; then
		expect "$list: what prove reads" "$(sed '1s/14/13/' "$T/$list.tap" | perl -MTAP::Parser -e 'my $p = TAP::Parser->new({tap => join("", <STDIN>)});
			$p->run; print join " ", $p->tests_run, scalar $p->failed, scalar $p->skipped, $p->parse_errors')" \
			"$(jq -r '[.checks | length, (map(select(.status == "fail")) | length), (map(select(.status == "skip")) | length)] | join(" ")' "$T/$list.json")"
	fi
done
jq -e '.checks[] | select(.id == "team.tool" and .status == "pass")' "$T/checklist.json" >/dev/null || fail "team.tool"
jq -e '.checks[] | select(.id == "team.certificate" and .status == "fail" and .why == "builds talk to our own servers")' \
	"$T/checklist.json" >/dev/null || fail "team.certificate"
jq -e '.exit_code == 2 and .action == "checklist" and (.files | length) == 0 and (.changed | not)' "$T/checklist.json" >/dev/null ||
	fail "the frame of the document"
# Whoever names a profile for others may name it with an escape.
for format in text md json junit tap; do
	status=0
	"$MW_BIN" --checklist -p $'x\e[31mred' --only go --no-network --format "$format" >"$T/hostile" 2>&1 || status=$?
	expect "a hostile name as $format" "$status" 2
	grep -q $'\x1b' "$T/hostile" && fail "a hostile name as $format: $(cat -v "$T/hostile")"
done
"$MW_BIN" --checklist -p $'x\e[31mred' --only go --no-network >"$T/hostile" 2>&1 || true
head -1 "$T/hostile" | grep -qF 'checklist of x\x1B[31mred on' || fail "the heading of a hostile name: $(head -1 "$T/hostile")"
status=0
"$MW_BIN" --checklist --json --format tap >"$T/both" 2>&1 || status=$?
expect "--json and --format tap contradict" "$status" 64

# A machine as the profile wants it passes, but for what is not there to be checked.
rm -r "$HOME/.config"
sed '/check.certificate/,$d' "$T/team.ini" >"$T/fine.ini"
if command -v go >/dev/null && command -v pip3 >/dev/null; then
	accept=(--accept-risk profile-commands)
	"$MW_BIN" --apply "${accept[@]}" -p "$T/fine.ini" --only go,pip --no-network -q
	status=0
	"$MW_BIN" --checklist "${accept[@]}" -p "$T/fine.ini" --only go,pip --no-network >"$T/fine.txt" 2>&1 || status=$?
	expect "all passed: $(cat "$T/fine.txt")" "$status" 0
fi
passed
