"""Reads a text that is OpenQASM, and offers to translate it.

Takes the page's source and returns diagnostics like messages.py. Files that the text includes are not read, except
OpenQASM's own, which the reader has built in.
"""

from __future__ import annotations

import re
from typing import Any

from ionqdsl import formats
from ionqdsl.diagnostics import Diagnostic, IonqdslError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.playground.messages import messages, with_fix
from ionqdsl.read.openqasm.gates import LIBRARIES

_INCLUDE = re.compile(r"""\binclude\b\s*(?:["']([^"']*)|/)""")
"""The word and the path after it, or a comment between them, which could hide the path."""

is_openqasm = formats.is_openqasm


def translated(source: Source) -> list[dict[str, Any]]:
    """One error with the edit that puts the program of the language in place of the text, or why there is none."""
    text = source.text
    for match in _INCLUDE.finditer(text):
        if match[1] not in LIBRARIES:
            return messages([Diagnostic("QC1152", Span(source, *match.span()))], source)
    try:
        program, _ = formats.loaded(Source(text, source.name))
        found, _ = formats.write(program, "qc", source)
    except IonqdslError as error:
        return messages(error.diagnostics, source)
    found = found.removeprefix(f"# from {source.file}, OpenQASM\n\n")
    first = Span(source, len(text) - len(text.lstrip()), len(text.split("\n", 1)[0]) or 1)
    return [with_fix(Diagnostic("QC1201", first), source, ("translate it", [(Span(source, 0, len(text)), found)]))]
