"""Quantum functions: the energy of an ansatz, exact on the simulator and sampled on a QPU.

Takes the body of a job and returns `value` and `variance`. The ansatz is OpenQASM 3; `params` are the values of its
inputs. As in the service, the identity is left out; constraints and CVaR are not emulated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emulator.machine import MAX_QUBITS, Failed, counts_of_gates
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.read import openqasm as read


def value(body: Mapping[str, Any], seed: int = 0) -> dict[str, float]:
    """`value` and `variance` of a `hamiltonian-energy` job. Raises Failed."""
    settings = body["input"]
    data = settings["data"]
    if data.get("type") != "hamiltonian-energy" or not isinstance(data.get("data"), Mapping):
        raise Failed("InvalidInput", "The emulator plays no quantum function but hamiltonian-energy.")
    data = data["data"]
    if data.get("linear_constraints") or data.get("quadratic_constraints") or data.get("cvar_alpha") is not None:
        raise Failed("InvalidInput", "The emulator plays neither constraints nor cvar_alpha.")
    try:
        circuit = ansatz(data["ansatz"]["data"], settings.get("params") or ())
        terms = [(term["pauli_string"], term["coefficient"]) for term in data["hamiltonian"]]
    except (KeyError, TypeError):
        raise Failed("InvalidInput", "A hamiltonian-energy needs a hamiltonian and an ansatz.") from None
    return _energy(circuit, terms, None if body["backend"] == "simulator" else body.get("shots", 100), seed)


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


def _energy(circuit: FlatCircuit, terms: Sequence[tuple[str, float]], shots: int | None, seed: int) -> dict[str, float]:
    """Mean and variance of a sum of Pauli products, each measured separately: sum c^2 (1 - <P>^2).

    The rightmost letter acts on qubit 0. With `shots` each mean is sampled from that number of measurements.
    """
    import numpy as np

    from ionqdsl.simulation import simulate

    state = simulate.state(circuit)
    chance = np.random.default_rng(seed)
    total = variance = 0.0
    for letters, factor in terms:
        if len(letters) > circuit.width or set(letters) - set("IXYZ"):
            raise Failed("InvalidInput", f"{letters!r} is no product on {circuit.width} qubits.")
        rows = [Op(letter.lower(), (qubit,)) for qubit, letter in enumerate(reversed(letters)) if letter != "I"]
        if not rows:
            continue
        turned = circuit.with_rows([(op, None) for op in (*circuit.rows, *rows)])
        mean = float(np.vdot(state, simulate.state(turned)).real)
        if shots is not None:
            mean = 2 * int(chance.binomial(shots, min(1.0, max(0.0, (1 + mean) / 2)))) / shots - 1
        total += factor * mean
        variance += factor**2 * (1 - mean**2)
    return {"value": total, "variance": max(0.0, variance)}
