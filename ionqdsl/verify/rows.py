"""Checks that the rows of a circuit are those that its text means.

Takes a lowered circuit and a `CircuitMeaning` of the interpreter and returns the first difference as a sentence, or how
much was compared. Rows are compared one by one, their angles exactly. If one application of a gate has another form (a
real power, for instance), its effect on its qubits is compared, phase included.
"""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Iterator, Sequence

import numpy as np

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle, Exact
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.symbols import exact_value, names
from ionqdsl.simulation.statevector import apply
from ionqdsl.verify.findings import Compared, Difference
from ionqdsl.verify.interpreter.matrices import Matrix, moved, play
from ionqdsl.verify.interpreter.meaning import AppliedGate, CircuitMeaning, MeantRow
from ionqdsl.verify.interpreter.powers import ROTATIONS

CLOSE = 1e-12
"""Relative tolerance of floats; exact numbers must be the same."""
EXACT = 1e-8
"""Tolerance of amplitudes and phases when two forms of one gate are compared."""
WHOLE = 8
"""Most qubits of a gate for comparing its whole matrix; above, three random states."""
MOST = 18
"""Most qubits of a gate for comparing its forms at all."""
LONGEST = 400
"""Most rows of another form of one application."""


def compare(circuit: FlatCircuit, meaning: CircuitMeaning) -> Compared:
    """Compares a lowered circuit with the meaning of its text. Raises Difference."""
    where = circuit.origins[0] if circuit.origins else None
    for what, actual, meant in (
        ("name", circuit.name, meaning.name),
        ("gateset", circuit.gateset, meaning.gateset),
        ("number of qubits", circuit.width, meaning.width),
        ("qubits", circuit.wires, tuple(meaning.wires)),
        ("registers", circuit.registers, tuple(meaning.registers)),
    ):
        if actual != meant:
            raise Difference(f"its {what}: {actual} in place of {meant}", where)
    return _Comparison(circuit, meaning).compared()


class _Comparison:
    """`places` are the rows of the circuit that may come next, with the phase in radians of the rows before them.

    There is nearly always one place; more if an application has another form and ends in rows that do nothing.
    """

    def __init__(self, circuit: FlatCircuit, meaning: CircuitMeaning) -> None:
        self.circuit = circuit.replace()  # the caller's may go on waiting as columns
        self.meaning = meaning
        self.differences = Compared()
        self.blocks: dict[int, object] = {}
        self.verified: dict[object, int] = {}
        self.point: dict[str, Exact] = {}
        self.same: dict[int, Op] = {}  # by the id of the rows of an application, which equal lines share

    def compared(self) -> Compared:
        places = {0: 0.0}
        for step in self.meaning.steps:
            places = self._after_the_same(step, places) or self._after(step, places)
        ends = {self._skipped(place): turned for place, turned in places.items()}
        if len(self.circuit.rows) not in ends:
            raise Difference("a gate that the text does not ask for", self.circuit.origins[max(ends)])
        self._phases(ends[len(self.circuit.rows)])
        return self.differences

    # --- one application

    def _after_the_same(self, step: AppliedGate, places: dict[int, float]) -> dict[int, float] | None:
        """As `_after`, if the very objects that come next have been compared before; else None."""
        known = self.same.get(id(step.rows))
        if known is None or len(places) > 1:
            return None
        ((place, turned),) = places.items()
        rows, origins = self.circuit.rows, self.circuit.origins
        if place >= len(rows) or rows[place] is not known or not _is_here(origins[place], step.span):
            return None
        self.differences.rows += 1
        return {place + 1: turned}

    def _after(self, step: AppliedGate, places: dict[int, float]) -> dict[int, float]:
        """The places where the rows of an application may end, if they begin at one of some places."""
        ends: dict[int, float] = {}
        for place, turned in places.items():
            taken = self._taken(step, place)
            if taken is not None:
                ends[taken[-1] + 1 if taken else place] = turned
                if len(places) == 1:
                    self._pair_rows(step, taken)
            elif any(row.inside for row in step.rows):
                for start in dict.fromkeys((place, self._skipped(place))):
                    for end, phase in self._by_effect(step, start):
                        ends.setdefault(end, turned + phase)
        if not ends:
            raise Difference("its rows do not follow from the text", step.span)
        return ends

    def _taken(self, step: AppliedGate, place: int) -> list[int] | None:
        """The exact rows of an application, if they come next; rotations by nothing may be between them."""
        rows, origins = self.circuit.rows, self.circuit.origins
        taken = []
        for row in step.rows:
            if (place >= len(rows) or not is_same(rows[place], row)) and _does_nothing(row):
                continue
            while place < len(rows) and not is_same(rows[place], row) and _does_nothing(rows[place]):
                place += 1
            if place >= len(rows) or not is_same(rows[place], row) or not _is_here(origins[place], step.span):
                return None
            taken.append(place)
            place += 1
        return taken

    def _pair_rows(self, step: AppliedGate, taken: list[int]) -> None:
        """Notes rows that are the same, and compares their blocks."""
        self.differences.rows += len(taken)
        rows = step.rows if len(taken) == len(step.rows) else [row for row in step.rows if not _does_nothing(row)]
        for place, row in zip(taken, rows, strict=False):
            self._pair_blocks(self.circuit.rows[place].pinned, row.block, step.span)
        if len(taken) == len(step.rows) == 1:
            self.same[id(step.rows)] = self.circuit.rows[taken[0]]

    def _skipped(self, place: int) -> int:
        """The next row that does something."""
        rows = self.circuit.rows
        while place < len(rows) and _does_nothing(rows[place]):
            place += 1
        return place

    def _pair_blocks(self, one: int, other: object, span: Span) -> None:
        """Checks that verbatim blocks contain the same rows on both sides, whatever their numbers."""
        if self.blocks.setdefault(one, other) != other or self.verified.setdefault(other, one) != one:
            raise Difference("it stands in another verbatim block", span)
        if (one == 0) != (other == 0):
            raise Difference("it is verbatim on one side only", span)

    # --- the effect of an application

    def _by_effect(self, step: AppliedGate, place: int) -> Iterator[tuple[int, float]]:
        """The end of rows with the same effect as an application up to a phase, and that phase in radians."""
        qubits = sorted({qubit for row in step.rows for qubit in row.qubits})
        if any(row.gate in (*NOT_GATES, "nop") for row in step.rows):
            return
        if len(qubits) > MOST:
            yield self._unjudged(step, place, qubits), 0.0
            return
        wires = {qubit: wire for wire, qubit in enumerate(qubits)}
        meant, actual = _states(len(qubits)), _states(len(qubits))
        for row in step.rows:
            play(meant, moved(row, wires), self._bound)
        for end in range(place, place + LONGEST):
            phase = cmath.phase(np.vdot(meant, actual))
            if np.abs(actual - meant * cmath.exp(1j * phase)).max(initial=0) < EXACT:
                self.differences.powers += 1
                yield end, phase
            if self._skipped(end) > end and _is_here(self.circuit.origins[end], step.span):
                continue
            op = self._may_belong(step, end, wires)
            if op is None:
                return
            apply(actual, op.on(wires)._replace(angles=self._angles(op.angles)))

    def _may_belong(self, step: AppliedGate, place: int, wires: dict[int, int]) -> Op | None:
        if place >= len(self.circuit.rows):
            return None
        op, origin = self.circuit.rows[place], self.circuit.origins[place]
        fits = _is_here(origin, step.span) and op.gate not in (*NOT_GATES, "nop") and all(q in wires for q in op.qubits)
        return op if fits else None

    def _unjudged(self, step: AppliedGate, place: int, qubits: list[int]) -> int:
        """Passes over an application that is too wide to compute."""
        self.differences.unjudged += 1
        wires = dict.fromkeys(qubits, 0)
        while self._may_belong(step, place, wires) is not None:
            place += 1
        return place

    # --- parameters and phases

    def _bound(self, angle: Angle) -> Angle:
        """An angle at one random point of the parameters."""
        if angle.is_bound:
            return angle
        for symbol in angle.symbols:
            for name in names(symbol):
                if name not in self.point:
                    seed = random.Random(f"{name} of {self.circuit.name}")
                    self.point[name] = seed.randrange(100, 900) / 1000
        return angle.bind({symbol: exact_value(symbol, self.point) for symbol in angle.symbols}.get)

    def _angles(self, angles: Sequence[Angle]) -> tuple[Angle, ...]:
        return tuple(map(self._bound, angles))

    def _phases(self, turned: float) -> None:
        """Compares the global phases, exactly unless an application had another form."""
        if self.differences.unjudged or self.meaning.has_cases:  # phases of a branch are no global phases
            return
        actual, meant = self.circuit.phase, self.meaning.phase
        if not self.differences.powers and not (actual - meant).reduced():
            return
        try:
            off = self._bound(actual - meant).in_radians() + turned
        except CompileError:
            off = math.inf
        if not abs(math.remainder(off, math.tau)) < EXACT * (1 + self.differences.powers):
            raise Difference(f"its global phase is off by {off:.3g} radians", None)


# --- rows ------------------------------------------------------------------------------------------------------------


def _does_nothing(row: Op | MeantRow) -> bool:
    """Whether a row is a rotation by nothing, floats up to rounding."""
    if row.gate not in ROTATIONS:
        return False
    angle = row.angles[-1]
    is_float = isinstance(angle.turns, float) or isinstance(angle.radians, float)
    return not angle or (is_float and angle.is_bound and abs(angle.in_radians()) < CLOSE)


def _is_here(origin: Span | None, span: Span) -> bool:
    return (
        origin is not None
        and origin[1:] == span[1:]
        and (origin.source is span.source or origin.source.name == span.source.name)
    )


def is_same(op: Op, row: MeantRow) -> bool:
    """Whether two rows are the same gate on the same qubits with the same angles."""
    if op.slot != row.slot:
        return False
    if op.gate != row.gate or op.qubits != row.qubits or op.controls != row.controls:
        gate, controls = ("x", op.controls + 1) if op.gate == "cnot" else (op.gate, op.controls)
        other, more = ("x", row.controls + 1) if row.gate == "cnot" else (row.gate, row.controls)
        if op.qubits != row.qubits or controls != more or ({gate, other} - {"x", "not"} and gate != other):
            return False
    if op.angles != row.angles and not _same_angles(op, row):
        return False
    return op.operator == row.operator or _same_operator(op.operator, row.operator)


def _same_angles(op: Op, row: MeantRow) -> bool:
    phases = GATES[op.gate].phases if op.gate in GATES else 0  # those count modulo a turn
    for place, (one, other) in enumerate(zip(op.angles, row.angles, strict=True)):
        if place < phases:
            one, other = one.reduced(), other.reduced()
        if not same_angle(one, other):
            return False
    return True


def same_angle(one: Angle, other: Angle) -> bool:
    """Whether two angles are the same, floats up to rounding."""
    pairs = [(one.turns, other.turns), (one.radians, other.radians)]
    if one.symbols != other.symbols:
        return False
    for first, second in zip(one.terms, other.terms, strict=True):
        pairs += zip(first[1:], second[1:], strict=True)
    return all(_same_number(*pair) for pair in pairs) or (
        one.is_bound
        and any(isinstance(x, float) for pair in pairs for x in pair)
        and math.isclose(one.in_radians(), other.in_radians(), rel_tol=CLOSE, abs_tol=CLOSE)
    )


def _same_number(one: Exact, other: Exact) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return one == other


def _same_operator(one: Operator | None, other: Operator | None) -> bool:
    """Whether two operators are the same; the order of terms counts if they are Trotter steps."""
    if one is None or other is None or one.steps != other.steps or len(one.terms) != len(other.terms):
        return False
    actual, meant = (operator.terms if one.steps else sorted(operator.terms) for operator in (one, other))
    return all(p == q and _same_number(x, y) for (p, x), (q, y) in zip(actual, meant, strict=True))


def _states(qubits: int) -> Matrix:
    """All basis states, or three random ones."""
    if qubits <= WHOLE:
        return np.eye(1 << qubits, dtype=np.complex128)
    generator = np.random.default_rng(1)
    states = generator.normal(size=(3, 1 << qubits)) + 1j * generator.normal(size=(3, 1 << qubits))
    return np.asarray(states / np.linalg.norm(states, axis=1, keepdims=True))
