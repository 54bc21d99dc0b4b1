"""Remembers what statements did when they were last lowered, while a text is edited.

Holds the effects of the statements of one file and the values of its constants. excerpts.py keeps the nodes that an
edit has not changed; a statement has the effect it had if its node is the same one, the names that it uses have the
same values, and the definitions of the program are the same. edited.py asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import Scope, evaluate
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import Measure, NamedQubits
from ionqdsl.record import Any, NamedTuple, lazy_pattern, record

KEPT = (syntax.Application, syntax.For, syntax.If, syntax.Lines)
"""Statements whose rows are remembered: they define no name."""
_WORD = lazy_pattern(r"[A-Za-z_]\w*")
_CALL = lazy_pattern(r"\w[ \t]*\(")
_SAYING_MORE = frozenset({"env", "load", "measure", "register"})
"""A statement with one of these depends on more than the values of its names."""
_DEFINING = (syntax.GateDefinition, syntax.FunctionDefinition, syntax.HamiltonianDefinition)
_COMPARED = (NamedQubits, Measure, int, bool, Fraction)
"""Values that are the same if they are equal and of one kind."""


class WatchedBudget(StepBudget):
    """Also knows the fewest steps that were left since `lowest` was set."""

    lowest = 0

    def spend(self, steps: int, span: Span) -> None:
        """Takes steps away, likewise."""
        left = self.left = self.left - steps
        if left < self.lowest:
            self.lowest = left
        if left < 0:
            self._refuse(span)


class LoweringState(NamedTuple):
    """All that a statement's rows depend on, apart from its node and the definitions: it is compared before it counts.

    `missing` is how many steps the budget has less than at the start, `owed` its credit.
    """

    width: int
    gateset: str
    has_slots: bool
    missing: int
    owed: int


@record(slots=True)
class StatementEffect:
    """What a statement did: `before` it, with these `values` of names, it made the rows, and took up to `most` steps.

    `block` is the number of the last block before it, if it made blocks.
    """

    before: LoweringState
    values: list[Any]
    block: int | None
    rows: list[Op]
    origins: list[Span | None]
    phase: Angle | None
    blocks: int
    operations: int
    missing: int
    most: int
    owed: int
    counted: int


class Effects:
    """The statements of a text, and what they did when they were last lowered.

    `is_tight` says that a program came near the end of its steps. What statements cost depends a little on those that
    were lowered before, so nothing that was remembered may decide whether a program has too few.
    """

    def __init__(self) -> None:
        self._now: dict[int, tuple[Any, StatementEffect]] = {}
        self._names: dict[int, tuple[Any, tuple[str, ...] | None]] = {}
        self.is_tight = False
        self._before: dict[int, tuple[Any, StatementEffect]] = {}
        self._names_before: dict[int, tuple[Any, tuple[str, ...] | None]] = {}
        self._constants: dict[int, tuple[Any, list[Any], int, Any]] = {}
        self._constants_before: dict[int, tuple[Any, list[Any], int, Any]] = {}
        self._values: dict[str, Any] = {}
        self._definitions: list[Any] = []

    def _begin(self) -> None:
        """Starts on another text: what this one does not use is forgotten after it."""
        self._before, self._now = self._now, {}
        self._names_before, self._names = self._names, {}
        self._constants_before, self._constants = self._constants, {}
        self.is_tight = False

    def forget(self) -> None:
        """Forgets everything."""
        self.__init__()  # type: ignore[misc]

    def settle(self, items: Iterable[Any], broken: frozenset[Span], scope: Scope) -> None:
        """Forgets all effects if a definition is another one than before, or a name in it has another value."""
        definitions: list[Any] = []
        for item in items:
            if isinstance(item, _DEFINING):
                used = self.used(item)
                values = [object()] if used is None else [scope.value(name) for name in used]
                definitions += [item, item.span in broken, *values]
        if not are_same(definitions, self._definitions):
            self._before = {}
        self._definitions = definitions

    def used(self, node: Any) -> tuple[str, ...] | None:
        """The names of values and qubits in a node; None if its meaning depends on more than their values."""
        found = self._names.get(id(node)) or self._names_before.get(id(node))
        if found is None:
            found = node, _names_in(node)
        self._names[id(node)] = found
        return found[1]

    def of(self, node: Any) -> StatementEffect | None:
        """What a statement did when it was last lowered."""
        found = self._now.get(id(node)) or self._before.get(id(node))
        return found[1] if found is not None else None

    def keep(self, node: Any, effect: StatementEffect) -> None:
        """Remembers what a statement did."""
        self._now[id(node)] = node, effect

    def same(self, name: str, value: Any) -> Any:
        """The value that a name had in the last text, if this one is equal to it."""
        known = self._values.get(name)
        if isinstance(value, list) and isinstance(known, list) and len(value) == len(known):
            is_equal = all(_is_equal(one, other) for one, other in zip(value, known, strict=True))
        else:
            is_equal = _is_equal(value, known)
        if is_equal:
            return known
        self._values[name] = value
        return value

    def budget(self, characters: int) -> WatchedBudget:
        """The steps of the program, whose text has so many characters."""
        self._begin()
        return WatchedBudget(characters=characters)

    def constant(self, node: syntax.Const, scope: Scope) -> Any:
        """The value of a constant: the one of the last text, if what it depends on has not changed."""
        known = self._constants_before.get(id(node))
        used = self.used(node.value)
        if used is None or (known is None and _CALL.search(node.value.span.text)):
            return evaluate(node.value, scope)
        values = [scope.value(name) for name in used]
        if known is not None and are_same(values, known[1]) and scope.budget.left > known[2]:
            scope.budget.left -= known[2]
        else:
            left = scope.budget.left
            value = evaluate(node.value, scope)
            known = node, values, left - scope.budget.left, value
        self._constants[id(node)] = known
        return known[3]


def _is_equal(value: Any, known: Any) -> bool:
    return type(value) is type(known) and isinstance(value, _COMPARED) and bool(value == known)


def are_same(values: list[Any], known: list[Any]) -> bool:
    """Whether values are those of another time, and not only equal to them."""
    return len(values) == len(known) and all(one is other for one, other in zip(values, known, strict=True))


def _names_in(node: Any) -> tuple[str, ...] | None:
    """The words of a node's text, which are more than the names in it; most have no value."""
    names = dict.fromkeys(_WORD.findall(node.span.text))
    return None if _SAYING_MORE & names.keys() else tuple(names.keys() - KEYWORDS)
