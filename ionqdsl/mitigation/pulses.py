"""Writes the pulses on one qubit between two other operations with as few pulses as their product allows.

Takes native rows and returns an equal circuit, its global phase included. No frame is left for later pulses: a frame is
no gate, and the pulses after an operation are those that were there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from ionqdsl.algebra.pulses import Pulse, exact_pulses, turn_of
from ionqdsl.algebra.rotations import IDENTITY, Turn, product
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import Op

PULSES = ("gpi", "gpi2")

Steps = list[tuple[Op, Span | None]]

_CLOSE = 1e-12


def merged(steps: Steps, width: int) -> tuple[Steps, Angle]:
    """The rows with merged pulses, and the global phase that they lack."""
    result: Steps = []
    runs: list[Steps] = [[] for _ in range(width)]
    phase = ZERO

    def end(wires: Iterable[int]) -> Angle:
        lacking = ZERO
        for wire in wires:
            rows, extra = _shortest(runs[wire])
            result.extend(rows)
            lacking += extra
            runs[wire] = []
        return lacking

    for op, origin in steps:
        if op.gate in PULSES and not op.pinned:
            runs[op.qubits[0]].append((op, origin))
        else:
            phase += end(op.qubits)
            result.append((op, origin))
    return result, phase + end(range(width))


def _shortest(run: Steps) -> tuple[Steps, Angle]:
    """A run of pulses on one wire, as it is unless fewer make the same product, and the phase that is lacking."""
    wanted, phase = _product([(op.gate, op.angles[0].in_radians()) for op, _ in run])
    pulses = exact_pulses(wanted)
    if len(pulses) >= len(run):
        return run, ZERO
    turn, other_phase = _product(pulses)
    is_opposite = sum(one * other for one, other in zip(wanted, turn, strict=True)) < 0
    (op, origin), *_ = run
    rows = [(op._replace(gate=gate, angles=(_turns(azimuth),)), origin) for gate, azimuth in pulses]
    return rows, _turns(phase - other_phase + math.pi * is_opposite)


def _product(pulses: list[Pulse]) -> tuple[Turn, float]:
    """The product of pulses in order of time as a turn, and its phase in radians."""
    turn = IDENTITY
    for pulse in pulses:
        turn = product(turn_of(*pulse), turn)
    return turn, math.pi / 2 * sum(gate == "gpi" for gate, _ in pulses)


def _turns(radians: float) -> Angle:
    """A phase in turns, within half a turn; a multiple of an eighth turn is exact."""
    turns = math.remainder(radians / math.tau, 1)
    eighths = round(8 * turns)
    return Angle(Fraction(eighths, 8) if abs(8 * turns - eighths) < _CLOSE else turns)
