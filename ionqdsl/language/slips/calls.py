"""Writes a gate applied in the syntax of another language as a statement of this one.

Functions and methods of other languages take angles and qubits in one list, and name gates as their authors did.
"""

from __future__ import annotations

import re

from ionqdsl.ir.circuit import RESET
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language.slips.patterns import split
from ionqdsl.language.slips.words import SPELLINGS

STANDARD_ANGLES = {
    **dict.fromkeys(("phase", "u1", "cp", "cphase", "cu1", "crx", "cry", "crz", "rxx", "ryy", "rzz"), 1),
    **dict.fromkeys(("id", "sx", "sxdg", "sdg", "tdg", "cx", "CX", "cy", "cz", "ch", "csx", "iswap", "ecr"), 0),
    **dict.fromkeys(("ccx", "ccz", "cswap"), 0),
    "u2": 2,
    **dict.fromkeys(("u3", "u", "U", "cu3"), 3),
    "cu": 4,
}
"""Standard gate -> its number of angles."""
ANGLES = {name: len(GATES[key].parameters) for name, key in NAMES["qis"].items()} | STANDARD_ANGLES
"""Gate of a `qis` circuit -> its number of arguments."""

ONE_QUBIT = frozenset(
    [name for name, key in NAMES["qis"].items() if GATES[key].operands == 1]
    + ["id", "sx", "sxdg", "sdg", "tdg", "phase", "u1", "u2", "u3", "u", "U"]
)
"""Gates on one qubit."""

ALIASES = {
    "toffoli": "ccx",
    "ccnot": "ccx",
    "fredkin": "cswap",
    "hadamard": "h",
    "paulix": "x",
    "pauliy": "y",
    "pauliz": "z",
    "i": "id",
    "identity": "id",
    "sqrtx": "v",
    "sqrt_x": "v",
    "sqrtnot": "v",
    "sqrt_not": "v",
    "controllednot": "cnot",
    "controlledz": "cz",
    "controlledphaseshift": "cp",
    "r1": "p",
    "phaseshift": "p",
    "cphaseshift": "cp",
    "cphase": "cp",
    "isingxx": "xx",
    "isingyy": "yy",
    "isingzz": "zz",
    "tdagger": "ti",
    "t_dagger": "ti",
    "sdagger": "si",
    "s_dagger": "si",
    "sdag": "si",
    "tdag": "ti",
    "rot": "u3",
    "cccx": "ctrl(3) @ x",
    "mcx": "ctrl(2) @ x",
    "c3x": "ctrl(3) @ x",
    "mct": "ctrl(2) @ x",
    "mcz": "ctrl(2) @ z",
    "multicontrolledx": "ctrl(2) @ x",
}
"""Gates of other languages, in small letters -> how they are written here."""


def spelling(name: str) -> str | None:
    """The way a gate of another language is written here, None if there is none; `reset` is written like one."""
    if name in ANGLES or name == RESET:
        return name
    small = name.lower()
    small = small.removesuffix("gate") or small
    return small if small in ANGLES else ALIASES.get(small)


def angles(gate: str) -> int:
    """The number of arguments of a gate, by its name here with modifiers."""
    return ANGLES.get(gate.rpartition(" ")[2], 0)


def arguments(text: str) -> list[str]:
    """The parts of a list, which commas separate outside brackets."""
    parts, depth, begin = [], 0, 0
    for word in split(text):
        if word.text in ("(", "[", "{"):
            depth += 1
        elif word.text in (")", "]", "}"):
            depth -= 1
        elif word.text == "," and not depth:
            parts.append(text[begin : word.start].strip())
            begin = word.end
    return [part for part in [*parts, text[begin:].strip()] if part]


_OPERAND_NAME = re.compile(r"^(?:wires?|qubits?|qargs|targets?|target_qubit|controls?|control_qubits?)\s*+=\s*+")
_QUBIT = re.compile(r"[A-Za-z_]\w*+(?:\[[^\]]*+\])?", re.ASCII)


def operands(parts: list[str], register: str) -> list[str]:
    """Qubits as they are written here: numbers index the register, lists are strung together."""
    found = []
    for part in parts:
        if (part[0] == "[" and part[-1] == "]") or (part[0] == "(" and part[-1] == ")"):
            found += operands(arguments(part[1:-1]), register)
        elif part.isdecimal():
            found.append(f"{register}[{part}]")
        elif part[0] == "$" and part[1:].isdecimal():
            found.append(f"{register}[{part[1:]}]")
        else:
            found.append(part)
    return found


def call(name: str, inside: str, register: str, count: int | None = None, each: bool = False) -> str | None:
    """A call such as `rx(0.3, q[0])` or `CNOT(0, 1)` as a statement; None if it is no gate's.

    `count` is the number of angles of a gate that the program defines. With `each`, a gate on one qubit that is given
    several becomes a statement for each.
    """
    gate = spelling(name) if count is None else name
    if gate is None:
        return None
    given = [value for part in arguments(inside) if (value := _OPERAND_NAME.sub("", part))]
    count = angles(gate) if count is None else count
    if (
        count
        and len(given) > count
        and _QUBIT.fullmatch(given[0])
        and not _QUBIT.fullmatch(given[-1])
        and "[" in given[0]
    ):
        given = [*given[-count:], *given[:-count]]  # the qubit came first
    values, qubits = given[:count], operands(given[count:], register)
    if not qubits or not all(_QUBIT.fullmatch(qubit) for qubit in qubits):
        return None
    values = [_FUNCTION.sub(_here, re.sub(r"^[a-z]++ ?= ?", "", value)) for value in values]
    if each and gate in ONE_QUBIT:
        return "; ".join(statement(gate, values, [qubit]) for qubit in qubits)
    return statement(gate, values, qubits)


def statement(gate: str, values: list[str], qubits: list[str]) -> str:
    """A gate statement; the number of controls of a gate with many is that of its operands."""
    if gate.startswith("ctrl(2)"):
        gate = f"ctrl({max(1, len(qubits) - 1)})" + gate[7:]
    values = [value for value in values if value]
    shown = f"{gate}({', '.join(values)})" if values else gate
    return f"{shown} {', '.join(qubits)}".rstrip()


_START = re.compile(
    r"(?:^|(?<=[{;@] ))([A-Za-z]\w*+)(?: ?\(([^(){};]*+(?:\([^(){};]*+\)[^(){};]*+)?)\)(?= ?(?:$|[;}]))|(?=[ (]))",
    re.ASCII,
)


def respelled(line: str, register: str) -> str:
    """A line whose gates have the names and the form of this language, as far as they are known."""

    def gate(match: re.Match[str]) -> str:
        name, inside = match[1], match[2]
        if inside is not None:
            return call(name, inside, register) or match[0]
        known = spelling(name) if name not in KEYWORDS else None
        return known if known and known != name and not known.startswith("ctrl(2)") else match[0]

    return _FUNCTION.sub(_here, _START.sub(gate, line))


_FUNCTION = re.compile(r"(?<![\w\"])(PI|Length|ArcSin|ArcCos|ArcTan|arcsin|arccos|arctan|arctan2)(?:\(\)|(?=[^\w\"]))")


def _here(match: re.Match[str]) -> str:
    return SPELLINGS[match[1]]


def pauli_product(word: str) -> str | None:
    """`ZZ`, `XIX` or `Z0` as a product of operators; None if the word is no such product."""
    if re.fullmatch(r"[IXYZ]{2,}", word):
        return "*".join(f"{letter}[{at}]" for at, letter in enumerate(word) if letter != "I") or None
    match = re.fullmatch(r"([XYZ])_?(\d+)", word)
    return f"{match[1]}[{match[2]}]" if match else None
