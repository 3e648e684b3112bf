/* Tables that the tests of several tools have: which values a tool takes, and what wins over a
 * value that stands in its file. */
#ifndef MW_TEST_TOOL_ROWS_H
#define MW_TEST_TOOL_ROWS_H

#include "mirrorwise/tool.h"
#include "sandbox.h"

struct tool_value_row {
    const char *name, *key;
    const char *text; /* a list's only item */
    const char *part; /* of the message; NULL: the value is taken */
};

/* The world of a tool that asks nothing but its values; no message tells a "secret". */
void tool_values(const struct mw_tool *tool, const struct tool_value_row *rows, size_t count);

struct tool_shadow_row {
    const char *name, *key;
    const char *want; /* NULL: removed */
    const char *text; /* our file */
    const char *environment[2];
    const char *file, *file_text; /* another file */
    enum mw_scope scope;
    const char *by, *value; /* of the only shadow; NULL: there is none */
};

/* `box` is a world, without what the row adds to it. */
void tool_shadows(const struct mw_tool *tool, const struct tool_shadow_row *row,
                  struct mw_sandbox *box);

/* Every variable until the first NULL of two. */
void tool_environment(struct mw_sandbox *box, const char *const environment[2]);

#endif
