"""Rewrites controlled two-qubit gates so that only one-qubit gates have controls.

Takes controlled `xx`, `yy`, `zz`, `swap` and other gates on two qubits, and returns cnots around a controlled rotation
or x. The service's `swap` takes controls (a Fredkin gate is sent as one), so it stays for qis; nothing documents
whether the service takes controls on other two-qubit gates, so those are never sent. break_wide_gates.py handles
several controls on one qubit.
"""

from __future__ import annotations

from collections.abc import Iterable

from ionqdsl.algebra.elementary import elementary
from ionqdsl.ir.circuit import FlatCircuit, Op, shared
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.context import PassContext

_GATES = frozenset(gate.key for gate in GATES.values() if gate.operands == 2 and not gate.controls)


def gather_controls(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Rewrites controlled two-qubit rows; all others stay.

    Before (--target forte):
        param t
        qubit a, b, c
        ctrl @ zz(t) a, b, c
    After:
        param t
        qubit a, b, c
        cnot b, c
        ctrl @ rz(t) a, c
        cnot b, c
    """
    gates = _GATES if context.target.gateset == "native" else _GATES - {"swap"}
    if not any(op.controls and op.gate in gates for op in circuit.patterns):
        return circuit
    return circuit.with_rows(
        (row, origin)
        for op, origin in zip(circuit.rows, circuit.origins, strict=True)
        for row in (_gathered(op) if op.controls and op.gate in gates else (op,))
    )


def _gathered(op: Op) -> Iterable[Op]:
    """The row that keeps the controls, and the rows around it.

    cnot a, b turns ZZ into 1Z and XX into X1; yy is xx between s and its inverse; swap is three cnots, of which only
    the middle one needs the controls.
    """
    controls, (a, b) = op.qubits[: op.controls], op.qubits[op.controls :]

    def row(gate: str, *qubits: int) -> Op:
        return shared(gate, qubits, (), 0, op.pinned)

    def middle(gate: str, *qubits: int) -> Op:
        return shared(gate, (*controls, *qubits), op.angles, len(controls) + len(qubits) - 1, op.pinned)

    match op.gate:
        case "zz":
            return row("cnot", a, b), middle("rz", b), row("cnot", a, b)
        case "xx":
            return row("cnot", a, b), middle("rx", a), row("cnot", a, b)
        case "yy":
            inner = row("cnot", a, b), middle("rx", a), row("cnot", a, b)
            return row("si", a), row("si", b), *inner, row("s", a), row("s", b)
        case gate if gate != "swap":
            return elementary(op)[0]
        case _ if op.controls == 1:
            return [each._replace(pinned=op.pinned) for each in fredkin(controls[0], a, b)]
        case _:
            return row("cnot", b, a), middle("x", a, b), row("cnot", b, a)


def fredkin(control: int, a: int, b: int) -> list[Op]:
    """A controlled swap in six interactions.

    cnot b, a, then a Toffoli that computes its parity on the same pair, then cnot b, a. The first two rows are one, as
    z x = i y.
    """

    def controlled(gate: str, *qubits: int) -> Op:
        return shared(gate, qubits, (), 1)

    return [
        controlled("y", b, a),
        shared("s", (b,)),
        controlled("vi", control, b),
        controlled("z", a, b),
        controlled("v", control, b),
        controlled("s", control, a),
        shared("cnot", (b, a)),
    ]
