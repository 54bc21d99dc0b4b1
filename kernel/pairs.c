/* Gathers interactions into blocks by pairs of wires.
 *
 * ionqdsl/passes/pairs.py and the Axes of ionqdsl/algebra/rotations.py are the same algorithm in Python, and say why;
 * both find the same blocks in the same order, with the same rounding.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")  /* so that it rounds as Python does wherever it multiplies and adds in one step */
#else
#pragma STDC FP_CONTRACT OFF
#endif

#include "pairs.h"

#include <math.h>
#include <string.h>

#include "words.h"

enum { MIXED = -1, NONE = -1 };

#define PI 3.14159265358979323846

typedef struct {
    double x, y, z;
} Vector;

typedef struct {
    int32_t i, j, origin;
    double t;
} Entry;

typedef struct {
    double place;
    int a, b;
    int32_t i, j;
    int is_gone, below;  /* the block before on the same pair */
    Entry *entries;
    int count, room;
} Block;

/* Cells or directions -> numbers of axes, with open addresses. */
typedef struct {
    int64_t (*keys)[3];
    int32_t *numbers;  /* NONE where there is nothing */
    size_t size, count;
} Table;

typedef struct {
    const Form *form;
    Gathered *gathered;
    Table exact, cells;
    Block *blocks;
    int64_t count;
    List *chains;  /* by wire, the blocks on it */
    Table last;    /* pair of wires -> its last block, NONE - 1 if it has none again */
    int has_memory;
} Gathering;

/* --- tables ------------------------------------------------------------------------------------------------------- */

static size_t slot_of(const Table *table, const int64_t key[3]) {
    uint64_t hash = (uint64_t)key[0] * 0x9e3779b97f4a7c15u ^ (uint64_t)key[1] * 0xbf58476d1ce4e5b9u
                    ^ (uint64_t)key[2] * 0x94d049bb133111ebu;
    hash ^= hash >> 29;
    size_t slot = (size_t)(hash * 0x9e3779b97f4a7c15u >> 20) & (table->size - 1);
    while (table->numbers[slot] != NONE && memcmp(table->keys[slot], key, sizeof table->keys[slot]))
        slot = (slot + 1) & (table->size - 1);
    return slot;
}

static int resize(Table *table, size_t size) {
    Table larger = {malloc(size * sizeof *larger.keys), malloc(size * sizeof *larger.numbers), size, table->count};
    if (!larger.keys || !larger.numbers) {
        free(larger.keys);
        free(larger.numbers);
        return 0;
    }
    memset(larger.numbers, 0xff, size * sizeof *larger.numbers);
    for (size_t slot = 0; slot < table->size; slot++)
        if (table->numbers[slot] != NONE) {
            size_t place = slot_of(&larger, table->keys[slot]);
            memcpy(larger.keys[place], table->keys[slot], sizeof larger.keys[place]);
            larger.numbers[place] = table->numbers[slot];
        }
    free(table->keys);
    free(table->numbers);
    *table = larger;
    return 1;
}

static int32_t find(const Table *table, const int64_t key[3]) {
    return table->numbers[slot_of(table, key)];
}

static void assign(Gathering *g, Table *table, const int64_t key[3], int32_t number) {
    if (2 * (table->count + 1) > table->size && !resize(table, 2 * table->size)) {
        g->has_memory = 0;
        return;
    }
    size_t slot = slot_of(table, key);
    table->count += table->numbers[slot] == NONE;
    memcpy(table->keys[slot], key, sizeof table->keys[slot]);
    table->numbers[slot] = number;
}

static int append_double(Doubles *list, double number) {
    double *items = with_room(list->items, list->count, &list->room, sizeof *items);
    if (!items)
        return 0;
    list->items = items;
    list->items[list->count++] = number;
    return 1;
}

/* --- axes --------------------------------------------------------------------------------------------------------- */

static Vector vector_of(const Gathering *g, int32_t number) {
    const double *own = g->gathered->vectors.items + 3 * (size_t)number;
    return (Vector){own[0], own[1], own[2]};
}

static void exact_key(Vector u, int64_t key[3]) {
    double sizes[3] = {u.x + 0.0, u.y + 0.0, u.z + 0.0};  /* -0.0 is 0.0 */
    memcpy(key, sizes, sizeof sizes);
}

static void cell_of(const Gathering *g, Vector u, int64_t key[3]) {
    double grid = g->form->limits->grid;
    key[0] = (int64_t)rint(u.x * grid);
    key[1] = (int64_t)rint(u.y * grid);
    key[2] = (int64_t)rint(u.z * grid);
}

static void remember(Gathering *g, const int64_t key[3], Vector u, int32_t number) {
    int64_t exact[3];
    exact_key(u, exact);
    assign(g, &g->exact, exact, number);
    assign(g, &g->cells, key, number);
}

static int32_t added(Gathering *g, const int64_t key[3], Vector u) {
    double size = 1 / sqrt(u.x * u.x + u.y * u.y + u.z * u.z);
    Vector first = {u.x * size, u.y * size, u.z * size}, second = {-first.x, -first.y, -first.z};
    int64_t other[3] = {-key[0], -key[1], -key[2]};
    int32_t number = (int32_t)(g->gathered->vectors.count / 3);
    int is_second = 0;
    for (int k = 0; k < 3; k++)
        if (key[k] != other[k]) {
            is_second = key[k] < other[k];
            break;
        }
    Vector even = is_second ? second : first, odd = is_second ? first : second;
    double all[6] = {even.x, even.y, even.z, odd.x, odd.y, odd.z};
    for (int k = 0; k < 6; k++)
        g->has_memory &= append_double(&g->gathered->vectors, all[k]);
    remember(g, is_second ? other : key, even, number);
    remember(g, is_second ? key : other, odd, number + 1);
    return number + is_second;
}

/* The number of a neighbouring cell, the first in order that has one. */
static int32_t neighbour(const Gathering *g, Vector u) {
    double sizes[3] = {u.x, u.y, u.z}, grid = g->form->limits->grid;
    for (int corner = 0; corner < 8; corner++) {
        int64_t key[3];
        for (int k = 0; k < 3; k++) {
            double size = sizes[k] * grid;
            key[k] = (int64_t)(corner >> (2 - k) & 1 ? ceil(size) : floor(size));
        }
        int32_t number = find(&g->cells, key);
        if (number != NONE)
            return number;
    }
    return NONE;
}

static int32_t number_of(Gathering *g, Vector u) {
    const Limits *limits = g->form->limits;
    int64_t key[3];
    exact_key(u, key);
    int32_t number = find(&g->exact, key);
    if (number != NONE)
        return number;
    cell_of(g, u, key);
    number = find(&g->cells, key);
    if (number == NONE) {
        double off[3] = {u.x * limits->grid - (double)key[0], u.y * limits->grid - (double)key[1],
                         u.z * limits->grid - (double)key[2]};
        if (fabs(off[0]) > limits->edge || fabs(off[1]) > limits->edge || fabs(off[2]) > limits->edge)
            number = neighbour(g, u);
        if (number == NONE)
            return added(g, key, u);
        int64_t other[3] = {-key[0], -key[1], -key[2]};
        assign(g, &g->cells, key, number);
        assign(g, &g->cells, other, number ^ 1);
    }
    Vector known = vector_of(g, number);
    g->gathered->neglected += fabs(u.x - known.x) + fabs(u.y - known.y) + fabs(u.z - known.z);
    return number;
}

/* Numbers the vectors that are given, which stand in pairs of opposite ones. */
static void read_vectors(Gathering *g) {
    for (int32_t number = 0; number < g->gathered->vectors.count / 3; number++) {
        int64_t key[3];
        Vector u = vector_of(g, number);
        cell_of(g, u, key);
        remember(g, key, u, number);
    }
}

static double skew(const Gathering *g, int32_t i, int32_t j) {
    Vector u = vector_of(g, i), v = vector_of(g, j);
    return fabs(u.x * v.x + u.y * v.y + u.z * v.z);
}

/* --- turns that come late ----------------------------------------------------------------------------------------- */

/* The direction whose image under the wire's late turn is this. */
static Vector pulled(const Gathering *g, int wire, const double *axis) {
    const double *late = g->gathered->late + LATE * (size_t)wire;
    double a = axis[0], b = axis[1], c = axis[2];
    if (!late[0])
        return (Vector){a, b, c};
    double w = late[1], x = -late[2], y = -late[3], z = -late[4];
    double p = 2 * (y * c - z * b), q = 2 * (z * a - x * c), r = 2 * (x * b - y * a);
    return (Vector){a + w * p + y * r - z * q, b + w * q + z * p - x * r, c + w * r + x * q - y * p};
}

/* A half turn about an axis, before the late turn of its wire. */
static void turn_half(Gathering *g, int wire, int32_t axis) {
    double *late = g->gathered->late + LATE * (size_t)wire;
    Vector u = vector_of(g, axis);
    double sine = sin(PI / 2), e = cos(PI / 2), f = u.x * sine, h = u.y * sine, k = u.z * sine;
    double a = late[0] ? late[1] : 1, b = late[2], c = late[3], d = late[4];
    late[0] = 1;
    late[1] = a * e - b * f - c * h - d * k;
    late[2] = a * f + b * e + c * k - d * h;
    late[3] = a * h - b * k + c * e + d * f;
    late[4] = a * k + b * h - c * f + d * e;
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static int32_t axis_on(const Block *block, int wire) {
    return block->a == wire ? block->i : block->j;
}

static void forget(List *chain, int32_t number) {
    for (int64_t k = chain->count - 1; k >= 0; k--)
        if (chain->items[k] == number) {
            memmove(chain->items + k, chain->items + k + 1, (size_t)(chain->count - k - 1) * sizeof *chain->items);
            chain->count--;
            return;
        }
}

/* The place of the last block after the target that is not parallel on the wire, -1 if none; infinite if too far. */
static double blocker(const Gathering *g, int32_t target, int wire, int32_t axis) {
    const List *chain = &g->chains[wire];
    int steps = (int)g->form->limits->reach;
    for (int64_t k = chain->count - 1; k >= 0; k--) {
        const Block *block = &g->blocks[chain->items[k]];
        if (chain->items[k] == target)
            return -1;
        if (axis_on(block, wire) != axis)
            return block->place;
        if (!--steps)
            return HUGE_VAL;
    }
    return HUGE_VAL;
}

static int moves_to(Gathering *g, int32_t number, double place) {
    Block *target = &g->blocks[number];
    target->place = place;
    for (int side = 0; side < 2; side++) {
        List *chain = &g->chains[side ? target->b : target->a];
        forget(chain, number);
        if (!append(chain, number))
            return 0;
        int64_t k = chain->count - 1;
        for (; k && g->blocks[chain->items[k - 1]].place > place; k--)
            chain->items[k] = chain->items[k - 1];
        chain->items[k] = number;
    }
    return 1;
}

/* Whether a new interaction can slide back to the last block of its pair, or the two to each other. */
static int meets(Gathering *g, int32_t number, int32_t i, int32_t j) {
    Block *target = &g->blocks[number];
    double first = blocker(g, number, target->a, i), second = blocker(g, number, target->b, j);
    double cut = first > second ? first : second;
    if (cut < 0)
        return 1;
    if (cut == HUGE_VAL || (target->i == MIXED && target->j == MIXED))
        return 0;
    double next = cut + 1;
    for (int side = 0; side < 2; side++) {
        int wire = side ? target->b : target->a;
        int32_t axis = side ? target->j : target->i;
        const List *chain = &g->chains[wire];
        for (int64_t k = chain->count - 1; k >= 0 && chain->items[k] != number; k--) {
            const Block *block = &g->blocks[chain->items[k]];
            if (block->place > cut)
                next = block->place < next ? block->place : next;
            else if (axis_on(block, wire) != axis || axis == MIXED)
                return 0;
        }
    }
    if (next - cut < 1e-6)
        return 0;
    g->has_memory &= moves_to(g, number, (cut + next) / 2);
    return 1;
}

static void renew_axes(Block *block) {
    block->i = block->entries[0].i;
    block->j = block->entries[0].j;
    for (int k = 1; k < block->count; k++) {
        if (block->entries[k].i != block->i)
            block->i = MIXED;
        if (block->entries[k].j != block->j)
            block->j = MIXED;
    }
}

static void append_entry(Gathering *g, Block *block, Entry entry) {
    if (block->count == block->room) {
        int room = block->room ? 2 * block->room : 2;
        Entry *entries = realloc(block->entries, (size_t)room * sizeof *entries);
        if (!entries) {
            g->has_memory = 0;
            return;
        }
        block->entries = entries;
        block->room = room;
    }
    block->entries[block->count++] = entry;
}

/* Adds an interaction to a block, merged with a parallel one if it can reach it; returns the half turns left. */
static int64_t join(Gathering *g, Block *block, Entry entry) {
    const Limits *limits = g->form->limits;
    for (int k = block->count - 1; k >= 0; k--) {
        Entry *other = &block->entries[k];
        if (other->i == entry.i && other->j == entry.j) {
            double t = other->t + entry.t, halves = ceil(t / (PI / 2) - 0.5 - limits->noise);
            double rest = t - halves * (PI / 2);
            if (halves != 0 && !(fabs(rest) > limits->spacing * fabs(t)))
                rest = 0;
            if (fabs(rest) > limits->noise) {
                other->t = rest;
            } else {
                g->gathered->neglected += fabs(rest);
                memmove(other, other + 1, (size_t)(block->count - k - 1) * sizeof *other);
                block->count--;
            }
            return (int64_t)halves;
        }
        if (other->i == entry.i || other->j == entry.j)
            break;
        double one = skew(g, entry.i, other->i), two = skew(g, entry.j, other->j);
        if (one >= limits->noise || two >= limits->noise)
            break;
        g->gathered->neglected += 2 * (one + two);
    }
    append_entry(g, block, entry);
    return 0;
}

static void begin(Gathering *g, const int64_t pair[3], int32_t below, double place, Entry entry) {
    int32_t number = (int32_t)g->count++;
    Block *block = &g->blocks[number];
    *block = (Block){.place = place, .a = (int)pair[0], .b = (int)pair[1], .i = entry.i, .j = entry.j, .below = below};
    append_entry(g, block, entry);
    g->has_memory &= append(&g->chains[block->a], number) && append(&g->chains[block->b], number);
    assign(g, &g->last, pair, number);
}

/* Adds an interaction to the last block of its pair, or begins a block. */
static void interact(Gathering *g, int64_t place) {
    const int32_t *wires = g->form->wires + 2 * place;
    const double *values = g->form->values + VALUES * place;
    int side = wires[0] > wires[1];
    int64_t pair[3] = {wires[side], wires[1 - side], 0};
    Vector u = pulled(g, wires[side], values + 3 * side), v = pulled(g, wires[1 - side], values + 3 * (1 - side));
    int32_t i = number_of(g, u), j = number_of(g, v);
    Entry entry = {i & -2, j & -2, (int32_t)place, (i ^ j) & 1 ? -values[6] : values[6]};
    int32_t last = find(&g->last, pair);
    last = last < 0 ? NONE : last;
    if (!g->has_memory)
        return;
    if (last == NONE || !meets(g, last, entry.i, entry.j)) {
        begin(g, pair, last, (double)place, entry);
        return;
    }
    Block *block = &g->blocks[last];
    int64_t halves = join(g, block, entry);
    if (halves) {
        int64_t left = (halves % 4 + 4) % 4;
        g->gathered->phase += (double)(left / 2) * PI + (double)(left % 2) * PI / 2;
        if (left % 2) {
            turn_half(g, block->a, entry.i);
            turn_half(g, block->b, entry.j);
        }
    }
    if (block->count) {
        renew_axes(block);
        return;
    }
    block->is_gone = 1;
    forget(&g->chains[block->a], last);
    forget(&g->chains[block->b], last);
    assign(g, &g->last, pair, block->below == NONE ? NONE - 1 : block->below);
}

/* --- a form ------------------------------------------------------------------------------------------------------- */

typedef struct {
    double place;
    int32_t number;
} Position;

/* By place; equal ones in the order in which they began. */
static int compare(const void *one, const void *other) {
    const Position *left = one, *right = other;
    if (left->place != right->place)
        return left->place < right->place ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* Writes where the blocks stand that are left, in their order. */
static int64_t write_order(const Gathering *g, Position *order) {
    int64_t count = 0;
    for (int64_t number = 0; number < g->count; number++)
        if (!g->blocks[number].is_gone)
            order[count++] = (Position){g->blocks[number].place, (int32_t)number};
    qsort(order, (size_t)count, sizeof *order, compare);
    return count;
}

/* Writes an entry as an interaction: so that forms are alike whose bytes are. */
static int write_interaction(const Gathering *g, const Block *block, const Entry *entry) {
    Gathered *to = g->gathered;
    Vector u = vector_of(g, entry->i), v = vector_of(g, entry->j);
    double values[VALUES] = {u.x, u.y, u.z, v.x, v.y, v.z, entry->t};
    int is_written = append(&to->pairs, block->a) && append(&to->pairs, block->b);
    for (int k = 0; k < VALUES; k++)
        is_written &= append_double(&to->values, values[k] + 0.0);  /* -0.0 is 0.0 */
    return is_written;
}

static int write_blocks(const Gathering *g) {
    Gathered *to = g->gathered;
    Position *order = malloc((size_t)(g->count + 1) * sizeof *order);
    int is_written = order != NULL;
    int64_t count = order ? write_order(g, order) : 0;
    for (int64_t k = 0; k < count && is_written; k++) {
        const Block *block = &g->blocks[order[k].number];
        int32_t head[HEAD] = {block->a, block->b, block->i, block->j, block->count};
        for (int number = 0; number < HEAD; number++)
            is_written &= append(&to->blocks, head[number]);
        for (int entry = 0; entry < block->count; entry++) {
            const Entry *own = &block->entries[entry];
            is_written &= append(&to->entries, own->i) && append(&to->entries, own->j)
                          && append(&to->entries, own->origin) && append_double(&to->angles, own->t)
                          && write_interaction(g, block, own);
        }
    }
    free(order);
    return is_written;
}

Outcome gather_pairs(const Form *form, Gathered *gathered) {
    Gathering g = {.form = form, .gathered = gathered, .has_memory = 1};
    g.blocks = calloc((size_t)form->count + 1, sizeof *g.blocks);
    g.chains = calloc((size_t)form->width + 1, sizeof *g.chains);
    gathered->late = calloc(LATE * (size_t)form->width + 1, sizeof *gathered->late);
    g.has_memory = g.blocks && g.chains && gathered->late && resize(&g.exact, 64) && resize(&g.cells, 64)
                   && resize(&g.last, 64);
    if (g.has_memory)
        read_vectors(&g);
    for (int64_t place = 0; place < form->count && g.has_memory; place++)
        interact(&g, place);
    if (g.has_memory)
        g.has_memory = write_blocks(&g);
    for (int64_t number = 0; number < g.count; number++)
        free(g.blocks[number].entries);
    for (int wire = 0; g.chains && wire < form->width; wire++)
        free(g.chains[wire].items);
    Table *tables[] = {&g.exact, &g.cells, &g.last};
    for (int k = 0; k < 3; k++) {
        free(tables[k]->keys);
        free(tables[k]->numbers);
    }
    free(g.blocks);
    free(g.chains);
    return g.has_memory ? SOLVED : NO_MEMORY;
}

void release_gathered(Gathered *gathered) {
    free(gathered->vectors.items);
    free(gathered->blocks.items);
    free(gathered->entries.items);
    free(gathered->angles.items);
    free(gathered->pairs.items);
    free(gathered->values.items);
    free(gathered->late);
}
