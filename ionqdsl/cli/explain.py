"""Explains a message by its code, or a gate.

`ionqdsl explain QC0203` explains the message, with a program that causes it and the same program corrected.
`ionqdsl explain cnot` shows the gate's call, its unit, its matrix and its form in a request.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from ionqdsl.cli.terminal import Terminal
from ionqdsl.describe.handbook import facts_of, standard, text_of
from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.diagnostics.choices import nearest
from ionqdsl.diagnostics.codes import CODES, Code
from ionqdsl.ir.gates import GATES
from ionqdsl.language.standard import defining

if TYPE_CHECKING:
    import argparse

_CODE_KEYS = ("name", "severity", "message", "explanation", "helps", "example", "fixed")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `explain`."""
    parser.add_argument("topic", metavar="CODE|GATE", help="a code such as QC0203, or a gate such as cnot")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Explains one topic."""
    topic = arguments.topic
    if topic.upper() in CODES:
        code = CODES[topic.upper()]
        terminal.data(_code_text(code))
        terminal.answer(code={key: getattr(code, key) for key in _CODE_KEYS})
        return 0
    gates = facts_of(topic)
    if not gates:
        if library := defining(topic):
            raise UsageError([Diagnostic("QC0803", facts={"topic": topic, "library": library})])
        words = [*CODES, *(gate.name for gate in GATES.values()), *standard()]
        suggestion = nearest(topic.upper() if re.match(r"(?i)qc\d", topic) else topic, words)
        suggestion = suggestion or nearest(topic.lower(), words)
        raise UsageError([Diagnostic("QC0803", facts={"topic": topic, "suggestion": suggestion})])
    terminal.data("\n\n".join(text_of(facts) for facts in gates))
    terminal.answer(gates=gates)
    return 0


# -- codes -------------------------------------------------------------------------------------------------------


def title(code: Code) -> str:
    """The message with an ellipsis for each fact."""
    return "".join(text + "…" * (fact is not None) for text, fact, _, _ in Formatter().parse(code.message))


def _code_text(code: Code) -> str:
    """The explanation of a code, with the compiler's messages for its example."""
    parts = [f"{code.severity}[{code.name}]: {title(code)}", code.explanation.strip()]
    if code.example:
        parts.append("For example:\n\n" + _indented(code.example))
        shown = provoked(code)
        if shown:
            parts.append("This gives:\n\n" + _indented(shown))
    if code.fixed:
        parts.append("Corrected:\n\n" + _indented(code.fixed))
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.strip("\n").split("\n"))


def provoked(code: Code) -> str:
    """The messages of this code that the code's example provokes, in any stage."""
    import ionqdsl.pipeline as stages
    from ionqdsl.diagnostics.source import Source
    from ionqdsl.emit import limits
    from ionqdsl.ir.options import Options
    from ionqdsl.ir.targets import PROFILES
    from ionqdsl.linter import FINDABLE, lint
    from ionqdsl.testing import suite

    source = Source(code.example, "example.qc")
    diagnostics: list[Diagnostic] = []
    if code.name in FINDABLE:
        diagnostics = [one.diagnostic for one in lint(source)]
        return "\n".join(diagnostic.render() for diagnostic in diagnostics if diagnostic.code == code.name)
    try:
        if code.example.startswith("test "):
            diagnostics += [one for outcome in suite.outcomes(source) for one in outcome.diagnostics]
        program, warnings = stages.load(source)
        diagnostics += warnings
        program, warnings, _ = stages.transpile(program, Options())
        diagnostics += [*warnings, *limits.check(program, PROFILES["v0.4"])]
    except CompileError as error:
        diagnostics += error.diagnostics
    return "\n".join(diagnostic.render() for diagnostic in diagnostics if diagnostic.code == code.name)
