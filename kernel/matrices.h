/* Products of matrices on three wires. */
#ifndef MATRICES_H
#define MATRICES_H

#include <string.h>

#include "instantiation.h"
#include "words.h"

/* Functions with most of the work are compiled twice where that is possible: for any processor, and for one with wide
 * vectors. Both round alike, for none multiplies and adds in one step. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif

/* to = from (n . sigma) on a wire. */
INLINE void times_axis(const Matrix *from, int wire, const double *n, Matrix *to) {
    int bit = SIZE >> (wire + 1);
    double x = n[0], y = n[1], z = n[2];
    for (int low = 0; low < SIZE; low++) {
        if (low & bit)
            continue;
        int high = low | bit;
        const double *a = from->re[low], *b = from->im[low], *c = from->re[high], *d = from->im[high];
        for (int row = 0; row < SIZE; row++) {
            to->re[low][row] = z * a[row] + x * c[row] - y * d[row];
            to->im[low][row] = z * b[row] + x * d[row] + y * c[row];
            to->re[high][row] = x * a[row] + y * b[row] - z * c[row];
            to->im[high][row] = x * b[row] - y * a[row] - z * d[row];
        }
    }
}

/* to = from other^+, where both have so many columns. */
INLINE void times_adjoint(const Matrix *from, const Matrix *other, int columns, Matrix *to) {
    for (int column = 0; column < SIZE; column++) {
        double re[SIZE] = {0}, im[SIZE] = {0};
        for (int k = 0; k < columns; k++) {
            double x = other->re[k][column], y = -other->im[k][column];
            const double *a = from->re[k], *b = from->im[k];
            for (int row = 0; row < SIZE; row++) {
                re[row] += a[row] * x - b[row] * y;
                im[row] += a[row] * y + b[row] * x;
            }
        }
        memcpy(to->re[column], re, sizeof re);
        memcpy(to->im[column], im, sizeof im);
    }
}

INLINE void identity(Matrix *matrix) {
    memset(matrix, 0, sizeof *matrix);
    for (int k = 0; k < SIZE; k++)
        matrix->re[k][k] = 1;
}

#endif
