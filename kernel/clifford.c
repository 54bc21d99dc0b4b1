/* Searches for a short product of two-qubit Cliffords that equals a given one: reduce_cliffords.py for one tableau.
 *
 * A beam search: in each step every state that is kept is multiplied by every generator, and the cheapest new states
 * are kept. A state is a tableau as columns, and its inverse if factors are taken off both ends.
 */
#include <string.h>

#include "clifford.h"
#include "words.h"

#define EVEN 0x5555555555555555u

enum { WIRES = 32, MORE = 4 };  /* so many times the places are candidates, of which some are equal */

typedef struct {
    Word x[2][WIRES], z[2][WIRES];
    int last;  /* the step that led here, -1 for the first state */
} State;

typedef struct {
    int before, side, first, second;
} Step;

/* The block of a pair and a wire has rank 0, 1 or 2, and costs 0, 2 or 3; at home, 4, 3 or 0. */
typedef struct {
    Word some, full;  /* bit 2q: pair q has a block of rank 1 or 2, of rank 2; without the one at home */
    int home;         /* the cost of the block at home, 0 if it is in the words */
} Column;

typedef struct {
    int64_t cost, number;
    int state;
    Step step;
} Child;

typedef struct {
    const Search *search;
    State *now, *next;
    Step *steps;
    Child *heap;
    Word *seen;
    int count, kept, made;  /* states now and next, steps in all */
    int64_t waiting, most;  /* the children in the heap, and how many it holds */
} Beam;

INLINE Column column_of(int is_still, Word x, Word z, int wire) {
    Column column = {((x | z) | (x | z) >> 1) & EVEN, ((x & z >> 1) ^ (x >> 1 & z)) & EVEN, 0};
    if (is_still) {
        Word own = (Word)1 << 2 * wire;
        column.home = column.full & own ? 0 : column.some & own ? 3 : 4;
        column.some &= ~own;
        column.full &= ~own;
    }
    return column;
}

INLINE int cost_of(Column column) {
    return 2 * ones(column.some) + ones(column.full) + column.home;
}

INLINE int cost_at(Column column, int q, int wire) {
    return 2 * (int)(column.some >> 2 * q & 1) + (int)(column.full >> 2 * q & 1) + (q == wire ? column.home : 0);
}

static Word mixed(Word word) {  /* the finaliser of SplitMix64: Steele, Lea and Flood, OOPSLA 2014 */
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
    word = (word ^ word >> 27) * 0x94d049bb133111ebu;
    return word ^ word >> 31;
}

/* The same for states that differ by one-qubit Cliffords at the start, and by wires if these may be exchanged. */
static Word key_of(const Search *search, const State *state) {
    Word key = 0;
    for (int wire = 0; wire < search->wires; wire++) {
        Word x = state->x[0][wire], z = state->z[0][wire];
        Word letters = mixed(x + 1) + mixed(z + 1) + mixed((x ^ z) + 1);
        key += mixed(letters + (search->is_still ? (Word)wire : 0) * 0x9e3779b97f4a7c15u);
    }
    return key;
}

static int is_goal(const Search *search, const State *state) {
    for (int wire = 0; wire < search->wires; wire++) {
        Word x = state->x[0][wire], z = state->z[0][wire], blocks = (x | z | x >> 1 | z >> 1) & EVEN;
        if (!blocks || blocks & (blocks - 1) || (search->is_still && blocks != (Word)1 << 2 * wire))
            return 0;
    }
    return 1;
}

/* Whether a state may become the goal in so many steps. Each step joins two parts of the wires at most. So a state
 * within so many steps of the goal has `wires` - `steps` parts or more without a block between them. */
static int may_arrive(const Search *search, const State *state, int steps) {
    Word parts[WIRES];
    int count = 0;
    for (int wire = 0; wire < search->wires; wire++) {
        Word x = state->x[0][wire], z = state->z[0][wire], own = (x | z | x >> 1 | z >> 1) & EVEN;
        if (search->is_still)
            own |= (Word)1 << 2 * wire;
        int apart = 0;
        for (int k = 0; k < count; k++) {
            Word part = parts[k];
            if (part & own)
                own |= part;
            else
                parts[apart++] = part;
        }
        parts[apart] = own;
        count = apart + 1;
    }
    return search->wires - count <= steps;
}

/* A generator acts on two columns of its side, and on the rows of the inverse. */
static void multiply(const Search *search, State *state, Step step) {
    int a = step.first / 3, p = step.first % 3, b = step.second / 3, q = step.second % 3;
    Word signs = 0;
    conjugate(state->x[step.side], state->z[step.side], &signs, 1, 1, step.first, step.second);
    if (search->sides < 2)
        return;
    Word own = (Word)((p < 2) | (p > 0) << 1) << 2 * a | (Word)((q < 2) | (q > 0) << 1) << 2 * b;
    Word other = (own & EVEN) << 1 | (own >> 1 & EVEN);
    Word *columns[] = {state->x[1 - step.side], state->z[1 - step.side]};
    for (int part = 0; part < 2; part++)
        for (int wire = 0; wire < search->wires; wire++)
            if (ones(columns[part][wire] & own) & 1)
                columns[part][wire] ^= other;
}

/* --- children: the cheapest of all, in a heap with the dearest at its top ---------------------------------------- */

static int is_dearer(const Child *one, const Child *other) {
    return one->cost != other->cost ? one->cost > other->cost : one->number > other->number;
}

static void sift_down(Child *heap, int64_t count, int64_t place) {
    Child child = heap[place];
    for (int64_t below; (below = 2 * place + 1) < count; place = below) {
        below += below + 1 < count && is_dearer(&heap[below + 1], &heap[below]);
        if (!is_dearer(&heap[below], &child))
            break;
        heap[place] = heap[below];
    }
    heap[place] = child;
}

static void add_child(Beam *beam, Child child) {
    if (beam->waiting == beam->most) {
        beam->heap[0] = child;
        sift_down(beam->heap, beam->waiting, 0);
        return;
    }
    int64_t place = beam->waiting++;
    for (int64_t above; place && is_dearer(&child, &beam->heap[above = (place - 1) / 2]); place = above)
        beam->heap[place] = beam->heap[above];
    beam->heap[place] = child;
}

/* A side of a state that is multiplied, and the costs of its rows and columns. */
typedef struct {
    const Word *x, *z;
    const int32_t *terms;
    Column columns[WIRES];
    int rows[WIRES], costs[WIRES];
    int64_t sum;
    int is_still;
} Factored;

INLINE void read_costs(const Search *search, Factored *f) {
    memset(f->rows, 0, sizeof f->rows);
    f->sum = 0;
    for (int wire = 0; wire < search->wires; wire++) {
        f->columns[wire] = column_of(f->is_still, f->x[wire], f->z[wire], wire);
        f->costs[wire] = cost_of(f->columns[wire]);
        f->rows[wire] += f->columns[wire].home;
        for (Word left = f->columns[wire].some; left; left &= left - 1)
            f->rows[lowest(left) / 2] += 2 + (int)(f->columns[wire].full >> lowest(left) & 1);
    }
    for (int wire = 0; wire < search->wires; wire++)
        f->sum += f->terms[f->costs[wire]] + f->terms[f->rows[wire]];
}

/* A bound for the decrease of the rows' costs by a generator on two wires: a row with a block on either keeps one, of
 * rank 2 if that was. */
INLINE int64_t most_saved(const Factored *f, int a, int b) {
    Word own = f->is_still ? (Word)1 << 2 * a | (Word)1 << 2 * b : 0;
    int64_t saved = 0;
    for (Word left = f->columns[a].some | f->columns[b].some | own; left; left &= left - 1) {
        int row = lowest(left) / 2, now = cost_at(f->columns[a], row, a) + cost_at(f->columns[b], row, b);
        int least = own >> lowest(left) & 1 ? 0 : 2 + (int)((f->columns[a].full | f->columns[b].full) >> lowest(left) & 1);
        saved += f->terms[f->rows[row]] - f->terms[f->rows[row] - now + least];
    }
    return saved;
}

/* The cost after a generator, or any number that is not below `most` if the cost is not. */
INLINE int64_t cost_after(const Factored *f, int a, int p, int b, int q, int64_t saved, int64_t most) {
    Word xa = f->x[a], za = f->z[a], xb = f->x[b], zb = f->z[b];
    Word changed = (mask_if(p < 2) & za) ^ (mask_if(p > 0) & xa) ^ (mask_if(q < 2) & zb) ^ (mask_if(q > 0) & xb);
    Column at_a = column_of(f->is_still, xa ^ (mask_if(p < 2) & changed), za ^ (mask_if(p > 0) & changed), a);
    Column at_b = column_of(f->is_still, xb ^ (mask_if(q < 2) & changed), zb ^ (mask_if(q > 0) & changed), b);
    int64_t cost = f->sum - f->terms[f->costs[a]] - f->terms[f->costs[b]];
    cost += f->terms[cost_of(at_a)] + f->terms[cost_of(at_b)];
    if (cost - saved >= most)
        return most;
    Word differs = (at_a.some ^ f->columns[a].some) | (at_a.full ^ f->columns[a].full)
                   | (at_b.some ^ f->columns[b].some) | (at_b.full ^ f->columns[b].full);
    if (f->is_still)
        differs |= (Word)1 << 2 * a | (Word)1 << 2 * b;
    for (; differs; differs &= differs - 1) {
        int row = lowest(differs) / 2;
        int more = cost_at(at_a, row, a) + cost_at(at_b, row, b) - cost_at(f->columns[a], row, a)
                   - cost_at(f->columns[b], row, b);
        cost += f->terms[f->rows[row] + more] - f->terms[f->rows[row]];
    }
    return cost;
}

/* All children of a state on one side. `number` counts the children of a step. */
INLINE void add_some(Beam *beam, int place, int side, int is_still, int64_t *number) {
    const Search *search = beam->search;
    const State *state = &beam->now[place];
    Factored f = {.x = state->x[side], .z = state->z[side], .terms = search->terms + (is_still ? 2 : 0)};
    f.is_still = is_still;
    read_costs(search, &f);
    for (int a = 0; a < search->wires; a++)
        for (int b = a + 1; b < search->wires; b++) {
            Word in_a = f.x[a] | f.z[a], in_b = f.x[b] | f.z[b];
            in_a |= in_a >> 1;
            in_b |= in_b >> 1;
            if (!(in_a & in_b & EVEN) && !(is_still && ((in_a >> 2 * b | in_b >> 2 * a) & 1)))
                continue;
            int64_t saved = most_saved(&f, a, b);
            for (int kind = 0; kind < 9; kind++) {
                int p = kind / 3, q = kind % 3;
                int64_t most = beam->waiting == beam->most ? beam->heap[0].cost : INT64_MAX;
                int64_t cost = cost_after(&f, a, p, b, q, saved, most);
                Step step = {state->last, side, 3 * a + p, 3 * b + q};
                if (cost < most)  /* equal ones that come later are dearer */
                    add_child(beam, (Child){cost, *number, place, step});
                ++*number;
            }
        }
}

COUNTS_BITS static void add_children(Beam *beam, int place, int side, int64_t *number) {
    if (beam->search->is_still)  /* compiled for each case */
        add_some(beam, place, side, 1, number);
    else
        add_some(beam, place, side, 0, number);
}

/* The cheapest children that are new states become the next ones; 1 if one of them is the goal, which is the last. */
static int choose(Beam *beam) {
    int64_t count = beam->waiting;
    for (int64_t left = count - 1; left > 0; left--) {  /* sorts the heap */
        Child child = beam->heap[0];
        beam->heap[0] = beam->heap[left];
        beam->heap[left] = child;
        sift_down(beam->heap, left, 0);
    }
    beam->kept = 0;
    for (int64_t k = 0; k < count && beam->kept < beam->search->places; k++) {
        const Child *child = &beam->heap[k];
        State *state = &beam->next[beam->kept];
        *state = beam->now[child->state];
        multiply(beam->search, state, child->step);
        Word key = key_of(beam->search, state);
        int is_seen = 0;
        for (int other = 0; other < beam->kept && !is_seen; other++)
            is_seen = beam->seen[other] == key;
        if (is_seen)
            continue;
        beam->seen[beam->kept++] = key;
        state->last = beam->made;
        beam->steps[beam->made++] = child->step;
        if (is_goal(beam->search, state))
            return 1;
    }
    return 0;
}

/* The tableau of the rows, and of its inverse: the blocks transposed, X and Z exchanged in both. */
static void read_rows(const Search *search, State *state) {
    memset(state, 0, sizeof *state);
    state->last = -1;
    for (int row = 0; row < 2 * search->wires; row++)
        for (int part = 0; part < 2; part++)
            for (Word left = search->rows[2 * row + part]; left; left &= left - 1) {
                int wire = lowest(left);
                (part ? state->z : state->x)[0][wire] |= (Word)1 << row;
                (row % 2 ? state->x : state->z)[1][row / 2] |= (Word)1 << (2 * wire + 1 - part);
            }
}

static Outcome write_factors(const Beam *beam, List *factors) {
    for (int number = beam->next[beam->kept - 1].last; number >= 0; number = beam->steps[number].before) {
        Step step = beam->steps[number];
        if (!append(factors, step.side) || !append(factors, step.first) || !append(factors, step.second))
            return NO_MEMORY;
    }
    return SOLVED;
}

/* Whether any state may still become the goal; before the last step, only those that may are kept. The goal costs less
 * than all other states, so that it is chosen first, from whichever states it comes. */
static int keep_hopeful(Beam *beam, int left) {
    int kept = 0;
    for (int place = 0; place < beam->count; place++) {
        if (!may_arrive(beam->search, &beam->now[place], left))
            continue;
        if (left > 1)
            return 1;
        beam->now[kept++] = beam->now[place];
    }
    beam->count = kept;
    return kept > 0;
}

/* The factors, the last one first; STOPPED if more steps than the limit would be needed. */
Outcome find_factors(const Search *search, List *factors) {
    size_t places = (size_t)search->places;
    Beam beam = {.search = search, .count = 1, .most = MORE * (int64_t)places};
    beam.now = malloc(places * sizeof *beam.now);
    beam.next = malloc(places * sizeof *beam.next);
    beam.steps = malloc((places * (size_t)search->limit + 1) * sizeof *beam.steps);
    beam.heap = malloc(MORE * places * sizeof *beam.heap);
    beam.seen = malloc(places * sizeof *beam.seen);
    Outcome outcome = beam.now && beam.next && beam.steps && beam.heap && beam.seen ? STOPPED : NO_MEMORY;
    if (outcome == STOPPED) {
        read_rows(search, beam.now);
        if (is_goal(search, beam.now))
            outcome = SOLVED;
    }
    for (int left = search->limit; outcome == STOPPED && left > 0 && keep_hopeful(&beam, left); left--) {
        int64_t number = 0;
        beam.waiting = 0;
        for (int place = 0; place < beam.count; place++)
            for (int side = 0; side < search->sides; side++)
                add_children(&beam, place, side, &number);
        if (choose(&beam))
            outcome = write_factors(&beam, factors);
        State *last = beam.now;
        beam.now = beam.next;
        beam.next = last;
        beam.count = beam.kept;
    }
    free(beam.now);
    free(beam.next);
    free(beam.steps);
    free(beam.heap);
    free(beam.seen);
    return outcome;
}
