/* The keys of [profile], [policy], [watch] and [check.NAME]: what each takes, and where it goes. */
#ifndef MW_MODEL_PROFILE_KEYS_H
#define MW_MODEL_PROFILE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct mw_profile_key {
    const char *name; /* the last row of a section has none */
    const char *allowed;
    /* Puts the value, "" for the default, where `to` points; false if it is wrong. */
    bool (*take)(const struct mw_profile_key *key, const char *value, void *to);
    size_t offset;    /* of what it sets, in the struct of its section */
    long least, most; /* of a time in milliseconds; most 0: no limit */
    long unit;        /* what a time is kept in */
};

extern const struct mw_profile_key mw_profile_keys[]; /* of struct mw_profile */
extern const struct mw_profile_key mw_policy_keys[];  /* of struct mw_policy */
extern const struct mw_profile_key mw_check_keys[];   /* of struct mw_profile_check */
/* When a machine that stays measures again and switches over. What a profile says there is checked,
 * so that a mistake shows today; none goes further than one long. */
extern const struct mw_profile_key mw_watch_keys[];

/* The row of that name (any case); the one without a name if there is none. */
const struct mw_profile_key *mw_profile_key_find(const struct mw_profile_key *keys,
                                                 const char *name);

#endif
