"""Quantum functions: the energy of an ansatz, exact on the simulator and sampled on a QPU.

Takes the body of a job and returns `value` and `variance`. The ansatz is OpenQASM 3; `params` are the values of its
inputs. As in the service, the identity is left out; simulation/energy.py defines constraints and CVaR.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emulator.failure import Failed
from ionqdsl.emulator.machine import MAX_QUBITS, counts_of_gates
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.ir.operators import Product
from ionqdsl.read import openqasm as read

if TYPE_CHECKING:
    from ionqdsl.simulation.rules import Rules


def value(body: Mapping[str, Any], seed: int = 0) -> dict[str, float]:
    """`value` and `variance` of a `hamiltonian-energy` job. Raises Failed."""
    settings = body["input"]
    data = settings["data"]
    if data.get("type") != "hamiltonian-energy" or not isinstance(data.get("data"), Mapping):
        raise Failed("InvalidInput", "The emulator plays no quantum function but hamiltonian-energy.")
    data = data["data"]
    shots = None if body["backend"] == "simulator" else body.get("shots", 100)
    try:
        circuit = ansatz(data["ansatz"]["data"], settings.get("params") or ())
        return _energy(circuit, data, shots, seed)
    except CompileError as error:
        raise Failed("InvalidInput", f"The energy cannot be computed: {error.diagnostics[0].message}") from None
    except (KeyError, TypeError, ValueError):
        raise Failed("InvalidInput", "A hamiltonian-energy needs a hamiltonian and an ansatz.") from None


def ansatz(text: str, params: Sequence[float]) -> FlatCircuit:
    """The circuit of an ansatz with values for its inputs, in order of declaration. Raises Failed."""
    names = re.findall(r"(?m)^[ \t]*+input\s++\w++\s*+(?:\[[^\]\n]*+\])?\s*+(\w++)\s*+;", text)
    if len(names) != len(params):
        raise Failed("InvalidInput", f"The ansatz has {len(names)} inputs, and params has {len(params)} values.")
    try:
        program, _ = read.read(Source(text, "ansatz"), dict(zip(names, map(float, params), strict=True)))
    except CompileError as error:
        raise Failed("InvalidInput", f"The ansatz cannot be read: {error.diagnostics[0].message}") from None
    if len(program.runs) != 1 or program.runs[0].width > MAX_QUBITS:
        raise Failed("NotEnoughQubits", f"The emulator plays an ansatz of at most {MAX_QUBITS} qubits.")
    return program.runs[0]


def stats(body: Mapping[str, Any]) -> dict[str, Any]:
    """The gates billed: the ansatz once for each product, with a gate for each letter X and Y."""
    settings = body["input"]
    circuit = ansatz(settings["data"]["data"]["ansatz"]["data"], settings.get("params") or ())
    words = [term["pauli_string"] for term in settings["data"]["data"]["hamiltonian"]]
    words = [word for word in words if set(word) - {"I"}]
    counts = counts_of_gates(circuit)
    turned = sum(letter in "XY" for word in words for letter in word)
    total = {"1q": counts["1q"] * len(words) + turned, "2q": counts["2q"] * len(words)}
    return {"qubits": circuit.width, "circuits": len(words), "gate_counts": total}


def _energy(circuit: FlatCircuit, data: Mapping[str, Any], shots: int | None, seed: int) -> dict[str, float]:
    """Value and variance: each group of terms that agree on every qubit is measured with all the shots.

    The rightmost letter acts on qubit 0; the identity is left out.
    """
    from ionqdsl.simulation import energy

    terms: list[tuple[Product, float]] = []
    for term in data["hamiltonian"]:
        letters, factor = term["pauli_string"], float(term["coefficient"])
        if len(letters) > circuit.width or set(letters) - set("IXYZ"):
            raise Failed("InvalidInput", f"{letters!r} is no product on {circuit.width} qubits.")
        product = tuple((letter, qubit) for qubit, letter in enumerate(reversed(letters)) if letter != "I")
        if product:
            terms.append((product, factor))
    found = energy.repeated(circuit, Operator(tuple(terms)), _rules(data, circuit.width), shots, seed)
    return {"value": found.value, "variance": math.fsum(group.variance for group in found.groups)}


def _rules(data: Mapping[str, Any], width: int) -> Rules:
    """The constraints, the penalty and the tail of a job. Raises Failed."""
    from ionqdsl.simulation.rules import Rules

    linear = tuple((_floats(one["coeffs"]), float(one["rhs"])) for one in data.get("linear_constraints") or ())
    quadratic = tuple(
        (tuple(map(_floats, one["quadratic_coeff"])), _floats(one["linear_coeff"]), float(one["rhs"]))
        for one in data.get("quadratic_constraints") or ()
    )
    lengths = [len(line) for line, _ in linear]
    lengths += [length for square, line, _ in quadratic for length in (len(square), *map(len, square), len(line))]
    if any(length != width for length in lengths):
        raise Failed("InvalidInput", f"A constraint needs a coefficient for each of the {width} qubits.")
    alpha = data.get("cvar_alpha")
    if alpha is not None and not 0 < alpha <= 1:
        raise Failed("InvalidInput", "cvar_alpha must be above 0 and at most 1.")
    return Rules(linear, quadratic, float(data.get("penalty") or 0.0), 1.0 if alpha is None else float(alpha))


def _floats(row: Sequence[Any]) -> tuple[float, ...]:
    return tuple(map(float, row))
