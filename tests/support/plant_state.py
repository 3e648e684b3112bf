"""Puts the state that version 0.1.0 wrote (tests/golden/state-0.1) below a directory of a test.

    plant_state.py GOLDEN T

There a record is its meta part, one line of JSON, and its images; @T@ stands for the directory that its paths
were below. The line in front of it, with length and hash, is made anew.
"""
import hashlib
import os
import re
import sys

golden, t = sys.argv[1:]
for folder, _, names in os.walk(os.path.join(golden, "state")):
    for name in names:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            meta, images = file.read().split(b"\n", 1)
        meta = meta.replace(b"@T@", t.encode())
        meta = re.sub(rb'"(actor_uid|uid)":0', rb'"\1":%d' % os.getuid(), meta)
        meta = re.sub(rb'"(actor_gid|gid)":0', rb'"\1":%d' % os.getgid(), meta)
        to = os.path.join(t, os.path.relpath(path, golden))
        os.makedirs(os.path.dirname(to), mode=0o700, exist_ok=True)
        with open(to, "wb") as file:
            head = "mirrorwise-record 1 %d %s\n" % (len(meta), hashlib.sha256(meta).hexdigest())
            file.write(head.encode() + meta + images)
        os.chmod(to, 0o600)
