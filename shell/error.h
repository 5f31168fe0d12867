/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of failure that hmpsh knows, and what each means to whoever called it. */
#pragma once

#include <glib.h>

#define HMPSH_ERROR (error_quark())

typedef enum {
    HMPSH_ERROR_FAILED,      /* QEMU or libvirt refused, or what was asked for did not happen */
    HMPSH_ERROR_NOT_FOUND,   /* this QEMU has no such command */
    HMPSH_ERROR_SYNTAX,      /* a command's arguments are not what the command takes */
    HMPSH_ERROR_TIMEOUT,     /* no answer within the time given */
    HMPSH_ERROR_PENDING,     /* the guest's monitor still works on an earlier command */
    HMPSH_ERROR_INTERRUPTED, /* Ctrl-C */
    HMPSH_ERROR_USAGE,       /* hmpsh itself was called wrongly */
    HMPSH_ERROR_NO_GUEST,    /* no such guest, or none chosen */
    HMPSH_ERROR_LOST,        /* the connection or the guest is gone */
} HmpshError;

/* Exit statuses, part of the interface (hmpsh(1), EXIT STATUS). */
typedef enum {
    EXIT_OK = 0,
    EXIT_COMMAND_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_LOST = 3,
} ExitStatus;

GQuark error_quark(void);

/* The exit status that @error leads to when nothing handles it. A foreign GError is
 * EXIT_COMMAND_FAILED. */
ExitStatus error_exit_status(const GError *error);

/* The name of @error's kind as --json shows it ("class"): QMP's own CommandNotFound and
 * GenericError (QAPI: QapiErrorClass) where QEMU spoke, else a name of hmpsh's. Static. */
const char *error_class(const GError *error);

/* Why nothing can be read from the file @path (a directory, for one), in the locale's language;
 * NULL: it can. Static. */
const char *error_unreadable(const char *path);
