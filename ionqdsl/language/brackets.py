"""Passes on the tokens of a text, except line ends that end no statement, and limits brackets and statements.

The tokens of both parsers come through here before the grammar sees them: those of automaton.py, and those of Lark
after an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.ir.keywords import UNCALLABLE
from ionqdsl.language import step_budget
from ionqdsl.nesting import MAX_NESTING
from ionqdsl.record import Any

CLOSING = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "_LBRACE"}
"""The terminals of closing brackets, and of those they close."""
_OPENING = frozenset(CLOSING.values())
_BETWEEN_STATEMENTS = frozenset(("_LBRACE", "RBRACE", "LINES"))
_SYMBOLS = ("=", "+", "-", "*", "/", "//", "%", "**", "|", "^", "&", "<<", ">>", "<", ">", "<=", ">=", "==", "!=")
_OPERATORS = frozenset((*_SYMBOLS, "and", "or"))
"""A statement goes on after a line that ends with one of these."""

DEEP, LONG, VALUE = "a bracket too many", "a statement of too many tokens", "a value is missing"


class Stopped(Exception):
    """A token that the grammar need not see, for the reason `DEEP`, `LONG` or `VALUE`."""

    def __init__(self, token: Any, reason: str) -> None:
        super().__init__(reason)
        self.token, self.reason = token, reason


class Brackets:
    """Drops the newlines inside ( ) and [ ] and after an operator, records which brackets are open, and knows the
    statements `expect` of tests.
    """

    always_accept = ("_NL",)

    def __init__(self) -> None:
        self.open: list[Any] = []

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        """The tokens that the grammar sees. Raises Stopped at the first that cannot be read."""
        self.open = []
        depth = length = 0
        most = step_budget.MAX_TOKENS
        before: Any = None
        dropped: Any = None  # a line end after an operator
        test = None  # the number of brackets open around the body of a test, if this is one
        for token in stream:
            kind = token.type
            if kind == "_NL":
                if not depth and (before not in _OPERATORS or before.type == "NAME" or ";" in token.partition("#")[0]):
                    length = 0
                    before = None
                    yield token
                elif not depth:
                    dropped = token
                continue
            if dropped is not None:
                if token in UNCALLABLE and kind == "NAME":  # the next statement begins, so a value is missing
                    raise Stopped(dropped, VALUE)
                dropped = None
            if test is not None and token == "expect" and (before is None or before.type in _BETWEEN_STATEMENTS):
                token.type = kind = "EXPECT"
            before = token
            if not length:
                begin = token
            length = length + 1 if kind not in _BETWEEN_STATEMENTS else 0
            if length > most:
                raise Stopped(begin, LONG)
            if kind in _OPENING:
                self.open.append(token)
                depth = depth + 1 if kind != "_LBRACE" else 0
                if len(self.open) > MAX_NESTING:
                    raise Stopped(token, DEEP)
            elif kind in CLOSING and self.open and self.open[-1].type == CLOSING[kind]:
                self.open.pop()
                depth = max(0, depth - 1)
                if kind == "RBRACE" and len(self.open) == test:
                    test = None
            elif kind == "TEST":
                test = len(self.open)
            yield token
