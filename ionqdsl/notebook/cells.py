"""Runs one cell: reads the words after `%%qc`, loads and compiles the program, runs it and chooses the pictures.

Takes the text of a cell; returns results and things to show. The package shows them, panel.py again at every movement.
"""

from __future__ import annotations

import shlex
from keyword import iskeyword
from typing import Any, NamedTuple

from ionqdsl import api
from ionqdsl.batch.results import Results
from ionqdsl.describe import pictures
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.flag_parser import Parser
from ionqdsl.diagnostics.mistakes import wrong_usage
from ionqdsl.emit.svg import SvgText
from ionqdsl.ir.options import LEVELS
from ionqdsl.ir.targets import NOISE_MODELS
from ionqdsl.python.builder import Circuit
from ionqdsl.python.program import Program

NAME = "%qc"
MOST = 4
"""The number of circuits of a cell that are shown."""


def _wrong(reason: str) -> Exception:
    return wrong_usage(f"%%qc: {reason}", usage=NAME)


def _flags() -> Parser:
    parser = Parser(prog=NAME, add_help=False, allow_abbrev=False)
    parser.add_argument("--help", action="store_true")
    parser.add_argument("program", nargs="?")
    parser.add_argument("results", nargs="?")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--sliders", action="store_true")
    parser.add_argument("--shots", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--noise", choices=tuple(NOISE_MODELS))
    parser.add_argument("--target")
    parser.add_argument("-O", dest="level", type=int, choices=LEVELS)
    parser.add_argument("--bloch", action="store_true")
    parser.add_argument("--state", action="store_true")
    return parser


class Cell:
    """The text of a cell and the words after `%%qc`. Raises UsageError for wrong words."""

    def __init__(self, line: str, text: str) -> None:
        try:
            self.words = _flags().parse_args(shlex.split(line))
        except ValueError as error:
            raise _wrong(str(error)) from None
        except UsageError as error:
            raise error.with_traceback(None) from None  # without frames of argparse
        for name in (self.words.program, self.words.results):
            if name is not None and (iskeyword(name) or not name.isidentifier()):
                raise _wrong(f"`{name}` is not the name of a variable")
        if self.words.shots is not None and self.words.shots < 1:
            raise _wrong(f"`--shots` cannot be {self.words.shots}: leave it out for exact probabilities")
        self.text = text
        self.values: dict[str, str] = {}
        for pair in self.words.set:
            name, equals, value = (part.strip() for part in pair.partition("="))
            if not (name and equals and value):
                raise UsageError([Diagnostic("QC0804", facts={"flag": "set", "form": "NAME=VALUE", "text": pair})])
            if name in self.values:
                raise _wrong(f"`--set` gives `{name}` twice")
            self.values[name] = value

    def program(self, moved: dict[str, str] | None = None) -> Program:
        """The program, with the values of `--set` and of the sliders, compiled if the words say so."""
        program = api.program(self.text, {**self.values, **(moved or {})})
        if self.words.target is not None or self.words.level is not None:
            return api.compile(program, target=self.words.target, level=self.words.level)
        return program


class Played(NamedTuple):
    """The results of a program, if it has any, and the things to show."""

    results: Results[Any] | None
    views: list[Any]


def is_open(program: Program) -> bool:
    """Whether parameters have no value, so that nothing can run."""
    if program.energy:
        return len(program.energy.params or ()) != len(program.energy.parameters)
    return any(circuit.symbols for circuit in program.runs)


def played(cell: Cell, program: Program) -> Played:
    """Runs a program, and chooses the pictures of its circuits and of its results."""
    words = cell.words
    circuits = [Circuit.of(one) for one in ([program.energy.ansatz] if program.energy else program.runs)]
    views: list[Any] = [circuit.svg() for circuit in circuits[:MOST]]
    if len(circuits) > MOST:
        views.append(f"and {len(circuits) - MOST} circuits more")
    if program.function or is_open(program):
        return Played(None, views)
    results = api.run(program, words.shots or 0, words.seed, words.noise, exact=not words.shots)
    if program.energy:
        return Played(results, [*views, *(f"energy {value}" for value in results)])
    for circuit, result in list(zip(circuits, results, strict=True))[:MOST]:
        views.append(SvgText(pictures.of_result(result)))
        views += [circuit.bloch()] if words.bloch else []
        views += [circuit.amplitudes()] if words.state else []
    return Played(results, views)
