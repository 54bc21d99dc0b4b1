"""Generates the gate methods, ionqdsl/python/fluent.py, from the gate table and grammar/stdgates.qc."""

from __future__ import annotations

import re
from pathlib import Path

from ionqdsl.ir.gates import GATES, Gate
from ionqdsl.language.grammars import grammar_text

TARGET = Path(__file__).parents[1] / "ionqdsl" / "python" / "fluent.py"

LEFT_OUT = ("phase", "pauliexp")
"""`phase` is the circuit's global phase (and `p` the same gate); `pauliexp` has a method of its own kind below."""

HEAD = '''"""One method per gate, for editors and type checkers. Written by `make generate`: do not edit.

Arguments are in OpenQASM's order, parameters before qubits; arguments with a default are keywords. builder.py does the
work of the methods.
"""
# ruff: noqa: N802

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self, SupportsFloat, SupportsIndex

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Operator

AngleLike = Angle | SupportsFloat
"""A plain number (radians in qis, turns in native), an `Angle`, a parameter or a sympy expression of parameters."""

Qubits = SupportsIndex | Iterable[SupportsIndex]
"""A qubit, or several to apply the gate to one after the other."""


class GateMethods:
    """The gates of the table and the standard gates, as methods that append and return the circuit."""

    def gate(
        self, name: str, *arguments: Any, controls: Qubits = (), include: str | None = None, **parameters: Any
    ) -> Self:
        """Adds any gate by its name: parameters, then qubits, then keywords."""
        raise NotImplementedError

    def pauliexp(
        self,
        time: AngleLike,
        operator: str | Operator | Mapping[str, float],
        *qubits: Qubits,
        steps: int = 0,
        controls: Qubits = (),
    ) -> Self:
        """Adds exp(-i time operator): the operator as text (`"0.5*X[0]*X[1] + Z[0]"`) or as `{"XX": 0.5, "ZI": 1}`.

        Indices count the qubits given here. Terms that do not commute need Trotter `steps`.
        """
        raise NotImplementedError
'''

QUBITS = {"a": "qubit", "c,a": "control, target", "c,d,a": "control, second, target", "c,a,b": "control, a, b"}

DOCS = {
    "id": "The identity: adds nothing.",
    "cu": "Controlled e^{i gamma} u3(theta, phi, lambda).",
    "ecr": "Echoed cross resonance: rzx(pi/4) on a and b, x on a, rzx(-pi/4).",
    "zz": "Qis: exp(-i theta/2 ZZ), theta in radians. Native: exp(-i pi theta ZZ), theta in turns.",
    "ms": "Native: exp(-i pi angle gpi(phase0) gpi(phase1)), all in turns.",
    "gpi": "Native: pi pulse about cos(2 pi phase) X + sin(2 pi phase) Y, phase in turns.",
    "gpi2": "Native: pi/2 pulse about the same axis as gpi, phase in turns.",
    "nop": "Native: waits for that many microseconds.",
}
"""Where the table or the definition reads badly."""


def listing() -> str:
    """The text of fluent.py."""
    methods = [_table(gate) for gate in GATES.values() if gate.key not in (*LEFT_OUT, "zz_native")]
    pattern = re.compile(r"^gate ([a-zA-Z]\w*)(?:\(([^)]*)\))? ([\w, ]+) \{ ?(.*?) ?\}$", re.MULTILINE)
    for name, parameters, operands, body in pattern.findall(grammar_text("stdgates.qc")):
        if name in LEFT_OUT:
            continue
        key = operands.replace(" ", "")
        doc = DOCS.get(name) or f"Defined as `{body}`."
        names = [text.strip() for text in parameters.split(",") if text.strip()]
        methods.append(_method(name, names, QUBITS.get(key, operands).split(", "), {}, doc))
    return HEAD + "".join(methods)


def _table(gate: Gate) -> str:
    required = [p.name for p in gate.parameters if p.default is None]
    optional = {p.name: float(p.default) for p in gate.parameters if p.default is not None}
    qubits = ["control", "target"] if gate.controls else {0: [], 1: ["qubit"]}.get(gate.operands, ["a", "b"])
    doc = DOCS.get(gate.name) or re.sub(r"^[a-z](?=[a-z]* )", lambda found: found[0].upper(), gate.meaning) + "."
    return _method(gate.name, required, qubits, optional, doc, gate.gateset == "qis" or gate.name == "zz")


def _method(
    name: str, required: list[str], qubits: list[str], optional: dict[str, float], doc: str, controllable: bool = True
) -> str:
    required = ["lam" if text == "lambda" else text for text in required]
    arguments = [f"{text}: AngleLike" for text in required] + [f"{text}: Qubits" for text in qubits]
    keywords = [f"{text}: AngleLike = {default}" for text, default in optional.items()]
    keywords += ["controls: Qubits = ()"] * controllable
    arguments += ["*", *keywords] if keywords else []
    passed = [f'"{name}"', *required, *qubits] + ["controls=controls"] * controllable
    passed += [f"{text}={text}" for text in optional]
    method = name + "_" * (name == "not")
    line = f"    def {method}(self, {', '.join(arguments)}) -> Self:"
    if len(line) > 120:
        inner = "".join(f"        {text},\n" for text in ("self", *arguments))
        line = f"    def {method}(\n{inner}    ) -> Self:"
    return f'\n{line}\n        """{doc}"""\n        return self.gate({", ".join(passed)})\n'


def files() -> dict[Path, str]:
    return {TARGET: listing()}
