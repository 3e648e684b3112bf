/* How private an address is. A mirror may send us to other hosts (redirects, links, token
 * servers), but not to anything more private than itself: a public mirror that points to
 * 127.0.0.1 or to 169.254.169.254 is attacking somebody. */
#ifndef MW_PROBE_ADDRESS_H
#define MW_PROBE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

enum probe_scope {
    PROBE_SCOPE_LOOPBACK,
    PROBE_SCOPE_LINK,    /* 169.254/16 (clouds keep their metadata there), fe80::/10 */
    PROBE_SCOPE_PRIVATE, /* RFC 1918, fc00::/7, 100.64/10 */
    PROBE_SCOPE_PUBLIC,
};

/* False for what no server has: unspecified, multicast, broadcast. IPv4 inside IPv6 (mapped,
 * NAT64, 6to4) counts as the IPv4 address. */
bool probe_address_scope(const struct sockaddr *address, enum probe_scope *scope);
/* The same for a numeric address as text; public if it is none. */
enum probe_scope probe_address_scope_text(const char *address);

#endif
