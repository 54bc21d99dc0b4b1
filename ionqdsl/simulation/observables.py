"""Estimates mean values of operators from measured outcomes.

Takes an operator as text, in the language's notation or with one letter per qubit, and a `Result`, and returns a value
and its standard error. Each qubit was measured in one letter, Z unless the run named another, so only products of these
letters can be estimated; energy.py measures in several bases.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.arguments import shown
from ionqdsl.ir.circuit import Operator
from ionqdsl.ir.operators import Product, spelling
from ionqdsl.language.evaluate import Scope, evaluate
from ionqdsl.language.lower.blocks import operator_value
from ionqdsl.language.parse import parse
from ionqdsl.language.syntax import Const
from ionqdsl.record import record

_LETTERS = re.compile(r"(?<![\w.])[IXYZ]+(?![\w\[(])")
_BEFORE = "const observable = "


@record
class GroupMean:
    """The part of a mean value that was measured in one basis.

    `terms` are products with their coefficients. `basis` has a letter for each qubit, q[0] leftmost; None if the basis
    is entangled, which took `two_qubit_gates`. `variance` is that of one shot; `shots` is None for exact values.
    """

    terms: tuple[tuple[Product, float], ...]
    basis: str | None
    value: float
    error: float | None
    variance: float
    shots: int | None
    two_qubit_gates: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain data, to 12 significant digits."""
        return {
            "basis": self.basis,
            "terms": [spelling(product) for product, _ in self.terms],
            "value": _rounded(self.value),
            "error": _rounded(self.error),
            "shots": self.shots,
            "two_qubit_gates": self.two_qubit_gates,
        }


@record
class Expectation:
    """A mean value. `error` is its standard error: 0 for exact outcomes, None for a single shot.

    For a mean from a chain of tensors (docs/engines.md), without shots, it is an upper bound of the error instead.

    `groups` are the parts that were measured separately, without the identity; empty if one state or one result told
    everything.
    """

    value: float
    error: float | None = None
    groups: tuple[GroupMean, ...] = ()

    @property
    def standard_error(self) -> float | None:
        """The same as `error`."""
        return self.error

    def __str__(self) -> str:
        return f"{self.value:.6g}" if not self.error else f"{self.value:.6g} ± {self.error:.2g}"

    def to_json(self) -> dict[str, Any]:
        """Plain data, to 12 significant digits."""
        return {"value": _rounded(self.value), "error": _rounded(self.error)}


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.12g}")


def observable(operator: str | Operator | Mapping[str, float], qubits: int) -> Operator:
    """An operator on a circuit with a number of qubits; Qiskit's operators too. Raises UsageError."""
    if is_theirs(operator):
        operator = _from_qiskit(operator, qubits)
    if isinstance(operator, Mapping):
        operator = " + ".join(f"({coefficient!r})*{letters}" for letters, coefficient in operator.items())
    if isinstance(operator, str):
        operator = _read(operator, qubits)
    if not isinstance(operator, Operator):
        raise _wrong(shown(operator), "it is no text, dict from Pauli letters to numbers, or Operator")
    widest = max((index for product, _ in operator.terms for _, index in product), default=-1)
    if widest >= qubits:
        reason = f"it acts on qubit {widest}, and the circuit has {qubits} qubits"
        raise _wrong(_spelling(operator), reason, indices=range(qubits))
    return operator


def is_theirs(operator: object) -> bool:
    """Whether an operator is an object of Qiskit."""
    return str(type(operator).__module__).partition(".")[0] == "qiskit"  # classes made by a call may have None


def _from_qiskit(theirs: Any, qubits: int) -> str:
    """The text of an operator of Pauli letters, by the numbers of its qubits: their text has the first at the right."""
    kind = type(theirs).__name__
    try:
        terms: list[tuple[str, Any]] = _sparse(theirs).to_list()
    except (AttributeError, TypeError, ValueError, _their_error()):
        raise _wrong(kind, "this object of Qiskit cannot be read; a SparsePauliOp can") from None
    if theirs.num_qubits != qubits:
        raise _wrong(kind, f"it is for {theirs.num_qubits} qubits, and the circuit has {qubits}")
    parts = []
    for letters, coefficient in terms:
        try:
            number = complex(coefficient)
        except (TypeError, ValueError):
            raise _wrong(kind, f"the coefficient of {letters} is not a number: {coefficient}") from None
        if number.imag:
            raise _wrong(kind, f"the coefficient of {letters} is not real")
        factors = [f"{letter}[{place}]" for place, letter in enumerate(reversed(letters)) if letter != "I"]
        parts.append("*".join([f"({number.real!r})", *factors]))
    return " + ".join(parts) or "0"


def _sparse(theirs: Any) -> Any:
    """A Pauli, a PauliList, a SparsePauliOp or a SparseObservable of Qiskit as a SparsePauliOp."""
    theirs_of = import_module("qiskit.quantum_info").SparsePauliOp
    observed = getattr(theirs_of, "from_sparse_observable", None)  # since 2.0, as `as_paulis` of its argument
    return observed(theirs) if observed and hasattr(theirs, "as_paulis") else theirs_of(theirs)


def _their_error() -> type[Exception]:
    error: type[Exception] = import_module("qiskit.exceptions").QiskitError
    return error


def _read(text: str, qubits: int) -> Operator:
    def product(match: re.Match[str]) -> str:
        letters = match[0]
        if len(letters) != qubits:
            raise _wrong(text, f"`{letters}` has length {len(letters)}, and the circuit has {qubits} qubits")
        return f"({spelling(tuple((letter, index) for index, letter in enumerate(letters) if letter != 'I'))})"

    source = Source(f"{_BEFORE}{_LETTERS.sub(product, text)}\n", "the operator", len(_BEFORE))
    parsed = parse(source)
    item = parsed.file.items[0] if len(parsed.file.items) == 1 else None
    if parsed.diagnostics or not isinstance(item, Const):
        raise UsageError(parsed.diagnostics) if parsed.diagnostics else _wrong(text, "it is not one expression")
    try:
        return operator_value(evaluate(item.value, Scope()), item.value.span)
    except CompileError as error:
        raise UsageError(error.diagnostics) from None


class _Outcomes(Protocol):
    """The data needed of a result, its bit strings with q[0] leftmost: see results.py."""

    @property
    def qubits(self) -> int: ...
    @property
    def shots(self) -> int | None: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def probabilities(self) -> Mapping[str, float]: ...
    @property
    def is_exact(self) -> bool: ...
    @property
    def basis(self) -> str: ...


def expectation(operator: Operator, result: _Outcomes) -> Expectation:
    """The mean over a result whose bit strings have q[0] leftmost, and its standard error.

    With outcomes b seen with frequencies p(b) in N shots, the mean is m = sum p(b) e(b), where e(b) is the operator's
    diagonal, and its standard error sqrt((sum p(b) e(b)^2 - m^2) / (N - 1)), the unbiased estimate for multinomial
    counts. Counts take precedence over probabilities; exact ones have no error. Mitigated frequencies are treated as if
    they had been counted. Raises UsageError for an X or Y.
    """
    basis = result.basis or "Z" * result.qubits
    masks = [(_mask(product, basis, operator), float(factor)) for product, factor in operator.terms]
    shots: int | None
    if result.counts:
        shots = sum(result.counts.values())
        outcomes: Mapping[str, float] = {bits: count / shots for bits, count in result.counts.items()}
    else:
        shots, outcomes = result.shots, result.probabilities
        if result.is_exact:
            return Expectation(_weighted(masks, outcomes, 1), 0.0)
    mean = _weighted(masks, outcomes, 1)
    if not shots or shots == 1:
        return Expectation(mean)
    return Expectation(mean, math.sqrt(_weighted(masks, outcomes, 2, mean) / (shots - 1)))


def _weighted(masks: list[tuple[int, float]], outcomes: Any, power: int, center: float = 0.0) -> float:
    """The mean of (e(b) - center)^power over a distribution."""
    vector = getattr(outcomes, "vector", None)
    if vector is None:
        return math.fsum(
            share * (math.fsum(_sign(int(bits or "0", 2) & mask) * factor for mask, factor in masks) - center) ** power
            for bits, share in outcomes.items()
        )
    import numpy as np

    index = np.arange(len(vector))
    total = np.full(len(vector), -center)
    for mask, factor in masks:
        total += factor * (1.0 - 2.0 * (np.bitwise_count(index & mask) & 1))
    return float(vector @ total**power)


def _sign(bits: int) -> int:
    return -1 if bits.bit_count() & 1 else 1


def _mask(product: Product, basis: str, operator: Operator) -> int:
    """The bits of an outcome, q[0] the most significant, whose parity is the product's sign."""
    for letter, index in product:
        if letter != basis[index]:
            wanted = "".join({q: one for one, q in product}.get(q, own) for q, own in enumerate(basis))
            facts = {"operator": _spelling(operator), "term": spelling(product), "qubit": f"q[{index}]"}
            raise UsageError([Diagnostic("QC0951", None, {**facts, "own": basis[index], "basis": wanted})])
    return sum(1 << len(basis) - 1 - index for _, index in product)


def _spelling(operator: Operator) -> str:
    text = " + ".join(f"{float(factor):g}*{spelling(product)}" for product, factor in operator.terms)
    return text if len(text) < 200 else text[:200] + "..."


def _wrong(text: str, reason: str, indices: range | None = None) -> UsageError:
    return UsageError([Diagnostic("QC0950", None, {"operator": text[:200], "reason": reason, "indices": indices})])
