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

/* --lang, else MIRRORWISE_LANG, else the locale. Only words and characters follow the locale:
 * numbers keep their dot. JSON is never translated. */
static void choose_language(int argc, char *argv[])
{
    const char *lang = NULL;
    bool json = false;
    mw_cli_peek(argc, argv, &lang, &json);
    if (lang == NULL)
        lang = getenv("MIRRORWISE_LANG");

    setlocale(LC_CTYPE, "");
    if (json || (lang != NULL && strcmp(lang, "en") == 0))
        return;
    const char *current = setlocale(LC_MESSAGES, "");
    if (lang != NULL && strcmp(lang, "zh_CN") == 0) {
        /* gettext looks at LANGUAGE in any locale but C. */
        bool is_c = current == NULL || strcmp(current, "C") == 0 || strcmp(current, "POSIX") == 0;
        if (is_c && setlocale(LC_MESSAGES, "zh_CN.UTF-8") == NULL)
            setlocale(LC_MESSAGES, "C.UTF-8");
        setenv("LANGUAGE", "zh_CN", 1);
    }
    bindtextdomain("mirrorwise", MW_LOCALE_DIR);
    bind_textdomain_codeset("mirrorwise", "UTF-8");
    textdomain("mirrorwise");
}

int main(int argc, char *argv[])
{
    static const struct mw_cli_host host = {.get_env = get_env, .stop_signal = get_stop_signal};
    fill_standard_descriptors();
    handle_signals();
    choose_language(argc, argv);
    return mw_cli_run(argc, argv, &host);
}
