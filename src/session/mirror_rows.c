/* From a chosen mirror to the settings that put a tool on it: the tool's mirror rows. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/url.h"
#include "parts.h"

/* One pick while its rows are written. */
struct writing {
    struct mw_session *session;
    const struct mw_pick *pick;
    struct mw_choice choice; /* its value: the addresses, best first; empty: back to the default */
    bool is_default;         /* what the rows set goes */
    char *name;              /* of the table that has the address already; NULL: none */
    const struct mw_mirror_row *mends;  /* the row whose value there lacks a '/', or has one more */
    const struct mw_mirror_row *unsaid; /* the row that would name the table that it stands in */
    size_t wished; /* of what is wanted so far, said by the profile and not by rows */
    char *unknown; /* why the version installed takes no such value; NULL: it does */
    struct mw_error *err;
};

/* Owned: an address as a row has it, without final slashes. */
static char *bare(const char *url)
{
    size_t len = strlen(url);
    while (len > 0 && url[len - 1] == '/')
        len--;
    return mw_xstrndup(url, len);
}

/* ---- choosing ------------------------------------------------------------------------------- */

static bool takes_several(const struct mw_pick *pick)
{
    for (size_t i = 0; i < pick->tool->row_count; i++) {
        const struct mw_mirror_row *row = &pick->tool->rows[i];
        if (strcmp(row->from, pick->service) == 0 && row->each)
            return true;
    }
    return false;
}

/* `mirror` names addresses that a tool can ask, whatever its rows make of them. */
static enum mw_code check_addresses(const struct mw_strings *urls, struct mw_error *err)
{
    for (size_t i = 0; i < urls->count; i++) {
        const char *reason = mw_url_web_fault(urls->items[i]);
        if (reason == NULL)
            continue;
        MW_FREE char *shown = mw_text_redact(urls->items[i]);
        mw_fail(err, MW_BAD_PROFILE, 0, "choose",
                _("\"%s\": %s; allowed: @ID, @fastest, or https://HOST[:PORT][/PATH]"), shown,
                reason);
        return MW_BAD_PROFILE;
    }
    return MW_OK;
}

static enum mw_code choose(struct writing *w)
{
    struct mw_session *session = w->session;
    const struct mw_pick *pick = w->pick;
    struct mw_wish wish = *pick->wish;
    const char *forced = NULL;
    if (wish.text[0] == '\0') {
        w->is_default = true;
        return MW_OK;
    }
    wish.tool = pick->tool->id;
    wish.service = pick->service;
    static char nothing[] = "";
    if (wish.from.layer == MW_LAYER_COMMAND_LINE &&
        session_forced_mirror(session, wish.tool, pick->service) != NULL) {
        forced = wish.text; /* the command line's word stands, by plain http, too */
        wish.text = nothing;
    }
    enum mw_code code =
        mw_choose(&session->catalog, &session->profile.policy, &session->ranking, &wish,
                  takes_several(pick) ? MW_SHAPE_LIST : MW_SHAPE_URL, forced, &w->choice, w->err);
    if (code != MW_OK)
        return wish.is_secret ? session_blame(&wish, code, w->err)
                              : session_judge(&wish, code, w->err);
    const struct mw_strings *urls = &w->choice.value.items;
    code = check_addresses(urls, w->err);
    if (code != MW_OK)
        return session_blame(&wish, code, w->err);
    session_take_choice(session, &w->choice);
    const struct mw_mirror *best =
        urls->count > 0 ? mw_catalog_find_url(&session->catalog, pick->service, urls->items[0])
                        : NULL;
    /* Alone, or where there is room for one only; in a chain it has its place like the others. */
    w->is_default = best != NULL && best->is_default && urls->count == 1;
    return MW_OK;
}

/* ---- values --------------------------------------------------------------------------------- */

/* Of a list, does the form lead to a part that the mirror lacks ("{url}/PART")? */
static bool leads_nowhere(const struct writing *w, const struct mw_mirror_row *row,
                          const char *form, const char *url)
{
    static const char root[] = "{url}/";
    const struct mw_mirror *mirror =
        mw_catalog_find_url(&w->session->catalog, w->pick->service, url);
    return row->is_list && mirror != NULL && mw_text_starts(form, root) &&
           mw_strings_has(&mirror->lacks, form + strlen(root));
}

/* What `to` says for one address. */
static void put_forms(const struct writing *w, const struct mw_mirror_row *row, const char *url,
                      const char *name, struct mw_strings *items)
{
    MW_FREE char *address = bare(url);
    for (size_t i = 0; i < row->to.count; i++) {
        if (leads_nowhere(w, row, row->to.items[i], url))
            continue;
        MW_FREE char *named = mw_text_replace(row->to.items[i], "{name}", name);
        mw_strings_take(items, mw_text_replace(named, "{url}", address));
    }
}

static bool is_of_row(const struct writing *w, const struct mw_mirror_row *row, const char *item)
{
    return session_find_address(w->session, row, item, NULL) != NULL;
}

/* The items of the list as it stands with those of known mirrors replaced by ours, where the first
 * of them was; in front if there was none. What a row puts last stays last. */
static void merge(const struct writing *w, const struct mw_mirror_row *row,
                  const struct mw_strings *have, const struct mw_strings *ours,
                  struct mw_strings *items)
{
    const char *last = row->last != NULL ? row->last : "";
    bool is_in = false;
    size_t known = 0;
    for (size_t i = 0; i < have->count; i++)
        known += is_of_row(w, row, have->items[i]);
    for (size_t i = 0; i <= have->count; i++) {
        bool is_known = i < have->count && is_of_row(w, row, have->items[i]);
        for (size_t k = 0; !is_in && (is_known || known == 0) && k < ours->count; k++) {
            if (strcmp(ours->items[k], last) != 0)
                mw_strings_add(items, ours->items[k]);
        }
        is_in = is_in || is_known || known == 0;
        bool is_ours = i < have->count && mw_strings_has(ours, have->items[i]);
        if (i < have->count && !is_known && !is_ours && strcmp(have->items[i], last) != 0)
            mw_strings_add(items, have->items[i]);
    }
    if (mw_strings_has(ours, last) || (items->count > 0 && mw_strings_has(have, last)))
        mw_strings_add(items, last);
}

static void list_value(const struct writing *w, const struct mw_mirror_row *row,
                       const struct mw_strings *ours, struct mw_value *value)
{
    MW_AUTO(mw_value) in_use = {0}, in_file = {0};
    session_row_now(w->session, w->pick->tool, row, &in_use, &in_file);
    MW_AUTO(mw_strings) have = {0};
    session_add_items(w->pick->tool, &in_file, NULL, &have);
    merge(w, row, &have, ours, &value->items);
    value->kind = MW_VALUE_LIST;
}

void session_leave_default_out(const struct mw_session *session, const char *service,
                               const char *wish, struct mw_strings *urls)
{
    size_t kept = 0;
    bool is_ranked = mw_choose_fastest_count(wish) > 0;
    for (size_t i = 0; i < urls->count; i++) {
        const struct mw_mirror *mirror =
            mw_catalog_find_url(&session->catalog, service, urls->items[i]);
        bool is_default = mirror != NULL && mirror->is_default;
        if (is_default && i == 0 && is_ranked) {
            mw_strings_release(urls);
            return;
        }
        if (is_default)
            free(urls->items[i]);
        else
            urls->items[kept++] = urls->items[i];
    }
    urls->count = kept;
}

static void fill_value(const struct writing *w, const struct mw_mirror_row *row,
                       const struct mw_tool_key *key, const char *name, struct mw_wanted *wanted)
{
    struct mw_value *value = &wanted->value;
    bool is_list = row->is_list || (key != NULL && key->shape == MW_SHAPE_LIST);
    MW_AUTO(mw_strings) ours = {0}, urls = {0};
    if (!w->is_default)
        mw_strings_copy(&urls, &w->choice.value.items);
    if (is_list)
        session_leave_default_out(w->session, w->pick->service, w->pick->wish->text, &urls);
    for (size_t i = 0; i < urls.count && (i == 0 || row->each); i++)
        put_forms(w, row, urls.items[i], name, &ours);
    if (w->is_default && row->fallback != NULL)
        mw_strings_add(&ours, row->fallback);
    else if (row->last != NULL && ours.count > 0)
        mw_strings_add(&ours, row->last);
    if (is_list) {
        list_value(w, row, &ours, value);
        mw_strings_copy(&wanted->own.items, &ours);
        wanted->own.kind = MW_VALUE_LIST;
        if (value->items.count == 0)
            value->kind = key != NULL && key->clears_to_list ? MW_VALUE_LIST : MW_VALUE_ABSENT;
    } else if (ours.count > 0) {
        MW_FREE char *text = mw_strings_join(&ours, row->join != NULL ? row->join : "");
        if (key == NULL || key->kind != MW_VALUE_LITERAL ||
            mw_tool_value_from_text(key, text, value, NULL) != MW_OK)
            mw_value_set_string(value, text);
    }
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Is the condition of the row true of what the profile wishes itself, else of what the tool uses
 * now? */
static bool is_met(const struct writing *w, const struct mw_mirror_row *row)
{
    MW_AUTO(mw_value) in_use = {0}, in_file = {0};
    const struct mw_wanted_list *wanted = &w->session->wanted;
    if (row->if_key == NULL)
        return true;
    session_values_now(w->session, w->pick->tool, row->if_key, &in_use, &in_file);
    const struct mw_value *value = in_use.kind != MW_VALUE_ABSENT ? &in_use : &in_file;
    for (size_t i = 0; i < w->wished; i++) {
        if (wanted->items[i].tool == w->pick->tool &&
            strcmp(wanted->items[i].key, row->if_key) == 0)
            value = &wanted->items[i].value;
    }
    bool is_there = value->kind != MW_VALUE_ABSENT;
    return row->if_has != NULL   ? mw_strings_has(&value->items, row->if_has)
           : row->if_not != NULL ? is_there && !mw_strings_has(&value->items, row->if_not)
                                 : !is_there;
}

/* A key that the profile names itself, as near or nearer, is not the mirror's to set. */
static bool is_said(const struct writing *w, const char *key)
{
    const struct mw_profile *profile = &w->session->profile;
    const struct mw_wish *own = mw_wishes_find(&profile->wishes, w->pick->tool->id, key);
    return own != NULL && mw_profile_distance(profile, &own->from) <=
                              mw_profile_distance(profile, &w->pick->wish->from);
}

/* The mirror, if it lacks the part that the row is for; else NULL. */
static const struct mw_mirror *lacking(const struct writing *w, const struct mw_mirror_row *row)
{
    const struct mw_strings *urls = &w->choice.value.items;
    if (row->part == NULL || urls->count == 0)
        return NULL;
    const struct mw_mirror *mirror =
        mw_catalog_find_url(&w->session->catalog, w->pick->service, urls->items[0]);
    return mirror != NULL && mw_strings_has(&mirror->lacks, row->part) ? mirror : NULL;
}

/* A mirror without that part leaves the setting to the tool's default: a known mirror that stands
 * there goes, anything else stays. True: it goes. */
static bool ends_part(const struct writing *w, const struct mw_mirror_row *row, const char *key,
                      const struct mw_mirror *mirror)
{
    MW_AUTO(mw_value) in_use = {0}, in_file = {0};
    session_row_now(w->session, w->pick->tool, row, &in_use, &in_file);
    bool is_there = in_file.items.count > 0;
    bool goes =
        is_there && session_find_address(w->session, row, in_file.items.items[0], NULL) != NULL;
    session_warn(w->session,
                 is_there && !goes
                     ? _("%s: the mirror %s has no %s: %s is left as it is")
                     : _("%s: the mirror %s has no %s: %s is left to the tool's default"),
                 w->pick->tool->id, mirror->id, row->part, key);
    return goes;
}

/* Owned: the name of the table that the row writes to and that has the address already. */
static char *find_name(struct writing *w, const struct mw_mirror_row *row)
{
    const struct mw_system *sys = &w->session->sys;
    const struct mw_tool *tool = w->pick->tool;
    MW_FREE char *key = mw_row_key(row, mw_row_name(row));
    MW_AUTO(mw_location) at = {0};
    MW_AUTO(mw_file) file = {0};
    MW_AUTO(mw_strings) forms = {0};
    char *name = NULL;
    if (w->choice.value.items.count > 0)
        put_forms(w, row, w->choice.value.items.items[0], mw_row_name(row), &forms);
    if (forms.count > 0 &&
        mw_locate(sys, tool, w->session->options.scope, key, &at, NULL) == MW_OK &&
        mw_file_read(sys, at.path, at.actor, &file, NULL) == MW_OK)
        name = mw_source_find_name(at.source, tool, mw_buf_text(&file.bytes), file.bytes.len,
                                   row->set, forms.items[0]);
    if (name != NULL) {
        MW_AUTO(mw_value) have = {0};
        MW_FREE char *theirs = mw_row_key(row, name);
        (void)mw_source_get(at.source, tool, mw_buf_text(&file.bytes), file.bytes.len, theirs,
                            &have, NULL);
        w->mends = mw_strings_equal(&have.items, &forms) ? NULL : row;
    }
    return name;
}

/* Cargo, for one, takes no address twice, nor one without its final '/': a table that has it
 * already is named, mended if need be, and none made. */
static void find_table(struct writing *w)
{
    const struct mw_tool *tool = w->pick->tool;
    for (size_t i = 0; i < tool->row_count && !w->is_default; i++) {
        const struct mw_mirror_row *row = &tool->rows[i];
        if (strcmp(row->from, w->pick->service) != 0 || !mw_row_is_named(row) ||
            !mw_row_has_address(row))
            continue;
        w->name = find_name(w, row);
        const struct mw_mirror_row *naming = mw_row_naming(tool, row);
        static const struct mw_value nothing = {.kind = MW_VALUE_ABSENT};
        MW_FREE char *own = naming != NULL ? mw_row_table(row, naming, &nothing) : NULL;
        if (w->name != NULL && own != NULL && strcmp(w->name, own) == 0)
            w->unsaid = naming;
        return;
    }
}

static enum mw_code add_row(struct writing *w, const struct mw_mirror_row *row)
{
    const struct mw_tool *tool = w->pick->tool;
    const char *name = w->name != NULL ? w->name : mw_row_name(row);
    MW_FREE char *key = mw_row_key(row, name);
    const struct mw_tool_key *found = mw_tool_key(tool, key);
    const struct mw_tool_key *known = found != NULL ? found : mw_tool_key(tool, row->set);
    enum mw_code code = MW_OK;
    bool is_theirs = mw_row_is_named(row) && strcmp(name, mw_row_name(row)) != 0;
    if ((is_theirs && w->mends != row) || is_said(w, key) || !is_met(w, row))
        return code;
    const struct mw_mirror *without = lacking(w, row);
    if (without != NULL && !ends_part(w, row, key, without))
        return code;
    struct mw_wanted *wanted = session_push_wanted(w->session, tool, key, w->pick->wish);
    if (w->unsaid != row && without == NULL)
        fill_value(w, row, known, name, wanted);
    wanted->keeps_others = wanted->value.kind == MW_VALUE_LIST;
    mw_strings_copy(&wanted->mirror_ids, &w->choice.ids);
    if (wanted->value.kind == MW_VALUE_STRING && known != NULL)
        w->unknown =
            mw_tool_unknown_value(&w->session->sys, tool, known, wanted->value.items.items[0]);
    if (w->unknown != NULL)
        return MW_OK;
    const struct mw_value *ours = wanted->keeps_others ? &wanted->own : &wanted->value;
    if (ours->items.count > 0 && known != NULL)
        code = mw_tool_validate(&w->session->sys, tool, key, ours, w->err);
    if (code != MW_OK)
        code = session_blame(w->pick->wish, code, w->err);
    return code;
}

enum mw_code session_add_pick(struct mw_session *session, const struct mw_pick *pick,
                              char **unknown, struct mw_error *err)
{
    struct writing w = {
        .session = session, .pick = pick, .wished = session->wanted.count, .err = err};
    enum mw_code code = choose(&w);
    if (code == MW_OK)
        find_table(&w);
    for (size_t i = 0; i < pick->tool->row_count && code == MW_OK && w.unknown == NULL; i++) {
        if (strcmp(pick->tool->rows[i].from, pick->service) == 0)
            code = add_row(&w, &pick->tool->rows[i]);
    }
    *unknown = w.unknown;
    mw_choice_release(&w.choice);
    free(w.name);
    return code;
}
