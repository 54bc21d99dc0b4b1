/* Releases gates from controls that they do not need: ionqdsl/passes/release_controls.py takes the same steps, and says
 * why. */
#include "controls.h"

#include <string.h>

enum { ROUNDS = 8 };

/* A row of a stretch, with the kind, wires and group that tell it from others. */
typedef struct {
    const ControlKind *kind;
    const int32_t *wires;
    int32_t place, group; /* the group is the place of its first member */
} Member;

typedef struct {
    int32_t first, last, group;
} Pair;

typedef struct {
    const ControlKind *kinds;
    ControlRow *rows;
    int32_t *starts, *places; /* by wire, where the places of its rows begin */
    int32_t *stretch_of;      /* by row, the number of the last stretch that it was in */
    int32_t *partner;         /* by row, the one that it needs no control with; -1 if none */
    Member *members;          /* room for those of one stretch */
    Pair *pairs;
    int32_t stretch;          /* the number of the present one */
} Release;

/* The letter that a row commutes with on a wire; -1 if it does not act there. */
static int letter_of(const Release *release, int32_t place, int32_t wire) {
    const ControlRow *row = &release->rows[place];
    for (int32_t k = 0; k < row->count; k++)
        if (row->wires[k] == wire) {
            if (row->kind < 0)
                return LETTER_BLOCKED;
            const ControlKind *kind = &release->kinds[row->kind];
            return k < kind->controls ? LETTER_Z : kind->letter;
        }
    return -1;
}

static int is_control(const Release *release, int32_t place, int32_t wire) {
    const ControlRow *row = &release->rows[place];
    for (int32_t k = 0; row->kind >= 0 && k < release->kinds[row->kind].controls; k++)
        if (row->wires[k] == wire)
            return 1;
    return 0;
}

static int compare_kinds(const Member *one, const Member *other) {
    const ControlKind *a = one->kind, *b = other->kind;
    if (a->axis != b->axis)
        return a->axis < b->axis ? -1 : 1;
    if (a->controls != b->controls)
        return a->controls < b->controls ? -1 : 1;
    for (int32_t k = 0; k < a->controls + a->operands; k++)
        if (one->wires[k] != other->wires[k])
            return one->wires[k] < other->wires[k] ? -1 : 1;
    return 0;
}

static int compare_members(const void *one, const void *other) {
    const Member *a = one, *b = other;
    int order = compare_kinds(a, b);
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

/* The nearest pairs first; of equally near ones, those of the group that begins first. */
static int compare_pairs(const void *one, const void *other) {
    const Pair *a = one, *b = other;
    int32_t near_a = a->last - a->first, near_b = b->last - b->first;
    if (near_a != near_b)
        return near_a < near_b ? -1 : 1;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

/* Whether a row between two others keeps them apart on a wire where they have a letter. */
static int keeps_apart(const Release *release, int32_t place, int32_t wire, int letter, const Pair *pair) {
    if (release->stretch_of[place] == release->stretch) {
        int32_t partner = release->partner[place];
        if (partner < 0 || (pair->first < partner && partner < pair->last))
            return 0;
    }
    int other = letter_of(release, place, wire);
    return other >= 0 && (letter == LETTER_BLOCKED || other != letter);
}

/* Whether two gates could meet if all rows that have the control were gone but the pairs so far. */
static int may_meet(const Release *release, int32_t control, const Pair *pair) {
    if (release->partner[pair->first] >= 0 || release->partner[pair->last] >= 0)
        return 0;
    const ControlRow *row = &release->rows[pair->first];
    for (int32_t k = 0; k < row->count; k++) {
        int32_t wire = row->wires[k];
        if (wire == control)
            continue;
        int letter = letter_of(release, pair->first, wire);
        int32_t low = release->starts[wire], end = release->starts[wire + 1], high = end;
        while (low < high) {
            int32_t middle = low + (high - low) / 2;
            if (release->places[middle] > pair->first)
                high = middle;
            else
                low = middle + 1;
        }
        for (; low < end && release->places[low] < pair->last; low++)
            if (keeps_apart(release, release->places[low], wire, letter, pair))
                return 0;
    }
    return 1;
}

/* Sorts the rows of a stretch by kind, and gives those of one kind their group. */
static void group(Member *members, int32_t count) {
    qsort(members, (size_t)count, sizeof *members, compare_members);
    for (int32_t k = 0; k < count; k++)
        members[k].group = k && !compare_kinds(&members[k - 1], &members[k]) ? members[k - 1].group : members[k].place;
}

/* Writes pairs of one kind that have no partner, next to each other, each the inverse of the other; how many. */
static int32_t write_pairs(const Release *release, int32_t count) {
    int32_t found = 0;
    const Member *before = NULL;
    for (int32_t k = 0; k < count; k++) {
        const Member *member = &release->members[k];
        if (release->partner[member->place] >= 0)
            continue;
        if (before && before->group == member->group && before->kind->own == member->kind->inverse)
            release->pairs[found++] = (Pair){before->place, member->place, member->group};
        before = member;
    }
    qsort(release->pairs, (size_t)found, sizeof *release->pairs, compare_pairs);
    return found;
}

/* Gives rows of a stretch partners without which they need no control; whether any has one. */
static int find_partners(Release *release, int32_t control, int32_t count) {
    int is_any = 0, is_new = 1;
    for (int round = 0; round < ROUNDS && is_new; round++) {
        int32_t found = write_pairs(release, count);
        is_new = 0;
        for (int32_t k = 0; k < found; k++) {
            const Pair *pair = &release->pairs[k];
            if (!may_meet(release, control, pair))
                continue;
            release->partner[pair->first] = pair->last;
            release->partner[pair->last] = pair->first;
            is_any = is_new = 1;
        }
    }
    return is_any;
}

static void leave_out(Release *release, int32_t place, int32_t wire) {
    ControlRow *row = &release->rows[place];
    int32_t k = 0;
    while (row->wires[k] != wire)
        k++;
    row->count--;
    memmove(row->wires + k, row->wires + k + 1, (size_t)(row->count - k) * sizeof *row->wires);
    row->kind = release->kinds[row->kind].after;
}

/* Releases rows of a stretch: the ones with a wire as a control, between two that change it. */
static Outcome release_stretch(Release *release, int32_t wire, int32_t count, List *found) {
    if (count < 3)
        return SOLVED;
    release->stretch++;
    for (int32_t k = 0; k < count; k++) {
        Member *member = &release->members[k];
        const ControlRow *row = &release->rows[member->place];
        member->kind = &release->kinds[row->kind];
        member->wires = row->wires;
        release->stretch_of[member->place] = release->stretch;
        release->partner[member->place] = -1;
    }
    group(release->members, count);
    if (!find_partners(release, wire, count))
        return SOLVED;
    for (int32_t k = 0; k < count; k++) {
        int32_t place = release->members[k].place;
        if (release->partner[place] < 0)
            continue;
        leave_out(release, place, wire);
        if (!append(found, place) || !append(found, wire))
            return NO_MEMORY;
    }
    return SOLVED;
}

static Outcome release_wire(Release *release, int32_t wire, List *found) {
    Outcome outcome = SOLVED;
    int32_t count = 0;
    for (int32_t k = release->starts[wire]; k < release->starts[wire + 1] && outcome == SOLVED; k++) {
        int32_t place = release->places[k];
        if (letter_of(release, place, wire) != LETTER_Z) {
            outcome = release_stretch(release, wire, count, found);
            count = 0;
        } else if (is_control(release, place, wire)) {
            release->members[count++].place = place;
        }
    }
    return outcome == SOLVED ? release_stretch(release, wire, count, found) : outcome;
}

static void sort_wires(int32_t *wires, int32_t count) {
    for (int32_t k = 1; k < count; k++) {
        int32_t wire = wires[k], place = k;
        for (; place > 0 && wires[place - 1] > wire; place--)
            wires[place] = wires[place - 1];
        wires[place] = wire;
    }
}

/* Writes the places of the rows on each wire, and the wires in order of first use; how many these are, or -1 if a row has
 * one twice. */
static int32_t list_places(Release *release, int32_t count, int32_t width, int32_t *order) {
    int32_t *starts = release->starts, used = 0, end = 0;
    for (int32_t place = 0; place < count; place++)
        for (int32_t k = 0; k < release->rows[place].count; k++) {
            int32_t wire = release->rows[place].wires[k];
            if (!starts[wire]++)
                order[used++] = wire;
        }
    for (int32_t wire = 0; wire < width; wire++) {
        end += starts[wire];
        starts[wire] = end;
    }
    starts[width] = end;
    for (int32_t place = count - 1; place >= 0; place--)
        for (int32_t k = 0; k < release->rows[place].count; k++)
            release->places[--starts[release->rows[place].wires[k]]] = place;
    for (int32_t wire = 0; wire < width; wire++)
        for (int32_t k = starts[wire] + 1; k < starts[wire + 1]; k++)
            if (release->places[k] == release->places[k - 1])
                return -1;
    return used;
}

Outcome release_rows(const ControlKind *kinds, ControlRow *rows, int32_t count, int32_t width, List *found) {
    size_t wires = 0, most = (size_t)count + 1;
    for (int32_t place = 0; place < count; place++)
        wires += (size_t)rows[place].count;
    Release release = {.kinds = kinds, .rows = rows};
    int32_t *order = calloc(2 * (size_t)width + 1 + wires + 2 * most, sizeof *order);
    release.members = malloc(most * sizeof *release.members);
    release.pairs = malloc(most * sizeof *release.pairs);
    Outcome outcome = order && release.members && release.pairs ? SOLVED : NO_MEMORY;
    if (outcome == SOLVED) {
        release.starts = order + width;
        release.places = release.starts + width + 1;
        release.stretch_of = release.places + wires;
        release.partner = release.stretch_of + most;
        int32_t used = list_places(&release, count, width, order);
        outcome = used < 0 ? INVALID : SOLVED;
        for (int32_t place = 0; place < count; place++) {
            int32_t controls = rows[place].kind < 0 ? 0 : kinds[rows[place].kind].controls;
            sort_wires(rows[place].wires, controls);
            sort_wires(rows[place].wires + controls, rows[place].count - controls);
        }
        for (int32_t k = 0; k < used && outcome == SOLVED; k++)
            outcome = release_wire(&release, order[k], found);
    }
    free(order);
    free(release.members);
    free(release.pairs);
    return outcome;
}
