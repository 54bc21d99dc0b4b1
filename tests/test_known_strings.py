"""Programs without rotations about strings that are known or unseen: the outcomes stay the same.

Judged by dense matrices and projectors, from |0...0> for `outcomes` and from any state for `measurement`. Would catch a
string taken for known after a rotation that does not commute with it, a sign lost in a product with known strings, a
final rotation dropped before one that turns it into something that is seen, and a Clifford whose Z have other images.
"""

from __future__ import annotations

import random
from itertools import product as every

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.paulis import Folded, PauliProgram, anticommute, fold, is_negative, product
from ionqdsl.algebra.string_groups import StringGroup
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.passes.resynthesise import _looser
from ionqdsl.passes.rotations import known_strings
from ionqdsl.passes.rotations.known_strings import loosened
from tests.counting import two_qubit_gates
from tests.random_circuits import circuit
from tests.random_problems import random_folded
from tests.test_paulis import dense, programs, string


def seen(folded: Folded, state: np.ndarray) -> np.ndarray:
    """The joint distribution of the images of all Z after the rotations."""
    width = folded.width
    state = dense(PauliProgram(width, folded.rotations, tuple(range(width)))) @ state
    images = [(-1) ** is_negative(image) * string(width, *image[:2]) for image in folded.images[1::2]]
    result = []
    for signs in every((1, -1), repeat=width):
        branch = state
        for sign, image in zip(signs, images, strict=True):
            branch = (branch + sign * image @ branch) / 2
        result.append(np.linalg.norm(branch) ** 2)
    return np.array(result)


def states(width: int, preserve: str) -> list[np.ndarray]:
    """Those for which the contract promises something."""
    if preserve == "outcomes":
        return [np.eye(2**width)[0]]
    generator = np.random.default_rng(width)
    columns = generator.normal(size=(3, 2**width)) + 1j * generator.normal(size=(3, 2**width))
    return [column / np.linalg.norm(column) for column in columns]


def test_outcomes_tries_the_programs_of_measurement_too() -> None:
    """They have longer strings, but a synthesis may need less for them."""
    pools = []
    for seed in range(20):
        folded = random_folded(random.Random(seed), 3, 6, 3)
        pools.append(_looser([folded], "outcomes", None, {}))
        assert all(strict in pools[-1] for strict in _looser([folded], "measurement", None, {}))
    assert max(map(len, pools)) == 2


@given(programs(4, 16, 3), st.sampled_from(["measurement", "outcomes"]))
@settings(max_examples=120, deadline=None)
def test_what_is_measured_stays_the_same(program: PauliProgram, preserve: str) -> None:
    folded = fold(program)
    for found in loosened(folded, preserve):
        assert len(found.rotations) <= len(folded.rotations)
        for state in states(program.width, preserve):
            assert np.abs(seen(folded, state) - seen(found, state)).max() < 1e-9
        for a, b in every(range(2 * program.width), repeat=2):  # the images are those of a Clifford
            one, other = found.images[a], found.images[b]
            assert anticommute(*one[:2], *other[:2]) == (a // 2 == b // 2 and a != b)
            assert (one[2] - (one[0] & one[1]).bit_count()) % 2 == 0


def test_stricter_contracts_have_no_other_program() -> None:
    folded = fold(PauliProgram(2, [(0, 1, 0.3), (0, 3, 0.4)], (0, 1)))
    assert loosened(folded, "unitary") == loosened(folded, "permuted") == []
    assert [found.rotations for found in loosened(folded, "measurement")] == [[]]


def rotations(width: int, rows: list[tuple[int, int, float]], preserve: str = "outcomes") -> list:
    folded = fold(PauliProgram(width, rows, tuple(range(width))))
    return [found.rotations for found in loosened(folded, preserve)[:1]] or [folded.rotations]


def test_by_hand() -> None:
    """Bit 0 is the first qubit; (x, z): (1, 0) is X, (0, 1) is Z."""
    assert rotations(2, [(0, 3, 0.3)]) == [[]]  # ZZ on |00> is a phase
    assert rotations(2, [(1, 2, 0.3)]) == [[(1, 0, 0.3)]]  # X Z on |0>|0> turns the first qubit alone
    flipped = [(2, 0, np.pi), (1, 2, 0.3)]  # and the other way round after an x on the second
    assert rotations(2, flipped) == [[(1, 0, -0.3)]]
    both = [(3, 0, 0.3), (2, 1, 0.4)]  # XX, then ZX: the second no longer finds a known Z, but ZZ is known
    assert rotations(2, both) == [[(3, 0, 0.3), (2, 1, 0.4)]]
    assert rotations(2, [(3, 0, 0.3), (3, 3, 0.4)]) == [[(3, 0, pytest.approx(-0.1))]]  # YY = -XX ZZ and ZZ = 1
    assert rotations(3, [(3, 0, 0.3), (2, 5, 0.4)], "measurement") == [[(3, 0, 0.3), (2, 5, 0.4)]]
    hidden = [(1, 0, 0.3), (0, 3, 0.4), (2, 0, 0.5), (0, 1, 0.6)]  # only the Z on the first qubit is not seen
    assert rotations(2, hidden, "measurement") == [hidden[:3]]


def count(preserve: str, width: int, *rows: Op) -> int:
    return two_qubit_gates(circuit(width, *rows), preserve)


def swap_test(half: int) -> list[Op]:
    swaps = [Op("swap", (0, 1 + k, 1 + half + k), (), 1) for k in range(half)]
    return [Op("h", (0,)), *swaps, Op("h", (0,))]


def test_controlled_exchanges_of_equal_states_need_nothing() -> None:
    """Two registers in |0>, or in Bell states, whose known strings are longer than a single Z."""
    assert count("outcomes", 7, *swap_test(3)) == 0
    assert count("measurement", 5, *swap_test(2)) > 0
    bell = [Op(gate, qubits) for a in (1, 3) for gate, qubits in (("h", (a,)), ("cnot", (a, a + 1)))]
    exchange = [Op("swap", (0, 1, 2), (), 1), Op("swap", (0, 3, 4), (), 1)]
    assert count("outcomes", 5, Op("h", (0,)), *bell, *exchange, Op("h", (0,))) == 2  # those of the Bell pairs


def test_any_number_of_exchanges_in_a_row() -> None:
    """Each of these hides, until it is gone, that the wires of the next one are in |0>."""
    controls, targets = range(5), (5, 6, 7)
    exchanges = [Op("swap", (q, *pair), (), 1) for q in controls for pair in zip(targets, (6, 7, 5), strict=True)]
    assert count("outcomes", 8, *(Op("h", (q,)) for q in controls), *exchanges) == 0


def test_a_toffoli_before_the_measurement_keeps_its_permutation_only() -> None:
    """Its phases are those of a diagonal gate; five two-qubit gates become three."""
    turns = [Op(gate, (q,), (Angle(0, 0.4 + q),)) for q in range(3) for gate in ("ry", "rz")]
    counts = [count(preserve, 3, *turns, Op("x", (0, 1, 2), (), 2)) for preserve in PRESERVE[:4]]
    assert counts[0] == 5
    assert counts == sorted(counts, reverse=True)
    assert counts[2] < 5


@given(st.integers(0, 10**9))
@settings(max_examples=6, deadline=None)
def test_random_networks_keep_every_contract(seed: int) -> None:
    draw = random.Random(seed)
    width = draw.randint(3, 5)
    rows = []
    for _ in range(draw.randint(5, 20)):
        name, qubits = draw.choice(["h", "t", "cnot", "ccx", "x", "cp", "ccx"]), tuple(draw.sample(range(width), 3))
        table = {
            "ccx": Op("x", qubits, (), 2),
            "cnot": Op("cnot", qubits[:2]),
            "cp": Op("p", qubits[:2], (Angle(0, draw.choice([0.3, np.pi / 4])),), 1),
        }
        rows.append(table.get(name) or Op(name, qubits[:1]))
    counts = [count(preserve, width, *rows) for preserve in PRESERVE]
    assert counts == sorted(counts, reverse=True)


# --- groups of strings ---------------------------------------------------------------------------------------------


@st.composite
def groups(draw: st.DrawFn) -> tuple[int, StringGroup]:
    """Some products of Z, moved by random quarter turns so that all letters and signs occur."""
    width = draw(st.integers(1, 4))
    pick = random.Random(draw(st.integers(0, 10**9)))
    rows = [(0, 1 << q, 2 * pick.randrange(2)) for q in range(width) if pick.random() < 0.8]
    for _ in range(6):
        x, z = pick.randrange(1 << width), pick.randrange(1 << width)
        turn = (x, z, ((x & z).bit_count() + 1) & 3)  # i times a string: exp(i pi/4 P) A exp(-i pi/4 P) = i P A
        rows = [product(turn, row) if anticommute(x, z, *row[:2]) else row for row in rows]
    return width, StringGroup([*rows, *(product(*pick.sample(rows, 2)) for _ in range(2) if len(rows) > 1)])


def members(group: StringGroup) -> set[tuple[int, int, int]]:
    """All products of the rows."""
    result = {(0, 0, 0)}
    for row in group.rows:
        result |= {product(each, row) for each in result}
    return result


@given(groups(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_groups_by_listing_them(given_group: tuple[int, StringGroup], pick: random.Random) -> None:
    width, group = given_group
    everything = members(group)
    assert len(everything) == 2 ** len(group.rows)
    x, z = pick.randrange(1 << width), pick.randrange(1 << width)
    bits = {(a, b) for a, b, _ in everything}
    assert ((x, z) in group) == ((x, z) in bits)
    part = group.commuting_with(x, z)
    assert members(part) == {each for each in everything if not anticommute(x, z, *each[:2])}
    assert (part is group) == (len(members(part)) == len(everything))
    whole = (x, z, (x & z).bit_count() & 3)
    rests = {part.reduced(product(whole, each)) for each in members(part)}
    assert len(rests) == 1  # the same for all of a class
    shorter = part.shortened(whole)
    assert shorter in {product(whole, each) for each in members(part)}
    assert (shorter[0] | shorter[1]).bit_count() <= (x | z).bit_count()


def test_a_circuit_that_is_empty_has_no_program() -> None:
    assert loosened(fold(PauliProgram(2, [], (0, 1))), "outcomes") == []


@pytest.mark.parametrize("seed", range(40))
def test_unseen_rotations_are_the_same_without_known_strings(seed: int) -> None:
    """Where nothing is known all strings are looked at together; string by string gives the same."""
    draw = random.Random(seed)
    width = draw.randint(1, 9)
    folded = random_folded(draw, width, draw.randint(0, 30), draw.randint(1, width))
    given = folded.rotations, [StringGroup([])] * folded.count, folded.images[1::2]
    assert known_strings._seen(*given) == known_strings._seen_with(*given)


def test_some_rotations_are_not_seen() -> None:
    """The property above says nothing if all are seen, or none."""
    shares = []
    for seed in range(40):
        folded = random_folded(random.Random(seed), 4, 20, 3)
        kept = known_strings._seen(folded.rotations, [StringGroup([])] * folded.count, folded.images[1::2])
        shares.append(len(kept) / folded.count)
    assert min(shares) < 1 == max(shares)
