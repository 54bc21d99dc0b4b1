/* Decomposes a two-qubit unitary into at most three interactions between local turns.
 *
 * ionqdsl/algebra/weyl.py is the same algorithm in numpy, and says why; both give the same numbers up to rounding.
 */
#include "weyl.h"

#include <math.h>
#include <string.h>

typedef double Real[LOCAL][LOCAL];
typedef struct {
    Real re, im;
} Complex;

enum { SWEEPS = 30 };

#define NEGLIGIBLE 1e-15
#define ROUNDING 2e-13
#define EQUAL 1e-9
#define NEAR 1e-6

static const double pi = 3.14159265358979323846;

void pair_product(const WeylTables *tables, int64_t count, const double *u, const double *v, const double *t,
                  double product[SQUARE][2]) {
    memset(product, 0, SQUARE * sizeof *product);
    for (int k = 0; k < SQUARE; k += LOCAL + 1)
        product[k][0] = 1;
    for (int64_t place = 0; place < count; place++) {
        double gate[SQUARE][2] = {{0}}, before[SQUARE][2], sine = sin(t[place]), cosine = cos(t[place]);
        for (int letters = 0; letters < 9; letters++) {
            double part = sine * u[3 * place + letters / 3] * v[3 * place + letters % 3];
            for (int k = 0; k < SQUARE; k++) {
                gate[k][0] += part * tables->generators[letters][k][1];
                gate[k][1] -= part * tables->generators[letters][k][0];
            }
        }
        for (int k = 0; k < SQUARE; k += LOCAL + 1)
            gate[k][0] += cosine;
        memcpy(before, product, sizeof before);
        for (int row = 0; row < LOCAL; row++)
            for (int column = 0; column < LOCAL; column++) {
                double re = 0, im = 0;
                for (int k = 0; k < LOCAL; k++) {
                    const double *a = gate[row * LOCAL + k], *b = before[k * LOCAL + column];
                    re += a[0] * b[0] - a[1] * b[1];
                    im += a[0] * b[1] + a[1] * b[0];
                }
                product[row * LOCAL + column][0] = re;
                product[row * LOCAL + column][1] = im;
            }
    }
}

static double determinant(Real matrix) {
    double minors[6], others[6];
    static const int pairs[6][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
    for (int k = 0; k < 6; k++) {
        int a = pairs[k][0], b = pairs[k][1];
        minors[k] = matrix[0][a] * matrix[1][b] - matrix[0][b] * matrix[1][a];
        others[k] = matrix[2][a] * matrix[3][b] - matrix[2][b] * matrix[3][a];
    }
    return minors[0] * others[5] - minors[1] * others[4] + minors[2] * others[3] + minors[3] * others[2]
           - minors[4] * others[1] + minors[5] * others[0];
}

/* Turns the columns p and q of the basis, and rows and columns of the symmetric matrix, so that its entry p, q is 0. */
static void rotate(Real matrix, Real basis, int p, int q) {
    double middle = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
    double tangent = (middle < -EQUAL ? -1 : 1) / (fabs(middle) + sqrt(1 + middle * middle));
    double cosine = 1 / sqrt(1 + tangent * tangent), sine = tangent * cosine;
    for (int k = 0; k < LOCAL; k++) {
        double a = matrix[k][p], b = matrix[k][q];
        matrix[k][p] = cosine * a - sine * b;
        matrix[k][q] = sine * a + cosine * b;
    }
    for (int k = 0; k < LOCAL; k++) {
        double a = matrix[p][k], b = matrix[q][k];
        matrix[p][k] = cosine * a - sine * b;
        matrix[q][k] = sine * a + cosine * b;
    }
    for (int k = 0; k < LOCAL; k++) {
        double a = basis[k][p], b = basis[k][q];
        basis[k][p] = cosine * a - sine * b;
        basis[k][q] = sine * a + cosine * b;
    }
}

/* Gives the space of some columns of the basis the columns that it alone decides, whatever rounding made of them: unit
 * vectors projected to it, one after another, the longest first. */
static void settle(Real basis, int first, int count) {
    Real projector;
    for (int row = 0; row < LOCAL; row++)
        for (int column = 0; column < LOCAL; column++) {
            projector[row][column] = 0;
            for (int k = first; k < first + count; k++)
                projector[row][column] += basis[row][k] * basis[column][k];
        }
    for (int k = first; k < first + count; k++) {
        double largest = 0;
        int best = 0;
        for (int row = 0; row < LOCAL; row++)
            largest = projector[row][row] > largest ? projector[row][row] : largest;
        while (best < LOCAL - 1 && !(projector[best][best] > largest - NEAR))
            best++;
        double root = sqrt(projector[best][best]);
        for (int row = 0; row < LOCAL; row++)
            basis[row][k] = projector[row][best] / root;
        for (int row = 0; row < LOCAL; row++)
            for (int column = 0; column < LOCAL; column++)
                projector[row][column] -= basis[row][k] * basis[column][k];
    }
}

/* The eigenvectors of a symmetric matrix as columns, those of small values first (Jacobi's method, cyclic); those of
 * values that are equal but for rounding are settled. */
static void write_basis(Real matrix, Real basis) {
    memset(basis, 0, sizeof(Real));
    for (int k = 0; k < LOCAL; k++)
        basis[k][k] = 1;
    for (int sweep = 0, is_changed = 1; sweep < SWEEPS && is_changed; sweep++) {
        is_changed = 0;
        for (int p = 0; p < LOCAL; p++)
            for (int q = p + 1; q < LOCAL; q++)
                if (fabs(matrix[p][q]) > NEGLIGIBLE) {
                    rotate(matrix, basis, p, q);
                    is_changed = 1;
                }
    }
    int order[LOCAL] = {0, 1, 2, 3};
    for (int k = 1; k < LOCAL; k++)
        for (int j = k; j > 0 && matrix[order[j]][order[j]] < matrix[order[j - 1]][order[j - 1]] - EQUAL; j--) {
            int first = order[j];
            order[j] = order[j - 1];
            order[j - 1] = first;
        }
    Real old;
    memcpy(old, basis, sizeof old);
    for (int row = 0; row < LOCAL; row++)
        for (int k = 0; k < LOCAL; k++)
            basis[row][k] = old[row][order[k]];
    for (int first = 0, next; first < LOCAL; first = next) {
        for (next = first + 1; next < LOCAL; next++)
            if (fabs(matrix[order[next]][order[next]] - matrix[order[first]][order[first]]) > ROUNDING)
                break;
        if (next - first > 1)
            settle(basis, first, next - first);
    }
}

/* unitary = orthogonal e^{i angles} basis^T with real matrices of determinant 1; the largest error of an entry. */
static double attempt(double unitary[SQUARE][2], double mixture, Real orthogonal, double *angles, Real basis) {
    Complex squares, columns;
    Real mixed;
    for (int row = 0; row < LOCAL; row++)
        for (int column = 0; column < LOCAL; column++) {
            double re = 0, im = 0;
            for (int k = 0; k < LOCAL; k++) {
                const double *a = unitary[k * LOCAL + row], *b = unitary[k * LOCAL + column];
                re += a[0] * b[0] - a[1] * b[1];
                im += a[0] * b[1] + a[1] * b[0];
            }
            squares.re[row][column] = re;
            squares.im[row][column] = im;
        }
    for (int row = 0; row < LOCAL; row++)
        for (int column = 0; column < LOCAL; column++)
            mixed[row][column] = (cos(mixture) * (squares.re[row][column] + squares.re[column][row])
                                  + sin(mixture) * (squares.im[row][column] + squares.im[column][row])) / 2;
    write_basis(mixed, basis);
    if (determinant(basis) < 0)
        for (int row = 0; row < LOCAL; row++)
            basis[row][0] = -basis[row][0];
    for (int k = 0; k < LOCAL; k++) {
        double re = 0, im = 0;
        for (int row = 0; row < LOCAL; row++) {
            double x = 0, y = 0;
            columns.re[row][k] = columns.im[row][k] = 0;
            for (int j = 0; j < LOCAL; j++) {
                x += squares.re[row][j] * basis[j][k];
                y += squares.im[row][j] * basis[j][k];
                columns.re[row][k] += unitary[row * LOCAL + j][0] * basis[j][k];
                columns.im[row][k] += unitary[row * LOCAL + j][1] * basis[j][k];
            }
            re += basis[row][k] * x;
            im += basis[row][k] * y;
        }
        angles[k] = atan2(im, re) / 2;
        if (angles[k] < EQUAL - pi / 2)  /* rounding does not decide which side of the cut it is */
            angles[k] += pi;
        for (int row = 0; row < LOCAL; row++)
            orthogonal[row][k] = cos(angles[k]) * columns.re[row][k] + sin(angles[k]) * columns.im[row][k];
    }
    if (determinant(orthogonal) < 0) {
        angles[0] += pi;
        for (int row = 0; row < LOCAL; row++)
            orthogonal[row][0] = -orthogonal[row][0];
    }
    Real product, first;  /* one Newton step back to orthogonality */
    memcpy(first, orthogonal, sizeof first);
    for (int a = 0; a < LOCAL; a++)
        for (int b = 0; b < LOCAL; b++) {
            product[a][b] = 0;
            for (int k = 0; k < LOCAL; k++)
                product[a][b] += first[k][a] * first[k][b];
        }
    double error = 0;
    for (int row = 0; row < LOCAL; row++)
        for (int k = 0; k < LOCAL; k++) {
            double sum = 0;
            for (int j = 0; j < LOCAL; j++)
                sum += first[row][j] * product[j][k];
            orthogonal[row][k] = 1.5 * first[row][k] - 0.5 * sum;
        }
    for (int row = 0; row < LOCAL; row++)
        for (int column = 0; column < LOCAL; column++) {
            double re = -unitary[row * LOCAL + column][0], im = -unitary[row * LOCAL + column][1];
            for (int k = 0; k < LOCAL; k++) {
                double part = orthogonal[row][k] * basis[column][k];
                re += part * cos(angles[k]);
                im += part * sin(angles[k]);
            }
            double distance = sqrt(re * re + im * im);
            error = distance > error ? distance : error;
        }
    return error;
}

/* The two turns of a local unitary, given as a real matrix in the magic basis; its transpose if `is_back`. */
static void write_turns(const WeylTables *tables, Real local, int is_back, double turns[2][LOCAL]) {
    double table[LOCAL][LOCAL] = {{0}}, squares[LOCAL] = {0}, largest = 0, norm = 0;
    for (int row = 0; row < LOCAL; row++)
        for (int column = 0; column < LOCAL; column++) {
            double entry = is_back ? local[column][row] : local[row][column];
            for (int k = 0; k < SQUARE; k++)
                table[k / LOCAL][k % LOCAL] += entry * tables->to_turns[row * LOCAL + column][k];
        }
    for (int row = 0; row < LOCAL; row++) {
        for (int k = 0; k < LOCAL; k++)
            squares[row] += table[row][k] * table[row][k];
        largest = squares[row] > largest ? squares[row] : largest;
    }
    int best = 0;
    while (best < LOCAL - 1 && !(squares[best] > largest - EQUAL))
        best++;
    for (int k = 0; k < LOCAL; k++)
        turns[1][k] = table[best][k] / sqrt(squares[best]);
    for (int row = 0; row < LOCAL; row++) {
        turns[0][row] = 0;
        for (int k = 0; k < LOCAL; k++)
            turns[0][row] += table[row][k] * turns[1][k];
        norm += turns[0][row] * turns[0][row];
    }
    for (int k = 0; k < LOCAL; k++)
        turns[0][k] /= sqrt(norm);
}

void decompose(const WeylTables *tables, double unitary[SQUARE][2], Decomposition *result) {
    Real orthogonal, basis;
    double angles[LOCAL];
    for (int k = 0; k < MIXTURES; k++) {
        result->error = attempt(unitary, tables->mixtures[k], orthogonal, angles, basis);
        if (result->error <= tables->tolerance)
            break;
    }
    write_turns(tables, orthogonal, 0, result->after);
    write_turns(tables, basis, 1, result->before);
    result->phase = (angles[0] + angles[1] + angles[2] + angles[3]) / LOCAL;
    for (int letter = 0; letter < 3; letter++) {
        result->coordinates[letter] = 0;
        for (int k = 0; k < LOCAL; k++)
            result->coordinates[letter] += angles[k] * tables->signs[letter][k];
    }
}
