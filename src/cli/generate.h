/* The documents of --generate: manuals in mdoc(7) and completions for shells, from the same tables
 * that parse the command line. Each function appends one whole document in the language that is
 * spoken. */
#ifndef MW_CLI_GENERATE_H
#define MW_CLI_GENERATE_H

#include "mirrorwise/buffer.h"

void mw_generate_man_profile(struct mw_buf *out);
void mw_generate_man_catalog(struct mw_buf *out);
void mw_generate_man_tool(struct mw_buf *out);
void mw_generate_profile(struct mw_buf *out);
void mw_generate_bash(struct mw_buf *out);
void mw_generate_zsh(struct mw_buf *out);
void mw_generate_fish(struct mw_buf *out);

/* ---- mdoc(7), in mdoc.c ---------------------------------------------------------------------- */

/* The head of a page: `name` in `section`, `about` in half a sentence. */
void mw_mdoc_begin(struct mw_buf *out, const char *name, const char *section, const char *about);
/* .Sh */
void mw_mdoc_section(struct mw_buf *out, const char *title);
/* .Ss */
void mw_mdoc_subsection(struct mw_buf *out, const char *title);
/* A paragraph. `text` is plain; what stands in `backquotes` is set as a literal. */
void mw_mdoc_paragraph(struct mw_buf *out, const char *text);
/* A tagged list: begin, items, end. The tag is set as a literal. */
void mw_mdoc_list(struct mw_buf *out);
void mw_mdoc_item(struct mw_buf *out, const char *tag, const char *text);
void mw_mdoc_list_end(struct mw_buf *out);
/* A whole list. */
struct word {
    const char *tag, *text; /* N_() */
};
void mw_mdoc_words(struct mw_buf *out, const struct word *words, size_t count);
/* Lines as they are, each with its end. */
void mw_mdoc_example(struct mw_buf *out, const char *text);
/* .Xr lines; `names` such as "mirrorwise(1)", NULL-terminated. */
void mw_mdoc_see_also(struct mw_buf *out, const char *const *names);

#endif
