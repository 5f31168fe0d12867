/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `explain` says of each topic beyond what the topic's own table has (its unit, range,
 * default, releases and its meaning in one line): the data, a list for each kind. */
#pragma once

typedef struct {
    const char *name;   /* as the topic's own table has it; NULL ends a list */
    const char *what;   /* what it is, where one line does not say it all; may be NULL */
    const char *effect; /* what it does to the total time, the downtime and the guest; may be NULL
                         * where it does nothing */
    const char *when;   /* when to touch it, or what to do about it; may be NULL */
    const char *told;   /* what is often told otherwise, and how it is; may be NULL */
    const char *see;    /* other topics, by name, with ", " between; may be NULL */
} Explanation;

/* The texts are paragraphs without line breaks, marked with N_(). */
extern const Explanation explained_parameters[];   /* by ParameterInfo's names */
extern const Explanation explained_capabilities[]; /* by CapabilityInfo's names */
extern const Explanation explained_statuses[];     /* by QEMU's words (state.h) */
extern const Explanation explained_events[];       /* by QMP's names */
extern const Explanation explained_figures[];      /* by figure_names() */
extern const Explanation explained_options[];      /* by virsh's options (managed_option.h) */
extern const Explanation explained_policy_keys[];  /* "POLICY KEY", POLICY with "*" for several */
extern const Explanation explained_terms[];        /* N_(): pass ...; aliases after '|' */
