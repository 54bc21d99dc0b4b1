"""Proves circuits of any width equal by the Pauli strings that they rotate about, or reports that it cannot.

Takes two circuits without parameters, a contract and an input permutation and returns a `Proof`. A synthesis has the
same rotations in other places, after other Clifford gates, where rows do not match one by one. Where blocks of a few
wires were written anew by their matrices, the strings differ. It proves no difference.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.verify.findings import Proof
from ionqdsl.verify.pauli_strings import TIE, Folding, String, commute, folding_of
from ionqdsl.verify.product_rotations import NotComparable

MOST_WORK = 1 << 25
"""Pairs of strings to look at before giving up."""

MOST_LATER = 256
"""Rotations at the end that count, before which no others are looked for that do not."""


def proof(a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int], tolerance: float) -> Proof:
    """Whether `b` does the same as `a`; qubit q of b starts as qubit names[q] of a."""
    try:
        foldings = folding_of(a, range(a.width)), folding_of(b, names)
    except NotComparable:
        return Proof(None, "a row is no product of rotations")
    if not fixes_phases(preserve):
        for folding in foldings:
            _drop_unseen(folding)
    one, other = foldings
    if fixes_phases(preserve) and one.images != other.images:
        return Proof(None, "the Clifford gates at the end differ")
    if [z for _, z in one.images] != [z for _, z in other.images]:
        return Proof(None, "the Clifford gates before the measurements differ")
    apart = _distance(one, other)
    if apart is None:
        return Proof(None, "the strings of the rotations differ")
    deviation = apart + one.neglected + other.neglected
    if deviation >= tolerance:
        return Proof(None, "the differences taken for rounding add up to more than counts as rounding")
    return Proof(True, "", deviation)


def _drop_unseen(folding: Folding) -> None:
    """Drops rotations that are diagonal when the qubits are measured, if all later ones kept commute with them."""
    measured = [z[:2] for _, z in folding.images]
    kept: list[tuple[String, float]] = []
    rotations = folding.rotations
    while rotations and len(kept) < MOST_LATER:
        last = rotations.pop()
        string, _ = last
        if not all(commute(string, other) for other in measured) or not all(commute(string, each) for each, _ in kept):
            kept.append(last)
    rotations += reversed(kept)


def _distance(a: Folding, b: Folding) -> float | None:
    """How far the rotations of two foldings are apart if they are the same in another order; None if they are not.

    A rotation of `a` may be any of `b` about its string that commutes with all before it that are not matched yet.
    """
    waiting: list[tuple[String, float]] = []
    later = iter(b.rotations)
    work, total = 0, 0.0
    for string, angle in a.rotations:
        place = 0
        while True:
            if place == len(waiting):
                more = next(later, None)
                if more is None:
                    return None
                waiting.append(more)
            other, size = waiting[place]
            if other == string:
                break
            if not commute(string, other):
                return None
            place += 1
        del waiting[place]
        if abs(angle - size) > TIE:
            return None
        total += abs(angle - size) / 2
        work += place
        if work > MOST_WORK:
            return None
    return None if waiting or next(later, None) is not None else total
