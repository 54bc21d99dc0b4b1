"""Compiles a program, executes it and shows the histogram.

Circuits run on this computer, without key or network. If the file or a setting names a backend, they are compiled for
that machine. Noise is simulated only with a noise model or with --characterization. With --backend on the command
line, `run` submits the job after the same questions as `submit` and waits for the result; `--backend local` ignores
the file's backend. It computes energies too: exactly, or with shots in the bases that the operator needs.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from ionqdsl.cli.flags import add_compilation, add_engine, add_file, add_job, add_key, money, positive, workers_of
from ionqdsl.cli.histograms import add_aggregation, add_view, as_json, show, view_of
from ionqdsl.cli.program import load, noise_for, options_for, transpiled
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.choices import nearest
from ionqdsl.emit.limits import DEFAULT_SHOTS
from ionqdsl.emit.noise_settings import seed_for
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import AUTO, Options
from ionqdsl.ir.targets import BACKEND_NAMES, NoiseModel, backend_of
from ionqdsl.record import changed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from ionqdsl.ir.circuit import FlatCircuit
    from ionqdsl.simulation.engines import Choice
    from ionqdsl.simulation.results import Result
    from ionqdsl.workers import Workers


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `run`."""
    add_file(parser)
    add_job(parser)
    parser.add_argument("--exact", action="store_true", help="exact probabilities instead of counts (local machine)")
    add_engine(parser)
    add_view(parser)
    add_aggregation(parser)
    add_submission(parser)
    add_compilation(parser)


def add_submission(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for jobs that are sent to the service."""
    group = parser.add_argument_group("submission")
    group.add_argument("--timeout", type=positive, metavar="SECONDS", help="longest wait; the job continues")
    add_guards(group)


def add_guards(group: argparse._ArgumentGroup) -> None:
    """Adds the flags that decide whether and how jobs may be sent."""
    group.add_argument("--yes", action="store_true", help="do not ask before a job that costs money")
    group.add_argument("--max-cost", type=money, metavar="X", help="refuse if it may cost more: 20, 20usd, 3credit")
    group.add_argument("--no-ledger", action="store_true", help="submit without recording it on this computer")
    add_key(group)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Runs the program on the local machine, or on the service if the command line names a backend."""
    program = load(arguments, terminal, "run")
    file, backend = arguments.file, program.job.get("backend")
    if backend is not None and arguments.backend is not None:
        from ionqdsl.cli.remote import execute  # late: it imports requests
        from ionqdsl.python.choices import engine_of

        engine_of(arguments.engine, arguments.backend)
        if arguments.exact:
            terminal.report([Diagnostic("QC0810")])
        return execute(program, arguments, terminal, waits=True)
    if program.function:
        raise CompileError([Diagnostic("QC0808", program.span, {"file": file})])
    if backend is not None:
        terminal.report([_not_there(program, backend, file)])
    if program.energy is not None:
        from ionqdsl.cli import energies  # late: only for energies

        return energies.run(program, arguments, terminal)
    results = played(program, arguments, terminal)
    view = view_of(arguments)
    show(results, terminal, view)
    terminal.answer(backend="local", seed=arguments.seed, results=as_json(results, view))
    return 0


def _not_there(program: LoweredProgram, backend: str, file: str) -> Diagnostic:
    """The note that the circuits run here and not on the backend named; or the warning that there is none."""
    facts = {"backend": backend, "file": file, "name": backend, "suggestion": nearest(backend, BACKEND_NAMES)}
    return Diagnostic("QC0458" if backend_of(backend) else "QC0702", program.job.span("backend"), facts)


def played(program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal) -> list[Result]:
    """The results of a program's circuits on the local machine, compiled for the machine of its noise model."""
    model = noise_for(program, arguments, terminal)
    options = options_for(model, arguments)
    compiled = _for_local(program, options, arguments, terminal)
    return _results(compiled, model, arguments, terminal)


def _for_local(
    program: LoweredProgram, options: Options, arguments: argparse.Namespace, terminal: Terminal
) -> LoweredProgram:
    """The compiled program. Circuits whose gates depend on outcomes stay as written, or are compiled for the noise.

    The local machine follows such branches; no other does.
    """
    stays = [not options.defer and not options.reuse and circuit.has_conditions for circuit in program.runs]
    if not any(stays):
        return transpiled(program, arguments, terminal, options)
    others = [circuit for circuit, is_kept in zip(program.runs, stays, strict=True) if not is_kept]
    compiled = iter(transpiled(changed(program, runs=others, origin=None), arguments, terminal, options).runs)
    warnings: list[Diagnostic] = []
    runs = [
        _followed(circuit, options, warnings) if is_kept else next(compiled)
        for circuit, is_kept in zip(program.runs, stays, strict=True)
    ]
    terminal.report(warnings)
    return changed(program, runs=runs, origin=None)


def _followed(circuit: FlatCircuit, options: Options, warnings: list[Diagnostic]) -> FlatCircuit:
    """A circuit with branches for the local machine: as written, or in the gates of its noise model.

    New warnings are added: those of several runs of one text are the same.
    """
    if options.target is None:
        return circuit
    from ionqdsl.batch import feed_forward  # late: rare

    circuit, found = feed_forward.compiled(circuit, options)
    warnings += [one for one in found if one not in warnings]
    return circuit


def _results(
    program: LoweredProgram, model: NoiseModel | None, arguments: argparse.Namespace, terminal: Terminal
) -> list[Result]:
    seed = seed_for(program.job, arguments.seed)
    shots = 0 if arguments.exact else program.job.get("shots", DEFAULT_SHOTS)
    noise = None if model is None or model.name == "ideal" else model
    local = _LocalRun(program.runs, shots, seed, noise, arguments.exact, arguments.engine)
    if arguments.engine == AUTO:
        _tell_choices(program, local.choices, terminal)
    results: list[Result] = []
    told = monotonic()

    def tell(text: str) -> None:
        nonlocal told
        if monotonic() - told < PAUSE:
            return
        number, told = len(results), monotonic()
        terminal.progress(f"running {number + 1} of {len(program.runs)}: {program.runs[number].name}, {text}")

    with workers_of(arguments).for_states(circuit.width for circuit in program.runs) as workers:
        stream = local.results(workers, tell)
        for number, circuit in enumerate(program.runs):
            terminal.progress(f"running {number + 1} of {len(program.runs)}: {circuit.name}")
            results.append(next(stream))
    terminal.progress("")
    terminal.report(
        Diagnostic("QC0666", facts={"name": result.name, "error": f"{result.truncation:.1g}"})
        for result in results
        if result.engine == "mps" and result.truncation > TOLD
    )
    return results


class _LocalRun:
    """Circuits of one job with the engine of each: points of a sweep run together where they can."""

    def __init__(
        self,
        circuits: Sequence[FlatCircuit],
        shots: int,
        seed: int | None,
        noise: NoiseModel | None,
        exact: bool,
        engine: str,
    ) -> None:
        from ionqdsl.simulation import draws, families, simulate  # late: numpy

        self.circuits, self.shots, self.noise, self.exact = circuits, shots, noise, exact
        self.seeds = draws.seeds(seed, len(circuits))
        self.parts = families.parts(circuits, noise, engine)
        chosen: dict[int, Choice] = {}
        for places, is_together in self.parts:
            asked = places[:1] if is_together else places  # points of a family have one engine
            found = [simulate.choice_of(circuits[place], shots, noise, exact, engine) for place in asked]
            chosen.update(zip(places, found * (len(places) // len(asked)), strict=True))
        self.choices = [chosen[place] for place in range(len(circuits))]

    def results(self, workers: Workers, tell: Callable[[str], object]) -> Iterator[Result]:
        """The results in order; `tell` hears how far a long simulation in this process is."""
        from ionqdsl.simulation import families, simulate  # late: numpy

        here = partial(simulate.run, tell=tell)
        calls = [
            (circuit, self.shots, seed, self.noise, self.exact, choice)
            for circuit, seed, choice in zip(self.circuits, self.seeds, self.choices, strict=True)
        ]

        def alone(places: Sequence[int]) -> Iterator[Result]:
            return workers.each(simulate.run, [calls[place] for place in places], here)

        return families.results(self.parts, self.circuits, self.shots, self.seeds, alone)


PAUSE = 0.2
"""Seconds between two lines of progress."""
TOLD = 1e-12
"""Least error of probabilities that is told: less is rounding."""


def _tell_choices(program: LoweredProgram, choices: Sequence[Choice], terminal: Terminal) -> None:
    """Says in a line for each kind of circuits by which engine they are simulated, if that is no state vector."""
    chosen: dict[Choice, list[str]] = {}
    for circuit, choice in zip(program.runs, choices, strict=True):
        chosen.setdefault(choice, []).append(circuit.name)
    for choice, names in chosen.items():
        shown = ", ".join([*names[:4], f"... ({len(names)})"] if len(names) > 5 else names)
        if choice.engine in ("stabiliser", "mps"):
            terminal.report([Diagnostic("QC0649", facts={**choice._asdict(), "names": shown})])
        else:
            terminal.detail(f"engine {choice.engine}, because {choice.reason}: {shown}")
