"""The traps of the published schema, one test each: things it allows, forgets or contradicts, and our response.

Half of each test shows the trap (in a copy of the published schema, if one is available); the other half shows that no
payload of ours, and none that our own schema accepts, falls into it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from schema_check import (
    PUBLISHED_SCHEMAS,
    circuits_of,
    published,
    published_validator,
    validate_strictly,
    yaml_is_here,
)
from test_payload import MIXED
from test_wire_functions import energy
from test_wire_rows import NATIVE, QIS
from wire_programs import Op, bell, circuit, codes, pauliexp, problems, program, rows_sent, sent, turns

from ionqdsl.cloud.submit import Answer, post_job, refusal
from ionqdsl.diagnostics import InternalError
from ionqdsl.emit.payload import payload, request
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.job import Function
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile

needs_published = pytest.mark.skipif(not yaml_is_here(), reason="no copy of the published schema, or no PyYAML")

SINGLE: dict[str, Any] = {
    "type": "ionq.circuit.v1",
    "backend": "simulator",
    "input": {"qubits": 2, "gateset": "qis", "circuit": [{"gate": "h", "target": 0}]},
}
ALL_QIS = circuit(4, *(op for op, _ in QIS))
ALL_NATIVE = circuit(4, *(op for op, _ in NATIVE), gateset="native", name="native")


def changed(path: str, value: Any, base: dict[str, Any] = SINGLE) -> dict[str, Any]:
    """A payload with one more field, or another value of one; the path is dotted, numbers index."""
    result = deepcopy(base)
    *outer, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = result
    for part in outer:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    place[last] = value
    return result


def is_published(wanted: dict[str, Any]) -> bool:
    """Whether the published schema takes it; True where there is no copy, so that only our half counts."""
    return not yaml_is_here() or bool(published_validator(wanted["type"]).is_valid(wanted))


def is_ours(wanted: dict[str, Any]) -> bool:
    """Whether our schema takes it."""
    try:
        validate_strictly(wanted)
    except jsonschema.ValidationError:
        return False
    return True


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of a payload that is no object or list, with its path."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def test_t01_registers_and_circuit_names_exist_in_multi_circuit_jobs_only() -> None:
    for key, value in (("registers", {"r": [0]}), ("name", "a")):
        single = changed(f"input.{key}", value)
        assert not is_ours(single)
        assert not yaml_is_here() or not is_published(single)
    result = sent(program(bell().replace(registers=(("r", (0,)),))))
    assert result["type"] == "ionq.multi-circuit.v1"
    assert result["input"]["circuits"][0]["registers"] == {"r": [0]}
    assert "name" not in sent(program(bell("named")))["input"]


def test_t02_a_gate_without_operands_validates_as_published() -> None:
    """So the published schema cannot be the checker."""
    for row in (
        {"gate": "h"},
        {"gate": "cnot", "target": 0},
        {"gate": "rx", "target": 0},
        {"gate": "swap", "target": 0},
    ):
        bare = changed("input.circuit.0", row)
        assert is_published(bare)
        assert not is_ours(bare)


def test_t03_pauliexp_has_no_fields_and_is_written_as_other_gates() -> None:
    row = {"gate": "pauliexp", "targets": [0, 1], "terms": ["XX"], "coefficients": [1], "time": 1}
    assert not yaml_is_here() or not is_published(changed("input.circuit.0", row))
    assert not is_ours(changed("input.circuit.0", row))
    evolution = circuit(2, pauliexp("0.3", {"X0 X1": 1}, 0, 1))
    with pytest.raises(InternalError):
        payload(program(evolution))
    rewritten, _, _ = transpile(evolution, TARGETS["qis"], Options())
    assert "pauliexp" not in {row["gate"] for row in rows_sent(rewritten)}
    assert rows_sent(evolution, "v0.4-clients") == [row | {"time": 0.3}]


def test_t04_native_gates_have_no_rotation() -> None:
    row = {"gate": "gpi", "target": 0, "phase": 0, "rotation": 1}
    native = changed("input.gateset", "native", changed("input.circuit.0", row))
    assert is_published(native)
    assert not is_ours(native)
    assert not any("rotation" in row for row in rows_sent(ALL_NATIVE))


def test_t05_native_zz_has_its_angle_under_angle() -> None:
    """The published schema takes `phase` too, which one client library sends."""
    for key, ours in (("angle", True), ("phase", False)):
        row = {"gate": "zz", "targets": [0, 1], key: 0.25}
        native = changed("input.gateset", "native", changed("input.circuit.0", row))
        assert is_published(native)
        assert is_ours(native) is ours
    zz = circuit(2, Op("zz_native", (0, 1), (turns("1/4"),)), gateset="native")
    assert rows_sent(zz) == [{"gate": "zz", "targets": [0, 1], "angle": 0.25}]  # written even where it is ms's default


def test_t06_nop_has_no_duration() -> None:
    native = changed("input.gateset", "native", changed("input.circuit.0", {"gate": "nop"}))
    assert is_published(native)
    assert not is_ours(native)
    assert not yaml_is_here() or not is_published(changed("input.circuit.0.time", 1, native))
    waiting = circuit(1, Op("nop", (), (Angle(0, 1),)), Op("gpi", (0,), (turns(0),)), gateset="native")
    assert codes(program(waiting)) == ["QC0723"]
    assert rows_sent(waiting, "v0.4-clients")[0] == {"gate": "nop", "time": 1}


def test_t07_native_gates_have_no_controls() -> None:
    """`control` is for qis only; native has `controls`, which no native gate means."""
    row = {"gate": "gpi", "target": 0, "phase": 0, "controls": [1, 2]}
    native = changed("input.gateset", "native", changed("input.circuit.0", row))
    assert is_published(native)
    assert not is_ours(native)
    with pytest.raises(InternalError):
        payload(program(circuit(2, Op("gpi", (1, 0), (turns(0),), 1), gateset="native")))


def test_t08_indices_are_integers_everywhere() -> None:
    """In arrays the published schema takes any number; a scalar 1.0 is an integer to JSON Schema, but not to all."""
    for row in ({"gate": "swap", "targets": [0.5, 1]}, {"gate": "x", "target": 0, "controls": [1.5, 2]}):
        assert is_published(changed("input.circuit.0", row))
        assert not is_ours(changed("input.circuit.0", row))
    assert not is_ours(changed("input.circuit.0.target", 0.0))
    registers = circuit(2, Op("x", (0,)), registers=(("r", (1, None)),), name="r")
    result = sent(program(ALL_QIS, ALL_NATIVE, registers))
    for path, value in leaves(result):
        if {"target", "targets", "control", "controls", "qubits", "registers"} & set(path):
            assert value is None or type(value) is int, path


def test_t09_the_width_is_an_integer_and_always_said() -> None:
    """Published: a number in single jobs, an int32 in circuits, optional in both."""
    without = deepcopy(SINGLE)
    del without["input"]["qubits"]
    for doubtful in (without, changed("input.qubits", 1.5)):
        assert is_published(doubtful)
        assert not is_ours(doubtful)
    for wanted in (program(bell()), MIXED, program(bell("a"), circuit(3, Op("x", (0,)), name="b"))):
        assert all(type(width) is int for _, width, _ in circuits_of(sent(wanted)))


def test_t10_shots_start_at_one() -> None:
    for shots in (0, -1):
        assert is_published(changed("shots", shots))
        assert not is_ours(changed("shots", shots))
        assert codes(program(bell(), settings={"shots": shots})) == ["QC0705"]
    assert sent(program(bell(), settings={"shots": 1}))["shots"] == 1


def test_t11_debiasing_needs_500_shots() -> None:
    """Published in prose only."""
    base = changed("backend", "qpu.forte-1", changed("settings.error_mitigation.debiasing", True))
    settings = {"backend": "qpu.forte-1", "settings.error_mitigation.debiasing": True}
    for shots in (None, 499):
        few = changed("shots", shots, base) if shots else base
        assert is_published(few)
        assert not is_ours(few)
        assert codes(program(bell(), settings={**settings, "shots": shots})) == ["QC0707"]
    assert sent(program(bell(), settings={**settings, "shots": 500})) == changed(
        "input.circuit", payload(program(bell()))["input"]["circuit"], changed("shots", 500, base)
    )


def test_t12_opt_is_a_number_and_precision_a_string() -> None:
    for key, right, wrong in (("opt", 1, "1"), ("precision", "1E-3", 1e-3)):
        path = f"settings.compilation.{key}"
        assert is_ours(changed(path, right))
        assert is_published(changed(path, right))
        assert not is_ours(changed(path, wrong))
        assert sent(program(bell(), settings={path: right}))["settings"] == {"compilation": {key: right}}
        assert codes(program(bell(), settings={path: wrong})) == ["QC0704"]


def test_t13_quantum_functions_have_no_noise_and_no_compilation() -> None:
    """Their objects take anything as published, so typing errors pass."""
    base = sent(program(settings={"backend": "simulator"}, energy=energy()))
    for path in ("noise.model", "settings.compilation.opt", "shotts", "input.data.data.cvar_alfa"):
        extra = changed(path, "ideal", base)
        assert is_published(extra)
        assert not is_ours(extra)
    for kind in ({"energy": energy()}, {"function": Function("f", {})}):
        wanted = program(settings={"noise.model": "ideal", "settings.compilation.opt": 0}, **kind)
        assert codes(wanted) == ["QC0740", "QC0740"]


def test_t14_the_discriminator_names_a_field_that_is_not_there() -> None:
    """`type` is at `input.data.type`. A validator that honours discriminators would look for it at `input.type`."""
    result = sent(program(settings={"backend": "simulator"}, energy=energy()))
    assert result["input"]["data"]["type"] == "hamiltonian-energy"
    assert "type" not in result["input"]
    if yaml_is_here():
        schema = published()["components"]["schemas"]
        assert schema["QuantumFunctionInput"]["discriminator"]["propertyName"] == "type"
        assert "type" not in schema["HamiltonianEnergyInput"]["properties"]


@needs_published
def test_t15_the_type_chooses_the_schema_before_it_is_checked() -> None:
    """The top is an `anyOf`: checked whole, one wrong field gives errors about all the other types of job."""
    wrong = changed("shots", "many")
    (error,) = published_validator("ionq.circuit.v1").iter_errors(wrong)
    assert list(error.path) == ["shots"]
    assert len(published()["components"]["schemas"]["JobCreationPayload"]["anyOf"]) == len(PUBLISHED_SCHEMAS)


def test_t16_a_seed_is_never_null_and_models_are_an_open_list() -> None:
    base = changed("noise.model", "aria-1")
    for path, value in (("noise.seed", None), ("noise.seed", 2**31)):
        wrong = changed(path, value, base)
        assert not is_ours(wrong)
        assert value == 2**31 or not yaml_is_here() or not is_published(wrong)  # `format: int32` is not checked
    result = sent(program(bell(), settings={"noise.model": "aria-1", "noise.seed": None}))
    assert result["noise"] == {"model": "aria-1"}
    assert codes(program(bell(), settings={"noise.model": "aria-3"})) == ["QC0758"]
    assert payload(program(bell(), settings={"noise.model": "aria-3"}))["noise"] == {"model": "aria-3"}


def test_t17_slots_of_registers_may_be_null() -> None:
    wanted = circuit(2, Op("h", (0,)), registers=(("r", (1, None, 0)), ("none", (None,))))
    result = sent(program(wanted))
    assert result["input"]["circuits"][0]["registers"] == {"r": [1, None, 0], "none": [None]}
    assert b'"r":[1,null,0]' in request(program(wanted))


def test_t18_metadata_are_strings() -> None:
    for value in (1, True, None, {"a": "b"}):
        assert not is_ours(changed("metadata.a", value))
        assert not yaml_is_here() or not is_published(changed("metadata.a", value))
        if value is not None:
            assert codes(program(bell(), settings={"metadata.a": value})) == ["QC0704"]
    assert sent(program(bell(), settings={"metadata.a": "1"}))["metadata"] == {"a": "1"}


def test_t19_backends_are_an_open_list() -> None:
    """Machines come and go; a name we do not know is a warning, never an error."""
    for name in ("qpu.forte-9", "qpu.vivace-1", "qpu.aria-1"):
        wanted = program(bell(), settings={"backend": name})
        assert not any(item.is_error for item in problems(wanted))
        assert sent(wanted)["backend"] == name


def test_t20_answers_that_are_not_declared_happen() -> None:
    """The file declares 201, 429, 500, 502 and 503. 400, 401, 403, 404 and 413 come too, with a body of their own."""
    if yaml_is_here():
        declared = set(published()["paths"]["/jobs"]["post"]["responses"])
        assert declared == {"201", "429", "500", "502", "503"}
    said = {"statusCode": 400, "error": "Bad Request", "message": "no such thing", "validation": {"keys": ["shots"]}}
    for status in (400, 401, 403, 404, 413):
        answer = Answer(status, body=json.dumps(said).encode())
        error = refusal(post_job(b"{}", "a circuit"), answer)
        assert "no such thing" in str(error) or status in (401, 403, 413)
        assert error.diagnostics[0].code.startswith("QC08")


def test_t21_settings_take_anything_as_published() -> None:
    """While the top level forbids extra keys: a typing error inside settings would pass and be ignored."""
    assert not is_ours(changed("setings", {}))
    assert not yaml_is_here() or not is_published(changed("setings", {}))
    for path in ("settings.error_mitigation.debiasin", "settings.compilation.optt", "settings.mitigation"):
        assert is_published(changed(path, 1))
        assert not is_ours(changed(path, 1))
        assert codes(program(bell(), settings={path: 1})) == ["QC0717"]


def test_t22_circuit_and_circuits_never_stand_together() -> None:
    both = changed("input.circuit", [{"gate": "h", "target": 0}], sent(MIXED))
    assert is_published(both)
    assert not is_ours(both)
    for wanted in (MIXED, program(bell()), program(bell(), is_multi=True)):
        assert len({"circuit", "circuits"} & set(sent(wanted)["input"])) == 1


def test_t23_the_width_is_what_is_declared_not_what_gates_touch() -> None:
    """The published sample sends one gate for two qubits."""
    assert sent(program(circuit(5, Op("h", (0,)))))["input"]["qubits"] == 5


def test_t24_synonyms_are_equal_but_sent_as_written() -> None:
    def one(*rows: Op) -> FlatCircuit:
        return circuit(2, *rows)

    assert one(Op("x", (0,))) == one(Op("not", (0,)))
    assert one(Op("cnot", (0, 1))) == one(Op("x", (0, 1), (), 1)) == one(Op("not", (0, 1), (), 1))
    assert one(Op("x", (0,))) != one(Op("y", (0,)))
    assert [row["gate"] for row in rows_sent(one(Op("x", (0,)), Op("not", (0,))))] == ["x", "not"]


# --- mistakes of the service's own clients -------------------------------------------------------------------------


def test_the_clients_lose_the_parameters_of_pauliexp() -> None:
    """A defect of ionq-core, kept here so that a version that mends it is noticed: then check it like other rows."""
    pytest.importorskip("ionq_core")
    from schema_check import through_client

    wanted = payload(program(bell()))
    wanted["input"]["circuit"] = [
        {"gate": "pauliexp", "targets": [0], "terms": ["X"], "coefficients": [1], "time": 1},
    ]
    assert through_client(wanted)["input"]["circuit"] == [{"gate": "pauliexp", "targets": [0]}]


def test_the_clients_take_a_native_circuit_of_zz_alone_for_a_qis_circuit() -> None:
    """The same: where the gateset is inherited, ionq-core tries qis first, and `zz` is a name in both."""
    pytest.importorskip("ionq_core")
    from schema_check import through_client

    zz = circuit(2, Op("zz_native", (0, 1), (turns("1/8"),)), gateset="native")
    wanted = sent(program(zz, is_multi=True))
    assert through_client(wanted)["input"]["circuits"][0]["circuit"] == [{"gate": "zz", "targets": [0, 1]}]


def test_every_parameter_of_the_table_reaches_the_wire() -> None:
    """Catches a wire key missing from a row of the gate table, or two that changed places."""
    for key, gate in GATES.items():
        if key in ("p", "pauliexp", "nop"):
            continue
        angles = tuple(
            Angle(0, 0.3 + index) if gate.gateset == "qis" else Angle(0.3 - index / 10) for index in range(3)
        )
        (row,) = rows_sent(
            circuit(2, Op(key, (0, 1)[: gate.operands], angles[: len(gate.parameters)]), gateset=gate.gateset)
        )
        numbers = [value for path, value in leaves(row) if path[0] not in ("gate", "target", "targets", "control")]
        wanted = [angle.in_turns() if gate.gateset == "native" else angle.in_radians() for angle in angles]
        assert numbers == wanted[: len(gate.parameters)]
        assert all(math.isfinite(value) for value in numbers)


def test_rows_of_a_single_job_and_of_many_are_the_same() -> None:
    single = sent(program(ALL_QIS))["input"]["circuit"]
    assert sent(program(ALL_QIS, ALL_NATIVE))["input"]["circuits"][0]["circuit"] == single
