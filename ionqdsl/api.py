"""The Python API: everything that `import ionqdsl` offers.

Takes texts, files and circuits, and returns circuits, payloads and results. Every function is a few lines over the
stages of pipeline.py, so Python, the command and the tests do the same. Warnings become Python warnings.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from itertools import count
from os import PathLike
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, overload

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
from ionqdsl.ir import symbolic
from ionqdsl.ir.angle import Angle as Angle
from ionqdsl.ir.arguments import library_of, mapping_of, refused, seed_if_any, text_of, whole
from ionqdsl.ir.circuit import FlatCircuit as Rows
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import NOISE_MODELS
from ionqdsl.python.builder import Circuit as Circuit
from ionqdsl.python.choices import (
    Figures,
    checked,
    choose,
    engine_of,
    expression_of,
    figures_of,
    made,
    warn,
    workers_for,
)
from ionqdsl.python.choices import ProgramWarning as ProgramWarning
from ionqdsl.python.noisy import fold as fold
from ionqdsl.python.noisy import twirl as twirl
from ionqdsl.python.program import Program as Program
from ionqdsl.python.progress import told
from ionqdsl.python.running import conditions_of, energies_locally, in_basis, locally, remotely
from ionqdsl.python.units import deg as deg
from ionqdsl.python.units import rad as rad
from ionqdsl.python.units import turn as turn
from ionqdsl.record import changed

if TYPE_CHECKING:
    from ionqdsl.accept import Circuits, Several
    from ionqdsl.batch.results import Results as Results
    from ionqdsl.cloud.client import Client as Client
    from ionqdsl.simulation.readout import Calibration as Calibration
    from ionqdsl.simulation.results import Result as Result
    from ionqdsl.testing.suite import Outcome
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
        if name == "Calibration":
            from ionqdsl.simulation.readout import Calibration

            return Calibration
        if name == "Results":
            from ionqdsl.batch.results import Results

            return Results
        if name == "minimize":
            from ionqdsl.variational.minimize import minimize

            return minimize
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


P = ParamSpec("P")

MAX_ARRAY = 1_000_000
"""Most parameters of one array."""

LOCAL = "local"
"""The backend that simulates on this computer."""


def circuit(text: str | PathLike[str], name: str = "main") -> Circuit:
    """The only circuit of a text or a file, such as `circuit("qubit q[2]; h q[0]; cnot q[0], q[1]")`.

    Raises CompileError.
    """
    from ionqdsl.accept import source_of

    loaded = _loaded(source_of(text, "the circuit", "the text or path of a program"))
    if len(loaded.circuits) != 1 or loaded.job.settings or loaded.energy or loaded.function:
        raise fail("QC0891", count=len(loaded.circuits))
    (only,) = loaded.circuits.values()
    return only if only.name != "main" else only.replace(name=text_of(name, "the name"))


def program(
    what: Circuits, values: Mapping[str, Any] | None = None, sweeps: Mapping[str, Any] | None = None
) -> Program:
    """The program of a text, or of anything else that `run` takes; several circuits become one job.

    `values` and `sweeps` are for texts and files; see `load`. Raises CompileError and UsageError.
    """
    from ionqdsl.accept import accept, source_of

    if isinstance(what, str | PathLike):
        return _loaded(source_of(what, "the program"), values, sweeps)
    if values or sweeps:
        raise refused("`values` and `sweeps`", "given with a text or a file", what)
    accepted = accept(what)
    warn(accepted.noticed)
    return Program.of(accepted.program)


def convert(what: Circuits, to: str, values: Mapping[str, Any] | None = None) -> str:
    """A program, as `run` takes it, in another format: "qc", "qasm2", "qasm3" or "payload".

    The format of a text is detected. Raises CompileError for anything that either format cannot express.
    """
    from ionqdsl import formats
    from ionqdsl.accept import source_of

    choose("the format", to, formats.WRITERS)
    source = source_of(what, "the program") if isinstance(what, str | PathLike) else None
    loaded = program(what, values) if source is None else _loaded(source, values)
    written, noticed = formats.write(loaded, to, source)
    warn(noticed)
    return written


def from_qiskit(circuit: Any) -> Circuit:
    """A Qiskit QuantumCircuit with its parameters and phase; bit i of a register is slot i. Raises CompileError."""
    from ionqdsl.exchange import from_library

    result, noticed = from_library("qiskit", circuit)
    warn(noticed)
    return _of_library(result)


def from_cirq(circuit: Any) -> Circuit:
    """A Cirq Circuit with its parameters and phase; a key is a register, its qubit i slot i. Raises CompileError."""
    from ionqdsl.exchange import from_library

    result, noticed = from_library("cirq", circuit)
    warn(noticed)
    return _of_library(result)


def _of_library(circuit: Rows) -> Circuit:
    return Circuit.of(circuit, symbolic.parameters(circuit))


def format(text: str) -> str:  # noqa: A001
    """A program's text formatted as `ionqdsl fmt` writes it, with its own line endings.

    Raises CompileError for syntax errors; other errors do not matter.
    """
    from ionqdsl.language.reformat import reformat, with_endings_of

    text = text_of(text, "the program")
    endings = text.encode("utf-8", "surrogatepass")
    return with_endings_of(endings, reformat(Source(text))).decode("utf-8", "surrogatepass")


def lint(text: str) -> list[Diagnostic]:
    """The findings of `ionqdsl lint` in a text, in its order. Raises CompileError if the program has errors."""
    from ionqdsl import linter

    return [found.diagnostic for found in linter.lint(Source(text_of(text, "the program")))]


def test(
    what: str | PathLike[str],
    values: Mapping[str, Any] | None = None,  # noqa: PT028
    *,
    executor: Any = None,  # noqa: PT028
) -> list[Outcome]:
    """Runs the tests in a text, or in a file (a path object, or a text that ends with `.qc`), exactly.

    Returns an `Outcome` for each test, and for each value of its loops: true if it passed, with `title`, `line`, and
    `diagnostics` that name the computed and the expected value. `executor` is as for `compile`. Raises CompileError if
    the program has errors, UsageError for a file that cannot be read.
    """
    from ionqdsl.accept import source_of
    from ionqdsl.testing.suite import outcomes

    source = source_of(what, "the program", "the text or path of a program")
    given = mapping_of(values, "the values")
    texts = {str(name): expression_of(value, f"the value of `{name}`") for name, value in given.items()}
    with workers_for(executor) as workers:
        return outcomes(source, texts, workers)


def load(
    path: str | PathLike[str], values: Mapping[str, Any] | None = None, sweeps: Mapping[str, Any] | None = None
) -> Program:
    """The program of a file, in `.qc` or any other format.

    `values` maps parameters to values, set before anything is evaluated; `sweeps` maps parameters to several values and
    runs every circuit once for each. Values are numbers, or expressions of the language as text. Raises CompileError,
    and UsageError for a file that cannot be read.
    """
    from ionqdsl.pipeline import read

    if not isinstance(path, str | PathLike):
        raise refused("the path", "text or a path", path)
    return _loaded(read(str(path)), values, sweeps)


def _loaded(
    source: Source, values: Mapping[str, Any] | None = None, sweeps: Mapping[str, Any] | None = None
) -> Program:
    from ionqdsl import formats

    values, sweeps = mapping_of(values, "the values"), mapping_of(sweeps, "the sweeps")
    expressions = {str(name): expression_of(value, f"the value of `{name}`") for name, value in values.items()}
    swept = {str(name): expression_of(value, f"every value of `{name}`") for name, value in sweeps.items()}
    loaded, noticed = formats.loaded(source, expressions, swept)
    warn(noticed)
    return Program.of(loaded)


class _Compile(Protocol[P]):
    @overload
    def __call__(self, what: Rows, /, *others: P.args, **options: P.kwargs) -> Circuit: ...
    @overload
    def __call__(self, what: Several, /, *others: P.args, **options: P.kwargs) -> Program: ...


def _compiles(function: Callable[Concatenate[Any, P], Circuit | Program]) -> _Compile[P]:
    """Tells type checkers which type a call returns; the signature is the function's own."""
    return function  # type: ignore[return-value]


@_compiles
def compile(  # noqa: A001
    what: Circuits,
    target: str | None = None,
    level: int | None = None,
    preserve: str = "measurement",
    *,
    seed: int = 0,
    effort: float = 10.0,
    approx: float = 0.0,
    verify: bool = False,
    characterization: Figures | None = None,
    defer: bool = False,
    reuse: bool = False,
    executor: Any = None,
) -> Circuit | Program:
    """A circuit in a target's gates; or all circuits of a program, a text, a file, a sweep or a list, as a program.

    `target` is "qis", a kind of machine such as "forte", or a backend's name; by default it is the program's backend,
    or else the gateset stays. `level`, 0 to 3, sets the optimisation effort (by default 2 for native targets, 0 for qis
    and for circuits in the target's own native gates). `preserve` names the properties that stay the same: "unitary",
    "permuted", "measurement", "outcomes" or "registers". Parameters without a value stay open. A circuit that does
    nothing is returned without gates. `approx` is the error allowed for the whole circuit, in the operator norm.
    `characterization` is the service's record of the machine, as a file, as data or by the backend's name: circuits are
    then first compared by expected fidelity, and two-qubit gates act on connected pairs only. `defer` moves
    measurements to the end, on qubits of their own; `reuse` lets qubits share a wire in turn. `executor` compiles
    several circuits at once, with the same results: a number of processes, an executor as in `concurrent.futures`, or a
    client of Dask. Raises CompileError.
    """
    from ionqdsl.accept import accept
    from ionqdsl.pipeline import transpile

    chosen = Options(target, level, preserve, seed, effort, approx, verify, defer=bool(defer), reuse=bool(reuse))
    options = checked(changed(chosen, characterization=figures_of(characterization)))
    accepted = accept(what)
    warn(accepted.noticed)
    before = [getattr(circuit, "compiled", None) for circuit in accepted.program.runs]
    with workers_for(executor) as workers, told() as say:
        compiled, noticed, reports = transpile(
            accepted.program, options, progress=say, may_vanish=True, workers=workers
        )
    warn(noticed)
    if isinstance(what, Rows):
        names = (*getattr(what, "declared", ()), *symbolic.parameters(what))
        return Circuit.of(compiled.runs[0], names, made(options, reports[0], before[0]))
    return Program.of(compiled, [made(options, *pair) for pair in zip(reports, before, strict=True)])


class _Run(Protocol[P]):
    @overload
    def __call__(self, what: Rows, /, *others: P.args, **options: P.kwargs) -> Result: ...
    @overload
    def __call__(self, what: Several, /, *others: P.args, **options: P.kwargs) -> Results[Result]: ...


def _runs(function: Callable[Concatenate[Any, P], Result | Results[Result]]) -> _Run[P]:
    """The same for `run` as `_compiles` for `compile`."""
    return function  # type: ignore[return-value]


@_runs
def run(
    what: Circuits,
    shots: int | None = None,
    seed: int | None = None,
    noise: str | None = None,
    backend: str = LOCAL,
    *,
    exact: bool = False,
    basis: str | None = None,
    characterization: Figures | None = None,
    executor: Any = None,
    engine: str = "auto",
) -> Result | Results[Result]:
    """Runs a circuit and returns its result; or all circuits of a program, a text, a file, a sweep or a list.

    The local machine simulates, without a key or network. The same `seed` gives the same counts; with 0 shots or
    `exact=True` there are only probabilities. `noise` is a model such as "aria-1"; it acts on the native gates of its
    machine. `characterization`, the service's record of a machine, gives gates and outcomes the errors measured there.
    With any other backend, `run` submits one job for all circuits and waits for it. By default the shots are the
    program's, or else 100. `basis` has a letter for each qubit, "XZ" for q[0] in X and q[1] in Z: its gates are added
    at the end. An energy is exact unless shots are given, and `.value` of the results is its value. `executor` is as
    for `compile`. `engine` is how the local machine simulates: "statevector", "stabiliser", "mps", "density",
    "trajectories", or by default the one that it chooses for each circuit, `.engine` of its result. Raises CompileError
    and UsageError, and the errors of a job.
    """
    from ionqdsl.accept import accept
    from ionqdsl.batch.results import Results

    shots = None if shots is None else whole(shots, "the number of shots")
    seed = seed_if_any(seed)
    noise = None if noise is None else text_of(noise, "the noise model")
    engine = engine_of(engine, None if text_of(backend, "the backend") == LOCAL else backend)
    accepted = accept(what, {"shots": shots, "noise.model": noise})
    warn(accepted.noticed)
    program = accepted.program
    if basis is not None and program.energy:
        raise fail("QC0439", program.span, what="a `basis`")
    if basis is not None:
        from ionqdsl.python.means import measured_in

        letters = text_of(basis, "the basis")
        program = changed(program, runs=[measured_in(circuit, letters) for circuit in program.runs])
    if backend != LOCAL:
        remote = in_basis(remotely(program, backend, shots, seed, noise), basis)
        return remote[0] if isinstance(what, Rows) else remote
    if program.function:
        raise fail("QC0808", program.span, file="FILE")
    if program.energy:
        return energies_locally(program, exact, seed, executor, engine)
    conditions = conditions_of(program.job, figures_of(characterization), seed, exact, engine)
    results = locally(program.runs, conditions, executor)
    measured = in_basis(Results(results, program.points), basis)
    return measured[0] if isinstance(what, Rows) else measured


def calibrate(
    qubits: int,
    shots: int = 1000,
    seed: int | None = None,
    noise: str | None = None,
    backend: str = LOCAL,
) -> Calibration:
    """The readout errors of the first `qubits` qubits, from two circuits: one without gates, one with `x` on each.

    Keywords as for `run`. `result.mitigated(calibration)` corrects a result; `calibration.save(path)` writes the
    calibration and `Calibration.load(path)` reads it. Raises UsageError if a qubit is read wrong as often as right.
    """
    from ionqdsl.ir.circuit import MAX_QUBITS
    from ionqdsl.simulation import readout

    width = whole(qubits, "the number of qubits", 1, MAX_QUBITS)
    zeros, ones = Circuit(width, "zeros"), Circuit(width, "ones").x(range(width))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProgramWarning)  # that a circuit without gates is sent as two that cancel
        results = run([zeros, ones], shots, seed, noise, backend)
    return readout.calibration_of(results[0], results[1], backend, noise)


def executor(
    operator: str | Mapping[str, float],
    shots: int | None = None,
    seed: int | None = None,
    noise: str | None = None,
    backend: str = LOCAL,
    *,
    level: int = 0,
) -> Callable[[Any], list[float]]:
    """A function from circuits of qiskit, cirq or ionqdsl to mean values of an operator, as mitiq takes it.

    The operator is as for `Result.expectation`, keywords as for `run`; without shots the local machine is exact.
    Circuits are compiled at `level` 0, so that folded parts do not cancel, and run as one job; each call draws anew.
    """
    model = NOISE_MODELS.get(text_of(noise, "the noise model")) if noise is not None else None
    is_local = text_of(backend, "the backend") == LOCAL
    target = model.target if model is not None else None if is_local else backend
    seeds = count(seed_if_any(seed) or 0, MAX_ARRAY)

    def execute(circuits: Any) -> list[float]:
        given = list(circuits) if isinstance(circuits, list | tuple) else [circuits]
        built: list[Any] = [_of_any(circuit) for circuit in given]
        compiled = compile(built, target, level)
        own = None if seed is None else next(seeds)
        results = run(compiled, shots, own, noise, backend, exact=shots is None and is_local)
        return [result.expectation(operator).value for result in results]

    return execute


def _of_any(circuit: Any) -> Any:
    """A circuit of another library as one of ours; anything else as it is."""
    reader = {"qiskit": from_qiskit, "cirq": from_cirq}.get(library_of(circuit))
    return circuit if reader is None else reader(circuit)


@overload
def param(name: str) -> Any: ...
@overload
def param(name: str, size: int) -> list[Any]: ...
def param(name: str, size: int | None = None) -> Any:
    """A parameter as a sympy symbol, or with `size` a list of them: `th[0]`, `th[1]` ... Raises CompileError."""
    from ionqdsl.emit.qc import is_name

    if not is_name(text_of(name, "the name of a parameter")):
        hint = "choose a name of letters, digits and underscores that is neither a keyword nor a constant such as `tau`"
        raise fail("QC0888", text=str(name)[:60], reason="it cannot name a parameter", hint=hint)
    if size is None:
        return symbolic.parameter(name)
    return [
        symbolic.parameter(f"{name}[{index}]") for index in range(whole(size, "the size of the array", 0, MAX_ARRAY))
    ]


@overload
def equivalent(a: Rows, b: Rows, preserve: str = "measurement") -> Verdict: ...
@overload
def equivalent(a: Several, b: Several, preserve: str = "measurement") -> Comparison: ...
def equivalent(a: Circuits, b: Circuits, preserve: str = "measurement") -> Verdict | Comparison:
    """Whether two circuits, or two programs, give the same results under a contract, by default that of `compile`.

    Texts, files, sweeps and lists are programs.

    "unitary": the same matrix up to a global phase. "permuted": also up to a permutation of the inputs. "measurement":
    also up to diagonal gates at the end. "outcomes": the same distribution. Registers are compared by name; in programs
    also circuits' names and order, energies, functions and the settings that affect results. The answer is yes or no
    and lists the checks made; it is false, with `equal` None, if the question could not be decided.
    """
    from ionqdsl.accept import accept
    from ionqdsl.verify.programs import compare
    from ionqdsl.verify.registers import compared

    choose("the contract", preserve, PRESERVE)
    if isinstance(a, Rows) and isinstance(b, Rows):
        return compared(a, b, preserve)
    first, second = accept(a), accept(b, role="the second argument")
    if isinstance(a, Rows) or isinstance(b, Rows):
        kinds = ["a circuit" if isinstance(one, Rows) else "a program" for one in (a, b)]
        raise fail("QC1148", None, first=kinds[0], second=kinds[1])
    warn((*first.noticed, *second.noticed))
    return compare(first.program, second.program, preserve)


def plot(result: Result | Results[Any], axes: Any = None) -> Any:
    """Draws with matplotlib (the extra `plot`), on `axes` or on new ones, and returns the axes.

    One result is a histogram, several are curves or groups of bars; see `Results.plot`.
    """
    from ionqdsl.batch.results import Results
    from ionqdsl.emit import plot as matplotlib
    from ionqdsl.simulation.results import Result

    if isinstance(result, Results):
        return result.plot(axes)
    if not isinstance(result, Result):
        raise refused("the result", "a `Result` or `Results` of a run", result)
    return matplotlib.plot(result, axes)
