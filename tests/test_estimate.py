"""Characterizations are read as the service writes them, and estimates agree with those computed by hand.

Would catch a gate counted twice or as another kind, a qubit that idles before it is used, times in the wrong unit, an
impossible value taken for a measurement, and a preference for worse circuits.
"""

from __future__ import annotations

import json
import math
from functools import partial
from typing import Any

import pytest

import ionqdsl as iq
from ionqdsl import passes
from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.ir import characterization
from ionqdsl.ir.angle import Angle, radians, turns
from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import NOISE_MODELS, PUBLISHED, TARGETS
from ionqdsl.passes import Pass, transpile
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of, price_of
from ionqdsl.simulation.estimate import estimate, idle_fidelity, is_native
from tests.random_circuits import circuit

RECORD: dict[str, Any] = {
    "id": "a",
    "backend": "qpu.forte-1",
    "date": "2026-01-02T00:00:00Z",
    "qubits": 36,
    "connectivity": [[0, 1]],
    "fidelity": {
        "1q": {"median": 0.999, "stderr": None},
        "2q": {"median": 0.99, "stderr": 0},
        "spam": {"median": 0.98, "stderr": 0},
    },
    "timing": {"1q": 0.0001, "2q": 0.001, "readout": 0.0002, "reset": 0.00005, "t1": 10, "t2": 0.1},
}

native = partial(circuit, gateset="native")


def read(record: Any) -> Characterization:
    return characterization.parse(json.dumps(record), "file.json")


def faults(record: Any) -> list[tuple[str, str]]:
    with pytest.raises(UsageError) as error:
        characterization.parse(record if isinstance(record, str) else json.dumps(record), "file.json")
    return [(found.code, found.message) for found in error.value.diagnostics]


# -- reading --------------------------------------------------------------------------------------------------------


def test_a_record_of_the_service() -> None:
    found = read(RECORD)
    assert found.backend == "qpu.forte-1"
    assert (found.one_qubit, found.two_qubit, found.spam) == (0.999, 0.99, 0.98)
    assert (found.one_qubit_seconds, found.two_qubit_seconds) == (1e-4, 1e-3)
    assert (found.readout_seconds, found.reset_seconds, found.t1_seconds, found.t2_seconds) == (2e-4, 5e-5, 10, 0.1)
    assert found.source == "file.json, qpu.forte-1, 2026-01-02"
    assert found.missing == ()


def test_of_a_page_the_latest_counts() -> None:
    older = {**RECORD, "date": "2025-12-31", "fidelity": {**RECORD["fidelity"], "1q": {"median": 0.5}}}
    assert read({"characterizations": [older, RECORD, "odd"], "pages": 3}) == read(RECORD)


def test_older_and_shorter_spellings() -> None:
    found = read({"fidelity": {"1q": {"mean": 0.999}, "2q": 0.99, "spam": {"median": None, "mean": 0.97}, "3q": []}})
    assert (found.one_qubit, found.two_qubit, found.spam) == (0.999, 0.99, 0.97)
    assert found.source == "file.json"
    assert found.missing == ("timing.1q", "timing.2q", "timing.readout", "timing.reset", "timing.t1", "timing.t2")


NAN = '{"fidelity": {"1q": NaN}}'


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", "{}", '{"characterizations": null}', "[" * 100_000, NAN])
def test_what_is_no_characterization(text: str) -> None:
    assert [code for code, _ in faults(text)] == ["QC0612"]


def test_what_is_missing_is_named() -> None:
    assert faults({"fidelity": {"spam": {"median": 0.99}}, "timing": {}}) == [
        ("QC0613", "the characterization `file.json` has no `fidelity.1q`"),
        ("QC0613", "the characterization `file.json` has no `fidelity.2q`"),
    ]
    assert [code for code, _ in faults({"timing": RECORD["timing"]})] == ["QC0613"] * 2


@pytest.mark.parametrize(
    ("group", "key", "value", "reason"),
    [
        ("fidelity", "1q", 99.95, "99.95 is more than 1: fidelities are fractions, such as 0.996"),
        ("fidelity", "2q", {"median": 0}, "0 is not above 0"),
        ("fidelity", "spam", -0.1, "-0.1 is not above 0"),
        ("fidelity", "1q", "0.99", "`0.99` is not a number"),
        ("fidelity", "1q", True, "`True` is not a number"),
        ("fidelity", "1q", [0.9], "`[0.9]` is not a number"),
        ("timing", "1q", 0, "0 is not above 0"),
        ("timing", "1q", 135, "135 is more than a second: times are in seconds"),
        ("timing", "t1", 10**400, "1e+09 is more than a year: times are in seconds"),
        ("timing", "t2", 30, "30 s is more than twice T1, 10 s, which no qubit can have"),
    ],
)
def test_what_cannot_be_is_refused_with_its_key(group: str, key: str, value: Any, reason: str) -> None:
    record = {**RECORD, group: {**RECORD[group], key: value}}
    message = f"`{group}.{key}` in the characterization `file.json` has an impossible value: {reason}"
    assert faults(record) == [("QC0614", message)]


def test_published_figures_have_a_source_and_agree_with_each_other() -> None:
    """Forte's benchmark gives the rates from which the service's noise model is made: 3r/4 and 15r/16."""
    assert set(PUBLISHED) <= set(TARGETS)
    assert all(figures.source for figures in PUBLISHED.values())
    model, forte = NOISE_MODELS["forte-1"], PUBLISHED["forte"]
    assert model.one_qubit is not None
    assert model.two_qubit is not None
    assert forte.one_qubit == pytest.approx(1 - 3 / 4 * model.one_qubit)
    assert forte.two_qubit == pytest.approx(1 - 15 / 16 * model.two_qubit)


# -- estimating -----------------------------------------------------------------------------------------------------


def test_a_circuit_by_hand() -> None:
    """Three pulses and a two-qubit gate: 1.3 ms one after another, 1.2 ms at best.

    Qubit 0 begins at once and is busy for 1.2 ms of 1.3; qubit 1 begins after 0.1 ms and is busy for 1.1 of the 1.2
    left. Qubit 2 is never used, but read.
    """
    circuit = native(
        3,
        Op("gpi2", (0,), (turns(0),)),
        Op("gpi", (1,), (turns(0),)),
        Op("barrier", (0, 1)),
        Op("zz_native", (0, 1), (turns("1/8"),)),
        Op("gpi2", (0,), (turns(0),)),
    )
    found = estimate(circuit, read(RECORD))
    assert found.gates == pytest.approx(0.999**3 * 0.99)
    waits = 1 / 2 + math.exp(-1e-4 / 10) / 6 + math.exp(-1e-4 / 0.1) / 3
    assert found.idle == pytest.approx(waits**2, rel=1e-12)
    assert found.readout == pytest.approx(0.98**3)
    assert found.fidelity == pytest.approx(0.999**3 * 0.99 * waits**2 * 0.98**3)
    assert found.seconds == pytest.approx(1.3e-3)
    assert found.critical_seconds == pytest.approx(1.2e-3)
    assert found.shot_seconds == pytest.approx(1.3e-3 + 2.5e-4)
    assert found.left_out == ()
    only = estimate(circuit.replace(registers=(("out", (1, None)),)), read(RECORD))
    assert only.readout == pytest.approx(0.98)


def test_waiting_takes_its_time_on_all_wires() -> None:
    """500 microseconds between two pulses on qubit 0; qubit 1 has not begun, so it does not decay."""
    circuit = native(
        2, Op("gpi2", (0,), (turns(0),)), Op("nop", (), (radians(500),)), Op("gpi2", (0,), (turns("1/2"),)),
        Op("gpi", (1,), (turns(0),)),
    )  # fmt: skip
    found = estimate(circuit, read(RECORD))
    assert found.seconds == pytest.approx(8e-4)
    assert found.critical_seconds == pytest.approx(7e-4)
    assert found.idle == pytest.approx(idle_fidelity(6e-4, read(RECORD)))
    waits = circuit.replace(rows=[Op("nop", (), (Angle.of("t", radians=1),))], origins=[None])
    assert estimate(waits, read(RECORD)).seconds == 0


def test_idling_against_the_channel() -> None:
    """The average over the six Pauli states of amplitude damping and dephasing, which is that over all states."""
    machine = Characterization("", t1_seconds=3.0, t2_seconds=2.0)
    t = 0.7
    decay, coherence = math.exp(-t / 3), math.exp(-t / 2)
    up, down, sideways = 1.0, decay, (1 + coherence) / 2
    assert idle_fidelity(t, machine) == pytest.approx((up + down + 4 * sideways) / 6)
    assert idle_fidelity(0, machine) == 1
    assert idle_fidelity(t, Characterization("")) == 1


def test_without_figures_factors_are_one_and_said() -> None:
    found = estimate(native(1, Op("gpi", (0,), (turns(0),))), Characterization("hearsay", one_qubit=0.9, two_qubit=0.8))
    assert (found.fidelity, found.idle, found.readout) == (0.9, 1, 1)
    assert (found.seconds, found.critical_seconds, found.shot_seconds) == (None, None, None)
    assert "timing.2q" in found.left_out
    assert found.source == "hearsay"
    with pytest.raises(ValueError, match="cnot is not a native gate"):
        estimate(native(2, Op("cnot", (0, 1))), PUBLISHED["aria"])
    assert not is_native(native(2, Op("cnot", (0, 1))))


# -- deciding -------------------------------------------------------------------------------------------------------


def test_prices_put_infidelity_first() -> None:
    pulses = native(2, *[Op("gpi2", (0,), (turns("1/8"),))] * 20)
    pair = native(2, Op("ms", (0, 1), (turns(0), turns(0), turns("1/4"))))
    good, bad = (Characterization("", one_qubit=single, two_qubit=0.99) for single in (0.9999, 0.99))
    assert cost_of(pulses) < cost_of(pair)
    assert price_of(pulses, cost_of(pulses), None) < price_of(pair, cost_of(pair), None)
    assert price_of(pulses, cost_of(pulses), good) < price_of(pair, cost_of(pair), good)
    assert price_of(pulses, cost_of(pulses), bad) > price_of(pair, cost_of(pair), bad)
    assert price_of(pair, cost_of(pair), bad)[0] == pytest.approx(0.01)
    qis = native(2, Op("cnot", (0, 1)), Op("h", (0,)))
    assert price_of(qis, cost_of(qis), bad)[0] == pytest.approx(1 - 0.99 * 0.99 ** cost_of(qis).pulses)


def test_the_runner_keeps_what_is_worth_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passes that do nothing sensible: one two-qubit gate, or forty pulses."""
    pair = [Op("ms", (0, 1), (turns(0), turns(0), turns("1/4")))]
    pulses = [Op("gpi2", (0,), (turns("1/8"),))] * 40

    def entangling(circuit: FlatCircuit, setting: PassContext) -> FlatCircuit:
        return circuit.replace(rows=pair, origins=[None], gateset="native")

    def pulsing(circuit: FlatCircuit, setting: PassContext) -> FlatCircuit:
        return circuit.replace(rows=pulses, origins=[None] * 40, gateset="native")

    monkeypatch.setitem(passes.PIPELINES, ("native", 1), (Pass(entangling, "one", candidate=pulsing),))
    for single, wanted in ((None, 40), (0.9999, 40), (0.99, 1)):
        figures = None if single is None else Characterization("", one_qubit=single, two_qubit=0.99)
        result, _, _ = transpile(native(2), TARGETS["aria"], Options(level=1, characterization=figures))
        assert len(result.rows) == wanted


def test_a_characterization_of_another_machine_is_said() -> None:
    source = FlatCircuit(2, rows=[Op("h", (0,)), Op("cnot", (0, 1))], origins=[None, None])
    _, warnings, _ = transpile(source, TARGETS["forte"], Options(characterization=read(RECORD)))
    assert warnings == []
    _, (warning,), _ = transpile(source, TARGETS["aria"], Options(characterization=read(RECORD)))
    assert warning.code == "QC0615"
    assert warning.message == "the characterization describes `qpu.forte-1`, but the target is `aria`"


def test_from_python(tmp_path: Any) -> None:
    bell = iq.Circuit(2).h(0).cnot(0, 1)
    path = tmp_path / "c.json"
    path.write_text(json.dumps(RECORD))
    plain = iq.compile(bell, target="forte")
    for given in (path, str(path), RECORD, read(RECORD)):
        assert iq.compile(bell, target="forte", characterization=given) == plain
    with pytest.raises(UsageError):
        iq.compile(bell, target="forte", characterization={"fidelity": {"1q": 2}})
    with pytest.raises((UsageError, CompileError)):
        iq.compile(bell, target="forte", characterization=tmp_path / "none.json")


@pytest.mark.parametrize("number", [-(10**400), 10**400])
def test_numbers_that_no_float_holds_are_no_figures(number):
    text = json.dumps({"fidelity": {"spam": {"median": number}}})
    with pytest.raises(UsageError, match="is not above 0" if number < 0 else "is more than 1"):
        characterization.parse(text, "c.json")
