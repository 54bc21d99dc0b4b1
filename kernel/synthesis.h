/* The synthesis (synthesis.c), as the binding (module.c) calls it. */
#ifndef SYNTHESIS_H
#define SYNTHESIS_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t Word;

enum {
    LEVELS = 4,  /* layers of rotations that are told apart; all later ones count as one more */
    ACTIVE = 2,  /* words of rows, 64 each, that are looked at, from the first that is left */
    EVENT = 4,   /* numbers of an event: first and second generator, row, flags */
    QUBIT = 2,   /* numbers of a qubit in the end: its wire, and its letters and signs */
    LETTER_PAIRS = 9  /* generators on two wires */
};

enum { MINUS = 1, SHIFT = 2 };  /* flags of an event: the row's sign, and a quarter turn with it */

typedef enum { SOLVED, STOPPED, NO_MEMORY, INVALID } Outcome;

/* The weights of a style, as integers: sums do not depend on their order. */
typedef struct {
    int64_t layers[LEVELS + 1];   /* by layer */
    int64_t tableau[LEVELS + 2];  /* by the number of layers that are left */
    int64_t threshold;
    int64_t chance;  /* from 0: the most that a hash adds to a score, below 2^31 */
} Style;

typedef struct {
    int wires, rotations;
    const Word *rows;      /* for each row x, then z, in words of wires; the rotations, then 2 * wires images */
    const uint8_t *minus;  /* whether each image is negative */
    const int32_t *logs;   /* logarithms of 0 (as 0) ... 2 * wires + 1, scaled */
    int64_t bound;         /* the most two-qubit gates */
    Style style;
    uint64_t seed;
} Problem;

/* Lists of numbers that grow. */
typedef struct {
    int32_t *items;
    int64_t count, room;
} List;

typedef struct {
    List events;  /* EVENT numbers each; -1 for no second generator and for no row */
    List moves;   /* two generators each */
    List qubits;  /* QUBIT numbers each: wire, and x x, x z, z x, z z, x's sign, z's sign from the lowest bit */
    Outcome outcome;
    int64_t gates;                /* on two qubits, until there were too many */
    int64_t steps, scores, sums;  /* the work, as Meter counts it */
} Solution;

/* The first generator on two wires with the greatest gain, where that is known. */
typedef struct {
    int64_t gain;
    int32_t ends[LETTER_PAIRS];  /* by generator, by how much the logarithms of both wires' numbers grow */
    int kind;             /* three times one letter, and the other */
} PairGain;

/* Whether two wires have a pair in common, and then whether their gain is known. */
enum { APART, COMMON, KNOWN };

/* The effects of the generators on two wires on the pairs of a word, summed: by one letter, in lanes by the other, how
 * much they gain and `excess` besides. */
typedef struct {
    Word gains[3], excess;
    Word touched;  /* the pairs whose numbers some of them change */
} Sums;

/* A Clifford's rows in columns, and the blocks of its pairs: rows 2q and 2q + 1 are the images of X and Z of qubit q. */
typedef struct {
    Solution *solution;
    const int32_t *logs;
    int wires, words, stride;  /* a column has `words` words and starts `stride` after the last */
    Word *x, *z, *signs;
    Word *blocks;             /* wires * words; bit 2q: pair q is on this wire */
    int64_t bound;            /* the most generators */
    int32_t *rows, *columns;  /* the numbers of blocks of a pair, and on a wire */
    int32_t *groups;          /* for `least_gates` */
    int32_t *before;          /* those of pairs before the last generator */
    Word *less, *more;        /* by pair, the decrease of its number's logarithm by a block less, the increase by one more */
    Word *changed;            /* the pairs whose numbers differ, as in `blocks` */
    size_t kept;              /* the number of gains that are kept: of all pairs of wires, or one */
    uint8_t *meetings;        /* of all pairs of wires */
    PairGain *gains;
    Sums *sums;               /* by gain, for each word */
} Tableau;

void prepare_tableaus(void);  /* once, before the first tableau */
Outcome reduce_tableau(Tableau *tableau);
Outcome read_qubits(const Tableau *tableau);

Outcome solve_each(Problem *problem, const Style *styles, const uint64_t *seeds, int count, Solution *solutions);
void release(Solution *solution);

#endif
