"""Follows a circuit that measures and resets qubits before the end through all its branches.

Takes a circuit whose parameters have values, and yields a `Branch` for each sequence of outcomes: exactly, with its
probability, or with the shots that took it. The branches are visited depth first, with one state for each open fork. A
state has only the qubits that are not known to be |0> or |1>: those that gates have touched since they were last
measured or reset. A reset is a measurement whose outcome is forgotten, followed by x on the outcome 1. Phases that a
whole branch shares are dropped. simulate.py decides how much may be computed; noise is in noise.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Operator, Slot, canonical
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.record import record
from ionqdsl.simulation import noise as noisy
from ionqdsl.simulation.noise import drawn
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


@record(frozen=False)
class Branch:
    """A branch: where it stands in the circuit, what was measured, and its state.

    `axes` maps the qubits of the state (shape (1, 2**k)) to their places in it, the first the most significant bit;
    `known` holds the values of the others, 0 where it has none. `outcomes` are the slots written so far, `share` is the
    probability of the branch, `shots` how many took it, and `key` the seed of its random numbers, None if there are
    no shots.
    """

    place: int
    state: Array
    axes: dict[int, int]
    known: dict[int, int]
    outcomes: dict[Slot, int]
    share: float
    shots: int
    key: bytes | None

    def copy(self) -> Branch:
        """A branch that can go on by itself; its state must be replaced."""
        axes, known, outcomes = dict(self.axes), dict(self.known), dict(self.outcomes)
        return Branch(self.place, self.state, axes, known, outcomes, self.share, self.shots, self.key)

    def numbers(self) -> np.random.Generator:
        """The random numbers of this place in the tree, whichever order its branches are visited in."""
        assert self.key is not None
        return np.random.default_rng(int.from_bytes(self.key, "little"))

    def probabilities(self) -> tuple[NDArray[np.float64], tuple[int, ...]]:
        """The distribution of the qubits of the state, in ascending order, and these qubits."""
        qubits = tuple(sorted(self.axes))
        tensor = self.state.reshape((2,) * len(qubits)).transpose([self.axes[qubit] for qubit in qubits])
        flat = tensor.reshape(-1)
        return np.square(flat.real) + np.square(flat.imag), qubits

    def spelled(self, numbers: NDArray[Any], qubits: Sequence[int], circuit: FlatCircuit) -> list[str]:
        """Outcomes of the qubits of the state, as indices, with the known qubits and the slots, as bit strings."""
        ending = _ending(circuit, self.outcomes)
        digits = np.empty((len(numbers), circuit.width), dtype=np.uint8)
        for qubit in range(circuit.width):
            digits[:, qubit] = 48 + self.known.get(qubit, 0)
        for place, qubit in enumerate(reversed(qubits)):
            digits[:, qubit] = 48 + (numbers >> place & 1)
        words = digits.view(f"S{circuit.width}").reshape(-1).astype(str).tolist()
        return [word + ending for word in words]


Check = Callable[[int], None]
"""Refuses an allocation of so many bytes."""


def branches(
    circuit: FlatCircuit, shots: int | None, seed: int | None, check: Check, most: int | None = None
) -> Iterator[Branch]:
    """The branches of a circuit: those that shots took, or with None for `shots` all, with their probabilities.

    The state of a branch is valid until the next one is asked for. Raises QC0659 for more than `most` branches, and
    whatever `check` raises.
    """
    key = None if shots is None else _first_key(seed)
    waiting = [Branch(0, basis_state(0), {}, {}, {}, 1.0, shots or 0, key)]
    left = most = MOST_BRANCHES if most is None else most
    while waiting:
        branch = waiting.pop()
        while _goes_on(branch, circuit.rows, check):
            other = _forked(branch, circuit.rows[branch.place], check)
            if other is not None:
                waiting.append(other)
            branch.place += 1
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


def _ending(circuit: FlatCircuit, outcomes: Mapping[Slot, int]) -> str:
    """The bits of the slots, as they end an outcome."""
    return "".join([str(outcomes[slot]) for slot in circuit.slots])


def _first_key(seed: int | None) -> bytes:
    start = np.random.default_rng(None if seed is None else seed % 2**64)
    return start.bytes(16)


def _goes_on(branch: Branch, rows: Sequence[Op], check: Check) -> bool:
    """Applies gates up to the next measurement or reset, and returns whether there is one."""
    ready: list[Op] = []
    before = len(branch.axes)
    grown = 0
    while branch.place < len(rows):
        op = rows[branch.place]
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
    added = len(branch.axes) - before
    if added:
        check(16 * branch.state.size << added)
        state = np.zeros((branch.state.size, 1 << added), dtype=np.complex128)
        state[:, grown] = branch.state[0]
        branch.state = state.reshape(1, -1)
    evolve(branch.state, ready)
    return branch.place < len(rows)


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


def _forked(branch: Branch, op: Op, check: Check) -> Branch | None:
    """Goes on with one outcome of a measurement or reset, and returns a branch with the other one if it occurs."""
    (qubit,) = op.qubits
    if qubit not in branch.axes:
        _noted(branch, op, branch.known.get(qubit, 0), 1.0)
        return None
    axis = branch.axes.pop(qubit)
    branch.axes = {wire: place - (place > axis) for wire, place in branch.axes.items()}
    parts = branch.state.reshape(1 << axis, 2, -1)
    ones = float(np.square(parts[:, 1].real).sum() + np.square(parts[:, 1].imag).sum())
    zeros = float(np.square(parts[:, 0].real).sum() + np.square(parts[:, 0].imag).sum())
    chance = ones / (zeros + ones)
    chance = 0.0 if chance <= NEGLIGIBLE else 1.0 if chance >= 1 - NEGLIGIBLE else chance
    taken = chance
    if branch.key is not None and 0 < chance < 1:
        hits = int(branch.numbers().binomial(branch.shots, chance))
        taken = hits / branch.shots
    bit = int(taken == 1)
    other = None
    if 0 < taken < 1:
        check(8 * branch.state.size)
        other = branch.copy()
        other.place += 1
        other.state = (parts[:, 1] / np.sqrt(ones)).reshape(1, -1)
        if branch.key is not None:
            other.shots, branch.shots = hits, branch.shots - hits
        _noted(other, op, 1, chance)
    branch.state = (parts[:, bit] / np.sqrt(ones if bit else zeros)).reshape(1, -1)
    _noted(branch, op, bit, chance if bit else 1 - chance)
    return other


def _noted(branch: Branch, op: Op, bit: int, chance: float) -> None:
    """Writes the outcome of a measurement, forgets that of a reset, and moves on in the tree of random numbers."""
    branch.share *= chance
    branch.known[op.qubits[0]] = bit if op.gate == MEASURE else 0
    if op.slot is not None:
        branch.outcomes[op.slot] = bit
    if branch.key is not None:
        branch.key = blake2b(branch.key + bytes([bit]), digest_size=16).digest()


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
        for bits, share in zip(branch.spelled(kept, qubits, circuit), values, strict=True):
            found[bits] = found.get(bits, 0.0) + share
    return dict(sorted(found.items()))


def mean(circuit: FlatCircuit, operator: Operator, check: Check) -> float:
    """The mean of an operator in the final states of all branches. Errors as `distribution`."""
    total = 0.0
    for branch in branches(circuit, None, None, check):
        identity, kept = _on_state(operator, branch)
        places = len(branch.axes)
        value = HermitianSum(kept, places).mean(branch.state[0]) if kept.terms else 0.0
        total += branch.share * (identity + value)
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


def counts(circuit: FlatCircuit, shots: int, seed: int | None, check: Check) -> Counter[str]:
    """How many of the shots had each outcome, whose bits are those of `distribution`."""
    found: Counter[str] = Counter()
    for branch in branches(circuit, shots, seed, check):
        shares, qubits = branch.probabilities()
        seen, times = np.unique(drawn(shares, branch.numbers().random(branch.shots)), return_counts=True)
        for bits, count in zip(branch.spelled(seen, qubits, circuit), times.tolist(), strict=True):
            found[bits] += count
    return found


def noisy_counts(circuit: FlatCircuit, noise: NoiseModel, shots: int, seed: int | None, check: Check) -> Counter[str]:
    """As `counts`, with the errors of a noise model: drawn for each shot, and shots with equal ones run together."""
    generator = np.random.default_rng(None if seed is None else seed % 2**64)
    patterns = noisy.patterns_of(noisy.rates(circuit, noise), circuit, shots, generator)
    found: Counter[str] = Counter()
    for pattern, times in sorted(patterns.items()):
        own_seed = int(generator.integers(2**63))
        found.update(counts(noisy.struck(circuit, pattern), times, own_seed, check))
    return found


def noisy_distribution(circuit: FlatCircuit, noise: NoiseModel, check: Check) -> dict[str, float]:
    """As `distribution`, with a noise model, by density matrices."""
    found: dict[str, float] = {}
    for outcomes, shares in noisy.exact_branches(circuit, noise, check):
        ending = _ending(circuit, outcomes)
        for number in (shares > NEGLIGIBLE).nonzero()[0].tolist():
            found[binary(number, circuit.width) + ending] = float(shares[number])
    return dict(sorted(found.items()))


def in_order(counts: Mapping[str, int], seed: int | None) -> list[str]:
    """The outcome of each shot, in an order drawn from a seed: shots are independent, so all orders are as likely."""
    outcomes = [bits for bits in sorted(counts) for _ in range(counts[bits])]
    order = np.random.default_rng(None if seed is None else seed % 2**64).permutation(len(outcomes))
    return [outcomes[place] for place in order.tolist()]
