/* The keys of [policy]. */
#ifndef MW_MODEL_POLICY_H
#define MW_MODEL_POLICY_H

#include "mirrorwise/profile.h"

/* Sets KEY (any case) from its text; "" brings the default back. False if there is no such key,
 * with *allowed NULL, or if the value is wrong, with *allowed saying what is right. */
bool mw_policy_set(struct mw_policy *policy, const char *key, const char *value,
                   const char **allowed);
/* The key in its own spelling; NULL: there is none. */
const char *mw_policy_key(const char *key);
void mw_policy_keys(struct mw_strings *names);

#endif
