#include "profile_keys.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/profile.h"
#include "model.h"

long mw_duration_parse_ms(const char *text)
{
    static const struct {
        const char *unit;
        long ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    long value = 0;
    const char *unit = text;
    for (; *unit >= '0' && *unit <= '9'; unit++) {
        long digit = *unit - '0';
        if (value > (LONG_MAX - digit) / 10)
            return -1;
        value = value * 10 + digit;
    }
    if (unit == text)
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

/* One of the words that are allowed, in the order of their enum, in which `least` is the first. */
static bool take_word(const struct mw_profile_key *key, const char *value, void *to)
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
static bool take_time(const struct mw_profile_key *key, const char *value, void *to)
{
    long ms = *value != '\0' ? mw_duration_parse_ms(value) : 0;
    if (*value != '\0' && (ms < key->least || (key->most > 0 && ms > key->most)))
        return false;
    *(long *)to = ms / key->unit;
    return true;
}

static bool take_text(const struct mw_profile_key *key, const char *value, void *to)
{
    (void)key;
    free(*(char **)to);
    *(char **)to = *value != '\0' ? mw_xstrdup(value) : NULL;
    return true;
}

/* It was used while the chain was read. */
static bool pass_over(const struct mw_profile_key *key, const char *value, void *to)
{
    (void)key;
    (void)value;
    (void)to;
    return true;
}

static bool take_require(const struct mw_profile_key *key, const char *value, void *to)
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
static bool take_ca_file(const struct mw_profile_key *key, const char *value, void *to)
{
    (void)key;
    struct mw_policy *policy = to;
    if (*value != '\0' && (*value != '/' || strlen(value) >= sizeof policy->ca_file))
        return false;
    snprintf(policy->ca_file, sizeof policy->ca_file, "%s", value);
    return true;
}

/* Up to 15 digits: what JSON readers keep exactly. */
static bool take_serial(const struct mw_profile_key *key, const char *value, void *to)
{
    (void)key;
    size_t digits = strspn(value, "0123456789");
    if (digits > 15 || value[digits] != '\0')
        return false;
    *(long *)to = strtol(value, NULL, 10);
    return true;
}

static bool take_date(const struct mw_profile_key *key, const char *value, void *to)
{
    bool fits = mw_model_fits(value, "0000-00-00") || mw_model_fits(value, "0000-00-00T00:00:00Z");
    long month = fits ? strtol(value + 5, NULL, 10) : 0;
    long day = fits ? strtol(value + 8, NULL, 10) : 0;
    if (*value != '\0' && (month < 1 || month > 12 || day < 1 || day > 31))
        return false;
    return take_text(key, value, to);
}

static bool take_count(const struct mw_profile_key *key, const char *value, void *to)
{
    (void)key;
    size_t digits = strspn(value, "0123456789");
    *(long *)to = digits <= 2 ? strtol(value, NULL, 10) : 0;
    return *value == '\0' || (value[digits] == '\0' && *(long *)to > 0);
}

/* "400, 3MiB": requests and bytes a day. */
static bool take_budget(const struct mw_profile_key *key, const char *value, void *to)
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

const struct mw_profile_key mw_profile_keys[] = {
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

const struct mw_profile_key mw_policy_keys[] = {
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

const struct mw_profile_key mw_check_keys[] = {
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

const struct mw_profile_key mw_watch_keys[] = {
    {"switch", N_("never, failed, better"), .take = take_word},
    {"interval", interval_rule, take_time, .least = 10000, .unit = 1},
    {"survey", interval_rule, take_time, .least = 10000, .unit = 1},
    {"fall", N_("a whole number from 1 to 99"), .take = take_count},
    {"rise", N_("a whole number from 1 to 99"), .take = take_count},
    {"hold", N_("a time with its unit (s, m, h, d), such as 6h"), take_time, .unit = 1},
    {"budget", N_("requests and bytes a day, such as 400, 3MiB"), .take = take_budget},
    {0},
};

const struct mw_profile_key *mw_profile_key_find(const struct mw_profile_key *keys,
                                                 const char *name)
{
    while (keys->name != NULL && strcasecmp(keys->name, name) != 0)
        keys++;
    return keys;
}
