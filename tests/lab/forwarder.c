/*
 * Moves IP packets between two TUN devices, each in a network namespace of its own, and holds
 * every packet for half the round trip of the server it goes to or comes from. It stands in for
 * netem, which many kernels lack, and knows one more thing: a figure per server address.
 *
 * usage: forwarder TABLE CLIENT_NETNS DEVICE SERVER_NETNS DEVICE
 *
 * TABLE has a line a server: address rtt_ms jitter_ms loss_percent rate_kbit. A round trip lies
 * between rtt and rtt + jitter; loss strikes each packet either way; rate 0 is unbounded; loss
 * 100 is a blackhole, and so is an address that the table lacks. The program returns to its
 * caller as soon as both devices are attached and goes on in the background until it is killed.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
    CLIENT,
    SERVER,
    SIDES,
    PACKET_MAX_BYTES = 2048,  /* the devices have an MTU of 1500 and no segmentation offload */
    PENDING_MAX = 1 << 16,    /* about 100 MB, far above what 2 cores can keep in flight */
    READS_A_TURN = 64,        /* deliveries that fall due must not wait for a long burst */
    QUEUE_MAX_NS = 200000000, /* a rated link drops what would wait longer than this */
    NS_A_MS = 1000000,
};

/* What a direction of a server's link remembers: when it is free, and the last delivery. */
struct lane {
    int64_t free_ns;
    int64_t last_due_ns;
};

struct server {
    struct in6_addr address; /* IPv4 in its mapped form, so that one table holds both */
    double rtt_ms;
    double jitter_ms;
    double loss_percent;
    double rate_kbit;
    struct lane lanes[SIDES]; /* by the side the packet comes from */
};

struct packet {
    int64_t due_ns;
    uint64_t order; /* equal due times leave in the order they came */
    int to;
    size_t bytes;
    unsigned char data[];
};

static struct server *servers;
static size_t server_count;
static struct packet *pending[PENDING_MAX]; /* a binary heap, the next one due first */
static size_t pending_count;

static void die(const char *what)
{
    fprintf(stderr, "forwarder: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * NS_A_MS + now.tv_nsec;
}

/* Uniform in [0, 1). A fixed seed: the same traffic meets the same luck in every run. */
static double luck(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) / 9007199254740992.0;
}

static int compare_servers(const void *a, const void *b)
{
    const struct server *left = a;
    const struct server *right = b;

    return memcmp(&left->address, &right->address, sizeof(left->address));
}

static void map_ipv4(struct in6_addr *address, const void *four_bytes)
{
    memset(address, 0, sizeof(*address));
    memset(address->s6_addr + 10, 0xff, 2);
    memcpy(address->s6_addr + 12, four_bytes, 4);
}

static void read_table(const char *path)
{
    FILE *file = fopen(path, "re");
    char address[64];
    struct server row = {.rtt_ms = 0};
    struct in_addr four;

    if (file == NULL) {
        die(path);
    }
    while (fscanf(file, "%63s %lf %lf %lf %lf", address, &row.rtt_ms, &row.jitter_ms,
                  &row.loss_percent, &row.rate_kbit) == 5) {
        if (inet_pton(AF_INET, address, &four) == 1) {
            map_ipv4(&row.address, &four);
        } else if (inet_pton(AF_INET6, address, &row.address) != 1) {
            errno = EINVAL;
            die(address);
        }
        servers = reallocarray(servers, server_count + 1, sizeof(*servers));
        if (servers == NULL) {
            die("table");
        }
        servers[server_count++] = row;
    }
    if (!feof(file) || server_count == 0) {
        errno = EINVAL;
        die(path);
    }
    fclose(file);
    qsort(servers, server_count, sizeof(*servers), compare_servers);
}

/* A TUN device belongs to the network namespace in which /dev/net/tun was opened. */
static int attach(const char *netns, const char *device)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int ns = open(netns, O_RDONLY | O_CLOEXEC);
    int tun;

    if (ns < 0 || setns(ns, CLONE_NEWNET) != 0) {
        die(netns);
    }
    close(ns);
    tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
    if (tun < 0 || ioctl(tun, TUNSETIFF, &request) != 0) {
        die(device);
    }
    return tun;
}

/* The server a packet from this side belongs to, or NULL. */
static struct server *find_server(const unsigned char *data, size_t bytes, int from)
{
    struct server key = {.rtt_ms = 0};

    if (bytes >= 20 && data[0] >> 4 == 4) {
        map_ipv4(&key.address, data + (from == CLIENT ? 16 : 12));
    } else if (bytes >= 40 && data[0] >> 4 == 6) {
        memcpy(&key.address, data + (from == CLIENT ? 24 : 8), sizeof(key.address));
    } else {
        return NULL;
    }
    return bsearch(&key, servers, server_count, sizeof(*servers), compare_servers);
}

/* When a packet that came now has to leave, or -1 when it is lost. */
static int64_t due_time(struct server *server, struct lane *lane, size_t bytes, int64_t now)
{
    int64_t due = now;

    if (luck() * 100 < server->loss_percent) {
        return -1;
    }
    if (server->rate_kbit > 0) {
        due = lane->free_ns > now ? lane->free_ns : now;
        if (due - now > QUEUE_MAX_NS) {
            return -1;
        }
        due += (int64_t)((double)bytes * 8 * NS_A_MS / server->rate_kbit);
        lane->free_ns = due;
    }
    due += (int64_t)((server->rtt_ms + luck() * server->jitter_ms) / 2 * NS_A_MS);
    if (due < lane->last_due_ns) {
        due = lane->last_due_ns; /* jitter delays but never reorders */
    }
    lane->last_due_ns = due;
    return due;
}

static int leaves_before(const struct packet *a, const struct packet *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void push(struct packet *packet)
{
    size_t at = pending_count++;

    while (at > 0 && leaves_before(packet, pending[(at - 1) / 2])) {
        pending[at] = pending[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    pending[at] = packet;
}

static struct packet *pop(void)
{
    struct packet *first = pending[0];
    struct packet *last = pending[--pending_count];
    size_t at = 0;
    size_t child;

    while ((child = 2 * at + 1) < pending_count) {
        if (child + 1 < pending_count && leaves_before(pending[child + 1], pending[child])) {
            child++;
        }
        if (!leaves_before(pending[child], last)) {
            break;
        }
        pending[at] = pending[child];
        at = child;
    }
    pending[at] = last;
    return first;
}

static void take_packets(int tun, int from)
{
    static uint64_t order;
    unsigned char data[PACKET_MAX_BYTES];

    for (int i = 0; i < READS_A_TURN; i++) {
        ssize_t bytes = read(tun, data, sizeof(data));
        struct server *server = bytes > 0 ? find_server(data, (size_t)bytes, from) : NULL;
        struct packet *packet;
        int64_t due;

        if (bytes <= 0) {
            return;
        }
        if (server == NULL || pending_count == PENDING_MAX) {
            continue;
        }
        due = due_time(server, &server->lanes[from], (size_t)bytes, now_ns());
        if (due < 0) {
            continue;
        }
        packet = malloc(sizeof(*packet) + (size_t)bytes);
        if (packet == NULL) {
            die("packet");
        }
        *packet = (struct packet){.due_ns = due,
                                  .order = order,
                                  .to = from == CLIENT ? SERVER : CLIENT,
                                  .bytes = (size_t)bytes};
        memcpy(packet->data, data, (size_t)bytes);
        push(packet);
        order++;
    }
}

static void run(const int tuns[SIDES])
{
    struct pollfd polls[SIDES] = {{.fd = tuns[CLIENT], .events = POLLIN},
                                  {.fd = tuns[SERVER], .events = POLLIN}};

    for (;;) {
        struct timespec wait = {.tv_sec = 0};
        int64_t now = now_ns();

        while (pending_count > 0 && pending[0]->due_ns <= now) {
            struct packet *packet = pop();

            /* A device that takes no packet loses it, as a full network card would. */
            if (write(tuns[packet->to], packet->data, packet->bytes) < 0 && errno == EBADFD) {
                die("device");
            }
            free(packet);
        }
        if (pending_count > 0) {
            wait.tv_sec = (pending[0]->due_ns - now) / (1000 * NS_A_MS);
            wait.tv_nsec = (pending[0]->due_ns - now) % (1000 * NS_A_MS);
        }
        if (ppoll(polls, SIDES, pending_count > 0 ? &wait : NULL, NULL) < 0 && errno != EINTR) {
            die("ppoll");
        }
        for (int side = 0; side < SIDES; side++) {
            if ((polls[side].revents & POLLIN) != 0) {
                take_packets(tuns[side], side);
            }
        }
    }
}

int main(int argc, char **argv)
{
    /* Above whoever runs the whole lab in the real-time class. */
    const struct sched_param priority = {.sched_priority = 2};
    int tuns[SIDES];

    if (argc != 6) {
        fprintf(stderr, "usage: forwarder TABLE CLIENT_NETNS DEVICE SERVER_NETNS DEVICE\n");
        return EXIT_FAILURE;
    }
    read_table(argv[1]);
    tuns[CLIENT] = attach(argv[2], argv[3]);
    tuns[SERVER] = attach(argv[4], argv[5]);
    switch (fork()) {
    case -1:
        die("fork");
        break;
    case 0:
        break;
    default:
        return EXIT_SUCCESS;
    }
    /* Late timers and waiting behind busy servers would show as round trip; a container may
     * refuse the real-time class, and then the figures are as good as the load allows. */
    (void)sched_setscheduler(0, SCHED_FIFO, &priority);
    (void)prctl(PR_SET_TIMERSLACK, 1L);
    run(tuns);
    return EXIT_SUCCESS;
}
