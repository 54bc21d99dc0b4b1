"""Evaluates expressions of OpenQASM, with OpenQASM's types.

Takes an expression and a scope and returns a `Value` (truth, whole or real number, angle, bits), exact and linear in
inputs if the language's own numbers are (values.py does the arithmetic on reals). In OpenQASM 3 the quotient of whole
numbers is whole, and angles wrap at 2 pi. A value that is known only after measurement is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import TAU, Angle
from ionqdsl.language import values
from ionqdsl.language.values import Measure, Mismatch, NamedQubits
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.scope import CHANGING, Array, Bits, QasmScope, Value, Variable

MAX_BITS = 4096
"""Largest whole number."""


_PI = Measure(Angle(Fraction(1, 2)))
_TAU = Measure(Angle(Fraction(1)))
CONSTANTS = {"pi": _PI, "π": _PI, "tau": _TAU, "τ": _TAU, "euler": math.e, "ℇ": math.e}


def evaluate(node: Any, scope: QasmScope) -> Value:
    """The value of an expression. Raises CompileError."""
    try:
        return _evaluate(node, scope)
    except Mismatch as mismatch:
        raise fail(mismatch.code, node.span, **mismatch.facts) from None
    except (OverflowError, ZeroDivisionError) as error:
        raise fail("QC0303" if isinstance(error, ZeroDivisionError) else "QC0309", node.span) from None


def _evaluate(node: Any, scope: QasmScope) -> Value:
    match node:
        case tree.Literal():
            if node.kind in ("int", "float"):
                values.simple(node.value)  # as large as a number may be in programs
            return Value(node.kind, node.value, len(node.value) if node.kind == "bits" else None)
        case tree.Identifier():
            return _variable(node, scope)
        case tree.BinaryExpression():
            return _binary(node, scope)
        case tree.UnaryExpression():
            return _unary(node, scope)
        case tree.FunctionCall():
            return _call(node, scope)
        case tree.Cast():
            return converted(evaluate(node.operand, scope), node.type, scope, node.span)
        case tree.IndexExpression():
            part = part_of_array(node, scope)
            if isinstance(part, Array):
                raise fail("QC1110", node.span, wanted="a single value", found="an array")
            return _bit(node, scope) if part is None else part
    raise fail("QC1110", node.span, wanted="a value", found="something else")


def _variable(node: tree.Identifier, scope: QasmScope) -> Value:
    value = scope.find(node.name)
    if isinstance(value, Variable):
        if value.value is None:
            raise fail("QC1112", node.span, name=node.name)
        if isinstance(value.value, Array):
            raise fail("QC1110", node.span, wanted="a single value", found="an array")
        if not isinstance(value.value, Bits):
            return value.value
        value = value.value
    if isinstance(value, Bits):
        raise fail("QC1107", node.span, name=node.name)
    if isinstance(value, NamedQubits):
        raise fail("QC1110", node.span, wanted="a number", found="qubits")
    if value is CHANGING:
        raise fail("QC1147", node.span, name=node.name)
    if node.name in CONSTANTS:
        return Value("float", CONSTANTS[node.name])
    raise fail("QC1111", node.span, name=node.name)


def part_of_array(node: Any, scope: QasmScope) -> Array | Value | None:
    """An array, a row or an element of one; None if an expression names none of these."""
    if isinstance(node, tree.Identifier):
        held = scope.find(node.name)
        return held.value if isinstance(held, Variable) and isinstance(held.value, Array) else None
    if not isinstance(node, tree.IndexExpression):
        return None
    row = part_of_array(node.value, scope)
    if not isinstance(row, Array):
        return None
    row, place = place_in_array(row, node, scope)
    if row.items[place] is None:
        raise fail("QC1112", node.span, name=node.span.text)
    part: Array | Value = row.items[place]
    return part


def place_in_array(array: Array, node: tree.IndexExpression, scope: QasmScope) -> tuple[Array, int]:
    """The row that holds the element at the indices, and the place in it. Raises CompileError."""
    part: Any = array
    for item in node.items:
        if not isinstance(part, Array) or isinstance(item, tree.Range | tree.SetOf):
            wanted = "an index for each dimension of the array"
            raise fail("QC1110", item.span, wanted=wanted, found=f"`{item.span.text[:40]}`")
        row, place = part, whole(item, scope, "an index")
        if not -len(row.items) <= place < len(row.items):
            raise fail("QC1109", item.span, index=place, indices=range(len(row.items)))
        part = row.items[place]
    return row, place


def sizes_of(array: Array) -> list[int]:
    """The size of each dimension."""
    sizes: list[int] = []
    part: Any = array
    while isinstance(part, Array):
        sizes.append(len(part.items))
        part = part.items[0]
    return sizes


def _bit(node: tree.IndexExpression, scope: QasmScope) -> Value:
    """A bit of a whole number or of bits, the least significant one first."""
    base: Any = node.value
    while isinstance(base, tree.IndexExpression):
        base = base.value
    if isinstance(base, tree.Identifier) and isinstance(scope.find(base.name), Bits):
        raise fail("QC1107", node.span, name=base.name)
    value = evaluate(node.value, scope)
    item = node.items[0]
    if len(node.items) != 1 or isinstance(item, tree.Range | tree.SetOf) or value.kind not in ("int", "bits"):
        raise fail("QC1110", node.span, wanted="a single bit of a whole number", found=f"`{node.span.text[:40]}`")
    number = int(value.value, 2) if value.kind == "bits" else value.value
    width = value.width or MAX_BITS
    place = whole(item, scope, "an index")
    if not -width <= place < width:
        raise fail("QC1109", item.span, index=place, indices=range(width))
    return Value("bits", str(number >> place % width & 1), 1)


# --- operators -------------------------------------------------------------------------------------------------------


def number(value: Value) -> Any:
    """A value as one of the language's numbers: bits as a binary number, truth values as 0 and 1."""
    if value.kind == "bits":
        return int(value.value, 2)
    return int(value.value) if value.kind == "bool" else value.value


def truth(node: Any, scope: QasmScope) -> bool:
    """A condition that is known now. Raises CompileError if it is not."""
    value = number(evaluate(node, scope))
    if values.is_symbolic(value):
        raise without_value(node.span, value.amount.symbols)
    return bool(values.exactly(value))


def whole(node: Any, scope: QasmScope, what: str) -> int:
    """A whole number that is known now; OpenQASM 2 has no integer type, so a real number that is whole counts there."""
    value = evaluate(node, scope)
    if value.kind in ("int", "bool", "bits"):
        return int(number(value))
    if values.is_symbolic(value.value):
        raise without_value(node.span, value.value.amount.symbols)
    raise fail("QC1110", node.span, wanted=what, found="a real number")


def _unary(node: tree.UnaryExpression, scope: QasmScope) -> Value:
    if node.operator == "!":
        return Value("bool", not truth(node.operand, scope))
    value = evaluate(node.operand, scope)
    if node.operator == "~":
        if value.width is None or value.kind not in ("int", "bits"):
            raise fail("QC1110", node.span, wanted="bits, or a number of so many bits", found=f"{value.kind}")
        flipped = ~number(value) & ((1 << value.width) - 1)
        return _like(value, flipped)
    if node.operator == "+":
        return value
    if value.kind == "angle":
        return _angle(values.multiply(value.value, -1), node)
    kind = "int" if value.kind in ("int", "bool", "bits") else "float"
    return Value(kind, values.multiply(number(value), -1))


def _like(value: Value, result: int) -> Value:
    """A whole number as a value of the same type."""
    if value.kind == "bits":
        return Value("bits", format(result, f"0{value.width}b"), value.width)
    return Value("int", result, value.width, value.is_unsigned)


def _binary(node: tree.BinaryExpression, scope: QasmScope) -> Value:
    spine = [node]  # sums nest to the left: iterated, not recursed into, as they may be long
    while isinstance(spine[-1].left, tree.BinaryExpression):
        spine.append(spine[-1].left)
    value = evaluate(spine[-1].left, scope)
    for link in reversed(spine):
        try:
            value = _applied(link, value, scope)
        except Mismatch as mismatch:
            raise fail(mismatch.code, link.span, **mismatch.facts) from None
    return value


def _applied(node: tree.BinaryExpression, left: Value, scope: QasmScope) -> Value:
    operator = node.operator
    if operator in ("&&", "||"):
        first = number(left)
        if values.is_symbolic(first):
            raise without_value(node.left.span, first.amount.symbols)
        if bool(values.exactly(first)) is (operator == "||"):
            return Value("bool", operator == "||")
        return Value("bool", truth(node.right, scope))
    return combined(operator, left, evaluate(node.right, scope), scope, node)


def without_value(span: Span, symbols: Iterable[str]) -> CompileError:
    """QC1113: a number is needed that depends on inputs without a value."""
    names = tuple(dict.fromkeys(symbols))
    return fail("QC1113", span, names=names, first=names[0])


def combined(operator: str, left: Value, right: Value, scope: QasmScope, node: Any) -> Value:
    """`left operator right` for all operators except the logical ones; errors are reported at `node`."""
    first, second = number(left), number(right)
    if operator in ("==", "!=", "<", "<=", ">", ">="):
        names = [symbol for value in (first, second) if isinstance(value, Measure) for symbol in value.amount.symbols]
        if names:
            raise without_value(node.span, names)
        return Value("bool", _COMPARED[operator](values.exactly(first), values.exactly(second)))
    if "angle" in (left.kind, right.kind):
        return _angles(operator, left, right, node)
    are_whole = isinstance(first, int) and isinstance(second, int) and not {"float"} & {left.kind, right.kind}
    if operator in ("&", "|", "^", "<<", ">>"):
        if not are_whole or min(first, second) < 0 or (operator == "<<" and second > MAX_BITS):
            raise fail("QC1110", node.span, wanted="whole numbers from 0", found="other values")
        return _like(left, _BITWISE[operator](first, second) & ((1 << (left.width or MAX_BITS)) - 1))
    if are_whole:
        result = _whole_numbers(operator, first, second, scope, node)
        if left.is_unsigned and right.is_unsigned and operator in ("+", "-", "*"):
            return _unwrapped(result, max(left.width or 0, right.width or 0), node)
        return result
    if operator == "%":
        raise fail("QC1110", node.span, wanted="whole numbers", found="real numbers")
    return Value("float", _REAL[operator](first, second))


def _unwrapped(result: Value, width: int, node: Any) -> Value:
    """A result for two numbers without sign. Raises CompileError if it leaves their width, where it may wrap or not."""
    if not 0 <= result.value < 2**width:
        raise fail("QC1117", node.span, value=result.value, type=f"uint[{width}]")
    return Value("int", result.value, width, is_unsigned=True)


def _whole_numbers(operator: str, first: int, second: int, scope: QasmScope, node: Any) -> Value:
    if operator == "/":
        if scope.version == 2:
            return Value("float", values.divide(first, second))
        if first % second:
            shown = f"{first}.0/{second}"
            exact = Fraction(first, second)
            scope.noticed.append(Diagnostic("QC1114", node.span, {"result": int(exact), "fix": shown}))
        return Value("int", int(Fraction(first, second)))
    if operator == "%":
        return Value("int", int(math.fmod(first, second)) if second and abs(first) < 2**53 else first % second)
    if operator == "**":
        if second < 0 and scope.version == 3:
            raise fail("QC1110", node.span, wanted="an exponent from 0", found=str(second))
        return Value("int" if second >= 0 else "float", values.power(first, second))
    return Value("int", _REAL[operator](first, second))


def _angles(operator: str, left: Value, right: Value, node: Any) -> Value:
    """Angles add, and whole numbers multiply and divide them; all modulo 2 pi."""
    kinds = {left.kind, right.kind}
    if operator in ("+", "-") and kinds <= {"angle", "float", "int"}:
        return _angle(_REAL[operator](left.value, right.value), node)
    if operator == "*" and "float" not in kinds and kinds != {"angle"}:
        return _angle(values.multiply(number(left), number(right)), node)
    if operator == "/" and right.kind in ("int", "bool"):
        return Value("angle", values.divide(left.value, number(right)))
    raise fail("QC1115", node.span, operator=operator)


def _angle(value: Any, node: Any) -> Value:
    """A value of type angle: modulo 2 pi, so it must be known."""
    if values.is_symbolic(value):
        raise fail("QC1116", node.span, names=", ".join(value.amount.symbols))
    return Value("angle", wrapped(value))


def wrapped(value: Any) -> Any:
    """A known number of radians reduced to [0, 2 pi), exactly."""
    amount = values.amount(value)
    rounds = math.floor(amount.turns + amount.radians / TAU)
    return values.measure(amount + Angle(-rounds), None)


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}
_BITWISE: dict[str, Callable[[int, int], int]] = {
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
}
_REAL: dict[str, Callable[[Any, Any], Any]] = {
    "+": values.add,
    "-": lambda a, b: values.add(a, b, -1),
    "*": values.multiply,
    "/": values.divide,
    "**": values.power,
}


# --- types and functions ---------------------------------------------------------------------------------------------


def size_of(kind: tree.Type, scope: QasmScope) -> int | None:
    """The number of bits of a type, None if it has none."""
    if kind.size is None:
        return None
    size = whole(kind.size, scope, "a number of bits")
    if not 1 <= size <= MAX_BITS:
        raise fail("QC1109", kind.size.span, index=size, indices=range(1, MAX_BITS + 1))
    return size


def converted(value: Value, kind: tree.Type, scope: QasmScope, span: Span) -> Value:
    """A value converted to another type. Raises CompileError if it does not fit, or would be rounded."""
    width = size_of(kind, scope)
    amount = number(value)
    if kind.kind in ("int", "uint"):
        if values.is_symbolic(amount):
            raise without_value(span, amount.amount.symbols)
        result = int(values.exactly(amount))
        bits = width or MAX_BITS
        low, high = (0, 2**bits) if kind.kind == "uint" else (-(2 ** (bits - 1)), 2 ** (bits - 1))
        if not low <= result < high:
            raise fail("QC1117", span, value=result, type=f"{kind.kind}[{width}]" if width else kind.kind)
        return Value("int", result, width, is_unsigned=width is not None and kind.kind == "uint")
    if kind.kind == "bool":
        if values.is_symbolic(amount):
            raise without_value(span, amount.amount.symbols)
        return Value("bool", bool(values.exactly(amount)))
    if kind.kind == "bit":
        if values.is_symbolic(amount) or not isinstance(amount, int) or not 0 <= amount < 2 ** (width or 1):
            raise fail("QC1117", span, value=span.text[:40], type=f"bit[{width or 1}]")
        return Value("bits", format(amount, f"0{width or 1}b"), width or 1)
    if kind.kind == "float":
        return Value("float", amount)
    if values.is_symbolic(amount):
        if value.kind == "angle" and width is None:
            return value
        raise fail("QC1116", span, names=", ".join(amount.amount.symbols))
    turned = wrapped(amount)
    if width is not None:
        steps = values.amount(turned)
        if steps.radians or (Fraction(steps.turns) * 2**width).denominator != 1:
            raise fail("QC1117", span, value=span.text[:40], type=f"angle[{width}]")
    return Value("angle", turned, width)


FUNCTIONS = {"arccos": "acos", "arcsin": "asin", "arctan": "atan", "ceiling": "ceil", "ln": "log"}
FUNCTIONS |= {name: name for name in ("cos", "sin", "tan", "exp", "log", "sqrt", "floor", "acos", "asin", "atan")}
_SPOKEN = {2: {"sin", "cos", "tan", "exp", "ln", "sqrt", "acos", "asin", "atan"}}


def _call(node: tree.FunctionCall, scope: QasmScope) -> Value:
    name = node.function.text
    subroutine = scope.find(name)
    if isinstance(subroutine, tree.SubroutineDefinition) and scope.computes is not None:
        return scope.computes(subroutine, node, scope)
    if name == "sizeof":
        return _size_of_array(node, scope)
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    wanted = 2 if name in ("pow", "mod") else 1
    is_known = name in _SPOKEN.get(scope.version, FUNCTIONS) or (scope.version == 3 and name in _MORE)
    if not is_known or (scope.version == 3 and name == "ln"):
        raise fail("QC1118", node.function.span, name=name)
    if len(arguments) != wanted:
        raise fail("QC1119", node.span, name=name, wants=wanted, given=len(arguments))
    if name == "pow":
        return combined("**", arguments[0], arguments[1], scope, node)
    if name == "mod":
        return combined("%", arguments[0], arguments[1], scope, node)
    amount = number(arguments[0])
    if name == "popcount":
        if not isinstance(amount, int) or amount < 0:
            raise fail("QC1110", node.span, wanted="bits", found="a number that is not whole")
        return Value("int", amount.bit_count())
    python = FUNCTIONS[name]
    if values.is_symbolic(amount):
        return Value("float", values.call(python, [amount]))
    try:
        result = getattr(math, python)(values.as_float(amount))
    except ValueError:
        shown = f"{values.as_float(amount):.6g}"
        raise fail("QC0310", node.span, function=name, at=shown) from None
    return Value("float", values.simple(result))


def _size_of_array(node: tree.FunctionCall, scope: QasmScope) -> Value:
    """`sizeof(array)` or `sizeof(array, dimension)`: a number of elements, by default of the first dimension."""
    if not 1 <= len(node.arguments) <= 2:
        raise fail("QC1119", node.span, name="sizeof", wants=1, given=len(node.arguments))
    part = part_of_array(node.arguments[0], scope)
    if not isinstance(part, Array):
        raise fail("QC1110", node.arguments[0].span, wanted="an array", found="a single value")
    dimension = whole(node.arguments[1], scope, "a dimension") if len(node.arguments) == 2 else 0
    sizes = sizes_of(part)
    if not 0 <= dimension < len(sizes):
        raise fail("QC1109", node.arguments[1].span, index=dimension, indices=range(len(sizes)))
    return Value("int", sizes[dimension])


_MORE = ("pow", "mod", "popcount")
FUNCTION_NAMES = frozenset({*FUNCTIONS, *_MORE, "sizeof"})
"""The functions that a program may call without defining them."""
