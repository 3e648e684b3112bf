/* [watch]: when a machine that stays measures again and switches over. What a profile says there is
 * checked, so that a mistake shows today; --watch follows it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "profile_apply.h"

static bool is_switch(const char *value)
{
    return strcmp(value, "never") == 0 || strcmp(value, "failed") == 0 ||
           strcmp(value, "better") == 0;
}

/* Less than ten seconds would be a load test of somebody's mirror. */
static bool is_interval(const char *value)
{
    return mw_duration_parse_ms(value) >= 10000;
}

static bool is_hold(const char *value)
{
    return mw_duration_parse_ms(value) >= 0;
}

static bool is_count(const char *value)
{
    size_t digits = strspn(value, "0123456789");
    return digits > 0 && digits <= 2 && value[digits] == '\0' && strtol(value, NULL, 10) > 0;
}

/* "400, 3MiB": requests and bytes a day. */
static bool is_budget(const char *value)
{
    static const char *const units[] = {"KiB", "MiB", "GiB"};
    size_t requests = strspn(value, "0123456789");
    const char *rest = value + requests;
    rest += strspn(rest, " \t");
    if (requests == 0 || requests > 9 || *rest++ != ',')
        return false;
    rest += strspn(rest, " \t");
    size_t amount = strspn(rest, "0123456789");
    bool is_known = false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        is_known = is_known || strcmp(rest + amount, units[i]) == 0;
    return amount > 0 && amount <= 9 && is_known;
}

static const struct watch_key {
    const char *name;
    bool (*is_right)(const char *value);
    const char *allowed;
} keys[] = {
    {"switch", is_switch, N_("never, failed, better")},
    {"interval", is_interval, N_("a time of at least 10s with its unit (s, m, h, d), such as 15m")},
    {"survey", is_interval, N_("a time of at least 10s with its unit (s, m, h, d), such as 15m")},
    {"fall", is_count, N_("a whole number from 1 to 99")},
    {"rise", is_count, N_("a whole number from 1 to 99")},
    {"hold", is_hold, N_("a time with its unit (s, m, h, d), such as 6h")},
    {"budget", is_budget, N_("requests and bytes a day, such as 400, 3MiB")},
};

enum mw_code mw_profile_check_watch(const char *file, const struct mw_profile_entry *entry,
                                    struct mw_error *err)
{
    struct mw_strings names = {0};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        mw_strings_add(&names, keys[i].name);
        if (strcasecmp(keys[i].name, entry->key) != 0)
            continue;
        mw_strings_release(&names);
        if (*entry->value == '\0' || keys[i].is_right(entry->value))
            return MW_OK;
        MW_FREE char *shown = mw_model_shown(entry->value);
        mw_model_refuse(err, file, entry->line, _(keys[i].allowed), _("'%s' is no value for %s"),
                        shown, entry->key);
        return MW_BAD_PROFILE;
    }
    return mw_model_refuse_unknown(err, file, entry->line, &names, entry->key,
                                   _("unknown key '%s' in [%s]"), entry->key, "watch");
}
