/* Inside the INI editor: the lines of a text as Python's configparser sees them, and what a key is
 * to the tool.
 *
 * Each line carries the little state that RawConfigParser._read keeps (in a section? in an option?
 * how deep was it indented?), so that check, get, put and notices cannot disagree about what a line
 * is. Blanks are those of str.strip(): Unicode's, not only ASCII's. Indentation counts characters,
 * not bytes. */
#ifndef MW_INI_FILE_H
#define MW_INI_FILE_H

#include "line_file.h"
#include "names.h"

bool ini_next(const char *text, size_t len, struct line *line);
/* Where the line's first character is that is no blank. */
size_t ini_begin(const struct line *line);
bool ini_is_default(const char *text, const struct line *section);
/* Owned: the name of an option as configparser compares it; `as_tool` also takes '_' for '-' and
 * drops a leading "--". Letters beyond ASCII compare in their own case. */
char *ini_name(const char *bytes, size_t len, bool as_tool);

enum ini_sameness {
    INI_SAME_SECTION, /* section names, byte for byte; [DEFAULT] may repeat */
    INI_SAME_OPTION,  /* options of one section, as configparser compares them */
    INI_SAME_KEY      /* options of one section, as the tool does */
};
/* The sorted names, up to the first line that is refused. */
void ini_names(const char *text, size_t len, enum ini_sameness same, struct names *names);

struct ini_key {
    const char *section; /* not terminated */
    size_t section_len;
    const char *option;
};

/* A line that spells the key. */
struct ini_hit {
    struct line line;
    bool is_default; /* stands in [DEFAULT], though the key does not */
};

/* All that get() and put() need to know of a text. Lines with number 0 are not there. */
struct ini_survey {
    const char *text;
    size_t len;
    struct ini_hit *hits;
    size_t count;
    struct line first, last; /* of the text */
    struct line before;      /* the line above the header */
    struct line header;      /* of the key's section */
    struct line tail;        /* the section's last line that is neither blank nor comment */
    struct line behind;      /* the header of the next section */
    struct line own;         /* the last option of the section */
    struct line any;         /* the last option of the text */
    struct line more;        /* the last continuation of the text */
    struct line more_option; /* and what it continues */
};

/* False if the key has no dot; it then has no value. */
bool ini_split_key(const char *text, struct ini_key *key);
bool ini_spells(const char *text, const struct line *line, const struct ini_key *key);
void ini_survey(const char *text, size_t len, const struct ini_key *key, struct ini_survey *survey);
void ini_survey_release(struct ini_survey *survey);
/* The line that the tool takes the value from; NULL if there is none. Without the section (no
 * header) it takes none; this is then the line that a new section would bring to life. */
const struct ini_hit *ini_winner(const struct ini_survey *survey);
/* Owned array: the option's own line, then those that continue its value. */
size_t ini_value_lines(const struct ini_survey *survey, const struct ini_hit *hit,
                       struct line **lines);
void ini_read_value(const struct ini_survey *survey, const struct ini_hit *hit,
                    struct mw_value *value);

enum mw_code ini_check(const struct mw_editor *editor, const char *path, const char *text,
                       size_t len, struct mw_error *err);
enum mw_code ini_put(const struct mw_editor *editor, const char *text, size_t len, const char *key,
                     const struct mw_value *value, struct mw_edits *edits, struct mw_error *err);
void ini_notices(const char *text, size_t len, struct mw_notices *notices);
void ini_each_name(const char *text, size_t len, mw_each_name *each, void *context);

#endif
