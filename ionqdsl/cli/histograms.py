"""Shows results in the terminal: histograms, tables, CSV or JSON, and mean values of operators.

Takes results and the flags for their form; emit/ draws them. Nothing is run or fetched here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ionqdsl.cli.terminal import Terminal

if TYPE_CHECKING:
    import argparse

    from ionqdsl.simulation.results import Result

FORMATS = ("histogram", "table", "json", "csv", "shots")
ORDERS = ("q0-left", "q0-right")
AGGREGATIONS = ("average", "voting", "dnl", "majority")


class View(NamedTuple):
    """How to show results."""

    format: str = "histogram"
    order: str = "q0-left"
    operators: tuple[str, ...] = ()
    exact: bool = False  # probabilities, even if there are counts
    aggregation: str | None = None  # of a debiased job's variants


PLAIN = View()


def add_view(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for the form of results."""
    group = parser.add_argument_group("results")
    group.add_argument("--format", choices=FORMATS, default="histogram", help="form of the results (histogram)")
    group.add_argument("--order", choices=ORDERS, default="q0-left", help="side of q[0] in bit strings (q0-left)")
    group.add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="OPERATOR",
        help="show the mean of 'Z[0]*Z[1] + 0.5*Z[2]' or 'ZZI'; table and csv then show only means",
    )


def add_aggregation(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for combining the variants of a debiased job."""
    group = parser.add_argument_group("debiased jobs")
    group.add_argument("--aggregation", choices=AGGREGATIONS, help="how to combine variants (average)")
    short = "the same as --aggregation voting"
    group.add_argument("--sharpen", dest="aggregation", action="store_const", const="voting", help=short)


def view_of(arguments: argparse.Namespace) -> View:
    """The view that the flags of `add_view` describe."""
    operators, exact = tuple(arguments.expect), getattr(arguments, "exact", False)
    return View(arguments.format, arguments.order, operators, exact, getattr(arguments, "aggregation", None))


def show(results: Sequence[Result], terminal: Terminal, view: View = PLAIN) -> None:
    """Shows results, one after the other."""
    results = [result.ordered(view.order) for result in results]
    if view.format != "histogram":
        from ionqdsl.emit import outcomes

        terminal.data(outcomes.FORMATS[view.format](results, view.operators), exact=view.format != "table")
        return
    for number, result in enumerate(results):
        terminal.data(("\n" if number else "") + _drawn(result, terminal, view))


def as_json(results: Sequence[Result], view: View = PLAIN) -> list[dict[str, Any]]:
    """The results for `--json`, in the view's order of bits."""
    from ionqdsl.emit import outcomes

    return outcomes.as_json([result.ordered(view.order) for result in results], view.operators)


def _drawn(result: Result, terminal: Terminal, view: View) -> str:
    import shutil
    import sys

    from ionqdsl.emit.histogram import can_draw, histogram

    can_show = can_draw(getattr(sys.stdout, "encoding", None))
    width = min(shutil.get_terminal_size().columns, 100)
    bars = histogram(result, width, color=terminal.colors(sys.stdout), unicode=can_show, exact=view.exact)
    means = [f"<{operator}> = {result.expectation(operator)}" for operator in view.operators]
    return "\n".join([bars, *([""] if means else []), *means])
