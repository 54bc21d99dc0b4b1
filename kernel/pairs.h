/* The gathering of pairs (pairs.c), as others call it. */
#ifndef PAIRS_H
#define PAIRS_H

#include "axes.h"

enum { VALUES = 7, HEAD = 5, ENTRY = 3, LATE = 5 };  /* numbers of an interaction, a block, an entry, a late turn */

typedef struct {
    int width;
    int64_t count;
    const int32_t *wires;   /* two for each interaction */
    const double *values;   /* u, v, t: VALUES for each */
    const Limits *limits;
} Form;

typedef struct {
    double is_there;
    Turn turn;
} LateTurn;

typedef struct {
    Axes axes;        /* those given come first */
    List blocks;      /* wires, axes and number of entries: HEAD each */
    List entries;     /* of all blocks in order: axes and the place of the origin, ENTRY each */
    Doubles angles;   /* by entry */
    LateTurn *late;   /* by wire */
    double phase;
} Gathered;

/* Gathers the interactions of a form; `gathered` holds the known vectors and their neglected rounding. */
Outcome gather_pairs(const Form *form, Gathered *gathered);

/* Writes the entries as interactions, as a form has them. */
void write_entries(const Gathered *gathered, int32_t *wires, double *values);
void release_gathered(Gathered *gathered);

#endif
