/* The linear equations of a step of the instantiation. */
#ifndef EQUATIONS_H
#define EQUATIONS_H

#define LEAST_DAMPING 1e-12

enum { TILE = 4 };  /* rows and columns are filled up to tiles, with zeros */

/* The columns of the Jacobian, by entry, and the equations for a step. The turns come first, whose columns stay. */
typedef struct {
    int parameters, padded;
    double *jacobian;  /* ENTRIES * padded */
    double *square;    /* padded * padded */
    double *step;
} Equations;

void write_square(Equations *equations);

/* Solves (square + damping) x = step in place; the damping is on the diagonal already. */
void solve_step(Equations *equations, double damping);

#endif
