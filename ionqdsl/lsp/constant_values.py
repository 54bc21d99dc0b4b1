"""Evaluates an expression at its place, as far as that is possible without running anything.

Takes an expression and a document, and returns a value of values.py, or None: for unknown names, for loop variables
that matter, for too large lists. Parameters count as symbols.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics import CompileError
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import POISON, Defined, Poisoned, Scope, evaluate
from ionqdsl.language.lower.names import symbol
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.lsp import fragments
from ionqdsl.lsp.document import Definition, Document
from ionqdsl.lsp.mentions import FUNCTION, VALUE, in_expression

MAX_STEPS = 10_000
MAX_DEPTH = 30


def value_of(document: Document, node: Any, shift: int) -> Any:
    """The value of an expression whose offsets are `shift` less than the document's; None if unknown."""
    value = _Values().value(document, node, shift, 0)
    return None if value is POISON else value


def value_of_definition(definition: Definition) -> Any:
    """The value of a name; None if unknown."""
    value = _Values().named(definition, 0)
    return None if value is POISON else value


class _Values:
    """The values found for one answer, by the places of their definitions, and the steps left."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, int], Any] = {}
        self.budget = StepBudget(MAX_STEPS)

    def value(self, document: Document, node: Any, shift: int, depth: int) -> Any:
        """The value of an expression; POISON if unknown."""
        try:
            return evaluate(node, self._scope(document, (node,), shift, depth))
        except (CompileError, Poisoned):
            return POISON

    def _scope(self, document: Document, nodes: tuple[Any, ...], shift: int, depth: int) -> Scope:
        """The names and functions that expressions use."""
        scope = Scope({}, None, self.budget, {})
        mentions = [mention for node in nodes for mention in in_expression(node) if not mention.defines]
        for mention in mentions if depth < MAX_DEPTH else ():
            there = mention._replace(start=mention.start + shift, end=mention.end + shift)
            known = {VALUE: scope.names, FUNCTION: scope.functions}.get(mention.space)
            if known is None or mention.name in known or (definition := document.definition_of(there)) is None:
                continue
            if definition.kind == "variable" and definition.mention.inside is not None:
                continue  # of a comprehension, which gives it values
            known[mention.name] = self.named(definition, depth + 1)
        return scope

    def named(self, definition: Definition, depth: int) -> Any:
        """The value of a name, or the function of that name; POISON if unknown."""
        place = definition.document.uri, definition.start
        if place not in self.known:
            self.known[place] = POISON  # for a name that is defined by itself
            self.known[place] = self._named(definition, depth)
        return self.known[place]

    def _named(self, definition: Definition, depth: int) -> Any:
        node = definition.mention.owner
        document, shift = definition.document, fragments.shift(definition.piece)
        if syntax.is_function(node):
            parts = (node.value, *(parameter.default for parameter in node.parameters or ()))
            return Defined(node, self._scope(document, parts, shift, depth))
        match node:
            case syntax.Const() | syntax.HamiltonianDefinition():
                return self.value(document, node.value, shift, depth)
            case syntax.Param(declarator=syntax.Declarator(size=None), value=given):
                return symbol(definition.name) if given is None else self.value(document, given, shift, depth)
            case syntax.FormalParameter():
                return symbol(definition.name)
        return POISON
