/* Tests of values for dangers: what the files that hold them share. */
#ifndef MW_TOOLS_RISK_TESTS_H
#define MW_TOOLS_RISK_TESTS_H

#include "mirrorwise/tool.h"

struct risk_test {
    const char *name;                              /* "@NAME" */
    bool (*word)(const char *word);                /* is a word of the value dangerous? */
    bool (*test)(const struct mw_risk_look *look); /* or the whole of it? */
};

/* risk_go.c */
extern const struct risk_test risk_go_tests[];
extern const size_t risk_go_test_count;

/* True if `is_bad` is true for some word, wherever the value was split: list items, chains, lists
 * of pip. */
bool risk_any_word(const struct mw_risk_look *look, bool (*is_bad)(const char *word));
/* Is it one of the hosts, which a blank separates, in any case? */
bool risk_is_host(const char *hosts, const char *host, size_t len);
/* The first item, "" if there is none. */
const char *risk_first(const struct mw_risk_look *look);
/* The value of another key, "" if there is none. */
const char *risk_other(const struct mw_risk_look *look, const char *key);

#endif
