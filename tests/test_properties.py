"""Random programs through every stage, checked by routes that share nothing with it.

Printing reads back equal; lowering is deterministic, with shared rows and without; every target, level and contract
keeps its promise; payloads validate, and a reader written here from IonQ's documentation finds the same unitary in
them. Would catch nearly anything that changes the meaning of a program.

`--hypothesis-profile=thorough` tries thousands.
"""

from __future__ import annotations

import cmath
import math
from itertools import groupby
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from by_hand import FIXED, PAULIS, X, Z, axis, controlled, exponential, kron, on, product, turned
from hypothesis import given
from hypothesis import strategies as st
from programs import programs, symbolic_programs
from reading import same
from schema_check import check_payload, circuits_of

from ionqdsl import pipeline as stages
from ionqdsl import verify
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.ir import symbolic
from ionqdsl.ir.angle import TAU
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.simulation import simulate

ATOL = 1e-8


def read(text: str) -> FlatCircuit:
    (circuit,) = stages.load(Source(text))[0].runs
    return circuit


# --- lowering and printing -------------------------------------------------------------------------------------------


@given(programs())
def test_lowering_says_the_same_twice(text: str) -> None:
    source = Source(text)
    first, second = (stages.load(source)[0].runs[0] for _ in range(2))
    assert first.rows == second.rows
    assert first.origins == second.origins
    assert (first.phase, first.registers, first.wires) == (second.phase, second.registers, second.wires)
    assert len(first.rows) == len(first.origins)
    assert verify.invariants(first) == []
    assert all(origin is not None and origin.source is source for origin in first.origins)


@given(programs())
def test_nobody_relies_on_shared_rows(text: str) -> None:
    """Equal rows are one object only to be quick: with fresh objects everything is the same."""
    shared = read(text)
    with patch("ionqdsl.language.lower.gates.shared", Op), patch("ionqdsl.language.lower.circuits.shared", Op):
        fresh = read(text)
    assert fresh == shared
    assert fresh.rows == shared.rows
    target = TARGETS["forte"]
    assert transpile(fresh, target)[0].rows == transpile(shared, target)[0].rows
    unshared = fresh.replace(rows=[Op(*op) for op in fresh.rows])
    assert transpile(unshared, target)[0].rows == transpile(shared, target)[0].rows


@given(st.one_of(programs(), symbolic_programs()))
def test_printing_reads_back_equal(text: str) -> None:
    circuit = read(text)
    printed = qc.text(circuit)
    again = read(printed)
    assert nearly(again, circuit), printed
    assert again == circuit or is_mixed(circuit), printed
    assert again.registers == circuit.registers
    assert qc.text(again) == printed
    for target in ("qis", "aria", "forte"):
        result = transpile(circuit, TARGETS[target])[0]
        if in_one_piece(result):
            assert nearly(read(qc.text(result)), result)


def nearly(one: FlatCircuit, other: FlatCircuit) -> bool:
    """Equality but for rounding."""

    def numbers(op: Op) -> list[float]:
        parts = [(angle.turns, angle.radians, *(x for term in angle.terms for x in term[1:])) for angle in op.angles]
        return [float(part) for angle in parts for part in (angle[0] + angle[1] / TAU, *angle[2:])]

    def shape(op: Op) -> tuple[Any, ...]:
        return op.gate, op.qubits, op.controls, bool(op.pinned), op.operator, tuple(a.symbols for a in op.angles)

    phase = abs(cmath.exp(1j * (one.phase - other.phase).bind(lambda symbol: 0.7).in_radians()) - 1)
    return (
        phase < 1e-12
        and len(one.rows) == len(other.rows)
        and all(
            shape(a) == shape(b) and np.allclose(numbers(a), numbers(b), rtol=0, atol=1e-14)
            for a, b in zip(one.rows, other.rows, strict=True)
        )
    )


def is_mixed(circuit: FlatCircuit) -> bool:
    """Whether an angle joins turns and radians of which one is a float, such as `pi/2 + e`: it prints as one float."""
    angles = [circuit.phase, *(angle for op in circuit.rows for angle in op.angles)]
    return any(a.turns and a.radians and isinstance(a.turns + a.radians, float) for a in angles)


def in_one_piece(circuit: FlatCircuit) -> bool:
    """Whether no verbatim block has rows of others in between: only then text can say it."""
    numbers = [number for number, _ in groupby(op.pinned for op in circuit.rows)]
    blocks = [number for number in numbers if number]
    return len(blocks) == len(set(blocks))


@pytest.mark.parametrize("target", ["qis", "aria", "forte"])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_verbatim_blocks_stay_in_one_piece(target: str, level: int) -> None:
    """A block is a barrier on its qubits as a whole, so gates before it come out before all of it."""
    source = read("qubit q[2]\nrx(0.3) q\nnative { gpi2(0.1) q }\nrx(0.7) q\n")
    result, _, _ = transpile(source, TARGETS[target], Options(level=level, preserve="unitary"))
    assert in_one_piece(result)


# --- compiling -------------------------------------------------------------------------------------------------------


def relabelled(unitary: np.ndarray, inputs: tuple[int, ...] | None) -> np.ndarray:
    """The source's unitary with its inputs renamed: qubit q of the result starts as qubit inputs[q] of the source."""
    if inputs is None:
        return unitary
    width = len(inputs)
    permutation = np.zeros_like(unitary)
    for column in range(2**width):
        row = 0
        for qubit in range(width):
            bit = column >> (width - 1 - qubit) & 1
            row |= bit << (width - 1 - inputs[qubit])
        permutation[row, column] = 1
    return unitary @ permutation


def keeps(source: FlatCircuit, result: FlatCircuit, preserve: str, inputs: tuple[int, ...] | None) -> bool:
    """The contracts, said once more in numpy."""
    before, after = simulate.unitary(source), simulate.unitary(result)
    if preserve == "unitary":
        return same(before, after, ATOL)  # the tracked global phase included
    if preserve == "permuted":
        return same(relabelled(before, inputs), after, ATOL)
    if preserve == "measurement":
        left = after @ relabelled(before, inputs).conj().T
        return same(np.abs(left), np.eye(len(left)), 1e-6)  # a diagonal at the very end
    return same(np.abs(before[:, 0]) ** 2, np.abs(after[:, 0]) ** 2, ATOL)


@given(
    programs(),
    st.sampled_from(["qis", "aria", "forte"]),
    st.sampled_from(["unitary", "permuted", "measurement", "outcomes"]),
    st.sampled_from([None, 0, 1, 2]),
)
def test_every_target_and_contract_keeps_its_promise(text: str, target: str, preserve: str, level: int | None) -> None:
    source = read(text)
    options = Options(target=target, preserve=preserve, level=level, verify=True)
    result, _, report = transpile(source, TARGETS[target], options, checked=True)
    assert keeps(source, result, preserve, report.inputs)
    assert verify.invariants(result, TARGETS[target]) == []
    assert verify.equivalent(source, result, preserve, inputs=report.inputs)
    assert result.registers == source.registers
    again, _, _ = transpile(source, TARGETS[target], options)
    assert again.rows == result.rows
    assert again.phase == result.phase


@given(symbolic_programs(), st.sampled_from(["qis", "aria", "forte"]), st.floats(-4, 4), st.floats(-4, 4))
def test_binding_before_and_after_compiling_is_the_same(text: str, target: str, t: float, s: float) -> None:
    source = read(text)
    result, _, _ = transpile(source, TARGETS[target], Options(target=target, preserve="unitary"))
    values = {"t": t, "s": s}

    def bound(circuit: FlatCircuit) -> FlatCircuit:
        return symbolic.bind(circuit, {name: values[name] for name in symbolic.parameters(circuit)})

    assert set(symbolic.parameters(result)) <= set(symbolic.parameters(source))
    assert same(simulate.unitary(bound(result)), simulate.unitary(bound(source)), ATOL)


# --- the payload -----------------------------------------------------------------------------------------------------


def gpi(turns: float) -> np.ndarray:
    return axis(2 * math.pi * turns)


def matrix_of(row: dict[str, Any], gateset: str) -> np.ndarray:
    """A gate object's matrix on its targets, first target first; docs.ionq.com: qis in radians, native in turns."""
    gate = row["gate"]
    if gateset == "native":
        if gate == "gpi":
            return gpi(row["phase"])
        if gate == "gpi2":
            return turned(gpi(row["phase"]), math.pi / 2)
        if gate == "ms":
            phases = [gpi(phase) for phase in row["phases"]]
            return turned(kron(*phases), 2 * math.pi * row.get("angle", 0.25))
        assert gate == "zz", row
        return turned(kron(Z, Z), 2 * math.pi * row["angle"])
    if gate in ("rx", "ry", "rz"):
        return turned(PAULIS[gate[1].upper()], row["rotation"])
    if gate in ("xx", "yy", "zz"):
        return turned(kron(*[PAULIS[gate[0].upper()]] * 2), row["rotation"])
    if gate == "pauliexp":
        total = sum(
            factor * product(reversed(letters))  # the rightmost letter is the first target
            for letters, factor in zip(row["terms"], row["coefficients"], strict=True)
        )
        return exponential(total, row["time"])
    return X if gate == "cnot" else FIXED[gate]


def wire_unitary(entry: dict[str, Any], width: int, gateset: str) -> np.ndarray:
    """The unitary of a circuit object of a payload."""
    result = np.eye(2**width, dtype=complex)
    for row in entry["circuit"]:
        allowed = {"gate", "target", "targets", "control", "controls", "rotation", "phase", "phases", "angle"}
        assert set(row) <= allowed | {"terms", "coefficients", "time"}, row
        controls = [row["control"]] if "control" in row else row.get("controls", [])
        targets = [row["target"]] if "target" in row else row["targets"]
        matrix = matrix_of(row, gateset)
        assert len(matrix) == 2 ** len(targets)
        matrix = controlled(matrix, len(controls)) if controls else matrix
        result = on(matrix, [*controls, *targets], width) @ result
    return result


@given(programs(widest=3), st.sampled_from([None, "qis", "aria", "forte"]), st.sampled_from(["v0.4", "v0.4-clients"]))
def test_payloads_validate_and_say_the_same(text: str, target: str | None, wire: str) -> None:
    program, _ = stages.load(Source(text))
    options = Options(target=target, preserve="unitary", wire=wire)
    compiled, _, _ = stages.transpile(program, options)
    if not any(op.gate != "barrier" for op in compiled.runs[0].rows):
        return  # nothing to send, which is an error of its own
    body = stages.payload(compiled, options)
    check_payload(body, wire)
    assert stages.body(body) == stages.body(stages.payload(compiled, options))
    ((entry, width, gateset),) = circuits_of(body)
    found, want = wire_unitary(entry, width, gateset), simulate.unitary(program.runs[0])
    assert abs(abs(np.trace(found.conj().T @ want)) - 2**width) < 1e-7 * 2**width  # equal up to a global phase
    if target is not None:
        assert gateset == TARGETS[target].gateset


@given(programs(native=False, widest=3))
def test_the_local_machine_agrees_with_the_reader(text: str) -> None:
    """Probabilities of the payload's unitary, q[0] the leftmost bit, against those of a run."""
    program, _ = stages.load(Source(text))
    circuit = program.runs[0]
    result = simulate.run(circuit, 0)
    want = np.abs(simulate.unitary(circuit)[:, 0]) ** 2
    for index, probability in enumerate(want):
        assert abs(result.probabilities.get(f"{index:0{circuit.width}b}", 0.0) - probability) < 1e-9
