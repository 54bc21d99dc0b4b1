/* The instantiation (instantiation.c), as the binding (module.c) calls it. */
#ifndef INSTANTIATION_H
#define INSTANTIATION_H

#include <stdint.h>

enum {
    WIRES = 3,
    LETTERS = 3,          /* X, Y and Z */
    SIZE = 8,             /* rows of a matrix on three wires */
    ENTRIES = SIZE * SIZE,
    ROOMS = WIRES * (SIZE - 1),  /* wires, and sets of wires */
    LONGEST = 64,         /* the most interactions of a solution */
    INVARIANTS = 2 * ROOMS + 3,
    MOST_STARTS = 4096
};

/* Columns one after another, so that a loop over rows is a loop over neighbours. */
typedef struct {
    double re[SIZE][SIZE], im[SIZE][SIZE];  /* [column][row] */
} Matrix;

/* The values of one product: for each interaction its axes u and v and its angle t; then a turn for each wire. */
typedef struct {
    double *u, *v, *t;
    double turns[WIRES][4];
} Values;

typedef struct {
    int length, starts, steps;
    const Matrix *unitary;
    const int32_t *structures;  /* starts * length numbers of pairs */
} Task;

/* Writes the product of interactions, the first one rightmost. */
void product_of_interactions(int length, const int32_t *pairs, const double *u, const double *v, const double *t,
                             Matrix *product);

/* For each set of wires, of the images of a wire's X, Y and Z the products of their parts there with each other. */
void write_image_products(const Matrix *unitary, int wire, double products[SIZE][LETTERS][LETTERS]);

/* ROOMS reaches and as many moments, wire by wire, and three traces. */
void write_invariants(const Matrix *unitary, double *invariants);

/* The pattern and the class of a unitary, and the orders of the wires that give each: bit k for the k-th permutation. */
typedef struct {
    uint32_t pattern, pattern_orders, number, orders;
} UnitaryClass;

void write_class(const Matrix *unitary, UnitaryClass *found);

/* Iterates all starts in step until one arrives; its number, -1 if none does, -2 without memory. The values change. */
int instantiate(const Task *task, Values *values, int64_t *work);

#endif
