"""The quantities that `expect` speaks of, such as `prob("00")`, and how they stand in a condition.

Takes the condition of an `expect` and returns the calls of quantities in it, the names and expressions in their
arguments, and the condition with numbers in place of the calls. testing/ computes the values of quantities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import syntax
from ionqdsl.record import Any, changed, record


@record
class Quantity:
    """A property of a test's circuit or state; `most` is the number of its arguments, -1 means any number."""

    usage: str
    least: int
    most: int
    meaning: str

    @property
    def name(self) -> str:
        """The name that calls it."""
        return self.usage.partition("(")[0]


_TABLE = (
    Quantity(
        'prob("01", q[0], q[2])',
        1,
        -1,
        "the probability of a bit string, its first bit that of the first qubit: of all qubits, or of those named; a "
        "register of outcomes, or some of its slots, may stand among them",
    ),
    Quantity("mean(X[0]*X[1])", 1, 1, "the mean value of an operator or a Hamiltonian; `X[0]` acts on the first qubit"),
    Quantity(
        "value(sum)",
        1,
        -1,
        "the number in a register, its first bit of weight 1; the test fails if the outcome is not certain",
    ),
    Quantity(
        "same(identity)",
        1,
        1,
        "whether the circuit is the identity, or a circuit such as `c(3)`, for all inputs, up to a global phase",
    ),
    Quantity('entanglers("forte")', 1, 1, "the two-qubit gates after compiling for a machine, as `compile` does"),
    Quantity('pulses("aria")', 1, 1, "the pulses after compiling for a machine, as `compile` does"),
    Quantity("depth()", 0, 0, "the length of the longest chain of gates, as written"),
    Quantity("qubits()", 0, 0, "the number of qubits declared"),
)

QUANTITIES: Mapping[str, Quantity] = {quantity.name: quantity for quantity in _TABLE}
"""Name -> quantity; the names mean this in `expect` only."""

_FIRST = {"prob": 1, "value": 0}
"""Quantities whose arguments from this place on are qubits, or the name of a register."""
IDENTITY = "identity"
"""The circuit that changes nothing, as an argument of `same`."""
COMPARING = ("==", "!=", "<", "<=", ">", ">=")


def quantities(node: Any) -> Iterator[tuple[syntax.Call, bool]]:
    """The calls of quantities in an expression, and whether each stands in a comprehension."""
    waiting = [(node, False)]
    while waiting:
        part, inside = waiting.pop()
        if isinstance(part, tuple) and not isinstance(part, Span):
            waiting += [(inner, inside) for inner in reversed(part)]
        elif isinstance(part, syntax.Call) and part.function.text in QUANTITIES:
            yield part, inside
        elif hasattr(part, "__fields__"):
            inside = inside or isinstance(part, syntax.Comprehension)
            waiting += [(getattr(part, name), inside) for name in reversed(part.__fields__) if name != "span"]


def replaced(node: Any, results: Mapping[Span, Any]) -> Any:
    """An expression with a result in place of each call whose span has one."""
    if isinstance(node, syntax.Call) and node.span in results:
        return syntax.Constant(results[node.span], node.span)
    if isinstance(node, tuple) and not isinstance(node, Span):
        return tuple([replaced(part, results) for part in node])
    if isinstance(node, syntax.Binary):  # a sum nests to the left: iterated, as it may be long
        spine = [node]
        while isinstance(spine[-1].left, syntax.Binary):
            spine.append(spine[-1].left)
        left = replaced(spine[-1].left, results)
        for link in reversed(spine):
            left = changed(link, left=left, right=replaced(link.right, results))
        return left
    if isinstance(node, syntax.Conditional):  # likewise along `else`
        choices = [node]
        while isinstance(choices[-1].otherwise, syntax.Conditional):
            choices.append(choices[-1].otherwise)
        last = replaced(choices[-1].otherwise, results)
        for choice in reversed(choices):
            then, condition = replaced(choice.then, results), replaced(choice.condition, results)
            last = changed(choice, then=then, condition=condition, otherwise=last)
        return last
    if not hasattr(node, "__fields__"):
        return node
    parts = {name: getattr(node, name) for name in node.__fields__ if name != "span"}
    return changed(node, **{name: replaced(part, results) for name, part in parts.items()})


def operand(node: Any) -> syntax.Operand | None:
    """Qubits or a register as an argument, such as `q[0:2]` or `sum`; None for any other expression."""
    match node:
        case syntax.Reference():
            return syntax.Operand(node.name, None, node.span)
        case syntax.Index(value=syntax.Reference(name=name)):
            return syntax.Operand(name, node.items, node.span)
    return None


def called(node: Any) -> syntax.RunItem | None:
    """A circuit as an argument, `c` or `c(3)`, or as a statement, in the form that `run` lists it."""
    match node:
        case syntax.Reference():
            return syntax.RunItem(syntax.Name(node.name, node.span), None, None, None, None, node.span)
        case syntax.Call():
            return syntax.RunItem(node.function, node.arguments, None, None, None, node.span)
        case syntax.Application(modifiers=(), operands=()):
            return syntax.RunItem(node.gate, node.arguments, None, None, None, node.span)
    return None


def compared(node: syntax.Expect) -> Iterator[syntax.RunItem]:
    """The circuits that an `expect` compares the test with, and their arguments."""
    for call, _ in quantities(node.condition):
        if call.function.text == "same":
            yield from (other for part in call.arguments if (other := called(part.value)) is not None)


@record
class ExpectParts:
    """The parts of an `expect` by kind: `expressions`, `operands` of the test, and names of `circuits`."""

    expressions: tuple[Any, ...]
    operands: tuple[syntax.Operand, ...]
    circuits: tuple[syntax.Name, ...]
    faults: tuple[Diagnostic, ...]


def parts_of(node: syntax.Expect) -> ExpectParts:
    """The parts of an `expect`, with the faults in their shape."""
    calls = [call for call, is_inside in quantities(node.condition) if not is_inside]
    expressions: list[Any] = [replaced(node.condition, {call.span: None for call, _ in quantities(node.condition)})]
    expressions += [node.tolerance] if node.tolerance is not None and not _goes_on(node) else []
    operands: list[syntax.Operand] = []
    circuits: list[syntax.Name] = []
    for call in calls:
        parts = [argument.value for argument in call.arguments]
        if call.function.text == "same":
            others = [other for part in parts if (other := called(part)) is not None]
            circuits += [other.circuit for other in others]
            expressions += [argument.value for other in others for argument in other.arguments or ()]
            continue
        first = _FIRST.get(call.function.text, len(parts))
        named = [one for part in parts[first:] if (one := operand(part)) is not None]
        expressions += [*parts[:first], *(item for one in named for item in one.items or ())]
        operands += named
    return ExpectParts(tuple(expressions), tuple(operands), tuple(circuits), tuple(_faults(node)))


def _goes_on(node: syntax.Expect) -> bool:
    """Whether the tolerance has quantities in it: it was meant to end before them."""
    return next(quantities(node.tolerance), None) is not None


def _faults(node: syntax.Expect) -> Iterator[Diagnostic]:
    """The faults in the shape of an `expect`: how many arguments, of which kind, and where."""
    calls = list(quantities(node.condition))
    for call, is_inside in calls:
        quantity = QUANTITIES[call.function.text]
        if is_inside:
            yield Diagnostic("QC0446", call.span, {"quantity": quantity.name})
        wrong = next((one.span for one in call.arguments if one.name is not None), None)
        count, wants = len(call.arguments), ""
        if wrong is not None:
            wants = "its arguments by position"
        elif not quantity.least <= count <= (quantity.most if quantity.most >= 0 else count):
            least = quantity.least
            counted = f"{least or 'no'} argument{'s' * (least != 1)}"
            wants = f"at least {counted}" if quantity.most < 0 else counted
        elif quantity.name == "same" and called(call.arguments[0].value) is None:
            wants = f"`{IDENTITY}` or a circuit"
        elif quantity.name in _FIRST:
            parts = [one.value for one in call.arguments][_FIRST[quantity.name] :]
            wrong = next((part.span for part in parts if operand(part) is None), None)
            wants = "qubits or a register" if wrong is not None else ""
        if wants:
            facts = {"function": quantity.name, "wants": wants, "usage": quantity.usage}
            yield Diagnostic("QC0316", wrong or call.span, facts)
    if node.tolerance is not None and _goes_on(node):
        yield Diagnostic("QC0450", node.tolerance.span)
    elif node.tolerance is not None and not _compares(node.condition):
        yield Diagnostic("QC0447", node.tolerance.span)


def _compares(node: Any) -> bool:
    """Whether a tolerance has a meaning for a condition: it compares numbers, or circuits."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        match part:
            case syntax.Binary() if part.operator in COMPARING:
                return True
            case syntax.Call(function=syntax.Name(text="same")):
                return True
            case syntax.Binary():
                waiting += [part.left, part.right]
            case syntax.Unary():
                waiting.append(part.operand)
    return False


def registers(body: tuple[Any, ...]) -> set[str]:
    """The names of the registers that statements declare, in blocks too."""
    names: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        match node:
            case syntax.RegisterStatement() | syntax.SlotsStatement():
                names.add(node.name.text)
            case syntax.MeasureStatement() if node.declares:
                names.add(node.name.text)
            case syntax.For() | syntax.GateBlock():
                waiting += node.body
            case syntax.If():
                waiting += [*node.then, *node.otherwise]
    return names


def qubit_names(body: tuple[Any, ...]) -> set[str]:
    """The names of qubits that the statements of a circuit declare for all of it."""
    names: set[str] = set()
    for node in body:
        match node:
            case syntax.Qubits():
                names |= {declarator.name.text for declarator in node.declarators}
            case syntax.Alias():
                names.add(node.name.text)
    return names
