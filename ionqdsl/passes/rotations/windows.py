"""Synthesises windows of a program anew, in many styles, and keeps those with no more two-qubit gates.

Takes a program of one- and two-letter rotations and returns an equal one with fewer two-qubit gates. A window is a set
of two-qubit gates on a few wires that can be brought together; windows of equal length are replaced too, so that the
search can leave a local minimum. Work is counted and not timed, so equal seeds give equal programs.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.paulis import NumericProgram, PauliProgram
from ionqdsl.passes.rotations.pauli_problems import Style
from ionqdsl.passes.rotations.replace_windows import Window, WindowPlan, replaced, tidied
from ionqdsl.passes.rotations.synthesise_paulis import Meter

MOST = 128
TOGETHER = 64
LEAST = 8
"""The most windows of a round, the number of their syntheses if there are few, and the fewest of each."""

FEW = 4
"""The syntheses of each window where there are windows all over the program."""

STYLES = 61
"""The number of styles of a round: windows share them, in other places each."""


RANGES = ((0.2, 0.7), (0, 0.3), (0, 0.03), (-0.05, 0.1))
"""The first weights of a style, in the ranges that experiments have shown to work."""


def random_style(draw: random.Random) -> Style:
    """A style of weights in these ranges."""
    return Style(*[draw.uniform(low, high) for low, high in RANGES])


class WindowLimits(NamedTuple):
    """Each window has its own limits, drawn from these ranges: of its two-qubit gates and of its wires."""

    sizes: tuple[int, int]
    wires: tuple[int, int]


NARROW = WindowLimits((8, 80), (4, 12))


def _new_styles(draw: random.Random, count: int = STYLES) -> list[Style]:
    """The first styles of a round; the numbers of all are drawn."""
    styles = [random_style(draw) for _ in range(min(count, STYLES))]
    draw.getrandbits(64 * (STYLES - len(styles)) * len(RANGES))  # of which a number is drawn from 64 each
    return styles


@cache
def _pool() -> list[Style]:
    return _new_styles(random.Random("styles of windows")) * 2


def _styles_of_pool(draw: random.Random, count: int) -> list[Style]:
    """Always the same styles, of which weights are known, from another one on."""
    first = draw.randrange(STYLES)
    return _pool()[first : first + min(count, STYLES)]


def improved_in_round(
    program: PauliProgram,
    draw: random.Random,
    meter: Meter,
    limits: WindowLimits = NARROW,
    *,
    may_rename: bool = True,
    longer: float = 0.0,
) -> PauliProgram:
    """The `tidied` program after a round of some windows, many syntheses of each.

    So large a share of the windows as `longer` may have a two-qubit gate more than before: without them the program
    gets no longer. Its outputs stay if wires may not be renamed.
    """
    windows = _windows(program, draw, *limits, MOST)
    meter.entries += len(program.wires)
    if not windows:
        return program
    bounds = [window.two_qubit_gates + (draw.random() < longer) for window in windows]
    plan = _plan(windows, bounds, draw, max(LEAST, TOGETHER // len(windows)), _styles_of_pool)
    meter.entries += sum(len(window.places) for window in windows)
    return replaced(program, plan, meter, [may_rename])[0]


def improve_once(
    program: PauliProgram, seed: int, sizes: tuple[int, int], wires: tuple[int, int], renames: Sequence[bool]
) -> list[PauliProgram]:
    """Improves windows all over the program, a few times each: for each of `renames`, whether wires may be renamed.

    Where they may not, the outputs stay.
    """
    draw = random.Random(f"windows {seed}")
    program = tidied(program)
    windows = _windows(program, draw, sizes, wires, len(program.rotations))
    bounds = [window.two_qubit_gates for window in windows]
    return replaced(program, _plan(windows, bounds, draw, FEW, _new_styles), Meter(), renames)


def _plan(
    windows: list[Window],
    bounds: list[int],
    draw: random.Random,
    tries: int,
    styles_from: Callable[[random.Random, int], list[Style]],
) -> WindowPlan:
    """So many tries of each window."""
    turns = [(draw.random() < 0.5, draw.random() < 0.5) for _ in windows]
    count = tries * len(windows)
    styles = styles_from(draw, count)
    return WindowPlan(windows, bounds, turns, tries, styles, [draw.getrandbits(64) for _ in range(count)])


# --- choosing ------------------------------------------------------------------------------------------------------


def _windows(
    program: PauliProgram, draw: random.Random, sizes: tuple[int, int], wires: tuple[int, int], most: int
) -> list[Window]:
    """Windows that have no entry in common.

    Each is brought together at the place of its first entry; later windows leave the entries of earlier ones out.
    """
    where: Sequence[int] = program.wires
    starts = [place for place, mask in enumerate(where) if mask & (mask - 1)]
    draw.shuffle(starts)
    taken = bytearray(len(where))
    collect: Collector = _collected
    if isinstance(program, NumericProgram):
        collect, where = _collected_compiled, array("Q", where)
    windows: list[Window] = []
    for start in starts[: 4 * most]:
        if taken[start]:
            continue
        window = collect(where, start, taken, draw.randint(*sizes), draw.randint(*wires))
        if window is not None:
            windows.append(window)
            if len(windows) == most:
                break
    return windows


Collector = Callable[[Sequence[int], int, bytearray, int, int], Window | None]
"""Collects forward from a start up to so many two-qubit gates on so many wires, and marks them as taken."""


def _collected(where: Sequence[int], start: int, taken: bytearray, most: int, wires: int) -> Window | None:
    """Entries that are left out block their wires."""
    inside = blocked = count = 0
    places: list[int] = []
    waiting: dict[int, list[int]] = {}  # one-letter rotations on wires that are not inside yet
    for place in range(start, min(len(where), start + 40 * most)):
        mask = where[place]
        if mask & blocked or taken[place]:
            blocked |= mask
        elif not mask & (mask - 1):
            if mask & inside:
                places.append(place)
            else:
                waiting.setdefault(mask, []).append(place)
            continue
        elif (mask | inside).bit_count() <= wires:
            added = mask & ~inside
            if added:
                inside |= mask
                for wire in (added & -added, added & (added - 1)):
                    places += waiting.pop(wire, ())
            places.append(place)
            count += 1
            if count == most:
                break
            continue
        else:
            blocked |= mask
        if not inside & ~blocked:
            break
    if count < 2:
        return None
    for place in places:
        taken[place] = 1
    return Window(places, _wires_of(inside), count)


def _collected_compiled(where: Sequence[int], start: int, taken: bytearray, most: int, wires: int) -> Window | None:
    """The same by kernel/collect.c, for masks of 64 bits."""
    places, inside, count = compiled.kernel.collect(where, taken, start, most, wires)
    return Window(memoryview(places).cast("i"), _wires_of(inside), count) if count > 1 else None


def _wires_of(mask: int) -> list[int]:
    return [wire for wire in range(mask.bit_length()) if mask >> wire & 1]
