/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the facts come to: rows for a list, topic by topic. Nobody is asked, but for the file system
 * and the names of this host where that is the source's. */
#pragma once

#include "commands/migration/check/check.h"
#include "commands/migration/check/facts.h"

/* All of it, in the order in which a reader is shown it. */
void judge(const CheckFacts *facts, CheckList *list);

/* The topics. */
void judge_guest(const CheckFacts *facts, CheckList *list);   /* state, blockers, jobs, limits */
void judge_devices(const CheckFacts *facts, CheckList *list); /* what is tied to the host */
void judge_disks(const CheckFacts *facts, CheckList *list);
void judge_cpu(const CheckFacts *facts, CheckList *list);   /* CPU, machine, versions */
void judge_hosts(const CheckFacts *facts, CheckList *list); /* names, networks, memory, clocks */
void judge_peer(const CheckFacts *facts, CheckList *list);  /* a raw migration's other side */
void judge_reach(const CheckFacts *facts, CheckList *list); /* the way there */
