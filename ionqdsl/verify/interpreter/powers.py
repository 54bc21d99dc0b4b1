"""Inverses and powers of single gates, from their eigenphases.

A gate without an angle has the eigenphases 0 and `TURNS`, about an axis; its powers have them times the exponent, in
(-1/2, 1/2] turns. A gate with an angle is a rotation, whose angle is scaled. A result that is not a gate of the table,
and a power of a gate that `TURNS` does not list, stay a row `power`, which names its base and is computed as a matrix
when two circuits are compared.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle, Exact
from ionqdsl.ir.circuit import BARRIER, Operator
from ionqdsl.ir.gates import GATES
from ionqdsl.verify.interpreter.meaning import GateSequence, MeantRow, Rejected

TURNS: dict[str, tuple[str, Fraction]] = {
    "x": ("X", Fraction(1, 2)),
    "not": ("X", Fraction(1, 2)),
    "v": ("X", Fraction(1, 4)),
    "vi": ("X", Fraction(-1, 4)),
    "y": ("Y", Fraction(1, 2)),
    "z": ("Z", Fraction(1, 2)),
    "s": ("Z", Fraction(1, 4)),
    "si": ("Z", Fraction(-1, 4)),
    "t": ("Z", Fraction(1, 8)),
    "ti": ("Z", Fraction(-1, 8)),
    "h": ("H", Fraction(1, 2)),
    "swap": ("SWAP", Fraction(1, 2)),
    "cnot": ("X", Fraction(1, 2)),
}
"""Gates without an angle: their axis, and the eigenphase other than 0."""

NAMED = {about: gate for gate, about in reversed(TURNS.items()) if gate not in ("not", "cnot")}

ROTATIONS = frozenset(gate.key for gate in GATES.values() if gate.is_rotation)
"""Gates whose last angle is a rotation's."""

HALF = Fraction(1, 2)


def inverse(piece: GateSequence) -> GateSequence:
    """The inverses of the gates, in the opposite order."""
    result = GateSequence(phase=-piece.phase)
    for row in reversed(piece.rows):
        undone = whole_power(row, -1)
        result.rows += undone.rows
        result.phase += undone.phase
    return result


def repeated(piece: GateSequence, times: int, around: Any) -> GateSequence:
    """The gates repeated; each repetition has its own blocks, unless a block `around` contains all of them."""
    if times < 0:
        return repeated(inverse(piece), -times, around)
    if len(piece.rows) == 1:
        power = whole_power(piece.rows[0], times)
        power.phase += piece.phase * times
        return power
    rows = [
        row._replace(block=(row.block, k)) if row.block != around else row for k in range(times) for row in piece.rows
    ]
    return GateSequence(rows, piece.phase * times)


def whole_power(row: MeantRow, times: int) -> GateSequence:
    """A whole power of one gate, as one gate or none."""
    if row.gate in (BARRIER, "nop"):
        return GateSequence([row])
    if row.gate in ("power", "product"):
        if times:
            return GateSequence([row._replace(exponent=row.exponent * times)])
        axis = TURNS.get(row.inside[0].gate, ("",))[0] if row.gate == "power" else ""
        rotation = {"X": "rx", "Y": "ry"}.get(axis)  # a root of these is a rotation, and so is its power 0
        return GateSequence([row._replace(gate=rotation, inside=(), exponent=1)] if rotation else [])
    if row.operator is not None and row.operator.steps:
        return _trotter(row, row.operator, times)
    if row.gate == "gpi":
        return GateSequence([row] * (times % 2))
    if row.gate == "gpi2":
        return _quarter_pulses(row, times)
    if row.gate in TURNS:
        return _about(row, *TURNS[row.gate], Fraction(times))
    if row.gate not in ROTATIONS and row.operator is None:
        return GateSequence([_opaque(row, times)] if times else [])
    return GateSequence([_scaled(row, times)])


def _trotter(row: MeantRow, operator: Operator, times: int) -> GateSequence:
    """More steps of the same length; for a negative number backwards, as the terms of a step do not commute."""
    if not times:
        return GateSequence()
    terms = operator.terms if times > 0 else operator.terms[::-1]
    longer = Operator(terms, operator.steps * abs(times))
    return GateSequence([row._replace(angles=(row.angles[0] * times,), operator=longer)])


def _quarter_pulses(row: MeantRow, times: int) -> GateSequence:
    """gpi2 is a quarter of a spin's turn: two are gpi except for a phase, four are -1."""
    (axis,) = row.angles
    sign = Angle(Fraction(times // 4, 2))
    match times % 4:
        case 0:
            return GateSequence([], sign)
        case 1:
            return GateSequence([row], sign)
        case 2:
            return GateSequence([row._replace(gate="gpi")], sign - Angle(Fraction(1, 4)))
    return GateSequence([row._replace(angles=(axis + Angle(HALF),))], sign + Angle(HALF))


def _scaled(row: MeantRow, exponent: Exact) -> MeantRow:
    """A rotation, or the exponential of an operator, by another angle."""
    at = 0 if row.gate == "pauliexp" else len(row.angles) - 1
    return row._replace(angles=(*row.angles[:at], row.angles[at] * exponent, *row.angles[at + 1 :]))


def _about(row: MeantRow, axis: str, turns: Fraction, exponent: Fraction) -> GateSequence:
    """The principal power of a gate with the eigenphases 0 and `turns`."""
    power = turns * exponent % 1
    power -= power > HALF
    if not power:
        return GateSequence()
    if power == turns:
        return GateSequence([row])
    controls = row.controls + (row.gate == "cnot")
    name = NAMED.get((axis, power), "p" if axis == "Z" else "")
    if not name:
        return GateSequence([_opaque(row, exponent)])
    return GateSequence([row._replace(gate=name, angles=(Angle(power),) if name == "p" else (), controls=controls)])


def _opaque(row: MeantRow, exponent: Exact) -> MeantRow:
    operands = row.qubits[row.controls :]
    inside = row._replace(qubits=operands, controls=0)
    return MeantRow("power", row.qubits, (ZERO,), row.controls, row.block, None, (inside,), exponent)


def real_power(row: MeantRow, exponent: Exact, span: Span) -> GateSequence:
    """The principal power of one gate."""
    if row.gate in TURNS:
        return _about(row, *TURNS[row.gate], Fraction(exponent))
    if row.gate in (BARRIER, "nop"):
        return GateSequence([row])
    if row.operator is not None and row.operator.steps:
        raise Rejected("QC0604", span)
    if row.gate == "gpi" and (half := Fraction(exponent) % 2) in (HALF, 3 * HALF):  # half of its half turn is a gpi2
        sign = 1 if half == HALF else -1
        return GateSequence(
            [row._replace(gate="gpi2", angles=(row.angles[0] + Angle(HALF * (sign < 0)),))], Angle(Fraction(sign, 8))
        )
    if row.gate not in ROTATIONS and row.operator is None:
        return GateSequence([_opaque(row, exponent)])
    return GateSequence([_scaled(row, exponent)])


def power_of_all(piece: GateSequence, qubits: tuple[int, ...], exponent: Exact, block: Any) -> GateSequence:
    """The principal power of the product of several gates; of a phase alone, a phase."""
    from ionqdsl.verify.interpreter.matrices import global_phase

    if len(qubits) == 1:
        phase = global_phase(piece.rows, piece.phase, qubits)
        if phase is not None:
            return GateSequence([], Angle(0, phase * float(exponent)))
    return GateSequence([MeantRow("product", qubits, (piece.phase,), 0, block, None, tuple(piece.rows), exponent)])
