"""Reads the programs of `ionq.qasm3.v1` jobs, and names the construct that the service would refuse.

Takes a text and returns its circuit, or raises `Failed`. Control flow and physical qubits are refused always, as the
service's page on OpenQASM 3 says; undocumented constructs are taken unless the emulator is strict
(docs/mid-circuit.md lists them). The service checks programs after it has accepted the job, so refused jobs fail.
"""

from __future__ import annotations

import re

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emulator.failure import Failed
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.read.openqasm import read

REFUSED = {
    "if": r"\bif\b",
    "for": r"\bfor\b",
    "while": r"\bwhile\b",
    "switch": r"\bswitch\b",
    "physical qubits": r"\$\d",
    "def": r"\bdef\b",
    "extern": r"\bextern\b",
    "cal": r"\b(?:def)?cal\b",
    "box": r"\bbox\b",
    "delay": r"\bdelay\b",
    "include of another file": r"\binclude\s*[\"'](?!stdgates\.inc[\"'])",
}
"""Constructs that no target takes: the name in the failure, and a pattern of the text without comments."""

UNKNOWN = {
    "gate definitions": r"\bgate\b",
    "modifiers": r"\b(?:ctrl|negctrl|inv|pow)\b[^;]*@",
    "gphase": r"\bgphase\b",
    "const": r"\bconst\b",
    "let": r"\blet\b",
    "input": r"\binput\b",
    "output": r"\boutput\b",
    "measurement by an arrow": r"->",
    "measurement in a declaration": r"\bbit\b[^;=]*=",
    "measurement of a register": r"\bmeasure\s+[^\W\d]\w*\s*;",
    "reset of a register": r"\breset\s+[^\W\d]\w*\s*;",
    "several qubit registers": r"\b(?:qubit|qreg)\b.*\b(?:qubit|qreg)\b",
    "scalar qubits": r"\bqubit\s+\w",
    "scalar bits": r"\bbit\s+\w",
    "undeclared native gates": r"(?<!gate )\b(?:gpi2?|ms|zz)\s*\(",
}
"""Constructs of which nobody knows whether the service takes them; a strict emulator fails them."""


def circuit(text: str, name: str | None, is_strict: bool) -> FlatCircuit:
    """The circuit of a program. Raises Failed."""
    plain = _without_comments(text)
    for construct, pattern in {**REFUSED, **(UNKNOWN if is_strict else {})}.items():
        if re.search(pattern, plain, re.DOTALL):
            raise Failed("PreflightError", f"The program uses an unsupported construct: {construct}.")
    try:
        found = read(Source(text, "<program>"))[0].runs[0]
    except CompileError as error:
        first = error.diagnostics[0].message.replace("`", "")
        raise Failed("CompilationError", f"The program cannot be compiled: {first}.") from None
    if found.symbols:
        raise Failed("PreflightError", "The program uses an unsupported construct: input without a value.")
    return found.replace(name=name or "")


def _without_comments(text: str) -> str:
    parts = text.split("/*")
    plain = " ".join([parts[0], *(part.partition("*/")[2] for part in parts[1:])])
    return "\n".join([line.partition("//")[0] for line in plain.split("\n")])
