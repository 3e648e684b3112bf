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

#define row_string_equal(name, found, wanted)                                                      \
    do {                                                                                           \
        const char *found_text_ = (found);                                                         \
        const char *wanted_text_ = (wanted);                                                       \
        if (strcmp(found_text_, wanted_text_) != 0)                                                \
            fail_msg("%s:\n  found  \"%s\"\n  wanted \"%s\"", (name), found_text_, wanted_text_);  \
    } while (0)

#define row_size_equal(name, found, wanted)                                                        \
    do {                                                                                           \
        size_t found_size_ = (found);                                                              \
        size_t wanted_size_ = (wanted);                                                            \
        if (found_size_ != wanted_size_)                                                           \
            fail_msg("%s: found %zu, wanted %zu", (name), found_size_, wanted_size_);              \
    } while (0)

#endif
