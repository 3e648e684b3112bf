/* The scalars of YAML: where they end, what they read as. */
#include <stdlib.h>
#include <string.h>

#include "edit_parts.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "yaml_scan.h"

bool yaml_is_alone(const char *text, size_t at, size_t end)
{
    return at + 1 == end || mw_text_is_blank(text[at + 1]);
}

size_t yaml_quoted_end(const char *text, size_t at, size_t end)
{
    char quote = text[at++];
    while (at < end) {
        if (text[at] == '\\' && quote == '"') {
            at += 2;
        } else if (text[at] == quote) {
            if (quote == '"' || at + 1 >= end || text[at + 1] != '\'')
                return at + 1;
            at += 2;
        } else {
            at++;
        }
    }
    return 0;
}

size_t yaml_plain_end(const char *text, size_t at, size_t end, bool in_flow)
{
    size_t last = at;
    for (; at < end; at++) {
        char c = text[at];
        if ((c == '#' && at > 0 && mw_text_is_blank(text[at - 1])) ||
            (c == ':' && (yaml_is_alone(text, at, end) ||
                          (in_flow && strchr(",[]{}", text[at + 1]) != NULL))) ||
            (in_flow && strchr(",[]{}", c) != NULL))
            break;
        if (!mw_text_is_blank(c))
            last = at + 1;
    }
    return last;
}

bool yaml_begins_plain(const char *text, size_t at, size_t end, bool in_flow)
{
    char c = text[at];
    if (strchr("-?:", c) != NULL)
        return !yaml_is_alone(text, at, end) && (!in_flow || strchr(",[]{}", text[at + 1]) == NULL);
    return strchr("&*!|>%@`\"'#,[]{}", c) == NULL;
}

static bool is_digits(const char *text, size_t len, const char *digits)
{
    bool any = false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\0' || strchr(digits, text[i]) == NULL)
            return false;
        any = any || text[i] != '_';
    }
    return any;
}

bool yaml_is_typed(const char *text, size_t len)
{
    static const char *const words[] = {"y",   "n",    "yes",  "no", "true", "false", "on",
                                        "off", "null", "none", "<<", "=",    NULL};
    if (mw_text_is_word(text, len, words) || len == 0 || (len == 1 && *text == '~'))
        return true;
    size_t sign = *text == '+' || *text == '-';
    const char *rest = text + sign;
    size_t left = len - sign;
    if (left > 2 && rest[0] == '0' && (rest[1] == 'x' || rest[1] == 'b' || rest[1] == 'o'))
        return is_digits(rest + 2, left - 2, "0123456789abcdefABCDEF_");
    if (left == 4 && *rest == '.' &&
        (strncasecmp(rest, ".inf", 4) == 0 || strncasecmp(rest, ".nan", 4) == 0))
        return true;
    /* Numbers, those of base 60 and dates: nothing else begins so and has only these. */
    bool begins = left > 0 && ((*rest >= '0' && *rest <= '9') || *rest == '.');
    return begins && is_digits(rest, left, "0123456789_.:eE+-TtZ ");
}

static size_t escape(const char *text, size_t len, unsigned *point)
{
    return edit_escape(text, len, "0abtnvfre \"/\\N_LP",
                       L"\0\a\b\t\n\v\f\r\x1B \"/\\\x85\xA0\u2028\u2029", point);
}

bool yaml_unquote(const char *text, size_t begin, size_t end, struct mw_buf *out)
{
    char quote = text[begin];
    for (size_t at = begin + 1; at + 1 < end;) {
        char bytes[4] = {text[at]};
        size_t len = 1, used = quote == '\'' && text[at] == '\'' ? 2 : 1;
        if (quote == '"' && text[at] == '\\') {
            unsigned point = 0;
            used = escape(text + at, end - 1 - at, &point);
            len = mw_utf8_encode(point, bytes);
        }
        if (used == 0)
            return false;
        if (out != NULL)
            mw_buf_append(out, bytes, len);
        at += used;
    }
    return true;
}

char *yaml_read(const struct tree *yaml, const struct node *node)
{
    if (node->kind == YAML_NULL)
        return mw_xstrdup("");
    if (node->kind != YAML_QUOTED)
        return mw_edit_item(yaml->text + node->value, node->value_end - node->value);
    MW_AUTO(mw_buf) out = {0};
    yaml_unquote(yaml->text, node->value, node->value_end, &out);
    return mw_edit_item(mw_buf_text(&out), out.len);
}

bool yaml_is_plain(const char *item)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./:@%+~-";
    size_t len = strlen(item);
    bool begins = (*item >= 'a' && *item <= 'z') || (*item >= 'A' && *item <= 'Z') || *item == '/';
    return begins && item[strspn(item, plain)] == '\0' && item[len - 1] != ':' &&
           !yaml_is_typed(item, len);
}
