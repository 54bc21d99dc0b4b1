"""The context that the passes of one compilation share: the target, options, warnings and input permutation.

One `PassContext` lives through one compilation. Passes read the target and options, append warnings and, if the
contract allows it, rename the |0> inputs; nothing is decided here.
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
    """The target and options of a compilation, and the findings of its passes so far.

    `inputs[q]` is the qubit of the source circuit as whose |0> qubit q of the result starts; None until a pass renames
    inputs. A pass that renames must compose with the permutation so far. `budget` is the account of the errors made.
    `may_route` says that qubits may be swapped if the machine does not connect all pairs; otherwise such gates are
    refused. `progress` is called during a long search with the share of the effort spent and the fewest two-qubit gates
    so far.
    """

    target: Target
    options: Options = fresh(default_factory=Options)
    warnings: list[Diagnostic] = fresh(default_factory=list)
    inputs: tuple[int, ...] | None = None
    budget: ErrorBudget = ErrorBudget()
    progress: Progress | None = None
    may_route: bool = True

    def warn(self, code: str, place: Place = None, **facts: Any) -> None:
        """Adds a warning, once."""
        warning = Diagnostic(code, place, facts)
        if warning not in self.warnings:
            self.warnings.append(warning)


PassFunction = Callable[[FlatCircuit, PassContext], FlatCircuit]
"""A pass: takes a circuit and returns another one, or the same object if it has nothing to do."""
