/* A world for profiles: environment and files from tables, and a few keys of three tools. */
#ifndef MW_TEST_MODEL_HOST_H
#define MW_TEST_MODEL_HOST_H

#include "mirrorwise/catalog.h"
#include "mirrorwise/profile.h"

/* Rows end with a NULL name. */
struct test_pair {
    const char *name, *text;
};

struct test_world {
    const struct test_pair *env;
    const struct test_pair *files; /* name: absolute path */
};

/* The host of that world; any NULL table is empty. */
struct mw_profile_host test_host(struct test_world *world);

bool test_is_tool(const char *name);
/* Services go, pip and docker without mirrors, as if built in. */
void test_add_services(struct mw_catalog *catalog);

/* Adds the built-in profiles, as "builtin:profiles/NAME.ini". */
void test_add_builtin_profiles(struct mw_profile_set *set);

/* Loads a profile that consists of one file, in an empty world. */
enum mw_code test_load_profile(const char *path, const char *text, size_t len,
                               struct mw_profile *profile, struct mw_error *err);

#endif
