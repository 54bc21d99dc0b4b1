"""Evaluates compile-time expressions.

Takes an expression and a scope and returns a number, an angle, a string, a list or an operator (values.py). Evaluation
always ends: loops are bounded, sizes are limited, and only the functions of the table can be called. An expression that
cannot be evaluated raises CompileError with its place; a name that already has an error raises `Poisoned`, which
reports nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.job import EnvironmentVariable
from ionqdsl.language import bits, effort, syntax, values
from ionqdsl.language.calls import matched, with_call
from ionqdsl.language.comparison import elements, equal, incomparable, is_comparable, is_part, ordered, truth
from ionqdsl.language.functions import FREE, FUNCTIONS, integer, operator, usage
from ionqdsl.language.ratios import SMALL, quick, steps
from ionqdsl.language.slips.words import SPELLINGS
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import MAX_LIST, PI, Measure, Mismatch, NamedQubits, NamedSlots, PauliLetter, PauliSum
from ionqdsl.nesting import roomy
from ionqdsl.record import Any, fresh, record


class Poisoned(Exception):
    """The value depends on something already reported."""


class GoingOn:
    """`with GoingOn(found.extend):` ends at an error, reports its diagnostics, and continues after the block."""

    def __init__(self, report: Callable[[Iterable[Diagnostic]], None]) -> None:
        self.report = report

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, CompileError):
            self.report(error.diagnostics)
        return isinstance(error, (CompileError, Poisoned))


class _Poison:
    def __repr__(self) -> str:
        return "POISON"


POISON = _Poison()
"""The value of a name whose definition has an error."""


@record(frozen=False)
class Scope:
    """Maps names to values, and names of functions to `Defined`; unknown ones are looked up in `parent`.

    `judges_outcomes` holds inside a condition on outcomes. There a comparison of values of different kinds is an error,
    as is a list that stands for a condition: both would make a branch that is always or never taken.
    """

    names: dict[str, Any] = fresh(default_factory=dict)
    parent: Scope | None = None
    budget: StepBudget = fresh(default_factory=StepBudget)
    functions: dict[str, Any] | None = None
    data: Mapping[Span, Any] | None = None
    judges_outcomes: bool = False

    def child(self, names: dict[str, Any] | None = None) -> Scope:
        """A scope inside this one."""
        return Scope({} if names is None else names, self, self.budget, judges_outcomes=self.judges_outcomes)

    def lookup(self, name: str, span: Span) -> Any:
        """The value of a name; raises for an unknown name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                value = scope.names[name]
                if value is POISON:
                    raise Poisoned
                return value
            scope = scope.parent
        if name in CONSTANTS:
            return CONSTANTS[name]
        raise fail("QC0201", span, name=name, suggestion=suggest(name, [*self.visible(), *CONSTANTS]))

    def value(self, name: str) -> Any:
        """The value of a name, None for an unknown one."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    @property
    def size(self) -> int:
        """The number of names that it sees, those of CONSTANTS left out; names are added, and never replaced."""
        return len(self.names) + (self.parent.size if self.parent is not None else 0)

    def function(self, name: str) -> Defined | None:
        """The program's function of a name, None if there is none; raises Poisoned if its definition has an error."""
        scope: Scope | None = self
        while scope is not None:
            if scope.functions is not None and name in scope.functions:
                defined = scope.functions[name]
                if defined is POISON:
                    raise Poisoned
                assert isinstance(defined, Defined)
                return defined
            scope = scope.parent
        return None

    def loaded(self, call: Span) -> Any:
        """The value of the file that a call of `load` names; raises Poisoned if it has an error."""
        scope: Scope | None = self
        while scope is not None:
            if scope.data is not None and call in scope.data:
                if scope.data[call] is None:
                    raise Poisoned
                return scope.data[call].value
            scope = scope.parent
        raise fail("QC0333", call)

    def now(self) -> Scope:
        """A copy of this scope, without the names that it gets later."""
        return Scope(dict(self.names), self.parent, self.budget, self.functions, self.data)

    def define(self, function: syntax.Function, is_broken: bool = False, sees: Scope | None = None) -> None:
        """Adds a function, which sees this scope or another one."""
        self.functions = {} if self.functions is None else self.functions
        self.functions.setdefault(function.name.text, POISON if is_broken else Defined(function, sees or self))

    def visible(self) -> list[str]:
        """Every name that can be used here."""
        return [*self.names, *(self.parent.visible() if self.parent else [])]


@record
class Defined:
    """A function of the program, with the scope that its expression sees."""

    function: syntax.Function
    scope: Scope


CONSTANTS: dict[str, Any] = {
    "pi": PI,
    "tau": Measure(Angle(Fraction(1))),
    "e": math.e,
    "turn": values.literal(1, "turn"),
    "deg": values.literal(1, "deg"),
    "rad": values.literal(1, "rad"),
    "X": PauliLetter("X"),
    "Y": PauliLetter("Y"),
    "Z": PauliLetter("Z"),
}

RESERVED = (CONSTANTS.keys() - {"e"}) | (FUNCTIONS.keys() - FREE) | {"env"}
"""The names that no value may have. `e` may be hidden, as may the functions that version 1 did not have."""


def suggest(name: str, names: list[str]) -> str | None:
    """The known name that the user most likely meant."""
    from difflib import get_close_matches  # needed only if there is an error

    other = SPELLINGS.get(name)
    if other is not None:
        return other
    if len(name) == 1:  # everything short is close to one letter
        return name.swapcase() if name.swapcase() in names else None
    matches = get_close_matches(name, names, 1, 0.6) or get_close_matches(name.lower(), names, 1, 0.6)
    return matches[0] if matches else None


class Suggestions:
    """Suggestions for the unknown names of one text; only the first of hundreds are searched for."""

    MOST = 100

    def __init__(self) -> None:
        self._left = self.MOST

    def __call__(self, name: str, names: Callable[[], list[str]]) -> str | None:
        """The known name that the user most likely meant."""
        self._left -= 1
        return suggest(name, names()) if self._left >= 0 else None


def evaluate(node: syntax.Expression, scope: Scope) -> Any:
    """The value of an expression."""
    if type(node) is syntax.Number and not node.unit and type(node.value) is int and -SMALL < node.value < SMALL:
        scope.budget.spend(1, node.span)
        return node.value
    if type(node) is syntax.Reference and type(value := scope.value(node.name)) in _PLAIN:
        scope.budget.spend(1, node.span)
        return value
    if type(node) is syntax.Binary and (value := quick(node, scope.value)) is not None:
        scope.budget.spend(steps(node), node.span)
        return value
    try:
        return _evaluate(node, scope)
    except Mismatch as mismatch:
        raise fail(mismatch.code, node.span, **mismatch.facts) from None
    except OverflowError:
        raise fail("QC0309", node.span) from None


_PLAIN = frozenset({int, Fraction, Measure})
"""Kinds of values that need no other look."""


def _evaluate(node: syntax.Expression, scope: Scope) -> Any:
    scope.budget.spend(1, node.span)
    match node:
        case syntax.Number():
            return values.literal(node.value, node.unit)
        case syntax.Text() | syntax.Constant():
            return node.value
        case syntax.Reference():
            value = scope.lookup(node.name, node.span)
            if type(value) is NamedSlots:
                slot = node.name if value.scalar else f"{node.name}[0]"
                raise fail("QC0298", node.span, name=node.name, slot=slot)
            return value
        case syntax.Binary():
            return _binary(node, scope)
        case syntax.Unary():
            value = evaluate(node.operand, scope)
            if node.operator == "not":
                return not _truth(value, node.operand.span, scope)
            if node.operator == "~":
                return bits.inverted(value)
            if not isinstance(value, PauliSum) and not values.is_number(value):
                raise fail("QC0307", node.operand.span, wanted="a number", given=values.kind(value))
            return values.multiply(value, -1 if node.operator == "-" else 1)
        case syntax.Conditional():
            chosen: syntax.Expression = node
            while isinstance(chosen, syntax.Conditional):  # `a if p else b if q else c`: iterated, as it may be long
                is_met = holds(chosen.condition, scope)
                chosen = chosen.then if is_met else chosen.otherwise
            return evaluate(chosen, scope)
        case syntax.ListExpression():
            return [evaluate(item, scope) for item in node.items]
        case syntax.TupleExpression():
            return tuple([evaluate(item, scope) for item in node.items])
        case syntax.Comprehension():
            return _comprehension(node, scope)
        case syntax.Index():
            return _index(node, scope)
        case syntax.Call():
            return _call(node, scope)
        case syntax.Field():
            return _field(node, scope)


def _binary(node: syntax.Binary, scope: Scope) -> Any:
    spine = [node]  # 1 + 2 + 3 + ... nests to the left: iterated, not recursed into, as it may be long
    while isinstance(spine[-1].left, syntax.Binary):
        spine.append(spine[-1].left)
    value = evaluate(spine[-1].left, scope)
    owned = False  # whether the value was made here, so that nothing else refers to it
    for link in reversed(spine):
        try:
            value = _apply(link, value, scope, owned)
            in_place = owned and link.operator == "+" and isinstance(value, PauliSum)
            scope.budget.spend(1 if in_place else 1 + effort.weight(value), link.span)
        except Mismatch as mismatch:
            raise fail(mismatch.code, link.span, **mismatch.facts) from None
        owned = link.operator in ("+", "-", "*", "/")
    return value


def _apply(node: syntax.Binary, left: Any, scope: Scope, owned: bool) -> Any:
    operator = node.operator
    if operator in ("and", "or"):
        if _truth(left, node.left.span, scope) is (operator == "or"):
            return left
        return evaluate(node.right, scope)
    right = evaluate(node.right, scope)
    if operator in _GROWING:
        scope.budget.spend(effort.work(operator, left, right), node.span)
    match operator:
        case "+":
            return values.add(left, right, owned=owned)
        case "-":
            return values.add(left, right, -1, owned=owned)
        case "*":
            return values.multiply(left, right)
        case "/":
            return values.divide(left, right)
        case "**":
            return values.power(left, right)
        case "//" | "%":
            return values.floor_divide(left, right, operator)
        case "in" | "not in":
            if isinstance(right, str):
                return is_part(left, right, node.left.span) is (operator == "in")
            items = elements(right, node.right.span)
            return any(_equal(node, left, item, scope) for item in items) is (operator == "in")
        case "==" | "!=":
            return _equal(node, left, right, scope) is (operator == "==")
        case "&" | "|" | "^" | "<<" | ">>":
            return bits.combined(operator, left, right)
    first, second = ordered(operator, left, right, node.span, scope.budget)
    return {"<": first < second, ">": first > second, "<=": first <= second, ">=": first >= second}[operator]


def holds(condition: syntax.Expression, scope: Scope) -> bool:
    """Whether a condition holds."""
    return _truth(evaluate(condition, scope), condition.span, scope)


def _truth(value: Any, span: Span, scope: Scope) -> bool:
    if scope.judges_outcomes and isinstance(value, (list, tuple)):
        fix = f"write `{span.text}[0]`, `any({span.text})` or `all({span.text})`"
        raise fail("QC0307", span, wanted="a condition", given=values.kind(value), fix=fix)
    return truth(value, span)


def _equal(node: syntax.Binary, left: Any, right: Any, scope: Scope) -> bool:
    if scope.judges_outcomes and not is_comparable(left, right):
        raise incomparable(node.span, node.operator, (node.left.span.text, left), (node.right.span.text, right))
    return equal(left, right, node.span, scope.budget)


_GROWING = ("*", "/", "**")
"""Operators whose result may be much larger than their operands."""


def bind(target: syntax.Target, value: Any, names: dict[str, Any]) -> None:
    """Gives the names of a loop their values: `a, b` take the two parts of a tuple or list."""
    if isinstance(target, syntax.Name):
        names[target.text] = value
        return
    size = len(target.items)
    if not isinstance(value, (list, range, tuple)):
        raise fail("QC0321", target.span, wants=size, given=values.kind(value))
    if len(value) != size:
        raise fail("QC0321", target.span, wants=size, given=f"a list of {len(value)}")
    for inner, part in zip(target.items, value, strict=True):
        bind(inner, part, names)


def _comprehension(node: syntax.Comprehension, scope: Scope) -> list[Any]:
    result: list[Any] = []
    _clauses(node, 0, scope, result)
    return result


def _clauses(node: syntax.Comprehension, place: int, scope: Scope, result: list[Any]) -> None:
    """Adds the items of a comprehension from its clause at `place` on."""
    if place == len(node.clauses):
        if len(result) >= MAX_LIST:
            raise fail("QC0502", node.span, limit=MAX_LIST)
        result.append(evaluate(node.item, scope))
        return
    clause = node.clauses[place]
    items = elements(evaluate(clause.iterable, scope), clause.iterable.span)
    if len(items) > MAX_LIST:
        raise fail("QC0502", node.span, limit=MAX_LIST)
    inner = scope.child()
    with scope.budget.loop(node.span):
        for item in items:
            scope.budget.spend(1, node.span)
            bind(clause.target, item, inner.names)
            if all(holds(condition, inner) for condition in clause.conditions):
                _clauses(node, place + 1, inner, result)


def _index(node: syntax.Index, scope: Scope) -> Any:
    value = evaluate(node.value, scope)
    if isinstance(value, PauliLetter):
        if len(node.items) != 1 or isinstance(node.items[0], syntax.Slice):
            raise fail("QC0307", node.span, wanted="a single index", given="several")
        index = integer(evaluate(node.items[0], scope), node.items[0].span, "an index")
        if index < 0:
            raise fail("QC0313", node.items[0].span, index=index)
        return PauliSum({((value.letter, index),): 1})
    if isinstance(value, dict):
        place = node.items[0]
        key = evaluate(place, scope) if len(node.items) == 1 and not isinstance(place, syntax.Slice) else None
        if not isinstance(key, str):
            raise fail("QC0307", place.span, wanted="a field's name in quotes", given=values.kind(key))
        return _entry(value, key, place.span)
    if not isinstance(value, (list, range, tuple, str)):
        is_qubits = isinstance(value, NamedQubits)
        fix = "leave the index out" if values.is_number(value) else None
        if is_qubits:
            fix = f"qubits are not values, and outcomes are: `register m = measure {node.span.text}`, then `if m[0]`"
        raise fail("QC0307", node.value.span, wanted="a list", given=values.kind(value), fix=fix)
    picked = positions(node.items, len(value), scope, node.span)
    if len(node.items) == 1 and not isinstance(node.items[0], syntax.Slice):
        return value[picked[0]]
    scope.budget.spend(len(picked) // 16, node.span)
    parts = [value[position] for position in picked]
    return tuple(parts) if isinstance(value, tuple) else parts


def _field(node: syntax.Field, scope: Scope) -> Any:
    value = evaluate(node.value, scope)
    if not isinstance(value, dict):
        raise fail("QC0307", node.value.span, wanted="an object of a file", given=values.kind(value))
    return _entry(value, node.name.text, node.name.span)


def _entry(value: dict[str, Any], key: str, span: Span) -> Any:
    if key not in value:
        suggestion = suggest(key, [*value])
        raise fail("QC0330", span, name=key, suggestion=suggestion, known=None if suggestion else tuple(value))
    return value[key]


def positions(
    items: tuple[syntax.Expression | syntax.Slice, ...], length: int, scope: Scope, span: Span, name: str = "the list"
) -> list[int]:
    """The positions an index list picks, negative ones counted from the end; raises if one is out of range."""
    result: list[int] = []
    for item in items:
        if isinstance(item, syntax.Slice):
            parts = [
                None if part is None else integer(evaluate(part, scope), part.span)
                for part in (item.start, item.stop, item.step)
            ]
            if parts[2] == 0:
                raise fail("QC0314", item.span)
            picked = range(length)[slice(*parts)]
            scope.budget.spend(len(picked) // 16, item.span)
            result += picked
            continue
        value = evaluate(item, scope)
        place = value if type(value) is int else integer(value, item.span, "an index")
        if not -length <= place < length:
            raise fail("QC0206", item.span, index=place, name=name, size=length, indices=range(length))
        result.append(place % length)
    return result


# --- functions -------------------------------------------------------------------------------------------------------


def _call(node: syntax.Call, scope: Scope) -> Any:
    name = node.function.text
    if name == "env":
        name_node = node.arguments[0].value if len(node.arguments) == 1 else None
        if not isinstance(name_node, syntax.Text):
            raise fail("QC0316", node.span, function="env", wants="one name in quotes", usage=usage("env"))
        return EnvironmentVariable(name_node.value)
    if name == "load":
        return scope.loaded(node.span)
    function = FUNCTIONS.get(name)
    if function is None:
        defined = scope.function(name)
        if defined is None:
            raise fail("QC0315", node.function.span, name=name, suggestion=suggest(name, list(FUNCTIONS)))
        return _own_call(node, defined, scope)
    low, high, apply = function
    for argument in node.arguments:
        if argument.name is not None:
            raise fail("QC0316", argument.span, function=name, wants="its arguments by position", usage=usage(name))
    if not low <= len(node.arguments) <= high:
        wants = f"{low} argument{'s' * (low != 1)}" if low == high else f"{low} to {high} arguments"
        raise fail(
            "QC0316", node.span, function=name, wants=wants if high < 99 else "at least one value", usage=usage(name)
        )
    arguments = [evaluate(argument.value, scope) for argument in node.arguments]
    if scope.judges_outcomes and name in ("any", "all"):
        for item in elements(arguments[0], node.arguments[0].span):
            _truth(item, node.arguments[0].span, scope)
    return apply(arguments, node, scope.budget)


@roomy
def _own_call(node: syntax.Call, defined: Defined, scope: Scope) -> Any:
    """The value of a function of the program, for the arguments of a call."""
    function, inner = defined.function, defined.scope.child()
    inner.judges_outcomes = scope.judges_outcomes
    given = zip(function.parameters or (), matched(node, function), strict=True)
    for parameter, argument in given:
        if argument is not None:
            inner.names[parameter.name.text] = evaluate(argument, scope)
        else:
            assert parameter.default is not None
            inner.names[parameter.name.text] = evaluate(parameter.default, inner)
    with scope.budget.call(node.span):
        try:
            value = evaluate(function.value, inner)
            is_operator = isinstance(function, syntax.HamiltonianDefinition)
            return operator(value, function.value.span) if is_operator else value
        except CompileError as error:
            raise CompileError([with_call(diagnostic, node.span) for diagnostic in error.diagnostics]) from None
