"""Walks from one form of a circuit to shorter ones: windows in random styles, sweeps, and blocks of three wires.

Takes an interaction form that holds for a contract, and improves it step by step. A step synthesises windows of the
form's Pauli rotations anew, at times the whole as one window, and some windows become a gate longer, which leads out of
local minima. Every few steps the interaction engine sweeps the result, and blocks of three wires are
shortened by the known structures; where that gains, the walk goes on from there. If it has become much longer than its
shortest form, it goes back to that. Work is counted, so equal seeds lead to equal forms.
"""

from __future__ import annotations

import random

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.ir.contracts import fixes_inputs
from ionqdsl.passes.interactions.use_interactions import compressed
from ionqdsl.passes.rotations.fold_rotations import form_of, program_of_form, renamed
from ionqdsl.passes.rotations.replace_windows import tidied
from ionqdsl.passes.rotations.synthesise_paulis import Meter
from ionqdsl.passes.rotations.windows import NARROW, WindowLimits, improved_in_round
from ionqdsl.passes.triples.blocks import triples
from ionqdsl.passes.triples.known_triples import KnownTriples
from ionqdsl.passes.triples.resynthesise_triples import shortened

WIDE = WindowLimits((200, 400), (40, 60))
OFTEN_WIDE = 0.2
"""Windows of which one is the whole of most programs, and the share of the steps with such windows."""

LONGER = (0.4, 0.15, 1.0)
"""The shares of the windows that may become a two-qubit gate longer. Walks differ in them: short forms are close to
each other in some circuits, and far apart in others."""

AWAY, STEPS_AWAY = 1.03, 2
"""A walk goes back if its program has more than so many times the fewest two-qubit gates, and so many more."""

PACE = 4
"""The steps from one sweep to the next."""

ROUNDING = 1e-10
"""The deviation that a walk may neglect on its way: a tenth of that of a circuit."""

KEPT = 4
"""The shortest forms that a walk remembers, the last ones among equals."""

_SWEEP, _INTERACTION = 2e-4, 1e-5
_TRIPLE = 2.5e-5
"""Seconds of a sweep, more of them for each interaction, and of a step to solve for a block of three wires."""


class Walk:
    """A walk, and the shortest forms that it has met. `number` tells walks with one seed apart."""

    def __init__(self, form: Interactions, preserve: str, seed: int, number: int) -> None:
        self.number = number
        self.forms = [form]
        self._preserve = preserve
        self._may_rename = not fixes_inputs(preserve)
        self._draw = random.Random(f"walk {seed} {number}")
        self._program = tidied(program_of_form(form))
        self._inputs = form.inputs
        self._best = self._program, self._inputs
        self._longer = LONGER[number % len(LONGER)]
        self._known = KnownTriples()
        self._most_neglected = form.neglected + ROUNDING
        self._steps = 0

    @property
    def two_qubit_gates(self) -> int:
        """The fewest so far."""
        return min(self.forms[-1].two_qubit_gates, self._best[0].two_qubit_gates)

    def step(self) -> float:
        """Takes a step, and returns the seconds that it counts for."""
        spent = 0.0
        if self._steps % PACE == 0:
            spent += self._sweep()
        self._steps += 1
        limits = WIDE if self._draw.random() < OFTEN_WIDE else NARROW
        meter = Meter()
        self._program = improved_in_round(
            self._program, self._draw, meter, limits, may_rename=self._may_rename, longer=self._longer
        )
        self._judge()
        return spent + meter.seconds

    def finish(self) -> float:
        """Sweeps the shortest program, and returns the seconds that it counts for."""
        self._program, self._inputs = self._best
        return self._sweep()

    def _sweep(self) -> float:
        """Sweeps the program and shortens blocks of three wires; goes on from there if that gains."""
        program, before = self._program, self._known.work
        form = renamed(form_of(program), program.outputs, self._inputs, self._may_rename)
        form = compressed(form, self._preserve)
        shorter = shortened(form, triples(form), self._preserve, self._known)
        form = min([form, *shorter], key=lambda each: each.two_qubit_gates)
        if form.neglected < self._most_neglected:
            if form.two_qubit_gates <= self.forms[-1].two_qubit_gates:
                self.forms = [*self.forms, form][-KEPT:]
            if form.two_qubit_gates < program.two_qubit_gates:
                self._program, self._inputs = tidied(program_of_form(form)), form.inputs
                self._judge()
        return _SWEEP + _INTERACTION * program.two_qubit_gates + _TRIPLE * (self._known.work - before)

    def _judge(self) -> None:
        """Remembers the program if it is the shortest, and goes back if it is too long, or neglects too much."""
        count, fewest = self._program.two_qubit_gates, self._best[0].two_qubit_gates
        if self._program.neglected > self._most_neglected or count > AWAY * fewest + STEPS_AWAY:
            self._program, self._inputs = self._best
        elif count < fewest:
            self._best = self._program, self._inputs
