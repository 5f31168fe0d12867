/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word that was meant: slips, parts of words, and words that are near nothing. */
#include "shell/closest.h"

static const char *const words[] = {"max-bandwidth",
                                    "max-cpu-throttle",
                                    "downtime-limit",
                                    "multifd",
                                    "multifd-channels",
                                    "xbzrle",
                                    "auto-converge",
                                    "block",
                                    "migrate",
                                    "migrate_set_speed",
                                    "migrate_set_downtime",
                                    NULL};

static const struct {
    const char *typed, *meant;
} slips[] = {
    {"max-bandwith", "max-bandwidth"},   /* missing */
    {"max-bandwiddth", "max-bandwidth"}, /* too many */
    {"max-bandwidht", "max-bandwidth"},  /* swapped */
    {"nax-bandwidth", "max-bandwidth"},  /* wrong */
    {"MAX_BANDWIDTH", "max-bandwidth"},
    {"mutlifd", "multifd"},
    {"xbzlre", "xbzrle"},
    {"migrate_set_sped", "migrate_set_speed"},
    {"migrate-set-speed", "migrate_set_speed"},
    {"migarte", "migrate"},
    {"bloc", "block"},
    {"bolck", "block"},
    {"downtime", "downtime-limit"},
    {"multi", "multifd"}, /* the shortest that begins so */
    {"bandwidth", "max-bandwidth"},
    {"converge", "auto-converge"},
    {"abcdefgh", NULL},
    {"xb", NULL}, /* too short to say */
    {"b", NULL},
    {"", NULL},
    {"migrate_set_speed_and_more", NULL},
};

static void test_slips(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(slips); i++) {
        g_test_message("%s", slips[i].typed);
        g_assert_cmpstr(closest(slips[i].typed, words), ==, slips[i].meant);
    }
}

static void test_itself(void)
{
    for (const char *const *word = words; *word; word++) {
        g_assert_true(closest(*word, words) == *word);
    }
    g_assert_null(closest("block", (const char *const[]){NULL}));
}

/* The first of equals. */
static void test_tie(void)
{
    static const char *const pair[] = {"boat", "goat", NULL};

    g_assert_cmpstr(closest("moat", pair), ==, "boat");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/closest/slips", test_slips);
    g_test_add_func("/closest/itself", test_itself);
    g_test_add_func("/closest/tie", test_tie);
    return g_test_run();
}
