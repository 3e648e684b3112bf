#include "mirrorwise/command.h"

#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/text.h"

static const char *started_as = "mirrorwise";

void mw_command_started_as(const char *program)
{
    if (program != NULL && program[0] != '\0')
        started_as = program;
}

const char *mw_command_program(void)
{
    return started_as;
}

char *mw_command_word(const char *word)
{
    struct mw_buf text = {0};
    mw_buf_put_word(&text, word);
    return mw_buf_take(&text);
}

/* One word at *at, which moves behind it; the reason if it cannot be one. */
static const char *read_word(const char **at, struct mw_buf *word)
{
    char quote = '\0';
    const char *p = *at;
    for (; *p != '\0' && (quote != '\0' || !mw_text_is_blank(*p)); p++) {
        if (quote == '\0' && (*p == '\'' || *p == '"'))
            quote = *p;
        else if (*p == quote)
            quote = '\0';
        else if (*p == '\\' && quote != '\'' && p[1] != '\0')
            mw_buf_putc(word, *++p);
        else if (quote == '\0' && strchr("|&;<>()`$", *p) != NULL)
            return _("no shell reads it; quote the character or name a script");
        else
            mw_buf_putc(word, *p);
    }
    *at = p;
    return quote != '\0' ? _("a quote is not closed") : NULL;
}

enum mw_code mw_command_split(const char *text, struct mw_strings *argv, struct mw_error *err)
{
    struct mw_strings words = {0};
    const char *reason = NULL;
    const char *at = text;
    while (reason == NULL) {
        struct mw_buf word = {0};
        at += strspn(at, " \t");
        if (*at == '\0')
            break;
        reason = read_word(&at, &word);
        mw_strings_add(&words, mw_buf_text(&word));
        mw_buf_release(&word);
    }
    if (reason == NULL && (words.count == 0 || words.items[0][0] == '\0'))
        reason = _("it is empty");
    if (reason == NULL && words.count > MW_COMMAND_MAX_WORDS)
        reason = _("it has too many words");
    if (reason != NULL) {
        mw_strings_release(&words);
        return mw_fail(err, MW_BAD_PROFILE, 0, "check", _("command \"%s\": %s"), text, reason);
    }
    mw_strings_release(argv);
    *argv = words;
    return MW_OK;
}
