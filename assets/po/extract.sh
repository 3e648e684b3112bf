#!/usr/bin/env bash
# Writes the sentences to translate: those of src/ behind _() and its family, and the English ones
# in the data that is built in, which are shown through _(), too.
#     extract.sh ROOT OUT.pot
set -euo pipefail
out=$(realpath -m "$2")
cd "$1"
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
{
	sed -n 's/^ *summary *= *\(.*[^ ]\) *$/_("\1")/p' profiles/*.ini
	grep -Eoh '"(reason|never_made)": *"([^"\\]|\\.)*"' assets/mirrors/*.json assets/tools/*.json |
		sed 's/^"[a-z_]*": *\(.*\)$/_(\1)/'
} >"$data/data.c"
find src -name '*.c' | LC_ALL=C sort | xargs xgettext --language=C --from-code=UTF-8 \
	--keyword=_ --keyword=N_ --keyword=ngettext:1,2 --add-comments=TRANSLATORS \
	--package-name=mirrorwise --output="$out" "$data/data.c"
