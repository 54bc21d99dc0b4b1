"""Calls of the Python API: its functions, and methods of a circuit, with arguments of every kind.

An input is a list of calls `[name, arguments, keywords]`. A name with a point is a method of the circuit that an
earlier call made, and `"@"` is that circuit as an argument. Arguments that Python itself refuses, by number or keyword,
are no faults.
"""

from __future__ import annotations

import json
from typing import Any

import ionqdsl as iq
from tests.fuzz import changes, texts
from tests.fuzz.judging import Kind, data_of

_TEXT = texts.VERSION_2["circuit.qc"]
_ENERGY = texts.VERSION_2["energy.qc"]
_CIRCUIT = [["Circuit", [2], {}], [".h", [0], {}], [".cnot", [0, 1], {}], [".rx", [0.3, 1], {}]]
_GATES = [
    [".gate", ["rx", [0.2], [0]], {}], [".p", [0.1, 0], {}], [".u3", [0.1, 0.2, 0.3, 0], {}], [".ccx", [0, 1, 0], {}],
    [".pauliexp", [0.2, {"ZZ": 0.5, "XI": 1}, 0, 1], {"steps": 2}], [".barrier", [0], {}], [".gphase", [0.1], {}],
    [".register", ["out", [0, 1]], {}], [".cu", [0.1, 0.2, 0.3, 0.4, 0, 1], {}], [".power", [2], {}],
    [".inverse", [], {}], [".controlled", [1], {}],
]  # fmt: skip
_QUESTIONS = [
    [".expectation", ["ZZ"], {"shots": 10}], [".expectation", [{"XX": 0.5, "ZI": 1}], {}], [".gradient", ["ZZ"], {}],
    [".probabilities", [], {}], [".state", [], {}], [".unitary", [], {}], [".stats", [], {}], [".draw", [], {}],
    [".bind", [{"t": 0.3}], {}], [".sweep", [{"t": [0.1, 0.2]}], {}], [".equivalent", ["@"], {}],
    [".gradient", [{"ZZ": 0.5}, {"t": 0.2}], {}],
]  # fmt: skip
_FUNCTIONS = [
    ["run", ["@"], {"shots": 10, "seed": 1, "noise": "aria-1"}], ["run", [["@", _TEXT]], {"shots": 10}],
    ["run", [_TEXT], {"backend": "local", "exact": True}], ["compile", ["@", "forte", 1], {"preserve": "outcomes"}],
    ["compile", [["@", _TEXT]], {"verify": True, "level": 0, "approx": 0.01}], ["convert", ["@", "qasm3"], {}],
    ["convert", [_TEXT, "qc", {"t": 0.2}], {}], ["program", [_TEXT], {"values": {"t": 1}, "sweeps": {"t": [1, 2]}}],
    ["circuit", [_TEXT], {}], ["circuit", ["param t\nqubit q[2]\nrx(t) q"], {}], ["format", [_TEXT], {}],
    ["lint", [_TEXT], {}],
    ["test", [texts.VERSION_2["tests.qc"]], {"values": {"t": 0.3}}], ["equivalent", ["@", _TEXT], {}],
    ["minimize", [_ENERGY], {"max_evaluations": 3}], ["minimize", ["ZZ", "@"], {"start": [0.1], "max_evaluations": 2}],
    ["calibrate", [2], {"shots": 10, "seed": 1, "noise": "aria-1"}], ["executor", ["ZZ"], {"shots": 10}],
    ["fold", ["@", 3], {}], ["twirl", ["@", 2], {"seed": 1}], ["param", ["t", 3], {}], ["load", ["a.qc"], {}],
]  # fmt: skip
_ALLOWED = {step[0] for step in (*_CIRCUIT, *_GATES, *_QUESTIONS, *_FUNCTIONS)}
CORPUS = [json.dumps([*_CIRCUIT, step]) for step in (*_GATES, *_QUESTIONS, *_FUNCTIONS)] + [
    json.dumps([["circuit", ["param t\nqubit q[2]\nrx(t) q\ncnot q"], {}], step]) for step in (*_GATES, *_QUESTIONS)
]
_MOST, _CALLS = 20, 12
"""A number of qubits or shots that is quick, and the most calls in a row: each that folds takes longer."""


def call(text: str) -> None:
    data = data_of(text)
    texts.provide()
    circuit: Any = None
    for step in data[:_CALLS] if isinstance(data, list) else ():
        match step:
            case [str(name), list(arguments), dict(keywords)] if name in _ALLOWED and not _is_large(step[1:]):
                if name.startswith(".") and circuit is None:
                    continue
                owner = circuit if name.startswith(".") else iq
                arguments, keywords = _with(arguments, circuit), _with(keywords, circuit)
                try:
                    result = getattr(owner, name.removeprefix("."))(*arguments, **keywords)
                except TypeError as error:
                    if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                        raise
                    continue
                repr(result)
                circuit = result if isinstance(result, iq.Circuit) else circuit


def _with(value: Any, circuit: Any) -> Any:
    """The value with the circuit for each "@"."""
    match value:
        case "@":
            return circuit
        case list():
            return [_with(item, circuit) for item in value]
        case dict():
            return {key: _with(item, circuit) for key, item in value.items()}
    return value


def _is_large(value: Any) -> bool:
    """Whether a value asks for more work than is tried here, or for files outside the fuzz's folder."""
    match value:
        case list() | dict():
            return any(map(_is_large, [*value, *value.values()] if isinstance(value, dict) else value))
        case str():
            return "/" in value or ".." in value or "~" in value
        case int():
            return abs(value) > _MOST
    return False


KINDS = {"api": Kind(call, CORPUS, changes.tree)}
