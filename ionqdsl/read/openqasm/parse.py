"""Parses OpenQASM text to a syntax tree, by the grammar in grammar/openqasm.lark.

Takes a text and returns a `tree.QasmFile`. CompileError says where the text is not OpenQASM, or which of its keywords
no circuit can express. Names and values are not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from threading import Lock
from typing import Any

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language.lark_parser import UnexpectedInput, grammar_parser
from ionqdsl.language.step_budget import MAX_TOKENS, STEPS
from ionqdsl.language.syntax import Name
from ionqdsl.nesting import MAX_NESTING, too_deep
from ionqdsl.read.openqasm import lines, tree
from ionqdsl.record import changed

MAX_DIGITS = 1000
"""Longest number."""

FOREIGN = {
    "while": "a loop whose end depends on a measurement",
    "switch": "a choice between many branches",
    "return": "a subroutine with a result",
    "extern": "an external function",
    "end": "an end before the last statement",
    "break": "a loop that may end early",
    "continue": "a loop that may skip statements",
    "box": "timing",
    "delay": "timing",
    "duration": "timing",
    "stretch": "timing",
    "durationof": "timing",
    "cal": "pulses",
    "defcal": "pulses",
    "defcalgrammar": "pulses",
    "array": "arrays of numbers",
    "complex": "complex numbers",
    "sizeof": "arrays of numbers",
    "readonly": "arrays of numbers",
    "mutable": "arrays of numbers",
    "nop": "timing",
    "void": "a subroutine of another language",
}
"""Words of OpenQASM 3 that no circuit can express, and their meaning."""

_INSTEAD = {
    "while": "`for` with a fixed number of rounds",
    "switch": "`if` and `else`",
    "return": "a subroutine without a result, or write the value where it is needed",
    "extern": "the value of the function",
    "end": "`if` around the statements after it",
    "break": "a loop with fewer rounds",
    "continue": "`if` around the statements of the other rounds",
    "complex": "real numbers",
    **dict.fromkeys(("array", "sizeof", "readonly", "mutable"), "a constant for each element"),
}
"""Word -> its replacement; the statements of the others can only be left out."""

_SINCE_3 = "qubit const input output let gphase def for else inv pow ctrl negctrl int uint float angle bit bool"
_ALWAYS = "OPENQASM include gate measure if barrier reset true false in pragma"
_NEW = frozenset(_SINCE_3.split())
"""Words that OpenQASM 2 does not have."""
KEYWORDS = _NEW | frozenset(_ALWAYS.split()) | frozenset(FOREIGN)


def parse(source: Source, version: int | None = None) -> tree.QasmFile:
    """The tree of a text; `version` is that of the including file. Raises CompileError."""
    with _LOCK:
        actions, words, parser = _parser()
        actions.begin(source)
        words.begin(source, version or version_of(source.text))
        try:
            file = parser.parse(source.text, start="program")
        except (UnexpectedInput, _Stop) as error:
            raise _explained(source, error) from None
        assert isinstance(file, tree.QasmFile)
        wrong = _depth_error(file.statements)
        if wrong is None:
            return file
        del file  # the error's traceback must not keep it: the thread that frees it may have a small stack
        raise wrong


def application(text: str, source: Source, offset: int, version: int) -> tree.QuantumGate:
    """The tree of one gate line, at an offset of a text."""
    return lines.application(text, source, offset, KEYWORDS) or by_grammar(text, source, offset, version)


def by_grammar(text: str, source: Source, offset: int, version: int) -> tree.QuantumGate:
    """The same for any gate, which need not be on a line of its own."""
    with _LOCK:
        actions, words, parser = _parser()
        actions.begin(source, offset)
        words.begin(source, version)
        try:
            node = parser.parse(text, start="application")
        except (UnexpectedInput, _Stop) as error:
            raise _explained(source, error, offset) from None
        assert isinstance(node, tree.QuantumGate)
        wrong = _depth_error((node,))
        if wrong is None:
            return node
        del node
        raise wrong


def _depth_error(nodes: tuple[Any, ...]) -> CompileError | None:
    """The error about nodes that are nested too deep."""
    deepest = too_deep(nodes, tree.LEVELS)
    return None if deepest is None else fail("QC1103", deepest.span, limit=MAX_NESTING)


def version_of(text: str) -> int:
    """The version a text declares. If it declares none, it is 2 if it includes or declares as only 2 does."""
    said = _VERSION.match(_without_comments(text[:20_000]))
    if said is not None and said[1]:
        return int(said[1])
    code = _without_comments(text)
    libraries = set(_LIBRARY.findall(code))
    words = set(_WORD.findall(code))
    looks_old = "qelib1" in libraries or ("qreg" in words and not libraries and not words & _NEW)
    return 2 if looks_old else 3


_LIBRARY = re.compile(r"""\binclude\s*["'](qelib1|stdgates)\.inc["']""")
_WORD = re.compile(r"[^\W\d]\w*")
_VERSION = re.compile(r"\s*(?:OPENQASM\s+(\d{1,9})(?:\.\d+)?\s*;)?")
_COMMENT = re.compile(r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)")
_LOCK = Lock()


def _without_comments(text: str) -> str:
    return _COMMENT.sub(" ", text)


class _Words:
    """Checks tokens on their way to the parser: keywords, brackets, and `^`, which OpenQASM 2 reads as a power."""

    always_accept = ()

    def __init__(self) -> None:
        self.version = 3
        self.source = Source("")
        self.names: frozenset[str] = frozenset()

    def begin(self, source: Source, version: int) -> None:
        """Starts another text, or a line of the same one."""
        if source is not self.source or version != self.version:
            self.names = _old_names(source.text) if version == 2 else frozenset()
        self.source, self.version = source, version

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        depth = length = begin = 0
        for token in stream:
            begin = begin if length else token.start_pos
            length = length + 1 if token.type not in _ENDS else 0
            if length > MAX_TOKENS:
                raise _Stop(begin, "", tokens=MAX_TOKENS)
            if str(token) in self.names:
                token = token.update(type="NAME")
            elif token.type == "NAME" and str(token) in KEYWORDS:
                raise _Stop(token.start_pos, str(token))
            if token.type in ("LPAR", "LSQB", "LBRACE"):
                depth += 1
                if depth > MAX_NESTING:
                    raise _Stop(token.start_pos, "", depth)
            elif token.type in ("RPAR", "RSQB", "RBRACE"):
                depth -= 1
            elif self.version == 2:
                if token.type == "CARET":
                    token = token.update(type="POWER", value="**")
                elif str(token) in _NEW and token.type != "NAME":
                    raise _Stop(token.start_pos, str(token), new=True)
            yield token


_ENDS = frozenset({"SEMI", "LBRACE", "RBRACE", "LINES", "PRAGMA", "ANNOTATION"})
"""Tokens after which another statement may begin."""


def _old_names(text: str) -> frozenset[str]:
    """Names of an OpenQASM 2 text that are keywords of OpenQASM 3 alone: `gate turn(angle) a`, `qreg input[2]`."""
    heads = " ".join(_HEAD.findall(_without_comments(text)))
    return frozenset(_WORD.findall(heads)) & (_NEW | FOREIGN.keys())


_HEAD = re.compile(r"\b(?:qreg|creg|gate|opaque)\s+([^;{\[]*)")


class _Stop(Exception):
    """A token that is invalid everywhere."""

    def __init__(self, offset: int, word: str, depth: int = 0, new: bool = False, tokens: int = 0) -> None:
        super().__init__(word)
        self.offset, self.word, self.depth, self.new, self.tokens = offset, word, depth, new, tokens


@cache
def _parser() -> tuple[QasmActions, _Words, Any]:
    actions, words = QasmActions(), _Words()
    return actions, words, grammar_parser("openqasm.lark", actions, words)


_PIECE = re.compile(r"#?[^\W\d]\w*|\d[\w.]*|\S")
_TIME = re.compile(r"[\d._]+(?:[eE][+-]?\d+)?(?:dt|ns|us|µs|ms|s)$")


def _explained(source: Source, error: UnexpectedInput | _Stop, base: int = 0) -> CompileError:
    """The diagnostic for a text that does not match the grammar."""
    offset = error.offset if isinstance(error, _Stop) else error.pos_in_stream
    offset = base + (len(source.text) if offset is None else max(offset, 0))
    piece = _PIECE.search(source.text, offset)
    start, end = piece.span() if piece else (min(offset, len(source.text)), len(source.text))
    word = source.text[start:end].strip()
    span = Span(source, min(start, len(source.text)), end)
    if isinstance(error, _Stop) and error.depth:
        return fail("QC1103", span, limit=MAX_NESTING)
    if isinstance(error, _Stop) and error.tokens:
        return fail("QC0511", span, limit=STEPS, tokens=error.tokens)
    if isinstance(error, _Stop) and error.new:
        return fail("QC1104", span, word=word)
    if word in FOREIGN:
        return fail("QC1105", span, word=word, what=FOREIGN[word], instead=_INSTEAD.get(word))
    if _TIME.match(word):
        return fail("QC1105", span, word=word, what="timing", instead=None)
    if word == "#" or word.startswith("dim"):
        return fail("QC1105", span, word=word, what="arrays of numbers", instead=_INSTEAD["array"])
    shown_word = f"`{word}`" if word else "the end of the text"
    return fail("QC1101", span, found=shown_word, keyword=word if word in KEYWORDS else None)


class QasmActions:
    """Callbacks of the grammar, for the text given by `begin`, which starts at an offset of the source."""

    def __init__(self) -> None:
        self.begin(Source(""))

    def begin(self, source: Source, offset: int = 0) -> None:
        """Starts another text."""
        self.source, self.offset = source, offset

    def _span(self, first: Any, last: Any = None) -> Span:
        last = first if last is None else last
        start = first.span.start if hasattr(first, "span") else first.start_pos + self.offset
        end = last.span.end if hasattr(last, "span") else last.end_pos + self.offset
        return Span(self.source, start, end)

    def _name(self, token: Any) -> Name:
        return Name(str(token), self._span(token))

    # --- statements

    def program(self, children: list[Any]) -> tree.QasmFile:
        version, *statements = children
        number, span = version or (None, None)
        return tree.QasmFile(self.source, number, span, tuple(statements))

    def version(self, children: list[Any]) -> tuple[int, Span]:
        word, number, _ = children
        span = self._span(word, number)
        if str(number).partition(".")[0] not in ("2", "3"):
            raise fail("QC1102", span, version=str(number))
        return int(str(number)[0]), span

    def include(self, children: list[Any]) -> tree.IncludeStatement:
        word, path, end = children
        return tree.IncludeStatement(str(path)[1:-1], self._span(word, end))

    def qubits(self, children: list[Any]) -> tree.QubitDeclaration:
        word, size, name, end = children
        return tree.QubitDeclaration(self._name(name), size, self._span(word, end))

    def register(self, children: list[Any]) -> tree.QubitDeclaration | tree.Declaration:
        word, name, size, end = children
        span = self._span(word, end)
        if word.type == "QREG":
            return tree.QubitDeclaration(self._name(name), size, span)
        return tree.Declaration(tree.Type("bit", size, self._span(word)), self._name(name), None, False, span)

    def declaration(self, children: list[Any]) -> tree.Declaration:
        constant, kind, name, value, end = children
        return tree.Declaration(kind, self._name(name), value, constant is not None, self._span(constant or kind, end))

    def input(self, children: list[Any]) -> tree.Input | tree.Declaration:
        word, kind, name, end = children
        span = self._span(word, end)
        if word.type == "INPUT":
            return tree.Input(kind, self._name(name), span)
        return tree.Declaration(kind, self._name(name), None, False, span)

    def alias(self, children: list[Any]) -> tree.AliasStatement:
        word, name, *parts, end = children
        return tree.AliasStatement(self._name(name), tuple(parts), self._span(word, end))

    def gate_definition(self, children: list[Any]) -> tree.QuantumGateDefinition:
        word, name, parameters, operands, body = children
        span = self._span(word, body)
        return tree.QuantumGateDefinition(self._name(name), parameters or (), operands, body.body, span)

    def subroutine(self, children: list[Any]) -> tree.SubroutineDefinition:
        word, name, _, *parameters, _, result, body = children
        given = tuple(parameter for parameter in parameters if parameter is not None)
        return tree.SubroutineDefinition(self._name(name), given, result, body.body, self._span(word, body))

    def formal(self, children: list[Any]) -> tree.SubroutineParameter:
        kind, name = children
        return tree.SubroutineParameter(kind, self._name(name), self._span(kind, name))

    def old_formal(self, children: list[Any]) -> tree.SubroutineParameter:
        word, name, size = children
        kind = tree.Type("qubit", size, self._span(word))
        return tree.SubroutineParameter(kind, self._name(name), self._span(word, name))

    def opaque(self, children: list[Any]) -> tree.Opaque:
        word, name, _, _, end = children
        return tree.Opaque(self._name(name), self._span(word, end))

    def application(self, children: list[Any]) -> tree.QuantumGate:
        *modifiers, gate, arguments, operands, end = children
        span = self._span(modifiers[0] if modifiers else gate, end)
        parameters = arguments[0] if arguments else ()
        return tree.QuantumGate(tuple(modifiers), self._name(gate), parameters, operands or (), span)

    def measurement(self, children: list[Any]) -> tree.Measurement:
        word, operand, target, end = children
        return tree.Measurement(operand, target, self._span(word, end))

    def assignment(self, children: list[Any]) -> tree.Assignment:
        target, operator, value, end = children
        return tree.Assignment(target, str(operator), value, self._span(target, end))

    def for_(self, children: list[Any]) -> tree.ForInLoop:
        word, kind, variable, over, body = children
        return tree.ForInLoop(kind, self._name(variable), over, _body(body), self._span(word, body))

    def if_(self, children: list[Any]) -> tree.BranchingStatement:
        word, condition, then, _, otherwise = children
        span = self._span(word, then if otherwise is None else otherwise)
        return tree.BranchingStatement(condition, _body(then), () if otherwise is None else _body(otherwise), span)

    def barrier(self, children: list[Any]) -> tree.QuantumBarrier:
        word, operands, end = children
        return tree.QuantumBarrier(operands or (), self._span(word, end))

    def reset(self, children: list[Any]) -> tree.Reset:
        word, operand, end = children
        return tree.Reset(operand, self._span(word, end))

    def scope(self, children: list[Any]) -> tree.CompoundStatement:
        (block,) = children
        assert isinstance(block, tree.CompoundStatement)
        return block

    def empty(self, children: list[Any]) -> tree.CompoundStatement:
        (end,) = children
        return tree.CompoundStatement((), self._span(end))

    def note(self, children: list[Any]) -> tree.Note:
        (token,) = children
        return tree.Note(str(token).strip(), self._span(token))

    def lines(self, children: list[Any]) -> tree.GateLines:
        (token,) = children
        return tree.GateLines(str(token), self._span(token))

    def measured(self, children: list[Any]) -> tree.Measured:
        word, operand = children
        return tree.Measured(operand, self._span(word, operand))

    def block(self, children: list[Any]) -> tree.CompoundStatement:
        begin, *statements, end = children
        return tree.CompoundStatement(tuple(statements), self._span(begin, end))

    def parameters(self, children: list[Any]) -> tuple[Name, ...]:
        return tuple(self._name(token) for token in children if token is not None)

    names = parameters

    def modifier(self, children: list[Any]) -> tree.QuantumGateModifier:
        word, arguments, end = children
        return tree.QuantumGateModifier(str(word), arguments[0] if arguments else (), self._span(word, end))

    def arguments(self, children: list[Any]) -> tuple[tuple[tree.Expression, ...], Any]:
        """The arguments and the closing parenthesis."""
        _, *parameters, end = children
        return tuple(item for item in parameters if item is not None), end

    def operands(self, children: list[Any]) -> tuple[tree.Expression, ...]:
        return tuple(child for child in children if child is not None)

    def operand(self, children: list[Any]) -> tree.Expression:
        name, *indices = children
        result: tree.Expression = tree.Identifier(str(name), self._span(name))
        for items, end in indices:
            result = tree.IndexExpression(result, items, self._span(result, end))
        return result

    def type(self, children: list[Any]) -> tree.Type:
        word, size = children
        return tree.Type(str(word), size, self._span(word))

    def designator(self, children: list[Any]) -> tree.Expression:
        size: tree.Expression = children[0]
        return size

    # --- expressions

    def range(self, children: list[Any]) -> tree.Range:
        begin, *inner, end = children
        return self._range(inner, self._span(begin, end))

    def slice(self, children: list[Any]) -> tree.Range:
        present = [child for child in children if child is not None]
        return self._range(children, self._span(present[0], present[-1]))

    @staticmethod
    def _range(inner: list[Any], span: Span) -> tree.Range:
        start, _, second, colon, third = inner
        return tree.Range(start, second if colon is not None else None, second if colon is None else third, span)

    def set(self, children: list[Any]) -> tree.SetOf:
        begin, *items, end = children
        return tree.SetOf(tuple(item for item in items if item is not None), self._span(begin, end))

    def indices(self, children: list[Any]) -> tuple[tuple[Any, ...], Any]:
        _, *items, end = children
        return tuple(item for item in items if item is not None), end

    def index(self, children: list[Any]) -> tree.IndexExpression:
        value, (items, end) = children
        return tree.IndexExpression(value, items, self._span(value, end))

    def binary(self, children: list[Any]) -> tree.BinaryExpression:
        left, operator, right = children
        return tree.BinaryExpression(str(operator), left, right, self._span(left, right))

    def unary(self, children: list[Any]) -> tree.UnaryExpression:
        operator, operand = children
        return tree.UnaryExpression(str(operator), operand, self._span(operator, operand))

    def number(self, children: list[Any]) -> tree.Literal:
        (token,) = children
        span = self._span(token)
        digits = str(token).replace("_", "")
        if len(digits) > MAX_DIGITS or abs(int(_EXPONENT.sub("", digits) or 0)) > MAX_DIGITS:
            raise fail("QC1106", span, limit=MAX_DIGITS)
        if token.type == "DECIMAL":
            return tree.Literal(Fraction(digits), "float", span)
        return tree.Literal(int(digits, {"x": 16, "o": 8, "b": 2}.get(digits[1:2].lower(), 10)), "int", span)

    def truth(self, children: list[Any]) -> tree.Literal:
        (token,) = children
        return tree.Literal(str(token) == "true", "bool", self._span(token))

    def bits(self, children: list[Any]) -> tree.Literal:
        (token,) = children
        text = str(token)[1:-1].replace("_", "")
        if not text or set(text) - {"0", "1"}:
            raise fail("QC1101", self._span(token), found=str(token), keyword=None)
        return tree.Literal(text, "bits", self._span(token))

    def name(self, children: list[Any]) -> tree.Identifier:
        (token,) = children
        return tree.Identifier(str(token), self._span(token))

    def call(self, children: list[Any]) -> tree.FunctionCall:
        name, (arguments, end) = children
        return tree.FunctionCall(self._name(name), arguments, self._span(name, end))

    def cast(self, children: list[Any]) -> tree.Cast:
        kind, _, operand, end = children
        return tree.Cast(kind, operand, self._span(kind, end))

    def parenthesis(self, children: list[Any]) -> Any:
        begin, inner, end = children
        return changed(inner, span=self._span(begin, end))


_EXPONENT = re.compile(r"^(?:0[xXoObB].*|[\d.]*(?:[eE](?=[+-]?\d))?)")


def _body(statement: Any) -> tuple[Any, ...]:
    return statement.body if isinstance(statement, tree.CompoundStatement) else (statement,)
