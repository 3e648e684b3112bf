/* Wishes and where they come from. */
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/profile.h"

const char *mw_layer_word(enum mw_layer layer)
{
    static const char *const words[] = {
        [MW_LAYER_DEFAULT] = "default",
        [MW_LAYER_PROFILE] = "profile",
        [MW_LAYER_ENVIRONMENT] = "environment",
        [MW_LAYER_COMMAND_LINE] = "command-line",
    };
    return words[layer];
}

static char *copy_or_null(const char *text)
{
    return text != NULL ? mw_xstrdup(text) : NULL;
}

void mw_origin_copy(struct mw_origin *to, const struct mw_origin *from)
{
    struct mw_origin copy = {.layer = from->layer,
                             .profile = copy_or_null(from->profile),
                             .file = copy_or_null(from->file),
                             .line = from->line};
    mw_origin_release(to);
    *to = copy;
}

void mw_origin_release(struct mw_origin *origin)
{
    free(origin->profile);
    free(origin->file);
    *origin = (struct mw_origin){0};
}

static const char *layer_text(enum mw_layer layer)
{
    switch (layer) {
    case MW_LAYER_PROFILE:
        return _("profile");
    case MW_LAYER_ENVIRONMENT:
        return _("environment");
    case MW_LAYER_COMMAND_LINE:
        return _("command line");
    case MW_LAYER_DEFAULT:
        break;
    }
    return _("built-in default");
}

char *mw_origin_text(const struct mw_origin *origin)
{
    struct mw_buf text = {0};
    if (origin->profile != NULL)
        mw_buf_printf(&text, _("profile %s"), origin->profile);
    if (origin->profile != NULL && origin->file != NULL)
        mw_buf_puts(&text, _(", "));
    if (origin->file != NULL)
        mw_buf_puts(&text, origin->file);
    if (origin->file != NULL && origin->line > 0)
        mw_buf_printf(&text, ":%zu", origin->line);
    if (text.len == 0)
        mw_buf_puts(&text, layer_text(origin->layer));
    return mw_buf_take(&text);
}

void mw_wishes_release(struct mw_wishes *wishes)
{
    for (size_t i = 0; i < wishes->count; i++) {
        struct mw_wish *wish = &wishes->items[i];
        for (size_t k = 0; k < wish->overridden_count; k++) {
            free(wish->overridden[k].text);
            mw_origin_release(&wish->overridden[k].from);
        }
        free(wish->overridden);
        free(wish->tool);
        free(wish->key);
        free(wish->text);
        mw_origin_release(&wish->from);
    }
    free(wishes->items);
    *wishes = (struct mw_wishes){0};
}

struct mw_wish *mw_wishes_find(const struct mw_wishes *wishes, const char *tool, const char *key)
{
    for (size_t i = 0; i < wishes->count; i++) {
        struct mw_wish *wish = &wishes->items[i];
        if (strcmp(wish->tool, tool) == 0 && strcmp(wish->key, key) == 0)
            return wish;
    }
    return NULL;
}

/* Moves what `wish` holds to the front of what it overrides. A secret is hidden whole: a token
 * that came through ${env:} has no shape by which a part of it could be told. */
static void push_overridden(struct mw_wish *wish)
{
    (void)MW_PUSH(wish->overridden, wish->overridden_count);
    memmove(wish->overridden + 1, wish->overridden,
            (wish->overridden_count - 1) * sizeof *wish->overridden);
    wish->overridden[0].text = wish->text;
    wish->overridden[0].from = wish->from;
    if (wish->is_secret) {
        free(wish->text);
        wish->overridden[0].text = mw_xstrdup("****");
    }
    wish->text = NULL;
    wish->from = (struct mw_origin){0};
}

void mw_wishes_set(struct mw_wishes *wishes, const char *tool, const char *key, const char *text,
                   bool is_secret, const struct mw_origin *from)
{
    struct mw_wish *wish = mw_wishes_find(wishes, tool, key);
    if (wish == NULL) {
        wish = MW_PUSH(wishes->items, wishes->count);
        wish->tool = mw_xstrdup(tool);
        wish->key = mw_xstrdup(key);
    } else {
        push_overridden(wish);
    }
    wish->text = mw_xstrdup(text);
    wish->is_secret = is_secret;
    mw_origin_copy(&wish->from, from);
}
