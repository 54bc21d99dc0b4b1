/* Numbers lines through the origin, as the Axes of ionqdsl/algebra/rotations.py do: with the same numbers and rounding. */
#include "axes.h"

#include <string.h>

enum { FIRST = 128 };  /* slots of a new table */

/* --- tables ------------------------------------------------------------------------------------------------------- */

static uint32_t hash_of(const int64_t key[3]) {
    uint64_t hash = (uint64_t)key[0] * 0x9e3779b97f4a7c15u ^ (uint64_t)key[1] * 0xbf58476d1ce4e5b9u
                    ^ (uint64_t)key[2] * 0x94d049bb133111ebu;
    hash ^= hash >> 29;
    return (uint32_t)(hash * 0x9e3779b97f4a7c15u >> 20);
}

static Slot *slot_of(const Table *table, const int64_t key[3], uint32_t hash) {
    size_t slot = hash & (table->size - 1);
    for (; table->slots[slot].place != NONE; slot = (slot + 1) & (table->size - 1)) {
        const Slot *own = &table->slots[slot];
        if (own->hash == hash && !memcmp(table->items[own->place].key, key, sizeof table->items->key))
            break;
    }
    return &table->slots[slot];
}

static void clear_table(Table *table) {
    for (size_t slot = 0; slot < table->size; slot++)
        table->slots[slot].place = NONE;
    table->count = 0;
}

int resize_table(Table *table, size_t size) {
    Slot *slots = malloc(size * sizeof *slots);
    if (!slots)
        return 0;
    for (size_t slot = 0; slot < size; slot++)
        slots[slot].place = NONE;
    for (size_t k = 0; k < table->size; k++)
        if (table->slots[k].place != NONE) {
            size_t slot = table->slots[k].hash & (size - 1);
            while (slots[slot].place != NONE)
                slot = (slot + 1) & (size - 1);
            slots[slot] = table->slots[k];
        }
    free(table->slots);
    table->slots = slots;
    table->size = size;
    return 1;
}

int32_t find(const Table *table, const int64_t key[3]) {
    int32_t place = slot_of(table, key, hash_of(key))->place;
    return place == NONE ? NONE : table->items[place].number;
}

static int append_item(Table *table, const int64_t key[3], int32_t number) {
    Keyed *items = with_room(table->items, table->count, &table->room, sizeof *items);
    if (!items)
        return 0;
    items[table->count++] = (Keyed){{key[0], key[1], key[2]}, number};
    table->items = items;
    return 1;
}

int assign(Table *table, const int64_t key[3], int32_t number) {
    if (2 * ((size_t)table->count + 1) > table->size && !resize_table(table, 2 * table->size))
        return 0;
    uint32_t hash = hash_of(key);
    Slot *slot = slot_of(table, key, hash);
    if (slot->place != NONE)
        table->items[slot->place].number = number;
    else if (append_item(table, key, number))
        *slot = (Slot){hash, (int32_t)(table->count - 1)};
    else
        return 0;
    return 1;
}

/* --- axes --------------------------------------------------------------------------------------------------------- */

Vector vector_of(const Axes *axes, int32_t number) {
    return vector_at(axes->vectors.items + 3 * (size_t)number);
}

static void exact_key(Vector u, int64_t key[3]) {
    double sizes[3] = {u.x + 0.0, u.y + 0.0, u.z + 0.0};  /* -0.0 is 0.0 */
    memcpy(key, sizes, sizeof sizes);
}

static void cell_of(const Axes *axes, Vector u, int64_t key[3]) {
    double grid = axes->limits->grid;
    key[0] = (int64_t)rint(u.x * grid);
    key[1] = (int64_t)rint(u.y * grid);
    key[2] = (int64_t)rint(u.z * grid);
}

static void remember(Axes *axes, const int64_t key[3], Vector u, int32_t number) {
    int64_t exact[3];
    exact_key(u, exact);
    axes->has_memory &= assign(&axes->exact, exact, number) && assign(&axes->cells, key, number);
}

static int32_t added(Axes *axes, const int64_t key[3], Vector u) {
    Vector first = unit(u), second = opposite(first);
    int64_t other[3] = {-key[0], -key[1], -key[2]};
    int32_t number = (int32_t)(axes->vectors.count / 3);
    int is_second = 0;
    for (int k = 0; k < 3; k++)
        if (key[k] != other[k]) {
            is_second = key[k] < other[k];
            break;
        }
    Vector even = is_second ? second : first, odd = is_second ? first : second;
    double all[6] = {even.x, even.y, even.z, odd.x, odd.y, odd.z}, *place = extend_doubles(&axes->vectors, 6);
    axes->has_memory &= place != NULL;
    if (place)
        memcpy(place, all, sizeof all);
    remember(axes, is_second ? other : key, even, number);
    remember(axes, is_second ? key : other, odd, number + 1);
    return number + is_second;
}

/* The number of a neighbouring cell, the first in order that has one. */
static int32_t neighbour(const Axes *axes, Vector u) {
    double sizes[3] = {u.x, u.y, u.z}, grid = axes->limits->grid;
    for (int corner = 0; corner < 8; corner++) {
        int64_t key[3];
        for (int k = 0; k < 3; k++) {
            double size = sizes[k] * grid;
            key[k] = (int64_t)(corner >> (2 - k) & 1 ? ceil(size) : floor(size));
        }
        int32_t number = find(&axes->cells, key);
        if (number != NONE)
            return number;
    }
    return NONE;
}

int32_t number_of(Axes *axes, Vector u) {
    const Limits *limits = axes->limits;
    int64_t key[3];
    exact_key(u, key);
    int32_t number = find(&axes->exact, key);
    if (number != NONE)
        return number;
    cell_of(axes, u, key);
    number = find(&axes->cells, key);
    if (number == NONE) {
        double off[3] = {u.x * limits->grid - (double)key[0], u.y * limits->grid - (double)key[1],
                         u.z * limits->grid - (double)key[2]};
        if (fabs(off[0]) > limits->edge || fabs(off[1]) > limits->edge || fabs(off[2]) > limits->edge)
            number = neighbour(axes, u);
        if (number == NONE)
            return added(axes, key, u);
        int64_t other[3] = {-key[0], -key[1], -key[2]};
        axes->has_memory &= assign(&axes->cells, key, number) && assign(&axes->cells, other, number ^ 1);
    }
    Vector known = vector_of(axes, number);
    axes->neglected += fabs(u.x - known.x) + fabs(u.y - known.y) + fabs(u.z - known.z);
    return number;
}

void release_table(Table *table) {
    free(table->slots);
    free(table->items);
    *table = (Table){.size = 0};
}

/* Makes room for new entries, and forgets all that are there. */
static int begin_table(Table *table) {
    clear_table(table);
    return table->size || resize_table(table, FIRST);
}

int begin_axes(Axes *axes) {
    axes->has_memory = begin_table(&axes->exact) && begin_table(&axes->cells);
    if (!axes->has_memory)
        return 0;
    for (int32_t number = 0; number < axes->vectors.count / 3; number++) {
        int64_t key[3];
        Vector u = vector_of(axes, number);
        cell_of(axes, u, key);
        remember(axes, key, u, number);
    }
    return axes->has_memory;
}

void release_axes(Axes *axes) {
    release_table(&axes->exact);
    release_table(&axes->cells);
    free(axes->vectors.items);
}
