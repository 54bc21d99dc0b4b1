/* Gates that need no control, as ionqdsl/passes/release_controls.py finds them. */
#ifndef CONTROLS_H
#define CONTROLS_H

#include "words.h"

/* A kind of gates: an axis by number, the letter that they commute with on each operand, the counts of controls and
 * operands, a number of their own, the number of their inverses, and the kind with a control less, -1 if none. */
typedef struct {
    int32_t axis, letter, controls, operands, own, inverse, after;
} ControlKind;

enum { LETTER_Z = 2, LETTER_BLOCKED = 4 };  /* as in `_LETTERS`; a blocked letter commutes with none */

/* A row on so many wires, its controls first. Nothing passes one whose kind is -1. */
typedef struct {
    int32_t kind, count;
    int32_t *wires;
} ControlRow;

/* Writes the rows and the wires of the controls that go, and leaves these out of the rows. */
Outcome release_rows(const ControlKind *kinds, ControlRow *rows, int32_t count, int32_t width, List *found);

#endif
