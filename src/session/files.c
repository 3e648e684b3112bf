/* Which profile and catalogue files there are. */
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/builtin.h"
#include "parts.h"

static enum mw_code add_catalog(struct mw_session *session, const char *path,
                                const struct mw_buf *text, struct mw_error *err)
{
    return mw_catalog_add(&session->catalog, path, mw_buf_text(text), text->len, false, err);
}

static void add_builtin(struct mw_session *session)
{
    static const char mirrors[] = "assets/mirrors/";
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        MW_FREE char *path = mw_xasprintf("builtin:%s", file->path);
        if (mw_text_starts(file->path, "profiles/")) {
            mw_profile_set_add(&session->profiles, path, file->text, file->len);
        } else if (mw_text_starts(file->path, mirrors)) {
            const char *name = file->path + strlen(mirrors);
            MW_FREE char *service = mw_xstrndup(name, strcspn(name, "."));
            mw_catalog_promise(&session->catalog, service, path, file->text, file->len);
        }
    }
}

static void add_one(struct mw_session *session, const char *directory, struct mw_actor actor,
                    const char *name)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_error err = {0};
    MW_FREE char *path = mw_xasprintf("%s/%s", directory, name);
    enum mw_code code = mw_source_read(&session->sys, path, actor, &file, &err);
    if (code == MW_OK && file.exists)
        code = add_catalog(session, path, &file.bytes, &err);
    if (code != MW_OK)
        session_warn(session, "%s", err.message);
}

static void add_catalogs(struct mw_session *session, const char *directory, struct mw_actor actor)
{
    MW_AUTO(mw_strings) names = {0};
    mw_source_list(&session->sys, directory, ".json", &names, &session->warnings);
    for (size_t i = 0; i < names.count; i++)
        add_one(session, directory, actor, names.items[i]);
}

void session_sources(struct mw_session *session, struct mw_sources *sources)
{
    *sources = (struct mw_sources){
        .sys = &session->sys,
        .trust = &session->trust,
        .set = &session->profiles,
        .warnings = &session->warnings,
    };
}

static enum mw_code add_named_catalog(struct mw_session *session, const char *path,
                                      struct mw_error *err)
{
    MW_AUTO(mw_file) file = {0};
    struct mw_error why = {0};
    enum mw_code code = mw_file_read_warily(&session->sys, path, (struct mw_actor){0},
                                            MW_SOURCE_MAX_BYTES, &file, &why);
    if (code == MW_OK && !file.exists)
        code =
            mw_fail(err, MW_BAD_PROFILE, 0, "catalog", _("--catalog: there is no file %s"), path);
    else if (code == MW_BAD_CONFIG) /* what this is for a tool's file */
        code = mw_fail(err, MW_BAD_PROFILE, 0, "catalog", _("--catalog: %s"), why.message);
    else if (code == MW_OK)
        code = add_catalog(session, path, &file.bytes, err);
    else if (err != NULL)
        *err = why;
    return code;
}

enum mw_code session_find_files(struct mw_session *session, struct mw_error *err)
{
    mw_tools_open(&session->sys, &session->warnings);
    struct mw_sources sources;
    MW_FREE char *config = mw_system_own_config_dir(&session->sys);
    session_sources(session, &sources);
    mw_trust_load(&session->sys, &session->trust, &session->warnings);
    add_builtin(session);
    mw_source_find(&sources, config);

    MW_FREE char *shared = mw_system_path(&session->sys, "/etc/mirrorwise/mirrors");
    MW_FREE char *own = config != NULL ? mw_xasprintf("%s/mirrors", config) : NULL;
    add_catalogs(session, shared, (struct mw_actor){0});
    if (own != NULL)
        add_catalogs(session, own, session->sys.user);
    for (size_t i = 0; i < session->options.catalogs.count; i++) {
        enum mw_code code = add_named_catalog(session, session->options.catalogs.items[i], err);
        if (code != MW_OK)
            return code;
    }
    return MW_OK;
}
