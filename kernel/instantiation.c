/* Writes a three-qubit unitary as interactions of a given structure, by least squares: all starts for one unitary.
 *
 * ionqdsl/algebra/instantiation.py is the same algorithm in numpy, and says why; both take the same steps up to
 * rounding. Wire 0 is the most significant; the pairs of wires are (0, 1), (0, 2), (1, 2).
 */
#include "instantiation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "equations.h"
#include "matrices.h"

#define DAMPING 0.3
#define MOST_DAMPING 1e3
#define NEAR 1e-6
#define ARRIVED 1.25e-13
#define EXACT 2e-15
#define CLOSE 1e-3
#define SLOW 0.93
#define FAST 0.25
#define HOPELESS 0.02
#define ROOT 1.4142135623730951

enum { PACE = 4, OWN = 5, TURNS = 3 * WIRES, HALF = SIZE / 2, CHECKS = 6 };

static const int check_steps[CHECKS] = {6, 10, 14, 18, 22, 28};
static const double check_distances[CHECKS] = {0.4, 0.25, 0.12, 0.04, 5e-3, NEAR};
static const int first_wire[] = {0, 0, 1}, second_wire[] = {1, 2, 2};

typedef double Vector[3];

/* A turn of one wire. */
typedef struct {
    double re[2][2], im[2][2];  /* [column][row] */
} Frame;

/* For both axes of an interaction the turn that takes Z there, and where X and Y go. */
typedef struct {
    Frame frames[2];
    Vector across[4];
} Sides;

/* The unitary that one start has reached. `after` are the products of all that follows each interaction. */
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

/* whole = turns, a product of one on each wire. */
static void write_turns(double turns[WIRES][4], Matrix *whole) {
    memset(whole, 0, sizeof *whole);
    whole->re[0][0] = 1;
    for (int wire = WIRES - 1, size = 1; wire >= 0; wire--, size *= 2) {
        const double *turn = turns[wire];  /* w - i (x X + y Y + z Z) */
        const double re[2][2] = {{turn[0], turn[2]}, {-turn[2], turn[0]}};  /* [column][row] */
        const double im[2][2] = {{-turn[3], -turn[1]}, {-turn[1], turn[3]}};
        for (int block = 3; block >= 0; block--)  /* the first block last, which the others are made of */
            for (int column = 0; column < size; column++)
                for (int row = 0; row < size; row++) {
                    int right = block / 2, down = block % 2, to = right * size + column, at = down * size + row;
                    double x = whole->re[column][row], y = whole->im[column][row];
                    whole->re[to][at] = re[right][down] * x - im[right][down] * y;
                    whole->im[to][at] = re[right][down] * y + im[right][down] * x;
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
    times_adjoint(&whole, task->unitary, SIZE, &product->whole);
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

/* The turn that takes Z to an axis, and two unit vectors across it and each other: where X and Y go. */
static void write_frame(const double *axis, Frame *frame, Vector first, Vector second) {
    int low = axis[2] < 0;  /* then the frame of the opposite axis, after a half turn about X */
    double sign = low ? -1 : 1, x = sign * axis[0], y = sign * axis[1], z = 1 + sign * axis[2], norm = 1 / sqrt(2 * z);
    frame->re[low][0] = z * norm, frame->im[low][0] = 0;
    frame->re[low][1] = x * norm, frame->im[low][1] = y * norm;
    frame->re[!low][0] = -x * norm, frame->im[!low][0] = y * norm;
    frame->re[!low][1] = z * norm, frame->im[!low][1] = 0;
    first[0] = 1 - x * x / z, first[1] = -x * y / z, first[2] = -x;
    second[0] = -sign * x * y / z, second[1] = sign * (1 - y * y / z), second[2] = -sign * y;
}

/* to = from frame on a wire. */
INLINE void times_frame(const Matrix *from, int wire, const Frame *frame, Matrix *to) {
    int bit = SIZE >> (wire + 1);
    for (int column = 0; column < SIZE; column++) {
        int low = column & ~bit, high = column | bit, own = (column & bit) != 0;
        double a = frame->re[own][0], b = frame->im[own][0], c = frame->re[own][1], d = frame->im[own][1];
        for (int row = 0; row < SIZE; row++) {
            to->re[column][row] = a * from->re[low][row] - b * from->im[low][row]
                                  + (c * from->re[high][row] - d * from->im[high][row]);
            to->im[column][row] = a * from->im[low][row] + b * from->re[low][row]
                                  + (c * from->im[high][row] + d * from->re[high][row]);
        }
    }
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

/* The same for M + M^+ and, next to it, for -i M + i M^+. */
INLINE void write_two_columns(const Matrix *m, double *to, int stride) {
    for (int column = 0; column < SIZE; column++) {
        to[0] = 2 * m->re[column][column];
        to[1] = 2 * m->im[column][column];
        to += stride;
        for (int row = 0; row < column; row++) {
            to[0] = ROOT * (m->re[column][row] + m->re[row][column]);
            to[1] = ROOT * (m->im[column][row] + m->im[row][column]);
            to[stride] = ROOT * (m->im[column][row] - m->im[row][column]);
            to[stride + 1] = ROOT * (m->re[row][column] - m->re[column][row]);
            to += 2 * stride;
        }
    }
}

/* The changes by two small rotations of the axis on a wire, in a frame in which both axes are Z. A rotation by d across
 * u turns u to d, and the half turn about u to d x u. For d = X that is, where v is 1 and -1, sin t times
 * X cos t + Y sin t and -X cos t + Y sin t: with M above the diagonal M + M^+, and for d = Y -i M + i M^+. */
INLINE void write_turned_axis(const Matrix *framed, int bit, int other, double sine, double cosine, double *to,
                              int stride) {
    Matrix left, right, m;
    int k = 0;
    for (int low = 0; low < SIZE; low++) {
        if (low & bit)
            continue;
        double x = low & other ? -sine * cosine : sine * cosine, y = -sine * sine;
        for (int row = 0; row < SIZE; row++) {
            left.re[k][row] = x * framed->re[low][row] - y * framed->im[low][row];
            left.im[k][row] = x * framed->im[low][row] + y * framed->re[low][row];
            right.re[k][row] = framed->re[low | bit][row];
            right.im[k][row] = framed->im[low | bit][row];
        }
        k++;
    }
    times_adjoint(&left, &right, HALF, &m);
    write_two_columns(&m, to, stride);
}

/* The change by an interaction's angle in that frame: Z Z there, twice the part where it is 1 less the identity. */
INLINE void write_turned_angle(const Matrix *framed, int bit, int other, double *to, int stride) {
    Matrix half, twice, change;
    int k = 0;
    for (int column = 0; column < SIZE; column++) {
        if (!(column & bit) != !(column & other))
            continue;
        for (int row = 0; row < SIZE; row++) {
            half.re[k][row] = framed->re[column][row], twice.re[k][row] = 2 * framed->re[column][row];
            half.im[k][row] = framed->im[column][row], twice.im[k][row] = 2 * framed->im[column][row];
        }
        k++;
    }
    times_adjoint(&twice, &half, HALF, &change);
    for (int row = 0; row < SIZE; row++)
        change.re[row][row] -= 1;
    write_column(&change, to, stride);
}

/* The changes of the product by an interaction's angle and by two small rotations of each axis: OWN columns. */
VECTORS static void write_changes(int pair, const Values *values, int k, const Matrix *after, const Frame frames[2],
                                  double *columns, int stride) {
    int a = first_wire[pair], b = second_wire[pair], bit_a = SIZE >> (a + 1), bit_b = SIZE >> (b + 1);
    double sine = sin(values->t[k]), cosine = cos(values->t[k]);
    Matrix half, framed;
    times_frame(after, a, &frames[0], &half);
    times_frame(&half, b, &frames[1], &framed);
    write_turned_angle(&framed, bit_a, bit_b, columns, stride);
    write_turned_axis(&framed, bit_a, bit_b, sine, cosine, columns + 1, stride);
    write_turned_axis(&framed, bit_b, bit_a, sine, cosine, columns + 3, stride);
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
                            Equations *e, Sides *sides) {
    size_t squared = (size_t)e->padded * e->padded * sizeof *e->square, line = (size_t)e->padded * sizeof *e->step;
    if (start->has_equations) {
        memcpy(e->square, start->square, squared);
        memcpy(e->step, start->gradient, line);
        return;
    }
    for (int k = 0; k < task->length; k++)
        write_changes(pairs[k], &start->now, k, &start->reached.after[k], sides[k].frames,
                      e->jacobian + TURNS + OWN * k, e->padded);
    write_gradient(e, hermitian);
    write_square(e);
    memcpy(start->square, e->square, squared);
    memcpy(start->gradient, e->step, line);
    start->has_equations = 1;
}

/* With J the Jacobian and s the step the share of |H|^2 / 8 that is gone in |H + J s|^2 / 8. */
static double share_of(const Start *start, const Equations *e, const Matrix *hermitian) {
    double gone = 0, all = 0;
    for (int k = 0; k < e->parameters; k++)
        gone += e->step[k] * (start->gradient[k] + start->damping * e->step[k]);
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            double re = hermitian->re[column][row], im = hermitian->im[column][row];
            all += re * re + im * im;
        }
    return gone * SIZE / all;
}

/* The values after a damped step from `now`; the share of H that it takes away if all is linear. */
static double step_from(const Task *task, const int32_t *pairs, Start *start, const Matrix *hermitian, Equations *e,
                      Sides *sides) {
    Values *now = &start->now, *next = &start->next;
    for (int k = 0; k < task->length; k++) {
        write_frame(now->u + 3 * k, &sides[k].frames[0], sides[k].across[0], sides[k].across[1]);
        write_frame(now->v + 3 * k, &sides[k].frames[1], sides[k].across[2], sides[k].across[3]);
    }
    write_equations(task, pairs, start, hermitian, e, sides);
    for (int k = 0; k < e->parameters; k++)
        e->square[(size_t)k * (e->padded + 1)] += start->damping;
    solve_step(e, start->damping);
    for (int k = 0; k < task->length; k++) {
        const double *change = e->step + TURNS + OWN * k;
        Vector *across = sides[k].across;
        for (int x = 0; x < 3; x++) {
            next->u[3 * k + x] = now->u[3 * k + x] + (across[0][x] * change[1] + across[1][x] * change[2]);
            next->v[3 * k + x] = now->v[3 * k + x] + (across[2][x] * change[3] + across[3][x] * change[4]);
        }
        make_unit(next->u + 3 * k, 3);
        make_unit(next->v + 3 * k, 3);
        next->t[k] = now->t[k] + change[0];
    }
    for (int wire = 0; wire < WIRES; wire++)
        turn_by(e->step + 3 * wire, now->turns[wire], next->turns[wire]);
    return share_of(start, e, hermitian);
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

/* Takes a step, or only changes the damping if the step led no nearer; 0 if steps lead to no solution. */
static int advance(const Task *task, const int32_t *pairs, Start *start, const Matrix *hermitian, Equations *e,
                    Sides *sides) {
    double share = step_from(task, pairs, start, hermitian, e, sides);
    if (share < HOPELESS && start->reached.distance > NEAR)
        return 0;
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
    return 1;
}

static int iterate(const Task *task, Start *starts, Equations *e, Sides *sides, int64_t *work) {
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
            const int32_t *pairs = task->structures + (size_t)k * task->length;
            start->is_alive = goes_on(start, step, size);
            *work += start->is_alive;
            start->is_alive = start->is_alive && advance(task, pairs, start, &hermitian, e, sides);
            left -= !start->is_alive;
        }
    }
    return -1;
}

/* The columns of a turn on each wire, after all else, about each axis. */
static void write_turn_columns(const Equations *e) {
    static const Vector axes[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    Matrix one, turned;
    identity(&one);
    for (int number = 0; number < TURNS; number++) {
        times_axis(&one, number / 3, axes[number % 3], &turned);
        write_column(&turned, e->jacobian + number, e->padded);
    }
}

int instantiate(const Task *task, Values *values, int64_t *work) {
    int length = task->length, count = task->starts, result = -2;
    Equations e = {.parameters = OWN * length + TURNS};
    e.padded = (e.parameters + TILE - 1) / TILE * TILE;
    size_t equations = (size_t)e.padded * ((size_t)e.padded + 1), numbers = (size_t)e.padded * ENTRIES + equations;
    size_t each = 7 * (size_t)length + equations;
    Start *starts = calloc((size_t)count, sizeof *starts);
    Matrix *after = calloc(2 * (size_t)count * (size_t)length + 1, sizeof *after);
    Sides *sides = calloc((size_t)length + 1, sizeof *sides);
    double *memory = calloc(numbers + (size_t)count * each + 1, sizeof *memory);
    if (starts && after && sides && memory) {
        e.jacobian = memory;
        e.square = e.jacobian + (size_t)ENTRIES * e.padded;
        e.step = e.square + (size_t)e.padded * e.padded;
        write_turn_columns(&e);
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
