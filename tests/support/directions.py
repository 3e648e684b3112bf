"""Who may know whom in src/, and who may call what: prints each breach, exits 1 if there is one.

    directions.py ROOT

Comments and the insides of strings do not count. A header of include/mirrorwise belongs to the
room whose name it has or that has its .c file; the others are listed in HEADERS.
"""
import json
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
    "key": "app",
    "module": "tools",
    "risk": "tools",
    "text": "base",
    "tool": "tools",
    "tool_key": "tools",
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
DOCUMENTS = {"src/cli/generate.c"}
PRINTS_TOO = {"src/base/memory.c"}
LIBRARIES = [
    (r"n?curses(w/.*)?\.h", lambda path, room: room == "tui"),
    (r"curl/.*", lambda path, room: room == "net" or path == "src/probe/transport_curl.c"),
]

# No room but tools names a tool or a service, or has a word that only one of them knows: an id, a
# program, a key, a file, a host of assets/tools and assets/mirrors, or one of WORDS; in strings,
# identifiers and names of files. Words of everybody's do not count.
NAMES_TOOLS = {"tools"}
WORDS = ["crates", "dockerd", "golang", "packagist", "podman", "pypi", "requirements", "virtualenv"]
EVERYBODYS = {"ar", "debug", "env", "go", "http_proxy", "https_proxy", "no_color", "no_proxy",
              "node"}
GO = re.compile(r"(?<!chmod )(?<!may )\bgo\b(?! (?:back|home|on|past|round|with)\b)",
                re.IGNORECASE)  # the verb is no tool
EXAMPLES = "an example of a command or of a file"
PROTOCOL = "a protocol, which is code"
FORMAT = "a format, which tools' files name"
MAY_NAME = {
    "include/mirrorwise/edit.h": ("brew bundle npmrc yarnrc", FORMAT),
    "src/text/edit.c": ("brew bundle npmrc yarnrc", FORMAT),
    "src/text/env_file.c": ("go", FORMAT),
    "src/text/ini_file.h": ("index-url pip", FORMAT),
    "src/text/line_dialects.c": ("bundle yarn yarnrc", FORMAT),
    "src/text/shell_dialects.c": ("brew", FORMAT),
    "src/text/npmrc_file.c": ("npmrc", FORMAT),
    "src/check/mend.c": ("npmrc", FORMAT),
    "src/check/values.c": ("npmrc", FORMAT),
    "src/model/catalog_canary.c": ("cargo pypi", PROTOCOL),
    "src/model/catalog_inquiry.c": ("cargo goproxy pypi", PROTOCOL),
    "src/probe/exchange.c": ("cargo goproxy pypi", PROTOCOL),
    "src/probe/exchange.h": ("cargo goproxy pypi", PROTOCOL),
    "src/probe/curl_slot.c": ("docker", "a header of its protocol"),
    "src/probe/protocol_cargo.c": ("cargo config.json crates", PROTOCOL),
    "src/probe/protocol_go.c": ("go golang goproxy", PROTOCOL),
    "src/probe/protocol_oci.c": ("docker", PROTOCOL),
    "src/probe/protocol_pypi.c": ("pypi", PROTOCOL),
    "src/base/note.c": ("go", "the first line of a signed tree"),
    "src/base/redact.c": ("cargo npm pypi rubygems", "by these a secret is known in any text"),
    "src/base/redact_settings.c": ("bundle bundler gem", "by these a secret is known in any file"),
    "src/system/paths.c": ("go", "a folder of programs"),
    "src/probe/transport_curl.c": ("bundle", "the name of a file of certificates"),
    "src/cli/action_help.c": ("docker go goproxy", EXAMPLES),
    "src/cli/generate.c": ("docker goenv npm npm_config_userconfig pip pip_config_file", EXAMPLES),
    "src/cli/options.c": ("docker go goprivate goproxy pip registry-mirrors", EXAMPLES),
}

# A name that many files give to a function of their own is one that a search does not find.
SAME_NAMES_MAX = 3
STATIC = re.compile(r"^static [\w *]*?[ *](\w+)\(", re.MULTILINE)

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


def words_of_tools(assets):
    words = set(WORDS)
    for file in (assets / "tools").glob("*.json"):
        tool = json.loads(file.read_text(encoding="utf-8"))
        words |= {file.stem} | {program.rsplit("/")[-1] for program in tool["programs"]}
        words |= {key for key in tool["keys"] if key.isupper() or re.search(r"\w[-_.]\w", key)}
        for source in tool["sources"]:
            paths = source.get("path", [])
            names = [path.rsplit("/")[-1] for path in ([paths] if isinstance(paths, str) else paths)]
            words |= {name.lstrip(".") for name in names if "." in name}
    for file in (assets / "mirrors").glob("*.json"):
        service = json.loads(file.read_text(encoding="utf-8"))
        words |= {file.stem} | {mirror["url"].split("/")[2] for mirror in service["mirrors"]}
    return {word for word in words
            if len(word) > 1 and word.lower().replace("-", "_") not in EVERYBODYS}


class Tree:
    def __init__(self, root):
        self.root = root
        self.breaches = []
        self.statics = {}
        self.files = sorted((root / "src").rglob("*.[ch]"))
        words = "|".join(re.escape(word).replace(r"\-", "[-_]") for word in sorted(
            words_of_tools(root / "assets"), key=len, reverse=True))
        self.tool = re.compile(r"(?<![A-Za-z0-9])(?:" + words + r")(?![A-Za-z0-9])", re.IGNORECASE)
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

    def names(self, file, raw):
        path = str(file.relative_to(self.root))
        may = MAY_NAME.get(path, ("", ""))[0].split()
        code = TOKEN.sub(lambda match: blank(match) if match[0][0] == "/" else match[0], raw)
        for text, is_code in ((code, True), (file.stem, False)):
            found = list(self.tool.finditer(text)) + list(GO.finditer(text.replace("_", " ")))
            for match in sorted(found, key=re.Match.start):
                if match[0].lower() not in may:
                    self.breach(file, line_of(text, match.start()) if is_code else 1,
                                f"names a tool: {match[0]}")

    def own_names(self, file, raw):
        for match in STATIC.finditer(raw):
            files = self.statics.setdefault(match[1], set())
            if file not in files and len(files) == SAME_NAMES_MAX:
                self.breach(file, line_of(raw, match.start()),
                            f"{match[1]}() is a name of many: " + ", ".join(
                                sorted(str(other.relative_to(self.root)) for other in files)))
            files.add(file)

    def banners(self, file, raw):
        for match in re.finditer(r"-{4}\n \*/$", raw, re.MULTILINE):
            self.breach(file, line_of(raw, match.start()), "a banner that the formatter has broken")

    def check(self):
        for file in self.files:
            room = self.room(file)
            raw = file.read_text(encoding="utf-8")
            self.own_names(file, raw)
            self.banners(file, raw)
            if room not in ROOMS:
                self.breach(file, 1, f"src/{room} is no room: name it in ROOMS "
                                     "(tests/support/directions.py)")
                continue
            self.includes(file, room, raw)
            self.calls(file, room, TOKEN.sub(blank, raw))
            if str(file.relative_to(self.root)) not in DOCUMENTS:
                self.sentences(file, room, raw)
            if room not in NAMES_TOOLS:
                self.names(file, raw)
        for file in sorted((self.root / "include/mirrorwise").glob("*.h")):
            if self.owner.get(file.stem) not in NAMES_TOOLS:
                self.names(file, file.read_text(encoding="utf-8"))
            if file.stem in self.owner:
                self.includes(file, self.owner[file.stem], file.read_text(encoding="utf-8"))
            else:
                self.breach(file, 1, "belongs to no room: name it in HEADERS")
        return self.breaches


if __name__ == "__main__":
    found = Tree(pathlib.Path(sys.argv[1]).resolve()).check()
    print("\n".join(found) or "no breach")
    sys.exit(1 if found else 0)
