"""Judges a lowered test: computes its quantities from the exact state, and compares them with each `expect`.

Takes a `LoweredTest` and returns a diagnostic for each `expect` that does not hold. The state is simulated once, from
one `expect` to the next, and only if a quantity needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ionqdsl import passes
from ionqdsl.algebra.modifiers import power
from ionqdsl.describe.stats import Stats, depth, stats
from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import FlatCircuit, Slot
from ionqdsl.ir.options import Options
from ionqdsl.ir.symbolic import parameters
from ionqdsl.ir.targets import TARGETS
from ionqdsl.language import expectations, syntax, values
from ionqdsl.language.comparison import truth
from ionqdsl.language.evaluate import evaluate
from ionqdsl.language.lower.tests import Asked, Expected, LoweredTest
from ionqdsl.language.readable import decimal
from ionqdsl.nesting import roomy
from ionqdsl.record import record
from ionqdsl.simulation import simulate
from ionqdsl.simulation.pauli_sums import HermitianSum
from ionqdsl.simulation.results import Probabilities, binary, marginal
from ionqdsl.simulation.statevector import Array
from ionqdsl.verify import TOLERANCE, UNITARY_QUBITS, Verdict, equivalent
from ionqdsl.verify.counterexample import replayed

DEFAULT = 1e-9
"""Numbers that are at most this far apart count as equal, unless `within` says otherwise."""
MOST_WORK = 1 << 34
"""Most gates times amplitudes that a test may simulate: some minutes."""
LISTED = 4
"""Outcomes that the message about an uncertain value lists."""
_STATE = ("prob", "mean", "value")


class _Uncertain(Exception):
    """A register has no certain value; `outcomes` are the most likely ones."""

    def __init__(self, span: Span, outcomes: str) -> None:
        super().__init__()
        self.span, self.outcomes = span, outcomes


@record
class _Sameness:
    """The verdict of `same`, which counts as true or false in a condition."""

    verdict: Verdict
    other: str


@roomy
def failures(lowered: LoweredTest) -> list[Diagnostic]:
    """The failures of a test, in order: conditions that do not hold or cannot be computed.

    Raises CompileError for too much work.
    """
    test = f"test `{lowered.case.test.name.value}`"
    if lowered.case.assignments:
        test += f" with {lowered.case.assignments}"
    states = _States(lowered, test)
    found: list[Diagnostic] = []
    for expected in lowered.expected:
        try:
            found += _judged(expected, lowered, states, test)
        except _Uncertain as uncertain:
            facts = {"test": test, "value": uncertain.span.text, "found": uncertain.outcomes}
            found.append(Diagnostic("QC0441", uncertain.span, facts))
        except CompileError as error:
            known = {(diagnostic.code, diagnostic.place) for diagnostic in found}
            reported = [_of_test(one, lowered) for one in error.diagnostics]
            found += [one for one in reported if (one.code, one.place) not in known]
    return found


def _of_test(diagnostic: Diagnostic, lowered: LoweredTest) -> Diagnostic:
    """An error of the simulation as one of the test: where a test gets its values from differs from a run."""
    if diagnostic.code != "QC0652":
        return diagnostic
    names = parameters(lowered.circuit)
    facts = {"test": lowered.case.test.name.value, "names": names, "first": names[0].partition("[")[0]}
    return Diagnostic("QC0260", diagnostic.place, facts)


def _judged(expected: Expected, lowered: LoweredTest, states: _States, test: str) -> Iterator[Diagnostic]:
    node = expected.node
    tolerance = _tolerance(expected)
    results: dict[Span, Any] = {}
    uncertain: dict[Span, _Uncertain] = {}
    sameness: list[tuple[Span, _Sameness]] = []
    for span, asked in expected.asked.items():
        if asked.name == "same":
            verdict = _same(_so_far(lowered, expected), asked, tolerance)
            results[span] = verdict.equal is True
            sameness.append((span, _Sameness(verdict, "identity" if asked.other is None else asked.other.name)))
        elif asked.name in _STATE:
            try:
                if lowered.circuit.is_dynamic:
                    results[span] = _of_branches(asked, _so_far(lowered, expected), span)
                else:
                    results[span] = _of_state(asked, states.at(expected), span)
            except _Uncertain as error:
                uncertain[span] = error
        else:
            results[span] = _of_circuit(asked, _so_far(lowered, expected))
    expected.scope.budget.left = expected.scope.budget.full
    condition = _Condition(expected, results, uncertain, DEFAULT if tolerance is None else tolerance)
    broken = condition.broken(node.condition)
    if broken is None:
        return
    for span, same in sameness:
        if same.verdict.equal is not True and span == broken.span:
            yield _difference(same, span, test)
            return
    yield Diagnostic("QC0440", broken.span, {"test": test, "found": broken.value})


def _so_far(lowered: LoweredTest, expected: Expected) -> FlatCircuit:
    """The circuit of a test up to an expectation."""
    whole, rows = lowered.circuit, expected.rows
    done = whole.replace(width=expected.width, rows=whole.rows[:rows], origins=whole.origins[:rows])
    if not whole.is_dynamic:
        return done
    written = {op.slot for op in done.rows}
    registers = [
        (name, tuple([None if isinstance(slot, Slot) and slot not in written else slot for slot in slots]))
        for name, slots in whole.registers
    ]
    return done.replace(registers=tuple([pair for pair in registers if any(slot is not None for slot in pair[1])]))


def _tolerance(expected: Expected) -> float | None:
    node = expected.node.tolerance
    if node is None:
        return None
    value = evaluate(node, expected.scope)
    if not values.is_number(value) or values.is_symbolic(value) or not 0 <= values.as_float(value) < float("inf"):
        raise fail("QC0307", node.span, wanted="a tolerance, a number that is not negative", given=_shown(value))
    return values.as_float(value)


# --- conditions ------------------------------------------------------------------------------------------------------


@record
class _Broken:
    """The part of a condition that does not hold, and the value that it has."""

    span: Span
    value: str


class _Condition:
    """Evaluates the condition of an `expect`, comparing numbers with a tolerance."""

    def __init__(
        self,
        expected: Expected,
        results: Mapping[Span, Any],
        uncertain: Mapping[Span, _Uncertain],
        tolerance: float,
    ) -> None:
        """Raises _Uncertain if a value that decides is not certain."""
        self.scope, self.results, self.uncertain, self.tolerance = expected.scope, results, uncertain, tolerance
        self.within = expected.node.tolerance

    def broken(self, node: syntax.Expression) -> _Broken | None:
        """The first part that does not hold, None if the condition does."""
        match node:
            case syntax.Binary(operator="and"):
                return next((found for part in _chain(node) if (found := self.broken(part)) is not None), None)
            case syntax.Binary() if node.operator in expectations.COMPARING:
                left, right = self._value(node.left), self._value(node.right)
                return None if self._compares(node, left, right) else _Broken(node.span, self._said(node, left, right))
        return None if self.holds(node) else _Broken(node.span, self._unmet(node))

    def holds(self, node: syntax.Expression) -> bool:
        """Whether a condition holds."""
        match node:
            case syntax.Binary(operator="and"):
                return all(map(self.holds, _chain(node)))
            case syntax.Binary(operator="or"):
                return any(map(self.holds, _chain(node)))
            case syntax.Unary(operator="not"):
                return not self.holds(node.operand)
            case syntax.Binary() if node.operator in expectations.COMPARING:
                return self._compares(node, self._value(node.left), self._value(node.right))
        value = self._value(node)
        if not isinstance(value, bool):
            raise fail("QC0307", node.span, wanted="a condition, such as `... == 1`", given=values.kind(value))
        return value

    def _value(self, node: syntax.Expression) -> Any:
        try:
            return evaluate(expectations.replaced(node, self.results), self.scope)
        except CompileError as error:
            wanted = error.diagnostics[0].span  # the name of a call that was not replaced: its value is needed
            for span, uncertain in self.uncertain.items():
                if wanted is not None and wanted.source is span.source and wanted.start == span.start:
                    raise uncertain from None
            raise

    def _compares(self, node: syntax.Binary, left: Any, right: Any) -> bool:
        """Whether a comparison holds; numbers that count as equal are neither less nor more than each other."""
        if not (_is_plain(left) and _is_plain(right)):
            return truth(self._value(node), node.span)
        gap = float(values.exactly(left) - values.exactly(right))
        is_equal = abs(gap) <= self.tolerance
        match node.operator:
            case "==" | "!=":
                return is_equal is (node.operator == "==")
            case "<=" | ">=":
                return is_equal or (gap < 0) is (node.operator == "<=")
        return not is_equal and (gap < 0) is (node.operator == "<")

    def _said(self, node: syntax.Binary, left: Any, right: Any) -> str:
        given = _shown(right)
        wanted = given if _is_literal(node.right) else f"`{node.right.span.text}` = {given}"
        operator = "" if node.operator == "==" else f"{_WORDS[node.operator]} "
        within = f" within {self.within.span.text}" if self.within is not None else ""
        return f"`{node.left.span.text}` is {_shown(left, right)}, but {operator}{wanted}{within} is expected"

    def _unmet(self, node: syntax.Expression) -> str:
        calls = [call for call, _ in expectations.quantities(node) if call.span in self.results]
        known = ", ".join(f"`{call.span.text}` is {_shown(self.results[call.span])}" for call in calls)
        return f"`{node.span.text}` does not hold{': ' if known else ''}{known}"


def _chain(node: syntax.Binary) -> list[syntax.Expression]:
    """The parts of `a and b and c`, in order: by iteration, as there may be many."""
    parts: list[syntax.Expression] = [node.right]
    while isinstance(node.left, syntax.Binary) and node.left.operator == node.operator:
        node = node.left
        parts.append(node.right)
    return [node.left, *reversed(parts)]


_WORDS = {"!=": "another value than", "<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}


def _is_plain(value: Any) -> bool:
    """Whether a value is a known number without a unit."""
    return values.is_number(value) and not values.is_angle(value) and not values.is_symbolic(value)


def _is_literal(node: syntax.Expression) -> bool:
    return isinstance(node, syntax.Number | syntax.Text | syntax.Constant)


def _shown(value: Any, other: Any = None) -> str:
    """A value for the message; as many digits as tell it from the other."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list | range | tuple):
        return f"[{', '.join(_shown(part) for part in value[:LISTED])}{', ...' * (len(value) > LISTED)}]"
    if not values.is_number(value) or values.is_symbolic(value):
        return values.kind(value)
    number = values.as_float(value)
    if other is not None and values.is_number(other) and decimal(number) == decimal(values.as_float(other)):
        return f"{number:.15g}"
    return decimal(number)


# --- quantities ------------------------------------------------------------------------------------------------------


class _States:
    """The states of a test at its expectations, computed in order."""

    def __init__(self, lowered: LoweredTest, test: str) -> None:
        circuit = lowered.circuit
        self.needed = [one.rows for one in lowered.expected if any(a.name in _STATE for a in one.asked.values())]
        work = max(self.needed, default=0) << circuit.width
        if self.needed and work > MOST_WORK:
            facts = {"test": test, "rows": f"{max(self.needed):,}", "qubits": circuit.width}
            raise fail("QC0448", lowered.case.test.name.span, **facts)
        self.states = simulate.states(circuit, sorted(set(self.needed)))  # of a dynamic circuit, nobody asks for one
        self.place, self.state = -1, np.ones(1, dtype=np.complex128)
        self.fault: CompileError | None = None

    def at(self, expected: Expected) -> Array:
        """The state of the qubits declared so far."""
        while self.place < expected.rows:
            try:
                self.place, self.state = next(self.states)
            except CompileError as error:
                self.fault = error
            except StopIteration:
                assert self.fault is not None
            if self.fault is not None:
                raise self.fault
        return self.state.reshape(1 << expected.width, -1)[:, 0]  # qubits declared later are in |0>


def _of_state(quantity: Asked, state: Array, span: Span) -> Any:
    qubits = tuple([slot for slot in quantity.slots if not isinstance(slot, Slot)])  # all, as nothing was measured
    match quantity.name:
        case "prob":
            return _probability(state, qubits, quantity.bits)
        case "mean":
            return HermitianSum(quantity.operator, len(state).bit_length() - 1).mean(state)
    shares = np.square(state.real) + np.square(state.imag)
    width = len(shares).bit_length() - 1
    likeliest = binary(int(shares.argmax()), width)
    bits = "".join("0" if slot is None else likeliest[slot] for slot in qubits)
    if _probability(state, qubits, bits) < 1 - DEFAULT:
        raise _Uncertain(span, _listed(Probabilities(shares, width).marginal(qubits)))
    return int(bits[::-1] or "0", 2)


def _of_branches(quantity: Asked, circuit: FlatCircuit, span: Span) -> Any:
    """As `_of_state`, over all branches of a circuit that measures or resets qubits before the end."""
    if quantity.name == "mean":
        return simulate.mean(circuit, quantity.operator)
    places = {slot: circuit.width + number for number, slot in enumerate(circuit.slots)}
    read = tuple([places[slot] if isinstance(slot, Slot) else slot for slot in quantity.slots])
    shares = marginal(simulate.run(circuit, 0, exact=True).probabilities, read)
    if quantity.name == "prob":
        return shares.get(quantity.bits, 0.0)
    likeliest = max(shares, key=lambda bits: shares[bits])
    if shares[likeliest] < 1 - DEFAULT:
        raise _Uncertain(span, _listed(shares))
    return int(likeliest[::-1] or "0", 2)


def _probability(state: Array, slots: tuple[int | None, ...], bits: str) -> float:
    """The probability of reading bits in slots."""
    width = len(state).bit_length() - 1
    index: list[Any] = [slice(None)] * width
    for slot, bit in zip(slots, bits, strict=True):
        if slot is None:
            if bit == "1":
                return 0.0
        else:
            index[slot] = int(bit)
    chosen = state.reshape((2,) * width)[tuple(index)]
    return float(np.vdot(chosen, chosen).real)


def _listed(shares: Mapping[str, float]) -> str:
    """The most likely numbers of a register, with their probabilities."""
    totals = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    said = [f"{int(bits[::-1] or '0', 2)} with {share:.4g}" for bits, share in totals[:LISTED]]
    return ", ".join([*said, *(["..."] if len(totals) > LISTED else [])])


def _of_circuit(quantity: Asked, circuit: FlatCircuit) -> int:
    match quantity.name:
        case "depth":
            return depth(circuit)
        case "qubits":
            return circuit.width
    size = _compiled(circuit, quantity.machine)
    return size.two_qubit_gates if quantity.name != "pulses" else size.pulses


def _compiled(circuit: FlatCircuit, machine: str) -> Stats:
    """The size of a circuit after compiling it as `compile --target` does."""
    result, _, _ = passes.transpile(circuit, TARGETS[machine], Options(target=machine))
    return stats(result)


# --- same ------------------------------------------------------------------------------------------------------------


def _same(circuit: FlatCircuit, quantity: Asked, tolerance: float | None) -> Verdict:
    allowed = TOLERANCE if tolerance is None else max(tolerance, TOLERANCE)
    if circuit.is_dynamic or (quantity.other is not None and quantity.other.is_dynamic):
        other = FlatCircuit(circuit.width) if quantity.other is None else quantity.other
        plain = tuple(range(circuit.width))
        seen = equivalent(circuit, other, "measurement", inputs=plain, tolerance=allowed)
        return replayed(seen, circuit, other, "measurement")
    if quantity.other is None and circuit.width > UNITARY_QUBITS:
        verdict = equivalent(*_halves(circuit), tolerance=allowed)
        if verdict.equal is not None and verdict.method == "rotations":
            return verdict
    other = FlatCircuit(circuit.width) if quantity.other is None else quantity.other
    return replayed(equivalent(circuit, other, tolerance=allowed), circuit, other, "unitary")


def _halves(circuit: FlatCircuit) -> tuple[FlatCircuit, FlatCircuit]:
    """The first half of a circuit and the inverse of the second: they are equal if the circuit is the identity.

    Row by row, wide circuits that undo themselves are more alike in this form than as a whole and nothing.
    """
    middle = len(circuit.rows) // 2
    first = circuit.with_rows(zip(circuit.rows[:middle], circuit.origins, strict=False))
    backwards = [(row, None) for op in reversed(circuit.rows[middle:]) for row in power(op, -1)[0]]
    return first, circuit.with_rows(backwards)


def _difference(same: _Sameness, span: Span, test: str) -> Diagnostic:
    verdict = same.verdict
    facts = {"test": test, "other": same.other}
    if verdict.equal is None:
        return Diagnostic("QC0443", span, {**facts, "reason": verdict.unchecked or verdict.checked})
    found = f"the final states are up to {decimal(verdict.deviation)} apart"
    if verdict.method == "width":
        found = verdict.checked
    elif verdict.example is not None:
        found = verdict.example.said()
    return Diagnostic("QC0442", span, {**facts, "found": found})
