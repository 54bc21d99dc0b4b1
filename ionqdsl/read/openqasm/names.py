"""Names of OpenQASM as names of `.qc` texts.

A name goes in, the same one comes out wherever it can stand in a program; otherwise the nearest that can.
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
    """The name in `.qc` text: its own wherever that can stand there and is not taken."""
    plain = _GREEK.get(name, name)
    plain = re.sub(r"\W", lambda found: f"_{ord(found[0]):x}", plain, flags=re.ASCII)
    plain = f"_{plain}" if plain[:1].isdigit() else plain
    while not is_name(plain) or plain in taken:
        plain += "_"
    return plain
