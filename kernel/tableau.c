/* Breaks a Clifford into two-qubit Cliffords, greedily: reduce_tableaus.py for one tableau. */
#include <string.h>

#include "words.h"

#define EVEN 0x5555555555555555u

#define LANE (((Word)1 << SUM) - 1)

enum {
    MOST_KEPT = 128,  /* the most wires of which gains are kept, for their memory */
    STATES = 256,     /* the letters of a pair on two wires */
    SUM = 21,         /* the bits of a lane with a sum of logarithms */
    NUMBER = 7        /* those of a lane with a number of pairs */
};

static Word blocks_of(Word where) {
    return (where | where >> 1) & EVEN;
}

static Outcome turned(Tableau *t, int first, int second) {
    conjugate(t->x, t->z, t->signs, t->stride, t->words, first, second);
    return append(&t->solution->moves, first) && append(&t->solution->moves, second) ? SOLVED : NO_MEMORY;
}

/* A number in each lane of a word. */
INLINE Word in_lanes(int32_t number) {
    return (Word)number | (Word)number << SUM | (Word)number << 2 * SUM;
}

/* Counts the blocks; returns the sum of the logarithms of the numbers. */
COUNTS_BITS static int64_t read_blocks(Tableau *t, int *is_done) {
    int64_t sum = 0;
    memcpy(t->before, t->rows, (size_t)t->wires * sizeof *t->rows);
    memset(t->rows, 0, (size_t)t->wires * sizeof *t->rows);
    for (int wire = 0; wire < t->wires; wire++) {
        t->columns[wire] = 0;
        for (int k = 0; k < t->words; k++) {
            size_t at = (size_t)wire * t->stride + k;
            Word blocks = blocks_of(t->x[at] | t->z[at]);
            t->blocks[(size_t)wire * t->words + k] = blocks;
            t->columns[wire] += ones(blocks);
            for (Word left = blocks; left; left &= left - 1)
                t->rows[32 * k + lowest(left) / 2]++;
        }
        sum += t->logs[t->columns[wire]];
    }
    *is_done = 1;
    memset(t->changed, 0, (size_t)t->words * sizeof *t->changed);
    for (int q = 0; q < t->wires; q++) {
        sum += t->logs[t->rows[q]];
        const int32_t *log = t->logs + t->rows[q];
        t->less[q] = t->rows[q] ? in_lanes(log[0] - log[-1]) : 0;
        t->more[q] = in_lanes(log[1] - log[0]);
        t->changed[q / 32] |= (Word)(t->rows[q] != t->before[q]) << 2 * (q % 32);
        *is_done &= t->rows[q] == 1;
    }
    return sum;
}

/* The effects of the nine generators P_a Q_b on two wires on a pair depend on its letters there alone. A word holds
 * numbers for several generators side by side, in lanes. By P, in lanes by Q: masks, whether the pair is on a wire less
 * then, and whether it is on no more. In lanes by 3 P + Q: whether it is on the first and on the second wire then. */
typedef struct {
    Word lost[3], kept[3], on_first, on_second;
} Effect;

static Effect effects[STATES];
static int matters[STATES];  /* whether the number of the pair changes by any generator */

/* The letters of a pair on a wire: two bits x and two bits z. */
INLINE int state_of(const Tableau *t, size_t at, int bit) {
    return (int)((t->x[at] >> bit & 3) | (t->z[at] >> bit & 3) << 2);
}

static void read_effect(int state, int kind) {
    Word x[2] = {state & 3, state >> 4 & 3}, z[2] = {state >> 2 & 3, state >> 6}, signs = 0;
    Word lane = LANE << kind % 3 * SUM;
    int before = ((x[0] | z[0]) != 0) + ((x[1] | z[1]) != 0);
    conjugate(x, z, &signs, 1, 1, kind / 3, 3 + kind % 3);
    int on_first = (x[0] | z[0]) != 0, on_second = (x[1] | z[1]) != 0, change = on_first + on_second - before;
    effects[state].lost[kind / 3] |= change < 0 ? lane : 0;
    effects[state].kept[kind / 3] |= change > 0 ? 0 : lane;
    effects[state].on_first |= (Word)on_first << kind * NUMBER;
    effects[state].on_second |= (Word)on_second << kind * NUMBER;
    matters[state] |= change != 0;
}

void prepare_tableaus(void) {
    for (int state = 0; state < STATES; state++)
        for (int kind = 0; kind < LETTER_PAIRS; kind++)
            read_effect(state, kind);
}

/* The decrease of the sum of logarithms by the generators with letter P, for a pair where a block less and one more change
 * it by so much; the cost of one more is added everywhere, so that no lane is negative. */
INLINE Word gain_in(const Effect *effect, int p, Word less, Word more) {
    return (effect->lost[p] & less) + (effect->kept[p] & more);
}

/* The first generator on two wires with the greatest gain there. */
INLINE void choose(const Tableau *t, PairGain *own, const Sums *sums) {
    int64_t gains[LETTER_PAIRS] = {0};
    for (int k = 0; k < t->words; k++)
        for (int kind = 0; kind < LETTER_PAIRS; kind++)
            gains[kind] += (int64_t)(sums[k].gains[kind / 3] >> kind % 3 * SUM & LANE) - (int64_t)sums[k].excess;
    own->gain = INT64_MIN;
    for (int kind = 0; kind < LETTER_PAIRS; kind++)
        if (gains[kind] - own->ends[kind] > own->gain) {
            own->gain = gains[kind] - own->ends[kind];
            own->kind = kind;
        }
}

/* Reads the gain on two wires anew. No lane overflows in the sums of the 32 pairs of a word. */
INLINE void read_gain(const Tableau *t, int a, int b, PairGain *own, Sums *sums) {
    int on_a[LETTER_PAIRS] = {0}, on_b[LETTER_PAIRS] = {0};
    for (int k = 0; k < t->words; k++) {
        size_t at_a = (size_t)a * t->stride + k, at_b = (size_t)b * t->stride + k;
        Word left = t->blocks[(size_t)a * t->words + k] | t->blocks[(size_t)b * t->words + k], first = 0, second = 0;
        Sums sum = {{0}, 0, 0};
        for (; left; left &= left - 1) {
            int bit = lowest(left), pair = 32 * k + bit / 2;
            int state = state_of(t, at_a, bit) | state_of(t, at_b, bit) << 4;
            for (int p = 0; p < 3; p++)
                sum.gains[p] += gain_in(&effects[state], p, t->less[pair], t->more[pair]);
            sum.excess += t->more[pair] & LANE;
            sum.touched |= (Word)matters[state] << bit;
            first += effects[state].on_first;
            second += effects[state].on_second;
        }
        for (int kind = 0; kind < LETTER_PAIRS; kind++) {
            on_a[kind] += (int)(first >> kind * NUMBER & (((Word)1 << NUMBER) - 1));
            on_b[kind] += (int)(second >> kind * NUMBER & (((Word)1 << NUMBER) - 1));
        }
        sums[k] = sum;
    }
    for (int kind = 0; kind < LETTER_PAIRS; kind++)
        own->ends[kind] = t->logs[on_a[kind]] + t->logs[on_b[kind]] - t->logs[t->columns[a]] - t->logs[t->columns[b]];
    choose(t, own, sums);
}

/* A bound for the gains on two wires: of each pair on both one block may go, and a wire keeps one block at least. */
INLINE int64_t most_gain(const Tableau *t, int a, int b) {
    const Word *blocks_a = t->blocks + (size_t)a * t->words, *blocks_b = t->blocks + (size_t)b * t->words;
    int64_t gain = t->logs[t->columns[a]] + t->logs[t->columns[b]];
    int pairs = 0;
    for (int k = 0; k < t->words; k++) {
        pairs += ones(blocks_a[k] | blocks_b[k]);
        for (Word left = blocks_a[k] & blocks_b[k]; left; left &= left - 1) {
            const int32_t *log = t->logs + t->rows[32 * k + lowest(left) / 2];
            gain += log[0] - log[-1];
        }
    }
    return gain - t->logs[pairs > 1 ? pairs - 1 : 1];
}

INLINE int has_common(const Tableau *t, int a, int b) {
    Word common = 0;
    for (int k = 0; k < t->words; k++)
        common |= t->blocks[(size_t)a * t->words + k] & t->blocks[(size_t)b * t->words + k];
    return common != 0;
}

/* The first generator with the greatest gain, among wires with a pair in common. The gain on two wires stays known
 * until a generator acts on one of them. */
COUNTS_BITS static void best_turn(Tableau *t, int *first, int *second) {
    int64_t best = INT64_MIN, known = INT64_MIN;
    for (size_t pair = 0; pair < t->kept; pair++)
        if (t->meetings[pair] == KNOWN && t->gains[pair].gain > known)
            known = t->gains[pair].gain;
    size_t pair = 0;
    for (int a = 0; a < t->wires; a++)
        for (int b = a + 1; b < t->wires; b++, pair++) {
            if (t->meetings[pair] == APART)
                continue;
            t->solution->sums += t->wires;
            size_t place = t->kept > 1 ? pair : 0;
            PairGain *own = &t->gains[place];
            if (t->meetings[pair] == COMMON) {
                int64_t most = most_gain(t, a, b);
                if (most <= best || most < known)
                    continue;
                read_gain(t, a, b, own, t->sums + place * (size_t)t->words);
                t->meetings[pair] = t->kept > 1 ? KNOWN : COMMON;
            }
            if (own->gain > best) {
                best = own->gain;
                *first = 3 * a + own->kind / 3;
                *second = 3 * b + own->kind % 3;
            }
        }
}

/* Brings the gain on two wires up to date where the numbers of pairs have changed. */
INLINE void renew(const Tableau *t, int a, int b, PairGain *own, Sums *sums) {
    int differs = 0;
    for (int k = 0; k < t->words; k++) {
        size_t at_a = (size_t)a * t->stride + k, at_b = (size_t)b * t->stride + k;
        for (Word left = sums[k].touched & t->changed[k]; left; left &= left - 1) {
            int bit = lowest(left), pair = 32 * k + bit / 2;
            const Effect *effect = &effects[state_of(t, at_a, bit) | state_of(t, at_b, bit) << 4];
            const int32_t *before = t->logs + t->before[pair];
            Word less = in_lanes(before[0] - before[-1]), more = in_lanes(before[1] - before[0]);
            for (int p = 0; p < 3; p++)
                sums[k].gains[p] += gain_in(effect, p, t->less[pair], t->more[pair]) - gain_in(effect, p, less, more);
            sums[k].excess += (t->more[pair] & LANE) - (more & LANE);
            differs = 1;
        }
    }
    if (differs)
        choose(t, own, sums);
}

/* After a generator, forgets the gains on either of its wires, and renews the rest. */
COUNTS_BITS static void renew_gains(Tableau *t, int first, int second) {
    size_t pair = 0;
    for (int a = 0; a < t->wires; a++) {
        int is_turned = a == first || a == second;
        for (int b = a + 1; b < t->wires; b++, pair++) {
            if (is_turned || b == first || b == second)
                t->meetings[pair] = has_common(t, a, b) ? COMMON : APART;
            else if (t->meetings[pair] == KNOWN)
                renew(t, a, b, &t->gains[pair], t->sums + pair * (size_t)t->words);
        }
    }
}

static void read_meetings(Tableau *t) {
    uint8_t *meeting = t->meetings;
    for (int a = 0; a < t->wires; a++)
        for (int b = a + 1; b < t->wires; b++)
            *meeting++ = has_common(t, a, b) ? COMMON : APART;
}

/* The letter of a row on a wire, -1 for none. */
static int letter_of(const Tableau *t, int row, int wire) {
    static const int letters[] = {-1, 0, 2, 1};
    size_t at = (size_t)wire * t->stride + row / 64;
    return letters[(t->x[at] >> row % 64 & 1) + 2 * (t->z[at] >> row % 64 & 1)];
}

/* The next wire from `wire` on, other than `home`, where a row has a letter; the number of wires if there is none. */
static int next_wire(const Tableau *t, int row, int wire, int home) {
    while (wire < t->wires && (wire == home || letter_of(t, row, wire) < 0))
        wire++;
    return wire;
}

/* Pair by pair, which always works: first the X row to one letter, then the Z row, without changing the X row. */
static Outcome eliminate(Tableau *t) {
    for (int q = 0; q < t->wires; q++) {
        int home = next_wire(t, 2 * q, 0, -1), other = next_wire(t, 2 * q, home + 1, -1);
        for (; other < t->wires; other = next_wire(t, 2 * q, other + 1, -1)) {
            int kept = (letter_of(t, 2 * q, home) + 1) % 3;
            if (turned(t, 3 * home + kept, 3 * other + letter_of(t, 2 * q, other)))
                return NO_MEMORY;
        }
        if (home == t->wires)
            return INVALID;
        int kept = letter_of(t, 2 * q, home);
        for (other = next_wire(t, 2 * q + 1, 0, home); other < t->wires;
             other = next_wire(t, 2 * q + 1, other + 1, home))
            if (turned(t, 3 * home + kept, 3 * other + letter_of(t, 2 * q + 1, other)))
                return NO_MEMORY;
    }
    return SOLVED;
}

static Outcome reduced(Tableau *t) {
    int64_t least = (int64_t)1 << 60, stale = 0;
    int first = -1, second = -1;
    while (t->wires > 1) {
        int is_done;
        int64_t sum = read_blocks(t, &is_done);
        if (is_done)
            break;
        int64_t left = t->bound - t->solution->moves.count / 2;
        if (left < t->wires && left < least_gates(t->blocks, NULL, t->wires, t->words, t->groups))
            return STOPPED;
        stale = sum < least ? 0 : stale + 1;
        least = sum < least ? sum : least;
        if (stale > 2 * t->wires + 2)
            return eliminate(t);
        if (first >= 0)
            renew_gains(t, first / 3, second / 3);
        else
            read_meetings(t);
        first = second = -1;
        best_turn(t, &first, &second);
        if (first < 0)
            return INVALID;
        if (turned(t, first, second))
            return NO_MEMORY;
    }
    return SOLVED;
}

Outcome reduce_tableau(Tableau *t) {
    size_t wires = (size_t)t->wires, words = (size_t)t->words, pairs = wires * (wires - 1) / 2;
    t->blocks = calloc(wires * words, sizeof *t->blocks);
    t->rows = calloc(4 * wires, sizeof *t->rows);
    t->kept = wires > 1 && wires <= MOST_KEPT ? pairs : 1;
    t->changed = calloc(words, sizeof *t->changed);
    t->gains = malloc(t->kept * sizeof *t->gains);
    t->meetings = malloc(pairs + 1);
    t->sums = malloc(t->kept * words * sizeof *t->sums);
    t->less = calloc(2 * wires, sizeof *t->less);
    Outcome outcome = NO_MEMORY;
    if (t->blocks && t->rows && t->changed && t->gains && t->meetings && t->sums && t->less) {
        t->columns = t->rows + wires;
        t->before = t->columns + wires;
        t->groups = t->before + wires;
        t->more = t->less + wires;
        outcome = reduced(t);
    }
    free(t->blocks);
    free(t->rows);
    free(t->changed);
    free(t->gains);
    free(t->meetings);
    free(t->sums);
    free(t->less);
    return outcome;
}

/* Where each qubit ended: the wire of its two rows, their letters and signs. */
Outcome read_qubits(const Tableau *t) {
    for (int q = 0; q < t->wires; q++) {
        int wire = next_wire(t, 2 * q, 0, -1), k = q / 32, bit = 2 * q % 64;
        if (wire == t->wires)
            return INVALID;
        size_t at = (size_t)wire * t->stride + k;
        Word letters = (t->x[at] >> bit & 1) | (t->z[at] >> bit & 1) << 1 | (t->x[at] >> (bit + 1) & 1) << 2
                       | (t->z[at] >> (bit + 1) & 1) << 3 | (t->signs[k] >> bit & 3) << 4;
        if (!append(&t->solution->qubits, wire) || !append(&t->solution->qubits, (int32_t)letters))
            return NO_MEMORY;
    }
    return SOLVED;
}
