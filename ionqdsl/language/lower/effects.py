"""Remembers the effects of statements when they were last lowered, while a text is edited.

Holds the effects of the statements of one file and the values of its constants. excerpts.py keeps the nodes that an
edit has not changed; a statement has the effect it had if its node is the same one, the names that it uses have the
same values, and the definitions of the program are the same. edited.py asks. Which names a statement uses is found when
the next text asks, so that the first one, which is waited for, is not kept longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import CONSTANTS, Scope, evaluate
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
    """All that a statement's rows depend on, apart from its node, the definitions and the names in it.

    `missing` is how many steps the budget has less than at the start, `owed` its credit.
    """

    width: int
    gateset: str
    has_slots: bool
    missing: int
    owed: int


@record(slots=True)
class StatementEffect:
    """The effect of statements: from the state `before`, with the names of `scope`, they made the rows, in at most
    `most` steps.

    `block` is the number of the last block before them, if they made blocks.
    """

    nodes: tuple[Any, ...]
    before: LoweringState
    scope: Scope
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


class _UsedNames(NamedTuple):
    """The names in nodes; None if their meaning depends on more than the values of names."""

    nodes: tuple[Any, ...]
    names: tuple[str, ...] | None


class _ConstantEffect(NamedTuple):
    """The value of a constant's expression with the values of names in a scope, and the steps that it took."""

    node: Any
    scope: Scope
    steps: int
    value: Any


class Effects:
    """The statements of a text, and their effects when they were last lowered.

    Several statements that are remembered together are found by the identity of the first one. `is_tight` says that a
    program came near the end of its steps. The steps of statements depend a little on those lowered before, so
    a remembered effect may never decide whether a program has too few.
    """

    def __init__(self) -> None:
        self._now: dict[int, StatementEffect] = {}
        self._names: dict[int, _UsedNames] = {}
        self.is_tight = self._hides = False
        self._before: dict[int, StatementEffect] = {}
        self._names_before: dict[int, _UsedNames] = {}
        self._constants: dict[int, _ConstantEffect] = {}
        self._constants_before: dict[int, _ConstantEffect] = {}
        self._values: dict[str, Any] = {}
        self._definitions: list[Any] = []

    def _begin(self) -> None:
        """Starts on another text: effects that this one does not use are forgotten after it."""
        self._before, self._now = {} if self._hides else self._now, {}
        self._names_before, self._names = self._names, {}
        self._constants_before, self._constants = {} if self._hides else self._constants, {}
        self.is_tight = self._hides = False

    def defined(self, name: str, scope: Scope) -> None:
        """Notes that a scope of which statements are remembered is about to get a name.

        If the name hides another value, it had that one in the statements before, and has this one in the end: nothing
        of this text is remembered.
        """
        self._hides = self._hides or name in CONSTANTS or (scope.parent is not None and scope.value(name) is not None)

    def forget(self) -> None:
        """Forgets everything."""
        self.__init__()  # type: ignore[misc]

    def settle(self, items: Iterable[Any], broken: frozenset[Span], scope: Scope) -> None:
        """Forgets all effects if a definition is another one than before, or a name in it has another value."""
        definitions: list[Any] = []
        for item in items:
            if isinstance(item, _DEFINING):
                used = self._used((item,))
                values = [object()] if used is None else [scope.value(name) for name in used]
                definitions += [item, item.span in broken, *values]
        if not are_same(definitions, self._definitions):
            self._before = {}
        self._definitions = definitions

    def _used(self, nodes: tuple[Any, ...]) -> tuple[str, ...] | None:
        """The names of values and qubits in nodes; None if their meaning depends on more than their values."""
        key = id(nodes[0])
        found = self._names.get(key) or self._names_before.get(key)
        if found is None or not are_same(found.nodes, nodes):
            found = _UsedNames(nodes, _names_in(nodes))
        self._names[key] = found
        return found.names

    def _mean_the_same(self, nodes: tuple[Any, ...], scope: Scope, before: Scope) -> bool:
        """Whether every name in nodes has the value that it had in another scope, in the end."""
        used = self._used(nodes)
        return used is not None and all(scope.value(name) is before.value(name) for name in used)

    def of(self, nodes: tuple[Any, ...], scope: Scope) -> StatementEffect | None:
        """The effect of statements when they were last lowered, if the names in them have the same values now.

        They are compared with the values that the names had at the end of that text: then none has changed since.
        """
        key = id(nodes[0])
        found = self._now.get(key) or self._before.get(key)
        if found is None or not are_same(nodes, found.nodes) or not self._mean_the_same(nodes, scope, found.scope):
            return None
        return found

    def keep(self, effect: StatementEffect) -> None:
        """Remembers the effect of statements."""
        self._now[id(effect.nodes[0])] = effect

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
        """The value of a constant: the one of the last text, if its names have the same values."""
        known = self._constants_before.get(id(node))
        if known is None and _CALL.search(node.value.span.text):
            return evaluate(node.value, scope)
        left = scope.budget.left
        if known is not None and left > known.steps and self._mean_the_same((node.value,), scope, known.scope):
            scope.budget.left -= known.steps
            value = known.value
        else:
            value = evaluate(node.value, scope)
        self._constants[id(node)] = _ConstantEffect(node, scope, left - scope.budget.left, value)
        return value


def _is_equal(value: Any, other: Any) -> bool:
    return type(value) is type(other) and isinstance(value, _COMPARED) and bool(value == other)


def are_same(values: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether values are those of another time, and not only equal to them."""
    return len(values) == len(others) and all(one is other for one, other in zip(values, others, strict=True))


def _names_in(nodes: tuple[Any, ...]) -> tuple[str, ...] | None:
    """The words of the nodes' texts, which are more than the names in them; most have no value."""
    names = dict.fromkeys(_WORD.findall(" ".join([node.span.text for node in nodes])))
    return None if _SAYING_MORE & names.keys() else tuple(names.keys() - KEYWORDS)
