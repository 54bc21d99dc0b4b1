"""Follows a circuit that measures and resets qubits before the end through all its branches.

Takes a circuit whose parameters have values, and follows a branch for each sequence of outcomes: exactly, with its
probability, or with the shots that took it. Branches at one place are followed together (branch_states.py) up to a
limit of memory, then one half after the other. A reset is a measurement whose outcome is forgotten. The measurements of
shots at the end are made where nothing follows on a qubit any more, which keeps the states small. simulate.py limits
the work.

With a noise model shots also fork where they have errors of gates, and where they misread an outcome that later gates
depend on. A misread outcome is written as the other one while the qubit keeps the true one. All other outcomes are
misread at the end, which costs nothing. Distributions with noise are in noise.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Operator, Slot
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.simulation import draws
from ionqdsl.simulation import noise as noisy
from ionqdsl.simulation.branch_states import BranchStates, Check, words
from ionqdsl.simulation.noise import deciding
from ionqdsl.simulation.pauli_sums import HermitianSum
from ionqdsl.simulation.results import NEGLIGIBLE, binary

MOST_BRANCHES = 1 << 16
"""Most branches that are followed for an exact distribution."""

MOST_OUTCOMES = 1 << 22
"""Most outcomes that an exact distribution lists, those of probability 0 left out."""

AT_ONCE = 1 << 22
"""Bytes of branches that are followed together: 4 MiB stay in the cache."""
PORTION = 1 << 18
"""Shots that are misread at a time."""


class _Tree:
    """Takes branches through a circuit: with `chance` those that shots take, otherwise all."""

    def __init__(
        self, circuit: FlatCircuit, check: Check, chance: np.random.Generator | None, noise: NoiseModel | None = None
    ) -> None:
        self.circuit, self.check, self.chance = circuit, check, chance
        self.rates = {} if noise is None else dict(noisy.rates(circuit, noise))
        self.flips = 0.0 if noise is None else noise.readout
        self.deciding = deciding(circuit)
        written = [op.slot for op in circuit.rows if op.slot is not None]
        self.columns: Mapping[Slot, int] = {
            slot: place for place, slot in enumerate(dict.fromkeys([*circuit.slots, *written]))
        }
        self.steps: list[tuple[int, Op]] = list(enumerate(circuit.rows)) if chance is None else _with_last(circuit)

    def ends(self, weight: float) -> Iterator[BranchStates]:
        """Branches that have reached the end, in groups; the weights of all add up to that of the first."""
        waiting = [BranchStates(self.circuit.width, len(self.columns), weight, self.check)]
        while waiting:
            group = waiting.pop()
            while group.place < len(self.steps):
                op = self.steps[group.place][1]
                while len(group) > 1 and op.gate != BARRIER and group.size_for(op) > AT_ONCE:
                    group, other = group.halves()
                    waiting.append(other)
                self._step(group)
            yield group

    def _step(self, group: BranchStates) -> None:
        """Takes the branches of a group through the next row."""
        place, op = self.steps[group.place]
        group.place += 1
        if op.gate in (MEASURE, RESET):
            self._measure(group, op)
        elif op.gate != BARRIER:
            acts = np.ones(len(group), dtype=bool)
            for slot, bit in op.when:
                acts &= group.outcomes[:, self.columns[slot]] == bit
            group.play(op, acts)
            if place in self.rates:
                self._err(group, op, self.rates[place], acts)

    def _measure(self, group: BranchStates, op: Op) -> None:
        (qubit,) = op.qubits
        if qubit in group.axes:
            chance = group.chance(qubit)
            ones = group.weights * chance if self.chance is None else self.chance.binomial(group.weights, chance)
            zeros = group.weights * (1 - chance) if self.chance is None else group.weights - ones
            group.project(qubit, zeros, ones)
        if op.slot is not None:
            self._write(group, op.slot, qubit)
        if op.gate == RESET:
            group.known[:, qubit] = 0

    def _write(self, group: BranchStates, slot: Slot, qubit: int) -> None:
        """Writes outcomes. If gates depend on one, the shots that misread it become branches of their own."""
        column = self.columns[slot]
        group.outcomes[:, column] = group.known[:, qubit]
        if self.chance is None or not self.flips or slot not in self.deciding:
            return
        hits = self.chance.binomial(group.weights, self.flips)
        if hits.any():
            right, wrong = np.flatnonzero(group.weights > hits), np.flatnonzero(hits)
            group.take(np.concatenate([right, wrong]), np.concatenate([(group.weights - hits)[right], hits[wrong]]))
            group.outcomes[len(right) :, column] ^= 1

    def _err(self, group: BranchStates, op: Op, rate: float, acts: NDArray[np.bool_]) -> None:
        """The errors of a gate, each a Pauli product on its qubits, in some of the shots in which it acted."""
        assert self.chance is not None
        kinds = 4 ** len(op.qubits)
        hits = self.chance.binomial(np.where(acts, group.weights, 0), rate * (1 - 1 / kinds))
        if not hits.any():
            return
        struck, spared = np.flatnonzero(hits), np.flatnonzero(group.weights > hits)
        times = self.chance.multinomial(hits[struck], [1 / (kinds - 1)] * (kinds - 1))
        which, error = np.nonzero(times)
        weights = np.concatenate([(group.weights - hits)[spared], times[which, error]])
        group.take(np.concatenate([spared, struck[which]]), weights)
        errors = np.concatenate([np.zeros(len(spared), dtype=np.intp), error + 1])
        for qubit in reversed(op.qubits):
            errors, letters = np.divmod(errors, 4)
            for number, letter in enumerate("xyz", 1):
                group.play(Op(letter, (qubit,)), letters == number)


def _with_last(circuit: FlatCircuit) -> list[tuple[int, Op]]:
    """The rows with their places, and the final measurement of each qubit before the first fork after its last row."""
    last = {qubit: place for place, op in enumerate(circuit.rows) if op.gate != BARRIER for qubit in op.qubits}
    open_qubits, steps = list(last), list[tuple[int, Op]]()
    for place, op in enumerate(circuit.rows):
        if op.gate in (MEASURE, RESET):
            steps += [(-1, Op(MEASURE, (qubit,))) for qubit in open_qubits if last[qubit] < place]
            open_qubits = [qubit for qubit in open_qubits if last[qubit] >= place]
        steps.append((place, op))
    return [*steps, *((-1, Op(MEASURE, (qubit,))) for qubit in open_qubits)]


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


def _all(circuit: FlatCircuit, check: Check, most: int | None) -> Iterator[BranchStates]:
    """All branches in groups, with their probabilities. Raises QC0659 for more than `most`."""
    left = most = MOST_BRANCHES if most is None else most
    for group in _Tree(circuit, check, None).ends(1.0):
        left -= len(group)
        if left < 0:
            raise fail("QC0659", None, circuit=circuit.name, limit=f"{most:,}", what="branches")
        yield group


def distribution(
    circuit: FlatCircuit, check: Check, most: int | None = None, most_outcomes: int = MOST_OUTCOMES
) -> dict[str, float]:
    """The exact probability of each outcome: its bits of all qubits at the end, then those of the slots.

    Probabilities that are rounding errors are left out. Raises QC0659, and whatever `check` raises.
    """
    found: dict[str, float] = {}
    for group in _all(circuit, check, most):
        shares, qubits = group.probabilities()
        rows, numbers = (shares > NEGLIGIBLE).nonzero()
        if len(found) + len(rows) > most_outcomes:
            raise fail("QC0659", None, circuit=circuit.name, limit=f"{most_outcomes:,}", what="outcomes")
        values = (shares[rows, numbers] * group.weights[rows]).tolist()
        digits = group.digits(rows, numbers, qubits, len(circuit.slots))
        for bits, share in zip(words(digits + np.uint8(48)), values, strict=True):
            found[bits] = found.get(bits, 0.0) + share
    return dict(sorted(found.items()))


def mean(circuit: FlatCircuit, operator: Operator, check: Check) -> float:
    """The mean of an operator in the final states of all branches. Errors as `distribution`."""
    total = 0.0
    for group in _all(circuit, check, None):
        group.flush()
        for state, known, share in zip(group.states, group.known, group.weights.tolist(), strict=True):
            identity, kept = _on_state(operator, group.axes, known.tolist())
            value = HermitianSum(kept, len(group.axes)).mean(state) if kept.terms else 0.0
            total += share * (identity + value / np.vdot(state, state).real)
    return float(total)


def _on_state(operator: Operator, axes: Mapping[int, int], values: list[int]) -> tuple[float, Operator]:
    """The part of an operator that is a number, as its qubits have known `values`, and the rest on those of the state.

    X and Y have the mean 0 on a qubit in |0> or |1>, and Z has 1 or -1.
    """
    number, terms = 0.0, []
    for product, factor in operator.terms:
        closed = [(letter, qubit) for letter, qubit in product if qubit not in axes]
        if any(letter != "Z" for letter, _ in closed):
            continue
        sign = (-1) ** sum(values[qubit] for _, qubit in closed)
        open_letters = [(letter, axes[qubit]) for letter, qubit in product if qubit in axes]
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
    chance = draws.generator(seed)
    tree = _Tree(circuit, check, chance, noise)
    slots, done = circuit.slots, 0
    read_last = [*range(circuit.width)]
    read_last += [place for place, slot in enumerate(slots, circuit.width) if slot not in tree.deciding]
    found: Counter[str] = Counter()
    for group in tree.ends(shots):
        done += int(group.weights.sum())
        if tell is not None:
            tell(f"{done:,} of {shots:,} shots")
        rows = np.arange(len(group))
        if not tree.flips:
            digits = group.digits(rows, rows, (), len(slots))
            for bits, count in zip(words(digits + np.uint8(48)), group.weights.tolist(), strict=True):
                found[bits] += count
            continue
        each = np.repeat(rows, group.weights)
        for start in range(0, len(each), PORTION):
            part = each[start : start + PORTION]
            digits = group.digits(part, part, (), len(slots))
            digits[:, read_last] ^= chance.random((len(part), len(read_last))) < tree.flips
            found.update(words(digits + np.uint8(48)))
    return found


def noisy_distribution(circuit: FlatCircuit, noise: NoiseModel, check: Check) -> dict[str, float]:
    """As `distribution`, with a noise model, by density matrices."""
    found: dict[str, float] = {}
    for outcomes, shares in noisy.exact_branches(circuit, noise, check):
        ending = "".join([str(outcomes[slot]) for slot in circuit.slots])
        for number in (shares > NEGLIGIBLE).nonzero()[0].tolist():
            found[binary(number, circuit.width) + ending] = float(shares[number])
    return dict(sorted(found.items()))
