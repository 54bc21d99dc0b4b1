"""Keeps the rows of a circuit as they are: brings native gates into the range of their machine, and pins them.

Takes native circuits whose gates were multiplied or replaced, and returns circuits that every level of the optimiser
leaves alone.
"""

from __future__ import annotations

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import BARRIER, FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.symbolic import AnyCircuit, need_numbers
from ionqdsl.ir.targets import TARGETS
from ionqdsl.pipeline import fitted


def options_of(circuit: FlatCircuit) -> Options:
    """The options a native circuit was compiled with; for others a machine that has its two-qubit gates."""
    made: Options | None = getattr(circuit, "compiled", None)
    if made is not None:
        return made
    used = {op.gate for op in circuit.rows} & {target.two_qubit_gate for target in TARGETS.values()}
    names = [target.name for target in TARGETS.values() if target.gateset == "native"]
    fitting = [name for name in names if used <= {TARGETS[name].two_qubit_gate}]
    if not fitting:
        raise fail("QC1182", what="this", name=circuit.name)
    return Options(fitting[0], preserve="unitary")


def kept(circuit: AnyCircuit, options: Options) -> AnyCircuit:
    """The circuit as one verbatim block, its angles in the range of the machine, exactly. Raises CompileError."""
    loose = circuit.replace(rows=[op._replace(pinned=0) for op in circuit.rows])
    result = fitted(loose, options)
    rows = [op if op.gate == BARRIER else op._replace(pinned=1) for op in result.rows]
    compiled = {"compiled": options} if hasattr(circuit, "compiled") else {}  # its contract holds for the result, too
    return circuit.replace(rows=rows, origins=result.origins, phase=result.phase, **compiled)


def need_native(circuit: FlatCircuit, what: str) -> None:
    """Raises CompileError unless a circuit is one of native gates with a number for each parameter."""
    if circuit.gateset != "native":
        raise fail("QC1182", what=what, name=circuit.name)
    need_numbers(circuit, what)
