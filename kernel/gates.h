/* The simulation (gates.c), as the binding (module.c) calls it: one pass over a state vector, chunk by chunk. */
#ifndef GATES_H
#define GATES_H

#include <stdint.h>

enum {
    LANES = 3,       /* the lowest bits of a place in a chunk, which no item looks at: vectors run along them */
    CHUNK_BITS = 20  /* most bits of a chunk, so that it takes 16 MiB at most */
};

enum { SCALE, GENERAL, REAL, CROSS, EXCHANGE, KINDS };

/* A part of a gate. It acts where the bits `mask` of a place in the chunk are `first` or `second`, and the bits
 * `outer_mask` of the place in the state are `outer`. SCALE multiplies the amplitudes at `first` by a number. The others
 * mix them with those at `second` by a matrix of two rows: any (GENERAL), of real numbers (REAL), with a real diagonal
 * and the rest imaginary (CROSS), or that of x (EXCHANGE). `numbers` are real and imaginary parts, row by row. */
typedef struct {
    uint64_t outer_mask, outer;
    uint32_t mask, first, second, kind;
    double numbers[8];
} Item;

/* A pass over the states of a batch, each of 2**qubits amplitudes: bit k of a place in a chunk is bit `bits[k]` of the
 * place in the state. */
typedef struct {
    double *amplitudes;
    int qubits, size;      /* size: bits of a chunk */
    const int32_t *bits;
    const Item *items;
    int64_t count;
} Pass;

/* Applies all items to the chunks `start` ... `stop` - 1; 0 if there is no memory. */
int apply_items(const Pass *pass, int64_t start, int64_t stop);

#endif
