"""Random unitaries of two and three qubits, and forms, on which the compiled kernel and its references must agree."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction

import numpy as np
import pytest

from ionqdsl.algebra import compiled, weyl
from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.instantiation import (
    PAIRS,
    TOLERANCE,
    Complexes,
    Instance,
    Structure,
    compared,
    drawn,
    instantiated,
    interaction,
    product_of,
)
from ionqdsl.algebra.interactions import AxisRotation, BarrierItem, Interaction, Interactions, Item
from ionqdsl.algebra.numeric_forms import content_of, numbers_of
from ionqdsl.algebra.paulis import (
    Folded,
    NumericFolded,
    NumericProgram,
    PauliProgram,
    fold,
    fold_in_python,
    inverted,
    inverted_in_python,
    numeric_program,
)
from ionqdsl.algebra.rotations import IDENTITY, Axes, Turn, Vector, matrix_entries, turn, turned_back, unit
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, Op
from ionqdsl.ir.targets import TARGETS, Target
from ionqdsl.passes.interactions.pairs import gathered
from ionqdsl.passes.interactions.use_interactions import _KernelSweep, _PythonSweep
from ionqdsl.passes.native.place_pulses import least_cost, least_cost_in_python, placed, placed_in_python
from ionqdsl.passes.rotations.fold_rotations import form_in_python, form_of, renamed
from ionqdsl.passes.rotations.replace_windows import Window, replaced, replaced_in_python
from ionqdsl.passes.rotations.synthesise_paulis import Meter, _packed
from ionqdsl.passes.rotations.try_styles import _unseen, tried
from ionqdsl.passes.rotations.windows import _plan, _windows, random_style
from ionqdsl.passes.triples.blocks import Task, triples
from ionqdsl.passes.triples.exact_triples import PART
from ionqdsl.passes.triples.invariants import classified, invariants
from ionqdsl.passes.triples.likeness import frames_of, likeness
from ionqdsl.passes.triples.resynthesise_triples import task_of, tasks_of, triples_resynthesised
from tests.control_problems import compare_releases
from tests.flip_problems import compare_flips
from tests.network_problems import compare_delays, compare_tidy, compare_toffolis
from tests.random_circuits import POSITIVE, narrow
from tests.random_problems import random_folded
from tests.row_problems import compare_numbers_of_rows, compare_programs, compare_rows
from tests.structured import structured

AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_SOURCE = Source("form.qc", "")
UNBOUND = Angle(0, 0, (("t", 0, 1),))
SPECIAL = (math.pi / 4, math.pi / 8, -math.pi / 4, 0.3)


@contextmanager
def by_numpy() -> Iterator[None]:
    """Without the kernel."""
    before, compiled.IS_WANTED = compiled.IS_WANTED, False
    try:
        yield
    finally:
        compiled.IS_WANTED = before


def factors(draw: random.Random, is_special: bool) -> weyl.Factors:
    """An interaction, along the letters and with an angle that circuits have if it is special."""
    if is_special:
        return weyl.Factors(draw.choice(AXES), draw.choice(AXES), draw.choice(SPECIAL))
    u, v = np.array([[draw.gauss(0, 1) for _ in range(3)] for _ in range(2)])
    return weyl.Factors(
        tuple((u / np.linalg.norm(u)).tolist()), tuple((v / np.linalg.norm(v)).tolist()), draw.uniform(-1, 1)
    )


def triple(draw: random.Random, structure: Structure, is_special: bool) -> Complexes:
    """The product of random interactions on three wires, multiplied one by one."""
    result: Complexes = np.eye(8, dtype=complex)
    rows = [factors(draw, is_special) for _ in structure]
    for pair, row in zip(structure, rows, strict=True):
        result = interaction(pair, *row) @ result
    axes = [x for row in rows for x in row.u], [x for row in rows for x in row.v]
    found = product_of(structure, *axes, [row.t for row in rows])
    assert np.abs(found - result).max() < 1e-14
    return result


def compare_triples(draw: random.Random) -> None:
    """Both solve the same unitaries in as many steps, and say how far their images reach and their classes."""
    structure = tuple(draw.randrange(len(PAIRS)) for _ in range(draw.randrange(9)))
    unitary = triple(draw, structure, draw.random() < 0.5)
    values = drawn(5, len(structure), np.random.default_rng(draw.getrandbits(32)))
    ways = np.array([structure] * 5, dtype=np.int64).reshape(5, -1)
    arguments = np.array([unitary] * 5), ways, values, [0, 0, 0, 7, 7]
    packed = [unitary.tobytes(), rewired(unitary, draw).tobytes()]
    ours, found_ones, classes = instantiated(*arguments), invariants(unitary), classified(packed)
    with by_numpy():
        reference, others = instantiated(*arguments), invariants(unitary)
        assert classes == classified(packed)
    assert all(np.abs(one - other).max() < 1e-12 for one, other in zip(found_ones, others, strict=True))
    assert abs(found_ones.reaches.sum() - 9) < 1e-12
    # Far from a solution rounding is magnified step by step: a start in some hundreds takes another way.
    assert abs(ours.work - reference.work) <= 0.2 * reference.work + 2
    for found in ours.solutions.values():
        assert found.error < TOLERANCE
        assert found.structure == structure


def rewired(unitary: Complexes, draw: random.Random) -> Complexes:
    """The unitary with other names of its wires."""
    axes = draw.sample(range(3), 3)
    return unitary.reshape([2] * 6).transpose([*axes, *(3 + wire for wire in axes)]).reshape(8, 8)


def compare_likenesses(draw: random.Random) -> None:
    """Both find turns that make a unitary of one that is like it; the frames are of the same kinds."""
    structure = tuple(draw.randrange(len(PAIRS)) for _ in range(draw.randrange(5)))
    standard = triple(draw, structure, is_special=True)
    axes = np.array([*AXES, *AXES]).tobytes()  # of wires that all kinds of interactions may act on
    before, after = ([turn(unit(factors(draw, False).u), draw.uniform(-3, 3)) for _ in range(3)] for _ in range(2))
    unitary = local(after) @ standard @ local(before)
    turned = np.array([turned_back(early, axis) for early in before for axis in AXES[:2]]).tobytes()
    theirs = np.array([axis for _ in before for axis in AXES[:2]]).tobytes()
    for own_axes, is_known in ((turned, True), (axes, False)):
        ours = likeness(unitary, frames_of(unitary, own_axes), standard, frames_of(standard, theirs))
        with by_numpy():
            other = likeness(unitary, frames_of(unitary, own_axes), standard, frames_of(standard, theirs))
        assert (ours is None) == (other is None)
        assert ours is not None or not is_known
        compare_distances(structure, unitary, draw)
        for found in (ours, other):
            if found is not None:
                again = local(found.after) @ standard @ local(found.before)
                assert abs(abs(np.vdot(again, unitary)) - 8) < 1e-8


def compare_distances(structure: Structure, unitary: Complexes, draw: random.Random) -> None:
    """Both say how far an instance is from the unitary that it is, and from one that is near."""
    u, v, t, _ = (part[0] for part in drawn(1, len(structure), np.random.default_rng(draw.getrandbits(32))))
    turns = [turn(unit(factors(draw, is_special=False).u), draw.uniform(-3, 3)) for _ in range(3)]
    own = np.exp(1j * draw.uniform(-3, 3)) * local(turns) @ product_of(structure, u.ravel(), v.ravel(), t)
    instance = Instance(structure, u, v, t, np.array(turns), 0.0, 0.0)
    for other in (own, own @ interaction(1, AXES[0], AXES[2], 10 ** draw.uniform(-14, -10)), unitary):
        found = compared(instance, other)
        with by_numpy():
            reference = compared(instance, other)
        assert found.error == pytest.approx(reference.error, rel=1e-2, abs=1e-14)
        assert found.phase == pytest.approx(reference.phase, abs=1e-12)


def local(turns: Sequence[Turn]) -> Complexes:
    """Turns of three wires, as a matrix."""
    a, b, c = [np.array(matrix_entries(each)).reshape(2, 2) for each in turns]
    return np.kron(np.kron(a, b), c)


def compare_pairs(draw: random.Random) -> None:
    """Both decompose alike, and the parts are the unitary."""
    several = [[factors(draw, k % 2 > 0) for _ in range(draw.randint(1, 6))] for k in range(8)]
    unitaries = weyl.products(several)
    found = weyl.decomposed(unitaries)
    with by_numpy():
        others = weyl.products(several)
        reference = weyl.decomposed(unitaries)
    assert np.abs(unitaries - others).max() < 1e-14
    assert np.abs(rebuilt(found) - unitaries).max() < 2 * weyl.TOLERANCE
    for part, other in zip(parts(found), parts(reference), strict=True):
        assert np.abs(part - other).max() < 1e-6


def parts(found: weyl.Decomposition) -> Iterator[weyl.Reals]:
    """The arrays of a decomposition."""
    yield from (*found.after, found.coordinates, *found.before, found.phase)


def rebuilt(found: weyl.Decomposition) -> Complexes:
    """The product of the parts, in the magic basis."""
    rows = []
    for k in range(len(found.phase)):
        after, before = (np.kron(*[_matrix(turns[k]) for turns in pair]) for pair in (found.after, found.before))
        middle = np.eye(4, dtype=complex)
        for x, letter in zip(found.coordinates[k], weyl.PAULIS, strict=True):
            middle = middle @ (np.cos(x) * np.eye(4) - 1j * np.sin(x) * np.kron(letter, letter))
        whole = np.exp(1j * found.phase[k]) * after @ middle @ before
        rows.append(weyl.MAGIC.conj().T @ whole @ weyl.MAGIC)
    return np.array(rows)


def _matrix(turn: weyl.Reals) -> Complexes:
    result: Complexes = turn[0] * np.eye(2) - 1j * np.einsum("k,kij->ij", turn[1:], weyl.PAULIS)
    return result


def form(draw: random.Random) -> Interactions:
    """Up to sixty interactions about few axes on up to twelve wires, some with a parameter, with barriers between."""
    width = draw.randint(2, 12)
    items: list[Item] = []
    for _ in range(draw.randrange(60)):
        a, b = draw.sample(range(width), 2)
        kind = draw.choice(["number"] * 12 + ["parameter", "rotation", "barrier"])
        if kind == "barrier":
            wires = tuple(draw.sample(range(width), draw.randint(1, width)))
            items.append(BarrierItem(wires, (IDENTITY,) * len(wires), Op("barrier", wires), None))
        elif kind == "rotation":
            items.append(AxisRotation(a, draw.choice(AXES), UNBOUND, None))
        else:
            t = 0.2 if kind == "number" else UNBOUND
            items.append(Interaction(a, b, draw.choice(AXES[: draw.randint(1, 3)]), draw.choice(AXES), t, None))
    return Interactions(width, items, [IDENTITY] * width)


def compare_gatherings(draw: random.Random) -> None:
    """Both find the same blocks on three wires, in the same order, with the same products."""
    for _ in range(10):
        given = draw.choice((form, local_form, numeric_form, structured_form))(draw)
        found = triples(given)
        tasks = tasks_of(given, found)
        with by_numpy():
            reference = triples(given)
        assert found.axes.vectors == reference.axes.vectors
        for block, other, task in zip(found.blocks, reference.blocks, tasks, strict=True):
            assert (block.wires, block.places, block.axes) == (other.wires, other.places, other.axes)
            known = task_of(given, other)
            assert (task.unitary == known.unitary).all()
            assert (task.length, task.digits, task.axes) == (known.length, known.digits, known.axes)
        assert found.is_empty == (not reference.blocks)


def compare_rewritings(draw: random.Random) -> None:
    """Both put the same instances in place of blocks, whether these are the same or not."""
    seed, given = draw.getrandbits(32), draw.choice((local_form, numeric_form))(draw)

    def solve(tasks: Sequence[Task]) -> list[Instance | None]:
        generator, results = np.random.default_rng(seed), []
        for task in tasks:
            structure = tuple(generator.integers(0, 3, generator.integers(0, task.length)).tolist())
            u, v, t, _ = drawn(1, len(structure), generator)
            t[0] += generator.choice([0.0, math.pi / 2, -math.pi / 2], len(structure))
            t[0, ::2] = np.round(t[0, ::2] / PART) * PART
            turns = generator.normal(size=(3, 4))
            turns /= np.linalg.norm(turns, axis=1, keepdims=True)
            instance = Instance(structure, u[0], v[0], t[0], turns, generator.uniform(-3, 3), 1e-14)
            results.append(instance if generator.random() < 0.7 else None)
        return results

    found = triples_resynthesised(given, triples(given), solve)
    with by_numpy():
        other = triples_resynthesised(given, triples(given), solve)
    assert content_of(found) == content_of(other)
    assert [item.origin for item in found.items] == [item.origin for item in other.items]
    assert (found.phase, found.inputs, found.neglected) == (other.phase, other.inputs, other.neglected)


def numeric_form(draw: random.Random) -> Interactions:
    """Interactions by numbers that merge, cancel, add up to half turns and slide, some along nearly equal axes."""
    width, count = draw.choice([(2, 40), (3, 60), (6, 80), (200, 450)])
    lines = [*AXES, *(factors(draw, is_special=False).u for _ in range(draw.randrange(3)))]
    items: list[Item] = []
    for number in range(count):
        a, b = draw.sample(range(width), 2) if width < 200 else (0, number % 199 + 1)  # a wire that many blocks share
        axes = []
        for wire in (a, b):
            x, y, z = lines[0] if width == 200 and not wire else draw.choice(lines)
            sign, noise = draw.choice((1, -1)), draw.choice((0.0, 1e-14, 3e-14))
            axes.append((sign * x + noise, sign * y - noise, sign * z + noise))
        t = draw.choice((*SPECIAL, -0.3, draw.uniform(-0.7, 0.7)))
        items.append(Interaction(a, b, axes[0], axes[1], t, Span(_SOURCE, number, number + 1)))
    return Interactions(width, items, [IDENTITY] * width)


def compare_sweeps(draw: random.Random) -> None:
    """Both find the same blocks on pairs of wires with the same rounding, also with the axes of a sweep before."""
    axes, others = Axes(), Axes()
    for make in (numeric_form, structured_form):
        given = make(draw)
        found = gathered(given, axes)
        with by_numpy():
            reference = gathered(given, others)
        for block in (*found.blocks, *reference.blocks):
            block.place = 0
        assert found == reference
        assert axes.vectors == others.vectors
        assert axes.neglected == others.neglected
        assert [axes.number(axis) for axis in AXES] == [others.number(axis) for axis in AXES]


def local_form(draw: random.Random) -> Interactions:
    """Few wires, on which blocks shrink, exchange wires, settle small angles, and end along measured axes."""
    width = draw.randint(2, 6)
    axes = list(AXES)
    items: list[Item] = []

    def axis() -> Vector:
        if draw.random() < 0.15:
            axes.append(unit((draw.gauss(0, 1), draw.gauss(0, 1), draw.gauss(0, 1))))
        elif draw.random() < 0.1:
            x, y, z = draw.choice(axes)
            axes.append(unit((x + draw.gauss(0, 4e-10), y + draw.gauss(0, 4e-10), z + draw.gauss(0, 4e-10))))
        return draw.choice(axes)

    last = draw.sample(range(width), width // 2 * 2)  # wires of several blocks that are measured next
    pairs = [*zip(last[::2], last[1::2], strict=True)] * 2 if draw.random() < 0.5 else []
    count = draw.randint(1, 40)
    for number in range(count + len(pairs)):
        a, b = draw.sample(range(width), 2) if number < count else pairs[number - count]
        if number < count and items and draw.random() < 0.3:
            a, b = items[-1].b, items[-1].a  # type: ignore[union-attr]
        t = draw.choice((*SPECIAL, -0.3, draw.uniform(-0.7, 0.7), 0.05, 1e-3, 1e-8))
        items.append(Interaction(a, b, axis(), axis(), t, Span(_SOURCE, number, number + 1)))
    ends = [turn(draw.choice(axes), draw.choice((0.0, math.pi / 2, math.pi, 1.0))) for _ in range(width)]
    inputs = tuple(draw.sample(range(width), width)) if draw.random() < 0.4 else None
    return Interactions(width, items, ends, Angle(0, draw.random()), inputs)


def structured_form(draw: random.Random) -> Interactions:
    """The form of a circuit of some family, where rotations are numbers."""
    source = structured(draw, draw.randint(2, 8))
    rows = [op._replace(pinned=0) for op in source.rows if op.gate != BARRIER]
    return from_circuit(narrow(source.replace(rows=rows, origins=[None] * len(rows))))


def compare_compressions(draw: random.Random) -> None:
    """Both end with the same form: items and signs of zeros, ends, phase, inputs, and the facts about the way there."""
    given = draw.choice((local_form, local_form, numeric_form, structured_form))(draw)
    numbers = numbers_of(given)
    assert numbers is not None
    for preserve in ("measurement", "permuted", "unitary"):
        for may_rename in (False, True):
            way = _KernelSweep(given, numbers, preserve).compressed(may_rename)
            reference = _PythonSweep(given, preserve).compressed(may_rename)
            form, other = way.form, reference.form
            assert repr(form.items) == repr(other.items)
            assert (form.ends, form.phase, form.inputs) == (other.ends, other.phase, other.inputs)
            assert way[1:] == reference[1:]
            assert form.neglected == pytest.approx(other.neglected, rel=1e-6, abs=1e-14)
            assert form.two_qubit_gates == other.two_qubit_gates
            assert content_of(form) == content_of(other)


def compare_least_costs(draw: random.Random) -> None:
    """Both count the same angle, pulses and depth, whichever way axes point, along Z or nearly, and with no items."""
    given = draw.choice((local_form, numeric_form, structured_form))(draw)
    if draw.random() < 0.1:
        given = given.replace(items=[])
    for target in (TARGETS["forte"], TARGETS["aria"]):
        assert least_cost(given, target) == least_cost_in_python(given, target)


def compare_placements(draw: random.Random) -> None:
    """Both write the same rows with their origins and phase, for machines that take negative angles, some or none."""
    given = draw.choice((local_form, numeric_form, structured_form))(draw)
    if draw.random() < 0.1:
        given = given.replace(items=[])
    some = Target("some", "native", "zz_native", low=Fraction(-1, 8), high=Fraction(1, 4))
    for target in (TARGETS["forte"], TARGETS["aria"], POSITIVE, some):
        for preserve in ("measurement", "unitary"):
            found, reference = (way(given, target, preserve) for way in (placed, placed_in_python))
            assert repr(found[:3]) == repr(reference[:3])
            assert found[3] == pytest.approx(reference[3], rel=1e-6, abs=1e-14)


def compare_tries(draw: random.Random) -> None:
    """A solution, or its inverse, has the outputs, strings and form of its program, with wires renamed or exchanged."""
    folded = random_folded(draw, draw.randint(1, 9), draw.randrange(20), draw.randint(1, 5))
    for one in tried([folded], 1000)[:: draw.randint(3, 5)]:
        program = one.program
        strings = [mask for x, z, _ in program.rotations if (x | z).bit_count() > 1 for mask in (x, z)]
        assert isinstance(one.strings, bytes)
        assert memoryview(one.strings).cast("Q").tolist() == strings
        assert (one.outputs, one.renamed - one.seen) == (program.outputs, _unseen(program))
        reference = form_in_python(program)
        for form in (one.form, form_of(program)):
            for may_rename in (False, True):
                found = renamed(form, one.outputs, may_rename=may_rename)
                other = renamed(reference, one.outputs, may_rename=may_rename)
                assert repr(found.items) == repr(other.items)
                assert (found.ends, found.inputs, found.neglected) == (other.ends, other.inputs, other.neglected)
                assert content_of(found) == content_of(other)


def compare_folds(draw: random.Random) -> None:
    """Both keep the same rotations, which merge, become Clifford or reach others, and the same images, and invert them
    alike. Some become Clifford only in the second round, when the rotations between them are gone.
    """
    width = draw.choice((1, 2, 4, 8, 63, 64))
    wires = [0] if width == 1 else draw.sample(range(width), min(width, 5))
    strings = [tuple(sum(1 << wire for wire in wires if draw.random() < 0.4) for _ in "xz") for _ in range(9)]
    sizes = (math.pi / 2, -math.pi / 2, math.pi, 0.3, -0.3, math.pi / 4, 7.0, 100.3, 1e-13, math.pi / 2 + 1e-13, 0.0)
    rotations = [(x, z, draw.choice(sizes)) for x, z in draw.choices(strings, k=draw.randrange(80))]
    if draw.random() < 0.5:
        bit = 1 << draw.choice(wires)
        turns = (("x", 0.2), ("z", 0.3), ("x", 0.5), ("x", -0.5), ("z", -0.3), ("x", math.pi / 2 - 0.2))
        rotations += [(bit * (axis == "x"), bit * (axis == "z"), angle) for axis, angle in turns]
    program = PauliProgram(width, rotations, tuple(draw.sample(range(width), width)), draw.random())
    for is_reduced in (False, True):
        for is_once in (False, True):
            folded, reference = (way(program, is_reduced, is_once) for way in (fold, fold_in_python))
            assert type(folded) is NumericFolded
            assert _shown(folded) == _shown(reference)
            wanted = _shown(inverted_in_python(reference))
            assert _shown(inverted(folded)) == wanted  # from arrays, and from rotations that become arrays
            assert _shown(inverted(reference)) == wanted
            assert _packed(folded) == _packed(reference)


def _shown(folded: Folded) -> str:
    return repr((folded.width, folded.rotations, folded.images, folded.neglected, folded.count))


def compare_windows(draw: random.Random) -> None:
    """Both write the same program and count the same work: windows that are flipped, reduced or stopped by their bound,
    on some of many wires, whose syntheses rename wires or may not; and none at all.
    """
    width = draw.choice((1, 2, 3, 5, 8, 12, 63, 64))
    letters = [(0, 1), (1, 0), (1, 1)]
    sizes = (math.pi / 2, -math.pi / 2, math.pi, 3 * math.pi / 2, 0.3, -0.7, math.pi / 4, 7.0, math.pi / 2 + 1e-13, 0.0)
    rotations = []
    for _ in range(draw.randrange(1, 90)):
        parts = [(wire, *draw.choice(letters)) for wire in draw.sample(range(width), draw.randint(1, min(width, 2)))]
        x, z = (sum(part[kind] << part[0] for part in parts) for kind in (1, 2))
        rotations.append((x, z, draw.choice(sizes)))
    program: PauliProgram = PauliProgram(width, rotations, tuple(draw.sample(range(width), width)), draw.random())
    for _ in range(3):
        numeric = numeric_program(program)
        assert numeric is not None
        plain = PauliProgram(width, numeric.rotations, program.outputs)
        seed, limits = draw.random(), ((2, draw.randint(2, 30)), (2, draw.randint(2, 9)), draw.choice((1, 40)))
        windows, others = (_windows(one, random.Random(seed), *limits) for one in (numeric, plain))
        assert [Window(list(one.places), one.wires, one.two_qubit_gates) for one in windows] == others
        bounds = [max(0, window.two_qubit_gates + draw.choice((-1, 0, 0, 2))) for window in windows]
        plan = _plan(windows, bounds, draw, draw.randint(1, 4), lambda draw, _: [random_style(draw) for _ in range(3)])
        renames = draw.choice(([False], [True], [False, True]))
        meters = Meter(), Meter()
        results = replaced(program, plan, meters[0], renames)
        references = replaced_in_python(program, plan, meters[1], renames)
        assert meters[0] == meters[1]
        for one, other in zip(results, references, strict=True):
            assert type(one) is NumericProgram
            assert (one.rotations, one.outputs) == (other.rotations, other.outputs)
            assert (one.two_qubit_gates, one.wires) == (other.two_qubit_gates, other.wires)
            assert math.isclose(one.neglected, other.neglected, rel_tol=1e-12)
        program = results[-1]


COMPARISONS: tuple[Callable[[random.Random], None], ...] = (
    compare_triples,
    compare_likenesses,
    compare_pairs,
    compare_gatherings,
    compare_rewritings,
    compare_sweeps,
    compare_compressions,
    compare_tries,
    compare_folds,
    compare_rows,
    compare_programs,
    compare_numbers_of_rows,
    compare_windows,
    compare_flips,
    compare_tidy,
    compare_toffolis,
    compare_delays,
    compare_releases,
    compare_least_costs,
    compare_placements,
)
