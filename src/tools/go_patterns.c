/* GOPRIVATE and its family: patterns of module paths. A pattern that no module path can match is
 * silently no pattern to go, and the modules that it was written for are asked of public servers;
 * so patterns are held against what golang.org/x/mod/module CheckPath() lets into a path. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/module.h"

/* ---- path.Match ------------------------------------------------------------------------------ */

/* One character of a [class], as getEsc() of Go's path/match.go takes it; NULL if it is malformed.
 */
static const char *skip_class_char(const char *p)
{
    if (*p == '\0' || *p == '-' || *p == ']')
        return NULL;
    if (*p == '\\')
        p++;
    return p[0] == '\0' || p[1] == '\0' ? NULL : p + 1;
}

/* `p` stands behind the '['. Returns what follows the ']', NULL if it is malformed. */
static const char *skip_class(const char *p)
{
    if (*p == '^')
        p++;
    for (size_t ranges = 0; *p != ']' || ranges == 0; ranges++) {
        p = skip_class_char(p);
        if (p != NULL && *p == '-')
            p = skip_class_char(p + 1);
        if (p == NULL)
            return NULL;
    }
    return p + 1;
}

/* Behind the next character, class or wildcard; NULL if it is malformed. */
static const char *skip_one(const char *p)
{
    if (*p == '[')
        return skip_class(p + 1);
    if (*p == '\\')
        return p[1] == '\0' ? NULL : p + 2;
    return p + 1;
}

static bool is_glob(const char *p)
{
    while (p != NULL && *p != '\0')
        p = skip_one(p);
    return p != NULL;
}

/* ---- module.CheckPath ------------------------------------------------------------------------ */

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_path_char(char c)
{
    return is_lower_or_digit(c) || is_upper(c) || (c != '\0' && strchr("-._~", c) != NULL);
}

/* A character that people write between patterns or in addresses and that no path holds. */
static const char *dead_character(const char *pattern, const char *at)
{
    if (*at == ':' && at[1] >= '0' && at[1] <= '9')
        return _("a module path has no port, so this pattern never matches; leave it out");
    if (*at == '@')
        return _("a module path names no user, so this pattern never matches; write host/path");
    if (*at == ':' && memchr(pattern, '@', (size_t)(at - pattern)) != NULL)
        return _("a module path names no user, so this pattern never matches; write host/path");
    if (*at == ':' || *at == '|')
        return _("only ',' separates patterns, so this one never matches and private paths leak");
    if (strncmp(at, "\xEF\xBC\x8C", 3) == 0)
        return _("'\xEF\xBC\x8C' is not the ',' that separates patterns, so this one never matches "
                 "and private paths leak");
    if ((unsigned char)*at >= 0x80)
        return _("a module path is of ASCII, so this pattern never matches");
    return _("it holds a character that no module path has, so it never matches");
}

/* The element at `element`, `len` bytes; `is_first`: the host. NULL if some path may match. */
static const char *dead_element(const char *pattern, const char *element, size_t len, bool is_first)
{
    const char *end = element + len;
    bool has_dot = false, is_open = false;
    for (const char *p = element; p < end; p = skip_one(p)) {
        is_open = is_open || strchr("*?[", *p) != NULL;
        has_dot = has_dot || *p == '.';
        if (strchr("*?[\\", *p) != NULL)
            continue;
        if (!is_path_char(*p))
            return dead_character(pattern, p);
        if (is_first && is_upper(*p))
            return _("the host in a module path is in lower case, and go compares exactly, so "
                     "this pattern never matches");
        if (is_first && strchr("_~", *p) != NULL)
            return dead_character(pattern, p);
    }
    if (is_first && element[0] == '.')
        return _("a module path does not begin with a dot, so this pattern never matches; write "
                 "'*' in front of it");
    if (element[0] == '.' || end[-1] == '.')
        return _("no element of a module path begins or ends with a dot, so this pattern never "
                 "matches");
    if (is_first && element[0] == '-')
        return dead_character(pattern, element);
    if (is_first && !has_dot && !is_open)
        return _("a module path begins with a host, which has a dot, so this pattern never "
                 "matches");
    return NULL;
}

const char *mw_go_wrong_pattern(const char *pattern)
{
    if (strcmp(pattern, "none") == 0) /* the usual word for "no pattern" */
        return NULL;
    if (strpbrk(pattern, "$%`") != NULL)
        return _("go puts no variables in, so this pattern never matches; write the name itself");
    if (strpbrk(pattern, " \t") != NULL)
        return _("go does not trim blanks, so this pattern never matches and private paths leak");
    if (strchr(pattern, ';') != NULL)
        return _("';' does not separate patterns, so this one never matches and private paths "
                 "leak; write ','");
    const char *taken = strchr(pattern, '\\');
    if (taken != NULL && (is_lower_or_digit(taken[1]) || is_upper(taken[1])))
        return _(
            "'\\' only takes the next character as it is, so this pattern is not what it looks "
            "like; write '/'");
    if (strstr(pattern, "://") != NULL)
        return _("module paths have no scheme, so this pattern never matches; write host/path");
    if (pattern[0] == '/' || strstr(pattern, "//") != NULL)
        return _("no module path has an empty element, so this pattern never matches");
    if (strpbrk(pattern, "\"'") != NULL)
        return _("go takes quotes literally, so this pattern never matches");
    if (!is_glob(pattern))
        return _("the pattern is malformed, and go would silently never match it");
    const char *dead = NULL;
    for (const char *at = pattern; dead == NULL && *at != '\0';) {
        size_t len = strcspn(at, "/");
        dead = dead_element(pattern, at, len, at == pattern);
        at += len;
        at += *at == '/';
    }
    return dead;
}

/* Owned: the pattern as it was meant where it was written as an address: without scheme, user,
 * port,
 * "/..." and what surrounds it, the host in lower case. NULL: it cannot be told. */
static char *meant(const char *pattern)
{
    const char *scheme = strstr(pattern, "://");
    const char *at = scheme != NULL ? scheme + 3 : pattern;
    const char *user = strchr(at, '@');
    if (user != NULL && user < at + strcspn(at, "/"))
        at = user + 1;
    at += strspn(at, "/");
    struct mw_buf text = {0};
    if (at[0] == '.' && at[1] != '.')
        mw_buf_putc(&text, '*');
    size_t host = strcspn(at, "/:");
    for (size_t i = 0; i < host; i++)
        mw_buf_putc(&text, is_upper(at[i]) ? (char)(at[i] - 'A' + 'a') : at[i]);
    at += host;
    bool is_port = *at == ':' && at[1] >= '0' && at[1] <= '9';
    if (is_port)
        at += 1 + strspn(at + 1, "0123456789");
    else if (*at == ':' && user != NULL && at[1] != '/') /* git@host:path */
        mw_buf_putc(&text, '/'), at++;
    mw_buf_puts(&text, at);
    char *made = mw_buf_take(&text);
    size_t len = strlen(made);
    while (len > 0 && (made[len - 1] == '/' || (len > 3 && strcmp(made + len - 4, "/...") == 0)))
        made[len -= made[len - 1] == '/' ? 1 : 4] = '\0';
    if (len > 0 && mw_go_wrong_pattern(made) == NULL)
        return made;
    free(made);
    return NULL;
}

/* A pattern that never matches and of which nothing better can be told is left out. */
char *mw_go_meant_patterns(const char *text)
{
    MW_AUTO(mw_strings) parts = {0}, kept = {0};
    bool is_other = false;
    mw_strings_split(&parts, text, ",");
    for (size_t i = 0; i < parts.count; i++) {
        bool is_wrong = mw_go_wrong_pattern(parts.items[i]) != NULL;
        MW_FREE char *other = is_wrong ? meant(parts.items[i]) : mw_xstrdup(parts.items[i]);
        is_other = is_other || is_wrong;
        if (other != NULL && !mw_strings_has(&kept, other))
            mw_strings_add(&kept, other);
    }
    return is_other && kept.count > 0 ? mw_strings_join(&kept, ",") : NULL;
}

/* Go does not trim them. */
enum mw_code mw_go_check_patterns(const struct mw_system *sys, const char *text,
                                  struct mw_error *err)
{
    (void)sys;
    bool is_any = false;
    for (const char *at = text; *at != '\0'; at += *at == ',') {
        size_t len = strcspn(at, ",");
        MW_FREE char *pattern = mw_xstrndup(at, len);
        const char *wrong = len > 0 ? mw_go_wrong_pattern(pattern) : NULL;
        if (wrong != NULL)
            return mw_tools_refuse(err, pattern, wrong);
        is_any = is_any || len > 0;
        at += len;
    }
    return is_any ? MW_OK : mw_tools_refuse(err, text, _("the list has no patterns"));
}

/* ---- module.MatchPrefixPatterns -------------------------------------------------------------- */

/* path.Match knows * ? [ ] and \, none of which crosses a '/'; fnmatch(3) with FNM_PATHNAME does
 * the same but for classes like [:alpha:], which no module path needs. Go spells negation [^ too.
 * What stands behind as many elements as the pattern has is of no account. */
bool mw_module_matches_one(const char *pattern, size_t len, const char *module)
{
    len -= len > 0 && pattern[len - 1] == '/';
    MW_FREE char *glob = mw_xstrndup(pattern, len);
    return len > 0 && fnmatch(glob, module, FNM_PATHNAME | FNM_LEADING_DIR) == 0;
}

/* No trimming: a blank behind a comma belongs to the pattern, which then matches nothing. */
bool mw_module_matches(const char *patterns, const char *module)
{
    for (const char *at = patterns;; at++) {
        size_t len = strcspn(at, ",");
        if (mw_module_matches_one(at, len, module))
            return true;
        at += len;
        if (*at == '\0')
            return false;
    }
}
