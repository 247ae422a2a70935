/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/statistics.h"
#include "ui/dialogue_state.h"
#include "ui/label.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- the line on top ---- */

void dialogue_title_draw(const struct dialogue_screen *screen, struct grid *grid, const struct dialogue_status *status)
{
    static const char *const stages[] = {"pretraining", "retraining", "adapting", "done", "failed"};
    struct frame_piece piece[2] = {{"not begun", STYLE_TEXT, 1}, {"", STYLE_TEXT, 0}};
    const struct dialogue_view *view = status->view;
    int pieces = 1;
    if (status->begun && status->paused) {
        piece[0] = (struct frame_piece){"‖ paused", STYLE_KEY, 1};
    } else if (status->begun) {
        bool ends = view != NULL && view->stage >= DIALOGUE_DONE;
        snprintf(piece[0].text, sizeof piece[0].text, "%s %s", ends ? "✓" : "●",
                 view == NULL ? "beginning" : stages[view->stage]);
        piece[0].style = STYLE_VALUE;
    }
    if (view != NULL && view->stage == DIALOGUE_RETRAINING && !isnan(view->method[1].tokens)) {
        char first[LABEL_SIZE];
        char second[LABEL_SIZE];
        label_count(first, view->method[0].tokens);
        label_count(second, view->method[1].tokens);
        snprintf(piece[1].text, sizeof piece[1].text, "%.12s, %.12s tokens/s", first, second);
        pieces = 2;
    }
    frame_title_draw(&screen->frame, grid, "Personas", piece, pieces);
}

/* ---- the sentence ---- */

struct sentence {
    char *text;
    size_t used;
};

static void say(struct sentence *sentence, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct sentence *sentence, const char *format, ...)
{
    va_list args;
    size_t room = DIALOGUE_SENTENCE_SIZE - sentence->used;
    va_start(args, format);
    int wrote = vsnprintf(sentence->text + sentence->used, room, format, args);
    va_end(args);
    if (wrote > 0)
        sentence->used += (size_t)wrote < room ? (size_t)wrote : room - 1;
}

static double rate_of(const struct dialogue_view_epoch *epoch)
{
    return (double)epoch->hits / epoch->count;
}

/* Whether what the two hit cannot be told apart, by 95% intervals: said at the end of a sentence. */
static const char *overlap_of(const struct dialogue_view_epoch *a, const struct dialogue_view_epoch *b)
{
    struct interval first = statistics_rate(a->hits, a->count);
    struct interval second = statistics_rate(b->hits, b->count);
    return first.high < second.low || second.high < first.low ? "" : "; their intervals overlap";
}

static void say_hits(struct sentence *sentence, const struct dialogue_view *view)
{
    const struct dialogue_view_method *method = view->method;
    if (method[0].epochs == 0 || method[1].epochs == 0)
        return;
    const struct dialogue_view_epoch *a = &method[0].epoch[method[0].epochs - 1];
    const struct dialogue_view_epoch *b = &method[1].epoch[method[1].epochs - 1];
    if (a->count == 0 || b->count == 0)
        return;
    say(sentence,
        "On turns of their own personas that were held out, hit@1 is %.2f for standard and %.2f for Meta-LoRA (chance "
        "%.2f)%s. ",
        rate_of(a), rate_of(b), view->chance, overlap_of(a, b));
}

static int rank_of(const struct dialogue_view_method *method)
{
    int rank = 0;
    for (int i = 0; i < method->layers; i++)
        rank += method->layer[i].rank;
    return rank;
}

/* Mean over layers, which is all that the two have in common. A tenth more or less is no difference to speak of. */
static void say_movement(struct sentence *sentence, const struct dialogue_view *view)
{
    const struct dialogue_view_method *method = view->method;
    if (method[0].layers == 0 || method[1].layers == 0)
        return;
    double first = (double)rank_of(&method[0]) / method[0].layers;
    double second = (double)rank_of(&method[1]) / method[1].layers;
    say(sentence,
        "90%% of standard's movement from the pretrained base lies in %.3g directions a layer, of Meta-LoRA's in "
        "%.3g: ",
        first, second);
    if (fabs(first - second) <= 0.1 * fmax(first, second))
        say(sentence, "hardly a difference, where the linear theory has standard's of higher rank. ");
    else if (first > second)
        say(sentence, "standard's is of higher rank, as the linear theory has it. ");
    else
        say(sentence, "Meta-LoRA's is of higher rank, which is not what the linear theory has. ");
}

static void say_adapting(struct sentence *sentence, const struct dialogue_view *view)
{
    const struct dialogue_view_method *method = view->method;
    if (method[0].adapt_epochs == 0 || method[1].adapt_epochs == 0)
        return;
    const struct dialogue_view_epoch *a = &method[0].adapt[method[0].adapt_epochs - 1];
    const struct dialogue_view_epoch *b = &method[1].adapt[method[1].adapt_epochs - 1];
    if (a->count == 0 || b->count == 0)
        return;
    int adapted = method[0].adapted < method[1].adapted ? method[0].adapted : method[1].adapted;
    say(sentence,
        "Adapted to %d of %d new personas by LoRA of rank %d: hit@1 is %.2f from standard's base, %.2f from "
        "Meta-LoRA's%s. ",
        adapted, view->unseen, view->rank, rate_of(a), rate_of(b), overlap_of(a, b));
}

void dialogue_describe(const struct dialogue_status *status, char text[DIALOGUE_SENTENCE_SIZE])
{
    struct sentence sentence = {text, 0};
    const struct dialogue_view *view = status->view;
    text[0] = '\0';
    if (!status->begun) {
        say(&sentence,
            "Space retrains a small encoder on conversations of several personas, with one head for all (standard) and "
            "with an adapter for each (Meta-LoRA), and then adapts both bases to personas that they have not met. The "
            "first "
            "time, an encoder is pretrained for it, which takes a minute or so.");
        return;
    }
    if (view == NULL)
        return;
    if (view->stage == DIALOGUE_FAILED)
        say(&sentence, "It failed: %s", view->why);
    if (view->stage == DIALOGUE_PRETRAINING)
        say(&sentence, "An encoder is pretrained by guessing masked words: step %ld of %ld, loss %.2f.", view->step,
            view->steps, isnan(view->loss) ? 0.0 : view->loss);
    say_adapting(&sentence, view);
    say_hits(&sentence, view);
    say_movement(&sentence, view);
    if (sentence.used == 0)
        say(&sentence, "The first epoch is on its way: step %ld of %ld.", view->method[0].step, view->method[0].steps);
}
