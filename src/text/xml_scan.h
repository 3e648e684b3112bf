/* An XML text as a tree of elements that knows where everything stands. */
#ifndef MW_XML_SCAN_H
#define MW_XML_SCAN_H

#include "tree.h"

struct xml_attribute {
    size_t begin; /* the blanks in front of it */
    size_t name, name_end;
    size_t value, value_end; /* without its quotes */
    size_t end;
};

/* `parse` of the format: wrong if it is not well-formed or has a document type. An empty text has
 * no root. */
bool xml_parse(struct tree *xml);
/* Appends what the bytes of a text or an attribute stand for: entities and CDATA are resolved,
 * comments left out. */
void xml_decode(const char *text, size_t begin, size_t end, struct mw_buf *out);
/* Appends the text with entities for what is syntax. */
void xml_put_escaped(const char *item, struct mw_buf *out);

#endif
