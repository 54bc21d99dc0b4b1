"""Lowers a circuit whose text is being edited: repeats the effects of statements that mean what they meant before.

As circuits.py, with the same rows and diagnostics. Statements with diagnostics, in blocks, or with measurements are
lowered every time.
"""

from __future__ import annotations

from ionqdsl.ir.circuit import MAX_OPERATIONS
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import Scope
from ionqdsl.language.lower.circuits import Lowering
from ionqdsl.language.lower.effects import KEPT, Effects, LoweringState, StatementEffect, WatchedBudget, are_same
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.record import Any, fresh, record


@record(frozen=False)
class EditedLowering(Lowering):
    """Lowers a circuit, the statements of its `top` scope only if they are not remembered."""

    effects: Effects = fresh(default_factory=Effects)
    top: Scope | None = None

    def _define(self, name: syntax.Name, value: Any, scope: Scope) -> None:
        super()._define(name, self.effects.same(name.text, value) if scope is self.top else value, scope)

    def _statement(self, node: Any, scope: Scope, block: int, native: bool) -> bool:
        used = self.effects.used(node) if scope is self.top and type(node) in KEPT and not native else None
        if used is None or self.is_conditional or block:
            return super()._statement(node, scope, block, native)
        values = [scope.value(name) for name in used]
        effect: StatementEffect | None = self.effects.of(node)
        if effect is None or not (are_same(values, effect.values) and self._may_repeat(effect, scope)):
            return self._watched(node, scope, values)
        self._repeat_effect(effect, scope)
        self.effects.keep(node, effect)
        return True

    def _state(self, budget: StepBudget) -> LoweringState:
        circuit = self.circuit
        return LoweringState(
            circuit.width, circuit.gateset, self.slots.are_declared, budget.full - budget.left, budget.owed
        )

    def _may_repeat(self, effect: StatementEffect, scope: Scope) -> bool:
        """Whether a statement would do now what it did before."""
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
        circuit.origins += effect.origins
        if effect.phase is not None:
            circuit.phase += effect.phase
        self.blocks += effect.blocks
        self.operations += effect.operations
        budget.left = budget.full - effect.missing
        budget.owed = effect.owed
        budget.rows += effect.counted

    def _watched(self, node: Any, scope: Scope, values: list[Any]) -> bool:
        """Lowers a statement, and remembers it if there is nothing to say about it."""
        circuit, budget = self.circuit, scope.budget
        assert isinstance(budget, WatchedBudget)
        before, first, phase = self._state(budget), len(circuit.rows), circuit.phase
        blocks, operations, counted, told = self.blocks, self.operations, budget.rows, len(self.diagnostics)
        budget.lowest = budget.left
        well = super()._statement(node, scope, 0, False)
        most = budget.full - budget.lowest
        if 2 * most > budget.full:
            self.effects.is_tight = True
        more = circuit.phase - phase if circuit.phase is not phase else None
        if well and len(self.diagnostics) == told and (more is None or more.is_exact):
            made = self.blocks - blocks
            effect = StatementEffect(
                before,
                values,
                blocks if made else None,
                circuit.rows[first:],
                circuit.origins[first:],
                more,
                made,
                self.operations - operations,
                budget.full - budget.left,
                most,
                budget.owed,
                budget.rows - counted,
            )
            self.effects.keep(node, effect)
        return well
