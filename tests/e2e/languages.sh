#!/usr/bin/env bash
# Every sentence is translated: none missing, empty or fuzzy, the directives of printf the same, the
# writing that of the catalogue's own rules. And the program speaks it on a machine without locales.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need xgettext msgcmp msgfmt python3
scratch

lists=$MW_SOURCE/assets/po
"$lists/extract.sh" "$MW_SOURCE" "$T/mirrorwise.pot"

complete() { # PO
	msgcmp "$1" "$T/mirrorwise.pot" && msgfmt --check --output-file=/dev/null "$1" &&
		python3 "$MW_SOURCE/tests/support/po_style.py" "$1"
}

for po in "$lists"/*.po; do
	expectations=$((expectations + 1))
	saw=$(complete "$po" 2>&1) || fail "$po (extract.sh, then msgmerge, help): $saw"
done

# What it is there to find, planted.
zh=$lists/zh_CN.po
planted() { # NAME SED-SCRIPT
	expectations=$((expectations + 1))
	sed "$2" "$zh" >"$T/$1.po"
	cmp -s "$zh" "$T/$1.po" && fail "$1: nothing was planted"
	! complete "$T/$1.po" >/dev/null 2>&1 || fail "$1: not found"
}
planted missing '/^msgid "history"$/,/^$/d'
planted empty '/^msgid "history"$/{n;s/".*"/""/}'
planted fuzzy 's/^msgid "history"$/#, fuzzy\n&/'
planted directive '/^msgid "%s is not a regular file"$/{n;s/%s/%d/}'
planted no-blank '/^msgid "%s is not a regular file"$/{n;s/%s /%s/;s/普通文件/Go普通/}'
planted half-width '/^msgid "error: "$/{n;s/：/:/}'
planted untranslated '/^msgid "history"$/{n;s/".*"/"history"/}'

# No locale but C is needed, and the language is known before the first error.
said() { # NAME WANTED ENV... -- ARGUMENTS
	local name=$1 wanted=$2 variables=()
	shift 2
	while [ "$1" != -- ]; do
		variables+=("$1")
		shift
	done
	shift
	expectations=$((expectations + 1))
	env -i PATH="$PATH" HOME="$T" "${variables[@]}" "$MW_BIN" "$@" >"$T/said" 2>&1 || true
	grep -qF -- "$wanted" "$T/said" || fail "$name: no '$wanted' in: $(cat "$T/said")"
}
said "asked for, in no locale" "没有选项" LC_ALL=C -- --bogus --lang zh_CN
said "asked for by our variable" "没有选项" MIRRORWISE_LANG=zh_CN -- --bogus
said "by a locale that is not installed" "没有选项" LANG=zh_CN.UTF-8 -- --bogus
said "by one of another place" "没有选项" LANG=zh_TW.UTF-8 -- --bogus
said "English beats the locale" "there is no option" LANG=zh_CN.UTF-8 -- --lang=en --bogus
said "a script's locale" "there is no option" LC_ALL=C LANGUAGE=zh_CN -- --bogus
said "characters that we do not write" "there is no option" LANG=zh_CN.UTF-8 LC_CTYPE=C -- --bogus
said "asked for all the same" "没有选项" LC_CTYPE=C MIRRORWISE_LANG=zh_CN -- --bogus
said "a reason of the system" "：不是目录" MIRRORWISE_LANG=zh_CN -- --root /etc/passwd --diff
said "JSON is English" '"there is no option' MIRRORWISE_LANG=zh_CN -- --json --bogus
said "so is the format" '"title":	"the profile"' MIRRORWISE_LANG=zh_CN \
	MIRRORWISE_STATE_DIR="$T/state" -- --checklist --no-network --only pip --format json
passed
