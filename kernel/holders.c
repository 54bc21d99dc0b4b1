/* Finds where wires hold parities of planes: `triples` of ionqdsl/passes/networks/find_toffolis.py takes the same steps. */
#include "toffolis.h"

#include <string.h>

enum { BEFORE_A_PLANE = 64, MOST_WAITING = 32 };

/* The wires by the parities that they hold: those of one parity, not negated, as a chain. */
typedef struct {
    ToffoliSearch *search;
    int32_t *held, *next, *before; /* by wire */
    int32_t *starts, *ends;        /* by place the first plane that is looked for from there, or no longer */
    int32_t *next_start, *next_end; /* by plane */
    List now;                       /* parities that wires hold since the last gate */
} TripleSearch;

static void hold(TripleSearch *triples, int32_t wire, int32_t parity) {
    ParityFacts *facts = facts_of(triples->search, parity);
    triples->held[wire] = parity;
    triples->before[wire] = facts->last_wire;
    triples->next[wire] = -1;
    if (facts->last_wire >= 0)
        triples->next[facts->last_wire] = wire;
    else
        facts->first_wire = wire;
    facts->last_wire = wire;
}

static void let_go(TripleSearch *triples, int32_t wire) {
    ParityFacts *facts = facts_of(triples->search, triples->held[wire]);
    int32_t before = triples->before[wire], next = triples->next[wire];
    if (before >= 0)
        triples->next[before] = next;
    else
        facts->first_wire = next;
    if (next >= 0)
        triples->before[next] = before;
    else
        facts->last_wire = before;
}

/* Gives a plane the first of the wires that hold independent parities of it, in this order, if there are some. */
static void look(TripleSearch *triples, PhasePlane *plane, int32_t place) {
    int32_t held[IN_A_PLANE], count = 0;
    for (int32_t k = FIRST_DIRECTION; k < IN_A_PLANE; k++)
        if (facts_of(triples->search, plane->parities[k])->first_wire >= 0)
            held[count++] = k;
    for (int32_t a = 0; a < count; a++)
        for (int32_t b = a + 1; b < count; b++)
            for (int32_t c = b + 1; c < count; c++) {
                if (held[c] == (held[a] ^ held[b]))
                    continue;
                int32_t found[IN_A_TRIPLE] = {held[a], held[b], held[c]};
                plane->place = place;
                for (int k = 0; k < IN_A_TRIPLE; k++) {
                    plane->held[k] = found[k];
                    plane->wires[k] = facts_of(triples->search, plane->parities[found[k]])->first_wire;
                    plane->is_negated[k] = triples->search->paths.held[plane->wires[k]] & 1;
                }
                return;
            }
}

static void begin_to_wait(ToffoliSearch *search, int32_t number) {
    for (int k = FIRST_DIRECTION; k < IN_A_PLANE; k++) {
        List *waiting = &facts_of(search, search->planes[number].parities[k])->waiting;
        if (waiting->count < MOST_WAITING && !append(waiting, number))
            search->outcome = NO_MEMORY;
    }
}

static void end_waiting(ToffoliSearch *search, int32_t number) {
    for (int k = FIRST_DIRECTION; k < IN_A_PLANE; k++) {
        List *waiting = &facts_of(search, search->planes[number].parities[k])->waiting;
        for (int64_t own = 0; own < waiting->count; own++)
            if (waiting->items[own] == number) {
                waiting->count--;
                memmove(waiting->items + own, waiting->items + own + 1,
                        (size_t)(waiting->count - own) * sizeof number);
            }
    }
}

/* Advances over a gate, and looks where planes wait for the parities on wires then. */
static void pass(TripleSearch *triples, int32_t place) {
    ToffoliSearch *search = triples->search;
    int64_t start = search->change_starts[place], end = search->change_starts[place + 1];
    const int32_t *changes = search->changes.items;
    for (int64_t k = start; k < end; k += 2)
        search->paths.held[changes[k]] = changes[k + 1];
    List *now = &triples->now;
    now->count = 0;
    for (int64_t k = start; k < end; k += 2)
        if (triples->held[changes[k]] != positive(changes[k + 1])) {
            let_go(triples, changes[k]);
            hold(triples, changes[k], positive(changes[k + 1]));
            if (!append(now, changes[k + 1]))
                search->outcome = NO_MEMORY;
        }
    for (int64_t k = 0; k < now->count; k++) {
        const List *waiting = &facts_of(search, now->items[k])->waiting;
        for (int64_t other = 0; other < waiting->count; other++)
            if (search->planes[waiting->items[other]].place < 0)
                look(triples, &search->planes[waiting->items[other]], place + 1);
    }
}

/* Chains the planes from a number on by the places where they are looked for first, and no longer. */
static void chain_planes(TripleSearch *triples, int64_t from) {
    const ToffoliSearch *search = triples->search;
    for (int32_t place = 0; place <= search->source->count; place++)
        triples->starts[place] = triples->ends[place] = -1;
    for (int32_t number = (int32_t)search->plane_count - 1; number >= from; number--) {
        const PhasePlane *plane = &search->planes[number];
        int32_t start = plane->first > BEFORE_A_PLANE ? plane->first - BEFORE_A_PLANE : 0, end = plane->last + 1;
        triples->next_start[number] = triples->starts[start];
        triples->starts[start] = number;
        triples->next_end[number] = triples->ends[end];
        triples->ends[end] = number;
    }
}

static void look_everywhere(TripleSearch *triples, int64_t from) {
    ToffoliSearch *search = triples->search;
    int32_t gates = (int32_t)search->source->count;
    chain_planes(triples, from);
    for (int64_t k = 0; k < search->fact_count; k++)
        search->facts[k].first_wire = search->facts[k].last_wire = -1;
    for (int64_t k = 0; k < search->used; k++) {
        int32_t wire = search->order[k], first = 2 * ((int32_t)k + 1); /* the first sets are single variables */
        search->paths.held[wire] = first;
        hold(triples, wire, first);
    }
    for (int32_t place = 0; place <= gates && search->outcome == SOLVED; place++) {
        for (int32_t k = triples->starts[place]; k >= 0; k = triples->next_start[k]) {
            begin_to_wait(search, k);
            look(triples, &search->planes[k], place);
        }
        for (int32_t k = triples->ends[place]; k >= 0; k = triples->next_end[k])
            end_waiting(search, k);
        if (place < gates)
            pass(triples, place);
    }
}

void find_triples(ToffoliSearch *search, int64_t from) {
    if (from == search->plane_count)
        return;
    size_t wires = (size_t)search->width + 1, places = (size_t)search->source->count + 1;
    size_t planes = (size_t)search->plane_count;
    TripleSearch triples = {.search = search};
    int32_t *room = malloc((3 * wires + 2 * places + 2 * planes) * sizeof *room);
    if (room) {
        triples.held = room;
        triples.next = triples.held + wires;
        triples.before = triples.next + wires;
        triples.starts = triples.before + wires;
        triples.ends = triples.starts + places;
        triples.next_start = triples.ends + places;
        triples.next_end = triples.next_start + planes;
        look_everywhere(&triples, from);
    } else {
        search->outcome = NO_MEMORY;
    }
    free(triples.now.items);
    free(room);
}
