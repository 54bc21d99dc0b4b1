"""Payloads of quantum functions: energies with every field of the schema, and any other function."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from wire_programs import Angle, Op, Operator, circuit, program, sent

from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.payload import payload
from ionqdsl.ir.job import Energy, EnvironmentVariable, Function
from ionqdsl.pipeline import load


def ansatz() -> Any:
    return circuit(
        3,
        Op("ry", (0,), (Angle.of("th[0]", radians=1),)),
        Op("ry", (1,), (Angle.of("th[1]", radians=2),)),
        Op("cnot", (0, 1)),
        name="ansatz",
    )


def energy(**fields: Any) -> Energy:
    terms = ((), Fraction(-21, 20)), ((("Z", 0),), Fraction(39, 100)), ((("X", 0), ("Y", 2)), -1)
    given = {"hamiltonian": Operator(terms), "ansatz": ansatz(), "parameters": ("th[0]", "th[1]"), "params": (0.1, 2.0)}
    return Energy(**(given | fields))


def test_an_energy() -> None:
    values = {"backend": "simulator", "shots": 1000, "name": "h2", "dry_run": True}
    result = sent(program(settings=values, energy=energy()))
    assert result == {
        "type": "quantum-function",
        "name": "h2",
        "shots": 1000,
        "backend": "simulator",
        "dry_run": True,
        "input": {
            "data": {
                "type": "hamiltonian-energy",
                "data": {
                    "hamiltonian": [  # no identity; the rightmost letter is qubit 0
                        {"pauli_string": "IIZ", "coefficient": 0.39},
                        {"pauli_string": "YIX", "coefficient": -1},
                    ],
                    "ansatz": {
                        "data": 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float[64] th_0;\ninput float[64] th_1;\n'
                        "qubit[3] q;\nry(th_0) q[0];\nry(2.0*th_1) q[1];\ncx q[0], q[1];\n"
                    },
                },
            },
            "params": [0.1, 2],
        },
    }


def test_an_energy_with_everything() -> None:
    full = energy(
        linear_constraints=(((1, 0, -1.5), 2),),
        quadratic_constraints=((((1, 0, 0), (0, 1, 0), (0, 0, 0.5)), (0, 1, 0), 3.0),),
        penalty=10,
        cvar_alpha=0.25,
    )
    data = sent(program(settings={"backend": "simulator"}, energy=full))["input"]["data"]["data"]
    assert list(data) == [
        "hamiltonian",
        "ansatz",
        "linear_constraints",
        "quadratic_constraints",
        "penalty",
        "cvar_alpha",
    ]
    assert data["linear_constraints"] == [{"coeffs": [1, 0, -1.5], "rhs": 2}]
    assert data["quadratic_constraints"] == [
        {"quadratic_coeff": [[1, 0, 0], [0, 1, 0], [0, 0, 0.5]], "linear_coeff": [0, 1, 0], "rhs": 3}
    ]
    assert (data["penalty"], data["cvar_alpha"]) == (10, 0.25)


def test_an_ansatz_without_parameters() -> None:
    fixed = energy(ansatz=circuit(3, Op("x", (0,))), parameters=(), params=None)
    assert "params" not in sent(program(settings={"backend": "simulator"}, energy=fixed))["input"]


def test_any_other_function_goes_through_as_written() -> None:
    data = {"a": 1, "b": 2.5, "c": Fraction(1, 2), "d": ["x", {"e": None, "f": True}], "g": EnvironmentVariable("KEY")}
    function = Function("qaoa-something", data, (0.5, 1.0))
    wanted = program(settings={"backend": "simulator"}, function=function)
    assert sent(wanted, environment={"KEY": "v"})["input"] == {
        "type": "qaoa-something",
        "data": {"a": 1, "b": 2.5, "c": 0.5, "d": ["x", {"e": None, "f": True}], "g": "v"},
        "params": [0.5, 1],
    }
    assert payload(wanted)["input"]["data"]["g"] == 'env("KEY")'
    assert "params" not in sent(program(settings={"backend": "simulator"}, function=Function("t", {})))["input"]


def test_a_file_with_everything_about_energies() -> None:
    loaded, _ = load(
        Source(
            """
            job { backend = "simulator" }
            param th[2]
            circuit ansatz { qubit q[2]; ry(th[0]) q[0]; ry(2*th[1]) q[1]; cnot q[0], q[1] }
            hamiltonian h2 = -1.05 + 0.39*Z[0] - 0.01*Z[0]*X[1]
            energy {
              hamiltonian = h2
              ansatz = ansatz
              params = [0.1, pi/2]
              linear_constraints = [[[1, 2], 3]]
              quadratic_constraints = [[[[1, 0], [0, 1.5]], [1, 0], 2]]
              penalty = 10
              cvar_alpha = 0.25
            }
            """,
            "vqe.qc",
        )
    )
    assert sent(loaded)["input"] == {
        "data": {
            "type": "hamiltonian-energy",
            "data": {
                "hamiltonian": [
                    {"pauli_string": "IZ", "coefficient": 0.39},
                    {"pauli_string": "XZ", "coefficient": -0.01},
                ],
                "ansatz": {
                    "data": 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float[64] th_0;\ninput float[64] th_1;\n'
                    "qubit[2] q;\nry(th_0) q[0];\nry(2.0*th_1) q[1];\ncx q[0], q[1];\n"
                },
                "linear_constraints": [{"coeffs": [1, 2], "rhs": 3}],
                "quadratic_constraints": [{"quadratic_coeff": [[1, 0], [0, 1.5]], "linear_coeff": [1, 0], "rhs": 2}],
                "penalty": 10,
                "cvar_alpha": 0.25,
            },
        },
        "params": [0.1, 1.5707963267948966],
    }


def test_a_file_with_another_function() -> None:
    text = """
        function {
          type = "mine"
          data { a = 1; b = 0.5; c = "x"; d = [1, [2.5, true]]; e { f = null } }
          params = [1, 0.5]
        }
    """
    loaded, _ = load(Source(text, "function.qc"))
    assert sent(loaded)["input"] == {
        "type": "mine",
        "data": {"a": 1, "b": 0.5, "c": "x", "d": [1, [2.5, True]], "e": {"f": None}},
        "params": [1, 0.5],
    }
