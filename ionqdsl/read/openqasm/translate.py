"""Translates an OpenQASM program to `.qc` text, keeping its definitions, loops, names and comments.

Takes a program and the text it was read from and returns `.qc` text, not formatted yet. A statement that `.qc` cannot
express is written as the gates it expanded to, under a comment that quotes it. Nothing is proved here: the caller reads
the text back and compares.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.emit.placement import qubit_names
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.gates import NAMES
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.language.library import is_builtin
from ionqdsl.nesting import roomy
from ionqdsl.read.openqasm import braket, gates, tree
from ionqdsl.read.openqasm.bodies import ours
from ionqdsl.read.openqasm.names import spelling
from ionqdsl.read.openqasm.parse import application, parse, version_of
from ionqdsl.read.openqasm.runs import LINE, OPERAND
from ionqdsl.read.openqasm.spoken import Known, Sight, Unsaid, expression, is_whole, loop_values, operand
from ionqdsl.read.openqasm.subroutines import within
from ionqdsl.record import fresh, record

LONGEST = 100
"""Longer statements are cut in a comment."""


@roomy
def text(program: LoweredProgram, source: Source, keeps: bool) -> str:
    """The program as `.qc` text; unless it `keeps` its structure, gate by gate."""
    file = parse(source)
    circuit = program.runs[0]
    version = file.version or version_of(source.text)
    rows = list(zip(circuit.rows, circuit.origins, strict=True))
    assigned, library = _assigned(file.statements), _library(file, version)
    return Writing(program, source, version, keeps, rows, _comments(source), assigned, library).text(file)


def _library(file: tree.QasmFile, version: int) -> dict[str, str]:
    """The gates that a program need not define: OpenQASM's name, the project's."""
    included = [node.path for node in file.statements if isinstance(node, tree.IncludeStatement)]
    found = dict(gates.LIBRARIES["qelib1.inc" if version == 2 else "stdgates.inc"])
    for path in included:
        found |= gates.LIBRARIES.get(path, {})
    return found | (braket.dialect(file).gates if version == 3 else {})


class SourceComment(NamedTuple):
    """A comment of the source: its place, and its lines without the marks."""

    start: int
    end: int
    lines: list[str]


@record(frozen=False)
class Writing:
    """A text in the making. `position` and `noted` say how many rows and comments have been dealt with, `seen` how
    much of the source, and `end` where the statement of the last line ends there, unless something came between.
    """

    program: LoweredProgram
    source: Source
    version: int
    keeps: bool
    rows: list[tuple[Op, Any]]
    comments: list[SourceComment]
    assigned: set[str]
    library: dict[str, str]
    wires: tuple[tuple[str, int | None], ...] = ()
    qubits: tuple[str, ...] = ()
    lines: list[str] = fresh(default_factory=list)
    names: dict[str, Known] = fresh(default_factory=dict)
    taken: set[str] = fresh(default_factory=set)
    declared: set[str] = fresh(default_factory=set)
    gates: dict[str, str | None] = fresh(default_factory=dict)  # None: its body cannot be expressed
    borrowed: dict[str, str] = fresh(default_factory=dict)
    subroutines: dict[str, tree.SubroutineDefinition] = fresh(default_factory=dict)
    position: int = 0
    noted: int = 0
    seen: int = 0
    end: int = -1

    @property
    def sight(self) -> Sight:
        """The names that expressions can use."""
        return Sight(self.names, self.version)

    def text(self, file: tree.QasmFile) -> str:
        """The whole text."""
        circuit = self.program.runs[0]
        self.wires = circuit.wires or (("q", circuit.width),)
        self.qubits = qubit_names(circuit)
        self.taken = {*self.program.parameters, *(name for name, _ in self.wires)}
        if circuit.gateset == "native":
            self.lines.append("gateset native")
        if not any(
            isinstance(node, tree.QubitDeclaration) for node in file.statements
        ):  # $0, or declared in an included file
            declared = (name if size is None else f"{name}[{size}]" for name, size in self.wires)
            self.lines.append(f"qubit {', '.join(declared)}")
        for node in file.statements:
            self.outermost(node)
        self.remark(len(self.source.text))
        self.lines += qc.registers(circuit, self.wires)
        borrowed = [*self.borrowed.values(), ""] if self.borrowed else []
        return "\n".join([*borrowed, *self.lines]) + "\n"

    # --- lines and comments

    def put(self, line: str, end: int) -> None:
        """Writes a line; the source's statement ends at `end`, and a comment after it belongs to the line."""
        self.lines.append(line)
        self.seen = self.end = end

    def remark(self, start: int) -> None:
        """Writes the comments before a place, and a blank line if there is one."""
        while self.noted < len(self.comments) and self.comments[self.noted].start < start:
            comment = self.comments[self.noted]
            self.noted += 1
            is_behind = self.end >= 0 and "\n" not in self.source.text[self.end : comment.start]
            if is_behind and len(comment.lines) == 1 and "#" not in self.lines[-1]:
                self.lines[-1] += f"  # {comment.lines[0]}"
            else:
                self.gap(comment.start)
                self.lines += [f"# {line}" for line in comment.lines]
            self.seen, self.end = comment.end, -1
        self.gap(start)
        self.end = -1

    def gap(self, start: int) -> None:
        """Writes a blank line if the source has one between the part already seen and a place."""
        if self.lines and _BLANK.search(self.source.text[self.seen : start]):
            self.lines.append("")
        self.seen = max(self.seen, start)

    # --- statements

    def outermost(self, node: Any) -> None:
        """A statement of the file, translated, or else as its rows."""
        rows = self.taken_rows(node)
        self.remark(node.span.start)
        length, names, noted, seen = len(self.lines), dict(self.names), self.noted, self.seen
        try:
            if not self.keeps and not isinstance(node, tree.QubitDeclaration | tree.Input | tree.Note):
                raise Unsaid
            self.statement(node)
        except Unsaid:
            del self.lines[length:]
            self.names, self.noted, self.seen, self.end = names, noted, seen, -1
            self.opened(node, rows)

    def taken_rows(self, node: Any) -> list[Op]:
        """The next rows that come from a statement; an included file's rows have other origins."""
        is_file = isinstance(node, tree.IncludeStatement) and node.path not in gates.LIBRARIES
        start = self.position
        while self.position < len(self.rows):
            origin = self.rows[self.position][1]
            is_here = origin.source is self.source
            if is_here == is_file or not (is_file or node.span.start <= origin.start < node.span.end):
                break
            self.position += 1
        return [op for op, _ in self.rows[start : self.position]]

    def opened(self, node: Any, rows: list[Op]) -> None:
        """The rows that a statement expanded to."""
        if isinstance(node, tree.QuantumGateDefinition):
            self.gates[node.name.text] = None
        if not rows and not isinstance(node, tree.QuantumGate | tree.ForInLoop | tree.BranchingStatement):
            return
        if len(rows) != 1 and not isinstance(node, tree.GateLines):
            statement = " ".join(node.span.text.split())
            shown = statement if len(statement) <= LONGEST else statement[: LONGEST - 4] + " ..."
            self.lines.append(f"# {shown}" if rows else f"# nothing: {shown}")
        for op in rows:
            self.put(qc.row(op, self.qubits), node.span.end)
        while self.noted < len(self.comments) and self.comments[self.noted].start < node.span.end:
            self.noted += 1  # they are in the comment above

    def statement(self, node: Any) -> None:
        """A statement of any level, on one line if it is written so. Raises Unsaid."""
        self.remark(node.span.start)
        first = len(self.lines)
        self.written(node)
        lines_written = self.lines[first:]
        if len(lines_written) > 1 and "\n" not in node.span.text and not any("#" in line for line in lines_written):
            self.lines[first:] = [_OPEN_OR_SHUT.sub(" ", "; ".join(lines_written))]

    def written(self, node: Any) -> None:
        match node:
            case tree.GateLines():
                self.plain_lines(node)
            case tree.ForInLoop():
                name = self.fresh_name(node.variable.text)
                inside = {**self.names, node.variable.text: Known(name, _is_whole_type(node.type))}
                self.block(f"for {name} in {loop_values(node.values, self.sight)}", node.body, node.span.end, inside)
            case tree.BranchingStatement():
                end = node.otherwise[0].span.start if node.otherwise else node.span.end
                self.block(f"if {expression(node.condition, self.sight)}", node.then, end, self.names)
                if node.otherwise:
                    self.lines[-1] += " else {"
                    self.body(node.otherwise, node.span.end, self.names)
            case tree.QuantumGateDefinition():
                self.gate(node)
            case tree.SubroutineDefinition():
                self.subroutine(node)
            case tree.IncludeStatement() if node.path not in gates.LIBRARIES:
                raise Unsaid
            case _:
                if line := self.simple(node):
                    self.put(line, node.span.end)

    def simple(self, node: Any) -> str:
        """A statement on one line, "" for one without effect here."""
        match node:
            case tree.QuantumGate():
                return self.application(node)
            case tree.QuantumBarrier():
                return f"barrier {', '.join(operand(one, self.sight) for one in node.operands)}".rstrip()
            case tree.QubitDeclaration():
                size = "" if node.size is None else f"[{expression(node.size, self.sight)}]"
                return f"qubit {self.declare(node.name.text)}{size}"
            case tree.Input():
                name = self.declare(node.name.text)
                if name not in self.program.parameters:  # it was given a value
                    raise Unsaid
                return f"param {name}"
            case tree.Declaration() if node.value is not None and node.type.kind in ("int", "uint", "float", "bool"):
                if node.name.text in self.assigned or isinstance(node.value, tree.Measured):
                    raise Unsaid
                value, whole = expression(node.value, self.sight), is_whole(node.value, self.sight)
                if _is_whole_type(node.type) and not whole:
                    raise Unsaid
                name = self.fresh_name(node.name.text)
                self.names[node.name.text] = Known(name, whole and _is_whole_type(node.type))
                return f"const {name} = {value}"
            case tree.AliasStatement():
                parts = ", ".join(operand(part, self.sight) for part in node.parts)
                name = self.fresh_name(node.name.text)
                self.names[node.name.text] = Known(name)
                return f"let {name} = {parts}"
            case tree.Note():
                return f"# {node.text}"
            case tree.CompoundStatement() | tree.Box():
                raise Unsaid
        return ""

    def declare(self, name: str) -> str:
        """Declares a qubit or an input by the name the reader gave it."""
        spelled = spelling(name, self.declared)
        self.declared.add(spelled)
        self.names[name] = Known(spelled)
        return spelled

    def fresh_name(self, name: str) -> str:
        """A name for something that exists only in the text."""
        return spelling(name, self.taken)

    def block(self, head: str, body: tuple[Any, ...], end: int, names: dict[str, Known]) -> None:
        """A head and its block."""
        self.lines.append(head + " {")
        self.body(body, end, names)

    def body(self, body: tuple[Any, ...], end: int, names: dict[str, Known]) -> None:
        """The statements of a block and its end."""
        outside, self.names = self.names, dict(names)
        for node in body:
            if isinstance(node, tree.QubitDeclaration | tree.Input | tree.Measurement | tree.Assignment):
                raise Unsaid
            self.statement(node)
        self.remark(end)
        self.put("}", end)
        self.names = outside

    # --- gates

    def gate(self, node: tree.QuantumGateDefinition) -> None:
        """A definition; a gate that `.qc` has, defined as emit/openqasm.py does, needs none."""
        name = node.name.text
        same = ours(node, lambda other: other in self.gates and self.gates[other] != other)
        if same is not None:
            if same in NAMES["native"] and self.program.runs[0].gateset != "native":
                raise Unsaid
            self.gates[name] = same
            return
        if any(isinstance(inner, tree.QuantumBarrier) for inner in within(node.body)):
            raise Unsaid
        spelled = spelling(name, _Taken({other for other in self.gates.values() if other}))
        inside = dict(self.names)
        for formal in (*node.parameters, *node.operands):
            inside[formal.text] = Known(spelling(formal.text, ()))
        formals = ", ".join(inside[formal.text].text for formal in node.parameters)
        operands = ", ".join(inside[formal.text].text for formal in node.operands)
        head = f"gate {spelled}({formals}) {operands}" if formals else f"gate {spelled} {operands}"
        self.block(head, node.body, node.span.end, inside)
        self.gates[name] = spelled

    def subroutine(self, node: tree.SubroutineDefinition) -> None:
        """A subroutine, as a gate over registers."""
        inside, formals, operands, taken = dict(self.names), list[str](), list[str](), set(self.taken)
        sizes, lengths = self.sight, list[str]()
        for parameter in node.parameters:
            kind, name = parameter.type, parameter.name.text
            others = {known.text for other, known in self.names.items() if other != name}
            spelled = spelling(name, {*others, *formals, *operands})
            if kind.kind == "qubit":
                operands.append(spelled)
                lengths.append(f"[{expression(kind.size, sizes)}]" if kind.size is not None else "")
            elif kind.kind in ("int", "uint", "float") and kind.size is None and name not in self.assigned:
                formals.append(spelled)
            else:
                raise Unsaid
            self.taken.add(spelled)  # no alias or variable of the body may hide it
            inside[name] = Known(spelled, _is_whole_type(kind))
        hidden = {*_WORD.findall(" ".join(lengths))} & {*formals, *operands}
        unsaid = (isinstance(inner, _NOT_IN_GATES) or _is_single(inner) for inner in within(node.body))
        if hidden or not operands or any(unsaid):
            raise Unsaid
        own = spelling(node.name.text, _Taken({other for other in self.gates.values() if other}))
        head = f"gate {own}({', '.join(formals)})" if formals else f"gate {own}"
        try:
            written = ", ".join(map("".join, zip(operands, lengths, strict=True)))
            self.block(f"{head} {written}", node.body, node.span.end, inside)
        finally:
            self.taken = taken
        self.gates[node.name.text] = own
        self.subroutines[node.name.text] = node

    def subroutine_call(self, node: tree.QuantumGate, subroutine: tree.SubroutineDefinition) -> str:
        """A call of a subroutine: its operands after its other arguments."""
        arguments, operands = list[str](), list[str]()
        for parameter, argument in zip(subroutine.parameters, node.arguments, strict=True):
            if parameter.type.kind == "qubit":
                operands.append(operand(argument, self.sight))
            elif _is_whole_type(parameter.type) and not is_whole(argument, self.sight):
                raise Unsaid
            else:
                arguments.append(expression(argument, self.sight))
        values = f"({', '.join(arguments)})" if arguments else ""
        return f"{self.gates[node.gate.text]}{values} {', '.join(operands)}"

    def application(self, node: tree.QuantumGate) -> str:
        """A gate on operands."""
        if not node.operands and node.gate.text in self.subroutines:
            return self.subroutine_call(node, self.subroutines[node.gate.text])
        return f"{self.call(node)} {', '.join(operand(one, self.sight) for one in node.operands)}".rstrip()

    def call(self, node: tree.QuantumGate) -> str:
        """A gate with its modifiers and arguments."""
        modifiers = "".join(f"{self.modifier(modifier)} @ " for modifier in node.modifiers)
        arguments = ", ".join(expression(argument, self.sight) for argument in node.arguments)
        return modifiers + self.called(node.gate.text) + (f"({arguments})" if arguments else "")

    def modifier(self, node: tree.QuantumGateModifier) -> str:
        if not node.arguments:
            return node.kind
        return f"{node.kind}({expression(node.arguments[0], self.sight)})"

    def called(self, name: str) -> str:
        """A gate's name in `.qc` text."""
        if name == "gphase":
            return name
        if name in self.gates:
            if (own := self.gates[name]) is None:
                raise Unsaid
            return own
        gate = self.library.get(name) or gates.BUILT_IN[self.version].get(name)
        if gate is None:
            raise Unsaid
        if not is_builtin(gate):
            self.borrowed[gate] = gates.definition(gate)
        return gate

    def plain_lines(self, node: tree.GateLines) -> None:
        """The gates of a run of plain lines; each distinct head is read once."""
        heads: dict[str, str] = {}
        end = node.span.start
        for line in node.text.split("\n"):
            start, end = end, end + len(line) + 1
            match = LINE.fullmatch(line.strip())
            if match is None:
                continue
            if match[1] not in heads:
                gate = application(match[0], self.source, start, self.version)
                heads[match[1]] = self.call(gate)
            operands = [
                f"{operand(tree.Identifier(name, node.span), self.sight)}[{k}]" for name, k in OPERAND.findall(match[2])
            ]
            self.remark(start)
            self.put(f"{heads[match[1]]} {', '.join(operands)}", end - 1)


class _Taken(set[str]):
    """Names that are not available for gates: those of `.qc` and some of the program's."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or is_builtin(str(name))


def _is_whole_type(node: tree.Type | None) -> bool:
    return node is not None and node.kind in ("int", "uint")


_WORD = re.compile(r"[A-Za-z_]\w*")
_NOT_IN_GATES = (tree.QuantumBarrier, tree.Note, tree.Return, tree.ArrayDeclaration)
"""Statements of a subroutine that no gate of `.qc` has."""


def _is_single(node: Any) -> bool:
    """Whether a statement gives a single qubit another name; in a gate that would be a register of one."""
    if not isinstance(node, tree.AliasStatement) or len(node.parts) > 1:
        return False
    (part,) = node.parts
    return not (isinstance(part, tree.IndexExpression) and isinstance(part.items[0], tree.Range | tree.SetOf))


def _assigned(statements: tuple[Any, ...]) -> set[str]:
    """The variables that are assigned to."""
    targets = [node.target for node in within(statements) if isinstance(node, tree.Assignment)]
    return {target.name for target in targets if isinstance(target, tree.Identifier)}


_OPEN_OR_SHUT = re.compile(r"(?<=\{); |; (?=\})")
_BLANK = re.compile(r"\n[ \t\r]*\n")
_COMMENT = re.compile(r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|\"[^\"\n]*\"")


def _comments(source: Source) -> list[SourceComment]:
    comments = []
    for match in _COMMENT.finditer(source.text):
        if match[0].startswith('"'):
            continue
        inner = match[0][2:-2] if match[0].startswith("/*") else match[0][2:]
        words = [line.strip().lstrip("*").strip() for line in inner.splitlines()]
        comments.append(SourceComment(match.start(), match.end(), [line for line in words if line]))
    return comments
