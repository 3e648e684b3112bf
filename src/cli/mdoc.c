/* Writing mdoc(7), the manual language of BSD that mandoc and groff both read. */
#include <stdbool.h>
#include <string.h>

#include "generate.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/text.h"

/* Does a character of Chinese, Japanese or Korean end here, after which a line may break? */
static bool may_break(const char *end, size_t len)
{
    size_t cols = 0;
    return len >= 3 && ((unsigned char)end[-3] & 0xF0) == 0xE0 &&
           mw_text_piece(end - 3, 0, &cols) == 3 && cols == 2;
}

/* roff reads a line that begins with '.' or '\'' as a request, '\' as an escape anywhere; '-' would
 * become a hyphen, which nobody can paste into a shell. */
static void put_plain(struct mw_buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool is_first = out->len == 0 || mw_buf_text(out)[out->len - 1] == '\n';
        if (is_first && (text[i] == '.' || text[i] == '\''))
            mw_buf_puts(out, "\\&");
        if (text[i] == '\\')
            mw_buf_puts(out, "\\e");
        else if (text[i] == '-')
            mw_buf_puts(out, "\\-");
        else if (text[i] == ' ' && i > 0 && text[i - 1] == '.')
            mw_buf_putc(out, '\n'); /* mdoc(7): a new sentence, a new line */
        else
            mw_buf_putc(out, text[i]);
        /* No blank says where a line of Chinese may break. */
        if (i + 1 < len && may_break(text + i + 1, i + 1))
            mw_buf_puts(out, "\\:");
    }
}

/* Backquotes change to the font of literals and back. */
static void put_text(struct mw_buf *out, const char *text)
{
    bool is_literal = false;
    while (*text != '\0') {
        size_t len = strcspn(text, "`");
        put_plain(out, text, len);
        text += len;
        if (*text == '`') {
            mw_buf_puts(out, is_literal ? "\\fR" : "\\fB");
            is_literal = !is_literal;
            text++;
        }
    }
    mw_buf_putc(out, '\n');
}

/* Arguments of a request: quotes are doubled. */
static void put_argument(struct mw_buf *out, const char *text)
{
    mw_buf_puts(out, " \"");
    for (; *text != '\0'; text++) {
        if (*text == '"')
            mw_buf_puts(out, "\"\"");
        else
            put_plain(out, text, 1);
    }
    mw_buf_putc(out, '"');
}

void mw_mdoc_begin(struct mw_buf *out, const char *name, const char *section, const char *about)
{
    mw_buf_puts(out, ".\\\" Made by mirrorwise --generate from its own tables.\n");
    mw_buf_printf(out, ".Dd %s\n.Dt %s %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", MW_RELEASE_DATE, name,
                  section, name);
    put_text(out, about);
}

void mw_mdoc_section(struct mw_buf *out, const char *title)
{
    mw_buf_puts(out, ".Sh ");
    put_text(out, title);
}

void mw_mdoc_subsection(struct mw_buf *out, const char *title)
{
    mw_buf_puts(out, ".Ss ");
    put_text(out, title);
}

void mw_mdoc_paragraph(struct mw_buf *out, const char *text)
{
    const char *before = mw_buf_text(out);
    const char *last = out->len > 1 ? before + out->len - 1 : before;
    while (last > before && last[-1] != '\n')
        last--;
    bool is_after_heading = strncmp(last, ".Sh", 3) == 0 || strncmp(last, ".Ss", 3) == 0;
    if (!is_after_heading)
        mw_buf_puts(out, ".Pp\n");
    put_text(out, text);
}

void mw_mdoc_list(struct mw_buf *out)
{
    mw_buf_puts(out, ".Bl -tag -width Ds\n");
}

void mw_mdoc_item(struct mw_buf *out, const char *tag, const char *text)
{
    mw_buf_puts(out, ".It Sy");
    put_argument(out, tag);
    mw_buf_putc(out, '\n');
    put_text(out, text);
}

void mw_mdoc_list_end(struct mw_buf *out)
{
    mw_buf_puts(out, ".El\n");
}

void mw_mdoc_words(struct mw_buf *out, const struct word *words, size_t count)
{
    mw_mdoc_list(out);
    for (size_t i = 0; i < count; i++)
        mw_mdoc_item(out, words[i].tag, _(words[i].text));
    mw_mdoc_list_end(out);
}

void mw_mdoc_example(struct mw_buf *out, const char *text)
{
    mw_buf_puts(out, ".Bd -literal -offset indent\n");
    put_plain(out, text, strlen(text));
    mw_buf_puts(out, ".Ed\n");
}

void mw_mdoc_see_also(struct mw_buf *out, const char *const *names)
{
    mw_mdoc_section(out, _("SEE ALSO"));
    for (size_t i = 0; names[i] != NULL; i++) {
        size_t len = strcspn(names[i], "(");
        mw_buf_printf(out, ".Xr %.*s %c%s\n", (int)len, names[i], names[i][len + 1],
                      names[i + 1] != NULL ? " ," : "");
    }
}
