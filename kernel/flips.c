/* Gathers flips: ionqdsl/passes/networks/fewer_flips.py takes the same steps, and says why. */
#include "flips.h"

#include <string.h>

enum { REACH = 64, MOST = 6 };

typedef enum { NO, YES, FULL } Answer; /* FULL: there is no memory */

static int is_one_bit(Word mask) {
    return mask && !(mask & (mask - 1));
}

static int commute(const MaskedGate *one, const MaskedGate *other) {
    int is_apart = !(one->target & other->controls || one->controls & other->target);
    if (is_flip(one) && is_flip(other))
        return is_apart || (one->controls & other->controls & (one->values ^ other->values)) != 0;
    return is_apart && !(one->target & other->target);
}

static int is_same(const MaskedGate *one, const MaskedGate *other) {
    return one->target == other->target && one->controls == other->controls && one->values == other->values;
}

/* Writes the one flip that two next to each other are; how many there are then, or 2 if they stay two. */
static int sum(const MaskedGate *one, const MaskedGate *other, MaskedGate *result) {
    if (one->target != other->target || !is_flip(one) || !is_flip(other))
        return 2;
    Word more = one->controls ^ other->controls, opposite = one->values ^ other->values;
    if (!more && !opposite)
        return 0;
    if (!more) {
        *result = *one;
        result->controls &= ~opposite;
        result->values &= result->controls;
        return is_one_bit(opposite) ? 1 : 2;
    }
    if (!is_one_bit(more) || opposite & ~more || !(one->controls && other->controls))
        return 2;
    *result = one->controls & more ? *one : *other;
    result->values ^= more;
    return 1;
}

static int append_step(MaskedGates *steps, const MaskedGate *step) {
    MaskedGate *items = with_room(steps->items, steps->count, &steps->room, sizeof *items);
    if (!items)
        return 0;
    steps->items = items;
    items[steps->count++] = *step;
    return 1;
}

/* Appends a gate; a flip is added to an earlier one that it can be next to. 0 if there is no memory. */
static int add(MaskedGates *steps, const MaskedGate *step) {
    int64_t end = steps->count > REACH ? steps->count - 1 - REACH : -1;
    for (int64_t place = steps->count - 1; is_flip(step) && place > end; place--) {
        MaskedGate total;
        int left = sum(&steps->items[place], step, &total);
        if (left < 2) {
            int64_t count = steps->count - place - 1;
            MaskedGate *later = malloc(((size_t)count + 1) * sizeof *later);
            int is_fine = later != NULL;
            if (is_fine)
                memcpy(later, steps->items + place + 1, (size_t)count * sizeof *later);
            steps->count = place;
            is_fine = is_fine && (!left || add(steps, &total));
            for (int64_t k = 0; k < count && is_fine; k++)
                is_fine = add(steps, &later[k]);
            free(later);
            return is_fine;
        }
        if (!commute(step, &steps->items[place]))
            break;
    }
    return append_step(steps, step);
}

static int add_all(MaskedGates *steps, const MaskedGate *items, int64_t count) {
    for (int64_t k = 0; k < count; k++)
        if (!add(steps, &items[k]))
            return 0;
    return 1;
}

/* Writes the steps from `low` up to `start` as they are. */
static int begin_near(MaskedGates *near, const MaskedGates *steps, int64_t low, int64_t start) {
    near->count = 0;
    for (int64_t place = low; place < start; place++)
        if (!append_step(near, &steps->items[place]))
            return 0;
    return 1;
}

/* Writes steps in place of those from `low` to `high`, if that saves interactions. */
static Answer replace(MaskedGates *steps, int64_t low, int64_t high, const MaskedGates *near, const FlipCosts *costs) {
    int64_t after = cost_of_flips(near->items, near->count, costs);
    int64_t before = cost_of_flips(steps->items + low, high - low, costs);
    if (after < 0 || before < 0)
        return FULL;
    if (after >= before)
        return NO;
    int64_t rest = steps->count - high, more = near->count - (high - low);
    MaskedGate none = {0, 0, 0, 0};
    for (int64_t k = 0; k < more; k++)
        if (!append_step(steps, &none))
            return FULL;
    memmove(steps->items + low + near->count, steps->items + high, (size_t)rest * sizeof *steps->items);
    memcpy(steps->items + low, near->items, (size_t)near->count * sizeof *near->items);
    steps->count = low + near->count + rest;
    return YES;
}

static int64_t low_of(int64_t start) {
    return start > REACH ? start - REACH : 0;
}

static int64_t high_of(const MaskedGates *steps, int64_t end) {
    return end + 1 + REACH < steps->count ? end + 1 + REACH : steps->count;
}

/* --- pairs that are taken out -------------------------------------------------------------------------------------- */

/* The last place of the same flip before one under two controls or more; -1 if there is none. */
static int64_t equal_before(const MaskedGates *steps, int64_t place) {
    const MaskedGate *step = &steps->items[place];
    if (!is_flip(step) || !(step->controls & (step->controls - 1)))
        return -1;
    for (int64_t start = place - 1; start >= low_of(place); start--)
        if (is_flip(&steps->items[start]) && is_same(&steps->items[start], step))
            return start;
    return -1;
}

/* Writes the gates before a flip that was moved over another gate; how many, 0 if it cannot be moved. */
static int pass(const MaskedGate *moved, const MaskedGate *other, MaskedGate *passed) {
    passed[0] = *other;
    if (commute(moved, other))
        return 1;
    Word reads = moved->controls & other->target, is_read = moved->target & other->controls;
    if (!is_flip(other) || (reads && is_read))
        return 0;
    Word left = moved->controls & ~reads, right = other->controls & ~is_read;
    if (ones(left | right) > MOST)
        return 0;
    Word values = (moved->values & left) | (other->values & right);
    passed[1] = (MaskedGate){reads ? moved->target : other->target, left | right, values, other->gate};
    return 2;
}

/* Writes steps without two equal flips and with those that stay instead, if that saves interactions. */
static Answer take_out(MaskedGates *steps, int64_t start, int64_t end, const FlipCosts *costs, MaskedGates *near) {
    int64_t low = low_of(start), high = high_of(steps, end), count = start - low + high - end - 1;
    if (!begin_near(near, steps, low, start))
        return FULL;
    for (int64_t place = start + 1; place < end; place++) {
        MaskedGate passed[2];
        int more = pass(&steps->items[start], &steps->items[place], passed);
        if (!more)
            return NO;
        count += more;
        if (!add_all(near, passed, more))
            return FULL;
    }
    if (!add_all(near, steps->items + end + 1, high - end - 1))
        return FULL;
    return near->count < count ? replace(steps, low, high, near, costs) : NO;
}

Outcome gather_flips(MaskedGates *steps, const FlipCosts *costs) {
    MaskedGates near = {0};
    Answer answer = NO;
    for (int64_t place = 0; place < steps->count && answer != FULL;) {
        int64_t start = equal_before(steps, place);
        answer = start < 0 ? NO : take_out(steps, start, place, costs, &near);
        place = answer == YES ? low_of(start) : place + 1;
    }
    free(near.items);
    return answer == FULL ? NO_MEMORY : SOLVED;
}

/* --- products with all factors in common but one -------------------------------------------------------------------- */

/* Writes one flip between two cnots in place of two flips next to each other; 0 if they have too little in common. */
static int write_joined(const MaskedGate *one, const MaskedGate *other, MaskedGate *joined) {
    if (!is_flip(one) || one->target & other->controls || one->controls & other->target)
        return 0;
    Word target, control;
    joined[1] = *one;
    if (one->controls == other->controls && one->values == other->values) {
        control = one->target;
        target = other->target;
    } else if (one->target == other->target && ones(one->controls) == ones(other->controls)) {
        target = one->controls & ~other->controls;
        control = other->controls & ~one->controls;
        if (!is_one_bit(target) || (one->values ^ other->values) & one->controls & other->controls)
            return 0;
        int is_opposite = !(one->values & target) != !(other->values & control);
        joined[1].values = (one->values & ~target) | (is_opposite ? 0 : target);
    } else {
        return 0;
    }
    joined[0] = joined[2] = (MaskedGate){target, control, control, one->gate};
    return 1;
}

/* Joins a flip to an earlier one, the last with which this saves interactions, if there is one. */
static Answer join_before(MaskedGates *steps, int64_t place, const FlipCosts *costs, MaskedGates *near) {
    int64_t high = high_of(steps, place);
    for (int64_t start = place - 1; start >= low_of(place); start--) {
        MaskedGate joined[3];
        if (write_joined(&steps->items[start], &steps->items[place], joined)) {
            int64_t low = low_of(start);
            if (!begin_near(near, steps, low, start) || !add_all(near, joined, 3)
                || !add_all(near, steps->items + start + 1, place - start - 1)
                || !add_all(near, steps->items + place + 1, high - place - 1))
                return FULL;
            Answer answer = replace(steps, low, high, near, costs);
            if (answer != NO)
                return answer;
        }
        if (!commute(&steps->items[place], &steps->items[start]))
            break;
    }
    return NO;
}

Outcome join_flips(MaskedGates *steps, const FlipCosts *costs, int least) {
    MaskedGates near = {0};
    Answer answer = NO;
    for (int64_t place = 0; place < steps->count && answer != FULL;) {
        const MaskedGate *step = &steps->items[place];
        int is_tried = is_flip(step) && (int)ones(step->controls) >= least;
        answer = is_tried ? join_before(steps, place, costs, &near) : NO;
        place = answer == YES ? low_of(place) : place + 1;
    }
    free(near.items);
    return answer == FULL ? NO_MEMORY : SOLVED;
}
