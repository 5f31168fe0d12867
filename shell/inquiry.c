/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/inquiry.h"

#include "shell/reach.h"

static const char MEMORY[] = "inquiries"; /* the note that holds the answers */
static const gint64 STALE = 5 * G_USEC_PER_SEC;

/* What was answered; all NULL: a refusal. */
typedef struct {
    Json *json;
    char *text;
    GPtrArray *domains;
    InquiryLife life;
    guint64 lines; /* of the session */
    guint64 event; /* the guest's newest */
    gint64 asked;  /* monotonic, microseconds */
} Answer;

static void answer_free(gpointer data)
{
    Answer *answer = data;

    json_object_put(answer->json);
    g_free(answer->text);
    g_clear_pointer(&answer->domains, g_ptr_array_unref);
    g_free(answer);
}

static GHashTable *memory_of(GData **notes)
{
    GHashTable *memory = g_datalist_get_data(notes, MEMORY);

    if (!memory) {
        memory = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answer_free);
        g_datalist_set_data_full(notes, MEMORY, memory, (GDestroyNotify)g_hash_table_unref);
    }
    return memory;
}

Inquiry inquiry_begin(Session *session)
{
    Inquiry inquiry = {.session = session,
                       .end = g_get_monotonic_time() + INQUIRY_MS * 1000,
                       .trips = INQUIRY_TRIPS};

    inquiry_turn(&inquiry, session->current);
    return inquiry;
}

void inquiry_turn(Inquiry *inquiry, Guest *guest)
{
    g_autofree char *lost = guest ? monitor_lost(guest->monitor) : NULL;

    inquiry->guest = lost ? NULL : guest;
}

static guint64 newest_event(const Inquiry *inquiry)
{
    return inquiry->guest ? monitor_newest_event(inquiry->guest->monitor) : 0;
}

static gboolean holds(const Inquiry *inquiry, const Answer *answer)
{
    return answer->life == INQUIRY_FIXED ||
           (answer->lines == inquiry->session->lines && answer->event == newest_event(inquiry) &&
            g_get_monotonic_time() - answer->asked < STALE);
}

/* The answer that @memory has to @question and that still holds, or NULL. */
static const Answer *remembered(const Inquiry *inquiry, GHashTable *memory, const char *question)
{
    const Answer *answer = g_hash_table_lookup(memory, question);

    return answer && holds(inquiry, answer) ? answer : NULL;
}

static gboolean is_stale(gpointer key G_GNUC_UNUSED, gpointer value, gpointer inquiry)
{
    return !holds(inquiry, value);
}

static void remember(const Inquiry *inquiry, GHashTable *memory, const char *question,
                     const Answer *told)
{
    Answer *answer = g_new(Answer, 1);

    *answer = *told;
    answer->lines = inquiry->session->lines;
    answer->event = newest_event(inquiry);
    answer->asked = g_get_monotonic_time();
    g_hash_table_foreach_remove(memory, is_stale, (gpointer)inquiry);
    g_hash_table_replace(memory, g_strdup(question), answer);
}

/* Takes one trip: the milliseconds that it may last, or 0 when there is no time or no trip left. */
static int take_trip(Inquiry *inquiry)
{
    gint64 left = (inquiry->end - g_get_monotonic_time()) / 1000;

    if (inquiry->trips == 0 || left <= 0) {
        inquiry->cut = TRUE;
        return 0;
    }
    inquiry->trips--;
    return (int)left;
}

/* Asks the guest by @ask, unless the answer is known. */
static const Answer *ask(Inquiry *inquiry, const char *question, InquiryLife life,
                         void (*ask_guest)(Monitor *monitor, gpointer data, int milliseconds,
                                           Answer *answer, GError **error),
                         gpointer data)
{
    GHashTable *memory = inquiry->guest ? memory_of(&inquiry->guest->notes) : NULL;
    const Answer *known = memory ? remembered(inquiry, memory, question) : NULL;
    Answer answer = {.life = life};
    g_autoptr(GError) why = NULL;
    int patience = known || !memory ? 0 : take_trip(inquiry);

    if (!patience) {
        return known;
    }
    ask_guest(inquiry->guest->monitor, data, patience, &answer, &why);
    if (g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_FAILED)) {
        answer.life = INQUIRY_PASSING; /* it may be libvirt that cannot ask just now */
    } else if (why && !g_error_matches(why, HMPSH_ERROR, HMPSH_ERROR_NOT_FOUND)) {
        return NULL;
    }
    remember(inquiry, memory, question, &answer);
    return remembered(inquiry, memory, question);
}

typedef struct {
    const char *name;
    Json *arguments;
} Question;

static void ask_qmp(Monitor *monitor, gpointer data, int milliseconds, Answer *answer,
                    GError **error)
{
    const Question *question = data;

    answer->json = monitor_qmp_quickly(monitor, question->name,
                                       json_object_get(question->arguments), milliseconds, error);
}

Json *inquiry_qmp(Inquiry *inquiry, const char *name, Json *arguments, InquiryLife life)
{
    g_autoptr(Json) given = arguments;
    g_autofree char *with = given ? json_text(given) : g_strdup("");
    g_autofree char *key = g_strconcat("qmp ", name, " ", with, NULL);
    const Answer *answer = ask(inquiry, key, life, ask_qmp, &(Question){name, given});

    return answer ? answer->json : NULL;
}

static void ask_hmp(Monitor *monitor, gpointer data, int milliseconds, Answer *answer,
                    GError **error)
{
    answer->text = monitor_hmp_quickly(monitor, data, milliseconds, error);
}

const char *inquiry_hmp(Inquiry *inquiry, const char *line, InquiryLife life)
{
    g_autofree char *key = g_strconcat("hmp ", line, NULL);
    const Answer *answer = ask(inquiry, key, life, ask_hmp, (gpointer)line);

    return answer ? answer->text : NULL;
}

const Schema *inquiry_schema(Inquiry *inquiry)
{
    int patience;

    if (!inquiry->guest) {
        return NULL;
    }
    patience = guest_schema_is_known(inquiry->guest) ? INQUIRY_MS : take_trip(inquiry);
    return patience ? guest_schema_quickly(inquiry->guest, patience) : NULL;
}

const GPtrArray *inquiry_domains(Inquiry *inquiry)
{
    GHashTable *memory = memory_of(&inquiry->session->notes);
    const Answer *known = remembered(inquiry, memory, "domains");
    Answer answer = {.life = INQUIRY_PASSING};
    int patience;

    if (known) {
        return known->domains;
    }
    patience = take_trip(inquiry);
    if (!patience) {
        return NULL;
    }
    answer.domains = reach_domains(inquiry->session, patience);
    remember(inquiry, memory, "domains", &answer); /* also that there was no answer */
    return answer.domains;
}

char **inquiry_disks(Inquiry *inquiry)
{
    GHashTable *memory = inquiry->guest ? memory_of(&inquiry->guest->notes) : NULL;
    const Answer *known = memory ? remembered(inquiry, memory, "disks") : NULL;
    Answer answer = {.life = INQUIRY_PASSING};
    g_auto(GStrv) disks = NULL;
    int patience = known || !memory ? 0 : take_trip(inquiry);

    if (patience) {
        disks = reach_disks(inquiry->guest, patience);
        answer.text = disks ? g_strjoinv(",", disks) : NULL;
        remember(inquiry, memory, "disks", &answer);
        known = remembered(inquiry, memory, "disks");
    }
    return known && known->text ? g_strsplit(known->text, ",", -1) : NULL;
}
