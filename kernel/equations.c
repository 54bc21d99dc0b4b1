/* Builds and solves the equations of a step of the instantiation, tile by tile: a tile's sums stay in registers. */
#include "equations.h"

#include <math.h>
#include <stddef.h>

#include "instantiation.h"
#include "matrices.h"

enum { WIDE = 2 * TILE };  /* two tiles next to each other, whose sums do not wait for one another */

/* The products of a tile's columns with others, over some rows. */
INLINE void multiply_tiles(const double *left, const double *right, int rows, int stride, int width,
                           double sum[TILE][WIDE]) {
    for (int k = 0; k < rows; k++, left += stride, right += stride)
        for (int p = 0; p < TILE; p++)
            for (int q = 0; q < width; q++)
                sum[p][q] += left[p] * right[q];
}

/* Some tiles of J^T J / 8. */
INLINE void write_tiles(Equations *e, int i, int j, int width) {
    double sum[TILE][WIDE] = {{0}};
    multiply_tiles(e->jacobian + i, e->jacobian + j, ENTRIES, e->padded, width, sum);
    for (int p = 0; p < TILE; p++)
        for (int q = 0; q < width; q++)
            e->square[(size_t)(i + p) * e->padded + j + q] = sum[p][q] / SIZE;
}

/* The upper tiles of J^T J / 8. */
VECTORS void write_square(Equations *e) {
    for (int i = 0; i < e->padded; i += TILE) {
        int j = i;
        for (; j + TILE < e->padded; j += WIDE)
            write_tiles(e, i, j, WIDE);
        if (j < e->padded)
            write_tiles(e, i, j, TILE);
    }
}

/* square + damping = U^T U (Cholesky), in place: the upper tiles. Rows after the last parameter are not touched. */
VECTORS static void factorise(Equations *e, double damping) {
    int n = e->parameters, stride = e->padded;
    double *m = e->square;
    for (int i = 0; i < stride; i += TILE) {
        for (int j = i; j < stride; j += TILE) {
            double sum[TILE][WIDE] = {{0}}, *tile = m + (size_t)i * stride + j;
            multiply_tiles(m + i, m + j, i, stride, TILE, sum);
            for (int p = 0; p < TILE; p++)
                for (int q = 0; q < TILE; q++)
                    tile[(size_t)p * stride + q] -= sum[p][q];
        }
        for (int p = i; p < i + TILE && p < n; p++) {
            double *row = m + (size_t)p * stride, pivot = row[p];
            double root = sqrt(pivot > LEAST_DAMPING * 1e-3 ? pivot : damping), inverse = 1 / root;
            for (int j = i; j < stride; j++)
                row[j] *= inverse;
            row[p] = root;
            for (int q = p + 1; q < i + TILE; q++) {
                double factor = row[q], *other = m + (size_t)q * stride;
                for (int j = i; j < stride; j++)
                    other[j] -= factor * row[j];
            }
        }
    }
}

VECTORS void solve_step(Equations *e, double damping) {
    int n = e->parameters, stride = e->padded;
    double *x = e->step;
    factorise(e, damping);
    for (int i = 0; i < n; i++) {
        const double *row = e->square + (size_t)i * stride;
        x[i] /= row[i];
        for (int j = i + 1; j < n; j++)
            x[j] -= row[j] * x[i];
    }
    for (int i = n - 1; i >= 0; i--) {
        const double *row = e->square + (size_t)i * stride;
        double rest = x[i], parts[TILE] = {0};
        int j = i + 1;
        for (; j % TILE; j++)
            rest -= row[j] * x[j];
        for (; j < stride; j += TILE)  /* there are zeros after the last parameter */
            for (int part = 0; part < TILE; part++)
                parts[part] += row[j + part] * x[j + part];
        x[i] = (rest - (parts[0] + parts[1]) - (parts[2] + parts[3])) / row[i];
    }
}
