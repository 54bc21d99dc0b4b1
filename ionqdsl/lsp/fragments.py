"""Cuts a text into fragments, one per statement, each parsed separately and remembered.

Takes a text and returns its statements and the heads of its blocks, with their offsets. The cuts depend only on
brackets and line ends, so this works on any text and takes milliseconds; a fragment is parsed only on demand, and equal
fragments once. Errors are not reported here: the compiler reports them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import Any

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language import syntax
from ionqdsl.language.marks import MARK, OPERATOR, ends_open, goes_on
from ionqdsl.language.parse import parse

_GOES_ON = re.compile(r"(?:[ \t\f\r\n]|#[^\n]*\n)*\{")
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BLANKS = r"(?:\s|#[^\n]*+\n)*+"
_PLAIN = re.compile(
    _BLANKS + r'(([A-Za-z_]\w*+)[^\n#;{}"]*+)(?:#[^\n]*+)?\n(?!' + _BLANKS + r"(?:\{|" + OPERATOR + "))", re.ASCII
)
"""A statement on one line, or a line that looks like one."""
_OPEN_END = re.compile(r"(?:[(\[,+\-*/%<>=:]|\b(?:and|or|not|in|if|else|for))\s*(?:#[^\n]*)?\Z")
_NEXT_CONTINUES = re.compile(r"\s*(?:[)\]+\-*/%<>=,:]|(?:and|or|in|if|else|for)\b|#|\n|\Z)")
END = 1 << 60
"""The end of a block that is never closed."""
_STEPS = {"(": 1, "[": 1, ")": -1, "]": -1}
_ENDING = "#\n;{}"
"""The first characters of marks that may end a statement, and of comments."""
SETTINGS = ("job", "energy", "function")
_IN_TEST = 'test "" { '
"""The text before an `expect`, which is a name anywhere but in a test."""


class Fragment:
    """A statement (`leaf`), the head of a block (`open`) or its end (`close`), from `start` to `end`.

    `word` is the first word of its `text`, `parent` the head of the block that contains it, `until` the end of a head's
    own block.
    """

    __slots__ = ("end", "kind", "parent", "start", "text", "until", "word")

    def __init__(self, kind: str, start: int, end: int, text: str, word: str, parent: Fragment | None) -> None:
        self.kind, self.start, self.end, self.text, self.word, self.parent = kind, start, end, text, word, parent
        self.until = end

    @property
    def top(self) -> Fragment:
        """The outermost fragment around this one, or itself."""
        piece = self
        while piece.parent is not None:
            piece = piece.parent
        return piece

    @property
    def settings(self) -> Fragment | None:
        """The head of the outermost block of settings around it, as a key may have the name of such a block."""
        block, piece = None, self.parent
        while piece is not None:
            if piece.word in SETTINGS:
                block = piece
            piece = piece.parent
        return block


def cut(text: str, before: tuple[str, list[Fragment]] = ("", [])) -> list[Fragment]:
    """The fragments of a text, in order; some are reused from the text `before` an edit."""
    cutter = _Cutter(text, _kept(text, *before))
    while cutter.line() or cutter.statement():
        pass
    return cutter.pieces


class _Cutter:
    """The fragments so far, the heads of the open blocks, and the start of the rest of the text."""

    def __init__(self, text: str, pieces: list[Fragment]) -> None:
        self.text, self.pieces, self.heads = text, pieces, list[Fragment]()
        self.start = pieces.pop().start if pieces else 0

    def line(self) -> bool:
        """Takes a statement on one line, as most are; False if there is none."""
        plain = _PLAIN.match(self.text, self.start)
        if plain is None or not _is_whole(plain[1]):
            return False
        self._add("leaf", plain.start(1), plain[1].rstrip(), plain[2])
        self.start = plain.end()
        return True

    def statement(self) -> bool:
        """Takes a statement and its end, or blanks and comments up to a line end; False at the end of the text."""
        begun, asks, depth = False, False, 0  # seen code; whether the last mark was a comma
        for match in MARK.finditer(self.text, self.start):
            mark, first = match[0], match[0][0]
            if first not in _ENDING:
                begun, asks = True, mark == ","
                depth = max(0, depth + _STEPS.get(mark, 0))
            elif first == "#":
                self.start = self.start if begun else match.end()
            elif first != "\n":
                self._block(mark, match.start())
                self.start = match.end()
                return True
            elif not (begun and (asks or self._goes_on(match, depth))):
                self._leaf(_without_comment(self.text, self.start, match.start()))
                self.start = match.end()
                return True
        self._leaf(_without_comment(self.text, self.start, len(self.text)))
        return False

    def _goes_on(self, newline: re.Match[str], depth: int) -> bool:
        """Whether a statement continues after its line: a bracket is open, or the block that it heads comes next."""
        last = self.text.rfind("\n", *newline.span())
        is_open = bool(depth) and not _is_broken(self.text, self.start, last)
        code = self.text[self.start : _without_comment(self.text, self.start, newline.start())][-40:]
        is_sum = not depth and goes_on(code, self.text, newline.end())
        return is_open or is_sum or _GOES_ON.match(self.text, newline.start()) is not None

    def _block(self, mark: str, here: int) -> None:
        """Ends a statement at `;`, begins a block after its head, or ends one."""
        if mark == "{":
            self._leaf(here, "open")
            self.pieces[-1].until = END
            self.heads.append(self.pieces[-1])
            return
        self._leaf(here)
        if mark == "}" and self.heads:
            self.heads[-1].until = here + 1
            self._add("close", here, mark, "")
            self.heads.pop()

    def _leaf(self, end: int, kind: str = "leaf") -> None:
        """Adds a fragment of all text up to `end`; none for blanks alone, unless a block begins there."""
        body = self.text[self.start : end]
        bare = body.strip()
        if bare or kind != "leaf":
            word = _WORD.match(bare)
            self._add(kind, self.start + len(body) - len(body.lstrip()), bare, word[0] if word else "")

    def _add(self, kind: str, start: int, text: str, word: str) -> None:
        """Adds a fragment to the innermost block."""
        head = self.heads[-1] if self.heads else None
        self.pieces.append(Fragment(kind, start, start + len(text), text, word, head))


def _kept(text: str, old: str, fragments: list[Fragment]) -> list[Fragment]:
    """The fragments that two texts share at their beginning, up to the last one that is outside any block.

    Only those that end on a line before the first difference: strings and comments may extend over a whole line. The
    text after the last one may have changed its meaning.
    """
    low, high = 0, min(len(text), len(old))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[low:middle] == old[low:middle] else (low, middle - 1)
    line = text.rfind("\n", 0, low) + 1
    last = bisect_left(fragments, line, key=lambda piece: piece.start) - 1
    last -= 1  # an operator at the beginning of the line would continue it
    while last >= 0 and (fragments[last].parent is not None or fragments[last].end >= line):
        last -= 1
    return fragments[: max(0, last + 1)]


def _is_whole(line: str) -> bool:
    """Whether all brackets of a line are closed and no comma continues it."""
    is_closed = line.count("(") == line.count(")") and line.count("[") == line.count("]")
    return is_closed and not line.rstrip().endswith(",") and not ends_open(line)


def _is_broken(text: str, start: int, newline: int) -> bool:
    """Whether a bracket open at the end of a line was forgotten: neither this line nor the next continues."""
    begin = max(start, text.rfind("\n", 0, newline) + 1)
    return not (_OPEN_END.search(text[begin:newline]) or _NEXT_CONTINUES.match(text, newline + 1))


def _without_comment(text: str, start: int, end: int) -> int:
    """The end of the code of a line."""
    begin = max(start, text.rfind("\n", 0, end) + 1)
    if "#" not in text[begin:end]:
        return end
    return next((m.start() for m in MARK.finditer(text, begin, end) if m[0][0] == "#"), end)


# --- reading ---------------------------------------------------------------------------------------------------------


def nodes(piece: Fragment) -> tuple[Any, ...]:
    """The syntax nodes of a fragment, a head with an empty body; empty if the grammar cannot read it."""
    return read(*framed(piece))


def framed(piece: Fragment) -> tuple[str, str, str]:
    """A fragment's text between the texts that the grammar needs before and after it."""
    body = "\n{}" if piece.kind == "open" else ""
    text = piece.text[len("else") :] if piece.kind == "open" and piece.word == "else" else piece.text
    if piece.word == "expect" and piece.parent is not None and piece.top.word == "test":
        return _IN_TEST, text, " }"
    return ("job { ", text, body + " }") if piece.settings else ("", text, body)


def shift(piece: Fragment) -> int:
    """The offset to add to a place in a fragment's nodes to get the place in the text."""
    before, text, _ = framed(piece)
    return piece.start + len(piece.text) - len(text) - len(before)


def place(piece: Fragment, span: Span) -> tuple[int, int]:
    """The offsets in the text of a place in a fragment's nodes."""
    return span.start + shift(piece), span.end + shift(piece)


@lru_cache(maxsize=100_000)
def read(before: str, text: str, after: str) -> tuple[Any, ...]:
    """The nodes of a framed fragment."""
    if not text.strip():
        return ()
    file = parse(Source(before + text + after)).file
    if before == _IN_TEST:
        return file.items[0].body if file.items and isinstance(file.items[0], syntax.Test) else ()
    if before and len(file.items) == 1 and isinstance(file.items[0], syntax.SettingsBlock):
        return file.items[0].settings
    return file.items
