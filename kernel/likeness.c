/* One-qubit gates that make one three-qubit unitary of another.
 *
 * ionqdsl/passes/triples/likeness.py has the same with numpy, and says why.
 */
#include "likeness.h"

#include <string.h>

#define APART 1e-6   /* eigenvalues that differ by more are different */
#define EQUAL 1e-9

enum { MOST_TURNS = 24, SWEEPS = 12 };

typedef struct {
    double re[SIZE], im[SIZE];
} Column;

/* --- frames ------------------------------------------------------------------------------------------------------- */

/* The eigenvalues of a symmetric matrix in order, by Jacobi's rotations, and unit eigenvectors. */
static void diagonalise(double m[3][3], double *values, Vector *vectors) {
    double v[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};  /* rows are eigenvectors */
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int p = 0; p < 2; p++)
            for (int q = p + 1; q < 3; q++) {
                double angle = atan2(2 * m[p][q], m[q][q] - m[p][p]) / 2, c = cos(angle), s = sin(angle);
                if (m[p][q] == 0)
                    continue;
                for (int k = 0; k < 3; k++) {
                    double a = m[k][p], b = m[k][q], d = v[p][k], e = v[q][k];
                    m[k][p] = c * a - s * b, m[k][q] = s * a + c * b;
                    v[p][k] = c * d - s * e, v[q][k] = s * d + c * e;
                }
                for (int k = 0; k < 3; k++) {
                    double a = m[p][k], b = m[q][k];
                    m[p][k] = c * a - s * b, m[q][k] = s * a + c * b;
                }
            }
    int order[3] = {0, 1, 2};
    for (int k = 0; k < 3; k++) {
        int one = k % 2, first = order[one], second = order[one + 1];
        if (m[second][second] < m[first][first])
            order[one] = second, order[one + 1] = first;
    }
    for (int k = 0; k < 3; k++) {
        values[k] = m[order[k]][order[k]];
        vectors[k] = unit(vector_at(v[order[k]]));
    }
}

/* The turn that takes these axes, of which the third is the vector product, to X, Y and Z. */
static Turn turn_to_letters(Vector x, Vector y) {
    Vector z = cross(x, y);
    double candidates[4] = {1 + x.x + y.y + z.z, 1 + x.x - y.y - z.z, 1 - x.x + y.y - z.z, 1 - x.x - y.y + z.z};
    int best = 0;
    for (int k = 1; k < 4; k++)
        if (candidates[k] > candidates[best])
            best = k;
    double a = z.y - y.z, b = x.z - z.x, c = y.x - x.y, d = x.y + y.x, e = x.z + z.x, f = y.z + z.y;
    double own = candidates[best];
    Turn turns[4] = {{own, a, b, c}, {a, own, d, e}, {b, d, own, f}, {c, e, f, own}};
    return normalised(turns[best]);
}

/* The part of a vector across an axis, with length one; 0 if there is hardly any. */
static int is_across(Vector axis, Vector vector, Vector *across) {
    double along = dot(axis, vector);
    Vector rest = {vector.x - along * axis.x, vector.y - along * axis.y, vector.z - along * axis.z};
    if (dot(rest, rest) < APART * APART)
        return 0;
    *across = unit(rest);
    return 1;
}

/* The first of some vectors that has a part across the axis: the two axes, then those of the letters. */
static Vector across(Vector axis, const Vector *axes) {
    const Vector vectors[] = {axes[0], axes[1], {1, 0, 0}, {0, 1, 0}};
    Vector found = vectors[0];
    for (int k = 0; k < 4 && !is_across(axis, vectors[k], &found); k++)
        continue;
    return found;
}

/* Whether the image of the Pauli along an axis is on one wire, so that turns about the axis become turns after it. */
static int stays_alone(double products[SIZE][LETTERS][LETTERS], Vector axis) {
    for (int set = 1; set < SIZE; set *= 2) {
        double own[3] = {axis.x, axis.y, axis.z}, size = 0;
        for (int one = 0; one < LETTERS; one++)
            for (int other = 0; other < LETTERS; other++)
                size += own[one] * products[set][one][other] * own[other];
        if (fabs(size - 1) < APART)
            return 1;
    }
    return 0;
}

void write_frames(const Matrix *unitary, const Vector axes[WIRES][2], Frames *frames) {
    static const double weights[SIZE] = {0, 2.73, 3.15, 1.07, 4.79, 3.4, 1.91, 6.64};
    for (int wire = 0; wire < WIRES; wire++) {
        double products[SIZE][LETTERS][LETTERS], sum[3][3] = {{0}}, values[3];
        Vector vectors[3];
        write_image_products(unitary, wire, products);
        for (int set = 1; set < SIZE; set++)
            for (int one = 0; one < LETTERS; one++)
                for (int other = 0; other < LETTERS; other++)
                    sum[one][other] += weights[set] * products[set][one][other];
        diagonalise(sum, values, vectors);
        int is_low_alone = values[1] - values[0] > APART, is_high_alone = values[2] - values[1] > APART;
        Vector x = vectors[is_low_alone ? 0 : 2], y = vectors[1];
        frames->kinds[wire] = DISTINCT;
        if (!is_low_alone && !is_high_alone) {
            frames->kinds[wire] = FREE;
            x = unit(axes[wire][0]);
        } else if (!is_low_alone || !is_high_alone) {
            frames->kinds[wire] = stays_alone(products, x) ? SYMMETRIC : AXIAL;
        }
        if (frames->kinds[wire] != DISTINCT)
            y = across(x, axes[wire]);
        frames->turns[wire] = turn_to_letters(x, y);
    }
}

/* --- likeness ----------------------------------------------------------------------------------------------------- */

/* The turns of a frame that may be the right one, by its kind; their number. */
static int write_choices(int32_t kind, Turn *choices) {
    static const Turn halves[] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    const Turn flip = halves[2], cycle = {0.5, 0.5, 0.5, 0.5};
    int count = 0;
    if (kind == DISTINCT || kind == SYMMETRIC)
        for (int k = 0; k < 4; k += kind == DISTINCT ? 1 : 2)
            choices[count++] = halves[k];
    if (kind == AXIAL)
        for (int k = 0; k < 8; k++) {
            choices[count] = turn_about((Vector){1, 0, 0}, k * PI / 4);
            choices[count + 1] = product(choices[count], flip);
            count += 2;
        }
    if (kind == FREE)
        for (int k = 0; k < 4; k++) {
            Turn own = turn_about((Vector){1, 0, 0}, k * PI / 2);
            for (int j = 0; j < 3; j++, own = product(own, cycle)) {
                choices[count++] = own;
                choices[count++] = product(own, flip);
            }
        }
    return count;
}

static Turn inverse(Turn turn) {
    return (Turn){turn.w, -turn.x, -turn.y, -turn.z};
}

/* to = the turn on a wire, times from. */
static void turn_column(Turn turn, int wire, const Column *from, Column *to) {
    int bit = SIZE >> (wire + 1);
    for (int low = 0; low < SIZE; low++) {
        if (low & bit)
            continue;
        int high = low | bit;
        double a = from->re[low], b = from->im[low], c = from->re[high], d = from->im[high];
        to->re[low] = turn.w * a + turn.z * b - turn.y * c + turn.x * d;
        to->im[low] = turn.w * b - turn.z * a - turn.y * d - turn.x * c;
        to->re[high] = turn.y * a + turn.x * b + turn.w * c - turn.z * d;
        to->im[high] = turn.y * b - turn.x * a + turn.w * d + turn.z * c;
    }
}

static void times_column(const Matrix *matrix, const Column *from, Column *to) {
    memset(to, 0, sizeof *to);
    for (int column = 0; column < SIZE; column++) {
        double x = from->re[column], y = from->im[column];
        for (int row = 0; row < SIZE; row++) {
            to->re[row] += matrix->re[column][row] * x - matrix->im[column][row] * y;
            to->im[row] += matrix->re[column][row] * y + matrix->im[column][row] * x;
        }
    }
}

/* Whether a state is a product of three, by its determinants with the largest amplitude. */
static int is_product(const Column *state) {
    int best = 0;
    for (int k = 1; k < SIZE; k++)
        if (state->re[k] * state->re[k] + state->im[k] * state->im[k]
            > 1.001 * (state->re[best] * state->re[best] + state->im[best] * state->im[best]))
            best = k;
    for (int one = 1; one < SIZE; one++)
        for (int bit = 1; bit < SIZE; bit *= 2) {
            if (!(one & bit) || one == bit)
                continue;
            int a = best ^ bit, b = best ^ (one & ~bit), c = best ^ one;
            double re = state->re[a] * state->re[b] - state->im[a] * state->im[b] - state->re[best] * state->re[c]
                        + state->im[best] * state->im[c];
            double im = state->re[a] * state->im[b] + state->im[a] * state->re[b] - state->re[best] * state->im[c]
                        - state->im[best] * state->re[c];
            if (fabs(re) > EQUAL || fabs(im) > EQUAL)
                return 0;
        }
    return 1;
}

/* Reads the turns of a product of three, up to its phase, off a unitary; whether it is one. */
static int read_turns(const Matrix *whole, Turn *turns) {
    int best = 0;
    for (int row = 1; row < SIZE; row++)
        if (hypot(whole->re[0][row], whole->im[0][row]) > 1.001 * hypot(whole->re[0][best], whole->im[0][best]))
            best = row;
    for (int wire = 0; wire < WIRES; wire++) {
        int bit = SIZE >> (wire + 1), low = best & ~bit, high = best | bit;  /* a block: the turn, times a factor */
        double a = whole->re[0][low], b = whole->im[0][low], c = whole->re[0][high], d = whole->im[0][high];
        double e = whole->re[bit][low], f = whole->im[bit][low], g = whole->re[bit][high], h = whole->im[bit][high];
        double re = a * g - b * h - c * e + d * f, im = a * h + b * g - c * f - d * e;  /* its determinant */
        double size = sqrt(hypot(re, im)), angle = -atan2(im, re) / 2, p = cos(angle) / size, q = sin(angle) / size;
        turns[wire] = normalised((Turn){a * p - b * q, -(c * q + d * p), c * p - d * q, -(a * q + b * p)});
    }
    double phase[2] = {0, 0};
    for (int column = 0; column < SIZE; column++) {
        Column state = {.re = {0}}, turned;
        double re = 0, im = 0;
        state.re[column] = 1;
        for (int wire = 0; wire < WIRES; wire++, state = turned)
            turn_column(turns[wire], wire, &state, &turned);
        for (int row = 0; row < SIZE; row++) {
            re += state.re[row] * whole->re[column][row] + state.im[row] * whole->im[column][row];
            im += state.re[row] * whole->im[column][row] - state.im[row] * whole->re[column][row];
        }
        if (!column)
            phase[0] = re, phase[1] = im;
        if (!(fabs(re - phase[0]) < EQUAL && fabs(im - phase[1]) < EQUAL && fabs(hypot(re, im) - 1) < EQUAL))
            return 0;
    }
    return 1;
}

/* The turns that are left if these come first: of unitary (before)^+ standard^+. */
static int write_after(const Matrix *unitary, const Matrix *standard, const Turn *before, Turn *after) {
    Matrix whole;
    for (int column = 0; column < SIZE; column++) {
        Column state, turned;
        for (int k = 0; k < SIZE; k++) {
            state.re[k] = standard->re[k][column];
            state.im[k] = -standard->im[k][column];
        }
        for (int wire = 0; wire < WIRES; wire++, state = turned)
            turn_column(inverse(before[wire]), wire, &state, &turned);
        times_column(unitary, &state, &turned);
        memcpy(whole.re[column], turned.re, sizeof turned.re);
        memcpy(whole.im[column], turned.im, sizeof turned.im);
    }
    return read_turns(&whole, after);
}

int write_likeness(const Matrix *unitary, const Frames *own, const Matrix *standard, const Frames *theirs, Turn *before,
                   Turn *after) {
    Turn choices[WIRES][MOST_TURNS];
    int counts[WIRES];
    Column first, second, third, turned, state;
    for (int wire = 0; wire < WIRES; wire++) {
        if (own->kinds[wire] != theirs->kinds[wire])
            return 0;
        counts[wire] = write_choices(own->kinds[wire], choices[wire]);
        for (int k = 0; k < counts[wire]; k++)
            choices[wire][k] = product(product(inverse(theirs->turns[wire]), choices[wire][k]), own->turns[wire]);
    }
    for (int k = 0; k < SIZE; k++) {
        first.re[k] = standard->re[k][0];
        first.im[k] = -standard->im[k][0];
    }
    for (int i = 0; i < counts[0]; i++) {
        turn_column(inverse(choices[0][i]), 0, &first, &second);
        for (int j = 0; j < counts[1]; j++) {
            turn_column(inverse(choices[1][j]), 1, &second, &third);
            for (int k = 0; k < counts[2]; k++) {
                turn_column(inverse(choices[2][k]), 2, &third, &turned);
                times_column(unitary, &turned, &state);
                if (!is_product(&state))
                    continue;
                before[0] = choices[0][i], before[1] = choices[1][j], before[2] = choices[2][k];
                if (write_after(unitary, standard, before, after))
                    return 1;
            }
        }
    }
    return 0;
}

double distance_after(const Matrix *unitary, const Matrix *product, const Turn *turns, double *phase) {
    Column states[SIZE], turned;
    double re = 0, im = 0, sum = 0;
    for (int column = 0; column < SIZE; column++) {
        Column *state = &states[column];
        memcpy(state->re, product->re[column], sizeof state->re);
        memcpy(state->im, product->im[column], sizeof state->im);
        for (int wire = 0; wire < WIRES; wire++, *state = turned)
            turn_column(turns[wire], wire, state, &turned);
        for (int row = 0; row < SIZE; row++) {
            re += state->re[row] * unitary->re[column][row] + state->im[row] * unitary->im[column][row];
            im += state->re[row] * unitary->im[column][row] - state->im[row] * unitary->re[column][row];
        }
    }
    *phase = atan2(im, re);
    double c = cos(*phase), s = sin(*phase);
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            double a = states[column].re[row], b = states[column].im[row];
            double p = c * a - s * b - unitary->re[column][row], q = c * b + s * a - unitary->im[column][row];
            sum += p * p + q * q;
        }
    return sqrt(sum);
}
