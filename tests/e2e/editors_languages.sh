#!/usr/bin/env bash
# On generated files, what other readers read after our edits is what it should be, and every other
# byte is where it was: npm's own `ini`, a shell, brew's loop, Ruby's YAML and the parsers of Python. What is not
# installed is left out; with nothing but Python's own the rest is still compared.
# cost: 130
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need python3
[ -x "${MW_EDIT_TOOL:-}" ] || fail "MW_EDIT_TOOL names no program"
scratch
# Half of the time of a short run; edit_laws and the fuzz targets look for leaks of the editors.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export HOME="$T/home" PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1
mkdir "$HOME"
ini=
if command -v npm >/dev/null && command -v node >/dev/null; then
	ini=$(npm root -g)/npm/node_modules/ini
	[ -e "$ini/package.json" ] || ini=$(node -p 'require.resolve("ini/package.json", {paths: ["/usr/share/nodejs"]})' 2>/dev/null | sed 's#/package.json$##') || ini=
fi
cd "$T"
python3 "$MW_SOURCE/tests/e2e/editors_languages.py" "$MW_EDIT_TOOL" "$ini" || fail "they differ"
