#include "mirrorwise/i18n.h"
#include "mirrorwise/text.h"

/* Full-width forms are computed where nobody is told their name. */
static const struct {
    unsigned point;
    const char *ascii, *name; /* no name: people are not told of it */
} lookalikes[] = {
    {0x00A0, " ", N_("U+00A0 (a no-break space), which is no blank")},
    {0x200B, "", N_("U+200B (a zero width space), which nobody sees")},
    {0x200C, "", NULL},
    {0x200D, "", NULL},
    {0x2018, "'", N_("U+2018 (a curly quote), which is no quote")},
    {0x2019, "'", N_("U+2019 (a curly quote), which is no quote")},
    {0x201C, "\"", N_("U+201C (a curly quote), which is no quote")},
    {0x201D, "\"", N_("U+201D (a curly quote), which is no quote")},
    {0x201E, "\"", NULL},
    {0x2013, "-", N_("U+2013 (an en dash), which is no hyphen")},
    {0x2014, "-", N_("U+2014 (an em dash), which is no hyphen")},
    {0x202F, " ", N_("U+202F (a narrow no-break space), which is no blank")},
    {0x2060, "", NULL},
    {0x3000, " ", N_("U+3000 (a full-width space), which is no blank")},
    {0x3001, ",", N_("U+3001 (an ideographic comma), which is no comma")},
    {0x3010, "[", N_("U+3010 (a black bracket), which is no bracket")},
    {0x3011, "]", N_("U+3011 (a black bracket), which is no bracket")},
    {0xFEFF, "", N_("U+FEFF (a byte order mark), which nobody sees")},
    {0xFF02, "\"", N_("U+FF02 (a full-width quote), which is no quote")},
    {0xFF0C, ",", N_("U+FF0C (a full-width comma), which is no comma")},
    {0xFF1A, ":", N_("U+FF1A (a full-width colon), which is no colon")},
    {0xFF1B, ";", N_("U+FF1B (a full-width semicolon), which is no semicolon")},
    {0xFF1D, "=", N_("U+FF1D (a full-width equals sign), which is no equals sign")},
    {0xFF1C, "<", N_("U+FF1C (a full-width bracket), which is no bracket")},
    {0xFF1E, ">", N_("U+FF1E (a full-width bracket), which is no bracket")},
    {0xFF3B, "[", N_("U+FF3B (a full-width bracket), which is no bracket")},
    {0xFF3D, "]", N_("U+FF3D (a full-width bracket), which is no bracket")},
    {0xFF5B, "{", N_("U+FF5B (a full-width brace), which is no brace")},
    {0xFF5D, "}", N_("U+FF5D (a full-width brace), which is no brace")},
};

const char *mw_utf8_lookalike(unsigned code_point)
{
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++) {
        if (lookalikes[i].point == code_point)
            return lookalikes[i].name;
    }
    return NULL;
}

const char *mw_utf8_lookalike_at(const char *text, size_t len, size_t at)
{
    unsigned point = 0;
    bool is_other = at < len && (unsigned char)text[at] >= 0x80 &&
                    mw_utf8_decode(text + at, len - at, &point) > 0;
    return is_other ? mw_utf8_lookalike(point) : NULL;
}

size_t mw_utf8_meant(const char *text, size_t len, char ascii[2])
{
    unsigned point = 0;
    size_t used = mw_utf8_decode(text, len, &point);
    ascii[0] = ascii[1] = '\0';
    for (size_t i = 0; used > 0 && i < sizeof lookalikes / sizeof *lookalikes; i++) {
        if (lookalikes[i].point == point) {
            ascii[0] = lookalikes[i].ascii[0];
            return used;
        }
    }
    if (point >= 0x2000 && point <= 0x200A)
        ascii[0] = ' ';
    else if (point >= 0xFF01 && point <= 0xFF5E)
        ascii[0] = (char)(point - 0xFF01 + '!');
    return ascii[0] != '\0' ? used : 0;
}
