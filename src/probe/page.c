/* A project's page on a package index, as far as one link needs it. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/memory.h"

#include "json_at.h"
#include "link.h"

/* Owned: an attribute's value with the entities that occur in URLs resolved. */
static char *attribute_text(const char *text, size_t len)
{
    struct mw_buf out = {0};
    for (size_t i = 0; i < len; i++) {
        static const char amp[] = "&amp;";
        mw_buf_putc(&out, text[i]);
        if (len - i >= strlen(amp) && strncasecmp(text + i, amp, strlen(amp)) == 0)
            i += strlen(amp) - 1;
    }
    mw_buf_puts(&out, "");
    return mw_buf_take(&out);
}

/* The href of the tag that ends at `end`; owned, NULL if it has none. */
static char *href_of(const char *tag, const char *end)
{
    for (const char *at = tag; at + 5 < end; at++) {
        if (!isspace((unsigned char)*at) || strncasecmp(at + 1, "href", 4) != 0)
            continue;
        const char *value = at + 5;
        while (value < end && isspace((unsigned char)*value))
            value++;
        if (value >= end || *value != '=')
            continue;
        value++;
        while (value < end && isspace((unsigned char)*value))
            value++;
        if (value >= end)
            return NULL;
        const char *stop = NULL;
        if (*value == '"' || *value == '\'') {
            stop = memchr(value + 1, *value, (size_t)(end - value - 1));
            value++;
        } else {
            for (stop = value; stop < end && !isspace((unsigned char)*stop);)
                stop++;
        }
        return stop == NULL ? NULL : attribute_text(value, (size_t)(stop - value));
    }
    return NULL;
}

/* A '>' inside an attribute is legal in HTML 5: data-requires-python=">=3.7". */
static const char *tag_end(const char *tag)
{
    char quote = '\0';
    for (; *tag != '\0'; tag++) {
        if (quote != '\0')
            quote = *tag == quote ? '\0' : quote;
        else if (*tag == '"' || *tag == '\'')
            quote = *tag;
        else if (*tag == '>')
            return tag;
    }
    return NULL;
}

/* Behind the name of the next anchor; NULL if there is none. */
static const char *next_anchor(const char *at)
{
    while ((at = strcasestr(at, "<a")) != NULL) {
        at += 2;
        if (isspace((unsigned char)*at))
            return at;
    }
    return NULL;
}

char *probe_link_in_html(const char *page, const char *file)
{
    for (const char *at = page; (at = next_anchor(at)) != NULL;) {
        const char *end = tag_end(at);
        if (end == NULL)
            return NULL;
        const char *shown = end + 1;
        size_t len = strcspn(shown, "<");
        while (len > 0 && isspace((unsigned char)*shown))
            shown++, len--;
        while (len > 0 && isspace((unsigned char)shown[len - 1]))
            len--;
        if (len == strlen(file) && memcmp(shown, file, len) == 0)
            return href_of(at, end);
        at = end;
    }
    return NULL;
}

bool probe_link_is_html_page(const char *page)
{
    return next_anchor(page) != NULL;
}

char *probe_link_in_json(const char *page, const char *file)
{
    PROBE_JSON *root = probe_json_parse(page, strlen(page));
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(root, "files"))
    {
        const char *name =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "filename"));
        const char *url = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "url"));
        if (name != NULL && url != NULL && strcmp(name, file) == 0)
            return mw_xstrdup(url);
    }
    return NULL;
}

bool probe_link_is_json_page(const char *page)
{
    PROBE_JSON *root = probe_json_parse(page, strlen(page));
    return cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(root, "files"));
}
