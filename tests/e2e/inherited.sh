#!/usr/bin/env bash
# What a careless parent leaves us with does no harm: signals that it ignores.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"

need python3
scratch
while read -r name; do unset "$name"; done < <(env | grep -oE '^(PIP|GO|MIRRORWISE|XDG)[A-Z_]*' || true)
export HOME="$T/home" MIRRORWISE_STATE_DIR="$T/state" LC_ALL=C.UTF-8 PATH="$T/bin:$PATH"
mkdir -m 755 "$HOME" "$T/bin"
cat >"$T/bin/go" <<-'EOF'
	#!/bin/sh
	echo go version go1.99.0 none/none
EOF
chmod 755 "$T/bin/go"

cat >"$T/careless.py" <<'PYTHON'
"""careless.py COMMAND...: runs the command with SIGCHLD ignored, which exec keeps."""
import os, signal, sys

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
PYTHON
python3 "$T/careless.py" "$MW_BIN" --checklist --only go --no-network --json >"$T/out" || true
saw=$(python3 -c '
import json, sys
checks = json.load(open(sys.argv[1]))["checks"]
print(next(check["status"] + " " + check["observed"] for check in checks if check["id"] == "go-installed"))' "$T/out")
expect "the version of a tool" "$saw" "pass go version go1.99.0 none/none ($T/bin/go)"
passed
