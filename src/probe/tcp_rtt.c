/* glibc's <netinet/tcp.h> has a struct tcp_info without tcpi_min_rtt, and cannot be included
 * beside the kernel's. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

#include "curl_slot.h"

long probe_tcp_rtt_us(int socket)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
        len < offsetof(struct tcp_info, tcpi_min_rtt) + sizeof info.tcpi_min_rtt)
        return -1;
    /* ~0 is the kernel's "nothing measured yet". */
    return info.tcpi_min_rtt == 0 || info.tcpi_min_rtt == ~0U ? -1 : (long)info.tcpi_min_rtt;
}
