
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/json_scan.h"
#include "mirrorwise/text.h"

/* UTF-32LE before UTF-16LE, which its mark begins with. */
static const struct {
    const char *mark;
    size_t len;
    const char *name;
} encodings[] = {
    {"\xFF\xFE\0\0", 4, "UTF-32LE"},
    {"\0\0\xFE\xFF", 4, "UTF-32BE"},
    {"\xFF\xFE", 2, "UTF-16LE"},
    {"\xFE\xFF", 2, "UTF-16BE"},
};

static const char *marked_encoding(const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        if (len >= encodings[i].len && memcmp(text, encodings[i].mark, encodings[i].len) == 0)
            return encodings[i].name;
    }
    return NULL;
}

size_t odd_text_mark(const char *text, size_t len)
{
    return mw_text_fits(text, len, "\xEF\xBB\xBF") ? 3 : 0;
}

size_t odd_text_control(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')
            return i;
    }
    return len;
}

enum mw_code odd_text_check_mark(const struct mw_editor *editor, const char *path, const char *text,
                                 size_t len, struct mw_error *err)
{
    (void)editor;
    const char *marked = marked_encoding(text, len);
    if (marked == NULL)
        return MW_OK;
    enum mw_code code =
        mw_fail(err, MW_BAD_CONFIG, 0, "encoding",
                _("%s:1:1: the file is %s text; its tool reads UTF-8."), path, marked);
    mw_error_hint(err, "%s", _("Save the file as UTF-8."));
    return code;
}

enum mw_code odd_text_check(const struct mw_editor *editor, const char *path, const char *text,
                            size_t len, struct mw_error *err)
{
    enum mw_code code = odd_text_check_mark(editor, path, text, len, err);
    size_t at = mw_utf8_bad(text, len);
    if (code != MW_OK || at == len)
        return code;
    return edit_refuse(err, "encoding", path, text, at, _("a byte that is not UTF-8"),
                       _("Save the file as UTF-8."));
}

void odd_text_notices(const char *text, size_t len, const char *comments,
                      struct mw_notices *notices)
{
    size_t number = 1;
    size_t begin = odd_text_mark(text, len);
    size_t at = begin;
    bool is_blank = true; /* nothing but blanks on the line so far */
    bool skip = false;
    while (at < len) {
        unsigned point = (unsigned char)text[at];
        size_t used = point < 0x80 ? 1 : mw_utf8_decode(text + at, len - at, &point);
        const char *name = used > 1 && !skip ? mw_utf8_lookalike(point) : NULL;
        if (point == '\n' || (point == '\r' && (at + 1 == len || text[at + 1] != '\n'))) {
            number++;
            begin = at + 1;
            is_blank = true;
            skip = false;
        } else if (is_blank && point != ' ' && point != '\t') {
            is_blank = false;
            skip = point != '\0' && point < 0x80 && strchr(comments, (int)point) != NULL;
        }
        if (name != NULL) {
            mw_notices_add(notices, number, "lookalike", _("column %zu: %s"), at - begin + 1,
                           _(name));
            skip = true;
        }
        at += used > 0 ? used : 1;
    }
}
