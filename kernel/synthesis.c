/* Synthesises Pauli rotations and a Clifford as rotations on one and two wires, greedily: one problem in one call.
 *
 * ionqdsl/passes/rotations/solve_in_step.py and reduce_tableaus.py are the same algorithm in numpy, many problems in step, and
 * say why; both give the same numbers, bit for bit. A generator P_a is 3 a + P, with X Y Z as 0 1 2. Strings are stored
 * as columns: for each wire the bits x and z of all rows, 64 rows to a word, first the rotations, then the 2n images.
 */
#include <string.h>

#include "words.h"

/* The letters of one wire in the rows that are looked at, `span` words each. */
typedef struct {
    Word *equal[3];    /* the rows that have the letter */
    Word *differs[3];  /* the rows that anticommute with it */
    Word *here;        /* the rows that have any */
} Letters;

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
    Letters *letters;
    int *meeting;  /* the wires that a step looks at */
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

/* Writes the letters of a wire anew. */
static void read_letters(State *s, int wire) {
    Letters *own = &s->letters[wire];
    for (int k = 0; k < s->span; k++) {
        size_t from = (size_t)wire * s->total + (k < s->active ? s->first + k : s->words + k - s->active);
        Word x = s->x[from], z = s->z[from];
        own->equal[0][k] = x & ~z;
        own->equal[1][k] = x & z;
        own->equal[2][k] = z & ~x;
        own->differs[0][k] = z;
        own->differs[1][k] = x ^ z;
        own->differs[2][k] = x;
        own->here[k] = x | z;
    }
}

/* The layer of a row: after the last one that has an earlier row which it anticommutes with. The first is the front,
 * the last is all the rest. */
INLINE int level_of(const State *s, int row, int active) {
    const Word *near = s->near[row];
    Word earlier = ((Word)1 << row % 64) - 1;
    for (int level = s->layers_left; level > 0; level--) {
        Word before = 0;
        for (int k = 0; k < active; k++)
            before |= near[k] & s->layers[level - 1][k] & (k < row / 64 ? ~(Word)0 : k == row / 64 ? earlier : 0);
        if (before)
            return level < LEVELS ? level : LEVELS;
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
            int level = level_of(s, 64 * k + lowest(left), active);
            s->layers[level][k] |= left & -left;
            if (level == s->layers_left)
                s->layers_left++;
        }
}

/* Reads anew the layers of rows that may have moved: later ones that anticommute with one that has gone or moved. */
INLINE void update_layers(State *s, int active) {
    Word waiting[ACTIVE] = {0};
    for (int k = 0; k < active; k++) {
        for (int level = 0; level < s->layers_left; level++)
            s->layers[level][k] &= ~s->gone[k];
        for (; s->gone[k]; s->gone[k] &= s->gone[k] - 1)
            for (int j = 0; j < active; j++)
                waiting[j] |= s->near[64 * k + lowest(s->gone[k])][j];
    }
    for (int k = 0; k < active; k++) {
        const Word *alive = &s->alive[s->first];
        for (Word left; (left = waiting[k] & alive[k]); waiting[k] &= ~(left & -left)) {
            Word own = left & -left;
            int row = 64 * k + lowest(left), level = level_of(s, row, active);
            if (s->layers[level][k] & own)
                continue;
            for (int other = level + 1; other < s->layers_left; other++)
                s->layers[other][k] &= ~own;
            s->layers[level][k] |= own;
            waiting[k] |= s->near[row][k] & ~(own | (own - 1));
            for (int j = k + 1; j < active; j++)
                waiting[j] |= s->near[row][j];
        }
    }
    while (s->layers_left && !any(s->layers[s->layers_left - 1], active))
        s->layers_left--;
}

/* Looks at the first words with rows that are left; their order among themselves never changes. */
static void move_window(State *s, int first) {
    s->first = first;
    for (int wire = 0; wire < s->wires; wire++)
        read_letters(s, wire);
    for (int row = 0; row < 64 * s->active; row++) {
        Word *near = s->near[row];
        memset(near, 0, sizeof s->near[row]);
        for (int wire = 0; wire < s->wires; wire++) {
            const Letters *own = &s->letters[wire];
            Word x = mask_if(own->differs[2][row / 64] >> row % 64 & 1);
            Word z = mask_if(own->differs[0][row / 64] >> row % 64 & 1);
            for (int k = 0; k < s->active; k++)
                near[k] ^= (x & own->differs[0][k]) ^ (z & own->differs[2][k]);
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
            for (Word carry = s->letters[wire].here[k] & rest[k], *plane = least[k]; carry; plane++) {
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
            Word here = s->letters[wire].here[k];
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
                while (!(s->letters[wire].here[k] >> bit & 1))
                    wire++;
                while (!(s->letters[wire].equal[letter][k] >> bit & 1))
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

/* The number of rows that get shorter less the number that get longer, weighted by layers. */
INLINE int64_t score_of(const State *s, const Letters *a, int p, const Letters *b, int q, int active) {
    const Style *style = &s->problem->style;
    const Word *equal_a = a->equal[p], *equal_b = b->equal[q], *differs_a = a->differs[p], *differs_b = b->differs[q];
    Word shorter[ACTIVE], longer[ACTIVE];
    int64_t score = 0;
    int tableau = 0;
    for (int k = 0; k < active; k++) {
        shorter[k] = (equal_a[k] & differs_b[k]) | (differs_a[k] & equal_b[k]);
        longer[k] = (differs_a[k] & ~b->here[k]) | (~a->here[k] & differs_b[k]);
    }
    for (int level = 0; level < s->layers_left; level++) {
        int balance = 0;
        for (int k = 0; k < active; k++)
            balance += ones(shorter[k] & s->layers[level][k]) - ones(longer[k] & s->layers[level][k]);
        score += style->layers[level] * balance;
    }
    for (int k = active; k < s->span; k++) {
        Word less = (equal_a[k] & differs_b[k]) | (differs_a[k] & equal_b[k]);
        Word more = (differs_a[k] & ~b->here[k]) | (~a->here[k] & differs_b[k]);
        tableau += ones(less) - ones(more);
    }
    return score + style->tableau[s->layers_left] * tableau;
}

/* The generators on two wires, as bits 3 p + q, that shorten one of the shortest rows or equal one with two letters: those
 * with one letter of such a row, or with both. `rows` are the rows that they equal, -1 for none. */
INLINE int candidates(const State *s, const Letters *a, const Letters *b, int active, int rows[9]) {
    static const int one_letter[9] = {0x04e, 0x095, 0x123, 0x071, 0x0aa, 0x11c, 0x189, 0x152, 0x0e4};
    int kinds = 0;
    for (int kind = 0; kind < 9; kind++) {
        Word here = 0;
        rows[kind] = -1;
        for (int k = active - 1; k >= 0; k--) {
            Word equal = a->equal[kind / 3][k] & b->equal[kind % 3][k] & s->least[k];
            here |= equal;
            if (equal & s->two[k])
                rows[kind] = 64 * (s->first + k) + lowest(equal & s->two[k]);
        }
        kinds |= (here ? one_letter[kind] : 0) | (rows[kind] >= 0) << kind;
    }
    return kinds;
}

/* The best move on two wires, if it is better than the best so far. */
INLINE void try_pair(State *s, int wire_a, int wire_b, int active, Word salt, Move *best) {
    const Letters *a = &s->letters[wire_a], *b = &s->letters[wire_b];
    const Style *style = &s->problem->style;
    int rows[9];
    for (int left = candidates(s, a, b, active, rows); left; left &= left - 1) {
        int kind = lowest((Word)left), p = kind / 3, q = kind % 3;
        Move move = {3 * wire_a + p, 3 * wire_b + q, rows[kind], 1, 0};
        s->solution->scores += s->span;
        int64_t score = score_of(s, a, p, b, q, active);
        if (move.row >= 0) {
            move.has_shift = score > (style->threshold > 0 ? style->threshold : 0);
            score = style->layers[0] + (move.has_shift ? score : 0);
        }
        if (best->first >= 0 && score < best->value >> 32)
            continue;
        Word tie = mixed(salt ^ ((Word)move.first << 32 | (Word)move.second)) >> 32;
        move.value = score * ((int64_t)1 << 32) + (int64_t)tie;
        int is_earlier = move.first < best->first || (move.first == best->first && move.second < best->second);
        if (best->first < 0 || move.value > best->value || (move.value == best->value && is_earlier))
            *best = move;
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
    Move best = {-1, -1, -1, 0, 0};
    Word salt = mixed(s->problem->seed + (Word)(s->spent + 1) * 0x9e3779b97f4a7c15u);
    int count = 0;  /* wires with letters of the shortest rows */
    for (int wire = 0; wire < s->wires; wire++) {
        Word here = 0;
        for (int k = 0; k < active; k++)
            here |= s->least[k] & s->letters[wire].here[k];
        s->meeting[count] = wire;
        count += here != 0;
    }
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++) {
            int a = s->meeting[i], b = s->meeting[j];
            Word common = 0;
            for (int k = 0; k < active; k++)
                common |= s->least[k] & s->letters[a].here[k] & s->letters[b].here[k];
            if (common)
                try_pair(s, a, b, active, salt, &best);
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
    size_t column = (size_t)wires * s->total, letters_of_wire = 7 * (size_t)s->span;
    s->size = 2 * column + s->total + s->words + 1 + wires * letters_of_wire;
    s->memory = calloc(s->size, sizeof *s->memory);
    s->letters = malloc((size_t)wires * sizeof *s->letters);
    s->meeting = malloc((size_t)wires * sizeof *s->meeting);
    if (!s->memory || !s->letters || !s->meeting)
        return 0;
    s->x = s->memory;
    s->z = s->x + column;
    s->signs = s->z + column;
    s->alive = s->signs + s->total;
    for (int wire = 0; wire < wires; wire++) {
        Word *own = s->alive + s->words + 1 + wire * letters_of_wire;
        Letters *letters = &s->letters[wire];
        for (int letter = 0; letter < 3; letter++) {
            letters->equal[letter] = own + letter * s->span;
            letters->differs[letter] = own + (3 + letter) * s->span;
        }
        letters->here = own + 6 * s->span;
    }
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

INLINE Outcome emit_all(State *s, int active) {
    for (;;) {
        Outcome outcome = emit_singles(s, active);
        if (outcome || !any(s->alive, s->words))
            return outcome;
        if (s->spent >= s->problem->bound)
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
    free(first.letters);
    free(first.meeting);
    return outcome;
}

void release(Solution *solution) {
    free(solution->events.items);
    free(solution->moves.items);
    free(solution->qubits.items);
}
