/* WWW-Authenticate of a registry (RFC 9110, section 11.6.1; distribution's token.md). */
#ifndef MW_PROBE_CHALLENGE_H
#define MW_PROBE_CHALLENGE_H

#include <stdbool.h>

struct probe_challenge {
    char *realm, *service; /* owned; service may be NULL */
};

/* Reads `Bearer realm="…",service="…",scope="…"`; false if it is not that or has no realm. */
bool probe_challenge_parse(const char *header, struct probe_challenge *challenge);
/* Owned: where to ask for a token to pull `repository`. */
char *probe_challenge_url(const struct probe_challenge *challenge, const char *repository);
void probe_challenge_release(struct probe_challenge *challenge);
/* Owned: "token" or "access_token" of the answer; NULL if there is none that fits a header. */
char *probe_challenge_token(const char *json);

#endif
