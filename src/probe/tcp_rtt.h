/* The round trip that the kernel has seen on a connection. */
#ifndef MW_PROBE_TCP_RTT_H
#define MW_PROBE_TCP_RTT_H

/* Microseconds, the least since the connection was made (Linux 4.6: tcpi_min_rtt); -1 if the
 * kernel does not say. No scheduling of ours can inflate it. */
long probe_tcp_rtt_us(int socket);

#endif
