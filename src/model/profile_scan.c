#include "profile_scan.h"

#include <string.h>
#include <strings.h>

enum {
    LINE_LIMIT_BYTES = 1023, /* ASCIILINESZ of iniparser.c, line end included */
    TEXT_LIMIT_BYTES = 1 << 20,
    KEY_LIMIT = 4096, /* both iniparser and the search for duplicates are quadratic */
};

struct scanner {
    const char *file, *text;
    size_t line;
    bool is_joined; /* the line above ends in a backslash, which was told */
    bool is_lost;   /* the section above could not be read: its keys belong nowhere */
    struct mw_profile_scan *scan;
    struct mw_error *err;
};

static enum mw_code refuse_profile(const struct scanner *s, const char *what, const char *allowed)
{
    return mw_model_refuse(s->err, s->file, s->line, allowed, "%s", what);
}

static enum mw_code check_bytes(const struct scanner *s, const char *text, size_t len)
{
    for (size_t pos = 0; pos < len; pos++) {
        pos += mw_model_odd_byte(text + pos, len - pos);
        if (pos == len || text[pos] == '\t')
            continue;
        unsigned char byte = (unsigned char)text[pos];
        if (byte < 0x80)
            return mw_model_refuse(s->err, s->file, s->line, _("printable text and tabs"),
                                   _("the control character 0x%02X in column %zu"), byte, pos + 1);
        return mw_model_refuse(s->err, s->file, s->line, _("UTF-8"),
                               _("the byte 0x%02X in column %zu is not UTF-8"), byte, pos + 1);
    }
    return MW_OK;
}

static const char *const key_rule = N_("letters, digits, '.', '_' and '-'");

/* Only such names are the same for iniparser, which takes ':' as its own separator. */
static bool is_key(const char *text, size_t len)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\0' || strchr(set, text[i]) == NULL)
            return false;
    }
    return len > 0;
}

static bool starts_comment(char c)
{
    return c == ';' || c == '#';
}

static enum mw_code add_section(const struct scanner *s, const char *text, size_t len)
{
    const char *close = memchr(text, ']', len);
    if (close == NULL)
        return refuse_profile(s, _("a section without ]"), _("[NAME] alone on its line"));
    const char *name = text + 1;
    size_t name_len = (size_t)(close - name);
    const char *rest = close + 1;
    size_t rest_len = len - (size_t)(rest - text);
    mw_text_trim(&rest, &rest_len);
    if (rest_len > 0 && !starts_comment(*rest))
        return refuse_profile(s, _("something follows the ] of a section"),
                              _("[NAME], then nothing or a comment after ';' or '#'"));
    mw_text_trim(&name, &name_len);
    if (memchr(name, ':', name_len) != NULL)
        return refuse_profile(s, _("a ':' in the name of a section"),
                              _("a dot instead, as in [check.NAME]"));
    if (!is_key(name, name_len))
        return refuse_profile(
            s, _("a section whose name is empty or has a character that no name has"), _(key_rule));
    struct mw_profile_scan *scan = s->scan;
    char *spelling = mw_xstrndup(name, name_len);
    for (size_t i = 0; i < scan->section_count; i++) {
        if (strcasecmp(scan->sections[i].spelling, spelling) == 0) {
            mw_model_refuse(s->err, s->file, s->line, _("each section once in a file"),
                            _("the section [%s] stands in line %zu already"), spelling,
                            scan->sections[i].line);
            free(spelling);
            return MW_BAD_PROFILE;
        }
    }
    struct mw_profile_section *section = MW_PUSH(scan->sections, scan->section_count);
    section->name = mw_text_lower(spelling);
    section->spelling = spelling;
    section->line = s->line;
    section->end = (size_t)(close + 1 - s->text);
    return MW_OK;
}

/* Narrows [*text, *len) to what stands between the quotes. */
static enum mw_code unquote(const struct scanner *s, const char **text, size_t *len)
{
    char quote = **text;
    const char *begin = *text + 1;
    const char *end = memchr(begin, quote, *len - 1);
    if (end == NULL)
        return refuse_profile(s, _("a quote that is never closed"),
                              _("a value in \"double\" or 'single' quotes on one line"));
    const char *rest = end + 1;
    size_t rest_len = *len - (size_t)(rest - *text);
    mw_text_trim(&rest, &rest_len);
    if (rest_len > 0 && !starts_comment(*rest))
        return refuse_profile(s, _("text after the closing quote"),
                              _("a comment or nothing; quotes around the whole value"));
    *len = (size_t)(end - begin);
    *text = begin;
    /* iniparser 4.1 takes a backslash as it is, 4.2 as an escape. */
    if (memchr(begin, '\\', *len) != NULL)
        return refuse_profile(s, _("a backslash in a quoted value"),
                              _("backslashes in unquoted values"));
    return MW_OK;
}

/* Cuts the comment off an unquoted value. A blank before ';' or '#' makes it a comment that the
 * author meant; without one iniparser would cut a URL at its fragment. */
static enum mw_code cut_comment(const struct scanner *s, const char **text, size_t *len)
{
    for (size_t i = 0; i < *len; i++) {
        char c = (*text)[i];
        if (!starts_comment(c))
            continue;
        char before = (*text)[i == 0 ? 0 : i - 1];
        if (i > 0 && (before == ' ' || before == '\t')) {
            *len = i;
            break;
        }
        mw_model_refuse(s->err, s->file, s->line,
                        _("quotes around such a value, or a blank before a comment"),
                        _("a '%c' inside an unquoted value, which would cut it there"), c);
        mw_error_hint(s->err, _("Put the value into double quotes: KEY = \"VALUE\"."));
        return MW_BAD_PROFILE;
    }
    mw_text_trim(text, len);
    return MW_OK;
}

/* A list may be added to and taken from as often as one likes. */
static enum mw_code check_duplicate(const struct scanner *s, const char *key, size_t len,
                                    enum mw_profile_sign sign)
{
    const struct mw_profile_scan *scan = s->scan;
    if (scan->entry_count >= KEY_LIMIT)
        return refuse_profile(s, _("more than 4096 keys"), _("up to 4096 keys in a file"));
    if (sign != MW_SIGN_SET)
        return MW_OK;
    size_t section = scan->section_count - 1;
    for (size_t i = scan->entry_count; i-- > 0 && scan->entries[i].section == section;) {
        const struct mw_profile_entry *entry = &scan->entries[i];
        if (strlen(entry->key) == len && strncasecmp(entry->key, key, len) == 0)
            return mw_model_refuse(s->err, s->file, s->line, _("each key once in a section"),
                                   _("the key %s stands in line %zu already"), entry->key,
                                   entry->line);
    }
    return MW_OK;
}

/* The sign right before the '=', which then no longer belongs to the key. */
static enum mw_profile_sign take_sign(const char *key, size_t *len)
{
    char last = *len > 0 ? key[*len - 1] : '\0';
    if (last != '+' && last != '-')
        return MW_SIGN_SET;
    (*len)--;
    return last == '+' ? MW_SIGN_ADD : MW_SIGN_REMOVE;
}

static enum mw_code add_entry(const struct scanner *s, const char *text, size_t len)
{
    const char *equals = memchr(text, '=', len);
    if (equals == NULL)
        return refuse_profile(s,
                              memchr(text, ':', len) != NULL ? _("a ':' where '=' belongs")
                                                             : _("a line without '='"),
                              _("[SECTION], KEY = VALUE, or a comment after ';' or '#'"));
    const char *key = text;
    size_t key_len = (size_t)(equals - text);
    enum mw_profile_sign sign = take_sign(key, &key_len);
    mw_text_trim(&key, &key_len);
    if (!is_key(key, key_len))
        return refuse_profile(s, _("a key that is empty or has a character that no key has"),
                              _(key_rule));
    if (s->scan->section_count == 0)
        return refuse_profile(s, _("a key before the first section"), _("keys below a [SECTION]"));
    enum mw_code code = check_duplicate(s, key, key_len, sign);
    if (code != MW_OK)
        return code;

    /* The blank after '=' stays until the comment is looked for: "KEY = ; nothing". */
    const char *value = equals + 1;
    size_t value_len = len - (size_t)(value - text);
    const char *first = value;
    size_t trimmed_len = value_len;
    mw_text_trim(&first, &trimmed_len);
    if (trimmed_len > 0 && (*first == '"' || *first == '\'')) {
        value = first;
        value_len = trimmed_len;
        code = unquote(s, &value, &value_len);
    } else {
        code = cut_comment(s, &value, &value_len);
    }
    if (code == MW_OK && sign != MW_SIGN_SET && value_len == 0)
        code = refuse_profile(s, _("no item behind += or -="), _("KEY += ITEM, KEY -= ITEM"));
    if (code != MW_OK)
        return code;
    struct mw_profile_entry *entry = MW_PUSH(s->scan->entries, s->scan->entry_count);
    entry->section = s->scan->section_count - 1;
    entry->key = mw_xstrndup(key, key_len);
    entry->value = mw_xstrndup(value, value_len);
    entry->sign = sign;
    entry->line = s->line;
    entry->begin = (size_t)(text - s->text);
    entry->end = entry->begin + len;
    return MW_OK;
}

/* `len` without the line feed. */
static enum mw_code scan_line(struct scanner *s, const char *text, size_t len)
{
    if (len + 1 > LINE_LIMIT_BYTES)
        return mw_model_refuse(s->err, s->file, s->line, _("up to 1023 bytes with the line end"),
                               _("a line of %zu bytes"), len + 1);
    if (len > 0 && text[len - 1] == '\r')
        len--;
    enum mw_code code = check_bytes(s, text, len);
    if (code != MW_OK)
        return code;
    mw_text_trim(&text, &len);
    if (len == 0)
        return MW_OK;
    bool was_joined = s->is_joined;
    s->is_joined = text[len - 1] == '\\';
    if (was_joined)
        return MW_OK;
    if (s->is_joined)
        return refuse_profile(
            s, _("a backslash at the end of the line, which would join the next line to it"),
            _("each value on one line"));
    if (starts_comment(*text))
        return MW_OK;
    if (*text != '[')
        return s->is_lost ? MW_OK : add_entry(s, text, len);
    code = add_section(s, text, len);
    s->is_lost = code != MW_OK;
    return code;
}

enum mw_code mw_profile_scan(const char *file, const char *text, size_t len,
                             struct mw_profile_scan *scan, struct mw_error *err)
{
    struct mw_profile_scan found = {0};
    struct mw_faults faults = {0};
    struct mw_error one = {0};
    struct scanner s = {.file = file, .text = text, .line = 1, .scan = &found, .err = &one};
    if (len > TEXT_LIMIT_BYTES)
        return mw_model_refuse(err, file, 0, _("up to 1 MiB"), _("a profile of %zu bytes"), len);
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        return mw_model_refuse(err, file, 1, _("UTF-8 without one"), _("a byte order mark"));
    for (size_t pos = 0; pos < len && !mw_faults_full(&faults); s.line++) {
        const char *end = memchr(text + pos, '\n', len - pos);
        size_t line_len = end != NULL ? (size_t)(end - text) - pos : len - pos;
        if (scan_line(&s, text + pos, line_len) != MW_OK)
            mw_faults_add(&faults, &one);
        pos += line_len + 1;
    }
    enum mw_code code = mw_faults_tell(&faults, err);
    if (code == MW_OK)
        *scan = found;
    else
        mw_profile_scan_release(&found);
    return code;
}

void mw_profile_scan_release(struct mw_profile_scan *scan)
{
    for (size_t i = 0; i < scan->section_count; i++) {
        free(scan->sections[i].name);
        free(scan->sections[i].spelling);
    }
    for (size_t i = 0; i < scan->entry_count; i++) {
        free(scan->entries[i].key);
        free(scan->entries[i].value);
    }
    free(scan->sections);
    free(scan->entries);
    *scan = (struct mw_profile_scan){0};
}

const struct mw_profile_entry *mw_profile_scan_find(const struct mw_profile_scan *scan,
                                                    const char *section, const char *key)
{
    for (size_t i = 0; i < scan->entry_count; i++) {
        const struct mw_profile_entry *entry = &scan->entries[i];
        if (strcasecmp(scan->sections[entry->section].name, section) == 0 &&
            strcasecmp(entry->key, key) == 0)
            return entry;
    }
    return NULL;
}
