/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is handed to libvirt for a managed migration: flags, typed parameters, and which of its
 * functions takes them. Made from a command's options; nothing is called here. */
#pragma once

#include <libvirt/libvirt.h>

#include "commands/migration/managed/managed_option.h"
#include "shell/command.h"

/* Who does the work, and so which function is to be called. */
typedef enum {
    MANAGED_BY_CLIENT, /* this process talks to both daemons: virDomainMigrate3() */
    MANAGED_BY_SOURCE, /* peer to peer, or direct: virDomainMigrateToURI3() */
} ManagedDriver;

typedef struct {
    unsigned flags; /* virDomainMigrateFlags */
    virTypedParameterPtr parameters;
    int n_parameters;
    int n_allocated; /* for virTypedParamsAdd...() */
    ManagedDriver driver;
} ManagedCall;

/* An option that was given, with its value: of a rate or a size in .size (bytes), of the others in
 * .text (of a file: its name); of a flag none. */
typedef struct {
    const ManagedOption *option;
    const Value *value;
} ManagedGiven;

/* A side, as far as it is known: what it lacks is then refused beforehand. */
typedef struct {
    gulong libvirt; /* a daemon's, virConnectGetLibVersion(); 0: not known */
    guint qemu;     /* its QEMU's (release.h: 702 for 7.2); 0: not known */
} ManagedSides;

/* Fills @call from the options of managed_list.h that are given in @arguments; arguments that are
 * not in the list are passed over. @more: flags that are wanted besides (what -b, -i and -r stand
 * for). Unless --no-live or --offline is given VIR_MIGRATE_LIVE is set. @sides may be NULL.
 * HMPSH_ERROR_SYNTAX for a value that cannot be or for options that exclude or need one another
 * (managed_rule.h); HMPSH_ERROR_FAILED for a file that cannot be read and for what @sides lack.
 * managed_call_clear() in both cases. */
gboolean managed_call_from_arguments(ManagedCall *call, const Arguments *arguments, unsigned more,
                                     const ManagedSides *sides, GError **error);

/* The same from @given, which a row without an option ends. */
gboolean managed_call_make(ManagedCall *call, const ManagedGiven *given, unsigned more,
                           const ManagedSides *sides, GError **error);

/* Whether a daemon of the version @libvirt (0: not known) has all that @call wants; sets @error
 * (HMPSH_ERROR_FAILED) when not. */
gboolean managed_call_check_libvirt(const ManagedCall *call, gulong libvirt, GError **error);

/* Whether @uri is a connection of libvirt's to QEMU (qemu+ssh://HOST/system, qemu:///system), which
 * makes a migration a managed one, and not a migration URI of QEMU's own. */
gboolean managed_is_uri(const char *uri);

/* Refuses (HMPSH_ERROR_SYNTAX) an option of managed_list.h that is given in @arguments though @uri
 * is none of libvirt's: QEMU would do without it in silence. */
gboolean managed_call_refuse(const Arguments *arguments, const char *uri, GError **error);

void managed_call_clear(ManagedCall *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ManagedCall, managed_call_clear)
