"""Decides which qubits each application of a gate acts on, from the operands that a statement names.

Takes the qubits of each operand and returns one list for each time the gate is applied. A gate on single qubits is
broadcast over registers, or takes the qubits of all operands in order if their number fits. A gate over registers takes
one operand for each of its own, after its controls. Circuits and the bodies of gates follow the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import syntax
from ionqdsl.language.values import NamedQubits
from ionqdsl.record import Any

Named = Callable[[syntax.Operand], NamedQubits]
"""Finds the qubits that the name of an operand stands for, without its indices."""


def spread(
    node: syntax.Application, width: int, groups: Sequence[tuple[int, ...]], named: Named
) -> Sequence[Sequence[int]]:
    """The qubits of each application of a gate on `width` single qubits; `groups` are those of each operand."""
    if len(groups) == width != 0:
        sizes = {len(group) for group in groups}
        if sizes == {1}:
            return [[group[0] for group in groups]]
        return _broadcast(node, groups, sizes - {1})
    total = sum(map(len, groups))
    if total != width:
        names = {operand.name for operand in node.operands}
        used = {qubit for group in groups for qubit in group}
        whole = len(names) == 1 and len(named(node.operands[0]).qubits) == len(used)
        raise _wrong_number(node, width, len(groups) if len(groups) != 1 else total, whole)
    return [[qubit for group in groups for qubit in group]]


def _broadcast(node: syntax.Application, groups: Sequence[tuple[int, ...]], sizes: set[int]) -> Sequence[Sequence[int]]:
    """Registers of equal length are paired up, and a single qubit next to them is used again."""
    if 0 in sizes:
        return []
    if len(sizes) > 1:
        lengths = tuple((operand.name, len(group)) for operand, group in zip(node.operands, groups, strict=True))
        raise fail("QC0224", _all(node), gate=node.gate.text, sizes=lengths)
    return [[group[index if len(group) > 1 else 0] for group in groups] for index in range(sizes.pop())]


def match(node: syntax.Application, gate: syntax.GateDefinition, named: Named) -> int:
    """The number of operands that are controls of a gate over registers; the others match its own, one to one."""
    formals, operands = gate.operands, node.operands
    first = len(operands) - len(formals)
    controlled = next((modifier.kind for modifier in node.modifiers if modifier.kind in ("ctrl", "negctrl")), None)
    if first < 0 or (first and controlled is None):
        is_only = len(formals) == 1 and first > 0
        joined = f"let all = {', '.join(operand.span.text for operand in operands)}" if is_only else None
        facts: dict[str, Any] = {"takes": _taken(gate), "joined": joined, "controlled": controlled}
        raise fail("QC0232", _all(node), gate=gate.name.text, wants=len(formals), given=len(operands), **facts)
    for formal, operand in zip(formals, operands[first:], strict=True):
        if _is_qubit(operand, named) == formal.is_register:
            code = "QC0234" if formal.is_register else "QC0235"
            facts = {"gate": gate.name.text, "operand": operand.span.text, "name": operand.name}
            raise fail(code, operand.span, (formal.span, "wants"), **facts)
    return first


def joined(
    node: syntax.Application, width: int, groups: Sequence[tuple[int, ...]], first: int
) -> Sequence[Sequence[int]]:
    """The qubits of a gate over registers: the controls, which the operands before `first` are, and its own."""
    qubits = [qubit for group in groups for qubit in group]
    if len(qubits) != width:
        own = sum(map(len, groups[first:]))
        place = _all(node, 0, first) if first else node.gate.span
        raise fail("QC0233", place, gate=node.gate.text, wants=width - own, given=len(qubits) - own)
    return [qubits]


def check_distinct(node: syntax.Application, qubits: Sequence[int], groups: Sequence[tuple[int, ...]]) -> None:
    """Raises unless the qubits of one application of a gate are all different."""
    if len({*qubits}) == len(qubits):
        return
    twice = next(index for index, qubit in enumerate(qubits) if qubit in qubits[:index])
    owners = [node.operands[position] for position, group in enumerate(groups) for _ in group]
    if len(owners) != len(qubits):  # broadcast: one qubit of each operand
        owners = list(node.operands)
    operand, first = owners[twice], owners[qubits.index(qubits[twice])]
    labels = [(first.span, "first")] if first is not operand else []
    raise fail("QC0209", operand.span, *labels, gate=node.gate.text, qubit=operand.span.text)


def _is_qubit(operand: syntax.Operand, named: Named) -> bool:
    """Whether an operand is one qubit, as written, and not a register that happens to have one."""
    if operand.items is None:
        return named(operand).scalar
    return len(operand.items) == 1 and not isinstance(operand.items[0], syntax.Slice)


def _taken(gate: syntax.GateDefinition) -> str:
    return ", ".join(formal.text for formal in gate.operands)


def _all(node: syntax.Application, start: int = 0, stop: int | None = None) -> Span:
    """The place of the operands, or of the gate's name if there are none."""
    operands = node.operands[start:stop]
    return operands[0].span.to(operands[-1].span) if operands else node.gate.span


def _wrong_number(node: syntax.Application, width: int, count: int, whole: bool) -> CompileError:
    """The error for a wrong number of qubits; `whole` says that they are all of one register."""
    fix = None
    if width == 1 and 1 < len(node.operands) <= 8 and not node.modifiers:
        gate = Span(node.span.source, node.span.start, node.operands[0].span.start).text.rstrip()
        names = {operand.name or "_" for operand in node.operands}
        indices = [item.span.text for operand in node.operands for item in operand.items or ()]
        if len(names) == 1 and len({*indices}) == len(node.operands):
            fix = f"{gate} {names.pop()}" + ("" if whole else f"[{', '.join(indices)}]")
        elif len(names) == len(node.operands):
            fix = "; ".join(f"{gate} {operand.span.text}" for operand in node.operands)
    controlled = next((m.kind for m in node.modifiers if m.kind in ("ctrl", "negctrl")), None)
    facts: dict[str, Any] = {"wants": width, "given": count, "fix": fix}
    if fix is None and controlled is None and count != width <= 4:
        arguments = "(" + ", ".join(argument.span.text for argument in node.arguments) + ")" if node.arguments else ""
        qubits = ", ".join(f"q[{index}]" for index in range(width))
        facts["example"] = f"{node.gate.text}{arguments} {qubits}".rstrip()
    return fail("QC0203", _all(node), gate=node.gate.text, **facts, controlled=controlled)
