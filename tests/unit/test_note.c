/* Signed notes: a real one of sum.golang.org, and everything that must not pass for one. */
#include "support/rows.h"

#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/module.h"

/* A tree head that sum.golang.org published. */
static const char tree[] =
    "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n"
    "\xe2\x80\x94 sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+"
    "1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n";

static void keys_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_key;
    } rows[] = {
        {"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", true},
        {"sum.golang.org+033DE0AE+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", true},
        {"sum.golang.org", false},
        {"", false},
        {"+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", false},
        {"sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", false},
        {"sum.golang.org+33de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", false},
        {"sum.golang.org+033de0ag+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", false},
        {"sum.golang.org+033de0ae+Bc4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", false},
        {"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn", false},
        {"sum.golang.com+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mw_note_key key = {.name = ""};
        row_true(rows[i].text, mw_note_key_parse(rows[i].text, &key) == rows[i].is_key);
        if (rows[i].is_key)
            row_string_equal(rows[i].text, key.name, "sum.golang.org");
        else
            row_string_equal(rows[i].text, key.name, ""); /* written only on success */
    }
    char *long_name = mw_xmalloc(MW_NOTE_NAME + 64);
    memset(long_name, 'a', MW_NOTE_NAME);
    memcpy(long_name + MW_NOTE_NAME, "+00000000+AAAA", sizeof "+00000000+AAAA");
    struct mw_note_key key;
    assert_false(mw_note_key_parse(long_name, &key));
    free(long_name);
}

static bool is_tree(const char *note, size_t len, char size[MW_NOTE_SIZE_TEXT])
{
    struct mw_note_key key;
    assert_true(mw_note_key_parse(mw_database_known_key, &key));
    return mw_note_is_tree(note, len, &key, size);
}

static void a_real_tree_is_known(void **state)
{
    (void)state;
    char size[MW_NOTE_SIZE_TEXT];
    assert_true(is_tree(tree, sizeof tree - 1, size));
    assert_string_equal(size, "6476701");
}

/* Any bit of the text, and any byte less. */
static void nothing_else_passes(void **state)
{
    (void)state;
    char size[MW_NOTE_SIZE_TEXT] = "";
    const char *blank_line = strstr(tree, "\n\n");
    size_t text_len = (size_t)(blank_line - tree) + 1;
    for (size_t at = 0; at < text_len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            char copy[sizeof tree];
            memcpy(copy, tree, sizeof tree);
            copy[at] = (char)(copy[at] ^ (1 << bit));
            if (is_tree(copy, sizeof tree - 1, size))
                fail_msg("bit %d of byte %zu does not matter", bit, at);
        }
    }
    for (size_t len = 0; len < sizeof tree - 1; len++) {
        char *cut = mw_xmalloc(len + 1); /* as long as it says, so that a reader beyond shows */
        memcpy(cut, tree, len);
        if (is_tree(cut, len, size))
            fail_msg("%zu bytes pass", len);
        free(cut);
    }
    assert_string_equal(size, "");

    static const char *const others[] = {
        "",
        "\n",
        "\n\n",
        "\n\n\n",
        "<html>\n\n<body>\n",
        "go.sum database tree\n",
        "go.sum database tree\n1\nx\n\n\xe2\x80\x94 sum.golang.org AAAA\n",
        "go.sum database tree\n1\nx\n\n\xe2\x80\x94 sum.golang.org \n",
        "go.sum database tree\n1\nx\n\n\xe2\x80\x94\n",
    };
    for (size_t i = 0; i < ROWS(others); i++)
        row_true(others[i], !is_tree(others[i], strlen(others[i]), size));
}

/* A witness may have signed it, too. */
static void other_signatures_do_not_matter(void **state)
{
    (void)state;
    char size[MW_NOTE_SIZE_TEXT];
    static const char witness[] = "\xe2\x80\x94 witness.example AAAAAAAA\n";
    const char *signature = strstr(tree, "\n\n") + 2;
    char *both = mw_xasprintf("%.*s%s%s", (int)(signature - tree), tree, witness, signature);
    assert_true(is_tree(both, strlen(both), size));
    free(both);
    both = mw_xasprintf("%s%s", tree, witness);
    assert_true(is_tree(both, strlen(both), size));
    free(both);
    char *alone = mw_xasprintf("%.*s%s", (int)(signature - tree), tree, witness);
    assert_false(is_tree(alone, strlen(alone), size));
    free(alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read),
        cmocka_unit_test(a_real_tree_is_known),
        cmocka_unit_test(nothing_else_passes),
        cmocka_unit_test(other_signatures_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
