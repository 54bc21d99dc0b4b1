"""Runs lowered circuits for `run` and `calibrate`: on the local machine, or on a backend of the service.

Takes circuits with their shots, and returns results. accept.py reads the other forms that users may give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.emit.limits import DEFAULT_SHOTS
from ionqdsl.emit.noise_settings import noise_model, seed_for
from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import Job, LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import NOISE_MODELS, NoiseModel, noise_of_record
from ionqdsl.python.choices import warn, workers_for
from ionqdsl.python.progress import counted, told
from ionqdsl.record import changed, record

if TYPE_CHECKING:
    from ionqdsl.batch.results import Results
    from ionqdsl.simulation.results import Result


@record
class Conditions:
    """The conditions of a run on the local machine: a noise model, and the record of the machine it is from."""

    shots: int
    seed: int | None
    model: NoiseModel | None
    figures: Characterization | None
    exact: bool
    engine: str


def conditions_of(job: Job, figures: Characterization | None, seed: int | None, exact: bool, engine: str) -> Conditions:
    """Those of a job, with the noise of a machine's record where the job names no model."""
    model = noise_model(job)
    if model is None and figures is not None:
        model = noise_of_record(figures, None, NOISE_MODELS["ideal"].qubits)
        warn([] if model is not None else [Diagnostic("QC0761", facts={"source": figures.source})])
    model = None if model is None or model.name == "ideal" else model
    shots = 0 if exact else job.get("shots", DEFAULT_SHOTS)
    return Conditions(shots, seed_for(job, seed), model, figures, exact, engine)


def locally(circuits: Sequence[FlatCircuit], conditions: Conditions, executor: object) -> list[Result]:
    """The results of circuits on the local machine, compiled first for the machine of a noise model."""
    from ionqdsl.simulation import draws, families

    seeds = draws.seeds(conditions.seed, len(circuits))
    calls = [(circuit, changed(conditions, seed=own)) for circuit, own in zip(circuits, seeds, strict=True)]
    noticed: list[Diagnostic] = []

    parts = families.parts(circuits, conditions.model, conditions.engine)
    with workers_for(executor).for_states(circuit.width for circuit in circuits) as workers:

        def alone(places: Sequence[int]) -> Iterator[Result]:
            for result, found in workers.each(_result, [calls[place] for place in places]):
                noticed.extend(found)
                yield result

        stream = families.results(parts, circuits, conditions.shots, seeds, alone)
        results = list(counted(stream, len(circuits), "circuits"))
    warn(noticed)
    return results


def _result(circuit: FlatCircuit, conditions: Conditions) -> tuple[Result, list[Diagnostic]]:
    """The result of one circuit, and the warnings of compiling it, perhaps in another process."""
    from ionqdsl.pipeline import transpile
    from ionqdsl.simulation import simulate

    noticed: list[Diagnostic] = []
    model = conditions.model
    if model is not None and model.target is not None:
        options = Options(model.target, characterization=conditions.figures)
        if circuit.has_conditions:
            from ionqdsl.batch import feed_forward

            circuit, noticed = feed_forward.compiled(circuit, options)
        else:
            compiled, noticed, _ = transpile(LoweredProgram(runs=[circuit]), options)
            circuit = compiled.runs[0]
    result = simulate.run(circuit, conditions.shots, conditions.seed, model, conditions.exact, conditions.engine)
    return result, noticed


def energies_locally(
    program: LoweredProgram, exact: bool, seed: int | None, executor: object, engine: str
) -> Results[Any]:
    """The energy of a program, or that at each point of a sweep, with the shots and the noise of its job."""
    from ionqdsl.batch.results import Results
    from ionqdsl.python import means

    ansatzes = [one.ansatz for one in (*(program.energies or ()), program.energy) if one is not None]
    model, shots = means.model_of(program.job), None if exact else program.job.get("shots") or None
    seed = seed_for(program.job, seed)
    options = means.options_for(model)
    with workers_for(executor).for_states(ansatz.width for ansatz in ansatzes) as workers, told() as say:
        named = means.energies(program, shots, seed, model, options, say, workers, engine)
    return Results([value for _, value in named], names=[name for name, _ in named])


def remotely(
    program: LoweredProgram, backend: str, shots: int | None, seed: int | None, noise: str | None
) -> Results[Result]:
    """The results of a program's circuits on the service, submitted as one job and waited for."""
    from ionqdsl.cloud.client import Client

    if seed is not None and program.job.get("noise.model") is not None:
        program.job.set("noise.seed", seed)
    with Client() as client, told() as say:
        job = client.submit(program, backend, shots, noise=noise).wait(progress=say)
        results: Results[Any] = job.results(progress=say)
        return results


def in_basis(results: Results[Result], basis: str | None) -> Results[Result]:
    """Results that know the letters in which they were measured."""
    if basis is None:
        return results
    from ionqdsl.batch.results import Results

    return Results([replace(result, basis=basis) for result in results], results.points)
