#include "support/inquiries.h"

#include <string.h>

static char goproxy[] = "goproxy", pypi[] = "pypi", oci[] = "oci", cargo[] = "cargo",
            sumdb[] = "sumdb";
static char agent[] = "a client of some tool/1.0";
static char info[] = "/rsc.io/quote/@v/v1.5.2.info", page[] = "/iniconfig/";

static struct {
    const char *service;
    struct mw_inquiry inquiry;
} inquiries[] = {
    {"go", {.protocol = goproxy, .agent = agent, .path = info}},
    {"pip", {.protocol = pypi, .agent = agent, .path = page}},
    {"docker", {.protocol = oci, .agent = agent}},
    {"crates", {.protocol = cargo, .agent = agent}},
    {"sumdb", {.protocol = sumdb, .agent = agent}},
};

const struct mw_inquiry *test_inquiry(const char *service)
{
    for (size_t i = 0; i < sizeof inquiries / sizeof *inquiries; i++) {
        if (strcmp(inquiries[i].service, service) == 0)
            return &inquiries[i].inquiry;
    }
    return NULL;
}
