"""Parses a text by tables alone: a contextual lexer and an LALR automaton that do the same as Lark's.

Takes the tables that lark_parser.py makes of a grammar, plain tuples and dicts that need no rebuilding, and the actions
that build nodes. Lark takes longer to start than a short program takes to check, so parse.py reads every text here
first. A text that does not match raises `Unmatched`, which says nothing: Lark reads it again and explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ionqdsl.record import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ionqdsl.language.brackets import Brackets

RUN, LEAST = "LINES", 8
"""The terminal for a run of plain lines and the fewest lines in one: its pattern is long, so only texts that could
contain a run compile it."""


class Unmatched(Exception):
    """A text that the grammar does not match."""


class Token(str):
    """A piece of the text: its terminal, and the offsets of its start and end. Like Lark's, without lines."""

    __slots__ = ("end_pos", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int


class Automaton:
    """The parser of one grammar. With `actions`, their methods build the result; without, there is none.

    `express` says whether runs of plain lines are tokens.
    """

    def __init__(self, tables: dict[str, Any], actions: Any = None, express: bool = True) -> None:
        self._start, self._end = tables["start"], tables["end"]
        self._rows: tuple[dict[str, int], ...] = tables["rows"]
        self._ignored, self._always = frozenset(tables["ignored"]), frozenset(tables["always"])
        self._words: dict[str, dict[str, str]] = tables["words"]
        self._terminals: tuple[tuple[str, str, bool], ...] = tables["terminals"]
        self._position = {name: number for number, (name, _, _) in enumerate(self._terminals)}
        self._run_pattern = self._terminals[0][1] if express and self._terminals[0][0] == RUN else None
        self._kinds: tuple[str, ...] = tables["kinds"]
        self._match = re.compile(tables["pattern"]).match
        self._rules = [
            (*rule, name and getattr(actions, name, None)) if actions is not None else rule[:2]
            for *rule, name in tables["rules"]
        ]
        self._builds = actions is not None

    def parse(self, text: str, brackets: Brackets) -> Any:
        """What the actions make of a text, whose tokens pass through `brackets`.

        Raises Unmatched, or what `brackets` raises, wherever the text does not match the grammar.
        """
        states: list[int] = [self._start]
        values: list[Any] = []
        feed = self._build if self._builds else self._follow
        for token in brackets.process(self._lex(text, states)):
            feed(token.type, token, states, values)
        feed("$END", None, states, values)
        return values[-1] if values else None

    def _build(self, kind: str, token: Token | None, states: list[int], values: list[Any]) -> None:
        """One token: all reductions before it, each of which builds a node, and its shift."""
        rows, rules = self._rows, self._rules
        while True:
            step = rows[states[-1]].get(kind)
            if step is None:
                raise Unmatched
            if step >= 0:
                states.append(step)
                values.append(token)
                return
            size, origin, included, nones, expands, action = rules[~step]
            children: list[Any] = []
            if size:
                children = values[-size:]
                del values[-size:], states[-size:]
            if included is not None:
                children = _selected(children, included, nones)
            if expands and len(children) == 1:
                values.append(children[0])
            else:
                values.append(children if action is None else action(children))
            states.append(rows[states[-1]][origin])
            if states[-1] == self._end and token is None:
                return

    def _follow(self, kind: str, token: Token | None, states: list[int], values: list[Any]) -> None:
        """The same without values, in 0.7 of the time: `fmt` and the editor want the tokens alone."""
        rows, rules = self._rows, self._rules
        while True:
            step = rows[states[-1]].get(kind)
            if step is None:
                raise Unmatched
            if step >= 0:
                states.append(step)
                return
            size, origin = rules[~step]
            if size:
                del states[-size:]
            states.append(rows[states[-1]][origin])
            if states[-1] == self._end and token is None:
                return

    def _lex(self, text: str, states: list[int]) -> Iterator[Token]:
        """The tokens of a text. Which terminals may match depends on the state the automaton is in by then."""
        rows, match, kinds, words = self._rows, self._match, self._kinds, self._words
        always, ignored = self._always, self._ignored
        run = None
        if self._run_pattern is not None and text.count("\n") >= LEAST:
            run = re.compile(self._run_pattern).match
        start, length = 0, len(text)
        while start < length:
            row = rows[states[-1]]
            found = run(text, start) if run is not None and RUN in row else None
            if found is not None:
                kind, value, end = RUN, found[0], found.end()
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
                    kind = word if word in row else kind
                if kind in ignored:
                    start = end
                    continue
            token = Token(value)
            token.type, token.start_pos, token.end_pos = kind, start, end
            start = end
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


def _selected(children: list[Any], included: tuple[tuple[int, bool, int], ...], nones: int) -> list[Any]:
    """The children that count: some tokens do not, inlined rules give theirs, and None stands for what is absent."""
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
