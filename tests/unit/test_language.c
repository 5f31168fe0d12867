/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that speaks English for a while, in a locale that hmpsh has a catalogue of. */
#include "shell/language.h"

#include <glib.h>
#include <libintl.h>
#include <string.h>

/* The catalogue's header is the translation of "": there is one even where nothing else is. */
static gboolean speaks_chinese(void)
{
    return strstr(gettext(""), "zh_CN") != NULL;
}

static gpointer look_in_thread(gpointer data G_GNUC_UNUSED)
{
    return GINT_TO_POINTER(speaks_chinese());
}

static gboolean another_thread_speaks_chinese(void)
{
    return GPOINTER_TO_INT(g_thread_join(g_thread_new("look", look_in_thread, NULL)));
}

static void test_suspend(void)
{
    locale_t before;

    if (!setlocale(LC_ALL, "zh_CN.UTF-8")) {
        g_test_skip("there is no locale zh_CN.UTF-8");
        return;
    }
    bindtextdomain("hmpsh", g_getenv("CATALOGUES"));
    textdomain("hmpsh");
    g_assert_true(speaks_chinese());
    before = language_suspend();
    g_assert_false(speaks_chinese());
    g_assert_true(another_thread_speaks_chinese());
    language_resume(before);
    g_assert_true(speaks_chinese());
}

/* For good, in every thread. */
static void test_leave(void)
{
    language_leave();
    g_assert_false(speaks_chinese());
    g_assert_false(another_thread_speaks_chinese());
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/language/suspend", test_suspend);
    g_test_add_func("/language/leave", test_leave);
    return g_test_run();
}
