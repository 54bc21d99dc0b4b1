"""Chooses the engine that simulates a circuit: by its gates, its width and its noise, or the one that the caller names.

Takes a task and returns a `Choice` with its reason, or refuses an engine that cannot do it, with the reason.
simulate.py runs the engines. Whether a chain of tensors is enough shows only on the way, so that engine is the last
choice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit
from ionqdsl.ir.options import AUTO
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.simulation import branches, noise, stabilisers

MAX_QUBITS = 29
"""The limit of the service's simulator; the state alone takes 8 GiB then."""

FEW = 16
"""Most qubits, measurements and resets together for which a run computes the exact distribution unasked."""

RATIO = 1
"""Ratio of shots with errors to columns of the density matrix above which the matrix is faster."""

WIDEST_MATRIX = 12
"""Most qubits of a density matrix that is chosen to save time: 1/2 GiB with its working memory."""


class SimulationTask(NamedTuple):
    """A circuit whose parameters have values, the shots, the noise if there is any, and whether the result is exact."""

    circuit: FlatCircuit
    shots: int
    noise: NoiseModel | None
    exact: bool


class Engine(NamedTuple):
    """How an engine holds a state, and the reason why it cannot do a task, None if it can."""

    state: str
    refuses: Callable[[SimulationTask], str | None]


class Choice(NamedTuple):
    """The name of an engine, and why it was chosen."""

    engine: str
    reason: str


def choose(task: SimulationTask, wanted: str | Choice) -> Choice:
    """The engine for a task; a choice made before stays. Raises QC0663 if one cannot do it, QC0650 if none can."""
    if isinstance(wanted, Choice):
        return wanted
    if wanted == AUTO:
        return _with_noise(task) if task.noise is not None else _without(task)
    reason = ENGINES[wanted].refuses(task)
    if reason is not None:
        raise fail("QC0663", None, circuit=task.circuit.name, engine=wanted, reason=reason)
    return Choice(wanted, "it was asked for")


def _without(task: SimulationTask) -> Choice:
    circuit = task.circuit
    is_wide = not circuit.is_dynamic and circuit.width > MAX_QUBITS
    if (is_wide or (circuit.is_dynamic and not is_little(circuit))) and stabilisers.is_clifford(circuit):
        return Choice("stabiliser", "all gates are Clifford gates")
    if _no_vector(task) is None:
        return Choice("statevector", f"{held(circuit)} qubits at once are few enough")
    if is_wide:
        return Choice("mps", "no other engine takes so many qubits")
    raise fail("QC0650", None, circuit=circuit.name, qubits=held(circuit), limit=MAX_QUBITS)


def _with_noise(task: SimulationTask) -> Choice:
    circuit = task.circuit
    if not task.exact and not is_little(circuit) and stabilisers.is_clifford(circuit):
        return Choice("stabiliser", "all gates are Clifford gates")
    if task.exact:
        return Choice("density", "exact probabilities with noise need it")
    if held(circuit) > MAX_QUBITS:
        raise fail("QC0650", None, circuit=circuit.name, qubits=held(circuit), limit=MAX_QUBITS)
    is_small = not circuit.is_dynamic and circuit.width <= WIDEST_MATRIX
    if is_small and patterns(task) > RATIO * 2**circuit.width:
        return Choice("density", "it takes less work than the errors of so many shots")
    return Choice("trajectories", "it takes less work than a density matrix")


def patterns(task: SimulationTask) -> float:
    """How many shots will have an error, on average: about as many trajectories are followed."""
    if task.noise is None:
        return 0.0
    rows, rates = task.circuit.rows, noise.rates(task.circuit, task.noise)
    logarithms = [math.log1p(-rate * (1 - 0.25 ** len(rows[place].qubits))) for place, rate in rates]
    return -task.shots * math.expm1(math.fsum(logarithms))


# --- refusals --------------------------------------------------------------------------------------------------------


def _no_vector(task: SimulationTask) -> str | None:
    if task.noise is not None:
        return "noise makes a mixed state: `density` and `trajectories` take it"
    return _too_wide(task.circuit)


def _no_stabilisers(task: SimulationTask) -> str | None:
    if not stabilisers.is_clifford(task.circuit):
        return "not all of its gates are Clifford gates"
    return "it draws shots with noise, and no exact distribution" if task.noise and task.exact else None


def _no_chain(task: SimulationTask) -> str | None:
    if task.circuit.is_dynamic:
        return "the circuit measures or resets qubits before the end"
    return "it takes no noise" if task.noise is not None else None


def _no_matrix(task: SimulationTask) -> str | None:
    if task.noise is None:
        return "there is no noise, so the state is a vector"
    if task.circuit.is_dynamic and not task.exact:
        return "shots of a circuit that measures before the end follow `trajectories`"
    return None


def _no_trajectories(task: SimulationTask) -> str | None:
    if task.noise is None:
        return "there is no noise, and so no errors to draw"
    if task.exact:
        return "exact probabilities with noise need `density`"
    return _too_wide(task.circuit)


def _too_wide(circuit: FlatCircuit) -> str | None:
    width = held(circuit)
    return f"a state of {width} qubits is too large: {MAX_QUBITS} are the most" if width > MAX_QUBITS else None


ENGINES = {
    "statevector": Engine("all amplitudes", _no_vector),
    "stabiliser": Engine("Pauli products that keep the state, of Clifford gates", _no_stabilisers),
    "mps": Engine("a chain of tensors, of many qubits with little entanglement", _no_chain),
    "density": Engine("a density matrix, with noise", _no_matrix),
    "trajectories": Engine("a state for each pattern of errors, with noise", _no_trajectories),
}
"""The engines by name, those of `options.ENGINES`, and how each holds a state."""


def held(circuit: FlatCircuit) -> int:
    """How many qubits a state has at once: those with a known value are not part of it where it follows branches."""
    is_plain = not circuit.is_dynamic and circuit.width <= MAX_QUBITS
    return circuit.width if is_plain else branches.widest(circuit)


def is_little(circuit: FlatCircuit) -> bool:
    """Whether the exact distribution of a circuit is little work."""
    return forks(circuit) + circuit.width <= FEW


def forks(circuit: FlatCircuit) -> int:
    """How many measurements and resets a circuit has."""
    return sum(op.gate in (MEASURE, RESET) for op in circuit.rows)
