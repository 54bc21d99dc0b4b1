"""Finds gates and functions that call themselves, directly or through others.

Takes the calls in each definition and returns those that close a cycle, and every definition that is part of one.
check.py words the errors.
"""

from __future__ import annotations

from collections.abc import Mapping

from ionqdsl.diagnostics.source import Span
from ionqdsl.language import lines, syntax
from ionqdsl.record import Any, NamedTuple

MOST = 20
"""Most names shown of a cyclic chain of calls."""


class Circle(NamedTuple):
    """A call at a `place` in the definition `caller` to one that leads back to the caller; `chain` shows how."""

    caller: str
    place: Span
    chain: str


Calls = Mapping[str, list[tuple[str, Span]]]
"""The names that each definition calls, with the places of the calls."""


def circles(calls: Calls) -> tuple[list[Circle], set[str]]:
    """Every call that closes a cycle, and the names in cycles; each call is followed once, without recursion."""
    cycles: list[Circle] = []
    members: set[str] = set()
    done: set[str] = set()
    for start in calls:
        path = [start] if start not in done else []
        places = dict.fromkeys(path, 0)
        rests = [iter(calls[name]) for name in path]
        back = [1 for _ in path]  # for each name on the path, the earliest one that it or its callees call again
        while path:
            called, place = next(rests[-1], None), len(path) - 1
            if called is None:
                name, first = path.pop(), back.pop()
                done.add(name)
                del places[name], rests[-1]
                if first <= place:
                    members.add(name)
                if back:
                    back[-1] = min(back[-1], first)
            elif called[0] in places:
                first = places[called[0]]
                back[-1] = min(back[-1], first)
                cycles.append(Circle(path[-1], called[1], _chain(path, first)))
            elif called[0] not in done:
                places[called[0]] = place + 1
                path.append(called[0])
                rests.append(iter(calls[called[0]]))
                back.append(place + 2)
    return cycles, members


def _chain(path: list[str], first: int) -> str:
    """The calls from a name on a path back to it; the middle of a long chain is omitted."""
    half = MOST // 2
    names = path[first:] if len(path) - first <= MOST else [*path[first : first + half], "", *path[-half:]]
    return " -> ".join(f"`{name}`" if name else "..." for name in [*names, path[first]])


def calls_of(gates: Mapping[str, syntax.GateDefinition]) -> Calls:
    """The calls of gates to each other."""
    return {name: _calls(gate.body, gates) for name, gate in gates.items()}


def _calls(body: tuple[Any, ...], gates: Mapping[str, syntax.GateDefinition]) -> list[tuple[str, Span]]:
    found = []
    for node in body:
        if isinstance(node, syntax.Application) and node.gate.text in gates:
            found.append((node.gate.text, node.gate.span))
        elif isinstance(node, syntax.Lines):
            found += _calls(tuple(lines.applications(node)), gates)
        elif isinstance(node, (syntax.For, syntax.GateBlock)):
            found += _calls(node.body, gates)
        elif isinstance(node, syntax.If):
            for link in node.chain:
                found += _calls(link.then, gates)
            found += _calls(link.otherwise, gates)
    return found
