/* Files in another encoding than UTF-8: which one it is, and the file in UTF-8. */
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

/* From that encoding into UTF-8; false if the text is not in it. */
static bool decode(const struct mw_buf *text, const char *encoding, struct mw_buf *out)
{
    iconv_t state = iconv_open("UTF-8", encoding);
    char *at = text->data, room[4096];
    size_t left = text->len, wrong = 0;
    if (state == (iconv_t)-1)
        return false;
    while (left > 0 && wrong == 0) {
        char *to = room;
        size_t space = sizeof room;
        wrong = iconv(state, &at, &left, &to, &space) == (size_t)-1 && errno != E2BIG;
        mw_buf_append(out, room, (size_t)(to - room));
    }
    (void)iconv_close(state);
    return wrong == 0 && memchr(mw_buf_text(out), '\0', out->len) == NULL;
}

/* Do bytes above ASCII come in pairs, as in GB 2312, or alone? */
static bool has_pairs(const struct mw_buf *text)
{
    for (size_t i = 0; i < text->len; i++) {
        bool is_high = (unsigned char)text->data[i] >= 0x80;
        if (is_high && (i + 1 == text->len || (unsigned char)text->data[i + 1] < 0xA1))
            return false;
        i += is_high;
    }
    return true;
}

/* The encoding that a text is in by its mark, its zero bytes or its pairs; NULL if it is UTF-8. */
static const char *guess_encoding(const struct mw_buf *text)
{
    const char *bytes = mw_buf_text(text);
    if (text->len >= 4 && memcmp(bytes, "\xFF\xFE\0\0", 4) == 0)
        return "UTF-32";
    if (text->len >= 4 && memcmp(bytes, "\0\0\xFE\xFF", 4) == 0)
        return "UTF-32";
    if (text->len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
        return "UTF-16";
    if (text->len >= 2 && (bytes[0] == '\0') != (bytes[1] == '\0'))
        return bytes[0] == '\0' ? "UTF-16BE" : "UTF-16LE";
    if (mw_utf8_valid(bytes, text->len))
        return NULL;
    return has_pairs(text) ? "GB18030" : "WINDOWS-1252";
}

/* The whole file in another encoding is written again, and none of its bytes is touched before. */
bool check_encoding(struct check_run *run, const struct check_file *file)
{
    MW_AUTO(mw_buf) text = {0};
    struct check_ways ways = {0};
    const char *encoding = guess_encoding(&file->file.bytes);
    bool is_other = encoding != NULL && decode(&file->file.bytes, encoding, &text);
    if (is_other) {
        struct check_way *way = check_way_text(run, &ways, MW_REMEDY_REENCODE, file);
        mw_buf_append(mw_edits_add(&way->remedy.edits, 0, file->file.bytes.len), mw_buf_text(&text),
                      text.len);
        check_found(run, MW_CHECK_FAIL, "encoding", ways, _("%s is in %s, not in UTF-8"),
                    file->location.path, encoding);
    }
    return is_other;
}
