/* ncurses keeps SIGWINCH and SIGTSTP: its own handlers are the ones that fit (getch() then yields
 * KEY_RESIZE). Signals that end the program write one byte into a pipe, which the loop polls; a
 * crash writes a prepared string with nothing but write(2) and goes on to whoever handled it
 * before, so that sanitizers and core dumps still work. */
#include "terminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "mirrorwise/tui.h"

#include <term.h> /* last: it makes macros of common words such as `lines` */

/* xterm's bracketed paste: pasted text must not act as keys. Others ignore it. */
static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

static struct {
    char restore[256]; /* what gives the terminal back */
    size_t restore_len;
    struct termios modes;
    bool has_modes;
    int pipe[2];
    struct sigaction before_crash[NSIG], before_end[NSIG];
} state = {.pipe = {-1, -1}};

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
static const int endings[] = {SIGINT, SIGTERM, SIGHUP, SIGCONT};

bool mw_tui_possible(void)
{
    int error = 0;
    if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
        return false;
    const char *move = tigetstr("cup");
    bool can_move = move != NULL && move != (char *)-1;
    del_curterm(cur_term);
    return can_move;
}

/* ---- crashes ------------------------------------------------------------------------------- */

static void on_crash(int sig)
{
    ssize_t written = write(STDOUT_FILENO, state.restore, state.restore_len);
    (void)written;
    if (state.has_modes)
        tcsetattr(STDIN_FILENO, TCSANOW, &state.modes);
    sigaction(sig, &state.before_crash[sig], NULL);
    raise(sig);
}

static int add_byte(int byte)
{
    if (state.restore_len < sizeof state.restore)
        state.restore[state.restore_len++] = (char)byte;
    return byte;
}

static void add_capability(const char *name)
{
    const char *text = tigetstr(name);
    if (text != NULL && text != (char *)-1)
        tputs(text, 1, add_byte);
}

static void prepare_restore(bool has_mouse)
{
    state.restore_len = 0;
    if (has_mouse) {
        static const char mouse_off[] = "\033[?1000l\033[?1006l";
        memcpy(state.restore, mouse_off, sizeof mouse_off - 1);
        state.restore_len = sizeof mouse_off - 1;
    }
    memcpy(state.restore + state.restore_len, paste_off, sizeof paste_off - 1);
    state.restore_len += sizeof paste_off - 1;
    add_capability("sgr0");
    add_capability("rmkx");
    add_capability("cnorm");
    add_capability("rmcup");
}

/* ---- signals ------------------------------------------------------------------------------- */

static void on_signal(int sig)
{
    int before = errno;
    char byte = (char)sig;
    ssize_t written = write(state.pipe[1], &byte, 1);
    (void)written; /* full: plenty of signals wait already */
    errno = before;
}

static void handle_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct sigaction old;
        if (sigaction(endings[i], NULL, &old) != 0)
            continue;
        state.before_end[endings[i]] = old;
        if (old.sa_handler != SIG_IGN) /* nohup */
            sigaction(endings[i], &action, NULL);
    }
    struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};
    sigemptyset(&crash.sa_mask);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &crash, &state.before_crash[crashes[i]]);
}

static void restore_signals(void)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        sigaction(endings[i], &state.before_end[endings[i]], NULL);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &state.before_crash[crashes[i]], NULL);
}

int tui_terminal_signal(bool *has_resumed)
{
    unsigned char bytes[64];
    int ending = 0;
    *has_resumed = false;
    ssize_t count = read(state.pipe[0], bytes, sizeof bytes);
    for (ssize_t i = 0; i < count; i++) {
        if (bytes[i] == SIGCONT)
            *has_resumed = true;
        else
            ending = bytes[i];
    }
    return ending;
}

/* ---- life ---------------------------------------------------------------------------------- */

static void write_now(const char *text, size_t len)
{
    ssize_t written = write(STDOUT_FILENO, text, len);
    (void)written; /* a terminal that is gone needs nothing */
}

void tui_terminal_resume(void)
{
    write_now(paste_on, sizeof paste_on - 1);
    clearok(curscr, TRUE);
}

/* OSC 52 of xterm's ctlseqs: "c" is the clipboard, the text comes in base64. */
void tui_terminal_copy(const char *text)
{
    static const char begin[] = "\033]52;c;";
    size_t len = strlen(text);
    size_t room = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
    MW_FREE char *encoded = mw_xcalloc(1, room);
    sodium_bin2base64(encoded, room, (const unsigned char *)text, len,
                      sodium_base64_VARIANT_ORIGINAL);
    write_now(begin, sizeof begin - 1);
    write_now(encoded, strlen(encoded));
    write_now("\a", 1);
}

int tui_terminal_open(bool has_mouse)
{
    state.has_modes = tcgetattr(STDIN_FILENO, &state.modes) == 0;
    if (pipe2(state.pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        state.pipe[0] = state.pipe[1] = -1;
    set_escdelay(25);
    initscr();
    cbreak();
    noecho();
    nonl(); /* Enter stays \r, and the cursor moves down for one byte */
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    curs_set(0);
    if (has_mouse) {
        mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
        mouseinterval(0);
    }
    tui_keys_define();
    prepare_restore(has_mouse);
    handle_signals();
    write_now(paste_on, sizeof paste_on - 1);
    return state.pipe[0];
}

void tui_terminal_close(void)
{
    write_now(paste_off, sizeof paste_off - 1);
    mousemask(0, NULL);
    flushinp(); /* keys that were meant for us are no commands for the shell */
    endwin();
    restore_signals();
    close(state.pipe[0]);
    close(state.pipe[1]);
    state.pipe[0] = state.pipe[1] = -1;
}

const char *mw_tui_version(void)
{
    return curses_version();
}
