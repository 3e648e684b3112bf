/* Checks that a team adds in its profile:
 *
 *     [check.vpn]
 *     title    = VPN client
 *     command  = vpnctl --version
 *     expected = 4.
 *     fix      = sudo apt-get install -y vpnctl
 *
 *     [check.ca]
 *     title = The company's certificate
 *     file  = /usr/local/share/ca-certificates/company.crt
 *
 * A command passes if it ends with 0 and, with `expected`, its output holds that text. A file
 * passes if it is there and, with `expected`, holds that text. They run side by side, each for
 * `timeout` at most (10 s where it names none). */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/command.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { COMMAND_TIMEOUT_MS = 10000, SHOWN_COLS = 120, MAX_SIDE = 7 };

/* ---- judging --------------------------------------------------------------------------------- */

static void add_team_check(struct check_run *run, const struct mw_profile_check *check,
                           enum mw_check_status status, char *take_observed)
{
    const char *expected = check->expected != NULL  ? check->expected
                           : check->command != NULL ? check->command
                                                    : check->file;
    bool is_mended = status == MW_CHECK_FAIL && check->fix != NULL;
    check_add(run, (struct check_result){
                       .status = status,
                       .subject = mw_xstrdup(check->name),
                       .title = mw_xstrdup(check->title != NULL ? check->title : check->name),
                       .observed = take_observed,
                       .expected = expected != NULL ? mw_xstrdup(expected) : NULL,
                       .why = check->why,
                       .ways = check_by_hand(is_mended ? mw_xstrdup(check->fix) : NULL),
                   });
}

/* Owned: the first line, cut. */
static char *first_line(const struct mw_buf *text)
{
    const char *line = mw_buf_text(text);
    return mw_text_safe(line, strcspn(line, "\r\n"), SHOWN_COLS, false);
}

static bool holds(const struct mw_buf *text, const char *expected)
{
    return expected == NULL || expected[0] == '\0' ||
           (text->len > 0 && memmem(text->data, text->len, expected, strlen(expected)) != NULL);
}

/* Owned: what a program that ended said; a silent one has its status alone. */
static char *ending(int status, const char *said)
{
    if (status == 0)
        return said[0] != '\0' ? mw_xstrdup(said) : mw_xstrdup(_("it ended well, without a word"));
    return said[0] != '\0' ? mw_xasprintf(_("status %d: %s"), status, said)
                           : mw_xasprintf(_("status %d, without a word"), status);
}

static void run_program(struct check_run *run, const struct mw_profile_check *check,
                        const char *program, struct mw_strings *words)
{
    const char *argv[MW_COMMAND_MAX_WORDS + 1] = {NULL};
    MW_AUTO(mw_buf) output = {0}, diagnostics = {0};
    struct mw_error why = {0};
    int status = 0;
    int limit_ms = check->timeout_ms > 0 ? (int)check->timeout_ms : COMMAND_TIMEOUT_MS;
    argv[0] = program;
    for (size_t i = 1; i < words->count && i < MW_COMMAND_MAX_WORDS; i++)
        argv[i] = words->items[i];
    if (mw_child_run(run->sys, argv, run->sys->user, NULL, check_timeout_ms(run, limit_ms), &output,
                     &diagnostics, &status, &why) != MW_OK) {
        bool is_late = check_left_ms(run) == 0;
        add_team_check(run, check, is_late ? MW_CHECK_SKIP : MW_CHECK_FAIL,
                       mw_xstrdup(is_late ? _(check_no_time) : why.message));
    } else {
        bool passes = status == 0 && holds(&output, check->expected);
        MW_FREE char *said = first_line(output.len > 0 ? &output : &diagnostics);
        add_team_check(run, check, passes ? MW_CHECK_PASS : MW_CHECK_FAIL, ending(status, said));
    }
}

/* A program with a slash in it lies beside the profile, as ${file:PATH} does. */
static char *find_program(const struct check_run *run, const struct mw_profile_check *check,
                          const char *word)
{
    const char *slash = strchr(word, '/');
    if (word[0] == '/')
        return mw_xstrdup(word);
    if (slash == NULL || check->from.file == NULL)
        return mw_system_which(run->sys, word);
    const char *end = strrchr(check->from.file, '/');
    bool is_absolute = check->from.file[0] == '/';
    return mw_xasprintf("%s%s%.*s/%s", is_absolute ? "" : run->sys->cwd, is_absolute ? "" : "/",
                        end != NULL ? (int)(end - check->from.file) : 1,
                        end != NULL ? check->from.file : ".", word);
}

/* Once more, for whoever comes to this list by another way: a stranger's command is not run. */
static bool may_run(const struct check_run *run, const struct mw_profile_check *check)
{
    return !check->needs_trust ||
           (run->ctx->accepted != NULL && mw_strings_has(run->ctx->accepted, "profile-commands"));
}

static void try_command(struct check_run *run, const struct mw_profile_check *check)
{
    MW_AUTO(mw_strings) words = {0};
    struct mw_error why = {0};
    if (!may_run(run, check)) {
        add_team_check(run, check, MW_CHECK_SKIP,
                       mw_xstrdup(_("not run: nobody has trusted this profile")));
        return;
    }
    if (run->sys->root[0] != '\0') {
        add_team_check(run, check, MW_CHECK_SKIP,
                       mw_xstrdup(_("not run: with --root nothing of that tree is started")));
        return;
    }
    if (mw_command_split(check->command, &words, &why) != MW_OK || words.count == 0) {
        add_team_check(run, check, MW_CHECK_FAIL, mw_xstrdup(why.message));
        return;
    }
    MW_FREE char *program = find_program(run, check, words.items[0]);
    if (program == NULL)
        add_team_check(run, check, MW_CHECK_FAIL, mw_xasprintf(_("no %s in PATH"), words.items[0]));
    else
        run_program(run, check, program, &words);
}

static void check_file(struct check_run *run, const struct mw_profile_check *check)
{
    const struct mw_system *sys = run->sys;
    MW_AUTO(mw_file) file = {0};
    struct mw_error why = {0};
    bool is_home = mw_text_starts(check->file, "~/") && sys->home != NULL;
    MW_FREE char *path = is_home                 ? mw_xasprintf("%s/%s", sys->home, check->file + 2)
                         : check->file[0] == '/' ? mw_system_path(sys, check->file)
                                                 : mw_xstrdup(check->file);
    bool is_read =
        mw_file_read_warily(sys, path, sys->user, MW_FILE_MAX_BYTES, &file, &why) == MW_OK;
    /* A directory is there too; what it holds is nobody's question then. */
    bool is_folder = !is_read && check->expected == NULL && mw_path_exists(sys, path);
    if (!is_read && !is_folder)
        add_team_check(run, check, MW_CHECK_FAIL, mw_xstrdup(why.message));
    else if (!is_folder && !file.exists)
        add_team_check(run, check, MW_CHECK_FAIL, mw_xasprintf(_("there is no %s"), path));
    else if (!is_folder && !holds(&file.bytes, check->expected))
        add_team_check(run, check, MW_CHECK_FAIL, mw_xasprintf(_("%s does not hold it"), path));
    else
        add_team_check(run, check, MW_CHECK_PASS, mw_xstrdup(path));
}

static void check_one(struct check_run *run, const struct mw_profile_check *check)
{
    if (check_left_ms(run) == 0)
        add_team_check(run, check, MW_CHECK_SKIP, mw_xstrdup(_(check_no_time)));
    else if (check->command != NULL && check->command[0] != '\0')
        try_command(run, check);
    else if (check->file != NULL && check->file[0] != '\0')
        check_file(run, check);
    else
        add_team_check(run, check, MW_CHECK_FAIL,
                       mw_xstrdup(_("the profile names neither a command nor a file")));
}

/* Each check has a list of its own, so that they may run side by side and stand in their order. */
struct side {
    const struct check_run *run;
    const struct mw_profile *profile;
    struct mw_checks *found; /* one a check */
    atomic_size_t next;
};

static void *work(void *context)
{
    struct side *side = context;
    for (;;) {
        size_t i = atomic_fetch_add(&side->next, 1);
        if (i >= side->profile->check_count)
            return NULL;
        struct check_run run = *side->run;
        run.checks = &side->found[i];
        check_start_clock(&run);
        check_one(&run, &side->profile->checks[i]);
    }
}

static void run_all(struct check_run *run, const struct mw_profile *profile)
{
    pthread_t threads[MAX_SIDE];
    size_t started = 0;
    struct side side = {.run = run, .profile = profile};
    side.found = mw_xcalloc(profile->check_count, sizeof *side.found);
    while (started < MAX_SIDE && started + 1 < profile->check_count &&
           pthread_create(&threads[started], NULL, work, &side) == 0)
        started++;
    (void)work(&side);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    for (size_t i = 0; i < profile->check_count; i++) {
        struct mw_checks *found = &side.found[i];
        for (size_t k = 0; k < found->count; k++)
            *MW_PUSH(run->checks->items, run->checks->count) = found->items[k];
        free(found->items);
    }
    free(side.found);
}

void check_team(struct check_run *run)
{
    const struct mw_profile *profile = run->ctx->profile;
    if (profile == NULL && run->ctx->profile_error != NULL) {
        check_skip_unknown(run, run->ctx->profile_error);
        return;
    }
    if (profile == NULL || profile->check_count == 0) {
        check_skip(run, "%s", _("the profile adds no checks of its own"));
        return;
    }
    run_all(run, profile);
}
