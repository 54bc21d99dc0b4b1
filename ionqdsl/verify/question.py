"""Reduces the equality of two circuits under a contract to that of two unitaries, written in OpenQASM 3.

Takes two circuits without parameters, on wires that are all in use, a contract and an input permutation, and returns
pairs of programs whose equality up to a global phase implies that the circuits are equal under the contract. This
module writes them for checkers of unitaries and shares no code with `emit`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases, holds_for_all_inputs
from ionqdsl.ir.gates import GATES, rotation_of
from ionqdsl.record import changed, record
from ionqdsl.verify.product_rotations import NotComparable, rotations


@record
class QasmGate:
    """A gate of OpenQASM 3, controls first, and the name of its inverse, whose angles (radians) are the negative."""

    name: str
    inverse: str
    angles: tuple[float, ...]
    controls: int
    wires: tuple[int, ...]


_PAIRS = {"s": ("s", "sdg"), "si": ("sdg", "s"), "t": ("t", "tdg"), "ti": ("tdg", "t")}
_PAIRS |= {"v": ("sx", "inv @ sx"), "vi": ("inv @ sx", "sx")}
_SPELLED = {"not": "x", "cnot": "x", "xx": "rxx", "yy": "ryy", "zz": "rzz", "zz_native": "rzz"}
_PAIRS |= {key: (name, name) for key, name in _SPELLED.items()}
_PAIRS |= {key: (key, key) for key in ("x", "y", "z", "h", "swap", "rx", "ry", "rz", "p")}
"""Key in the gate table -> the names of the gate and of its inverse, from stdgates.inc except rxx, ryy and rzz."""


@record
class EqualityQuestion:
    """Two programs and the roles of checker.py that are asked about them.

    If one equality is shown, the circuits are equal under the contract; a role that shows differences is asked only if
    they imply differences of the circuits.
    """

    one: str
    other: str
    roles: tuple[str, ...]


def is_askable(a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int]) -> bool:
    """Whether the contract, and each of the rows, can be expressed; writes nothing."""
    is_plain = tuple(names) == tuple(range(a.width))
    if not holds_for_all_inputs(preserve) or (fixes_inputs(preserve) and not is_plain):
        return False
    try:
        for op in {*a.rows, *b.rows}:
            deque(_gates(op), 0)
    except NotComparable:
        return False
    return True


def questions(a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int]) -> list[EqualityQuestion]:
    """The questions to ask; none if the contract, or something in the circuits, cannot be expressed.

    `unitary`: the circuits themselves. `permuted`: these, the first after swaps of its inputs. `measurement`: U
    followed by a copy of every qubit onto a fresh one (a `cnot` each) and by the inverse of U. That is the sum over
    all outcomes x of U+ |x><x| U times a flip of the fresh qubits by x, so two of these are equal exactly if U+
    |x><x| U is the same for every x: if the circuits differ by a diagonal at the end. Flips are independent and
    projectors positive, so a global phase can hide nothing. Inputs return to their wires, so renaming them is
    renaming wires. Circuits that are equal as they are, are equal under every contract, and that question is
    sometimes easier.
    """
    if not is_askable(a, b, preserve, names):
        return []
    is_plain = tuple(names) == tuple(range(a.width))
    one, other = ([gate for op in circuit.rows for gate in _gates(op)] for circuit in (a, b))
    plain = _text(a.width, one), _text(b.width, other)
    if fixes_phases(preserve):
        moved = _text(a.width, [*_renaming(names), *one]), plain[1]
        return [EqualityQuestion(*moved, ("zx", "alternating", "simulation"))]
    wire = sorted(range(a.width), key=names.__getitem__)  # qubit names[q] of a has the input of qubit q of b
    one = [changed(gate, wires=tuple([wire[qubit] for qubit in gate.wires])) for gate in one]
    echoes = _text(2 * a.width, _echo(one, wire)), _text(2 * b.width, _echo(other, range(b.width)))
    asked = [EqualityQuestion(*echoes, ("zx", "alternating", "simulation"))]
    return [*asked, EqualityQuestion(*plain, ("alternating",))] if is_plain else asked


def _renaming(names: Sequence[int]) -> Iterator[QasmGate]:
    """Swaps that take the input of each qubit q to qubit names[q]."""
    inputs = list(range(len(names)))  # the qubit whose input each wire holds
    for qubit, name in enumerate(names):
        wire = inputs.index(qubit)
        if wire != name:
            yield QasmGate("swap", "swap", (), 0, (wire, name))
            inputs[wire], inputs[name] = inputs[name], inputs[wire]


def _echo(gates: list[QasmGate], wire: Sequence[int]) -> list[QasmGate]:
    """The gates, a copy of every qubit, and the inverse gates."""
    width = len(wire)
    copies = [QasmGate("x", "x", (), 1, (wire[qubit], width + qubit)) for qubit in range(width)]
    return [*gates, *copies, *_inverse(gates)]


def _inverse(gates: Sequence[QasmGate]) -> list[QasmGate]:
    return [
        QasmGate(gate.inverse, gate.name, tuple([-angle for angle in gate.angles]), gate.controls, gate.wires)
        for gate in reversed(gates)
    ]


def _gates(op: Op) -> Iterator[QasmGate]:
    """A row, up to a global phase; gates without a name as rotations, about Z once their wires have been turned."""
    if op.gate in (BARRIER, "nop"):
        return
    if op.gate in _PAIRS:
        row = GATES[op.gate]
        angles = (math.tau * rotation_of(op.gate, op.angles).in_turns(),) if row.is_rotation else ()
        yield QasmGate(*_PAIRS[op.gate], angles, op.controls + row.controls, op.qubits)
        return
    for places, vectors, controls, angle in rotations(op, len(op.qubits)):
        wires = tuple([op.qubits[place] for place in places])
        if not wires:
            continue
        if controls == len(wires):
            yield QasmGate("p", "p", (-angle / 2,), controls - 1, wires)
            continue
        there = []
        for wire, (x, y, z) in zip(wires[controls:], vectors[controls:], strict=True):
            turns = ("rz", -math.atan2(y, x)), ("ry", -math.atan2(math.hypot(x, y), z))
            there += [QasmGate(name, name, (turn,), 0, (wire,)) for name, turn in turns if turn]
        first, on = wires[:controls], wires[controls:]
        there += [
            QasmGate("x", "x", (), 1, pair) for pair in pairwise(on[:-1])
        ]  # the parity of all but the last on one
        name = "rz" if len(on) == 1 else "rzz"
        yield from (*there, QasmGate(name, name, (angle,), controls, (*first, *on[-2:])), *_inverse(there))


def _text(width: int, gates: Iterable[QasmGate]) -> str:
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";', f"qubit[{width}] q;"]
    for gate in gates:
        modifier = f"ctrl({gate.controls}) @ " if gate.controls else ""
        angles = f"({', '.join(map(repr, gate.angles))})" if gate.angles else ""
        lines.append(f"{modifier}{gate.name}{angles} {', '.join(f'q[{wire}]' for wire in gate.wires)};")
    return "\n".join(lines) + "\n"
