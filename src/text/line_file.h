/* Files of lines "KEY delimiter VALUE": one scanner and one way to change a line for all of them.
 * What tells them apart is a dialect: where a line's key and value are, how a value is spelled and
 * what no line can hold. Lines of the same key: the last one counts, but for items of a list, of
 * which all count. */
#ifndef MW_LINE_FILE_H
#define MW_LINE_FILE_H

#include "mirrorwise/edit.h"

/* What a line is where a dialect tells it. */
enum line_kind {
    LINE_BLANK,
    LINE_COMMENT,
    LINE_SECTION, /* [name] */
    LINE_OPTION,  /* name = value */
    LINE_MORE,    /* indented deeper than its option: goes on with the value */
    /* What is refused: */
    LINE_HOMELESS, /* before the first section */
    LINE_BARE,     /* neither a section nor a delimiter */
    LINE_NAMELESS  /* nothing before the delimiter */
};

struct line {
    size_t number;
    size_t begin, end; /* without its ending */
    size_t next;       /* behind its ending */
    /* What the next line goes on with: */
    bool in_section, in_option;
    size_t indent; /* of the last section or option, in characters */
    char quote;    /* of a shell: ' or ", or a backslash at the end */
    /* Of this line alone: */
    enum line_kind kind;
    bool sets;          /* the rest is only meant for lines that set a key */
    bool is_item;       /* one of a list */
    bool has_delimiter; /* else the value begins where the key ends */
    size_t key, key_end;
    size_t delimiter;
    size_t value, value_end; /* as it is spelled, without a comment behind it */
};

struct line_dialect {
    bool cr_ends;        /* a CR ends a line, too; else it belongs to the line */
    bool follows_ending; /* a new line ends as the first one does; else in LF */
    bool ends_last;      /* a last line without its LF is not read */
    bool lists;          /* knows items */
    /* Nothing counts from this line on. May be NULL. */
    bool (*stops)(const char *text, const struct line *line);
    /* Fills the line from `kind` on, which is zeroed. */
    void (*cut)(const char *text, struct line *line);
    /* Owned: a key as it is compared. NULL: as it is spelled. */
    char *(*read_key)(const char *bytes, size_t len);
    /* Owned: a value as it is read. NULL: as it is spelled. */
    char *(*read)(const char *bytes, size_t len);
    /* Fails with MW_USAGE for what a line cannot hold; `item` is NULL if only the key matters. */
    enum mw_code (*accepts)(const char *key, const char *item, struct mw_error *err);
    /* Spells the value where `old` stands, or on a new line (NULL); may move old->value_end, up to
     * where the text is replaced. NULL: as it is. */
    void (*write)(const char *text, struct line *old, const char *item, struct mw_buf *out);
    const char *delimiter; /* of a new line; NULL: "=" */
    /* Begins a new line: the key and the delimiter, as they stand on the line `like` (may be
     * NULL). NULL: those as they are. */
    void (*begin)(const char *text, const struct line *like, const char *key, bool is_item,
                  struct mw_buf *out);
};

/* Starts with a zeroed line; a copy of a line goes on from there. */
bool line_next(const struct line_dialect *dialect, const char *text, size_t len, struct line *line);
/* For cut(): a line that sets a key. */
void line_set(struct line *line, size_t key, size_t key_end, size_t value, size_t value_end);
/* What accepts() of every dialect begins with: no line break, and UTF-8. */
enum mw_code line_accepts(const char *key, const char *item, struct mw_error *err);
/* Of the editor of a dialect. */
enum mw_code line_get(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      struct mw_value *value, struct mw_error *err);
enum mw_code line_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                      const struct mw_value *value, struct mw_edits *edits, struct mw_error *err);

#endif
