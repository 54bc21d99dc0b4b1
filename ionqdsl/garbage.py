"""When Python looks for circles of objects that nobody holds any more, and when that waits."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Work that makes many objects and few circles: looking through them again and again takes a third of its time.

    Objects in no circle go as ever, when nobody holds them. Blocks may stand in each other; the outermost ends it.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
