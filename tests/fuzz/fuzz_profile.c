/* Any bytes as a profile: no crash, and what the scan accepts iniparser reads the same way.
 * runs: 20000 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/profile.h"
#include "support/model_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Not anywhere in it: the message quotes the input. */
static bool ends_with(const char *text, const char *end)
{
    size_t text_len = strlen(text);
    size_t end_len = strlen(end);
    return text_len >= end_len && strcmp(text + text_len - end_len, end) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct test_pair env[] = {{"TOKEN", "s3cret"}, {"HOME", "/home/me"}, {NULL, NULL}};
    static const struct test_pair files[] = {{"/f", "text\n"}, {NULL, NULL}};
    static const char parent[] = "[profile]\nname = base\n[go]\nGOPROXY = direct\n";
    struct test_world world = {.env = env, .files = files};
    struct mw_profile_host host = test_host(&world);
    struct mw_profile_set set = {0};
    struct mw_profile profile = {0};
    struct mw_error err = {0};
    mw_profile_set_add(&set, "base.ini", parent, sizeof parent - 1);
    mw_profile_set_add(&set, "fuzz.ini", (const char *)bytes, len);
    enum mw_code code = mw_profile_load(&set, set.items[1].name, &host, &profile, &err);
    if (code != MW_OK && (code != MW_BAD_PROFILE || err.message[0] == '\0' ||
                          ends_with(err.message, "a value that can be read in one way only") ||
                          ends_with(err.message, "iniparser cannot read this file"))) {
        fprintf(stderr, "%d %s\n", (int)code, err.message);
        abort();
    }
    mw_profile_release(&profile);
    mw_profile_set_release(&set);
    return 0;
}
