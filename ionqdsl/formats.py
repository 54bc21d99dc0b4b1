"""Programs in any format that can be read: which one a file is, and its program.

A path or a text comes in, a `Program` with its warnings goes out. What is in a file decides, then how it is called; how
each format is read is its own module's business.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

import ionqdsl.compile as stages
from ionqdsl.diagnostics import Diagnostic
from ionqdsl.job import Program
from ionqdsl.source import Source

Loaded = tuple[Program, list[Diagnostic]]


class Format(NamedTuple):
    """A format that can be read: how its files end, whether a text is one, and what reads it."""

    title: str
    suffixes: tuple[str, ...]
    is_one: Callable[[str], bool]
    read: Callable[[Source, Mapping[str, str]], Loaded]


def _qc(source: Source, values: Mapping[str, str]) -> Loaded:
    return stages.load(source, values)


def _payload(source: Source, values: Mapping[str, str]) -> Loaded:
    from ionqdsl.read import payload

    name = os.path.splitext(os.path.basename(source.name))[0]
    program = payload.program(payload.parse(source.text.encode()))
    if len(program.runs) == 1 and program.runs[0].name == "main":
        program.runs[0].name = name
    return program, []


FORMATS: dict[str, Format] = {
    "payload": Format("an IonQ job", (".json",), lambda text: text.lstrip()[:1] == "{", _payload),
    "qc": Format("ionqdsl", (".qc",), lambda text: True, _qc),
}
"""By name; the first that a text is."""


def format_of(source: Source) -> str:
    """The format of a text: what a known ending says, otherwise what the text looks like."""
    for name, form in FORMATS.items():
        if source.name.endswith(form.suffixes):
            return name
    return next(name for name, form in FORMATS.items() if form.is_one(source.text))


def load(path: str, values: Mapping[str, str] | None = None) -> Loaded:
    """The program of a file in any format; `-` is standard input. Raises UsageError, CompileError."""
    source = stages.read(path)
    return FORMATS[format_of(source)].read(source, values or {})
