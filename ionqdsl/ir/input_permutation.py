"""Writes and reads the note that a compilation renamed the |0> inputs: `# inputs: q[0] starts as q[2], ...`.

Maps a permutation and the names of qubits to comment lines, and back. The note is only a hint that `equiv` tries first,
since it may be outdated or invented; a note that is not a permutation of known qubits is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ionqdsl.record import lazy_pattern

MARK = "# inputs: "
"""The beginning of such a line."""

_WIDTH = 100
_QUBIT = r"\w++(?:\[\d++\])?+"
_LINE = lazy_pattern(rf"^[ \t]*{MARK}(.*)$", re.MULTILINE)
_PAIR = lazy_pattern(rf"\b({_QUBIT}) starts as ({_QUBIT})")


def lines(inputs: Sequence[int] | None, qubits: Sequence[str], indent: int = 2) -> Iterator[str]:
    """Comment lines for the qubits that moved; `qubits` are their names, `indent` the text before each line."""
    if inputs is None or sorted(inputs) != [*range(len(qubits))]:
        return
    pairs = [f"{qubits[q]} starts as {qubits[p]}" for q, p in enumerate(inputs) if q != p]
    line = ""
    for pair in pairs:
        if line and len(line) + 2 + len(pair) + indent > _WIDTH:
            yield line
            line = ""
        line = f"{line}, {pair}" if line else MARK + pair
    if line:
        yield line


def noted(text: str, qubits: Sequence[str]) -> tuple[int, ...] | None:
    """The permutation noted in a circuit's text; None without a note, or if it is no permutation of these qubits."""
    if MARK not in text:
        return None
    places = {name: place for place, name in enumerate(qubits)}
    inputs = list(range(len(qubits)))
    for line in _LINE.findall(text):
        for qubit, start in _PAIR.findall(line):
            if qubit not in places or start not in places:
                return None
            inputs[places[qubit]] = places[start]
    return tuple(inputs) if sorted(inputs) == list(range(len(qubits))) != inputs else None
