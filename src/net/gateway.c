/* Who is the next one on the way out. An address like 192.168.1.1 is given to the router of every
 * second home and café; its link address (Ethernet, Wi-Fi) is that one's alone. Asked of the
 * kernel over rtnetlink(7), which needs no /proc and knows IPv6 too. */
#include <string.h>

#include "mirrorwise/net.h"

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/time.h> /* musl declares struct timeval only here */
#include <unistd.h>

#define MAX_READS 1024 /* of one answer; a router's table of a million routes ends here */

struct gateway {
    bool is_found;
    unsigned char family;
    uint32_t metric, device;
    unsigned char address[16], link[32];
    size_t address_len, link_len;
};

/* What follows the fixed part of a row (rtnetlink(3); its macros mix signed and unsigned). */
struct attributes {
    const char *at;
    size_t left;
};

static struct attributes attributes_of(const struct nlmsghdr *header, size_t fixed_len)
{
    size_t begin = NLMSG_LENGTH(NLMSG_ALIGN(fixed_len));
    struct attributes attributes = {0};
    if (header->nlmsg_len > begin) {
        attributes.at = (const char *)header + begin;
        attributes.left = header->nlmsg_len - begin;
    }
    return attributes;
}

static const struct rtattr *next_attribute(struct attributes *attributes)
{
    const struct rtattr *attribute = (const struct rtattr *)attributes->at;
    if (attributes->left < sizeof *attribute || attribute->rta_len < sizeof *attribute ||
        attribute->rta_len > attributes->left)
        return NULL;
    size_t len = RTA_ALIGN(attribute->rta_len);
    len = len < attributes->left ? len : attributes->left;
    attributes->at += len;
    attributes->left -= len;
    return attribute;
}

static void copy_attribute(const struct rtattr *attribute, unsigned char *to, size_t max,
                           size_t *len)
{
    *len = RTA_PAYLOAD(attribute) <= max ? RTA_PAYLOAD(attribute) : 0;
    memcpy(to, RTA_DATA(attribute), *len);
}

static uint32_t number_of(const struct rtattr *attribute)
{
    uint32_t number = 0;
    if (RTA_PAYLOAD(attribute) >= sizeof number)
        memcpy(&number, RTA_DATA(attribute), sizeof number);
    return number;
}

/* The default route that the kernel would take: IPv4's before IPv6's, which comes and goes with
 * advertisements, then the lowest metric. */
static void take_route(const struct nlmsghdr *header, struct gateway *best)
{
    const struct rtmsg *route = NLMSG_DATA(header);
    bool is_default = header->nlmsg_type == RTM_NEWROUTE && route->rtm_dst_len == 0 &&
                      route->rtm_table == RT_TABLE_MAIN && route->rtm_type == RTN_UNICAST &&
                      (route->rtm_family == AF_INET || route->rtm_family == AF_INET6);
    if (!is_default)
        return;
    struct gateway found = {.is_found = true, .family = route->rtm_family};
    struct attributes attributes = attributes_of(header, sizeof *route);
    for (const struct rtattr *at; (at = next_attribute(&attributes)) != NULL;) {
        if (at->rta_type == RTA_GATEWAY)
            copy_attribute(at, found.address, sizeof found.address, &found.address_len);
        else if (at->rta_type == RTA_OIF)
            found.device = number_of(at);
        else if (at->rta_type == RTA_PRIORITY)
            found.metric = number_of(at);
    }
    bool is_better =
        found.family != best->family ? found.family == AF_INET : found.metric < best->metric;
    if (!best->is_found || is_better)
        *best = found;
}

static void take_neighbour(const struct nlmsghdr *header, struct gateway *gateway)
{
    const struct ndmsg *neighbour = NLMSG_DATA(header);
    unsigned char address[16], link[sizeof gateway->link];
    size_t address_len = 0, link_len = 0;
    if (header->nlmsg_type != RTM_NEWNEIGH || neighbour->ndm_family != gateway->family ||
        neighbour->ndm_ifindex != (int)gateway->device ||
        (neighbour->ndm_state & (NUD_INCOMPLETE | NUD_FAILED)) != 0)
        return;
    struct attributes attributes = attributes_of(header, sizeof *neighbour);
    for (const struct rtattr *at; (at = next_attribute(&attributes)) != NULL;) {
        if (at->rta_type == NDA_DST)
            copy_attribute(at, address, sizeof address, &address_len);
        else if (at->rta_type == NDA_LLADDR)
            copy_attribute(at, link, sizeof link, &link_len);
    }
    if (address_len != gateway->address_len || memcmp(address, gateway->address, address_len) != 0)
        return;
    memcpy(gateway->link, link, link_len);
    gateway->link_len = link_len;
}

/* Asks for a whole table; `take` is called for each row of it. */
static bool dump(int fd, unsigned short type, size_t body_len,
                 void (*take)(const struct nlmsghdr *header, struct gateway *gateway),
                 struct gateway *gateway)
{
    struct {
        struct nlmsghdr header;
        char body[32]; /* a struct rtmsg or ndmsg of zeros: every family */
    } request = {.header = {.nlmsg_len = (uint32_t)NLMSG_LENGTH(body_len),
                            .nlmsg_type = type,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                            .nlmsg_seq = type}};
    _Alignas(struct nlmsghdr) char answer[32768];
    if (send(fd, &request, request.header.nlmsg_len, 0) < 0)
        return false;
    for (int reads = 0; reads < MAX_READS; reads++) {
        ssize_t got = recv(fd, answer, sizeof answer, 0);
        if (got <= 0)
            return false;
        unsigned left = (unsigned)got;
        for (const struct nlmsghdr *at = (const struct nlmsghdr *)answer; NLMSG_OK(at, left);
             at = NLMSG_NEXT(at, left)) {
            if (at->nlmsg_type == NLMSG_DONE || at->nlmsg_type == NLMSG_ERROR)
                return at->nlmsg_type == NLMSG_DONE;
            if (at->nlmsg_seq == type && at->nlmsg_len >= NLMSG_LENGTH(body_len))
                take(at, gateway);
        }
    }
    return false;
}

void mw_net_put_gateway(struct mw_buf *text)
{
    struct gateway gateway = {0};
    const struct timeval limit = {.tv_sec = 1};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return; /* some sandboxes and Android give no program this */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    bool is_whole = dump(fd, RTM_GETROUTE, sizeof(struct rtmsg), take_route, &gateway);
    if (is_whole && gateway.is_found && gateway.address_len > 0)
        (void)dump(fd, RTM_GETNEIGH, sizeof(struct ndmsg), take_neighbour, &gateway);
    (void)close(fd);
    if (!gateway.is_found)
        return;

    char name[INET6_ADDRSTRLEN > IF_NAMESIZE ? INET6_ADDRSTRLEN : IF_NAMESIZE] = "";
    mw_buf_puts(text, "gateway ");
    if (gateway.link_len > 0) {
        for (size_t i = 0; i < gateway.link_len; i++)
            mw_buf_printf(text, "%s%02x", i > 0 ? ":" : "", gateway.link[i]);
    } else if (gateway.address_len > 0) { /* not met yet, or a link without addresses (PPP) */
        mw_buf_puts(text, inet_ntop(gateway.family, gateway.address, name, sizeof name));
    } else {
        mw_buf_puts(text, if_indextoname(gateway.device, name) != NULL ? name : "");
    }
    mw_buf_putc(text, '\n');
}
