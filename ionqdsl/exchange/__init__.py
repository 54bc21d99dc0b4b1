"""Converts circuits from and to qiskit and cirq, each an optional extra that is imported on first use."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.ir.arguments import refused
from ionqdsl.ir.circuit import FlatCircuit

LIBRARIES = ("qiskit", "cirq")


def from_library(name: str, circuit: Any) -> tuple[FlatCircuit, list[Diagnostic]]:
    """A circuit of another library as rows, and notes. Raises CompileError for a circuit that cannot be expressed."""
    module = _module(name)
    if not module.is_one(circuit):
        raise refused("the circuit", f"a circuit of {name}", circuit)
    result: tuple[FlatCircuit, list[Diagnostic]] = module.read(circuit)
    return result


def to_library(name: str, circuit: FlatCircuit) -> Any:
    """A circuit as one of another library. Raises CompileError if that library cannot express it."""
    return _module(name).write(circuit)


def _module(name: str) -> Any:
    if find_spec(name) is None:
        raise UsageError([Diagnostic("QC1146", None, {"name": name, "extra": name})])
    return import_module(f"ionqdsl.exchange.{name}")
