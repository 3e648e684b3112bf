/* [all] mirror takes a tool's default or a known mirror, in any spelling. Any other address may be
 * a company's, whose packages no public mirror has: it stays. */
#include <string.h>

#include "parts.h"

/* ---- addresses ------------------------------------------------------------------------------ */

const struct mw_mirror *session_find_address(const struct mw_session *session,
                                             const struct mw_mirror_row *row, const char *text,
                                             bool *is_address)
{
    MW_FREE char *url = mw_row_address(row, text);
    const struct mw_mirror *found = mw_catalog_find_url(&session->catalog, row->from, url);
    if (is_address != NULL)
        *is_address = strstr(url, "://") != NULL;
    return found;
}

static void read_file(const struct mw_session *session, const struct mw_tool *tool, const char *key,
                      struct mw_value *in_file)
{
    MW_AUTO(mw_look) look = {0};
    if (mw_session_look(session, tool, key, &look, NULL) == MW_OK)
        mw_value_copy(in_file, &look.have);
}

void session_values_now(const struct mw_session *session, const struct mw_tool *tool,
                        const char *key, struct mw_value *in_use, struct mw_value *in_file)
{
    MW_AUTO(mw_hit) effective = {0};
    mw_hit_find(&session->sys, tool, session->options.scope, key, &effective);
    mw_value_copy(in_use, &effective.value);
    read_file(session, tool, key, in_file);
}

void session_row_now(const struct mw_session *session, const struct mw_tool *tool,
                     const struct mw_mirror_row *row, struct mw_value *in_use,
                     struct mw_value *in_file)
{
    const struct mw_mirror_row *naming = mw_row_naming(tool, row);
    MW_AUTO(mw_hit) effective = {0};
    MW_AUTO(mw_value) name = {0};
    mw_row_find(&session->sys, tool, session->options.scope, row, &effective);
    mw_value_copy(in_use, &effective.value);
    if (naming != NULL)
        read_file(session, tool, naming->set, &name);
    char *table = mw_row_table(row, naming, &name);
    if (table != NULL) {
        MW_FREE char *key = mw_row_key(row, table);
        read_file(session, tool, key, in_file);
        free(table);
    }
}

/* ---- judging -------------------------------------------------------------------------------- */

struct judged {
    size_t known, unknown;
    char *first; /* of the unknown, as it is written */
};

static void judge_words(const struct mw_session *session, const struct mw_mirror_row *row,
                        const struct mw_value *value, struct judged *judged)
{
    MW_AUTO(mw_strings) words = {0};
    for (size_t i = 0; i < value->items.count; i++)
        mw_strings_split(&words, value->items.items[i], ",| \t\n");
    for (size_t i = 0; i < words.count; i++) {
        bool is_address = false;
        bool is_known = session_find_address(session, row, words.items[i], &is_address) != NULL;
        judged->known += is_known;
        judged->unknown += !is_known && is_address;
        if (!is_known && is_address && judged->first == NULL)
            judged->first = mw_xstrdup(words.items[i]);
    }
    /* A word alone, such as `off`, is somebody's decision, too. */
    if (words.count > 0 && judged->known == 0 && judged->unknown == 0) {
        judged->unknown++;
        judged->first = mw_value_text(value);
    }
}

/* Owned: what stands there that [all] must not replace; NULL if nothing does. A list may keep a
 * stranger's items beside ours as long as one of ours is there to be replaced. */
static char *find_foreign(const struct mw_session *session, const struct mw_tool *tool,
                          const struct mw_mirror_row *row, const struct mw_value *value)
{
    struct judged judged = {0};
    const struct mw_tool_key *key = mw_tool_key(tool, row->set);
    bool is_list = row->is_list || (key != NULL && key->shape == MW_SHAPE_LIST);
    if (value->kind != MW_VALUE_ABSENT)
        judge_words(session, row, value, &judged);
    if (judged.unknown == 0 || (is_list && judged.known > 0)) {
        free(judged.first);
        return NULL;
    }
    return judged.first;
}

char *session_all_leaves(const struct mw_session *session, const struct mw_tool *tool,
                         const char *service, const struct mw_wish *wish)
{
    const char *text = wish->text;
    if (text[0] == '@' && strncmp(text, "@fastest", strlen("@fastest")) != 0 &&
        mw_catalog_find(&session->catalog, service, text + 1) == NULL)
        return mw_xasprintf(_("left as it is: %s has no mirror %s"), service, text);
    char *foreign = NULL;
    for (size_t i = 0; i < tool->row_count && foreign == NULL; i++) {
        const struct mw_mirror_row *row = &tool->rows[i];
        MW_AUTO(mw_value) in_use = {0}, in_file = {0};
        if (strcmp(row->from, service) != 0 || !mw_row_has_address(row))
            continue;
        session_row_now(session, tool, row, &in_use, &in_file);
        foreign = find_foreign(session, tool, row, &in_use);
        if (foreign == NULL)
            foreign = find_foreign(session, tool, row, &in_file);
    }
    if (foreign == NULL)
        return NULL;
    MW_FREE char *shown = mw_text_redact(foreign);
    char *reason = mw_xasprintf(_("left as it is: %s is no known mirror of %s; --mirror %s=ID or a "
                                  "[%s] of its own takes it"),
                                shown, service, tool->id, tool->id);
    free(foreign);
    return reason;
}
