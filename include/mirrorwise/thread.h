/* Threads that hear no signals. */
#ifndef MW_THREAD_H
#define MW_THREAD_H

#include <pthread.h>

/* pthread_create() with every signal blocked in the new thread: they are for the one that waits for
 * them. 0 or the error number. Any thread. */
int mw_thread_start(pthread_t *thread, void *(*work)(void *), void *context);

#endif
