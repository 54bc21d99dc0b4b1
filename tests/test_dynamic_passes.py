"""Compiling circuits with measurements in the middle: passes, deferral, reuse, and rewrites that must not happen.

Distributions come from dynamic_programs.py, which shares no code with the passes.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from dynamic_programs import far, outcomes, registers, text
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.circuit import MEASURE, FlatCircuit, Op, Slot
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.passes.defer import deferred
from ionqdsl.passes.drop_unread import drop_unread
from ionqdsl.passes.read_at_end import read_at_end
from ionqdsl.passes.reuse import sharing
from tests.test_dynamic import SEEDS, circuit, compiled

# --- passes ----------------------------------------------------------------------------------------------------------


@given(SEEDS, st.sampled_from(["qis", "aria", "forte"]), st.sampled_from([0, 1, 2]), st.sampled_from(PRESERVE[:4]))
@settings(max_examples=60)
def test_compiling_keeps_record_and_final_outcomes(seed: int, target: str, level: int, preserve: str) -> None:
    source = circuit(text(seed))
    assert far(outcomes(source), outcomes(compiled(source, target, level=level, preserve=preserve))) < 1e-9


@given(SEEDS, st.sampled_from(["qis", "aria", "forte"]), st.sampled_from([0, 2]), st.booleans(), st.booleans())
@settings(max_examples=40)
def test_deferral_reuse_and_the_contract_keep_the_registers(
    seed: int, target: str, level: int, defer: bool, reuse: bool
) -> None:
    source = circuit(text(seed, has_branches=defer, most=10))
    result = compiled(source, target, level=level, preserve="registers", defer=defer, reuse=reuse)
    assert far(registers(source), registers(result)) < 1e-9
    assert not (defer and result.is_dynamic)


@given(SEEDS)
@settings(max_examples=60)
def test_each_preparation_keeps_what_it_promises(seed: int) -> None:
    source = circuit(text(seed, has_branches=seed % 2 == 0, most=11))
    settled = read_at_end(source)
    assert far(outcomes(source), outcomes(settled)) < 1e-9
    assert read_at_end(settled) is settled
    assert far(registers(source), registers(deferred(source))) < 1e-9
    assert far(registers(source), registers(sharing(source))) < 1e-9
    assert far(registers(source), registers(drop_unread(source))) < 1e-9


def apart(source: str) -> str:
    """A program with a register for each outcome in place of one register for all."""
    lines = re.sub(
        r"register m\[(\d+)\]", lambda match: "; ".join(f"register r{k}" for k in range(int(match[1]))), source
    )
    return re.sub(r"\bm\[(\d+)\]", r"r\1", lines)


@given(SEEDS)
@settings(max_examples=60)
def test_outcomes_in_registers_of_their_own_are_kept(seed: int) -> None:
    """Would catch two registers that hold their outcomes on one wire and are taken for two controls."""
    source = circuit(apart(text(seed, has_branches=True, most=12)))
    assert far(registers(source), registers(deferred(source))) < 1e-9
    assert far(outcomes(source), outcomes(read_at_end(source))) < 1e-9


@pytest.mark.parametrize(
    ("condition", "acts"),
    [("m and n", {"11"}), ("m and not n", set()), ("m or not n", {"00", "11"}), ("m != n", set())],
)
@pytest.mark.parametrize("after", ["", "reset a; ry(0.3) a", "z a"])
def test_one_qubit_measured_into_two_registers_decides_once(condition: str, acts: set[str], after: str) -> None:
    rows = f"h a\nregister m = measure a\nregister n = measure a\n{after}\nif {condition} {{ x t }}"
    source = circuit(f"qubit a, t\n{rows}\nregister out = t")
    found = registers(deferred(source))
    assert {m + n for (m, n, out), share in found.items() if out == "1" and share > 1e-9} == acts
    assert sum(found.values()) == pytest.approx(1)


def test_two_measurements_of_a_qubit_stay_two() -> None:
    source = circuit("qubit a\nh a\nregister m[2]\nm[0] = measure a\nm[1] = measure a")
    for level in (0, 1, 2):
        result = compiled(source, "forte", level=level)
        assert [op.slot for op in result.rows if op.gate == MEASURE] == [("m", 0), ("m", 1)]


def test_only_what_needs_the_middle_stays_there() -> None:
    assert not compiled(circuit("qubit a, b\nreset a\nh a\nregister m = measure a\nh b"), "qis").is_dynamic
    assert compiled(circuit("qubit a, b\nh a\nregister m = measure a\nh a"), "qis").is_dynamic
    assert compiled(circuit("qubit a\nh a\nreset a"), "qis").is_dynamic


def test_branches_need_deferral() -> None:
    source = circuit("qubit a, b\nh a\nregister m = measure a\nif m[0] { x b }")
    with pytest.raises(CompileError, match="QC0297") as refused:
        compiled(source, "forte")
    assert "--defer" in refused.value.diagnostics[0].render()
    result = compiled(source, "forte", defer=True)
    assert result.width == 2  # the measured qubit holds its outcome itself
    assert registers(result) == pytest.approx({("0",): 0.5, ("1",): 0.5})


def test_a_measured_qubit_keeps_its_outcome_as_long_as_it_can() -> None:
    """A copy costs a qubit and a gate, so there is one only where a later gate changes the qubit."""
    rows = "qubit a, b\nh a\nregister m = measure a\n{}\nif m[0] {{ x b }}"
    for later, width in (("z a", 2), ("cnot a, b", 2), ("zz(0.3) a, b", 2), ("x a", 3), ("cnot b, a", 3)):
        assert deferred(circuit(rows.format(later))).width == width, later
    assert deferred(circuit(rows.format("reset a"))).width == 2  # nobody uses the qubit again
    assert deferred(circuit(rows.format("reset a; h a"))).width == 3


def test_bernstein_vazirani_fits_on_two_qubits() -> None:
    secret = "10110"
    oracle = "; ".join(f"cnot q[{k}], t" for k, bit in enumerate(secret) if bit == "1")
    result = sharing(circuit(f"qubit q[5], t\nx t\nh t\nh q\n{oracle}\nh q\nregister out = q"))
    assert result.width == 2
    assert registers(result) == pytest.approx({(secret,): 1})


def test_reuse_needs_registers() -> None:
    with pytest.raises(CompileError, match="QC0342"):
        sharing(circuit("qubit q[2]\nh q"))


# --- rewrites of the middle: those that are legal, and the changes that others would make ----------------------------


def _changed(before: str, after: str) -> float:
    return far(outcomes(circuit(before)), outcomes(circuit(after)))


START = "qubit a, b\nregister m[2]\nry(1.1) a\nry(0.7) b\ncnot a, b\nrx(0.4) a\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rz(0.7) a; m[0] = measure a; h a", "m[0] = measure a; h a"),
        ("m[0] = measure a; rz(0.7) a; h a", "m[0] = measure a; h a"),
        ("zz(0.9) a, b; m[0] = measure a; m[1] = measure b; h a; h b", "m[0] = measure a; m[1] = measure b; h a; h b"),
        ("ry(0.3) a; reset a; h a", "reset a; h a"),
        ("reset a; zz(0.4) a, b; h b", "reset a; rz(0.4) b; h b"),
        ("reset a; reset a; h a", "reset a; h a"),
        ("m[0] = measure a; cnot a, b; h a", "cnot a, b; m[0] = measure a; h a"),
        ("m[0] = measure a; m[1] = measure b; h a", "m[1] = measure b; m[0] = measure a; h a"),
    ],
)
def test_legal_rewrites(before: str, after: str) -> None:
    assert _changed(START + before, START + after) < 1e-12


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("h b; zz(0.9) a, b; m[0] = measure a; h b", "h b; m[0] = measure a; h b"),  # the other wire is not measured
        ("ry(1) b; zz(0.9) a, b; reset a; h b", "ry(1) b; reset a; h b"),
        ("m[0] = measure a; reset a", "m[0] = measure a"),
        ("m[0] = measure a; cnot b, a; h a", "cnot b, a; m[0] = measure a; h a"),
        ("m[0] = measure a; h a", "h a; m[0] = measure a"),
        ("rz(0.7) a; h a; m[0] = measure a; h a", "h a; m[0] = measure a; h a"),
    ],
)  # fmt: skip
def test_illegal_rewrites_change_what_is_seen(before: str, after: str) -> None:
    """So the passes may not do them: the test above would see each one."""
    assert _changed(START + before, START + after) > 0.01


def test_gates_before_a_measurement_are_simplified() -> None:
    """A phase goes right before a measurement and an interaction if both its wires are measured next."""
    source = circuit(START + "zz(0.9) a, b; rz(0.4) a; m[0] = measure a; m[1] = measure b; h a; h b")
    without = circuit(START + "m[0] = measure a; m[1] = measure b; h a; h b")
    result, plain = (compiled(each, "forte", level=2) for each in (source, without))
    assert sum(op.gate == "zz_native" for op in result.rows) == sum(op.gate == "zz_native" for op in plain.rows)
    later = "m[0] = measure a; h a; zz(0.5) a, b; h b"  # b is not measured next
    kept, plain = (compiled(circuit(START + each), "forte", level=2) for each in ("zz(0.9) a, b; " + later, later))
    assert sum(op.gate == "zz_native" for op in kept.rows) > sum(op.gate == "zz_native" for op in plain.rows)


def test_the_state_after_a_reset_is_known() -> None:
    source = circuit("qubit a, b\nh a\nh b\nreset a\ncnot a, b\nh a\nh b")
    result = compiled(source, "forte", level=2, preserve="outcomes")
    assert not any(op.gate == "zz_native" for op in result.rows)


def test_rows_of_a_circuit_keep_slots_and_conditions_apart() -> None:
    """Equality and hashing see both, so nothing that remembers rows can confuse them."""
    one, other = Op(MEASURE, (0,), slot=Slot("m", 0)), Op(MEASURE, (0,), slot=Slot("m", 1))
    assert one != other
    assert len({one, other, Op("x", (0,)), Op("x", (0,), when=((Slot("m", 0), 1),))}) == 4
    registers_ = (("m", (Slot("m", 0), Slot("m", 1))),)
    assert FlatCircuit(1, rows=[one, other], registers=registers_) != FlatCircuit(
        1, rows=[other, one], registers=registers_
    )


def test_shares_add_up() -> None:
    """The tests' own engine: every program's probabilities sum to 1."""
    totals = [sum(outcomes(circuit(text(seed, has_branches=True))).values()) for seed in range(20)]
    assert np.allclose(totals, 1)
