#include "transport.h"

#include <stdlib.h>
#include <time.h>

static int64_t monotonic_us(void *context)
{
    struct timespec now;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

const struct probe_clock probe_clock_real = {.now_us = monotonic_us};

void probe_response_init(struct probe_response *response)
{
    *response = (struct probe_response){
        .dns_us = -1,
        .tcp_us = -1,
        .tls_us = -1,
        .ttfb_us = -1,
        .rtt_us = -1,
        .retry_after_s = -1,
    };
}

void probe_response_release(struct probe_response *response)
{
    mw_buf_release(&response->body);
    free(response->content_type);
    free(response->location);
    free(response->challenge);
    free(response->header);
    probe_response_init(response);
}
