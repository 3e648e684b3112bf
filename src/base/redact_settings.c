/* What a diff shows around a change is somebody else's: the values of settings that are secret by
 * their name, in the grammars of the files that tools keep them in, over the end of a line where
 * these let them go on there. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"

static const char mask[] = "****";
static const char cdata[] = "<![CDATA["; /* XML 1.0, section 2.7 */

enum state {
    IN_NOTHING,
    IN_VALUE, /* the value of the last line's name stands on this one */
    IN_MAP,   /* every value of the map is secret */
    IN_KEY,   /* between BEGIN and END of a private key, RFC 7468 */
};

struct scan {
    struct mw_buf out;
    enum state state;
    size_t indent;    /* of the name that opened the state */
    int depth;        /* of the map */
    bool is_word;     /* the value is one word */
    bool is_spoken;   /* the line's first word is one before a name and a value */
    const char *seen; /* of the line: how far the quote and the braces are those that are open */
    char quote;
    int braces;
    bool is_header; /* the last <name> is that of a secret: Maven's httpHeaders */
};

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* Of the name that ends at `at`. */
static const char *name_begin(const char *begin, const char *at)
{
    while (at > begin && is_name_char(at[-1]))
        at--;
    return at;
}

/* "NPM_TOKEN_WORK", of a variable; "TOKEN_FILE" is a place. */
static bool ends_secret_variable(const char *begin, const char *at)
{
    static const char *const last[] = {"FILE", "PATH", "DIR",  "URL",  "COMMAND", "CMD",
                                       "TYPE", "TTL",  "NAME", "USER", "ID",      NULL};
    const char *name = name_begin(begin, at);
    const char *tail = memrchr(name, '_', (size_t)(at - name));
    if (tail == NULL || mw_text_is_word(tail + 1, (size_t)(at - tail - 1), last))
        return false;
    for (const char *end = name; end < at; end++) {
        if (islower((unsigned char)*end))
            return false;
        if (*end == '_' && end - name > 4 && mw_text_ends_secret_name(name, end))
            return true;
    }
    return false;
}

/* Bundler's credentials are named by their host or address: BUNDLE_GEMS__EXAMPLE__COM:
 * "user:token", BUNDLE_HTTPS://GEMS__EXAMPLE__COM/: "token" (Bundler::Settings#credentials_for).
 * A host of one word is none of Bundler's settings, of which only these have colons. */
static bool ends_bundler_host(const char *begin, const char *at, const char *value, const char *end)
{
    static const char *const others[] = {"BUNDLE_MIRROR__", "BUNDLE_BUILD__", "BUNDLE_LOCAL__",
                                         "BUNDLE_WITH",     "BUNDLE_ONLY",    "BUNDLE_PATH"};
    static const char dotted[] = "BUNDLE_GEM__";
    enum { NAME_MAX_LENGTH = 512 };
    const char *name = at;
    while (name > begin && at - name < NAME_MAX_LENGTH && strchr(" \t\"'+-", name[-1]) == NULL)
        name--;
    size_t len = (size_t)(at - name);
    if (!mw_text_starts(name, "BUNDLE_"))
        return false;
    size_t rest = len > strlen(dotted) ? len - strlen(dotted) : 0;
    bool is_dotted =
        mw_text_starts(name, dotted) && memmem(name + strlen(dotted), rest, "__", 2) == NULL;
    bool is_host = memmem(name, len, "__", 2) != NULL || memmem(name, len, "://", 3) != NULL ||
                   (*value != '/' && memchr(value, ':', (size_t)(end - value)) != NULL);
    if (!is_host || is_dotted || memmem(value, (size_t)(end - value), "://", 3) != NULL)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (mw_text_starts(name, others[i]))
            return false;
    }
    return true;
}

/* `<password xml:space="preserve">`: the name of the tag that ends at `at`. */
static bool ends_secret_tag(const char *begin, const char *at)
{
    enum { TAG_MAX = 4096 };
    size_t before = (size_t)(at - begin) < TAG_MAX ? (size_t)(at - begin) : TAG_MAX;
    const char *tag = memrchr(at - before, '<', before);
    const char *end = tag != NULL ? tag + 1 : at;
    while (end < at && (is_name_char(*end) || *end == ':'))
        end++;
    return tag != NULL && at[-1] != '/' && mw_text_ends_secret_name(tag + 1, end);
}

/* `<name>Private-Token</name> <value>...</value>`, Maven's: the name says what the value is. */
static bool ends_header_value(struct scan *scan, const char *begin, const char *at)
{
    static const char name[] = "</name", value[] = "<value";
    size_t len = (size_t)(at - begin);
    if (len >= strlen(name) && mw_text_starts(at - strlen(name), name))
        scan->is_header = mw_text_ends_secret_name(begin, at - strlen(name));
    return scan->is_header && len >= strlen(value) && mw_text_starts(at - strlen(value), value);
}

/* `key="ClearTextPassword" value="..."`, NuGet's, whose tokens are named by their address. */
static bool ends_secret_attribute(const char *begin, const char *at)
{
    static const char name[] = "value";
    size_t len = sizeof name - 1;
    if ((size_t)(at - begin) <= len || strncmp(at - len, name, len) != 0)
        return false;
    at -= len;
    while (at > begin && strchr(" \t", at[-1]) != NULL)
        at--;
    if (at == begin || strchr("\"'", at[-1]) == NULL)
        return false;
    at--;
    const char *key = memrchr(begin, at[0], (size_t)(at - begin));
    return mw_text_ends_secret_name(begin, at) ||
           (key != NULL && memmem(key, (size_t)(at - key), "://", 3) != NULL);
}

/* Of a map whose values are secret, these are not. */
static bool is_open_name(const char *begin, const char *at)
{
    static const char *const words[] = {"user", "username", "login", "email", "url",
                                        "host", "registry", "type",  "id",    NULL};
    const char *name = name_begin(begin, at);
    return mw_text_is_word(name, (size_t)(at - name), words);
}

/* A line of a diff stands behind one character more. */
static const char *content_of(const char *line, const char *end)
{
    const char *at = line + (line < end && strchr(" +-", *line) != NULL ? 1 : 0);
    while (at < end && strchr(" \t", *at) != NULL)
        at++;
    return at;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* What is nobody's secret: a switch, a small number, a place to read it from. */
static bool is_harmless(const char *value, size_t len)
{
    static const char *const words[] = {"true", "false",  "null", "none", "yes",
                                        "no",   "legacy", "[",    "[]",   NULL};
    static const char variable[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return mw_text_is_word(value, len, words) || len == 0 ||
           (len < 3 && strspn(value, "0123456789") >= len) ||
           (value[0] == '$' && (strspn(value + 1, variable) >= len - 1 ||
                                (value[1] == '{' && memchr(value, '}', len) == value + len - 1)));
}

static size_t trimmed(const char *value, size_t len)
{
    while (len > 0 && strchr(" \t\r", value[len - 1]) != NULL)
        len--;
    return len;
}

/* To its closing quote, brace or tag; what is in none of them may have blanks and commas. */
static size_t value_length(struct scan *scan, const char *line, const char *value, const char *end)
{
    size_t len = (size_t)(end - value);
    for (; scan->seen < value; scan->seen++) {
        char c = *scan->seen;
        if (scan->quote == '\0' && (c == '"' || c == '\''))
            scan->quote = c;
        else if (c == scan->quote)
            scan->quote = '\0';
        else if (scan->quote == '\0' && (c == '{' || c == '}'))
            scan->braces += c == '{' ? 1 : -1;
    }
    const char *stop = value;
    if (scan->quote != '\0') {
        while (stop < end && *stop != scan->quote)
            stop += *stop == '\\' && stop + 1 < end ? 2 : 1;
        return stop < end ? (size_t)(stop - value) : len;
    }
    bool is_cdata = value > line && value[-1] == '[';
    while (stop < end && *stop != (is_cdata ? ']' : '<') &&
           (scan->braces <= 0 || (*stop != ',' && *stop != '}')))
        stop++;
    return trimmed(value, (size_t)(stop - value));
}

static void count_brace(struct scan *scan, char c)
{
    if (scan->state == IN_MAP && c == '{')
        scan->depth++;
    else if (scan->state == IN_MAP && c == '}' && --scan->depth <= 0)
        scan->state = IN_NOTHING;
}

/* A name and its value with a blank or a parenthesis between them: `password "..."` of Gradle,
 * `--token ...`, `curl -u user:...`, `set -gx NPM_TOKEN ...` of fish, `login ... password ...`. */
static bool ends_secret_word(const struct scan *scan, const char *line, const char *at,
                             const char *end)
{
    static const char *const users[] = {"-u", "-U", "--user", "--proxy-user", NULL};
    const char *name = name_begin(line, at), *value = at + 1;
    if (value >= end || name == at || strchr("=:", *value) != NULL)
        return false;
    if (mw_text_is_word(name, (size_t)(at - name), users))
        return isalpha((unsigned char)*value) &&
               memchr(value, ':', strcspn(value, " \t\n\"'/")) != NULL;
    bool is_quoted = strchr("\"'", *value) != NULL;
    return (is_quoted || (*at == ' ' && (*name == '-' || scan->is_spoken))) &&
           (mw_text_ends_secret_name(name, at) || ends_secret_variable(name, at));
}

enum { SIGNS_MAX = 256 }; /* between a name and its value; more are looked at again for each */

/* Where the value of the next secret setting begins; NULL: there is none before `end`. */
static const char *secret_value(struct scan *scan, const char *line, const char *at,
                                const char *end)
{
    for (; at < end; at++) {
        count_brace(scan, *at);
        scan->is_word = strchr(" (", *at) != NULL && ends_secret_word(scan, line, at, end);
        if (strchr("=:>", *at) == NULL && !scan->is_word)
            continue;
        const char *name_end = at;
        while (name_end > line && strchr(" \t\"'[]", name_end[-1]) != NULL)
            name_end--;
        const char *value = at + (mw_text_starts(at, "=>") ? 2 : 1);
        while (value < end && value - at < SIGNS_MAX && strchr(" \t\"'=", *value) != NULL)
            value++;
        bool is_found = scan->is_word || mw_text_ends_secret_name(line, name_end);
        if (*at == '>')
            is_found = is_found || ends_secret_tag(line, at) || ends_header_value(scan, line, at);
        else
            is_found = is_found || ends_secret_attribute(line, name_end) ||
                       ends_secret_variable(line, name_end) ||
                       ends_bundler_host(line, name_end, value, end) ||
                       (scan->state == IN_MAP && *value != '{' && name_end > line &&
                        is_name_char(name_end[-1]) && !is_open_name(line, name_end));
        if (is_found && mw_text_starts(value, cdata))
            return value + strlen(cdata);
        if (is_found)
            return value;
    }
    return NULL;
}

/* ---- tokens that tell by themselves ---------------------------------------------------------- */

static size_t token_length(const char *text)
{
    size_t len = 0;
    while (isalnum((unsigned char)text[len]) || (text[len] != '\0' && strchr("_-", text[len])) ||
           (len > 0 && text[len] == '.' && isalnum((unsigned char)text[len + 1])))
        len++;
    for (size_t i = 0; i < 2 && text[len] == '='; i++) /* how base64 ends */
        len++;
    return mw_text_is_token(text, len) ? len : 0;
}

static void append(struct mw_buf *out, const char *at, const char *end)
{
    bool begins = true;
    while (at < end) {
        size_t len = begins ? token_length(at) : 0;
        if (len > 0) {
            mw_buf_puts(out, mask);
            at += len;
            continue;
        }
        begins = strchr(" \t\"'=,|[(/", *at) != NULL;
        mw_buf_putc(out, *at++);
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* A name, and what belongs to it. */
static bool is_setting(const char *at, const char *end)
{
    while (at < end && strchr("\"':", *at) != NULL)
        at++;
    const char *name = at;
    while (at < end && is_name_char(*at))
        at++;
    bool has_name = at > name;
    while (at < end && strchr("\"' \t", *at) != NULL)
        at++;
    return has_name && at < end && (*at == '=' || *at == ':') &&
           (at + 1 == end || strchr(" \t\"'[{\r", at[1]) != NULL || at[-1] == ' ');
}

/* A line of a private key, whose BEGIN and END may be out of sight. */
static bool is_key_line(const char *at, const char *end)
{
    enum { KEY_LINE_MIN = 48 };
    size_t len = trimmed(at, (size_t)(end - at));
    bool has_upper = false, has_lower = false;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)at[i]) && strchr("+/=", at[i]) == NULL)
            return false;
        has_upper = has_upper || isupper((unsigned char)at[i]);
        has_lower = has_lower || islower((unsigned char)at[i]);
    }
    return len >= KEY_LINE_MIN && has_upper && has_lower;
}

static void put_masked(struct scan *scan, const char *line, const char *end)
{
    const char *at = content_of(line, end);
    while (at < end && strchr("\"'", *at) != NULL)
        at++;
    size_t len = trimmed(at, (size_t)(end - at));
    const char *tag = memchr(at, '<', len);
    if (tag != NULL)
        len = (size_t)(tag - at);
    while (len > 0 && strchr("\"',", at[len - 1]) != NULL)
        len--;
    mw_buf_append(&scan->out, line, (size_t)(at - line));
    mw_buf_puts(&scan->out, len > 0 ? mask : "");
    mw_buf_append(&scan->out, at + len, (size_t)(end - at) - len);
}

/* Nothing of the value on this line: a block of YAML, a folded value, a tag. */
static bool goes_on(const char *value, const char *end)
{
    while (value < end && strchr("|>+-\\ \t\r", *value) != NULL)
        value++;
    return value == end;
}

static void put_settings(struct scan *scan, const char *line, const char *end)
{
    static const char begin[] = "PRIVATE KEY-----";
    static const char *const spoken[] = {"set",   "setenv",   "machine", "default",
                                         "login", "password", NULL};
    const char *at = line, *first = content_of(line, end);
    scan->is_spoken = mw_text_is_word(first, strcspn(first, " \t\n"), spoken);
    scan->seen = line;
    scan->quote = '\0';
    scan->braces = 0;
    const char *value;
    const char *key = memmem(line, (size_t)(end - line), begin, strlen(begin));
    if (key != NULL && memmem(line, (size_t)(key - line), "-----BEGIN", 10) != NULL) {
        key += strlen(begin);
        const char *after = memmem(key, (size_t)(end - key), "-----END", 8);
        append(&scan->out, line, key);
        mw_buf_puts(&scan->out, trimmed(key, (size_t)(end - key)) > 0 ? mask : "");
        if (after != NULL)
            mw_buf_append(&scan->out, after, (size_t)(end - after));
        else
            scan->state = IN_KEY;
        return;
    }
    while ((value = secret_value(scan, line, at, end)) != NULL) {
        append(&scan->out, at, value);
        at = value;
        bool is_map = *value == '{' && value[-1] != '>'; /* Maven's "{...}" is one password */
        if (is_map && scan->state != IN_MAP) {
            scan->state = IN_MAP;
            scan->depth = 0;
        }
        bool is_bare = scan->is_word && strchr("\"'", value[-1]) == NULL;
        size_t len = is_bare ? strcspn(value, " \t\"'\n") : value_length(scan, line, value, end);
        if (goes_on(value, end) && strchr("\"'", value[-1]) == NULL) {
            scan->state = IN_VALUE;
            scan->indent = (size_t)(content_of(line, end) - line);
        } else if (!is_map && !mw_text_starts(value, mask) && !is_harmless(value, len)) {
            mw_buf_puts(&scan->out, mask);
            at = value + len;
        }
    }
    append(&scan->out, at, end);
}

static void redact_line(struct scan *scan, const char *line, const char *end)
{
    const char *content = content_of(line, end);
    size_t indent = (size_t)(content - line);
    bool is_blank = trimmed(content, (size_t)(end - content)) == 0;
    if (*line == '@' && mw_text_starts(line, "@@")) /* lines are left out here */
        scan->state = IN_NOTHING;
    if (scan->state == IN_KEY && mw_text_starts(content, "-----END"))
        scan->state = IN_NOTHING;
    else if (!is_blank && (scan->state == IN_KEY || is_key_line(content, end))) {
        put_masked(scan, line, end);
        return;
    }
    if (scan->state == IN_VALUE && !is_blank) {
        bool is_value =
            indent > scan->indent && strchr("<}]", *content) == NULL && !is_setting(content, end);
        if (is_value)
            put_masked(scan, line, end);
        else
            scan->state = IN_NOTHING;
        if (is_value)
            return;
    }
    put_settings(scan, line, end);
}

char *mw_text_redact_settings(const char *text)
{
    char *urls = mw_text_redact(text);
    struct scan scan = {.state = IN_NOTHING};
    for (const char *line = urls; *line != '\0';) {
        const char *end = line + strcspn(line, "\n");
        redact_line(&scan, line, end);
        line = end;
        if (*line == '\n')
            mw_buf_putc(&scan.out, *line++);
    }
    mw_secret_free(urls);
    return mw_buf_take(&scan.out);
}
