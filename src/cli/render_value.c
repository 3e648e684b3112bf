/* Single values as text. */
#include <string.h>
#include <time.h>

#include "mirrorwise/memory.h"
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

/* Owned: the clock on the wall, and how far that is from UTC; JSON has it in UTC. */
static char *local_time(const char *utc)
{
    struct tm parts = {0}, local;
    char text[64];
    const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &parts);
    time_t seconds = end != NULL && *end == '\0' ? timegm(&parts) : -1;
    if (seconds == -1 || localtime_r(&seconds, &local) == NULL || local.tm_gmtoff == 0 ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &local) == 0)
        return mw_xasprintf("%.10s %.8s UTC", utc, utc + 11);
    return mw_xstrdup(text);
}

char *mw_render_time(const char *time)
{
    char *shown = mw_shown(time);
    size_t len = strlen(shown);
    if (len != strlen("2026-08-21T09:30:00Z") || shown[10] != 'T' || shown[len - 1] != 'Z')
        return shown;
    char *text = local_time(shown);
    free(shown);
    return text;
}
