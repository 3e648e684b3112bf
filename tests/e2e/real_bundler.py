#!/usr/bin/env python3
"""Two places at a time, every way of writing a mirror into Bundler's file: what our editor reads is
what Bundler reads, what it writes Bundler reads back, and it refuses what Bundler refuses. `real_bundler.py EDIT_TOOL`, in a folder
that may be littered."""

import itertools
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

TOOL = sys.argv[1]
KEY = "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/"
URL, OTHER = "https://a.example/", "https://b.example/"
# The first of each is what `bundle config set` writes.
PARTS = (
    ("---\n", "", "# c\n---\n", "BUNDLE_PATH: x\n", "---\r\n", "# a: b\n"),
    ("", " ", "\t"),
    (KEY, KEY[:-1], f'"{KEY}"', KEY.lower(), "BUNDLE_MIRROR__HTTPS://RUBYGEMS.ORG/", "BUNDLE_MIRROR__ALL",
     KEY + "/", "BUNDLE_MIRROR__HTTP://RUBYGEMS__ORG/", KEY + "__FALLBACK_TIMEOUT/", "#" + KEY),
    (": ", ":", ":  ", " : "),
    (f'"{URL}"', URL, f"'{URL}'", f'"{URL[:-1]}"', "", '""', f'"{URL}" # tail', f"{URL} # tail", f'"{URL}',
     f"  {URL}", f"{URL}: x"),
    ("\n", "", "\r\n", '\nBUNDLE_JOBS: "4"\n', f'\n{KEY}: "https://last.example/"\n',
     f'\n# {KEY}: "https://last.example/"\n', "\n- item\n", "\n  nested: 1\n",
     "\nBUNDLE_WITHOUT:\n- test\n", "\nBUNDLE_X:\n  a: 1\n", "\nBUNDLE_X: \n    a: 1\n", "\n   a: 1\n",
     "\n  : x\n", "\n  # a: b\n", "\n -\n"),
)
READER = r"""
require "bundler"
require "json"
ARGF.each_line do |line|
  begin
    settings = Bundler::Settings.new(Pathname.new(JSON.parse(line)))
    puts JSON.generate([settings["mirror.https://rubygems.org"]])
  rescue StandardError => e
    puts JSON.generate({refuses: e.message})
  end
end
"""


def all_texts():
    texts = {}
    for at, other in itertools.combinations(range(len(PARTS)), 2):
        for one, two in itertools.product(PARTS[at], PARTS[other]):
            form = [part[0] for part in PARTS]
            form[at], form[other] = one, two
            texts["".join(form)] = None
    return list(texts)


def bundler_reads(name, texts):
    """Of each text the value; False where Bundler refuses the file, None where it has no text."""
    folders = [os.path.abspath(f"{name}{number}") for number in range(len(texts))]
    for folder, text in zip(folders, texts):
        os.makedirs(folder)
        with open(f"{folder}/config", "wb") as file:
            file.write(text)
    done = subprocess.run(["ruby", "-e", READER], input="".join(json.dumps(f) + "\n" for f in folders),
                          capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(texts), done.stderr
    # A key without a value is a hash or a list to it, and becomes the text of that: no address.
    return [False if isinstance(one, dict) else None if (one[0] or "{")[0] in "{[" else one[0] for one in found]


def edit(text, *words):
    return subprocess.run([TOOL, "bundle", *words], input=text, capture_output=True, check=False)


def ours(text):
    done = edit(text, "get", KEY)
    items = json.loads(done.stdout)["items"] if done.returncode == 0 else []
    return (items[0] if items else None), edit(text, "put", KEY, OTHER), edit(text, "check").returncode != 0


def same(one, two):
    return (one or "").rstrip("/") == (two or "").rstrip("/")


def main():
    texts = [text.encode() for text in all_texts()]
    with ThreadPoolExecutor() as pool:
        mine = list(pool.map(ours, texts))
    before = bundler_reads("before", texts)
    after = bundler_reads("after", [put.stdout for _, put, _ in mine])
    wrong = 0
    for text, (value, put, refused), theirs, then in zip(texts, mine, before, after):
        if refused != (theirs is False):
            wrong += 1
            print(f"{text!r}: Bundler {'refuses' if theirs is False else 'takes'} it, we do not")
        if theirs is False:
            continue
        if not same(value, theirs):
            wrong += 1
            print(f"{text!r}: Bundler reads {theirs!r}, we read {value!r}")
        if put.returncode == 0 and then != OTHER:
            wrong += 1
            print(f"{text!r}: of {put.stdout!r} Bundler reads {then!r}")
    refused = before.count(False)
    print(f"{len(texts)} files, {refused} of which Bundler refuses; {wrong} wrong")
    return 1 if wrong or refused > len(texts) / 2 else 0


if __name__ == "__main__":
    sys.exit(main())
