/* An XML text as a tree of elements that knows where everything stands. */
#ifndef MW_XML_SCAN_H
#define MW_XML_SCAN_H

#include "mirrorwise/buffer.h"

#include <stdbool.h>
#include <stddef.h>

struct xml_attribute {
    size_t node;
    size_t begin; /* the blanks in front of it */
    size_t name, name_end;
    size_t value, value_end; /* without its quotes */
    size_t end;
};

/* Named by their place in xml->nodes; 0 is above the root, and as a relative means none. */
struct xml_node {
    size_t parent, first, last, next;
    size_t begin, end; /* tags included */
    size_t name, name_end;
    size_t tag_end;          /* behind the start tag */
    size_t inner, inner_end; /* between the tags; equal for <x/> */
    size_t attribute, attribute_count;
    bool is_closed;   /* <x/> */
    bool has_text;    /* more than blanks */
    bool has_remarks; /* comments, processing instructions */
};

struct xml {
    const char *text;
    size_t len, pos;
    size_t bad;       /* where it is wrong */
    const char *what; /* untranslated; NULL: nothing is wrong */
    struct xml_node *nodes;
    size_t count;
    struct xml_attribute *attributes;
    size_t attribute_count;
};

/* False if it is not well-formed or has a document type: `bad` and `what`. An empty text has no
 * root. */
bool xml_parse(struct xml *xml, const char *text, size_t len);
void xml_release(struct xml *xml);
/* Appends what the bytes of a text or an attribute stand for: entities and CDATA are resolved,
 * comments left out. */
void xml_decode(const char *text, size_t begin, size_t end, struct mw_buf *out);

#endif
