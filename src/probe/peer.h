/* What a connection shows of its other end: the addresses that were tried, the certificate. */
#ifndef MW_PROBE_PEER_H
#define MW_PROBE_PEER_H

#include <sys/socket.h>

#include "mirrorwise/probe.h"

/* Adds an address unless it is there or there are too many. */
void probe_peer_add_address(struct mw_probe_peer *peer, const struct sockaddr *address);

/* Reads one line of CURLINFO_CERTINFO, "Expire date:…" or "Issuer:…"; others do nothing. `now_s`
 * is since 1970. */
void probe_peer_read(struct mw_probe_peer *peer, const char *line, long now_s);

#endif
