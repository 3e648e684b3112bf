/* Inside the INI editor: the lines of a text as Python's configparser sees them, and what a key is
 * to the tool.
 *
 * Each line carries the little state that RawConfigParser._read keeps (in a section? in an option?
 * how deep was it indented?), so that check, get, put and notices cannot disagree about what a line
 * is. Blanks are those of str.strip(): Unicode's, not only ASCII's. Indentation counts characters,
 * not bytes. */
#ifndef MW_INI_FILE_H
#define MW_INI_FILE_H

#include "edit_parts.h"
#include "line_file.h"

/* Who reads the file where no tool is named. */
#define INI_READER "configparser"

bool ini_next(const char *text, size_t len, struct line *line);
struct ini_key {
    const char *section; /* not terminated */
    size_t section_len;
    const char *option;
};
/* SECTION.OPTION; a section that holds a dot stands in double quotes. False for another key, which
 * has no value. */
bool ini_split_key(const char *text, struct ini_key *key);
/* `accepts` of the editor: MW_USAGE for what the file cannot hold. */
enum mw_code ini_accepts(const struct mw_editor *editor, const char *key,
                         const struct mw_value *value, struct ini_key *split, struct mw_error *err);
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

enum mw_code ini_check(const struct mw_editor *editor, const char *path, const char *text,
                       size_t len, struct mw_error *err);
void ini_notices(const char *text, size_t len, struct mw_notices *notices);
void ini_each_name(const char *text, size_t len, mw_each_name *each, void *context);

#endif
