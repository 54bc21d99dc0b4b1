/* What the binding (module.c) asks of the gathering of triples (triples.c). */
#ifndef TRIPLES_H
#define TRIPLES_H

#include "synthesis.h"

enum { STEP = 5 };  /* numbers of a step: two wires, the axes on both, a place; or a wire, -1 and the axis of what separates */

/* Appends for each block in order its three wires, their axes, the number of its places and these. */
Outcome gather_triples(int width, int64_t count, const int32_t *steps, int least, int most_open, List *blocks);

#endif
