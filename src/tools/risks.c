/* Findings about dangerous values. Which value of which key is one, and what is said of it, say
 * "risk" and "risks" in the file of the tool. What they have in common: somebody else decides what
 * runs here, or learns what should stay inside. Ids are kept for ever: --accept-risk names them. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "tool_read.h"

/* What the end of an id says, for what is the same for several tools. */
static const struct mw_risk endings[] = {
    {"-tls-off", MW_RISK_ERROR,
     .sentence = N_(
         "nobody checks who answers, and anybody on the way sees and changes what is downloaded"),
     .remedy =
         N_("Leave it on; a private authority goes into the tool's own list of certificates.")},
    {"-runs-program", MW_RISK_WARNING,
     .sentence =
         N_("it names a program that then runs with your rights whenever the tool does its work"),
     .remedy = N_("Remove it unless you know that program and who may change it.")},
    {"-file-index", MW_RISK_WARNING,
     .sentence =
         N_("packages come from a folder, and whoever may write to it decides what they hold"),
     .remedy = N_("Use the https address of the index.")},
    {"-foreign-file", MW_RISK_WARNING,
     .sentence = N_("every install takes in what this file or address names, and its code runs"),
     .remedy = N_("Name it on the command line where it is needed.")},
    {"-plain-http", MW_RISK_BY_POLICY,
     .sentence = N_("over plain http everybody on the way sees and changes what is downloaded"),
     .remedy = N_("Use the https address of the mirror.")},
    {"-checksums-off", MW_RISK_ERROR,
     .sentence = N_("a package that differs from the lock file is installed all the same"),
     .remedy = N_("Remove it.")},
    {"-foreign-ca", MW_RISK_WARNING,
     .sentence = N_("whoever owns one of these certificates decides what is downloaded"),
     .remedy = N_("Keep it only if the certificates are your company's.")},
    {"-shared-cache", MW_RISK_WARNING,
     .sentence = N_("others may write to this folder, and what lies in it is not checked again"),
     .remedy = N_("Use a folder of your own.")},
    {"-no-checksums", MW_RISK_ERROR,
     .sentence = N_("what is downloaded is not compared with what it should be"),
     .remedy = N_("Remove it.")},
    {"", MW_RISK_ERROR, .sentence = N_("the file of this tool calls the value dangerous"),
     .remedy = N_("Remove it.")},
};

static const char *const level_words[] = {
    [MW_RISK_WARNING] = "warning",
    [MW_RISK_ERROR] = "error",
    [MW_RISK_BY_POLICY] = "policy",
    NULL,
};

#define OF_RISK(field) .offset = offsetof(struct mw_risk, field)
static const struct mw_json_field risk_fields[] = {
    {"level", MW_JSON_CHOICE, OF_RISK(level), true, .words = level_words},
    {"why", MW_JSON_WORD, OF_RISK(sentence), true},
    {"why_zh", MW_JSON_WORD, OF_RISK(sentence_zh)},
    {"remedy", MW_JSON_WORD, OF_RISK(remedy), true},
    {"remedy_zh", MW_JSON_WORD, OF_RISK(remedy_zh)},
    {"choice", MW_JSON_MARK, OF_RISK(is_choice)},
    {"standing", MW_JSON_MARK, OF_RISK(is_standing)},
};

const struct mw_part_kind tool_risk_kind = {
    .name = "risks",
    .what = N_("a risk"),
    .fields = risk_fields,
    .count = sizeof risk_fields / sizeof *risk_fields,
    .size = sizeof(struct mw_risk),
};

const char *mw_risk_sentence(const struct mw_risk *risk)
{
    return _(mw_tools_spoken(risk->sentence, risk->sentence_zh));
}

const char *mw_risk_remedy(const struct mw_risk *risk)
{
    return _(mw_tools_spoken(risk->remedy, risk->remedy_zh));
}

const struct mw_risk *mw_risk_find(const struct mw_tool *tool, const char *id)
{
    const struct mw_risk *own = tool_find_part(&tool_risk_kind, tool, &tool->risks, id);
    if (own != NULL)
        return own;
    size_t len = strlen(id), i = 0;
    while (strlen(endings[i].ending) > len ||
           strcmp(id + len - strlen(endings[i].ending), endings[i].ending) != 0)
        i++; /* the last one is the end of everything */
    return &endings[i];
}

static void add_once(struct mw_strings *ids, const char *id)
{
    mw_strings_add_new(ids, id);
}

void mw_risk_ids(struct mw_strings *ids)
{
    for (size_t t = 0; t < mw_tool_count(); t++) {
        const struct mw_tool *tool = mw_tool_at(t);
        for (size_t k = 0; tool != NULL && k < tool->key_count; k++) {
            const struct mw_pairs *pairs = &mw_tool_key_at(tool, k)->risks;
            for (size_t i = 0; i < pairs->count; i++)
                add_once(ids, pairs->items[i].value);
        }
    }
}
