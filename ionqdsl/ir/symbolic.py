"""Parameters without values: makes expressions of them, and binds them.

Takes a circuit and values and returns the circuit with numbers in place of parameters. Texts and sympy expressions
become angles whose linear part is exact; the rest stays as symbols of canonical text. sympy is imported only if an
expression has to be rewritten, never for a linear one. sweep.py handles many points at once.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.ir.angle import TAU, ZERO, Angle, Exact, Term
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.ir.symbols import (
    MAX_BITS,
    OPERATORS,
    PostfixStep,
    call,
    exact,
    exact_value,
    folded,
    is_call,
    is_name,
    names,
    steps,
)
from ionqdsl.ir.symbols import value as value
from ionqdsl.nesting import MAX_NESTING, TOO_DEEP, roomy

MAX_EXPANDED = 200
"""Products that would expand into more terms are left as they are."""

_SYMPY = {"abs": "Abs", "ceil": "ceiling", "min": "Min", "max": "Max"}
_SPELLINGS = {sympy_name: name for name, sympy_name in _SYMPY.items()}

Given = Angle | Exact
AnyCircuit = TypeVar("AnyCircuit", bound=FlatCircuit)


# --- the linear form -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def form(text: str) -> Angle:
    """An expression in radians as an angle: multiples of pi as turns, the linear part exact, the rest symbols.

    Equal expressions (after expanding products) give equal angles: `b*a + a` and `a*(1 + b)` are the symbols `a` and
    `a*b`. Raises QC0888.
    """
    return from_sympy(_expression(text))


@roomy
def from_sympy(expression: Any) -> Angle:
    """A sympy expression in radians as an angle; see `form`. Raises QC0888."""
    import sympy

    expression = sympy.sympify(expression, strict=True)
    if not isinstance(expression, sympy.Expr):
        raise fail("QC0888", text=str(expression)[:200], reason="its value is not a number")
    if _is_too_deep(expression):
        raise fail("QC0888", text="<a sympy expression>", reason=TOO_DEEP)
    exact_numbers = {number: sympy.Rational(repr(float(number))) for number in expression.atoms(sympy.Float)}
    expression = _named(expression.xreplace(exact_numbers))
    if _terms_when_expanded(expression) <= MAX_EXPANDED:
        expression = sympy.expand(expression, trig=False, log=False, power_exp=False, complex=False)
    total = ZERO
    for part in sympy.Add.make_args(expression) if expression != 0 else ():
        coefficient, rest = part.as_independent(*part.free_symbols, as_Add=False)
        turns, radians = _as_turns(coefficient, expression)
        total += Angle(turns, radians) if rest == 1 else Angle.of(_written(rest), turns=turns, radians=radians)
    return total


def _is_too_deep(expression: Any) -> bool:
    """Whether an expression is nested more than MAX_NESTING deep; shared parts are visited once."""
    level = [expression]
    for _ in range(MAX_NESTING + 1):
        level = list({id(part): part for whole in level for part in whole.args}.values())
        if not level:
            return False
    return True


def _named(expression: Any) -> Any:
    """All symbols real, as parameters are, and identified by their names alone."""
    import sympy

    for symbol in expression.free_symbols:
        text = str(symbol)
        if not isinstance(symbol, sympy.Symbol) or names(text) != (text,) or text.partition("[")[0] in KEYWORDS:
            raise fail("QC0888", text=str(expression), reason=f"`{text}` cannot name a parameter")
    return expression.xreplace({symbol: parameter(str(symbol)) for symbol in expression.free_symbols})


def _as_turns(coefficient: Any, expression: Any) -> tuple[Exact, Exact]:
    """A number as turns and radians: rationals are radians, rational multiples of pi turns, others decimals."""
    import sympy

    if coefficient.is_Rational:
        return 0, _simple(coefficient)
    halves = coefficient / sympy.pi
    if halves.is_Rational:
        return _simple(halves / 2), 0
    try:
        return 0, Fraction(repr(_finite(coefficient)))
    except (TypeError, ValueError, OverflowError):
        raise fail("QC0888", text=str(expression)[:200], reason="its value is not a real number") from None


def _finite(number: Any) -> float:
    result = float(number)
    if not math.isfinite(result):
        raise ValueError
    return result


def _simple(number: Any) -> Exact:
    return int(number.p) if number.q == 1 else Fraction(int(number.p), int(number.q))


def _terms_when_expanded(expression: Any) -> int:
    """An upper bound on the number of terms `expand` would make, without making them."""
    import sympy

    if expression.is_Add:
        return sum(map(_terms_when_expanded, expression.args))
    count = 1
    for argument in expression.args:
        count = min(count * max(1, _terms_when_expanded(argument)), MAX_EXPANDED + 1)
    if isinstance(expression, sympy.Pow) and expression.exp.is_Integer:
        inner, exponent = _terms_when_expanded(expression.base), abs(int(expression.exp))
        if inner > 1:
            return math.comb(inner + exponent - 1, exponent) if exponent < MAX_EXPANDED else MAX_EXPANDED + 1
        return 1
    return count


@roomy
def to_sympy(angle: Angle) -> Any:
    """An angle as a sympy expression in radians."""
    import sympy

    def number(turns: Exact, radians: Exact) -> Any:
        return sympy.Rational(str(Fraction(turns))) * 2 * sympy.pi + sympy.Rational(str(Fraction(radians)))

    total = number(angle.turns, angle.radians)
    for symbol, turns, radians in angle.terms:
        total += number(turns, radians) * _expression(symbol)
    return total


def parameter(name: str) -> Any:
    """The sympy symbol of a parameter: real, named as in the program."""
    import sympy

    return sympy.Symbol(name, real=True)


@roomy
def _expression(text: str, values: Mapping[str, Exact] | None = None) -> Any:
    """The sympy expression of a text, with some names already replaced by numbers.

    Numeric parts are tried as floats first: sympy would work on `exp(exp(100))` for ever, so a part without a finite
    value never reaches it.
    """
    import sympy

    constants = {"pi": sympy.pi, "tau": 2 * sympy.pi, "e": sympy.E}
    numbers = values or {}

    def leaf(step: PostfixStep) -> Any:
        if step.number is not None:
            return sympy.Rational(str(exact(step.number)))
        if step.word in constants:
            return constants[step.word]
        return sympy.Rational(str(Fraction(numbers[step.word]))) if step.word in numbers else parameter(step.word)

    def apply(step: PostfixStep, arguments: list[Any]) -> Any:
        if is_call(step):
            if all(argument.is_number for argument in arguments):
                call(step.word, [float(argument) for argument in arguments])
            return getattr(sympy, _SYMPY.get(step.word, step.word))(*arguments)
        if step.takes == 1:
            return -arguments[0]
        if step.word == "**" and arguments[0].is_number and arguments[1].is_number:
            _need_small(*arguments)
        return OPERATORS[step.word](*arguments)

    try:
        return folded(text, leaf, apply)
    except (ArithmeticError, ValueError, TypeError):
        raise fail("QC0888", text=text[:200], reason="it has no finite, real value") from None


def _need_small(base: Any, exponent: Any) -> None:
    """Raises for a power beyond a float's range, and for one that sympy would write out digit by digit."""
    float(base) ** float(exponent)
    size = max(int(base.p).bit_length(), int(base.q).bit_length()) if base.is_Rational else 1
    if abs(exponent) * size > MAX_BITS:
        raise ValueError


def _written(expression: Any) -> str:
    """A sympy expression as `.qc` text."""
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]
        def _print_Exp1(self, _expression: Any) -> str:  # noqa: N802
            return "e"

        def _print_Function(self, expression: Any) -> str:  # noqa: N802
            name = type(expression).__name__
            return f"{_SPELLINGS.get(name, name)}({self.stringify(expression.args, ', ')})"

        _print_Abs = _print_Function  # noqa: N815
        _print_LatticeOp = _print_Function  # noqa: N815

    text = str(Printer().doprint(expression))
    steps(text)  # whatever sympy returned must be a valid expression here
    return text


def derivative(text: str, name: str) -> Angle:
    """The derivative of an expression with respect to a parameter, as a form in radians. Raises QC0888."""
    import sympy

    return from_sympy(sympy.diff(_expression(text), parameter(name)))


def parameters(circuit: FlatCircuit) -> tuple[str, ...]:
    """The open parameters of a circuit, in order of first use."""
    return tuple(dict.fromkeys(name for symbol in circuit.symbols for name in names(symbol)))


# --- binding ---------------------------------------------------------------------------------------------------------


def given_values(circuit: FlatCircuit, values: Mapping[str, Any], declared: Collection[str]) -> dict[str, Given]:
    """Values by name, checked: `{"th": [1, 2]}` counts as `th[0]` and `th[1]`.

    `declared` are names that may be given although no gate uses them. Raises QC0880 and QC0881.
    """
    allowed = tuple(dict.fromkeys((*parameters(circuit), *declared)))
    arrays = {name.partition("[")[0] for name in allowed if "[" in name}
    numbers: dict[str, Given] = {}
    problems: list[Diagnostic] = []
    for key, item in values.items():
        name = str(key)
        pairs = [(name, item)]
        if name in arrays and hasattr(item, "__len__"):
            pairs = [(f"{name}[{index}]", element) for index, element in enumerate(item)]
        pairs = [pair for pair in pairs if pair[0] in allowed]
        if not pairs:
            problems += unknown(name, allowed).diagnostics
        for full, element in pairs:
            numbers[full] = element if isinstance(element, Angle) else exact(element, f"the value of `{full}`")
    if problems:
        raise CompileError(problems)
    return numbers


def unknown(name: str, names: Sequence[str]) -> CompileError:
    """QC0880: an unknown parameter."""
    close = get_close_matches(name, names, 1)
    facts: dict[str, Any] = {"suggestion": close[0]} if close else {"names": tuple(names)}
    return fail("QC0880", name=name, **facts)


def bind(
    circuit: AnyCircuit, values: Mapping[str, Any], *, partial: bool = True, declared: Collection[str] = ()
) -> AnyCircuit:
    """The circuit with values in place of parameters; equal rows stay one object.

    A plain number has the unit of its coefficient (radians in qis, turns in native); an `Angle` is used as it is and
    needs a parameter that enters linearly. Raises QC0880 for an unknown name, QC0881 for a value that is not a number,
    QC0882 if `partial` is false and a parameter stays open; names in `declared` may be given though no gate uses them.
    """
    numbers = given_values(circuit, values, declared)
    if not partial:
        need_numbers(circuit, "the circuit", numbers)
    resolved: dict[str, Given | None] = {}
    rows: dict[Op, Op] = {}

    def replaced(op: Op) -> Op:
        if not any(angle.terms for angle in op.angles):
            return op
        if op not in rows:
            rows[op] = op._replace(angles=tuple(bound_angle(angle, numbers, resolved) for angle in op.angles))
        return rows[op]

    return circuit.replace(
        rows=[replaced(op) for op in circuit.rows],
        origins=list(circuit.origins),
        phase=bound_angle(circuit.phase, numbers, resolved),
    )


def need_numbers(circuit: FlatCircuit, what: str, names: Collection[str] = ()) -> None:
    """Raises QC0882 if parameters other than the given ones are open."""
    open_names = [name for name in parameters(circuit) if name not in names]
    if open_names:
        raise fail("QC0882", what=what, names=", ".join(f"`{name}`" for name in open_names), example=open_names[0])


def bound_angle(angle: Angle, numbers: Mapping[str, Given], resolved: dict[str, Given | None]) -> Angle:
    """One angle bound; `resolved` caches the values of symbols for the next ones."""
    if not angle.terms:
        return angle
    turns, radians, rest = angle.turns, angle.radians, ZERO
    for term in angle.terms:
        symbol = term[0]
        if symbol in numbers:
            number: Given | None = numbers[symbol]
            if isinstance(number, Angle):
                if term[1] and term[2]:
                    raise fail("QC0631", name=symbol)
                rest += Angle(0, 0, (term,)).bind(numbers.get)
                continue
        else:
            if symbol not in resolved:
                resolved[symbol] = _resolve(symbol, numbers)
            number = resolved[symbol]
        if number is None:
            rest += Angle(0, 0, (term,))
        elif isinstance(number, Angle):
            rest += _times(term, number)
        else:
            turns += term[1] * number if term[1] else 0
            radians += term[2] * number if term[2] else 0
    return moderate(Angle(turns, radians) + rest if rest else Angle(turns, radians))


def moderate(angle: Angle) -> Angle:
    """The angle. Raises QC0309 if one of its numbers is too large."""
    if not angle.is_moderate:
        raise fail("QC0309")
    return angle


def _resolve(symbol: str, numbers: Mapping[str, Given]) -> Given | None:
    """An opaque symbol after substitution: a number, a linear form of open parameters, or None if none was given."""
    used = names(symbol)
    plain_numbers = {name: _plain(name, numbers[name], symbol) for name in used if name in numbers}
    if not plain_numbers:
        return None
    return (
        exact_value(symbol, plain_numbers)
        if len(plain_numbers) == len(used)
        else from_sympy(_expression(symbol, plain_numbers))
    )


def _plain(name: str, number: Given, symbol: str) -> Exact:
    """A value for use inside a symbol; an angle is in radians, under sin, cos and tan only."""
    if not isinstance(number, Angle):
        return number
    if folded(symbol, lambda step: is_name(step) and step.word == name, _is_bare):
        raise fail("QC0896", name=name, text=symbol)
    return Fraction(repr(number.in_radians()))


def _is_bare(step: PostfixStep, flags: list[bool]) -> bool:
    """Whether a name occurs anywhere except under sin, cos and tan."""
    return step.word not in ("sin", "cos", "tan") and any(flags)


def _times(term: Term, number: Angle) -> Angle:
    """A term's turns and radians times a number, which is an angle in radians."""
    _, turns, radians = term

    def scaled(pi_part: Exact, plain: Exact) -> tuple[Exact, Exact]:
        # (turns + radians) * (2 pi pi_part + plain); only turns * 2 pi is not exact
        product = turns * plain + radians * pi_part
        if turns and pi_part:
            product += Fraction(repr(float(turns * pi_part * TAU)))
        return product, radians * plain

    total = Angle(*scaled(number.turns, number.radians))
    for symbol, pi_part, plain in number.terms:
        symbol_turns, symbol_radians = scaled(pi_part, plain)
        total += Angle.of(symbol, turns=symbol_turns, radians=symbol_radians)
    return total
