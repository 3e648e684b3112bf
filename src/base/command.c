#include "mirrorwise/command.h"

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
