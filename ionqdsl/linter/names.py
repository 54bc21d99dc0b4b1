"""Lint rules about names that are never used or hide others."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from typing import Any

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Source
from ionqdsl.language import syntax
from ionqdsl.language.includes import open_includes
from ionqdsl.linter.subject import Body, Finding, Subject, finding, removal, used_gates, used_names


def unused_qubits(subject: Subject) -> Iterator[Finding]:
    """Finds `qubit` names that nothing mentions."""
    for body in subject.bodies:
        if body.kind:
            continue
        found = _of(syntax.Qubits, body)
        used = body.used_names if found else set()
        for node in found:
            for declarator in node.declarators:
                if declarator.name.text not in used:
                    yield finding("QC1003", declarator.span, name=declarator.name.text)


def unused_parameters(subject: Subject) -> Iterator[Finding]:
    """Finds unused parameters of gates, circuits, functions and, if something runs, the file, and operands of gates."""
    for item in subject.file.items:
        if isinstance(item, syntax.GateDefinition | syntax.CircuitDefinition):
            operands = item.operands if isinstance(item, syntax.GateDefinition) else ()
            used = used_names((item.body, item.parameters, operands))
            for operand in operands if item.body else ():  # one that does nothing says so
                if operand.name.text not in used:
                    what = f"operand `{operand.text}` of gate `{item.name.text}`"
                    yield finding("QC1004", operand.name.span, what=what)
            kind = "gate" if isinstance(item, syntax.GateDefinition) else "circuit"
            for parameter in item.parameters:
                if parameter.name.text not in used:
                    name = f"parameter `{parameter.name.text}` of {kind} `{item.name.text}`"
                    yield finding("QC1004", parameter.name.span, what=name)
    for function in subject.functions:
        used = used_names((function.value, function.parameters))
        for parameter in function.parameters or ():
            if parameter.name.text not in used:
                name = f"parameter `{parameter.name.text}` of `{function.name.text}`"
                yield finding("QC1004", parameter.name.span, what=name)
    if subject.program is not None:
        used = subject.used_names
        for item in subject.file.items:
            if isinstance(item, syntax.Param) and item.declarator.name.text not in used:
                yield finding("QC1004", item.declarator.span, what=f"`param {item.declarator.name.text}`")


_NAMED = (syntax.Const, syntax.HamiltonianDefinition, syntax.FunctionDefinition)


def unused_constants(subject: Subject) -> Iterator[Finding]:
    """Finds unused `const`, `hamiltonian` and `def`, in blocks and, if something runs, at the top level."""
    if subject.program is not None:
        used = subject.used_names
        for item in subject.file.items:
            if isinstance(item, _NAMED) and item.name.text not in used:
                yield finding("QC1005", item.name.span, removal(item.span), name=item.name.text)
    for body in subject.bodies:
        if body.owner is None and not body.kind:
            continue
        for kind in (syntax.Const, syntax.HamiltonianDefinition):
            yield from _unused("QC1005", kind, body)


def unused_gates(subject: Subject) -> Iterator[Finding]:
    """Finds gate definitions that no circuit of the program uses, directly or through other gates."""
    if subject.program is None:
        return
    calls: dict[str | None, set[str]] = {None: set()}
    for item in subject.opened.items:
        owner = item.name.text if isinstance(item, syntax.GateDefinition) else None
        calls.setdefault(owner, set()).update(used_gates(item))
    used: set[str] = set()
    todo = [*calls[None]]
    while todo:
        name = todo.pop()
        if name not in used:
            used.add(name)
            todo += calls.get(name, ())
    for item in subject.file.items:
        if isinstance(item, syntax.GateDefinition) and item.name.text not in used:
            yield finding("QC1006", item.name.span, name=item.name.text)


def unused_aliases(subject: Subject) -> Iterator[Finding]:
    """Finds `let` names that nothing mentions."""
    for body in subject.bodies:
        yield from _unused("QC1007", syntax.Alias, body)


def _unused(
    code: str, kind: type[syntax.Alias | syntax.Const | syntax.HamiltonianDefinition], body: Body
) -> Iterator[Finding]:
    """Finds definitions of a kind in a block that nothing in the block mentions."""
    found = _of(kind, body)
    used = body.used_names if found else set()
    for node in found:
        if node.name.text not in used:
            yield finding(code, node.name.span, removal(node.span), name=node.name.text)


def _of(kind: type[Any], body: Body) -> list[Any]:
    """The statements of a kind in a block.

    If there are none, the block need not be walked, which for a link of a chain of `else if` is the rest of the chain.
    """
    return [node for node in body.statements if isinstance(node, kind)]


def unused_includes(subject: Subject) -> Iterator[Finding]:
    """Finds includes that define nothing the file uses; without a `run`, included circuits run and count as used."""
    includes = [item for item in subject.file.items if isinstance(item, syntax.Include)]
    if not includes or subject.program is None:
        return
    runs = [run for item in subject.file.items if isinstance(item, syntax.Run) for run in item.items]
    used = used_names(subject.file.items) | used_gates(subject.file.items) | {run.circuit.text for run in runs}
    for item in includes:
        file, faults, _ = open_includes(Source(item.span.text + "\n", subject.source.name, 0, subject.source.beside))
        circuits = any(isinstance(inner, syntax.CircuitDefinition) for inner in file.items)
        defined = {inner.name.text for inner in file.items if not isinstance(inner, syntax.Include)}  # type: ignore[union-attr]
        if not faults and not (defined & used) and not (circuits and not runs):
            yield finding("QC1008", item.span, removal(item.span), path=item.path.value)


def shadowed_names(subject: Subject) -> Iterator[Finding]:
    """Finds names that hide one of an outer block."""
    outer: ChainMap[str, Any] = ChainMap()
    for item in subject.file.items:
        match item:
            case syntax.Const() | syntax.HamiltonianDefinition() if not syntax.is_function(item):
                outer[item.name.text] = item.name.span
            case syntax.Param():
                outer[item.declarator.name.text] = item.declarator.name.span
    for item in subject.file.items:
        if isinstance(item, syntax.GateDefinition | syntax.CircuitDefinition):
            names = [parameter.name for parameter in item.parameters]
            names += [operand.name for operand in item.operands] if isinstance(item, syntax.GateDefinition) else []
            yield from _hiding(names, outer)
            yield from _shadowed(item.body, outer.new_child({name.text: name.span for name in names}))
        elif isinstance(item, syntax.Test):
            loops = [name for loop in item.loops for name in syntax.names_of(loop.target)]
            yield from _hiding(loops, outer)
            yield from _shadowed(item.body, outer.new_child({name.text: name.span for name in loops}))
        elif isinstance(item, syntax.Run):
            yield from _hiding(
                [name for run in item.items if run.target for name in syntax.names_of(run.target)], outer
            )
        elif syntax.is_function(item):
            yield from _hiding([parameter.name for parameter in item.parameters or ()], outer)
    items = (syntax.Const, syntax.Param, syntax.HamiltonianDefinition)
    yield from _shadowed(tuple(item for item in subject.file.items if not isinstance(item, items)), outer)


def _shadowed(statements: tuple[Any, ...], outer: ChainMap[str, Any]) -> Iterator[Finding]:
    own: list[syntax.Name] = []
    for node in statements:
        match node:
            case syntax.Qubits():
                own += [declarator.name for declarator in node.declarators]
            case syntax.Alias() | syntax.Const() | syntax.HamiltonianDefinition() if not syntax.is_function(node):
                own.append(node.name)
    yield from _hiding(own, outer)
    inside = outer.new_child({name.text: name.span for name in own}) if own else outer
    for node in statements:
        match node:
            case syntax.For():
                loop = syntax.names_of(node.target)
                yield from _hiding(loop, inside)
                yield from _shadowed(node.body, inside.new_child({name.text: name.span for name in loop}))
            case syntax.If():
                for link in node.chain:
                    yield from _shadowed(link.then, inside)
                yield from _shadowed(link.otherwise, inside)
            case syntax.HamiltonianDefinition():
                yield from _hiding([parameter.name for parameter in node.parameters or ()], inside)
            case syntax.GateBlock():
                yield from _shadowed(node.body, inside)


def _hiding(names: list[syntax.Name], outer: ChainMap[str, Any]) -> Iterator[Finding]:
    for name in names:
        if name.text in outer:
            yield Finding(Diagnostic("QC1016", name.span, {"name": name.text}, ((outer[name.text], "first"),)))
