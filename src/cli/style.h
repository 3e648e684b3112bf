/* How text looks: colour or none, symbols or ASCII, how wide. A state is never colour alone: it
 * has its word and its glyph, too. Also the few helpers that lay text out in columns. */
#ifndef MW_CLI_STYLE_H
#define MW_CLI_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/cli.h"

enum mw_paint {
    MW_PAINT_PLAIN,
    MW_PAINT_BOLD,
    MW_PAINT_DIM,
    MW_PAINT_GOOD,   /* new, fine */
    MW_PAINT_CHANGE, /* changes */
    MW_PAINT_BAD,    /* goes, fails */
    MW_PAINT_NOTE,   /* hunk headers, places */
};

enum mw_glyph {
    MW_GLYPH_OK,
    MW_GLYPH_SAME,
    MW_GLYPH_CREATE,
    MW_GLYPH_CHANGE,
    MW_GLYPH_REMOVE,
    MW_GLYPH_WARN,
    MW_GLYPH_FAIL,
    MW_GLYPH_ARROW,
    MW_GLYPH_NONE, /* stands for nothing in a column */
    MW_GLYPH_BEST,
    MW_GLYPH_IN_USE,
};

struct mw_style {
    bool color, ascii;
    bool is_piped; /* what is printed reaches no terminal by itself */
    size_t cols;   /* width of the page; longer words are never cut */
};

/* The style of stdout or stderr from the options, the environment, the locale and the terminal;
 * the order of precedence is that of the contract. */
void mw_style_init(struct mw_style *style, const struct mw_cli_options *options,
                   const struct mw_cli_host *host, int fd);
/* Columns and rows of the terminal; false if it is none, or does not tell. */
bool mw_style_screen(int fd, size_t *cols, size_t *rows);
/* The decision alone. */
bool mw_style_wants_color(const char *flag, const char *(*get_env)(const char *name),
                          bool is_terminal);

const char *mw_glyph(const struct mw_style *style, enum mw_glyph glyph);
/* Appends `text` (printed as it is: sanitise before). */
void mw_paint(struct mw_buf *buf, const struct mw_style *style, enum mw_paint paint,
              const char *text);

/* Owned: foreign text made fit for a terminal, credentials in URLs masked. */
char *mw_shown(const char *text);
/* Appends foreign text so. */
void mw_put_shown(struct mw_buf *buf, const char *text);
/* The same, and a line ends. */
void mw_put_line(struct mw_buf *buf, const char *text);
/* Appends safe text, painted, and a line ends. */
void mw_paint_line(struct mw_buf *buf, const struct mw_style *style, enum mw_paint paint,
                   const char *text);
/* Safe text in dim lines of its own, indented and wrapped. */
void mw_put_note(struct mw_buf *buf, const struct mw_style *style, size_t indent, const char *text);
/* A dim label at column `indent`, and blanks up to column `cols`. */
void mw_put_label(struct mw_buf *buf, const struct mw_style *style, size_t indent,
                  const char *label, size_t cols);
/* Appends blanks until the line that ends the buffer is `cols` wide; at least `least`. Escapes of
 * mw_paint() count nothing. */
void mw_pad_to(struct mw_buf *buf, size_t cols, size_t least);
/* Display columns of the line that ends the buffer. */
size_t mw_line_cols(const struct mw_buf *buf);
/* Appends `text` in lines of at most `cols`, broken at blanks and between wide characters; lines
 * after the first start with `indent` blanks. The first goes on where the buffer ends. No final
 * newline. Safe text only. */
void mw_put_wrapped(struct mw_buf *buf, const char *text, size_t indent, size_t cols);

#endif
