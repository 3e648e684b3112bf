#include "style.h"

#include <langinfo.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { DEFAULT_COLS = 80, MIN_COLS = 60, MAX_COLS = 110 };

static const char *const paints[] = {
    [MW_PAINT_PLAIN] = "",        [MW_PAINT_BOLD] = "\033[1m",    [MW_PAINT_DIM] = "\033[2m",
    [MW_PAINT_GOOD] = "\033[32m", [MW_PAINT_CHANGE] = "\033[33m", [MW_PAINT_BAD] = "\033[31m",
    [MW_PAINT_NOTE] = "\033[36m",
};

static const struct {
    const char *symbol, *ascii;
} glyphs[] = {
    [MW_GLYPH_OK] = {"✓", "ok"},    [MW_GLYPH_SAME] = {"=", "="},   [MW_GLYPH_CREATE] = {"+", "+"},
    [MW_GLYPH_CHANGE] = {"~", "~"}, [MW_GLYPH_REMOVE] = {"-", "-"}, [MW_GLYPH_WARN] = {"!", "!"},
    [MW_GLYPH_FAIL] = {"✗", "x"},

    [MW_GLYPH_ARROW] = {"→", "->"}, [MW_GLYPH_NONE] = {"–", "-"},   [MW_GLYPH_BEST] = {"★", "*"},
    [MW_GLYPH_IN_USE] = {"•", "<"},
};

static bool is_set(const char *value)
{
    return value != NULL && value[0] != '\0';
}

bool mw_style_wants_color(const char *flag, const char *(*get_env)(const char *name),
                          bool is_terminal)
{
    if (flag != NULL && strcmp(flag, "always") == 0)
        return true;
    if (flag != NULL && strcmp(flag, "never") == 0)
        return false;
    if (is_set(get_env("NO_COLOR"))) /* no-color.org: present and not empty */
        return false;
    const char *force = get_env("CLICOLOR_FORCE");
    if (is_set(force) && strcmp(force, "0") != 0)
        return true;
    const char *wish = get_env("CLICOLOR");
    if (wish != NULL && strcmp(wish, "0") == 0)
        return false;
    const char *term = get_env("TERM");
    return is_terminal && is_set(term) && strcmp(term, "dumb") != 0;
}

void mw_style_init(struct mw_style *style, const struct mw_cli_options *options,
                   const struct mw_cli_host *host, int fd)
{
    size_t cols = DEFAULT_COLS;
    size_t rows = 0;
    bool is_terminal = isatty(fd) == 1;
    *style = (struct mw_style){
        .color = mw_style_wants_color(options->color, host->get_env, is_terminal),
        .is_piped = !is_terminal,
        .ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
    };
    mw_style_screen(fd, &cols, &rows);
    style->cols = cols < MIN_COLS ? MIN_COLS : cols > MAX_COLS ? MAX_COLS : cols;
}

bool mw_style_screen(int fd, size_t *cols, size_t *rows)
{
    struct winsize size = {0};
    if (isatty(fd) != 1 || ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return false;
    *cols = size.ws_col;
    *rows = size.ws_row;
    return true;
}

const char *mw_glyph(const struct mw_style *style, enum mw_glyph glyph)
{
    return style->ascii ? glyphs[glyph].ascii : glyphs[glyph].symbol;
}

void mw_paint(struct mw_buf *buf, const struct mw_style *style, enum mw_paint paint,
              const char *text)
{
    bool is_painted = style->color && paint != MW_PAINT_PLAIN && text[0] != '\0';
    if (is_painted)
        mw_buf_puts(buf, paints[paint]);
    mw_buf_puts(buf, text);
    if (is_painted)
        mw_buf_puts(buf, "\033[0m");
}

char *mw_shown(const char *text)
{
    MW_FREE char *redacted = mw_text_redact(text);
    return mw_text_safe(redacted, strlen(redacted), 0, false);
}

void mw_put_shown(struct mw_buf *buf, const char *text)
{
    MW_FREE char *safe = mw_shown(text);
    mw_buf_puts(buf, safe);
}

size_t mw_line_cols(const struct mw_buf *buf)
{
    const char *text = mw_buf_text(buf);
    const char *newline = memrchr(text, '\n', buf->len);
    const char *at = newline != NULL ? newline + 1 : text;
    const char *end = text + buf->len;
    size_t cols = 0;
    while (at < end) {
        unsigned code_point = 0;
        size_t len = mw_utf8_decode(at, (size_t)(end - at), &code_point);
        if (*at == '\033') { /* only mw_paint() puts these here, and they end with 'm' */
            at += strcspn(at, "m");
            at += *at == 'm';
            continue;
        }
        cols += len > 0 ? mw_utf8_cols(code_point) : 1;
        at += len > 0 ? len : 1;
    }
    return cols;
}

void mw_pad_to(struct mw_buf *buf, size_t cols, size_t least)
{
    size_t now = mw_line_cols(buf);
    size_t blanks = now < cols ? cols - now : 0;
    if (blanks < least)
        blanks = least;
    mw_buf_printf(buf, "%*s", (int)blanks, "");
}

/* ---- wrapping ----------------------------------------------------------------------------- */

void mw_put_wrapped(struct mw_buf *buf, const char *text, size_t indent, size_t cols)
{
    size_t now = mw_line_cols(buf);
    bool is_fresh = true; /* nothing of the text on this line yet */
    while (*text != '\0') {
        size_t blanks = strspn(text, " ");
        text += blanks;
        size_t wide = 0;
        size_t len = mw_text_piece(text, 0, &wide);
        if (len == 0)
            break;
        if (!is_fresh && now + (blanks > 0) + wide > cols) {
            mw_buf_printf(buf, "\n%*s", (int)indent, "");
            now = indent;
        } else if (!is_fresh && blanks > 0) {
            mw_buf_putc(buf, ' ');
            now++;
        }
        mw_buf_append(buf, text, len);
        now += wide;
        text += len;
        is_fresh = false;
    }
}

/* ---- lines -------------------------------------------------------------------------------- */

void mw_put_line(struct mw_buf *buf, const char *text)
{
    mw_put_shown(buf, text);
    mw_buf_putc(buf, '\n');
}

void mw_paint_line(struct mw_buf *buf, const struct mw_style *style, enum mw_paint paint,
                   const char *text)
{
    mw_paint(buf, style, paint, text);
    mw_buf_putc(buf, '\n');
}

void mw_put_note(struct mw_buf *buf, const struct mw_style *style, size_t indent, const char *text)
{
    MW_AUTO(mw_buf) lines = {0};
    mw_pad_to(&lines, indent, indent);
    mw_put_wrapped(&lines, text, indent, style->cols);
    mw_paint_line(buf, style, MW_PAINT_DIM, mw_buf_text(&lines));
}

void mw_put_label(struct mw_buf *buf, const struct mw_style *style, size_t indent,
                  const char *label, size_t cols)
{
    mw_pad_to(buf, indent, indent);
    mw_paint(buf, style, MW_PAINT_DIM, label);
    mw_pad_to(buf, cols, 1);
}
