"""Price estimates before a job is sent, against the emulator's bill for it afterwards."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

from dynamic_programs import text as random_text
from service import Reply, Service

from ionqdsl import emulator
from ionqdsl.cli import main
from ionqdsl.cloud import prices, submit
from ionqdsl.cloud.answers import Money
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.remote import RemoteJob
from ionqdsl.cloud.submit import Answer
from ionqdsl.emulator.server import Emulator

BELL = 'job { backend = "qpu.forte-1"; shots = 1000 }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n'
SCAN = """job { backend = "qpu.forte-1"; shots = 1000 }
circuit a(t) { qubit q[2]; ry(t) q[0]; cnot q[0], q[1] }
run a(t) for t in linspace(0.1, 1, 20) as "t={t:.2f}"
"""
ENERGY = """job { backend = "qpu.forte-1"; shots = 1000 }
circuit ansatz(t) { qubit q[2]; ry(t) q[0]; cnot q[0], q[1]; xx(t) q[0], q[1] }
hamiltonian h = Z[0]*Z[1] + 0.5*X[0]*Y[1] + 2
energy { hamiltonian = h; ansatz = ansatz; params = [0.3] }
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with emulator.start() as found:
        yield found


@pytest.fixture
def service(running: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Emulator:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path / "state"))
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    return running


def planned(text: str, *words: str) -> dict[str, Any]:
    """The plan of a program."""
    Path("program.qc").write_text(text)
    assert main(["plan", "program.qc", "-o", "a.plan", "-j", "1", *words]) == 0
    return dict(json.loads(Path("a.plan").read_text()))


def billed() -> float:
    """The billed price of the plan's jobs."""
    assert main(["submit", "a.plan", "--yes"]) == 0
    total = 0.0
    with Client() as client:
        for job in client.job(json.loads(Path("a.plan").read_text())["tag"]).jobs:
            cost = client.cost(job.wait().id)
            total += 0.0 if cost.actual is None else cost.actual.value
    return total


# -- by hand -----------------------------------------------------------------------------------------------------


def test_mitigation_that_is_on_by_default_is_in_the_price(
    service: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """97.5 for the job, 1000 shots of at most two entangling pulses' worth of dressing: by hand from PRICES."""
    plan = planned(BELL, "--target", "qis")
    assert plan["estimate"]["mitigated"] is True
    assert plan["estimate"]["cost"] == round(97.5 + 1000 * (3 * 0.00022 + 0.000975), 2)  # h is a pulse, cnot two more
    assert "with error mitigation, which `debiasing = false` turns off" in capsys.readouterr().out
    assert billed() == 98.69  # 97.5 + 1000 * (0.00022 + 0.000975) is 98.695 and rounds to even
    assert main(["submit", "program.qc", "--target", "qis", "--yes", "--max-cost", "50"]) == 3
    assert "QC0852" in capsys.readouterr().err
    assert len(service.jobs()) == 1


@pytest.mark.parametrize(
    ("setting", "words", "least"),
    [
        ("settings { error_mitigation { debiasing = false } }", ["--target", "qis"], 12.4166),
        ("settings { error_mitigation { debiasing = true } }", ["--target", "forte"], 97.5),
        ("", ["--target", "forte"], 12.4166),
        ("", ["--target", "qis", "--shots", "499"], 12.4166),
        ("", ["--target", "qis", "--shots", "500"], 97.5),
    ],
)
def test_when_mitigation_is_billed(service: Emulator, setting: str, words: list[str], least: float) -> None:
    plan = planned(BELL.replace("shots = 1000", "shots = 1000; " + setting), *words)
    assert least < plan["estimate"]["cost"] < least + 4
    assert least < billed() <= plan["estimate"]["cost"]


def test_circuits_of_one_job_pay_its_part_once(service: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned(SCAN)
    out = capsys.readouterr().out
    assert "20, at most" in out
    assert "at most 49.52 usd" in out
    assert billed() == plan["estimate"]["cost"] == 49.52


def test_a_submission_in_several_jobs_pays_for_each(
    service: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ionqdsl.ir import targets
    from ionqdsl.record import changed

    monkeypatch.setitem(targets.PROFILES, "v0.4", changed(targets.PROFILES["v0.4"], max_circuits=5))
    plan = planned(SCAN)
    assert len(plan["requests"]) == len(plan["priced"]) == 4
    assert plan["estimate"]["cost"] == pytest.approx(49.52 + 3 * 12.4166, abs=0.03)
    assert billed() == pytest.approx(plan["estimate"]["cost"])


def test_an_energy_is_measured_product_by_product(service: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """Two products besides the identity, each the ansatz of one ry and two gates on two qubits; X and Y turn once."""
    plan = planned(ENERGY)
    assert (plan["circuits"], plan["qubits"]) == (2, 2)
    assert plan["gates"] == {"1q": 1, "2q": 2, "more": 0, "measure": 0, "reset": 0, "all": 3}
    out = capsys.readouterr().out
    assert "measured by itself" in out
    (asked,) = plan["priced"]
    assert (asked["pairs"], asked["is_mitigated"]) == (4, True)
    bill = billed()
    assert bill == round(97.5 + 1000 * (0.00022 * (2 * 1 + 2) + 0.000975 * 4), 2)
    assert bill <= plan["estimate"]["cost"] <= 2 * bill


def test_a_dry_run_and_the_simulator_are_free(service: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned(BELL, "--dry-run")
    assert (plan["estimate"]["cost"], plan["estimate"]["if_run"]) == (0, 14.05)
    assert "0: a dry run; a real run costs at most 14.05 usd" in capsys.readouterr().out
    assert main(["submit", "program.qc", "--dry-run", "--max-cost", "0"]) == 0
    assert planned(BELL, "--backend", "simulator")["estimate"]["cost"] == 0
    assert main(["submit", "a.plan", "--max-cost", "0"]) == 0


def test_the_price_of_a_function_that_makes_its_own_circuits_is_unknown(
    service: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'job { backend = "qpu.forte-1" }\nfunction { type = "mystery"; data { n = 3 } }\n'
    plan = planned(text)
    assert plan["estimate"]["cost"] is None
    assert "mystery" in plan["estimate"]["reason"]
    assert (plan["circuits"], plan["gates"]) == (None, None)
    assert main(["submit", "program.qc", "--yes", "--max-cost", "9999"]) == 3
    assert "QC0853" in capsys.readouterr().err


def test_a_clone_is_priced_by_the_job_it_is_made_from(service: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    planned(BELL, "--target", "qis", "--shots", "100")
    assert main(["submit", "a.plan", "--yes"]) == 0
    *before, job = service.jobs()
    words = ["jobs", "clone", job["id"], "--shots", "1000", "--yes"]
    assert main([*words, "--max-cost", "98"]) == 3  # a thousand shots are debiased
    assert "QC0852" in capsys.readouterr().err
    assert service.jobs() == [*before, job]
    assert main([*words, "--max-cost", "99"]) == 0
    clone = service.jobs()[-1]
    with Client() as client:
        assert client.cost(clone["id"]).actual == Money(98.69, "usd")
    assert main(["jobs", "clone", job["id"], "--dry-run", "--max-cost", "0"]) == 0


@pytest.mark.parametrize("shots", ["5000", None, True, 0, -100, [100]])
def test_a_clone_of_an_unknown_number_of_shots_has_no_price(
    service: Emulator, shots: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(BELL, "--target", "qis", "--shots", "100")
    assert main(["submit", "a.plan", "--yes"]) == 0
    *_, job = before = service.jobs()
    refresh = RemoteJob.refresh
    monkeypatch.setattr(RemoteJob, "refresh", lambda job: {**refresh(job), "shots": shots})
    assert main(["jobs", "clone", job["id"], "--yes", "--max-cost", "9999"]) == 3
    assert "how many shots" in capsys.readouterr().err
    assert service.jobs() == before


# -- the property ------------------------------------------------------------------------------------------------

ABSTRACT = (
    "h q[{0}]", "rx({t}) q[{0}]", "t q[{0}]", "rz({t}) q[{0}]", "v q[{0}]", "cnot q[{0}], q[{1}]",
    "swap q[{0}], q[{1}]", "xx({t}) q[{0}], q[{1}]", "zz({t}) q[{0}], q[{1}]", "ctrl @ h q[{0}], q[{1}]",
    "ctrl @ ry({t}) q[{0}], q[{1}]",
    "ctrl(2) @ x q[{0}], q[{1}], q[{2}]", "ctrl(4) @ x q[{0}], q[{1}], q[{2}], q[{3}], q[{4}]",
    "ctrl @ swap q[{0}], q[{1}], q[{2}]", "p({t}) q[{0}]", "pauliexp({t}, X[0]*Z[1] + 0.5*Z[0]*X[1]) q[{0}], q[{1}]",
)  # fmt: skip
NATIVE = ("gpi({t}) q[{0}]", "gpi2({t}) q[{0}]", "zz(0.1) q[{0}], q[{1}]")


def circuit(chance: random.Random, name: str, gates: tuple[str, ...], width: int = 5) -> str:
    rows = ["  gpi2(0.1) q[0]" if gates is NATIVE else "  rx(0.3) q[0]"]  # none is empty once it is compiled
    for _ in range(chance.choice((1, 4, 40))):
        qubits = chance.sample(range(width), width)
        rows.append("  " + chance.choice(gates).format(*qubits, t=round(chance.uniform(0.1, 3), 3)))
    start = "  gateset native\n" * (gates is NATIVE)
    return f"circuit {name} {{\n{start}  qubit q[{width}]\n" + "\n".join(rows) + "\n}\n"


def job(chance: random.Random) -> tuple[str, list[str]]:
    """A program, and flags."""
    backend = chance.choice(("qpu.forte-1", "qpu.forte-enterprise-1", "simulator"))
    debiasing = chance.choice(("", "true", "false"))
    shots = chance.choice((None, 1, 100, 499, 500, 10_000) if debiasing != "true" else (500, 10_000))
    settings = [f'backend = "{backend}"', *([f"shots = {shots}"] if shots else [])]
    if debiasing and backend != "simulator":
        settings.append(f"settings {{ error_mitigation {{ debiasing = {debiasing} }} }}")
    head = f"job {{ {'; '.join(settings)} }}\n"
    kind = chance.choice(("single", "several", "native", "energy"))
    words = [] if kind == "native" else ["--target", chance.choice(("qis", "forte"))]
    if kind == "energy":
        terms = chance.sample(("Z[0]", "X[0]*Y[1]", "Y[2]", "X[0]*X[1]*X[2]", "2", "Z[1]*Z[4]"), 4)
        return head + circuit(chance, "a", ABSTRACT) + f"hamiltonian h = {' + '.join(terms)}\n" + (
            "energy { hamiltonian = h; ansatz = a }\n"
        ), []
    count = 1 if kind == "single" else chance.choice((1, 2, 7))
    gates = NATIVE if kind == "native" else ABSTRACT
    names = [f"c{number}" for number in range(count)]
    text = "".join(circuit(chance, name, gates) for name in names) + f"run {', '.join(names)}\n"
    return head + text, words


@pytest.mark.parametrize("seed", range(24))
def test_a_job_is_billed_at_most_what_its_plan_says_and_at_least_half(
    service: Emulator, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text, words = job(random.Random(seed))
    for flags in (words, [*words, "--dry-run"]):
        plan = planned(text, *flags)
        bill = billed()
        assert plan["estimate"]["cost"] / 2 <= bill <= plan["estimate"]["cost"], text


@pytest.mark.parametrize("seed", range(12))
def test_jobs_with_measurements_in_the_middle_are_billed_at_most_what_their_plan_says(
    service: Emulator, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gates without a name in OpenQASM are sent as several, and each circuit is a job with its own minimum."""
    chance = random.Random(seed)
    shots = chance.choice((1, 100, 1000))
    text = f'job {{ backend = "qpu.tempo-1"; shots = {shots} }}\n'
    names = [f"d{number}" for number in range(chance.randint(1, 2))]
    for number, name in enumerate(names):
        body = random_text(seed + 100 * number, has_blocks=False)
        text += f"circuit {name} {{\n{body}iswap q[0], q[1]\nyy(0.3) q[0], q[1]\n}}\n"
    if chance.random() < 0.5:
        names.append("bell")
        text += "circuit bell { qubit q[2]; h q[0]; cnot q }\n"
    plan = planned(f"{text}run {', '.join(names)}\n", "--target", "qis")
    bill = billed()
    assert plan["estimate"]["cost"] / 2 <= bill <= plan["estimate"]["cost"] + 0.005, text


# -- answers of the service ---------------------------------------------------------------------------------------

ODD = [
    {},
    [],
    "14.05",
    None,
    {"estimated_cost": None},
    {"estimated_cost": "14.05", "cost_unit": "usd"},
    {"estimated_cost": True, "cost_unit": "usd"},
    {"estimated_cost": -1, "cost_unit": "usd"},
    {"estimated_cost": float("nan"), "cost_unit": "usd"},
    {"estimated_cost": float("inf"), "cost_unit": "usd"},
    {"estimated_cost": -float("inf"), "cost_unit": "usd"},
    {"estimated_cost": [1], "cost_unit": "usd"},
    {"estimated_cost": {"value": 1, "unit": "usd"}},
    {"estimated_cost": 1},
    {"estimated_cost": 1, "cost_unit": None},
    {"estimated_cost": 1, "cost_unit": 7},
    {"estimated_cost": 1, "cost_unit": "eur"},
    {"estimated_total_cost": 1, "estimated_unit": "credit"},
    {"estimated_total_cost": 1, "cost_unit": "usd"},
    {"estimated_total_cost": 1, "estimated_unit": "usd", "estimated_cost": 90, "cost_unit": "usd"},
    {"estimated_cost": 1, "cost_unit": "usd", "input_values": {"error_mitigation": False}},
    {"estimated_total_cost": 1, "estimated_unit": "usd", "estimate_context": {"shots": 100}},
]


@pytest.mark.parametrize("body", ODD, ids=str)
@pytest.mark.parametrize("is_plan", [False, True])
def test_an_odd_estimate_never_passes_the_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], body: Any, is_plan: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IONQ_API_KEY", "k3y-that-nobody-may-see")
    with Service() as service:
        monkeypatch.setenv("IONQ_API_URL", service.url)
        good = {"estimated_cost": 1, "cost_unit": "usd"}
        service.on("GET", "/jobs/estimate", *[Reply(200, good)] * is_plan, Reply(200, body))
        Path("program.qc").write_text(BELL)
        if is_plan:
            planned(BELL, "--target", "qis")
        words = ["a.plan"] if is_plan else ["program.qc", "--target", "qis"]
        assert main(["submit", *words, "--yes", "--max-cost", "50"]) == 3
        assert service.asked("POST") == []


@pytest.mark.parametrize(
    "reply", [Reply(500), Reply(404), Reply(400), Reply(200, b"<html>"), Reply(fault="reset")], ids=str
)
def test_an_estimate_that_fails_never_passes_the_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], reply: Reply
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.001)
    monkeypatch.setenv("IONQ_API_KEY", "k3y-that-nobody-may-see")
    with Service() as service:
        monkeypatch.setenv("IONQ_API_URL", service.url)
        service.on("GET", "/jobs/estimate", reply)
        Path("program.qc").write_text(BELL)
        assert main(["submit", "program.qc", "--yes", "--max-cost", "50"]) == 3
        assert service.asked("POST") == []


@pytest.mark.parametrize(
    ("limit", "unit", "code"),
    [
        ("4", "usd", 0),
        ("4", "USD", 0),
        ("4usd", "usd", 0),
        ("4 credit", "credits", 0),
        ("4credits", "usd", 3),
        ("4", "credit", 3),
    ],
)
def test_units_of_the_limit(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    limit: str,
    unit: str,
    code: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IONQ_API_KEY", "k3y-that-nobody-may-see")
    with Service() as service:
        monkeypatch.setenv("IONQ_API_URL", service.url)
        service.on("GET", "/jobs/estimate", Reply(200, {"estimated_total_cost": 3.5, "estimated_unit": unit}))
        service.on("POST", "/jobs", Reply(201, {"id": "17", "status": "submitted"}))
        Path("program.qc").write_text(BELL)
        assert main(["submit", "program.qc", "--yes", "--max-cost", limit]) == code
        assert len(service.asked("POST")) == (code == 0)
        assert ("QC0937" in capsys.readouterr().err) == (code == 3)


@pytest.mark.parametrize("limit", ["-1", "nan", "inf", "usd", "1e400", "", "4 5", "infinity usd"])
def test_what_is_no_limit(capsys: pytest.CaptureFixture[str], limit: str) -> None:
    assert main(["submit", "x.qc", f"--max-cost={limit}"]) == 2


# -- plans of another day ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "words", "code", "name"),
    [
        (14.05, [], 0, None),
        (10, [], 0, None),
        (14.5, [], 3, "QC0938"),
        (14.5, ["--max-cost", "20"], 0, None),
        (14.5, ["--max-cost", "14.2"], 3, "QC0852"),
        ("?", [], 0, "QC0939"),
        ("?", ["--max-cost", "20"], 3, "QC0853"),
    ],
)
def test_a_plan_is_priced_again_before_it_is_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    now: Any, words: list[str], code: int, name: str | None,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IONQ_API_KEY", "k3y-that-nobody-may-see")
    monkeypatch.setattr("ionqdsl.cloud.looking._sleep_until", lambda link, moment: None)  # for jobs of other computers
    with Service() as service:
        monkeypatch.setenv("IONQ_API_URL", service.url)
        replies = [Reply(200, {"estimated_cost": cost, "cost_unit": "usd"}) for cost in (14.05, now)]
        service.on("GET", "/jobs/estimate", *replies)
        service.on("POST", "/jobs", Reply(201, {"id": "17", "status": "submitted"}))
        service.on("GET", "/jobs", Reply(200, {"jobs": [], "next": None}))
        planned(BELL)
        assert main(["submit", "a.plan", "--yes", *words]) == code
        assert len(service.asked("POST")) == (code == 0)
        assert name is None or name in capsys.readouterr().err


def test_the_simulator_has_no_unit_for_what_is_free() -> None:
    asked = prices.PriceQuestion("simulator", "ionq.circuit.v1", 2, 100, 1, 1, False)
    assert prices.read(asked, Answer(200, body=b"{}")) == prices.FREE
    assert prices.read(asked, Answer(200, body=b"null")).cost is None
