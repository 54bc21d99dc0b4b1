"""Mean values of operators from outcomes, and results as tables, against matrices, repeated sampling and hand counting.

The diagonal is worked out here with Kronecker products, which know nothing of bit masks. Would catch a reversed bit
order, a term applied to the wrong qubit, and an error bar that is not the scatter of repeated runs.
"""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest
from commands import command, folder  # noqa: F401 - a fixture for every test
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.diagnostics import UsageError
from ionqdsl.emit import outcomes
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.simulation.results import Probabilities, Result, from_counts
from ionqdsl.simulation.simulate import run

COUNTS = {"000": 50, "011": 25, "101": 15, "110": 10}


def result(counts, **fields):
    shots = sum(counts.values())
    shares = {bits: count / shots for bits, count in counts.items()}
    return Result("main", len(next(iter(counts))), shots, counts, shares, **fields)


def diagonal(terms, qubits):
    """The operator's diagonal, q[0] the first factor."""
    total = np.zeros(2**qubits)
    for letters, factor in terms.items():
        product = np.ones(1)
        for letter in letters:
            product = np.kron(product, [1, -1] if letter == "Z" else [1, 1])
        total += factor * product
    return total


def test_by_hand():
    """Z[0]: 75 shots have q[0] = 0, 25 have 1, so 0.5; Z[1]*Z[2]: 75 equal, 25 different, 0.5 as well."""
    found = result(COUNTS)
    assert found.expectation("Z[0]").value == pytest.approx(0.5)
    assert found.expectation("IZZ").value == pytest.approx(0.5)
    assert found.expectation("Z[0]").error == pytest.approx(math.sqrt((1 - 0.25) / 99))
    both = found.expectation("2*Z[0] - IZZ + 3")
    assert both.value == pytest.approx(3.5)
    # values 3+2-1=4 (50), 3+2-1=4 (25), 3-2+1=2 (15 and 10): mean 3.5, mean square 13, variance 0.75
    assert both.error == pytest.approx(math.sqrt(0.75 / 99))
    assert str(found.expectation("ZII")) == "0.5 ± 0.087"


FACTORS = st.integers(-8, 8).map(lambda number: number / 4)
TERMS = st.dictionaries(st.text("IZ", min_size=4, max_size=4), FACTORS, min_size=1, max_size=5)
SEEN = st.dictionaries(st.text("01", min_size=4, max_size=4), st.integers(1, 50), min_size=1, max_size=9)


@given(TERMS, SEEN)
def test_means_are_those_of_the_matrix(terms, seen):
    shots = sum(seen.values())
    values = np.repeat(diagonal(terms, 4)[[int(bits, 2) for bits in seen]], list(seen.values()))
    found = result(seen).expectation(terms)
    assert found.value == pytest.approx(values.mean(), abs=1e-12)
    if shots > 1:
        assert found.error == pytest.approx(values.std(ddof=1) / math.sqrt(shots), abs=1e-12)
    else:
        assert found.error is None
    text = " + ".join(f"{factor}*{letters}" for letters, factor in terms.items())
    assert result(seen).expectation(text).value == pytest.approx(found.value, abs=1e-12)
    assert result(seen).ordered("q0-right").expectation(terms) == found, "how bits are shown changes no mean"


def test_exact_outcomes_have_no_error():
    vector = np.arange(8.0) / 28
    found = Result("main", 3, None, {}, Probabilities(vector, 3), is_exact=True).expectation({"ZIZ": 1, "IZI": 0.5})
    assert found.value == pytest.approx(float(vector @ diagonal({"ZIZ": 1, "IZI": 0.5}, 3)))
    assert found.error == 0


def test_the_error_is_the_scatter_of_repeated_runs():
    """2,000 runs of 50 shots: the mean of the squared errors is the variance of the means, within some per cent."""
    generator = np.random.default_rng(7)
    terms = {"ZI": 1.0, "ZZ": 0.5}
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    means, errors = [], []
    for _ in range(2000):
        drawn = generator.multinomial(50, shares)
        counts = {f"{state:02b}": int(count) for state, count in enumerate(drawn) if count}
        found = result(counts).expectation(terms)
        means.append(found.value)
        errors.append(found.error)
    assert np.mean(means) == pytest.approx(shares @ diagonal(terms, 2), abs=0.01)
    assert np.mean(np.square(errors)) == pytest.approx(np.var(means), rel=0.1)


def test_an_operator_may_be_given_ready_made():
    operator = Operator((((("Z", 0), ("Z", 2)), 2), ((), 1)))
    assert result(COUNTS).expectation(operator).value == pytest.approx(
        sum(n * (1 + 2 * (1 - 2 * ((b[0] == "1") ^ (b[2] == "1")))) for b, n in COUNTS.items()) / 100
    )


@pytest.mark.parametrize(
    ("operator", "code", "said"),
    [
        ("X[0]*Z[1]", "QC0951", r"X\[0\]"),
        ("YZZ", "QC0951", r"Y\[0\]"),
        ("ZZ", "QC0950", "length 2"),
        ("Z[3]", "QC0950", "qubit 3"),
        ("Z[0]; Z[1]", "QC01", ""),
        ("Z[0] *", "QC01", ""),
        ("theta*Z[0]", "QC02", ""),
        ("[1]", "QC03", ""),
        ({"ZQ": 1}, "QC", ""),
        ({"": 1}, "QC", ""),
    ],
)
def test_what_cannot_be_asked(operator, code, said):
    with pytest.raises(UsageError, match=f"{code}.*{said}"):
        result(COUNTS).expectation(operator)


# -- order and tables --------------------------------------------------------------------------------------------

REGISTERS = (("lo", (1, 2)), ("odd", (2, None, 0)))


def test_the_other_order_reads_everything_from_the_right():
    found = result(COUNTS, slots=REGISTERS)
    other = found.ordered("q0-right")
    assert other.counts == {"000": 50, "110": 25, "101": 15, "011": 10}
    assert (found.order, other.order) == ("q[0] q[1] q[2]", "q[2] q[1] q[0]")
    assert (other.register_order("lo"), other.register_order("odd")) == ("q[2] q[1]", "q[0] _ q[2]")
    for name, table in found.registers.items():
        assert other.registers[name] == {bits[::-1]: count for bits, count in table.items()}
    assert other.ordered("q0-left") == found
    assert other.to_json()["order"] == "q[2] q[1] q[0]"


def test_the_other_order_of_a_simulation():
    """The vector's way and the dictionary's agree."""
    circuit = FlatCircuit(3, registers=REGISTERS)
    vector = np.arange(8.0) / 28
    lazy = Result("main", 3, None, {}, Probabilities(vector, 3), circuit.registers, is_exact=True).ordered("q0-right")
    shares = {f"{k:03b}": k / 28 for k in range(1, 8)}
    plain = Result("main", 3, None, {}, shares, circuit.registers, is_exact=True).ordered("q0-right")
    assert dict(lazy.probabilities) == pytest.approx(plain.probabilities)
    for name in ("lo", "odd"):
        assert lazy.register_probabilities[name] == pytest.approx(plain.register_probabilities[name])


def test_tables_hold_every_outcome_once():
    found = result(COUNTS, slots=(("lo", (1, 2)),))
    rows = list(csv.DictReader(io.StringIO(outcomes.comma_separated([found]))))
    assert {row["outcome"]: int(row["count"]) for row in rows if not row["register"]} == COUNTS
    assert {row["outcome"]: int(row["count"]) for row in rows if row["register"] == "lo"} == {
        "00": 50, "11": 25, "01": 15, "10": 10
    }  # fmt: skip
    assert {row["order"] for row in rows} == {"q[0] q[1] q[2]", "q[1] q[2]"}
    assert [line.split() for line in outcomes.table([found]).splitlines()][1][-3:] == ["000", "50", "0.5"]
    assert json.loads(outcomes.json_text([found]))[0]["counts"] == COUNTS


def test_names_with_commas_stay_one_cell():
    found = from_counts(FlatCircuit(1, 'a,"b"'), {0: 3})
    (row,) = csv.DictReader(io.StringIO(outcomes.comma_separated([found])))
    assert (row["circuit"], row["outcome"], row["count"]) == ('a,"b"', "0", "3")


def test_means_on_the_command_line():
    done = command("run", "bell.qc", "--seed", "1", "--expect", "Z[0]*Z[1]", "--expect", "ZI", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["operator"], row["circuit"]) for row in rows] == [("Z[0]*Z[1]", "bell"), ("ZI", "bell")]
    assert rows[0]["value"] == "1"
    assert 0.05 < float(rows[1]["error"]) < 0.15  # 1/sqrt(99)
    done = command("run", "bell.qc", "--expect", "XX")
    assert (done.returncode, done.stderr[:13]) == (2, "error[QC0951]")
    done = command("run", "bell.qc", "--order", "q0-right", "--json", "--expect", "ZZ")
    (found,) = json.loads(done.stdout)["results"]
    assert found["order"] == "q[1] q[0]"
    assert found["expectations"] == [{"operator": "ZZ", "value": 1, "error": 0}]


def test_the_counts_of_a_simulation_go_before_its_probabilities():
    """Ten shots scatter, though the local machine also knows the distribution; without shots nothing does."""
    coin = FlatCircuit(1, rows=[Op("h", (0,))], origins=[None])
    drawn, exact = run(coin, 10, seed=3), run(coin, 0)
    assert drawn.expectation("Z").value == pytest.approx((drawn.counts["0"] - drawn.counts["1"]) / 10)
    assert drawn.expectation("Z").error > 0.2
    assert exact.expectation("Z").value == pytest.approx(0)
    assert exact.expectation("Z").error == 0
