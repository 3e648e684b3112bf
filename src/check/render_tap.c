/* TAP 14 (testanything.org): a warning is "ok" with its evidence in the YAML block. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/check.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"

/* '#' would begin a directive; '\' escapes it and itself. */
static void put_description(struct mw_buf *buf, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '#' || *text == '\\')
            mw_buf_putc(buf, '\\');
        mw_buf_putc(buf, *text);
    }
}

/* A JSON string is a YAML string. */
static void put_yaml(struct mw_buf *buf, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    MW_FREE char *quoted = mw_json_quote(text, strlen(text));
    mw_buf_printf(buf, "  %s: %s\n", name, quoted);
}

static void put_point(struct mw_buf *buf, const struct mw_check *check, size_t number)
{
    mw_buf_printf(buf, "%s %zu - ", check->status == MW_CHECK_FAIL ? "not ok" : "ok", number);
    put_description(buf, check->id);
    mw_buf_puts(buf, ": ");
    put_description(buf, check->title);
    if (check->status == MW_CHECK_SKIP) {
        mw_buf_puts(buf, " # SKIP ");
        put_description(buf, check->observed);
    }
    mw_buf_putc(buf, '\n');
    if (check->status != MW_CHECK_FAIL && check->status != MW_CHECK_WARN)
        return;
    mw_buf_puts(buf, "  ---\n");
    put_yaml(buf, "severity", mw_check_status_word(check->status));
    put_yaml(buf, "observed", check->observed);
    put_yaml(buf, "expected", check->expected);
    put_yaml(buf, "why", check->why);
    put_yaml(buf, "fix", check->fix);
    mw_buf_puts(buf, "  ...\n");
}

void mw_checks_render_tap(struct mw_buf *buf, const struct mw_checks *checks)
{
    mw_buf_printf(buf, "TAP version 14\n1..%zu\n", checks->count);
    for (size_t i = 0; i < checks->count; i++)
        put_point(buf, &checks->items[i], i + 1);
}
