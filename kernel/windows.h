/* A round of windows (windows.c), as the binding (window_module.c) calls it. */
#ifndef WINDOWS_H
#define WINDOWS_H

#include "programs.h"

enum { LOCALS = 24, LOCAL_NUMBERS = 22 };  /* one-qubit Cliffords, and the numbers of each in `Round.locals` */

/* Entries of a program that can be brought together at the place of the first, and how they are synthesised. */
typedef struct {
    const int32_t *places, *wires;
    int64_t count, bound;        /* the number of places, and the most two-qubit gates of a synthesis */
    int width;                   /* the number of wires */
    int is_flipped, is_reduced;  /* whether the inverse is synthesised, and whether Clifford parts of angles move */
} Window;

typedef struct {
    int64_t tries, steps, scores, sums, entries;  /* as Meter counts it */
} Work;

typedef struct {
    const Program *given;
    const Window *windows;
    int64_t count;
    const Style *styles;     /* those of the syntheses in turn */
    int64_t style_count;
    const uint64_t *seeds;   /* `tries` for each window */
    int tries;
    const int32_t *logs, *cliffords;  /* as Problem and Steps have them */
    const int32_t *locals;   /* by number LOCAL_NUMBERS: the letters and signs of X, Z and Y before it; the numbers of it and one,
                              * two, three turns about each; how many turns it is, and letters and times */
    double noise;
    Work work;
} Round;

/* A program with the windows replaced; whether wires may be renamed decides which syntheses are taken. */
typedef struct {
    int may_rename;
    Program program;
    double neglected;
} Improved;

/* SOLVED or NO_MEMORY */
Outcome improve(Round *round, Improved *results, int count);

/* The most two-qubit gates and wires of a window. */
typedef struct {
    int64_t gates;
    int wires;
} Limit;

typedef struct {
    List places;
    Word wires;
    int64_t gates;  /* on two qubits */
} Collected;

/* Collects entries that can be brought together at `start`, by the masks of their wires, and marks them as taken if they
 * have two two-qubit gates or more; 0 if there is no memory. */
int collect(const Word *where, uint8_t *taken, int64_t count, int64_t start, const Limit *limit, Collected *found);

#endif
