/* Writes the steps of a synthesis as a program of rotations, and programs and rows of circuits as interaction forms.
 *
 * `program_of_solution` of ionqdsl/passes/rotations/synthesise_paulis.py, `inverse` of algebra/paulis.py, `form_of` of
 * passes/rotations/fold_rotations.py, `from_rows` of algebra/interactions.py and `_unseen` of
 * passes/rotations/try_styles.py take the same steps with the same rounding. Rotations are by numbers, on 64 wires at
 * most.
 */
#include "programs.h"

#include <string.h>

/* --- the steps of a synthesis ------------------------------------------------------------------------------------- */

static int is_generator(int32_t number, int width) {
    return number >= 0 && number < 3 * width;
}

static int are_apart(int32_t first, int32_t second, int width) {
    return is_generator(first, width) && is_generator(second, width) && first / 3 != second / 3;
}

int are_whole(const Steps *steps, int width) {
    for (int64_t k = 0; k < steps->event_count; k++) {
        const int32_t *event = steps->events + EVENT * k;
        if (!(event[1] < 0 ? is_generator(event[0], width) : are_apart(event[0], event[1], width))
            || event[2] < -1 || event[2] >= steps->row_count)
            return 0;
    }
    for (int64_t k = 0; k < steps->move_count; k++)
        if (!are_apart(steps->moves[2 * k], steps->moves[2 * k + 1], width))
            return 0;
    Word seen = 0;
    for (int k = 0; k < width; k++) {
        int32_t wire = steps->qubits[QUBIT * k], letters = steps->qubits[QUBIT * k + 1];
        if (wire < 0 || wire >= width || seen >> wire & 1 || letters < 0 || letters >= CLIFFORD_KEYS)
            return 0;
        seen |= (Word)1 << wire;
    }
    for (int k = 0; k < CLIFFORD_KEYS * CLIFFORD; k++)
        if (steps->cliffords[k] < 0 || steps->cliffords[k] > TURNS)
            return 0;
    return 1;
}

int append_rotation(Program *program, Word x, Word z, double angle) {
    Rotation *rotations = with_room(program->rotations, program->count, &program->room, sizeof *rotations);
    if (!rotations)
        return 0;
    program->rotations = rotations;
    rotations[program->count++] = (Rotation){x, z, angle};
    return 1;
}

/* A rotation about one generator or the product of two. */
static int append_about(Program *program, int32_t first, int32_t second, double angle) {
    const int32_t generators[2] = {first, second};
    Word x = 0, z = 0;
    for (int side = 0; side < 2; side++)
        if (generators[side] >= 0) {
            x |= (Word)(generators[side] % 3 < 2) << generators[side] / 3;
            z |= (Word)(generators[side] % 3 > 0) << generators[side] / 3;
        }
    return append_rotation(program, x, z, angle);
}

static int append_events(const Steps *steps, Program *program) {
    int is_fine = 1;
    for (int64_t k = 0; k < steps->event_count && is_fine; k++) {
        const int32_t *event = steps->events + EVENT * k;
        double angle = event[3] & SHIFT ? QUARTER_TURN : 0;
        if (event[2] >= 0) {
            double own = event[3] & MINUS ? -steps->angles[event[2]] : steps->angles[event[2]];
            angle = event[3] & SHIFT ? angle + own : own;
        }
        is_fine = append_about(program, event[0], event[1], angle);
    }
    for (int64_t k = 0; k < steps->move_count && is_fine; k++)
        is_fine = append_about(program, steps->moves[2 * k], steps->moves[2 * k + 1], QUARTER_TURN);
    return is_fine;
}

/* The rotations in reverse, on the wires on which the program's qubits are read. */
int invert(Program *program) {
    int32_t *moved = malloc(((size_t)program->width + 1) * sizeof *moved);
    if (!moved)
        return 0;
    for (int qubit = 0; qubit < program->width; qubit++)
        moved[program->outputs[qubit]] = qubit;
    for (int64_t k = 0, last = program->count - 1; k < last; k++, last--) {
        Rotation first = program->rotations[k];
        program->rotations[k] = program->rotations[last];
        program->rotations[last] = first;
    }
    for (int64_t k = 0; k < program->count; k++) {
        Rotation *own = &program->rotations[k];
        Word x = 0, z = 0;
        for (Word rest = own->x | own->z; rest; rest &= rest - 1) {
            int wire = lowest(rest);
            x |= (own->x >> wire & 1) << moved[wire];
            z |= (own->z >> wire & 1) << moved[wire];
        }
        *own = (Rotation){x, z, -own->angle};
    }
    free(program->outputs);
    program->outputs = moved;
    return 1;
}

Outcome write_program(const Steps *steps, int is_inverse, Program *program) {
    program->outputs = malloc(((size_t)program->width + 1) * sizeof *program->outputs);
    int is_fine = program->outputs && append_events(steps, program);
    for (int qubit = 0; qubit < program->width && is_fine; qubit++) {
        int wire = program->outputs[qubit] = steps->qubits[QUBIT * qubit];
        const int32_t *clifford = steps->cliffords + CLIFFORD * steps->qubits[QUBIT * qubit + 1];
        for (int k = 0; k < clifford[0] && is_fine; k++) {
            Word letter = (Word)clifford[1 + 2 * k];  /* bit 0 for x, bit 1 for z */
            is_fine = append_rotation(program, (letter & 1) << wire, letter >> 1 << wire,
                                      QUARTER_TURN * clifford[2 + 2 * k]);
        }
    }
    return is_fine && (!is_inverse || invert(program)) ? SOLVED : NO_MEMORY;
}

void release_program(Program *program) {
    free(program->rotations);
    free(program->outputs);
}

/* --- before a measurement ----------------------------------------------------------------------------------------- */

int quarters(double angle, double noise) {
    double count = rint(angle / QUARTER_TURN);
    return fabs(angle - count * QUARTER_TURN) < noise ? (int)(((int64_t)count % 4 + 4) % 4) : -1;
}

int64_t unseen_rotations(const Program *program, double noise) {
    Word measured_x = 0, measured_z = program->width < 64 ? ((Word)1 << program->width) - 1 : ~(Word)0;
    int64_t unseen = 0;
    for (int64_t k = program->count - 1; k >= 0 && (measured_x | measured_z); k--) {
        const Rotation *own = &program->rotations[k];
        Word where = own->x | own->z, others = ((own->x ^ measured_x) | (own->z ^ measured_z)) & where;
        if (!(where & (measured_x | measured_z)))
            continue;
        int turns = is_single(where) ? quarters(own->angle, noise) : -1;
        if (!others) {
            unseen += !is_single(where);
        } else if (turns < 0) {
            measured_x &= ~others;
            measured_z &= ~others;
        } else if (turns % 2) {
            measured_x ^= own->x;
            measured_z ^= own->z;
        }
    }
    return unseen;
}

/* --- the interaction form ----------------------------------------------------------------------------------------- */

/* The turns written to a wire so far; their product need not have length one. */
typedef struct {
    int is_there;
    Turn turn;
} Frame;

static Vector letter_of(const Rotation *rotation, int wire) {
    int x = (int)(rotation->x >> wire & 1), z = (int)(rotation->z >> wire & 1);
    return (Vector){x && !z, x && z, z && !x};
}

static int highest(Word where) {
    int wire = 0;
    while (where >>= 1)
        wire++;
    return wire;
}

static void follow(Frame *frame, Vector axis, double angle) {
    Turn before = frame->is_there ? frame->turn : (Turn){1, 0, 0, 0};
    *frame = (Frame){1, product(turn_about(axis, angle), before)};
}

static Vector pulled(Frame *frame, Vector axis) {
    if (!frame->is_there)
        return axis;
    frame->turn = normalised(frame->turn);
    return turned_back(frame->turn, axis);
}

static int write_rotation(const Rotation *rotation, Frame *frames, NumericForm *form) {
    Word where = rotation->x | rotation->z;
    int first = highest(where);
    Vector axis = letter_of(rotation, first);
    where ^= (Word)1 << first;
    if (!where) {
        follow(&frames[first], axis, rotation->angle);
        return 1;
    }
    int second = lowest(where), is_fine = 1;
    Vector other = letter_of(rotation, second), u = pulled(&frames[first], axis), v = pulled(&frames[second], other);
    int64_t halves;
    double rest = folded(rotation->angle / 2, form->limits.noise, form->limits.spacing, &halves);
    if (fabs(rest) > form->limits.noise)
        is_fine = append_interaction(form, first, second, u, v, rest, NONE);
    else
        form->neglected += fabs(rest);
    if (is_odd(halves)) {
        follow(&frames[first], axis, PI);
        follow(&frames[second], other, PI);
    }
    return is_fine;
}

static int write_ends(const Frame *frames, NumericForm *form) {
    form->ends = malloc(((size_t)form->width + 1) * sizeof *form->ends);
    for (int wire = 0; form->ends && wire < form->width; wire++)
        form->ends[wire] = frames[wire].is_there ? normalised(frames[wire].turn) : (Turn){1, 0, 0, 0};
    return form->ends != NULL;
}

Outcome write_form(const Program *program, NumericForm *form) {
    Frame *frames = calloc((size_t)program->width + 1, sizeof *frames);
    int is_fine = frames != NULL;
    for (int64_t k = 0; k < program->count && is_fine; k++)
        is_fine = write_rotation(&program->rotations[k], frames, form);
    is_fine = is_fine && write_ends(frames, form);
    free(frames);
    return is_fine ? SOLVED : NO_MEMORY;
}

/* --- rows of a circuit --------------------------------------------------------------------------------------------- */

static int write_step(const Step *step, const int32_t *qubits, int32_t row, Frame *frames, NumericForm *form) {
    const double *own = step->numbers;
    int first = qubits[(int)step->first], second = step->second < 0 ? NONE : qubits[(int)step->second];
    if (second < 0) {
        Turn before = frames[first].is_there ? frames[first].turn : (Turn){1, 0, 0, 0};
        frames[first] = (Frame){1, product((Turn){own[0], own[1], own[2], own[3]}, before)};
        return 1;
    }
    Vector u = pulled(&frames[first], vector_at(own)), v = pulled(&frames[second], vector_at(own + 3));
    return append_interaction(form, first, second, u, v, own[6], row);
}

Outcome write_rows(const Rows *rows, NumericForm *form, double *phase) {
    Frame *frames = calloc((size_t)form->width + 1, sizeof *frames);
    int is_fine = frames != NULL;
    *phase = 0;
    for (int32_t row = 0; row < rows->count && is_fine; row++) {
        const int32_t *own = rows->rows + ROW * rows->places[row], *steps = rows->parts + own[0];
        for (int32_t step = steps[0]; step < steps[1] && is_fine; step++)
            is_fine = write_step(&rows->steps[step], own + 1, row, frames, form);
        *phase += rows->phases[own[0]];
    }
    is_fine = is_fine && write_ends(frames, form);
    free(frames);
    return is_fine ? SOLVED : NO_MEMORY;
}

/* The wires of the qubits at some places. */
static Word moved(Word places, const int32_t *qubits, const int32_t *wires) {
    Word where = 0;
    for (; places; places &= places - 1)
        where |= (Word)1 << wires[qubits[lowest(places)]];
    return where;
}

Outcome write_rotations(const Spreads *rows, Program *program) {
    int32_t *wires = program->outputs = malloc(((size_t)program->width + 1) * sizeof *wires);
    int is_fine = wires != NULL;
    for (int32_t wire = 0; wire < program->width && is_fine; wire++)
        wires[wire] = wire;
    for (int32_t row = 0; row < rows->count && is_fine; row++) {
        int32_t place = rows->places[row], kind = rows->kinds[place];
        const int32_t *qubits = rows->qubits + rows->starts[place];
        if (kind == RENAMING) {
            int32_t wire = wires[qubits[0]];
            wires[qubits[0]] = wires[qubits[1]];
            wires[qubits[1]] = wire;
            continue;
        }
        for (int32_t k = rows->parts[kind]; k < rows->parts[kind + 1] && is_fine; k++) {
            Word x = moved(rows->masks[2 * k], qubits, wires), z = moved(rows->masks[2 * k + 1], qubits, wires);
            is_fine = append_rotation(program, x, z, rows->angles[k]);
        }
    }
    return is_fine ? SOLVED : NO_MEMORY;
}
