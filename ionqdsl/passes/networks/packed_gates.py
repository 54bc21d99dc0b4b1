"""Gates of a network as numbers, as the kernel reads and writes them (kernel/tidy.h)."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from fractions import Fraction

from ionqdsl.passes.networks.network import (
    CCRZ,
    CCZ,
    EIGHTHS,
    FLIP,
    OTHER,
    PHASE,
    RELATIVE,
    SWAP,
    UNDO,
    H,
    Network,
    NetworkGate,
)  # fmt: skip

_NUMBERS = {H: 0, FLIP: 1, PHASE: 2, CCZ: 3, OTHER: 4, SWAP: 5, RELATIVE: 6, UNDO: 6, CCRZ: 7}
"""Kinds of gates as the kernel numbers them."""

_REST = _NUMBERS[OTHER]
"""Gates of this kind tell wires apart, ~wire where they are diagonal."""

_MADE = {number: kind for kind, number in _NUMBERS.items()}
"""By number; the kernel makes no gates of kinds that share one."""

Left = tuple[bytes, bytes, int]
"""A network that the kernel has changed: the places of the gates that are left, ~place where one is made of a gate; the
gates that are made; and the global phase that all lack, in eighths of a turn.
"""


def packed(gates: Sequence[NetworkGate]) -> array[int]:
    """For each gate its kind, its eighths, the number of its wires, and these."""
    numbers: list[int] = []
    for gate in gates:
        kind, wires, eighths, *_ = gate
        number = _NUMBERS[kind]
        if number == _REST:
            wires = tuple([~wire if gate.is_diagonal_on(wire) else wire for wire in wires])
        numbers += (number, eighths, len(wires), *wires)
    return array("i", numbers)


def unpacked(gates: Sequence[NetworkGate], left: Left) -> Network:
    """The network of which the kernel has left so much."""
    places, made, eighths = left
    numbers = memoryview(made).cast("i").tolist()
    count = len(gates)
    result: list[NetworkGate] = []
    start = 0
    for place in memoryview(places).cast("i"):
        if place >= 0:
            result.append(gates[place])
            continue
        kind, own, wires = numbers[start : start + 3]
        start += 3 + wires
        origin = gates[~place].origin if ~place < count else None  # made of no gate
        result.append(NetworkGate(_MADE[kind], tuple(numbers[start - wires : start]), own, origin))
    return Network(result, Fraction(eighths, EIGHTHS))
