/* The terminal as a thing that is borrowed: taken at the start, given back on every way out; and
 * what comes from it. */
#ifndef MW_TUI_TERMINAL_H
#define MW_TUI_TERMINAL_H

#include <stdbool.h>

#include "draw.h"

/* Starts curses. From here on a crash gives the terminal back before it goes its way. Returns a
 * descriptor that is readable after a signal that ends or resumes the program. */
int tui_terminal_open(bool has_mouse);
void tui_terminal_close(void);
/* The signal that asks the program to end, 0 if there was none; *has_resumed: it was stopped and
 * goes on. Drains the descriptor. */
int tui_terminal_signal(bool *has_resumed);
/* Asks the terminal to put the text into the clipboard; some do not. */
void tui_terminal_copy(const char *text);
/* What a program that ran in between may have changed. */
void tui_terminal_resume(void);

/* ---- keys.c: from what curses reads to the events of the app ---- */
enum tui_read {
    TUI_READ_NOTHING, /* no more waits */
    TUI_READ_EVENT,   /* `event` is filled */
    TUI_READ_RESIZE,
    TUI_READ_IGNORED, /* a key that means nothing; there may be more */
};

/* Sequences that terminfo lacks. */
void tui_keys_define(void);
/* Takes the next key or click, if any. Pasted text is dropped unless a text is being typed. */
enum tui_read tui_keys_read(struct tui *tui, struct mw_event *event);

#endif
