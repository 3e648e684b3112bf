#include "mirrorwise/value.h"

#include <stdlib.h>
#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"

void mw_value_release(struct mw_value *value)
{
    mw_strings_release(&value->items);
    value->kind = MW_VALUE_ABSENT;
}

void mw_value_copy(struct mw_value *to, const struct mw_value *from)
{
    mw_value_release(to);
    to->kind = from->kind;
    mw_strings_copy(&to->items, &from->items);
}

bool mw_value_equal(const struct mw_value *a, const struct mw_value *b)
{
    return a->kind == b->kind && mw_strings_equal(&a->items, &b->items);
}

void mw_value_set_string(struct mw_value *value, const char *text)
{
    char *copy = mw_xstrdup(text); /* `text` may be one of our own items */
    mw_value_release(value);
    value->kind = MW_VALUE_STRING;
    mw_strings_take(&value->items, copy);
}

void mw_value_split(const struct mw_value *value, const char *separators, struct mw_strings *parts)
{
    for (size_t i = 0; i < value->items.count; i++)
        mw_strings_split(parts, value->items.items[i], separators);
}

char *mw_value_text(const struct mw_value *value)
{
    return mw_strings_join(&value->items, ", ");
}

bool mw_value_has_secret(const struct mw_value *value)
{
    char *text = mw_value_text(value);
    bool has_one = mw_text_has_secret(text);
    mw_secret_free(text);
    return has_one;
}

char *mw_value_shown(const struct mw_value *value, bool is_secret)
{
    if (value->kind == MW_VALUE_ABSENT)
        return mw_xstrdup("");
    if (value->kind == MW_VALUE_LIST && value->items.count == 0 && !is_secret)
        return mw_xstrdup("[]");
    char *text = mw_value_text(value);
    char *words = mw_secret_mask_words(text[0] != '\0' ? text : "\"\"");
    char *redacted = mw_text_redact(words);
    mw_secret_free(words);
    if (is_secret && (text[0] == '\0' || strcmp(text, redacted) == 0)) {
        free(redacted);
        redacted = mw_xstrdup("****");
    }
    mw_secret_free(text);
    return redacted;
}
