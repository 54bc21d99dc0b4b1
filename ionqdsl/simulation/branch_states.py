"""States of many branches of a circuit side by side, and how gates, measurements and errors change them.

Branches that stand at one place of a circuit are the rows of one array, so a gate acts on all of them in one call. A
state has only the qubits that are not known to be |0> or |1>: those that gates have touched since they were last
measured or reset, in any of the branches. Phases that a whole branch shares are dropped. branches.py decides which
branches there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ionqdsl.ir.circuit import Op, canonical
from ionqdsl.simulation.chunks import evolve
from ionqdsl.simulation.results import NEGLIGIBLE
from ionqdsl.simulation.statevector import Array, basis_state

Bits = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
Check = Callable[[int], None]
"""Refuses an allocation of so many bytes."""

_FLIPS = frozenset({"x", "y", "gpi"})
"""Gates that exchange |0> and |1>, up to a phase."""
_PHASES = frozenset({"z", "s", "si", "t", "ti", "rz", "p"})
"""Gates that keep |0> and |1>, up to a phase."""

_FAINT = 1e-100
"""The square of a state's length below which it is made 1 again."""


class BranchStates:
    """Branches at one place of a circuit, a row each.

    `states` has shape (branches, 2**k) for the k qubits of `axes`, which maps them to their places in the index, the
    first the most significant bit; measurements shorten the rows. `known` has the values of the other qubits, shape
    (branches, qubits), `outcomes` those written so far, shape (branches, slots). `weights` are the numbers of shots
    that took each branch, or its probability. Gates on all branches wait until the states are looked at.
    """

    def __init__(self, width: int, slots: int, weight: float, check: Check) -> None:
        self.place = 0
        self.states = basis_state(0)
        self.axes: dict[int, int] = {}
        self.known: Bits = np.zeros((1, width), dtype=np.uint8)
        self.outcomes: Bits = np.zeros((1, slots), dtype=np.uint8)
        self.weights = np.array([weight])
        self.check = check
        self._ready: list[Op] = []
        self._entering: list[int] = []

    def __len__(self) -> int:
        return len(self.weights)

    def size_for(self, op: Op) -> int:
        """The bytes of the states, with all qubits that a row may bring into them, and of the bits."""
        qubits = len(self.axes.keys() | canonical(op).qubits[canonical(op).controls :])
        bits: int = self.known.shape[1] + self.outcomes.shape[1]
        return len(self) * ((16 << qubits) + bits)

    def halves(self) -> tuple[BranchStates, BranchStates]:
        """The first and the second half of the branches, with the gates that wait."""
        middle = len(self) // 2
        parts = []
        for part in (slice(None, middle), slice(middle, None)):
            half = BranchStates.__new__(BranchStates)
            half.__dict__.update(self.__dict__)
            half.axes, half._ready, half._entering = dict(self.axes), self._ready[:], self._entering[:]
            half.states, half.known = self.states[part].copy(), self.known[part].copy()
            half.outcomes, half.weights = self.outcomes[part].copy(), self.weights[part].copy()
            parts.append(half)
        return parts[0], parts[1]

    def take(self, rows: Rows, weights: NDArray[np.generic]) -> None:
        """Goes on with these branches, some perhaps several times, with these weights."""
        self.flush()
        self.check(16 * len(rows) * self.states.shape[1])
        self.states = self.states[rows]
        self._take_bits(rows, weights)

    def _take_bits(self, rows: Rows, weights: NDArray[np.generic]) -> None:
        self.known, self.outcomes, self.weights = self.known[rows], self.outcomes[rows], weights

    # --- gates -------------------------------------------------------------------------------------------------------

    def play(self, op: Op, acts: Mask) -> None:
        """Applies a row, whatever its condition, to the branches of a mask."""
        op = canonical(op)
        controls = op.qubits[: op.controls]
        for qubit in controls:
            if qubit not in self.axes:
                acts = acts & self.known[:, qubit].astype(bool)
        if not acts.any():
            return
        kept = [qubit for qubit in controls if qubit in self.axes]
        qubits = (*kept, *op.qubits[op.controls :])
        if len(qubits) == 1 and qubits[0] not in self.axes:
            if op.gate in _FLIPS:
                self.known[acts, qubits[0]] ^= 1
                return
            if op.gate in _PHASES:
                return
        for qubit in qubits:
            if qubit not in self.axes:
                self.axes[qubit] = len(self.axes)
                self._entering.append(qubit)
        row = op._replace(qubits=tuple([self.axes[qubit] for qubit in qubits]), controls=len(kept), when=())
        self._ready.append(row)
        if not acts.all():
            self._ready.pop()
            self.flush()
            part = self.states[acts]
            evolve(part, [row])
            self.states[acts] = part

    def flush(self) -> None:
        """Applies the gates that wait, in states that have all of their qubits."""
        if self._entering:
            added = len(self._entering)
            self.check(16 * self.states.size << added)
            values = np.zeros(len(self), dtype=np.intp)
            for qubit in self._entering:
                values = 2 * values + self.known[:, qubit]
            grown = np.zeros((*self.states.shape, 1 << added), dtype=np.complex128)
            grown[np.arange(len(self)), :, values] = self.states
            self.states, self._entering = grown.reshape(len(self), -1), []
        if self._ready:
            ready, self._ready = self._ready, []
            evolve(self.states, ready)

    # --- measurements ------------------------------------------------------------------------------------------------

    def chance(self, qubit: int) -> NDArray[np.float64]:
        """The probability that a qubit of the states is read as 1; exactly 0 or 1 if only rounding is left."""
        self.flush()
        parts = self.states.view(np.float64).reshape(len(self), 1 << self.axes[qubit], 2, -1)
        lengths = np.einsum("blxr,blxr->bx", parts, parts)
        total = lengths.sum(axis=1)
        if total.min() < _FAINT:
            self.states /= np.sqrt(total)[:, None]
        chance = lengths[:, 1] / total
        return np.where(chance <= NEGLIGIBLE, 0.0, np.where(chance >= 1 - NEGLIGIBLE, 1.0, chance))

    def project(self, qubit: int, zeros: NDArray[np.generic], ones: NDArray[np.generic]) -> None:
        """Makes a qubit of the states known: 0 in branches with the weights `zeros`, 1 in others with `ones`."""
        self.check(8 * self.states.size)
        parts = self.states.reshape(len(self), 1 << self.axes[qubit], 2, -1)
        read = [np.flatnonzero(weights) for weights in (zeros, ones)]
        kept = [parts[:, :, bit][rows] for bit, rows in enumerate(read)]
        states: Array = np.concatenate(kept) if all(map(len, kept)) else max(kept, key=len)
        axis = self.axes.pop(qubit)
        self.axes = {wire: place - (place > axis) for wire, place in self.axes.items()}
        self._take_bits(np.concatenate(read), np.concatenate([zeros[read[0]], ones[read[1]]]))
        self.states = states.reshape(len(self), -1)
        self.known[: len(read[0]), qubit], self.known[len(read[0]) :, qubit] = 0, 1

    # --- the end -----------------------------------------------------------------------------------------------------

    def probabilities(self) -> tuple[NDArray[np.float64], tuple[int, ...]]:
        """Each branch's distribution of the qubits of its state, in ascending order, and these qubits."""
        self.flush()
        qubits = tuple(sorted(self.axes))
        tensor = self.states.reshape(len(self), *(2,) * len(qubits))
        flat = tensor.transpose([0, *(1 + self.axes[qubit] for qubit in qubits)]).reshape(len(self), -1)
        shares: NDArray[np.float64] = np.square(flat.real)
        shares += np.square(flat.imag)
        shares /= shares.sum(axis=1)[:, None]
        return shares, qubits

    def digits(self, rows: Rows, numbers: NDArray[np.intp], qubits: Sequence[int], slots: int) -> Bits:
        """The bits of outcomes, shape (outcomes, qubits and slots): each of a branch, and a number for its state."""
        digits = np.concatenate([self.known[rows], self.outcomes[rows, :slots]], axis=1)
        for place, qubit in enumerate(reversed(qubits)):
            digits[:, qubit] = numbers >> place & 1
        return digits


def words(digits: Bits) -> list[str]:
    """Rows of the characters 0 and 1 as texts."""
    if not digits.shape[1]:
        return [""] * len(digits)
    found: list[str] = digits.view(f"S{digits.shape[1]}").reshape(-1).astype(str).tolist()
    return found
