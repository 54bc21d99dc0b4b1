/* Gathers interactions into blocks by triples of wires.
 *
 * ionqdsl/passes/triples/blocks.py is the same algorithm in Python, and says why; both find the same blocks in the same order.
 */
#include "triples.h"

#include <string.h>

#include "words.h"

enum { UNKNOWN = -2 };  /* an axis */

typedef struct Block {
    int size, wires[3];
    int32_t axes[3];  /* UNKNOWN until an interaction has shown them */
    List places;
    struct Block *next;  /* while both are spare */
} Block;

/* The blocks of a wire that can still grow, the last grown last, and the second and third wire of each in one word. */
typedef struct {
    int count;
    Block **blocks;
    uint64_t *others;
} Line;

typedef struct {
    int width, least, most_open;
    const int32_t *steps;
    Line *lines;
    List *found;
    Block *spare;  /* blocks that are done, of which others are made */
    List joined;   /* the places of a block that begins with some */
} Gathering;

static int has(const Block *block, int wire) {
    for (int k = 0; k < block->size; k++)
        if (block->wires[k] == wire)
            return 1;
    return 0;
}

static int add(Block *block, int32_t place, const int32_t *step) {
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < block->size; k++)
            if (block->wires[k] == step[side]) {
                int32_t axis = step[2 + side];
                if (block->axes[k] == UNKNOWN)
                    block->axes[k] = axis;
                else if (block->axes[k] != axis)
                    block->axes[k] = MIXED;
            }
    return append(&block->places, place);
}

static uint64_t others_of(int second, int third) {
    return (uint64_t)(uint32_t)second << 32 | (uint32_t)third;
}

static void put_last(Line *line, Block *block) {
    line->others[line->count] = others_of(block->wires[1], block->wires[2]);
    line->blocks[line->count++] = block;
}

static void take_out(Line *line, const Block *block) {
    int k = 0;
    while (k < line->count && line->blocks[k] != block)
        k++;
    if (k == line->count)
        return;
    for (line->count--; k < line->count; k++) {
        line->blocks[k] = line->blocks[k + 1];
        line->others[k] = line->others[k + 1];
    }
}

static void discard(Gathering *g, Block *block) {
    block->next = g->spare;
    g->spare = block;
}

/* Takes a block out of its lines; those on three wires that are long enough are found. */
static int finish(Gathering *g, Block *block) {
    int is_fine = 1;
    int64_t count = block->places.count;
    for (int k = 0; k < block->size; k++)
        take_out(&g->lines[block->wires[k]], block);
    if (block->size == 3 && count >= g->least) {
        int32_t *found = extend(g->found, 7 + count);
        is_fine = found != NULL;
        for (int k = 0; k < 3 && found; k++)
            found[k] = block->wires[k], found[3 + k] = block->axes[k];
        if (found)
            found[6] = (int32_t)count;
        for (int64_t k = 0; k < count && found; k++)
            found[7 + k] = g->steps[STEP * (size_t)block->places.items[k] + STEP - 1];
    }
    discard(g, block);
    return is_fine;
}

/* A block without places on wires in order; a third wire of -1 is none. */
static Block *made(Gathering *g, int first, int second, int third) {
    Block *block = g->spare;
    if (block)
        g->spare = block->next;
    else if (!(block = calloc(1, sizeof *block)))
        return NULL;
    List places = {block->places.items, 0, block->places.room};
    *block = (Block){third < 0 ? 2 : 3, {first, second, third}, {UNKNOWN, UNKNOWN, UNKNOWN}, places, NULL};
    return block;
}

static int begin(Gathering *g, Block *block) {
    int is_fine = 1;
    for (int k = 0; k < block->size; k++) {
        Line *line = &g->lines[block->wires[k]];
        if (line->count >= g->most_open)
            is_fine = finish(g, line->blocks[0]) && is_fine;
        put_last(line, block);
    }
    return is_fine;
}

/* The open block on wires in order, of which a third one of -1 is none. */
static Block *open_on(const Gathering *g, int first, int second, int third) {
    const Line *line = &g->lines[first];
    uint64_t others = others_of(second, third);  /* of a block of which `first` is a later wire, they are not these */
    for (int k = 0; k < line->count; k++)
        if (line->others[k] == others)
            return line->blocks[k];
    return NULL;
}

static int compare(const void *one, const void *other) {
    int32_t a = *(const int32_t *)one, b = *(const int32_t *)other;
    return (a > b) - (a < b);
}

/* Begins a block with the interactions of the open blocks on two of its wires. */
static int begin_joined(Gathering *g, const int *wires) {
    const int pairs[3][2] = {{wires[0], wires[1]}, {wires[0], wires[2]}, {wires[1], wires[2]}};
    Block *block = made(g, wires[0], wires[1], wires[2]);
    List *places = &g->joined;
    places->count = 0;
    int is_fine = block != NULL;
    for (int k = 0; k < 3 && is_fine; k++) {
        Block *part = open_on(g, pairs[k][0], pairs[k][1], -1);
        for (int64_t j = 0; part && j < part->places.count; j++)
            is_fine = is_fine && append(places, part->places.items[j]);
    }
    if (places->count)
        qsort(places->items, (size_t)places->count, sizeof *places->items, compare);
    for (int64_t k = 0; k < places->count && is_fine; k++)
        is_fine = add(block, places->items[k], g->steps + STEP * places->items[k]);
    if (!is_fine) {
        if (block)
            discard(g, block);
        return 0;
    }
    return begin(g, block);
}

/* Begins blocks on two wires and each third one that an open block connects with them. */
static int begin_around(Gathering *g, int a, int b, int *thirds, int *seen) {
    int low = a < b ? a : b, high = a < b ? b : a, known = 0;
    const int sides[2] = {a, b};
    if (!open_on(g, low, high, -1)) {
        Block *block = made(g, low, high, -1);
        if (!block || !begin(g, block))
            return 0;
    }
    for (int side = 0; side < 2; side++) {
        const Line *line = &g->lines[sides[side]];
        int count = 0;
        for (int k = 0; k < line->count; k++)  /* a copy: blocks begin and end meanwhile */
            if (line->blocks[k]->size == 2)
                thirds[count++] = line->blocks[k]->wires[0] + line->blocks[k]->wires[1] - sides[side];
        for (int k = 0; k < count; k++) {
            int third = thirds[k], is_new = third != a && third != b;
            for (int j = 0; j < known; j++)
                is_new = is_new && seen[j] != third;
            if (!is_new)
                continue;
            seen[known++] = third;
            int wires[3] = {third < low ? third : low, third < low ? low : third > high ? high : third,
                            third > high ? third : high};
            if (!open_on(g, wires[0], wires[1], wires[2]) && !begin_joined(g, wires))
                return 0;
        }
    }
    return 1;
}

/* Finishes the blocks of a wire that an item along this axis separates; those that also have the other wire stay. */
static int separate(Gathering *g, int wire, int32_t axis, int other, Block **copy) {
    const Line *line = &g->lines[wire];
    int count = line->count;
    memcpy(copy, line->blocks, (size_t)count * sizeof *copy);
    for (int k = 0; k < count; k++) {
        Block *block = copy[k];
        if (other >= 0 && has(block, other))
            continue;
        for (int j = 0; j < block->size; j++)
            if (block->wires[j] == wire) {
                if ((block->axes[j] != UNKNOWN && block->axes[j] != axis) || axis == MIXED) {
                    if (!finish(g, block))
                        return 0;
                }
                break;
            }
    }
    return 1;
}

static int interact(Gathering *g, int32_t place, int *thirds, int *seen, Block **copy) {
    const int32_t *step = g->steps + STEP * (size_t)place;
    int a = step[0], b = step[1];
    if (!begin_around(g, a, b, thirds, seen) || !separate(g, a, step[2], b, copy) || !separate(g, b, step[3], a, copy))
        return 0;
    int count = g->lines[a].count;
    memcpy(copy, g->lines[a].blocks, (size_t)count * sizeof *copy);
    for (int k = 0; k < count; k++) {
        Block *block = copy[k];
        if (!has(block, b))
            continue;
        if (!add(block, place, step))
            return 0;
        for (int j = 0; j < block->size; j++) {
            Line *line = &g->lines[block->wires[j]];
            take_out(line, block);
            put_last(line, block);
        }
    }
    return 1;
}

Outcome gather_triples(int width, int64_t count, const int32_t *steps, int least, int most_open, List *blocks) {
    Gathering g = {.width = width, .least = least, .most_open = most_open, .steps = steps, .found = blocks};
    size_t room = (size_t)most_open + 1;
    g.lines = calloc((size_t)width + 1, sizeof *g.lines);
    Block **memory = calloc(((size_t)width + 1) * room, sizeof *memory);
    uint64_t *others = calloc((size_t)width * room + 1, sizeof *others);
    int *thirds = calloc(3 * room, sizeof *thirds);
    int is_fine = g.lines && memory && others && thirds;
    for (size_t wire = 0; wire < (size_t)width && is_fine; wire++)
        g.lines[wire] = (Line){0, memory + wire * room, others + wire * room};
    Block **copy = is_fine ? memory + (size_t)width * room : NULL;
    for (int64_t place = 0; place < count && is_fine; place++) {
        const int32_t *step = steps + STEP * place;
        is_fine = step[1] < 0 ? separate(&g, step[0], step[2], -1, copy)
                              : interact(&g, (int32_t)place, thirds, thirds + room, copy);
    }
    for (int wire = 0; wire < width && g.lines; wire++)
        while (g.lines[wire].count)
            is_fine = finish(&g, g.lines[wire].blocks[0]) && is_fine;
    for (Block *block = g.spare, *next; block; block = next) {
        next = block->next;
        free(block->places.items);
        free(block);
    }
    free(g.joined.items);
    free(g.lines);
    free(memory);
    free(others);
    free(thirds);
    return is_fine ? SOLVED : NO_MEMORY;
}
