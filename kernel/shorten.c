/* Rewrites each block of a pair of wires with as few interactions as its unitary needs, or fewer and a swap.
 *
 * ionqdsl/passes/interactions/resynthesise_pairs.py takes the same steps with the same rounding, and says why. Where blocks may get
 * another unitary, the caller is asked for some.
 */
#include "forms.h"

#include <string.h>

#define QUARTER (PI / 4)
#define WORTH 0.6   /* as many interactions replace a block only if their total angle is below this share */
#define TIE 1e10    /* sizes are compared in units of its inverse, so that rounding does not decide an order */

typedef struct {
    Vector u, v;
    double t;
} Part;

typedef struct {
    int is_there, is_swapped, count;
    Part parts[3];
    Turn on_a, on_b;
    double phase;
} Replacement;

/* A block: its wires and axes, its interactions in the form, and the number of the question about it or NONE. */
typedef struct {
    int a, b, count, question;
    int32_t axes[2];
    int64_t start;
    const double *values;
} Several;

static const Vector letters[3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

static Part part_of(const Several *block, int k) {
    const double *own = block->values + VALUES * k;
    return (Part){vector_at(own), vector_at(own + 3), own[6]};
}

/* --- which blocks ------------------------------------------------------------------------------------------------- */

/* Whether the block may take fewer interactions, or much less of their angle, by its Weyl coordinates. */
static int may_shrink(const Several *block, const Goal *goal, double noise) {
    double least = HUGE_VAL, most = 0;
    for (int k = 0; k < block->count; k++) {
        double size = fabs(part_of(block, k).t);
        least = size < least ? size : least;
        most = size > most ? size : most;
    }
    if (least < 2 * noise || (goal->may_rename && (block->count > 2 || most > QUARTER - 2 * noise)))
        return 1;
    for (int k = 0; k < block->count; k++)
        for (int m = 0; m < k; m++) {
            Part one = part_of(block, k), other = part_of(block, m);
            if (!(fabs(dot(one.u, other.u)) < noise && fabs(dot(one.v, other.v)) < noise))
                return 1;
        }
    return 0;
}

/* Writes the unitary of a block in the magic basis; 0 without memory. */
static int multiply(const Several *block, const WeylTables *tables, double unitary[SQUARE][2]) {
    size_t count = (size_t)block->count;
    double *numbers = malloc(7 * count * sizeof *numbers);
    if (numbers) {
        double *u = numbers, *v = u + 3 * count, *t = v + 3 * count;
        for (size_t k = 0; k < count; k++) {
            memcpy(u + 3 * k, block->values + VALUES * k, 3 * sizeof *u);
            memcpy(v + 3 * k, block->values + VALUES * k + 3, 3 * sizeof *v);
            t[k] = block->values[VALUES * k + 6];
        }
        pair_product(tables, block->count, u, v, t, unitary);
    }
    int is_fine = numbers != NULL;
    free(numbers);
    return is_fine;
}

/* Asks for other unitaries of a block. */
static int ask(Sweep *sweep, const Several *block, const Goal *goal, const Vector *measured) {
    double numbers[6] = {measured[0].x, measured[0].y, measured[0].z, measured[1].x, measured[1].y, measured[1].z};
    double unitary[SQUARE][2];
    int is_fine = multiply(block, goal->tables, unitary) && append(&sweep->counts, block->count);
    for (int k = 0; k < 6; k++)
        is_fine = is_fine && append_double(&sweep->asked, numbers[k]);
    for (int k = 0; k < SQUARE && is_fine; k++)
        is_fine = append_double(&sweep->asked, unitary[k][0]) && append_double(&sweep->asked, unitary[k][1]);
    return is_fine;
}

/* Asks about all blocks of which all later interactions of both wires are along axes that are measured next, and notes
 * the number of the question. */
static Outcome ask_about(Sweep *sweep, Several *blocks, int64_t count, const Goal *goal) {
    const NumericForm *form = &sweep->form;
    Vector *measured = malloc(((size_t)form->width + 1) * sizeof *measured);
    uint8_t *is_closed = calloc((size_t)form->width + 1, 1);
    int is_fine = measured && is_closed, is_sound = 1;
    sweep->counts.count = sweep->asked.count = 0;
    for (int wire = 0; is_fine && wire < form->width; wire++)
        measured[wire] = turned_back(form->ends[wire], letters[2]);
    for (int64_t k = count - 1; is_fine && k >= 0; k--) {
        Several *block = &blocks[k];
        const int wires[2] = {block->a, block->b};
        if (block->count > 1 && !is_closed[block->a] && !is_closed[block->b]) {
            const Vector axes[2] = {measured[block->a], measured[block->b]};
            block->question = (int)sweep->counts.count;
            is_sound = goal->tables != NULL;
            is_fine = is_sound && (sweep->is_asking ? append(&sweep->counts, 0) : ask(sweep, block, goal, axes));
        }
        for (int side = 0; side < 2; side++) {
            int32_t axis = block->axes[side];
            if (axis == MIXED
                || !is_along(vector_of(&sweep->gathered.axes, axis), measured[wires[side]], form->limits.noise))
                is_closed[wires[side]] = 1;
        }
    }
    free(measured);
    free(is_closed);
    return is_fine ? SOLVED : is_sound ? NO_MEMORY : INVALID;
}

/* --- parts of equal angle along other axes ------------------------------------------------------------------------ */

/* Parts of one angle along other axes of the same plane or space: the first of `wanted`, and axes across it. */
static void realign(Part *parts, int count, const Vector *wanted, int choices) {
    double t = parts[0].t;
    Part old[3];
    for (int k = 0; k < count; k++)
        old[k] = (Part){parts[k].u, parts[k].t * t > 0 ? parts[k].v : opposite(parts[k].v), parts[k].t};
    Vector first = wanted[0], third = {0, 0, 0};
    int is_found = 0;
    for (int k = 1; k < choices && !is_found; k++) {
        third = cross(first, wanted[k]);
        is_found = dot(third, third) > 0.01;
    }
    third = unit(is_found ? third : cross(first, letters[fabs(first.x) < 0.8 ? 0 : 1]));
    const Vector axes[3] = {first, cross(third, first), third};
    for (int k = 0; k < count; k++) {
        Vector sum = {0, 0, 0};
        for (int m = 0; m < count; m++) {
            double share = dot(axes[k], old[m].u);
            sum = (Vector){sum.x + share * old[m].v.x, sum.y + share * old[m].v.y, sum.z + share * old[m].v.z};
        }
        parts[k] = (Part){axes[k], unit(sum), t};
    }
}

/* Two parts of equal angle: along the hint that is nearest to their plane, if there is one. */
static void tidy_two(Part *parts, const Vector *hints, int count) {
    Vector u = parts[0].u, p = parts[1].u;
    double x = 0, y = 0, longest = -1;
    for (int k = 0; k < count; k++) {
        double one = dot(u, hints[k]), other = dot(p, hints[k]), length = rint(sqrt(one * one + other * other) * TIE);
        if (length > longest) {
            longest = length;
            x = one;
            y = other;
        }
    }
    if (sqrt(x * x + y * y) > 0.1) {
        Vector towards = unit((Vector){x * u.x + y * p.x, x * u.y + y * p.y, x * u.z + y * p.z});
        const Vector wanted[2] = {towards, cross(cross(u, p), towards)};
        realign(parts, 2, wanted, 2);
    }
}

static void tidy(Replacement *replacement, const Vector *hints, int count, Axes *axes) {
    Part *parts = replacement->parts;
    int length = replacement->count;
    if (length < 2)
        return;
    Part last = parts[length - 1];
    parts[length - 1] = parts[0];
    parts[0] = last;
    for (int k = 1; k < length; k++)
        for (int m = k; m && rint(fabs(parts[m].t) * TIE) < rint(fabs(parts[m - 1].t) * TIE); m--) {
            Part moved = parts[m];
            parts[m] = parts[m - 1];
            parts[m - 1] = moved;
        }
    double sizes[3] = {fabs(parts[0].t), fabs(parts[1].t), length > 2 ? fabs(parts[2].t) : 0};
    double noise = axes->limits->noise;
    if (length == 3) {
        double most = fmax(sizes[0], fmax(sizes[1], sizes[2])), least = fmin(sizes[0], fmin(sizes[1], sizes[2]));
        if (most - least < noise) {
            axes->neglected += 2 * (most - least);
            realign(parts, 3, hints, count);
            return;
        }
    }
    for (int k = 0; k < length - 1; k++)
        if (fabs(sizes[k + 1] - sizes[k]) < noise) {
            axes->neglected += fabs(sizes[k + 1] - sizes[k]);
            tidy_two(parts + k, hints, count);
            return;
        }
}

/* --- replacements ------------------------------------------------------------------------------------------------- */

static Turn turn_of(const double *numbers) {
    return (Turn){numbers[0], numbers[1], numbers[2], numbers[3]};
}

/* The interactions of a decomposition, and the turns after them. */
static void write_replacement(const Decomposition *found, int is_swapped, Axes *axes, Replacement *result) {
    const Limits *limits = axes->limits;
    Turn a = turn_of(found->after[is_swapped]), b = turn_of(found->after[!is_swapped]);
    Turn c = turn_of(found->before[0]), d = turn_of(found->before[1]), on_a = {1, 0, 0, 0}, on_b = {1, 0, 0, 0};
    *result = (Replacement){.is_there = 1, .is_swapped = is_swapped};
    result->phase = is_swapped ? found->phase - QUARTER : found->phase;
    for (int k = 0; k < 3; k++) {
        int64_t halves;
        double x = is_swapped ? found->coordinates[k] - QUARTER : found->coordinates[k];
        double rest = folded(x, limits->noise, limits->spacing, &halves);
        result->phase += phase_of_halves(halves);
        if (is_odd(halves)) {
            Turn half = turn_about(letters[k], PI);
            on_a = product(half, on_a);
            on_b = product(half, on_b);
        }
        if (fabs(rest) > limits->noise)
            result->parts[result->count++] = (Part){turned_back(c, letters[k]), turned_back(d, letters[k]), rest};
        else
            axes->neglected += fabs(rest);
    }
    result->on_a = product(product(a, on_a), c);
    result->on_b = product(product(b, on_b), d);
}

/* Whether one way is shorter: fewer interactions, or as many with a smaller total angle. */
static int is_less(int count, double total, int least, double least_total) {
    return count < least || (count == least && total < least_total);
}

/* The best way so far to write a block: its interactions and their total angle, and where it comes from. */
typedef struct {
    int count, way;  /* 0 to keep the block, 1 to replace it, 2 to replace it and exchange its wires */
    double total, error;
    Decomposition found;
    int is_other;
} Best;

/* Compares the ways that a decomposition gives with the best one. */
static void compare_ways(const Decomposition *found, double error, int is_other, const Goal *goal, const Limits *limits,
                         Best *best) {
    int count = 0, others = 0;
    double total = 0;
    if ((found->error > error ? found->error : error) > goal->tables->tolerance)
        return;
    for (int k = 0; k < 3; k++) {
        int64_t halves;
        double size = fabs(folded(found->coordinates[k], limits->noise, limits->spacing, &halves));
        count += size > limits->noise;
        others += fabs(size - QUARTER) > limits->noise;
        total += size;
    }
    if (is_less(count, total, best->count, best->total))
        *best = (Best){.count = count, .total = total, .way = 1, .error = error, .found = *found,
                       .is_other = is_other};
    if (goal->may_rename && is_less(others, 3 * QUARTER - total + 1e-7, best->count, best->total))
        *best = (Best){.count = others, .total = 3 * QUARTER - total + 1e-7, .way = 2, .error = error, .found = *found,
                       .is_other = is_other};
}

/* The first answer to a question, or where it would be: they stand in the order of questions. */
static int64_t first_answer(const Answers *answers, int question) {
    int64_t low = 0, high = answers->count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (answers->owners[middle] < question)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Compares the block's own unitary and the others that may take its place. */
static int find_best(const Several *block, const Goal *goal, const Limits *limits, Best *best) {
    const Answers *answers = &goal->answers;
    double unitary[SQUARE][2];
    Decomposition found;
    if (!multiply(block, goal->tables, unitary))
        return 0;
    decompose(goal->tables, unitary, &found);
    compare_ways(&found, 0, 0, goal, limits, best);
    if (block->question == NONE)
        return 1;
    for (int64_t k = first_answer(answers, block->question);
         k < answers->count && answers->owners[k] == block->question; k++) {
        memcpy(unitary, answers->unitaries + 2 * SQUARE * k, sizeof unitary);
        decompose(goal->tables, unitary, &found);
        compare_ways(&found, answers->errors[k], 1, goal, limits, best);
    }
    return 1;
}

/* The replacement of a block, if one is shorter. */
static Outcome replace(const Several *block, const Goal *goal, Sweep *sweep, Replacement *result) {
    Axes *axes = &sweep->gathered.axes;
    if (block->question == NONE && !may_shrink(block, goal, axes->limits->noise))
        return SOLVED;
    if (!goal->tables)
        return INVALID;
    double sum = 0;
    for (int k = 0; k < block->count; k++)
        sum += fabs(part_of(block, k).t);
    Best best = {.count = block->count, .total = WORTH * sum - 1e-7};
    if (!find_best(block, goal, axes->limits, &best))
        return NO_MEMORY;
    if (!best.way)
        return SOLVED;
    Vector *hints = malloc((size_t)block->count * sizeof *hints);
    if (!hints)
        return NO_MEMORY;
    for (int k = 0; k < block->count; k++)
        hints[k] = part_of(block, k).u;
    write_replacement(&best.found, best.way - 1, axes, result);
    tidy(result, hints, block->count, axes);
    axes->neglected += 4 * (best.found.error + best.error);  /* of entries */
    sweep->is_cut |= best.is_other;
    sweep->is_renamed |= result->is_swapped;
    free(hints);
    return SOLVED;
}

/* --- the form with replacements ----------------------------------------------------------------------------------- */

/* The form that is written, the place of each wire, and by place the turn that follows its items. */
typedef struct {
    NumericForm form;
    int32_t *places;
    LateTurn *late;
    double phase;
} Writing;

static Vector pulled(const Writing *writing, int place, Vector axis) {
    const LateTurn *late = &writing->late[place];
    return late->is_there ? turned_back(late->turn, axis) : axis;
}

static void follow(Writing *writing, int place, Turn turn) {
    LateTurn *late = &writing->late[place];
    *late = (LateTurn){1, late->is_there ? normalised(product(turn, late->turn)) : turn};
}

static int write_block(Writing *writing, const NumericForm *before, const Several *block, const Replacement *replacement) {
    int p = writing->places[block->a], q = writing->places[block->b], is_fine = 1;
    const int32_t *origins = before->origins.items + block->start;
    int count = replacement->is_there ? replacement->count : block->count;
    for (int k = 0; k < count && is_fine; k++) {
        Part part = replacement->is_there ? replacement->parts[k] : part_of(block, k);
        is_fine = append_interaction(&writing->form, p, q, pulled(writing, p, part.u), pulled(writing, q, part.v), part.t,
                                     origins[replacement->is_there ? block->count - 1 : k]);
    }
    if (!replacement->is_there)
        return is_fine;
    follow(writing, p, replacement->on_a);
    follow(writing, q, replacement->on_b);
    writing->phase += replacement->phase;
    if (replacement->is_swapped) {
        writing->places[block->a] = q;
        writing->places[block->b] = p;
    }
    return is_fine;
}

/* Names each place after the wire that ends there. */
static int name_places(const Writing *writing, NumericForm *form) {
    int32_t *names = malloc(((size_t)form->width + 1) * sizeof *names);
    int32_t *inputs = malloc(((size_t)form->width + 1) * sizeof *inputs);
    int is_fine = names && inputs;
    for (int wire = 0; is_fine && wire < form->width; wire++) {
        names[writing->places[wire]] = wire;
        inputs[wire] = form->inputs[writing->places[wire]];
    }
    for (int64_t k = 0; is_fine && k < form->wires.count; k++)
        form->wires.items[k] = names[form->wires.items[k]];
    free(names);
    if (is_fine) {
        free(form->inputs);
        form->inputs = inputs;
    } else {
        free(inputs);
    }
    return is_fine;
}

/* The sweep's form becomes the one that was written. */
static int take_written(Sweep *sweep, Writing *writing) {
    NumericForm *form = &sweep->form;
    List wires = form->wires, origins = form->origins;
    Doubles values = form->values;
    form->wires = writing->form.wires;
    form->values = writing->form.values;
    form->origins = writing->form.origins;
    writing->form = (NumericForm){.wires = wires, .values = values, .origins = origins};
    for (int wire = 0; wire < form->width; wire++) {
        const LateTurn *late = &writing->late[writing->places[wire]];
        if (late->is_there)
            form->ends[wire] = normalised(product(form->ends[wire], late->turn));
    }
    for (int wire = 0; wire < form->width; wire++)
        sweep->is_moved |= writing->places[wire] != wire;
    return append_double(&form->phases, writing->phase) && name_places(writing, form);
}

static Outcome write_all(Sweep *sweep, const Several *blocks, int64_t count, const Replacement *replacements) {
    int width = sweep->form.width;
    Writing writing = {.places = malloc(((size_t)width + 1) * sizeof *writing.places),
                       .late = calloc((size_t)width + 1, sizeof *writing.late)};
    int is_fine = writing.places && writing.late;
    for (int wire = 0; is_fine && wire < width; wire++)
        writing.places[wire] = wire;
    for (int64_t k = 0; k < count && is_fine; k++)
        is_fine = write_block(&writing, &sweep->form, &blocks[k], &replacements[k]);
    is_fine = is_fine && take_written(sweep, &writing);
    free(writing.form.wires.items);
    free(writing.form.values.items);
    free(writing.form.origins.items);
    free(writing.places);
    free(writing.late);
    return is_fine ? SOLVED : NO_MEMORY;
}

/* Asks about blocks, if there are answers to give; STOPPED if it does. */
static Outcome ask_first(Sweep *sweep, Several *blocks, int64_t count, const Goal *goal) {
    Outcome outcome = goal->is_measured ? ask_about(sweep, blocks, count, goal) : SOLVED;
    int is_answered = sweep->is_asking;
    sweep->is_asking = outcome == SOLVED && !is_answered && sweep->counts.count;
    return sweep->is_asking ? STOPPED : outcome;
}

Outcome shorten_blocks(Sweep *sweep, const Goal *goal, int *is_shorter) {
    const List *heads = &sweep->gathered.blocks;
    int64_t count = heads->count / HEAD, start = 0;
    int is_any = 0;
    for (int64_t k = 0; k < count; k++)
        is_any |= heads->items[HEAD * k + 4] > 1;
    if (!is_any)
        return SOLVED;
    Several *blocks = malloc((size_t)count * sizeof *blocks);
    Replacement *replacements = calloc((size_t)count, sizeof *replacements);
    for (int64_t k = 0; k < count && blocks; k++) {
        const int32_t *head = heads->items + HEAD * k;
        blocks[k] = (Several){head[0], head[1], head[4], NONE, {head[2], head[3]}, start,
                              sweep->form.values.items + VALUES * start};
        start += head[4];
    }
    Outcome outcome = blocks && replacements ? ask_first(sweep, blocks, count, goal) : NO_MEMORY;
    for (int64_t k = 0; k < count && outcome == SOLVED; k++) {
        if (blocks[k].count > 1)
            outcome = replace(&blocks[k], goal, sweep, &replacements[k]);
        *is_shorter |= replacements[k].is_there;
    }
    if (outcome == SOLVED && *is_shorter)
        outcome = write_all(sweep, blocks, count, replacements);
    free(blocks);
    free(replacements);
    return outcome;
}
