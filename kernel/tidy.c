/* Leaves out gates of a network that cancel: ionqdsl/passes/networks/tidy.py takes the same steps, and says why. */
#include "tidy.h"

#include <string.h>

enum { REACH = 64, HALF = EIGHTHS / 2, QUARTER = EIGHTHS / 4 };

static void add(Tidy *tidy, TidyGate gate);

static int32_t wire_of(int32_t number) {
    return number < 0 ? ~number : number;
}

static const int32_t *wires_of(const Tidy *tidy, const TidyGate *gate) {
    return tidy->wires.items + gate->start;
}

static int32_t last_of(const Tidy *tidy, const TidyGate *gate) {
    return wires_of(tidy, gate)[gate->count - 1];
}

/* The gate on a wire with so many after it there. */
static TidyGate *nth_last(const Tidy *tidy, int32_t wire, int64_t number) {
    const List *stack = &tidy->on[wire];
    return &tidy->gates[stack->items[stack->count - 1 - number]];
}

static int is_sign_of_two(const TidyGate *gate) {
    return gate->kind == SIGN && gate->count == 2;
}

static int is_diagonal_on(const Tidy *tidy, const TidyGate *gate, int32_t wire) {
    if (gate->kind == FLIP)
        return wire != last_of(tidy, gate);
    const int32_t *wires = wires_of(tidy, gate);
    for (int64_t k = 0; gate->kind == REST && k < gate->count; k++)
        if (wires[k] == ~wire)
            return 1;
    return gate->kind == PHASE || gate->kind == SIGN || gate->kind == TURN;
}

static int are_alike(const Tidy *tidy, const TidyGate *one, const TidyGate *other) {
    return one->kind == other->kind && one->count == other->count
           && !memcmp(wires_of(tidy, one), wires_of(tidy, other), (size_t)one->count * sizeof(int32_t));
}


/* Gives a gate its wires anew, one of them last. */
static void move_last(Tidy *tidy, TidyGate *gate, int32_t wire) {
    int64_t start = gate->start;
    gate->start = tidy->wires.count;
    for (int64_t k = 0; k <= gate->count; k++) {
        int32_t other = k < gate->count ? tidy->wires.items[start + k] : wire;
        if ((other != wire || k == gate->count) && !append(&tidy->wires, other))
            tidy->outcome = NO_MEMORY;
    }
}

static TidyGate changed(TidyGate gate, int32_t kind, int32_t eighths) {
    gate.kind = kind;
    gate.eighths = eighths;
    gate.is_new = 1;
    return gate;
}

static void leave_out(Tidy *tidy, int32_t place) {
    TidyGate *gate = &tidy->gates[place];
    const int32_t *wires = wires_of(tidy, gate);
    for (int64_t k = 0; k < gate->count; k++) {
        List *stack = &tidy->on[wire_of(wires[k])];
        int64_t own = stack->count - 1;
        while (stack->items[own] != place)
            own--;
        stack->count--;
        memmove(stack->items + own, stack->items + own + 1, (size_t)(stack->count - own) * sizeof(int32_t));
    }
    gate->kind = GONE;
}

static void push(Tidy *tidy, const TidyGate *gate) {
    TidyGate *gates = with_room(tidy->gates, tidy->count, &tidy->room, sizeof *gates);
    int is_fine = gates != NULL;
    if (is_fine)
        tidy->gates = gates;
    for (int64_t k = 0; k < gate->count && is_fine; k++)
        is_fine = append(&tidy->on[wire_of(wires_of(tidy, gate)[k])], (int32_t)tidy->count);
    if (is_fine)
        gates[tidy->count++] = *gate;
    else
        tidy->outcome = NO_MEMORY;
}

/* Writes the places on a wire of gates that are like one and that it can be next to, the last first; how many. */
static int near_on(const Tidy *tidy, const TidyGate *gate, int32_t wire, int32_t *places) {
    const List *stack = &tidy->on[wire];
    int is_target = gate->kind == FLIP && wire == last_of(tidy, gate), count = 0;
    for (int64_t k = 0; k < REACH && k < stack->count; k++) {
        const TidyGate *other = nth_last(tidy, wire, k);
        if (are_alike(tidy, gate, other))
            places[count++] = stack->items[stack->count - 1 - k];
        int is_moved = other->kind == FLIP && last_of(tidy, other) == wire;
        if (is_target ? !is_moved : !is_diagonal_on(tidy, other, wire))
            break;
    }
    return count;
}

/* The last place of a gate of the same kind on the same wires, with which all gates between commute; -1 if none. */
static int32_t equal_to(const Tidy *tidy, const TidyGate *gate) {
    int32_t places[REACH], near[REACH];
    int left = -1;
    for (int64_t k = 0; k < gate->count && left; k++) {
        int count = near_on(tidy, gate, wires_of(tidy, gate)[k], left < 0 ? places : near), kept = 0;
        for (int one = 0, other = 0; one < left && other < count;)
            if (places[one] == near[other])
                places[kept++] = places[one++], other++;
            else if (places[one] > near[other])
                one++;
            else
                other++;
        left = left < 0 ? count : kept;
    }
    return left > 0 ? places[0] : -1;
}

/* Whether all gates on its wire back to a Hadamard are phases of it alone that add up to quarter turns; then they are
 * written anew with this Hadamard. */
static int turn(Tidy *tidy, const TidyGate *gate, int32_t wire) {
    List *stack = &tidy->on[wire];
    int64_t count = 0, eighths = 0;
    for (; count < stack->count; count++) {
        const TidyGate *other = nth_last(tidy, wire, count);
        if (other->kind != PHASE || other->count > 1)
            break;
        eighths += other->eighths;
    }
    if (count == stack->count || nth_last(tidy, wire, count)->kind != HADAMARD || eighths % 2)
        return 0;
    for (int64_t k = 0; k <= count; k++)
        nth_last(tidy, wire, k)->kind = GONE;
    stack->count -= count + 1;
    eighths &= EIGHTHS - 1;
    if (eighths == HALF) {
        add(tidy, changed(*gate, FLIP, 0));
    } else if (eighths) {
        int sign = eighths == QUARTER ? 1 : -1;
        TidyGate phase = changed(*gate, PHASE, eighths == QUARTER ? EIGHTHS - QUARTER : QUARTER);
        tidy->eighths += sign;
        add(tidy, phase);
        add(tidy, *gate);
        add(tidy, phase);
    }
    return 1;
}

/* Whether all gates on a wire back to a Hadamard are signs, and x and z of it; without both Hadamards they are flips of
 * it, z and x. */
static int join(Tidy *tidy, int32_t wire) {
    const List *stack = &tidy->on[wire];
    int64_t count = 0, signs = 0;
    for (; count < stack->count; count++) {
        const TidyGate *gate = nth_last(tidy, wire, count);
        int is_x = gate->kind == FLIP && gate->count == 1;
        int is_z = gate->kind == PHASE && gate->count == 1 && gate->eighths == HALF;
        if (gate->kind != SIGN && !is_x && !is_z)
            break;
        signs += gate->kind == SIGN;
    }
    if (!signs || count == stack->count || nth_last(tidy, wire, count)->kind != HADAMARD)
        return 0;
    for (int64_t k = 0; k < count; k++) {
        TidyGate *gate = nth_last(tidy, wire, k), old = *gate;
        *gate = old.kind == FLIP ? changed(old, PHASE, HALF) : changed(old, FLIP, 0);
        if (old.kind == SIGN)
            move_last(tidy, gate, wire);
    }
    leave_out(tidy, stack->items[stack->count - 1 - count]);
    return 1;
}

/* Whether a Hadamard directly follows a sign of its wire and another; then it is written as a flip after it. */
static int flip_after(Tidy *tidy, const TidyGate *hadamard, int32_t target) {
    if (!tidy->on[target].count || !is_sign_of_two(nth_last(tidy, target, 0)))
        return 0;
    int32_t place = tidy->on[target].items[tidy->on[target].count - 1];
    TidyGate sign = tidy->gates[place];
    const int32_t *wires = wires_of(tidy, &sign);
    int32_t control = wires[wires[0] == target];
    const List *later = &tidy->on[control];
    for (int64_t k = 0;; k++) {
        if (k == REACH || k == later->count)
            return 0;
        if (later->items[later->count - 1 - k] == place)
            break;
        if (!is_diagonal_on(tidy, nth_last(tidy, control, k), control))
            return 0;
    }
    leave_out(tidy, place);
    add(tidy, *hadamard);
    sign = changed(sign, FLIP, 0);
    move_last(tidy, &sign, target);
    add(tidy, sign);
    return 1;
}

/* Whether a sign of two wires directly follows a Hadamard of one; then it is written as a flip before that. */
static int flip_before(Tidy *tidy, TidyGate sign) {
    for (int k = 1; k >= 0; k--) {
        int32_t target = wires_of(tidy, &sign)[k];
        const List *stack = &tidy->on[target];
        if (!stack->count || nth_last(tidy, target, 0)->kind != HADAMARD)
            continue;
        TidyGate hadamard = *nth_last(tidy, target, 0);
        leave_out(tidy, stack->items[stack->count - 1]);
        sign = changed(sign, FLIP, 0);
        move_last(tidy, &sign, target);
        add(tidy, sign);
        add(tidy, hadamard);
        return 1;
    }
    return 0;
}

/* Appends a gate, or leaves it out together with an earlier one. */
static void add(Tidy *tidy, TidyGate gate) {
    if (tidy->outcome != SOLVED)
        return;
    if (gate.kind == HADAMARD) {
        int32_t wire = last_of(tidy, &gate);
        if (turn(tidy, &gate, wire) || (tidy->joins && join(tidy, wire)))
            return;
        if (tidy->signs == AFTER && flip_after(tidy, &gate, wire))
            return;
    } else if (gate.kind == FLIP || gate.kind == SIGN) {
        int32_t place = equal_to(tidy, &gate);
        if (place >= 0) {
            leave_out(tidy, place);
            return;
        }
        if (tidy->signs == BEFORE && is_sign_of_two(&gate) && flip_before(tidy, gate))
            return;
    } else if (gate.kind == PHASE && gate.eighths % 2 == 0) {
        int32_t place = equal_to(tidy, &gate);
        TidyGate *old = place < 0 ? NULL : &tidy->gates[place];
        if (old && old->eighths % 2 == 0) {
            *old = changed(*old, PHASE, (old->eighths + gate.eighths) & (EIGHTHS - 1));
            if (!old->eighths)
                leave_out(tidy, place);
            return;
        }
    }
    push(tidy, &gate);
}

/* Adds a sign of two wires as phases: of both together, and of each. */
static void add_phases(Tidy *tidy, const TidyGate *sign) {
    add(tidy, changed(*sign, PHASE, EIGHTHS - QUARTER));
    for (int k = 0; k < 2; k++) {
        TidyGate own = changed(*sign, PHASE, QUARTER);
        own.start += k;
        own.count = 1;
        add(tidy, own);
    }
}

/* Adds all gates of a source. */
static Outcome add_all(const Tidy *source, int32_t width, Tidy *tidy) {
    const List *wires = &source->wires;
    tidy->on = calloc((size_t)width + 1, sizeof *tidy->on);
    tidy->wires.items = malloc(((size_t)wires->count + 1) * sizeof *wires->items);
    tidy->outcome = tidy->on && tidy->wires.items ? SOLVED : NO_MEMORY;
    if (tidy->outcome == SOLVED) {
        memcpy(tidy->wires.items, wires->items, (size_t)wires->count * sizeof *wires->items);
        tidy->wires.count = wires->count;
        tidy->wires.room = wires->count + 1;
    }
    for (int64_t k = 0; k < source->count && tidy->outcome == SOLVED; k++) {
        if (tidy->signs == SPLIT && is_sign_of_two(&source->gates[k]))
            add_phases(tidy, &source->gates[k]);
        else if (source->gates[k].kind != GONE)
            add(tidy, source->gates[k]);
    }
    for (int32_t wire = 0; tidy->on && wire < width; wire++)
        free(tidy->on[wire].items);
    free(tidy->on);
    tidy->on = NULL;
    return tidy->outcome;
}

static int has_signs_of_two(const Tidy *tidy) {
    for (int64_t k = 0; k < tidy->count; k++)
        if (is_sign_of_two(&tidy->gates[k]))
            return 1;
    return 0;
}

void release_tidy(Tidy *tidy) {
    free(tidy->gates);
    free(tidy->wires.items);
    *tidy = (Tidy){0};
}

Outcome tidy_gates(const Tidy *source, int32_t width, int joins, int reads, Tidy *result) {
    *result = (Tidy){.joins = joins};
    Outcome outcome = add_all(source, width, result);
    for (int signs = AFTER; signs <= SPLIT && reads && outcome == SOLVED && has_signs_of_two(result); signs++) {
        Tidy before = *result;
        *result = (Tidy){.joins = joins, .signs = (SignsOfTwo)signs, .eighths = before.eighths};
        outcome = add_all(&before, width, result);
        release_tidy(&before);
    }
    return outcome;
}
