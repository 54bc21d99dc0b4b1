"""ionqdsl: a small language for quantum circuits, and its compiler to IonQ's machines.

The public names are those of api.py, which is loaded when the first of them is used: importing the package costs almost
nothing.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # importing it from typing would cost more than everything else here
if TYPE_CHECKING:
    from typing import Any

    from ionqdsl.api import *

__version__ = "0.1.0"

__all__ = [
    "Angle", "Calibration", "Circuit", "Client", "CompileError", "InternalError", "IonqdslError", "JobFailed",
    "KeyRefused", "Program", "ProgramWarning", "Refused", "Result", "Results", "ServiceError", "UsageError",
    "WaitTimedOut", "calibrate", "circuit", "compile", "convert", "deg", "equivalent", "executor", "fold", "format",
    "from_cirq", "from_qiskit", "lint", "load", "minimize", "param", "plot", "program", "rad", "run", "test", "turn",
    "twirl",
]  # fmt: skip

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'ionqdsl' has no attribute {name!r}")
        from importlib import import_module

        globals()[name] = value = getattr(import_module("ionqdsl.api"), name)
        return value

    def __dir__() -> list[str]:
        return [*__all__, "__version__"]  # not the names that this module needs itself


def load_ipython_extension(shell: object) -> None:
    """`%load_ext ionqdsl`: the cell magic `%%qc`, and pictures if the shell started after the package was imported."""
    from importlib import import_module

    _show_pictures(shell)
    import_module("ionqdsl.notebook").load(shell)


def _show_pictures(shell: Any) -> None:
    """Makes an IPython shell show results and programs as pictures: the data classes do not draw themselves."""

    def result(result: Any) -> str:
        from ionqdsl.describe.pictures import of_result

        return of_result(result)

    def program(program: Any) -> str | None:
        from ionqdsl.describe.pictures import of_program

        return of_program(program)

    formatter = shell.display_formatter.formatters["image/svg+xml"]
    formatter.for_type_by_name("ionqdsl.simulation.results", "Result", result)
    formatter.for_type_by_name("ionqdsl.python.program", "Program", program)


if (_shell := getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()) is not None:
    _show_pictures(_shell)
