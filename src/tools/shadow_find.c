/* What keeps a setting of ours from being heard, by the sources of its tool. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

/* Does the project name a table without an address: a folder where it keeps its packages? No
 * mirror is asked there, and that is right. */
static bool keeps_packages(const struct mw_system *sys, const struct mw_tool *tool, const char *key,
                           const struct mw_hit *winner)
{
    bool names_table = false, has_address = false;
    if (winner->source == NULL || winner->source->scope != MW_SCOPE_PROJECT)
        return false;
    for (size_t i = 0; i < tool->row_count; i++) {
        const struct mw_mirror_row *naming = mw_row_naming(tool, &tool->rows[i]);
        MW_AUTO(mw_hit) found = {0};
        if (naming == NULL || strcmp(naming->set, key) != 0)
            continue;
        mw_row_find(sys, tool, MW_SCOPE_USER, &tool->rows[i], &found);
        names_table = true;
        has_address = has_address || found.value.kind != MW_VALUE_ABSENT;
    }
    return names_table && !has_address;
}

/* Is it a path that XDG_CONFIG_HOME moves? */
static bool is_below_xdg(const struct mw_system *sys, const struct mw_source *source)
{
    bool is_moved = source->moved_by != NULL && mw_system_user_env(sys, source->moved_by) != NULL;
    for (size_t i = 0; !is_moved && i < source->paths.count; i++) {
        if (strstr(source->paths.items[i], "${XDG_CONFIG_HOME:-") != NULL)
            return true;
    }
    return false;
}

/* What wins over a setting of ours. */
struct shadowing {
    const struct mw_system *sys;
    const struct mw_tool *tool;
    enum mw_scope scope;
    const struct mw_overlay *overlay;
    const struct mw_tool_key *row;
    const struct mw_location *location;
    const struct mw_tool_setting *setting;
    struct mw_value want; /* as it is heard */
    struct mw_shadows *shadows;
};

/* Is it the setting in our file, and not the same in another section? */
static bool is_our_setting(const struct shadowing *shadowing, const struct mw_hit *hit)
{
    MW_FREE char *key =
        hit->section != NULL ? mw_xasprintf("%s.%s", hit->section, hit->spelling) : NULL;
    return hit->path != NULL && strcmp(hit->path, shadowing->location->path) == 0 &&
           (key == NULL || strcmp(key, shadowing->setting->key) == 0);
}

static bool is_wanted(const struct shadowing *shadowing, const struct mw_value *value)
{
    const struct mw_tool_key *row = shadowing->row;
    const struct mw_strings *have = &value->items, *want = &shadowing->want.items;
    if (row != NULL && row->type == MW_TYPE_URL && have->count == 1 && want->count == 1)
        return mw_url_same(have->items[0], want->items[0]);
    return mw_strings_equal(have, want);
}

static void add_stronger(const struct shadowing *shadowing, const struct mw_hit *hit)
{
    struct mw_shadows *shadows = shadowing->shadows;
    struct mw_hit place;
    for (size_t i = 0; i < shadows->count; i++) {
        if (mw_hit_same_place(&shadows->items[i].place, hit))
            return;
    }
    mw_hit_copy_place(&place, hit);
    mw_shadows_add(shadows, MW_SHADOW_STRONGER, place, mw_value_text(&hit->value), NULL);
}

static void shadow_key(const struct shadowing *shadowing, const char *key)
{
    MW_AUTO(mw_hits) hits = {0}, empty = {0};
    if (shadowing->tool->section != NULL)
        mw_resolve_by_data(shadowing->sys, shadowing->tool, shadowing->scope, key,
                           shadowing->overlay, &hits, &empty);
    else
        mw_resolve(shadowing->sys, shadowing->tool, shadowing->scope, key, shadowing->overlay,
                   &hits);
    const struct mw_hit *winner = mw_hits_winner(&hits);
    bool is_first = winner != NULL && winner->section != NULL &&
                    strcmp(winner->section, shadowing->tool->section) == 0;
    /* An empty value of a stronger file hides ours. */
    for (size_t i = 0; i < empty.count && shadowing->want.items.count > 0; i++) {
        MW_FREE char *other =
            mw_xasprintf("%s.%s", empty.items[i].section, empty.items[i].spelling);
        if ((winner == NULL || is_first) && strcmp(other, shadowing->setting->key) == 0 &&
            !is_our_setting(shadowing, &empty.items[i]))
            winner = &empty.items[i];
    }
    if (winner != NULL && !is_our_setting(shadowing, winner) &&
        !is_wanted(shadowing, &winner->value) &&
        !keeps_packages(shadowing->sys, shadowing->tool, key, winner))
        add_stronger(shadowing, winner);
}

static bool has_section(const struct shadowing *shadowing, const char *section)
{
    const struct mw_tool_texts *texts = shadowing->overlay->texts;
    bool has = false;
    for (size_t i = 0; !has && i < texts->count; i++)
        has = mw_tool_text_has(&texts->items[i], section, strlen(section));
    return has;
}

/* Of the first section, what each other one makes of it that reads the key; where all do, those
 * that ask a mirror. */
static void shadow_keys(const struct shadowing *shadowing)
{
    const struct mw_tool *tool = shadowing->tool;
    const struct mw_tool_key *row = shadowing->row;
    const char *key = shadowing->setting->key, *dot = strchr(key, '.');
    MW_FREE char *section = mw_xstrndup(key, dot != NULL ? (size_t)(dot - key) : 0);
    if (row != NULL && row->sections.count == 0)
        row = mw_tool_key(tool, tool->mirror_key);
    if (tool->section == NULL || row == NULL || strcmp(section, tool->section) != 0) {
        shadow_key(shadowing, key);
        return;
    }
    bool is_asked = false;
    for (size_t i = 0; i < row->sections.count; i++) {
        /* What is nowhere is the same for all of them. */
        bool is_there = has_section(shadowing, row->sections.items[i]);
        if (!is_there && is_asked)
            continue;
        is_asked = is_asked || !is_there;
        MW_FREE char *other = mw_xasprintf("%s%s", row->sections.items[i], dot);
        shadow_key(shadowing, other);
    }
}

/* Borrowed: what wins for a key that stands beside ours; NULL: nothing. `hits` is empty before. */
static const struct mw_hit *find_beside(const struct shadowing *shadowing, const char *name,
                                        struct mw_hits *hits)
{
    const char *key = shadowing->setting->key;
    size_t section = shadowing->tool->section != NULL ? strcspn(key, ".") + 1 : 0;
    MW_FREE char *other = mw_xasprintf("%.*s%s", (int)section, key, name);
    mw_resolve(shadowing->sys, shadowing->tool, shadowing->scope, other, shadowing->overlay, hits);
    return mw_hits_winner(hits);
}

/* A switch with which the tool asks nobody. */
static void shadow_silenced(const struct shadowing *shadowing, const char *name)
{
    MW_AUTO(mw_hits) hits = {0};
    bool is_on = false;
    const struct mw_hit *found = find_beside(shadowing, name, &hits);
    if (found != NULL && mw_pip_parse_bool(mw_tools_first(&found->value), &is_on) && is_on) {
        struct mw_hit place;
        mw_hit_copy_place(&place, found);
        mw_shadows_add(shadowing->shadows, MW_SHADOW_NO_INDEX, place, mw_xstrdup(name), NULL);
    }
}

/* "host" trusts every port, "host:port" that one (pip's network/session.py is_secure_origin). */
static bool is_trusted(const struct mw_strings *hosts, const struct mw_url *url)
{
    size_t with_port = (size_t)(url->port + url->port_len - url->host);
    for (size_t i = 0; i < hosts->count; i++) {
        size_t len = strlen(hosts->items[i]);
        if ((len == url->host_len || (url->port_len > 0 && len == with_port)) &&
            strncasecmp(hosts->items[i], url->host, len) == 0)
            return true;
    }
    return false;
}

static void shadow_plain_http(const struct shadowing *shadowing, const char *name)
{
    MW_AUTO(mw_hits) hits = {0};
    const struct mw_hit *hosts = find_beside(shadowing, name, &hits);
    for (size_t i = 0; i < shadowing->want.items.count; i++) {
        struct mw_url url;
        if (mw_url_parse(shadowing->want.items.items[i], &url, NULL) && mw_url_is(&url, "http") &&
            !mw_url_is_loopback(&url) && (hosts == NULL || !is_trusted(&hosts->value.items, &url)))
            mw_shadows_add(shadowing->shadows, MW_SHADOW_PLAIN_HTTP,
                           (struct mw_hit){.spelling = mw_xstrdup(name)}, mw_xstrdup(""),
                           mw_xstrndup(url.host, url.host_len));
    }
}

/* Does `list` name all that is wanted? */
static bool covers(const struct shadowing *shadowing, const char *list)
{
    const char *separators = shadowing->row->split != NULL ? shadowing->row->split : ",";
    MW_AUTO(mw_strings) has = {0}, needs = {0};
    mw_strings_split(&has, list, separators);
    mw_value_split(&shadowing->want, separators, &needs);
    mw_strings_sort(&has);
    bool all = true;
    for (size_t i = 0; i < needs.count; i++)
        all = all && mw_strings_has_sorted(&has, needs.items[i]);
    return all;
}

/* Ours is only the default of that key, which names less. "none" is how one says that on purpose,
 * as for a private proxy that serves private modules (`go help environment`). */
static void shadow_narrower(const struct shadowing *shadowing, const char *name)
{
    MW_AUTO(mw_hits) hits = {0};
    const struct mw_hit *found = find_beside(shadowing, name, &hits);
    const char *value = found != NULL ? mw_tools_first(&found->value) : "";
    if (value[0] == '\0' || strcmp(value, "none") == 0 || covers(shadowing, value))
        return;
    struct mw_hit place;
    mw_hit_copy_place(&place, found);
    free(place.spelling);
    place.spelling = mw_xstrdup(name);
    mw_shadows_add(shadowing->shadows, MW_SHADOW_NARROWER, place, mw_xstrdup(value), NULL);
}

/* One file that it cannot read, and the tool does nothing at all. */
static void shadow_broken(const struct shadowing *shadowing)
{
    const struct mw_tool_texts *texts = shadowing->overlay->texts;
    for (size_t i = 0; i < texts->count; i++) {
        if (texts->items[i].broken != NULL)
            mw_shadows_add(shadowing->shadows, MW_SHADOW_BROKEN,
                           (struct mw_hit){.path = mw_xstrdup(texts->items[i].path)},
                           mw_xstrdup(""), mw_xstrdup(texts->items[i].broken));
    }
}

void mw_shadows_by_data(const struct mw_system *sys, const struct mw_tool *tool,
                        const struct mw_location *location, const struct mw_buf *text,
                        const struct mw_tool_setting *setting, struct mw_shadows *shadows)
{
    const struct mw_source *source = location->source;
    const struct mw_tool_key *row = mw_tool_key(tool, setting->key);
    const char *variable = NULL;
    const char *hidden_by =
        source != NULL ? mw_source_hidden_by(sys, tool, source, &variable) : NULL;
    if (hidden_by != NULL) {
        mw_shadows_add(shadows, MW_SHADOW_UNREAD, (struct mw_hit){.variable = mw_xstrdup(variable)},
                       mw_xstrdup(""), mw_xstrdup(hidden_by));
        return;
    }
    struct mw_overlay overlay = {.path = location->path, .text = text};
    enum mw_scope scope = mw_tools_in_root(sys, location) ? MW_SCOPE_SYSTEM
                          : source != NULL                ? source->scope
                                                          : MW_SCOPE_USER;
    struct shadowing shadowing = {.sys = sys,
                                  .tool = tool,
                                  .scope = scope,
                                  .overlay = &overlay,
                                  .row = row,
                                  .location = location,
                                  .setting = setting,
                                  .shadows = shadows};
    mw_value_copy(&shadowing.want, setting->value);
    MW_AUTO(mw_held) held = {0};
    if (tool->section != NULL && row != NULL) {
        overlay.texts = mw_tool_texts_hold(sys, tool, scope, &overlay, &held);
        mw_section_words(row, &shadowing.want);
        shadow_broken(&shadowing);
    }
    shadow_keys(&shadowing);
    bool is_wished = row != NULL && shadowing.want.items.count > 0;
    if (is_wished && row->silenced_by != NULL)
        shadow_silenced(&shadowing, row->silenced_by);
    if (is_wished && row->trusted_by != NULL)
        shadow_plain_http(&shadowing, row->trusted_by);
    for (size_t i = 0; is_wished && i < row->default_of.count; i++)
        shadow_narrower(&shadowing, row->default_of.items[i]);
    if (source != NULL && is_below_xdg(sys, source))
        mw_tools_shadow_relative_xdg(sys, shadows);
    mw_value_release(&shadowing.want);
}

void mw_shadows_find(const struct mw_system *sys, const struct mw_tool *tool,
                     const struct mw_location *location, const struct mw_buf *text,
                     const struct mw_tool_setting *setting, struct mw_shadows *shadows)
{
    if (tool->code != NULL && tool->code->shadows != NULL)
        tool->code->shadows(sys, location, text, setting, shadows);
    else
        mw_shadows_by_data(sys, tool, location, text, setting, shadows);
    for (size_t i = 0; i < shadows->count; i++)
        mw_shadow_say(tool, setting->key, &shadows->items[i]);
}
