"""A text cut into pieces, one a statement, each read by the grammar on its own and remembered.

A text goes in; out come its statements and the heads of its blocks with the places they stand at. Cutting goes by
brackets and line ends alone, so it works on any text and takes milliseconds; a piece is parsed only when somebody asks,
and equal pieces once. What is wrong with a text is not said here: that is the compiler's matter.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import Any

from ionqdsl.diagnostics.source import Source
from ionqdsl.language import syntax
from ionqdsl.language.parse import parse

_MARK = re.compile(r'#[^\n]*|"(?:[^"\\\n]|\\.)*"|[\n;{}()\[\],]')
_GOES_ON = re.compile(r"(?:[ \t\f\r\n]|#[^\n]*\n)*\{")
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BLANKS = r"(?:\s|#[^\n]*+\n)*+"
_PLAIN = re.compile(_BLANKS + r'(([A-Za-z_]\w*+)[^\n#;{}"]*+)(?:#[^\n]*+)?\n(?!' + _BLANKS + r"\{)", re.ASCII)
"""A statement on a line of its own, or what looks like one."""
_OPEN_END = re.compile(r"(?:[(\[,+\-*/%<>=:]|\b(?:and|or|not|in|if|else|for))\s*(?:#[^\n]*)?\Z")
_NEXT_CONTINUES = re.compile(r"\s*(?:[)\]+\-*/%<>=,:]|(?:and|or|in|if|else|for)\b|#|\n|\Z)")
END = 1 << 60
"""Where a block ends that is never closed."""
SETTINGS = ("job", "energy", "function")


class Piece:
    """A statement (`leaf`), the head of a block (`open`) or its end (`close`), from `start` to `end`.

    `word` is the first word of its `text`, `parent` the head of the block it stands in, `until` where a head's own
    block ends.
    """

    __slots__ = ("end", "kind", "parent", "start", "text", "until", "word")

    def __init__(self, kind: str, start: int, end: int, text: str, word: str, parent: Piece | None) -> None:
        self.kind, self.start, self.end, self.text, self.word, self.parent = kind, start, end, text, word, parent
        self.until = end

    @property
    def top(self) -> Piece:
        """The outermost piece around it, itself where there is none."""
        piece = self
        while piece.parent is not None:
            piece = piece.parent
        return piece

    @property
    def settings(self) -> Piece | None:
        """The head of the block of settings it stands in: the outermost, as a key may be called like one."""
        found, piece = None, self.parent
        while piece is not None:
            if piece.word in SETTINGS:
                found = piece
            piece = piece.parent
        return found


def cut(text: str, before: tuple[str, list[Piece]] = ("", [])) -> list[Piece]:
    """The pieces of a text, in order; some are taken from the text it was `before` an edit, and its pieces."""
    found = _kept(text, *before)
    stack: list[Piece] = []
    start = at = (
        found.pop().start if found else 0
    )  # where the statement begins that is being read, and how far it has been
    depth, comma = 0, -1

    def ended(end: int, kind: str = "leaf") -> Piece | None:
        """Makes a piece of what has been read; nothing of blanks alone, unless a block begins behind them."""
        body = text[start:end]
        bare = body.strip()
        if not bare and kind == "leaf":
            return None
        begin = start + (len(body) - len(body.lstrip()))
        word = _WORD.match(bare)
        found.append(Piece(kind, begin, begin + len(bare), bare, word[0] if word else "", stack[-1] if stack else None))
        return found[-1]

    while True:
        if start == at and (plain := _PLAIN.match(text, at)) and _is_whole(plain[1]):
            line = plain[1].rstrip()
            begin = plain.start(1)
            found.append(Piece("leaf", begin, begin + len(line), line, plain[2], stack[-1] if stack else None))
            start = at = plain.end()
            continue
        match = _MARK.search(text, at)
        if match is None:
            break
        mark, at = match[0], match.end()
        here = match.start()
        if mark in "([":
            depth += 1
        elif mark in ")]":
            depth = max(0, depth - 1)
        elif mark == ",":
            comma = at
        elif mark[0] == "#":
            if not text[start:here].strip():
                start = at
            elif comma >= start and not text[comma:here].strip():
                comma = at
        elif mark == "\n":
            if comma >= start and not text[comma:here].strip():
                comma = at
            elif not text[start:here].strip():
                start, depth = at, 0
            elif not (depth and not _is_broken(text, start, here)) and not _GOES_ON.match(text, here):
                ended(_without_comment(text, start, here))
                start, depth = at, 0
        elif mark == ";":
            ended(here)
            start, depth = at, 0
        elif mark == "{":
            head = ended(here, "open")
            assert head is not None
            head.until = END
            stack.append(head)
            start, depth = at, 0
        elif mark == "}":
            ended(here)
            start, depth = at, 0
            if stack:
                stack[-1].until = at
                found.append(Piece("close", here, at, "}", "", stack.pop()))
    ended(_without_comment(text, start, len(text)))
    return found


def _kept(text: str, old: str, known: list[Piece]) -> list[Piece]:
    """The pieces two texts have in common at their beginning, the last of which stands in no block.

    Only those that end on a line before the first difference: strings and comments may reach from one end of a line to
    the other. What comes after the last one may have changed what it is.
    """
    low, high = 0, min(len(text), len(old))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[low:middle] == old[low:middle] else (low, middle - 1)
    line = text.rfind("\n", 0, low) + 1
    last = bisect_left(known, line, key=lambda piece: piece.start) - 1
    while last >= 0 and (known[last].parent is not None or known[last].end >= line):
        last -= 1
    return known[: last + 1]


def _is_whole(line: str) -> bool:
    """Whether the brackets of a line are closed and no comma asks for the next."""
    return line.count("(") == line.count(")") and line.count("[") == line.count("]") and not line.rstrip().endswith(",")


def _is_broken(text: str, start: int, newline: int) -> bool:
    """Whether a bracket still open at the end of a line was forgotten: neither this line nor the next asks for more."""
    begin = max(start, text.rfind("\n", 0, newline) + 1)
    return not (_OPEN_END.search(text[begin:newline]) or _NEXT_CONTINUES.match(text, newline + 1))


def _without_comment(text: str, start: int, end: int) -> int:
    """Where the code of a line ends."""
    begin = max(start, text.rfind("\n", 0, end) + 1)
    if "#" not in text[begin:end]:
        return end
    return next((m.start() for m in _MARK.finditer(text, begin, end) if m[0][0] == "#"), end)


# --- reading ---------------------------------------------------------------------------------------------------------


def nodes(piece: Piece) -> tuple[Any, ...]:
    """What a piece says: its syntax nodes, a head with an empty body; none where the grammar cannot read it."""
    return read(*framed(piece))


def framed(piece: Piece) -> tuple[str, str, str]:
    """A piece's text with what must stand before and behind it for the grammar to read it by itself."""
    body = "\n{}" if piece.kind == "open" else ""
    text = piece.text[len("else") :] if piece.kind == "open" and piece.word == "else" else piece.text
    return ("job { ", text, body + " }") if piece.settings else ("", text, body)


def shift(piece: Piece) -> int:
    """What to add to a place in a piece's nodes to get the place in the text."""
    before, text, _ = framed(piece)
    return piece.start + len(piece.text) - len(text) - len(before)


@lru_cache(maxsize=100_000)
def read(before: str, text: str, after: str) -> tuple[Any, ...]:
    """The nodes of a framed piece."""
    if not text.strip():
        return ()
    file = parse(Source(before + text + after)).file
    if before and len(file.items) == 1 and isinstance(file.items[0], syntax.SettingsBlock):
        return file.items[0].settings
    return file.items
