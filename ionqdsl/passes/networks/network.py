"""Networks of flips, Hadamards and eighth turns, the form in which Toffolis are found and paired.

Defines the gates of a network, and writes them as rows, exactly, global phase included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import QUARTER_TURN, Angle
from ionqdsl.ir.circuit import Op, shared
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.break_wide_gates import flip, inverse_rows, relative_flip
from ionqdsl.passes.networks.turn_toffolis import Toffoli

EIGHTHS = 8
"""In a turn."""

H, FLIP, PHASE, CCZ, CCRZ, RELATIVE, UNDO, SWAP, OTHER = (
    "h", "flip", "phase", "ccz", "ccrz", "relative", "undo", "swap", "other"
)  # fmt: skip
"""Kinds of gates.

A flip is x on its last wire under all others, a phase so many eighths of a turn where the parity of its wires is odd.
`ccz` is the sign where three wires are |1>, `ccrz` half a turn about Z of the last wire under two others, `relative` a
flip under two others times the sign where the first is |1>, the second |0> and the last |1>, or a flip under more
others times the phases that break_wide_gates.py leaves, and `undo` the inverse of such a one. Any other row is `other`.
"""


class NetworkGate(NamedTuple):
    """A gate: its kind, its wires and its place in the source, and the row itself if its kind is `other`."""

    kind: str
    wires: tuple[int, ...]
    eighths: int = 0
    origin: Span | None = None
    op: Op | None = None

    def is_diagonal_on(self, wire: int) -> bool:
        """Whether it commutes with Z on one of its wires."""
        if self.kind == FLIP:
            return wire != self.wires[-1]
        if self.op is None:
            return self.kind in (PHASE, CCZ, CCRZ)
        row = GATES[self.op.gate]
        return set(row.axis) == {"Z"} or wire in self.wires[: self.op.controls + row.controls]


def is_sign_of_two(gate: NetworkGate) -> bool:
    """Whether it is the sign where two wires are |1>, which only a network that is being read has."""
    return gate.kind == CCZ and len(gate.wires) == 2


class Network(NamedTuple):
    """Gates in order, and the global phase in turns that they lack."""

    gates: list[NetworkGate]
    phase: Fraction


def written(
    network: Network, are_whole: bool = False, width: int = 0
) -> tuple[Iterable[tuple[Op, Span | None]], Fraction]:
    """Rows with at most one control, and the global phase in turns that they lack; Toffolis whole if `are_whole`.

    Flips under more controls may borrow any wire of a circuit of this width.
    """
    lacking = sum([gate.eighths for gate in network.gates if len(gate.wires) == 2])
    wires = frozenset(range(width))
    known: dict[tuple[object, ...], list[Op]] = {}
    rows = []
    for gate in network.gates:
        key = gate[:3] if gate.op is None else (id(gate.op),)
        if key not in known:
            known[key] = [*_rows(gate, are_whole, wires)]
        rows += [(row, gate.origin) for row in known[key]]
    return rows, network.phase + Fraction(lacking, 2 * EIGHTHS)


def _rows(gate: NetworkGate, are_whole: bool, all_wires: frozenset[int]) -> Iterator[Op]:
    """The rows of a gate. exp(-i pi t ZZ) lacks half the phase t of the parity."""
    *others, target = wires = gate.wires
    match gate.kind:
        case "flip" if len(wires) == 3:
            yield from (shared("x", wires, (), 2),) if are_whole else Toffoli(wires[0], wires[1], target).rows
        case "flip" if len(wires) > 3:
            yield from (shared("x", wires, (), len(others)),) if are_whole else _wide(gate, all_wires)
        case "flip":
            yield shared("cnot" if others else "x", wires)
        case "phase":
            yield shared("zz" if others else "p", wires, (Angle(Fraction(gate.eighths, EIGHTHS)),))
        case "ccz":
            h = shared("h", (target,))
            yield from (h, *_rows(gate._replace(kind=FLIP), are_whole, all_wires), h)
        case "ccrz":
            for sign in (1, -1):
                yield shared("rz", wires[1:], (QUARTER_TURN * sign,), 1)
                yield shared("cnot", (wires[0], target))
        case "relative" | "undo" if len(wires) > 3:
            rows = relative_flip(tuple(others), target, ())
            yield from rows if gate.kind == RELATIVE else inverse_rows(rows)
        case "relative":
            h = shared("h", wires[1:], (), 1)
            yield from (h, shared("z", (wires[0], target), (), 1), h)
        case "other" if gate.op is not None:
            yield gate.op
        case kind:
            yield shared(kind, wires)


def _wide(gate: NetworkGate, all_wires: frozenset[int]) -> list[Op]:
    """The rows of a flip under three controls or more, which may borrow the other wires."""
    *controls, target = gate.wires
    return flip(tuple(controls), target, tuple(sorted(all_wires.difference(gate.wires))))
