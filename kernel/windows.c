/* Synthesises windows of a program anew and puts the shortest syntheses in their places, one round in one call.
 *
 * ionqdsl/passes/rotations/replace_windows.py takes the same steps with the same rounding, and says why.
 */
#include "windows.h"

#include <string.h>

/* --- the syntheses of a window ------------------------------------------------------------------------------------- */

/* A window folded, by numbers and as rows of a problem. */
typedef struct {
    Folded folded;
    double *angles;
    Word *rows;
    uint8_t minus[2 * 64];
    double neglected;
} Inner;

/* The entries of a window on its own wires; 0 if there is no memory. */
static int read_window(const Program *given, const Window *window, Program *inner) {
    int own[64] = {0};
    inner->width = window->width;
    inner->outputs = malloc((size_t)window->width * sizeof *inner->outputs);
    for (int k = 0; inner->outputs && k < window->width; k++) {
        own[window->wires[k]] = k;
        inner->outputs[k] = k;
    }
    int is_fine = inner->outputs != NULL;
    for (int64_t k = 0; k < window->count && is_fine; k++) {
        const Rotation *rotation = &given->rotations[window->places[k]];
        Word x = 0, z = 0;
        for (Word rest = rotation->x | rotation->z; rest; rest &= rest - 1) {
            int wire = lowest(rest);
            x |= (rotation->x >> wire & 1) << own[wire];
            z |= (rotation->z >> wire & 1) << own[wire];
        }
        is_fine = append_rotation(inner, x, z, rotation->angle);
    }
    return is_fine;
}

/* Packs the rows of the rotations, then of the images. */
static int pack_rows(Inner *inner) {
    const Program *program = &inner->folded.program;
    size_t count = (size_t)program->count, images = 2 * (size_t)program->width;
    inner->angles = malloc((count + 1) * sizeof *inner->angles);
    Word *row = inner->rows = malloc(2 * (count + images) * sizeof *row);
    if (!inner->angles || !row)
        return 0;
    for (size_t k = 0; k < count; k++) {
        *row++ = program->rotations[k].x;
        *row++ = program->rotations[k].z;
        inner->angles[k] = program->rotations[k].angle;
    }
    for (size_t k = 0; k < images; k++) {
        *row++ = inner->folded.images[k].x;
        *row++ = inner->folded.images[k].z;
        inner->minus[k] = (uint8_t)is_negative(inner->folded.images[k]);
    }
    return 1;
}

static int fold_window(const Round *round, const Window *window, Inner *inner) {
    Program *program = &inner->folded.program;
    return read_window(round->given, window, program) && (!window->is_flipped || invert(program))
           && fold_program(program, window->is_reduced, 1, round->noise, inner->folded.images, &inner->neglected) == SOLVED
           && pack_rows(inner);
}

static int is_still(const Solution *solution, int width) {
    for (int qubit = 0; qubit < width; qubit++)
        if (solution->qubits.items[QUBIT * qubit] != qubit)
            return 0;
    return 1;
}

/* The first of those with the fewest two-qubit gates; NULL if all were stopped or rename wires. */
static const Solution *shortest(const Solution *solutions, int count, int width, int may_rename) {
    const Solution *best = NULL;
    for (int k = 0; k < count; k++)
        if (solutions[k].outcome == SOLVED && (!best || solutions[k].gates < best->gates)
            && (may_rename || is_still(&solutions[k], width)))
            best = &solutions[k];
    return best;
}

static Outcome write_solution(const Round *round, const Window *window, const Inner *inner, const Solution *solution,
                              Program *program) {
    Steps steps = {solution->events.items, solution->moves.items, solution->qubits.items, solution->events.count / EVENT,
                   solution->moves.count / 2, inner->folded.program.count, inner->angles, round->cliffords};
    program->width = window->width;
    return write_program(&steps, window->is_flipped, program);
}

static Outcome solve_window(Round *round, int64_t number, const Inner *inner, Solution *solutions) {
    const Program *program = &inner->folded.program;
    Problem problem = {.wires = program->width, .rotations = (int)program->count, .rows = inner->rows,
                       .minus = inner->minus, .logs = round->logs, .bound = round->windows[number].bound};
    Style *styles = malloc((size_t)round->tries * sizeof *styles);
    int64_t first = number * round->tries;
    Outcome outcome = styles ? SOLVED : NO_MEMORY;
    for (int k = 0; styles && k < round->tries; k++)
        styles[k] = round->styles[(first + k) % round->style_count];
    if (!outcome)
        outcome = solve_each(&problem, styles, round->seeds + first, round->tries, solutions);
    free(styles);
    round->work.entries += 2 * (program->count + 2 * program->width);
    round->work.tries += round->tries;
    for (int k = 0; k < round->tries; k++) {
        round->work.steps += solutions[k].steps;
        round->work.scores += solutions[k].scores;
        round->work.sums += solutions[k].sums;
    }
    return outcome;
}

/* The shortest synthesis of a window for each result, a program without outputs if there is none. */
static Outcome synthesise_window(Round *round, int64_t number, const Improved *results, int count, Program *best,
                                 double *neglected) {
    const Window *window = &round->windows[number];
    Inner inner = {.neglected = 0};
    Solution *solutions = calloc((size_t)round->tries, sizeof *solutions);
    Outcome outcome = solutions && fold_window(round, window, &inner) ? SOLVED : NO_MEMORY;
    if (!outcome)
        outcome = solve_window(round, number, &inner, solutions);
    for (int k = 0; k < count && !outcome; k++) {
        const Solution *own = shortest(solutions, round->tries, window->width, results[k].may_rename);
        if (own)
            outcome = write_solution(round, window, &inner, own, &best[k]);
    }
    *neglected = inner.neglected;
    for (int k = 0; solutions && k < round->tries; k++)
        release(&solutions[k]);
    free(solutions);
    free(inner.rows);
    free(inner.angles);
    release_program(&inner.folded.program);
    return outcome;
}

/* --- replacing ----------------------------------------------------------------------------------------------------- */

/* Writes entries one after another; one-qubit Cliffords and renamed wires are carried to the end. */
typedef struct {
    Program *program;
    const int32_t *locals;
    double noise, neglected;
    int32_t place[64], local[64];  /* by label its wire, and the Clifford pending there */
} Writer;

/* The bits of X and Z of an entry on a wire as one number, and the letter that it is before the pending Clifford. */
static int letter_on(const Rotation *rotation, int wire) {
    return (int)(rotation->x >> wire & 1) | (int)(rotation->z >> wire & 1) << 1;
}

static int letter_before(const Writer *writer, int label, int letter, double *sign) {
    const int32_t *own = writer->locals + LOCAL_NUMBERS * writer->local[label];
    *sign *= own[2 + letter];
    return own[letter - 1];
}

static int write_entry(Writer *writer, const Rotation *rotation) {
    Word where = rotation->x | rotation->z;
    int first = lowest(where), letter = letter_on(rotation, first);
    double sign = 1;
    if (is_single(where)) {
        int count = quarters(rotation->angle, writer->noise);
        if (count >= 0) {
            writer->neglected += fabs(rotation->angle - rint(rotation->angle / QUARTER_TURN) * QUARTER_TURN);
            if (count)
                writer->local[first] = writer->locals[LOCAL_NUMBERS * writer->local[first] + 3 + 3 * letter + count - 1];
            return 1;
        }
    }
    Word own = (Word)letter_before(writer, first, letter, &sign), x = (own & 1) << writer->place[first],
         z = own >> 1 << writer->place[first];
    where &= where - 1;
    if (where) {
        int second = lowest(where);
        own = (Word)letter_before(writer, second, letter_on(rotation, second), &sign);
        x |= (own & 1) << writer->place[second];
        z |= own >> 1 << writer->place[second];
    }
    return append_rotation(writer->program, x, z, sign * rotation->angle);
}

/* Writes the synthesis of a window, and gives its wires their new names. */
static int write_window(Writer *writer, const Window *window, const Program *inner) {
    int32_t place[64], local[64];
    int is_fine = 1;
    for (int64_t k = 0; k < inner->count && is_fine; k++) {
        Rotation rotation = {0, 0, inner->rotations[k].angle};
        for (Word rest = inner->rotations[k].x | inner->rotations[k].z; rest; rest &= rest - 1) {
            int own = lowest(rest);
            rotation.x |= (inner->rotations[k].x >> own & 1) << window->wires[own];
            rotation.z |= (inner->rotations[k].z >> own & 1) << window->wires[own];
        }
        is_fine = write_entry(writer, &rotation);
    }
    for (int k = 0; k < window->width; k++) {
        place[k] = writer->place[window->wires[inner->outputs[k]]];
        local[k] = writer->local[window->wires[inner->outputs[k]]];
    }
    for (int k = 0; k < window->width; k++) {
        writer->place[window->wires[k]] = place[k];
        writer->local[window->wires[k]] = local[k];
    }
    return is_fine;
}

static int finish_program(Writer *writer, const Program *given) {
    Program *program = writer->program;
    program->outputs = malloc((size_t)given->width * sizeof *program->outputs);
    int is_fine = program->outputs != NULL;
    for (int label = 0; label < given->width && is_fine; label++) {
        const int32_t *turns = writer->locals + LOCAL_NUMBERS * writer->local[label] + 15;
        int wire = writer->place[label];
        for (int k = 0; k < turns[0] && is_fine; k++) {
            Word letter = (Word)turns[1 + 2 * k];
            is_fine = append_rotation(program, (letter & 1) << wire, letter >> 1 << wire, QUARTER_TURN * turns[2 + 2 * k]);
        }
        program->outputs[label] = writer->place[given->outputs[label]];
    }
    return is_fine;
}

/* Writes the program; `owners` has for each entry the number of the window that replaces it, NONE if none does. */
static int splice(const Round *round, const int32_t *owners, const Program *best, int stride, Improved *result) {
    const Program *given = round->given;
    Writer writer = {.program = &result->program, .locals = round->locals, .noise = round->noise,
                     .neglected = result->neglected};
    int is_fine = 1;
    result->program.width = given->width;
    for (int label = 0; label < given->width; label++)
        writer.place[label] = label;
    for (int64_t place = 0; place < given->count && is_fine; place++) {
        const Window *window = owners[place] == NONE ? NULL : &round->windows[owners[place]];
        if (!window)
            is_fine = write_entry(&writer, &given->rotations[place]);
        else if (window->places[0] == place)
            is_fine = write_window(&writer, window, &best[stride * owners[place]]);
    }
    is_fine = is_fine && finish_program(&writer, given);
    result->neglected = writer.neglected;
    return is_fine;
}

static int replace(const Round *round, const Program *best, const double *neglected, int stride, Improved *result) {
    int32_t *owners = malloc(((size_t)round->given->count + 1) * sizeof *owners);
    double more = 0;
    for (int64_t place = 0; owners && place < round->given->count; place++)
        owners[place] = NONE;
    for (int64_t k = 0; owners && k < round->count; k++) {
        if (!best[stride * k].outputs)
            continue;
        more += neglected[k];
        for (int64_t number = 0; number < round->windows[k].count; number++)
            owners[round->windows[k].places[number]] = (int32_t)k;
    }
    result->neglected += more;
    int is_fine = owners && splice(round, owners, best, stride, result);
    free(owners);
    return is_fine;
}

Outcome improve(Round *round, Improved *results, int count) {
    size_t size = (size_t)(round->count * count);
    Program *best = calloc(size + 1, sizeof *best);
    double *neglected = calloc((size_t)round->count + 1, sizeof *neglected);
    Outcome outcome = best && neglected ? SOLVED : NO_MEMORY;
    for (int64_t k = 0; k < round->count && !outcome; k++)
        outcome = synthesise_window(round, k, results, count, best + count * k, &neglected[k]);
    for (int k = 0; k < count && !outcome; k++)
        if (!replace(round, best + k, neglected, count, &results[k]))
            outcome = NO_MEMORY;
    for (size_t k = 0; best && k < size; k++)
        release_program(&best[k]);
    free(best);
    free(neglected);
    return outcome;
}
