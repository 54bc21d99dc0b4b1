"""Comparing circuits that measure and reset before the end: legal rewrites pass, and those that are not are shown.

The table follows the rules of dynamic circuits: which gates may be dropped or moved at a measurement or a reset.
"""

import random

import dynamic_programs
import pytest
from reading import lowered

from ionqdsl.ir.circuit import MEASURE
from ionqdsl.verify import equivalent
from ionqdsl.verify.registers import compared

HEAD = "qubit a, b, c\nregister m[4]\nry(0.7) a; ry(1.1) b; cnot a, b; ry(0.4) c; cnot b, c\n"
EQUAL, DIFFERENT = True, False


REWRITES = [
    # a phase before or after a measurement, or before a reset
    ("rz(0.3) a; m[0] = measure a; h a", "m[0] = measure a; h a", "measurement", EQUAL),
    ("m[0] = measure a; rz(0.3) a; h a", "m[0] = measure a; h a", "measurement", EQUAL),
    ("m[0] = measure a; rz(0.3) a; h a", "m[0] = measure a; h a", "unitary", EQUAL),
    ("h a; reset a; h a", "reset a; h a", "unitary", EQUAL),
    ("rx(0.3) a; m[0] = measure a", "m[0] = measure a", "measurement", DIFFERENT),
    # a diagonal of two qubits before a measurement of one
    ("cz a, b; m[0] = measure a; h b; m[1] = measure b", "m[0] = measure a; h b; m[1] = measure b", "outcomes",
     DIFFERENT),
    ("cz a, b; m[0] = measure a; m[1] = measure b; h a", "m[0] = measure a; m[1] = measure b; h a", "measurement",
     EQUAL),
    ("cz a, b; reset a; h b", "reset a; h b", "outcomes", DIFFERENT),
    ("cz a, b; reset a; m[0] = measure b; h b", "reset a; m[0] = measure b; h b", "measurement", EQUAL),
    ("reset a; zz(0.4) a, b; h b", "reset a; rz(0.4) b; h b", "measurement", EQUAL),
    # resets
    ("reset a; reset a; h a", "reset a; h a", "measurement", EQUAL),
    ("m[0] = measure a; reset a; x a", "m[0] = measure a; x a", "outcomes", DIFFERENT),
    ("m[0] = measure a; reset a", "m[0] = measure a", "registers", EQUAL),
    # moving a measurement
    ("m[0] = measure a; cnot a, b; h a", "cnot a, b; m[0] = measure a; h a", "unitary", EQUAL),
    ("m[0] = measure a; cnot b, a", "cnot b, a; m[0] = measure a", "outcomes", DIFFERENT),
    ("m[0] = measure a; m[1] = measure b; h a", "m[1] = measure b; m[0] = measure a; h a", "unitary", EQUAL),
    ("swap a, b; m[0] = measure a; h a", "m[0] = measure b; swap a, b; h a", "unitary", EQUAL),
    ("m[0] = measure a; m[1] = measure b", "m[1] = measure a; m[0] = measure b", "registers", DIFFERENT),
    # conditions and controls
    ("m[0] = measure a; if m[0] { ry(0.3) b }", "m[0] = measure a; ctrl @ ry(0.3) a, b", "unitary", EQUAL),
    ("m[0] = measure a; if not m[0] { ry(0.3) b }", "m[0] = measure a; negctrl @ ry(0.3) a, b", "unitary", EQUAL),
    ("m[0] = measure a; x a; if m[0] { x b }", "m[0] = measure a; x a; cnot a, b", "registers", EQUAL),
    ("m[0] = measure a; x a; if m[0] { x b }; m[1] = measure b", "m[0] = measure a; x a; cnot a, b; m[1] = measure b",
     "registers", DIFFERENT),
    # another qubit in place of a reset one
    ("m[0] = measure a; reset a; h a; m[1] = measure a", "m[0] = measure a; reset c; h c; m[1] = measure c",
     "registers", EQUAL),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "preserve", "equal"), REWRITES)
def test_rewrites(one: str, other: str, preserve: str, equal: bool) -> None:
    a, b = (lowered(HEAD + text + "\n") for text in (one, other))
    verdict = compared(a, b, preserve)
    assert verdict.equal is equal, verdict
    if not equal:
        assert verdict.example is not None
        assert abs(verdict.example.probabilities[0] - verdict.example.probabilities[1]) > 1e-3


def test_the_example_names_the_register() -> None:
    a, b = lowered("qubit a\nh a\nregister m = measure a\nx a\n"), lowered("qubit a\nregister m = measure a\nh a\n")
    verdict = compared(a, b, "outcomes")
    assert verdict.equal is False
    assert verdict.example is not None
    assert verdict.example.said() == "from |0> register m reads 1 with 50.0000% against 0.0000%"


def test_measuring_at_the_end_is_reading_at_the_end() -> None:
    early = lowered("qubit a, b\nh a\nregister m = measure a\nh b\n")
    late = lowered("qubit a, b\nh a\nh b\nregister m = a\n")
    for preserve in ("measurement", "outcomes", "registers"):
        assert compared(early, late, preserve).equal is True, preserve
    other = lowered("qubit a, b\nh a\nh b\nregister m = b\n")
    assert compared(early, other, "measurement").equal is False


def test_the_contract_on_registers_sees_nothing_else() -> None:
    one = lowered("qubit a, b\nh a\ncnot a, b\nregister r = a\n")
    other = lowered("qubit t\nry(pi/2) t\nregister r = t\n")
    assert equivalent(one, other, "registers").equal is True
    assert equivalent(one, other, "outcomes").equal is False
    renamed = compared(one, lowered("qubit t\nh t\nregister s = t\n"), "registers")
    assert (renamed.equal, renamed.method) == (False, "registers")


def test_without_registers_that_contract_sees_all_qubits() -> None:
    one = lowered("qubit q[2]\nx q[0]\n")
    for text, is_equal in (
        ("qubit q[2]\nx q[0]; z q[0]\n", True),
        ("qubit q[2]\nh q[0]\n", False),
        ("qubit q[2]\nx q[1]\n", False),
        ("qubit q[3]\nx q[0]\n", False),
        ("qubit q[2]\nx q[0]; reset q[1]\n", True),
        ("qubit q[2]\nx q[0]; reset q[0]\n", False),
    ):
        assert compared(one, lowered(text), "registers").equal is is_equal, text


@pytest.mark.parametrize("seed", range(40))
def test_a_change_is_judged_as_the_distributions_say(seed: int) -> None:
    """Without a row the circuit differs or not; the exact distributions from |0...0> decide about two contracts."""
    circuit = lowered(dynamic_programs.text(seed, has_branches=seed % 2 == 0))
    draw = random.Random(seed)
    gates = [place for place, op in enumerate(circuit.rows) if op.gate != MEASURE]
    place = draw.choice(gates)
    changed = circuit.with_rows([pair for k, pair in enumerate(zip(circuit.rows, circuit.origins)) if k != place])  # noqa: B905
    far = dynamic_programs.far(dynamic_programs.distribution(circuit), dynamic_programs.distribution(changed))
    assert equivalent(circuit, changed, "outcomes").equal is (far < 1e-7)
    near = dynamic_programs.far(dynamic_programs.registers(circuit), dynamic_programs.registers(changed))
    assert equivalent(circuit, changed, "registers").equal is (near < 1e-7)
    if far > 1e-7:
        assert equivalent(circuit, changed, "measurement").equal is not True
        assert equivalent(circuit, changed, "unitary").equal is False


def test_random_inputs_when_there_are_too_many_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ionqdsl.verify.dynamic.MOST_ENTRIES", 2)
    for method in ("_by_rotations", "_by_lives", "_by_stabilisers"):
        monkeypatch.setattr(f"ionqdsl.verify.dynamic.{method}", lambda *_: None)
    text = HEAD + "m[0] = measure a; rz(0.3) a; h a; reset b; h b\n"
    a, b, c = lowered(text), lowered(text.replace("rz(0.3) a; ", "")), lowered(text.replace("rz(0.3) a", "ry(0.3) a"))
    for preserve in ("unitary", "permuted", "measurement"):
        alike = equivalent(a, b, preserve)
        assert (alike.equal, alike.method) == (True, "states")
        assert "all other inputs" in alike.unchecked
        assert equivalent(a, c, preserve).equal is False


def test_wide_circuits_are_compared_rotation_by_rotation() -> None:
    lines = "".join(
        f"ry(0.{k + 1}) q[{k}]; cnot q[{k}], q[{k + 1}]; m[{k}] = measure q[{k}]; h q[{k}]\n" for k in range(29)
    )
    text = "qubit q[30]\nregister m[29]\n" + lines
    a = lowered(text)
    b = lowered(
        text.replace("ry(0.4) q[3]; cnot q[3], q[4]", "ry(0.1) q[3]; cnot q[3], q[4]").replace(
            "h q[2]\n", "h q[2]\nry(0.3) q[3]\n"
        )
    )
    verdict = equivalent(a, b, "measurement")
    assert (verdict.equal, verdict.method) == (True, "rotations")
    assert equivalent(a, lowered(text.replace("0.7", "0.8")), "measurement").equal is not True


def test_parameters_are_sampled() -> None:
    text = "param t\nqubit a\nrx(t) a\nregister m = measure a\nrx(t) a\n"
    verdict = equivalent(lowered(text), lowered(text), "measurement")
    assert verdict.equal is True
    assert "values of the parameters" in verdict.unchecked
    assert equivalent(lowered(text), lowered(text.replace("rx(t) a\nreg", "rx(2*t) a\nreg"))).equal is False
