"""Names of OpenQASM as names of `.qc` texts.

A name goes in, the same one comes out wherever it can stand in a program; otherwise the nearest that can, with a note.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.emit.qc import is_name
from ionqdsl.syntax import Name

if TYPE_CHECKING:
    from ionqdsl.read.openqasm.program import Reading

_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
_SPELLED = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu
nu xi omicron pi rho sigma tau upsilon phi chi psi omega
"""
_GREEK = dict(zip(_LETTERS, _SPELLED.split(), strict=True))


def spelling(reading: Reading, name: Name) -> str:
    """The name in `.qc` text: its own wherever that can stand there."""
    plain = _GREEK.get(name.text, name.text)
    plain = re.sub(r"\W", lambda found: f"_{ord(found[0]):x}", plain, flags=re.ASCII)
    while not is_name(plain) or plain in reading.spelled:
        plain += "_"
    if plain != name.text:
        reading.scope.noticed.append(Diagnostic("QC1121", name.span, {"name": name.text, "instead": plain}))
    reading.spelled.add(plain)
    return plain
