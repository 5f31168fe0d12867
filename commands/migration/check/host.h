/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a host's libvirt is asked about a guest that is to come, or that is there: questions and
 * answers as JSON, so that they can be passed to another thread and be written down by hand.
 *
 * Question         is about                           answer
 * "host"           (true) the host itself              "uuid", "arch", "host-xml" (its <cpu>), "nx"
 * "name"           a guest's name                     "name": {state, uuid}, absent: it is free
 * "uuid"           a guest's UUID                     "guest": {state, name}, absent: it is free
 * "machine"        {arch, machine, type}              "machine": {known, why, vcpus}
 * "cpu"            {arch, machine, type, xml}         "cpu": {result, why}
 * "host-cpu"       another host's <cpu>               "host-cpu": {result, why}
 * "networks"       libvirt's networks                 "networks": {NAME: state}
 * "interfaces"     the host's, bridges among them     "interfaces": {NAME: state}
 * "images"         files                              "images": {PATH: {pool, volume, available}}
 * "pages"          sizes of memory pages in KiB       "pages": {SIZE: how many are free}
 *
 * States are "active", "inactive" and "missing"; what a host cannot tell is absent. Without a
 * question come "hostname", "libvirt" and "qemu" (as libvirt counts: 9000000), "memory": {total,
 * available} in bytes. "host" may take seconds the first time: libvirt then looks at all QEMUs. */
#pragma once

#include <libvirt/libvirt.h>

#include "commands/migration/check/facts.h"

/* What the destination of @facts is to be asked about the guest. The caller owns it. */
Json *host_questions(const CheckFacts *facts);

/* What the guest's own host is to be asked. The caller owns it. */
Json *host_questions_here(void);

/* The answers of the host behind @handle. May block. The caller owns them; NULL when the connection
 * broke. */
Json *host_answers(virConnectPtr handle, Json *questions);
