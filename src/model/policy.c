#include "policy.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

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
    *policy = (struct mw_policy){
        .select = MW_SELECT_ORDERED,
        .metric = MW_METRIC_LATENCY,
        .require_https = true,
        .require_integrity = true,
    };
}

static bool set_select(struct mw_policy *policy, const char *value)
{
    if (strcmp(value, "ordered") == 0 || *value == '\0')
        policy->select = MW_SELECT_ORDERED;
    else if (strcmp(value, "fastest") == 0)
        policy->select = MW_SELECT_FASTEST;
    else
        return false;
    return true;
}

static bool set_metric(struct mw_policy *policy, const char *value)
{
    if (strcmp(value, "latency") == 0 || *value == '\0')
        policy->metric = MW_METRIC_LATENCY;
    else if (strcmp(value, "throughput") == 0)
        policy->metric = MW_METRIC_THROUGHPUT;
    else if (strcmp(value, "balanced") == 0)
        policy->metric = MW_METRIC_BALANCED;
    else
        return false;
    return true;
}

/* A limit of 0 would read as "no limit"; who wants none leaves the value empty. */
static bool set_limit(long *limit, const char *value, long unit_ms)
{
    long ms = *value != '\0' ? mw_duration_parse_ms(value) : 0;
    if (ms < 0 || (*value != '\0' && ms < unit_ms))
        return false;
    *limit = ms / unit_ms;
    return true;
}

static bool set_max_latency(struct mw_policy *policy, const char *value)
{
    return set_limit(&policy->max_latency_ms, value, 1);
}

static bool set_max_age(struct mw_policy *policy, const char *value)
{
    return set_limit(&policy->max_age_s, value, 1000);
}

static bool set_require(struct mw_policy *policy, const char *value)
{
    MW_AUTO(mw_strings) words = {0};
    mw_strings_split(&words, *value != '\0' ? value : "https,integrity", ", \t");
    bool is_none = words.count == 1 && strcmp(words.items[0], "none") == 0;
    bool ok = words.count > 0;
    bool https = false;
    bool integrity = false;
    for (size_t i = 0; i < words.count && !is_none; i++) {
        if (strcmp(words.items[i], "https") == 0)
            https = true;
        else if (strcmp(words.items[i], "integrity") == 0)
            integrity = true;
        else
            ok = false;
    }
    if (!ok)
        return false;
    policy->require_https = https;
    policy->require_integrity = integrity;
    return true;
}

static bool set_missing(struct mw_policy *policy, const char *value)
{
    if (*value == '\0')
        policy->missing = MW_MISSING_AS_TOOL_SAYS;
    else if (strcmp(value, "skip") == 0)
        policy->missing = MW_MISSING_SKIP;
    else if (strcmp(value, "configure") == 0)
        policy->missing = MW_MISSING_CONFIGURE;
    else
        return false;
    return true;
}

/* A company's own mirrors have certificates of a CA that only the company knows. */
static bool set_ca_file(struct mw_policy *policy, const char *value)
{
    if (*value != '\0' && (*value != '/' || strlen(value) >= sizeof policy->ca_file))
        return false;
    snprintf(policy->ca_file, sizeof policy->ca_file, "%s", value);
    return true;
}

static const struct policy_key {
    const char *name;
    bool (*set)(struct mw_policy *policy, const char *value);
    const char *allowed;
} keys[] = {
    {"select", set_select, N_("ordered, fastest")},
    {"metric", set_metric, N_("latency, throughput, balanced")},
    {"max-latency", set_max_latency, N_("a time with its unit (ms, s, m, h, d), such as 300ms")},
    {"max-age", set_max_age, N_("a time of at least 1s with its unit (s, m, h, d), such as 6h")},
    {"require", set_require, N_("https, integrity, both with a comma between, or none")},
    {"missing", set_missing, N_("skip, configure")},
    {"ca-file", set_ca_file, N_("the absolute path of a PEM file, shorter than 256 bytes")},
};

bool mw_policy_set(struct mw_policy *policy, const char *key, const char *value,
                   const char **allowed)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcasecmp(key, keys[i].name) != 0)
            continue;
        *allowed = _(keys[i].allowed);
        return keys[i].set(policy, value);
    }
    *allowed = NULL;
    return false;
}

const char *mw_policy_key(const char *key)
{
    size_t i = 0;
    while (i < sizeof keys / sizeof *keys && strcasecmp(key, keys[i].name) != 0)
        i++;
    return i < sizeof keys / sizeof *keys ? keys[i].name : NULL;
}

void mw_policy_keys(struct mw_strings *names)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        mw_strings_add(names, keys[i].name);
}
