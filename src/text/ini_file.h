/* Inside the INI editor: what a key is to pip, shared by its parts. */
#ifndef MW_INI_FILE_H
#define MW_INI_FILE_H

#include "ini_scan.h"
#include "mirrorwise/edit.h"

struct ini_key {
    const char *section; /* not terminated */
    size_t section_len;
    const char *option;
};

/* A line that spells the key. */
struct ini_hit {
    struct ini_line line;
    struct ini_scan after; /* goes on behind the line */
    bool is_default;       /* stands in [DEFAULT], though the key does not */
};

/* All that get() and put() need to know of a text. Lines with number 0 are not there. */
struct ini_survey {
    struct ini_hit *hits;
    size_t count;
    struct ini_line first, last; /* of the text */
    struct ini_line before;      /* the line above the header */
    struct ini_line header;      /* of the key's section */
    struct ini_scan body;        /* goes on behind the header */
    struct ini_line tail;        /* the section's last line that is neither blank nor comment */
    struct ini_line behind;      /* the header of the next section */
    struct ini_line own;         /* the last option of the section */
    struct ini_line any;         /* the last option of the text */
    struct ini_line more;        /* the last continuation of the text */
    struct ini_line more_option; /* and what it continues */
};

/* False if the key has no dot; it then has no value. */
bool ini_split_key(const char *text, struct ini_key *key);
void ini_survey(const char *text, size_t len, const struct ini_key *key, struct ini_survey *survey);
void ini_survey_release(struct ini_survey *survey);
/* The line that pip takes the value from; NULL if there is none. Without the section (no header)
 * pip takes none; this is then the line that a new section would bring to life. */
const struct ini_hit *ini_winner(const char *text, const struct ini_survey *survey);
/* Owned array: the option's own line, then those that continue its value. */
size_t ini_value_lines(const struct ini_hit *hit, struct ini_line **lines);
void ini_read_value(const char *text, const struct ini_hit *hit, struct mw_value *value);

enum mw_code ini_check(const char *path, const char *text, size_t len, struct mw_error *err);
enum mw_code ini_put(const char *text, size_t len, const char *key, const struct mw_value *value,
                     struct mw_edits *edits, struct mw_error *err);
void ini_notices(const char *text, size_t len, struct mw_notices *notices);
void ini_names(const char *text, size_t len, mw_each_name *each, void *context);

#endif
