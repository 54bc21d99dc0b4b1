/* Finds Toffolis in networks: ionqdsl/passes/networks/find_toffolis.py takes the same steps, and says why. */
#include "toffolis.h"

#include <string.h>

int has_facts(ToffoliSearch *search) {
    if (search->paths.outcome != SOLVED)
        search->outcome = NO_MEMORY;
    while (search->fact_count < search->paths.sums.count) {
        ParityFacts *facts = with_room(search->facts, search->fact_count, &search->fact_room, sizeof *facts);
        if (!facts) {
            search->outcome = NO_MEMORY;
            return 0;
        }
        search->facts = facts;
        facts[search->fact_count++] = (ParityFacts){
            .first_phase = -1, .last_phase = -1, .site = -1, .first_wire = -1, .last_wire = -1};
    }
    return search->outcome == SOLVED;
}

/* --- phases -------------------------------------------------------------------------------------------------------- */

static int append_site(ToffoliSearch *search, PhaseSite site) {
    PhaseSite *sites = with_room(search->sites, search->site_count, &search->site_room, sizeof site);
    if (!sites) {
        search->outcome = NO_MEMORY;
        return -1;
    }
    search->sites = sites;
    sites[search->site_count] = site;
    return (int)search->site_count++;
}

static void note_phase(ToffoliSearch *search, int32_t place) {
    const TidyGate *gate = &search->source->gates[place];
    const int32_t *wires = search->source->wires.items + gate->start;
    int32_t parity = search->paths.held[wires[0]];
    for (int64_t k = 1; k < gate->count; k++)
        parity = sum_of(&search->paths, parity, search->paths.held[wires[k]]);
    if (search->paths.outcome != SOLVED || !has_facts(search))
        return;
    ParityFacts *facts = facts_of(search, parity);
    int32_t number = search->phase_count++;
    search->phases[number] = (NetworkPhase){place, parity, gate->eighths, -1};
    facts->eighths += parity & 1 ? EIGHTHS - gate->eighths : gate->eighths;
    facts->eighths &= EIGHTHS - 1;
    if (facts->last_phase >= 0)
        search->phases[facts->last_phase].next = number;
    else {
        facts->first_phase = number;
        facts->site = append_site(search, (PhaseSite){gate->start, place, (int32_t)gate->count, parity & 1});
    }
    facts->last_phase = number;
}

/* Follows all gates, and notes phases and changes of the parities on wires. */
static void follow_all(ToffoliSearch *search) {
    const Tidy *source = search->source;
    List wires = {0};
    for (int32_t place = 0; place < source->count && search->outcome == SOLVED; place++) {
        search->change_starts[place] = search->changes.count;
        wires.count = 0;
        if (source->gates[place].kind == PHASE)
            note_phase(search, place);
        else
            follow(&search->paths, source, &source->gates[place], &wires);
        for (int64_t k = 0; k < wires.count; k++)
            if (!append(&search->changes, wires.items[k])
                || !append(&search->changes, search->paths.held[wires.items[k]]))
                search->outcome = NO_MEMORY;
        if (search->paths.outcome != SOLVED)
            search->outcome = NO_MEMORY;
    }
    search->change_starts[source->count] = search->changes.count;
    free(wires.items);
}

/* --- the remaining phases ----------------------------------------------------------------------------------------- */

/* Of the bits of a number the sum. */
static int is_odd_sum(int number) {
    return ones((Word)(unsigned)number) & 1;
}

/* Gives a plane other names: those of the wires that hold its parities. */
static void rename_plane(PhasePlane *plane) {
    PhasePlane old = *plane;
    for (int k = FIRST_DIRECTION; k < IN_A_PLANE; k++) {
        int other = 0;
        for (int bit = 0; bit < IN_A_TRIPLE; bit++)
            other ^= k >> bit & 1 ? old.held[bit] : 0;
        plane->parities[k] = old.parities[other];
        plane->eighths[k] = old.eighths[other];
    }
    for (int bit = 0; bit < IN_A_TRIPLE; bit++)
        plane->held[bit] = 1 << bit;
}

/* The change of the eighths of its parities if a plane is taken out; returns the bits at its point, as a parity has
 * those of its three. */
static int change_of(const PhasePlane *plane, int32_t *change, int64_t *negated) {
    static const int TIMES[] = {0, 2, -2, 4};
    int sums[FIRST_SIDE], point = 0, least = IN_A_PLANE, times = 1;
    for (int k = 0; k < FIRST_SIDE; k++) {
        sums[k] = 0;
        for (int side = 0; side < FIRST_SIDE; side++)
            sums[k] += is_odd_sum(side & k) ? -plane->eighths[FIRST_SIDE + side] : plane->eighths[FIRST_SIDE + side];
        sums[k] &= EIGHTHS - 1;
    }
    for (int k = FIRST_SIDE - 1; k >= 0; k--) {
        int equal = 0;
        for (int other = 0; other < FIRST_SIDE; other++)
            equal += sums[other] == sums[k];
        point = equal == 1 ? k : point;
    }
    int a = point & 1 ? 1 : -1, b = point & 2 ? 1 : -1;
    const int product[] = {0, a, b, -a * b};
    for (int k = 0; k < 4 && plane->is_whole; k++) {
        int left = 0;
        for (int direction = FIRST_DIRECTION; direction < FIRST_SIDE; direction++) {
            int added = plane->eighths[FIRST_SIDE + direction] + TIMES[k] * product[direction];
            left += ((plane->eighths[direction] + added) & (EIGHTHS - 1)) != 0;
        }
        if (left < least) {
            least = left;
            times = TIMES[k];
        }
    }
    change[FIRST_SIDE] = sums[point ? point - 1 : FIRST_SIDE - 1] - plane->eighths[FIRST_SIDE];
    for (int direction = FIRST_DIRECTION; direction < FIRST_SIDE; direction++) {
        change[FIRST_SIDE + direction] = -plane->eighths[FIRST_SIDE + direction];
        change[direction] = plane->eighths[FIRST_SIDE + direction] + times * product[direction];
    }
    *negated += times * ((a < 0) + (b < 0) - (a * b < 0));
    return point | (times == 2 || times == -2 ? 0 : FIRST_SIDE);
}

/* The number of the combination of wires that hold a parity: one or two of three; 0 if none do. */
static int wires_for(const PhasePlane *plane, int parity) {
    static const int CHOICES[] = {1, 2, 4, 3, 5, 6};
    for (int k = 0; k < 6; k++) {
        int held = 0;
        for (int bit = 0; bit < IN_A_TRIPLE; bit++)
            held ^= CHOICES[k] >> bit & 1 ? plane->held[bit] : 0;
        if (held == parity)
            return CHOICES[k];
    }
    return 0;
}

/* Writes where a parity may be written, on wires that hold it, unless there is a place already. */
static void note_site(ToffoliSearch *search, const PhasePlane *plane, int parity) {
    int chosen = wires_for(plane, parity);
    ParityFacts *facts = facts_of(search, plane->parities[parity]);
    if (!chosen || facts->site >= 0)
        return;
    PhaseSite site = {search->built.wires.count, plane->place, 0, 0};
    for (int k = 0; k < IN_A_TRIPLE; k++)
        if (chosen >> k & 1) {
            site.count++;
            site.is_negated ^= plane->is_negated[k];
            if (!append(&search->built.wires, plane->wires[k]))
                search->outcome = NO_MEMORY;
        }
    facts->site = append_site(search, site);
}

static void touch(ToffoliSearch *search, int32_t parity) {
    ParityFacts *facts = facts_of(search, parity);
    if (!facts->is_touched && !append(&search->touched, parity))
        search->outcome = NO_MEMORY;
    facts->is_touched = 1;
}

/* Writes wires of a gate, and returns where they start. */
static int64_t append_wires(ToffoliSearch *search, const int32_t *wires, int64_t count) {
    int64_t start = search->built.wires.count;
    for (int64_t k = 0; k < count; k++)
        if (!append(&search->built.wires, wires[k]))
            search->outcome = NO_MEMORY;
    return start;
}

/* Chains of insertions by place. */
typedef struct {
    Insertion *items;
    int64_t count, room;
    int32_t *first, *last; /* by place */
} Insertions;

static void insert(ToffoliSearch *search, Insertions *insertions, int32_t place, TidyGate gate) {
    Insertion *items = with_room(insertions->items, insertions->count, &insertions->room, sizeof *items);
    if (!items) {
        search->outcome = NO_MEMORY;
        return;
    }
    insertions->items = items;
    items[insertions->count] = (Insertion){gate, -1};
    if (insertions->first[place] < 0)
        insertions->first[place] = (int32_t)insertions->count;
    else
        items[insertions->last[place]].next = (int32_t)insertions->count;
    insertions->last[place] = (int32_t)insertions->count++;
}

/* Writes the gate of a plane between flips of the wires that are 0 at its point, which has these bits. */
static void insert_plane(ToffoliSearch *search, const PhasePlane *plane, int bits, Insertions *insertions) {
    int32_t place = search->sites[facts_of(search, plane->parities[FIRST_SIDE])->site].place;
    int32_t origin = place < search->source->count ? search->source->gates[place].source : search->nothing;
    TidyGate around[IN_A_TRIPLE], gate = {.kind = plane->is_whole ? SIGN : TURN, .source = origin, .is_new = 1};
    int count = 0;
    for (int k = 0; k < IN_A_TRIPLE; k++)
        if (is_odd_sum(bits & plane->held[k]) == plane->is_negated[k]) {
            around[count] = (TidyGate){.kind = FLIP, .source = origin, .is_new = 1, .count = 1};
            around[count++].start = append_wires(search, plane->wires + k, 1);
        }
    gate.start = append_wires(search, plane->wires, IN_A_TRIPLE);
    gate.count = IN_A_TRIPLE;
    for (int k = 0; k < count; k++)
        insert(search, insertions, plane->place, around[k]);
    insert(search, insertions, plane->place, gate);
    for (int k = 0; k < count; k++)
        insert(search, insertions, plane->place, around[k]);
}

/* Takes a plane out, if its gate and the phases that are left have a place. */
static void take(ToffoliSearch *search, PhasePlane *plane, Insertions *insertions) {
    if (plane->place < 0)
        return;
    if (plane->held[2] >= FIRST_SIDE && plane->held[0] < FIRST_SIDE && plane->held[1] < FIRST_SIDE)
        rename_plane(plane);
    else if (!plane->is_whole)
        return;
    for (int side = FIRST_SIDE; side < IN_A_PLANE; side++)
        if (plane->eighths[side] % 2 == 0) /* another plane was to make it odd */
            return;
    for (int k = FIRST_DIRECTION; k <= FIRST_SIDE; k++)
        if (facts_of(search, plane->parities[k])->site < 0 && !wires_for(plane, k))
            return;
    for (int k = FIRST_DIRECTION; k < IN_A_PLANE; k++)
        note_site(search, plane, k);
    for (int k = FIRST_SIDE; k < IN_A_PLANE; k++)
        touch(search, plane->parities[k]);
    for (int k = FIRST_DIRECTION; k < FIRST_SIDE; k++)
        touch(search, plane->parities[k]);
    int32_t change[IN_A_PLANE] = {0};
    int bits = change_of(plane, change, &search->negated);
    for (int k = FIRST_DIRECTION; k < IN_A_PLANE; k++) {
        ParityFacts *facts = facts_of(search, plane->parities[k]);
        facts->eighths = (facts->eighths + change[k]) & (EIGHTHS - 1);
    }
    if (search->outcome == SOLVED)
        insert_plane(search, plane, bits, insertions);
}

/* --- the network --------------------------------------------------------------------------------------------------- */

/* Writes every phase that was touched in one place; `is_gone` are the gates that go. */
static void gather_phases(ToffoliSearch *search, Insertions *insertions, uint8_t *is_gone) {
    for (int64_t k = 0; k < search->touched.count && search->outcome == SOLVED; k++) {
        const ParityFacts *facts = facts_of(search, search->touched.items[k]);
        for (int32_t phase = facts->first_phase; phase >= 0; phase = search->phases[phase].next) {
            const NetworkPhase *old = &search->phases[phase];
            is_gone[old->place] = 1;
            search->negated += old->parity & 1 ? old->eighths : 0;
        }
        if (!facts->eighths)
            continue;
        PhaseSite site = search->sites[facts->site];
        search->negated += site.is_negated ? facts->eighths : 0;
        insert(search, insertions, site.place, (TidyGate){
            .kind = PHASE, .eighths = site.is_negated ? EIGHTHS - facts->eighths : facts->eighths,
            .source = search->nothing, .is_new = 1, .start = site.start, .count = site.count});
    }
}

static void push(ToffoliSearch *search, TidyGate gate) {
    Tidy *built = &search->built;
    TidyGate *gates = with_room(built->gates, built->count, &built->room, sizeof gate);
    if (gates) {
        built->gates = gates;
        gates[built->count++] = gate;
    } else {
        search->outcome = NO_MEMORY;
    }
}

/* Writes all gates in order. */
static void build(ToffoliSearch *search, const Insertions *inserted, const Insertions *phases, const uint8_t *is_gone) {
    int32_t gates = (int32_t)search->source->count;
    for (int32_t place = 0; place <= gates && search->outcome == SOLVED; place++) {
        for (int32_t k = inserted->first[place]; k >= 0; k = inserted->items[k].next)
            push(search, inserted->items[k].gate);
        for (int32_t k = phases->first[place]; k >= 0; k = phases->items[k].next)
            push(search, phases->items[k].gate);
        if (place < gates && !is_gone[place])
            push(search, search->source->gates[place]);
    }
}

/* Looks for planes and takes them out. */
static void take_planes(ToffoliSearch *search, Insertions *inserted) {
    find_near_planes(search);
    if (search->outcome == SOLVED)
        find_triples(search, 0);
    int64_t near = search->plane_count;
    for (int64_t k = 0; k < near && search->outcome == SOLVED; k++)
        take(search, &search->planes[k], inserted);
    if (search->outcome == SOLVED)
        find_scattered_planes(search);
    if (search->outcome == SOLVED)
        find_triples(search, near);
    for (int64_t k = near; k < search->plane_count && search->outcome == SOLVED; k++) {
        PhasePlane *plane = &search->planes[k];
        for (int parity = FIRST_DIRECTION; parity < IN_A_PLANE; parity++)
            plane->eighths[parity] = facts_of(search, plane->parities[parity])->eighths;
        take(search, plane, inserted);
    }
}

/* The wires in order of first use; the list of a network that was tidied has more than those of its gates. */
static void list_wires(ToffoliSearch *search) {
    const Tidy *source = search->source;
    uint8_t *is_used = calloc((size_t)search->width + 1, 1);
    search->order = malloc(((size_t)search->width + 1) * sizeof *search->order);
    if (!is_used || !search->order)
        search->outcome = NO_MEMORY;
    for (int64_t k = 0; k < source->count && search->outcome == SOLVED; k++)
        for (int64_t place = 0; place < source->gates[k].count; place++) {
            int32_t wire = source->wires.items[source->gates[k].start + place];
            wire = wire < 0 ? ~wire : wire;
            if (!is_used[wire])
                search->order[search->used++] = wire;
            is_used[wire] = 1;
        }
    free(is_used);
}

static void release_search(ToffoliSearch *search) {
    release_tidy(&search->built);
    release_paths(&search->paths);
    for (int64_t k = 0; k < search->fact_count; k++)
        free(search->facts[k].waiting.items);
    free(search->order);
    free(search->changes.items);
    free(search->change_starts);
    free(search->phases);
    free(search->facts);
    free(search->planes);
    free(search->sites);
    free(search->touched.items);
}

/* Takes all steps with room for the insertions and the phases by place. */
static void find_with(ToffoliSearch *search, Insertions *inserted, Insertions *phases, uint8_t *is_gone, Tidy *result) {
    int32_t places = (int32_t)search->source->count + 1;
    for (int32_t place = 0; place < places; place++)
        inserted->first[place] = phases->first[place] = -1;
    append_wires(search, search->source->wires.items, search->source->wires.count);
    follow_all(search);
    if (search->outcome == SOLVED && has_facts(search))
        take_planes(search, inserted);
    if (search->outcome == SOLVED && inserted->count) {
        gather_phases(search, phases, is_gone);
        build(search, inserted, phases, is_gone);
        if (search->outcome == SOLVED)
            search->outcome = tidy_gates(&search->built, search->width, 1, 0, result);
    }
}

/* Finds Toffolis in a network without gates that are gone. */
static Outcome find_in(const Tidy *source, int32_t width, int32_t nothing, Tidy *result, int64_t *eighths,
                       int *is_found) {
    ToffoliSearch search = {.source = source, .width = width, .nothing = nothing, .outcome = SOLVED};
    size_t places = (size_t)source->count + 1;
    Insertions inserted = {0}, phases = {0};
    int32_t *room = malloc(4 * places * sizeof *room);
    uint8_t *is_gone = calloc(places, 1);
    search.change_starts = malloc(places * sizeof *search.change_starts);
    search.phases = malloc(places * sizeof *search.phases);
    list_wires(&search);
    if (search.outcome == SOLVED)
        begin_paths(&search.paths, width, search.order, search.used);
    if (!room || !is_gone || !search.change_starts || !search.phases || search.paths.outcome != SOLVED)
        search.outcome = NO_MEMORY;
    if (search.outcome == SOLVED) {
        inserted.first = room;
        inserted.last = inserted.first + places;
        phases.first = inserted.last + places;
        phases.last = phases.first + places;
        find_with(&search, &inserted, &phases, is_gone, result);
    }
    if (search.paths.outcome != SOLVED)
        search.outcome = NO_MEMORY;
    *eighths += search.negated + result->eighths;
    *is_found = inserted.count > 0;
    free(inserted.items);
    free(phases.items);
    free(room);
    free(is_gone);
    release_search(&search);
    return search.outcome;
}

static int has_odd_phases(const Tidy *source) {
    int64_t odd = 0;
    for (int64_t k = 0; k < source->count; k++)
        odd += source->gates[k].eighths % 2;
    return odd >= FIRST_SIDE;
}

static void leave_out_gone(Tidy *tidy) {
    int64_t left = 0;
    for (int64_t k = 0; k < tidy->count; k++)
        if (tidy->gates[k].kind != GONE)
            tidy->gates[left++] = tidy->gates[k];
    tidy->count = left;
}

Outcome find_toffolis(const Tidy *source, int32_t width, int reads, Tidy *result, int64_t *eighths, int *is_found) {
    Tidy tidied = {0};
    Outcome outcome = reads ? tidy_gates(source, width, 1, 1, &tidied) : SOLVED;
    const Tidy *network = reads ? &tidied : source;
    leave_out_gone(&tidied);
    *eighths = tidied.eighths;
    *is_found = 0;
    if (outcome == SOLVED && has_odd_phases(network))
        outcome = find_in(network, width, (int32_t)source->count, result, eighths, is_found);
    release_tidy(&tidied);
    return outcome;
}
