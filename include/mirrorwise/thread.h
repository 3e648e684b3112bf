/* Threads that hear no signals. */
#ifndef MW_THREAD_H
#define MW_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "mirrorwise/error.h"

/* pthread_create() with every signal blocked in the new thread: they are for the one that waits for
 * them. 0 or the error number. Any thread. */
int mw_thread_start(pthread_t *thread, void *(*work)(void *), void *context);

/* A thread that is given work, and the letters, values of one size, that it posts to the one thread
 * that polls for them. */
struct mw_post {
    pthread_t thread;
    int fd;                  /* readable while a letter waits; for poll() only */
    pthread_mutex_t mutex;   /* guards everything below, and what the two share besides */
    pthread_cond_t has_work; /* for the thread to wait by */
    char *letters;
    size_t size, first, count; /* letters [first .. count) wait */
};

/* Starts the thread. MW_FAILURE with that sentence if it cannot be made; then there is nothing to
 * close. */
enum mw_code mw_post_open(struct mw_post *post, size_t size, void *(*work)(void *), void *context,
                          const char *sentence, struct mw_error *err) MW_WARN_UNUSED;
/* When the thread has ended. */
void mw_post_close(struct mw_post *post);
/* Both with the mutex held. */
void mw_post_put(struct mw_post *post, const void *letter);
void mw_post_drop_all(struct mw_post *post);
/* False if none waits. */
bool mw_post_take(struct mw_post *post, void *letter);

#endif
