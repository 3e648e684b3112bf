#include "support/rows.h"

#include <stdlib.h>

#include "support/edit_laws.h"

void edit_check_rows(const struct mw_editor *editor, const struct edit_row *rows, size_t count,
                     const char *const *others)
{
    for (size_t i = 0; i < count; i++) {
        const struct edit_row *row = &rows[i];
        size_t len = strlen(row->before);
        struct mw_value value = edit_value(row->value);
        struct mw_buf after = {0};
        bool done = edit_put(editor, row->before, len, row->key, &value, &after);
        if (!done && row->after != NULL)
            fail_msg("%s: refused", row->name);
        if (done && row->after == NULL)
            fail_msg("%s: not refused", row->name);
        if (done)
            row_string_equal(row->name, mw_buf_text(&after), row->after);
        char *broken = edit_broken_law(editor, row->before, len, row->key, &value, others);
        if (broken != NULL)
            fail_msg("%s: %s", row->name, broken);
        mw_value_release(&value);
        mw_buf_release(&after);
    }
}

void edit_check_notices(const struct mw_editor *editor, const struct mw_notices *told,
                        const struct edit_notice_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mw_notices notices = {0};
        if (told != NULL)
            notices = *told;
        struct mw_buf found = {0};
        mw_editor_notices(editor, rows[i].text, strlen(rows[i].text), &notices);
        for (size_t j = 0; j < notices.count; j++)
            mw_buf_printf(&found, "%s%s %zu", j > 0 ? ", " : "", notices.items[j].id,
                          notices.items[j].line);
        row_string_equal(rows[i].name, mw_buf_text(&found), rows[i].notices);
        mw_buf_release(&found);
        mw_notices_release(&notices);
    }
}
