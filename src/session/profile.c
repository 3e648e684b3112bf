/* Which profile this run wants, and what the command line puts on top of it. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* ---- the world, as the profile room sees it ----------------------------------------------- */

static const char *host_get_env(void *context, const char *name)
{
    const struct mw_session *session = context;
    return mw_system_getenv(&session->sys, name);
}

/* ${file:PATH}: with the user's rights, so that a profile from anywhere cannot make root hand out
 * a secret; only what root itself put below /etc/mirrorwise is read as root. */
static enum mw_code host_read_file(void *context, const char *path, struct mw_buf *text,
                                   struct mw_error *err)
{
    const struct mw_session *session = context;
    MW_FREE char *roots = mw_system_path(&session->sys, "/etc/mirrorwise/");
    bool is_roots = mw_text_starts(path, roots) && strstr(path, "/../") == NULL;
    struct mw_actor actor = session->sys.user;
    MW_AUTO(mw_file) file = {0};
    actor.switched = actor.switched && !is_roots;
    enum mw_code code =
        mw_file_read_warily(&session->sys, path, actor, MW_SOURCE_MAX_BYTES, &file, err);
    if (code == MW_OK && !file.exists)
        code = mw_fail(err, MW_BAD_PROFILE, 0, "read", _("there is no file %s"), path);
    else if (code == MW_OK)
        mw_buf_append(text, mw_buf_text(&file.bytes), file.bytes.len);
    return code;
}

/* Owned. The walk to a file below --root keeps links and ".." inside. */
static char *host_tree_path(void *context, const char *path)
{
    const struct mw_session *session = context;
    size_t len = strlen(session->sys.root);
    bool is_inside = strncmp(path, session->sys.root, len) == 0 && path[len] == '/';
    char *inside = is_inside ? mw_xstrdup(path) : mw_system_path(&session->sys, path);
    char *real = mw_path_resolve(&session->sys, inside);
    struct stat st;
    /* A second name may be that of a file outside. */
    bool is_linked = real != NULL &&
                     session->sys.ops->fstatat(AT_FDCWD, real, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                     S_ISREG(st.st_mode) && st.st_nlink > 1;
    free(real);
    if (!is_linked)
        return inside;
    free(inside);
    return NULL;
}

static enum mw_code host_open_text(void *context, const char *text, size_t len, char **path,
                                   int *fd, struct mw_error *err)
{
    const struct mw_session *session = context;
    return mw_anonymous_file(&session->sys, text, len, path, fd, err);
}

static void host_close_text(void *context, int fd)
{
    const struct mw_session *session = context;
    (void)session->sys.ops->close(fd);
}

static char *host_tool_key(const char *section, const char *key)
{
    const struct mw_tool *tool = mw_tool_find(section);
    char *own = tool == NULL ? NULL : mw_tool_canonical(tool, key);
    return tool == NULL || own != NULL ? own : session_mirror_key(tool, key);
}

static void host_tool_keys(const char *section, struct mw_strings *names)
{
    const struct mw_tool *tool = mw_tool_find(section);
    if (tool != NULL) {
        mw_tool_key_names(tool, names);
        session_mirror_keys(tool, names);
    }
}

void session_profile_host(struct mw_session *session, struct mw_profile_host *host)
{
    *host = (struct mw_profile_host){
        .context = session,
        .get_env = host_get_env,
        .read_file = host_read_file,
        .tree_path = host_tree_path,
        .expands_nothing = session->wants_policy_only,
        .open_text = host_open_text,
        .close_text = host_close_text,
        .tool_section = mw_tool_exists,
        .tool_key = host_tool_key,
        .tool_sections = session_tool_ids,
        .tool_keys = host_tool_keys,
    };
}

/* ---- which profile ------------------------------------------------------------------------ */

static const char *last_applied(const struct mw_history *history)
{
    for (size_t i = history->count; i > 0; i--) {
        const struct mw_record *record = &history->items[i - 1];
        if (strcmp(record->action, "apply") == 0 && record->profile != NULL)
            return record->profile;
    }
    return NULL;
}

/* The first who names one. */
static const char *wanted_profile(const struct mw_session *session, enum mw_named_by *by)
{
    const char *variable = mw_system_getenv(&session->sys, "MIRRORWISE_PROFILE");
    const char *const names[] = {
        [MW_NAMED_BY_OPTION] = session->options.profile,
        [MW_NAMED_BY_ENVIRONMENT] = variable != NULL && variable[0] != '\0' ? variable : NULL,
        [MW_NAMED_BY_HISTORY] = last_applied(&session->history),
        [MW_NAMED_BY_DEFAULT] = "dev",
    };
    for (*by = MW_NAMED_BY_OPTION; names[*by] == NULL;)
        (*by)++;
    return names[*by];
}

static bool is_path(const struct mw_session *session, const char *name)
{
    size_t len = strlen(name);
    if (strchr(name, '/') != NULL)
        return true;
    return len > 4 && strcmp(name + len - 4, ".ini") == 0 && mw_path_exists(&session->sys, name);
}

/* Adds the file to the set, strongest of all; *name is borrowed from the set. */
static enum mw_code add_path(struct mw_session *session, const char *path, const char **name,
                             struct mw_error *err)
{
    struct mw_sources sources;
    const struct mw_profile_file *file = NULL;
    session_sources(session, &sources);
    enum mw_code code =
        mw_source_add_path(&sources, path, session->named_by == MW_NAMED_BY_OPTION, &file, err);
    if (code == MW_OK)
        *name = file->name;
    return code;
}

long session_applied_serial(const struct mw_session *session)
{
    const struct mw_record *record = mw_history_in_effect(&session->history);
    bool is_this = record != NULL && session->profile_name != NULL &&
                   strcmp(record->profile, session->profile_name) == 0;
    return is_this ? record->profile_serial : -1;
}

/* To go back may be meant, and then it is worth a sentence all the same. */
static void warn_of_serial(struct mw_session *session)
{
    long applied = session_applied_serial(session);
    if (applied > session->profile.serial)
        session_warn(session,
                     _("%s is older than what was applied here: serial %ld, and it was %ld"),
                     session->profile_name, session->profile.serial, applied);
}

/* ---- trust ---------------------------------------------------------------------------------- */

/* Nothing of a stranger's profile is measured, and no certificate of it is believed. */
static void keep_at_arms_length(struct mw_session *session)
{
    struct mw_profile *profile = &session->profile;
    session->options.no_network = true;
    profile->policy.ca_file[0] = '\0';
    free(session->stranger);
    session->stranger = mw_xasprintf(
        _("%s is a stranger's profile: it is shown, and nothing of it is run, expanded "
          "or measured"),
        profile->stranger);
}

/* Owned: the command that looks at the loaded profile and trusts it. */
static char *trust_command(const struct mw_session *session)
{
    struct mw_buf command = {0};
    mw_system_put_command(&session->sys, &command);
    mw_buf_put_option(&command, "--trust",
                      session->profile.is_stranger ? session->profile.stranger
                                                   : session->profile.file);
    return mw_buf_take(&command);
}

enum mw_code mw_session_trusted(const struct mw_session *session, struct mw_error *err)
{
    if (!session->profile.is_stranger)
        return MW_OK;
    mw_fail(err, MW_UNTRUSTED, 0, "profile",
            _("nobody has trusted the profile %s yet: %s belongs to a repository, not to you"),
            session->profile_name, session->profile.stranger);
    MW_FREE char *command = trust_command(session);
    mw_error_hint(err, _("Look at it, then trust it: `%s`."), command);
    return MW_UNTRUSTED;
}

enum mw_code mw_session_allowed(const struct mw_session *session, struct mw_error *err)
{
    const char *expires = session->profile.expires;
    char now[MW_TIME_TEXT] = "";
    if (expires != NULL)
        mw_system_now(&session->sys, now);
    if (expires == NULL || strcmp(now, expires) < 0)
        return mw_lint_verdict(&session->lint, err);
    mw_fail(err, MW_UNTRUSTED, 0, "profile",
            _("the profile %s is too old to follow: it expired on %s"), session->profile.name,
            expires);
    mw_error_hint(err, _("Get its newest text, or change expires in %s."), session->profile.file);
    return MW_UNTRUSTED;
}

enum mw_code mw_session_may_run(const struct mw_session *session, struct mw_error *err)
{
    enum mw_code code = mw_session_trusted(session, err);
    bool runs = session->sys.root[0] == '\0'; /* of a tree nothing is started */
    if (code != MW_OK || !runs || !session->profile.needs_trust ||
        mw_strings_has(&session->options.accepted, MW_RISK_COMMANDS))
        return code;
    mw_fail(err, MW_UNTRUSTED, 0, "profile",
            _("the profile %s runs commands, and nobody has trusted %s yet"), session->profile.name,
            session->profile.file);
    MW_FREE char *command = trust_command(session);
    mw_error_hint(err,
                  _("Look at it, then trust it: `%s`; or let its commands run this once with "
                    "--accept-risk profile-commands."),
                  command);
    return MW_UNTRUSTED;
}

/* ---- the whole ------------------------------------------------------------------------------ */

enum mw_code mw_session_load_profile(struct mw_session *session, struct mw_error *err)
{
    const char *wanted = wanted_profile(session, &session->named_by);
    const char *name = wanted;
    bool from_path = is_path(session, wanted);
    if (from_path) {
        enum mw_code code = add_path(session, wanted, &name, err);
        if (code != MW_OK)
            return code;
    }
    free(session->profile_name);
    /* History remembers a name that the next run finds again, from any directory. */
    session->profile_name =
        from_path ? mw_source_absolute(&session->sys, wanted) : mw_xstrdup(name);

    struct mw_profile_host host;
    session_profile_host(session, &host);
    mw_profile_release(&session->profile);
    enum mw_code code = mw_profile_load(&session->profiles, name, &host, &session->profile, err);
    if (session->profile.is_stranger)
        keep_at_arms_length(session);
    if (code != MW_OK)
        return code;
    warn_of_serial(session);
    return session_override(session, err);
}
