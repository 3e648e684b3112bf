/* Laws for the keys of every tool: each says whether it is dangerous, each id has its sentences,
 * each flag and each word for another key leads somewhere; and versions compare as numbers. */
#include "support/rows.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/tool.h"

/* Of a tool with sections "requires" and "forbids" are of keys of a section, which reads them. */
static void check_ties(const struct mw_tool *tool, const struct mw_pairs *ties)
{
    struct mw_strings words = {0};
    for (size_t i = 0; tool->section != NULL && i < ties->count; i++)
        mw_strings_split(&words, ties->items[i].value, " |");
    for (size_t i = 0; i < words.count; i++) {
        char *name = mw_xstrndup(words.items[i], strcspn(words.items[i], "="));
        char *section = mw_xstrndup(name, strcspn(name, "."));
        const struct mw_tool_key *row = mw_tool_key(tool, name);
        row_true(name, row != NULL && mw_tool_key_is_in(tool, row, section));
        free(section);
        free(name);
    }
    mw_strings_release(&words);
}

static void check_key(const struct mw_tool *tool, const struct mw_tool_key *key)
{
    char *name = mw_xasprintf("%s.%s", tool->id, key->key);
    row_true(name, key->risks.count > 0 || (key->no_risk != NULL && key->no_risk[0] != '\0'));
    for (size_t i = 0; i < key->risks.count; i++) {
        const struct mw_risk *risk = mw_risk_find(tool, key->risks.items[i].value);
        row_true(name, risk->sentence[0] != '\0' && risk->remedy[0] != '\0');
        row_true(name, (risk->ending == NULL) == (risk->sentence_zh != NULL));
        row_true(name, (risk->ending == NULL) == (risk->remedy_zh != NULL));
        /* One that several tools share; not the one for what nobody knows. */
        row_true(name, risk->ending == NULL || risk->ending[0] != '\0');
    }
    bool leads = key->instead == NULL;
    for (size_t i = 0; !leads && i < tool->key_count; i++)
        leads = strcmp(tool->keys[i].key, key->instead) == 0;
    row_true(name, leads);
    for (size_t i = 0; i < key->sections.count; i++)
        row_true(name, mw_strings_has(&tool->sections, key->sections.items[i]));
    check_ties(tool, &key->requires);
    check_ties(tool, &key->forbids);
    row_true(name, key->since == NULL || key->until == NULL ||
                       mw_version_compare(key->since, key->until) < 0);
    free(name);
}

static void test_every_key(void **state)
{
    (void)state;
    assert_true(mw_tool_count() > 10);
    for (size_t t = 0; t < mw_tool_count(); t++) {
        const struct mw_tool *tool = mw_tool_at(t);
        assert_non_null(tool);
        bool may_have_secrets = mw_tool_has_secrets(tool); /* before any key is read */
        for (size_t i = 0; i < tool->key_count; i++) {
            check_key(tool, mw_tool_key_at(tool, i));
            row_true(tool->id, may_have_secrets || !mw_tool_key_at(tool, i)->is_secret);
        }
        row_true(tool->id, may_have_secrets == mw_tool_has_secrets(tool));
    }
}

static void test_versions(void **state)
{
    (void)state;
    assert_true(mw_version_compare("1.9", "1.10") < 0);
    assert_true(mw_version_compare("20.10.24", "20.10.24") == 0);
    assert_true(mw_version_compare("23", "23.0") == 0);
    assert_true(mw_version_compare("28.5.2", "28.2") > 0);
    assert_true(mw_version_within("20.10.24", NULL, "23.0"));
    assert_false(mw_version_within("23.0", NULL, "23.0"));
    assert_false(mw_version_within("20.10.24", "23.0", NULL));
    assert_true(mw_version_within(NULL, "23.0", "24.0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
