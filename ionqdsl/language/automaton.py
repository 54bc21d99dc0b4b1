"""Parses a text by tables alone: a contextual lexer and an LALR automaton that do the same as Lark's.

Takes the tables that lark_parser.py makes of a grammar, plain tuples and dicts that need no rebuilding, and the actions
that build nodes. Lark takes longer to start than a short program takes to check, so parse.py reads every text here
first. A text that does not match raises `Unmatched`, which says nothing: Lark reads it again and explains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ionqdsl.record import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Protocol

    class Passing(Protocol):
        """Passes on the tokens that the grammar sees, as brackets.py does."""

        def process(self, stream: Iterator[Any]) -> Iterator[Any]:
            """The tokens of a stream that the grammar sees."""


MOST_STACKS = 20_000
"""Stacks that are remembered: programs use some hundred, and a text cannot make a process grow without end."""
_ENDING = frozenset(("_NL", "LINES"))
"""The terminals that end statements."""
RUN, LEAST = "LINES", 8
"""The terminal for a run of plain lines, and the fewest line ends of a text in which runs are looked for: the pattern
is long, and short texts do without compiling it."""
LONG = 1 << 13
"""Characters of a text in which statements are built by their forms: in a shorter one most forms come once."""
MAX_TEXT = 1 << 60
RUN_REACH = 10_000
"""Characters of a run in an excerpt: an edit of one line should not have all others read again."""


def holds_runs(text: str, begin: int = 0) -> bool:
    """Whether a text is long enough from an offset on for its runs of plain lines to be tokens."""
    for _ in range(LEAST):
        begin = text.find("\n", begin) + 1
        if not begin:
            return False
    return True


class Unmatched(Exception):
    """A text that the grammar does not match."""


class Token(str):
    """A piece of the text: its terminal, and the offsets of its start and end. Like Lark's, without lines.

    A token in place of plain lines may be another statement, whose `node` has been built.
    """

    __slots__ = ("end_pos", "node", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int
    node: Any


class Stack:
    """The states of the automaton that are open, as a list of `state` and those `below` it, shared by all texts.

    `steps` remembers for each kind of token the reductions before its shift and the stack after it, because statements
    of one form take the same steps; `pushed` has the stacks with one state more.
    """

    __slots__ = ("below", "is_whole", "pushed", "row", "state", "steps")

    def __init__(self, below: Stack | None, state: int, row: dict[str, int]) -> None:
        self.below, self.state, self.row = below, state, row
        self.is_whole: bool | None = None
        self.steps: dict[str, tuple[tuple[Any, ...], Stack]] = {}
        self.pushed: dict[int, Stack] = {}


class Automaton:
    """The parser of one grammar. With `actions`, their methods build the result; without, there is none.

    `express` says whether runs of plain lines are tokens; `statements` builds others, as statement_forms.py does.
    """

    def __init__(
        self,
        tables: dict[str, Any],
        actions: Any = None,
        express: bool = True,
        statements: Callable[[str, int, int], tuple[Any, int] | None] | None = None,
    ) -> None:
        self._statements = statements
        self._starts: dict[str, tuple[int, int]] = tables["starts"]
        self._ends = frozenset(end for _, end in self._starts.values())
        self._rows: tuple[dict[str, int], ...] = tables["rows"]
        self._ignored, self._always = frozenset(tables["ignored"]), frozenset(tables["always"])
        self._words: dict[str, dict[str, str]] = tables["words"]
        self._terminals: tuple[tuple[str, str, bool], ...] = tables["terminals"]
        self._position = {name: number for number, (name, _, _) in enumerate(self._terminals)}
        self._run_pattern = self._terminals[0][1] if express and self._terminals[0][0] == RUN else None
        self._kinds: tuple[str, ...] = tables["kinds"]
        self._match = re.compile(tables["pattern"]).match
        self._rules: list[tuple[int, str, tuple[Any, ...] | None]] = [
            (size, origin, _reduction(actions, size, *how)) for size, origin, *how in tables["rules"]
        ]
        self.keeps_runs = actions is None
        """Whether tokens hold the runs of plain lines. Where the text is the source's, their places are enough."""
        self._stacks = 0
        self._bottoms: dict[int, Stack] = {}

    def parse(self, text: str, brackets: Passing, start: str | None = None) -> Any:
        """The result of the actions for a text, whose tokens pass through `brackets`: a whole program, unless `start`
        names another start of the grammar.

        Raises Unmatched, or the errors of `brackets`, wherever the text does not match the grammar.
        """
        first, _ = self._starts[start] if start is not None else next(iter(self._starts.values()))
        return self._read(text, brackets, first)[0]

    def excerpt(self, text: str, begin: int, brackets: Passing, ends: Callable[[int], bool]) -> tuple[Any, int]:
        """The result of the actions for the statements from an offset on, and the offset of their end.

        They end after the first statement outside any block for whose end `ends` holds, or with the text. Tokens count
        from `begin`. Raises as `parse` does.
        """
        first, _ = next(iter(self._starts.values()))
        return self._read(text, brackets, first, begin, RUN_REACH, ends)

    def _read(
        self,
        text: str,
        brackets: Passing,
        first: int,
        begin: int = 0,
        reach: int = MAX_TEXT,
        ends: Callable[[int], bool] | None = None,
    ) -> tuple[Any, int]:
        stack = self._bottoms.get(first) or self._bottoms.setdefault(first, self._new(None, first))
        at = [stack]  # the lexer asks which terminals may follow
        values, end = list[Any](), len(text)
        for token in brackets.process(self._lex(text, at, begin, reach)):
            kind = token.type
            reductions, stack = stack.steps.get(kind) or self._step(stack, kind)
            at[0] = stack
            if reductions:
                _build(reductions, values)
            values.append(token)
            if ends is not None and kind in _ENDING and self._may_end(stack) and ends(begin + token.end_pos):
                end = begin + token.end_pos
                break
        reductions, _ = stack.steps.get("$END") or self._step(stack, "$END")
        _build(reductions, values)
        return (values[-1] if values else None), end

    def _may_end(self, stack: Stack) -> bool:
        """Whether a text may end with these states open: whether no block is."""
        if stack.is_whole is None:
            try:
                self._step(stack, "$END")
                stack.is_whole = True
            except Unmatched:
                stack.is_whole = False
        return stack.is_whole

    def _step(self, stack: Stack, kind: str) -> tuple[tuple[Any, ...], Stack]:
        """The reductions before a token that do something, and the stack after its shift. Raises Unmatched."""
        begin, reductions = stack, []
        while True:
            step = stack.row.get(kind)
            if step is None:
                raise Unmatched
            if step >= 0:
                stack = self._push(stack, step)
                break
            size, origin, reduction = self._rules[~step]
            for _ in range(size):
                assert stack.below is not None
                stack = stack.below
            stack = self._push(stack, stack.row[origin])
            if reduction is not None:
                reductions.append(reduction)
            if kind == "$END" and stack.state in self._ends:
                break
        if self._stacks > MOST_STACKS:
            stack = self._renewed(stack)
        begin.steps[kind] = found = tuple(reductions), stack
        return found

    def _new(self, below: Stack | None, state: int) -> Stack:
        self._stacks += 1
        return Stack(below, state, self._rows[state])

    def _push(self, stack: Stack, state: int) -> Stack:
        found = stack.pushed.get(state)
        if found is None:
            found = stack.pushed[state] = self._new(stack, state)
        return found

    def _renewed(self, stack: Stack) -> Stack:
        """The same states while every other stack is forgotten."""
        states = []
        below: Stack | None = stack
        while below is not None:
            states.append(below.state)
            below = below.below
        self._stacks = 0
        first = states.pop()
        stack = self._new(None, first)
        self._bottoms = {first: stack}
        while states:
            stack = self._push(stack, states.pop())
        return stack

    def _lex(self, text: str, at: list[Stack], begin: int = 0, reach: int = MAX_TEXT) -> Iterator[Token]:
        """The tokens of a text from `begin` on, from where their offsets count. Which terminals may match depends on
        the stack that `at` holds by then. A run of plain lines has at most `reach` characters.

        A single blank after a token is ignored without being matched.
        """
        match, kinds, words = self._match, self._kinds, self._words
        always, ignored = self._always, self._ignored
        run = None
        if self._run_pattern is not None and holds_runs(text, begin):
            run = re.compile(self._run_pattern).match
        statements = self._statements if len(text) >= LONG else None
        start, length = begin, len(text)
        while start < length:
            row = at[0].row
            found = built = None
            if run is not None and RUN in row:
                found = run(text, start, start + reach)
                if found is None and statements is not None:
                    built = statements(text, start, begin)
            if built is not None:
                kind, value, end = RUN, "", built[1]
            elif found is not None:
                kind, value, end = RUN, found[0] if self.keeps_runs else "", found.end()
            else:
                found = match(text, start)
                if found is None:
                    raise Unmatched
                kind, value, end = kinds[found.lastindex or 0], found[0], found.end()
                if kind not in row and kind not in always:
                    kind, value = self._later(text, start, row, kind)
                    end = start + len(value)
                elif kind in words:
                    word = words[kind].get(value)
                    if word in row:
                        kind = word
                if kind in ignored:
                    start = end
                    continue
            token = Token(value)
            token.type, token.start_pos, token.end_pos = kind, start - begin, end - begin
            if built is not None:
                token.node = built[0]
            start = end + 1 if text.startswith(" ", end) else end
            yield token

    def _later(self, text: str, start: int, row: dict[str, int], first: str) -> tuple[str, str]:
        """The terminal that matches where `first` does but is not allowed, and its text.

        No terminal before `first` in the order of the lexer matches there.
        """
        for kind, pattern, is_literal in self._terminals[self._position[first] + 1 :]:
            if kind not in row and kind not in self._always:
                continue
            if not is_literal:
                found = re.compile(pattern).match(text, start)
                if found is not None:
                    word = self._words.get(kind, {}).get(found[0])
                    return (word if word is not None and word in row else kind), found[0]
            elif text.startswith(pattern, start) and not any(
                other in row and pattern in words for other, words in self._words.items()
            ):
                return kind, pattern
        raise Unmatched


def _reduction(
    actions: Any, size: int, included: tuple[Any, ...] | None, nones: int, expands: bool, name: str | None
) -> tuple[Any, ...] | None:
    """The effect of a rule on the values: how many it takes, which count, whether a single one stays itself, and its
    action. None if it does nothing, as most rules of an expression: every number is a product, a sum and so on.
    """
    if actions is None or (size == 1 and expands and included is None):
        return None
    return size, included, nones, expands, name and getattr(actions, name, None)


def _build(reductions: tuple[Any, ...], values: list[Any]) -> None:
    """Replaces the last values by the nodes that reductions make of them."""
    for size, included, nones, expands, action in reductions:
        children: list[Any] = []
        if size:
            children = values[-size:]
            del values[-size:]
        if included is not None:
            children = _selected(children, included, nones)
        if expands and len(children) == 1:
            values.append(children[0])
        else:
            values.append(children if action is None else action(children))


def _selected(children: list[Any], included: tuple[tuple[int, bool, int], ...], nones: int) -> list[Any]:
    """The children that count: some tokens do not, inlined rules give theirs, and None stands for an absent one."""
    chosen: list[Any] = []
    for number, inlined, absent in included:
        if absent:
            chosen += [None] * absent
        if not inlined:
            chosen.append(children[number])
        elif chosen:
            chosen += children[number]
        else:
            chosen = children[number]  # so that a long list is not copied for every item
    if nones:
        chosen += [None] * nones
    return chosen
