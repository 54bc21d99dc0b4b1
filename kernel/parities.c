/* Follows the sums on wires: class Wires of ionqdsl/passes/networks/parities.py takes the same steps. */
#include "parities.h"

#include <string.h>

enum { LARGEST = 48, PLANE = 3 };

enum { BOTH = 8, ONLY_Y = 4, ONLY_X = 2, ALL = 15 }; /* points of a plane, as bits */

/* --- sets ---------------------------------------------------------------------------------------------------------- */

static Word hash_of_number(int32_t number) {
    Word hash = (Word)(uint32_t)number * 0x9e3779b97f4a7c15u + 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111ebu;
    return hash ^ hash >> 31;
}

/* Where a set is in the table, or where it may be written. */
static int64_t slot_of(const Sets *sets, const int32_t *numbers, int32_t count, Word hash) {
    int64_t slot = (int64_t)(hash & (Word)(sets->size - 1));
    for (; sets->table[slot]; slot = (slot + 1) & (sets->size - 1)) {
        const NumberSet *set = &sets->items[sets->table[slot] - 1];
        if (set->hash == hash && set->count == count
            && (!count || !memcmp(sets->numbers.items + set->start, numbers, (size_t)count * sizeof *numbers)))
            break;
    }
    return slot;
}

/* Makes the table larger once it is half full; whether there was memory. */
static int has_free_slots(Sets *sets) {
    if (2 * sets->count < sets->size)
        return 1;
    int64_t size = sets->size ? 2 * sets->size : 256;
    int32_t *table = calloc((size_t)size, sizeof *table);
    if (!table)
        return 0;
    for (int64_t k = 0; k < sets->count; k++) {
        int64_t slot = (int64_t)(sets->items[k].hash & (Word)(size - 1));
        while (table[slot])
            slot = (slot + 1) & (size - 1);
        table[slot] = (int32_t)k + 1;
    }
    free(sets->table);
    sets->table = table;
    sets->size = size;
    return 1;
}

int32_t place_of(Sets *sets, const int32_t *numbers, int32_t count) {
    NumberSet *items = with_room(sets->items, sets->count, &sets->room, sizeof *items);
    if (!items)
        return -1;
    sets->items = items;
    if (sets->count >= INT32_MAX / 2 || !has_free_slots(sets))
        return -1;
    Word hash = 0;
    for (int32_t k = 0; k < count; k++)
        hash ^= hash_of_number(numbers[k]);
    int64_t slot = slot_of(sets, numbers, count, hash);
    if (sets->table[slot])
        return sets->table[slot] - 1;
    items[sets->count] = (NumberSet){sets->numbers.count, hash, count};
    for (int32_t k = 0; k < count; k++)
        if (!append(&sets->numbers, numbers[k]))
            return -1;
    sets->table[slot] = (int32_t)++sets->count;
    return sets->table[slot] - 1;
}

void release_sets(Sets *sets) {
    free(sets->items);
    free(sets->numbers.items);
    free(sets->table);
    *sets = (Sets){0};
}

/* --- parities ------------------------------------------------------------------------------------------------------ */

/* A parity of the variables in the room. */
static int32_t parity_of_room(Paths *paths) {
    int32_t place = place_of(&paths->sums, paths->room.items, (int32_t)paths->room.count);
    if (place < 0)
        paths->outcome = NO_MEMORY;
    return place < 0 ? ZERO_PARITY : 2 * place;
}

static void append_to_room(Paths *paths, int32_t number) {
    if (!append(&paths->room, number))
        paths->outcome = NO_MEMORY;
}

static int32_t new_variable(Paths *paths) {
    paths->room.count = 0;
    append_to_room(paths, ++paths->variables);
    return parity_of_room(paths);
}

int32_t sum_of(Paths *paths, int32_t one, int32_t other) {
    int32_t sign = (one ^ other) & 1;
    const NumberSet *a = variables_of(paths, one), *b = variables_of(paths, other);
    const int32_t *numbers = paths->sums.numbers.items;
    if (!a->count || !b->count)
        return positive(a->count ? one : other) | sign;
    paths->room.count = 0;
    int32_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        if (j == b->count || (i < a->count && numbers[a->start + i] < numbers[b->start + j]))
            append_to_room(paths, numbers[a->start + i++]);
        else if (i == a->count || numbers[b->start + j] < numbers[a->start + i])
            append_to_room(paths, numbers[b->start + j++]);
        else
            i++, j++;
    }
    return parity_of_room(paths) | sign;
}

/* Inserts a number among those in the room, in order and once. */
static void insert_into_room(Paths *paths, int32_t number) {
    List *room = &paths->room;
    int64_t place = room->count;
    while (place > 0 && room->items[place - 1] > number)
        place--;
    if (place > 0 && room->items[place - 1] == number)
        return;
    append_to_room(paths, number);
    if (paths->outcome != SOLVED)
        return;
    memmove(room->items + place + 1, room->items + place, (size_t)(room->count - 1 - place) * sizeof number);
    room->items[place] = number;
}

/* --- products ------------------------------------------------------------------------------------------------------ */

/* The parities of a plane: two of two bits, and one for the product of these; NULL if there is no memory. */
static const int32_t *plane_of(Paths *paths, int32_t a, int32_t b) {
    int32_t third = sum_of(paths, a, b);
    paths->room.count = 0;
    insert_into_room(paths, a);
    insert_into_room(paths, b);
    insert_into_room(paths, third);
    int32_t place = paths->outcome == SOLVED ? place_of(&paths->planes, paths->room.items, PLANE) : -1;
    List *known = &paths->of_planes;
    int is_new = place >= 0 && PLANE * (int64_t)place == known->count;
    if (place < 0
        || (is_new && !(append(known, a) && append(known, b) && append(known, new_variable(paths))))) {
        paths->outcome = NO_MEMORY;
        return NULL;
    }
    return known->items + PLANE * (int64_t)place;
}

/* The points of a plane where a parity is 1. */
static int points_of(const int32_t *plane, int32_t parity) {
    int32_t side = positive(parity);
    int points = side == plane[0] ? BOTH | ONLY_X : side == plane[1] ? BOTH | ONLY_Y : ONLY_X | ONLY_Y;
    return parity & 1 ? points ^ ALL : points;
}

/* The product of two bits that differ, not constant: a function of their plane, which is 1 at one of its points. */
static int32_t product_of_two(Paths *paths, int32_t a, int32_t b) {
    if (positive(a) == positive(b))
        return ZERO_PARITY;
    const int32_t *plane = plane_of(paths, positive(a), positive(b));
    if (!plane)
        return ZERO_PARITY;
    int32_t x = plane[0], y = plane[1], product = plane[2];
    int point = points_of(plane, a) & points_of(plane, b);
    if (point == BOTH)
        return product;
    if (point == ONLY_Y)
        return sum_of(paths, product, y);
    product = sum_of(paths, product, x);
    return point == ONLY_X ? product : sum_of(paths, product, y) ^ 1;
}

/* The product of the bits on some wires. */
static int32_t product_of(Paths *paths, const int32_t *wires, int64_t count) {
    if (count == 1)
        return paths->held[wires[0]];
    paths->room.count = 0;
    for (int64_t k = 0; k < count; k++) {
        int32_t factor = paths->held[wires[k]];
        if (factor == ZERO_PARITY)
            return ZERO_PARITY;
        if (factor != CONSTANT_PARITY)
            insert_into_room(paths, factor);
    }
    const List *factors = &paths->room;
    if (factors->count < 2)
        return factors->count ? factors->items[0] : CONSTANT_PARITY;
    if (factors->count == 2)
        return product_of_two(paths, factors->items[0], factors->items[1]);
    int32_t place = place_of(&paths->products, factors->items, (int32_t)factors->count);
    if (place < 0 || (place == paths->of_products.count && !append(&paths->of_products, new_variable(paths)))) {
        paths->outcome = NO_MEMORY;
        return ZERO_PARITY;
    }
    return paths->of_products.items[place];
}

/* --- wires --------------------------------------------------------------------------------------------------------- */

void begin_paths(Paths *paths, int32_t width, const int32_t *wires, int64_t count) {
    *paths = (Paths){.outcome = SOLVED, .held = calloc((size_t)width + 1, sizeof *paths->held)};
    if (!paths->held || place_of(&paths->sums, NULL, 0) < 0)
        paths->outcome = NO_MEMORY;
    for (int64_t k = 0; k < count && paths->outcome == SOLVED; k++)
        paths->held[wires[k]] = new_variable(paths);
}

void release_paths(Paths *paths) {
    release_sets(&paths->sums);
    release_sets(&paths->planes);
    release_sets(&paths->products);
    free(paths->of_planes.items);
    free(paths->of_products.items);
    free(paths->room.items);
    free(paths->held);
}

static void note_change(Paths *paths, int32_t wire, int32_t parity, List *changed) {
    paths->held[wire] = parity;
    if (!append(changed, wire))
        paths->outcome = NO_MEMORY;
}

static void follow_flip(Paths *paths, const int32_t *wires, int64_t controls, List *changed) {
    int32_t target = wires[controls], product = product_of(paths, wires, controls);
    int32_t parity = sum_of(paths, paths->held[target], product);
    int is_large = variables_of(paths, parity)->count + (parity & 1) > LARGEST;
    note_change(paths, target, is_large ? new_variable(paths) : parity, changed);
}

void follow(Paths *paths, const Tidy *network, const TidyGate *gate, List *changed) {
    const int32_t *wires = network->wires.items + gate->start;
    if (gate->kind == FLIP || gate->kind == RELATIVE) {
        follow_flip(paths, wires, gate->count - 1, changed);
    } else if (gate->kind == SWAP) {
        int32_t first = paths->held[wires[0]];
        note_change(paths, wires[0], paths->held[wires[1]], changed);
        note_change(paths, wires[1], first, changed);
    } else if (gate->kind == HADAMARD || gate->kind == REST) {
        for (int64_t k = 0; k < gate->count; k++)
            if (wires[k] >= 0)
                note_change(paths, wires[k], new_variable(paths), changed);
    }
}
