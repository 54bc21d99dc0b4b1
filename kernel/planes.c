/* Finds which eighth turns belong together as Toffolis: ionqdsl/passes/networks/phase_planes.py takes the same steps. */
#include "toffolis.h"

#include <string.h>

enum { MOST_TERMS = 24, MOST_EQUAL = 64, WAITING = 6, MOST_CANDIDATES = MOST_TERMS * (MOST_TERMS - 1) * (MOST_TERMS - 2) / 6 };

int is_sum(ToffoliSearch *search, const int32_t *three, int32_t fourth) {
    Word hash = variables_of(&search->paths, fourth)->hash;
    for (int k = 0; k < IN_A_TRIPLE; k++)
        hash ^= variables_of(&search->paths, three[k])->hash;
    if (hash)
        return 0;
    return sum_of(&search->paths, sum_of(&search->paths, three[0], three[1]), three[2]) == fourth;
}

PhasePlane *append_plane(ToffoliSearch *search, int32_t u, int32_t v, int32_t w) {
    PhasePlane *planes = with_room(search->planes, search->plane_count, &search->plane_room, sizeof *planes);
    if (!planes) {
        search->outcome = NO_MEMORY;
        return NULL;
    }
    search->planes = planes;
    Paths *paths = &search->paths;
    PhasePlane *plane = &planes[search->plane_count++];
    *plane = (PhasePlane){.is_whole = 1, .place = -1};
    int32_t d = sum_of(paths, u, v), e = sum_of(paths, u, w), both = sum_of(paths, v, w);
    int32_t parities[IN_A_PLANE] = {ZERO_PARITY, d, e, both, u, v, w, sum_of(paths, d, w)};
    memcpy(plane->parities, parities, sizeof parities);
    return has_facts(search) ? plane : NULL;
}

/* --- near one another ---------------------------------------------------------------------------------------------- */

/* The last phases with one newest variable. */
typedef struct {
    int32_t phases[WAITING], count;
} LastPhases;

typedef struct {
    ToffoliSearch *search;
    int32_t *odd;    /* odd phases by parity */
    uint8_t *taken;  /* by phase */
    LastPhases *last; /* by variable */
} NearSearch;

static int32_t at(const NearSearch *near, int32_t phase) {
    return near->search->phases[phase].place;
}

/* The phase of a parity nearest to the places of two phases that is not taken; -1 if there is none. */
static int32_t nearest_phase(const NearSearch *near, int32_t parity, int32_t first, int32_t last) {
    const ParityFacts *facts = facts_of(near->search, parity);
    const int32_t *phases = near->odd + facts->odd_start;
    int32_t low = 0, high = facts->odd_count, found[2] = {-1, -1};
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (phases[middle] < first)
            low = middle + 1;
        else
            high = middle;
    }
    for (int32_t k = 1; k <= MOST_EQUAL && k <= low && found[0] < 0; k++)
        found[0] = near->taken[phases[low - k]] ? -1 : phases[low - k];
    for (int32_t k = 0; k < MOST_EQUAL && low + k < facts->odd_count && found[1] < 0; k++)
        found[1] = near->taken[phases[low + k]] ? -1 : phases[low + k];
    if (found[0] < 0 || found[1] < 0)
        return found[found[0] < 0];
    int32_t before = at(near, first) - at(near, found[0]), after = at(near, found[1]) - at(near, last);
    return found[before > (after > 0 ? after : 0)];
}

/* Whether the sides of a plane that these phases are have directions near them; then all are taken as one plane. */
static int is_near_plane(NearSearch *near, const int32_t *three, int32_t last) {
    ToffoliSearch *search = near->search;
    const NetworkPhase *phases = search->phases;
    int32_t sides[IN_A_TRIPLE];
    for (int k = 0; k < IN_A_TRIPLE; k++)
        sides[k] = positive(phases[three[k]].parity);
    if (!is_sum(search, sides, positive(phases[last].parity)) || search->outcome != SOLVED)
        return 0;
    PhasePlane *plane = append_plane(search, sides[0], sides[1], sides[2]);
    int32_t found[IN_A_PLANE] = {-1, -1, -1, -1, three[0], three[1], three[2], last};
    int is_found = plane != NULL;
    for (int k = FIRST_DIRECTION; k < FIRST_SIDE && is_found; k++) {
        found[k] = nearest_phase(near, plane->parities[k], three[0], last);
        is_found = found[k] >= 0;
    }
    if (!is_found) {
        search->plane_count -= plane != NULL;
        return 0;
    }
    plane->first = at(near, three[0]);
    plane->last = at(near, last);
    for (int k = FIRST_DIRECTION; k < IN_A_PLANE; k++) {
        const NetworkPhase *phase = &phases[found[k]];
        near->taken[found[k]] = 1;
        plane->eighths[k] = phase->parity & 1 ? -phase->eighths & (EIGHTHS - 1) : phase->eighths;
        plane->first = phase->place < plane->first ? phase->place : plane->first;
        plane->last = phase->place > plane->last ? phase->place : plane->last;
    }
    return 1;
}

/* Looks for a plane that ends with a phase. */
static void end_plane(NearSearch *near, int32_t phase) {
    const NetworkPhase *phases = near->search->phases;
    int32_t parity = positive(phases[phase].parity), group[WAITING], count = 0, equal = -1;
    LastPhases *last = &near->last[newest_of(&near->search->paths, parity)];
    for (int32_t k = 0; k < last->count; k++) {
        int32_t other = last->phases[k];
        if (near->taken[other])
            continue;
        if (equal < 0 && positive(phases[other].parity) == parity)
            equal = other; /* a quarter turn */
        else
            group[count++] = other;
    }
    for (int32_t a = 0, is_found = 0; a < count && !is_found; a++)
        for (int32_t b = a + 1; b < count && !is_found; b++)
            for (int32_t c = b + 1; c < count && !is_found; c++) {
                int32_t three[IN_A_TRIPLE] = {group[a], group[b], group[c]};
                is_found = is_near_plane(near, three, phase);
            }
    last->count = 0;
    for (int32_t k = count == WAITING; k < count; k++)
        last->phases[last->count++] = group[k];
    last->phases[last->count++] = phase;
}

static int is_odd_phase(const NetworkPhase *phase) {
    return phase->eighths % 2 && positive(phase->parity) != ZERO_PARITY;
}

/* Lists the odd phases of each parity. */
static void list_odd(NearSearch *near) {
    const ToffoliSearch *search = near->search;
    int32_t start = 0;
    for (int32_t k = 0; k < search->phase_count; k++)
        if (is_odd_phase(&search->phases[k]))
            facts_of(search, search->phases[k].parity)->odd_count++;
    for (int64_t k = 0; k < search->fact_count; k++) {
        search->facts[k].odd_start = start;
        start += search->facts[k].odd_count;
        search->facts[k].odd_count = 0;
    }
    for (int32_t k = 0; k < search->phase_count; k++)
        if (is_odd_phase(&search->phases[k])) {
            ParityFacts *facts = facts_of(search, search->phases[k].parity);
            near->odd[facts->odd_start + facts->odd_count++] = k;
        }
}

void find_near_planes(ToffoliSearch *search) {
    NearSearch near = {.search = search};
    near.odd = malloc(((size_t)search->phase_count + 1) * sizeof *near.odd);
    near.taken = calloc((size_t)search->phase_count + 1, 1);
    near.last = calloc((size_t)search->paths.variables + 1, sizeof *near.last);
    if (near.odd && near.taken && near.last) {
        list_odd(&near);
        for (int32_t k = 0; k < search->phase_count && search->outcome == SOLVED; k++)
            if (is_odd_phase(&search->phases[k]) && !near.taken[k])
                end_plane(&near, k);
    } else {
        search->outcome = NO_MEMORY;
    }
    free(near.odd);
    free(near.taken);
    free(near.last);
}

/* --- anywhere ------------------------------------------------------------------------------------------------------ */

typedef struct {
    int32_t places[4]; /* of its sides in a group */
    int lacks;         /* how many of its directions have no phase */
} Candidate;

typedef struct {
    ToffoliSearch *search;
    List *groups;   /* by variable, parities whose newest it is; those that are odd belong to the group */
    Sets halves;    /* directions of planes */
    List half_of;   /* by directions the number of a plane that is not whole, or -1 */
    Candidate *candidates;
} ScatteredSearch;

/* A parity that was even is odd, or the other way round. */
static void toggle(ScatteredSearch *scattered, int32_t parity) {
    ToffoliSearch *search = scattered->search;
    ParityFacts *facts = facts_of(search, parity);
    facts->is_odd ^= 1;
    if (facts->is_listed)
        return;
    facts->is_listed = 1;
    if (!append(&scattered->groups[newest_of(&search->paths, parity)], parity))
        search->outcome = NO_MEMORY;
}

/* Whether a parity comes before another one by its variables in ascending order. */
static int is_before(const Paths *paths, int32_t one, int32_t other) {
    const NumberSet *a = variables_of(paths, one), *b = variables_of(paths, other);
    const int32_t *numbers = paths->sums.numbers.items;
    for (int32_t k = 0; k < a->count && k < b->count; k++)
        if (numbers[a->start + k] != numbers[b->start + k])
            return numbers[a->start + k] < numbers[b->start + k];
    return a->count < b->count;
}

/* Writes a group in order; how many it has, or 0 if these are too few or too many. */
static int write_group(const ScatteredSearch *scattered, const List *listed, int32_t *group) {
    const ToffoliSearch *search = scattered->search;
    int count = 0;
    for (int64_t k = 0; k < listed->count; k++) {
        int32_t parity = listed->items[k];
        if (!facts_of(search, parity)->is_odd)
            continue;
        if (count == MOST_TERMS)
            return 0;
        int place = count++;
        for (; place > 0 && is_before(&search->paths, parity, group[place - 1]); place--)
            group[place] = group[place - 1];
        group[place] = parity;
    }
    return count < 4 ? 0 : count;
}

static int has_phase(const ToffoliSearch *search, int32_t parity) {
    return facts_of(search, parity)->first_phase >= 0;
}

/* Writes the planes of a group; how many. */
static int write_candidates(ScatteredSearch *scattered, const int32_t *group, int count) {
    ToffoliSearch *search = scattered->search;
    int found = 0;
    for (int a = 0; a < count; a++)
        for (int b = a + 1; b < count; b++)
            for (int c = b + 1; c < count; c++)
                for (int d = 0; d < count; d++) {
                    int32_t three[IN_A_TRIPLE] = {group[a], group[b], group[c]};
                    if (!is_sum(search, three, group[d]))
                        continue;
                    int32_t directions[3] = {sum_of(&search->paths, three[0], three[1]),
                                             sum_of(&search->paths, three[0], three[2]),
                                             sum_of(&search->paths, three[1], three[2])};
                    if (search->outcome != SOLVED || !has_facts(search))
                        return 0;
                    Candidate candidate = {{a, b, c, d}, 0};
                    for (int k = 0; k < 3; k++)
                        candidate.lacks += !has_phase(search, directions[k]);
                    scattered->candidates[found++] = candidate;
                    break;
                }
    return found;
}

/* Where the number is of the plane that has the directions of one and is not whole; NULL if there is no memory. */
static int32_t *half_like(ScatteredSearch *scattered, const PhasePlane *plane) {
    int32_t directions[3];
    memcpy(directions, plane->parities + FIRST_DIRECTION, sizeof directions);
    for (int k = 1; k < 3; k++)
        for (int place = k; place > 0 && directions[place - 1] > directions[place]; place--) {
            int32_t other = directions[place];
            directions[place] = directions[place - 1];
            directions[place - 1] = other;
        }
    int32_t place = place_of(&scattered->halves, directions, 3);
    if (place < 0 || (place == scattered->half_of.count && !append(&scattered->half_of, -1))) {
        scattered->search->outcome = NO_MEMORY;
        return NULL;
    }
    return &scattered->half_of.items[place];
}

/* Decides whether a plane is whole, alone or together with an earlier one. */
static void complete(ScatteredSearch *scattered, int32_t number) {
    ToffoliSearch *search = scattered->search;
    PhasePlane *plane = &search->planes[number];
    int odd = 0;
    for (int k = FIRST_DIRECTION; k < FIRST_SIDE; k++)
        odd += facts_of(search, plane->parities[k])->is_odd;
    if (odd >= 2) {
        for (int k = FIRST_DIRECTION; k < FIRST_SIDE; k++)
            toggle(scattered, plane->parities[k]);
        return;
    }
    int32_t *half = half_like(scattered, plane);
    if (!half)
        return;
    if (*half >= 0)
        search->planes[*half].is_whole = 1;
    else
        plane->is_whole = 0;
    *half = *half >= 0 ? -1 : number;
}

/* Appends planes of a group without a common side, those first whose directions have phases too. */
static void take_group(ScatteredSearch *scattered, const int32_t *group, int count) {
    ToffoliSearch *search = scattered->search;
    int found = write_candidates(scattered, group, count);
    uint32_t left = ((uint32_t)1 << count) - 1;
    int64_t from = search->plane_count;
    for (int lacks = 0; lacks <= 3; lacks++)
        for (int k = 0; k < found; k++) {
            const Candidate *candidate = &scattered->candidates[k];
            uint32_t sides = 0;
            for (int side = 0; side < 4; side++)
                sides |= (uint32_t)1 << candidate->places[side];
            if (candidate->lacks != lacks || sides & ~left)
                continue;
            const int32_t *own = candidate->places;
            PhasePlane *plane = append_plane(search, group[own[0]], group[own[1]], group[own[2]]);
            if (!plane)
                return;
            left &= ~sides;
            int is_first = 1;
            for (int side = FIRST_SIDE; side < IN_A_PLANE; side++) {
                int32_t phase = facts_of(search, plane->parities[side])->first_phase;
                if (phase < 0)
                    continue;
                int32_t place = search->phases[phase].place;
                plane->first = is_first || place < plane->first ? place : plane->first;
                plane->last = is_first || place > plane->last ? place : plane->last;
                is_first = 0;
            }
        }
    for (; from < search->plane_count && search->outcome == SOLVED; from++)
        complete(scattered, (int32_t)from);
}

void find_scattered_planes(ToffoliSearch *search) {
    ScatteredSearch scattered = {.search = search};
    int32_t variables = search->paths.variables, group[MOST_TERMS];
    scattered.groups = calloc((size_t)variables + 1, sizeof *scattered.groups);
    scattered.candidates = malloc(MOST_CANDIDATES * sizeof *scattered.candidates);
    if (!scattered.groups || !scattered.candidates)
        search->outcome = NO_MEMORY;
    for (int64_t k = 1; k < search->fact_count && search->outcome == SOLVED; k++)
        if (search->facts[k].eighths % 2)
            toggle(&scattered, 2 * (int32_t)k);
    for (int32_t variable = variables; variable > 0 && search->outcome == SOLVED; variable--) {
        int count = write_group(&scattered, &scattered.groups[variable], group);
        if (count)
            take_group(&scattered, group, count);
    }
    for (int32_t variable = 0; scattered.groups && variable <= variables; variable++)
        free(scattered.groups[variable].items);
    free(scattered.groups);
    free(scattered.candidates);
    release_sets(&scattered.halves);
    free(scattered.half_of.items);
}
