/* Doctor and checklist for people: what is wrong first to the eye, evidence below it, and the
 * remedy on a line of its own that can be pasted. */
#include <string.h>

#include "render.h"

enum { INDENT = 4, LABEL_COLS = 8 };

static const struct look {
    enum mw_glyph glyph;
    enum mw_paint paint;
    const char *word;
} looks[] = {
    [MW_CHECK_PASS] = {MW_GLYPH_OK, MW_PAINT_GOOD, N_("ok")},
    [MW_CHECK_WARN] = {MW_GLYPH_WARN, MW_PAINT_CHANGE, N_("warning")},
    [MW_CHECK_FAIL] = {MW_GLYPH_FAIL, MW_PAINT_BAD, N_("failed")},
    [MW_CHECK_SKIP] = {MW_GLYPH_NONE, MW_PAINT_DIM, N_("not checked")},
};

/* What is known of a check, behind labels as wide as this language needs them. */
static void put_parts(struct mw_buf *buf, const struct mw_style *style,
                      const struct mw_check *check)
{
    const struct {
        const char *label, *text;
    } parts[] = {
        {_("found"), check->observed},
        {_("wanted"), check->expected},
        {_("why"), check->why},
        {_("fix"), check->fix},
    };
    enum { COUNT = sizeof parts / sizeof *parts };
    size_t room = LABEL_COLS;
    for (size_t i = 0; i < COUNT; i++)
        room = mw_text_cols(parts[i].label) >= room ? mw_text_cols(parts[i].label) + 1 : room;
    for (size_t i = 0; i < COUNT; i++) {
        if (parts[i].text[0] == '\0')
            continue;
        mw_put_label(buf, style, INDENT, parts[i].label, INDENT + room);
        if (parts[i].text == check->fix) /* to be pasted */
            mw_paint(buf, style, MW_PAINT_BOLD, check->fix);
        else
            mw_put_wrapped(buf, parts[i].text, INDENT + room, style->cols);
        mw_buf_putc(buf, '\n');
    }
}

static void put_check(struct mw_buf *buf, const struct mw_style *style,
                      const struct mw_check *check)
{
    const struct look *look = &looks[check->status];
    mw_paint(buf, style, look->paint, mw_glyph(style, look->glyph));
    mw_buf_putc(buf, ' ');
    if (check->status == MW_CHECK_PASS || check->status == MW_CHECK_SKIP) {
        MW_FREE char *text =
            check->status == MW_CHECK_PASS
                ? mw_xasprintf(_("%s: %s"), check->title, check->observed)
                : mw_xasprintf(_("%s (%s): %s"), check->title, _(look->word), check->observed);
        mw_put_wrapped(buf, text, INDENT, style->cols);
        mw_buf_putc(buf, '\n');
        return;
    }
    mw_paint(buf, style, MW_PAINT_BOLD, check->title);
    mw_buf_printf(buf, _(" (%s)  "), _(look->word));
    mw_paint_line(buf, style, MW_PAINT_DIM, check->id);
    put_parts(buf, style, check);
}

void mw_render_checks(struct mw_buf *buf, const struct mw_checks *checks,
                      enum mw_check_detail detail, const struct mw_style *style)
{
    const char *area = NULL;
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        bool is_bad = check->status == MW_CHECK_FAIL || check->status == MW_CHECK_WARN;
        if ((detail == MW_CHECK_DETAIL_BAD && !is_bad) ||
            (detail == MW_CHECK_DETAIL_ODD && check->status == MW_CHECK_PASS))
            continue;
        if (area == NULL || strcmp(area, check->area) != 0)
            mw_buf_putc(buf, '\n');
        area = check->area;
        put_check(buf, style, check);
    }
    if (area != NULL)
        mw_buf_putc(buf, '\n');
}

cJSON *mw_json_checks(const struct mw_checks *checks)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < checks->count; i++) {
        const struct mw_check *check = &checks->items[i];
        mw_json_put(mw_json_add(array), TEXT("id", check->id), TEXT("area", check->area),
                    TEXT("title", check->title),
                    TEXT("status", mw_check_status_word(check->status)),
                    TEXT("observed", check->observed), TEXT("expected", check->expected),
                    TEXT("why", check->why), TEXT("fix", check->fix));
    }
    return array;
}
