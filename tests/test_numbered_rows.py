"""Rows by number, as the compiled kernel takes them: others are refused. row_problems.py has random ones."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

import pytest

from ionqdsl.algebra.compiled import HAS_KERNEL

pytestmark = pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")


def test_what_is_no_row_is_no_rotation() -> None:
    """Places, kinds and qubits that are not there or twice, masks of other places, bounds that fall, large angles."""
    from ionqdsl import _kernel

    sound = ([0, 1], [0, -1], [0, 1, 3], [1, 0, 1], [0, 1], [0, 1], [0.3])
    assert _kernel.row_program(2, *_packed_rows(sound)) == (
        array("Q", [0, 2]).tobytes(), array("d", [0.3]).tobytes(), array("i", [1, 0]).tobytes(), 0
    )  # fmt: skip
    for part, others in enumerate((
        ([2], [-1]), ([1, -1], [-2, -1], [-1, 0], [0]), ([1, 1, 3], [0, 2, 1], [0, 1, 2], [0, 3]),
        ([2, 0, 1], [-1, 0, 1], [1, 0, 0], [1, 0]), ([0, 2], [1, 1], [], [0]), ([2, 0], [0, 2], [0]),
        ([1e9], [math.nan], [-math.inf], []),
    )):  # fmt: skip
        for other in others:
            rows = (*sound[:part], other, *sound[part + 1 :])
            with pytest.raises(ValueError, match="rows of other kinds"):
                _kernel.row_program(2, *_packed_rows(rows))
    for width in (0, 1, 65, -1):
        with pytest.raises(ValueError, match="rows of other kinds"):
            _kernel.row_program(width, *_packed_rows(sound))
    for rows, first, error in (((), 0, TypeError), ([], -1, ValueError), ([], 1 << 28, ValueError)):
        with pytest.raises(error):
            _kernel.number_rows(rows, first)
    assert _kernel.number_rows([], 3) == ([], b"")


def _packed_rows(rows: Sequence[Any]) -> list[array[Any]]:
    """Places, kinds, starts, qubits, parts, masks and angles as the kernel takes them."""
    return [array(code, part) for code, part in zip("iiiiiQd", rows, strict=True)]
