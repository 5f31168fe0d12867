/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/migration/check/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *address_host(const char *uri)
{
    const char *colon = strrchr(uri, ':');
    const char *host = uri + strlen("tcp:");

    if (!g_str_has_prefix(uri, "tcp:") || colon < host || colon == host) {
        return NULL;
    }
    return *host == '[' ? g_strndup(host + 1, strcspn(host + 1, "]"))
                        : g_strndup(host, (gsize)(colon - host));
}

/* --- names --- */

/* A host can bind to its own addresses only; port 0 takes none from anybody. */
static gboolean is_own(const struct addrinfo *found)
{
    int number = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gboolean own = number >= 0 && bind(number, found->ai_addr, found->ai_addrlen) == 0;

    if (number >= 0) {
        close(number);
    }
    return own;
}

static gboolean is_loopback(const char *address)
{
    return g_str_has_prefix(address, "127.") || strcmp(address, "::1") == 0;
}

Json *address_look_up(const char *name)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    char address[INET6_ADDRSTRLEN];
    int why = getaddrinfo(name, NULL, &hints, &found);
    Json *result;

    if (why != 0) {
        return json_dict("error", json_object_new_string(gai_strerror(why)), NULL);
    }
    if (getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof(address), NULL, 0,
                    NI_NUMERICHOST) != 0) {
        address[0] = '\0';
    }
    result = json_dict("address", json_object_new_string(address), "loopback",
                       json_object_new_boolean(is_loopback(address)), "own",
                       json_object_new_boolean(is_own(found)), NULL);
    freeaddrinfo(found);
    return result;
}

/* --- ports --- */

/* Whether @line of such a table is a socket that listens (state 0A) at @port. */
static gboolean listens(const char *line, guint port)
{
    guint found, state;

    return sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x", &found, &state) == 2 &&
           found == port && state == 0x0a;
}

gboolean address_is_listened_at(guint port)
{
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    gboolean any = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *table = NULL;
        g_auto(GStrv) lines = NULL;

        if (!g_file_get_contents(tables[i], &table, NULL, NULL)) {
            continue;
        }
        any = TRUE;
        lines = g_strsplit(table, "\n", -1);
        for (char **line = lines; *line; line++) {
            if (listens(*line, port)) {
                return TRUE;
            }
        }
    }
    return !any;
}
