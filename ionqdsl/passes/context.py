"""What a pass is told and may say: the target, the options, the warnings, the input permutation.

One `PassContext` lives through one compilation. Passes read target and options, append warnings and, where the contract
allows it, choose new names for the |0> inputs; nothing here is decided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ionqdsl.diagnostics import Diagnostic, Place
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import Target
from ionqdsl.passes.error_budget import ErrorBudget
from ionqdsl.record import fresh, record

Progress = Callable[[float, int], None]


@record(frozen=False)
class PassContext:
    """The target and options of a compilation, and what its passes have found so far.

    `inputs[q]` is the qubit of the source circuit whose |0> qubit q of the result starts as; None while nobody has
    renamed any. A pass that renames must compose with what is there. `budget` is the account of the errors made.
    `progress` is told of a long search: the share of the effort spent, and the fewest two-qubit gates so far.
    """

    target: Target
    options: Options = fresh(default_factory=Options)
    warnings: list[Diagnostic] = fresh(default_factory=list)
    inputs: tuple[int, ...] | None = None
    budget: ErrorBudget = ErrorBudget()
    progress: Progress | None = None

    def warn(self, code: str, place: Place = None, **facts: Any) -> None:
        """Adds a warning, once."""
        warning = Diagnostic(code, place, facts)
        if warning not in self.warnings:
            self.warnings.append(warning)


PassFunction = Callable[[FlatCircuit, PassContext], FlatCircuit]
"""A pass: takes a circuit and gives back another, or the same object where it has nothing to do."""
