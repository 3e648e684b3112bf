/* What belongs to the process and to nobody else: descriptors, signals, language, exit code. */
#include <errno.h>
#include <fcntl.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mirrorwise/cli.h"
#include "mirrorwise/tui.h"

static volatile sig_atomic_t stop_signal;

static int get_stop_signal(void)
{
    return stop_signal;
}

static const char *get_env(const char *name)
{
    return getenv(name);
}

/* A file that we open must never become stdout because somebody closed that. Opened the wrong way
 * round, so that using it fails as using a closed one would. */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(1);
    }
}

static void note_signal(int sig)
{
    stop_signal = sig;
}

/* The first signal asks a transaction to stop and undo; a second one ends the process, and the
 * journal serves the next run. What the parent ignores (nohup) stays ignored. */
static void handle_signals(void)
{
    static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);

    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++) {
        struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
        struct sigaction old;
        sigemptyset(&action.sa_mask);
        if (sigaction(stopping[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(stopping[i], &action, NULL);
    }
}

/* The catalogues beside the program, as the build leaves them, or those that were installed. */
static void bind_catalogues(void)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - sizeof "/locale");
    char *slash = NULL;
    if (len > 0) {
        path[len] = '\0';
        slash = strrchr(path, '/');
    }
    if (slash != NULL)
        memcpy(slash, "/locale", sizeof "/locale");
    bindtextdomain("mirrorwise", slash != NULL && access(path, R_OK) == 0 ? path : MW_LOCALE_DIR);
    bind_textdomain_codeset("mirrorwise", "UTF-8");
    textdomain("mirrorwise");
}

/* gettext looks at LANGUAGE first, in any locale but C, and notices that it changed. */
static void set_language(const char *lang)
{
    const char *current = setlocale(LC_MESSAGES, NULL);
    bool is_c = current == NULL || strcmp(current, "C") == 0 || strcmp(current, "POSIX") == 0;
    if (is_c && setlocale(LC_MESSAGES, "zh_CN.UTF-8") == NULL)
        setlocale(LC_MESSAGES, "C.UTF-8");
    setenv("LANGUAGE", lang, 1);
    bind_catalogues();
}

/* NULL also for a variable that is there and empty. */
static const char *filled(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* --lang, else MIRRORWISE_LANG, else the locale. Only words and characters follow the locale:
 * numbers keep their dot. JSON is never translated. */
static void choose_language(int argc, char *argv[])
{
    const char *lang = NULL;
    bool json = false;
    mw_cli_peek(argc, argv, &lang, &json);
    if (lang == NULL)
        lang = getenv("MIRRORWISE_LANG");

    if (setlocale(LC_CTYPE, "") == NULL)
        setlocale(LC_CTYPE, "C.UTF-8");
    if (json || (lang != NULL && strcmp(lang, "en") == 0))
        return;
    /* A locale that is named but not installed still says which language is wanted. */
    bool is_installed = setlocale(LC_MESSAGES, "") != NULL;
    const char *named = filled("LC_ALL");
    if (named == NULL)
        named = filled("LC_MESSAGES");
    if (named == NULL)
        named = filled("LANG");
    if (lang == NULL && !is_installed && named != NULL && strncmp(named, "zh", 2) == 0)
        lang = "zh_CN";
    if (lang != NULL && strcmp(lang, "zh_CN") == 0)
        set_language(lang);
    else
        bind_catalogues();
}

static bool speaks_chinese(const struct mw_cli_options *options)
{
    static const char *const names[] = {"MIRRORWISE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES",
                                        "LANG"};
    if (options->lang != NULL)
        return strncmp(options->lang, "zh", 2) == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = filled(names[i]);
        if (value != NULL)
            return strncmp(value, "zh", 2) == 0;
    }
    return false;
}

static const char *either(const char *name, const char *other)
{
    const char *value = filled(name);
    return value != NULL ? value : getenv(other);
}

/* curl's rule: http_proxy in small letters only, a web server sets HTTP_PROXY from a request. */
static void find_environment(struct mw_probe_environment *environment)
{
    *environment = (struct mw_probe_environment){
        .ca_file = getenv("SSL_CERT_FILE"),
        .http_proxy = getenv("http_proxy"),
        .https_proxy = either("https_proxy", "HTTPS_PROXY"),
        .all_proxy = either("all_proxy", "ALL_PROXY"),
        .no_proxy = either("no_proxy", "NO_PROXY"),
    };
}

static bool run_interface(const struct mw_cli_options *options, bool is_ascii, bool may_color,
                          enum mw_code *code, struct mw_error *err)
{
    static const struct mw_tui_host host = {.get_env = get_env, .set_language = set_language};
    if (options->plain || !mw_tui_possible())
        return false;
    struct mw_tui_options tui = {
        .app =
            {
                .session = options->session,
                .language = speaks_chinese(options) ? MW_LANGUAGE_ZH : MW_LANGUAGE_EN,
                .family = options->session.ipv4   ? 4
                          : options->session.ipv6 ? 6
                                                  : 0,
                .may_color = may_color,
                .is_ascii = is_ascii,
            },
        .is_theme_open = true,
        .no_mouse = options->no_mouse,
    };
    find_environment(&tui.environment);
    /* Put there once, so that changing it later moves nothing that another thread may be reading.
     */
    const char *language = filled("LANGUAGE");
    setenv("LANGUAGE", language != NULL ? language : "", 1);
    *code = mw_tui_run(&tui, &host, err);
    return true;
}

int main(int argc, char *argv[])
{
    static const struct mw_cli_host host = {
        .get_env = get_env,
        .stop_signal = get_stop_signal,
        .interface = run_interface,
    };
    fill_standard_descriptors();
    handle_signals();
    choose_language(argc, argv);
    return mw_cli_run(argc, argv, &host);
}
