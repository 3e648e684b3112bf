/* Maven: which of the mirrors in settings.xml a repository gets, and which settings.xml that is. An
 * exact name beats every pattern wherever it stands; of patterns the first one that matches counts
 * (DefaultMirrorSelector). The keys of maven.json are those of the exact match; patterns are found
 * here. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { PATTERNS_MAX = 100 };

/* ---- settings that a project names ----------------------------------------------------------- */

/* What an option says that begins at `word`; NULL: it is another. *is_next: the next word says it.
 */
static const char *value_of(const char *word, bool *is_next)
{
    static const char name[] = "--settings";
    size_t used = mw_text_starts(word, name) ? strlen(name) : mw_text_starts(word, "-s") ? 2 : 0;
    if (used == 0 || (used > 2 && word[used] != '\0' && word[used] != '='))
        return NULL;
    *is_next = word[used] == '\0';
    return word + used + (word[used] == '=');
}

/* `-s FILE` among the words of the project's .mvn/maven.config: Maven does not read the user's
 * settings.xml then, but FILE, from where it is started (MavenCli.cli(); seen with 3.8.7). Where
 * that stands, `value` being the file. */
static bool find_named(const struct mw_system *sys, struct mw_hit *found)
{
    MW_AUTO(mw_strings) words = {0};
    MW_AUTO(mw_buf) text = {0};
    MW_FREE char *directory = mw_xstrdup(sys->cwd), *path = NULL;
    const char *file = NULL;
    bool is_next = false;
    while (sys->root[0] == '\0') {
        MW_FREE char *folder =
            mw_xasprintf("%s/.mvn", strcmp(directory, "/") == 0 ? "" : directory);
        if (mw_path_exists(sys, folder))
            path = mw_xasprintf("%s/maven.config", folder);
        if (path != NULL || strcmp(directory, "/") == 0)
            break;
        char *above = mw_text_directory(directory);
        free(directory);
        directory = above;
    }
    if (path == NULL || !mw_tools_read(sys, path, sys->user, &text))
        return false;
    mw_strings_split(&words, mw_buf_text(&text), " \t\r\n");
    for (size_t i = 0; i < words.count && file == NULL; i++) {
        file = is_next ? words.items[i] : value_of(words.items[i], &is_next);
        if (file != NULL && file[0] == '\0')
            file = NULL;
    }
    if (file == NULL)
        return false;
    *found = (struct mw_hit){.path = mw_xstrdup(path), .spelling = mw_xstrdup("-s")};
    MW_FREE char *whole = file[0] == '/' ? mw_xstrdup(file) : mw_xasprintf("%s/%s", sys->cwd, file);
    mw_value_set_string(&found->value, whole);
    size_t column = 0;
    const char *at = strstr(mw_buf_text(&text), file);
    mw_text_position(mw_buf_text(&text), at != NULL ? (size_t)(at - mw_buf_text(&text)) : 0,
                     &found->line, &column);
    return true;
}

void mw_maven_shadows(const struct mw_system *sys, const struct mw_location *location,
                      const struct mw_buf *text, const struct mw_tool_setting *setting,
                      struct mw_shadows *shadows)
{
    struct mw_hit named = {0};
    const struct mw_source *source = location->source;
    if (source != NULL && source->scope == MW_SCOPE_USER && find_named(sys, &named))
        mw_shadows_add(shadows, MW_SHADOW_UNREAD, named, mw_xstrdup(""),
                       mw_xstrdup(mw_tools_first(&named.value)));
    else
        mw_shadows_by_data(sys, mw_tool_find("maven"), location, text, setting, shadows);
}

/* ---- mirrors --------------------------------------------------------------------------------- */

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
            source->editor->get(source->editor, text, len, key, &value, NULL) == MW_OK &&
            value.items.count == 1) {
            const struct mw_buf whole = {.data = (char *)text, .len = len};
            url = mw_xstrdup(value.items.items[0]);
            *line = mw_tools_line(source->editor, &whole, key);
        }
    }
    return url;
}

static void add_pattern(const struct mw_system *sys, const char *path,
                        const struct mw_source *source, const struct mw_overlay *overlay,
                        struct mw_hits *hits)
{
    MW_AUTO(mw_buf) text = {0};
    size_t line = 0;
    MW_FREE char *url = NULL;
    if (path != NULL)
        (void)mw_overlay_read(sys, path, mw_source_actor(sys, source, path), overlay, &text);
    if (source->editor->check(source->editor, "", mw_buf_text(&text), text.len, NULL) == MW_OK)
        url = find_pattern(source, mw_buf_text(&text), text.len, &line);
    if (url != NULL) {
        struct mw_hit *hit = MW_PUSH(hits->items, hits->count);
        *hit = (struct mw_hit){.source = source, .path = mw_xstrdup(path), .line = line};
        mw_value_set_string(&hit->value, url);
    }
}

/* The file that is named stands in the place of the user's. */
static void replace_users(const struct mw_system *sys, const struct mw_tool *tool,
                          const struct mw_source *source, const char *named, const char *key,
                          struct mw_hits *hits)
{
    struct mw_hits kept = {0};
    mw_hits_add_file(sys, tool, source, named, sys->user, NULL, key, &kept);
    for (size_t i = 0; i < hits->count; i++) {
        if (hits->items[i].source == source)
            mw_hit_release(&hits->items[i]);
        else
            *MW_PUSH(kept.items, kept.count) = hits->items[i];
    }
    free(hits->items);
    *hits = kept;
}

void mw_maven_resolve(const struct mw_system *sys, const struct mw_tool *tool, enum mw_scope scope,
                      const char *key, const struct mw_overlay *overlay, struct mw_hits *hits)
{
    struct mw_hit named = {0};
    bool is_named = find_named(sys, &named);
    mw_resolve_by_data(sys, tool, scope, key, overlay, hits, NULL);
    for (size_t i = tool->source_count; i > 0; i--) {
        const struct mw_source *source = &tool->sources[i - 1];
        bool is_users = is_named && source->scope == MW_SCOPE_USER;
        bool is_tree = sys->root[0] != '\0' && scope == MW_SCOPE_SYSTEM;
        MW_FREE char *path =
            is_users ? mw_xstrdup(mw_tools_first(&named.value)) : mw_source_path(sys, tool, source);
        if (is_users)
            replace_users(sys, tool, source, path, key, hits);
        if (strcmp(key, "central.url") == 0 && path != NULL && source->editor != NULL &&
            (!is_tree || source->scope == MW_SCOPE_SYSTEM))
            add_pattern(sys, path, source, overlay, hits);
    }
    mw_hit_release(&named);
}
