#!/bin/bash
# The prober among the lab's mirrors: figures against the truth, every bad server, the race, the
# thousand. Needs root and TUN; says what is missing otherwise.
# lock: lab
# cost: 330
set -eu
: "${MW_SOURCE:?}" "${MW_PROBE_TOOL:?}"
export PYTHONDONTWRITEBYTECODE=1
exec "$MW_SOURCE/tests/lab/lab.sh" run -- python3 "$MW_SOURCE/tests/support/lab_probe.py" \
    "$MW_PROBE_TOOL"
