/* Dangerous values: the findings that a key of a tool may name ("risk" in its file), and the tests
 * that tell such a value. Any thread. */
#ifndef MW_RISK_H
#define MW_RISK_H

#include <stdbool.h>

#include "mirrorwise/value.h"

enum mw_risk_level {
    MW_RISK_WARNING,
    MW_RISK_ERROR,
    MW_RISK_BY_POLICY, /* an error where the policy requires https, else a warning */
};

struct mw_risk {
    const char *ending; /* of the ids that it is said of; NULL: of one that a tool's file names */
    enum mw_risk_level level;
    bool is_standing; /* says what is missing rather than what is wrong: no need to repeat it */
    bool is_choice;   /* without it something that is used may stop working */
    /* N_(): what the danger is, and what to do instead. Chinese NULL: the catalogue of messages has
     * it. */
    const char *sentence, *sentence_zh, *remedy, *remedy_zh;
};

struct mw_tool;
/* Borrowed, never NULL: what the tool's file says of the id, else what its end says, else a general
 * sentence. */
const struct mw_risk *mw_risk_find(const struct mw_tool *tool, const char *id);
/* Borrowed, as long as the tool: in the language of the run. */
const char *mw_risk_sentence(const struct mw_risk *risk);
const char *mw_risk_remedy(const struct mw_risk *risk);
/* Adds every id that the files of the tools name, each once. Reads all of them. */
void mw_risk_ids(struct mw_strings *ids);

/* What a test of a value sees; borrowed. */
struct mw_risk_look {
    const struct mw_value *value;
    /* The value of another key of the tool, NULL if there is none. NULL function: none has. */
    const char *(*other)(const void *context, const char *key);
    const void *context;
};

/* Is the value what the left side of a "risk" says (tool_key.h)? */
bool mw_risk_applies(const char *test, const struct mw_risk_look *look);

#endif
