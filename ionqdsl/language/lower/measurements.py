"""Lowers measurements, resets, and conditions on outcomes.

Takes statements and the scope around them and returns slots, rows, and for an `if` on outcomes its cases: which branch
is taken at which outcomes. Which rows a branch has is decided in circuits.py.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from itertools import product

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, Condition, FlatCircuit, Op, Register, Slot, Steps, shared
from ionqdsl.language import syntax
from ionqdsl.language.comparison import elements
from ionqdsl.language.evaluate import Scope, bind, evaluate, holds, positions
from ionqdsl.language.functions import integer
from ionqdsl.language.values import NamedSlots
from ionqdsl.record import Any, changed

MAX_SLOTS = 10_000
"""Most slots of a register."""
MAX_DECIDING = 10
"""Most outcomes that one `if` may depend on: it is evaluated for each combination of them."""

_KEYWORDS = """
    OPENQASM include defcalgrammar def cal defcal gate extern box let break continue if else end return for while in
    switch case default nop pragma input output const readonly mutable qreg qubit creg bool bit int uint float angle
    complex array void duration stretch gphase inv pow ctrl negctrl dim durationof delay reset measure barrier true
    false
"""
RESERVED = frozenset(("output_all", *_KEYWORDS.split()))
"""Names that no written register may have: the service's own register, and OpenQASM's keywords, from its
specification 3.1 (openqasm.com/versions/3.1)."""


class Slots:
    """The registers of one circuit, in the order of their declarations; those with slots may be incomplete."""

    def __init__(self) -> None:
        self.written: dict[Slot, Span] = {}
        self._doubtful: set[Slot] = set()
        self._open: dict[str, tuple[NamedSlots, Span]] = {}

    @property
    def are_declared(self) -> bool:
        """Whether there is any register with slots."""
        return bool(self._open)

    def declared(self, name: syntax.Name, size: int | None, span: Span) -> NamedSlots:
        """A new register of so many slots; None: one slot without a number."""
        if name.text in RESERVED:
            raise fail("QC0293", name.span, name=name.text)
        slots = NamedSlots(tuple([Slot(name.text, index) for index in range(size or 1)]), size is None)
        self._open[name.text] = slots, span
        return slots

    def of(self, name: str) -> tuple[Slot, ...] | None:
        """The slots of a register, written or not; None if the name is none of such a register."""
        return self._open[name][0].slots if name in self._open else None

    def named(self, slot: Slot) -> str:
        """A slot as the program writes it."""
        return self._open[slot.register][0].named(slot)

    def measured(self, node: syntax.MeasureStatement, slots: Sequence[Slot], qubits: Sequence[int]) -> None:
        """Notes that a statement writes slots. Raises if it does not fit, or if one has been written before."""
        if len(slots) != len(qubits):
            name = node.target.name or ""
            fix = {"fitting" if len(qubits) <= len(self.of(name) or ()) else "needed": len(qubits)}
            raise fail("QC0296", node.target.span, slots=len(slots), qubits=len(qubits), name=name, **fix)
        if len({*qubits}) < len(qubits):
            raise fail("QC0295", node.span)
        for slot in slots:
            if slot in self.written:
                raise fail("QC0290", node.target.span, (self.written[slot], "first"), slot=self.named(slot))
            self.written[slot] = node.span

    def __contains__(self, slot: object) -> bool:
        """Whether a condition may look at a slot: something has written it, or would have but for an error."""
        return slot in self.written or slot in self._doubtful

    def doubt(self, node: Any) -> None:
        """Notes that a statement has an error: a slot that it would write is not reported once more as unwritten."""
        for part in syntax.walk(node):
            if isinstance(part, syntax.MeasureStatement):
                self._doubtful.update(self.of(part.target.name or "") or ())

    def complete(self, registers: tuple[Register, ...]) -> tuple[Register, ...]:
        """The registers with the slots that were written."""
        if not self._open:
            return registers
        return tuple([(name, self._complete(name, slots)) for name, slots in registers])

    def _complete(self, name: str, slots: tuple[int | Slot | None, ...]) -> tuple[int | Slot | None, ...]:
        if name not in self._open:
            return slots
        return tuple([slot if slot in self.written else None for slot in self._open[name][0].slots])

    def unwritten(self) -> Iterator[tuple[str, int, Span]]:
        """Every register with slots that nothing has written: its name, how many, and where it is declared."""
        for name, (register, span) in self._open.items():
            missing = sum(slot not in self.written for slot in register.slots)
            if missing:
                yield name, missing, span


def size_of(node: syntax.SlotsStatement, scope: Scope) -> int | None:
    """How many slots a statement declares; None for one without a number."""
    if node.size is None:
        return None
    size = integer(evaluate(node.size, scope), node.size.span, "a number of slots")
    if not 1 <= size <= MAX_SLOTS:
        raise fail("QC0334", node.size.span, size=size, limit=MAX_SLOTS)
    return size


def picked(operand: syntax.Operand, scope: Scope) -> tuple[Slot, ...]:
    """The slots that the left side of a measurement names."""
    value = scope.lookup(operand.name or "", operand.span)
    if not isinstance(value, NamedSlots):
        raise fail("QC0335", operand.span, name=operand.name or "", undeclared=operand.name or "")
    if operand.items is None:
        return value.slots
    if value.scalar:
        raise fail("QC0336", operand.span, name=operand.name)
    name = f"`{operand.name}`"
    return tuple(
        [value.slots[place] for place in positions(operand.items, len(value.slots), scope, operand.span, name)]
    )


def resets(groups: Sequence[Sequence[int]], block: int) -> list[Op]:
    """One row for each qubit that a `reset` names."""
    return [shared(RESET, (qubit,), (), 0, block) for group in groups for qubit in group]


# --- conditions on outcomes ------------------------------------------------------------------------------------------


def deciding(node: syntax.If, scope: Scope) -> dict[str, NamedSlots]:
    """The registers whose outcomes the conditions of an `if` use, by name."""
    found = {part.name: scope.value(part.name) for part in syntax.references([link.condition for link in node.chain])}
    return {name: value for name, value in found.items() if isinstance(value, NamedSlots)}


def cases(
    node: syntax.If, registers: Mapping[str, NamedSlots], slots: Container[Slot], scope: Scope
) -> list[tuple[tuple[syntax.Statement, ...], list[Condition]]]:
    """The branches of an `if` on outcomes, each with the conditions under which it is taken.

    The conditions exclude each other. An outcome is an error if its slot is not one of the `slots` written so far.
    """
    branches = [link.then for link in node.chain] + [node.chain[-1].otherwise]
    taken = decided([link.condition for link in node.chain], registers, slots, scope)
    return [(branch, found) for branch, found in zip(branches, taken, strict=True) if branch and found]


def decided(
    conditions: Sequence[syntax.Expression],
    registers: Mapping[str, NamedSlots],
    slots: Container[Slot],
    scope: Scope,
) -> list[list[Condition]]:
    """For each condition, the outcomes for which it is the first to hold, and last those for which none does."""
    span = conditions[0].span
    judged = [_judgeable(condition, registers) for condition in conditions]
    used = list(dict.fromkeys(_looked_at([*conditions], registers, {*registers}, scope)))
    for slot in used:
        if slot not in slots:
            raise fail("QC0337", span, slot=registers[slot.register].named(slot))

    def chosen(outcomes: Mapping[Slot, int]) -> int:
        inner = scope.child(_bound(registers, outcomes))
        inner.judges_outcomes = True
        held = (place for place, condition in enumerate(judged) if holds(condition, inner))
        return next(held, len(judged))

    return by_branch(used, chosen, len(judged) + 1, span)


def _judgeable(condition: syntax.Expression, registers: Mapping[str, NamedSlots]) -> syntax.Expression:
    """The condition with the bit of each register of one slot in place of its list, which would always be true."""
    match condition:
        case syntax.Reference() if condition.name in registers and not registers[condition.name].scalar:
            size, span = len(registers[condition.name].slots), condition.span
            if size > 1:
                fix = f"write `any({span.text})`, `all({span.text})` or `{span.text} == [...]`"
                raise fail("QC0307", span, wanted="a condition", given=f"{size} outcomes", fix=fix)
            return syntax.Index(condition, (syntax.Number(0, "", span),), span)
        case syntax.Unary(operator="not"):
            return changed(condition, operand=_judgeable(condition.operand, registers))
        case syntax.Binary(operator="and" | "or"):
            sides = [_judgeable(side, registers) for side in (condition.left, condition.right)]
            return changed(condition, left=sides[0], right=sides[1])
    return condition


def _looked_at(node: Any, registers: Mapping[str, NamedSlots], unknown: Set[str], scope: Scope) -> Iterator[Slot]:
    """The slots that a piece of syntax may look at: those at known indices, or all of a register.

    `unknown` are the names whose values depend on outcomes. A comprehension over known values is followed for each of
    them.
    """

    def is_known(part: Any) -> bool:
        is_bit = isinstance(part, syntax.Index) and isinstance(part.value, syntax.Reference)
        register = registers.get(part.value.name) if is_bit and part.value.name in unknown else None
        return register is not None and not register.scalar and not syntax.mentions(part.items, unknown)

    for part in syntax.walk(node, lambda part: is_known(part) or isinstance(part, syntax.Comprehension)):
        if isinstance(part, syntax.Comprehension):
            yield from _clauses(part, 0, registers, unknown, scope)
        elif is_known(part):
            slots = registers[part.value.name].slots
            with suppress(CompileError):  # an index out of range, which `and` may keep from being used
                yield from [slots[place] for place in positions(part.items, len(slots), scope, part.span)]
        elif isinstance(part, syntax.Reference) and part.name in registers and part.name in unknown:
            yield from registers[part.name].slots


def _clauses(
    node: syntax.Comprehension, place: int, registers: Mapping[str, NamedSlots], unknown: Set[str], scope: Scope
) -> Iterator[Slot]:
    """The slots that a comprehension may look at from its clause at `place` on."""
    if place == len(node.clauses):
        yield from _looked_at(node.item, registers, unknown, scope)
        return
    clause = node.clauses[place]
    names = {name.text for name in syntax.names_of(clause.target)}
    yield from _looked_at(clause.iterable, registers, unknown, scope)
    items = _known(_items, clause.iterable, scope, unknown)
    if items is None:
        yield from _looked_at(clause.conditions, registers, unknown | names, scope)
        yield from _clauses(node, place + 1, registers, unknown | names, scope)
        return
    within, unknown = scope.child(), unknown - names
    for item in items:
        scope.budget.spend(1, node.span)
        bind(clause.target, item, within.names)
        yield from _looked_at(clause.conditions, registers, unknown, within)
        if all(_known(holds, one, within, unknown) is not False for one in clause.conditions):
            yield from _clauses(node, place + 1, registers, unknown, within)


def _items(node: syntax.Expression, scope: Scope) -> Sequence[Any]:
    return elements(evaluate(node, scope), node.span)


def _known(
    value: Callable[[syntax.Expression, Scope], Any], node: syntax.Expression, scope: Scope, unknown: Set[str]
) -> Any:
    """A value that no outcome decides; None if one may decide it, or if it is an error where it is evaluated."""
    if syntax.mentions(node, unknown):
        return None
    try:
        return value(node, scope)
    except CompileError:
        return None


def _bound(registers: Mapping[str, NamedSlots], outcomes: Mapping[Slot, int]) -> dict[str, Any]:
    """The registers as values: a number, or a list of numbers, 0 where nothing looks."""
    return {
        name: outcomes.get(register.slots[0], 0)
        if register.scalar
        else [outcomes.get(slot, 0) for slot in register.slots]
        for name, register in registers.items()
    }


def by_branch(
    slots: Sequence[Slot], chosen: Callable[[Mapping[Slot, int]], int], branches: int, span: Span | None
) -> list[list[Condition]]:
    """For each branch, conditions that exclude each other, of which one holds where `chosen` gives its number.

    `chosen` is asked about each combination of outcomes of the slots. Raises QC0338 if these are too many.
    """
    if len(slots) > MAX_DECIDING:
        raise fail("QC0338", span, count=len(slots), limit=MAX_DECIDING)
    taken: list[set[tuple[int, ...]]] = [set() for _ in range(branches)]
    for outcomes in product((0, 1), repeat=len(slots)):
        taken[chosen(dict(zip(slots, outcomes, strict=True)))].add(outcomes)
    return [_cubes(outcomes, slots) for outcomes in taken]


def _cubes(outcomes: set[tuple[int, ...]], slots: Sequence[Slot]) -> list[Condition]:
    """Conditions that exclude each other, of which one holds at exactly these outcomes of the slots."""
    if not outcomes:
        return []
    if len(outcomes) == 1 << len(slots):
        return [()]
    first, *others = slots
    halves = [{bits[1:] for bits in outcomes if bits[0] == bit} for bit in (0, 1)]
    if halves[0] == halves[1]:
        return _cubes(halves[0], others)
    return [tuple(sorted(((first, bit), *cube))) for bit, half in enumerate(halves) for cube in _cubes(half, others)]


@contextmanager
def under(circuit: FlatCircuit, condition: Condition, span: Span | None) -> Iterator[None]:
    """Puts the rows that are added inside under a condition. Raises QC0299 for rows that can have none.

    Global phases of a branch are left out, since shots with other outcomes cannot be compared with it. An empty
    condition always holds, and changes nothing.
    """
    first, phase = len(circuit), circuit.phase
    yield
    if not condition:
        return
    wrong = next((op.gate for op in circuit.steps_since(first).rows if op.gate in (MEASURE, RESET) or op.pinned), None)
    if wrong is not None:
        raise fail("QC0299", span, what=wrong)
    circuit.phase = phase
    conditioned(circuit, first, condition)


def conditioned(circuit: FlatCircuit, first: int, condition: Condition) -> None:
    """Puts the rows from a place on under a condition, except barriers; rows that can never act are removed."""
    kept: list[tuple[Op, Span | None]] = []
    for op, origin in zip(*circuit.steps_since(first), strict=True):
        when = both(condition, op.when)
        if op.gate == BARRIER:
            kept.append((op, origin))
        elif when is not None:
            kept.append((op._replace(when=when), origin))
    circuit.replace_since(first, Steps([op for op, _ in kept], [origin for _, origin in kept]))


def readable(when: Condition) -> list[Condition]:
    """A condition in parts that one `if` each may look at, to be nested."""
    return [when[first : first + MAX_DECIDING] for first in range(0, len(when), MAX_DECIDING)]


def both(one: Condition, other: Condition) -> Condition | None:
    """The condition that both hold; None if they contradict each other."""
    joint = dict(one)
    for slot, bit in other:
        if joint.setdefault(slot, bit) != bit:
            return None
    return tuple(sorted(joint.items()))
