#include "profile_scan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "model.h"
#include "profile_keys.h"

struct apply {
    const struct mw_profile_file *file;
    const struct mw_profile_scan *scan;
    const struct mw_profile_host *host;
    struct mw_profile *profile;
    struct mw_error *err;
};

static const char check_prefix[] = "check.";

/* Empties `names`. */
static enum mw_code refuse_key(const struct apply *a, const char *section,
                               const struct mw_profile_entry *entry, struct mw_strings *names)
{
    return mw_model_refuse_unknown(a->err, a->file->path, entry->line, names, entry->key,
                                   _("unknown key '%s' in [%s]"), entry->key, section);
}

static bool is_section(const struct apply *a, const char *name)
{
    static const char *const own[] = {"profile", "policy", "watch", MW_ALL_TOOLS};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcmp(name, own[i]) == 0)
            return true;
    }
    return a->host->tool_section(name) ||
           (mw_text_starts(name, check_prefix) && mw_model_is_name(name + strlen(check_prefix)));
}

static enum mw_code check_section(const struct apply *a, const struct mw_profile_section *section)
{
    struct mw_strings names = {0};
    if (is_section(a, section->name))
        return MW_OK;
    mw_strings_add(&names, "profile");
    mw_strings_add(&names, "policy");
    mw_strings_add(&names, MW_ALL_TOOLS);
    a->host->tool_sections(&names);
    mw_strings_add(&names, "check.NAME");
    mw_strings_add(&names, "watch");
    return mw_model_refuse_unknown(a->err, a->file->path, section->line, &names, section->spelling,
                                   _("unknown section [%s]"), section->spelling);
}

static enum mw_code refuse_value(const struct apply *a, const struct mw_profile_entry *entry,
                                 const char *allowed)
{
    MW_FREE char *shown = mw_model_shown(entry->value);
    return mw_model_refuse(a->err, a->file->path, entry->line, allowed,
                           _("'%s' is no value for %s"), shown, entry->key);
}

/* `to` is what the section is read into. */
static enum mw_code apply_key(const struct apply *a, const char *section,
                              const struct mw_profile_key *keys, void *to,
                              const struct mw_profile_entry *entry)
{
    const struct mw_profile_key *key = mw_profile_key_find(keys, entry->key);
    if (key->name == NULL) {
        struct mw_strings names = {0};
        for (; keys->name != NULL; keys++)
            mw_strings_add(&names, keys->name);
        return refuse_key(a, section, entry, &names);
    }
    if (key->take(key, entry->value, (char *)to + key->offset))
        return MW_OK;
    return refuse_value(a, entry, _(key->allowed));
}

/* Borrowed content: for a moment only. */
static struct mw_origin origin_of(const struct apply *a, size_t line)
{
    return (struct mw_origin){
        .layer = MW_LAYER_PROFILE, .profile = a->file->name, .file = a->file->path, .line = line};
}

static enum mw_code apply_policy_key(const struct apply *a, const struct mw_profile_entry *entry)
{
    enum mw_code code = apply_key(a, "policy", mw_policy_keys, &a->profile->policy, entry);
    struct mw_origin from = origin_of(a, entry->line);
    if (code == MW_OK)
        mw_wishes_set(&a->profile->said, "policy",
                      mw_profile_key_find(mw_policy_keys, entry->key)->name, entry->value, false,
                      &from);
    return code;
}

static struct mw_profile_check *find_check(struct mw_profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->check_count; i++) {
        if (strcasecmp(profile->checks[i].name, name) == 0)
            return &profile->checks[i];
    }
    struct mw_profile_check *check = MW_PUSH(profile->checks, profile->check_count);
    check->name = mw_xstrdup(name);
    return check;
}

static enum mw_code apply_check_key(const struct apply *a, const struct mw_profile_section *section,
                                    const struct mw_profile_entry *entry)
{
    struct mw_profile_check *check =
        find_check(a->profile, section->spelling + strlen(check_prefix));
    struct mw_origin from = origin_of(a, section->line);
    mw_origin_copy(&check->from, &from);
    check->needs_trust = check->needs_trust || a->profile->needs_trust;
    return apply_key(a, section->spelling, mw_check_keys, check, entry);
}

/* Owned: the canonical spelling; NULL for an unknown key. */
static char *canonical(const struct apply *a, const char *section, const char *key)
{
    if (strcmp(section, MW_ALL_TOOLS) != 0)
        return a->host->tool_key(section, key);
    return strcasecmp(key, MW_MIRROR_KEY) == 0 ? mw_xstrdup(MW_MIRROR_KEY) : NULL;
}

/* What it says of tools that it does not name must be sure to mean a mirror. */
static enum mw_code check_all(const struct apply *a, const struct mw_profile_entry *entry)
{
    const char *value = entry->value;
    bool is_reference = value[0] == '@' && value[1] != '\0' && strpbrk(value, ",| \t:/") == NULL;
    if (*value == '\0' || is_reference)
        return MW_OK;
    return refuse_value(a, entry, _("@fastest, @ID"));
}

static enum mw_code apply_tool_key(const struct apply *a, const char *tool,
                                   const struct mw_profile_entry *entry)
{
    char *key = canonical(a, tool, entry->key);
    if (key == NULL) {
        struct mw_strings names = {0};
        if (strcmp(tool, MW_ALL_TOOLS) == 0)
            mw_strings_add(&names, MW_MIRROR_KEY);
        else
            a->host->tool_keys(tool, &names);
        return refuse_key(a, tool, entry, &names);
    }
    struct mw_origin from = origin_of(a, entry->line);
    enum mw_code code = strcmp(tool, MW_ALL_TOOLS) == 0 ? check_all(a, entry) : MW_OK;
    const struct mw_wish *wish = mw_wishes_find(&a->profile->wishes, tool, key);
    /* Two spellings of one key; equal spellings the scan has seen. */
    if (code != MW_OK)
        ;
    else if (entry->sign != MW_SIGN_SET)
        mw_wishes_edit(&a->profile->wishes, tool, key, entry->value, entry->sign == MW_SIGN_REMOVE,
                       &from);
    else if (wish != NULL && strcmp(wish->from.file, a->file->path) == 0)
        code = mw_model_refuse(a->err, a->file->path, entry->line, _("each key once in a section"),
                               _("the key %s stands in line %zu already"), key, wish->from.line);
    else
        mw_wishes_set(&a->profile->wishes, tool, key, entry->value,
                      mw_text_has_secret(entry->value), &from);
    free(key);
    return code;
}

static enum mw_code refuse_sign(const struct apply *a, const struct mw_profile_entry *entry)
{
    return mw_model_refuse(a->err, a->file->path, entry->line, _("lists of a tool"),
                           _("%s is no list that += and -= could change"), entry->key);
}

static enum mw_code apply_entry(const struct apply *a, const struct mw_profile_entry *entry)
{
    const struct mw_profile_section *section = &a->scan->sections[entry->section];
    bool is_tool = a->host->tool_section(section->name);
    long watched = 0; /* is checked here, and no more */
    if (entry->sign != MW_SIGN_SET && !is_tool)
        return refuse_sign(a, entry);
    if (strcmp(section->name, "profile") == 0)
        return apply_key(a, "profile", mw_profile_keys, a->profile, entry);
    if (strcmp(section->name, "policy") == 0)
        return apply_policy_key(a, entry);
    if (strcmp(section->name, "watch") == 0)
        return apply_key(a, "watch", mw_watch_keys, &watched, entry);
    if (mw_text_starts(section->name, check_prefix))
        return apply_check_key(a, section, entry);
    return apply_tool_key(a, section->name, entry);
}

void mw_profile_apply(const struct mw_profile_file *file, const struct mw_profile_scan *scan,
                      const struct mw_profile_host *host, struct mw_profile *profile,
                      struct mw_faults *faults)
{
    struct mw_error one = {0};
    const struct apply a = {
        .file = file, .scan = scan, .host = host, .profile = profile, .err = &one};
    profile->serial = 0;
    free(profile->expires);
    profile->expires = NULL;
    for (size_t i = 0; i < scan->section_count && !mw_faults_full(faults); i++) {
        if (check_section(&a, &scan->sections[i]) != MW_OK)
            mw_faults_add(faults, &one);
    }
    for (size_t i = 0; i < scan->entry_count && !mw_faults_full(faults); i++) {
        bool is_known = is_section(&a, scan->sections[scan->entries[i].section].name);
        if (is_known && apply_entry(&a, &scan->entries[i]) != MW_OK)
            mw_faults_add(faults, &one);
    }
}

void mw_profile_release(struct mw_profile *profile)
{
    for (size_t i = 0; i < profile->check_count; i++) {
        struct mw_profile_check *check = &profile->checks[i];
        MW_FREE_ALL(check->name, check->title, check->command, check->file, check->expected,
                    check->fix, check->why);
        mw_origin_release(&check->from);
    }
    free(profile->checks);
    mw_wishes_release(&profile->said);
    mw_wishes_release(&profile->wishes);
    mw_strings_release(&profile->chain);
    mw_strings_release(&profile->reads);
    MW_FREE_ALL(profile->name, profile->summary, profile->file, profile->expires);
    *profile = (struct mw_profile){0};
}
