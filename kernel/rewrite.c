/* Rewrites blocks of three wires of a form: resynthesise_triples.py has the same in Python, with the same rounding. */
#include "forms.h"

#include <string.h>

#include "triples.h"

typedef struct {
    NumericForm *form;
    Axes axes;
    LateTurn *late;  /* turns that move past all later items of their wires */
    double phase;
} Writing;

static Vector pulled(const Writing *writing, int wire, Vector axis) {
    const LateTurn *late = &writing->late[wire];
    return late->is_there ? turned_back(late->turn, axis) : axis;
}

static Vector on_line(Writing *writing, const double *axis) {
    return vector_of(&writing->axes, number_of(&writing->axes, vector_at(axis)));
}

/* Adds a half turn about an axis that is pulled already. */
static void add_half_turn(Writing *writing, int wire, Vector axis) {
    LateTurn *late = &writing->late[wire];
    const Turn before = late->is_there ? late->turn : (Turn){1, 0, 0, 0};
    *late = (LateTurn){1, product(before, turn_about(axis, PI))};
}

/* An interaction that stays. */
static int keep(Writing *writing, const Form *given, int32_t place) {
    const int32_t *wires = given->wires + 2 * place;
    const double *own = given->values + VALUES * (size_t)place;
    Vector u = pulled(writing, wires[0], on_line(writing, own));
    Vector v = pulled(writing, wires[1], on_line(writing, own + 3));
    return append_interaction(writing->form, wires[0], wires[1], u, v, own[6], place);
}

/* The interactions and turns of an instance in place of a block. */
static int write_instance(Writing *writing, const Replacement *block) {
    static const int sides[3][2] = {{0, 1}, {0, 2}, {1, 2}};
    static const double part = PI / 192;
    const Limits *limits = &writing->form->limits;
    int is_fine = 1;
    for (int k = 0; k < block->length && is_fine; k++) {
        int a = block->wires[sides[block->pairs[k]][0]], b = block->wires[sides[block->pairs[k]][1]];
        Vector u = pulled(writing, a, vector_at(block->values + 3 * k));
        Vector v = pulled(writing, b, vector_at(block->values + 3 * (block->length + k)));
        int64_t halves;
        double rest = folded(block->values[6 * block->length + k], limits->noise, limits->spacing, &halves);
        double near = rint(rest / part) * part;
        if (fabs(rest - near) < limits->noise) {
            writing->axes.neglected += fabs(rest - near);
            rest = near;
        }
        if (rest != 0)
            is_fine = append_interaction(writing->form, a, b, u, v, rest, block->places[block->count - 1]);
        if (is_odd(halves)) {
            add_half_turn(writing, a, u);
            add_half_turn(writing, b, v);
        }
        writing->phase += phase_of_halves(halves);
    }
    const double *rest = block->values + VALUES * block->length;
    for (int k = 0; k < 3; k++, rest += 4) {
        LateTurn *late = &writing->late[block->wires[k]];
        Turn turn = {rest[0], rest[1], rest[2], rest[3]};
        *late = (LateTurn){1, late->is_there ? normalised(product(turn, late->turn)) : turn};
    }
    writing->phase += rest[0];
    writing->axes.neglected += rest[1];
    return is_fine;
}

/* Writes the items; `owners` has for each place the number of its block, NONE if it stays. */
static int write_items(Writing *writing, const Form *given, const Replacement *blocks, const int32_t *owners) {
    int is_fine = 1;
    for (int32_t place = 0; place < given->count && is_fine; place++) {
        const Replacement *block = owners[place] == NONE ? NULL : &blocks[owners[place]];
        if (!block)
            is_fine = keep(writing, given, place);
        else if (place == block->places[block->count - 1])
            is_fine = write_instance(writing, block);
    }
    return is_fine && writing->axes.has_memory;
}

Outcome rewrite_triples(const Form *given, const Doubles *vectors, const Replacement *blocks, int count,
                        NumericForm *form, double *phase) {
    Writing writing = {.form = form, .axes = {.limits = &form->limits, .vectors = *vectors, .neglected = form->neglected}};
    int32_t *owners = malloc(((size_t)given->count + 1) * sizeof *owners);
    writing.late = calloc((size_t)form->width + 1, sizeof *writing.late);
    int is_fine = owners && writing.late && begin_axes(&writing.axes);
    if (is_fine) {
        memset(owners, 0xff, (size_t)given->count * sizeof *owners);
        for (int k = 0; k < count; k++)
            for (int j = 0; j < blocks[k].count; j++)
                owners[blocks[k].places[j]] = k;
        is_fine = write_items(&writing, given, blocks, owners);
        for (int wire = 0; wire < form->width; wire++) {
            const LateTurn *late = &writing.late[wire];
            form->ends[wire] = normalised(late->is_there ? product(form->ends[wire], late->turn) : form->ends[wire]);
        }
    }
    *phase = writing.phase;
    form->neglected = writing.axes.neglected;
    free(owners);
    free(writing.late);
    release_axes(&writing.axes);
    return is_fine ? SOLVED : NO_MEMORY;
}
