"""Answers names of other libraries, such as `circuit.measure_all()`, with the line that does the same here.

Takes an object, a name that it does not have and a table, and returns the AttributeError to raise.
"""

from __future__ import annotations

from collections.abc import Mapping

CIRCUIT: Mapping[str, str] = {
    "assign_parameters": "`circuit.bind(theta=0.3)`",
    "c_if": '`with circuit.when("m[0]"): ...`',
    "compose": "`first + second`, or `circuit.append(other, qubits)`",
    "control": "`circuit.controlled()`",
    "count_ops": "`circuit.stats().by_gate`",
    "data": "`for row in circuit: row.gate, row.qubits, row.angles`",
    "decompose": '`ionqdsl.compile(circuit, target="forte")`',
    "depth": "`circuit.stats().depth`",
    "get_statevector": "`circuit.state()`",
    "get_unitary": "`circuit.unitary()`",
    "if_test": '`with circuit.when("m[0]"): ...`',
    "initialize": '`circuit.gate("amplitudes", [0.6, 0.8], [0], include="std/states.qc")`',
    "mcx": "`circuit.x(target, controls=[0, 1])`",
    "measure_all": 'nothing: each qubit is measured at the end; `circuit.register("meas", [0, 1])` names the outcomes',
    "num_qubits": "`circuit.width`",
    "probs": "`circuit.probabilities()`",
    "qasm": "`ionqdsl.convert(circuit, 'qasm3')`",
    "remove_final_measurements": "nothing: measurements at the end are no rows of the circuit",
    "size": "`len(circuit)`",
    "statevector": "`circuit.state()`",
    "to_gate": "`circuit.append(other, qubits)`",
    "to_matrix": "`circuit.unitary()`",
    "to_qasm": "`ionqdsl.convert(circuit, 'qasm3')`",
    "to_text": "`str(circuit)`",
    "to_unitary": "`circuit.unitary()`",
}
"""Names that a circuit of another library has -> the same here."""
RESULT: Mapping[str, str] = {
    "get_counts": "`result.counts`",
    "get_memory": "`result.by_shot`",
    "get_probabilities": "`result.probabilities`",
    "histogram": "`result.counts`",
    "expval": '`result.expectation("ZZ")`',
    "mean": '`result.expectation("ZZ")`',
    "measurements": "`result.by_shot`",
    "plot": "`ionqdsl.plot(result)`",
    "quasi_dists": "`result.probabilities`",
}
"""Names that a result of another library has -> the same here."""


def unknown(owner: object, name: str, habits: Mapping[str, str]) -> AttributeError:
    """The error about a name that an object does not have; Python adds the most similar one to it."""
    text = f"'{type(owner).__name__}' object has no attribute '{name}'"
    if name in habits:
        text += f"; here it is {habits[name]}"
    return AttributeError(text, name=name, obj=owner)
