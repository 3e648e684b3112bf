#include "support/rows.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/text.h"

extern char **environ;

#define HEADER "--- a\n+++ b\n"

static void format_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name, *before, *after, *diff;
    } rows[] = {
        {"equal", "a\n", "a\n", ""},
        {"both empty", "", "", ""},
        {"new file", "", "a\nb\n", HEADER "@@ -0,0 +1,2 @@\n+a\n+b\n"},
        {"new file of one line", "", "a\n", HEADER "@@ -0,0 +1 @@\n+a\n"},
        {"emptied", "a\n", "", HEADER "@@ -1 +0,0 @@\n-a\n"},
        {"one line replaced", "a\n", "b\n", HEADER "@@ -1 +1 @@\n-a\n+b\n"},
        {"context of three", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
         HEADER "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n"},
        {"added at the end", "1\n2\n3\n4\n", "1\n2\n3\n4\n5\n",
         HEADER "@@ -2,3 +2,4 @@\n 2\n 3\n 4\n+5\n"},
        {"removed at the start", "1\n2\n", "2\n", HEADER "@@ -1,2 +1 @@\n-1\n 2\n"},
        {"gap of six: one hunk", "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
         HEADER "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
        {"gap of seven: two hunks", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
         HEADER "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
        {"newline added", "a", "a\n", HEADER "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
        {"newline lost", "a\n", "a", HEADER "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n"},
        {"no newline on both", "a\nb", "A\nb",
         HEADER "@@ -1,2 +1,2 @@\n-a\n+A\n b\n\\ No newline at end of file\n"},
        {"CR is a byte of the line", "a\r\n", "a\n", HEADER "@@ -1 +1 @@\n-a\r\n+a\n"},
        {"empty lines", "\n\n", "\n\n\n", HEADER "@@ -1,2 +1,3 @@\n \n \n+\n"},
        {"repeated block: the last place", "{\nx\n}\n{\nx\n}\n", "{\nx\n}\n{\nx\n}\n{\nx\n}\n",
         HEADER "@@ -4,3 +4,6 @@\n {\n x\n }\n+{\n+x\n+}\n"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *diff = mw_text_diff(rows[i].before, strlen(rows[i].before), rows[i].after,
                                  strlen(rows[i].after), "a", "b");
        row_string_equal(rows[i].name, diff, rows[i].diff);
        free(diff);
    }
}

static uint32_t seed;

static unsigned pick(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* Lines of `text` are removed, replaced and added at random. With `alphabet` 0 every new line is
 * a new one, so that there is only one shortest way from the old text to the new one. */
static void mutate(const struct mw_buf *text, struct mw_buf *out, unsigned alphabet,
                   unsigned rarity)
{
    static unsigned serial;
    for (size_t at = 0; at < text->len;) {
        const char *line = text->data + at;
        const char *newline = memchr(line, '\n', text->len - at);
        size_t len = newline != NULL ? (size_t)(newline - line) + 1 : text->len - at;
        unsigned what = pick(rarity);
        if (what <= 1)
            mw_buf_printf(out, "l%u\n", alphabet > 0 ? pick(alphabet) : 1000000 + serial++);
        if (what == 0 || what > 2)
            mw_buf_append(out, line, len);
        at += len;
    }
}

static void random_text(struct mw_buf *out, unsigned alphabet, unsigned lines)
{
    for (unsigned i = 0; i < lines; i++)
        mw_buf_printf(out, "l%u\n", alphabet > 0 ? pick(alphabet) : i);
}

static void drop_final_newline(struct mw_buf *text)
{
    if (text->len > 0)
        text->data[--text->len] = '\0';
}

static size_t line_len(const char *text)
{
    size_t len = strcspn(text, "\n");
    return text[len] == '\n' ? len + 1 : len;
}

static unsigned lines_in(const char *begin, const char *end)
{
    unsigned count = 0;
    for (; begin < end; begin++)
        count += *begin == '\n';
    return count;
}

/* "5,2" or "5"; an empty range names the line in front of it. */
static const char *parse_range(const char *text, unsigned *begin, unsigned *count)
{
    char *end = NULL;
    *begin = (unsigned)strtoul(text, &end, 10);
    *count = *end == ',' ? (unsigned)strtoul(end + 1, &end, 10) : 1;
    if (*count == 0)
        (*begin)++;
    return end;
}

/* Applies the body of one hunk; false if it does not fit. */
static bool apply_lines(const char **mark, const char **source, struct mw_buf *out)
{
    while (**mark != '\0' && **mark != '@') {
        char kind = **mark;
        const char *text = *mark + 1;
        size_t len = line_len(text);
        *mark = text + len;
        if (**mark == '\\') {
            *mark += line_len(*mark);
            len--;
        }
        if (kind != '+') {
            if (strncmp(*source, text, len) != 0)
                return false;
            *source += len;
        }
        if (kind != '-')
            mw_buf_append(out, text, len);
    }
    return true;
}

/* One hunk; false if its text or one of its four numbers is wrong. */
static bool apply_hunk(const char **mark, const char *before, const char **source,
                       struct mw_buf *out)
{
    unsigned old_begin, old_count, new_begin, new_count;
    const char *range = parse_range(*mark + strlen("@@ -"), &old_begin, &old_count);
    range = parse_range(range + strlen(" +"), &new_begin, &new_count);
    if (strncmp(range, " @@\n", 4) != 0)
        return false;
    *mark = range + 4;

    while (lines_in(before, *source) + 1 < old_begin && **source != '\0') {
        size_t len = line_len(*source);
        mw_buf_append(out, *source, len);
        *source += len;
    }
    const char *old_text = *source;
    size_t new_text = out->len;
    if (lines_in(before, old_text) + 1 != old_begin ||
        lines_in(mw_buf_text(out), mw_buf_text(out) + new_text) + 1 != new_begin ||
        !apply_lines(mark, source, out))
        return false;
    bool old_cut = *source > old_text && (*source)[-1] != '\n';
    bool new_cut = out->len > new_text && out->data[out->len - 1] != '\n';
    return lines_in(old_text, *source) + old_cut == old_count &&
           lines_in(mw_buf_text(out) + new_text, mw_buf_text(out) + out->len) + new_cut ==
               new_count;
}

/* What patch(1) would make of `before`; NULL if the diff does not fit it exactly. */
static char *patched(const struct mw_buf *before, const char *diff)
{
    struct mw_buf out = {0};
    const char *source = mw_buf_text(before);
    const char *mark = diff + strlen(HEADER);
    while (*mark != '\0') {
        if (!apply_hunk(&mark, mw_buf_text(before), &source, &out)) {
            mw_buf_release(&out);
            return NULL;
        }
    }
    mw_buf_puts(&out, source);
    return mw_buf_take(&out);
}

static void write_file(const char *path, const struct mw_buf *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(mw_buf_text(text), 1, text->len, file), text->len);
    assert_int_equal(fclose(file), 0);
}

/* Owned output of diff(1); NULL if there is none on this machine. */
static char *real_diff(const struct mw_buf *before, const struct mw_buf *after)
{
    char directory[] = "/tmp/mw-diff-XXXXXX";
    char paths[3][64];
    assert_non_null(mkdtemp(directory));
    for (size_t i = 0; i < ROWS(paths); i++)
        snprintf(paths[i], sizeof paths[i], "%s/%zu", directory, i);
    write_file(paths[0], before);
    write_file(paths[1], after);

    char *argv[] = {"diff", "--minimal", "--label", "a",      "--label",
                    "b",    "-u",        paths[0],  paths[1], NULL};
    posix_spawn_file_actions_t actions;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, paths[2],
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid = 0;
    int status = -1;
    bool ran = posix_spawnp(&pid, "diff", &actions, NULL, argv, environ) == 0 &&
               waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) <= 1;
    posix_spawn_file_actions_destroy(&actions);

    struct mw_buf output = {0};
    FILE *file = ran ? fopen(paths[2], "r") : NULL;
    if (file != NULL) {
        char block[4096];
        for (size_t len; (len = fread(block, 1, sizeof block, file)) > 0;)
            mw_buf_append(&output, block, len);
        fclose(file);
    }
    for (size_t i = 0; i < ROWS(paths); i++)
        unlink(paths[i]);
    rmdir(directory);
    if (!ran) {
        mw_buf_release(&output);
        return NULL;
    }
    return mw_buf_take(&output);
}

static size_t changed_lines(const char *diff)
{
    size_t count = 0;
    const char *line = *diff != '\0' ? diff + strlen(HEADER) : diff;
    while (*line != '\0') {
        count += *line == '+' || *line == '-';
        line += strcspn(line, "\n") + 1;
    }
    return count;
}

/* One pair of random texts: the diff leads from one to the other, is as short as diff(1)'s
 * shortest, and the same to the byte if there is only one shortest. */
static void compare_with_real_diff(unsigned round)
{
    static const unsigned alphabets[] = {0, 0, 2, 5, 50};
    static const unsigned sizes[] = {0, 1, 2, 7, 30, 120};
    char name[40];
    snprintf(name, sizeof name, "round %u", round);
    unsigned alphabet = alphabets[pick(ROWS(alphabets))];
    struct mw_buf before = {0};
    struct mw_buf after = {0};
    random_text(&before, alphabet, sizes[pick(ROWS(sizes))]);
    mutate(&before, &after, alphabet, 5 + pick(40));
    if (pick(4) == 0)
        mw_buf_puts(&after, "last\n");
    if (pick(4) == 0)
        drop_final_newline(&before);
    if (pick(4) == 0)
        drop_final_newline(&after);

    char *diff =
        mw_text_diff(mw_buf_text(&before), before.len, mw_buf_text(&after), after.len, "a", "b");
    row_true(name, (*diff == '\0') == mw_buf_equals(&before, &after));
    if (*diff != '\0') {
        char *result = patched(&before, diff);
        row_true(name, result != NULL);
        row_string_equal(name, result, mw_buf_text(&after));
        free(result);
    }
    char *real = real_diff(&before, &after);
    if (real == NULL)
        skip(); /* leaves the test */
    if (alphabet == 0)
        row_string_equal(name, diff, real);
    row_size_equal(name, changed_lines(diff), changed_lines(real));
    free(real);
    free(diff);
    mw_buf_release(&before);
    mw_buf_release(&after);
}

static void same_as_real_diff(void **state)
{
    (void)state;
    seed = 20260821;
    for (unsigned round = 0; round < 300; round++)
        compare_with_real_diff(round);
}

enum { SMALL_LINES = 5 };

/* Lines of "a", "b" or "c", one of all the texts there are. */
static void small_text(unsigned number, struct mw_buf *out)
{
    for (; number > 0; number = (number - 1) / 3)
        mw_buf_printf(out, "%c\n", (char)('a' + (number - 1) % 3));
}

/* Fewest lines to remove and add: the textbook's table. */
static size_t fewest_changes(const struct mw_buf *before, const struct mw_buf *after)
{
    size_t fewest[SMALL_LINES + 1][SMALL_LINES + 1];
    for (size_t i = 0; i <= before->len / 2; i++) {
        for (size_t j = 0; j <= after->len / 2; j++) {
            size_t least = i > 0 ? fewest[i - 1][j] + 1 : j;
            if (i > 0 && j > 0 && fewest[i][j - 1] + 1 < least)
                least = fewest[i][j - 1] + 1;
            if (i > 0 && j > 0 && before->data[2 * i - 2] == after->data[2 * j - 2] &&
                fewest[i - 1][j - 1] < least)
                least = fewest[i - 1][j - 1];
            fewest[i][j] = least;
        }
    }
    return fewest[before->len / 2][after->len / 2];
}

static void all_small_texts(void **state)
{
    (void)state;
    enum { TEXTS = 364 }; /* of at most five lines */
    for (unsigned a = 0; a < TEXTS; a++) {
        struct mw_buf before = {0};
        small_text(a, &before);
        for (unsigned b = 0; b < TEXTS; b++) {
            struct mw_buf after = {0};
            small_text(b, &after);
            char *diff = mw_text_diff(mw_buf_text(&before), before.len, mw_buf_text(&after),
                                      after.len, "a", "b");
            char *result = *diff != '\0' ? patched(&before, diff) : NULL;
            if (strcmp(result != NULL ? result : mw_buf_text(&before), mw_buf_text(&after)) != 0 ||
                changed_lines(diff) != fewest_changes(&before, &after))
                fail_msg("from\n%sto\n%s:\n%s", mw_buf_text(&before), mw_buf_text(&after), diff);
            free(result);
            free(diff);
            mw_buf_release(&after);
        }
        mw_buf_release(&before);
    }
}

/* A megabyte with one changed line. */
static void large_text_with_one_change(void **state)
{
    (void)state;
    struct mw_buf before = {0};
    struct mw_buf after = {0};
    for (unsigned i = 0; i < 60000; i++) {
        mw_buf_printf(&before, "line %u of the file\n", i);
        mw_buf_printf(&after, "line %u of the file%s\n", i, i == 30000 ? "!" : "");
    }
    char *diff = mw_text_diff(before.data, before.len, after.data, after.len, "a", "b");
    assert_string_equal(diff, HEADER "@@ -29998,7 +29998,7 @@\n line 29997 of the file\n"
                                     " line 29998 of the file\n line 29999 of the file\n"
                                     "-line 30000 of the file\n+line 30000 of the file!\n"
                                     " line 30001 of the file\n line 30002 of the file\n"
                                     " line 30003 of the file\n");
    free(diff);
    mw_buf_release(&before);
    mw_buf_release(&after);
}

/* Two texts with too little in common: the search gives up, shows everything as replaced, and is
 * right all the same. */
static void search_gives_up(void **state)
{
    (void)state;
    enum { LINES = 60000 };
    struct mw_buf before = {0};
    struct mw_buf after = {0};
    seed = 3;
    mw_buf_puts(&before, "first\n");
    for (unsigned i = 1; i < LINES; i++) {
        mw_buf_printf(&before, "%u\n", i);
        mw_buf_printf(&after, "%u\n", pick(LINES));
    }
    mw_buf_puts(&after, "last\n");
    char *diff = mw_text_diff(before.data, before.len, after.data, after.len, "a", "b");
    assert_int_equal(changed_lines(diff), 2 * LINES);
    char *result = patched(&before, diff);
    assert_non_null(result);
    assert_true(strcmp(result, after.data) == 0);
    free(result);
    free(diff);
    mw_buf_release(&before);
    mw_buf_release(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format_rows),     cmocka_unit_test(same_as_real_diff),
        cmocka_unit_test(all_small_texts), cmocka_unit_test(large_text_with_one_change),
        cmocka_unit_test(search_gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
