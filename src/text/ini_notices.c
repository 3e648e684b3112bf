/* Lines that the tool reads otherwise than the person who wrote them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "edit_parts.h"
#include "ini_file.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

/* Foreign text in a message; the message as a whole is sanitised when it is added. */
static int shown(size_t len)
{
    return len < 60 ? (int)len : 60;
}

/* Is the name of a section one that no part of the tool asks for? */
static bool is_never_read(const char *text, const struct line *section)
{
    const char *name = text + section->key;
    size_t len = section->key_end - section->key;
    bool is_odd = edit_blank_len(EDIT_PYTHON, name, len) > 0 || mw_text_is_blank(name[len - 1]);
    for (size_t i = 0; i < len && !is_odd; i++)
        is_odd = name[i] >= 'A' && name[i] <= 'Z';
    return is_odd && !ini_is_default(text, section);
}

/* "name = value", "name: value" or "[section]"; but "https://h" and "host:80" are values. */
static bool looks_like_head(const char *text, size_t len)
{
    if (text[0] == '[')
        return memchr(text, ']', len) != NULL;
    size_t at = 0;
    while (at < len && edit_is_word(text[at]))
        at++;
    size_t sign = edit_skip_blanks(text, at, len);
    return at > 0 && sign < len &&
           (text[sign] == '=' ||
            (text[sign] == ':' && (sign + 1 == len || mw_text_is_blank(text[sign + 1]))));
}

static void notice_value(const char *text, const struct line *line, struct mw_notices *notices)
{
    const char *reader = notices->reader != NULL ? notices->reader : INI_READER;
    const char *value = text + line->value;
    size_t len = line->value_end - line->value;
    if (len == 0)
        return;
    if (line->kind == LINE_MORE && looks_like_head(value, len))
        mw_notices_add(notices, line->number, "ini-indented-option",
                       _("this line is indented, so %s takes \"%.*s\" as part of the value "
                         "above it"),
                       reader, shown(len), value);
    if (value[0] == '"' || value[0] == '\'')
        mw_notices_add(notices, line->number, "ini-quotes",
                       _("the value starts with a quote, which %s takes as part of the value"),
                       reader);
    for (size_t i = 1; i < len; i++) {
        if ((value[i] == '#' || value[i] == ';') && mw_text_is_blank(value[i - 1])) {
            mw_notices_add(notices, line->number, "ini-inline-comment",
                           _("%s knows no comments behind a value; \"%.*s\" is part of it"), reader,
                           shown(len - i), value + i);
            return;
        }
    }
}

void ini_notices(const char *text, size_t len, struct mw_notices *notices)
{
    const char *reader = notices->reader != NULL ? notices->reader : INI_READER;
    struct line line = {0};
    while (ini_next(text, len, &line)) {
        size_t key_len = line.key_end - line.key;
        if (line.kind == LINE_SECTION && notices->is_of_sections && is_never_read(text, &line))
            mw_notices_add(notices, line.number, "ini-section-case",
                           _("%s never reads [%.*s]: the names of its sections are in lower case, "
                             "without blanks inside the brackets"),
                           reader, shown(key_len), text + line.key);
        else if (line.kind == LINE_OPTION || line.kind == LINE_MORE)
            notice_value(text, &line, notices);
    }

    MW_AUTO(names) names = {0};
    ini_names(text, len, INI_SAME_KEY, &names);
    for (size_t i = 1; i < names.count; i++) {
        const struct name *first = &names.items[i - 1];
        const struct name *again = &names.items[i];
        /* Of one spelling the tool reads nothing at all. */
        bool is_spelled_so = first->len == again->len &&
                             strncasecmp(text + first->at, text + again->at, first->len) == 0;
        if (names_again(&names, i) && !is_spelled_so)
            mw_notices_add(notices, first->line, "ini-two-spellings",
                           _("\"%.*s\" is given again on line %zu as \"%.*s\", so this line has no "
                             "effect"),
                           shown(first->len), text + first->at, again->line, shown(again->len),
                           text + again->at);
    }
}

void ini_each_name(const char *text, size_t len, mw_each_name *each, void *context)
{
    struct line line = {0};
    MW_FREE char *section = NULL;
    while (ini_next(text, len, &line)) {
        if (line.kind == LINE_SECTION) {
            free(section);
            section = is_never_read(text, &line)
                          ? NULL
                          : mw_xstrndup(text + line.key, line.key_end - line.key);
            if (section != NULL)
                each(context, section, NULL, line.number);
        } else if (line.kind == LINE_OPTION && section != NULL) {
            MW_FREE char *option = ini_name(text + line.key, line.key_end - line.key, true);
            each(context, section, option, line.number);
        }
    }
}
