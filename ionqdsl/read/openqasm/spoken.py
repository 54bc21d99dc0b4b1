"""Writes expressions and operands of OpenQASM as `.qc` text.

Takes a node of the tree and the names in scope and returns text. Raises `Unsaid` for an expression that `.qc` lacks or
reads differently, such as the quotient of whole numbers, and for a name that is not in scope.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ionqdsl.ir import notation
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.expressions import FUNCTIONS
from ionqdsl.record import record


class Unsaid(Exception):
    """A piece of a program without a counterpart in `.qc`."""


@record
class Known:
    """A name in scope: its `.qc` text, and whether it is a whole number."""

    text: str
    is_whole: bool = False


@record
class Sight:
    """The names in scope, and the version of OpenQASM: in 3 the quotient of whole numbers is whole."""

    names: Mapping[str, Known]
    version: int


CONSTANTS = {"pi": "pi", "π": "pi", "tau": "tau", "τ": "tau", "euler": "e", "ℇ": "e"}

_SYMBOL, _SIGNED, _SUM = 10, 8, 6
_LEVELS = {"||": 1, "&&": 2, "+": _SUM, "-": _SUM, "*": 7, "/": 7, "%": 7, "**": 9}
_LEVELS |= dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 4)
_DECIMAL = re.compile(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
_WORDS = {"||": "or", "&&": "and"}


def expression(node: Any, sight: Sight, level: int = 0) -> str:
    """An expression as text, in parentheses if it binds less than `level`. Raises Unsaid."""
    text, own = _expression(node, sight)
    return f"({text})" if own < level else text


def _expression(node: Any, sight: Sight) -> tuple[str, int]:
    match node:
        case tree.Literal(kind="int"):
            return str(node.value), _SYMBOL
        case tree.Literal(kind="float"):
            written = _DECIMAL.search(node.span.text)
            return (written[0] if written else notation.number(node.value)), _SYMBOL
        case tree.Literal(kind="bool"):
            return str(node.value).lower(), _SYMBOL
        case tree.Identifier():
            if node.name in sight.names:
                return sight.names[node.name].text, _SYMBOL
            if node.name in CONSTANTS:
                return CONSTANTS[node.name], _SYMBOL
        case tree.UnaryExpression(operator="-" | "+"):
            return node.operator + expression(node.operand, sight, _SIGNED), _SIGNED
        case tree.UnaryExpression(operator="!"):
            return f"not {expression(node.operand, sight, 3)}", 3
        case tree.BinaryExpression() if node.operator in _LEVELS:
            return _binary(node, sight)
        case tree.FunctionCall(function=function) if function.text in ("pow", "mod"):
            operator = "**" if function.text == "pow" else "%"
            left, right = node.arguments
            return _expression(tree.BinaryExpression(operator, left, right, node.span), sight)
        case tree.FunctionCall(function=function) if function.text in FUNCTIONS:
            arguments = ", ".join(expression(argument, sight) for argument in node.arguments)
            return f"{FUNCTIONS[function.text]}({arguments})", _SYMBOL
        case tree.Cast(type=tree.Type(kind="float")):
            return _expression(node.operand, sight)
    raise Unsaid


def _binary(node: tree.BinaryExpression, sight: Sight) -> tuple[str, int]:
    """Writes a sum, or another chain, by iteration instead of recursion, as it may be long."""
    spine = [node]
    while isinstance(spine[-1].left, tree.BinaryExpression) and spine[-1].left.operator in _LEVELS:
        spine.append(spine[-1].left)
    text, level = _expression(spine[-1].left, sight)
    are_whole = is_whole(spine[-1].left, sight)
    for link in reversed(spine):
        are_whole = are_whole and is_whole(link.right, sight)
        if sight.version > 2 and link.operator == "/" and are_whole:
            raise Unsaid
        text, level = _linked(link, text, level, sight)
    return text, level


def _linked(node: tree.BinaryExpression, left: str, own: int, sight: Sight) -> tuple[str, int]:
    """A binary expression whose left side is already text that binds as tightly as `own`."""
    level = _LEVELS[node.operator]
    if node.operator == "**":
        wanted, right = _SYMBOL, expression(node.right, sight, _SIGNED)
    else:
        wanted, right = level + (level == 4), expression(node.right, sight, level + 1)
    left = f"({left})" if own < wanted else left
    blank = "" if node.operator in ("*", "/") else " "  # as plain gate lines have them, which are read in bulk
    return f"{left}{blank}{_WORDS.get(node.operator, node.operator)}{blank}{right}", level


def is_whole(node: Any, sight: Sight) -> bool:
    """Whether an expression is a whole number by its type; iterates over a list, as sums may be long."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case tree.Literal(kind="int"):
                continue
            case tree.Identifier(name=name) if name in sight.names and sight.names[name].is_whole:
                continue
            case tree.UnaryExpression(operand=operand):
                waiting.append(operand)
            case tree.BinaryExpression(left=left, right=right):
                waiting += [left, right]
            case tree.FunctionCall(function=function, arguments=arguments) if function.text in ("pow", "mod"):
                waiting += arguments
            case _:
                return False
    return True


def _beyond(node: Any, sight: Sight, step: int) -> str:
    """The exclusive end of a range, from its last value."""
    match node:
        case tree.Literal(kind="int"):
            return str(node.value + step)
        case tree.UnaryExpression(operator="-", operand=tree.Literal(kind="int", value=value)):
            return str(step - value)
        case tree.BinaryExpression(operator="-", left=left, right=tree.Literal(kind="int", value=value)) if (
            value >= step > 0
        ):
            return expression(left, sight, _SUM) + (f" - {value - step}" if value > step else "")
    return f"{expression(node, sight, _SUM)} {'+' if step > 0 else '-'} 1"


def _step(node: tree.Range) -> int:
    match node.step:
        case None:
            return 1
        case tree.Literal(kind="int", value=value) if value:
            return int(value)
        case tree.UnaryExpression(operator="-", operand=tree.Literal(kind="int", value=value)) if value:
            return -int(value)
    raise Unsaid


def loop_values(node: Any, sight: Sight) -> str:
    """The values a loop runs over: a range or a set."""
    if isinstance(node, tree.SetOf):
        return f"[{', '.join(expression(item, sight) for item in node.items)}]"
    if not isinstance(node, tree.Range) or node.start is None or node.stop is None:
        raise Unsaid
    step = _step(node)
    start, stop = expression(node.start, sight), _beyond(node.stop, sight, 1 if step > 0 else -1)
    if step != 1:
        return f"range({start}, {stop}, {step})"
    return f"range({stop})" if start == "0" else f"range({start}, {stop})"


def operand(node: Any, sight: Sight) -> str:
    """Qubits: a register, a qubit of it, a slice, some of its qubits."""
    if isinstance(node, tree.Identifier):
        if node.name not in sight.names:
            raise Unsaid
        return sight.names[node.name].text
    if (
        not isinstance(node, tree.IndexExpression)
        or not isinstance(node.value, tree.Identifier)
        or len(node.items) != 1
    ):
        raise Unsaid
    (item,) = node.items
    name = operand(node.value, sight)
    if isinstance(item, tree.SetOf):
        comma = "," if len(item.items) == 1 else ""
        return f"{name}[{', '.join(expression(one, sight) for one in item.items)}{comma}]"
    if not isinstance(item, tree.Range):
        return f"{name}[{expression(item, sight)}]"
    step = _step(item)
    if step < 0:
        raise Unsaid
    start = "" if item.start is None else expression(item.start, sight)
    stop = "" if item.stop is None else _beyond(item.stop, sight, 1)
    return f"{name}[{start}:{'' if stop == '0' else stop}{f':{step}' if step > 1 else ''}]"
