/* The decomposition (weyl.c), as the binding (module.c) calls it. */
#ifndef WEYL_H
#define WEYL_H

#include <stdint.h>

enum { LOCAL = 4, SQUARE = LOCAL * LOCAL, MIXTURES = 7 };

/* Constants of ionqdsl/algebra/weyl.py. */
typedef struct {
    double generators[9][SQUARE][2];  /* products of two Pauli matrices in the magic basis, row by row */
    double to_turns[SQUARE][SQUARE];
    double signs[3][LOCAL];
    double mixtures[MIXTURES];
    double tolerance;
} WeylTables;

typedef struct {
    double after[2][LOCAL], before[2][LOCAL];  /* turns on both wires */
    double coordinates[3], phase, error;
} Decomposition;

/* Writes the product of interactions, the first one rightmost, in the magic basis and row by row. */
void pair_product(const WeylTables *tables, int64_t count, const double *u, const double *v, const double *t,
                  double product[SQUARE][2]);

/* Decomposes a unitary in the magic basis. */
void decompose(const WeylTables *tables, double unitary[SQUARE][2], Decomposition *result);

#endif
