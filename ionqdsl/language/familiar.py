"""Formats statements of forms that were formatted before, without reading them again.

The *form* of a statement is its text with `a` for every name and `0` for every number. Statements of one form are laid
out alike, as long as their lines are not too long. So of a run of them, only the first and the last stay in the text
that reformat.py reads; a comment stands for those in between, whose lines come back into the result. Which statements
may be left out is decided here; where that is uncertain, nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.record import NamedTuple

_FEWEST = 4
"""Statements of the shortest run that is left out."""
_MOST_LINES = 50
"""Lines of the longest statement whose form is looked for."""
_FIRST, _RARE = 200, 4
"""After the first statements, there must be that many for each form on average: else forms are of no use."""
_WORDS = KEYWORDS | {"def", "test", "expect", "within", "measure", "qc"}
"""Words that are no names in every place, so they stay in forms."""
_NUMBER = re.compile(
    r"(?<![\w.])(?<![eE][+-])(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?+|\.[0-9][0-9_]*+)"
    r"(?:[eE][+-]?+[0-9]++)?+(?:[A-Za-z_]\w*+)?+(?![\w.])",
    re.ASCII,
)
"""A number of the grammar. One that touches a word, a dot or an exponent stays, so that it is read as it was."""
_NAME = re.compile(rf"\b(?!(?:{'|'.join(sorted(_WORDS))})\b)[A-Za-z_]\w*+", re.ASCII)
_TOKEN = re.compile(rf"{_NUMBER.pattern}|[A-Za-z_]\w*+|\S", re.ASCII)
_BLANKS = " \t\f\r"
_OPENING, _CLOSING = re.compile(r"[(\[{]"), re.compile(r"[)\]}]")
_LOOKED_AT = 200
"""Lines that decide whether a text is plain."""
_PLAIN = re.compile(
    r"\w++(?:\((?:[-+*/, \t]|[0-9.]++(?:[eE][-+]?+[0-9]++)?+(?:turn|deg|rad)?+|pi|tau)*+\))?+"
    r"[ \t]++\w++\[[0-9]++\](?:,[ \t]*+\w++\[[0-9]++\])*+[ \t]*+",
    re.ASCII,
)
"""A plain gate line, or one that looks like it."""
_CODE = re.compile(r'(?:[^#"\n]|"(?:[^"\\\n]|\\.)*")*+')
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_CONTINUED = re.compile(
    r"[-+*/%&|^=<>,]\s*$|\b(?:and|or)\s*$|^\s*(?:[-+*/%&|^<>=!,{]|(?:and|or|else|qc|test|expect)\b)", re.ASCII
)
"""A line that might belong to the one before it or after it, or means something only where it stands."""


class Shortened(NamedTuple):
    """A text in which comments stand for lines: the number of each is in `marks`."""

    text: str
    marks: dict[str, list[str]]

    def restored(self, formatted: str) -> str:
        """The formatted text with the lines in their places."""
        lines: list[str] = []
        for line in formatted.split("\n"):
            found = self.marks.get(line)
            if found is None:
                lines.append(line)
            else:
                lines += found
        return "\n".join(lines)


class _LaidOut(NamedTuple):
    """A statement, an empty line or a comment: its first line, the line after its last, and those that it becomes."""

    begin: int
    end: int
    lines: list[str]
    is_code: bool


def shortened(text: str, width: int, laid_out: Callable[[str], str | None]) -> Shortened | None:
    """A text without most statements of familiar forms, None if that is no gain.

    Lines have at most `width` columns; `laid_out` returns a formatted text, None for one that is no program.
    """
    lines = text.split("\n")
    if "\0" in text or _are_plain(lines):
        return None
    runs = [*_runs(_Forms(lines, width, laid_out).statements())]
    kept: list[str] = []
    marks: dict[str, list[str]] = {}
    last = 0
    for run in runs:
        if len(run) >= _FEWEST:
            mark = f"#\0{len(marks)}"
            kept += [*lines[last : run[0].begin], mark]
            marks[mark] = [line for statement in run for line in statement.lines]
            last = run[-1].end
    return Shortened("\n".join([*kept, *lines[last:]]), marks) if marks else None


def _are_plain(lines: list[str]) -> bool:
    """Whether nearly all lines are plain gate lines, by some of them: reformat.py takes those in one step."""
    some = lines[:: max(1, len(lines) // _LOOKED_AT)]
    return sum(_PLAIN.fullmatch(line) is not None for line in some) >= 0.98 * len(some)


def _runs(statements: Iterator[_LaidOut | None]) -> Iterator[list[_LaidOut]]:
    """The statements between the first and the last with code of each run without None."""
    run: list[_LaidOut] = []
    for statement in statements:
        if statement is not None:
            run.append(statement)
        elif run:
            yield _inner(run)
            run = []
    yield _inner(run)


def _inner(run: list[_LaidOut]) -> list[_LaidOut]:
    code = [number for number, statement in enumerate(run) if statement.is_code]
    return run[code[0] + 1 : code[-1]] if len(code) > 1 else []


class _Forms:
    """The forms of the outermost statements of a text."""

    def __init__(self, lines: list[str], width: int, laid_out: Callable[[str], str | None]) -> None:
        self._lines, self._width, self._laid_out = lines, width, laid_out
        code = [line if "#" not in line and '"' not in line else _code(line) for line in lines]
        self._code = code
        self._forms = _NAME.sub("a", _NUMBER.sub("0", "\n".join(code))).split("\n")
        self._known: dict[str, str | None] = {}
        self._count = 0

    def statements(self) -> Iterator[_LaidOut | None]:
        """Every statement in order, None for one that must stay. Ends early where forms are of no use."""
        begin = depth = 0
        for number, form in enumerate(self._forms):
            if "{" in form or "}" in form or "(" in form or "[" in form or ")" in form or "]" in form:
                depth += len(_OPENING.findall(form)) - len(_CLOSING.findall(form))
            if depth > 0:
                continue
            if depth < 0:  # no program
                return
            yield self._statement(begin, number + 1)
            begin = number + 1
            self._count += 1
            if self._count > _FIRST and len(self._known) * _RARE > self._count:
                return

    def _statement(self, begin: int, end: int) -> _LaidOut | None:
        if end - begin > 1:
            return self._block(begin, end)
        line, code, form = self._lines[begin], self._code[begin], self._forms[begin]
        if not form.strip(_BLANKS):
            if line.strip(_BLANKS):
                return _LaidOut(begin, end, [line.strip()], False)  # a comment
            is_single = begin and self._lines[begin - 1].strip(_BLANKS)
            return _LaidOut(begin, end, [""], False) if is_single else None
        comment = line[len(code) :].strip()
        if comment and (self._has_note(begin - 1) or self._has_note(end)):
            return None
        written = self._form(form)
        if written is None or "\n" in written:
            return None
        if written == form:
            written = code
        else:
            words = _TOKEN.findall(code)
            gaps = _gaps(written, _TOKEN.findall(form))
            if gaps is None or len(gaps) != len(words) - 1:
                return None
            written = "".join([part for pair in zip(words, [*gaps, ""], strict=True) for part in pair])
        if len(written) > self._width:
            return None
        return _LaidOut(begin, end, [f"{written}  {comment}" if comment else written], True)

    def _has_note(self, number: int) -> bool:
        """Whether a line has code and a comment after it."""
        if not 0 <= number < len(self._lines) or "#" not in self._lines[number]:
            return False
        return bool(self._code[number].strip(_BLANKS)) and len(self._code[number]) < len(self._lines[number])

    def _block(self, begin: int, end: int) -> _LaidOut | None:
        """A statement of several lines, if it stays as it is."""
        lines = self._lines[begin:end]
        forms = self._forms[begin:end]
        if len(lines) > _MOST_LINES or any(len(line) > self._width or "#" in line for line in lines):
            return None
        for form in forms:
            if form.count("(") != form.count(")") or form.count("[") != form.count("]"):
                return None
            if _CONTINUED.search(form) and not form.lstrip().startswith("}"):
                return None
        form = "\n".join(forms)
        return _LaidOut(begin, end, lines, True) if self._form(form) == form else None

    def _form(self, form: str) -> str | None:
        """The text of a form as it is formatted, None if it is not a statement by itself."""
        if form not in self._known:
            is_alone = '"' not in form and not form.isspace() and _CONTINUED.search(form.partition("\n")[0]) is None
            written = self._laid_out(form + "\n") if is_alone else None
            self._known[form] = written.removesuffix("\n") if written is not None else None
        return self._known[form]


def _code(line: str) -> str:
    """A line without its comment and the blanks before that, and with its strings empty."""
    code = _CODE.match(line)
    assert code is not None
    if code.end() < len(line) and line[code.end()] != "#":  # an open quote
        return line
    if '"' in code[0]:
        return _STRING.sub('""', code[0])
    return code[0].rstrip(_BLANKS) if code.end() < len(line) else code[0]


def _gaps(written: str, words: list[str]) -> list[str] | None:
    """The blanks between the words of a line; None if it has other words."""
    gaps: list[str] = []
    place = 0
    for word in words:
        start = written.find(word, place)
        if start < 0 or written[place:start].strip(" "):
            return None
        gaps.append(written[place:start])
        place = start + len(word)
    return gaps[1:] if place == len(written) and not gaps[0] else None
