"""Recognises programs of Amazon Braket, which need no include for their gates and say more by pragmas.

Takes the tree of a file and returns the gates that it knows without an include; those of IonQ's machines have angles in
radians there. Takes a pragma and returns its request, or refuses it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ionqdsl.diagnostics import fail
from ionqdsl.ir.gates import NAMES
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.subroutines import within

_SAME = "ccnot cnot cswap cy cz ecr h iswap rx ry rz s si swap t ti v vi x xx y yy z zz"
_OTHER = "cphaseshift00 cphaseshift01 cphaseshift10 cv gpi gpi2 ms prx pswap xy"

GATES: dict[str, str] = {
    **{name: name for name in _SAME.split()},
    **{name: f"_{name}" for name in _OTHER.split()},
    "ccnot": "ccx",
    "cphaseshift": "cp",
    "i": "id",
    "phaseshift": "p",
    "U": "u",
}
"""Braket's name, the project's."""

_PRAGMA = re.compile(r"#?pragma[ \t]+braket\b[ \t]*(\w*)")
_LINE = re.compile(r"^[ \t]*([A-Za-z_]\w*)", re.MULTILINE)
_REFUSED = {
    "unitary": ("a gate given by its matrix", "gates"),
    "noise": ("errors of a simulator", "a noise model of the job"),
}


class BraketGates(NamedTuple):
    """The gates that a program knows without an include: Braket's name, the project's.

    `guessed` is a native gate in it whose angles are in radians only because the names of other gates are Braket's.
    """

    gates: dict[str, str]
    guessed: str | None = None


def dialect(file: tree.QasmFile) -> BraketGates:
    """The dialect of a program, without any gate unless it is Braket's.

    A program is Braket's if it includes nothing, and has a pragma of Braket's or a gate of Braket's that it does not
    define. IonQ's native gates do not count as such: IonQ's own clients use them in this way, too, in turns.
    """
    nodes = list(within(file.statements))
    if any(isinstance(node, tree.IncludeStatement) for node in nodes):
        return BraketGates({})
    named = {node.gate.text for node in nodes if isinstance(node, tree.QuantumGate)}
    for node in nodes:
        if isinstance(node, tree.GateLines):
            named.update(_LINE.findall(node.text))
    named -= {
        node.name.text for node in nodes if isinstance(node, tree.QuantumGateDefinition | tree.SubroutineDefinition)
    }
    if any(isinstance(node, tree.Note) and _PRAGMA.match(node.text) for node in nodes):
        return BraketGates(GATES)
    natives = GATES.keys() & NAMES["native"]
    if not named & (GATES.keys() - natives - {"U"}):
        return BraketGates({})
    return BraketGates(GATES, min(named & natives, default=None))


def asks_for(note: tree.Note) -> str:
    """The word that names the request of a pragma of Braket's, "" for any other note. Raises CompileError."""
    match = _PRAGMA.match(note.text)
    word = match[1] if match else ""
    if word in _REFUSED:
        what, instead = _REFUSED[word]
        raise fail("QC1105", note.span, word=f"#pragma braket {word}", what=what, instead=instead)
    return word
