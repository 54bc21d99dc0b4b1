/* Compresses interaction forms by numbers: sweeps, shorter blocks, settled axes, fewer items before measurements.
 *
 * ionqdsl/passes/interactions/use_interactions.py takes the same steps, and says why; final_diagonals.py is one of them. Both find the
 * same forms with the same rounding.
 */
#include "forms.h"

#include <string.h>

enum { ROUNDS = 5 };  /* the most sweeps */

int append_interaction(NumericForm *form, int a, int b, Vector u, Vector v, double t, int32_t origin) {
    const double numbers[VALUES] = {u.x, u.y, u.z, v.x, v.y, v.z, t};
    int32_t *wires = extend(&form->wires, 2);
    double *values = extend_doubles(&form->values, VALUES);
    if (!wires || !values)
        return 0;
    wires[0] = a, wires[1] = b;
    memcpy(values, numbers, sizeof numbers);
    return append(&form->origins, origin);
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
    int64_t count = gathered->angles.count;
    int32_t *wires = extend(&form->wires, 2 * count), *origins = extend(&form->origins, count);
    double *values = extend_doubles(&form->values, VALUES * count);
    int is_fine = wires && origins && values;
    if (is_fine)
        write_entries(gathered, wires, values);
    for (int64_t place = 0; place < count && is_fine; place++) {
        int32_t *own = &gathered->entries.items[ENTRY * place + 2];
        origins[place] = before.items[*own];
        *own = (int32_t)place;
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
        if ((outcome = settle_axes(form)) != SOLVED || (outcome = sweep_form(sweep, goal->is_measured)) != SOLVED)
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
