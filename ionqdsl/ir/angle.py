"""Exact angles: `turns` + `radians` + a linear form in parameters.

Takes rationals, multiples of pi and parameter names; sums, differences and multiples stay exact. Only `in_radians` and
`in_turns` convert to float, so that `rx(0.1)` emits 0.1 and `rx(pi/2)` the float nearest to pi/2. A term that is not
linear in parameters is not evaluated here: it is an opaque symbol whose key is the `.qc` text of the expression, which
`symbolic.py` understands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from ionqdsl.record import Any

# 2 pi to 77 digits (OEIS A019692): a float rounded from it is the nearest one for every angle a program can hold.
TAU = Fraction(62831853071795864769252867665590057683943387987502116419498891846156328125724, 10**76)

Exact = int | Fraction | float
"""A real coefficient: a rational if the program was exact, a float if a pass or a function made it."""

LARGEST_BITS = 1000
LARGEST: int = 2**LARGEST_BITS
"""All numbers of programs are smaller: they fit into floats, with room for units and pi."""

Term = tuple[str, Exact, Exact]
"""A parameter (or opaque expression) with the turns and the radians that one unit of it contributes."""


def is_moderate(number: Exact) -> bool:
    """Whether a number is smaller than LARGEST; nan is not."""
    if not isinstance(number, float) and number.numerator.bit_length() <= LARGEST_BITS:
        return True  # no fraction is larger than its numerator; to compare fractions takes ten times as long
    return -LARGEST < number < LARGEST


class Unbound(ValueError):
    """A number was requested of an angle that still contains parameters; `names` are the symbols."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__("no value for " + ", ".join(names))
        self.names = names


class Angle:
    """An immutable angle. Equal angles have the same parts: 0.25 turns as a float differs from the exact quarter turn.

    `turns` and `radians` are added together; keeping both makes `90deg` and `0.1rad` exact at once (2 pi is not
    rational, so the pair is unique). `terms` is sorted by symbol and contains no zero.
    """

    __slots__ = ("_hash", "_in_turns", "radians", "terms", "turns")

    turns: Exact
    radians: Exact
    terms: tuple[Term, ...]

    def __init__(self, turns: Exact = 0, radians: Exact = 0, terms: tuple[Term, ...] = ()) -> None:
        self.turns = turns
        self.radians = radians
        self.terms = terms
        self._hash: int | None = None  # computed on demand: hashing fractions is slow
        self._in_turns: float | None = None  # and so is dividing by TAU

    @staticmethod
    def of(symbol: str, *, turns: Exact = 0, radians: Exact = 0) -> Angle:
        """A parameter times a number of turns or radians."""
        return Angle(0, 0, ((symbol, turns, radians),))

    @property
    def symbols(self) -> tuple[str, ...]:
        """Parameters and opaque expressions this angle still depends on."""
        return tuple(term[0] for term in self.terms)

    @property
    def is_bound(self) -> bool:
        """Whether the angle is a number."""
        return not self.terms

    @property
    def is_moderate(self) -> bool:
        """Whether all its numbers are."""
        numbers = [self.turns, self.radians, *[number for term in self.terms for number in term[1:]]]
        return all(map(is_moderate, numbers))

    def __add__(self, other: Angle) -> Angle:
        terms = _sum_terms(self.terms, other.terms) if self.terms and other.terms else self.terms or other.terms
        return Angle(self.turns + other.turns, self.radians + other.radians, terms)

    def __neg__(self) -> Angle:
        return self * -1

    def __sub__(self, other: Angle) -> Angle:
        return self + -other

    def __mul__(self, factor: Exact) -> Angle:
        if factor == 0:
            return ZERO
        terms = tuple((symbol, turns * factor, radians * factor) for symbol, turns, radians in self.terms)
        return Angle(self.turns * factor, self.radians * factor, terms)

    __rmul__ = __mul__

    def __truediv__(self, divisor: int | Fraction) -> Angle:
        return self * (1 / Fraction(divisor))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Angle):
            return NotImplemented
        return (
            self.turns == other.turns
            and self.radians == other.radians
            and self.terms == other.terms
            and self._floats() == other._floats()
        )

    @property
    def is_exact(self) -> bool:
        """Whether none of the numbers is a float."""
        return not any(self._floats())

    def _floats(self) -> tuple[bool, ...]:
        """Which of the numbers are floats: those are printed and rounded differently from rationals."""
        own = type(self.turns) is float, type(self.radians) is float
        if not self.terms:
            return own
        return (*own, *[type(number) is float for term in self.terms for number in term[1:]])

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.turns, self.radians, self.terms))
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        """By its parts: a text has another hash in every process."""
        return Angle, (self.turns, self.radians, self.terms)

    def __bool__(self) -> bool:
        return bool(self.turns or self.radians or self.terms)

    def __repr__(self) -> str:
        parts = [f"{value} {unit}" for value, unit in ((self.turns, "turns"), (self.radians, "rad")) if value]
        parts += [f"{symbol} * ({turns} turns + {radians} rad)" for symbol, turns, radians in self.terms]
        return f"Angle({' + '.join(parts) or '0'})"

    def in_turns(self) -> float:
        """The float nearest to the angle in turns; raises `Unbound`."""
        if type(self.turns) is float and not (self.radians or self.terms):
            return self.turns
        if self._in_turns is None:
            self._in_turns = _to_turns(*self._number())
        return self._in_turns

    def in_radians(self) -> float:
        """The float nearest to the angle in radians; raises `Unbound`."""
        return _to_radians(*self._number())

    def _number(self) -> tuple[Exact, Exact]:
        if self.terms:
            raise Unbound(self.symbols)
        return self.turns, self.radians

    def bind(self, value_of: Callable[[str], Angle | Exact | None]) -> Angle:
        """Replaces symbols by values; those for which `value_of` returns None stay.

        A number has the unit of its coefficient. An angle is used as it is, whatever that unit.
        """
        result = Angle(self.turns, self.radians)
        for term in self.terms:
            result += _bound(term, value_of(term[0]))
        return result

    def exact(self) -> Angle:
        """The same angle with decimals in place of floats, as printed and read back."""
        terms = tuple((symbol, decimal(turns), decimal(radians)) for symbol, turns, radians in self.terms)
        return Angle(decimal(self.turns), decimal(self.radians), terms)

    def reduced(self, period: int = 1) -> Angle:
        """The same angle modulo `period` turns, its pure-turns part in (-period/2, period/2]."""
        turns = self.turns % period
        return Angle(turns - period if 2 * turns > period else turns, self.radians, self.terms)


class DecimalAngle(Angle):
    """An angle in radians, kept as its decimal text: `radians`, its exact value, is made on demand.

    A circuit read from a file may have a million of them, and a request needs only the nearest floats, which the text
    gives as exactly as the fraction does. `text` is a sign, digits, a point and an exponent, as Python reads them.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.turns, self.terms, self.text = 0, (), text
        self._hash = self._in_turns = None

    def __getattr__(self, name: str) -> Any:
        if name != "radians":
            raise AttributeError(name)
        over, under = self._ratio()
        self.radians = value = Fraction(over, under) if under > 1 else over
        if under > 1 and value.denominator == 1:
            self.radians = value.numerator
        return self.radians

    def _ratio(self) -> tuple[int, int]:
        """The number as a ratio of whole numbers."""
        digits, _, exponent = self.text.partition("e" if "e" in self.text else "E")
        whole, _, decimals = digits.partition(".")
        power = len(decimals) - int(exponent) if exponent else len(decimals)
        over = int(whole + decimals)
        return (over, 10**power) if power >= 0 else (over * 10**-power, 1)

    def __eq__(self, other: object) -> bool:
        return (type(other) is DecimalAngle and other.text == self.text) or Angle.__eq__(self, other)

    __hash__ = Angle.__hash__

    def __bool__(self) -> bool:
        return float(self.text) != 0 or self._ratio()[0] != 0

    def in_radians(self) -> float:
        """The float nearest to the angle in radians."""
        return float(self.text)

    def in_turns(self) -> float:
        """The float nearest to the angle in turns."""
        over, under = self._ratio()
        return over * TAU.denominator / (under * TAU.numerator)

    def reduced(self, period: int = 1) -> Angle:
        """The angle itself: it has no part in turns."""
        return self


class AngleSum:
    """Adds many angles exactly: fractions of one denominator are added as whole numbers, which is much faster."""

    def __init__(self) -> None:
        self._turns: dict[int, int] = {}  # denominator -> numerator
        self._radians: dict[int, int] = {}
        self._rest = ZERO

    def add(self, angle: Angle, factor: int | Fraction = 1) -> None:
        """Adds an angle times a factor."""
        if type(angle) is DecimalAngle:
            over, under = angle._ratio()
            under *= factor.denominator
            self._radians[under] = self._radians.get(under, 0) + over * factor.numerator
            return
        turns, radians = angle.turns, angle.radians
        if angle.terms or isinstance(turns, float) or isinstance(radians, float):
            self._rest += angle * factor
            return
        for number, parts in ((turns, self._turns), (radians, self._radians)):
            if number:
                under = number.denominator * factor.denominator
                parts[under] = parts.get(under, 0) + number.numerator * factor.numerator

    def angle(self) -> Angle:
        """The sum of the added angles."""
        return Angle(_total(self._turns), _total(self._radians)) + self._rest


def _total(parts: dict[int, int]) -> Exact:
    return sum([Fraction(over, under) for under, over in parts.items()], 0)


def _bound(term: Term, value: Angle | Exact | None) -> Angle:
    symbol, turns, radians = term
    if value is None:
        return Angle(0, 0, (term,))
    if not isinstance(value, Angle):
        return Angle(turns * value, radians * value)
    if turns and radians:
        raise ValueError(f"{symbol} is used in turns and in radians at once: give it a plain number")
    return value * (turns or radians)


def _sum_terms(left: tuple[Term, ...], right: tuple[Term, ...]) -> tuple[Term, ...]:
    total: dict[str, tuple[Exact, Exact]] = {}
    for symbol, turns, radians in (*left, *right):
        before = total.get(symbol, (0, 0))
        total[symbol] = (before[0] + turns, before[1] + radians)
    return tuple((symbol, *value) for symbol, value in sorted(total.items()) if value != (0, 0))


def _to_turns(turns: Exact, radians: Exact) -> float:
    """The sum in turns; rounded once if both are exact."""
    if not radians:
        return float(turns)
    if type(radians) is float:
        return float(turns + radians / TAU)
    a, b = radians.as_integer_ratio()
    if type(turns) is float:
        return turns + a * TAU.denominator / (b * TAU.numerator)
    return _sum(*turns.as_integer_ratio(), a * TAU.denominator, b * TAU.numerator)


def _to_radians(turns: Exact, radians: Exact) -> float:
    """The sum in radians; rounded once if both are exact."""
    if not turns:
        return float(radians)
    if type(turns) is float:
        return float(turns * TAU + radians)
    a, b = turns.as_integer_ratio()
    if type(radians) is float:
        return a * TAU.numerator / (b * TAU.denominator) + radians
    return _sum(*radians.as_integer_ratio(), a * TAU.numerator, b * TAU.denominator)


def _sum(a: int, b: int, c: int, d: int) -> float:
    """The float nearest to a/b + c/d; fractions would look for common divisors first."""
    return (a * d + c * b) / (b * d)


def decimal(value: Exact) -> int | Fraction:
    """A float as its shortest decimal, so that 0.1 becomes 1/10; other values unchanged."""
    return Fraction(repr(float(value))) if isinstance(value, float) else value


def turns(value: Exact | str) -> Angle:
    """An angle in turns; text such as "1/4" is exact."""
    return Angle(Fraction(value) if isinstance(value, str) else value)


def radians(value: Exact | str) -> Angle:
    """An angle in radians; text such as "0.1" is exact."""
    return Angle(0, Fraction(value) if isinstance(value, str) else value)


ZERO = Angle()
HALF_TURN = Angle(Fraction(1, 2))
QUARTER_TURN = Angle(Fraction(1, 4))

Values = Mapping[str, Angle | Exact]
"""Values that parameters are bound to: plain numbers, or angles."""
