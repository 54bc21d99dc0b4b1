"""The contract `permuted`, and the promise that a weaker contract never costs more.

Would catch a phase that `permuted` lets go, a permutation that is reported the wrong way round, one that `equiv` misses
or invents, and a result under a weaker contract with more two-qubit gates than the stricter contract has.
"""

from __future__ import annotations

import random
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl import pipeline
from ionqdsl.cli import main
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import compilations, transpile
from ionqdsl.passes.cost import Cost, cost_of
from ionqdsl.verify import equivalent
from tests.bench import corpus
from tests.random_circuits import matrix
from tests.structured import structured
from tests.test_interactions import renamed

SWAPS = """
qubit a, b, c
rx(0.1turn) a
swap a, b
zz(0.1turn) a, b
h a
cnot b, c
t c
"""


def circuit_of(text: str) -> FlatCircuit:
    return pipeline.load(Source(text))[0].runs[0]


def drawn(seed: int, width: int = 0) -> FlatCircuit:
    """A circuit with swaps, small angles and diagonal gates, and a register of some of its qubits."""
    draw = random.Random(seed)
    width = width or draw.randint(2, 5)
    letters = draw.choice((["h", "t", "cnot", "s", "x", "swap"], ["h", "cnot", "rz", "ry", "zz", "swap", "xx", "t"]))
    circuit = FlatCircuit(width)
    for _ in range(draw.randint(3, 30)):
        pair, gate = tuple(draw.sample(range(width), 2)), draw.choice(letters)
        angles = (Angle(0, draw.choice([draw.uniform(-3, 3), 0.25, -1.5])),) if gate in ("rz", "ry", "zz", "xx") else ()
        circuit.add(Op(gate, pair if gate in ("cnot", "swap", "zz", "xx") else pair[:1], angles))
    read = tuple(draw.sample(range(width), draw.randint(1, width)))
    return circuit.replace(registers=(("m", read),))


def costs(source: FlatCircuit, target: str, level: int, **more: float) -> list[Cost]:
    options = [Options(target, level, preserve, **more) for preserve in PRESERVE]  # type: ignore[arg-type]
    return [cost_of(transpile(source, TARGETS[target], each)[0]) for each in options]


# --- its freedom -----------------------------------------------------------------------------------------------------


def test_a_swap_is_free_and_a_final_diagonal_is_not() -> None:
    """The `t` at the end still takes pulses, which `measurement` saves."""
    source = circuit_of(SWAPS)
    found = dict(zip(PRESERVE, costs(source, "forte", 2), strict=True))
    assert [found[preserve].two_qubit_gates for preserve in ("unitary", "permuted", "measurement")] == [4, 2, 2]
    assert found["permuted"].pulses > found["measurement"].pulses


@given(st.integers(0, 10**6), st.sampled_from(["aria", "forte", "qis"]), st.sampled_from([0, 1, 2]))
@settings(max_examples=25, deadline=None)
def test_the_result_is_the_source_after_the_permutation_of_the_report(seed: int, target: str, level: int) -> None:
    """By matrices from the tests' own code; the global phase of the levels below 3 stays as well."""
    source = drawn(seed)
    result, _, report = transpile(
        source, TARGETS[target], Options(target, level, "permuted", verify=True), checked=True
    )
    assert result.registers == source.registers
    assert np.abs(renamed(matrix(source), report.inputs, source.width) - matrix(result)).max() < 1e-8


def test_means_of_x_are_right_under_permuted() -> None:
    """From |0...0> renaming inputs changes nothing, and phases stay, so no operator has another mean."""
    source = iq.Circuit(2).h(0).swap(0, 1).ry(0.4, 0).cz(0, 1).t(1)
    native = iq.compile(source, target="forte", preserve="permuted")
    assert native.expectation("X[1]").value == pytest.approx(source.expectation("X[1]").value)
    assert source.expectation("X[1]").value > 0.5
    with pytest.raises(iq.IonqdslError, match="QC0438"):
        iq.compile(source, target="forte").expectation("X[1]")


# --- a weaker contract never costs more ------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.sampled_from(["aria", "forte", "qis"]), st.sampled_from([1, 2]))
@settings(max_examples=15, deadline=None)
def test_a_weaker_contract_never_costs_more(seed: int, target: str, level: int) -> None:
    draw = random.Random(seed)
    source = structured(draw)
    read = tuple(draw.sample(range(source.width), draw.randint(1, source.width)))
    found = costs(source.replace(registers=(("m", read),)), target, level)
    assert found == sorted(found, reverse=True), dict(zip(PRESERVE, found, strict=True))


@pytest.mark.parametrize("seed", [20, 219, 239, 439, 543, 598, 603])
def test_luck_never_makes_a_weaker_contract_dearer(seed: int) -> None:
    """Compiled under one contract alone, these circuits take more under the next weaker one, `registers` included."""
    found = costs(drawn(seed), "aria", 2)
    assert found == sorted(found, reverse=True)


FLIPS = """
qubit a, b, c, d
ccx b, c, d
x b
ctrl @ ry(-0.5turn) d, a
x b
ccx b, c, d
cnot d, a
x b
ctrl(2) @ z b, c, a
"""


def test_a_phase_that_is_not_seen_is_kept_where_that_costs_less() -> None:
    """Without its last row the circuit took 5 two-qubit gates under `measurement`; with it 5 smaller ones, as under
    `permuted`, or 4 if a form also goes the ways of stricter contracts when another form like it went before.
    """
    source, options = circuit_of(FLIPS), [Options("aria", 2, preserve) for preserve in ("permuted", "measurement")]
    permuted, measured = [cost_of(transpile(source, TARGETS["aria"], each)[0]) for each in options]
    assert measured <= permuted
    assert measured.two_qubit_gates <= 4


@pytest.mark.skipif(not corpus.names(), reason="the folder of benchmark circuits is not here")
@pytest.mark.parametrize("name", ["adder_n10", "grover_5", "hhl_n7", "qpe_n9", "vqe_uccsd_n4", "wstate_n3"])
def test_nor_on_benchmark_circuits(name: str) -> None:
    found = costs(corpus.circuit(name), "forte", 2)
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("target", ["aria", "forte", "qis"])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_nothing_acts_on_a_qubit_after_the_last_row_that_a_register_sees(target: str, level: int) -> None:
    """No register sees b and c after they have met a, whatever pulses a compiler would end them with."""
    text = "qubit a, b, c; ry(0.4) a; ry(0.3) b; zz(0.7) a, b; rx(0.2) a; h c; zz(0.3) a, c; t b; ry(1) b; rx(1) a"
    options = Options(target, level, "registers", verify=True)
    result, _, report = transpile(circuit_of(f"{text}; register m = a"), TARGETS[target], options, checked=True)
    assert report.verdict is not None
    assert report.verdict.equal
    for qubit in (1, 2):
        *_, last = [op for op in result.rows if qubit in op.qubits]
        assert set(last.qubits) == {0, qubit}


@pytest.mark.parametrize("level", [0, 1])
def test_a_verification_of_wide_circuits_decides_what_is_left_out(level: int) -> None:
    """The gates before and the pulses after compiling: each is compared with the rows that were there."""
    source = FlatCircuit(40, registers=(("m", (39,)),))
    for qubit in range(39):
        source.add(Op("ry", (qubit,), (Angle(0, 0.3 + qubit),)))
        source.add(Op("xx", (qubit, qubit + 1), (Angle(0, 0.2),)))
    source.add(Op("cnot", (0, 1)))
    _, warnings, report = transpile(source, TARGETS["forte"], Options("forte", level, "registers", verify=True))
    assert [step.name for step in report.passes].count("drop_unread") == 2
    assert report.verdict is not None
    assert report.verdict.equal
    assert warnings == []


@pytest.mark.parametrize(("rows", "runs"), [(60, 2), (compilations.SMALL, 2), (compilations.SMALL + 1, 1)])
def test_large_circuits_are_compiled_once(rows: int, runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ones again with the rows that no register sees, in case that costs less."""
    source = FlatCircuit(3, registers=(("m", (0,)),))
    for number in range(rows):
        last = number >= rows - 2
        source.add(Op("rx", (1,), (Angle(0, 0.1 + number),)) if last else Op("cnot", (number % 2, number % 2 + 1)))
    seen = []
    run = compilations._run
    monkeypatch.setattr(compilations, "_run", lambda *given: seen.append(len(given[1].rows)) or run(*given))
    transpile(source, TARGETS["forte"], Options("forte", 1, "registers"))
    assert len(seen) == runs
    assert seen[0] < rows
    assert set(seen[1:]) <= {rows}


# --- comparing -------------------------------------------------------------------------------------------------------


def is_permuted(a: FlatCircuit, b: FlatCircuit) -> bool:
    """Whether some permutation of the inputs makes the matrices equal up to a phase: all are tried."""
    one, other = matrix(a), matrix(b)
    size = len(one)
    return any(
        abs(abs(np.vdot(renamed(one, inputs, a.width), other)) - size) < 1e-7 * size
        for inputs in permutations(range(a.width))
    )


@given(st.integers(0, 10**6), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_verdicts_are_those_of_all_permutations(seed: int, kind: int) -> None:
    """Compiled without a note; the same with a phase, with exchanged outputs, and with another small change."""
    source = drawn(seed, 2 + seed % 3)
    result, _, _ = transpile(source, TARGETS["forte"], Options("forte", 2, "permuted"))
    more = ((), (Op("t", (0,)),), (Op("swap", (0, 1)),), (Op("ry", (1,), (Angle(0, 0.01),)),))[kind]
    other = FlatCircuit(source.width, rows=[*result.rows, *more], origins=[None] * (len(result) + len(more)))
    verdict = equivalent(source, other, "permuted")
    assert verdict.equal is not None or kind
    if verdict.equal is not None:
        assert verdict.equal == is_permuted(source, other), verdict
    if verdict.equal:
        named = renamed(matrix(source), verdict.inputs, source.width)
        assert abs(np.vdot(named, matrix(other))) == pytest.approx(2**source.width)


@pytest.mark.parametrize("width", [12, 22])
def test_wide_circuits_are_proven_without_their_note(width: int) -> None:
    source = drawn(5, width)
    rows = [Op("h", (q,)) for q in range(width)]
    rows += [Op("zz", (q, q + 1), (Angle(0, 0.1 + q / 50),)) for q in range(width - 1)]
    rows += [Op("swap", (0, width - 1)), *source.rows]
    source = source.replace(rows=rows, origins=[None] * len(rows))
    result, _, report = transpile(source, TARGETS["forte"], Options("forte", 2, "permuted", verify=True))
    assert report.verdict
    assert report.verdict.method == "rotations"
    assert report.inputs is not None
    bare = result.replace(inputs=None)
    assert equivalent(source, bare, "permuted").equal is True
    phased = bare.replace(rows=[*bare.rows, Op("t", (3,))], origins=[None] * (len(bare) + 1))
    assert equivalent(source, phased, "permuted").equal is not True
    assert equivalent(source, phased, "measurement").equal is True


def test_measurements_in_the_middle() -> None:
    """The same states for each outcome, on renamed inputs; a phase before the end shows."""
    text = (
        "qubit a, b, c\nregister m[1]\nh a\nrx(0.3) b\nswap a, b\nm[0] = measure b\nry(0.4) a\nswap b, c\ncnot a, c\n"
    )
    source = circuit_of(text)
    result, _, report = transpile(source, TARGETS["forte"], Options("forte", 2, "permuted", verify=True), checked=True)
    assert report.verdict
    assert cost_of(result).two_qubit_gates < cost_of(source).two_qubit_gates
    phased = circuit_of(text + "s a\n")
    assert equivalent(source, phased, "permuted").equal is not True
    assert equivalent(source, phased, "measurement").equal is True


# --- at the terminal -------------------------------------------------------------------------------------------------


def test_equiv_reads_the_note_and_gives_an_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, native, phased = (str(tmp_path / name) for name in ("a.qc", "b.qc", "c.qc"))
    Path(source).write_text(SWAPS)
    Path(phased).write_text(SWAPS + "s a\n")
    assert (
        main(
            ["compile", source, "--target", "forte", "--preserve", "permuted", "--emit", "qc", "-o", native, "--report"]
        )
        == 0
    )
    assert "inputs        permuted: a starts as b, b starts as a" in capsys.readouterr().err
    assert "# inputs: a starts as b, b starts as a" in Path(native).read_text()
    assert main(["equiv", source, native, "--preserve", "permuted"]) == 0
    assert "equal, the whole unitary of 3 qubits, with an input permutation" in capsys.readouterr().out
    assert main(["equiv", source, phased, "--preserve", "permuted"]) == 1
    assert "from |000>" in capsys.readouterr().out


def test_the_project_s_settings_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ionqdsl.toml").write_text("preserve = 'permuted'\ntarget = 'forte'\n")
    (tmp_path / "a.qc").write_text(SWAPS)
    monkeypatch.chdir(tmp_path)
    assert main(["compile", "a.qc", "--report", "-o", "a.json"]) == 0
    assert "contract permuted" in capsys.readouterr().err
