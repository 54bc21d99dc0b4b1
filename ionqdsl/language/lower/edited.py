"""Lowers a circuit whose text is being edited: repeats the effects of statements with unchanged meanings.

As circuits.py, with the same rows and diagnostics. Statements are remembered a few at a time, because noting their
effects costs as much as lowering one. Those with diagnostics, in blocks, or with measurements are lowered every time.
"""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MAX_OPERATIONS
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import Scope
from ionqdsl.language.lower.circuits import Lowering
from ionqdsl.language.lower.effects import KEPT, Effects, LoweringState, StatementEffect, WatchedBudget
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.record import Any, fresh, record

MOST = 8
"""Statements that are remembered together: if one of them changes, or a value that it uses, all are lowered again."""


@record(frozen=False)
class EditedLowering(Lowering):
    """Lowers a circuit, the statements of its `top` scope only if they are not remembered."""

    effects: Effects = fresh(default_factory=Effects)
    top: Scope | None = None

    def _define(self, name: syntax.Name, value: Any, scope: Scope) -> None:
        if scope is self.top:
            self.effects.defined(name.text, scope)
            value = self.effects.same(name.text, value)
        super()._define(name, value, scope)

    def body(self, statements: tuple[Any, ...], scope: Scope, block: int = 0, native: bool = False) -> bool:
        """Lowers statements in order; returns whether all succeeded."""
        if scope is not self.top:
            return super().body(statements, scope, block, native)
        well = True
        for nodes in _stretches(statements, self.broken):
            if type(nodes[0]) in KEPT:
                self.top = None  # so that a statement that becomes several is lowered as one
                well = self._stretch(nodes, scope) and well
                self.top = scope
            else:
                well = super().body(nodes, scope) and well
        return well

    def _stretch(self, nodes: tuple[Any, ...], scope: Scope) -> bool:
        effect = self.effects.of(nodes, scope)
        if effect is None or not self._may_repeat(effect, scope):
            return self._watched(nodes, scope)
        self._repeat_effect(effect, scope)
        effect.scope = scope  # type: ignore[misc]  # it is ours; the one before is no longer needed
        self.effects.keep(effect)
        return True

    def _state(self, budget: StepBudget) -> LoweringState:
        circuit = self.circuit
        return LoweringState(
            circuit.width, circuit.gateset, self.slots.are_declared, budget.full - budget.left, budget.owed
        )

    def _may_repeat(self, effect: StatementEffect, scope: Scope) -> bool:
        """Whether statements would have the same effect now."""
        budget = scope.budget
        return (
            effect.before == self._state(budget)
            and effect.block in (None, self.blocks)
            and effect.most < budget.full
            and self.operations + effect.operations <= MAX_OPERATIONS
            and budget.rows + effect.counted <= MAX_OPERATIONS
        )

    def _repeat_effect(self, effect: StatementEffect, scope: Scope) -> None:
        circuit, budget = self.circuit, scope.budget
        circuit.rows += effect.rows
        circuit.origin_list().extend(effect.origins)
        if effect.phase is not None:
            circuit.phase += effect.phase
        self.blocks += effect.blocks
        self.operations += effect.operations
        budget.left = budget.full - effect.missing
        budget.owed = effect.owed
        budget.rows += effect.counted

    def _watched(self, nodes: tuple[Any, ...], scope: Scope) -> bool:
        """Lowers statements, and remembers them if there is nothing to say about them."""
        circuit, budget = self.circuit, scope.budget
        assert isinstance(budget, WatchedBudget)
        before, first, phase = self._state(budget), len(circuit.rows), circuit.phase
        blocks, operations, counted, told = self.blocks, self.operations, budget.rows, len(self.diagnostics)
        budget.lowest = budget.left
        well = super().body(nodes, scope)
        most = budget.full - budget.lowest
        if 2 * most > budget.full:
            self.effects.is_tight = True
        more = circuit.phase - phase if circuit.phase is not phase else None
        if well and len(self.diagnostics) == told and (more is None or more.is_exact):
            made = self.blocks - blocks
            effect = StatementEffect(
                nodes,
                before,
                scope,
                blocks if made else None,
                circuit.rows[first:],
                circuit.origin_list()[first:],
                more,
                made,
                self.operations - operations,
                budget.full - budget.left,
                most,
                budget.owed,
                budget.rows - counted,
            )
            self.effects.keep(effect)
        return well


def _stretches(statements: tuple[Any, ...], broken: frozenset[Span]) -> Iterator[tuple[Any, ...]]:
    """Statements in order: those that may be remembered a few of one excerpt at a time, all others one by one."""
    waiting: list[Any] = []
    for node in statements:
        may_stay = type(node) in KEPT and node.span not in broken
        if waiting and (not may_stay or len(waiting) == MOST or waiting[0].span.source is not node.span.source):
            yield tuple(waiting)
            waiting = []
        if may_stay:
            waiting.append(node)
        else:
            yield (node,)
    if waiting:
        yield tuple(waiting)
