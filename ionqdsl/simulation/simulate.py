"""The local simulator: state vectors, seeded shots and IonQ's noise models.

Takes a circuit whose parameters all have values and returns its state, its probabilities, its unitary or the `Result`
of a run; the index of a basis state has q[0] as its most significant bit. chunks.py applies gates, with the matrices of
statevector.py, and noise.py adds noise; nothing is compiled here, so a noise model needs a circuit that is already
native.
"""

from __future__ import annotations

import cmath
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Operator
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.simulation import branches, chunks, stabilisers
from ionqdsl.simulation import noise as noisy
from ionqdsl.simulation.pauli_sums import HermitianSum
from ionqdsl.simulation.results import Probabilities, Result, binary, outcome_names
from ionqdsl.simulation.statevector import Array, basis_state

MAX_QUBITS = 29
"""The limit of the service's simulator; the state alone takes 8 GiB then."""

BYTES = 32
"""Bytes per amplitude at the peak: itself (complex128), and as much again for probabilities and copies."""


def state(circuit: FlatCircuit) -> Array:
    """The final state from |0...0>, shape (2**qubits,), global phase included.

    Raises `CompileError` for unbound parameters, too many qubits, too little memory, and for a circuit that measures
    or resets qubits before the end (QC0645).
    """
    _check_static(circuit, "state")
    _check_memory("QC0651", circuit, BYTES << circuit.width)
    final: Array = _evolved(circuit, basis_state(circuit.width))[0]
    return final


def states(circuit: FlatCircuit, places: Iterable[int]) -> Iterator[tuple[int, Array]]:
    """Each of the places with the state after so many rows, shape (2**qubits,), up to a global phase.

    The places are in ascending order. A state is valid until the next one is asked for. Errors as `state`.
    """
    _check_static(circuit, "state")
    _check_memory("QC0651", circuit, BYTES << circuit.width)
    joint, done = basis_state(circuit.width), 0
    for place in places:
        chunks.evolve(joint, circuit.rows[done:place])
        done = place
        yield place, joint[0]


def probabilities(circuit: FlatCircuit) -> NDArray[np.float64]:
    """The exact distribution of the measured bits, shape (2**qubits,). Errors as `state`."""
    final = state(circuit)
    result = np.square(final.real)
    result += np.square(final.imag)
    return result


def unitary(circuit: FlatCircuit) -> Array:
    """The matrix of the circuit, shape (2**qubits, 2**qubits), for q[0] (x) q[1] (x) ... Errors as `state`."""
    _check_static(circuit, "unitary")
    _check_memory("QC0653", circuit, BYTES << 2 * circuit.width, matrix="unitary")
    states = basis_state(circuit.width, 2**circuit.width)
    states[:, 0] = 0
    np.fill_diagonal(states, 1)
    return _evolved(circuit, states).T  # row k is the image of basis state k: column k of the matrix


def mean(circuit: FlatCircuit, operator: Operator) -> float:
    """The exact mean of an operator in the final state, or in those of all branches. Errors as `state`, and QC0659."""
    if not circuit.is_dynamic:
        return HermitianSum(operator, circuit.width).mean(state(circuit))
    _check(circuit)
    return branches.mean(circuit, operator, partial(_check_memory, "QC0651", circuit))


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
    by_stabilisers: bool | None = None,
) -> Result:
    """Runs a circuit; the same seed gives the same counts.

    Without noise the probabilities are always exact. With noise they are the counts' frequencies unless `exact` asks
    for the distribution itself, by density matrix; the counts are then drawn from it. Zero shots give no counts. A
    caller that has asked `uses_stabilisers` hands the answer on. Errors as `state`, and those of a noise model
    (`noise.rates`).
    """
    has_noise = noise is not None and not (noise.one_qubit == noise.two_qubit == noise.readout == 0)
    check_shots(shots, least=1 if has_noise and not exact else 0)
    if circuit.is_dynamic or circuit.width > MAX_QUBITS:
        is_clifford = uses_stabilisers(circuit) if by_stabilisers is None else by_stabilisers
        return _by_branches(circuit, shots, seed, noise if has_noise else None, exact, is_clifford, noise)
    generator = np.random.default_rng(None if seed is None else seed % 2**64)  # a job's noise.seed may be negative
    if noise is None or not has_noise:
        return _from_exact(circuit, probabilities(circuit), shots, generator, noise)
    _check(circuit, noise)
    noisy.rates(circuit, noise)  # refuses before any computation
    if exact:
        _check_memory("QC0653", circuit, BYTES << 2 * circuit.width, matrix="density")
        distribution = noisy.exact(circuit, noise)
        if noise.readout:
            distribution = noisy.misread(distribution, noise.readout)
        return _from_exact(circuit, distribution, shots, generator, noise)
    _check_memory("QC0651", circuit, 2 * BYTES << circuit.width)
    outcomes = noisy.sample(circuit, noise, shots, generator)
    if noise.readout:
        outcomes = noisy.misread_outcomes(outcomes, circuit.width, noise.readout, generator)
    counts = _keyed(outcomes, circuit.width)
    frequencies = {bits: count / shots for bits, count in counts.items()}
    return _result(circuit, shots, counts, frequencies, noise, is_exact=False)


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
) -> Result:
    outcomes, times = np.unique(noisy.drawn(distribution, generator.random(shots)), return_counts=True)
    counts = _keyed(dict(zip(outcomes.tolist(), times.tolist(), strict=True)), circuit.width)
    return _result(circuit, shots, counts, Probabilities(distribution, circuit.width), noise, is_exact=True)


FEW = 16
"""Most qubits, measurements and resets together for which a run computes the exact distribution unasked."""


def _by_branches(
    circuit: FlatCircuit,
    shots: int,
    seed: int | None,
    noise: NoiseModel | None,
    exact: bool,
    is_clifford: bool,
    named: NoiseModel | None,
) -> Result:
    """The result of a circuit with measurements or resets before the end, or of one too wide for a state of all qubits.

    Shots follow the tree of outcomes, or their stabilisers. The probabilities are exact if that is asked for, or is
    little work.
    """
    _check(circuit, noise, is_clifford or branches.widest(circuit) <= MAX_QUBITS)
    check = partial(_check_memory, "QC0651", circuit)
    exact = exact or (noise is None and (shots == 0 or _forks(circuit) + circuit.width <= FEW))
    shares: Mapping[str, float]
    counts: Mapping[str, int] = {}
    if noise is not None:
        noisy.rates(circuit, noise)  # refuses before any computation
        shares = branches.noisy_distribution(circuit, noise, check) if exact else {}
    elif is_clifford:
        shares = stabilisers.distribution(circuit) if exact else {}
    else:
        shares = branches.distribution(circuit, check) if exact else {}
    if shots and is_clifford:
        counts = stabilisers.counts(circuit, shots, seed, noise)
    elif shots:
        counts = branches.counts(circuit, shots, seed, check, noise)
    if not exact:
        shares = {bits: count / shots for bits, count in sorted(counts.items())}
    return _result(circuit, shots, dict(sorted(counts.items())), shares, named, is_exact=exact)


def uses_stabilisers(circuit: FlatCircuit) -> bool:
    """Whether a run computes with stabilisers: of Clifford gates, dynamic and more than little work, or very wide."""
    is_much = _forks(circuit) + circuit.width > FEW if circuit.is_dynamic else circuit.width > MAX_QUBITS
    return is_much and not circuit.symbols and stabilisers.is_clifford(circuit)


def _forks(circuit: FlatCircuit) -> int:
    """How many measurements and resets a circuit has."""
    return sum(op.gate in (MEASURE, RESET) for op in circuit.rows)


def _keyed(outcomes: Mapping[int, int], width: int) -> dict[str, int]:
    return {binary(outcome, width): outcomes[outcome] for outcome in sorted(outcomes)}


def _result(
    circuit: FlatCircuit,
    shots: int,
    counts: Mapping[str, int],
    frequencies: Mapping[str, float],
    noise: NoiseModel | None,
    is_exact: bool,
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
    )


def _evolved(circuit: FlatCircuit, states: Array) -> Array:
    chunks.evolve(states, circuit.rows)
    states *= cmath.exp(1j * circuit.phase.in_radians())
    return states


def check(circuit: FlatCircuit, states: int) -> None:
    """Refuses a circuit of which so many states do not fit. Errors as `state`."""
    _check(circuit)
    _check_memory("QC0651", circuit, states * BYTES << _held(circuit))


def _held(circuit: FlatCircuit) -> int:
    """How many qubits a state has at once: those with a known value are not part of it in a dynamic circuit."""
    return branches.widest(circuit) if circuit.is_dynamic else circuit.width


def _check_static(circuit: FlatCircuit, what: str) -> None:
    """Refuses a circuit that has no one state or matrix, besides those that `_check` refuses."""
    _check(circuit)
    refuse_branches(circuit, what)


def refuse_branches(circuit: FlatCircuit, what: str) -> None:
    """Refuses a circuit that measures or resets qubits before the end, which has nothing of the kind (QC0645)."""
    place = next((place for place, op in enumerate(circuit.rows) if op.gate in (MEASURE, RESET)), None)
    if place is not None:
        raise fail("QC0645", circuit.origins[place], circuit=circuit.name, what=what)


def _check(circuit: FlatCircuit, noise: NoiseModel | None = None, has_no_state: bool = False) -> None:
    """Refuses circuits with too many qubits for a state, if there is one, or parameters without a value."""
    if noise is not None and circuit.width > noise.qubits:
        raise fail("QC0658", circuit=circuit.name, qubits=circuit.width, limit=noise.qubits, model=noise.name)
    if not has_no_state and circuit.width > MAX_QUBITS and _held(circuit) > MAX_QUBITS:
        raise fail("QC0650", circuit=circuit.name, qubits=_held(circuit), limit=MAX_QUBITS)
    if circuit.symbols:
        places = (place for place, op in enumerate(circuit.rows) if any(angle.symbols for angle in op.angles))
        place = next(places, None)
        origin = None if place is None else circuit.origins[place]
        raise fail("QC0652", origin, circuit=circuit.name, names=tuple(circuit.symbols))


LITTLE = 1 << 16
"""Bytes allocated without checking free memory, which takes longer than a small simulation."""


def _check_memory(code: str, circuit: FlatCircuit, needed: int, matrix: str | None = None) -> None:
    if needed <= LITTLE:
        return
    free = free_memory()
    if needed > free:
        amounts = {"needed": _in_words(needed), "free": _in_words(free)}
        raise fail(code, None, circuit=circuit.name, qubits=circuit.width, matrix=matrix, **amounts)


def free_memory() -> int:
    """Bytes available without swapping, and within a container's limit; unknown counts as 8 GiB."""
    free = 8 << 30
    with suppress(OSError, ValueError, AttributeError):  # half of it all: macOS does not report free memory
        free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    with suppress(OSError, ValueError, KeyError):
        free = 1024 * _figures("/proc/meminfo")["MemAvailable:"]
    for folder, limit, used in _CONTAINER:
        with suppress(OSError, ValueError, KeyError):
            allowed = int(Path(folder, limit).read_text("ascii"))
            free = min(free, max(0, allowed - _figures(f"{folder}/memory.stat")[used]))
    return free


_CONTAINER = (
    ("/sys/fs/cgroup", "memory.max", "anon"),
    ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "total_rss"),
)
"""Files in which Linux reports a container's memory: folder, limit, use; control groups 2 and 1."""


def _figures(path: str) -> dict[str, int]:
    """The kernel's tables: a name and a number a line."""
    lines = (line.split() for line in Path(path).read_text("ascii").splitlines())
    return {words[0]: int(words[1]) for words in lines if len(words) > 1}


def _in_words(size: int) -> str:
    """Bytes for people, in powers of 1024."""
    amount, unit = float(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        if amount < 1024 or unit == "EiB":
            break
        amount /= 1024
    return f"{amount:,.1f} {unit}"
