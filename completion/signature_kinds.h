/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the placeholders in QEMU's `help` stand for, command by command: "device" is a block device
 * to drive_del, a device to device_del and a character device to ringbuf_read. */
#pragma once

#include "shell/command.h"

typedef struct {
    const char *commands;    /* a glob; "info block" for a topic of info */
    const char *placeholder; /* as in `help`; "-f" for the flag, or for the value behind it */
    ArgumentKind kind;
    const char *const *choices; /* words that can stand there as well; NULL-terminated, or NULL */
    const char *help;           /* NULL: the kind's */
} SignatureKind;

/* What @placeholder of @command is; NULL: a word of which nothing is known. Static. */
const SignatureKind *signature_kind(const char *command, const char *placeholder);

/* @kind in plain words; NULL where there is nothing to be said. Static. */
const char *signature_kind_help(ArgumentKind kind);
