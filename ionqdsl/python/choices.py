"""Checks the choices of a call: the options of a compilation, the figures of a machine, names from a table.

Takes keyword arguments as users give them and returns records with plain numbers. Also turns the compiler's warnings
into Python's.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from ionqdsl.diagnostics import Diagnostic, UsageError, fail
from ionqdsl.diagnostics.choices import nearest
from ionqdsl.ir import notation
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.arguments import refused, seed_of, shown, whole
from ionqdsl.ir.characterization import Characterization, of_record, parse
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import PRESERVE, fixes_phases, weakest
from ionqdsl.ir.options import AUTO, ENGINES, LEVELS, Options, is_effort, is_error
from ionqdsl.ir.symbols import exact
from ionqdsl.ir.targets import BACKEND_NAMES, PROFILES, TARGETS, backend_of, kind_like
from ionqdsl.nesting import MAX_NESTING
from ionqdsl.record import changed
from ionqdsl.workers import Workers

if TYPE_CHECKING:
    from ionqdsl.passes import Report

Figures = str | PathLike[str] | Mapping[str, Any] | Characterization
"""The measured fidelities and times of a machine: the service's record, as a file, as data, or by a backend's name."""


PACKAGE = __name__.partition(".")[0]


class ProgramWarning(UserWarning):
    """A warning of the compiler about a program."""


def checked(options: Options) -> Options:
    """The options, checked. Raises CompileError for a value that does not exist."""
    target = options.target
    if target is not None and not (isinstance(target, str) and backend_of(target)):
        choose("the target", target, (*TARGETS, *BACKEND_NAMES))
    choose("the contract", options.preserve, PRESERVE)
    choose("the payload profile", options.wire, PROFILES)
    if options.level is not None:
        options = changed(options, level=whole(options.level, "the level"))
        choose("the level", options.level, LEVELS)
    options = changed(options, seed=seed_of(options.seed))
    if not is_error(options.approx):
        raise fail("QC0616", given=shown(options.approx))
    if not is_effort(options.effort):
        raise fail("QC0617", given=shown(options.effort))
    return options


def made(options: Options, report: Report, before: Options | None) -> Options | None:
    """The options with the resolved target and the remaining error budget, under a contract that also holds for the
    circuit `before` it was compiled again. A circuit that stays as written has those that it had.
    """
    left = max(0.0, options.approx - report.spent - report.neglected)
    figures, target = options.characterization, report.target if report.target in TARGETS else None
    if figures is not None and report.target == figures.backend:
        target = kind_like(figures)
    if target is None:
        return before
    is_kept = target == "qis" and not report.level and options.preserve != "registers"  # phases and inputs, too
    preserve = "unitary" if is_kept else options.preserve
    preserve = preserve if before is None else weakest(preserve, before.preserve)
    return changed(options, target=target, approx=left, preserve=preserve)


def engine_of(engine: str, backend: str | None = None) -> str:
    """The name of an engine of the local machine. Raises CompileError for any other, and UsageError with a `backend`.

    The backend is that of the service which gets the job, where only "auto" is no mistake.
    """
    choose("the engine", engine, ENGINES)
    if backend is not None and engine != AUTO:
        raise UsageError([Diagnostic("QC0667", facts={"engine": engine, "backend": backend})])
    return engine


def figures_of(figures: Figures | None) -> Characterization | None:
    """The characterization of a machine. Raises UsageError for anything that is none and files that cannot be read."""
    from ionqdsl.pipeline import read

    if figures is None or isinstance(figures, Characterization):
        return figures
    if isinstance(figures, Mapping):
        return of_record(figures, "characterization")
    if not isinstance(figures, str | PathLike):
        raise refused("the characterization", "the service's record, as a path or as data", figures)
    path = str(figures)
    if path.startswith("qpu.") and not os.path.exists(path):
        from ionqdsl.cloud.machines import latest_record  # late: it imports requests

        return of_record(latest_record(path), path)
    return parse(read(path).text, path)


def choose(role: str, value: Any, members: Iterable[Any]) -> None:
    """Raises CompileError unless the value is one of the known ones."""
    members = tuple(members)
    if not (isinstance(value, str | int) and value in members):
        names = [str(name) for name in members]
        wanted, suggestion = f"one of {', '.join(names)}", nearest(str(value), names)
        raise fail("QC0881", role=role, wanted=wanted, given=shown(value), suggestion=suggestion)


def warn(noticed: Iterable[Diagnostic]) -> None:
    """Shows diagnostics as Python warnings, at the line that called the function of the API."""
    for diagnostic in noticed:
        warnings.warn(diagnostic.render_for_python(), ProgramWarning, stacklevel=_depth())


def _depth() -> int:
    """The number of frames from the caller to the nearest one outside the package, as `stacklevel` counts."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == PACKAGE:
        depth, frame = depth + 1, frame.f_back
    return depth


def warn_of_part(circuit: FlatCircuit, is_first: bool = False) -> None:
    """Warns that a compiled circuit becomes a part of another, which may depend on properties not preserved.

    `is_first` if nothing comes before it, so that it does not matter how its inputs are named.
    """
    compiled: Options | None = getattr(circuit, "compiled", None)
    if compiled is None or (fixes_phases(compiled.preserve) and (is_first or circuit.inputs is None)):
        return
    warn([Diagnostic("QC0878", facts={"name": circuit.name, "contract": compiled.preserve})])


def workers_for(executor: object) -> Workers:
    """Workers as users name them: None, a number of processes, an executor, or a client of Dask.

    Raises CompileError for a wrong number, UsageError for anything else.
    """
    if executor is None:
        return Workers()
    if isinstance(executor, Workers):
        return executor
    if hasattr(executor, "get_executor"):
        return Workers(executor=executor.get_executor(pure=False))
    if hasattr(executor, "submit"):
        return Workers(executor=executor)
    if hasattr(executor, "__index__"):
        return Workers(whole(executor, "the number of processes", 1))
    raise refused("`executor`", "a number of processes, an executor or a client of Dask", executor)


def expression_of(value: Any, role: str, depth: int = 0) -> str:
    """A value as an expression of the language."""
    if isinstance(value, str):
        return value
    if isinstance(value, Angle):
        return notation.angle(value, "turn") if value.radians else f"{notation.number(value.turns)}*turn"
    if isinstance(value, Iterable) and getattr(value, "shape", None) != ():
        if depth > MAX_NESTING:
            raise refused(role, f"a number or a list, nested at most {MAX_NESTING} deep", value)
        return f"[{', '.join(expression_of(item, role, depth + 1) for item in value)}]"
    return notation.number(exact(value, role))
