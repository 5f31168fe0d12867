/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a file of this host can be the same file at another one. */
#pragma once

typedef enum {
    SHARED_UNKNOWN, /* it is not there, or may not be looked at */
    SHARED_NO,      /* on a file system of this host alone */
    SHARED_YES,     /* a network file system, whose caches are each host's own */
    SHARED_CLUSTER, /* one that keeps the hosts' caches in step */
} SharedFs;

/* What the file system below @path is. */
SharedFs shared_fs(const char *path);
