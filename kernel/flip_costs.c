/* The interactions of flips: `cost` of ionqdsl/passes/networks/flip_costs.py counts the same.
 *
 * A wire holds a sum of variables, as a set of words. Variables are numbered as they come up; the first one is
 * always 1.
 */
#include "flips.h"

#include <string.h>

enum { WIRES = 64 };

/* Factors of a product as sums one after another, in order and each once, and one or two more sums. */
typedef struct {
    Word *sums, hash;
    int factors, is_waiting;
} Entry;

typedef struct {
    Entry *items;
    int64_t count;
} Table;

typedef struct {
    size_t words;     /* of a sum */
    int64_t variables;
    Word *held;       /* by wire the sum that it holds, if it is known */
    Word known;
    Word *sums;       /* room for the sums of one flip: its factors, those on the target before and after, and one */
    Word *end;        /* the free part of the room for the sums of all entries */
    Table products, waiting;
} HeldBits;

static int compare(const HeldBits *bits, const Word *one, const Word *other) {
    return memcmp(one, other, bits->words * sizeof(Word));
}

static void add(const HeldBits *bits, Word *sum, const Word *other) {
    for (size_t k = 0; k < bits->words; k++)
        sum[k] ^= other[k];
}

static void copy(const HeldBits *bits, Word *sum, const Word *other) {
    memcpy(sum, other, bits->words * sizeof(Word));
}

/* Writes a new variable. */
static void write_variable(HeldBits *bits, Word *sum) {
    memset(sum, 0, bits->words * sizeof(Word));
    sum[bits->variables / 64] = (Word)1 << bits->variables % 64;
    bits->variables++;
}

/* The sum that a wire holds. */
static Word *of(HeldBits *bits, Word wire) {
    Word *sum = bits->held + (size_t)lowest(wire) * bits->words;
    if (!(bits->known & wire)) {
        write_variable(bits, sum);
        bits->known |= wire;
    }
    return sum;
}

/* Gives wires new variables. */
static void renew(HeldBits *bits, Word wires) {
    bits->known |= wires;
    for (; wires; wires &= wires - 1)
        write_variable(bits, bits->held + (size_t)lowest(wires) * bits->words);
}

/* Inserts a sum among so many in order, unless it is there; how many there are then. */
static int insert(const HeldBits *bits, Word *sums, int count, const Word *sum) {
    int place = count;
    for (; place > 0; place--) {
        int order = compare(bits, sums + (size_t)(place - 1) * bits->words, sum);
        if (!order)
            return count;
        if (order < 0)
            break;
    }
    Word *here = sums + (size_t)place * bits->words;
    memmove(here + bits->words, here, (size_t)(count - place) * bits->words * sizeof(Word));
    copy(bits, here, sum);
    return count + 1;
}

static Word hash_of(const HeldBits *bits, const Word *sums, int count) {
    Word hash = (Word)count;
    for (size_t k = 0; k < (size_t)count * bits->words; k++)
        hash = (hash ^ sums[k]) * 0x9e3779b97f4a7c15u;
    return hash;
}

/* The entry with the same factors and so many more sums after them, among those that wait; NULL if there is none. */
static Entry *find(const HeldBits *bits, const Table *table, const Word *sums, int factors, int more, Word hash) {
    size_t size = (size_t)(factors + more) * bits->words * sizeof(Word);
    for (int64_t k = table->count - 1; k >= 0; k--) {
        Entry *entry = &table->items[k];
        if (entry->is_waiting && entry->hash == hash && entry->factors == factors && !memcmp(entry->sums, sums, size))
            return entry;
    }
    return NULL;
}

/* Appends an entry with room for so many sums, of which the first are given. */
static Entry *append_entry(HeldBits *bits, Table *table, const Word *sums, int factors, int given, int all, Word hash) {
    Entry *entry = &table->items[table->count++];
    *entry = (Entry){bits->end, hash, factors, 1};
    memcpy(entry->sums, sums, (size_t)given * bits->words * sizeof(Word));
    bits->end += (size_t)all * bits->words;
    return entry;
}

/* Adds the product of factors to a sum: a variable, the same for equal factors. */
static void add_product(HeldBits *bits, Word *sum, const Word *factors, int count) {
    Word hash = hash_of(bits, factors, count);
    Entry *entry = find(bits, &bits->products, factors, count, 0, hash);
    if (!entry) {
        entry = append_entry(bits, &bits->products, factors, count, count, count + 1, hash);
        write_variable(bits, entry->sums + (size_t)count * bits->words);
    }
    add(bits, sum, entry->sums + (size_t)count * bits->words);
}

/* Adds the product of the factors of a flip, for two a function of their plane. `room` is for two sums. */
static void add_flip(HeldBits *bits, Word *sum, const Word *factors, int count, Word *room) {
    size_t words = bits->words;
    if (!count)
        sum[0] ^= 1;
    else if (count == 1)
        add(bits, sum, factors);
    else if (count > 2)
        add_product(bits, sum, factors, count);
    else {
        const Word *a = factors, *b = factors + words;
        Word minus_a = a[0] & 1, minus_b = b[0] & 1;
        Word *plain_a = room, *plain_b = room + words, *sides = room + 2 * words;
        copy(bits, plain_a, a);
        copy(bits, plain_b, b);
        plain_a[0] &= ~(Word)1;
        plain_b[0] &= ~(Word)1;
        add_product(bits, sum, sides, insert(bits, sides, insert(bits, sides, 0, plain_a), plain_b));
        if (minus_a)
            add(bits, sum, plain_b);
        if (minus_b)
            add(bits, sum, plain_a);
        sum[0] ^= minus_a & minus_b;
    }
}

/* Whether a flip has the same factors and bits as an earlier one that waits; otherwise it waits. */
static int is_paired(HeldBits *bits, Word *sums, int factors) {
    Word *before = sums + (size_t)factors * bits->words, *after = before + bits->words;
    if (compare(bits, before, after) > 0)
        for (size_t k = 0; k < bits->words; k++) {
            Word word = before[k];
            before[k] = after[k];
            after[k] = word;
        }
    Word hash = hash_of(bits, sums, factors + 2);
    Entry *entry = find(bits, &bits->waiting, sums, factors, 2, hash);
    if (entry)
        entry->is_waiting = 0;
    else
        append_entry(bits, &bits->waiting, sums, factors, factors + 2, factors + 2, hash);
    return entry != NULL;
}

static int64_t cost_of_flip(HeldBits *bits, const MaskedGate *step, const FlipCosts *costs) {
    int controls = (int)ones(step->controls), factors = 0;
    size_t words = bits->words;
    Word *factor = bits->sums, *sums = factor + words;
    Word *target = of(bits, step->target);
    for (Word left = step->controls; left; left &= left - 1) {
        copy(bits, factor, of(bits, left & (~left + 1)));
        factor[0] ^= !(step->values & left & (~left + 1));
        factors = insert(bits, sums, factors, factor);
    }
    Word *before = sums + (size_t)factors * words;
    copy(bits, before, target);
    add_flip(bits, target, sums, factors, before + 2 * words);
    copy(bits, before + words, target);
    int64_t cost = costs->plain[controls];
    if (controls > 1 && is_paired(bits, sums, factors))
        cost -= 2 * (costs->plain[controls] - costs->relative[controls]);
    return cost;
}

int64_t cost_of_flips(const MaskedGate *steps, int64_t count, const FlipCosts *costs) {
    size_t variables = 1 + WIRES, entries = 0, sums = 0;
    for (int64_t k = 0; k < count; k++)
        if (is_flip(&steps[k])) {
            variables++;
            entries++;
            sums += 2 * (size_t)ones(steps[k].controls) + 3;
        } else {
            variables += (size_t)ones(steps[k].target);
        }
    size_t words = (variables + 63) / 64;
    HeldBits bits = {.words = words, .variables = 1};
    bits.held = malloc((WIRES + WIRES + 8 + sums) * words * sizeof(Word));
    bits.products.items = malloc((2 * entries + 1) * sizeof(Entry));
    int64_t total = bits.held && bits.products.items ? 0 : -1;
    if (!total) {
        bits.sums = bits.held + WIRES * words;
        bits.end = bits.sums + (WIRES + 8) * words;
        bits.waiting.items = bits.products.items + entries;
        for (int64_t k = 0; k < count; k++)
            if (is_flip(&steps[k]))
                total += cost_of_flip(&bits, &steps[k], costs);
            else
                renew(&bits, steps[k].target);
    }
    free(bits.held);
    free(bits.products.items);
    return total;
}
