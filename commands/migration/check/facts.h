/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known before a migration: of the guest, of where it shall go, and of both hosts. Gathered
 * by gather.h; judged by judge.h, which asks nobody. What is NULL is not known. */
#pragma once

#include "shell/json.h"
#include "shell/xml.h"

/* Who shall migrate, as far as it is known where to. */
typedef enum {
    CHECK_ALONE,   /* nowhere yet: only the guest is looked at */
    CHECK_RAW,     /* QEMU itself, to a URI behind which nobody is known */
    CHECK_PEER,    /* QEMU itself, to the session's peer */
    CHECK_MANAGED, /* libvirt */
} CheckWay;

/* The migration that is thought of. Strings are borrowed. */
typedef struct {
    CheckWay way;
    const char *uri;        /* as typed; NULL or "peer" where there is none */
    gboolean copies;        /* the disks go with it: -b, or -i */
    gboolean incremental;   /* -i: their top layers */
    const char *disks;      /* only these, by target, with commas between; NULL: all */
    gboolean unsafe;        /* libvirt is to take any disk (--unsafe) */
    gboolean offline;       /* the definition only (--offline) */
    const char *name;       /* what the guest is to be called there; NULL: as here */
    const char *memory_uri; /* where its memory goes (--migrateuri); NULL: libvirt decides */
} CheckWish;

/* A guest. JSON: the "return" of the QMP command of that name. */
typedef struct {
    char *name;
    char *uuid;
    char *machine;   /* "pc-i440fx-7.2" */
    char *listening; /* the address where it waits for a migration */
    Xml *xml;        /* as it is now */
    Json *status, *migration, *block_jobs, *jobs, *capabilities, *parameters, *blocks, *memory;
    Json *devices; /* qom-list of /machine/peripheral and /machine/peripheral-anon */
    guint release; /* of its QEMU (release.h) */
    int vcpus;
    int job;              /* virDomainJobType */
    gboolean local;       /* its host is the one that this runs on */
    gboolean embedded;    /* libvirt's embedded driver has it */
    gboolean knows_clock; /* then: */
    gint64 clock_us;      /* by how much its host's clock is ahead of the time since this
                           * machine was started */
} CheckGuest;

typedef struct {
    CheckWish wish;
    CheckGuest source;
    CheckGuest *peer;    /* of a CHECK_PEER */
    char *peer_lack;     /* why there is none, though it should be */
    gboolean peer_named; /* the session has one, which does not answer */
    gboolean one_host;   /* both sides are */
    Json *here, *there;  /* host_answers() of both hosts */
    Json *names;         /* address_look_up() of hosts that the way leads by, by name */
    char *unreachable;   /* why the destination's libvirt did not answer */
} CheckFacts;

/* Where a guest's XML names what QEMU boots it with, which the destination must have too;
 * NULL-terminated. */
extern const char *const check_boot_files[];

void check_guest_clear(CheckGuest *guest);
void check_facts_clear(CheckFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckFacts, check_facts_clear)

/* What the destination is called in messages: its host's name, else its guest's, else "the
 * destination". Borrowed. */
const char *check_there(const CheckFacts *facts);

/* The name that the guest's host must know, to reach the destination: in QEMU's URI, or what the
 * destination's libvirt says; NULL when it is none or not asked for here. Free with g_free(). */
char *check_host_name(const CheckFacts *facts);

/* The member @name of @object, whatever characters that has; NULL when there is none. Borrowed. */
Json *check_member(Json *object, const char *name);

/* What @interface (an <interface>) has at @path, "source@network", "source@bridge" or "source@dev",
 * when it is that which the destination must have: a network of libvirt's may be a bridge too,
 * whose name is each host's own affair. Borrowed; NULL when it is not. */
const char *check_link(const Xml *interface, const char *path);
