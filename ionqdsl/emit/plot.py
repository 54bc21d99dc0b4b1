"""Plots histograms with matplotlib, for papers and slides.

Takes one `Result` or several, and optionally axes to draw on, and returns the axes. Showing, saving, sizes and fonts
are left to matplotlib.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.emit.bars import most_frequent, shares
from ionqdsl.simulation.results import Result

_SERIES = 8
"""Most curves, and most bars for an outcome."""


def plot(result: Result, axes: Any = None, most: int = 64) -> Any:
    """The shares of the outcomes as bars, counted ones with their standard error sqrt(p (1 - p) / shots).

    At most `most` outcomes, the most frequent ones, in the order of their bit strings. Raises UsageError without
    matplotlib.
    """
    axes = _axes(axes)
    joint = shares(result)
    keys = most_frequent([joint], most)
    heights, errors = _shares_and_errors(result, keys)
    axes.bar(keys, heights, yerr=errors, capsize=2)
    axes.set_xlabel(result.order)
    axes.set_ylabel("probability")
    axes.set_title(result.name)
    axes.tick_params(axis="x", labelrotation=90 if result.qubits > 3 else 0)
    return axes


def plot_several(results: Sequence[Result], points: Sequence[Mapping[str, float]], axes: Any) -> Any:
    """The shares of several results, with standard errors as in `plot`, of at most eight outcomes.

    Results at values of one parameter are a curve for each outcome; up to eight others are a group of bars for each
    outcome, more of them curves over their numbers. Raises UsageError without matplotlib.
    """
    axes = _axes(axes)
    keys = most_frequent(map(shares, results), _SERIES)
    tables = [_shares_and_errors(result, keys) for result in results]
    names = {name for point in points for name in point if len({other.get(name) for other in points}) > 1}
    if len(names) == 1 and all(names <= point.keys() for point in points):
        (name,) = names
        _curves(axes, [point[name] for point in points], name, keys, tables)
    elif len(results) > _SERIES:
        _curves(axes, list(range(len(results))), "number of the circuit", keys, tables)
    else:
        wide = 0.8 / len(results)
        for number, (result, (heights, errors)) in enumerate(zip(results, tables, strict=True)):
            left = [place + (number - (len(results) - 1) / 2) * wide for place in range(len(keys))]
            axes.bar(left, heights, wide, yerr=errors, capsize=2, label=result.name)
        axes.set_xticks(range(len(keys)), keys, rotation=90 if results[0].qubits > 3 else 0)
        axes.set_xlabel(results[0].order)
    axes.set_ylabel("probability")
    axes.legend()
    return axes


def _curves(axes: Any, places: Sequence[float], name: str, keys: Sequence[str], tables: Sequence[_Table]) -> None:
    order = sorted(range(len(places)), key=places.__getitem__)
    for number, key in enumerate(keys):
        heights = [tables[index][0][number] for index in order]
        errors = [(tables[index][1] or [0.0] * len(keys))[number] for index in order]
        axes.errorbar([places[index] for index in order], heights, errors if any(errors) else None, label=key)
    axes.set_xlabel(name)


_Table = tuple[list[float], list[float] | None]


def _shares_and_errors(result: Result, keys: Sequence[str]) -> _Table:
    """The shares of some outcomes, and their standard errors if they were counted."""
    joint = shares(result)
    heights = [joint.get(key, 0.0) for key in keys]
    if not (result.counts and result.shots):
        return heights, None
    return heights, [(share * (1 - share) / result.shots) ** 0.5 for share in heights]


def _axes(axes: Any) -> Any:
    if axes is not None:
        return axes
    try:
        from matplotlib import pyplot
    except ImportError:
        raise UsageError([Diagnostic("QC0952")]) from None
    return pyplot.subplots()[1]
