/* The frame of a run: parse, dispatch, print the result, return its code. */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/command.h"
#include "mirrorwise/tool.h"
#include "render.h"

/* ---- printing ----------------------------------------------------------------------------- */

/* What stdout loses is told at the end: the run goes on, its exit code matters more. */
static void write_out(struct mw_run *run, const char *text, size_t len)
{
    if (run->options.output != NULL)
        mw_buf_append(&run->document, text, len);
    else if (run->out_errno == 0 && fwrite(text, 1, len, stdout) < len)
        run->out_errno = errno;
}

void mw_run_flush(struct mw_run *run)
{
    if (run->out_errno == 0 && fflush(stdout) != 0)
        run->out_errno = errno;
}

static void write_err(struct mw_run *run, const char *text)
{
    mw_run_flush(run); /* what belongs together stays in order on a terminal */
    fputs(text, stderr);
}

void mw_run_print(struct mw_run *run, struct mw_buf *text)
{
    if (!run->options.json)
        write_out(run, mw_buf_text(text), text->len);
    mw_buf_release(text);
}

void mw_run_note(struct mw_run *run, struct mw_buf *text)
{
    if (!run->options.json && !run->options.quiet)
        write_err(run, mw_buf_text(text));
    mw_buf_release(text);
}

void mw_run_note_line(struct mw_run *run, enum mw_paint paint, const char *sentence)
{
    struct mw_buf line = {0};
    mw_paint_line(&line, &run->err, paint, sentence);
    mw_run_note(run, &line);
}

void mw_run_take_end(struct mw_run *run, char *take_sentence)
{
    free(run->message);
    run->message = take_sentence;
}

void mw_run_tell_end(struct mw_run *run)
{
    struct mw_buf text = {0};
    mw_put_line(&text, run->message);
    if (run->options.quiet)
        mw_buf_release(&text);
    else
        mw_run_print(run, &text);
}

/* "label: text", the label painted; it ends as its language separates them. */
static void print_labelled(struct mw_run *run, enum mw_paint paint, const char *label,
                           const char *text)
{
    MW_AUTO(mw_buf) line = {0};
    mw_paint(&line, &run->err, paint, label);
    mw_put_line(&line, text);
    write_err(run, mw_buf_text(&line));
}

static void print_error(struct mw_run *run)
{
    if (run->error.message[0] == '\0')
        return;
    print_labelled(run, MW_PAINT_BAD, _("error: "), run->error.message);
    if (run->error.hint[0] != '\0')
        print_labelled(run, MW_PAINT_NOTE, _("hint: "), run->error.hint);
}

/* ---- warnings ----------------------------------------------------------------------------- */

static void add_all(struct mw_strings *to, const struct mw_strings *from)
{
    for (size_t i = 0; i < from->count; i++) {
        mw_strings_add_new(to, from->items[i]);
    }
}

/* In the order in which they arise, so that a prefix of the list stays one. */
static void collect(const struct mw_run *run, struct mw_strings *warnings)
{
    if (!run->has_session)
        return;
    add_all(warnings, &run->session.recovery.warnings);
    add_all(warnings, &run->session.warnings);
    add_all(warnings, &run->session.plan.warnings);
    add_all(warnings, &run->outcome.warnings);
}

void mw_run_warnings(const struct mw_run *run, struct mw_strings *warnings)
{
    if (run->has_session && run->session.stranger != NULL)
        mw_strings_add(warnings, run->session.stranger);
    collect(run, warnings);
}

void mw_run_leave_to_list(struct mw_run *run)
{
    MW_AUTO(mw_strings) warnings = {0};
    collect(run, &warnings);
    run->warned = warnings.count;
}

void mw_run_tell_stranger(struct mw_run *run)
{
    if (!run->has_session || run->session.stranger == NULL || run->told_stranger)
        return;
    print_labelled(run, MW_PAINT_CHANGE, _("warning: "), run->session.stranger);
    run->told_stranger = true;
}

void mw_run_warn(struct mw_run *run)
{
    MW_AUTO(mw_strings) warnings = {0};
    mw_run_tell_stranger(run);
    collect(run, &warnings);
    for (size_t i = run->warned; i < warnings.count; i++) {
        if (!run->options.json && !run->options.quiet)
            print_labelled(run, MW_PAINT_CHANGE, _("warning: "), warnings.items[i]);
    }
    run->warned = warnings.count;
}

/* ---- the session -------------------------------------------------------------------------- */

static void tell_step(void *context, const char *sentence)
{
    struct mw_run *run = context;
    if (run->options.json || run->options.verbose == 0)
        return;
    MW_AUTO(mw_buf) line = {0};
    mw_buf_puts(&line, "  ");
    mw_put_line(&line, sentence);
    write_err(run, mw_buf_text(&line));
}

/* For people who look at a terminal; a log needs no such line. */
static void tell_wait(void *context, const char *sentence)
{
    if (isatty(STDERR_FILENO) == 1)
        mw_run_note_line(context, MW_PAINT_DIM, sentence);
}

static int stop_signal(void *context)
{
    const struct mw_run *run = context;
    return run->host->stop_signal();
}

enum mw_code mw_run_begin(struct mw_run *run, enum mw_intent intent)
{
    run->progress = (struct mw_progress){
        .context = run,
        .step = tell_step,
        .wait = tell_wait,
        .stop_signal = stop_signal,
    };
    run->has_session = true;
    enum mw_code code =
        mw_session_open(&run->session, &run->options.session, &mw_ops_real, &run->error);
    if (code == MW_OK)
        code = mw_session_begin(&run->session, intent, &run->progress, &run->error);
    if (run->session.recovered) {
        struct mw_buf text = {0};
        const struct mw_strings *notes = &run->session.recovery.notes;
        mw_buf_puts(&text, _("An earlier run was cut off; what it had begun is undone."));
        mw_buf_putc(&text, '\n');
        for (size_t i = 0; i < notes->count; i++) {
            mw_buf_puts(&text, "  ");
            mw_put_line(&text, notes->items[i]);
        }
        mw_run_note(run, &text);
    }
    return code;
}

enum mw_code mw_run_load_profile(struct mw_run *run)
{
    enum mw_code code = mw_session_load_profile(&run->session, &run->error);
    mw_run_tell_stranger(run);
    return code;
}

enum mw_code mw_run_stopped(struct mw_run *run)
{
    enum mw_code code = mw_signal_code(run->host->stop_signal());
    if (code == MW_OK)
        return MW_OK;
    return mw_fail(&run->error, code, 0, "signal", _("stopped; nothing was written"));
}

/* Until there is something to read, or a signal. Signals are let in by ppoll alone: one that came
 * between a look at stop_signal() and the read would be forgotten, and the read wait on. */
static void wait_for_answer(struct mw_run *run)
{
    struct pollfd answer = {.fd = STDIN_FILENO, .events = POLLIN};
    sigset_t stopping, before;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGINT);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGHUP);
    sigprocmask(SIG_BLOCK, &stopping, &before);
    while (run->host->stop_signal() == 0 && ppoll(&answer, 1, NULL, &before) < 0 && errno == EINTR)
        ;
    sigprocmask(SIG_SETMASK, &before, NULL);
}

enum mw_code mw_run_confirm(struct mw_run *run, const char *question, enum mw_code refused,
                            const char *sentence)
{
    char answer[16] = "";
    struct mw_buf text = {0};
    if (!run->is_interactive || run->options.yes)
        return mw_run_stopped(run);
    mw_paint(&text, &run->out, MW_PAINT_BOLD, question);
    mw_buf_puts(&text, " [y/N] ");
    mw_run_print(run, &text);
    mw_run_flush(run);
    wait_for_answer(run);
    if (run->host->stop_signal() != 0 || fgets(answer, sizeof answer, stdin) == NULL)
        write_out(run, "\n", 1);
    answer[strcspn(answer, "\r\n")] = '\0';
    enum mw_code code = mw_run_stopped(run);
    if (code != MW_OK || strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0)
        return code;
    return mw_fail(&run->error, refused, 0, "confirm", "%s", sentence);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static enum mw_code dispatch(struct mw_run *run)
{
    const struct mw_option *action = run->options.action;
    enum mw_code code = MW_OK;
    if (action == NULL && run->options.plain && !run->options.json)
        return mw_plain_run(run);
    if (action == NULL && run->is_interactive) {
        bool is_shown =
            run->host->interface != NULL &&
            run->host->interface(&run->options, run->out.ascii, run->out.color, &code, &run->error);
        if (is_shown)
            return code;
        struct mw_buf note = {0};
        const char *term = run->host->get_env("TERM");
        MW_FREE char *name =
            mw_text_safe(term != NULL ? term : "", term != NULL ? strlen(term) : 0, 40, false);
        mw_buf_printf(&note,
                      _("This terminal ('%s') is not known here: the interface as numbered "
                        "lines.\n"),
                      name);
        mw_run_note(run, &note);
        return mw_plain_run(run);
    }
    if (action == NULL) {
        MW_AUTO(mw_buf) usage = {0};
        mw_help_short(&usage, &run->err);
        if (!run->options.json)
            write_err(run, mw_buf_text(&usage));
        mw_misuse(&run->error, _("no action was given"));
        MW_FREE char *program = mw_command_word(mw_command_program());
        mw_error_hint(&run->error,
                      _("The interface needs a terminal for input and output; %s --help lists all "
                        "actions and options."),
                      program);
        return MW_USAGE;
    }
    if (action->run == NULL)
        return mw_misuse(&run->error, _("--%s is not available in this version"), action->name);
    return action->run(run);
}

/* Who asked to stop hears that it stopped, also where what was cut short made another error, or was
 * only a part of what is shown. What became of files is told as it is. */
static enum mw_code note_stop(struct mw_run *run, enum mw_code code)
{
    enum mw_code stopped = mw_signal_code(run->host->stop_signal());
    if (stopped == MW_OK || stopped == code || run->changed || code == MW_ROLLED_BACK ||
        code == MW_INCOMPLETE || code == MW_CONFLICT)
        return code;
    run->error = (struct mw_error){0};
    return mw_run_stopped(run);
}

/* A reader that closed the pipe has seen enough, which is no failure; a full disk is one, unless
 * the run has something worse to say. */
static enum mw_code check_out(struct mw_run *run, enum mw_code code)
{
    mw_run_flush(run);
    if (run->out_errno == 0 || run->out_errno == EPIPE || (code != MW_OK && code != MW_PENDING))
        return code;
    if (run->out_errno == EINTR) { /* nobody read, and somebody asked to stop */
        enum mw_code stopped = note_stop(run, code);
        if (stopped != code)
            return stopped;
    }
    code = mw_fail(&run->error, MW_IO, run->out_errno, "write", _("cannot write the output"));
    if (run->changed)
        mw_error_hint(&run->error, _("The files are written; only the report is incomplete."));
    print_error(run);
    return code;
}

/* The file of --output. Its report is whole or not there. */
static enum mw_code save_document(struct mw_run *run, enum mw_code code)
{
    struct mw_system sys = {0};
    struct mw_error err = {0};
    if (run->options.output == NULL)
        return code;
    enum mw_code saved = mw_system_init(&sys, &mw_ops_real, NULL, &err);
    if (saved == MW_OK)
        saved = mw_report_write(&sys, run->options.output, mw_buf_text(&run->document),
                                run->document.len, &err);
    mw_system_release(&sys);
    if (saved == MW_OK)
        return code;
    run->error = err;
    print_error(run);
    return code == MW_OK || code == MW_PENDING ? saved : code;
}

static enum mw_code finish(struct mw_run *run, enum mw_code code)
{
    mw_run_warn(run);
    if (run->options.json) {
        run->session.sys.memo = mw_memo_new(); /* all of it is one look at the machine */
        MW_FREE char *document = mw_render_json(run, code);
        mw_memo_free(run->session.sys.memo);
        run->session.sys.memo = NULL;
        write_out(run, document, strlen(document));
        write_out(run, "\n", 1);
    } else {
        print_error(run);
    }
    return check_out(run, save_document(run, code));
}

static void release(struct mw_run *run)
{
    if (run->has_session)
        mw_session_close(&run->session);
    mw_outcome_release(&run->outcome);
    free(run->message);
    mw_buf_release(&run->document);
    cJSON_Delete(run->details);
    mw_cli_options_release(&run->options);
}

int mw_cli_run(int argc, char *argv[], const struct mw_cli_host *host)
{
    struct mw_run run = {.argc = argc, .argv = argv, .host = host};
    const struct mw_cli_peek peek = mw_cli_peek(argc, argv);
    struct mw_system sys = {0};
    mw_command_started_as(argc > 0 ? argv[0] : NULL);
    if (mw_system_init(&sys, &mw_ops_real, peek.root, NULL) == MW_OK)
        mw_tools_open(&sys, NULL);
    mw_system_release(&sys);

    enum mw_code code = mw_cli_parse(argc, argv, &run.options, &run.error);
    run.options.json = run.options.json || peek.json;
    mw_style_init(&run.out, &run.options, host, run.options.output != NULL ? -1 : STDOUT_FILENO);
    mw_style_init(&run.err, &run.options, host, STDERR_FILENO);
    run.is_interactive =
        !run.options.json && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    if (code == MW_OK)
        code = note_stop(&run, dispatch(&run));

    code = finish(&run, code);
    release(&run);
    return (int)code;
}
