"""Random circuits of qiskit and cirq that measure, reset and decide before their end, and their exact distributions.

`in_qiskit(seed)` and `in_cirq(seed)` use the libraries' own constructs. `qiskit_outcomes` follows every branch of a
QuantumCircuit with qiskit's matrices and evaluates conditions by a table of its own; `cirq_outcomes` runs cirq's
simulator. Both give registers slot by slot, slot 0 leftmost, as dynamic_programs.py does.
"""

from __future__ import annotations

import operator
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Distribution = dict[tuple[str, ...], float]

# --- qiskit ----------------------------------------------------------------------------------------------------------


def in_qiskit(seed: int, most: int = 12, has_boxes: bool = True) -> Any:
    """A circuit on two to four qubits with two registers; each bit is written at most once. Qiskit 1 has no boxes."""
    from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister

    draw = random.Random(seed)
    width, sizes = draw.randint(2, 4), (draw.randint(1, 3), draw.randint(1, 3))
    qubits = QuantumRegister(width, "q")
    registers = [ClassicalRegister(size, name) for size, name in zip(sizes, "cd", strict=True)]
    circuit = QuantumCircuit(qubits, *registers, global_phase=draw.choice([0, 0.7]))
    free = [bit for register in registers for bit in register]
    draw.shuffle(free)
    for _ in range(draw.randint(4, most)):
        kind = draw.random()
        if kind < 0.45:
            _qiskit_gate(circuit, draw)
        elif kind < 0.65 and free:
            circuit.measure(draw.randrange(width), free.pop())
        elif kind < 0.73:
            circuit.reset(draw.randrange(width))
        elif kind < 0.77:
            circuit.barrier(*draw.sample(range(width), 2))
        elif kind < 0.8:
            circuit.initialize([0.6, 0.8j], [draw.randrange(width)])
        else:
            _qiskit_block(circuit, registers, draw, has_boxes)
    for bit in free[: draw.randint(0, len(free))]:
        circuit.measure(draw.randrange(width), bit)
    return circuit


def _qiskit_gate(circuit: Any, draw: random.Random) -> None:
    a, b = draw.sample(range(circuit.num_qubits), 2)
    angle = draw.choice([0.3, 1.1, -2.2])
    match draw.randrange(9):
        case 0:
            circuit.h(a)
        case 1:
            circuit.x(a)
        case 2:
            circuit.rx(angle, a)
        case 3:
            circuit.u(angle, 0.4, 1.3, a)
        case 4:
            circuit.sx(a)
        case 5 | 6:
            circuit.cx(a, b)
        case 7:
            circuit.rzz(angle, a, b)
        case _:
            circuit.ch(a, b, ctrl_state=0)


def _qiskit_block(circuit: Any, registers: list[Any], draw: random.Random, has_boxes: bool, depth: int = 0) -> None:
    """An `if` with or without `else`, a `switch`, a loop over known numbers or a box; they may be nested."""

    def inside() -> None:
        _qiskit_gate(circuit, draw)
        if depth < 2 and draw.random() < 0.3:
            _qiskit_block(circuit, registers, draw, has_boxes, depth + 1)

    match draw.randrange(6 if has_boxes else 5):
        case 0 | 1 | 2:
            with circuit.if_test(_qiskit_condition(registers, draw)) as otherwise:
                inside()
            if draw.random() < 0.4:
                with otherwise:
                    inside()
        case 3:
            target = draw.choice([*registers, registers[0][0], _qiskit_number(registers, draw)])
            with circuit.switch(target) as case:
                with case(1):
                    inside()
                with case(0, 2) if getattr(target, "size", 1) > 1 else case(0):
                    inside()
                if draw.random() < 0.5:
                    with case(case.DEFAULT):
                        inside()
        case 4:
            with circuit.for_loop(range(draw.randint(1, 3))) as number:
                circuit.ry(number * 0.4 + 0.1, draw.randrange(circuit.num_qubits))
                inside()
        case _:
            with circuit.box():
                inside()


def _qiskit_condition(registers: list[Any], draw: random.Random) -> Any:
    from qiskit.circuit.classical import expr

    register, other = draw.choice(registers), draw.choice(registers)
    bit = draw.choice(list(other))
    match draw.randrange(6):
        case 0:
            return bit, draw.randrange(2)
        case 1:
            return register, draw.randrange(1 << len(register))
        case 2:
            return expr.logic_or(bit, expr.logic_not(register[0]))
        case 3:
            compare = draw.choice([expr.less, expr.less_equal, expr.greater, expr.greater_equal, expr.not_equal])
            return compare(register, draw.randrange(1 << len(register)))
        case 4:
            return expr.equal(_qiskit_number(registers, draw), 1)
        case _:
            return expr.logic_and(expr.index(register, len(register) - 1), expr.bit_not(bit))


def _qiskit_number(registers: list[Any], draw: random.Random) -> Any:
    from qiskit.circuit.classical import expr, types

    register = draw.choice(registers)
    match draw.randrange(4):
        case 0:
            return expr.bit_xor(register, (1 << len(register)) - 1)
        case 1:
            return expr.shift_right(expr.cast(register, types.Uint(4)), 1)
        case 2:
            return expr.bit_and(expr.cast(registers[0], types.Uint(4)), expr.cast(registers[1], types.Uint(4)))
        case _:
            return expr.bit_not(register)


Branch = tuple[dict[Any, int], Any]


def qiskit_outcomes(circuit: Any) -> Distribution:
    """The joint distribution of the registers into which anything is measured, in order."""
    from qiskit.quantum_info import Statevector

    start = Statevector.from_int(0, 2**circuit.num_qubits)
    same = {bit: bit for bit in circuit.clbits}
    places = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    found: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for bits, state in _executed(circuit, places, same, [({}, start)]):
        written = [register for register in circuit.cregs if any(bit in bits for bit in register)]
        key = tuple("".join(str(bits.get(bit, 0)) for bit in register) for register in written)
        found[key] += float(np.vdot(state.data, state.data).real)
    return dict(found)


def _executed(circuit: Any, places: dict[Any, int], bits: dict[Any, Any], branches: list[Branch]) -> list[Branch]:
    """The branches after the instructions of a circuit or of one inside it."""
    for item in circuit.data:
        operation = item.operation
        qubits, written = [places[qubit] for qubit in item.qubits], [bits[bit] for bit in item.clbits]
        if operation.name == "measure":
            branches = [
                ({**record, written[0]: bit}, part)
                for record, state in branches
                for bit, part in _parts(state, qubits[0])
            ]
        elif operation.name == "reset":
            branches = [
                (record, part.evolve(_matrix("x"), qubits) if bit else part)
                for record, state in branches
                for bit, part in _parts(state, qubits[0])
            ]
        elif hasattr(operation, "blocks"):
            after: list[Branch] = []
            for record, state in branches:
                following = [(record, state)]
                for block in _taken(operation, {bit: record.get(outer, 0) for bit, outer in bits.items()}):
                    inner = {**bits, **dict(zip(block.clbits, written, strict=True))}
                    following = _executed(block, dict(zip(block.qubits, qubits, strict=True)), inner, following)
                after += following
            branches = after
        elif operation.name in ("initialize", "barrier"):
            definition = operation.definition
            if definition is not None:
                inner_places = dict(zip(definition.qubits, qubits, strict=True))
                branches = _executed(definition, inner_places, {}, branches)
        else:
            branches = [(record, state.evolve(operation, qubits)) for record, state in branches]
    return branches


def _matrix(name: str) -> Any:
    from qiskit.quantum_info import Operator

    return Operator.from_label(name.upper())


def _parts(state: Any, qubit: int) -> Iterator[tuple[int, Any]]:
    """The outcomes of a measurement and the states after them, which are not normalised."""
    from qiskit.quantum_info import Statevector

    number = np.arange(state.data.size) >> qubit & 1
    for bit in (0, 1):
        part = np.where(number == bit, state.data, 0)
        if np.vdot(part, part).real > 1e-15:
            yield bit, Statevector(part)


def _taken(operation: Any, record: dict[Any, int]) -> Iterator[Any]:
    """The blocks that are executed for outcomes."""
    from qiskit.circuit import CASE_DEFAULT

    match operation.name:
        case "if_else":
            yield from [operation.blocks[0]] if _number(operation.condition, record) else operation.blocks[1:]
        case "switch_case":
            value = _number(operation.target, record)
            for labels, block in operation.cases_specifier():
                if value in labels or CASE_DEFAULT in labels:
                    yield block
                    return
        case "for_loop":
            numbers, parameter, block = operation.params
            for value in numbers:
                yield block.assign_parameters({parameter: value}) if parameter in block.parameters else block
        case _:
            yield operation.blocks[0]


_SIGNS: dict[str, Callable[[int, int], int]] = {
    **{name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    "rshift": operator.rshift,
}
_CALLED = {"EQUAL": "eq", "NOT_EQUAL": "ne", "LESS": "lt", "LESS_EQUAL": "le", "GREATER": "gt", "GREATER_EQUAL": "ge"}


def _number(condition: Any, record: dict[Any, int]) -> int:
    """The value of a condition, a bit, a register or an expression, by its digits."""
    from qiskit.circuit import ClassicalRegister, Clbit

    if isinstance(condition, tuple):
        return _number(condition[0], record) == int(condition[1])
    if isinstance(condition, Clbit):
        return record[condition]
    if isinstance(condition, ClassicalRegister):
        return int("".join(str(record[bit]) for bit in reversed(list(condition))), 2)
    width = getattr(condition.type, "width", 1)
    match type(condition).__name__:
        case "Var":
            return _number(condition.var, record)
        case "Value":
            return int(condition.value)
        case "Cast":
            return _number(condition.operand, record)
        case "Unary":
            return 2**width - 1 - _number(condition.operand, record)
        case "Index":
            return _number(condition.target, record) // 2 ** _number(condition.index, record) % 2
    left, right = _number(condition.left, record), _number(condition.right, record)
    match condition.op.name:
        case "BIT_AND" | "LOGIC_AND":
            return left & right
        case "BIT_OR" | "LOGIC_OR":
            return left | right
        case "BIT_XOR":
            return left ^ right
        case "SHIFT_RIGHT":
            return left // 2**right
    return int(_SIGNS[_CALLED[condition.op.name]](left, right))


# --- cirq ------------------------------------------------------------------------------------------------------------


def in_cirq(seed: int, is_classical: bool = False, most: int = 12) -> Any:
    """A circuit on two to four qubits. `is_classical`: every outcome is certain, so that one shot shows all."""
    import cirq
    import sympy

    draw = random.Random(seed)
    qubits = cirq.LineQubit.range(draw.randint(2, 4))
    operations: list[Any] = [cirq.I.on_each(*qubits)]
    if is_classical:
        operations += [cirq.X(qubit) for qubit in qubits if draw.random() < 0.5]
    keys: dict[str, int] = {}
    for _ in range(draw.randint(4, most)):
        kind = draw.random()
        if kind < 0.35:
            operations.append(_cirq_gate(qubits, draw, is_classical))
        elif kind < 0.65 and len(keys) < 4:
            measured = draw.sample(qubits, draw.randint(1, len(qubits)))
            key = draw.choice(["m", "n", "s[0]", "s[1]", "out put", "p"])
            if key in keys:
                continue
            measured = measured[:1] if "[" in key else measured
            keys[key] = len(measured)
            mask = tuple(draw.random() < 0.3 for _ in measured)
            operations.append(cirq.measure(*measured, key=key, invert_mask=mask))
        elif kind < 0.72:
            operations.append(cirq.reset(draw.choice(qubits)))
        elif keys:
            conditions = [_cirq_condition(keys, draw) for _ in range(draw.randint(1, 2))]
            gate = _cirq_gate(qubits, draw, is_classical)
            operations.append(gate.with_classical_controls(*conditions))
    if is_classical and draw.random() < 0.5 and "t" not in keys:  # a circuit inside, with a condition of its own
        inner = cirq.FrozenCircuit(cirq.measure(qubits[0], key="t"), cirq.X(qubits[1]).with_classical_controls("t"))
        operations.append(cirq.CircuitOperation(inner).with_measurement_key_mapping({"t": "u"}))
        operations.append(cirq.X(qubits[0]).with_classical_controls(sympy.Eq(sympy.Symbol("u"), 0)))
    operations.append(cirq.measure(*qubits, key="final"))
    return cirq.Circuit(operations)


def _cirq_gate(qubits: list[Any], draw: random.Random, is_classical: bool) -> Any:
    import cirq

    a, b = draw.sample(qubits, 2)
    gates = [cirq.X(a), cirq.CX(a, b), cirq.SWAP(a, b), cirq.X(b).controlled_by(a, control_values=[0])]
    return draw.choice(gates if is_classical else [*gates, cirq.H(a), cirq.Y(b) ** 0.5, cirq.CZ(a, b), cirq.S(a)])


def _cirq_condition(keys: dict[str, int], draw: random.Random) -> Any:
    import cirq
    import sympy

    key = draw.choice(list(keys))
    size = keys[key]
    plain = [other for other in keys if other.isidentifier()]
    match draw.randrange(5):
        case 0 if plain:
            return sympy.Eq(sympy.Symbol(draw.choice(plain)), draw.randrange(2))
        case 1 if plain:
            one, other = draw.choice(plain), draw.choice(plain)
            return sympy.Symbol(one) > sympy.Symbol(other) if one != other else sympy.Symbol(one) >= 2
        case 2 if plain:
            name = draw.choice(plain)
            return sympy.Eq(sympy.IndexedBase(name)[keys[name] - 1], 1)
        case 3:
            mask = draw.randrange(1 << size)
            return cirq.BitMaskKeyCondition(key, target_value=draw.randrange(1 << size) & mask, equal_target=True,
                                            bitmask=mask)  # fmt: skip
    return key


def cirq_outcomes(circuit: Any, shots: int, seed: int) -> Distribution:
    """The joint distribution of the registers in the order of their names, sampled by cirq's simulator.

    `s[0]` and `s[1]` are slots of `s`; a slot without a key is 0.
    """
    import cirq

    records = cirq.Simulator(seed=seed).run(circuit, repetitions=shots).records
    found: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for shot in range(shots):
        bits: dict[str, dict[int, int]] = {}
        for key in sorted(records):
            name, bracket, place = key.partition("[")
            measured = enumerate(records[key][shot, 0], int(place[:-1]) if bracket else 0)
            bits.setdefault(name.replace(" ", "_"), {}).update(measured)
        said = ["".join(str(int(slots.get(k, 0))) for k in range(max(slots) + 1)) for slots in bits.values()]
        found[tuple(said)] += 1 / shots
    return dict(found)
