#!/usr/bin/env bash
# A machine that lacks something: no tools, no network, no home, 60 columns, LANG=C, no /proc, a
# terminal that nobody knows. Each singly, as an ordinary user, from the command line and in the
# interface: an answer, a code that says what it is, and a next step. MW_BIN may be the static one.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need root unshare setpriv python3
unshare -m -n true 2>/dev/null || skip "needs namespaces"
scratch
chmod 755 "$T"
mkdir -p "$T/bin" "$T/empty"
cp "$MW_BIN" "$T/bin/mirrorwise"
python3 "$MW_SOURCE/tests/e2e/first_contact.py" "$T" >"$T/out" 2>&1 || fail "$(tail -n 60 "$T/out")"
expect "answers" "$(grep -cE '^[0-9]+ answers$' "$T/out")" 1
passed
