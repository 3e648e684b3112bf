/* cmocka with what it needs included first, and assertions for table-driven tests: when a row
 * fails, its name is printed. */
#ifndef MW_TEST_ROWS_H
#define MW_TEST_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof *(table))

#define row_true(name, condition)                                                                  \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s: not so: %s", (name), #condition);                                        \
    } while (0)

/* NULL equals nothing, and is printed as (NULL). */
#define row_string_equal(name, found, wanted)                                                      \
    do {                                                                                           \
        const char *found_ = (found);                                                              \
        const char *wanted_ = (wanted);                                                            \
        if (found_ == NULL || wanted_ == NULL || strcmp(found_, wanted_) != 0)                     \
            fail_msg("%s:\n  found  \"%s\"\n  wanted \"%s\"", (name),                              \
                     found_ != NULL ? found_ : "(NULL)", wanted_ != NULL ? wanted_ : "(NULL)");    \
    } while (0)

#define row_size_equal(name, found, wanted)                                                        \
    do {                                                                                           \
        size_t found_size_ = (found);                                                              \
        size_t wanted_size_ = (wanted);                                                            \
        if (found_size_ != wanted_size_)                                                           \
            fail_msg("%s: found %zu, wanted %zu", (name), found_size_, wanted_size_);              \
    } while (0)

#endif
