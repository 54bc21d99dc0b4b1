/* Moves small interactions to the axes of larger ones, with the same rounding as ionqdsl/passes/interactions/settle_axes.py. */
#include "forms.h"

#include <string.h>

#define SMALL 0.1       /* radians: the axes of interactions by larger angles are known well enough */
#define FARTHEST 1e-9   /* that an axis may move */
#define GRID (0.1 / FARTHEST)

/* The lines met on all wires, both directions of each. Those of one cell of a wire are chained, the newest first. */
typedef struct {
    Doubles vectors;
    List older;   /* by line, the one before it in its cell, or NONE */
    Table cells;  /* the newest line of each */
} Lines;

static double distance(Vector u, Vector v) {
    double x = u.x - v.x, y = u.y - v.y, z = u.z - v.z;
    return sqrt(x * x + y * y + z * z);
}

/* The wires have cells of their own: the numbers of a cell are far below 2 ** 31. */
static void cell_on(int wire, double x, double y, double z, int64_t cell[3]) {
    cell[0] = (int64_t)x + ((int64_t)wire << 32);
    cell[1] = (int64_t)y;
    cell[2] = (int64_t)z;
}

static int add(Lines *lines, int wire, Vector u) {
    int64_t cell[3];
    cell_on(wire, rint(u.x * GRID), rint(u.y * GRID), rint(u.z * GRID), cell);
    int32_t number = (int32_t)lines->older.count;
    return append_double(&lines->vectors, u.x) && append_double(&lines->vectors, u.y)
           && append_double(&lines->vectors, u.z) && append(&lines->older, find(&lines->cells, cell))
           && assign(&lines->cells, cell, number);
}

/* Compares the lines of a cell with the nearest one so far. */
static void search_cell(const Lines *lines, const int64_t cell[3], Vector u, double within, double *least, Vector *found) {
    for (int32_t k = find(&lines->cells, cell); k != NONE; k = lines->older.items[k]) {
        Vector line = vector_at(lines->vectors.items + 3 * (size_t)k);
        double apart = distance(u, line);
        if (apart <= within && apart < *least) {
            *least = apart;
            *found = line;
        }
    }
}

/* The line of a wire nearest to a direction within a distance, or else the direction, which is added with its opposite. */
static int find_near(Lines *lines, int wire, Vector u, double within, Vector *found) {
    double sizes[3] = {u.x * GRID, u.y * GRID, u.z * GRID}, least = HUGE_VAL, off = 0;
    int64_t cell[3];
    cell_on(wire, rint(sizes[0]), rint(sizes[1]), rint(sizes[2]), cell);
    search_cell(lines, cell, u, within, &least, found);
    for (int k = 0; k < 3; k++)
        off = fmax(off, fabs(sizes[k] - rint(sizes[k])));
    for (int corner = 0; within > 0 && off > 0.3 && corner < 8; corner++) {
        double ends[3];
        for (int k = 0; k < 3; k++)
            ends[k] = corner >> (2 - k) & 1 ? ceil(sizes[k]) : floor(sizes[k]);
        cell_on(wire, ends[0], ends[1], ends[2], cell);
        search_cell(lines, cell, u, within, &least, found);
    }
    if (least < HUGE_VAL)
        return 1;
    *found = u;
    return add(lines, wire, u) && add(lines, wire, (Vector){-u.x, -u.y, -u.z});
}

static int settle(NumericForm *form, Lines *lines, int64_t place, double size) {
    double *values = form->values.items + VALUES * place;
    const int32_t *wires = form->wires.items + 2 * place;
    Vector axes[2] = {vector_at(values), vector_at(values + 3)}, found[2];
    int is_small = size <= SMALL;
    double within = is_small ? fmin(FARTHEST, form->limits.noise / (2 * size)) : 0;
    if (!find_near(lines, wires[0], axes[0], within, &found[0]) || !find_near(lines, wires[1], axes[1], within, &found[1]))
        return 0;
    if (is_small) {
        form->neglected += 2 * size * (distance(axes[0], found[0]) + distance(axes[1], found[1]));
        memcpy(values, found, sizeof found);
    }
    return 1;
}

typedef struct {
    double size;
    int64_t place;
} Sized;

/* The largest first; equal ones in their order. */
static int compare(const void *one, const void *other) {
    const Sized *left = one, *right = other;
    if (left->size != right->size)
        return left->size > right->size ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

Outcome settle_axes(NumericForm *form) {
    int64_t count = interactions_of(form);
    int is_any = 0;
    for (int64_t k = 0; k < count; k++)
        is_any |= !(fabs(form->values.items[VALUES * k + 6]) > SMALL);
    if (!is_any)
        return SOLVED;
    Lines lines = {.older = {.items = NULL}};
    Sized *order = malloc((size_t)count * sizeof *order);
    int is_fine = order && resize_table(&lines.cells, 64);
    for (int64_t k = 0; k < count && is_fine; k++)
        order[k] = (Sized){fabs(form->values.items[VALUES * k + 6]), k};
    if (is_fine)
        qsort(order, (size_t)count, sizeof *order, compare);
    for (int64_t k = 0; k < count && is_fine; k++)
        is_fine = settle(form, &lines, order[k].place, order[k].size);
    release_table(&lines.cells);
    free(lines.older.items);
    free(lines.vectors.items);
    free(order);
    return is_fine ? SOLVED : NO_MEMORY;
}
