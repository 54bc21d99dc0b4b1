"""What an expression is worth at its place, as far as that is known without running anything.

An expression and a document go in, a value of values.py comes out, or None: unknown names, loop variables that decide
something, too large lists. Parameters count as symbols. How values are shown stands here too, angles in both units.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ionqdsl import notation, syntax, values
from ionqdsl.angle import TAU, Angle
from ionqdsl.budget import Budget
from ionqdsl.diagnostics import CompileError
from ionqdsl.evaluate import POISON, Poisoned, Scope, evaluate
from ionqdsl.lower.names import symbol
from ionqdsl.lsp import pieces
from ionqdsl.lsp.document import Definition, Document
from ionqdsl.lsp.mentions import VALUE, in_expression

MAX_STEPS = 10_000
MAX_DEPTH = 30


def value_of(document: Document, node: Any, shift: int, depth: int = 0) -> Any:
    """The value of an expression whose places are `shift` less than the document's; None where it is not known."""
    names: dict[str, Any] = {}
    for mention in in_expression(node):
        if mention.space == VALUE and not mention.defines and mention.name not in names:
            there = mention._replace(start=mention.start + shift, end=mention.end + shift)
            definition = document.definition_of(there)
            if definition is not None:
                names[mention.name] = value_of_definition(definition, depth + 1)
    try:
        return evaluate(node, Scope(names, None, Budget(MAX_STEPS)))
    except (CompileError, Poisoned):
        return None


def value_of_definition(definition: Definition, depth: int = 0) -> Any:
    """What a name is worth; POISON where that is not known."""
    node = definition.mention.owner
    match node:
        case syntax.Const() | syntax.HamiltonianDefinition() if depth < MAX_DEPTH:
            value = value_of(definition.document, node.value, pieces.shift(definition.piece), depth)
            return POISON if value is None else value
        case syntax.Param(declarator=syntax.Declarator(size=None), value=given):
            if given is not None and depth < MAX_DEPTH:
                value = value_of(definition.document, given, pieces.shift(definition.piece), depth)
                return POISON if value is None else value
            return symbol(definition.name)
        case syntax.FormalParameter():
            return symbol(definition.name)
    return POISON


# --- how values are shown --------------------------------------------------------------------------------------------


def shown(value: Any) -> str:
    """A value for people: an angle in three units, a number with its decimals; "" for what says little."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, values.PauliSum):
        return f"{len(value.terms)} Pauli term{'s' * (len(value.terms) != 1)}"
    if isinstance(value, (list, range)):
        first = ", ".join(filter(None, (_element(item) for item in value[:4])))
        return f"{len(value)} values: {first}{', ...' * (len(value) > 4)}" if first else f"{len(value)} values"
    if not values.is_number(value):
        return ""
    if values.is_symbolic(value):
        return notation.angle(value.amount, "rad")
    if values.is_angle(value):
        degrees = decimal(_turns(value.amount) * 360)
        return f"{in_turns(value.amount)} = {in_radians(value.amount)} = {degrees}deg"
    if isinstance(value, values.Measure):
        return f"{notation.angle(value.amount, 'rad')} = {decimal(values.as_float(value))}"
    text, short = notation.number(value), decimal(value)
    return text if text == short else f"{text} = {short}"


def _element(value: Any) -> str:
    """A value within a list, as short as it can be written."""
    if isinstance(value, (list, range)):
        return f"[{', '.join(_element(item) or '...' for item in value[:4])}{', ...' * (len(value) > 4)}]"
    return shown(value).split(" = ")[0]


def as_angle(value: Any, unit: str) -> Angle | None:
    """A known number as the angle a gate takes it for, `unit` being what its plain numbers are in."""
    if not values.is_number(value) or values.is_symbolic(value):
        return None
    amount = values.amount(value)
    return values.in_turns(amount) if unit == "turn" and not values.is_angle(value) else amount


def in_turns(angle: Angle) -> str:
    """A known angle in turns, exact where that is short."""
    exact = notation.number(angle.turns) if not angle.radians else ""
    return f"{exact if exact and len(exact) <= 8 else decimal(_turns(angle))}turn"


def in_radians(angle: Angle) -> str:
    """A known angle in radians, with six digits."""
    return f"{decimal(angle.in_radians())}rad"


def _turns(angle: Angle) -> float:
    return float(angle.turns) + float(angle.radians) / float(TAU)


def decimal(value: Fraction | float) -> str:
    """A number with six digits."""
    return f"{float(value):.6g}"
