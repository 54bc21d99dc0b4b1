/* Numbers of lines, and tables, shared by the passes over forms (pairs.c, order.c, forms.c). */
#ifndef AXES_H
#define AXES_H

#include "turns.h"

enum { NONE = -1, MIXED = -1 };

/* Lists of doubles that grow. */
typedef struct {
    double *items;
    int64_t count, room;
} Doubles;

/* The numbers that are taken for zero, the spacing of floats, and the most blocks that an interaction slides past. */
typedef struct {
    double noise, spacing, grid, edge, reach;
} Limits;

typedef struct {
    int64_t key[3];
    int32_t number;
} Keyed;

/* Where an item stands in its table; NONE where there is nothing. */
typedef struct {
    uint32_t hash;
    int32_t place;
} Slot;

/* Cells, directions or pairs of wires -> numbers, with open addresses. The slots are small, so that more of a large
 * table is near the processor: most searches end without a look at an item.
 */
typedef struct {
    Slot *slots;
    Keyed *items;
    size_t size;
    int64_t count, room;  /* of items */
} Table;

/* The Axes of ionqdsl/algebra/rotations.py: three coordinates for each number, and the rounding neglected. */
typedef struct {
    const Limits *limits;
    Doubles vectors;
    double neglected;
    Table exact, cells;
    int has_memory;
} Axes;

/* Makes a list longer by so many numbers, which stand where this points; NULL if there is no memory. */
INLINE double *extend_doubles(Doubles *list, int64_t count) {
    double *items = with_room_for(list->items, list->count + count, &list->room, sizeof *items);
    if (!items)
        return NULL;
    list->items = items;
    list->count += count;
    return items + list->count - count;
}

/* Appends a number to a list; 0 if there is no memory. */
INLINE int append_double(Doubles *list, double number) {
    double *place = extend_doubles(list, 1);
    if (place)
        *place = number;
    return place != NULL;
}

int resize_table(Table *table, size_t size);
int32_t find(const Table *table, const int64_t key[3]);
int assign(Table *table, const int64_t key[3], int32_t number);
void release_table(Table *table);

/* Numbers the vectors that are there, which stand in pairs of opposite ones, and forgets all else; 0 without memory. */
int begin_axes(Axes *axes);
void release_axes(Axes *axes);
int32_t number_of(Axes *axes, Vector u);
Vector vector_of(const Axes *axes, int32_t number);

#endif
