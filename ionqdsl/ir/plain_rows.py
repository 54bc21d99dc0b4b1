"""Rows of plain lines, kept as the lines themselves: numbers for each line, and rows on demand.

A plain line names a gate, decimal numbers and qubits. Lines that differ in their numbers alone have one `LineForm`,
whose rows have symbols in place of the numbers. A `PlainRows` holds of each line the form, the offset in the source and
the numbers as floats, 8 bytes and 8 for each number; exact angles and spans come from the source's text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise, repeat

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import ZERO, Angle, AngleSum, DecimalAngle
from ionqdsl.record import Any, NamedTuple

_REMEMBERED = 4096
"""Lines whose rows are remembered where rows are made one after the other."""

Op = Any
"""A row: circuit.py, which stands on this module, defines it."""

_UNITS = "turndegrad"
"""The letters of units, which may follow a number; the form of the line knows the unit."""

_SIGN = "\N{GREEK SMALL LETTER ALPHA}"
"""Begins the symbols of arguments. No name of a program has this letter."""


def argument(number: int) -> str:
    """The symbol of an argument by its number."""
    return f"{_SIGN}{number}"


def argument_number(symbol: str) -> int | None:
    """The number of an argument by its symbol, None for any other symbol."""
    digits = symbol.removeprefix(_SIGN)
    return int(digits) if digits != symbol and digits.isdecimal() else None


class LineForm(NamedTuple):
    """The rows of lines that differ in `arity` numbers, and the phase that the rows omit.

    An angle is a constant, or one `argument` times a number; no argument is 0.
    """

    rows: tuple[Op, ...]
    phase: Angle = ZERO
    arity: int = 0


class PlainRows:
    """The rows of lines of a source, in order. `forms` may be shared with others, and only grows."""

    def __init__(self, source: Source, forms: list[LineForm]) -> None:
        from array import array  # late: short texts need none

        self.source, self.forms = source, forms
        self.form_of = array("I")
        self.starts = array("Q" if len(source.text) >> 31 else "I")
        self.numbers = array("d")
        self._ends: Sequence[int] = ()
        self._counted = self._rows = self._seen = 0
        self._used: dict[int, None] = {}

    def __len__(self) -> int:
        """The number of rows. Lines are counted once."""
        if self._counted < len(self.form_of):
            added = Counter(self.form_of[self._counted :])
            self._rows += sum([len(self.forms[form].rows) * times for form, times in added.items()])
            self._counted = len(self.form_of)
        return self._rows

    def __bool__(self) -> bool:
        """Whether there are lines."""
        return bool(self.form_of)

    @property
    def used(self) -> list[LineForm]:
        """The forms of the lines, each once, in order. Lines are looked at once."""
        if self._seen < len(self.form_of):
            self._used |= dict.fromkeys(self.form_of[self._seen :])
            self._seen = len(self.form_of)
        return [self.forms[form] for form in self._used]

    def extend(self, other: PlainRows) -> bool:
        """Takes the lines of another at the end if both have the same source and forms; says whether it did."""
        if other.source is not self.source or other.forms is not self.forms:
            return False
        self.form_of += other.form_of
        self.starts += other.starts
        self.numbers += other.numbers
        return True

    def with_forms(self, forms: list[LineForm]) -> PlainRows:
        """The same lines with other forms."""
        result = PlainRows(self.source, forms)
        result.form_of, result.starts, result.numbers = self.form_of, self.starts, self.numbers
        return result

    def rows(self) -> list[Op]:
        """The rows as objects. Equal lines share their rows."""
        return [*chain.from_iterable(self._each(len(self.form_of)))]

    def stream(self, needs: Callable[[Op], bool] | None = None) -> Iterator[Op]:
        """The rows one after the other, most of them forgotten soon. Those that nobody `needs` stay without numbers."""
        return chain.from_iterable(self._each(_REMEMBERED, needs))

    def _each(self, most_known: int, needs: Callable[[Op], bool] | None = None) -> Iterator[tuple[Op, ...]]:
        """The rows of one line after the other. Equal lines share them, as long as so many lines are known."""
        known: dict[str, tuple[Op, ...]] = {}
        is_open = [form.arity > 0 and (needs is None or any(map(needs, form.rows))) for form in self.forms]
        for number, start in zip(self.form_of, self.starts, strict=True):
            rows: tuple[Op, ...] | None = self.forms[number].rows
            if is_open[number]:
                line = self._line(start)
                rows = known.get(line)
                if rows is None:
                    angles = arguments(line)
                    if len(known) >= most_known:
                        known.clear()
                    rows = known[line] = tuple([_bound(op, angles) for op in self.forms[number].rows])
            assert rows is not None
            yield rows

    def spans(self) -> Iterator[Span]:
        """The place of each row."""
        sizes = [len(form.rows) for form in self.forms]
        if all(size == 1 for size in sizes):  # a gate may also mean no row, like `id`
            return map(self._span, self.starts)
        return chain.from_iterable(
            repeat(self._span(start), sizes[form]) for form, start in zip(self.form_of, self.starts, strict=True)
        )

    def bound(self, form: int, start: int) -> tuple[Op, ...]:
        """The rows of a line by the number of its form and its offset."""
        if not self.forms[form].arity:
            return self.forms[form].rows
        angles = arguments(self._line(start))
        return tuple([_bound(op, angles) for op in self.forms[form].rows])

    def number_texts(self, start: int) -> list[str]:
        """The numbers of the line at an offset, as they are written there."""
        return _number_texts(self._line(start))

    def span_of(self, row: int) -> Span:
        """The place of the line that makes a row."""
        return self._span(self.starts[self._line_of(row)])

    def _line_of(self, row: int) -> int:
        if len(self._ends) < len(self.form_of):
            from array import array

            self._ends = array("Q", accumulate(len(self.forms[form].rows) for form in self.form_of))
        return bisect_right(self._ends, row)

    def split(self, rows: Iterable[int]) -> Iterator[PlainRows]:
        """The lines as several, in order: each line that makes one of these rows is one by itself."""
        lines = {self._line_of(row) for row in rows}
        borders = sorted({0, len(self.form_of), *lines, *(line + 1 for line in lines)})
        at = 0
        for begin, end in pairwise(borders):
            piece = PlainRows(self.source, self.forms)
            piece.form_of, piece.starts = self.form_of[begin:end], self.starts[begin:end]
            count = sum([self.forms[form].arity for form in piece.form_of])
            piece.numbers = self.numbers[at : at + count]
            at += count
            yield piece

    @staticmethod
    def places_in(parts: Iterable[PlainRows | Sequence[Span | None]]) -> Origins:
        """The places of rows of which some are those of plain lines."""
        return Origins(parts)

    def first_span(self) -> Span:
        """The place of the first line."""
        return self._span(self.starts[0])

    def _span(self, start: int) -> Span:
        return Span(self.source, start, start + len(self._line(start)))

    def _line(self, start: int) -> str:
        end = self.source.text.find("\n", start)
        return self.source.text[start : end if end >= 0 else None].rstrip()

    def phase(self) -> Angle:
        """The phase that all rows together omit."""
        total = AngleSum()
        open_forms = {number for number in set(self.form_of) if self.forms[number].phase.terms}
        for number, times in Counter(self.form_of).items():
            phase = self.forms[number].phase
            total.add(Angle(phase.turns, phase.radians), times)
        for number, start in zip(self.form_of, self.starts, strict=True) if open_forms else ():
            if number in open_forms:
                angles = arguments(self._line(start))
                for symbol, _, radians in self.forms[number].phase.terms:
                    assert not isinstance(radians, float)
                    total.add(angles[_number(symbol)], radians)
        return total.angle()

    def patterns(self) -> Iterator[Op]:
        """The rows of all forms, without angles where these have numbers of the lines."""
        for form in self.used:
            for op in form.rows:
                yield op._replace(angles=()) if any(angle.terms for angle in op.angles) else op


class Origins(Sequence[Span | None]):
    """The origins of rows of which some wait as columns: a place is made on demand, and not kept."""

    def __init__(self, parts: Iterable[PlainRows | Sequence[Span | None]]) -> None:
        self._parts = [*parts]
        self._ends = [*accumulate(map(len, self._parts))]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Span | None]:
        return chain.from_iterable(part.spans() if isinstance(part, PlainRows) else part for part in self._parts)

    def __reversed__(self) -> Iterator[Span | None]:
        spans: list[Span | None] = [*self]  # to look each up takes longer
        return reversed(spans)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        number = bisect_right(self._ends, place)
        part, place = self._parts[number], place - (self._ends[number - 1] if number else 0)
        return part.span_of(place) if isinstance(part, PlainRows) else part[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list | Origins) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment]


def arguments(line: str) -> list[DecimalAngle]:
    """The numbers of a line as angles in radians."""
    return [DecimalAngle(text) for text in _number_texts(line)]


def _number_texts(line: str) -> list[str]:
    inside = line.partition("(")[2].rpartition(")")[0]
    return [text.strip().rstrip(_UNITS) for text in inside.split(",")]


def open_angles(rows: Iterable[Op]) -> Iterator[Angle]:
    """The angles of a form's rows that are no constants."""
    return (angle for op in rows for angle in op.angles if angle.terms)


def is_line_angle(angle: Angle) -> bool:
    """Whether an angle is a constant, or one argument times a number, as in a `LineForm`."""
    if not angle.terms:
        return True
    ((symbol, turns, radians), *others) = angle.terms
    return not (others or turns or angle.turns or angle.radians or argument_number(symbol) is None) and bool(radians)


def share(angle: Angle) -> tuple[int, int | float]:
    """The argument's number in an open angle of a form, and the factor as it multiplies a float exactly, or 0.

    Multiplying by a power of two rounds nothing.
    """
    ((symbol, _, radians),) = angle.terms
    over, under = radians.as_integer_ratio()
    is_exact = abs(over) & (abs(over) - 1) == 0 and under & (under - 1) == 0 and abs(over) + under < 1 << 64
    return _number(symbol), (1 if radians == 1 else float(radians)) if is_exact else 0


def unscaled(op: Op) -> Op:
    """A row of a form with the arguments alone in place of them times numbers."""
    angles = [Angle.of(angle.terms[0][0], radians=1) if angle.terms else angle for angle in op.angles]
    return op._replace(angles=tuple(angles))


def _number(symbol: str) -> int:
    return int(symbol[len(_SIGN) :])


def _bound(op: Op, angles: list[DecimalAngle]) -> Op:
    made: list[Angle] = []
    for angle in op.angles:
        if angle.terms:
            ((symbol, _, radians),) = angle.terms
            given = angles[_number(symbol)]
            made.append(given if radians == 1 else Angle(0, given.radians * radians))
        else:
            made.append(angle)
    return op._replace(angles=tuple(made)) if made else op
