"""What msgfmt cannot know of a Chinese catalogue: prints each breach, exits 1 if there is one.

    po_style.py FILE.po

The rules stand at the head of assets/po/zh_CN.po. A directive such as %s counts as Latin text,
except where Chinese may stand in for it (THROUGH).
"""
import ast
import re
import sys

HAN = "\u4e00-\u9fff"
DIRECTIVE = re.compile(r"%(?:\d\$)?[-0-9.*]*(?:hh|ll|[hlzj])?[a-zA-Z]")
# Names of commands, files and formats that stay as they are, alone.
KEPT = {"Go", "pip", "Docker", "DNS", "TCP", "TLS", "URL", "UTF-8", "IPv4/6", "wheel", "manifest",
        "--no-network", "${file:PATH}", ".mod"}
# Words that mean something which has another word in the list of terms.
WRONG = {"您": "你", "镜像目录": "镜像列表", "往返时间": "往返时延", "首代": "第 1 代", "延迟": "往返时延"}
THROUGH = re.compile(r"(?<=[" + HAN + r"])\x00|\x00(?=[" + HAN + r"])")


def entries(path):
    entry, field = {}, None
    for line in open(path, encoding="utf-8"):
        if not line.strip():
            if entry:
                yield entry
            entry, field = {}, None
            continue
        found = re.match(r'(?:(msg\w+(?:\[\d\])?)\s+)?(".*")$', line.rstrip("\n"))
        if found and found.group(1):
            field = found.group(1)
            entry[field] = ""
        if found and field:
            entry[field] += ast.literal_eval(found.group(2))
    if entry:
        yield entry


def breaches(source, text):
    plain = THROUGH.sub("", DIRECTIVE.sub("\x00", text)).replace("\x00", "s")
    if re.search(rf"[{HAN}][A-Za-z0-9$-]|[A-Za-z0-9%][{HAN}]", plain):
        yield "no blank between Chinese and Latin text"
    if re.search(rf"[{HAN}][,;:!?]", text):
        yield "half-width punctuation behind Chinese"
    if re.search(rf"[{HAN}]\s*\(|\)\s*[{HAN}]", text):
        yield "half-width brackets"
    if re.search("[\uff0c\uff1b\uff1a\u3002\uff08] (?! )", text.rstrip(" ")):
        yield "a blank behind full-width punctuation"
    if text == source and source not in KEPT and re.search("[A-Za-z]{2}", DIRECTIVE.sub("", text)):
        yield "not translated"
    for word, right in WRONG.items():
        if word in text:
            yield f"{word}: write {right}"


def main():
    count = 0
    for entry in entries(sys.argv[1]):
        source = entry["msgid"]
        for field, text in entry.items():
            for breach in breaches(source, text) if field.startswith("msgstr") and source else ():
                print(f"{breach}: {source!r} -> {text!r}")
                count += 1
    return 1 if count else 0


sys.exit(main())
