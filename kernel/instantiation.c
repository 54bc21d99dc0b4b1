/* Writes a three-qubit unitary as interactions of a given structure, by least squares: all starts for one unitary.
 *
 * ionqdsl/algebra/instantiation.py is the same algorithm in numpy, and says why; both take the same steps up to
 * rounding. Wire 0 is the most significant; the pairs of wires are (0, 1), (0, 2), (1, 2).
 */
#include "instantiation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "matrices.h"

/* Functions with most of the work are compiled twice where that is possible: for any processor, and for one with wide
 * vectors. Both round alike, for none multiplies and adds in one step. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif

#define DAMPING 0.3
#define LEAST_DAMPING 1e-12
#define MOST_DAMPING 1e3
#define NEAR 1e-6
#define ARRIVED 1.25e-13
#define EXACT 2e-15
#define CLOSE 1e-3
#define SLOW 0.93
#define FAST 0.25
#define ROOT 1.4142135623730951

enum { PACE = 4, OWN = 5, LAST = 3 * WIRES, TILE = 4, CHECKS = 6 };

static const int check_steps[CHECKS] = {6, 10, 14, 18, 22, 28};
static const double check_distances[CHECKS] = {0.4, 0.25, 0.12, 0.04, 5e-3, NEAR};
static const int first_wire[] = {0, 0, 1}, second_wire[] = {1, 2, 2};

typedef double Vector[3];

/* What one start has reached. `after` are the products of all that follows each interaction. */
typedef struct {
    Matrix *after;
    Matrix whole;
    double trace_re, trace_im, distance;
} Product;

typedef struct {
    Values now, next;
    Product reached, tried;
    double damping, before;
    double *square, *gradient;  /* the equations without damping, for the next step if this one leads no nearer */
    int is_alive, has_equations;
} Start;

/* The columns of the Jacobian, by entry, and the equations for a step. */
typedef struct {
    int parameters, padded;
    double *jacobian;  /* ENTRIES * padded */
    double *square;    /* padded * padded */
    double *step;
} Equations;

/* --- matrices ----------------------------------------------------------------------------------------------------- */

/* whole = whole exp(-i t (u . sigma) (x) (v . sigma)) on a pair. */
INLINE void times_interaction(Matrix *whole, int pair, const double *u, const double *v, double t) {
    Matrix half, generator;
    double cosine = cos(t), sine = sin(t);
    times_axis(whole, first_wire[pair], u, &half);
    times_axis(&half, second_wire[pair], v, &generator);
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            double re = generator.re[column][row], im = generator.im[column][row];
            whole->re[column][row] = cosine * whole->re[column][row] + sine * im;
            whole->im[column][row] = cosine * whole->im[column][row] - sine * re;
        }
}

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

/* whole = turns, a product of one on each wire. */
static void write_turns(double turns[WIRES][4], Matrix *whole) {
    identity(whole);
    for (int wire = 0; wire < WIRES; wire++) {
        Matrix turned;
        times_axis(whole, wire, turns[wire] + 1, &turned);
        for (int column = 0; column < SIZE; column++)
            for (int row = 0; row < SIZE; row++) {
                double w = turns[wire][0], re = turned.re[column][row], im = turned.im[column][row];
                whole->re[column][row] = w * whole->re[column][row] + im;
                whole->im[column][row] = w * whole->im[column][row] - re;
            }
    }
}

VECTORS static void multiply(int length, const int32_t *pairs, const double *u, const double *v, const double *t,
                             Matrix *after, Matrix *whole) {
    for (int k = length - 1; k >= 0; k--) {
        if (after)
            after[k] = *whole;
        times_interaction(whole, pairs[k], u + 3 * k, v + 3 * k, t[k]);
    }
}

void product_of_interactions(int length, const int32_t *pairs, const double *u, const double *v, const double *t,
                             Matrix *product) {
    identity(product);
    multiply(length, pairs, u, v, t, NULL, product);
}

/* The product for some values, compared with the unitary. */
VECTORS static void reach(const Task *task, const int32_t *pairs, Values *values, Product *product) {
    Matrix whole;
    write_turns(values->turns, &whole);
    multiply(task->length, pairs, values->u, values->v, values->t, product->after, &whole);
    times_adjoint(&whole, task->unitary, 0, &product->whole);
    double re = 0, im = 0;
    for (int k = 0; k < SIZE; k++) {
        re += product->whole.re[k][k];
        im += product->whole.im[k][k];
    }
    if (re == 0 && im == 0)
        re = 1e-300;
    product->trace_re = re;
    product->trace_im = im;
    product->distance = 1 - hypot(re, im) / SIZE;
}

/* H, or its sine, and the size of its largest entry. */
static double write_hermitian(const Product *product, Matrix *hermitian) {
    double size = hypot(product->trace_re, product->trace_im), largest = 0;
    double c = product->trace_re / size, s = -product->trace_im / size;
    const Matrix *whole = &product->whole;
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            double re = c * whole->re[column][row] - s * whole->im[column][row];
            double im = c * whole->im[column][row] + s * whole->re[column][row];
            double other_re = c * whole->re[row][column] - s * whole->im[row][column];
            double other_im = c * whole->im[row][column] + s * whole->re[row][column];
            double x = -0.5 * (im + other_im), y = 0.5 * (re - other_re), square = x * x + y * y;
            hermitian->re[column][row] = x;
            hermitian->im[column][row] = y;
            largest = square > largest ? square : largest;
        }
    return sqrt(largest);
}

/* The squared norm of the part of the images of a wire's Paulis on each set of wires: ROOMS numbers, wire by wire. */
VECTORS void write_reaches(const Matrix *unitary, double *reaches) {
    static const Vector axes[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    memset(reaches, 0, ROOMS * sizeof *reaches);
    for (int number = 0; number < LAST; number++) {
        Matrix turned, image;
        times_axis(unitary, number / 3, axes[number % 3], &turned);
        times_adjoint(&turned, unitary, 0, &image);
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

/* --- one step ----------------------------------------------------------------------------------------------------- */

static void make_unit(double *vector, int size) {
    double square = 0;
    for (int k = 0; k < size; k++)
        square += vector[k] * vector[k];
    double norm = sqrt(square);
    for (int k = 0; k < size; k++)
        vector[k] /= norm;
}

static void cross(const double *a, const double *b, double *result) {
    result[0] = a[1] * b[2] - a[2] * b[1];
    result[1] = a[2] * b[0] - a[0] * b[2];
    result[2] = a[0] * b[1] - a[1] * b[0];
}

/* Two unit vectors across an axis and each other. */
static void write_across(const double *axis, Vector first, Vector second) {
    static const Vector x = {1, 0, 0}, y = {0, 1, 0};
    cross(axis, fabs(axis[0]) < 0.8 ? x : y, first);
    make_unit(first, 3);
    cross(axis, first, second);
}

/* The entries of a Hermitian matrix as a column of real numbers, whose products are those of the matrices. */
INLINE void write_column(const Matrix *matrix, double *to, int stride) {
    for (int column = 0; column < SIZE; column++) {
        *to = matrix->re[column][column];
        to += stride;
        for (int row = 0; row < column; row++) {
            to[0] = ROOT * matrix->re[column][row];
            to[stride] = ROOT * matrix->im[column][row];
            to += 2 * stride;
        }
    }
}

INLINE void add_scaled(Matrix *matrix, double scale, const Matrix *other, double other_scale) {
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            matrix->re[column][row] = scale * matrix->re[column][row] + other_scale * other->re[column][row];
            matrix->im[column][row] = scale * matrix->im[column][row] + other_scale * other->im[column][row];
        }
}

/* The changes of the product by an interaction's angle and by two small rotations of each axis: OWN columns. */
VECTORS static void write_changes(int pair, const Values *values, int k, const Matrix *after, Vector sides[4],
                                  double *columns, int stride) {
    const double *u = values->u + 3 * k, *v = values->v + 3 * k;
    int a = first_wire[pair], b = second_wire[pair];
    double sine = sin(values->t[k]), cosine = cos(values->t[k]);
    Matrix with_u, single, change[OWN], seen;
    times_axis(after, a, u, &with_u);
    times_axis(&with_u, b, v, &change[0]);
    for (int side = 0; side < 2; side++) {
        /* A rotation by d across u turns u to d, and the half turn about u to d x u. */
        times_axis(after, a, sides[side], &single);
        times_axis(&single, b, v, &change[1 + side]);
        times_axis(after, a, sides[1 - side], &single);
        add_scaled(&change[1 + side], sine * cosine, &single, side ? -sine * sine : sine * sine);
        times_axis(&with_u, b, sides[2 + side], &change[3 + side]);
        times_axis(after, b, sides[3 - side], &single);
        add_scaled(&change[3 + side], sine * cosine, &single, side ? -sine * sine : sine * sine);
    }
    for (int number = 0; number < OWN; number++) {
        times_adjoint(&change[number], after, 1, &seen);
        write_column(&seen, columns + number, stride);
    }
}

/* The upper tiles of J^T J / 8. */
VECTORS static void write_square(Equations *e) {
    int stride = e->padded;
    for (int i = 0; i < stride; i += TILE)
        for (int j = i; j < stride; j += TILE) {
            double sum[TILE][TILE] = {{0}};
            for (int k = 0; k < ENTRIES; k++) {
                const double *left = e->jacobian + (size_t)k * stride + i, *right = e->jacobian + (size_t)k * stride + j;
                for (int p = 0; p < TILE; p++)
                    for (int q = 0; q < TILE; q++)
                        sum[p][q] += left[p] * right[q];
            }
            for (int p = 0; p < TILE; p++)
                for (int q = 0; q < TILE; q++)
                    e->square[(size_t)(i + p) * stride + j + q] = sum[p][q] / SIZE;
        }
}

/* Solves (square + damping) x = step in place, by U^T U (Cholesky); the upper triangle is used. */
VECTORS static void solve_step(Equations *e, double damping) {
    int n = e->parameters, stride = e->padded;
    double *m = e->square, *x = e->step;
    for (int i = 0; i < n; i++) {
        double *row = m + (size_t)i * stride, pivot = row[i];
        double root = sqrt(pivot > LEAST_DAMPING * 1e-3 ? pivot : damping), inverse = 1 / root;
        for (int j = i; j < n; j++)
            row[j] *= inverse;
        row[i] = root;
        for (int k = i + 1; k < n; k++) {
            double factor = row[k], *other = m + (size_t)k * stride;
            for (int j = k; j < n; j++)
                other[j] -= factor * row[j];
        }
        x[i] *= inverse;
        for (int j = i + 1; j < n; j++)
            x[j] -= row[j] * x[i];
    }
    for (int i = n - 1; i >= 0; i--) {
        const double *row = m + (size_t)i * stride;
        double rest = x[i];
        for (int j = i + 1; j < n; j++)
            rest -= row[j] * x[j];
        x[i] = rest / row[i];
    }
}

/* J^T H / 8, negative: the step without damping would be its solution. */
VECTORS static void write_gradient(Equations *e, const Matrix *hermitian) {
    double wanted[ENTRIES];
    write_column(hermitian, wanted, 1);
    memset(e->step, 0, (size_t)e->padded * sizeof *e->step);
    for (int k = 0; k < ENTRIES; k++) {
        const double *row = e->jacobian + (size_t)k * e->padded;
        for (int j = 0; j < e->padded; j++)
            e->step[j] -= row[j] * (wanted[k] / SIZE);
    }
}

/* A small rotation, then a turn: quaternions. */
static void turn_by(const double *small, const double *turn, double *result) {
    Vector across;
    cross(small, turn + 1, across);
    result[0] = turn[0] - (small[0] * turn[1] + small[1] * turn[2] + small[2] * turn[3]);
    for (int k = 0; k < 3; k++)
        result[k + 1] = turn[k + 1] + turn[0] * small[k] + across[k];
    make_unit(result, 4);
}

/* The equations for a step from `now`, without damping; a start that has not moved has them already. */
static void write_equations(const Task *task, const int32_t *pairs, Start *start, const Matrix *hermitian,
                            Equations *e, Vector (*sides)[4]) {
    size_t squared = (size_t)e->padded * e->padded * sizeof *e->square, line = (size_t)e->padded * sizeof *e->step;
    if (start->has_equations) {
        memcpy(e->square, start->square, squared);
        memcpy(e->step, start->gradient, line);
        return;
    }
    for (int k = 0; k < task->length; k++)
        write_changes(pairs[k], &start->now, k, &start->reached.after[k], sides[k], e->jacobian + OWN * k, e->padded);
    write_gradient(e, hermitian);
    write_square(e);
    memcpy(start->square, e->square, squared);
    memcpy(start->gradient, e->step, line);
    start->has_equations = 1;
}

/* The values after a damped step from `now`. */
static void step_from(const Task *task, const int32_t *pairs, Start *start, const Matrix *hermitian, Equations *e,
                      Vector (*sides)[4]) {
    Values *now = &start->now, *next = &start->next;
    for (int k = 0; k < task->length; k++) {
        write_across(now->u + 3 * k, sides[k][0], sides[k][1]);
        write_across(now->v + 3 * k, sides[k][2], sides[k][3]);
    }
    write_equations(task, pairs, start, hermitian, e, sides);
    for (int k = 0; k < e->parameters; k++)
        e->square[(size_t)k * (e->padded + 1)] += start->damping;
    solve_step(e, start->damping);
    for (int k = 0; k < task->length; k++) {
        const double *change = e->step + OWN * k;
        for (int x = 0; x < 3; x++) {
            next->u[3 * k + x] = now->u[3 * k + x] + (sides[k][0][x] * change[1] + sides[k][1][x] * change[2]);
            next->v[3 * k + x] = now->v[3 * k + x] + (sides[k][2][x] * change[3] + sides[k][3][x] * change[4]);
        }
        make_unit(next->u + 3 * k, 3);
        make_unit(next->v + 3 * k, 3);
        next->t[k] = now->t[k] + change[0];
    }
    for (int wire = 0; wire < WIRES; wire++)
        turn_by(e->step + OWN * task->length + 3 * wire, now->turns[wire], next->turns[wire]);
}

/* --- all starts --------------------------------------------------------------------------------------------------- */

/* Whether a start goes on: at checks it must be near, and every few steps it must have come nearer. */
static int goes_on(Start *start, int step, double size) {
    double distance = start->reached.distance;
    for (int k = 0; k < CHECKS; k++)
        if (step == check_steps[k] && !(distance < check_distances[k]))
            return 0;
    if (step && step % PACE == 0) {
        double measure = distance < CLOSE ? size * size : distance, before = start->before;
        start->before = measure;
        return measure < (distance < CLOSE ? FAST : SLOW) * before || before < EXACT * EXACT;
    }
    return 1;
}

/* Takes a step, or only changes the damping if the step led no nearer. */
static void advance(const Task *task, const int32_t *pairs, Start *start, const Matrix *hermitian, Equations *e,
                    Vector (*sides)[4]) {
    step_from(task, pairs, start, hermitian, e, sides);
    reach(task, pairs, &start->next, &start->tried);
    int is_better = start->tried.distance < start->reached.distance || start->tried.distance < 1e-14;
    double damping = start->damping * (is_better ? 0.2 : 5);
    start->damping = damping < LEAST_DAMPING ? LEAST_DAMPING : damping > MOST_DAMPING ? MOST_DAMPING : damping;
    start->has_equations = !is_better;
    if (is_better) {
        Values values = start->now;
        Product product = start->reached;
        start->now = start->next;
        start->reached = start->tried;
        start->next = values;
        start->tried = product;
    }
}

static int iterate(const Task *task, Start *starts, Equations *e, Vector (*sides)[4], int64_t *work) {
    int left = task->starts;
    Matrix hermitian;
    for (int step = 0; step < task->steps && left; step++) {
        int found = -1;
        for (int k = 0; k < task->starts && found < 0; k++)
            if (starts[k].is_alive && starts[k].reached.distance < NEAR
                && write_hermitian(&starts[k].reached, &hermitian) < ARRIVED)
                found = k;
        if (found >= 0)
            return found;
        for (int k = 0; k < task->starts; k++) {
            Start *start = &starts[k];
            if (!start->is_alive)
                continue;
            double size = write_hermitian(&start->reached, &hermitian);
            if (!goes_on(start, step, size)) {
                start->is_alive = 0;
                left--;
                continue;
            }
            ++*work;
            advance(task, task->structures + (size_t)k * task->length, start, &hermitian, e, sides);
        }
    }
    return -1;
}

/* The constant columns: a turn on each wire, after all else, about each axis. */
static void write_last_columns(const Equations *e) {
    static const Vector axes[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    Matrix one, turned;
    identity(&one);
    for (int number = 0; number < LAST; number++) {
        times_axis(&one, number / 3, axes[number % 3], &turned);
        write_column(&turned, e->jacobian + e->parameters - LAST + number, e->padded);
    }
}

int instantiate(const Task *task, Values *values, int64_t *work) {
    int length = task->length, count = task->starts, result = -2;
    Equations e = {.parameters = OWN * length + LAST};
    e.padded = (e.parameters + TILE - 1) / TILE * TILE;
    size_t equations = (size_t)e.padded * ((size_t)e.padded + 1), numbers = (size_t)e.padded * ENTRIES + equations;
    size_t each = 7 * (size_t)length + equations;
    Start *starts = calloc((size_t)count, sizeof *starts);
    Matrix *after = calloc(2 * (size_t)count * (size_t)length + 1, sizeof *after);
    Vector(*sides)[4] = calloc((size_t)length + 1, sizeof *sides);
    double *memory = calloc(numbers + (size_t)count * each + 1, sizeof *memory);
    if (starts && after && sides && memory) {
        e.jacobian = memory;
        e.square = e.jacobian + (size_t)ENTRIES * e.padded;
        e.step = e.square + (size_t)e.padded * e.padded;
        write_last_columns(&e);
        for (int k = 0; k < count; k++) {
            Start *start = &starts[k];
            double *own = memory + numbers + (size_t)k * each;
            start->now = values[k];
            start->next = (Values){.u = own, .v = own + 3 * length, .t = own + 6 * length};
            start->square = own + 7 * (size_t)length;
            start->gradient = start->square + (size_t)e.padded * e.padded;
            start->reached.after = after + 2 * (size_t)k * length;
            start->tried.after = start->reached.after + length;
            start->damping = DAMPING;
            start->is_alive = 1;
            reach(task, task->structures + (size_t)k * length, &start->now, &start->reached);
            start->before = start->reached.distance;
        }
        result = iterate(task, starts, &e, sides, work);
        if (result >= 0) {  /* the values may stand in memory that goes */
            Values *found = &starts[result].now, *to = &values[result];
            memmove(to->turns, found->turns, sizeof to->turns);
            if (found->u != to->u) {
                memcpy(to->u, found->u, 3 * (size_t)length * sizeof *to->u);
                memcpy(to->v, found->v, 3 * (size_t)length * sizeof *to->v);
                memcpy(to->t, found->t, (size_t)length * sizeof *to->t);
            }
        }
    }
    free(starts);
    free(after);
    free(sides);
    free(memory);
    return result;
}
