"""Maps names of OpenQASM to names of `.qc` texts.

Returns the same name if a `.qc` program may use it, and otherwise the nearest valid one.
"""

from __future__ import annotations

import re
from collections.abc import Container

from ionqdsl.emit.qc import is_name

_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
_SPELLED = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu
nu xi omicron pi rho sigma tau upsilon phi chi psi omega
"""
_GREEK = dict(zip(_LETTERS, _SPELLED.split(), strict=True))


def spelling(name: str, taken: Container[str]) -> str:
    """The name in `.qc` text: the same if it is valid there and not taken."""
    plain = _GREEK.get(name, name)
    plain = re.sub(r"\W", lambda found: f"_{ord(found[0]):x}", plain, flags=re.ASCII)
    plain = f"_{plain}" if plain[:1].isdigit() else plain
    while not is_name(plain) or plain in taken:
        plain += "_"
    return plain
