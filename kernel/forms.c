/* Compresses interaction forms by numbers: sweeps, shorter blocks, settled axes, fewer items before measurements.
 *
 * ionqdsl/passes/use_interactions.py takes the same steps, and says why; settle_axes.py and final_diagonals.py are two of
 * them. All find the same forms with the same rounding.
 */
#include "forms.h"

#include <string.h>

enum { ROUNDS = 5, LARGEST = 4000 };  /* the most sweeps, and interactions among which lines are compared one by one */

#define SMALL 0.1       /* radians: the axes of interactions by larger angles are known well enough */
#define FARTHEST 1e-9   /* that an axis may move */

int append_interaction(NumericForm *form, int a, int b, Vector u, Vector v, double t, int32_t origin) {
    const double numbers[VALUES] = {u.x, u.y, u.z, v.x, v.y, v.z, t};
    int is_fine = append(&form->wires, a) && append(&form->wires, b) && append(&form->origins, origin);
    for (int k = 0; k < VALUES; k++)
        is_fine = is_fine && append_double(&form->values, numbers[k]);
    return is_fine;
}

/* --- before measurements ------------------------------------------------------------------------------------------ */

static double sine_between(Vector u, Vector v) {
    Vector across = cross(u, v);
    return sqrt(across.x * across.x + across.y * across.y + across.z * across.z);
}

/* Moves the interactions that are kept to the front. */
static void keep(NumericForm *form, const uint8_t *is_dropped) {
    int64_t kept = 0;
    for (int64_t k = 0; k < interactions_of(form); k++)
        if (!is_dropped[k]) {
            memmove(form->wires.items + 2 * kept, form->wires.items + 2 * k, 2 * sizeof *form->wires.items);
            memmove(form->values.items + VALUES * kept, form->values.items + VALUES * k,
                    VALUES * sizeof *form->values.items);
            form->origins.items[kept++] = form->origins.items[k];
        }
    form->wires.count = 2 * kept;
    form->values.count = VALUES * kept;
    form->origins.count = kept;
}

/* Drops the interactions along measured axes that commute with all later ones; says whether there are any. */
static Outcome drop_diagonals(NumericForm *form, int *is_cut) {
    uint8_t *is_closed = calloc((size_t)form->width + 1, 1), *is_dropped = calloc((size_t)interactions_of(form) + 1, 1);
    Vector *measured = malloc(((size_t)form->width + 1) * sizeof *measured);
    int is_fine = is_closed && is_dropped && measured, open = form->width, is_any = 0;
    for (int wire = 0; is_fine && wire < form->width; wire++)
        measured[wire] = turned_back(form->ends[wire], (Vector){0, 0, 1});
    for (int64_t k = interactions_of(form) - 1; is_fine && open && k >= 0; k--) {
        int a = form->wires.items[2 * k], b = form->wires.items[2 * k + 1];
        Vector u = vector_at(form->values.items + VALUES * k), v = vector_at(form->values.items + VALUES * k + 3);
        int first = !is_closed[a] && is_along(u, measured[a], form->limits.noise);
        int second = !is_closed[b] && is_along(v, measured[b], form->limits.noise);
        if (first && second) {
            form->neglected += 2 * (sine_between(u, measured[a]) + sine_between(v, measured[b]));
            is_dropped[k] = 1;
            is_any = 1;
            continue;
        }
        open -= (!is_closed[a] && !first) + (!is_closed[b] && !second);
        is_closed[a] |= !first;
        is_closed[b] |= !second;
    }
    if (is_any)
        keep(form, is_dropped);
    *is_cut |= is_any;
    free(is_closed);
    free(is_dropped);
    free(measured);
    return is_fine ? SOLVED : NO_MEMORY;
}

/* --- settled axes ------------------------------------------------------------------------------------------------- */

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

static double distance(Vector u, Vector v) {
    double x = u.x - v.x, y = u.y - v.y, z = u.z - v.z;
    return sqrt(x * x + y * y + z * z);
}

/* The line nearest to a direction within a distance, or else the direction, which is added with its opposite. */
static int near(Doubles *lines, Vector u, double within, Vector *found) {
    double least = HUGE_VAL;
    for (int64_t k = 0; k < lines->count; k += 3) {
        Vector line = vector_at(lines->items + k);
        double apart = distance(u, line);
        if (apart <= within && apart < least) {
            least = apart;
            *found = line;
        }
    }
    if (least < HUGE_VAL)
        return 1;
    *found = u;
    double all[6] = {u.x, u.y, u.z, -u.x, -u.y, -u.z};
    int is_fine = 1;
    for (int k = 0; k < 6; k++)
        is_fine = is_fine && append_double(lines, all[k]);
    return is_fine;
}

static int settle_one(NumericForm *form, Doubles *lines, Sized sized) {
    double *values = form->values.items + VALUES * sized.place, size = sized.size;
    const int32_t *wires = form->wires.items + 2 * sized.place;
    Vector axes[2] = {vector_at(values), vector_at(values + 3)}, found[2];
    int is_small = size <= SMALL;
    double within = !is_small ? 0 : form->limits.noise / (2 * size) < FARTHEST ? form->limits.noise / (2 * size) : FARTHEST;
    if (!near(&lines[wires[0]], axes[0], within, &found[0]) || !near(&lines[wires[1]], axes[1], within, &found[1]))
        return 0;
    if (is_small) {
        form->neglected += 2 * size * (distance(axes[0], found[0]) + distance(axes[1], found[1]));
        memcpy(values, found, sizeof found);
    }
    return 1;
}

/* Moves small interactions to the axes of larger ones, as settle_axes.py does. */
static Outcome settle(NumericForm *form) {
    int64_t count = interactions_of(form);
    int is_any = 0;
    for (int64_t k = 0; k < count; k++)
        is_any |= !(fabs(form->values.items[VALUES * k + 6]) > SMALL);
    if (!is_any)
        return SOLVED;
    if (count > LARGEST)
        return STOPPED;
    Sized *order = malloc((size_t)count * sizeof *order);
    Doubles *lines = calloc((size_t)form->width + 1, sizeof *lines);
    int is_fine = order && lines;
    for (int64_t k = 0; k < count && is_fine; k++)
        order[k] = (Sized){fabs(form->values.items[VALUES * k + 6]), k};
    if (is_fine)
        qsort(order, (size_t)count, sizeof *order, compare);
    for (int64_t k = 0; k < count && is_fine; k++)
        is_fine = settle_one(form, lines, order[k]);
    for (int wire = 0; lines && wire < form->width; wire++)
        free(lines[wire].items);
    free(lines);
    free(order);
    return is_fine ? SOLVED : NO_MEMORY;
}

/* --- sweeps ------------------------------------------------------------------------------------------------------- */

/* Forgets the blocks but not the axes. */
static void forget_blocks(Gathered *gathered) {
    Axes axes = gathered->axes;
    gathered->axes = (Axes){.limits = axes.limits};
    release_gathered(gathered);
    *gathered = (Gathered){.axes = axes};
}

/* The form's interactions become the entries of its blocks, which take their numbers. */
static int take_items(Sweep *sweep) {
    NumericForm *form = &sweep->form;
    Gathered *gathered = &sweep->gathered;
    List before = form->origins;
    form->origins = (List){.items = NULL};
    form->wires.count = form->values.count = 0;
    int32_t *entry = gathered->entries.items;
    const double *t = gathered->angles.items;
    int is_fine = 1;
    for (int64_t block = 0; block < gathered->blocks.count && is_fine; block += HEAD) {
        const int32_t *head = gathered->blocks.items + block;
        for (int k = 0; k < head[4] && is_fine; k++, entry += ENTRY) {
            Vector u = vector_of(&gathered->axes, entry[0]), v = vector_of(&gathered->axes, entry[1]);
            int32_t origin = before.items[entry[2]];
            entry[2] = (int32_t)form->origins.count;
            is_fine = append_interaction(form, head[0], head[1], u, v, *t++, origin);
        }
    }
    free(before.items);
    return is_fine;
}

static Outcome gather(Sweep *sweep) {
    NumericForm *form = &sweep->form;
    Form given = {form->width, interactions_of(form), form->wires.items, form->values.items, &form->limits};
    forget_blocks(&sweep->gathered);
    if (gather_pairs(&given, &sweep->gathered) != SOLVED)
        return NO_MEMORY;
    for (int wire = 0; wire < form->width; wire++) {
        const LateTurn *late = &sweep->gathered.late[wire];
        form->ends[wire] = normalised(late->is_there ? product(form->ends[wire], late->turn) : form->ends[wire]);
    }
    return append_double(&form->phases, sweep->gathered.phase) && take_items(sweep) ? SOLVED : NO_MEMORY;
}

Outcome sweep_form(Sweep *sweep, int is_measured) {
    Outcome outcome = is_measured ? drop_diagonals(&sweep->form, &sweep->is_cut) : SOLVED;
    return outcome == SOLVED ? gather(sweep) : outcome;
}

Outcome compress(Sweep *sweep, const Goal *goal) {
    NumericForm *form = &sweep->form;
    Outcome outcome;
    for (; sweep->round < ROUNDS; sweep->round++) {
        int64_t before = interactions_of(form);
        int is_shorter = 0;
        if ((outcome = shorten_blocks(sweep, goal, &is_shorter)) != SOLVED)
            return outcome;
        if (!is_shorter)
            break;
        if ((outcome = settle(form)) != SOLVED || (outcome = sweep_form(sweep, goal->is_measured)) != SOLVED)
            return outcome;
        if (before - interactions_of(form) <= before / 1000)
            break;
    }
    if ((outcome = order_blocks(sweep)) != SOLVED)
        return outcome;
    if (!take_items(sweep))
        return NO_MEMORY;
    outcome = goal->is_measured ? drop_diagonals(form, &sweep->is_cut) : SOLVED;
    form->neglected += sweep->gathered.axes.neglected;
    return outcome;
}

void release_sweep(Sweep *sweep) {
    NumericForm *form = &sweep->form;
    release_gathered(&sweep->gathered);
    free(form->wires.items);
    free(form->values.items);
    free(form->origins.items);
    free(form->phases.items);
    free(form->ends);
    free(form->inputs);
    free(sweep->counts.items);
    free(sweep->asked.items);
}
