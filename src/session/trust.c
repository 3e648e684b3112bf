/* Asking whether a profile is to be trusted, and remembering the answer. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

static void mw_trust_question_release(struct mw_trust_question *question)
{
    mw_profile_release(&question->profile);
    mw_trust_entry_release(&question->now);
    mw_strings_release(&question->diffs);
    MW_FREE_ALL(question->path, question->taken_by, question->since);
}

void mw_trust_questions_release(struct mw_trust_questions *questions)
{
    for (size_t i = 0; i < questions->count; i++)
        mw_trust_question_release(&questions->items[i]);
    free(questions->items);
    *questions = (struct mw_trust_questions){0};
}

/* ---- what has changed ----------------------------------------------------------------------- */

static void compare_trusted(const struct mw_trust_file *then, const struct mw_trust_file *now,
                            struct mw_strings *diffs)
{
    if (then != NULL && strcmp(then->sha256, now->sha256) == 0)
        return;
    if (now->text != NULL) {
        const char *before = then != NULL && then->text != NULL ? then->text : "";
        MW_FREE char *from = mw_xasprintf(_("%s (trusted)"), now->path);
        MW_FREE char *to = mw_xasprintf(_("%s (now)"), now->path);
        mw_strings_take(
            diffs, mw_text_diff(before, strlen(before), now->text, strlen(now->text), from, to));
    } else {
        mw_strings_take(
            diffs,
            mw_xasprintf(then == NULL ? _("%s is new") : _("%s has other bytes now"), now->path));
    }
}

static void find_changes(const struct mw_trust_entry *then, struct mw_trust_question *question)
{
    for (size_t i = 0; i < question->now.count; i++)
        compare_trusted(mw_trust_file_find(then, question->now.files[i].path),
                        &question->now.files[i], &question->diffs);
    for (size_t i = 0; i < then->count; i++) {
        if (mw_trust_file_find(&question->now, then->files[i].path) == NULL)
            mw_strings_take(&question->diffs, mw_xasprintf(_("%s is gone"), then->files[i].path));
    }
}

/* Trust would be of bytes that nobody has looked at. */
static enum mw_code refuse_wide(const struct mw_trust_question *question, struct mw_error *err)
{
    enum { MIB = 1 << 20 };
    mw_fail(err, MW_UNTRUSTED, 0, "trust",
            _("%s cannot be trusted: `%s` reaches more of %s than can be looked at (%d files, %d "
              "MiB)"),
            question->path, question->now.too_wide, question->now.repository, MW_TRUST_MAX_FILES,
            MW_TRUST_MAX_BYTES / MIB);
    mw_error_hint(err, _("Put the command into a script in .mirrorwise (command = ./check.sh); or "
                         "name the profile by its path, with --accept-risk profile-commands."));
    return MW_UNTRUSTED;
}

/* ---- looking -------------------------------------------------------------------------------- */

static enum mw_code look_at(struct mw_session *session, const struct mw_profile_file *file,
                            struct mw_trust_questions *questions, struct mw_error *err)
{
    MW_AUTO(mw_trust_question) question = {0};
    struct mw_profile_host host;
    session_profile_host(session, &host);
    host.expands_nothing = true;
    if (!mw_utf8_valid(file->real_path, strlen(file->real_path)))
        return mw_fail(err, MW_BAD_PROFILE, 0, "trust", _("the path %s is not UTF-8"), file->path);
    enum mw_code code =
        mw_profile_load_file(&session->profiles, file, &host, &question.profile, err);
    if (code != MW_OK)
        return code;
    const struct mw_profile_file *winner = mw_profile_set_find(&session->profiles, file->name);
    const struct mw_trust_entry *then = mw_trust_find(&session->trust, file->real_path);
    bool is_taken = winner->real_path == NULL || strcmp(winner->real_path, file->real_path) != 0;
    question.path = mw_xstrdup(file->path);
    question.taken_by = is_taken ? mw_xstrdup(winner->path) : NULL;
    question.since = then != NULL ? mw_xstrdup(then->time) : NULL;
    question.state = !file->needs_trust ? MW_TRUST_SAME
                     : then != NULL     ? MW_TRUST_CHANGED
                                        : MW_TRUST_NEW;
    mw_trust_gather(&session->sys, &session->profiles, file, NULL, &question.now);
    if (question.now.too_wide != NULL)
        return refuse_wide(&question, err);
    if (question.state == MW_TRUST_CHANGED && then != NULL)
        find_changes(then, &question);
    *MW_PUSH(questions->items, questions->count) = question;
    question = (struct mw_trust_question){0};
    return MW_OK;
}

/* Owned: from the root, without a final '/'. */
static char *absolute(const struct mw_session *session, const char *path)
{
    char *whole = mw_source_absolute(&session->sys, strcmp(path, ".") == 0 ? "./" : path);
    for (size_t len = strlen(whole); len > 1 && whole[len - 1] == '/'; len--)
        whole[len - 1] = '\0';
    return whole;
}

static bool is_directory(const struct mw_session *session, const char *path)
{
    struct stat st;
    return session->sys.ops->fstatat(AT_FDCWD, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static enum mw_code look_at_folder(struct mw_session *session, const char *folder,
                                   struct mw_trust_questions *questions, struct mw_error *err)
{
    struct mw_sources sources;
    struct mw_error why = {0};
    session_sources(session, &sources);
    mw_source_add_strangers(&sources, folder);
    size_t len = strlen(folder);
    for (size_t i = session->profiles.count;
         i-- > 0;) { /* the weak ones stand in front, reversed */
        const struct mw_profile_file *file = &session->profiles.items[i];
        bool is_in = strncmp(file->path, folder, len) == 0 && file->path[len] == '/' &&
                     strchr(file->path + len + 1, '/') == NULL;
        if (is_in && look_at(session, file, questions, &why) != MW_OK)
            session_warn(session, "%s", why.message);
    }
    if (questions->count > 0)
        return MW_OK;
    if (why.code != MW_OK) {
        *err = why;
        return why.code;
    }
    return mw_fail(err, MW_BAD_PROFILE, 0, "trust", _("there is no profile in %s"), folder);
}

enum mw_code mw_session_trust_look(struct mw_session *session, const char *path,
                                   struct mw_trust_questions *questions, struct mw_error *err)
{
    MW_FREE char *whole = absolute(session, path);
    MW_FREE char *below = mw_xasprintf("%s/.mirrorwise", whole);
    struct mw_sources sources;
    const struct mw_profile_file *file = NULL;
    if (is_directory(session, whole))
        return look_at_folder(session, is_directory(session, below) ? below : whole, questions,
                              err);
    session_sources(session, &sources);
    enum mw_code code = mw_source_add_path(&sources, whole, true, &file, err);
    return code == MW_OK ? look_at(session, file, questions, err) : code;
}

/* ---- remembering ---------------------------------------------------------------------------- */

/* Two answers at once must not lose one: the store is read again under the lock, then changed: the
 * questions (NULL: none) are put into it, or the paths (NULL: none) taken out. */
static enum mw_code change_store(struct mw_session *session, struct mw_trust_questions *questions,
                                 const char *const paths[2], size_t *count, struct mw_error *err)
{
    struct mw_guard guard = {.fd = -1};
    bool is_ours = session->guard.fd >= 0;
    enum mw_code code = is_ours ? MW_OK : mw_guard_take(&session->sys, &guard, err);
    if (code != MW_OK)
        return code;
    mw_trust_release(&session->trust);
    mw_trust_load(&session->sys, &session->trust, &session->warnings);
    *count = 0;
    for (size_t i = 0; questions != NULL && i < questions->count; i++) {
        if (questions->items[i].state == MW_TRUST_SAME)
            continue;
        mw_trust_put(&session->trust, &questions->items[i].now);
        (*count)++;
    }
    for (size_t i = 0; paths != NULL && i < 2 && *count == 0; i++)
        *count = paths[i] != NULL ? mw_trust_remove(&session->trust, paths[i]) : 0;
    if (*count > 0)
        code = mw_trust_save(&session->sys, &session->trust, err);
    if (!is_ours)
        mw_guard_release(&session->sys, &guard);
    return code;
}

enum mw_code mw_session_trust(struct mw_session *session, struct mw_trust_questions *questions,
                              struct mw_error *err)
{
    size_t count = 0;
    return change_store(session, questions, NULL, &count, err);
}

enum mw_code mw_session_untrust(struct mw_session *session, const char *path, size_t *count,
                                struct mw_error *err)
{
    MW_FREE char *whole = absolute(session, path);
    /* What is gone is still forgotten, by the path that it had. */
    MW_FREE char *real_path = mw_path_resolve(&session->sys, whole);
    return change_store(session, NULL, (const char *[2]){whole, real_path}, count, err);
}
