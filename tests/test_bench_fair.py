"""The comparison under equal terms: its circuits are those that they are called, and its sums are right.

Would catch a Toffoli network that computes something else, a circuit of the held-out part on the page, a result counted
under a contract that it does not keep, and a peer's inexact result taken for the best.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.simulation.simulate import unitary
from tests.bench import corpus
from tests.bench.fair import bounds, circuits, families, page, results, summary, worker
from tests.bench.fair.table import CONTRACTS, SETTINGS, valid_under
from tests.test_bench_peers import assert_same, turned

# --- circuits ------------------------------------------------------------------------------------------------------


def image(name: str, bits: int) -> int:
    """The basis state that a classical circuit takes another one to; q[0] is the most significant bit."""
    source = corpus.read(families.text(name))
    for op in source.rows:
        *on, target = op.qubits
        assert op.gate in ("x", "cnot")
        if all(bits >> (source.width - 1 - qubit) & 1 for qubit in on):
            bits ^= 1 << (source.width - 1 - target)
    return bits


@pytest.mark.parametrize("n", [3, 4, 5])
def test_barenco_flips_the_target_and_returns_what_it_borrows(n: int) -> None:
    """For every state of the borrowed qubits, not only |0...0>."""
    borrowed = n - 2
    for bits in range(1 << (2 * n - 1)):
        flips = bits >> (borrowed + 1) == (1 << n) - 1
        assert image(f"barenco_{n}", bits) == bits ^ (flips << borrowed)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_gf2_products(n: int) -> None:
    """c ^= a b modulo the trinomial, by long division of polynomials written as integers."""
    (middle,) = families.POLYNOMIALS[n]
    modulus = 1 << n | 1 << middle | 1

    def multiplied(a: int, b: int) -> int:
        total = 0
        for place in range(n):
            total ^= (a << place) * (b >> place & 1)
        for place in range(2 * n - 2, n - 1, -1):
            total ^= (modulus << place - n) * (total >> place & 1)
        return total

    def reversed_bits(value: int) -> int:
        return int(format(value, f"0{n}b")[::-1], 2)

    for a in range(1 << n):
        for b in range(1 << n):
            start = reversed_bits(a) << 2 * n | reversed_bits(b) << n | reversed_bits(a ^ b)
            wanted = start ^ reversed_bits(multiplied(a, b))
            assert image(f"gf2_product_{n}", start) == wanted


@pytest.mark.parametrize("name", ["barenco_3", "random_toffolis_4", "adder_2", "controlled_swaps_3"])
def test_both_forms_of_a_network_are_the_same(name: str) -> None:
    one, other = (corpus.read(families.text(each)) for each in (name, f"{name}+t"))
    assert_same(unitary(one), unitary(other))
    assert any(op.controls == 2 for op in one.rows)
    assert {op.gate for op in other.rows} <= {"cnot", "h", "t", "ti", "x"}
    assert not any(op.controls for op in other.rows)


def test_controlled_swaps() -> None:
    wanted = np.eye(8)[[0, 1, 2, 3, 4, 6, 5, 7]]
    around = np.kron(np.array([[1, 1], [1, -1]]) / 2**0.5, np.eye(4))
    assert_same(unitary(corpus.read(families.text("controlled_swaps_3"))), around @ wanted @ around)


def test_a_circuit_with_gates_of_its_own_is_read() -> None:
    own = "gate ryy(t) a, b { rx(pi/2) a; rx(pi/2) b; cx a, b; rz(t) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; }"
    begin = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
    plain = corpus.read(f"{begin}qreg q[2];\nh q[0];\nryy(0.3) q[0], q[1];\n")
    assert_same(unitary(corpus.read(f"{begin}{own}\nqreg q[2];\nh q[0];\nryy(0.3) q[0], q[1];\n")), unitary(plain))


def test_chains() -> None:
    """Steps of the Kitaev and the XY chain as exponentials in numpy; the terms of one letter commute."""
    step = np.eye(16)
    for letter, theta in (("X", 0.4), ("Y", 0.15)):
        for a in range(3):
            step = turned(4, theta, {a: letter, a + 1: letter}) @ step
    for a in range(4):
        step = turned(4, 0.3, {a: "Z"}) @ step
    assert_same(unitary(corpus.read(families.text("kitaev_chain_4"))), np.linalg.matrix_power(step, 5))
    whole = np.eye(16)
    for angle in (0.2, 0.25, 0.3, 0.35, 0.4):
        for a in (0, 2, 1):  # even bonds first
            for letter in "XY":
                whole = turned(4, angle, {a: letter, a + 1: letter}) @ whole
    assert_same(unitary(corpus.read(families.text("xy_chain_4"))), whole)


def test_families_are_settled_and_half_of_the_new_ones_are_held_out() -> None:
    for name in families.names():
        assert families.text(name) == families.text(name)
        assert corpus.read(families.text(name)).width <= 24
    new = [f"own/{name}" for name in families.names()]
    assert 0.35 < sum(map(circuits.is_held_out, new)) / len(new) < 0.65
    suite = [f"suite/{name}" for name in circuits.SUITE]
    assert (len(suite), sum(map(circuits.is_held_out, suite))) == (197, 59)
    assert not circuits.is_held_out("own/qft_6")
    assert not circuits.is_held_out("grover_5")


# --- counted gates -------------------------------------------------------------------------------------------------


def test_contracts_have_the_product_s_order() -> None:
    assert PRESERVE[: len(CONTRACTS)] == CONTRACTS
    for stricter, weaker in pairwise(CONTRACTS):
        assert {each.key for each in valid_under(stricter)} < {each.key for each in valid_under(weaker)}
    assert all(setting.compiler != "ionqdsl" for setting in valid_under("outcomes"))


def row(circuit: str, setting: str, gates: int, deviation: float = 1e-15, pulses: int = 8) -> dict[str, Any]:
    counts = [gates, 1.0, gates, pulses, pulses]
    facts = {"version": "1", "hash": "h", "date": "2026-01-02", "cpu_s": 0.1, "deviation": deviation}
    return {"circuit": circuit, "setting": setting, "counts": {"forte": counts, "aria": counts}, **facts}


HELD_OUT = next(name for name in map("own/barenco_{}".format, range(90)) if circuits.is_held_out(name))
OF_SUITE = next(f"suite/{name}" for name in circuits.SUITE if not circuits.is_held_out(f"suite/{name}"))
ROWS = [
    row("known", "ionqdsl-O2/unitary", 9),
    row("known", "ionqdsl-O2/permuted", 6),
    row("known", "qiskit-3/unitary", 8),
    row("known", "pytket-peephole/permuted", 4),
    row("known", "qiskit-3/permuted", 2, deviation=3e-6),
    {**row("known", "as qiskit-3/permuted", 1), "approx": 3e-6},
    row(OF_SUITE, "ionqdsl-O2/unitary", 3),
    row(OF_SUITE, "qiskit-3/unitary", 4),
    row(OF_SUITE, "qiskit-3/outcomes", 2, deviation=5e-10),
    row(HELD_OUT, "ionqdsl-O2/unitary", 5),
    row(HELD_OUT, "ionqdsl-O3/unitary", 2),
    row(HELD_OUT, "qiskit-3/unitary", 10),
    {"circuit": HELD_OUT, "setting": "pytket-greedy/unitary", "failure": "more than 30 s"},
]


def test_a_result_counts_under_its_contract_and_weaker_ones_if_it_is_exact() -> None:
    tab = summary.table(ROWS)
    assert tab.pair("known", "unitary") == (9, 8, "qiskit-3/unitary")
    assert tab.pair("known", "permuted") == (6, 4, "pytket-peephole/permuted")
    assert tab.pair(HELD_OUT, "unitary", level=3) == (2, 10, "qiskit-3/unitary")
    assert tab.pair("known", "unitary", level=3) is None
    assert tab.pair("known", "measurement") is None  # ours was not measured
    assert tab.standing(["known", HELD_OUT], "unitary") == (2, pytest.approx((9 / 8 * 5 / 10) ** 0.5), 1, 0, 1, 0, 0)
    assert [each["setting"] for each in tab.inexact()] == ["qiskit-3/permuted", "qiskit-3/outcomes"]


def test_our_approximations_come_as_near_as_the_others() -> None:
    """exp(-iaZZI) and exp(-iaIXX) anticommute: without both, the error is about a sqrt(2) and not the sum, 2a."""
    rows = (
        "cx q[0],q[1];\nrz(2e-3) q[1];\ncx q[0],q[1];\nh q[1];\nh q[2];\ncx q[1],q[2];\nrz(2e-3) q[2];\ncx q[1],q[2];\n"
    )
    text = f'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\n{rows}'

    def left(error: float) -> int:
        return int(worker.as_near(SETTINGS["ionqdsl-O2/unitary"], text, 30.0, error)["counts"]["forte"][0])

    assert [left(error) for error in (0.9e-3, 1.4e-3, 1.43e-3)] == [2, 1, 0]


def test_the_page_shows_the_held_out_only_in_sums() -> None:
    text = page.section(ROWS)
    assert "| `-O2` | `unitary` | held out | 1 | 0.50 | 1 / 0 / 0 | 1.00 | 1.00 |" in text
    assert "| `-O3` | `unitary` | held out | 1 | 0.20 | 1 / 0 / 0 | 1.00 | 1.00 |" in text
    assert "| `permuted` | known | 6 | 4 | pytket-peephole/permuted | · |" in text
    assert "| known | qiskit-3/permuted | 3e-06 | 2 | 1 | 6 |" in text
    assert HELD_OUT not in text
    suite, others = text.split("### Other circuits")
    assert "| `-O2` | `unitary` | open | 1 | 0.75 | 1 / 0 / 0 | 1.00 | 1.00 |" in suite
    assert "Circuits: 1 open, 0 held out." in suite
    assert f"| {OF_SUITE} | 3 / 4 |" in others
    greedy = SETTINGS["pytket-greedy/unitary"].meaning
    assert f"| pytket-greedy | `unitary` | {greedy} | 0 / 0 / 0 | · | 1 | 0 |" in text


def test_the_readme_has_the_figures_of_the_results() -> None:
    tab = summary.table(results.load())
    sets = [tab.circuits(held_out, of_suite) for held_out in (False, True) for of_suite in (True, False)]
    readme = " ".join((Path(__file__).parent.parent / "README.md").read_text("utf-8").split())
    least = min(sum(tab.standing(names, contract).circuits for names in sets) for contract in ("unitary", "permuted"))
    assert f"on {least} or more of {len(tab.rows)} circuits" in readme
    said = {
        "unitary": "{} of its two-qubit gates where both keep the whole unitary",
        "permuted": "{} up to a permutation",
        "measurement": "{} where both know of the measurement",
    }
    for contract, phrase in said.items():
        means = sorted(f"{tab.standing(names, contract).mean:.2f}" for names in sets)
        assert phrase.format(f"{means[0]} to {means[-1]}") in readme
    more = sum(tab.standing(names, contract).more for contract in said for names in sets)
    assert ("more on none" in readme) == (not more)


# --- bounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "least"),
    [
        ("h q[0]", 0),
        ("cx q[0],q[1]; cx q[1],q[0]; cx q[0],q[1]", 2),  # three are needed, the cut has rank 4
        ("cx q[0],q[1]; cx q[1],q[2]; cx q[2],q[3]", 3),  # the connections of four wires are a tree
        ("cz q[0],q[1]; cz q[2],q[3]", 2),
        ("swap q[0],q[1]; swap q[2],q[3]; cx q[0],q[2]", 5),
    ],
)
def test_bounds_of_small_circuits(rows: str, least: int) -> None:
    """Counts by hand."""
    pytest.importorskip("scipy")
    text = f'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[4];\n{rows};\n'
    assert bounds.fewest(unitary(corpus.read(text)), 4) == least
