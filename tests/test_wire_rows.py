"""One row, one gate object: every gate of the table and every kind of number, against objects typed by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from wire_programs import Angle, Op, circuit, pauliexp, program, radians, rows_sent, turns

from ionqdsl.diagnostics import InternalError
from ionqdsl.emit.payload import gate_object, number, payload, request
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.targets import PROFILES

# --- gates ---------------------------------------------------------------------------------------------------------

ONE_QUBIT = ("x", "y", "z", "h", "not", "s", "si", "t", "ti", "v", "vi")
QIS: list[tuple[Op, dict[str, Any]]] = [
    *((Op(name, (1,)), {"gate": name, "target": 1}) for name in ONE_QUBIT),
    *((Op(n, (0,), (radians("0.1"),)), {"gate": n, "target": 0, "rotation": 0.1}) for n in ("rx", "ry", "rz")),
    *(
        (Op(n, (2, 0), (radians("-0.3"),)), {"gate": n, "targets": [2, 0], "rotation": -0.3})
        for n in ("xx", "yy", "zz")
    ),
    (Op("cnot", (2, 0)), {"gate": "cnot", "target": 0, "control": 2}),
    (Op("swap", (2, 0)), {"gate": "swap", "targets": [2, 0]}),
    # controls: one is `control`, several are `controls`
    (Op("x", (2, 0), (), 1), {"gate": "x", "target": 0, "control": 2}),
    (Op("rz", (1, 2, 0), (turns("1/4"),), 2), {"gate": "rz", "target": 0, "controls": [1, 2], "rotation": math.pi / 2}),
    (Op("cnot", (3, 2, 0), (), 1), {"gate": "cnot", "target": 0, "controls": [3, 2]}),
    (Op("swap", (3, 2, 0), (), 1), {"gate": "swap", "targets": [2, 0], "control": 3}),
    (Op("zz", (3, 1, 2, 0), (radians(1),), 2), {"gate": "zz", "targets": [2, 0], "controls": [3, 1], "rotation": 1}),
]
NATIVE: list[tuple[Op, dict[str, Any]]] = [
    (Op("gpi", (1,), (turns("0.1"),)), {"gate": "gpi", "target": 1, "phase": 0.1}),
    (Op("gpi2", (1,), (turns("-0.75"),)), {"gate": "gpi2", "target": 1, "phase": -0.75}),
    (Op("ms", (0, 1), (turns(0), turns("0.25"))), {"gate": "ms", "targets": [0, 1], "phases": [0, 0.25]}),
    (
        Op("ms", (1, 0), (turns("0.3"), turns("0.1"), turns("0.1"))),
        {"gate": "ms", "targets": [1, 0], "phases": [0.3, 0.1], "angle": 0.1},
    ),
    (Op("ms", (1, 0), (turns(0), turns(0), Angle(0.25))), {"gate": "ms", "targets": [1, 0], "phases": [0, 0]}),
    (Op("ms", (1, 0), (turns(0), turns(0), turns(0))), {"gate": "ms", "targets": [1, 0], "phases": [0, 0], "angle": 0}),
    (Op("zz_native", (1, 0), (turns("0.25"),)), {"gate": "zz", "targets": [1, 0], "angle": 0.25}),
]


@pytest.mark.parametrize(("op", "wanted"), QIS, ids=lambda item: item.gate if isinstance(item, Op) else "")
def test_qis_gates(op: Op, wanted: dict[str, Any]) -> None:
    (row,) = rows_sent(circuit(4, op))
    assert row == wanted
    assert list(row) == list(wanted)


@pytest.mark.parametrize(("op", "wanted"), NATIVE, ids=lambda item: item.gate if isinstance(item, Op) else "")
def test_native_gates(op: Op, wanted: dict[str, Any]) -> None:
    (row,) = rows_sent(circuit(4, op, gateset="native"))
    assert row == wanted
    assert list(row) == list(wanted)


def test_every_gate_of_the_table_is_covered() -> None:
    """Catches a row that was added to the table and never tried on the wire."""
    covered = {op.gate for op, _ in (*QIS, *NATIVE)}
    assert covered | {"pauliexp", "nop"} == {gate.key for gate in GATES.values() if gate.payload_name}


def test_barriers_are_not_sent() -> None:
    rows = rows_sent(
        circuit(2, Op("barrier", (0, 1)), Op("h", (0,)), Op("barrier", (0,)), Op("h", (1,)), Op("barrier", (0,)))
    )
    assert rows == [{"gate": "h", "target": 0}, {"gate": "h", "target": 1}]


def test_pinned_rows_are_sent_as_they_are() -> None:
    assert rows_sent(circuit(1, Op("x", (0,), pinned=1), Op("x", (0,), pinned=1))) == [{"gate": "x", "target": 0}] * 2


@pytest.mark.parametrize(
    ("gateset", "op"),
    [
        ("qis", Op("p", (0,), (radians(1),))),
        ("qis", Op("gpi", (0,), (turns(0),), 0, 1)),
        ("native", Op("x", (0,))),
        ("native", Op("gpi", (1, 0), (turns(0),), 1)),
        ("qis", pauliexp("1", {"X0": 1}, 0)),
    ],
)
def test_rows_that_a_pass_should_have_rewritten_are_our_mistake(gateset: str, op: Op) -> None:
    wanted = program(circuit(2, op, gateset=gateset))
    with pytest.raises(InternalError, match="QC0790"):
        payload(wanted)
    with pytest.raises(InternalError, match="QC0790"):
        request(wanted)


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("angle", "wanted"),
    [
        (radians("0.1"), 0.1),
        (turns("1/4"), 1.5707963267948966),
        (turns("1/2"), 3.141592653589793),
        (turns("1/6"), 1.0471975511965979),
        (turns("-1/2") + radians("3.14159265358979"), -3.2384626433832794e-15),
        (Angle(0, -0.0), 0),
        (Angle(0.0, -0.0), 0),
        (radians("1e-9"), 1e-09),
        (radians("7"), 7),
        (Angle(0, 2.0**60), 2.0**60),
    ],
)
def test_angles_are_the_nearest_floats(angle: Angle, wanted: float) -> None:
    """The right column is from a 50-digit calculation. Catches sums of rounded parts, `-0.0` and `0.0`."""
    (row,) = rows_sent(circuit(1, Op("rx", (0,), (angle,))))
    assert repr(row["rotation"]) == repr(wanted)


def test_phases_outside_the_documented_range_are_brought_in() -> None:
    """A phase repeats after one turn, so nothing changes; those within -1 to 1 stay as written."""
    given = [turns("1"), turns("-1"), turns("0.9"), turns("1.1"), turns("-12345678901234567890.1"), radians("100")]
    rows = rows_sent(circuit(1, *(Op("gpi", (0,), (angle,)) for angle in given), gateset="native"))
    phases = [row["phase"] for row in rows]
    assert phases[:5] == [1, -1, 0.9, 0.1, -0.1]
    assert phases[5] == pytest.approx(100 / (2 * math.pi) - 16, abs=1e-14)


def test_number() -> None:
    for value, wanted in (
        (0.0, "0"),
        (-0.0, "0"),
        (2.0, "2"),
        (Fraction(1, 3), "0.3333333333333333"),
        (1e300, "1e+300"),
    ):
        assert repr(number(value)) == wanted


# --- rows that only the clients' profile sends ---------------------------------------------------------------------


def test_pauliexp_counts_letters_from_the_right() -> None:
    """The rightmost letter is targets[0]; two terms share one time."""
    op = pauliexp("0.5", {"X0 Z2": Fraction(1, 4), "Z0 X2": -1, "Z1": 2}, 3, 1, 0)
    assert rows_sent(circuit(4, op), "v0.4-clients") == [
        {
            "gate": "pauliexp",
            "targets": [3, 1, 0],
            "terms": ["ZIX", "XIZ", "IZI"],
            "coefficients": [0.25, -1, 2],
            "time": 0.5,
        }
    ]


def test_a_negative_time_moves_its_sign_into_the_coefficients() -> None:
    (row,) = rows_sent(circuit(2, pauliexp("-2", {"X0 X1": Fraction(1, 2), "Z0 Z1": -1}, 0, 1)), "v0.4-clients")
    assert (row["time"], row["coefficients"]) == (2, [-0.5, 1])


def test_evolution_that_does_nothing_is_left_out() -> None:
    rows = [pauliexp("0", {"X0": 1}, 0), pauliexp("1", {"": 1}, 0), Op("x", (0,))]
    assert rows_sent(circuit(1, *rows), "v0.4-clients") == [{"gate": "x", "target": 0}]
    (row,) = rows_sent(circuit(1, pauliexp("1", {"": 3, "Z0": 1}, 0)), "v0.4-clients")
    assert (row["terms"], row["coefficients"], row["targets"]) == (["Z"], [1], [0])


@pytest.mark.parametrize("op", [pauliexp("1", {"X0": 1}, 0, steps=2), pauliexp("1", {"X0": 1}, 1, 0, controls=1)])
def test_steps_and_controls_of_pauliexp_have_no_field(op: Op) -> None:
    with pytest.raises(InternalError):
        payload(program(circuit(2, op)), PROFILES["v0.4-clients"])


def test_nop_has_a_time_in_microseconds() -> None:
    op = Op("nop", (), (Angle(0, Fraction(3, 2)),))
    rows = rows_sent(circuit(1, op, Op("gpi", (0,), (turns(0),)), gateset="native"), "v0.4-clients")
    assert rows[0] == {"gate": "nop", "time": 1.5}


def test_gate_object_is_public() -> None:
    assert gate_object(Op("h", (3,))) == {"gate": "h", "target": 3}
