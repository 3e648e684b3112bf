"""Who may know whom in src/, and who may call what: prints each breach, exits 1 if there is one.

    directions.py ROOT

Comments and the insides of strings do not count. A header of include/mirrorwise belongs to the
room whose name it has or that has its .c file; the others are listed in HEADERS.
"""
import pathlib
import re
import sys

# A room may include itself and whatever it reaches by these arrows.
ROOMS = {
    "base": [],
    "system": ["base"],
    "text": ["base"],
    "model": ["base"],
    "net": ["base"],
    "tools": ["system", "text", "model", "net"],
    "engine": ["tools"],
    "probe": ["model", "net"],
    "check": ["tools"],
    "source": ["system", "model"],
    "session": ["engine", "probe", "check", "source"],
    "app": ["session"],
    "cli": ["app"],
    "tui": ["app"],
    "main": ["cli", "tui", "net"],
}
HEADERS = {
    "banned": "base",
    "builtin": "base",
    "edit": "text",
    "hit": "tools",
    "risk": "tools",
    "text": "base",
    "tool": "tools",
}
FACES = {"session", "app", "cli", "tui", "main"}  # rooms whose every sentence a person may read
# A private header that another room may include, too: libcurl's functions, typed.
LENT = {("probe", "../net/curl_table.h")}

# What, where it may be, and how to recognise it in code without comments and strings.
CALLS = [
    ("the system's door (src/system)", {"system", "main"},
     r"(?<![.\w>])(?:open|openat|creat|fopen|freopen|rename|renameat2?|unlink|unlinkat|remove|mkdir"
     r"|mkdirat|fork|vfork|posix_spawnp?|exec[lv]p?e?|execveat|fexecve|getenv|secure_getenv|setenv"
     r"|getpwuid|getpwuid_r|getpwnam|getpwnam_r)\s*\("),
    ("printing (src/cli)", {"cli", "main"},
     r"(?<![.\w>])(?:printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putchar|fputc|putc|fwrite"
     r"|perror|psignal)\s*\(|\b(?:stdout|stderr)\b"),
    ("a shell or a clock-blind wait", set(),
     r"(?<![.\w>])(?:system|popen|sleep|usleep)\s*\("),
]  # fmt: skip
# Out of memory is said on stderr and ends the program (reliability: it is fatal and safe).
# What they print beside sentences is of another language: mdoc, and examples of files. That each
# sentence of theirs is translated, too, tests/e2e/generate.sh sees.
DOCUMENTS = {"src/cli/generate.c", "src/cli/generate_files.c", "src/cli/mdoc.c"}
PRINTS_TOO = {"src/base/memory.c"}
LIBRARIES = [
    (r"n?curses(w/.*)?\.h", lambda path, room: room == "tui"),
    (r"curl/.*", lambda path, room: room == "net" or path == "src/probe/transport_curl.c"),
]

# No room but tools names a tool. These names are those of other things: a protocol of the
# catalogue's, a finding about a file of logins.
NAMES_TOOLS = {"tools"}
NAMESAKES = {"src/model/catalog_canary.c", "src/probe/protocol_cargo.c", "src/check/surroundings.c"}

TOKEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def reach(room, seen=None):
    seen = {room} if seen is None else seen
    for lower in ROOMS[room]:
        if lower not in seen:
            seen.add(lower)
            reach(lower, seen)
    return seen


def blank(match):
    """Line numbers stay; a string keeps its quotes, everything else goes."""
    text = match.group(0)
    lines = "\n" * text.count("\n")
    return '""' + lines if text[0] == '"' else " " + lines


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Tree:
    def __init__(self, root):
        self.root = root
        self.breaches = []
        self.files = sorted((root / "src").rglob("*.[ch]"))
        ids = [re.escape(file.stem) for file in (root / "assets/tools").glob("*.json")]
        self.tool = re.compile('"(?:' + "|".join(ids or ["(?!)"]) + ')"')
        self.owner = {**{room: room for room in ROOMS}, **HEADERS}
        for file in self.files:
            if file.suffix == ".c":
                self.owner.setdefault(file.stem, self.room(file))

    def room(self, file):
        parts = file.relative_to(self.root / "src").parts
        return parts[0] if len(parts) > 1 else pathlib.Path(parts[0]).stem

    def breach(self, file, line, what):
        self.breaches.append(f"{file.relative_to(self.root)}:{line}: {what}")

    def includes(self, file, room, raw):
        allowed = reach(room)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)', raw, re.MULTILINE):
            kind, name = match.groups()
            line = line_of(raw, match.start())
            path = str(file.relative_to(self.root))
            for library, may in LIBRARIES:
                if re.fullmatch(library, name) and not may(path, room):
                    self.breach(file, line, f"<{name}> is not for {path}")
            if kind == "<":
                continue
            ours = re.fullmatch(r"mirrorwise/(\w+)\.h", name)
            if not ours:
                if not (file.parent / name).is_file() or \
                        ("/" in name and (room, name) not in LENT):
                    self.breach(file, line, f'"{name}" is not a header of this room')
            elif ours.group(1) not in self.owner:
                self.breach(file, line, f"{name} belongs to no room: name it in HEADERS "
                                        "(tests/support/directions.py)")
            elif self.owner[ours.group(1)] not in allowed:
                self.breach(file, line, f"{room} must not know {self.owner[ours.group(1)]} ({name})")

    def calls(self, file, room, code):
        path = str(file.relative_to(self.root))
        for what, rooms, pattern in CALLS:
            if room in rooms or (path in PRINTS_TOO and what.startswith("printing")):
                continue
            for match in re.finditer(pattern, code):
                self.breach(file, line_of(code, match.start()), f"{match.group(0).strip()} is {what}")

    def sentences(self, file, room, raw):
        """A literal with two words in it is a sentence, and a sentence is translated: every one in
        the faces, elsewhere those that are handed to an error (whose step may have two words)."""
        end = 0
        wrapped = False
        for match in TOKEN.finditer(raw):
            text, start = match.group(0), match.start()
            between = raw[end:start].strip()
            end = match.end()
            if text[0] != '"':
                continue
            if re.search(r"(?:\b_|\bN_|\bngettext)\($", between):
                wrapped = True
            elif between not in ("", ","):  # neither the literal before going on, nor its plural
                wrapped = False
            line = raw[raw.rfind("\n", 0, start) + 1:start]
            statement = raw[max(raw.rfind(mark, 0, start) for mark in ";{}"):start]
            words = 2 if room in FACES else 3
            if re.match(r'"(sudo )?mirrorwise\b', text):  # an example of a command
                continue
            said = room in FACES or re.search(r"\bmw_(?:fail|error_hint)\(", statement)
            if said and not wrapped and not line.lstrip().startswith("#") \
                    and re.search(r"(?<![%\w])[A-Za-z]{2,}" + r" [A-Za-z]{2,}" * (words - 1), text):
                self.breach(file, line_of(raw, start), f"not translatable: {text}")

    def names(self, file, room, raw):
        for match in TOKEN.finditer(raw):
            if room not in NAMES_TOOLS and str(file.relative_to(self.root)) not in NAMESAKES \
                    and self.tool.fullmatch(match.group(0)):
                self.breach(file, line_of(raw, match.start()), f"names a tool: {match.group(0)}")

    def check(self):
        for file in self.files:
            room = self.room(file)
            raw = file.read_text(encoding="utf-8")
            if room not in ROOMS:
                self.breach(file, 1, f"src/{room} is no room: name it in ROOMS "
                                     "(tests/support/directions.py)")
                continue
            self.includes(file, room, raw)
            self.calls(file, room, TOKEN.sub(blank, raw))
            if str(file.relative_to(self.root)) not in DOCUMENTS:
                self.sentences(file, room, raw)
            self.names(file, room, raw)
        for file in sorted((self.root / "include/mirrorwise").glob("*.h")):
            if file.stem in self.owner:
                self.includes(file, self.owner[file.stem], file.read_text(encoding="utf-8"))
            else:
                self.breach(file, 1, "belongs to no room: name it in HEADERS")
        return self.breaches


if __name__ == "__main__":
    found = Tree(pathlib.Path(sys.argv[1]).resolve()).check()
    print("\n".join(found) or "no breach")
    sys.exit(1 if found else 0)
