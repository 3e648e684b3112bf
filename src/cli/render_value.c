/* Single values as text. */
#include <string.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "render.h"

char *mw_render_value(const struct mw_value *value, bool is_secret)
{
    MW_FREE char *text = mw_value_shown(value, is_secret);
    return mw_shown(text);
}

char *mw_render_origin(const struct mw_origin *origin)
{
    if (origin->file == NULL)
        return mw_xstrdup("");
    const char *slash = strrchr(origin->file, '/');
    MW_FREE char *name = mw_shown(slash != NULL ? slash + 1 : origin->file);
    return origin->line > 0 ? mw_xasprintf("%s:%zu", name, origin->line) : mw_xstrdup(name);
}

char *mw_render_path(const struct mw_system *sys, const char *path)
{
    MW_FREE char *text = mw_system_short_path(sys, path);
    return mw_shown(text);
}

char *mw_render_time(const char *time)
{
    MW_FREE char *shown = mw_shown(time);
    return mw_text_local_time(shown);
}
