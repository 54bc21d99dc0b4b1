"""Results of jobs that measure in the middle, and such jobs from the program to the emulator and back."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from dynamic_programs import far
from dynamic_programs import registers as joint_of_registers
from dynamic_programs import text as random_text
from job_service import JobService
from service import Reply

from ionqdsl import formats
from ionqdsl.cli import main
from ionqdsl.cloud import registers, results, shapes, submit
from ionqdsl.diagnostics import CompileError, ServiceError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import dynamic, outcomes, payload
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.pipeline import load, transpile
from tests.test_dynamic_jobs import NOISY, REUSE, circuit

# --- results ---------------------------------------------------------------------------------------------------------

SHOTS = {
    "shots": [
        {"registers": {"first": [0], "last": [1.0], "output_all": [1, 0]}},
        {"registers": {"first": [1], "last": [0], "output_all": [0, 1]}, "leakage_bits": [0, 0]},
        {"registers": {"first": [1], "last": [0], "output_all": [0, 1]}},
        {"registers": {"first": [1], "last": [1], "output_all": [1, 1]}, "leakage_bits": [0, 1]},
    ]
}
DETAILS = {"type": "ionq.qasm3.v1", "backend": "simulator", "noise": {"model": "aria-1"}, "shots": 3}
V2 = "ionq.result.shots.json.v2"


def answered(body, source=None, details=DETAILS):
    source = circuit(REUSE) if source is None else source
    return results.decoded("j", source, details, shapes.read(V2, body), is_guess=source.width == 0)


def test_registers_come_back_by_name_and_together():
    found = answered(SHOTS)
    assert found.by_shot == ("100", "011", "011")  # a, b, first
    assert found.names == ("a", "b", "first[0]")
    assert found.registers == {"first": {"0": 1, "1": 2}, "last": {"0": 2, "1": 1}}
    assert (found.shots, found.leaked, found.missing) == (3, 1, ())
    assert found.register_by_shot("first") == found.ordered("q0-right").register_by_shot("first") == ("0", "1", "1")
    assert outcomes.shot_by_shot([found]).splitlines() == ["# main: first last", "0 1", "1 0", "1 0"]
    assert found.to_json()["leaked"] == 1
    assert any("leaked" in note for note in found.notes)


def test_a_register_that_is_missing_is_never_zeros():
    without = {"shots": [{"registers": {"last": [1], "output_all": [1, 0]}}] * 3}
    found = answered(without)
    assert found.missing == ("first",)
    assert list(found.registers) == ["last"]
    assert dict(found.counts) == {"10": 3}
    assert found.to_json()["missing"] == ["first"]
    only = {"shots": [{"registers": {"first": [1]}}] * 3}  # no final readout at all
    assert dict(answered(only).counts) == {"1": 3}
    assert answered(only).names == ("first[0]",)
    some = {"shots": [{"registers": {"first": [1], "output_all": [1, 0]}}, {"registers": {"output_all": [0, 0]}}]}
    assert answered(some).missing == ("first", "last")


def test_the_ideal_simulator_gives_the_final_outcomes_alone():
    ideal = {**DETAILS, "noise": {"model": "ideal"}}
    (place,) = results.places("j", ideal)
    found = results.decoded("j", circuit(REUSE), ideal, shapes.read(place.format, {"1": 0.5, "2": 0.5}))
    assert dict(found.probabilities) == {"01": 0.5, "10": 0.5}
    assert found.missing == ("first",)
    assert found.registers == {"last": {"0": 0.5, "1": 0.5}}


def test_names_come_back_from_the_metadata_and_by_number():
    source = circuit("qubit q\nh q\nregister s = measure q\nh q\n")
    rows = {"shots": [{"registers": {"s_": [1], "output_all": [0]}}] * 3}
    assert answered(rows, source).registers == {"s": {"1": 3}}
    noted = {**DETAILS, "metadata": {"ionqdsl-registers": dynamic.name_map(source)}}
    assert answered(rows, FlatCircuit(0, "elsewhere"), noted).registers == {"s": {"1": 3}}
    assert answered(rows, FlatCircuit(0, "elsewhere")).registers == {"s_": {"1": 3}}
    numbered = {"shots": [{"registers": {"c0": [1], "c1": [0], "output_all": [0, 0]}}] * 3}
    found = answered(numbered)
    assert found.registers == {"first": {"1": 3}, "last": {"0": 3}}
    assert "c0, c1" in found.notes[0]
    wrong = {"shots": [{"registers": {"c0": [1, 0], "c1": [0], "output_all": [0, 0]}}] * 3}
    assert answered(wrong).missing == ("first", "last")


@pytest.mark.parametrize(
    "body",
    [
        {"shots": [{"registers": {"first": [0]}, "leakage_bits": "x"}]},
        {"shots": [{"registers": {"first": [None]}}]},
        {"shots": [{"registers": {"first": [0]}, "leakage_bits": [1]}]},
        {"shots": [{"registers": []}]},
        {"shots": None},
    ],
)
def test_odd_answers_are_no_results(body):
    with pytest.raises(shapes.WrongShape):
        shapes.read(V2, body)


@pytest.mark.parametrize("seed", range(150))
def test_any_answer_is_a_result_or_an_error(seed):
    """Answers and metadata with values replaced at random places: a result, or the error that names the fault."""
    draw = random.Random(seed)
    odd = [None, True, -1, 2, 1.0, "", "x", [], [1, 0], [[]], {}, {"a": 1}, 10**30]

    def spoiled(value, chance):
        if draw.random() < chance:
            return draw.choice(odd)
        if isinstance(value, dict):
            return {draw.choice([key, key, key, "c0"]): spoiled(inner, chance) for key, inner in value.items()}
        return [spoiled(inner, chance) for inner in value] if isinstance(value, list) else value

    names = {"first": ["first", [0]], "last": ["last", [0]]}
    details = {**DETAILS, "metadata": {dynamic.NAMES_KEY: json.dumps(spoiled(names, 0.2))}, "shots": draw.choice(odd)}
    for source in (circuit(REUSE), FlatCircuit(0, "elsewhere")):
        try:
            found = answered(spoiled(SHOTS, draw.choice([0.02, 0.1])), source, details)
        except (shapes.WrongShape, ServiceError):
            continue
        assert found.to_json()["shots"] == sum(found.counts.values()) == len(found.by_shot)
        assert set(found.registers).isdisjoint(found.missing)


def test_ordinary_jobs_have_shots_too():
    details = {"backend": "qpu.forte-1", "results": {name: {"id": name} for name in shapes.FORMATS}}
    assert results.places("j", details, by_shot=True)[0].format == V2
    assert "histogram" in results.places("j", details)[0].format
    body = {"shots": [{"registers": {"output_all": bits}} for bits in ([1, 0], [0, 0], [1, 0])]}
    found = results.decoded("j", FlatCircuit(2), details, shapes.read(V2, body))
    assert found.by_shot == ("10", "00", "10")
    counted = results.decoded("j", FlatCircuit(2), details, shapes.read("ionq.result.histogram.json.v1", {"1": 3}))
    with pytest.raises(UsageError, match="shot by shot"):
        outcomes.shot_by_shot([counted])


# --- the whole way ---------------------------------------------------------------------------------------------------


def test_one_submission_of_both_kinds(monkeypatch, tmp_path, capsys):
    """One note, two requests, one name, and the results in the program's order."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.01)
    text = "circuit loop { qubit a, b; h a; register first = measure a; reset a; register last = a }\n"
    text += "circuit bell { qubit q[2]; h q[0]; register m = measure q }\nrun loop, bell\n"
    Path("mixed.qc").write_text(NOISY + text)
    with Artifacts() as service:
        monkeypatch.setenv("IONQ_API_KEY", "k3y-that-nobody-may-see")
        monkeypatch.setenv("IONQ_API_URL", service.url)
        assert main(["submit", "mixed.qc", "--wire", "v0.4-2026-10"]) == 0
        assert "note[QC0797]" in capsys.readouterr().err
        assert [post.json["type"] for post in service.asked("POST")] == ["ionq.multi-circuit.v1", "ionq.qasm3.v1"]
        service.jobs[1].extra = {"noise": {"model": "aria-1"}, "results": {V2: {"id": "art", "format": V2}}}
        tag = service.asked("POST")[0].json["metadata"]["ionqdsl"].rsplit("-", 1)[0]
        assert main(["jobs", "results", tag, "--format", "json"]) == 0
        loop, bell = json.loads(capsys.readouterr().out)
        assert (loop["name"], bell["name"]) == ("loop", "bell")
        assert loop["registers"]["first"]["counts"] == {"0": 1, "1": 2}
        assert bell["registers"]["m"]["probabilities"] == {"00": 0.5, "11": 0.5}
        assert main(["jobs", "results", service.jobs[1].id, "--format", "shots"]) == 0
        assert capsys.readouterr().out.splitlines() == ["# loop: first last", "0 1", "1 0", "1 0"]


class Artifacts(JobService):
    """A service whose only artifact is SHOTS."""

    def _reply_to(self, seen):
        return Reply(200, SHOTS) if "/artifacts/" in seen.path else super()._reply_to(seen)


def test_registers_are_the_only_type_name():
    assert registers.TYPE == payload.QASM3
    assert dynamic.NAMES_KEY.isascii()


@pytest.mark.parametrize("seed", range(6))
def test_a_job_in_openqasm_is_read_back(seed):
    """The request body of a dynamic circuit is a program again, with the same joint distribution and settings."""
    source = load(Source(NOISY + random_text(seed, has_blocks=False)))[0]
    compiled = transpile(source, Options())[0]
    body = payload.payload(compiled)
    if body["type"] != "ionq.qasm3.v1":
        return
    back, _ = formats.loaded(Source(json.dumps(body), "job.json"))
    assert back.job.get("noise.model") == source.job.get("noise.model")
    lengths = [[len(slots) for _, slots in each.runs[0].registers] for each in (source, back)]
    if lengths[0] == lengths[1]:
        assert far(joint_of_registers(source.runs[0]), joint_of_registers(back.runs[0])) < 1e-9
    assert payload.payload(transpile(back, Options())[0])["input"] == body["input"]


@pytest.mark.parametrize("broken", [{}, {"data": 3}, {"data": "OPENQASM 3.0; qubit q; while"}, [], None])
def test_a_broken_job_in_openqasm_is_one_error(broken):
    with pytest.raises(CompileError):
        formats.loaded(Source(json.dumps({"type": "ionq.qasm3.v1", "backend": "simulator", "input": broken}), "j.json"))
