#include "peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mirrorwise/buffer.h"
#include "mirrorwise/i18n.h"
#include "mirrorwise/memory.h"
#include "mirrorwise/text.h"

enum { DAY_S = 86400 };

static void add_peer(struct mw_probe_peer *peer, const char *address)
{
    if (address[0] == '\0')
        return;
    for (size_t i = 0; i < MW_PROBE_ADDRESSES; i++) {
        if (strcmp(peer->tried[i], address) == 0)
            return;
        if (peer->tried[i][0] == '\0') {
            snprintf(peer->tried[i], sizeof peer->tried[i], "%s", address);
            return;
        }
    }
}

void probe_peer_add_address(struct mw_probe_peer *peer, const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
    add_peer(peer, text);
}

/* As OpenSSL prints a time (ASN1_TIME_print), and as libcurl does for its other TLS libraries
 * (lib/vtls/x509asn1.c). Month names are those of the C locale: LC_TIME is never set. */
static long read_time(const char *text)
{
    static const char *const forms[] = {"%b %d %H:%M:%S %Y GMT", "%Y-%m-%d %H:%M:%S GMT"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tm time = {0};
        const char *end = strptime(text, forms[i], &time);
        if (end != NULL && *end == '\0')
            return (long)timegm(&time);
    }
    return 0;
}

/* The length of the first attribute of a name like `C = US, O = "Wide, Inc.", CN = R11`: quotes
 * protect a comma (RFC 2253, section 4). */
static size_t attribute_length(const char *name)
{
    size_t len = 0;
    for (bool is_quoted = false; name[len] != '\0'; len++) {
        if (name[len] == '\\' && name[len + 1] != '\0')
            len++;
        else if (name[len] == '"')
            is_quoted = !is_quoted;
        else if (name[len] == ',' && !is_quoted)
            break;
    }
    return len;
}

static bool take_value(const char *attribute, size_t len, const char *type, struct mw_buf *value)
{
    size_t type_len = strlen(type);
    if (len <= type_len || strncmp(attribute, type, type_len) != 0)
        return false;
    const char *text = attribute + type_len;
    size_t text_len = len - type_len;
    mw_text_trim(&text, &text_len);
    if (text_len == 0 || text[0] != '=')
        return false;
    text++;
    text_len--;
    mw_text_trim(&text, &text_len);
    if (text_len >= 2 && text[0] == '"' && text[text_len - 1] == '"') {
        text++;
        text_len -= 2;
    }
    mw_buf_release(value);
    mw_buf_append(value, text, text_len);
    return true;
}

/* Who: the organisation, then what it calls this key. */
static void read_issuer(struct mw_probe_peer *peer, const char *name)
{
    MW_AUTO(mw_buf) who = {0};
    MW_AUTO(mw_buf) key = {0};
    for (const char *at = name; *at != '\0';) {
        size_t len = attribute_length(at);
        if (!take_value(at, len, "O", &who))
            take_value(at, len, "CN", &key);
        at += len;
        at += strspn(at, ", ");
    }
    snprintf(peer->cert_issuer, sizeof peer->cert_issuer, "%s%s%s", mw_buf_text(&who),
             who.len > 0 && key.len > 0 ? ", " : "", mw_buf_text(&key));
}

void probe_peer_read(struct mw_probe_peer *peer, const char *line, long now_s)
{
    static const char expires[] = "Expire date:";
    static const char issuer[] = "Issuer:";
    if (mw_text_starts(line, expires)) {
        peer->cert_expires_s = read_time(line + sizeof expires - 1);
        peer->cert_left_s = peer->cert_expires_s - now_s;
    } else if (mw_text_starts(line, issuer)) {
        read_issuer(peer, line + sizeof issuer - 1);
    }
}

char *mw_probe_cert_text(const struct mw_probe_peer *peer)
{
    if (peer->cert_expires_s == 0)
        return NULL;
    long days = peer->cert_left_s / DAY_S;
    MW_FREE char *until = mw_text_time(peer->cert_expires_s);
    return mw_xasprintf(ngettext("valid until %.10s, %ld day left",
                                 "valid until %.10s, %ld days left", (unsigned long)days),
                        until, days);
}

void mw_probe_peer_merge(struct mw_probe_peer *peer, const struct mw_probe_peer *from)
{
    for (size_t i = 0; i < MW_PROBE_ADDRESSES; i++)
        add_peer(peer, from->tried[i]);
    if (from->cert_expires_s == 0)
        return;
    peer->cert_expires_s = from->cert_expires_s;
    peer->cert_left_s = from->cert_left_s;
    memcpy(peer->cert_issuer, from->cert_issuer, sizeof peer->cert_issuer);
}
