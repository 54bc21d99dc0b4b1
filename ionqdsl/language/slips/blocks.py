"""Recognises a block of Python, which a colon begins and indentation continues, and writes it in braces."""

from __future__ import annotations

import re

from ionqdsl.language.slips.words import FOREIGN
from ionqdsl.record import record

_BEGIN = (
    r"[ \t]*+(?:for|if|elif|else|while|def|gate|circuit|native|verbatim|class|try|with|DEFGATE|DEFCIRCUIT|DEFCAL"
    r"|DEFFRAME|DEFWAVEFORM)\b"
)
_HEADER = re.compile(_BEGIN + r"[^\n{}#:]*+(?::[^\n{}#:]*[^\n{}#: \t])*+:[ \t]*+(?:#[^\n]*+)?$")
_INLINE = re.compile(_BEGIN + r"[^\n{}#:]*+(:)(?=[ \t]*+[^\s#])[^\n{}#:]*+(?:#[^\n]*+)?$")
_BRANCH = re.compile(r"(?:elif|else)\b.*:$")
_MOST_LINES = 400
_WIDTH = 100


@record
class IndentedBlock:
    """A block of Python: the offset of its colon, and its end.

    `head` is its first line as it is written here, `whole` all of it, "" if that is long or has blocks inside.
    """

    colon: int
    end: int
    head: str
    whole: str


def indented_block(text: str, start: int, offset: int) -> IndentedBlock | None:
    """The block that begins at `start`, if the fault at `offset` is its colon or the word of another language."""
    begin = text.rfind("\n", 0, start) + 1
    lines = text[begin:].split("\n", _MOST_LINES)
    first = lines[0][start - begin :]
    header, inline = _HEADER.match(first), _INLINE.match(first)
    if header is None and inline is None:
        return None
    colon = start + (inline.start(1) if header is None and inline else _code(first).rfind(":"))
    if not (offset == colon or (first.split(" ")[0] in FOREIGN and offset <= colon)):
        return None
    head = _opened(text[start:colon].rstrip(":"))
    if header is None:
        lines = lines[:1]
        whole = f"{head} {_code(text[colon + 1 : begin + len(first) + start - begin])} }}"
    else:
        lines = lines[: _length(lines)]
        whole = _braced(head, lines) if start == begin + _indentation(lines[0]) else ""
    end = begin + len("\n".join(lines).rstrip())
    return IndentedBlock(colon, end, head, whole if len(whole) <= _WIDTH else "")


def _code(line: str) -> str:
    """A line without its comment and the blanks around."""
    return line.partition("#")[0].strip()


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _length(lines: list[str]) -> int:
    """The number of lines of the block that begins on the first one."""
    own = _indentation(lines[0])
    for number, line in enumerate(lines[1:], 1):
        code, indentation = _code(line), _indentation(line)
        if code and (indentation < own or (indentation == own and not _BRANCH.match(code))):
            return number
    return len(lines)


def _braced(head: str, lines: list[str]) -> str:
    """The lines of a block on one line, in braces; "" if a block is inside another."""
    own, written = _indentation(lines[0]), head
    for line in lines[1:]:
        code = _code(line)
        if code and _indentation(line) == own:
            written += f" }} {_opened(code.rstrip(':'))}"
        elif code.endswith(":"):
            return ""
        elif code:
            written += f" {code}" if written.endswith("{") else f"; {code}"
    return written.replace(" ; ", "; ") + " }"


def _opened(head: str) -> str:
    head = re.sub(r"^elif\b", "else if", head.strip())
    return f"{head} {{"
