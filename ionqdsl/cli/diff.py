"""Shows in what gates two programs differ, in whatever format each is.

Circuits are compared as they are, gate by gate and angle by angle, not as text: names of gates that mean the same,
comments and loops do not count. Exits with 1 if there is a difference.
"""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator

from ionqdsl import notation
from ionqdsl.circuit import Circuit, canonical
from ionqdsl.cli.equiv import add_pair, pairs
from ionqdsl.cli.terminal import Terminal
from ionqdsl.emit import qc
from ionqdsl.emit.layout import qubit_names


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `diff`."""
    add_pair(parser)
    parser.add_argument("--context", type=int, default=3, metavar="N", help="gates around a difference (3)")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compares circuit by circuit."""
    changes = [
        list(differences(one, other, arguments.first, arguments.second, arguments.context))
        for one, other in pairs(arguments, terminal)
    ]
    if not any(changes):
        terminal.say("no difference")
    for lines in changes:
        if lines:
            terminal.data("\n".join(lines))
    terminal.answer(differences=[lines for lines in changes if lines])
    return 1 if any(changes) else 0


def differences(one: Circuit, other: Circuit, first: str, second: str, context: int = 3) -> Iterator[str]:
    """A unified difference of two circuits, a gate a line; nothing where they are the same."""
    yield from difflib.unified_diff(
        _lines(one), _lines(other), f"{first} {one.name}", f"{second} {other.name}", n=context, lineterm=""
    )


def _lines(circuit: Circuit) -> list[str]:
    """Qubits, gates in their plainest spelling, registers and the global phase."""
    names = qubit_names(circuit)
    lines = [f"qubits {circuit.width}", *(qc.row(canonical(op), names) for op in circuit.rows)]
    for name, slots in circuit.registers:
        read = ", ".join("_" if qubit is None else names[qubit] for qubit in slots)
        lines.append(f"register {name} = {read}")
    phase = circuit.phase.reduced()
    return [*lines, f"gphase({notation.angle(phase)})"] if phase else lines
