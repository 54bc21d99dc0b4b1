/* The rows of a form where the machine's gates are along the axes, and their least cost: `_Writing` and
 * `least_cost_in_python` of ionqdsl/passes/native/place_pulses.py take the same steps, and say why. */
#include "forms.h"

#include <string.h>

enum { PARTS = 96 }; /* of a turn, to which angles snap */

static const Vector Z_AXIS = {0, 0, 1};

/* The nearest part of a turn if only rounding separates them; -1/2 is 1/2. */
static double snapped(double turns, double noise) {
    double nearest = rint(turns * PARTS);
    if (fabs(turns * PARTS - nearest) < PARTS * noise / (2 * PI))
        return nearest == -PARTS / 2 ? 0.5 : nearest / PARTS + 0.0;  /* never -0.0 */
    return turns;
}

/* The angle of the machine's gate for exp(-i t A (x) B), in turns. */
static double turns_of(double t, double noise) {
    double turns = snapped(t / PI, noise);
    return turns > 0.25 ? 0.25 : turns < -0.25 ? -0.25 : turns;
}

/* Pulses from a pointer to a line, whichever its sign. */
static int steps(Vector pointer, Vector line, double noise) {
    double size = fabs(dot(pointer, line));
    if (size < noise)
        return 1;
    return size > 0.999 && is_along(pointer, line, noise) ? 0 : 2;
}

/* The pulses of a wire with these stops. A line that the next one does not need is Z if it is along Z. */
static int64_t pulses_on(Vector *stops, int64_t count, Vector end, double noise) {
    Vector wanted = end, pointer = Z_AXIS;
    int64_t pulses = 0;
    for (int64_t k = count - 1; k >= 0; k--) {
        if (!is_along(wanted, stops[k], noise) && is_along(Z_AXIS, stops[k], noise))
            stops[k] = Z_AXIS;
        wanted = stops[k];
    }
    for (int64_t k = 0; k < count; k++) {
        pulses += steps(pointer, stops[k], noise);
        pointer = stops[k];
    }
    return pulses + steps(pointer, end, noise);
}

/* Adds a stop to a wire, unless it is along the line of the last one. */
static void stop(Vector *stops, int64_t *count, Vector axis, double noise) {
    if (!*count || !is_along(stops[*count - 1], axis, noise))
        stops[(*count)++] = axis;
}

Outcome count_least(const Form *form, const Turn *ends, LeastCost *cost) {
    size_t width = (size_t)form->width, entries = 2 * (size_t)form->count;
    int64_t *starts = calloc(3 * width + 1, sizeof *starts);
    Vector *stops = malloc((entries + 1) * sizeof *stops);
    double noise = form->limits->noise;
    *cost = (LeastCost){0};
    if (!starts || !stops) {
        free(starts);
        free(stops);
        return NO_MEMORY;
    }
    int64_t *counts = starts + width + 1, *depth = counts + width;
    for (size_t k = 0; k < entries; k++)
        starts[form->wires[k] + 1]++;
    for (size_t wire = 0; wire < width; wire++)
        starts[wire + 1] += starts[wire];
    for (int64_t k = 0; k < form->count; k++) {
        const double *values = form->values + VALUES * k;
        int32_t a = form->wires[2 * k], b = form->wires[2 * k + 1];
        stop(stops + starts[a], &counts[a], vector_at(values), noise);
        stop(stops + starts[b], &counts[b], vector_at(values + 3), noise);
        cost->turns += fabs(turns_of(values[6], noise));
        depth[a] = depth[b] = 1 + (depth[a] > depth[b] ? depth[a] : depth[b]);
        cost->depth = depth[a] > cost->depth ? depth[a] : cost->depth;
    }
    for (size_t wire = 0; wire < width; wire++)
        cost->pulses += pulses_on(stops + starts[wire], counts[wire], turned_back(ends[wire], Z_AXIS), noise);
    free(starts);
    free(stops);
    return SOLVED;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* By wire, from starts[wire] to starts[wire + 1], the pointers of its interactions; `next` is the place of the next one. */
typedef struct {
    int64_t *starts, *next;
    Vector *pointers;
    char *continues;  /* whether an axis is along the one before */
} Lines;

typedef struct {
    const Form *form;
    Lines lines;
    double low, high;
    int32_t place;  /* of the interaction that is written */
    Placed *placed;
} Writing;

static void release_lines(Lines *lines) {
    free(lines->starts);
    free(lines->pointers);
    free(lines->continues);
}

static int has_lines(const Form *form, Lines *lines) {
    size_t width = (size_t)form->width, entries = 2 * (size_t)form->count;
    *lines = (Lines){calloc(2 * width + 1, sizeof *lines->starts), NULL, calloc(entries + 1, sizeof *lines->pointers),
                     calloc(entries + 1, 1)};
    if (!lines->starts || !lines->pointers || !lines->continues)
        return 0;
    lines->next = lines->starts + width + 1;
    for (size_t k = 0; k < entries; k++)
        lines->starts[form->wires[k] + 1]++;
    for (size_t wire = 0; wire < width; wire++) {
        lines->starts[wire + 1] += lines->starts[wire];
        lines->next[wire] = lines->starts[wire];
    }
    return 1;
}

/* Adds an axis to a wire: the one before, if it is along that. */
static void add_axis(Lines *lines, int32_t wire, Vector axis, double noise) {
    int64_t place = lines->next[wire]++;
    Vector *own = &lines->pointers[place];
    lines->continues[place] = place > lines->starts[wire] && is_along(own[-1], axis, noise);
    *own = lines->continues[place] ? own[-1] : axis;
}

/* Chooses signs from the end backwards; where lines change they are free, and a run at the start is Z. */
static void sign_line(Lines *lines, int32_t wire, Vector wanted, double noise) {
    for (int64_t k = lines->starts[wire + 1] - 1; k >= lines->starts[wire]; k--) {
        Vector *own = &lines->pointers[k];
        if (k + 1 < lines->starts[wire + 1] && lines->continues[k + 1])
            *own = own[1];
        else if (is_along(wanted, *own, noise))
            *own = dot(wanted, *own) > 0 ? *own : opposite(*own);
        else if (is_along(Z_AXIS, *own, noise))
            *own = Z_AXIS;
        wanted = *own;
    }
    lines->next[wire] = lines->starts[wire];
}

static Vector turned(Turn turn, Vector u) {
    return turned_back((Turn){turn.w, -turn.x, -turn.y, -turn.z}, u);
}

static int write_row(Writing *writing, int kind, int32_t a, int32_t b, double turns) {
    Placed *placed = writing->placed;
    return append(&placed->rows, kind) && append(&placed->rows, a) && append(&placed->rows, b)
           && append(&placed->rows, writing->place) && append_double(&placed->turns, turns);
}

/* Writes a gpi or gpi2 about an equatorial axis of the lab, its azimuth in radians. */
static int write_pulse(Writing *writing, int kind, int32_t wire, double azimuth) {
    double turns = azimuth / (2 * PI);
    turns = snapped(turns - ceil(turns - 0.5), writing->form->limits->noise);
    double cosine = cos(turns * (2 * PI)), sine = sin(turns * (2 * PI)), half = sqrt(0.5);
    if (kind == HALF_PULSE)  /* i times the half turn */
        writing->placed->phase -= PI / 2;
    Turn made = kind == HALF_PULSE ? (Turn){0, cosine, sine, 0} : (Turn){half, half * cosine, half * sine, 0};
    Turn *done = &writing->placed->done[wire];
    *done = normalised(product(made, *done));
    return write_row(writing, kind, wire, NONE, turns);
}

/* Turns the wire until its next pointer is along z. */
static int point(Writing *writing, int32_t wire) {
    Vector pointer = writing->lines.pointers[writing->lines.next[wire]++];
    double noise = writing->form->limits->noise;
    const Turn *done = &writing->placed->done[wire];
    Vector now = turned(*done, pointer);
    if (hypot(now.x, now.y) < noise)
        return now.z >= 0 || write_pulse(writing, HALF_PULSE, wire, 0);
    if (!(fabs(now.z) < noise)) {  /* by way of a direction perpendicular to both */
        if (!write_pulse(writing, QUARTER_PULSE, wire, atan2(now.y, now.x) + PI))
            return 0;
        now = turned(*done, pointer);
    }
    return write_pulse(writing, QUARTER_PULSE, wire, atan2(now.y, now.x) - PI / 2);
}

/* Whether the next pointer of a wire is not along z now. */
static int is_across(const Writing *writing, int32_t wire) {
    int64_t next = writing->lines.next[wire];
    return next < writing->lines.starts[wire + 1]
           && fabs(turned(writing->placed->done[wire], writing->lines.pointers[next]).z) < 0.999;
}

static int is_taken(const Writing *writing, double turns) {
    return (writing->low < 0 ? writing->low < turns : writing->low <= turns) && turns <= writing->high;
}

/* Writes the gate of wires that point right; one turns round for an angle the machine does not take. */
static int write_gate(Writing *writing, int32_t a, int32_t b, const double *values) {
    Placed *placed = writing->placed;
    Vector left = turned(placed->done[a], vector_at(values)), right = turned(placed->done[b], vector_at(values + 3));
    placed->neglected += 2 * (hypot(left.x, left.y) + hypot(right.x, right.y));
    double t = values[6] * ((left.z < 0) == (right.z < 0) ? 1 : -1), turns = turns_of(t, writing->form->limits->noise);
    placed->neglected += PI * fabs(turns - t / PI);
    if (is_taken(writing, turns))
        return write_row(writing, GATE, a, b, turns);
    if (turns == -0.25) {  /* the same as 1/4 and two half turns */
        placed->done[a] = product((Turn){0, 0, 0, 1}, placed->done[a]);
        placed->done[b] = product((Turn){0, 0, 0, 1}, placed->done[b]);
        placed->phase += PI / 2;
        placed->phase += PI;
    } else if (!write_pulse(writing, HALF_PULSE, is_across(writing, a) ? a : b, 0)) {
        return 0;
    }
    return write_row(writing, GATE, a, b, -turns);
}

Outcome place_pulses(const Form *form, const Turn *ends, double low, double high, Placed *placed) {
    Writing writing = {.form = form, .low = low, .high = high, .placed = placed};
    *placed = (Placed){.done = malloc(((size_t)form->width + 1) * sizeof *placed->done)};
    int is_fine = has_lines(form, &writing.lines) && placed->done;
    for (int64_t k = 0; k < 2 * form->count && is_fine; k++)
        add_axis(&writing.lines, form->wires[k], vector_at(form->values + VALUES * (k / 2) + 3 * (k % 2)),
                 form->limits->noise);
    for (int32_t wire = 0; wire < form->width && is_fine; wire++) {
        sign_line(&writing.lines, wire, turned_back(ends[wire], Z_AXIS), form->limits->noise);
        placed->done[wire] = (Turn){1, 0, 0, 0};
    }
    for (int32_t k = 0; k < (int32_t)form->count && is_fine; k++) {
        int32_t a = form->wires[2 * k], b = form->wires[2 * k + 1];
        writing.place = k;
        is_fine = point(&writing, a) && point(&writing, b) && write_gate(&writing, a, b, form->values + VALUES * k);
    }
    release_lines(&writing.lines);
    return is_fine ? SOLVED : NO_MEMORY;
}

void release_placed(Placed *placed) {
    free(placed->rows.items);
    free(placed->turns.items);
    free(placed->done);
}
