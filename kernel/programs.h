/* Programs of Pauli rotations: folded (fold.c), and as interaction forms (programs.c). */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include "forms.h"

#define QUARTER_TURN (PI / 2)

enum { CLIFFORD_KEYS = 64, TURNS = 3, CLIFFORD = 1 + 2 * TURNS };  /* numbers of a local Clifford: how many turns, letters and times */

/* exp(-i angle/2 P): the bits of X and Z by wire. */
typedef struct {
    Word x, z;
    double angle;
} Rotation;

typedef struct {
    int width;
    Rotation *rotations;
    int64_t count, room;
    int32_t *outputs;  /* by qubit, the wire on which it is read; NULL if nobody asks */
} Program;

/* i^p X^x Z^z */
typedef struct {
    Word x, z;
    int p;
} Image;

/* Rotations that are not Clifford, then a Clifford by two images for each qubit. */
typedef struct {
    Program program;
    Image images[2 * 64];
} Folded;

/* Whether a Hermitian string, written with letters, has a minus sign. */
int is_negative(Image image);

/* The steps of a synthesis as passes/rotations/pauli_problems.py has them, and the angles of its rows. */
typedef struct {
    const int32_t *events, *moves, *qubits;
    int64_t event_count, move_count, row_count;
    const double *angles;
    const int32_t *cliffords;  /* for each letters of a qubit the turns of the Clifford, CLIFFORD numbers each */
} Steps;

/* A step of a row on its qubits: a turn of the first by four numbers if `second` is negative, otherwise an interaction by
 * axes u and v and an angle.
 */
typedef struct {
    double first, second, numbers[VALUES];
} Step;

enum { ROW = 3 };  /* numbers of a row: its kind and up to two qubits */

/* Rows, of which many are alike: row k is the different row places[k]. Kind k has the steps from parts[k] to parts[k + 1],
 * and a phase.
 */
typedef struct {
    int32_t count;
    const int32_t *places, *rows, *parts;
    const Step *steps;
    const double *phases;
} Rows;

/* SOLVED or NO_MEMORY; the phase is the sum of those of the rows. */
Outcome write_rows(const Rows *rows, NumericForm *form, double *phase);

enum { RENAMING = -1 };  /* the kind of a row that exchanges its qubits */

/* The same rows for a program: different row k has the qubits from starts[k] to starts[k + 1], and kind k the rotations
 * from parts[k] to parts[k + 1]. A rotation has two masks of places among the qubits, of X and of Z, and an angle.
 */
typedef struct {
    int32_t count;
    const int32_t *places, *kinds, *starts, *qubits, *parts;
    const Word *masks;
    const double *angles;
} Spreads;

/* Writes the rotations, and the wire on which each qubit is read; SOLVED or NO_MEMORY. */
Outcome write_rotations(const Spreads *rows, Program *program);

/* Whether all numbers of the steps are those of wires, rows and Cliffords; and no two on one wire. */
int are_whole(const Steps *steps, int width);

/* SOLVED or NO_MEMORY */
Outcome write_program(const Steps *steps, int is_inverse, Program *program);
Outcome write_form(const Program *program, NumericForm *form);
void release_program(Program *program);
int append_rotation(Program *program, Word x, Word z, double angle);

/* Turns a program into its inverse; 0 if there is no memory. */
int invert(Program *program);

/* Moves Cliffords to the end and merges rotations; the Clifford is given by two images for each qubit. */
Outcome fold_program(Program *program, int is_reduced, int is_once, double noise, Image *images, double *neglected);

/* Writes the inverse of a folded program; 0 if there is no memory. */
int invert_folded(const Folded *given, Folded *inverse);

/* The quarter turns of an angle modulo 4, -1 if it is no whole number of them. */
int quarters(double angle, double noise);

/* The two-qubit gates about the measured letters, which a measurement of all wires does not depend on. */
int64_t unseen_rotations(const Program *program, double noise);

INLINE int is_single(Word where) {
    return !(where & (where - 1));
}

#endif
