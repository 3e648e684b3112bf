#!/usr/bin/env bash
# What scripts rely on: one document a run, exit code and document agreeing, no escape sequence of
# somebody else's on any stream, honest failure when the output cannot be written.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need jq
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG|CLICOLOR|NO_COLOR)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 TERM=xterm
mkdir -p "$HOME" "$T/root/etc/docker" "$T/work"
cd "$T/work"
run() { # STDOUT STDERR ARGS...
	set +e
	"$MW_BIN" "${@:3}" >"$1" 2>"$2" </dev/null
	status=$?
	set -e
}
esc=$(printf '\033')

# ---- help ----
run "$T/out" "$T/err" --help
expect "--help is a success" "$status" 0
[ -s "$T/err" ] && fail "--help speaks on stderr"
awk 'length > 80 { print; bad = 1 } END { exit bad }' "$T/out" || fail "--help is wider than 80"
for word in --apply --rollback --catalog --accept-risk NO_COLOR 143 "64  usage"; do
	grep -qF -- "$word" "$T/out" || fail "--help does not tell of $word"
done
run "$T/out" "$T/err"
expect "no action, no terminal" "$status" 64
[ -s "$T/out" ] && fail "the usage is for stderr"
grep -q '^Usage: ' "$T/err" || fail "no usage"
run "$T/out" "$T/err" --version
expect "--version" "$(head -n 1 "$T/out" | cut -d' ' -f1)" mirrorwise
for word in libcurl ncurses libsodium cJSON iniparser 'Built as: '; do
	grep -q "^$word" "$T/out" || fail "--version does not name $word: $(cat "$T/out")"
done

# ---- columns ----
run "$T/out" "$T/err" --list tools --root "$T/root"
sed -n '/^Settings/,$p' "$T/out" | awk 'NR > 1 && (substr($0, 12, 1) != " " || substr($0, 13, 1) == " ")' >"$T/odd"
[ ! -s "$T/odd" ] || fail "settings out of line: $(cat "$T/odd")"
! grep -q 'upstream, upstream' "$T/out" || fail "a mirror is named twice: $(grep 'upstream, ' "$T/out")"

# ---- why the profile wants nothing of a key ----
run "$T/out" "$T/err" --lang en --profile dev --show npm.registry --root "$T/root"
grep -q '^  wanted  *nothing: not installed$' "$T/out" || fail "of a missing tool: $(cat "$T/out")"
run "$T/out" "$T/err" --lang en --profile dev --show go.GOFLAGS --root "$T/root"
grep -q '^  wanted  *nothing: profile dev does not name it$' "$T/out" || fail "of a key: $(cat "$T/out")"

# ---- one document, whatever happens ----
printf '[profile]\nname = bad\n[go]\nnope = 1\n' >bad.ini
while read -r want args; do
	# shellcheck disable=SC2086
	run "$T/out" "$T/err" --json --root "$T/root" $args
	expect "status of $args" "$status" "$want"
	[ -s "$T/err" ] && { cat "$T/err"; fail "$args: words next to the document"; }
	jq -es --argjson status "$status" 'length == 1 and (.[0] |
		.schema_version == 1 and .exit_code == $status and (.message | length > 0) and
		(.changed | type == "boolean") and has("action") and has("profile") and has("result") and
		has("tool_version") and ([.files, .settings, .mirrors, .checks, .warnings] |
		all(type == "array")))' "$T/out" >/dev/null || { cat "$T/out"; fail "$args: not the document"; }
done <<'ROWS'
0 --help
0 --version
0 --history
0 --recover
0 --list profiles
0 --list mirrors
0 --list tools
0 --show go.GOPROXY
2 --profile prod
0 --profile prod --apply
0 --profile prod --apply
0 --rollback
0 --history
64 --no-such-option
64 --apply --diff
64 stray
64 --apply --only nothing
64 --rollback 99
64 --show go.nothing
65 --profile nowhere
65 --profile ./bad.ini
65 --diff --catalog ./nowhere.json
64
ROWS
run "$T/out" "$T/err" --list nothing --json
expect "--json counts wherever it stands" "$(jq .exit_code "$T/out")" 64
run "$T/out" "$T/err" --profile prod --diff --json --root "$T/nowhere"
expect "no such root" "$(jq .exit_code "$T/out") $status" "64 64"

# ---- nobody else's escape sequences ----
mkdir -p "$HOME/.config/go"
printf 'GOFLAGS=-mod=mod\n# %s]0;title\007 \302\233 \xff\nGOPROXY=https://%s[2Jx.example\n' "$esc" "$esc" >"$HOME/.config/go/env"
for args in "--diff --profile prod --color never" "--show go.GOPROXY" "--diff --profile prod --json" \
	"--profile ${esc}[31mred" "--set go.${esc}[2J=x --diff" "--${esc}[2J"; do
	# shellcheck disable=SC2086
	run "$T/out" "$T/err" --root "$T/root" $args
	LC_ALL=C grep -lq "[$(printf '\033\007')]\|$(printf '\302\233')" "$T/out" "$T/err" &&
		fail "$args: an escape sequence gets through"
	iconv -f UTF-8 -t UTF-8 "$T/out" >/dev/null || fail "$args: not UTF-8"
done
expectations=$((expectations + 6))
rm "$HOME/.config/go/env"

# ---- colour and symbols ----
colours() { # WANTED ARGS...: is there colour?
	local wanted=$1
	shift
	run "$T/out" "$T/err" --root "$T/root" --profile prod --diff "$@"
	expect "colour with: $* ${NO_COLOR:+NO_COLOR} ${CLICOLOR_FORCE:+CLICOLOR_FORCE}" \
		"$(grep -q "$esc" "$T/out" && echo yes || echo no)" "$wanted"
}
colours no
colours yes --color always
CLICOLOR_FORCE=1 colours yes
CLICOLOR_FORCE=1 NO_COLOR=1 colours no
CLICOLOR_FORCE=1 NO_COLOR=1 colours yes --color=always
CLICOLOR_FORCE=1 colours no --color=never
run "$T/out" "$T/err" --root "$T/root" --profile prod --apply --ascii
LC_ALL=C grep -q '[^ -~]' "$T/out" && fail "--ascii is not ASCII"
run "$T/out" "$T/err" --root "$T/root" --rollback
LC_ALL=C run "$T/out" "$T/err" --root "$T/root" --profile prod --apply
LC_ALL=C grep -q '[^ -~]' "$T/out" && fail "symbols in a locale that has none"
grep -q '^ok ' "$T/out" || fail "no word in place of the symbol"
run "$T/out" "$T/err" --root "$T/root" --rollback -q
expect "--quiet says nothing" "$(cat "$T/out" "$T/err")" ""

# ---- output that cannot be written ----
if [ -w /dev/full ]; then
	run /dev/full "$T/err" --list mirrors
	expect "full disk" "$status" 74
	grep -q 'cannot write the output' "$T/err" || fail "a full disk goes untold"
	run /dev/full "$T/err" --root "$T/root" --profile prod --apply --json
	expect "full disk, document" "$status" 74
	[ -e "$HOME/.config/go/env" ] || fail "the files are not written"
	run /dev/full "$T/err" --bogus --json
	expect "the worse code stays" "$status" 64
fi
set +e
"$MW_BIN" --list mirrors >&- 2>"$T/err"
expect "closed stdout" $? 74
"$MW_BIN" --list mirrors 2>"$T/err" | head -1 >/dev/null
expect "closed pipe" "${PIPESTATUS[0]}" 0
(ulimit -f 0 && exec "$MW_BIN" --list mirrors >"$T/big" 2>/dev/null)
expect "file size limit" $? 74
set -e
passed
