"""Checks whether the jobs of two programs would give the same results.

Takes two programs, a contract and the formats they were read from, and returns a `Comparison`, which names the parts
compared and not compared, and the place of a difference. registers.py compares circuits, energies.py energies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import JOB_KEYS, EnvironmentVariable, LoweredProgram
from ionqdsl.record import record
from ionqdsl.verify import Verdict, energies
from ionqdsl.verify.energies import same, shown
from ionqdsl.verify.registers import OPENQASM, compared

IGNORED = ("name", "shots", "session_id", "metadata")
"""Settings that do not affect the distribution of outcomes: the number of shots, the job's name, and billing."""

ABSENT = {"noise.model": "ideal", "dry_run": False}
"""Defaults of settings."""

Forms = tuple[str, str]
Watch = Callable[[FlatCircuit, FlatCircuit, int, int], None]


@record
class Pair:
    """Two circuits that were compared."""

    one: FlatCircuit
    other: FlatCircuit
    verdict: Verdict


@record
class Comparison:
    """Whether two programs are equal, None if not known.

    `pairs` are their circuits in pairs, `differences` all other differences, each as its subject and a sentence.
    `compared` and `unchecked` name the basis of the answer and the parts it omits.
    """

    equal: bool | None
    pairs: tuple[Pair, ...]
    differences: tuple[tuple[str, str], ...]
    compared: tuple[str, ...]
    unchecked: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.equal is True


def compare(
    a: LoweredProgram, b: LoweredProgram, preserve: str, forms: Forms = ("qc", "qc"), watch: Watch | None = None
) -> Comparison:
    """Compares everything that decides the results of two programs' jobs.

    `watch` is called with two circuits before they are compared, their number and the number of pairs.
    """
    differences = list(_settings(a, b, forms))
    _, settings, unchecked = settings_of(a, b, forms)
    kinds = _kind(a), _kind(b)
    pairs: list[Pair] = []
    parts: tuple[str, ...] = ()
    equal: bool | None = True
    if kinds[0] != kinds[1]:
        differences.append(("kind", f"{kinds[0]} against {kinds[1]}"))
    elif a.energy is not None and b.energy is not None:
        parts = ("Hamiltonian", "ansatz", *energies.FIELDS)
        points = a.energies or [a.energy], b.energies or [b.energy]
        if len(points[0]) != len(points[1]):
            differences.append(("points of the sweep", f"{len(points[0])} against {len(points[1])}"))
        for number, (mine, yours) in enumerate(zip(*points, strict=False), 1):
            if watch is not None:
                watch(mine.ansatz, yours.ansatz, number, len(points[0]))
            judged = energies.compared(mine, yours, preserve, "payload" not in forms)
            equal = judged.equal if equal is True or judged.equal is False else equal
            differences += judged.differences
            unchecked += judged.unchecked
            pairs.append(Pair(mine.ansatz, yours.ansatz, judged.verdict))
    elif a.function is not None and b.function is not None:
        parts = ("function's type", "data", "params")
        for key in parts[1:]:
            differences += _values(key, getattr(a.function, key), getattr(b.function, key))
        differences += _values("type", a.function.type, b.function.type)
    else:
        parts = ("circuits", "their order", "qubits", "registers")
        couples, misfits = paired(a.runs, b.runs)
        if len(couples) == 1 and couples[0][0].name != couples[0][1].name:
            unchecked = (*unchecked, "the circuit's name")
        differences += misfits
        for number, (one, other) in enumerate(couples, 1):
            if watch is not None:
                watch(one, other, number, len(couples))
            pairs.append(Pair(one, other, compared(one, other, preserve, forms)))
        if any(pair.verdict.equal is None for pair in pairs):
            equal = None
        if any(pair.verdict.equal is False for pair in pairs):
            equal = False
    if differences:
        equal = False
    return Comparison(equal, tuple(pairs), tuple(differences), (*parts, *settings), unchecked)


def _kind(program: LoweredProgram) -> str:
    return "an energy" if program.energy else "a function" if program.function else "circuits"


def paired(
    ours: Sequence[FlatCircuit], others: Sequence[FlatCircuit]
) -> tuple[list[tuple[FlatCircuit, FlatCircuit]], list[tuple[str, str]]]:
    """Circuits in pairs, by name if both have the same names, else in order; and differences in names or order.

    The name of a single circuit is that of its file, and no result is found by it.
    """
    first, second = [c.name for c in ours], [c.name for c in others]
    if len(ours) == len(others) == 1:
        return [(ours[0], others[0])], []
    by_name = {circuit.name: circuit for circuit in others}
    if sorted(first) == sorted(second) and len(by_name) == len(others):
        order = [] if first == second else [("order", f"{_names(first)} against {_names(second)}")]
        return [(circuit, by_name[circuit.name]) for circuit in ours], order
    names = [("circuits", f"{_names(first)} against {_names(second)}")]
    return list(zip(ours, others, strict=False)), names


def _names(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return ", ".join(quoted if len(quoted) < 6 else [*quoted[:4], f"... ({len(quoted)})"])


# --- settings --------------------------------------------------------------------------------------------------------


def _is_silent(program: LoweredProgram, form: str) -> bool:
    """Whether a program is in a format without settings: OpenQASM, or a circuit as the service compiled it."""
    return form == OPENQASM or (form == "payload" and not program.job.settings)


def _is_machine(program: LoweredProgram) -> bool:
    return str(program.job.get("backend", "")).startswith("qpu")


def settings_of(
    a: LoweredProgram, b: LoweredProgram, forms: Forms
) -> tuple[list[str], tuple[str, ...], tuple[str, ...]]:
    """The paths of the settings that are compared, their names, and the paths that are not compared."""
    left: tuple[str, ...] = ("the job's name", "shots", "session_id", "metadata")
    if _is_silent(a, forms[0]) or _is_silent(b, forms[1]):
        return [], (), (*left, "backend, noise and other settings (one of the two cannot say them)")
    paths = [path for path, key in JOB_KEYS.items() if path not in IGNORED and key.type not in ("block", "strings")]
    if a.job.get("backend") is None or b.job.get("backend") is None:
        paths.remove("backend")
        left = (*left, "backend (not named by both)")
    if any(program.job.get("noise.model", "ideal") != "ideal" or _is_machine(program) for program in (a, b)):
        left = (*left, "the effect of noise on different gates")
    named = dict.fromkeys(path.removeprefix("settings.").partition(".")[0] for path in paths)
    return paths, (*named,), left


def _settings(a: LoweredProgram, b: LoweredProgram, forms: Forms) -> Iterator[tuple[str, str]]:
    for path in settings_of(a, b, forms)[0]:
        absent = ABSENT.get(path)
        yield from _values(path, a.job.get(path, absent), b.job.get(path, absent))


def _values(path: str, one: Any, other: Any) -> Iterator[tuple[str, str]]:
    """The differences of two values of a block, by path."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            yield from _values(f"{path}.{key}", one.get(key), other.get(key))
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from _values(f"{path}[{place}]", *pair)
    elif not _alike(one, other):
        yield path, f"{_shown(one)} against {_shown(other)}"


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or not (_is_number(one) and _is_number(other)):
        return bool(one == other and type(one) is type(other)) or (one is None and other is None)
    return same(float(one), float(other))


def _is_number(value: Any) -> bool:
    return not isinstance(value, str | list | tuple | dict | EnvironmentVariable) and value is not None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, EnvironmentVariable):
        return str(value)
    return "{ ... }" if isinstance(value, dict) else shown(value)
