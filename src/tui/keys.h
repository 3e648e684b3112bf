/* From what curses reads to the events of the app. */
#ifndef MW_TUI_KEYS_H
#define MW_TUI_KEYS_H

#include <stdbool.h>

#include "draw.h"

enum tui_read {
    TUI_READ_NOTHING, /* no more waits */
    TUI_READ_EVENT,   /* `event` is filled */
    TUI_READ_RESIZE,
    TUI_READ_IGNORED, /* a key that means nothing; there may be more */
    TUI_READ_CLOSED,  /* the terminal is gone */
};

/* Sequences that terminfo lacks. */
void tui_keys_define(void);
/* Takes the next key or click, if any. Pasted text is dropped unless a text is being typed. */
enum tui_read tui_keys_read(struct tui *tui, struct mw_event *event);

#endif
