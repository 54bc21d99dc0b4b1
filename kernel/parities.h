/* The sums of path variables that wires hold: ionqdsl/passes/networks/parities.py explains them. */
#ifndef PARITIES_H
#define PARITIES_H

#include "tidy.h"

/* The hash of a set is the sum of the hashes of its numbers: if sets add up to nothing, so do their hashes. */
typedef struct {
    int64_t start;
    Word hash;
    int32_t count;
} NumberSet;

/* Sets of numbers, each set once. */
typedef struct {
    NumberSet *items;
    int64_t count, room;
    List numbers;   /* of all sets, those of one in ascending order */
    int32_t *table; /* by hash the place of a set, and 1 more; 0 where there is none */
    int64_t size;
} Sets;

/* The place of a set, which is a new one if it was not met before; -1 if there is no memory. */
int32_t place_of(Sets *sets, const int32_t *numbers, int32_t count);
void release_sets(Sets *sets);

/* A parity is twice the place of its set of variables, and 1 more if it is negated. */
enum { ZERO_PARITY, CONSTANT_PARITY };

typedef struct {
    Sets sums, planes, products;
    List of_planes;   /* for each plane two of its parities, and one for the product of their bits */
    List of_products; /* for each set of three factors or more the parity of their product */
    List room;        /* for the numbers of one set */
    int32_t *held;    /* by wire */
    int32_t variables;
    Outcome outcome;
} Paths;

INLINE int32_t positive(int32_t parity) {
    return parity & ~1;
}

INLINE const NumberSet *variables_of(const Paths *paths, int32_t parity) {
    return &paths->sums.items[parity >> 1];
}

/* The newest variable of a parity, which has some. */
INLINE int32_t newest_of(const Paths *paths, int32_t parity) {
    const NumberSet *set = variables_of(paths, parity);
    return paths->sums.numbers.items[set->start + set->count - 1];
}

/* Each of some wires below `width` holds a new variable. */
void begin_paths(Paths *paths, int32_t width, const int32_t *wires, int64_t count);
void release_paths(Paths *paths);

int32_t sum_of(Paths *paths, int32_t one, int32_t other);

/* Advances over a gate, and appends the wires that hold another parity then. */
void follow(Paths *paths, const Tidy *network, const TidyGate *gate, List *changed);

#endif
