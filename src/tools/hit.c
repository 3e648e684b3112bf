/* Hits and locations as data, and for people. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"

void mw_hit_release(struct mw_hit *hit)
{
    mw_value_release(&hit->value);
    MW_FREE_ALL(hit->path, hit->section, hit->spelling, hit->variable, hit->flag);
    *hit = (struct mw_hit){0};
}

void mw_hits_release(struct mw_hits *hits)
{
    for (size_t i = 0; i < hits->count; i++)
        mw_hit_release(&hits->items[i]);
    free(hits->items);
    *hits = (struct mw_hits){0};
}

const struct mw_hit *mw_hits_winner(const struct mw_hits *hits)
{
    for (size_t i = 0; i < hits->count; i++) {
        const struct mw_source *source = hits->items[i].source;
        if (source == NULL || source->program == NULL)
            return &hits->items[i];
    }
    return NULL;
}

void mw_hit_copy_place(struct mw_hit *to, const struct mw_hit *from)
{
    *to = *from;
    to->value = (struct mw_value){0};
    to->path = mw_copy(from->path);
    to->section = mw_copy(from->section);
    to->spelling = mw_copy(from->spelling);
    to->variable = mw_copy(from->variable);
    to->flag = mw_copy(from->flag);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const char *mw_hit_file(const struct mw_hit *hit)
{
    return hit->flag == NULL && hit->variable == NULL ? hit->path : NULL;
}

bool mw_hit_same_place(const struct mw_hit *a, const struct mw_hit *b)
{
    return same_text(a->path, b->path) && same_text(a->variable, b->variable) &&
           same_text(a->flag, b->flag) && same_text(a->section, b->section) && a->line == b->line;
}

char *mw_hit_place(const struct mw_hit *hit)
{
    if (hit->variable != NULL)
        return mw_xasprintf(_("environment variable %s"), hit->variable);
    char *place = hit->line > 0 ? mw_xasprintf("%s:%zu", hit->path, hit->line)
                                : mw_xstrdup(hit->path != NULL ? hit->path : "");
    char *text = NULL;
    if (hit->flag != NULL)
        text = mw_xasprintf(_("flag --%s in %s"), hit->flag, place);
    else if (hit->section != NULL)
        text = mw_xasprintf("%s [%s] %s", place, hit->section, hit->spelling);
    else
        return place;
    free(place);
    return text;
}

char *mw_hit_own_text(const struct mw_tool *tool, const struct mw_hit *own)
{
    MW_FREE char *place = mw_hit_place(own);
    MW_FREE char *value = mw_value_text(&own->value);
    return mw_xasprintf(_("%s: %s uses %s for itself alone: %s"), tool->id, own->source->program,
                        value, place);
}

void mw_locations_release(struct mw_locations *locations)
{
    for (size_t i = 0; i < locations->count; i++)
        mw_location_release(&locations->items[i]);
    free(locations->items);
    *locations = (struct mw_locations){0};
}

void mw_locations_add(struct mw_locations *locations, const char *path, struct mw_actor actor,
                      const struct mw_source *source)
{
    *MW_PUSH(locations->items, locations->count) =
        (struct mw_location){.path = mw_xstrdup(path), .actor = actor, .source = source};
}

void mw_rewrites_release(struct mw_rewrites *rewrites)
{
    for (size_t i = 0; i < rewrites->count; i++) {
        free(rewrites->items[i].path);
        mw_edits_release(&rewrites->items[i].edits);
    }
    free(rewrites->items);
    *rewrites = (struct mw_rewrites){0};
}
