/* Flips that a network leaves out until a gate needs them, as ionqdsl/passes/networks/delay_flips.py has them. */
#ifndef DELAYS_H
#define DELAYS_H

#include "tidy.h"

enum { MOST_DELAYED = 63 }; /* wires that a mask has room for, next to the bit of negated sums */

/* Writes a network with its flips delayed, and tidied; Toffolis keep their wires if `keeps_controls`. It lacks so many
 * eighths of a turn besides those of `result`. INVALID if there are too many wires, or a gate has
 * one twice. */
Outcome delay_flips(const Tidy *source, int32_t width, int keeps_controls, Tidy *result, int64_t *negated);

#endif
