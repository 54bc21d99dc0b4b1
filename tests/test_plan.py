"""A plan is exactly the request sent: the bytes sent are compared with those in the reviewed file."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from job_service import Fault, JobService
from service import Reply, refused

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.cloud import plan as plans
from ionqdsl.cloud import states, submit
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.diagnostics import UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import targets
from ionqdsl.record import changed

KEY = "k3y-that-nobody-may-see"
BELL = 'job { name = "bell"; backend = "qpu.forte-1"; shots = 200 }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n'


@pytest.fixture
def service(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(states, "SOON", (0.0,))
    monkeypatch.setattr(states, "LATER", (0.0, 0.01))
    monkeypatch.setattr(states, "AFTER", (0.0, 0.01, 0.02))
    Path("bell.qc").write_text(BELL)
    with JobService() as running:
        running.on("GET", "/jobs/estimate", Reply(200, {"estimated_cost": 3.5, "cost_unit": "usd"}))
        monkeypatch.setenv("IONQ_API_KEY", KEY)
        monkeypatch.setenv("IONQ_API_URL", running.url)
        yield running


def limited(monkeypatch, **limits):
    """A service that takes less at once."""
    wire = changed(targets.PROFILES["v0.4"], **limits)
    monkeypatch.setitem(targets.PROFILES, "v0.4", wire)
    return wire


def planned(*words):
    assert main(["plan", "bell.qc", "-o", "bell.plan", *words]) == 0
    return json.loads(Path("bell.plan").read_text())


def test_measurements_and_resets_are_parts_of_the_gates(service, capsys):
    """As written: two h and a cnot, two measurements and a reset."""
    Path("bell.qc").write_text(
        "qubit a, b\nh a\nregister m = measure a\nreset a\nh a\nregister n = measure a\ncnot a, b\nregister last = b\n"
    )
    words = ["--backend", "simulator", "--noise", "aria-1", "--target", "qis", "--wire", "v0.4-2026-10"]
    assert main(["plan", "bell.qc", "-o", "bell.plan", *words]) == 0
    out = capsys.readouterr().out
    assert "6 (2 on one qubit, 1 on two, 2 measurements, 1 reset), at most" in out


def test_without_a_file_the_summary_alone_is_shown(service, capsys):
    """Would catch a stranger who is told that `-o` is missing when he asks for the price, and a file of no name."""
    before = sorted(Path().iterdir())
    assert main(["plan", "bell.qc"]) == 0
    out = capsys.readouterr().out
    assert "at most 3.5 usd" in out
    assert "nothing was sent; `-o PLAN` keeps the request" in out
    assert sorted(Path().iterdir()) == before
    assert service.asked("POST") == []


def test_the_reviewed_bytes_are_the_posted_bytes_once(service, capsys):
    plan = planned()
    out = capsys.readouterr().out
    assert service.asked("POST") == []
    for words in ("qpu.forte-1", "1, at most 5,000", "at most 150,000", "200", "3.5 usd", plan["tag"]):
        assert words in out
    assert plan["gates"]["2q"] == 1  # one two-qubit gate
    assert main(["submit", "bell.plan"]) == 3  # a QPU: nobody said yes
    assert main(["submit", "bell.plan", "--yes"]) == 0
    (post,) = service.asked("POST")
    (request,) = plan["requests"]
    assert post.body.decode() == request["body"]
    assert (len(post.body), post.json["metadata"]) == (request["size"], {"ionqdsl": plan["tag"]})
    capsys.readouterr()
    for _ in range(2):
        assert main(["submit", "bell.plan"]) == 0  # no confirmation either: nothing is spent
        out, err = capsys.readouterr()
        assert out.startswith(service.jobs[0].id)
        assert "note[QC0925]" in err
    assert len(service.jobs) == 1
    assert main(["submit", "bell.plan", "--again", "--yes"]) == 0
    assert "note[QC0929]" in capsys.readouterr().err
    again = service.asked("POST")[1].json
    assert again.pop("metadata") != post.json["metadata"]
    assert again == {key: value for key, value in post.json.items() if key != "metadata"}
    assert main(["submit", "bell.plan", "--wait", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["job"]["id"] == service.jobs[1].id
    assert answer["results"][0]["order"] == "q[0] q[1]"


@pytest.mark.parametrize(
    "change", ["shots", "url", "requests", "estimate", "keepsake", "tag", "source"], ids=lambda change: change
)
def test_a_plan_that_was_changed_is_refused(service, capsys, change):
    plan = planned()
    if change == "requests":
        plan["requests"][0]["body"] = plan["requests"][0]["body"].replace('"shots":200', '"shots":900')
    else:
        plan[change] = 7
    Path("bell.plan").write_text(json.dumps(plan))
    assert main(["submit", "bell.plan", "--yes"]) == 3
    assert "error[QC0921]" in capsys.readouterr().err
    assert service.asked("POST") == []


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("{", 2, "QC0922"),
        ('{"kind": "something else"}', 2, "QC0922"),
        ('{"kind": "ionqdsl plan", "format_version": 2}', 2, "QC0923"),
        ("[" * 100_000, 1, "QC"),
        ("{" + "[" * 100_000, 2, "QC0922"),
    ],
)
def test_what_is_no_plan(service, capsys, text, code, name):
    Path("bell.plan").write_text(text)
    assert main(["submit", "bell.plan"]) == code
    assert f"error[{name}" in capsys.readouterr().err


def test_a_plan_with_a_digest_that_fits_and_nothing_in_it(service, capsys):
    content = {"kind": plans.KIND, "format_version": 1}
    Path("bell.plan").write_text(json.dumps({"digest": plans.digest_of(content), **content}))
    assert main(["submit", "bell.plan"]) == 2
    assert "QC0922" in capsys.readouterr().err


def test_a_plan_is_a_pure_function_but_for_its_tag(service):
    first, second = planned(), planned()
    text = json.dumps(second).replace(second["tag"], first["tag"])
    second = json.loads(text)
    changing = ("digest", "requests")
    assert {k: v for k, v in first.items() if k not in changing} == {
        k: v for k, v in second.items() if k not in changing
    }
    assert first["requests"][0]["body"] == second["requests"][0]["body"]


def test_planning_needs_no_key_and_no_network(service, capsys, monkeypatch):
    monkeypatch.delenv("IONQ_API_KEY")
    plan = planned()
    assert plan["estimate"]["cost"] is None
    assert "unknown: no API key" in capsys.readouterr().out
    monkeypatch.setenv("IONQ_API_KEY", KEY)
    assert main(["submit", "bell.plan", "--yes", "--max-cost", "5"]) == 3  # the reviewed plan has no cost
    assert "QC0853" in capsys.readouterr().err
    assert service.asked("POST") == []


def test_a_limit_of_the_cost_holds_for_a_plan(service, capsys):
    planned()
    assert main(["submit", "bell.plan", "--yes", "--max-cost", "3"]) == 3
    assert "QC0852" in capsys.readouterr().err
    assert main(["submit", "bell.plan", "--yes", "--max-cost", "4"]) == 0


def test_the_program_may_change_and_flags_may_not(service, capsys):
    planned()
    Path("bell.qc").write_text(BELL + "x q[0]\n")
    for flags in (["--shots", "7"], ["--backend", "simulator"], ["--dry-run"], ["--set", "a=1"]):
        assert main(["submit", "bell.plan", "--yes", *flags]) == 2
        assert "QC0928" in capsys.readouterr().err
    assert main(["submit", "bell.plan", "--yes"]) == 0
    assert "warning[QC0927]" in capsys.readouterr().err
    assert "x" not in {gate["gate"] for gate in service.asked("POST")[0].json["input"]["circuit"]}


def test_a_change_of_a_file_that_the_program_loads_or_includes_is_noticed(service, capsys):
    Path("angles.json").write_text("[0.5]")
    Path("half.qc").write_text("gate half a { rx(1) a }")
    Path("bell.qc").write_text('include "half.qc"\n' + BELL + 'rx(load("angles.json")[0]) q[0]\nhalf q[1]\n')
    files = planned()["source"]["files"]
    assert set(files) == {"angles.json", "half.qc"}
    Path("angles.json").write_text("[0.75]")
    assert main(["submit", "bell.plan", "--yes"]) == 0
    said = capsys.readouterr().err
    assert said.count("warning[QC0927]") == 1
    assert "angles.json` has changed" in said


def test_line_endings_of_other_systems_are_no_change(service, capsys):
    Path("bell.qc").write_bytes(BELL.replace("\n", "\r\n").encode())
    planned()
    assert main(["submit", "bell.plan", "--yes"]) == 0
    assert "QC0927" not in capsys.readouterr().err


def test_a_plan_belongs_to_its_address(service, capsys, monkeypatch):
    planned()
    with JobService() as other:
        monkeypatch.setenv("IONQ_API_URL", other.url)
        assert main(["submit", "bell.plan", "--yes"]) == 2
        assert other.seen == []
    assert "QC0924" in capsys.readouterr().err


def test_a_plan_sent_from_another_computer_is_found(service, capsys, monkeypatch):
    planned()
    assert main(["submit", "bell.plan", "--yes"]) == 0
    capsys.readouterr()
    monkeypatch.setenv("IONQDSL_STATE", os.environ["IONQDSL_STATE"] + "-elsewhere")
    assert main(["submit", "bell.plan", "--yes"]) == 0
    assert capsys.readouterr().out.split()[0] == service.jobs[0].id
    assert len(service.jobs) == 1


def test_a_plan_after_a_doubtful_end_and_after_a_refusal(service, capsys):
    service._faults = iter([Fault(False, Reply(502)), Fault(False, refused(400, "no"))])
    planned()
    assert main(["submit", "bell.plan", "--yes"]) == 5
    assert main(["submit", "bell.plan"]) == 6  # goes on, was confirmed before; now it is refused
    assert main(["submit", "bell.plan"]) == 3
    assert "QC0926" in capsys.readouterr().err
    assert main(["submit", "bell.plan", "--again", "--yes"]) == 0
    assert len(service.jobs) == 1


def test_the_key_is_in_no_plan(service, capsys):
    Path("bell.qc").write_text(f"# {KEY}\n" + BELL)
    planned()
    assert KEY not in Path("bell.plan").read_text()
    Path("bell.qc").write_text(BELL.replace("job {", 'job { metadata { k = env("IONQ_API_KEY") };'))
    assert main(["plan", "bell.qc", "-o", "other.plan"]) == 3
    assert not Path("other.plan").exists()
    assert KEY not in "".join(capsys.readouterr())


# -- more than the service takes at once ---------------------------------------------------------------------------


SEVEN = 'job { name = "seven"; backend = "simulator" }\n' + "".join(
    f"circuit c{number} {{ qubit q[2]; h q[0]; cnot q[0], q[1] }}\n" for number in range(7)
)


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        ({"max_circuits": 3}, [3, 3, 1]),
        ({"max_gates": 5}, [2, 2, 2, 1]),
        ({"max_bytes": 600}, [3, 4]),
    ],
    ids=["circuits", "gates", "bytes"],
)
def test_what_is_too_large_is_sent_in_several_jobs_under_one_name(service, capsys, monkeypatch, limits, sizes, held):
    wire = limited(monkeypatch, **limits)
    Path("seven.qc").write_text(SEVEN)
    assert main(["submit", "seven.qc"]) == 0
    out, err = capsys.readouterr()
    assert out.split()[::2] == [kept.id for kept in service.jobs]
    assert "note[QC0914]" in err
    circuits = [[circuit["name"] for circuit in kept.body["input"]["circuits"]] for kept in service.jobs]
    assert [len(names) for names in circuits] == sizes
    assert [name for names in circuits for name in names] == [f"c{number}" for number in range(7)]
    assert len(set(service.tags())) == len(sizes)
    assert all(len(seen.body) <= wire.max_bytes for seen in service.asked("POST"))
    for kept in list(service.jobs):
        names = [circuit["name"] for circuit in kept.body["input"]["circuits"]]
        children = [service.take({"name": name, "input": {"qubits": 2}}) for name in reversed(names)]
        kept.extra = {"child_job_ids": [child.id for child in children]}
    tag = held(Ledger()).latest()[0].tag
    assert main(["jobs", "wait", tag, "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [result["name"] for result in results] == [f"c{number}" for number in range(7)]


@pytest.mark.parametrize(("by", "ended"), [("id", [1]), ("part", [1]), ("tag", [0, 1, 2])])
def test_one_job_of_several_is_cancelled_by_its_id_and_all_by_their_tag(service, monkeypatch, by, ended, held):
    limited(monkeypatch, max_circuits=3)
    Path("seven.qc").write_text(SEVEN)
    assert main(["submit", "seven.qc"]) == 0
    entry = held(Ledger()).latest()[0]
    part = entry.parts[1]
    assert main(["jobs", "cancel", {"id": part.job_id, "part": part.tag, "tag": entry.tag}[by]]) == 0
    assert [n for n, kept in enumerate(service.jobs) if kept.status == "canceled"] == ended
    statuses = [part.status for part in held(Ledger()).latest()[0].parts]
    assert [n for n, status in enumerate(statuses) if status == "canceled"] == ended


def test_of_several_jobs_only_the_one_that_is_named_is_asked_about_and_deleted(service, monkeypatch, held):
    limited(monkeypatch, max_circuits=3)
    Path("seven.qc").write_text(SEVEN)
    assert main(["submit", "seven.qc"]) == 0
    client, entry = held(Client()), held(Ledger()).latest()[0]
    last = client.job(entry.parts[2].job_id)
    assert last.id == service.jobs[2].id
    assert [result.name for result in last.wait(30).results()] == ["c6"]
    service.on("DELETE", f"/jobs/{last.id}", Reply(200, {"id": last.id, "status": "deleted"}))
    before = len(service.seen)
    main(["jobs", "delete", last.id])
    assert {(seen.method, seen.path) for seen in service.seen[before:]} == {("DELETE", f"/v0.4/jobs/{last.id}")}


def test_a_submission_that_breaks_off_in_the_middle_is_completed(service, capsys, monkeypatch, held):
    """Two of four are there, the third is doubtful but arrived: neither of them is sent again."""
    limited(monkeypatch, max_circuits=2)
    Path("seven.qc").write_text(SEVEN)
    taken = [Fault(True, Reply(fault="reset"))]
    service.lag = 2
    posts = JobService._post
    monkeypatch.setattr(
        JobService,
        "_post",
        lambda self, body: (
            taken.pop().reply if len(self.jobs) == 2 and taken and self.take(body) else posts(self, body)
        ),
    )
    assert main(["submit", "seven.qc"]) == 5
    assert "QC0911" in capsys.readouterr().err
    assert len(service.jobs) == 3
    assert main(["jobs", "recover"]) == 0
    assert len(service.jobs) == len(service.asked("POST")) == 4
    assert len(set(service.tags())) == 4
    assert not held(Ledger()).unfinished()


def test_a_refusal_of_a_later_part_keeps_the_rest_open(service, capsys, monkeypatch, held):
    limited(monkeypatch, max_circuits=3)
    Path("seven.qc").write_text(SEVEN)
    refusal = Fault(False, refused(401, "revoked"))
    service._faults = iter([Fault(True, Reply(502)), refusal])
    assert main(["submit", "seven.qc"]) == 4
    err = capsys.readouterr().err
    assert "1 of the 3 jobs" in err
    assert main(["submit", "seven.qc"]) == 0
    assert len(service.jobs) == 3
    service._faults = iter([refusal])
    assert main(["submit", "seven.qc"]) == 4  # the first part already: refused as a whole
    assert not held(Ledger()).unfinished()


def test_a_single_circuit_cannot_be_split(service, capsys, monkeypatch):
    limited(monkeypatch, max_gates=1)
    assert main(["submit", "bell.qc", "--yes"]) == 1
    assert "QC0730" in capsys.readouterr().err


def test_python_has_one_handle_for_several_jobs(service, monkeypatch, held):
    limited(monkeypatch, max_circuits=3)
    group = held(Client()).submit(SEVEN)
    assert [job.id for job in group.jobs] == [kept.id for kept in service.jobs]
    assert group.id.startswith("iq-")
    assert group.wait().status == "completed"


def test_reading_a_plan_gives_the_draft_it_was_written_from():
    source = Source(BELL, "bell.qc")
    from ionqdsl import pipeline as stages
    from ionqdsl.cloud.draft import prepare

    made, _ = prepare(stages.load(source)[0], targets.PROFILES["v0.4"], {}, source)
    content = plans.write(made, "https://x", {"circuits": 1}, {"level": 2})
    plan = plans.read(Source(content.decode(), "p"))
    assert replace(plan.draft, plan=None) == made
    assert (plan.url, dict(plan.facts)["circuits"]) == ("https://x", 1)


def test_a_plan_from_python_is_the_same_and_is_sent_once(service, capsys):
    """The bytes of its file but for the tag and the text; sent from Python or by the command, in either order."""
    with Client() as client:
        plan = client.plan([Path("bell.qc"), iq.Circuit(1, "flip").x(0)])
        assert service.asked("POST") == []
        assert plan.facts["circuits"] == 2
        assert plan.facts["estimate"]["cost"] == 3.5
        plan.save("python.plan")
        read = plans.read(Source(Path("python.plan").read_text(), "python.plan"))
        assert read.draft == plan.draft
        job = client.send(plan.draft)
        assert client.send(read.draft).id == job.id
    assert main(["submit", "python.plan", "--yes"]) == 0
    (posted,) = service.asked("POST")
    assert posted.body == plan.draft.bodies[0]
    assert [circuit["name"] for circuit in json.loads(posted.body)["input"]["circuits"]] == ["bell", "flip"]
    with pytest.raises(UsageError, match="QC0805"):
        plan.save("missing/python.plan")
