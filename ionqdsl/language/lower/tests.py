"""Lowers `test` items: a circuit for each case of a test's loops, with the expectations at their places in it.

Takes a context whose names have values, and returns `LoweredTest`s. Nothing is simulated or compared here: an
expectation keeps its condition, its scope and the arguments of its quantities, which testing/ judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import FlatCircuit, Operator, Slot
from ionqdsl.ir.targets import TARGETS, choose_target
from ionqdsl.language import expectations, readable, syntax, values
from ionqdsl.language.comparison import elements
from ionqdsl.language.evaluate import Scope, bind, evaluate, positions
from ionqdsl.language.lower import blocks
from ionqdsl.language.lower.circuits import Lowering
from ionqdsl.language.lower.names import MAX_RUNS, Context
from ionqdsl.language.lower.runs import circuit_of, run_arguments
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import NamedQubits
from ionqdsl.nesting import roomy
from ionqdsl.record import changed, fresh, record

Slots = tuple[int | Slot | None, ...]
"""The qubits or outcomes of a bit string; None for a slot that nothing writes, which is always 0."""


@record
class Asked:
    """A quantity with its arguments, in the fields that it uses. `other` None is the identity."""

    name: str
    bits: str = ""
    slots: Slots = ()
    operator: Operator = Operator(())
    other: FlatCircuit | None = None
    machine: str = ""


@record
class Expected:
    """One `expect`, at its place: after `rows` rows of a circuit that has `width` qubits so far."""

    node: syntax.Expect
    rows: int
    width: int
    asked: Mapping[Span, Asked]
    scope: Scope


@record
class Case:
    """A test with values for the names of its loops."""

    test: syntax.Test
    values: Mapping[str, Any]

    @property
    def assignments(self) -> str:
        """The names of the loops with their values: `a = 1, b = 3`; "" for a test without loops."""
        return readable.assignments(self.values)

    @property
    def title(self) -> str:
        """The test's name and its values: `adder, a = 1, b = 3`."""
        return ", ".join(filter(None, (self.test.name.value, self.assignments)))


@record(frozen=False)
class LoweredTest:
    """A case's circuit, and the expectations about it, in order."""

    case: Case
    circuit: FlatCircuit
    expected: list[Expected] = fresh(default_factory=list)


def cases(context: Context, test: syntax.Test, first_only: bool = False) -> Iterator[Case]:
    """The cases of a test's loops, in order. Raises CompileError, also for a loop without values."""
    context.scope.budget = StepBudget(characters=len(context.file.source.text))
    count = 0
    for names in _combined(context.scope, test.loops):
        count += 1
        if count > MAX_RUNS:
            raise fail("QC0507", test.name.span, count=count, limit=MAX_RUNS)
        yield Case(test, names)
        if first_only:
            return
    if not count:
        raise fail("QC0408", test.loops[0].iterable.span)


def _combined(scope: Scope, loops: tuple[syntax.TestLoop, ...]) -> Iterator[dict[str, Any]]:
    if not loops:
        yield {}
        return
    for value in elements(evaluate(loops[0].iterable, scope), loops[0].iterable.span):
        scope.budget.spend(1, loops[0].span)
        names: dict[str, Any] = {}
        bind(loops[0].target, value, names)
        for inner in _combined(scope.child(names), loops[1:]):
            yield names | inner


@roomy
def lower_test(context: Context, case: Case) -> LoweredTest:
    """A case's circuit and expectations. Raises CompileError with every error in it, each with the case's values."""
    test, scope = case.test, context.scope
    scope.budget = StepBudget(characters=len(context.file.source.text))
    body = _TestBody(context.expander, FlatCircuit(0, test.name.value), context.broken)
    body.context, body.lowered = context, LoweredTest(case, body.circuit)
    body.body(test.body, scope.child(dict(case.values)).child())
    faults = {(one.code, one.place): one for one in body.diagnostics}  # every loop around one reports it
    if scope.budget.fault is not None:
        faults.setdefault((scope.budget.fault.code, scope.budget.fault.place), scope.budget.fault)
    body.circuit.registers = body.slots.complete(body.circuit.registers)
    if faults:
        where = ((test.name.span, f"with {case.assignments}"),) if case.values else ()
        raise CompileError([changed(one, labels=(*one.labels, *where)) for one in faults.values()])
    return body.lowered


class _TestBody(Lowering):
    """The circuit of one case under construction."""

    context: Context
    lowered: LoweredTest

    def _statement(self, node: Any, scope: Scope, block: int, native: bool) -> bool:
        if isinstance(node, syntax.Expect):
            self._expect(node, scope)
            return True
        if isinstance(node, syntax.Application) and node.gate.text in self.context.definitions:
            item = expectations.called(node)
            if item is not None:
                return self._call(item, scope, block, native)
        return super()._statement(node, scope, block, native)

    def _call(self, item: syntax.RunItem, scope: Scope, block: int, native: bool) -> bool:
        """A circuit as a statement: its qubits and registers become those of the test, and its gates follow."""
        definition = self.context.definitions[item.circuit.text]
        given = run_arguments(item, definition, scope)
        inner = self.context.scope.child()
        for parameter in definition.parameters:
            text = parameter.name.text
            inner.names[text] = given[text] if text in given else evaluate(parameter.default, inner)  # type: ignore[arg-type]
        own = inner.child()
        well = self.body(definition.body, own, block, native)
        for name, value in own.names.items():
            if isinstance(value, NamedQubits):
                self._unlike_values(name, item, scope)
                self._define(syntax.Name(name, item.span), value, scope)
        return well

    def _unlike_values(self, name: str, item: syntax.RunItem, scope: Scope) -> None:
        """Raises if qubits of a called circuit would hide a value of the test, such as the variable of a loop."""
        outer = scope.parent
        while outer is not None and outer is not self.context.scope:
            if name in outer.names:
                raise fail("QC0220", item.span, name=name)
            outer = outer.parent

    def _expect(self, node: syntax.Expect, scope: Scope) -> None:
        asked = {call.span: self._asked(call, scope) for call, _ in expectations.quantities(node.condition)}
        self.lowered.expected.append(Expected(node, len(self.circuit), self.circuit.width, asked, scope))

    def _asked(self, call: syntax.Call, scope: Scope) -> Asked:
        name, nodes = call.function.text, [argument.value for argument in call.arguments]
        match name:
            case "prob":
                return self._probability(call, nodes, scope)
            case "mean":
                operator = blocks.operator_value(evaluate(nodes[0], scope), nodes[0].span)
                widest = max((index for product, _ in operator.terms for _, index in product), default=-1)
                if widest >= self.circuit.width:
                    raise fail("QC0453", nodes[0].span, index=widest, qubits=self.circuit.width)
                return Asked(name, operator=operator)
            case "value":
                return Asked(name, slots=self._slots(nodes, scope))
            case "same":
                item = expectations.called(nodes[0])
                assert item is not None
                definition = self.context.definitions.get(item.circuit.text)
                if definition is None:
                    return Asked(name)
                arguments = run_arguments(item, definition, scope)
                apart = changed(self.context, diagnostics=[])
                other, well = circuit_of(apart, definition, arguments, " ".join(item.span.text.split()))
                if not well:
                    raise CompileError(apart.diagnostics)
                return Asked(name, other=other)
            case "depth" | "qubits":
                return Asked(name)
        return Asked(name, machine=_machine(nodes[0], scope))

    def _probability(self, call: syntax.Call, nodes: list[Any], scope: Scope) -> Asked:
        bits = evaluate(nodes[0], scope)
        if isinstance(bits, list) and all(type(bit) is int and bit in (0, 1) for bit in bits):
            bits = "".join(map(str, bits))
        if not isinstance(bits, str) or set(bits) - {"0", "1"}:
            given = f'"{bits[:50]}"' if isinstance(bits, str) else values.kind(bits)
            raise fail("QC0444", nodes[0].span, reason=f'`prob` takes a bit string such as "01", but this is {given}')
        slots = self._slots(nodes[1:], scope) if len(nodes) > 1 else tuple(range(self.circuit.width))
        if len(bits) != len(slots):
            counted = f"{len(slots) or 'no'} qubit{'s' * (len(slots) != 1)}"
            where = "named here" if len(nodes) > 1 else "the test has so far"
            reason = f"the bit string has length {len(bits)}, for the {counted} {where}"
            raise fail("QC0444", nodes[0].span, reason=reason)
        return Asked("prob", bits=bits, slots=slots)

    def _slots(self, nodes: list[Any], scope: Scope) -> Slots:
        """The qubits that arguments name, each a register of the test or qubits."""
        slots: list[int | Slot | None] = []
        for node in nodes:
            operand = expectations.operand(node)
            assert operand is not None
            outcomes = self.slots.of(operand.name or "")
            if outcomes is not None:
                slots += self._written(operand, outcomes, scope)
                continue
            register = dict(self.circuit.readout).get(operand.name or "")
            if register is None or operand.items is not None:
                slots += self._operand(operand, scope)
                continue
            if operand.name in scope.visible():
                value = scope.lookup(operand.name, operand.span)
                if isinstance(value, NamedQubits) and value.qubits != register:
                    raise fail("QC0445", operand.span, name=operand.name)
            slots += register
        used = [slot for slot in slots if slot is not None]
        if len(set(used)) != len(used):
            raise fail("QC0444", nodes[0].span.to(nodes[-1].span), reason="a qubit is named twice")
        return tuple(slots)

    def _written(self, operand: syntax.Operand, outcomes: tuple[Slot, ...], scope: Scope) -> list[Slot]:
        """The outcomes that an argument names. Raises CompileError for one that nothing has written yet."""
        if operand.name in scope.visible() and isinstance(scope.lookup(operand.name, operand.span), NamedQubits):
            raise fail("QC0445", operand.span, name=operand.name)
        chosen = list(outcomes)
        if operand.items is not None:
            chosen = [outcomes[place] for place in positions(operand.items, len(outcomes), scope, operand.span)]
        for slot in chosen:
            if slot not in self.slots:
                raise fail("QC0337", operand.span, slot=self.slots.named(slot))
        return chosen


def _machine(node: Any, scope: Scope) -> str:
    """The target that a name of a machine or a backend means."""
    name = evaluate(node, scope)
    known = [target for target in TARGETS if TARGETS[target].gateset == "native"]
    target = choose_target(name, None, "qis").name if isinstance(name, str) else ""
    if target not in known:
        given = f'"{name[:50]}"' if isinstance(name, str) else values.kind(name)
        listed = f"{', '.join(known[:-1])} or {known[-1]}"
        raise fail("QC0307", node.span, wanted=f"the name of a machine, such as {listed}", given=given)
    return target
