"""The context that the passes of one compilation share: the target, options, warnings and input permutation.

One `PassContext` lives through one compilation. Passes read the target and options, append warnings and, if the
contract allows it, rename the |0> inputs; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ionqdsl.diagnostics import Diagnostic, Place
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import Target
from ionqdsl.passes.error_budget import ErrorBudget
from ionqdsl.record import fresh, record

if TYPE_CHECKING:
    from ionqdsl.workers import Workers

Progress = Callable[[float, int], None]


@record(frozen=False)
class PassContext:
    """The target and options of a compilation, and the findings of its passes so far.

    `inputs[q]` is the qubit of the source circuit as whose |0> qubit q of the result starts; None until a pass renames
    inputs. A pass that renames must compose with the permutation so far. `budget` is the account of the errors made.
    `outputs[q]` is the qubit of the result where qubit q of the source ends, None until a pass moves outputs, which it
    may if only registers are read (`may_move_outputs`): these then read the other qubits.
    `waypoints` make circuits on the way from the source to the result, equal to both under the contract: `--verify` may
    compare them one after another. Each makes sequences, of circuits that have the rotations of the first.
    `may_route` says that qubits may be swapped if the machine does not connect all pairs; otherwise such gates are
    refused. `may_use_zeros` says that a wire known to be in |0> may gather controls, `uses_zeros` that one did;
    `may_drop_phases` and `drops_phases` say the same of phases under several controls that no measurement sees.
    `progress` is called during a long search with the share of the effort spent and the fewest two-qubit gates
    so far; `workers` may take parts of it.
    """

    target: Target
    options: Options = fresh(default_factory=Options)
    warnings: list[Diagnostic] = fresh(default_factory=list)
    inputs: tuple[int, ...] | None = None
    budget: ErrorBudget = ErrorBudget()
    progress: Progress | None = None
    workers: Workers | None = None
    may_route: bool = True
    outputs: tuple[int, ...] | None = None
    may_move_outputs: bool = False
    may_use_zeros: bool = True
    uses_zeros: bool = False
    may_drop_phases: bool = True
    drops_phases: bool = False
    waypoints: list[Callable[[], Iterable[Sequence[FlatCircuit]]]] = fresh(default_factory=list)

    def rename_inputs(self, inputs: Sequence[int] | None) -> None:
        """Composes a permutation of the inputs with that so far; None is the identity."""
        if inputs is not None:
            before = self.inputs or tuple(range(len(inputs)))
            self.inputs = tuple([before[qubit] for qubit in inputs])

    def move_outputs(self, ends: Sequence[int]) -> None:
        """Composes the places where the qubits end with those so far."""
        if list(ends) != [*range(len(ends))]:
            before = self.outputs or tuple(range(len(ends)))
            self.outputs = tuple([ends[qubit] for qubit in before])

    def warn(self, code: str, place: Place = None, **facts: Any) -> None:
        """Adds a warning, once."""
        warning = Diagnostic(code, place, facts)
        if warning not in self.warnings:
            self.warnings.append(warning)


PassFunction = Callable[[FlatCircuit, PassContext], FlatCircuit]
"""A pass: takes a circuit and returns another one, or the same object if it has nothing to do."""


class LatePass:
    """A pass that is imported, with all that it needs, when it first runs. `file` is for a name other than its own."""

    def __init__(self, name: str, file: str = "") -> None:
        self.__name__ = name
        self.__module__ = f"{__package__}.{file or name}"

    @cached_property
    def function(self) -> PassFunction:
        """The pass itself."""
        found: PassFunction = getattr(import_module(self.__module__), self.__name__)
        return found

    def __call__(self, circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
        """Runs it."""
        return self.function(circuit, context)
