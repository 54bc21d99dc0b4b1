"""Programs for the tests of payloads, made from rows directly."""

from __future__ import annotations

import re
from typing import Any

from random_circuits import circuit
from schema_check import check_payload

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.emit.limits import check
from ionqdsl.emit.payload import body, payload, request
from ionqdsl.ir.angle import Angle, radians, turns
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.ir.job import Job, LoweredProgram
from ionqdsl.ir.targets import PROFILES


def program(*circuits: FlatCircuit, settings: dict[str, Any] | None = None, **fields: Any) -> LoweredProgram:
    """A program that runs the circuits; `settings` are by dotted path."""
    job = Job()
    for path, value in (settings or {}).items():
        job.set(path, value)
    return LoweredProgram(job=job, runs=list(circuits), **fields)


def sent(wanted: LoweredProgram, wire: str = "v0.4", environment: dict[str, str] | None = None) -> dict[str, Any]:
    """The payload, after all that every payload must hold."""
    result = payload(wanted, PROFILES[wire], environment)
    check_payload(result, wire)
    assert request(wanted, PROFILES[wire], environment) == body(result)
    return result


def rows_sent(wanted: FlatCircuit, wire: str = "v0.4") -> list[dict[str, Any]]:
    """The gate objects of one circuit."""
    rows: list[dict[str, Any]] = sent(program(wanted), wire)["input"]["circuit"]
    return rows


def problems(wanted: LoweredProgram, wire: str = "v0.4", environment: dict[str, str] | None = None) -> list[Diagnostic]:
    """Everything that is found, whether it stops the program or not; each renders."""
    try:
        found = check(wanted, PROFILES[wire], environment)
    except CompileError as error:
        found = list(error.diagnostics)
    for diagnostic in found:
        texts = [diagnostic.message, diagnostic.render(), *diagnostic.helps]
        assert not any(re.search(r"\{\w+\}|\bNone\b", text) for text in texts), texts
    return found


def codes(wanted: LoweredProgram, wire: str = "v0.4") -> list[str]:
    """The codes of the findings, but for the note that no backend is named."""
    return [diagnostic.code for diagnostic in problems(wanted, wire) if diagnostic.code != "QC0701"]


def bell(name: str = "main") -> FlatCircuit:
    """The smallest circuit worth sending."""
    return circuit(2, Op("h", (0,)), Op("cnot", (0, 1)), name=name)


def pauliexp(time: str, terms: dict[str, Any], *qubits: int, steps: int = 0, controls: int = 0) -> Op:
    """exp(-i time sum), a term written as `X0 X1`."""
    products = tuple(
        (tuple((word[0], int(word[1:])) for word in term.split()), factor) for term, factor in terms.items()
    )
    return Op("pauliexp", qubits, (radians(time),), controls, 0, Operator(products, steps))


def place(text: str, source: str) -> Span:
    """The span of the first such text in a source."""
    start = source.index(text)
    return Span(Source(source, "test.qc"), start, start + len(text))


__all__ = ["Angle", "Op", "Operator", "bell", "circuit", "codes", "pauliexp", "place", "problems", "program", "radians"]
__all__ += ["rows_sent", "sent", "turns"]
