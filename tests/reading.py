"""Shortcuts from a text to its meaning: program, circuit, unitary, payload rows, codes of errors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.simulation import simulate

ATOL = 1e-9


def load(text: str, name: str = "test.qc", **given: Any) -> LoweredProgram:
    """The program a text is; no warning is expected."""
    program, warnings = stages.load(Source(text, name), **given)
    assert not warnings
    return program


def circuit(text: str, **given: Any) -> FlatCircuit:
    """The one circuit of a text."""
    (result,) = load(text, **given).runs
    return result


def lowered(text: str) -> FlatCircuit:
    """The first circuit of a text, whatever warnings there are."""
    return stages.load(Source(text, "t.qc"))[0].runs[0]


def rows(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """Gates and qubits of the one circuit."""
    return [(op.gate, op.qubits) for op in circuit(text).rows]


def angles(text: str) -> list[float]:
    """All angles of the one circuit, in radians."""
    return [angle.in_radians() for op in circuit(text).rows for angle in op.angles]


def diagnostics(text: str, **given: Any) -> list[Diagnostic]:
    """Everything found; each renders."""
    try:
        _, found = stages.load(Source(text, "test.qc"), **given)
    except CompileError as error:
        found = list(error.diagnostics)
    for diagnostic in found:
        assert diagnostic.render()
    return found


def codes(text: str, **given: Any) -> list[str]:
    """The codes of everything found, in the order of the text."""
    return [diagnostic.code for diagnostic in diagnostics(text, **given)]


def spans(text: str) -> list[str]:
    """The places of the diagnostics."""
    return [diagnostic.span.text if diagnostic.span else "" for diagnostic in diagnostics(text)]


def unitary(text: str, **given: Any) -> np.ndarray:
    """The exact unitary, global phase included, from the simulator's hand-written matrices; q[0] comes first."""
    return simulate.unitary(circuit(text, **given))


def same(a: np.ndarray, b: np.ndarray, atol: float = ATOL) -> bool:
    """Equality to rounding, phases included."""
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=0, atol=atol))


def agree(text: str, other: str) -> bool:
    """Whether two texts have the same unitary, phase included."""
    return same(unitary(text), unitary(other))


def payload(text: str, **options: Any) -> dict[str, Any]:
    """The request body a text compiles to."""
    program, _, _ = stages.transpile(load(text), Options(**options))
    return stages.payload(program, Options(**options))


def wire(text: str, **options: Any) -> list[dict[str, Any]]:
    """The gate objects sent for a text of one circuit."""
    sent = payload(text, **options)["input"]
    (entry,) = sent.get("circuits", [sent])
    return entry["circuit"]


def value(expression: str, before: str = "") -> Any:
    """The value of an expression as a plain Python one, an angle as (`deg`, degrees); `before` are definitions."""
    program = load(f'{before}\nconst made_value = {expression}\nfunction {{ type = "t"; data {{ x = made_value }} }}\n')
    assert program.function is not None
    return program.function.data["x"]
