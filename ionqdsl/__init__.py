"""ionqdsl: a small language for quantum circuits, and its compiler to IonQ's machines.

The public names are api.py's and the exceptions; each is imported when it is first used, so that importing the package
costs next to nothing. `circuit` and `compile` are modules of the package and functions of the API at once.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # importing it from typing would cost more than all the rest
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from ionqdsl.angle import Angle
    from ionqdsl.api import (
        Program,
        ProgramWarning,
        circuit,
        compile,  # noqa: A004
        convert,
        deg,
        equivalent,
        format,  # noqa: A004
        from_cirq,
        from_qiskit,
        lint,
        load,
        param,
        plot,
        program,
        rad,
        run,
        turn,
    )
    from ionqdsl.builder import Circuit
    from ionqdsl.cloud.client import Client
    from ionqdsl.diagnostics import (
        CompileError,
        InternalError,
        IonqdslError,
        JobFailed,
        KeyRefused,
        Refused,
        ServiceError,
        UsageError,
        WaitTimedOut,
    )
    from ionqdsl.results import Result
else:
    ModuleType = type(sys)

__version__ = "0.1.0"

_HOMES = {
    "angle": ("Angle",),
    "api": (
        "Circuit",
        "Program",
        "ProgramWarning",
        "convert",
        "deg",
        "equivalent",
        "format",
        "from_cirq",
        "from_qiskit",
        "lint",
        "load",
        "param",
        "plot",
        "program",
        "rad",
        "run",
        "turn",
    ),
    "cloud.client": ("Client",),
    "diagnostics": (
        "CompileError",
        "InternalError",
        "IonqdslError",
        "JobFailed",
        "KeyRefused",
        "Refused",
        "ServiceError",
        "UsageError",
        "WaitTimedOut",
    ),
    "results": ("Result",),
}
_CALLABLE = ("circuit", "compile")

__all__ = [
    "Angle",
    "Circuit",
    "Client",
    "CompileError",
    "InternalError",
    "IonqdslError",
    "JobFailed",
    "KeyRefused",
    "Program",
    "ProgramWarning",
    "Refused",
    "Result",
    "ServiceError",
    "UsageError",
    "WaitTimedOut",
    "circuit",
    "compile",
    "convert",
    "deg",
    "equivalent",
    "format",
    "from_cirq",
    "from_qiskit",
    "lint",
    "load",
    "param",
    "plot",
    "program",
    "rad",
    "run",
    "turn",
]


def load_ipython_extension(shell: object) -> None:
    """`%load_ext ionqdsl`: the cell magic `%%qc`, and pictures where the shell came after the package."""
    from importlib import import_module

    _show_pictures(shell)
    import_module("ionqdsl.notebook").load(shell)


def _show_pictures(shell: Any) -> None:
    """Has an IPython shell show results and programs as pictures: nouns draw none of themselves."""

    def result(result: Any) -> str:
        from ionqdsl.pictures import of_result

        return of_result(result)

    def program(program: Any) -> str | None:
        from ionqdsl.pictures import of_program

        return of_program(program)

    formatter = shell.display_formatter.formatters["image/svg+xml"]
    formatter.for_type_by_name("ionqdsl.results", "Result", result)
    formatter.for_type_by_name("ionqdsl.api", "Program", program)


class _CallableModule(ModuleType):
    """A module that is called like the function of its name in api.py."""

    def __call__(self, *arguments: object, **keywords: object) -> object:
        return self._function(*arguments, **keywords)

    @property
    def _function(self) -> Callable[..., Any]:
        from ionqdsl import api

        function: Callable[..., Any] = getattr(api, self.__name__.rpartition(".")[2])
        return function

    @property
    def __signature__(self) -> object:
        from inspect import signature

        return signature(self._function)


class _Package(ModuleType):
    """The package: `ionqdsl.circuit` and `ionqdsl.compile` become callable when they are imported, however that is."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _CALLABLE and type(value) is ModuleType:
            value.__class__ = _CallableModule
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name in _CALLABLE:
            return import_module(f"ionqdsl.{name}")
        for home, names in _HOMES.items():
            if name in names:
                value = getattr(import_module(f"ionqdsl.{home}"), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module 'ionqdsl' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return [*globals(), *(name for name in __all__ if name not in globals())]


if (_shell := getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()) is not None:
    _show_pictures(_shell)
