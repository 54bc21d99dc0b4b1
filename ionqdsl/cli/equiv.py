"""Says whether two programs do the same, in whatever format each is.

Circuits are paired in order. Where two differ, a state they treat differently is shown. Exits with 1 if they differ, or
if that could not be judged.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ionqdsl.circuit import Circuit
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.job import Program
from ionqdsl.options import PRESERVE

if TYPE_CHECKING:
    from ionqdsl.verify.counterexample import Counterexample


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `equiv`."""
    add_pair(parser)
    parser.add_argument("--preserve", choices=PRESERVE, default="measurement", help="what must be the same")


def add_pair(parser: argparse.ArgumentParser) -> None:
    """Two programs, and values for their parameters."""
    parser.add_argument("first", metavar="A", help="a program; - is standard input")
    parser.add_argument("second", metavar="B", help="another")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="bind a parameter of both")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compares circuit by circuit."""
    from ionqdsl.verify import equivalent  # late: numpy
    from ionqdsl.verify.counterexample import counterexample

    found: list[dict[str, Any]] = []
    couples = pairs(arguments, terminal)
    for number, (one, other) in enumerate(couples, 1):
        terminal.progress(f"comparing {one.name}, {number} of {len(couples)} ...")
        verdict = equivalent(one, other, arguments.preserve)
        example = counterexample(one, other, arguments.preserve) if verdict.equal is False else None
        terminal.progress("")
        found.append(
            {
                "circuits": [one.name, other.name],
                "equal": verdict.equal,
                "checked": verdict.checked,
                "not_checked": verdict.unchecked,
                "counterexample": None if example is None else example.to_json(),
            }
        )
        terminal.data("\n".join([_said(found[-1]), *([_shown(example)] if example else [])]))
        if verdict.extra:
            facts = {"first": one.name, "second": other.name, "extra": verdict.extra}
            terminal.report([Diagnostic("QC1160", None, facts)])
    terminal.answer(preserve=arguments.preserve, pairs=found)
    return 0 if all(entry["equal"] for entry in found) else 1


def pairs(arguments: argparse.Namespace, terminal: Terminal) -> list[tuple[Circuit, Circuit]]:
    """The circuits of both programs, side by side; UsageError where their numbers differ."""
    from ionqdsl.cli.flags import bindings
    from ionqdsl.formats import load

    if arguments.first == arguments.second == "-":
        raise UsageError([Diagnostic("QC0814")])
    programs: list[Program] = []
    for path in (arguments.first, arguments.second):
        program, warnings = load(path, bindings(arguments.set))
        terminal.report(warnings)
        programs.append(program)
    runs = [[program.energy.ansatz] if program.energy else program.runs for program in programs]
    if len(runs[0]) != len(runs[1]):
        facts = {"first": arguments.first, "one": len(runs[0]), "second": arguments.second, "other": len(runs[1])}
        raise UsageError([Diagnostic("QC0815", facts=facts)])
    return list(zip(*runs, strict=True))


def _shown(example: Counterexample) -> str:
    """Where a difference can be seen."""
    where = f"from |{example.input}>"
    if example.values:
        where += f" with {', '.join(f'{name} = {value:g}' for name, value in example.values.items())}"
    first, second = example.probabilities
    if abs(first - second) < 1e-6:
        return f"  {where} the final states overlap to {example.overlap:.4%} only"
    return f"  {where} the outcome {example.outcome} has {first:.4%} against {second:.4%}"


def _said(entry: dict[str, Any]) -> str:
    one, other = entry["circuits"]
    names = one if one == other else f"{one} and {other}"
    if entry["equal"] is None:
        return f"{names}: not judged; {entry['not_checked']}"
    more = f"; not checked: {entry['not_checked']}" if entry["not_checked"] else ""
    return f"{names}: {'equal' if entry['equal'] else 'different'}, {entry['checked']}{more}"
