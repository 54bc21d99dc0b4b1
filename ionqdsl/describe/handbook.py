"""Everything about a gate: its call, meaning, units, definition, JSON and matrix.

Takes a gate's name and returns plain data, or text for people. The compiler itself derives it all from the gate table
and the standard gates' definitions; nothing is written down a second time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ionqdsl.ir.gates import GATES, NAMES, Gate

if TYPE_CHECKING:
    from ionqdsl.ir.circuit import Op

UNITS = {"rad": "radians", "turn": "turns", "us": "microseconds", "number": "a plain number", "operator": "an operator"}


def standard() -> list[str]:
    """The standard gates' names."""
    from ionqdsl.language.library import standard_signatures

    return list(standard_signatures())


def facts_of(name: str) -> list[dict[str, Any]]:
    """The facts about the gates of a name: rows of the table, or a standard gate."""
    rows = [gate for gate in GATES.values() if gate.name == name]
    if rows:
        return [_row_facts(gate) for gate in rows]
    return [_standard_facts(name)] if name in standard() else []


def _row_facts(gate: Gate) -> dict[str, Any]:
    op = _sample(gate)
    sample = f"{gate.name}({', '.join(_sample_texts(gate))})" if gate.parameters else gate.name
    has_matrix = gate.operands > 0
    return {
        "name": gate.name,
        "gateset": gate.gateset,
        "signature": gate.signature,
        "meaning": gate.meaning,
        "parameters": [{"name": p.name, "unit": UNITS[p.unit]} for p in gate.formals],
        "definition": None,
        "wire": _wire(op, gate) if op is not None else None,
        "sample": sample if has_matrix else None,
        "matrix": _matrix(op) if has_matrix and op is not None else None,
    }


def _sample_texts(gate: Gate) -> list[str]:
    return [{"rad": "pi/2", "turn": "0.25", "us": "1"}.get(p.unit, "...") for p in gate.parameters]


def _sample(gate: Gate) -> Op | None:
    """The gate on the first qubits, its angles a quarter turn; None for `pauliexp`, which has no fixed shape."""
    from ionqdsl.ir.angle import QUARTER_TURN, radians
    from ionqdsl.ir.circuit import Op

    if gate.operands < 0:
        return None
    angles = tuple(radians(1) if p.unit == "us" else QUARTER_TURN for p in gate.parameters)
    return Op(gate.key, tuple(range(gate.operands)), angles)


def _wire(op: Op, gate: Gate) -> str | None:
    from ionqdsl.emit.payload import gate_object
    from ionqdsl.ir.targets import PROFILES

    profile = PROFILES["v0.4-clients"] if gate.key == "nop" else PROFILES["v0.4"]
    return json.dumps(gate_object(op, gate.gateset, profile)) if gate.payload_name else None


def _standard_facts(name: str) -> dict[str, Any]:
    """A standard gate, from its definition in the language."""
    import ionqdsl.pipeline as stages
    from ionqdsl.diagnostics.source import Source
    from ionqdsl.language.library import standard_definitions, standard_signatures
    from ionqdsl.simulation import simulate

    signature = standard_signatures()[name]
    definition = standard_definitions()[name]
    operands = ", ".join(operand.text for operand in definition.operands)
    parameters = f"({', '.join(f'{p}: rad' for p in signature.parameters)})" if signature.parameters else ""
    values = f"({', '.join('pi/2' for _ in signature.parameters)})" if signature.parameters else ""
    text = f"qubit {operands}\n{name}{values} {operands}\n"
    circuit = stages.load(Source(text))[0].runs[0]
    return {
        "name": name,
        "gateset": "qis",
        "signature": f"{name}{parameters} {operands}",
        "meaning": "a standard gate of OpenQASM, defined by the gates of the table",
        "parameters": [{"name": p, "unit": "radians"} for p in signature.parameters],
        "definition": definition.span.text,
        "wire": None,
        "sample": name + values,
        "matrix": plain(simulate.unitary(circuit)),
    }


def _matrix(op: Op) -> list[list[list[float]]]:
    from ionqdsl.ir import matrices  # late: numpy

    return plain(matrices.matrix(op))


def plain(matrix: Any) -> list[list[list[float]]]:
    """Rows of [real, imaginary] pairs, rounded to remove the noise of the last digits."""
    return [[[round(z.real, 12) + 0.0, round(z.imag, 12) + 0.0] for z in row] for row in matrix.tolist()]


def text_of(facts: dict[str, Any]) -> str:
    """The facts of `facts_of` as text for people."""
    lines = [facts["signature"], "", f"  {facts['meaning']}", "", f"  gateset   {facts['gateset']}"]
    for parameter in facts["parameters"]:
        lines.append(f"  {parameter['name']:<9} in {parameter['unit']}".replace("in a", "a"))
    if facts["definition"]:
        lines.append(f"  defined   {facts['definition']}")
    if facts["wire"]:
        lines.append(f"  is sent   {facts['wire']}")
    if facts["matrix"]:
        order = ", first operand leftmost" if len(facts["matrix"]) > 2 else ""
        lines += ["", f"  matrix of {facts['sample']}{order}", "", *drawn(facts["matrix"])]
    return "\n".join(lines)


def drawn(matrix: list[list[list[float]]]) -> list[str]:
    """The matrix as text, one row per line, labelled with the basis states."""
    cells = [[_number(*pair) for pair in row] for row in matrix]
    width = max(len(cell) for row in cells for cell in row)
    bits = (len(matrix) - 1).bit_length()
    return [f"    |{i:0{bits}b}>  " + "  ".join(f"{cell:>{width}}" for cell in row) for i, row in enumerate(cells)]


def _number(real: float, imaginary: float) -> str:
    parts = [f"{real:.4g}"] if real else []
    if imaginary:
        size = "" if abs(imaginary) == 1 else f"{abs(imaginary):.4g}"
        sign = "-" if imaginary < 0 else "+" if parts else ""
        parts.append(f"{sign}{size}i")
    return "".join(parts) or "."


def parameters_of(name: str, gateset: str) -> tuple[tuple[str, str], ...]:
    """A built-in gate's parameters with their units (`rad`, `turn`, `us`, `number`, `operator`)."""
    from ionqdsl.language.library import standard_signatures

    key = NAMES[gateset].get(name)
    if key is not None:
        return tuple((parameter.name, parameter.unit) for parameter in GATES[key].formals)
    signature = standard_signatures().get(name)
    return tuple((parameter, "rad") for parameter in signature.parameters) if signature else ()
