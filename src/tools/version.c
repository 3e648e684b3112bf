/* Which version of a tool is installed. Keys, choices and values that only some versions know are
 * judged by it; unknown, they are let through by everything that may not be wrong. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { VERSION_TIMEOUT_MS = 20000 }; /* pip on a cold disk takes seconds */

/* Owned: the first "1.2" or "1.2.3" of a text, NULL if there is none. */
static char *first_version(const char *text)
{
    static const char digits[] = "0123456789";
    for (const char *p = strpbrk(text, digits); p != NULL; p = strpbrk(p, digits)) {
        size_t len = strspn(p, digits);
        if (p[len] == '.' && p[len + 1] >= '0' && p[len + 1] <= '9') {
            len = strspn(p, "0123456789.");
            while (p[len - 1] == '.')
                len--;
            return mw_xstrndup(p, len);
        }
        p += len;
    }
    return NULL;
}

static char *version_in_file(const struct mw_system *sys, const struct mw_tool *tool,
                             const char *program)
{
    static const char word[] = "{prefix}";
    MW_FREE char *prefix = mw_tools_real_prefix(sys, program);
    MW_AUTO(mw_buf) text = {0};
    char *version = NULL;
    if (prefix != NULL) {
        const char *rest = strncmp(tool->version_file, word, strlen(word)) == 0
                               ? tool->version_file + strlen(word)
                               : tool->version_file;
        MW_FREE char *path = mw_xasprintf("%s%s", rest != tool->version_file ? prefix : "", rest);
        if (mw_tools_read(sys, path, sys->user, &text))
            version = first_version(mw_buf_text(&text));
    }
    return version;
}

/* Owned: the first line with a digit, or the first; Gradle begins with an empty one and a rule. The
 * colours that Maven puts in, terminal or not, are taken out. */
static char *telling_line(const char *text)
{
    static const char digits[] = "0123456789", ends[] = "\r\n";
    const char *found = text;
    for (const char *line = text; *line != '\0'; line += strspn(line, ends)) {
        size_t len = strcspn(line, ends);
        if (strcspn(line, digits) < len) {
            found = line;
            break;
        }
        line += len;
    }
    struct mw_buf plain = {0};
    for (const char *c = found; *c != '\0' && strchr(ends, *c) == NULL; c++) {
        size_t len = c[0] == '\x1B' && c[1] == '[' ? strspn(c + 2, "0123456789;") : 0;
        if (c[0] == '\x1B' && c[1] == '[' && c[2 + len] == 'm')
            c += 2 + len;
        else
            mw_buf_putc(&plain, *c);
    }
    return mw_buf_take(&plain);
}

char *mw_tool_version_line(const struct mw_system *sys, const struct mw_tool *tool,
                           const char *program, int timeout_ms)
{
    const char *argv[8] = {program, "--version", NULL};
    size_t count = tool->version_words.count;
    MW_AUTO(mw_buf) output = {0};
    char *line = NULL;
    for (size_t i = 0; i < count && i + 1 < sizeof argv / sizeof *argv; i++)
        argv[i] = strcmp(tool->version_words.items[i], "{program}") == 0
                      ? program
                      : tool->version_words.items[i];
    if (mw_tools_run_within(sys, argv, timeout_ms, &output, NULL) == MW_OK)
        line = telling_line(mw_buf_text(&output));
    return line;
}

static char *version_told(const struct mw_system *sys, const struct mw_tool *tool,
                          const char *program)
{
    MW_FREE char *line = mw_tool_version_line(sys, tool, program, VERSION_TIMEOUT_MS);
    return line != NULL ? first_version(line) : NULL;
}

static char *find_version(const struct mw_system *sys, const struct mw_tool *tool,
                          const char *program)
{
    const struct mw_hook *hook = tool->code;
    char *version = NULL;
    if (tool->version_file != NULL)
        version = version_in_file(sys, tool, program);
    if (version == NULL && hook != NULL && hook->version != NULL)
        version = hook->version(sys, program);
    if (version == NULL && tool->version_words.count > 0)
        version = version_told(sys, tool, program);
    return version;
}

/* ---- told once ------------------------------------------------------------------------------- */

/* Every key of some versions asks, and each trial of a remedy asks again; a program that is the
 * same file has the same version. */
struct known_version {
    char *program;
    struct stat st;
    char *version; /* NULL: it does not tell */
};

static bool is_same_program(const struct known_version *known, const char *program,
                            const struct stat *st)
{
    return strcmp(known->program, program) == 0 && known->st.st_dev == st->st_dev &&
           known->st.st_ino == st->st_ino && known->st.st_size == st->st_size &&
           known->st.st_mtim.tv_sec == st->st_mtim.tv_sec &&
           known->st.st_mtim.tv_nsec == st->st_mtim.tv_nsec;
}

static char *find_version_once(const struct mw_system *sys, const struct mw_tool *tool,
                               const char *program)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct known_version *items; /* one for each program */
    static size_t count;
    struct known_version *known = NULL;
    struct stat st = {0};
    if (sys->ops->fstatat(AT_FDCWD, program, &st, 0) != 0)
        return find_version(sys, tool, program);
    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; known == NULL && i < count; i++)
        known = strcmp(items[i].program, program) == 0 ? &items[i] : NULL;
    if (known == NULL || !is_same_program(known, program, &st)) {
        char *version = find_version(sys, tool, program);
        if (known == NULL) {
            known = MW_PUSH(items, count);
            known->program = mw_xstrdup(program);
        }
        free(known->version);
        known->version = version;
        known->st = st;
    }
    char *version = known->version == NULL ? NULL : mw_xstrdup(known->version);
    (void)pthread_mutex_unlock(&lock);
    return version;
}

char *mw_tool_version(const struct mw_system *sys, const struct mw_tool *tool)
{
    char *program = NULL, *version = NULL;
    if (sys->root[0] == '\0' && mw_tool_installed(sys, tool, &program))
        version = find_version_once(sys, tool, program);
    free(program);
    return version;
}

int mw_version_compare(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        char *a_end, *b_end;
        unsigned long left = strtoul(a, &a_end, 10);
        unsigned long right = strtoul(b, &b_end, 10);
        if (left != right)
            return left < right ? -1 : 1;
        if (a_end == a && b_end == b)
            break; /* what no version holds */
        a = a_end + (*a_end == '.');
        b = b_end + (*b_end == '.');
    }
    return 0;
}

bool mw_version_within(const char *version, const char *since, const char *until)
{
    if (version == NULL)
        return true;
    return (since == NULL || mw_version_compare(version, since) >= 0) &&
           (until == NULL || mw_version_compare(version, until) < 0);
}
