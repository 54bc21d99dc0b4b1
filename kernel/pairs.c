/* Gathers interactions into blocks by pairs of wires.
 *
 * ionqdsl/passes/interactions/pairs.py is the same algorithm in Python, and says why; both find the same blocks in the same order,
 * with the same rounding.
 */
#include "pairs.h"

#include <string.h>

typedef struct {
    int32_t i, j, origin;
    double t;
} Entry;

enum { OWN = 2 };

typedef struct {
    double place;
    int a, b;
    int32_t i, j;
    int is_gone, below;  /* the block before on the same pair */
    Entry *entries, own[OWN];  /* most blocks have no more than their own */
    int count, room;
} Block;

/* The blocks on a wire: at most as many as it has interactions, for which there is room. */
typedef struct {
    int32_t *items;
    int64_t count;
} Chain;

typedef struct {
    const Form *form;
    Gathered *gathered;
    Axes *axes;
    Block *blocks;
    int64_t count;
    Chain *chains;  /* by wire */
    int32_t *links;  /* where the chains stand */
    Table last;    /* pair of wires -> its last block, NONE - 1 if it has none again */
    int has_memory;
} Gathering;

/* --- turns that come late ----------------------------------------------------------------------------------------- */

/* The direction whose image under the wire's late turn is this. */
static Vector pulled(const Gathering *g, int wire, const double *axis) {
    const LateTurn *late = &g->gathered->late[wire];
    return late->is_there ? turned_back(late->turn, vector_at(axis)) : vector_at(axis);
}

/* A half turn about an axis, before the late turn of its wire. */
static void turn_half(Gathering *g, int wire, int32_t axis) {
    LateTurn *late = &g->gathered->late[wire];
    Turn before = late->is_there ? late->turn : (Turn){1, 0, 0, 0};
    *late = (LateTurn){1, product(before, turn_about(vector_of(g->axes, axis), PI))};
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static int32_t axis_on(const Block *block, int wire) {
    return block->a == wire ? block->i : block->j;
}

static void join_chain(Chain *chain, int32_t number) {
    chain->items[chain->count++] = number;
}

static void forget(Chain *chain, int32_t number) {
    for (int64_t k = chain->count - 1; k >= 0; k--)
        if (chain->items[k] == number) {
            memmove(chain->items + k, chain->items + k + 1, (size_t)(chain->count - k - 1) * sizeof *chain->items);
            chain->count--;
            return;
        }
}

/* The place of the last block after the target that is not parallel on the wire, -1 if none; infinite if too far. */
static double blocker(const Gathering *g, int32_t target, int wire, int32_t axis) {
    const Chain *chain = &g->chains[wire];
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

static void move_to(Gathering *g, int32_t number, double place) {
    Block *target = &g->blocks[number];
    target->place = place;
    for (int side = 0; side < 2; side++) {
        Chain *chain = &g->chains[side ? target->b : target->a];
        forget(chain, number);
        join_chain(chain, number);
        int64_t k = chain->count - 1;
        for (; k && g->blocks[chain->items[k - 1]].place > place; k--)
            chain->items[k] = chain->items[k - 1];
        chain->items[k] = number;
    }
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
        const Chain *chain = &g->chains[wire];
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
    move_to(g, number, (cut + next) / 2);
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
        int is_own = block->entries == block->own;
        Entry *entries = realloc(is_own ? NULL : block->entries, 2 * (size_t)block->room * sizeof *entries);
        if (!entries) {
            g->has_memory = 0;
            return;
        }
        if (is_own)
            memcpy(entries, block->own, sizeof block->own);
        block->entries = entries;
        block->room *= 2;
    }
    block->entries[block->count++] = entry;
}

static double skew(const Axes *axes, int32_t i, int32_t j) {
    return fabs(dot(vector_of(axes, i), vector_of(axes, j)));
}

/* Adds an interaction to a block, merged with a parallel one if it can reach it; returns the half turns left. */
static int64_t join(Gathering *g, Block *block, Entry entry) {
    const Limits *limits = g->form->limits;
    for (int k = block->count - 1; k >= 0; k--) {
        Entry *other = &block->entries[k];
        if (other->i == entry.i && other->j == entry.j) {
            int64_t halves;
            double rest = folded(other->t + entry.t, limits->noise, limits->spacing, &halves);
            if (fabs(rest) > limits->noise) {
                other->t = rest;
            } else {
                g->axes->neglected += fabs(rest);
                memmove(other, other + 1, (size_t)(block->count - k - 1) * sizeof *other);
                block->count--;
            }
            return halves;
        }
        if (other->i == entry.i || other->j == entry.j)
            break;
        double one = skew(g->axes, entry.i, other->i), two = skew(g->axes, entry.j, other->j);
        if (one >= limits->noise || two >= limits->noise)
            break;
        g->axes->neglected += 2 * (one + two);
    }
    append_entry(g, block, entry);
    return 0;
}

static void begin(Gathering *g, const int64_t pair[3], int32_t below, double place, Entry entry) {
    int32_t number = (int32_t)g->count++;
    Block *block = &g->blocks[number];
    *block = (Block){.place = place, .a = (int)pair[0], .b = (int)pair[1], .i = entry.i, .j = entry.j, .below = below};
    block->entries = block->own;
    block->room = OWN;
    append_entry(g, block, entry);
    join_chain(&g->chains[block->a], number);
    join_chain(&g->chains[block->b], number);
    g->has_memory &= assign(&g->last, pair, number);
}

/* Adds an interaction to the last block of its pair, or begins a block. */
static void interact(Gathering *g, int64_t place) {
    const int32_t *wires = g->form->wires + 2 * place;
    const double *values = g->form->values + VALUES * place;
    int side = wires[0] > wires[1];
    int64_t pair[3] = {wires[side], wires[1 - side], 0};
    Vector u = pulled(g, wires[side], values + 3 * side), v = pulled(g, wires[1 - side], values + 3 * (1 - side));
    int32_t i = number_of(g->axes, u), j = number_of(g->axes, v);
    Entry entry = {i & -2, j & -2, (int32_t)place, (i ^ j) & 1 ? -values[6] : values[6]};
    int32_t last = find(&g->last, pair);
    last = last < 0 ? NONE : last;
    if (!g->axes->has_memory)
        return;
    if (last == NONE || !meets(g, last, entry.i, entry.j)) {
        begin(g, pair, last, (double)place, entry);
        return;
    }
    Block *block = &g->blocks[last];
    int64_t halves = join(g, block, entry);
    if (halves) {
        g->gathered->phase += phase_of_halves(halves);
        if (is_odd(halves)) {
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
    g->has_memory &= assign(&g->last, pair, block->below == NONE ? NONE - 1 : block->below);
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

static int write_blocks(const Gathering *g) {
    Gathered *to = g->gathered;
    Position *order = malloc((size_t)(g->count + 1) * sizeof *order);
    int64_t count = order ? write_order(g, order) : 0, total = 0;
    for (int64_t k = 0; k < count; k++)
        total += g->blocks[order[k].number].count;
    int32_t *head = extend(&to->blocks, HEAD * count), *entry = extend(&to->entries, ENTRY * total);
    double *angle = extend_doubles(&to->angles, total);
    int is_fine = order && head && entry && angle;
    for (int64_t k = 0; k < count && is_fine; k++, head += HEAD) {
        const Block *block = &g->blocks[order[k].number];
        const int32_t numbers[HEAD] = {block->a, block->b, block->i, block->j, block->count};
        memcpy(head, numbers, sizeof numbers);
        for (int place = 0; place < block->count; place++, entry += ENTRY) {
            const Entry *own = &block->entries[place];
            entry[0] = own->i, entry[1] = own->j, entry[2] = own->origin;
            *angle++ = own->t;
        }
    }
    free(order);
    return is_fine;
}

void write_entries(const Gathered *gathered, int32_t *wires, double *values) {
    const int32_t *entry = gathered->entries.items;
    const double *angle = gathered->angles.items;
    for (int64_t block = 0; block < gathered->blocks.count; block += HEAD) {
        const int32_t *head = gathered->blocks.items + block;
        for (int k = 0; k < head[4]; k++, entry += ENTRY, wires += 2, values += VALUES) {
            Vector u = vector_of(&gathered->axes, entry[0]), v = vector_of(&gathered->axes, entry[1]);
            const double own[VALUES] = {u.x, u.y, u.z, v.x, v.y, v.z, *angle++};
            memcpy(values, own, sizeof own);
            memcpy(wires, head, 2 * sizeof *wires);
        }
    }
}

/* Makes room for blocks and chains; 0 without memory. */
static int begin_gathering(Gathering *g) {
    size_t count = (size_t)g->form->count, width = (size_t)g->form->width;
    g->blocks = malloc((count + 1) * sizeof *g->blocks);
    g->chains = calloc(width + 1, sizeof *g->chains);
    g->links = malloc((2 * count + 1) * sizeof *g->links);
    g->gathered->late = calloc(width + 1, sizeof *g->gathered->late);
    if (!g->blocks || !g->chains || !g->links || !g->gathered->late)
        return 0;
    for (size_t k = 0; k < 2 * count; k++)
        g->chains[g->form->wires[k]].count++;
    int32_t *items = g->links;
    for (size_t wire = 0; wire < width; wire++) {
        int64_t room = g->chains[wire].count;
        g->chains[wire] = (Chain){.items = items};
        items += room;
    }
    return begin_axes(g->axes) && resize_table(&g->last, 64);
}

Outcome gather_pairs(const Form *form, Gathered *gathered) {
    Gathering g = {.form = form, .gathered = gathered, .axes = &gathered->axes};
    g.axes->limits = form->limits;
    g.has_memory = begin_gathering(&g);
    for (int64_t place = 0; place < form->count && g.has_memory; place++) {
        interact(&g, place);
        g.has_memory &= g.axes->has_memory;
    }
    if (g.has_memory)
        g.has_memory = write_blocks(&g);
    for (int64_t number = 0; number < g.count; number++)
        if (g.blocks[number].entries != g.blocks[number].own)
            free(g.blocks[number].entries);
    release_table(&g.last);
    free(g.blocks);
    free(g.chains);
    free(g.links);
    return g.has_memory ? SOLVED : NO_MEMORY;
}

void release_gathered(Gathered *gathered) {
    release_axes(&gathered->axes);
    free(gathered->blocks.items);
    free(gathered->entries.items);
    free(gathered->angles.items);
    free(gathered->late);
}
