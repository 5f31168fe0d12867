/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What completion may ask: the contract of every completer, kept in one place. Whoever asks through
 * an inquiry never changes the guest (all of it only looks), waits for QEMU and libvirt at most
 * 300 ms in all, asks at most twice for one Tab, asks nothing that is still known, and gets no
 * answer from a guest that is gone. What would be a third question is left to the next Tab, and
 * what there is then is known to be incomplete. On the main thread, while no command runs. */
#pragma once

#include "shell/guest_schema.h"

enum { INQUIRY_MS = 300, INQUIRY_TRIPS = 2 };

/* How long an answer holds. */
typedef enum {
    INQUIRY_FIXED,   /* as long as this QEMU lives: its commands, its schema */
    INQUIRY_PASSING, /* until a command runs, an event comes, or five seconds have passed */
} InquiryLife;

/* One Tab's. */
typedef struct Inquiry {
    Session *session;
    Guest *guest; /* whom it asks; NULL: none, or it is gone */
    gint64 end;   /* when its patience ends: monotonic, microseconds */
    guint trips;  /* how often it may still ask */
    gboolean cut; /* something was not asked, for want of time or trips */
} Inquiry;

/* An inquiry to the current guest. */
Inquiry inquiry_begin(Session *session);

/* Turns to @guest (NULL: to nobody). */
void inquiry_turn(Inquiry *inquiry, Guest *guest);

/* What the QMP command @name with @arguments (taken over; NULL: none) returns. Borrowed from the
 * guest; NULL when QEMU refused or there is no answer to be had. */
Json *inquiry_qmp(Inquiry *inquiry, const char *name, Json *arguments, InquiryLife life);

/* What QEMU's human monitor says to @line; as above. */
const char *inquiry_hmp(Inquiry *inquiry, const char *line, InquiryLife life);

/* The schema of its QMP (guest_schema.h); as above. */
const Schema *inquiry_schema(Inquiry *inquiry);

/* The guests on the default connection, those that run first: DomainEntry, borrowed from the
 * session. NULL as above. */
const GPtrArray *inquiry_domains(Inquiry *inquiry);

/* The targets of the guest's disks (domain_disks.h). NULL as above; free with g_strfreev(). */
char **inquiry_disks(Inquiry *inquiry);
