/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libvirt connection, and libvirt's errors as one sentence. */
#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>

typedef struct Connection Connection;

/* Once, before any thread and before anything else of libvirt: registers the event loop (libvirt's
 * default implementation runs on GLib's default main context) and keeps libvirt from writing to
 * standard error by itself, unless the user asked for it (LIBVIRT_DEBUG, LIBVIRT_LOG_OUTPUTS). */
void connection_init_library(void);

/* Credentials typed at the terminal, so that the next connection to the same URI need not ask. */
typedef struct Answers Answers;

Answers *answers_new(void);
void answers_free(Answers *answers);

/* Opens @uri (NULL: $LIBVIRT_DEFAULT_URI, else libvirt's own choice). With @answers, libvirt may
 * ask for credentials on the terminal, as in virsh; NULL: it may not. Keepalive is set where the
 * driver has it, so that a dead link is noticed. May block. The caller owns the result;
 * HMPSH_ERROR_LOST on failure. */
Connection *connection_open(const char *uri, Answers *answers, GError **error);

Connection *connection_ref(Connection *connection);
void connection_unref(Connection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connection, connection_unref)

virConnectPtr connection_handle(Connection *connection);

/* The URI as libvirt tells it. Borrowed. */
const char *connection_uri(Connection *connection);

/* The running guest that @name means: a name, a UUID or an id, as virsh takes them. The caller
 * frees it with virDomainFree(). HMPSH_ERROR_NO_GUEST when there is none. */
virDomainPtr connection_find(Connection *connection, const char *name, GError **error);

/* Whether @domain has ended because libvirt migrated it. Known of a persistent one only: nothing is
 * left of others. */
gboolean connection_has_migrated(virDomainPtr domain);

/* One domain in a list. */
typedef struct {
    char *name;
    char uuid[VIR_UUID_STRING_BUFLEN];
    int id; /* -1: not running */
    const char *state;
} DomainEntry;

/* All domains, or only the running ones: these first, by id, then the others by name; DomainEntry,
 * owned by the caller. NULL with HMPSH_ERROR_LOST or _FAILED. */
GPtrArray *connection_domains(Connection *connection, gboolean only_running, GError **error);

/* Sets @error from libvirt's last error on this thread: "PREFIX: what libvirt says". @code is used
 * unless the connection behind @connection (may be NULL) is dead, which makes it HMPSH_ERROR_LOST.
 */
void connection_set_error(Connection *connection, int code, const char *prefix, GError **error);
