"""Accepts circuits as people have them: built, as text, as a file, as a sweep, or several in a list.

Takes any of these and returns one lowered program, whose circuits have unique names and keep their order. A list
becomes one job. Nothing is compiled here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import Any

import ionqdsl.pipeline as stages
from ionqdsl import formats
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.arguments import refused, text_of, whole
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import Job, LoweredProgram
from ionqdsl.ir.points import family
from ionqdsl.ir.sweep import Sweep
from ionqdsl.language.lower.labels import label_at
from ionqdsl.record import changed, fresh, record

Several = LoweredProgram | Sweep[Any] | str | PathLike[str] | list[Any] | tuple[Any, ...]
Circuits = FlatCircuit | Several
"""Everything that stands for one or several circuits."""

WANTED = "a circuit, a program, a sweep, the text or path of a program, or a list of these"

KEYWORDS = {"backend": "backend", "shots": "shots", "name": "name", "noise.model": "noise", "dry_run": "dry_run"}
"""Settings of a job, and the keywords by which the functions that take circuits are given them."""


@record(frozen=False)
class Accepted:
    """A program, the diagnostics noticed while it was read, and its text, if it was given as one text or file."""

    program: LoweredProgram
    noticed: list[Diagnostic] = fresh(default_factory=list)
    source: Source | None = None


def accept(what: Any, settings: Mapping[str, Any] | None = None, role: str = "the first argument") -> Accepted:
    """The program of anything in `Circuits`; the argument stays as it is. `settings` replace those of the program.

    Raises UsageError for other values and for lists that make no job, and the errors of reading a text or a file.
    """
    known = settings or {}
    given = {path: _setting(path, value) for path, value in known.items() if value is not None}
    accepted = _joined(what, known) if isinstance(what, list | tuple) else _one(what, role)
    program = accepted.program
    program.runs = uniquely_named(program.runs)
    program.is_request = program.is_request and "backend" not in given  # which asks for that backend's gates
    for path, value in given.items():
        program.job.set(path, value)
    return accepted


def _setting(path: str, value: Any) -> Any:
    """A setting given by a keyword, as the job has it."""
    if path == "dry_run":
        return bool(value)
    return whole(value, "the number of shots") if path == "shots" else text_of(value, f"`{KEYWORDS[path]}`")


def _one(what: Any, role: str) -> Accepted:
    if isinstance(what, FlatCircuit):
        return Accepted(LoweredProgram(runs=[what], is_multi=bool(what.registers)))
    if isinstance(what, LoweredProgram):
        return Accepted(changed(what, job=Job(dict(what.job.settings))))
    if isinstance(what, Sweep):
        return Accepted(_swept(what))
    source = source_of(what, role)
    program, noticed = formats.loaded(source)
    return Accepted(program, noticed, source)


def source_of(what: Any, role: str, wanted: str = WANTED) -> Source:
    """A text, or the text of a file. Raises UsageError for anything else and for files that cannot be read."""
    if isinstance(what, PathLike):
        return stages.read(str(fspath(what)))
    if isinstance(what, str):
        return stages.read(what) if is_path(what) else Source(what)
    raise refused(role, wanted, what)


def is_path(text: str) -> bool:
    """Whether a text is the path of a program: one line with the ending of a format, such as `bell.qc`.

    No program ends so: after a name and a dot it would have to go on.
    """
    suffixes = tuple(suffix for form in formats.FORMATS.values() for suffix in form.suffixes)
    return text.endswith(suffixes) and not set(text) & set("\n\r;\"'#")


def uniquely_named(circuits: Sequence[FlatCircuit]) -> list[FlatCircuit]:
    """The circuits; those with the name of an earlier one get a number: `bell`, `bell 2`, `bell 3`."""
    names = _told_apart([circuit.name for circuit in circuits])
    return [one if one.name == name else one.replace(name=name) for one, name in zip(circuits, names, strict=True)]


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names; an equal one gets a number that makes it another than all of them."""
    taken = set(names)
    if len(taken) == len(names):
        return list(names)
    seen: dict[str, int] = {}
    result = []
    for base in names:
        seen[base] = seen.get(base, 0) + 1
        name = base
        while seen[base] > 1 and (name := f"{base} {seen[base]}") in taken:
            seen[base] += 1
        taken.add(name)
        result.append(name)
    return result


# --- sweeps ----------------------------------------------------------------------------------------------------------


def _swept(sweep: Sweep[Any]) -> LoweredProgram:
    """A circuit for every point, named by its values; the values themselves are the program's points."""
    points = [sweep.values(number) for number in range(len(sweep))]
    labels = _told_apart([label_at(sweep.circuit.name, point) for point in points])
    runs = _family(sweep, labels) or [circuit.replace(name=label) for circuit, label in zip(sweep, labels, strict=True)]
    if not runs:
        raise _unjoinable("QC0874", problem="empty", hint="give at least one circuit")
    values = [{name: float(value) for name, value in point.items()} for point in points]
    return LoweredProgram(runs=runs, is_multi=True, points=values)


def _family(sweep: Sweep[Any], labels: Sequence[str]) -> list[FlatCircuit] | None:
    """The points as a family, which is compiled in one step; None for a sweep that has to be bound point by point.

    The values of a family are angles in radians, so every coefficient must be one of radians, as in qis gates;
    its points have no note about inputs.
    """
    circuit = sweep.circuit
    angles = (circuit.phase, *(angle for op in dict.fromkeys(circuit.rows) for angle in op.angles))
    if (
        not sweep.is_plain
        or circuit.inputs is not None
        or any(turns for angle in angles for _, turns, _ in angle.terms)
    ):
        return None
    columns = {name: [Angle(0, value) for value in column] for name, column in sweep.columns.items()}
    found = family(circuit, columns) if labels and columns else None
    return None if found is None else found.members(labels)


# --- lists -----------------------------------------------------------------------------------------------------------


def _joined(members: Sequence[Any], settings: Mapping[str, Any]) -> Accepted:
    """The members of a list as one job. Raises UsageError if they make none."""
    parts = []
    for number, member in enumerate(members, 1):
        if isinstance(member, list | tuple):
            raise _unjoinable("QC0874", problem="nested", number=number, hint="join the lists: `[*first, *second]`")
        part = _one(member, f"member {number} of the list")
        if part.program.energy or part.program.function:
            raise _unjoinable("QC0874", problem="energy", number=number, hint="give it alone")
        parts.append(part)
    programs = [part.program for part in parts]
    requests = {program.is_request for program in programs}
    if len(requests) > 1:
        raise _unjoinable("QC0874", problem="request", hint="give them in two calls")
    result = LoweredProgram(
        _agreed([program.job for program in programs if program.job.settings], settings),
        runs=[circuit for program in programs for circuit in program.runs],
        is_multi=True,
        is_request=requests == {True},
        points=[point for program in programs for point in program.points or [{} for _ in program.runs]],
    )
    if not result.runs:
        raise _unjoinable("QC0874", problem="empty", hint="give at least one circuit")
    return Accepted(result, [notice for part in parts for notice in part.noticed])


def _agreed(jobs: Sequence[Job], settings: Mapping[str, Any]) -> Job:
    """The settings that all these jobs have. Raises UsageError if they differ in one that `settings` do not replace."""
    paths = dict.fromkeys(path for job in jobs for path in job.settings)
    for path in paths:
        values = list({repr(job.get(path)): job.get(path) for job in jobs}.values())
        if len(values) > 1 and settings.get(path) is None:
            shown = ", ".join("none" if value is None else str(value)[:40] for value in values)
            if path in settings:
                raise _unjoinable("QC0874", problem="settings", setting=path, values=shown, keyword=KEYWORDS[path])
            raise _unjoinable(
                "QC0874", problem="settings", setting=path, values=shown, hint="give the programs one by one"
            )
    return Job(dict(jobs[0].settings)) if jobs else Job()


def _unjoinable(code: str, **facts: Any) -> UsageError:
    return UsageError([Diagnostic(code, facts=facts)])
