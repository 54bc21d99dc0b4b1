"""Finds the slip in a statement, and the line that was meant.

The line is made by the table, step by step if a statement has several slips, until the grammar reads it; a line that it
does not read is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.keywords import KEYWORD_MEANINGS
from ionqdsl.language.marks import MARK
from ionqdsl.language.recover import is_inside
from ionqdsl.language.slips import calls, rewriting
from ionqdsl.language.slips.blocks import IndentedBlock, indented_block
from ionqdsl.language.slips.patterns import MOST_WORDS, Match, Word, split
from ionqdsl.language.slips.rewriting import Site
from ionqdsl.language.slips.rows import Slip
from ionqdsl.language.slips.table import SETTINGS, STATEMENTS
from ionqdsl.language.slips.words import FOREIGN
from ionqdsl.record import changed, record

Reader = Callable[[str], int | None]
"""Reads a text by the grammar: the offset of its first fault, None if it has none."""
MOST_STEPS = 6
"""Slips in one statement that are mended one after the other."""
_LONGEST = 400
"""Longer statements are not rewritten: nobody would read the line."""
_SPACE = re.compile(r'("(?:[^"\\\n]|\\.)*+")|\s++')
_NAME = re.compile(r"[A-Za-z_]\w*+", re.ASCII)
_QUBITS = re.compile(r"\b(?:qubit|qreg|let|gate|def)\b([^\n{;]*+)")
_GATES = re.compile(r"\b(?:gate|circuit)[ \t]++([A-Za-z_]\w*+)", re.ASCII)
_REGISTER = re.compile(r"^[ \t]*+(?:qubit|qreg)(?:\[[^\]\n]*+\])?[ \t]++([A-Za-z_]\w*+)", re.MULTILINE | re.ASCII)


@record
class Slipped:
    """A slip: its diagnostic, and the end of the text that it makes unreadable."""

    diagnostic: Diagnostic
    end: int


@record
class Stretch:
    """The part of a text in which a slip is looked for: a statement, or its head up to the `{` of a longer block.

    `settings` says whether it stands in a block of settings.
    """

    start: int
    end: int
    settings: bool


def statement_at(text: str, start: int, settings: bool) -> Stretch:
    """The statement that begins at an offset."""
    start += len(text[start:]) - len(text[start:].lstrip())
    depth, comma, end = 0, False, None
    for match in MARK.finditer(text, start):
        mark = match[0]
        if mark[0] == "#" or match.start() > start + _LONGEST:
            end = match.start()
            break
        if mark in "([":
            depth += 1
        elif mark in ")]":
            depth = max(0, depth - 1)
        elif mark == "{":
            close = _closing(text, match.start())
            if close is None:
                return Stretch(start, match.end(), settings)
            depth += 1
        elif mark == "}":
            if not depth:
                end = match.start()
                break
            depth -= 1
        elif (mark[0] == "\n" or (mark == ";" and not depth)) and not (comma and mark[0] == "\n"):
            if mark[0] == "\n" and text.startswith("{", match.end()):
                continue
            end = match.start()
            break
        comma = mark == "," or (comma and mark[0] == "\n")
    end = len(text) if end is None else end
    return Stretch(start, start + len(text[start:end].rstrip()), settings)


def _closing(text: str, brace: int) -> int | None:
    """The closing brace on the line of an opening one."""
    depth = 0
    for match in MARK.finditer(text, brace):
        if match[0][0] in "\n#":
            return None
        depth += (match[0] == "{") - (match[0] == "}")
        if not depth:
            return match.start()
    return None


def find(source: Source, text: str, statement: Stretch, offset: int, read: Reader) -> Slipped | None:
    """The slip at an offset of a statement; None if the table has none."""
    qubits = frozenset(name for part in _QUBITS.findall(text) for name in _NAME.findall(part))
    mending = _Mending(read, statement, register_of(text), qubits, frozenset(_GATES.findall(text)))
    block = indented_block(text, statement.start, offset)
    if block is not None:
        return _in_braces(source, statement, block, mending)
    part = text[statement.start : statement.end]
    words = split(part)
    if not words or len(words) > MOST_WORDS:
        return None
    fault = _number(words, offset - statement.start)
    for slip in mending.table:
        line = mending.line(slip, part, words, fault)
        if line is None or (slip.code == "QC0112" and words[0].text in mending.gates):
            continue
        match, text_of = line
        if text_of is not None and _may_be_comment(slip, words):
            text_of = None
        fixed = mending.mended(text_of, 1 if slip.code == "QC0129" else MOST_STEPS) if text_of is not None else None
        if fixed is None and slip.is_guess:
            continue
        end = statement.end
        closes = slip.line is rewriting.braces and text[end:].lstrip().startswith("}")
        if closes and not is_inside(text, statement.start):
            end = text.index("}", end) + 1  # the `}` of the missing `{`
        statement = changed(statement, end=end)
        return Slipped(_diagnostic(source, slip, match, words, fault, statement, fixed), end)
    return None


def _may_be_comment(slip: Slip, words: list[Word]) -> bool:
    """Whether `//` may begin a comment, so that the user must say which it is. It divides where a condition ends after
    it, and where the only `=` is there.
    """
    texts = [word.text for word in words]
    if slip.code == "QC0117" or "//" not in texts:
        return False
    place = texts.index("//")
    before, after = texts[:place], texts[place:]
    return slip.code != "QC0125" or not ("{" in after or ("=" in after and "=" not in before))


def _in_braces(source: Source, statement: Stretch, block: IndentedBlock, mending: _Mending) -> Slipped:
    """A block of Python: a word of another language, or the colon that is at fault."""
    fixed = mending.mended(block.whole or block.head)
    facts = {"fixed": fixed, "replaced": (statement.start, block.end if block.whole else block.colon + 1)}
    word = _NAME.match(source.text, statement.start)
    if word is not None and word[0] in FOREIGN:
        facts |= {"word": word[0], "instead": FOREIGN[word[0]]}
        return Slipped(Diagnostic("QC0112", Span(source, *word.span()), facts), block.end)
    colon = Span(source, block.colon, block.colon + 1)
    return Slipped(Diagnostic("QC0118", colon, {"word": ":", **facts}), block.end)


def register_of(text: str) -> str:
    """A register of a program: its first, or `q`."""
    register = _REGISTER.search(text)
    return register[1] if register else "q"


@record
class _Mending:
    """How the lines of one statement are made and read."""

    read: Reader
    statement: Stretch
    register: str
    qubits: frozenset[str]
    gates: frozenset[str]

    @property
    def table(self) -> list[Slip]:
        return SETTINGS if self.statement.settings else STATEMENTS

    def line(self, slip: Slip, part: str, words: list[Word], fault: int) -> tuple[Match, str | None] | None:
        """The match of a row, and the statement as the row would write it, None if the row says nothing about it."""
        match = slip.pattern.matches(part, words, fault)
        gate = match.captured.get("g") if match is not None else None
        if match is None or (gate is not None and gate not in self.gates and calls.spelling(gate) is None):
            return None
        if slip.line is None:
            return match, None
        if callable(slip.line):
            made = slip.line(Site(part, words, fault, match.captured, self.register, self.qubits, self.gates))
            if made is None:
                return None
        else:
            made = slip.line.format(**match.captured)
        begin = words[match.first].start if match.first < len(words) else len(part)
        end = words[min(match.last, len(words) - 1)].end
        return match, _SPACE.sub(lambda space: space[1] or " ", part[:begin] + made + part[end:]).strip()

    def mended(self, line: str, steps: int = MOST_STEPS) -> str | None:
        """The line, with its further slips mended as well; None if the grammar cannot read the result."""
        for _ in range(steps):
            before, after = self._around(line)
            offset = self.read(before + line + after)
            if offset is None:
                return self._respelled(line, before, after)
            words = split(line)
            if not words or len(words) > MOST_WORDS:
                return None
            fault = _number(words, min(max(offset - len(before), 0), len(line)))
            better = self._better(line, words, fault, offset)
            if better is None:
                return None
            line = better
        return None

    def _better(self, line: str, words: list[Word], fault: int, offset: int) -> str | None:
        """The line with one more slip mended: the grammar reads it further than before."""
        for slip in self.table:
            made = self.line(slip, line, words, fault)
            if made is None or made[1] is None or made[1] == line:
                continue
            before, after = self._around(made[1])
            further = self.read(before + made[1] + after)
            if further is None or further > offset:
                return made[1]
        return None

    def _respelled(self, line: str, before: str, after: str) -> str:
        """A line with the names of its gates as they are here."""
        better = calls.respelled(line, self.register) if not self.statement.settings else line
        return better if better == line or self.read(before + better + after) is None else line

    def _around(self, line: str) -> tuple[str, str]:
        """The text that makes a statement of a part of one: an entry of a block, an `else`, the head of a block."""
        before = "job {" if self.statement.settings else "if true { } " if line.startswith("else") else ""
        return before, "\n" + "}" * (line.count("{") - line.count("}") + before.count("{") - before.count("}"))


def _number(words: list[Word], offset: int) -> int:
    """The number of the word at an offset or after it."""
    return next((number for number, word in enumerate(words) if word.end > offset), len(words))


def _diagnostic(
    source: Source, slip: Slip, match: Match, words: list[Word], fault: int, statement: Stretch, fixed: str | None
) -> Diagnostic:
    first, last = match.pointed or (min(fault, len(words) - 1), min(fault, len(words) - 1) + 1)
    last = min(last, len(words))
    start, end = words[min(first, last - 1)].start, words[last - 1].end
    word = source.text[statement.start + start : statement.start + end]
    facts = {
        "word": word,
        "name": match.captured.get("n", words[0].text),
        "left": words[first - 1].text if first else "",
        "instead": slip.advice or FOREIGN.get(word) if fixed is None or slip.advice else None,
        "fixed": fixed,
        "replaced": (statement.start, statement.end),
        "statement": words[0].text if form(words[0].text) and fixed is None and not slip.advice else None,
        "form": form(words[0].text),
        "wanted": "an operand",
        "found": f"after `{word}`",
    }
    return Diagnostic(slip.code, Span(source, statement.start + start, statement.start + end), facts)


def form(word: str) -> str | None:
    """A statement that begins with a word, as it is written; None if no statement does."""
    match = re.search(r"`([^`]+)`", KEYWORD_MEANINGS.get(word, ""))
    return match[1] if match and match[1].startswith(word) else None
