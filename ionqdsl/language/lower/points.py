"""Lowers circuits at every point of a sweep, and in every iteration of a loop of runs.

Takes a function that makes circuits and returns its circuits at every point. If the points only supply angles that are
plain numbers, the circuits are lowered once with symbols and bound later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.language import values
from ionqdsl.language.evaluate import Poisoned, Scope
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.labels import label_at
from ionqdsl.language.lower.names import Context, define_globals, symbol
from ionqdsl.record import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ionqdsl.ir.points import Family

ENOUGH = 8
"""From this many points on, a circuit is lowered once with symbols, to be bound at each."""


def columns_of(points: Sequence[Mapping[str, Any]]) -> dict[str, list[Angle]] | None:
    """The values of enough points by name, None if one of them is not a plain number."""
    numbers = [value for point in points for value in point.values()]
    is_plain = all(values.is_number(x) and not values.is_angle(x) and values.amount(x).is_bound for x in numbers)
    if len(points) < ENOUGH or not numbers or not is_plain:
        return None
    return {name: [values.amount(point[name]) for point in points] for name in points[0]}


def lowered_once(
    context: Context, columns: Mapping[str, list[Angle]], templates: Callable[[], list[FlatCircuit]]
) -> list[Family] | None:
    """The families of circuits lowered with symbols; None if more than angles depends on the values."""
    from ionqdsl.ir.points import family  # imported late: `check` rarely needs it

    found, context.diagnostics = context.diagnostics, []
    try:
        with values.formulas() as formulas:
            made = templates()
        is_clean = not context.diagnostics
    except (CompileError, Poisoned):
        is_clean = False
    finally:
        context.diagnostics = found
    families = [family(template, columns, formulas) for template in made] if is_clean else []
    return [whole for whole in families if whole is not None] if families and None not in families else None


def at_all(
    context: Context,
    points: list[dict[str, Any]],
    make: Callable[[dict[str, Any]], Iterator[tuple[FlatCircuit, Any, Span | None]]],
    may_share: bool = True,
) -> Iterator[tuple[FlatCircuit, Any, Span | None]]:
    """The circuits of `make` at every point; their names contain the point."""
    rest: list[tuple[Any, Span | None]] = []

    def templates() -> list[FlatCircuit]:
        assert columns is not None
        at(context, {name: symbol(name) for name in columns})
        made = list(make({}))
        rest[:] = [(key, span) for _, key, span in made]
        return [circuit for circuit, _, _ in made]

    columns = columns_of(points) if may_share else None
    shared = lowered_once(context, columns, templates) if columns else None
    if shared is not None:
        members = [one.members([label_at(one.template.name, point) for point in points]) for one in shared]
        for circuits in zip(*members, strict=True):
            yield from ((circuit, *facts) for circuit, facts in zip(circuits, rest, strict=True))
        return
    for point in points:
        at(context, point)
        yield from make(point)


def at(context: Context, point: dict[str, Any]) -> None:
    """Sets the context to swept parameters at a point, and everything that depends on them."""
    if not point:
        return
    before = [found for found in context.diagnostics if found.code != "QC0305"]  # the point may have the value
    context.scope = Scope(budget=context.scope.budget)
    context.diagnostics = []
    define_globals(context, point, {})
    found, context.diagnostics, context.point = context.diagnostics, before, point
    context.report_once(found)
    context.expander = Expander(context.expander.library, context.scope, context.broken)
