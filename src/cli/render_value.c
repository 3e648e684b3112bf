/* Single values as text. */
#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "render.h"

char *mw_render_value(const struct mw_value *value, bool is_secret)
{
    char *text = mw_value_shown(value, is_secret);
    char *shown = mw_shown(text);
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
    char *text = mw_system_short_path(sys, path);
    char *shown = mw_shown(text);
    free(text);
    return shown;
}

char *mw_render_time(const char *time)
{
    char *shown = mw_shown(time);
    char *text = mw_text_local_time(shown);
    free(shown);
    return text;
}
