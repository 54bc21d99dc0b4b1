"""States of many qubits with little entanglement: a chain of tensors, a matrix product state, and how gates change it.

Takes rows whose parameters have values, and gives samples, the exact distribution and means of operators. The chain is
in canonical form about one site, its centre, so that the error of a cut is known exactly (U. Schollwock, Ann. Phys.
326, 96 (2011)). A gate on neighbours acts on both tensors at once; any other is a sum of products of one-qubit
operators, each of which keeps the size of the bonds. A chain adds up the parts that it leaves out, and refuses to go on
rather than leave out more than `MOST_LEFT_OUT`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.simulation.branch_states import words
from ionqdsl.simulation.branches import MOST_OUTCOMES
from ionqdsl.simulation.results import NEGLIGIBLE
from ionqdsl.simulation.site_gates import PAULIS, SiteGate, site_gates
from ionqdsl.simulation.statevector import Array

CUT = 1e-10
"""Length of the part of a state that one cut may leave out: far above rounding, far too short for any shot to show."""
WIDEST_BOND = 128
"""Most numbers of a bond, of states that would need more to the precision of `CUT`: 512 KiB a tensor."""
MOST_LEFT_OUT = 1e-3
"""Most that all cuts together may leave out, as the largest change of the probability of any event."""
AT_ONCE = 1 << 22
"""Most numbers of partial states that are held while outcomes are drawn or listed: 64 MiB."""

Numbers = NDArray[np.float64]
Tell = Callable[[str], object]


class Chain:
    """A state as tensors of shape (left bond, 2, right bond), one for each qubit in order; at first |0...0>.

    Those left of the centre are isometries from the left, those right of it from the right. `left_out` is the sum of
    the lengths that cuts have left out: an upper bound for the distance to the exact state.
    """

    def __init__(self, width: int, name: str = "") -> None:
        self.name = name
        self.tensors: list[Array] = [np.array([1, 0], dtype=np.complex128).reshape(1, 2, 1) for _ in range(width)]
        self.centre = 0
        self.left_out = 0.0

    @property
    def error(self) -> float:
        """The largest change that the cuts can have made to the probability of any event.

        With the distance d to the exact state it is d for the chain as it is, and d again to make it of length 1.
        """
        return 2 * self.left_out

    @property
    def widest(self) -> int:
        """The size of the largest bond."""
        return max((tensor.shape[2] for tensor in self.tensors), default=1)

    def apply(self, gate: SiteGate) -> None:
        """Applies a gate. Raises QC0664 if the state cannot be held to the precision promised."""
        sites, matrix = gate.qubits, gate.matrix
        if matrix is not None and len(sites) == 1:
            self._turn(sites[0], matrix)
        elif matrix is not None and len(sites) == 2 and abs(sites[0] - sites[1]) == 1:
            self._pair(min(sites), matrix if sites[0] < sites[1] else _exchanged(matrix))
        else:
            self._sum(gate.products())

    def _turn(self, site: int, matrix: Array) -> None:
        self.tensors[site] = np.einsum("ab,lbr->lar", matrix, self.tensors[site])

    def _pair(self, site: int, matrix: Array) -> None:
        """A gate on a site and the next one."""
        self.move(site if self.centre <= site else site + 1)
        first, second = self.tensors[site], self.tensors[site + 1]
        joint = np.tensordot(first, second, (2, 0)).reshape(len(first), 4, -1)
        joint = np.matmul(matrix, joint).reshape(2 * len(first), -1)
        left, lengths, right = self._cut(joint)
        self.tensors[site] = left.reshape(len(first), 2, -1)
        self.tensors[site + 1] = (lengths[:, None] * right).reshape(len(lengths), 2, -1)
        self.centre = site + 1

    def _sum(self, products: Sequence[Mapping[int, Array]]) -> None:
        """Applies a sum of products of one-qubit operators: a state for each, side by side in the bonds between."""
        sites = {site for product in products for site in product}
        first, last = min(sites), max(sites)
        self.move(first)
        for site in range(first, last + 1):
            old = self.tensors[site]
            parts = [np.einsum("ab,lbr->lar", one[site], old) if site in one else old for one in products]
            if first == last:
                self.tensors[site] = sum(parts[1:], parts[0])
            elif site == first:
                self.tensors[site] = np.concatenate(parts, axis=2)
            elif site == last:
                self.tensors[site] = np.concatenate(parts, axis=0)
            else:
                left, _, right = old.shape
                wide = np.zeros((len(parts) * left, 2, len(parts) * right), dtype=np.complex128)
                for place, part in enumerate(parts):
                    wide[place * left : (place + 1) * left, :, place * right : (place + 1) * right] = part
                self.tensors[site] = wide
        self.move(last)
        for site in range(last, first, -1):
            self._narrow(site)

    def _narrow(self, site: int) -> None:
        """Moves the centre from a site to the left, and cuts the bond."""
        tensor = self.tensors[site]
        left, lengths, right = self._cut(tensor.reshape(len(tensor), -1))
        self.tensors[site] = right.reshape(-1, 2, tensor.shape[2])
        self.tensors[site - 1] = np.tensordot(self.tensors[site - 1], left * lengths, (2, 0))
        self.centre = site - 1

    def move(self, site: int) -> None:
        """Moves the centre to a site."""
        while self.centre < site:
            tensor = self.tensors[self.centre]
            isometry, rest = np.linalg.qr(tensor.reshape(-1, tensor.shape[2]))
            self.tensors[self.centre] = isometry.reshape(len(tensor), 2, -1)
            self.centre += 1
            self.tensors[self.centre] = np.tensordot(rest, self.tensors[self.centre], (1, 0))
        while self.centre > site:
            tensor = self.tensors[self.centre]
            isometry, rest = np.linalg.qr(tensor.reshape(len(tensor), -1).T)
            self.tensors[self.centre] = isometry.T.reshape(-1, 2, tensor.shape[2])
            self.centre -= 1
            self.tensors[self.centre] = np.tensordot(self.tensors[self.centre], rest, (2, 1))

    def _cut(self, matrix: Array) -> tuple[Array, Numbers, Array]:
        """The singular value decomposition without values that are negligible, or beyond the widest bond."""
        left, lengths, right = _decomposed(matrix)
        tails = np.sqrt(np.cumsum(np.square(lengths[::-1])))[::-1]  # lengths of the part from each place on
        kept = max(1, int((tails > CUT).sum()))
        kept = min(kept, WIDEST_BOND)
        if kept < len(lengths):
            self.left_out += float(tails[kept])
        if self.error > MOST_LEFT_OUT:
            raise fail("QC0664", None, circuit=self.name, limit=WIDEST_BOND)
        return left[:, :kept], lengths[:kept], right[:kept]

    # --- answers -------------------------------------------------------------------------------------------------

    def drawn(self, shots: int, chance: np.random.Generator, inverts: bool) -> Counter[str]:
        """Outcomes of shots. With `inverts`, a shot has the outcome that its one number has in a distribution.

        A number has too few digits for that if there are many qubits; then each qubit of a shot has one of its own.
        """
        self.move(0)
        found: Counter[str] = Counter()
        numbers = np.sort(chance.random(shots)) if inverts else None
        most = max(1, AT_ONCE // self.widest)
        for start in range(0, shots, most):
            count = min(most, shots - start)
            part = None if numbers is None else numbers[start : start + count]
            found.update(words(self._shots(count, part, chance)))
        return found

    def _shots(self, shots: int, numbers: Numbers | None, chance: np.random.Generator) -> NDArray[np.uint8]:
        """The characters of the outcomes of shots. Shots with the same outcomes so far share a row of `states`."""
        digits = np.empty((shots, len(self.tensors)), dtype=np.uint8)
        group = np.zeros(shots, dtype=np.intp)
        states = np.ones((1, 1), dtype=np.complex128)
        low, span = np.zeros(1), np.ones(1)
        for site, tensor in enumerate(self.tensors):
            parts, zero = _parts(states, tensor)
            if numbers is None:
                ones = chance.random(shots) >= zero[group]
            else:
                ones = numbers >= (low + span * zero)[group]
                ones = np.where((zero == 0)[group], True, np.where((zero == 1)[group], False, ones))
            digits[:, site] = 48 + ones
            chosen, group = np.unique(2 * group + ones, return_inverse=True)
            shares = np.where(chosen % 2, 1 - zero[chosen // 2], zero[chosen // 2])
            low = low[chosen // 2] + np.where(chosen % 2, span[chosen // 2] * zero[chosen // 2], 0)
            span = span[chosen // 2] * shares
            states = parts[chosen // 2, chosen % 2]
        return digits

    def distribution(self) -> dict[str, float]:
        """The probability of each outcome; those that are rounding errors are left out. Raises QC0659 for too many."""
        self.move(0)
        digits = np.empty((1, 0), dtype=np.uint8)
        states, shares = np.ones((1, 1), dtype=np.complex128), np.ones(1)
        for tensor in self.tensors:
            parts, zero = _parts(states, tensor)
            both = np.stack([shares * zero, shares * (1 - zero)], axis=1)
            rows, bits = np.nonzero(both > NEGLIGIBLE)
            if len(rows) > MOST_OUTCOMES or len(rows) * tensor.shape[2] > AT_ONCE << 4:
                limit = f"{min(MOST_OUTCOMES, (AT_ONCE << 4) // tensor.shape[2]):,}"
                raise fail("QC0659", None, circuit=self.name, limit=limit, what="outcomes")
            digits = np.concatenate([digits[rows], (48 + bits[:, None]).astype(np.uint8)], axis=1)
            states, shares = parts[rows, bits], both[rows, bits]
        return dict(zip(words(digits), shares.tolist(), strict=True))

    def mean(self, operator: Operator) -> float:
        """The mean of an operator."""
        self.move(0)
        found = 0.0
        for product, factor in sorted(operator.terms, key=lambda term: min([q for _, q in term[0]], default=0)):
            if not product:
                found += float(factor)
                continue
            letters = {qubit: letter for letter, qubit in product}
            first, last = min(letters), max(letters)
            self.move(first)
            size = len(self.tensors[first])
            middle, length = np.eye(size, dtype=np.complex128), 1.0
            for site in range(first, last + 1):
                tensor = self.tensors[site]
                turned = np.einsum("ab,lbr->lar", PAULIS[letters[site]], tensor) if site in letters else tensor
                middle = np.einsum("lar,las->rs", tensor.conj(), np.tensordot(middle, turned, (1, 0)))
                if site == first:
                    length = np.square(np.abs(tensor)).sum()
            found += float(factor) * float(np.trace(middle).real / length)
        return found


def _parts(states: Array, tensor: Array) -> tuple[Array, Numbers]:
    """Partial states, each of length 1, with the next qubit 0 and 1, each of length 1, and the probability of 0."""
    joint = np.tensordot(states, tensor, (1, 0))
    weights = np.square(joint.real).sum(axis=2) + np.square(joint.imag).sum(axis=2)
    zero = weights[:, 0] / weights.sum(axis=1)
    zero = np.where(zero <= NEGLIGIBLE, 0.0, np.where(zero >= 1 - NEGLIGIBLE, 1.0, zero))
    return joint / np.sqrt(np.where(weights > 0, weights, 1))[:, :, None], zero


def _exchanged(matrix: Array) -> Array:
    return matrix.reshape(2, 2, 2, 2).transpose(1, 0, 3, 2).reshape(4, 4)


def _decomposed(matrix: Array) -> tuple[Array, Numbers, Array]:
    try:
        left, lengths, right = np.linalg.svd(matrix, full_matrices=False)
    except np.linalg.LinAlgError:  # LAPACK's fast routine may fail where that for the transpose does not
        right, lengths, left = np.linalg.svd(matrix.T.copy(), full_matrices=False)
        left, right = left.T, right.T
    return left, lengths, right


def evolved(circuit: FlatCircuit, tell: Tell | None = None) -> Chain:
    """The chain of a circuit's final state, up to a global phase. Raises QC0664, QC0665."""
    chain = Chain(circuit.width, circuit.name)
    with _one_thread():
        for done, gate in enumerate(site_gates(circuit), 1):
            chain.apply(gate)
            if tell is not None:
                tell(f"{done:,} gates, bonds up to {chain.widest}")
    return chain


def _one_thread() -> AbstractContextManager[object]:
    """Keeps BLAS to one thread if threadpoolctl is installed: matrices of bonds are too small to be worth more."""
    try:
        from threadpoolctl import threadpool_limits  # late: optional
    except ImportError:
        return nullcontext()
    limits: AbstractContextManager[object] = threadpool_limits(1, "blas")
    return limits
