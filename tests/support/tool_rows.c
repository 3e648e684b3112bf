#include "tool_rows.h"

#include "mirrorwise/memory.h"
#include "rows.h"
#include "world.h"

static void check_value(const struct mw_tool *tool, const struct tool_value_row *row,
                        const struct mw_sandbox *box)
{
    struct mw_error err = {0};
    struct mw_value value = {0};
    const struct mw_tool_key *key = mw_tool_key(tool, row->key);
    mw_value_set_string(&value, row->text);
    if (key != NULL && key->shape == MW_SHAPE_LIST)
        value.kind = MW_VALUE_LIST;
    enum mw_code code = mw_tool_validate(&box->sys, tool, row->key, &value, &err);
    row_true(row->name, code == (row->part == NULL ? MW_OK : MW_BAD_PROFILE));
    if (row->part == NULL)
        row_string_equal(row->name, err.message, "");
    else if (err.message[0] == '\0' || strstr(err.message, row->part) == NULL)
        fail_msg("%s: \"%s\" says nothing of \"%s\"", row->name, err.message, row->part);
    row_true(row->name, strstr(err.message, "secret") == NULL);
    mw_value_release(&value);
}

void tool_values(const struct mw_tool *tool, const struct tool_value_row *rows, size_t count)
{
    struct mw_sandbox box;
    mw_world_open(&box);
    for (size_t i = 0; i < count; i++)
        check_value(tool, &rows[i], &box);
    mw_sandbox_close(&box);
}

void tool_environment(struct mw_sandbox *box, const char *const environment[2])
{
    for (size_t i = 0; i < 2 && environment[i] != NULL; i++)
        mw_world_setenv(box, environment[i]);
}

void tool_shadows(const struct mw_tool *tool, const struct tool_shadow_row *row,
                  struct mw_sandbox *box)
{
    struct mw_location location = {0};
    struct mw_value want = {0};
    struct mw_shadows shadows = {0};
    struct mw_buf text = {0};
    const struct mw_tool_setting setting = {.key = row->key, .value = &want};
    tool_environment(box, row->environment);
    if (row->file != NULL)
        mw_sandbox_put(box, row->file, row->file_text, 0644);
    if (row->want != NULL)
        mw_value_set_string(&want, row->want);
    mw_buf_puts(&text, row->text);
    row_true(row->name, mw_locate(&box->sys, tool, row->scope, NULL, &location, NULL) == MW_OK);
    mw_shadows_find(&box->sys, tool, &location, &text, &setting, &shadows);
    if (row->by != NULL && shadows.count > 0) {
        row_string_equal(row->name, shadows.items[0].by, row->by);
        row_string_equal(row->name, shadows.items[0].value, row->value);
        row_true(row->name, shadows.items[0].fix[0] != '\0' && !shadows.items[0].is_fatal);
    }
    row_size_equal(row->name, shadows.count, row->by != NULL);
    mw_buf_release(&text);
    mw_shadows_release(&shadows);
    mw_value_release(&want);
    mw_location_release(&location);
}
