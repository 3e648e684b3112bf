/* What keeps pip from reading its file at all: after any of these every pip command fails, even
 * `pip config`. configparser stops at the first one, but collects bare words to the end; we name
 * whatever comes first in the file. */
#include <stdlib.h>
#include <string.h>

#include "ini_file.h"
#include "ini_scan.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "odd_text.h"

/* A name or a line in a message. */
enum { SHOWN_COLS = 60 };

/* The first fault found so far. */
struct fault {
    size_t number; /* line; 0: none */
    size_t column;
    char *what;       /* owned; says what is wrong */
    const char *pip;  /* what pip says; not translated, it is a quotation */
    const char *step; /* edit.h; NULL: "check" */
    const char *hint; /* translated */
};

static bool comes_first(const struct fault *found, size_t number)
{
    return found->number == 0 || number < found->number;
}

static void take_fault(struct fault *found, struct fault fault)
{
    free(found->what);
    *found = fault;
}

static void find_bad_utf8(const char *text, size_t len, struct fault *found)
{
    size_t bad = 0;
    size_t used = 1;
    while (bad < len && used > 0) {
        used = (unsigned char)text[bad] < 0x80 ? 1 : mw_utf8_decode(text + bad, len - bad, NULL);
        bad += used;
    }
    if (used > 0)
        return;
    size_t number = 1;
    size_t begin = 0;
    for (size_t i = 0; i < bad; i++) {
        if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n')) {
            number++;
            begin = i + 1;
        }
    }
    take_fault(found, (struct fault){
                          .number = number,
                          .column = bad - begin + 1,
                          .what = mw_xstrdup(_("a byte that is not UTF-8")),
                          .pip = "contains invalid utf-8 characters",
                          .hint = _("Save the file as UTF-8."),
                      });
}

static void find_refused(const char *text, size_t len, struct fault *found)
{
    struct ini_line line;
    if (!ini_refused(text, len, &line) || !comes_first(found, line.number))
        return;
    bool is_homeless = line.kind == INI_HOMELESS;
    struct fault fault = {.number = line.number,
                          .column = line.text - line.begin + 1,
                          .step = is_homeless ? MW_STEP_NO_SECTION : NULL,
                          .pip = is_homeless ? "File contains no section headers"
                                             : "Source contains parsing errors"};
    MW_FREE char *shown =
        mw_text_safe(text + line.text, line.text_end - line.text, SHOWN_COLS, false);
    if (line.begin == 0 && len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        fault.what = mw_xstrdup(_("the file starts with a byte order mark, which is text before "
                                  "the first [section]"));
        fault.hint = _("Save the file as UTF-8 without a byte order mark.");
    } else if (text[line.text] == '[') {
        fault.what = mw_xasprintf(_("\"%s\" is no section: its name in [ ] is missing or not "
                                    "closed"),
                                  shown);
        fault.hint = _("Write [NAME].");
    } else if (is_homeless) {
        fault.what = mw_xasprintf(_("\"%s\" stands before the first [section]"), shown);
        fault.hint = _("Put a line [global] above it.");
    } else if (line.kind == INI_NAMELESS) {
        fault.what = mw_xasprintf(_("\"%s\" has no name before its delimiter"), shown);
        fault.hint = _("Give the value a name, or delete the line.");
    } else {
        fault.what = mw_xasprintf(_("\"%s\" is neither NAME = VALUE nor a [section]"), shown);
        fault.hint = _("Start the line with # if it is a comment; indent it if it goes on with the "
                       "value above.");
    }
    take_fault(found, fault);
}

static void find_repeated(const char *text, size_t len, enum ini_sameness same, struct fault *found)
{
    MW_FREE struct ini_repeat *repeats = NULL;
    size_t count = ini_repeats(text, len, same, &repeats);
    const struct ini_repeat *earliest = NULL;
    for (size_t i = 0; i < count; i++) {
        if (earliest == NULL || repeats[i].again.number < earliest->again.number)
            earliest = &repeats[i];
    }
    if (earliest != NULL && comes_first(found, earliest->again.number)) {
        const struct ini_name *again = &earliest->again;
        struct fault fault = {.number = again->number, .column = again->column};
        MW_FREE char *shown = mw_text_safe(again->name, again->len, SHOWN_COLS, false);
        if (same == INI_SAME_SECTION) {
            fault.what = mw_xasprintf(_("section [%s] is there twice, first on line %zu"), shown,
                                      earliest->first.number);
            fault.pip = "section already exists";
            fault.step = MW_STEP_SECTION_TWICE;
            fault.hint = _("Move the options of the second one to the first.");
        } else {
            fault.what = mw_xasprintf(_("option \"%s\" is there twice in its section, first on "
                                        "line %zu"),
                                      shown, earliest->first.number);
            fault.pip = "option already exists";
            fault.step = MW_STEP_OPTION_TWICE;
            fault.hint = _("Delete one of the two lines.");
        }
        take_fault(found, fault);
    }
}

enum mw_code ini_check(const char *path, const char *text, size_t len, struct mw_error *err)
{
    if (odd_text_check_mark(path, text, len, err) != MW_OK)
        return MW_BAD_CONFIG;
    struct fault found = {0};
    find_bad_utf8(text, len, &found);
    find_refused(text, len, &found);
    find_repeated(text, len, INI_SAME_SECTION, &found);
    find_repeated(text, len, INI_SAME_OPTION, &found);
    if (found.number == 0)
        return MW_OK;
    enum mw_code code = mw_fail(err, MW_BAD_CONFIG, 0, found.step != NULL ? found.step : "check",
                                _("%s:%zu:%zu: %s; every pip command fails with \"%s\"."), path,
                                found.number, found.column, found.what, found.pip);
    mw_error_hint(err, "%s", found.hint);
    free(found.what);
    return code;
}
