#!/usr/bin/env bash
# The directions between the rooms and the doors of the house (README, map of the code) hold, and
# the search that says so finds a breach of each kind when one is planted.
set -euo pipefail
. "$MW_SOURCE/tests/support/e2e.sh"
need python3 cc
scratch

directions=$MW_SOURCE/tests/support/directions.py
# Nothing in the tree may lean on what lies beside it or on somebody's machine.
leaning() { # ROOT
	grep -rnIE --exclude-dir=.git --exclude=.git --exclude-dir=build \
		'[.][.]/shared' "$1"
}

saw=$(python3 "$directions" "$MW_SOURCE") || fail "$saw"
expect "the tree keeps its directions" "$saw" "no breach"
saw=$(leaning "$MW_SOURCE") && fail "a path of some machine: $saw"

# A copy with one foul file, NAME with the TEXT, must be found; one with a clean file must not. Of
# the other files the names suffice, and are quicker to search.
mkdir "$T/tree"
cp -r "$MW_SOURCE/src" "$MW_SOURCE/include" "$T/tree"
mkdir "$T/tree/assets"
cp -r "$MW_SOURCE/assets/tools" "$MW_SOURCE/assets/mirrors" "$T/tree/assets"
find "$T/tree/src" "$T/tree/include" -type f -exec truncate -s 0 {} +
try() { # NAME TEXT
	local status=0
	mkdir -p "$T/tree/$(dirname "$1")"
	printf '%b\n' "$2" >"$T/tree/$1"
	python3 "$directions" "$T/tree" || status=1
	rm "$T/tree/$1"
	return $status
}
foul() {
	expectations=$((expectations + 1))
	local saw
	if saw=$(try "$@"); then fail "not found in $1: $2"; fi
	case $saw in
	"$1:"*) ;;
	*) fail "found something else than $1: $saw" ;;
	esac
	[ "$(grep -c . <<<"$saw")" = 1 ] || fail "found more than $1: $saw"
}
clean() {
	expectations=$((expectations + 1))
	local saw
	saw=$(try "$@") || fail "$saw"
}

# Up, sideways, into another room's private headers, out of no room at all.
foul src/base/plant.c '#include "mirrorwise/system.h"'
foul src/text/plant.c '#include "mirrorwise/catalog.h"'
foul src/model/plant.c '#include "mirrorwise/edit.h"'
foul src/tools/plant.c '#include "mirrorwise/plan.h"'
foul src/engine/plant.c '#  include "mirrorwise/session.h"'
foul src/probe/plant.c '#include "mirrorwise/system.h"'
foul src/app/plant.c '#include "mirrorwise/cli.h"'
foul src/tui/plant.c '#include "mirrorwise/cli.h"'
foul src/app/plant.c '#include "../engine/record.h"'
foul src/app/plant.c '#include "record.h"'
foul src/plant/plant.c 'int x;'
foul include/mirrorwise/plant.h 'int x;'
# The names of tools and services, and what only one of them knows.
foul src/engine/plant.c 'int f(void) { return strcmp(id, "docker"); }'
foul src/cli/plant.c 'const char *f(void) { return "npm"; }'
foul src/engine/plant.c '/* any */ const char *f(void) { return _("is docker down?"); }'
foul src/engine/plant.c 'int f(void) { return is_docker(); }'
foul src/check/plant.c 'const char *f(void) { return _("GOSUMDB is on"); }'
foul src/check/plant.c 'const char *f(void) { return _("for %s go asks %s"); }'
foul src/check/plant.c 'const char *f(void) { return _("Go ignores this line"); }'
foul src/check/plant.c 'int f(const struct mw_tool *of); int check_go_matches;'
foul src/session/plant.c '#define DEFAULT "https://proxy.golang.org"'
foul src/session/plant.c 'const char *f(void) { return "~/.npmrc"; }'
foul src/session/plant.c 'const char *f(void) { return "/etc/docker/x"; }'
foul src/check/plant.c 'const char *key = "registry-mirrors", *file;'
foul src/check/plant.c 'const char *file = "daemon.json";'
foul src/check/plant_pip.c 'int x;'
foul src/check/plant_go.c 'int x;'
foul include/mirrorwise/check.h 'bool mw_check_cargo(void);'
clean include/mirrorwise/tool.h 'bool mw_tool_cargo(void);'
clean src/tools/plant.c 'const char *f(void) { return "docker"; }'
clean src/engine/plant.c '/* "docker" */ const char *f(void) { return _("it may go on, and would go back"); }'
# What a file may name is that and nothing else.
clean src/probe/protocol_cargo.c 'const char *f(void) { return "cargo"; }'
foul src/probe/protocol_cargo.c 'const char *f(void) { return "docker"; }'

# Libraries.
foul src/cli/plant.c '#include <curses.h>'
foul src/cli/plant.c '#include <ncursesw/curses.h>'
foul src/tools/plant.c '#include <curl/curl.h>'
foul src/probe/plant.c '#include <curl/multi.h>'
# Calls.
for call in open openat rename unlinkat fork execvp getenv getpwuid fopen; do
	foul src/engine/plant.c "int f(void) {\n    return $call (0);\n}"
done
foul src/cli/plant.c 'int f(void) { return open("x", 0); }'
for call in printf puts fputs fprintf vfprintf; do
	foul src/engine/plant.c "void f(FILE *out) { $call(out); }"
done
foul src/app/plant.c 'FILE *f(void) { return stdout; }'
foul src/cli/plant.c 'void f(void) { sleep(1); }'
# Sentences.
foul src/cli/plant.c 'void f(void) { printf("no such profile: %s", x); }'
foul src/cli/plant.c 'void f(void) { printf(_("translated so far"), "but not here"); }'
foul src/engine/plant.c 'int f(void) { return mw_fail(err, MW_IO, 0, "read", "this file is odd: %s", p); }'

# What only looks like a breach.
clean src/engine/plant.c '/* open(1); printf("hello there"); stdout\n*/ int x; // rename(a, b)'
clean src/engine/plant.c 'const char *f(void) { return "open(x) and fork() and stdout"; }'
clean src/engine/plant.c 'int f(void) { return ops->open(1) + ops.rename(2) + mw_open(3) + reopen(4); }'
clean src/engine/plant.c '__attribute__((format(printf, 1, 2))) void f(const char *format, ...);'
clean src/cli/plant.c 'void f(void) { printf(_("%s goes on\\n"\n        "over two lines"), "word"); }'
clean src/cli/plant.c 'void f(void) { printf(ngettext("one little file", "many little files", n)); }'
clean src/probe/transport_curl.c '#include <curl/curl.h>'
clean src/tui/plant.c '#include <curses.h>'

# Names that a search finds, and banners of one line.
for name in one two three; do echo 'static int judge(void);' >"$T/tree/src/engine/own_$name.c"; done
clean src/engine/plant.c 'static int judge_it(void);'
foul src/engine/plant.c 'static int judge(void);'
foul src/text/plant.c 'static struct mw_value *judge(const char *text,'
rm "$T/tree/src/engine"/own_*.c
foul src/engine/plant.c '/* ---- a long one ------\n */'

# The search for paths, with what it must not know spelt so that it does not find itself.
expectations=$((expectations + 1))
echo "see ../shar""ed/x" >"$T/tree/plant.md"
leaning "$T/tree" >/dev/null || fail "a path beside the tree was not found"

# banned.h, as every source file gets it.
header=$MW_SOURCE/include/mirrorwise/banned.h
compiles() { cc -include "$header" -Werror=implicit -fsyntax-only -x c - 2>"$T/cc.txt"; }
echo 'int f(const char *s); int f(const char *s) { return (int)strlen(s); }' | compiles ||
	fail "banned.h refuses clean code: $(cat "$T/cc.txt")"
for call in 'strcpy(a, b)' 'strcat(a, b)' 'sprintf(a, b)' 'strtok(a, b)' 'atoi(b)' 'gets(a)' \
	'system(b)' 'popen(b, b)' 'strncpy(a, b, 1)'; do
	expectations=$((expectations + 1))
	if echo "void f(char *a, const char *b); void f(char *a, const char *b) { (void)$call; }" | compiles; then
		fail "banned.h lets $call through"
	fi
done
passed
