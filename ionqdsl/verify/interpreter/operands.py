"""Interprets the operands of applications: the qubits they name, and the list for each time the gate is applied."""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.language import syntax
from ionqdsl.verify.interpreter.expressions import NameScope, places
from ionqdsl.verify.interpreter.meaning import Rejected
from ionqdsl.verify.interpreter.values import QubitGroup


def picked(group: QubitGroup, operand: syntax.Operand, scope: NameScope) -> QubitGroup:
    """The qubits of a group that an operand's indices pick: a single one for one index."""
    if operand.items is None:
        return group
    qubits = [group.qubits[place] for place in places(operand.items, len(group.qubits), scope)]
    return QubitGroup(tuple(qubits), len(operand.items) == 1 and not isinstance(operand.items[0], syntax.Slice))


def lengths_of(given: Sequence[QubitGroup]) -> list[int]:
    """How many qubits each operand has."""
    return [len(group.qubits) for group in given]


def over_registers(
    node: syntax.Application, gate: syntax.GateDefinition, given: Sequence[QubitGroup], controls: int
) -> list[list[int]]:
    """All qubits in order, once: one operand for each of the gate's own, and the controls before them."""
    before = len(given) - len(gate.operands)
    if before < 0 or (before and not controls):
        raise Rejected("QC0232", node.span)
    for formal, group in zip(gate.operands, given[before:], strict=True):
        if group.is_single and formal.is_register:
            raise Rejected("QC0234", node.span)
        if not group.is_single and not formal.is_register:
            raise Rejected("QC0235", node.span)
    if sum(lengths_of(given[:before])) != controls:
        raise Rejected("QC0233", node.span)
    return [[qubit for group in given for qubit in group.qubits]]


def over_qubits(node: syntax.Application, given: Sequence[QubitGroup], width: int) -> list[list[int]]:
    """The operands of each application of a gate on single qubits that a statement stands for.

    As many operands as the gate takes: registers of equal length are paired, and a single qubit repeats next to a
    register. Otherwise all qubits in order, if there are as many as the gate takes.
    """
    groups = [list(group.qubits) for group in given]
    lengths = {len(group) for group in groups} - {1}
    if len(groups) != width or (width == 1 and not groups):
        everything = [qubit for group in groups for qubit in group]
        if len(everything) != width:
            raise Rejected("QC0203", node.span)
        return [everything]
    if 0 in lengths:
        return []
    if len(lengths) > 1:
        raise Rejected("QC0224", node.span)
    times = lengths.pop() if lengths else 1
    return [[group[k if len(group) > 1 else 0] for group in groups] for k in range(times)]
