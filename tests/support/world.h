/* A sandbox seen as a whole machine: its directory is "/", so that /etc, /proc and /usr are what
 * the test put there. Absolute paths are redirected by the ops table; those that already lie in
 * the sandbox (a socket, say) are taken as they are. One world a process. */
#ifndef MW_TEST_WORLD_H
#define MW_TEST_WORLD_H

#include "sandbox.h"

/* home is /home/u, cwd /work, the environment empty but for PATH=/usr/bin; a person without
 * rights, unless a test sets sys.euid. Nothing waits: nanosleep returns at once. */
void mw_world_open(struct mw_sandbox *box);
/* "NAME=VALUE"; NAME must be new. */
void mw_world_setenv(struct mw_sandbox *box, const char *assignment);
/* The next kill() that comes through the ops table; `hook` answers for it (NULL: it works). */
void mw_world_on_kill(int (*hook)(void *context, pid_t pid, int sig), void *context);

#endif
