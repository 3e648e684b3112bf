/* Rules of lint: one row a dangerous value. */
#ifndef MW_CHECK_LINT_H
#define MW_CHECK_LINT_H

#include "mirrorwise/check.h"

/* Keys that no profile can set but that a file may hold, and lint looks at. */
struct lint_extra_key {
    const char *tool, *key;
};
extern const struct lint_extra_key lint_extra_keys[]; /* ends with NULL */

/* What a rule sees. */
struct lint_look {
    const struct mw_lint_settings *all;
    const struct mw_lint_setting *setting;
    const struct mw_policy *policy;
};

struct lint_rule {
    const char *id;
    const char *tool;     /* NULL: every tool */
    const char *key;      /* pip: the option, in any section; NULL: every key */
    const char *sentence; /* N_(): what the danger is */
    const char *remedy;   /* N_(): what to do instead */
    bool is_standing;
    enum mw_lint_level (*judge)(const struct lint_look *look);
};

extern const struct lint_rule lint_rules[]; /* ends with a NULL id */

#endif
