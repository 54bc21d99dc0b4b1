"""The results of several circuits as one object: positions, names, tables, pictures, and printed text.

Would catch a row of a table that belongs to another circuit, a point of a sweep next to the wrong counts, values that
are lost on the way through the service, markup in a name that acts in a notebook, and pages of output.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import ionqdsl as iq
from ionqdsl.simulation.results import Result

BELL = iq.Circuit(2, "bell").h(0).cnot(0, 1)
FLIP = iq.Circuit(1, "flip").x(0)


def swept(values: Any, **keywords: Any) -> iq.Results[iq.Result]:
    return iq.run(iq.Circuit(1, "turn").ry(iq.param("t"), 0).sweep(t=values), **keywords)


def test_positions_names_and_slices() -> None:
    results = iq.run([BELL, FLIP, FLIP], shots=50, seed=1)
    assert results.names == ("bell", "flip", "flip 2")
    assert results["flip 2"] is results[2] is results[-1] is results[np.int64(2)]
    assert [result.name for result in results[1:]] == ["flip", "flip 2"]
    assert isinstance(results[1:], iq.Results)
    assert results == list(results)
    assert results != [*results, results[0]]
    with pytest.raises(IndexError):
        results[3]
    for name, said in (("flop", "did you mean `flip`?"), ("xyz", "choose one of `bell`, `flip`, `flip 2`")):
        with pytest.raises(iq.UsageError) as caught:
            results[name]
        assert caught.value.diagnostics[0].helps == [said]
    with pytest.raises(iq.IonqdslError, match="position"):
        results[1.5]  # type: ignore[call-overload]


def test_the_only_result_may_be_read_directly_and_none_of_several() -> None:
    alone = iq.run([BELL], exact=True)
    assert alone.probabilities == pytest.approx({"00": 0.5, "11": 0.5})
    assert alone.expectation("ZZ").value == pytest.approx(1)
    assert (alone.counts, alone.registers) == ({}, {})
    several = iq.run([BELL, FLIP], exact=True)
    for name in ("counts", "probabilities", "registers"):
        with pytest.raises(iq.UsageError, match=r"results of 2 circuits.*\n.*results\[0\]\." + name):
            getattr(several, name)
    with pytest.raises(iq.UsageError, match="QC0876"):
        several.expectation("Z")


def test_slices_keep_their_points() -> None:
    results = swept([0.0, 1.0, 2.0], exact=True)
    assert results.points == ({"t": 0.0}, {"t": 1.0}, {"t": 2.0})
    assert results[1:].points == ({"t": 1.0}, {"t": 2.0})
    assert [result.probabilities.get("1", 0.0) for result in results] == pytest.approx(
        [np.sin(point["t"] / 2) ** 2 for point in results.points]
    )


def test_what_is_printed_is_short() -> None:
    results = swept(np.linspace(0, 3, 1000), exact=True)
    assert repr(results) == (
        "<1,000 results: turn t=0.0, turn t=0.003003003003003003, turn t=0.006006006006006006, "
        "turn t=0.009009009009009009, ...>"
    )
    wide = iq.run(iq.Circuit(17).h(range(17)), exact=True)
    assert repr(wide) == "<result 'main': probabilities, 131,072 outcomes>"
    assert repr(iq.run(iq.Circuit(1, "a\x1b[2Jb").x(0), shots=3)) == "<result 'a\\x1b[2Jb': 3 shots, 1: 3>"
    assert "\x1b" not in repr(iq.run([iq.Circuit(1, "a\x1b[2Jb").x(0)], shots=3))
    assert repr(iq.run(iq.Circuit(3).h(range(3)), exact=True)).endswith(
        "000: 0.125, 001: 0.125, 010: 0.125, 011: 0.125, ...>"
    )


def test_a_notebook_shows_a_table() -> None:
    html = swept(np.linspace(0, 3, 30), shots=100, seed=2)._repr_html_()
    assert html.count("<tr>") == 21
    assert "<th>circuit</th><th>t</th><th>shots</th><th>outcomes</th>" in html
    assert "<td>100</td>" in html
    assert "and 10 more" in html
    marked = iq.run([iq.Circuit(1, "<script>x</script>").x(0)], exact=True)._repr_html_()
    assert "<script>" not in marked
    assert "&lt;script&gt;" in marked


def test_a_table_of_pandas() -> None:
    pytest.importorskip("pandas")
    program = iq.program("circuit two { qubit q[2]; x q[1]; register out = q[1] } circuit one { qubit q; h q }")
    table = iq.run(program, shots=100, seed=3).to_pandas()
    assert list(table.columns) == ["circuit", "register", "order", "outcome", "count", "probability"]
    assert table.values.tolist()[:2] == [
        ["two", "", "q[0] q[1]", "01", 100, 1.0],
        ["two", "out", "q[1]", "1", 100, 1.0],
    ]
    assert table[table.circuit == "one"]["count"].sum() == 100
    exact = swept([0.5, 1.5], exact=True).to_pandas()
    assert exact["count"].isna().all()
    ones = exact[exact.outcome == "1"]
    assert ones.probability.tolist() == pytest.approx((np.sin(ones.t / 2) ** 2).tolist())


def test_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(iq.UsageError, match=r"pip install 'ionqdsl\[pandas\]'"):
        iq.run([BELL], exact=True).to_pandas()


def test_curves_and_bars() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    axes = swept([2.0, 0.0, 1.0], exact=True).plot()
    assert axes.get_xlabel() == "t"
    curves = dict(zip([text.get_text() for text in axes.get_legend().get_texts()], axes.lines, strict=False))
    assert curves["1"].get_xdata().tolist() == [0.0, 1.0, 2.0]
    assert curves["1"].get_ydata().tolist() == pytest.approx([np.sin(value / 2) ** 2 for value in (0.0, 1.0, 2.0)])
    counted = iq.plot(swept([0.5], shots=400, seed=1))
    (low, high) = counted.collections[0].get_segments()[0][:, 1]
    share = swept([0.5], shots=400, seed=1)[0].counts.get("0", 0) / 400
    assert (high - low) / 2 == pytest.approx((share * (1 - share) / 400) ** 0.5)
    bars = iq.run([BELL, BELL], exact=True).plot()
    assert [patch.get_height() for patch in bars.patches] == pytest.approx([0.5] * 4)
    assert [text.get_text() for text in bars.get_legend().get_texts()] == ["bell", "bell 2"]
    many = iq.run([FLIP] * 9, exact=True).plot()
    assert many.get_xlabel() == "number of the circuit"
    with pytest.raises(iq.CompileError, match="QC1181"):
        iq.Results[Any]([]).plot()


def test_results_of_the_service_keep_names_and_points() -> None:
    pytest.importorskip("jsonschema_rs")
    from ionqdsl import emulator

    with emulator.start(queue=0, run=0) as service, pytest.MonkeyPatch.context() as patch:
        for name, value in service.environment.items():
            patch.setenv(name, value)
        native = iq.compile(iq.Circuit(1, "turn").ry(iq.param("t"), 0), "forte")
        with iq.Client() as client:
            job = client.submit([FLIP, native.sweep(t=[0.0, 1.0])], "simulator", np.int64(100))
            results = job.wait().results()
            again = client.job(job.id).results()  # from the ledger
        assert len(service.requests("POST", "/jobs")) == 1
        direct = iq.run([FLIP, native.sweep(t=[0.0, 1.0])], backend="simulator")
    assert results.names == again.names == ("flip", "turn t=0.0", "turn t=1.0")
    assert results.points == again.points == direct.points == ({}, {"t": 0.0}, {"t": 1.0})
    assert all(isinstance(result, Result) for result in results)
    assert [result.probabilities.get("1", 0.0) for result in direct] == pytest.approx([1, 0, np.sin(0.5) ** 2])
