/* Breaks a Clifford into two-qubit Cliffords, greedily: reduce_tableaus.py for one tableau. */
#include <string.h>

#include "words.h"

#define EVEN 0x5555555555555555u

enum { MOST_KEPT = 128 };  /* the most wires of which gains are kept, for their memory */
enum { KINDS = 9, STATES = 256, SUM = 21, NUMBER = 7 };  /* generators and a pair's letters on two wires; bits of a lane */

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

/* The decrease of that sum by the nine generators on two wires is a sum over the pairs of rows on either: what happens to a
 * pair depends on its letters there alone. A word holds the sums of several generators side by side, in lanes. */
/* By letter P, in lanes by Q: masks, whether the pair is on a wire less after P_a Q_b, or on one more; and in lanes by
 * 3 P + Q whether it is on the first and on the second wire then. */
typedef struct {
    Word lost[3], added[3], on_first, on_second;
} Effect;

static Effect effects[STATES];

/* The letters of a pair on a wire: two bits x and two bits z. */
INLINE int state_of(const Tableau *t, size_t at, int bit) {
    return (int)((t->x[at] >> bit & 3) | (t->z[at] >> bit & 3) << 2);
}

static void read_effect(int state, int kind) {
    Word x[2] = {state & 3, state >> 4 & 3}, z[2] = {state >> 2 & 3, state >> 6}, signs = 0;
    Word lane = (((Word)1 << SUM) - 1) << kind % 3 * SUM;
    int change = -((x[0] | z[0]) != 0) - ((x[1] | z[1]) != 0);
    conjugate(x, z, &signs, 1, 1, kind / 3, 3 + kind % 3);
    change += ((x[0] | z[0]) != 0) + ((x[1] | z[1]) != 0);
    effects[state].lost[kind / 3] |= change < 0 ? lane : 0;
    effects[state].added[kind / 3] |= change > 0 ? lane : 0;
    effects[state].on_first |= (Word)((x[0] | z[0]) != 0) << kind * NUMBER;
    effects[state].on_second |= (Word)((x[1] | z[1]) != 0) << kind * NUMBER;
}

void prepare_tableaus(void) {
    for (int state = 0; state < STATES; state++)
        for (int kind = 0; kind < KINDS; kind++)
            read_effect(state, kind);
}

/* The sum of the effects on the 32 pairs of a word: no lane overflows. `touched` are the blocks of pairs whose numbers
 * change by any generator. */
INLINE Effect effect_of(const Tableau *t, int a, int b, int k, Word *touched) {
    size_t at_a = (size_t)a * t->stride + k, at_b = (size_t)b * t->stride + k;
    Effect sum = {0};
    Word left = t->blocks[(size_t)a * t->words + k] | t->blocks[(size_t)b * t->words + k];
    for (*touched = 0; left; left &= left - 1) {
        int bit = lowest(left), pair = 32 * k + bit / 2;
        const Effect *own = &effects[state_of(t, at_a, bit) | state_of(t, at_b, bit) << 4];
        Word changes = 0;
        for (int p = 0; p < 3; p++) {
            sum.lost[p] += own->lost[p] & t->less[pair];
            sum.added[p] += own->added[p] & t->more[pair];
            changes |= own->lost[p] | own->added[p];
        }
        sum.on_first += own->on_first;
        sum.on_second += own->on_second;
        *touched |= (Word)(changes != 0) << bit;
    }
    return sum;
}

/* The first generator on two wires with the greatest gain there. */
INLINE void read_gain(const Tableau *t, int a, int b, PairGain *own, Word *touched) {
    int64_t gains[KINDS] = {0};
    int on_a[KINDS] = {0}, on_b[KINDS] = {0};
    for (int k = 0; k < t->words; k++) {
        Effect sum = effect_of(t, a, b, k, &touched[k]);
        for (int kind = 0; kind < KINDS; kind++) {
            int place = kind % 3 * SUM, number = kind * NUMBER;
            gains[kind] += (int64_t)(sum.lost[kind / 3] >> place & (((Word)1 << SUM) - 1));
            gains[kind] -= (int64_t)(sum.added[kind / 3] >> place & (((Word)1 << SUM) - 1));
            on_a[kind] += (int)(sum.on_first >> number & (((Word)1 << NUMBER) - 1));
            on_b[kind] += (int)(sum.on_second >> number & (((Word)1 << NUMBER) - 1));
        }
    }
    own->is_known = 1;
    own->gain = INT64_MIN;
    for (int kind = 0; kind < KINDS; kind++) {
        int64_t gain = gains[kind] - t->logs[on_a[kind]] - t->logs[on_b[kind]];
        if (gain > own->gain) {
            own->gain = gain;
            own->kind = kind;
        }
    }
    own->gain += (int64_t)t->logs[t->columns[a]] + t->logs[t->columns[b]];
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

/* The first generator with the greatest gain, among wires with a pair in common. What is known of two wires stays so
 * until a generator acts on one of them, or the number of a pair changes that it depends on. */
COUNTS_BITS static void best_turn(const Tableau *t, int *first, int *second) {
    int64_t best = INT64_MIN, known = INT64_MIN;
    size_t pair = 0;
    for (int a = 0; a < t->wires && t->kept > 1; a++)
        for (int b = a + 1; b < t->wires; b++, pair++)
            if (t->gains[pair].is_known && t->gains[pair].gain > known && has_common(t, a, b))
                known = t->gains[pair].gain;
    pair = 0;
    for (int a = 0; a < t->wires; a++)
        for (int b = a + 1; b < t->wires; b++, pair++) {
            if (!has_common(t, a, b))
                continue;
            t->solution->sums += t->wires;
            PairGain *own = &t->gains[pair % t->kept];
            if (!own->is_known || t->kept == 1) {
                int64_t most = most_gain(t, a, b);
                if (most <= best || most < known)
                    continue;
                read_gain(t, a, b, own, t->touched + pair % t->kept * (size_t)t->words);
            }
            if (own->gain > best) {
                best = own->gain;
                *first = 3 * a + own->kind / 3;
                *second = 3 * b + own->kind % 3;
            }
        }
}

/* Forgets what is known of two wires where it depends on what a generator on `first` and `second` has changed. */
static void forget_gains(Tableau *t, int first, int second, const Word *changed) {
    size_t pair = 0;
    for (int a = 0; a < t->wires && t->kept > 1; a++)
        for (int b = a + 1; b < t->wires; b++, pair++) {
            int is_touched = a == first || a == second || b == first || b == second;
            for (int k = 0; k < t->words; k++)
                is_touched |= (t->touched[pair * (size_t)t->words + k] & changed[k]) != 0;
            t->gains[pair].is_known &= !is_touched;
        }
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
        stale = sum < least ? 0 : stale + 1;
        least = sum < least ? sum : least;
        if (stale > 2 * t->wires + 2)
            return eliminate(t);
        if (first >= 0)
            forget_gains(t, first / 3, second / 3, t->changed);
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
    t->rows = calloc(3 * wires, sizeof *t->rows);
    t->kept = wires > 1 && wires <= MOST_KEPT ? pairs : 1;
    t->changed = calloc(words + t->kept * words, sizeof *t->changed);
    t->gains = calloc(t->kept, sizeof *t->gains);
    t->less = calloc(2 * wires, sizeof *t->less);
    Outcome outcome = NO_MEMORY;
    if (t->blocks && t->rows && t->changed && t->gains && t->less) {
        t->columns = t->rows + wires;
        t->before = t->columns + wires;
        t->touched = t->changed + words;
        t->more = t->less + wires;
        outcome = reduced(t);
    }
    free(t->blocks);
    free(t->rows);
    free(t->changed);
    free(t->gains);
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
