"""Reads the service's answers: the examples of both specifications, and arbitrary JSON.

The examples are written by hand after the published schemas. The fuzz would catch a reader that trusts a field's type:
any JSON gives a record or a ServiceError, never another exception.
"""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.cloud import answers, results, shapes
from ionqdsl.cloud.answers import Money
from ionqdsl.cloud.endpoints import request
from ionqdsl.cloud.submit import Answer
from ionqdsl.diagnostics import ServiceError
from ionqdsl.ir.circuit import FlatCircuit, Op

ASKED = request("whoami")


def read(reader, body):
    return reader(ASKED, Answer(200, {}, body if isinstance(body, bytes) else json.dumps(body).encode()))


def test_the_key():
    assert read(
        answers.whoami, {"key_id": "k1", "key_name": "mine", "project_id": None, "new": [1]}
    ) == answers.KeyInfo("k1", "mine", None)
    with pytest.raises(ServiceError, match="key_id"):
        read(answers.whoami, {"key_name": "mine"})


def test_backends():
    row = {
        "backend": "qpu.forte-1",
        "status": "available",
        "qubits": 36,
        "average_queue_time": 1181215,
        "degraded": True,
        "characterization_id": "c1",
        "supported_native_gates": ["gpi", "gpi2", "zz"],
        "last_updated": "2026-06-16T00:00:00Z",
    }
    forte, other = read(
        answers.backends, [row, {"backend": "qpu.new", "qubits": None, "status": 7}, {"status": "x"}, 4]
    )
    assert (forte.name, forte.status, forte.qubits, forte.queue_seconds) == ("qpu.forte-1", "available", 36, 1181.215)
    assert forte.is_degraded
    assert forte.native_gates == ("gpi", "gpi2", "zz")
    assert (other.name, other.status, other.qubits, other.queue_seconds) == ("qpu.new", "unknown", None, None)
    assert not other.is_degraded


def test_characterizations():
    """The schema says whole seconds; the machines take fractions. Medians may be null."""
    body = {
        "id": "c1",
        "date": "2026-06-16",
        "qubits": 36,
        "connectivity": [[0, 1], [10, 9], [1], "x", [0, -1]],
        "fidelity": {"spam": {"median": 0.9962, "stderr": None}, "1q": {"median": None}, "2q": {"median": 7}},
        "timing": {"t1": 10, "1q": 0.00013, "readout": None},
    }
    found = read(answers.characterization, body)
    assert found.fidelity == {"spam": 0.9962}
    assert found.seconds == {"t1": 10.0, "1q": 0.00013}
    assert found.connectivity == ((0, 1), (10, 9))
    assert read(answers.characterizations, {"characterizations": None}) == []
    assert len(read(answers.characterizations, {"characterizations": [body, 3], "pages": 0})) == 1


def test_sessions():
    body = {
        "id": "s1",
        "created_at": "2026-06-16T00:00:00Z",
        "organization_id": "org",
        "backend": "qpu.forte-1",
        "active": True,
        "status": "started",
        "ended_at": None,
        "settings": {
            "job_count_limit": 10,
            "duration_limit_min": 60,
            "cost_limit": {"unit": "usd", "value": 100},
            "expires_at": "2026-06-17T00:00:00Z",
        },
    }
    found = read(answers.session, body)
    assert (found.jobs, found.minutes, found.cost) == (10, 60, Money(100.0, "usd"))
    assert found.is_active
    assert read(answers.sessions, {"organization_id": "org", "sessions": [body, {}]}) == [found]
    assert read(answers.organization, {"organization_id": "org", "sessions": []}) == "org"


def test_money_in_both_specifications():
    may = {"cost_unit": "usd", "estimated_cost": 24.5, "estimated_execution_time": 96250, "rate_information": {}}
    september = {"estimated_unit": "usd", "estimated_total_cost": 24.5, "current_predicted_queue_time": 397577}
    assert read(answers.estimate, may) == answers.JobEstimate(Money(24.5, "usd"), 96.25, None)
    assert read(answers.estimate, september) == answers.JobEstimate(Money(24.5, "usd"), None, 397.577)
    assert str(Money(1234.5, "usd")) == "1,234.50 usd"
    dry = read(answers.cost, {"dry_run": True, "estimated_cost": {"value": 24.83, "unit": "credit"}})
    assert dry == answers.JobCost(Money(24.83, "credit"), None, True)
    for body in ({}, {"estimated_cost": None}, {"estimated_cost": float("nan")}, {"estimated_cost": True}):
        with pytest.raises(ServiceError, match="no amount"):
            read(answers.estimate, body)


def test_usage():
    body = {
        "job_count": 3,
        "amount_total": 151.5,
        "time_us_total": 2_500_000,
        "usage_data": [
            {
                "from": "2026-07-01",
                "job_count": 2,
                "amount": 100,
                "time_us": 5e5,
                "group_usages": [{"group_name": "chem", "job_count": 2, "amount": 100}, 7],
            }
        ],
    }
    found = read(answers.usage, body)
    assert (found.jobs, found.cost, found.qpu_seconds) == (3, Money(151.5, "USD"), 2.5)
    assert found.periods[0].groups == (("chem", 2, Money(100.0, "USD")),)
    later = read(answers.usage, {**body, "usage_unit": "credit", "amount_totals": []})
    assert later.cost == Money(151.5, "credit")


def test_jobs_and_what_became_of_them():
    page = read(answers.jobs, {"jobs": [{"id": "a", "status": "new word"}, {"status": "ready"}, "b"], "next": "a"})
    assert [job["status"] for job in page.jobs] == ["new word", "ready"]
    assert page.next == "a"
    assert read(answers.done, {"id": "a", "status": "canceled"}) == (("a",), "canceled")
    assert read(answers.done, {"ids": ["a", "b"], "status": "deleted"}) == (("a", "b"), "deleted")
    assert read(answers.done, b"") == ((), None)
    assert read(answers.health, {"status": "pass"})
    assert not read(answers.health, {"status": "fail"})


def test_text_from_outside_does_not_reach_the_terminal_raw():
    found = read(answers.whoami, {"key_id": "k\x1b[31m\r\n1", "key_name": "n" * 5000})
    assert "\x1b" not in found.id
    assert "\n" not in found.id
    assert len(found.name or "") < 300


# -- results -----------------------------------------------------------------------------------------------------

BELL = {0: 0.5, 3: 0.5}


@pytest.mark.parametrize(
    ("name", "body", "table"),
    [
        ("probabilities.json.v1", {"0": 0.5, "1": 0.25, "3": 0.25}, {0: 0.5, 1: 0.25, 3: 0.25}),
        ("probabilities.json.v2", {"probabilities": {"registers": {"output_all": {"11": 0.5, "00": 0.5}}}}, BELL),
        ("histogram.json.v1", {"0": 500, "1": 250, "3": 250}, {0: 500, 1: 250, 3: 250}),
        ("histogram.json.v2", {"histogram": {"registers": {"output_all": {"011": 7}}}}, {3: 7}),
        ("shots.json.v1", ["2", "1", "3", "2"], {2: 2, 1: 1, 3: 1}),
        ("shots.json.v2", {"shots": [{"registers": {"output_all": [1, 0]}}] * 3}, {1: 3}),
    ],
)
def test_every_format(name, body, table):
    """In bit strings the rightmost character is qubit 0, in lists of bits the first: `011` and `[1, 1, 0]` are 3."""
    found = shapes.read(f"ionq.result.{name}", body)
    assert found.joint == table
    assert found.are_counts == ("probabilities" not in name)
    other = name[:-1] + ("2" if name.endswith("1") else "1")
    assert shapes.read(f"ionq.result.{other}", body) == found, "a body in the other version is recognised"


def test_the_three_formats_of_one_run_agree():
    """Three qubits, asymmetric on purpose: q[0] = 1, q[1] = 1, q[2] = 0 three times of four."""
    circuit = FlatCircuit(3, rows=[Op("x", (0,))], origins=[None], registers=(("r", (2, 1, 0)),))
    bodies = {
        "shots.json.v2": {"shots": [{"registers": {"output_all": bits}} for bits in ([1, 1, 0],) * 3 + ([0, 0, 1],)]},
        "shots.json.v1": ["3", "3", "3", "4"],
        "histogram.json.v2": {"histogram": {"registers": {"output_all": {"011": 3, "100": 1}}}},
        "histogram.json.v1": {"3": 3, "4": 1},
    }  # fmt: skip
    for name, body in bodies.items():
        result = results.decoded("j", circuit, {}, shapes.read(f"ionq.result.{name}", body))
        assert result.counts == {"110": 3, "001": 1}, name
        assert result.registers == {"r": {"011": 3, "100": 1}}
        assert result.shots == 4


def test_a_register_of_all_qubits_is_enough():
    """Slot i is bit i of the number: here slot 0 holds qubit 1 and slot 1 qubit 0."""
    circuit = FlatCircuit(2, rows=[], origins=[], registers=(("r", (1, 0)),))
    found = shapes.read("ionq.result.histogram.json.v2", {"histogram": {"registers": {"r": {"01": 5}}}})
    assert results.decoded("j", circuit, {}, found).counts == {"01": 5}
    with pytest.raises(ServiceError, match="all qubits"):
        results.decoded("j", FlatCircuit(2), {}, found)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("probabilities.json.v1", {"0": 1.5, "1": -0.5}, "probability 1.5"),
        ("probabilities.json.v1", {"0": True}, "probability True"),
        ("probabilities.json.v2", {"probabilities": {}}, "no registers"),
        ("histogram.json.v1", {"0": 0.5}, "count 0.5"),
        ("histogram.json.v1", {"0": 0}, "nothing was counted"),
        ("histogram.json.v2", {"histogram": {"registers": {"output_all": {"12": 5}}}}, "`12` is no state"),
        ("shots.json.v1", ["-1"], "no state"),
        ("shots.json.v1", [], "not a list of shots"),
        ("shots.json.v2", {"shots": [{"registers": {"output_all": [2]}}]}, "list of bits"),
        ("made-up.json.v1", {}, "not known"),
    ],
)
def test_results_that_make_no_sense(name, body, said):
    with pytest.raises(shapes.WrongShape, match=said):
        shapes.read(f"ionq.result.{name}", body)


@pytest.mark.parametrize(
    ("name", "body", "tables", "said"),
    [
        ("probabilities.json.v1", {"0": 0.5, "3": 0.4899}, {"output_all": {0: 0.5, 3: 0.4899}}, "add up to 0.9899"),
        ("probabilities.json.v1", {"0": 0.75, "1": "x", "y": 0.25}, {"output_all": {0: 0.75}}, "state 1 has the"),
        ("probabilities.json.v1", {"0": 1.2, "1": 0.25}, {"output_all": {1: 0.25}}, "add up to 0.25"),
        ("histogram.json.v1", {"0": 5, "1": 2.5}, {"output_all": {0: 5}}, "count 2.5"),
        (
            "histogram.json.v2",
            {"histogram": {"registers": {"output_all": {"01": 5}, "c": [], "d": {"2": 1}, "e": {}}}},
            {"output_all": {1: 5}},
            "register `d` is left out",
        ),
    ],
)
def test_what_is_odd_is_shown_as_far_as_it_can_be(name, body, tables, said):
    """And nothing is scaled."""
    found = shapes.read(f"ionq.result.{name}", body)
    assert found.tables == tables
    assert any(said in note for note in found.notes)
    result = results.decoded("j", FlatCircuit(2), {"shots": 1000, "backend": "qpu.x"}, found)
    assert result.notes == found.notes
    assert result.to_json()["notes"] == list(found.notes)
    if not found.are_counts:
        assert dict(result.counts) == {}  # they do not add up to the shots
        assert result.probabilities == {f"{s:02b}"[::-1]: p for s, p in sorted(tables["output_all"].items())}


def test_a_state_that_no_qubits_of_the_circuit_have_is_left_out_and_named():
    found = shapes.read("ionq.result.histogram.json.v1", {"1": 5, "4": 2})
    result = results.decoded("j", FlatCircuit(2), {}, found)
    assert (result.counts, result.notes) == ({"10": 5}, ("state 4 is none of 2 qubits, and left out",))
    guess = results.decoded("j", FlatCircuit(2), {}, found, is_guess=True)
    assert (guess.counts, guess.notes) == ({"001": 2, "100": 5}, ())


def test_many_circuits_in_one_answer():
    assert shapes.aggregate({"a": {"2": 1}, "b": {"0": 0.5, "1": 0.5}}) == {"a": {2: 1}, "b": {0: 0.5, 1: 0.5}}


ARTIFACT = {"id": "3fa85f64", "format": "ionq.result.histogram.json.v2", "media_type": "application/json"}
LISTED = {ARTIFACT["format"]: ARTIFACT}
PLAIN = "/jobs/j/results/probabilities"


@pytest.mark.parametrize(
    ("details", "aggregation", "paths"),
    [
        ({"backend": "simulator", "results": LISTED}, None, [PLAIN]),
        ({"backend": "qpu.forte-1", "results": None}, None, [PLAIN]),
        ({"backend": "qpu.forte-1", "results": LISTED}, None, [PLAIN, "/jobs/j/artifacts/3fa85f64"]),
        ({"backend": "qpu.forte-1", "results": {"shots": {"url": "/v0.4/x"}, "histogram": {"url": "y"}}}, None,
         ["/jobs/j/results/histogram", "/jobs/j/results/shots", PLAIN]),
        ({"backend": "qpu.forte-1"}, "voting", [PLAIN + "?sharpen=true"]),
        ({"backend": "qpu.forte-1"}, "average", [PLAIN + "?sharpen=false"]),
        ({"backend": "qpu.forte-1"}, "dnl", [PLAIN + "?aggregation=dnl"]),
        ({"output": {"error_mitigation": {"aggregations": {"voting": ARTIFACT}}}}, "voting",
         ["/jobs/j/artifacts/3fa85f64", PLAIN + "?sharpen=true"]),
    ],
)  # fmt: skip
def test_where_results_are(details, aggregation, paths):
    """Counts before probabilities where the machine counted, but bit strings without a documented order last.

    Addresses the service writes are never followed.
    """
    assert [place.request.path for place in results.places("j", details, aggregation)] == paths


def test_variants_of_both_specifications():
    row = {"variant_id": "v1", "qubit_map": [4, 12.0], "shots": 120}
    may = results.variants("j", {"output": {"error_mitigation": {"debiasing": {"variants": [row, 7, {}]}}}})
    assert [(found.id, found.shots, found.qubit_map) for found in may] == [("v1", 120, (4, 12))]
    assert may[0].places[0].request.path == "/jobs/j/variants/v1/results/histogram"
    row["results"] = LISTED
    (september,) = results.variants("j", {"output": {"error_mitigation": {"debiasing": {"variants": [row]}}}})
    assert [place.request.path for place in september.places] == ["/jobs/j/artifacts/3fa85f64"]


def test_where_the_compiled_circuit_is():
    listed = {"output": {"compilation": {"compiled_circuits": {"ionq.native.v1": {"id": "n1"}}}}}
    assert [asked.path for asked in results.compiled("j", listed)] == [
        "/jobs/j/artifacts/n1",
        "/jobs/j/circuits/native",
    ]
    assert [asked.path for asked in results.compiled("j", {})] == ["/jobs/j/circuits/native"]


def test_numbers_that_are_none_count_as_nothing():
    """NaN is no JSON, and 1e999 no float: neither may break output as JSON."""
    body = b'{"a": NaN, "b": [Infinity, 1e999, -1e999, 1e308, 0.5], "c": 1' + b"0" * 400 + b".5}"
    assert Answer(200, {}, body).json == {"a": None, "b": [None, None, None, 1e308, 0.5], "c": None}


def test_text_that_is_none_can_be_sent_and_kept():
    """Half of a surrogate pair has no bytes in UTF-8, so a clone of such a job could not be sent; a pair is one."""
    assert Answer(200, {}, rb'{"\uD800a": ["\udfff", "\ud83d\ude00", "\\ud"]}').json == {
        "?a": ["?", "\U0001f600", "\\ud"]
    }


def test_an_id_that_is_no_text_is_asked_for_all_the_same():
    """A terminal gives bytes that are no UTF-8 as halves of surrogate pairs; the service says it has no such job."""
    assert request("job", "j\udcff").path == "/jobs/j%ED%B3%BF"
    assert request("backend", "\udcff").path == "/backends/%ED%B3%BF"


# -- anything ----------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        """
    id status backend jobs next results output stats settings fidelity timing connectivity median key_id sessions
    organization_id estimated_cost estimated_total_cost cost value unit usage_data group_usages from registers
    shots probabilities histogram output_all error_mitigation debiasing variants variant_id aggregations voting
    qubit_map compilation compiled_circuits noise model child_job_ids name qubits variance energy url format 0 1
    00 11 ionq.result.histogram.json.v2 cost_limit job_count_limit average_queue_time 1q
""",
    )
)
LEAVES = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=8) | WORDS
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)
READERS = (
    answers.whoami, answers.backends, answers.backend, answers.characterization, answers.characterizations,
    answers.session, answers.sessions, answers.organization, answers.cost, answers.estimate, answers.usage,
    answers.jobs, answers.job, answers.done, answers.health,
)  # fmt: skip


def code_of(function, *values):
    """The code of the ServiceError a call ends with, None where it gives something."""
    try:
        function(*values)
    except ServiceError as error:
        return error.diagnostics[0].code
    return None


@settings(max_examples=400)
@given(ANYTHING)
def test_any_json_is_a_record_or_an_error_with_a_code(body):
    for reader in READERS:
        assert code_of(read, reader, body) in (None, "QC0844")


@settings(max_examples=400)
@given(ANYTHING, ANYTHING)
def test_any_json_about_results_is_a_result_or_an_error_with_a_code(body, other):
    circuit = FlatCircuit(2, rows=[], origins=[], registers=(("r", (1, 0)), ("s", (None, 1))))
    details = body if isinstance(body, dict) else {"results": body, "output": other, "backend": "qpu.x"}
    shown = Answer(200, {}, json.dumps(other).encode())

    def result(place):
        return results.decoded("j", circuit, details, results.outcomes("j", place, shown))

    for aggregation in (None, "voting", "dnl"):
        for place in results.places("j", details, aggregation):
            assert code_of(result, place) in (None, "QC0864", "QC0656")
    for reader in (results.variants, results.compiled):
        assert isinstance(reader("j", details), list)
    assert results.assumed(details, "j").width < 1000
    ids = results.children(details)
    assert len(results.matched([circuit], [(job_id, details) for job_id in ids])) == 1
    assert isinstance(results.energy(details, None), results.EnergyResult | None)
    assert isinstance(results.raw(details), results.RawResult | None)
    assert isinstance(results.unknown_artifacts("j", details), list)


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_too(body):
    for reader in READERS:
        assert code_of(read, reader, body) in (None, "QC0844")
