"""Plots histograms with matplotlib, for papers and slides.

Takes a `Result` and optionally axes to draw on, and returns the axes. Showing, saving, sizes and fonts are left to
matplotlib.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.emit.bars import shares
from ionqdsl.simulation.results import Result


def plot(result: Result, axes: Any = None, most: int = 64) -> Any:
    """The shares of the outcomes as bars, counted ones with their standard error sqrt(p (1 - p) / shots).

    At most `most` outcomes, the most frequent ones, in the order of their bit strings. Raises UsageError without
    matplotlib.
    """
    if axes is None:
        try:
            from matplotlib import pyplot
        except ImportError:
            raise UsageError([Diagnostic("QC0952")]) from None
        axes = pyplot.subplots()[1]
    joint = shares(result)
    keys = sorted(nsmallest(most, joint, key=lambda key: (-round(joint[key], 12), key)))
    heights = [joint[key] for key in keys]
    errors = None
    if result.counts and result.shots:
        errors = [(share * (1 - share) / result.shots) ** 0.5 for share in heights]
    axes.bar(keys, heights, yerr=errors, capsize=2)
    names = result.names or tuple(f"q[{q}]" for q in range(result.qubits))
    axes.set_xlabel(" ".join(names if result.bit_order == "q0-left" else names[::-1]))
    axes.set_ylabel("probability")
    axes.set_title(result.name)
    axes.tick_params(axis="x", labelrotation=90 if result.qubits > 3 else 0)
    return axes
