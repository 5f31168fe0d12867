/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/language.h"

#include <libintl.h>
#include <locale.h>

#include "shell/installation.h"

static const char DOMAIN[] = "hmpsh"; /* gettext's word: the name of the catalogue */

void language_setup(void)
{
    g_autofree char *catalogues = installation_find("doc/po", "share/locale");

    if (!setlocale(LC_ALL, "")) {
        setlocale(LC_CTYPE, "C.UTF-8"); /* a locale that is not installed: in English, then */
    }
    setlocale(LC_NUMERIC, "C");
    if (catalogues) {
        bindtextdomain(DOMAIN, catalogues);
    }
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
}

void language_leave(void)
{
    setlocale(LC_MESSAGES, "C");
}
