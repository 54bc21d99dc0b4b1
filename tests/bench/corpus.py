"""Circuits in OpenQASM 2, read for measuring only: the flat subset that published benchmark files are written in.

A text goes in, a circuit of table rows comes out. There are no measurements, and a statement of another form is
refused. A text with gates of its own, as Qiskit writes `ryy`, is read by the package itself.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ionqdsl import formats
from ionqdsl.diagnostics.source import Source
from ionqdsl.formats import only_circuit
from ionqdsl.ir.angle import ZERO, Angle, radians, turns
from ionqdsl.ir.circuit import FlatCircuit, Op, shared

FOLDER = Path(os.environ.get("IONQDSL_CIRCUITS", "../shared/circuits"))

_PLAIN = {"x": "x", "y": "y", "z": "z", "h": "h", "s": "s", "sdg": "si", "t": "t", "tdg": "ti", "sx": "v", "sxdg": "vi"}
_TURNS = {"rx": "rx", "ry": "ry", "rz": "rz", "u1": "p", "p": "p"}
_OWN_GATE = re.compile(r"^\s*gate\s", re.MULTILINE)
_LINE = re.compile(r"(\w+)\s*(?:\((.*)\))?\s+([^()]*)")


def names() -> list[str]:
    """The circuits that are there."""
    return sorted(path.stem for path in FOLDER.glob("*.qasm"))


def circuit(name: str) -> FlatCircuit:
    """The circuit of that name."""
    return read((FOLDER / f"{name}.qasm").read_text(), name)


def read(text: str, name: str = "main") -> FlatCircuit:
    """The rows of a text; qubits in order of declaration."""
    if _OWN_GATE.search(text):
        program, _ = formats.FORMATS["openqasm"].read(Source(text, f"{name}.qasm"), {})
        return only_circuit(program, "a benchmark")[0].replace(name=name, registers=(), phase=ZERO)
    starts: dict[str, int] = {}
    width = 0
    rows: list[Op] = []
    for line in re.sub(r"//.*", "", text).replace("\n", " ").split(";"):
        found = _LINE.fullmatch(line.strip())
        if found is None and line.strip():
            raise ValueError(line.strip())
        if found is None or found[1] in ("OPENQASM", "include", "creg", "barrier"):
            continue
        gate, inside, operands = found.groups()
        if gate == "qreg":
            register, size = re.fullmatch(r"(\w+)\[(\d+)\]\s*", operands).groups()  # type: ignore[union-attr]
            starts[register] = width
            width += int(size)
            continue
        qubits = tuple(starts[r] + int(i) for r, i in re.findall(r"(\w+)\[(\d+)\]", operands))
        rows += _rows(gate, tuple(map(angle, inside.split(","))) if inside else (), qubits)
    return FlatCircuit(width, name=name, rows=rows, origins=[None] * len(rows))


@lru_cache(maxsize=1 << 16)
def angle(text: str) -> Angle:
    """A literal as an exact angle, an expression in pi as a float."""
    text = text.strip()
    if re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", text):
        return radians(text)
    if found := re.fullmatch(r"(-?)pi(?:/(\d+))?", text):
        return turns(f"{found[1]}1/{2 * int(found[2] or 1)}")
    return Angle(0, float(eval(text, {"__builtins__": {}}, {"pi": math.pi})))


def _rows(gate: str, angles: tuple[Angle, ...], qubits: tuple[int, ...]) -> Iterator[Op]:
    if gate in _PLAIN:
        yield shared(_PLAIN[gate], qubits)
    elif gate in _TURNS:
        yield shared(_TURNS[gate], qubits, angles)
    elif gate in ("u3", "u", "u2"):
        theta, phi, lam = angles if len(angles) == 3 else (turns("1/4"), *angles)
        yield shared("rz", qubits, (lam,))
        yield shared("ry", qubits, (theta,))
        yield shared("rz", qubits, (phi,))
    elif gate == "cx":
        yield shared("cnot", qubits)
    elif gate in ("cz", "cy", "ch"):
        yield shared(gate[1:], qubits, (), 1)
    elif gate in ("cu1", "cp"):
        yield shared("p", qubits, angles, 1)
    elif gate in ("crx", "cry", "crz"):
        yield shared(gate[1:], qubits, angles, 1)
    elif gate in ("rxx", "ryy", "rzz"):
        yield shared(gate[1:], qubits, angles)
    elif gate in ("ccx", "ccz"):
        yield shared(gate[2:], qubits, (), 2)
    elif gate == "cswap":
        yield shared("swap", qubits, (), 1)
    elif gate == "swap":
        yield shared("swap", qubits)
    elif gate not in ("id", "measure"):
        raise ValueError(gate)
