/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measuring and limiting how fast a guest writes to its memory (QEMU 6.1 and 7.1). */
#include <glib/gi18n.h>
#include <string.h>

#include "commands/migration/raw.h"
#include "commands/table.h"
#include "shell/dispatch.h"
#include "shell/error.h"
#include "shell/session.h"

/* Whether -@letter stands among the flags that @text begins with. */
static gboolean has_flag(const char *text, char letter)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);

    for (char **word = words; *word && (!**word || **word == '-'); word++) {
        if (strchr(*word, letter)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Measuring by the dirty bitmap or ring of a guest that is not run by KVM: QEMU 7.2 crashes, 10.0
 * measures 0 or refuses (seen with both). */
static gboolean check_method(Monitor *monitor, const char *text, GError **error)
{
    g_autoptr(Json) kvm = NULL;
    g_autoptr(Json) version = NULL;

    if (!has_flag(text, 'r') && !has_flag(text, 'b')) {
        return TRUE;
    }
    kvm = monitor_qmp(monitor, "query-kvm", NULL, error);
    version = kvm ? monitor_qmp(monitor, "query-version", NULL, error) : NULL;
    if (!version) {
        return FALSE;
    }
    if (json_object_get_boolean(json_get(kvm, "enabled")) ||
        json_object_get_int(json_get(version, "qemu.major")) >= 10) {
        return TRUE;
    }
    g_set_error_literal(
        error, HMPSH_ERROR, HMPSH_ERROR_FAILED,
        _("refused: -r and -b crash a QEMU before 10 whose guest is not run by KVM; "
          "measure by page sampling, without a flag"));
    return FALSE;
}

static gboolean calc_dirty_rate(Session *session, const Arguments *arguments, Reply *reply,
                                GError **error)
{
    const char *text = arguments_get(arguments, "second")->text;
    Guest *guest = session_guest(session, error);

    return guest && check_method(guest->monitor, text ? text : "", error) &&
           dispatch_forward(session, arguments, reply, error);
}

const Command dirty_rate_commands[] = {
    {
        .name = "calc_dirty_rate",
        .group = N_("Migration"),
        .help = N_("start a round of guest dirty rate measurement"),
        .description =
            N_("QEMU 6.1 and later. 'calc_dirty_rate [-r] [-b] SECONDS [SAMPLE_PAGES_PER_GB]';\n"
               "'info dirty_rate' shows the result. -r (dirty ring) and -b (dirty bitmap) are\n"
               "refused where they would crash QEMU."),
        .arguments =
            (const Argument[]){{.name = "second",
                                .kind = ARGUMENT_QEMU,
                                .help = N_("how long to measure, 1 to 60; before it -r or -b")},
                               {0}},
        .flags = COMMAND_SPEAKS_HMP,
        .run = calc_dirty_rate,
    },
    {
        .name = "info dirty_rate",
        .group = N_("Migration"),
        .help = N_("show dirty rate information"),
        .description = N_("QEMU 6.1 and later."),
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
    },
    {
        .name = "set_vcpu_dirty_limit",
        .group = N_("Migration"),
        .help =
            N_("set dirty page rate limit, use cpu_index to set limit on a specified virtual cpu"),
        .description = N_("QEMU 7.1 and later, with KVM and its dirty ring. MB/s."),
        .arguments = (const Argument[]){{.name = "dirty_rate",
                                         .kind = ARGUMENT_QEMU,
                                         .help = N_("MB/s, then perhaps a vCPU's index")},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
    },
    {
        .name = "cancel_vcpu_dirty_limit",
        .group = N_("Migration"),
        .help =
            N_("cancel dirty page rate limit, use cpu_index to cancel limit on a specified virtual "
               "cpu"),
        .description = N_("QEMU 7.1 and later."),
        .arguments = (const Argument[]){{.name = "cpu_index",
                                         .kind = ARGUMENT_QEMU,
                                         .optional = TRUE,
                                         .help = N_("a vCPU's index; without it all")},
                                        {0}},
        .flags = COMMAND_SPEAKS_HMP,
    },
    {
        .name = "info vcpu_dirty_limit",
        .group = N_("Migration"),
        .help = N_("show dirty page limit information of all vCPU"),
        .description = N_("QEMU 7.1 and later."),
        .flags = COMMAND_LOOKS | COMMAND_SPEAKS_HMP,
    },
    {0},
};
