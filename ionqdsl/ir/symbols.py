"""Symbols: the expressions of parameters that angles are linear in, such as `theta`, `th[0]` or `sin(theta)*phi`.

Takes text and returns the parameters it names, or its number for given values. It reads only a short list of operators
and functions, and without recursion, so that no text overflows the stack; symbolic.py rewrites expressions.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from ionqdsl.diagnostics import fail
from ionqdsl.ir.angle import Exact, is_moderate
from ionqdsl.ir.arguments import shown
from ionqdsl.nesting import MAX_NESTING, TOO_DEEP
from ionqdsl.record import TYPE_CHECKING, Any, NamedTuple, lazy_pattern

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

_ONE = ("sin", "cos", "tan", "asin", "acos", "atan", "sqrt", "exp", "log", "abs", "floor", "ceil")
FUNCTIONS: dict[str, range] = {
    **dict.fromkeys(_ONE, range(1, 2)),
    "atan2": range(2, 3),
    "min": range(1, 100),
    "max": range(1, 100),
}
"""The functions that may be called, with their number of arguments."""

CONSTANTS = {"pi": math.pi, "tau": math.tau, "e": math.e}

MAX_TEXT = 20_000
MAX_BITS = 4096
"""Longest expression, in characters; largest exact power, in bits."""

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}


def rational_root(number: Any) -> Fraction | None:
    """The square root of a rational number if it is one itself."""
    if not isinstance(number, int | Fraction) or number < 0:
        return None
    root = Fraction(math.isqrt(Fraction(number).numerator), math.isqrt(Fraction(number).denominator))
    return root if root * root == number else None


def _root(number: Any) -> Any:
    root = rational_root(number)
    return math.sqrt(number) if root is None else root


_EXACT: dict[str, Callable[..., Any]] = {"abs": abs, "min": min, "max": max, "sqrt": _root}
_NUMPY = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"}


# --- text to steps ---------------------------------------------------------------------------------------------------


class PostfixStep(NamedTuple):
    """One step of an expression in postfix order, such as a, b, + for `a + b`.

    A number or a name (`takes` 0) is pushed on a stack; an operator or a function pops `takes` values and pushes its
    result. `-` that takes one is a sign.
    """

    word: str
    takes: int = 0
    number: int | float | None = None


_TOKEN = lazy_pattern(
    r"""
      (?P<space> \s++)
    | (?P<number> (?:\d++(?:_\d++)*+(?:\.(?:\d++(?:_\d++)*+)?+)?+|\.\d++(?:_\d++)*+)(?:[eE][+-]?\d++)?+(?![\w.]))
    | (?P<name> [^\W\d]\w*+) (?P<index> \s*+\[\s*+\d++\s*+\])? (?P<call> \s*+\()?
    | (?P<mark> \*\*|[-+*/(),])
    | (?P<other> \S++)
    """,
    re.VERBOSE,
)
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "sign": 3, "**": 4}
"""How tightly operators bind; as in Python, a sign binds tighter than a product, and a power tighter than a sign."""


class _Wrong(Exception):
    """The reason why a text is not a valid expression."""


@lru_cache(maxsize=4096)
def steps(text: str) -> tuple[PostfixStep, ...]:
    """An expression in postfix order; raises QC0888 for anything but arithmetic.

    Sums and products may be as long as a text may be, everything else at most MAX_NESTING deep.
    """
    try:
        if len(text) > MAX_TEXT:
            raise _Wrong(f"it is longer than {MAX_TEXT} characters")
        return tuple(_Reading().read(text))
    except _Wrong as wrong:
        raise fail("QC0888", text=text[:200] if len(text) <= MAX_TEXT else f"{text[:40]} ...", reason=wrong) from None


class _Reading:
    """An expression during parsing: its steps so far, and the operators and brackets that wait for their right side.

    `pile` holds for each value its depth and how tightly its outermost operator binds: one more term or factor makes a
    sum or a product longer, not deeper.
    """

    def __init__(self) -> None:
        self.steps: list[PostfixStep] = []
        self.pile: list[tuple[int, int]] = []
        self.waiting: list[str] = []  # operators, "sign", "(" and the functions whose brackets are open
        self.commas: list[int] = []  # in each open bracket

    def read(self, text: str) -> list[PostfixStep]:
        wants_value = True
        for token in _TOKEN.finditer(text.rstrip()):
            if token["space"]:
                continue
            if token["other"]:
                raise _Wrong("only numbers, parameters, arithmetic and a few functions may stand in it")
            wants_value = self.value(token) if wants_value else self.link(token["mark"])
        if wants_value or self.commas:
            raise _Wrong(_UNREADABLE)
        self.settle(0)
        return self.steps

    def value(self, token: re.Match[str]) -> bool:
        """Takes a token where a value is expected; returns whether one still is."""
        mark, name = token["mark"], token["name"] and _plain(token["name"])
        if name and token["call"]:
            if token["index"] or name not in FUNCTIONS:
                raise _Wrong(f"`{name}` is not a function it may call")
            self.open(name)
        elif name:
            if name in ("True", "False", "None"):
                raise _Wrong(f"it holds `{name}`")
            self.put(PostfixStep(f"{name}[{_number(token['index'].strip(' []'))}]" if token["index"] else name))
        elif token["number"]:
            self.put(PostfixStep("", 0, _number(token["number"])))
        elif mark == "(":
            self.open("(")
        elif mark == "-":
            self.waiting.append("sign")
        elif mark != "+":
            raise _Wrong(_UNREADABLE)
        return mark is not None or bool(token["call"])

    def link(self, mark: str | None) -> bool:
        """Takes a token after a value; returns whether another value is expected."""
        if mark in OPERATORS:
            self.settle(_BINDING[mark] + (mark == "**"))  # powers associate to the right
            self.waiting.append(mark)
            return True
        if mark not in (")", ",") or not self.commas:
            raise _Wrong(_UNREADABLE)
        self.settle(0)
        if mark == ",":
            self.commas[-1] += 1
            return True
        function, count = self.waiting.pop(), self.commas.pop() + 1
        if count not in FUNCTIONS.get(function, range(1, 2)):
            raise _Wrong(_UNREADABLE if function == "(" else f"`{function}` does not take {count} arguments")
        if function != "(":
            self.put(PostfixStep(function, count))
        return False

    def open(self, word: str) -> None:
        self.waiting.append(word)
        self.commas.append(0)
        if len(self.commas) > MAX_NESTING:
            raise _Wrong(TOO_DEEP)

    def settle(self, binding: int) -> None:
        """Writes the waiting operators that bind at least this tightly."""
        while self.waiting and _BINDING.get(self.waiting[-1], -1) >= binding:
            word = self.waiting.pop()
            self.put(PostfixStep("-", 1) if word == "sign" else PostfixStep(word, 2), _BINDING[word])

    def put(self, step: PostfixStep, binding: int = 0) -> None:
        """Writes a step and pushes its value on the pile, in place of those it takes."""
        depth = 0
        if step.takes:
            first, *others = self.pile[-step.takes :]
            del self.pile[-step.takes :]
            is_longer = step.takes == 2 and first[1] == binding < _BINDING["sign"]
            depth = max(first[0] + (not is_longer), *(inner + 1 for inner, _ in others), 0)
            if depth > MAX_NESTING:
                raise _Wrong(TOO_DEEP)
        self.steps.append(step)
        self.pile.append((depth, binding))


_UNREADABLE = "it does not read as one"


def _plain(name: str) -> str:
    """A name as Python reads it: variants of a letter, such as the two phis, are one letter."""
    if name.isascii():
        return name
    import unicodedata  # imported late: few names have other letters

    if not name.isidentifier():
        raise _Wrong(_UNREADABLE)
    return unicodedata.normalize("NFKC", name)


def _number(text: str) -> int | float:
    try:
        number = int(text) if text.replace("_", "").isdigit() else float(text)
    except ValueError:  # more digits than Python accepts
        number = math.inf
    if number == math.inf:
        raise _Wrong("it holds a number that is too large")
    return number


# --- evaluating steps ------------------------------------------------------------------------------------------------


def folded(text: str, leaf: Callable[[PostfixStep], T], apply: Callable[[PostfixStep, list[T]], T]) -> T:
    """Folds an expression: `leaf` maps its numbers and names, `apply` its operators and functions."""
    pile: list[T] = []
    for step in steps(text):
        if step.takes:
            taken = pile[-step.takes :]
            del pile[-step.takes :]
            pile.append(apply(step, taken))
        else:
            pile.append(leaf(step))
    return pile.pop()


def is_name(step: PostfixStep) -> bool:
    """Whether a step is a parameter."""
    return not step.takes and step.number is None and step.word not in CONSTANTS


def is_call(step: PostfixStep) -> bool:
    """Whether a step is a function call."""
    return step.takes > 0 and step.word in FUNCTIONS


@lru_cache(maxsize=4096)
def names(symbol: str) -> tuple[str, ...]:
    """The parameters a symbol depends on, in order of occurrence: `th[0]` of `sin(th[0])`."""
    return tuple(dict.fromkeys(step.word for step in steps(symbol) if is_name(step)))


def value(symbol: str, values: Mapping[str, Exact]) -> float:
    """The number a symbol evaluates to; every name must be given. Raises QC0889 if there is none."""
    return float(exact_value(symbol, values))


def exact_value(symbol: str, values: Mapping[str, Exact]) -> Exact:
    """The same, rational if sums, products and whole powers of rationals give one; floats count as decimals."""
    try:
        result = folded(symbol, lambda step: _leaf(step, values), _applied)
        if isinstance(result, complex) or not is_moderate(result):
            raise ValueError
    except (ArithmeticError, ValueError):
        at = ", ".join(f"{name} = {float(values[name])}" for name in names(symbol))
        raise fail("QC0889", text=symbol, at=f"at {at}" if at else "") from None
    return exact(result)


def _leaf(step: PostfixStep, values: Mapping[str, Any]) -> Any:
    if is_name(step):
        return values[step.word]
    return CONSTANTS[step.word] if step.number is None else exact(step.number)


def column(symbol: str, columns: Mapping[str, Any]) -> Any:
    """The numbers a symbol evaluates to if names are float arrays; nan or inf if there is none."""
    import numpy as np

    def leaf(step: PostfixStep) -> Any:
        return columns[step.word] if is_name(step) else float(_known(step))

    def apply(step: PostfixStep, arguments: list[Any]) -> Any:
        if step.word in ("min", "max"):
            return getattr(np, step.word)(np.broadcast_arrays(*arguments), axis=0)
        if is_call(step):
            return getattr(np, _NUMPY.get(step.word, step.word))(*arguments)
        return OPERATORS[step.word](*arguments) if step.takes == 2 else -arguments[0]

    with np.errstate(all="ignore"):
        return folded(symbol, leaf, apply)


def _known(step: PostfixStep) -> int | float:
    """The value of a number or a constant."""
    return CONSTANTS[step.word] if step.number is None else step.number


def _applied(step: PostfixStep, arguments: list[Any]) -> Any:
    """An operator or a function of numbers, exact where possible."""
    if is_call(step):
        return call(step.word, arguments)
    if step.takes == 1:
        return -arguments[0]
    left, right = arguments
    if step.word == "**":
        return _power(left, right)
    are_whole = step.word == "/" and isinstance(left, int) and isinstance(right, int)
    return Fraction(left, right) if are_whole else OPERATORS[step.word](left, right)


def call(name: str, arguments: Sequence[Any]) -> Any:
    """One of the functions of numbers; raises ValueError or OverflowError if it has no value."""
    return (_EXACT.get(name) or getattr(math, name))(*arguments)


def _power(base: Any, exponent: Any) -> Any:
    """`base ** exponent`, exact only while it is small."""
    if not isinstance(base, float) and not isinstance(exponent, float) and exponent.denominator == 1:
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(exponent) * size <= MAX_BITS:
            return Fraction(base) ** exponent.numerator
    return float(base) ** float(exponent)


def exact(number: Any, role: str = "the value") -> Exact:
    """Any real number as an exact one: a float as the decimal it is written as, so that 0.1 is 1/10.

    Takes ints, fractions, floats, numpy scalars and sympy numbers; raises QC0881 for anything else, and for a number
    that is too large for a program. `role` names the number in the message.
    """
    result = _exact(number)
    if result is not None and is_moderate(result):
        return result
    wanted = "a finite real number" if result is None else "a number below 1e301"
    raise fail("QC0881", role=role, wanted=wanted, given=shown(number), example="a number such as 0.3")


def _exact(number: Any) -> Exact | None:
    if isinstance(number, bool | str | bytes):
        return None
    if isinstance(number, int | Fraction):
        return number
    if isinstance(number, float) and math.isfinite(number):
        return Fraction(Decimal(repr(float(number))))
    if getattr(number, "is_Rational", False):  # sympy
        return Fraction(int(number.p), int(number.q))
    try:
        return operator.index(number)
    except TypeError:
        pass
    try:
        return Fraction(repr(float(number)))
    except (TypeError, ValueError, OverflowError):  # nan and inf are no fractions either
        return None
