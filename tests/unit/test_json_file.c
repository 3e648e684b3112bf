#include "support/rows.h"

#include <stdlib.h>

#include "mirrorwise/json_scan.h"
#include "mirrorwise/memory.h"
#include "support/edit_laws.h"

#define EDITOR (&mw_editor_json)
#define KEY "registry-mirrors"

static const char *const other_keys[] = {
    "debug", "insecure-registries", "features.buildkit", "log-opts.max-size", "b", NULL};

static void check_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *message; /* NULL: passes */
    } rows[] = {
        {"empty", "", NULL},
        {"white space", " \r\n\t", NULL},
        {"null", "null\n", NULL},
        {"object", "{}", NULL},
        {"duplicates", "{\"a\": 1, \"a\": [2]}", NULL},
        {"a list", "\n []", "f:2:2: the text is not an object in { }."},
        {"a string", "\"{}\"", "f:1:1: the text is not an object"},
        {"a comment", "{\n  // c\n}", "f:2:3: a comment; JSON has none."},
        {"trailing comma", "{\n  \"a\": 1,\n}", "f:2:9: a comma before }."},
        {"two documents", "{}\n{}", "f:2:1: a second value after the end."},
        {"cut", "{\"a\": [", "f:1:8: the text ends too early"},
        {"BOM", "\xEF\xBB\xBF{}", "f:1:1: a byte order mark"},
        {"not UTF-8", "{\"\xFF\": 1}", "f:1:3: a byte that is not UTF-8."},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_error err = {0};
        enum mw_code code = EDITOR->check(EDITOR, "f", rows[i].text, strlen(rows[i].text), &err);
        row_true(rows[i].name, code == (rows[i].message == NULL ? MW_OK : MW_BAD_CONFIG));
        if (rows[i].message != NULL &&
            strncmp(err.message, rows[i].message, strlen(rows[i].message)) != 0)
            fail_msg("%s: found \"%s\"", rows[i].name, err.message);
    }
}

static void get_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *key, *value;
    } rows[] = {
        {"empty", "", KEY, NULL},
        {"null", "null", KEY, NULL},
        {"absent", "{\"a\": {\"registry-mirrors\": []}}", KEY, NULL},
        {"list", "{\"registry-mirrors\": [\"a\" , \"b\"]}", KEY, "l:a|b"},
        {"empty list", "{\"registry-mirrors\": [ ]}", KEY, "l:"},
        {"list of other things", "{\"a\": [\"a\", 1]}", "a", "x:[\"a\", 1]"},
        {"list with null", "{\"a\": [null]}", "a", "x:[null]"},
        {"string", "{\"a\": \"\\u0062\\/\\n\\ud83d\\ude00\"}", "a", "s:b/\n\xF0\x9F\x98\x80"},
        {"lone surrogate, as Go", "{\"a\": \"\\ud800\"}", "a", "s:\xEF\xBF\xBD"},
        {"NUL", "{\"a\": \"x\\u0000y\"}", "a", "s:x\xEF\xBF\xBDy"},
        {"number", "{\"a\": 9007199254740993e400 }", "a", "x:9007199254740993e400"},
        {"true", "{\"a\":true}", "a", "x:true"},
        {"null value", "{\"a\":null}", "a", "x:null"},
        {"object", "{\"a\": {\"b\" :1 } }", "a", "x:{\"b\" :1 }"},
        {"the last duplicate", "{\"a\": 1, \"a\": 2}", "a", "x:2"},
        {"escaped name", "{\"\\u0061\": 1}", "a", "x:1"},
        {"names are case-sensitive", "{\"A\": 1}", "a", NULL},
        {"path", "{\"a\": {\"b\": {\"c\": 1}}}", "a.b.c", "x:1"},
        {"path through no object", "{\"a\": [1]}", "a.b", NULL},
        {"path to an object", "{\"a\": {\"b\": {\"c\": 1}}}", "a.b", "x:{\"c\": 1}"},
        {"objects merge", "{\"a\": {\"b\": 1}, \"a\": {\"c\": 2}}", "a.b", "x:1"},
        {"the later merged", "{\"a\": {\"b\": 1}, \"a\": {\"b\": 2}}", "a.b", "x:2"},
        {"null starts anew", "{\"a\": {\"b\": 1}, \"a\": null, \"a\": {}}", "a.b", NULL},
        {"null starts anew, deeper",
         "{\"a\": {\"b\": {\"c\": 1}}, \"a\": {\"b\": null}, \"a\": {\"b\": {\"d\": 1}}}", "a.b.c",
         NULL},
        {"what null discards is gone to the ground", "{\"a\": {\"b\": {\"c\": 1}}, \"a\": null}",
         "a.b.c", NULL},
        {"a dead null does nothing",
         "{\"a\": {\"b\": null}, \"a\": null, \"a\": {\"b\": {\"c\": 1}}}", "a.b.c", "x:1"},
        {"empty name", "{\"\": {\"\": 1}}", "\"\".\"\"", "x:1"},
        {"name with a dot", "{\"a\": {\"b.c\": 1}}", "a.\"b.c\"", "x:1"},
        {"name with a slash", "{\"a/b\": 1}", "a/b", "x:1"},
        {"no path", "{\"\": 1}", "", NULL},
        {"an item is picked", "{\"a\": [{\"b\": 1, \"c\": 2}]}", "a[b=1].c", "x:2"},
        {"another item is not", "{\"a\": [{\"b\": 2, \"c\": 2}, [], 1]}", "a[b=1].c", NULL},
        {"no item without a pick", "[{\"a\": 1}]", "a", NULL},
        {"nor below a key", "{\"a\": [{\"b\": 1}]}", "a.b", NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *value = edit_get(EDITOR, rows[i].text, strlen(rows[i].text), rows[i].key);
        row_string_equal(rows[i].name, value != NULL ? value : "(absent)",
                         rows[i].value != NULL ? rows[i].value : "(absent)");
        free(value);
    }
    struct mw_value value = {0};
    assert_int_equal(EDITOR->get(EDITOR, "{", 1, "a", &value, NULL), MW_BAD_CONFIG);
}

static void put_rows(void **state)
{
    (void)state;
    static const struct edit_row rows[] = {
        {"into nothing", "", KEY, "l:a|b",
         "{\n  \"registry-mirrors\": [\n    \"a\",\n    \"b\"\n  ]\n}\n"},
        {"into white space", "\r\n \n", "a", "x:true", "{\r\n  \"a\": true\r\n}\r\n"},
        {"into null", "null\n", "a", "s:x", "{\n  \"a\": \"x\"\n}\n"},
        {"into an empty object", "{}\n", "a", "l:", "{\n  \"a\": []\n}\n"},
        {"into an empty object of two lines", "{\n}", "a", "s:x", "{\n  \"a\": \"x\"\n}"},
        {"new, two blanks", "{\n  \"b\": 1\n}\n", "a", "l:x",
         "{\n  \"b\": 1,\n  \"a\": [\n    \"x\"\n  ]\n}\n"},
        {"new, four blanks", "{\n    \"b\": 1\n}\n", "a", "l:x",
         "{\n    \"b\": 1,\n    \"a\": [\n        \"x\"\n    ]\n}\n"},
        {"new, tab and CRLF", "{\r\n\t\"b\":1\r\n}\r\n", "a", "l:x",
         "{\r\n\t\"b\":1,\r\n\t\"a\":[\r\n\t\t\"x\"\r\n\t]\r\n}\r\n"},
        {"new, no indentation", "{\n\"b\" : 1\n}", "a", "s:x", "{\n\"b\" : 1,\n\"a\" : \"x\"\n}"},
        {"new, object indented itself", "  {\n    \"b\": 1\n  }", "a", "l:x",
         "  {\n    \"b\": 1,\n    \"a\": [\n      \"x\"\n    ]\n  }"},
        {"new, an item of members that are indented by less than a level",
         "{\"r\": [{\n \"n\": \"x\",\n \"u\": 1\n}]}", "r[n=y].u", "s:v",
         "{\"r\": [{\n \"n\": \"x\",\n \"u\": 1\n}, {\n \"n\": \"y\",\n \"u\": \"v\"\n}]}"},
        {"new, on one line", "{\"b\": 1}", "a", "l:x|y", "{\"b\": 1, \"a\": [\"x\", \"y\"]}"},
        {"new, on one tight line", "{\"b\":1}\n", "a", "l:x|y", "{\"b\":1,\"a\":[\"x\",\"y\"]}\n"},
        {"new, on one wide line", "{ \"b\" : 1 ,  \"c\" : 2 }", "a", "l:x|y",
         "{ \"b\" : 1 ,  \"c\" : 2,  \"a\" : [\"x\",  \"y\"] }"},
        {"new, blank lines are not copied", "{\n\n  \"b\": 1,\n\n  \"c\": 2\n\n}", "a", "s:x",
         "{\n\n  \"b\": 1,\n\n  \"c\": 2,\n  \"a\": \"x\"\n\n}"},
        {"new, lists on one line", "{\n  \"b\": [\"1\", \"2\"]\n}", "a", "l:x|y|z",
         "{\n  \"b\": [\"1\", \"2\"],\n  \"a\": [\"x\", \"y\", \"z\"]\n}"},
        {"new, padded lists", "{\n  \"b\": [ 1 ],\n  \"c\": 2\n}", "a", "l:x|y",
         "{\n  \"b\": [ 1 ],\n  \"c\": 2,\n  \"a\": [ \"x\", \"y\" ]\n}"},
        {"new, lists of lines", "{\n  \"b\": [\n     1\n  ]\n}", "a", "l:x|y",
         "{\n  \"b\": [\n     1\n  ],\n  \"a\": [\n     \"x\",\n     \"y\"\n  ]\n}"},
        {"new, on the line of the last", "{\"b\": 1,\n \"c\": 2}", "a", "s:x",
         "{\"b\": 1,\n \"c\": 2,\n \"a\": \"x\"}"},
        {"new list, on the line of the last", "{\"b\": 1,\n \"c\": 2}", "a", "l:x",
         "{\"b\": 1,\n \"c\": 2,\n \"a\": [\n   \"x\"\n ]}"},
        {"new, no line break behind the colon", "{\n  \"b\":\n    1\n}", "a", "s:x",
         "{\n  \"b\":\n    1,\n  \"a\": \"x\"\n}"},
        {"replace, its own style counts", "{\n  \"a\": [\"x\"],\n  \"b\": [\n    1\n  ]\n}", "a",
         "l:y|z", "{\n  \"a\": [\"y\", \"z\"],\n  \"b\": [\n    1\n  ]\n}"},
        {"path, a list deeper than its sample", "{\n  \"b\": [\n    1\n  ],\n  \"f\": {}\n}", "f.a",
         "l:x", "{\n  \"b\": [\n    1\n  ],\n  \"f\": {\n    \"a\": [\n      \"x\"\n    ]\n  }\n}"},
        {"big numbers and odd spellings stay",
         "{\"n\": 9007199254740993, \"e\": 1e400,\t\"s\": \"\\u00e9\\/\"}", "a", "x:1.50",
         "{\"n\": 9007199254740993, \"e\": 1e400,\t\"s\": \"\\u00e9\\/\",\t\"a\": 1.50}"},
        {"replace", "{\n  \"a\": \"x\", \"b\": 1\n}", "a", "s:y", "{\n  \"a\": \"y\", \"b\": 1\n}"},
        {"replace, list of lines", "{\n  \"a\": [\n   \"x\" ,\n   \"y\"\n  ],\n  \"b\": []\n}", "a",
         "l:y|z|w", "{\n  \"a\": [\n   \"y\" ,\n   \"z\" ,\n   \"w\"\n  ],\n  \"b\": []\n}"},
        {"replace, one line of a list", "{\n  \"a\": [\"x\"]\n}", "a", "l:y|z",
         "{\n  \"a\": [\"y\", \"z\"]\n}"},
        {"replace, one tight line", "{\"a\":[\"x\"]}", "a", "l:y|z", "{\"a\":[\"y\",\"z\"]}"},
        {"replace an empty list", "{\n  \"a\": []\n}", "a", "l:y",
         "{\n  \"a\": [\n    \"y\"\n  ]\n}"},
        {"empty a list", "{\n  \"a\": [\n    \"y\"\n  ]\n}", "a", "l:", "{\n  \"a\": []\n}"},
        {"replace a number by a list", "{\n  \"a\": 1,\n  \"b\": [\"x\",\"y\"]\n}", "a", "l:p|q",
         "{\n  \"a\": [\"p\",\"q\"],\n  \"b\": [\"x\",\"y\"]\n}"},
        {"replace the last duplicate", "{\"a\": [\"x\"], \"b\": 1, \"a\": [\"y\"]}", "a", "l:z",
         "{\"a\": [\"x\"], \"b\": 1, \"a\": [\"z\"]}"},
        {"same value in another spelling", "{\"a\": [ \"\\u0078\" ]}", "a", "l:x",
         "{\"a\": [ \"\\u0078\" ]}"},
        {"same literal", "{\"a\": {\"b\" : 1}}", "a", "x:{\"b\" : 1}", "{\"a\": {\"b\" : 1}}"},
        {"literal in another spelling", "{\"a\": 1.0}", "a", "x:1", "{\"a\": 1}"},
        {"quoted", "{}", "a\"b", "s:\"\\\n\t\x01", "{\n  \"a\\\"b\": \"\\\"\\\\\\n\\t\\u0001\"\n}"},
        {"names and text behind stay", "{\"\\u0061\":  1  }  \n\n", "a", "x:2",
         "{\"\\u0061\":  2  }  \n\n"},
        {"path, new", "{\n  \"b\": 1\n}", "features.buildkit", "x:true",
         "{\n  \"b\": 1,\n  \"features\": {\n    \"buildkit\": true\n  }\n}"},
        {"path, new on one line", "{\"b\":1}", "features.buildkit", "x:true",
         "{\"b\":1,\"features\":{\"buildkit\":true}}"},
        {"path, list", "{\n\t\"b\": [1]\n}", "c.d.e", "l:x",
         "{\n\t\"b\": [1],\n\t\"c\": {\n\t\t\"d\": {\n\t\t\t\"e\": [\n\t\t\t\t\"x\"\n\t\t\t]\n\t\t}"
         "\n\t}\n}"},
        {"path, into an object", "{\n  \"features\": {\n    \"x\": 1\n  }\n}", "features.buildkit",
         "x:true", "{\n  \"features\": {\n    \"x\": 1,\n    \"buildkit\": true\n  }\n}"},
        {"path, into an empty object", "{\n  \"features\": {}\n}", "features.buildkit", "x:true",
         "{\n  \"features\": {\n    \"buildkit\": true\n  }\n}"},
        {"path, into an empty object on one line", "{\"features\":{}}", "features.buildkit",
         "x:true", "{\"features\":{\"buildkit\":true}}"},
        {"path, over null", "{\n  \"features\": null\n}", "features.buildkit", "x:true",
         "{\n  \"features\": {\n    \"buildkit\": true\n  }\n}"},
        {"path, into the last of several", "{\"a\":{\"x\":1},\"a\":{\"y\":2}}", "a.z", "x:3",
         "{\"a\":{\"x\":1},\"a\":{\"y\":2,\"z\":3}}"},
        {"path, where it counts", "{\"a\":{\"x\":1},\"a\":{\"y\":2}}", "a.x", "x:3",
         "{\"a\":{\"x\":3},\"a\":{\"y\":2}}"},
        {"path, over a late null", "{\"a\":{\"x\":1},\"a\":null}", "a.x", "x:3",
         "{\"a\":{\"x\":1},\"a\":null,\"a\":{\"x\":3}}"},
        {"path, from nothing", "", "a.b", "x:1", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n"},
        {"remove the first", "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "a", NULL,
         "{\n  \"b\": 2,\n  \"c\": 3\n}\n"},
        {"remove a middle one", "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", "b", NULL,
         "{\n  \"a\": 1,\n  \"c\": 3\n}\n"},
        {"remove the last", "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": [\n  ]\n}\n", "c", NULL,
         "{\n  \"a\": 1,\n  \"b\": 2\n}\n"},
        {"remove the only", "{\n  \"a\": 1\n}\n", "a", NULL, "{}\n"},
        {"remove all duplicates", "{\"a\":1,\"a\":2,\"b\":3,\"a\":4,\"c\":5,\"a\":6,\"a\":7}", "a",
         NULL, "{\"b\":3,\"c\":5}"},
        {"remove nothing but duplicates", "{ \"a\":1, \"a\":2 }", "a", NULL, "{}"},
        {"remove by path", "{\"a\": {\"b\": 1, \"c\": 2}}", "a.b", NULL, "{\"a\": {\"c\": 2}}"},
        {"remove with its object", "{\"x\": 1, \"a\": {\"b\": {\"c\": 1}}}", "a.b.c", NULL,
         "{\"x\": 1}"},
        {"remove in all objects", "{\"a\":{\"b\":1},\"a\":null,\"a\":{\"b\":1,\"c\":2}}", "a.b",
         NULL, "{\"a\":null,\"a\":{\"c\":2}}"},
        {"remove what is not there", "{\"a\": {}}", "a.b", NULL, "{\"a\": {}}"},
        {"remove from nothing", " ", "a", NULL, " "},
        {"refuse a path through a string", "{\"a\": \"x\"}", "a.b", "x:1", NULL},
        {"refuse a path through a list", "{\"a\": {}, \"a\": []}", "a.b", "x:1", NULL},
        {"name with a dot, new", "{\"a\": {}}", "a.\"b.c\".d", "s:x",
         "{\"a\": {\"b.c\": {\"d\": \"x\"}}}"},
        {"name with a dot, removed", "{\"a\": {\"b.c\": {\"d\": \"x\"}}, \"e\": 1}", "a.\"b.c\".d",
         NULL, "{\"e\": 1}"},
        {"an item that is picked", "{\"a\": [{\"b\": \"x\"}]}", "a[b=x].c", "s:y",
         "{\"a\": [{\"b\": \"x\", \"c\": \"y\"}]}"},
        {"an object in the place of a list", "{\"a\": {\"b\": \"x\"}}", "a[b=x].c", "s:y", NULL},
        {"refuse no path", "{}", "a..b", "s:y", NULL},
        {"refuse a string as literal", "{}", "a", "x:\"b\"", NULL},
        {"refuse a list as literal", "{}", "a", "x:[\"b\"]", NULL},
        {"refuse nonsense as literal", "{}", "a", "x:01", NULL},
        {"refuse two literals", "{}", "a", "x:1],[2", NULL},
        {"refuse blanks around a literal", "{}", "a", "x:1 ", NULL},
        {"refuse no literal", "{}", "a", "x:", NULL},
        {"refuse what is not UTF-8", "{}", "a", "s:\xFF", NULL},
        {"refuse an element that is not UTF-8", "{}", "a", "l:b|\xFF", NULL},
        {"refuse a key that is not UTF-8", "{}", "\xFF", "s:a", NULL},
    };
    edit_check_rows(EDITOR, rows, ROWS(rows), other_keys);
}

/* What put() writes, check() must accept: neither path nor literal may nest deeper. */
static void nesting_has_an_end(void **state)
{
    (void)state;
    for (size_t names = 1; names <= MW_JSON_MAX_DEPTH + 1; names++) {
        for (size_t nested = 0; nested <= 2; nested++) {
            struct mw_buf key = {0};
            struct mw_buf after = {0};
            for (size_t i = 0; i < names; i++)
                mw_buf_puts(&key, i > 0 ? ".k" : "k");
            struct mw_value value = edit_value(nested == 0   ? "s:x"
                                               : nested == 1 ? "x:{}"
                                                             : "x:[[1]]");
            bool done = edit_put(EDITOR, "", 0, mw_buf_text(&key), &value, &after);
            if (done)
                assert_int_equal(EDITOR->check(EDITOR, "f", after.data, after.len, NULL), MW_OK);
            if (done != (names < MW_JSON_MAX_DEPTH && names + nested <= MW_JSON_MAX_DEPTH))
                fail_msg("%zu names, %zu brackets: %s", names, nested, done ? "done" : "refused");
            mw_value_release(&value);
            mw_buf_release(&after);
            mw_buf_release(&key);
        }
    }
}

static void notice_rows(void **state)
{
    (void)state;
    static const struct edit_notice_row rows[] = {
        {"nothing", "", ""},
        {"not JSON", "{", ""},
        {"no duplicates", "{\"a\": 1, \"b\": {\"a\": 1}, \"c\": [{}, {}]}", ""},
        {"duplicates", "{\n\"a\": 1,\n\"b\": 2,\n\"\\u0061\": 3,\n\"a\": []}",
         "json-duplicate 2, json-duplicate 4"},
        {"objects merge", "{\n\"a\": {},\n\"a\": {}}", ""},
        {"but not with null", "{\n\"a\": {},\n\"a\": null}", "json-duplicate 2"},
    };
    edit_check_notices(EDITOR, NULL, rows, ROWS(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_rows),  cmocka_unit_test(get_rows),
        cmocka_unit_test(put_rows),    cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(notice_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
