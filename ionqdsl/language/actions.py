"""Builds syntax nodes from grammar rules while the parser runs.

For each rule Lark calls the method of the same name with the rule's children, tokens and nodes, and keeps the result.
The methods only assemble. They note two diagnostics for parse.py, a keyword used as a name and a number with an unknown
unit; check.py judges everything else. A span runs from a rule's first token to its last.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.keywords import ITEMS, KEYWORDS, UNCALLABLE
from ionqdsl.language import syntax
from ionqdsl.record import Any, changed, lazy_pattern, record

UNITS = ("turn", "deg", "rad")
VERSIONS = ("1", "2")
"""The versions of the language that a first line `qc 1` may name; all of them mean the same."""
MAX_DIGITS = 400
"""Longest literal, and largest decimal exponent: no program needs numbers beyond a float's range."""

_NUMBER = lazy_pattern(r"(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?")
_OTHER_BASE = lazy_pattern(r"0([xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+)")
_IMAGINARY = frozenset({"i", "j", "I", "J", "im"})
"""Letters after a number that make it imaginary in other languages."""
_STRAY = lazy_pattern(r"_(?![0-9])|(?<![0-9])_")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


def is_bounded(digits: str) -> bool:
    """Whether a literal would roughly fit in a float."""
    exponent = digits.lower().partition("e")[2]
    return len(digits) <= MAX_DIGITS and len(exponent) <= 4 and abs(int(exponent or 0)) <= MAX_DIGITS


def literal(digits: str, unit: str, span: Span) -> syntax.Number:
    """The node of a number: an integer, or the exact fraction of a decimal."""
    if digits.isdecimal():
        return syntax.Number(int(digits), unit, span)
    return syntax.Number(
        Fraction(digits.replace("_", "")) if "." in digits or "e" in digits.lower() else int(digits), unit, span
    )


@record
class Parsed:
    """The tree of a text.

    `lost` are the names in statements that could not be read: nothing is known about them.

    `loads` are the calls of `load`, which name files.
    """

    file: syntax.File
    diagnostics: tuple[Diagnostic, ...] = ()
    lost: frozenset[str] = frozenset()
    loads: tuple[syntax.Call, ...] = ()


def cut_text(token: str, span: Span) -> str | None:
    """The text of a run of lines, None if it is that of its span; the automaton leaves it out."""
    return str(token) if token and token != span.text else None


def _decimal(token: str) -> str | None:
    """A number in the spelling of another base, such as `0xff`, as a decimal."""
    return str(int(token, 0)) if len(token) <= 50 and _OTHER_BASE.fullmatch(token) else None


class Actions:
    """Callbacks for the text given by `begin`. `diagnostics` collects faults of tokens, `loads` calls of `load`."""

    def __init__(self) -> None:
        self.begin(Source(""))

    def begin(self, source: Source, keywords: Iterable[str] = ()) -> None:
        """Starts on another text, before which some keywords have been reported."""
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.loads: list[syntax.Call] = []
        self.keywords = {*keywords}

    def in_order(self) -> tuple[Diagnostic, ...]:
        """The diagnostics in order of position."""
        return tuple(sorted(self.diagnostics, key=lambda one: one.span.start if one.span else 0))

    # --- parts

    def _span(self, first: Any, last: Any = None) -> Span:
        last = first if last is None else last
        start = first.span.start if hasattr(first, "span") else first.start_pos
        end = last.span.end if hasattr(last, "span") else last.end_pos
        return Span(self.source, start, end)

    def _name(self, token: Any, defines: bool = True) -> syntax.Name:
        """A name; a keyword that is only used is not reported a second time."""
        name = syntax.Name(str(token), Span(self.source, token.start_pos, token.end_pos))
        if name.text in KEYWORDS and (defines or name.text not in self.keywords):
            self.keywords.add(name.text)
            self.diagnostics.append(Diagnostic("QC0103", name.span, {"word": name.text}))
        return name

    def _text(self, token: Any) -> syntax.Text:
        span = self._span(token)
        characters = iter(enumerate(str(token)[1:-1], token.start_pos + 1))
        value = []
        for at, char in characters:
            if char == "\\":
                _, char = next(characters)
                if char not in _ESCAPES:
                    escape = Span(self.source, at, at + 2)
                    self.diagnostics.append(Diagnostic("QC0108", escape, {"escape": "\\" + char}))
                value.append(_ESCAPES.get(char, char))
            else:
                value.append(char)
        return syntax.Text("".join(value), span)

    # --- items

    def start(self, children: list[Any]) -> syntax.File:
        items: list[Any] = []
        for child in children:
            if isinstance(child, tuple):  # one `param a, b` is several nodes
                items += child
            elif child is not None:
                items.append(child)
        return syntax.File(self.source, tuple(items))

    def version(self, children: list[Any]) -> None:
        word, number = children
        if str(number) not in VERSIONS:
            span = Span(self.source, word.start_pos, number.end_pos)
            self.diagnostics.append(Diagnostic("QC0109", span, {"version": str(number)}))

    def _block(self, children: list[Any]) -> syntax.SettingsBlock:
        word, (settings, end) = children
        return syntax.SettingsBlock(str(word), settings, Span(self.source, word.start_pos, end))

    job = energy = function = _block

    def settings(self, children: list[Any]) -> tuple[tuple[syntax.SettingEntry, ...], int]:
        return tuple(children[:-1]), children[-1].end_pos

    def setting(self, children: list[Any]) -> syntax.SettingEntry:
        key, value = children
        return syntax.SettingEntry(syntax.Name(str(key), self._span(key)), value, self._span(key, value))

    def group(self, children: list[Any]) -> syntax.SettingEntry:
        key, (settings, end) = children
        name = syntax.Name(str(key), self._span(key))
        return syntax.SettingEntry(name, settings, Span(self.source, key.start_pos, end))

    def gate_definition(self, children: list[Any]) -> syntax.GateDefinition:
        word, name, formals, operands, (body, end) = children
        span = Span(self.source, word.start_pos, end)
        return syntax.GateDefinition(self._name(name), formals or (), operands or (), body, span)

    def circuit_definition(self, children: list[Any]) -> syntax.CircuitDefinition:
        word, name, formals, (body, end) = children
        span = Span(self.source, word.start_pos, end)
        return syntax.CircuitDefinition(self._name(name), formals or (), body, span)

    def formals(self, children: list[Any]) -> tuple[syntax.FormalParameter, ...]:
        return tuple(child for child in children if isinstance(child, syntax.FormalParameter))

    def formal(self, children: list[Any]) -> syntax.FormalParameter:
        name, default = children
        return syntax.FormalParameter(self._name(name), default, self._span(name, default))

    def operand_formals(self, children: list[Any]) -> tuple[syntax.OperandFormal, ...]:
        return tuple(children)

    def operand_formal(self, children: list[Any]) -> syntax.OperandFormal:
        name, bracket, size, end = children
        return syntax.OperandFormal(self._name(name), bracket is not None, size, self._span(name, end))

    def hamiltonian(self, children: list[Any]) -> syntax.HamiltonianDefinition:
        word, name, formals, value = children
        return syntax.HamiltonianDefinition(self._name(name), formals, value, self._span(word, value))

    def def_(self, children: list[Any]) -> syntax.FunctionDefinition:
        word, name, formals, value = children
        return syntax.FunctionDefinition(self._name(name), formals, value, self._span(word, value))

    def test(self, children: list[Any]) -> syntax.Test:
        word, name, *loops, (body, end) = children
        return syntax.Test(self._text(name), tuple(loops), body, Span(self.source, word.start_pos, end))

    def test_loop(self, children: list[Any]) -> syntax.TestLoop:
        word, target, _, iterable = children
        return syntax.TestLoop(target, iterable, self._span(word, iterable))

    def target_list(self, children: list[Any]) -> syntax.Target:
        if len(children) == 1:
            return children[0]  # type: ignore[no-any-return]
        return syntax.NameGroup(tuple(children), self._span(children[0], children[-1]))

    def target_name(self, children: list[Any]) -> syntax.Name:
        return self._name(children[0])

    def target_group(self, children: list[Any]) -> syntax.NameGroup:
        return syntax.NameGroup(tuple(children[1:-1]), self._span(children[0], children[-1]))

    def run(self, children: list[Any]) -> syntax.Run:
        return syntax.Run(tuple(children[1:]), self._span(children[0], children[-1]))

    def run_item(self, children: list[Any]) -> syntax.RunItem:
        name, arguments, _, target, _, iterable, _, label = children
        last = next(part for part in (label, iterable, arguments and arguments[1], name) if part is not None)
        return syntax.RunItem(
            self._name(name),
            arguments and arguments[0],
            target,
            iterable,
            label and self._text(label),
            self._span(name, last),
        )

    def include(self, children: list[Any]) -> syntax.Include:
        word, path = children
        return syntax.Include(self._text(path), self._span(word, path))

    # --- circuit statements

    def body(self, children: list[Any]) -> tuple[tuple[Any, ...], int]:
        statements: list[Any] = []
        for child in children[:-1]:
            if isinstance(child, tuple):
                statements += child
            else:
                statements.append(child)
        return tuple(statements), children[-1].end_pos

    def qubits(self, children: list[Any]) -> syntax.Qubits:
        return syntax.Qubits(tuple(children[1:]), self._span(children[0], children[-1]))

    def declarator(self, children: list[Any]) -> syntax.Declarator:
        name, _, size, end = children
        return syntax.Declarator(self._name(name), size, self._span(name, end))

    def alias(self, children: list[Any]) -> syntax.Alias:
        word, name, operands = children
        return syntax.Alias(self._name(name), operands, self._span(word, operands[-1]))

    def const(self, children: list[Any]) -> syntax.Const:
        word, name, value = children
        return syntax.Const(self._name(name), value, self._span(word, value))

    def param(self, children: list[Any]) -> tuple[syntax.Param, ...]:
        return tuple(children[1:])

    def parameter(self, children: list[Any]) -> syntax.Param:
        declarator, value = children
        return syntax.Param(declarator, value, self._span(declarator, value))

    def application(self, children: list[Any]) -> syntax.Application:
        *modifiers, gate, arguments, operands = children
        name = syntax.Name(str(gate), Span(self.source, gate.start_pos, gate.end_pos))
        if name.text in UNCALLABLE:
            self.keywords.add(name.text)
            code = "QC0111" if name.text in ITEMS and not modifiers else "QC0103"
            self.diagnostics.append(Diagnostic(code, name.span, {"word": name.text}))
        end = operands[-1].span.end if operands else arguments[1].end_pos if arguments else gate.end_pos
        start = modifiers[0].span.start if modifiers else gate.start_pos
        return syntax.Application(
            tuple(modifiers), name, arguments[0] if arguments else (), operands or (), Span(self.source, start, end)
        )

    def modifier(self, children: list[Any]) -> syntax.Modifier:
        word, _, argument, end = children
        return syntax.Modifier(str(word), argument, self._span(word, end))

    def for_(self, children: list[Any]) -> syntax.For:
        word, target, _, iterable, (body, end) = children
        return syntax.For(target, iterable, body, Span(self.source, word.start_pos, end))

    def if_(self, children: list[Any]) -> syntax.If:
        word, condition, (then, end), _, otherwise = children
        statements: tuple[Any, ...] = ()
        if isinstance(otherwise, syntax.If):
            statements, end = (otherwise,), otherwise.span.end
        elif otherwise is not None:
            statements, end = otherwise
        return syntax.If(condition, then, statements, Span(self.source, word.start_pos, end))

    def barrier(self, children: list[Any]) -> syntax.Barrier:
        word, operands = children
        return syntax.Barrier(operands or (), self._span(word, operands[-1] if operands else word))

    def block(self, children: list[Any]) -> syntax.GateBlock:
        word, (body, end) = children
        return syntax.GateBlock(str(word), body, Span(self.source, word.start_pos, end))

    def register(self, children: list[Any]) -> syntax.RegisterStatement:
        word, name, operands = children
        return syntax.RegisterStatement(self._name(name), operands, self._span(word, operands[-1]))

    def slots(self, children: list[Any]) -> syntax.SlotsStatement:
        word, name, _, size, end = children
        return syntax.SlotsStatement(self._name(name), size, self._span(word, end if end is not None else name))

    def measured_register(self, children: list[Any]) -> syntax.MeasureStatement:
        word, name, _, operands = children
        target = syntax.Operand(self._name(name).text, None, self._span(name))
        return syntax.MeasureStatement(target, operands, True, self._span(word, operands[-1]))

    def measure(self, children: list[Any]) -> syntax.MeasureStatement:
        name, _, items, end, _, operands = children
        target = syntax.Operand(self._name(name, False).text, items, self._span(name, end if end is not None else name))
        return syntax.MeasureStatement(target, operands, False, self._span(name, operands[-1]))

    def gateset(self, children: list[Any]) -> syntax.GatesetStatement:
        word, name = children
        return syntax.GatesetStatement(syntax.Name(str(name), self._span(name)), self._span(word, name))

    def assert_(self, children: list[Any]) -> syntax.Assert:
        word, condition, message = children
        return syntax.Assert(condition, message, self._span(word, message or condition))

    def expect(self, children: list[Any]) -> syntax.Expect:
        word, condition, _, tolerance = children
        return syntax.Expect(condition, tolerance, self._span(word, tolerance or condition))

    def lines(self, children: list[Any]) -> syntax.Statement:
        """A run of plain lines, or a statement that statement_forms.py has built."""
        built = getattr(children[0], "node", None)
        if built is not None:
            return built  # type: ignore[no-any-return]
        span = self._span(children[0])
        return syntax.Lines(cut_text(children[0], span), span)

    def operands(self, children: list[Any]) -> tuple[syntax.Operand, ...]:
        return tuple(children)

    def operand(self, children: list[Any]) -> syntax.Operand:
        name, _, items, end = children
        if str(name) == "_" and items is None:
            return syntax.Operand(None, None, self._span(name))
        return syntax.Operand(self._name(name, False).text, items, self._span(name, end))

    def indices(self, children: list[Any]) -> tuple[Any, ...]:
        return tuple(children)

    def slice_(self, children: list[Any]) -> syntax.Slice:
        start, first, stop, second, step = children
        begin = start if start is not None else first
        end = next(part for part in (step, second, stop, first) if part is not None)
        return syntax.Slice(start, stop, step, self._span(begin, end))

    # --- expressions

    def conditional(self, children: list[Any]) -> syntax.Conditional:
        then, _, condition, _, otherwise = children
        return syntax.Conditional(then, condition, otherwise, self._span(then, otherwise))

    def _binary(self, children: list[Any]) -> syntax.Binary:
        left, operator, right = children
        return syntax.Binary(str(operator), left, right, self._span(left, right))

    or_ = and_ = union = either_bit = both_bits = shifted = sum = product = power = _binary

    def _unary(self, children: list[Any]) -> syntax.Unary:
        operator, operand = children
        return syntax.Unary(str(operator), operand, self._span(operator, operand))

    not_ = signed = _unary

    def comparator(self, children: list[Any]) -> str:
        return " ".join(str(token) for token in children)

    def comparison(self, children: list[Any]) -> syntax.Binary:
        """`a < b < c` is `a < b and b < c`."""
        result: syntax.Binary | None = None
        for index in range(0, len(children) - 2, 2):
            left, operator, right = children[index : index + 3]
            link = syntax.Binary(operator, left, right, self._span(left, right))
            result = link if result is None else syntax.Binary("and", result, link, self._span(result, link))
        assert result is not None
        return result

    def parenthesis(self, children: list[Any]) -> Any:
        return changed(children[1], span=self._span(children[0], children[-1]))

    def number(self, children: list[Any]) -> syntax.Number:
        token = children[0]
        match = _NUMBER.match(token)
        assert match is not None
        unit = token[match.end() :]
        span = Span(self.source, token.start_pos, token.end_pos)
        if stray := _STRAY.search(match[0]):
            at = token.start_pos + stray.start()
            facts = {"fixed": _STRAY.sub("", match[0])[:50] + unit[:20]}
            self.diagnostics.append(Diagnostic("QC0114", Span(self.source, at, at + 1), facts))
            return syntax.Number(0, unit if unit in UNITS else "", span)
        if unit and unit not in UNITS:
            known = _decimal(token) or next((match[0] + own for own in UNITS if unit.startswith(own)), None)
            imaginary = str(token) if unit in _IMAGINARY else None
            product = None if known or imaginary else f"{match[0]} * {unit}"
            facts = {"unit": unit, "fixed": known, "imaginary": imaginary, "product": product}
            self.diagnostics.append(Diagnostic("QC0106", span, facts))
            unit = ""
        if not is_bounded(match[0]):
            self.diagnostics.append(Diagnostic("QC0107", span))
            return syntax.Number(0, unit, span)
        return literal(match[0], unit, span)

    def string(self, children: list[Any]) -> syntax.Text:
        return self._text(children[0])

    def constant(self, children: list[Any]) -> syntax.Constant:
        token = children[0]
        return syntax.Constant({"true": True, "false": False, "null": None}[str(token)], self._span(token))

    def reference(self, children: list[Any]) -> syntax.Reference:
        token = children[0]
        return syntax.Reference(self._name(token, False).text, self._span(token))

    def call(self, children: list[Any]) -> syntax.Call:
        name, (arguments, end) = children
        call = syntax.Call(self._name(name, False), arguments, self._span(name, end))
        if call.function.text == "load":
            self.loads.append(call)
        return call

    def index(self, children: list[Any]) -> syntax.Index:
        value, _, items, end = children
        return syntax.Index(value, items, self._span(value, end))

    def list_(self, children: list[Any]) -> syntax.ListExpression:
        items = tuple(child for child in children[1:-1] if child is not None)
        return syntax.ListExpression(items, self._span(children[0], children[-1]))

    def tuple_(self, children: list[Any]) -> syntax.TupleExpression:
        items = tuple(child for child in children[1:-1] if child is not None)
        return syntax.TupleExpression(items, self._span(children[0], children[-1]))

    def field(self, children: list[Any]) -> syntax.Field:
        value, _, name = children
        return syntax.Field(value, syntax.Name(str(name), self._span(name)), self._span(value, name))

    def comprehension(self, children: list[Any]) -> syntax.Comprehension:
        begin, item, *clauses, end = children
        return syntax.Comprehension(item, tuple(clauses), self._span(begin, end))

    def clause(self, children: list[Any]) -> syntax.Clause:
        word, target, _, iterable, *conditions = children
        return syntax.Clause(target, iterable, tuple(conditions), self._span(word, children[-1]))

    def condition(self, children: list[Any]) -> syntax.Expression:
        return children[1]  # type: ignore[no-any-return]

    def generator(self, children: list[Any]) -> tuple[tuple[syntax.Argument, ...], Any]:
        """The only argument, written without brackets of its own, and the closing parenthesis."""
        _, item, *clauses, end = children
        made = syntax.Comprehension(item, tuple(clauses), self._span(item, clauses[-1]))
        return (syntax.Argument(None, made, made.span),), end

    def arguments(self, children: list[Any]) -> tuple[tuple[syntax.Argument, ...], Any]:
        """The arguments and the closing parenthesis."""
        return tuple(child for child in children if isinstance(child, syntax.Argument)), children[-1]

    def argument(self, children: list[Any]) -> syntax.Argument:
        name, value = children
        if name is None:
            return syntax.Argument(None, value, value.span)
        return syntax.Argument(syntax.Name(str(name), self._span(name)), value, self._span(name, value))
