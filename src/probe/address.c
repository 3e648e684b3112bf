#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

/* IANA's registries of special-purpose addresses; the first row that fits decides. */
static const struct {
    uint32_t network, mask;
    enum probe_scope scope;
    bool is_nobody;
} v4_ranges[] = {
    {0x00000000, 0xff000000, PROBE_SCOPE_LOOPBACK, true}, /* "this network" */
    {0x7f000000, 0xff000000, PROBE_SCOPE_LOOPBACK, false},
    {0xa9fe0000, 0xffff0000, PROBE_SCOPE_LINK, false},
    {0x0a000000, 0xff000000, PROBE_SCOPE_PRIVATE, false},
    {0xac100000, 0xfff00000, PROBE_SCOPE_PRIVATE, false},
    {0xc0a80000, 0xffff0000, PROBE_SCOPE_PRIVATE, false},
    {0x64400000, 0xffc00000, PROBE_SCOPE_PRIVATE, false}, /* carrier NAT; Alibaba's metadata */
    {0xe0000000, 0xe0000000, PROBE_SCOPE_PUBLIC, true},   /* multicast, reserved, broadcast */
};

static bool v4_scope(uint32_t address, enum probe_scope *scope)
{
    for (size_t i = 0; i < sizeof v4_ranges / sizeof *v4_ranges; i++) {
        if ((address & v4_ranges[i].mask) == v4_ranges[i].network) {
            *scope = v4_ranges[i].scope;
            return !v4_ranges[i].is_nobody;
        }
    }
    *scope = PROBE_SCOPE_PUBLIC;
    return true;
}

static uint32_t v4_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool v6_scope(const struct in6_addr *address, enum probe_scope *scope)
{
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    const uint8_t *bytes = address->s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(address) || memcmp(bytes, nat64, sizeof nat64) == 0)
        return v4_scope(v4_at(bytes + 12), scope);
    if (bytes[0] == 0x20 && bytes[1] == 0x02)
        return v4_scope(v4_at(bytes + 2), scope);
    *scope = PROBE_SCOPE_PUBLIC;
    if (IN6_IS_ADDR_LOOPBACK(address))
        *scope = PROBE_SCOPE_LOOPBACK;
    else if (IN6_IS_ADDR_LINKLOCAL(address))
        *scope = PROBE_SCOPE_LINK;
    else if ((bytes[0] & 0xfe) == 0xfc || IN6_IS_ADDR_SITELOCAL(address))
        *scope = PROBE_SCOPE_PRIVATE;
    return !IN6_IS_ADDR_UNSPECIFIED(address) && !IN6_IS_ADDR_MULTICAST(address);
}

bool probe_address_scope(const struct sockaddr *address, enum probe_scope *scope)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        return v4_scope(ntohl(v4.sin_addr.s_addr), scope);
    }
    if (address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    return v6_scope(&v6.sin6_addr, scope);
}

enum probe_scope probe_address_scope_text(const char *address)
{
    enum probe_scope scope = PROBE_SCOPE_PUBLIC;
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1)
        v4_scope(ntohl(v4.s_addr), &scope);
    else if (inet_pton(AF_INET6, address, &v6) == 1)
        v6_scope(&v6, &scope);
    return scope;
}
