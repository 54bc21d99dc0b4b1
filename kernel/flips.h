/* Flips of a network under controls, as ionqdsl/passes/networks/masked_gates.py has them, on at most 64 wires. */
#ifndef FLIPS_H
#define FLIPS_H

#include "words.h"

/* A gate by masks of wires: the changed ones, the ones only read, and the ones that must be |1> for it. `gate`
 * is twice the number of a gate of the source, and 1 more for a flip. */
typedef struct {
    Word target, controls, values;
    int64_t gate;
} MaskedGate;

typedef struct {
    MaskedGate *items;
    int64_t count, room;
} MaskedGates;

/* By the number of controls of a flip: its interactions, and those of one of a pair whose phases cancel. */
typedef struct {
    const int64_t *plain, *relative;
} FlipCosts;

INLINE int is_flip(const MaskedGate *step) {
    return (int)(step->gate & 1);
}

/* Takes out pairs of flips that cost more than those that stay without them. */
Outcome gather_flips(MaskedGates *steps, const FlipCosts *costs);

/* Writes one flip in place of two with `least` controls or more, equal but for one of them, if that costs less. */
Outcome join_flips(MaskedGates *steps, const FlipCosts *costs, int least);

/* The interactions of steps; -1 if there is no memory. */
int64_t cost_of_flips(const MaskedGate *steps, int64_t count, const FlipCosts *costs);

#endif
