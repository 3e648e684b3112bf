#include "mirrorwise/thread.h"

#include <signal.h>

int mw_thread_start(pthread_t *thread, void *(*work)(void *), void *context)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, work, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}
