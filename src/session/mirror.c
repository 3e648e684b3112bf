/* For which tools and services `mirror` speaks: the key of a tool's own section, of [all], or
 * --mirror. What it writes is in mirror_rows.c. */
#include "parts.h"

#include <string.h>
#include <strings.h>

void mw_session_services(const struct mw_tool *tool, struct mw_strings *services)
{
    for (size_t i = 0; i < tool->row_count; i++) {
        mw_strings_add_new(services, tool->rows[i].from);
    }
}

void mw_session_all_services(const struct mw_session *session, struct mw_strings *services)
{
    for (size_t i = 0; i < mw_tool_count(); i++) {
        if (mw_options_select(&session->options, mw_tool_id(i)) && mw_tool_at(i) != NULL)
            mw_session_services(mw_tool_at(i), services);
    }
}

const struct mw_mirror_row *session_row_of(const struct mw_tool *tool, const char *key)
{
    for (size_t i = 0; i < tool->row_count; i++) {
        if (mw_row_sets(&tool->rows[i], key))
            return &tool->rows[i];
    }
    return NULL;
}

const char *mw_session_service_of(const struct mw_tool *tool, const char *key)
{
    const struct mw_mirror_row *row = session_row_of(tool, key);
    return row != NULL ? row->from : tool->id;
}

void session_mirror_keys(const struct mw_tool *tool, struct mw_strings *names)
{
    MW_AUTO(mw_strings) services = {0};
    mw_session_services(tool, &services);
    if (services.count > 0)
        mw_strings_add(names, MW_MIRROR_KEY);
    for (size_t i = 0; services.count > 1 && i < services.count; i++)
        mw_strings_add(names, services.items[i]);
}

char *session_mirror_key(const struct mw_tool *tool, const char *key)
{
    MW_AUTO(mw_strings) names = {0};
    char *found = NULL;
    session_mirror_keys(tool, &names);
    for (size_t i = 0; found == NULL && i < names.count; i++) {
        if (strcasecmp(names.items[i], key) == 0)
            found = mw_xstrdup(names.items[i]);
    }
    return found;
}

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

static void read_tool_file(const struct mw_session *session, const struct mw_tool *tool,
                           const char *key, struct mw_value *in_file)
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
    read_tool_file(session, tool, key, in_file);
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
        read_tool_file(session, tool, naming->set, &name);
    MW_FREE char *table = mw_row_table(row, naming, &name);
    if (table != NULL) {
        MW_FREE char *key = mw_row_key(row, table);
        read_tool_file(session, tool, key, in_file);
    }
}

/* ---- what [all] may take -------------------------------------------------------------------- */

/* [all] mirror takes a tool's default or a known mirror, in any spelling. Any other address may be
 * a company's, whose packages no public mirror has: it stays. */

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
    bool is_null = value->kind == MW_VALUE_LITERAL && mw_strings_has(&value->items, "null");
    if (value->kind != MW_VALUE_ABSENT && !is_null)
        judge_words(session, row, value, &judged);
    if (judged.unknown == 0 || (is_list && judged.known > 0)) {
        free(judged.first);
        return NULL;
    }
    return judged.first;
}

/* Does `text` name a mirror by its id? *named receives the service's, NULL if it has none. */
static bool names_mirror(const struct mw_session *session, const char *service, const char *text,
                         const struct mw_mirror **named)
{
    bool is_id = text[0] == '@' && strncmp(text, "@fastest", strlen("@fastest")) != 0;
    *named = is_id ? mw_catalog_find(&session->catalog, service, text + 1) : NULL;
    return is_id;
}

static char *without(const char *service, const char *text)
{
    return mw_xasprintf(_("left as it is: %s has no mirror %s"), service, text);
}

/* A tool's `mirror` may be one that only some of its services have. Owned; NULL: this one has it,
 * or none has. */
static char *mirror_leaves(const struct mw_session *session, const struct mw_strings *services,
                           const char *service, const struct mw_wish *wish)
{
    const struct mw_mirror *named = NULL;
    if (wish == NULL || strcmp(wish->key, MW_MIRROR_KEY) != 0 ||
        !names_mirror(session, service, wish->text, &named) || named != NULL)
        return NULL;
    for (size_t i = 0; named == NULL && i < services->count; i++)
        (void)names_mirror(session, services->items[i], wish->text, &named);
    return named != NULL ? without(service, wish->text) : NULL;
}

/* May [all] take the tool's mirror of that service? Else why not: owned, for people. */
static char *all_leaves(const struct mw_session *session, const struct mw_tool *tool,
                        const char *service, const struct mw_wish *wish)
{
    const char *text = wish->text;
    const struct mw_mirror *named = NULL;
    if (names_mirror(session, service, text, &named) && named == NULL)
        return without(service, text);
    if (named != NULL && named->status == MW_MIRROR_DEAD)
        return mw_xasprintf(_("left as it is: the mirror %s of %s is dead"), text, service);
    MW_FREE char *foreign = NULL;
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
    return mw_xasprintf(_("left as it is: %s is no known mirror of %s; --mirror %s=ID or a "
                          "[%s] of its own takes it"),
                        shown, service, tool->id, tool->id);
}

/* ---- for whom ------------------------------------------------------------------------------- */

/* Does the profile say anything about this tool's mirrors, at any level? */
static bool has_own_wish(const struct mw_wishes *wishes, const struct mw_tool *tool,
                         const struct mw_strings *services)
{
    for (size_t i = 0; i < wishes->count; i++) {
        const struct mw_wish *wish = &wishes->items[i];
        if (strcmp(wish->tool, tool->id) != 0)
            continue;
        if (strcmp(wish->key, MW_MIRROR_KEY) == 0 || mw_strings_has(services, wish->key) ||
            session_row_of(tool, wish->key) != NULL)
            return true;
    }
    return false;
}

/* The nearer one of what is wished of the service and of the tool's mirrors altogether. */
static const struct mw_wish *own_wish(const struct mw_session *session, const struct mw_tool *tool,
                                      const char *service, bool has_several)
{
    const struct mw_profile *profile = &session->profile;
    const struct mw_wish *all = mw_wishes_find(&profile->wishes, tool->id, MW_MIRROR_KEY);
    const struct mw_wish *one =
        has_several ? mw_wishes_find(&profile->wishes, tool->id, service) : NULL;
    if (one == NULL || all == NULL)
        return one != NULL ? one : all;
    return mw_profile_distance(profile, &all->from) < mw_profile_distance(profile, &one->from)
               ? all
               : one;
}

/* A tool that is not there: by whose word is it configured all the same? */
static bool is_prepared(const struct mw_session *session, const struct mw_tool *tool)
{
    const struct mw_session_options *options = &session->options;
    enum mw_missing missing = session->profile.policy.missing;
    bool is_named = mw_strings_has(&options->named, tool->id);
    size_t len = strlen(tool->id);
    for (size_t i = 0; i < options->mirrors.count && !is_named; i++) {
        const char *text = options->mirrors.items[i];
        is_named = mw_text_starts(text, tool->id) && (text[len] == '=' || text[len] == '.');
    }
    if (is_named)
        return true;
    return missing == MW_MISSING_CONFIGURE || (missing != MW_MISSING_SKIP && tool->prepare);
}

bool session_is_missing(const struct mw_session *session, const struct mw_tool *tool)
{
    return !is_prepared(session, tool) && !mw_tool_installed(&session->sys, tool, NULL);
}

struct mw_left *session_leave(struct mw_session *session, const struct mw_tool *tool,
                              enum mw_code code, char *take_reason)
{
    struct mw_left *left = MW_PUSH(session->left.items, session->left.count);
    *left = (struct mw_left){
        .tool = tool,
        .is_installed = mw_tool_installed(&session->sys, tool, NULL),
        .code = code,
        .reason = take_reason,
    };
    return left;
}

/* Of every service the tool's own wish, else that of [all] as far as it may take it. */
static void pick_for_tool(struct mw_session *session, const struct mw_tool *tool,
                          const struct mw_wish *all)
{
    MW_AUTO(mw_strings) services = {0}, seen = {0};
    mw_session_services(tool, &services);
    bool is_own = has_own_wish(&session->profile.wishes, tool, &services);
    if (!is_own && (all == NULL || all->text[0] == '\0'))
        return;
    if (!is_own && tool->opt_in != NULL) {
        char *why = mw_xasprintf(_("[all] passes it over: %s"), tool->opt_in);
        session_warn(session, _("%s: %s"), tool->id, why);
        session_leave(session, tool, MW_OK, why)->is_told = true;
        return;
    }
    for (size_t i = 0; i < tool->row_count; i++) {
        const char *service = tool->rows[i].from;
        if (mw_strings_has(&seen, service))
            continue;
        mw_strings_add(&seen, service);
        const struct mw_wish *wish =
            is_own ? own_wish(session, tool, service, services.count > 1) : all;
        char *reason = is_own ? mirror_leaves(session, &services, service, wish)
                              : all_leaves(session, tool, service, all);
        if (reason != NULL) {
            session_warn(session, _("%s: %s"), tool->id, reason);
            session_leave(session, tool, MW_OK, reason)->is_told = true;
        } else if (wish != NULL) {
            *MW_PUSH(session->picks.items, session->picks.count) =
                (struct mw_pick){.tool = tool, .service = service, .wish = wish};
        }
    }
}

bool session_is_wished(const struct mw_session *session, const char *tool)
{
    const struct mw_wishes *wishes = &session->profile.wishes;
    return MW_FIND(wishes->items, wishes->count, tool, tool) != NULL;
}

const struct mw_tool *session_wanting(const struct mw_session *session, const char *id)
{
    for (size_t i = 0; i < session->picks.count; i++) {
        if (strcmp(session->picks.items[i].tool->id, id) == 0)
            return session->picks.items[i].tool;
    }
    bool is_wanted = session_is_wished(session, id) && mw_options_select(&session->options, id);
    return is_wanted ? mw_tool_find(id) : NULL;
}

/* Left out as it is: said where the profile names the tool; [all] has its quiet list. */
static void leave_missing(struct mw_session *session, const struct mw_tool *tool, bool is_named)
{
    if (is_named)
        session_warn(session,
                     _("%s is not installed and left as it is; --only %s configures it all the "
                       "same"),
                     mw_tool_title(tool), tool->id);
    session_leave(session, tool, MW_OK, mw_xstrdup(_("not installed")))->is_told = is_named;
}

enum mw_code session_find_picks(struct mw_session *session, struct mw_error *err)
{
    const struct mw_wish *all =
        mw_wishes_find(&session->profile.wishes, MW_ALL_TOOLS, MW_MIRROR_KEY);
    for (size_t i = 0; i < mw_tool_count(); i++) {
        const char *id = mw_tool_id(i);
        bool is_named = session_is_wished(session, id);
        if (!mw_options_select(&session->options, id) || (!is_named && all == NULL))
            continue;
        const struct mw_tool *tool = is_named ? NULL : mw_tool_head(id);
        if (tool != NULL && session_is_missing(session, tool)) {
            leave_missing(session, tool, false);
            continue;
        }
        enum mw_code code = mw_tool_need(id, &tool, is_named ? err : NULL);
        if (code != MW_OK && is_named)
            return code;
        if (code != MW_OK || (!is_named && tool->row_count == 0))
            continue;
        if (is_named && session_is_missing(session, tool))
            leave_missing(session, tool, true);
        else
            pick_for_tool(session, tool, all);
    }
    return MW_OK;
}

void session_picks_release(struct mw_session *session)
{
    for (size_t i = 0; i < session->left.count; i++)
        free(session->left.items[i].reason);
    MW_FREE_ALL(session->left.items, session->picks.items);
    session->left = (struct mw_left_list){0};
    session->picks = (struct mw_picks){0};
}
