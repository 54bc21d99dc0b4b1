"""Gives the names of a program their values: constants, parameters and Hamiltonians, at a point of a sweep.

Takes the items of a file and the values given for parameters, and returns a scope; a parameter without a value is a
symbol. Circuits are not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.language import syntax, values
from ionqdsl.language.calls import with_values
from ionqdsl.language.comparison import elements
from ionqdsl.language.evaluate import POISON, Poisoned, Scope, evaluate, suggest
from ionqdsl.language.functions import integer, operator
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.labels import label_at
from ionqdsl.record import TYPE_CHECKING, Any, fresh, record

if TYPE_CHECKING:
    from ionqdsl.language.lower.effects import Effects

MAX_RUNS = 100_000
"""Most circuits one file may run; the service's own, lower limit is checked with the payload."""


@record(frozen=False)
class Context:
    """Everything that lowering a file needs."""

    file: syntax.File
    broken: frozenset[Span]
    scope: Scope
    expander: Expander
    name: str
    diagnostics: list[Diagnostic] = fresh(default_factory=list)
    operations: int = 0
    definitions: dict[str, syntax.CircuitDefinition] = fresh(default_factory=dict)
    parameters: dict[str, tuple[Span, Angle | None]] = fresh(default_factory=dict)
    expressions: Mapping[str, syntax.Expression] = fresh(default_factory=dict)
    point: Mapping[str, Any] = fresh(default_factory=dict)
    effects: Effects | None = None

    def report(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Adds diagnostics to those found."""
        self.diagnostics += diagnostics

    def report_once(
        self, diagnostics: Iterable[Diagnostic], by_place: Mapping[Span, Mapping[str, Any]] | None = None
    ) -> None:
        """Adds those that no place has yet, with the values `by_place` of names, and those of the sweep's point.

        Of runs and points that fail alike the first is named.
        """
        known = {(diagnostic.code, diagnostic.place) for diagnostic in self.diagnostics}
        new = [diagnostic for diagnostic in diagnostics if (diagnostic.code, diagnostic.place) not in known]
        if new:
            swept: dict[Span, dict[str, Any]] = {}
            for name, value in self.point.items():
                swept.setdefault(self.parameters[name][0], {})[name] = value
            self.diagnostics += [with_values(diagnostic, {**(by_place or {}), **swept}) for diagnostic in new]


def define_globals(context: Context, point: Mapping[str, Any], sweeps: Mapping[str, syntax.Expression]) -> None:
    """Defines constants, parameters and Hamiltonians in the scope of all circuits and gates, swept ones at a point."""
    names, context.scope.data = context.scope.names, context.file.loaded
    effects = context.effects if not point else None
    for item in context.file.items:  # functions may be called before their definitions
        if syntax.is_function(item):
            context.scope.define(item, item.span in context.broken)
    for item in context.file.items:
        if not isinstance(item, (syntax.Const, syntax.Param, syntax.HamiltonianDefinition)) or syntax.is_function(item):
            continue
        name = item.declarator.name if isinstance(item, syntax.Param) else item.name
        try:
            if item.span in context.broken:
                raise Poisoned
            if name.text in names:
                raise fail("QC0220", name.span, name=name.text)
            if effects is not None:
                effects.defined(name.text, context.scope)
            if isinstance(item, syntax.Param):
                value = _parameter(context, item, point)
                names[name.text] = value if effects is None else effects.same(name.text, value)
            elif isinstance(item, syntax.Const) and effects is not None:
                names[name.text] = effects.constant(item, context.scope)
            elif isinstance(item, syntax.Const):
                names[name.text] = evaluate(item.value, context.scope)
            else:
                names[name.text] = operator(evaluate(item.value, context.scope), item.value.span)
        except CompileError as error:
            context.diagnostics += error.diagnostics
            names.setdefault(name.text, POISON)
        except Poisoned:
            names.setdefault(name.text, POISON)
    parameters = [item.declarator.name.text for item in context.file.items if isinstance(item, syntax.Param)]
    for wanted, node in {**context.expressions, **sweeps}.items():
        if wanted not in parameters and wanted not in context.parameters:
            facts = {"name": wanted, "suggestion": suggest(wanted, parameters), "declared": f"param {wanted}"}
            context.diagnostics.append(Diagnostic("QC0420", node.span, facts))


def _parameter(context: Context, node: syntax.Param, point: Mapping[str, Any]) -> Any:
    """A parameter's value: that of the point, the given one, its default, or the parameter as a symbol."""
    expressions, name = context.expressions, node.declarator.name.text
    chosen = expressions.get(name, node.value)
    value = None if chosen is None else evaluate(chosen, context.scope)
    if name in point:
        return point[name]
    if node.declarator.size is None:
        if value is not None and not values.is_number(value):
            assert chosen is not None
            raise fail("QC0307", chosen.span, wanted="a number or an angle", given=values.kind(value))
        context.parameters[name] = (node.span, None if value is None else values.amount(value))
        return symbol(name) if value is None else value
    size = integer(evaluate(node.declarator.size, context.scope), node.declarator.size.span, "a number of parameters")
    if not 1 <= size <= 100_000:
        raise fail("QC0506", node.declarator.size.span, size=size)
    if value is not None and not values.is_number(value):
        assert chosen is not None
        items = list(elements(value, chosen.span))
        if len(items) != size:
            raise fail("QC0421", chosen.span, name=name, size=size, given=len(items))
    else:
        items = [value] * size
    context.scope.budget.spend(5 * size, node.span)
    result = []
    for index, item in enumerate(items):
        element = f"{name}[{index}]"
        if element in expressions:
            item = evaluate(expressions[element], context.scope)
        if item is not None and not values.is_number(item):
            at = expressions.get(element, chosen) or node
            raise fail("QC0307", at.span, wanted="a number for each element", given=values.kind(item))
        context.parameters[element] = (node.span, None if item is None else values.amount(item))
        result.append(point.get(element, symbol(element) if item is None else item))
    return result


def symbol(name: str) -> values.Measure:
    """An unbound parameter as a value: an unknown plain number."""
    return values.Measure(Angle.of(name, radians=1))


def sweep_points(context: Context, sweeps: Mapping[str, syntax.Expression]) -> list[dict[str, Any]]:
    """Every combination of the swept values; one empty point without a sweep."""
    points: list[dict[str, Any]] = [{}]
    for name, node in sweeps.items():
        try:
            items = elements(evaluate(node, context.scope), node.span)
            if not items:
                raise fail("QC0408", node.span)
            if len(points) * len(items) > MAX_RUNS:
                raise fail("QC0507", node.span, count=len(points) * len(items), limit=MAX_RUNS)
            parameter = context.scope.names.get(name)
            rows = [_row(name, item, parameter if isinstance(parameter, list) else None, node) for item in items]
            _tell_apart(rows, node)
            points = [{**point, **row} for point in points for row in rows]
        except CompileError as error:
            context.diagnostics += error.diagnostics
    return points


def _tell_apart(rows: list[dict[str, Any]], node: syntax.Expression) -> None:
    """Raises QC0460 at a value that the sweep has already: results are found by their circuits' names."""
    first: dict[str, int] = {}
    for place, row in enumerate(rows):
        shown = label_at("", row).strip()
        if first.setdefault(shown, place) != place:
            parts = node.items if isinstance(node, syntax.ListExpression) and len(node.items) == len(rows) else ()
            span, *others = [parts[at].span for at in (place, first[shown])] if parts else [node.span]
            raise fail("QC0460", span, *((other, "first") for other in others), point=shown)


def _row(name: str, item: Any, elements: list[Any] | None, node: syntax.Expression) -> dict[str, Any]:
    """One value of a swept parameter. Several elements take a list, or one number for all of them."""
    if elements is None:
        if values.is_number(item) and not values.amount(item).is_bound:
            raise fail("QC0305", node.span, names=values.amount(item).symbols)
        return {name: item}
    row = item if isinstance(item, (list, tuple)) else [item] * len(elements)
    if len(row) != len(elements):
        raise fail("QC0421", node.span, name=name, size=len(elements), given=len(row))
    for value in row:
        if not values.is_number(value):
            raise fail("QC0307", node.span, wanted="a number for each element", given=values.kind(value))
        if not values.amount(value).is_bound:
            raise fail("QC0305", node.span, names=values.amount(value).symbols)
    return {f"{name}[{index}]": value for index, value in enumerate(row)}
