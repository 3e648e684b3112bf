#include "edit_parts.h"

#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/text.h"

const char *edit_ending(const char *text, size_t len)
{
    const char *lf = len > 0 ? memchr(text, '\n', len) : NULL;
    return lf != NULL && lf > text && lf[-1] == '\r' ? "\r\n" : "\n";
}

size_t edit_line(const char *text, size_t at)
{
    size_t line = 0, column = 0;
    mw_text_position(text, at, &line, &column);
    return line;
}

enum mw_code edit_refuse(struct mw_error *err, const char *step, const char *path, const char *text,
                         size_t at, const char *what, const char *hint)
{
    size_t line = 0, column = 0;
    mw_text_position(text, at, &line, &column);
    enum mw_code code =
        mw_fail(err, MW_BAD_CONFIG, 0, step, _("%s:%zu:%zu: %s."), path, line, column, what);
    mw_error_hint(err, "%s",
                  hint != NULL ? hint
                               : _("Correct the file there; its own tool cannot read it either."));
    return code;
}

enum mw_code edit_refuse_value(struct mw_error *err, const char *key, const char *what)
{
    return mw_fail(err, MW_USAGE, 0, "edit", _("The value of %s holds %s."), key, what);
}

enum mw_code edit_check_utf8(struct mw_error *err, const char *key, const char *item)
{
    if (mw_utf8_valid(item, strlen(item)))
        return MW_OK;
    return mw_fail(err, MW_USAGE, 0, "edit", _("The value of %s is not UTF-8."), key);
}

enum mw_code edit_check_path(struct mw_error *err, const char *key, const struct key_path *path,
                             bool is_parsed, const struct mw_value *value)
{
    if (!is_parsed || path->parts[path->count - 1].pick != NULL)
        return mw_fail(
            err, MW_USAGE, 0, "edit",
            _("\"%s\" is no path of names joined by dots (a name that holds a dot stands "
              "in double quotes)."),
            key);
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < value->items.count && code == MW_OK; i++)
        code = edit_check_utf8(err, key, value->items.items[i]);
    return code;
}
