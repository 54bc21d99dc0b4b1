"""Runs regular expressions as `re` does, counting steps, and makes long texts that nearly match.

A pattern is parsed by Python itself; the machine here walks it with backtracking, one instruction a step, as `re` does,
so that a pattern whose time grows faster than its text shows it in numbers, on any machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 12
"""Repetitions with a bound are taken as if they had at most this one: more would only be more of the same."""
POOL = " \t\n\"'#a_Z05.,;:@=+-*/(){}[]<\\|&é"


class TooManySteps(Exception):
    """More than the limit."""


class Machine:
    """A pattern as instructions: ("set", test), ("split", one, other), ("jump", to), ("at", test), and so on."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.tree = parser.parse(pattern, flags)
        self.flags = self.tree.state.flags
        self.code: list[tuple[Any, ...]] = []
        self.groups: dict[int, Any] = {}
        self._sequence(self.tree)
        self.code.append(("end",))

    # --- compiling

    def _sequence(self, items: Any) -> None:
        for kind, argument in items:
            self._item(kind, argument)

    def _item(self, kind: Any, argument: Any) -> None:
        name = str(kind)
        if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "CATEGORY", "RANGE"):
            self.code.append(("set", test_of(kind, argument, self.flags)))
        elif name == "AT":
            self.code.append(("at", str(argument)))
        elif name == "SUBPATTERN":
            self.groups[argument[0]] = argument[3]
            self._sequence(argument[3])
        elif name == "BRANCH":
            ends = []
            for number, option in enumerate(argument[1]):
                if number < len(argument[1]) - 1:
                    split = len(self.code)
                    self.code.append(("split",))
                    self._sequence(option)
                    ends.append(len(self.code))
                    self.code.append(("jump",))
                    self.code[split] = ("split", split + 1, len(self.code))
                else:
                    self._sequence(option)
            for end in ends:
                self.code[end] = ("jump", len(self.code))
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, body = argument
            if name == "POSSESSIVE_REPEAT":
                self._atomic([(constants.MAX_REPEAT, (least, most, body))])
                return
            for _ in range(min(least, LONGEST)):
                self._sequence(body)
            if most is constants.MAXREPEAT:
                split = len(self.code)
                self.code.append(("split",))
                self._sequence(body)
                self.code.append(("again", split))
                self._split(split, name == "MIN_REPEAT")
            else:
                splits = []
                for _ in range(min(most - least, LONGEST)):
                    splits.append(len(self.code))
                    self.code.append(("split",))
                    self._sequence(body)
                for split in splits:
                    self._split(split, name == "MIN_REPEAT")
        elif name in ("ASSERT", "ASSERT_NOT"):
            direction, body = argument
            self._inner(("look" if name == "ASSERT" else "look not", direction), body)
        elif name == "ATOMIC_GROUP":
            self._atomic(argument)
        elif name == "GROUPREF":
            self._sequence(self.groups[argument])  # as many steps as the group it refers to
        else:
            raise NotImplementedError(name)

    def _split(self, at: int, is_lazy: bool) -> None:
        targets = (at + 1, len(self.code))
        self.code[at] = ("split", *(targets[::-1] if is_lazy else targets))

    def _atomic(self, body: Any) -> None:
        self._inner(("atomic", 1), body)

    def _inner(self, head: tuple[Any, ...], body: Any) -> None:
        start = len(self.code)
        self.code.append(head)
        self._sequence(body)
        self.code.append(("end",))
        width = parser.SubPattern(self.tree.state, list(body)).getwidth()[0] if head[1] < 0 else 0
        self.code[start] = (*head, len(self.code), width)

    # --- running

    def match(self, text: str, start: int, limit: int) -> tuple[int | None, int]:
        """Where a match at a place ends, None where there is none, and the steps that took."""
        self.steps, self.limit = 0, limit
        return self._run(0, text, start), self.steps

    def _run(self, at: int, text: str, place: int) -> int | None:
        code, size, stack = self.code, len(text), [(at, place)]
        seen: dict[int, int] = {}
        while stack:
            at, place = stack.pop()
            while True:
                self.steps += 1
                if self.steps > self.limit:
                    raise TooManySteps
                instruction = code[at]
                name = instruction[0]
                if name == "set":
                    if place >= size or not instruction[1](text[place]):
                        break
                    at, place = at + 1, place + 1
                elif name == "split":
                    stack.append((instruction[2], place))
                    at = instruction[1]
                elif name == "jump":
                    at = instruction[1]
                elif name == "again":
                    if seen.get(at) == place:  # a round that took nothing is the last
                        at += 1
                        continue
                    seen[at] = place
                    at = instruction[1]
                elif name == "at":
                    if not is_at(instruction[1], text, place):
                        break
                    at += 1
                elif name in ("look", "look not", "atomic"):
                    _, direction, after, width = instruction
                    begin = place if direction > 0 else place - width
                    end = self._run(at + 1, text, begin) if begin >= 0 else None
                    if (end is None) is (name != "look not"):
                        break
                    at, place = after, end if name == "atomic" and end is not None else place
                else:
                    return place
        return None

    def scan(self, text: str, limit: int) -> int:
        """The steps of finding every match, as `finditer` and `sub` do."""
        total, place = 0, 0
        while place <= len(text):
            end, steps = self.match(text, place, limit - total)
            total += steps
            place = place + 1 if end is None or end == place else end
        return total


def test_of(kind: Any, argument: Any, flags: int) -> Any:
    """Whether a character is one of an item's, as a function; left to `re` itself."""
    name = str(kind)
    if name == "ANY":
        return (lambda char: True) if flags & re.DOTALL else (lambda char: char != "\n")
    state = parser.State()
    state.flags = flags & ~re.DEBUG
    compiled = re._compiler.compile(parser.SubPattern(state, [(kind, argument)]), flags)  # type: ignore[attr-defined]
    known: dict[str, bool] = {}

    def test(char: str) -> bool:
        if char not in known:
            known[char] = compiled.fullmatch(char) is not None
        return known[char]

    return test


def is_at(where: str, text: str, place: int) -> bool:
    """Whether an anchor holds at a place."""
    if where in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
        return place == 0
    if where == "AT_BEGINNING_LINE":
        return place == 0 or text[place - 1] == "\n"
    if where == "AT_END_STRING":
        return place == len(text)
    if where == "AT_END_LINE":
        return place == len(text) or text[place] == "\n"
    if where == "AT_END":
        return place == len(text) or (place == len(text) - 1 and text[place] == "\n")
    words = [0 <= at < len(text) and (text[at].isalnum() or text[at] == "_") for at in (place - 1, place)]
    return (words[0] != words[1]) is ("NON" not in where)


# --- texts that nearly match -----------------------------------------------------------------------------------------


def near_matches(machine: Machine, count: int) -> Iterator[str]:
    """For each repetition of a pattern, and some of the texts its body can match: that text so many times over."""
    for before, body in _repetitions(machine.tree, ""):
        for piece in dict.fromkeys(_witnesses(body, machine.flags, 6)):
            if piece:
                for tail in ("", "\0", "!"):
                    yield before + piece * count + tail
                    if before:
                        yield (before + piece) * count + tail


def _repetitions(items: Any, before: str) -> Iterator[tuple[str, Any]]:
    for kind, argument in items:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            if argument[1] is constants.MAXREPEAT:
                yield before, argument[2]
            yield from _repetitions(argument[2], before)
        elif name == "SUBPATTERN":
            yield from _repetitions(argument[3], before)
        elif name == "ATOMIC_GROUP":
            yield from _repetitions(argument, before)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _repetitions(argument[1], before)
        elif name == "BRANCH":
            for option in argument[1]:
                yield from _repetitions(option, before)
        before += next(_witnesses([(kind, argument)], 0, 1), "")


def _witnesses(items: Any, flags: int, most: int) -> Iterator[str]:
    """Some of the shorter texts that match a sequence."""
    found = [""]
    for kind, argument in items:
        options = list(dict.fromkeys(_pieces(kind, argument, flags, most)))[:most]
        if not options:
            return
        found = [left + right for left in found for right in options]
        found = list(dict.fromkeys(found))[: most * 2]
    yield from found[:most]


def _pieces(kind: Any, argument: Any, flags: int, most: int) -> Iterator[str]:
    name = str(kind)
    if name == "LITERAL":
        yield chr(argument)
    elif name in ("NOT_LITERAL", "ANY", "IN", "CATEGORY", "RANGE"):
        test = test_of(kind, argument, flags)
        fitting = [char for char in POOL if test(char)]
        fitting += [] if fitting else [chr(number) for number in range(0x3000) if test(chr(number))][:1]
        yield from fitting[:most] if most == 1 else [*fitting[: most // 2], *fitting[-(most - most // 2) :]]
    elif name == "SUBPATTERN":
        yield from _witnesses(argument[3], flags, most)
    elif name == "ATOMIC_GROUP":
        yield from _witnesses(argument, flags, most)
    elif name == "BRANCH":
        for option in argument[1]:
            yield from _witnesses(option, flags, most)
    elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        for times in sorted({max(1, argument[0]), argument[0], argument[0] + 1}, key=lambda k: (k == 0, k)):
            if times <= LONGEST + argument[0]:
                for piece in _witnesses(argument[2], flags, most):
                    yield piece * times
    else:
        yield ""
