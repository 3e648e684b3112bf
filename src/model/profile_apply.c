#include "profile_apply.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "model.h"
#include "policy.h"

struct apply {
    const struct mw_profile_file *file;
    const struct mw_profile_scan *scan;
    const struct mw_profile_host *host;
    struct mw_profile *profile;
    struct mw_error *err;
};

static const char check_prefix[] = "check.";

/* What JSON readers keep exactly. */
enum { SERIAL_MAX_DIGITS = 15 };

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

/* Like the name it is each file's own: the profile itself is applied last. */
static enum mw_code apply_serial(const struct apply *a, const struct mw_profile_entry *entry)
{
    size_t digits = strspn(entry->value, "0123456789");
    if (digits <= SERIAL_MAX_DIGITS && entry->value[digits] == '\0') {
        a->profile->serial = strtol(entry->value, NULL, 10); /* left empty: none */
        return MW_OK;
    }
    MW_FREE char *shown = mw_model_shown(entry->value);
    mw_model_refuse(a->err, a->file->path, entry->line,
                    _("a whole number of up to 15 digits, such as 3 or 2026112201"),
                    _("'%s' is no value for %s"), shown, entry->key);
    return MW_BAD_PROFILE;
}

/* "2027-06-30" or RFC 3339 in UTC: "2027-06-30T12:00:00Z". */
static bool is_date(const char *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if (i >= sizeof form - 1 ||
            (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]))
            return false;
    }
    long month = len >= 10 ? strtol(text + 5, NULL, 10) : 0;
    long day = len >= 10 ? strtol(text + 8, NULL, 10) : 0;
    bool is_day = month >= 1 && month <= 12 && day >= 1 && day <= 31;
    return is_day && (len == 10 || len == sizeof form - 1);
}

static enum mw_code apply_expires(const struct apply *a, const struct mw_profile_entry *entry)
{
    if (*entry->value != '\0' && !is_date(entry->value)) {
        MW_FREE char *shown = mw_model_shown(entry->value);
        mw_model_refuse(a->err, a->file->path, entry->line,
                        _("a date such as 2027-06-30, or 2027-06-30T12:00:00Z"),
                        _("'%s' is no value for %s"), shown, entry->key);
        return MW_BAD_PROFILE;
    }
    free(a->profile->expires);
    a->profile->expires = *entry->value != '\0' ? mw_xstrdup(entry->value) : NULL;
    return MW_OK;
}

/* What the others say was used while the chain was read. */
static enum mw_code apply_profile_key(const struct apply *a, const struct mw_profile_entry *entry)
{
    static const char *const keys[] = {"name", "summary", "extends", "serial", "expires"};
    struct mw_strings names = {0};
    if (strcasecmp("serial", entry->key) == 0)
        return apply_serial(a, entry);
    if (strcasecmp("expires", entry->key) == 0)
        return apply_expires(a, entry);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcasecmp(keys[i], entry->key) == 0) {
            mw_strings_release(&names);
            return MW_OK;
        }
        mw_strings_add(&names, keys[i]);
    }
    return refuse_key(a, "profile", entry, &names);
}

/* Borrowed content: for a moment only. */
static struct mw_origin origin_of(const struct apply *a, size_t line)
{
    return (struct mw_origin){
        .layer = MW_LAYER_PROFILE, .profile = a->file->name, .file = a->file->path, .line = line};
}

static enum mw_code apply_policy_key(const struct apply *a, const struct mw_profile_entry *entry)
{
    const char *allowed = NULL;
    if (mw_policy_set(&a->profile->policy, entry->key, entry->value, &allowed)) {
        struct mw_origin from = origin_of(a, entry->line);
        mw_wishes_set(&a->profile->said, "policy", mw_policy_key(entry->key), entry->value, false,
                      &from);
        return MW_OK;
    }
    if (allowed == NULL) {
        struct mw_strings names = {0};
        mw_policy_keys(&names);
        return refuse_key(a, "policy", entry, &names);
    }
    MW_FREE char *shown = mw_model_shown(entry->value);
    mw_model_refuse(a->err, a->file->path, entry->line, allowed, _("'%s' is no value for %s"),
                    shown, entry->key);
    return MW_BAD_PROFILE;
}

static const struct check_key {
    const char *name;
    size_t offset;
} check_keys[] = {
    {"title", offsetof(struct mw_profile_check, title)},
    {"command", offsetof(struct mw_profile_check, command)},
    {"file", offsetof(struct mw_profile_check, file)},
    {"expected", offsetof(struct mw_profile_check, expected)},
    {"fix", offsetof(struct mw_profile_check, fix)},
    {"why", offsetof(struct mw_profile_check, why)},
};

enum { CHECK_KEY_COUNT = sizeof check_keys / sizeof *check_keys };

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

/* Left empty: the default. */
static enum mw_code apply_timeout(const struct apply *a, struct mw_profile_check *check,
                                  const struct mw_profile_entry *entry)
{
    enum { LONGEST_MS = 3600000 };
    long ms = *entry->value != '\0' ? mw_duration_parse_ms(entry->value) : 0;
    if (ms > LONGEST_MS || ms < 0 || (ms == 0 && *entry->value != '\0')) {
        MW_FREE char *shown = mw_model_shown(entry->value);
        mw_model_refuse(a->err, a->file->path, entry->line,
                        _("a time up to 1h with its unit (ms, s, m, h), such as 30s"),
                        _("'%s' is no value for %s"), shown, entry->key);
        return MW_BAD_PROFILE;
    }
    check->timeout_ms = ms;
    return MW_OK;
}

static enum mw_code apply_check_key(const struct apply *a, const struct mw_profile_section *section,
                                    const struct mw_profile_entry *entry)
{
    struct mw_profile_check *check =
        find_check(a->profile, section->spelling + strlen(check_prefix));
    struct mw_origin from = origin_of(a, section->line);
    mw_origin_copy(&check->from, &from);
    check->needs_trust = check->needs_trust || a->profile->needs_trust;
    if (strcasecmp("timeout", entry->key) == 0)
        return apply_timeout(a, check, entry);
    struct mw_strings names = {0};
    for (size_t i = 0; i < CHECK_KEY_COUNT; i++) {
        if (strcasecmp(check_keys[i].name, entry->key) == 0) {
            char **field = (char **)(void *)((char *)check + check_keys[i].offset);
            free(*field);
            *field = *entry->value != '\0' ? mw_xstrdup(entry->value) : NULL;
            mw_strings_release(&names);
            return MW_OK;
        }
        mw_strings_add(&names, check_keys[i].name);
    }
    mw_strings_add(&names, "timeout");
    return refuse_key(a, section->spelling, entry, &names);
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
    MW_FREE char *shown = mw_model_shown(value);
    mw_model_refuse(a->err, a->file->path, entry->line, _("@fastest, @ID"),
                    _("'%s' is no value for %s"), shown, entry->key);
    return MW_BAD_PROFILE;
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
    if (entry->sign != MW_SIGN_SET && !is_tool)
        return refuse_sign(a, entry);
    if (strcmp(section->name, "profile") == 0)
        return apply_profile_key(a, entry);
    if (strcmp(section->name, "policy") == 0)
        return apply_policy_key(a, entry);
    if (strcmp(section->name, "watch") == 0)
        return mw_profile_check_watch(a->file->path, entry, a->err);
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
        free(check->name);
        for (size_t k = 0; k < CHECK_KEY_COUNT; k++)
            free(*(char **)(void *)((char *)check + check_keys[k].offset));
        mw_origin_release(&check->from);
    }
    free(profile->checks);
    mw_wishes_release(&profile->said);
    mw_wishes_release(&profile->wishes);
    mw_strings_release(&profile->chain);
    mw_strings_release(&profile->reads);
    free(profile->name);
    free(profile->summary);
    free(profile->file);
    free(profile->expires);
    *profile = (struct mw_profile){0};
}
