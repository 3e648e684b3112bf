#include "mirrorwise/note.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "mirrorwise/text.h"

enum { ED25519 = 1, HASH_DIGITS = 8 };

/* Em dash and a blank begin a line that is a signature. */
static const char signature_mark[] = "\xe2\x80\x94 ";

/* note.go isValidName(). */
static bool is_name(const char *name, size_t len)
{
    return len > 0 && len < MW_NOTE_NAME && mw_utf8_valid(name, len) &&
           memchr(name, ' ', len) == NULL && memchr(name, '\t', len) == NULL;
}

/* note.go keyHash(): the first bytes of SHA-256(NAME LF KEY). */
static void hash_key(const char *name, size_t name_len, const unsigned char *key, size_t key_len,
                     unsigned char id[4])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)name, name_len);
    crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
    crypto_hash_sha256_update(&state, key, key_len);
    crypto_hash_sha256_final(&state, digest);
    memcpy(id, digest, 4);
}

bool mw_note_key_parse(const char *text, struct mw_note_key *key)
{
    struct mw_note_key read = {.name = ""};
    unsigned char bytes[1 + MW_NOTE_KEY_BYTES]; /* the algorithm goes first */
    unsigned char id[4];
    size_t len = 0;
    const char *hash = strchr(text, '+');
    const char *key64 = hash != NULL ? strchr(hash + 1, '+') : NULL;
    if (key64 == NULL || key64 - hash - 1 != HASH_DIGITS || !is_name(text, (size_t)(hash - text)))
        return false;
    if (sodium_hex2bin(id, sizeof id, hash + 1, HASH_DIGITS, NULL, &len, NULL) != 0 ||
        len != sizeof id)
        return false;
    if (sodium_base642bin(bytes, sizeof bytes, key64 + 1, strlen(key64 + 1), NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        len != sizeof bytes || bytes[0] != ED25519)
        return false;
    memcpy(read.name, text, (size_t)(hash - text));
    memcpy(read.key, bytes + 1, sizeof read.key);
    hash_key(text, (size_t)(hash - text), bytes, sizeof bytes, read.id);
    if (memcmp(read.id, id, sizeof id) != 0)
        return false;
    *key = read;
    return true;
}

/* One line "— NAME BASE64(id, signature)". */
static bool is_signature(const char *line, size_t len, const char *text, size_t text_len,
                         const struct mw_note_key *key)
{
    unsigned char bytes[sizeof key->id + crypto_sign_BYTES];
    size_t mark = sizeof signature_mark - 1;
    size_t name = strlen(key->name);
    size_t got = 0;
    if (len < mark + name + 1 || memcmp(line, signature_mark, mark) != 0 ||
        memcmp(line + mark, key->name, name) != 0 || line[mark + name] != ' ')
        return false;
    const char *base64 = line + mark + name + 1;
    return sodium_base642bin(bytes, sizeof bytes, base64, (size_t)(line + len - base64), NULL, &got,
                             NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           got == sizeof bytes && memcmp(bytes, key->id, sizeof key->id) == 0 &&
           crypto_sign_verify_detached(bytes + sizeof key->id, (const unsigned char *)text,
                                       text_len, key->key) == 0;
}

/* The signed text of a note ends with the last line feed before its last empty line; 0 if there is
 * none. */
static size_t note_text_at(const char *note, size_t len)
{
    for (size_t at = len; at >= 2; at--) {
        if (note[at - 1] == '\n' && note[at - 2] == '\n')
            return at - 1;
    }
    return 0;
}

static bool is_signed(const char *note, size_t len, const struct mw_note_key *key)
{
    size_t text_len = note_text_at(note, len);
    const char *end = note + len;
    if (text_len == 0 || end[-1] != '\n')
        return false;
    for (const char *line = note + text_len + 1; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (is_signature(line, (size_t)(stop - line), note, text_len, key))
            return true;
        line = stop + 1;
    }
    return false;
}

/* x/mod/sumdb/tlog/note.go ParseTree(). */
bool mw_note_is_tree(const char *note, size_t len, const struct mw_note_key *key,
                     char size[MW_NOTE_SIZE_TEXT])
{
    static const char head[] = "go.sum database tree\n";
    size_t begin = sizeof head - 1;
    size_t digits = 0;
    if (len < begin || memcmp(note, head, begin) != 0 || !is_signed(note, len, key))
        return false;
    while (begin + digits < len && note[begin + digits] >= '0' && note[begin + digits] <= '9')
        digits++;
    if (digits == 0 || digits >= MW_NOTE_SIZE_TEXT || note[begin + digits] != '\n')
        return false;
    memcpy(size, note + begin, digits);
    size[digits] = '\0';
    return true;
}
