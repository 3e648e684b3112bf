/* The loop: wait for keys, samples, results, signals and the clock; update; draw once. */
#include "mirrorwise/tui.h"

#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"
#include "views.h"

enum { FRAME_MS = 100, KEYS_A_TURN = 64, EVENTS_A_TURN = 4096 };

struct loop {
    struct tui tui;
    struct mw_app app;
    const struct mw_tui_options *options;
    int signal_fd;
    char *proxy;
    struct mw_system sys; /* where the preferences are */
    struct mw_strings warnings;
    bool has_system;
    struct mw_worker *worker;
    struct mw_worker *checker; /* NULL until somebody wants the checklist */
    struct mw_probe_thread *prober;
    bool wants_draw, wants_draw_now;
    long drawn_at_ms;
    bool must_quit;
    int ending; /* the signal that ends us */
};

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000L + now.tv_nsec / 1000000L + 1;
}

/* ---- effects ------------------------------------------------------------------------------- */

static void update(struct loop *loop, struct mw_event *event);

static void start_round(struct loop *loop)
{
    struct mw_probe_options options;
    struct mw_error err = {0};
    mw_app_probe_options(&loop->app, &options);
    mw_session_environment(&loop->sys, &options.policy, &options.environment);
    if (loop->prober == NULL)
        loop->prober = mw_probe_thread_new(&options.environment, &err);
    if (loop->prober == NULL) {
        struct mw_probe_event failed = {.kind = MW_PROBE_EVENT_FAILED, .generation = 1};
        mw_text_put(failed.result.reason, sizeof failed.result.reason, err.message);
        mw_app_probe_started(&loop->app, failed.generation);
        update(loop, &(struct mw_event){.kind = MW_EVENT_PROBE, .probe = &failed});
        return;
    }
    MW_FREE struct mw_probe_target *targets = NULL;
    size_t count = mw_app_probe_targets(&loop->app, &targets);
    mw_app_probe_started(&loop->app, mw_probe_thread_start(loop->prober, &options, targets, count));
}

/* A checklist may take half a minute: nobody who wants to write waits for it. */
static struct mw_worker *worker_for(struct loop *loop, const struct mw_job *job)
{
    if (job->kind != MW_JOB_CHECKS)
        return loop->worker;
    if (loop->checker == NULL)
        loop->checker = mw_worker_new(&mw_ops_real, NULL);
    return loop->checker != NULL ? loop->checker : loop->worker;
}

static const char *language_name(enum mw_app_language language)
{
    return language == MW_LANGUAGE_ZH ? "zh_CN" : "en";
}

static void carry_out(struct loop *loop, unsigned effects)
{
    struct mw_job *job = NULL;
    while ((effects & MW_EFFECT_JOB) != 0 && (job = mw_app_take_job(&loop->app)) != NULL)
        mw_worker_start(worker_for(loop, job), job);
    if ((effects & MW_EFFECT_CANCEL) != 0 && loop->prober != NULL)
        mw_probe_thread_cancel(loop->prober);
    if ((effects & MW_EFFECT_PROBE) != 0)
        start_round(loop);
    if ((effects & MW_EFFECT_LANGUAGE) != 0)
        mw_i18n_speak(language_name(loop->app.options.language));
    if ((effects & MW_EFFECT_REDRAW) != 0) {
        tui_palette_init(&loop->tui.palette, loop->app.options.theme, loop->app.options.may_color);
        clearok(curscr, TRUE);
    }
    if ((effects & (MW_EFFECT_DRAW | MW_EFFECT_REDRAW)) != 0)
        loop->wants_draw = true;
    if ((effects & MW_EFFECT_COPY) != 0)
        tui_terminal_copy(loop->app.clipboard);
    if ((effects & MW_EFFECT_QUIT) != 0)
        loop->must_quit = true;
}

static void update(struct loop *loop, struct mw_event *event)
{
    event->now_ms = now_ms();
    carry_out(loop, mw_app_update(&loop->app, event));
}

/* ---- events -------------------------------------------------------------------------------- */

static void take_size(struct loop *loop)
{
    getmaxyx(stdscr, loop->tui.rows, loop->tui.cols);
    bool is_small = loop->tui.rows < TUI_MIN_ROWS || loop->tui.cols < TUI_MIN_COLS;
    if (is_small != loop->app.is_small)
        update(loop, &(struct mw_event){.kind = MW_EVENT_TOO_SMALL, .is_small = is_small});
    loop->wants_draw = loop->wants_draw_now = true;
}

static void read_keys(struct loop *loop)
{
    for (int i = 0; i < KEYS_A_TURN && !loop->must_quit; i++) {
        struct mw_event event = {.kind = MW_EVENT_TICK};
        enum tui_read read = tui_keys_read(&loop->tui, &event);
        if (read == TUI_READ_NOTHING)
            return;
        if (read == TUI_READ_RESIZE)
            take_size(loop);
        if (read != TUI_READ_EVENT)
            continue;
        /* How long a text is and where a search finds something comes of drawing it: a key that
         * follows at once, in a paste, acts on what the one before has made. */
        if (loop->wants_draw_now)
            tui_draw(&loop->tui);
        update(loop, &event);
        loop->wants_draw_now = true;
    }
}

static void read_worker(struct loop *loop, struct mw_worker *worker)
{
    struct mw_worker_news news = {0};
    while (worker != NULL && mw_worker_take(worker, &news)) {
        if (news.step != NULL)
            update(loop, &(struct mw_event){.kind = MW_EVENT_STEP, .step = news.step});
        free(news.step);
        if (news.checks.count > 0)
            update(loop, &(struct mw_event){.kind = MW_EVENT_CHECK,
                                            .number = news.number,
                                            .checks = &news.checks});
        if (news.result != NULL)
            update(loop, &(struct mw_event){.kind = MW_EVENT_RESULT, .result = news.result});
        loop->wants_draw_now = true;
    }
}

static void read_prober(struct loop *loop)
{
    struct mw_probe_event event;
    for (int i = 0; i < EVENTS_A_TURN && loop->prober != NULL; i++) {
        if (!mw_probe_thread_take(loop->prober, &event))
            return;
        update(loop, &(struct mw_event){.kind = MW_EVENT_PROBE, .probe = &event});
    }
}

static void read_signals(struct loop *loop)
{
    bool has_resumed = false;
    int ending = tui_terminal_signal(&has_resumed);
    if (has_resumed) {
        tui_terminal_resume();
        loop->wants_draw = loop->wants_draw_now = true;
    }
    if (ending == 0)
        return;
    loop->ending = ending;
    loop->must_quit = true;
}

/* ---- the loop ------------------------------------------------------------------------------ */

static void draw(struct loop *loop)
{
    loop->wants_draw = loop->wants_draw_now = false;
    loop->drawn_at_ms = now_ms();
    tui_draw(&loop->tui);
    curs_set(loop->tui.cursor_y >= 0 ? 1 : 0);
    doupdate();
}

static int wait_time(const struct loop *loop)
{
    long wait = mw_app_wait_ms(&loop->app);
    if (loop->wants_draw) {
        long left = loop->drawn_at_ms + FRAME_MS - now_ms();
        left = left > 0 ? left : 0;
        wait = wait < 0 || left < wait ? left : wait;
    }
    return wait < 0 || wait > 60000 ? 60000 : (int)wait;
}

static void turn(struct loop *loop)
{
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = loop->signal_fd, .events = POLLIN},
        {.fd = mw_worker_fd(loop->worker), .events = POLLIN},
        {.fd = loop->checker != NULL ? mw_worker_fd(loop->checker) : -1, .events = POLLIN},
        {.fd = loop->prober != NULL ? mw_probe_thread_fd(loop->prober) : -1, .events = POLLIN},
    };
    poll(fds, sizeof fds / sizeof *fds, wait_time(loop));
    if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
        loop->ending = SIGHUP;
        loop->must_quit = true;
    }
    read_signals(loop);
    read_keys(loop); /* also after EINTR: a resize comes as a key */
    read_worker(loop, loop->worker);
    read_worker(loop, loop->checker);
    read_prober(loop);
    update(loop, &(struct mw_event){.kind = MW_EVENT_TICK});
    bool is_due = now_ms() - loop->drawn_at_ms >= FRAME_MS;
    if (loop->wants_draw && (loop->wants_draw_now || is_due) && !loop->must_quit)
        draw(loop);
}

static enum mw_app_theme guess_theme(const struct mw_system *sys)
{
    const char *colors = mw_system_getenv(sys, "COLORFGBG"); /* "0;15": rxvt, Konsole, others */
    const char *ground = colors != NULL ? strrchr(colors, ';') : NULL;
    bool is_light = ground != NULL && (strcmp(ground, ";7") == 0 || strcmp(ground, ";15") == 0);
    return is_light ? MW_THEME_LIGHT : MW_THEME_DEFAULT;
}

/* What was remembered, where nothing stronger decides. */
static void recall(struct loop *loop, struct mw_app_options *options)
{
    static const int families[] = {0, 4, 6};
    const int *choice = options->preferences.choice;
    loop->has_system =
        mw_system_init(&loop->sys, &mw_ops_real, options->session.root, NULL) == MW_OK;
    if (!loop->has_system)
        return;
    mw_preferences_load(&loop->sys, &options->preferences, &loop->warnings);
    options->warnings = &loop->warnings;
    if (loop->options->is_language_open && choice[MW_PREFER_LANGUAGE] > 0 &&
        !options->is_english_only) {
        options->language = (enum mw_app_language)(choice[MW_PREFER_LANGUAGE] - 1);
        mw_i18n_speak(language_name(options->language));
    }
    if (!options->session.ipv4 && !options->session.ipv6 && choice[MW_PREFER_FAMILY] > 0)
        options->family = families[choice[MW_PREFER_FAMILY] - 1];
}

static void forget(struct loop *loop)
{
    if (loop->has_system)
        mw_system_release(&loop->sys);
    mw_strings_release(&loop->warnings);
    free(loop->proxy);
}

static void open_loop(struct loop *loop, struct mw_app_options options)
{
    int theme = options.preferences.choice[MW_PREFER_THEME];
    struct mw_policy policy = {.ca_file = ""};
    struct mw_probe_environment environment;
    loop->signal_fd = tui_terminal_open(!loop->options->no_mouse);
    options.may_color = options.may_color && has_colors();
    options.theme = !options.may_color ? MW_THEME_MONO
                    : theme > 0        ? (enum mw_app_theme)(theme - 1)
                                       : guess_theme(&loop->sys);
    mw_session_environment(&loop->sys, &policy, &environment);
    loop->proxy = mw_app_proxy(&environment, true);
    options.proxy = loop->proxy;
    mw_app_init(&loop->app, &options);
    loop->tui.app = &loop->app;
    loop->tui.is_ascii = options.is_ascii;
    tui_palette_init(&loop->tui.palette, options.theme, options.may_color);
}

/* The terminal first: nobody waits for threads to see their prompt again. */
static enum mw_code close_loop(struct loop *loop)
{
    bool was_writing = mw_worker_is_writing(loop->worker);
    if (was_writing && loop->ending != 0)
        mw_worker_stop_writing(loop->worker, loop->ending);
    tui_terminal_close();
    bool is_left = mw_worker_end(&loop->worker);
    is_left = mw_worker_end(&loop->checker) || is_left;
    mw_probe_thread_stop(&loop->prober);
    if (loop->has_system)
        mw_preferences_save(&loop->sys, &loop->app.chosen);
    mw_app_release(&loop->app);
    forget(loop);
    enum mw_code code = loop->ending == SIGHUP                  ? MW_HANGUP
                        : loop->ending == SIGTERM               ? MW_TERMINATED
                        : loop->ending == SIGINT && was_writing ? MW_INTERRUPTED
                                                                : MW_OK;
    if (is_left)
        loop->options->leave(code);
    return code;
}

enum mw_code mw_tui_run(const struct mw_tui_options *options, struct mw_error *err)
{
    static struct loop loop; /* large, and there is one terminal */
    loop = (struct loop){.options = options};
    struct mw_app_options app = options->app;
    recall(&loop, &app);
    loop.worker = mw_worker_new(&mw_ops_real, err);
    if (loop.worker != NULL)
        open_loop(&loop, app);
    if (loop.worker == NULL) {
        forget(&loop);
        return MW_FAILURE;
    }
    /* Something to look at first, then whoever may keep the processor busy. */
    struct mw_event start = {.kind = MW_EVENT_START, .now_ms = now_ms()};
    unsigned effects = mw_app_update(&loop.app, &start);
    take_size(&loop);
    draw(&loop);
    carry_out(&loop, effects & ~(unsigned)MW_EFFECT_DRAW);
    while (!loop.must_quit)
        turn(&loop);
    return close_loop(&loop);
}
