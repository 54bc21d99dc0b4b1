/* The comparison of unitaries (likeness.c), as the binding (module.c) calls it. */
#ifndef LIKENESS_H
#define LIKENESS_H

#include "turns.h"

#include "instantiation.h"

/* Which turns of a wire's frame may make another unitary's of it. */
typedef enum { DISTINCT, SYMMETRIC, AXIAL, FREE, KINDS } Kind;

/* For each wire its kind and the turn that takes its own axes to X, Y and Z. */
typedef struct {
    int32_t kinds[WIRES];
    Turn turns[WIRES];
} Frames;

/* `axes` are two of each wire, where possible not parallel. */
void write_frames(const Matrix *unitary, const Vector axes[WIRES][2], Frames *frames);

/* Turns with unitary = (after) standard (before), up to a phase; 0 if none were found. */
int write_likeness(const Matrix *unitary, const Frames *own, const Matrix *standard, const Frames *theirs, Turn *before,
                   Turn *after);

/* The phase with which a product and then a turn of each wire come nearest to a unitary, and the distance left: the root
 * of the sum of squares of all entries. */
double distance_after(const Matrix *unitary, const Matrix *product, const Turn *turns, double *phase);

#endif
