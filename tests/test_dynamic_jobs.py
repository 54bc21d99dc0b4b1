"""Jobs with measurements in the middle: their text, the way of each circuit, and how results come back.

The texts are compared with the accepted subset of OpenQASM 3 by patterns of their own, and read back by qiskit's
importer where it is installed; the answers are written by hand after the service's published examples.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from dynamic_programs import distribution, far
from dynamic_programs import outcomes as joint_outcomes
from dynamic_programs import registers as joint_of_registers
from dynamic_programs import text as random_text

from ionqdsl import formats
from ionqdsl.cli import main
from ionqdsl.cloud.draft import prepare
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import dynamic, limits, payload, qc
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Op, Slot
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES
from ionqdsl.passes.read_at_end import read_at_end
from ionqdsl.pipeline import for_service, load, transpile
from ionqdsl.read import openqasm
from ionqdsl.simulation.statevector import apply

NOISY = 'job { name = "mixed"; backend = "simulator"; shots = 3; noise { model = "aria-1"; seed = 7 } }\n'
REUSE = "qubit a, b\nh a\nregister first = measure a\nreset a\nh a\ncnot a, b\nregister last = a\n"
OCTOBER = PROFILES["v0.4-2026-10"]

_NUMBER = r"-?\d+\.\d+"
_QUBIT = r"q\[\d+\]"
_ACCEPTED = re.compile(
    rf"""OPENQASM\ 3\.0; | include\ "stdgates\.inc"; | qubit\[\d+\]\ q; | bit\[\d+\]\ \w+; | reset\ {_QUBIT};
    | \w+\[\d+\]\ =\ measure\ {_QUBIT}; | \w+(\({_NUMBER}(,\ {_NUMBER})*\))?\ {_QUBIT}(,\ {_QUBIT})*;""",
    re.VERBOSE,
)


def program(text, **options):
    return transpile(load(Source(text))[0], Options(**options))[0]


def circuit(text, **options):
    (only,) = program(text, **options).runs
    return only


def codes(text, target=None, wire=OCTOBER):
    try:
        limits.check(program(text), wire, target=target)
    except CompileError as error:
        return {found.code for found in error.diagnostics}
    return set()


# --- the text --------------------------------------------------------------------------------------------------------


def from_text(text):
    """The circuit in a text of the subset, read by patterns and written with rows of our own."""
    found = FlatCircuit(int(re.search(r"qubit\[(\d+)\] q;", text)[1]))
    names = {"sdg": "si", "tdg": "ti", "sx": "v", "cx": "x", "ccx": "x", "cswap": "swap", "ch": "h", "cp": "p"}
    names |= {f"c{name}": name for name in ("y", "z", "rx", "ry", "rz")}
    controls = {"ccx": 2} | dict.fromkeys(("cx", "cswap", "ch", "cp", "cy", "cz", "crx", "cry", "crz"), 1)
    for line in text.splitlines():
        assert _ACCEPTED.fullmatch(line), line
        if measured := re.fullmatch(r"(\w+)\[(\d+)\] = measure q\[(\d+)\];", line):
            found.add(Op(MEASURE, (int(measured[3]),), slot=Slot(measured[1], int(measured[2]))))
        elif line.startswith("reset"):
            found.add(Op(RESET, (int(re.search(r"\d+", line)[0]),)))
        elif gate := re.fullmatch(r"(\w+)(?:\((.*)\))? (q\[.*);", line):
            angles = tuple(Angle(0, float(text)) for text in (gate[2] or "").split(", ") if text)
            qubits = tuple(map(int, re.findall(r"q\[(\d+)\]", gate[3])))
            found.add(Op(names.get(gate[1], gate[1]), qubits, angles, controls.get(gate[1], 0)))
    return found


@pytest.mark.parametrize("seed", range(25))
def test_the_text_does_what_the_program_says(seed):
    """The joint distribution of all outcomes, by an engine that follows every branch."""
    source = circuit(random_text(seed, has_blocks=False))
    if not source.is_dynamic:
        return
    plan = dynamic.layout(source)
    meant = distribution(source)
    slots = {f"{slot.register}[{slot.place}]": f"{bit[0]}[{bit[1]}]" for slot, bit in plan.bits.items()}
    expected = {}
    for (record, final), share in meant.items():
        bits = {slots[name]: bit for name, bit in record}
        bits |= {f"{bit[0]}[{bit[1]}]": int(final[qubit]) for qubit, bit in plan.finals.items()}
        key = tuple(sorted(bits.items())), final
        expected[key] = expected.get(key, 0) + share
    assert far(distribution(from_text(dynamic.text(source))), expected) < 1e-9


@pytest.mark.parametrize(
    "gate",
    ["xx(0.3) a, b", "yy(0.3) a, b", "zz(1e-7) a, b", "vi a", "ctrl @ v a, b", "ctrl @ iswap a, b, c", "cp(pi/3) a, b",
     "ctrl(3) @ y a, b, c, d", "ctrl(2) @ rx(0.2) a, b, c", "ctrl @ swap a, b, c", "pauliexp(0.2, X[0]*Y[1]) a, b",
     "negctrl @ h a, b", "ctrl(2) @ x a, b, c", "u3(1, 2, 3) a", "ctrl(3) @ rz(0.4) a, b, c, d"],
)  # fmt: skip
@pytest.mark.parametrize("level", [0, 1])
def test_every_gate_has_a_form(gate, level):
    """The unitary of the rows before the measurement, up to a global phase."""
    whole = circuit(f"qubit a, b, c, d\n{gate}\nregister m = measure a\nreset a\n", level=level, preserve="unitary")
    again = from_text(dynamic.text(whole))
    plain = load(Source(f"qubit a, b, c, d\n{gate}\n"))[0].runs[0]
    ours = unitary([op for op in again.rows if op.gate not in (MEASURE, RESET)])
    overlap = np.trace(ours @ unitary(plain.rows).conj().T) / 16
    assert abs(abs(overlap) - 1) < 1e-9


@pytest.mark.parametrize("seed", range(8))
def test_the_reader_of_openqasm_understands_the_text(seed):
    """Measurements, resets and bits become rows again, and print as a program."""
    source = circuit(random_text(seed, has_blocks=False))
    text = dynamic.text(source)
    found = openqasm.read(Source(text))[0].runs[0]
    lengths = [[len(slots) for _, slots in each.registers] for each in (found, source)]
    if lengths[0] == lengths[1]:  # a qubit that two registers read has one bit in the text
        assert far(joint_outcomes(found), joint_outcomes(source)) < 1e-9
    assert load(Source(qc.text(found)))[0].runs[0] == found


def test_undeclared_native_gates_are_in_turns():
    text = "OPENQASM 3.0;\nqubit[2] q;\ngpi2(0.25) q[0];\nms(0, 0.5, 0.25) q[0], q[1];\nzz(0.1) q[0], q[1];\n"
    found = openqasm.read(Source(text))[0].runs[0]
    assert (found.gateset, [op.gate for op in found.rows]) == ("native", ["gpi2", "ms", "zz_native"])
    assert found.rows[0].angles[0].in_turns() == 0.25


def test_a_register_is_read_at_the_end_as_a_whole_or_not_at_all():
    text = "qubit a, b\nregister c[2]\nc[0] = measure a\nx a\nc[1] = measure b\n"
    before = load(Source(text))[0].runs[0]
    assert read_at_end(before).registers == before.registers
    assert load(Source(qc.text(read_at_end(before))))[0].runs[0] == before


def unitary(rows):
    states_of = np.eye(16, dtype=np.complex128)
    for op in rows:
        apply(states_of, op)
    return states_of.T


def test_names_that_the_text_cannot_have_are_mapped():
    text = "qubit q, r\nh q\nregister s = measure q\nh q\nregister ok = measure q\nx q\n"
    text += "register h = r, _, q\nregister also = q\n"
    source = circuit(text)
    assert dynamic.layout(source).sizes == {"s_": 1, "ok": 1, "h_": 2}
    said = json.loads(dynamic.name_map(source))
    assert said == {"s": ["s_", [0]], "ok": ["ok", [0]], "h": ["h_", [0, None, 1]], "also": ["h_", [1]]}
    assert dynamic.readings_of(json.dumps(said)) == dynamic.layout(source).readings
    assert dynamic.name_map(circuit(REUSE)) is None
    for odd in (None, 7, "", "[]", "3", '{"a": 3}', '{"a": ["b", [-1]]}', '{"a": ["b", [true]]}', '{"a": [1, [0]]}'):
        assert dynamic.readings_of(odd) in (None, ())


BODIES = {
    "an empty slot": "qubit a, b\nh a\nregister m = measure a\nh a\nregister out = b, _, a, _\n",
    "a slot that nothing writes": "qubit a\nregister m[3]\nregister n[2]\nh a\nm[1] = measure a\nh a\n",
    "a qubit in three registers": "qubit a, b\nh a\nregister m = measure a\nh a\nregister one = a, b\n"
    "register two = b, a\nregister three = a\n",
    "a measured qubit in two registers": "qubit a, b\nh a\nregister m = measure a, b\nregister n = measure a\n"
    "register one = a\nregister two = a, b\n",
    "names of the service": "qubit q[2]\nh q\nregister s = measure q\nh q\n"
    "register c1 = q[1:2]\nregister c0 = q[0:1]\n",
}


@pytest.mark.parametrize("text", BODIES.values(), ids=BODIES)
def test_a_body_carries_the_registers_of_its_program(text):
    """A converted or compiled job reads back with every register: names, empty slots, shared qubits."""
    source = circuit(text)
    written = formats.write(load(Source(NOISY + text, "main.qc"))[0], "payload")[0]
    program, noticed = formats.loaded(Source(written, "main.json"))
    assert not noticed
    assert not any(path.startswith("metadata.") for path in program.job.settings)
    (back,) = program.runs
    assert [(name, len(slots)) for name, slots in back.registers] == [(n, len(slots)) for n, slots in source.registers]
    assert far(joint_of_registers(source), joint_of_registers(back)) < 1e-9
    printed = circuit(formats.write(program, "qc")[0].partition("circuit main {")[2].rpartition("}")[0])
    assert far(joint_of_registers(source), joint_of_registers(printed)) < 1e-9
    again, _ = formats.loaded(Source(formats.write(program, "payload")[0], "main.json"))
    assert again.runs[0].registers == back.registers


@pytest.mark.parametrize(
    "names", ['{"m": ["m", [1]]}', '{"a": ["m", [0]], "b": ["m", [0]]}', "{}", "7", '{"if": ["m", [0]]}']
)
def test_a_map_that_does_not_fit_is_left_out(names):
    """Two registers of a bit in the middle, a bit that the text lacks, a bit that no register has, and nonsense."""
    body = json.loads(formats.write(load(Source(REUSE.replace("first", "m"), "main.qc"))[0], "payload")[0])
    body["metadata"] = {dynamic.NAMES_KEY: names}
    program, noticed = formats.loaded(Source(json.dumps(body), "main.json"))
    assert [one.code for one in noticed] == ["QC1193"]
    assert dict(program.runs[0].registers).keys() >= {"m"}


def test_the_map_is_that_of_the_circuit_that_is_sent():
    """One that a job block brings along, from a body that was edited since, would give results to other registers."""
    stale = json.dumps({"first": ["first", [1]], "last": ["first", [0]]})
    source, _ = load(Source(NOISY + REUSE))
    source.job.set(f"metadata.{dynamic.NAMES_KEY}", stale)
    draft, _ = prepare(source, PROFILES["v0.4"])
    (body,) = map(json.loads, draft.bodies)
    assert dynamic.NAMES_KEY not in body["metadata"]


def test_registers_called_like_those_of_the_older_compiler_get_other_names():
    """Would catch c1 read as the second register of an answer by number, when it is the program's first."""
    source = circuit("qubit q\nh q\nregister c1 = measure q\nh q\nregister c0 = measure q\nh q\n")
    assert [*dynamic.layout(source).sizes] == ["c1_", "c0_"]


def test_angles_are_decimals_without_loss():
    for value in (1e-9, math.pi, 1 / 3, 123456.789):
        shown = re.search(r"rz\((.*)\)", dynamic.text(FlatCircuit(1, rows=[Op("rz", (0,), (Angle(0, value),))])))[1]
        assert re.fullmatch(_NUMBER, shown)
        assert float(shown) == value


# --- which circuits need it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_dynamic"),
    [
        ("qubit a\nh a\nregister m = measure a\n", False),
        ("qubit a\nreset a\nh a\nregister m = measure a\nbarrier a\n", False),
        ("qubit a, b\nh a\nregister m = measure a\nh b\n", False),
        ("qubit a\nh a\nregister m = measure a\nh a\n", True),
        ("qubit a\nh a\nregister m[2]\nm[0] = measure a\nm[1] = measure a\n", True),  # users study readout
        ("qubit a\nh a\nreset a\n", True),
    ],
)
def test_only_reuse_makes_a_circuit_dynamic(text, is_dynamic):
    before = load(Source(text))[0].runs[0]
    after = read_at_end(before)
    assert after.is_dynamic is is_dynamic
    if not is_dynamic:
        assert after.registers == (("m", (0,)),)


@pytest.mark.parametrize("seed", range(12))
def test_settling_keeps_every_distribution(seed):
    before = load(Source(random_text(seed)))[0].runs[0]
    after = read_at_end(before)
    assert read_at_end(after) is after

    def said(source):
        found = {}
        for (record, final), share in distribution(source).items():
            bits = dict(record)
            for name, places in source.registers:
                for number, place in enumerate(places):
                    if isinstance(place, int):
                        bits[f"{name}[{number}]"] = int(final[place])
            key = tuple(sorted(bits.items())), final
            found[key] = found.get(key, 0) + share
        return found

    assert far(said(before), said(after)) < 1e-9


def sent(text, backend, **options):
    """The body of a program for a backend."""
    source, _ = load(Source(text))
    source.job.set("backend", backend)
    return json.loads(payload.request(transpile(source, Options(**options))[0]))


def test_the_machine_s_gates_depend_on_what_is_sent_and_not_on_how_it_is_spelt():
    """Would catch a readout written as a measurement that costs a QPU the optimised native circuit."""
    bell = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"
    spelt = [sent(bell + end, "qpu.forte-1") for end in ("register m = q\n", "register m = measure q\n")]
    assert spelt[0] == spelt[1]
    assert spelt[0]["input"]["gateset"] == "native"
    assert sent(REUSE, "qpu.forte-1", defer=True)["input"]["gateset"] == "native"
    branching = "qubit a, b\nh a\nregister m = measure a\nif m { x b }\n"
    assert sent(branching, "qpu.forte-1", defer=True)["input"]["gateset"] == "native"


def test_qubits_that_take_turns_are_sent_in_abstract_gates():
    """Would catch a circuit that is made native because it measures only at the end in the program."""
    chain = "qubit q[4]\nh q[0]\nfor i in range(3) { cnot q[i], q[i + 1] }\nregister m = q\n"
    body = sent(chain, "qpu.tempo-1", reuse=True)
    assert body["type"] == "ionq.qasm3.v1"
    assert "qubit[2] q;" in body["input"]["data"]


def test_outcomes_of_native_circuits_are_copied_for_a_machine_alone():
    native = "gateset native\nqubit a\nregister m\ngpi2(0.2) a\nm = measure a\ngpi2(0.1) a\n"
    for backend in ("simulator", None):
        with pytest.raises(CompileError, match="QC0636"):
            sent(native, backend, defer=True)
    body = sent(native, "qpu.forte-1", defer=True)
    assert {row["gate"] for row in body["input"]["circuits"][0]["circuit"]} <= {"gpi", "gpi2", "zz"}
    kept = native.replace("gpi2(0.1) a", "reset a")  # nothing is copied, so nothing has to be native
    assert sent(kept, "simulator", defer=True)["input"]["gateset"] == "native"


def test_what_cannot_be_sent_says_so():
    assert codes(NOISY + REUSE) == set()
    assert codes('job { backend = "qpu.forte-1" }\n' + REUSE) == {"QC0792"}
    assert codes('job { backend = "simulator" }\n' + REUSE) == {"QC0795"}
    assert all(codes(NOISY + REUSE, wire=profile) == set() for profile in PROFILES.values())
    assert codes('job { backend = "qpu.new-1" }\n' + REUSE) == set()  # a machine that is new may take it
    assert codes(NOISY + "gateset native\nqubit a\ngpi2(0) a\nregister m = measure a\ngpi2(0) a\n") == {"QC0791"}
    assert codes(NOISY + "qubit a\nh a\nregister m = measure a\nif m[0] { x a }\n") == {"QC0297"}
    wide = "qubit a, b, c, d\nh a\nregister m = measure a\nverbatim { ctrl(3) @ z a, b, c, d }\n"
    assert codes(NOISY + wide) == {"QC0794"}
    two = "circuit one { qubit a; h a; reset a }\ncircuit two { qubit a; h a }\nrun one, two\n"
    assert codes(NOISY + two) == {"QC0796"}


def test_several_circuits_are_refused_once(tmp_path, capsys):
    """However many of them measure in the middle: the first is shown."""
    one = "qubit a; h a; register m = measure a; h a"
    path = tmp_path / "main.qc"
    path.write_text(
        NOISY + "circuit ends { qubit a; h a }\n" + "".join(f"circuit c{k} {{ {one} }}\n" for k in range(5))
    )
    assert main(["compile", str(path), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert found["code"] == "QC0796"
    assert "circuit `c0` has" in found["message"]


@pytest.mark.parametrize("seed", range(12))
def test_the_ideal_simulator_gets_the_circuit_with_measurements_at_its_end(seed):
    """The registers of the circuit that is sent have the joint distribution of those in the text."""
    text = 'job { backend = "simulator" }\n' + random_text(seed, has_branches=True, has_blocks=False)
    source = load(Source(text))[0]
    options, moved = for_service(source, Options())
    compiled = transpile(source, options)[0]
    assert [found.code for found in moved] == ["QC0798"] * read_at_end(source.runs[0]).is_dynamic
    assert payload.payload(compiled)["type"] in ("ionq.circuit.v1", "ionq.multi-circuit.v1")
    if compiled.runs[0].width <= 12:
        assert far(joint_of_registers(source.runs[0]), joint_of_registers(compiled.runs[0])) < 1e-9


def test_noise_keeps_measurements_where_they_are():
    options, moved = for_service(load(Source(NOISY + REUSE))[0], Options())
    assert (options.defer, moved) == (False, [])


def test_the_body():
    body = payload.payload(program(NOISY + REUSE), OCTOBER)
    assert list(body) == ["type", "name", "shots", "backend", "settings", "noise", "input"]
    assert body["type"] == "ionq.qasm3.v1"
    assert body["settings"] == {"compilation": {"service_version": "v0.4"}}
    assert list(body["input"]) == ["data"]
    assert json.loads(payload.request(program(NOISY + REUSE), OCTOBER)) == body
    published = Path(__file__).parents[2] / "shared" / "ionq" / "openapi-2026-10-01.json"
    if published.exists():
        import jsonschema

        schemas = json.loads(published.read_text())
        schema = {**schemas, "$ref": "#/components/schemas/CircuitJobCreationPayload"}
        jsonschema.Draft202012Validator(schema).validate(body)


def test_a_program_of_both_kinds_is_one_submission():
    text = "circuit loop(n) { qubit a; h a; register m = measure a; rx(n) a }\ncircuit bell { qubit q[2]; h q[0] }\n"
    text += "circuit more { qubit q; x q }\nrun loop(1), bell(), loop(2), more()\n"
    compiled = program(NOISY + text)
    draft, warnings = prepare(compiled, OCTOBER, {}, tag="t-1")
    bodies = [json.loads(body) for body in draft.bodies]
    assert [body["type"] for body in bodies] == ["ionq.multi-circuit.v1", "ionq.qasm3.v1", "ionq.qasm3.v1"]
    assert [entry["name"] for entry in bodies[0]["input"]["circuits"]] == [compiled.runs[1].name, compiled.runs[3].name]
    assert {body["name"] for body in bodies} == {"mixed"}
    assert draft.keepsake["order"] == [1, 3, 0, 2]
    assert [found.code for found in warnings] == ["QC0797"]
