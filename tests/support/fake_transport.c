#include "fake_transport.h"

#include <string.h>

#include "../../src/probe/link.h"
#include "mirrorwise/memory.h"

/* Even a wait of nothing takes this long, or a test that never ends would never end. */
#define STEP_LEAST_US 50

static struct fake_transport *self(struct probe_transport *base)
{
    return (struct fake_transport *)base;
}

static int64_t now_us(void *context)
{
    return ((struct fake_transport *)context)->now_us;
}

static void note_overlaps(struct fake_transport *fake, const char *url)
{
    char host[256];
    char other[256];
    probe_link_host(url, host, sizeof host);
    for (size_t i = 0; i < fake->count; i++) {
        if (!fake->requests[i].is_busy)
            continue;
        probe_link_host(fake->requests[i].url, other, sizeof other);
        if (strcmp(host, other) == 0)
            fake->host_overlaps++;
    }
}

static size_t start(struct probe_transport *base, const struct probe_request *request)
{
    struct fake_transport *fake = self(base);
    size_t ticket = 0;
    note_overlaps(fake, request->url);
    while (ticket < fake->count && fake->requests[ticket].is_busy)
        ticket++;
    struct fake_request *made =
        ticket == fake->count ? MW_PUSH(fake->requests, fake->count) : &fake->requests[ticket];
    *made = (struct fake_request){
        .is_busy = true,
        .url = mw_xstrdup(request->url),
        .range_bytes = request->range_bytes,
        .started_us = fake->now_us,
        .answer = {.lookup_us = 0, .connect_us = 3000, .delay_us = 10000},
    };
    probe_response_init(&made->answer.response);
    made->answer.response.class = MW_PROBE_OK;
    made->answer.response.status = 200;
    made->answer.response.family = 4;
    made->answer.response.scope = PROBE_SCOPE_PUBLIC;
    made->answer.response.is_cold = request->needs_new_connection;
    fake->script(fake->context, request, &made->answer);
    mw_buf_puts(&made->answer.response.body, "");
    mw_strings_add(&fake->urls, request->url);
    *MW_PUSH(fake->times_us, fake->time_count) = fake->now_us;
    fake->range_total += request->range_bytes;
    fake->new_connections += request->needs_new_connection ? 1 : 0;
    fake->busy++;
    if (fake->busy > fake->busy_most)
        fake->busy_most = fake->busy;
    return ticket;
}

static bool is_due(const struct fake_transport *fake, const struct fake_request *request)
{
    return request->is_busy && request->answer.delay_us >= 0 &&
           fake->now_us >= request->started_us + request->answer.delay_us;
}

static void step(struct probe_transport *base, long wait_ms)
{
    struct fake_transport *fake = self(base);
    int64_t until = fake->now_us + (int64_t)wait_ms * 1000;
    for (size_t i = 0; i < fake->count; i++) {
        const struct fake_request *request = &fake->requests[i];
        int64_t due = request->started_us + request->answer.delay_us;
        if (request->is_busy && request->answer.delay_us >= 0 && due < until)
            until = due;
    }
    fake->now_us = until < fake->now_us + STEP_LEAST_US ? fake->now_us + STEP_LEAST_US : until;
}

static void end(struct fake_transport *fake, struct fake_request *request)
{
    free(request->url);
    request->is_busy = false;
    fake->busy--;
}

static bool next_done(struct probe_transport *base, struct probe_response *response)
{
    struct fake_transport *fake = self(base);
    for (size_t i = 0; i < fake->count; i++) {
        struct fake_request *request = &fake->requests[i];
        if (!is_due(fake, request))
            continue;
        *response = request->answer.response;
        response->ticket = i;
        end(fake, request);
        return true;
    }
    return false;
}

static void look(struct probe_transport *base, size_t ticket, struct probe_glimpse *glimpse)
{
    const struct fake_transport *fake = self(base);
    const struct fake_request *request = &fake->requests[ticket];
    long elapsed = (long)(fake->now_us - request->started_us);
    long looked_up = elapsed - request->answer.lookup_us;
    *glimpse = (struct probe_glimpse){.phase = PROBE_LOOKUP, .since_us = elapsed, .rtt_us = -1};
    if (looked_up >= request->answer.connect_us) {
        glimpse->phase = PROBE_HANDSHAKE;
        glimpse->rtt_us = request->answer.connect_us;
    } else if (looked_up >= 0) {
        glimpse->phase = PROBE_CONNECT;
        glimpse->since_us = looked_up;
    }
    if (request->range_bytes > 0 && glimpse->phase == PROBE_HANDSHAKE) {
        glimpse->phase = PROBE_BODY;
        glimpse->body_us = looked_up - request->answer.connect_us;
        glimpse->body_bytes = (long)request->answer.response.body.len;
    }
}

static void cancel(struct probe_transport *base, size_t ticket)
{
    struct fake_transport *fake = self(base);
    struct fake_request *request = &fake->requests[ticket];
    if (!request->is_busy)
        return;
    probe_response_release(&request->answer.response);
    end(fake, request);
    fake->cancelled++;
}

static void wake(struct probe_transport *base)
{
    (void)base;
}

static void free_nothing(struct probe_transport *base)
{
    (void)base;
}

static void rest(struct probe_transport *base)
{
    (void)base;
}

static const struct probe_transport_ops ops = {
    .start = start,
    .step = step,
    .next_done = next_done,
    .look = look,
    .cancel = cancel,
    .rest = rest,
    .wake = wake,
    .free = free_nothing,
};

void fake_transport_init(struct fake_transport *fake,
                         void (*script)(void *context, const struct probe_request *request,
                                        struct fake_answer *answer),
                         void *context)
{
    *fake = (struct fake_transport){
        .base = {.ops = &ops},
        .clock = {.now_us = now_us, .context = fake},
        .now_us = 1000000,
        .script = script,
        .context = context,
    };
}

void fake_transport_release(struct fake_transport *fake)
{
    for (size_t i = 0; i < fake->count; i++)
        cancel(&fake->base, i);
    free(fake->requests);
    free(fake->times_us);
    mw_strings_release(&fake->urls);
}

void fake_answer_body(struct fake_answer *answer, const char *body, const char *type)
{
    struct probe_response *response = &answer->response;
    mw_buf_release(&response->body);
    mw_buf_puts(&response->body, body);
    free(response->content_type);
    response->content_type = type != NULL ? mw_xstrdup(type) : NULL;
}
