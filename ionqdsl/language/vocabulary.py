"""The words and tokens of the language by category, from which highlighters are made.

Takes no input and returns word lists, built from the tables that the compiler itself uses, and patterns that both
Python and the regular expressions of editors understand. Each highlighter chooses its own colours.
"""

from __future__ import annotations

import re

from ionqdsl.ir.gates import NAMES
from ionqdsl.ir.job import JOB_KEYS
from ionqdsl.ir.keywords import KEYWORDS, UNCALLABLE
from ionqdsl.language.actions import UNITS
from ionqdsl.language.evaluate import CONSTANTS
from ionqdsl.language.functions import FUNCTIONS
from ionqdsl.language.library import standard_signatures
from ionqdsl.language.lower.blocks import ENERGY_KEYS

DECLARING = frozenset({"qubit", "let", "const", "param", "gate", "circuit", "hamiltonian", "register"})
LITERALS = frozenset({"true", "false", "null"})
OPERATING = frozenset({"and", "or", "not", "in"})
MODIFYING = frozenset({"ctrl", "negctrl", "inv", "pow"})

WORDS: dict[str, list[str]] = {
    "declaration": sorted(DECLARING),
    "literal": sorted(LITERALS),
    "operator": sorted(OPERATING),
    "modifier": sorted(MODIFYING),
    "keyword": sorted(KEYWORDS - DECLARING - LITERALS - OPERATING - MODIFYING),
    "gate": sorted({*NAMES["qis"], *NAMES["native"], *standard_signatures()}),
    "function": sorted({*FUNCTIONS, "env", "load"}),
    "constant": sorted(CONSTANTS.keys() - UNITS),
    "unit": sorted(UNITS),
    "key": sorted({path.rpartition(".")[2] for path in JOB_KEYS} | {*ENERGY_KEYS, "type", "data", "params"}),
}
"""Category -> its words. A gate's name may be a value's too: it is a gate where `GATE` matches."""

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
NUMBER = r"(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?"
STRING = r'"(?:[^"\\\n]|\\.)*"'
ESCAPE = r"\\[nt\\\"']"
FIELD = r"\{[A-Za-z_][A-Za-z0-9_]*(?:[:!][^}\"]*)?\}"


def any_of(kind: str) -> str:
    """A pattern for the words of a category, the longest first."""
    return rf"\b(?:{'|'.join(sorted(map(re.escape, WORDS[kind]), key=lambda word: (-len(word), word)))})\b"


_RESERVED = "|".join(sorted(UNCALLABLE, key=lambda word: (-len(word), word)))
INFIX = r"(?:if|else|for|in|and|or|not|as)\b"
BEGINS = r"(?:^|(?<=[;{}@]))\s*"
"""The beginning of a statement, or of a gate after its modifiers."""
GATE = rf"({BEGINS})(?!(?:{_RESERVED})\b)({NAME})(?=\s*\(|\s+(?!{INFIX})[A-Za-z_])"
"""An applied gate: two groups, blanks and its name."""
KNOWN_GATE = rf"({BEGINS})({any_of('gate')})(?=\s*\(|\s+(?!{INFIX})[A-Za-z_])"
"""The same for a built-in gate."""
TEST = r'\btest(?=[ \t]*")'
EXPECT = rf"({BEGINS})(expect)(?=\s+(?!{INFIX})[^=\s])"
WITHIN = r"\bwithin(?=\s+[-+.0-9A-Za-z(])"
"""The words of tests, which are names elsewhere; for `expect` two groups, blanks and the word."""
MEASURED = r"(=)(\s*)(measure)(?=\s+[A-Za-z_])"
"""A measurement: three groups, the sign, blanks and the word, which is a name elsewhere."""
KEY = rf"({BEGINS})({NAME})(?=\s*=(?!=))"
"""A key with a value."""
KEYED_BLOCK = rf"({BEGINS})(?!(?:{_RESERVED})\b)({NAME})(?=\s*\{{)"
"""A key with a block."""
DEFINITION = rf"\b(gate|circuit)(\s+)({NAME})"
"""A defined gate or circuit: its keyword, blanks, its name."""
DEF = rf"\bdef(?=[ \t]+{NAME}[ \t]*\()"
"""The word that defines a function, which is a name elsewhere."""
CALL = rf"\b{NAME}(?=[ \t]*\()"
"""A function that is defined or called, where neither a gate nor a keyword is."""
