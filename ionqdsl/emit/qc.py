"""Writes circuits and programs as `.qc` text.

Takes a circuit or a lowered program and returns text that reads back as an equal one, so that every stage of the
compiler can be inspected in the language itself. Loops, definitions and names of constants are lost in lowering and not
reconstructed; names, angles and blocks are kept.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain, count, groupby, islice
from operator import itemgetter
from typing import Any

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.emit.plain_text import LineStyle, LineTemplate, template, written_exactly
from ionqdsl.ir import input_permutation, notation
from ionqdsl.ir.angle import DecimalAngle, Exact
from ionqdsl.ir.circuit import BARRIER, MEASURE, NOT_GATES, RESET, Condition, FlatCircuit, Op, Operator, Slot, Steps
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.job import Energy, EnvironmentVariable, Function, Job, LoweredProgram
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.ir.operators import Product
from ionqdsl.ir.plain_rows import LineForm, PlainRows, argument, open_angles
from ionqdsl.ir.symbols import names
from ionqdsl.language.lower.measurements import readable
from ionqdsl.language.step_budget import MAX_TOKENS

INDENT = "  "
WIDTH = 100
"""Longest line, as in placement.py."""
_TOGETHER = 1024
"""Lines that exist at the same time."""
_REMEMBERED = 4096
"""Rows whose lines are remembered."""

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_TAKEN = KEYWORDS | {"pi", "tau", "e", "turn", "deg", "rad", "X", "Y", "Z", "_"}


def is_name(text: str) -> bool:
    """Whether a text is a valid name in a program."""
    return bool(_NAME.fullmatch(text)) and text not in _TAKEN


# --- circuits --------------------------------------------------------------------------------------------------------


def text(circuit: FlatCircuit) -> str:
    """A circuit as a program of bare statements, parameters first; ends with a newline."""
    parameters = symbols_parameters(circuit.symbols)
    return joined([*_param_lines(parameters), *statements(circuit, parameters)])


def joined(lines: Iterable[str]) -> str:
    """Joins statements, which need not exist at the same time; one that is too long for its line is broken as by
    `ionqdsl fmt`.
    """
    waiting, texts, longest = iter(lines), list[str](), 0
    while some := [*islice(waiting, _TOGETHER)]:
        longest = max(longest, *map(len, some))
        texts.append("\n".join(some) + "\n")
    result = "".join(texts) or "\n"
    if longest <= WIDTH:
        return result
    from ionqdsl.language.reformat import reformat  # imported late: it loads the parser

    return reformat(Source(result))


def symbols_parameters(symbols: Sequence[str]) -> dict[str, int]:
    """The parameters that symbols name, in order: name and size, 0 for a scalar. `th[2]` makes `{"th": 3}`."""
    sizes: dict[str, int] = {}
    for symbol in symbols:
        for name in names(symbol):
            base, _, index = name.partition("[")
            sizes[base] = max(sizes.get(base, 0), int(index[:-1]) + 1 if index else 0)
    return sizes


def _param_lines(parameters: Mapping[str, int]) -> list[str]:
    return [f"param {name}[{size}]" if size else f"param {name}" for name, size in parameters.items()]


def statements(circuit: FlatCircuit, parameters: Mapping[str, int]) -> Iterator[str]:
    """The statements of a circuit, one a line; `parameters` are names its qubits cannot have."""
    wires = _wires(circuit, {*parameters, *(name for name, slots in circuit.registers if _is_written(slots))})
    qubits = [name if size is None else f"{name}[{index}]" for name, size in wires for index in range(size or 1)]
    is_native = circuit.gateset == "native" and all(_is_native(op) for op in circuit.patterns)
    if is_native:
        yield "gateset native"
    if wires:
        yield "qubit " + ", ".join(name if size is None else f"{name}[{size}]" for name, size in wires)
        yield from input_permutation.lines(circuit.inputs, qubits)
    yield from slots(circuit)
    is_qis = not any(op.gate not in NOT_GATES and _is_native(op) for op in circuit.patterns)
    if circuit.is_plain and is_qis and not any(op.pinned for op in circuit.patterns):
        for part in circuit.parts:
            yield from _rows(part.rows, qubits, False) if isinstance(part, Steps) else _plain_lines(part, qubits)
    else:
        yield from _rows(circuit.rows, qubits, is_native)
    yield from registers(circuit, wires)
    phase = circuit.phase.reduced()
    if phase:
        yield f"gphase({notation.angle(phase)})"


def registers(circuit: FlatCircuit, wires: Sequence[tuple[str, int | None]]) -> list[str]:
    """The statements that declare a circuit's registers, on qubits declared as `wires`."""
    return [
        f"register {name} = {_slots(read, wires)}"
        for (name, slots), (_, read) in zip(circuit.registers, circuit.readout, strict=True)
        if not _is_written(slots)
    ]


def slots(circuit: FlatCircuit) -> list[str]:
    """The statements that declare the registers that measurements write."""
    return [f"register {name}[{len(slots)}]" for name, slots in circuit.registers if _is_written(slots)]


def _is_written(slots: Sequence[int | Slot | None]) -> bool:
    """Whether measurements write a register, or nothing does."""
    return not any(isinstance(slot, int) for slot in slots)


def _wires(circuit: FlatCircuit, taken: Container[str]) -> tuple[tuple[str, int | None], ...]:
    """The declared names of the qubits, or `q[n]` if they no longer fit the circuit or are taken."""
    declared = [name for name, _ in circuit.wires]
    if (
        sum(1 if size is None else size for _, size in circuit.wires) == circuit.width
        and len(set(declared)) == len(declared)
        and all((is_name(name) or name == "e") and name not in taken for name in declared)  # a qubit may hide e
    ):
        return circuit.wires
    name = "q"
    while name in taken:
        name += "_"
    return ((name, circuit.width),) if circuit.width else ()


def _is_native(op: Op) -> bool:
    return op.gate in NOT_GATES or GATES[op.gate].gateset == "native"


def _rows(rows: Sequence[Op], qubits: Sequence[str], is_native: bool) -> Iterator[str]:
    """Rows as lines, pinned ones inside their block."""
    written: dict[int, str] = {}

    def lines(ops: Iterable[Op]) -> Iterator[str]:
        for op in ops:
            text = written.get(id(op))
            if text is None:
                if len(written) >= _REMEMBERED:
                    written.clear()
                text = written[id(op)] = row(op, qubits)
            yield text

    def foreign(ops: Iterable[Op]) -> Iterator[str]:
        """Native gates of a qis circuit are in `native` blocks."""
        if is_native:
            yield from lines(ops)
            return
        for native, group in groupby(ops, lambda op: op.gate not in NOT_GATES and _is_native(op)):
            inner = lines(group)
            yield from _block("native", inner) if native else inner

    if not any(op.pinned for op in rows):
        yield from foreign(rows)
        return
    for number, group in groupby(zip(_block_numbers(rows), rows, strict=True), itemgetter(0)):
        ops = [op for _, op in group]
        if not number:
            yield from foreign(ops)
        elif not is_native and all(map(_is_native, ops)):
            yield from _block("native", lines(ops))
        else:
            yield from _block("verbatim", foreign(ops))


def _plain_lines(rows: PlainRows, qubits: Sequence[str]) -> Iterator[str]:
    """The rows of plain lines as lines, with the numbers as they were written if that is how they are written here."""

    def template_of(form: LineForm) -> LineTemplate | None:
        if any(angle.terms[0][2] != 1 for angle in open_angles(form.rows)):
            return None
        texts = [row(op, qubits) for op in form.rows]
        for number in range(form.arity):
            texts = [text.replace(argument(number), "%s") for text in texts]
        return template(form, texts, LineStyle("\n", is_json=False))

    return written_exactly(rows, template_of, lambda op: row(op, qubits), _decimal)


_DECIMAL = re.compile(r"-?(?:[1-9][0-9]{0,3}\.|0\.(?!000))[0-9]{0,13}[1-9]", re.ASCII)
"""Decimals that notation.py writes as they are."""


def _decimal(text: str) -> str:
    return text if _DECIMAL.fullmatch(text) else notation.angle(DecimalAngle(text))


def _block_numbers(rows: Sequence[Op]) -> list[int]:
    """The verbatim block of every row; a barrier belongs to the block around it."""
    numbers = [op.pinned for op in rows]
    before: int | None = None  # the last gate's block, and the barriers since then
    barriers: list[int] = []
    for position, op in enumerate(rows):
        if op.gate == BARRIER:
            barriers.append(position)
            continue
        if op.pinned == before:
            for barrier in barriers:
                numbers[barrier] = op.pinned
        before, barriers = op.pinned, []
    return numbers


def _block(kind: str, lines: Iterable[str]) -> Iterator[str]:
    yield kind + " {"
    for line in lines:
        yield INDENT + line
    yield "}"


def row(op: Op, qubits: Sequence[str]) -> str:
    """One row as a statement, on qubits with these names."""
    if op.when:
        inner = row(op._replace(when=()), qubits)
        return reduce(lambda text, when: f"if {condition(when)} {{ {text} }}", reversed(readable(op.when)), inner)
    if op.gate == BARRIER:
        is_all = op.qubits == tuple(range(len(qubits)))
        return BARRIER if is_all else f"{BARRIER} " + ", ".join(qubits[qubit] for qubit in op.qubits)
    if op.slot is not None:
        return f"{op.slot.register}[{op.slot.place}] = {MEASURE} {qubits[op.qubits[0]]}"
    if op.gate == RESET:
        return f"{RESET} {qubits[op.qubits[0]]}"
    gate = GATES[op.gate]
    head = {0: "", 1: "ctrl @ "}.get(op.controls, f"ctrl({op.controls}) @ ") + gate.name
    arguments = [
        notation.angle(angle, "turn" if parameter.unit == "turn" else "rad")
        for parameter, angle in zip(gate.parameters, op.angles, strict=False)
    ]
    if op.operator is not None:
        arguments.append(operator(op.operator))
        arguments += [f"steps = {op.operator.steps}"] if op.operator.steps else []
    if op.gate == "ms" and arguments[-1] == "0.25":
        arguments.pop()
    call = f"{head}({', '.join(arguments)})" if arguments else head
    return f"{call} {', '.join(qubits[qubit] for qubit in op.qubits)}" if op.qubits else call


def condition(when: Condition) -> str:
    """A condition on outcomes as an expression: `s[0] and not s[1]`."""
    return " and ".join(f"{'' if bit else 'not '}{slot.register}[{slot.place}]" for slot, bit in when)


def operator(value: Operator) -> str:
    """An operator as an expression: `0.5*X[0]*X[1] - Z[0] + 2`."""
    parts = []
    for product, coefficient in value.terms:
        factors = "*".join(f"{letter}[{index}]" for letter, index in product)
        if not factors:
            parts.append(notation.number(coefficient))
        elif coefficient in (1, -1):
            parts.append(factors if coefficient == 1 else "-" + factors)
        else:
            parts.append(f"{notation.number(coefficient)}*{factors}")
    if not any(product for product, _ in value.terms):
        parts.append("0*Z[0]")  # makes a plain number an operator
    return notation.joined(parts)


def _slots(slots: Sequence[int | None], wires: Sequence[tuple[str, int | None]]) -> str:
    """Operands of a register: a whole `q`, a run `q[0:3]`, single qubits, `_` for a null slot."""
    places = [(name, index, size) for name, size in wires for index in range(size or 1)]
    parts: list[str] = []
    position = 0
    while position < len(slots):
        first = slots[position]
        if first is None:
            parts.append("_")
            position += 1
            continue
        name, start, size = places[first]
        end = position + 1
        while end < len(slots) and slots[end] == first + end - position and places[first + end - position][0] == name:
            end += 1
        length = end - position
        if size is None or length == size:
            parts.append(name)
        elif length < 3:
            parts += [f"{name}[{start + step}]" for step in range(length)]
        else:
            parts.append(f"{name}[{start}:{start + length}]")
        position = end
    return ", ".join(parts)


# --- programs --------------------------------------------------------------------------------------------------------


def program_text(program: LoweredProgram) -> str:
    """A lowered program: its job, its parameters, a block for every circuit it runs, and its `run` statement.

    Names that are not valid in a program, such as `ghz(4)`, become labels. Circuits that do not run are omitted.
    """
    return joined(program_lines(program))


def program_lines(program: LoweredProgram) -> Iterator[str]:
    """The same, every statement on one line, however long."""
    if program.job.settings:
        yield from _settings_block("job", _job_tree(program.job))
    if program.function is not None:
        yield from _function(program.function)
        return
    if len(program.energies) > 1:
        raise fail("QC0433", program.span, count=len(program.energies))
    circuits = [program.energy.ansatz] if program.energy is not None else program.runs
    _check_names(circuits, program.span)
    symbols = [*(program.energy.parameters if program.energy is not None else ())]
    symbols += [symbol for circuit in circuits for symbol in circuit.symbols]
    parameters = symbols_parameters(symbols)
    yield from _param_lines(parameters)
    if len(circuits) == 1 and program.energy is None and not program.is_multi and not is_name(circuits[0].name):
        yield from statements(circuits[0], parameters)
        return
    called = _circuit_names([circuit.name for circuit in circuits])
    for name, circuit in zip(called, circuits, strict=True):
        yield from _block(f"circuit {name}", statements(circuit, parameters))
    if program.energy is not None:
        taken = (*parameters, *called)
        numbered = map("hamiltonian_{}".format, count(1))
        name = next(name for name in numbered if not any(other.startswith(name) for other in taken))
        yield from _energy(program.energy, name, called[0])
        return
    needs_label = program.is_multi and len(circuits) == 1 and not circuits[0].registers
    items = [
        f"{name} as {_string(circuit.name, braces=True)}" if needs_label or name != circuit.name else name
        for name, circuit in zip(called, circuits, strict=True)
    ]
    if items:
        yield "run " + ", ".join(items)


def _check_names(circuits: Sequence[FlatCircuit], span: Span | None) -> None:
    """Raises if a name, which may come from JSON, is not valid in a program."""
    for circuit in circuits:
        for name, _ in circuit.registers:
            if not _NAME.fullmatch(name) or name in KEYWORDS:
                raise fail("QC1170", span, what="a register", name=name[:60])
    seen: set[str] = set()
    for circuit in circuits:
        if circuit.name in seen:
            raise fail("QC0727", span, name=circuit.name)
        seen.add(circuit.name)


def _circuit_names(wanted: Sequence[str]) -> list[str]:
    """A different name for each circuit, its own if that is valid."""
    taken = {name for name in wanted if is_name(name)}
    result = []
    for name in wanted:
        plain = name
        if not is_name(name):
            base = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
            base = base if is_name(base) else f"circuit_{base}".rstrip("_")
            candidates = chain([base], (f"{base}_{number}" for number in count(2)))
            plain = next(candidate for candidate in candidates if is_name(candidate) and candidate not in taken)
            taken.add(plain)
        result.append(plain)
    return result


def _job_tree(job: Job) -> dict[str, Any]:
    """The settings nested as the job block writes them."""
    tree: dict[str, Any] = {}
    for path, setting in job.settings.items():
        *blocks, key = path.split(".", 1) if path.startswith("metadata.") else path.split(".")
        block = tree
        for name in blocks:
            block = block.setdefault(name, {})
        block[key] = setting.value
    return tree


def _energy(energy: Energy, name: str, ansatz: str) -> list[str]:
    keys = ("params", "linear_constraints", "quadratic_constraints", "penalty", "cvar_alpha")
    settings = {key: getattr(energy, key) for key in keys if getattr(energy, key) is not None}
    block = _block("energy", [f"hamiltonian = {name}", f"ansatz = {ansatz}", *_settings(settings)])
    return [*_hamiltonian(name, energy.hamiltonian), *block]


def _hamiltonian(name: str, whole: Operator) -> list[str]:
    """A Hamiltonian as one statement, or as the sum of several if one would be too long to be read back."""
    parts: list[list[tuple[Product, Exact]]] = [[]]
    size = 0
    for product, factor in whole.terms:
        size += 4 + 5 * len(product)  # tokens: a sign, the factor, and `*X[0]` for each letter
        if size > MAX_TOKENS:
            parts.append([])
            size = 4 + 5 * len(product)
        parts[-1].append((product, factor))
    if len(parts) == 1:
        return [f"hamiltonian {name} = {operator(whole)}"]
    numbered = [f"{name}_{number}" for number in range(1, len(parts) + 1)]
    lines = [
        f"hamiltonian {one} = {operator(Operator(tuple(part)))}" for one, part in zip(numbered, parts, strict=True)
    ]
    return [*lines, f"hamiltonian {name} = {' + '.join(numbered)}"]


def _function(function: Function) -> Iterator[str]:
    params = {} if function.params is None else {"params": function.params}
    return _settings_block("function", {"type": function.type, "data": function.data, **params})


def _settings_block(kind: str, settings: Mapping[str, Any]) -> Iterator[str]:
    return _block(kind, _settings(settings))


def _settings(settings: Mapping[str, Any]) -> Iterator[str]:
    for key, item in settings.items():
        if not _NAME.fullmatch(key):
            raise fail("QC1170", None, what="a key", name=key[:60])
        if isinstance(item, Mapping):
            yield from _block(key, _settings(item))
        else:
            yield f"{key} = {value(item)}"


def value(item: Any) -> str:
    """A value of a settings block."""
    if isinstance(item, EnvironmentVariable):
        return f"env({_string(item.name)})"
    if item is None or isinstance(item, bool):
        return {None: "null", True: "true", False: "false"}[item]
    if isinstance(item, str):
        return _string(item)
    if isinstance(item, list | tuple):
        return f"[{', '.join(map(value, item))}]"
    if isinstance(item, Mapping):
        raise fail("QC1171", None, keys=", ".join(f"`{key}`" for key in item)[:60] or "nothing")
    return notation.number(item)


def _string(item: str, braces: bool = False) -> str:
    """A string literal; in the label of a run braces are doubled."""
    escaped = item.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped.replace("{", "{{").replace("}", "}}")}"' if braces else f'"{escaped}"'
