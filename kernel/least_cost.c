/* What a circuit of a form costs at least where the machine's gates are along the axes: `least_cost_in_python` of
 * ionqdsl/passes/native/place_pulses.py takes the same steps, and says why. */
#include "forms.h"

#include <string.h>

enum { PARTS = 96 }; /* of a turn, to which angles snap */

static const Vector Z_AXIS = {0, 0, 1};

/* The angle of the machine's gate for exp(-i t A (x) B), in turns, without its sign. */
static double turns_of(double t, double noise) {
    double turns = t / PI, nearest = rint(turns * PARTS);
    if (fabs(turns * PARTS - nearest) < PARTS * noise / (2 * PI))
        turns = nearest / PARTS;
    turns = fabs(turns);
    return turns < 0.25 ? turns : 0.25;
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
    int64_t *starts = calloc(3 * width + 1, sizeof *starts), *counts = starts + width + 1, *depth = counts + width;
    Vector *stops = malloc((entries + 1) * sizeof *stops);
    double noise = form->limits->noise;
    *cost = (LeastCost){0};
    if (!starts || !stops) {
        free(starts);
        free(stops);
        return NO_MEMORY;
    }
    for (size_t k = 0; k < entries; k++)
        starts[form->wires[k] + 1]++;
    for (size_t wire = 0; wire < width; wire++)
        starts[wire + 1] += starts[wire];
    for (int64_t k = 0; k < form->count; k++) {
        const double *values = form->values + VALUES * k;
        int32_t a = form->wires[2 * k], b = form->wires[2 * k + 1];
        stop(stops + starts[a], &counts[a], vector_at(values), noise);
        stop(stops + starts[b], &counts[b], vector_at(values + 3), noise);
        cost->turns += turns_of(values[6], noise);
        depth[a] = depth[b] = 1 + (depth[a] > depth[b] ? depth[a] : depth[b]);
        cost->depth = depth[a] > cost->depth ? depth[a] : cost->depth;
    }
    for (size_t wire = 0; wire < width; wire++)
        cost->pulses += pulses_on(stops + starts[wire], counts[wire], turned_back(ends[wire], Z_AXIS), noise);
    free(starts);
    free(stops);
    return SOLVED;
}
