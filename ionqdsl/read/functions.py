"""Reads the other bodies of IonQ's API: jobs that are functions, and compiled circuits.

Takes plain data as returned by `json.loads` and returns a `LoweredProgram` from which emit/payload.py writes the same
body. The ansatz of an energy is OpenQASM 3, read like any other program; its inputs are the energy's parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.dynamic import NAMES_KEY, readings_of
from ionqdsl.ir.angle import Exact
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.ir.job import Energy, Function, LoweredProgram
from ionqdsl.read import openqasm
from ionqdsl.read.payload import circuit, job_of, listed, number_of, objected, shown
from ionqdsl.read.registers import mapped

TYPE = "quantum-function"
TEXT_TYPE = "ionq.qasm3.v1"


def program(body: Mapping[str, Any]) -> tuple[LoweredProgram, list[Diagnostic]]:
    """The program of a quantum function's body, and notes on its ansatz. Raises CompileError."""
    objected(body, "payload", ("type", "input"))
    inner = body["input"]
    if isinstance(inner, Mapping) and "type" in inner:
        value = objected(inner, "input", ("type", "data"), ("params",))
        data = objected(value["data"], "input.data", (), None)
        function = Function(str(value["type"]), dict(data), _numbers(value.get("params"), "input.params"))
        return LoweredProgram(job_of(body), function=function), []
    value = objected(inner, "input", ("data",), ("params",))
    outer = objected(value["data"], "input.data", ("type", "data"))
    if outer["type"] != "hamiltonian-energy":
        raise fail("QC0988", type=shown(outer["type"]).strip("`"), reason="the function is unknown", known=_KNOWN)
    energy, noticed = _energy(outer["data"], _numbers(value.get("params"), "input.params"))
    return LoweredProgram(job_of(body), {energy.ansatz.name: energy.ansatz}, energy=energy), noticed


def text_job(body: Mapping[str, Any]) -> tuple[LoweredProgram, list[Diagnostic]]:
    """The program of a job whose circuit is OpenQASM 3, and notes on it. Raises CompileError."""
    objected(body, "payload", ("type", "input"))
    text = objected(body["input"], "input", ("data",), None)["data"]
    if not isinstance(text, str):
        raise fail("QC0982", path="input.data", wanted="OpenQASM 3 as a text", found=shown(text))
    program, noticed = openqasm.read(Source(text, "input.data"))
    program.job = job_of(body)
    program.is_request = True
    names = program.job.settings.pop(f"metadata.{NAMES_KEY}", None)
    if names is not None:
        circuit = mapped(program.runs[0], readings_of(names.value))
        if circuit is None:
            noticed.append(Diagnostic("QC1193", None, {"key": NAMES_KEY}))
        else:
            program.runs[0] = circuit
    return program, noticed


_KNOWN = "`ionq.circuit.v1`, `ionq.multi-circuit.v1` and hamiltonian-energy"
_CONSTRAINTS = ("linear_constraints", "quadratic_constraints", "penalty", "cvar_alpha")


def _energy(value: Any, params: tuple[Any, ...] | None) -> tuple[Energy, list[Diagnostic]]:
    path = "input.data.data"
    data = objected(value, path, ("hamiltonian", "ansatz"), _CONSTRAINTS)
    text = objected(data["ansatz"], f"{path}.ansatz", ("data",))["data"]
    if not isinstance(text, str):
        raise fail("QC0982", path=f"{path}.ansatz.data", wanted="OpenQASM 3 as a text", found=shown(text))
    read, noticed = openqasm.read(Source(text, "ansatz"))
    ansatz = read.runs[0].replace(name="ansatz")
    if ansatz.registers or ansatz.is_dynamic:
        raise fail("QC0982", path=f"{path}.ansatz.data", wanted="a circuit of gates", found="measurements or resets")
    energy = Energy(
        _hamiltonian(data["hamiltonian"], f"{path}.hamiltonian", ansatz),
        ansatz,
        tuple(read.parameters),
        params,
        _linear(data.get("linear_constraints"), f"{path}.linear_constraints"),
        _quadratic(data.get("quadratic_constraints"), f"{path}.quadratic_constraints"),
        _number(data.get("penalty"), f"{path}.penalty"),
        _number(data.get("cvar_alpha"), f"{path}.cvar_alpha"),
    )
    return energy, noticed


def _hamiltonian(value: Any, path: str, ansatz: FlatCircuit) -> Operator:
    """Strings of letters, the rightmost of qubit 0."""
    terms: dict[tuple[tuple[str, int], ...], Exact] = {}
    for place, entry in enumerate(listed(value, path)):
        at = f"{path}[{place}]"
        term = objected(entry, at, ("pauli_string", "coefficient"))
        letters = term["pauli_string"]
        if not isinstance(letters, str) or len(letters) != ansatz.width or set(letters) - set("IXYZ"):
            wanted = f"{ansatz.width} letters of I, X, Y and Z"
            raise fail("QC0982", path=f"{at}.pauli_string", wanted=wanted, found=shown(letters))
        product = tuple((letter, index) for index, letter in enumerate(reversed(letters)) if letter != "I")
        terms[product] = terms.get(product, 0) + number_of(term["coefficient"], f"{at}.coefficient")
    return Operator(tuple(terms.items()))


def _linear(value: Any, path: str) -> Any:
    if value is None:
        return None
    constraints = []
    for place, entry in enumerate(listed(value, path)):
        one = objected(entry, f"{path}[{place}]", ("coeffs", "rhs"))
        constraints.append(
            (_numbers(one["coeffs"], f"{path}[{place}].coeffs"), _number(one["rhs"], f"{path}[{place}].rhs"))
        )
    return tuple(constraints)


def _quadratic(value: Any, path: str) -> Any:
    if value is None:
        return None
    constraints = []
    for place, entry in enumerate(listed(value, path)):
        at = f"{path}[{place}]"
        one = objected(entry, at, ("quadratic_coeff", "linear_coeff", "rhs"))
        square = tuple(_numbers(row, f"{at}.quadratic_coeff") for row in listed(one["quadratic_coeff"], at))
        line, rhs = _numbers(one["linear_coeff"], f"{at}.linear_coeff"), _number(one["rhs"], f"{at}.rhs")
        constraints.append((square, line, rhs))
    return tuple(constraints)


def _number(value: Any, path: str) -> Any:
    return None if value is None else number_of(value, path)


def _numbers(value: Any, path: str) -> tuple[Any, ...] | None:
    return None if value is None else tuple(number_of(item, path) for item in listed(value, path))


def native(value: Mapping[str, Any], name: str) -> LoweredProgram:
    """A compiled circuit in the service's format (ionq.native.v1): `qubits` and `circuit`. Raises CompileError."""
    body = objected(value, "circuit", ("circuit",), ("qubits", "gateset"))
    result = circuit(body["circuit"], body.get("qubits"), body.get("gateset", "native"), name=name, path="")
    return LoweredProgram(circuits={name: result}, runs=[result])
