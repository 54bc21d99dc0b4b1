/* Words of 64 rows, and the operations on them that both parts of the synthesis share. */
#ifndef WORDS_H
#define WORDS_H

#include <stdlib.h>

#include "synthesis.h"

#if defined(_MSC_VER)
#include <intrin.h>
#define INLINE static __forceinline
INLINE int ones(Word word) {
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    return (int)(((word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56);
}
INLINE int lowest(Word word) {
    unsigned long place;
    _BitScanForward64(&place, word);
    return (int)place;
}
#else
#define INLINE static inline __attribute__((always_inline))
#define ones __builtin_popcountll
#define lowest __builtin_ctzll
#endif

/* Functions that count many bits are compiled twice where that is possible: for any processor, and for one that counts
 * the bits of a word by one instruction. The functions inlined into them are compiled twice with them. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define COUNTS_BITS __attribute__((target_clones("popcnt", "default")))
#else
#define COUNTS_BITS
#endif

INLINE Word mask_if(int condition) {
    return condition ? ~(Word)0 : 0;
}

INLINE int any(const Word *words, int count) {
    for (int k = 0; k < count; k++)
        if (words[k])
            return 1;
    return 0;
}

/* Items with room for so many, in their old place or a larger one; NULL if there is no memory, and nothing changes. */
INLINE void *with_room_for(void *items, int64_t needed, int64_t *room, size_t size) {
    if (items && needed <= *room)
        return items;
    int64_t larger = *room ? 2 * *room : 64;
    larger = larger < needed ? needed : larger;
    void *moved = realloc(items, (size_t)larger * size);
    if (moved)
        *room = larger;
    return moved;
}

/* Items with room for one more. */
INLINE void *with_room(void *items, int64_t count, int64_t *room, size_t size) {
    return with_room_for(items, count + 1, room, size);
}

/* Appends a number to a list; 0 if there is no memory. */
INLINE int append(List *list, int32_t number) {
    int32_t *items = with_room(list->items, list->count, &list->room, sizeof *items);
    if (!items)
        return 0;
    list->items = items;
    list->items[list->count++] = number;
    return 1;
}

/* Makes a list longer by so many numbers, which stand where this points; NULL if there is no memory. */
INLINE int32_t *extend(List *list, int64_t count) {
    int32_t *items = with_room_for(list->items, list->count + count, &list->room, sizeof *items);
    if (!items)
        return NULL;
    list->items = items;
    list->count += count;
    return items + list->count - count;
}

/* Of the rows that anticommute with the letter P, those whose product with it is negative: P L is -i times the third
 * letter if L stands before P in the circle X Y Z. */
INLINE Word minus_of(int letter, Word x, Word z) {
    int before = (letter + 2) % 3;
    return (before < 2 ? x : ~x) & (before > 0 ? z : ~z);
}

/* Rows R become V R V+ for V = exp(-i pi/4 P_a Q_b): `count` words of the columns of two wires, and of the signs. */
INLINE void conjugate(Word *x, Word *z, Word *signs, int stride, int count, int first, int second) {
    int p = first % 3, q = second % 3;
    Word *xa = x + (size_t)(first / 3) * stride, *za = z + (size_t)(first / 3) * stride;
    Word *xb = x + (size_t)(second / 3) * stride, *zb = z + (size_t)(second / 3) * stride;
    Word px = mask_if(p < 2), pz = mask_if(p > 0), qx = mask_if(q < 2), qz = mask_if(q > 0);
    for (int k = 0; k < count; k++) {
        Word changed = (px & za[k]) ^ (pz & xa[k]) ^ (qx & zb[k]) ^ (qz & xb[k]);
        signs[k] ^= changed & (minus_of(p, xa[k], za[k]) | minus_of(q, xb[k], zb[k]));
        xa[k] ^= px & changed;
        za[k] ^= pz & changed;
        xb[k] ^= qx & changed;
        zb[k] ^= qz & changed;
    }
}

/* The group of a wire, as one of its members. */
INLINE int32_t group_of(int32_t *groups, int32_t wire) {
    while (groups[wire] != wire)
        wire = groups[wire] = groups[groups[wire]];
    return wire;
}

/* The fewest two-qubit gates that bring each row to one letter. `here` has for each wire `words` words of rows, of which
 * those in `rows` count, or all. Two wires that share a row must be joined by gates, directly or not: gates within two
 * groups leave a letter of the row in each. */
INLINE int64_t least_gates(const Word *here, const Word *rows, int wires, int words, int32_t *groups) {
    int64_t least = 0;
    for (int wire = 0; wire < wires; wire++)
        groups[wire] = wire;
    for (int a = 0; a < wires; a++)
        for (int b = a + 1; b < wires; b++) {
            const Word *here_a = here + (size_t)a * words, *here_b = here + (size_t)b * words;
            int32_t one = group_of(groups, a), other = group_of(groups, b);
            if (one == other)
                continue;
            Word common = 0;
            for (int k = 0; k < words; k++)
                common |= here_a[k] & here_b[k] & (rows ? rows[k] : ~(Word)0);
            if (common) {
                groups[one] = other;
                least++;
            }
        }
    return least;
}

#endif
