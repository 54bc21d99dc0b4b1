/* Interaction forms by numbers, and the steps of compressing them (forms.c, shorten.c, order.c). */
#ifndef FORMS_H
#define FORMS_H

#include "pairs.h"
#include "weyl.h"

typedef struct {
    int width;
    List wires;       /* two for each interaction */
    Doubles values;   /* u, v, t: VALUES for each */
    List origins;     /* the place of each in the form that was given */
    Turn *ends;       /* by wire */
    int32_t *inputs;  /* by wire, the wire whose input it is now */
    Doubles phases;   /* to be added one after another */
    double neglected;
    Limits limits;
} NumericForm;

/* A form after a sweep, and its blocks: entry k of all of them is interaction k. */
typedef struct {
    NumericForm form;
    Gathered gathered;
    int is_cut, is_renamed, is_moved;  /* whether items were left out, wires exchanged, and inputs renamed */
    int is_spent;  /* whether it has been compressed */
    int round, is_asking;
    List counts;     /* of the blocks that may get another unitary: how many interactions they have */
    Doubles asked;   /* the axes that both wires are measured along next, and the unitary: ASKED for each */
} Sweep;

enum { ASKED = 6 + 2 * SQUARE };

/* Other unitaries for blocks that were asked about, in the order of the questions, each with an error of its own. */
typedef struct {
    int64_t count;
    const int32_t *owners;
    const double *unitaries;  /* 2 * SQUARE for each */
    const double *errors;
} Answers;

typedef struct {
    const WeylTables *tables;  /* or NULL */
    int may_rename, is_measured;
    Answers answers;
} Goal;

/* SOLVED; STOPPED where this is left to Python, or where the sweep is asking; INVALID before any change where it needs the tables; NO_MEMORY */
Outcome sweep_form(Sweep *sweep, int is_measured);
Outcome compress(Sweep *sweep, const Goal *goal);
void release_sweep(Sweep *sweep);

/* Replaces blocks that may be shorter, as resynthesise_pairs.py does; says whether there are any. Asks first if some may
 * get other unitaries. */
Outcome shorten_blocks(Sweep *sweep, const Goal *goal, int *is_shorter);

/* Moves small interactions to the axes of larger ones, as settle_axes.py does. */
Outcome settle_axes(NumericForm *form);

/* Orders the entries of blocks, as order_blocks.py does. */
Outcome order_blocks(Sweep *sweep);

/* The turns of interactions of a circuit, its pulses and its depth in two-qubit gates, at least. */
typedef struct {
    double turns;
    int64_t pulses, depth;
} LeastCost;

/* The least cost of a circuit of a form where gates are along its axes. */
Outcome count_least(const Form *form, const Turn *ends, LeastCost *cost);

enum { HALF_PULSE, QUARTER_PULSE, GATE };  /* kinds of rows */

/* Rows on a wire or two, the place of the interaction that each is written for, and their angles in turns; the turns of
 * the wires so far, a phase that rows lack, and the rounding neglected.
 */
typedef struct {
    List rows;  /* kind, wires (NONE for a second one) and place of each */
    Doubles turns;
    Turn *done;
    double phase, neglected;
} Placed;

/* Writes the rows of a form up to the ends of its wires, with angles from `low` to `high` turns; SOLVED or NO_MEMORY. */
Outcome place_pulses(const Form *form, const Turn *ends, double low, double high, Placed *placed);
void release_placed(Placed *placed);

/* Appends an interaction; 0 without memory. */
int append_interaction(NumericForm *form, int a, int b, Vector u, Vector v, double t, int32_t origin);

INLINE int64_t interactions_of(const NumericForm *form) {
    return form->origins.count;
}

#endif
