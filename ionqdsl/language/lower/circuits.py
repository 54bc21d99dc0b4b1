"""Lowers the statements of one circuit to a `FlatCircuit`.

Takes a body, a scope and the program's gates, and returns rows with the place each comes from. A statement with an
error is reported and skipped, its names count as unknown, and lowering continues, so that one run shows all errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import (
    BARRIER,
    MAX_OPERATIONS,
    MAX_QUBITS,
    MEASURE,
    RESET,
    FlatCircuit,
    Op,
    Slot,
    Steps,
    shared,
)
from ionqdsl.language import lines, syntax, values
from ionqdsl.language.calls import with_call
from ionqdsl.language.comparison import elements
from ionqdsl.language.evaluate import POISON, Poisoned, Scope, bind, evaluate, positions
from ionqdsl.language.functions import integer, operator
from ionqdsl.language.lower import measurements
from ionqdsl.language.lower.gates import Expander, check_assertion, chosen
from ionqdsl.language.lower.loops import Foresight
from ionqdsl.language.lower.operands import check_distinct
from ionqdsl.language.lower.templates import Template
from ionqdsl.language.measurements import is_reset
from ionqdsl.language.slips.applications import keyword
from ionqdsl.language.slips.words import FOREIGN
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import NamedQubits
from ionqdsl.record import TYPE_CHECKING, Any, NamedTuple, fresh, record

if TYPE_CHECKING:
    from ionqdsl.ir.plain_rows import PlainRows
    from ionqdsl.language.lower.plain import PlainGates
    from ionqdsl.language.lower.repeated import RepeatedGates


class _Mark(NamedTuple):
    """How far a circuit has come: its rows and phase, the numbers counted, and the steps left."""

    rows: int
    operations: int
    phase: Angle
    blocks: int
    left: int


class _Plain(NamedTuple):
    """The gates for plain lines while a scope has so many names, in a verbatim block, with a gateset."""

    scope: Scope
    names: int
    block: int
    gateset: str
    gates: PlainGates


@record(frozen=False)
class Lowering:
    """One circuit under construction. `broken` are the spans that check.py has already reported."""

    expander: Expander
    circuit: FlatCircuit
    broken: frozenset[Span]
    diagnostics: list[Diagnostic] = fresh(default_factory=list)
    wires: dict[str, tuple[int, ...]] = fresh(default_factory=dict)
    gateset_at: Span | None = None
    blocks: int = 0
    operations: int = 0
    foresight: Foresight = fresh(default_factory=Foresight)
    slots: measurements.Slots = fresh(default_factory=measurements.Slots)
    is_conditional: bool = False
    """Whether the statements being lowered depend on outcomes."""
    _plain: _Plain | None = None
    _applied: set[str] = fresh(default_factory=set)

    @cached_property
    def repeated(self) -> RepeatedGates:
        """The gates that several statements apply, or one in a loop."""
        from ionqdsl.language.lower.repeated import RepeatedGates  # late: few programs need it

        return RepeatedGates(self.expander)

    def body(self, statements: tuple[Any, ...], scope: Scope, block: int = 0, native: bool = False) -> bool:
        """Lowers statements in order; returns whether all succeeded."""
        well = True
        for node in statements:
            if node.span in self.broken:
                self._poison(node, scope)
                well = False
                continue
            try:
                scope.budget.spend(1, node.span)
                well = self._statement(node, scope, block, native) and well
            except CompileError as error:
                self.diagnostics += [with_call(diagnostic, node.span) for diagnostic in error.diagnostics]
                self._poison(node, scope)
                well = False
            except Poisoned:
                self._poison(node, scope)
                well = False
        return well

    def finish(self) -> None:
        """Completes the registers, and warns of slots that nothing writes."""
        self.circuit.registers = self.slots.complete(self.circuit.registers)
        if self.broken or any(diagnostic.is_error for diagnostic in self.diagnostics):
            return
        for name, missing, span in self.slots.unwritten():
            self.diagnostics.append(Diagnostic("QC0291", span, {"name": name, "count": missing}))

    def _poison(self, node: Any, scope: Scope) -> None:
        self.slots.doubt(node)
        match node:
            case syntax.Qubits():
                for declarator in node.declarators:
                    scope.names.setdefault(declarator.name.text, POISON)
            case syntax.HamiltonianDefinition() if node.parameters is not None:
                scope.define(node, is_broken=True)
            case syntax.Alias() | syntax.Const() | syntax.HamiltonianDefinition() | syntax.SlotsStatement():
                scope.names.setdefault(node.name.text, POISON)
            case syntax.MeasureStatement() if node.declares:
                scope.names.setdefault(node.name.text, POISON)
            case syntax.Param():
                scope.names.setdefault(node.declarator.name.text, POISON)
            case syntax.Application() if node.gate.text in FOREIGN or keyword(node.gate.text) == "qubit":
                for operand in node.operands:
                    scope.names.setdefault(operand.name or "", POISON)

    def _statement(self, node: Any, scope: Scope, block: int, native: bool) -> bool:
        budget = scope.budget
        if self.is_conditional and isinstance(node, _UNCONDITIONAL):
            raise fail("QC0299", node.span, what=node.span.text.split()[0])
        match node:
            case syntax.Application() if is_reset(node, self.expander.library):
                self._reset(node, scope, block)
            case syntax.Application():
                self._application(node, scope, block, native)
            case syntax.Qubits():
                for declarator in node.declarators:
                    self._declare(declarator, scope)
            case syntax.Alias():
                self._define(node.name, NamedQubits(self._qubits(node.operands, scope)), scope)
            case syntax.Const():
                self._define(node.name, evaluate(node.value, scope), scope)
            case syntax.HamiltonianDefinition(parameters=None):
                self._define(node.name, operator(evaluate(node.value, scope), node.value.span), scope)
            case syntax.HamiltonianDefinition():
                scope.define(node, sees=scope.now())
            case syntax.For():
                return self._for(node, scope, block, native)
            case syntax.If():
                outcomes = measurements.deciding(node, scope) if self.slots.are_declared else {}
                if outcomes:
                    return self._if_outcomes(node, outcomes, scope, block, native)
                return self.body(chosen(node, scope), scope.child(), block, native)
            case syntax.GateBlock():
                self.blocks += 1
                return self.body(node.body, scope.child(), block or self.blocks, native or node.kind == "native")
            case syntax.Barrier():
                qubits = self._qubits(node.operands, scope) if node.operands else tuple(range(self.circuit.width))
                budget.spend(len(qubits) >> 3, node.span)
                self.circuit.add(Op(BARRIER, tuple(dict.fromkeys(qubits))), node.span)
            case syntax.RegisterStatement():
                self._register(node, scope)
            case syntax.SlotsStatement():
                size = measurements.size_of(node, scope)
                self._declare_slots(node.name, size, node.span, scope)
            case syntax.MeasureStatement():
                self._measure(node, scope, block)
            case syntax.GatesetStatement():
                self._gateset(node)
            case syntax.Assert():
                check_assertion(node, scope)
            case syntax.Lines():
                return self._lines(node, scope, block, native)
            case _:
                raise fail("QC0405", node.span)
        return True

    # --- declarations

    def _define(self, name: syntax.Name, value: Any, scope: Scope) -> None:
        if name.text in scope.names and scope.names[name.text] is not POISON:
            raise fail("QC0220", name.span, name=name.text)
        scope.names[name.text] = value
        self._plain = None

    def _declare(self, declarator: syntax.Declarator, scope: Scope) -> None:
        size = None
        if declarator.size is not None:
            size = integer(evaluate(declarator.size, scope), declarator.size.span, "a number of qubits")
            if not 1 <= size <= MAX_QUBITS:
                raise fail("QC0505", declarator.size.span, size=size, limit=MAX_QUBITS)
        first = self.circuit.width
        qubits = tuple(range(first, first + (size or 1)))
        if qubits[-1] >= MAX_QUBITS:
            raise fail("QC0505", declarator.span, size=qubits[-1] + 1, limit=MAX_QUBITS)
        self._define(declarator.name, NamedQubits(qubits, scalar=size is None), scope)
        self.circuit.width += len(qubits)
        self.circuit.wires += ((declarator.name.text, size),)

    def _register(self, node: syntax.RegisterStatement, scope: Scope) -> None:
        slots: list[int | None] = []
        for operand in node.operands:
            scope.budget.spend(1, operand.span)
            slots += [None] if operand.name is None else self._operand(operand, scope)
        used = [slot for slot in slots if slot is not None]
        if len(set(used)) != len(used):
            raise fail("QC0217", node.span, name=node.name.text)
        if not used:
            raise fail("QC0218", node.span, name=node.name.text)
        self._add_register(node.name, tuple(slots))

    def _add_register(self, name: syntax.Name, slots: tuple[int | Slot | None, ...]) -> None:
        if name.text in dict(self.circuit.registers):
            raise fail("QC0219", name.span, name=name.text)
        self.circuit.registers += ((name.text, slots),)

    # --- measurements

    def _declare_slots(self, name: syntax.Name, size: int | None, span: Span, scope: Scope) -> tuple[Slot, ...]:
        slots = self.slots.declared(name, size, span)
        scope.budget.spend(len(slots.slots) >> 3, span)
        self._add_register(name, (None,) * len(slots.slots))
        self._define(name, slots, scope)
        return slots.slots

    def _measure(self, node: syntax.MeasureStatement, scope: Scope, block: int) -> None:
        qubits = self._qubits(node.operands, scope)
        if node.declares:
            slots = self._declare_slots(node.name, len(qubits), node.span, scope)
        else:
            slots = measurements.picked(node.target, scope)
        self.slots.measured(node, slots, qubits)
        scope.budget.spend(len(qubits) >> 3, node.span)
        for slot, qubit in zip(slots, qubits, strict=True):
            self.circuit.add(Op(MEASURE, (qubit,), pinned=block, slot=slot), node.span)

    def _reset(self, node: syntax.Application, scope: Scope, block: int) -> None:
        if self.is_conditional:
            raise fail("QC0299", node.span, what=RESET)
        rows = measurements.resets([self._operand(operand, scope) for operand in node.operands], block)
        scope.budget.spend(len(rows) >> 3, node.span)
        self.operations += len(rows)
        for row in rows:
            self.circuit.add(row, node.span)

    def _if_outcomes(
        self, node: syntax.If, outcomes: dict[str, values.NamedSlots], scope: Scope, block: int, native: bool
    ) -> bool:
        """The rows of every branch, each under the outcomes for which it is taken.

        The global phases of a branch are those of shots that nothing can compare with others, so they are left out.
        """
        if block:
            raise fail("QC0299", node.span, what="if")
        around = self.is_conditional
        self.is_conditional = True
        try:
            for branch, conditions in measurements.cases(node, outcomes, self.slots, scope):
                for condition in conditions:
                    first, phase = len(self.circuit), self.circuit.phase
                    if not self.body(branch, scope.child(), block, native):
                        return False
                    self.circuit.phase = phase
                    measurements.conditioned(self.circuit, first, condition)
        finally:
            self.is_conditional = around
        return True

    def _gateset(self, node: syntax.GatesetStatement) -> None:
        if node.gateset.text not in ("qis", "native"):
            raise fail("QC0221", node.gateset.span, name=node.gateset.text)
        if self.gateset_at is not None:
            raise fail("QC0222", node.span, (self.gateset_at, "first"))
        if len(self.circuit):
            raise fail("QC0223", node.span)
        self.gateset_at = node.span
        self.circuit.gateset = node.gateset.text

    # --- loops

    def _for(self, node: syntax.For, scope: Scope, block: int, native: bool) -> bool:
        items, budget = elements(evaluate(node.iterable, scope), node.iterable.span), scope.budget
        before = self.operations
        with budget.loop(node.span), self.foresight.loop(node, items) as rounds:
            marks: list[_Mark] = []
            may_repeat = rounds and len(items) > 2 and not self.slots.are_declared and self.foresight.repeats(node)
            for number, item in enumerate(items):
                if may_repeat and number == 2 and self._repeat(node, budget, marks, len(items) - number):
                    break
                if may_repeat and number < 2:
                    marks.append(self._mark(budget))
                budget.spend(1, node.span)
                # one message per cause: the next iteration would only repeat the error
                inner = scope.child()
                bind(node.target, item, inner.names)
                if not self.body(node.body, inner, block, native):
                    return False
                if (self.operations - before) * rounds > MAX_OPERATIONS:
                    raise fail("QC0501", node.span, limit=MAX_OPERATIONS)
                rounds = 0  # the first iteration has reported it
        return True

    def _mark(self, budget: StepBudget) -> _Mark:
        return _Mark(len(self.circuit), self.operations, self.circuit.phase, self.blocks, budget.left)

    def _repeat(self, node: syntax.For, budget: StepBudget, marks: list[_Mark], times: int) -> bool:
        """Adds the rows of the second iteration so many times more, if it had just those of the first.

        Not if an iteration costs more steps than it gives back, or if there would be too many rows: then the iteration
        that goes too far is reported, with its place.
        """
        (first, second), now = marks, self._mark(budget)
        before, origins = self.circuit.steps_since(first.rows)
        made, phase = before[second.rows - first.rows :], now.phase - second.phase
        operations = (now.operations - second.operations) * times
        if (
            made != before[: second.rows - first.rows]
            or now.blocks != first.blocks
            or now.left < second.left
            or now.operations + operations > MAX_OPERATIONS
            or not phase.is_exact
        ):
            return False
        added = [*origins[second.rows - first.rows :]] * times
        self.circuit.replace_since(now.rows, Steps(made * times, added))
        self.circuit.phase += phase * times
        self.operations += operations
        budget.earn(len(made) * times, node.span, gates=0)
        return True

    def _lines(self, node: syntax.Lines, scope: Scope, block: int, native: bool) -> bool:
        """Plain lines: each form is lowered once, most without a syntax node. Those of a long text stay columns."""
        run, plain, well, bulk = lines.run_of(node), self._plain_gates(node, scope, block, native), True, 0
        made, odd = 0, dict[str, list[Op]]()
        if plain is None:
            return self.body(tuple(lines.applications(node)), scope, block, native)
        from ionqdsl.language.lower.plain import OddLine  # late: few programs need it

        is_long = run.is_long and not scope.budget.is_in_loop and not self.is_conditional
        for part in plain.read(run):
            if not isinstance(part, OddLine):
                bulk, made = bulk + len(part.starts), made + len(part)
                self._add_plain(part, is_long)
                continue
            text, start, end = part
            if text in odd:
                bulk, made = bulk + 1, made + len(odd[text])
                self._add_rows(odd[text], ZERO, Span(run.source, start, end))
                continue
            place, phases, blocks = len(self.circuit), self.circuit.phase, self.blocks
            if not self.body((lines.application(run, start),), scope, block, native):
                well = False
            elif self.circuit.phase is phases and self.blocks == blocks:
                odd[text] = self.circuit.steps_since(place).rows
        scope.budget.earn(made, node.span, gates=bulk)
        return well

    def _add_plain(self, rows: PlainRows, is_long: bool) -> None:
        room = MAX_OPERATIONS - self.operations
        if len(rows) > room:
            raise fail("QC0501", rows.span_of(room), limit=MAX_OPERATIONS)
        self.operations += len(rows)
        self.circuit.add_plain(rows, is_long)

    def _plain_gates(self, node: syntax.Lines, scope: Scope, block: int, native: bool) -> PlainGates | None:
        """Places the gates of plain lines; None if check.py has reported one of them.

        The lines of one scope share it, until the scope has another name.
        """
        (source, start, end), gateset = node.span, "native" if native else self.circuit.gateset
        if any(span.source is source and start <= span.start < end for span in self.broken):
            return None
        known = self._plain
        if known is None or known.scope is not scope or known[1:4] != (scope.size, block, gateset):
            known = self._plain = _Plain(
                scope, scope.size, block, gateset, self._new_plain(scope, block, gateset, node)
            )
        return known.gates

    def _new_plain(self, scope: Scope, block: int, gateset: str, node: syntax.Lines) -> PlainGates:
        from ionqdsl.language.lower.forms import form_of  # late: few programs need them
        from ionqdsl.language.lower.plain import PlainGates

        def register(name: str) -> tuple[int, ...]:
            value = scope.value(name)
            return value.qubits if isinstance(value, NamedQubits) and not value.scalar else ()

        form = partial(form_of, self.expander, gateset, node.span)
        return PlainGates(form, register, scope.value("pi") is None, block)

    # --- gates

    def _application(self, node: syntax.Application, scope: Scope, block: int, native: bool) -> None:
        gateset = "native" if native else self.circuit.gateset
        groups = [self._operand(operand, scope) for operand in node.operands]
        budget, before = scope.budget, scope.budget.left
        budget.kept = 0
        placed = None
        if budget.is_in_loop or node.gate.text in self._applied:
            place = self.repeated.placed if budget.is_in_loop else self.repeated.placed_once
            placed = place(node, scope, gateset, groups, block)
        self._applied.add(node.gate.text)  # the first one goes the ordinary road: it may be the only one
        if placed is not None:
            self._add_rows(placed.rows, placed.phase, node.span)
            budget.earn(len(placed.rows), node.span, before - budget.left)
            return
        named = lambda operand: scope.lookup(operand.name or "", operand.span)  # noqa: E731
        template, instances = self.expander.applied(node, scope, gateset, groups, named)
        count = 0
        for qubits in instances:
            check_distinct(node, qubits, groups)
            self._fresh_blocks(template)
            budget.spend(template.width * self._place(template, qubits, node.span, block) >> 4, node.span)
            count += len(template.rows)
        budget.earn(count, node.span, before - budget.left)

    def _fresh_blocks(self, template: Template) -> None:
        self._first_block = self.blocks
        self.blocks += max((op.pinned for op in template.rows), default=0)

    def _place(self, template: Template, qubits: Sequence[int], span: Span, block: int) -> int:
        """Puts a template's rows on qubits; returns how many distinct ones that took."""
        self.operations += len(template.rows)
        if self.operations > MAX_OPERATIONS:
            raise fail("QC0501", span, limit=MAX_OPERATIONS)
        if template.phase:
            self.circuit.phase += template.phase
        if len(template.rows) == 1:
            (op,) = template.rows
            pinned = block or (op.pinned and self._first_block + op.pinned)
            placed = tuple([qubits[index] for index in op.qubits])
            self.circuit.add(shared(op.gate, placed, op.angles, op.controls, pinned, op.operator), span)
            return 1
        placed_rows: dict[int, Op] = {}  # rows repeat themselves in a template: each is placed once
        for op in template.rows:
            if id(op) not in placed_rows:
                pinned = block or (op.pinned and self._first_block + op.pinned)
                placed = tuple([qubits[index] for index in op.qubits])
                placed_rows[id(op)] = shared(op.gate, placed, op.angles, op.controls, pinned, op.operator)
        self.circuit.add_all([placed_rows[id(op)] for op in template.rows], span)
        return len(placed_rows)

    def _add_rows(self, rows: list[Op], phase: Angle, span: Span) -> None:
        if phase:
            self.circuit.phase += phase
        self.circuit.add_all(rows, span)
        self.operations += len(rows)
        if self.operations > MAX_OPERATIONS:
            raise fail("QC0501", span, limit=MAX_OPERATIONS)

    # --- operands

    def _qubits(self, operands: tuple[syntax.Operand, ...], scope: Scope) -> tuple[int, ...]:
        if len(operands) == 1:
            return self._operand(operands[0], scope)
        return tuple([qubit for operand in operands for qubit in self._operand(operand, scope)])

    def _operand(self, operand: syntax.Operand, scope: Scope) -> tuple[int, ...]:
        if operand.name is None:
            raise fail("QC0225", operand.span)
        value = scope.lookup(operand.name, operand.span)
        if not isinstance(value, NamedQubits):
            raise fail("QC0226", operand.span, name=operand.name, given=values.kind(value))
        if operand.items is None:
            scope.budget.spend(len(value.qubits) >> 4, operand.span)
            return value.qubits
        if value.scalar:
            raise fail("QC0227", operand.span, name=operand.name)
        if len(operand.items) == 1 and not isinstance(operand.items[0], syntax.Slice):
            place = evaluate(operand.items[0], scope)
            if type(place) is int and 0 <= place < len(value.qubits):
                return (value.qubits[place],)
        picked = positions(operand.items, len(value.qubits), scope, operand.span, f"`{operand.name}`")
        return tuple([value.qubits[position] for position in picked])


_UNCONDITIONAL = (
    syntax.Qubits,
    syntax.RegisterStatement,
    syntax.SlotsStatement,
    syntax.MeasureStatement,
    syntax.GatesetStatement,
    syntax.GateBlock,
)
"""Statements that cannot depend on outcomes."""
