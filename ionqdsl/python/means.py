"""Computes mean values, gradients and energies for the methods of circuits and programs, and for the command.

Takes a circuit with the operator, the point and the noise model as users give them; simulation/ computes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.emit.limits import energy_findings
from ionqdsl.emit.noise_settings import noise_model
from ionqdsl.ir.arguments import Point, seed_if_any, text_of, whole
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.ir.job import Energy, Job, JobValue, LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.symbolic import bind
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.workers import Workers

if TYPE_CHECKING:
    from ionqdsl.simulation.gradient import Gradient
    from ionqdsl.simulation.observables import Expectation


def expectation(
    circuit: FlatCircuit,
    operator: str | Operator | Mapping[str, float],
    shots: int | None,
    at: Point | None,
    seed: int | None,
    noise: str | None,
    engine: str = "auto",
) -> Expectation:
    """See `Circuit.expectation`."""
    from ionqdsl.simulation import energy
    from ionqdsl.simulation.open_circuits import OpenCircuit

    chosen, shots, seed = operator_on(circuit, operator), shots_of(shots), seed_if_any(seed)
    if at is not None:
        opened = OpenCircuit(circuit)
        circuit = opened.at(opened.vector(at))
    model = model_of(Job({"noise.model": JobValue(None if noise is None else text_of(noise, "the noise model"))}))
    compiled = compiling(options_for(model))
    return energy.expectation(circuit, chosen, shots, seed, model, compiled, engine=engine)


def shots_of(shots: int | None) -> int | None:
    """A number of shots, None for exact values. Raises QC0881."""
    return None if shots is None else whole(shots, "the number of shots")


def model_of(job: Job) -> NoiseModel | None:
    """The noise model that a job names, None for one without noise."""
    model = noise_model(job)
    return None if model is None or model.name == "ideal" else model


def measured_in(circuit: object, basis: str) -> FlatCircuit:
    """A circuit with the gates that make a measurement in Z one in other letters. Raises QC0881."""
    from ionqdsl.simulation import grouping

    if not isinstance(circuit, FlatCircuit):
        raise fail("QC0881", role="`basis`", wanted="a circuit to measure", given="a program")
    if len(basis) != circuit.width or set(basis) - set("XYZ"):
        raise fail("QC0881", role="the basis", wanted=f"{circuit.width} letters X, Y or Z", given=repr(basis)[:60])
    if set(basis) - {"Z"}:
        _need_qubits(circuit, "a measurement by qubits")
        _need_phases(circuit, "a measurement of X or Y")
    return grouping.measured_in(circuit, grouping.turned(basis))


def energies(
    program: LoweredProgram,
    shots: int | None,
    seed: int | None,
    noise: NoiseModel | None,
    options: Options,
    progress: Callable[[str], object] = str,
    workers: Workers | None = None,
    engine: str = "auto",
) -> list[tuple[str, Expectation]]:
    """The names and values of a program's energy, at each point of a sweep, compiled with `options` if there is noise.

    Raises CompileError for wrong numbers.
    """
    points = program.energies or ([program.energy] if program.energy else [])
    found = [finding for point in points for finding in energy_findings(point)]
    if found:
        raise CompileError(found)
    calls = [  # energies of a sweep need different random numbers
        (point, shots, None if seed is None else seed + number, noise, options, engine)
        for number, point in enumerate(points)
    ]
    stream, values = (workers or Workers()).each(_energy, calls), []
    for number, point in enumerate(points):
        progress(f"computing {number + 1} of {len(points)}: {point.name}")
        values.append((point.name, next(stream)))
    return values


def _energy(
    point: Energy, shots: int | None, seed: int | None, noise: NoiseModel | None, options: Options, engine: str
) -> Expectation:
    from ionqdsl.simulation.energy import expectation
    from ionqdsl.simulation.rules import rules_of

    numbers = dict(zip(point.parameters, point.params or (), strict=True))
    circuit = bind(point.ansatz, numbers, partial=False)
    rules = rules_of(point)
    return expectation(circuit, point.hamiltonian, shots, seed, noise, compiling(options), rules, engine)


def gradient(
    circuit: FlatCircuit,
    operator: str | Operator | Mapping[str, float],
    at: Point,
    shots: int | None,
    seed: int | None,
) -> Gradient:
    """See `Circuit.gradient`."""
    from ionqdsl.simulation import gradient
    from ionqdsl.simulation.simulate import refuse_branches

    chosen, shots, seed = operator_on(circuit, operator), shots_of(shots), seed_if_any(seed)
    refuse_branches(circuit, "gradient")
    if shots is None:
        return gradient.exact(circuit, chosen, at)
    return gradient.shifted(circuit, chosen, at, shots, seed)


def operator_on(circuit: FlatCircuit, operator: str | Operator | Mapping[str, float]) -> Operator:
    """The operator, checked: on the qubits of the circuit, and on no phase that compiling may have dropped."""
    from ionqdsl.simulation.observables import observable

    chosen = observable(operator, circuit.width)
    _need_qubits(circuit, "a mean by qubits")
    if any(letter != "Z" for product, _ in chosen.terms for letter, _ in product):
        _need_phases(circuit, "the mean of X or Y")
    return chosen


def _need_qubits(circuit: FlatCircuit, what: str) -> None:
    """Raises QC0632 for a circuit whose qubits a compilation did not keep."""
    compiled = getattr(circuit, "compiled", None)
    if compiled is not None and compiled.preserve == "registers" and circuit.registers:
        raise fail("QC0632", None, what=what, contract=compiled.preserve)


def _need_phases(circuit: FlatCircuit, what: str) -> None:
    """Raises QC0438 for a circuit whose phases a compilation did not keep."""
    compiled = getattr(circuit, "compiled", None)
    if compiled is not None and not fixes_phases(compiled.preserve):
        raise fail("QC0438", None, what=what, contract=compiled.preserve)


def options_for(model: NoiseModel | None) -> Options:
    """The options to compile for the machine of a noise model."""
    return Options(None if model is None else model.target)


def compiling(options: Options) -> Callable[[FlatCircuit], FlatCircuit]:
    """A function that compiles circuits with these options."""
    from ionqdsl.pipeline import transpile

    return lambda circuit: transpile(LoweredProgram(runs=[circuit]), options)[0].runs[0]
