/* The terminal as a thing that is borrowed: taken at the start, given back on every way out. */
#ifndef MW_TUI_TERMINAL_H
#define MW_TUI_TERMINAL_H

#include <stdbool.h>

struct tui_terminal {
    int signal_fd; /* readable after a signal that ends or resumes the program */
};

/* Starts curses. From here on a crash gives the terminal back before it goes its way. */
void tui_terminal_open(struct tui_terminal *terminal, bool has_mouse);
void tui_terminal_close(struct tui_terminal *terminal);
/* The signal that asks the program to end, 0 if there was none; *has_resumed: it was stopped and
 * goes on. Drains signal_fd. */
int tui_terminal_signal(struct tui_terminal *terminal, bool *has_resumed);
/* Asks the terminal to put the text into the clipboard; some do not. */
void tui_terminal_copy(const char *text);
/* What a program that ran in between may have changed. */
void tui_terminal_resume(void);

#endif
