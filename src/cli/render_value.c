/* Single values as text. */
#include <string.h>

#include "mirrorwise/memory.h"
#include "render.h"

char *mw_render_value(const struct mw_value *value, bool is_secret)
{
    if (value->kind == MW_VALUE_ABSENT)
        return mw_xstrdup("");
    if (is_secret)
        return mw_xstrdup("****");
    if (value->kind == MW_VALUE_LIST && value->items.count == 0)
        return mw_xstrdup("[]");
    char *text = mw_value_text(value);
    char *shown = text[0] == '\0' ? mw_xstrdup("\"\"") : mw_shown(text);
    free(text);
    return shown;
}

char *mw_render_origin(const struct mw_origin *origin)
{
    if (origin->file == NULL)
        return mw_xstrdup("");
    const char *slash = strrchr(origin->file, '/');
    char *name = mw_shown(slash != NULL ? slash + 1 : origin->file);
    char *text = origin->line > 0 ? mw_xasprintf("%s:%zu", name, origin->line) : mw_xstrdup(name);
    free(name);
    return text;
}

char *mw_render_path(const struct mw_system *sys, const char *path)
{
    /* Under sudo "~" would be root's home to one reader and the user's to the next. */
    size_t len = sys->home != NULL && !sys->under_sudo ? strlen(sys->home) : 0;
    bool is_below = len > 1 && strncmp(path, sys->home, len) == 0 && path[len] == '/';
    char *shown = mw_shown(is_below ? path + len : path);
    char *text = is_below ? mw_xasprintf("~%s", shown) : mw_xstrdup(shown);
    free(shown);
    return text;
}

char *mw_render_time(const char *time)
{
    char *shown = mw_shown(time);
    size_t len = strlen(shown);
    if (len != strlen("2026-08-21T09:30:00Z") || shown[10] != 'T' || shown[len - 1] != 'Z')
        return shown;
    char *text = mw_xasprintf("%.10s %.8s UTC", shown, shown + 11);
    free(shown);
    return text;
}
