/* Lines of a pip.conf that pip reads otherwise than the person who wrote them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ini_file.h"
#include "ini_scan.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "odd_text.h"

/* Foreign text in a message; the message as a whole is sanitised when it is added. */
static int shown(size_t len)
{
    return len < 60 ? (int)len : 60;
}

static void notice_section(const char *text, const struct ini_line *line,
                           struct mw_notices *notices)
{
    const char *name = text + line->name;
    size_t len = line->name_end - line->name;
    bool odd = ini_blank_len(name, len) > 0 || name[len - 1] == ' ' || name[len - 1] == '\t';
    for (size_t i = 0; i < len && !odd; i++)
        odd = name[i] >= 'A' && name[i] <= 'Z';
    if (odd && !ini_is_default(text, line))
        mw_notices_add(notices, line->number, "ini-section-case",
                       _("pip never reads [%.*s]: the names of its sections are in lower case, "
                         "without blanks inside the brackets"),
                       shown(len), name);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* "name = value", "name: value" or "[section]"; but "https://h" and "host:80" are values. */
static bool looks_like_head(const char *text, size_t len)
{
    if (text[0] == '[')
        return memchr(text, ']', len) != NULL;
    size_t at = 0;
    while (at < len && is_word(text[at]))
        at++;
    size_t name_len = at;
    while (at < len && (text[at] == ' ' || text[at] == '\t'))
        at++;
    if (name_len == 0 || at == len)
        return false;
    return text[at] == '=' ||
           (text[at] == ':' && (at + 1 == len || text[at + 1] == ' ' || text[at + 1] == '\t'));
}

static void notice_value(const char *text, const struct ini_line *line, struct mw_notices *notices)
{
    const char *value = text + line->value;
    size_t len = line->text_end - line->value;
    if (len == 0)
        return;
    if (line->kind == INI_MORE && looks_like_head(value, len))
        mw_notices_add(notices, line->number, "ini-indented-option",
                       _("this line is indented, so pip takes \"%.*s\" as part of the value "
                         "above it"),
                       shown(len), value);
    if (value[0] == '"' || value[0] == '\'')
        mw_notices_add(notices, line->number, "ini-quotes",
                       _("the value starts with a quote, which pip takes as part of the value"));
    for (size_t i = 1; i < len; i++) {
        if ((value[i] == '#' || value[i] == ';') && (value[i - 1] == ' ' || value[i - 1] == '\t')) {
            mw_notices_add(notices, line->number, "ini-inline-comment",
                           _("pip knows no comments behind a value; \"%.*s\" is part of it"),
                           shown(len - i), value + i);
            return;
        }
    }
}

void ini_notices(const char *text, size_t len, struct mw_notices *notices)
{
    odd_text_notices(text, len, "#;", notices);
    struct ini_scan scan = {.text = text, .len = len};
    struct ini_line line;
    while (ini_next(&scan, &line)) {
        if (line.kind == INI_SECTION)
            notice_section(text, &line, notices);
        else if (line.kind == INI_OPTION || line.kind == INI_MORE)
            notice_value(text, &line, notices);
    }

    MW_FREE struct ini_repeat *repeats = NULL;
    size_t count = ini_repeats(text, len, INI_SAME_KEY, &repeats);
    for (size_t i = 0; i < count; i++) {
        const struct ini_name *first = &repeats[i].first;
        const struct ini_name *again = &repeats[i].again;
        /* Of one spelling pip reads nothing at all. */
        if (first->len == again->len && strncasecmp(first->name, again->name, first->len) == 0)
            continue;
        mw_notices_add(notices, first->number, "ini-two-spellings",
                       _("\"%.*s\" is given again on line %zu as \"%.*s\", so this line has no "
                         "effect"),
                       shown(first->len), first->name, again->number, shown(again->len),
                       again->name);
    }
    mw_notices_sort(notices);
}

/* Owned: in lower case, '-' for '_', without a leading "--". */
static char *option_name(const char *name, size_t len)
{
    char *option = mw_xstrndup(name, len);
    for (char *p = option; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
        else if (*p == '_')
            *p = '-';
    }
    if (strncmp(option, "--", 2) == 0)
        memmove(option, option + 2, strlen(option + 2) + 1);
    return option;
}

/* A section whose name has a notice of its own is passed over. */
static bool is_odd_section(const char *name, size_t len)
{
    MW_AUTO(mw_notices) notices = {0};
    struct ini_line line = {.name = 0, .name_end = len};
    notice_section(name, &line, &notices);
    return notices.count > 0;
}

void ini_names(const char *text, size_t len, mw_each_name *each, void *context)
{
    struct ini_scan scan = {.text = text, .len = len};
    struct ini_line line;
    MW_FREE char *section = NULL;
    while (ini_next(&scan, &line)) {
        if (line.kind == INI_SECTION) {
            size_t name_len = line.name_end - line.name;
            bool is_odd = name_len == 0 || is_odd_section(text + line.name, name_len);
            free(section);
            section = is_odd ? NULL : mw_xstrndup(text + line.name, name_len);
            if (section != NULL)
                each(context, section, NULL, line.number);
        } else if (line.kind == INI_OPTION && section != NULL) {
            MW_FREE char *option = option_name(text + line.name, line.name_end - line.name);
            each(context, section, option, line.number);
        }
    }
}
