/* A task list as wikis and pull requests show it (GitHub Flavored Markdown). */
#include <string.h>

#include "mirrorwise/check.h"
#include "mirrorwise/i18n.h"

/* Text of others must stay text: no links, no HTML, no emphasis. */
static void put_text(struct mw_buf *buf, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\`*_[]<>#|~&!", *text) != NULL)
            mw_buf_putc(buf, '\\');
        mw_buf_putc(buf, *text);
    }
}

/* A fence of more backticks than the text has in a row. */
static void put_code(struct mw_buf *buf, const char *text)
{
    size_t longest = 0;
    for (const char *p = text; *p != '\0';) {
        size_t run = strspn(p, "`");
        longest = run > longest ? run : longest;
        p += run > 0 ? run : 1;
    }
    bool is_bare = text[0] != '`' && (text[0] == '\0' || text[strlen(text) - 1] != '`');
    for (size_t i = 0; i <= longest; i++)
        mw_buf_putc(buf, '`');
    mw_buf_puts(buf, is_bare ? "" : " ");
    mw_buf_puts(buf, text);
    mw_buf_puts(buf, is_bare ? "" : " ");
    for (size_t i = 0; i <= longest; i++)
        mw_buf_putc(buf, '`');
}

static void put_part(struct mw_buf *buf, const char *label, const char *text, bool is_code)
{
    if (text[0] == '\0')
        return;
    mw_buf_printf(buf, "  - %s%s", label, _(": "));
    if (is_code)
        put_code(buf, text);
    else
        put_text(buf, text);
    mw_buf_putc(buf, '\n');
}

static void put_item(struct mw_buf *buf, const struct mw_check *check)
{
    bool is_done = check->status == MW_CHECK_PASS || check->status == MW_CHECK_WARN;
    mw_buf_printf(buf, "- [%c] ", is_done ? 'x' : ' ');
    put_text(buf, check->title);
    if (check->status == MW_CHECK_PASS || check->status == MW_CHECK_SKIP) {
        if (check->status == MW_CHECK_SKIP)
            mw_buf_printf(buf, _(" (%s)"), _("not checked"));
        mw_buf_puts(buf, _(": "));
        put_text(buf, check->observed);
        mw_buf_putc(buf, '\n');
        return;
    }
    mw_buf_printf(buf, " **(%s)**\n", is_done ? _("warning") : _("failed"));
    put_part(buf, _("found"), check->observed, false);
    put_part(buf, _("wanted"), check->expected, false);
    put_part(buf, _("why"), check->why, false);
    put_part(buf, _("fix"), check->fix, true);
}

void mw_checks_render_md(struct mw_buf *buf, const struct mw_checks *checks, const char *title)
{
    mw_buf_puts(buf, "## ");
    put_text(buf, title);
    mw_buf_puts(buf, "\n\n");
    for (size_t i = 0; i < checks->count; i++)
        put_item(buf, &checks->items[i]);
}
