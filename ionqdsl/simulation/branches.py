"""Follows a circuit that measures and resets qubits before the end through all its branches.

Takes a circuit whose parameters have values, and yields a `Branch` for each sequence of outcomes: exactly, with its
probability, or with the shots that took it. The branches are visited depth first, with one state for each open fork. A
state has only the qubits that are not known to be |0> or |1>: those that gates have touched since they were last
measured or reset. A reset is a measurement whose outcome is forgotten, followed by x on the outcome 1. Phases that a
whole branch shares are dropped. simulate.py limits the work.

With a noise model a branch also forks where shots have errors of gates, and where they misread an outcome that later
gates depend on. A misread outcome is written as the other one while the qubit keeps the true one. All other outcomes
are misread at the end of their branch, which costs nothing. Distributions with noise are in noise.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Operator, Slot, canonical
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.record import fresh, record
from ionqdsl.simulation import noise as noisy
from ionqdsl.simulation.noise import deciding, drawn
from ionqdsl.simulation.pauli_sums import HermitianSum
from ionqdsl.simulation.results import NEGLIGIBLE, binary
from ionqdsl.simulation.statevector import Array, basis_state, evolve

MOST_BRANCHES = 1 << 16
"""Most branches that are followed for an exact distribution."""

MOST_OUTCOMES = 1 << 22
"""Most outcomes that an exact distribution lists, those of probability 0 left out."""

_FLIPS = frozenset({"x", "y", "gpi"})
"""Gates that exchange |0> and |1>, up to a phase."""
_PHASES = frozenset({"z", "s", "si", "t", "ti", "rz", "p"})
"""Gates that keep |0> and |1>, up to a phase."""

_UNSURE = 1e-6
"""A probability below this is summed by itself, as the difference of two large ones would be rounding."""
_FAINT = 1e-100
"""The square of a state's length below which it is made 1 again."""


@record(frozen=False)
class Branch:
    """A branch: where it stands in the circuit, what was measured, and its state.

    `axes` maps the qubits of the state (shape (1, 2**k)) to their places in it, the first the most significant bit;
    `norm` is the square of its length, which measurements shorten. `known` holds the values of the other qubits, 0
    where it has none. `outcomes` are the slots as they were read so far, `share` is the probability of the branch,
    `shots` how many took it, and `key` the seed of its random numbers, None if there are no shots. `errors` are those
    of the gate just applied, with the shots that had them, which are to be followed first.
    """

    place: int
    state: Array
    axes: dict[int, int]
    known: dict[int, int]
    outcomes: dict[Slot, int]
    share: float
    shots: int
    key: bytes | None
    norm: float = 1.0
    errors: list[tuple[int, int]] = fresh(default_factory=list)
    generator: np.random.Generator | None = None

    def copy(self, state: Array, shots: int, step: bytes) -> Branch:
        """A branch that goes on by itself with a state of its own; `step` tells it from the others that fork here."""
        axes, known, outcomes = dict(self.axes), dict(self.known), dict(self.outcomes)
        branch = Branch(self.place, state, axes, known, outcomes, self.share, shots, self.key, self.norm)
        branch.step(step)
        return branch

    def step(self, name: bytes) -> None:
        """Moves on in the tree of random numbers."""
        if self.key is not None:
            self.key, self.generator = blake2b(self.key + name, digest_size=16).digest(), None

    def numbers(self) -> np.random.Generator:
        """The random numbers of this place in the tree, whichever order its branches are visited in."""
        if self.generator is None:
            assert self.key is not None
            self.generator = np.random.default_rng(int.from_bytes(self.key, "little"))
        return self.generator

    def chance(self, qubit: int) -> float:
        """The probability that a qubit of the state is read as 1; exactly 0 or 1 if only rounding is left."""
        parts = self.state.reshape(1 << self.axes[qubit], 2, -1)
        ones = _weight(parts[:, 1])
        if not _UNSURE < ones / self.norm < 1 - _UNSURE:
            self.norm = ones + _weight(parts[:, 0])
        chance = ones / self.norm
        return 0.0 if chance <= NEGLIGIBLE else 1.0 if chance >= 1 - NEGLIGIBLE else chance

    def part(self, qubit: int, bit: int) -> Array:
        """The part of the state, as a copy, in which a qubit has a value."""
        part: Array = self.state.reshape(1 << self.axes[qubit], 2, -1)[:, bit].reshape(1, -1)
        return part if part.base is None else part.copy()

    def project(self, qubit: int, state: Array, chance: float) -> None:
        """Goes on with a part of the state, in which a qubit of it has a value, which had this probability."""
        axis = self.axes.pop(qubit)
        self.axes = {wire: place - (place > axis) for wire, place in self.axes.items()}
        self.state, self.norm = state, self.norm * chance
        if self.norm < _FAINT:
            self.state /= np.sqrt(self.norm)
            self.norm = 1.0

    def play(self, gate: str, qubit: int) -> None:
        """Applies x, y or z to a qubit, whether it is in the state or known."""
        if qubit in self.axes:
            evolve(self.state, [Op(gate, (self.axes[qubit],))])
        elif gate in _FLIPS:
            self.known[qubit] = 1 - self.known.get(qubit, 0)

    def probabilities(self) -> tuple[NDArray[np.float64], tuple[int, ...]]:
        """The distribution of the qubits of the state, in ascending order, and these qubits."""
        qubits = tuple(sorted(self.axes))
        tensor = self.state.reshape((2,) * len(qubits)).transpose([self.axes[qubit] for qubit in qubits])
        flat = tensor.reshape(-1)
        shares: NDArray[np.float64] = np.square(flat.real)
        shares += np.square(flat.imag)
        shares /= self.norm
        return shares, qubits

    def digits(self, numbers: NDArray[Any], qubits: Sequence[int], circuit: FlatCircuit) -> NDArray[np.uint8]:
        """Outcomes of the qubits of the state, as indices, with the known qubits and the slots.

        An array of shape (outcomes, qubits and slots) of the characters 0 and 1.
        """
        slots = circuit.slots
        digits = np.empty((len(numbers), circuit.width + len(slots)), dtype=np.uint8)
        for qubit in range(circuit.width):
            digits[:, qubit] = 48 + self.known.get(qubit, 0)
        for place, qubit in enumerate(reversed(qubits)):
            digits[:, qubit] = 48 + (numbers >> place & 1)
        for place, slot in enumerate(slots, circuit.width):
            digits[:, place] = 48 + self.outcomes[slot]
        return digits


def _weight(part: Array) -> float:
    """The square of the length of a part of a state."""
    numbers = part.view(np.float64)
    return float(np.einsum("ij,ij->", numbers, numbers))


def words(digits: NDArray[np.uint8]) -> list[str]:
    """Rows of characters as texts."""
    if not digits.shape[1]:
        return [""] * len(digits)
    found: list[str] = digits.view(f"S{digits.shape[1]}").reshape(-1).astype(str).tolist()
    return found


Check = Callable[[int], None]
"""Refuses an allocation of so many bytes."""


def branches(
    circuit: FlatCircuit,
    shots: int | None,
    seed: int | None,
    check: Check,
    most: int | None = None,
    noise: NoiseModel | None = None,
) -> Iterator[Branch]:
    """The branches of a circuit: those that shots took, or with None for `shots` all, with their probabilities.

    Shots have the errors of a noise model, and misread outcomes that gates depend on. The state of a branch is valid
    until the next one is asked for. Raises QC0659 for more than `most` branches, and whatever `check` raises.
    """
    tree = _Tree(circuit, noise if shots is not None else None, check)
    key = None if shots is None else _first_key(seed)
    waiting = [Branch(0, basis_state(0), {}, {}, {}, 1.0, shots or 0, key)]
    left = most = MOST_BRANCHES if most is None else most
    while waiting:
        branch = waiting.pop()
        while branch.errors or branch.place < len(circuit.rows):
            if branch.errors:
                branch = tree.struck(branch, waiting)
            elif circuit.rows[branch.place].gate in (MEASURE, RESET):
                waiting += tree.measured(branch)
            else:
                tree.evolve(branch)
        left -= shots is None
        if left < 0:
            raise fail("QC0659", None, circuit=circuit.name, limit=f"{most:,}", what="branches")
        yield branch


def widest(circuit: FlatCircuit) -> int:
    """An upper bound for the number of qubits that a state has at once."""
    touched: set[int] = set()
    most = 0
    for op in circuit.rows:
        if op.gate in (MEASURE, RESET):
            touched.discard(op.qubits[0])
        elif op.gate != BARRIER:
            touched.update(op.qubits)
            most = max(most, len(touched))
    return most


def _first_key(seed: int | None) -> bytes:
    start = np.random.default_rng(None if seed is None else seed % 2**64)
    return start.bytes(16)


class _Tree:
    """Takes branches forward: through gates up to the next fork, and through forks."""

    def __init__(self, circuit: FlatCircuit, noise: NoiseModel | None, check: Check) -> None:
        self.rows = circuit.rows
        self.check = check
        self.rates = {} if noise is None else dict(noisy.rates(circuit, noise))
        self.flips = 0.0 if noise is None else noise.readout
        self.deciding = deciding(circuit)
        self.last: dict[int, int] = {}
        for place, op in enumerate(circuit.rows):
            if op.gate != BARRIER:
                self.last.update(dict.fromkeys(op.qubits, place))

    def evolve(self, branch: Branch) -> None:
        """Applies gates up to the next measurement, reset or error."""
        ready: list[Op] = []
        before = len(branch.axes)
        grown = 0
        while branch.place < len(self.rows) and not branch.errors:
            op = self.rows[branch.place]
            if op.gate == MEASURE or op.gate == RESET:
                break
            branch.place += 1
            if op.gate != BARRIER and all(branch.outcomes[slot] == bit for slot, bit in op.when):
                row = _reduced(branch, op)
                if row is not None:
                    for qubit in row.qubits:
                        if qubit not in branch.axes:
                            branch.axes[qubit] = len(branch.axes)
                            grown = 2 * grown + branch.known.pop(qubit, 0)
                    ready.append(row._replace(qubits=tuple([branch.axes[qubit] for qubit in row.qubits]), when=()))
                if branch.place - 1 in self.rates:
                    branch.errors = self._errors(branch)
        added = len(branch.axes) - before
        if added:
            self.check(16 * branch.state.size << added)
            state = np.zeros((branch.state.size, 1 << added), dtype=np.complex128)
            state[:, grown] = branch.state[0]
            branch.state = state.reshape(1, -1)
        evolve(branch.state, ready)
        if branch.shots == 1 and branch.place < len(self.rows) and not branch.errors:
            self._read_early(branch)

    def _read_early(self, branch: Branch) -> None:
        """Reads the qubits that no row meets any more: nothing is shared with other shots, and the state halves."""
        for qubit in [qubit for qubit in branch.axes if self.last[qubit] < branch.place]:
            chance = branch.chance(qubit)
            bit = int(branch.numbers().random() < chance)
            branch.project(qubit, branch.part(qubit, bit), chance if bit else 1 - chance)
            branch.known[qubit] = bit

    def _errors(self, branch: Branch) -> list[tuple[int, int]]:
        """How many shots have each error of the gate just applied, those without one left out."""
        op = self.rows[branch.place - 1]
        kinds = 4 ** len(op.qubits)
        rate = self.rates[branch.place - 1] * (1 - 1 / kinds)
        hits = int(branch.numbers().binomial(branch.shots, rate))
        if not hits:
            return []
        times = branch.numbers().multinomial(hits, [1 / (kinds - 1)] * (kinds - 1)).tolist()
        return [(error, count) for error, count in enumerate(times, 1) if count]

    def struck(self, branch: Branch, waiting: list[Branch]) -> Branch:
        """The branch of an error: a Pauli product on the qubits of the gate. The other shots wait for it."""
        error, shots = branch.errors.pop()
        place = branch.place - 1
        step = b"error" + place.to_bytes(4, "little") + bytes([error])
        if shots < branch.shots:
            self.check(16 * branch.state.size)
            other = branch.copy(branch.state.copy(), shots, step)
            branch.shots -= shots
            waiting.append(branch)
            branch = other
        else:
            branch.step(step)
        for qubit in reversed(self.rows[place].qubits):
            error, letter = divmod(error, 4)
            if letter:
                branch.play(" xyz"[letter], qubit)
        return branch

    def measured(self, branch: Branch) -> list[Branch]:
        """Goes on with one outcome of a measurement or reset; returns the branches with others that occur."""
        op = self.rows[branch.place]
        (qubit,) = op.qubits
        branch.place += 1
        if qubit not in branch.axes:
            return self._noted(branch, op, branch.known.get(qubit, 0))
        taken = chance = branch.chance(qubit)
        hits = 0
        if branch.key is not None and 0 < chance < 1:
            hits = int(branch.numbers().binomial(branch.shots, chance))
            taken = hits / branch.shots
        others = []
        bit = int(taken == 1)
        if 0 < taken < 1:
            self.check(8 * branch.state.size)
            other = branch.copy(branch.part(qubit, 1), hits, bytes([1]))
            branch.shots -= hits
            other.project(qubit, other.state, chance)
            other.share *= chance
            others = [other, *self._noted(other, op, 1)]
        branch.project(qubit, branch.part(qubit, bit), chance if bit else 1 - chance)
        branch.share *= chance if bit else 1 - chance
        branch.step(bytes([bit]))
        return [*others, *self._noted(branch, op, bit)]

    def _noted(self, branch: Branch, op: Op, bit: int) -> list[Branch]:
        """Writes the outcome of a measurement, forgets that of a reset; returns the branch that misreads it.

        Outcomes that no gate depends on are misread when a branch ends, without a fork.
        """
        branch.known[op.qubits[0]] = bit if op.gate == MEASURE else 0
        if op.slot is None:
            return []
        branch.outcomes[op.slot] = bit
        if not self.flips or op.slot not in self.deciding:
            return []
        hits = int(branch.numbers().binomial(branch.shots, self.flips))
        step = b"misread" + branch.place.to_bytes(4, "little")  # the outcome of a known qubit is no step of its own
        if hits == branch.shots:
            branch.outcomes[op.slot] = 1 - bit
            branch.step(step)
        elif hits:
            self.check(16 * branch.state.size)
            other = branch.copy(branch.state.copy(), hits, step)
            other.outcomes[op.slot] = 1 - bit
            branch.shots -= hits
            return [other]
        return []


def _reduced(branch: Branch, op: Op) -> Op | None:
    """A row without the controls whose values are known; None if it changes nothing but known bits and phases."""
    op = canonical(op)
    controls = op.qubits[: op.controls]
    kept = [qubit for qubit in controls if qubit in branch.axes]
    if len(kept) < len(controls):
        if not all(branch.known.get(qubit, 0) for qubit in controls if qubit not in branch.axes):
            return None
        op = op._replace(qubits=(*kept, *op.qubits[op.controls :]), controls=len(kept))
    if len(op.qubits) == 1 and op.qubits[0] not in branch.axes:
        if op.gate in _FLIPS:
            branch.known[op.qubits[0]] = 1 - branch.known.get(op.qubits[0], 0)
            return None
        if op.gate in _PHASES:
            return None
    return op


def distribution(circuit: FlatCircuit, check: Check, most: int | None = None) -> dict[str, float]:
    """The exact probability of each outcome: its bits of all qubits at the end, then those of the slots.

    Probabilities that are rounding errors are left out. Raises QC0659, and whatever `check` raises.
    """
    found: dict[str, float] = {}
    for branch in branches(circuit, None, None, check, most):
        shares, qubits = branch.probabilities()
        kept = (shares > NEGLIGIBLE).nonzero()[0]
        if len(found) + len(kept) > MOST_OUTCOMES:
            raise fail("QC0659", None, circuit=circuit.name, limit=f"{MOST_OUTCOMES:,}", what="outcomes")
        values = (shares[kept] * branch.share).tolist()
        for bits, share in zip(words(branch.digits(kept, qubits, circuit)), values, strict=True):
            found[bits] = found.get(bits, 0.0) + share
    return dict(sorted(found.items()))


def mean(circuit: FlatCircuit, operator: Operator, check: Check) -> float:
    """The mean of an operator in the final states of all branches. Errors as `distribution`."""
    total = 0.0
    for branch in branches(circuit, None, None, check):
        identity, kept = _on_state(operator, branch)
        places = len(branch.axes)
        value = HermitianSum(kept, places).mean(branch.state[0]) if kept.terms else 0.0
        total += branch.share * (identity + value / branch.norm)
    return total


def _on_state(operator: Operator, branch: Branch) -> tuple[float, Operator]:
    """The part of an operator that is a number, as its qubits are known, and the rest on the qubits of the state.

    X and Y have the mean 0 on a qubit in |0> or |1>, and Z has 1 or -1.
    """
    number, terms = 0.0, []
    for product, factor in operator.terms:
        known = [(letter, qubit) for letter, qubit in product if qubit not in branch.axes]
        if any(letter != "Z" for letter, _ in known):
            continue
        sign = (-1) ** sum(branch.known.get(qubit, 0) for _, qubit in known)
        open_letters = [(letter, branch.axes[qubit]) for letter, qubit in product if qubit in branch.axes]
        if open_letters:
            terms.append((tuple(open_letters), sign * factor))
        else:
            number += sign * float(factor)
    return number, Operator(tuple(terms))


def counts(
    circuit: FlatCircuit,
    shots: int,
    seed: int | None,
    check: Check,
    noise: NoiseModel | None = None,
    tell: Callable[[str], object] | None = None,
) -> Counter[str]:
    """How many of the shots had each outcome, with the bits of `distribution`; `tell` hears how many are done."""
    done = 0
    found: Counter[str] = Counter()
    flips = 0.0 if noise is None else noise.readout
    fixed = deciding(circuit)
    read_last = [*range(circuit.width)]
    read_last += [place for place, slot in enumerate(circuit.slots, circuit.width) if slot not in fixed]
    for branch in branches(circuit, shots, seed, check, noise=noise):
        shares, qubits = branch.probabilities()
        numbers = drawn(shares, branch.numbers().random(branch.shots))
        done += branch.shots
        if tell is not None:
            tell(f"{done:,} of {shots:,} shots")
        if flips:
            digits = branch.digits(numbers, qubits, circuit)
            digits[:, read_last] ^= branch.numbers().random((branch.shots, len(read_last))) < flips
            found.update(words(digits))
            continue
        seen, times = np.unique(numbers, return_counts=True)
        for bits, count in zip(words(branch.digits(seen, qubits, circuit)), times.tolist(), strict=True):
            found[bits] += count
    return found


def noisy_distribution(circuit: FlatCircuit, noise: NoiseModel, check: Check) -> dict[str, float]:
    """As `distribution`, with a noise model, by density matrices."""
    found: dict[str, float] = {}
    for outcomes, shares in noisy.exact_branches(circuit, noise, check):
        ending = "".join([str(outcomes[slot]) for slot in circuit.slots])
        for number in (shares > NEGLIGIBLE).nonzero()[0].tolist():
            found[binary(number, circuit.width) + ending] = float(shares[number])
    return dict(sorted(found.items()))
