/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/language.h"

#include <glib.h>
#include <libintl.h>
#include <locale.h>

#include "shell/installation.h"

static const char DOMAIN[] = "hmpsh"; /* gettext's word: the name of the catalogue */

/* What the environment asks for in @category, from the system's locales or else from those in
 * @ours (may be NULL). LOCPATH counts for setlocale() only, and what hmpsh starts has no use for
 * it. */
static gboolean set_category(int category, const char *ours)
{
    g_autofree char *before = g_strdup(g_getenv("LOCPATH"));
    gboolean found = setlocale(category, "") != NULL;

    if (found || !ours) {
        return found;
    }
    g_setenv("LOCPATH", ours, TRUE);
    found = setlocale(category, "") != NULL;
    if (before) {
        g_setenv("LOCPATH", before, TRUE);
    } else {
        g_unsetenv("LOCPATH");
    }
    return found;
}

/* The locale that the environment names for messages, or NULL. In setlocale()'s order. */
static const char *messages_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);

        if (value && *value) {
            return value;
        }
    }
    return NULL;
}

/* Whether there is a catalogue for the locale @name. */
static gboolean is_spoken(const char *name, const char *catalogues)
{
    g_auto(GStrv) variants = g_get_locale_variants(name);

    for (char **variant = variants; catalogues && *variant; variant++) {
        g_autofree char *file =
            g_build_filename(catalogues, *variant, "LC_MESSAGES", "hmpsh.mo", NULL);

        if (g_file_test(file, G_FILE_TEST_EXISTS)) {
            return TRUE;
        }
    }
    return FALSE;
}

char *language_setup(void)
{
    g_autofree char *catalogues = installation_find("doc/po", INSTALLED_LOCALES, "");
    g_autofree char *ours = installation_find("doc/locale", INSTALLED_LIBRARIES, "hmpsh/locale");
    const char *missing = NULL;

    if (!setlocale(LC_ALL, "")) { /* which fails for a single category, too */
        if (!set_category(LC_CTYPE, ours)) {
            setlocale(LC_CTYPE, "C.UTF-8");
        }
        missing = set_category(LC_MESSAGES, ours) ? NULL : messages_locale();
    }
    setlocale(LC_NUMERIC, "C");
    if (catalogues) {
        bindtextdomain(DOMAIN, catalogues);
    }
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
    if (!g_get_charset(NULL)) { /* a terminal, or a program, that expects other bytes than ours */
        language_leave();
    }
    return missing && is_spoken(missing, catalogues) ? g_strdup(missing) : NULL;
}

void language_leave(void)
{
    setlocale(LC_MESSAGES, "C");
}
