/* Gates of a network that cancel, as ionqdsl/passes/networks/tidy.py has them. */
#ifndef TIDY_H
#define TIDY_H

#include "words.h"

/* Kinds of gates, in the order of `_NUMBERS`. A `REST` may change the value on a wire w, and is diagonal there if the
 * wire is given as ~w. A `RELATIVE` one is a flip and phases, and a `TURN` half a turn under others. */
enum { HADAMARD, FLIP, PHASE, SIGN, REST, SWAP, RELATIVE, TURN, GONE };

enum { EIGHTHS = 8 }; /* in a turn */

enum { NUMBERS = 3 }; /* of a gate before its wires: its kind, its eighths and the number of its wires */

/* Wires are from `start` in a list. `source` is its number in the source, or that of the gate it is made of, if it
 * `is_new`. */
typedef struct {
    int32_t kind, eighths, source, is_new;
    int64_t start, count;
} TidyGate;

/* Signs of two wires become flips before or after Hadamards next to them, or phases. */
typedef enum { AS_THEY_ARE, AFTER, BEFORE, SPLIT } SignsOfTwo;

typedef struct {
    TidyGate *gates;
    int64_t count, room;
    List wires;
    List *on; /* for each wire the places of the gates on it, in order */
    int joins;
    SignsOfTwo signs;
    int64_t eighths; /* of a turn: the global phase that the gates lack */
    Outcome outcome;
} Tidy;

/* Leaves out gates of `source`, all of wires below `width`; with `reads` none is a sign of two wires any more. */
Outcome tidy_gates(const Tidy *source, int32_t width, int joins, int reads, Tidy *result);
void release_tidy(Tidy *tidy);

#endif
