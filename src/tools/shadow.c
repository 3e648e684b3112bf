/* What is not heard, and why: as data, and for people. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

struct mw_shadow *mw_shadows_add(struct mw_shadows *shadows, enum mw_shadow_kind kind,
                                 struct mw_hit take_place, char *take_value, char *take_detail)
{
    struct mw_shadow *shadow = MW_PUSH(shadows->items, shadows->count);
    *shadow = (struct mw_shadow){
        .kind = kind, .place = take_place, .value = take_value, .detail = take_detail};
    return shadow;
}

void mw_shadows_release(struct mw_shadows *shadows)
{
    for (size_t i = 0; i < shadows->count; i++) {
        mw_hit_release(&shadows->items[i].place);
        MW_FREE_ALL(shadows->items[i].value, shadows->items[i].detail, shadows->items[i].by,
                    shadows->items[i].fix);
    }
    free(shadows->items);
    *shadows = (struct mw_shadows){0};
}

static char *say_by(const struct mw_tool *tool, const struct mw_shadow *shadow)
{
    const struct mw_hit *place = &shadow->place;
    const char *title = mw_tool_title(tool);
    switch (shadow->kind) {
    case MW_SHADOW_UNREAD:
        if (place->variable == NULL)
            return mw_xasprintf("%s:%zu: %s %s", place->path, place->line, place->spelling,
                                shadow->detail);
        return mw_xasprintf(_("environment variable %s=%s"), place->variable, shadow->detail);
    case MW_SHADOW_RELATIVE:
        return mw_xasprintf(_("environment variable %s=%s, a relative path"), place->variable,
                            shadow->detail);
    case MW_SHADOW_BROKEN:
        return mw_xasprintf(_("%s, which %s cannot read"), place->path, title);
    case MW_SHADOW_PLAIN_HTTP:
        return mw_xasprintf(_("%s's rule against plain http (%s is not in %s)"), title,
                            shadow->detail, place->spelling);
    case MW_SHADOW_NARROWER: {
        MW_FREE char *where = place->variable != NULL ? mw_xstrdup(_("the environment"))
                              : place->line > 0 ? mw_xasprintf("%s:%zu", place->path, place->line)
                                                : mw_xstrdup(place->path);
        return mw_xasprintf(_("%s in %s"), place->spelling, where);
    }
    case MW_SHADOW_ELSEWHERE:
        return mw_xasprintf(_("the engine that answers on %s, which does not run here"),
                            place->path);
    case MW_SHADOW_STRONGER:
    case MW_SHADOW_EXCLUDES:
    case MW_SHADOW_NO_INDEX:
        break;
    }
    return mw_hit_place(place);
}

/* The name of the setting in the section where it wins. */
static char *setting_at(const struct mw_tool *tool, const char *key, const struct mw_hit *place)
{
    const char *dot = strchr(key, '.');
    return place->section != NULL && dot != NULL ? mw_xasprintf("%s%s", place->section, dot)
                                                 : mw_xasprintf("%s.%s", tool->id, key);
}

static char *end_stronger(const struct mw_tool *tool, const char *key, const struct mw_hit *place)
{
    if (place->variable != NULL)
        return mw_xasprintf(_("Unset %s, and remove it from your shell's start-up files."),
                            place->variable);
    if (place->source != NULL && place->source->scope == MW_SCOPE_PROJECT)
        return mw_xasprintf(_("It is the project's: leave it, or remove %s there."), key);
    MW_FREE char *setting = setting_at(tool, key, place);
    return mw_xasprintf(_("Remove that line, or set %s in your profile too."), setting);
}

static char *say_fix(const struct mw_tool *tool, const char *key, const struct mw_shadow *shadow)
{
    const struct mw_hit *place = &shadow->place;
    const char *title = mw_tool_title(tool);
    switch (shadow->kind) {
    case MW_SHADOW_EXCLUDES:
        return mw_xasprintf(_("Remove that flag, or leave %s out of the profile: %s does not start "
                              "with both."),
                            key, tool->programs.items[0]);
    case MW_SHADOW_UNREAD:
        if (place->variable == NULL)
            return mw_xasprintf(_("It is the project's: leave it, or remove %s there."),
                                place->spelling);
        return mw_xasprintf(_("Unset %s: %s ignores this file now."), place->variable, title);
    case MW_SHADOW_RELATIVE:
        return mw_xasprintf(_("Set %s to an absolute path or unset it; %s takes it relative to "
                              "wherever it is started, or not at all."),
                            place->variable, title);
    case MW_SHADOW_BROKEN:
        return mw_xstrdup(shadow->detail);
    case MW_SHADOW_NO_INDEX:
        return mw_xasprintf(_("Remove it: %s asks no index while it is set."), title);
    case MW_SHADOW_PLAIN_HTTP: {
        size_t section = tool->section != NULL ? strcspn(key, ".") + 1 : 0;
        return mw_xasprintf(_("Use the https address, or set %.*s%s."), (int)section, key,
                            place->spelling);
    }
    case MW_SHADOW_NARROWER:
        return mw_xasprintf(_("Remove %s, or add the patterns of %s to it."), place->spelling, key);
    case MW_SHADOW_ELSEWHERE:
        return mw_xstrdup(_("Set it where that engine runs; Docker Desktop has it under Settings, "
                            "Docker Engine."));
    case MW_SHADOW_STRONGER:
        break;
    }
    return end_stronger(tool, key, place);
}

void mw_shadow_say(const struct mw_tool *tool, const char *key, struct mw_shadow *shadow)
{
    free(shadow->by);
    free(shadow->fix);
    shadow->by = say_by(tool, shadow);
    shadow->fix = say_fix(tool, key, shadow);
}
