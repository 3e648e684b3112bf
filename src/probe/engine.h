/* The scheduler: whom to ask next, and when it is enough.
 *
 * Stepped by its owner over a transport and a clock that are handed in, so that tests need
 * neither network nor time. Its rules: own slots, so that waiting for one's turn is never
 * measured; the mirror with the fewest samples is next, in a random order within a round, so
 * that a hiccup of the network hits all alike; never two requests to one host at once. */
#ifndef MW_PROBE_ENGINE_H
#define MW_PROBE_ENGINE_H

#include "mirrorwise/probe.h"

#include "transport.h"

struct probe_engine;

/* Everything is borrowed and must outlive the engine; results[i] is for targets[i]. `options` and
 * `wishes` are as for mw_probe_run(). */
struct probe_engine *probe_engine_new(const struct mw_probe_target *targets, size_t count,
                                      const struct mw_probe_options *options,
                                      const struct mw_probe_wish *wishes, size_t wish_count,
                                      const struct mw_probe_watch *watch,
                                      struct probe_transport *transport,
                                      const struct probe_clock *clock,
                                      struct mw_probe_result *results);
/* Works and waits for at most 50 ms; false when the run is over and the results are ranked. */
bool probe_engine_step(struct probe_engine *engine);
/* Cancels what is under way. */
void probe_engine_free(struct probe_engine *engine);

#endif
