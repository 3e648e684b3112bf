/* What programs tell of themselves: their version, the folder that they lie in. Keys, choices and
 * values that only some versions know are judged by the version; unknown, they are let through by
 * everything that may not be wrong. */
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum mw_code mw_tools_run(const struct mw_system *sys, const struct mw_strings *words,
                          const char *program, const char *key, int timeout_ms,
                          struct mw_buf *output, struct mw_error *err)
{
    enum { MAX_WORDS = 16 };
    const char *argv[MAX_WORDS + 1] = {NULL};
    MW_AUTO(mw_strings) filled = {0};
    int status = 0;
    for (size_t i = 0; i < words->count && i < MAX_WORDS; i++) {
        const char *word = words->items[i];
        mw_strings_take(&filled, strcmp(word, "{program}") == 0
                                     ? mw_xstrdup(program)
                                     : mw_text_replace(word, "{key}", key));
        argv[i] = filled.items[i];
    }
    const char *name = filled.count > 0 ? filled.items[0] : program;
    MW_FREE char *found = name[0] == '/'         ? mw_xstrdup(name)
                          : sys->root[0] == '\0' ? mw_system_which(sys, name)
                                                 : NULL;
    if (found == NULL)
        return mw_fail(err, MW_FAILURE, 0, "ask", _("%s is not installed, so it cannot be asked"),
                       name);
    argv[0] = found;
    enum mw_code code =
        mw_child_run(sys, argv, sys->user, NULL, timeout_ms, output, NULL, &status, err);
    if (code == MW_OK && status != 0)
        code = mw_fail(err, MW_FAILURE, 0, "ask", _("%s ended with status %d"), found, status);
    return code;
}

/* Owned: the folder above the folder of a program, links followed; NULL if it leads nowhere. */
static char *real_prefix(const struct mw_system *sys, const char *program)
{
    MW_FREE char *real = mw_path_resolve(sys, program);
    MW_FREE char *bin = real != NULL ? mw_text_directory(real) : NULL;
    return bin != NULL ? mw_text_directory(bin) : NULL;
}

/* Is it a script of a shell, as pyenv and asdf put before programs? Where it stands says nothing.
 */
static bool is_shim(const struct mw_system *sys, const char *program)
{
    MW_AUTO(mw_buf) text = {0};
    if (!mw_text_file_read(sys, program, &text))
        return false;
    MW_FREE char *line = mw_xstrndup(mw_buf_text(&text), strcspn(mw_buf_text(&text), "\r\n"));
    return mw_tools_matches("^#!.*[/ ][a-z]*sh( .*)?$", line);
}

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

/* May the files be those of another program than the one that runs? */
static bool is_elsewhere(const struct mw_system *sys, const struct mw_tool *tool)
{
    bool is = false;
    for (size_t i = 0; !is && i < tool->version_unless.count; i++)
        is = mw_system_getenv(sys, tool->version_unless.items[i]) != NULL;
    return is;
}

bool mw_tools_lacks(const struct mw_system *sys, const struct mw_tool *tool, const char *package)
{
    MW_FREE char *lower = mw_text_lower(package);
    MW_FREE char *program = NULL;
    glob_t found = {0};
    if (sys->root[0] != '\0' || is_elsewhere(sys, tool) || !mw_tool_installed(sys, tool, &program))
        return false;
    for (size_t i = 0; i < tool->modules.count; i++) {
        MW_FREE char *path = mw_tools_expand_path(sys, tool, MW_SCOPE_USER, tool->modules.items[i]);
        for (int k = 0; path != NULL && k < 2; k++) {
            MW_FREE char *pattern = mw_xasprintf("%s/%s-*", path, k == 0 ? package : lower);
            (void)glob(pattern, found.gl_pathc > 0 ? GLOB_APPEND : 0, NULL, &found);
        }
    }
    bool is_there = found.gl_pathc > 0;
    globfree(&found);
    return !is_there;
}

/* Owned: what the files of "version_file" tell, the name of one where a '*' stands for it: starting
 * Python takes a tenth of a second or more. With two about, the program alone knows. */
static char *version_in_files(const struct mw_system *sys, const struct mw_tool *tool,
                              const char *program)
{
    glob_t found = {0};
    char *version = NULL;
    if (is_elsewhere(sys, tool))
        return NULL;
    for (size_t i = 0; version == NULL && i < tool->version_files.count; i++) {
        const char *file = tool->version_files.items[i];
        MW_FREE char *path = mw_tools_expand_path(sys, tool, MW_SCOPE_USER, file);
        MW_AUTO(mw_buf) text = {0};
        if (path != NULL && strchr(file, '*') != NULL && !is_shim(sys, program))
            (void)glob(path, found.gl_pathc > 0 ? GLOB_APPEND : 0, NULL, &found);
        else if (path != NULL && mw_tools_read(sys, path, sys->user, &text))
            version = first_version(mw_buf_text(&text));
    }
    if (found.gl_pathc == 1)
        version = first_version(strrchr(found.gl_pathv[0], '/'));
    globfree(&found);
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
    MW_AUTO(mw_strings) usual = {0};
    MW_AUTO(mw_buf) output = {0};
    mw_strings_split(&usual, "{program} --version", " ");
    bool is_told = mw_tools_run(sys, tool->version_words.count > 0 ? &tool->version_words : &usual,
                                program, "", timeout_ms, &output, NULL) == MW_OK;
    return is_told ? telling_line(mw_buf_text(&output)) : NULL;
}

static char *find_version(const struct mw_system *sys, const struct mw_tool *tool,
                          const char *program)
{
    char *version = version_in_files(sys, tool, program);
    if (version != NULL || tool->version_words.count == 0)
        return version;
    MW_FREE char *line = mw_tool_version_line(sys, tool, program, MW_RUN_TIMEOUT_MS);
    return line != NULL ? first_version(line) : NULL;
}

/* Owned: the folder that the tool's own command names, which stands beside the program; NULL: it
 * says nothing. */
static char *find_prefix(const struct mw_system *sys, const struct mw_tool *tool,
                         const char *program)
{
    MW_FREE char *directory = mw_text_directory(program);
    MW_AUTO(mw_strings) words = {0};
    MW_AUTO(mw_buf) output = {0};
    mw_strings_take(&words, mw_xasprintf("%s/%s", directory, tool->prefix_words.items[0]));
    for (size_t i = 1; i < tool->prefix_words.count; i++)
        mw_strings_add(&words, tool->prefix_words.items[i]);
    bool is_told =
        mw_path_exists(sys, words.items[0]) &&
        mw_tools_run(sys, &words, program, "", MW_RUN_TIMEOUT_MS, &output, NULL) == MW_OK &&
        mw_buf_text(&output)[0] == '/';
    return is_told ? mw_xstrndup(mw_buf_text(&output), strcspn(mw_buf_text(&output), "\r\n"))
                   : NULL;
}

/* ---- told once ------------------------------------------------------------------------------- */

typedef char *tell_fn(const struct mw_system *sys, const struct mw_tool *tool, const char *program);

/* Every key asks, and each trial of a remedy asks again, while a shim alone takes a tenth of a
 * second; a program that is the same file tells the same. */
struct told {
    char *program;
    tell_fn *tell;
    struct stat st;
    char *text; /* NULL: it does not tell */
};

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The lock is held. */
static struct told *need_told(const char *program, tell_fn *tell)
{
    static struct told *items;
    static size_t count;
    for (size_t i = 0; i < count; i++) {
        if (items[i].tell == tell && strcmp(items[i].program, program) == 0)
            return &items[i];
    }
    struct told *told = MW_PUSH(items, count);
    *told = (struct told){.program = mw_xstrdup(program), .tell = tell};
    return told;
}

/* Owned. */
static char *tell_once(const struct mw_system *sys, const struct mw_tool *tool, const char *program,
                       tell_fn *tell)
{
    struct stat st = {0};
    if (sys->ops->fstatat(AT_FDCWD, program, &st, 0) != 0)
        return tell(sys, tool, program);
    (void)pthread_mutex_lock(&lock);
    struct told *told = need_told(program, tell);
    bool is_known = is_same_file(&told->st, &st);
    char *text = is_known ? mw_copy(told->text) : NULL;
    (void)pthread_mutex_unlock(&lock);
    if (is_known)
        return text;
    text = tell(sys, tool, program);
    (void)pthread_mutex_lock(&lock);
    told = need_told(program, tell);
    free(told->text);
    told->text = mw_copy(text);
    told->st = st;
    (void)pthread_mutex_unlock(&lock);
    return text;
}

char *mw_tool_version(const struct mw_system *sys, const struct mw_tool *tool)
{
    MW_FREE char *program = NULL;
    return sys->root[0] == '\0' && mw_tool_installed(sys, tool, &program)
               ? tell_once(sys, tool, program, find_version)
               : NULL;
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
        return real_prefix(sys, program);
    bool asks = words->count > 0 && sys->root[0] == '\0' && is_shim(sys, program);
    char *told = asks ? tell_once(sys, tool, program, find_prefix) : NULL;
    if (told != NULL)
        return told;
    MW_FREE char *bin = mw_text_directory(program);
    MW_FREE char *prefix = mw_text_directory(bin);
    return mw_xstrdup(strcmp(prefix, "/") == 0 ? "/usr" : prefix);
}

/* ---- versions -------------------------------------------------------------------------------- */

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
