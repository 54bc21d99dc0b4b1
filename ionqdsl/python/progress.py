"""Shows in a notebook how far long work is, with a bar of tqdm that goes away at the end.

Takes the items of the work, or lines of text. Short work shows nothing, and neither do scripts and notebooks without
the extra `notebook`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ionqdsl.diagnostics.extras import missing

T = TypeVar("T")

SECONDS_BEFORE_SHOWN = 1.0


def counted(items: Iterable[T], total: int, unit: str) -> Iterator[T]:
    """The items, with a bar of `total` units while they are used."""
    bar = _bar(total=total, unit=f" {unit}")
    if bar is None:
        yield from items
        return
    with bar:
        for item in items:
            yield item
            bar.update()


@contextmanager
def told() -> Iterator[Callable[[str], None]]:
    """A function that shows a line of text in the place of the one before."""
    bar = _bar(bar_format="{desc}")
    if bar is None:
        yield lambda text: None
        return
    with bar:
        yield lambda text: _say(bar, text)


def _say(bar: Any, text: str) -> None:
    bar.set_description_str(text, refresh=False)
    bar.update()


def _bar(**options: Any) -> Any:
    """A bar, or None where none is shown."""
    if not is_notebook() or missing("notebook"):
        return None
    from tqdm.notebook import tqdm  # late: an extra

    return tqdm(leave=False, delay=SECONDS_BEFORE_SHOWN, **options)


def is_notebook() -> bool:
    """Whether the code runs in a kernel of Jupyter."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")
