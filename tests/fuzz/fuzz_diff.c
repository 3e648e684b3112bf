/* The diff of any two texts, applied to the first by a small patch(1), gives the second. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

/* With its line feed, if it has one. */
static size_t line_len(const char *text)
{
    size_t len = strcspn(text, "\n");
    return len + (text[len] == '\n');
}

static void copy_lines(struct mw_buf *out, const char **from, size_t *number, size_t until)
{
    for (; *number < until; ++*number) {
        size_t len = line_len(*from);
        demand(len > 0);
        mw_buf_append(out, *from, len);
        *from += len;
    }
}

/* One line of a hunk, which ends in a line feed whatever its text does. */
static const char *apply_line(struct mw_buf *out, const char **from, size_t *number,
                              const char *diff)
{
    static const char note[] = "\\ No newline at end of file\n";
    size_t len = line_len(diff);
    bool has_end = strncmp(diff + len, note, sizeof note - 1) != 0;
    size_t text_len = len - 1 - !has_end;
    demand(diff[len - 1] == '\n');
    if (diff[0] != '+') {
        demand(line_len(*from) == text_len && memcmp(*from, diff + 1, text_len) == 0);
        *from += text_len;
        ++*number;
    }
    if (diff[0] != '-')
        mw_buf_append(out, diff + 1, text_len);
    return diff + len + (has_end ? 0 : sizeof note - 1);
}

static void patch(const char *before, const char *diff, struct mw_buf *out)
{
    size_t number = 1;
    demand(strncmp(diff, "--- a\n+++ b\n", 12) == 0);
    for (diff += 12; *diff != '\0';) {
        if (diff[0] != '@') {
            demand(strchr(" +-", diff[0]) != NULL);
            diff = apply_line(out, &before, &number, diff);
            continue;
        }
        char *end = NULL;
        size_t first = strtoul(diff + 4, &end, 10);
        /* A hunk that takes nothing away names the line before it. */
        bool is_empty = strncmp(end, ",0 ", 3) == 0;
        copy_lines(out, &before, &number, first + is_empty);
        diff += line_len(diff);
    }
    mw_buf_puts(out, before);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const uint8_t *nul = len > 0 ? memchr(bytes, '\0', len) : NULL;
    size_t first_len = nul != NULL ? (size_t)(nul - bytes) : len / 2;
    char *before = mw_xstrndup((const char *)bytes, first_len);
    char *after = nul != NULL ? mw_xstrndup((const char *)nul + 1, len - first_len - 1)
                              : mw_xstrndup((const char *)bytes + first_len, len - first_len);
    struct mw_buf patched = {0};
    char *diff = mw_text_diff(before, strlen(before), after, strlen(after), "a", "b");
    demand((diff[0] == '\0') == (strcmp(before, after) == 0));
    if (diff[0] != '\0') {
        patch(before, diff, &patched);
        demand(strcmp(mw_buf_text(&patched), after) == 0);
    }
    mw_buf_release(&patched);
    free(diff);
    free(before);
    free(after);
    return 0;
}
