/* Mirror rows: which keys they set, and what the tool uses of them now. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static const char hole[] = "{name}", url_hole[] = "{url}";

bool mw_row_has_address(const struct mw_mirror_row *row)
{
    for (size_t i = 0; i < row->to.count; i++) {
        if (strstr(row->to.items[i], "{url}") != NULL)
            return true;
    }
    return false;
}

bool mw_row_is_named(const struct mw_mirror_row *row)
{
    return strstr(row->set, hole) != NULL;
}

char *mw_row_key(const struct mw_mirror_row *row, const char *name)
{
    return mw_text_replace(row->set, hole, name);
}

const char *mw_row_name(const struct mw_mirror_row *row)
{
    return row->name != NULL ? row->name : "mirrorwise";
}

bool mw_row_sets(const struct mw_mirror_row *row, const char *key)
{
    const char *at = strstr(row->set, hole);
    if (at == NULL)
        return strcmp(row->set, key) == 0;
    size_t before = (size_t)(at - row->set);
    const char *rest = at + strlen(hole);
    size_t len = strlen(key);
    return len > before + strlen(rest) && strncmp(key, row->set, before) == 0 &&
           strcmp(key + len - strlen(rest), rest) == 0;
}

size_t mw_tool_services(const struct mw_tool *tool, const char *services[MW_TOOL_SERVICES])
{
    size_t count = 0;
    for (size_t i = 0; i < tool->row_count && count < MW_TOOL_SERVICES; i++) {
        size_t known = 0;
        while (known < count && strcmp(services[known], tool->rows[i].from) != 0)
            known++;
        if (known == count)
            services[count++] = tool->rows[i].from;
    }
    if (count == 0)
        services[count++] = tool->id;
    return count;
}

const struct mw_mirror_row *mw_tool_mirror_row(const struct mw_tool *tool)
{
    for (size_t i = 0; i < tool->row_count; i++) {
        if (mw_row_has_address(&tool->rows[i]))
            return &tool->rows[i];
    }
    return tool->row_count > 0 ? &tool->rows[0] : NULL;
}

const struct mw_mirror_row *mw_row_naming(const struct mw_tool *tool,
                                          const struct mw_mirror_row *row)
{
    for (size_t i = 0; mw_row_is_named(row) && i < tool->row_count; i++) {
        const struct mw_mirror_row *other = &tool->rows[i];
        if (strcmp(other->from, row->from) == 0 && !mw_row_is_named(other) &&
            other->to.count == 1 && strcmp(other->to.items[0], hole) == 0)
            return other;
    }
    return NULL;
}

char *mw_row_table(const struct mw_mirror_row *row, const struct mw_mirror_row *naming,
                   const struct mw_value *named)
{
    if (naming == NULL)
        return mw_xstrdup(mw_row_name(row));
    if (named->items.count == 1)
        return mw_xstrdup(named->items.items[0]);
    const char *at = strstr(row->set, hole);
    size_t before = at != NULL ? (size_t)(at - row->set) : 0;
    if (named->kind != MW_VALUE_ABSENT || before == 0 ||
        strncmp(naming->set, row->set, before) != 0)
        return NULL;
    return mw_xstrndup(naming->set + before, strcspn(naming->set + before, "."));
}

char *mw_row_key_in_use(const struct mw_system *sys, const struct mw_tool *tool,
                        enum mw_scope scope, const struct mw_mirror_row *row)
{
    const struct mw_mirror_row *naming = mw_row_naming(tool, row);
    MW_AUTO(mw_hit) name = {0};
    char *key = NULL;
    if (naming != NULL)
        mw_hit_find(sys, tool, scope, naming->set, &name);
    MW_FREE char *table = mw_row_table(row, naming, &name.value);
    if (table != NULL)
        key = mw_row_key(row, table);
    return key;
}

void mw_row_find(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                 const struct mw_mirror_row *row, struct mw_hit *effective)
{
    MW_FREE char *key = mw_row_key_in_use(sys, tool, scope, row);
    if (key != NULL)
        mw_hit_find(sys, tool, scope, key, effective);
}

char *mw_row_address(const struct mw_mirror_row *row, const char *text)
{
    for (size_t i = 0; i < row->to.count; i++) {
        const char *form = row->to.items[i];
        const char *at = strstr(form, url_hole);
        size_t before = at != NULL ? (size_t)(at - form) : 0;
        if (at == NULL || strncmp(text, form, before) != 0)
            continue;
        const char *rest = at + strlen(url_hole);
        size_t rest_len = strlen(rest);
        size_t len = strlen(text);
        bool has_rest = len >= before + rest_len && strcmp(text + len - rest_len, rest) == 0;
        if (!has_rest && i + 1 < row->to.count)
            continue;
        return mw_xstrndup(text + before, len - before - (has_rest ? rest_len : 0));
    }
    return mw_xstrdup(text);
}

void mw_wanted_list_shrink(struct mw_wanted_list *list, size_t count)
{
    for (; list->count > count; list->count--) {
        struct mw_wanted *last = &list->items[list->count - 1];
        free(last->key);
        mw_value_release(&last->value);
        mw_value_release(&last->own);
        mw_origin_release(&last->from);
        mw_strings_release(&last->mirror_ids);
    }
}

void mw_wanted_list_release(struct mw_wanted_list *list)
{
    mw_wanted_list_shrink(list, 0);
    free(list->items);
    *list = (struct mw_wanted_list){0};
}
