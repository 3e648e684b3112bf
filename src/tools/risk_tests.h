/* Tests of values for dangers: what the files that hold them share. */
#ifndef MW_TOOLS_RISK_TESTS_H
#define MW_TOOLS_RISK_TESTS_H

#include "mirrorwise/tool.h"

struct risk_test {
    const char *name; /* "@NAME" */
    bool (*test)(const struct mw_risk_look *look);
};

/* risk_go.c */
extern const struct risk_test risk_go_tests[];
extern const size_t risk_go_test_count;

/* True if `is_bad` is true for some word, wherever the value was split: list items, chains, lists
 * of pip. */
bool risk_any_word(const struct mw_risk_look *look, bool (*is_bad)(const char *word));
/* The first item, "" if there is none. */
const char *risk_first(const struct mw_risk_look *look);
/* The value of another key, "" if there is none. */
const char *risk_other(const struct mw_risk_look *look, const char *key);

#endif
