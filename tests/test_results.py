"""Results: bit strings, registers, the service's numbers, JSON and histograms, against answers computed by hand."""

import json
import re

import numpy as np
import pytest

from ionqdsl.diagnostics import ServiceError
from ionqdsl.emit.histogram import can_draw, histogram
from ionqdsl.ir.circuit import Op
from ionqdsl.simulation.results import (
    Probabilities,
    Result,
    from_counts,
    from_probabilities,
    marginal,
    qubit_names,
    spelled,
)
from ionqdsl.simulation.simulate import run
from tests.random_circuits import circuit

REGISTERS = (("hi", (2, 3)), ("lo", (1, None, 0)), ("nothing", (None, None)))
PLAIN = circuit(4, Op("x", (0,)), Op("x", (3,)), name="plain", registers=REGISTERS, wires=(("q", 3), ("flag", None)))


# --- registers -------------------------------------------------------------------------------------------------------


def test_registers_read_their_slots_from_left_to_right():
    """q = 1001: hi reads q[2] and flag, lo reads q[1], a null slot and q[0]."""
    result = run(PLAIN, 10, seed=1)
    assert result.counts == {"1001": 10}
    assert result.registers == {"hi": {"01": 10}, "lo": {"001": 10}, "nothing": {"00": 10}}
    assert result.register_probabilities == {"hi": {"01": 1.0}, "lo": {"001": 1.0}, "nothing": {"00": 1.0}}
    assert result.order == "q[0] q[1] q[2] flag"
    assert result.register_order("lo") == "q[1] _ q[0]"


def test_registers_are_marginals():
    joint = {"000": 1, "001": 2, "010": 4, "011": 8, "100": 16, "101": 32, "110": 64, "111": 128}
    assert marginal(joint, (0,)) == {"0": 15, "1": 240}
    assert marginal(joint, (2, 1)) == {"00": 17, "01": 68, "10": 34, "11": 136}
    assert marginal(joint, (1, 1)) == {"00": 51, "11": 204}
    assert marginal({}, (0,)) == {}


@pytest.mark.parametrize("slots", [(0,), (2, 0), (1, None, 1), (None,), (3, 2, 1, 0)])
def test_marginals_of_vectors_are_those_of_dictionaries(slots):
    """The vector's way is another way. Catches axes summed or ordered wrongly."""
    vector = np.arange(16.0) / 120
    lazy = Probabilities(vector, 4)
    by_hand = marginal({f"{k:04b}": k / 120 for k in range(1, 16)}, slots)
    assert lazy.marginal(slots) == pytest.approx(by_hand)
    assert list(lazy.marginal(slots)) == sorted(by_hand)


def test_registers_show_probabilities_where_nobody_counted():
    ideal = from_probabilities(PLAIN, {"9": 1.0})
    assert ideal.counts == {}
    assert ideal.registers["hi"] == {"01": 1.0}


# --- exact probabilities ---------------------------------------------------------------------------------------------


def test_probabilities_are_a_mapping():
    lazy = Probabilities(np.array([0.25, 1e-17, 0.0, 0.75]), 2)
    assert lazy == {"00": 0.25, "11": 0.75}
    assert list(lazy) == ["00", "11"]
    assert len(lazy) == 2
    assert lazy.get("01", 0) == 0
    assert "10" not in lazy
    for wrong in ("0", "000", "0b", "+1", "", " 1"):
        assert wrong not in lazy
    assert repr(lazy) == "{'00': 0.25, '11': 0.75}"
    assert Probabilities(np.ones(1), 0) == {"": 1.0}


# --- answers of the service ------------------------------------------------------------------------------------------


def test_the_services_least_significant_bit_is_the_first_qubit():
    result = from_probabilities(circuit(3), {"1": 0.25, "4": 0.75})
    assert result.probabilities == {"001": 0.75, "100": 0.25}
    assert list(result.probabilities) == ["001", "100"]
    assert result.is_exact


def test_counts_come_back_where_there_were_shots():
    result = from_probabilities(circuit(2), {"0": 0.503, "1": 0.0, "3": 0.497}, shots=1000)
    assert result.counts == {"00": 503, "11": 497}
    assert not result.is_exact
    rounded = from_probabilities(circuit(2), {"0": 0.333333, "3": 0.666667}, shots=3)
    assert rounded.counts == {"00": 1, "11": 2}


def test_mitigated_probabilities_are_no_counts():
    result = from_probabilities(circuit(2), {"0": 0.5031, "3": 0.4969}, shots=1000)
    assert result.counts == {}
    assert result.probabilities == {"00": 0.5031, "11": 0.4969}


def test_counts_of_shots():
    result = from_counts(circuit(2), {"1": 2, "0": 1, "2": 1})
    assert result.counts == {"00": 1, "01": 1, "10": 2}
    assert result.probabilities == {"00": 0.25, "01": 0.25, "10": 0.5}
    assert result.shots == 4
    assert from_counts(circuit(2), {}).counts == {}


@pytest.mark.parametrize("key", ["4", "-1", "01x", "", " 1", "0x1", "1.0", "٣", "9" * 5000])
def test_outcomes_that_cannot_be(key):
    with pytest.raises(ServiceError) as error:
        from_probabilities(circuit(2), {key: 1.0})
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "QC0656"
    assert len(diagnostic.render()) < 1000


# --- names -----------------------------------------------------------------------------------------------------------


def test_names_of_qubits():
    assert qubit_names(PLAIN) == ("q[0]", "q[1]", "q[2]", "flag")
    assert qubit_names(circuit(2)) == ("q[0]", "q[1]")
    assert qubit_names(circuit(2, wires=(("q", 3),))) == ("q[0]", "q[1]")  # names of another width are no names


def test_long_rows_of_names_are_shortened():
    names = [f"q[{i}]" for i in range(20)]
    assert spelled(tuple(names)) == "q[0]..q[19]"
    assert spelled(tuple(names[:4])) == "q[0] q[1] q[2] q[3]"
    assert spelled((*names[8:15], "_", "a", *names[:2])) == "q[8]..q[14] _ a q[0] q[1]"
    assert spelled((*names[4::-1],)) == "q[4]..q[0]"
    assert spelled((*names[3::-1],)) == "q[3] q[2] q[1] q[0]"
    assert run(circuit(0), 1).order == "no qubits"


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_json_is_plain_and_repeatable():
    bell = circuit(2, Op("h", (0,)), Op("cnot", (0, 1)), name="bell", registers=(("out", (1, None)),))
    first, again = (json.dumps(run(bell, 10, seed=1).to_json()) for _ in range(2))
    assert first == again
    data = json.loads(first)
    counts = data["counts"]
    assert sum(counts.values()) == 10
    assert data == {
        "name": "bell",
        "qubits": 2,
        "order": "q[0] q[1]",
        "bit_order": "q0-left",
        "shots": 10,
        "noise": None,
        "exact": True,
        "counts": counts,
        "probabilities": {"00": 0.5, "11": 0.5},  # not 0.5000000000000001
        "registers": {
            "out": {
                "order": "q[1] _",
                "counts": {"00": counts["00"], "10": counts["11"]},
                "probabilities": {"00": 0.5, "10": 0.5},
            }
        },
    }


# --- histograms ------------------------------------------------------------------------------------------------------


def result(counts, **fields):
    shots = sum(counts.values())
    shares = {bits: count / shots for bits, count in counts.items()}
    return Result("bell", len(next(iter(counts))), shots, counts, shares, **fields)


def test_histogram_in_full():
    assert histogram(result({"00": 750, "01": 3, "11": 250}), width=40).splitlines() == [
        "bell · 1,003 shots",
        "order: q[0] q[1]",
        "",
        "  00   750   74.8%  ████████████████████",
        "  01     3    0.3%  ▏",
        "  11   250   24.9%  ██████▋",
    ]


def test_histogram_without_block_characters():
    text = histogram(result({"00": 750, "01": 3, "11": 250}, noise="aria-1"), width=40, unicode=False)
    assert text.isascii()
    assert text.splitlines() == [
        "bell, 1,003 shots, noise aria-1",
        "order: q[0] q[1]",
        "",
        "  00   750   74.8%  ####################",
        "  01     3    0.3%  #",
        "  11   250   24.9%  #######",
    ]


def test_histogram_keeps_the_most_frequent():
    counts = {f"{k:04b}": 100 - k for k in range(16)}
    lines = histogram(result(counts), rows=3).splitlines()
    assert [line.split()[:2] for line in lines[3:6]] == [["0000", "100"], ["0001", "99"], ["0010", "98"]]
    assert lines[6:] == ["  … 13 more outcomes, 79.9% together"]  # 1183 of 1480
    tied = histogram(result({"00": 5, "01": 9, "10": 5, "11": 5}), rows=3).splitlines()
    assert [line.split()[0] for line in tied[3:]] == ["01", "00", "10", "…"]
    assert tied[-1] == "  … 1 more outcome, 20.8% together"


def test_histogram_of_exact_probabilities():
    ideal = run(circuit(2, Op("h", (0,)), Op("cnot", (0, 1)), name="bell"), 100, seed=1)
    for text in (histogram(ideal, exact=True, width=30), histogram(run(circuit(1, Op("h", (0,))), 0), width=30)):
        assert "exact probabilities" in text
        assert "shots" not in text
        assert text.count("50.00%") == 2
    rare = Probabilities(np.array([1 - 1e-9, 1e-9]), 1)
    assert "<0.01%" in histogram(Result("rare", 1, None, {}, rare, is_exact=True))


def test_histogram_of_registers():
    lines = histogram(run(PLAIN, 10, seed=1), width=30).splitlines()
    assert "hi · order: q[2] flag" in lines
    assert "lo · order: q[1] _ q[0]" in lines
    assert any(line.startswith("  001   10   100.0%  █") for line in lines)


def test_histogram_colours_change_no_text():
    plain, painted = (histogram(run(PLAIN, 10, seed=1), color=color) for color in (False, True))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", painted) == plain
    assert plain != painted


@pytest.mark.parametrize("width", [1, 20, 80, 200])
def test_histogram_fits_the_width(width):
    counts = {"00": 1, "01": 123_456, "11": 7}
    lines = histogram(result(counts), width=width).splitlines()[3:]
    assert max(map(len, lines)) == max(width, len("  01   123,456   99.99%  ") + 4)
    assert all(line == line.rstrip() for line in lines)


def test_histogram_of_nothing():
    assert "nothing was counted" in histogram(from_counts(circuit(2), {}))
    assert histogram(run(circuit(0), 3)).splitlines()[1] == "order: no qubits"


def test_streams_that_cannot_draw():
    assert can_draw("utf-8")
    assert not can_draw("ascii")
    assert not can_draw("latin-1")
    assert not can_draw(None)
    assert not can_draw("no such encoding")
