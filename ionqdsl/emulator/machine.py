"""The machines of the emulated service: whether a job can run, and its outcomes.

Takes the body of a job; returns its circuits with their gate counts, a failure in the service's codes, or outcomes,
with states as the service's decimal numbers (qubit 0 is the least significant bit). A QPU is the local machine with the
noise model of its family: nothing here is measured. jobs.py schedules times and queues.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from ionqdsl.diagnostics import CompileError
from ionqdsl.emulator import openqasm
from ionqdsl.emulator.failure import Failed
from ionqdsl.emulator.service import identifier
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import ANY_MACHINE, NOISE_MODELS, PROFILES, TARGETS, NoiseModel, backend_of, noise_of
from ionqdsl.passes import transpile
from ionqdsl.read import payload as read

Outcome = dict[str, Any]
"""`probabilities` by state, and if shots were drawn `counts` and `variants`, the counts of each.

If registers were written before the end, `joint` has the counts of states with a bit for each slot above the qubits.
"""

Variants = list[dict[str, Any]] | None
"""For each variant of a circuit its id, the qubits it runs on, and its share of the shots."""

VARIANTS = 5
"""The number of variants of a circuit that error mitigation runs."""

MAX_QUBITS = 24
"""Wider circuits are accepted, compiled and priced, and then fail."""

STANDS_FOR = {"harmony": "aria-1", "harmony-1": "aria-1", "harmony-2": "aria-1", "forte-enterprise-1": "forte-1"}
"""Machines whose error rates are not public are emulated with the noise model of another."""

MULTI = "ionq.multi-circuit.v1"
QASM3 = "ionq.qasm3.v1"
KINDS = {"circuit": ("ionq.circuit.v1", MULTI, QASM3), "function": ("quantum-function",)}
QAOA = "qctrl.qaoa.v1"


def circuits(body: Mapping[str, Any], is_strict: bool = False) -> list[FlatCircuit]:
    """The circuits of a job, all of which its backend can run. Raises Failed.

    `is_strict` fails constructs of OpenQASM of which nobody knows whether the service takes them.
    """
    if _mitigation(body).get("debiasing") and body.get("shots", 100) < PROFILES["v0.4"].debiasing_shots:
        raise Failed("DebiasingError", "Debiasing needs at least 500 shots.")
    if body["type"] == QASM3:
        return [_program(body, is_strict)]
    if body["type"] != MULTI and body["input"]["gateset"] == "qis" and body["input"].get("qubits") is None:
        raise Failed("CompilationError", "UnexpectedCompilationError: input.qubits is missing.")
    try:
        result = read.circuits(body["input"], body["type"] == MULTI, names=False)
    except CompileError as error:
        first = error.diagnostics[0]
        code = "UnsupportedGate" if first.code == "QC0983" else "InvalidInput"
        raise Failed(code, first.message.replace("`", "")) from None
    for circuit in result:
        _check_width(circuit.width, body)
        _check_gates(circuit, body["backend"])
        _check_pairs(circuit, body["backend"])
    return result


def _program(body: Mapping[str, Any], is_strict: bool) -> FlatCircuit:
    circuit = openqasm.circuit(body["input"]["data"], body.get("name"), is_strict)
    row = backend_of(body["backend"])
    if circuit.is_dynamic and row is not None and not row.measures:
        word = "measurement in the middle of the circuit" if circuit.slots else "reset"
        raise Failed("PreflightError", f"The program uses an unsupported construct: {word} on {body['backend']}.")
    _check_width(circuit.width, body)
    _check_gates(circuit, body["backend"])
    return circuit


def _check_width(width: int, body: Mapping[str, Any]) -> None:
    backend, model = backend_of(body["backend"]), noise_model(body)
    limit = min(backend.qubits if backend else 29, model.qubits if model and backend and backend.is_simulator else 99)
    if width > limit:
        raise Failed("NotEnoughQubits", f"The circuit has {width} qubits, and the backend has {limit}.")
    if width > MAX_QUBITS and not body.get("dry_run"):
        raise Failed("SimulationError", f"The emulator plays circuits of at most {MAX_QUBITS} qubits, not {width}.")


PARCEL = 4
"""The ions of a parcel of a Tempo-like machine. How many a real one has, and which pairs it connects, is not public."""


def pairs(backend: str, width: int) -> list[tuple[int, int]]:
    """The connected pairs: all, or on a Tempo-like machine those within parcels and between neighbouring ends."""
    every = [(a, b) for a in range(width) for b in range(a + 1, width)]
    if not backend.startswith("qpu.tempo-"):
        return every
    return [(a, b) for a, b in every if a // PARCEL == b // PARCEL or b - a == 1]


def _check_pairs(circuit: FlatCircuit, backend: str) -> None:
    """Native circuits are not placed by the service, so that their gates must act on connected pairs."""
    if circuit.gateset != "native" or backend == "simulator":
        return
    connected = set(pairs(backend, circuit.width))
    for op in circuit.rows:
        pair = tuple(sorted(op.qubits))
        if len(pair) == 2 and op.gate not in NOT_GATES and pair not in connected:
            raise Failed("InvalidInput", f"Qubits {pair[0]} and {pair[1]} are not connected on {backend}")


def _check_gates(circuit: FlatCircuit, backend: str) -> None:
    row = backend_of(backend)
    target = TARGETS[row.target] if row is not None and row.target is not None else None
    if circuit.gateset == "native" and target is not None:
        used = {op.gate for op in circuit.rows if op.gate not in NOT_GATES}
        if wrong := sorted(GATES[gate].name for gate in used if gate not in target.gates):
            raise Failed("UnsupportedGate", f"Gate types [{', '.join(wrong)}] are not supported by this backend")


def noise_model(body: Mapping[str, Any]) -> NoiseModel | None:
    """The noise of a job: the requested model on the simulator, the machine's own on a QPU."""
    if body["backend"] != "simulator":
        return noise_of(body["backend"])
    name = (body.get("noise") or {}).get("model", "ideal")
    if name == "ideal":
        return None
    if name not in NOISE_MODELS:
        raise Failed("InvalidInput", f"There is no noise model {name}.")
    asked, played = NOISE_MODELS[name], NOISE_MODELS[STANDS_FOR.get(name, name)]
    return NoiseModel(name, played.target, played.one_qubit, played.two_qubit, asked.qubits)


def counts_of_gates(circuit: FlatCircuit) -> dict[str, int]:
    """The one-qubit and two-qubit gates that a circuit is billed for, as a reseller of IonQ's machines counts them.

    A gate counts as it is sent. One on n > 2 qubits counts as 6 (n - 2) two-qubit gates, or as the gates that it must
    be broken into if these are more, and a swap as three. A time evolution counts for each product of w letters as
    2 (w - 1) two-qubit gates, for a single letter as two one-qubit gates.
    """
    counts = {"1q": 0, "2q": 0}
    for (name, controls, operator, width), times in Counter(map(_kind, circuit.rows)).items():
        if operator is not None:
            sizes = [len(product) for product, _ in operator.terms if product]
            counts["1q"] += times * sum(2 * (size == 1) for size in sizes)
            counts["2q"] += times * sum(2 * (size - 1) for size in sizes)
        elif width == 1:
            counts["1q"] += times
        elif width == 2:
            counts["2q"] += times * (3 if name == "swap" else 1)
        elif width > 2:
            counts["2q"] += times * max(6 * (width - 2), _broken(name, controls, width))
    return counts


def _kind(op: Op) -> tuple[str, int, Operator | None, int]:
    return op.gate, op.controls, op.operator, 0 if op.gate in NOT_GATES else len(op.qubits)


@cache
def _broken(name: str, controls: int, width: int) -> int:
    """The number of two-qubit gates into which a wide gate is broken."""
    angles = (Angle(0, 0.3),) * len(GATES[name].parameters)
    rows = [Op(name, tuple(range(width)), angles, controls)]
    native = transpile(FlatCircuit(width, "wide", "qis", rows, [None], ()), ANY_MACHINE, Options(level=0))[0]
    return sum(len(op.qubits) == 2 for op in native.rows)


def compiled(circuit: FlatCircuit, backend: str, model: NoiseModel | None) -> FlatCircuit:
    """The native circuit that the machine runs; native circuits run unchanged."""
    if circuit.gateset == "native":
        return circuit
    row = backend_of(backend)
    name = (row.target if row is not None else None) or (model.target if model is not None else None) or "aria"
    return transpile(circuit, TARGETS[name], Options(level=0))[0]


def play(circuit: FlatCircuit, body: Mapping[str, Any], shots: int, seed: int, variants: Variants = None) -> Outcome:
    """Runs a circuit, or its variants, as the job asks, and adds those up. The same seed gives the same outcome."""
    from ionqdsl.simulation import simulate

    model = noise_model(body)
    if model is None:
        exact = simulate.run(circuit, 0, seed).final.probabilities
        return {"probabilities": {_decimal(bits): share for bits, share in exact.items()}}
    native = compiled(circuit, body["backend"], model)
    if circuit.is_dynamic:
        result = simulate.run(native, shots, seed, model)
        total = _counted(result.final.counts)
        return {"probabilities": shares(total), "counts": total, "joint": _counted(result.counts)}
    parts = [variant["shots"] for variant in variants or ()] or [shots]
    counts = [_counted(simulate.run(native, part, seed + n, model).counts) for n, part in enumerate(parts)]
    total = dict(sum(map(Counter, counts), Counter[str]()))
    return {"probabilities": shares(total), "counts": total, "variants": counts if variants else []}


def variants(body: Mapping[str, Any], circuit: FlatCircuit, shots: int, seed: int) -> Variants:
    """The variants that debiasing runs instead of a circuit, None if it is off."""
    if circuit.is_dynamic or not is_debiased(body, circuit.gateset):
        return None
    width = circuit.width
    row = backend_of(body["backend"])
    qubits = range(row.qubits if row is not None else width)
    return [
        {
            "id": identifier(f"{seed} {number}"),
            "qubit_map": random.Random(seed + number).sample(qubits, width),
            "shots": shots // VARIANTS + (number < shots % VARIANTS),
        }
        for number in range(VARIANTS)
    ]


def is_debiased(body: Mapping[str, Any], gateset: str) -> bool:
    """Whether debiasing is on: requested, or by default on a QPU for abstract gates and at least 500 shots."""
    asked = _mitigation(body).get("debiasing")
    if asked is None:
        asked = gateset == "qis" and body.get("shots", 100) >= PROFILES["v0.4"].debiasing_shots
    return bool(asked) and body["backend"] != "simulator"


def is_mitigated(body: Mapping[str, Any], gatesets: Iterable[str]) -> bool:
    """Whether a job is billed for mitigation of any kind; an ansatz counts as abstract gates."""
    is_verified = bool(_mitigation(body).get("symmetry_verification")) and body["backend"] != "simulator"
    return is_verified or any(is_debiased(body, gateset) for gateset in gatesets)


def _mitigation(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return (body.get("settings") or {}).get("error_mitigation") or {}


def sharpened(outcome: Outcome, seed: int) -> dict[str, float]:
    """A vote of the variants, shot by shot: the state that most of them show, or all of them if none leads.

    Without variants the distribution is returned unchanged.
    """
    if not outcome.get("variants"):
        return dict(outcome["probabilities"])
    columns = [shots(counts, seed + number) for number, counts in enumerate(outcome["variants"])]
    votes: Counter[str] = Counter()
    for number in range(max(map(len, columns))):
        shown = Counter(column[number] for column in columns if number < len(column))
        (first, most), *others = shown.most_common()
        if others and others[0][1] == most:
            votes.update(shown)
        else:
            votes[first] += shown.total()
    return shares(votes)


def shots(counts: Mapping[str, int], seed: int) -> list[str]:
    """The outcomes one by one, in an order determined by the seed."""
    states = [state for state, times in counts.items() for _ in range(times)]
    random.Random(seed).shuffle(states)
    return states


def _decimal(bits: str) -> str:
    """Our bit string, q[0] leftmost, as the service's number."""
    return str(int(bits[::-1], 2)) if bits else "0"


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    return {_decimal(bits): times for bits, times in counts.items() if times}


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """Counts as shares of their sum."""
    total = sum(counts.values())
    return {state: times / total for state, times in counts.items()}
