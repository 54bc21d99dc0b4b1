"""Looks up the gates a program can call: rows of the gate table, standard gates, and its own definitions.

Takes a name and a gateset and returns a row of the table or a definition. The body of a standard gate is parsed when it
is first used; the signatures are read from the lines of the file.
"""

from __future__ import annotations

import re
from functools import cache

from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.gates import GATES, NAMES, Gate
from ionqdsl.language import syntax
from ionqdsl.language.grammars import grammar_text
from ionqdsl.language.parse import must_parse
from ionqdsl.record import fresh, lazy_pattern, record

FILE = "stdgates.qc"
"""The standard gates, in the grammar folder."""
_LINE = lazy_pattern(r"^gate (\w+)(?:\(([^)]*)\))? ([\w, ]+) \{.*", re.MULTILINE)


@record
class Signature:
    """How to call a gate; `required` of the parameters have no default, operands -1 means any number of qubits."""

    name: str
    parameters: tuple[str, ...]
    required: int
    operands: int


@cache
def _lines() -> dict[str, re.Match[str]]:
    """The line of each standard gate, private ones included: each stands on one line."""
    return {line[1]: line for line in _LINE.finditer(_source().text)}


@cache
def _source() -> Source:
    return Source(grammar_text(FILE), FILE)


@cache
def standard_signatures() -> dict[str, Signature]:
    """The standard gates users may call, by name."""
    signatures = {}
    for name, line in _lines().items():
        if not name.startswith("_"):
            names = tuple(text.strip() for text in (line[2] or "").split(",") if text.strip())
            signatures[name] = Signature(name, names, len(names), line[3].count(",") + 1)
    return signatures


def standard_definitions() -> dict[str, syntax.GateDefinition]:
    """The standard gates' definitions, private ones included."""
    return {name: _definition(name) for name in _lines()}


def standard_definition(name: str) -> syntax.GateDefinition | None:
    """The definition of a standard gate, or of a private one; None if there is none of that name."""
    return _definition(name) if name in _lines() else None


@cache
def _definition(name: str) -> syntax.GateDefinition:
    (definition,) = must_parse(_source(), _lines()[name].span()).items
    assert isinstance(definition, syntax.GateDefinition)
    return definition


@record(frozen=False)
class Library:
    """The gates of one program. `own` are the program's definitions."""

    own: dict[str, syntax.GateDefinition] = fresh(default_factory=dict)

    def find(self, name: str, gateset: str) -> Gate | syntax.GateDefinition | None:
        """The gate that a name means inside a block of a gateset."""
        key = NAMES[gateset].get(name)
        if key is not None:
            return GATES[key]
        if name in self.own:
            return self.own[name]
        return self.standard(name)

    def over_registers(self, name: str) -> syntax.GateDefinition | None:
        """The program's gate of a name, if it takes registers."""
        definition = self.own.get(name)
        return definition if definition is not None and definition.takes_registers else None

    def within(self, definition: syntax.GateDefinition) -> Library:
        """The library for a definition's body: the body of a standard gate uses standard gates."""
        return STANDARD if standard_definition(definition.name.text) is definition else self

    @staticmethod
    def power_of(definition: syntax.GateDefinition) -> syntax.GateDefinition | None:
        """The definition of a standard gate's real powers, if it has one: the exponent comes first."""
        name = definition.name.text
        return standard_definition(f"_power_{name}") if standard_definition(name) is definition else None

    @staticmethod
    def standard(name: str) -> syntax.GateDefinition | None:
        """A standard gate's definition."""
        return standard_definition(name)

    def signature(self, name: str, gateset: str) -> Signature | None:
        """How to call a gate, without parsing the standard gates."""
        key = NAMES[gateset].get(name)
        if key is not None:
            gate = GATES[key]
            return Signature(name, tuple(p.name for p in gate.parameters), gate.required, gate.operands)
        if name in self.own:
            return definition_signature(self.own[name])
        return standard_signatures().get(name)

    def names(self, gateset: str) -> list[str]:
        """Every gate name that can be used, for suggestions."""
        return [*NAMES[gateset], *self.own, *standard_signatures()]


STANDARD = Library()


def definition_signature(definition: syntax.GateDefinition) -> Signature:
    """How to call a defined gate."""
    names = tuple(parameter.name.text for parameter in definition.parameters)
    required = sum(parameter.default is None for parameter in definition.parameters)
    operands = -1 if definition.takes_registers else len(definition.operands)
    return Signature(definition.name.text, names, required, operands)


def is_builtin(name: str) -> bool:
    """Whether a gate name is taken by the table or the standard gates."""
    return name in NAMES["qis"] or name in NAMES["native"] or name in standard_signatures()
