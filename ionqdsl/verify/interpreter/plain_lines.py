"""Reads runs of plain gate lines by the grammar, each distinct line once: nothing is defined between them.

Takes a `syntax.Lines` and returns the statements that the grammar makes of it, or the applications of all its lines.
Each line must be one application by itself, whatever the lines were taken for together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.language import syntax
from ionqdsl.language.parse import parse
from ionqdsl.verify.interpreter.meaning import AppliedLines, GateSequence, MeantLine, Rejected

_TOGETHER = 1 << 12
"""Lines that are read together: so many trees are held at once."""


class _Line(NamedTuple):
    """A line without the blanks around it, and its offset in the source."""

    text: str
    start: int

    def place(self, source: Source) -> Span:
        return Span(source, self.start, self.start + len(self.text))


def applied_lines(
    node: syntax.Lines, block: Any, apply: Callable[[syntax.Application], Sequence[GateSequence]]
) -> tuple[AppliedLines, Angle]:
    """The applications of lines in a block, given the effect of one, and the phase of all. Raises Rejected."""
    source = node.span.source
    result = AppliedLines(source)
    numbers: dict[str, int] = {}
    phases: list[Angle] = []
    for piece in _pieces(node):
        new = {line.text: line for line in piece if line.text not in numbers}
        statements = dict(zip(new, _statements([*new.values()], source), strict=True))
        for line in piece:
            number = numbers.get(line.text)
            if number is None:
                number = len(phases)
                meant, phase = _meaning(line, statements[line.text], source, apply)
                phases.append(phase)
                result.meanings.append(meant)
                if all(row.block == block for rows in meant.applied for row in rows):
                    numbers[line.text] = number
                # else each use of a gate with a native block makes a block of its own
            result.numbers.append(number)
            result.starts.append(line.start)
    times = Counter(result.numbers)
    return result, sum([phase * times[number] for number, phase in enumerate(phases) if phase], ZERO)


def _meaning(
    line: _Line,
    statement: syntax.Application,
    source: Source,
    apply: Callable[[syntax.Application], Sequence[GateSequence]],
) -> tuple[MeantLine, Angle]:
    try:
        sequences = apply(statement)
    except Rejected as refused:
        raise Rejected(refused.code, line.place(source)) from None
    rows = tuple([tuple(each.rows) for each in sequences])
    return MeantLine(rows, len(line.text)), sum([each.phase for each in sequences], ZERO)


def statements(node: syntax.Lines) -> list[syntax.Application]:
    """The statements of lines, for the body of a gate. Raises Rejected."""
    source = node.span.source
    return [statement for piece in _pieces(node) for statement in _statements(piece, source)]


def _pieces(node: syntax.Lines) -> Iterator[list[_Line]]:
    """The lines of a run, some thousand at a time, without empty ones and comments."""
    source, start, end = node.span
    text, shift = (source.text, 0) if node.cut is None else (node.cut, start)
    place, end = start - shift, end if node.cut is None else len(text)
    lines: list[_Line] = []
    while place < end:
        newline = text.find("\n", place, end)
        until = end if newline < 0 else newline
        line = text[place:until].strip()
        if line and not line.startswith("#"):
            lines.append(_Line(line, text.index(line, place) + shift))
        if len(lines) == _TOGETHER:
            yield lines
            lines = []
        place = until + 1
    yield lines


def _statements(lines: Sequence[_Line], source: Source) -> list[syntax.Application]:
    """The statements that the grammar makes of lines. Raises Rejected unless each is one application."""
    if not lines:
        return []
    texts = [line.text for line in lines]
    parsed = parse(Source("\n".join(texts), source.name), express=False)
    found = [item for item in parsed.file.items if isinstance(item, syntax.Application)]
    if parsed.diagnostics or [item.span.text for item in found] != texts:
        raise Rejected("QC0100", lines[0].place(source))
    return found
