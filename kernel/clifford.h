/* The search for short Clifford circuits (clifford.c), as the binding (module.c) calls it. */
#ifndef CLIFFORD_H
#define CLIFFORD_H

#include "synthesis.h"

enum { FACTOR = 3 };  /* numbers of a factor: its side, and its two generators */

typedef struct {
    int wires;              /* 2 to 32 */
    const Word *rows;       /* x and z of the images of X and Z of each qubit; zero for an image that does not matter */
    int sides;              /* 1: factors are taken off the start; 2: off the end, too */
    int is_still;           /* whether every qubit must come back to its own wire */
    int places, limit;      /* the states that are kept in each step, and the most steps */
    const int32_t *terms;   /* of the cost, for a row or a column whose blocks cost 0 ... 3 * wires + 3 */
} Search;

Outcome find_factors(const Search *search, List *factors);

#endif
