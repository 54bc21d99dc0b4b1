/* Synthesises Pauli rotations and a Clifford as rotations on one and two wires, greedily: one problem in one call.
 *
 * ionqdsl/passes/rotations/solve_in_step.py and reduce_tableaus.py are the same algorithm in numpy, many problems in step, and
 * say why; both give the same numbers, bit for bit. A generator P_a is 3 a + P, with X Y Z as 0 1 2. Strings are stored
 * as columns: for each wire the bits x and z of all rows, 64 rows to a word, first the rotations, then the 2n images.
 */
#include <string.h>

#include "words.h"

/* Parts of what is kept of the letters on a wire: by letter the rows that have it and those that anticommute with it,
 * and the rows that have any. */
enum { EQUAL = 0, DIFFERS = 3, HERE = 6, PARTS = 7 };

typedef struct {
    const Problem *problem;
    Solution *solution;
    int wires;
    int words, tail, total;  /* words of rotations, of the tableau, and of both */
    int active, span;        /* words of rotations that are looked at, and these with the tableau's */
    Word *x, *z;             /* wires * total */
    Word *signs, *alive;
    Word *memory;  /* the words of all of these, and of the letters */
    size_t size;   /* the number of these words */
    Word *letters;  /* PARTS * wires * span, of the rows that are looked at */
    int32_t *meeting; /* the wires that a step looks at */
    Word *shared;   /* wires * ACTIVE: the shortest rows on each of these */
    Word *left;     /* span: the rows that are left of those looked at, and the tableau's */
    int first;                       /* the first word that is looked at */
    Word near[64 * ACTIVE][ACTIVE];   /* the rows looked at that each of them anticommutes with */
    Word layers[LEVELS + 1][ACTIVE];
    Word gone[ACTIVE];                /* rows that have gone since the layers were read */
    int layers_left;                  /* the number of layers that have rows */
    Word least[ACTIVE], two[ACTIVE];  /* the rows of the front with the fewest letters, and with two */
    int64_t spent, idle;              /* two-qubit gates, and those since the last emission */
} State;

static int append_event(Solution *solution, int first, int second, int row, int flags) {
    List *events = &solution->events;
    return append(events, first) && append(events, second) && append(events, row) && append(events, flags);
}

static Word mixed(Word word) {  /* the finaliser of SplitMix64: Steele, Lea and Flood, OOPSLA 2014 */
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
    word = (word ^ word >> 27) * 0x94d049bb133111ebu;
    return word ^ word >> 31;
}

/* --- the rows that are looked at ------------------------------------------------------------------------------ */

/* One part of the letters on a wire, `span` words. */
INLINE Word *part_of(const State *s, int wire, int part) {
    return s->letters + ((size_t)part * s->wires + wire) * s->span;
}

/* Writes the letters of a wire anew. */
static void read_letters(State *s, int wire) {
    Word *own[PARTS];
    for (int part = 0; part < PARTS; part++)
        own[part] = part_of(s, wire, part);
    for (int k = 0; k < s->span; k++) {
        size_t from = (size_t)wire * s->total + (k < s->active ? s->first + k : s->words + k - s->active);
        Word x = s->x[from], z = s->z[from];
        own[EQUAL][k] = x & ~z;
        own[EQUAL + 1][k] = x & z;
        own[EQUAL + 2][k] = z & ~x;
        own[DIFFERS][k] = z;
        own[DIFFERS + 1][k] = x ^ z;
        own[DIFFERS + 2][k] = x;
        own[HERE][k] = x | z;
    }
}

/* The layer of a row, `most` or an earlier one: after the last that has an earlier row which it anticommutes with. The
 * first is the front, the last is all the rest. Later rows that it anticommutes with are in later layers, or as well in
 * the last one. */
INLINE int level_of(const State *s, int row, int most, int active) {
    const Word *near = s->near[row];
    if (most > LEVELS) {
        Word before = near[row / 64] & s->layers[LEVELS][row / 64] & (((Word)1 << row % 64) - 1);
        for (int k = 0; k < row / 64; k++)
            before |= near[k] & s->layers[LEVELS][k];
        if (before)
            return LEVELS;
        most = LEVELS;
    }
    for (int level = most; level > 0; level--) {
        Word before = 0;
        for (int k = 0; k < active; k++)
            before |= near[k] & s->layers[level - 1][k];
        if (before)
            return level;
    }
    return 0;
}

/* Reads the layers of all rows that are left. */
INLINE void read_layers(State *s, int active) {
    memset(s->layers, 0, sizeof s->layers);
    memset(s->gone, 0, sizeof s->gone);
    s->layers_left = 0;
    for (int k = 0; k < active; k++)
        for (Word left = s->alive[s->first + k]; left; left &= left - 1) {
            int level = level_of(s, 64 * k + lowest(left), s->layers_left, active);
            s->layers[level][k] |= left & -left;
            if (level == s->layers_left)
                s->layers_left++;
        }
}

/* Notes the later rows that may move when one has gone from a layer: those in the next one that anticommute with it. */
INLINE void note_waiting(const State *s, int row, int level, Word *waiting, int active) {
    const Word *next = s->layers[level < LEVELS ? level + 1 : LEVELS], *near = s->near[row];
    waiting[row / 64] |= near[row / 64] & next[row / 64] & (~(Word)1 << row % 64);
    for (int k = row / 64 + 1; k < active; k++)
        waiting[k] |= near[k] & next[k];
}

/* Reads anew the layers of rows that may have moved, after rows of the front have gone. */
INLINE void update_layers(State *s, int active) {
    Word waiting[ACTIVE] = {0};
    for (int k = 0; k < active; k++) {
        s->layers[0][k] &= ~s->gone[k];
        for (; s->gone[k]; s->gone[k] &= s->gone[k] - 1)
            note_waiting(s, 64 * k + lowest(s->gone[k]), 0, waiting, active);
    }
    for (int k = 0; k < active; k++)
        for (Word left; (left = waiting[k]); waiting[k] &= ~(left & -left)) {
            int row = 64 * k + lowest(left), before = 1;
            Word own = left & -left;
            while (!(s->layers[before][k] & own))
                before++;
            int level = level_of(s, row, before < LEVELS ? before : LEVELS + 1, active);
            if (level == before)
                continue;
            s->layers[before][k] ^= own;
            s->layers[level][k] |= own;
            note_waiting(s, row, before, waiting, active);
        }
    while (s->layers_left && !any(s->layers[s->layers_left - 1], active))
        s->layers_left--;
}

/* Looks at the first words with rows that are left; their order among themselves never changes. */
static void move_window(State *s, int first) {
    s->first = first;
    for (int wire = 0; wire < s->wires; wire++)
        read_letters(s, wire);
    memset(s->near, 0, sizeof s->near);
    for (int wire = 0; wire < s->wires; wire++) {
        const Word *x = part_of(s, wire, DIFFERS + 2), *z = part_of(s, wire, DIFFERS);
        for (int word = 0; word < s->active; word++) {
            for (Word left = x[word]; left; left &= left - 1)
                for (int k = 0; k < s->active; k++)
                    s->near[64 * word + lowest(left)][k] ^= z[k];
            for (Word left = z[word]; left; left &= left - 1)
                for (int k = 0; k < s->active; k++)
                    s->near[64 * word + lowest(left)][k] ^= x[k];
        }
    }
}

/* Brings the window and the layers up to date. */
INLINE void look(State *s, int active) {
    int first = s->first < 0 ? 0 : s->first;
    while (first < s->words - active && !s->alive[first])
        first++;
    if (first != s->first) {
        move_window(s, first);
        read_layers(s, active);
    } else if (any(s->gone, active)) {
        update_layers(s, active);
    }
}

/* The rows of the front with the fewest letters, three or more; letters are counted for 64 rows at once, in binary. */
static int read_long(State *s) {
    enum { PLANES = 31 };
    Word least[ACTIVE][PLANES + 1] = {{0}}, rest[ACTIVE];
    int planes = 1, length = 0;
    while (s->wires >> planes)
        planes++;
    for (int k = 0; k < s->active; k++) {
        rest[k] = s->layers[0][k];
        for (int wire = 0; wire < s->wires; wire++)
            for (Word carry = part_of(s, wire, HERE)[k] & rest[k], *plane = least[k]; carry; plane++) {
                Word next = *plane & carry;
                *plane ^= carry;
                carry = next;
            }
    }
    for (int plane = planes - 1; plane >= 0; plane--) {
        Word zero = 0;
        for (int k = 0; k < s->active; k++)
            zero |= rest[k] & ~least[k][plane];
        if (!zero)
            length |= 1 << plane;
        for (int k = 0; k < s->active; k++)
            rest[k] &= zero ? ~least[k][plane] : ~(Word)0;
    }
    memcpy(s->least, rest, sizeof s->least);
    return length;
}

/* The shortest rows of the front, and those with two letters. */
INLINE int read_shortest(State *s, int active) {
    Word none[ACTIVE] = {0}, one[ACTIVE] = {0}, two[ACTIVE] = {0};
    for (int k = 0; k < active; k++) {
        Word some = 0, more = 0, many = 0;  /* one letter or more, two, three */
        for (int wire = 0; wire < s->wires; wire++) {
            Word here = part_of(s, wire, HERE)[k];
            many |= more & here;
            more |= some & here;
            some |= here;
        }
        none[k] = s->layers[0][k] & ~some;
        one[k] = s->layers[0][k] & some & ~more;
        two[k] = s->layers[0][k] & more & ~many;
        s->two[k] = 0;
    }
    if (any(none, active))
        return 0;
    if (any(one, active)) {
        memcpy(s->least, one, sizeof s->least);
        return 1;
    }
    if (!any(two, active))
        return read_long(s);
    memcpy(s->least, two, sizeof s->least);
    memcpy(s->two, two, sizeof s->two);
    return 2;
}

static void drop_row(State *s, int word, int bit) {
    s->alive[word] &= ~((Word)1 << bit);
    s->gone[word - s->first] |= (Word)1 << bit;
    s->idle = 0;
}

/* Emits one-letter rotations without predecessors until there are none, and reads the layers and the shortest rows. */
INLINE Outcome emit_singles(State *s, int active) {
    for (;;) {
        look(s, active);
        if (!s->layers_left)
            return SOLVED;
        int length = read_shortest(s, active);
        if (length != 1)
            return length ? SOLVED : INVALID;
        for (int k = 0; k < active; k++)
            for (Word left = s->least[k]; left; left &= left - 1) {
                int bit = lowest(left), word = s->first + k, wire = 0, letter = 0;
                while (!(part_of(s, wire, HERE)[k] >> bit & 1))
                    wire++;
                while (!(part_of(s, wire, EQUAL + letter)[k] >> bit & 1))
                    letter++;
                int flags = s->signs[word] >> bit & 1 ? MINUS : 0;
                if (!append_event(s->solution, 3 * wire + letter, -1, 64 * word + bit, flags))
                    return NO_MEMORY;
                drop_row(s, word, bit);
            }
    }
}

/* --- one step ------------------------------------------------------------------------------------------------- */

/* A two-qubit Clifford, or the emission of a row with two letters (row -1 for none). */
typedef struct {
    int first, second, row, has_shift;
    int64_t value;  /* the score, and below it the hash that decides between equals */
} Move;

/* The letters on two wires, as `part_of` has them. */
typedef struct {
    const Word *a[PARTS], *b[PARTS];
} Letters;

/* The number of rows that get shorter less the number that get longer, weighted by layers. */
INLINE int64_t score_of(const State *s, const Letters *on, int p, int q, int active) {
    const Style *style = &s->problem->style;
    const Word *equal_a = on->a[EQUAL + p], *equal_b = on->b[EQUAL + q], *here_a = on->a[HERE], *here_b = on->b[HERE];
    const Word *differs_a = on->a[DIFFERS + p], *differs_b = on->b[DIFFERS + q];
    Word shorter[ACTIVE], longer[ACTIVE];
    int64_t score = 0;
    int tableau = 0;
    for (int k = 0; k < active; k++) {
        shorter[k] = (equal_a[k] & differs_b[k]) | (differs_a[k] & equal_b[k]);
        longer[k] = (differs_a[k] & ~here_b[k]) | (~here_a[k] & differs_b[k]);
    }
    for (int level = 0; level < s->layers_left; level++) {
        int balance = 0;
        for (int k = 0; k < active; k++)
            balance += ones(shorter[k] & s->layers[level][k]) - ones(longer[k] & s->layers[level][k]);
        score += style->layers[level] * balance;
    }
    for (int k = active; k < s->span; k++) {
        Word less = (equal_a[k] & differs_b[k]) | (differs_a[k] & equal_b[k]);
        Word more = (differs_a[k] & ~here_b[k]) | (~here_a[k] & differs_b[k]);
        tableau += ones(less) - ones(more);
    }
    return score + style->tableau[s->layers_left] * tableau;
}

/* The generators on two wires, as bits 3 p + q, that equal one of these rows there. */
INLINE int generators_of(const Letters *on, const Word *rows, int active) {
    int kinds = 0;
    for (int p = 0; p < 3; p++) {
        Word own[ACTIVE];
        for (int k = 0; k < active; k++)
            own[k] = on->a[EQUAL + p][k] & rows[k];
        for (int q = 0; q < 3; q++) {
            Word equal = 0;
            for (int k = 0; k < active; k++)
                equal |= own[k] & on->b[EQUAL + q][k];
            kinds |= (equal != 0) << (3 * p + q);
        }
    }
    return kinds;
}

/* The first row with two letters that a generator equals. */
static int row_of(const State *s, const Letters *on, int kind) {
    Word equal;
    int k = 0;
    while (!(equal = on->a[EQUAL + kind / 3][k] & on->b[EQUAL + kind % 3][k] & s->two[k]))
        k++;
    return 64 * (s->first + k) + lowest(equal);
}

/* The best move on two wires, if it is better than the best so far; `rows` are the shortest rows on both. A generator
 * that equals one of these in one letter shortens it, and one that equals a row with two letters emits it. */
INLINE void try_pair(State *s, int wire_a, int wire_b, const Word *rows, int active, Word salt, Move *best) {
    static const int one_letter[9] = {0x04e, 0x095, 0x123, 0x071, 0x0aa, 0x11c, 0x189, 0x152, 0x0e4};
    const Style *style = &s->problem->style;
    int64_t least_shift = style->threshold > 0 ? style->threshold : 0;
    Letters on;
    for (int part = 0; part < PARTS; part++) {
        on.a[part] = part_of(s, wire_a, part);
        on.b[part] = part_of(s, wire_b, part);
    }
    int equal = generators_of(&on, rows, active), emitting = any(s->two, active) ? equal : 0, kinds = emitting;
    for (int left = equal; left; left &= left - 1)
        kinds |= one_letter[lowest((Word)left)];
    s->solution->scores += (int64_t)ones((Word)kinds) * s->span;
    for (; kinds; kinds &= kinds - 1) {
        int kind = lowest((Word)kinds), first = 3 * wire_a + kind / 3, second = 3 * wire_b + kind % 3, has_shift = 1;
        int64_t score = score_of(s, &on, kind / 3, kind % 3, active);
        if (emitting >> kind & 1) {
            has_shift = score > least_shift;
            score = style->layers[0] + (has_shift ? score : 0);
        }
        if (score + style->chance < best->value >> 32)
            continue;
        Word tie = mixed(salt ^ ((Word)first << 32 | (Word)second)) >> 32;
        score += (int64_t)(tie * (Word)style->chance >> 32);
        int64_t value = score * ((int64_t)1 << 32) + (int64_t)tie;
        int is_earlier = first < best->first || (first == best->first && second < best->second);
        if (value > best->value || (value == best->value && is_earlier))
            *best = (Move){first, second, emitting >> kind & 1 ? row_of(s, &on, kind) : -1, has_shift, value};
    }
}

/* Applies the best move. */
INLINE Outcome step(State *s, int active) {
    if (s->idle > 3 * s->wires)  /* a single rotation, until it is emitted */
        for (int k = 0, is_seen = 0; k < active; k++) {
            s->least[k] &= is_seen ? 0 : ~s->least[k] + 1;
            s->two[k] &= s->least[k];
            is_seen |= s->least[k] != 0;
        }
    Move best = {-1, -1, -1, 0, INT64_MIN};
    Word salt = mixed(s->problem->seed + (Word)(s->spent + 1) * 0x9e3779b97f4a7c15u);
    int count = 0;  /* wires with letters of the shortest rows */
    for (int wire = 0; wire < s->wires; wire++) {
        Word *shared = s->shared + ACTIVE * count;
        for (int k = 0; k < active; k++)
            shared[k] = s->least[k] & part_of(s, wire, HERE)[k];
        s->meeting[count] = wire;
        count += any(shared, active);
    }
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++) {
            Word rows[ACTIVE];
            for (int k = 0; k < active; k++)
                rows[k] = s->shared[ACTIVE * i + k] & s->shared[ACTIVE * j + k];
            if (any(rows, active))
                try_pair(s, s->meeting[i], s->meeting[j], rows, active, salt, &best);
        }
    int flags = best.has_shift ? SHIFT : 0;
    s->spent++;
    s->idle++;
    if (best.row >= 0) {
        int word = best.row / 64, bit = best.row % 64;
        flags |= s->signs[word] >> bit & 1 ? MINUS : 0;
        drop_row(s, word, bit);
    }
    if (!append_event(s->solution, best.first, best.second, best.row, flags))
        return NO_MEMORY;
    if (best.has_shift) {  /* words before the window have no rows left */
        conjugate(s->x + s->first, s->z + s->first, s->signs + s->first, s->total, s->total - s->first, best.first,
                  best.second);
        read_letters(s, best.first / 3);
        read_letters(s, best.second / 3);
    }
    return SOLVED;
}

/* --- a problem ------------------------------------------------------------------------------------------------ */

static int started(State *s, const Problem *problem) {
    int wires = problem->wires, rotations = problem->rotations, size = (wires + 63) / 64;
    *s = (State){.problem = problem, .wires = wires, .first = -1};
    s->words = (rotations + 63) / 64;
    s->tail = (2 * wires + 63) / 64;
    s->total = s->words + s->tail;
    s->active = s->words < ACTIVE ? s->words : ACTIVE;
    s->span = s->active + s->tail;
    size_t column = (size_t)wires * s->total;
    s->size = 2 * column + s->total + s->words + 1 + (size_t)wires * (PARTS * s->span + ACTIVE) + s->span;
    s->memory = calloc(s->size, sizeof *s->memory);
    s->meeting = malloc(((size_t)wires + 1) * sizeof *s->meeting);
    if (!s->memory || !s->meeting)
        return 0;
    s->x = s->memory;
    s->z = s->x + column;
    s->signs = s->z + column;
    s->alive = s->signs + s->total;
    s->shared = s->alive + s->words + 1;
    s->left = s->shared + (size_t)wires * ACTIVE;
    s->letters = s->left + s->span;
    for (int row = 0; row < rotations + 2 * wires; row++) {
        const Word *bits = problem->rows + (size_t)row * 2 * size;
        int place = row < rotations ? row : 64 * s->words + row - rotations;
        Word own = (Word)1 << place % 64;
        for (int part = 0; part < 2; part++)
            for (int k = 0; k < size; k++)
                for (Word left = bits[part * size + k]; left; left &= left - 1)
                    (part ? s->z : s->x)[(size_t)(64 * k + lowest(left)) * s->total + place / 64] |= own;
        if (row < rotations)
            s->alive[place / 64] |= own;
        else if (problem->minus[row - rotations])
            s->signs[place / 64] |= own;
    }
    if (s->words)
        look(s, s->active);
    return 1;
}

/* The fewest two-qubit gates that are still needed, or one where the bound is too far to ask. */
INLINE int64_t least_left(State *s, int active) {
    if (s->problem->bound - s->spent >= s->wires)
        return 1;
    memcpy(s->left, s->alive + s->first, (size_t)active * sizeof *s->left);
    memset(s->left + active, 0xff, (size_t)(s->span - active) * sizeof *s->left);
    return least_gates(part_of(s, 0, HERE), s->left, s->wires, s->span, s->meeting);
}

INLINE Outcome emit_all(State *s, int active) {
    for (;;) {
        Outcome outcome = emit_singles(s, active);
        if (outcome || !any(s->alive, s->words))
            return outcome;
        if (s->problem->bound - s->spent < least_left(s, active))
            return STOPPED;
        s->solution->steps++;
        if ((outcome = step(s, active)))
            return outcome;
    }
}

COUNTS_BITS static Outcome synthesise(State *s) {
    if (!s->words)
        return SOLVED;
    return s->active == 1 ? emit_all(s, 1) : emit_all(s, ACTIVE);  /* compiled apart: most problems have few rows */
}

static Outcome finish(State *s) {
    Tableau t = {.solution = s->solution, .logs = s->problem->logs, .wires = s->wires, .words = s->tail};
    t.stride = s->total;
    t.x = s->x + s->words;
    t.z = s->z + s->words;
    t.signs = s->signs + s->words;
    t.bound = s->problem->bound - s->spent;
    Outcome outcome = reduce_tableau(&t);
    int64_t moves = s->solution->moves.count / 2;
    s->solution->steps += moves;
    s->spent += moves;
    if (!outcome)
        outcome = s->spent > s->problem->bound ? STOPPED : read_qubits(&t);
    return outcome;
}

/* Solves a problem in each style, from one copy of its rows as they are at first: SOLVED, or the first error. */
Outcome solve_each(Problem *problem, const Style *styles, const uint64_t *seeds, int count, Solution *solutions) {
    State first;
    Outcome outcome = started(&first, problem) ? SOLVED : NO_MEMORY;
    Word *rows = outcome ? NULL : malloc(first.size * sizeof *rows);
    if (!outcome && !rows)
        outcome = NO_MEMORY;
    if (!outcome)
        memcpy(rows, first.memory, first.size * sizeof *rows);
    for (int k = 0; k < count && !outcome; k++) {
        State s = first;
        problem->style = styles[k];
        problem->seed = seeds[k];
        s.solution = &solutions[k];
        memcpy(s.memory, rows, first.size * sizeof *rows);
        Outcome own = synthesise(&s);
        if (!own)
            own = finish(&s);
        s.solution->outcome = own;
        s.solution->gates = s.spent;
        outcome = own == STOPPED ? SOLVED : own;
    }
    free(rows);
    free(first.memory);
    free(first.meeting);
    return outcome;
}

void release(Solution *solution) {
    free(solution->events.items);
    free(solution->moves.items);
    free(solution->qubits.items);
}
