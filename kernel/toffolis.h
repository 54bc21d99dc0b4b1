/* Toffolis among the phases of a network, as ionqdsl/passes/networks/find_toffolis.py and phase_planes.py find them. */
#ifndef TOFFOLIS_H
#define TOFFOLIS_H

#include "parities.h"

/* Parities of a plane by three bits: 1 for d, 2 for e, 4 for u. Those with u are its sides, the others its directions. */
enum { FIRST_DIRECTION = 1, FIRST_SIDE = 4, IN_A_PLANE = 8, IN_A_TRIPLE = 3 };

/* Four parities with odd eighths, and their differences; whether these belong to it too. `first` and `last` are places of
 * phases. Three wires hold independent parities of it before the gate at `place`, if that is not -1: which ones, and
 * whether they are negated there. */
typedef struct {
    int32_t parities[IN_A_PLANE], eighths[IN_A_PLANE];
    int32_t first, last, is_whole;
    int32_t place, wires[IN_A_TRIPLE], held[IN_A_TRIPLE];
    int is_negated[IN_A_TRIPLE];
} PhasePlane;

/* A phase of a network; the next one of its parity, -1 if there is none. */
typedef struct {
    int32_t place, parity, eighths, next;
} NetworkPhase;

/* Facts of a parity: its eighths, its phases and which of them are odd, where it may be written, the wires that
 * hold it, and the planes that wait for it. */
typedef struct {
    int32_t eighths, first_phase, last_phase, odd_start, odd_count, site, first_wire, last_wire;
    int is_touched, is_odd, is_listed;
    List waiting;
} ParityFacts;

/* The gate before which a phase may be written, on which wires, and whether these hold its negated parity there. */
typedef struct {
    int64_t start;
    int32_t place, count, is_negated;
} PhaseSite;

/* A gate to write before another one, and the next one there. */
typedef struct {
    TidyGate gate;
    int32_t next;
} Insertion;

typedef struct {
    const Tidy *source;
    int32_t nothing;         /* the source of gates that are made of none */
    Tidy built;              /* the gates that are written; the first wires are those of the source */
    int32_t width, *order;   /* wires in order of first use */
    int64_t used;
    Paths paths;
    List changes;            /* a wire, and the parity that it holds then */
    int64_t *change_starts;  /* by gate */
    NetworkPhase *phases;
    int32_t phase_count;
    ParityFacts *facts;      /* by half a parity */
    int64_t fact_count, fact_room;
    PhasePlane *planes;
    int64_t plane_count, plane_room;
    PhaseSite *sites;
    int64_t site_count, site_room;
    List touched;
    int64_t negated;
    Outcome outcome;
} ToffoliSearch;

/* The facts of a parity, negated or not, for which `has_facts` was asked after it was met first. */
INLINE ParityFacts *facts_of(const ToffoliSearch *search, int32_t parity) {
    return &search->facts[parity >> 1];
}

/* Whether there is room for the facts of all parities that were met. */
int has_facts(ToffoliSearch *search);

/* Appends a plane, given its sides but the last one and its phases; NULL if there is no memory. */
PhasePlane *append_plane(ToffoliSearch *search, int32_t u, int32_t v, int32_t w);

/* Whether parities add up to another one. */
int is_sum(ToffoliSearch *search, const int32_t *three, int32_t fourth);

/* Append whole planes, each of seven phases near one another, and planes of phases that are left. */
void find_near_planes(ToffoliSearch *search);
void find_scattered_planes(ToffoliSearch *search);

/* Finds for planes from a number on where three wires hold parities of them. */
void find_triples(ToffoliSearch *search, int64_t from);

/* Writes a network with Toffolis in place of eighth turns, if any is found, and the eighths of a turn that it lacks. The
 * source is tidied before, if it `reads`: no gate is a sign of two wires then. */
Outcome find_toffolis(const Tidy *source, int32_t width, int reads, Tidy *result, int64_t *eighths, int *is_found);

#endif
