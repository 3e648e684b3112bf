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

/* Does the address at hand end here? A quote or a bracket may be part of a password: it ends the
 * address only if what follows is no part of a word. */
static bool ends_here(const char *text)
{
    bool is_inner = *text != '\0' && strchr("\"<>", *text) != NULL &&
                    (isalnum((unsigned char)text[1]) || (unsigned char)text[1] >= 0x80 ||
                     (text[1] != '\0' && strchr("@%!$&*+._~-", text[1]) != NULL));
    return ends_url(*text) && !is_inner;
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
    while (!ends_here(end) && strchr("/?#", *end) == NULL)
        end++;
    const char *at = last_at(begin, end);
    if (at != NULL || !colon_is_no_port(begin, end))
        return at;
    while (!ends_here(end) && scheme_end(end) == 0)
        end++;
    return last_at(begin, end);
}

/* The name alone is no secret where the key is elsewhere: "ssh://git@host". `text` is behind the
 * scheme's letters. */
static bool is_ssh(const char *whole, const char *text)
{
    return text - whole >= 3 && strncasecmp(text - 3, "ssh", 3) == 0;
}

/* Appends the masked user part and returns where the text goes on. */
static const char *redact_userinfo(struct mw_buf *out, const char *begin, const char *at)
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

/* ---- names ----------------------------------------------------------------------------------- */

/* One letter too many, too few, another one, or two that changed their places: "pasword", "tokn".
 * A plural is another word. */
static bool is_misspelt(const char *text, size_t len, const char *word)
{
    enum { LENGTH_MIN = 5 };
    size_t full = strlen(word);
    size_t same = 0, tail = 0;
    while (same < len && same < full && tolower((unsigned char)text[same]) == word[same])
        same++;
    while (tail < len - same && tail < full - same &&
           tolower((unsigned char)text[len - 1 - tail]) == word[full - 1 - tail])
        tail++;
    size_t odd = len - same - tail, missed = full - same - tail;
    bool is_plural = odd == 1 && missed == 0 && tail == 0 && (text[same] | 0x20) == 's';
    bool is_swap = odd == 2 && missed == 2 &&
                   tolower((unsigned char)text[same]) == word[same + 1] &&
                   tolower((unsigned char)text[same + 1]) == word[same];
    return full >= LENGTH_MIN && !is_plural && ((odd <= 1 && missed <= 1) || is_swap);
}

/* Of the name that ends at `at`, where its last letters that are `word` begin: "API-Key" is
 * "apikey". NULL: they are others. */
static const char *tail_begin(const char *begin, const char *at, const char *word)
{
    for (size_t len = strlen(word); len > 0; at--) {
        if (at == begin)
            return NULL;
        if (tolower((unsigned char)at[-1]) == word[len - 1])
            len--;
        else if (strchr("-_", at[-1]) == NULL || at - begin < 2 || strchr("-_", at[-2]) != NULL)
            return NULL;
    }
    return at;
}

static bool is_word_begin(const char *begin, const char *at)
{
    return at == begin || !isalnum((unsigned char)at[-1]) ||
           (isupper((unsigned char)*at) && islower((unsigned char)at[-1]));
}

bool mw_text_ends_secret_name(const char *begin, const char *at)
{
    /* The end of any name, "registrytoken", and as a word perhaps misspelt; others are words. */
    static const char *const ends[] = {"token",     "password",   "passwd",        "passphrase",
                                       "secret",    "credential", "credentials",   "apikey",
                                       "secretkey", "accesskey",  "privatekey",    "secretid",
                                       "authtoken", "authident",  "authorization", "artapi"};
    static const char *const words[] = {"auth", "oauth", "bearer", "otp",    "pwd",
                                        "pat",  "pass",  "creds",  "header", "headers"};
    const char *last = at;
    if (tail_begin(begin, at, "corsheader") != NULL) /* what every answer of a server shows */
        return false;
    while (last > begin && isalnum((unsigned char)last[-1]) &&
           (last == at || !is_word_begin(begin, last)))
        last--;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (tail_begin(begin, at, ends[i]) != NULL ||
            is_misspelt(last, (size_t)(at - last), ends[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *first = tail_begin(begin, at, words[i]);
        if (first != NULL && is_word_begin(begin, first))
            return true;
    }
    return false;
}

/* Those of some makers begin with their mark; others have letters of both cases and digits, as no
 * word has them. */
bool mw_text_is_token(const char *text, size_t len)
{
    static const char *const marks[] = {
        "ghp_", "gho_",      "ghs_",  "github_pat_", "glpat-",  "npm_", "pypi-", "rubygems_",
        "hf_",  "dckr_pat_", "xoxb-", "xoxp-",       "dop_v1_", "eyJ",  "AKIA",  "sk-"};
    enum { MARKED_MIN = 12, TOKEN_MIN = 16, DIGITS_MIN = 2 };
    size_t upper = 0, lower = 0, digits = 0;
    while (len > 0 && text[len - 1] == '=')
        len--;
    for (size_t i = 0; i < len; i++) {
        upper += isupper((unsigned char)text[i]) != 0;
        lower += islower((unsigned char)text[i]) != 0;
        digits += isdigit((unsigned char)text[i]) != 0;
    }
    for (size_t i = 0; len >= MARKED_MIN && digits > 0 && i < sizeof marks / sizeof *marks; i++) {
        if (mw_text_starts(text, marks[i]))
            return true;
    }
    return len >= TOKEN_MIN && upper > 0 && lower > 0 && digits >= DIGITS_MIN &&
           upper + lower + digits == len;
}

/* Of a parameter: "access_token", "X-Amz-Signature". */
static bool is_secret_name(const char *name, size_t len)
{
    static const char *const words[] = {"key", "sig", "signature", NULL};
    size_t begin = len;
    while (begin > 0 && isalnum((unsigned char)name[begin - 1]))
        begin--;
    return mw_text_is_word(name + begin, len - begin, words) ||
           mw_text_ends_secret_name(name, name + len);
}

/* ---- parameters and paths -------------------------------------------------------------------- */

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

/* What ends a part of a path. */
static size_t part_length(const char *text)
{
    size_t len = 0;
    while (!ends_url(text[len]) && strchr("/?#,|'()", text[len]) == NULL)
        len++;
    return len;
}

/* May it be a token behind its name? What looks like one by itself is longer. */
static bool may_be_named(const char *text, size_t len)
{
    enum { NAMED_MIN = 8 };
    size_t i = 0;
    while (i < len && !isdigit((unsigned char)text[i]))
        i++;
    return len >= NAMED_MIN && i < len;
}

/* "/t/TOKEN" in a path is Anaconda's, "/auth/TOKEN" MyGet's, "/TOKEN" Cloudsmith's; and
 * "/user:password@" is a user part at the wrong place. */
static const char *redact_path(struct mw_buf *out, const char *text)
{
    if (*text != '/')
        return text;
    const char *part = text + 1;
    size_t len = part_length(part);
    const char *colon = memchr(part, ':', len);
    const char *at = colon != NULL ? last_at(colon, part + len) : NULL;
    if (at != NULL && at > colon + 1 && !mw_text_starts(at, "@sha256:")) {
        mw_buf_append(out, text, (size_t)(colon + 1 - text));
        mw_buf_puts(out, mask);
        return at;
    }
    size_t next = part[len] == '/' ? part_length(part + len + 1) : 0;
    const char *token = part + len + 1;
    bool is_named = may_be_named(token, next) && mw_text_ends_secret_name(part, part + len);
    if (next > 0 && (is_named || (len == 1 && *part == 't'))) {
        mw_buf_append(out, text, len + 2);
        mw_buf_puts(out, mask);
        return token + next;
    }
    if (!mw_text_is_token(part, len))
        return text;
    mw_buf_putc(out, '/');
    mw_buf_puts(out, mask);
    return part + len;
}

/* Appends "?name=****" if `text` is at such a parameter; returns where the text goes on. */
static const char *redact_parameter(struct mw_buf *out, const char *text, bool inside_url)
{
    size_t separator = parameter_start(text);
    if (separator == 0)
        return inside_url ? redact_path(out, text) : text;
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

/* Could a name, and so "user:password@host", start behind `c`? */
static bool is_boundary(char c)
{
    return ends_url(c) || strchr("'`,|=;()[]{}", c) != NULL;
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

/* "conda.anaconda.org/t/TOKEN/main" */
static bool is_host_with_path(const char *text)
{
    size_t len = 0;
    bool has_dot = false;
    for (; isalnum((unsigned char)text[len]) || (text[len] != '\0' && strchr("-.:", text[len]));
         len++)
        has_dot = has_dot || (text[len] == '.' && len > 0);
    return has_dot && text[len] == '/';
}

/* In Chinese no blank stands before a parenthesis: "prod.ini:18（@aliyun）". */
static const char note_opening[] = "\xEF\xBC\x88";

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
    for (; !ends_here(p) && scheme_end(p) == 0 && !mw_text_starts(p, note_opening); p++) {
        if (*p == '@' && p > colon + 1 && is_host(p + 1))
            return p;
    }
    *next = p;
    return NULL;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* No user part without its '@', no parameter without its '=', in a path no token without a digit:
 * most texts are none of these, and are not looked at by the character. */
static bool may_hold_secret(const char *text)
{
    bool may = strpbrk(text, "@=") != NULL || strstr(text, "/t/") != NULL;
    for (const char *at = strchr(text, '/'); !may && at != NULL; at = strchr(at, '/')) {
        at++;
        may = may_be_named(at, strcspn(at, "/"));
    }
    return may;
}

static char *redact_urls(const char *text)
{
    if (!may_hold_secret(text))
        return mw_xstrdup(text);
    struct mw_buf out = {0};
    bool inside_url = false;
    const char *whole = text;
    const char *no_bare_before = text; /* no user part without a scheme starts before this */
    while (*text != '\0') {
        bool begins = text == whole || is_boundary(text[-1]);
        size_t separator = begins && mw_text_starts(text, "//") ? 2 : scheme_end(text);
        if (separator > 0) {
            mw_buf_append(&out, text, separator);
            const char *begin = text + separator, *at = userinfo_end(begin);
            bool is_name = at != NULL && is_ssh(whole, text) &&
                           memchr(begin, ':', (size_t)(at - begin)) == NULL;
            text = is_name ? begin : redact_userinfo(&out, begin, at);
            inside_url = true;
            continue;
        }
        if (ends_url(*text))
            inside_url = false;
        if (inside_url || *text == '?' || *text == '&') {
            const char *rest = redact_parameter(&out, text, inside_url);
            if (rest != text) {
                text = rest;
                continue;
            }
        }
        if (begins && is_host_with_path(text))
            inside_url = true;
        if (text >= no_bare_before && begins) {
            const char *at = bare_userinfo_end(text, &no_bare_before);
            if (at != NULL) {
                text = redact_userinfo(&out, text, at);
                continue;
            }
        }
        mw_buf_putc(&out, *text++);
    }
    return mw_buf_take(&out);
}

/* Owned: without what the program is called with that says Cargo a token. */
static char *redact_arguments(const char *text)
{
    static const char provider[] = "token-from-stdout", between[] = " \t\"',[]";
    struct mw_buf out = {0};
    for (const char *at; (at = strstr(text, provider)) != NULL; text = at) {
        at += strlen(provider);
        mw_buf_append(&out, text, (size_t)(at - text));
        for (size_t words = 0;; words++) {
            size_t blank = strspn(at, between), len = 0;
            mw_buf_append(&out, at, blank);
            at += blank;
            while (at[len] > ' ' && at[len] < 0x7F && strchr("\"',[](){}<>#", at[len]) == NULL)
                len++;
            if (len == 0)
                break;
            bool is_secret = words > 0 && *at != '-' && !mw_text_starts(at, "cargo:");
            mw_buf_append(&out, is_secret ? mask : at, is_secret ? strlen(mask) : len);
            at += len;
        }
    }
    mw_buf_puts(&out, text);
    return mw_buf_take(&out);
}

/* What is masked may make a user part or an argument of what stands around it: until nothing more
 * is found. */
char *mw_text_redact(const char *text)
{
    enum { PASSES_MAX = 8 };
    char *redacted = mw_secret_mask(text);
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        char *known = redact_arguments(redacted);
        char *next = redact_urls(known);
        bool is_done = strcmp(next, redacted) == 0;
        mw_secret_free(known);
        mw_secret_free(redacted);
        redacted = next;
        if (is_done)
            break;
    }
    return redacted;
}

bool mw_text_has_secret(const char *text)
{
    MW_FREE char *redacted = mw_text_redact(text);
    return strcmp(text, redacted) != 0;
}
