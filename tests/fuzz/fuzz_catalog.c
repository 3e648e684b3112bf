/* Any bytes as a catalogue, as a ranking, and as a wish that is chosen from: no crash, a message
 * for every refusal, and a ranking that can be written can be read. runs: 20000 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mirrorwise/choose.h"
#include "mirrorwise/memory.h"
#include "support/model_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void choose_from(const struct mw_catalog *catalog, char *text)
{
    static const struct mw_policy policy = {.require_https = true};
    char tool[] = "go";
    char key[] = "GOPROXY";
    struct mw_wish wish = {.tool = tool, .key = key, .text = text};
    for (int shape = MW_SHAPE_SCALAR; shape <= MW_SHAPE_LIST; shape++) {
        struct mw_choice choice = {0};
        struct mw_error err = {0};
        if (mw_choose(catalog, &policy, NULL, &wish, (enum mw_shape)shape, NULL, &choice, &err) !=
            MW_OK)
            demand(err.message[0] != '\0');
        mw_choice_release(&choice);
        if (mw_choose(catalog, &policy, NULL, &wish, (enum mw_shape)shape, "https://forced",
                      &choice, &err) != MW_OK)
            demand(err.message[0] != '\0');
        mw_choice_release(&choice);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char known[] = "{\"tool\":\"go\",\"probe\":{\"protocol\":\"goproxy\"},\"mirrors\":"
                                "[{\"id\":\"a\",\"url\":\"https://a\"},"
                                "{\"id\":\"b\",\"url\":\"https://b\"}]}";
    struct mw_catalog catalog = {0};
    struct mw_error err = {0};
    demand(mw_catalog_add(&catalog, "known", known, strlen(known), false, NULL) == MW_OK);
    if (mw_catalog_add(&catalog, "fuzz", (const char *)bytes, len, false, &err) != MW_OK)
        demand(err.code == MW_BAD_PROFILE && err.message[0] != '\0' && catalog.count == 2);
    char *text = mw_xstrndup((const char *)bytes, len);
    choose_from(&catalog, text);
    free(text);
    mw_catalog_release(&catalog);

    struct mw_ranking ranking = {0};
    if (mw_ranking_parse((const char *)bytes, len, &ranking, NULL) == MW_OK) {
        struct mw_ranking again = {0};
        char *written = mw_ranking_format(&ranking);
        demand(mw_ranking_parse(written, strlen(written), &again, NULL) == MW_OK);
        demand(again.count == ranking.count);
        mw_ranking_release(&again);
        free(written);
    }
    mw_ranking_release(&ranking);
    return 0;
}
