/* Collects the entries of a window: `_collected` of ionqdsl/passes/rotations/windows.py takes the same steps. */
#include "windows.h"

#include <string.h>

enum { REACH = 40 };  /* entries looked at for each two-qubit gate */

/* One-letter rotations on wires that are not inside yet: by wire the first and the last, and after each the next. */
typedef struct {
    int32_t first[64], last[64], *next;
} Waiting;

static void wait(Waiting *waiting, int wire, int64_t start, int64_t place) {
    if (waiting->first[wire] == NONE)
        waiting->first[wire] = (int32_t)place;
    else
        waiting->next[waiting->last[wire] - start] = (int32_t)place;
    waiting->last[wire] = (int32_t)place;
    waiting->next[place - start] = NONE;
}

static int take_waiting(Waiting *waiting, int wire, int64_t start, List *places) {
    int is_fine = 1;
    for (int32_t place = waiting->first[wire]; place != NONE && is_fine; place = waiting->next[place - start])
        is_fine = append(places, place);
    waiting->first[wire] = NONE;
    return is_fine;
}

/* Goes from `start` to `end`; 0 if there is no memory. */
static int walk(const Word *where, const uint8_t *taken, int64_t start, int64_t end, const Limit *limit, Waiting *waiting,
                Collected *found) {
    Word inside = 0, blocked = 0;
    int is_fine = 1;
    for (int64_t place = start; place < end && is_fine; place++) {
        Word mask = where[place];
        if (mask & blocked || taken[place]) {
            blocked |= mask;
        } else if (is_single(mask)) {
            if (mask & inside)
                is_fine = append(&found->places, (int32_t)place);
            else if (mask)
                wait(waiting, lowest(mask), start, place);
            continue;
        } else if ((int)ones(mask | inside) <= limit->wires) {
            for (Word added = mask & ~inside; added && is_fine; added &= added - 1)
                is_fine = take_waiting(waiting, lowest(added), start, &found->places);
            inside |= mask;
            is_fine = is_fine && append(&found->places, (int32_t)place);
            if (++found->gates == limit->gates)
                break;
            continue;
        } else {
            blocked |= mask;
        }
        if (!(inside & ~blocked))
            break;
    }
    found->wires = inside;
    return is_fine;
}

int collect(const Word *where, uint8_t *taken, int64_t count, int64_t start, const Limit *limit, Collected *found) {
    int64_t end = count - start < REACH * limit->gates ? count : start + REACH * limit->gates;
    Waiting waiting = {.next = malloc((size_t)(end - start + 1) * sizeof *waiting.next)};
    memset(waiting.first, NONE, sizeof waiting.first);
    int is_fine = waiting.next && walk(where, taken, start, end, limit, &waiting, found);
    free(waiting.next);
    if (is_fine && found->gates > 1)
        for (int64_t k = 0; k < found->places.count; k++)
            taken[found->places.items[k]] = 1;
    return is_fine;
}
