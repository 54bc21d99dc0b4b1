/* Leaves flips out of a network until a gate needs them: ionqdsl/passes/networks/delay_flips.py takes the same steps, and
 * says why. */
#include "delays.h"

#include <string.h>

#include "words.h"

enum { ONE = 1 }; /* in a sum: its bit is negated */

/* Wires that follow from others, in order, and their bits there. */
typedef struct {
    int wires[MOST_DELAYED], bits[MOST_DELAYED], count;
} Point;

/* Wires are numbered in ascending order. */
typedef struct {
    const Tidy *source;
    Tidy built;
    int32_t names[MOST_DELAYED];
    int *numbers;                /* by name */
    int order[MOST_DELAYED], used; /* in order of first use */
    Word sums[MOST_DELAYED];    /* the wires, as they are now, whose bits each should hold together */
    Word readers[MOST_DELAYED]; /* the sums in which each wire is */
    int64_t negated;
} Delay;

static Word bit_of(int wire) {
    return (Word)2 << wire;
}

/* The lowest wire of a mask that has some. */
static int lowest_of(Word mask) {
    return lowest(mask & ~(Word)ONE) - 1;
}

static int has_wires(Word mask) {
    return (mask & ~(Word)ONE) != 0;
}

static int is_settled(const Delay *delay, int wire) {
    return delay->sums[wire] == bit_of(wire);
}

/* Writes a gate on other wires than before, or on the same. */
static void write_gate(Delay *delay, TidyGate gate, const int *wires, int count) {
    Tidy *built = &delay->built;
    TidyGate *gates = with_room(built->gates, built->count, &built->room, sizeof gate);
    gate.start = built->wires.count;
    gate.count = count;
    gate.is_new = 1;
    int is_fine = gates != NULL;
    if (is_fine)
        built->gates = gates;
    for (int k = 0; k < count && is_fine; k++)
        is_fine = append(&built->wires, delay->names[wires[k]]);
    if (is_fine)
        gates[built->count++] = gate;
    else
        built->outcome = NO_MEMORY;
}

static void write_flip(Delay *delay, const int *wires, int count) {
    write_gate(delay, (TidyGate){.kind = FLIP, .source = (int32_t)delay->source->count}, wires, count);
}

/* Adds wires, or one, to a sum. */
static void change(Delay *delay, int target, Word difference) {
    delay->sums[target] ^= difference;
    for (Word left = difference & ~(Word)ONE; left; left &= left - 1)
        delay->readers[lowest_of(left)] ^= bit_of(target);
}

/* Writes a flip: the sums that had the target have its control too. */
static void flip(Delay *delay, int control, int target) {
    write_flip(delay, (const int[]){control, target}, 2);
    for (Word left = delay->readers[target]; left; left &= left - 1)
        change(delay, lowest_of(left), bit_of(control));
}

/* Writes flips until a wire holds its own bit. */
static void settle(Delay *delay, int wire) {
    Word own = bit_of(wire), total = delay->sums[wire];
    if (total == own)
        return;
    if (!(total & own)) {
        Word left = total & ~(Word)ONE;
        while (left & (left - 1) && is_settled(delay, lowest_of(left)))
            left &= left - 1;
        flip(delay, wire, lowest_of(left));
    }
    for (Word left = delay->sums[wire] & ~own & ~(Word)ONE; left; left &= left - 1)
        flip(delay, lowest_of(left), wire);
    if (delay->sums[wire] & ONE) {
        write_flip(delay, &wire, 1);
        for (Word left = delay->readers[wire]; left; left &= left - 1)
            change(delay, lowest_of(left), ONE);
    }
}

/* Writes flips until a wire holds its own bit, and no other sum has it. */
static void make_free(Delay *delay, int wire) {
    settle(delay, wire);
    while (has_wires(delay->readers[wire] & ~bit_of(wire)))
        settle(delay, lowest_of(delay->readers[wire] & ~bit_of(wire)));
}

/* Adds the bit of a single wire if it follows from some sums, where these are 1. */
static void add_bit(const Delay *delay, const int *wires, const int *chosen, int count, Point *point) {
    Word total = 0;
    for (int k = 0; k < count; k++)
        total ^= delay->sums[wires[chosen[k]]];
    if (ones(total & ~(Word)ONE) != 1)
        return;
    point->wires[point->count] = lowest_of(total);
    point->bits[point->count++] = (count & 1) != (int)(total & ONE);
}

/* The bits of single wires that follow from these sums, where all of them are 1. */
static void list_bits(const Delay *delay, const int *wires, int count, Point *point) {
    int chosen[MOST_DELAYED];
    point->count = 0;
    for (int size = 1; size <= count; size++) {
        for (int k = 0; k < size; k++)
            chosen[k] = k;
        for (int last = size - 1; last >= 0;) {
            add_bit(delay, wires, chosen, size, point);
            for (last = size - 1; last >= 0 && chosen[last] == count - size + last; last--)
                ;
            if (last < 0)
                break;
            chosen[last]++;
            for (int k = last + 1; k < size; k++)
                chosen[k] = chosen[k - 1] + 1;
        }
    }
}

/* Wires, and their bits where those of all these sums are 1 and nowhere else, after flips if need be. */
static void find_point(Delay *delay, const int *wires, int count, Point *point) {
    for (list_bits(delay, wires, count, point); point->count < count; list_bits(delay, wires, count, point))
        for (int k = 0; k < count; k++)
            if (!is_settled(delay, wires[k])) {
                settle(delay, wires[k]);
                break;
            }
}

/* Writes a gate that a point's wires control, with flips around it of those that are 0 there. */
static void write_at(Delay *delay, Point *point, TidyGate gate, const int *target) {
    int controls = point->count;
    TidyGate around = {.kind = FLIP, .source = gate.source};
    if (target)
        point->wires[point->count++] = *target;
    for (int side = 0; side < 2; side++) {
        for (int k = 0; k < controls; k++)
            if (!point->bits[k])
                write_gate(delay, around, &point->wires[k], 1);
        if (!side)
            write_gate(delay, gate, point->wires, point->count);
    }
}

/* Writes a gate on the wires that hold its bits; a bit that no wire holds is written by flips first. */
static void write_on_holders(Delay *delay, TidyGate gate, int *wires, int count) {
    for (int k = 0; k < count;)
        if (ones(delay->sums[wires[k]]) > 1) {
            settle(delay, wires[k]);
            k = 0;
        } else {
            k++;
        }
    for (int k = 0; k < count; k++)
        wires[k] = lowest_of(delay->sums[wires[k]]);
    write_gate(delay, gate, wires, count);
}

static void add_phase(Delay *delay, TidyGate gate, int *wires, int count) {
    Word total = 0;
    for (int k = 0; k < count; k++)
        total ^= delay->sums[wires[k]];
    int holders = (int)ones(total & ~(Word)ONE);
    if (holders < 1 || holders > 2) {
        write_on_holders(delay, gate, wires, count);
        return;
    }
    if (total & ONE) {
        delay->negated += gate.eighths;
        gate.eighths = -gate.eighths & (EIGHTHS - 1);
    }
    int on[2] = {lowest_of(total), 0};
    if (holders == 2)
        on[1] = lowest_of(total & ~bit_of(on[0]));
    write_gate(delay, gate, on, holders);
}

/* Writes a gate that changes bits, once no other sum has its wires. */
static void write_as_it_is(Delay *delay, const TidyGate *gate, const int *wires, int count) {
    const int32_t *names = delay->source->wires.items + gate->start;
    for (int k = 0; k < count; k++)
        settle(delay, wires[k]);
    for (int k = 0; k < count; k++)
        if (gate->kind == FLIP ? k == count - 1 : names[k] >= 0)
            make_free(delay, wires[k]);
    Tidy *built = &delay->built;
    write_gate(delay, *gate, NULL, 0);
    if (built->outcome != SOLVED)
        return;
    TidyGate *written = &built->gates[built->count - 1];
    written->is_new = 0;
    written->count = count;
    for (int k = 0; k < count; k++)
        if (!append(&built->wires, names[k]))
            built->outcome = NO_MEMORY;
}

/* Takes a gate: flips are remembered, others written. */
static void add(Delay *delay, const TidyGate *gate, int keeps_controls) {
    const int32_t *names = delay->source->wires.items + gate->start;
    int wires[MOST_DELAYED] = {0}, count = (int)gate->count, last = count - 1;
    Point point;
    for (int k = 0; k < count; k++)
        wires[k] = delay->numbers[names[k] < 0 ? ~names[k] : names[k]];
    if (gate->kind == FLIP && count < 3) {
        change(delay, wires[last], last ? delay->sums[wires[0]] : ONE);
    } else if (gate->kind == SWAP) {
        Word difference = delay->sums[wires[0]] ^ delay->sums[wires[1]];
        change(delay, wires[0], difference);
        change(delay, wires[1], difference);
    } else if (gate->kind == PHASE) {
        add_phase(delay, *gate, wires, count);
    } else if (gate->kind == SIGN && !keeps_controls) {
        find_point(delay, wires, count, &point);
        write_at(delay, &point, *gate, NULL);
    } else if (gate->kind == SIGN || gate->kind == TURN) {
        write_on_holders(delay, *gate, wires, count);
    } else if (gate->kind == FLIP && !keeps_controls) {
        make_free(delay, wires[last]);
        find_point(delay, wires, last, &point);
        write_at(delay, &point, *gate, &wires[last]);
    } else {
        write_as_it_is(delay, gate, wires, count);
    }
}

/* Numbers the wires in ascending order; whether a mask has room for them, and no gate has one twice. */
static int has_wire_numbers(Delay *delay, int32_t width) {
    const Tidy *source = delay->source;
    const int32_t *wires = source->wires.items;
    for (int64_t k = 0; k < source->wires.count; k++)
        delay->numbers[wires[k] < 0 ? ~wires[k] : wires[k]] = 1;
    for (int32_t name = 0; name < width; name++)
        if (delay->numbers[name]) {
            if (delay->used == MOST_DELAYED)
                return 0;
            delay->names[delay->used] = name;
            delay->numbers[name] = delay->used++;
        }
    for (int64_t k = 0; k < source->count; k++) {
        Word seen = 0;
        for (int64_t place = source->gates[k].start; place < source->gates[k].start + source->gates[k].count; place++) {
            Word own = bit_of(delay->numbers[wires[place] < 0 ? ~wires[place] : wires[place]]);
            if (seen & own)
                return 0;
            seen |= own;
        }
    }
    return 1;
}

static void list_order(Delay *delay) {
    const List *wires = &delay->source->wires;
    Word seen = 0;
    int count = 0;
    for (int64_t k = 0; k < wires->count; k++) {
        int wire = delay->numbers[wires->items[k] < 0 ? ~wires->items[k] : wires->items[k]];
        if (!(seen & bit_of(wire)))
            delay->order[count++] = wire;
        seen |= bit_of(wire);
    }
}

Outcome delay_flips(const Tidy *source, int32_t width, int keeps_controls, Tidy *result, int64_t *negated) {
    Delay delay = {.source = source, .numbers = calloc((size_t)width + 1, sizeof *delay.numbers)};
    Outcome outcome = delay.numbers ? has_wire_numbers(&delay, width) ? SOLVED : INVALID : NO_MEMORY;
    if (outcome == SOLVED) {
        list_order(&delay);
        for (int wire = 0; wire < delay.used; wire++)
            delay.sums[wire] = delay.readers[wire] = bit_of(wire);
        for (int64_t k = 0; k < source->count && delay.built.outcome == SOLVED; k++)
            add(&delay, &source->gates[k], keeps_controls);
        for (int k = 0; k < delay.used && delay.built.outcome == SOLVED; k++)
            settle(&delay, delay.order[k]);
        outcome = delay.built.outcome;
    }
    if (outcome == SOLVED)
        outcome = tidy_gates(&delay.built, width, 1, 0, result);
    *negated = delay.negated;
    release_tidy(&delay.built);
    free(delay.numbers);
    return outcome;
}
