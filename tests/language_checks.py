"""Checks of one program by routes that share nothing with the compiler.

`kept` tries all of them: the formatter and the printer have to keep the program, every compilation the unitary that
numpy computes from the plain interpreter's reading, with matrices written by hand, and circuits that are compiled
together have to come out as each alone. meaning.py compares lowering with the interpreter. Tests and the campaign
(language_campaign.py) use both on the programs of language_programs.py.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from functools import reduce
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
from by_hand import FIXED, PAULIS, X, Z, axis, controlled, exponential, kron, pauli_sum, principal_power, turned

from ionqdsl import formats, verify
from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import symbolic
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.language.reformat import reformat
from ionqdsl.passes import transpile
from ionqdsl.simulation import simulate
from ionqdsl.verify import lowering
from ionqdsl.verify.interpreter.meaning import CircuitMeaning, MeantRow

OPEN = 0.37
"""The value of every open parameter."""
ATOL = 1e-7
WAYS = list(product(["qis", "aria", "forte"], ["unitary", "permuted", "measurement", "outcomes"], [0, 1, 2, 3]))
"""Every machine, contract and level."""
EFFORT = 1.0
"""A tenth of the default: a search of level 3 ends earlier, with fewer of the same candidates."""
LONGEST = 1500
"""Rows of a circuit that is still compiled."""
UNPLAYABLE = ("QC0600", "QC0602")
"""Codes of pulses in blocks that a machine does not have."""

# --- matrices --------------------------------------------------------------------------------------------------------


def _row_matrix(row: MeantRow) -> np.ndarray:
    """The matrix of a row on the qubits after its controls, the first the most significant."""
    qubits = row.qubits[row.controls :]
    angles = [angle.bind(lambda symbol: OPEN).in_radians() for angle in row.angles]
    match row.gate:
        case "rx" | "ry" | "rz":
            return turned(PAULIS[row.gate[1].upper()], angles[0])
        case "xx" | "yy" | "zz":
            return turned(kron(*[PAULIS[row.gate[0].upper()]] * 2), angles[0])
        case "p":
            return np.diag([1, cmath.exp(1j * angles[0])])
        case "gpi":
            return axis(angles[0])
        case "gpi2":
            return turned(axis(angles[0]), math.pi / 2)
        case "ms":
            return turned(kron(axis(angles[0]), axis(angles[1])), angles[2])
        case "zz_native":
            return turned(kron(Z, Z), angles[0])
        case "pauliexp":
            return _exponential(row, angles[0])
        case "power" | "product":
            inside = unitary(row.inside, qubits) * cmath.exp(1j * angles[0])
            return principal_power(inside, float(row.exponent))
    return controlled(X) if row.gate == "cnot" else FIXED[row.gate]


def _exponential(row: MeantRow, time: float) -> np.ndarray:
    """exp(-i time operator) on the qubits after the controls: of its matrix, or step by step and term by term."""
    assert row.operator is not None
    width, steps = len(row.qubits) - row.controls, row.operator.steps
    terms = [pauli_sum([term], width) for term in row.operator.terms]
    if not steps:
        return exponential(sum(terms, np.zeros((2**width, 2**width))), time)
    step = reduce(lambda done, term: exponential(term, time / steps) @ done, terms, np.eye(2**width))
    return np.linalg.matrix_power(step, steps)


def unitary(rows: Sequence[MeantRow], qubits: Sequence[int]) -> np.ndarray:
    """The matrix of rows on some qubits, the first the most significant."""
    wires, width = {qubit: wire for wire, qubit in enumerate(qubits)}, len(qubits)
    tensor = np.eye(2**width, dtype=complex).reshape((2,) * width + (-1,))
    for row in rows:
        if row.gate in ("barrier", "nop"):
            continue
        gate, on = controlled(_row_matrix(row), row.controls), [wires[qubit] for qubit in row.qubits]
        gate = gate.reshape((2,) * (2 * len(on)))
        tensor = np.moveaxis(np.tensordot(gate, tensor, (range(len(on), 2 * len(on)), on)), range(len(on)), on)
    return np.asarray(tensor.reshape(2**width, 2**width))


def unitary_of(meant: CircuitMeaning) -> np.ndarray:
    """The matrix of a circuit as the interpreter reads it, global phase included."""
    rows = [row for step in meant.steps for row in step.rows]
    phase = meant.phase.bind(lambda symbol: OPEN).in_radians()
    return unitary(rows, range(meant.width)) * cmath.exp(1j * phase)


# --- checks ----------------------------------------------------------------------------------------------------------


def circuits_of(program: LoweredProgram) -> list[FlatCircuit]:
    """The circuits to run, or the ansatz of an energy."""
    return [program.energy.ansatz] if program.energy else list(program.runs)


def meant_by(source: Source) -> list[np.ndarray]:
    """The matrix of each circuit that runs, or of the ansatz, from the text."""
    whole = lowering.meaning(source, stages.expressions({}, "--set"))
    assert whole is not None
    circuits = [whole.energy["ansatz"]] if whole.energy else whole.runs
    return [unitary_of(circuit) for circuit in circuits]


def _codes(path: Path) -> list[str]:
    try:
        stages.load(stages.read(str(path)))
    except CompileError as error:
        return sorted(one.code for one in error.diagnostics)
    return []


def survives_formatting(path: Path) -> None:
    """The formatted text is formatted already, and is the same program, or is refused for the same reasons."""
    source = stages.read(str(path))
    try:
        text = reformat(source)
    except CompileError:
        return  # it is no program by its syntax
    assert reformat(Source(text, source.name)) == text
    laid_out = path.with_name("formatted.qc")
    laid_out.write_text(text, encoding="utf-8", newline="")
    if codes := _codes(path):
        assert _codes(laid_out) == codes
        return
    one, other = (stages.load(stages.read(str(file)))[0] for file in (path, laid_out))
    assert [c.rows for c in circuits_of(one)] == [c.rows for c in circuits_of(other)]
    assert [c.name for c in one.runs] in ([c.name for c in other.runs], ["main"])
    assert one.energy is None or one.energy.hamiltonian == other.energy.hamiltonian  # type: ignore[union-attr]


def survives_printing(program: LoweredProgram) -> None:
    """A printed `.qc` text has the same circuits, angles to rounding, and is printed the same again."""
    printed = formats.write(program, "qc")[0]
    again = stages.load(Source(printed, "printed.qc"))[0]
    for one, other in zip(circuits_of(program), circuits_of(again), strict=True):
        assert list(map(_rounded, one.rows)) == list(map(_rounded, other.rows)), printed
        assert one.registers == other.registers
    assert formats.write(again, "qc")[0] == printed


def _rounded(op: Op) -> tuple[object, ...]:
    """A row with floats for its angles and factors, which are printed as decimals if they are irrational."""
    angles = [round(angle.bind(lambda symbol: OPEN).in_radians(), 9) for angle in op.angles]
    terms = [(product, round(float(factor), 9)) for product, factor in op.operator.terms] if op.operator else []
    return op.gate, op.qubits, op.controls, bool(op.pinned), terms, angles


def bound(circuit: FlatCircuit) -> FlatCircuit:
    """A circuit with a value for every open parameter."""
    return symbolic.bind(circuit, dict.fromkeys(symbolic.parameters(circuit), OPEN))


def compiles(circuit: FlatCircuit, want: np.ndarray, target: str, preserve: str, level: int) -> None:
    """A compilation keeps its contract, judged by a matrix, and is the same a second time."""
    options = Options(target=target, preserve=preserve, level=level, effort=EFFORT)
    result, _, report = transpile(circuit, TARGETS[target], options, checked=True)
    assert verify.invariants(result, TARGETS[target]) == []
    assert result.registers == circuit.registers
    got = simulate.unitary(bound(result))
    if preserve == "unitary":
        assert np.allclose(got, want, rtol=0, atol=ATOL)
    elif preserve == "measurement":
        left = np.abs(got @ _relabelled(want, report.inputs).conj().T)
        assert np.allclose(left, np.eye(len(left)), rtol=0, atol=1e-5)  # a diagonal at the very end
    else:
        assert np.allclose(np.abs(got[:, 0]) ** 2, np.abs(want[:, 0]) ** 2, rtol=0, atol=ATOL)
    again, _, _ = transpile(circuit, TARGETS[target], options)
    assert (again.rows, again.phase) == (result.rows, result.phase)


def _relabelled(matrix: np.ndarray, inputs: tuple[int, ...] | None) -> np.ndarray:
    """A matrix whose input qubit `inputs[q]` is taken from qubit q."""
    if inputs is None:
        return matrix
    width = len(inputs)
    bits = list(product([0, 1], repeat=width))
    columns = [bits.index(tuple(column[inputs.index(qubit)] for qubit in range(width))) for column in bits]
    return matrix[:, columns]


def together(program: LoweredProgram, target: str, preserve: str, level: int) -> None:
    """Circuits that are compiled together share work, and come out as each alone."""
    options = Options(target=target, preserve=preserve, level=level, effort=EFFORT)
    compiled, _, _ = stages.transpile(program, options, may_vanish=True)
    for circuit, result in zip(program.runs, compiled.runs, strict=True):
        alone, _, _ = transpile(circuit, TARGETS[target], options)
        assert (alone.rows, alone.phase) == (result.rows, result.phase), circuit.name


def kept(path: Path, random: Random, ways: int = 1) -> int:
    """Tries the tools on a file, and a few ways to compile one of its circuits; gives the number of compilations.

    A machine may refuse the pulses in a block that it has to leave as it is. Long circuits are not compiled. Raises
    AssertionError, and whatever a tool raises that it should not.
    """
    survives_formatting(path)
    if _codes(path):
        return 0
    source = stages.read(str(path))
    program, _ = stages.load(source)
    survives_printing(program)
    circuits, meant = circuits_of(program), meant_by(source)
    number, compiled = random.randrange(len(circuits)), 0
    circuit, want = circuits[number], meant[number]
    assert np.allclose(simulate.unitary(bound(circuit)), want, rtol=0, atol=ATOL)
    for way in random.sample(WAYS, ways) if len(circuit.rows) <= LONGEST else ():
        try:
            compiles(circuit, want, *way)
            if len(circuits) > 1:
                together(program, *way)
        except CompileError as error:
            if error.diagnostics[0].code not in UNPLAYABLE:
                raise
        else:
            compiled += 1
    return compiled
