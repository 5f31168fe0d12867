/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a look before a migration has found: a row for each thing that was looked at, and what could
 * not be. */
#pragma once

#include "shell/json.h"

typedef enum {
    CHECK_OK,
    CHECK_WARNING, /* it can work, and something is not as it should be */
    CHECK_BLOCKER, /* it will fail, or the guest will not be what it was */
} CheckResult;

typedef struct {
    CheckResult result;
    char *check;   /* what was looked at: "machine", "disk vda" */
    char *reason;  /* what was found, a clause */
    char *way_out; /* what to type or to change; NULL: nothing is to be done, or nothing can be */
} CheckRow;

typedef struct {
    GPtrArray *rows;   /* of CheckRow, in the order in which a reader is shown them */
    GPtrArray *untold; /* what could not be looked at, a clause each */
} CheckList;

CheckList *check_list_new(void);
void check_list_free(CheckList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckList, check_list_free)

/* Adds a row; @way_out is copied and may be NULL. */
void check_add(CheckList *list, CheckResult result, const char *check, const char *way_out,
               const char *format, ...) G_GNUC_PRINTF(5, 6);

/* The same, with @more (clean or not, or NULL) behind the reason. */
void check_add_with(CheckList *list, CheckResult result, const char *check, const char *way_out,
                    const char *more, const char *format, ...) G_GNUC_PRINTF(6, 7);

/* Adds what could not be looked at ("whether ..."), once. */
void check_untold(CheckList *list, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What could not be looked at, in one sentence; NULL: all was. Free with g_free(). */
char *check_untold_text(const CheckList *list);

/* "ok", "warning", "blocker". Static. */
const char *check_result_name(CheckResult result);

guint check_count(const CheckList *list, CheckResult result);

/* The first row about @check, or NULL. Borrowed. */
const CheckRow *check_find(const CheckList *list, const char *check);

/* A list of {check, result, reason, way-out}; what could not be looked at ends it as a row with the
 * result "unknown". The caller owns it. */
Json *check_json(const CheckList *list);
