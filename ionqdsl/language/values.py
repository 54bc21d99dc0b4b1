"""The numbers of the language: exact, with units, and linear in parameters if possible.

A value is an int, a Fraction or a float if it is a plain known number, a `Measure` if it has a unit or contains pi or a
parameter, and a `PauliSum` if it is an operator. Arithmetic follows the language's rules for units and raises
`Mismatch` if they are broken; evaluate.py turns that into a diagnostic with a place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction

from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.angle import LARGEST_BITS, TAU, ZERO, Angle, Exact, is_moderate
from ionqdsl.ir.circuit import Operator, Slot
from ionqdsl.ir.job import EnvironmentVariable
from ionqdsl.record import Any, record

MAX_BITS = 4096
"""Largest size of an exact number, against power bombs."""
MAX_LIST = 1_000_000
"""Longest list."""
MAX_TERMS = 50_000
"""Most terms of a product of two operators before equal ones are collected."""
_EXACT = frozenset({int, Fraction})


class Mismatch(Exception):
    """An operation that these operands do not support: a diagnostic code with its facts."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@record
class Measure:
    """An angle (`unit` is turn, deg or rad, the unit it prints in) or a plain number (`unit` None).

    A plain number is stored as the angle of that many radians: pi is half a turn, a parameter one radian each.
    """

    amount: Angle
    unit: str | None = None


class Unknown(Measure):
    """The parameter of a circuit that has no value yet: a plain number, unless the circuit uses it as another value."""


OPEN = "a parameter without a value"

EMPTY_SUM = Measure(ZERO, "")
"""`sum([])`: adds to numbers, angles and operators alike."""

PI = Measure(Angle(Fraction(1, 2)))
UNIT_TURNS = {"turn": Fraction(1), "deg": Fraction(1, 360)}

Product = tuple[tuple[str, int], ...]


@record
class PauliSum:
    """A real sum of Pauli products, `product -> coefficient`; the identity is the empty product."""

    terms: dict[Product, Exact]

    def operator(self, steps: int = 0) -> Operator:
        """The row's form; terms keep the order written, because Trotter steps follow it."""
        return Operator(tuple((product, value) for product, value in self.terms.items() if value), steps)


@record
class NamedQubits:
    """Qubits under a name: a declared register, a single qubit (`scalar`), or an alias."""

    qubits: tuple[int, ...]
    scalar: bool = False


@record
class NamedSlots:
    """A register that measurements write; `scalar` if it has one slot, without a number."""

    slots: tuple[Slot, ...]
    scalar: bool = False

    def named(self, slot: Slot) -> str:
        """One of the slots as the program writes it."""
        return slot.register if self.scalar else f"{slot.register}[{slot.place}]"


class PauliLetter:
    """`X`, `Y` or `Z`, which becomes an operator when indexed."""

    def __init__(self, letter: str) -> None:
        self.letter = letter


Number = int | Fraction | float | Measure


def is_number(value: object) -> bool:
    """Whether a value is a number or an angle (bool is neither)."""
    return isinstance(value, (int, Fraction, float, Measure)) and not isinstance(value, bool)


def is_angle(value: object) -> bool:
    """Whether a value carries a unit."""
    return isinstance(value, Measure) and bool(value.unit)


def literal(value: Fraction | int, unit: str) -> Number:
    """The value of a number as written."""
    simple(value)
    if not unit:
        return value
    if unit == "rad":
        return Measure(Angle(0, value), unit)
    return Measure(Angle(value * UNIT_TURNS[unit]), unit)


def amount(value: Number) -> Angle:
    """A number as an angle in radians, an angle unchanged."""
    return value.amount if isinstance(value, Measure) else Angle(0, value)


def measure(angle: Angle, unit: str | None) -> Number:
    """The simplest value: a rational if that suffices."""
    if unit is None and not angle.turns and not angle.terms:
        return simple(angle.radians)
    return Measure(moderate(angle), unit)


def moderate(angle: Angle) -> Angle:
    """The angle; raises Mismatch if one of its numbers is too large."""
    if not angle.is_moderate:
        raise Mismatch("QC0309")
    return angle


def simple(value: Exact) -> Exact:
    """A whole fraction as an int; bounded in size."""
    if isinstance(value, float):
        if not is_moderate(value):
            raise Mismatch("QC0309")
        return value
    over, under = value.numerator.bit_length(), value.denominator.bit_length()
    if under > MAX_BITS or over > MAX_BITS:
        raise Mismatch("QC0308", bits=MAX_BITS)
    if over - under >= LARGEST_BITS:
        raise Mismatch("QC0309")
    return value.numerator if under == 1 else value


def as_float(value: Number) -> float:
    """The nearest float; an angle counts in radians. Raises Mismatch for an unbound parameter."""
    if isinstance(value, Measure):
        if value.amount.terms:
            raise Mismatch("QC0305", names=value.amount.symbols)
        return value.amount.in_radians()
    try:
        return float(value)
    except OverflowError:
        raise Mismatch("QC0309") from None


def exactly(value: Number) -> Exact:
    """A number that compares like the value: exact unless it mixes pi with rationals."""
    if not isinstance(value, Measure):
        return value
    angle = value.amount
    if angle.terms:
        raise Mismatch("QC0305", names=angle.symbols)
    return angle.radians if not angle.turns else angle.turns * TAU + angle.radians


# --- arithmetic ------------------------------------------------------------------------------------------------------


def add(left: Any, right: Any, sign: int = 1, *, owned: bool = False) -> Any:
    """`left + right`, or the difference with `sign` -1; an operator on the left that is `owned` is changed in place.

    Otherwise, a sum of n terms would copy n operators.
    """
    if isinstance(left, PauliSum) or isinstance(right, PauliSum):
        terms = left.terms if owned and isinstance(left, PauliSum) else dict(_pauli(left, "+").terms)
        for product, value in _pauli(right, "+").terms.items():
            terms[product] = simple(terms.get(product, 0) + sign * value)
        return PauliSum(terms)
    if isinstance(left, (list, tuple, str)) and type(left) is type(right) and sign > 0:
        if len(left) + len(right) > MAX_LIST:
            raise Mismatch("QC0502", limit=MAX_LIST)
        return left + right  # type: ignore[operator]  # both are of one type
    need_numbers("+" if sign > 0 else "-", left, right)
    if isinstance(left, Measure) or isinstance(right, Measure):
        if right is EMPTY_SUM:
            return left
        if left is EMPTY_SUM:
            return right if sign > 0 else multiply(right, -1)
        if is_angle(left) != is_angle(right):
            raise Mismatch("QC0301", operator="+" if sign > 0 else "-")
        unit = left.unit if isinstance(left, Measure) else None
        return measure(amount(left) + amount(right) * sign, unit)
    return simple(left + right if sign > 0 else left - right)


def multiply(left: Any, right: Any) -> Any:
    """`left * right`."""
    if type(left) in _EXACT and type(right) in _EXACT:
        return simple(left * right)
    if isinstance(left, PauliSum) and isinstance(right, PauliSum):
        return _pauli_product(left, right)
    if isinstance(left, PauliSum) or isinstance(right, PauliSum):
        pauli, factor = (left, right) if isinstance(left, PauliSum) else (right, left)
        number = _coefficient(factor, "*")
        return PauliSum({product: simple(value * number) for product, value in pauli.terms.items()})
    if isinstance(left, (list, tuple, str)) and isinstance(right, int) and not isinstance(right, bool):
        if len(left) * max(right, 0) > MAX_LIST:
            raise Mismatch("QC0502", limit=MAX_LIST)
        return left * right
    need_numbers("*", left, right)
    if not isinstance(left, Measure) and not isinstance(right, Measure):
        return simple(left * right)
    if is_angle(left) and is_angle(right):
        raise Mismatch("QC0302")
    unit = next((v.unit for v in (left, right) if isinstance(v, Measure) and v.unit), None)
    first, second = amount(left), amount(right)
    if first.terms and second.terms:
        return _opaque(f"({text(left)})*({text(right)})", unit)
    return measure(_product(second, first) if first.terms else _product(first, second), unit)


def _product(factor: Angle, other: Angle) -> Angle:
    """A known number r + 2 pi t times a linear form, exact unless pi meets pi."""
    if not factor:
        return ZERO
    if not other.turns and not any(turns for _, turns, _ in other.terms):
        terms = tuple((symbol, radians * factor.turns, radians * factor.radians) for symbol, _, radians in other.terms)
        return Angle(other.radians * factor.turns, other.radians * factor.radians, terms)
    if not factor.turns:
        return other * factor.radians
    return other * factor.in_radians()


def divide(left: Any, right: Any) -> Any:
    """`left / right`; angle / angle is a number."""
    if type(right) in _EXACT and right and type(left) in _EXACT:
        return simple(Fraction(left) / right)
    if isinstance(left, PauliSum):
        number = _coefficient(right, "/")
        if not number:
            raise Mismatch("QC0303")
        return multiply(left, Fraction(1) / number if not isinstance(number, float) else 1 / number)
    need_numbers("/", left, right)
    if is_angle(right):
        if not is_angle(left):
            raise Mismatch("QC0304")
        return _ratio(left.amount, right.amount)
    if isinstance(right, Measure):
        if right.amount.terms:
            return _opaque(f"({text(left)})/({text(right)})", left.unit if isinstance(left, Measure) else None)
        if isinstance(left, Measure) and not left.unit:
            return _ratio(left.amount, right.amount)
        return multiply(left, 1 / as_float(right))
    if not right:
        raise Mismatch("QC0303")
    if isinstance(left, Measure):
        return measure(left.amount * (1 / (right if isinstance(right, float) else Fraction(right))), left.unit)
    if isinstance(left, float) or isinstance(right, float):
        return simple(left / right)
    return simple(Fraction(left) / right)


def _ratio(left: Angle, right: Angle) -> Any:
    if right.terms:
        return _opaque(f"({text(Measure(left))})/({text(Measure(right))})", None)
    if not right:
        raise Mismatch("QC0303")
    if not right.radians:
        if not left.terms and not left.radians:
            return simple(Fraction(left.turns) / Fraction(right.turns))
    elif not right.turns and not any(turns for _, turns, _ in left.terms):
        return measure(left * (1 / Fraction(right.radians)), None)  # radians over radians: pi stays exact
    return (
        measure(Angle(0, 0, left.terms) * (1 / right.in_radians()), None)
        if left.terms
        else simple(left.in_radians() / right.in_radians())
    )


def power(left: Any, right: Any) -> Any:
    """`left ** right` with a bounded result."""
    need_numbers("**", left, right)
    if is_angle(left) or is_angle(right):
        raise Mismatch("QC0302")
    if is_symbolic(left) or is_symbolic(right):
        if not is_symbolic(right) and not -MAX_BITS <= plain(right) <= MAX_BITS:
            raise Mismatch("QC0308", bits=MAX_BITS)
        return left if right == 1 else _opaque(f"({text(left)})**({text(right)})", None)
    base, exponent = plain(left), plain(right)
    if isinstance(exponent, int) and not isinstance(base, float):
        if not base and exponent < 0:
            raise Mismatch("QC0303")
        size = max(Fraction(base).numerator.bit_length(), Fraction(base).denominator.bit_length())
        if abs(exponent) * size > MAX_BITS:
            raise Mismatch("QC0308", bits=MAX_BITS)
        return simple(Fraction(base) ** exponent)
    try:
        result = float(base) ** float(exponent)
    except ZeroDivisionError:
        raise Mismatch("QC0303") from None
    except OverflowError:
        raise Mismatch("QC0309") from None
    if isinstance(result, complex):
        raise Mismatch("QC0310", function="**", at=f"{float(base):.6g}, {float(exponent):.6g}")
    return simple(result)


def floor_divide(left: Any, right: Any, operator: str) -> Any:
    """`//` and `%`, for known numbers, and for two angles."""
    need_numbers(operator, left, right)
    if is_angle(left) != is_angle(right):
        raise Mismatch("QC0301", operator=operator)
    first, second = exactly(left), exactly(right)
    if not second:
        raise Mismatch("QC0303")
    if operator == "//":
        return simple(first // second)
    if isinstance(left, Measure):
        times = first // second
        return add(left, multiply(right, times if isinstance(times, float) else int(times)), -1)
    return simple(first % second)


def is_symbolic(value: Any) -> bool:
    """Whether a value depends on an unbound parameter."""
    return isinstance(value, Measure) and bool(value.amount.terms)


def plain(value: Number) -> Exact:
    """A known plain number: pi becomes a float."""
    return as_float(value) if isinstance(value, Measure) else value


def text(value: Number) -> str:
    """A number as an expression that evaluates to it; angles in radians."""
    if not isinstance(value, Measure):
        return repr(value) if not isinstance(value, Fraction) else f"({value})"
    angle = value.amount
    parts = [f"({c})*{symbol}" for symbol, t, r in angle.terms for c in [f"{_exact(r)} + 2*pi*{_exact(t)}"]]
    return " + ".join([f"{_exact(angle.radians)} + 2*pi*{_exact(angle.turns)}", *parts])


def _exact(value: Exact) -> str:
    return f"({value})" if isinstance(value, Fraction) else repr(value)


_FORMULAS: ContextVar[list[str] | None] = ContextVar("formulas", default=None)


@contextmanager
def formulas() -> Iterator[list[str]]:
    """Records the expressions of parameters made within the block, as written.

    Their canonical forms may have a value where they have none: `0/t` is then 0, and so is `log(t) - log(t)`.
    """
    texts: list[str] = []
    before = _FORMULAS.set(texts)
    try:
        yield texts
    finally:
        _FORMULAS.reset(before)


def _opaque(expression: str, unit: str | None) -> Any:
    """A value that is not linear in parameters: its linear part is split off, the rest becomes symbols."""
    from ionqdsl.ir import symbolic  # imports sympy

    texts = _FORMULAS.get()
    if texts is not None:
        texts.append(expression)
    try:
        return measure(symbolic.form(expression), unit)
    except CompileError as error:
        (diagnostic,) = error.diagnostics
        raise Mismatch(diagnostic.code, **diagnostic.facts) from None


def call(function: str, values: list[Any]) -> Any:
    """A function of parameters, as an opaque symbol."""
    return _opaque(f"{function}({', '.join(text(value) for value in values)})", None)


# --- operators -------------------------------------------------------------------------------------------------------

_LETTERS = {("X", "Y"): "Z", ("Y", "Z"): "X", ("Z", "X"): "Y"}


def _pauli(value: Any, operator: str) -> PauliSum:
    if isinstance(value, PauliSum):
        return value
    if value is EMPTY_SUM:
        return PauliSum({})
    return PauliSum({(): _coefficient(value, operator)})


def same_operator(left: Any, right: Any) -> bool:
    """Whether two operators are equal, ignoring the order of terms and terms of weight 0; 1 is the identity."""
    if not all(isinstance(value, PauliSum) or (is_number(value) and not is_angle(value)) for value in (left, right)):
        return False
    first, second = (_pauli(value, "==").terms for value in (left, right))
    return {product: x for product, x in first.items() if x} == {product: x for product, x in second.items() if x}


def _coefficient(value: Any, operator: str) -> Exact:
    if not is_number(value):
        raise Mismatch("QC0306", operator=operator, left="an operator", right=kind(value))
    if is_angle(value):
        raise Mismatch("QC0311")
    return plain(value)


def _pauli_product(left: PauliSum, right: PauliSum) -> PauliSum:
    if len(left.terms) * len(right.terms) > MAX_TERMS:
        raise Mismatch("QC0510", limit=MAX_TERMS)
    terms: dict[Product, Exact] = {}
    for first, a in left.terms.items():
        for second, b in right.terms.items():
            letters = {index: letter for letter, index in first}
            quarter_turns = sum(_multiply_letter(letters, letter, index) for letter, index in second)
            if quarter_turns % 2:
                raise Mismatch("QC0312")
            product = tuple((letter, index) for index, letter in sorted(letters.items()))
            terms[product] = simple(terms.get(product, 0) + a * b * (1 if quarter_turns % 4 == 0 else -1))
    return PauliSum(terms)


def _multiply_letter(letters: dict[int, str], letter: str, index: int) -> int:
    """Multiplies a product (by index, changed in place) by one more letter; returns the phase in quarter turns."""
    before = letters.pop(index, None)
    if before == letter:
        return 0
    if before is None:
        letters[index] = letter
        return 0
    forward = _LETTERS.get((before, letter))
    letters[index] = forward or _LETTERS[letter, before]
    return 1 if forward else -1


def kind(value: Any) -> str:
    """The kind of a value, in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Unknown):
        return OPEN
    if is_angle(value):
        return "an angle"
    if is_number(value):
        return "a number"
    if isinstance(value, PauliSum):
        return "an operator"
    if isinstance(value, PauliLetter):
        return "an operator without an index"
    if isinstance(value, NamedQubits):
        return "qubits"
    if isinstance(value, NamedSlots):
        return "outcomes"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, EnvironmentVariable):
        return "a value read later"
    if isinstance(value, tuple):
        return "a tuple"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, (list, range)) else "null"


def need_numbers(operator: str, left: Any, right: Any) -> None:
    """Raises Mismatch unless both are numbers or angles."""
    if not is_number(left) or not is_number(right):
        words = (value for value in (left, right) if isinstance(value, str) and value and set(value) <= {*"IXYZ"})
        product = next((f'pauli("{word}")' for word in words), None)
        raise Mismatch("QC0306", operator=operator, left=kind(left), right=kind(right), product=product)


def in_turns(number: Angle) -> Angle:
    """A plain number (kept in radians) read as turns: 0.25 becomes a quarter turn."""
    if not number.turns and not any(turns for _, turns, _ in number.terms):
        return Angle(number.radians, 0, tuple((symbol, radians, 0) for symbol, _, radians in number.terms))
    tau = float(TAU)
    terms = tuple((symbol, radians + turns * tau, 0) for symbol, turns, radians in number.terms)
    return Angle(number.radians + float(number.turns) * tau, 0, terms)
