"""Builds the nodes of OpenQASM's syntax tree from grammar rules while the parser runs."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import reduce
from typing import Any

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language.actions import cut_text
from ionqdsl.language.syntax import Name
from ionqdsl.read.openqasm import tree
from ionqdsl.record import changed

MAX_DIGITS = 1000
"""Longest number."""


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

    def array(self, children: list[Any]) -> tree.ArrayDeclaration:
        constant, word, kind, *sizes, name, value, end = children
        span = self._span(constant or word, end)
        return tree.ArrayDeclaration(kind, tuple(sizes), self._name(name), value, constant is not None, span)

    def elements(self, children: list[Any]) -> tree.Elements:
        begin, *items, end = children
        return tree.Elements(tuple(item for item in items if item is not None), self._span(begin, end))

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

    def return_(self, children: list[Any]) -> tree.Return:
        word, value, end = children
        return tree.Return(value, self._span(word, end))

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

    def switch(self, children: list[Any]) -> tree.BranchingStatement | tree.CompoundStatement:
        """A chain of `if` and `else`: a `switch` compares one value with others, in any order."""
        word, target, *cases, end = children
        if not cases:
            return tree.CompoundStatement((), self._span(word, end))
        chosen: tuple[Any, ...] = ()
        for values, body, place in reversed(cases):
            if values is None:
                chosen = body.body
                continue
            tests = [tree.BinaryExpression("==", target, value, value.span) for value in values]
            condition = reduce(lambda left, right: tree.BinaryExpression("||", left, right, right.span), tests)
            chosen = (tree.BranchingStatement(condition, body.body, chosen, self._span(place, end)),)
        whole = self._span(word, end)
        first = chosen[0] if cases[0][0] is not None else None
        return tree.CompoundStatement(chosen, whole) if first is None else changed(first, span=whole)

    def case(self, children: list[Any]) -> tuple[list[tree.Expression], tree.CompoundStatement, Any]:
        word, *values, body = children
        return [value for value in values if value is not None], body, word

    def default(self, children: list[Any]) -> tuple[None, tree.CompoundStatement, Any]:
        word, body = children
        return None, body, word

    def barrier(self, children: list[Any]) -> tree.QuantumBarrier:
        word, operands, end = children
        return tree.QuantumBarrier(operands or (), self._span(word, end))

    def reset(self, children: list[Any]) -> tree.Reset:
        word, operand, end = children
        return tree.Reset(operand, self._span(word, end))

    def box(self, children: list[Any]) -> tree.Box:
        word, duration, body = children
        span = self._span(word, body)
        if duration is not None:
            raise fail("QC1105", duration.span, word=duration.span.text, what="timing", instead=None)
        return tree.Box(body.body, span)

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
        span = self._span(token)
        return tree.GateLines(cut_text(token, span), span)

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
        written = "**" if operator.type == "POWER" else str(operator)
        return tree.BinaryExpression(written, left, right, self._span(left, right))

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
