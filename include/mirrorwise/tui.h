/* The terminal interface: ncurses, one thread, drawn from `struct mw_app`.
 *
 * This room owns the terminal from the first byte to the last: it puts it into its state, gives
 * it back as it was on every way out (quit, suspension, signal, crash), turns keys and clicks into
 * events of the app and draws what the app knows. Curses is called from here only, and from one
 * thread only; the prober and the worker hand over values. */
#ifndef MW_TUI_H
#define MW_TUI_H

#include <stdbool.h>

#include "mirrorwise/app.h"

struct mw_tui_options {
    struct mw_app_options app;
    bool is_language_open; /* only the locale says which: what is remembered decides */
    bool no_mouse;
    /* Ends the process here and now: a thread that only reads is left to itself, and what libraries
     * tidy up at exit() it may be using. */
    void (*leave)(enum mw_code code);
};

/* "ncurses 6.4.20221231"; static. */
const char *mw_tui_version(void);
/* Can the terminal that TERM names place a cursor? */
bool mw_tui_possible(void);

/* Runs the interface on standard input and output until somebody leaves. MW_OK, or the code of the
 * signal that ended it. */
enum mw_code mw_tui_run(const struct mw_tui_options *options, struct mw_error *err) MW_WARN_UNUSED;

#endif
