"""Places gates that are applied again and again, in loops or by many statements, without expanding them each time.

Takes an application and the qubits of its operands and returns its rows, or None for one that must go the ordinary
road: whenever it might be an error. The rows are those of the ordinary road.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op, shared
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import Scope, evaluate
from ionqdsl.language.lower.forms import GateForm, form_of
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.values import Measure
from ionqdsl.record import Any, NamedTuple

_MOST_BITS = 400
"""The longest number that a form takes, so that none of its angles is too large to be one."""
_MOST_PLACED = 1_000
"""Rows of a statement on registers; where it has more, the road does not matter."""
_STEPS = 10
"""Steps of an application, as in gates.py."""
_ONE = {1}


class PlacedRows(NamedTuple):
    """Rows on qubits and the global phase that they omit."""

    rows: list[Op]
    phase: Angle


class RepeatedGates:
    """The statements of one circuit that have been lowered before."""

    def __init__(self, expander: Expander) -> None:
        self._expander = expander
        self._known: dict[tuple[int, str], _Statement | None] = {}
        self._nodes: dict[tuple[int, str], syntax.Application] = {}  # kept alive: another node might get the identity

    def placed(
        self, node: syntax.Application, scope: Scope, gateset: str, groups: Sequence[tuple[int, ...]], block: int
    ) -> PlacedRows | None:
        """The rows of an application for the values that names have now, in a verbatim block."""
        key = id(node), gateset
        if key not in self._known:
            if key not in self._nodes:
                self._nodes[key] = node
                return self.placed_once(node, scope, gateset, groups, block)
            self._known[key] = self._statement(node, gateset)
        statement = self._known[key]
        return statement and _placed(statement.form, statement.arguments.now, node, scope, groups, block)

    def placed_once(
        self, node: syntax.Application, scope: Scope, gateset: str, groups: Sequence[tuple[int, ...]], block: int
    ) -> PlacedRows | None:
        """The same for a statement outside loops, of which nothing but the form of its gate is remembered."""
        if node.modifiers:
            return None
        form = form_of(self._expander, gateset, node.span, node.gate.text, (None,) * len(node.arguments))
        if form is None:
            return None
        return _placed(form, partial(_angles, node.arguments), node, scope, groups, block)

    def _statement(self, node: syntax.Application, gateset: str) -> _Statement | None:
        if node.modifiers or any(argument.name is not None for argument in node.arguments):
            return None
        form = form_of(self._expander, gateset, node.span, node.gate.text, (None,) * len(node.arguments))
        return form and _Statement(form, _Arguments(tuple([argument.value for argument in node.arguments])))


def _placed(
    form: GateForm,
    arguments_in: Callable[[Scope], list[Angle] | None],
    node: syntax.Application,
    scope: Scope,
    groups: Sequence[tuple[int, ...]],
    block: int,
) -> PlacedRows | None:
    instances = _instances(form, groups)
    if instances is None:
        return None
    before = scope.budget.left
    scope.budget.spend(_STEPS + (len(instances) >> 3), node.span)
    arguments = arguments_in(scope)
    made = [] if arguments is None else [form.placed(arguments, qubits, block) for qubits in instances]
    rows = [op for one in made if one is not None for op in one]
    if arguments is None or None in made:
        scope.budget.left = before
        return None
    return PlacedRows([shared(*op) for op in rows], form.phase_of(arguments))


def _instances(form: GateForm, groups: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]] | None:
    """The qubits of each time that a form is placed; None unless they are surely right, and few.

    Registers of one length are paired up, as in operands.py; not if each time has a phase.
    """
    sizes = {*map(len, groups)}
    if len(groups) != form.width or not sizes or 0 in sizes:
        return None
    if sizes == _ONE:
        qubits = tuple([group[0] for group in groups])
        return [qubits] if form.width == 1 or len({*qubits}) == form.width else None
    times = max(sizes)
    if sizes - {1, times} or form.has_phase or times * len(form.rows) > _MOST_PLACED:
        return None
    instances = [*zip(*[group if len(group) == times else group * times for group in groups], strict=True)]
    return instances if all(len({*qubits}) == form.width for qubits in instances) else None


def _angles(arguments: tuple[syntax.Argument, ...], scope: Scope) -> list[Angle] | None:
    """The values as plain numbers in radians, None if one of them is something else. Raises CompileError."""
    angles: list[Angle] = []
    for argument in arguments:
        angle = None if argument.name is not None else _plain(evaluate(argument.value, scope))
        if angle is None:
            return None
        angles.append(angle)
    return angles


class _Arguments:
    """Expressions, evaluated again only when a name in them has another value."""

    def __init__(self, expressions: tuple[syntax.Expression, ...]) -> None:
        self._expressions = expressions
        parts = list(syntax.walk(expressions))
        self._is_simple = all(isinstance(part, _SIMPLE) for part in parts)
        self._names = tuple({part.name: None for part in parts if isinstance(part, syntax.Reference)})
        self._values: list[Any] | None = None
        self._angles: list[Angle] | None = None
        self._steps = 0

    def now(self, scope: Scope) -> list[Angle] | None:
        """The values as plain numbers in radians, None if one of them is something else. Raises CompileError."""
        budget, held = scope.budget, [scope.value(name) for name in self._names]
        if self._values is not None and all(a is b for a, b in zip(held, self._values, strict=True)):
            if self._expressions:
                budget.spend(self._steps, self._expressions[0].span)
            return self._angles
        before = budget.left
        angles = [_plain(evaluate(expression, scope)) for expression in self._expressions]
        found = [angle for angle in angles if angle is not None]
        self._angles = found if len(found) == len(angles) else None
        if self._is_simple:
            self._values, self._steps = held, before - budget.left
        return self._angles


_SIMPLE = (syntax.Number, syntax.Reference, syntax.Unary, syntax.Binary)
"""Nodes whose value depends on nothing but the names in them."""


class _Statement(NamedTuple):
    form: GateForm
    arguments: _Arguments


def _plain(value: Any) -> Angle | None:
    """A value of the language as a plain number in radians; None for one with a unit, with parameters, or long."""
    if type(value) is int or type(value) is Fraction:
        angle = Angle(0, value)
    elif type(value) is Measure and not value.unit and not value.amount.terms:
        angle = value.amount
    else:
        return None
    for number in (angle.turns, angle.radians):
        if isinstance(number, float) or number.numerator.bit_length() + number.denominator.bit_length() > _MOST_BITS:
            return None
    return angle
