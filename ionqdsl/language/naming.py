"""Checks names: which ones a place sees, and every name that an expression uses.

A `Names` holds the names visible in one block, a `Check` the faults of a whole text. check.py walks the items and
statements and asks here about their expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MEASURE
from ionqdsl.language import expectations, syntax
from ionqdsl.language.calls import matched, usage
from ionqdsl.language.evaluate import CONSTANTS, RESERVED, Suggestions
from ionqdsl.language.functions import FUNCTIONS
from ionqdsl.language.library import Library
from ionqdsl.language.slips.words import MODULES
from ionqdsl.record import Any, fresh, lazy_pattern, record


@record(frozen=False)
class Names:
    """Names visible at a place, inner ones first, with the places of their definitions."""

    own: dict[str, Span | None] = fresh(default_factory=dict)
    outer: Names | None = None
    functions: dict[str, syntax.Function] | None = None

    def __contains__(self, name: str) -> bool:
        return name in self.own or (self.outer is not None and name in self.outer)

    def function(self, name: str) -> syntax.Function | None:
        """The program's function of a name."""
        if self.functions is not None and name in self.functions:
            return self.functions[name]
        return None if self.outer is None else self.outer.function(name)

    def callable(self) -> list[str]:
        """All functions of the program."""
        return [*(self.functions or ()), *(self.outer.callable() if self.outer else [])]

    def all(self) -> list[str]:
        """All names of values and qubits."""
        return [*self.own, *(self.outer.all() if self.outer else [])]


@record(frozen=False)
class Check:
    """The faults of a text, and the names that decide them; `called` are the calls of its functions, in order."""

    library: Library
    lost: frozenset[str]
    circuits: dict[str, syntax.CircuitDefinition] = fresh(default_factory=dict)
    diagnostics: list[Diagnostic] = fresh(default_factory=list)
    broken: set[Span] = fresh(default_factory=set)
    suggest: Suggestions = fresh(default_factory=Suggestions)
    called: list[tuple[str, Span]] = fresh(default_factory=list)
    bare_qubits: frozenset[str] = frozenset()
    """The qubits of the file's anonymous circuit."""
    items: tuple[Any, ...] = ()
    """Everything in the file."""
    bare_registers: set[str] | None = None
    """The registers of the anonymous circuit, once somebody has asked."""
    is_test: bool = False
    """Whether this is the body of a test, which may call circuits."""
    registers: set[str] = fresh(default_factory=set)

    def report(self, code: str, span: Span, *labels: tuple[Span, str], at: Span | None = None, **facts: Any) -> None:
        """Notes a fault; `at` is the statement to skip from then on."""
        self.diagnostics.append(Diagnostic(code, span, facts, labels))
        if at is not None:
            self.broken.add(at)

    def found(self, diagnostics: list[Diagnostic], at: Span) -> None:
        """Notes faults that others found in the statement at a place."""
        if diagnostics:
            self.diagnostics += diagnostics
            self.broken.add(at)


def define(name: syntax.Name, state: Check, names: Names, at: Span) -> None:
    """Adds a name to a block's own names; each is defined once."""
    variable(name, state, at)
    first = names.own.setdefault(name.text, name.span)
    if first is not None and first != name.span:
        state.report("QC0220", name.span, (first, "first"), name=name.text, at=at)


def define_function(function: syntax.Function, state: Check, names: Names) -> None:
    """Adds a function to those of a block; it hides none of the language's and none of an outer block."""
    name = function.name
    first = names.function(name.text)
    if name.text in FUNCTIONS or name.text in ("env", "load"):
        state.report("QC0228", name.span, name=name.text, kind="function", at=function.span)
    elif first is not None:
        state.report("QC0220", name.span, (first.name.span, "first"), name=name.text, at=function.span)
    else:
        names.functions = {} if names.functions is None else names.functions
        names.functions[name.text] = function


def function_body(function: syntax.Function, state: Check, names: Names) -> None:
    """The expression of a function, which sees its parameters and the names around it."""
    before = len(state.diagnostics)
    expression(function.value, state, formals(function.parameters or (), state, names))
    if len(state.diagnostics) > before:
        state.broken.add(function.span)


def variable(name: syntax.Name, state: Check, at: Span | None) -> None:
    """A name that is about to be defined as a value."""
    if name.text in RESERVED:
        kind = "operator" if name.text in "XYZ" else "constant" if name.text in CONSTANTS else "function"
        state.report("QC0228", name.span, name=name.text, kind=kind, at=at)


def loop_names(target: syntax.Target, state: Check, outer: Names, at: Span | None) -> Names:
    """The names inside a loop, a comprehension or a run."""
    names = Names({}, outer)
    for name in syntax.names_of(target):
        variable(name, state, at)
        first = names.own.setdefault(name.text, name.span)
        if first is not None and first != name.span:
            state.report("QC0220", name.span, (first, "first"), name=name.text, at=at)
    return names


def formals(parameters: tuple[syntax.FormalParameter, ...], state: Check, outer: Names) -> Names:
    """The parameters of a gate or circuit as names, for its body."""
    names = Names({}, outer)
    with_default: Span | None = None
    for parameter in parameters:
        if parameter.default is not None:
            expression(parameter.default, state, names)
            with_default = parameter.span
        elif with_default is not None:
            state.report("QC0229", parameter.span, (with_default, "default"), name=parameter.name.text)
        define(parameter.name, state, names, parameter.span)
    return names


def sent(name: syntax.Name, state: Check, at: Span) -> None:
    """The name of a value that may stay open: formulas that are sent contain it, in which `e` is Euler's number."""
    if name.text in CONSTANTS and name.text not in RESERVED:
        state.report("QC0228", name.span, name=name.text, kind="constant", at=at)


def expression(node: Any, state: Check, names: Names, at: Span | None = None) -> None:
    """Every name an expression uses; walked with a list, as sums may be long."""
    todo: list[tuple[Any, Names]] = [(node, names)]
    told: set[str] = set()
    while todo:
        part, is_known = todo.pop()
        match part:
            case syntax.Reference(name=name):
                if name not in is_known and name not in CONSTANTS and name not in (*state.lost, *told):
                    told.add(name)
                    _unknown(part, state, is_known, at)
            case syntax.Call():
                if part.function.text not in FUNCTIONS and part.function.text not in ("env", "load", *told):
                    if is_known.function(part.function.text) is None:
                        told.add(part.function.text)
                    _call(part, state, is_known, at)
                todo += [(argument.value, is_known) for argument in part.arguments]
            case syntax.Unary():
                todo.append((part.operand, is_known))
            case syntax.Binary():
                todo += [(part.right, is_known), (part.left, is_known)]
            case syntax.Conditional():
                todo += [(part.then, is_known), (part.condition, is_known), (part.otherwise, is_known)]
            case syntax.ListExpression() | syntax.TupleExpression():
                todo += [(item, is_known) for item in part.items]
            case syntax.Comprehension():
                inner = is_known
                for clause in part.clauses:
                    todo.append((clause.iterable, inner))
                    inner = loop_names(clause.target, state, inner, at)
                    todo += [(condition, inner) for condition in clause.conditions]
                todo.append((part.item, inner))
            case syntax.Field():
                if not _is_module(part, state, is_known, at):
                    todo.append((part.value, is_known))
            case syntax.Index():
                todo += [(part.value, is_known), *((item, is_known) for item in part.items)]
            case syntax.Slice():
                todo += [(bound, is_known) for bound in (part.start, part.stop, part.step) if bound is not None]


def _is_module(node: syntax.Field, state: Check, names: Names, at: Span | None) -> bool:
    """Whether a field is a constant of a Python module, `np.pi`, which is reported."""
    module = node.value.name if isinstance(node.value, syntax.Reference) else ""
    if module not in MODULES or module in names:
        return False
    fixed = re.sub(rf"\b{module}[ \t]*+\.[ \t]*+", "", at.text) if at is not None and "\n" not in at.text else None
    state.report("QC0121", node.value.span, word=module, fixed=fixed, at=at)
    return True


def _unknown(node: syntax.Reference, state: Check, names: Names, at: Span | None) -> None:
    """An unknown name: a function without arguments, a Pauli product written as one word, or another."""
    function = names.function(node.name)
    if function is not None:
        state.report("QC0324", node.span, (function.name.span, "definition"), usage=usage(function), at=at)
        return
    if state.bare_registers is None:
        state.bare_registers = expectations.registers(state.items)
    if node.name in state.bare_registers:
        state.report("QC0298", node.span, name=node.name, slot=f"{node.name}[0]", at=at)
        return
    product = product_of(node.name)
    suggestion = None if product else state.suggest(node.name, lambda: [*names.all(), *CONSTANTS])
    qubits = node.name if node.name in state.bare_qubits else None
    state.report("QC0201", node.span, name=node.name, suggestion=suggestion, product=product, qubits=qubits, at=at)


def _call(node: syntax.Call, state: Check, names: Names, at: Span | None) -> None:
    """A call of a function that is not built in."""
    name = node.function
    function = names.function(name.text)
    if function is not None:
        state.called.append((name.text, name.span))
        try:
            matched(node, function)
        except CompileError as error:
            state.diagnostics += error.diagnostics
            if at is not None:
                state.broken.add(at)
    elif name.text == MEASURE:
        state.report("QC0131", name.span, at=at)
    elif name.text in expectations.QUANTITIES:
        state.report("QC0451", name.span, name=name.text, at=at)
    elif name.text not in state.lost:
        suggestion = state.suggest(name.text, lambda: [*FUNCTIONS, *names.callable(), *_quantities(state)])
        if name.text in ("X", "Y", "Z"):
            suggestion = f"{name.text}[0]"
        state.report("QC0315", name.span, name=name.text, suggestion=suggestion, at=at)


def _quantities(state: Check) -> Iterable[str]:
    """The names that mean something in the `expect` of a test."""
    return expectations.QUANTITIES if state.is_test else ()


_FACTORS = lazy_pattern(r"(?:[IXYZ]_?[0-9]++)++|[IXYZ]{2,}+")


def product_of(name: str) -> str | None:
    """The product that a name such as `ZZ` or `X0X1` was meant for: `Z[0]*Z[1]`; None for another name."""
    if not _FACTORS.fullmatch(name):
        return None
    written = re.findall(r"([IXYZ])_?([0-9]*)", name)
    factors = [f"{letter}[{index or place}]" for place, (letter, index) in enumerate(written) if letter != "I"]
    return "*".join(factors) or "1"
