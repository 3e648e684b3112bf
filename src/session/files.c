/* Which profile and catalogue files there are, and who may have written them. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"
#include "mirrorwise/tool.h"
#include "parts.h"

/* A folder that is searched. */
struct place {
    char *directory;
    struct mw_actor actor; /* who reads it: what a user wrote is read with the user's rights */
    bool must_be_ours;     /* its files count only if they belong to us or to root */
};

/* `st` is NULL for what is built in. */
typedef enum mw_code add_function(struct mw_session *session, const char *path,
                                  const struct mw_buf *text, const struct stat *st,
                                  struct mw_error *err);

/* Owned: the path as a shell takes it. */
static char *quoted(const char *path)
{
    struct mw_buf word = {0};
    mw_buf_put_word(&word, path);
    return mw_buf_take(&word);
}

/* Root does what a profile says: nobody else may have a hand in it but whom sudo speaks for. */
void session_doubt_profile(struct mw_session *session, const char *path, const struct stat *st)
{
    const struct mw_actor *user = &session->sys.user;
    bool is_group_ours = st->st_gid == 0 || (user->switched && st->st_gid == user->gid);
    bool is_open = (st->st_mode & S_IWOTH) != 0 || ((st->st_mode & S_IWGRP) != 0 && !is_group_ours);
    if (session->sys.euid != 0 || !is_open)
        return;
    char *word = quoted(path);
    mw_profile_set_distrust(
        &session->profiles,
        mw_xasprintf(_("%s can be written by others (mode %04o); root follows no such profile"),
                     path, (unsigned)(st->st_mode & 07777)),
        mw_xasprintf(_("Read it, then run: chmod go-w %s"), word), false);
    free(word);
}

static enum mw_code add_profile(struct mw_session *session, const char *path,
                                const struct mw_buf *text, const struct stat *st,
                                struct mw_error *err)
{
    (void)err;
    mw_profile_set_add(&session->profiles, path, mw_buf_text(text), text->len);
    if (st != NULL)
        session_doubt_profile(session, path, st);
    return MW_OK;
}

static enum mw_code add_catalog(struct mw_session *session, const char *path,
                                const struct mw_buf *text, const struct stat *st,
                                struct mw_error *err)
{
    (void)st;
    bool is_built_in = mw_text_starts(path, "builtin:");
    return mw_catalog_add(&session->catalog, path, mw_buf_text(text), text->len, is_built_in, err);
}

static void add_builtin(struct mw_session *session)
{
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        bool is_profile = mw_text_starts(file->path, "profiles/");
        if (!is_profile && !mw_text_starts(file->path, "assets/mirrors/"))
            continue;
        char *path = mw_xasprintf("builtin:%s", file->path);
        struct mw_buf text = {0};
        struct mw_error err = {0};
        mw_buf_append(&text, file->text, file->len);
        if ((is_profile ? add_profile : add_catalog)(session, path, &text, NULL, &err) != MW_OK)
            session_warn(session, "%s", err.message);
        mw_buf_release(&text);
        free(path);
    }
}

/* The working directory may be a stranger's, as git's safe.directory knows: a file there that
 * belongs to neither us nor root must not decide what is installed on this machine. */
static bool belongs_to_us(const struct mw_session *session, const struct mw_file *file)
{
    uid_t owner = file->st.st_uid;
    const struct mw_actor *user = &session->sys.user;
    return owner == 0 || owner == session->sys.euid || (user->switched && owner == user->uid);
}

static void add_strangers(struct mw_session *session, const char *path, const struct mw_buf *text)
{
    session_warn(session,
                 _("%s belongs to somebody else and is not used; name it with --profile if you "
                   "trust it"),
                 path);
    char *word = quoted(path);
    mw_profile_set_add(&session->profiles, path, mw_buf_text(text), text->len);
    mw_profile_set_distrust(
        &session->profiles, mw_xasprintf(_("%s belongs to somebody else"), path),
        mw_xasprintf(_("If you trust it, name the file: --profile %s"), word), true);
    free(word);
}

static void add_one(struct mw_session *session, const struct place *place, const char *name,
                    add_function *add)
{
    struct mw_file file = {0};
    struct mw_error err = {0};
    char *path = mw_xasprintf("%s/%s", place->directory, name);
    enum mw_code code = mw_file_read(&session->sys, path, place->actor, &file, &err);
    if (code == MW_OK && file.exists && place->must_be_ours && !belongs_to_us(session, &file))
        add_strangers(session, path, &file.bytes);
    else if (code == MW_OK && file.exists)
        code = add(session, path, &file.bytes, &file.st, &err);
    if (code != MW_OK)
        session_warn(session, "%s", err.message);
    mw_file_release(&file);
    free(path);
}

static void add_place(struct mw_session *session, const struct place *place, const char *suffix,
                      add_function *add)
{
    struct mw_strings names = {0};
    mw_dir_list(&session->sys, place->directory, suffix, &names);
    for (size_t i = 0; i < names.count; i++)
        add_one(session, place, names.items[i], add);
    mw_strings_release(&names);
}

static void add_system_place(struct mw_session *session, const char *directory, const char *suffix,
                             add_function *add)
{
    struct place place = {.directory = mw_system_path(&session->sys, directory)};
    add_place(session, &place, suffix, add);
    free(place.directory);
}

static void add_user_place(struct mw_session *session, const char *folder, const char *suffix,
                           add_function *add)
{
    char *config = mw_system_own_config_dir(&session->sys);
    if (config == NULL)
        return;
    struct place place = {
        .directory = mw_xasprintf("%s/%s", config, folder),
        .actor = session->sys.user,
    };
    add_place(session, &place, suffix, add);
    free(place.directory);
    free(config);
}

static void find_profiles(struct mw_session *session)
{
    static const char shared[] = "/usr/share/mirrorwise/profiles";
    if (strcmp(MW_DATA_DIR "/profiles", shared) != 0)
        add_system_place(session, MW_DATA_DIR "/profiles", ".ini", add_profile);
    add_system_place(session, shared, ".ini", add_profile);
    add_system_place(session, "/etc/mirrorwise/profiles", ".ini", add_profile);
    add_user_place(session, "profiles", ".ini", add_profile);

    if (session->sys.cwd == NULL)
        return;
    struct place here = {
        .directory = mw_xasprintf("%s/.mirrorwise", session->sys.cwd),
        .actor = session->sys.user,
        .must_be_ours = true,
    };
    add_place(session, &here, ".ini", add_profile);
    free(here.directory);
}

static enum mw_code add_named_catalog(struct mw_session *session, const char *path,
                                      struct mw_error *err)
{
    struct mw_file file = {0};
    enum mw_code code =
        mw_file_read(&session->sys, path, (struct mw_actor){.switched = false}, &file, err);
    if (code == MW_OK && !file.exists)
        code =
            mw_fail(err, MW_BAD_PROFILE, 0, "catalog", _("--catalog: there is no file %s"), path);
    else if (code == MW_BAD_CONFIG) /* what this is for a tool's file */
        code = mw_fail(err, MW_BAD_PROFILE, 0, "catalog", _("--catalog: %s is not a regular file"),
                       path);
    else if (code == MW_OK)
        code = add_catalog(session, path, &file.bytes, &file.st, err);
    mw_file_release(&file);
    return code;
}

enum mw_code session_find_files(struct mw_session *session, struct mw_error *err)
{
    mw_tools_open(&session->sys, &session->warnings);
    add_builtin(session);
    find_profiles(session);
    add_system_place(session, "/etc/mirrorwise/mirrors", ".json", add_catalog);
    add_user_place(session, "mirrors", ".json", add_catalog);
    for (size_t i = 0; i < session->options.catalogs.count; i++) {
        enum mw_code code = add_named_catalog(session, session->options.catalogs.items[i], err);
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}
