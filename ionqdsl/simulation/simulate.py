"""The local simulator: state vectors, seeded shots and IonQ's noise models.

Takes a circuit whose parameters all have values and returns its state, its probabilities, its unitary or the `Result`
of a run; the index of a basis state has q[0] as its most significant bit. chunks.py applies gates, with the matrices of
statevector.py, and noise.py adds noise; nothing is compiled here, so a noise model needs a circuit that is already
native.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Operator
from ionqdsl.ir.options import AUTO
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.ir.unwinding import small, unwound
from ionqdsl.simulation import branches, chains, chunks, draws, engines, memory, stabilisers
from ionqdsl.simulation import noise as noisy
from ionqdsl.simulation.engines import MAX_QUBITS
from ionqdsl.simulation.pauli_sums import HermitianSum
from ionqdsl.simulation.results import Probabilities, Result, binary, outcome_names
from ionqdsl.simulation.statevector import Array, basis_state

Tell = Callable[[str], object]
"""Is told how far a computation is."""

BYTES = 32
"""Bytes per amplitude at the peak: itself (complex128), and as much again for probabilities and copies."""


def state(circuit: FlatCircuit) -> Array:
    """The final state from |0...0>, shape (2**qubits,), global phase included.

    Raises `CompileError` for unbound parameters, too many qubits, too little memory, and for a circuit that measures
    or resets qubits before the end (QC0645).
    """
    return _state(circuit, None)


def _state(circuit: FlatCircuit, tell: Tell | None) -> Array:
    _check_static(circuit, "state")
    memory.check("QC0651", circuit, BYTES << circuit.width)
    final: Array = _evolved(circuit, basis_state(circuit.width), tell)[0]
    return final


def states(circuit: FlatCircuit, places: Iterable[int]) -> Iterator[tuple[int, Array]]:
    """Each of the places with the state after so many rows, shape (2**qubits,), up to a global phase.

    The places are in ascending order. A state is valid until the next one is asked for. Errors as `state`.
    """
    _check_static(circuit, "state")
    memory.check("QC0651", circuit, BYTES << circuit.width)
    joint, done = basis_state(circuit.width), 0
    for place in places:
        chunks.evolve(joint, circuit.rows[done:place])
        done = place
        yield place, joint[0]


def probabilities(circuit: FlatCircuit) -> NDArray[np.float64]:
    """The exact distribution of the measured bits, shape (2**qubits,). Errors as `state`."""
    return _probabilities(circuit, None)


def _probabilities(circuit: FlatCircuit, tell: Tell | None) -> NDArray[np.float64]:
    final = _state(circuit, tell)
    result = np.square(final.real)
    result += np.square(final.imag)
    return result


def unitary(circuit: FlatCircuit) -> Array:
    """The matrix of the circuit, shape (2**qubits, 2**qubits), for q[0] (x) q[1] (x) ... Errors as `state`."""
    _check_static(circuit, "unitary")
    memory.check("QC0653", circuit, BYTES << 2 * circuit.width, matrix="unitary")
    states = basis_state(circuit.width, 2**circuit.width)
    states[:, 0] = 0
    np.fill_diagonal(states, 1)
    return _evolved(circuit, states).T  # row k is the image of basis state k: column k of the matrix


def mean(circuit: FlatCircuit, operator: Operator, engine: str = AUTO, tell: Tell | None = None) -> float:
    """The exact mean of an operator in the final state, or in those of all branches. Errors as `run`, and QC0659."""
    return bounded_mean(circuit, operator, engine, tell)[0]


def bounded_mean(
    circuit: FlatCircuit, operator: Operator, engine: str = AUTO, tell: Tell | None = None
) -> tuple[float, float]:
    """As `mean`, and the most by which it may be off: 0, except for a chain of tensors.

    A mean changes by at most twice the operator's norm times the largest change of a probability.
    """
    chosen = choice_of(circuit, 0, None, True, engine).engine
    if chosen == "mps":
        chain = chains.evolved(circuit, tell)
        size = sum(abs(float(factor)) for letters, factor in operator.terms if letters)
        return chain.mean(operator), 2 * size * chain.error
    return _mean(circuit, operator, chosen, tell), 0.0


def _mean(circuit: FlatCircuit, operator: Operator, chosen: str, tell: Tell | None) -> float:
    if chosen == "stabiliser" and not circuit.is_dynamic:
        return stabilisers.mean(circuit, operator)
    if not circuit.is_dynamic and circuit.width <= MAX_QUBITS:
        return HermitianSum(operator, circuit.width).mean(_state(circuit, tell))
    return branches.mean(circuit, operator, partial(memory.check, "QC0651", circuit))


def bloch_vectors(circuit: FlatCircuit) -> NDArray[np.float64]:
    """Each qubit's reduced state as (<X>, <Y>, <Z>), shape (qubits, 3): shorter than 1 if it is entangled.

    Errors as `state`.
    """
    joint = state(circuit).reshape((2,) * circuit.width)
    vectors = np.empty((circuit.width, 3))
    for qubit in range(circuit.width):
        zero, one = np.moveaxis(joint, qubit, 0).reshape(2, -1)
        coherence = 2 * np.vdot(zero, one)  # <X> + i <Y>, from the reduced density matrix
        vectors[qubit] = coherence.real, coherence.imag, np.vdot(zero, zero).real - np.vdot(one, one).real
    return vectors


MOST_SHOTS = 10_000_000
"""Most shots of one run on the local simulator: ten times the service's limit."""


def run(
    circuit: FlatCircuit,
    shots: int,
    seed: int | None = None,
    noise: NoiseModel | None = None,
    exact: bool = False,
    engine: str | engines.Choice = AUTO,
    tell: Tell | None = None,
    most_outcomes: int = branches.MOST_OUTCOMES,
) -> Result:
    """Runs a circuit; the same seed gives the same counts.

    Without noise the probabilities are exact where that is little work. With noise they are the counts' frequencies
    unless `exact` asks for the distribution itself; the counts are then drawn from it. Zero shots give no counts.
    `engine` is one of `options.ENGINES`, or a choice made before; `tell` hears how far a long computation is. With
    measurements in the middle and no noise an exact distribution has at most so many outcomes (QC0659). Errors as
    `state`, those of `engines.choose`, and those of a noise model (`noise.rates`).
    """
    acting = noise if noise is not None and noise.has_errors else None
    check_shots(shots, least=1 if acting is not None and not exact else 0)
    choice = choice_of(circuit, shots, noise, exact, engine)
    if choice.engine == "mps":
        return _by_chain(circuit, shots, seed, exact, noise, tell)
    if choice.engine == "stabiliser" or circuit.is_dynamic or circuit.width > MAX_QUBITS:
        is_clifford = choice.engine == "stabiliser"
        if choice.engine == "density":  # the shots are drawn as without `exact`
            is_clifford = choice_of(circuit, shots, noise, False, AUTO).engine == "stabiliser"
        found = _by_branches(circuit, shots, seed, acting, exact, is_clifford, noise, tell, most_outcomes)
        return replace(found, engine=choice.engine)
    generator = draws.generator(seed)
    if acting is None:
        return _from_exact(circuit, _probabilities(circuit, tell), shots, generator, noise, choice.engine)
    if exact:
        memory.check("QC0653", circuit, BYTES << 2 * circuit.width, matrix="density")
        distribution = noisy.exact(circuit, acting, tell)
        if acting.readout:
            distribution = noisy.misread(distribution, acting.readout)
        return _from_exact(circuit, distribution, shots, generator, noise, choice.engine)
    if choice.engine == "density":
        memory.check("QC0653", circuit, BYTES << 2 * circuit.width, matrix="density")
    else:
        memory.check("QC0651", circuit, 2 * BYTES << circuit.width)
    outcomes = noisy.sample(circuit, acting, shots, generator, choice.engine == "density", tell)
    if acting.readout:
        outcomes = noisy.misread_outcomes(outcomes, circuit.width, acting.readout, generator)
    counts = _keyed(outcomes, circuit.width)
    frequencies = {bits: count / shots for bits, count in counts.items()}
    return _result(circuit, shots, counts, frequencies, noise, False, choice.engine)


def choice_of(
    circuit: FlatCircuit,
    shots: int,
    noise: NoiseModel | None = None,
    exact: bool = False,
    engine: str | engines.Choice = AUTO,
) -> engines.Choice:
    """The engine that `run` takes, and why. Raises CompileError for a circuit that none takes."""
    _check_bound(circuit)
    if noise is not None and circuit.width > noise.qubits:
        raise fail("QC0658", circuit=circuit.name, qubits=circuit.width, limit=noise.qubits, model=noise.name)
    acting = noise if noise is not None and noise.has_errors else None
    if acting is not None:
        noisy.rates(circuit, acting)  # refuses before any computation
    return engines.choose(engines.SimulationTask(circuit, shots, acting, exact), engine)


def _by_chain(
    circuit: FlatCircuit, shots: int, seed: int | None, exact: bool, noise: NoiseModel | None, tell: Tell | None
) -> Result:
    """The result by a chain of tensors; for few qubits a seed has the counts that a state vector gives it."""
    chain = chains.evolved(circuit, tell)
    generator = draws.generator(seed)
    counts = dict(sorted(chain.drawn(shots, generator, circuit.width <= MAX_QUBITS).items())) if shots else {}
    exact = exact or not shots
    shares = chain.distribution() if exact else {bits: count / shots for bits, count in counts.items()}
    found = _result(circuit, shots, counts, shares, noise, exact, "mps")
    return replace(found, truncation=chain.error)


def check_shots(shots: int, least: int = 0) -> None:
    """Refuses numbers of shots that cannot be run (QC0657, QC0972)."""
    if shots < least:
        raise fail("QC0657", shots=shots)
    if shots > MOST_SHOTS:
        raise fail("QC0972", limit=MOST_SHOTS)


def _from_exact(
    circuit: FlatCircuit,
    distribution: NDArray[np.float64],
    shots: int,
    generator: np.random.Generator,
    noise: NoiseModel | None,
    engine: str,
) -> Result:
    counts = _keyed(draws.counts(distribution, shots, generator), circuit.width)
    return _result(circuit, shots, counts, Probabilities(distribution, circuit.width), noise, True, engine)


def _by_branches(
    circuit: FlatCircuit,
    shots: int,
    seed: int | None,
    noise: NoiseModel | None,
    exact: bool,
    is_clifford: bool,
    named: NoiseModel | None,
    tell: Tell | None,
    most_outcomes: int,
) -> Result:
    """The result of a circuit with measurements or resets before the end, or of one too wide for a state of all qubits.

    Shots follow the tree of outcomes, or their stabilisers. The probabilities are exact if that is asked for, or is
    little work.
    """
    check = partial(memory.check, "QC0651", circuit)
    exact = exact or (noise is None and (shots == 0 or engines.is_little(circuit)))
    shares: Mapping[str, float]
    counts: Mapping[str, int] = {}
    if noise is not None:
        shares = branches.noisy_distribution(circuit, noise, check) if exact else {}
    elif is_clifford:
        shares = stabilisers.distribution(circuit, most_outcomes) if exact else {}
    else:
        shares = branches.distribution(circuit, check, most_outcomes=most_outcomes) if exact else {}
    if shots and is_clifford:
        counts = stabilisers.counts(circuit, shots, seed, noise)
    elif shots:
        counts = branches.counts(circuit, shots, seed, check, noise, tell)
    if not exact:
        shares = {bits: count / shots for bits, count in sorted(counts.items())}
    return _result(circuit, shots, dict(sorted(counts.items())), shares, named, exact)


def _keyed(outcomes: Mapping[int, int], width: int) -> dict[str, int]:
    return {binary(outcome, width): outcomes[outcome] for outcome in sorted(outcomes)}


def _result(
    circuit: FlatCircuit,
    shots: int,
    counts: Mapping[str, int],
    frequencies: Mapping[str, float],
    noise: NoiseModel | None,
    is_exact: bool,
    engine: str = "",
) -> Result:
    return Result(
        name=circuit.name,
        qubits=circuit.width,
        shots=shots,
        counts=counts,
        probabilities=frequencies,
        slots=circuit.readout,
        names=outcome_names(circuit),
        written=len(circuit.slots),
        noise=noise.name if noise is not None else None,
        is_exact=is_exact,
        engine=engine,
    )


def _evolved(circuit: FlatCircuit, states: Array, tell: Tell | None = None) -> Array:
    chunks.evolve(states, unwound(circuit, also_pinned=True).rows, tell)
    states *= cmath.exp(1j * small(circuit.phase).in_radians())
    return states


def check(circuit: FlatCircuit, states: int) -> None:
    """Refuses a circuit of which so many states do not fit. Errors as `state`."""
    _check(circuit)
    memory.check("QC0651", circuit, states * BYTES << engines.held(circuit))


def _check_static(circuit: FlatCircuit, what: str) -> None:
    """Refuses a circuit that has no one state or matrix, besides those that `_check` refuses."""
    _check(circuit)
    refuse_branches(circuit, what)


def refuse_branches(circuit: FlatCircuit, what: str) -> None:
    """Refuses a circuit that measures or resets qubits before the end, which has nothing of the kind (QC0645)."""
    place = next((place for place, op in enumerate(circuit.rows) if op.gate in (MEASURE, RESET)), None)
    if place is not None:
        raise fail("QC0645", circuit.origins[place], circuit=circuit.name, what=what)


def _check(circuit: FlatCircuit) -> None:
    """Refuses circuits with too many qubits for a state, or parameters without a value."""
    width = engines.held(circuit) if circuit.is_dynamic else circuit.width
    if width > MAX_QUBITS:
        raise fail("QC0650", circuit=circuit.name, qubits=width, limit=MAX_QUBITS)
    _check_bound(circuit)


def _check_bound(circuit: FlatCircuit) -> None:
    if circuit.symbols:
        places = (place for place, op in enumerate(circuit.rows) if any(angle.symbols for angle in op.angles))
        place = next(places, None)
        origin = None if place is None else circuit.origins[place]
        raise fail("QC0652", origin, circuit=circuit.name, names=tuple(circuit.symbols))
