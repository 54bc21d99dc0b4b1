"""Programs of any number of gates, in several shapes. The same shape and number always give the same text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

WIDTH = 12
"""Qubits of each program: few enough to be simulated."""

SWEEP = "x=[0.1, 0.2, 0.3, 0.4, 0.5]"

_EACH = 20
"""Gates of each circuit in a file of many."""


def _gates(count: int, wires: str = "q[{}]") -> Iterator[str]:
    """Gates on random qubits: a third on two qubits, angles of eight decimals."""
    pick = random.Random(count)
    for _ in range(count):
        a, b = (wires.format(qubit) for qubit in pick.sample(range(WIDTH), 2))
        kind = pick.random()
        yield f"rz({pick.uniform(-3, 3):.8f}) {a}" if kind < 0.45 else f"h {a}" if kind < 0.67 else f"cx {a}, {b}"


def _lines(count: int) -> str:
    return f"qubit q[{WIDTH}]\n" + "\n".join(_gates(count)) + "\n"


def _short(count: int) -> Iterator[str]:
    """Gates in as few letters as they take: a million of them are less than the 10 MB that a source may have."""
    pick = random.Random(count)
    for _ in range(count):
        a, b = pick.sample(range(10), 2)
        kind = pick.random()
        angle = f"{pick.uniform(0.1, 1):.2f}".lstrip("0")
        other = f"rz({angle}) q[{a}]" if kind < 0.3 else f"{pick.choice('hstx')} q[{a}]"
        yield f"cx q[{a}],q[{b}]" if kind < 0.2 else other


def _short_lines(count: int) -> str:
    return "qubit q[10]\n" + "\n".join(_short(count)) + "\n"


def _short_openqasm(count: int) -> str:
    lines = ";\n".join(_short(count))
    return f'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[10];\ncreg c[10];\n{lines};\nmeasure q -> c;\n'


def _statements(count: int) -> str:
    """Conditions, constants and comments, which are read one by one."""
    blocks = "".join(
        f"const a{k} = {k} * pi / 7\nrx(a{k}) q[{k % WIDTH}]  # {k}\nif a{k} > 2 {{ cx q[0], q[{1 + k % 5}] }}\n"
        for k in range(count // 2)
    )
    return f"qubit q[{WIDTH}]\n{blocks}"


def _loops(count: int) -> str:
    rounds = count // (3 * WIDTH)
    return (
        f"qubit q[{WIDTH}]\nfor k in range({rounds}) {{\n  h q\n"
        f"  for i in range({WIDTH}) {{ rz(pi*k/{rounds}) q[i] }}\n"
        f"  for i in range({WIDTH}) {{ cx q[i], q[(i + 1) % {WIDTH}] }}\n}}\n"
    )


def _definitions(count: int) -> str:
    """Gates that call the one before twice; the binary digits of the count say which are applied."""
    bits = [bit for bit in range(count.bit_length()) if count // 2 >> bit & 1]
    defined = "".join(
        f"gate g{k}(t) a, b {{ g{k - 1}(t + 0.1) a, b; g{k - 1}(t) b, a }}\n" for k in range(1, max(bits) + 1)
    )
    applied = "".join(f"g{bit}(0.{1 + bit}) q[0], q[1]\n" for bit in bits)
    return f"gate g0(t) a, b {{ rx(t) a; cx a, b }}\n{defined}qubit q[2]\n{applied}"


def _registers(count: int) -> str:
    """Angles of a parameter that SWEEP gives five values, and a register that is read."""
    gates = "\n".join(line.replace("rz(", "rz(x + ") for line in _gates(count // 5))
    return f"param x = 0.3\nqubit q[{WIDTH}]\n{gates}\nregister out = measure q[0:4]\n"


def _middle(count: int) -> str:
    """A measurement and a reset after every fifty gates."""
    lines = list(_gates(count))
    for position, number in enumerate(range(50, count, 51)):
        lines[number] = f"register m{position} = measure q[0]\nreset q[0]"
    return f"qubit q[{WIDTH}]\n" + "\n".join(lines) + "\n"


def _circuits(count: int) -> str:
    lines = list(_gates(count))
    texts = ("\n  ".join(lines[start : start + _EACH]) for start in range(0, count, _EACH))
    return "\n".join(f"circuit c{k} {{\n  qubit q[{WIDTH}]\n  {text}\n}}" for k, text in enumerate(texts)) + "\n"


def _openqasm2(count: int) -> str:
    lines = ";\n".join(_gates(count))
    return f'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[{WIDTH}];\ncreg c[{WIDTH}];\n{lines};\nmeasure q -> c;\n'


def _openqasm3(count: int) -> str:
    lines = ";\n".join(_gates(count))
    return f'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[{WIDTH}] q;\nbit[{WIDTH}] c;\n{lines};\nc = measure q;\n'


SHAPES: dict[str, Callable[[int], str]] = {
    "lines": _lines,
    "short": _short_lines,
    "statements": _statements,
    "loops": _loops,
    "definitions": _definitions,
    "sweep": _registers,
    "middle": _middle,
    "circuits": _circuits,
    "qasm2": _openqasm2,
    "qasm3": _openqasm3,
    "qasm2 short": _short_openqasm,
}
"""Shape -> text of about so many gates, for all circuits and points of a sweep together."""

SHORT = ("short", "qasm2 short")
"""Shapes of which a million gates fit in a source."""


def near(text: str) -> str:
    """Another text of equal meaning: its first h written as two gates, or its first rx as two halves."""
    changed = re.sub(r"\bh (q(?:\[\d+\])?)", r"z \1; ry(pi/2) \1", text, count=1)
    return (
        re.sub(r"\brx\((\w+)\) ([\w\[\]]+)", r"rx(\1/2) \2; rx(\1/2) \2", text, count=1) if changed == text else changed
    )
