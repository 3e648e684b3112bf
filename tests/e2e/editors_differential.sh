#!/usr/bin/env bash
# On generated files, what the tools read after our edits is what it should be: go (against its own
# `go env -w` and `-u`), Python's configparser in pip's use of it, and jq.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need go jq python3
[ -x "${MW_EDIT_TOOL:-}" ] || fail "MW_EDIT_TOOL names no program"
scratch
# Half of the time of a short run; edit_laws and the fuzz targets look for leaks of the editors.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
while read -r name; do unset "$name"; done < <(env | grep -oE '^(GO|CGO_)[A-Z0-9_]*' || true)
export HOME="$T/home" PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1 GOTOOLCHAIN=local
mkdir "$HOME"
cd "$T"
python3 "$MW_SOURCE/tests/e2e/editors_differential.py" "$MW_EDIT_TOOL" || fail "they differ"
