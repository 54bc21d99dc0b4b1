"""Checks whether two energies are equal: the Hamiltonian, the prepared state, and the settings.

Takes two energies and a contract and returns their differences, each with a place and numbers. The ansatz always starts
from |0...0>, so under `measurement` and `outcomes` the state it prepares decides, or the distribution of outcomes if
the Hamiltonian is diagonal; `unitary` and `permuted` require the whole matrix. Parameters are matched by their order,
as the job's list of values is. Qubits may be permuted if the Hamiltonian and the ansatz agree on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ionqdsl.diagnostics import CompileError
from ionqdsl.ir import notation
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.ir.job import Energy
from ionqdsl.ir.operators import Product
from ionqdsl.record import changed, record
from ionqdsl.verify import STATE_QUBITS, TOLERANCE, Verdict, equivalent
from ionqdsl.verify.alignment import active, on_active
from ionqdsl.verify.counterexample import replayed
from ionqdsl.verify.sampling import bound, sampled

Terms = Mapping[Product, float]

FIELDS = ("params", "linear_constraints", "quadratic_constraints", "penalty", "cvar_alpha")
"""The fields of an energy other than its Hamiltonian and its ansatz."""

EXACT = 1e-12
"""Relative error of writing numbers as decimals."""

ENERGY_QUBITS = 14
"""Most qubits for computing energies."""

_EXCHANGES = 24
_STEPS = 5000
"""Most exchanges of qubits tried, and most steps of the search for them."""

_NAME = re.compile(r"[A-Za-z_]\w*(?:\[\d+\])?")


@record
class Judged:
    """Whether two energies are equal, None if not known; their differences, line by line; the ansatz's verdict."""

    equal: bool | None
    differences: tuple[tuple[str, str], ...]
    verdict: Verdict
    unchecked: tuple[str, ...] = ()


def compared(a: Energy, b: Energy, preserve: str, has_constant: bool = True) -> Judged:
    """Compares two energies; without `has_constant` one comes from a format that omits the identity."""
    differences = [(key, said) for key in FIELDS if (said := _field(getattr(a, key), getattr(b, key)))]
    unchecked: tuple[str, ...] = ()
    terms, others = _terms(a), _terms(b)
    if not has_constant and not same(terms.get((), 0.0), others.get((), 0.0)):
        unchecked = ("the Hamiltonian's constant (no part of a job's body)",)
        terms, others = ({p: c for p, c in operator.items() if p} for operator in (terms, others))
    if len(a.parameters) != len(b.parameters):
        differences.append(("parameters", f"{_listed(a.parameters)} against {_listed(b.parameters)}"))
        return Judged(False, tuple(differences), Verdict(False, "none", differences[-1][1]), unchecked)
    if a.ansatz.width != b.ansatz.width:
        verdict = equivalent(a.ansatz, b.ansatz)
        return Judged(False, (*differences, ("qubits", verdict.checked)), verdict, unchecked)
    circuit = with_names(b.ansatz, dict(zip(b.parameters, a.parameters, strict=True)))
    best: Verdict | None = None
    is_plain = all(getattr(e, key) is None for e in (a, b) for key in ("linear_constraints", "quadratic_constraints"))
    for places in exchanges(terms, others, a.ansatz.width) if is_plain else _identity(terms, others, a.ansatz.width):
        rows = [op.on(places) for op in circuit.rows]
        verdict = _prepared(a.ansatz, circuit.replace(rows=rows, inputs=None), terms, preserve)
        best = verdict if best is None else best
        if verdict.equal:
            if list(places) != sorted(places):
                verdict = changed(verdict, checked=f"{verdict.checked}, qubits exchanged as the Hamiltonian says")
            return Judged(not differences, tuple(differences), verdict, unchecked)
    numbers = _energies(a, circuit, terms, others)
    if best is None:  # no exchange of qubits makes the operators the same
        differences += [("hamiltonian", said) for said in _operators(terms, others)]
        best = _prepared(a.ansatz, circuit, {**terms, **others}, preserve)
        if numbers:
            differences.append(("energy", numbers))
        return Judged(False, tuple(differences), best, unchecked)
    if differences or numbers:
        differences += [("energy", numbers)] if numbers else []
        return Judged(False, tuple(differences), best, unchecked)
    if best.equal is False and (fixes_phases(preserve) or numbers is None):
        return Judged(False, (), best, unchecked)
    more = "the energies agree where they were worked out, the states do not"
    return Judged(None, (), changed(best, equal=None, unchecked=more), unchecked)


def same(one: float, other: float) -> bool:
    """Whether two numbers have the same value, however they are written."""
    return abs(one - other) <= EXACT * max(1.0, abs(one), abs(other))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _field(one: Any, other: Any) -> str:
    """The difference of a setting, "" if there is none."""
    return "" if _alike(one, other) else f"{shown(one)} against {shown(other)}"


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(_alike(x, y) for x, y in zip(one, other, strict=True))
    if one is None or other is None or isinstance(one, str) or isinstance(other, str):
        return bool(one == other)
    return same(float(one), float(other))


def shown(value: Any) -> str:
    """A setting's value for people."""
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    return f'"{value}"' if isinstance(value, str) else notation.number(value)


# --- Hamiltonians ----------------------------------------------------------------------------------------------------


def _terms(energy: Energy) -> Terms:
    """Coefficients by product, those of one product added up, without zeros."""
    total: dict[Product, float] = {}
    for product, factor in energy.hamiltonian.terms:
        key = tuple(sorted(product, key=lambda letter: letter[1]))
        total[key] = total.get(key, 0.0) + float(factor)
    return {product: factor for product, factor in total.items() if factor}


def _operators(one: Terms, other: Terms) -> Iterator[str]:
    for product in dict.fromkeys((*one, *other)):
        first, second = one.get(product, 0.0), other.get(product, 0.0)
        if not same(first, second):
            name = "*".join(f"{letter}[{qubit}]" for letter, qubit in product) or "the constant"
            yield f"{name} has {notation.number(first)} against {notation.number(second)}"


def _identity(one: Terms, other: Terms, width: int) -> Iterator[Sequence[int]]:
    if not [*_operators(one, other)]:
        yield range(width)


def exchanges(one: Terms, other: Terms, width: int) -> Iterator[Sequence[int]]:
    """Maps each qubit of `other` to one of `one` such that both operators are the same; the identity first.

    Qubits are assigned one by one, as long as all terms on the assigned ones agree.
    """
    yield from _identity(one, other, width)
    if len(one) != len(other):
        return
    steps = 0
    by_last: list[list[Product]] = [[] for _ in range(width)]
    for product in other:
        if product:
            by_last[max(qubit for _, qubit in product)].append(product)
    counts = [Counter(qubit for product in terms for _, qubit in product) for terms in (one, other)]

    def placed(places: list[int]) -> Iterator[list[int]]:
        nonlocal steps
        qubit = len(places)
        if qubit == width:
            yield places
            return
        for place in (qubit, *range(qubit), *range(qubit + 1, width)):
            steps += 1
            if steps > _STEPS:
                return
            if place in places or counts[0][place] != counts[1][qubit]:
                continue
            more = [*places, place]
            if all(same(one.get(_moved(product, more), 0.0), other[product]) for product in by_last[qubit]):
                yield from placed(more)

    for number, places in enumerate(placed([])):
        if number == _EXCHANGES:
            return
        if places != [*range(width)] and same(one.get((), 0.0), other.get((), 0.0)):
            yield places


def _moved(product: Product, places: Sequence[int]) -> Product:
    return tuple(sorted(((letter, places[qubit]) for letter, qubit in product), key=lambda letter: letter[1]))


# --- the ansatz ------------------------------------------------------------------------------------------------------


def with_names(circuit: FlatCircuit, names: Mapping[str, str]) -> FlatCircuit:
    """The circuit with its parameters renamed."""
    if all(name == new for name, new in names.items()):
        return circuit

    def named(angle: Angle) -> Angle:
        total = Angle(angle.turns, angle.radians)
        for symbol, turns, radians in angle.terms:
            symbol = _NAME.sub(lambda found: names.get(found[0], found[0]), symbol)
            total += Angle.of(symbol, turns=turns, radians=radians)
        return total

    return circuit.replace(rows=[op._replace(angles=tuple(map(named, op.angles))) for op in circuit.rows], phase=ZERO)


def _prepared(a: FlatCircuit, b: FlatCircuit, terms: Terms, preserve: str) -> Verdict:
    """Whether two circuits prepare the same state, for an operator of these terms."""
    if fixes_phases(preserve):
        return replayed(equivalent(a, b, preserve), a, b, preserve)
    if all(letter == "Z" for product in terms for letter, _ in product):
        return replayed(equivalent(a, b, "outcomes"), a, b, "outcomes")
    small = len(active(a, b)) <= STATE_QUBITS
    if not small:
        verdict = equivalent(a, b, "unitary")
        return verdict if verdict.equal else changed(verdict, equal=None, unchecked="the state of so many qubits")
    return _states(a, b)


def _states(a: FlatCircuit, b: FlatCircuit) -> Verdict:
    import numpy as np

    from ionqdsl.simulation.simulate import state

    symbols = tuple(dict.fromkeys((*a.replace(phase=ZERO).symbols, *b.replace(phase=ZERO).symbols)))
    points = sampled(symbols, len(a) + len(b)) if symbols else [None]
    if not points:
        return Verdict(None, "none", "nothing", "no values of the parameters give every expression one")
    worst = 0.0
    for point in points:
        numeric = [bound(c, point) if point is not None else c.replace(phase=ZERO) for c in (a, b)]
        one, other, used = on_active(*numeric)
        first, second = (state(circuit) for circuit in (one, other))
        overlap = np.vdot(first, second)
        phase = overlap / abs(overlap) if abs(overlap) > TOLERANCE else 1
        distance = float(np.linalg.norm(second - phase * first))
        checked = f"the state that {len(used)} qubit{'s are' if len(used) != 1 else ' is'} prepared in"
        if distance >= TOLERANCE:
            said = f"{checked} ({abs(overlap) ** 2:.4%} overlap)"
            return Verdict(False, "state", said, "", distance, values=None if point is None else point.values)
        worst = max(worst, distance)
    left = f"values of the parameters other than {len(points)} sampled ones" if symbols else ""
    return Verdict(True, "state", checked, left, worst)


# --- energies --------------------------------------------------------------------------------------------------------


def _energies(a: Energy, circuit: FlatCircuit, terms: Terms, others: Terms) -> str | None:
    """The values at which the energies differ, with both; "" if they agree at all, None if none could be tried."""
    if a.ansatz.width > ENERGY_QUBITS:
        return None
    from ionqdsl.ir.symbolic import bind
    from ionqdsl.simulation.simulate import mean

    operators = [Operator((*each.items(),)) for each in (terms, others)]
    points: list[dict[str, Any]] = [dict(zip(a.parameters, a.params, strict=False))] if a.params is not None else []
    symbols = tuple(dict.fromkeys((*a.ansatz.symbols, *circuit.symbols)))
    points += [dict(point.values) for point in (sampled(symbols, len(a.ansatz)) if symbols else [])] or [{}]
    is_seen = False
    for values in points:
        try:
            first, second = (
                mean(bind(each, values, declared=a.parameters), operator)
                for each, operator in zip((a.ansatz, circuit), operators, strict=True)
            )
        except CompileError:
            continue
        is_seen = True
        if abs(first - second) > 1e-9 * max(1.0, abs(first), abs(second)):
            where = ", ".join(f"{name} = {float(value):g}" for name, value in values.items())
            return f"{first:.9g} against {second:.9g}{f' at {where}' if where else ''}"
    return "" if is_seen else None
