#include "profile_scan.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

long mw_duration_parse_ms(const char *text)
{
    static const struct {
        const char *unit;
        long ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    char *unit = NULL;
    errno = 0;
    long value = strtol(text, &unit, 10);
    if (*text < '0' || *text > '9' || errno != 0)
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(unit, units[i].unit) == 0)
            return value <= LONG_MAX / units[i].ms ? value * units[i].ms : -1;
    }
    return -1;
}

void mw_policy_init(struct mw_policy *policy)
{
    *policy = (struct mw_policy){.require_https = true, .require_integrity = true};
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* A key of [profile], [policy], [watch] or [check.NAME]: what it takes, and where that goes. */
struct key {
    const char *name; /* the last row of a section has none */
    const char *allowed;
    /* Puts the value, "" for the default, where `to` points; false if it is wrong. */
    bool (*take)(const struct key *key, const char *value, void *to);
    size_t offset;    /* of what it sets, in the struct of its section */
    long least, most; /* of a time in milliseconds; most 0: no limit */
    long unit;        /* what a time is kept in */
};

/* One of the words that are allowed, in the order of their enum, in which `least` is the first. */
static bool take_word(const struct key *key, const char *value, void *to)
{
    MW_AUTO(mw_strings) words = {0};
    mw_strings_split(&words, key->allowed, ", ");
    size_t i = 0;
    while (i < words.count && strcmp(words.items[i], value) != 0)
        i++;
    if (i == words.count && *value != '\0')
        return false;
    *(unsigned *)to = *value != '\0' ? (unsigned)key->least + (unsigned)i : 0;
    return true;
}

/* A limit of 0 would read as "no limit"; who wants none leaves the value empty. */
static bool take_time(const struct key *key, const char *value, void *to)
{
    long ms = *value != '\0' ? mw_duration_parse_ms(value) : 0;
    if (*value != '\0' && (ms < key->least || (key->most > 0 && ms > key->most)))
        return false;
    *(long *)to = ms / key->unit;
    return true;
}

static bool take_text(const struct key *key, const char *value, void *to)
{
    (void)key;
    free(*(char **)to);
    *(char **)to = *value != '\0' ? mw_xstrdup(value) : NULL;
    return true;
}

/* It was used while the chain was read. */
static bool pass_over(const struct key *key, const char *value, void *to)
{
    (void)key;
    (void)value;
    (void)to;
    return true;
}

static bool take_require(const struct key *key, const char *value, void *to)
{
    (void)key;
    struct mw_policy *policy = to;
    MW_AUTO(mw_strings) words = {0};
    mw_strings_split(&words, *value != '\0' ? value : "https,integrity", ", \t");
    bool https = mw_strings_has(&words, "https");
    bool integrity = mw_strings_has(&words, "integrity");
    bool is_none = words.count == 1 && strcmp(words.items[0], "none") == 0;
    bool ok = words.count > 0;
    for (size_t i = 0; i < words.count && !is_none; i++)
        ok = ok &&
             (strcmp(words.items[i], "https") == 0 || strcmp(words.items[i], "integrity") == 0);
    if (!ok)
        return false;
    policy->require_https = https;
    policy->require_integrity = integrity;
    return true;
}

/* A company's own mirrors have certificates of a CA that only the company knows. */
static bool take_ca_file(const struct key *key, const char *value, void *to)
{
    (void)key;
    struct mw_policy *policy = to;
    if (*value != '\0' && (*value != '/' || strlen(value) >= sizeof policy->ca_file))
        return false;
    snprintf(policy->ca_file, sizeof policy->ca_file, "%s", value);
    return true;
}

/* Up to 15 digits: what JSON readers keep exactly. */
static bool take_serial(const struct key *key, const char *value, void *to)
{
    (void)key;
    size_t digits = strspn(value, "0123456789");
    if (digits > 15 || value[digits] != '\0')
        return false;
    *(long *)to = strtol(value, NULL, 10);
    return true;
}

/* A time is kept in UTC, so that texts can be compared. */
static bool take_date(const struct key *key, const char *value, void *to)
{
    long seconds = mw_text_seconds(value);
    if (*value != '\0' && seconds < 0 && !mw_model_is_day(value))
        return false;
    MW_FREE char *utc = seconds >= 0 ? mw_text_time(seconds) : NULL;
    return take_text(key, utc != NULL ? utc : value, to);
}

static bool take_count(const struct key *key, const char *value, void *to)
{
    (void)key;
    size_t digits = strspn(value, "0123456789");
    *(long *)to = digits <= 2 ? strtol(value, NULL, 10) : 0;
    return *value == '\0' || (value[digits] == '\0' && *(long *)to > 0);
}

/* "400, 3MiB": requests and bytes a day. */
static bool take_budget(const struct key *key, const char *value, void *to)
{
    (void)key;
    (void)to;
    size_t requests = strspn(value, "0123456789");
    const char *rest = value + requests;
    rest += strspn(rest, " \t");
    if (requests == 0 || requests > 9 || *rest++ != ',')
        return *value == '\0';
    rest += strspn(rest, " \t");
    size_t amount = strspn(rest, "0123456789");
    rest += amount;
    return amount > 0 && amount <= 9 &&
           (strcmp(rest, "KiB") == 0 || strcmp(rest, "MiB") == 0 || strcmp(rest, "GiB") == 0);
}

#define OF_PROFILE(field) .offset = offsetof(struct mw_profile, field)
#define OF_POLICY(field) .offset = offsetof(struct mw_policy, field)
#define OF_CHECK(field) .offset = offsetof(struct mw_profile_check, field)

static const struct key profile_keys[] = {
    {"name", NULL, .take = pass_over},
    {"summary", NULL, .take = pass_over},
    {"extends", NULL, .take = pass_over},
    /* Like the name these are each file's own: the profile itself is applied last. */
    {"serial", N_("a whole number of up to 15 digits, such as 3 or 2026112201"), take_serial,
     OF_PROFILE(serial)},
    {"expires", N_("a date such as 2027-06-30, or 2027-06-30T12:00:00Z"), take_date,
     OF_PROFILE(expires)},
    {0},
};

static const struct key policy_keys[] = {
    {"select", N_("ordered, fastest"), take_word, OF_POLICY(select)},
    {"metric", N_("latency, throughput, balanced"), take_word, OF_POLICY(metric)},
    {"max-latency", N_("a time with its unit (ms, s, m, h, d), such as 300ms"), take_time,
     OF_POLICY(max_latency_ms), .least = 1, .unit = 1},
    {"max-age", N_("a time of at least 1s with its unit (s, m, h, d), such as 6h"), take_time,
     OF_POLICY(max_age_s), .least = 1000, .unit = 1000},
    {"require", N_("https, integrity, both with a comma between, or none"), .take = take_require},
    {"missing", N_("skip, configure"), take_word, OF_POLICY(missing), .least = MW_MISSING_SKIP},
    {"ca-file", N_("the absolute path of a PEM file, shorter than 256 bytes"),
     .take = take_ca_file},
    {0},
};

static const struct key check_keys[] = {
    {"title", NULL, take_text, OF_CHECK(title)},
    {"command", NULL, take_text, OF_CHECK(command)},
    {"file", NULL, take_text, OF_CHECK(file)},
    {"expected", NULL, take_text, OF_CHECK(expected)},
    {"fix", NULL, take_text, OF_CHECK(fix)},
    {"why", NULL, take_text, OF_CHECK(why)},
    {"timeout", N_("a time up to 1h with its unit (ms, s, m, h), such as 30s"), take_time,
     OF_CHECK(timeout_ms), .least = 1, .most = 3600000, .unit = 1},
    {0},
};

/* Less than that would be a load test of somebody's mirror. */
static const char interval_rule[] =
    N_("a time of at least 10s with its unit (s, m, h, d), such as 15m");

/* When a machine that stays measures again and switches over. What a profile says there is checked,
 * so that a mistake shows today; none goes further than one long. */
static const struct key watch_keys[] = {
    {"switch", N_("never, failed, better"), .take = take_word},
    {"interval", interval_rule, take_time, .least = 10000, .unit = 1},
    {"survey", interval_rule, take_time, .least = 10000, .unit = 1},
    {"fall", N_("a whole number from 1 to 99"), .take = take_count},
    {"rise", N_("a whole number from 1 to 99"), .take = take_count},
    {"hold", N_("a time with its unit (s, m, h, d), such as 6h"), take_time, .unit = 1},
    {"budget", N_("requests and bytes a day, such as 400, 3MiB"), .take = take_budget},
    {0},
};

/* The row of that name (any case); the one without a name if there is none. */
static const struct key *find_key(const struct key *keys, const char *name)
{
    while (keys->name != NULL && strcasecmp(keys->name, name) != 0)
        keys++;
    return keys;
}

/* ---- applying -------------------------------------------------------------------------------- */

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
static enum mw_code apply_key(const struct apply *a, const char *section, const struct key *keys,
                              void *to, const struct mw_profile_entry *entry)
{
    const struct key *key = find_key(keys, entry->key);
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
    enum mw_code code = apply_key(a, "policy", policy_keys, &a->profile->policy, entry);
    struct mw_origin from = origin_of(a, entry->line);
    if (code == MW_OK)
        mw_wishes_set(&a->profile->said, "policy", find_key(policy_keys, entry->key)->name,
                      entry->value, false, &from);
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
    bool is_command = strcasecmp(entry->key, "command") == 0;
    if ((is_command || strcasecmp(entry->key, "file") == 0) && *entry->value != '\0') {
        const char *other = is_command ? "file" : "command";
        const struct mw_profile_entry *twin = mw_profile_scan_find(a->scan, section->name, other);
        if (twin != NULL && twin < entry && *twin->value != '\0')
            return mw_model_refuse(a->err, a->file->path, entry->line, _("one of the two"),
                                   _("[%s] has both \"%s\" and \"%s\""), section->spelling, other,
                                   entry->key);
        mw_replace(is_command ? &check->file : &check->command, NULL); /* of what it extends */
    }
    return apply_key(a, section->spelling, check_keys, check, entry);
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
    MW_FREE char *key = canonical(a, tool, entry->key);
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
                       mw_text_has_secret(entry->value), &from);
    else if (wish != NULL && strcmp(wish->from.file, a->file->path) == 0)
        code = mw_model_refuse(a->err, a->file->path, entry->line, _("each key once in a section"),
                               _("the key %s stands in line %zu already"), key, wish->from.line);
    else
        mw_wishes_set(&a->profile->wishes, tool, key, entry->value,
                      mw_text_has_secret(entry->value), &from);
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
        return apply_key(a, "profile", profile_keys, a->profile, entry);
    if (strcmp(section->name, "policy") == 0)
        return apply_policy_key(a, entry);
    if (strcmp(section->name, "watch") == 0)
        return apply_key(a, "watch", watch_keys, &watched, entry);
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
    MW_FREE_ALL(profile->name, profile->summary, profile->file, profile->expires,
                profile->stranger);
    *profile = (struct mw_profile){0};
}
