/* SHA-256 through libsodium; hex in lower case. */
#ifndef MW_HASH_H
#define MW_HASH_H

#include <stddef.h>

#define MW_SHA256_HEX 65 /* 64 digits and a NUL */

void mw_sha256_hex(const void *bytes, size_t len, char hex[MW_SHA256_HEX]);

#endif
