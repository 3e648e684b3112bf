/* What keeps the tool from reading its file at all: after any of these every command of it fails,
 * even the one that shows its configuration. configparser stops at the first one, but collects
 * bare words to the end; we name whatever comes first in the file. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "ini_file.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* A name or a line in a message. */
enum { SHOWN_COLS = 60 };

/* The first fault found so far. */
struct fault {
    struct line line; /* number 0: none */
    size_t at;
    char *what;       /* owned; says what is wrong */
    const char *says; /* what the tool says; not translated, it is a quotation */
    const char *step; /* edit.h */
    const char *hint; /* translated */
};

static void take_fault(const char *text, size_t len, struct fault *found, struct fault fault)
{
    while (ini_next(text, len, &fault.line) && fault.line.next <= fault.at)
        ;
    bool is_first = found->line.number == 0 || fault.line.number < found->line.number;
    free(is_first ? found->what : fault.what);
    if (is_first)
        *found = fault;
}

static void find_refused(const char *text, size_t len, struct fault *found)
{
    struct line line = {0};
    while (line.kind < LINE_HOMELESS) {
        if (!ini_next(text, len, &line))
            return;
    }
    bool is_homeless = line.kind == LINE_HOMELESS;
    struct fault fault = {.at = line.key,
                          .step = is_homeless ? MW_STEP_NO_SECTION : "check",
                          .says = is_homeless ? "File contains no section headers"
                                              : "Source contains parsing errors"};
    MW_FREE char *shown =
        mw_text_safe(text + line.key, line.value_end - line.key, SHOWN_COLS, false);
    if (line.begin == 0 && odd_text_mark(text, len) > 0) {
        fault.what = mw_xstrdup(_("the file starts with a byte order mark, which is text before "
                                  "the first [section]"));
        fault.hint = _("Save the file as UTF-8 without a byte order mark.");
    } else if (text[line.key] == '[') {
        fault.what = mw_xasprintf(_("\"%s\" is no section: its name in [ ] is missing or not "
                                    "closed"),
                                  shown);
        fault.hint = _("Write [NAME].");
    } else if (is_homeless) {
        fault.what = mw_xasprintf(_("\"%s\" stands before the first [section]"), shown);
    } else if (line.kind == LINE_NAMELESS) {
        fault.what = mw_xasprintf(_("\"%s\" has no name before its delimiter"), shown);
        fault.hint = _("Give the value a name, or delete the line.");
    } else {
        fault.what = mw_xasprintf(_("\"%s\" is neither NAME = VALUE nor a [section]"), shown);
        fault.hint = _("Start the line with # if it is a comment; indent it if it goes on with the "
                       "value above.");
    }
    take_fault(text, len, found, fault);
}

static void find_repeated(const char *text, size_t len, enum ini_sameness same, struct fault *found)
{
    MW_AUTO(names) names = {0};
    ini_names(text, len, same, &names);
    const struct name *again = NULL;
    for (size_t i = 1; i < names.count; i++) {
        if (names_again(&names, i) && (again == NULL || names.items[i].line < again->line))
            again = &names.items[i];
    }
    if (again == NULL)
        return;
    struct fault fault = {.at = again->at};
    MW_FREE char *shown = mw_text_safe(text + again->at, again->len, SHOWN_COLS, false);
    if (same == INI_SAME_SECTION) {
        fault.at--;
        fault.what = mw_xasprintf(_("section [%s] is there twice, first on line %zu"), shown,
                                  again[-1].line);
        fault.says = "section already exists";
        fault.step = MW_STEP_SECTION_TWICE;
        fault.hint = _("Move the options of the second one to the first.");
    } else {
        fault.what = mw_xasprintf(_("option \"%s\" is there twice in its section, first on "
                                    "line %zu"),
                                  shown, again[-1].line);
        fault.says = "option already exists";
        fault.step = MW_STEP_OPTION_TWICE;
        fault.hint = _("Delete one of the two lines.");
    }
    take_fault(text, len, found, fault);
}

enum mw_code ini_check(const struct mw_editor *editor, const char *path, const char *text,
                       size_t len, struct mw_error *err)
{
    if (odd_text_check_mark(editor, path, text, len, err) != MW_OK)
        return MW_BAD_CONFIG;
    struct fault found = {0};
    size_t bad = mw_utf8_bad(text, len);
    if (bad < len)
        take_fault(text, len, &found,
                   (struct fault){
                       .at = bad,
                       .what = mw_xstrdup(_("a byte that is not UTF-8")),
                       .says = "contains invalid utf-8 characters",
                       .step = "check",
                       .hint = _("Save the file as UTF-8."),
                   });
    find_refused(text, len, &found);
    find_repeated(text, len, INI_SAME_SECTION, &found);
    find_repeated(text, len, INI_SAME_OPTION, &found);
    if (found.line.number == 0)
        return MW_OK;
    enum mw_code code = mw_fail(err, MW_BAD_CONFIG, 0, found.step,
                                _("%s:%zu:%zu: %s; every %s command fails with \"%s\"."), path,
                                found.line.number, found.at - found.line.begin + 1, found.what,
                                editor->reader != NULL ? editor->reader : INI_READER, found.says);
    if (found.hint != NULL)
        mw_error_hint(err, "%s", found.hint);
    else
        mw_error_hint(err, _("Put a line [%s] above it."),
                      editor->section != NULL ? editor->section : "SECTION");
    free(found.what);
    return code;
}

/* ---- what can be written --------------------------------------------------------------------- */

bool ini_split_key(const char *text, struct ini_key *key)
{
    size_t quotes = *text == '"';
    const char *dot = strstr(text, quotes ? "\"." : ".");
    if (dot == NULL || dot == text)
        return false;
    *key = (struct ini_key){text + quotes, (size_t)(dot - text) - quotes, dot + quotes + 1};
    return true;
}

/* Owned: what the file cannot hold of an item; NULL: it can hold all of it. */
static char *find_unfit(const char *reader, const char *item, bool in_list)
{
    size_t begin = 0;
    size_t len = strlen(item);
    size_t end = len;
    edit_trim(EDIT_PYTHON, item, &begin, &end);
    if (item[strcspn(item, "\n\r")] != '\0')
        return mw_xstrdup(_("a line break"));
    if (!mw_utf8_valid(item, len))
        return mw_xstrdup(_("bytes that are not UTF-8"));
    if (begin > 0 || end < len)
        return mw_xasprintf(_("a blank at its start or end, which %s would drop"), reader);
    if (in_list && end == 0)
        return mw_xasprintf(_("an empty line, which %s would drop"), reader);
    if (in_list && (item[0] == '#' || item[0] == ';'))
        return mw_xasprintf(_("a line that starts with # or ;, which %s would take for a comment"),
                            reader);
    return NULL;
}

enum mw_code ini_accepts(const struct mw_editor *editor, const char *key,
                         const struct mw_value *value, struct ini_key *split, struct mw_error *err)
{
    const char *reader = editor->reader != NULL ? editor->reader : INI_READER;
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    if (!ini_split_key(key, split) || split->section_len == 0 ||
        !mw_text_is_of(split->option, allowed) || key[strcspn(key, "\n\r")] != '\0' ||
        !mw_utf8_valid(key, strlen(key)))
        return mw_fail(err, MW_USAGE, 0, "edit",
                       _("\"%s\" is no key of an INI file; write SECTION.OPTION."), key);
    if (value->kind == MW_VALUE_LITERAL)
        return mw_fail(err, MW_USAGE, 0, "edit", _("%s takes a string or a list of strings."), key);
    if (value->kind == MW_VALUE_LIST && value->items.count == 0)
        return mw_fail(
            err, MW_USAGE, 0, "edit",
            _("An empty list cannot be written to %s's configuration; remove %s instead."), reader,
            key);
    for (size_t i = 0; i < value->items.count; i++) {
        MW_FREE char *what =
            find_unfit(reader, value->items.items[i], value->kind == MW_VALUE_LIST);
        if (what != NULL)
            return edit_refuse_value(err, key, what);
    }
    return MW_OK;
}
