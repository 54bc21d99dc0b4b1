"""The Python API: everything that `import ionqdsl` offers.

Takes texts, files and circuits, and returns circuits, payloads and results. Every function is a few lines over the
stages of pipeline.py, so Python, the command and the tests do the same. Warnings become Python warnings.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from os import PathLike
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, Self, overload

from ionqdsl.diagnostics import CompileError as CompileError
from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.diagnostics import InternalError as InternalError
from ionqdsl.diagnostics import IonqdslError as IonqdslError
from ionqdsl.diagnostics import JobFailed as JobFailed
from ionqdsl.diagnostics import KeyRefused as KeyRefused
from ionqdsl.diagnostics import Refused as Refused
from ionqdsl.diagnostics import ServiceError as ServiceError
from ionqdsl.diagnostics import UsageError as UsageError
from ionqdsl.diagnostics import WaitTimedOut as WaitTimedOut
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.limits import DEFAULT_SHOTS, noise_model
from ionqdsl.ir import job, notation, symbolic
from ionqdsl.ir.angle import Angle as Angle
from ionqdsl.ir.characterization import Characterization, of_record, parse
from ionqdsl.ir.circuit import FlatCircuit as Rows
from ionqdsl.ir.options import LEVELS, PRESERVE, Options, is_effort, is_error
from ionqdsl.ir.symbols import exact
from ionqdsl.ir.targets import BACKEND_NAMES, PROFILES, TARGETS, NoiseModel, backend_of
from ionqdsl.python.builder import Circuit as Circuit

if TYPE_CHECKING:
    from ionqdsl.cloud.client import Client as Client
    from ionqdsl.passes import Report
    from ionqdsl.simulation.observables import Expectation
    from ionqdsl.simulation.results import Result as Result
    from ionqdsl.variational.minimize import minimize as minimize
    from ionqdsl.verify import Verdict
    from ionqdsl.verify.programs import Comparison

if not TYPE_CHECKING:  # imported with their dependencies when first used

    def __getattr__(name: str) -> object:
        if name == "Client":
            from ionqdsl.cloud.client import Client

            return Client
        if name == "Result":
            from ionqdsl.simulation.results import Result

            return Result
        if name == "minimize":
            from ionqdsl.variational.minimize import minimize

            return minimize
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


P = ParamSpec("P")

LOCAL = "local"
"""The backend that simulates on this computer."""

Figures = str | PathLike[str] | Mapping[str, Any] | Characterization
"""The measured fidelities and times of a machine: the service's record, as a file or as data."""

turn = Angle(Fraction(1))
deg = Angle(Fraction(1, 360))
rad = Angle(0, Fraction(1))
"""Units, as in the language: `45 * deg` is an angle, in either gateset."""


class ProgramWarning(UserWarning):
    """A warning of the compiler about a program."""


class Program(job.LoweredProgram):
    """A whole program: its job, its circuits, and which of them run.

    `circuits` maps names to all circuits; `runs` lists those of the job in order, and iterating goes over it.
    """

    @classmethod
    def of(cls, program: job.LoweredProgram, compiled: Sequence[Options | None] = ()) -> Self:
        """The compiler's program, its circuits with the methods of `Circuit`.

        `compiled` holds the options that each of the runs was compiled with, if it just was.
        """
        names = [name for name, (_, value) in program.parameters.items() if value is None]
        options = compiled or [getattr(circuit, "compiled", None) for circuit in program.runs]
        return cls(
            job.Job(dict(program.job.settings)),
            {name: Circuit.of(circuit, names) for name, circuit in program.circuits.items()},
            [Circuit.of(circuit, names, how) for circuit, how in zip(program.runs, options, strict=True)],
            program.is_multi,
            program.energy,
            program.function,
            program.parameters,
            program.span,
            program.is_request,
            program.origin,
            program.energies,
            program.hamiltonians,
        )

    if TYPE_CHECKING:
        circuits: dict[str, Circuit]  # type: ignore[assignment]
        runs: list[Circuit]  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Circuit]:
        return iter(self.runs)

    def __str__(self) -> str:
        """The program as `.qc` text, lowered."""
        from ionqdsl.emit import qc

        return qc.program_text(self)

    def __repr__(self) -> str:
        what = "an energy" if self.energy else "a function" if self.function else f"{len(self.runs)} circuits to run"
        return f"<program: {what}>"

    def bind(self, values: Mapping[Any, Any] | None = None, /, *, simplify: bool = False, **named: Any) -> Self:
        """The program with values for parameters in all its circuits, like `Circuit.bind`."""
        values_by_name = {**(values or {}), **named}
        parameters = {name for circuit in (*self.circuits.values(), *self.runs) for name in circuit.parameters}
        parameters |= {name for circuit in self.runs for name in circuit.declared}
        for name in values_by_name:
            if str(name) not in parameters and str(name) not in {full.partition("[")[0] for full in parameters}:
                raise symbolic.unknown(str(name), sorted(parameters))
        result = type(self).of(self)
        declared = {*parameters, *map(str, values_by_name)}
        result.circuits = {n: symbolic.bind(c, values_by_name, declared=declared) for n, c in self.circuits.items()}
        for number, run in enumerate(result.runs):
            whole = run.replace(declared=tuple(declared)).bind(values_by_name, simplify=simplify)
            result.runs[number] = whole.replace(declared=run.declared)
        return result

    def expectations(
        self, shots: int | None = None, *, seed: int | None = None, noise: str | None = None
    ) -> list[Expectation]:
        """The values of the program's energy on this computer: one, or one for each point of a sweep.

        Exact without `shots`; those of the job do not count. `noise` as in `run`. Raises CompileError.
        """
        from ionqdsl.python import means

        model = means.model_of(self.job if noise is None else job.Job({"noise.model": job.JobValue(noise)}))
        return [value for _, value in means.energies(self, shots, seed, model, means.compiling(model))]

    def payload(
        self,
        *,
        backend: str | None = None,
        shots: int | None = None,
        name: str | None = None,
        noise: str | None = None,
        dry_run: bool | None = None,
        characterization: Figures | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """The request body for the service, as plain data. Keywords override the program's own settings.

        `options` are those of `compile` and `wire`. The same program gives the same payload every time. Raises
        CompileError for anything the service would refuse.
        """
        from ionqdsl.pipeline import payload, transpile

        program = type(self).of(self)
        program.is_request = program.is_request and backend is None
        settings = {"backend": backend, "shots": shots, "name": name, "noise.model": noise, "dry_run": dry_run}
        for path, value in settings.items():
            if value is not None:
                program.job.set(path, value)
        chosen = _checked(Options(characterization=_figures(characterization), **options))
        compiled, noticed, _ = transpile(program, chosen)
        _warn(noticed)
        return payload(compiled, chosen)


def circuit(text: str, name: str = "main") -> Circuit:
    """The only circuit of a text, such as `circuit("qubit q[2]; h q[0]; cnot q[0], q[1]")`. Raises CompileError."""
    loaded = _loaded(Source(text))
    if len(loaded.circuits) != 1 or loaded.job.settings or loaded.energy or loaded.function:
        raise fail("QC0891", count=len(loaded.circuits))
    (only,) = loaded.circuits.values()
    return only if only.name != "main" else only.replace(name=name)


def program(text: str, values: Mapping[str, Any] | None = None, sweeps: Mapping[str, Any] | None = None) -> Program:
    """The program of a text; see `load`."""
    return _loaded(Source(text), values, sweeps)


def convert(text: str, to: str, values: Mapping[str, Any] | None = None) -> str:
    """A program's text in another format: "qc", "qasm2", "qasm3" or "payload". The input format is detected.

    Raises CompileError for anything that either format cannot express.
    """
    from ionqdsl import formats

    _choose("the format", to, formats.WRITERS)
    source = Source(text)
    written, noticed = formats.write(_loaded(source, values), to, source)
    _warn(noticed)
    return written


def from_qiskit(circuit: Any) -> Circuit:
    """A Qiskit QuantumCircuit as a circuit: same gates, registers, parameters and phase. Raises CompileError."""
    from ionqdsl.exchange import from_library

    result, noticed = from_library("qiskit", circuit)
    _warn(noticed)
    return _of_library(result)


def from_cirq(circuit: Any) -> Circuit:
    """A Cirq Circuit as a circuit: same gates, registers (its keys), parameters and phase. Raises CompileError."""
    from ionqdsl.exchange import from_library

    result, noticed = from_library("cirq", circuit)
    _warn(noticed)
    return _of_library(result)


def _of_library(circuit: Rows) -> Circuit:
    return Circuit.of(circuit, symbolic.parameters(circuit))


def format(text: str) -> str:  # noqa: A001
    """A program's text formatted as `ionqdsl fmt` writes it, with its own line endings.

    Raises CompileError for syntax errors; other errors do not matter.
    """
    from ionqdsl.language.reformat import reformat, with_endings_of

    return with_endings_of(text.encode(), reformat(Source(text))).decode()


def lint(text: str) -> list[Diagnostic]:
    """What `ionqdsl lint` finds in a program's text, in its order. Raises CompileError if the program has errors."""
    from ionqdsl import linter

    return [found.diagnostic for found in linter.lint(Source(text))]


def load(
    path: str | PathLike[str], values: Mapping[str, Any] | None = None, sweeps: Mapping[str, Any] | None = None
) -> Program:
    """The program of a file, in `.qc` or any other format.

    `values` maps parameters to values, set before anything is evaluated; `sweeps` maps parameters to several values and
    runs every circuit once for each. Values are numbers, or expressions of the language as text. Raises CompileError,
    and UsageError for a file that cannot be read.
    """
    from ionqdsl.pipeline import read

    return _loaded(read(str(path)), values, sweeps)


def _loaded(
    source: Source, values: Mapping[str, Any] | None = None, sweeps: Mapping[str, Any] | None = None
) -> Program:
    from ionqdsl import formats

    expressions = {name: _text(value, f"the value of `{name}`") for name, value in (values or {}).items()}
    swept = {name: _text(value, f"every value of `{name}`") for name, value in (sweeps or {}).items()}
    loaded, noticed = formats.loaded(source, expressions, swept)
    _warn(noticed)
    return Program.of(loaded)


def _text(value: Any, role: str) -> str:
    """A value as an expression of the language."""
    if isinstance(value, str):
        return value
    if isinstance(value, Angle):
        return notation.angle(value, "turn") if value.radians else f"{notation.number(value.turns)}*turn"
    if isinstance(value, Iterable):
        return f"[{', '.join(_text(item, role) for item in value)}]"
    return notation.number(exact(value, role))


class _Compile(Protocol[P]):
    @overload
    def __call__(self, what: Rows, /, *others: P.args, **options: P.kwargs) -> Circuit: ...
    @overload
    def __call__(self, what: job.LoweredProgram, /, *others: P.args, **options: P.kwargs) -> Program: ...


def _compiles(function: Callable[Concatenate[Any, P], Circuit | Program]) -> _Compile[P]:
    """Tells type checkers which type a call returns; the signature is the function's own."""
    return function  # type: ignore[return-value]


@_compiles
def compile(  # noqa: A001
    what: Rows | job.LoweredProgram,
    target: str | None = None,
    level: int | None = None,
    preserve: str = "measurement",
    *,
    seed: int = 0,
    effort: float = 10.0,
    approx: float = 0.0,
    verify: bool = False,
    characterization: Figures | None = None,
) -> Circuit | Program:
    """A circuit, or every circuit of a program, in a target's gates.

    `target` is "qis", a kind of machine such as "forte", or a backend's name; by default it is the program's backend,
    or else the gateset stays. `level`, 0 to 3, sets the optimisation effort (by default 2 for native targets, 0 for qis
    and for circuits in the target's own native gates), `preserve` what must stay the same: "unitary", "measurement" or
    "outcomes". Parameters without a value stay open; a circuit that does nothing is returned without gates. `approx` is
    the error allowed for the whole circuit, in the operator norm. `characterization` is the service's record of the
    machine, as a file or as data; with it circuits are first compared by expected fidelity. Raises CompileError.
    """
    from ionqdsl.pipeline import transpile

    figures = _figures(characterization)
    options = _checked(Options(target, level, preserve, seed, effort, approx, verify, characterization=figures))
    if isinstance(what, Rows):
        compiled, noticed, (report,) = transpile(job.LoweredProgram(runs=[what]), options, may_vanish=True)
        _warn(noticed)
        names = (*getattr(what, "declared", ()), *symbolic.parameters(what))
        return Circuit.of(compiled.runs[0], names, _made(options, report))
    compiled, noticed, reports = transpile(what, options, may_vanish=True)
    _warn(noticed)
    return Program.of(compiled, [_made(options, report) for report in reports])


def _made(options: Options, report: Report) -> Options | None:
    """The options with the resolved target and the remaining error budget; None for a circuit that stays as written."""
    left = max(0.0, options.approx - report.spent - report.neglected)
    return replace(options, target=report.target, approx=left) if report.target in TARGETS else None


def _checked(options: Options) -> Options:
    """The options, checked. Raises CompileError for a value that does not exist."""
    target = options.target
    if target is not None and not (isinstance(target, str) and backend_of(target)):
        _choose("the target", target, (*TARGETS, *BACKEND_NAMES))
    _choose("the contract", options.preserve, PRESERVE)
    _choose("the payload profile", options.wire, PROFILES)
    if options.level is not None:
        _choose("the level", options.level, LEVELS)
    if not is_error(options.approx):
        raise fail("QC0616", given=repr(options.approx)[:60])
    if not is_effort(options.effort):
        raise fail("QC0617", given=repr(options.effort)[:60])
    return options


def _figures(figures: Figures | None) -> Characterization | None:
    from ionqdsl.pipeline import read

    if figures is None or isinstance(figures, Characterization):
        return figures
    if isinstance(figures, Mapping):
        return of_record(figures, "characterization")
    return parse(read(str(figures)).text, str(figures))


def _choose(role: str, given: Any, known: Iterable[Any]) -> None:
    """Raises CompileError unless the value is one of the known ones."""
    if given not in tuple(known):
        raise fail("QC0881", role=role, wanted="one of " + ", ".join(map(str, known)), given=repr(given)[:60])


def _warn(noticed: Iterable[Diagnostic]) -> None:
    for diagnostic in noticed:
        warnings.warn(diagnostic.render(), ProgramWarning, stacklevel=3)


class _Run(Protocol[P]):
    @overload
    def __call__(self, what: Rows, /, *others: P.args, **options: P.kwargs) -> Result: ...
    @overload
    def __call__(self, what: job.LoweredProgram, /, *others: P.args, **options: P.kwargs) -> list[Result]: ...


def _runs(function: Callable[Concatenate[Any, P], Result | list[Result]]) -> _Run[P]:
    """The same for `run` as `_compiles` for `compile`."""
    return function  # type: ignore[return-value]


@_runs
def run(
    what: Rows | job.LoweredProgram,
    shots: int | None = None,
    seed: int | None = None,
    noise: str | None = None,
    backend: str = LOCAL,
    *,
    exact: bool = False,
    basis: str | None = None,
) -> Result | list[Result]:
    """Runs a circuit, or every circuit of a program, and returns one result or a list of them.

    The local machine simulates, without a key or network; the same `seed` gives the same counts, 0 shots or
    `exact=True` only probabilities. `noise` is a model such as "aria-1"; it acts on the native gates of its machine.
    Any other backend means that a job is submitted and waited for. By default the shots are the program's, or else 100.
    `basis` has a letter for each qubit of a circuit, "XZ" for q[0] in X and q[1] in Z: its gates are added at the end.
    """
    if basis is not None:
        from ionqdsl.python.means import measured_in

        measured = Circuit.of(measured_in(what, basis))
        return replace(run(measured, shots, seed, noise, backend, exact=exact), basis=basis)
    if backend != LOCAL:
        results = _run_remotely(what, backend, shots, seed, noise)
        return results[0] if isinstance(what, Rows) else results
    program = what if isinstance(what, job.LoweredProgram) else job.LoweredProgram(runs=[what])
    if program.energy or program.function:
        raise fail("QC0439" if program.energy else "QC0808", program.span, file="FILE")
    wanted = program.job if noise is None else job.Job({"noise.model": job.JobValue(noise)})
    model = noise_model(wanted)
    model = None if model is None or model.name == "ideal" else model
    times = 0 if exact else shots if shots is not None else program.job.get("shots", DEFAULT_SHOTS)
    seed = seed if seed is not None else program.job.get("noise.seed")
    results = [
        _run_locally(circuit, times, None if seed is None else seed + number, model, exact)
        for number, circuit in enumerate(program.runs)  # circuits of one job must not share random numbers
    ]
    return results[0] if isinstance(what, Rows) else results


def _run_locally(circuit: Rows, shots: int, seed: int | None, model: NoiseModel | None, exact: bool) -> Result:
    from ionqdsl.pipeline import transpile
    from ionqdsl.simulation import simulate

    if model is not None and model.target is not None:
        compiled, noticed, _ = transpile(job.LoweredProgram(runs=[circuit]), Options(model.target))
        _warn(noticed)
        circuit = compiled.runs[0]
    return simulate.run(circuit, shots, seed, model, exact)


def _run_remotely(
    what: Rows | job.LoweredProgram, backend: str, shots: int | None, seed: int | None, noise: str | None
) -> list[Any]:
    from ionqdsl.cloud.client import Client

    program = Program.of(what) if isinstance(what, job.LoweredProgram) else Program(runs=[Circuit.of(what)])
    if seed is not None and (noise is not None or program.job.get("noise.model") is not None):
        program.job.set("noise.seed", seed)
    with Client() as client:
        return list(client.submit(program, backend, shots, noise=noise).wait().results())


@overload
def param(name: str) -> Any: ...
@overload
def param(name: str, size: int) -> list[Any]: ...
def param(name: str, size: int | None = None) -> Any:
    """A parameter as a sympy symbol, or with `size` a list of them: `th[0]`, `th[1]` ... Raises CompileError."""
    from ionqdsl.emit.qc import is_name

    if not is_name(name):
        raise fail("QC0888", text=str(name)[:60], reason="it cannot name a parameter")
    return symbolic.parameter(name) if size is None else [symbolic.parameter(f"{name}[{i}]") for i in range(size)]


@overload
def equivalent(a: Rows, b: Rows, preserve: str = "measurement") -> Verdict: ...
@overload
def equivalent(a: job.LoweredProgram, b: job.LoweredProgram, preserve: str = "measurement") -> Comparison: ...
def equivalent(
    a: Rows | job.LoweredProgram, b: Rows | job.LoweredProgram, preserve: str = "measurement"
) -> Verdict | Comparison:
    """Whether two circuits, or two programs, give the same results under a contract, by default that of `compile`.

    "unitary": the same matrix up to a global phase. "measurement": also up to the permutation of the |0> inputs and
    diagonal gates at the end. "outcomes": the same distribution. Registers are compared by name; for programs also the
    names and order of circuits, energies, functions and the settings that affect results. The answer is true or false
    and lists the checks made; it is false, with `equal` None, if the question could not be decided.
    """
    from ionqdsl.verify.programs import compare
    from ionqdsl.verify.registers import compared

    _choose("the contract", preserve, PRESERVE)
    if isinstance(a, Rows) and isinstance(b, Rows):
        return compared(a, b, preserve)
    if isinstance(a, job.LoweredProgram) and isinstance(b, job.LoweredProgram):
        return compare(a, b, preserve)
    kinds = ["a program" if isinstance(one, job.LoweredProgram) else "a circuit" for one in (a, b)]
    raise fail("QC1148", None, first=kinds[0], second=kinds[1])


def plot(result: Result, axes: Any = None) -> Any:
    """Draws a histogram with matplotlib (the extra `plot`), on `axes` or on new ones, and returns the axes."""
    from ionqdsl.emit import plot as matplotlib

    return matplotlib.plot(result, axes)
