/* Signed notes, as Go's checksum databases publish them (golang.org/x/mod/sumdb/note): a text, an
 * empty line, and signatures by name. Through libsodium; pure, any thread. */
#ifndef MW_NOTE_H
#define MW_NOTE_H

#include <stdbool.h>
#include <stddef.h>

/* Room for "NAME+HASH+KEY" of a reasonable name, and for a number of 20 digits. */
enum { MW_NOTE_NAME = 256, MW_NOTE_KEY_BYTES = 32, MW_NOTE_SIZE_TEXT = 21 };

/* A verifier key, "NAME+HASH+KEY". */
struct mw_note_key {
    char name[MW_NOTE_NAME];
    unsigned char id[4];
    unsigned char key[MW_NOTE_KEY_BYTES];
};

/* False if it is none, or its HASH is not that of name and key, which betrays a slip. */
bool mw_note_key_parse(const char *text, struct mw_note_key *key);
/* Is this a tree head of a checksum database, signed by the owner of the key? `size` receives how
 * many records it has. */
bool mw_note_is_tree(const char *note, size_t len, const struct mw_note_key *key,
                     char size[MW_NOTE_SIZE_TEXT]);

#endif
