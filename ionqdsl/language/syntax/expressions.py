"""The nodes of expressions, of names and of the targets of loops."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from fractions import Fraction

from ionqdsl.diagnostics.source import Span
from ionqdsl.record import Any, record


@record
class Name:
    """A name as written, for definitions and references that are not expressions."""

    text: str
    span: Span


@record
class Number:
    """A literal: exact value, unit ("", "turn", "deg", "rad"), and whether it was written as an integer."""

    value: Fraction | int
    unit: str
    span: Span


@record
class Text:
    """A string literal, unescaped."""

    value: str
    span: Span


@record
class Constant:
    """true, false or null."""

    value: bool | None
    span: Span


@record
class Reference:
    """A name used as a value."""

    name: str
    span: Span


@record
class Unary:
    """`-x`, `+x`, `~x` or `not x`."""

    operator: str
    operand: Expression
    span: Span


@record
class Binary:
    """Arithmetic, comparison, `and`, `or`, `in`, and the operators on the bits of whole numbers."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@record
class Conditional:
    """`then if condition else otherwise`."""

    then: Expression
    condition: Expression
    otherwise: Expression
    span: Span


@record
class Call:
    """A call of a function, the program's own or a built-in one, or of a Hamiltonian with parameters."""

    function: Name
    arguments: tuple[Argument, ...]
    span: Span


@record
class ListExpression:
    """`[a, b, c]`."""

    items: tuple[Expression, ...]
    span: Span


@record
class TupleExpression:
    """`(a, b)`."""

    items: tuple[Expression, ...]
    span: Span


@record
class NameGroup:
    """Several names for the parts of one value: `a, b`, or `i, (a, b)`."""

    items: tuple[Name | NameGroup, ...]
    span: Span


Target = Name | NameGroup
"""The names that a loop gives values to."""


def names_of(target: Target) -> list[Name]:
    """Every name of a target, in order."""
    return [target] if isinstance(target, Name) else [name for item in target.items for name in names_of(item)]


@record
class Clause:
    """`for target in iterable if condition if condition` of a comprehension."""

    target: Target
    iterable: Expression
    conditions: tuple[Expression, ...]
    span: Span


@record
class Comprehension:
    """`[item for a in b if c for d in e]`, or the same as a function's only argument, `sum(item for a in b)`."""

    item: Expression
    clauses: tuple[Clause, ...]
    span: Span


@record
class Field:
    """`value.name`, an entry of an object that was read from a file."""

    value: Expression
    name: Name
    span: Span


@record
class Slice:
    """`start:stop:step` inside brackets."""

    start: Expression | None
    stop: Expression | None
    step: Expression | None
    span: Span


@record
class Index:
    """`value[i]`, `value[a:b]`, `value[i, j]`."""

    value: Expression
    items: tuple[Expression | Slice, ...]
    span: Span


Expression = (
    Number
    | Text
    | Constant
    | Reference
    | Unary
    | Binary
    | Conditional
    | Call
    | ListExpression
    | TupleExpression
    | Comprehension
    | Field
    | Index
)


@record
class Argument:
    """An argument, given by position (name None) or by name."""

    name: Name | None
    value: Expression
    span: Span


@record
class FormalParameter:
    """A parameter of a gate or circuit, with or without a default."""

    name: Name
    default: Expression | None
    span: Span


def walk(node: Any, ends: Callable[[Any], bool] = lambda node: False) -> Iterator[Any]:
    """Yields a node and every node below it in order, but none below a node that `ends` the walk there.

    Iterates over a list, as sums may be long; runs of plain lines stay whole.
    """
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple | list) and not isinstance(part, Span):
            waiting += reversed(part)
        elif hasattr(part, "__fields__"):
            yield part
            if not ends(part):
                waiting += [getattr(part, name) for name in reversed(part.__fields__) if name != "span"]


def references(node: Any) -> Iterator[Reference]:
    """The names that a piece of syntax uses."""
    return (part for part in walk(node) if isinstance(part, Reference))


def mentions(node: Any, names: Container[str]) -> bool:
    """Whether one of the names occurs in a piece of syntax."""
    return any(part.name in names for part in references(node))
