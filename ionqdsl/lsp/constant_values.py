"""Evaluates an expression at its place, as far as that is possible without running anything.

Takes an expression and a document, and returns a value of values.py, or None: for unknown names, for loop variables
that matter, for too large lists. Parameters count as symbols.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics import CompileError
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import POISON, Poisoned, Scope, evaluate
from ionqdsl.language.lower.names import symbol
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.lsp import fragments
from ionqdsl.lsp.document import Definition, Document
from ionqdsl.lsp.mentions import VALUE, in_expression

MAX_STEPS = 10_000
MAX_DEPTH = 30


def value_of(document: Document, node: Any, shift: int, depth: int = 0) -> Any:
    """The value of an expression whose offsets are `shift` less than the document's; None if unknown."""
    names: dict[str, Any] = {}
    for mention in in_expression(node):
        if mention.space == VALUE and not mention.defines and mention.name not in names:
            there = mention._replace(start=mention.start + shift, end=mention.end + shift)
            definition = document.definition_of(there)
            if definition is not None:
                names[mention.name] = value_of_definition(definition, depth + 1)
    try:
        return evaluate(node, Scope(names, None, StepBudget(MAX_STEPS)))
    except (CompileError, Poisoned):
        return None


def value_of_definition(definition: Definition, depth: int = 0) -> Any:
    """The value of a name; POISON if unknown."""
    node = definition.mention.owner
    match node:
        case syntax.Const() | syntax.HamiltonianDefinition() if depth < MAX_DEPTH:
            value = value_of(definition.document, node.value, fragments.shift(definition.piece), depth)
            return POISON if value is None else value
        case syntax.Param(declarator=syntax.Declarator(size=None), value=given):
            if given is not None and depth < MAX_DEPTH:
                value = value_of(definition.document, given, fragments.shift(definition.piece), depth)
                return POISON if value is None else value
            return symbol(definition.name)
        case syntax.FormalParameter():
            return symbol(definition.name)
    return POISON
