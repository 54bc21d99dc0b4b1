"""The comparison with peers measures correctly: the counting, the families, the judge, and the page.

Counts are computed by hand, families compared with textbook definitions in plain numpy, and the judge must see the
differences it exists for. No other compiler is needed.
"""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import by_hand
import numpy as np
import pytest
from by_hand import X, Z, on, product

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.simulation.statevector import basis_state, evolve
from tests.bench import corpus, rows
from tests.bench.peers import families, page, results, summary
from tests.bench.peers.counting import Count, count, for_ms, interaction, rx, rz
from tests.bench.peers.equality import deviations, distance
from tests.bench.peers.table import MEANINGS, PEERS
from tests.random_circuits import circuit

Matrix = np.ndarray[Any, Any]


# --- counting ------------------------------------------------------------------------------------------------------


def gpi(turns: float, qubit: int) -> Op:
    return Op("gpi", (qubit,), (Angle(turns),))


def gpi2(turns: float, qubit: int) -> Op:
    return Op("gpi2", (qubit,), (Angle(turns),))


def zz(turns: float) -> Op:
    return Op("zz_native", (0, 1), (Angle(turns),))


@pytest.mark.parametrize(
    ("rows", "emitted", "merged"),
    [
        pytest.param([rz(0.3, 0), Op("z", (0,)), Op("t", (0,))], 0, 0, id="Z rotations are free"),
        pytest.param([gpi(0.1, 0)], 1, 1, id="half a turn"),
        pytest.param([gpi2(0.1, 0)], 1, 1, id="a quarter turn"),
        pytest.param([rx(0.4, 0)], 2, 2, id="any other turn about X is two quarter turns"),
        pytest.param([Op("h", (0,))], 1, 1, id="h is a quarter turn between Z rotations"),
        pytest.param([gpi2(0, 0), gpi2(0, 0)], 2, 1, id="two quarter turns about one axis are half a turn"),
        pytest.param([gpi2(0, 0), gpi2(0.5, 0)], 2, 0, id="a pulse and its inverse"),
        pytest.param([gpi(0, 0), gpi(0.2, 0)], 2, 0, id="two half turns are a Z rotation"),
        pytest.param([gpi2(0, 0), rz(0.4, 0), gpi2(0, 0)], 2, 2, id="two quarter turns with a phase between"),
        pytest.param([gpi2(0, 0), gpi(0.35, 0), gpi2(0.1, 0)], 3, 2, id="no gate takes more than two"),
        pytest.param([gpi2(0, 0), gpi(0.3, 0), gpi2(0.1, 0)], 3, 1, id="quarter turns that meet: 0 + 0.1 - 2 * 0.3"),
        pytest.param([gpi2(0, 0), zz(0.1), gpi2(0.5, 0)], 2, 2, id="runs end at a two-qubit gate"),
        pytest.param([gpi2(0, 0), Op("barrier", (0, 1)), gpi2(0.5, 0)], 2, 0, id="a barrier costs nothing"),
        pytest.param([gpi2(0, 0), gpi2(0, 1), gpi2(0.5, 0)], 3, 1, id="wires are apart"),
    ],
)
def test_pulses_are_counted_by_hand(rows: list[Op], emitted: int, merged: int) -> None:
    """Would catch a free pulse, a run that goes on through a two-qubit gate, a merge that keeps too much."""
    found = count(rows, 2)
    assert (found.emitted, found.pulses) == (emitted, merged)


@pytest.mark.parametrize(
    ("turns", "cnots"), [(0.25, 1.0), (-0.25, 1.0), (0.125, 0.5), (-0.05, 0.2), (0.45, 0.2), (0.5, 0.0), (0.75, 1.0)]
)
def test_angles_are_folded(turns: float, cnots: float) -> None:
    """Half a turn of ZZ is two local Z gates, so 0.45 turns cost as much as -0.05."""
    assert count([zz(turns)], 2).angle == pytest.approx(cnots)
    assert count([Op("ms", (0, 1), (Angle(0.3), Angle(0.7), Angle(turns)))], 2).angle == pytest.approx(cnots)


def test_depth_is_the_longest_chain() -> None:
    rows = [interaction("zz", 0.1, pair) for pair in ((0, 1), (2, 3), (1, 2), (4, 5), (0, 5), (2, 3))]
    assert count(rows, 6) == Count(6, round(6 * 0.1 * 2 / math.pi, 6), 3, 0, 0)


def test_what_is_not_native_is_refused() -> None:
    with pytest.raises(ValueError, match="cnot"):
        count([Op("cnot", (0, 1))], 2)


def test_zz_rows_are_the_same_on_an_ms_machine() -> None:
    """Would catch a basis change on one side only; two zz on a pair need no pulse between them there either."""
    rows = [zz(0.1), rx(0.3, 0), zz(0.2)]
    assert deviations(circuit(2, *rows), circuit(2, *for_ms(rows)), None, ("unitary",))["unitary"] < 1e-12
    assert {op.gate for op in for_ms(rows)} == {"xx", "h", "rx"}
    assert count(for_ms([zz(0.1), zz(0.2)]), 2).pulses == 4  # into the basis and out of it, on two wires


# --- the judge -----------------------------------------------------------------------------------------------------


SOURCE = circuit(3, Op("h", (0,)), Op("cnot", (0, 1)), Op("t", (1,)), Op("h", (1,)), Op("y", (2,)))
ALL = ("unitary", "measurement", "outcomes")


def held(result: list[Op], inputs: list[int] | None = None) -> set[str]:
    return {name for name, size in deviations(SOURCE, circuit(3, *result), inputs, ALL).items() if size < 1e-6}


def test_contracts_are_told_apart() -> None:
    """Would catch a judge that compares a state with itself, and one that lets go of too much."""
    rows = SOURCE.rows
    assert held(rows) == set(ALL)
    assert held(rows, [0, 1, 2]) == set(ALL)
    assert held([*rows, Op("t", (0,)), Op("z", (1, 2), (), 1)]) == {"measurement", "outcomes"}
    assert held([Op("z", (0,)), *rows]) == {"outcomes"}  # the input is |0>
    assert held([Op("z", (0,)), *rows], [0, 1, 2]) == {"outcomes"}
    assert held([*rows, rx(1e-3, 2)]) == {"outcomes"}  # 2.5e-7 of the outcomes, but 5e-4 of the states
    assert held([*rows, rx(0.1, 0)]) == set()


def test_inputs_are_renamed() -> None:
    """Swaps in front take the inputs of wires 1, 2, 0 to 0, 1, 2: wire 0 plays the source's 2, wire 1 its 0."""
    moved = [Op("swap", (0, 1)), Op("swap", (1, 2)), *SOURCE.rows]
    assert held(moved, [2, 0, 1]) == set(ALL)
    assert held(moved, [1, 2, 0]) == held(moved) == {"outcomes"}  # the inputs are all |0>


@pytest.mark.parametrize(
    "more", [[interaction("zz", 0.01, pair) for pair in ((0, 1), (1, 2))], [Op("p", (1,), (Angle(0, 0.02),))]]
)
def test_the_distance_is_the_one_of_the_worst_state(more: list[Op]) -> None:
    """By hand: eigenphases from -0.01 to 0.01, or 0 and 0.02, lie 0.01 around the best global phase."""
    moved = [Op("swap", (0, 1)), Op("swap", (1, 2)), *SOURCE.rows, *more]
    found = distance(SOURCE, circuit(3, *moved), [2, 0, 1], "unitary")
    assert found == pytest.approx(2 * math.sin(0.005), abs=1e-9)
    assert distance(SOURCE, circuit(3, *SOURCE.rows, *more), None, "unitary") == pytest.approx(found)
    assert distance(SOURCE, circuit(3, *moved), [2, 0, 1], "measurement") == pytest.approx(0, abs=1e-9)


def test_wide_circuits_are_not_judged() -> None:
    assert deviations(circuit(21), circuit(21), None, ALL) == {}


# --- families ------------------------------------------------------------------------------------------------------


def unitary(name: str) -> Matrix:
    """The family's circuit as a matrix, q[0] the most significant bit."""
    source = corpus.read(families.text(name))
    columns = np.eye(2**source.width, dtype=np.complex128)
    evolve(columns, source.rows)
    return columns.T


def state(name: str) -> Matrix:
    source = corpus.read(families.text(name))
    found = basis_state(source.width)
    evolve(found, source.rows)
    return found[0]


def turned(width: int, theta: float, letters: dict[int, str]) -> Matrix:
    """exp(-i theta/2 P)."""
    return by_hand.turned(product(letters.get(qubit, "I") for qubit in range(width)), theta)


def assert_same(a: Matrix, b: Matrix) -> None:
    """Up to a global phase."""
    overlap = np.vdot(a, b)
    assert np.allclose(a * overlap / abs(overlap), b, atol=1e-9)


def test_ghz() -> None:
    wanted = np.zeros(8)
    wanted[[0, 7]] = math.sqrt(0.5)
    assert np.allclose(state("ghz_3"), wanted)


def test_bernstein_vazirani_finds_the_secret() -> None:
    found = np.abs(state("bernstein_vazirani_6").reshape(-1, 2)) ** 2  # the answer's qubit apart
    assert found.sum(axis=1)[0b10101] == pytest.approx(1)
    assert families.secret(6) == [0, 2, 4]


def test_qft_is_the_fourier_matrix() -> None:
    n = 16
    wanted = np.exp(2j * np.pi * np.outer(range(n), range(n)) / n) / math.sqrt(n)
    assert_same(unitary("qft_4"), wanted)


def test_phase_estimation_peaks_at_the_phase() -> None:
    """The distribution is the known one, |sum over k of exp(2 pi i k (phase - m/N))|^2 / N^2."""
    n = 16
    seen = (np.abs(state("phase_estimation_5").reshape(n, 2)) ** 2).sum(axis=1)
    k = np.arange(n)
    wanted = [abs(np.exp(2j * np.pi * k * (0.3 - m / n)).sum() / n) ** 2 for m in range(n)]
    assert np.allclose(seen, wanted)
    assert np.argmax(seen) == 5  # 0.3 * 16 = 4.8


def test_qaoa() -> None:
    edges = families.regular_graph(4, 3, 1)
    assert edges == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]  # the only one there is
    wanted = np.full(16, 0.25 + 0j)
    for gamma, beta in ((0.8, 0.6), (1.1, 0.3)):
        for a, b in edges:
            wanted = turned(4, gamma, {a: "Z", b: "Z"}) @ wanted
        for qubit in range(4):
            wanted = turned(4, 2 * beta, {qubit: "X"}) @ wanted
    assert_same(state("qaoa_4"), wanted)


@pytest.mark.parametrize("nodes", [8, 10, 16])
def test_graphs_are_regular(nodes: int) -> None:
    edges = families.regular_graph(nodes, 3, 1)
    assert len(set(edges)) == 3 * nodes // 2
    assert all(sum(node in edge for edge in edges) == 3 for node in range(nodes))


def test_ising() -> None:
    step = np.eye(8)
    for qubit in range(2):
        step = turned(3, 0.4, {qubit: "Z", qubit + 1: "Z"}) @ step
    for qubit in range(3):
        step = turned(3, 0.7, {qubit: "X"}) @ step
    assert_same(unitary("ising_3"), step @ step @ step)


def test_heisenberg() -> None:
    step = np.eye(16)
    for first in (0, 2, 1):
        for letter, theta in (("X", 0.3), ("Y", 0.45), ("Z", 0.6)):
            step = turned(4, theta, {first: letter, first + 1: letter}) @ step
    assert_same(unitary("heisenberg_4"), step @ step)


def test_many_controlled_x() -> None:
    """Truth table over controls and target; the qubits in between start and end in |0>."""
    matrix = unitary("many_controlled_4")
    assert matrix.shape == (128, 128)
    for bits in range(32):
        wanted = bits ^ 1 if bits >> 1 == 0b1111 else bits
        assert abs(matrix[wanted << 2, bits << 2]) == pytest.approx(1)


def test_grover_turns_towards_what_is_marked() -> None:
    """After two rounds the marked state has probability sin^2(5 asin(1/4)) for four qubits."""
    found = np.abs(state("grover_4").reshape(16, -1)) ** 2
    assert found[0b1110, 0] == pytest.approx(math.sin(5 * math.asin(0.25)) ** 2)


def test_adder_adds() -> None:
    """Every pair of two-bit numbers with both carries; a and the carry in come out as they went in."""
    matrix = unitary("adder_2")
    for bits in range(64):
        carry, b0, a0, b1, a1, out = (bits >> (5 - place) & 1 for place in range(6))
        total = carry + (2 * a1 + a0) + (2 * b1 + b0)
        after = (carry, total & 1, a0, total >> 1 & 1, a1, out ^ total >> 2)
        wanted = sum(bit << (5 - place) for place, bit in enumerate(after))
        assert abs(matrix[wanted, bits]) == pytest.approx(1)


def test_clifford_t_has_all_kinds() -> None:
    source = corpus.read(families.text("clifford_t_5"))
    assert len(source.rows) == 100
    assert {op.gate for op in source.rows} == {"cnot", "h", "s", "t", "ti"}


def test_coupled_cluster_moves_electrons() -> None:
    """Equals the product of exponentials, and every group of them keeps the number of electrons."""
    wanted = np.zeros(16, dtype=complex)
    wanted[0b1100] = 1
    for theta, letters in families.excitations(4):
        wanted = turned(4, theta / 4, letters) @ wanted
    found = state("ucc_4")
    assert_same(found, wanted)
    assert all(abs(amplitude) < 1e-9 for index, amplitude in enumerate(found) if index.bit_count() != 2)
    assert sum(abs(amplitude) > 0.01 for amplitude in found) > 3


def test_quantum_volume_is_random_on_every_pair() -> None:
    """Each layer has a block of three cnots on every pair; outputs of such circuits are far from uniform."""
    source = corpus.read(families.text("quantum_volume_5"))
    assert sum(op.gate == "cnot" for op in source.rows) == 5 * 2 * 3
    seen = np.sort(np.abs(state("quantum_volume_5")) ** 2)
    assert seen[16:].sum() > 0.7  # (1 + ln 2) / 2 = 0.85 for a random state


def test_hardware_efficient() -> None:
    """Layers and rings, written once more in numpy."""
    rows = corpus.read(families.text("hardware_efficient_3")).rows
    angles = iter([op.angles[0].in_radians() for op in rows if op.angles])
    ring = np.eye(8)
    for control, target in ((0, 1), (1, 2), (2, 0)):
        flip = (np.eye(8) + on(Z, (control,), 3)) / 2
        ring = (flip + (np.eye(8) - flip) @ on(X, (target,), 3)) @ ring
    wanted = np.eye(8)
    for layer in range(4):
        for qubit in range(3):
            wanted = turned(3, next(angles), {qubit: "Y"}) @ wanted
            wanted = turned(3, next(angles), {qubit: "Z"}) @ wanted
        wanted = ring @ wanted if layer < 3 else wanted
    assert_same(unitary("hardware_efficient_3"), wanted)


def test_families_are_settled() -> None:
    """Names read back, circuits are as wide as they say, and the same text comes every time."""
    for name in families.names():
        text = families.text(name)
        assert text == families.text(name)
        family, _, size = name.rpartition("_")
        assert corpus.read(text).width == families.FAMILIES[family].qubits(int(size)) <= 24


# --- the page ------------------------------------------------------------------------------------------------------


def row(peer: str, circuit: str, counts: dict[str, Count], **more: Any) -> summary.Row:
    known = {
        "version": "some 1.0",
        "hash": "h",
        "date": "2026-01-02",
        "cpu_s": 0.5,
        "process_s": 1.0,
        "memory_mb": 90.0,
    }
    return {"circuit": circuit, "peer": peer, **known, "counts": counts, **more}


EXACT, WRONG = {"unitary": 1e-12, "measurement": 1e-12, "outcomes": 1e-12}, {"unitary": 1, "measurement": 2e-3}
ROWS = [
    row(
        "qiskit/rzz/forte", "known", {"forte": Count(8, 6, 5, 20, 16), "aria": Count(8, 6, 5, 40, 30)}, deviations=EXACT
    ),
    row(
        "pytket/greedy/forte",
        "known",
        {"forte": Count(4, 4, 4, 20, 20), "aria": Count(4, 4, 4, 40, 20)},
        deviations=EXACT,
    ),
    row("qiskit-ionq/3/forte", "known", {"forte": Count(1, 1, 1, 1, 1)}, deviations=WRONG | {"outcomes": 1e-5}),
    row("ionqdsl/O2/forte", "known", {"forte": Count(2, 1, 2, 8, 6), "aria": Count(1, 1, 1, 1, 1)}),
    row("ionqdsl/O2/aria", "known", {"aria": Count(6, 5, 5, 10, 10)}, deviations={"measurement": 1e-13}),
    {
        "circuit": "known",
        "peer": "cirq-ionq/default/aria",
        "version": "c 1",
        "date": "2026-01-03",
        "failure": "more than 9 s",
    },
]


def test_the_best_peer_is_exact_and_not_ours() -> None:
    """Would catch a wrong result taken for the best, and our own rows among the peers."""
    tab = summary.table(ROWS)
    assert tab.best("known", "two_qubit_gates", "forte") == (4, "pytket/greedy")
    assert tab.best("known", "pulses", "forte") == (16, "qiskit/rzz")
    assert tab.best("known", "pulses", "aria") == (20, "pytket/greedy")
    assert tab.count("known", "qiskit-ionq/3", "forte") is None
    assert tab.count("known", "ionqdsl/O2", "aria") == Count(6, 5, 5, 10, 10)


def test_ratios_by_hand() -> None:
    tab = summary.table(ROWS)
    assert summary.ratios(tab, ["known"], "ionqdsl/O2", "forte", "two_qubit_gates") == {"known": 0.5}
    assert summary.ratios(tab, ["known"], "ionqdsl/O2", "forte", "pulses", ours="emitted") == {"known": 0.5}
    assert summary.geo_mean([0.5, 2.0, 8.0]) == pytest.approx(2)


def test_a_page_comes_from_a_few_rows() -> None:
    """Would catch a peer's failure left out, a count in the wrong column, and a page that breaks without times."""
    text = page.text(ROWS, {})
    lines = text.splitlines()
    assert lines[0].startswith("<!-- Generated")
    assert "| cirq-ionq/default/aria | known | more than 9 s |" in lines
    assert "| qiskit-ionq/3/forte | known | not equal (1e-05) |" in lines
    forte = next(
        line
        for line in lines[lines.index(next(x for x in lines if "Circuit by circuit, forte" in x)) :]
        if "| known" in line
    )
    assert forte.split(" | ")[1:3] == ["4 / 16 pytket/greedy", "8 / 16"]
    assert "2 / 8" in forte
    assert "| two-qubit gates at `-O2` against qiskit rzz | never more | more on none (1 circuits) |" in lines


def test_times_are_on_the_page() -> None:
    ours, rust = "ionqdsl/O2/forte", "qiskit/rzz/forte"
    times = {
        "date": "2026-01-02",
        "versions": {ours: "a", rust: "b", "pytket/greedy/forte": "c"},
        "compile": {"known": {ours: 0.4, rust: 0.2, "pytket/greedy/forte": 0.3}},
        "process": {"known": {ours: {"cpu_s": 0.3}, rust: {"cpu_s": 1.2}}},
        "bindings": {"gates": 200, "table_s": 0.1, "circuits_s": 1.0, "recompiling_s": 20.0},
    }
    text = page.text(ROWS, times)
    assert "2.00 x qiskit; slower than another on known (pytket/greedy) (1 circuits)" in text
    assert "0.25 in the mean, 0.25 at worst (known, of 1 circuits)" in text
    assert "| 1/200 |" in text


def test_a_measurement_is_of_a_version_and_a_text(tmp_path: Path) -> None:
    """Would catch a changed circuit or compiler taken for the old one, and a file that loses the newest."""
    file = tmp_path / "results.jsonl"
    old = {"circuit": "a", "peer": "ionqdsl/O2/aria", "version": "ionqdsl 1", "hash": "x", "date": "2026-01-01"}
    new, other = {"version": "ionqdsl 2"}, {"circuit": "b", "hash": "y"}
    for changes in ({}, new, other, {"date": "2026-01-02"}):
        rows.save(old | changes, file)
    assert {key: found["date"] for key, found in results.load(file).items()} == {
        "ionqdsl/O2/aria ionqdsl 1 x": "2026-01-02",
        "ionqdsl/O2/aria ionqdsl 1 y": "2026-01-01",
        "ionqdsl/O2/aria ionqdsl 2 x": "2026-01-01",
    }
    results.compact(file)
    assert sorted((found["circuit"], found["version"]) for found in results.load(file).values()) == [
        ("a", "ionqdsl 1"),
        ("b", "ionqdsl 1"),
    ]
    ours = PEERS["ionqdsl/O2/aria"]
    assert results.key_of(ours, "text") != results.key_of(ours, "other")


def test_long_settings_have_to_be_asked_for() -> None:
    long = "ionqdsl/O3 effort 60"
    chosen = [{peer.key for peer, *_ in results.wanted(["own/ghz_8"], names)} for names in ([], ["ionqdsl"], [long])]
    assert [any(key.startswith(long) for key in keys) for keys in chosen] == [False, False, True]
    assert chosen[2] == {f"{long}/aria", f"{long}/forte"}
    assert {name for _, name, _ in results.wanted(["own/ghz"], ["qiskit/rzz"])} == {"own/ghz_8", "own/ghz_20"}


def test_a_worker_compiles_counts_and_checks() -> None:
    """One process for our own compiler: a GHZ state on a machine with ms takes n - 1 two-qubit gates."""
    found = results.measure(PEERS["ionqdsl/O2/aria"], "own/ghz_8", families.text("ghz_8"), 60)
    assert "failure" not in found
    assert found["counts"]["aria"][0] == 7
    assert found["deviations"]["measurement"] < 1e-9


def test_qubits_that_qiskit_moves_are_found_again() -> None:
    """Swaps disappear into the layout, unevenly: three qubits go round, two of them with gates before and after."""
    with_qiskit = pytest.importorskip("tests.bench.peers.with_qiskit")
    lines = (
        "h q[0]",
        "cx q[0],q[2]",
        "swap q[0],q[1]",
        "u3(0.3,0.2,0.1) q[1]",
        "cx q[1],q[2]",
        "swap q[1],q[2]",
        "h q[2]",
    )
    text = families.HEADER + "qreg q[3];\n" + "".join(f"{line};\n" for line in lines)
    source = corpus.read(text)
    rows, inputs = with_qiskit.rows(with_qiskit.plain(with_qiskit.read(text), "rz sx x rzz"))
    assert count(rows, 3).two_qubit_gates == 1  # both cnots meet on one pair, with a turn between them
    assert inputs != [0, 1, 2]
    assert deviations(source, circuit(3, *rows), inputs, ("measurement",))["measurement"] < 1e-9
    assert deviations(source, circuit(3, *rows), None, ("outcomes",))["outcomes"] < 1e-9


def test_failures_are_told_apart() -> None:
    """A compiler that hangs, one that crashes and one that complains; by processes that really do."""
    for program, said in (
        ("import time, signal; signal.setitimer(signal.ITIMER_PROF, 0.01)\nwhile True: pass", "more than 7 s"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended by SIGSEGV"),
        ("raise ValueError('no such gate')", "ValueError: no such gate"),
    ):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert rows.failure(done.returncode, done.stderr, 7) == said


def test_every_setting_is_explained() -> None:
    assert {key.rpartition("/")[0] for key in PEERS} == set(MEANINGS)
