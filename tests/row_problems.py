"""Random rows of circuits, which the compiled kernel and its references must read alike."""

from __future__ import annotations

import random
from array import array

from ionqdsl.algebra import compiled
from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.interactions import Interaction, from_rows
from ionqdsl.algebra.numbered_rows import number_rows
from ionqdsl.algebra.numeric_forms import NumericForm
from ionqdsl.algebra.paulis import NumericProgram, fold
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.circuit import BARRIER, Op
from ionqdsl.passes.rotations.fold_rotations import program_in_python, program_of
from tests.random_circuits import narrow
from tests.structured import structured

_SOURCE = Source("form.qc", "")


def compare_rows(draw: random.Random) -> None:
    """Both write rows as the same form: items with their origins, ends and phase; those with barriers row by row."""
    source = structured(draw, draw.randint(2, 8))
    rows = [op._replace(pinned=0) for op in source.rows if op.gate != BARRIER or draw.random() < 0.1]
    circuit = narrow(source.replace(rows=rows, origins=[Span(_SOURCE, k, k + 1) for k in range(len(rows))]))
    found, reference = from_circuit(circuit), from_rows(circuit)
    assert repr((found.items, found.ends, found.phase)) == repr((reference.items, reference.ends, reference.phase))
    is_by_numbers = all(type(item) is Interaction and type(item.t) is float for item in reference.items)
    assert isinstance(found, NumericForm) == is_by_numbers


def compare_programs(draw: random.Random) -> None:
    """Both write rows as the same rotations, with qubits exchanged in between; those by parameters row by row."""
    source = structured(draw, draw.randint(2, 8))
    rows = [op._replace(pinned=0) for op in source.rows if op.gate != BARRIER]
    circuit = narrow(source.replace(rows=rows, origins=[None] * len(rows)))
    rows = [other for op in circuit.rows for other in (op, *_swaps(draw, circuit.width))]
    circuit = circuit.replace(rows=rows, origins=[None] * len(rows))
    found, reference = program_of(circuit), program_in_python(circuit)
    assert isinstance(found, NumericProgram) == all(type(angle) is float for _, _, angle in reference.rotations)
    assert repr((found.rotations, found.outputs)) == repr((reference.rotations, reference.outputs))
    assert (found.two_qubit_gates, found.neglected) == (reference.two_qubit_gates, 0)
    folded, other = fold(found), fold(reference)
    assert repr((folded.rotations, folded.images)) == repr((other.rotations, other.images))
    assert folded.neglected == other.neglected


def _swaps(draw: random.Random, width: int) -> list[Op]:
    """Now and then an exchange of two qubits."""
    return [Op("swap", tuple(draw.sample(range(width), 2)))] if draw.random() < 0.1 else []


def compare_numbers_of_rows(draw: random.Random) -> None:
    """Both number rows by object, also equal ones that are several objects, from a number on."""
    objects = [Op("x", (draw.randrange(3),)) for _ in range(draw.randint(1, 200))]
    rows, first = draw.choices(objects, k=draw.randrange(500)), draw.randrange(9)
    (different, places), others = compiled.kernel.number_rows(rows, first), number_rows(rows, first)
    assert (list(map(id, different)), places) == (list(map(id, others[0])), others[1])
    known = dict(enumerate(different, first))
    assert all(known[place] is op for place, op in zip(array("i", places), rows, strict=True))
