/* Measures how far a three-qubit unitary takes the Paulis of one wire: known_triples.py has the same with numpy. */
#include "instantiation.h"
#include "matrices.h"

/* Writes the parts of one wire's letters in place of its entries: 1, Z, X and Y for bits of row and column 00, 01, 10
 * and 11, so that a word is where its row or its column has a bit. */
INLINE void split_letters(Matrix *matrix, int bit) {
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            if ((column | row) & bit)
                continue;
            double *re[] = {&matrix->re[column][row], &matrix->re[column | bit][row],
                            &matrix->re[column][row | bit], &matrix->re[column | bit][row | bit]};
            double *im[] = {&matrix->im[column][row], &matrix->im[column | bit][row],
                            &matrix->im[column][row | bit], &matrix->im[column | bit][row | bit]};
            double a = *re[0], b = *re[1], c = *re[2], d = *re[3], p = *im[0], q = *im[1], r = *im[2], s = *im[3];
            *re[0] = (a + d) / 2, *re[1] = (a - d) / 2, *re[2] = (b + c) / 2, *re[3] = (r - q) / 2;
            *im[0] = (p + s) / 2, *im[1] = (p - s) / 2, *im[2] = (q + r) / 2, *im[3] = (b - c) / 2;
        }
}

/* The squared norm of the part of the images of a wire's Paulis on each set of wires: ROOMS numbers, wire by wire. */
VECTORS void write_reaches(const Matrix *unitary, double *reaches) {
    static const double axes[][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    memset(reaches, 0, ROOMS * sizeof *reaches);
    for (int number = 0; number < 3 * WIRES; number++) {
        Matrix turned, image;
        times_axis(unitary, number / 3, axes[number % 3], &turned);
        times_adjoint(&turned, unitary, &image);
        for (int bit = 1; bit < SIZE; bit *= 2)
            split_letters(&image, bit);
        for (int column = 0; column < SIZE; column++)
            for (int row = 0; row < SIZE; row++) {
                int set = row | column, wires = (set >> 2 & 1) | (set & 2) | (set << 2 & 4);
                double re = image.re[column][row], im = image.im[column][row];
                if (wires)
                    reaches[number / 3 * (SIZE - 1) + wires - 1] += re * re + im * im;
            }
    }
}
