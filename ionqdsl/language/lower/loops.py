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
from ionqdsl.record import Any, fresh, record

FORESEEN = 2
"""From this many iterations on, the first decides whether all of them together make too many rows."""


@record(frozen=False)
class Foresight:
    """Knows how often the statements being lowered come round at least, in all loops around them together: `rounds`.

    `even` remembers the loops it has looked at.
    """

    rounds: int = 1
    even: dict[Span, bool] = fresh(default_factory=dict)

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


def _decides(statements: Sequence[Any], names: set[str]) -> bool:
    """Whether the number of rows may depend on the values of names."""
    names = set(names)
    for node in statements:
        match node:
            case syntax.For():
                decides = _mentions(node.iterable, names) or _decides(node.body, names)
            case syntax.If():
                parts = any(_decides(link.then, names) or _mentions(link.condition, names) for link in node.chain)
                decides = parts or _decides(node.chain[-1].otherwise, names)
            case syntax.GateBlock():
                decides = _decides(node.body, names)
            case syntax.Application():
                decides = _application_decides(node, names)
            case syntax.Const():
                if _mentions(node.value, names):
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
        _mentions(node.arguments, names) or _mentions(node.modifiers, names)
    ):
        return True
    lists = [item for operand in node.operands for item in operand.items or () if not _is_position(item)]
    return _mentions(lists, names)


def _is_position(item: Any) -> bool:
    return isinstance(item, syntax.Number | syntax.Reference | syntax.Binary | syntax.Unary)


def _mentions(node: Any, names: set[str]) -> bool:
    """Whether one of the names occurs in a piece of syntax."""
    return any(part.name in names for part in syntax.references(node))
