/* Which profile files there are, and who may have written them. */
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* A folder that is searched. */
struct place {
    const char *directory;
    enum mw_from source;
    struct mw_actor actor;     /* who reads it: what a user wrote is read with the user's rights */
    const struct stat *beside; /* a file beside which others count only if they are its owner's */
};

/* ---- words and paths ---------------------------------------------------------------------- */

const char *mw_from_word(enum mw_from source)
{
    static const char *const words[] = {
        [MW_FROM_BUILTIN] = "builtin",       [MW_FROM_SYSTEM] = "system", [MW_FROM_USER] = "user",
        [MW_FROM_REPOSITORY] = "repository", [MW_FROM_FILE] = "file",     [MW_FROM_TREE] = "root",
    };
    return words[source];
}

const char *mw_from_text(enum mw_from source, bool is_stranger)
{
    static const char *const texts[] = {
        [MW_FROM_BUILTIN] = N_("built in"),
        [MW_FROM_SYSTEM] = N_("of this machine"),
        [MW_FROM_USER] = N_("your own"),
        [MW_FROM_REPOSITORY] = N_("of this directory, trusted"),
        [MW_FROM_FILE] = N_("named by its path"),
        [MW_FROM_TREE] = N_("of the tree of --root"),
    };
    return is_stranger ? _("a stranger's, not trusted") : _(texts[source]);
}

bool source_is_in(const char *path, const char *directory)
{
    MW_FREE char *other = mw_text_directory(path);
    return strcmp(other, directory) == 0;
}

bool source_is_below(const char *path, const char *directory)
{
    size_t len = strlen(directory);
    while (len > 0 && directory[len - 1] == '/')
        len--;
    return strncmp(path, directory, len) == 0 && path[len] == '/';
}

/* ---- reading ------------------------------------------------------------------------------ */

/* May others write the file itself? */
static bool is_open(const struct mw_system *sys, const struct stat *st)
{
    bool is_group_ours = st->st_gid == 0 || (sys->user.switched && st->st_gid == sys->user.gid);
    return (st->st_mode & S_IWOTH) != 0 || ((st->st_mode & S_IWGRP) != 0 && !is_group_ours);
}

enum mw_code mw_source_read(const struct mw_system *sys, const char *path, struct mw_actor actor,
                            bool is_named, struct mw_file *file, struct mw_error *err)
{
    MW_AUTO(mw_file) found = {0};
    enum mw_code code = mw_file_read_warily(sys, path, actor, MW_SOURCE_MAX_BYTES, &found, err);
    if (code == MW_OK && found.exists && sys->euid == 0 && found.doubt != NULL &&
        (!is_named || is_open(sys, &found.st))) {
        code = mw_fail(err, MW_UNTRUSTED, 0, "source",
                       _("root follows no file that others could change: %s"), found.doubt);
        mw_error_hint(err, _("It and the folders above it must be root's (chown root) and nobody "
                             "else's to write (chmod go-w); else keep it in another place."));
    }
    if (code == MW_OK) {
        *file = found;
        found = (struct mw_file){0};
    }
    return code;
}

void mw_source_list(const struct mw_system *sys, const char *directory, const char *suffix,
                    struct mw_strings *names, struct mw_strings *warnings)
{
    size_t count = mw_dir_list_some(sys, directory, suffix, MW_SOURCE_MAX_FILES, names);
    if (count > names->count)
        mw_strings_take(warnings, mw_xasprintf(_("%s holds %zu files *%s; only the first %zu are "
                                                 "read"),
                                               directory, count, suffix, names->count));
}

/* ---- judging ------------------------------------------------------------------------------ */

static bool is_trusted_owner(const struct mw_system *sys, uid_t uid)
{
    return uid == 0 || uid == sys->euid || (sys->user.switched && uid == sys->user.uid);
}

/* Owned: the command that makes the file root's alone; NULL: there is none, where a folder on the
 * way is somebody's, or a second name. */
static char *mending(const struct mw_system *sys, const char *path, const struct mw_file *file)
{
    size_t len = strlen(file->real_path);
    struct mw_buf command = {0};
    if (!mw_text_starts(file->doubt, file->real_path) || file->doubt[len] != ':' ||
        file->st.st_nlink > 1)
        return NULL;
    if (!is_trusted_owner(sys, file->st.st_uid)) {
        mw_buf_puts(&command, "chown root");
        mw_buf_put_word(&command, path);
        mw_buf_puts(&command, " && ");
    }
    mw_buf_puts(&command, "chmod go-w");
    mw_buf_put_word(&command, path);
    return mw_buf_take(&command);
}

/* The file keeps its name, so that whoever wants it hears why it is not followed. */
static void distrust(const struct mw_system *sys, struct mw_profile_file *profile, const char *path,
                     const struct mw_file *file)
{
    profile->distrust =
        mw_xasprintf(_("%s is not followed: root believes no file that others could change (%s)"),
                     path, file->doubt);
    profile->mending = mending(sys, path, file);
    profile->remedy = profile->mending != NULL
                          ? mw_xasprintf(_("Read it, then run: %s"), profile->mending)
                          : mw_xstrdup(_("Read it, then put a copy where only root may write, as "
                                         "/etc/mirrorwise/profiles."));
}

/* What is not believed by itself is weak: it replaces no name, and waits for somebody's trust. */
static void add_profile_file(const struct mw_sources *sources, const struct place *place,
                             const char *path, const struct mw_file *file)
{
    bool is_weak = place->source == MW_FROM_REPOSITORY || place->source == MW_FROM_FILE;
    struct mw_profile_file *profile = (is_weak ? mw_profile_set_add_weak : mw_profile_set_add)(
        sources->set, path, mw_buf_text(&file->bytes), file->bytes.len);
    profile->source = place->source;
    profile->real_path = mw_xstrdup(file->real_path);
    profile->needs_trust = is_weak;
    profile->is_stranger = place->source == MW_FROM_REPOSITORY;
    if (!is_weak && sources->sys->euid == 0 && file->doubt != NULL)
        distrust(sources->sys, profile, path, file);
}

/* Trust can be judged only when all that may be extended is known. */
static void judge_weak(const struct mw_sources *sources)
{
    for (size_t i = 0; i < sources->set->count; i++) {
        struct mw_profile_file *file = &sources->set->items[i];
        if (file->needs_trust && mw_trust_covers(sources->trust, sources->sys, sources->set, file))
            file->is_trusted = true;
    }
    for (size_t i = 0; i < sources->set->count; i++) {
        struct mw_profile_file *file = &sources->set->items[i];
        if (file->is_trusted)
            file->is_stranger = file->needs_trust = false;
    }
}

/* ---- folders ------------------------------------------------------------------------------ */

/* In a folder that everybody writes (/tmp) a file says nothing of what lies beside it. */
static bool counts(const struct mw_system *sys, const struct place *place, const struct stat *st)
{
    return place->beside == NULL || st->st_uid == place->beside->st_uid ||
           is_trusted_owner(sys, st->st_uid);
}

static void add_one(const struct mw_sources *sources, const struct place *place, const char *name)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_error err = {0};
    MW_FREE char *path = mw_xasprintf("%s/%s", place->directory, name);
    enum mw_code code =
        mw_file_read_warily(sources->sys, path, place->actor, MW_SOURCE_MAX_BYTES, &file, &err);
    if (code == MW_OK && file.exists && counts(sources->sys, place, &file.st))
        add_profile_file(sources, place, path, &file);
    if (code != MW_OK)
        mw_strings_add(sources->warnings, err.message);
}

static void add_place(const struct mw_sources *sources, const struct place *place)
{
    MW_AUTO(mw_strings) names = {0};
    mw_source_list(sources->sys, place->directory, ".ini", &names, sources->warnings);
    for (size_t i = 0; i < names.count; i++)
        add_one(sources, place, names.items[i]);
}

static void add_system_place(const struct mw_sources *sources, const char *directory)
{
    bool is_tree = sources->sys->root[0] != '\0';
    MW_FREE char *path = mw_system_path(sources->sys, directory);
    struct place place = {.directory = path, .source = is_tree ? MW_FROM_TREE : MW_FROM_SYSTEM};
    add_place(sources, &place);
}

void mw_source_find(const struct mw_sources *sources, const char *config)
{
    static const char shared[] = "/usr/share/mirrorwise/profiles";
    const struct mw_system *sys = sources->sys;
    if (strcmp(MW_DATA_DIR "/profiles", shared) != 0)
        add_system_place(sources, MW_DATA_DIR "/profiles");
    add_system_place(sources, shared);
    add_system_place(sources, "/etc/mirrorwise/profiles");

    MW_FREE char *own = config != NULL ? mw_xasprintf("%s/profiles", config) : NULL;
    struct place user = {.directory = own, .source = MW_FROM_USER, .actor = sys->user};
    if (own != NULL)
        add_place(sources, &user);

    MW_FREE char *repository = sys->cwd != NULL ? mw_xasprintf("%s/.mirrorwise", sys->cwd) : NULL;
    struct place here = {.directory = repository, .source = MW_FROM_REPOSITORY, .actor = sys->user};
    if (repository != NULL)
        add_place(sources, &here);
    judge_weak(sources);
}

void mw_source_add_strangers(const struct mw_sources *sources, const char *directory)
{
    struct place place = {
        .directory = directory, .source = MW_FROM_REPOSITORY, .actor = sources->sys->user};
    for (size_t i = 0; i < sources->set->count; i++) {
        if (source_is_in(sources->set->items[i].path, directory))
            return;
    }
    add_place(sources, &place);
    judge_weak(sources);
}

/* ---- a path ------------------------------------------------------------------------------- */

char *mw_source_absolute(const struct mw_system *sys, const char *path)
{
    if (path[0] == '/' || sys->cwd == NULL)
        return mw_xstrdup(path);
    return mw_xasprintf("%s/%s", sys->cwd, mw_text_starts(path, "./") ? path + 2 : path);
}

/* What lies beside a file may be extended by it, and is believed as much. */
static void add_beside(const struct mw_sources *sources, const char *path, struct mw_actor actor,
                       enum mw_from source, const struct stat *st)
{
    MW_FREE char *whole = mw_source_absolute(sources->sys, path);
    MW_FREE char *directory = mw_text_directory(whole);
    bool is_known = false;
    for (size_t i = 0; i < sources->set->count; i++) {
        struct mw_profile_file *file = &sources->set->items[i];
        if (source_is_in(file->path, directory)) {
            is_known = true;
            file->is_stranger = file->is_stranger && source == MW_FROM_REPOSITORY;
        }
    }
    bool is_weak = source == MW_FROM_REPOSITORY || source == MW_FROM_FILE;
    struct place place = {.directory = directory, .source = source, .actor = actor, .beside = st};
    if (!is_known && is_weak)
        add_place(sources, &place);
}

static enum mw_from source_of(const struct mw_sources *sources, const struct mw_file *file,
                              bool is_named)
{
    const char *root = sources->sys->root;
    if (root[0] != '\0' && source_is_below(file->real_path, root))
        return MW_FROM_TREE;
    /* Nobody has named this one now. */
    if (!is_named && strstr(file->path, "/.mirrorwise/") != NULL)
        return MW_FROM_REPOSITORY;
    return MW_FROM_FILE;
}

static enum mw_code read_path(const struct mw_sources *sources, const char *path,
                              struct mw_actor actor, struct mw_file *file, struct mw_error *err)
{
    enum mw_code code =
        mw_file_read_warily(sources->sys, path, actor, MW_SOURCE_MAX_BYTES, file, err);
    if (code == MW_OK && !file->exists) {
        mw_fail(err, MW_BAD_PROFILE, 0, "profile", _("there is no profile file %s"), path);
        if (strstr(path, "://") != NULL)
            mw_error_hint(err, "%s", _("It is read from a file: download it first."));
        return MW_BAD_PROFILE;
    }
    if (code == MW_BAD_CONFIG) { /* what this is for a tool's file */
        MW_FREE char *why = mw_xstrdup(err != NULL ? err->message : "");
        code = mw_fail(err, MW_BAD_PROFILE, 0, "profile", _("no profile: %s"), why);
    }
    return code;
}

/* Is it one of the files of a folder that is believed? */
static const struct mw_profile_file *find_believed(const struct mw_sources *sources,
                                                   const char *path)
{
    MW_FREE char *whole = mw_source_absolute(sources->sys, path);
    const struct mw_profile_file *found = NULL;
    for (size_t i = 0; found == NULL && i < sources->set->count; i++) {
        const struct mw_profile_file *file = &sources->set->items[i];
        if (!file->is_weak && strcmp(file->path, whole) == 0)
            found = file;
    }
    return found;
}

enum mw_code mw_source_add_path(const struct mw_sources *sources, const char *path, bool is_named,
                                const struct mw_profile_file **file, struct mw_error *err)
{
    const struct mw_system *sys = sources->sys;
    const struct mw_profile_file *believed = find_believed(sources, path);
    struct mw_actor actor = sys->user;
    MW_AUTO(mw_file) read = {0};
    actor.switched = actor.switched && !is_named;
    enum mw_code code = read_path(sources, path, actor, &read, err);
    if (code != MW_OK)
        return code;
    enum mw_from source = believed != NULL ? believed->source : source_of(sources, &read, is_named);
    bool needs_trust = believed == NULL;
    add_beside(sources, path, actor, source, &read.st);
    struct mw_profile_file *added =
        mw_profile_set_add(sources->set, path, mw_buf_text(&read.bytes), read.bytes.len);
    added->source = source;
    added->real_path = mw_xstrdup(read.real_path);
    added->needs_trust = needs_trust;
    added->is_stranger = source == MW_FROM_REPOSITORY;
    *file = added;
    judge_weak(sources);
    /* Whoever names a file may name somebody else's, but not one that anybody may write. */
    bool is_doubted =
        believed != NULL || (added->needs_trust && (!is_named || is_open(sys, &read.st)));
    if (sys->euid == 0 && read.doubt != NULL && is_doubted)
        distrust(sys, added, path, &read);
    return code;
}
