/* A wish taken apart: what stands between the commas, bars or blanks. */
#ifndef MW_MODEL_PIECES_H
#define MW_MODEL_PIECES_H

#include "mirrorwise/choose.h"

enum mw_piece_kind {
    MW_PIECE_WORD,    /* `direct`, a host name, ... */
    MW_PIECE_URL,     /* with "://" */
    MW_PIECE_ID,      /* "@ID" */
    MW_PIECE_FASTEST, /* "@fastest", "@fastest:N" */
};

struct mw_piece {
    enum mw_piece_kind kind;
    char *text;     /* the id for an ID */
    size_t count;   /* N of FASTEST; 0 if that is no number from 1 to 99 */
    char separator; /* that followed it; '\0' for the last one */
};

struct mw_pieces {
    struct mw_piece *items;
    size_t count;
};

void mw_pieces_split(struct mw_pieces *pieces, const char *text, enum mw_shape shape);
/* Adds one at the end. */
void mw_pieces_add(struct mw_pieces *pieces, const char *text, char separator);
void mw_pieces_release(struct mw_pieces *pieces);

/* Owned: the texts joined by their separators, ',' where there is none. */
char *mw_pieces_join(const struct mw_pieces *pieces);

#endif
