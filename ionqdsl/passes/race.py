"""Rivals for the fewest entanglers: an interaction form and syntheses of a circuit's Pauli rotations.

In come a circuit and its interaction form, out come forms with the fewest entanglers that were found. The best of the
rivals are improved window by window and swept by the interaction engine, and fewer and fewer of them stay in the race.
Effort is counted in operations and not on a clock: equal circuits, seeds and efforts give equal results on one machine,
however busy it is, and seconds are those of one core of a server of 2022, give or take half.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.paulis import Folded, Program, fold, identity_images, inverse, inverted, relabel
from ionqdsl.ir.circuit import Circuit
from ionqdsl.passes.fold_rotations import form_of, program_of, program_of_form, renamed
from ionqdsl.passes.synthesise_paulis import Meter, Style, synthesise_paulis
from ionqdsl.passes.use_interactions import compressed
from ionqdsl.passes.windows import improve_windows, random_style

GREEDY = 0.15
"""The share of the effort that whole syntheses may take."""

RACES = ((4, 0.35), (2, 0.3), (1, 0.35))
"""How many rivals run, and the share of the rest that they have together."""

NEAR = 1.3
"""An interaction form that is worse than the best by more than this factor does not run."""

LAPS = 5
"""How often within a race the interaction engine sweeps over a rival, at most."""

FAIR = 2e-3
"""Seconds for an entangler that a rival gets at least: where there is less, fewer run."""

_SWEEP = 1e-4
_WHOLE = 6000
_WIDE = 40
"""Seconds an interaction takes in a sweep; where there are more rotations, or so many wires that two syntheses would
take more than their share, there are only windows."""


@dataclass
class Purse:
    """Seconds of effort, and what has been spent.

    `tell` is called with the share that is spent and the entanglers of the rival that is at work. `marks` are the
    seconds spent and the entanglers rivals had then, for those who want to see how a search went.
    """

    limit: float
    tell: Callable[[float, int], None] | None = None
    spent: float = 0.0
    marks: list[tuple[float, int]] = field(default_factory=list)

    @property
    def left(self) -> float:
        """What is left."""
        return self.limit - self.spent

    def spend(self, seconds: float, entanglers: int) -> None:
        """Takes seconds out."""
        self.spent += seconds
        if self.tell is not None:
            self.tell(self.spent / self.limit, entanglers)


class Rival(NamedTuple):
    """A program, with the naming of the inputs that belongs to it, and a number for its dice."""

    program: Program
    inputs: tuple[int, ...] | None
    number: int

    @property
    def entanglers(self) -> int:
        """What it costs."""
        return self.program.entanglers


def searched(circuit: Circuit, form: Interactions, preserve: str, seed: int, purse: Purse) -> list[Interactions]:
    """The best interaction forms that were found, the best first; `form` is the one to beat."""
    purse.spent += _SWEEP * len(circuit.rows)
    draw = random.Random(f"search {seed}")
    program = program_of(circuit)
    rivals = [Rival(found, None, number) for number, found in enumerate(_syntheses(program, draw, purse), 1)]
    best = min([rival.entanglers for rival in rivals], default=form.entanglers)
    if form.entanglers <= NEAR * best:
        rivals.append(Rival(program_of_form(form), form.inputs, 0))
    results: list[Interactions] = []
    for places, share in RACES:
        rivals.sort(key=lambda rival: (rival.entanglers, rival.number))
        least = rivals[0].entanglers
        places = max(1, min(places, int(purse.left * share / (FAIR * least + 0.1))))
        rivals = _chosen(rivals, places)
        ration = purse.left * share / len(rivals) if places > 1 else purse.left
        rivals = [_improved(rival, preserve, seed, purse, ration, results) for rival in rivals]
        for rival in rivals:
            purse.marks.append((round(purse.spent, 2), rival.entanglers))
        if purse.left <= 0:
            break
    results.sort(key=lambda found: found.entanglers)
    return results[:4]


def _chosen(rivals: list[Rival], places: int) -> list[Rival]:
    """The first ones, and among several the interaction form, which is another kind."""
    chosen = rivals[:places]
    if places > 1:
        for rival in rivals[places:]:
            if rival.number == 0:
                chosen[-1] = rival
    return chosen


def _improved(
    rival: Rival, preserve: str, seed: int, purse: Purse, ration: float, results: list[Interactions]
) -> Rival:
    """Laps of windows and a sweep; a sweep that gains is where the next lap starts."""
    may_rename = preserve != "unitary"
    laps = max(1, min(LAPS, int(ration / (FAIR * (rival.entanglers + 1)))))
    for lap in range(laps):
        start = purse.spent
        end = start + ration / laps

        def goes_on(seconds: float, end: float = end, entanglers: int = rival.entanglers) -> bool:
            purse.spend(seconds, entanglers)
            return purse.spent < end

        dice = (seed * 1009 + rival.number) * 1009 + len(results)
        program = improve_windows(rival.program, dice, goes_on)
        swept = compressed(renamed(form_of(program), program.outputs, rival.inputs, may_rename), preserve)
        purse.spent += _SWEEP * program.entanglers
        results.append(swept)
        if swept.entanglers < program.entanglers and may_rename:
            rival = Rival(program_of_form(swept), swept.inputs, rival.number)
        else:
            rival = Rival(program, rival.inputs, rival.number)
        if rival.entanglers < 2 or (lap and 2 * purse.spent < start + end):
            break
    return rival


def quick(folded: Folded, preserve: str) -> Interactions:
    """One greedy synthesis in each direction, the better of them swept: what folding alone is good for.

    Takes about a millisecond for each entangler of the result, below `_WIDE` wires.
    """
    forward, backward = synthesise_paulis(
        [folded, inverted(folded)], [Style(), Style()], [1 << 40] * 2, np.random.default_rng(0)
    )
    assert forward is not None
    assert backward is not None
    best = min(forward, inverse(backward), key=_entanglers)
    may_rename = preserve != "unitary"
    return compressed(renamed(form_of(best), best.outputs, None, may_rename), preserve)


# --- whole syntheses -----------------------------------------------------------------------------------------------


def _syntheses(program: Program, draw: random.Random, purse: Purse) -> list[Program]:
    """Greedy syntheses, both directions, from the shortest; none where there are too many rotations.

    Steps of problems that advance together cost about the same however many they are, so a long list is cut into
    parts that are synthesised together.
    """
    purse.spent += 2e-5 * len(program.rotations)
    folded = fold(program)
    cell = 2.5e-7 * program.width**2 * 1.4 * max(1, len(folded.rotations))
    tries = min(64, int(GREEDY * purse.limit / 2 / cell))
    if len(folded.rotations) > _WHOLE or (tries < 2 and program.width > _WIDE):
        return []
    tries = max(2, tries)
    steps = GREEDY * purse.limit / 2 / 1.2e-3
    parts = max(1, round(1.4 * len(folded.rotations) / steps))
    ways = [_cut(folded, parts), _cut(inverted(folded), parts)]
    styles = [Style(), Style(), *(random_style(draw) for _ in range(tries - 2))]  # what `quick` does, and others
    problems = [part for number in range(tries) for part in ways[number % 2]]
    meter = Meter()
    generator = np.random.default_rng(draw.randrange(2**32))
    found = synthesise_paulis(
        problems, [style for style in styles for _ in range(parts)], [1 << 40] * len(problems), generator, meter
    )
    purse.spent += meter.seconds
    results = []
    if parts == 1:
        wholes = [[result] for result in found]
    else:  # the best of every part, in each direction
        wholes = []
        for way in (0, 1):
            rows = [found[number * parts : (number + 1) * parts] for number in range(way, tries, 2)]
            wholes.append([min(column, key=_entanglers) for column in zip(*rows, strict=True)])
    for number, pieces in enumerate(wholes):
        whole = _joined([piece for piece in pieces if piece is not None])
        results.append(inverse(whole) if number % 2 else whole)
    results.sort(key=_entanglers)
    return results[: 2 * RACES[0][0]]


def _entanglers(program: Program | None) -> int:
    assert program is not None
    return program.entanglers


def _cut(folded: Folded, parts: int) -> list[Folded]:
    """Consecutive parts; the last has the Clifford."""
    count = -(-len(folded.rotations) // parts)
    pieces = [
        Folded(folded.width, folded.rotations[k * count : (k + 1) * count], identity_images(folded.width))
        for k in range(parts)
    ]
    pieces[-1].images = folded.images
    pieces[0].neglected = folded.neglected
    return pieces


def _joined(parts: list[Program]) -> Program:
    """One after the other."""
    rotations = list(parts[0].rotations)
    outputs = parts[0].outputs
    for part in parts[1:]:
        move = relabel(outputs)
        rotations += [(move(x), move(z), angle) for x, z, angle in part.rotations]
        outputs = tuple(outputs[q] for q in part.outputs)
    return Program(parts[0].width, rotations, outputs, sum([part.neglected for part in parts]))
