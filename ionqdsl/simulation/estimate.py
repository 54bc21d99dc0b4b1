"""Estimates the fidelity and the duration of a native circuit on a machine.

Takes a circuit and a characterization and returns a `FidelityEstimate`: the estimated success probability, which is the
product of the fidelities of all gates, of waiting, and of preparing and reading every qubit that is read (P. Murali et
al., ASPLOS 2019; S. Nishio et al., ACM J. Emerg. Technol. Comput. Syst. 16, 32 (2020)). It omits crosstalk, drift and
errors that add up coherently, so it is a yardstick to compare circuits with, and higher than a machine will show.

Gates of one chain of ions are assumed to run one after another: the service publishes no schedule, and gates on all
pairs share the same motion. The critical path, the shortest time that any parallel execution needs, is given next to
it. Rotations about z are changes of a phase: no pulse, no time, no error. All two-qubit gates count alike, whatever
their angle, since no characterization says otherwise.
"""

from __future__ import annotations

import math

from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import BARRIER, FlatCircuit
from ionqdsl.ir.gates import NAMES
from ionqdsl.record import record


@record
class FidelityEstimate:
    """`fidelity` is `gates` times `idle` times `readout`; an unknown factor is 1 and named in `left_out`.

    `seconds` is the time from the first gate to the end of the last, one after another; `critical_seconds` if all gates
    that can run at once do. `shot_seconds` adds reset and readout. None if times are not known. `left_out` has keys of
    the characterization, `source` says where the figures come from.
    """

    fidelity: float
    gates: float
    idle: float
    readout: float
    seconds: float | None
    critical_seconds: float | None
    shot_seconds: float | None
    left_out: tuple[str, ...]
    source: str


def estimate(circuit: FlatCircuit, machine: Characterization) -> FidelityEstimate:
    """The estimate of a native circuit; linear in its rows. Raises ValueError for rows of other gates.

    A qubit idles, from the start of its first gate to the end of the circuit's last gate, whenever no gate acts on it;
    before that it is |0>, which does not decay. See `idle_fidelity`.
    """
    single, double = machine.one_qubit_seconds, machine.two_qubit_seconds
    is_timed = single is not None and double is not None
    times = (0.0, single or 0.0, double or 0.0)
    counts = [0, 0, 0]
    now = 0.0
    begun: dict[int, float] = {}
    busy = [0.0] * circuit.width
    reached = [0.0] * circuit.width
    for op in circuit.rows:
        if op.gate == "nop" or op.gate == BARRIER:
            wires = op.qubits or range(circuit.width)
            is_waiting = op.gate == "nop" and op.angles[0].is_bound  # a time with parameters counts as 0
            seconds = op.angles[0].in_radians() * 1e-6 if is_waiting else 0.0
        elif op.gate in _NATIVE and not op.controls:
            wires, seconds = op.qubits, times[len(op.qubits)]
            counts[len(op.qubits)] += 1
            for qubit in wires:
                begun.setdefault(qubit, now)
                busy[qubit] += seconds
        else:
            raise ValueError(f"{op.gate} is not a native gate")
        now += seconds
        end = max((reached[qubit] for qubit in wires), default=0.0) + seconds
        for qubit in wires:
            reached[qubit] = end
    gates = (machine.one_qubit or 1.0) ** counts[1] * (machine.two_qubit or 1.0) ** counts[2]
    idle = 1.0
    if is_timed:
        idle = math.prod(idle_fidelity(now - start - busy[qubit], machine) for qubit, start in begun.items())
    readout = (machine.spam or 1.0) ** len(_read(circuit))
    shot = None
    if is_timed and machine.reset_seconds is not None and machine.readout_seconds is not None:
        shot = machine.reset_seconds + now + machine.readout_seconds
    return FidelityEstimate(
        fidelity=gates * idle * readout,
        gates=gates,
        idle=idle,
        readout=readout,
        seconds=now if is_timed else None,
        critical_seconds=max(reached, default=0.0) if is_timed else None,
        shot_seconds=shot,
        left_out=machine.missing,
        source=machine.source,
    )


_NATIVE = frozenset(NAMES["native"].values()) - {"nop"}


def is_native(circuit: FlatCircuit) -> bool:
    """Whether a circuit has only native gates, so that it can be estimated."""
    return all(op.gate in _NATIVE or op.gate in ("nop", BARRIER) for op in circuit.rows)


def idle_fidelity(seconds: float, machine: Characterization) -> float:
    """The average fidelity of a qubit that waits: 1/2 + exp(-t/T1)/6 + exp(-t/T2)/3.

    Relaxing with T1 and dephasing with T2 has the process fidelity (1 + exp(-t/T1) + 2 exp(-t/T2))/4, and the average
    over states is (2 F + 1)/3 (M. A. Nielsen, Phys. Lett. A 303, 249 (2002)). An unknown time counts as infinite.
    """
    if seconds <= 0:
        return 1.0
    t1, t2 = machine.t1_seconds or math.inf, machine.t2_seconds or math.inf
    return 1 / 2 + math.exp(-seconds / t1) / 6 + math.exp(-seconds / t2) / 3


def _read(circuit: FlatCircuit) -> set[int]:
    """The qubits whose outcome counts: those of registers if there are any, otherwise all."""
    if not circuit.registers:
        return set(range(circuit.width))
    return {qubit for _, slots in circuit.readout for qubit in slots if qubit is not None}
