"""Twirls circuits: puts random Pauli products around each two-qubit gate, so that its errors average to Pauli errors.

Takes a native circuit and returns an equal one. A two-qubit gate is exp(-i t A⊗B). A Pauli product P that commutes with
A⊗B leaves it as it is between P and P; one that anticommutes turns it into its inverse, which is written instead, so
that every angle can be twirled, not only a quarter turn. Source of the method: Wallman and Emerson, Phys. Rev. A 94,
052325 (2016), "Noise tailoring for scalable quantum computation via randomized compiling".
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import BARRIER, Op
from ionqdsl.ir.symbolic import AnyCircuit
from ionqdsl.mitigation.kept import kept, need_native, options_of
from ionqdsl.mitigation.pulses import merged

QUARTER, HALF = Angle(Fraction(1, 4)), Angle(Fraction(1, 2))

NONE, ALONG, ACROSS, Z = range(4)
"""A factor of a product: nothing, about the axis of an `ms` on that qubit (x for `zz`), across it (y), or about z."""


def twirl(circuit: AnyCircuit, seed: str) -> AnyCircuit:
    """One random twirl of all two-qubit gates, as a verbatim block; the same seed gives the same circuit.

    A factor is one pulse, about z two, and merges with the pulses next to it: at most three stay between two gates.
    They are pulses and no frames: a frame is no gate, and a product about z that became one would leave the pulses, and
    so the errors, as they are. Raises CompileError for a circuit that is not native, has open parameters, or has gates
    that depend on outcomes: no machine takes them, and the factors around them would act in all shots.
    """
    if circuit.has_conditions:
        raise fail("QC0634", None, name=circuit.name)
    need_native(circuit, "twirling")
    options = options_of(circuit)
    random = Random(seed)
    steps: list[tuple[Op, Span | None]] = []
    phase = circuit.phase
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate == BARRIER or len(op.qubits) != 2:
            steps.append((op, origin))
            continue
        factors = [random.randrange(4) for _ in op.qubits]
        rows, extra = _between(op, factors)
        steps += [(row, origin) for row in rows]
        phase += extra
    steps, extra = merged(steps, circuit.width)
    return kept(circuit.with_rows(steps, phase=phase + extra), options)


def _between(op: Op, factors: list[int]) -> tuple[list[Op], Angle]:
    """A two-qubit gate between two products that leave it as it is, and their phase."""
    axes = op.angles[:2] if op.gate == "ms" else (ZERO, ZERO)
    own = ALONG if op.gate == "ms" else Z
    before = [_factor(*one) for one in zip(op.qubits, axes, factors, strict=True)]
    is_inverted = sum(factor not in (NONE, own) for factor in factors) % 2
    closing, phase = factors, ZERO
    if is_inverted and op.gate == "ms":
        op = op._replace(angles=(op.angles[0] + HALF, *op.angles[1:]))
    elif is_inverted and op.angles[0].in_turns() == 0.25:  # -1/4 is in no range: zz(-1/4) is i ZZ zz(1/4)
        closing, phase = [_WITH_Z[factor][0] for factor in factors], QUARTER
        for factor in factors:
            phase += _WITH_Z[factor][1]
    elif is_inverted:
        op = op._replace(angles=(-op.angles[0],))
    after = [_factor(*one) for one in zip(op.qubits, axes, closing, strict=True)]
    rows = [row for part, _ in before for row in part] + [op] + [row for part, _ in after for row in part]
    return rows, sum((extra for _, extra in (*before, *after)), phase)


_WITH_Z = {NONE: (Z, ZERO), ALONG: (ACROSS, -QUARTER), ACROSS: (ALONG, QUARTER), Z: (NONE, ZERO)}
"""The product of a factor and a Z before it: a factor, and a phase, as in X Z = -i Y and Y Z = i X."""


def _factor(qubit: int, axis: Angle, factor: int) -> tuple[list[Op], Angle]:
    """A factor as pulses, and the phase that they lack: Z = i Y X."""
    if factor == NONE:
        return [], ZERO
    if factor == Z:
        return [Op("gpi", (qubit,), (ZERO,)), Op("gpi", (qubit,), (QUARTER,))], QUARTER
    return [Op("gpi", (qubit,), (axis if factor == ALONG else axis + QUARTER,))], ZERO
