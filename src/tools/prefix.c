/* What stands above the folder of a tool's program. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

char *mw_tools_real_prefix(const struct mw_system *sys, const char *program)
{
    MW_FREE char *real = mw_path_resolve(sys, program);
    MW_FREE char *bin = real != NULL ? mw_text_directory(real) : NULL;
    return bin != NULL ? mw_text_directory(bin) : NULL;
}

bool mw_tools_is_shim(const struct mw_system *sys, const char *program)
{
    MW_AUTO(mw_buf) text = {0};
    if (!mw_tools_read_text(sys, program, &text))
        return false;
    MW_FREE char *line = mw_xstrndup(mw_buf_text(&text), strcspn(mw_buf_text(&text), "\r\n"));
    return mw_tools_matches("^#!.*[/ ][a-z]*sh( .*)?$", line);
}

/* Owned: what the tool's own command says, which stands beside the program; "" if nothing. */
static char *ask_prefix(const struct mw_system *sys, const struct mw_strings *words,
                        const char *program)
{
    const char *argv[8] = {NULL};
    MW_FREE char *directory = mw_text_directory(program);
    MW_FREE char *first = mw_xasprintf("%s/%s", directory, words->items[0]);
    MW_AUTO(mw_buf) output = {0};
    for (size_t i = 1; i < words->count && i + 1 < sizeof argv / sizeof *argv; i++)
        argv[i] = words->items[i];
    argv[0] = first;
    bool is_told = mw_path_exists(sys, first) && mw_tools_run(sys, argv, &output, NULL) == MW_OK &&
                   mw_buf_text(&output)[0] == '/';
    return mw_xstrndup(mw_buf_text(&output), is_told ? strcspn(mw_buf_text(&output), "\r\n") : 0);
}

/* The answer, given once: a shim takes a tenth of a second, and every key asks again. */
static char *ask_prefix_once(const struct mw_system *sys, const struct mw_strings *words,
                             const char *program)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char *asked, *answer;
    (void)pthread_mutex_lock(&lock);
    if (asked == NULL || strcmp(asked, program) != 0) {
        MW_FREE_ALL(asked, answer);
        asked = mw_xstrdup(program);
        answer = ask_prefix(sys, words, program);
    }
    char *prefix = answer[0] != '\0' ? mw_xstrdup(answer) : NULL;
    (void)pthread_mutex_unlock(&lock);
    return prefix;
}

char *mw_tools_prefix(const struct mw_system *sys, const struct mw_tool *tool, bool is_real)
{
    const struct mw_strings *words = &tool->prefix_words;
    MW_FREE char *program = NULL;
    for (size_t i = 0; program == NULL && i < tool->programs.count; i++) {
        if (strchr(tool->programs.items[i], '/') == NULL)
            program = mw_system_which(sys, tool->programs.items[i]);
    }
    if (program == NULL && words->count > 0)
        program = mw_system_which(sys, words->items[0]);
    if (program == NULL)
        return NULL;
    if (is_real)
        return mw_tools_real_prefix(sys, program);
    bool asks = words->count > 0 && sys->root[0] == '\0' && mw_tools_is_shim(sys, program);
    char *told = asks ? ask_prefix_once(sys, words, program) : NULL;
    if (told != NULL)
        return told;
    MW_FREE char *bin = mw_text_directory(program);
    MW_FREE char *prefix = mw_text_directory(bin);
    return mw_xstrdup(strcmp(prefix, "/") == 0 ? "/usr" : prefix);
}
