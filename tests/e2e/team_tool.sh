#!/usr/bin/env bash
# A team's own tool is a plan, a file and a rollback by one file of data; a wrong one is named with
# line and column, and is an error only for the run that needs it.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need jq
scratch

tools=$T/home/.config/mirrorwise/tools
mkdir -p "$tools"
mw() {
	local status=0
	env -i PATH="$PATH" HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" VAULT_PIN="${VAULT_PIN:-}" ${AGED_NEW:+AGED_NEW="$AGED_NEW"} \
		"$MW_BIN" --no-network --lang en "$@" >"$T/out" 2>"$T/err" || status=$?
	echo $status
}
cat >"$tools/acme.json" <<'EOT'
{"tool": "acme", "title": "Acme", "group": "system", "programs": ["acme"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.acme.ini", "format": "ini"},
             {"environment": "ACME_{KEY}"}],
 "keys": {"url": {"type": "url", "as": "net.url"}},
 "mirror": [{"set": "url", "to": "{url}"}]}
EOT

expect "applied" "$(mw --apply -p dev --only acme -s acme.url=https://a.example/x)" 0
expect "written" "$(cat "$T/home/.acme.ini")" "[net]
url = https://a.example/x"
expect "shown" "$(mw --show acme.url)" 0
grep -q 'https://a.example/x' "$T/out" || fail "not shown: $(cat "$T/out")"
expect "listed" "$(mw --list tools)" 0
grep -q '^acme .* https://a.example/x  *~/.acme.ini$' "$T/out" || fail "not listed: $(cat "$T/out")"
expect "with its mirror" "$(mw --list tools --only acme --json)" 0
grep -q '"url":.*"https://a.example/x"' "$T/out" || fail "no mirror: $(cat "$T/out")"
expect "in its group" "$(mw --list tools --only system)" 0
grep -q '^acme ' "$T/out" || fail "not in its group: $(cat "$T/out")"
expect "and out of it" "$(mw --list tools --skip system)" 0
! grep -q '^acme ' "$T/out" || fail "not left out: $(cat "$T/out")"
expect "a name by likeness" "$(mw --list tools --only acmi)" 64
grep -q 'acme' "$T/err" || fail "not suggested: $(cat "$T/err")"
expect "rolled back" "$(mw --rollback)" 0
[ ! -e "$T/home/.acme.ini" ] || fail "the file is still there"

# "secret": masked wherever it stands, beside what is written, in what is written and in the environment.
cat >"$tools/vault.json" <<'EOT'
{"tool": "vault", "title": "Vault", "group": "system", "programs": ["vault"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.vaultrc", "format": "npmrc"},
             {"environment": "VAULT_{KEY}"}],
 "keys": {"url": {"type": "url"}, "pin": {"type": "text", "secret": true}},
 "mirror": [{"set": "url", "to": "{url}", "from": "npm"}],
 "opt_in": "it is the company's own"}
EOT
rows=0
while read -r name args; do
	printf 'pin=hush-old\n' >"$T/home/.vaultrc"
	# shellcheck disable=SC2086
	VAULT_PIN=hush-env mw $args >"$T/code"
	! grep -q 'hush' "$T/out" "$T/err" || fail "$name: $(cat "$T/out" "$T/err")"
	! grep -q 'hush' "$T/state/audit.jsonl" || fail "$name: told in audit.jsonl"
	rows=$((rows + 1))
done <<'EOT'
beside --diff -p dev --only vault -s vault.url=https://a.example/x
beside-json --diff -p dev --only vault -s vault.url=https://a.example/x --json
new --diff -p dev --only vault -s vault.pin=hush-new
new-json --apply -p dev --only vault -s vault.pin=hush-new --json
text --show vault.pin
json --show vault.pin --json
doctor --doctor --only vault
history --history --json
back --rollback --diff --force
EOT
[ "$rows" = 9 ] || fail "only $rows rows"
rm "$T/home/.vaultrc" "$T/code"

# "opt_in": [all] passes it over and says why.
printf '[profile]\nname = p\nsummary = P\n[all]\nmirror = @npmmirror\n' >"$T/p.ini"
expect "passed over" "$(mw --diff -p "$T/p.ini" --only vault)" 0
grep -q "vault: .*it is the company's own" "$T/err" || fail "no reason: $(cat "$T/err")"

# Rows of mirrors: a table has one name in all of them, and a condition asks what the same profile wishes.
cat >"$tools/depot.json" <<'EOT'
{"tool": "depot", "title": "Depot", "group": "system", "programs": ["depot"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.depot.toml", "format": "toml"}],
 "keys": {"use": {"type": "text"}, "docs": {"type": "text"}, "docs-url": {"type": "url"},
          "source.{name}.url": {"type": "url"}},
 "mirror": [{"set": "use", "to": "{name}", "from": "npm"},
            {"set": "docs-url", "to": "{url}/docs", "from": "npm", "if": {"key": "docs", "has": "on"}},
            {"set": "source.{name}.url", "to": "{url}/", "from": "npm", "name": "ours"}]}
EOT
printf '[profile]\nname = p\nsummary = P\n[depot]\nmirror = @npmmirror\ndocs = on\n' >"$T/p.ini"
expect "rows are written" "$(mw --apply -p "$T/p.ini" --only depot)" 0
expect "with one name, and all at once" "$(cat "$T/home/.depot.toml")" 'docs = "on"
use = "ours"
docs-url = "https://registry.npmmirror.com/docs"

[source.ours]
url = "https://registry.npmmirror.com/"'
expect "nothing is left to do" "$(mw --diff -p "$T/p.ini" --only depot)" 0
sed -i 's|@npmmirror|ftp://depot.example|' "$T/p.ini"
expect "no address that a tool can ask" "$(mw --diff -p "$T/p.ini" --only depot)" 65
grep -q 'p.ini:5: .*it is neither https nor http' "$T/err" || fail "no reason: $(cat "$T/err")"

sed -i 's/"url": {/"url": {"colour": 1, /' "$tools/acme.json"
expect "needed and wrong" "$(mw --diff -p dev --only acme)" 65
grep -q 'acme.json:4:19: ' "$T/err" || fail "no place: $(cat "$T/err")"
expect "not needed" "$(mw --list profiles)" 0

# ---- what a value must look like, in the team's own words and languages ---------------------------------
cat >"$tools/acme.json" <<'EOT'
{"tool": "acme", "title": "Acme", "group": "system", "programs": ["acme"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.acme.ini", "format": "ini"}],
 "keys": {"ring": {"type": "text", "as": "net.ring", "grammar": "ring"}},
 "grammars": {"ring": {"matches": "(blue|green)-[0-9]+", "any_case": true,
   "otherwise": "it must be a ring such as blue-7", "otherwise_zh": "须为 blue-7 这样的环",
   "never": {".*-0+": "rings are counted from 1"}, "never_zh": {".*-0+": "环从 1 开始编号"}}}}
EOT
while IFS='|' read -r value code says; do
	expect "ring = $value" "$(mw --diff -p dev --only acme -s "acme.ring=$value")" "$code"
	grep -q "$says" "$T/out" "$T/err" || fail "$value: '$says' is not said: $(cat "$T/out" "$T/err")"
	expect "ring = $value, in Chinese" "$(mw --lang zh_CN --diff -p dev --only acme -s "acme.ring=$value")" "$code"
done <<'ROWS'
Blue-12|2|ring
red-1|64|it must be a ring such as blue-7
green-00|64|rings are counted from 1
ROWS
grep -q '环从 1 开始编号' "$T/err" || fail "not in Chinese: $(cat "$T/err")"

# ---- and what is dangerous, likewise --------------------------------------------------------------------
cat >"$tools/acme.json" <<'EOT'
{"tool": "acme", "title": "Acme", "group": "system", "programs": ["acme"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.acme.ini", "format": "ini"}],
 "keys": {"debug": {"type": "bool", "as": "net.debug", "risk": {"true": "acme-debug"}}},
 "risks": {"acme-debug": {"level": "error", "why": "it sends what you type to the office",
   "why_zh": "它会把输入的内容发回公司", "remedy": "Ask the office first.", "remedy_zh": "请先询问公司。"}}}
EOT
expect "dangerous" "$(mw --apply -p dev --only acme -s acme.debug=true)" 65
grep -q 'acme-debug.*sends what you type' "$T/err" || fail "not said: $(cat "$T/err")"
grep -q 'Ask the office first. If it must be so: --accept-risk acme-debug' "$T/err" || fail "no way on: $(cat "$T/err")"
expect "in Chinese" "$(mw --lang zh_CN --apply -p dev --only acme -s acme.debug=true)" 65
grep -q '它会把输入的内容发回公司' "$T/err" || fail "not in Chinese: $(cat "$T/err")"
expect "accepted" "$(mw --apply -p dev --only acme -s acme.debug=true --accept-risk acme-debug)" 0
sed -i 's/"level": "error"/"level": "bad"/' "$tools/acme.json"
expect "a level that there is not" "$(mw --apply -p dev --only acme -s acme.debug=true)" 65
grep -q 'acme.json:4:36: "level" is .bad.; allowed: warning, error, policy' "$T/err" || fail "not located: $(cat "$T/err")"

# ---- a service of the team's own, of which its addresses are all that is said ------------------------------
mirrors=$T/home/.config/mirrorwise/mirrors
mkdir -p "$mirrors"
cat >"$mirrors/depots.json" <<'EOT'
{"tool": "depots", "mirrors": [{"id": "upstream", "url": "https://up.example/d", "default": true},
 {"id": "a", "url": "https://a.example/d"}, {"id": "b", "url": "https://b.example/d/"}]}
EOT
cat >"$tools/chain.json" <<'EOT'
{"tool": "chain", "programs": ["chain"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.chain", "format": "go-env"}],
 "keys": {"CHAIN": {"type": "url-list"}},
 "mirror": [{"set": "CHAIN", "to": "{url}", "from": "depots", "each": true, "join": "|", "last": "direct"}]}
EOT
cat >"$tools/tree.json" <<'EOT'
{"tool": "tree", "programs": ["tree"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.tree.yml", "format": "yaml"}],
 "keys": {"from": {"type": "url-list"}, "index": {"type": "url", "as": "repos[name=main].url"},
          "deep.er.k": {"type": "text"}},
 "mirror": [{"set": "from", "to": "{url}", "from": "depots", "each": true},
            {"set": "index", "to": "{url}", "from": "depots"}]}
EOT
sed 's/"tool": "depots"/"tool": "depot5"/' "$mirrors/depots.json" >"$T/typo.json"
expect "a service that nobody draws on" "$(mw --diff -p dev --only chain --catalog "$T/typo.json")" 65
grep -q "typo.json:1:10: \"tool\" is 'depot5'; allowed: .*one that a tool draws on" "$T/err" || fail "not said: $(cat "$T/err")"

# A bad file of a folder is left out, and who needs a mirror of it hears what is wrong there.
cp "$mirrors/depots.json" "$T/good.json"
sed 's/"id": "a", "url"/"id": "a", "address"/' "$T/good.json" >"$mirrors/depots.json"
while IFS= read -r wish; do
	# shellcheck disable=SC2086
	expect "$wish of a bad file" "$(mw --diff -p dev --only chain $wish)" 65
	grep -q 'error: .*depots.json:2:14: unknown field "address"' "$T/err" || fail "$wish: $(cat "$T/err")"
done <<'ROWS'
-m chain=a
-s chain.mirror=@a
-s chain.mirror=@fastest
-s chain.CHAIN=@a,direct
ROWS
expect "an address needs no file" "$(mw --diff -p dev --only chain -m chain=https://a.example/d)" 2
cp "$T/good.json" "$mirrors/depots.json"

# What a row puts last stays last; addresses that no catalogue knows stay where they are.
while IFS=' ' read -r layer id before after; do
	printf '[profile]\nname = p\n[%s]\nmirror = @%s\n' "$layer" "$id" >"$T/p.ini"
	printf 'CHAIN=%s\n' "$before" | sed 's|\b\([a-z]*\)/d|https://\1.example/d|g' >"$T/home/.chain"
	mw --apply -p "$T/p.ini" --only chain >/dev/null
	expect "[$layer] @$id on $before" "$(sed 's|https://\([a-z]*\).example/d|\1/d|g; s/^CHAIN=//' "$T/home/.chain")" "$after"
done <<'ROWS'
all a b/d|direct a/d|direct
all a corp/d|b/d|direct corp/d|a/d|direct
all a a/d|corp/d|direct a/d|corp/d|direct
all a corp/d|direct corp/d|direct
chain b corp/d b/d|corp/d|direct
chain b corp/d|other/d|direct b/d|corp/d|other/d|direct
chain b direct b/d|direct
chain upstream a/d|corp/d|direct corp/d|direct
ROWS

# Of what stands there already only ours is judged, and a map in braces leads where one in lines does.
printf 'from: [direct]\nrepos:\n- {name: other, url: u}\ndeep: {er: {k: v}}\n' >"$T/home/.tree.yml"
printf '[profile]\nname = p\n[tree]\nmirror = @a\n' >"$T/p.ini"
expect "an item of theirs is theirs" "$(mw --apply -p "$T/p.ini" --only tree)" 0
grep -q 'from: \[https://a.example/d, direct\]' "$T/home/.tree.yml" || fail "not beside it: $(cat "$T/home/.tree.yml")"
mw --doctor --only tree >/dev/null
grep -q 'has no setting' "$T/out" && fail "a line that is heard: $(cat "$T/out")"

# A key of other versions than the one at hand: said before it is written, and where it stands.
mkdir -p "$T/bin"
printf '#!/bin/sh\necho "aged 1.5.2"\n' >"$T/bin/aged"
chmod +x "$T/bin/aged"
cat >"$tools/aged.json" <<'EOT'
{"tool": "aged", "programs": ["aged"], "version": ["{program}", "--version"],
 "sources": [{"scope": "user", "path": "~/.aged.ini", "format": "ini"}, {"environment": "AGED_{LAST}"}],
 "keys": {"main.new": {"type": "text", "since": "2.0"}, "main.old": {"type": "text", "until": "1.0"}}}
EOT
expect "of a later version" "$(PATH=$T/bin:$PATH mw --diff -p dev --only aged -s aged.main.new=1)" 2
grep -q 'aged: "main.new" is an option since 2.0 only, and aged 1.5.2 does not know it' "$T/err" || fail "not said: $(cat "$T/err")"
printf '[main]\nold = 1\n' >"$T/home/.aged.ini"
PATH=$T/bin:$PATH AGED_NEW=1 mw --show aged.main.new >/dev/null
grep -q "in use *1 .*AGED_NEW" "$T/out" || fail "the variable is not seen: $(cat "$T/out")"
PATH=$T/bin:$PATH AGED_NEW=1 mw --doctor --only aged >/dev/null
grep -q 'aged-values.main.old' "$T/out" || fail "not told where it stands: $(cat "$T/out")"
grep -q 'aged-values.main.new' "$T/out" && fail "a variable is no line: $(cat "$T/out")"

# Files of the whole system alone are where it is written, by --scope or without; each key has its own.
cat >"$tools/lists.json" <<'EOT'
{"tool": "lists", "programs": ["lists"], "prepare": true, "sources": [
  {"scope": "system", "path": "/etc/lists.d/ours.list", "own": true, "content": ["deb {index} stable"]},
  {"scope": "system", "path": "/etc/lists.conf", "block": "#", "content": ["level = {level}"]}],
 "keys": {"index": {"type": "url"}, "level": {"type": "text"}},
 "mirror": [{"set": "index", "to": "{url}", "from": "depots"}]}
EOT
mkdir -p "$T/root/etc"
printf 'mine\r\n# >>> mirrorwise >>>\r\nlevel = 1\r\n# <<< mirrorwise <<<\r\nmore' >"$T/root/etc/lists.conf"
expect "both files" "$(mw --root "$T/root" --apply -p dev --only lists -m lists=a -s lists.level=2)" 0
expect "a list of ours" "$(cat "$T/root/etc/lists.d/ours.list")" "deb https://a.example/d stable"
expect "a block with its line ends" "$(cat "$T/root/etc/lists.conf")" \
	$'mine\r\n# >>> mirrorwise >>>\r\nlevel = 2\r\n# <<< mirrorwise <<<\r\nmore'
expect "nothing is left to do" "$(mw --root "$T/root" --scope system --diff -p dev --only lists -m lists=a -s lists.level=2)" 0

# An item may have a blank in it where a file holds lists, and null holds none.
cat >"$tools/items.json" <<'EOT'
{"tool": "items", "programs": ["items"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.items.yml", "format": "yaml"}],
 "keys": {"l": {"type": "list"}}}
EOT
for before in 'l: ["a b"]' 'l: null' 'l:'; do
	echo "$before" >"$T/home/.items.yml"
	expect "$before" "$(mw --apply -p dev --only items -s items.l+=c)" 0
	grep -q null "$T/home/.items.yml" && fail "null became an item: $(cat "$T/home/.items.yml")"
	case $before in *a*) expect "the item stays" "$(cat "$T/home/.items.yml")" 'l: ["a b", c]' ;; esac
done

# An INI file is the tool's that it belongs to: its sections have any name, and it is what refuses it.
cat >"$tools/wares.json" <<'EOT'
{"tool": "wares", "title": "Wares", "programs": ["wares"], "prepare": true,
 "sources": [{"scope": "user", "path": "~/.wares.ini", "format": "ini"}],
 "keys": {"Main.Index": {"type": "url"}}}
EOT
printf '[Main]\nIndex = https://a.example\n' >"$T/home/.wares.ini"
mw --doctor --only wares >/dev/null
grep -q 'wares-' "$T/out" && fail "a section is blamed for its name: $(cat "$T/out")"
printf 'Index = https://a.example\n' >"$T/home/.wares.ini"
expect "no section" "$(mw --diff -p dev --only wares -s wares.Main.Index=https://b.example)" 78
grep -q 'every Wares command fails' "$T/out" "$T/err" || fail "another tool is blamed: $(cat "$T/out" "$T/err")"
mw --fix all --diff --only wares >/dev/null
grep -q '^+\[' "$T/out" && fail "a section that the tool does not have: $(cat "$T/out")"

# Of a program nobody says how to ask for its version.
printf '#!/bin/sh\nexit 3\n' >"$T/bin/items"
chmod +x "$T/bin/items"
PATH=$T/bin:$PATH mw --checklist -p base --only items --json >/dev/null || true
expect "installed is enough" "$(jq -r '.checks[] | select(.id == "items-installed") | .status' "$T/out")" pass
passed
