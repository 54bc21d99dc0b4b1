"""Results on the terminal: one histogram after the other, as wide as the window.

Results come in, lines go out; emit/histogram.py draws them. Nothing is run or fetched here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ionqdsl.cli.terminal import Terminal

if TYPE_CHECKING:
    from ionqdsl.results import Result


def show(results: list[Result], terminal: Terminal, exact: bool = False) -> None:
    """Histograms, one after the other."""
    import shutil
    import sys

    from ionqdsl.emit.histogram import can_draw, histogram

    width = min(shutil.get_terminal_size().columns, 100)
    for number, result in enumerate(results):
        drawn = histogram(
            result,
            width,
            color=terminal.colors(sys.stdout),
            unicode=can_draw(getattr(sys.stdout, "encoding", None)),
            exact=exact,
        )
        terminal.data(("\n" if number else "") + drawn)
