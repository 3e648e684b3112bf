#!/usr/bin/env bash
# Bundler's file has a reader of its own: ours and the real one agree on every form of a line.
# label: real
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3 ruby bundle
scratch
cd "$T"
env -i PATH="$PATH" HOME="$T" LANG=C.UTF-8 BUNDLE_SILENCE_ROOT_WARNING=1 PYTHONDONTWRITEBYTECODE=1 \
	python3 "$MW_SOURCE/tests/e2e/real_bundler.py" "$MW_EDIT_TOOL" || fail "they differ"
