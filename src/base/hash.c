#include "mirrorwise/hash.h"

#include <sodium.h>

void mw_sha256_hex(const void *bytes, size_t len, char hex[MW_SHA256_HEX])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    _Static_assert(sizeof digest * 2 + 1 == MW_SHA256_HEX, "the digest does not fit");
    crypto_hash_sha256(digest, bytes, len);
    sodium_bin2hex(hex, MW_SHA256_HEX, digest, sizeof digest);
}
