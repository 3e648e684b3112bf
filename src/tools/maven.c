/* Maven: which of the mirrors in settings.xml a repository gets. An exact name beats every pattern
 * wherever it stands; of patterns the first one that matches counts (DefaultMirrorSelector). The
 * keys of maven.json are those of the exact match; patterns are found here. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"

enum { PATTERNS_MAX = 100 };

/* Does the pattern match a repository named central on a host that is not this one, over https? */
static bool matches_central(const char *pattern)
{
    MW_AUTO(mw_strings) parts = {0};
    bool matches = false, excluded = false;
    mw_strings_split(&parts, pattern, ",");
    for (size_t i = 0; i < parts.count; i++) {
        const char *part = parts.items[i] + strspn(parts.items[i], " \t\r\n");
        size_t len = strcspn(part, " \t\r\n");
        excluded = excluded || (len == 8 && strncmp(part, "!central", len) == 0);
        matches = matches || (len == 1 && part[0] == '*') ||
                  (len == 10 && strncmp(part, "external:*", len) == 0) ||
                  (len == 7 && parts.count > 1 && strncmp(part, "central", len) == 0);
    }
    return matches && !excluded;
}

/* Owned: the address of the first mirror in the text whose pattern matches central. */
static char *find_pattern(const struct mw_source *source, const char *text, size_t len,
                          size_t *line)
{
    static const char tag[] = "<mirrorOf>";
    char *url = NULL;
    size_t tried = 0;
    for (const char *at = text; url == NULL && tried < PATTERNS_MAX; tried++) {
        at = memmem(at, len - (size_t)(at - text), tag, strlen(tag));
        if (at == NULL)
            break;
        at += strlen(tag);
        const char *end = memchr(at, '<', len - (size_t)(at - text));
        MW_FREE char *pattern = mw_xstrndup(at, end == NULL ? 0 : (size_t)(end - at));
        MW_FREE char *key = mw_xasprintf("settings.mirrors.mirror[mirrorOf=\"%s\"].url", pattern);
        MW_AUTO(mw_value) value = {0};
        if (matches_central(pattern) &&
            source->editor->get(text, len, key, &value, NULL) == MW_OK && value.items.count == 1) {
            const struct mw_buf whole = {.data = (char *)text, .len = len};
            url = mw_xstrdup(value.items.items[0]);
            *line = mw_tools_line(source->editor, &whole, key);
        }
    }
    return url;
}

static void add_pattern(const struct mw_system *sys, const struct mw_tool *tool,
                        const struct mw_source *source, const struct mw_overlay *overlay,
                        struct mw_hits *hits)
{
    MW_AUTO(mw_buf) text = {0};
    MW_FREE char *path = mw_source_path(sys, tool, source);
    size_t line = 0;
    MW_FREE char *url = NULL;
    if (path != NULL)
        (void)mw_overlay_read(sys, path, mw_source_actor(sys, source), overlay, &text);
    if (source->editor->check("", mw_buf_text(&text), text.len, NULL) == MW_OK)
        url = find_pattern(source, mw_buf_text(&text), text.len, &line);
    if (url != NULL) {
        struct mw_hit *hit = MW_PUSH(hits->items, hits->count);
        *hit = (struct mw_hit){.source = source, .path = mw_xstrdup(path), .line = line};
        mw_value_set_string(&hit->value, url);
    }
}

void mw_maven_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                      const char *key, const struct mw_overlay *overlay, struct mw_hits *hits)
{
    mw_resolve_by_data(sys, tool, scope, key, overlay, hits);
    for (size_t i = tool->source_count; strcmp(key, "central.url") == 0 && i > 0; i--) {
        const struct mw_source *source = &tool->sources[i - 1];
        bool is_tree = sys->root[0] != '\0' && scope == MW_SCOPE_SYSTEM;
        if (source->editor != NULL && (!is_tree || source->scope == MW_SCOPE_SYSTEM))
            add_pattern(sys, tool, source, overlay, hits);
    }
}
