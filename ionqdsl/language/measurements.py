"""Recognises `measure` and `reset` where they read like gates, and judges whether they may stand there.

Takes an application and the program's gates and returns faults. A program that defines a gate of such a name means its
gate; `s[i] = measure q` is a statement of its own, which the grammar knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.ir.circuit import MEASURE, RESET
from ionqdsl.language import syntax
from ionqdsl.language.library import Library
from ionqdsl.language.slips.applications import as_statement


def is_reset(node: syntax.Application, library: Library) -> bool:
    """Whether an application is the statement `reset`."""
    return node.gate.text == RESET and RESET not in library.own


def is_word(node: syntax.Application, library: Library) -> bool:
    """Whether an application is `measure` or `reset` in the language's own meaning."""
    return node.gate.text in (MEASURE, RESET) and node.gate.text not in library.own


def faults(node: syntax.Application, is_gate: bool = False) -> Iterator[Diagnostic]:
    """The fault of such a word that is applied, in a circuit or in the body of a gate."""
    word = node.gate
    if node.modifiers:
        yield Diagnostic("QC0294", word.span, {"what": word.text, "place": "modifier", "remedy": "modifier"})
    elif is_gate:
        yield Diagnostic("QC0294", word.span, {"what": word.text, "place": "gate", "remedy": "gate"})
    elif word.text == MEASURE:
        operands = node.operands[0].span.to(node.operands[-1].span).text if node.operands else ""
        facts = {"fixed": f"register m = measure {operands}"} if operands else {}
        yield Diagnostic("QC0292", node.span, facts)
    elif node.arguments or not node.operands:
        line = as_statement(node, 0)
        yield Diagnostic("QC0339", node.span, {"fixed": line, "replaced": node.span[1:]} if line else {})
