"""The job for IonQ: settings, the circuits to run, an energy or another function.

Plain data, written by language/lower/ and read by emit/payload.py. `JOB_KEYS` is the table of the keys that a `job`
block may have, each named like its JSON field, with the type that the schema gives it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.record import Any, fields, fresh, record


@record
class EnvironmentVariable:
    """`env("NAME")` in a job block: read only when submitting."""

    name: str

    def __str__(self) -> str:
        return f'env("{self.name}")'


Value = Any
"""A value of a block: str, int, float, bool, None, list, dict, or EnvironmentVariable."""


@record
class JobKey:
    """A key of the job block: dotted path, type, meaning."""

    path: str
    type: str  # string | integer | number | boolean | block | strings (a block of strings)
    meaning: str


JOB_KEYS: dict[str, JobKey] = {
    key.path: key
    for key in (
        JobKey("name", "string", "shown in the service's job list"),
        JobKey("backend", "string", "`simulator` or a QPU such as `qpu.forte-1`"),
        JobKey("shots", "integer", "how often each circuit runs (default 100)"),
        JobKey("session_id", "string", "the session the job belongs to"),
        JobKey("dry_run", "boolean", "compile and price, but do not run"),
        JobKey("noise", "block", "noise of the simulator"),
        JobKey("noise.model", "string", "`ideal`, `aria-1`, `aria-2`, `forte-1` ..."),
        JobKey("noise.seed", "integer", "seed of the noise, a 32-bit integer"),
        JobKey("settings", "block", "mitigation and the service's compiler"),
        JobKey("settings.error_mitigation", "block", "error mitigation"),
        JobKey("settings.error_mitigation.debiasing", "boolean", "needs a QPU and at least 500 shots"),
        JobKey("settings.error_mitigation.symmetry_verification", "boolean", "leaves out shots that break a symmetry"),
        JobKey("settings.compilation", "block", "the service's own compiler"),
        JobKey("settings.compilation.opt", "number", "its optimisation level"),
        JobKey("settings.compilation.precision", "string", 'its precision, such as "1E-3"'),
        JobKey("settings.compilation.gate_basis", "string", "the gates it compiles to"),
        JobKey("settings.compilation.service_version", "string", "its version"),
        JobKey("metadata", "strings", "your own notes: any keys, values are strings"),
    )
}


@record(frozen=False)
class JobValue:
    """A value and its place in the text (None: a flag or a default)."""

    value: Value
    span: Span | None = None


@record(frozen=False)
class Job:
    """The `job` block: settings by dotted path (`settings.compilation.opt`, `metadata.team`), in file order."""

    settings: dict[str, JobValue] = fresh(default_factory=dict)

    def get(self, path: str, default: Value = None) -> Value:
        """The value at a path."""
        setting = self.settings.get(path)
        return default if setting is None else setting.value

    def span(self, path: str) -> Span | None:
        """The place where a path was set."""
        setting = self.settings.get(path)
        return None if setting is None else setting.span

    def set(self, path: str, value: Value, span: Span | None = None) -> None:
        """Sets a path, as a flag does."""
        self.settings[path] = JobValue(value, span)


@record(frozen=False)
class Energy:
    """A `hamiltonian-energy` function; every scalar parameter of the ansatz is symbolic, in declaration order.

    `name` tells the energies of a sweep apart; `settled` are the parameters of the ansatz that have values, of the
    circuit or of the file. `places` are those of its keys in the text.
    """

    hamiltonian: Operator
    ansatz: FlatCircuit
    parameters: tuple[str, ...]
    params: tuple[float, ...] | None = None
    linear_constraints: tuple[tuple[tuple[float, ...], float], ...] | None = None
    quadratic_constraints: tuple[tuple[tuple[tuple[float, ...], ...], tuple[float, ...], float], ...] | None = None
    penalty: float | None = None
    cvar_alpha: float | None = None
    span: Span | None = None
    name: str = "energy"
    settled: tuple[str, ...] = ()
    places: Mapping[str, Span] = fresh(default_factory=dict)

    def place(self, key: str) -> Span | None:
        """The place of a key's value; that of the whole energy if it has none."""
        return self.places.get(key, self.span)


@record(frozen=False)
class Function:
    """Any other quantum function: its type, its data as written, its parameters."""

    type: str
    data: dict[str, Value]
    params: tuple[float, ...] | None = None
    span: Span | None = None


@record
class Origin:
    """The text that a program was lowered from, its values and sweeps as texts, and the circuits as lowered.

    `runs` tells whether the program's circuits are still those: they may have been edited, bound or compiled since.
    """

    source: Source
    values: Mapping[str, str]
    sweeps: Mapping[str, str]
    runs: tuple[FlatCircuit, ...]


@record(frozen=False)
class LoweredProgram:
    """A lowered file: settings, every circuit with values for its parameters, and which of them run.

    `runs` are the circuits of the job in order, with unique names. `is_multi` says whether they need a multi-circuit
    job (registers, `as`, a sweep or more than one). With an `energy` or a `function` nothing runs; `energies` has the
    energy at each point of a sweep, of which `energy` is the first, and is empty without a sweep. `hamiltonians` are
    the file's by name. `is_request` says that the program was read from a request, whose circuits keep their gates
    unless the user asks otherwise. `origin` is the source text, None for a program read from another format or made in
    Python. `points` are the values of parameters at each of the runs, if they are a sweep made in Python.
    """

    job: Job = fresh(default_factory=Job)
    circuits: dict[str, FlatCircuit] = fresh(default_factory=dict)
    runs: list[FlatCircuit] = fresh(default_factory=list)
    is_multi: bool = False
    energy: Energy | None = None
    function: Function | None = None
    parameters: dict[str, tuple[Span, Angle | None]] = fresh(default_factory=dict)
    span: Span | None = None
    is_request: bool = False
    origin: Origin | None = None
    energies: list[Energy] = fresh(default_factory=list)
    hamiltonians: dict[str, Operator] = fresh(default_factory=dict)
    points: list[dict[str, float]] = fresh(default_factory=list)

    def __eq__(self, other: object) -> bool:
        """Whether everything but places in the text is the same."""
        if not isinstance(other, LoweredProgram):
            return NotImplemented
        return bool(_without_places(self) == _without_places(other))

    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None  # numpy leaves comparisons to this class: it is no array of its items


def _without_places(value: Any) -> Any:
    """The data of a program, without the texts it comes from and the places in them; circuits with their names."""
    if isinstance(value, FlatCircuit):
        return value.name, value
    if isinstance(value, dict):
        return {name: _without_places(item) for name, item in value.items()}
    if isinstance(value, list | tuple) and not isinstance(value, Operator):
        return [_without_places(item) for item in value if not isinstance(item, Span)]
    if isinstance(value, LoweredProgram | Job | JobValue | Energy | Function):
        names = [name for name in fields(type(value)) if name not in ("span", "origin", "places")]
        return {name: _without_places(getattr(value, name)) for name in names}
    return value
