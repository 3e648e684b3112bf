#include "unix_server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "mirrorwise/memory.h"
#include "rows.h"

#define MAX_HELD 16

struct mw_unix_server {
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    char *answer, *next;
    unsigned delay, count;
    char request[256];
    int listener, stop[2]; /* set before the thread starts */
};

static void read_request(int fd, char *request, size_t size)
{
    char text[4096];
    size_t len = 0;
    ssize_t got;
    while (len < sizeof text - 1 && (got = read(fd, text + len, sizeof text - 1 - len)) > 0) {
        len += (size_t)got;
        text[len] = '\0';
        if (strstr(text, "\r\n\r\n") != NULL)
            break;
    }
    text[len] = '\0';
    snprintf(request, size, "%.*s", (int)strcspn(text, "\r\n"), text);
}

/* Owned answer, NULL to hold the connection. */
static char *take_answer(struct mw_unix_server *server, const char *request)
{
    pthread_mutex_lock(&server->mutex);
    snprintf(server->request, sizeof server->request, "%s", request);
    server->count++;
    if (server->next != NULL && server->delay-- == 0) {
        free(server->answer);
        server->answer = server->next;
        server->next = NULL;
    }
    char *answer = server->answer != NULL ? mw_xstrdup(server->answer) : NULL;
    pthread_mutex_unlock(&server->mutex);
    return answer;
}

static void *serve(void *context)
{
    struct mw_unix_server *server = context;
    struct pollfd wanted[2] = {{.fd = server->listener, .events = POLLIN},
                               {.fd = server->stop[0], .events = POLLIN}};
    int held[MAX_HELD];
    size_t held_count = 0;
    while (poll(wanted, 2, -1) > 0 && wanted[1].revents == 0) {
        char request[256];
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            continue;
        read_request(fd, request, sizeof request);
        char *answer = take_answer(server, request);
        if (answer == NULL && held_count < MAX_HELD) {
            held[held_count++] = fd;
            continue;
        }
        if (answer != NULL)
            (void)!write(fd, answer, strlen(answer));
        free(answer);
        (void)close(fd);
    }
    while (held_count > 0)
        (void)close(held[--held_count]);
    return NULL;
}

struct mw_unix_server *mw_unix_server_start(const char *path, const char *answer)
{
    struct mw_unix_server *server = mw_xcalloc(1, sizeof *server);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    server->answer = answer != NULL ? mw_xstrdup(answer) : NULL;
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(pipe(server->stop), 0);
    assert_int_equal(pthread_mutex_init(&server->mutex, NULL), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
    return server;
}

void mw_unix_server_answer(struct mw_unix_server *server, const char *answer, unsigned delay)
{
    pthread_mutex_lock(&server->mutex);
    free(server->next);
    server->next = mw_xstrdup(answer);
    server->delay = delay;
    pthread_mutex_unlock(&server->mutex);
}

const char *mw_unix_server_request(struct mw_unix_server *server)
{
    pthread_mutex_lock(&server->mutex);
    const char *request = server->request;
    pthread_mutex_unlock(&server->mutex);
    return request;
}

unsigned mw_unix_server_count(struct mw_unix_server *server)
{
    pthread_mutex_lock(&server->mutex);
    unsigned count = server->count;
    pthread_mutex_unlock(&server->mutex);
    return count;
}

void mw_unix_server_stop(struct mw_unix_server *server)
{
    assert_int_equal(write(server->stop[1], "x", 1), 1);
    assert_int_equal(pthread_join(server->thread, NULL), 0);
    (void)close(server->listener);
    (void)close(server->stop[0]);
    (void)close(server->stop[1]);
    pthread_mutex_destroy(&server->mutex);
    free(server->answer);
    free(server->next);
    free(server);
}
