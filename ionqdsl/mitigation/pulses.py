"""Writes the pulses on one qubit between two other operations with as few pulses as their product allows.

Takes native rows and returns an equal circuit, its global phase included. No frame is left for later pulses: a frame is
no gate, and the pulses after an operation are those that were there. The product of pulses is [[a, b], [-b*, a*]] times
a phase; one with b = 0 or |a| = |b| takes two pulses at most, and any takes three, gpi2(x) gpi(m) gpi2(y) with
a = exp(i (y - x)/2) cos(m - (x + y)/2) and b = exp(-i (x + y)/2) sin(m - (x + y)/2), in radians.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import Op

PULSES = ("gpi", "gpi2")

Steps = list[tuple[Op, Span | None]]
Pulse = tuple[str, float]
"""A gate and its phase in radians."""
Product = tuple[complex, complex]
"""a and b."""

_CLOSE = 1e-12
_H = math.sqrt(0.5)


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
    (a, b), phase = _product([(op.gate, op.angles[0].in_radians()) for op, _ in run])
    for pulses in _candidates(a, b):
        if len(pulses) >= len(run):
            break
        (c, d), other_phase = _product(pulses)
        sign = 1 if (a * c.conjugate() + b * d.conjugate()).real > 0 else -1
        if max(abs(a - sign * c), abs(b - sign * d)) < _CLOSE:
            (op, origin), *_ = run
            rows = [(op._replace(gate=gate, angles=(_turns(angle),)), origin) for gate, angle in pulses]
            return rows, _turns(phase - other_phase + (0 if sign > 0 else math.pi))
    return run, ZERO


def _candidates(a: complex, b: complex) -> Iterator[list[Pulse]]:
    """Pulses in order of time, fewest first: the last ones have this product, the others if it is special."""
    yield []
    at, bt = cmath.phase(a), cmath.phase(b)
    quarter = math.pi / 2
    yield [("gpi", quarter - bt)]
    yield [("gpi2", -quarter - bt)]
    yield [("gpi2", quarter - bt)]  # the same with the other sign
    yield [("gpi", at), ("gpi", 0.0)]  # b = 0
    yield [("gpi2", at - bt + quarter), ("gpi", -quarter - bt)]  # |a| = |b|
    yield [("gpi2", at - bt), ("gpi2", -at - bt - math.pi)]  # a = -i exp(i (y - x)/2) sin((y - x)/2)
    yield [("gpi2", at - bt + math.pi), ("gpi2", -at - bt)]
    yield [("gpi2", at - bt), ("gpi", math.atan2(abs(b), abs(a)) - bt), ("gpi2", -at - bt)]


def _product(pulses: list[Pulse]) -> tuple[Product, float]:
    """The product of pulses in order of time, and its phase: gpi is i times a matrix of determinant 1."""
    a, b, phase = 1 + 0j, 0j, 0.0
    for gate, angle in pulses:
        turn = cmath.exp(-1j * angle)
        c, d = (0j, -1j * turn) if gate == "gpi" else (_H + 0j, -1j * _H * turn)
        a, b = c * a - d * b.conjugate(), c * b + d * a.conjugate()
        phase += math.pi / 2 if gate == "gpi" else 0.0
    return (a, b), phase


def _turns(radians: float) -> Angle:
    """A phase in turns, within half a turn; a multiple of an eighth turn is exact."""
    turns = math.remainder(radians / math.tau, 1)
    eighths = round(8 * turns)
    return Angle(Fraction(eighths, 8) if abs(8 * turns - eighths) < _CLOSE else turns)
