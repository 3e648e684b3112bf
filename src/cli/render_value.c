/* Values, places and diffs as text. */
#include <string.h>

#include "render.h"

char *mw_render_value(const struct mw_value *value, bool is_secret)
{
    MW_FREE char *text = mw_value_shown(value, is_secret);
    return mw_shown(text);
}

char *mw_render_origin(const struct mw_origin *origin)
{
    if (origin->file == NULL)
        return mw_xstrdup("");
    const char *slash = strrchr(origin->file, '/');
    MW_FREE char *name = mw_shown(slash != NULL ? slash + 1 : origin->file);
    return origin->line > 0 ? mw_xasprintf("%s:%zu", name, origin->line) : mw_xstrdup(name);
}

char *mw_render_path(const struct mw_system *sys, const char *path)
{
    MW_FREE char *text = mw_system_short_path(sys, path);
    return mw_shown(text);
}

char *mw_render_time(const char *time)
{
    MW_FREE char *shown = mw_shown(time);
    return mw_text_local_time(shown);
}

static enum mw_paint line_paint(const char *line)
{
    if (mw_text_starts(line, "---") || mw_text_starts(line, "+++"))
        return MW_PAINT_BOLD;
    switch (line[0]) {
    case '+':
        return MW_PAINT_GOOD;
    case '-':
        return MW_PAINT_BAD;
    case '@':
        return MW_PAINT_NOTE;
    default:
        return MW_PAINT_PLAIN;
    }
}

void mw_render_lines(struct mw_buf *buf, const char *text, const struct mw_style *style)
{
    static const char mark[] = "\xEF\xBB\xBF";
    bool is_top = false;
    for (const char *line = text; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        if (line[0] == '@')
            is_top = mw_text_starts(line, "@@ -1,") || mw_text_starts(line, "@@ -1 ") ||
                     mw_text_starts(line, "@@ -0,0 ");
        /* The carriage return of a CRLF file is harmless there, and patch(1) needs it; and the byte
         * order mark that a file begins with, which is for no eyes. */
        bool has_cr = len > 0 && line[len - 1] == '\r';
        bool has_mark = style->is_piped && is_top && len > 0 && mw_text_starts(line + 1, mark);
        size_t kept = has_mark ? 1 + strlen(mark) : 0;
        MW_FREE char *rest = mw_text_safe(line + kept, len - kept - has_cr, 0, true);
        MW_FREE char *safe = mw_xasprintf("%.*s%s", (int)kept, line, rest);
        mw_paint(buf, style, line_paint(line), safe);
        mw_buf_puts(buf, has_cr ? "\r\n" : "\n");
        line += len + (line[len] == '\n');
    }
}

void mw_render_diff(struct mw_buf *buf, const struct mw_plan *plan, const struct mw_style *style)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        if (plan->files[i].is_skipped) /* --apply leaves it as it is */
            continue;
        MW_FREE char *diff = mw_plan_file_diff(&plan->files[i]);
        mw_render_lines(buf, diff, style);
    }
}
