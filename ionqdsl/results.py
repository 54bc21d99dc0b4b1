"""What came out of a run: counts and probabilities by bit string, by register, and as JSON.

In come the local machine's numbers or the service's answers, out goes a `Result` whose bit strings read like the
program: the leftmost character is q[0]. The service counts the other way round (a decimal number whose least
significant bit is qubit 0), and `from_probabilities` and `from_shots` are the only places that know it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from ionqdsl.circuit import Circuit, Register
from ionqdsl.diagnostics import Diagnostic, ServiceError

NEGLIGIBLE = 1e-14
"""Probabilities up to this are rounding errors of a simulation, and left out like zeros."""

Number = TypeVar("Number", int, float)


class Probabilities(Mapping[str, float]):
    """An exact distribution as a mapping from bit strings, made only as they are asked for.

    Backed by a numpy vector of shape (2**qubits,) with q[0] as the most significant bit of the index; zeros are left
    out. A dictionary of a million strings takes a second and 200 MB that hardly anybody needs.
    """

    def __init__(self, vector: Any, qubits: int) -> None:
        self.vector = vector
        self.qubits = qubits

    @cached_property
    def _kept(self) -> Any:
        return (self.vector > NEGLIGIBLE).nonzero()[0]

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[str]:
        return (binary(outcome, self.qubits) for outcome in self._kept.tolist())

    def __getitem__(self, bits: str) -> float:
        if len(bits) == self.qubits and not set(bits) - {"0", "1"}:
            value = float(self.vector[int(bits or "0", 2)])
            if value > NEGLIGIBLE:
                return value
        raise KeyError(bits)

    def __repr__(self) -> str:
        return repr(dict(self))

    def marginal(self, slots: tuple[int | None, ...]) -> dict[str, float]:
        """The distribution of a register's bits."""
        kept = sorted({qubit for qubit in slots if qubit is not None})
        others = tuple(qubit for qubit in range(self.qubits) if qubit not in kept)
        vector = self.vector.reshape((2,) * self.qubits).sum(axis=others).reshape(-1)
        places = tuple(None if qubit is None else kept.index(qubit) for qubit in slots)
        return marginal(Probabilities(vector, len(kept)), places)


@dataclass(frozen=True)
class Result:
    """One circuit's outcomes.

    Keys of `counts` and `probabilities` have one character a qubit, q[0] leftmost; zeros are left out and keys are
    sorted. `counts` is empty where nobody counted (an ideal simulator of the service, or no shots). `is_exact` says
    that the probabilities are the distribution itself, not frequencies. `slots` are the circuit's registers, `names`
    its qubits' names, `noise` the noise model's.
    """

    name: str
    qubits: int
    shots: int | None
    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    slots: tuple[Register, ...] = ()
    names: tuple[str, ...] = ()
    noise: str | None = None
    is_exact: bool = False

    @property
    def registers(self) -> dict[str, dict[str, int] | dict[str, float]]:
        """Counts by register name and bit string, or probabilities where there are no counts.

        The leftmost character is the register's first slot. A null slot, which nothing writes, is always 0.
        """
        if self.counts:
            return {name: marginal(self.counts, slots) for name, slots in self.slots}
        return dict(self.register_probabilities)

    @cached_property
    def register_probabilities(self) -> dict[str, dict[str, float]]:
        """Probabilities by register name and bit string."""
        joint = self.probabilities
        return {
            name: joint.marginal(slots) if isinstance(joint, Probabilities) else marginal(joint, slots)
            for name, slots in self.slots
        }

    @property
    def order(self) -> str:
        """The qubits the characters of a bit string stand for, from left to right."""
        names = self.names or _plain_names(self.qubits)
        return spelled(names) or "no qubits"

    def register_order(self, name: str) -> str:
        """The qubits the characters of a register's bit string stand for; `_` is a null slot."""
        names = self.names or _plain_names(self.qubits)
        return spelled(tuple("_" if slot is None else names[slot] for slot in dict(self.slots)[name]))

    def to_json(self) -> dict[str, Any]:
        """Plain data: the same for equal runs, no times; probabilities to 12 significant digits."""
        return {
            "name": self.name,
            "qubits": self.qubits,
            "order": self.order,
            "shots": self.shots,
            "noise": self.noise,
            "exact": self.is_exact,
            "counts": dict(self.counts),
            "probabilities": _rounded(self.probabilities),
            "registers": {
                name: {
                    "order": self.register_order(name),
                    "counts": marginal(self.counts, slots),
                    "probabilities": _rounded(self.register_probabilities[name]),
                }
                for name, slots in self.slots
            },
        }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {bits: float(f"{value:.12g}") for bits, value in values.items()}


def marginal(joint: Mapping[str, Number], slots: tuple[int | None, ...]) -> dict[str, Number]:
    """Counts or probabilities of a register's bits: character i is the bit of slot i, 0 for a null slot."""
    totals: dict[str, Number] = {}
    for bits, value in joint.items():
        key = "".join("0" if slot is None else bits[slot] for slot in slots)
        totals[key] = totals[key] + value if key in totals else value
    return dict(sorted(totals.items()))


def qubit_names(circuit: Circuit) -> tuple[str, ...]:
    """The qubits' names in the program, q[0], q[1] ... where it gives none."""
    names: list[str] = []
    for name, size in circuit.wires:
        names += [name] if size is None else [f"{name}[{index}]" for index in range(size)]
    return tuple(names) if len(names) == circuit.width else _plain_names(circuit.width)


def _plain_names(width: int) -> tuple[str, ...]:
    return tuple(f"q[{index}]" for index in range(width))


def spelled(names: tuple[str, ...]) -> str:
    """Names in a row; five and more neighbours of one register as `q[0]..q[7]`."""
    parts: list[str] = []
    start = 0
    while start < len(names):
        end = start + 1
        while end < len(names) and names[end] == _next(names[end - 1]):
            end += 1
        parts += [f"{names[start]}..{names[end - 1]}"] if end - start > 4 else names[start:end]
        start = end
    return " ".join(parts)


def _next(name: str) -> str | None:
    stem, bracket, index = name.rstrip("]").partition("[")
    return f"{stem}[{int(index) + 1}]" if bracket else None


def binary(outcome: int, qubits: int) -> str:
    """The bit string of an index whose most significant bit is q[0]."""
    return f"{outcome:0{qubits}b}" if qubits else ""


def from_probabilities(
    circuit: Circuit, answer: Mapping[str, float], shots: int | None = None, noise: str | None = None
) -> Result:
    """The service's probabilities: decimal keys, qubit 0 the least significant bit, absent keys 0.

    `shots` is given where the service counted (a QPU or a noise model): then counts are worked out too, if the
    probabilities are whole counts, which mitigated ones are not. Raises `ServiceError` for what is no outcome of the
    circuit.
    """
    found = {_decimal(key, circuit): float(value) for key, value in answer.items() if value}
    frequencies = dict(sorted(found.items()))
    counts = {bits: round(value * (shots or 0)) for bits, value in frequencies.items()}
    is_whole = all(abs(count - frequencies[bits] * (shots or 0)) < 0.01 for bits, count in counts.items())
    if not shots or not is_whole or sum(counts.values()) != shots:
        counts = {}
    counts = {bits: count for bits, count in counts.items() if count}
    return _service_result(circuit, shots, counts, frequencies, noise)


def from_counts(circuit: Circuit, answer: Mapping[str, int] | Mapping[int, int], noise: str | None = None) -> Result:
    """The service's histogram, with keys as in `from_probabilities`."""
    found: Counter[str] = Counter()
    for key, count in answer.items():
        found[_decimal(key, circuit)] += count
    counts = {bits: count for bits, count in sorted(found.items()) if count}
    shots = sum(counts.values())
    frequencies = {bits: count / shots for bits, count in counts.items()}
    return _service_result(circuit, shots, counts, frequencies, noise)


def from_shots(circuit: Circuit, answer: Iterable[str | int], noise: str | None = None) -> Result:
    """The service's list of shots, one decimal number each, as `from_probabilities`."""
    return from_counts(circuit, Counter(str(state) for state in answer), noise)


def _service_result(
    circuit: Circuit,
    shots: int | None,
    counts: dict[str, int],
    frequencies: dict[str, float],
    noise: str | None,
) -> Result:
    names = qubit_names(circuit)
    return Result(
        circuit.name, circuit.width, shots, counts, frequencies, circuit.registers, names, noise, is_exact=shots is None
    )


def _decimal(key: str | int, circuit: Circuit) -> str:
    """The bit string of one of the service's numbers."""
    text = str(key)
    if not (text.isascii() and text.isdecimal() and len(text) < 400) or int(text) >> circuit.width:
        facts = {"state": text[:40], "circuit": circuit.name, "qubits": circuit.width}
        raise ServiceError([Diagnostic("QC0656", None, facts)])
    return binary(int(text), circuit.width)[::-1]
