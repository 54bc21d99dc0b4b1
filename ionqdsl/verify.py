"""Does a circuit hold together, and do two circuits mean the same?

A circuit and a target go in and a list of faults comes out (`invariants`); or two circuits and a contract, and a
`Verdict` that says what was and was not checked (`equivalent`). The judging is by simulation, so it is exact up to
rounding and ends where simulation does; nothing is repaired.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ionqdsl.angle import Angle
from ionqdsl.circuit import BARRIER, Circuit, Op
from ionqdsl.gates import GATES
from ionqdsl.record import changed, record
from ionqdsl.targets import Target

if TYPE_CHECKING:
    from ionqdsl.matrices import Matrix

UNITARY_QUBITS = 10
"""Up to so many qubits whole unitaries are compared."""

STATE_QUBITS = 20
"""Up to so many qubits random product states are sent through both circuits."""

STATES = 3
TOLERANCE = 1e-7
"""Largest deviation that counts as rounding; circuits of 100,000 rows stay below 1e-9."""

_ROWS = 32
_RELABELLINGS = 100
"""How many relabellings are tried where none is given."""


# --- one circuit ---------------------------------------------------------------------------------------------------


def invariants(circuit: Circuit, target: Target | None = None) -> list[str]:
    """Faults of a circuit, one line each: rows that no pass may ever produce, or that `target` does not take."""
    faults = []
    if len(circuit.rows) != len(circuit.origins):
        faults.append(f"{len(circuit.rows)} rows but {len(circuit.origins)} origins")
    allowed = None if target is None else _allowed(target)
    for op in dict.fromkeys(circuit.rows):
        faults += [f"{op.gate} {op.qubits}: {fault}" for fault in _faults(op, circuit.width, allowed, target)]
    return faults


def _allowed(target: Target) -> frozenset[str]:
    if target.gateset == "native":
        return frozenset(gate for gate in target.gates if gate)
    return frozenset(gate.key for gate in GATES.values() if gate.gateset == "qis" and gate.wire_name is not None)


def _faults(op: Op, width: int, allowed: frozenset[str] | None, target: Target | None) -> Iterator[str]:
    if any(not 0 <= qubit < width for qubit in op.qubits):
        yield f"a qubit is not among the {width}"
    if len(set(op.qubits)) < len(op.qubits):
        yield "a qubit twice"
    if op.gate == BARRIER:
        return
    gate = GATES.get(op.gate)
    if gate is None:
        yield "not in the gate table"
        return
    if gate.operands >= 0 and len(op.qubits) != op.controls + gate.operands:
        yield f"{op.controls} controls and {gate.operands} operands, but {len(op.qubits)} qubits"
    if len(op.angles) != (1 if op.gate == "pauliexp" else len(gate.parameters)):
        yield f"{len(op.angles)} angles"
    if (op.operator is None) == (op.gate == "pauliexp"):
        yield "an operator belongs to pauliexp"
    if target is None or allowed is None:
        return
    if op.gate not in allowed:
        yield f"not a gate of {target.name}"
    elif target.gateset == "native" and op.controls:
        yield "native gates take no controls"
    elif not in_range(op, target):
        yield f"an angle out of the range of {target.name}"


def in_range(op: Op, target: Target) -> bool:
    """Whether a native row's angles are ones the machine takes; unbound angles always are.

    Phases lie within a turn. A pinned row's may lie elsewhere: whole turns of a phase are a matter of spelling, which
    the payload settles, and no change of the pulse.
    """
    if op.gate == target.entangler and not takes_angle(target, op.angles[-1]):
        return False
    if op.pinned or op.gate not in _PHASES:
        return True
    for phase in op.angles[: _PHASES[op.gate]]:
        if not phase.terms and not -1 <= (phase.in_turns() if phase.radians else phase.turns) <= 1:
            return False
    return True


_PHASES = {"gpi": 1, "gpi2": 1, "ms": 2}
"""How many angles of a native gate are phases; they come first."""


def takes_angle(target: Target, angle: Angle) -> bool:
    """Whether the target's entangler takes this angle; the low end is excluded where it is negative."""
    if angle.terms:
        return True
    turns = angle.in_turns()
    return (target.low < turns if target.low < 0 else target.low <= turns) and turns <= target.high


# --- two circuits --------------------------------------------------------------------------------------------------


@record
class Verdict:
    """Whether two circuits are equal under a contract; `equal` is None where that could not be judged.

    `checked` and `unchecked` say in words what the judgement rests on. `deviation` is the largest distance of two final
    states, in the 2-norm, once phases that do not count have been taken out; for `outcomes` the total variation of the
    distributions. `inputs` is the relabelling of the |0> inputs the comparison was made with.
    """

    equal: bool | None
    method: str
    checked: str
    unchecked: str = ""
    deviation: float = math.inf
    inputs: tuple[int, ...] | None = None

    def __bool__(self) -> bool:
        return self.equal is True


def equivalent(
    a: Circuit,
    b: Circuit,
    preserve: str = "unitary",
    seed: int = 0,
    inputs: Sequence[int] | None = None,
    allowed: float = 0.0,
) -> Verdict:
    """Whether `b` does what `a` does, under one of the contracts.

    `unitary`: the same matrix up to a global phase. `measurement`: the same up to a diagonal at the very end and to
    which |0> input is which: `inputs[q]` is the qubit of `a` whose input qubit q of `b` takes. Without it the identity
    is tried and, where whole matrices are compared, the relabelling they point to. `outcomes`: the same distribution
    from |0...0>. Parameters without values get random ones, each atom its own.

    `allowed` is the error in the operator norm that an approximation may have. `deviation` is then the root of the mean
    square over the states, which the operator norm bounds whatever the phases that are taken out; the distance of
    pure states bounds the total variation too.
    """
    if a.width != b.width:
        return Verdict(False, "width", f"{a.width} qubits against {b.width}")
    active = sorted({qubit for op in (*a.rows, *b.rows) if op.gate != BARRIER for qubit in op.qubits})
    place = {qubit: number for number, qubit in enumerate(active)}
    if inputs is not None and any(
        inputs[q] != q and (q not in place or inputs[q] not in place) for q in range(a.width)
    ):
        return Verdict(False, "inputs", "the relabelling moves an input that neither circuit uses")
    names = tuple(place[q if inputs is None else inputs[q]] for q in active)
    if len(active) > STATE_QUBITS:
        unchecked = f"{len(active)} qubits are more than the {STATE_QUBITS} that are simulated"
        return Verdict(None, "none", "nothing", unchecked)
    one, other, point = _made_comparable(a, b, place, seed)
    verdict = _judged(one, other, preserve, seed, names, inputs is None, allowed)
    moved = list(range(a.width))
    for qubit, name in zip(active, verdict.inputs or names, strict=True):
        moved[qubit] = active[name]
    unchecked = "; ".join(filter(None, (verdict.unchecked, point)))
    return changed(verdict, inputs=tuple(moved), unchecked=unchecked)


def _made_comparable(a: Circuit, b: Circuit, place: dict[int, int], seed: int) -> tuple[Circuit, Circuit, str]:
    """Both circuits on the qubits that one of them uses, with numbers for parameters."""
    atoms = list(dict.fromkeys((*a.atoms, *b.atoms)))
    generator = random.Random(seed)
    values = {atom: generator.uniform(-3, 3) for atom in atoms}

    def made(circuit: Circuit) -> Circuit:
        rows = [
            op._replace(
                qubits=tuple(place[qubit] for qubit in op.qubits),
                angles=tuple(angle.bind(values.get) for angle in op.angles) if atoms else op.angles,
            )
            for op in circuit.rows
            if op.gate != BARRIER
        ]
        return Circuit(len(place), rows=rows, origins=[None] * len(rows))

    return made(a), made(b), "other values of the parameters than one random point" if atoms else ""


def _judged(
    a: Circuit, b: Circuit, preserve: str, seed: int, names: tuple[int, ...], may_search: bool, allowed: float
) -> Verdict:
    import numpy as np

    from ionqdsl.simulate import probabilities, state, unitary

    width, limit = a.width, TOLERANCE + allowed
    if preserve == "outcomes":
        deviation = float(np.abs(probabilities(a) - probabilities(b)).sum()) / 2
        return Verdict(deviation < limit, "distribution", "the distribution from |0...0>", "", deviation, names)
    if width > UNITARY_QUBITS:
        states = [_random_product(width, seed + number) for number in range(STATES)]
        left = np.stack([state(_prepared(a, angles)) for angles in states], axis=1)
        moved = [[angles[name] for name in names] for angles in states]
        right = np.stack([state(_prepared(b, angles)) for angles in moved], axis=1)
        deviation = _deviation(left, right, preserve, allowed > 0)
        checked = f"{STATES} random product states of {width} qubits"
        return Verdict(deviation < limit, "states", checked, "all other inputs", deviation, names)
    left, right = unitary(a), unitary(b)
    checked = f"the whole unitary of {width} qubits"
    deviation = _deviation(_relabelled(left, names), right, preserve, allowed > 0)
    if deviation >= limit and preserve == "measurement" and may_search:
        for found in _candidates(left, right, width):
            again = _deviation(_relabelled(left, found), right, preserve, allowed > 0)
            if again < limit:
                return Verdict(True, "unitary", checked, "", again, found)
    return Verdict(deviation < limit, "unitary", checked, "", deviation, names)


def _random_product(width: int, seed: int) -> list[tuple[float, float]]:
    """Two angles a qubit, for ry and rz."""
    generator = random.Random(f"product {seed}")
    return [(generator.uniform(0, math.pi), generator.uniform(0, 2 * math.pi)) for _ in range(width)]


def _prepared(circuit: Circuit, angles: Sequence[tuple[float, float]]) -> Circuit:
    """The circuit after a preparation of every qubit."""
    rows = [
        Op(gate, (qubit,), (Angle(0, angle),))
        for qubit, pair in enumerate(angles)
        for gate, angle in zip(("ry", "rz"), pair, strict=True)
    ]
    return circuit.replace(rows=rows + circuit.rows, origins=[None] * (len(rows) + len(circuit.rows)))


def _deviation(a: Matrix, b: Matrix, preserve: str, is_mean: bool = False) -> float:
    """The longest column of b - D a, D the best global phase, or for `measurement` the best phase of every row.

    D makes the sum of the squares of all columns least, so their mean is never above that of another D.
    """
    import numpy as np

    overlaps = (a.conj() * b).sum(axis=1, keepdims=True)
    if preserve == "unitary":
        overlaps = overlaps.sum(keepdims=True)
    sizes = np.abs(overlaps)
    phases = np.where(sizes > 0, overlaps / np.where(sizes > 0, sizes, 1), 1)
    lengths = np.linalg.norm(b - phases * a, axis=0)
    return float(np.sqrt((lengths**2).mean()) if is_mean else lengths.max())


def _relabelled(unitary: Matrix, names: tuple[int, ...]) -> Matrix:
    """The unitary after its inputs have been renamed: bit q of the new column is bit names[q] of the old."""
    if names == tuple(range(len(names))):
        return unitary
    axes = (0, *(1 + name for name in names))
    return unitary.reshape(-1, *(2,) * len(names)).transpose(axes).reshape(unitary.shape)


def _candidates(a: Matrix, b: Matrix, width: int) -> Iterator[tuple[int, ...]]:
    """Relabellings that could make b equal D a P.

    |U Z_q U+|, entry by entry, does not see D, so what input q of b becomes must be what input names[q] of a does. A
    few of its rows are enough to propose.
    """
    import numpy as np

    bits = np.arange(len(a)) >> np.arange(width - 1, -1, -1)[:, None] & 1
    some = slice(None, None, max(1, len(a) // _ROWS))
    seen_a, seen_b = ([np.abs((u[some] * (1 - 2 * row)) @ u.conj().T) for row in bits] for u in (a, b))
    fits = [[j for j, left in enumerate(seen_a) if np.allclose(left, right, atol=TOLERANCE)] for right in seen_b]
    found: list[tuple[int, ...]] = [()]
    for options in fits:
        found = [(*names, j) for names in found for j in options if j not in names][:_RELABELLINGS]
    return iter(found)
