/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/lab/boot.h"

#include <glib/gi18n.h>

#include "shell/error.h"

void boot_clear(LabBoot *boot)
{
    g_clear_pointer(&boot->kernel, g_free);
    g_clear_pointer(&boot->initrd, g_free);
    g_clear_pointer(&boot->append, g_free);
}

/* The absolute path of @file, which can be read; NULL: it cannot. */
static char *readable(const char *file, GError **error)
{
    const char *why = error_unreadable(file);

    if (why) {
        g_set_error(error, HMPSH_ERROR, HMPSH_ERROR_FAILED, _("cannot read '%s': %s"), file, why);
        return NULL;
    }
    return g_canonicalize_filename(file, NULL);
}

gboolean boot_set(LabBoot *boot, const char *kernel, const char *initrd, const char *append,
                  GError **error)
{
    boot->kernel = readable(kernel, error);
    boot->initrd = boot->kernel && initrd ? readable(initrd, error) : NULL;
    if (!boot->kernel || (initrd && !boot->initrd)) {
        boot_clear(boot);
        return FALSE;
    }
    boot->append = g_strdup(append ? append : BOOT_APPEND);
    return TRUE;
}

char *boot_xml(const LabBoot *boot, const char *own)
{
    if (!boot->kernel) {
        return g_markup_printf_escaped("    <kernel>%s</kernel>\n", own);
    }
    if (!boot->initrd) {
        return g_markup_printf_escaped("    <kernel>%s</kernel>\n"
                                       "    <cmdline>%s</cmdline>\n",
                                       boot->kernel, boot->append);
    }
    return g_markup_printf_escaped("    <kernel>%s</kernel>\n"
                                   "    <initrd>%s</initrd>\n"
                                   "    <cmdline>%s</cmdline>\n",
                                   boot->kernel, boot->initrd, boot->append);
}
