#include "mirrorwise/thread.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "mirrorwise/memory.h"

int mw_thread_start(pthread_t *thread, void *(*work)(void *), void *context)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, work, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

/* ---- letters -------------------------------------------------------------------------------- */

enum mw_code mw_post_open(struct mw_post *post, size_t size, void *(*work)(void *), void *context,
                          const char *sentence, struct mw_error *err)
{
    *post = (struct mw_post){.size = size, .fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    pthread_mutex_init(&post->mutex, NULL);
    pthread_cond_init(&post->has_work, NULL);
    int failed = post->fd < 0 ? -1 : mw_thread_start(&post->thread, work, context);
    if (failed == 0)
        return MW_OK;
    mw_post_close(post);
    return mw_fail(err, MW_FAILURE, failed > 0 ? failed : 0, "thread", "%s", sentence);
}

void mw_post_close(struct mw_post *post)
{
    if (post->fd >= 0)
        close(post->fd);
    pthread_cond_destroy(&post->has_work);
    pthread_mutex_destroy(&post->mutex);
    free(post->letters);
}

void mw_post_put(struct mw_post *post, const void *letter)
{
    const uint64_t one = 1;
    post->letters = mw_push_room(post->letters, post->count, post->size);
    memcpy(post->letters + post->count++ * post->size, letter, post->size);
    ssize_t written = write(post->fd, &one, sizeof one);
    (void)written; /* fails only if nobody has read for 2^64 letters */
}

void mw_post_drop_all(struct mw_post *post)
{
    uint64_t count = 0;
    post->first = post->count = 0;
    ssize_t drained = read(post->fd, &count, sizeof count);
    (void)drained;
}

bool mw_post_take(struct mw_post *post, void *letter)
{
    pthread_mutex_lock(&post->mutex);
    bool has_one = post->first < post->count;
    if (has_one)
        memcpy(letter, post->letters + post->first++ * post->size, post->size);
    if (post->first == post->count)
        mw_post_drop_all(post);
    pthread_mutex_unlock(&post->mutex);
    return has_one;
}
