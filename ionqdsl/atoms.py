"""Atoms: the expressions of parameters that angles are linear in, such as `theta`, `th[0]` or `sin(theta)*phi`.

Text goes in; the parameters it names, or its number for given values, comes out. Only what is on a short list of
operators and functions is read, nothing is ever passed to `eval`, and rewriting expressions is left to symbolic.py.
"""

from __future__ import annotations

import ast
import keyword
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ionqdsl.angle import Exact
from ionqdsl.diagnostics import fail

_ONE = ("sin", "cos", "tan", "asin", "acos", "atan", "sqrt", "exp", "log", "abs", "floor", "ceil")
FUNCTIONS: dict[str, range] = {
    **dict.fromkeys(_ONE, range(1, 2)),
    "atan2": range(2, 3),
    "min": range(1, 100),
    "max": range(1, 100),
}
"""What may be called, with how many arguments."""

CONSTANTS = {"pi": math.pi, "tau": math.tau, "e": math.e}

MAX_TEXT = 20_000
MAX_BITS = 4096
"""Longest expression, in characters; largest exact power, in bits."""

OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}

_PYTHON_WORD = re.compile(rf"\b(?:{'|'.join(filter(str.islower, keyword.kwlist))})\b")
"""`lambda` and others, which can name parameters here."""

_EXACT: dict[str, Callable[..., Any]] = {"abs": abs, "min": min, "max": max}
_NUMPY = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2"}


@lru_cache(maxsize=4096)
def tree(text: str) -> ast.expr:
    """The expression's syntax, checked node by node against what atoms may hold; raises QC0888."""
    if len(text) > MAX_TEXT:
        raise fail("QC0888", text=text[:40] + " ...", reason=f"it is longer than {MAX_TEXT} characters")
    try:
        root = ast.parse(_PYTHON_WORD.sub(_as_name, text.strip()), mode="eval").body
        reason = next(filter(None, map(_objection, nodes(root))), "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        reason = "it does not read as one"
    if reason:
        raise fail("QC0888", text=text[:200], reason=reason)
    return root


def _as_name(found: re.Match[str]) -> str:
    """A word of Python's as a name: with its first letter in full width, which Python reads as the plain one then."""
    word = found[0]
    return chr(ord(word[0]) + 0xFEE0) + word[1:]


def nodes(root: ast.expr) -> Iterator[ast.expr]:
    """The nodes that stand for values, in the order written; names of functions and indices are left out."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case ast.BinOp():
                waiting += [node.right, node.left]
            case ast.UnaryOp():
                waiting.append(node.operand)
            case ast.Call():
                waiting += reversed(node.args)


def _objection(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=bool()):
            return "it holds a truth value"
        case ast.Constant(value=int() | float()) | ast.Name() | ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return ""
        case ast.BinOp(op=op):
            return "" if type(op) in OPERATORS else "it holds an operator other than + - * / **"
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=int())):
            return ""
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            if name not in FUNCTIONS:
                return f"`{name}` is not a function it may call"
            return "" if len(args) in FUNCTIONS[name] else f"`{name}` does not take {len(args)} arguments"
    return "only numbers, parameters, arithmetic and a few functions may stand in it"


def name_of(node: ast.expr) -> str:
    """The parameter a node names, "" for anything else."""
    if isinstance(node, ast.Name):
        return "" if node.id in CONSTANTS else node.id
    return ast.unparse(node) if isinstance(node, ast.Subscript) else ""


@lru_cache(maxsize=4096)
def names(atom: str) -> tuple[str, ...]:
    """The parameters an atom depends on, in the order they stand in it: `th[0]` of `sin(th[0])`."""
    return tuple(dict.fromkeys(filter(None, map(name_of, nodes(tree(atom))))))


def value(atom: str, values: Mapping[str, Exact]) -> float:
    """The number an atom stands for; every name must be given. Raises QC0889 where there is none."""
    return float(exact_value(atom, values))


def exact_value(atom: str, values: Mapping[str, Exact]) -> Exact:
    """The same, a rational where sums, products and whole powers of rationals give one; floats count as decimals."""
    try:
        result = _walk(tree(atom), values)
        if isinstance(result, complex) or not math.isfinite(result):
            raise ValueError
    except (ArithmeticError, ValueError):
        at = ", ".join(f"{name} = {float(values[name])}" for name in names(atom))
        raise fail("QC0889", text=atom, at=f"at {at}" if at else "") from None
    return exact(result)


def column(atom: str, columns: Mapping[str, Any]) -> Any:
    """The numbers an atom stands for where names are float arrays; nan or inf where there is none."""
    import numpy as np

    with np.errstate(all="ignore"):
        return _walk(tree(atom), columns, np)


def _walk(node: ast.expr, values: Mapping[str, Any], numpy: Any = None) -> Any:
    """Evaluates exactly where possible, or with numpy for whole columns."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number) if numpy else exact(number)
        case ast.UnaryOp(op=op):
            operand = _walk(node.operand, values, numpy)
            return -operand if isinstance(op, ast.USub) else operand
        case ast.BinOp(op=op):
            left, right = _walk(node.left, values, numpy), _walk(node.right, values, numpy)
            if numpy:
                return OPERATORS[type(op)](left, right)
            if isinstance(op, ast.Pow):
                return _power(left, right)
            both_whole = isinstance(op, ast.Div) and isinstance(left, int) and isinstance(right, int)
            return Fraction(left, right) if both_whole else OPERATORS[type(op)](left, right)
        case ast.Call(func=ast.Name(id=name)):
            arguments = [_walk(argument, values, numpy) for argument in node.args]
            if not numpy:
                return call(name, arguments)
            if name in ("min", "max"):
                return getattr(numpy, name)(numpy.broadcast_arrays(*arguments), axis=0)
            return getattr(numpy, _NUMPY.get(name, name))(*arguments)
        case ast.Name(id=name) if name in CONSTANTS:
            return CONSTANTS[name]
    return values[name_of(node)]


def call(name: str, arguments: Sequence[Any]) -> Any:
    """One of the functions of numbers; raises ValueError or OverflowError where it has no value."""
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

    Takes ints, fractions, floats, numpy scalars and sympy numbers; raises QC0881 for anything else. `role` says in the
    message what the number is.
    """
    if isinstance(number, int | Fraction) and not isinstance(number, bool):
        return number
    if isinstance(number, float) and math.isfinite(number):
        return Fraction(Decimal(repr(float(number))))
    if not isinstance(number, bool | str | bytes):
        if getattr(number, "is_Rational", False):  # sympy
            return Fraction(int(number.p), int(number.q))
        try:
            return operator.index(number)
        except TypeError:
            pass
        try:
            return Fraction(repr(float(number)))
        except (TypeError, ValueError, OverflowError):  # nan and inf are no fractions either
            pass
    given = repr(number)[:60]
    raise fail("QC0881", role=role, wanted="a finite real number", given=given, example="a number such as 0.3")
