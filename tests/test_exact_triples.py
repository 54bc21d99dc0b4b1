"""Exact forms of three-qubit unitaries, and the comparison of unitaries up to one-qubit gates.

Would catch a form that is not its class's, a letter with another value, a wire taken for another, a turn on the wrong
side, a state that is taken for a product, and two unitaries taken for alike that are not.
"""

from __future__ import annotations

import math
import random
from array import array

import numpy as np
import pytest
from by_hand import I2, X, Y, Z, kron

from ionqdsl.algebra import compiled
from ionqdsl.algebra.instantiation import PAIRS, Complexes, Instance
from ionqdsl.algebra.rotations import Turn, Vector, matrix_entries, normalised, turned_back
from ionqdsl.passes.triples.exact_triples import exact_instance, range_of, two_axes
from ionqdsl.passes.triples.forms import FORMS, LETTERS
from ionqdsl.passes.triples.invariants import UnitaryClass, class_of, invariants, pattern_of
from ionqdsl.passes.triples.known_triples import KnownTriples, task_of_unitary
from ionqdsl.passes.triples.likeness import frames_of, likeness

Form = list[tuple[int, int, Vector, Vector, float]]
"""Two wires of each interaction, its axes and its angle."""

needs_kernel = pytest.mark.skipif(not compiled.HAS_KERNEL, reason="the kernel is not built")
STEPS = ["numpy", pytest.param("kernel", marks=needs_kernel)]


def read(text: str) -> Form:
    """A form of the table, read without the package."""
    items = []
    for part in text.split(","):
        a, b = [(0, 1), (0, 2), (1, 2)][int(part[0])]
        values = [LETTERS[letter.lower()] * (-1 if letter.isupper() else 1) for letter in part[1:7]]
        items.append(
            (a, b, (values[0], values[1], values[2]), (values[3], values[4], values[5]), int(part[7:]) * math.pi / 192)
        )
    return items


def along(axis: Vector) -> Complexes:
    return axis[0] * X + axis[1] * Y + axis[2] * Z


def product(form: Form) -> Complexes:
    result = np.eye(8, dtype=complex)
    for a, b, u, v, t in form:
        operators = {a: along(u), b: along(v)}
        generator = kron(*[operators.get(wire, I2) for wire in range(3)])
        result = (math.cos(t) * np.eye(8) - 1j * math.sin(t) * generator) @ result
    return result


def local(turns: list[Turn]) -> Complexes:
    return kron(*[np.array(matrix_entries(turn)).reshape(2, 2) for turn in turns])


def drawn(draw: random.Random) -> list[Turn]:
    return [normalised((draw.gauss(0, 1), draw.gauss(0, 1), draw.gauss(0, 1), draw.gauss(0, 1))) for _ in range(3)]


def axes_of(form: Form, turns: list[Turn]) -> bytes:
    """Two axes of each wire, as those of a form that these turns precede."""
    met: list[list[Vector]] = [[], [], []]
    for a, b, u, v, _ in form:
        met[a].append(turned_back(turns[a], u))
        met[b].append(turned_back(turns[b], v))
    return array("d", [part for own in met for part in two_axes(own)]).tobytes()


def class_of_unitary(unitary: Complexes) -> UnitaryClass:
    found = invariants(unitary)
    return class_of(found, pattern_of(found.reaches))


def written(instance: Instance) -> Complexes:
    form: Form = [
        (*PAIRS[pair], tuple(u), tuple(v), t)  # type: ignore[misc]
        for pair, u, v, t in zip(instance.structure, instance.u, instance.v, instance.t.tolist(), strict=True)
    ]
    return np.exp(1j * instance.phase) * local([tuple(turn) for turn in instance.turns.tolist()]) @ product(form)


def test_the_table_is_in_order() -> None:
    """Each form is one of its class and has unit axes, the shortest comes first, and no angle is a half turn."""
    for number, texts in FORMS.items():
        forms = texts.split()
        lengths = [text.count(",") + 1 for text in forms]
        assert range_of(texts) == (min(lengths), max(lengths))
        for text in forms:
            form = read(text)
            assert class_of_unitary(product(form)).number == number
            assert all(abs(math.hypot(*axis) - 1) < 1e-15 for item in form for axis in item[2:4])
            assert all(math.sin(2 * t) for *_, t in form)


@pytest.mark.parametrize("way", STEPS)
def test_a_turned_and_renamed_form_is_found_again(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "IS_WANTED", way != "numpy")
    draw = random.Random(way)
    for number in draw.sample(sorted(FORMS), 6 if way == "numpy" else 40):
        text = draw.choice(FORMS[number].split())
        order = draw.sample(range(3), 3)
        form = [(order[a], order[b], u, v, t) for a, b, u, v, t in read(text)]
        before, after = drawn(draw), drawn(draw)
        wanted = local(after) @ product(form) @ local(before)
        instance = exact_instance(wanted, axes_of(form, before), class_of_unitary(wanted), FORMS[number])
        assert instance is not None
        assert len(instance.t) == text.count(",") + 1
        assert all(abs(t * 192 / math.pi - round(t * 192 / math.pi)) < 1e-12 for t in instance.t.tolist())
        assert np.linalg.norm(written(instance) - wanted, 2) < 1e-12


@pytest.mark.parametrize("way", STEPS)
def test_turns_are_found_or_none(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random products of eighth turns between random one-qubit gates; with one interaction more they are not alike."""
    monkeypatch.setattr(compiled, "IS_WANTED", way != "numpy")
    draw = random.Random(5)
    half = math.sqrt(0.5)
    lines: list[Vector] = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (half, half, 0.0), (half, 0.0, -half)]
    nothing: list[Turn] = [(1.0, 0.0, 0.0, 0.0)] * 3
    for _ in range(4 if way == "numpy" else 60):
        form: Form = []
        for _ in range(draw.randrange(1, 7)):
            a, b = draw.choice(PAIRS)
            form.append((a, b, draw.choice(lines), draw.choice(lines), draw.choice((-2, -1, 1, 2)) * math.pi / 8))
        before, after = drawn(draw), drawn(draw)
        standard = product(form)
        wanted = local(after) @ standard @ local(before)
        frames, theirs = frames_of(wanted, axes_of(form, before)), frames_of(standard, axes_of(form, nothing))
        found = likeness(wanted, frames, standard, theirs)
        assert found is not None
        again = local(found.after) @ standard @ local(found.before)
        assert abs(abs(np.vdot(again, wanted)) - 8) < 1e-8
        other = product([*form, (0, 1, lines[0], lines[2], 0.3)])
        found = likeness(wanted, frames, other, frames_of(other, axes_of(form, nothing)))
        if found is not None:  # no more than it says
            again = local(found.after) @ other @ local(found.before)
            assert abs(abs(np.vdot(again, wanted)) - 8) < 1e-8


def test_unitaries_of_one_class_may_need_more_interactions_than_others() -> None:
    """A form of each says which, and no search is made."""
    several = {number: texts.split() for number, texts in FORMS.items() if len(set(map(len, texts.split(",")))) > 1}
    number, texts = next((n, t) for n, t in several.items() if len({text.count(",") for text in t}) > 1)
    for text in texts:
        form = read(text)
        length = len(form)
        solve = KnownTriples()
        axes = axes_of(form, [(1.0, 0.0, 0.0, 0.0)] * 3)
        assert class_of_unitary(product(form)).number == number
        assert solve.least([task_of_unitary(product(form), length + 2, axes)]) == [length]
        assert solve([task_of_unitary(product(form), length, axes)]) == [None]
        assert solve.work == 0


@needs_kernel
def test_the_kernel_compares_only_unitaries_with_frames() -> None:
    from ionqdsl import _kernel

    unitary = np.eye(8, dtype=complex)
    axes = array("d", [0.0, 0.0, 1.0, 1.0, 0.0, 0.0] * 3).tobytes()
    frames = _kernel.frames(unitary, axes)
    assert _kernel.likeness(unitary, frames, unitary, frames) is not None
    other = array("i", [4, *memoryview(frames).cast("i")[1:]]).tobytes()
    for call, refused in (
        (_kernel.frames, (unitary[1:], axes)), (_kernel.frames, (unitary, axes[8:])),
        (_kernel.likeness, (unitary, frames[8:], unitary, frames)),
        (_kernel.likeness, (unitary, frames, unitary[1:], frames)),
        (_kernel.likeness, (unitary, frames, unitary, other)),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="matri"):
            call(*refused)
