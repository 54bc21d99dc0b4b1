"""Converts circuits from and to qiskit, with parameters, measurements, conditions and the exact global phase.

`read` takes a QuantumCircuit: gates and instructions that qiskit defines by others are expanded, loops over known
numbers are written out, and branches become conditions on outcomes. `write` makes one. Bit i of a classical register is
slot i of the register of that name, and has weight 2**i in conditions; qiskit prints bit 0 rightmost, ionqdsl slot 0
leftmost. Both refuse a circuit that the other side cannot express.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial, reduce
from itertools import groupby
from typing import Any

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.emit.qc import is_name
from ionqdsl.exchange.assembly import (
    MAX_DEPTH,
    Assembly,
    plain_rows,
    renamed,
)
from ionqdsl.exchange.qiskit_conditions import bits_of, value_of
from ionqdsl.exchange.qiskit_gates import gate_template, radians
from ionqdsl.ir.angle import TAU, Angle
from ionqdsl.ir.circuit import BARRIER, RESET, Condition, FlatCircuit, Op, Slot, canonical
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.symbols import CONSTANTS, OPERATORS, PostfixStep, call, folded, is_call
from ionqdsl.language.lower.measurements import readable
from ionqdsl.nesting import roomy
from ionqdsl.record import record


def is_one(source: Any) -> bool:
    """Whether a value is one of qiskit's circuits."""
    from qiskit.circuit import QuantumCircuit

    return isinstance(source, QuantumCircuit)


@roomy
def read(source: Any) -> tuple[FlatCircuit, list[Diagnostic]]:
    """The circuit of a QuantumCircuit, and notes. Raises CompileError for one that cannot be expressed."""
    from qiskit.circuit import Parameter

    names, noticed = renamed(sorted(parameter.name for parameter in source.parameters))
    instead = {}
    for parameter in source.parameters:
        base, bracket, index = parameter.name.partition("[")
        if base in names:
            instead[parameter] = Parameter(names[base] + bracket + index)
    source = source.assign_parameters(instead) if instead else source
    circuit = FlatCircuit(len(source.qubits), source.name if is_name(source.name) else "main", wires=_wires(source))
    homes: dict[Any, Slot] = {}
    for number, register in enumerate(source.cregs):
        for place, bit in enumerate(register):
            homes.setdefault(bit, Slot(str(number), place))
    assembly = Assembly(circuit)
    named_bits = {slot: source.cregs[int(slot.register)].name for slot in homes.values()}
    reading = _InstructionReading(assembly, homes, named_bits)
    reading.body(source, range(len(source.qubits)), {bit: bit for bit in source.clbits}, 0)
    circuit, renamings = assembly.finished(
        (str(number), register.name, [homes[bit] for bit in register]) for number, register in enumerate(source.cregs)
    )
    _check_shared(circuit)
    return circuit, noticed + renamings


def _check_shared(circuit: FlatCircuit) -> None:
    """Raises for a bit of two registers that is written before the end: a slot has one register."""
    for name, slots in circuit.registers:
        other = next((slot.register for slot in slots if isinstance(slot, Slot) and slot.register != name), None)
        if other is not None:
            raise fail("QC1144", None, what="shared bit", first=other, second=name)


@record(frozen=False)
class _InstructionReading:
    """The instructions of a circuit as rows. `homes` are the slots of its bits, `names` their registers' names."""

    assembly: Assembly
    homes: dict[Any, Slot]
    names: dict[Slot, str]

    def body(self, source: Any, qubits: Sequence[int], bits: Mapping[Any, Any], depth: int) -> None:
        """Adds the instructions of a circuit or an inner one; `qubits` and `bits` are its bits in the whole circuit."""
        from qiskit.circuit import ControlFlowOp

        if depth > MAX_DEPTH:
            raise fail("QC1103", None, limit=MAX_DEPTH)
        places = dict(zip(source.qubits, qubits, strict=True))
        if depth:
            self.assembly.spend(1 + len(source.data))
        for item in source.data:
            inner = [places[qubit] for qubit in item.qubits]
            condition = getattr(item.operation, "condition", None)
            if condition is None or isinstance(item.operation, ControlFlowOp):
                self.operation(item, inner, bits, depth)
            else:  # of `c_if`, which qiskit 2 no longer has
                body = partial(self.operation, item, inner, bits, depth)
                self.branches(condition, lambda value: 0 if value else 1, [body], bits)
        self.assembly.circuit.phase += radians(source.global_phase)

    def operation(self, item: Any, qubits: list[int], bits: Mapping[Any, Any], depth: int) -> None:
        """Adds one instruction, without the condition that it may have."""
        from qiskit.circuit import Barrier, ControlFlowOp, Gate, Measure, Reset

        operation = item.operation
        if isinstance(operation, Measure):
            slot = self.slot(bits[item.clbits[0]])
            self.assembly.measure(qubits[0], slot, self.names[slot])
        elif isinstance(operation, Reset):
            self.assembly.reset(qubits[0])
        elif isinstance(operation, Barrier):
            self.assembly.barrier(qubits)
        elif isinstance(operation, ControlFlowOp):
            self.control_flow(item, qubits, bits, depth + 1)
        elif isinstance(operation, Gate) or getattr(operation, "definition", None) is None:
            if operation.name in _JUMPS:
                raise fail("QC1149", None, construct=operation.name)
            self.assembly.place(gate_template(operation, 0), qubits)
        else:
            self.body(operation.definition, qubits, _bits_inside(operation.definition, item, bits), depth + 1)

    def control_flow(self, item: Any, qubits: list[int], bits: Mapping[Any, Any], depth: int) -> None:
        """Adds the blocks of an operation that decides, repeats or groups."""
        import qiskit.circuit as library

        operation = item.operation
        insides = [{**bits, **_bits_inside(block, item, bits)} for block in operation.blocks]
        bodies = [
            partial(self.body, block, qubits, inside, depth)
            for block, inside in zip(operation.blocks, insides, strict=True)
        ]
        if isinstance(operation, library.IfElseOp):
            self.branches(operation.condition, lambda value: 0 if value else 1, bodies, bits)
        elif isinstance(operation, library.SwitchCaseOp):
            cases = [values for values, _ in operation.cases_specifier()]
            self.branches(operation.target, partial(_case, cases), bodies, bits)
        elif isinstance(operation, library.ForLoopOp):
            self.loop(operation, qubits, insides[0], depth)
        elif hasattr(library, "BoxOp") and isinstance(operation, library.BoxOp):  # since qiskit 2
            if operation.duration is not None or getattr(operation, "annotations", None):
                raise fail("QC1144", None, what="box", gate=operation.name)
            self.assembly.barrier(qubits)
            bodies[0]()
            self.assembly.barrier(qubits)
        else:
            raise fail("QC1149", None, construct=operation.name)

    def branches(
        self,
        condition: Any,
        chosen: Callable[[int], int],
        bodies: Sequence[Callable[[], None]],
        bits: Mapping[Any, Any],
    ) -> None:
        """Adds each body under the outcomes for which `chosen` gives its number for the value of a condition."""
        slots = {bit: self.slot(bits.get(bit)) for bit in bits_of(condition)}

        def number(outcomes: Mapping[Slot, int]) -> int:
            return chosen(value_of(condition, lambda bit: outcomes.get(slots[bit], 0)))

        self.assembly.branches(slots.values(), number, [*bodies, lambda: None])

    def loop(self, operation: Any, qubits: list[int], bits: Mapping[Any, Any], depth: int) -> None:
        """Adds the rounds of a loop over known numbers."""
        values, parameter, block = operation.params
        if not isinstance(values, range | tuple | list):
            raise fail("QC1149", None, construct=operation.name)
        for value in values:
            self.assembly.spend(_STEPS_PER_ROUND)
            has_parameter = parameter is not None and parameter in block.parameters
            bound = block.assign_parameters({parameter: value}) if has_parameter else block
            self.body(bound, qubits, bits, depth)

    def slot(self, bit: Any) -> Slot:
        """The slot of a bit of the whole circuit. Raises CompileError for a bit of no register."""
        if bit not in self.homes:
            raise fail("QC1144", None, what="loose bit")
        return self.homes[bit]


_JUMPS = ("break_loop", "continue_loop", "store")
"""Names of instructions that have no definition, since they only mean something while the circuit runs."""
_STEPS_PER_ROUND = 20
"""A round of a loop takes as long as so many instructions, since its number becomes the value of a parameter."""


def _bits_inside(inside: Any, item: Any, bits: Mapping[Any, Any]) -> dict[Any, Any]:
    """The bits of a circuit inside an instruction -> bits of the whole circuit."""
    return dict(zip(inside.clbits, [bits[bit] for bit in item.clbits], strict=True))


def _case(cases: Sequence[Sequence[Any]], value: int) -> int:
    """The number of the first case of a `switch` for a value; their number if there is none."""
    from qiskit.circuit import CASE_DEFAULT

    return next(
        (number for number, values in enumerate(cases) if CASE_DEFAULT in values or value in values), len(cases)
    )


def _wires(source: Any) -> tuple[tuple[str, int | None], ...]:
    """The registers, if they contain all qubits in order."""
    listed = [qubit for register in source.qregs for qubit in register]
    if listed == list(source.qubits):
        return tuple((register.name, len(register)) for register in source.qregs)
    return (("q", len(source.qubits)),)


# --- writing ---------------------------------------------------------------------------------------------------------


def write(circuit: FlatCircuit) -> Any:
    """The QuantumCircuit of a circuit. Raises CompileError if qiskit cannot express it."""
    from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit, QuantumRegister

    plain = plain_rows(circuit)
    parameters: dict[str, Any] = {}

    def parameter(name: str) -> Any:
        return parameters.setdefault(name, Parameter(name))

    wires = circuit.wires
    if sum(size or 1 for _, size in wires) != circuit.width:
        wires = (("q", circuit.width),)
    registers = [QuantumRegister(size or 1, name) for name, size in wires]
    bits = [ClassicalRegister(len(slots), name) for name, slots in circuit.registers]
    result = QuantumCircuit(*registers, *bits, name=circuit.name)
    homes = {Slot(register.name, place): bit for register in bits for place, bit in enumerate(register)}
    for when, rows in groupby(plain.rows, lambda op: op.when):
        with ExitStack() as inside:
            for part in readable(when):
                inside.enter_context(result.if_test(_condition(part, homes)))
            for op in rows:
                _write(op, result, homes, parameter)
    phase = plain.phase.reduced()
    if phase:
        result.global_phase = _number(phase, parameter)
    for register, (_, slots) in zip(bits, circuit.registers, strict=True):
        for place, qubit in enumerate(slots):
            if isinstance(qubit, int):
                result.measure(qubit, register[place])
    return result


def _write(op: Op, result: Any, homes: Mapping[Slot, Any], parameter: Any) -> None:
    """Adds a row, without its condition, to a QuantumCircuit."""
    if op.gate == BARRIER:
        result.barrier(list(op.qubits))
    elif op.slot is not None:
        result.measure(op.qubits[0], homes[op.slot])
    elif op.gate == RESET:
        result.reset(op.qubits[0])
    else:
        for gate, qubits in _gates(op, parameter):
            result.append(gate, list(qubits))


def _condition(when: Condition, homes: Mapping[Slot, Any]) -> Any:
    """A condition as qiskit's: a bit and its value, or an expression of several bits."""
    from qiskit.circuit.classical import expr

    if len(when) == 1:
        return homes[when[0][0]], when[0][1]
    parts = [homes[slot] if bit else expr.logic_not(homes[slot]) for slot, bit in when]
    return reduce(expr.logic_and, parts)


def _gates(op: Op, parameter: Any) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """A row as gates with their operands: one of the library's, our gate under its own name, or elementary ones."""
    from qiskit.circuit import library

    op = canonical(op)
    gate = GATES[op.gate]
    if not gate.qiskit:
        if op.controls:  # qiskit loses the values of parameters under the controls of a gate it does not know
            for row in elementary(op)[0]:
                yield from _gates(row, parameter)
        else:
            yield _defined(op, parameter), op.qubits
        return
    found = getattr(library, gate.qiskit)(*(_number(one, parameter) for one in op.angles))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield found.control(op.controls, annotated=False) if op.controls else found, op.qubits


def _defined(op: Op, parameter: Any) -> Any:
    """A gate that qiskit lacks, under its name here, with its exact definition; a native one takes turns."""
    from qiskit.circuit import Gate, QuantumCircuit

    gate = GATES[op.gate]
    left_out = [Angle(one.default or 0) for one in gate.parameters[len(op.angles) :]]
    op = op._replace(qubits=tuple(range(len(op.qubits))), angles=(*op.angles, *left_out))
    unit = float(TAU) if gate.gateset == "native" else 1
    result = Gate(gate.name, len(op.qubits), [_number(one, parameter) / unit for one in op.angles])
    rows, phase = elementary(op)
    body = QuantumCircuit(len(op.qubits), global_phase=_number(phase, parameter))
    for row in rows:
        for part, qubits in _gates(row, parameter):
            body.append(part, list(qubits))
    result.definition = body
    return result


def _number(value: Angle, parameter: Any) -> Any:
    """An angle as a float, or a ParameterExpression, in radians."""
    total: Any = float(value.turns * TAU + value.radians)
    for symbol, turns, factor in value.terms:
        total = float(turns * TAU + factor) * _expression(symbol, parameter) + total
    return total


_METHODS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}
_METHODS |= {name: name for name in ("sin", "cos", "tan", "exp", "log")}


def _expression(symbol: str, parameter: Any) -> Any:
    def leaf(step: PostfixStep) -> Any:
        if step.number is not None:
            return step.number
        return float(CONSTANTS[step.word]) if step.word in CONSTANTS else parameter(step.word)

    def apply(step: PostfixStep, arguments: list[Any]) -> Any:
        if is_call(step) and all(isinstance(number, int | float) for number in arguments):
            return call(step.word, arguments)
        match step.word:
            case "sqrt":
                return arguments[0] ** 0.5
            case "abs":
                return abs(arguments[0])
            case word if word in _METHODS:
                return getattr(arguments[0], _METHODS[word])()
        if is_call(step):
            raise fail("QC1144", None, what="function", name=step.word, expression=symbol)
        return OPERATORS[step.word](*arguments) if step.takes == 2 else -arguments[0]

    return folded(symbol, leaf, apply)
