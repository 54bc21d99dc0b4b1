"""The results of a run: counts and probabilities by bit string, by register, and as JSON.

Takes the local simulator's numbers or the service's answers and returns a `Result` whose bit strings read like the
program: the leftmost character is q[0], unless `ordered` is told otherwise. The service uses the reverse order (a
decimal number whose least significant bit is qubit 0), and only `from_probabilities` and `from_counts` know it.
observables.py evaluates operators.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from ionqdsl.diagnostics import Diagnostic, ServiceError, UsageError, fail
from ionqdsl.ir import habits
from ionqdsl.ir.arguments import refused, shown
from ionqdsl.ir.circuit import FlatCircuit, Operator, Readout
from ionqdsl.simulation.frames import frame

if TYPE_CHECKING:
    from ionqdsl.simulation.observables import Expectation
    from ionqdsl.simulation.readout import Calibration

NEGLIGIBLE = 1e-14
"""Probabilities up to this are rounding errors of a simulation, and left out like zeros."""

_LISTABLE = 1 << 16
"""Among more outcomes the most frequent ones are not searched just to print them."""

LEFT, RIGHT = "q0-left", "q0-right"
ORDERS = (LEFT, RIGHT)
"""The end at which a bit string has its first qubit, and a register its first slot."""

Number = TypeVar("Number", int, float)


class Probabilities(Mapping[str, float]):
    """An exact distribution as a mapping from bit strings, which are made on access.

    Backed by a numpy vector of shape (2**qubits,) with q[0] as the most significant bit of the index; zeros are
    omitted. A dictionary of a million strings would take a second and 200 MB that are rarely needed.
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

    def flipped(self) -> Probabilities:
        """The same distribution with every bit string reversed."""
        axes = (2,) * self.qubits
        return Probabilities(self.vector.reshape(axes).transpose().reshape(-1), self.qubits)

    def marginal(self, slots: tuple[int | None, ...]) -> dict[str, float]:
        """The distribution of a register's bits."""
        kept = sorted({qubit for qubit in slots if qubit is not None})
        others = tuple(qubit for qubit in range(self.qubits) if qubit not in kept)
        vector = self.vector.reshape((2,) * self.qubits).sum(axis=others).reshape(-1)
        places = tuple(None if qubit is None else kept.index(qubit) for qubit in slots)
        return marginal(Probabilities(vector, len(kept)), places)


@dataclass(frozen=True, repr=False)
class Result:
    """One circuit's outcomes.

    Keys of `counts` and `probabilities` have one character a qubit, q[0] leftmost (see `bit_order`), and then one for
    each of the `written` outcomes of measurements before the end; zeros are omitted and keys are sorted. `counts` is
    empty if nothing was counted (an ideal simulator of the service, or no shots). `is_exact` says that the
    probabilities are the distribution itself, not frequencies. `slots` are the circuit's registers, `names` the names
    of the characters (its qubits' and slots'), `noise` the noise model's. `basis` has the letter in which each qubit
    was measured, q[0] leftmost, and is empty if all were measured in Z. `notes` describe anything odd about the
    service's answer; nothing is rescaled to hide it.

    `by_shot` has the outcome of each shot in their order, if that is known. `leaked` shots, in which a qubit had left
    its two states, are in none of the numbers; `missing` are registers that the service's answer lacks.

    `engine` is the way in which the local machine simulated. `truncation` is the most by which the probability of any
    event may be off for it: 0 but for `mps`.
    """

    name: str
    qubits: int
    shots: int | None
    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    slots: tuple[Readout, ...] = ()
    names: tuple[str, ...] = ()
    noise: str | None = None
    is_exact: bool = False
    bit_order: str = LEFT
    notes: tuple[str, ...] = ()
    basis: str = ""
    written: int = 0
    by_shot: tuple[str, ...] = ()
    leaked: int = 0
    missing: tuple[str, ...] = ()
    engine: str = field(default="", compare=False)
    truncation: float = 0.0
    if not TYPE_CHECKING:  # a type checker would take every name for one that exists

        def __getattr__(self, name: str) -> NoReturn:
            raise habits.unknown(self, name, habits.RESULT)

    def __repr__(self) -> str:
        """Its name, its shots and its most frequent outcomes, in one line."""
        joint: Mapping[str, float] = self.counts or self.probabilities
        kind = f"{self.shots:,} shots" if self.shots and self.counts else "probabilities"
        if len(joint) > _LISTABLE:
            return f"<result {self.name!r}: {kind}, {len(joint):,} outcomes>"
        keys = nsmallest(4, joint, key=lambda bits: (-round(joint[bits], 12), bits))
        shown = [f"{bits}: {joint[bits]:.6g}" for bits in keys] + ["..."] * (len(joint) > len(keys))
        return f"<result {self.name!r}: {', '.join([kind, *shown])}>"

    def ordered(self, bit_order: str) -> Self:
        """The same result with q[0] at the given end of every bit string: "q0-left" or "q0-right"."""
        if not isinstance(bit_order, str) or bit_order not in ORDERS:
            raise fail("QC0881", role="the bit order", wanted=f"one of {', '.join(ORDERS)}", given=shown(bit_order))
        if bit_order == self.bit_order:
            return self
        counts, probabilities = _flipped(self.counts), _flipped(self.probabilities)
        by_shot = tuple([bits[::-1] for bits in self.by_shot])
        return replace(self, counts=counts, probabilities=probabilities, bit_order=bit_order, by_shot=by_shot)

    def register_by_shot(self, name: str) -> tuple[str, ...]:
        """The bits of a register in each shot, in the order of the shots; empty if that order is not known."""
        self.register_order(name)
        slots = dict(self.slots)[name]
        if self.bit_order == RIGHT:
            slots = tuple(None if slot is None else self.bits - 1 - slot for slot in reversed(slots))
        return tuple(["".join(["0" if slot is None else bits[slot] for slot in slots]) for bits in self.by_shot])

    @property
    def registers(self) -> dict[str, dict[str, int] | dict[str, float]]:
        """Counts by register name and bit string, or probabilities where there are no counts.

        The leftmost character is the register's first slot. A null slot, which nothing writes, is always 0.
        """
        return dict(self.register_counts if self.counts else self.register_probabilities)

    @cached_property
    def register_counts(self) -> dict[str, dict[str, int]]:
        """Counts by register name and bit string; empty tables where there are none."""
        return {name: self._marginal(self.counts, slots) for name, slots in self.slots}

    @cached_property
    def register_probabilities(self) -> dict[str, dict[str, float]]:
        """Probabilities by register name and bit string."""
        return {name: self._marginal(self.probabilities, slots) for name, slots in self.slots}

    def _marginal(self, joint: Mapping[str, Number], slots: tuple[int | None, ...]) -> dict[str, Number]:
        if self.bit_order == RIGHT:  # the places of the characters, and of the slots, from the other end
            slots = tuple(None if slot is None else self.bits - 1 - slot for slot in reversed(slots))
        return joint.marginal(slots) if isinstance(joint, Probabilities) else marginal(joint, slots)

    @property
    def bits(self) -> int:
        """The length of a bit string: a character for each qubit and for each outcome written before the end."""
        return self.qubits + self.written

    @property
    def final(self) -> Self:
        """The result of the measurement of all qubits at the end, without the outcomes written before it.

        Registers that hold such outcomes are left out.
        """
        if not self.written:
            return self
        plain, qubits = self.ordered(LEFT), tuple(range(self.qubits))
        changed = replace(
            plain,
            counts=marginal(plain.counts, qubits),
            probabilities=marginal(plain.probabilities, qubits),
            slots=tuple([(n, s) for n, s in self.slots if all(p is None or p < self.qubits for p in s)]),
            names=self.names[: self.qubits],
            by_shot=tuple([bits[: self.qubits] for bits in plain.by_shot]),
            written=0,
        )
        return changed.ordered(self.bit_order)

    @property
    def order(self) -> str:
        """The qubits, and then the slots, of the characters of a bit string, from left to right."""
        return self._spelled(self.names or _plain_names(self.bits)) or "no qubits"

    def register_order(self, name: str) -> str:
        """The qubits of the characters of a register's bit string; `_` is a null slot."""
        names, slots = self.names or _plain_names(self.bits), dict(self.slots)
        if not isinstance(name, str) or name not in slots:
            raise refused("the name of a register", f"one of {', '.join(slots) or 'none'}"[:200], name)
        return self._spelled(tuple("_" if slot is None else names[slot] for slot in slots[name]))

    def _spelled(self, names: tuple[str, ...]) -> str:
        return spelled(names if self.bit_order == LEFT else names[::-1])

    def expectation(self, operator: str | Operator | Mapping[str, float]) -> Expectation:
        """The mean of an operator and its standard error, from these outcomes.

        As text, `"ZZI + 0.5*ZIZ"` with a letter a qubit, q[0] leftmost, or `"Z[0]*Z[1] + 0.5*Z[0]*Z[2]"` as the
        language writes it; or `{"ZZI": 1, "ZIZ": 0.5}`. Raises UsageError for a letter in which its qubit was not
        measured, Z if the run named no basis: the outcomes say nothing about those.
        """
        from ionqdsl.simulation import observables  # imported late: it loads the parser

        return observables.expectation(observables.observable(operator, self.qubits), self.final.ordered(LEFT))

    def mitigated(self, calibration: Calibration) -> Result:
        """The result with readout errors corrected by a calibration: least squares among distributions.

        It has probabilities and no counts. Raises UsageError for a calibration of another number of qubits.
        """
        from ionqdsl.simulation import readout  # imported late: numpy

        if not isinstance(calibration, readout.Calibration):
            raise refused("the calibration", "a readout calibration, as `calibrate` returns it", calibration)
        if self.written:
            raise UsageError([Diagnostic("QC0646", facts={"name": self.name})])
        if len(calibration.flips) != self.qubits:
            facts = {"count": len(calibration.flips), "name": self.name, "qubits": self.qubits}
            raise UsageError([Diagnostic("QC1183", facts=facts)])
        plain, shots = self.ordered(LEFT), self.shots or 0
        shares = {bits: count / shots for bits, count in plain.counts.items()} if shots else {}
        vector = readout.corrected(calibration, shares or plain.probabilities, self.name)
        notes = (*self.notes, "readout errors are corrected; standard errors do not include that of the correction")
        probabilities = Probabilities(vector, self.qubits)
        changed = replace(plain, counts={}, probabilities=probabilities, is_exact=False, notes=notes, by_shot=())
        return changed.ordered(self.bit_order)

    def to_pandas(self) -> Any:
        """A pandas DataFrame with a row for every outcome of all qubits and of every register.

        The columns are those of `--format csv`; the register of all qubits has an empty name, and counts are missing
        where nothing was counted. Raises UsageError without pandas.
        """
        return frame([({"circuit": self.name}, self)])

    def to_json(self) -> dict[str, Any]:
        """Plain data: the same for equal runs, no times; probabilities to 12 significant digits.

        With outcomes written before the end, the registers come first, since such a circuit is run for them.
        """
        registers = {
            name: {
                "order": self.register_order(name),
                "counts": self.register_counts[name],
                "probabilities": _rounded(self.register_probabilities[name]),
            }
            for name, _ in self.slots
        }
        return {
            "name": self.name,
            "qubits": self.qubits,
            **({"written": self.written, "registers": registers} if self.written else {}),
            "order": self.order,
            "bit_order": self.bit_order,
            "shots": self.shots,
            "noise": self.noise,
            "exact": self.is_exact,
            "counts": dict(self.counts),
            "probabilities": _rounded(self.probabilities),
            **({} if self.written else {"registers": registers}),
            **({"basis": self.basis} if self.basis else {}),
            **({"leaked": self.leaked} if self.leaked else {}),
            **({"missing": list(self.missing)} if self.missing else {}),
            **({"notes": list(self.notes)} if self.notes else {}),
            **({"engine": self.engine, "truncation": self.truncation} if self.engine == "mps" else {}),
        }


def _flipped(values: Mapping[str, Number]) -> Mapping[str, Number]:
    if isinstance(values, Probabilities):
        return values.flipped()
    return dict(sorted((bits[::-1], value) for bits, value in values.items()))


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {bits: float(f"{value:.12g}") for bits, value in values.items()}


def marginal(joint: Mapping[str, Number], slots: tuple[int | None, ...]) -> dict[str, Number]:
    """Counts or probabilities of a register's bits: character i is the bit of slot i, 0 for a null slot."""
    totals: dict[str, Number] = {}
    for bits, value in joint.items():
        key = "".join("0" if slot is None else bits[slot] for slot in slots)
        totals[key] = totals[key] + value if key in totals else value
    return dict(sorted(totals.items()))


def qubit_names(circuit: FlatCircuit) -> tuple[str, ...]:
    """The qubits' names in the program, q[0], q[1] ... if it gives none."""
    names: list[str] = []
    for name, size in circuit.wires:
        names += [name] if size is None else [f"{name}[{index}]" for index in range(size)]
    return tuple(names) if len(names) == circuit.width else _plain_names(circuit.width)


def outcome_names(circuit: FlatCircuit) -> tuple[str, ...]:
    """The names of the characters of an outcome: the qubits', and then those of the slots, such as s[0]."""
    return (*qubit_names(circuit), *(f"{slot.register}[{slot.place}]" for slot in circuit.slots))


def _plain_names(width: int) -> tuple[str, ...]:
    return tuple(f"q[{index}]" for index in range(width))


def spelled(names: tuple[str, ...]) -> str:
    """Names in a row; five or more neighbours of one register as `q[0]..q[7]`, upwards or downwards."""
    parts: list[str] = []
    start = 0
    while start < len(names):
        end = max(_run(names, start, 1), _run(names, start, -1))
        parts += [f"{names[start]}..{names[end - 1]}"] if end - start > 4 else names[start:end]
        start = end
    return " ".join(parts)


def _run(names: tuple[str, ...], start: int, step: int) -> int:
    """The end of the run of neighbours that begins at `start`."""
    end = start + 1
    while end < len(names) and names[end] == _next(names[end - 1], step):
        end += 1
    return end


def _next(name: str, step: int) -> str | None:
    stem, bracket, index = name.rstrip("]").partition("[")
    return f"{stem}[{int(index) + step}]" if bracket else None


def binary(outcome: int, qubits: int) -> str:
    """The bit string of an index whose most significant bit is q[0]."""
    return f"{outcome:0{qubits}b}" if qubits else ""


def from_probabilities(
    circuit: FlatCircuit, answer: Mapping[str, float], shots: int | None = None, noise: str | None = None
) -> Result:
    """The service's probabilities: decimal keys, qubit 0 the least significant bit, absent keys 0.

    `shots` is given if the service counted (a QPU or a noise model): then counts are computed too, if the probabilities
    are whole counts, which mitigated ones are not. Raises `ServiceError` for a key that is no outcome of the circuit.
    """
    shares = {_decimal(key, circuit): float(value) for key, value in answer.items() if value}
    frequencies = dict(sorted(shares.items()))
    counts = {bits: round(value * (shots or 0)) for bits, value in frequencies.items()}
    is_whole = all(abs(count - frequencies[bits] * (shots or 0)) < 0.01 for bits, count in counts.items())
    if not shots or not is_whole or sum(counts.values()) != shots:
        counts = {}
    counts = {bits: count for bits, count in counts.items() if count}
    return _service_result(circuit, shots, counts, frequencies, noise)


def from_counts(
    circuit: FlatCircuit, answer: Mapping[str, int] | Mapping[int, int], noise: str | None = None
) -> Result:
    """The service's histogram, with keys as in `from_probabilities`."""
    totals: Counter[str] = Counter()
    for key, count in answer.items():
        totals[_decimal(key, circuit)] += count
    counts = {bits: count for bits, count in sorted(totals.items()) if count}
    shots = sum(counts.values())
    frequencies = {bits: count / shots for bits, count in counts.items()}
    return _service_result(circuit, shots, counts, frequencies, noise)


def _service_result(
    circuit: FlatCircuit,
    shots: int | None,
    counts: dict[str, int],
    frequencies: dict[str, float],
    noise: str | None,
) -> Result:
    names = qubit_names(circuit)
    return Result(
        circuit.name, circuit.width, shots, counts, frequencies, circuit.readout, names, noise, is_exact=shots is None
    )


def _decimal(key: str | int, circuit: FlatCircuit) -> str:
    """The bit string of one of the service's numbers."""
    text = str(key)
    if not (text.isascii() and text.isdecimal() and len(text) < 400) or int(text) >> circuit.width:
        facts = {"state": text[:40], "circuit": circuit.name, "qubits": circuit.width}
        raise ServiceError([Diagnostic("QC0656", None, facts)])
    return binary(int(text), circuit.width)[::-1]
