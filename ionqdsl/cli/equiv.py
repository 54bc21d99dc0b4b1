"""Compares two programs, in any format: do their jobs give the same results?

Circuits are paired by name, or in order. If two differ, an input state that they treat differently is shown. The output
also lists the comparisons made and those left out. Exits with 1 if the programs differ, or if it cannot decide.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.job import LoweredProgram

if TYPE_CHECKING:
    import argparse

    from ionqdsl.verify.programs import Comparison, Forms, Pair


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `equiv`."""
    add_pair(parser)
    parser.add_argument(
        "--preserve", choices=PRESERVE, default="measurement", help="properties that must agree (measurement)"
    )


def add_pair(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for two programs and the values of their parameters."""
    parser.add_argument("first", metavar="A", help="a program; - is standard input")
    parser.add_argument("second", metavar="B", help="the other program")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="bind a parameter of both")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compares two programs, circuit by circuit."""
    from ionqdsl.verify.programs import compare  # late: a wrong command line does not need it

    first, second, forms = programs(arguments, terminal)

    def watch(one: FlatCircuit, _: FlatCircuit, number: int, count: int) -> None:
        terminal.progress(f"comparing {one.name}, {number} of {count} ...")

    comparison = compare(first, second, arguments.preserve, forms, watch)
    terminal.progress("")
    for pair in comparison.pairs:
        terminal.data("\n".join(_lines(pair, arguments.preserve)))
        if pair.verdict.extra:
            facts = {"first": pair.one.name, "second": pair.other.name, "extra": pair.verdict.extra}
            terminal.report([Diagnostic("QC1160", None, facts)])
    terminal.data("\n".join(_ending(comparison, arguments)))
    terminal.answer(preserve=arguments.preserve, **_answer(comparison))
    return 0 if comparison.equal else 1


def programs(arguments: argparse.Namespace, terminal: Terminal) -> tuple[LoweredProgram, LoweredProgram, Forms]:
    """Both programs and their formats. Raises UsageError if their numbers of circuits differ."""
    from ionqdsl import formats
    from ionqdsl.cli.flags import bindings
    from ionqdsl.pipeline import read

    if arguments.first == arguments.second == "-":
        raise UsageError([Diagnostic("QC0814")])
    loaded: list[LoweredProgram] = []
    forms: list[str] = []
    for path in (arguments.first, arguments.second):
        terminal.begins(f"reading {path}")
        source = read(path)
        program, warnings = formats.loaded(source, bindings(arguments.set))
        terminal.report(warnings)
        loaded.append(program)
        forms.append(formats.format_of(source))
    one, other = loaded
    counts = [len(program.runs) for program in loaded]
    is_running = not any(program.energy or program.function for program in loaded)
    if is_running and counts[0] != counts[1]:
        facts = {"first": arguments.first, "one": counts[0], "second": arguments.second, "other": counts[1]}
        raise UsageError([Diagnostic("QC0815", facts=facts)])
    return one, other, (forms[0], forms[1])


def _answer(comparison: Comparison) -> dict[str, Any]:
    """The fields of `--json`."""
    pairs = []
    for pair in comparison.pairs:
        verdict, example = pair.verdict, pair.verdict.example
        pairs.append(
            {
                "circuits": [pair.one.name, pair.other.name],
                "equal": verdict.equal,
                "checked": verdict.checked,
                "not_checked": verdict.unchecked,
                "counterexample": None if example is None else example.to_json(),
            }
        )
    return {
        "equal": comparison.equal,
        "pairs": pairs,
        "differences": [{"what": what, "how": how} for what, how in comparison.differences],
        "compared": list(comparison.compared),
        "not_compared": list(comparison.unchecked),
    }


def _lines(pair: Pair, preserve: str) -> list[str]:
    """The lines about two circuits: the verdict, and an input that shows a difference."""
    verdict = pair.verdict
    names = pair.one.name if pair.one.name == pair.other.name else f"{pair.one.name} and {pair.other.name}"
    if verdict.equal is None:
        return [f"{names}: not judged; {verdict.unchecked}"]
    more = f"; not checked: {verdict.unchecked}" if verdict.unchecked else ""
    said = [f"{names}: {'equal' if verdict.equal else 'different'}, {verdict.checked}{more}"]
    if verdict.example is not None:
        said.append(f"  {verdict.example.said()}")
        if preserve == "measurement" and verdict.example.is_same_from_zeros:
            zeros = "0" * len(verdict.example.input)
            said.append(f"  from |{zeros}>, where jobs start, the outcomes are the same: see --preserve outcomes")
    return said


def _ending(comparison: Comparison, arguments: argparse.Namespace) -> list[str]:
    """The lines about differences outside the circuits, and about the parts that were compared or left out."""
    said = [f"different {what}: {how}" for what, how in comparison.differences]
    if len(comparison.pairs) != 1 or said:
        names = " and ".join(os.path.basename(path) for path in (arguments.first, arguments.second))
        said.insert(
            0, f"{names}: {'not judged' if comparison.equal is None else 'equal' if comparison.equal else 'different'}"
        )
    return [*said, f"compared: {', '.join(comparison.compared)}", f"not compared: {', '.join(comparison.unchecked)}"]
