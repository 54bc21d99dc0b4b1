"""Runs circuits of Clifford gates with measurements and resets on any number of qubits, by their stabilisers.

Takes a circuit whose parameters have values, and returns the counts of shots, or the exact distribution. All shots
share one tableau: their outcomes, errors and misread bits only change signs, each shot its own (as in symbolic
simulation, W. Fang and M. Ying, arXiv:2311.03906). In the exact distribution a random outcome is a coin, and every
outcome is a sum of coins. Shots or coins part only where a condition decides about a gate that is no Pauli product, or
in the exact distribution about several outcomes. Noise is that of noise.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import MEASURE, NOT_GATES, RESET, FlatCircuit, Op, Operator, Slot
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.record import record
from ionqdsl.simulation import draws
from ionqdsl.simulation import noise as noisy
from ionqdsl.simulation.branch_states import words
from ionqdsl.simulation.branches import MOST_BRANCHES, MOST_OUTCOMES
from ionqdsl.simulation.tableaus import Bits, MeasuredBit, Tableau, action

AT_ONCE = 1 << 24
"""Most signs, rows of the tableau times shots, that are held at once."""


def is_clifford(circuit: FlatCircuit) -> bool:
    """Whether every gate of a circuit without parameters is a Clifford gate on few qubits."""
    rows = dict.fromkeys([op._replace(qubits=(0,) * len(op.qubits), when=(), slot=None) for op in circuit.rows])
    return all(op.gate in NOT_GATES or op.gate == "nop" or action(op) is not None for op in rows)


@record(frozen=False)
class _SharedRun:
    """Shots, or values of coins, that have taken the same way so far.

    `outcomes` are the slots as they were read; `signs` of the tableau have a column for each shot, or for each coin.
    `coins` are how many there are, `share` is the probability of the way.
    """

    place: int
    tableau: Tableau
    outcomes: dict[Slot, MeasuredBit]
    coins: int = 0
    share: float = 1.0

    def parted(self, column: Bits) -> _SharedRun:
        """The run of the shots that are marked in a column."""
        chosen = column.astype(bool)
        outcomes = {slot: MeasuredBit(one.bit, one.vector[chosen]) for slot, one in self.outcomes.items()}
        return _SharedRun(self.place, self.tableau.copy(self.tableau.signs[:, chosen]), outcomes)


# --- shots -----------------------------------------------------------------------------------------------------------


def counts(circuit: FlatCircuit, shots: int, seed: int | None, noise: NoiseModel | None = None) -> Counter[str]:
    """How many of the shots had each outcome: its bits of all qubits at the end, then those of the slots."""
    chance = draws.generator(seed)
    found: Counter[str] = Counter()
    most = max(1, AT_ONCE // max(1, 2 * circuit.width))
    for start in range(0, shots, most):
        found.update(_Shots(circuit, min(most, shots - start), chance, noise).words())
    return found


class _Shots:
    """Takes shots through a circuit."""

    def __init__(self, circuit: FlatCircuit, shots: int, chance: np.random.Generator, noise: NoiseModel | None) -> None:
        self.circuit, self.shots, self.chance = circuit, shots, chance
        self.rates = {} if noise is None else dict(noisy.rates(circuit, noise))
        self.flips = 0.0 if noise is None else noise.readout

    def words(self) -> Iterable[str]:
        """The outcome of each shot."""
        waiting = [_SharedRun(0, Tableau(self.circuit.width, self.shots), {})]
        while waiting:
            run: _SharedRun | None = waiting.pop()
            while run is not None and run.place < len(self.circuit.rows):
                run = self._step(run, waiting)
            if run is not None:
                yield from words(self._digits(run))

    def _step(self, run: _SharedRun, waiting: list[_SharedRun]) -> _SharedRun | None:
        """The run after the next row; None if its shots part here, and wait."""
        place, op = run.place, self.circuit.rows[run.place]
        run.place += 1
        tableau = run.tableau
        length = tableau.signs.shape[1]
        if op.gate in (MEASURE, RESET):
            (qubit,) = op.qubits
            outcome = tableau.measure(qubit, self._fresh(length) if tableau.is_random(qubit) else None)
            if op.gate == RESET:
                tableau.turn([(qubit, 1, 0)], outcome.vector ^ np.uint8(outcome.bit))
            elif op.slot is not None:
                run.outcomes[op.slot] = MeasuredBit(0, self._read(outcome))
            return run
        move = action(op)
        if move is None:
            return run
        applies = np.ones(length, dtype=np.uint8)
        for slot, bit in op.when:
            applies &= run.outcomes[slot].vector ^ np.uint8(1 - bit)
        if op.when and move.is_pauli:
            tableau.turn(pauli_letters(op, move.negative), applies)
        elif op.when and not applies.all() and applies.any():
            run.place -= 1
            waiting += [run.parted(applies), run.parted(1 - applies)]
            return None
        elif applies.any():
            tableau.apply(move, op.qubits)
        if place in self.rates:
            self._err(tableau, op, self.rates[place], applies)
        return run

    def _fresh(self, length: int) -> Bits:
        return self.chance.integers(0, 2, length, dtype=np.uint8)

    def _read(self, outcome: MeasuredBit) -> Bits:
        """An outcome as the shots read it."""
        bits = outcome.vector ^ np.uint8(outcome.bit)
        return bits ^ (self.chance.random(len(bits)) < self.flips) if self.flips else bits

    def _err(self, tableau: Tableau, op: Op, rate: float, applies: Bits) -> None:
        """The errors of a gate: a Pauli product on its qubits, in some of the shots in which it acted."""
        kinds = 4 ** len(op.qubits)
        acted = np.flatnonzero(applies)
        hits = int(self.chance.binomial(len(acted), rate * (1 - 1 / kinds)))
        if not hits:
            return
        who = self.chance.choice(acted, hits, replace=False)
        errors = self.chance.integers(1, kinds, hits)
        for qubit in reversed(op.qubits):
            errors, letters = np.divmod(errors, 4)
            for bits, has_x, has_z in (((1, 2), 1, 0), ((2, 3), 0, 1)):
                struck = np.zeros(len(applies), dtype=np.uint8)
                struck[who[np.isin(letters, bits)]] = 1
                tableau.turn([(qubit, has_x, has_z)], struck)

    def _digits(self, run: _SharedRun) -> Bits:
        tableau, width = run.tableau, self.circuit.width
        length = tableau.signs.shape[1]
        digits = np.empty((length, width + len(self.circuit.slots)), dtype=np.uint8)
        for qubit in range(width):
            fresh = self._fresh(length) if tableau.is_random(qubit) else None
            digits[:, qubit] = self._read(tableau.measure(qubit, fresh))
        for place, slot in enumerate(self.circuit.slots, width):
            digits[:, place] = run.outcomes[slot].vector
        digits += 48
        return digits


def pauli_letters(op: Op, negative: Iterable[tuple[int, ...]]) -> list[tuple[int, int, int]]:
    """The Pauli product of a row that is one: its qubits, each with its bits x and z.

    The product anticommutes with each operator that it makes negative: with X alone on a qubit if it has Z there, and
    the reverse.
    """
    changed = set(negative)
    size = 2 * len(op.qubits)
    units = [tuple([int(k == j) for j in range(size)]) in changed for k in range(size)]
    return [(qubit, int(units[2 * place + 1]), int(units[2 * place])) for place, qubit in enumerate(op.qubits)]


# --- the exact distribution ------------------------------------------------------------------------------------------


class Affine(NamedTuple):
    """Equally likely outcomes: `start` plus any sum of the rows of `basis`; `share` is the probability of them all."""

    start: Bits
    basis: Bits
    share: float


def affine(circuit: FlatCircuit) -> Iterator[Affine]:
    """The exact distribution from |0...0> in parts, one for each way through conditions. Raises QC0659 for too many."""
    coins = sum(op.gate in (MEASURE, RESET) for op in circuit.rows) + circuit.width
    waiting = [_SharedRun(0, Tableau(circuit.width, coins), {})]
    left = MOST_BRANCHES
    while waiting:
        run = waiting.pop()
        while run.place < len(circuit.rows):
            waiting += _toss(run, circuit.rows[run.place])
        left -= 1
        if left < 0:
            raise fail("QC0659", None, circuit=circuit.name, limit=f"{MOST_BRANCHES:,}", what="branches")
        yield _outcomes(run, circuit)


def _toss(run: _SharedRun, op: Op) -> list[_SharedRun]:
    """Takes a run through a row; returns the runs that part from it here, before the row."""
    tableau = run.tableau
    if op.gate in (MEASURE, RESET):
        (qubit,) = op.qubits
        outcome = tableau.measure(qubit, _coin(run) if tableau.is_random(qubit) else None)
        if op.gate == RESET:
            _turn_by(tableau, [(qubit, 1, 0)], outcome)
        elif op.slot is not None:
            run.outcomes[op.slot] = outcome
        run.place += 1
        return []
    move = action(op)
    open_slots = [slot for slot, _ in op.when if run.outcomes[slot].vector.any()]
    if move is not None and all(run.outcomes[slot].bit == bit for slot, bit in op.when if slot not in open_slots):
        if not open_slots:
            tableau.apply(move, op.qubits)
        elif move.is_pauli and len(open_slots) == 1:
            (bit,) = [bit for slot, bit in op.when if slot in open_slots]
            outcome = run.outcomes[open_slots[0]]
            _turn_by(tableau, pauli_letters(op, move.negative), MeasuredBit(outcome.bit ^ 1 - bit, outcome.vector))
        else:
            return [_decided(run, open_slots[0])]
    run.place += 1
    return []


def _coin(run: _SharedRun) -> Bits:
    vector = np.zeros(run.tableau.signs.shape[1], dtype=np.uint8)
    vector[run.coins] = 1
    run.coins += 1
    return vector


def _turn_by(tableau: Tableau, letters: list[tuple[int, int, int]], outcome: MeasuredBit) -> None:
    """Applies a Pauli product if an outcome is 1."""
    tableau.turn(letters, outcome.vector)
    if outcome.bit:
        for qubit, has_x, has_z in letters:
            tableau.flips ^= (tableau.z[qubit] if has_x else 0) ^ (tableau.x[qubit] if has_z else 0)


def _decided(run: _SharedRun, slot: Slot) -> _SharedRun:
    """Goes on with the outcome 0 of a slot, and returns the run of the outcome 1.

    One of the coins in it is the sum of the others from now on, and of the outcome.
    """
    run.share /= 2
    other = _SharedRun(run.place, run.tableau.copy(run.tableau.signs.copy()), run.outcomes, run.coins, run.share)
    bit, vector = run.outcomes[slot]
    vector = vector.copy()
    coin = int(vector.argmax())
    for each, wanted in ((run, 0), (other, 1)):
        tableau, change = each.tableau, bit ^ wanted
        rows = np.flatnonzero(tableau.signs[:, coin])
        tableau.signs[rows] ^= vector
        tableau.flips ^= change * sum([1 << row for row in rows.tolist()])
        each.outcomes = {
            name: MeasuredBit(one.bit ^ change, one.vector ^ vector) if one.vector[coin] else one
            for name, one in each.outcomes.items()
        }
    return other


def _outcomes(run: _SharedRun, circuit: FlatCircuit) -> Affine:
    """The outcomes of a run that has reached the end, without the coins that none of them shows."""
    tableau = run.tableau
    final = [tableau.measure(qubit, _coin(run) if tableau.is_random(qubit) else None) for qubit in range(circuit.width)]
    shown = [*final, *(run.outcomes[slot] for slot in circuit.slots)]
    start = np.array([outcome.bit for outcome in shown], dtype=np.uint8)
    sums = np.array([outcome.vector for outcome in shown], dtype=np.uint8).reshape(len(shown), tableau.signs.shape[1])
    return Affine(start, _independent(sums.T), run.share)


def _independent(rows: Bits) -> Bits:
    """The reduced echelon form of bits, without rows of zeros."""
    rows = rows.copy()
    done = 0
    for column in range(rows.shape[1]):
        found = np.flatnonzero(rows[done:, column])
        if not len(found):
            continue
        pivot = done + int(found[0])
        rows[[done, pivot]] = rows[[pivot, done]]
        others = np.flatnonzero(rows[:, column])
        rows[others[others != done]] ^= rows[done]
        done += 1
        if done == len(rows):
            break
    return rows[:done]


def distribution(circuit: FlatCircuit, most_outcomes: int = MOST_OUTCOMES) -> dict[str, float]:
    """The exact probability of each outcome. Raises QC0659 for too many branches or outcomes."""
    found: dict[str, float] = {}
    for start, basis, share in affine(circuit):
        if len(found) + (1 << min(len(basis), 64)) > most_outcomes:
            raise fail("QC0659", None, circuit=circuit.name, limit=f"{most_outcomes:,}", what="outcomes")
        digits = start[None, :]
        for row in basis:
            digits = np.concatenate([digits, digits ^ row])
        each = share / len(digits)
        for bits in words(digits + np.uint8(48)):
            found[bits] = found.get(bits, 0.0) + each
    return dict(sorted(found.items()))


# --- means -----------------------------------------------------------------------------------------------------------

_TO_Z = {"X": Op("h", (0,)), "Y": Op("v", (0,))}
"""Gates after which Z has the outcome of another letter."""


def mean(circuit: FlatCircuit, operator: Operator) -> float:
    """The mean of an operator in the final state of a circuit without measurements: each product has 1, 0 or -1."""
    final = Tableau(circuit.width, 1)
    for op in circuit.rows:
        move = action(op)
        if move is not None:
            final.apply(move, op.qubits)
    found = 0.0
    for letters, factor in operator.terms:
        found += float(factor) * (_sign(final.copy(final.signs.copy()), letters) if letters else 1)
    return found


def _sign(tableau: Tableau, letters: Sequence[tuple[str, int]]) -> int:
    """The mean of a Pauli product, whose outcome gates first bring to one qubit."""
    gates: list[tuple[Op, tuple[int, ...]]] = [
        (_TO_Z[letter], (qubit,)) for letter, qubit in letters if letter in _TO_Z
    ]
    *others, last = [qubit for _, qubit in letters]
    gates += [(Op("cnot", (0, 1)), (qubit, last)) for qubit in others]
    for op, qubits in gates:
        move = action(op)
        assert move is not None
        tableau.apply(move, qubits)
    return 0 if tableau.is_random(last) else 1 - 2 * tableau.measure(last, None).bit
