/* Words and flags of a command line. */
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

void docker_command_add(struct docker_command *command, const char *word, const char *place)
{
    mw_strings_add(&command->words, word);
    mw_strings_add(&command->places, place);
}

void docker_command_release(struct docker_command *command)
{
    mw_strings_release(&command->words);
    mw_strings_release(&command->places);
}

void docker_command_split(struct docker_command *command, const char *text, const char *place)
{
    for (;;) {
        MW_AUTO(mw_buf) word = {0};
        char quote = '\0';
        while (docker_is_blank(*text))
            text++;
        if (*text == '\0')
            return;
        for (; *text != '\0' && (quote != '\0' || !docker_is_blank(*text)); text++) {
            if (quote == '\0' && (*text == '"' || *text == '\''))
                quote = *text;
            else if (*text == quote)
                quote = '\0';
            else if (*text == '\\' && quote != '\'' && text[1] != '\0')
                mw_buf_putc(&word, *++text);
            else
                mw_buf_putc(&word, *text);
        }
        docker_command_add(command, mw_buf_text(&word), place);
    }
}

void docker_flag_release(struct docker_flag *flag)
{
    mw_strings_release_all(&flag->values, &flag->places, &flag->others);
}

const char *docker_flag_match(const char *word, const char *name, char letter)
{
    if (mw_text_starts(word, "--")) {
        size_t len = strlen(name);
        bool same = strncmp(word + 2, name, len) == 0 && strchr("=", word[2 + len]) != NULL;
        return same ? word + 2 + len : NULL;
    }
    return letter != '\0' && word[0] == '-' && word[1] == letter ? word + 2 : NULL;
}

void docker_command_flag(const struct docker_command *command, const char *name, char letter,
                         bool is_switch, struct docker_flag *flag)
{
    for (size_t i = 0; i < command->words.count; i++) {
        const char *word = command->words.items[i];
        const char *rest = docker_flag_match(word, name, letter);
        bool takes_next = rest != NULL && *rest == '\0' && !is_switch;
        if (rest == NULL || (takes_next && i + 1 == command->words.count)) {
            mw_strings_add(&flag->others, word);
            continue;
        }
        mw_strings_add(&flag->values, takes_next      ? command->words.items[i + 1]
                                      : *rest != '\0' ? rest + (*rest == '=')
                                                      : "true");
        mw_strings_add(&flag->places, command->places.items[i]);
        i += takes_next;
    }
}

void docker_command_flag_of(const struct docker_command *command, const struct mw_tool_key *row,
                            struct docker_flag *flag)
{
    docker_command_flag(command, row->flag, row->letter != NULL ? *row->letter : '\0',
                        row->type == MW_TYPE_BOOL, flag);
}
