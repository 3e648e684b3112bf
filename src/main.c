/* What belongs to the process and to nobody else: descriptors, signals, language, exit code. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mirrorwise/cli.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/secret.h"
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

/* Profiles and tools' files hold secrets; a core dump would hold them, too. The limit is for dumps
 * that the kernel writes as files, the other for those that it pipes to a program (core(5)), and it
 * keeps other processes of the user from reading our memory (prctl(2)). */
static void forbid_core_dumps(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        (void)setrlimit(RLIMIT_CORE, &limit);
    }
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void note_signal(int sig)
{
    stop_signal = sig;
}

/* The first signal asks a transaction to stop and undo; a second one ends the process, and the
 * journal serves the next run. What the parent ignores (nohup) stays ignored, but for the end of
 * children: the kernel would not keep their exit status for us. */
static void handle_signals(void)
{
    static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
    sigaction(SIGIO, &ignore, NULL); /* somebody opens a file while we see whether nobody has it */
    sigaction(SIGCHLD, &by_default, NULL);

    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++) {
        struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
        struct sigaction old;
        sigemptyset(&action.sa_mask);
        if (sigaction(stopping[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(stopping[i], &action, NULL);
    }
}

/* NULL also for a variable that is there and empty. */
static const char *filled(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* What a locale's name says of its characters: musl has UTF-8 under every name, and a locale that
 * is not generated has none. */
static bool names_other_characters(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = filled(names[i]);
        if (value == NULL)
            continue;
        const char *set = strchr(value, '.');
        return set != NULL && strncasecmp(set, ".UTF-8", 6) != 0 &&
               strncasecmp(set, ".utf8", 5) != 0;
    }
    return false;
}

/* --lang, else what the environment asks for; JSON is never translated. Of the locale only the
 * characters count: numbers keep their dot. We write UTF-8 only: Chinese that somebody asked us for
 * outright is written so whatever the locale, else a locale of other characters (GBK, plain ASCII)
 * gets English. */
static void choose_language(int argc, char *argv[])
{
    const struct mw_cli_peek peek = mw_cli_peek(argc, argv);
    bool is_asked = peek.lang != NULL || filled("MIRRORWISE_LANG") != NULL;
    mw_i18n_speak(peek.json ? "en" : peek.lang != NULL ? peek.lang : mw_i18n_wanted(get_env));

    bool is_other = names_other_characters();
    bool is_known = setlocale(LC_CTYPE, "") != NULL;
    bool has_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    bool is_utf8 = has_utf8 && !is_other;
    if ((is_known || is_other) && !is_utf8 && !is_asked)
        mw_i18n_speak("en");
    bool is_english = strcmp(mw_i18n_spoken(), "en") == 0;
    if (is_english ? !is_known && !is_other : !is_utf8)
        setlocale(LC_CTYPE, "C.UTF-8");
    else if (is_other && has_utf8)
        setlocale(LC_CTYPE, "C");
}

static void leave(enum mw_code code)
{
    _exit((int)code);
}

static bool run_interface(const struct mw_cli_options *options, bool is_ascii, bool may_color,
                          enum mw_code *code, struct mw_error *err)
{
    if (options->plain || !mw_tui_possible())
        return false;
    const struct mw_tui_options tui = {
        .app =
            {
                .session = options->session,
                .language = strcmp(mw_i18n_spoken(), "en") == 0 ? MW_LANGUAGE_EN : MW_LANGUAGE_ZH,
                .family = options->session.ipv4   ? 4
                          : options->session.ipv6 ? 6
                                                  : 0,
                .may_color = may_color,
                .is_ascii = is_ascii,
                .is_english_only = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
            },
        .is_language_open = options->lang == NULL && filled("MIRRORWISE_LANG") == NULL,
        .no_mouse = options->no_mouse,
        .leave = leave,
    };
    *code = mw_tui_run(&tui, err);
    return true;
}

int main(int argc, char *argv[])
{
    const struct mw_cli_host host = {
        .get_env = get_env,
        .screen_version = mw_tui_version(),
        .stop_signal = get_stop_signal,
        .interface = run_interface,
    };
    forbid_core_dumps();
    fill_standard_descriptors();
    handle_signals();
    choose_language(argc, argv);
    int status = mw_cli_run(argc, argv, &host);
    mw_secret_forget();
    return status;
}
