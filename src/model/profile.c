/* Loading a profile: the chain of what it extends is read from the profile to its root, then
 * applied from the root to the profile, so that the nearest value wins key by key. Secrets are
 * fetched last, for the values that won: a token that a child replaces need not be there. */
#include "mirrorwise/profile.h"
#include "mirrorwise/secret.h"

#include <string.h>

#include "profile_scan.h"

struct layer {
    const struct mw_profile_file *file;
    bool needs_trust;
    struct mw_profile_scan scan;
};

struct load {
    const struct mw_profile_set *set;
    const struct mw_profile_host *host;
    struct layer *layers; /* the profile itself first */
    size_t layer_count;
    bool is_covered; /* somebody trusted a layer, and with it what that one extends */
    struct mw_profile profile;
    struct mw_error *err;
};

/* The names that may be extended, each once. */
static void profile_names(const struct mw_profile_set *set, struct mw_strings *names)
{
    for (size_t i = 0; i < set->count; i++) {
        mw_strings_add_new(names, set->items[i].name);
    }
}

static enum mw_code refuse_cycle(const struct load *load, const struct mw_profile_entry *extends)
{
    MW_FREE char *chain = mw_strings_join(&load->profile.chain, " -> ");
    const struct layer *last = &load->layers[load->layer_count - 1];
    mw_model_refuse(load->err, last->file->path, extends->line, _("a chain of profiles that ends"),
                    _("the profiles extend each other: %s -> %s"), chain, extends->value);
    if (strcmp(last->file->name, extends->value) == 0)
        mw_error_hint(load->err, _("A profile cannot extend one of its own name, built in or not: "
                                   "give it another [profile] name."));
    return MW_BAD_PROFILE;
}

/* The profile's own name is what others call it by, so it must be one that they can write. */
static enum mw_code check_name(const struct load *load, const struct layer *layer)
{
    const struct mw_profile_entry *entry = mw_profile_scan_find(&layer->scan, "profile", "name");
    const char *name = entry != NULL ? entry->value : layer->file->name;
    if (mw_model_is_name(name))
        return MW_OK;
    MW_FREE char *shown = mw_model_shown(name);
    mw_model_refuse(load->err, layer->file->path, entry != NULL ? entry->line : 0,
                    _("1 to 64 letters, digits, '.', '_' and '-'"),
                    _("'%s' cannot be the name of a profile"), shown);
    if (entry == NULL)
        mw_error_hint(load->err, _("Name it in the file: [profile] and name = NAME."));
    return MW_BAD_PROFILE;
}

/* Reads `file` as the next link of the chain; *parent becomes the file it extends or NULL. */
static enum mw_code read_layer(struct load *load, const struct mw_profile_file *file,
                               const struct mw_profile_file **parent)
{
    struct layer *layer = MW_PUSH(load->layers, load->layer_count);
    layer->file = file;
    *parent = NULL;
    load->is_covered = load->is_covered || file->is_trusted;
    layer->needs_trust = file->needs_trust && !load->is_covered;
    if (file->is_stranger && !load->is_covered && !load->profile.is_stranger) {
        load->profile.is_stranger = true;
        load->profile.stranger = mw_xstrdup(file->path);
    }
    if (file->distrust != NULL) {
        mw_fail(load->err, MW_UNTRUSTED, 0, "profile", "%s", file->distrust);
        mw_error_hint(load->err, "%s", file->remedy);
        return MW_UNTRUSTED;
    }
    enum mw_code code = mw_profile_read(file, load->host, &layer->scan, load->err);
    if (code == MW_OK)
        code = check_name(load, layer);
    if (code != MW_OK)
        return code;
    mw_strings_add(&load->profile.chain, file->name);
    const struct mw_profile_entry *extends =
        mw_profile_scan_find(&layer->scan, "profile", "extends");
    if (extends == NULL || *extends->value == '\0')
        return MW_OK;
    if (mw_strings_has(&load->profile.chain, extends->value))
        return refuse_cycle(load, extends);
    *parent = mw_profile_set_find(load->set, extends->value);
    if (*parent != NULL)
        return MW_OK;
    struct mw_strings names = {0};
    profile_names(load->set, &names);
    MW_FREE char *shown = mw_model_shown(extends->value);
    mw_model_refuse_unknown(load->err, file->path, extends->line, &names, shown,
                            _("there is no profile '%s' to extend"), shown);
    return MW_BAD_PROFILE;
}

static enum mw_code read_chain(struct load *load, const struct mw_profile_file *file)
{
    enum mw_code code = MW_OK;
    while (file != NULL && code == MW_OK) {
        const struct mw_profile_file *parent = NULL;
        code = read_layer(load, file, &parent);
        file = parent;
    }
    return code;
}

static enum mw_from source_of(const struct load *load, const char *path)
{
    size_t i = 0;
    while (i + 1 < load->layer_count && strcmp(load->layers[i].file->path, path) != 0)
        i++;
    return load->layers[i].file->source;
}

/* Expands *text where it was written; what may not be expanded stays, and says so. */
static enum mw_code expand_text(struct load *load, const struct mw_origin *from, char **text,
                                bool *is_secret, bool *is_unexpanded)
{
    MW_FREE char *where = mw_xasprintf("%s:%zu", from->file, from->line);
    MW_FREE char *directory = mw_text_directory(from->file);
    char *expanded = NULL;
    bool was_expanded = false;
    bool expands = !load->profile.is_stranger && !load->host->expands_nothing;
    bool reads = mw_profile_reads(load->host, directory, *text, &load->profile.reads);
    enum mw_code code = MW_OK;
    if (reads && !expands)
        *is_unexpanded = true;
    else
        code = mw_profile_expand(load->host, source_of(load, from->file), where, directory, *text,
                                 &expanded, &was_expanded, load->err);
    if (expanded != NULL) {
        mw_secret_free(*text);
        *text = expanded;
        *is_secret = was_expanded || mw_text_has_secret(expanded);
    }
    return code;
}

static enum mw_code expand_wishes(struct load *load)
{
    enum mw_code code = MW_OK;
    for (size_t i = 0; i < load->profile.wishes.count && code == MW_OK; i++) {
        struct mw_wish *wish = &load->profile.wishes.items[i];
        bool *is_unexpanded = &wish->is_unexpanded;
        if (!wish->is_edit)
            code = expand_text(load, &wish->from, &wish->text, &wish->is_secret, is_unexpanded);
        for (size_t k = 0; k < wish->edit_count && code == MW_OK; k++) {
            struct mw_list_edit *edit = &wish->edits[k];
            code = expand_text(load, &edit->from, &edit->item, &edit->is_secret, is_unexpanded);
            wish->is_secret = wish->is_secret || edit->is_secret;
        }
    }
    return code;
}

/* The file NAME.ini that calls itself something else: the likeliest reason that a profile of one's
 * own is not found. */
static const struct mw_profile_file *find_renamed(const struct mw_profile_set *set,
                                                  const char *name)
{
    for (size_t i = set->count; i-- > 0;) {
        const char *slash = strrchr(set->items[i].path, '/');
        const char *base = slash != NULL ? slash + 1 : set->items[i].path;
        size_t len = strlen(name);
        if (strncmp(base, name, len) == 0 && strcmp(base + len, ".ini") == 0)
            return &set->items[i];
    }
    return NULL;
}

static enum mw_code find_profile(const struct mw_profile_set *set, const char *name,
                                 const struct mw_profile_file **file, struct mw_error *err)
{
    *file = mw_profile_set_find(set, name);
    if (*file != NULL)
        return MW_OK;
    MW_AUTO(mw_strings) names = {0};
    profile_names(set, &names);
    MW_FREE char *list = mw_strings_join(&names, ", ");
    MW_FREE char *shown = mw_model_shown(name);
    mw_fail(err, MW_BAD_PROFILE, 0, "profile", _("there is no profile '%s'; there are: %s"), shown,
            list);
    const struct mw_profile_file *renamed = find_renamed(set, name);
    if (renamed != NULL)
        mw_error_hint(err, _("%s calls itself %s: use that name."), renamed->path, renamed->name);
    else
        mw_model_suggest(err, name, &names);
    return MW_BAD_PROFILE;
}

static bool has_strange_command(const struct mw_profile *profile)
{
    size_t i = 0;
    while (i < profile->check_count &&
           (!profile->checks[i].needs_trust || profile->checks[i].command == NULL))
        i++;
    return i < profile->check_count;
}

enum mw_code mw_profile_load(const struct mw_profile_set *set, const char *name,
                             const struct mw_profile_host *host, struct mw_profile *profile,
                             struct mw_error *err)
{
    const struct mw_profile_file *file = NULL;
    enum mw_code code = find_profile(set, name, &file, err);
    return code == MW_OK ? mw_profile_load_file(set, file, host, profile, err) : code;
}

enum mw_code mw_profile_load_file(const struct mw_profile_set *set,
                                  const struct mw_profile_file *file,
                                  const struct mw_profile_host *host, struct mw_profile *profile,
                                  struct mw_error *err)
{
    struct load load = {.set = set, .host = host, .err = err};
    struct mw_faults faults = {0};
    mw_policy_init(&load.profile.policy);
    enum mw_code code = read_chain(&load, file);
    for (size_t i = load.layer_count; i-- > 0 && code == MW_OK;) {
        load.profile.needs_trust = load.layers[i].needs_trust;
        mw_profile_apply(load.layers[i].file, &load.layers[i].scan, host, &load.profile, &faults);
    }
    if (code == MW_OK)
        code = mw_faults_tell(&faults, err);
    load.profile.needs_trust = has_strange_command(&load.profile);
    if (code == MW_OK)
        code = expand_wishes(&load);
    if (code == MW_OK) {
        load.profile.name = mw_xstrdup(file->name);
        load.profile.file = mw_xstrdup(file->path);
        load.profile.source = file->source;
        const struct mw_profile_entry *summary =
            mw_profile_scan_find(&load.layers[0].scan, "profile", "summary");
        load.profile.summary = mw_xstrdup(summary != NULL ? summary->value : "");
        *profile = load.profile;
        load.profile = (struct mw_profile){0};
    } else if (load.profile.is_stranger) { /* that is said of a broken one, too */
        profile->is_stranger = true;
        profile->file = mw_xstrdup(file->path);
        profile->stranger = mw_xstrdup(load.profile.stranger);
    }
    mw_profile_release(&load.profile);
    for (size_t i = 0; i < load.layer_count; i++)
        mw_profile_scan_release(&load.layers[i].scan);
    free(load.layers);
    return code;
}
