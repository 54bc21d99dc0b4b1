"""The payloads of every type of job, judged against bodies typed by hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schema_check import PUBLISHED, check_payload
from wire_programs import (
    Angle,
    Op,
    bell,
    circuit,
    program,
    sent,
    turns,
)

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.payload import ORDER, body, payload, request
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.job import JOB_KEYS, EnvironmentVariable, LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES, choose_target
from ionqdsl.passes import transpile
from ionqdsl.pipeline import load
from tests import steps

# --- the specification's own bodies --------------------------------------------------------------------------------

SINGLE = program(
    circuit(2, Op("h", (0,))),
    settings={
        "name": "Sample circuit",
        "metadata.fizz": "buzz",
        "metadata.foo": "bar",
        "shots": 500,
        "backend": "qpu.forte-1",
        "settings.error_mitigation.debiasing": False,
    },
)
MIXED = program(
    circuit(2, Op("h", (0,)), Op("cnot", (1, 0)), name="qis circuit override"),
    circuit(
        2,
        Op("ms", (0, 1), (turns("0"), turns("1/4"), turns("1/4"))),
        Op("gpi2", (0,), (turns("3/4"),)),
        name="native circuit from parent",
        gateset="native",
    ),
    settings={"backend": "simulator", "shots": 500},
)
EXAMPLE = program(
    circuit(1, Op("h", (0,))),
    settings={"backend": "qpu.forte-1", "shots": 500, "settings.error_mitigation.debiasing": False},
)


def test_the_first_body_of_the_specification() -> None:
    assert sent(SINGLE) == {
        "type": "ionq.circuit.v1",
        "name": "Sample circuit",
        "metadata": {"fizz": "buzz", "foo": "bar"},
        "shots": 500,
        "backend": "qpu.forte-1",
        "settings": {"error_mitigation": {"debiasing": False}},
        "input": {"qubits": 2, "gateset": "qis", "circuit": [{"gate": "h", "target": 0}]},
    }


def test_the_second_body_of_the_specification() -> None:
    assert sent(MIXED) == {
        "type": "ionq.multi-circuit.v1",
        "backend": "simulator",
        "shots": 500,
        "input": {
            "gateset": "native",
            "qubits": 2,
            "circuits": [
                {
                    "name": "qis circuit override",
                    "gateset": "qis",
                    "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "target": 0, "control": 1}],
                },
                {
                    "name": "native circuit from parent",
                    "circuit": [
                        {"gate": "ms", "targets": [0, 1], "phases": [0, 0.25]},
                        {"gate": "gpi2", "target": 0, "phase": 0.75},
                    ],
                },
            ],
        },
    }


def test_the_example_of_the_specification() -> None:
    assert sent(EXAMPLE) == {
        "type": "ionq.circuit.v1",
        "input": {"qubits": 1, "gateset": "qis", "circuit": [{"gate": "h", "target": 0}]},
        "backend": "qpu.forte-1",
        "shots": 500,
        "settings": {"error_mitigation": {"debiasing": False}},
    }


@pytest.mark.skipif(not PUBLISHED.exists(), reason="no copy of the specification next to the repository")
def test_the_bodies_are_those_of_the_published_file() -> None:
    """Catches a body mistyped above: the published curl commands are read from the file itself."""
    bodies = re.findall(r"-d '(\{.*?\n +\})'", PUBLISHED.read_text(), re.DOTALL)
    assert [json.loads(text) for text in bodies] == [sent(SINGLE), sent(MIXED)]
    # Numbers too are written alike: `0`, not `0.0`.
    for text, wanted in zip(bodies, (SINGLE, MIXED), strict=True):
        again = json.dumps(json.loads(text), sort_keys=True)
        assert json.dumps(json.loads(request(wanted)), sort_keys=True) == again


TEXTS = (
    """
    job {
      name = "Sample circuit"
      metadata { fizz = "buzz"; foo = "bar" }
      shots = 500
      backend = "qpu.forte-1"
      settings { error_mitigation { debiasing = false } }
    }
    qubit q[2]
    h q[0]
    """,
    """
    job { backend = "simulator"; shots = 500 }
    circuit first { qubit q[2]; h q[0]; cnot q[1], q[0] }
    circuit second { gateset native; qubit q[2]; ms(0, 0.25) q[0], q[1]; gpi2(0.75) q[0] }
    run first as "qis circuit override", second as "native circuit from parent"
    """,
    """
    job { backend = "qpu.forte-1"; shots = 500; settings { error_mitigation { debiasing = false } } }
    qubit q
    h q
    """,
)


@pytest.mark.parametrize(("text", "wanted"), list(zip(TEXTS, (SINGLE, MIXED, EXAMPLE), strict=True)))
def test_the_same_bodies_from_text(text: str, wanted: LoweredProgram) -> None:
    """The whole way: parsed, checked, lowered, compiled for qis or left native, emitted."""
    loaded, warnings = load(Source(text, "body.qc"))
    assert not warnings
    targets = [choose_target("qis" if run.gateset == "qis" else None, None, run.gateset) for run in loaded.runs]
    runs = [transpile(run, target, Options())[0] for run, target in zip(loaded.runs, targets, strict=True)]
    loaded.runs = runs
    assert sent(loaded) == sent(wanted)
    assert request(loaded) == request(wanted)


# --- the job -------------------------------------------------------------------------------------------------------


def test_every_setting_has_its_place_and_type() -> None:
    """Catches a setting that is dropped, renamed, moved or converted."""
    values = {
        "name": "all of them",
        "backend": "simulator",
        "shots": 1000,
        "session_id": "7f1e",
        "dry_run": True,
        "noise.model": "aria-1",
        "noise.seed": 7,
        "settings.error_mitigation.debiasing": False,
        "settings.error_mitigation.symmetry_verification": True,
        "settings.compilation.opt": 1,
        "settings.compilation.precision": "1E-3",
        "settings.compilation.gate_basis": "ZZ",
        "settings.compilation.service_version": "v0.4",
        "metadata.team": "chem",
    }
    leaves = {path for path, key in JOB_KEYS.items() if key.type not in ("block", "strings")}
    assert leaves | {"metadata.team"} == set(values)
    result = sent(program(bell(), settings=values))
    assert list(result) == [*ORDER, "input"]
    assert {key: value for key, value in result.items() if key not in ("type", "input")} == {
        "name": "all of them",
        "metadata": {"team": "chem"},
        "shots": 1000,
        "backend": "simulator",
        "session_id": "7f1e",
        "settings": {
            "error_mitigation": {"debiasing": False, "symmetry_verification": True},
            "compilation": {"opt": 1, "precision": "1E-3", "gate_basis": "ZZ", "service_version": "v0.4"},
        },
        "dry_run": True,
        "noise": {"model": "aria-1", "seed": 7},
    }


def test_what_is_not_set_is_not_sent() -> None:
    assert set(sent(program(bell()))) == {"type", "backend", "input"}
    assert sent(program(bell()))["backend"] == "simulator"
    unset = sent(program(bell(), settings={"name": None, "noise.model": "ideal", "noise.seed": None, "shots": None}))
    assert set(unset) == {"type", "backend", "noise", "input"}
    assert unset["noise"] == {"model": "ideal"}


def test_order_does_not_depend_on_the_order_of_the_file() -> None:
    values = {"noise.seed": 7, "noise.model": "ideal", "shots": 10, "name": "n", "dry_run": False}
    there = sent(program(bell(), settings=values))
    back = sent(program(bell(), settings=dict(reversed(values.items()))))
    assert body(there) == body(back)
    assert list(there["noise"]) == ["model", "seed"]
    notes = sent(program(bell(), settings={"metadata.b": "1", "metadata.a": "2", "metadata.a.b": "3"}))
    assert list(notes["metadata"].items()) == [("b", "1"), ("a", "2"), ("a.b", "3")]


def test_numbers_of_settings_stay_as_written() -> None:
    def opt(value: Any) -> Any:
        return sent(program(bell(), settings={"settings.compilation.opt": value}))["settings"]["compilation"]["opt"]

    assert repr(opt(3)) == "3"
    assert repr(opt(0.5)) == repr(opt(Fraction(1, 2))) == "0.5"
    assert repr(opt(-0.0)) == "0.0"


# --- circuits ------------------------------------------------------------------------------------------------------


def test_one_circuit_is_a_single_job_unless_it_needs_more() -> None:
    assert sent(program(bell()))["type"] == "ionq.circuit.v1"
    assert sent(program(bell("five"), is_multi=True))["input"] == {
        "gateset": "qis",
        "qubits": 2,
        "circuits": [
            {"name": "five", "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "target": 1, "control": 0}]}
        ],
    }
    with_register = program(circuit(2, Op("h", (0,)), registers=(("out", (1, None, 0)),)))
    entry = sent(with_register)["input"]["circuits"][0]
    assert entry == {"name": "main", "registers": {"out": [1, None, 0]}, "circuit": [{"gate": "h", "target": 0}]}


def _entry(name: str, width: int, gateset: str) -> Any:
    row = Op("x", (0,)) if gateset == "qis" else Op("gpi", (0,), (turns("0"),))
    return circuit(width, row, name=name, gateset=gateset)


@pytest.mark.parametrize(
    ("gatesets", "parent", "overriding"),
    [
        (["qis", "qis"], "qis", []),
        (["native", "native"], "native", []),
        (["qis", "native"], "native", ["c0"]),
        (["qis", "native", "qis"], "qis", ["c1"]),
        (["native", "qis", "qis", "native"], "native", ["c1", "c2"]),
    ],
)
def test_the_parent_gateset_is_the_commonest(gatesets: list[str], parent: str, overriding: list[str]) -> None:
    result = sent(program(*(_entry(f"c{i}", 2, gateset) for i, gateset in enumerate(gatesets))))["input"]
    assert result["gateset"] == parent
    assert [entry["name"] for entry in result["circuits"] if "gateset" in entry] == overriding


def test_widths_are_written_once_where_all_are_equal() -> None:
    equal = sent(program(_entry("a", 3, "qis"), _entry("b", 3, "native")))["input"]
    assert equal["qubits"] == 3
    assert not any("qubits" in entry for entry in equal["circuits"])
    different = sent(program(_entry("a", 3, "qis"), _entry("b", 4, "qis")))["input"]
    assert "qubits" not in different
    assert [entry["qubits"] for entry in different["circuits"]] == [3, 4]


def test_keys_of_an_entry_come_in_order() -> None:
    first = circuit(1, Op("x", (0,)), name="a", registers=(("r", (0,)),))
    entries = sent(program(first, _entry("b", 2, "native")))["input"]["circuits"]
    assert list(entries[0]) == ["name", "gateset", "qubits", "registers", "circuit"]


def test_rows_of_a_payload_are_independent() -> None:
    """Catches one dict or list handed out for several equal rows: changing one would change all."""
    op = Op("swap", (0, 1))
    rows = sent(program(circuit(2, op, op)))["input"]["circuit"]
    rows[0]["gate"] = "xx"
    rows[0]["targets"][0] = 7
    assert rows[1] == {"gate": "swap", "targets": [0, 1]}
    assert sent(program(circuit(2, op)))["input"]["circuit"] == [{"gate": "swap", "targets": [0, 1]}]


# --- bytes ---------------------------------------------------------------------------------------------------------

ANGLES = st.one_of(
    st.floats(-10, 10).map(lambda value: Angle(0, value)),
    st.fractions(-2, 2, max_denominator=64).map(Angle),
    st.builds(Angle, st.fractions(-1, 1, max_denominator=8), st.decimals(-1, 1, places=3).map(Fraction)),
)
KEYS = {
    gateset: sorted(
        key for key, gate in GATES.items() if gate.gateset == gateset and key not in ("p", "pauliexp", "nop")
    )
    for gateset in ("qis", "native")
}


@st.composite
def rows(draw: st.DrawFn, gateset: str, width: int) -> Op:
    gate = GATES[draw(st.sampled_from(KEYS[gateset]))]
    controls = draw(st.integers(0, width - gate.operands)) if gateset == "qis" else 0
    qubits = tuple(draw(st.permutations(range(width)))[: gate.operands + controls])
    return Op(gate.key, qubits, tuple(draw(ANGLES) for _ in gate.parameters), controls)


@st.composite
def circuits(draw: st.DrawFn) -> Any:
    gateset = draw(st.sampled_from(["qis", "native"]))
    width = draw(st.integers(2, 5))
    distinct = draw(st.lists(rows(gateset, width), min_size=1, max_size=6))
    barriers = [Op("barrier", (0, 1))] if draw(st.booleans()) else []
    several = draw(st.lists(st.sampled_from(distinct + barriers), max_size=12))
    return circuit(width, *distinct, *several, gateset=gateset)


@settings(deadline=None, max_examples=40)
@given(st.lists(circuits(), min_size=1, max_size=4), st.text(max_size=20))
def test_random_programs_make_valid_payloads_whose_fast_bytes_are_the_same(found: list[Any], name: str) -> None:
    """Catches a row that escapes the schema, and any difference between the two ways to the bytes."""
    runs = [item.replace(name=f"{name}{index}") for index, item in enumerate(found)]
    wanted = program(*runs, settings={"name": name, "backend": "simulator"})
    result = payload(wanted)
    check_payload(result)
    content = request(wanted)
    assert content == body(result) == request(wanted)
    assert json.loads(content) == result


def test_the_bytes_are_compact_utf8() -> None:
    content = request(program(bell(), settings={"name": "Bäll → 💡", "metadata.a": '"\n\\'}))
    assert "Bäll → 💡".encode() in content
    assert b": " not in content
    assert b", " not in content
    assert json.loads(content)["metadata"] == {"a": '"\n\\'}


def test_equal_runs_give_equal_bytes() -> None:
    """Catches an order that depends on the hashes of strings."""
    code = "import test_payload as t; print(t.request(t.MIXED).decode(), t.request(t.SINGLE).decode())"
    here = Path(__file__).parent
    found = set()
    for seed in ("1", "2"):
        path = os.pathsep.join([str(here), str(here.parent), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        found.add(subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True).stdout)
    assert len(found) == 1


def test_a_body_that_is_too_long_is_refused() -> None:
    wide = PROFILES["v0.4"].__class__(**{**vars(PROFILES["v0.4"]), "max_bytes": 300})
    wanted = program(bell())
    assert len(request(wanted, wide)) < 300
    long = program(circuit(2, *[Op("cnot", (0, 1))] * 9))
    for attempt in (lambda: request(long, wide), lambda: body(payload(long, wide), wide)):
        with pytest.raises(CompileError, match="QC0731"):
            attempt()


# --- values of the environment -------------------------------------------------------------------------------------


def test_values_of_the_environment_are_read_when_submitting_only() -> None:
    values = {"session_id": EnvironmentVariable("SESSION"), "metadata.who": EnvironmentVariable("USER_NAME")}
    wanted = program(bell(), settings=values)
    shown = payload(wanted)
    assert (shown["session_id"], shown["metadata"]) == ('env("SESSION")', {"who": 'env("USER_NAME")'})
    given = sent(wanted, environment={"SESSION": "s-1", "USER_NAME": "ada"})
    assert (given["session_id"], given["metadata"]) == ("s-1", {"who": "ada"})


def test_the_payload_takes_work_that_grows_like_the_circuit() -> None:
    """A question about all rows, asked for each of them, would make it grow like the square."""

    def calls(rows: int) -> int:
        text = f"qubit q[2]\nfor k in range({rows}) {{ rx(k/7) q[0]; ry(k/9) q[1] }}\n"
        lowered = load(Source(text, "rows"))[0]
        return steps.of(lambda: payload(lowered))

    assert calls(800) <= 2.5 * calls(400)
