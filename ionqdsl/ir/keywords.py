"""The reserved words of the language, which no variable, gate or parameter may be named."""

from __future__ import annotations

KEYWORDS = frozenset(
    """
    qubit let const param gate circuit hamiltonian run energy function job include for in if else barrier verbatim
    native register gateset gphase assert as and or not true false null ctrl negctrl inv pow
    """.split()  # noqa: SIM905
)
ITEMS = frozenset({"job", "gate", "circuit", "hamiltonian", "run", "energy", "function", "include"})
"""Keywords of statements that are allowed only at the top level."""
