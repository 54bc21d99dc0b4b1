"""Interaction forms by numbers, as arrays: the form that the compiled kernel takes and returns.

A form whose items are all interactions by numbers has `Numbers`; where the kernel is used, passes hand these on and
make items only when something asks for them. Most forms are counted and thrown away, so nothing ever does. Without the
kernel, and for other forms, there are the items alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.interactions import Interaction, Interactions, Item
from ionqdsl.algebra.rotations import EDGE, GRID, Turn, Vector
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.rounding import NOISE, SPACING

REACH = 150
"""The most blocks of a wire that an interaction slides past."""

LIMITS = array("d", (NOISE, SPACING, GRID, EDGE, REACH)).tobytes()
"""The constants of the passes over forms, as the kernel has them."""

_VALUES = 7
EACH = 8 * _VALUES
"""The bytes of an interaction's numbers: its axes and its angle."""


def plain_doubles(packed: bytes) -> bytes:
    """The same numbers, where 0 is never negative."""
    return array("d", [x + 0.0 for x in memoryview(packed).cast("d")]).tobytes()


class Numbers:
    """Interactions by numbers: two wires of each (int32), its axes u and v and its angle t (doubles), and its origin.

    `origins` is None if no interaction has one. `plain`, the values where 0 is never negative, tells which are alike.
    """

    def __init__(
        self, wires: bytes, values: bytes, origins: Sequence[Span | None] | None, plain: bytes | None = None
    ) -> None:
        self.wires, self.values, self.origins = wires, values, origins
        self._plain = plain

    def __len__(self) -> int:
        return len(self.wires) // 8

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Numbers) and self.items == other.items

    __hash__ = None  # type: ignore[assignment]

    @property
    def plain(self) -> bytes:
        """The values where 0 is never negative."""
        if self._plain is None:
            self._plain = plain_doubles(self.values)
        return self._plain

    @property
    def angles(self) -> list[float]:
        """The angle t of each."""
        return array("d", self.values)[_VALUES - 1 :: _VALUES].tolist()

    @cached_property
    def items(self) -> list[Item]:
        """The interactions as items."""
        return [*self.each()]

    def each(self) -> Iterator[Interaction]:
        """The interactions one after the other."""
        origins = self.origins or repeat(None, len(self))
        return (Interaction(*entry, origin) for entry, origin in zip(self.entries(), origins, strict=True))

    def entries(self) -> Iterator[tuple[int, int, Vector, Vector, float]]:
        """The wires of each, its axes and its angle."""
        wires, values = iter(memoryview(self.wires).cast("i")), iter(memoryview(self.values).cast("d"))
        axes = zip(values, values, values, strict=False)  # u and v in turns, each before the angle is read
        return zip(wires, wires, axes, axes, values, strict=False)

    def rewritten(self, wires: bytes, values: bytes, plain: bytes, places: bytes) -> Numbers:
        """Other interactions, which have the origins of those at these places (int32)."""
        origins = self.origins
        if origins is not None:
            origins = [origins[place] for place in memoryview(places).cast("i")]
        return Numbers(wires, values, origins, plain)

    def followed_by(self, others: Numbers) -> Numbers:
        """These interactions and then others."""
        origins = self.origins or others.origins
        if origins is not None:
            origins = [origin for part in (self, others) for origin in part.origins or [None] * len(part)]
        plain = None if self._plain is None else self._plain + others.plain
        return Numbers(self.wires + others.wires, self.values + others.values, origins, plain)

    def moved(self, to: Sequence[int]) -> Numbers:
        """The interactions on other wires: wire w becomes wire to[w]."""
        wires = array("i", [to[wire] for wire in memoryview(self.wires).cast("i")]).tobytes()
        return Numbers(wires, self.values, self.origins, self._plain)


_TURN = 8 * 4
"""The bytes of a turn."""


class EndTurns:
    """The turns at the ends of wires, packed as the kernel has them (four doubles each) or as a list, as asked for."""

    def __init__(self, given: bytes | list[Turn]) -> None:
        self._packed = given if isinstance(given, bytes) else None
        self._turns = None if isinstance(given, bytes) else given

    @property
    def packed(self) -> bytes:
        """As the kernel has them."""
        if self._packed is None:
            self._packed = array("d", chain.from_iterable(self.turns)).tobytes()
        return self._packed

    @property
    def turns(self) -> list[Turn]:
        """One for each wire."""
        if self._turns is None:
            assert self._packed is not None
            self._turns = turns_of(self._packed)
        return self._turns

    def read_on(self, wires: Sequence[int]) -> EndTurns:
        """Those of these wires, in this order."""
        packed = self.packed
        return EndTurns(b"".join([packed[_TURN * wire : _TURN * (wire + 1)] for wire in wires]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EndTurns) and self.turns == other.turns

    __hash__ = None  # type: ignore[assignment]


class NumericForm(Interactions):
    """An interaction form with `numbers` and `end_turns`, whose items and ends are made when asked for."""

    __fields__ = ("width", "numbers", "end_turns", "phase", "inputs", "neglected")

    def __init__(
        self,
        width: int,
        numbers: Numbers,
        end_turns: EndTurns,
        phase: Angle = ZERO,
        inputs: tuple[int, ...] | None = None,
        neglected: float = 0.0,
    ) -> None:
        self.width, self.numbers, self.end_turns = width, numbers, end_turns
        self.phase, self.inputs, self.neglected = phase, inputs, neglected

    def __getattr__(self, name: str) -> Any:
        if name == "items":
            self.items = self.numbers.items
            return self.items
        if name == "ends":
            self.ends = self.end_turns.turns
            return self.ends
        raise AttributeError(name)

    @property
    def two_qubit_gates(self) -> int:
        """The number of interactions."""
        return len(self.numbers.wires) // 8  # asked for often


def numbers_of(form: Interactions) -> Numbers | None:
    """The numbers of a form, None if it has other items or the kernel is not used."""
    if isinstance(form, NumericForm):
        return form.numbers
    if not compiled.is_used():
        return None
    known: _Packed | None = vars(form).get("_packed")
    if known is not None and known.items is form.items and len(known.numbers) == len(form.items):
        return known.numbers
    if not all(type(item) is Interaction and type(item.t) is float for item in form.items):
        return None
    numbers = packed(form.items)
    vars(form)["_packed"] = _Packed(form.items, numbers)
    return numbers


def each_item(form: Interactions) -> Iterable[Item]:
    """The items of a form, to be gone through once: those of a numeric form are made one after the other."""
    return form.numbers.each() if isinstance(form, NumericForm) and "items" not in vars(form) else form.items


def packed_ends(form: Interactions) -> bytes:
    """The turns at the ends of a form's wires as the kernel has them."""
    if isinstance(form, NumericForm):
        return form.end_turns.packed
    return EndTurns(form.ends).packed


def turns_of(packed: bytes) -> list[Turn]:
    """Turns from four doubles each."""
    numbers = iter(memoryview(packed).cast("d"))
    return list(zip(*[numbers] * 4, strict=True))


def form_of_arrays(width: int, wires: bytes, values: bytes, plain: bytes, ends: bytes, neglected: float) -> NumericForm:
    """A form without origins, phase or renamed inputs, as the kernel writes it."""
    return NumericForm(width, Numbers(wires, values, None, plain), EndTurns(ends), neglected=neglected)


class _Packed(NamedTuple):
    """Items of a form and their numbers, which the form keeps, so that they are read once."""

    items: list[Item]
    numbers: Numbers


def packed(items: Sequence[Any]) -> Numbers:
    """The numbers of interactions by numbers."""
    wires, values = array("i"), array("d")
    for item in items:
        wires.extend((item.a, item.b))
        values.extend((*item.u, *item.v, item.t))
    origins = [item.origin for item in items]
    known = None if all(origin is None for origin in origins) else origins
    return Numbers(wires.tobytes(), values.tobytes(), known)


class Content(NamedTuple):
    """The parts of a form that decide its cost, without origins: forms with equal ones are alike."""

    items: tuple[object, ...]
    ends: bytes
    inputs: tuple[int, ...] | None


_ENTRIES = attrgetter("a", "b", "u", "v", "t")


def entries_of(items: Sequence[Any]) -> Iterator[tuple[int, int, Vector, Vector, float]]:
    """The wires, axes and angles of interactions by numbers, as `Numbers` has them."""
    return map(_ENTRIES, items)


def content_of(form: Interactions) -> Content:
    """The content of a form, to compare it with others."""
    return Content(items_content(form), plain_doubles(packed_ends(form)), form.inputs)


def items_content(form: Interactions) -> tuple[object, ...]:
    """The part of it that holds the items."""
    numbers = numbers_of(form)
    if numbers is not None:
        return numbers.wires, numbers.plain
    return tuple([_ENTRIES(item) if isinstance(item, Interaction) else item for item in form.items])
