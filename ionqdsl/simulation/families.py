"""Runs circuits that differ only in the values of parameters together: one array holds the states of many points.

Takes points of a `Family` and gives the results that simulate.py gives for each, without making their rows. Gates
without a parameter act on all states at once. A gate with one is a rotation about a Pauli product, or a phase, by an
angle for each state. Whatever is something else, wide or noisy, is left to simulate.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.operators import Product
from ionqdsl.ir.options import AUTO
from ionqdsl.ir.points import Family, FamilyPoint
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.simulation import simulate
from ionqdsl.simulation.draws import drawn, generator
from ionqdsl.simulation.open_circuits import OpenCircuit, effect
from ionqdsl.simulation.results import Probabilities, Result, binary
from ionqdsl.simulation.statevector import Array, basis_state, evolve, pauli

WIDEST = 12
"""Most qubits of circuits whose states are held together: wider ones keep the processor busy alone."""
AT_ONCE = 1 << 16
"""Amplitudes worked on at a time: 1 MiB stays in the cache."""


class Turn(NamedTuple):
    """A gate with an open angle a, on the states whose `controls` are 1: exp(-i speed a P) for the product `letters`.

    For `letters` None it is the phase exp(i a) instead. `slot` is the column of the angle.
    """

    slot: int
    controls: tuple[int, ...]
    letters: Product | None
    speed: float


Step = list[Op] | Turn


class FamilyPart(NamedTuple):
    """The places of circuits: of points of a family that run together, or of others that run alone."""

    places: tuple[int, ...]
    is_together: bool


def parts(circuits: Sequence[FlatCircuit], noise: NoiseModel | None = None, engine: str = AUTO) -> list[FamilyPart]:
    """The circuits of a run: those that `run` takes, one part for each family, and all others."""
    by_family: dict[int, list[int]] = {}
    alone = []
    for place, circuit in enumerate(circuits):
        if noise is None and engine in (AUTO, "statevector") and isinstance(circuit, FamilyPoint):
            by_family.setdefault(id(circuit.family), []).append(place)
        else:
            alone.append(place)
    found = []
    for places in by_family.values():
        if family_of([circuits[place] for place in places]) is None:
            alone += places
        else:
            found.append(FamilyPart(tuple(places), True))
    return [*found, FamilyPart(tuple(sorted(alone)), False)] if alone else found


def results(
    parts: Sequence[FamilyPart],
    circuits: Sequence[FlatCircuit],
    shots: int,
    seeds: Sequence[int | None],
    alone: Callable[[Sequence[int]], Iterator[Result]],
) -> Iterator[Result]:
    """The results of the circuits in these parts, in order; `alone` gives those of places that run alone."""
    stream_of: dict[int, Iterator[Result]] = {}
    for places, is_together in parts:
        points = [circuits[place] for place in places]
        stream = run(points, shots, [seeds[place] for place in places]) if is_together else alone(places)
        stream_of |= dict.fromkeys(places, stream)
    for place in range(len(stream_of)):
        yield next(stream_of[place])


def family_of(circuits: Sequence[FlatCircuit]) -> Family | None:
    """The family whose points these circuits are, if all are of one whose states can be held together."""
    first = circuits[0] if circuits else None
    if not isinstance(first, FamilyPoint) or len(circuits) < 2 or first.width > WIDEST:
        return None
    family = first.family
    if not all(isinstance(circuit, FamilyPoint) and circuit.family is family for circuit in circuits):
        return None
    template = family.template
    is_open = any(name not in family.columns for name in OpenCircuit(template).names)
    return None if template.is_dynamic or is_open or _steps(OpenCircuit(template)) is None else family


def _steps(opened: OpenCircuit) -> list[Step] | None:
    """The rows of a template, with a turn for each open angle; None if there is one of another kind."""
    slots = {angle.row: slot for slot, angle in enumerate(opened.open)}
    if len(slots) < len(opened.open):
        return None  # two open angles in one row
    steps: list[Step] = [[]]
    for row, op in enumerate(opened.template):
        if row not in slots:
            last = steps[-1]
            if isinstance(last, Turn):
                steps.append([op])
            else:
                last.append(op)
            continue
        slot = slots[row]
        act = effect(op, opened.open[slot].place)
        if act.is_projector:
            steps.append(Turn(slot, op.qubits, None, 1.0))
        elif act.generator is not None and len(act.generator.terms) == 1:
            ((product, speed),) = act.generator.terms
            operands = op.qubits[op.controls :]
            letters = tuple((letter, operands[place]) for letter, place in product)
            steps.append(Turn(slot, op.qubits[: op.controls], letters, float(speed)))
        else:
            return None
    return steps


def distributions(family: Family, points: Sequence[int]) -> Iterator[NDArray[np.float64]]:
    """The exact distribution at each of the points, shape (2**qubits,)."""
    opened = OpenCircuit(family.template)
    steps = _steps(opened)
    assert steps is not None
    slots = [opened.template[row].angles[place] for row, place in opened.open]
    angles = family.angles(slots, "rad")[list(points)]
    at_once = max(1, AT_ONCE >> family.template.width)
    for start in range(0, len(points), at_once):
        part = angles[start : start + at_once]
        states = basis_state(family.template.width, len(part))
        for step in steps:
            if isinstance(step, Turn):
                _turn(states, step, part[:, step.slot])
            else:
                evolve(states, step)
        yield from np.square(states.real) + np.square(states.imag)


def _turn(states: Array, turn: Turn, angles: NDArray[np.float64]) -> None:
    """Turns each state by its angle."""
    width = states.shape[1].bit_length() - 1
    block: list[slice] = [slice(None)] * (width + 1)
    for qubit in turn.controls:
        block[qubit + 1] = slice(1, 2)
    tensor = states.reshape(-1, *(2,) * width)[tuple(block)]
    shape = (-1, *(1,) * width)
    if not turn.letters:
        sign = 1 if turn.letters is None else -1
        tensor *= np.exp(1j * sign * turn.speed * angles).reshape(shape)
        return
    image = tensor.copy()
    for letter, qubit in turn.letters:
        pauli(image, letter, qubit)
    image *= (-1j * np.sin(turn.speed * angles)).reshape(shape)
    tensor *= np.cos(turn.speed * angles).reshape(shape)
    tensor += image


def run(circuits: Sequence[FlatCircuit], shots: int, seeds: Sequence[int | None]) -> Iterator[Result]:
    """The results of points of a family (`family_of`), each with its own random numbers. Errors as `simulate.run`."""
    simulate.check_shots(shots)
    points = [circuit for circuit in circuits if isinstance(circuit, FamilyPoint)]
    family, width = points[0].family, points[0].width
    form = simulate.run(family.template.replace(rows=[], origins=[], phase=Angle()), 0)
    keys = [binary(outcome, width) for outcome in range(1 << width)]
    vectors = distributions(family, [point.index for point in points])
    for point, vector, seed in zip(points, vectors, seeds, strict=True):
        times = np.bincount(drawn(vector, generator(seed).random(shots)), minlength=1 << width)
        seen = np.flatnonzero(times)
        counts = {keys[outcome]: count for outcome, count in zip(seen.tolist(), times[seen].tolist(), strict=True)}
        chances = Probabilities(vector, width)
        yield replace(form, name=point.name, shots=shots, counts=counts, probabilities=chances)
