/* Wishes and where they come from. */
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/profile.h"
#include "mirrorwise/secret.h"
#include "mirrorwise/text.h"

static const struct {
    const char *word;
    const char *text; /* for people */
} layers[] = {
    [MW_LAYER_DEFAULT] = {"default", N_("built-in default")},
    [MW_LAYER_PROFILE] = {"profile", N_("profile")},
    [MW_LAYER_ENVIRONMENT] = {"environment", N_("environment")},
    [MW_LAYER_COMMAND_LINE] = {"command-line", N_("command line")},
};

const char *mw_layer_word(enum mw_layer layer)
{
    return layers[layer].word;
}

void mw_origin_copy(struct mw_origin *to, const struct mw_origin *from)
{
    struct mw_origin copy = {.layer = from->layer,
                             .profile = mw_copy(from->profile),
                             .file = mw_copy(from->file),
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
        mw_buf_puts(&text, _(layers[origin->layer].text));
    return mw_buf_take(&text);
}

static void release_edits(struct mw_wish *wish)
{
    for (size_t i = 0; i < wish->edit_count; i++) {
        free(wish->edits[i].item);
        mw_origin_release(&wish->edits[i].from);
    }
    free(wish->edits);
    wish->edits = NULL;
    wish->edit_count = 0;
    wish->is_edit = false;
}

void mw_wishes_release(struct mw_wishes *wishes)
{
    for (size_t i = 0; i < wishes->count; i++) {
        struct mw_wish *wish = &wishes->items[i];
        for (size_t k = 0; k < wish->overridden_count; k++) {
            mw_secret_free(wish->overridden[k].text);
            mw_origin_release(&wish->overridden[k].from);
        }
        free(wish->overridden);
        release_edits(wish);
        free(wish->tool);
        free(wish->key);
        mw_secret_free(wish->text);
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

/* Owned: "+= a -= b", what is wished where there is no text. */
static char *edits_text(const struct mw_wish *wish)
{
    struct mw_buf text = {0};
    for (size_t i = 0; i < wish->edit_count; i++)
        mw_buf_printf(&text, "%s%s %s", i > 0 ? " " : "", wish->edits[i].removes ? "-=" : "+=",
                      wish->edits[i].is_secret ? "****" : wish->edits[i].item);
    return mw_buf_take(&text);
}

/* Moves what `wish` holds to the front of what it overrides. A secret is hidden whole: a token
 * that came through ${env:} has no shape by which a part of it could be told. */
static void push_overridden(struct mw_wish *wish)
{
    (void)MW_PUSH(wish->overridden, wish->overridden_count);
    memmove(wish->overridden + 1, wish->overridden,
            (wish->overridden_count - 1) * sizeof *wish->overridden);
    wish->overridden[0].text = wish->is_edit ? edits_text(wish) : wish->text;
    wish->overridden[0].from = wish->from;
    if (wish->is_edit)
        mw_secret_free(wish->text);
    if (wish->is_secret && !wish->is_edit) {
        mw_secret_free(wish->text);
        wish->overridden[0].text = mw_xstrdup("****");
    }
    release_edits(wish);
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
    wish->is_unexpanded = false;
    mw_origin_copy(&wish->from, from);
}

void mw_wishes_edit(struct mw_wishes *wishes, const char *tool, const char *key, const char *item,
                    bool removes, bool is_secret, const struct mw_origin *from)
{
    struct mw_wish *wish = mw_wishes_find(wishes, tool, key);
    if (wish == NULL) {
        wish = MW_PUSH(wishes->items, wishes->count);
        wish->tool = mw_xstrdup(tool);
        wish->key = mw_xstrdup(key);
        wish->text = mw_xstrdup("");
        wish->is_edit = true;
    }
    struct mw_list_edit *edit = MW_PUSH(wish->edits, wish->edit_count);
    edit->item = mw_xstrdup(item);
    edit->removes = removes;
    edit->is_secret = is_secret;
    wish->is_secret = wish->is_secret || is_secret;
    mw_origin_copy(&edit->from, from);
    if (wish->is_edit)
        mw_origin_copy(&wish->from, from);
}

long mw_profile_distance(const struct mw_profile *profile, const struct mw_origin *from)
{
    if (from->layer > MW_LAYER_PROFILE)
        return -1;
    for (size_t i = 0; i < profile->chain.count; i++) {
        if (from->profile != NULL && strcmp(profile->chain.items[i], from->profile) == 0)
            return (long)i;
    }
    return (long)profile->chain.count;
}
