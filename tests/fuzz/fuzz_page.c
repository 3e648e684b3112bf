/* Any bytes as the page of a project, HTML or JSON: no crash, and what is found is a link that can
 * be refused or asked like any other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../src/probe/link.h"
#include "mirrorwise/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void follow(char *take_link, const char *page)
{
    if (take_link == NULL)
        return;
    demand(strlen(take_link) <= strlen(page));
    char *url = probe_link_resolve("https://mirror.example/simple/iniconfig/", take_link);
    demand(url == NULL || strncasecmp(url, "https://", 8) == 0);
    free(url);
    free(take_link);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char file[] = "iniconfig-2.0.0-py3-none-any.whl";
    char *page = mw_xstrndup((const char *)bytes, len);
    char *in_html = probe_link_in_html(page, file);
    char *in_json = probe_link_in_json(page, file);
    demand(in_html == NULL || probe_link_is_html_page(page));
    demand(in_json == NULL || probe_link_is_json_page(page));
    follow(in_html, page);
    follow(in_json, page);
    free(page);
    return 0;
}
