#!/usr/bin/env bash
# A file of any length is read, edited and judged in time that grows with its length. (See linear.py.)
# lock: release
# cost: 60
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3 cmake
scratch
build_release
python3 "$MW_SOURCE/tests/e2e/linear.py" "$build/mirrorwise" "$T/files"
echo "passed: linear.sh"
