"""Wide circuits are proven equal or different rotation by rotation, and never called equal when they are not.

The parts are checked by dense simulation on few qubits, with the same code that serves a hundred. Would catch a lost
sign or frame in the product form, rows wrongly said to commute, a block split though it is no product, and a dropped
diagonal that a later row sees.
"""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.ir.angle import Angle, turns
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.simulation.simulate import unitary
from ionqdsl.verify import TOLERANCE, by_paths, equivalent, guesses, order
from ionqdsl.verify.blocks import WireMatrix, as_matrix, factored, kron, matrix_of
from ionqdsl.verify.exact import proof
from ionqdsl.verify.findings import Proof
from ionqdsl.verify.order import REACH, order_of
from ionqdsl.verify.product_rotations import Form, PackedRows, ProductRotation, form_of
from ionqdsl.verify.simulated import distributions, unitaries
from tests.random_circuits import circuit

CONTRACTS = PRESERVE[:4]  # a circuit without registers has the same outcomes under the fifth


def random_rows(width: int, count: int, generator: random.Random) -> list[Op]:
    """Rows of all kinds, many of which commute."""
    rows: list[Op] = []
    while len(rows) < count:
        a, b, c = generator.sample(range(width), 3)
        angle = (Angle(0, generator.choice([0.3, -1.1, 2.9, generator.uniform(-6, 6)])),)
        rows.append(
            generator.choice(
                [
                    Op(generator.choice(["h", "s", "t", "v", "x", "y", "z"]), (a,)),
                    Op(generator.choice(["rx", "ry", "rz", "p"]), (a,), angle),
                    Op("cnot", (a, b)),
                    Op(generator.choice(["z", "h", "s"]), (a, b), (), 1),
                    Op(generator.choice(["xx", "yy", "zz"]), (a, b), angle),
                    Op(generator.choice(["rx", "p"]), (a, b), angle, 1),
                    Op("swap", (a, b)),
                    Op(generator.choice(["x", "z"]), (a, b, c), (), 2),
                    Op("swap", (a, b, c), (), 1),
                ]
            )
        )
    return rows


def scrambled(width: int, count: int, seed: int) -> FlatCircuit:
    return circuit(width, *random_rows(width, count, random.Random(seed)))


# --- the parts -----------------------------------------------------------------------------------------------------


def dense(form: Form) -> np.ndarray[Any, Any]:
    """The matrix of a form, from the matrices of its rows."""
    size = form.width
    total = np.eye(1 << size, dtype=complex)
    for row in form.rows:
        total = spread(matrix_of(row), row.wires, size) @ total
    total = kron([as_matrix(end) for end in form.ends]) @ total
    tensor = total.reshape((2,) * size + (-1,))
    return tensor.transpose(*form.outputs, size).reshape(1 << size, -1)


def spread(gate: np.ndarray[Any, Any], wires: tuple[int, ...], size: int) -> np.ndarray[Any, Any]:
    count = len(wires)
    tensor = np.eye(1 << size, dtype=complex).reshape((2,) * size + (-1,))
    tensor = np.tensordot(gate.reshape((2,) * (2 * count)), tensor, (range(count, 2 * count), wires))
    return np.moveaxis(tensor, range(count), wires).reshape(1 << size, -1)


def assert_same(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> None:
    """Up to a global phase."""
    assert abs(abs(np.vdot(a, b)) / len(a) - 1) < 1e-10


@pytest.mark.parametrize(("angle", "is_split"), [(0.0, True), (1e-11, True), (1e-9, False), (1e-5, False)])
def test_a_wire_splits_off_a_product_up_to_the_rounding_of_long_wires(angle: float, is_split: bool) -> None:
    """Where a million gates were compared, 1e-11 was too much, and each later block grew by the wires left in it.

    Would catch a split of a true interaction, and a neglected part that is not counted.
    """
    one, other = as_matrix((0.6, 0.0, 0.8, 0.0)), as_matrix((0.5, 0.5, -0.5, 0.5))
    rest = matrix_of(ProductRotation((0, 1), ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)), 0, angle))
    found = factored(WireMatrix(([4, 7], [4, 7]), rest @ kron([one, other])), 4, 4)
    assert (found is not None) == is_split
    if found is not None:
        factor, left, neglected = found
        assert 0.49 * angle <= neglected <= angle + 1e-15
        assert abs(np.trace(factor.conj().T @ one)) == pytest.approx(2)
        assert abs(np.trace(left.conj().T @ other)) == pytest.approx(2)


@pytest.mark.parametrize("controls", [0, 1, 3])
def test_the_product_form_is_the_circuit(controls: int) -> None:
    """With projectors and multiplied out, against the simulator's hand-written matrices."""
    operator = Operator((((("X", 0), ("X", 1)), 0.3), ((("Z", 0), ("Z", 1)), -1.2), ((), 0.4)))
    steps = Operator((((("X", 0),), 0.3), ((("Y", 0), ("Z", 1)), -1.2)), 2)
    native = [
        Op("ms", (2, 0), (turns("0.1"), turns("0.7"), turns("0.2"))),
        Op("gpi", (1,), (turns("0.3"),)),
        Op("gpi2", (3,), (turns("0.6"),)),
        Op("zz_native", (3, 1), (turns("-0.21"),)),
        Op("pauliexp", (1, 2, 0), (Angle(0, 0.7),), 1, operator=operator),
        Op("pauliexp", (3, 2), (Angle(0, 0.7),), operator=steps),
        Op("t", (0, 1, 2, 3), (), 3),
    ]
    for seed in range(6):
        generator = random.Random(seed)
        rows = [*random_rows(4, 20, generator), *native]
        generator.shuffle(rows)
        a = circuit(4, *rows)
        assert_same(unitary(a), dense(form_of(a, controls)))


@pytest.mark.parametrize("preserve", ["unitary", "measurement"])
@pytest.mark.parametrize("level", [1, 2])
def test_long_circuits_are_compared_in_stretches(preserve: str, level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof in stretches agrees with the matrices, and looks at a stretch at a time.

    Would catch a row that is lost or counted twice where stretches meet, a half turn put on the wrong side, a row
    dropped as unseen that a later one sees, and work that grows faster than the rows.
    """
    looked_at: list[int] = []

    def noted(rows: list[ProductRotation], width: int) -> order.Order:
        looked_at.append(len(rows))
        return order_of(rows, width)

    monkeypatch.setattr("ionqdsl.verify.exact.LONG", 1)
    monkeypatch.setattr("ionqdsl.verify.stretches.STRETCH", 16)
    monkeypatch.setattr("ionqdsl.verify.stretches.LONGEST", 48)
    monkeypatch.setattr("ionqdsl.verify.stretches.order_of", noted)
    monkeypatch.setattr("ionqdsl.verify.exact.MOST_ROWS", 0)  # nothing but stretches
    for seed in range(3):
        a = scrambled(4, 50, seed)
        b, _, report = transpile(a, TARGETS["forte"], Options(level=level, preserve=preserve))
        names = report.inputs or tuple(range(4))
        assert proof(a, b, preserve, names, TOLERANCE).equal
        other = mutated(b, random.Random(seed))
        deviation, _, _ = unitaries(a, other, preserve, names, False, TOLERANCE)
        assert proof(a, other, preserve, names, TOLERANCE).equal == (deviation < TOLERANCE)
    assert len(looked_at) > 3
    assert max(looked_at) <= 48


def test_equal_rows_of_one_circuit_add_up() -> None:
    """Two cnots that cancel in one circuit alone hold up no row of the other."""
    ring = [Op("cnot", (k, (k + 1) % 12)) for k in range(12)]
    turned = [Op("ry", (k,), (Angle(0, 0.3 + k),)) for k in range(12)]
    pair = [Op("cnot", (3, 7))] * 2
    a = circuit(12, *turned, *ring, *pair, *turned, *ring)
    b = circuit(12, *turned, *ring, *turned, *pair, *ring)
    plain = circuit(12, *turned, *ring, *turned, *ring)
    assert proof(a, plain, "unitary", range(12), TOLERANCE).equal
    assert proof(plain, b, "unitary", range(12), TOLERANCE).equal


def test_half_turns_of_both_circuits_are_kept_apart() -> None:
    """Two quarter turns are a half turn of each wire, about another axis in each circuit, and gates undo it.

    Would catch a half turn that is put on the wrong side of those before it.
    """
    quarter = [Op("xx", (0, 1), (turns("0.25"),))] * 2
    half = [Op("x", (0,)), Op("x", (1,))]
    tilt, back = ([Op("ry", (k,), (Angle(0, angle),)) for k in (0, 1)] for angle in (0.7, -0.7))
    rest = random_rows(3, 12, random.Random(5))
    a = circuit(3, *quarter, *half, *rest)
    b = circuit(3, *tilt, *quarter, *half, *back, *rest)
    assert proof(a, b, "unitary", range(3), TOLERANCE).equal is True
    assert proof(b, a, "unitary", range(3), TOLERANCE).equal is True
    assert proof(a, circuit(3, *tilt, *quarter, *back, *rest), "unitary", range(3), TOLERANCE).equal is False


def test_rows_that_may_change_places_commute() -> None:
    """And those without controls that may not do not, judged by their matrices."""
    generator = random.Random(1)
    letters = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.6, 0.0, 0.8)]
    for _ in range(150):
        rows = []
        for _ in range(2):
            wires = tuple(generator.sample(range(4), generator.choice([2, 3])))
            vectors = tuple(generator.choice(letters) for _ in wires)
            rows.append(ProductRotation(wires, vectors, generator.choice([0, 0, 1, 2]), 0.7))
        first, second = (spread(matrix_of(row), row.wires, 4) for row in rows)
        commute = np.abs(first @ second - second @ first).max() < 1e-12
        is_free = order_of(rows, 4).waits[1] == 0
        assert commute or not is_free, rows
        assert is_free == commute or any(row.controls for row in rows), rows


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=5, unique=True), max_size=8), st.integers(-9, 8))
def test_packed_rows_are_as_they_were(wires: list[list[int]], cut: int) -> None:
    rows = [
        ProductRotation(tuple(on), tuple((wire / 7, number / 3, 0.1) for wire in on), len(on) // 2, number / 9, number)
        for number, on in enumerate(wires)
    ]
    packed = PackedRows()
    for row in rows:
        packed.append(row)
    assert [*packed] == rows
    assert packed[cut:] == rows[cut:]
    assert [packed[place] for place in range(-len(rows), len(rows))] == rows * 2
    with pytest.raises(IndexError):
        packed[len(rows)]


def test_a_long_form_takes_little_memory() -> None:
    """As objects the rows took 620 bytes each: would catch a list of them in the form or in a comparison."""
    pick = random.Random(1)
    rows = [Op("zz", tuple(pick.sample(range(8), 2)), (turns(0.1),)) for _ in range(4)]
    turned = [Op("rx", (number,), (turns(0.1 * number),)) for number in range(8)]
    bytes_of = []
    for count in (1000, 4000):
        source = circuit(8, *[row for _ in range(count) for row in (pick.choice(turned), pick.choice(rows))])
        tracemalloc.start()
        form = form_of(source)
        bytes_of.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert len(form.rows) == count
    assert bytes_of[1] - bytes_of[0] < 3000 * 120


def test_long_wires_keep_their_order() -> None:
    """Far rows are not compared: a chain that goes from run to run must hold them, and a star must not deadlock."""
    z, x = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
    count = 6 * REACH
    star = [ProductRotation((0, 1 + number % 3), (z, z), 0, 0.1) for number in range(count)]
    star[count // 2] = ProductRotation((0, 1), (x, z), 0, 0.1)
    order = order_of(star, 4)
    done: list[int] = []
    ready = order.ready()
    while ready:
        done.append(ready.pop())
        ready += order.retire(done[-1])
    assert sorted(done) == list(range(count))
    place = done.index(count // 2)
    assert sorted(done[:place]) == list(range(count // 2))
    for number in range(count // 2 + 1):
        assert done.index(number) <= place


# --- the whole -----------------------------------------------------------------------------------------------------


def mutated(source: FlatCircuit, generator: random.Random) -> FlatCircuit:
    """One row is changed: its angle, its qubits, its place, or it is gone."""
    rows = list(source.rows)
    place = generator.randrange(len(rows))
    op = rows[place]
    kind = generator.choice(["drop", "angle", "sign", "qubits", "swap"])
    if kind == "angle" and op.angles:
        rows[place] = op._replace(angles=(*op.angles[:-1], op.angles[-1] + turns(generator.choice(["1/4", "0.001"]))))
    elif kind == "sign" and op.angles:
        rows[place] = op._replace(angles=(*op.angles[:-1], -op.angles[-1]))
    elif kind == "qubits":
        rows[place] = op._replace(qubits=tuple(generator.sample(range(source.width), len(op.qubits))))
    elif kind == "swap":
        places = [n for n, (a, b) in enumerate(pairwise(rows)) if set(a.qubits) & set(b.qubits)]
        if places:
            place = generator.choice(places)
            rows[place], rows[place + 1] = rows[place + 1], rows[place]
    else:
        del rows[place]
    return circuit(source.width, *rows)


@given(
    st.integers(0, 10**6), st.sampled_from(["aria", "forte"]), st.sampled_from([0, 1, 2]), st.sampled_from(CONTRACTS)
)
@settings(max_examples=20, deadline=None)
def test_proofs_agree_with_simulation(seed: int, target: str, level: int, preserve: str) -> None:
    """Compiled circuits as they are, and with one row changed."""
    source = scrambled(5, 16, seed)
    result, _, report = transpile(source, TARGETS[target], Options(level=level, preserve=preserve))
    names = report.inputs or tuple(range(5))
    if preserve != "outcomes":
        assert proof(source, result, preserve, names, TOLERANCE).equal is True
    for number in range(2):
        other = mutated(result, random.Random(seed + number))
        if preserve == "outcomes":
            deviation = distributions(source, other)
        else:
            deviation, _, _ = unitaries(source, other, preserve, names, False, TOLERANCE)
        judged = proof(source, other, preserve, names, TOLERANCE).equal
        assert judged is None or judged == (deviation < TOLERANCE)
        assert judged is not None or preserve == "outcomes", "circuits that fit into one block are always judged"


@pytest.mark.parametrize(("target", "preserve"), [("forte", "unitary"), ("aria", "permuted"), ("forte", "measurement")])
def test_wide_circuits_are_proven(target: str, preserve: str) -> None:
    """Thirty qubits at every level; with one row changed they are never called equal."""
    generator = random.Random(f"{target} {preserve}")
    source = scrambled(30, 90, 7)
    for level in (0, 1, 2):
        result, _, report = transpile(source, TARGETS[target], Options(level=level, preserve=preserve))
        verdict = equivalent(source, result, preserve, inputs=report.inputs)
        assert verdict.equal is True
        assert verdict.method == "rotations"
        assert verdict.deviation < 1e-9
        if level != 1:
            continue
        rows = list(result.rows)
        place = generator.choice([n for n, op in enumerate(rows[:300]) if len(op.qubits) == 2])
        rows[place] = rows[place]._replace(angles=(*rows[place].angles[:-1], rows[place].angles[-1] + turns("0.01")))
        assert not equivalent(source, result.replace(rows=rows), preserve, inputs=report.inputs)


def test_a_difference_between_wide_circuits_is_proven() -> None:
    """A chain of a hundred qubits; where one angle differs, so does the circuit, and it is said by how much."""
    rows = [Op("cnot", pair) for pair in pairwise(range(100))]
    a, b = circuit(100, *rows), circuit(100, *rows, Op("ry", (50,), (Angle(0, 0.002),)))
    verdict = equivalent(a, b)
    assert verdict.equal is False
    assert verdict.deviation == pytest.approx(2 * np.sin(0.001 / 2), rel=1e-3) or verdict.deviation < 0.003
    assert equivalent(a, a)
    assert equivalent(a, circuit(100, *rows, Op("rz", (50,), (Angle(0, 0.002),))), "measurement")


def test_layers_in_another_order() -> None:
    """Everything in a layer commutes; the layers themselves do not."""
    generator = random.Random(3)
    edges = [tuple(generator.sample(range(50), 2)) for _ in range(150)]
    zz = [Op("zz", edge, (Angle(0, 0.1 + 0.01 * number),)) for number, edge in enumerate(edges)]  # type: ignore[arg-type]
    rx = [Op("rx", (q,), (Angle(0, 0.4),)) for q in range(50)]
    mixed = zz[:]
    generator.shuffle(mixed)
    a = circuit(50, *zz, *rx, *zz)
    assert equivalent(a, circuit(50, *mixed, *rx, *reversed(mixed)))
    assert not equivalent(a, circuit(50, *[*mixed, *rx[1:], *mixed, rx[0]]))


def test_interactions_that_end_a_circuit_need_not_be_there() -> None:
    """As cnot, rz, cnot nothing of it is diagonal, and all of it is."""
    rows = [Op("h", (q,)) for q in range(22)]
    ends = []
    for pair in pairwise(range(22)):
        ends += [Op("cnot", pair), Op("rz", pair[1:], (Angle(0, 0.3),)), Op("cnot", pair)]
    a, b = circuit(22, *rows, *ends), circuit(22, *rows)
    assert equivalent(a, b, "measurement")
    assert equivalent(b, a, "measurement")
    assert equivalent(a, b, "outcomes")
    assert not equivalent(a, b, "unitary")
    assert not equivalent(a, circuit(22, *rows, Op("h", (3,))), "measurement")


def test_a_difference_may_be_seen_where_nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random rows that no block can hold: single qubits tell that a rotation is missing, and never that all is well.

    Sums over paths would prove the equal pair.
    """
    monkeypatch.setattr(by_paths, "proof", lambda *_: Proof(None, "not tried"))
    a = circuit(30, *[Op("ry", (q,), (Angle(0, 0.3 + q),)) for q in range(30)])
    generator = random.Random(4)
    for q in range(12, 30):
        a.rows += [Op("yy", (q, other), (Angle(0, 0.3),)) for other in generator.sample(range(12, 30), 4) if other != q]
        a.rows += [Op("rx", (q,), (Angle(0, 0.7),))]
    a = circuit(30, *a.rows)
    undone = [op._replace(angles=(-op.angles[0],)) for op in reversed(a.rows)]
    whole = circuit(30, *a.rows, *undone)
    nothing = circuit(30, *[Op("rx", (q,), (Angle(0, 0.0),)) for q in range(30)])
    verdict = equivalent(nothing, whole)
    assert verdict.equal is None
    assert verdict.method == "marginals"
    assert "12 single qubits" in verdict.checked
    assert "rotations could not be matched" in verdict.unchecked
    other = circuit(30, *whole.rows, Op("rx", (3,), (Angle(0, 0.2),)))
    verdict = equivalent(nothing, other)
    assert verdict.equal is False
    assert verdict.method == "marginals"


@pytest.mark.parametrize("is_equal", [True, False])
def test_matrices_of_long_circuits_give_way_to_random_states(is_equal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is proven, a whole unitary of a million rows would take hours."""
    nothing = Proof(None, "not tried")
    monkeypatch.setattr("ionqdsl.verify.exact.proof", lambda *arguments: nothing)
    monkeypatch.setattr("ionqdsl.verify.external.version", lambda: None)
    source = circuit(3, *[Op("xx", (q % 3, (q + 1) % 3), (Angle(0, 0.1 * q),)) for q in range(1, 20)])
    other = (
        source
        if is_equal
        else source.with_rows([*zip(source.rows, source.origins, strict=True), (Op("h", (0,)), None)])
    )
    for most, method in ((1 << 39, "unitary"), (1 << 6, "states")):
        monkeypatch.setattr("ionqdsl.verify.comparison.HOPELESS", most)
        verdict = equivalent(source, other, "unitary")
        assert (verdict.equal, verdict.method) == (is_equal, method)


def test_known_states() -> None:
    """From |0...0> a control that nothing has touched is off; of other inputs that says nothing."""
    rows = [Op("h", (0,)), *(Op("cnot", pair) for pair in pairwise(range(25)))]
    idle = [Op("x", (q, q + 1), (), 1) for q in range(1, 24)]
    a, b = circuit(25, *rows), circuit(25, *idle, *rows)
    assert equivalent(b, a, "outcomes")
    assert not equivalent(b, a, "measurement")
    assert equivalent(circuit(25, Op("x", (3,)), *idle, *rows), a, "outcomes").equal is not True


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([1, 2])), max_size=40))
def test_pairs_of_rows_keep_their_order_unless_they_commute(crossings: list[tuple[int, int]]) -> None:
    """1 says that the axes of two rows are perpendicular on a wire, 2 that they are skew."""
    expected = []
    for pair in range(10):
        tilts = [tilt for found, tilt in crossings if found == pair]
        if 2 in tilts or tilts.count(1) % 2:
            expected.append(pair)
    keys, tilts = (np.array([one[place] for one in crossings], np.int64) for place in (0, 1))
    assert order._not_commuting(keys, tilts).tolist() == expected


def test_guesses_order_the_rows_of_a_circuit_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as they are and twice backwards for each circuit, however many pairs of qubits may have other names."""
    ordered, looked_at = [], []
    first_rows = guesses._first_rows

    def noted(rows: list[ProductRotation], width: int) -> order.Order:
        ordered.append(width)
        return order_of(rows, width)

    monkeypatch.setattr(guesses, "order_of", noted)
    monkeypatch.setattr(guesses, "_first_rows", lambda *found: looked_at.append(found) or first_rows(*found))
    for width in (4, 8):
        qubits = [Op("h", (qubit,)) for qubit in range(width)]
        pairs = [Op("zz", (qubit, qubit + 1), (Angle(Fraction(1, 7)),)) for qubit in range(0, width, 2)]
        one = FlatCircuit(width, rows=[*qubits, *pairs, *qubits, *pairs])
        other = FlatCircuit(width, rows=[*qubits, *pairs[::-1], *qubits, *pairs[::-1]])
        assert equivalent(one, other).equal
        del ordered[:], looked_at[:]
        assert len([*guesses.guesses(one, other)]) == 2
        assert len(looked_at) == width
        assert len(ordered) == 8


def test_circuits_with_the_same_interactions_are_compared_before_any_names_are_guessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A guess takes longer than the proof."""
    width = 14
    pairs = [Op("zz", (q, (q + 1) % width), (Angle(Fraction(1, 7 + q)),)) for q in range(width)]
    turns = [Op("rx", (q,), (Angle(Fraction(1, 5 + q)),)) for q in range(width)]
    one = circuit(width, *turns, *pairs, *turns, *pairs)
    halves = [Op("rx", op.qubits, (op.angles[0] / 2,)) for op in turns for _ in range(2)]
    other = circuit(width, *halves, *pairs, *turns, *pairs)
    monkeypatch.setattr(guesses, "guesses", lambda *_: pytest.fail("names were guessed"))
    assert equivalent(one, other).equal


@pytest.mark.parametrize("width", [12, 24])
def test_no_proof_of_two_circuits_is_tried_twice(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither before nor after all ways to go by have failed; `states` or `marginals` are left."""
    rows = random_rows(width, 60, random.Random(width))
    one, other = (FlatCircuit(width, rows=[*more, *rows], origins=[None] * (60 + len(more))) for more in ([], rows[:2]))
    tried: list[tuple[str, int, int]] = []

    def hopeless(name: str) -> Callable[..., Proof]:
        def proof(a: FlatCircuit, b: FlatCircuit, *_: Any) -> Proof:
            tried.append((name, len(a), len(b)))
            return Proof(None, "nobody knows")

        return proof

    for name in ("exact", "by_strings", "by_paths"):
        monkeypatch.setattr(f"ionqdsl.verify.{name}.proof", hopeless(name))
    way = [one.replace(), one.replace(rows=rows[:9], origins=[None] * 9)]
    verdict = equivalent(one, other, inputs=range(width), via=lambda: [way])
    assert verdict.method == ("states" if width == 12 else "marginals")
    assert ("exact", 60, 9) in tried
    assert len(tried) == len({*tried})
