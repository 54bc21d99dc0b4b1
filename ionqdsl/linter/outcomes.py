"""Lint rules about measurements in the middle of a circuit, resets, and conditions on outcomes.

A statement is reported if all its rows, in every run, are as the rule says. A qubit that gates have acted on counts as
changed even if they leave it 0 on an ideal machine: syndromes of codes tell of the errors of a real one. The runs of a
file may be some of many: a correction is offered only where no parameter can make other rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import BARRIER, MEASURE, NOT_GATES, RESET, Condition, FlatCircuit, Op, Slot, canonical
from ionqdsl.ir.gates import GATES
from ionqdsl.language import lines, syntax
from ionqdsl.language.evaluate import Poisoned, Scope
from ionqdsl.language.lower import measurements
from ionqdsl.language.values import NamedSlots
from ionqdsl.linter.circuits import Judge, runs, statements, streamed
from ionqdsl.linter.subject import Edit, Finding, Owner, Subject, finding, removal
from ionqdsl.passes.drop_unread import read_places


class _Moment(NamedTuple):
    """A row; whether nothing has changed its first qubit from |0> before it; and the last row that set that qubit."""

    op: Op
    is_fresh: bool
    before: Op | None


def _moments(circuit: FlatCircuit) -> Iterator[_Moment]:
    fresh = [True] * circuit.width
    befores: list[Op | None] = [None] * circuit.width
    for op in streamed(circuit):
        first = op.qubits[0] if op.qubits else None
        yield _Moment(op, first is not None and fresh[first], None if first is None else befores[first])
        for place, qubit in enumerate(op.qubits):
            if op.gate == MEASURE or _sets(op, place):
                befores[qubit] = op
            if op.gate == RESET:
                fresh[qubit] |= not op.when
            elif _sets(op, place):
                fresh[qubit] = False


def _sets(op: Op, place: int) -> bool:
    """Whether a row may change the value of one of its qubits; diagonal gates do not, nor do controls."""
    op = canonical(op)
    return op.gate == RESET or (op.gate not in NOT_GATES and place >= op.controls and not GATES[op.gate].is_diagonal)


def _statements(subject: Subject, judge: Judge) -> Iterator[Span]:
    """The statements of dynamic circuits of this file for whose rows a rule holds, all of them, in order."""
    for _, circuits in runs(subject):
        if any(circuit.is_dynamic for circuit in circuits):
            yield from statements(subject, circuits, judge)


def _takes_no_values(subject: Subject, span: Span) -> bool:
    """Whether a statement makes the same rows in every run and test, as its circuit and program have no parameters."""
    if any(isinstance(item, syntax.Param) for item in subject.opened.items):
        return False
    owners = [body.owner for body in subject.bodies if body.owner is not None]
    around = [owner for owner in owners if owner.span.start <= span.start < owner.span.end]
    return not any(isinstance(owner, syntax.CircuitDefinition) and owner.parameters for owner in around)


def resets_of_zero(subject: Subject) -> Iterator[Finding]:
    """Finds resets of qubits that nothing has changed from |0>."""

    def judge(circuit: FlatCircuit) -> Iterator[bool]:
        for op, is_fresh, _ in _moments(circuit):
            yield op.gate == RESET and is_fresh

    for span in _statements(subject, judge):
        edits = [removal(span)] if _takes_no_values(subject, span) else []
        yield finding("QC1036", span, *edits, reset=" ".join(span.text.split()))


def measured_again(subject: Subject) -> Iterator[Finding]:
    """Finds measurements whose outcome is that of the one before, since nothing has changed the qubit."""

    def judge(circuit: FlatCircuit) -> Iterator[bool]:
        for op, is_fresh, before in _moments(circuit):
            yield op.gate == MEASURE and not is_fresh and before is not None and before.gate == MEASURE

    for span in _statements(subject, judge):
        yield finding("QC1037", span)


def certain_measurements(subject: Subject) -> Iterator[Finding]:
    """Finds measurements of qubits that nothing has changed from 0."""

    def judge(circuit: FlatCircuit) -> Iterator[bool]:
        for op, is_fresh, _ in _moments(circuit):
            yield op.gate == MEASURE and is_fresh

    for span in _statements(subject, judge):
        yield finding("QC1038", span)


def resets_at_the_end(subject: Subject) -> Iterator[Finding]:
    """Finds resets after which nothing acts on the qubit, and no register reads it."""

    def judge(circuit: FlatCircuit) -> Iterator[bool]:
        last: dict[int, int] = {}
        read = {slot for _, slots in circuit.registers for slot in slots}
        for place, op in enumerate(streamed(circuit)):
            if op.gate != BARRIER:
                last |= dict.fromkeys(op.qubits, place)
        for place, (op, is_fresh, _) in enumerate(_moments(circuit)):
            is_last = op.gate == RESET and last[op.qubits[0]] == place
            yield is_last and not is_fresh and op.qubits[0] not in read

    for span in _statements(subject, judge):
        yield finding("QC1042", span, reset=" ".join(span.text.split()))


def unread_gates(subject: Subject) -> Iterator[Finding]:
    """Finds gates on qubits that have been measured or reset, whose effect no register reads.

    Only where a register reads qubits at the end; without one it is the bits of all qubits that are read there.
    """

    def judge(circuit: FlatCircuit) -> Iterator[bool]:
        reads_end = any(isinstance(slot, int) for _, slots in circuit.registers for slot in slots)
        read = set(read_places(circuit) if reads_end else range(len(circuit)))
        done: set[int] = set()
        for place, op in enumerate(streamed(circuit)):
            if op.gate in (MEASURE, RESET):
                done.update(op.qubits)
            yield op.gate not in NOT_GATES and place not in read and not done.isdisjoint(op.qubits)

    for span in _statements(subject, judge):
        yield finding("QC1041", span, gate=" ".join(span.text.split()))


def resets_by_hand(subject: Subject) -> Iterator[Finding]:
    """Finds `if m { x a }` after `m = measure a`, which is a reset."""

    def judge(circuit: FlatCircuit) -> Iterator[bool]:
        for op, _, before in _moments(circuit):
            is_flip = canonical(op).gate == "x" and len(op.qubits) == 1 and len(op.when) == 1
            yield is_flip and before is not None and (before.slot, 1) == op.when[0]

    found = set(_statements(subject, judge)) if any(_ifs(subject)) else set()
    for node in _ifs(subject):
        flipped = _flipped(node, subject)
        if flipped is not None and flipped.span in found:
            operand = flipped.operands[0].span.text
            is_safe = "#" not in node.span.text and _takes_no_values(subject, node.span)
            edits = [Edit(node.span, f"reset {operand}")] if is_safe else []
            yield finding("QC1043", node.span, *edits, operand=operand)


def _flipped(node: syntax.If, subject: Subject) -> syntax.Application | None:
    """The gate of `if m { x a }`, with nothing but a slot as the condition, and nothing but an x in the block."""
    condition = node.condition
    if isinstance(condition, syntax.Index) and not any(isinstance(item, syntax.Slice) for item in condition.items):
        condition = condition.value
    gates = _applications(node.then)
    if node.otherwise or not isinstance(condition, syntax.Reference) or len(gates) != 1:
        return None
    (gate,) = gates
    is_x = gate.gate.text in ("x", "not") and gate.gate.text not in subject.own_gates
    return gate if is_x and not gate.modifiers and len(gate.operands) == 1 else None


def _ifs(subject: Subject) -> Iterator[syntax.If]:
    """Every `if` that is no `else if`."""
    for body in subject.bodies:
        inner = {id(link) for node in body.statements if isinstance(node, syntax.If) for link in node.chain[1:]}
        for node in body.statements:
            if isinstance(node, syntax.If) and id(node) not in inner:
                yield node


def _applications(statements: tuple[syntax.Statement, ...]) -> list[syntax.Application]:
    """The statements of a block if all of them apply gates."""
    whole = [
        part for node in statements for part in (lines.applications(node) if isinstance(node, syntax.Lines) else [node])
    ]
    return [part for part in whole if isinstance(part, syntax.Application)] if len(whole) == 1 else []


def branches_never_taken(subject: Subject) -> Iterator[Finding]:
    """Finds branches that no outcome leads to."""
    for link, conditions in _branches(subject):
        if not conditions:
            yield finding("QC1039", link.condition.span, condition=" ".join(link.condition.span.text.split()))


def conditions_that_always_hold(subject: Subject) -> Iterator[Finding]:
    """Finds conditions that hold for every outcome."""
    for link, conditions in _branches(subject):
        if conditions == [()]:
            yield finding("QC1040", link.condition.span, condition=" ".join(link.condition.span.text.split()))


def _branches(subject: Subject) -> Iterator[tuple[syntax.If, list[Condition]]]:
    """Each branch with a condition on outcomes, and the outcomes for which it is taken; none after one that always is.

    Only conditions that name nothing but registers: others may depend on the parameters of a circuit.
    """
    for owner, circuits in runs(subject):
        registers = _registers(subject, owner, circuits)
        for node in _ifs(subject) if registers else ():
            if owner is None or owner.span.start < node.span.start < owner.span.end:
                yield from _taken(node, registers)


def _registers(subject: Subject, owner: Owner, circuits: list[FlatCircuit]) -> dict[str, NamedSlots]:
    """The registers that measurements write, if they are as long in every run."""
    scalars = {
        node.name.text
        for body in subject.bodies
        if body.owner is owner
        for node in body.statements
        if isinstance(node, syntax.SlotsStatement) and node.size is None
    }
    sizes: dict[str, set[int]] = {}
    for circuit in circuits:
        for name, slots in circuit.registers:
            if not any(isinstance(slot, int) for slot in slots):
                sizes.setdefault(name, set()).add(len(slots))
    return {
        name: NamedSlots(tuple([Slot(name, place) for place in range(*lengths)]), name in scalars)
        for name, lengths in sizes.items()
        if len(lengths) == 1
    }


def _taken(node: syntax.If, registers: dict[str, NamedSlots]) -> Iterator[tuple[syntax.If, list[Condition]]]:
    names = {part.name for part in syntax.references([link.condition for link in node.chain])}
    if not names or not names <= registers.keys():
        return
    used = {name: registers[name] for name in names}
    written = [slot for register in used.values() for slot in register.slots]
    try:
        taken = measurements.cases(node, used, written, Scope())
    except (CompileError, Poisoned):
        return
    conditions = {id(branch): found for branch, found in taken}
    for link in node.chain:
        if link.then:
            yield link, conditions.get(id(link.then), [])
            if conditions.get(id(link.then)) == [()]:
                return
