/* Orders the commuting interactions of a block so that their axes match the neighbouring blocks.
 *
 * ionqdsl/passes/interactions/order_blocks.py takes the same steps with the same rounding, and says why.
 */
#include "forms.h"

#include <string.h>

enum { MOST = 3, ORDERS = 6, CHOICES = ORDERS + 8 };  /* entries that can commute, their orders, and with other axes */

typedef struct {
    int32_t i, j, place;
    double t;
} Entry;

typedef struct {
    Entry entries[MOST];
} Choice;

/* The block that a wire meets next, and which of its wires that is. */
typedef struct {
    int64_t block;  /* NONE if there is none */
    int side;
} Meeting;

typedef struct {
    Sweep *sweep;
    Axes *axes;
    const int64_t *starts;  /* by block, the first of its entries */
    int32_t *at;            /* by wire, the last axis */
} Ordering;

static Vector axis_of(const Ordering *ordering, int32_t number) {
    return vector_of(ordering->axes, number);
}

/* Pulses from an axis to another one. */
static int steps(const Ordering *ordering, int32_t i, int32_t j) {
    if (i == j)
        return 0;
    return fabs(dot(axis_of(ordering, i), axis_of(ordering, j))) < ordering->axes->limits->noise ? 1 : 2;
}

static const int32_t *head_of(const Ordering *ordering, int64_t block) {
    return ordering->sweep->gathered.blocks.items + HEAD * block;
}

static const int32_t *entry_of(const Ordering *ordering, int64_t block, int k) {
    return ordering->sweep->gathered.entries.items + ENTRY * (ordering->starts[block] + k);
}

/* The fewest pulses from an axis to one that the wire meets next. */
static int steps_ahead(const Ordering *ordering, int32_t axis, Meeting next) {
    if (next.block == NONE)
        return 0;
    int least = 2;
    for (int k = 0; k < head_of(ordering, next.block)[4]; k++) {
        int own = steps(ordering, axis, entry_of(ordering, next.block, k)[next.side]);
        least = own < least ? own : least;
    }
    return least;
}

static int pulses(const Ordering *ordering, const Choice *choice, int count, const int32_t *at, const Meeting *next) {
    const Entry *first = &choice->entries[0], *last = &choice->entries[count - 1];
    return steps(ordering, at[0], first->i) + steps(ordering, at[1], first->j) + steps_ahead(ordering, last->i, next[0])
           + steps_ahead(ordering, last->j, next[1]);
}

static int commute(const Ordering *ordering, const Choice *block, int count) {
    for (int k = 0; k < count; k++)
        for (int m = 0; m < k; m++)
            if (steps(ordering, block->entries[k].i, block->entries[m].i) != 1
                || steps(ordering, block->entries[k].j, block->entries[m].j) != 1)
                return 0;
    return 1;
}

/* By how much the angles differ, 0 or more only if that is no more than rounding. */
static double spread(const Choice *block, int count, double noise) {
    double most = 0, least = HUGE_VAL;
    for (int k = 0; k < count; k++) {
        most = fmax(most, fabs(block->entries[k].t));
        least = fmin(least, fabs(block->entries[k].t));
    }
    return most - least < noise ? most - least : -1;
}

/* A bound for the error of another order or of other axes. */
static double rounding(const Ordering *ordering, const Choice *block, int count) {
    double total = 0, apart = spread(block, count, ordering->axes->limits->noise);
    for (int k = 0; k < count; k++)
        for (int m = 0; m < k; m++) {
            const Entry *one = &block->entries[k], *other = &block->entries[m];
            total += 2 * (fabs(dot(axis_of(ordering, one->i), axis_of(ordering, other->i)))
                          + fabs(dot(axis_of(ordering, one->j), axis_of(ordering, other->j))));
        }
    return count == MOST && apart >= 0 ? total + 2 * apart : total;
}

/* The image of a vector under the rotation that takes each vector to its image. */
static Vector image_of(const Vector *vectors, const Vector *images, Vector vector) {
    Vector sum = {0, 0, 0};
    for (int k = 0; k < MOST; k++) {
        double share = dot(vectors[k], vector);
        sum = (Vector){sum.x + share * images[k].x, sum.y + share * images[k].y, sum.z + share * images[k].z};
    }
    return unit(sum);
}

/* The least axis that a wire meets next. */
static int32_t least_ahead(const Ordering *ordering, Meeting next) {
    int32_t least = entry_of(ordering, next.block, 0)[next.side];
    for (int k = 1; k < head_of(ordering, next.block)[4]; k++) {
        int32_t own = entry_of(ordering, next.block, k)[next.side];
        least = own < least ? own : least;
    }
    return least;
}

/* Three interactions of one angle along other axes: any frame of the first wire will do, and fixes the other's. */
static int append_realigned(Ordering *ordering, const Choice *block, const int32_t *at, const Meeting *next,
                            Choice *choices) {
    Vector on_a[MOST], on_b[MOST], goals[2];
    double t = fabs(block->entries[0].t);
    int count = 0, known = 0;
    for (int k = 0; k < MOST; k++) {
        Vector v = axis_of(ordering, block->entries[k].j);
        on_a[k] = axis_of(ordering, block->entries[k].i);
        on_b[k] = block->entries[k].t < 0 ? opposite(v) : v;
    }
    const Vector firsts[2] = {axis_of(ordering, at[0]), image_of(on_b, on_a, axis_of(ordering, at[1]))};
    if (next[0].block != NONE)
        goals[known++] = axis_of(ordering, least_ahead(ordering, next[0]));
    if (next[1].block != NONE)
        goals[known++] = image_of(on_b, on_a, axis_of(ordering, least_ahead(ordering, next[1])));
    if (!known)
        goals[known++] = on_a[0];
    for (int pair = 0; pair < 2 * known; pair++) {
        Vector first = firsts[pair / known], normal = cross(first, goals[pair % known]);
        if (dot(normal, normal) < 0.01)
            continue;
        normal = unit(normal);
        Vector flat = cross(normal, first);
        for (int is_second = 0; is_second < 2; is_second++) {
            const Vector frame[MOST] = {first, is_second ? normal : flat, is_second ? flat : normal};
            for (int k = 0; k < MOST; k++) {
                int32_t i = number_of(ordering->axes, frame[k]);
                int32_t j = number_of(ordering->axes, image_of(on_a, on_b, frame[k]));
                choices[count].entries[k] = (Entry){i & -2, j & -2, block->entries[0].place, (i ^ j) & 1 ? -t : t};
            }
            count++;
        }
    }
    return count;
}

/* All orders of the entries, as itertools.permutations has them. */
static int write_orders(const Choice *block, int count, Choice *choices) {
    static const int orders[ORDERS][MOST] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const int pairs[2][MOST] = {{0, 1, 0}, {1, 0, 0}};
    int total = count == MOST ? ORDERS : 2;
    for (int order = 0; order < total; order++)
        for (int k = 0; k < count; k++)
            choices[order].entries[k] = block->entries[count == MOST ? orders[order][k] : pairs[order][k]];
    return total;
}

static int is_same(const Choice *one, const Choice *other, int count) {
    for (int k = 0; k < count; k++)
        if (one->entries[k].i != other->entries[k].i || one->entries[k].j != other->entries[k].j
            || one->entries[k].t != other->entries[k].t)
            return 0;
    return 1;
}

/* Gives a block the order, or the axes, with the fewest pulses before and after. */
static void order_block(Ordering *ordering, int64_t block, const Meeting *next) {
    Gathered *gathered = &ordering->sweep->gathered;
    const int32_t *head = head_of(ordering, block), at[2] = {ordering->at[head[0]], ordering->at[head[1]]};
    int count = head[4], best = 0;
    int32_t *entries = gathered->entries.items + ENTRY * ordering->starts[block];
    double *angles = gathered->angles.items + ordering->starts[block];
    Choice own, choices[CHOICES];
    for (int k = 0; k < count; k++)
        own.entries[k] = (Entry){entries[ENTRY * k], entries[ENTRY * k + 1], entries[ENTRY * k + 2], angles[k]};
    if (!commute(ordering, &own, count))
        return;
    int total = write_orders(&own, count, choices);
    if (count == MOST && spread(&own, count, ordering->axes->limits->noise) >= 0)
        total += append_realigned(ordering, &own, at, next, choices + total);
    for (int k = 1, least = pulses(ordering, &choices[0], count, at, next); k < total; k++) {
        int needed = pulses(ordering, &choices[k], count, at, next);
        if (needed < least) {
            least = needed;
            best = k;
        }
    }
    if (!is_same(&choices[best], &own, count))
        ordering->axes->neglected += rounding(ordering, &own, count);
    for (int k = 0; k < count; k++) {
        const Entry *entry = &choices[best].entries[k];
        const int32_t numbers[ENTRY] = {entry->i, entry->j, entry->place};
        memcpy(entries + ENTRY * k, numbers, sizeof numbers);
        angles[k] = entry->t;
    }
}

/* Writes for each block the blocks that its two wires meet next, and the first of its entries. */
static int write_meetings(const Sweep *sweep, Meeting *next, int64_t *starts) {
    const List *heads = &sweep->gathered.blocks;
    Meeting *ahead = malloc(((size_t)sweep->form.width + 1) * sizeof *ahead);
    int64_t start = 0;
    for (int wire = 0; ahead && wire < sweep->form.width; wire++)
        ahead[wire] = (Meeting){NONE, 0};
    for (int64_t block = 0; block < heads->count / HEAD; block++) {
        starts[block] = start;
        start += heads->items[HEAD * block + 4];
    }
    for (int64_t block = heads->count / HEAD - 1; ahead && block >= 0; block--)
        for (int side = 0; side < 2; side++) {
            int wire = heads->items[HEAD * block + side];
            next[2 * block + side] = ahead[wire];
            ahead[wire] = (Meeting){block, side};
        }
    int is_fine = ahead != NULL;
    free(ahead);
    return is_fine;
}

static void order_all(Ordering *ordering, const Meeting *next) {
    const Gathered *gathered = &ordering->sweep->gathered;
    int32_t start = number_of(ordering->axes, (Vector){0, 0, 1}) & -2;
    for (int wire = 0; wire < ordering->sweep->form.width; wire++)
        ordering->at[wire] = start;
    for (int64_t block = 0; block < gathered->blocks.count / HEAD && ordering->axes->has_memory; block++) {
        const int32_t *head = head_of(ordering, block);
        if (head[4] > 1 && head[4] <= MOST)  /* more do not commute */
            order_block(ordering, block, next + 2 * block);
        const int32_t *last = entry_of(ordering, block, head[4] - 1);
        ordering->at[head[0]] = last[0];
        ordering->at[head[1]] = last[1];
    }
}

Outcome order_blocks(Sweep *sweep) {
    const List *heads = &sweep->gathered.blocks;
    size_t count = (size_t)(heads->count / HEAD);
    int is_any = 0;
    for (int64_t block = 0; block < heads->count; block += HEAD)
        is_any |= heads->items[block + 4] > 1;
    if (!is_any)
        return SOLVED;
    Meeting *next = malloc(2 * count * sizeof *next);
    int64_t *starts = malloc(count * sizeof *starts);
    int32_t *at = malloc(((size_t)sweep->form.width + 1) * sizeof *at);
    Axes *axes = &sweep->gathered.axes;
    int is_fine = next && starts && at && begin_axes(axes) && write_meetings(sweep, next, starts);
    if (is_fine) {
        Ordering ordering = {sweep, axes, starts, at};
        order_all(&ordering, next);
        is_fine = axes->has_memory;
    }
    free(next);
    free(starts);
    free(at);
    return is_fine ? SOLVED : NO_MEMORY;
}
