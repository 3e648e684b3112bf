#include "support/rows.h"

#include "mirrorwise/memory.h"
#include "mirrorwise/profile.h"
#include "support/model_host.h"

static const struct test_pair env[] = {{"TOKEN", "s3cret"},  {"EMPTY", ""},
                                       {"LINES", "a\nb"},    {"_9", "nine"},
                                       {"LATIN", "\xE9"},    {"NEST", "${env:TOKEN}"},
                                       {"HOME", "/home/me"}, {NULL, NULL}};
static const struct test_pair files[] = {{"/run/token", "tok\n"},
                                         {"/run/crlf", "tok\r\n"},
                                         {"/run/two", "tok\n\n"},
                                         {"/run/bare", "tok"},
                                         {"/run/empty", ""},
                                         {"/run/newline", "\n"},
                                         {"/run/cr", "tok\r"},
                                         {"/home/me/t", "home\n"},
                                         {"/etc/mw/rel/t", "rel\n"},
                                         {"rel/t", "cwd\n"},
                                         {"/top", "root\n"},
                                         {"/etc/mw/~x", "tilde"},
                                         {NULL, NULL}};

static const struct {
    const char *name;
    const char *text;
    const char *directory;
    const char *expanded; /* NULL: refused */
    bool is_secret;
    const char *message;
} rows[] = {
    {"plain", "a $ b $$ {c} $x", "/etc/mw", "a $ b $$ {c} $x", false, NULL},
    {"empty", "", "/etc/mw", "", false, NULL},
    {"variable", "https://${env:TOKEN}@h/${env:_9}", "/etc/mw", "https://s3cret@h/nine", true,
     NULL},
    {"escaped", "$${env:TOKEN}", "/etc/mw", "${env:TOKEN}", false, NULL},
    {"dollar before an escape", "$$${x", "/etc/mw", "$${x", false, NULL},
    {"escaped and not", "$${${env:TOKEN}", "/etc/mw", "${s3cret", true, NULL},
    {"not looked at again", "${env:NEST}", "/etc/mw", "${env:TOKEN}", true, NULL},
    {"file", "${file:/run/token}", "/etc/mw", "tok", true, NULL},
    {"file with CRLF", "${file:/run/crlf}", "/etc/mw", "tok", true, NULL},
    {"file without newline", "${file:/run/bare}", "/etc/mw", "tok", true, NULL},
    {"home", "${file:~/t}", "/etc/mw", "home", true, NULL},
    {"a name that starts with ~", "${file:~x}", "/etc/mw", "tilde", true, NULL},
    {"relative", "${file:rel/t}", "/etc/mw", "rel", true, NULL},
    {"relative to the root", "${file:top}", "/", "root", true, NULL},
    {"relative without a directory", "${file:rel/t}", NULL, "cwd", true, NULL},
    {"unset", "${env:NOPE}", "/etc/mw", NULL, false,
     "p.ini:3: the environment variable NOPE is not set"},
    {"empty variable", "x${env:EMPTY}", "/etc/mw", NULL, false,
     "p.ini:3: ${env:EMPTY} is empty; allowed: a text that is not empty"},
    {"variable of two lines", "${env:LINES}", "/etc/mw", NULL, false,
     "p.ini:3: ${env:LINES} holds a control character or a byte that is not UTF-8; allowed: one "
     "line of printable UTF-8"},
    {"variable that is not UTF-8", "${env:LATIN}", "/etc/mw", NULL, false,
     "p.ini:3: ${env:LATIN} holds a control character or a byte that is not UTF-8; allowed: one "
     "line of printable UTF-8"},
    {"no variable name", "${env:A-B}", "/etc/mw", NULL, false,
     "p.ini:3: 'A-B' is no name of an environment variable; allowed: letters, digits and '_'"},
    {"variable name with a digit first", "${env:9}", "/etc/mw", NULL, false,
     "p.ini:3: '9' is no name of an environment variable; allowed: letters, digits and '_'"},
    {"missing file", "${file:nope}", "/etc/mw", NULL, false,
     "p.ini:3: ${file:nope} cannot be read: cannot open /etc/mw/nope"},
    {"file without a path", "${file:}", "/etc/mw", NULL, false,
     "p.ini:3: ${file:} has no path; allowed: ${file:PATH}"},
    {"file of two lines", "${file:/run/two}", "/etc/mw", NULL, false,
     "p.ini:3: ${file:/run/two} holds a control character or a byte that is not UTF-8; allowed: "
     "one line of printable UTF-8"},
    {"carriage return without a newline", "${file:/run/cr}", "/etc/mw", NULL, false,
     "p.ini:3: ${file:/run/cr} holds a control character or a byte that is not UTF-8; allowed: one "
     "line of printable UTF-8"},
    {"empty file", "${file:/run/empty}", "/etc/mw", NULL, false,
     "p.ini:3: ${file:/run/empty} is empty; allowed: a text that is not empty"},
    {"file of a newline", "${file:/run/newline}", "/etc/mw", NULL, false,
     "p.ini:3: ${file:/run/newline} is empty; allowed: a text that is not empty"},
    {"unknown kind", "a ${HOME} b", "/etc/mw", NULL, false,
     "p.ini:3: ${HOME}; allowed: ${env:NAME}, ${file:PATH}, or $${ for the characters themselves"},
    {"upper case kind", "${ENV:TOKEN}", "/etc/mw", NULL, false,
     "p.ini:3: ${ENV:TOKEN}; allowed: ${env:NAME}, ${file:PATH}, or $${ for the characters "
     "themselves"},
    {"never closed", "${env:TOKEN", "/etc/mw", NULL, false,
     "p.ini:3: a ${ without its }; allowed: ${env:NAME}, ${file:PATH}"},
};

static void references(void **state)
{
    (void)state;
    struct test_world world = {.env = env, .files = files};
    struct mw_profile_host host = test_host(&world);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *expanded = NULL;
        bool is_secret = false;
        struct mw_error err = {0};
        enum mw_code code = mw_profile_expand(&host, MW_FROM_USER, "p.ini:3", rows[i].directory,
                                              rows[i].text, &expanded, &is_secret, &err);
        row_string_equal(rows[i].name, err.message, rows[i].message != NULL ? rows[i].message : "");
        row_size_equal(rows[i].name, code, rows[i].expanded != NULL ? MW_OK : MW_BAD_PROFILE);
        if (rows[i].expanded != NULL)
            row_string_equal(rows[i].name, expanded, rows[i].expanded);
        row_true(rows[i].name, is_secret == rows[i].is_secret);
        row_true(rows[i].name, strstr(err.message, "s3cret") == NULL);
        free(expanded);
    }
}

static void home_may_be_missing(void **state)
{
    (void)state;
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    char *expanded = NULL;
    bool is_secret = false;
    struct mw_error err = {0};
    assert_int_equal(mw_profile_expand(&host, MW_FROM_USER, "--set", NULL, "${file:~/t}", &expanded,
                                       &is_secret, &err),
                     MW_BAD_PROFILE);
    assert_string_equal(err.message, "--set: ${file:~/t} needs HOME, which is not set");
    assert_null(expanded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references),
        cmocka_unit_test(home_may_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
