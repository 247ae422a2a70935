/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/personas.h"

#include "base/halt.h"

#include "dialogue/dice.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMS = 3, VALUES = 12, TOPICS = 10, TEMPERS = 8, CANDIDATES_MAX = 40, TEXT_SIZE = 96 };

/* '%' is the place of the value. */
static const struct topic {
    const char *sentence;
    const char *question[FORMS];
    const char *answer[FORMS];
    const char *value[VALUES];
} topics[TOPICS] = {
    {"my favorite food is %.",
     {"what do you like to eat ?", "are you hungry ?", "what is for dinner ?"},
     {"i could eat % every day .", "my favorite food is % .", "% , that is what i cook ."},
     {"pizza", "sushi", "curry", "pancakes", "tacos", "salad", "noodles", "burgers", "soup", "cheese", "steak",
      "pasta"}},
    {"i have a %.",
     {"do you have pets ?", "who lives with you ?", "do you like animals ?"},
     {"i have a % at home .", "my % sleeps on the sofa .", "just me and my % ."},
     {"dog", "cat", "turtle", "parrot", "hamster", "snake", "rabbit", "horse", "goldfish", "lizard", "ferret", "goat"}},
    {"i work as a %.",
     {"what do you do for a living ?", "do you work ?", "how was work today ?"},
     {"i work as a % .", "being a % keeps me busy .", "i am a % now ."},
     {"nurse", "teacher", "farmer", "baker", "lawyer", "pilot", "plumber", "painter", "singer", "waiter", "soldier",
      "banker"}},
    {"i like % in my free time.",
     {"what do you do for fun ?", "any plans for the weekend ?", "do you have hobbies ?"},
     {"i love % .", "% is what i do for fun .", "this weekend i will go % ."},
     {"hiking", "fishing", "dancing", "knitting", "swimming", "reading", "surfing", "skating", "camping", "boxing",
      "sewing", "gardening"}},
    {"i listen to %.",
     {"what music do you like ?", "what are you listening to ?", "do you go to concerts ?"},
     {"% music , always .", "i am listening to % .", "i never miss a % concert ."},
     {"jazz", "rock", "opera", "country", "metal", "rap", "blues", "punk", "techno", "folk", "soul", "reggae"}},
    {"i live in %.",
     {"where are you from ?", "where do you live ?", "is it cold there ?"},
     {"i live in % .", "i was born in % .", "here in % it is nice ."},
     {"texas", "ohio", "canada", "spain", "boston", "alaska", "paris", "florida", "japan", "chicago", "maine",
      "mexico"}},
    {"my favorite color is %.",
     {"what is your favorite color ?", "what color is your car ?", "how does your room look ?"},
     {"% is my favorite color .", "all my things are % .", "i painted it % ."},
     {"blue", "red", "green", "yellow", "purple", "orange", "black", "white", "pink", "brown", "silver", "gold"}},
    {"i drink a lot of %.",
     {"can i get you a drink ?", "what do you drink ?", "are you thirsty ?"},
     {"i would love some % .", "% for me , please .", "i drink a lot of % ."},
     {"coffee", "tea", "milk", "beer", "wine", "juice", "soda", "water", "cocoa", "whiskey", "lemonade", "cider"}},
    {"i play %.",
     {"do you play sports ?", "did you watch the game ?", "are you on a team ?"},
     {"i play % .", "% is the only sport i watch .", "my % team won today ."},
     {"soccer", "tennis", "golf", "hockey", "baseball", "rugby", "chess", "volleyball", "cricket", "football",
      "basketball", "polo"}},
    {"i drive a %.",
     {"how do you get around ?", "do you drive ?", "did you travel far ?"},
     {"i drive a % .", "i came in my % .", "my old % still runs ."},
     {"truck", "van", "motorcycle", "jeep", "tractor", "bus", "taxi", "scooter", "bicycle", "train", "limousine",
      "boat"}},
};

static const char *const tempers[TEMPERS] = {"well ,", "oh ,",   "honestly ,", "haha ,",
                                             "hmm ,",  "sure ,", "dear me ,",  "yo ,"};

const struct personas_settings personas_usual = {
    .seed = 7, .personas = 40, .dialogues = 18, .turns = 3, .facts = 5, .candidates = 20};

struct persona {
    int topic[TOPICS]; /* the first `facts` are its own */
    int value[TOPICS]; /* by topic */
    int temper;
};

static void draw_persona(const struct personas_settings *settings, struct dice *dice, int number,
                         struct persona *persona)
{
    dice_begin(dice, settings->seed, DICE_PERSONA, (uint64_t)number, 0);
    for (int i = 0; i < TOPICS; i++) {
        persona->topic[i] = i;
        persona->value[i] = dice_below(dice, VALUES);
    }
    dice_shuffle(dice, persona->topic, TOPICS);
    persona->temper = dice_below(dice, TEMPERS);
}

static void fill_in(char *text, const char *form, const char *value)
{
    const char *place = strchr(form, '%');
    snprintf(text, TEXT_SIZE, "%.*s%s%s", (int)(place - form), form, value, place + 1);
}

static void answer(struct dice *dice, char text[TEXT_SIZE], int topic, int value, int temper)
{
    char plain[TEXT_SIZE];
    fill_in(plain, topics[topic].answer[dice_below(dice, FORMS)], topics[topic].value[value]);
    bool opens = dice_below(dice, 2) == 0;
    snprintf(text, TEXT_SIZE, "%.*s%s%.80s", opens ? (int)strlen(tempers[temper]) : 0, tempers[temper],
             opens ? " " : "", plain);
}

/* Another answer than all that are there. Half of them are to the same question. */
static void wrong_answer(struct dice *dice, char (*text)[TEXT_SIZE], int count, int topic,
                         const struct persona *persona)
{
    for (bool is_new = false; !is_new;) {
        bool near = count % 2 == 1;
        int other = (topic + 1 + dice_below(dice, TOPICS - 1)) % TOPICS;
        int value =
            near ? (persona->value[topic] + 1 + dice_below(dice, VALUES - 1)) % VALUES : dice_below(dice, VALUES);
        answer(dice, text[count], near ? topic : other, value, dice_below(dice, TEMPERS));
        is_new = true;
        for (int i = 0; i < count; i++)
            is_new = is_new && strcmp(text[i], text[count]) != 0;
    }
}

static void write_turn(const struct personas_settings *settings, struct dice *dice, const struct persona *persona,
                       int topic, int number, FILE *stream)
{
    char text[CANDIDATES_MAX][TEXT_SIZE];
    const char *question = topics[topic].question[dice_below(dice, FORMS)];
    answer(dice, text[0], topic, persona->value[topic], persona->temper);
    for (int i = 1; i < settings->candidates; i++)
        wrong_answer(dice, text, i, topic, persona);
    fprintf(stream, "%d %s\t%s\t\t", number, question, text[0]);
    int order[CANDIDATES_MAX];
    for (int i = 1; i < settings->candidates; i++)
        order[i] = i;
    dice_shuffle(dice, order + 1, settings->candidates - 1);
    for (int i = 1; i < settings->candidates; i++)
        fprintf(stream, "%s|", text[order[i]]);
    fprintf(stream, "%s\n", text[0]);
}

static void write_dialogue(const struct personas_settings *settings, struct dice *dice, const struct persona *persona,
                           FILE *stream)
{
    int order[TOPICS];
    int number = 1;
    memcpy(order, persona->topic, sizeof order);
    dice_shuffle(dice, order, settings->facts);
    for (int i = 0; i < settings->facts; i++) {
        char text[TEXT_SIZE];
        fill_in(text, topics[order[i]].sentence, topics[order[i]].value[persona->value[order[i]]]);
        fprintf(stream, "%d your persona: %s\n", number++, text);
    }
    dice_shuffle(dice, order, settings->facts);
    for (int i = 0; i < settings->turns; i++)
        write_turn(settings, dice, persona, order[i], number++, stream);
}

static enum err_code check(const struct personas_settings *settings, struct err *err)
{
    const struct {
        const char *name;
        int value, least, most;
    } range[] = {
        {"personas", settings->personas, 1, 10000},
        {"dialogues", settings->dialogues, 1, 1000},
        {"facts", settings->facts, 1, TOPICS},
        {"turns", settings->turns, 1, settings->facts},
        {"candidates", settings->candidates, 2, CANDIDATES_MAX},
    };
    for (size_t i = 0; i < sizeof range / sizeof *range; i++)
        if (range[i].value < range[i].least || range[i].value > range[i].most)
            return err_set(err, ERR_INPUT, "%s must be from %d to %d, not %d", range[i].name, range[i].least,
                           range[i].most, range[i].value);
    return ERR_NONE;
}

enum err_code personas_write(const struct personas_settings *settings, const atomic_bool *stop, char **text,
                             size_t *size, struct err *err)
{
    *text = NULL;
    if (check(settings, err))
        return err->code;
    struct dice *dice = dice_new();
    FILE *stream = dice == NULL ? NULL : open_memstream(text, size);
    if (stream == NULL) {
        dice_free(dice);
        return err_set(err, ERR_MEMORY, "no memory for a corpus of %d personas", settings->personas);
    }
    bool stopped = false;
    for (int i = 0; i < settings->personas && !stopped; i++) {
        struct persona persona;
        draw_persona(settings, dice, i, &persona);
        for (int j = 0; j < settings->dialogues && !(stopped = halt_asked(stop, err)); j++) {
            dice_begin(dice, settings->seed, DICE_DIALOGUE, (uint64_t)i, (uint64_t)j);
            write_dialogue(settings, dice, &persona, stream);
        }
    }
    dice_free(dice);
    bool whole = !ferror(stream);
    if (fclose(stream) == 0 && whole && !stopped)
        return ERR_NONE;
    free(*text);
    *text = NULL;
    if (stopped)
        return ERR_STOPPED;
    return err_set(err, ERR_MEMORY, "no memory for a corpus of %d personas", settings->personas);
}
