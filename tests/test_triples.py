"""Blocks of three wires: which interactions can be brought together, and forms with fewer of them.

Would catch an item moved past one that it does not commute with, a turn on the wrong side of a later item, a lost phase
or half turn, a structure read in another order of the wires, a solution that is only near, and work that grows with the
square of a circuit's length.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction

import by_hand
import numpy as np
import pytest
from by_hand import I2, PAULIS, SWAP, X, Y, Z, controlled
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.instantiation import PAIRS, Complexes, Instance, instantiated
from ionqdsl.algebra.instantiation import drawn as random_values
from ionqdsl.algebra.interactions import Interaction, Interactions
from ionqdsl.algebra.rotations import Turn, Vector, matrix_entries, unit
from ionqdsl.ir.angle import Angle, radians
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.local_search.race import SearchBudget
from ionqdsl.passes.local_search.search_triples import SearchedTriples
from ionqdsl.passes.triples import known_triples
from ionqdsl.passes.triples.blocks import Task, triples
from ionqdsl.passes.triples.classes import CLASSES, ClassRow
from ionqdsl.passes.triples.invariants import UnitaryClass, class_of, invariants, moved, pattern_of
from ionqdsl.passes.triples.known_triples import GENERIC, KnownTriples, task_of_unitary
from ionqdsl.passes.triples.resynthesise_triples import (
    Prospects,
    fewest_gates,
    shortened,
    task_of,
    triples_resynthesised,
)
from ionqdsl.passes.triples.structures import TABLE
from tests import steps
from tests.random_circuits import circuit, matrix


def kron(width: int, operators: dict[int, Complexes]) -> Complexes:
    """Operators on wires, wire 0 the most significant."""
    return by_hand.kron(*(operators.get(wire, I2) for wire in range(width)))


def along(axis: Vector) -> Complexes:
    return sum((x * pauli for x, pauli in zip(axis, (X, Y, Z), strict=True)), np.zeros((2, 2), dtype=complex))


def gate(width: int, a: int, b: int, u: Vector, v: Vector, t: float) -> Complexes:
    """exp(-i t u (x) v), written without the package."""
    return math.cos(t) * np.eye(2**width) - 1j * math.sin(t) * kron(width, {a: along(u), b: along(v)})


def turned(turn: Turn) -> Complexes:
    return np.array(matrix_entries(turn)).reshape(2, 2)


def matrix_of(form: Interactions) -> Complexes:
    """The form's unitary, exact phase included."""
    result = np.eye(2**form.width, dtype=complex)
    for item in form.items:
        assert isinstance(item, Interaction)
        result = gate(form.width, item.a, item.b, item.u, item.v, item.t) @ result
    ends = kron(form.width, {wire: turned(turn) for wire, turn in enumerate(form.ends)})
    return np.exp(1j * form.phase.in_radians()) * ends @ result


def product_of(instance: Instance) -> Complexes:
    result = np.eye(8, dtype=complex)
    for pair, u, v, t in zip(instance.structure, instance.u, instance.v, instance.t, strict=True):
        result = gate(3, *PAIRS[pair], tuple(u), tuple(v), float(t)) @ result
    turns = kron(3, {wire: turned(tuple(turn)) for wire, turn in enumerate(instance.turns)})
    return np.exp(1j * instance.phase) * turns @ result


def haar(generator: np.random.Generator) -> Complexes:
    q, r = np.linalg.qr(generator.normal(size=(8, 8)) + 1j * generator.normal(size=(8, 8)))
    return q * (np.diag(r) / np.abs(np.diag(r)))


def local(generator: np.random.Generator) -> Complexes:
    turns = generator.normal(size=(3, 4))
    turns /= np.linalg.norm(turns, axis=1)[:, None]
    return kron(3, {wire: turned(tuple(turn)) for wire, turn in enumerate(turns)})


def drawn(seed: int, width: int, count: int, axes: int = 3, generic: bool = False) -> Interactions:
    """A form of interactions with few different axes on each wire, so that many commute."""
    draw = random.Random(seed)
    lines = [[unit(tuple(draw.gauss(0, 1) for _ in range(3))) for _ in range(axes)] for _ in range(width)]
    items = []
    for _ in range(count):
        a, b = draw.sample(range(width), 2)
        t = draw.uniform(-0.78, 0.78) if generic else draw.choice([1, 2, -1, 4]) * math.pi / 16
        items.append(Interaction(a, b, draw.choice(lines[a]), draw.choice(lines[b]), t, None))
    ends = [unit4(draw) for _ in range(width)]
    return Interactions(width, items, ends)


def unit4(draw: random.Random) -> Turn:
    turn = [draw.gauss(0, 1) for _ in range(4)]
    size = math.hypot(*turn)
    return (turn[0] / size, turn[1] / size, turn[2] / size, turn[3] / size)


def own(form: Interactions, draw: random.Random) -> dict[bytes, Instance]:
    """Each block's unitary as the block's own interactions, with half turns that cancel and a quarter of a phase."""
    instances = {}
    for block in triples(form).blocks:
        structure, u, v, t = [], [], [], []
        for place in block.places:
            item = form.items[place]
            assert isinstance(item, Interaction)
            a, b = block.wires.index(item.a), block.wires.index(item.b)
            structure.append(PAIRS.index((min(a, b), max(a, b))))
            u.append(item.u if a < b else item.v)
            v.append(item.v if a < b else item.u)
            t.append(item.t + draw.choice([0, 0, 1, 2, -1, 4]) * math.pi / 2)
        turns = np.tile([1.0, 0.0, 0.0, 0.0], (3, 1))
        unitary = task_of(form, block).unitary
        made = Instance(tuple(structure), np.array(u), np.array(v), np.array(t), turns, 0.0, 0.0)
        # t + pi/2 is another unitary by local Paulis: those that bring it back are found entry by entry
        rest = unitary @ product_of(made).conj().T
        paulis = list(PAULIS.values())
        for letters in np.ndindex(4, 4, 4):
            word = kron(3, {wire: paulis[letter] for wire, letter in enumerate(letters)})
            share = np.trace(word.conj().T @ rest) / 8
            if abs(share) > 0.999:
                phase = np.angle(share)
                for wire, letter in enumerate(letters):
                    if letter:  # a Pauli is i times the half turn
                        turns[wire] = np.eye(4)[letter]
                        phase += math.pi / 2
                instances[unitary.tobytes()] = made._replace(phase=float(phase))
    return instances


# --- gathering -----------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), axes=st.integers(1, 3))
def test_a_block_can_be_brought_to_its_end(seed: int, axes: int) -> None:
    form = drawn(seed, 5, 14, axes)
    wanted = matrix_of(form)
    for block in triples(form).blocks:
        inside = [form.items[place] for place in block.places]
        before = [item for place, item in enumerate(form.items[: block.places[-1]]) if place not in block.places]
        moved_form = form.replace([*before, *inside, *form.items[block.places[-1] + 1 :]])
        assert np.abs(matrix_of(moved_form) - wanted).max() < 1e-12
        assert len(block.wires) == 3
        assert {wire for item in inside for wire in (item.a, item.b)} <= set(block.wires)


def test_a_parallel_item_stays_between_and_a_crossing_one_separates() -> None:
    rows = [Op("zz", (0, 1), (radians(0.3),)), Op("h", (0,)), Op("zz", (0, 2), (radians(0.4),)), Op("h", (0,))]
    rows += [Op("zz", (0, 1), (radians(0.6),)), Op("h", (2,))]
    between, after = Op("zz", (1, 3), (radians(0.5),)), Op("zz", (1, 2), (radians(0.7),))
    parallel = from_circuit(circuit(4, *rows, between, after))
    crossing = from_circuit(circuit(4, *rows, Op("h", (1,)), between, Op("h", (1,)), after))
    assert (0, 1, 2) in {block.wires for block in triples(parallel).blocks}
    assert (0, 1, 2) not in {block.wires for block in triples(crossing).blocks}


@pytest.mark.parametrize(
    "row", [Op("barrier", (1,)), Op("rx", (1,), (radians(0.1),)), Op("zz", (1, 2), (radians(0.1),))]
)
def test_barriers_and_parameters_separate(row: Op) -> None:
    if row.angles:
        row = row._replace(angles=(Angle(0, 0, (("t", 0, 1),)),))
    plain = [Op("cnot", wires) for wires in ((0, 1), (1, 2), (0, 1), (1, 2))]
    form = from_circuit(circuit(3, *plain[:2], row, *plain[2:]))
    assert triples(from_circuit(circuit(3, *plain))).blocks
    assert not triples(form).blocks


def test_gathering_is_linear_in_the_items() -> None:
    def work(count: int) -> int:
        form = drawn(3, 8, count, 1)  # all commute
        return steps.of(lambda: triples(form))

    assert work(800) < 2.2 * work(400)


# --- rewriting -----------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_blocks_are_rewritten_where_they_end(seed: int) -> None:
    """With other forms of the same length, whose turns and phases later items must follow."""
    form = drawn(seed, 4, 12, 2, generic=True)
    instances = own(form, random.Random(seed))

    def solve(tasks: Sequence[Task]) -> list[Instance | None]:
        return [instances.get(task.unitary.tobytes()) for task in tasks]

    result = triples_resynthesised(form, triples(form), solve)
    assert (result is form) == (not instances)
    assert np.abs(matrix_of(result) - matrix_of(form)).max() < 1e-11
    assert all(abs(item.t) <= math.pi / 4 + 1e-12 for item in result.items)


@pytest.mark.parametrize("seed", range(12))
def test_a_form_without_prospects_would_not_have_been_shortened(seed: int) -> None:
    """Prospects are judged before any block is solved: where they see nothing to gain, solving gains nothing."""
    form = drawn(seed, 3 + seed % 2, 6 + seed, 2)
    gathered, solver = triples(form), KnownTriples()
    fewest = fewest_gates(form, gathered, solver.least)
    shorter = triples_resynthesised(form, gathered, solver)
    if fewest == form.two_qubit_gates:
        assert shorter is form
    for most in (fewest - 1, fewest):
        results = shortened(form, gathered, "unitary", solver, prospects=Prospects(most, solver.least))
        assert bool(results) == (most >= fewest and shorter is not form)


@pytest.mark.parametrize("solver", [KnownTriples(), SearchedTriples(1, SearchBudget(0.3))], ids=["table", "search"])
@pytest.mark.parametrize("seed", range(3))
def test_rewritten_circuits_are_the_same_to_the_last_digits(solver: KnownTriples, seed: int) -> None:
    draw = random.Random(seed)
    rows = []
    for _ in range(14):
        gate_name, controls = draw.choice([("x", 2), ("x", 1), ("h", 0), ("p", 1), ("t", 0)])
        wires = draw.sample(range(4), controls + 1)
        rows.append(Op(gate_name, tuple(wires), (radians(math.pi / 8),) if gate_name == "p" else (), controls))
    source = circuit(4, *rows)
    form = from_circuit(break_wide_gates(source, PassContext(TARGETS["forte"])))
    result = triples_resynthesised(form, triples(form), solver)
    assert result.two_qubit_gates < form.two_qubit_gates
    assert np.abs(matrix_of(result) - matrix(source)).max() < 1e-11
    assert result.neglected - form.neglected < 1e-11


# --- solving -------------------------------------------------------------------------------------------------------


CCX, CSWAP = controlled(X, 2), controlled(SWAP)
CX_01 = kron(3, {}) @ np.eye(8)[[0, 1, 2, 3, 6, 7, 4, 5]]
MARGOLUS = np.diag([1, 1, 1, 1, 1, -1, 1, 1]) @ CCX


@pytest.mark.parametrize(
    ("unitary", "fewest"),
    [(CCX, 5), (CX_01 @ CCX, 4), (CSWAP, 6), (MARGOLUS, 3)],
    ids=["toffoli", "peres", "fredkin", "margolus"],
)
def test_known_unitaries_take_as_few_interactions_as_are_known(unitary: Complexes, fewest: int) -> None:
    generator = np.random.default_rng(5)
    for order in ((0, 1, 2), (2, 0, 1)):
        axes = [*order, *(3 + wire for wire in order)]
        renamed = unitary.reshape([2] * 6).transpose(axes).reshape(8, 8)
        wanted = local(generator) @ renamed @ local(generator)
        (instance,) = KnownTriples()([task_of_unitary(wanted, fewest + 2)])
        assert instance is not None
        assert len(instance.t) == fewest
        assert np.linalg.norm(product_of(instance) - wanted, 2) < 1e-12
        assert KnownTriples()([task_of_unitary(wanted, fewest)]) == [None]


def test_any_unitary_takes_eleven_interactions() -> None:
    generator = np.random.default_rng(2)
    for _ in range(3):
        wanted = haar(generator)
        (instance,) = KnownTriples()([task_of_unitary(wanted, len(GENERIC) + 1)])
        assert instance is not None
        assert len(instance.t) == 11
        assert np.linalg.norm(product_of(instance) - wanted, 2) < 1e-12


def test_a_symmetric_unitary_takes_twelve_where_eleven_are_not_found() -> None:
    """Steps of a Heisenberg chain in a field keep the number of ones: no start arrives at eleven interactions."""
    wanted = np.eye(8, dtype=complex)
    lines = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    for a, b in ((1, 2), (0, 1), (1, 2)):
        for line in lines:
            wanted = gate(3, a, b, line, line, 0.175) @ wanted
        for wire in range(3):
            angle = 0.1 + 0.03 * wire
            wanted = kron(3, {wire: np.diag(np.exp([-1j * angle, 1j * angle]))}) @ wanted
    wanted = wanted @ wanted
    (instance,) = KnownTriples()([task_of_unitary(wanted, 30)])
    assert instance is not None
    assert len(instance.t) <= 12
    assert np.linalg.norm(product_of(instance) - wanted, 2) < 1e-12


@pytest.mark.parametrize("t", [0.0, 1e-14, 1e-10, 1e-7, 1e-5])
def test_unitaries_near_others_are_exact_or_left(t: float) -> None:
    """A Toffoli next to a rotation that is nearly none: its form is the Toffoli's only if the angle is noise."""
    generator = np.random.default_rng(1)
    axis = unit((1.0, 2.0, 3.0))
    wanted = gate(3, 0, 1, axis, axis, t) @ local(generator) @ CCX @ local(generator)
    for solve in (KnownTriples(), SearchedTriples(1, SearchBudget(1e-3))):
        (instance,) = solve([task_of_unitary(wanted, 7)])
        if instance is not None:
            assert np.linalg.norm(product_of(instance) - wanted, 2) < 1e-12


def test_what_is_remembered_is_compared_again() -> None:
    """Two unitaries with one key: the form of the first is not the second's."""
    generator = np.random.default_rng(3)
    first = local(generator) @ CCX @ local(generator)
    second = first @ gate(3, 0, 1, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 1e-10)
    solve = KnownTriples()
    assert solve([task_of_unitary(first, 7)]) != [None]
    (again,) = solve([task_of_unitary(second, 7)])
    assert again is None or np.linalg.norm(product_of(again) - second, 2) < 1e-12


def test_no_answer_depends_on_the_questions_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms of a circuit come in another order under another contract, which must not change their results.

    If one kind is tried at a time, a Toffoli next to a product of two cnots waits, even if one has been solved before.
    """
    monkeypatch.setattr(known_triples, "KINDS", 1)
    generator = np.random.default_rng(5)
    first, second, chain = (
        task_of_unitary(local(generator) @ middle @ local(generator), 9)
        for middle in (CCX, CCX, CX_01 @ CCX @ CX_01 @ CCX)
    )
    solve = KnownTriples(forms={})
    (alone,) = solve([first])
    assert alone is not None
    assert solve([chain, second])[1] is KnownTriples(forms={})([chain, second])[1] is None


def test_starts_that_do_not_arrive_give_nothing() -> None:
    generator = np.random.default_rng(3)
    structures, values = np.array([[0, 1, 2, 0]] * 8), random_values(8, 4, generator)
    assert instantiated(np.tile(CCX, (8, 1, 1)), structures, values, [0] * 8).solutions == {}


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20)
def test_patterns_do_not_see_local_turns_and_follow_renaming(seed: int) -> None:
    generator = np.random.default_rng(seed)
    unitary = gate(3, 0, 1, (0, 0, 1.0), (1.0, 0, 0), 0.3) @ gate(3, 1, 2, (0, 0, 1.0), (1.0, 0, 0), 0.7) @ CX_01
    turned_unitary = local(generator) @ unitary @ local(generator)
    assert np.abs(invariants(turned_unitary).reaches - invariants(unitary).reaches).max() < 1e-12
    pattern = pattern_of(invariants(unitary).reaches)
    order = [int(wire) for wire in generator.permutation(3)]
    renamed = turned_unitary.reshape([2] * 6).transpose([*order, *(3 + wire for wire in order)]).reshape(8, 8)
    assert pattern_of(invariants(renamed).reaches).number == pattern.number


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20)
def test_classes_do_not_see_local_turns_and_follow_renaming(seed: int) -> None:
    generator = np.random.default_rng(seed)
    # from one wire to the next, so that no renaming but the right one leads back
    unitary = gate(3, 0, 1, (0, 0, 1.0), (1.0, 0, 0), 0.3) @ gate(3, 1, 2, (0, 0, 1.0), (1.0, 0, 0), 0.7) @ CX_01
    order = tuple(int(wire) for wire in generator.permutation(3))
    axes = [order.index(wire) for wire in range(3)]
    renamed = (local(generator) @ unitary @ local(generator)).reshape([2] * 6)
    renamed = np.exp(2j) * renamed.transpose([*axes, *(3 + wire for wire in axes)]).reshape(8, 8)
    own, other = class_of_unitary(unitary), class_of_unitary(renamed)
    assert own.number == other.number
    assert len(own.orders) == len(other.orders) == 1
    assert own.orders[0] == tuple(other.orders[0][order[wire]] for wire in range(3))
    changed = gate(3, 0, 2, (0, 0, 1.0), (1.0, 0, 0), 0.01) @ renamed
    assert class_of_unitary(changed).number != own.number


def class_of_unitary(unitary: Complexes) -> UnitaryClass:
    found = invariants(unitary)
    return class_of(found, pattern_of(found.reaches))


@pytest.mark.parametrize("row", [ClassRow(2, "01"), ClassRow(5), ClassRow(7)])
def test_a_row_of_a_class_says_only_where_to_look(row: ClassRow) -> None:
    """One that promises too much costs time, one that promises too little leaves the block as it is."""
    wanted = local(np.random.default_rng(1)) @ CCX
    solve = KnownTriples({class_of_unitary(CCX).number: row}, {})
    (instance,) = solve([task_of_unitary(wanted, 7)])
    assert (instance is None) == (solve.work == 0) == (row.least == 7)
    if instance is not None:
        assert len(instance.t) == 5
        assert np.linalg.norm(product_of(instance) - wanted, 2) < 1e-12


@pytest.mark.parametrize(
    ("unitary", "fewest"),
    [(CCX, 5), (CX_01 @ CCX, 4), (CSWAP, 6), (MARGOLUS, 3)],
    ids=["toffoli", "peres", "fredkin", "margolus"],
)
def test_known_classes_are_not_searched_for_less(unitary: Complexes, fewest: int) -> None:
    solve = KnownTriples()
    assert solve.least([task_of_unitary(unitary, 9)]) == [fewest]
    assert solve([task_of_unitary(unitary, fewest)]) == [None]
    assert solve.work == 0


def test_the_table_of_classes_is_in_order() -> None:
    for number, row in CLASSES.items():
        assert 0 <= number < 1 << 32
        assert all(len(structure) == row.least for structure in row.structures.split())
        assert set(row.structures) <= set("012 ")


def test_structures_move_with_the_wires() -> None:
    assert moved((0, 1, 2), (0, 1, 2)) == (0, 1, 2)
    assert moved((0, 1, 2), (1, 2, 0)) == (1, 2, 0)  # wire 0 is 1 there, 1 is 2, 2 is 0


def test_the_table_is_in_order() -> None:
    for number, row in TABLE.items():
        lengths = [len(structure) for structure in row.structures.split()]
        assert lengths == sorted(lengths)
        assert lengths[0] < row.least
        assert lengths[-1] < len(GENERIC)
        assert set(row.structures) <= set("012 ")
        assert 0 < number < 1 << 21


# --- the whole -----------------------------------------------------------------------------------------------------


def compiled(source: FlatCircuit, preserve: str = "unitary", level: int = 2) -> FlatCircuit:
    options = Options(preserve=preserve, level=level, verify=True)
    result, _, _ = transpile(source, TARGETS["forte"], options, checked=True)
    return result


def test_a_long_circuit_of_three_qubits_has_eleven_interactions() -> None:
    draw = random.Random(1)
    rows = []
    for _ in range(60):
        rows.append(Op("cnot", tuple(draw.sample(range(3), 2))))
        rows += [Op(draw.choice(["ry", "rz"]), (wire,), (radians(draw.uniform(0, 6)),)) for wire in range(3)]
    source = circuit(3, *rows)
    result = compiled(source)
    assert cost_of(result).two_qubit_gates == 11
    assert np.abs(matrix(result) - matrix(source)).max() < 1e-10


def test_a_fredkin_between_cnots_takes_six() -> None:
    rows = [Op("cnot", (2, 1)), Op("x", (0, 1, 2), (), 2), Op("cnot", (2, 1))]
    around = [Op("cnot", (0, 3)), Op("h", (0,)), Op("h", (3,))]
    assert cost_of(compiled(circuit(4, *rows))).two_qubit_gates == 6
    assert cost_of(compiled(circuit(4, *around, *rows, *around))).two_qubit_gates == 8


def test_bad_luck_with_one_unitary_does_not_decide_for_its_kind() -> None:
    """A controlled transform of two qubits: of its forms, the first one that is tried is not solved below eleven."""

    def one(words: str, wire: int) -> list[Op]:
        return [Op(word, (wire,)) for word in words.split()]

    def controlled_h(wire: int) -> list[Op]:
        return [*one("s h t", wire), Op("cnot", (0, wire)), *one("ti h si", wire)]

    def phase(wire: int, turns: Fraction) -> Op:
        return Op("p", (0, wire), (Angle(turns),), 1)

    eighth = Fraction(1, 8)
    rows = [*controlled_h(2), phase(2, eighth), Op("x", (0, 2, 1), (), 2), phase(1, -eighth), Op("x", (0, 2, 1), (), 2)]
    rows += [phase(1, eighth), *controlled_h(1)]
    rows += [Op("x", wires, (), 2) for wires in ((0, 1, 2), (0, 2, 1), (0, 1, 2))]
    assert cost_of(compiled(circuit(3, *rows))).two_qubit_gates == 6


def test_attempts_stay_few_where_nothing_can_be_gained() -> None:
    draw = random.Random(4)

    def work(count: int) -> int:
        form = drawn(draw.randrange(10**6), 3 * count // 8, count, 20, generic=True)
        solve = KnownTriples()
        triples_resynthesised(form, triples(form), solve)
        return solve.work

    assert max(work(100), work(400)) <= 3000
