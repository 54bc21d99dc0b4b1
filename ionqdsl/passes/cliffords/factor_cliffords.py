"""Writes a Clifford as a short product of two-qubit Cliffords, by a beam search from both ends.

Takes the images of a Clifford and returns the factors that lead from it to one-qubit Cliffords and, if wires may be
exchanged, a permutation of the wires. A state of the search is a tableau, seen as blocks of two rows and two columns;
its cost is a sum over rows and columns of blocks, in which one that is nearly done counts most: otherwise a dense
tableau has no direction. Webster, Koutsioumpas and Browne (arXiv:2503.14660) compare such searches.

The steps are those of the compiled kernel, kernel/clifford.c, and of factor_in_step.py where it was not built.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from struct import pack

from ionqdsl.algebra import compiled
from ionqdsl.algebra.paulis import Image
from ionqdsl.passes.cliffords.factors import Factor, Goal, terms_of


def factors_of(images: Sequence[Image], goal: Goal) -> list[Factor] | None:
    """The factors in the order in which they are taken off, on at most 32 wires, or None if none are found."""
    width = len(images) // 2
    if width < 2:
        return []
    masks = [mask for x, z, _ in images for mask in (x, z)]
    if goal.is_measured:  # the images of X count for nothing
        masks[::4] = masks[1::4] = [0] * width
    rows = pack(f"<{len(masks)}Q", *masks)
    if not compiled.is_used():
        from ionqdsl.passes.cliffords.factor_in_step import factors_in_step  # brings numpy

        return factors_in_step(rows, goal)
    found = _searched(width, rows, goal)
    if found is None:
        return None
    numbers = iter(memoryview(found).cast("i").tolist())
    return [Factor(*each) for each in zip(numbers, numbers, numbers, strict=True)][::-1]


@lru_cache(maxsize=1 << 6)
def _searched(width: int, rows: bytes, goal: Goal) -> bytes | None:
    """By the kernel, the last factor first; syntheses of one circuit often end with the same Clifford."""
    terms = terms_of(width, goal.power).tobytes()
    found: bytes | None = compiled.kernel.factors(
        width, rows, terms, goal.sides, goal.is_still, goal.places, goal.limit
    )
    return found
