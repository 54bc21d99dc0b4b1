"""Turns the statements of an OpenQASM program into a circuit.

Takes a text and values for its inputs and returns a program with one circuit, flattened: loops, conditions and
definitions are expanded during reading. Measurements at the end become registers, inputs parameters. Those in the
middle, and resets, become rows if the caller takes them. Anything else that would need the machine to decide, wait or
measure during the circuit is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.garbage import uncollected
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import BARRIER, MAX_QUBITS, FlatCircuit, Steps, shared
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.plain_rows import PlainRows
from ionqdsl.language import includes, values
from ionqdsl.language.evaluate import suggest
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.keys import key_of
from ionqdsl.language.lower.templates import Template, modified
from ionqdsl.language.syntax import Name
from ionqdsl.language.values import Measure, Mismatch, NamedQubits
from ionqdsl.nesting import MAX_NESTING, roomy
from ionqdsl.read.natives import settled
from ionqdsl.read.openqasm import arrays, braket, gates, measuring, runs, subroutines, tree
from ionqdsl.read.openqasm.bodies import DefinedGate, GateBody, called, called_from, instances, modifier_of, moved, ours
from ionqdsl.read.openqasm.expressions import combined, converted, evaluate, number, size_of, truth, whole
from ionqdsl.read.openqasm.names import spelling
from ionqdsl.read.openqasm.operands import base, loop_values, qubits_of
from ionqdsl.read.openqasm.parse import parse, version_of
from ionqdsl.read.openqasm.scope import CHANGING, Array, Bits, QasmScope, Value, Variable
from ionqdsl.read.registers import named
from ionqdsl.record import fresh, record

MAX_STEPS = 2_000_000
"""Most statements of a program with its loops expanded."""


@roomy
def read(source: Source, values: Mapping[str, Any] | None = None) -> tuple[LoweredProgram, list[Diagnostic]]:
    """The program of a text, with `values` for its inputs, and notes. Raises CompileError.

    Measurements that nothing follows are readouts at the end. The native gates gpi, gpi2, ms and zz, in turns, need no
    definition in OpenQASM 3.
    """
    with uncollected():
        return _read(source, values)


def _read(source: Source, values: Mapping[str, Any] | None) -> tuple[LoweredProgram, list[Diagnostic]]:
    file = parse(source)
    name = os.path.splitext(source.file)[0]
    circuit = FlatCircuit(0, name if source.name.endswith(".qasm") else "main")
    noticed: list[Diagnostic] = []
    version = file.version or version_of(source.text)
    reading = ProgramReading(circuit, version, QasmScope(version, noticed), values or {}, gates.expander())
    unknown = [name for name in reading.values if not _is_input(file, name)]
    if unknown:
        begin = "" if version == 3 else "OPENQASM 3.0; ... "
        raise fail("QC0420", source, name=unknown[0], suggestion=None, declared=f"{begin}input float {unknown[0]};")
    if version == 3:
        dialect = braket.dialect(file)
        reading.library |= dialect.gates
        if dialect.guessed is not None:
            reading.scope.noticed.append(Diagnostic("QC1196", source, {"gate": dialect.guessed}))
    reading.scope.computes = partial(subroutines.result, reading)
    reading.file(file, _path(source))
    if not circuit.width:
        raise fail("QC1124", source)
    circuit, renamed = named(circuit, measuring.registers(reading))
    noticed += renamed
    circuit = settled(circuit)
    program = LoweredProgram(circuits={circuit.name: circuit}, runs=[circuit], is_multi=bool(circuit.registers))
    program.parameters = reading.parameters
    return program, noticed


def _is_input(file: tree.QasmFile, name: str) -> bool:
    return any(isinstance(node, tree.Input) and node.name.text == name for node in file.statements)


def _path(source: Source) -> str | None:
    return os.path.realpath(source.name) if os.path.exists(source.name) else None


@record(frozen=False)
class ProgramReading:
    """One program under construction."""

    circuit: FlatCircuit
    version: int
    scope: QasmScope
    values: Mapping[str, Any]
    expander: Expander
    library: dict[str, str] = fresh(default_factory=dict)
    own: dict[str, DefinedGate] = fresh(default_factory=dict)
    opaque: dict[str, Span] = fresh(default_factory=dict)
    parameters: dict[str, tuple[Span, Angle | None]] = fresh(default_factory=dict)
    bits: list[Bits] = fresh(default_factory=list)
    measured: dict[int, Span] = fresh(default_factory=dict)
    templates: dict[Any, Template] = fresh(default_factory=dict)
    spelled: set[str] = fresh(default_factory=set)
    chain: list[str] = fresh(default_factory=list)
    numbers: dict[int, int] = fresh(default_factory=dict)
    steps: int = 0
    depth: int = 0
    blocks: int = 0  # verbatim ones
    is_verbatim: bool = False  # whether a pragma says so of the next statement
    within: tuple[int, ...] = ()  # the qubits of the subroutine that is executed
    calling: list[tree.SubroutineDefinition] = fresh(default_factory=list)
    plain: runs.PlainLines | None = None

    # --- files and names

    def file(self, file: tree.QasmFile, path: str | None) -> None:
        """Executes a file's statements, at the outermost level."""
        if file.version is not None and file.version != self.version:
            raise fail("QC1102", file.version_span, version=str(file.version))
        self.chain.append(path or "")
        self.body(file.statements, self.scope)
        self.chain.pop()

    def include(self, node: tree.IncludeStatement) -> None:
        library = gates.LIBRARIES.get(node.path)
        if library is not None:
            self.library |= library
            self.plain = None
            return
        here = self.chain[-1]
        root = os.path.dirname(self.chain[0]) if self.chain[0] else os.getcwd()
        facts = {"path": node.path[:100], "origin": "; it is relative to the file that contains this line"}
        if not node.path or "\0" in node.path:
            raise fail("QC0424", node.span, reason="that is not a path", **facts)
        path = os.path.realpath(os.path.join(os.path.dirname(here) if here else root, node.path))
        if os.path.commonpath([path, root]) != root:
            raise fail("QC0425", node.span, path=node.path, root=root)
        if path in self.chain:
            names = [os.path.basename(entry) for entry in [*self.chain[self.chain.index(path) :], path]]
            raise fail("QC0427", node.span, chain=" -> ".join(names))
        if len(self.chain) > includes.MAX_INCLUDES:
            raise fail("QC0508", node.span, limit=includes.MAX_INCLUDES)
        text = includes.read_text(path, node.span)
        self.included(parse(Source(text, os.path.relpath(path)), self.version), path)

    @roomy
    def included(self, file: tree.QasmFile, path: str) -> None:
        """Executes an included file."""
        self.file(file, path)

    def define(self, name: Name, value: Any, scope: QasmScope) -> None:
        if name.text in scope.names or (scope.parent is None and name.text in self.own):
            raise fail("QC0220", name.span, name=name.text)
        scope.names[name.text] = value

    def spelling(self, name: Name) -> str:
        """The name in `.qc` text, unique in the program; notes it if it differs."""
        plain = spelling(name.text, self.spelled)
        if plain != name.text:
            self.scope.noticed.append(Diagnostic("QC1121", name.span, {"name": name.text, "instead": plain}))
        self.spelled.add(plain)
        return plain

    # --- statements

    def body(self, statements: tuple[Any, ...], scope: QasmScope) -> None:
        """Executes statements in order."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise fail("QC1103", statements[0].span if statements else None, limit=MAX_NESTING)
        for node in statements:
            self.spend(1, node.span)
            self.statement(node, scope)
        self.depth -= 1

    def statement(self, node: Any, scope: QasmScope) -> None:
        is_verbatim, self.is_verbatim = self.is_verbatim, False
        match node:
            case tree.QuantumGate():
                self.application(node, scope)
            case tree.GateLines():
                runs.lines(self, node, scope)
            case tree.QubitDeclaration():
                self.need_global(node, scope)
                self.qubits(node, scope)
            case tree.Declaration():
                self.declaration(node, scope)
            case tree.ArrayDeclaration():
                arrays.declare(self, node, scope)
            case tree.Input():
                self.need_global(node, scope)
                self.input(node, scope)
            case tree.AliasStatement():
                parts = [qubits_of(part, self.circuit, scope) for part in node.parts]
                qubits = tuple(qubit for part in parts for qubit in part.qubits)
                self.define(node.name, NamedQubits(qubits, scalar=len(parts) == 1 and parts[0].is_single), scope)
            case tree.Measurement():
                measuring.measure(self, node.operand, node.target, node.span, scope)
            case tree.Assignment():
                self.assign(node, scope)
            case tree.ForInLoop():
                self.loop(node, scope)
            case tree.BranchingStatement():
                if not measuring.branches(self, node, scope):
                    chosen = truth(node.condition, scope)
                    self.body(node.then if chosen else node.otherwise, scope.child())
            case tree.CompoundStatement():
                self.body(node.body, scope.child())
            case tree.QuantumBarrier():
                self.barrier(node, scope)
            case tree.Reset():
                measuring.reset(self, node, scope)
            case tree.QuantumGateDefinition():
                self.need_global(node, scope)
                self.gate_definition(node)
            case tree.SubroutineDefinition():
                self.need_global(node, scope)
                subroutines.define(self, node)
            case tree.Return():
                subroutines.leave(self, node, scope)
            case tree.IncludeStatement():
                self.need_global(node, scope)
                self.include(node)
            case tree.Opaque():
                self.opaque[node.name.text] = node.span
            case tree.Box():
                self.box(node, scope, is_verbatim)
            case tree.Note() if braket.asks_for(node) == "verbatim":
                self.is_verbatim = True
            case tree.Note():
                self.scope.noticed.append(Diagnostic("QC1130", node.span, {"text": node.text[:60]}))

    def box(self, node: tree.Box, scope: QasmScope, is_verbatim: bool) -> None:
        """Adds the rows of a box as a verbatim block."""
        if not is_verbatim:
            raise fail("QC1105", node.span, word="box", what="timing", instead="a block without the word")
        before = len(self.circuit)
        self.body(node.body, scope.child())
        self.blocks += 1
        added = self.circuit.steps_since(before)
        rows = [op._replace(pinned=self.blocks) for op in added.rows]
        self.circuit.replace_since(before, Steps(rows, added.origins))

    def need_global(self, node: Any, scope: QasmScope) -> None:
        if scope is not self.scope:
            raise fail("QC1126", node.span, what=node.span.text.split()[0])

    def loop(self, node: tree.ForInLoop, scope: QasmScope) -> None:
        for inner in self.rounds(node, scope):
            self.body(node.body, inner)

    def rounds(self, node: tree.ForInLoop, scope: QasmScope) -> Iterator[QasmScope]:
        """The scope of each iteration. The first tells whether all of them together would take too many steps."""
        rounds = loop_values(node.values, scope)
        before = self.steps
        for number_of, value in enumerate(rounds):
            if number_of == 1 and (self.steps - before) * len(rounds) > 2 * MAX_STEPS:
                raise fail("QC0501", node.span, limit=MAX_STEPS)
            inner = scope.child()
            if node.type is not None:
                value = converted(value, node.type, scope, node.values.span)
            inner.names[node.variable.text] = Variable(node.type, value, True)
            self.spend(1, node.span)
            yield inner

    def spend(self, steps: int, span: Span) -> None:
        """Counts steps; raises if there have been too many."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise fail("QC0501", span, limit=MAX_STEPS)

    def add_plain(self, rows: PlainRows, waits: bool) -> None:
        """Adds the rows of plain lines; each row is a step."""
        room = MAX_STEPS - self.steps
        if len(rows) > room:
            raise fail("QC0501", rows.span_of(room), limit=MAX_STEPS)
        self.steps += len(rows)
        self.circuit.add_plain(rows, waits)

    @property
    def is_outermost(self) -> bool:
        """Whether the statements are executed once."""
        return self.depth == 1

    # --- declarations

    def qubits(self, node: tree.QubitDeclaration, scope: QasmScope) -> None:
        size = None if node.size is None else whole(node.size, scope, "a number of qubits")
        first = self.circuit.width
        if first and not self.circuit.wires:
            raise fail("QC1136", node.span, qubit="$0")
        if size is not None and size < 1:
            raise fail("QC0505", node.span, size=size, limit=MAX_QUBITS)
        if first + (size or 1) > MAX_QUBITS:
            raise fail("QC0505", node.span, size=first + (size or 1), limit=MAX_QUBITS)
        wires = tuple(range(first, first + (size or 1)))
        self.define(node.name, NamedQubits(wires, scalar=size is None), scope)
        self.circuit.width += len(wires)
        self.circuit.wires += ((self.spelling(node.name), size),)

    def declaration(self, node: tree.Declaration, scope: QasmScope) -> None:
        if node.type.kind == "bit" and (node.value is None or isinstance(node.value, tree.Measured)):
            size = size_of(node.type, scope)
            bits = Bits(node.name.text, [None] * (size or 1), size is None, node.name.span)
            self.define(node.name, bits, scope)
            self.bits.append(bits)
            if isinstance(node.value, tree.Measured):
                into = tree.Identifier(bits.name, bits.span)
                measuring.measure(self, node.value.operand, into, node.span, scope)
            return
        if isinstance(node.value, tree.Measured):
            raise fail("QC1107", node.span, name=node.name.text)
        value = None if node.value is None else self.value(node.value, node.type, scope)
        if value is None and node.is_constant:
            raise fail("QC1112", node.span, name=node.name.text)
        self.define(node.name, Variable(node.type, value, node.is_constant), scope)

    def value(self, node: Any, kind: tree.Type, scope: QasmScope) -> Value | Bits:
        """The value of an expression as one of a type, or the measured bits that it is read from."""
        return measuring.outcome(node, kind, scope) or converted(evaluate(node, scope), kind, scope, node.span)

    def input(self, node: tree.Input, scope: QasmScope) -> None:
        name = node.name.text
        if name in self.values:
            value = self.values[name]
            kind = "float" if isinstance(value, Measure) or not isinstance(value, int) else "int"
            try:
                amount = values.measure(values.amount(value), None)
            except Mismatch as mismatch:
                raise fail(mismatch.code, node.span, **mismatch.facts) from None
            value = converted(Value(kind, amount), node.type, scope, node.span)
        elif node.type.kind in ("float", "angle"):
            spelled = self.spelling(node.name)
            size_of(node.type, scope)
            value = Value(node.type.kind, Measure(Angle.of(spelled, radians=1)))
            self.parameters[spelled] = (node.span, None)
        else:
            raise fail("QC1129", node.span, name=name, type=node.type.kind)
        self.define(node.name, Variable(node.type, value, True), scope)

    def assign(self, node: tree.Assignment, scope: QasmScope) -> None:
        if isinstance(node.value, tree.Measured):
            if node.operator != "=":
                raise fail("QC1107", node.span, name=node.target.span.text)
            measuring.measure(self, node.value.operand, node.target, node.span, scope)
            return
        target = node.target
        name = base(target)
        variable = scope.find(name)
        is_array = isinstance(variable, Variable) and isinstance(variable.value, Array)
        if not isinstance(variable, Variable) or (isinstance(target, tree.IndexExpression) and not is_array):
            if variable is CHANGING:
                raise fail("QC1147", target.span, name=name)
            if variable is None:
                raise fail("QC1111", target.span, name=name)
            raise fail("QC1127", node.span, name=name)
        if variable.is_constant:
            raise fail("QC1128", node.span, name=name)
        if scope.leaves_branch(name):
            raise fail("QC1189", node.span, name=name)
        if isinstance(variable.value, Array):
            arrays.assign(variable.value, node, scope)
            return
        assert variable.type is not None
        if node.operator == "=":
            variable.value = self.value(node.value, variable.type, scope)
            return
        if variable.value is None:
            raise fail("QC1112", target.span, name=name)
        before = evaluate(target, scope)
        value = combined(node.operator[:-1], before, evaluate(node.value, scope), scope, node)
        variable.value = converted(value, variable.type, scope, node.value.span)

    # --- gates

    def gate_definition(self, node: tree.QuantumGateDefinition) -> None:
        name = node.name.text
        if name in self.own or name in self.scope.names or name in gates.BUILT_IN[self.version]:
            raise fail("QC0220", node.name.span, name=name)
        names = [*node.parameters, *node.operands]
        for place, formal in enumerate(names):
            if formal.text in [other.text for other in names[:place]]:
                raise fail("QC0220", formal.span, name=formal.text)
        same_as = ours(node, lambda other: other in self.own and self.own[other].same_as is None)
        if name in self.library and same_as is None:
            self.scope.noticed.append(Diagnostic("QC1131", node.name.span, {"name": name}))
        self.own[name] = DefinedGate(node, len(self.own), same_as)
        for name_used in called(node.body):
            if name_used.text != "gphase":
                self.find(name_used, len(self.own) - 1)

    def find(self, name: Name, limit: int | None = None) -> DefinedGate | str:
        """A gate of the program, or the project's name of a library's gate."""
        own = self.own.get(name.text)
        if own is not None and (limit is None or own.before < limit):
            return own if own.same_as is None or own.is_native else own.same_as
        if name.text in self.opaque:
            raise fail("QC1125", name.span, (self.opaque[name.text], "declared"), name=name.text)
        gate = self.library.get(name.text) or gates.BUILT_IN[self.version].get(name.text)
        if gate is None:
            libraries = [file for file, names in gates.LIBRARIES.items() if name.text in names]
            own_file = "qelib1.inc" if self.version == 2 else "stdgates.inc"
            include = own_file if own_file in libraries and not own else None
            names = [*self.own, *self.library, *gates.BUILT_IN[self.version]]
            suggestion = None if include else suggest(name.text, [entry for entry in names if entry != name.text])
            raise fail("QC1120", name.span, gate=name.text, include=include, suggestion=suggestion)
        return gate

    def application(self, node: tree.QuantumGate, scope: QasmScope) -> None:
        if (subroutine := subroutines.called(node, scope)) is not None:
            subroutines.call(self, subroutine, node, scope)
            return
        if self.version == 2 and node.gate.text == "gphase" and "gphase" not in self.own:
            gates.leave_phase_out(node, self.circuit, scope)
            return
        template = self.template(node, scope)
        groups = [qubits_of(operand, self.circuit, scope) for operand in node.operands]
        for qubits in instances(node, template.width, groups):
            self.place(template, qubits, node)

    def template(self, node: tree.QuantumGate, scope: QasmScope, limit: int | None = None) -> Template:
        """The effect of a gate, with its modifiers, on its operands. `limit` as in `find`."""
        modifiers = [modifier_of(modifier, scope) for modifier in node.modifiers]
        arguments = [number(evaluate(argument, scope)) for argument in node.arguments]
        plain = [(kind, 1 if value is None and kind != "inv" else value) for kind, value, _ in modifiers]
        if node.gate.text == "gphase":
            return modified(gates.phase_template(node, arguments, self.version), plain, node.span, None)
        if not modifiers and self.is_undeclared_native(node.gate.text):
            row = gates.native(node.gate.text, arguments) if len(arguments) == _ANGLES[node.gate.text] else None
            if row is not None:
                return Template((row,), ZERO, len(row.qubits))
        gate = self.find(node.gate, limit)
        if isinstance(gate, str):
            places = [argument.span for argument in node.arguments]
            return gates.opened(
                self.expander, gate, list(zip(arguments, places, strict=True)), modifiers, node.gate, node.span
            )
        if len(arguments) != len(gate.node.parameters):
            wants = len(gate.node.parameters)
            raise fail("QC1119", node.span, name=node.gate.text, wants=wants, given=len(arguments))
        row = gates.native(node.gate.text, arguments) if gate.is_native and not modifiers else None
        if row is not None:
            return Template((row,), ZERO, len(row.qubits))
        key = id(gate.node), key_of(arguments)  # definitions stay alive: the tree and the scope refer to them
        if key not in self.templates:
            self.templates[key] = self.opened(gate, arguments, node)
        return gates.changed(self.templates[key], plain, node.gate.text, node.span)

    def is_undeclared_native(self, name: str) -> bool:
        """Whether a name that nothing defines is that of a native gate, as IonQ's clients write them."""
        is_known = name in self.own or name in self.opaque or name in self.library
        return self.version == 3 and name in _ANGLES and not is_known

    @roomy
    def opened(self, gate: DefinedGate, arguments: list[Any], call: tree.QuantumGate) -> Template:
        """The rows of a gate's body. They are cached for the next call, so nothing that changes may enter them."""
        scope = self.scope.child()
        variables = [name for name, held in self.scope.names.items() if isinstance(held, Variable)]
        scope.names |= {name: CHANGING for name in variables if not self.scope.names[name].is_constant}
        for parameter, value in zip(gate.node.parameters, arguments, strict=True):
            scope.names[parameter.text] = Variable(None, Value("float", value), True)
        for position, operand in enumerate(gate.node.operands):
            scope.names[operand.text] = NamedQubits((position,), scalar=True)
        body = GateBody(self, gate)
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise fail("QC0504", call.span, limit=MAX_NESTING)
        try:
            body.statements(gate.node.body, scope)
        except CompileError as error:
            raise CompileError([called_from(diagnostic, call.span) for diagnostic in error.diagnostics]) from None
        self.depth -= 1
        return Template(tuple(body.rows), body.phase, len(gate.node.operands))

    def place(self, template: Template, qubits: list[int], node: Any) -> None:
        """Adds a template's rows on qubits of the circuit."""
        span: Span = node.span
        if self.measured and (again := next((qubit for qubit in qubits if qubit in self.measured), None)) is not None:
            raise fail("QC1108", span, (self.measured[again], "measured"))
        self.spend(len(template.rows), span)
        if template.phase:
            self.circuit.phase += template.phase
        self.circuit.add_all([moved(op, qubits) for op in template.rows], span)

    def barrier(self, node: tree.QuantumBarrier, scope: QasmScope) -> None:
        groups = [qubits_of(operand, self.circuit, scope).qubits for operand in node.operands]
        qubits = dict.fromkeys(qubit for group in groups for qubit in group)
        chosen = tuple(qubits) if node.operands else self.within or tuple(range(self.circuit.width))
        if chosen:
            self.circuit.add(shared(BARRIER, chosen), node.span)


_ANGLES = {"gpi": 1, "gpi2": 1, "ms": 3, "zz": 1}
"""The native gates that need no definition, and the number of their angles."""
