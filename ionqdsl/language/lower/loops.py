"""Recognises loops whose iterations all produce the same number of rows, so that one iteration gives the total.

Takes a loop of the syntax tree and returns whether it is one; uncertain loops are not. Rows are counted, and a program
that would be too large is refused, where loops are lowered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.gates import NAMES
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import CONSTANTS
from ionqdsl.record import Any, fresh, record

FORESEEN = 2
"""From this many iterations on, the first decides whether all of them together make too many rows."""


@record(frozen=False)
class Foresight:
    """Knows how often the statements being lowered come round at least, in all loops around them together: `rounds`.

    `even` and `same` remember the loops it has looked at.
    """

    rounds: int = 1
    even: dict[Span, bool] = fresh(default_factory=dict)
    same: dict[Span, bool] = fresh(default_factory=dict)

    @contextmanager
    def loop(self, node: syntax.For, items: Sequence[Any]) -> Iterator[int]:
        """Enters a loop over items. Gives `rounds` within it, or 0 if an iteration may differ from the first."""
        around = self.rounds
        is_counted = self._is_even(node, items)
        self.rounds = around * len(items) if is_counted else around
        try:
            yield self.rounds if is_counted else 0
        finally:
            self.rounds = around

    def repeats(self, node: syntax.For) -> bool:
        """Whether every iteration of a loop makes the same rows, if it makes any."""
        if node.span not in self.same:
            self.same[node.span] = is_same(node)
        return self.same[node.span]

    def _is_even(self, node: syntax.For, items: Sequence[Any]) -> bool:
        """Whether the first iteration of a loop gives the count of all, if there are enough of them to matter."""
        if len(items) < FORESEEN:
            return False
        if node.span not in self.even:
            self.even[node.span] = is_even(node)
        return self.even[node.span] and (isinstance(items, range) or all(type(item) is int for item in items))


def is_even(loop: syntax.For) -> bool:
    """Whether every iteration of a loop over numbers makes as many rows as the first, if none is an error."""
    return not _decides(loop.body, {name.text for name in syntax.names_of(loop.target)})


def is_same(loop: syntax.For) -> bool:
    """Whether no iteration of a loop can differ from the others: its body does not use the names that it binds.

    Plain lines may use the names of constants.
    """
    names = {name.text for name in syntax.names_of(loop.target)}
    used = [part for part in syntax.walk(loop.body) if isinstance(part, syntax.Reference | syntax.Operand)]
    is_free = all(part.name not in names for part in used) and names.isdisjoint(CONSTANTS)
    return is_free and all(isinstance(node, _REPEATED) for node in _statements(loop.body))


_REPEATED = (syntax.Application, syntax.Lines, syntax.For, syntax.If, syntax.Const, syntax.Barrier, syntax.Assert)
"""Statements that only make rows, or values for those that do."""


def _statements(body: Sequence[Any]) -> Iterator[Any]:
    for node in body:
        yield node
        if isinstance(node, syntax.For):
            yield from _statements(node.body)
        elif isinstance(node, syntax.If):
            for link in node.chain:
                yield from _statements(link.then)
            yield from _statements(node.chain[-1].otherwise)


def _decides(statements: Sequence[Any], names: set[str]) -> bool:
    """Whether the number of rows may depend on the values of names."""
    names = set(names)
    for node in statements:
        match node:
            case syntax.For():
                decides = syntax.mentions(node.iterable, names) or _decides(node.body, names)
            case syntax.If():
                parts = any(_decides(link.then, names) or syntax.mentions(link.condition, names) for link in node.chain)
                decides = parts or _decides(node.chain[-1].otherwise, names)
            case syntax.GateBlock():
                decides = _decides(node.body, names)
            case syntax.Application():
                decides = _application_decides(node, names)
            case syntax.Const():
                if syntax.mentions(node.value, names):
                    names.add(node.name.text)
                decides = False
            case syntax.Barrier() | syntax.Assert() | syntax.Lines():
                decides = False
            case _:
                decides = True
        if decides:
            return True
    return False


def _application_decides(node: syntax.Application, names: set[str]) -> bool:
    """A gate of the table is one row for every operand; other gates may depend on their arguments."""
    is_row = not node.modifiers and any(node.gate.text in known for known in NAMES.values())
    if (not is_row or node.gate.text == "pauliexp") and (
        syntax.mentions(node.arguments, names) or syntax.mentions(node.modifiers, names)
    ):
        return True
    lists = [item for operand in node.operands for item in operand.items or () if not _is_position(item)]
    return syntax.mentions(lists, names)


def _is_position(item: Any) -> bool:
    return isinstance(item, syntax.Number | syntax.Reference | syntax.Binary | syntax.Unary)
