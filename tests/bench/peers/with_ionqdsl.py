"""This project's compiler, called as the others are: circuits in, native rows out."""

from __future__ import annotations

from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import Report, transpile
from tests.bench import corpus


def read(text: str) -> FlatCircuit:
    """An OpenQASM 2 text."""
    return corpus.read(text)


def compiled(
    circuit: FlatCircuit, machine: str, level: int, preserve: str = "measurement", effort: float = 0.1
) -> tuple[FlatCircuit, Report]:
    """One circuit for one machine; `effort` matters at level 3."""
    options = Options(target=machine, level=level, preserve=preserve, effort=effort)
    result, _, report = transpile(circuit, TARGETS[machine], options)
    return result, report


def rows(result: tuple[FlatCircuit, Report]) -> tuple[list[Op], list[int] | None]:
    """Rows, and the input permutation that the report states."""
    circuit, report = result
    return circuit.rows, None if report.inputs is None else list(report.inputs)
