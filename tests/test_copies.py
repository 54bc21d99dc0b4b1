"""Copies of a circuit that is built in Python: they share nothing that a later gate changes."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

import ionqdsl as iq


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, iq.Circuit.copy, lambda one: one.replace(name="other")])
def test_rows_that_are_added_to_a_copy_are_not_in_the_original(copied: Callable[[iq.Circuit], iq.Circuit]) -> None:
    one = iq.Circuit(2).h(0).register("out", [0])
    native = iq.compile(one, target="forte")
    other = copied(one).x(1).register("more", [1])
    assert (len(one), len(one.origins), len(other), len(other.origins)) == (1, 1, 2, 2)
    assert dict(one.registers).keys() == {"out"}
    assert copied(native).compiled == native.compiled  # a copy may still be bound for its machine
