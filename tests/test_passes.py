"""Transpiling at level 0 is exact: every pass, every target, every contract, checked by dense simulation.

The judge is statevector.py, whose matrices are written by hand; nothing here reads the gate table or verify.py. A wrong
sign, a lost global phase, a frame that leaks through a barrier, a borrowed wire not given back, a symbolic angle that
stops being linear: each fails here.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl import passes
from ionqdsl.diagnostics import CompileError, InternalError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import Angle, radians, turns
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS, Target
from ionqdsl.passes import PIPELINES, Pass, PassContext, transpile
from ionqdsl.passes.cost import Cost, cost_of
from ionqdsl.passes.fold_angles import fold_angles
from ionqdsl.verify import invariants
from ionqdsl.verify.findings import Proof
from tests.random_circuits import (
    EIGHTHS,
    ION,
    NATIVE,
    NUMBERS,
    POSITIVE,
    QIS,
    SYMBOLS,
    assert_exact,
    assert_same_measurement,
    bound,
    circuit,
    circuits,
    compiled,
    operator_of,
    plain_rows,
)


@given(circuits(), st.sampled_from([*ION, POSITIVE]))
@settings(max_examples=70, deadline=None)
def test_native_equals_source_phase_and_all(source: FlatCircuit, target: str | Target) -> None:
    assert_exact(source, compiled(source, target, "unitary"))


@given(circuits(), st.sampled_from(ION), st.sampled_from(["measurement", "outcomes"]))
@settings(max_examples=50, deadline=None)
def test_native_measures_the_same_without_final_frames(source: FlatCircuit, target: str, preserve: str) -> None:
    assert_same_measurement(source, compiled(source, target, preserve))


@given(circuits(), st.sampled_from(["v0.4", "v0.4-clients"]))
@settings(max_examples=50, deadline=None)
def test_qis_equals_source_phase_and_all(source: FlatCircuit, wire: str) -> None:
    result = compiled(source, "qis", wire=wire)
    assert all(op.gate != "pauliexp" or wire == "v0.4-clients" for op in result.rows)
    assert_exact(source, result)


@given(circuits(st.one_of(SYMBOLS, EIGHTHS)), st.sampled_from(["qis", *ION]), st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=50, deadline=None)
def test_parameters_stay_symbolic_and_bind_afterwards(source: FlatCircuit, target: str, a: float, b: float) -> None:
    """Compiled once, bound later, then folded: the same as binding first."""
    values = {"a": a, "b": b}
    result = bound(compiled(source, target), values)
    if target != "qis" and not any(op.pinned for op in result.rows):
        result = fold_angles(result, PassContext(TARGETS[target], Options(preserve="unitary")))
        assert invariants(result, TARGETS[target]) == []
    assert_exact(bound(source, values), result)


@st.composite
def native_circuits(draw: Any) -> FlatCircuit:
    width = draw(st.integers(1, 3))
    rows = draw(st.lists(plain_rows(width, NATIVE, NUMBERS, draw(st.integers(0, 1))), min_size=1, max_size=6))
    return circuit(width, *rows, gateset="native")


@given(native_circuits(), st.sampled_from(["qis", *ION, POSITIVE]))
@settings(max_examples=70, deadline=None)
def test_native_circuits_move_between_machines(source: FlatCircuit, target: str | Target) -> None:
    """Both directions and out-of-range angles; controls on native gates come from user gates under `ctrl @`."""
    assert_exact(source, compiled(source, target))


# --- one gate at a time --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [*ION, POSITIVE], ids=str)
@pytest.mark.parametrize("controls", [0, 1])
@pytest.mark.parametrize("key", [*QIS, *NATIVE])
def test_every_gate_on_every_machine(key: str, controls: int, target: str | Target) -> None:
    """All multiples of an eighth turn over two turns: the special angles, whole turns (-1) and those in between."""
    gate = GATES[key]
    width = controls + gate.operands
    for eighths in range(-8, 9) if gate.parameters else [0]:
        for shift in (Fraction(0), Fraction(1, 100)):
            angles = tuple(turns(Fraction(eighths + 3 * place, 8) + shift) for place in range(len(gate.parameters)))
            source = circuit(width, Op(key, tuple(range(width)), angles, controls))
            assert_exact(source, compiled(source, target))
            assert_exact(source, compiled(source, "qis"))


@pytest.mark.parametrize(
    ("rows", "aria", "forte"),
    [
        # two-qubit gates and pulses under `measurement`: frames are free
        (["h"], (0, 1), (0, 1)),
        (["x"], (0, 1), (0, 1)),
        (["v"], (0, 1), (0, 1)),
        (["rx"], (0, 2), (0, 2)),
        (["rz"], (0, 0), (0, 0)),
        (["t"], (0, 0), (0, 0)),
        (["p"], (0, 0), (0, 0)),
        (["cnot"], (1, 3), (1, 2)),
        (["xx"], (1, 0), (1, 4)),
        (["yy"], (1, 0), (1, 4)),
        (["zz"], (1, 4), (1, 0)),
        (["swap"], (3, 4), (3, 8)),
    ],
    ids=str,
)
def test_what_gates_cost(rows: list[str], aria: tuple[int, int], forte: tuple[int, int]) -> None:
    """A gate that takes one interaction takes one; a lost special case shows in the pulses."""
    for target, expected in (("aria", aria), ("forte", forte)):
        ops = [Op(key, tuple(range(GATES[key].operands)), (turns("0.1"),) * len(GATES[key].parameters)) for key in rows]
        cost = cost_of(compiled(circuit(2, *ops), target, "measurement"))
        assert (cost.two_qubit_gates, cost.pulses) == expected, target


@pytest.mark.parametrize("key", ["x", "y", "z", "h", "s", "ti", "v", "vi", "rx", "ry", "rz", "p"])
@pytest.mark.parametrize("target", ION)
def test_one_control_is_one_interaction(key: str, target: str) -> None:
    op = Op(key, (0, 1), (turns("0.3"),) * len(GATES[key].parameters), 1)
    assert cost_of(compiled(circuit(2, op), target)).two_qubit_gates == 1


def test_interactions_that_are_no_interaction_vanish() -> None:
    for key, turned in (("xx", "1"), ("zz", "1"), ("yy", "2"), ("xx", "0")):
        source = circuit(2, Op(key, (0, 1), (turns(turned),)))
        for target in ION:
            result = compiled(source, target)
            assert cost_of(result).two_qubit_gates == 0
            assert_exact(source, result)


# --- phases, native gates, frames, blocks --------------------------------------------------------------------------


def test_phase_gates_by_name() -> None:
    for angle, name in (("1/2", "z"), ("-1/2", "z"), ("1/4", "s"), ("3/4", "si"), ("1/8", "t"), ("-1/8", "ti")):
        for controls in range(3):
            result = compiled(circuit(3, Op("p", (0, 1, 2)[: controls + 1], (turns(angle),), controls)), "qis")
            assert [(op.gate, op.controls) for op in result.rows] == [(name, controls)]
    result = compiled(circuit(3, Op("p", (2, 0, 1), (turns("1/2") + radians("0.1"),), 2)), "qis")
    assert [(op.gate, op.qubits) for op in result.rows] == [("rz", (2, 0, 1)), ("rz", (2, 0)), ("rz", (2,))]
    result = compiled(circuit(2, Op("p", (0, 1), (turns("1"),), 1)), "qis")
    assert result.rows == []


def test_controls_stay_on_the_wire() -> None:
    """Qis takes controls: nothing is broken up, but for controls on interactions, which no client sends."""
    rows = [Op("x", (0, 1, 2, 3), (), 3), Op("swap", (3, 0, 1), (), 1), Op("rx", (0, 1, 2), (turns("0.1"),), 2)]
    assert compiled(circuit(4, *rows), "qis").rows == rows
    result = compiled(circuit(4, Op("yy", (3, 2, 1, 0), (turns("0.1"),), 2)), "qis")
    assert all(op.controls == 0 or GATES[op.gate].operands == 1 for op in result.rows)


def test_rz_is_a_frame() -> None:
    """No pulse for it; at the end two for each wire under `unitary`, none otherwise."""
    rows = [
        Op("rz", (0,), (turns("0.3"),)),
        Op("v", (0,)),
        Op("rz", (0,), (turns("0.2"),)),
        Op("rz", (1,), (turns("1"),)),
    ]
    kept = compiled(circuit(2, *rows), "aria", "unitary")
    dropped = compiled(circuit(2, *rows), "aria", "measurement")
    assert [(op.gate, op.angles[0].turns) for op in dropped.rows] == [("gpi2", Fraction(-3, 10))]
    assert [op.gate for op in kept.rows] == ["gpi2", "gpi", "gpi"]


def test_circuits_of_the_targets_own_gates_pass_untouched() -> None:
    """Phases like 0.75 stay as written, row by row the same objects."""
    rows = [Op("gpi2", (0,), (turns("0.75"),)), Op("nop", (), (Angle(0, 5),)), Op("gpi", (1,), (turns("-1"),))]
    rows.append(Op("ms", (0, 1), (turns("0.9"), turns("0"), turns("0.1"))))
    source = circuit(2, *rows, gateset="native")
    for preserve in ("unitary", "permuted", "measurement"):
        result = compiled(source, "aria", preserve)
        assert all(a is b for a, b in zip(result.rows, source.rows, strict=True))


def test_verbatim_blocks_come_out_as_written() -> None:
    """The frames of all their wires end before the first row, so that nothing stands between the rows."""
    block = [
        Op("gpi2", (0,), (turns("0.9"),), pinned=1),
        Op("nop", (), (Angle(0, 3),), pinned=1),
        Op("ms", (0, 1), (turns("0.8"), turns("0.1"), turns("0.2")), pinned=1),
        Op("gpi", (1,), (turns("0.3"),), pinned=1),
    ]
    source = circuit(3, *(Op("t", (q,)) for q in range(3)), *block, *(Op("h", (q,)) for q in range(3)))
    result = compiled(source, "aria")
    first = result.rows.index(block[0])
    assert result.rows[first : first + 4] == block
    assert Counter(op.qubits for op in result.rows[:first]) == {(0,): 2, (1,): 2}  # wire 2 keeps its frame
    assert_exact(source, result)


def test_blocks_of_foreign_gates_are_translated_as_a_whole() -> None:
    """`ms` is foreign to forte: its block is translated, still pinned, and its pulses need no frame to end."""
    block = [
        Op("gpi2", (0,), (turns("0.9"),), pinned=4),
        Op("ms", (0, 1), (turns("0.8"), turns("0.1"), turns("0.2")), pinned=4),
    ]
    source = circuit(2, Op("t", (0,)), *block, Op("h", (1,)))
    result = compiled(source, "forte", "measurement")
    assert [op.pinned for op in result.rows] == [4] * (len(result.rows) - 1) + [0]
    assert result.rows[0].gate == "gpi2"
    assert_same_measurement(source, result)


def test_barriers_stay_in_their_places() -> None:
    rows = [Op("h", (0,)), Op(BARRIER, (0, 1)), Op("rz", (0,), (turns("0.1"),)), Op(BARRIER, (1,)), Op("h", (1,))]
    result = compiled(circuit(2, *rows), "forte", "measurement")
    assert [op.gate for op in result.rows] == ["gpi2", BARRIER, BARRIER, "gpi2"]


def _spanned(*rows: Op, width: int = 3, gateset: str = "qis") -> FlatCircuit:
    """Rows whose origins are the characters of a text, one each."""
    source = Source("".join(chr(ord("a") + n) for n in range(len(rows))))
    origins: list[Span | None] = [Span(source, n, n + 1) for n in range(len(rows))]
    return FlatCircuit(width, gateset=gateset, rows=list(rows), origins=origins)


def test_origins_descend_from_the_source() -> None:
    """Every row says which source row it comes from, in order; a frame's pulses say which rotation."""
    source = _spanned(
        Op("h", (0,)),
        Op("x", (0, 1, 2), (), 2),
        Op("pauliexp", (0, 1), (Angle(0, 1),), operator=operator_of(("XY", 1))),
        Op("ms", (0, 1), (turns("0.1"), turns("0.2"), turns("0.3"))),
        Op("p", (0, 1), (turns("0.1"),), 1),
        Op("rz", (2,), (turns("0.1"),)),
    )
    for target in ("qis", "forte"):
        result = compiled(source, target)
        letters = "".join(origin.text for origin in result.origins if origin)
        assert len(letters) == len(result.rows)
        assert set(letters) == set("abcdef")
        body = letters[:-4] if target == "forte" else letters  # the frames' pulses at the end
        assert list(body) == sorted(body)
    assert letters.endswith("ff")


def test_warnings_name_each_block_once() -> None:
    rows = [
        Op("gpi", (0,), (turns("0.1"),), pinned=1),
        Op("ms", (0, 1), (turns("0.1"), turns("0.2"), turns("0.2")), pinned=1),
        Op("ms", (0, 1), (turns("0.1"), turns("0.2"), turns("0.2")), pinned=1),
        Op("h", (0,)),
        Op("gpi2", (0,), (turns("0.1"),), pinned=2),
        Op("nop", (), (Angle(0, 3),), pinned=2),
    ]
    source = _spanned(*rows)
    warned = {}
    for target in ("qis", *ION):
        _, found, _ = transpile(source, TARGETS[target], Options(level=0))
        assert not any(diagnostic.is_error for diagnostic in found)
        warned[target] = [(d.code, d.span and d.span.text, d.facts.get("gates")) for d in found]
        assert all(d.message for d in found)
    assert warned["aria"] == []
    assert warned["forte"] == [("QC0610", "b", ("ms",))]
    assert warned["qis"] == [("QC0611", "f", None), ("QC0610", "a", ("gpi", "ms")), ("QC0610", "e", ("gpi2",))]


def test_pinned_interactions_out_of_range_are_refused() -> None:
    pinned = Op("ms", (0, 1), (turns("0"), turns("3"), turns("-0.1")), pinned=1)
    with pytest.raises(CompileError) as error:
        transpile(_spanned(Op("h", (0,)), pinned), TARGETS["aria"])
    (found,) = error.value.diagnostics
    assert (found.code, found.span and found.span.text) == ("QC0602", "b")
    assert "-0.1" in found.message
    assert "0 to 0.25" in found.message
    legal = pinned._replace(angles=(turns("0"), turns("3"), turns("0.1")))  # whole turns of a phase are spelling
    assert legal in compiled(circuit(2, legal), "aria").rows
    free = pinned._replace(pinned=0)
    assert_exact(circuit(2, free), compiled(circuit(2, free), "aria"))


# --- the runner ----------------------------------------------------------------------------------------------------


def _with_pass(monkeypatch: pytest.MonkeyPatch, *steps: Pass) -> None:
    monkeypatch.setitem(PIPELINES, ("native", 1), (*PIPELINES["native", 0], *steps))


def _bell() -> FlatCircuit:
    return circuit(
        2, Op("h", (0,)), Op("cnot", (0, 1)), Op(BARRIER, (0, 1)), Op("gpi", (0,), (turns("0.1"),), pinned=1)
    )


def test_a_dearer_result_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(source: FlatCircuit, setting: PassContext) -> FlatCircuit:
        setting.inputs = (1, 0)
        return source.replace(rows=source.rows * 2, origins=source.origins * 2)

    _with_pass(monkeypatch, Pass(doubled, "a bad idea", optimises=True))
    plain, _, _ = transpile(_bell(), TARGETS["aria"], Options(level=0))
    result, _, report = transpile(_bell(), TARGETS["aria"], Options(level=1))
    assert result == plain
    assert report.inputs is None, "the renaming of a rejected pass is forgotten"
    last = report.passes[-1]
    assert (last.name, last.kept) == ("doubled", False)
    assert last.after.two_qubit_gates == 2 * last.before.two_qubit_gates


@pytest.mark.parametrize("fault", ["origins", "qubit", "gate", "pinned", "barrier"])
def test_a_pass_that_breaks_a_promise_is_caught(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    def broken(source: FlatCircuit, setting: PassContext) -> FlatCircuit:
        rows = list(source.rows)
        match fault:
            case "origins":
                return source.replace(origins=source.origins[1:])
            case "qubit":
                rows[0] = rows[0]._replace(qubits=(7,))
            case "gate":
                rows[0] = Op("h", (0,))
            case "pinned":
                rows[-1] = rows[-1]._replace(angles=(turns("0.2"),))
            case "barrier":
                rows = [op for op in rows if op.gate != BARRIER]
        return source.replace(rows=rows, origins=[None] * len(rows))

    for optimises in (False, True):
        _with_pass(monkeypatch, Pass(broken, "a fault", optimises))
        with pytest.raises(InternalError) as error:
            transpile(_bell(), TARGETS["aria"], Options(level=1), checked=True)
        (found,) = error.value.diagnostics
        assert found.code == "QC0641"
        assert found.facts["stage"] == "broken"


def test_verify_catches_a_wrong_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(source: FlatCircuit, setting: PassContext) -> FlatCircuit:
        return source.with_rows(list(zip(source.rows, source.origins, strict=True))[1:])

    for preserve in ("unitary", "permuted", "measurement", "outcomes"):
        _, _, report = transpile(_bell(), TARGETS["aria"], Options(level=0, verify=True, preserve=preserve))
        assert report.verdict
    _with_pass(monkeypatch, Pass(wrong, "a fault", optimises=True))
    wide = circuit(30, *(Op("h", (q,)) for q in range(30)), *(Op("cnot", (q, q + 1)) for q in range(29)))
    for source in (_bell(), wide):
        with pytest.raises(InternalError) as error:
            transpile(source, TARGETS["aria"], Options(level=1, verify=True))
        assert error.value.diagnostics[0].code == "QC0640"


def test_what_is_too_wide_to_verify_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("exact", "by_paths"):
        monkeypatch.setattr(f"ionqdsl.verify.{each}.MOST_ROWS", 23)
    monkeypatch.setattr("ionqdsl.verify.by_strings.proof", lambda *_: Proof(None, "not tried"))
    source = circuit(24, *(Op("h", (q,)) for q in range(24)))
    result, warnings, report = transpile(source, TARGETS["aria"], Options(level=0, verify=True))
    assert len(result.rows) == 24
    assert [warning.code for warning in warnings] == ["QC0642"]
    assert "24 qubits are more than the 20 that are simulated" in warnings[0].message
    assert "more than 23 rows" in warnings[0].message
    assert report.verdict is not None
    assert report.verdict.equal is None


def test_watching_and_reporting() -> None:
    seen: list[str] = []
    source = _bell()
    rows = list(source.rows)
    result, _, report = transpile(source, TARGETS["forte"], Options(level=0), watch=lambda name, _: seen.append(name))
    names = [step.name for step in PIPELINES["native", 0]]
    assert seen == names == [step.name for step in report.passes]
    assert all(step.reason for pipeline in PIPELINES.values() for step in pipeline)
    assert report.passes[0].rows[0] == len(rows)
    assert report.passes[-1].rows[1] == len(result.rows)
    assert report.passes[-1].after == cost_of(result)
    assert source.rows == rows, "a circuit that goes in is not changed"


def test_equal_runs_give_equal_rows() -> None:
    source = circuit(6, Op("x", (0, 1, 2, 3), (), 3), Op("rx", (5, 4), (radians("0.1"),), 1))
    first, second = (compiled(source, "forte") for _ in range(2))
    assert first.rows == second.rows
    assert first.phase == second.phase


def test_a_machine_without_two_qubit_gate() -> None:
    with pytest.raises(CompileError) as error:
        transpile(_bell(), Target("odd", "native"))
    assert error.value.diagnostics[0].code == "QC0603"


def test_native_circuits_for_no_machine_stay_as_written() -> None:
    source = circuit(2, Op("ms", (0, 1), (turns("3"), turns("0"), turns("0.7"))), gateset="native")
    result, warnings, _ = transpile(source, passes.AS_WRITTEN)
    assert result.rows == source.rows
    assert warnings == []


def test_costs_by_hand() -> None:
    rows = [
        Op("gpi2", (0,), (turns("0.1"),)),
        Op("ms", (0, 1), (turns("0"), turns("0"), turns("0.25"))),
        Op("zz_native", (1, 2), (turns("-0.1"),)),
        Op("gpi", (2,), (turns("0.1"),)),
        Op("nop", (), (Angle(0, 5),)),
        Op(BARRIER, (0, 2)),
        Op("ms", (0, 3), (turns("0"), turns("0"), Angle.of("a", turns=1))),
    ]
    assert cost_of(circuit(4, *rows)) == Cost(3, 0.6, 2, 3)
    assert cost_of(circuit(4, *rows).replace(rows=[])) == Cost(0, 0, 0, 0)
    qis = [
        Op("h", (0,)),
        Op("rx", (0,), (turns("0.1"),)),
        Op("rz", (0,), (turns("0.1"),)),
        Op("cnot", (0, 1)),
        Op("zz", (1, 2), (turns("0.2"),)),
        Op("rz", (1, 2), (turns("0.2"),), 1),
        Op("swap", (2, 3)),
        Op("x", (0, 1, 2), (), 2),
    ]
    assert cost_of(circuit(4, *qis)) == Cost(11, 0.25 + 0.2 + 0.1 + 0.75 + 1.25, 3, 11)
    assert cost_of(circuit(2, Op("zz", (0, 1), (turns("0.4"),)))).angle == 0.1, "half a turn of it is local"
    evolution = Op(
        "pauliexp", (0, 1, 2), (Angle(0, 1),), operator=operator_of(("XYZ", 1), ("Z", 1), ("III", 1), steps=2)
    )
    assert cost_of(circuit(3, evolution)) == Cost(6, 1.5, 0, 6)
    assert cost_of(circuit(4, Op("x", (0, 1, 2, 3), (), 3))).two_qubit_gates == 13
