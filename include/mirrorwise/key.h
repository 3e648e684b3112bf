/* Keys of a terminal. */
#ifndef MW_KEY_H
#define MW_KEY_H

/* A key is a Unicode code point (Ctrl-A is 1), or one of these. */
enum mw_key {
    MW_KEY_NONE = 0,
    MW_KEY_TAB = '\t',
    MW_KEY_ENTER = '\r',
    MW_KEY_ESCAPE = 27,
    MW_KEY_BACKSPACE = 127,
    MW_KEY_UP = 0x110000,
    MW_KEY_DOWN,
    MW_KEY_LEFT,
    MW_KEY_RIGHT,
    MW_KEY_HOME,
    MW_KEY_END,
    MW_KEY_PAGE_UP,
    MW_KEY_PAGE_DOWN,
    MW_KEY_BACK_TAB,
    MW_KEY_F1, /* and so on to F12 */
    MW_KEY_F12 = MW_KEY_F1 + 11,
};
#define MW_KEY_CTRL(letter) ((letter)&0x1f)
/* Owned, for people: "Ctrl-D", "Enter", "q". */
char *mw_key_name(int key);

#endif
