"""Lowers one gate application to rows: expands definitions, applies modifiers, keeps global phases.

Takes a name, argument values and modifiers, and returns a `Template`: rows on operands 0, 1, ... and the exact global
phase they omit. Under `ctrl` that phase becomes a gate. Which qubits the operands are is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from fractions import Fraction

from ionqdsl.algebra.modifiers import power, power_of_product
from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle, Exact
from ionqdsl.ir.circuit import MAX_OPERATIONS, Op, shared
from ionqdsl.ir.gates import NAMES, Gate
from ionqdsl.language import lines, syntax, values
from ionqdsl.language.comparison import count, elements, truth
from ionqdsl.language.evaluate import Poisoned, Scope, bind, evaluate, positions, suggest
from ionqdsl.language.functions import integer
from ionqdsl.language.library import Library, Signature, definition_signature
from ionqdsl.language.lower.exponentials import pauliexp, span_of, to_angle
from ionqdsl.language.lower.keys import NULL, key_of
from ionqdsl.language.lower.loops import Foresight
from ionqdsl.language.lower.operands import Named, check_distinct, joined, match, spread
from ionqdsl.language.lower.templates import Template, modified
from ionqdsl.language.values import NamedQubits
from ionqdsl.nesting import MAX_NESTING, roomy
from ionqdsl.record import Any, fresh, record

_DEEP = 8
"""Definitions that far inside others secure no credit: by doubling, they make millions of rows before any is placed."""


@record(frozen=False)
class Expansion:
    """A definition's rows for some arguments; at most `height` definitions were open at once, itself included."""

    template: Template
    height: int


@record(frozen=False)
class Expander:
    """Expands gates for one program. `globals` is the scope that gate bodies see; `broken` as in circuits.Lowering.

    A body is expanded once for the same definition, real power, lengths of register operands, and arguments that
    keys.py cannot tell apart: all else it depends on, `library`, `globals` and `broken`, never changes here, and the
    library keeps the definitions. Errors
    are not cached, and a body that might nest too deep is expanded again, so that a refusal has its own place.
    """

    library: Library
    globals: Scope
    broken: frozenset[Span] = frozenset()
    forms: dict[tuple[str, str, tuple[str | None, ...]], Any] = fresh(default_factory=dict)
    """The forms of gates in a gateset with arguments in these units, which forms.py makes."""
    _known: dict[tuple[int, Any, Any, tuple[int, ...]], Expansion] = fresh(default_factory=dict)
    _rows: dict[str, Template] = fresh(default_factory=dict)
    _even: dict[Span, bool] = fresh(default_factory=dict)
    _depth: int = 0
    _highest: int = 0

    def applied(
        self,
        node: syntax.Application,
        scope: Scope,
        gateset: str,
        groups: Sequence[tuple[int, ...]],
        named: Named,
        library: Library | None = None,
    ) -> tuple[Template, Sequence[Sequence[int]]]:
        """The template of an application, and the qubits of each time it applies; `groups` are those of each operand.

        `named` finds the meaning of an operand's name; `library` as for `expand`.
        """
        gate = (library or self.library).over_registers(node.gate.text)
        if gate is None:
            operands = len(groups[0] if len(groups) == 1 else groups)
            with scope.budget.unsecured() if () in groups else nullcontext():
                template = self.expand(node, scope, gateset, operands, library)
            check_gateset(template, gateset, node)
            instances = spread(node, template.width, groups, named)
            scope.budget.spend(len(instances) >> 3, node.span)
            return template, instances
        if gate.span in self.broken:
            raise Poisoned
        first = match(node, gate, named)
        template = self.expand(node, scope, gateset, None, library, tuple([len(group) for group in groups[first:]]))
        check_gateset(template, gateset, node)
        return template, joined(node, template.width, groups, first)

    def expand(
        self,
        node: syntax.Application,
        scope: Scope,
        gateset: str,
        operands: int | None = None,
        library: Library | None = None,
        lengths: tuple[int, ...] = (),
    ) -> Template:
        """The template of an application; `operands` is their number, if that matters (pauliexp).

        `library` resolves names, if they are not those of the program. `lengths` are those of the operands of a gate
        over registers, without its controls.
        """
        scope.budget.spend(10, node.span)
        modifiers = [self._modifier(modifier, scope) for modifier in node.modifiers]
        controls = sum(count for kind, count in modifiers if kind in ("ctrl", "negctrl"))
        if node.gate.text == "gphase":
            base = Template((), to_angle(self._arguments(node, _GPHASE, scope)[0], "rad", node.span), 0)
            return modified(base, modifiers, node.span, None, scope.budget)
        entry = (library or self.library).find(node.gate.text, gateset)
        if entry is None:
            raise self.unknown(node.gate, gateset)
        if isinstance(entry, syntax.GateDefinition) and entry.span in self.broken:
            raise Poisoned
        if isinstance(entry, Gate):
            width = entry.operands if entry.operands >= 0 else max(0, (operands or 0) - controls)
            if node.arguments or entry.required:
                return modified(self._row(entry, node, scope, width), modifiers, node.span, None, scope.budget)
            if entry.key not in self._rows:
                self._rows[entry.key] = self._row(entry, node, scope, width)
            return modified(self._rows[entry.key], modifiers, node.span, None, scope.budget)
        arguments = self._arguments(node, definition_signature(entry), scope)
        return self._definition(entry, arguments, modifiers, node, lengths)

    def unknown(self, name: syntax.Name, gateset: str) -> Exception:
        """The error for an unknown gate name."""
        other = "native" if gateset == "qis" else "qis"
        if name.text in NAMES[other] or (gateset == "native" and self.library.find(name.text, "qis")):
            return fail("QC0204" if gateset == "qis" else "QC0205", name.span, gate=name.text)
        suggestion = suggest(name.text, self.library.names(gateset))
        return fail("QC0202", name.span, gate=name.text, suggestion=suggestion)

    def _modifier(self, modifier: syntax.Modifier, scope: Scope) -> tuple[str, Any]:
        if modifier.kind == "inv":
            if modifier.argument is not None:
                raise fail("QC0210", modifier.span)
            return "inv", 0
        if modifier.argument is None:
            if modifier.kind == "pow":
                raise fail("QC0211", modifier.span)
            return modifier.kind, 1
        value = evaluate(modifier.argument, scope)
        if modifier.kind == "pow":
            if not values.is_number(value) or values.is_angle(value):
                raise fail("QC0307", modifier.argument.span, wanted="a number", given=values.kind(value))
            if values.is_symbolic(value):
                raise fail("QC0305", modifier.argument.span, names=value.amount.symbols)
            return "pow", values.plain(value)
        count = integer(value, modifier.argument.span, "the number of controls")
        if not 1 <= count <= 1000:
            raise fail("QC0214", modifier.argument.span, count=count)
        return modifier.kind, count

    def _arguments(self, node: syntax.Application, signature: Signature, scope: Scope) -> list[Any]:
        """Argument values in parameter order, None for a default."""
        names = signature.parameters
        values_in_order: list[Any] = [None] * len(names)
        for position, argument in enumerate(node.arguments):
            if argument.name is None:
                index = position
            elif argument.name.text in names:
                index = names.index(argument.name.text)
            else:
                text = argument.name.text
                raise fail(
                    "QC0208", argument.name.span, gate=signature.name, name=text, suggestion=suggest(text, [*names])
                )
            if index >= len(names) or values_in_order[index] is not None:
                raise self._wrong_count(node, signature)
            value = evaluate(argument.value, scope)
            count(value, argument.span, scope.budget)  # definitions are identified by their arguments' values
            values_in_order[index] = value if value is not None else NULL
        if any(value is None for value in values_in_order[: signature.required]):
            raise self._wrong_count(node, signature)
        return values_in_order

    @staticmethod
    def _wrong_count(node: syntax.Application, signature: Signature) -> Exception:
        count, given = len(signature.parameters), len(node.arguments)
        example = f"{signature.name}({', '.join(signature.parameters)})" if count else signature.name
        qubits = ", ".join(f"q[{index}]" for index in range(signature.operands)) or ("q" if signature.operands else "")
        return fail(
            "QC0207",
            node.arguments[0].span.to(node.arguments[-1].span) if given else node.gate.span,
            gate=signature.name,
            wants=count if signature.required == count else range(signature.required, count + 1),
            given=given,
            example=f"{example} {qubits}".rstrip(),
        )

    def _row(self, gate: Gate, node: syntax.Application, scope: Scope, width: int) -> Template:
        names = tuple(parameter.name for parameter in gate.formals)
        arguments = self._arguments(node, Signature(gate.name, names, gate.required, gate.operands), scope)
        if gate.key == "pauliexp":
            return pauliexp(arguments, node, width, scope.budget)
        angles = tuple(
            to_angle(value, parameter.unit, span_of(node, index, parameter.name))
            if value is not None
            else Angle(parameter.default or 0)
            for index, (value, parameter) in enumerate(zip(arguments, gate.parameters, strict=True))
        )
        if gate.key == "nop" and angles[0].is_bound and angles[0].radians < 0:
            raise fail("QC0319", node.span)
        return Template((shared(gate.key, tuple(range(width)), angles),), ZERO, width)

    def _definition(
        self,
        entry: syntax.GateDefinition,
        arguments: list[Any],
        modifiers: list[tuple[str, Any]],
        node: syntax.Application,
        lengths: tuple[int, ...],
    ) -> Template:
        budget = self.globals.budget
        drops = any(kind == "pow" and (not value or value != int(value)) for kind, value in modifiers)
        with budget.unsecured() if drops else nullcontext():
            base = self._body(entry, arguments, node, lengths)
        self._depth += 1
        try:
            power_of = lambda exponent: self._real_power(entry, arguments, exponent, base, node, lengths)  # noqa: E731
            return modified(base, modifiers, node.span, power_of, budget)
        finally:
            self._depth -= 1

    @roomy
    def _body(
        self,
        entry: syntax.GateDefinition,
        arguments: list[Any],
        node: syntax.Application,
        lengths: tuple[int, ...],
        powered: syntax.GateDefinition | None = None,
        exponent: Exact = 1,
    ) -> Template:
        """A definition's rows, for its argument values (None: the default); of `powered`, its real power, if given."""
        key = id(entry), key_of(exponent), key_of(arguments), lengths
        entry_template = self._known.get(key)
        if entry_template is None or self._depth + entry_template.height > MAX_NESTING:
            around, self._highest = self._highest, self._depth
            template = self._opened(powered or entry, entry, arguments, node, lengths, exponent)
            entry_template = self._known[key] = Expansion(template, self._highest - self._depth)
            self._highest = max(around, self._highest)
        else:
            self._highest = max(self._highest, self._depth + entry_template.height)
        return entry_template.template

    def _opened(
        self,
        entry: syntax.GateDefinition,
        original: syntax.GateDefinition,
        arguments: list[Any],
        node: syntax.Application,
        lengths: tuple[int, ...],
        exponent: Exact,
    ) -> Template:
        if self._depth >= MAX_NESTING:
            raise fail("QC0504", node.span, limit=MAX_NESTING)
        scope = self.globals.child()
        scope.budget.spend(20, entry.span)
        for parameter, value in zip(entry.parameters, arguments, strict=True):
            if value is None:
                assert parameter.default is not None
                value = evaluate(parameter.default, scope)
            scope.names[parameter.name.text] = None if value is NULL else value
        operands, width = _operands(entry, node, lengths, scope)
        body = _Body(self, self.library.within(original), entry.name.text, Foresight(even=self._even), exponent)
        self._depth += 1
        self._highest = max(self._highest, self._depth)
        try:
            with scope.budget.unsecured() if self._depth == _DEEP else nullcontext():
                body.statements(entry.body, scope, operands, "qis", 0)
        finally:
            self._depth -= 1
        return Template(tuple(body.rows), body.phase, width)

    def _real_power(
        self,
        entry: syntax.GateDefinition,
        arguments: list[Any],
        exponent: Exact,
        base: Template,
        node: syntax.Application,
        lengths: tuple[int, ...],
    ) -> Template:
        """The principal power of a definition, if its form determines it."""
        span = node.span
        if len(base.rows) == 1 and not base.phase:
            rows, phase = power(base.rows[0], exponent, span)
            return Template(tuple(rows), phase, base.width)
        if not base.rows:
            return Template((), base.phase * exponent, base.width)
        own_power = self.library.power_of(entry)
        if own_power is not None:
            return self._body(own_power, [exponent, *arguments], node, lengths)
        only = entry.body[0] if len(entry.body) == 1 else None
        if isinstance(only, syntax.Application) and all(m.kind in ("ctrl", "negctrl") for m in only.modifiers):
            # ctrl @ commutes with powers, so the exponent applies to the gate under it
            inner = syntax.Modifier("pow", syntax.Number(Fraction(exponent), "", span), span)
            changed = syntax.Application((*only.modifiers, inner), only.gate, only.arguments, only.operands, only.span)
            powered = syntax.GateDefinition(
                syntax.Name(f"{entry.name.text}**{exponent}", span),
                entry.parameters,
                entry.operands,
                (changed,),
                span,
            )
            return self._body(entry, arguments, node, lengths, powered, exponent)
        if base.width == 1 and all(angle.is_bound for op in base.rows for angle in op.angles) and base.phase.is_bound:
            rows, phase = power_of_product(base.rows, base.phase, exponent)
            return Template(tuple(rows), phase, 1)
        raise fail("QC0212", span, gate=entry.name.text, exponent=float(exponent))


def _operands(
    gate: syntax.GateDefinition, node: syntax.Application, lengths: tuple[int, ...], scope: Scope
) -> tuple[dict[str, NamedQubits], int]:
    """A definition's operands, numbered from 0, and how many qubits they are; expressions see the registers."""
    operands: dict[str, NamedQubits] = {}
    width = 0
    for position, formal in enumerate(gate.operands):
        if not formal.is_register:
            operands[formal.name.text] = NamedQubits((width,), scalar=True)
            width += 1
            continue
        length = lengths[position]
        if formal.size is not None:
            wants = integer(evaluate(formal.size, scope), formal.size.span, "a number of qubits")
            if length != wants:
                place = node.operands[position - len(gate.operands)].span
                facts = {"gate": gate.name.text, "name": formal.name.text, "wants": wants, "given": length}
                raise fail("QC0236" if wants >= 0 else "QC0346", place, (formal.span, "wants"), **facts)
        register = NamedQubits(tuple(range(width, width + length)))
        operands[formal.name.text] = scope.names[formal.name.text] = register
        width += length
    return operands, width


_GPHASE = Signature("gphase", ("angle",), 1, 0)


@record(frozen=False)
class _Body:
    """Expands the statements of one gate definition, or of its power, if there is an `exponent`."""

    expander: Expander
    library: Library
    gate: str
    foresight: Foresight
    exponent: Exact = 1
    rows: list[Op] = fresh(default_factory=list)
    phase: Angle = ZERO
    blocks: int = 0

    def statements(
        self, body: tuple[syntax.Statement, ...], scope: Scope, qubits: dict[str, NamedQubits], gateset: str, block: int
    ) -> None:
        """Expands statements in order; `qubits` are the operands and aliases that they see."""
        budget = scope.budget
        for node in body:
            budget.spend(1, node.span)
            match node:
                case syntax.Application():
                    self.application(node, scope, qubits, gateset, block)
                case syntax.Const():
                    scope.names[node.name.text] = evaluate(node.value, scope)
                case syntax.Alias():
                    picked = [qubit for operand in node.operands for qubit in self.operand(operand, scope, qubits)]
                    budget.spend(len(picked) >> 4, node.span)
                    scope.names[node.name.text] = alias = NamedQubits(tuple(picked))
                    qubits = {**qubits, node.name.text: alias}
                case syntax.For():
                    items, before = elements(evaluate(node.iterable, scope), node.iterable.span), len(self.rows)
                    with budget.loop(node.span), self.foresight.loop(node, items) as rounds:
                        for item in items:
                            budget.spend(1, node.span)
                            inner = scope.child()
                            bind(node.target, item, inner.names)
                            self.statements(node.body, inner, qubits, gateset, block)
                            if (len(self.rows) - before) * rounds > MAX_OPERATIONS:
                                raise fail("QC0501", node.span, limit=MAX_OPERATIONS)
                            rounds = 0  # the first iteration has decided
                case syntax.If():
                    self.statements(chosen(node, scope), scope.child(), qubits, gateset, block)
                case syntax.GateBlock(kind="native"):
                    self.blocks += 1
                    self.statements(node.body, scope.child(), qubits, "native", self.blocks)
                case syntax.Assert():
                    check_assertion(node, scope)
                case syntax.Lines():
                    self.statements(tuple(lines.applications(node)), scope, qubits, gateset, block)
                case _:
                    raise fail("QC0407", node.span, what=node.span.text.split()[0], gate=self.gate)

    def operand(self, operand: syntax.Operand, scope: Scope, qubits: dict[str, NamedQubits]) -> tuple[int, ...]:
        """The numbers of the qubits that an operand of a statement picks."""
        value = qubits.get(operand.name or "")
        if value is None or (value.scalar and operand.items is not None):
            raise fail("QC0213", operand.span, gate=self.gate, operand=operand.span.text)
        if operand.items is None:
            scope.budget.spend(len(value.qubits) >> 4, operand.span)
            return value.qubits
        picked = positions(operand.items, len(value.qubits), scope, operand.span, f"`{operand.name}`")
        return tuple([value.qubits[position] for position in picked])

    def application(
        self, node: syntax.Application, scope: Scope, qubits: dict[str, NamedQubits], gateset: str, block: int
    ) -> None:
        groups = [self.operand(operand, scope, qubits) for operand in node.operands]
        kept = scope.budget.kept
        named = lambda operand: qubits[operand.name or ""]  # noqa: E731
        template, instances = self.expander.applied(node, scope, gateset, groups, named, self.library)
        if self.exponent != 1 and len(instances) > 1:  # the power of a product is not the product of powers
            raise fail("QC0212", node.span, gate=self.gate, exponent=float(self.exponent))
        for wires in instances:
            check_distinct(node, wires, groups)
            if len(self.rows) + len(template.rows) > MAX_OPERATIONS:
                raise fail("QC0501", node.span, limit=MAX_OPERATIONS)
            self.phase += template.phase
            self.place(template, wires, block)
        scope.budget.lend(len(template.rows) * len(instances), node.span, len(instances), kept)

    def place(self, template: Template, wires: Sequence[int], block: int) -> None:
        """Puts a template's rows on qubits."""
        if not block and wires == list(range(len(wires))) and not any(op.pinned for op in template.rows):
            self.rows += template.rows  # unchanged: bodies that only pass their operands on are common
            return
        fresh = {number: self.blocks + number for number in {op.pinned for op in template.rows} if number}
        self.blocks += max(fresh, default=0)
        placed_rows: dict[int, Op] = {}  # rows repeat themselves in a template: each is placed once
        for op in template.rows:
            if id(op) not in placed_rows:
                placed = tuple([wires[i] for i in op.qubits])
                pinned = block or fresh.get(op.pinned, 0)
                placed_rows[id(op)] = shared(op.gate, placed, op.angles, op.controls, pinned, op.operator)
        self.rows += [placed_rows[id(op)] for op in template.rows]


def chosen(node: syntax.If, scope: Scope) -> tuple[syntax.Statement, ...]:
    """The statements of the branch that is taken."""
    for link in node.chain:
        if truth(evaluate(link.condition, scope), link.condition.span):
            return link.then
    return link.otherwise


def check_gateset(template: Template, gateset: str, node: syntax.Application) -> None:
    """Raises if a definition contains gates of the other gateset, except in a separate block."""
    if template.gatesets - {gateset}:
        raise fail("QC0205" if gateset == "native" else "QC0204", node.gate.span, gate=node.gate.text)


def check_assertion(node: syntax.Assert, scope: Scope) -> None:
    """Raises if an assertion does not hold."""
    if not truth(evaluate(node.condition, scope), node.condition.span):
        message = evaluate(node.message, scope) if node.message is not None else node.condition.span.text
        count(message, node.span, scope.budget)
        raise fail("QC0409", node.span, message=message)
