#include "support/model_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mirrorwise/builtin.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

static const struct test_tool {
    const char *name;
    const char *keys[8];
} tools[] = {
    {"go", {"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOSUMDB"}},
    {"pip", {"global.index-url", "global.timeout", "global.trusted-host"}},
    {"docker", {"registry-mirrors", "insecure-registries"}},
};

enum { TOOL_COUNT = sizeof tools / sizeof *tools };

static const struct test_tool *find_tool(const char *name)
{
    for (size_t i = 0; i < TOOL_COUNT; i++) {
        if (strcmp(tools[i].name, name) == 0)
            return &tools[i];
    }
    return NULL;
}

bool test_is_tool(const char *name)
{
    return find_tool(name) != NULL;
}

void test_add_services(struct mw_catalog *catalog)
{
    static const char *const texts[] = {
        "{\"tool\":\"go\",\"probe\":{\"protocol\":\"goproxy\"},\"mirrors\":[]}",
        "{\"tool\":\"pip\",\"probe\":{\"protocol\":\"pypi\"},\"mirrors\":[]}",
        "{\"tool\":\"docker\",\"probe\":{\"protocol\":\"oci\"},\"mirrors\":[]}",
    };
    for (size_t i = 0; i < TOOL_COUNT; i++) {
        if (mw_catalog_add(catalog, "services", texts[i], strlen(texts[i]), true, NULL) != MW_OK)
            abort();
    }
}

/* pip takes '_' for '-', so two spellings may be one key. */
static bool is_same_key(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        char left = *a == '_' ? '-' : *a;
        char right = *b == '_' ? '-' : *b;
        if (strncasecmp(&left, &right, 1) != 0)
            return false;
        a++;
        b++;
    }
    return *a == *b;
}

static char *tool_key(const char *section, const char *key)
{
    const struct test_tool *tool = find_tool(section);
    for (size_t i = 0; tool->keys[i] != NULL; i++) {
        if (is_same_key(tool->keys[i], key))
            return mw_xstrdup(tool->keys[i]);
    }
    return NULL;
}

static void tool_keys(const char *section, struct mw_strings *names)
{
    const struct test_tool *tool = find_tool(section);
    for (size_t i = 0; tool->keys[i] != NULL; i++)
        mw_strings_add(names, tool->keys[i]);
}

static void tool_sections(struct mw_strings *names)
{
    for (size_t i = 0; i < TOOL_COUNT; i++)
        mw_strings_add(names, tools[i].name);
}

static const char *find_pair(const struct test_pair *pairs, const char *name)
{
    for (; pairs != NULL && pairs->name != NULL; pairs++) {
        if (strcmp(pairs->name, name) == 0)
            return pairs->text;
    }
    return NULL;
}

static const char *get_env(void *context, const char *name)
{
    const struct test_world *world = context;
    return find_pair(world->env, name);
}

static enum mw_code read_file(void *context, const char *path, struct mw_buf *text,
                              struct mw_error *err)
{
    const struct test_world *world = context;
    const char *found = find_pair(world->files, path);
    if (found == NULL)
        return mw_fail(err, MW_IO, 0, "open", "cannot open %s", path);
    mw_buf_puts(text, found);
    return MW_OK;
}

static enum mw_code open_text(void *context, const char *text, size_t len, char **path, int *fd,
                              struct mw_error *err)
{
    (void)context;
    int memory = memfd_create("profile", MFD_CLOEXEC);
    if (memory < 0 || write(memory, text, len) != (ssize_t)len)
        return mw_fail(err, MW_IO, 0, "memfd", "no memory file");
    *path = mw_xasprintf("/proc/self/fd/%d", memory);
    *fd = memory;
    return MW_OK;
}

static void close_text(void *context, int fd)
{
    (void)context;
    close(fd);
}

struct mw_profile_host test_host(struct test_world *world)
{
    return (struct mw_profile_host){
        .context = world,
        .get_env = get_env,
        .read_file = read_file,
        .open_text = open_text,
        .close_text = close_text,
        .tool_section = test_is_tool,
        .tool_key = tool_key,
        .tool_sections = tool_sections,
        .tool_keys = tool_keys,
    };
}

void test_add_builtin_profiles(struct mw_profile_set *set)
{
    for (const struct mw_builtin *file = mw_builtin_files; file->path != NULL; file++) {
        if (!mw_text_starts(file->path, "profiles/"))
            continue;
        char *path = mw_xasprintf("builtin:%s", file->path);
        mw_profile_set_add(set, path, file->text, file->len);
        free(path);
    }
}

enum mw_code test_load_profile(const char *path, const char *text, size_t len,
                               struct mw_profile *profile, struct mw_error *err)
{
    struct test_world world = {0};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    mw_profile_set_add(&set, path, text, len);
    enum mw_code code = mw_profile_load(&set, set.items[0].name, &host, profile, err);
    mw_profile_set_release(&set);
    return code;
}
