/* What no output may show: the secrets that were told (secret.h), and credentials inside URLs,
 * wherever the URLs stand: diff lines, GOPROXY lists, quoted JSON. Tools take many of them without
 * their scheme, "user:password@host:8080" (pip's proxy, GOPROXY).
 *
 * The rule for the user part is pip's (utils/misc.py redact_netloc): a password becomes ****, a
 * lone token too. Where a text can be read in two ways, the one that hides more wins: a password
 * may hold a quote or a comma, and an unescaped '/', '?' or '#' in it makes the URL invalid but
 * must not make it public. */
#include "mirrorwise/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/secret.h"

static const char mask[] = "****";

/* Go's encoding/json writes '&' as \u0026 unless told otherwise. */
static const char json_ampersand[] = "\\u0026";

/* Length of "://" at `text`, also as some JSON writers spell it (":\/\/"); 0 if it is neither. */
static size_t scheme_end(const char *text)
{
    if (*text != ':')
        return 0;
    return mw_text_starts(text, "://") ? 3 : mw_text_starts(text, ":\\/\\/") ? 5 : 0;
}

static bool ends_url(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7F || c == '"' || c == '<' || c == '>';
}

static const char *last_at(const char *begin, const char *end)
{
    return memrchr(begin, '@', (size_t)(end - begin));
}

/* True if an authority without '@' cannot be host:port, so that its colon must belong to a
 * password that goes on behind the '/', '?' or '#'. */
static bool colon_is_no_port(const char *begin, const char *end)
{
    if (begin < end && *begin == '[')
        return false;
    const char *colon = memchr(begin, ':', (size_t)(end - begin));
    if (colon == NULL)
        return false;
    for (const char *p = colon + 1; p < end; p++) {
        if (!isdigit((unsigned char)*p))
            return true;
    }
    return false;
}

/* The '@' that ends the user part of the authority at `begin`, or NULL. */
static const char *userinfo_end(const char *begin)
{
    const char *end = begin;
    while (!ends_url(*end) && strchr("/?#", *end) == NULL)
        end++;
    const char *at = last_at(begin, end);
    if (at != NULL || !colon_is_no_port(begin, end))
        return at;
    while (!ends_url(*end) && scheme_end(end) == 0)
        end++;
    return last_at(begin, end);
}

/* Appends the masked user part and returns where the text goes on. */
static const char *redact_userinfo_to(struct mw_buf *out, const char *begin, const char *at)
{
    if (at == NULL || at == begin)
        return begin;
    const char *colon = memchr(begin, ':', (size_t)(at - begin));
    /* GitHub's "token:x-oauth-basic@": the secret is the other half. */
    static const char basic[] = ":x-oauth-basic";
    if (colon != NULL && (size_t)(at - colon) == sizeof basic - 1 &&
        memcmp(colon, basic, sizeof basic - 1) == 0) {
        mw_buf_puts(out, mask);
        mw_buf_append(out, colon, (size_t)(at - colon));
        return at;
    }
    /* "token:@host" is a token with an empty password. */
    if (colon != NULL && colon + 1 < at)
        mw_buf_append(out, begin, (size_t)(colon + 1 - begin));
    mw_buf_puts(out, mask);
    return at;
}

static const char *redact_userinfo(struct mw_buf *out, const char *begin)
{
    return redact_userinfo_to(out, begin, userinfo_end(begin));
}

/* "access_token", "X-Amz-Signature": the last word of a name says what it holds. */
static bool is_secret_name(const char *name, size_t len)
{
    static const char *const words[] = {"token",  "key",  "sig",    "signature",  "password",
                                        "passwd", "auth", "secret", "credential", "apikey"};
    size_t begin = len;
    while (begin > 0 && isalnum((unsigned char)name[begin - 1]))
        begin--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == len - begin &&
            strncasecmp(words[i], name + begin, len - begin) == 0)
            return true;
    }
    return false;
}

/* True at a ',' or '|' behind which the next URL of a list starts. */
static bool starts_next_url(const char *text)
{
    if (*text != ',' && *text != '|')
        return false;
    text++;
    while (isalnum((unsigned char)*text) || (*text != '\0' && strchr("+-.", *text) != NULL))
        text++;
    return scheme_end(text) > 0;
}

static bool ends_value(const char *text)
{
    return ends_url(*text) || *text == '&' || *text == '#' || starts_next_url(text) ||
           mw_text_starts(text, json_ampersand);
}

/* Length of the separator in front of a query or fragment parameter, 0 if there is none. */
static size_t parameter_start(const char *text)
{
    if (mw_text_starts(text, json_ampersand))
        return sizeof json_ampersand - 1;
    return *text != '\0' && strchr("?&;#", *text) != NULL ? 1 : 0;
}

/* Appends "?name=****" if `text` is at such a parameter; returns where the text goes on. */
static const char *redact_parameter(struct mw_buf *out, const char *text)
{
    size_t separator = parameter_start(text);
    if (separator == 0)
        return text;
    const char *name = text + separator;
    const char *end = name;
    while (isalnum((unsigned char)*end) || (*end != '\0' && strchr("_-.", *end) != NULL))
        end++;
    if (*end != '=' || !is_secret_name(name, (size_t)(end - name)))
        return text;
    const char *value = end + 1;
    const char *rest = value;
    while (!ends_value(rest))
        rest++;
    mw_buf_append(out, text, (size_t)(value - text));
    if (rest > value)
        mw_buf_puts(out, mask);
    return rest;
}

/* ---- without a scheme ------------------------------------------------------------------------ */

static bool is_quote(char c)
{
    return c == '\'' || c == '`';
}

/* Could a name, and so "user:password@host", start behind `c`? */
static bool is_boundary(char c)
{
    return ends_url(c) || is_quote(c) || strchr(",|=;()[]{}", c) != NULL;
}

/* "host", "host:8080", "[::1]" and no more, up to what ends an address; behind an '@' at `text`. */
static bool is_host(const char *text)
{
    size_t len = 0;
    while (isalnum((unsigned char)text[len]) || (text[len] != '\0' && strchr(".-_[]%:", text[len])))
        len++;
    char next = text[len];
    return len > 0 && (is_boundary(next) || strchr("/?#\\", next) != NULL) &&
           !mw_text_starts(text, "sha256:"); /* an image by its digest */
}

/* "host:8080/path" */
static bool is_port(const char *colon)
{
    size_t digits = strspn(colon + 1, "0123456789");
    return digits > 0 && colon[1 + digits] != '\0' && strchr("/?#", colon[1 + digits]) != NULL;
}

/* In Chinese no blank stands before a parenthesis: "prod.ini:18（@aliyun）". */
static bool opens_note(const char *text)
{
    return mw_text_starts(text, "\xEF\xBC\x88");
}

/* If "user:password@host" starts at `text`, the position of its '@', else NULL; then none starts
 * before *next either. */
static const char *bare_userinfo_end(const char *text, const char **next)
{
    const char *colon = text;
    while (!is_boundary(*colon) && strchr(":@/\\", *colon) == NULL)
        colon++;
    *next = colon;
    if (*colon != ':' || colon == text || scheme_end(colon) > 0 || is_port(colon) ||
        mw_text_starts(text, "mailto:"))
        return NULL;
    const char *p = colon + 1;
    for (; !ends_url(*p) && scheme_end(p) == 0 && !opens_note(p); p++) {
        if (*p == '@' && p > colon + 1 && is_host(p + 1))
            return p;
    }
    *next = p;
    return NULL;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static char *redact_urls(const char *text)
{
    /* No user part without its '@', no parameter without its '='. */
    if (strpbrk(text, "@=") == NULL)
        return mw_xstrdup(text);
    struct mw_buf out = {0};
    bool inside_url = false;
    const char *whole = text;
    const char *no_bare_before = text; /* no user part without a scheme starts before this */
    while (*text != '\0') {
        size_t separator = scheme_end(text);
        if (separator > 0) {
            mw_buf_append(&out, text, separator);
            text = redact_userinfo(&out, text + separator);
            inside_url = true;
            continue;
        }
        if (ends_url(*text))
            inside_url = false;
        if (inside_url || *text == '?' || *text == '&') {
            const char *rest = redact_parameter(&out, text);
            if (rest != text) {
                text = rest;
                continue;
            }
        }
        if (text >= no_bare_before && (text == whole || is_boundary(text[-1]))) {
            const char *at = bare_userinfo_end(text, &no_bare_before);
            if (at != NULL) {
                text = redact_userinfo_to(&out, text, at);
                continue;
            }
        }
        mw_buf_putc(&out, *text++);
    }
    return mw_buf_take(&out);
}

char *mw_text_redact(const char *text)
{
    MW_FREE char *masked = mw_secret_mask(text);
    return redact_urls(masked);
}

/* ---- settings of files ----------------------------------------------------------------------- */

/* Does a name that ends at `at` say that a secret follows? "_authToken", "npmAuthToken", "auth". */
static bool ends_secret_name(const char *begin, const char *at)
{
    static const char *const words[] = {
        "token",   "password",  "passwd",     "passphrase", "auth",         "oauth",
        "bearer",  "authident", "secret",     "credential", "apikey",       "api_key",
        "api-key", "secretkey", "secret_key", "access_key", "authorization"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(at - begin) < len || strncasecmp(at - len, words[i], len) != 0)
            continue;
        const char *first = at - len;
        bool is_word = first == begin || !isalnum((unsigned char)first[-1]) ||
                       (isupper((unsigned char)*first) && islower((unsigned char)first[-1]));
        if (is_word)
            return true;
    }
    return false;
}

/* What is nobody's secret: a switch, a number, a place to read it from. */
static bool is_harmless(const char *value, size_t len)
{
    static const char *const words[] = {"true", "false", "null", "none", "yes", "no", "legacy"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == len && strncasecmp(words[i], value, len) == 0)
            return true;
    }
    return len == 0 || strspn(value, "0123456789") >= len || value[0] == '$' || value[0] == '[';
}

static const char cdata[] = "<![CDATA["; /* XML 1.0, section 2.7 */

/* Where the value of the secret setting begins that the line holds; NULL: it holds none. */
static const char *secret_value(const char *line, const char *end)
{
    for (const char *at = line; at < end; at++) {
        if (strchr("=:>", *at) == NULL)
            continue;
        const char *name_end = at;
        while (name_end > line && strchr(" \t\"'", name_end[-1]) != NULL)
            name_end--;
        if (!ends_secret_name(line, name_end))
            continue;
        const char *value = at + 1;
        while (value < end && strchr(" \t\"'=", *value) != NULL)
            value++;
        if (mw_text_starts(value, cdata))
            return value + strlen(cdata);
        return *value == '{' ? value + 1 : value;
    }
    return NULL;
}

/* To its closing quote, brace or tag; what is in neither may have blanks and commas. */
static size_t value_length(const char *value, const char *line)
{
    bool is_quoted = value > line && (value[-1] == '"' || value[-1] == '\'');
    size_t len = strcspn(value, "\n");
    if (value > line && value[-1] == '{')
        return strcspn(value, "}\n");
    bool is_cdata = value > line && value[-1] == '[';
    const char *end = memchr(value, is_quoted ? value[-1] : is_cdata ? ']' : '<', len);
    return end != NULL ? (size_t)(end - value) : len;
}

char *mw_text_redact_settings(const char *text)
{
    char *urls = mw_text_redact(text);
    struct mw_buf out = {0};
    for (const char *line = urls; *line != '\0';) {
        const char *end = line + strcspn(line, "\n");
        const char *value = secret_value(line, end);
        size_t len = value != NULL ? value_length(value, line) : 0;
        if (value != NULL && !is_harmless(value, len)) {
            mw_buf_append(&out, line, (size_t)(value - line));
            mw_buf_puts(&out, mask);
            line = value + len;
        }
        mw_buf_append(&out, line, (size_t)(end - line));
        line = end;
        if (*line == '\n')
            mw_buf_putc(&out, *line++);
    }
    mw_secret_free(urls);
    return mw_buf_take(&out);
}

bool mw_text_has_secret(const char *text)
{
    MW_FREE char *redacted = mw_text_redact(text);
    return strcmp(text, redacted) != 0;
}
