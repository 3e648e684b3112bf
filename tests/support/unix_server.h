/* A tiny HTTP server on a Unix socket, in a thread of its own: reads a request to its blank line,
 * sends the current answer byte for byte and closes. */
#ifndef MW_TEST_UNIX_SERVER_H
#define MW_TEST_UNIX_SERVER_H

struct mw_unix_server;

/* `answer` is everything from "HTTP/1.1" on; NULL: take the request and never answer. */
struct mw_unix_server *mw_unix_server_start(const char *path, const char *answer);
/* From the next request on, after `delay` more requests were given the old answer. */
void mw_unix_server_answer(struct mw_unix_server *server, const char *answer, unsigned delay);
/* The request line of the last request; borrowed, valid until the next one. */
const char *mw_unix_server_request(struct mw_unix_server *server);
/* Requests so far. */
unsigned mw_unix_server_count(struct mw_unix_server *server);
void mw_unix_server_stop(struct mw_unix_server *server);

#endif
