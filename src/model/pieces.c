#include "pieces.h"

#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"

static const char fastest[] = "@fastest";

static size_t parse_count(const char *text)
{
    size_t value = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 2 || text[digits] != '\0')
        return 0;
    for (; *text != '\0'; text++)
        value = value * 10 + (size_t)(*text - '0');
    return value;
}

static void classify(struct mw_piece *piece)
{
    const char *text = piece->text;
    const char *rest = text + strlen(fastest);
    if (mw_text_starts(text, fastest) && (*rest == '\0' || *rest == ':')) {
        piece->kind = MW_PIECE_FASTEST;
        piece->count = *rest == ':' ? parse_count(rest + 1) : 1;
    } else if (*text == '@') {
        piece->kind = MW_PIECE_ID;
        char *id = mw_xstrdup(text + 1);
        mw_secret_free(piece->text);
        piece->text = id;
    } else if (strstr(text, "://") != NULL) {
        piece->kind = MW_PIECE_URL;
    }
}

/* Where a setting takes one value, any blank makes two, but a comma or bar may belong to a URL. */
static const char *separators(const char *text, enum mw_shape shape)
{
    switch (shape) {
    case MW_SHAPE_CHAIN:
        return ",|";
    case MW_SHAPE_LIST:
        return ", \t";
    case MW_SHAPE_URL:
        return *text == '@' || strstr(text, ",@") != NULL ? ",| \t" : " \t";
    case MW_SHAPE_SCALAR:
        break;
    }
    return "";
}

void mw_pieces_add(struct mw_pieces *pieces, const char *text, char separator)
{
    struct mw_piece *piece = MW_PUSH(pieces->items, pieces->count);
    *piece = (struct mw_piece){.text = mw_xstrdup(text), .separator = separator};
    classify(piece);
}

void mw_pieces_split(struct mw_pieces *pieces, const char *text, enum mw_shape shape)
{
    const char *set = separators(text, shape);
    while (*text != '\0') {
        size_t len = strcspn(text, set);
        char separator = text[len];
        const char *word = text;
        size_t word_len = len;
        text += len + (separator != '\0');
        mw_text_trim(&word, &word_len);
        if (word_len == 0)
            continue;
        char *piece = mw_xstrndup(word, word_len);
        mw_pieces_add(pieces, piece, separator);
        mw_secret_free(piece);
    }
}

void mw_pieces_release(struct mw_pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++)
        mw_secret_free(pieces->items[i].text);
    free(pieces->items);
    *pieces = (struct mw_pieces){0};
}

char *mw_pieces_join(const struct mw_pieces *pieces)
{
    struct mw_buf out = {0};
    for (size_t i = 0; i < pieces->count; i++) {
        char separator = pieces->items[i].separator;
        mw_buf_puts(&out, pieces->items[i].text);
        if (i + 1 < pieces->count)
            mw_buf_putc(&out, separator != '\0' ? separator : ',');
    }
    return mw_buf_take(&out);
}
