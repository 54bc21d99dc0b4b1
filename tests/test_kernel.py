"""The compiled kernel gives the numbers of Python and numpy, one by one, and reads nothing outside its buffers.

Would catch a wrong sign or shift in the C, arguments that it does not refuse, and an installation without a kernel that
compiles something else. The steps of syntheses are compared in test_solvers.py; their meaning is checked by
test_paulis.py and test_search.py, by matrices.
"""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ionqdsl.algebra import compiled, weyl
from ionqdsl.algebra.compiled import HAS_KERNEL
from ionqdsl.algebra.numeric_forms import LIMITS
from ionqdsl.algebra.paulis import Folded, PauliProgram, fold, identity_images
from ionqdsl.cli import main
from ionqdsl.passes.rotations import replace_windows
from ionqdsl.passes.rotations.pauli_problems import PauliProblem, Style, logarithms
from ionqdsl.passes.rotations.solve_in_step import solve_in_step
from ionqdsl.passes.rotations.synthesise_paulis import (
    _packed,
    fastest_solver,
    packed_cliffords,
    solve_compiled,
    synthesise_paulis,
)
from kernel.build import digest
from tests.random_problems import problems_of, random_folded
from tests.unitary_problems import COMPARISONS

needs_kernel = pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")

PROGRAM = """
import sys
if "hidden" in sys.argv:
    sys.modules["ionqdsl._kernel"] = None
if "stale" in sys.argv:
    sys.modules["ionqdsl._kernel"] = type(sys)("ionqdsl._kernel")
from ionqdsl.passes.rotations.synthesise_paulis import fastest_solver
import ionqdsl as iq
circuit = iq.Circuit(6)
for a, b, c in ((0, 1, 2), (1, 2, 3), (3, 4, 5), (0, 2, 4), (1, 3, 5), (0, 1, 2)):
    circuit.h(a).ccx(a, b, c).t(b)
print(fastest_solver().__name__)
for level in (2,) if {"hidden", "stale"} & {*sys.argv} else (2, 3):
    print(iq.compile(circuit, target="forte", level=level, effort=0.01))
"""


@pytest.mark.parametrize("way", ["hidden", "stale", "numpy"])
def test_an_installation_without_a_kernel_compiles_the_same(way: str) -> None:
    """With the module hidden, with one of other sources, and by the setting that chooses the reference."""
    (first, *rows), (second, *others) = (compiled_apart(way) for way in ("", way))
    assert first == ("solve_compiled" if HAS_KERNEL else "solve_in_step")
    assert second == "solve_in_step"
    assert rows[: len(others)] == others
    assert len(others) == len(rows) or way != "numpy"
    assert sum("zz(" in row for row in others) > 10


@cache
def compiled_apart(way: str) -> list[str]:
    """The solver and the results of another process: with the kernel, or in one of the ways without it."""
    environment = {**os.environ, "IONQDSL_KERNEL": "numpy"} if way == "numpy" else dict(os.environ)
    words = [sys.executable, "-c", PROGRAM, way]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_stale_kernel_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once for a command that compiles, not for one that only reads, and not with `--quiet`."""
    path = tmp_path / "two.qc"
    path.write_text("circuit one { qubit q; h q }\ncircuit two { qubit q; x q }\n")
    monkeypatch.setattr(compiled, "IS_STALE", True)
    for words, times in (["compile", "--target", "forte"], 1), (["check"], 0), (["compile", "-q"], 0):
        assert main([*words, str(path)]) == 0
        assert capsys.readouterr().err.count("kernel/build.py") == times


def test_the_package_holds_the_digest_of_the_sources() -> None:
    """Otherwise every kernel would be taken for one of another version, and nobody would use it."""
    assert digest() == compiled.SOURCES


def solved(problem: PauliProblem) -> None:
    solve_compiled([problem])


@needs_kernel
def test_what_is_no_problem_is_refused() -> None:
    """Sizes that do not fit, letters on wires that are not there, an identity, images of no Clifford."""
    from ionqdsl import _kernel

    draw = random.Random(2)
    (sound,) = problems_of(draw, random_folded(draw, 3, 5, 2), 1)
    solved(sound)
    logs, style = logarithms(3).tobytes(), sound.weights
    rest = sound.rows, sound.minus, logs, style, 10**6, bytes(8)
    for arguments in (
        (0, *rest), (-1, *rest), (2, *rest), (4, *rest), (1 << 30, *rest),
        (3, sound.rows[:-1], *rest[1:]), (3, b"", *rest[1:]), (3, rest[0], b"", *rest[2:]),
        (3, *rest[:2], logs[:-4], *rest[3:]), (3, *rest[:3], style[:-8], *rest[4:]),
        (3, *rest[:5], bytes(16)), (3, *rest[:5], bytes(7)), (3, *rest[:5], b""),
        (3, b"\x08" + sound.rows[1:], *rest[1:]),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="buffers"):
            _kernel.solve(*arguments)
    nothing = bytes(16)
    for rows in (nothing + sound.rows, nothing * 6, nothing * 5 + b"\x01" + bytes(15), b"\x07" * 1 + bytes(15) * 1):
        bad = sound._replace(rows=rows)
        with pytest.raises(ValueError, match=r"identity|buffers"):
            solved(bad)
    for _ in range(200):  # any bits at all as images: an answer or an error, and an end
        strings = [(draw.randrange(8), draw.randrange(8), 0.1) for _ in range(4)]
        images = [(draw.randrange(8), draw.randrange(8), 0) for _ in range(6)]
        rows, minus = _packed(Folded(3, strings, images))
        with suppress(ValueError):
            solved(sound._replace(rows=rows, minus=minus))


def test_a_wire_alone_and_nothing_at_all() -> None:
    one = PauliProgram(1, [(1, 0, 0.3), (0, 1, 0.2), (1, 1, -0.1)], (0,))
    for solver in (fastest_solver(), solve_in_step):
        (result,) = synthesise_paulis([fold(one)], [Style()], [0], [0], solver=solver)
        assert result is not None
        assert result.rotations == one.rotations
        assert synthesise_paulis([], [], [], [], solver=solver) == []
        (empty,) = synthesise_paulis([Folded(2, [], identity_images(2))], [Style()], [0], [0], solver=solver)
        assert empty == PauliProgram(2, [], (0, 1))


@needs_kernel
@pytest.mark.parametrize("compare", COMPARISONS)
def test_unitaries_are_written_alike(compare: Callable[[random.Random], None]) -> None:
    """Three-qubit unitaries as interactions, and two-qubit ones in their coordinates."""
    for seed in range(25):
        compare(random.Random(f"{os.environ.get('IONQDSL_SEED', '3')} {seed}"))


def form_arguments() -> Iterator[tuple[object, ...]]:
    """Forms on two wires that are none: other wires, axes of other lengths, angles out of bounds, other sizes."""
    wires, limits, vectors = array("i", [0, 1]), array("d", [1e-12, 1e-15, 1e12, 0.4, 150]), b""
    axes = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    values = array("d", [*axes, 0.1])
    for others in ([0, 2], [-1, 0], [1, 1], [0]):
        yield 2, array("i", others), values, limits, vectors, 0.0
    for numbers in ([*axes, math.nan], [*axes, 1e300], [math.nan, *axes[1:], 0.1], [9.0, *axes[1:], 0.1], axes):
        yield 2, wires, array("d", numbers), limits, vectors, 0.0
    yield 2, wires, values, limits[1:], vectors, 0.0
    yield 2, wires, values, limits, bytes(24), 0.0
    yield -1, wires, values, limits, vectors, 0.0


@needs_kernel
def test_what_is_no_form_is_not_compressed() -> None:
    """Forms that are none, ends of other lengths, tables of other sizes, and a form that was compressed before."""
    from ionqdsl import _kernel

    ends, tables = array("d", [1.0, 0.0, 0.0, 0.0] * 2), weyl.TABLES
    for width, wires, values, limits, vectors, _ in form_arguments():
        if not vectors:
            with pytest.raises(ValueError, match="interactions"):
                _kernel.triple_tasks(width, wires, values, limits, 4, 12)
            with pytest.raises(ValueError, match="interactions"):
                _kernel.sweep(width, wires, values, ends, limits, True, 0.0)
            with pytest.raises(ValueError, match="interactions"):
                _kernel.least_cost(width, wires, values, ends, limits)
            with pytest.raises(ValueError, match="interactions"):
                _kernel.place(width, wires, values, ends, limits, -0.25, 0.25)
    sound = 2, array("i", [0, 1] * 2), array("d", [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1e-13] * 2)
    for others in (ends[1:], array("d", [0.0] * 8), array("d", [math.nan] * 8)):
        with pytest.raises(ValueError, match="interactions"):
            _kernel.sweep(*sound, others, LIMITS, True, 0.0)
        with pytest.raises(ValueError, match="interactions"):
            _kernel.least_cost(*sound, others, LIMITS)
        with pytest.raises(ValueError, match="interactions"):
            _kernel.place(*sound, others, LIMITS, -0.25, 0.25)
    swept, *_ = _kernel.sweep(*sound, ends, LIMITS, False, 0.0)
    with pytest.raises(ValueError, match="tables"):
        _kernel.compress(swept, tables[8:], True, False, *[b""] * 3)
    assert _kernel.compress(swept, tables, True, False, *[b""] * 3)[0] == b""
    with pytest.raises(ValueError, match="before"):
        _kernel.compress(swept, tables, True, False, *[b""] * 3)
    with pytest.raises(ValueError, match="Capsule"):
        _kernel.compress(object(), tables, True, False, *[b""] * 3)


@needs_kernel
def test_blocks_that_are_none_are_not_rewritten() -> None:
    """Wires and places that are not there, a wire twice, numbers that lack, pairs of a fourth wire, other sizes."""
    from ionqdsl import _kernel

    form = 3, array("i", [0, 1] * 2), array("d", [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.1] * 2)
    more = array("d", [1.0, 0.0, 0.0, 0.0] * 3), LIMITS, array("d", [1.0, 0.0, 0.0, -1.0, 0.0, 0.0]), 0.0
    turns = [1.0, 0.0, 0.0, 0.0] * 3
    one = array("d", [0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.2, *turns, 0.3, 0.0])
    wires, *_, phase, neglected = _kernel.rewrite_triples(*form, *more, array("i", [2, 0, 1, 2, 0, 1, 1, 1]), one)
    assert (array("i", wires).tolist(), phase, neglected) == ([2, 1], 0.3, 0.0)
    for block in (
        [3, 0, 1, 2, 0, 1, 1, 1], [2, 2, 1, 2, 0, 1, 1, 1], [-1, 0, 1, 2, 0, 1, 1, 1], [2, 0, 1, 2, 0, 2, 1, 1],
        [2, 0, 1, 2, 0, -1, 1, 1], [2, 0, 1, 0, 1, 1], [2, 0, 1, 9, 0, 1, 1, 1], [2, 0, 1, 2, 0, 1, 1, 3],
        [2, 0, 1, 2, 0, 1, 1], [2, 0, 1, 2, 0, 1, -1, 1], [2, 0, 1, 2, 0, 1, 0], [2, 0, 1], [],
    ):  # fmt: skip
        with pytest.raises(ValueError, match="blocks"):
            _kernel.rewrite_triples(*form, *more, array("i", block), one)
    for ends, limits, vectors in ((more[0][1:], LIMITS, more[2]), (more[0], LIMITS[8:], more[2]), (*more[:2], one)):
        with pytest.raises(ValueError, match="blocks"):
            _kernel.rewrite_triples(*form, ends, limits, vectors, 0.0, b"", b"")


@needs_kernel
def test_gates_that_are_no_flips_are_not_gathered() -> None:
    """No target, two, one that is a control, a bit of no control, other sizes, and costs that lack."""
    from ionqdsl import _kernel

    costs = array("q", range(65))
    one = [1, 6, 2, 1]
    assert _kernel.gather(array("Q", one), costs, costs, True, 2) == array("Q", one).tobytes()
    for step in ([0, 6, 2, 1], [3, 4, 4, 1], [2, 6, 2, 1], [1, 6, 8, 1], one[1:], [*one, *one[1:]]):
        with pytest.raises(ValueError, match="gates"):
            _kernel.gather(array("Q", step), costs, costs, True, 2)
    for few in (costs[1:], array("q")):
        with pytest.raises(ValueError, match="costs"):
            _kernel.gather(array("Q", one), costs, few, True, 2)


@needs_kernel
def test_what_is_no_gate_of_a_network_is_not_left_out() -> None:
    """Other kinds and eighths, wires that lack, are none or too many, a Hadamard of two wires, and half a number."""
    from ionqdsl import _kernel

    hadamard, phase, rest = [0, 0, 1, 0], [2, 2, 1, 0], [4, 0, 2, 0, ~1]
    left, new, eighths = _kernel.tidy(array("i", [*hadamard, *phase, *rest]), True, True)
    assert (left, new, eighths) == (array("i", [0, 1, 2]).tobytes(), b"", 0)
    assert _kernel.tidy(b"", True, True) == (b"", b"", 0)
    assert _kernel.find_toffolis(b"", True) is None
    assert _kernel.delay(b"", True) == (b"", b"", 0)
    for wires in ([*range(63)], [*range(64)], [0, 1, 0]):
        found = _kernel.delay(array("i", [1, 0, len(wires), *wires]), True)
        assert found == (None if len(wires) != 63 else (array("i", [0]).tobytes(), b"", 0))
    for gate in (
        [5, 0, 1, 0], [-1, 0, 1, 0], [2, 8, 1, 0], [2, -1, 1, 0], [0, 0, 2, 0, 1], [0, 0, 0], [1, 0, 0], [3, 0, 1, 0],
        [1, 0, 1, ~0], [1, 0, 3, 0, 1], [1, 0, -1], [4, 0, 1], hadamard[:2],
        [5, 0, 2, 0, ~1], [5, 0, 3, 0, 1, 2], [6, 0, 0], [8, 0, 1, 0], [0, 0, 1, 2**31 - 1], [4, 0, 1, -(2**31)],
    ):  # fmt: skip
        with pytest.raises(ValueError, match="gates"):
            _kernel.tidy(array("i", [*phase, *gate]), True, True)
        with pytest.raises(ValueError, match="gates"):
            _kernel.find_toffolis(array("i", [*phase, *gate]), False)
        with pytest.raises(ValueError, match="gates"):
            _kernel.delay(array("i", [*phase, *gate]), True)
    with pytest.raises(ValueError, match="gates"):
        _kernel.tidy(bytes(18), True, True)


@needs_kernel
def test_rows_of_no_kind_are_not_released() -> None:
    """Kinds whose letter lacks or whose kind with a control less has as many; other kinds, wires twice, bytes."""
    from ionqdsl import _kernel

    flip, cnot, none = [0, 0, 0, 1, 0, 0, -1], [0, 0, 1, 1, 0, 0, 0], [-1, 1, 0]
    rows = [1, 2, 0, 1, 1, 2, 2, 1, 1, 2, 0, 1]  # two cnots of one pair on either side of another one
    kinds = array("i", [*flip, *cnot])
    assert _kernel.release(kinds, array("i", [*rows, *none])) == b""
    assert _kernel.release(array("i", []), b"") == b""
    ends = _kernel.release(kinds, array("i", [1, 2, 0, 1, 1, 2, 0, 2, 1, 2, 0, 1]))
    assert sorted(zip(*[iter(memoryview(ends).cast("i"))] * 2, strict=True)) == [(0, 0), (2, 0)]
    for row in ([2, 1, 0], [-2, 1, 0], [1, 1, 0], [1, 2, 0], [1, 2, 0, -1], [1, 2, 0, 0], [-1, -1], [0]):
        with pytest.raises(ValueError, match="rows"):
            _kernel.release(kinds, array("i", [*rows, *row]))
    for kind in ([0, 5, 1, 1, 0, 0, 0], [0, 0, 1, 1, 0, 0, 1], [0, 0, 1, 1, 0, 0, 2], [0, 0, 2, 1, 0, 0, 0], cnot[1:]):
        with pytest.raises(ValueError, match="rows"):
            _kernel.release(array("i", [*flip, *kind]), array("i", none))
    with pytest.raises(ValueError, match="rows"):
        _kernel.release(kinds, bytes(6))


@needs_kernel
def test_what_is_no_program_is_not_written() -> None:
    """Strings on three wires, on none or on others, angles out of bounds, steps of other wires, rows and Cliffords."""
    from ionqdsl import _kernel

    angles, nothing = array("d", [0.3]), array("i", [])
    for width, strings, some in (
        (2, [0, 0], angles), (2, [4, 0], angles), (3, [7, 0], angles), (2, [1], angles), (65, [1, 0], angles),
        (0, [], nothing), (2, [1, 0], array("d", [math.nan])),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="rotations"):
            _kernel.program_form(width, array("Q", strings), some, LIMITS, 0.0)
        if strings not in ([0, 0], [7, 0]):
            with pytest.raises(ValueError, match="rotations"):
                _kernel.fold(width, array("Q", strings), some, array("i", range(width)), False, False, 1e-12)
    for outputs in ([0], [0, 2], [0, -1], [0, 1, 2]):
        with pytest.raises(ValueError, match="rotations"):
            _kernel.fold(2, array("Q", [1, 0]), angles, array("i", outputs), False, False, 1e-12)
    sound = [1, 0, 1, 0, 0, 1]
    for width, strings, powers in (
        (1, sound[2:], [0, 0]), (1, [2, 0, *sound[2:]], [0, 0]), (1, [*sound[:4], 0, 2], [0, 0]), (1, sound, [0]),
        (2, sound, [0, 0]), (0, sound, []), (65, sound, [0] * 130), (-1, sound, []),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="rotations"):
            _kernel.invert(width, array("Q", strings), angles, array("i", powers))
    assert len(_kernel.invert(1, array("Q", sound), angles, array("i", [0, 0]))) == 4
    turn, pair = [0, -1, 1, 0, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 1, 0, 0, 0.3]
    for width, rows, starts, steps in (
        (0, [], [0, 1], turn), (2, [0, 0], [0, 1], turn), (2, [1, 0, -1], [0, 1], turn), (2, [-1, 0, -1], [0, 1], turn),
        (2, [0, 2, -1], [0, 1], turn), (2, [0, -1, 1], [0, 1], turn), (2, [0, 0, 2], [0, 1], pair),
        (2, [0, 0, 0], [0, 1], pair), (2, [0, 0, -1], [0, 1], pair), (2, [0, 0, 1], [0], pair),
        (2, [0, 0, 1], [-1, 1], pair), (2, [0, 0, 1], [0, 2], pair), (2, [0, 0, 1], [1, 0], pair),
        (2, [0, 0, 1], [0, 1], pair[1:]), (2, [0, 0, 1], [0, 1], [0, 0, *pair[2:]]),
        (2, [0, 0, 1], [0, 1], [2, *pair[1:]]), (2, [0, 0, -1], [0, 1], [1, *turn[1:]]),
        (2, [0, 0, 1], [0, 1], [math.nan, *pair[1:]]),
    ):  # fmt: skip
        given = array("i", rows), array("i", starts), array("d", steps), array("d", [0.0])
        with pytest.raises(ValueError, match="rows of other kinds"):
            _kernel.row_form(width, array("i", [0]), *given)
    given = array("i", [0, 0, 1]), array("i", [0, 1]), array("d", pair), array("d", [0.0])
    assert len(_kernel.row_form(2, array("i", [0]), *given)) == 5
    for places in ([1], [-1], [0, 1]):
        with pytest.raises(ValueError, match="rows of other kinds"):
            _kernel.row_form(2, array("i", places), *given)
    qubits, cliffords = [0, 9, 1, 9], [0] * 7 * 64
    for events, moves, others, table in (
        ([6, -1, 0, 0], [], qubits, cliffords), ([0, 1, 0, 0], [], qubits, cliffords),
        ([0, -1, 1, 0], [], qubits, cliffords), ([0, -1, 0], [], qubits, cliffords), ([], [0, 1], qubits, cliffords),
        ([], [0, -1], qubits, cliffords), ([], [], qubits[2:], cliffords), ([], [], [0, 9, 0, 9], cliffords),
        ([], [], [0, 64, 1, 9], cliffords), ([], [], qubits, cliffords[1:]), ([], [], qubits, [4] * 7 * 64),
    ):  # fmt: skip
        given = [array("i", numbers) for numbers in (events, moves, others)]
        with pytest.raises(ValueError, match="steps"):
            _kernel.solution_form(2, *given, angles, array("i", table), False, LIMITS, 0.0)


@needs_kernel
def test_what_is_no_window_is_not_replaced() -> None:
    """Places and wires that are not there or twice, entries on other wires, tables and lists of other sizes."""
    from ionqdsl import _kernel

    def improve(windows: Sequence[int], places: Sequence[int], wires: Sequence[int], **other: object) -> object:
        given = {
            "width": 3,
            "strings": array("Q", [3, 0, 0, 3, 2, 4]),
            "angles": array("d", [0.3, 0.4, 0.5]),
            "outputs": array("i", [0, 1, 2]),
            "neglected": 0.0,
            "windows": array("i", windows),
            "places": array("i", places),
            "wires": array("i", wires),
            "styles": Style().weights,
            "seeds": array("Q", [7, 8]),
            "tries": 2,
            "logs": logarithms(3),
            "cliffords": packed_cliffords(),
            "locals": replace_windows._packed_locals(),
            "renames": b"\0\1",
            "noise": 1e-12,
        }
        return _kernel.improve(*(given | other).values())

    sound = [2, 2, 5, 3], [0, 1], [0, 1]
    results, work = improve(*sound)  # type: ignore[misc]
    assert (len(results), work[0]) == (2, 2)
    for windows, places, wires in (
        ([3, 2, 5, 0], [0, 1, 2], [0, 1]), ([2, 1, 5, 0], [0, 1], [0]), ([2, 2, 5, 0], [0, 3], [0, 1]),
        ([2, 2, 5, 0], [0, -1], [0, 1]), ([2, 2, 5, 0], [0, 1], [0, 3]), ([2, 2, 5, 0], [0, 1], [1, 1]),
        ([2, 2, 5, 0], [0], [0, 1]), ([2, 2, 5, 0], [0, 1, 1], [0, 1]), ([0, 2, 5, 0], [], [0, 1]),
        ([2, 0, 5, 0], [0, 1], []), ([2, 2, 5], [0, 1], [0, 1]), ([-1, 2, 5, 0], [0, 1], [0, 1]),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="windows"):
            improve(windows, places, wires)
    for name, other in (
        ("strings", array("Q", [7, 0, 0, 3, 2, 4])), ("angles", array("d", [0.3])), ("outputs", array("i", [0, 1, 3])),
        ("styles", b""), ("styles", bytes(95)), ("seeds", array("Q", [7])), ("tries", 0), ("tries", -2),
        ("renames", b""), ("renames", b"\0\1\0"), ("logs", logarithms(2)), ("cliffords", bytes(4)),
        ("cliffords", b"\7" * len(packed_cliffords())), ("locals", bytes(22 * 4)), ("locals", bytes(24 * 22 * 4)),
        ("width", 65),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="windows"):
            improve(*sound, **{name: other})
    where = array("Q", [3, 3, 6])
    assert _kernel.collect(where, bytearray(3), 0, 4, 2) == (array("i", [0, 1]).tobytes(), 3, 2)
    for masks, start, gates in ((where[:2], 0, 4), (where, 3, 4), (where, -1, 4), (where, 0, 0)):
        with pytest.raises(ValueError, match="start"):
            _kernel.collect(masks, bytearray(3), start, gates, 2)


@needs_kernel
def test_the_kernel_refuses_other_sizes_than_it_asks_for() -> None:
    """Unitaries, structures and values that do not fit, pairs that do not exist, tables of other constants."""
    from ionqdsl import _kernel

    unitary, tables = np.eye(8, dtype=complex).tobytes(), weyl.TABLES
    pairs, values = array("i", [0, 1]).tobytes(), bytes(8 * (7 * 2 + 12))
    assert _kernel.instantiate(unitary, pairs, values, 2, 0) == (-1, None, 0)
    for arguments in (
        (unitary[8:], pairs, values, 2, 9), (unitary, pairs[4:], values, 2, 9), (unitary, pairs, values[8:], 2, 9),
        (unitary, pairs, b"", 2, 9), (unitary, pairs, values, 3, 9), (unitary, pairs, values, -1, 9),
        (unitary, pairs, values, 65, 9), (unitary, array("i", [0, 3]).tobytes(), values, 2, 9),
        (unitary, array("i", [0, -1]).tobytes(), values, 2, 9),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"buffers|interactions"):
            _kernel.instantiate(*arguments)
    for call, refused in (
        (_kernel.product, (pairs, bytes(104))), (_kernel.product, (array("i", [3]).tobytes(), bytes(56))),
        (_kernel.invariants, (unitary[8:],)), (_kernel.unitary_classes, (unitary[8:],)),
        (_kernel.decompose, (tables, bytes(8))),
        (_kernel.decompose, (tables[8:], bytes(256))), (_kernel.pair_products, (tables, pairs, bytes(0))),
        (_kernel.pair_products, (tables, array("i", [-1]).tobytes(), bytes(0))),
        (_kernel.triples, (2, pairs, 4, 12)), (_kernel.triples, (2, array("i", [0, 2, 0, 0, 0]), 4, 12)),
        (_kernel.triples, (2, array("i", [0, 1, 0, 0, 0]), 4, 0)), (_kernel.triples, (-1, b"", 4, 12)),
        (_kernel.triples, (2, array("i", [1, 1, 0, 0, 0]), 4, 12)),
        (_kernel.compare, (unitary[8:], pairs, values)), (_kernel.compare, (unitary, pairs, values[8:])),
        (_kernel.compare, (unitary, array("i", [0, 3]), values)),
        *[(_kernel.pairs, refused) for refused in form_arguments()],
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"buffers|unitaries|matrix|steps|wires"):
            call(*refused)
