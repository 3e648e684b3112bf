#include "challenge.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/url.h"

#include "json_at.h"

/* Reads a token or a quoted string with its backslashes; owned, NULL if it is neither. */
static char *read_parameter(const char **at)
{
    struct mw_buf value = {0};
    mw_buf_puts(&value, "");
    if (**at != '"') {
        size_t len = strcspn(*at, " \t,");
        mw_buf_append(&value, *at, len);
        *at += len;
        return mw_buf_take(&value);
    }
    for ((*at)++; **at != '"'; (*at)++) {
        if (**at == '\\' && (*at)[1] != '\0')
            (*at)++;
        if (**at == '\0') {
            mw_buf_release(&value);
            return NULL;
        }
        mw_buf_putc(&value, **at);
    }
    (*at)++;
    return mw_buf_take(&value);
}

bool probe_challenge_parse(const char *header, struct probe_challenge *challenge)
{
    static const char scheme[] = "Bearer ", blanks[] = " \t,";
    struct probe_challenge read = {0};
    if (strncasecmp(header, scheme, strlen(scheme)) != 0)
        return false;
    const char *at = header + strlen(scheme) + strspn(header + strlen(scheme), blanks);
    while (*at != '\0') {
        const char *name = at;
        size_t len = strcspn(at, "= \t,");
        at += len;
        if (*at != '=')
            break;
        at++;
        char *value = read_parameter(&at);
        if (value == NULL)
            break;
        if (len == strlen("realm") && strncasecmp(name, "realm", len) == 0)
            mw_replace(&read.realm, value);
        else if (len == strlen("service") && strncasecmp(name, "service", len) == 0)
            mw_replace(&read.service, value);
        else
            free(value);
        at += strspn(at, blanks);
    }
    if (*at != '\0' || read.realm == NULL) {
        probe_challenge_release(&read);
        return false;
    }
    *challenge = read;
    return true;
}

char *probe_challenge_url(const struct probe_challenge *challenge, const char *repository)
{
    struct mw_buf url = {0};
    mw_buf_puts(&url, challenge->realm);
    char separator = strchr(challenge->realm, '?') != NULL ? '&' : '?';
    if (challenge->service != NULL) {
        MW_FREE char *service = mw_url_escape(challenge->service, "");
        mw_buf_printf(&url, "%cservice=%s", separator, service);
        separator = '&';
    }
    MW_FREE char *name = mw_url_escape(repository, "");
    mw_buf_printf(&url, "%cscope=repository%%3A%s%%3Apull", separator, name);
    return mw_buf_take(&url);
}

void probe_challenge_release(struct probe_challenge *challenge)
{
    free(challenge->realm);
    free(challenge->service);
    *challenge = (struct probe_challenge){0};
}

/* RFC 6750's b64token, so that a hostile token cannot add headers. */
static bool is_token(const char *text)
{
    static const char set[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
    return *text != '\0' && text[strspn(text, set)] == '\0';
}

char *probe_challenge_token(const char *json)
{
    static const char *const names[] = {"token", "access_token"};
    PROBE_JSON *answer = probe_json_parse(json, strlen(json));
    char *token = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && token == NULL; i++) {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, names[i]));
        if (text != NULL && is_token(text))
            token = mw_xstrdup(text);
    }
    return token;
}
