/* Where people set Docker's options and dockerd does not look. */
#include <stdlib.h>
#include <string.h>

#include "docker_parts.h"
#include "internal.h"
#include "mirrorwise/memory.h"

/* The words of a variable that is used carry its place. */
void mw_docker_unread(const struct mw_system *sys, const char *path, const char *variables,
                      struct mw_hits *hits)
{
    MW_AUTO(mw_held) held = {0};
    MW_AUTO(docker_command) assignments = {0};
    const struct docker_command *command = docker_configured(sys, false, &held);
    if (command->words.count > 0)
        docker_assignments(sys, path, &assignments);
    for (size_t i = 0; i < assignments.words.count; i++) {
        const char *word = assignments.words.items[i], *place = assignments.places.items[i];
        size_t len = strcspn(word, "=");
        MW_FREE char *name = mw_xstrndup(word, len);
        bool is_set = word[len] == '=' && word[len + 1] != '\0';
        if (is_set && mw_tools_is_word(variables, name) && !mw_strings_has(&command->places, place))
            *MW_PUSH(hits->items, hits->count) =
                (struct mw_hit){.path = mw_xstrdup(path),
                                .line = strtoul(strrchr(place, ':') + 1, NULL, 10),
                                .variable = mw_xstrdup(name)};
    }
}
