/* The gathering and rewriting of triples (triples.c, rewrite.c), as the binding (triple_module.c) calls it. */
#ifndef TRIPLES_H
#define TRIPLES_H

#include "forms.h"

enum { STEP = 5 };  /* numbers of a step: two wires, the axes on both, a place; or a wire, -1 and a separating axis */

/* Appends for each block in order its three wires, their axes, the number of its places and these. */
Outcome gather_triples(int width, int64_t count, const int32_t *steps, int least, int most_open, List *blocks);

/* A block, and the instance in its place: axes u, axes v and angles, then a turn for each wire, a phase and an error. */
typedef struct {
    const int32_t *wires, *places, *pairs;
    int count, length;  /* of places, of pairs */
    const double *values;
} Replacement;

enum { MORE = 4 * 3 + 2 };  /* numbers after the angles */

/* Writes the interactions and changes the ends of `form`, whose neglected rounding is that of the vectors, which this
 * takes over and releases. */
Outcome rewrite_triples(const Form *given, const Doubles *vectors, const Replacement *blocks, int count,
                        NumericForm *form, double *phase);

#endif
